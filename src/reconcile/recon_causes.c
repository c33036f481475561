/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recon_causes.c - quantities that were logged and billed differently, and those that were not logged or not billed.
 *
 * Whatever moves between two lines is taken off the one at its list price and put on the other at that one's: each line
 * keeps summing to its own residual, and all lines together show the difference of the two prices. */
#include <stdlib.h>
#include <string.h>

#include "reconcile/recon.h"

sc_money recon_value(const recon_entry *e, int64_t quantity)
{
    const sc_price_point *p = recon_point(e);
    if (p == NULL)
        return 0;
    return e->key.meter < SC_TOKEN_METERS ? sc_money_times(p->price, quantity) : sc_rate_quantity(p, quantity);
}

/* ---- what moves between lines ---- */

/* The ways in which two lines differ, as a set of causes.  0 = other differences, or none. */
static unsigned differences(const recon_key *a, const recon_key *b)
{
    const int same_kind = a->meter == b->meter || (recon_is_write(a->meter) && recon_is_write(b->meter));
    if (!same_kind || a->model != b->model || a->region != b->region || a->period != b->period)
        return 0;
    return (a->meter != b->meter ? 1u << SC_RECON_CACHE_LIFETIME : 0) | (a->tier != b->tier ? 1u << SC_RECON_TIER : 0) |
           (a->is_global != b->is_global ? 1u << SC_RECON_SCOPE : 0) |
           (a->context != b->context ? 1u << SC_RECON_CONTEXT : 0);
}

static int can_move(const recon_entry *e)
{
    return e->key.meter >= 0 && e->key.meter < SC_TOKEN_METERS && recon_point(e) != NULL;
}

static void move(recon_entry *from, recon_entry *to, sc_recon_cause cause)
{
    const int64_t n = from->left_logged < to->left_counted ? from->left_logged : to->left_counted;
    from->left_logged -= n;
    to->left_counted -= n;
    from->cause[cause] -= recon_value(from, n);
    to->cause[cause] += recon_value(to, n);
}

/* One way of differing after the other, then several at once, which the first of them has to answer for. */
static void move_within(recon_entry **group, size_t n)
{
    static const sc_recon_cause causes[] = {SC_RECON_CACHE_LIFETIME, SC_RECON_TIER, SC_RECON_SCOPE, SC_RECON_CONTEXT};
    const size_t n_causes = sizeof causes / sizeof causes[0];
    for (size_t pass = 0; pass < 2 * n_causes; pass++) {
        const sc_recon_cause cause = causes[pass % n_causes];
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < n && group[i]->left_logged > 0 && can_move(group[i]); k++) {
                const unsigned ways = differences(&group[i]->key, &group[k]->key);
                if (pass < n_causes ? ways == 1u << cause : (ways >> cause & 1) != 0)
                    if (can_move(group[k]))
                        move(group[i], group[k], cause);
            }
        }
    }
}

static int compare_u32(uint32_t a, uint32_t b) { return (a > b) - (a < b); }
static int compare_i64(int64_t a, int64_t b) { return (a > b) - (a < b); }

/* What lines of one group share. */
static int compare_group(const recon_key *a, const recon_key *b)
{
    const int order[] = {compare_u32(a->model, b->model), compare_u32(a->region, b->region),
                         compare_i64(a->period, b->period)};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (order[i] != 0)
            return order[i];
    }
    return 0;
}

static int compare_rest(const recon_key *a, const recon_key *b)
{
    const int order[] = {compare_i64(a->charge, b->charge),   compare_i64(a->meter, b->meter),
                         compare_u32(a->variant, b->variant), compare_i64(a->is_global, b->is_global),
                         compare_i64(a->tier, b->tier),       compare_i64(a->context, b->context)};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (order[i] != 0)
            return order[i];
    }
    return 0;
}

static int by_group(const void *a, const void *b)
{
    const recon_key *x = &(*(recon_entry *const *)a)->key, *y = &(*(recon_entry *const *)b)->key;
    const int order = compare_group(x, y);
    return order != 0 ? order : compare_rest(x, y);
}

/* Days last. */
static int by_day(const void *a, const void *b)
{
    const recon_key *x = &(*(recon_entry *const *)a)->key, *y = &(*(recon_entry *const *)b)->key;
    if (x->model != y->model)
        return compare_u32(x->model, y->model);
    if (x->region != y->region)
        return compare_u32(x->region, y->region);
    const int order = compare_rest(x, y);
    return order != 0 ? order : compare_i64(x->period, y->period);
}

/* Calls around midnight may be billed on the day before or after.  Days that the bill does not have yet are late, not
 * shifted. */
static void move_over_midnight(const recon *x)
{
    for (size_t i = 1; !x->totals.by_month && i < x->n; i++) {
        recon_entry *a = x->order[i - 1], *b = x->order[i];
        if (!can_move(a) || !can_move(b) || b->key.period != a->key.period + 1 || a->key.model != b->key.model ||
            a->key.region != b->key.region || compare_rest(&a->key, &b->key) != 0 ||
            b->key.period > x->totals.billed_to)
            continue;
        move(a, b, SC_RECON_DATE);
        move(b, a, SC_RECON_DATE);
    }
}

/* ---- what is missing on one side ---- */

/* Takes up to n off the rest that was billed without a log, for a cause. */
static void take(recon_entry *e, int64_t n, sc_recon_cause cause)
{
    n = n < e->left_counted ? n : e->left_counted;
    e->left_counted -= n;
    e->cause[cause] += recon_value(e, n);
}

static int is_outside_logs(const recon *x, const recon_key *k)
{
    const sc_day last = x->totals.by_month ? sc_month_start(sc_day_month(k->period) + 1) - 1 : k->period;
    return k->period < x->totals.logged_from || last > x->totals.logged_to;
}

/* A meter that is not tokens is priced as a whole, as its price is rounded. */
static void explain_unmatched(const recon *x, recon_entry *e)
{
    const sc_recon_cause unlogged = e->key.tier == SC_TIER_BATCH               ? SC_RECON_NOT_LOGGED_BATCH
                                    : !recon_knows(&x->regions, e->key.region) ? SC_RECON_NOT_LOGGED_REGION
                                    : is_outside_logs(x, &e->key)              ? SC_RECON_NOT_LOGGED_DAYS
                                                                               : SC_RECON_NOT_LOGGED;
    const sc_recon_cause unbilled = e->key.period > x->totals.billed_to ? SC_RECON_LATE_DAYS : SC_RECON_NOT_BILLED;
    if (e->key.meter >= SC_TOKEN_METERS) {
        e->cause[e->counted > e->logged ? unlogged : unbilled] +=
            recon_value(e, e->counted) - recon_value(e, e->logged);
        return;
    }
    e->cause[unbilled] -= recon_value(e, e->left_logged);
    take(e, e->on_mantle, SC_RECON_NOT_LOGGED_MANTLE);
    take(e, e->of_other_account, SC_RECON_NOT_LOGGED_ACCOUNT);
    take(e, e->left_counted, unlogged);
}

/* ---- all ---- */

static const sc_recon_cause charge_causes[SC_CHARGES] = {
    [SC_CHARGE_USAGE] = SC_RECON_UNKNOWN,     [SC_CHARGE_PURCHASE] = SC_RECON_FEE,
    [SC_CHARGE_DISCOUNT] = SC_RECON_DISCOUNT, [SC_CHARGE_CREDIT] = SC_RECON_CREDIT,
    [SC_CHARGE_TAX] = SC_RECON_TAX,           [SC_CHARGE_ADJUSTMENT] = SC_RECON_ADJUSTMENT,
    [SC_CHARGE_OTHER] = SC_RECON_UNKNOWN};

/* What was logged at several prices, as geo and in_region or the days of a month may have, and at discounts. */
static void explain_logged(const recon *x, recon_entry *e)
{
    const sc_money unpriced = recon_value(e, e->logged) - recon_value(e, e->logged - e->unpriced);
    e->cause[SC_RECON_DISCOUNT] += e->list - e->priced;
    e->cause[SC_RECON_UNKNOWN] += unpriced;
    e->cause[x->totals.by_month ? SC_RECON_DATE : SC_RECON_SCOPE] += recon_value(e, e->logged) - unpriced - e->list;
}

static void explain_entry(const recon *x, recon_entry *e)
{
    if (e->key.meter < 0) {
        e->cause[charge_causes[e->key.charge]] += e->billed;
        return;
    }
    explain_unmatched(x, e);
    explain_logged(x, e);
    recon_explain_price(x, e);
}

void recon_explain(recon *x)
{
    for (size_t i = 0; i < x->n; i++) {
        recon_entry *e = x->order[i];
        const int64_t both = e->logged < e->counted ? e->logged : e->counted;
        e->left_logged = e->logged - both;
        e->left_counted = e->counted - both;
    }
    qsort(x->order, x->n, sizeof(recon_entry *), by_group);
    for (size_t first = 0, next; first < x->n; first = next) {
        for (next = first + 1; next < x->n; next++) {
            if (compare_group(&x->order[first]->key, &x->order[next]->key) != 0)
                break;
        }
        move_within(x->order + first, next - first);
    }
    qsort(x->order, x->n, sizeof(recon_entry *), by_day);
    move_over_midnight(x);
    for (size_t i = 0; i < x->n; i++)
        explain_entry(x, x->order[i]);
}
