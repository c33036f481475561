/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_coverage.c - what each rule of the attribution explains, and what no rule does. */
#include <stdlib.h>
#include <string.h>

#include "bill/bill_parts.h"

/* What usage can be told by, the most telling first. */
static const sc_dim telling[] = {SC_DIM_PROJECT,  SC_DIM_WORKSPACE, SC_DIM_PROFILE, SC_DIM_PRINCIPAL,
                                 SC_DIM_WORKLOAD, SC_DIM_ACCOUNT,   SC_DIM_ENDPOINT};

static void best_key(const grouping *g, const sc_ledger_stream *s, const char **key, const char **value)
{
    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++) {
        if (s->dim[telling[i]][0] != '\0' && telling[i] != SC_DIM_ACCOUNT) {
            *key = sc_dim_name(telling[i]);
            *value = s->dim[telling[i]];
            return;
        }
    }
    if (sc_ledger_tag_count(g->l, s->tagset) > 0) {
        sc_ledger_tag_at(g->l, s->tagset, 0, key, value);
        return;
    }
    *key = s->dim[SC_DIM_ACCOUNT][0] != '\0' ? "account" : "";
    *value = s->dim[SC_DIM_ACCOUNT];
}

/* Usage that states its project explains itself. */
static int is_explained(const sc_bill_item *item)
{
    return item->rule >= 0 || strcmp(item->project, SC_UNATTRIBUTED) != 0;
}

int bill_note_coverage(grouping *g, const sc_bill_item *item)
{
    const covered key = {.rule = item->rule};
    covered *c = sc_map_add(&g->coverage, &key);
    if (c == NULL)
        return 0;
    bill_sums_add_item(&c->sums, item);
    if (is_explained(item))
        return 1;
    const char *name, *value;
    best_key(g, item->stream, &name, &value);
    const unexplained what = {.key = bill_text(g, name), .value = bill_text(g, value)};
    unexplained *u =
        what.key != SC_NAME_FAILED && what.value != SC_NAME_FAILED ? sc_map_add(&g->unexplained, &what) : NULL;
    if (u == NULL)
        return 0;
    bill_sums_add_item(&u->sums, item);
    return 1;
}

static int by_rule(const void *a, const void *b)
{
    const sc_bill_coverage *x = a, *y = b;
    const unsigned p = (unsigned)x->rule, q = (unsigned)y->rule; /* -1 is last */
    return (p > q) - (p < q);
}

/* qsort has no context: what both are ranked by. */
static sc_money rank_of(const sc_bill_sums *s)
{
    return s->list != 0 ? s->cost : s->effective != 0 ? s->effective : s->billed;
}

static int by_spend(const void *a, const void *b)
{
    const sc_bill_unexplained *x = a, *y = b;
    const sc_money p = rank_of(&x->sums), q = rank_of(&y->sums);
    if (p != q)
        return p > q ? -1 : 1;
    const int order = strcmp(x->key, y->key);
    return order != 0 ? order : strcmp(x->value, y->value);
}

int bill_finish_coverage(grouping *g)
{
    sc_bill *b = g->b;
    b->coverage = SC_ARENA_ARRAY(&b->arena, sc_bill_coverage, g->coverage.count + 1);
    b->unexplained = SC_ARENA_ARRAY(&b->arena, sc_bill_unexplained, g->unexplained.count + 1);
    if (b->coverage == NULL || b->unexplained == NULL)
        return 0;
    for (size_t i = 0; i < g->coverage.count; i++) {
        const covered *c = sc_map_at(&g->coverage, i);
        b->coverage[b->n_coverage++] = (sc_bill_coverage){c->rule, c->sums};
    }
    for (size_t i = 0; i < g->unexplained.count; i++) {
        const unexplained *u = sc_map_at(&g->unexplained, i);
        b->unexplained[b->n_unexplained++] =
            (sc_bill_unexplained){sc_names_at(g->texts, u->key).at, sc_names_at(g->texts, u->value).at, u->sums};
    }
    qsort(b->coverage, b->n_coverage, sizeof *b->coverage, by_rule);
    qsort(b->unexplained, b->n_unexplained, sizeof *b->unexplained, by_spend);
    return 1;
}

size_t sc_bill_coverage_count(const sc_bill *b) { return b->n_coverage; }
const sc_bill_coverage *sc_bill_coverage_at(const sc_bill *b, size_t i) { return &b->coverage[i]; }
size_t sc_bill_unexplained_count(const sc_bill *b) { return b->n_unexplained; }
const sc_bill_unexplained *sc_bill_unexplained_at(const sc_bill *b, size_t i) { return &b->unexplained[i]; }
