/* SPDX-License-Identifier: GPL-3.0-or-later */
/* offers.h - the ways to buy a workload: which there are, which are allowed, and what they cost in a segment of the
 * horizon. */
#ifndef SC_SIM_OFFERS_H
#define SC_SIM_OFFERS_H

#include "sim/plan.h"

/* USD a token in one context band. */
typedef struct sc_band_prices {
    double input, output, read, write;
} sc_band_prices;

/* Prices of one segment: days between two price changes. */
typedef struct sc_segment_prices {
    sc_band_prices main[2]; /* [0] below the context band, [1] in it */
    sc_band_prices wait[2]; /* of requests that can wait, where they are treated apart */
} sc_segment_prices;

typedef struct sc_offer {
    sc_buy buy;
    sc_tier wait_tier;
    sc_ttl ttl;
    int allowed;
    const char *reason;  /* "" where allowed */
    int ratio;           /* tokens of this model / tokens of the current one: index of offers' ratios, -1 = exactly 1 */
    int other_model;     /* 1: output is scaled by a draw of the scenario's verbosity too */
    sc_stream verbosity; /* counter (trial, 0) */
    double band_from;    /* tokens of context from which the upper band holds, 0 = one band */
    int hit_slot, band_slot;
    sc_segment_prices *prices;      /* [n_segments] after the customer's discounts */
    sc_segment_prices *list_prices; /* the same before them; NULL where there are none or the list is of all offers */
} sc_offer;

typedef struct sc_ratio {
    const char *tokenizer;
    sc_dist of; /* tokens of this tokenizer relative to o200k */
    sc_stream stream;
} sc_ratio;

typedef struct sc_offer_list {
    sc_offer *offers; /* the current one first */
    size_t n, cap;
    sc_day *segment_start; /* [n_segments + 1], the last is the horizon's end */
    size_t n_segments;
    sc_ratio *ratios; /* tokenizers in use; [0] is the current model's */
    size_t n_ratios;
    double cacheable; /* tokens of a request that a cache could hold, of conversations on average */
} sc_offer_list;

/* Lists the current offer only, or all offers of the card.  The current offer is checked too: *current_reason says why
 * it cannot be priced, "" otherwise.  Adds hit and band slots to the plan.  All memory from the arena; strings too. */
sc_code sc_offers_list(const sc_scenario *s, const sc_card *card, const sc_workload *w, sc_work_plan *plan,
                       uint64_t seed, sc_day as_of, int all, sc_arena *arena, sc_offer_list *out);

/* Says of the current offer, at its place in the scenario, why it cannot be priced (SC_E_INPUT) and what to know about
 * its prices (warnings). */
sc_code sc_offers_judge(const sc_scenario *s, const sc_workload *w, const sc_offer_list *list, sc_day as_of,
                        sc_errors *errors);

/* cost[lane] += the usage at the prices of one segment.  ratio[], verbosity[] per lane. */
void sc_offer_cost(const sc_offer *o, const sc_segment_prices *prices, const sc_work_plan *plan, const sc_lane_usage *u,
                   const double *waiting, const double *ratio, const double *verbosity, double *cost);

/* Draws ratio r of the list relative to the current model's tokenizer, and an offer's verbosity, for the lanes of a
 * block. */
void sc_draw_ratios(const sc_offer_list *list, uint32_t first, double (*ratios)[SC_LANES]);
void sc_draw_verbosity(const sc_offer *o, const sc_dist *verbosity, uint32_t first, double *out);

#endif
