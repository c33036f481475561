/* SPDX-License-Identifier: GPL-3.0-or-later */
/* posterior.h - posteriors of the quality of one model, or of two together, as functions that draw from them. */
#ifndef SC_EVIDENCE_POSTERIOR_H
#define SC_EVIDENCE_POSTERIOR_H

#include "evidence/beta_population.h"
#include "evidence/evidence_sample.h"
#include "evidence/normal_population.h"

/* Draws where the caller names no number: the standard error of a probability of 0.90 is 0.0023. */
#define EV_DRAWS ((size_t)16384)

/* The evidence on one model alone. */
typedef struct ev_one {
    sc_evidence_method method; /* NONE, COUNTS or SCORES */
    ev_sample sample;
    double design_effect;
    double passed, n;          /* effective counts */
    double estimate, variance; /* of scores: the bootstrap's mean and variance */
} ev_one;

typedef struct ev_posterior {
    sc_evidence_method method;
    size_t offers;
    ev_one one[2];            /* the model, or a and b */
    ev_population rates;      /* of passes, over all models of the query */
    ev_spread scores;         /* of mean scores */
    size_t n_rates, n_scores; /* models that these were fitted to */

    /* of two on common items */
    ev_sample pair;
    double design_effect;
    double both, only_a, only_b, neither; /* effective counts */
    ev_population discordant;             /* share of items on which the two differ */
    ev_population share;                  /* of those, which b passes */
    ev_population concordant;             /* of the others, which both pass */
    ev_spread differences;                /* of mean scores */
    double estimate, variance;
} ev_posterior;

/* *out = NULL on failure (SC_E_MEMORY). */
sc_code ev_posterior_one(const sc_evidence *e, const sc_evidence_query *q, size_t model, ev_posterior **out);
sc_code ev_posterior_two(const sc_evidence *e, const sc_evidence_query *q, size_t a, size_t b, ev_posterior **out);
void ev_posterior_free(ev_posterior *p);

/* A draw of two, with what decides how much further items vary about it. */
typedef struct ev_draw {
    double a, b;
    double variance;                      /* of the difference on one further item */
    double both, only_a, only_b, neither; /* shares; -1 where the answers are not paired */
} ev_draw;

sc_stream ev_stream(uint64_t seed);
double ev_draw_one(const ev_posterior *p, int which, const sc_stream *stream, size_t i);
ev_draw ev_draw_two(const ev_posterior *p, const sc_stream *stream, size_t i);

#endif
