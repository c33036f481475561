/* SPDX-License-Identifier: GPL-3.0-or-later */
/* portfolio.c - the best plan under limits, why there is none, what more budget is worth, and the plan on other
 * trials. */
#include "advise/portfolio.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "advise/portfolio_mip.h"
#include "advise/portfolio_table.h"
#include "base/alloc.h"
#include "stats/elementary.h"
#include "stats/summary.h"

#define LESS_RISK 1e-8 /* by which a plan's risk must be less to count, relative */

static void adopt(const portfolio_mip *m, portfolio_plan *plan)
{
    memcpy(plan->choice, m->choice, m->table->p->n_workloads * sizeof plan->choice[0]);
    plan->total = m->total;
}

/* ---- the best plan ---- */

/* Of the plans with the fewest units: the fewest days, then the lowest choice of each workload in turn.  A search that
 * fails leaves the plan as it is. */
static mip_status break_tie(portfolio_mip *m, portfolio_plan *plan)
{
    const portfolio_table *t = m->table;
    mip_aim(m, t->days);
    mip_status status = mip_find(m);
    if (status == MIP_BEST || status == MIP_GOOD)
        adopt(m, plan);
    mip_most_days(m, mip_sum(t, t->days, plan->choice));
    for (size_t w = 0; w < t->p->n_workloads && status == MIP_BEST; w++) {
        mip_aim_low(m, w);
        status = mip_find(m);
        if (status == MIP_BEST || status == MIP_GOOD)
            adopt(m, plan);
        mip_pin(m, w, plan->choice[w]);
    }
    return status;
}

/* Looks for plans as good as the one found: mostly there is none, and nothing else is to be done. */
static mip_status settle(portfolio_mip *m, portfolio_plan *plan)
{
    const portfolio_table *t = m->table;
    for (;;) {
        const double units = mip_sum(t, t->units, plan->choice);
        mip_most_units(m, units);
        const int row = mip_exclude(m, plan->choice);
        const mip_status status = mip_find(m);
        if (status == MIP_NONE)
            return MIP_BEST;
        if (status != MIP_BEST && status != MIP_GOOD)
            return status;
        if (mip_sum(t, t->units, m->choice) < units) {
            adopt(m, plan); /* GLPK had stopped a little short of the best */
            continue;
        }
        mip_drop(m, row);
        return break_tie(m, plan);
    }
}

static mip_status find_best(portfolio_mip *m, const mip_limits *limits, portfolio_plan *plan)
{
    mip_model(m, limits, false);
    mip_aim(m, m->table->units);
    mip_status status = mip_find(m);
    if (status != MIP_BEST && status != MIP_GOOD)
        return status;
    adopt(m, plan);
    if (status == MIP_BEST)
        status = settle(m, plan);
    return status == MIP_BEST || status == MIP_BROKEN ? status : MIP_GOOD;
}

/* ---- why there is none ---- */

/* The risk column is as exact as GLPK; what it leaves is found by asking for less. */
static double least_risk(portfolio_mip *m, const mip_limits *limits)
{
    mip_model(m, limits, true);
    mip_aim(m, NULL);
    if (mip_find(m) != MIP_BEST)
        return SC_NAN;
    mip_limits lower = *limits;
    lower.limited[PORTFOLIO_RISK] = true;
    double risk;
    mip_status status;
    do {
        risk = m->total.risk;
        lower.most[PORTFOLIO_RISK] = risk - LESS_RISK * fabs(risk);
        mip_model(m, &lower, false);
        mip_aim(m, m->table->units);
        status = mip_find(m);
    } while ((status == MIP_BEST || status == MIP_GOOD) && m->total.risk < risk);
    return status == MIP_NONE ? risk : SC_NAN;
}

static double least_sum(portfolio_mip *m, const mip_limits *limits, const double *x)
{
    mip_model(m, limits, false);
    mip_aim(m, x);
    return mip_find(m) == MIP_BEST ? mip_sum(m->table, x, m->choice) : SC_NAN;
}

/* The least value of a limit under the others. */
static double least_value(portfolio_mip *m, mip_limits limits, portfolio_limit which)
{
    limits.limited[which] = false;
    switch (which) {
    case PORTFOLIO_BUDGET: return least_sum(m, &limits, m->table->spend);
    case PORTFOLIO_RISK: return least_risk(m, &limits);
    case PORTFOLIO_EFFORT: return least_sum(m, &limits, m->table->effort);
    case PORTFOLIO_SHARE:
    case PORTFOLIO_LIMITS: break;
    }
    return 0.0 * least_sum(m, &limits, m->table->units);
}

static void explain(portfolio_mip *m, const mip_limits *limits, portfolio_plan *plan)
{
    for (int i = 0; i < PORTFOLIO_LIMITS; i++) {
        if (!limits->limited[i])
            continue;
        mip_limits none = {0};
        none.limited[PORTFOLIO_SHARE] = i == PORTFOLIO_SHARE;
        m->nodes = 0; /* each question has the limit for itself */
        plan->least[i] = least_value(m, *limits, (portfolio_limit)i);
        plan->alone[i] = i == PORTFOLIO_SHARE ? 0.0 * least_sum(m, &none, m->table->units)
                                              : least_value(m, none, (portfolio_limit)i);
    }
}

/* ---- solving ---- */

static sc_code solve(portfolio_mip *m, void *context)
{
    portfolio_plan *plan = context;
    const portfolio_problem *p = m->table->p;
    mip_limits limits;
    memcpy(limits.limited, p->limited, sizeof limits.limited);
    memcpy(limits.most, p->most, sizeof limits.most);
    const mip_status status = find_best(m, &limits, plan);
    plan->nodes = m->nodes;
    plan->cuts = m->cuts;
    switch (status) {
    case MIP_BEST: plan->status = PORTFOLIO_BEST; break;
    case MIP_GOOD: plan->status = PORTFOLIO_GOOD; break;
    case MIP_UNDECIDED: plan->status = PORTFOLIO_UNDECIDED; break;
    case MIP_NONE:
        plan->status = PORTFOLIO_IMPOSSIBLE;
        explain(m, &limits, plan);
        break;
    case MIP_BROKEN: return SC_E_INTERNAL;
    }
    return SC_OK;
}

sc_code portfolio_solve(const portfolio_problem *p, portfolio_plan *out, sc_errors *errors)
{
    portfolio_table t;
    portfolio_mip m = {0};
    *out = (portfolio_plan){0};
    for (int i = 0; i < PORTFOLIO_LIMITS; i++)
        out->least[i] = out->alone[i] = SC_NAN;
    sc_code code = portfolio_table_init(&t, p, errors);
    if (code == SC_OK)
        code = mip_init(&m, &t);
    if (code == SC_OK && (out->choice = SC_NEW_ARRAY(size_t, p->n_workloads)) == NULL)
        code = SC_E_MEMORY;
    if (code == SC_OK) {
        out->today = portfolio_table_totals(&t, out->choice);
        out->total = out->today;
        code = mip_guarded(&m, solve, out);
    }
    mip_release(&m);
    portfolio_table_release(&t);
    return code;
}

void portfolio_free(portfolio_plan *plan)
{
    sc_free(plan->choice);
    *plan = (portfolio_plan){0};
}

/* ---- what more budget is worth ---- */

static sc_code solve_with_budget(const portfolio_problem *p, double budget, portfolio_status *status, double *objective,
                                 sc_errors *errors)
{
    portfolio_problem moved = *p;
    portfolio_plan plan;
    moved.most[PORTFOLIO_BUDGET] = budget;
    const sc_code code = portfolio_solve(&moved, &plan, errors);
    *status = plan.status;
    *objective = plan.status == PORTFOLIO_BEST || plan.status == PORTFOLIO_GOOD ? plan.total.objective : SC_NAN;
    portfolio_free(&plan);
    return code;
}

sc_code portfolio_shadow_price(const portfolio_problem *p, const portfolio_plan *plan, double share,
                               portfolio_price *out, sc_errors *errors)
{
    const double budget = p->most[PORTFOLIO_BUDGET];
    *out = (portfolio_price){.step = share * fabs(budget)};
    if (!p->limited[PORTFOLIO_BUDGET] || !(out->step > 0.0))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "no budget to move, expected one and a share > 0");
    sc_code code = solve_with_budget(p, budget + out->step, &out->more, &out->objective_more, errors);
    if (code == SC_OK)
        code = solve_with_budget(p, budget - out->step, &out->less, &out->objective_less, errors);
    const bool found = plan->status == PORTFOLIO_BEST || plan->status == PORTFOLIO_GOOD;
    const double objective = found ? plan->total.objective : SC_NAN;
    out->gained = (objective - out->objective_more) / out->step;
    out->lost = (out->objective_less - objective) / out->step;
    return code;
}

/* ---- the plan on other trials ---- */

/* The spread of a CVaR is that of what lies above the quantile: B. J. Manistre, G. H. Hancock, "Variance of the CTE
 * estimator", North American Actuarial Journal 9 (2005). */
static double cvar_error(const double *sorted, size_t n, double alpha, double *above)
{
    const double edge = sorted[n - 1 - portfolio_tail_of(n, alpha).whole];
    for (size_t i = 0; i < n; i++)
        above[i] = fmax(0.0, sorted[i] - edge);
    return sc_mean_of(above, n).se / (1.0 - alpha);
}

static void judge(const portfolio_problem *p, const size_t *choice, const double *spend, portfolio_check *out)
{
    const double values[] = {out->mean.value, out->risk.value, out->effort};
    for (int i = 0; i < PORTFOLIO_SHARE; i++)
        out->holds[i] = !p->limited[i] || portfolio_keeps(values[i], p->most[i]);
    out->holds[PORTFOLIO_SHARE] = true;
    for (size_t i = 0; p->limited[PORTFOLIO_SHARE] && i < p->n_providers; i++) {
        double its = 0.0;
        for (size_t w = 0; w < p->n_workloads; w++) {
            if (p->workloads[w].choices[choice[w]].provider == i)
                its += spend[w];
        }
        if (!portfolio_keeps(its, p->share[i] * out->mean.value))
            out->holds[PORTFOLIO_SHARE] = false;
    }
}

sc_code portfolio_verify(const portfolio_problem *p, const size_t *choice, const double *const *cost, size_t trials,
                         portfolio_check *out)
{
    *out = (portfolio_check){0};
    if (trials == 0)
        return SC_E_USAGE;
    double *total = SC_NEW_ARRAY(double, trials), *above = SC_NEW_ARRAY(double, trials);
    double *spend = SC_NEW_ARRAY(double, p->n_workloads);
    const bool allocated = total != NULL && above != NULL && spend != NULL;
    if (allocated) {
        const double alpha = portfolio_alpha(p);
        for (size_t w = 0; w < p->n_workloads; w++) {
            spend[w] = sc_mean_of(cost[w], trials).mean;
            out->effort += p->workloads[w].choices[choice[w]].effort;
            for (size_t i = 0; i < trials; i++)
                total[i] += cost[w][i];
        }
        const sc_mean mean = sc_mean_of(total, trials);
        sc_sort(total, trials);
        out->mean = (portfolio_figure){mean.mean, mean.se};
        out->p50 =
            (portfolio_figure){sc_quantile_sorted(total, trials, 0.5), sc_quantile_se_sorted(total, trials, 0.5)};
        out->p90 =
            (portfolio_figure){sc_quantile_sorted(total, trials, 0.9), sc_quantile_se_sorted(total, trials, 0.9)};
        out->risk =
            (portfolio_figure){portfolio_cvar_sorted(total, trials, alpha), cvar_error(total, trials, alpha, above)};
        judge(p, choice, spend, out);
    }
    sc_free(total);
    sc_free(above);
    sc_free(spend);
    return allocated ? SC_OK : SC_E_MEMORY;
}

/* ---- the order of changes ---- */

static double per_day(const portfolio_step *s)
{
    if (s->effort > 0.0)
        return s->saving / s->effort;
    return s->saving > 0.0 ? SC_INF : s->saving < 0.0 ? -SC_INF : 0.0;
}

static int by_saving_per_day(const void *x, const void *y)
{
    const portfolio_step *a = x, *b = y;
    const double rate_a = per_day(a), rate_b = per_day(b);
    if (rate_a < rate_b || rate_a > rate_b)
        return rate_a > rate_b ? -1 : 1;
    if (a->saving < b->saving || a->saving > b->saving)
        return a->saving > b->saving ? -1 : 1;
    return (a->workload > b->workload) - (a->workload < b->workload);
}

static double net_of(const portfolio_choice *c, size_t trials)
{
    return sc_mean_of(c->cost, trials).mean - c->worth + c->migration;
}

size_t portfolio_order(const portfolio_problem *p, const size_t *choice, portfolio_step *steps)
{
    size_t n = 0;
    for (size_t w = 0; w < p->n_workloads; w++) {
        const portfolio_choice *choices = p->workloads[w].choices, *chosen = &choices[choice[w]];
        if (choice[w] == 0)
            continue;
        steps[n++] = (portfolio_step){.workload = w,
                                      .choice = choice[w],
                                      .saving = net_of(&choices[0], p->trials) - net_of(chosen, p->trials),
                                      .effort = chosen->effort};
    }
    if (n > 0)
        qsort(steps, n, sizeof steps[0], by_saving_per_day);
    double saving = 0.0, effort = 0.0;
    for (size_t i = 0; i < n; i++) {
        steps[i].saving_so_far = saving += steps[i].saving;
        steps[i].effort_so_far = effort += steps[i].effort;
    }
    return n;
}
