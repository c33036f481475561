/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_level.c - level, growth and noise of daily requests, from counts of blocks of days.
 *
 * The logarithm of the level is a random walk with a slope (Harvey 1989); a block's count is negative binomial around
 * it, so that zeros and small counts are what they are.  Level and slope are filtered: given the level, a count differs
 * from its mean by what single requests bring and by noise in proportion to the level, and the update is the conjugate
 * one of gamma levels (Harvey and Fernandes 1989), which keeps the mean.  How far blocks differ by noise and how far
 * the walk goes is not known from short series: the estimate is averaged over a grid of both by posterior weights. */
#include <math.h>

#include "profile/profile_fit.h"
#include "stats/elementary.h"

#define LEAST_NOISE 0.005 /* cv of a block */
#define PRIOR_SLOPE 0.2   /* sd of growth a month, of the logarithm */
#define PRIOR_LEVEL 4.0   /* squared cv of the level around the mean of all blocks */
#define FARTHEST_STEP 8.0 /* the same; weights vanish before */
#define TYPICAL_STEP 0.5  /* variance of a step of the logarithm: exponential before any is seen */
#define LARGE_COUNT 1e6   /* above it, what single requests bring is far below the least noise */

/* State of the filter at the last block: logarithm of the level and slope a block, and their covariance. */
typedef struct state {
    double level, slope, p11, p12, p22;
    double weight; /* logarithm of the posterior's density, up to a constant */
} state;

/* Logarithm of the negative binomial's probability, up to what depends on the count alone. */
static double log_probability(double count, double mean, double squared_cv)
{
    const double shape = 1.0 / squared_cv;
    return sc_log_gamma(count + shape) - sc_log_gamma(shape) + shape * sc_log(shape / (shape + mean)) +
           count * sc_log(mean / (shape + mean));
}

/* `noise`: squared cv of a block, `walk`: variance of a step of the level. */
static state filter(const profile_blocks *b, double noise, double walk, double slope_sd)
{
    const double fold = b->mean * b->days > LARGE_COUNT ? LARGE_COUNT / (b->mean * b->days) : 1.0;
    state s = {.level = sc_log(b->mean), .p11 = PRIOR_LEVEL, .p22 = slope_sd * slope_sd};
    const double wider = sc_exp(fmin(walk, FARTHEST_STEP));
    for (size_t j = 0; j < b->n; j++) {
        if (j > 0) {
            s.level += s.slope;
            s.p11 = (1.0 + s.p11 + 2.0 * s.p12 + s.p22) * wider - 1.0;
            s.p12 += s.p22;
        }
        const double mean = fmax(sc_exp(s.level) * b->days * fold, 1e-9), count = b->count[j] * fold;
        s.weight += log_probability(count, mean, noise + s.p11 + noise * s.p11);
        const double k = s.p11 / (s.p11 + noise + 1.0 / mean), factor = 1.0 + k * (count / mean - 1.0);
        const double seen = noise + 1.0 / fmax(mean * factor, 1e-9); /* squared cv of the count at the new level */
        const double move = sc_log(fmax(factor, 1e-9)), ratio = s.p12 / s.p11;
        s.level += move;
        s.slope += ratio * move;
        const double p11 = s.p11 * seen / (s.p11 + seen), kept = p11 / s.p11;
        s.p22 -= ratio * s.p12 * (1.0 - kept);
        s.p12 *= kept;
        s.p11 = p11;
    }
    return s;
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

static double mean_of(const moments *m) { return m->mean / m->sum; }
static double variance_of(const moments *m) { return fmax(m->square / m->sum - mean_of(m) * mean_of(m), 0.0); }

/* Points of a grid from -2.5 to 2.5. */
static double score_of(int i, int n) { return 5.0 * i / (n - 1) - 2.5; }

void profile_fit_level(const profile_blocks *b, double ahead, int with_slope, profile_level *out)
{
    static const double ratios[] = {0.01, 0.03, 0.1,  0.3,   1.0,
                                    3.0,  10.0, 30.0, 100.0, 300.0}; /* variance of a step / of the noise */
    enum { RATIOS = sizeof ratios / sizeof ratios[0], NOISES = 11, GRID = RATIOS * NOISES };
    const double slope_sd = with_slope ? PRIOR_SLOPE * b->days / PROFILE_MONTH : 0.0, months = PROFILE_MONTH / b->days;
    const double steps = 0.5 + ahead / b->days; /* to the start of the horizon from the middle of the last block */
    state s[GRID];
    double noises[NOISES];
    moments level = {0}, slope = {0}, noise = {0}, walk = {0};
    double best = -(double)INFINITY;
    for (int i = 0; i < NOISES; i++) {
        const double cv = b->noise * sc_exp(b->noise_width * score_of(i, NOISES));
        noises[i] = fmax(cv, LEAST_NOISE) * fmax(cv, LEAST_NOISE);
    }
    for (int i = 0; i < GRID; i++) {
        const double v = noises[i / RATIOS], off = score_of(i / RATIOS, NOISES);
        s[i] = filter(b, v, v * ratios[i % RATIOS], slope_sd);
        s[i].weight -= 0.5 * off * off + v * ratios[i % RATIOS] / TYPICAL_STEP;
        best = fmax(best, s[i].weight);
    }
    for (int i = 0; i < GRID; i++) {
        const double v = noises[i / RATIOS], step = v * ratios[i % RATIOS];
        const double weight = sc_exp(s[i].weight - best);
        const double cv2 = s[i].p11 + 2.0 * steps * s[i].p12 + steps * steps * s[i].p22;
        const double variance = sc_log(1.0 + cv2) + steps * step; /* of the logarithm; the filter keeps the mean */
        add(&level, weight, s[i].level + steps * s[i].slope - 0.5 * variance, variance);
        add(&slope, weight, s[i].slope, s[i].p22);
        add(&noise, weight, v, 0.0);
        add(&walk, weight, step, 0.0);
    }
    *out = (profile_level){.level = mean_of(&level),
                           .level_sd = sqrt(variance_of(&level)),
                           .growth = mean_of(&slope) * months,
                           .growth_sd = with_slope ? sqrt(variance_of(&slope)) * months : PRIOR_SLOPE,
                           .noise = mean_of(&noise),
                           .walk = mean_of(&walk) * months};
}
