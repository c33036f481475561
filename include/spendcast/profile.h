/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.h - from a ledger to a scenario: how the workloads of real usage behave, and how sure that is.
 *
 * A workload is usage of one project and workload name (else of the model) that is bought in one way.  What is fitted
 * is the model that the simulator draws from (scenarios/README.md); whatever few data leave open is given as a range.
 * All figures are rounded to four significant digits, so that they are the same on every machine. */
#ifndef SPENDCAST_PROFILE_H
#define SPENDCAST_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/attribution.h"
#include "spendcast/ledger.h"
#include "spendcast/rating.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sc_profile_options {
    const sc_rater *rater;
    const sc_attribution *attribution; /* NULL = usage is attributed as it states itself */
    unsigned kinds;                    /* bit 1u << sc_usage_kind: those that count; 0 = all */
    sc_day since, until;               /* local days [since, until); SC_DAY_MIN and SC_DAY_MAX = open */
    sc_day start;                      /* first day of the horizon; SC_DAY_MAX = the day after the last one observed */
    int months, days;                  /* length of the horizon: one of the two, the other 0 */
    int64_t tokens_per_request;        /* of usage without request counts: input and cached tokens that make one
                                          request; 0 = such usage is left out */
} sc_profile_options;

/* An estimate with its 80 % interval. */
typedef struct sc_profile_range {
    double p10, p50, p90;
} sc_profile_range;

typedef struct sc_profile_volume {
    sc_profile_range per_day; /* requests a day at the start of the horizon */
    sc_profile_range growth;  /* share a month */
    double weekday[7];        /* Monday first, mean 1 */
    double day_cv, burstiness;
    double swing_cv, half_life; /* spells of several days */
    double wander;              /* of the level, in a month */
    double session_requests;    /* on average, where there are session keys; 0 = not known */
    const char *bursts_from;    /* what burstiness was read off: "hours", "sessions", "" = nothing */
} sc_profile_volume;

typedef enum sc_profile_form { SC_PROFILE_CONSTANT, SC_PROFILE_LOGNORMAL, SC_PROFILE_VALUES } sc_profile_form;

/* Tokens of one request. */
typedef struct sc_profile_tokens {
    sc_profile_form form;
    double mean, cv, max; /* max: above it there are no requests, as the card has no price; 0 = the model's limit */
    const double *values; /* SC_PROFILE_VALUES */
    const int64_t *weights;
    size_t n_values;
    double distance; /* largest difference of the lognormal's distribution function from the data's; -1 = not fitted */
    double scale_cv; /* uncertainty about the level */
} sc_profile_tokens;

typedef struct sc_profile_cache {
    double prefix_tokens;
    double keys, per_key;    /* as many keys, or, where per_key is above 0, requests a day of each */
    sc_ttl ttl;              /* none = not cached */
    double observed, fitted; /* share of cached tokens that were read, not written; -1 = not known */
} sc_profile_cache;

/* What was assumed or could not be known, as bits. */
typedef enum sc_profile_note {
    SC_PROFILE_FEW_DAYS,          /* no pattern of the week */
    SC_PROFILE_NO_GROWTH,         /* too few days to see growth */
    SC_PROFILE_NO_SIZES,          /* sizes of single requests */
    SC_PROFILE_NO_BURSTS,         /* times within the day */
    SC_PROFILE_REQUESTS_MADE,     /* requests made from tokens */
    SC_PROFILE_REGION_ASSUMED,    /* no region stated */
    SC_PROFILE_NO_WRITES,         /* cache reads without writes: misses cannot be told from input */
    SC_PROFILE_PREFIX_SHORT,      /* cached tokens a request below what the model can cache: only some use the cache */
    SC_PROFILE_HITS_OUT_OF_REACH, /* no number of keys gives the observed hits */
    SC_PROFILE_NO_CACHING,        /* cached tokens without prices */
    SC_PROFILE_REGION_MOVED,      /* cache prices of another region, as the bill assumes them */
    SC_PROFILE_OVER_LIMIT,        /* requests above the model's limits, cut there */
    SC_PROFILE_NOTES
} sc_profile_note;
SC_API const char *sc_profile_note_text(sc_profile_note n);

typedef struct sc_profile_workload {
    const char *project, *workload; /* as the scenario names them */
    sc_buy buy;
    sc_day first, last; /* days used for the fit */
    int64_t requests, tokens[SC_TOKEN_METERS];
    sc_profile_volume volume;
    sc_profile_tokens input, output;
    double correlation;
    sc_profile_cache cache;
    unsigned notes; /* bit 1u << sc_profile_note */
} sc_profile_workload;

/* Usage that cannot stand in a scenario, and why. */
typedef struct sc_profile_left_out {
    const char *project, *model; /* as stated where the card does not know it */
    const char *why;
    int64_t requests, tokens; /* requests: those counted */
} sc_profile_left_out;

typedef struct sc_profile sc_profile;

/* SC_E_INPUT with an error where nothing can be fitted.  *out is NULL on failure; free with sc_profile_free, before the
 * ledger and the card. */
SC_API sc_code sc_profile_fit(const sc_ledger *l, const sc_profile_options *o, sc_profile **out, sc_errors *errors);
SC_API void sc_profile_free(sc_profile *p);

SC_API size_t sc_profile_count(const sc_profile *p);
SC_API const sc_profile_workload *sc_profile_at(const sc_profile *p, size_t i); /* by project, then workload */
SC_API size_t sc_profile_left_out_count(const sc_profile *p);
SC_API const sc_profile_left_out *sc_profile_left_out_at(const sc_profile *p, size_t i); /* most tokens first */
/* Days observed in whole [first, end), and the horizon. */
SC_API void sc_profile_days(const sc_profile *p, sc_day *first, sc_day *end);
SC_API void sc_profile_horizon(const sc_profile *p, sc_day *start, sc_day *end);

/* The scenario, in strict JSON.  Free *text with sc_text_free. */
SC_API sc_code sc_profile_scenario_json(const sc_profile *p, const char *name, char **text, size_t *size);

#ifdef __cplusplus
}
#endif
#endif
