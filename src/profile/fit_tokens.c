/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_tokens.c - tokens of one request: a lognormal by maximum likelihood, or the data's own distribution. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "profile/profile_fit.h"
#include "stats/elementary.h"

#define MOST_VALUES 64
#define MOST_ZEROS 0.005 /* of requests, for a lognormal */
#define NEAR 0.01        /* distance at which a lognormal is as good as the data */
#define LEAST_CV 0.01    /* below, all requests are alike */

/* ---- bins ---- */

void profile_sizes_of(const profile_usage *u, const profile_part *parts, size_t n, profile_sizes *out)
{
    double below[2][SC_BINS], xx = 0.0, yy = 0.0, xy = 0.0;
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < n; i++) {
        const sc_ledger_size *s;
        const size_t entries = sc_ledger_sizes(u->l, parts[i].stream, &s);
        for (size_t k = 0; k < entries; k++) {
            out->input[s[k].input_bin] += s[k].count;
            out->output[s[k].output_bin] += s[k].count;
            out->n += s[k].count;
        }
    }
    if (out->n == 0)
        return;
    for (int side = 0; side < 2; side++) {
        const int64_t *bins = side == 0 ? out->input : out->output;
        double before = 0.0;
        for (int b = 0; b < SC_BINS; b++) {
            const double count = (double)bins[b];
            below[side][b] = count > 0.0 ? sc_normal_quantile((before + 0.5 * count) / (double)out->n) : 0.0;
            before += count;
        }
    }
    for (size_t i = 0; i < n; i++) {
        const sc_ledger_size *s;
        const size_t entries = sc_ledger_sizes(u->l, parts[i].stream, &s);
        for (size_t k = 0; k < entries; k++) {
            const double zx = below[0][s[k].input_bin], zy = below[1][s[k].output_bin], count = (double)s[k].count;
            xx += count * zx * zx;
            yy += count * zy * zy;
            xy += count * zx * zy;
        }
    }
    const double r = xx > 0.0 && yy > 0.0 ? xy / sqrt(xx * yy) : 0.0;
    /* What chance alone may show is no correlation. */
    if (fabs(r) * sqrt((double)out->n) > 2.0)
        out->correlation = fmin(fmax(r, -0.99), 0.99);
}

static double middle(int bin) { return 0.5 * ((double)sc_bin_low(bin) + (double)sc_bin_high(bin)); }

/* ---- lognormal ---- */

typedef struct lognormal {
    double m, s; /* of the logarithm */
    double distance, log_likelihood;
} lognormal;

/* Edges of a bin, of the logarithm: a count of k tokens stands for the values from k - 1/2 to k + 1/2. */
static void edges(int bin, double *low, double *high)
{
    *low = sc_log((double)sc_bin_low(bin) - 0.5);
    *high = sc_log((double)sc_bin_high(bin) + 0.5);
}

/* Mean and variance of a normal within a bin. */
static void within(const lognormal *f, int bin, double *mean, double *variance)
{
    double low, high;
    edges(bin, &low, &high);
    const double a = (low - f->m) / f->s, b = (high - f->m) / f->s;
    const double z = a > 0.0 ? sc_normal_cdf(-a) - sc_normal_cdf(-b) : sc_normal_cdf(b) - sc_normal_cdf(a);
    *mean = 0.5 * (low + high);
    *variance = (high - low) * (high - low) / 12.0;
    if (!(z > 1e-9) || b - a < 0.05)
        return; /* the density is flat, or too far out to be told */
    const double da = sc_exp(-0.5 * a * a) / sqrt(2.0 * M_PI), db = sc_exp(-0.5 * b * b) / sqrt(2.0 * M_PI);
    const double shift = (da - db) / z;
    *mean = f->m + f->s * shift;
    *variance = f->s * f->s * fmax(1.0 + (a * da - b * db) / z - shift * shift, 0.0);
}

/* Maximum likelihood on binned data by expectation and maximisation (Dempster, Laird and Rubin 1977). */
static lognormal fit_lognormal(const int64_t bins[SC_BINS], double n)
{
    lognormal f = {.m = 0.0, .s = 3.0};
    for (int round = 0; round < 100; round++) {
        double sum = 0.0, squares = 0.0, spread = 0.0;
        for (int pass = 0; pass < 2; pass++) {
            for (int b = 1; b < SC_BINS; b++) {
                double mean, variance;
                if (bins[b] == 0)
                    continue;
                within(&f, b, &mean, &variance);
                if (pass == 0) {
                    sum += (double)bins[b] * mean;
                } else {
                    squares += (double)bins[b] * (mean - sum / n) * (mean - sum / n);
                    spread += (double)bins[b] * variance;
                }
            }
        }
        const double m = sum / n, s = sqrt((squares + spread) / n);
        const int done = fabs(m - f.m) < 1e-9 && fabs(s - f.s) < 1e-9;
        f.m = m;
        f.s = fmax(s, 1e-3);
        if (done)
            break;
    }
    return f;
}

/* Largest difference of the distribution functions at the edges of bins, and the likelihood. */
static void judge_lognormal(lognormal *f, const int64_t bins[SC_BINS], double n)
{
    double below = (double)bins[0] / n;
    f->distance = below;
    f->log_likelihood = 0.0;
    for (int b = 1; b < SC_BINS; b++) {
        double low, high;
        if (bins[b] == 0)
            continue;
        edges(b, &low, &high);
        const double from = sc_normal_cdf((low - f->m) / f->s), to = sc_normal_cdf((high - f->m) / f->s);
        f->distance = fmax(f->distance, fabs(from - below));
        below += (double)bins[b] / n;
        f->distance = fmax(f->distance, fabs(to - below));
        f->log_likelihood += (double)bins[b] * sc_log(fmax(to - from, 1e-300));
    }
}

/* Akaike's criterion of the lognormal less that of the histogram. */
static double akaike_excess(const lognormal *f, const int64_t bins[SC_BINS], double n)
{
    double histogram = 0.0, cells = 0.0;
    for (int b = 0; b < SC_BINS; b++) {
        if (bins[b] > 0) {
            histogram += (double)bins[b] * sc_log((double)bins[b] / n);
            cells += 1.0;
        }
    }
    return (2.0 * 2.0 - 2.0 * f->log_likelihood) - (2.0 * (cells - 1.0) - 2.0 * histogram);
}

/* ---- the data's own distribution ---- */

/* Groups of bins: each has its part of the requests and of the tokens, so that neither middle nor tail is coarse; a
 * group is as large as its mean. */
static sc_code condense(const int64_t bins[SC_BINS], double n, double mean, double limit, sc_arena *arena,
                        sc_profile_tokens *out, int *over_limit)
{
    double *values = SC_ARENA_ARRAY(arena, double, MOST_VALUES + 1), tokens = 0.0, part = 0.0, sum = 0.0;
    int64_t *weights = SC_ARENA_ARRAY(arena, int64_t, MOST_VALUES + 1), count = 0;
    size_t groups = 0;
    if (values == NULL || weights == NULL)
        return SC_E_MEMORY;
    for (int b = 0; b < SC_BINS; b++)
        tokens += (double)bins[b] * middle(b);
    const double scale = tokens > 0.0 ? mean * n / tokens : 1.0;
    for (int b = 0; b < SC_BINS; b++) {
        if (bins[b] == 0)
            continue;
        const double share =
            0.5 * (double)bins[b] / n + (tokens > 0.0 ? 0.5 * (double)bins[b] * middle(b) / tokens : 0.5 / n);
        if (count > 0 && part + share > 1.0 / MOST_VALUES * 1.05 && groups < MOST_VALUES) {
            values[groups] = sc_significant(scale * sum / (double)count);
            weights[groups++] = count;
            part = sum = 0.0;
            count = 0;
        }
        part += share;
        sum += (double)bins[b] * middle(b);
        count += bins[b];
    }
    values[groups] = sc_significant(scale * sum / (double)count);
    weights[groups++] = count;
    for (size_t i = 0; i < groups; i++) {
        *over_limit |= values[i] > limit;
        values[i] = fmin(values[i], limit);
    }
    out->form = SC_PROFILE_VALUES;
    out->values = values;
    out->weights = weights;
    out->n_values = groups;
    return SC_OK;
}

static double cv_of(const int64_t bins[SC_BINS], double n)
{
    double sum = 0.0, squares = 0.0;
    for (int b = 0; b < SC_BINS; b++)
        sum += (double)bins[b] * middle(b) / n;
    for (int b = 0; b < SC_BINS; b++)
        squares += (double)bins[b] * (middle(b) - sum) * (middle(b) - sum) / n;
    return sum > 0.0 ? sqrt(squares) / sum : 0.0;
}

/* Whether a lognormal cut at the limit can have this cv (stats/dist.c). */
static int exists(double mean, double cv, double limit)
{
    const double r = mean / limit;
    return r < 1.0 && cv <= 15.0 && cv < 0.95 * (1.0 - r) / sqrt(r * (2.0 - r));
}

sc_code profile_fit_tokens(const int64_t bins[SC_BINS], double mean, double limit, sc_arena *arena,
                           sc_profile_tokens *out, int *over_limit)
{
    double n = 0.0;
    for (int b = 0; b < SC_BINS; b++)
        n += (double)bins[b];
    out->form = SC_PROFILE_CONSTANT;
    out->mean = sc_significant(mean);
    out->distance = -1.0;
    *over_limit |= mean > limit;
    out->mean = fmin(out->mean, limit);
    if (!(n > 1.0) || !(mean > 0.0))
        return SC_OK;
    out->cv = sc_significant(cv_of(bins, n));
    if (out->cv < LEAST_CV)
        return SC_OK;
    if ((double)bins[0] > MOST_ZEROS * n)
        return condense(bins, n, mean, limit, arena, out, over_limit);
    lognormal f = fit_lognormal(bins, n - (double)bins[0]);
    judge_lognormal(&f, bins, n);
    out->distance = sc_significant(f.distance);
    const double cv = sc_significant(sqrt(sc_exp(f.s * f.s) - 1.0));
    if (!exists(mean, cv, limit) || (f.distance > NEAR && akaike_excess(&f, bins, n) > 0.0))
        return condense(bins, n, mean, limit, arena, out, over_limit);
    out->form = SC_PROFILE_LOGNORMAL;
    out->cv = cv;
    return SC_OK;
}

/* ---- drift of the level ---- */

double profile_scale_cv(const profile_series *s, int output)
{
    enum { PRIOR_WEEKS = 2 };
    const double prior = 0.07; /* sd of a week's level, before any is seen */
    double log_mean[2] = {0}, weeks = 0.0, squares = 0.0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t from = s->n % 7; from + 7 <= s->n; from += 7) {
            double tokens = 0.0, requests = 0.0;
            for (size_t d = from; d < from + 7; d++) {
                tokens += (double)s->tokens[d][output ? SC_METER_OUTPUT : SC_METER_INPUT];
                requests += (double)s->requests[d];
            }
            if (!(tokens > 0.0) || !(requests > 0.0))
                continue;
            const double y = sc_log(tokens / requests), off = y - log_mean[0] / fmax(weeks, 1.0);
            if (pass == 0) {
                log_mean[0] += y;
                log_mean[1] += 1.0;
            } else {
                squares += off * off;
            }
        }
        weeks = log_mean[1];
    }
    const double freedom = PRIOR_WEEKS + fmax(weeks - 1.0, 0.0);
    return sqrt((PRIOR_WEEKS * prior * prior + squares) / freedom);
}
