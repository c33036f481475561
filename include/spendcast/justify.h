/* SPDX-License-Identifier: GPL-3.0-or-later */
/* justify.h - whether a premium model is worth its price for a workload, and what initiatives cost per outcome.
 *
 * An attempt is what succeeds or fails: a conversation, an issue, a document; it takes `requests_per_attempt` requests
 * of the simulator.  A try of it costs what these cost, and succeeds with probability s = quality x success_per_pass.
 * A failure is tried again up to `retries` times; of first failures the share `repeats` fails however often it is
 * tried, the others are independent, so that `repeats` is the correlation of two tries of an attempt.  What has failed
 * then costs `failure_cost` and a person's time; of these the share `person_completes` is done by the person and is
 * worth as much as a success.  With f = 1 - s, r = repeats and R = retries:
 *
 * - tries: T = 1 + r f R + (1 - r) f (1 + f + ... + f^(R - 1))
 * - success: S = s + (1 - r) f (1 - f^R)
 * - worth of a success in place of a failure: D = value (1 - person_completes) + failure_cost + person's time
 * - benefit of the premium (p) over a rival (a), an attempt: D (S_p - S_a) - (c_p T_p - c_a T_a)
 *
 * so that value which a person saves anyway is not counted twice.  The premium pays where the benefit is above 0; with
 * one certain rival that is where D exceeds (extra cost) / (extra successes), the break-even worth (break-even
 * analysis, C. T. Horngren et al., "Cost Accounting", chapter 3, with an uncertain denominator).
 *
 * A trial joins one simulated future (volume, tokens, length of answers: cost) with one joint draw of both qualities
 * from their posterior and one of each uncertain amount.  Draws of different kinds have random streams of their own, so
 * that trial i of one and draw i of another are independent as they stand.  Nothing unknown counts as 0: without graded
 * answers of both models, or without a value where it decides, the verdict is "unknown".
 *
 * Money is double USD; a month is 30.4375 days.  Figures are the same bytes for any number of threads. */
#ifndef SPENDCAST_JUSTIFY_H
#define SPENDCAST_JUSTIFY_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/evidence.h"
#include "spendcast/sim.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the model of an attempt, by itself */

#define SC_RETRIES_MAX 20

typedef struct sc_tries {
    double tries;   /* mean number of tries of an attempt */
    double success; /* P(one of them succeeds) */
} sc_tries;
/* `success` of one try and `repeats` in [0, 1], 0 <= retries <= SC_RETRIES_MAX. */
SC_API sc_tries sc_tries_of(double success, int retries, double repeats);

/* ---- what is asked */

/* An amount of USD: certain (low = high) or lognormal with these P10 and P90. */
typedef struct sc_case_amount {
    int is_known;
    double low, high;
} sc_case_amount;

/* Numbers that are NAN are not stated. */
typedef struct sc_justify_options {
    sc_sim_options sim;          /* what compare alone needs is set by sc_justify */
    const sc_evidence *evidence; /* NULL = none */
    const sc_outcomes *outcomes; /* NULL = none */
    size_t workload;
    const sc_model *premium; /* NULL = today's offer */
    const char *premium_how; /* as sc_offer_how says it; NULL = the way that is bought for least */
    /* NULL = at most SC_CASE_RIVALS models with graded answers that cost less, the best graded.  Each is bought the way
     * that costs least. */
    const sc_model *const *against;
    size_t n_against;
    sc_case_amount value;        /* of a success */
    sc_case_amount failure_cost; /* of an attempt that failed in the end, apart from the model and people's time */
    double person_minutes;       /* of such an attempt */
    double person_usd_per_hour;
    double person_completes; /* NAN = all, where minutes and rate are known, else none */
    int retries;
    double repeats;              /* NAN = as answers to repeated items show, else 0 */
    double requests_per_attempt; /* at least 1; NAN = as volume and outcomes show, else 1 */
    double success_per_pass;     /* successes for an answer that would pass grading; NAN = as outcomes show, else 1 */
    double p_decides;            /* above 0.5, below 1 */
    int64_t items;               /* value of grading so many more; 0 = as many as decide, or 200 */
} sc_justify_options;
#define SC_CASE_RIVALS 6

/* 2,000 trials, today's offer, nothing stated, p_decides 0.90. */
SC_API sc_justify_options sc_justify_defaults(void);

/* ---- what follows */

/* From the best for the premium to the worst. */
typedef enum sc_case_verdict {
    SC_CASE_FOR,         /* P(pays) >= p_decides */
    SC_CASE_NOT_DECIDED, /* neither */
    SC_CASE_UNKNOWN,     /* no graded answers, or no value where it decides */
    SC_CASE_AGAINST,     /* P(pays) <= 1 - p_decides */
    SC_CASE_VERDICTS
} sc_case_verdict;
SC_API const char *sc_case_verdict_name(sc_case_verdict v); /* "for", "not decided", "unknown", "against" */

/* Mean (of ratios: ratio of the means) with P10 and P90 over the trials; NAN = not known. */
typedef struct sc_case_figure {
    double mean, low, high;
} sc_case_figure;

typedef struct sc_case_offer {
    sc_offer_result offer; /* its arrays are NULL */
    const char *how;
    int64_t graded;             /* answers; 0 = none, and all but `per_request` is not known */
    double observed;            /* share of them that passed, or their mean score */
    double repeats;             /* share of failures that repeat */
    sc_case_figure per_request; /* USD of the model */
    sc_case_figure quality;     /* posterior */
    double tries;
    sc_case_figure success;     /* share of attempts that succeed, retries included */
    sc_case_figure per_success; /* USD of the model, retries included, for each */
    sc_case_figure per_outcome; /* USD of model, people and failures for each attempt that is done, by people too */
    double failures;            /* attempts a month that fail in the end; then what these cost, USD a month: */
    double people, failure_cost, lost_value; /* NAN = not known */
} sc_case_offer;

#define SC_CASE_TESTS 5
typedef struct sc_case_rival {
    sc_case_offer offer;
    sc_evidence_comparison quality; /* a = premium, b = this model: a difference is that of b less that of a */
    sc_case_verdict verdict;
    const char *reason;
    sc_case_figure extra_cost;      /* of the premium, USD of the model a month */
    sc_case_figure extra_quality;   /* share points */
    sc_case_figure extra_successes; /* a month */
    double p_better;                /* P(the premium has more successes): the most that P(pays) can be at any worth */
    double break_even[3];           /* worth of a success from which on P(pays) stays at or above 0.1, 0.5, 0.9;
                                       INFINITY = never, 0 = at any */
    double break_even_value[3];     /* the value per success that takes, beside people's time and failure_cost; the same
                                       where these are not known; INFINITY where people complete everything */
    double p_pays;                  /* NAN = not known */
    sc_case_figure benefit;         /* USD a month; NAN = not known */
    double needed;                  /* difference in quality from which on it pays at the mean worth; NAN = not known */
    double perfect;                 /* expected value of perfect information, USD a month; NAN = not known */
    int64_t items_needed;           /* graded answers of both that decide; 0 = decided, -1 = no number would */
    sc_evidence_value test;         /* of so many or, where no number decides, of 200 more; items = 0: not known */
    sc_evidence_value tests[SC_CASE_TESTS]; /* the same of 50, 100, 300, 1,000 and 3,000 more */
} sc_case_rival;

typedef enum sc_case_source {
    SC_CASE_STATED,
    SC_CASE_SCENARIO,
    SC_CASE_EVIDENCE,
    SC_CASE_OUTCOMES,
    SC_CASE_ASSUMED, /* a default */
    SC_CASE_NOT_STATED
} sc_case_source;
SC_API const char *sc_case_source_name(sc_case_source s); /* "stated", "scenario" ... "default", "not known" */

typedef struct sc_case_assumption {
    const char *what, *value;
    sc_case_source source;
} sc_case_assumption;

/* Benefit a month when one assumption is at its low and at its high end, all others at their mean. */
typedef struct sc_case_swing {
    const char *what, *from, *to;
    double low, high;
} sc_case_swing;

typedef struct sc_case_worth_point {
    double worth, p_pays;
} sc_case_worth_point;

#define SC_CASE_VOLUMES 3
typedef struct sc_case_gap_point {
    double difference;               /* quality of the premium less the rival's */
    double benefit[SC_CASE_VOLUMES]; /* USD a month */
} sc_case_gap_point;

typedef struct sc_case {
    size_t workload;
    const char *project, *name;
    sc_case_verdict verdict;
    const char *headline; /* the verdict in a sentence or two, to be forwarded as it stands */
    size_t n_changes;
    const char *const *changes;  /* what would change the verdict */
    sc_case_figure requests;     /* a month */
    sc_case_figure attempts;     /* a month */
    sc_case_figure worth;        /* of a success in place of a failure, USD; NAN = not known */
    sc_case_offer premium;       /* as against the first rival */
    const sc_case_rival *rivals; /* the one that the verdict rests on first */
    size_t n_rivals;
    const sc_case_assumption *assumptions;
    size_t n_assumptions;
    const sc_case_swing *swings; /* largest first; none where the benefit is not known */
    size_t n_swings;
    /* Against the first rival; none where they are not known. */
    const sc_case_worth_point *pays;
    size_t n_pays;
    double volumes[SC_CASE_VOLUMES]; /* attempts a month: P10, P50, P90 */
    const sc_case_gap_point *gaps;
    size_t n_gaps;
} sc_case;

/* SC_E_USAGE for options out of range and offers that are not sold or not allowed (with the reason), SC_E_INPUT where
 * today's offer has no price.  Needs scenario, card and evidence as long as the case lives.  *out is NULL on failure;
 * free with sc_case_free. */
SC_API sc_code sc_justify(const sc_scenario *s, const sc_card *card, const sc_justify_options *o, sc_case **out,
                          sc_errors *errors);
SC_API void sc_case_free(sc_case *c); /* NULL is fine */

/* ---- initiatives: what outcomes cost, project by project */

/* What a project costs, however it is known. */
typedef struct sc_initiative_spend {
    const char *project;
    double mean, low, high; /* USD; low = high: actual; NAN: some of it has no price */
    sc_day from, to;        /* [from, to) */
} sc_initiative_spend;

typedef struct sc_initiative {
    const char *project;
    int rank;               /* from 1; 0 = not ranked: spend or outcomes are not known */
    sc_case_figure spend;   /* USD a month */
    sc_outcome_sum outcome; /* over the days below */
    sc_day from, to;        /* of outcomes: those of the spend where both overlap, else all there are */
    double months;          /* that they cover */
    double success_share;
    sc_case_figure per_outcome; /* USD of models for a success; NAN = not known */
    double full_per_outcome;    /* with failures and people; NAN = not known */
    double value;               /* USD of value a month; NAN = not known */
    double net;                 /* value less all cost, USD a month; NAN = not known */
    sc_outcome_trend trend;
} sc_initiative;

/* Projects by cost per outcome, least first, then those without outcomes by name.  Without a rate for people's time
 * (NAN) full cost leaves it out.  *out is an array of n, free with sc_initiatives_free. */
SC_API sc_code sc_initiatives(const sc_initiative_spend *spend, size_t n, const sc_outcomes *outcomes,
                              double person_usd_per_hour, sc_initiative **out, sc_errors *errors);
SC_API void sc_initiatives_free(sc_initiative *list);

#ifdef __cplusplus
}
#endif
#endif
