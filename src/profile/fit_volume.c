/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_volume.c - requests a day: pattern of the week, level and growth with their uncertainty, noise of days.
 *
 * The level moves: its logarithm is a random walk with a slope (the local linear trend of Harvey 1989, with a constant
 * slope), seen through the noise of blocks of days.  How much of the movement is noise is not known from short series,
 * so that the estimate is averaged over a grid of ratios with their posterior weights.  What the walk may still do over
 * the horizon is part of the level's uncertainty, since a scenario has one level a trial. */
#include <math.h>
#include <string.h>

#include "profile/profile_fit.h"
#include "stats/elementary.h"

#define WEEK_FROM 14   /* days from which there is a pattern of the week */
#define GROWTH_FROM 28 /* days from which growth is looked for */
#define MAX_BLOCKS 1024
#define FLOOR 0.02         /* of the mean: blocks with less count as so much */
#define PRIOR_NOISE 0.1    /* sd of blocks, before any is seen: the middle ... */
#define PRIOR_WIDTH 2.0    /* ... and the sd of its logarithm */
#define PRIOR_SLOPE 0.2    /* sd of growth a month, of the logarithm */
#define MOST_SPREAD 1.5    /* sd of the logarithm of the level */
#define UNKNOWN_DAY_CV 0.3 /* of fewer than 4 days */
#define MOST_DAY_CV 5.0

/* ---- pattern of the week ---- */

/* Mean of the seven days around day d; at the ends, of the first or last seven. */
static double around(const double *y, size_t n, size_t d)
{
    if (n < 7) {
        double sum = 0.0;
        for (size_t i = 0; i < n; i++)
            sum += y[i];
        return sum / (double)n;
    }
    size_t first = d < 3 ? 0 : d - 3;
    first = first + 7 > n ? n - 7 : first;
    double sum = 0.0;
    for (size_t i = 0; i < 7; i++)
        sum += y[first + i];
    return sum / 7.0;
}

/* Mean ratio of each weekday to the week around it, shrunk toward 1 as far as the differences are noise. */
static void fit_weekday(const double *y, size_t n, sc_day first, double w[7])
{
    double sum[7] = {0}, squares = 0.0, days[7] = {0}, mean = 0.0, between = 0.0, error = 0.0;
    for (int k = 0; k < 7; k++)
        w[k] = 1.0;
    if (n < WEEK_FROM)
        return;
    for (size_t d = 0; d < n; d++) {
        const double level = around(y, n, d), ratio = level > 0.0 ? y[d] / level : 1.0;
        const int k = sc_day_weekday(first + (sc_day)d);
        sum[k] += ratio;
        squares += ratio * ratio;
        days[k] += 1.0;
    }
    for (int k = 0; k < 7; k++) {
        squares -= sum[k] * sum[k] / days[k];
        w[k] = sum[k] / days[k];
        mean += w[k] / 7.0;
    }
    const double noise = fmax(squares, 0.0) / (double)(n - 7);
    for (int k = 0; k < 7; k++) {
        between += (w[k] - mean) * (w[k] - mean) / 6.0;
        error += noise / days[k] / 7.0;
    }
    const double real = fmax(between - error, 0.0);
    for (int k = 0; k < 7; k++) {
        const double keep = real > 0.0 ? real / (real + noise / days[k]) : 0.0;
        w[k] = 1.0 + keep * (w[k] / mean - 1.0);
    }
}

static void scale_to_mean_one(double w[7])
{
    double sum = 0.0;
    for (int k = 0; k < 7; k++)
        sum += w[k];
    for (int k = 0; k < 7; k++)
        w[k] *= 7.0 / sum;
}

/* ---- level and growth ---- */

typedef struct block_series {
    double y[MAX_BLOCKS];   /* logarithms of the daily level */
    double raw[MAX_BLOCKS]; /* the level itself */
    size_t n;
    double days; /* in a block */
} block_series;

/* Blocks end with the last day; days before the first whole block are left out. */
static void make_blocks(const double *requests, size_t n, sc_day first, const double w[7], block_series *b)
{
    const size_t days = n >= GROWTH_FROM ? 7 : n >= 8 ? n / 4 : 1;
    double mean = 0.0;
    for (size_t d = 0; d < n; d++)
        mean += requests[d] / (double)n;
    b->days = (double)days;
    b->n = n / days < MAX_BLOCKS ? n / days : MAX_BLOCKS;
    for (size_t j = 0; j < b->n; j++) {
        const size_t from = n - (b->n - j) * days;
        double sum = 0.0, weight = 0.0;
        for (size_t d = from; d < from + days; d++) {
            sum += requests[d];
            weight += w[sc_day_weekday(first + (sc_day)d)];
        }
        const double least = fmax(FLOOR * mean, 0.5 / (double)days);
        b->raw[j] = weight > 0.0 ? sum / weight : 0.0;
        b->y[j] = sc_log(fmax(b->raw[j], least));
    }
}

/* State of the filter at the last block: level and slope a block, and their covariance. */
typedef struct trend {
    double level, slope, p11, p12, p22;
    double smear;  /* what the level in logarithms is low by, as a factor (Duan 1983) */
    double weight; /* logarithm of the posterior's density, up to a constant */
} trend;

/* Kalman filter (Harvey 1989); `noise`: variance of a block, `walk`: of a step of the level. */
static trend filter(const block_series *b, double noise, double walk, int with_slope)
{
    const double slope_sd = PRIOR_SLOPE * b->days / PROFILE_MONTH,
                 off = sc_log(sqrt(noise) / PRIOR_NOISE) / PRIOR_WIDTH;
    double fitted = sc_exp(b->y[0]), raw = b->raw[0];
    trend t = {
        .level = b->y[0], .p11 = noise, .p22 = with_slope ? slope_sd * slope_sd : 0.0, .weight = -0.5 * off * off};
    for (size_t j = 1; j < b->n; j++) {
        t.level += t.slope;
        t.p11 += 2.0 * t.p12 + t.p22 + walk;
        t.p12 += t.p22;
        const double f = t.p11 + noise, e = b->y[j] - t.level, k1 = t.p11 / f, k2 = t.p12 / f;
        t.weight -= 0.5 * (sc_log(f) + e * e / f);
        t.level += k1 * e;
        t.slope += k2 * e;
        t.p22 -= k2 * t.p12;
        t.p12 -= k1 * t.p12;
        t.p11 -= k1 * t.p11;
        fitted += sc_exp(t.level);
        raw += b->raw[j];
    }
    t.smear = fmin(fmax(raw / fitted, 0.5), 2.0);
    return t;
}

typedef struct moments {
    double sum, mean, square;
} moments;

static void add(moments *m, double weight, double mean, double variance)
{
    m->sum += weight;
    m->mean += weight * mean;
    m->square += weight * (variance + mean * mean);
}

static double variance_of(const moments *m)
{
    const double mean = m->mean / m->sum;
    return fmax(m->square / m->sum - mean * mean, 0.0);
}

static sc_profile_range log_range(double mean, double sd, double offset)
{
    const double s = PROFILE_Z90 * fmin(sd, MOST_SPREAD);
    return (sc_profile_range){sc_significant(sc_exp(mean - s) - offset), sc_significant(sc_exp(mean) - offset),
                              sc_significant(sc_exp(mean + s) - offset)};
}

/* `ahead`: days from the last one to the start of the horizon, `length`: days of the horizon. */
static void fit_level(const block_series *b, double ahead, double length, sc_profile_volume *v)
{
    static const double noises[] = {0.01, 0.02, 0.03, 0.05, 0.08, 0.13, 0.2, 0.32, 0.5, 0.8, 1.3, 2.0}; /* sd */
    static const double ratios[] = {0.003, 0.01, 0.03, 0.1,
                                    0.3,   1.0,  3.0,  10.0}; /* variance of a step / of the noise */
    enum { RATIOS = sizeof ratios / sizeof ratios[0], GRID = RATIOS * sizeof noises / sizeof noises[0] };
    const int with_slope = b->n * (size_t)b->days >= GROWTH_FROM;
    /* To the start of the horizon from the middle of the last block; of a walk's mean over the horizon, a third. */
    const double steps = (0.5 * b->days + ahead) / b->days, horizon = length / b->days;
    trend t[GRID];
    moments level = {0}, slope = {0};
    double best = -(double)INFINITY, smear = 0.0;
    for (int i = 0; i < GRID; i++) {
        const double noise = noises[i / RATIOS] * noises[i / RATIOS];
        t[i] = filter(b, noise, noise * ratios[i % RATIOS], with_slope);
        best = fmax(best, t[i].weight);
    }
    for (int i = 0; i < GRID; i++) {
        const double noise = noises[i / RATIOS] * noises[i / RATIOS], weight = sc_exp(t[i].weight - best);
        const double walk = noise * ratios[i % RATIOS] * (steps + horizon / 3.0);
        const double p = t[i].p11 + 2.0 * steps * t[i].p12 + steps * steps * t[i].p22 + walk;
        add(&level, weight, t[i].level + steps * t[i].slope, p);
        add(&slope, weight, t[i].slope, t[i].p22);
        smear += weight * t[i].smear;
    }
    const double months = PROFILE_MONTH / b->days, mean = level.mean / level.sum + sc_log(smear / level.sum);
    v->per_day = log_range(mean, sqrt(variance_of(&level)), 0.0);
    v->growth =
        log_range(slope.mean / slope.sum * months, with_slope ? sqrt(variance_of(&slope)) * months : PRIOR_SLOPE, 1.0);
}

/* ---- noise of days ---- */

/* What is left after level and weekday, less what single requests bring by themselves. */
static double fit_day_cv(const double *y, size_t n, sc_day first, const double w[7], double burstiness)
{
    double squares = 0.0, weights = 0.0, mean = 0.0;
    if (n < 4)
        return UNKNOWN_DAY_CV;
    for (size_t d = 0; d < n; d++) {
        const double level = around(y, n, d), share = w[sc_day_weekday(first + (sc_day)d)];
        if (level > 0.0) {
            squares += (y[d] / level - share) * (y[d] / level - share);
            weights += share * share;
        }
        mean += y[d] / (double)n;
    }
    if (!(weights > 0.0) || !(mean > 0.0))
        return UNKNOWN_DAY_CV;
    /* The level is a mean of seven days, of which the day is one; the pattern of the week takes six degrees. */
    const double own = n >= 7 ? 7.0 / 6.0 : (double)n / (double)(n - 1);
    const double lost = n >= WEEK_FROM ? (double)n / (double)(n - 6) : 1.0;
    const double variance = squares / weights * own * lost - burstiness * burstiness / mean;
    return fmin(sqrt(fmax(variance, 0.0)), MOST_DAY_CV);
}

void profile_fit_volume(const double *requests, size_t n, sc_day first, sc_day start, sc_day end, double burstiness,
                        sc_profile_volume *v, unsigned *notes)
{
    block_series b;
    fit_weekday(requests, n, first, v->weekday);
    scale_to_mean_one(v->weekday);
    make_blocks(requests, n, first, v->weekday, &b);
    if (b.n == 0)
        return;
    fit_level(&b, (double)(start - first) - (double)n, (double)(end - start), v);
    v->day_cv = sc_significant(fit_day_cv(requests, n, first, v->weekday, burstiness));
    for (int k = 0; k < 7; k++)
        v->weekday[k] = sc_significant(v->weekday[k]);
    if (n < WEEK_FROM)
        *notes |= 1u << SC_PROFILE_FEW_DAYS;
    if (n < GROWTH_FROM)
        *notes |= 1u << SC_PROFILE_NO_GROWTH;
}
