/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load.h - how the minutes of each simulated future load bought capacity.
 *
 * Hours of like size are gathered in bins 5 % wide, so that a capacity is tried out in time that does not depend on the
 * length of the horizon. */
#ifndef SC_ADVISE_LOAD_H
#define SC_ADVISE_LOAD_H

#include "advise/minute.h"
#include "sim/paths.h"

#define SC_LOAD_BINS 96 /* 1.05^95: the largest hour is 100 times the smallest that is told apart */

/* Hours of like size in one trial: sums over their minutes. */
typedef struct sc_load_bin {
    double minutes;
    sc_minute sum;
    double usd[2]; /* on demand: all but output, and output */
} sc_load_bin;

typedef struct sc_load {
    size_t n_trials;
    sc_load_bin *bins; /* [n_trials][SC_LOAD_BINS] */
    double *covered;   /* [n_trials] USD on demand of requests that do not wait */
    double *waiting;   /* [n_trials] USD of those that wait for another tier */
} sc_load;

/* Which tokens take capacity. */
typedef enum sc_capacity_kind {
    SC_CAPACITY_RESERVED, /* input and cache writes; output */
    SC_CAPACITY_UNITS     /* all input, as nothing is cached; output */
} sc_capacity_kind;

/* Runs all trials of the paths, which are bought in one place.  Free with sc_load_release, also after a failure. */
sc_code sc_load_build(const sc_path *const *paths, size_t n_paths, const sc_sim_options *o, sc_capacity_kind kind,
                      sc_load *out, sc_errors *errors);
void sc_load_release(sc_load *l);

/* What a capacity of input and output tokens a minute does in one trial. */
typedef struct sc_load_outcome {
    double tokens[2], over[2]; /* that take capacity: all, and those that find no room */
    double over_usd;           /* on demand, of the requests that find no room */
} sc_load_outcome;
sc_load_outcome sc_load_try(const sc_load *l, size_t trial, const double capacity[2]);

#endif
