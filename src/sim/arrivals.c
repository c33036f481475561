/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrivals.c - how requests arrive: counts of a day and gaps between requests, both from one burstiness. */
#include "sim/arrivals.h"

#include <math.h>

#include "stats/elementary.h"

/* ln of cv^2 + 1 for a Weibull shape; falls as the shape grows. */
static double log_second_moment(double shape)
{
    return sc_log_gamma(1.0 + 2.0 / shape) - 2.0 * sc_log_gamma(1.0 + 1.0 / shape);
}

double sc_weibull_shape(double cv)
{
    double target = sc_log(cv * cv + 1.0), low = 0.05, high = 1.0;
    if (cv == 1.0)
        return 1.0;
    for (int i = 0; i < 200 && low < high; i++) {
        double mid = 0.5 * (low + high);
        if (log_second_moment(mid) > target)
            low = mid;
        else
            high = mid;
    }
    return 0.5 * (low + high);
}

double sc_weibull_mean_factor(double shape) { return sc_exp(sc_log_gamma(1.0 + 1.0 / shape)); }

double sc_count_exact_below(double dispersion)
{
    double by_skew =
        (2.0 * dispersion - 1.0) * (2.0 * dispersion - 1.0) / dispersion; /* skewness of the count above 1 */
    return by_skew > 32.0 ? by_skew : 32.0;
}

double sc_count_exact(double mean, double dispersion, double u)
{
    if (mean <= 0.0)
        return 0.0;
    double most = mean + 60.0 * sqrt(dispersion * mean) + 60.0 * dispersion, n = 0.0, p, r = 0.0, ratio;
    if (dispersion > 1.0) {
        r = mean / (dispersion - 1.0);
        ratio = 1.0 - 1.0 / dispersion;
        p = sc_exp(-r * sc_log(dispersion));
    } else {
        ratio = mean;
        p = sc_exp(-mean);
    }
    for (double below = p; below < u && n < most; below += p) {
        p *= dispersion > 1.0 ? (n + r) / (n + 1.0) * ratio : ratio / (n + 1.0);
        n += 1.0;
    }
    return n;
}

double sc_count_few(double n, double q, double u)
{
    if (q <= 0.0 || n <= 0.0)
        return 0.0;
    if (q >= 1.0)
        return n;
    double k = 0.0, odds = q / (1.0 - q), p = sc_exp(n * sc_log(1.0 - q));
    for (double below = p; below < u && k < n; below += p) {
        p *= (n - k) / (k + 1.0) * odds;
        k += 1.0;
    }
    return k < n ? k : n;
}
