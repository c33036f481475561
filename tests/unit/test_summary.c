/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_summary.c - sums, sorting and quantiles against GSL, and their Monte Carlo errors against a small simulation. */
#include "stats/summary.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "stats/elementary.h"
#include "stats/philox.h"

enum { MAX_N = 100003 };

static double values[MAX_N], sorted[MAX_N], expected_order[MAX_N];

static double uniform(uint32_t i, uint32_t family)
{
    static const sc_stream stream = {{20260702, 1}};
    uint32_t bits[4];
    sc_philox(&stream, i, family, 0, 0, bits);
    return sc_u01_32(bits[0]);
}

static void sums(void)
{
    for (size_t n = 0; n < 1200; n += n < 300 ? 1 : 37) {
        long double exact = 0.0L;
        for (uint32_t i = 0; i < n; i++) {
            values[i] = (uniform(i, 1) - 0.5) * exp(40.0 * uniform(i, 2));
            exact += (long double)values[i];
        }
        double size = 0.0;
        for (size_t i = 0; i < n; i++)
            size += fabs(values[i]);
        EXPECT_ABS(sc_sum(values, n), (double)exact, 1e-15 * size);
    }
    for (size_t i = 0; i < MAX_N; i++)
        values[i] = 0.1;
    EXPECT_REL(sc_sum(values, MAX_N), 0.1 * MAX_N, 4e-16 * 4.0);
    /* another tree would change the last digits of every report */
    for (uint32_t i = 0; i < 1000; i++)
        values[i] = (uniform(i, 1) - 0.5) * (double)(1u << i % 31);
    EXPECT_REL(sc_sum(values, 1000), -0x1.d3f135e415496p+30, 0.0);
    EXPECT_REL(sc_mean_of(values, 1000).se, 0x1.e8a3c8aba19b3p+20, 0.0);
}

static void means(void)
{
    for (size_t n = 2; n < 2000; n = n * 3 / 2 + 1) {
        for (uint32_t i = 0; i < n; i++)
            values[i] = 1e6 + uniform(i, 3);
        sc_mean m = sc_mean_of(values, n);
        EXPECT_REL(m.mean, gsl_stats_mean(values, 1, n), 1e-15);
        EXPECT_REL(m.se, gsl_stats_sd(values, 1, n) / sqrt((double)n), 1e-9);
    }
    const double one = 42.0;
    EXPECT_TRUE(sc_mean_of(&one, 1).mean == 42.0 && sc_mean_of(&one, 1).se == 0.0);
    EXPECT_TRUE(sc_mean_of(&one, 0).mean == 0.0 && sc_mean_of(&one, 0).se == 0.0);
}

typedef enum pattern {
    RANDOM,
    ASCENDING,
    DESCENDING,
    EQUAL,
    FEW,
    ORGAN_PIPE,
    MOSTLY_ZERO,
    SAWTOOTH,
    WILD,
    PATTERNS
} pattern;

static double pattern_value(pattern kind, size_t i, size_t n)
{
    double u = uniform((uint32_t)i, 10);
    switch (kind) {
    case RANDOM: return u;
    case ASCENDING: return (double)i;
    case DESCENDING: return -(double)i;
    case EQUAL: return 3.5;
    case FEW: return floor(5.0 * u);
    case ORGAN_PIPE: return (double)(i < n - i ? i : n - i);
    case MOSTLY_ZERO: return u < 0.9 ? (u < 0.5 ? -0.0 : 0.0) : u;
    case SAWTOOTH: return (double)(i % 17);
    case WILD:
        return u < 0.01 ? HUGE_VAL : u < 0.02 ? -HUGE_VAL : (u - 0.5) * exp(1000.0 * uniform((uint32_t)i, 11) - 400.0);
    case PATTERNS: break;
    }
    return 0.0;
}

static void expect_sorted(size_t n, int kind)
{
    memcpy(sorted, values, n * sizeof values[0]);
    sc_sort(sorted, n);
    for (size_t i = 0; i < n; i++)
        expected_order[i] = values[i] + 0.0;
    gsl_sort(expected_order, 1, n);
    if (!EXPECT_TRUE(n == 0 || memcmp(sorted, expected_order, n * sizeof sorted[0]) == 0))
        (void)fprintf(stderr, "  pattern %d, %zu values\n", kind, n);
}

static void sorts_like_gsl(void)
{
    for (int kind = RANDOM; kind < PATTERNS; kind++) {
        for (size_t n = 0; n <= MAX_N; n = n < 300 ? n + 1 : n < 10000 ? 10000 : n < MAX_N ? MAX_N : n + 1) {
            for (size_t i = 0; i < n; i++)
                values[i] = pattern_value((pattern)kind, i, n);
            expect_sorted(n, kind);
        }
    }
}

/* Made by the method of M. D. McIlroy, "A killer adversary for quicksort", Software Practice and Experience 29
 * (1999): each pivot is the second smallest value left, so that the sort must fall back to heap sort. */
static void bad_pivots(void)
{
    static const unsigned char killer[] = {
        0,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21, 23, 25, 27, 45, 61, 62, 60, 59, 58, 57, 56,
        55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 1,  44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34,
        33, 32, 31, 30, 29, 28, 63, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8,  6,  4,  2,
    };
    for (size_t i = 0; i < sizeof killer; i++)
        values[i] = killer[i];
    expect_sorted(sizeof killer, -1);
}

static void order_of_input_does_not_matter(void)
{
    /* zeros of both signs: equal by value, so that only equal bits make the result independent of the input's order */
    double a[] = {0.0, -0.0, 2.0, -1.0, -0.0}, b[] = {-0.0, -1.0, -0.0, 0.0, 2.0};
    sc_sort(a, 5);
    sc_sort(b, 5);
    EXPECT_TRUE(memcmp(a, b, sizeof a) == 0);
}

static void survives_nan(void)
{
    for (size_t i = 0; i < 1000; i++)
        values[i] = i % 3 == 0 ? SC_NAN : (double)(i * 7919 % 1000);
    sc_sort(values, 1000); /* the sanitizers watch the bounds */
    int found = 0;
    for (size_t i = 0; i < 1000; i++)
        found += isnan(values[i]) != 0;
    EXPECT_I64(found, 334);
}

static void quantiles_like_gsl(void)
{
    for (size_t n = 1; n < 20000; n = n * 2 + 1) {
        for (uint32_t i = 0; i < n; i++)
            values[i] = exp(3.0 * uniform(i, 20));
        sc_sort(values, n);
        double last = 0.0;
        for (int p = 0; p <= 1000; p++) {
            double q = sc_quantile_sorted(values, n, p / 1000.0);
            EXPECT_REL(q, gsl_stats_quantile_from_sorted_data(values, 1, n, p / 1000.0), 1e-12);
            EXPECT_TRUE(q >= last && q >= values[0] && q <= values[n - 1]);
            last = q;
        }
    }
    const double few[] = {1.0, 2.0, 4.0, HUGE_VAL};
    EXPECT_TRUE(sc_quantile_sorted(few, 4, 0.5) == 3.0);
    EXPECT_TRUE(sc_quantile_sorted(few, 4, 1.0 / 3.0) == 2.0);
    EXPECT_TRUE(sc_quantile_sorted(few, 4, -1.0) == 1.0);
    EXPECT_TRUE(sc_quantile_sorted(few, 4, 2.0) == HUGE_VAL);
    EXPECT_TRUE(sc_quantile_sorted(few, 4, 0.9) == HUGE_VAL);
    EXPECT_TRUE(sc_quantile_sorted(few, 1, 0.7) == 1.0);
}

/* Asymptotic standard error sqrt(p (1-p) / n) / phi(z_p), for the median 1.2533 / sqrt(n); and the spread over
 * samples themselves. */
static void quantile_errors(void)
{
    enum { SAMPLES = 500, N = 2000 };
    static const double ps[] = {0.1, 0.5, 0.9};
    for (size_t k = 0; k < 3; k++) {
        double p = ps[k], z = sc_normal_quantile(p);
        double mean_se = 0.0, estimates[SAMPLES];
        for (uint32_t s = 0; s < SAMPLES; s++) {
            for (uint32_t i = 0; i < N; i++)
                values[i] = sc_normal_quantile_32(uniform(i, 100 + s));
            sc_sort(values, N);
            estimates[s] = sc_quantile_sorted(values, N, p);
            mean_se += sc_quantile_se_sorted(values, N, p) / SAMPLES;
        }
        EXPECT_REL(mean_se, sqrt(p * (1.0 - p) / N) / gsl_ran_ugaussian_pdf(z), 0.03);
        EXPECT_REL(mean_se, gsl_stats_sd(estimates, 1, SAMPLES), 0.15);
    }
    const double few[] = {1.0, 2.0, 4.0};
    EXPECT_TRUE(sc_quantile_se_sorted(few, 1, 0.5) == 0.0);
    EXPECT_TRUE(sc_quantile_se_sorted(few, 3, 0.0) == 0.0);
    EXPECT_TRUE(sc_quantile_se_sorted(few, 3, 1.0) == 0.0);
    /* the place of the median is 1, the spread sqrt(3/4): from 1 + 0.134 to 2 + 2 * 0.866 */
    EXPECT_REL(sc_quantile_se_sorted(few, 3, 0.5), 0.5 * (2.0 + sqrt(3.0) - (2.0 - sqrt(0.75))), 1e-14);
}

CU_ErrorCode test_summary_register(void)
{
    CU_pSuite suite = CU_add_suite("summary", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "sums", sums) == NULL || CU_add_test(suite, "means", means) == NULL ||
        CU_add_test(suite, "sort: like GSL", sorts_like_gsl) == NULL ||
        CU_add_test(suite, "sort: bad pivots", bad_pivots) == NULL ||
        CU_add_test(suite, "sort: order of input does not matter", order_of_input_does_not_matter) == NULL ||
        CU_add_test(suite, "sort: survives NaN", survives_nan) == NULL ||
        CU_add_test(suite, "quantiles: like GSL", quantiles_like_gsl) == NULL ||
        CU_add_test(suite, "quantiles: errors", quantile_errors) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
