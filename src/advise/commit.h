/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commit.h - how much reserved or provisioned capacity to buy under uncertain demand.
 *
 * A trial costs what is committed, used or not, plus the requests that find no room, which are billed on demand at the
 * standard price.  Capacity is taken by input and cache writes on one side and output on the other; cache reads take
 * none (Bedrock user guide, service tiers, 2026). */
#ifndef SC_ADVISE_COMMIT_H
#define SC_ADVISE_COMMIT_H

#include "sim/paths.h"

typedef enum sc_term {
    SC_TERM_RESERVED_1MO,
    SC_TERM_RESERVED_3MO,
    SC_TERM_UNITS_NO_COMMIT, /* provisioned model units, by the hour */
    SC_TERM_UNITS_1MO,
    SC_TERM_UNITS_6MO,
    SC_TERMS
} sc_term;

typedef enum sc_commit_verdict {
    SC_COMMIT_REFUSED, /* cannot be bought or sized: see the reason */
    SC_COMMIT_NOT,     /* P(saves) is below what is asked for */
    SC_COMMIT_BUY
} sc_commit_verdict;

typedef struct sc_commit_options {
    double saves;          /* P(saves) from which to commit: 0.90 */
    double low, high;      /* quantiles of the saving's interval: 0.1, 0.9 */
    int64_t least[2];      /* units of reserved input and output that must be bought: 100, 10 (1K TPM each) */
    double unit_tokens[2]; /* input and output tokens a minute of one model unit, which AWS does not publish; 0 = not
                              stated: no limit on that side, and nothing is sized without either */
} sc_commit_options;
extern const sc_commit_options sc_commit_defaults;

/* A workload that is to be covered, bought on the standard tier. */
typedef struct sc_commit_demand {
    size_t workload;
    const sc_way *way; /* NULL = the current offer */
} sc_commit_demand;

typedef struct sc_commit_result {
    sc_term term;
    sc_commit_verdict verdict;
    char reason[400];
    int64_t units[2];       /* 1K TPM of input and of output; model units: both the same number */
    double usd_per_hour[2]; /* mean price of one unit over the days paid; model units: [0] */
    sc_day paid_to;         /* terms begin with the horizon and are paid whole: may end after it */
    double commitment;      /* USD, the same in all trials */
    sc_estimate on_demand;  /* USD over the horizon without capacity */
    sc_estimate cost;       /* commitment + overflow + requests that wait for another tier */
    sc_estimate saving;     /* on_demand - cost */
    double saving_low, saving_high;
    double saves;       /* P(saving > 0) */
    double idle;        /* share of committed capacity that is unused, mean; both sides weighted by their price */
    double break_even;  /* share of capacity to use for the commitment to cost what it replaces, at the mean mix; above
                           1:  never */
    double below_even;  /* P(use is below it) */
    double overflow;    /* share of the tokens that take capacity which finds no room, mean */
    double *trial_cost; /* [trials] USD; on_demand's trials are trial_on_demand */
    double *trial_on_demand;
    size_t n_trials;
} sc_commit_result;

/* Sizes each of terms[0..n_terms) for all demands together, which must be of one model, region and scope: out[n_terms].
 * Same bytes for any number of threads.  Free each result with sc_commit_release, also after a failure. */
sc_code sc_commit_size(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const sc_commit_options *c,
                       const sc_commit_demand *demands, size_t n, const sc_term *terms, size_t n_terms,
                       sc_commit_result *out, sc_errors *errors);
void sc_commit_release(sc_commit_result *r);

/* The same for stated units, without a search: units[0] are model units where the term is of such. */
sc_code sc_commit_price(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const sc_commit_options *c,
                        const sc_commit_demand *demands, size_t n, sc_term term, const int64_t units[2],
                        sc_commit_result *out, sc_errors *errors);

const char *sc_term_name(sc_term term); /* "reserved, 1 month" ... */

#endif
