/* SPDX-License-Identifier: GPL-3.0-or-later */
/* justify_parts.h - what the parts of a case share: one workload, the premium and a rival over the trials. */
#ifndef SC_JUSTIFY_JUSTIFY_PARTS_H
#define SC_JUSTIFY_JUSTIFY_PARTS_H

#include "base/arena.h"
#include "scenario/model.h"
#include "spendcast/justify.h"

#define JUSTIFY_INTERVAL 0.80 /* P10 to P90 */
#define JUSTIFY_MONTH 30.4375 /* days */

/* A number and where it comes from. */
typedef struct justify_number {
    double value; /* NAN = not known */
    sc_case_source source;
} justify_number;

/* An uncertain amount over the trials. */
typedef struct justify_amount {
    sc_case_amount amount;
    sc_case_source source;
    double *trial, mean; /* [trials]; all 0 where it is not known */
} justify_amount;

typedef struct justify_work {
    sc_case result; /* first: what callers hold */
    sc_arena arena;
    const sc_scenario *s;
    const sc_card *card;
    const sc_workload *w;
    sc_justify_options o;
    sc_evidence_query query;
    sc_comparison *c;
    size_t n; /* trials */
    double months;
    const sc_offer_result *premium;
    const sc_offer_result **rivals; /* [result.n_rivals] */
    double *requests, *attempts;    /* [trials] a month */
    double *scratch;                /* [trials] */
    justify_amount value, failure_cost;
    double *worth; /* [trials] of a success in place of a failure, as far as it is known */
    int knows_worth;
    justify_number minutes, rate, completes, per_pass, per_attempt;
    double person_usd; /* people's time for a failure; 0 = not known */
    int has_people;
    sc_code code; /* the first failure */
} justify_work;

/* One offer over the trials, from draws of its quality. */
typedef struct justify_side {
    const sc_offer_result *offer;
    int index; /* in the evidence, -1 = not graded */
    int64_t graded;
    double observed;
    justify_number repeats;
    double *per_try, *quality, *tries, *success; /* [trials] */
} justify_side;

/* The premium and a rival over the trials. */
typedef struct justify_pair {
    justify_side premium, rival;
    int is_graded;                      /* both are */
    double *extra_cost, *extra_success; /* [trials] of the premium, USD and successes an attempt */
    double *benefit;                    /* [trials] USD a month, at the worth as far as it is known */
    double *memory;
} justify_pair;

/* What graded answers say of a model by itself; on failure sets the code. */
sc_quality justify_quality(justify_work *j, size_t model);

/* Text of the case; on failure sets the code and returns "". */
const char *justify_text(justify_work *j, const char *format, ...) SC_PRINTF(2, 3);
const char *justify_usd(justify_work *j, double usd);       /* "$1,234", "$12.30" below 100 */
const char *justify_percent(justify_work *j, double share); /* "94 %"; never "100 %" or "0 %" for what is not */
const char *justify_count(justify_work *j, double n);       /* "1,234" */
/* Rounded to four digits where it is finite. */
double justify_round(double x);
/* Mean, P10 and P90; keeps x. */
sc_case_figure justify_figure(justify_work *j, const double *x);
/* The same of x[i] / y[i], the mean being that of x over that of y. */
sc_case_figure justify_ratio(justify_work *j, const double *x, const double *y);
double justify_mean(const justify_work *j, const double *x);
/* What a success in place of a failure is worth from these parts. */
double justify_worth(double value, double failure_cost, double person_usd, double completes);

/* Days that the rows of a project and workload (NULL = the one that covers most) on [from, to) stand for: each is as
 * long as the mean distance between two of them; 0 where a single row leaves that open. */
sc_code justify_days_covered(const sc_outcomes *o, const char *project, const char *workload, sc_day from, sc_day to,
                             double *days);

/* Terms of the case: amounts, people, successes for a pass; from options and outcomes. */
void justify_read_terms(justify_work *j, sc_errors *errors);
/* The premium and its rivals among the offers of the comparison. */
void justify_choose_offers(justify_work *j, sc_errors *errors);

/* Draws both qualities and works out the trials; release with justify_pair_release. */
void justify_pair_open(justify_work *j, const sc_offer_result *rival, justify_pair *p);
void justify_pair_release(justify_pair *p);
void justify_describe_offer(justify_work *j, const justify_side *side, sc_case_offer *out);
/* All figures of a rival and its verdict, without words. */
void justify_judge(justify_work *j, const justify_pair *p, sc_case_rival *out);
/* Curves and swings against the first rival. */
void justify_add_curves(justify_work *j, const justify_pair *p, const sc_case_rival *rival);
void justify_add_swings(justify_work *j, const justify_pair *p);
/* Reason of a rival's verdict; needs its figures. */
void justify_explain(justify_work *j, sc_case_rival *r);
/* Headline, what would change it, assumptions. */
void justify_describe(justify_work *j, const justify_pair *p);

#endif
