/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.h - a scenario compiled for simulation: everything that does not change from trial to trial, read-only for
 * workers. */
#ifndef SC_SIM_PLAN_H
#define SC_SIM_PLAN_H

#include "scenario/model.h"
#include "spendcast/sim.h"
#include "stats/philox.h"

#define SC_LANES 128       /* trials of a block; blocks are fixed by the work, never by the threads */
#define SC_MAX_HIT_SLOTS 6 /* lifetimes x (all requests, those that do not wait) */
#define SC_MAX_BAND_SLOTS                                                                       \
    24 /* context bands x tokenizers or models x hit slots in use by the offers of one workload \
        */

/* Share of requests that find their prefix cached, for one lifetime. */
typedef struct sc_hit_slot {
    double seconds;
    double history_share; /* of the turns of conversations that come within the lifetime of the one before */
    int waiting_left_out; /* 1: only requests that do not wait for batch share the cache */
} sc_hit_slot;

/* Usage of requests whose total context reaches a band of the price table. */
typedef struct sc_band_slot {
    double threshold; /* tokens of the priced model */
    int ratio;        /* index into the plan's tokenizer ratios */
    int hit_slot;     /* -1 = not cached */
    /* Of conversations, whose history holds outputs: how long those of the priced model are. */
    int other_model;     /* 0: as long as today's */
    sc_dist longer;      /* one value a trial */
    int apart;           /* 1: in tokens of the priced model, so that its tokenizer is in it already */
    sc_stream verbosity; /* counter (trial, 0) */
} sc_band_slot;

/* Upper tail of the input distribution: for each edge x[i], ascending, what requests with input >= x[i] hold of the
 * total. */
typedef struct sc_tail_table {
    size_t n;  /* edges */
    int steps; /* 1: the input takes the values x[i] only; 0: linear between edges */
    double *x, *share, *sum_x, *sum_xx, *sum_y;
} sc_tail_table;

/* Sums of many requests: mean and standard deviation of one, and the lognormal shape that gives a day's sum the
 * skewness it has. */
typedef struct sc_size_moments {
    double mean, sd, skewness, kurtosis; /* kurtosis: excess */
} sc_size_moments;

/* New tokens of a turn at scale 1: variances and covariance of input and output. */
typedef struct sc_turn_moments {
    double xx, yy, xy;
} sc_turn_moments;

/* Earlier turns that a request carries: tokens of their inputs and outputs at scale 1. */
typedef struct sc_history {
    double x, y;
    double kept_x,
        kept_y; /* of requests whose history is whole, without the last output: what a cache may hold of it */
} sc_history;

/* Requests of conversations whose context reaches a band, as shares of all. */
typedef struct sc_turn_band {
    double share, x, y; /* x, y: new tokens at scale 1 */
    sc_history history;
} sc_turn_band;

/* The turn that a lane's stream of conversations is at: what the next request carries. */
typedef struct sc_turn_state {
    double x, y, last_y; /* inputs and outputs of the turns before, and the last of these outputs; at scale 1 */
    int begun;           /* 1: there is a turn before */
} sc_turn_state;

typedef struct sc_work_plan {
    const sc_workload *w;
    sc_stream factor_stream;      /* workload factor and each parameter's own: counter (trial, index) */
    sc_stream day_stream;         /* counter (trial, day, 0, block) */
    sc_stream request_stream;     /* counter (trial, day, request) */
    sc_stream level_stream;       /* counter (trial, day): swings and the wandering of the level */
    sc_size_moments x, y;         /* input and output tokens of a request at scale 1 */
    double size_correlation;      /* of input and output tokens */
    sc_turn_moments turn;         /* of conversations; then x.sd is that of input with its history */
    double draw_below;            /* days with at most this many requests draw each one */
    double dispersion;            /* variance of a day's count / mean */
    double exact_below;           /* means below this draw the count by sequential search */
    double gap_shape, gap_factor; /* Weibull gaps; shape 0 = evenly spaced */
    double noise_sd;              /* of the log of a day's expected volume */
    double swing_sd, swing_keep;  /* of the log of swings, and what a day leaves of them */
    double wander_sd;             /* of a day's step of the log of the level */
    int retried;                  /* 1: some requests may be sent again */
    size_t n_days;
    double *weight; /* [n_days] weekday factor */
    double *shape_x,
        *shape_y;       /* [n_days] sd of the log in the shifted lognormal that shapes a day's sums; 0 = normal */
    sc_tail_table tail; /* empty without band slots */
    size_t n_hits, n_bands;
    sc_hit_slot hits[SC_MAX_HIT_SLOTS];
    sc_band_slot bands[SC_MAX_BAND_SLOTS];
} sc_work_plan;

/* Values of one block of trials that hold for all days of a workload. */
typedef struct sc_lane_params {
    double requests[SC_LANES], log_growth[SC_LANES]; /* a day at the start; ln growth a day */
    double scale_x[SC_LANES], scale_y[SC_LANES], waiting[SC_LANES], retries[SC_LANES];
    /* Of the day that is drawn: logarithms of what swings and the wandering level make of its volume. */
    double swing[SC_LANES], wander[SC_LANES], level[SC_LANES];
    /* Of conversations. */
    double turns[SC_LANES];
    sc_history history[SC_LANES]; /* of one request */
    sc_turn_state at[SC_LANES];   /* moves with the days, which come in order from 0 */
    double band_longer[SC_MAX_BAND_SLOTS][SC_LANES];
    sc_history band_history[SC_MAX_BAND_SLOTS][SC_LANES];
    double band_share[SC_MAX_BAND_SLOTS][SC_LANES]; /* moments of the band, of one request at scale 1 */
    double band_x[SC_MAX_BAND_SLOTS][SC_LANES], band_xx[SC_MAX_BAND_SLOTS][SC_LANES],
        band_y[SC_MAX_BAND_SLOTS][SC_LANES];
    double band_slope[SC_MAX_BAND_SLOTS][SC_LANES]; /* regression of the band's tokens on all tokens */
    double band_sd[SC_MAX_BAND_SLOTS][SC_LANES];    /* of the rest */
    /* Input tokens at scale 1 from which a request is in the band; of conversations, tokens of input and history. */
    double band_from[SC_MAX_BAND_SLOTS][SC_LANES];
} sc_lane_params;

/* Usage of one day (or a sum of days) for a block of trials. */
typedef struct sc_lane_usage {
    double n[SC_LANES], x[SC_LANES], y[SC_LANES]; /* requests that are billed, input and output tokens */
    double hits[SC_MAX_HIT_SLOTS][SC_LANES];      /* requests that read the prefix from the cache */
    /* Of conversations: history by what it was, inputs and outputs, and what of it the cache is read for. */
    double history_x[SC_LANES], history_y[SC_LANES];
    double read_x[SC_MAX_HIT_SLOTS][SC_LANES], read_y[SC_MAX_HIT_SLOTS][SC_LANES];
    /* For offers with a context band: what requests in the band use, and what all use.  A band that few requests reach
     * is drawn request by request, which makes its total another draw of x and y; other offers keep theirs, so that no
     * offer's figures depend on which others there are. */
    double band_n[SC_MAX_BAND_SLOTS][SC_LANES], band_x[SC_MAX_BAND_SLOTS][SC_LANES],
        band_y[SC_MAX_BAND_SLOTS][SC_LANES];
    double band_hits[SC_MAX_BAND_SLOTS][SC_LANES];
    double band_history_x[SC_MAX_BAND_SLOTS][SC_LANES], band_history_y[SC_MAX_BAND_SLOTS][SC_LANES];
    double band_read_x[SC_MAX_BAND_SLOTS][SC_LANES], band_read_y[SC_MAX_BAND_SLOTS][SC_LANES];
    double total_x[SC_MAX_BAND_SLOTS][SC_LANES], total_y[SC_MAX_BAND_SLOTS][SC_LANES];
} sc_lane_usage;

/* Compiles the parts that do not depend on offers.  Allocates from the arena. */
sc_code sc_work_plan_init(sc_work_plan *p, const sc_scenario *s, const sc_workload *w, uint64_t seed, sc_arena *arena);
/* Adds a slot or finds an equal one; -1 when the table is full. */
int sc_work_plan_hit_slot(sc_work_plan *p, double seconds, int waiting_left_out);
int sc_work_plan_band_slot(sc_work_plan *p, const sc_band_slot *slot);
/* To be called once the band slots are known: builds the tail table. */
sc_code sc_work_plan_tail(sc_work_plan *p, sc_arena *arena);

/* Draws the parameters of trials [first, first + SC_LANES) of a workload.  ratios[r][lane]: tokenizer ratio r of the
 * plan's band slots; organisation[], project[]: the shared factors of these trials. */
void sc_draw_params(const sc_work_plan *p, uint32_t first, const double *organisation, const double *project,
                    const double (*ratios)[SC_LANES], sc_lane_params *out);
/* Moments of requests with input >= from, of all. */
void sc_tail_at(const sc_tail_table *t, double from, double *share, double *x, double *xx, double *y);
/* A draw of the mean length of conversations, within its range. */
double sc_turns_of(double drawn);
/* The normal score of a shared factor for each lane. */
void sc_draw_factor(const sc_stream *stream, uint32_t first, double *out);

#endif
