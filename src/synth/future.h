/* SPDX-License-Identifier: GPL-3.0-or-later */
/* future.h - one future of a scenario, drawn request by request, day by day. */
#ifndef SC_SYNTH_FUTURE_H
#define SC_SYNTH_FUTURE_H

#include "scenario/model.h"
#include "sim/offers.h"
#include "spendcast/synthesize.h"

/* A stream of requests that share a prompt prefix. */
typedef struct sc_key_stream {
    double next;    /* when its next request comes, in mean gaps of a key since the start */
    int64_t last;   /* when its last one came, milliseconds since 1970; -1 = none came yet */
    uint32_t drawn; /* requests so far */
    /* Of conversations, one after the other: tokens of the turns before the next request, and of the last answer. */
    int64_t history, answer;
    int begun; /* 1: there is a turn before */
} sc_key_stream;

typedef struct sc_future_work {
    const sc_workload *w;
    const sc_project *project;
    sc_work_plan plan;
    sc_offer_list offers;             /* the current one */
    sc_ttl ttl;                       /* as prompts are cached; none = they are not */
    int64_t prefix;                   /* tokens */
    double input_scale, output_scale; /* of this future */
    double turns, again;              /* mean length of its conversations, share of attempts that fail */
    double *rate;                     /* [days] expected requests, those sent again among them */
    double gone;                      /* mean gaps of a key before the day that is drawn next */
    double hit_share;                 /* of requests that find their prefix, on the day drawn last */
    sc_meter miss_meter;              /* on which a written prefix is billed on the day drawn last */
    sc_stream gaps, sizes, turn;      /* counter (0, key, request) */
    sc_stream before;                 /* counter (0, key, turn): of the conversation that a key begins within */
    sc_stream key_offsets;            /* counter (0, day): when in it a key begins that is in use for a part of it */
    sc_key_stream *keys;
    size_t n_keys;
    int64_t *bands; /* tokens of context from which other prices hold, ascending */
    size_t n_bands;
} sc_future_work;

/* One request.  `key` and `index` (its place in the key's stream) are the counter of all its draws. */
typedef struct sc_synth_request {
    int64_t ms; /* since 1970, UTC */
    uint32_t workload, key, index;
    int hit;               /* 1: the prefix was in the cache */
    int64_t history, read; /* tokens of earlier turns, and of these, read from the cache */
} sc_synth_request;

typedef struct sc_future {
    const sc_scenario *s;
    const sc_card *card;
    sc_arena arena; /* owns the arrays of the workloads */
    sc_future_work *works;
    size_t n_works, n_days;
    double expected;            /* requests, over all days */
    sc_synth_request *requests; /* of the day drawn last, in order of time */
    size_t n_requests, cap;
} sc_future;

/* Draws the parameters and the expected volumes; the warnings and errors of sc_simulate.  `days` 0 = the horizon.  To
 * be released in any case. */
sc_code sc_future_init(sc_future *f, const sc_scenario *s, const sc_card *card, const sc_synth_options *o,
                       sc_errors *errors);
void sc_future_release(sc_future *f);

/* Draws the requests of a day; days come in order from 0. */
sc_code sc_future_day(sc_future *f, size_t day);

/* Draws the tokens of a request of the day drawn last, by sc_meter. */
void sc_future_tokens(const sc_future *f, const sc_synth_request *r, int64_t tokens[SC_SYNTH_METERS]);

/* Tokens that fill the context window. */
int64_t sc_synth_context(const int64_t tokens[SC_SYNTH_METERS]);

/* A stream of draws that belongs to the workload. */
sc_stream sc_future_stream(const sc_future_work *work, uint64_t seed, const char *purpose);

#endif
