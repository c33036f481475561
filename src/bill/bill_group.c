/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_group.c - line items into rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bill/bill_parts.h"

uint32_t bill_text(grouping *g, const char *text) { return sc_names_add(&g->texts, text, strlen(text), NULL); }

/* Texts that stand still have their number from the last item; those written into a buffer do not. */
static uint32_t key_number(grouping *g, size_t level, const sc_bill_item *item)
{
    char buf[SC_BILL_KEY_TEXT];
    const char *text = bill_key_value(g->l, g->o->attribution, item, &g->key[level], buf);
    if (text == g->last[level])
        return g->number[level];
    g->last[level] = text != buf ? text : NULL;
    g->number[level] = bill_text(g, text);
    return g->number[level];
}

static sc_code add_item(void *context, const sc_bill_item *item)
{
    grouping *g = context;
    group key = {{0}, {0}};
    for (size_t i = 0; i < g->o->n_by; i++) {
        key.key[i] = key_number(g, i, item);
        if (key.key[i] == SC_NAME_FAILED)
            return SC_E_MEMORY;
    }
    group *row = NULL;
    sc_bill_sums *sums = NULL;
    if (bill_is_pooled(g, item))
        sums = bill_pool(g, item, key.key);
    else if ((row = sc_map_add(&g->groups, key.key)) != NULL)
        sums = &row->sums;
    if (sums == NULL)
        return SC_E_MEMORY;
    bill_sums_add_item(sums, item);
    bill_sums_add_item(&g->b->total, item);
    if (bill_item_is_unpriced(item) && !bill_note_unpriced(g, item))
        return SC_E_MEMORY;
    return g->o->keep_parts && !bill_note_coverage(g, item) ? SC_E_MEMORY : SC_OK;
}

/* ---- rows ---- */

sc_money sc_bill_spend(const sc_bill *b, const sc_bill_sums *s)
{
    if (b->total.list != 0 || (b->total.has_cost & (SC_COST_EFFECTIVE | SC_COST_BILLED)) == 0)
        return s->cost;
    return (b->total.has_cost & SC_COST_EFFECTIVE) != 0 ? s->effective : s->billed;
}

/* A group with its texts as ranks, and for each level the spend of the larger group that it is in. */
typedef struct ordered {
    uint32_t rank[SC_BILL_LEVELS];
    sc_money spend[SC_BILL_LEVELS]; /* 0 at levels of time, which are in the order of time */
    const group *group;
} ordered;

static int by_rank(const void *a, const void *b)
{
    const ordered *x = a, *y = b;
    for (int i = 0; i < SC_BILL_LEVELS; i++) {
        if (x->rank[i] != y->rank[i])
            return x->rank[i] < y->rank[i] ? -1 : 1;
    }
    return 0;
}

static int by_spend(const void *a, const void *b)
{
    const ordered *x = a, *y = b;
    for (int i = 0; i < SC_BILL_LEVELS; i++) {
        if (x->rank[i] == y->rank[i])
            continue;
        if (x->spend[i] != y->spend[i])
            return x->spend[i] > y->spend[i] ? -1 : 1;
        return x->rank[i] < y->rank[i] ? -1 : 1;
    }
    return 0;
}

typedef struct named {
    const char *text;
    uint32_t number;
} named;

static int by_text(const void *a, const void *b) { return strcmp(((const named *)a)->text, ((const named *)b)->text); }

static uint32_t *rank_texts(const grouping *g)
{
    const uint32_t n = g->texts.count;
    named *all = SC_NEW_ARRAY(named, n);
    uint32_t *rank = SC_NEW_ARRAY(uint32_t, n);
    for (uint32_t i = 0; all != NULL && i < n; i++)
        all[i] = (named){sc_names_at(&g->texts, i).at, i};
    if (all != NULL)
        qsort(all, n, sizeof *all, by_text);
    for (uint32_t i = 0; all != NULL && rank != NULL && i < n; i++)
        rank[all[i].number] = i;
    if (all == NULL) {
        sc_free(rank);
        rank = NULL;
    }
    sc_free(all);
    return rank;
}

/* Rows that are sorted by rank: those of one group of a level stand together. */
static void add_level_spend(const sc_bill *b, ordered *row, size_t n, size_t level)
{
    for (size_t first = 0, next; first < n; first = next) {
        sc_money sum = 0;
        for (next = first; next < n; next++) {
            if (memcmp(row[next].rank, row[first].rank, (level + 1) * sizeof row[0].rank[0]) != 0)
                break;
            sum += sc_bill_spend(b, &row[next].group->sums);
        }
        for (size_t i = first; i < next; i++)
            row[i].spend[level] = sum;
    }
}

static int make_rows(grouping *g)
{
    sc_bill *b = g->b;
    const size_t n = g->groups.count;
    uint32_t *rank = rank_texts(g);
    ordered *row = SC_NEW_ARRAY(ordered, n + 1);
    b->rows = SC_ARENA_ARRAY(&b->arena, sc_bill_row, n + 1);
    const int ok = rank != NULL && row != NULL && b->rows != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        row[i].group = sc_map_at(&g->groups, i);
        for (size_t k = 0; k < b->n_by; k++)
            row[i].rank[k] = rank[row[i].group->key[k]];
    }
    if (ok) {
        qsort(row, n, sizeof *row, by_rank);
        for (size_t k = 0; k < b->n_by; k++) {
            if (!b->by_time[k])
                add_level_spend(b, row, n, k);
        }
        qsort(row, n, sizeof *row, by_spend);
    }
    for (size_t i = 0; ok && i < n; i++) {
        b->rows[i].sums = row[i].group->sums;
        for (size_t k = 0; k < SC_BILL_LEVELS; k++)
            b->rows[i].key[k] = k < b->n_by ? sc_names_at(&g->texts, row[i].group->key[k]).at : "";
    }
    b->n_rows = n;
    sc_free(rank);
    sc_free(row);
    return ok;
}

/* ---- all ---- */

static sc_code check_keys(const sc_ledger *l, const sc_bill_options *o, sc_errors *errors)
{
    for (size_t i = 0; i < o->n_by; i++) {
        int is_tag;
        const unsigned dims = sc_bill_key_dims(o->by[i], &is_tag);
        if (strcmp(o->by[i], "meter") == 0 && sc_ledger_is_priced(l))
            return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                                 "the ledger was priced while it was read: meters are not told apart");
        if ((dims & ~sc_ledger_dims(l)) != 0)
            return sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "the ledger has not kept '%s'", o->by[i]);
    }
    return SC_OK;
}

static sc_code start(grouping *g, const sc_ledger *l, const sc_bill_options *o, sc_bill *b)
{
    *g = (grouping){.l = l, .o = o, .b = b};
    sc_map_init(&g->groups, sizeof(group), sizeof((group){{0}, {0}}.key));
    sc_map_init(&g->pools, sizeof(pooled), offsetof(pooled, sums));
    sc_map_init(&g->unpriced, sizeof(unpriced_entry), sizeof((unpriced_entry){0}.key));
    sc_map_init(&g->coverage, sizeof(covered), offsetof(covered, sums));
    sc_map_init(&g->unexplained, sizeof(unexplained), offsetof(unexplained, sums));
    b->n_by = o->n_by;
    for (size_t i = 0; i < o->n_by; i++) {
        g->key[i] = bill_key_of(o->by[i]);
        b->by_time[i] = bill_key_is_time(&g->key[i]);
    }
    g->splits = bill_has_splits(g);
    return sc_names_init(&g->texts);
}

static void release(grouping *g)
{
    /* The texts live as long as the bill: their arena goes over to it. */
    sc_arena_adopt(&g->b->arena, &g->texts.arena);
    sc_names_release(&g->texts);
    sc_map_release(&g->groups);
    sc_map_release(&g->pools);
    sc_map_release(&g->unpriced);
    sc_map_release(&g->coverage);
    sc_map_release(&g->unexplained);
}

sc_code sc_bill_run(const sc_ledger *l, const sc_bill_options *o, sc_bill **out, sc_errors *errors)
{
    *out = NULL;
    sc_code code = o->n_by <= SC_BILL_LEVELS && o->n_where <= SC_BILL_FILTERS ? check_keys(l, o, errors) : SC_E_USAGE;
    if (code != SC_OK)
        return code;
    sc_bill *b = SC_NEW(sc_bill);
    grouping *g = SC_NEW(grouping);
    if (b == NULL || g == NULL) {
        sc_free(b);
        sc_free(g);
        return SC_E_MEMORY;
    }
    code = start(g, l, o, b);
    if (code == SC_OK)
        code = sc_bill_items(l, o, add_item, g, errors);
    if (code == SC_OK &&
        (!bill_split_shared(g) || !make_rows(g) || !bill_finish_unpriced(g) || !bill_finish_coverage(g)))
        code = SC_E_MEMORY;
    release(g);
    sc_free(g);
    if (code != SC_OK) {
        sc_bill_free(b);
        return code;
    }
    *out = b;
    return SC_OK;
}

void sc_bill_free(sc_bill *b)
{
    if (b == NULL)
        return;
    sc_arena_release(&b->arena);
    sc_free(b->unpriced);
    sc_free(b);
}

size_t sc_bill_row_count(const sc_bill *b) { return b->n_rows; }
const sc_bill_row *sc_bill_row_at(const sc_bill *b, size_t i) { return &b->rows[i]; }
const sc_bill_sums *sc_bill_total(const sc_bill *b) { return &b->total; }

sc_code sc_bill_top(sc_bill *b, size_t n)
{
    size_t kept = 0, groups = 0;
    while (kept < b->n_rows) {
        if ((kept == 0 || strcmp(b->rows[kept].key[0], b->rows[kept - 1].key[0]) != 0) && groups++ == n)
            break;
        kept++;
    }
    if (kept == b->n_rows)
        return SC_OK;
    char *name = sc_arena_alloc(&b->arena, SC_BILL_KEY_TEXT, 1);
    if (name == NULL)
        return SC_E_MEMORY;
    size_t others = 0;
    sc_bill_row rest = {.key = {name}};
    for (size_t i = kept; i < b->n_rows; i++) {
        others += i == kept || strcmp(b->rows[i].key[0], b->rows[i - 1].key[0]) != 0;
        bill_sums_add(&rest.sums, &b->rows[i].sums);
    }
    snprintf(name, SC_BILL_KEY_TEXT, "(%zu others)", others);
    b->rows[kept] = rest;
    b->n_rows = kept + 1;
    return SC_OK;
}
