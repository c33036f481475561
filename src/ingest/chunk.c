/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chunk.c - records that wait: copies without the room for tags that they do not have. */
#include "ingest/chunk.h"

#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash64.h"

/* A record is kept as what stands before its tags, the tags it has, and what stands after them. */
#define HEAD offsetof(sc_usage_record, tag)
#define TAIL offsetof(sc_usage_record, n_tags)
#define TAIL_SIZE (sizeof(sc_usage_record) - TAIL)
#define FIRST_RECORDS ((size_t)1 << 16)

void chunk_clear(chunk *k)
{
    sc_arena_release(&k->texts);
    *k = (chunk){.block = k->block, .records = k->records, .capacity = k->capacity};
}

void chunk_free(chunk *k)
{
    if (k == NULL)
        return;
    sc_arena_release(&k->texts);
    sc_block_release(&k->block);
    sc_free(k->records);
    sc_free(k);
}

/* ---- texts that end before the record is counted */

static int is_in_block(const chunk *k, sc_text t)
{
    return t.at >= k->block.data && t.at + t.len <= k->block.data + k->block.size;
}

static int keep_text(chunk *k, sc_text *t)
{
    if (t->len == 0 || is_in_block(k, *t))
        return 1;
    t->at = sc_arena_strndup(&k->texts, t->at, t->len);
    return t->at != NULL;
}

/* Texts of dims come again and again. */
static int keep_dim(chunk *k, int dim, sc_text *t)
{
    sc_text *kept = &k->kept[dim];
    if (t->len == 0 || is_in_block(k, *t))
        return 1;
    if (kept->len != t->len || !sc_same_bytes(kept->at, t->at, t->len)) {
        if (!keep_text(k, t))
            return 0;
        *kept = *t;
    }
    *t = *kept;
    return 1;
}

static int keep_texts(chunk *k, sc_usage_record *head, sc_usage_tag *tags, size_t n)
{
    int ok = keep_text(k, &head->request_id) && keep_text(k, &head->session_key);
    for (int d = 0; ok && d < SC_DIMS; d++)
        ok = keep_dim(k, d, &head->dim[d]);
    for (size_t i = 0; ok && i < n; i++)
        ok = keep_text(k, &tags[i].key) && keep_text(k, &tags[i].value);
    return ok;
}

/* ---- adding */

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
static uint64_t space_of(const chunk *k, const sc_usage_record *r)
{
    return (uint64_t)k->from->reader->kind << 32 | (uint32_t)(r->meter + 1);
}

static size_t size_of(size_t n_tags)
{
    const size_t all = sizeof(waiting) + HEAD + TAIL_SIZE + n_tags * sizeof(sc_usage_tag);
    return (all + 15) / 16 * 16;
}

static char *make_room(chunk *k, size_t size)
{
    if (size > k->capacity - k->used) {
        const size_t capacity = k->capacity > 0 ? 2 * k->capacity : FIRST_RECORDS;
        char *records = sc_realloc(k->records, capacity, 1);
        if (records == NULL)
            return NULL;
        k->records = records;
        k->capacity = capacity;
    }
    return k->records + k->used;
}

/* Several records of one text and one id (steps of a call, units of its guardrails) are no duplicates of each other. */
static int follows(const chunk *k, const sc_usage_record *r, const char *at)
{
    return k->used > 0 && r->request_id.at == k->id_at &&
           at == ((const waiting *)(const void *)(k->records + k->last))->at;
}

int chunk_add(chunk *k, const sc_usage_record *r, const char *at, size_t len)
{
    char *to = make_room(k, size_of(r->n_tags));
    if (to == NULL)
        return 0;
    waiting w = {.at = at, .len = len, .n_tags = r->n_tags, .follows = follows(k, r, at)};
    if (r->request_id.len > 0) {
        w.day = (sc_day)(r->time / 86400 - (r->time % 86400 < 0));
        w.id = sc_id_of(space_of(k, r), r->request_id, content_of(r));
    }
    memcpy(to, &w, sizeof w);
    char *head = to + sizeof w, *tail = head + HEAD, *tags = tail + TAIL_SIZE;
    memcpy(head, r, HEAD);
    memcpy(tail, (const char *)r + TAIL, TAIL_SIZE);
    memcpy(tags, r->tag, r->n_tags * sizeof r->tag[0]);
    k->last = k->used;
    k->used += size_of(r->n_tags);
    k->id_at = r->request_id.at;
    return keep_texts(k, (sc_usage_record *)(void *)head, (sc_usage_tag *)(void *)tags, r->n_tags);
}

/* ---- deciding and counting */

static sc_code decide(chunk *k, waiting *w, sc_ids *ids)
{
    const sc_id_seen seen = sc_ids_add(ids, w->day, &w->id, &w->before);
    const int grows = seen == SC_ID_SAME && w->id.content.output > w->before;
    w->verdict = seen == SC_ID_NEW ? VERDICT_COUNTS : grows ? VERDICT_GROWS : VERDICT_DROPPED;
    k->conflicts += seen == SC_ID_CONFLICT;
    return seen != SC_ID_FAILED ? SC_OK : SC_E_MEMORY;
}

sc_code chunk_decide(chunk *k, sc_ids *ids, int *grows)
{
    const waiting *before = NULL;
    sc_code code = SC_OK;
    *grows = 0;
    for (size_t at = 0; at < k->used && code == SC_OK;) {
        waiting *w = (waiting *)(void *)(k->records + at);
        if (w->follows && before != NULL)
            w->verdict = before->verdict == VERDICT_COUNTS ? VERDICT_COUNTS : VERDICT_DROPPED;
        else if ((w->id.a | w->id.b) != 0)
            code = decide(k, w, ids);
        k->counts[DUPLICATE] += w->verdict != VERDICT_COUNTS;
        *grows |= w->verdict == VERDICT_GROWS;
        at += size_of(w->n_tags);
        before = w;
    }
    return code;
}

const waiting *chunk_next(const chunk *k, size_t *at, sc_usage_record *r)
{
    if (*at == k->used)
        return NULL;
    const char *from = k->records + *at, *head = from + sizeof(waiting), *tail = head + HEAD;
    const waiting *w = (const waiting *)(const void *)from;
    memcpy(r, head, HEAD);
    memcpy((char *)r + TAIL, tail, TAIL_SIZE);
    memcpy(r->tag, tail + TAIL_SIZE, w->n_tags * sizeof r->tag[0]);
    *at += size_of(w->n_tags);
    return w;
}
