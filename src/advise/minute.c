/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minute.c - demand within the hour: the hours of a day, and the distribution of what one minute asks for. */
#include "advise/minute.h"

#include "stats/elementary.h"

#define MANY 400.0                    /* gamma shapes above it are close to normal */
#define DENSITY_0 0.39894228040143268 /* 1 / sqrt(2 pi) */

/* ---- the hours of a day ---- */

/* cos(2 pi h / 24) */
static const double hour_cosine[SC_HOURS] = {1.0,
                                             0.9659258262890683,
                                             0.8660254037844387,
                                             0.7071067811865476,
                                             0.5,
                                             0.2588190451025208,
                                             0.0,
                                             -0.2588190451025208,
                                             -0.5,
                                             -0.7071067811865476,
                                             -0.8660254037844387,
                                             -0.9659258262890683,
                                             -1.0,
                                             -0.9659258262890683,
                                             -0.8660254037844387,
                                             -0.7071067811865476,
                                             -0.5,
                                             -0.2588190451025208,
                                             0.0,
                                             0.2588190451025208,
                                             0.5,
                                             0.7071067811865476,
                                             0.8660254037844387,
                                             0.9659258262890683};

static void hours_of(double k, double share[SC_HOURS])
{
    double sum = 0.0;
    for (int h = 0; h < SC_HOURS; h++) {
        share[h] = sc_exp(k * (hour_cosine[h] - 1.0));
        sum += share[h];
    }
    for (int h = 0; h < SC_HOURS; h++)
        share[h] *= SC_HOURS / sum;
}

void sc_hours_of_peak(double peak, double share[SC_HOURS])
{
    double low = 0.0, high = 1200.0; /* at which all requests come in one hour */
    hours_of(0.0, share);
    for (int i = 0; i < 200 && peak > 1.0 && low < high; i++) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high)
            break;
        hours_of(middle, share);
        if (share[0] < peak)
            low = middle;
        else
            high = middle;
    }
}

/* ---- the gamma distribution ---- */

/* Q(k, x) = P(gamma of shape k > x): the series of Abramowitz and Stegun 6.5.29 below k + 1, Lentz's continued fraction
 * of 6.5.31 above; relative error below 1e-11 for k <= MANY. */
static double gamma_above(double k, double x)
{
    if (x <= 0.0)
        return 1.0;
    const double front = sc_exp(k * sc_log(x) - x - sc_log_gamma(k));
    if (x < k + 1.0) {
        double term = 1.0 / k, sum = term;
        for (double n = k + 1.0; term > sum * 1e-16; n += 1.0)
            sum += term *= x / n;
        const double below = front * sum;
        return below < 1.0 ? 1.0 - below : 0.0;
    }
    const double least = 1e-300;
    double b = x + 1.0 - k, c = 1.0 / least, d = 1.0 / b, fraction = d;
    for (double n = 1.0; n < 2000.0; n += 1.0) {
        const double a = n * (k - n);
        b += 2.0;
        d = a * d + b;
        c = b + a / c;
        d = 1.0 / (fabs(d) < least ? least : d);
        c = fabs(c) < least ? least : c;
        const double step = c * d;
        fraction *= step;
        if (fabs(step - 1.0) < 1e-14)
            break;
    }
    return front * fraction;
}

double sc_minute_above(double mean, double variance, double limit)
{
    if (variance <= 1e-18 * mean * mean || mean <= 0.0)
        return mean > limit ? 1.0 : 0.0;
    if (limit <= 0.0)
        return 1.0;
    const double k = mean * mean / variance;
    if (k <= 30.0)
        return gamma_above(k, k * limit / mean);
    /* Wilson and Hilferty (1931): the cube root is normal; within 1e-4 here */
    const double root = sc_pow(limit / mean, 1.0 / 3.0);
    return sc_normal_cdf((1.0 - 1.0 / (9.0 * k) - root) * 3.0 * sqrt(k));
}

/* Of a gamma variate G with mean 1 and shape k: E[(G - r)+] and E[(1 - r / G)+]. */
typedef struct excess {
    double part, share;
} excess;

/* Normal with the first correction for skewness 2 / sqrt(k): density phi (1 + skewness / 6 He3). */
static excess excess_of_many(double k, double r)
{
    const double sd = 1.0 / sqrt(k), z = (r - 1.0) / sd;
    const double density = DENSITY_0 * sc_normal_hump(z);
    const double part = sd * (density - z * sc_normal_cdf(-z) + z * density * sd / 3.0);
    const double kept = part > 0.0 ? part : 0.0;
    /* near r: (1 - r / G) = (G - r) / G, with G at the mean of those above */
    const double above = sc_normal_cdf(-z);
    const double typical = above > 1e-12 ? r + kept / above : r;
    return (excess){kept, typical > 0.0 ? kept / typical : 0.0};
}

static excess excess_of(double k, double r)
{
    if (k > MANY)
        return excess_of_many(k, r);
    const double x = k * r, above = gamma_above(k, x);
    /* x^k e^-x / Gamma(k + 1) = Q(k + 1, x) - Q(k, x) */
    const double front = sc_exp(k * sc_log(x) - x - sc_log_gamma(k + 1.0));
    const double part = (above + front) - r * above;
    /* E[1 / G; G > r] = k / (k - 1) Q(k - 1, x); with few requests all tokens rise and fall as their number does */
    double share = k > 1.5 ? above - x / (k - 1.0) * (above - front * k / x) : 0.0;
    if (k <= 1.5)
        share = above > 0.0 ? part / (r + part / above) : 0.0;
    return (excess){part > 0.0 ? part : 0.0, share > 0.0 ? share : 0.0};
}

/* ---- minutes ---- */

void sc_minute_add(sc_minute *m, double rate, double dispersion, const double size[2], const double size_variance[2],
                   double size_covariance)
{
    for (int k = 0; k < 2; k++) {
        m->mean[k] += rate * size[k];
        m->variance[k] += rate * (size_variance[k] + dispersion * size[k] * size[k]);
    }
    m->covariance += rate * (size_covariance + dispersion * size[0] * size[1]);
}

/* The larger of two loads (demand / capacity): Clark, "The greatest of a finite set of random variables", Operations
 * Research 9 (1961). */
typedef struct larger {
    double mean, variance;
    double first; /* P(it is the first); its covariance with anything is that of the two loads, weighted so */
} larger;

static larger larger_of(const double mean[2], const double variance[2], double covariance)
{
    const double spread = variance[0] + variance[1] - 2.0 * covariance, difference = mean[0] - mean[1];
    const double a = sqrt(spread > 0.0 ? spread : 0.0);
    if (a <= 1e-9 * (mean[0] + mean[1])) {
        const int k = difference >= 0.0 ? 0 : 1;
        return (larger){mean[k], variance[k], k == 0 ? 1.0 : 0.0};
    }
    const double alpha = difference / a, first = sc_normal_cdf(alpha), second = sc_normal_cdf(-alpha),
                 between = a * DENSITY_0 * sc_normal_hump(alpha);
    const double greatest = mean[0] * first + mean[1] * second + between;
    const double square = (mean[0] * mean[0] + variance[0]) * first + (mean[1] * mean[1] + variance[1]) * second +
                          (mean[0] + mean[1]) * between;
    const double rest = square - greatest * greatest;
    return (larger){greatest, rest > 0.0 ? rest : 0.0, first};
}

void sc_minute_overflow(const sc_minute *m, const double capacity[2], double over[2])
{
    double mean[2], variance[2], unit[2];
    over[0] = over[1] = 0.0;
    for (int k = 0; k < 2; k++) {
        unit[k] = capacity[k] < SC_INF ? 1.0 / capacity[k] : 0.0;
        mean[k] = m->mean[k] * unit[k];
        variance[k] = m->variance[k] * unit[k] * unit[k];
    }
    const larger load = larger_of(mean, variance, m->covariance * unit[0] * unit[1]);
    if (load.mean <= 0.0)
        return;
    const double r = 1.0 / load.mean, cv = sqrt(load.variance) * r;
    const int steady = cv < 1e-9;
    if (r >= 1.0 && (steady || r > 1.0 + cv * (9.0 + 30.0 * cv))) /* out of reach */
        return;
    const excess e = steady ? (excess){1.0 - r, 1.0 - r} : excess_of(1.0 / (cv * cv), r);
    for (int k = 0; k < 2; k++) {
        /* The tokens that come with a load are linear in it: the mean + slope x (load / its mean - 1). */
        const double own = m->variance[k] * unit[k], other = m->covariance * unit[1 - k];
        const double weight = k == 0 ? load.first : 1.0 - load.first;
        const double slope = steady ? m->mean[k] : (own * weight + other * (1.0 - weight)) * load.mean / load.variance;
        const double tokens = slope * e.part + (m->mean[k] - slope) * e.share;
        over[k] = tokens < 0.0 ? 0.0 : tokens > m->mean[k] ? m->mean[k] : tokens;
    }
}
