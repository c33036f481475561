/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random_variates.h - random numbers for posteriors: as many as a draw needs, each a function of (stream, draw,
 * purpose) alone, so that draws are the same in any order and on any machine. */
#ifndef SC_EVIDENCE_RANDOM_VARIATES_H
#define SC_EVIDENCE_RANDOM_VARIATES_H

#include <stdint.h>

#include "stats/philox.h"

/* What the numbers of a draw are for; each purpose has numbers of its own. */
enum {
    EV_FOR_PRIOR,
    EV_FOR_A,
    EV_FOR_B,
    EV_FOR_SHARE,
    EV_FOR_DISCORDANT,
    EV_FOR_CONCORDANT,
    EV_FOR_FUTURE,
    EV_FOR_CHECK
};

typedef struct ev_random {
    const sc_stream *stream;
    uint32_t draw, purpose, block;
    uint32_t bits[4];
    int left; /* of bits */
} ev_random;

ev_random ev_random_of(const sc_stream *stream, size_t draw, uint32_t purpose);
double ev_uniform(ev_random *r); /* in (0, 1) */
double ev_normal(ev_random *r);
double ev_exponential(ev_random *r); /* mean 1 */
/* The logarithm of a gamma variate, shape > 0: small shapes underflow otherwise. */
double ev_log_gamma_variate(ev_random *r, double shape);
double ev_beta(ev_random *r, double a, double b); /* a, b > 0 */

#endif
