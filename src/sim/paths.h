/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paths.h - the simulated futures of one workload bought one way, day by day: what it uses, and what that costs on
 * demand.
 *
 * Draws are those of sc_simulate and sc_compare, bit for bit: the costs of all days of a trial add up to the cost that
 * they find. */
#ifndef SC_SIM_PATHS_H
#define SC_SIM_PATHS_H

#include "sim/offers.h"

/* One of the offers that sc_compare lists. */
typedef struct sc_way {
    sc_buy buy;
    sc_tier wait_tier; /* of requests that can wait; = buy.tier when they are not treated apart */
    sc_ttl ttl;
} sc_way;

typedef struct sc_path {
    sc_arena arena;
    const sc_scenario *s;
    uint64_t seed;
    sc_work_plan plan; /* with the slots of this offer alone */
    sc_offer_list list;
    sc_offer offer, unsplit;          /* unsplit: as if no request waited */
    sc_segment_prices *output_prices; /* [n_segments] those of output, others 0 */
} sc_path;

/* A block of trials in work; one a thread. */
typedef struct sc_path_block {
    uint32_t first;
    size_t segment;
    sc_lane_params params;
    sc_lane_usage usage;
    double ratios[2][SC_LANES];
    double longer[SC_LANES]; /* verbosity */
    /* Tokens of the model bought: sizes of a request are these times the plan's at scale 1. */
    double input_scale[SC_LANES], output_scale[SC_LANES], prefix[SC_LANES];
} sc_path_block;

/* One day.  Tokens are the bought model's, of requests that do not wait, but for the last three. */
typedef struct sc_path_day {
    double requests[SC_LANES];
    double input[SC_LANES]; /* neither read from nor written to a cache */
    double read[SC_LANES], written[SC_LANES], output[SC_LANES];
    double input_usd[SC_LANES], output_usd[SC_LANES]; /* on demand: output, and all else */
    double waiting_input[SC_LANES], waiting_output[SC_LANES], waiting_usd[SC_LANES];
} sc_path_day;

/* Variances of the tokens of one request within a trial and day: what it takes of capacity on input (cache reads left
 * out), output, and their covariance. */
typedef struct sc_path_spread {
    double input, output, both;
} sc_path_spread;

/* way: NULL = the current offer.  SC_E_INPUT with the reason where it is refused or not sold.  Close with
 * sc_path_close, also after a failure. */
sc_code sc_path_open(sc_path *p, const sc_scenario *s, const sc_card *card, const sc_sim_options *o, size_t workload,
                     const sc_way *way, sc_errors *errors);
void sc_path_close(sc_path *p);

/* Draws what holds for all days of trials [first, first + SC_LANES); then the days, in order. */
void sc_path_begin(const sc_path *p, uint32_t first, sc_path_block *b);
void sc_path_draw(const sc_path *p, size_t day, sc_path_block *b, sc_path_day *out);

sc_path_spread sc_path_spread_of(const sc_path *p, const sc_path_block *b, const sc_path_day *day, int lane);

#endif
