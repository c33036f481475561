/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect.c - the sink of one thread. */
#include "ingest/collect.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

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
    c->chunk->counts[REJECTED]++;
    reject *r = new_reject(c);
    if (r == NULL)
        return;
    const char *problem = at + (offset < len ? offset : len);
    r->source = c->chunk->from->number;
    r->line = c->chunk->line + lines_before(c->chunk->data, problem);
    r->position = c->chunk->position + (uint64_t)(at - c->chunk->data);
    r->width = 1;
    snprintf(r->reason, sizeof r->reason, "%s", reason);
    set_excerpt(r, c->chunk->data, at + len, problem);
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
    c->chunk->counts[PASSED_OVER]++;
    for (size_t i = 0; i < c->n_skips; i++) {
        if (strcmp(c->skips[i].reason, reason) == 0) {
            c->skips[i].count++;
            return;
        }
    }
    if (c->n_skips < SKIPS_MAX)
        c->skips[c->n_skips++] = (skip){reason, 1};
}

static void count(collect *c, const sc_usage_record *r, const char *at, size_t len)
{
    const sc_code code = sc_ledger_add(c->writer, c->chunk->from->reader->kind, r);
    if (code == SC_E_INPUT)
        on_reject(&c->sink, at, len, 0, "the sum of its counts with those before leaves 64 bits");
    else if (code != SC_OK)
        c->code = code;
    else
        c->chunk->counts[COUNTED]++;
}

/* Kinds whose records are often met again with more output, which the ledger must add after what was met before: all
 * that is counted by request waits its turn there. */
#define KINDS_THAT_GROW (1u << SC_USAGE_OPENAI | 1u << SC_USAGE_ANTHROPIC | 1u << SC_USAGE_OTEL)

static int must_wait(const chunk *k, const sc_usage_record *r)
{
    return r->request_id.len > 0 ||
           (r->grain == SC_GRAIN_REQUEST && (KINDS_THAT_GROW >> k->from->reader->kind & 1) != 0);
}

static void on_record(sc_usage_sink *s, const sc_usage_record *r, const char *at, size_t len)
{
    collect *c = (collect *)s;
    const char *flaw = sc_usage_flaw(r);
    if (flaw != NULL)
        on_reject(s, at, len, 0, flaw);
    else if (!must_wait(c->chunk, r))
        count(c, r, at, len);
    else if (!chunk_add(c->chunk, r, at, len))
        c->code = SC_E_MEMORY;
}

void collect_init(collect *c, sc_ledger_writer *w, int keep_text)
{
    *c = (collect){.sink = {on_record, on_reject, on_skip}, .writer = w, .keep_text = keep_text};
}

void collect_release(collect *c)
{
    for (size_t i = 0; i < c->n_rejects; i++)
        sc_free(c->rejects[i].text);
    sc_free(c->rejects);
    c->rejects = NULL;
    c->n_rejects = 0;
}

void collect_read(collect *c, chunk *k)
{
    c->chunk = k;
    k->from->reader->read(k->from->state, k->data, k->block.size - (size_t)(k->data - k->block.data), &c->sink);
}

void collect_waiting(collect *c, chunk *k)
{
    const waiting *w;
    c->chunk = k;
    c->conflicts += k->conflicts;
    for (size_t at = 0; (w = chunk_next(k, &at, &c->record)) != NULL;) {
        if (w->verdict == VERDICT_COUNTS)
            count(c, &c->record, w->at, w->len);
        else if (w->verdict == VERDICT_GROWS &&
                 sc_ledger_grow(c->writer, k->from->reader->kind, &c->record, w->before) == SC_E_MEMORY)
            c->code = SC_E_MEMORY;
    }
}
