/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_entries.c - what is added to a part of a ledger: cells exactly, sketches up to their largest value.
 *
 * Sums of sketches cannot fail: one that would leave its range stays at its end, which no order of adding changes. */
#include <string.h>

#include "base/alloc.h"
#include "ledger/ledger_parts.h"

/* to + add into sum; 0 when one leaves its range. */
static int add_counts(const int64_t *to, const int64_t *add, int n, int64_t *sum)
{
    int bad = 0;
    for (int i = 0; i < n; i++)
        bad |= __builtin_add_overflow(to[i], add[i], &sum[i]);
    return !bad;
}

static int add_costs(const costs *to, const costs *c, costs *sum)
{
    return !__builtin_add_overflow(to->billed, c->billed, &sum->billed) &&
           !__builtin_add_overflow(to->list, c->list, &sum->list) &&
           !__builtin_add_overflow(to->effective, c->effective, &sum->effective);
}

static int has_rest(const cell_sums *c) { return c->has_cost != 0 || sc_ledger_has_unusual(c); }

static int add_rest(const cell_rest *to, const cell_sums *c, cell_rest *sum)
{
    return add_counts(to->count, &c->count[COUNTS_USUAL], COUNTS - COUNTS_USUAL, sum->count) &&
           (c->has_cost == 0 || add_costs(&to->stated, &c->stated, &sum->stated));
}

static sc_code raise_rest(sc_arena *arena, cell *to, const cell_sums *c)
{
    if (to->rest == NULL)
        to->rest = SC_ARENA_ARRAY(arena, cell_rest, 1);
    if (to->rest == NULL)
        return SC_E_MEMORY;
    cell_rest more = *to->rest;
    if (!add_rest(to->rest, c, &more))
        return SC_E_INPUT;
    *to->rest = more;
    return SC_OK;
}

sc_code sc_ledger_raise_cell(sc_arena *arena, cell *to, const cell_sums *c)
{
    int64_t count[COUNTS_USUAL];
    sc_money cost;
    if (!add_counts(to->count, c->count, COUNTS_USUAL, count) || __builtin_add_overflow(to->cost, c->cost, &cost))
        return SC_E_INPUT;
    const sc_code code = has_rest(c) ? raise_rest(arena, to, c) : SC_OK;
    if (code != SC_OK)
        return code;
    memcpy(to->count, count, sizeof to->count);
    to->cost = cost;
    to->has_cost |= c->has_cost;
    to->no_counts |= c->no_counts;
    return SC_OK;
}

sc_code sc_ledger_raise_pending(sc_arena *arena, cell *to, const cell_sums *c)
{
    const sc_code code = has_rest(c) ? raise_rest(arena, to, c) : SC_OK;
    if (code != SC_OK)
        return code;
    for (int i = 0; i < COUNTS_USUAL; i++)
        to->count[i] += c->count[i];
    to->cost += c->cost;
    to->has_cost |= c->has_cost;
    to->no_counts |= c->no_counts;
    return SC_OK;
}

sc_code sc_ledger_add_cell(part *p, const cell_sums *c)
{
    cell *to = sc_map_add(&p->cells, &c->key);
    return to != NULL ? sc_ledger_raise_cell(&p->arena, to, c) : SC_E_MEMORY;
}

void sc_ledger_cell_sums(const cell *c, cell_sums *out)
{
    static const cell_rest none;
    const cell_rest *rest = c->rest != NULL ? c->rest : &none;
    out->key = c->key;
    out->has_cost = c->has_cost;
    out->no_counts = c->no_counts;
    out->cost = c->cost;
    memcpy(out->count, c->count, sizeof c->count);
    memcpy(&out->count[COUNTS_USUAL], rest->count, sizeof rest->count);
    out->stated = rest->stated;
}

/* The memory of all of them is asked for before that of the first is needed: cells lie far apart. */
sc_code sc_ledger_add_cells(part *p, const cell *cells, size_t n)
{
    uint32_t hash[SC_CELLS_AT_ONCE];
    cell_sums sums;
    sc_code code = SC_OK;
    for (size_t i = 0; i < n; i++) {
        hash[i] = sc_map_hash(&p->cells, &cells[i].key);
        sc_map_prefetch_slot(&p->cells, hash[i]);
    }
    for (size_t i = 0; i < n; i++)
        sc_map_prefetch(&p->cells, hash[i]);
    for (size_t i = 0; i < n && code != SC_E_MEMORY; i++) {
        cell *to = sc_map_get(&p->cells, &cells[i].key, sizeof cells[i].key, hash[i]);
        if (to == NULL)
            to = sc_map_put(&p->cells, &cells[i].key, hash[i]);
        sc_ledger_cell_sums(&cells[i], &sums);
        const sc_code added = to != NULL ? sc_ledger_raise_cell(&p->arena, to, &sums) : SC_E_MEMORY;
        code = added != SC_OK ? added : code;
    }
    return code;
}

sc_code sc_ledger_add_size(part *p, const void *entry)
{
    const size_entry *e = entry;
    size_entry *to = sc_map_add(&p->sizes, e);
    if (to == NULL)
        return SC_E_MEMORY;
    sc_raise(&to->count, e->count);
    return SC_OK;
}

sc_code sc_ledger_add_context(part *p, const void *entry)
{
    const context_entry *e = entry;
    context_entry *to = sc_map_add(&p->contexts, e);
    if (to == NULL)
        return SC_E_MEMORY;
    sc_raise(&to->count, e->count);
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        sc_raise(&to->tokens[m], e->tokens[m]);
    return SC_OK;
}

sc_code sc_ledger_add_hours(part *p, const void *entry)
{
    const hours_entry *e = entry;
    hours_entry *to = sc_map_add(&p->hours, e);
    if (to == NULL)
        return SC_E_MEMORY;
    for (int h = 0; h < 24; h++) {
        if (__builtin_add_overflow(to->count[h], e->count[h], &to->count[h]))
            to->count[h] = UINT32_MAX;
    }
    return SC_OK;
}

sc_code sc_ledger_add_minute(part *p, const minute_entry *e)
{
    minute_entry *to = sc_map_add(&p->minutes, e);
    if (to == NULL)
        return SC_E_MEMORY;
    sc_raise(&to->requests, e->requests);
    sc_raise(&to->input, e->input);
    sc_raise(&to->output, e->output);
    return SC_OK;
}

sc_code sc_ledger_add_event(part *p, const event_entry *e)
{
    if (p->n_events == p->cap_events) {
        const size_t cap = p->cap_events > 0 ? p->cap_events * 2 : 256;
        event_entry *events = sc_realloc(p->events, cap, sizeof *events);
        if (events == NULL)
            return SC_E_MEMORY;
        p->events = events;
        p->cap_events = cap;
    }
    p->events[p->n_events++] = *e;
    return SC_OK;
}

void sc_ledger_raise_print(print_entry *to, const print_entry *e)
{
    to->sum += e->sum;
    sc_raise(&to->records, e->records);
}

sc_code sc_ledger_add_print(sc_map *prints, const print_entry *e)
{
    print_entry *to = sc_map_add(prints, e);
    if (to == NULL)
        return SC_E_MEMORY;
    sc_ledger_raise_print(to, e);
    return SC_OK;
}
