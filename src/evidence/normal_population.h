/* SPDX-License-Identifier: GPL-3.0-or-later */
/* normal_population.h - the normal distribution that the true values of several estimates come from, as a grid over its
 * standard deviation.
 *
 * y_i ~ N(theta_i, v_i), theta_i ~ N(mu, tau^2), mu flat, tau uniform up to 0.4 or, with a given probability, 0 (D. B.
 * Rubin, "Estimation in parallel randomized experiments", J. Educational Statistics 6 (1981)). */
#ifndef SC_EVIDENCE_NORMAL_POPULATION_H
#define SC_EVIDENCE_NORMAL_POPULATION_H

#include <stddef.h>

#include "evidence/random_variates.h"

enum { EV_SPREADS = 41 }; /* the first is 0 */

typedef struct ev_spread {
    double cumulative[EV_SPREADS]; /* posterior probabilities, ends with 1 */
    double tau[EV_SPREADS];
    double mu[EV_SPREADS], mu_variance[EV_SPREADS]; /* posterior of mu given tau */
} ev_spread;

/* k >= 1 estimates with variances v > 0; `none` is the prior probability of tau = 0. */
void ev_spread_fit(ev_spread *p, const double *y, const double *v, size_t k, double none);
/* A draw of (mu, tau) from the posterior. */
void ev_spread_draw(const ev_spread *p, ev_random *r, double *mu, double *tau);
/* Posterior mean and variance of theta_i. */
void ev_spread_shrink(const ev_spread *p, double y, double v, double *mean, double *variance);

#endif
