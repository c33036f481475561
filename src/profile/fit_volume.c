/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_volume.c - requests a day: pattern of the week, noise of days, level, growth, spells and wandering of the level.
 *
 * Noise, spells and level are those of the simulator (sim/kernels_body.h): how far days differ says what blocks of days
 * may be expected to differ by, and what these differ by beyond it is the level's walk or spells. */
#include <math.h>

#include "profile/profile_fit.h"
#include "stats/elementary.h"

#define WEEK_FROM 14   /* days from which there is a pattern of the week */
#define GROWTH_FROM 28 /* days from which growth is looked for */
#define FLOOR 0.02     /* of its level: a day with less counts as so much in logarithms */
#define MANY 20.0      /* requests a day, from which logarithms of counts make sense */
#define MOST_LOG_VARIANCE 4.0
#define MOST_SPREAD 2.0    /* sd of the logarithm of the level */
#define LEAST_LEVEL (-9.0) /* logarithm of requests a day */
#define UNKNOWN_DAY_CV 0.3 /* of fewer than 4 days */
#define KNOWN_WIDTH 0.5    /* sd of the logarithm of what blocks are expected to differ by, at least */
#define HALF_LIFE 7.0      /* of spells, days: weeks of data do not tell 3 from 14, nor do totals of weeks care */
#define MOST_CV 5.0        /* as scenarios have it */
#define MOST_WANDER 2.0    /* of the level in a month: nobody knows more than that anything may come */

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

/* ---- noise of days ---- */

/* What is left after level and weekday, less what single requests bring by themselves.  The noise is lognormal: where
 * counts are large, the variance of logarithms says what its cv is, far better than a sample that lacks the rare busy
 * days; a day with next to nothing counts as FLOOR of its level. */
static double fit_day_cv(const double *y, size_t n, sc_day first, const double w[7], double burstiness)
{
    double squares = 0.0, weights = 0.0, mean = 0.0, logs = 0.0, log_sum = 0.0, log_days = 0.0;
    if (n < 4)
        return UNKNOWN_DAY_CV;
    for (size_t d = 0; d < n; d++) {
        const double level = around(y, n, d), share = w[sc_day_weekday(first + (sc_day)d)];
        if (level > 0.0) {
            squares += (y[d] / level - share) * (y[d] / level - share);
            weights += share * share;
        }
        if (level * share >= MANY) {
            const double log_ratio = sc_log(fmax(y[d] / (level * share), FLOOR));
            log_days += 1.0;
            log_sum += log_ratio;
            logs += log_ratio * log_ratio;
        }
        mean += y[d] / (double)n;
    }
    if (!(weights > 0.0) || !(mean > 0.0))
        return UNKNOWN_DAY_CV;
    /* The level is a mean of seven days, of which the day is one; the pattern of the week takes six degrees. */
    const double own = n >= 7 ? 7.0 / 6.0 : (double)n / (double)(n - 1);
    const double lost = n >= WEEK_FROM ? (double)n / (double)(n - 6) : 1.0;
    double variance = squares / weights;
    if (log_days > 0.5 * (double)n)
        variance =
            fmax(variance, sc_exp(fmin((logs - log_sum * log_sum / log_days) / log_days, MOST_LOG_VARIANCE)) - 1.0);
    variance = variance * own * lost - burstiness * burstiness / mean;
    return fmin(sqrt(fmax(variance, 0.0)), MOST_CV);
}

/* ---- level and growth ---- */

/* Blocks end with the last day; days before the first whole block are left out. */
static void make_blocks(const double *requests, size_t n, sc_day first, const double w[7], profile_blocks *b)
{
    const size_t days = n >= GROWTH_FROM ? 7 : n >= 8 ? n / 4 : n;
    double sum = 0.0;
    b->days = (double)days;
    b->n = n / days < PROFILE_MOST_BLOCKS ? n / days : PROFILE_MOST_BLOCKS;
    for (size_t j = 0; j < b->n; j++) {
        const size_t from = n - (b->n - j) * days;
        double count = 0.0, weight = 0.0;
        for (size_t d = from; d < from + days; d++) {
            count += requests[d];
            weight += w[sc_day_weekday(first + (sc_day)d)];
        }
        b->count[j] = weight > 0.0 ? count * b->days / weight : 0.0;
        sum += b->count[j];
    }
    b->mean = fmax(sum, 0.5) / fmax((double)(b->n * days), 1.0);
}

/* Days of a block that have nothing to do with each other leave it 1 / sqrt(days) of their cv, days that are all alike
 * the whole of it: the middle of what may be lies half way, and the ends within an sd. */
static void expect_noise(profile_blocks *b, double day_cv, double burstiness, size_t n)
{
    const double days = (double)n, error = sqrt(2.0 / days) * (day_cv * day_cv + burstiness * burstiness / b->mean);
    const double half = 0.25 * sc_log(b->days);
    b->noise = sqrt(day_cv * day_cv + error) * sc_exp(-half);
    b->noise_width = sqrt(half * half + KNOWN_WIDTH * KNOWN_WIDTH);
}

static sc_profile_range log_range(double mean, double sd, double offset)
{
    const double s = PROFILE_Z90 * fmin(sd, MOST_SPREAD);
    return (sc_profile_range){sc_significant(sc_exp(mean - s) - offset), sc_significant(sc_exp(mean) - offset),
                              sc_significant(sc_exp(mean + s) - offset)};
}

/* sd of the logarithm of the level at the start of the horizon.  Slow changes leave no trace in few days: volume is
 * taken to vary alike at every time scale (1/f noise), so that one more doubling of the time observed adds what each of
 * those within it did on average to the noise of days. */
static double level_sd(const profile_level *l, double day_cv, size_t n)
{
    const double doublings = sc_log((double)n + 1.0) / sc_log(2.0);
    return sqrt(l->level_sd * l->level_sd + sc_log(1.0 + day_cv * day_cv) / doublings);
}

static double cv_of(double log_variance, double most) { return fmin(sqrt(sc_exp(log_variance) - 1.0), most); }

void profile_fit_volume(const double *requests, size_t n, sc_day first, sc_day start, double burstiness,
                        sc_profile_volume *v, unsigned *notes)
{
    profile_blocks b;
    profile_level level;
    fit_weekday(requests, n, first, v->weekday);
    scale_to_mean_one(v->weekday);
    make_blocks(requests, n, first, v->weekday, &b);
    if (b.n == 0)
        return;
    v->day_cv = sc_significant(fit_day_cv(requests, n, first, v->weekday, burstiness));
    expect_noise(&b, v->day_cv, burstiness, n);
    profile_fit_level(&b, (double)(start - first) - (double)n, n >= GROWTH_FROM, &level);
    v->per_day = log_range(fmax(level.level, LEAST_LEVEL), level_sd(&level, v->day_cv, n), 0.0);
    v->growth = log_range(level.growth, level.growth_sd, 1.0);
    v->swing_cv = sc_significant(fmin(sqrt(fmax(level.noise - v->day_cv * v->day_cv / b.days, 0.0)), MOST_CV));
    v->half_life = HALF_LIFE;
    v->wander = sc_significant(cv_of(level.walk, MOST_WANDER));
    for (int k = 0; k < 7; k++)
        v->weekday[k] = sc_significant(v->weekday[k]);
    if (n < WEEK_FROM)
        *notes |= 1u << SC_PROFILE_FEW_DAYS;
    if (n < GROWTH_FROM)
        *notes |= 1u << SC_PROFILE_NO_GROWTH;
}
