/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_split.c - shared cost goes to the projects that share it; quantities stay with the pool. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bill/bill_parts.h"
#include "spendcast/split.h"

#define MONIES 6
static sc_money *money_at(sc_bill_sums *s, int i)
{
    sc_money *const all[MONIES] = {&s->list, &s->discount, &s->cost, &s->billed, &s->stated_list, &s->effective};
    return all[i];
}

static int project_level(const grouping *g)
{
    for (size_t i = 0; i < g->o->n_by; i++) {
        if (g->key[i].kind == BILL_KEY_PROJECT)
            return (int)i;
    }
    return -1;
}

static const sc_attribution_rule *rule_of(const grouping *g, int rule)
{
    return rule >= 0 ? sc_attribution_rule_at(g->o->attribution, (size_t)rule) : NULL;
}

int bill_is_pooled(const grouping *g, const sc_bill_item *item)
{
    const sc_attribution_rule *r = rule_of(g, item->rule);
    return g->splits && r != NULL && r->split != SC_SPLIT_NONE;
}

int bill_add_pool(grouping *g, const sc_bill_item *item, const uint32_t *key, const sc_bill_sums *s)
{
    pooled p = {.rule = item->rule};
    memcpy(p.key, key, sizeof p.key);
    pooled *known = sc_map_add(&g->pools, &p);
    if (known != NULL)
        bill_sums_add(&known->sums, s);
    return known != NULL;
}

int bill_has_splits(const grouping *g)
{
    const sc_attribution *a = g->o->attribution;
    for (size_t i = 0; a != NULL && project_level(g) >= 0 && i < sc_attribution_rule_count(a); i++) {
        if (sc_attribution_rule_at(a, i)->split != SC_SPLIT_NONE)
            return 1;
    }
    return 0;
}

/* A project that shares, and what it has used by itself. */
typedef struct sharer {
    const char *name;
    uint32_t number;
    sc_bill_sums sums;
} sharer;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const sharer *)a)->name, ((const sharer *)b)->name);
}

/* What all projects have used apart from pools, by name. */
static sharer *direct_use(grouping *g, int level, size_t *n)
{
    sc_map sums;
    sc_map_init(&sums, sizeof(covered), offsetof(covered, sums));
    int ok = 1;
    for (size_t i = 0; ok && i < g->b->groups.count; i++) {
        const group *row = sc_map_at(&g->b->groups, i);
        sc_bill_sums used;
        bill_group_sums(row, &used);
        const covered key = {.rule = (int32_t)row->key[level]};
        covered *c = sc_map_add(&sums, &key);
        ok = c != NULL;
        if (ok)
            bill_sums_add(&c->sums, &used);
    }
    sharer *all = ok ? SC_NEW_ARRAY(sharer, sums.count + 1) : NULL;
    *n = 0;
    for (size_t i = 0; all != NULL && i < sums.count; i++) {
        const covered *c = sc_map_at(&sums, i);
        const char *name = sc_names_at(&g->b->texts, (uint32_t)c->rule).at;
        all[(*n)++] = (sharer){name, (uint32_t)c->rule, c->sums};
    }
    sc_map_release(&sums);
    if (all != NULL)
        qsort(all, *n, sizeof *all, by_name);
    return all;
}

/* The projects of a rule, out of all[n] or named by it. */
static sharer *sharers_of(grouping *g, const sc_attribution_rule *r, const sharer *all, size_t n, size_t *count)
{
    sharer *some = SC_NEW_ARRAY(sharer, n + r->n_split_over + 1);
    *count = 0;
    for (size_t i = 0; some != NULL && i < n && r->n_split_over == 0; i++) {
        if (strcmp(all[i].name, SC_UNATTRIBUTED) != 0 && strcmp(all[i].name, r->project) != 0)
            some[(*count)++] = all[i];
    }
    for (size_t i = 0; some != NULL && i < r->n_split_over; i++) {
        sharer *s = &some[(*count)++];
        *s = (sharer){.name = r->split_over[i], .number = bill_text(g, r->split_over[i])};
        const sharer *used = n > 0 ? bsearch(s, all, n, sizeof *all, by_name) : NULL;
        if (used != NULL)
            s->sums = used->sums;
    }
    if (some != NULL)
        qsort(some, *count, sizeof *some, by_name);
    return some;
}

static sc_int128 weight_of(const grouping *g, sc_split by, const sc_bill_sums *s)
{
    if (by == SC_SPLIT_SPEND) {
        const sc_money spend = sc_bill_spend(g->b, s);
        return spend > 0 ? spend : 0;
    }
    sc_int128 tokens = 0;
    for (int m = 0; by == SC_SPLIT_TOKENS && m < SC_TOKEN_METERS; m++)
        tokens += s->tokens[m];
    return tokens;
}

static int add_part(grouping *g, const pooled *pool, int level, uint32_t project, const sc_money *parts, size_t step)
{
    uint32_t key[SC_BILL_LEVELS];
    sc_bill_sums part = {.has_cost = pool->sums.has_cost};
    memcpy(key, pool->key, sizeof key);
    key[level] = project;
    for (int i = 0; i < MONIES; i++)
        *money_at(&part, i) = parts[(size_t)i * step];
    return bill_add_group(g->b, key, &part);
}

static int share_out(grouping *g, pooled *pool, int level, const sharer *some, size_t n, const sc_int128 *weights)
{
    sc_money *parts = SC_NEW_ARRAY(sc_money, MONIES * n);
    int ok = parts != NULL;
    for (int i = 0; ok && i < MONIES; i++) {
        ok = sc_split_money(*money_at(&pool->sums, i), weights, n, &parts[(size_t)i * n]) == SC_OK;
        *money_at(&pool->sums, i) = 0;
    }
    for (size_t k = 0; ok && k < n; k++)
        ok = add_part(g, pool, level, some[k].number, &parts[k], n);
    sc_free(parts);
    return ok;
}

static int split_pool(grouping *g, pooled *pool, int level, const sharer *all, size_t n_all)
{
    const sc_attribution_rule *r = rule_of(g, pool->rule);
    size_t n;
    sharer *some = sharers_of(g, r, all, n_all, &n);
    sc_int128 *weights = SC_NEW_ARRAY(sc_int128, n + 1);
    int ok = some != NULL && weights != NULL;
    for (size_t i = 0; ok && i < n; i++)
        weights[i] = weight_of(g, r->split, &some[i].sums);
    if (ok && n > 0)
        ok = share_out(g, pool, level, some, n, weights);
    ok = ok && bill_add_group(g->b, pool->key, &pool->sums);
    sc_free(some);
    sc_free(weights);
    return ok;
}

int bill_split_shared(grouping *g)
{
    const int level = project_level(g);
    size_t n = 0;
    if (g->pools.count == 0 || level < 0)
        return 1;
    sharer *all = direct_use(g, level, &n);
    int ok = all != NULL;
    for (size_t i = 0; ok && i < g->pools.count; i++)
        ok = split_pool(g, sc_map_at(&g->pools, i), level, all, n);
    sc_free(all);
    return ok;
}
