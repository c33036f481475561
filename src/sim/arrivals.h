/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrivals.h - how requests arrive: counts of a day and gaps between requests, both from one burstiness.
 *
 * Gaps are Weibull with coefficient of variation c (the burstiness): c = 1 is a Poisson stream, more means bursts, as
 * found in production traces.  Counts of a renewal stream have variance c^2 x mean over windows much longer than a gap
 * (Cox 1962), so that a day's count is negative binomial with that variance (Poisson at c = 1).  c = 0: evenly spaced,
 * counts not random. */
#ifndef SC_SIM_ARRIVALS_H
#define SC_SIM_ARRIVALS_H

/* Shape k of the Weibull distribution with this cv >= 1: cv^2 + 1 = Gamma(1 + 2/k) / Gamma(1 + 1/k)^2.  cv <= 30. */
double sc_weibull_shape(double cv);
/* Gamma(1 + 1/k): mean gap = scale x this. */
double sc_weibull_mean_factor(double shape);

/* The count at probability u of a negative binomial with this mean and variance = dispersion x mean (dispersion 1:
 * Poisson), by sequential search: exact, for means of up to some thousands. */
double sc_count_exact(double mean, double dispersion, double u);
/* Means below this need sc_count_exact; above, a Pearson III variate with the same first three moments is close. */
double sc_count_exact_below(double dispersion);

/* How many of n requests have a property that each has with probability q, at probability u, where n q is small (some
 * dozens): the binomial by sequential search.  n need not be whole; the mean is n q. */
double sc_count_few(double n, double q, double u);

#endif
