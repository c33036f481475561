/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advice_plan.c - what to change in all workloads together, under limits that they share. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "advise/advise_parts.h"
#include "advise/portfolio.h"
#include "advise/quota_gate.h"
#include "base/alloc.h"
#include "spendcast/report.h"
#include "stats/elementary.h"

#define MOST_CONFLICTS 100 /* rounds in which a plan is solved again as a quota has no room for all of it */
#define BUDGET_STEP 0.01   /* by which the budget is moved to see what a dollar of it is worth */

const char *sc_plan_status_name(sc_plan_status s)
{
    static const char *const names[] = {"best", "good", "impossible", "undecided"};
    return s <= SC_PLAN_UNDECIDED ? names[s] : "";
}

int advise_same_option(const sc_option *a, const sc_option *b)
{
    return a->offer.model == b->offer.model && a->offer.region == b->offer.region && a->levers == b->levers &&
           strcmp(a->how, b->how) == 0;
}

const sc_option *advise_planned(const sc_advice *a, size_t workload)
{
    for (size_t i = 0; a != NULL && i < a->plan.n_steps; i++) {
        if (a->plan.steps[i].workload->workload == workload)
            return a->plan.steps[i].option;
    }
    return NULL;
}

/* ---- the problem ---- */

typedef struct planning {
    sc_advice *a;
    portfolio_problem p;
    portfolio_workload *workloads;
    const sc_option **options; /* of all choices, workload by workload */
    portfolio_choice *choices;
    size_t n_choices;
    size_t *first; /* [workloads] index of a workload's choice 0 */
    const char **providers;
    double *share;
    portfolio_conflict conflicts[MOST_CONFLICTS];
} planning;

static void release(planning *x)
{
    sc_free(x->workloads);
    sc_free(x->options);
    sc_free(x->choices);
    sc_free(x->first);
    sc_free(x->providers);
    sc_free(x->share);
}

static size_t provider_number(planning *x, const char *name)
{
    size_t i = 0;
    while (i < x->p.n_providers && strcmp(x->providers[i], name) != 0)
        i++;
    if (i == x->p.n_providers)
        x->providers[x->p.n_providers++] = name;
    return i;
}

static int is_choice(const sc_option *o) { return o->status == SC_ADVICE_RECOMMENDED && o->costs != NULL; }

static void add_choice(planning *x, size_t at, const sc_option *o)
{
    x->options[at] = o;
    x->choices[at] = (portfolio_choice){.cost = o->costs,
                                        .migration = o->migration_usd,
                                        .effort = o->effort_days,
                                        .provider = provider_number(x, o->offer.model->provider)};
}

static sc_code pose(planning *x, const sc_plan_options *o)
{
    sc_advice *a = x->a;
    size_t most = 0, at = 0;
    for (size_t i = 0; i < a->n; i++)
        most += a->workloads[i].n_options;
    x->workloads = SC_NEW_ARRAY(portfolio_workload, a->n);
    x->options = SC_NEW_ARRAY(const sc_option *, most);
    x->choices = SC_NEW_ARRAY(portfolio_choice, most);
    x->first = SC_NEW_ARRAY(size_t, a->n);
    x->providers = SC_NEW_ARRAY(const char *, sc_card_model_count(a->card));
    x->share = SC_NEW_ARRAY(double, sc_card_model_count(a->card));
    if (x->workloads == NULL || x->options == NULL || x->choices == NULL || x->first == NULL || x->providers == NULL ||
        x->share == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < a->n; i++) {
        const sc_workload_advice *w = &a->workloads[i];
        x->first[i] = at;
        x->workloads[i].choices = &x->choices[at];
        for (size_t k = 0; k < w->n_options; k++) {
            if (k == 0 || is_choice(&w->options[k]))
                add_choice(x, at++, &w->options[k]);
        }
        x->workloads[i].n = at - x->first[i];
    }
    x->n_choices = at;
    for (size_t i = 0; i < x->p.n_providers; i++)
        x->share[i] = a->s->policy.provider_share;
    x->p.workloads = x->workloads;
    x->p.n_workloads = a->n;
    x->p.trials = (size_t)a->o.sim.trials;
    x->p.share = x->share;
    x->p.alpha = o->alpha;
    const double limits[PORTFOLIO_LIMITS] = {[PORTFOLIO_BUDGET] = o->budget * a->months,
                                             [PORTFOLIO_RISK] = o->max_risk * a->months,
                                             [PORTFOLIO_EFFORT] = o->max_effort};
    for (int l = 0; l < PORTFOLIO_LIMITS; l++) {
        x->p.limited[l] = l == PORTFOLIO_SHARE ? a->s->policy.provider_share < 1.0 : limits[l] > 0.0;
        x->p.most[l] = limits[l];
        a->plan.is_limited |= x->p.limited[l];
    }
    return SC_OK;
}

/* ---- the answer ---- */

static const char *amount(double value, int limit, double months, char buf[64])
{
    if (limit == PORTFOLIO_EFFORT)
        snprintf(buf, 64, "%.4g days", value);
    else
        (void)sc_format_usd(value / months, buf);
    return buf;
}

/* Of each limit that is in the way: the least that could be kept beside the others, or else at all. */
static const char *why_impossible(planning *x, const portfolio_plan *found)
{
    static const char *const names[PORTFOLIO_LIMITS] = {"budget a month", "risk a month", "work",
                                                        "shares of providers"};
    char text[400] = "", one[64];
    size_t len = 0;
    for (int l = 0; l < PORTFOLIO_LIMITS && len < sizeof text; l++) {
        const int beside = !isnan(found->least[l]), out_of_reach = found->alone[l] > x->p.most[l];
        if (!x->p.limited[l] || (!beside && (l == PORTFOLIO_SHARE || !out_of_reach)))
            continue;
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", len > 0 ? "; " : "", names[l]);
        if (l != PORTFOLIO_SHARE && len < sizeof text)
            len += (size_t)snprintf(text + len, sizeof text - len, " of at least %s%s",
                                    amount(beside ? found->least[l] : found->alone[l], l, x->a->months, one),
                                    beside ? " would do beside the others" : " is what any plan needs");
    }
    return sc_arena_strdup(&x->a->arena, len > 0 ? text : "they conflict with each other");
}

static sc_code list_steps(planning *x, const portfolio_plan *found)
{
    sc_advice *a = x->a;
    portfolio_step *steps = SC_NEW_ARRAY(portfolio_step, a->n);
    sc_plan_step *out = SC_ARENA_ARRAY(&a->arena, sc_plan_step, a->n);
    if (steps == NULL || out == NULL) {
        sc_free(steps);
        return SC_E_MEMORY;
    }
    a->plan.n_steps = portfolio_order(&x->p, found->choice, steps);
    for (size_t i = 0; i < a->plan.n_steps; i++)
        out[i] = (sc_plan_step){.workload = &a->workloads[steps[i].workload],
                                .option = x->options[x->first[steps[i].workload] + steps[i].choice],
                                .saving = steps[i].saving,
                                .saving_so_far = steps[i].saving_so_far,
                                .effort_so_far = steps[i].effort_so_far};
    a->plan.steps = out;
    sc_free(steps);
    return SC_OK;
}

/* What a planned option (NULL = today's) costs in another run; NULL = it does not exist there. */
static const double *costs_of(const sc_workload_advice *w, const sc_option *planned)
{
    for (size_t k = 0; planned != NULL && k < w->n_options; k++) {
        if (advise_same_option(planned, &w->options[k]))
            return w->options[k].costs;
    }
    return planned == NULL ? w->options[0].costs : NULL;
}

/* The plan on futures of another seed: those it was chosen by flatter it. */
static sc_code check_fresh(planning *x, const portfolio_plan *found, sc_errors *errors)
{
    sc_advice *a = x->a, *again = NULL;
    sc_advise_options o = a->o;
    portfolio_check check;
    o.sim.seed++;
    o.sim.progress = NULL;
    const double **costs = SC_NEW_ARRAY(const double *, a->n);
    sc_code code = costs != NULL ? advise_run(a->s, a->card, &o, a, &again, errors) : SC_E_MEMORY;
    a->plan.has_fresh = 1;
    for (size_t i = 0; code == SC_OK && i < a->n; i++) {
        costs[i] = costs_of(&again->workloads[i], advise_planned(a, a->workloads[i].workload));
        a->plan.has_fresh &= costs[i] != NULL;
    }
    if (code == SC_OK && a->plan.has_fresh)
        code = portfolio_verify(&x->p, found->choice, costs, x->p.trials, &check);
    if (code == SC_OK && a->plan.has_fresh) {
        a->plan.fresh = (sc_plan_spend){check.mean.value, check.risk.value, check.mean.error, check.risk.error};
        a->plan.fresh_holds = 1;
        for (int l = 0; l < PORTFOLIO_LIMITS; l++)
            a->plan.fresh_holds &= check.holds[l];
    }
    sc_free(costs);
    sc_advice_free(again);
    return code;
}

static sc_code price_budget(planning *x, const portfolio_plan *found, sc_errors *errors)
{
    portfolio_price price;
    x->a->plan.budget_gain = x->a->plan.budget_loss = SC_NAN;
    if (!x->p.limited[PORTFOLIO_BUDGET])
        return SC_OK;
    const sc_code code = portfolio_shadow_price(&x->p, found, BUDGET_STEP, &price, errors);
    if (code == SC_OK) {
        x->a->plan.budget_gain = price.gained;
        x->a->plan.budget_loss = price.lost;
    }
    return code;
}

/* ---- quotas that workloads share ---- */

static const sc_option *chosen(const planning *x, const portfolio_plan *found, size_t i)
{
    return x->options[x->first[i] + found->choice[i]];
}

/* 1 if an option buys at a place and is not today's. */
static int moves_to(const sc_option *o, const sc_buy *place)
{
    const quota_use u = advise_use_of(o);
    for (size_t p = 0; p < u.n; p++) {
        const sc_buy *buy = &u.part[p].way.buy;
        if (buy->model == place->model && buy->region == place->region && buy->scope == place->scope)
            return 1;
    }
    return 0;
}

/* Of the workloads that a plan moves to this place, not all may be there. */
static sc_code add_conflict(planning *x, const portfolio_plan *found, const sc_buy *place)
{
    size_t n = 0, moved = 0;
    portfolio_pin *pins = SC_ARENA_ARRAY(&x->a->arena, portfolio_pin, x->n_choices);
    if (pins == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < x->a->n; i++) {
        if (!moves_to(chosen(x, found, i), place))
            continue;
        moved++;
        for (size_t k = 0; k < x->workloads[i].n; k++) {
            if (moves_to(x->options[x->first[i] + k], place))
                pins[n++] = (portfolio_pin){i, k};
        }
    }
    x->conflicts[x->p.n_conflicts++] = (portfolio_conflict){pins, n, moved - 1};
    x->p.conflicts = x->conflicts;
    return SC_OK;
}

/* Takes down what the plan buys; *again = 1 where a quota has no room for it, and the plan is to be solved again. */
static sc_code hold_against_quotas(planning *x, const portfolio_plan *found, int *again, sc_errors *errors)
{
    sc_advice *a = x->a;
    sc_quota_result r;
    sc_code code = SC_OK;
    *again = 0;
    for (size_t i = 0; i < a->n; i++)
        a->uses[a->workloads[i].workload] = advise_use_of(chosen(x, found, i));
    for (size_t i = 0; a->s->n_quotas > 0 && i < a->n && code == SC_OK && !*again; i++) {
        const quota_use *u = &a->uses[a->workloads[i].workload];
        for (size_t p = 0; p < u->n && code == SC_OK && !*again; p++) {
            const sc_buy *place = &u->part[p].way.buy;
            code = advise_find_throttled(a, a->uses, place, &r, again, errors);
            if (code == SC_OK && *again && x->p.n_conflicts < MOST_CONFLICTS)
                code = add_conflict(x, found, place);
        }
    }
    return code;
}

/* The best plan that the quotas have room for. */
static sc_code solve(planning *x, portfolio_plan *found, sc_errors *errors)
{
    for (int rounds = 0;;) {
        int again = 0;
        sc_code code = portfolio_solve(&x->p, found, errors);
        if (code == SC_OK && found->status <= PORTFOLIO_GOOD)
            code = hold_against_quotas(x, found, &again, errors);
        if (code != SC_OK || !again)
            return code;
        if (++rounds > MOST_CONFLICTS) {
            found->status = PORTFOLIO_UNDECIDED;
            return SC_OK;
        }
        portfolio_free(found);
    }
}

static sc_code answer(planning *x, sc_errors *errors)
{
    sc_plan *plan = &x->a->plan;
    portfolio_plan found = {.choice = NULL};
    sc_code code = solve(x, &found, errors);
    if (code == SC_OK) {
        plan->status = (sc_plan_status)found.status;
        if (plan->status == SC_PLAN_BEST && x->p.n_conflicts > 0)
            plan->status =
                SC_PLAN_GOOD; /* whoever shares a quota was kept apart by place, not by what each needs of it */
        plan->reason = found.status == PORTFOLIO_IMPOSSIBLE ? why_impossible(x, &found) : "";
        plan->today = (sc_plan_spend){.mean = found.today.spend, .risk = found.today.risk};
        plan->then = (sc_plan_spend){.mean = found.total.spend, .risk = found.total.risk};
        plan->effort = found.total.effort;
        plan->migration = found.total.migration;
        code = plan->reason != NULL ? list_steps(x, &found) : SC_E_MEMORY;
    }
    const int has_plan = code == SC_OK && found.status <= PORTFOLIO_GOOD;
    if (has_plan)
        code = price_budget(x, &found, errors);
    if (has_plan && code == SC_OK)
        code = check_fresh(x, &found, errors);
    portfolio_free(&found);
    return code;
}

sc_code sc_advice_plan(sc_advice *a, const sc_plan_options *o, const sc_plan **out, sc_errors *errors)
{
    planning x = {.a = a};
    *out = NULL;
    a->plan = (sc_plan){.reason = "", .budget_gain = SC_NAN, .budget_loss = SC_NAN};
    sc_code code = pose(&x, o);
    if (code == SC_OK)
        code = answer(&x, errors);
    release(&x);
    if (code == SC_OK)
        *out = &a->plan;
    return code;
}
