/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_unpriced.c - usage without a price, and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bill/bill_parts.h"

static const char *why(const grouping *g, const sc_bill_item *item, char *buf, size_t size)
{
    const sc_ledger_stream *s = item->stream;
    const char *model = s->dim[SC_DIM_MODEL];
    if (model[0] == '\0' && item->rule >= 0)
        model = sc_attribution_rule_at(g->o->attribution, (size_t)item->rule)->model;
    if (model[0] == '\0' && s->dim[SC_DIM_PROFILE][0] != '\0')
        return "an application inference profile: projects.csv can say which model it stands for";
    if (model[0] == '\0' && s->dim[SC_DIM_ITEM][0] != '\0')
        return "the usage type is not understood";
    const sc_rate_key key = {.model = sc_text_of(model),
                             .region = sc_text_of(s->dim[SC_DIM_REGION]),
                             .scope = s->scope,
                             .tier = s->tier,
                             .day = item->cell->day,
                             .context = item->cell->context_from,
                             .as_stated = s->meter >= 0};
    if (item->cell->priced && item->model != NULL)
        return "some meter has no price; --by model,region,meter tells which";
    return sc_rate_why(g->o->rater, &key, item->model != NULL ? item->meter : -1, buf, size);
}

/* The index of the list's entry with the texts of `u`, new or not, + 1; 0 when out of memory. */
static size_t index_of(grouping *g, sc_bill_unpriced u)
{
    for (size_t i = 0; i < g->b->n_unpriced; i++) {
        const sc_bill_unpriced *known = &g->b->unpriced[i];
        if (strcmp(known->model, u.model) == 0 && strcmp(known->item, u.item) == 0 && strcmp(known->why, u.why) == 0)
            return i + 1;
    }
    if (g->b->n_unpriced == g->cap_unpriced) {
        const size_t cap = g->cap_unpriced > 0 ? 2 * g->cap_unpriced : 16;
        sc_bill_unpriced *list = sc_realloc(g->b->unpriced, cap, sizeof *list);
        if (list == NULL)
            return 0;
        g->b->unpriced = list;
        g->cap_unpriced = cap;
    }
    u.model = sc_arena_strdup(&g->b->arena, u.model);
    u.item = sc_arena_strdup(&g->b->arena, u.item);
    u.why = sc_arena_strdup(&g->b->arena, u.why);
    if (u.model == NULL || u.item == NULL || u.why == NULL)
        return 0;
    u.tokens = u.records = 0;
    u.billed = 0;
    g->b->unpriced[g->b->n_unpriced++] = u;
    return g->b->n_unpriced;
}

static size_t new_index(grouping *g, const sc_bill_item *item)
{
    char buf[600];
    const sc_ledger_stream *s = item->stream;
    sc_bill_unpriced u = {.model = s->dim[SC_DIM_MODEL], .why = why(g, item, buf, sizeof buf)};
    u.item = s->dim[SC_DIM_ITEM][0] != '\0' ? s->dim[SC_DIM_ITEM]
             : item->meter >= 0             ? sc_meter_name((sc_meter)item->meter)
                                            : "";
    if (u.model[0] == '\0')
        u.model = s->dim[SC_DIM_PROFILE];
    return index_of(g, u);
}

int bill_note_unpriced(grouping *g, const sc_bill_item *item)
{
    const sc_ledger_stream *s = item->stream;
    unpriced_entry e;
    memset(&e.key, 0, sizeof e.key);
    e.key.model = s->dim[SC_DIM_MODEL][0] != '\0' ? s->dim[SC_DIM_MODEL] : s->dim[SC_DIM_PROFILE];
    e.key.region = s->dim[SC_DIM_REGION];
    e.key.item = s->dim[SC_DIM_ITEM];
    e.key.context = item->cell->context_from;
    e.key.meter = item->meter;
    e.key.scope = s->scope;
    e.key.tier = s->tier;
    e.key.day = item->model != NULL ? item->cell->day : 0;
    unpriced_entry *known = sc_map_add(&g->unpriced, &e.key);
    if (known != NULL && known->index == 0)
        known->index = new_index(g, item);
    if (known == NULL || known->index == 0)
        return 0;
    sc_bill_unpriced *u = &g->b->unpriced[known->index - 1];
    u->tokens += bill_item_unpriced_tokens(item);
    u->records += item->cell->records;
    u->billed += item->first ? item->cell->billed : 0;
    return 1;
}

int bill_join_unpriced(grouping *g, const sc_bill *other)
{
    for (size_t i = 0; i < other->n_unpriced; i++) {
        const sc_bill_unpriced *more = &other->unpriced[i];
        const size_t index = index_of(g, *more);
        if (index == 0)
            return 0;
        g->b->unpriced[index - 1].tokens += more->tokens;
        g->b->unpriced[index - 1].records += more->records;
        g->b->unpriced[index - 1].billed += more->billed;
    }
    return 1;
}

static int by_size(const void *a, const void *b)
{
    const sc_bill_unpriced *x = a, *y = b;
    if (x->tokens != y->tokens)
        return x->tokens > y->tokens ? -1 : 1;
    if (x->billed != y->billed)
        return x->billed > y->billed ? -1 : 1;
    int order = strcmp(x->model, y->model);
    if (order == 0)
        order = strcmp(x->item, y->item);
    return order != 0 ? order : strcmp(x->why, y->why);
}

int bill_finish_unpriced(grouping *g)
{
    if (g->b->n_unpriced > 0)
        qsort(g->b->unpriced, g->b->n_unpriced, sizeof *g->b->unpriced, by_size);
    return 1;
}

size_t sc_bill_unpriced_count(const sc_bill *b) { return b->n_unpriced; }
const sc_bill_unpriced *sc_bill_unpriced_at(const sc_bill *b, size_t i) { return &b->unpriced[i]; }
