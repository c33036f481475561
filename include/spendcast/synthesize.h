/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synthesize.h - one future of a scenario, request by request, as the logs and the bill that AWS would write.
 *
 * The future is trial 0 of sc_simulate with the same seed: the same values of all uncertain parameters and the same
 * expected volume of every day.  Within it each key is a stream of requests of its own: gaps are Weibull with the
 * workload's burstiness, a request whose gap is within the lifetime reads the cache, and each has its own tokens.  All
 * draws hang on the seed, the names of project and workload, the key and the request: the same options give the same
 * bytes, and another project changes none of the others' requests. */
#ifndef SPENDCAST_SYNTHESIZE_H
#define SPENDCAST_SYNTHESIZE_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/error.h"
#include "spendcast/money.h"
#include "spendcast/rates.h"
#include "spendcast/scenario.h"
#include "spendcast/sim.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SC_SYNTH_METERS 7 /* SC_METER_INPUT to SC_METER_CACHE_WRITE_1H */
#define SC_SYNTH_KEYS_MAX 10000000

typedef struct sc_synth_options {
    /* What to write; NULL = not.  At least one, and no two alike.  A name that ends in ".gz" is compressed. */
    const char *logs;  /* Bedrock model invocation log, one JSON record a line */
    const char *bill;  /* Cost and Usage Report 2.0, CSV */
    const char *usage; /* spendcast's own CSV, one row a request */
    uint64_t seed;
    double scale;         /* of the volume: above 0, 1 = as in the scenario */
    int64_t days;         /* only so many days from the start of the horizon; 0 = all */
    int64_t max_requests; /* more expected ones are an error */
    double drop;          /* share of requests left out of the logs, 0 to 1 */
    int64_t discount;     /* share of the cost taken off the bill, in 10^-8, 0 to SC_DISCOUNT_WHOLE */
    int64_t late_days;    /* the last so many days are not in the bill yet */
    int hourly;           /* bill: 1 = lines by hour, 0 = by day */
    sc_progress progress; /* NULL = none */
    void *progress_context;
} sc_synth_options;

/* What was drawn, of one project or of all. */
typedef struct sc_synth_sum {
    const char *project; /* NULL = of all */
    int64_t requests;
    int64_t unlogged; /* of them: of tiers that AWS does not log (batch) */
    int64_t dropped;  /* of them: left out of the logs as asked for */
    int64_t tokens[SC_SYNTH_METERS];
    sc_money cost;   /* of all requests, after the discounts of the customer's own rates */
    sc_money billed; /* what the lines of the bill add up to: without late days, after the discount asked for */
} sc_synth_sum;

typedef struct sc_synth sc_synth;

/* Writes the files whole or not at all.  The warnings and errors of sc_simulate; SC_E_USAGE for options that make no
 * sense; SC_E_INPUT when the scenario expects too many requests or keys.  *out is NULL on failure.  Free with
 * sc_synth_free. */
SC_API sc_code sc_synthesize(const sc_scenario *s, const sc_card *card, const sc_synth_options *o, sc_synth **out,
                             sc_errors *errors);
SC_API void sc_synth_free(sc_synth *r);
SC_API size_t sc_synth_project_count(const sc_synth *r);
SC_API const sc_synth_sum *sc_synth_project(const sc_synth *r, size_t project); /* in the scenario's order */
SC_API const sc_synth_sum *sc_synth_total(const sc_synth *r);
SC_API double sc_synth_expected(const sc_synth *r);    /* requests expected in this future */
SC_API int64_t sc_synth_bill_lines(const sc_synth *r); /* lines of usage and of discounts */
SC_API void sc_synth_period(const sc_synth *r, sc_day *start, sc_day *end, sc_day *billed_end); /* [start, end) */

#ifdef __cplusplus
}
#endif
#endif
