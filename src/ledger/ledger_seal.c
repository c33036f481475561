/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_seal.c - the sorted tables that a finished ledger is read by.
 *
 * Numbers of names depend on the order of input and on threads; ranks of their texts do not.  All sorting is by rank.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ledger/ledger.h"

static int compare_u64(uint64_t a, uint64_t b) { return (a > b) - (a < b); }
static int compare_i64(int64_t a, int64_t b) { return (a > b) - (a < b); }

/* ---- ranks ---- */

typedef struct ranked {
    sc_text text;
    uint32_t number;
} ranked;

static int by_bytes(const void *a, const void *b)
{
    const sc_text x = ((const ranked *)a)->text, y = ((const ranked *)b)->text;
    const size_t n = x.len < y.len ? x.len : y.len;
    const int order = n > 0 ? memcmp(x.at, y.at, n) : 0;
    return order != 0 ? order : compare_u64(x.len, y.len);
}

/* rank[number], and number by rank in *by_rank where wanted. */
static uint32_t *rank_of(sealed *s, const ranked *sorted, uint32_t n)
{
    uint32_t *rank = SC_ARENA_ARRAY(&s->arena, uint32_t, n + 1);
    for (uint32_t i = 0; rank != NULL && i < n; i++)
        rank[sorted[i].number] = i;
    return rank;
}

static int rank_texts(sc_ledger *l)
{
    const uint32_t n = l->texts.count;
    ranked *sorted = SC_NEW_ARRAY(ranked, n);
    for (uint32_t i = 0; sorted != NULL && i < n; i++)
        sorted[i] = (ranked){sc_names_at(&l->texts, i), i};
    if (sorted == NULL)
        return 0;
    qsort(sorted, n, sizeof *sorted, by_bytes);
    l->sealed.rank = rank_of(&l->sealed, sorted, n);
    sc_free(sorted);
    return l->sealed.rank != NULL;
}

static int by_key(const void *a, const void *b)
{
    return compare_u64(((const tag_pair *)a)->key, ((const tag_pair *)b)->key);
}

static int by_ranks(const void *a, const void *b)
{
    const sc_text x = ((const ranked *)a)->text, y = ((const ranked *)b)->text;
    const size_t n = (x.len < y.len ? x.len : y.len) / sizeof(uint32_t);
    for (size_t i = 0; i < n; i++) {
        uint32_t p, q;
        memcpy(&p, x.at + i * sizeof p, sizeof p);
        memcpy(&q, y.at + i * sizeof q, sizeof q);
        if (p != q)
            return compare_u64(p, q);
    }
    return compare_u64(x.len, y.len);
}

/* Tag sets as pairs of ranks sorted by key; l->sealed.sets[rank of the set]. */
static int rank_tagsets(sc_ledger *l)
{
    sealed *s = &l->sealed;
    const uint32_t n = l->tagsets.count;
    ranked *sorted = SC_NEW_ARRAY(ranked, n);
    int ok = sorted != NULL;
    for (uint32_t i = 0; ok && i < n; i++) {
        const sc_text t = sc_names_at(&l->tagsets, i);
        tag_pair *pair = SC_ARENA_ARRAY(&s->arena, tag_pair, t.len / sizeof(tag_pair) + 1);
        ok = pair != NULL;
        for (size_t k = 0; ok && k < t.len / sizeof *pair; k++) {
            tag_pair p;
            memcpy(&p, t.at + k * sizeof p, sizeof p);
            pair[k] = (tag_pair){s->rank[p.key], s->rank[p.value]};
        }
        if (ok && t.len > 0)
            qsort(pair, t.len / sizeof *pair, sizeof *pair, by_key);
        sorted[i] = (ranked){{(const char *)pair, t.len}, i};
    }
    if (ok)
        qsort(sorted, n, sizeof *sorted, by_ranks);
    s->set_rank = ok ? rank_of(s, sorted, n) : NULL;
    s->set = ok ? SC_ARENA_ARRAY(&s->arena, sc_text, n + 1) : NULL;
    for (uint32_t i = 0; s->set != NULL && i < n; i++)
        s->set[i] = sorted[i].text;
    s->n_sets = n;
    sc_free(sorted);
    return s->set_rank != NULL && s->set != NULL;
}

static int texts_by_rank(sc_ledger *l)
{
    sealed *s = &l->sealed;
    s->text = SC_ARENA_ARRAY(&s->arena, const char *, l->texts.count + 1);
    for (uint32_t i = 0; s->text != NULL && i < l->texts.count; i++)
        s->text[s->rank[i]] = sc_names_at(&l->texts, i).at;
    return s->text != NULL;
}

/* ---- streams ---- */

/* A stream's key with ranks in place of numbers. */
typedef struct ranked_stream {
    stream_key key;
    uint32_t number;
} ranked_stream;

static int by_stream(const void *a, const void *b)
{
    const stream_key *x = &((const ranked_stream *)a)->key, *y = &((const ranked_stream *)b)->key;
    const int8_t first[6] = {x->kind, x->grain, x->charge, x->meter, x->scope, x->tier};
    const int8_t second[6] = {y->kind, y->grain, y->charge, y->meter, y->scope, y->tier};
    for (int i = 0; i < 3; i++) {
        if (first[i] != second[i])
            return compare_i64(first[i], second[i]);
    }
    for (int d = 0; d < SC_DIMS; d++) {
        if (x->dim[d] != y->dim[d])
            return compare_u64(x->dim[d], y->dim[d]);
    }
    if (x->tagset != y->tagset)
        return compare_u64(x->tagset, y->tagset);
    for (int i = 3; i < 6; i++) {
        if (first[i] != second[i])
            return compare_i64(first[i], second[i]);
    }
    return 0;
}

static ranked_stream rank_stream(const sc_ledger *l, const sc_names *n, uint32_t number)
{
    ranked_stream r = {.number = number};
    memcpy(&r.key, sc_names_at(n, number).at, sizeof r.key);
    for (int d = 0; d < SC_DIMS; d++)
        r.key.dim[d] = l->sealed.rank[r.key.dim[d]];
    r.key.tagset = l->sealed.set_rank[r.key.tagset];
    return r;
}

/* Streams that have cells: number 0 is the empty key that every table of names begins with. */
static int sort_streams(sc_ledger *l)
{
    sealed *s = &l->sealed;
    const uint32_t n = l->streams.count;
    ranked_stream *sorted = SC_NEW_ARRAY(ranked_stream, n);
    if (sorted == NULL)
        return 0;
    for (uint32_t i = 1; i < n; i++)
        sorted[i - 1] = rank_stream(l, &l->streams, i);
    s->n_streams = n - 1;
    qsort(sorted, s->n_streams, sizeof *sorted, by_stream);
    s->streams = SC_ARENA_ARRAY(&s->arena, sc_ledger_stream, n);
    s->number = SC_ARENA_ARRAY(&s->arena, uint32_t, n);
    const int ok = s->streams != NULL && s->number != NULL;
    for (uint32_t i = 0; ok && i < s->n_streams; i++) {
        const stream_key *k = &sorted[i].key;
        sc_ledger_stream *t = &s->streams[i];
        t->kind = (sc_usage_kind)k->kind;
        t->grain = (sc_grain)k->grain;
        t->charge = (sc_charge)k->charge;
        t->scope = k->scope;
        t->tier = k->tier;
        t->meter = k->meter;
        t->tagset = k->tagset;
        for (int d = 0; d < SC_DIMS; d++)
            t->dim[d] = s->text[k->dim[d]];
        s->number[sorted[i].number] = i;
    }
    sc_free(sorted);
    return ok;
}

/* ---- cells ---- */

typedef struct numbered_cell {
    uint32_t stream;
    cell *cell;
} numbered_cell;

static int by_cell(const void *a, const void *b)
{
    const numbered_cell *x = a, *y = b;
    const cell_key *p = &x->cell->key, *q = &y->cell->key;
    if (x->stream != y->stream)
        return compare_u64(x->stream, y->stream);
    if (p->day != q->day)
        return compare_i64(p->day, q->day);
    if (p->shift != q->shift)
        return compare_i64(p->shift, q->shift);
    return compare_u64(p->band, q->band);
}

static int sort_cells(sc_ledger *l)
{
    sealed *s = &l->sealed;
    size_t n = 0;
    for (int i = 0; i < SC_PARTS; i++)
        n += l->part[i].cells.count;
    numbered_cell *sorted = SC_NEW_ARRAY(numbered_cell, n + 1);
    s->cells = SC_ARENA_ARRAY(&s->arena, cell *, n + 1);
    if (sorted == NULL || s->cells == NULL) {
        sc_free(sorted);
        return 0;
    }
    for (int i = 0; i < SC_PARTS; i++) {
        for (size_t k = 0; k < l->part[i].cells.count; k++) {
            cell *c = sc_map_at(&l->part[i].cells, k);
            sorted[s->n_cells++] = (numbered_cell){s->number[c->key.stream], c};
        }
    }
    qsort(sorted, n, sizeof *sorted, by_cell);
    for (size_t i = n; i-- > 0;) {
        sc_ledger_stream *t = &s->streams[sorted[i].stream];
        s->cells[i] = sorted[i].cell;
        t->first = i;
        t->cells++;
    }
    sc_free(sorted);
    return 1;
}

/* ---- sketches ---- */

static int by_size(const void *a, const void *b)
{
    const size_entry *x = a, *y = b;
    if (x->stream != y->stream)
        return compare_u64(x->stream, y->stream);
    return x->input != y->input ? compare_u64(x->input, y->input) : compare_u64(x->output, y->output);
}

static int by_context(const void *a, const void *b)
{
    const context_entry *x = a, *y = b;
    return x->stream != y->stream ? compare_u64(x->stream, y->stream) : compare_u64(x->bin, y->bin);
}

static int by_hours(const void *a, const void *b)
{
    const hours_entry *x = a, *y = b;
    return x->stream != y->stream ? compare_u64(x->stream, y->stream) : compare_i64(x->day, y->day);
}

static int by_event(const void *a, const void *b)
{
    const event_entry *x = a, *y = b;
    if (x->stream != y->stream)
        return compare_u64(x->stream, y->stream);
    return x->session != y->session ? compare_u64(x->session, y->session) : compare_i64(x->time, y->time);
}

/* All entries of one kind of map over the parts, each entry's stream renumbered, sorted. */
static void *gather(sc_ledger *l, size_t offset, size_t *count, int (*order)(const void *, const void *))
{
    const sc_map *first = (const sc_map *)((const char *)&l->part[0] + offset);
    const size_t entry = first->entry;
    *count = 0;
    for (int i = 0; i < SC_PARTS; i++)
        *count += ((const sc_map *)((const char *)&l->part[i] + offset))->count;
    char *all = sc_arena_alloc(&l->sealed.arena, *count + 1, entry), *to = all;
    for (int i = 0; all != NULL && i < SC_PARTS; i++) {
        const sc_map *m = (const sc_map *)((const char *)&l->part[i] + offset);
        for (size_t k = 0; k < m->count; k++, to += entry) {
            uint32_t stream;
            memcpy(to, sc_map_at(m, k), entry);
            memcpy(&stream, to, sizeof stream);
            stream = l->sealed.number[stream];
            memcpy(to, &stream, sizeof stream);
        }
    }
    if (all != NULL)
        qsort(all, *count, entry, order);
    return all;
}

/* first[stream] of n entries that are sorted by the stream number at their start. */
static size_t *firsts(sealed *s, const void *entries, size_t n, size_t entry)
{
    size_t *first = SC_ARENA_ARRAY(&s->arena, size_t, s->n_streams + 1);
    size_t i = 0;
    for (size_t t = 0; first != NULL && t <= s->n_streams; t++) {
        for (; i < n; i++) {
            uint32_t stream;
            memcpy(&stream, (const char *)entries + i * entry, sizeof stream);
            if (stream >= t)
                break;
        }
        first[t] = i;
    }
    return first;
}

static int sort_sizes(sc_ledger *l)
{
    sealed *s = &l->sealed;
    size_t n;
    const size_entry *all = gather(l, offsetof(part, sizes), &n, by_size);
    s->sizes = SC_ARENA_ARRAY(&s->arena, sc_ledger_size, n + 1);
    for (size_t i = 0; all != NULL && s->sizes != NULL && i < n; i++)
        s->sizes[i] = (sc_ledger_size){all[i].input, all[i].output, all[i].count};
    s->first_size = all != NULL ? firsts(s, all, n, sizeof *all) : NULL;
    return all != NULL && s->sizes != NULL && s->first_size != NULL;
}

static int sort_contexts(sc_ledger *l)
{
    sealed *s = &l->sealed;
    size_t n;
    const context_entry *all = gather(l, offsetof(part, contexts), &n, by_context);
    s->contexts = SC_ARENA_ARRAY(&s->arena, sc_ledger_context, n + 1);
    for (size_t i = 0; all != NULL && s->contexts != NULL && i < n; i++) {
        s->contexts[i] = (sc_ledger_context){.bin = (int)all[i].bin, .count = all[i].count};
        memcpy(s->contexts[i].tokens, all[i].tokens, sizeof all[i].tokens);
    }
    s->first_context = all != NULL ? firsts(s, all, n, sizeof *all) : NULL;
    return all != NULL && s->contexts != NULL && s->first_context != NULL;
}

static int sort_events(sc_ledger *l)
{
    sealed *s = &l->sealed;
    size_t n = 0, at = 0;
    for (int i = 0; i < SC_PARTS; i++)
        n += l->part[i].n_events;
    event_entry *all = SC_NEW_ARRAY(event_entry, n + 1);
    s->events = SC_ARENA_ARRAY(&s->arena, sc_ledger_event, n + 1);
    int ok = all != NULL && s->events != NULL;
    for (int i = 0; ok && i < SC_PARTS; i++) {
        for (size_t k = 0; k < l->part[i].n_events; k++, at++) {
            all[at] = l->part[i].events[k];
            all[at].stream = s->number[all[at].stream];
        }
    }
    if (ok)
        qsort(all, n, sizeof *all, by_event);
    for (size_t i = 0; ok && i < n; i++)
        s->events[i] = (sc_ledger_event){all[i].session, all[i].time};
    s->first_event = ok ? firsts(s, all, n, sizeof *all) : NULL;
    sc_free(all);
    return ok && s->first_event != NULL;
}

static int by_minute(const void *a, const void *b)
{
    const sc_ledger_minute *x = a, *y = b;
    return x->stream != y->stream ? compare_u64(x->stream, y->stream) : compare_i64(x->minute, y->minute);
}

static int same_quota(const stream_key *quota, const stream_key *k)
{
    static const sc_dim dims[] = {SC_DIM_ACCOUNT, SC_DIM_MODEL, SC_DIM_REGION, SC_DIM_ENDPOINT, SC_DIM_PROFILE};
    int same = quota->kind == k->kind && quota->grain == k->grain && quota->scope == k->scope &&
               quota->tier == k->tier && k->meter < 0;
    for (size_t i = 0; same && i < sizeof dims / sizeof dims[0]; i++)
        same = quota->dim[dims[i]] == k->dim[dims[i]];
    return same;
}

/* The first stream of each quota, by the quota's number. */
static size_t *quota_streams(sc_ledger *l)
{
    const sealed *s = &l->sealed;
    size_t *stream = SC_NEW_ARRAY(size_t, l->quotas.count + 1);
    uint32_t *by_number = SC_NEW_ARRAY(uint32_t, s->n_streams + 1);
    for (uint32_t i = 1; stream != NULL && by_number != NULL && i < l->streams.count; i++)
        by_number[s->number[i]] = i;
    for (uint32_t q = 1; stream != NULL && by_number != NULL && q < l->quotas.count; q++) {
        stream_key quota, k;
        memcpy(&quota, sc_names_at(&l->quotas, q).at, sizeof quota);
        for (stream[q] = 0; stream[q] < s->n_streams; stream[q]++) {
            memcpy(&k, sc_names_at(&l->streams, by_number[stream[q]]).at, sizeof k);
            if (same_quota(&quota, &k))
                break;
        }
    }
    if (by_number == NULL) {
        sc_free(stream);
        stream = NULL;
    }
    sc_free(by_number);
    return stream;
}

static int sort_minutes(sc_ledger *l)
{
    sealed *s = &l->sealed;
    size_t n = 0;
    for (int i = 0; i < SC_PARTS; i++)
        n += l->part[i].minutes.count;
    size_t *stream = quota_streams(l);
    s->minutes = SC_ARENA_ARRAY(&s->arena, sc_ledger_minute, n + 1);
    if (stream == NULL || s->minutes == NULL) {
        sc_free(stream);
        return 0;
    }
    for (int i = 0; i < SC_PARTS; i++) {
        for (size_t k = 0; k < l->part[i].minutes.count; k++) {
            const minute_entry *m = sc_map_at(&l->part[i].minutes, k);
            s->minutes[s->n_minutes++] =
                (sc_ledger_minute){stream[m->quota], m->minute, m->requests, m->input, m->output};
        }
    }
    qsort(s->minutes, s->n_minutes, sizeof *s->minutes, by_minute);
    sc_free(stream);
    return 1;
}

/* ---- all ---- */

/* Where a key turned out to have too many values, those counted before are folded too. */
static sc_code fold(sc_ledger *l)
{
    sc_ledger *folded = sc_ledger_like(l);
    sc_code code = folded != NULL ? sc_ledger_absorb(folded, l) : SC_E_MEMORY;
    if (code == SC_OK) {
        const sc_ledger old = *l;
        *l = *folded;
        *folded = old;
    }
    sc_ledger_free(folded);
    return code;
}

sc_code sc_ledger_seal(sc_ledger *l)
{
    if (l->is_sealed)
        return SC_OK;
    if (l->any_folded && fold(l) != SC_OK)
        return SC_E_MEMORY;
    if (!rank_texts(l) || !texts_by_rank(l) || !rank_tagsets(l) || !sort_streams(l) || !sort_cells(l) ||
        !sort_sizes(l) || !sort_contexts(l) || !sort_events(l) || !sort_minutes(l))
        return SC_E_MEMORY;
    l->sealed.hours = gather(l, offsetof(part, hours), &l->sealed.n_hours, by_hours);
    l->is_sealed = l->sealed.hours != NULL;
    return l->is_sealed ? SC_OK : SC_E_MEMORY;
}
