/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_rows.c - groups in the order in which they are read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bill/bill_parts.h"

sc_money sc_bill_spend(const sc_bill *b, const sc_bill_sums *s)
{
    if (b->total.list != 0 || (b->total.has_cost & (SC_COST_EFFECTIVE | SC_COST_BILLED)) == 0)
        return s->cost;
    return (b->total.has_cost & SC_COST_EFFECTIVE) != 0 ? s->effective : s->billed;
}

/* ---- order ---- */

/* Where a group stands among those that are in the same larger group: first by text, then by spend. */
typedef struct ordering {
    const group **group;             /* [n], of all bills in turn */
    uint32_t *place[SC_BILL_LEVELS]; /* [n] of each level */
    sc_money *spend;                 /* [n] */
    uint32_t *order, *spare;         /* [n], the groups as far as they are sorted */
    uint32_t *starts;                /* [most places + 1] */
    size_t n, levels, places;
} ordering;

/* Groups of one level that are within one of the level before. */
typedef struct sibling {
    sc_money spend;
    size_t first, next;
} sibling;

typedef struct named {
    const char *text;
    uint32_t number;
} named;

static int by_text(const void *a, const void *b) { return strcmp(((const named *)a)->text, ((const named *)b)->text); }

static int by_spend(const void *a, const void *b)
{
    const sibling *x = a, *y = b;
    if (x->spend != y->spend)
        return x->spend > y->spend ? -1 : 1;
    return x->first < y->first ? -1 : 1;
}

/* Ranks of key texts by number; NULL when out of memory. */
static uint32_t *rank_texts(const sc_names *texts)
{
    const uint32_t n = texts->count;
    named *all = SC_NEW_ARRAY(named, n);
    uint32_t *rank = SC_NEW_ARRAY(uint32_t, n);
    const int ok = all != NULL && rank != NULL;
    for (uint32_t i = 0; ok && i < n; i++)
        all[i] = (named){sc_names_at(texts, i).at, i};
    if (ok)
        qsort(all, n, sizeof *all, by_text);
    for (uint32_t i = 0; ok && i < n; i++)
        rank[all[i].number] = i;
    sc_free(all);
    if (!ok)
        sc_free(rank);
    return ok ? rank : NULL;
}

/* Counting sort by one level; groups of one place keep their order. */
static void sort_level(ordering *x, const uint32_t *place)
{
    memset(x->starts, 0, (x->places + 1) * sizeof *x->starts);
    for (size_t i = 0; i < x->n; i++)
        x->starts[place[i] + 1]++;
    for (size_t p = 0; p < x->places; p++)
        x->starts[p + 1] += x->starts[p];
    for (size_t i = 0; i < x->n; i++)
        x->spare[x->starts[place[x->order[i]]]++] = x->order[i];
    uint32_t *sorted = x->spare;
    x->spare = x->order;
    x->order = sorted;
}

static void sort_all(ordering *x)
{
    for (size_t level = x->levels; level-- > 0;)
        sort_level(x, x->place[level]);
}

/* The end of the groups from `first` on that are the same in levels before `level`. */
static size_t end_of(const ordering *x, size_t first, size_t level)
{
    size_t i = first + 1;
    for (; i < x->n; i++) {
        for (size_t k = 0; k < level; k++) {
            if (x->place[k][x->order[i]] != x->place[k][x->order[first]])
                return i;
        }
    }
    return i;
}

/* Gives the groups of a level, sorted by text within one of the level before, places by spend. */
static void place_by_spend(ordering *x, size_t level, sibling *all)
{
    for (size_t first = 0, end; first < x->n; first = end) {
        size_t n = 0;
        end = end_of(x, first, level);
        for (size_t i = first; i < end; i++) {
            const uint32_t at = x->order[i];
            if (i == first || x->place[level][at] != x->place[level][x->order[i - 1]])
                all[n++] = (sibling){.first = i};
            all[n - 1].spend += x->spend[at];
            all[n - 1].next = i + 1;
        }
        qsort(all, n, sizeof *all, by_spend);
        for (size_t k = 0; k < n; k++) {
            for (size_t i = all[k].first; i < all[k].next; i++)
                x->place[level][x->order[i]] = (uint32_t)k;
        }
    }
}

static sc_money spend_of(const sc_bill *b, const group *row)
{
    sc_bill_sums sums;
    if (row->rest == NULL)
        return row->cost;
    bill_group_sums(row, &sums);
    return sc_bill_spend(b, &sums);
}

static void fill(ordering *x, const sc_bill *b, const uint32_t *rank)
{
    size_t i = 0;
    for (const sc_bill *part = b; part != NULL; part = part->more) {
        for (size_t at = 0; at < part->groups.count; at++, i++) {
            const group *row = sc_map_at(&part->groups, at);
            x->group[i] = row;
            x->order[i] = (uint32_t)i;
            x->spend[i] = spend_of(b, row);
            for (size_t k = 0; k < x->levels; k++)
                x->place[k][i] = rank[row->key[k]];
        }
    }
}

/* 0 when out of memory. */
static int open_ordering(ordering *x, const sc_bill *b)
{
    *x = (ordering){.levels = b->n_by};
    for (const sc_bill *part = b; part != NULL; part = part->more)
        x->n += part->groups.count;
    x->places = x->n > b->texts.count ? x->n : b->texts.count;
    x->group = SC_NEW_ARRAY(const group *, x->n + 1);
    x->order = SC_NEW_ARRAY(uint32_t, x->n + 1);
    x->spare = SC_NEW_ARRAY(uint32_t, x->n + 1);
    x->starts = SC_NEW_ARRAY(uint32_t, x->places + 1);
    x->spend = SC_NEW_ARRAY(sc_money, x->n + 1);
    int ok = x->group != NULL && x->order != NULL && x->spare != NULL && x->starts != NULL && x->spend != NULL;
    for (size_t k = 0; k < x->levels; k++) {
        x->place[k] = SC_NEW_ARRAY(uint32_t, x->n + 1);
        ok = ok && x->place[k] != NULL;
    }
    return ok;
}

static void close_ordering(ordering *x)
{
    for (size_t k = 0; k < x->levels; k++)
        sc_free(x->place[k]);
    sc_free(x->spend);
    sc_free(x->starts);
    sc_free(x->spare);
    sc_free(x->order);
    sc_free(x->group);
}

int bill_order_rows(sc_bill *b)
{
    ordering x;
    sc_map_seal(&b->groups);
    for (sc_bill *part = b->more; part != NULL; part = part->more)
        sc_map_seal(&part->groups);
    int ok = open_ordering(&x, b);
    uint32_t *rank = ok ? rank_texts(&b->texts) : NULL;
    sibling *siblings = SC_NEW_ARRAY(sibling, x.n + 1);
    b->rows = SC_NEW_ARRAY(const group *, x.n + 1);
    ok = ok && rank != NULL && siblings != NULL && b->rows != NULL;
    if (ok) {
        fill(&x, b, rank);
        sort_all(&x);
        for (size_t level = b->n_by; level-- > 0;) { /* the first ones tell those after them apart */
            if (!b->by_time[level])
                place_by_spend(&x, level, siblings);
        }
        sort_all(&x);
        for (size_t i = 0; i < x.n; i++)
            b->rows[i] = x.group[x.order[i]];
        b->n_rows = x.n;
    }
    sc_free(siblings);
    sc_free(rank);
    close_ordering(&x);
    return ok;
}

/* ---- reading ---- */

size_t sc_bill_row_count(const sc_bill *b) { return b->n_rows; }
const sc_bill_sums *sc_bill_total(const sc_bill *b) { return &b->total; }

const sc_bill_row *sc_bill_row_at(const sc_bill *b, size_t i, sc_bill_row *out)
{
    if (b->others != NULL && i + 1 == b->n_rows) {
        *out = *b->others;
        return out;
    }
    const group *row = b->rows[i];
    for (size_t k = 0; k < SC_BILL_LEVELS; k++)
        out->key[k] = k < b->n_by ? sc_names_at(&b->texts, row->key[k]).at : "";
    bill_group_sums(row, &out->sums);
    return out;
}

/* Whether a row is the first one of its group of the first level. */
static int is_first(const sc_bill *b, size_t i)
{
    sc_bill_row row, before;
    return i == 0 || strcmp(sc_bill_row_at(b, i, &row)->key[0], sc_bill_row_at(b, i - 1, &before)->key[0]) != 0;
}

sc_code sc_bill_top(sc_bill *b, size_t n)
{
    size_t kept = 0, groups = 0, others = 0;
    while (kept < b->n_rows && (!is_first(b, kept) || groups++ < n))
        kept++;
    if (kept == b->n_rows)
        return SC_OK;
    sc_bill_row *rest = SC_ARENA_ARRAY(&b->arena, sc_bill_row, 1);
    char *name = sc_arena_alloc(&b->arena, SC_BILL_KEY_TEXT, 1);
    if (rest == NULL || name == NULL)
        return SC_E_MEMORY;
    for (size_t i = kept; i < b->n_rows; i++) {
        sc_bill_row row;
        others += (size_t)(i == kept || is_first(b, i));
        bill_sums_add(&rest->sums, &sc_bill_row_at(b, i, &row)->sums);
    }
    snprintf(name, SC_BILL_KEY_TEXT, "(%zu others)", others);
    rest->key[0] = name; /* NULL at further levels: there are several */
    b->others = rest;
    b->n_rows = kept + 1;
    return SC_OK;
}
