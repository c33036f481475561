/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim.h - Monte Carlo projection of spend, and the comparison of offers.
 *
 * A trial is one simulated future of all workloads over the horizon.  Draws depend only on the seed, the names of
 * project and workload, the trial and the day: results are the same for any number of threads, and all offers see the
 * same futures. */
#ifndef SPENDCAST_SIM_H
#define SPENDCAST_SIM_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/date.h"
#include "spendcast/error.h"
#include "spendcast/rates.h"
#include "spendcast/scenario.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SC_TRIALS_MIN 100
#define SC_TRIALS_MAX 10000000

/* Called now and then from the calling thread's side of a long run with the share done, 0..1. */
typedef void (*sc_progress)(void *context, double done);

/* Measured length of a model's answers: output tokens of its own relative to today's model on the same requests. */
typedef struct sc_measured_output {
    const sc_model *model;
    double p5, p95; /* of the ratio of means; 0 < p5 <= p95 */
} sc_measured_output;

typedef struct sc_sim_options {
    uint64_t seed;
    int64_t trials;
    int threads;                        /* 0 = one a processor */
    sc_day as_of;                       /* price every day as on this one; SC_DAY_MAX = each day at its own date */
    int fan;                            /* simulate: 1 = keep cumulative spend by day, for sc_sim_fan */
    const char *fan_project;            /* of this project only; NULL = of all */
    int keep_trials;                    /* compare: 1 = keep what each offer costs in each trial */
    const sc_measured_output *measured; /* compare: [n_measured] in place of tokenizer and verbosity ranges of output */
    size_t n_measured;
    sc_progress progress; /* NULL = none */
    void *progress_context;
} sc_sim_options;

/* A simulated value with its Monte Carlo error. */
typedef struct sc_estimate {
    double value, error; /* error: one standard error */
} sc_estimate;

/* ---- simulate: spend on the current offers ---- */

typedef enum sc_period { SC_PERIOD_TOTAL, SC_PERIOD_QUARTER, SC_PERIOD_MONTH } sc_period;

typedef struct sc_sim sc_sim;

/* Groups rows by "project", "workload", "model", "provider", "total" or a tag key.  Groups come in order of first
 * appearance; projects without the tag form the group "(none)".  SC_E_INPUT with located or named errors when a current
 * offer has no price on some day.  Free with sc_sim_free. */
SC_API sc_code sc_simulate(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const char *by,
                           sc_period period, sc_sim **out, sc_errors *errors);
SC_API void sc_sim_free(sc_sim *r);

SC_API size_t sc_sim_group_count(const sc_sim *r);
SC_API const char *sc_sim_group_name(const sc_sim *r, size_t group);
SC_API size_t sc_sim_period_count(const sc_sim *r); /* periods of the kind asked for, in order */
SC_API void sc_sim_period(const sc_sim *r, size_t period, sc_day *start, sc_day *end, char label[16]);

/* Spend of a group in a period; group = sc_sim_group_count() is the total over all groups, period =
 * sc_sim_period_count() the whole horizon. */
SC_API sc_estimate sc_sim_mean(const sc_sim *r, size_t group, size_t period);
SC_API sc_estimate sc_sim_quantile(const sc_sim *r, size_t group, size_t period, double level);
/* Mean spend of the group in the trials around the total's quantile (a window of trials by rank): what it contributes
 * to it. Contributions of all groups add up to the mean of the total over that window. */
SC_API double sc_sim_contribution(const sc_sim *r, size_t group, size_t period, double level);
/* Requests, mean over trials. */
SC_API double sc_sim_requests(const sc_sim *r, size_t group, size_t period);
/* Spend before the customer's discounts, mean over trials; 0 where the card has no discounts. */
SC_API double sc_sim_list_cost(const sc_sim *r, size_t group, size_t period);

typedef struct sc_budget_risk {
    const char *project;
    sc_money limit;
    const char *per; /* month, quarter, horizon */
    sc_estimate
        probability; /* P(some period of the horizon ends above its limit); limits of cut periods are shared by days */
    double upper_bound; /* 95 % upper bound where no trial breaches, else 0 */
    sc_day first, middle,
        last; /* P10, P50, P90 of the day on which the limit is passed, over trials that pass it; SC_DAY_MAX = none */
    sc_estimate cut;   /* share of spend to cut so that P(breach) <= the risk asked for; 0 = none needed */
    sc_estimate worst; /* mean over trials of the largest spend / limit */
} sc_budget_risk;

SC_API size_t sc_sim_budget_count(const sc_sim *r);
/* `risk`: the chance of a breach that is accepted, such as 0.1. */
SC_API void sc_sim_budget(const sc_sim *r, size_t i, double risk, sc_budget_risk *out);
/* P(at least one budget is breached). */
SC_API sc_estimate sc_sim_any_breach(const sc_sim *r);

/* Quantile by day of the cumulative spend of all projects or of options.fan_project; cumulative[sc_sim_day_count()].
 * SC_E_USAGE if the options did not ask for it. */
SC_API size_t sc_sim_day_count(const sc_sim *r);
SC_API sc_code sc_sim_fan(const sc_sim *r, double level, double *cumulative);
/* The cumulative budget by day, each budget spread evenly over the days of its period.  Returns 0 and leaves the array
 * alone where not every project has a budget. */
SC_API int sc_sim_budget_line(const sc_sim *r, double *cumulative);

/* ---- compare: one workload on every offer ---- */

typedef enum sc_verdict { SC_OFFER_CURRENT, SC_OFFER_ALLOWED, SC_OFFER_REFUSED } sc_verdict;

typedef struct sc_offer_result {
    const sc_model *model;
    int region; /* -1 = none is sold */
    sc_scope scope;
    sc_tier tier;      /* of requests that do not wait */
    sc_tier wait_tier; /* of requests that can wait; = tier when they are not treated apart */
    sc_ttl ttl;        /* none = prompts are not cached */
    sc_verdict verdict;
    const char *reason;              /* why refused; "" otherwise */
    sc_estimate mean, p10, p50, p90; /* USD over the horizon */
    sc_estimate per_1000;            /* USD per 1,000 requests: total cost / total requests */
    sc_estimate difference;          /* mean of this offer - current */
    double difference_p10, difference_p90;
    double cheaper;   /* P(costs less than the current offer) */
    double hit_share; /* share of requests that read the cache, mean */
    /* [trials], of offers that are priced, where trials are kept, else NULL: USD over the horizon, the same futures for
     * all; and of offers of the current model what it would be if answers had no tokens. */
    const double *cost, *no_output;
} sc_offer_result;

typedef struct sc_comparison sc_comparison;

/* Offers of one workload: the current one first, allowed ones by mean cost, then refused ones by model.  Free with
 * sc_comparison_free. */
SC_API sc_code sc_compare(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, size_t workload,
                          sc_comparison **out, sc_errors *errors);
SC_API void sc_comparison_free(sc_comparison *c);
SC_API size_t sc_comparison_count(const sc_comparison *c);
SC_API const sc_offer_result *sc_comparison_offer(const sc_comparison *c, size_t i);
/* How an offer is bought in few letters, "geo +batch 5m": `scopes` (bit 1u << sc_scope), tier unless standard, the tier
 * of what can wait, cache lifetime.  buf[80]; returns buf. */
SC_API char *sc_offer_how(const sc_offer_result *o, unsigned scopes, char *buf);
SC_API double sc_comparison_requests(const sc_comparison *c);              /* mean over the horizon */
SC_API const double *sc_comparison_trial_requests(const sc_comparison *c); /* [trials]; NULL unless kept */

/* Name of the kernel set in use. */
SC_API const char *sc_kernel_name(void);

#ifdef __cplusplus
}
#endif
#endif
