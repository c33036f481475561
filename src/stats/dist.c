/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dist.c - fits, draws and moments of the distributions a scenario may name.
 *
 * The truncated lognormal: x = exp(a + b z) given x <= upper.  With t = (ln upper - a) / b and R(w) = e^(w^2/2)
 * Phi(-w), E[x^k] = e^(ka + k^2 b^2 / 2) Phi(t - kb) / Phi(t) = upper^k R(kb - t) / R(-t). The density of y = ln x is
 * exp(a quadratic in y) up to ln upper.  As t goes to -infinity with the mean held, the quadratic term vanishes and x /
 * upper tends to the power law of density ~ x^(theta - 1), theta = r / (1 - r), r = mean / upper.  It is the widest
 * that truncation allows: cv^2 = 1 / (theta (theta + 2)) = (1 - r)^2 / (r (2 - r)). Fits stop at t = -35, where the cv
 * is at most 0.1 % short of that: Phi(t) must be a double and leave room for a small p times it.
 *
 * Results go to output, so that everything here is made of sc_ functions, + - * / and sqrt. */
#include "stats/dist.h"

#include <stdbool.h>

#include "stats/elementary.h"

/* Below this no score that 53 random bits can give (|z| < 8.3) moves by an ulp. */
#define CUT_NEGLIGIBLE 1e-36
#define T_NEGLIGIBLE 12.6 /* Phi(-T_NEGLIGIBLE) < CUT_NEGLIGIBLE */
#define T_LOWEST (-35.0)

typedef double (*function)(const void *context, double x);

/* A zero of f between lo and hi, where its signs differ; hi where they do not, as rounding may have it if the zero
 * is there.  T. R. Chandrupatla, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear
 * function without using derivatives", Advances in Engineering Software 28 (1997). */
static double find_zero(function f, const void *context, double lo, double hi)
{
    double a = hi, b = lo, c = lo;
    double fa = f(context, a), fb = f(context, b), fc = fb;
    double t = 0.5;
    if (fb == 0.0)
        return lo;
    if ((fa > 0.0) == (fb > 0.0))
        return hi;
    /* ten steps or so; halving alone would need 1100 at most */
    for (int step = 0; step < 1200; step++) {
        double best = fabs(fa) < fabs(fb) ? a : b;
        double width = fabs(b - a);
        double least = DBL_EPSILON * fabs(best) / width;
        if (fa == 0.0 || !(least < 0.5))
            return best;
        if (step > 0) {
            double xi = (a - b) / (c - b), phi = (fa - fb) / (fc - fb);
            bool quadratic = phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi;
            t = quadratic ? fa / (fb - fa) * (fc / (fb - fc)) + (c - a) / (b - a) * (fa / (fc - fa)) * (fb / (fc - fb))
                          : 0.5;
            t = t > least ? t : least;
            t = t < 1.0 - least ? t : 1.0 - least;
        }
        double x = a + t * (b - a), fx = f(context, x);
        if ((fx > 0.0) == (fa > 0.0)) {
            c = a;
            fc = fa;
        } else {
            c = b;
            fc = fb;
            b = a;
            fb = fa;
        }
        a = x;
        fa = fx;
    }
    return a;
}

/* ln(1 + x) for x >= 0 (W. Kahan): the rounding error of 1 + x cancels. */
static double log_1p(double x)
{
    double u = 1.0 + x;
    return u == 1.0 || !(u < SC_INF) ? x : sc_log(u) * (x / (u - 1.0));
}

static double power(double x, int k)
{
    double result = 1.0;
    for (int i = 0; i < k; i++)
        result *= x;
    return result;
}

int sc_dist_constant(sc_dist *d, double value)
{
    if (!isfinite(value))
        return -1;
    *d = (sc_dist){.kind = SC_DIST_CONSTANT, .a = value, .upper = SC_INF, .mass = 1.0};
    return 0;
}

/* Phi^-1(p (1 - cut)), where p + q = 1 and mass + cut = 1, from the tail that keeps the digits. */
static double truncated_score(double p, double q, double mass, double cut)
{
    double below = p * mass;
    return below < 0.5 ? sc_normal_quantile(below) : -sc_normal_quantile(q * mass + cut);
}

static int make_lognormal(sc_dist *d, double a, double b, double upper)
{
    if (!isfinite(a) || !isfinite(b) || !(b > 0.0))
        return -1;
    sc_dist made = {.kind = SC_DIST_LOGNORMAL, .a = a, .b = b, .upper = upper, .mass = 1.0};
    if (upper < SC_INF) {
        double t = (sc_log(upper) - a) / b;
        made.mass = sc_normal_cdf(t);
        made.cut = sc_normal_cdf(-t);
        if (made.cut < CUT_NEGLIGIBLE)
            made.cut = 0.0;
    }
    *d = made;
    return 0;
}

typedef struct quantile_fit {
    double p1, p2;
    double distance; /* of ln upper from ln q1, in units of ln q2 - ln q1 */
} quantile_fit;

static void quantile_scores(const quantile_fit *fit, double t, double *z1, double *z2)
{
    double mass = sc_normal_cdf(t), cut = sc_normal_cdf(-t);
    *z1 = truncated_score(fit->p1, 1.0 - fit->p1, mass, cut);
    *z2 = truncated_score(fit->p2, 1.0 - fit->p2, mass, cut);
}

/* For a truncation at score t both quantiles have known scores, and a straight line through (z1, ln q1), (z2, ln
 * q2) must pass (t, ln upper).  Increasing in t. */
static double quantile_excess(const void *context, double t)
{
    const quantile_fit *fit = context;
    double z1, z2;
    quantile_scores(fit, t, &z1, &z2);
    return (t - z1) - fit->distance * (z2 - z1);
}

int sc_dist_lognormal_quantiles(sc_dist *d, double p1, double q1, double p2, double q2, double upper)
{
    if (!(0.0 < p1 && p1 < p2 && p2 < 1.0) || !(DBL_MIN <= q1 && q1 <= q2 && q2 <= upper) || !isfinite(q2))
        return -1;
    double y1 = sc_log(q1), y2 = sc_log(q2);
    if (!(y1 < y2))
        return sc_dist_constant(d, q1);
    double z1 = sc_normal_quantile(p1), z2 = sc_normal_quantile(p2);
    if (upper < SC_INF) {
        double y = sc_log(upper);
        if (!(y2 < y))
            return -1;
        quantile_fit fit = {p1, p2, (y - y1) / (y2 - y1)};
        double t = z1 + fit.distance * (z2 - z1); /* where truncation does not matter */
        if (t < T_NEGLIGIBLE) {
            if (!(quantile_excess(&fit, T_LOWEST) < 0.0))
                return -1;
            t = find_zero(quantile_excess, &fit, T_LOWEST, T_NEGLIGIBLE);
            quantile_scores(&fit, t, &z1, &z2);
        }
    }
    double b = (y2 - y1) / (z2 - z1);
    return make_lognormal(d, y1 - b * z1, b, upper);
}

/* ln R(-t), R as at the top. */
static double log_reach(double t)
{
    return t > 0.0 ? sc_log(sc_normal_cdf(t)) + 0.5 * t * t : sc_log(sc_normal_mills(-t));
}

/* ln E[(x / upper)^k] at truncation score t and ks = k b. */
static double log_moment(double t, double ks) { return log_reach(t - ks) - log_reach(t); }

typedef struct moment_fit {
    double t;
    double log_mean;  /* ln(mean / upper) */
    double log_ratio; /* ln(E[x^2] / mean^2) */
} moment_fit;

static double mean_excess(const void *context, double s)
{
    const moment_fit *fit = context;
    return log_moment(fit->t, s) - fit->log_mean;
}

/* The s that gives the mean at truncation score t.  The mean falls with s from upper to 0. */
static double spread_of_mean(moment_fit *fit, double t)
{
    fit->t = t;
    double high = 1.0;
    while (mean_excess(fit, high) > 0.0 && high < 1e300)
        high *= 2.0;
    double low = 0.5 * high;
    while (mean_excess(fit, low) < 0.0 && low > 1e-300)
        low *= 0.5;
    return find_zero(mean_excess, fit, low, 2.0 * low);
}

/* With the mean held, x becomes less variable as t grows (s falls): two such densities of equal mean cross exactly
 * twice, as the log of their ratio is quadratic in ln x. */
static double variance_excess(const void *context, double t)
{
    moment_fit fit = *(const moment_fit *)context;
    double s = spread_of_mean(&fit, t);
    return log_moment(t, 2.0 * s) - 2.0 * fit.log_mean - fit.log_ratio;
}

int sc_dist_lognormal_moments(sc_dist *d, double mean, double cv, double upper)
{
    if (!(DBL_MIN <= mean && mean <= upper) || !isfinite(mean) || !(cv >= 0.0) || !isfinite(cv))
        return -1;
    double log_ratio = log_1p(cv * cv);
    if (!(log_ratio > 0.0))
        return sc_dist_constant(d, mean);
    double s = sqrt(log_ratio), a = sc_log(mean) - 0.5 * log_ratio;
    if (!(upper < SC_INF))
        return make_lognormal(d, a, s, upper);

    double r = mean / upper, theta = r / (1.0 - r);
    if (!(theta * (theta + 2.0) * cv * cv < 1.0))
        return -1;
    double t = (sc_log(upper) - a) / s;
    if (t - 2.0 * s > T_NEGLIGIBLE)
        return make_lognormal(d, a, s, upper); /* neither moment notices */

    /* Truncation narrows, so that s must grow and t fall from there. */
    moment_fit fit = {.t = t, .log_mean = sc_log(r), .log_ratio = log_ratio};
    if (!(variance_excess(&fit, T_LOWEST) > 0.0))
        return -1;
    t = find_zero(variance_excess, &fit, T_LOWEST, t);
    s = spread_of_mean(&fit, t);
    return make_lognormal(d, sc_log(upper) - t * s, s, upper);
}

int sc_dist_logit_normal_quantiles(sc_dist *d, double p1, double q1, double p2, double q2)
{
    if (!(0.0 < p1 && p1 < p2 && p2 < 1.0) || !(DBL_MIN <= q1 && q1 <= q2 && q2 < 1.0))
        return -1;
    double y1 = sc_log(q1) - sc_log(1.0 - q1), y2 = sc_log(q2) - sc_log(1.0 - q2);
    if (!(y1 < y2))
        return sc_dist_constant(d, q1);
    double z1 = sc_normal_quantile(p1);
    double b = (y2 - y1) / (sc_normal_quantile(p2) - z1);
    double a = y1 - b * z1;
    if (!isfinite(a) || !isfinite(b))
        return -1;
    *d = (sc_dist){.kind = SC_DIST_LOGIT_NORMAL, .a = a, .b = b, .upper = SC_INF, .mass = 1.0};
    return 0;
}

int sc_dist_triangular(sc_dist *d, double min, double mode, double max)
{
    if (!(min <= mode && mode <= max) || !isfinite(max - min))
        return -1;
    if (min == max)
        return sc_dist_constant(d, min);
    *d = (sc_dist){.kind = SC_DIST_TRIANGULAR, .a = min, .b = mode, .c = max, .upper = SC_INF, .mass = 1.0};
    return 0;
}

/* The order of pairs: by value, and by weight so that the sums do not depend on the order of input. */
static bool pair_less(const double *values, const double *weights, size_t i, size_t j)
{
    return values[i] < values[j] || (values[i] == values[j] && weights[i] < weights[j]);
}

static void pair_swap(double *values, double *weights, size_t i, size_t j)
{
    double value = values[i], weight = weights[i];
    values[i] = values[j];
    weights[i] = weights[j];
    values[j] = value;
    weights[j] = weight;
}

static void pair_sift_down(double *values, double *weights, size_t root, size_t n)
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && pair_less(values, weights, child, child + 1))
            child++;
        if (!pair_less(values, weights, root, child))
            return;
        pair_swap(values, weights, root, child);
    }
}

static void sort_pairs(double *values, double *weights, size_t n)
{
    for (size_t i = n / 2; i-- > 0;)
        pair_sift_down(values, weights, i, n);
    for (size_t end = n; end-- > 1;) {
        pair_swap(values, weights, 0, end);
        pair_sift_down(values, weights, 0, end);
    }
}

int sc_dist_discrete(sc_dist *d, double *values, double *weights, size_t n)
{
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i]) || !(weights[i] >= 0.0))
            return -1;
        total += weights[i];
    }
    if (!(total >= DBL_MIN) || !isfinite(total))
        return -1;

    sort_pairs(values, weights, n);
    total = 0.0;
    for (size_t i = 0; i < n; i++) {
        total += weights[i];
        weights[i] = total;
    }
    /* Equal values become one, and those that no probability is left for are dropped. */
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        double cumulative = weights[i] / total;
        if (kept > 0 && values[i] == values[kept - 1]) {
            weights[kept - 1] = cumulative;
        } else if (cumulative > (kept > 0 ? weights[kept - 1] : 0.0)) {
            values[kept] = values[i];
            weights[kept++] = cumulative;
        }
    }
    if (kept == 1)
        return sc_dist_constant(d, values[0]);
    *d = (sc_dist){
        .kind = SC_DIST_DISCRETE, .upper = SC_INF, .mass = 1.0, .values = values, .cumulative = weights, .n = kept};
    return 0;
}

static double logistic(double y) { return 1.0 / (1.0 + sc_exp(-y)); }

static double lognormal_at(const sc_dist *d, double z)
{
    double score = d->cut > 0.0 ? truncated_score(sc_normal_cdf(z), sc_normal_cdf(-z), d->mass, d->cut) : z;
    double value = sc_exp(d->a + d->b * score);
    return value > d->upper ? d->upper : value;
}

static double triangular_at(const sc_dist *d, double z)
{
    double width = d->c - d->a;
    double left = (d->b - d->a) / width, right = (d->c - d->b) / width;
    double p = sc_normal_cdf(z), q = sc_normal_cdf(-z);
    if (p < left) {
        double value = d->a + width * sqrt(p * left);
        return value < d->b ? value : d->b;
    }
    double value = d->c - width * sqrt(q * right);
    return value < d->b ? d->b : value;
}

static double discrete_at(const sc_dist *d, double z)
{
    double p = sc_normal_cdf(z);
    size_t low = 0, high = d->n - 1;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (p <= d->cumulative[mid])
            high = mid;
        else
            low = mid + 1;
    }
    return d->values[low];
}

double sc_dist_at(const sc_dist *d, double z)
{
    switch (d->kind) {
    case SC_DIST_CONSTANT: return d->a;
    case SC_DIST_LOGNORMAL: return lognormal_at(d, z);
    case SC_DIST_LOGIT_NORMAL: return logistic(d->a + d->b * z);
    case SC_DIST_TRIANGULAR: return triangular_at(d, z);
    case SC_DIST_DISCRETE: return discrete_at(d, z);
    }
    return SC_NAN;
}

/* The forms at the top: the first loses digits where truncation is strong, the second overflows where it is weak. */
static double lognormal_moment(const sc_dist *d, int k)
{
    double ks = k * d->b;
    double whole = sc_exp(k * d->a + 0.5 * ks * ks);
    if (!(d->upper < SC_INF))
        return whole;
    double t = (sc_log(d->upper) - d->a) / d->b;
    if (t > ks)
        return whole * (sc_normal_cdf(t - ks) / d->mass);
    double below = t > 0.0 ? d->mass / sc_normal_hump(t) : sc_normal_mills(-t);
    return power(d->upper, k) * (sc_normal_mills(ks - t) / below);
}

/* The trapezoid rule converges exponentially on smooth functions that vanish at both ends (Trefethen and Weideman,
 * SIAM Review 56, 2014): with this step to 1e-16, as the poles of the logistic function are pi away from the real
 * axis. */
static double logit_normal_moment(const sc_dist *d, int k)
{
    const double step = 0.25;
    double sum = 0.0;
    if (d->b <= 1.0) {
        /* E = integral of f(a + b z)^k phi(z); the integrand's peak is at most kb from 0 */
        for (int i = -56; i <= 56; i++) {
            double z = step * i;
            sum += power(logistic(d->a + d->b * z), k) * sc_normal_hump(z);
        }
        return step * sum * 0.3989422804014327; /* 1 / sqrt(2 pi) */
    }
    /* By parts, so that a wide b makes the integrand smoother: E = integral of k f(y)^k (1 - f(y)) Phi((a - y) /
     * b).  Below e^-750 nothing is left of f; above 40 nothing of 1 - f. */
    double first = (d->a < 0.0 ? d->a : 0.0) - 40.0;
    first = first > -750.0 ? first : -750.0;
    for (double y = first; y < 40.0; y += step)
        sum += power(logistic(y), k) * logistic(-y) * sc_normal_cdf((d->a - y) / d->b);
    return step * k * sum;
}

/* The triangular density is a B-spline of degree 1 with the knots min, mode, max: E[x^k] is the mean of all
 * products of k of them with repetition. */
static double triangular_moment(const sc_dist *d, int k)
{
    const double knots[3] = {d->a, d->b, d->c};
    double products[5] = {1.0}; /* [j]: the sum of all products of j knots so far */
    for (int i = 0; i < 3; i++)
        for (int j = 1; j <= k; j++)
            products[j] += knots[i] * products[j - 1];
    return products[k] / (0.5 * (k + 1) * (k + 2));
}

static double discrete_moment(const sc_dist *d, int k)
{
    double sum = 0.0, before = 0.0;
    for (size_t i = 0; i < d->n; i++) {
        sum += power(d->values[i], k) * (d->cumulative[i] - before);
        before = d->cumulative[i];
    }
    return sum;
}

double sc_dist_moment(const sc_dist *d, int k)
{
    if (k < 1 || k > 4)
        return SC_NAN;
    switch (d->kind) {
    case SC_DIST_CONSTANT: return power(d->a, k);
    case SC_DIST_LOGNORMAL: return lognormal_moment(d, k);
    case SC_DIST_LOGIT_NORMAL: return logit_normal_moment(d, k);
    case SC_DIST_TRIANGULAR: return triangular_moment(d, k);
    case SC_DIST_DISCRETE: return discrete_moment(d, k);
    }
    return SC_NAN;
}

double sc_dist_max(const sc_dist *d)
{
    switch (d->kind) {
    case SC_DIST_CONSTANT: return d->a;
    case SC_DIST_LOGNORMAL: return d->upper;
    case SC_DIST_LOGIT_NORMAL: return 1.0;
    case SC_DIST_TRIANGULAR: return d->c;
    case SC_DIST_DISCRETE: return d->values[d->n - 1];
    }
    return SC_NAN;
}
