/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_seal.c - the sorted tables that a finished ledger is read by.
 *
 * Numbers of names depend on the order of input and on threads; ranks of their texts do not.  All sorting is by rank.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ledger/ledger_parts.h"

static int compare_u64(uint64_t a, uint64_t b) { return (a > b) - (a < b); }
static int compare_i64(int64_t a, int64_t b) { return (a > b) - (a < b); }

/* ---- what is used ---- */

/* By name number: how many cells streams have, and flags of the tag sets and texts that they and the other tables need.
 * Records that did not count, and values that were folded, leave names behind that must not show. */
typedef struct used {
    uint32_t *cells;
    unsigned char *tagset, *text;
} used;

static void use_stream(const sc_ledger *l, used *u, uint32_t number)
{
    stream_key k;
    memcpy(&k, sc_names_at(&l->streams, number).at, sizeof k);
    u->tagset[k.tagset] = 1;
    for (int d = 0; d < SC_DIMS; d++)
        u->text[k.dim[d]] = 1;
}

static void use_tagset(const sc_ledger *l, used *u, uint32_t number)
{
    const sc_text t = sc_names_at(&l->tagsets, number);
    for (size_t k = 0; k < t.len / sizeof(tag_pair); k++) {
        tag_pair p;
        memcpy(&p, t.at + k * sizeof p, sizeof p);
        u->text[p.key] = u->text[p.value] = 1;
    }
}

static void mark(const sc_ledger *l, used *u)
{
    u->tagset[0] = u->text[SC_NAME_NONE] = 1;
#pragma omp parallel for num_threads(l->threads) schedule(dynamic) if (l->threads > 1)
    for (int i = 0; i < SC_PARTS; i++) { /* a stream has all its cells in one part */
        for (size_t k = 0; k < l->part[i].cells.count; k++)
            u->cells[((const cell *)sc_map_at(&l->part[i].cells, k))->key.stream]++;
    }
    for (uint32_t i = 0; i < l->streams.count; i++) {
        if (u->cells[i] > 0)
            use_stream(l, u, i);
    }
    for (uint32_t i = 0; i < l->tagsets.count; i++) {
        if (u->tagset[i])
            use_tagset(l, u, i);
    }
    for (size_t i = 0; i < l->value_counts.count; i++) {
        const value_count *c = sc_map_at(&l->value_counts, i);
        u->text[c->key] |= c->too_many != 0;
    }
    for (size_t i = 0; i < l->prints.count; i++)
        u->text[((const print_entry *)sc_map_at(&l->prints, i))->account] = 1;
}

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

/* The texts of sorted[n] by rank, and the rank by number of `count`; 0 = out of memory. */
static int keep_ranks(sealed *s, const ranked *sorted, uint32_t n, uint32_t count, sc_text **text, uint32_t **rank)
{
    *text = SC_ARENA_ARRAY(&s->arena, sc_text, n);
    *rank = SC_ARENA_ARRAY(&s->arena, uint32_t, count);
    if (*text == NULL || *rank == NULL)
        return 0;
    for (uint32_t i = 0; i < n; i++) {
        (*text)[i] = sorted[i].text;
        (*rank)[sorted[i].number] = i;
    }
    return 1;
}

static int rank_texts(sc_ledger *l, const used *u)
{
    sealed *s = &l->sealed;
    ranked *sorted = SC_NEW_ARRAY(ranked, l->texts.count);
    for (uint32_t i = 0; sorted != NULL && i < l->texts.count; i++) {
        if (u->text[i])
            sorted[s->n_texts++] = (ranked){sc_names_at(&l->texts, i), i};
    }
    if (sorted != NULL)
        qsort(sorted, s->n_texts, sizeof *sorted, by_bytes);
    const int ok = sorted != NULL && keep_ranks(s, sorted, s->n_texts, l->texts.count, &s->text, &s->rank);
    sc_free(sorted);
    return ok;
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

/* A tag set as pairs of ranks sorted by key; {NULL, 0} when out of memory. */
static sc_text ranked_pairs(sealed *s, sc_text t)
{
    const size_t n = t.len / sizeof(tag_pair);
    tag_pair *pair = SC_ARENA_ARRAY(&s->arena, tag_pair, n);
    if (pair == NULL)
        return (sc_text){NULL, 0};
    for (size_t k = 0; k < n; k++) {
        tag_pair p;
        memcpy(&p, t.at + k * sizeof p, sizeof p);
        pair[k] = (tag_pair){s->rank[p.key], s->rank[p.value]};
    }
    qsort(pair, n, sizeof *pair, by_key);
    return (sc_text){(const char *)pair, t.len};
}

static int rank_tagsets(sc_ledger *l, const used *u)
{
    sealed *s = &l->sealed;
    ranked *sorted = SC_NEW_ARRAY(ranked, l->tagsets.count);
    int ok = sorted != NULL;
    for (uint32_t i = 0; ok && i < l->tagsets.count; i++) {
        if (!u->tagset[i])
            continue;
        sorted[s->n_sets] = (ranked){ranked_pairs(s, sc_names_at(&l->tagsets, i)), i};
        ok = sorted[s->n_sets++].text.at != NULL;
    }
    if (ok)
        qsort(sorted, s->n_sets, sizeof *sorted, by_ranks);
    ok = ok && keep_ranks(s, sorted, s->n_sets, l->tagsets.count, &s->set, &s->set_rank);
    sc_free(sorted);
    return ok;
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

static ranked_stream rank_stream(const sc_ledger *l, uint32_t number)
{
    ranked_stream r = {.number = number};
    memcpy(&r.key, sc_names_at(&l->streams, number).at, sizeof r.key);
    for (int d = 0; d < SC_DIMS; d++)
        r.key.dim[d] = l->sealed.rank[r.key.dim[d]];
    r.key.tagset = l->sealed.set_rank[r.key.tagset];
    return r;
}

static sc_ledger_stream stream_of(const sealed *s, const stream_key *k)
{
    sc_ledger_stream t = {.kind = (sc_usage_kind)k->kind,
                          .grain = (sc_grain)k->grain,
                          .charge = (sc_charge)k->charge,
                          .scope = k->scope,
                          .tier = k->tier,
                          .meter = k->meter,
                          .tagset = k->tagset};
    for (int d = 0; d < SC_DIMS; d++)
        t.dim[d] = s->text[k->dim[d]].at;
    return t;
}

static int sort_streams(sc_ledger *l, const used *u)
{
    sealed *s = &l->sealed;
    const uint32_t n = l->streams.count;
    ranked_stream *sorted = SC_NEW_ARRAY(ranked_stream, n);
    for (uint32_t i = 0; sorted != NULL && i < n; i++) {
        if (u->cells[i] > 0)
            sorted[s->n_streams++] = rank_stream(l, i);
    }
    if (sorted != NULL)
        qsort(sorted, s->n_streams, sizeof *sorted, by_stream);
    s->streams = SC_ARENA_ARRAY(&s->arena, sc_ledger_stream, s->n_streams);
    s->keys = SC_ARENA_ARRAY(&s->arena, stream_key, s->n_streams);
    s->number = SC_ARENA_ARRAY(&s->arena, uint32_t, n);
    const int ok = sorted != NULL && s->streams != NULL && s->keys != NULL && s->number != NULL;
    if (ok)
        memset(s->number, 0xff, n * sizeof *s->number); /* streams that are not used come after all */
    for (uint32_t i = 0; ok && i < s->n_streams; i++) {
        s->keys[i] = sorted[i].key;
        s->streams[i] = stream_of(s, &sorted[i].key);
        s->streams[i].cells = u->cells[sorted[i].number];
        s->number[sorted[i].number] = i;
    }
    sc_free(sorted);
    return ok;
}

/* Names of all kinds by rank. */
static int rank_all(sc_ledger *l)
{
    used u = {SC_NEW_ARRAY(uint32_t, l->streams.count), SC_NEW_ARRAY(unsigned char, l->tagsets.count),
              SC_NEW_ARRAY(unsigned char, l->texts.count)};
    int ok = u.cells != NULL && u.tagset != NULL && u.text != NULL;
    if (ok) {
        mark(l, &u);
        ok = rank_texts(l, &u) && rank_tagsets(l, &u) && sort_streams(l, &u);
    }
    sc_free(u.cells);
    sc_free(u.tagset);
    sc_free(u.text);
    return ok;
}

/* ---- cells ---- */

static int by_day(const void *a, const void *b)
{
    const cell_key *p = &(*(cell *const *)a)->key, *q = &(*(cell *const *)b)->key;
    if (p->day != q->day)
        return compare_i64(p->day, q->day);
    if (p->shift != q->shift)
        return compare_i64(p->shift, q->shift);
    return compare_u64(p->band, q->band);
}

/* Puts the cells with those of their stream.  Until then t->first is where the next one goes. */
static void distribute(const sc_ledger *l, cell **cells)
{
    const sealed *s = &l->sealed;
#pragma omp parallel for num_threads(l->threads) schedule(dynamic) if (l->threads > 1)
    for (int i = 0; i < SC_PARTS; i++) {
        for (size_t k = 0; k < l->part[i].cells.count; k++) {
            cell *c = sc_map_at(&l->part[i].cells, k);
            cells[s->streams[s->number[c->key.stream]].first++] = c;
        }
    }
}

static int sort_cells(sc_ledger *l)
{
    sealed *s = &l->sealed;
    for (size_t t = 0; t < s->n_streams; t++) {
        s->streams[t].first = s->n_cells;
        s->n_cells += s->streams[t].cells;
    }
    s->cells = SC_ARENA_ARRAY(&s->arena, cell *, s->n_cells + 1);
    if (s->cells == NULL)
        return 0;
    distribute(l, s->cells);
#pragma omp parallel for num_threads(l->threads) schedule(dynamic, 64) if (l->threads > 1)
    for (size_t t = 0; t < s->n_streams; t++) {
        s->streams[t].first -= s->streams[t].cells;
        qsort(&s->cells[s->streams[t].first], s->streams[t].cells, sizeof(cell *), by_day);
    }
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

/* Sizes that requests had before their output grew are left without any. */
static size_t drop_empty(size_entry *all, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (all[i].count > 0)
            all[kept++] = all[i];
    }
    return kept;
}

static int sort_sizes(sc_ledger *l)
{
    sealed *s = &l->sealed;
    size_t n;
    size_entry *all = gather(l, offsetof(part, sizes), &n, by_size);
    n = all != NULL ? drop_empty(all, n) : 0;
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

static int sort_hours(sc_ledger *l)
{
    sealed *s = &l->sealed;
    s->hours = gather(l, offsetof(part, hours), &s->n_hours, by_hours);
    s->first_hours = s->hours != NULL ? firsts(s, s->hours, s->n_hours, sizeof *s->hours) : NULL;
    return s->first_hours != NULL;
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

/* The first stream of each quota, by the quota's number; NULL when out of memory. */
static size_t *quota_streams(sc_ledger *l)
{
    size_t *first = SC_NEW_ARRAY(size_t, l->quotas.count);
    for (uint32_t q = 0; first != NULL && q < l->quotas.count; q++)
        first[q] = SIZE_MAX;
    for (uint32_t i = 1; first != NULL && i < l->streams.count; i++) {
        stream_key k;
        memcpy(&k, sc_names_at(&l->streams, i).at, sizeof k);
        const stream_key quota = sc_ledger_quota(&k);
        const uint32_t q = sc_ledger_has_minutes(&k) ? sc_names_find(&l->quotas, &quota, sizeof quota) : SC_NAME_FAILED;
        if (q != SC_NAME_FAILED && l->sealed.number[i] < first[q])
            first[q] = l->sealed.number[i];
    }
    return first;
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

/* ---- what merging needs ---- */

static int by_number(const void *a, const void *b) { return compare_u64(*(const uint32_t *)a, *(const uint32_t *)b); }

static int sort_folded(sc_ledger *l)
{
    sealed *s = &l->sealed;
    s->folded = SC_ARENA_ARRAY(&s->arena, uint32_t, l->value_counts.count);
    for (size_t i = 0; s->folded != NULL && i < l->value_counts.count; i++) {
        const value_count *c = sc_map_at(&l->value_counts, i);
        if (c->too_many)
            s->folded[s->n_folded++] = s->rank[c->key];
    }
    if (s->folded != NULL)
        qsort(s->folded, s->n_folded, sizeof *s->folded, by_number);
    return s->folded != NULL;
}

static int by_print(const void *a, const void *b)
{
    const print_entry *x = a, *y = b;
    if (x->account != y->account)
        return compare_u64(x->account, y->account);
    return x->kind != y->kind ? compare_i64(x->kind, y->kind) : compare_i64(x->day, y->day);
}

static int sort_prints(sc_ledger *l)
{
    sealed *s = &l->sealed;
    s->prints = SC_ARENA_ARRAY(&s->arena, print_entry, l->prints.count);
    for (size_t i = 0; s->prints != NULL && i < l->prints.count; i++) {
        s->prints[i] = *(const print_entry *)sc_map_at(&l->prints, i);
        s->prints[i].account = s->rank[s->prints[i].account];
        s->n_prints++;
    }
    if (s->prints != NULL)
        qsort(s->prints, s->n_prints, sizeof *s->prints, by_print);
    return s->prints != NULL;
}

/* ---- all ---- */

/* An empty ledger that tells apart what is left at the end. */
static sc_ledger *like(const sc_ledger *l)
{
    const sc_ledger_options o = {.keep_dims = l->common.dims,
                                 .fold_service = l->common.fold_service,
                                 .keep_tags = l->common.keep_tags,
                                 .only_keep_tags = l->common.only_keep_tags,
                                 .max_values = l->max_values,
                                 .sketches = l->common.sketches,
                                 .zone = &l->zone};
    sc_ledger *other = sc_ledger_new(&o);
    if (other == NULL)
        return NULL;
    memcpy(other->bands, l->bands, sizeof l->bands);
    other->n_bands = l->n_bands;
    other->priced = l->priced;
    other->threads = l->threads;
    return other;
}

/* Where a key turned out to have too many values, or a ledger that was merged in told less apart, what was added before
 * is brought to the same form.  Nobody holds a lock any more. */
static sc_code reform(sc_ledger *l)
{
    sc_ledger *formed = like(l);
    sc_code code = formed != NULL ? sc_ledger_absorb(formed, l) : SC_E_MEMORY;
    if (code == SC_OK) {
        const sc_ledger old = *l;
        *l = *formed;
        *formed = old;
    }
    sc_ledger_free(formed);
    return code;
}

static int is_narrowed(const sc_ledger *l)
{
    const detail *d = &l->detail, *c = &l->common;
    return d->dims != c->dims || d->fold_service != c->fold_service || d->sketches != c->sketches ||
           d->only_keep_tags != c->only_keep_tags || d->keep_tags != c->keep_tags;
}

sc_code sc_ledger_seal(sc_ledger *l)
{
    if (l->is_sealed)
        return SC_OK;
    if (l->is_incomplete || l->is_out_of_range)
        return l->is_incomplete ? SC_E_MEMORY : SC_E_INPUT;
    if (l->any_folded || is_narrowed(l)) {
        const sc_code code = reform(l);
        if (code != SC_OK)
            return code;
    }
    l->is_sealed = rank_all(l) && sort_cells(l) && sort_sizes(l) && sort_contexts(l) && sort_hours(l) &&
                   sort_events(l) && sort_minutes(l) && sort_folded(l) && sort_prints(l);
    for (int i = 0; l->is_sealed && i < SC_PARTS; i++)
        sc_map_seal(&l->part[i].cells);
    if (!l->is_sealed) {
        sc_arena_release(&l->sealed.arena);
        l->sealed = (sealed){0};
    }
    return l->is_sealed ? SC_OK : SC_E_MEMORY;
}
