/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quota.h - whether what is asked of a model at the busiest minute fits the account's quota. */
#ifndef SC_ADVISE_QUOTA_H
#define SC_ADVISE_QUOTA_H

#include "scenario/model.h"
#include "sim/paths.h"

/* One workload that draws on the quota. */
typedef struct sc_quota_demand {
    size_t workload;
    const sc_way *way; /* NULL = the current offer */
} sc_quota_demand;

/* What is asked for, each against the limit named beside it. */
typedef enum sc_need {
    SC_NEED_USED,        /* tokens a minute: input + cache writes + output x burndown, when requests are done */
    SC_NEED_HELD,        /* tokens a minute: input, cache reads and writes + max_tokens, when they are let in */
    SC_NEED_REQUESTS,    /* requests a minute */
    SC_NEED_DAY,         /* tokens a day: as SC_NEED_USED */
    SC_NEED_INPUT,       /* mantle, input tokens a minute: input, cache reads and writes */
    SC_NEED_OUTPUT,      /* mantle, output tokens a minute */
    SC_NEED_OUTPUT_HELD, /* mantle, output tokens a minute: max_tokens, when requests are let in */
    SC_NEEDS
} sc_need;

typedef enum sc_quota_verdict {
    SC_QUOTA_UNKNOWN,  /* no quota is stated, or a need is not known: never "fits" */
    SC_QUOTA_FITS,     /* all needs stay within the share of the quota that is accepted */
    SC_QUOTA_TIGHT,    /* within the quota, but above that share */
    SC_QUOTA_THROTTLES /* above the quota */
} sc_quota_verdict;

typedef struct sc_quota_options {
    double share;        /* of the quota that may be needed: 0.8 */
    double level;        /* quantile of the busiest minute that must stay within it: 0.95 */
    double held_seconds; /* how long a request takes and holds what it was let in with, at most 60: 60 is the worst */
    int quick; /* 1: of the busiest day alone, at_level of the need that binds alone, which takes a tenth of the time */
} sc_quota_options;
extern const sc_quota_options sc_quota_defaults;

/* [0] on the trial's median day, [1] on its busiest.  The busiest minute is the largest of the busiest hour's 60. */
typedef struct sc_quota_figure {
    double limit;        /* 0 = not stated: the rest is 0 */
    int known;           /* 0: burndown or max_tokens is not known: the rest is 0 */
    double at_level[2];  /* quantile `level` of the busiest minute's need (of the day's for SC_NEED_DAY) */
    double throttled[2]; /* P(the busiest minute needs more than the limit) */
} sc_quota_figure;

typedef struct sc_quota_result {
    const sc_quota *quota; /* NULL = none is stated */
    sc_quota_verdict verdict;
    sc_quota_figure need[SC_NEEDS];
    sc_need binds;    /* the need that takes the largest share of its limit; SC_NEEDS = none is judged */
    double share;     /* at_level[1] / limit of that one */
    double throttled; /* its throttled[1] */
    char reason[280]; /* the verdict in words */
} sc_quota_result;

/* Judges all demands on one quota together: their needs add up.  All must be bought in one place (model, region,
 * scope).  Same bytes for any number of threads. */
sc_code sc_quota_assess(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const sc_quota_options *q,
                        sc_endpoint endpoint, const sc_quota_demand *demands, size_t n, sc_quota_result *out,
                        sc_errors *errors);

const char *sc_need_name(sc_need need);                /* "tokens used a minute" ... */
const char *sc_quota_verdict_name(sc_quota_verdict v); /* "fits", "tight", "would throttle", "unknown quota" */

#endif
