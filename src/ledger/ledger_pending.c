/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_pending.c - what a writer has still to add to its ledger. */
#include <string.h>

#include "base/alloc.h"
#include "ledger/ledger_writer.h"

/* Sums of so many records stay in their ranges: of counts below 2^44 and what follows from seven of them, of costs at
 * prices below 2^63, and of stated money below 2^108. */
#define PENDING_MOST UINT16_MAX
#define PENDING_COUNT_BITS 44
#define PENDING_MONEY ((sc_money)1 << 108)

/* Records that are looked at while the memory of a slot comes; those of WAITING that are left, while that of the stream
 * does. */
#define SLOT_COMES 3u

/* ---- from the writer to the ledger ---- */

/* Adds finished cells to the ledger.  SC_E_MEMORY, or SC_OK: a sum that leaves its range is said when the ledger is
 * sealed. */
static sc_code hand_over_part(sc_ledger_writer *w, part *p, const cell *cells, size_t n)
{
    pthread_mutex_lock(&p->lock);
    const sc_code code = sc_ledger_add_cells(p, cells, n);
    pthread_mutex_unlock(&p->lock);
    if (code != SC_E_INPUT)
        return code;
    pthread_mutex_lock(&w->l->values_lock);
    w->l->is_out_of_range = 1;
    pthread_mutex_unlock(&w->l->values_lock);
    return SC_OK;
}

static sc_code hand_over_finished(sc_ledger_writer *w, part *p)
{
    finished_cells *f = &w->finished[p - w->l->part];
    const size_t n = f->n;
    f->n = 0;
    return n > 0 ? hand_over_part(w, p, f->cell, n) : SC_OK;
}

/* What is pending of a stream is finished.  What few cells have belongs to the stream, and goes on at once. */
static sc_code finish_cell(sc_ledger_writer *w, recent_stream *s)
{
    part *p = sc_ledger_part(w->l, s->stream);
    finished_cells *f = &w->finished[p - w->l->part];
    cell_rest *rest = s->pending.rest;
    sc_code code = SC_OK;
    if (s->n_pending == 0)
        return SC_OK;
    if (rest == NULL) {
        f->cell[f->n++] = s->pending;
        if (f->n == SC_CELLS_AT_ONCE)
            code = hand_over_finished(w, p);
    } else {
        code = hand_over_part(w, p, &s->pending, 1);
        memset(rest, 0, sizeof *rest);
    }
    s->pending = (cell){.rest = rest};
    s->n_pending = 0;
    return code;
}

/* Of all streams, which are forgotten. */
static sc_code hand_over_all(sc_ledger_writer *w)
{
    int ok = 1;
    for (size_t i = 0; i < w->recent.count; i++)
        ok = finish_cell(w, sc_map_at(&w->recent, i)) == SC_OK && ok;
    for (int i = 0; i < SC_PARTS; i++)
        ok = hand_over_finished(w, &w->l->part[i]) == SC_OK && ok;
    sc_map_release(&w->recent);
    sc_arena_release(&w->arena);
    return ok ? SC_OK : SC_E_MEMORY;
}

/* ---- records into what is pending ---- */

/* NULL when out of memory. */
static recent_stream *find_stream(sc_ledger_writer *w, const stream_key *key, uint32_t hash)
{
    recent_stream *s = sc_map_get(&w->recent, key, sizeof *key, hash);
    if (s != NULL && s->stream != SC_NAME_NONE)
        return s;
    if (s == NULL && w->recent.count == RECENT_MOST && hand_over_all(w) != SC_OK)
        return NULL;
    if (s == NULL && (s = sc_map_put(&w->recent, key, hash)) == NULL)
        return NULL;
    if (w->l->detail.sketches) {
        const stream_key quota = sc_ledger_quota(key);
        s->quota = sc_names_add(&w->l->quotas, &quota, sizeof quota, NULL);
    }
    const uint32_t stream = sc_names_add(&w->l->streams, key, sizeof *key, NULL);
    if (stream == SC_NAME_FAILED || s->quota == SC_NAME_FAILED)
        return NULL;
    s->stream = stream;
    return s;
}

static int is_large_sum(sc_money m) { return m > PENDING_MONEY || m < -PENDING_MONEY; }

static int is_large(const cell_sums *c)
{
    uint64_t any = (uint64_t)c->count[COUNT_REQUESTS];
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        any |= (uint64_t)c->count[COUNT_TOKENS + m];
    return any >> PENDING_COUNT_BITS != 0 ||
           (c->has_cost != 0 &&
            (is_large_sum(c->stated.billed) || is_large_sum(c->stated.list) || is_large_sum(c->stated.effective)));
}

/* Adds to the cell at once, after all that this writer has for it. */
static sc_code add_large(sc_ledger_writer *w, recent_stream *s, const cell_sums *c)
{
    part *p = sc_ledger_part(w->l, s->stream);
    if (finish_cell(w, s) != SC_OK || hand_over_finished(w, p) != SC_OK)
        return SC_E_MEMORY;
    pthread_mutex_lock(&p->lock);
    const sc_code code = sc_ledger_add_cell(p, c);
    pthread_mutex_unlock(&p->lock);
    return code;
}

/* Cells of one stream.  Field by field: the stream was written just now, and could not yet be read with the day. */
static int is_same_cell(const cell_key *a, const cell_key *b)
{
    return a->day == b->day && a->shift == b->shift && a->band == b->band;
}

static sc_code add_cell(sc_ledger_writer *w, recent_stream *s, const cell_sums *c)
{
    if (w->any_large && (s->is_large || is_large(c))) {
        s->is_large = 1;
        return add_large(w, s, c);
    }
    if (s->n_pending == 0 || s->n_pending == PENDING_MOST || !is_same_cell(&s->pending.key, &c->key)) {
        if (finish_cell(w, s) != SC_OK)
            return SC_E_MEMORY;
        s->pending.key = c->key;
    }
    s->n_pending++;
    return sc_ledger_raise_pending(&w->arena, &s->pending, c);
}

/* Adds a record to its stream's cell, and tells the stream. */
static sc_code settle(sc_ledger_writer *w, waiting_record *x, recent_stream **stream)
{
    recent_stream *s = find_stream(w, &x->key, x->hash);
    if (s == NULL)
        return SC_E_MEMORY;
    x->sums.key.stream = s->stream;
    *stream = s;
    return add_cell(w, s, &x->sums);
}

/* The record that has waited longest. */
static sc_code settle_next(sc_ledger_writer *w)
{
    recent_stream *s;
    return settle(w, &w->waiting[(w->next - w->n_waiting--) % WAITING], &s);
}

static sc_code settle_all(sc_ledger_writer *w)
{
    int ok = 1;
    while (w->n_waiting > 0)
        ok = settle_next(w) == SC_OK && ok;
    return ok ? SC_OK : SC_E_MEMORY;
}

sc_code sc_writer_add_now(sc_ledger_writer *w, waiting_record *x, recent_stream **stream)
{
    const sc_code code = settle_all(w);
    w->any_large |= is_large(&x->sums);
    return code == SC_OK ? settle(w, x, stream) : code;
}

sc_code sc_writer_add(sc_ledger_writer *w)
{
    waiting_record *x = sc_writer_record(w);
    recent_stream *s;
    if (w->any_large || is_large(&x->sums))
        return sc_writer_add_now(w, x, &s);
    sc_map_prefetch_slot(&w->recent, x->hash);
    if (w->n_waiting >= SLOT_COMES) /* that one's slot is there by now */
        sc_map_prefetch(&w->recent, w->waiting[(w->next - SLOT_COMES) % WAITING].hash);
    w->next++;
    return ++w->n_waiting == WAITING ? settle_next(w) : SC_OK;
}

sc_code sc_writer_hand_over(sc_ledger_writer *w)
{
    const sc_code settled = settle_all(w), code = hand_over_all(w);
    return settled == SC_OK ? code : settled;
}
