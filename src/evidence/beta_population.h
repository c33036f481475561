/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beta_population.h - the beta distribution that the rates of several offers come from, as a grid over its parameters.
 *
 * Rates theta_i ~ Beta(m k, (1 - m) k), counts x_i of n_i ~ binomial.  The grid holds the posterior of (m, k) given all
 * counts under a prior uniform in m and in 1 / sqrt(k) (A. Gelman et al., "Bayesian Data Analysis", 5.3), so that how
 * little a few offers say about their population is not ignored.  Counts need not be whole: clustered ones are divided
 * by their design effect. */
#ifndef SC_EVIDENCE_BETA_POPULATION_H
#define SC_EVIDENCE_BETA_POPULATION_H

#include <stddef.h>

enum { EV_MEANS = 64, EV_WEIGHTS = 16, EV_GRID = EV_MEANS * EV_WEIGHTS };

typedef struct ev_population {
    size_t n;                             /* points with a probability worth keeping */
    double cumulative[EV_GRID];           /* of the points' probabilities, ends with 1 */
    double alpha[EV_GRID], beta[EV_GRID]; /* m k, (1 - m) k */
} ev_population;

/* successes[k] of trials[k] of k offers; with k = 0 the prior itself. */
void ev_population_fit(ev_population *p, const double *successes, const double *trials, size_t k);
/* The point at u in (0, 1). */
size_t ev_population_at(const ev_population *p, double u);
double ev_population_probability(const ev_population *p, size_t point);

#endif
