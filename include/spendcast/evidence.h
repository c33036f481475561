/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence.h - how well models do a task: graded answers, what follows from them, and what more of them would decide.
 *
 * The file evals.csv (scenarios/README.md) holds graded answers: for a task and a model either counts (passed of n) or
 * single items (passed or not, or a score from 0 to 1).  Quality is the share of answers that pass, or the mean score.
 * A comparison always has a current model `a` and a candidate `b`; a difference is that of b less that of a, so that a
 * loss is negative.  0.02 is two points.
 *
 * Posteriors are random draws of Philox with fixed seeds and of our own elementary functions, so that they are the same
 * bytes everywhere; figures that GSL computes (quantiles of beta distributions, trends) are to be rounded by whoever
 * prints them, to four significant digits.  An sc_evidence is immutable once loaded and may be shared by threads.
 *
 * Sources: D. B. Rubin, "Estimation in parallel randomized experiments", J. Educational Statistics 6 (1981) and A.
 * Gelman et al., "Bayesian Data Analysis" 5.3 (the shrinking prior); J. N. K. Rao, A. J. Scott, "A simple method for
 * the analysis of clustered binary data", Biometrics 48 (1992) (counts divided by the design effect); D. B. Rubin, "The
 * Bayesian bootstrap", Annals of Statistics 9 (1981); R. J. Connor, J. E. Mosimann, JASA 64 (1969) (paired cells); H.
 * Raiffa, R. Schlaifer, "Applied Statistical Decision Theory" (1961) (value of testing); I. Ong et al., "RouteLLM",
 * arXiv 2406.18665 (2024) (APGR). */
#ifndef SPENDCAST_EVIDENCE_H
#define SPENDCAST_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/date.h"
#include "spendcast/error.h"
#include "spendcast/money.h"
#include "spendcast/rates.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sc_evidence sc_evidence;

/* ---- loading */

/* A table in memory; needed during the call only. */
typedef struct sc_evidence_text {
    const char *name; /* for messages */
    const char *text;
    size_t size;
} sc_evidence_text;

/* Reads evals.csv files; with a mapping (path, NULL = none) all of them are per-question tables read through it.  Names
 * of models are resolved on the card (NULL = none) to its ids; a model that it does not have is kept by its own name,
 * with a warning where that is near to one of the card.  Located errors, as many as fit: unknown columns, cells that
 * are no counts, scores or tokens, n < passed, rows with both counts and an item or neither, counts given twice, counts
 * beside items for one task, segment and model, an outcome given twice (same item, model and run), an item in two
 * segments or clusters, a mapping that names no column of the table.  n = 0 paths gives evidence of nothing.
 * *out = NULL on failure; free with sc_evidence_free. */
SC_API sc_code sc_evidence_load(const char *const *paths, size_t n, const char *mapping, const sc_card *card,
                                sc_evidence **out, sc_errors *errors);
/* The same from memory; mapping may be NULL. */
SC_API sc_code sc_evidence_parse(const sc_evidence_text *tables, size_t n, const sc_evidence_text *mapping,
                                 const sc_card *card, sc_evidence **out, sc_errors *errors);
SC_API void sc_evidence_free(sc_evidence *e); /* NULL is fine */

/* Distinct names, in the order in which they appear; texts live as long as the evidence. */
SC_API size_t sc_evidence_task_count(const sc_evidence *e);
SC_API const char *sc_evidence_task_name(const sc_evidence *e, size_t i);
SC_API size_t sc_evidence_segment_count(const sc_evidence *e); /* "" is none of them */
SC_API const char *sc_evidence_segment_name(const sc_evidence *e, size_t i);
SC_API size_t sc_evidence_model_count(const sc_evidence *e);
SC_API const char *sc_evidence_model_name(const sc_evidence *e, size_t i);
/* The index of a model by the name above (the card's id where it has the model), or as a file spells it; -1 = none. */
SC_API int sc_evidence_model_of(const sc_evidence *e, const char *name);

/* What a row speaks for. */
typedef struct sc_evidence_subject {
    const char *project, *workload; /* "" = any */
    const char *task;
    const char *segment; /* "" = none */
} sc_evidence_subject;
SC_API size_t sc_evidence_subject_count(const sc_evidence *e);
SC_API sc_evidence_subject sc_evidence_subject_at(const sc_evidence *e, size_t i);

/* Rows that were left out, with their reason, in the order of the files. */
typedef struct sc_evidence_excluded {
    const char *file;
    int line;
    const char *task, *model, *reason;
} sc_evidence_excluded;
SC_API size_t sc_evidence_excluded_count(const sc_evidence *e);
SC_API sc_evidence_excluded sc_evidence_excluded_at(const sc_evidence *e, size_t i);

/* Which rows count: a member that is NULL takes all.  With a project or a workload, a row counts if it names the same
 * or leaves the column blank (any); but where rows name both, or else one of them, the less specific ones do not count.
 */
typedef struct sc_evidence_query {
    const char *project, *workload, *task, *segment;
} sc_evidence_query;

/* 1 if the query has any row (that is not excluded) of the model; 0 also where memory runs out. */
SC_API int sc_evidence_has(const sc_evidence *e, const sc_evidence_query *q, size_t model);

/* ---- quality of one model */

typedef enum sc_evidence_method {
    SC_EVIDENCE_NONE,         /* no graded answers of one of the models: nothing follows */
    SC_EVIDENCE_COUNTS,       /* passed of n, each model by itself: beta distributions under a shared prior */
    SC_EVIDENCE_PAIRED,       /* the same items: both pass, only a, only b, neither */
    SC_EVIDENCE_SCORES,       /* scores, each model by itself: Bayesian bootstrap over clusters */
    SC_EVIDENCE_PAIRED_SCORES /* scores or repeats of the same items: bootstrap of the differences */
} sc_evidence_method;
/* "none", "counts", "paired", "scores", "paired scores". */
SC_API const char *sc_evidence_method_name(sc_evidence_method m);

typedef struct sc_quality {
    sc_evidence_method method; /* NONE, COUNTS or SCORES */
    int64_t n;                 /* graded answers, repeats included */
    double sum;                /* of passes, or of scores */
    int64_t items, clusters;   /* 0 where only counts are known */
    double design_effect;      /* >= 1: n / design_effect independent answers would tell as much */
    int64_t offers;            /* models with evidence in the query: those the prior was fitted to */
    double mean, low, high;    /* posterior, equal-tailed interval at `level` */
    double level, floor;
    double p_floor; /* P(quality >= floor) */
} sc_quality;

/* The posterior of a model's quality.  The prior is a beta distribution whose mean and weight are fitted to all models
 * of the query by marginal likelihood and integrated over (uniform in the mean and in 1 / sqrt(weight)), so that the
 * best of many is not flattered as it is by its own count (tests/unit/test_evidence_controls.c has the reliability
 * tables).  What it cannot cure: near the largest probability that so small a sample could give if the population were
 * known, claims are too high (best of 20 with 20 answers each, truths from Beta(8, 2), floor 0.90: of the offers at
 * p_floor >= 0.90, 7 % of the cases, 78 % met it).
 *
 * Clusters (and repeats of an item, each item a cluster) enter by their design effect; a single cluster counts as one
 * answer.  Without evidence of the model: SC_OK, method NONE, the interval [0, 1] and p_floor 0.  0 < level < 1.
 * SC_E_USAGE for a model index or level out of range, SC_E_MEMORY. */
SC_API sc_code sc_evidence_quality(const sc_evidence *e, const sc_evidence_query *q, size_t model, double floor,
                                   double level, sc_quality *out);

/* n draws from that posterior into quality[n]; draw i is a function of (seed, i) and the evidence alone.  Without
 * evidence of the model they are uniform on [0, 1]. */
SC_API sc_code sc_evidence_draw(const sc_evidence *e, const sc_evidence_query *q, size_t model, uint64_t seed, size_t n,
                                double *quality);

/* ---- comparison of two models */

/* A ratio of means with its interval at the comparison's level (delta method on the logarithm). */
typedef struct sc_evidence_ratio {
    int64_t n; /* common items that state both; 0 = not known, and the rest is 0 */
    double value, low, high;
} sc_evidence_ratio;

typedef struct sc_evidence_options {
    double margin; /* a loss of quality that does not matter, 0.02 is two points; >= 0 */
    double level;  /* of intervals, in (0, 1) */
    uint64_t seed;
    size_t draws; /* 0 = 16,384 */
} sc_evidence_options;

typedef struct sc_evidence_comparison {
    sc_evidence_method method;
    int64_t n_a, n_b;                        /* graded answers, repeats included */
    double sum_a, sum_b;                     /* of passes or scores */
    int64_t common;                          /* items graded for both */
    int64_t both, only_a, only_b, neither;   /* of them, PAIRED only */
    int64_t clusters;                        /* of the common items, or of a's and b's together */
    double design_effect;                    /* of the difference */
    int64_t offers;                          /* models the prior was fitted to */
    double observed;                         /* difference of the sample: over common items where paired */
    double difference, sd, low, high, level; /* posterior */
    double margin;
    double p_noninferior; /* P(difference >= -margin) */
    double p_equivalent;  /* P(|difference| <= margin) */
    double p_better;      /* P(difference > 0) */
    double item_variance; /* variance that one more item (for both models) adds to n times the variance of the mean */
    sc_evidence_ratio input_tokens, output_tokens, cost; /* b to a, over common items that state it */
    double cost_a, cost_b;                               /* mean USD an item, over those; 0 = not known */
} sc_evidence_comparison;

/* Compares candidate b with current model a.  Paired where the common items are at least half of the smaller sample;
 * then discordant pairs decide, with beta priors (of the share of discordant pairs, of b's share of them, and of passes
 * among the others) fitted to all models of the query against a, as in sc_evidence_quality; that all of them share a's
 * luck on these items is reckoned with.  Else each by itself.
 * Without evidence of a or b: method NONE, interval [-1, 1], all probabilities 0, so that nothing can be concluded.
 * SC_E_USAGE for a = b or arguments out of range. */
SC_API sc_code sc_evidence_compare(const sc_evidence *e, const sc_evidence_query *q, size_t a, size_t b,
                                   const sc_evidence_options *options, sc_evidence_comparison *out);

/* n joint draws of the two qualities; draw i is a function of (seed, i) and the evidence alone, and is what
 * sc_evidence_compare computed its probabilities from.  Without evidence: independent, uniform on [0, 1]. */
SC_API sc_code sc_evidence_draw_pair(const sc_evidence *e, const sc_evidence_query *q, size_t a, size_t b,
                                     uint64_t seed, size_t n, double *quality_a, double *quality_b);

/* What a comparison says at a threshold such as 0.90. */
typedef enum sc_evidence_verdict {
    SC_EVIDENCE_UNDECIDED,   /* more graded answers may decide */
    SC_EVIDENCE_WORSE,       /* P(difference < -margin) >= threshold */
    SC_EVIDENCE_NONINFERIOR, /* P(difference >= -margin) >= threshold */
    SC_EVIDENCE_EQUIVALENT,  /* and P(|difference| <= margin) >= threshold: "no measurable difference" */
    SC_EVIDENCE_BETTER       /* and P(difference > 0) >= threshold, beyond equivalent */
} sc_evidence_verdict;
SC_API sc_evidence_verdict sc_evidence_verdict_of(const sc_evidence_comparison *c, double threshold);
/* "undecided", "worse", "non-inferior", "equivalent", "better". */
SC_API const char *sc_evidence_verdict_name(sc_evidence_verdict v);

/* Where the difference over `future` further items would lie (posterior predictive interval at options->level): what a
 * canary should show if the evidence holds for it.  future >= 1. */
SC_API sc_code sc_evidence_predict(const sc_evidence *e, const sc_evidence_query *q, size_t a, size_t b, int64_t future,
                                   const sc_evidence_options *options, double *low, double *high);

/* ---- what more evidence would bring */

#define SC_EVIDENCE_ITEMS_MAX 1000000

/* How many more items, each answered by both models, decide with probability `power` whether b is non-inferior or worse
 * at `threshold` (preposterior analysis, normal approximation): 0 = decided already, -1 = more than
 * SC_EVIDENCE_ITEMS_MAX.  Both arguments in (0.5, 1). */
SC_API int64_t sc_evidence_items_needed(const sc_evidence_comparison *c, double threshold, double power);

typedef struct sc_evidence_value {
    int64_t items;
    double p_decided; /* P(these items decide) */
    double p_switch;  /* P(they end with non-inferior) */
    double unlocked;  /* expected saving a month that they allow, beyond what is allowed now */
    double evsi; /* expected value of sample information a month, with a value of quality; else equal to unlocked */
} sc_evidence_value;

/* The expected value of grading `items` more items for both models, where switching saves `saving` USD a month and,
 * unless value_of_quality is 0 (not known), a difference of 1 in quality is worth that many USD a month.  In USD a
 * month, before the cost of the test.  Closed form (Raiffa and Schlaifer 1961). */
SC_API sc_evidence_value sc_evidence_value_of_items(const sc_evidence_comparison *c, int64_t items, double threshold,
                                                    double saving, double value_of_quality);

/* ---- latency: is an answer given in time */

/* The P95 of the latency of answers against a limit.  Of single answers by the binomial distribution of those above the
 * limit, which is exact for any distribution of latencies and errs on the careful side (C. J. Clopper, E. S. Pearson,
 * Biometrika 26 (1934)).  The P95 that a row of counts states is taken as it stands, with the most confidence that so
 * many answers can give; of several such rows the largest P95 counts, with all their answers.  Items of one cluster
 * count each by itself. */
typedef struct sc_latency {
    double limit;     /* ms */
    int64_t n, above; /* single answers of known latency, and those of them above the limit */
    /* Of them: the P95 and its equal-tailed interval, order statistics; high = HUGE_VAL where n is too small for one.
     */
    double p95, low, high, level;
    int64_t stated_n; /* answers in rows that state a P95 */
    double stated_p95;
    double p_within,
        p_above; /* confidence that the P95 is at most the limit, that it is above; 0 where nothing is known */
} sc_latency;

/* then: -1, or a model that answers after `model` does: the time of both, over items with a latency of both (stated
 * P95s do not count).  SC_E_USAGE for a model out of range, a limit that is not above 0, a level not in (0, 1);
 * SC_E_MEMORY.
 */
SC_API sc_code sc_evidence_latency(const sc_evidence *e, const sc_evidence_query *q, size_t model, int then,
                                   double limit_ms, double level, sc_latency *out);

typedef enum sc_latency_verdict { SC_LATENCY_UNDECIDED, SC_LATENCY_WITHIN, SC_LATENCY_ABOVE } sc_latency_verdict;
SC_API sc_latency_verdict sc_latency_verdict_of(const sc_latency *l, double threshold);
/* How many more answers decide at `threshold` if as many of them are above the limit as so far (none where none is
 * known): 0 = decided already, -1 = more than SC_EVIDENCE_ITEMS_MAX. */
SC_API int64_t sc_latency_answers_needed(const sc_latency *l, double threshold);

/* ---- routing by segment */

/* Points of expected quality by the share of calls that go to the strong model, linear between them. */
typedef struct sc_route_curve {
    size_t n; /* points: segments + 1 */
    double *strong_share, *quality;
} sc_route_curve;

typedef struct sc_route_segment {
    const char *segment;  /* lives as long as the evidence */
    double share;         /* of calls; all add up to 1 */
    int64_t n;            /* items graded for both models, else answers of the one with fewer */
    double weak, strong;  /* observed quality over them */
    double gain, gain_sd; /* strong less weak, shrunk toward the same gain in all segments */
} sc_route_segment;

/* A way to route: the first segments go to the strong model, as many as pay. */
typedef struct sc_route {
    size_t n;
    sc_route_segment *segments; /* by gain, largest first */
    sc_route_curve curve;       /* expected, from the shrunk gains */
    double weak, strong;        /* quality of either model for all calls: the ends of the curve */
    double apgr;                /* expected average performance gap recovered: 0.5 is random mixing; 0 without a gap */
    double p_effect;            /* posterior probability that gains differ between segments at all (1/2 beforehand) */
    double p_beats_random;      /* P(this order is better than random mixing at the same shares) */
    int promises;               /* p_beats_random >= the threshold */
} sc_route;

typedef struct sc_route_options {
    double threshold; /* of p_beats_random, 0 = 0.90 */
    uint64_t seed;
    size_t n_shares; /* shares of calls by segment; 0 = as in the evidence */
    const char *const *share_segment;
    const double *share; /* >= 0; segments that are not named have none */
} sc_route_options;

/* Learns the order of segments from items graded for both models or, in segments without, from each model's answers by
 * itself (q->segment is ignored).  The gains have a normal hierarchical prior with an even chance that segments do not
 * differ, and their common spread is integrated over, so that segment labels without meaning promise nothing.  SC_OK
 * with n = 0 and no promise where fewer than two segments have answers of both models.  Free with sc_route_free.
 * options may be NULL.  SC_E_USAGE for weak = strong or an index out of range, SC_E_MEMORY. */
SC_API sc_code sc_evidence_route(const sc_evidence *e, const sc_evidence_query *q, size_t weak, size_t strong,
                                 const sc_route_options *options, sc_route **out);
SC_API void sc_route_free(sc_route *r);
/* The order of `r` on other items, found by the names of segments: observed quality against the share of items that go
 * to the strong model.  Segments that `r` does not know go last.  Release with sc_route_curve_release. */
SC_API sc_code sc_route_score(const sc_route *r, const sc_evidence *held_out, const sc_evidence_query *q, size_t weak,
                              size_t strong, sc_route_curve *out);
SC_API void sc_route_curve_release(sc_route_curve *c);
/* Area under the recovered share of the gap; 0 where the strong model is not better. */
SC_API double sc_route_curve_apgr(const sc_route_curve *c);
/* The smallest share of strong calls that recovers this share of the gap; 1 where none below does. */
SC_API double sc_route_curve_share(const sc_route_curve *c, double gap);

/* ---- cascade: the weak model answers, a check accepts or sends on to the strong model */

typedef struct sc_cascade_check {
    int from_items;      /* 1: what the check did is in the items (column `accepted` of the weak model) */
    double true_accept;  /* else: P(accepts | the weak answer is right) ... */
    double false_accept; /* ... and P(accepts | it is wrong); a perfect check has 1 and 0 */
} sc_cascade_check;

typedef struct sc_cascade {
    int64_t n; /* common items with known check */
    int64_t both, only_weak, only_strong, neither;
    double true_accept, false_accept;          /* stated, or observed */
    double escalated;                          /* share of calls that go to the strong model too */
    double quality, quality_low, quality_high; /* of the sample; interval from the posterior */
    double escalated_low, escalated_high;
    double weak, strong;  /* of the sample */
    double p_noninferior; /* P(quality >= the strong model's alone - margin) */
} sc_cascade;

/* Quality and escalation of a cascade from items that both models were graded on (passes, not scores).  Of the sample
 * they are exact: with a perfect check quality is (both + only_weak + only_strong) / n and escalated (only_strong +
 * neither) / n.  SC_OK with n = 0 where there are no such items.  SC_E_USAGE for rates outside [0, 1]. */
SC_API sc_code sc_evidence_cascade(const sc_evidence *e, const sc_evidence_query *q, size_t weak, size_t strong,
                                   const sc_cascade_check *check, const sc_evidence_options *options, sc_cascade *out);

/* ---- outcomes.csv: what a workload brought */

typedef struct sc_outcomes sc_outcomes;

/* Reads outcomes.csv (scenarios/README.md): a row is a day, or a longer period under its first day; amounts are those
 * of the row's successes and failures together.  Located errors: dates, counts, amounts, successes > attempts, the same
 * date, project and workload twice.  Free with sc_outcomes_free.
 */
SC_API sc_code sc_outcomes_load(const char *path, sc_outcomes **out, sc_errors *errors);
SC_API sc_code sc_outcomes_parse(const char *name, const char *text, size_t size, sc_outcomes **out, sc_errors *errors);
SC_API void sc_outcomes_free(sc_outcomes *o);

/* The distinct pairs of project and workload, in the order of the file; workload "" = of the project as a whole. */
SC_API size_t sc_outcomes_count(const sc_outcomes *o);
SC_API const char *sc_outcomes_project(const sc_outcomes *o, size_t i);
SC_API const char *sc_outcomes_workload(const sc_outcomes *o, size_t i);

typedef struct sc_outcome_sum {
    int64_t rows; /* 0 = nothing is known */
    sc_day first, last;
    int64_t attempts, successes;
    /* An amount is known only where every row states it: else has_... is 0 and the sum is that of some rows. */
    int has_value, has_failure_cost, has_human_minutes;
    sc_money value;             /* of the successes together */
    sc_money failure_cost;      /* of the failures together, beyond the model's own cost */
    int64_t human_minutes_1000; /* people's time in thousandths of a minute, exactly */
} sc_outcome_sum;

/* Sums rows of a project (NULL = all) and workload (NULL = all, "" = rows without one) on days [from, to).  SC_E_INPUT
 * where a sum leaves the range of its type. */
SC_API sc_code sc_outcomes_sum(const sc_outcomes *o, const char *project, const char *workload, sc_day from, sc_day to,
                               sc_outcome_sum *out);

/* A straight line through the rows, by weighted least squares (GSL); per 30 days. */
typedef struct sc_outcome_trend {
    int64_t rows;                   /* with attempts; 0 = below 3 of them, or all on one day: all else is 0 */
    double attempts, attempts_se;   /* change of attempts a row, as a share of their mean, and its standard error */
    double successes, successes_se; /* change of the share of successes, weighted by attempts */
} sc_outcome_trend;
/* The trend of the rows that sc_outcomes_sum adds up.  SC_E_MEMORY only. */
SC_API sc_code sc_outcomes_trend(const sc_outcomes *o, const char *project, const char *workload, sc_day from,
                                 sc_day to, sc_outcome_trend *out);

/* ---- priors: published benchmark results, to order what is tested first */

typedef struct sc_priors sc_priors;

typedef struct sc_prior {
    const char *model;     /* id of the card */
    const char *benchmark; /* "swe-bench (OpenHands)" */
    double score;          /* from 0 to 1 */
    int64_t n;             /* items, 0 = not known */
    const char *source, *url, *note;
    sc_day date;    /* of the result, SC_DAY_MIN = not stated */
    sc_day checked; /* seen at the source */
} sc_prior;

/* Reads benchmark_priors.csv (path, NULL = the built-in one).  Models must be on the card.  Free with sc_priors_free.
 */
SC_API sc_code sc_priors_load(const char *path, const sc_card *card, sc_priors **out, sc_errors *errors);
SC_API sc_code sc_priors_parse(const char *name, const char *text, size_t size, const sc_card *card, sc_priors **out,
                               sc_errors *errors);
SC_API void sc_priors_free(sc_priors *p);
SC_API size_t sc_priors_count(const sc_priors *p);
SC_API const sc_prior *sc_priors_at(const sc_priors *p, size_t i);

/* What priors say of a candidate: where it stands in the order to test in.  No figure here may recommend anything: a
 * benchmark is not the user's task. */
typedef struct sc_prior_rank {
    const char *model;     /* as given */
    int64_t benchmarks;    /* that have both models; 0 = nothing is known, these come last */
    double difference, sd; /* candidate less current, mean over benchmarks; sd for an unknown task */
    double promise;        /* P(difference >= -margin) for an unknown task, to sort by; 0 without benchmarks */
} sc_prior_rank;

/* rank[n] of candidates[n], the most promising first; of equal ones the order given.  Differences between tasks have a
 * standard deviation of 0.08 on top of sampling. */
SC_API sc_code sc_priors_rank(const sc_priors *p, const char *current, const char *const *candidates, size_t n,
                              double margin, sc_prior_rank *rank);

#ifdef __cplusplus
}
#endif
#endif
