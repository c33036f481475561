/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_entries.c - what is added to a part of a ledger: cells exactly, sketches up to their largest value.
 *
 * Sums of sketches cannot fail: one that would leave its range stays at its end, which no order of adding changes. */
#include <string.h>

#include "base/alloc.h"
#include "ledger/ledger_parts.h"

/* to + c into *sum; 0 when that leaves the range of a count or of money. */
static int add_counts(const cell *to, const cell *c, cell *sum)
{
    int bad = 0;
    for (int i = 0; i < COUNTS; i++)
        bad |= __builtin_add_overflow(to->count[i], c->count[i], &sum->count[i]);
    return !bad && !__builtin_add_overflow(to->cost, c->cost, &sum->cost);
}

static int add_costs(const costs *to, const costs *c, costs *sum)
{
    return !__builtin_add_overflow(to->billed, c->billed, &sum->billed) &&
           !__builtin_add_overflow(to->list, c->list, &sum->list) &&
           !__builtin_add_overflow(to->effective, c->effective, &sum->effective);
}

sc_code sc_ledger_raise_cell(part *p, cell *to, const cell *c)
{
    cell sum;
    costs stated = {0};
    if (c->stated != NULL && to->stated == NULL)
        to->stated = SC_ARENA_ARRAY(&p->arena, costs, 1);
    if (c->stated != NULL && to->stated == NULL)
        return SC_E_MEMORY;
    if (!add_counts(to, c, &sum) || (c->stated != NULL && !add_costs(to->stated, c->stated, &stated)))
        return SC_E_INPUT;
    memcpy(to->count, sum.count, sizeof to->count);
    to->cost = sum.cost;
    to->has_cost |= c->has_cost;
    to->no_counts |= c->no_counts;
    if (c->stated != NULL)
        *to->stated = stated;
    return SC_OK;
}

sc_code sc_ledger_add_cell(part *p, const void *entry)
{
    cell *to = sc_map_add(&p->cells, entry);
    return to != NULL ? sc_ledger_raise_cell(p, to, entry) : SC_E_MEMORY;
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
