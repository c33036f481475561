/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect.c - the sink of one thread. */
#include "ingest/collect.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash64.h"

#define REJECTS_KEPT 1000 /* a thread, where no file is wanted: only the first ones are shown */

static int lines_before(const char *from, const char *to)
{
    int n = 0;
    for (const char *p = from; p < to && (p = memchr(p, '\n', (size_t)(to - p))) != NULL; p++)
        n++;
    return n;
}

/* The line that a byte stands on, cut to what fits, and the byte's place in it. */
static void set_excerpt(reject *r, const char *begin, const char *end, const char *at)
{
    const char *first = at, *last = at;
    while (first > begin && first[-1] != '\n')
        first--;
    while (last < end && *last != '\n' && *last != '\r' && last - at < COLLECT_LINE_MAX)
        last++;
    r->column = (size_t)(at - first);
    size_t from = 0, n = (size_t)(last - first);
    if (n > COLLECT_LINE_MAX) {
        from = r->column > COLLECT_LINE_MAX / 2 ? r->column - COLLECT_LINE_MAX / 2 : 0;
        n = n - from < COLLECT_LINE_MAX ? n - from : COLLECT_LINE_MAX;
    }
    memcpy(r->excerpt, first + from, n);
    r->excerpt[n] = '\0';
    for (char *c = r->excerpt; (c = memchr(c, '\0', (size_t)(r->excerpt + n - c))) != NULL;)
        *c = '?';
}

static reject *new_reject(collect *c)
{
    if (!c->keep_text && c->n_rejects == REJECTS_KEPT)
        return NULL;
    if (c->n_rejects == c->cap_rejects) {
        const size_t cap = c->cap_rejects > 0 ? 2 * c->cap_rejects : 16;
        reject *rejects = sc_realloc(c->rejects, cap, sizeof *rejects);
        if (rejects == NULL) {
            c->code = SC_E_MEMORY;
            return NULL;
        }
        c->rejects = rejects;
        c->cap_rejects = cap;
    }
    memset(&c->rejects[c->n_rejects], 0, sizeof *c->rejects);
    return &c->rejects[c->n_rejects++];
}

static void on_reject(sc_usage_sink *s, const char *at, size_t len, size_t offset, const char *reason)
{
    collect *c = (collect *)s;
    c->counts[REJECTED]++;
    reject *r = new_reject(c);
    if (r == NULL)
        return;
    const char *problem = at + (offset < len ? offset : len);
    r->source = c->source;
    r->line = c->first_line + lines_before(c->block, problem);
    r->position = c->position + (uint64_t)(at - c->block);
    r->width = 1;
    snprintf(r->reason, sizeof r->reason, "%s", reason);
    set_excerpt(r, c->block, at + len, problem);
    if (!c->keep_text)
        return;
    r->text = sc_strndup(at, len);
    r->size = len;
    if (r->text == NULL)
        c->code = SC_E_MEMORY;
}

static void on_skip(sc_usage_sink *s, const char *reason)
{
    collect *c = (collect *)s;
    c->counts[PASSED_OVER]++;
    for (size_t i = 0; i < c->n_skips; i++) {
        if (strcmp(c->skips[i].reason, reason) == 0) {
            c->skips[i].count++;
            return;
        }
    }
    if (c->n_skips < SKIPS_MAX)
        c->skips[c->n_skips++] = (skip){reason, 1};
}

/* What two records of one request must agree in; their output may grow while an answer is streamed. */
static sc_id_content content_of(const sc_usage_record *r)
{
    int64_t tokens[SC_TOKEN_METERS];
    memcpy(tokens, r->tokens, sizeof tokens);
    tokens[SC_METER_OUTPUT] = 0;
    uint64_t h = sc_hash64(tokens, sizeof tokens, (uint64_t)r->quantity);
    h = sc_hash64(r->dim[SC_DIM_MODEL].at, r->dim[SC_DIM_MODEL].len, h);
    const int64_t output = r->tokens[SC_METER_OUTPUT];
    return (sc_id_content){(uint32_t)h, output < UINT32_MAX ? (uint32_t)output : UINT32_MAX};
}

/* Rows of different meters may share an id: each has its own. */
static uint64_t space_of(const collect *c, const sc_usage_record *r)
{
    return (uint64_t)c->kind << 32 | (uint32_t)(r->meter + 1);
}

/* Several records of one line and one id (steps of a call, units of its guardrails) are no duplicates of each other:
 * the first one decides. */
static int is_duplicate(collect *c, const sc_usage_record *r, const char *line)
{
    if (r->request_id.len == 0 || c->ids == NULL)
        return 0;
    if (line == c->line && r->request_id.at == c->line_id) {
        c->counts[DUPLICATE] += !c->line_counts;
        return !c->line_counts;
    }
    uint32_t before = 0;
    const sc_id_content content = content_of(r);
    const sc_day day = (sc_day)(r->time / 86400 - (r->time % 86400 < 0));
    const sc_id_seen seen = sc_ids_add(c->ids, space_of(c, r), day, r->request_id, content, &before);
    if (seen == SC_ID_FAILED)
        c->code = SC_E_MEMORY;
    /* A request that is met again with more output was still being streamed: the most counts, whichever is met first.
     */
    if (seen == SC_ID_SAME && content.output > before && sc_ledger_grow(c->writer, c->kind, r, before) == SC_E_MEMORY)
        c->code = SC_E_MEMORY;
    c->conflicts += seen == SC_ID_CONFLICT;
    c->counts[DUPLICATE] += seen == SC_ID_SAME || seen == SC_ID_CONFLICT;
    c->line = line;
    c->line_id = r->request_id.at;
    c->line_counts = seen == SC_ID_NEW;
    return seen != SC_ID_NEW;
}

static void on_record(sc_usage_sink *s, const sc_usage_record *r, const char *at, size_t len)
{
    collect *c = (collect *)s;
    const char *flaw = sc_usage_flaw(r);
    if (flaw != NULL) {
        on_reject(s, at, len, 0, flaw);
        return;
    }
    if (is_duplicate(c, r, at))
        return;
    const sc_code code = sc_ledger_add(c->writer, c->kind, r);
    if (code == SC_E_INPUT)
        on_reject(s, at, len, 0, "the sum of its counts with those before leaves 64 bits");
    else if (code != SC_OK)
        c->code = code;
    else
        c->counts[COUNTED]++;
}

void collect_init(collect *c, sc_ledger_writer *w, sc_ids *ids, int keep_text)
{
    *c = (collect){.sink = {on_record, on_reject, on_skip}, .writer = w, .ids = ids, .keep_text = keep_text};
}

void collect_release(collect *c)
{
    for (size_t i = 0; i < c->n_rejects; i++)
        sc_free(c->rejects[i].text);
    sc_free(c->rejects);
    c->rejects = NULL;
    c->n_rejects = 0;
}

void collect_block(collect *c, sc_usage_kind kind, uint32_t source, const char *block, int first_line,
                   uint64_t position)
{
    c->kind = kind;
    c->source = source;
    c->block = block;
    c->line = NULL;
    c->first_line = first_line;
    c->position = position;
    memset(c->counts, 0, sizeof c->counts);
}
