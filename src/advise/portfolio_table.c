/* SPDX-License-Identifier: GPL-3.0-or-later */
/* portfolio_table.c - checks a portfolio problem, lays its choices out as columns and takes out those that are never
 * best. */
#include "advise/portfolio_table.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "stats/summary.h"

#define ALPHA 0.95
#define MOST_UNITS 1e8 /* of the objective's span: GLPK's own tolerances lie at 1e-7 to 1e-10 of a row */
#define MOST_DAYS 1e6  /* of the effort's span */
#define KEPT 1e-9
#define FINEST 1e12 /* units a dollar or a day: a smaller span is no difference */

static sc_code refuse(sc_errors *errors, const char *what, size_t workload, size_t choice)
{
    return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "choice %zu of workload %zu has %s", choice, workload, what);
}

static sc_code check_choice(const portfolio_problem *p, size_t w, size_t j, sc_errors *errors)
{
    const portfolio_choice *c = &p->workloads[w].choices[j];
    if (c->cost == NULL)
        return refuse(errors, "no costs", w, j);
    for (size_t i = 0; i < p->trials; i++) {
        if (!isfinite(c->cost[i]))
            return refuse(errors, "a cost that is not finite", w, j);
    }
    if (!isfinite(c->worth) || !isfinite(c->migration))
        return refuse(errors, "a worth or migration that is not finite", w, j);
    if (!(c->effort >= 0.0) || !isfinite(c->effort))
        return refuse(errors, "an effort that is not a number of days >= 0", w, j);
    if (p->limited[PORTFOLIO_SHARE] && c->provider >= p->n_providers)
        return refuse(errors, "a provider that is not one of the problem's", w, j);
    return SC_OK;
}

static sc_code check_limits(const portfolio_problem *p, sc_errors *errors)
{
    if (p->n_workloads == 0 || p->trials == 0)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                             "a portfolio of %zu workloads and %zu trials, expected one", p->n_workloads, p->trials);
    if (p->alpha != 0.0 && !(p->alpha > 0.0 && p->alpha < 1.0))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "level %g of the risk, expected one between 0 and 1",
                             p->alpha);
    for (int i = 0; i < PORTFOLIO_SHARE; i++) {
        if (p->limited[i] && !isfinite(p->most[i]))
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "limit %g, expected a finite number", p->most[i]);
    }
    for (size_t i = 0; p->limited[PORTFOLIO_SHARE] && i < p->n_providers; i++) {
        if (!(p->share[i] >= 0.0 && p->share[i] <= 1.0))
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "share %g of a provider, expected 0 to 1",
                                 p->share[i]);
    }
    for (size_t i = 0; i < p->n_pins; i++) {
        const portfolio_pin *pin = &p->pins[i];
        if (pin->workload >= p->n_workloads || pin->choice >= p->workloads[pin->workload].n)
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                                 "choice %zu of workload %zu is asked for but not known", pin->choice, pin->workload);
    }
    return SC_OK;
}

static sc_code check(const portfolio_problem *p, sc_errors *errors)
{
    sc_code code = SC_OK;
    for (size_t w = 0; w < p->n_workloads; w++) {
        if (p->workloads[w].n == 0)
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "workload %zu has no choices, expected one", w);
        for (size_t j = 0; code == SC_OK && j < p->workloads[w].n; j++)
            code = check_choice(p, w, j, errors);
    }
    return code == SC_OK ? check_limits(p, errors) : code;
}

static sc_code allocate(portfolio_table *t)
{
    const portfolio_problem *p = t->p;
    t->first = SC_NEW_ARRAY(size_t, p->n_workloads + 1);
    if (t->first == NULL)
        return SC_E_MEMORY;
    for (size_t w = 0; w < p->n_workloads; w++)
        t->first[w + 1] = t->first[w] + p->workloads[w].n;
    t->n = t->first[p->n_workloads];
    double **columns[] = {&t->spend, &t->net, &t->effort, &t->units, &t->days, &t->mix};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        *columns[i] = SC_NEW_ARRAY(double, t->n);
        if (*columns[i] == NULL)
            return SC_E_MEMORY;
    }
    t->open = SC_NEW_ARRAY(bool, t->n);
    t->total = SC_NEW_ARRAY(double, p->trials);
    t->sorted = SC_NEW_ARRAY(double, p->trials);
    t->tail = SC_NEW_ARRAY(size_t, portfolio_tail_of(p->trials, t->alpha).whole + 1);
    return t->open && t->total && t->sorted && t->tail ? SC_OK : SC_E_MEMORY;
}

static sc_code pin(portfolio_table *t, sc_errors *errors)
{
    for (size_t k = 0; k < t->n; k++)
        t->open[k] = true;
    for (size_t i = 0; i < t->p->n_pins; i++) {
        const portfolio_pin *at = &t->p->pins[i];
        const size_t wanted = t->first[at->workload] + at->choice;
        if (!t->open[wanted])
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                                 "two choices of workload %zu are asked for, expected one", at->workload);
        for (size_t k = t->first[at->workload]; k < t->first[at->workload + 1]; k++)
            t->open[k] = k == wanted;
    }
    return SC_OK;
}

static double least_open(const portfolio_table *t, const double *x, size_t w, double sign)
{
    double least = HUGE_VAL;
    for (size_t k = t->first[w]; k < t->first[w + 1]; k++) {
        if (t->open[k] && sign * x[k] < least)
            least = sign * x[k];
    }
    return least;
}

/* out = x above the least of each workload, in units of a power of ten of which the span has at most `most`. */
static void to_units(const portfolio_table *t, const double *x, double most, double *out)
{
    double span = 0.0, scale = 1.0;
    for (size_t w = 0; w < t->p->n_workloads; w++)
        span -= least_open(t, x, w, 1.0) + least_open(t, x, w, -1.0);
    while (span * scale > most)
        scale /= 10.0;
    while (span * scale * 10.0 <= most && scale < FINEST)
        scale *= 10.0;
    for (size_t w = 0; w < t->p->n_workloads; w++) {
        const double least = least_open(t, x, w, 1.0);
        for (size_t k = t->first[w]; k < t->first[w + 1]; k++)
            out[k] = t->open[k] ? round((x[k] - least) * scale) : 0.0;
    }
}

static bool is_in_conflict(const portfolio_problem *p, size_t w, size_t choice)
{
    for (size_t i = 0; i < p->n_conflicts; i++) {
        for (size_t k = 0; k < p->conflicts[i].n; k++) {
            if (p->conflicts[i].choices[k].workload == w && p->conflicts[i].choices[k].choice == choice)
                return true;
        }
    }
    return false;
}

/* No plan with b gets worse, in any limit or in order, by taking a instead. */
static bool dominates(const portfolio_table *t, size_t w, size_t a, size_t b)
{
    const size_t i = t->first[w] + a, j = t->first[w] + b;
    if (t->units[i] > t->units[j] || t->days[i] > t->days[j] || t->effort[i] > t->effort[j])
        return false;
    if (is_in_conflict(t->p, w, a))
        return false;
    if (a > b && !(t->units[i] < t->units[j]) && !(t->days[i] < t->days[j]))
        return false;
    const portfolio_choice *x = &t->p->workloads[w].choices[a], *y = &t->p->workloads[w].choices[b];
    if (t->p->limited[PORTFOLIO_SHARE]) /* spending less may break a limit on shares */
        return x->provider == y->provider && memcmp(x->cost, y->cost, t->p->trials * sizeof(double)) == 0;
    for (size_t trial = 0; trial < t->p->trials; trial++) {
        if (x->cost[trial] > y->cost[trial])
            return false;
    }
    return true;
}

/* Dominance is transitive and never mutual, so that a choice that goes takes nothing with it that should stay. */
static void close_dominated(portfolio_table *t)
{
    for (size_t w = 0; w < t->p->n_workloads; w++) {
        const size_t n = t->p->workloads[w].n;
        for (size_t b = 0; b < n; b++) {
            for (size_t a = 0; a < n && t->open[t->first[w] + b]; a++) {
                if (a != b && t->open[t->first[w] + a] && dominates(t, w, a, b))
                    t->open[t->first[w] + b] = false;
            }
        }
    }
}

sc_code portfolio_table_init(portfolio_table *t, const portfolio_problem *p, sc_errors *errors)
{
    *t = (portfolio_table){.p = p, .alpha = portfolio_alpha(p)};
    sc_code code = check(p, errors);
    if (code == SC_OK)
        code = allocate(t);
    if (code == SC_OK)
        code = pin(t, errors);
    if (code != SC_OK)
        return code;
    for (size_t w = 0; w < p->n_workloads; w++) {
        for (size_t j = 0; j < p->workloads[w].n; j++) {
            const portfolio_choice *c = &p->workloads[w].choices[j];
            const size_t k = t->first[w] + j;
            t->spend[k] = sc_mean_of(c->cost, p->trials).mean;
            t->net[k] = t->spend[k] - c->worth + c->migration;
            t->effort[k] = c->effort;
        }
    }
    to_units(t, t->net, MOST_UNITS, t->units);
    to_units(t, t->effort, MOST_DAYS, t->days);
    close_dominated(t);
    return SC_OK;
}

void portfolio_table_release(portfolio_table *t)
{
    double *columns[] = {t->spend, t->net, t->effort, t->units, t->days, t->mix, t->total, t->sorted};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        sc_free(columns[i]);
    sc_free(t->first);
    sc_free(t->open);
    sc_free(t->tail);
    *t = (portfolio_table){0};
}

double portfolio_alpha(const portfolio_problem *p) { return p->alpha > 0.0 ? p->alpha : ALPHA; }

bool portfolio_keeps(double value, double most) { return value <= most + KEPT * fabs(most); }

portfolio_tail portfolio_tail_of(size_t n, double alpha)
{
    const double mass = (1.0 - alpha) * (double)n;
    size_t whole = (size_t)mass;
    if (whole >= n) /* 1 - alpha rounds to 1 */
        whole = n - 1;
    return (portfolio_tail){whole, mass - (double)whole, mass};
}

double portfolio_cvar_sorted(const double *sorted, size_t n, double alpha)
{
    const portfolio_tail tail = portfolio_tail_of(n, alpha);
    const double edge = sorted[n - 1 - tail.whole];
    if (tail.whole == 0)
        return edge;
    return (sc_sum(sorted + n - tail.whole, tail.whole) + tail.part * edge) / tail.mass;
}

/* Of trials that cost as much as the one at the edge, the first ones are in the tail. */
static void set_tail(portfolio_table *t)
{
    const size_t n = t->p->trials;
    const portfolio_tail tail = portfolio_tail_of(n, t->alpha);
    const double edge = t->sorted[n - 1 - tail.whole];
    t->tail_n = 0;
    for (size_t i = 0; i < n; i++) {
        if (t->total[i] > edge)
            t->tail[t->tail_n++] = i;
    }
    size_t at_edge = tail.whole + 1 - t->tail_n;
    for (size_t i = 0; i < n && at_edge > 0; i++) {
        if (!(t->total[i] > edge) && !(t->total[i] < edge)) {
            t->tail[t->tail_n++] = i;
            at_edge--;
        }
    }
    t->tail_mass = tail.whole == 0 ? 1.0 : tail.mass;
    t->edge_weight = tail.whole == 0 ? 1.0 : tail.part;
}

double portfolio_table_risk(portfolio_table *t)
{
    const portfolio_problem *p = t->p;
    memset(t->total, 0, p->trials * sizeof t->total[0]);
    for (size_t w = 0; w < p->n_workloads; w++) {
        for (size_t j = 0; j < p->workloads[w].n; j++) {
            const double weight = t->mix[t->first[w] + j];
            const double *cost = p->workloads[w].choices[j].cost;
            for (size_t i = 0; weight > 0.0 && i < p->trials; i++)
                t->total[i] += weight * cost[i];
        }
    }
    memcpy(t->sorted, t->total, p->trials * sizeof t->sorted[0]);
    sc_sort(t->sorted, p->trials);
    set_tail(t);
    return portfolio_cvar_sorted(t->sorted, p->trials, t->alpha);
}

portfolio_totals portfolio_table_totals(portfolio_table *t, const size_t *choice)
{
    portfolio_totals sum = {0};
    memset(t->mix, 0, t->n * sizeof t->mix[0]);
    for (size_t w = 0; w < t->p->n_workloads; w++) {
        const portfolio_choice *c = &t->p->workloads[w].choices[choice[w]];
        const size_t k = t->first[w] + choice[w];
        t->mix[k] = 1.0;
        sum.objective += t->net[k];
        sum.spend += t->spend[k];
        sum.worth += c->worth;
        sum.migration += c->migration;
        sum.effort += c->effort;
    }
    sum.risk = portfolio_table_risk(t);
    return sum;
}

double portfolio_table_tail_mean(const portfolio_table *t, size_t workload, size_t choice)
{
    const double *cost = t->p->workloads[workload].choices[choice].cost;
    double sum = 0.0;
    for (size_t i = 0; i + 1 < t->tail_n; i++)
        sum += cost[t->tail[i]];
    return (sum + t->edge_weight * cost[t->tail[t->tail_n - 1]]) / t->tail_mass;
}
