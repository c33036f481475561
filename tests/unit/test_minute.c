/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_minute.c - the hours of a day, and the demand of a minute against GSL and against minutes drawn request by
 * request. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>

#include "advise/minute.h"
#include "expect.h"

static void test_hours(void)
{
    static const double peaks[] = {1, 1.01, 1.5, 3, 6, 12, 20, 23.9};
    for (size_t i = 0; i < sizeof peaks / sizeof *peaks; i++) {
        double share[SC_HOURS], sum = 0;
        sc_hours_of_peak(peaks[i], share);
        EXPECT_REL(share[0], peaks[i], 1e-12);
        for (int h = 0; h < SC_HOURS; h++) {
            sum += share[h];
            EXPECT_TRUE(share[h] <= share[0] && share[h] >= 0);
            EXPECT_TRUE(h == 0 || h > 12 || share[h] <= share[h - 1]);
        }
        EXPECT_REL(sum, 24, 1e-12);
    }
    double share[SC_HOURS];
    sc_hours_of_peak(24, share);
    EXPECT_REL(share[0], 24, 1e-9);
    sc_hours_of_peak(3, share); /* k = 1.8977: six hours before and after, exp(-k) of the peak */
    EXPECT_REL(share[6], share[18], 1e-15);
    EXPECT_REL(share[12] * share[0], share[6] * share[6], 1e-12);
}

static void test_above(void)
{
    static const double shapes[] = {0.2, 0.9, 1, 2.5, 10, 29, 31, 100, 1000, 1e5};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        for (double z = -3; z < 5; z += 0.125) {
            const double k = shapes[i], mean = 5000, limit = mean * (1 + z / sqrt(k));
            if (limit <= 0)
                continue;
            const double expected = gsl_cdf_gamma_Q(limit, k, mean / k);
            EXPECT_ABS(sc_minute_above(mean, mean * mean / k, limit), expected, k <= 30 ? 1e-11 : 2e-4);
            if (k <= 30)
                EXPECT_REL(sc_minute_above(mean, mean * mean / k, limit), expected, 1e-9);
        }
    }
    EXPECT_ABS(sc_minute_above(100, 0, 99.9), 1, 0);
    EXPECT_ABS(sc_minute_above(100, 0, 100), 0, 0);
    EXPECT_ABS(sc_minute_above(0, 0, 0), 0, 0);
    EXPECT_ABS(sc_minute_above(100, 50, 0), 1, 0);
}

/* Minutes of certain demand: arithmetic. */
static void test_steady(void)
{
    static const struct {
        double capacity[2], over[2];
    } cases[] = {
        {{1000, 100}, {0, 0}},    /* all of it */
        {{800, 1000}, {200, 20}}, /* input binds: a fifth finds no room */
        {{5000, 25}, {750, 75}},  /* output binds */
        {{500, (double)INFINITY}, {500, 50}},
        {{(double)INFINITY, 50}, {500, 50}},
    };
    const double none[2] = {0, 0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_minute m = {{0, 0}, {0, 0}, 0};
        const double size[2] = {100, 10};
        double over[2];
        sc_minute_add(&m, 10, 0, size, none, 0);
        sc_minute_overflow(&m, cases[i].capacity, over);
        EXPECT_REL(over[0], cases[i].over[0], 1e-12);
        EXPECT_REL(over[1], cases[i].over[1], 1e-12);
    }
}

typedef struct drawn {
    double over[2], error[2];
} drawn;

/* Minutes request by request: those before the first that finds no room are served, it in part, all later ones not. */
static drawn draw_minutes(double rate, double dispersion, const double size[2], const double cv[2],
                          const double capacity[2], int minutes, gsl_rng *rng)
{
    double sum[2] = {0, 0}, square[2] = {0, 0};
    drawn d;
    for (int m = 0; m < minutes; m++) {
        double lambda = dispersion > 1 ? gsl_ran_gamma(rng, rate / (dispersion - 1), dispersion - 1) : rate;
        unsigned n = gsl_ran_poisson(rng, lambda);
        double left[2] = {capacity[0], capacity[1]}, over[2] = {0, 0};
        int full = 0;
        for (unsigned i = 0; i < n; i++) {
            double x[2], served = 1;
            for (int k = 0; k < 2; k++) {
                const double shape = cv[k] > 0 ? 1 / (cv[k] * cv[k]) : 0;
                x[k] = shape > 0 ? gsl_ran_gamma(rng, shape, size[k] / shape) : size[k];
                served = fmin(served, x[k] > left[k] ? left[k] / x[k] : 1);
            }
            if (full)
                served = 0;
            full = full || served < 1;
            for (int k = 0; k < 2; k++) {
                left[k] -= served * x[k];
                over[k] += (1 - served) * x[k];
            }
        }
        for (int k = 0; k < 2; k++) {
            sum[k] += over[k];
            square[k] += over[k] * over[k];
        }
    }
    for (int k = 0; k < 2; k++) {
        d.over[k] = sum[k] / minutes;
        d.error[k] = sqrt(fmax(0, square[k] / minutes - d.over[k] * d.over[k]) / minutes);
    }
    return d;
}

/* The formula is within 3 standard errors + 1 % of the demand of what is drawn; + 2 % where a minute has so few
 * requests that the one which fills a minute matters. */
static void test_overflow(void)
{
    static const struct {
        double rate, burstiness, cv[2], level[2]; /* level: capacity / mean demand */
    } cases[] = {
        {50, 1, {1, 1}, {1, 1}},     {50, 1, {1, 1}, {1.2, 1.2}},  {50, 1, {1, 1}, {0.7, 0.7}},
        {50, 1, {1, 1}, {1, 1.5}},   {50, 1, {1, 1}, {2, 0.9}},    {200, 1, {0.5, 1.5}, {1.1, 1.1}},
        {200, 3, {1, 1}, {1, 1}},    {200, 3, {1, 1}, {1.5, 1.3}}, {200, 3, {1, 1}, {0.5, 0.6}},
        {20, 2, {0.5, 0.5}, {1, 1}}, {1000, 5, {0, 0}, {1, 1.1}},  {1000, 1, {1, 1}, {0.98, 1.02}},
        {8, 1, {1, 1}, {1.3, 1.3}},  {30, 6, {1, 1}, {1, 1.4}},
    };
    const double size[2] = {1200, 300};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double d = cases[i].burstiness * cases[i].burstiness, rate = cases[i].rate;
        double capacity[2], variance[2], over[2];
        sc_minute m = {{0, 0}, {0, 0}, 0};
        for (int k = 0; k < 2; k++) {
            capacity[k] = rate * size[k] * cases[i].level[k];
            variance[k] = size[k] * size[k] * cases[i].cv[k] * cases[i].cv[k];
        }
        sc_minute_add(&m, rate, d, size, variance, 0);
        sc_minute_overflow(&m, capacity, over);
        drawn b = draw_minutes(rate, d, size, cases[i].cv, capacity, (int)(1e6 / rate), rng);
        for (int k = 0; k < 2; k++) {
            const double off = fabs(over[k] - b.over[k]) - 3 * b.error[k], part = off / m.mean[k];
            if (!EXPECT_TRUE(part <= (rate < 10 ? 0.02 : 0.01)))
                (void)fprintf(stderr, "  case %zu side %d: %g, drawn %g +- %g of %g\n", i, k, over[k], b.over[k],
                              b.error[k], m.mean[k]);
        }
    }
    gsl_rng_free(rng);
}

static void test_monotone(void)
{
    const double size[2] = {1000, 100}, variance[2] = {4e5, 9e3};
    static const double rates[] = {0.3, 3, 30, 300, 3000}, dispersions[] = {1, 9, 100};
    for (size_t r = 0; r < 5; r++) {
        for (size_t d = 0; d < 3; d++) {
            sc_minute m = {{0, 0}, {0, 0}, 0};
            double before[2] = {(double)INFINITY, (double)INFINITY};
            sc_minute_add(&m, rates[r], dispersions[d], size, variance, 1e4);
            for (double level = 0.05; level < 6; level *= 1.05) {
                const double capacity[2] = {m.mean[0] * level, m.mean[1] * level * 1.1};
                double over[2];
                sc_minute_overflow(&m, capacity, over);
                for (int k = 0; k < 2; k++) {
                    EXPECT_TRUE(over[k] >= 0 && over[k] <= m.mean[k]);
                    if (!EXPECT_TRUE(over[k] <= before[k] + 1e-3 * m.mean[k]))
                        (void)fprintf(stderr, "  rate %g dispersion %g level %g: %g after %g\n", rates[r],
                                      dispersions[d], level, over[k], before[k]);
                    before[k] = over[k];
                }
            }
        }
    }
}

CU_ErrorCode test_minute_register(void)
{
    static CU_TestInfo tests[] = {
        {"hours of a day", test_hours},
        {"gamma tails", test_above},
        {"certain demand", test_steady},
        {"overflow against minutes drawn by request", test_overflow},
        {"more capacity, less overflow", test_monotone},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"minute", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
