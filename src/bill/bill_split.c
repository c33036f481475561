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

static const sc_attribution_rule *rule_of(const grouping *g, int rule)
{
    return rule >= 0 ? sc_attribution_rule_at(g->o->attribution, (size_t)rule) : NULL;
}

/* Shared cost changes hands between projects, and so between values of their tags; of other keys it keeps its own. */
static int is_of_project(const bill_key *k) { return k->kind == BILL_KEY_PROJECT || k->kind == BILL_KEY_TAG; }

int bill_has_splits(const grouping *g)
{
    const sc_attribution *a = g->o->attribution;
    int moves = 0;
    for (size_t i = 0; i < g->o->n_by; i++)
        moves |= is_of_project(&g->key[i]);
    for (size_t i = 0; a != NULL && moves && i < sc_attribution_rule_count(a); i++) {
        if (sc_attribution_rule_at(a, i)->split != SC_SPLIT_NONE)
            return 1;
    }
    return 0;
}

static int add_pool(grouping *g, const sc_bill_item *item, const uint32_t *key, const sc_bill_sums *s)
{
    pooled p = {.rule = item->rule};
    memcpy(p.key, key, sizeof p.key);
    pooled *known = sc_map_add(&g->pools, &p);
    if (known != NULL)
        bill_sums_add(&known->sums, s);
    return known != NULL;
}

static int add_user(grouping *g, const sc_bill_item *item, const uint32_t *key, const sc_bill_sums *s)
{
    user u = {.project = bill_text(g, item->project)};
    for (size_t i = 0; i < g->o->n_by; i++)
        u.tag[i] = g->key[i].kind == BILL_KEY_TAG ? key[i] : 0;
    user *known = u.project != SC_NAME_FAILED ? sc_map_add(&g->users, &u) : NULL;
    if (known != NULL)
        bill_sums_add(&known->sums, s);
    return known != NULL;
}

int bill_add_shared(grouping *g, const sc_bill_item *item, const uint32_t *key, const sc_bill_sums *s)
{
    const sc_attribution_rule *r = rule_of(g, item->rule);
    if (r != NULL && r->split != SC_SPLIT_NONE)
        return add_pool(g, item, key, s);
    return bill_add_group(g->b, key, s) && add_user(g, item, key, s);
}

/* ---- who shares ---- */

/* A project that shares, and what it has used by itself: in all, and under each of its tags. */
typedef struct sharer {
    const char *name;
    uint32_t number;
    const user *const *uses; /* [n_uses], by their texts */
    size_t n_uses;
    sc_bill_sums sums;
} sharer;

typedef struct sharers {
    sharer *all; /* by name */
    size_t n;
    const user **uses; /* by project and tags */
    const sc_names *texts;
} sharers;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const sharer *)a)->name, ((const sharer *)b)->name);
}

static int compare_texts(const sc_names *texts, uint32_t a, uint32_t b)
{
    return a == b ? 0 : strcmp(sc_names_at(texts, a).at, sc_names_at(texts, b).at);
}

/* Numbers depend on the order in which usage is read; texts do not. */
static void sort_uses(sharers *s, size_t n)
{
    for (size_t gap = n / 2; gap > 0; gap /= 2) {
        for (size_t i = gap; i < n; i++) {
            const user *u = s->uses[i];
            size_t at = i;
            for (; at >= gap; at -= gap) {
                const user *v = s->uses[at - gap];
                int order = compare_texts(s->texts, v->project, u->project);
                for (size_t l = 0; order == 0 && l < SC_BILL_LEVELS; l++)
                    order = v->tag[l] != u->tag[l] ? compare_texts(s->texts, v->tag[l], u->tag[l]) : 0;
                if (order <= 0)
                    break;
                s->uses[at] = v;
            }
            s->uses[at] = u;
        }
    }
}

/* All projects that have used something apart from pools.  0 when out of memory. */
static int find_sharers(grouping *g, sharers *s)
{
    const size_t n = g->users.count;
    s->texts = g->texts;
    s->uses = SC_NEW_ARRAY(const user *, n + 1);
    s->all = SC_NEW_ARRAY(sharer, n + 1);
    if (s->uses == NULL || s->all == NULL)
        return 0;
    for (size_t i = 0; i < n; i++)
        s->uses[i] = sc_map_at(&g->users, i);
    sort_uses(s, n);
    for (size_t i = 0; i < n; i++) {
        const user *u = s->uses[i];
        if (s->n == 0 || s->all[s->n - 1].number != u->project)
            s->all[s->n++] =
                (sharer){.name = sc_names_at(s->texts, u->project).at, .number = u->project, .uses = &s->uses[i]};
        s->all[s->n - 1].n_uses++;
        bill_sums_add(&s->all[s->n - 1].sums, &u->sums);
    }
    return 1;
}

/* The projects of a rule, out of all or named by it. */
static sharer *sharers_of(grouping *g, const sc_attribution_rule *r, const sharers *s, size_t *count)
{
    sharer *some = SC_NEW_ARRAY(sharer, s->n + r->n_split_over + 1);
    *count = 0;
    for (size_t i = 0; some != NULL && i < s->n && r->n_split_over == 0; i++) {
        if (strcmp(s->all[i].name, SC_UNATTRIBUTED) != 0 && strcmp(s->all[i].name, r->project) != 0)
            some[(*count)++] = s->all[i];
    }
    for (size_t i = 0; some != NULL && i < r->n_split_over; i++) {
        const sharer wanted = {.name = r->split_over[i], .number = bill_text(g, r->split_over[i])};
        const sharer *used = s->n > 0 ? bsearch(&wanted, s->all, s->n, sizeof *s->all, by_name) : NULL;
        some[(*count)++] = used != NULL ? *used : wanted;
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

/* ---- what each gets ---- */

/* A part of the pool's cost, under the project's name and tags. */
static int add_part(grouping *g, const pooled *pool, const sharer *who, const user *use, const sc_money *parts,
                    size_t step)
{
    uint32_t key[SC_BILL_LEVELS];
    sc_bill_sums part = {.has_cost = pool->sums.has_cost};
    sc_money any = 0;
    for (int i = 0; i < MONIES; i++)
        any |= parts[(size_t)i * step];
    if (any == 0) /* nothing goes to a project that a rule names and that has used nothing */
        return 1;
    memcpy(key, pool->key, sizeof key);
    for (size_t i = 0; i < g->o->n_by; i++) {
        if (g->key[i].kind == BILL_KEY_PROJECT)
            key[i] = who->number;
        else if (g->key[i].kind == BILL_KEY_TAG)
            key[i] = use != NULL ? use->tag[i] : bill_text(g, "");
        if (key[i] == SC_NAME_FAILED)
            return 0;
    }
    for (int i = 0; i < MONIES; i++)
        *money_at(&part, i) = parts[(size_t)i * step];
    return bill_add_group(g->b, key, &part);
}

/* A project's part goes to its tags by what it spends under each. */
static int hand_on(grouping *g, const pooled *pool, const sharer *who, const sc_money *monies, size_t step)
{
    const size_t n = who->n_uses;
    if (n < 2)
        return add_part(g, pool, who, n > 0 ? who->uses[0] : NULL, monies, step);
    sc_int128 *weights = SC_NEW_ARRAY(sc_int128, n);
    sc_money *parts = SC_NEW_ARRAY(sc_money, MONIES * n);
    int ok = weights != NULL && parts != NULL;
    for (size_t i = 0; ok && i < n; i++)
        weights[i] = weight_of(g, SC_SPLIT_SPEND, &who->uses[i]->sums);
    for (int i = 0; ok && i < MONIES; i++)
        ok = sc_split_money(monies[(size_t)i * step], weights, n, &parts[(size_t)i * n]) == SC_OK;
    for (size_t i = 0; ok && i < n; i++)
        ok = add_part(g, pool, who, who->uses[i], &parts[i], n);
    sc_free(weights);
    sc_free(parts);
    return ok;
}

static int share_out(grouping *g, pooled *pool, const sharer *some, size_t n, const sc_int128 *weights)
{
    sc_money *parts = SC_NEW_ARRAY(sc_money, MONIES * n);
    int ok = parts != NULL;
    for (int i = 0; ok && i < MONIES; i++) {
        ok = sc_split_money(*money_at(&pool->sums, i), weights, n, &parts[(size_t)i * n]) == SC_OK;
        *money_at(&pool->sums, i) = 0;
    }
    for (size_t k = 0; ok && k < n; k++)
        ok = hand_on(g, pool, &some[k], &parts[k], n);
    sc_free(parts);
    return ok;
}

static int split_pool(grouping *g, pooled *pool, const sharers *all)
{
    const sc_attribution_rule *r = rule_of(g, pool->rule);
    size_t n;
    sharer *some = sharers_of(g, r, all, &n);
    sc_int128 *weights = SC_NEW_ARRAY(sc_int128, n + 1);
    int ok = some != NULL && weights != NULL;
    for (size_t i = 0; ok && i < n; i++)
        weights[i] = weight_of(g, r->split, &some[i].sums);
    if (ok && n > 0)
        ok = share_out(g, pool, some, n, weights);
    ok = ok && bill_add_group(g->b, pool->key, &pool->sums);
    sc_free(some);
    sc_free(weights);
    return ok;
}

int bill_split_shared(grouping *g)
{
    sharers all = {.n = 0};
    if (g->pools.count == 0)
        return 1;
    int ok = find_sharers(g, &all);
    for (size_t i = 0; ok && i < g->pools.count; i++)
        ok = split_pool(g, sc_map_at(&g->pools, i), &all);
    sc_free(all.all);
    sc_free(all.uses);
    return ok;
}
