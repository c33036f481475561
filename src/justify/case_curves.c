/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case_curves.c - P(it pays) over the worth of a success, benefit over the difference in quality, and what moves it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "justify/break_even.h"
#include "justify/case_point.h"
#include "stats/elementary.h"

#define MOST_WORTHS 48
#define MOST_GAPS 16
#define MOST_SWINGS 10
#define BEYOND 3.0 /* the curve goes this far past what matters, as a factor */

/* ---- P(it pays) over the worth */

/* Adds x to the ends of a range of positive numbers. */
static void reach(double x, double *low, double *high)
{
    if (!(x > 0.0) || !isfinite(x))
        return;
    *low = x < *low ? x : *low;
    *high = x > *high ? x : *high;
}

/* The power of ten at or below x > 0. */
static double decade_below(double x)
{
    double d = 1.0;
    while (d > x)
        d /= 10.0;
    while (d * 10.0 <= x)
        d *= 10.0;
    return d;
}

static void add_worths(justify_work *j, const break_even *b, double low, double high)
{
    static const double steps[] = {1.0, 1.5, 2.0, 3.0, 5.0, 7.0};
    sc_case_worth_point *points = SC_ARENA_ARRAY(&j->arena, sc_case_worth_point, MOST_WORTHS);
    size_t n = 0;
    if (points == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    for (double decade = decade_below(low); decade <= high && n < MOST_WORTHS; decade *= 10.0) {
        for (size_t k = 0; k < sizeof steps / sizeof steps[0] && n < MOST_WORTHS; k++) {
            const double worth = justify_round(steps[k] * decade);
            if (worth >= low && worth <= high)
                points[n++] = (sc_case_worth_point){worth, justify_round(break_even_pays(b, worth))};
        }
    }
    j->result.pays = points;
    j->result.n_pays = n;
}

static void worth_curve(justify_work *j, const justify_pair *p, const sc_case_rival *rival)
{
    double *memory = SC_NEW_ARRAY(double, 2 * j->n), low = SC_INF, high = 0.0;
    break_even b;
    if (memory == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    break_even_of(p->extra_cost, p->extra_success, j->n, memory, &b);
    for (int k = 0; k < 3; k++)
        reach(rival->break_even[k], &low, &high);
    if (j->knows_worth)
        reach(justify_mean(j, j->worth), &low, &high);
    if (high > 0.0)
        add_worths(j, &b, low / BEYOND, high * BEYOND);
    sc_free(memory);
}

/* ---- benefit over the difference in quality */

static void gap_curve(justify_work *j, const justify_pair *p, const sc_case_rival *rival)
{
    static const double steps[] = {0.005, 0.01, 0.02, 0.05, 0.1, 0.2};
    case_point at = case_point_of(j, p);
    const double least = rival->extra_quality.low < 0.0 ? rival->extra_quality.low : 0.0;
    double most = rival->extra_quality.high > 0.0 ? rival->extra_quality.high : 0.0;
    sc_case_gap_point *points = SC_ARENA_ARRAY(&j->arena, sc_case_gap_point, MOST_GAPS);
    size_t s = 0, n = 0;
    if (points == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    if (rival->needed > most)
        most = rival->needed;
    while (s + 1 < sizeof steps / sizeof steps[0] && (most - least) / steps[s] > (double)(MOST_GAPS - 5))
        s++;
    for (long k = lround(floor(least / steps[s])) - 1; n < MOST_GAPS; k++) {
        at.difference = (double)k * steps[s];
        if (at.quality + at.difference < 0.0)
            continue;
        if (at.difference > most + 1.5 * steps[s] || at.quality + at.difference > 1.0)
            break;
        points[n].difference = justify_round(at.difference);
        for (int v = 0; v < SC_CASE_VOLUMES; v++) {
            at.attempts = j->result.volumes[v];
            points[n].benefit[v] = justify_round(case_point_benefit(&at));
        }
        n++;
    }
    j->result.gaps = points;
    j->result.n_gaps = n;
}

void justify_add_curves(justify_work *j, const justify_pair *p, const sc_case_rival *rival)
{
    if (!p->is_graded)
        return;
    worth_curve(j, p, rival);
    if (j->knows_worth && j->code == SC_OK)
        gap_curve(j, p, rival);
}

/* ---- what moves the benefit */

static void add_swing(justify_work *j, sc_case_swing *list, const char *what, const char *from, const char *to,
                      const case_point *low, const case_point *high)
{
    list[j->result.n_swings++] = (sc_case_swing){what, from, to, justify_round(case_point_benefit(low)),
                                                 justify_round(case_point_benefit(high))};
}

static int swing_order(const void *a, const void *b)
{
    const sc_case_swing *p = a, *q = b;
    const double x = fabs(p->high - p->low), y = fabs(q->high - q->low);
    return x != y ? (x > y ? -1 : 1) : strcmp(p->what, q->what);
}

static const char *points_text(justify_work *j, double difference)
{
    return justify_text(j, "%+.1f points", 100.0 * difference);
}

static void quality_swing(justify_work *j, const justify_pair *p, const case_point *at, double *work,
                          sc_case_swing *list)
{
    case_point low = *at, high = *at;
    for (size_t t = 0; t < j->n; t++)
        work[t] = p->premium.quality[t] - p->rival.quality[t];
    const sc_case_figure f = justify_figure(j, work);
    low.difference = f.low;
    high.difference = f.high;
    add_swing(j, list, "difference in quality", points_text(j, f.low), points_text(j, f.high), &low, &high);
}

static void cost_swing(justify_work *j, const justify_pair *p, const case_point *at, double *work, sc_case_swing *list)
{
    case_point low = *at, high = *at;
    for (size_t t = 0; t < j->n; t++)
        work[t] = p->premium.per_try[t] - p->rival.per_try[t];
    const sc_case_figure f = justify_figure(j, work);
    low.premium_cost = at->rival_cost + f.low;
    high.premium_cost = at->rival_cost + f.high;
    add_swing(j, list, "extra cost of a try", justify_usd(j, f.low), justify_usd(j, f.high), &low, &high);
}

/* Amounts without a range are certain only because none was stated: half and double show what hangs on them.  low and
 * high are members of ends[0] and ends[1]. */
static void amount_swing(justify_work *j, const justify_amount *a, const char *what, const case_point *ends,
                         double *low, double *high, sc_case_swing *list)
{
    const int is_certain = a->amount.low == a->amount.high;
    if (!a->amount.is_known || !(a->amount.high > 0.0))
        return;
    *low = is_certain ? 0.5 * a->amount.low : a->amount.low;
    *high = is_certain ? 2.0 * a->amount.high : a->amount.high;
    add_swing(j, list, what, justify_text(j, "%s%s", justify_usd(j, *low), is_certain ? " (half)" : ""),
              justify_text(j, "%s%s", justify_usd(j, *high), is_certain ? " (double)" : ""), &ends[0], &ends[1]);
}

/* Both amounts, where they matter. */
static void amount_swings(justify_work *j, const case_point *at, sc_case_swing *list)
{
    case_point value[2] = {*at, *at}, cost[2] = {*at, *at};
    if (j->completes.value < 1.0)
        amount_swing(j, &j->value, "value of a success", value, &value[0].value, &value[1].value, list);
    amount_swing(j, &j->failure_cost, "cost of a failure", cost, &cost[0].failure_cost, &cost[1].failure_cost, list);
}

/* So many times the requests for an attempt, and fewer attempts. */
static void scale_attempt(case_point *p, double factor)
{
    p->premium_cost *= factor;
    p->rival_cost *= factor;
    p->attempts /= factor;
}

/* What is assumed or seen from afar: none and all, half and double. */
static void other_swings(justify_work *j, const justify_pair *p, const case_point *at, sc_case_swing *list)
{
    case_point none = *at, all = *at;
    if (j->has_people && j->completes.source == SC_CASE_ASSUMED && j->value.amount.is_known) {
        none.completes = 0.0;
        add_swing(j, list, "failures that people complete", "none", "all", &none, at);
    }
    none = all = *at;
    if (j->has_people && j->person_usd > 0.0) {
        none.person_usd = 0.5 * at->person_usd;
        all.person_usd = 2.0 * at->person_usd;
        add_swing(j, list, "people's time for a failure", justify_text(j, "%s (half)", justify_usd(j, none.person_usd)),
                  justify_text(j, "%s (double)", justify_usd(j, all.person_usd)), &none, &all);
    }
    none = all = *at;
    if (j->per_attempt.source == SC_CASE_OUTCOMES) {
        scale_attempt(&none, 0.5);
        scale_attempt(&all, 2.0);
        add_swing(j, list, "requests for an attempt", justify_text(j, "%.4g (half)", 0.5 * j->per_attempt.value),
                  justify_text(j, "%.4g (double)", 2.0 * j->per_attempt.value), &none, &all);
    }
    none = all = *at;
    if (j->o.retries > 0 && p->premium.repeats.source == SC_CASE_ASSUMED) {
        all.premium_repeats = all.rival_repeats = 1.0;
        add_swing(j, list, "failures that repeat", "none", "all", &none, &all);
    }
    if (j->per_pass.source == SC_CASE_OUTCOMES) {
        all = *at;
        all.per_pass = 1.0;
        add_swing(j, list, "successes for an answer that passes", justify_percent(j, at->per_pass), "all", at, &all);
    }
}

void justify_add_swings(justify_work *j, const justify_pair *p)
{
    const case_point at = case_point_of(j, p);
    case_point few = at, many = at;
    sc_case_swing *list = SC_ARENA_ARRAY(&j->arena, sc_case_swing, MOST_SWINGS);
    double *work = SC_NEW_ARRAY(double, j->n);
    if (!p->is_graded || !j->knows_worth || list == NULL || work == NULL) {
        j->code = list == NULL || work == NULL ? SC_E_MEMORY : j->code;
        sc_free(work);
        return;
    }
    quality_swing(j, p, &at, work, list);
    cost_swing(j, p, &at, work, list);
    few.attempts = j->result.attempts.low;
    many.attempts = j->result.attempts.high;
    add_swing(j, list, "attempts a month", justify_count(j, few.attempts), justify_count(j, many.attempts), &few,
              &many);
    amount_swings(j, &at, list);
    other_swings(j, p, &at, list);
    qsort(list, j->result.n_swings, sizeof *list, swing_order);
    j->result.swings = list;
    sc_free(work);
}
