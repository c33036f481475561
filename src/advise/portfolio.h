/* SPDX-License-Identifier: GPL-3.0-or-later */
/* portfolio.h - one choice for every workload, chosen together: the least expected cost under a budget, a limit on risk
 * and policy.
 *
 * Least is the sum over workloads of mean cost - worth + migration.  Risk is the conditional value at risk (CVaR) of
 * the total: its mean over the worst (1 - alpha) share of trials, the trial at the edge counted in part (R. T.
 * Rockafellar, S. Uryasev, "Conditional value-at-risk for general loss distributions", J. Banking & Finance 26 (2002)).
 *
 * The plan is the same on any machine: objectives are compared in whole units, a power of ten of at most 1e-7 of the
 * span between the cheapest and the dearest plan (effort: 1e-6 of its span); equal plans are told apart by less effort,
 * then by the lower choice of the first workload in which they differ.  Limits are kept to 1e-9 of their size.
 *
 * Needs GLPK's environment of the calling thread for itself, and frees it. */
#ifndef SC_ADVISE_PORTFOLIO_H
#define SC_ADVISE_PORTFOLIO_H

#include <stdbool.h>
#include <stddef.h>

#include "spendcast/error.h"

typedef struct portfolio_choice {
    const double *cost; /* [trials] USD of spend over the horizon; a trial is the same future for all workloads */
    double worth;       /* USD, expected value of the difference in quality against today; 0 where it is not known */
    double migration;   /* USD, once; part of what is made least, not of the spend that limits are on */
    double effort;      /* days */
    size_t provider;    /* < n_providers */
} portfolio_choice;

typedef struct portfolio_workload {
    const portfolio_choice *choices; /* choice 0 = stay as today */
    size_t n;                        /* at least 1 */
} portfolio_workload;

typedef enum portfolio_limit {
    PORTFOLIO_BUDGET, /* USD, of the mean of the total spend */
    PORTFOLIO_RISK,   /* USD, of its CVaR */
    PORTFOLIO_EFFORT, /* days, of all changes together */
    PORTFOLIO_SHARE,  /* of the mean spend, by provider: see share[] */
    PORTFOLIO_LIMITS
} portfolio_limit;

typedef struct portfolio_pin {
    size_t workload, choice;
} portfolio_pin;

/* Of these choices a plan takes at most so many together: what they share has no room for more. */
typedef struct portfolio_conflict {
    const portfolio_pin *choices;
    size_t n, most;
} portfolio_conflict;

typedef struct portfolio_problem {
    const portfolio_workload *workloads;
    size_t n_workloads, trials;
    size_t n_providers;
    bool limited[PORTFOLIO_LIMITS]; /* which limits are set */
    double most[PORTFOLIO_LIMITS];  /* of budget, risk and effort */
    const double *share;            /* [n_providers] of the total's mean spend, 0..1; 1 = no limit on this one */
    double alpha;                   /* of the CVaR, 0 < alpha < 1; 0 = 0.95 */
    const portfolio_pin *pins;      /* choices that are not free */
    size_t n_pins;
    const portfolio_conflict *conflicts;
    size_t n_conflicts;
    size_t node_limit; /* of the searches for one plan together; 0 = 200,000 */
} portfolio_problem;

typedef struct portfolio_totals {
    double objective; /* mean spend - worth + migration */
    double spend, worth, migration, effort;
    double risk; /* CVaR of the spend */
} portfolio_totals;

typedef enum portfolio_status {
    PORTFOLIO_BEST,       /* no plan within the limits is better */
    PORTFOLIO_GOOD,       /* within the limits, the best one found before the node limit */
    PORTFOLIO_IMPOSSIBLE, /* no plan keeps all limits */
    PORTFOLIO_UNDECIDED   /* the node limit came before any plan was found */
} portfolio_status;

typedef struct portfolio_plan {
    portfolio_status status;
    size_t *choice;         /* [n_workloads]; all 0 where there is no plan */
    portfolio_totals today; /* every workload at choice 0, whatever the limits */
    portfolio_totals total; /* of the plan */
    /* Where no plan keeps all limits, by limit that is set: the least value of this limit with which a plan keeps all
     * the others too; NaN where the others leave none.  Of shares 0 for "without it there is a plan". */
    double least[PORTFOLIO_LIMITS];
    /* Likewise the least value that any plan reaches, other limits aside: a limit below it cannot be met at all.  Of
     * shares 0 for "it can be met".  Both are NaN for limits that are not set and where the node limit came first. */
    double alone[PORTFOLIO_LIMITS];
    size_t nodes, cuts; /* what the search took */
} portfolio_plan;

/* SC_E_USAGE with an error for a problem that makes no sense.  That no plan is possible is a result, not an error. Free
 * with portfolio_free, also after a failure. */
sc_code portfolio_solve(const portfolio_problem *p, portfolio_plan *out, sc_errors *errors);
void portfolio_free(portfolio_plan *plan);

/* What a dollar of budget is worth, by solving again with a budget `share` (such as 0.01) larger and smaller.  A choice
 * is whole, so that both differ. */
typedef struct portfolio_price {
    double step;                           /* USD by which the budget was moved */
    portfolio_status more, less;           /* of the plan with the larger and with the smaller budget */
    double gained;                         /* objective saved by each dollar more; NaN without a plan */
    double lost;                           /* objective lost with each dollar less; NaN without a plan */
    double objective_more, objective_less; /* NaN without a plan */
} portfolio_price;

/* `plan` is what portfolio_solve found for p, which has a budget. */
sc_code portfolio_shadow_price(const portfolio_problem *p, const portfolio_plan *plan, double share,
                               portfolio_price *out, sc_errors *errors);

typedef struct portfolio_figure {
    double value, error; /* error: one standard error */
} portfolio_figure;

typedef struct portfolio_check {
    portfolio_figure mean, p50, p90, risk; /* of the total spend */
    double effort;
    bool holds[PORTFOLIO_LIMITS]; /* the value, without its error, keeps the limit; true where none is set */
} portfolio_check;

/* The plan on other trials: cost[w][trials] is what its choice for workload w costs in them.  One trial at least. */
sc_code portfolio_verify(const portfolio_problem *p, const size_t *choice, const double *const *cost, size_t trials,
                         portfolio_check *out);

typedef struct portfolio_step {
    size_t workload, choice;
    double saving, effort; /* USD of the objective against today, days */
    double saving_so_far, effort_so_far;
} portfolio_step;

/* The plan's changes, most saving per day of effort first (without effort: before all others, or after them if they
 * cost), then most saving, then the order of workloads.  steps[n_workloads]; returns how many changes there are. */
size_t portfolio_order(const portfolio_problem *p, const size_t *choice, portfolio_step *steps);

/* CVaR of n >= 1 values sorted ascending, 0 < alpha < 1. */
double portfolio_cvar_sorted(const double *sorted, size_t n, double alpha);

#endif
