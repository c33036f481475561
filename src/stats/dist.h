/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dist.h - the distributions a scenario may name, as monotone functions of one normal score.
 *
 * Every distribution is drawn as value = F^-1(Phi(z)) of a standard normal z: one number per draw, monotone, so
 * that common random numbers stay common when parameters change. */
#ifndef SC_STATS_DIST_H
#define SC_STATS_DIST_H

#include <stddef.h>

typedef enum sc_dist_kind {
    SC_DIST_CONSTANT,     /* a */
    SC_DIST_LOGNORMAL,    /* exp(a + b z), conditional on <= upper */
    SC_DIST_LOGIT_NORMAL, /* 1 / (1 + exp(-(a + b z))) */
    SC_DIST_TRIANGULAR,   /* a = min, b = mode, c = max */
    SC_DIST_DISCRETE      /* values[i] with probability cumulative[i] - cumulative[i-1] */
} sc_dist_kind;

typedef struct sc_dist {
    sc_dist_kind kind;
    double a, b, c;
    double upper;             /* truncation point of a lognormal, INFINITY = none */
    double mass;              /* Phi((ln upper - a) / b), 1 without truncation */
    double cut;               /* 1 - mass to full precision; 0 also where it is too small to move a draw */
    const double *values;     /* ascending, each with a positive probability; owned by the caller */
    const double *cumulative; /* ends with exactly 1; owned by the caller */
    size_t n;
} sc_dist;

/* Each maker returns 0, or -1 when no such distribution exists (the caller words the message) and leaves *d alone. */

/* A finite value. */
int sc_dist_constant(sc_dist *d, double value);
/* P(x <= q1) = p1, P(x <= q2) = p2 after truncation at `upper`; 0 < q1 < q2 < upper, 0 < p1 < p2 < 1.  q1 = q2 <=
 * upper gives the constant.  -1 also when truncation does not leave room for so wide a pair. */
int sc_dist_lognormal_quantiles(sc_dist *d, double p1, double q1, double p2, double q2, double upper);
/* Mean and coefficient of variation (sd / mean) after truncation; mean > 0, cv >= 0 (0 gives the constant).  -1 also
 * when the cv is not below (1 - r) / sqrt(r (2 - r)), r = mean / upper, or within 0.1 % of it: see dist.c. */
int sc_dist_lognormal_moments(sc_dist *d, double mean, double cv, double upper);
/* 0 < q1 < q2 < 1, 0 < p1 < p2 < 1; q1 = q2 gives the constant. */
int sc_dist_logit_normal_quantiles(sc_dist *d, double p1, double q1, double p2, double q2);
/* min <= mode <= max; min = max gives the constant. */
int sc_dist_triangular(sc_dist *d, double min, double mode, double max);
/* n >= 1 pairs, weights >= 0 with a positive sum.  Sorts values[] and turns weights[] into cumulative[] in place,
 * without the values of no weight; one value left gives the constant. */
int sc_dist_discrete(sc_dist *d, double *values, double *weights, size_t n);

/* The value at normal score z.  Non-decreasing in z, but for rounding: at most 1e-15 (|a| + 35 b), relative. */
double sc_dist_at(const sc_dist *d, double z);
/* E[x^k], k = 1..4 (NaN for others).  Closed forms; the logit-normal by the trapezoid rule (1e-12). */
double sc_dist_moment(const sc_dist *d, int k);
/* Largest value possible: upper, max, last value, 1; INFINITY for an untruncated lognormal. */
double sc_dist_max(const sc_dist *d);

#endif
