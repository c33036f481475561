/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advise.h - for each workload of a scenario: which other ways to serve it would do, what they save, how sure that is.
 *
 * An option is one complete way to serve a workload.  Its levers are those in which it differs from today, so that a
 * saving is always that of the whole combination and nothing counts twice.  All options of a workload see the same
 * futures.  Money is simulated (double USD); savings are today's cost less the option's, positive where it is cheaper.
 *
 * What an option needs to be recommended: P(saves) >= p_saves, and where answers may change, graded answers for this
 * workload by which its quality is at most `margin` below today's with probability >= p_quality.  Without such answers
 * an option that would save needs evidence; published benchmarks only order what is tested first.
 *
 * A limit on latency holds for the P95 of a model's answers to this workload, with a confidence of p_quality: another
 * model whose measured P95 is above it is not allowed, and one of which it is not known needs evidence.  What keeps
 * today's model is not asked for its latency.
 *
 * An option whose model would throttle under the quotas that the scenario states is not allowed: where its busiest
 * minute, beside all other workloads as they are bought today, needs more than a limit with a chance above p_throttle
 * (and more than today's offers need there already).  Today's offer stays, and says that it throttles.  Workloads are
 * advised in file order: a later one gets the best option for which those before it leave room; a plan shares the room
 * out by saving.  What is spent and saved of an option that is not allowed for its quota or latency is known. */
#ifndef SPENDCAST_ADVISE_H
#define SPENDCAST_ADVISE_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/evidence.h"
#include "spendcast/sim.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sc_advice_status {
    SC_ADVICE_TODAY,
    SC_ADVICE_RECOMMENDED,
    SC_ADVICE_NEEDS_EVIDENCE,  /* it would save; whether it is good enough is not known */
    SC_ADVICE_NOT_RECOMMENDED, /* it is known not to save, or not to be good enough */
    SC_ADVICE_NOT_ALLOWED,
    SC_ADVICE_STATUSES
} sc_advice_status;
SC_API const char *sc_advice_status_name(sc_advice_status s); /* "today", "recommended", "needs evidence" ... */

/* A check of the weak model's answers, for cascades. */
typedef struct sc_advise_check {
    int is_stated;
    sc_cascade_check accepts;
    double usd; /* what checking one answer costs */
} sc_advise_check;

typedef struct sc_advise_options {
    sc_sim_options sim;          /* what compare alone needs is set by sc_advise */
    const sc_evidence *evidence; /* NULL = none */
    const sc_priors *priors;     /* NULL = none */
    double margin;               /* loss of quality that does not matter; 0.02 is two points */
    double p_quality, p_saves;   /* from above 0.5 to below 1 */
    double min_saving;           /* share of a workload's cost below which a saving is not worth a change */
    double shorter;    /* share by which answers might be cut, to show what that is worth; 0 = not looked at */
    double p_throttle; /* chance of a busiest minute above a stated quota from which on an option is not allowed */
    sc_advise_check check;
    size_t workload; /* SIZE_MAX = all */
} sc_advise_options;

/* margin 0.02, both probabilities 0.90, min_saving 0.01, shorter 0.20, p_throttle 0.05, no check, all workloads, 2,000
 * trials. */
SC_API sc_advise_options sc_advise_defaults(void);

typedef struct sc_saving {
    double mean, error; /* USD over the horizon, with its Monte Carlo error */
    double low, high;   /* P10 and P90 over the trials */
    double p;           /* P(saving > 0) */
} sc_saving;

typedef struct sc_option {
    sc_advice_status status;
    const char *reason;    /* one clause, with the figures it rests on; of today's "", or that it throttles */
    sc_offer_result offer; /* what is bought; of routing and cascades: what the cheaper model is bought as ... */
    sc_offer_result rest;  /* ... and today's model for what is left to it */
    const char *how;       /* "geo +batch 5m", with "80 % of calls" for routing */
    unsigned levers;       /* bit 1u << sc_lever; 0 = today */
    double cost;           /* mean USD over the horizon; 0 where not allowed before it was priced */
    sc_saving saving;
    const double *costs; /* [trials] USD; NULL where not kept: kept for today and what is recommended */
    int changes_answers; /* 1: quality has to be shown */
    sc_evidence_comparison quality;
    double p_quality;     /* P(at most margin below today's): of the comparison, routing or cascade; 1 = same answers */
    double strong_share;  /* routing, cascade: share of calls that today's model answers (too) */
    sc_latency latency;   /* of another model under the workload's limit, of cascades of both; limit 0 = not asked */
    int64_t items_needed; /* needs evidence: graded by both models (timed, where only the latency is open); 0 = not
                             known, -1 = out of reach */
    double value_of_test; /* needs evidence: USD a month that grading so many is expected to unlock */
    sc_prior_rank prior;  /* of the model, where published benchmarks have both */
    int no_room; /* recommended, but the quotas have no room for it beside what is advised for other workloads */
    double effort_days;
    double migration_usd; /* 0 where the scenario does not say what a day costs */
    sc_day break_even;    /* SC_DAY_MAX = never, or not known */
} sc_option;

typedef struct sc_workload_advice {
    size_t workload; /* of the scenario */
    const char *project, *name;
    double requests;          /* mean over the horizon */
    sc_estimate p10, p90;     /* of today's cost */
    const sc_option *options; /* today first, then by status, then by saving (needs evidence: by value of the test) */
    size_t n_options;
    /* The recommended option that saves most after its migration or, of those that save nearly as much (97 %), the one
     * that takes the least work; NULL = do not change. */
    const sc_option *best;
    const char *verdict; /* the advice in a sentence or two, to be forwarded as it stands */
    size_t n_risks;
    const char *const *risks; /* of the best option, or of today's offer where there is none */
} sc_workload_advice;

typedef struct sc_advice sc_advice;

/* SC_E_USAGE for options out of range, SC_E_INPUT where a current offer has no price.  Needs scenario, card, evidence
 * and priors as long as the advice lives.  *out is NULL on failure; free with sc_advice_free. */
SC_API sc_code sc_advise(const sc_scenario *s, const sc_card *card, const sc_advise_options *o, sc_advice **out,
                         sc_errors *errors);
SC_API void sc_advice_free(sc_advice *a);
SC_API size_t sc_advice_count(const sc_advice *a); /* workloads looked at, in file order */
SC_API const sc_workload_advice *sc_advice_at(const sc_advice *a, size_t i);
SC_API double sc_advice_months(const sc_advice *a); /* length of the horizon, months of 30.4375 days */

/* All best options together: on the same futures, so that the interval is that of the sum. */
SC_API sc_saving sc_advice_total(const sc_advice *a);
SC_API double sc_advice_cost(const sc_advice *a); /* today, mean USD over the horizon */

/* ---- one plan for all workloads ---- */

/* Limits, each in the unit of reports; 0 = none. */
typedef struct sc_plan_options {
    double budget;     /* USD a month, of mean spend */
    double max_risk;   /* USD a month, of the mean over the worst 1 - alpha of the futures (CVaR) */
    double alpha;      /* 0 = 0.95 */
    double max_effort; /* person-days, of all changes together */
} sc_plan_options;

typedef enum sc_plan_status {
    SC_PLAN_BEST,       /* no plan within the limits costs less */
    SC_PLAN_GOOD,       /* within the limits; the search was cut, or quotas had no room for a better one */
    SC_PLAN_IMPOSSIBLE, /* no plan keeps all limits */
    SC_PLAN_UNDECIDED   /* the search was cut before a plan was found */
} sc_plan_status;
SC_API const char *sc_plan_status_name(sc_plan_status s);

typedef struct sc_plan_step {
    const sc_workload_advice *workload;
    const sc_option *option;
    double saving, saving_so_far; /* USD over the horizon, after migration */
    double effort_so_far;         /* person-days */
} sc_plan_step;

/* Spend in USD over the horizon. */
typedef struct sc_plan_spend {
    double mean, risk;
    double mean_error, risk_error; /* one standard error; of fresh trials only */
} sc_plan_spend;

typedef struct sc_plan {
    sc_plan_status status;
    const char *reason;        /* of an impossible plan: which limits, and the least that could be kept; else "" */
    const sc_plan_step *steps; /* most saving for a day of work first */
    size_t n_steps;
    sc_plan_spend today, then, fresh; /* fresh: the same plan on trials that it was not chosen by */
    int has_fresh;   /* 0: not checked, as a change of the plan does not exist there: today's model has another rest */
    int fresh_holds; /* 1: the limits hold there too */
    double effort, migration;
    double budget_gain, budget_loss; /* USD that a dollar more of budget saves, and that one less costs, by solving
                                        again with 1 % more and less; NAN = no budget, or no plan */
    int is_limited;                  /* 1: some limit is set */
} sc_plan;

/* The best combination of what is recommended and of today's offers under all limits together, among them the policy's
 * on shares of providers and the quotas of the scenario, as sc_advise holds options against them.  Lives as long as the
 * advice.  Runs the simulation once more for `fresh`. */
SC_API sc_code sc_advice_plan(sc_advice *a, const sc_plan_options *o, const sc_plan **out, sc_errors *errors);

/* ---- capacity: quotas, and what to commit to ---- */

/* One quota and all workloads that draw on it, each as its best option buys it, or as today. */
typedef struct sc_quota_advice {
    const char *model, *region, *scope;
    size_t n_workloads;
    const char *verdict; /* "fits", "tight", "would throttle", "unknown quota" */
    const char *need;    /* the need that takes most of its limit; "" = none is known */
    double limit;        /* that is stated for it */
    double level;        /* 1 - p_throttle */
    double needed;       /* that quantile of the busiest minute, or day, over the futures */
    double throttled;    /* P(more is needed than the limit) */
    const char *reason;  /* the verdict in words */
} sc_quota_advice;

/* Holds what would be bought against the quotas that the scenario states; *n = 0 where it states none.  Lives as long
 * as the advice. */
SC_API sc_code sc_advice_quotas(sc_advice *a, const sc_quota_advice **out, size_t *n, sc_errors *errors);

/* What one provisioned model unit takes, which AWS tells its customers and does not publish. */
typedef struct sc_unit_rate {
    const sc_model *model;
    double input, output; /* tokens a minute; 0 = no limit on that side, at least one above 0 */
} sc_unit_rate;

/* Reserved or provisioned capacity for one workload, as its best option buys it, or as today. */
typedef struct sc_commitment_advice {
    const sc_workload_advice *workload;
    const char *term; /* "reserved, 1 month", "model units, no commitment" ... */
    int is_recommended;
    int is_sized; /* 0: it cannot be bought or sized, for the reason given; no figure below holds then */
    const char *reason;
    int64_t input_units, output_units; /* 1K tokens a minute */
    int64_t model_units;               /* in place of these; 0 = the term is of others */
    double commitment;                 /* USD, terms are paid whole */
    sc_saving saving;                  /* against buying the same on demand, over the horizon */
    double idle;                       /* share of what is committed that is not used, mean */
    double overflow;                   /* share of the tokens that find no room and are bought on demand, mean */
    double break_even;                 /* share of capacity to use for it to pay */
} sc_commitment_advice;

/* Sizes reserved terms for every workload that can be covered, those that cannot are left out; and model units for
 * those on one of the models of units[n_units].  Simulates minutes, so that it takes seconds for a workload.  Lives as
 * long as the advice. */
SC_API sc_code sc_advice_commitments(sc_advice *a, const sc_unit_rate *units, size_t n_units,
                                     const sc_commitment_advice **out, size_t *n, sc_errors *errors);

/* How the total splits over levers: each step from today to a best option changes one lever more, in their order; steps
 * that cannot be bought by themselves go to the next lever.  Adds up to the total.  Mean USD over the horizon. */
SC_API void sc_advice_by_lever(const sc_advice *a, double usd[SC_LEVERS]);

#ifdef __cplusplus
}
#endif
#endif
