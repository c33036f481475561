/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oracle.h - a slow, obviously right simulation of one workload: every request of every day is drawn and priced by
 * itself.
 *
 * It shares no code with the library: random numbers, distributions and fits are GSL's or written here.  It answers the
 * same question as sc_simulate for one workload, so that the library's shortcuts (moments, shapes, shared hit rates,
 * partial moments of context bands) are checked against what they stand for. */
#ifndef SC_TEST_ORACLE_H
#define SC_TEST_ORACLE_H

#include <stddef.h>

#define SC_ORACLE_VALUES 6

typedef enum sc_oracle_kind {
    SC_ORACLE_FIXED,    /* v[0] */
    SC_ORACLE_MEAN_CV,  /* lognormal with mean v[0] and coefficient of variation v[1], on values <= max if max > 0 */
    SC_ORACLE_P10_P90,  /* lognormal with these two quantiles, on values <= max if max > 0 */
    SC_ORACLE_SHARE,    /* logit-normal with P10 = v[0] and P90 = v[1] */
    SC_ORACLE_TRIANGLE, /* min v[0], mode v[1], max v[2] */
    SC_ORACLE_TABLE     /* v[i] with weight[i], i < n, ascending */
} sc_oracle_kind;

typedef struct sc_oracle_dist {
    sc_oracle_kind kind;
    double v[SC_ORACLE_VALUES], max;
    double weight[SC_ORACLE_VALUES];
    int n;
    double mu, sigma, mass; /* of the log or logit before truncation, and what it leaves; set by sc_oracle_fit */
} sc_oracle_dist;

/* What varies from trial to trial. */
typedef enum sc_oracle_param {
    SC_ORACLE_REQUESTS,
    SC_ORACLE_GROWTH, /* a month; 1 + growth is what the distribution's shape is about */
    SC_ORACLE_INPUT_SCALE,
    SC_ORACLE_OUTPUT_SCALE,
    SC_ORACLE_WAITING, /* share of requests that wait for the cheaper tier */
    SC_ORACLE_TURNS,   /* mean requests of a conversation */
    SC_ORACLE_RETRIES, /* share of attempts that fail and are sent again */
    SC_ORACLE_PARAMS
} sc_oracle_param;

/* USD per 1M tokens: [0] below band_from tokens of context, [1] from there on. */
typedef struct sc_oracle_prices {
    double band_from; /* 0 = one band */
    double input[2], output[2], read[2], write[2];
    double wait_input[2], wait_output[2];
} sc_oracle_prices;

typedef struct sc_oracle_workload {
    int days;
    sc_oracle_dist param[SC_ORACLE_PARAMS];
    double loading[SC_ORACLE_PARAMS][3]; /* organisation, project, workload */
    double weekday[7];                   /* the first is that of day 0; any scale */
    double day_cv, burstiness;
    double swing_cv, half_life; /* spells: cv, and days after which half of one is left */
    double wander;              /* cv of the level after a month */
    sc_oracle_dist input, output;
    double correlation;             /* of the normal scores of input and output */
    double prefix, keys, lifetime;  /* lifetime in seconds, 0 = not cached */
    int talks;                      /* 1: requests are turns, which carry those before */
    double history_max;             /* most tokens of them; 0 = no limit */
    sc_oracle_dist turn_gap;        /* seconds from turn to turn */
    double per_key;                 /* requests a day of a key; 0: there are `keys` of them */
    int waits;                      /* 1: the waiting share is bought at the wait prices, uncached */
    const sc_oracle_prices *prices; /* [days] */
} sc_oracle_workload;

typedef struct sc_oracle_result {
    double *cost;     /* [trials] USD over all days; the caller's */
    double hit_share; /* of the requests that do not wait */
} sc_oracle_result;

/* Finds mu and sigma.  `shift` is added to the values first (1 for growth).  Returns 0, or -1 if the search fails. */
int sc_oracle_fit(sc_oracle_dist *d, double shift);

/* Draws trials futures, fits done; the same numbers for any number of threads.  Returns 0, or -1 when memory is short.
 */
int sc_oracle_run(const sc_oracle_workload *w, unsigned long seed, size_t trials, sc_oracle_result *out);

#endif
