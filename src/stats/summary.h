/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary.h - mean and quantiles of simulated values, with their Monte Carlo errors. */
#ifndef SC_STATS_SUMMARY_H
#define SC_STATS_SUMMARY_H

#include <stddef.h>

/* Sum by pairwise summation over a fixed tree: same bits for any caller. */
double sc_sum(const double *x, size_t n);

typedef struct sc_mean {
    double mean, se; /* se: standard error of the mean, sd / sqrt(n); 0 for n < 2 */
} sc_mean;
/* Two passes; 0 for n = 0. */
sc_mean sc_mean_of(const double *x, size_t n);

/* Sorts ascending in place; -0 becomes 0.  With NaN among the values the order is undefined, but the call is safe. */
void sc_sort(double *x, size_t n);

/* Quantile p, clipped to [0, 1], of n >= 1 sorted values: linear interpolation between order statistics at (n - 1)
 * p (Hyndman and Fan 1996, type 7). */
double sc_quantile_sorted(const double *sorted, size_t n, double p);

/* Standard error of that quantile from the binomial distribution of ranks: half the distance between the order
 * statistics one standard deviation sqrt(n p (1-p)) below and above the quantile's own place, interpolated and
 * clipped to the sample.  0 at p = 0 and 1 and for n = 1, where the sample says nothing about it. */
double sc_quantile_se_sorted(const double *sorted, size_t n, double p);

#endif
