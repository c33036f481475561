/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minute.h - demand within the hour: the hours of a day, and the distribution of what one minute asks for.
 *
 * Quotas and bought capacity hold by the minute, so that means of an hour say too little.  The requests of a minute are
 * negative binomial with variance burstiness^2 x mean (sim/arrivals.h), their tokens add up to a compound of them, and
 * sums are taken as gamma variates with the compound's mean and variance. */
#ifndef SC_ADVISE_MINUTE_H
#define SC_ADVISE_MINUTE_H

#define SC_HOURS 24

/* Rates of the hours of a day over its mean rate, the busiest first: proportional to exp(k cos(2 pi h / 24)), a von
 * Mises bell around the clock, with k such that share[0] = peak (1 to 24). */
void sc_hours_of_peak(double peak, double share[SC_HOURS]);

/* P(gamma > limit) for a gamma variate with this mean and variance; without variance, 1 if mean > limit. */
double sc_minute_above(double mean, double variance, double limit);

/* Input and output tokens that one minute asks for. */
typedef struct sc_minute {
    double mean[2], variance[2], covariance;
} sc_minute;

/* Adds the requests of one stream, `rate` a minute: mean size[], and variances of one request. */
void sc_minute_add(sc_minute *m, double rate, double dispersion, const double size[2], const double size_variance[2],
                   double size_covariance);

/* Tokens of requests that find no room in a minute of this capacity: a request needs room for its input and its output
 * at once, and is turned away as a whole.  capacity: INFINITY = no limit on that side. */
void sc_minute_overflow(const sc_minute *m, const double capacity[2], double over[2]);

#endif
