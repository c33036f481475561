/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_dist.c - fitted distributions give back what they were fitted to, by numeric integration with GSL. */
#include "stats/dist.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"

static const double inf = HUGE_VAL;

typedef struct integrand {
    const sc_dist *dist;
    int power;
} integrand;

static double draws(double z, void *context)
{
    const integrand *f = context;
    return pow(sc_dist_at(f->dist, z), f->power) * gsl_ran_ugaussian_pdf(z);
}

static double lognormal_density(double z, void *context)
{
    const integrand *f = context;
    return exp(f->power * (f->dist->a + f->dist->b * z) - 0.5 * z * z) / sqrt(2.0 * M_PI);
}

static double integral(double (*f)(double, void *), const sc_dist *d, int power, double low, double high)
{
    enum { LIMIT = 2000 };
    integrand context = {d, power};
    gsl_function function = {f, &context};
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(LIMIT);
    double result = 0.0, error;
    if (!EXPECT_TRUE(w != NULL))
        return 0.0;
    gsl_error_handler_t *handler = gsl_set_error_handler_off(); /* the default aborts where the rounding limit is met */
    int status = gsl_integration_qag(&function, low, high, 0.0, 1e-12, LIMIT, GSL_INTEG_GAUSS31, w, &result, &error);
    (void)gsl_set_error_handler(handler);
    EXPECT_TRUE(status == 0 || error < 1e-11 * fabs(result));
    gsl_integration_workspace_free(w);
    return result;
}

/* E[x^k] over the draws; z up to where the tilted density has vanished. */
static double drawn_moment(const sc_dist *d, int power)
{
    double reach = d->kind == SC_DIST_LOGNORMAL && d->cut == 0.0 ? fmin(fabs(power * d->b), 24.0) : 4.0;
    return integral(draws, d, power, -10.0, 10.0 + reach);
}

static void expect_monotone(const sc_dist *d)
{
    /* rounding of the score counts b times; strong truncation has scores down to -35 */
    double slack = d->kind == SC_DIST_LOGNORMAL ? 1e-15 * (fabs(d->a) + 35.0 * d->b) : 1e-15;
    double last = sc_dist_at(d, -inf);
    for (int i = -8500; i <= 8500; i++) {
        double x = sc_dist_at(d, i / 1000.0);
        if (!EXPECT_TRUE(x >= last || last - x <= slack * fabs(last)) || !EXPECT_TRUE(x <= sc_dist_max(d))) {
            (void)fprintf(stderr, "  kind %d, a %g, b %g, at z = %g: %.17g after %.17g\n", (int)d->kind, d->a, d->b,
                          i / 1000.0, x, last);
            return;
        }
        last = x;
    }
    EXPECT_TRUE(sc_dist_at(d, inf) >= last && sc_dist_at(d, inf) <= sc_dist_max(d));
}

static void constants(void)
{
    static const double cases[] = {0.0, 1.0, -3.25, 1e300, 0.1};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_dist d;
        if (!EXPECT_I64(sc_dist_constant(&d, cases[i]), 0))
            continue;
        for (int z = -9; z <= 9; z += 3)
            EXPECT_TRUE(sc_dist_at(&d, z) == cases[i]);
        EXPECT_TRUE(sc_dist_max(&d) == cases[i] && sc_dist_moment(&d, 1) == cases[i]);
    }
    /* spread 0 gives the constant, bit for bit */
    sc_dist d;
    double values[] = {0.1, 0.1, 7.0}, weights[] = {1.0, 2.0, 0.0};
    EXPECT_TRUE(sc_dist_lognormal_moments(&d, 0.1, 0.0, inf) == 0 && sc_dist_at(&d, 2.0) == 0.1);
    EXPECT_TRUE(sc_dist_lognormal_moments(&d, 0.1, 0.0, 0.1) == 0 && sc_dist_at(&d, 2.0) == 0.1);
    EXPECT_TRUE(sc_dist_lognormal_quantiles(&d, 0.1, 0.1, 0.9, 0.1, inf) == 0 && sc_dist_at(&d, 2.0) == 0.1);
    EXPECT_TRUE(sc_dist_logit_normal_quantiles(&d, 0.1, 0.1, 0.9, 0.1) == 0 && sc_dist_at(&d, 2.0) == 0.1);
    EXPECT_TRUE(sc_dist_triangular(&d, 0.1, 0.1, 0.1) == 0 && sc_dist_at(&d, 2.0) == 0.1);
    EXPECT_TRUE(sc_dist_discrete(&d, values, weights, 3) == 0 && sc_dist_at(&d, 9.0) == 0.1);
    EXPECT_I64(d.kind, SC_DIST_CONSTANT);
}

/* cv of the widest distribution with this mean under this upper limit: the power law x^(theta - 1). */
static double widest_cv(double upper_over_mean)
{
    double theta = 1.0 / (upper_over_mean - 1.0);
    return 1.0 / sqrt(theta * (theta + 2.0));
}

static void lognormal_moments(void)
{
    static const double means[] = {1.0, 8.5e5, 3e-7};
    static const double cvs[] = {0.01, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 4.0};
    static const double uppers[] = {1.02, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0, 1000.0, HUGE_VAL};
    int fitted = 0;
    for (size_t m = 0; m < sizeof means / sizeof means[0]; m++)
        for (size_t c = 0; c < sizeof cvs / sizeof cvs[0]; c++)
            for (size_t u = 0; u < sizeof uppers / sizeof uppers[0]; u++) {
                double mean = means[m], cv = cvs[c], upper = uppers[u] * mean;
                double widest = uppers[u] < inf ? widest_cv(uppers[u]) : inf;
                sc_dist d;
                int status = sc_dist_lognormal_moments(&d, mean, cv, upper);
                if (!EXPECT_I64(status, cv < 0.999 * widest ? 0 : -1) || status != 0)
                    continue;
                fitted++;
                double square = mean * mean * (1.0 + cv * cv);
                EXPECT_REL(sc_dist_moment(&d, 1), mean, 1e-12);
                EXPECT_REL(sc_dist_moment(&d, 2), square, 1e-12);
                EXPECT_TRUE(sc_dist_max(&d) == upper);
                /* the density itself, without our draws or functions; its peak lies at z = 2b */
                double t = (log(upper) - d.a) / d.b;
                double peak = fmin(2.0 * d.b, t);
                double mass = gsl_cdf_ugaussian_P(t);
                EXPECT_REL(integral(lognormal_density, &d, 1, peak - 24.0, fmin(t, peak + 24.0)) / mass, mean, 1e-10);
                EXPECT_REL(integral(lognormal_density, &d, 2, peak - 24.0, fmin(t, peak + 24.0)) / mass, square, 1e-10);
                if (m == 0) {
                    for (int k = 1; k <= 4; k++)
                        EXPECT_REL(sc_dist_moment(&d, k), drawn_moment(&d, k), 1e-9);
                    expect_monotone(&d);
                }
            }
    EXPECT_I64(fitted, 162); /* the others have cv beyond the widest */
}

static void lognormal_bound(void)
{
    /* just inside and just outside of what the header states */
    static const double uppers[] = {1.1, 1.5, 2.0, 10.0, 1000.0};
    for (size_t u = 0; u < sizeof uppers / sizeof uppers[0]; u++) {
        sc_dist d;
        double cv = 0.999 * widest_cv(uppers[u]);
        if (EXPECT_I64(sc_dist_lognormal_moments(&d, 1.0, cv, uppers[u]), 0)) {
            EXPECT_REL(sc_dist_moment(&d, 1), 1.0, 1e-12);
            EXPECT_REL(sc_dist_moment(&d, 2), 1.0 + cv * cv, 1e-12);
            expect_monotone(&d);
        }
        EXPECT_I64(sc_dist_lognormal_moments(&d, 1.0, 1.0001 * widest_cv(uppers[u]), uppers[u]), -1);
    }
}

static void lognormal_quantiles(void)
{
    static const double ps[][2] = {{0.1, 0.9}, {0.5, 0.95}, {0.05, 0.5}, {0.5, 0.99}, {0.25, 0.26}, {0.001, 0.999}};
    static const double ratios[] = {1.0001, 1.2, 3.0, 20.0, 1e4};
    static const double uppers[] = {1.001, 1.1, 2.0, 8.0, 1000.0, HUGE_VAL}; /* of q2 */
    int fitted = 0;
    for (size_t p = 0; p < sizeof ps / sizeof ps[0]; p++)
        for (size_t r = 0; r < sizeof ratios / sizeof ratios[0]; r++)
            for (size_t u = 0; u < sizeof uppers / sizeof uppers[0]; u++) {
                double q1 = 350.0, q2 = q1 * ratios[r], upper = q2 * uppers[u];
                double p1 = ps[p][0], p2 = ps[p][1];
                /* a power law up to the limit has the widest pair: (q / upper)^theta = p */
                double widest = uppers[u] < inf ? log(uppers[u]) * log(p1 / p2) / log(p2) : inf;
                sc_dist d;
                int status = sc_dist_lognormal_quantiles(&d, p1, q1, p2, q2, upper);
                if (log(ratios[r]) < 0.95 * widest)
                    EXPECT_I64(status, 0);
                if (log(ratios[r]) > widest)
                    EXPECT_I64(status, -1);
                if (status != 0)
                    continue;
                fitted++;
                EXPECT_REL(sc_dist_at(&d, gsl_cdf_ugaussian_Pinv(p1)), q1, 1e-11);
                EXPECT_REL(sc_dist_at(&d, gsl_cdf_ugaussian_Pinv(p2)), q2, 1e-11);
                double mass = gsl_cdf_ugaussian_P((log(upper) - d.a) / d.b);
                EXPECT_REL(gsl_cdf_ugaussian_P((log(q1) - d.a) / d.b) / mass, p1, 1e-9);
                EXPECT_REL(gsl_cdf_ugaussian_P((log(q2) - d.a) / d.b) / mass, p2, 1e-9);
                expect_monotone(&d);
            }
    EXPECT_I64(fitted, 131); /* the others are too wide for their limit */
}

static void logit_normal(void)
{
    static const double cases[][4] = {
        {0.1, 0.2, 0.9, 0.6},    {0.1, 0.01, 0.9, 0.99},       {0.5, 0.5, 0.95, 0.51}, {0.05, 1e-6, 0.5, 1e-5},
        {0.4, 1e-3, 0.6, 0.999}, {0.1, 0.999, 0.9, 0.9999999}, {0.5, 1e-9, 0.99, 0.4}, {0.49, 1e-8, 0.51, 0.9999},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double *c = cases[i];
        sc_dist d;
        if (!EXPECT_I64(sc_dist_logit_normal_quantiles(&d, c[0], c[1], c[2], c[3]), 0))
            continue;
        EXPECT_REL(sc_dist_at(&d, gsl_cdf_ugaussian_Pinv(c[0])), c[1], 1e-12);
        EXPECT_REL(sc_dist_at(&d, gsl_cdf_ugaussian_Pinv(c[2])), c[3], 1e-12);
        EXPECT_TRUE(sc_dist_max(&d) == 1.0);
        expect_monotone(&d);
        for (int k = 1; k <= 4; k++)
            EXPECT_REL(sc_dist_moment(&d, k), integral(draws, &d, k, -14.0, 14.0 + fmin(k * d.b, 20.0)), 1e-10);
    }
}

static void triangular(void)
{
    static const double cases[][3] = {{0.0, 1.0, 2.0},  {2.0, 3.0, 7.0}, {5.0, 5.0, 6.0},
                                      {-4.0, 1.0, 1.0}, {1e6, 2e6, 9e6}, {0.999, 0.9995, 1.0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double a = cases[i][0], b = cases[i][1], c = cases[i][2];
        sc_dist d;
        if (!EXPECT_I64(sc_dist_triangular(&d, a, b, c), 0))
            continue;
        EXPECT_TRUE(sc_dist_at(&d, -inf) == a && sc_dist_at(&d, inf) == c && sc_dist_max(&d) == c);
        EXPECT_REL(sc_dist_moment(&d, 1), (a + b + c) / 3.0, 1e-14);
        expect_monotone(&d);
        for (double z = -6.0; z < 6.0; z += 0.37) {
            double x = sc_dist_at(&d, z);
            double left = x <= b && a < b ? (x - a) * (x - a) / ((c - a) * (b - a)) : 1.0;
            double right = x > b ? (c - x) * (c - x) / ((c - a) * (c - b)) : 1.0;
            EXPECT_ABS(x <= b && a < b ? left : 1.0 - right, gsl_cdf_ugaussian_P(z), 1e-10);
        }
        /* the draws have a kink at the mode */
        double kink = a < b && b < c ? gsl_cdf_ugaussian_Pinv((b - a) / (c - a)) : 0.0;
        for (int k = 1; k <= 4; k++)
            EXPECT_REL(sc_dist_moment(&d, k), integral(draws, &d, k, -12, kink) + integral(draws, &d, k, kink, 12.0),
                       1e-10);
    }
}

static void discrete(void)
{
    double values[] = {9.0, 1.0, 4.0, 2.0, 4.0, 7.0}, weights[] = {0.0, 2.0, 1.0, 4.0, 1.0, 2.0};
    sc_dist d;
    if (!EXPECT_I64(sc_dist_discrete(&d, values, weights, 6), 0))
        return;
    /* 1, 2, 4, 7 with 0.2, 0.4, 0.2, 0.2 */
    EXPECT_I64(d.n, 4);
    EXPECT_TRUE(d.cumulative[d.n - 1] == 1.0 && sc_dist_max(&d) == 7.0);
    static const struct {
        double p, value;
    } cases[] = {{1e-9, 1},  {0.199, 1}, {0.201, 2}, {0.5, 2},     {0.599, 2},
                 {0.601, 4}, {0.799, 4}, {0.801, 7}, {0.999999, 7}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        EXPECT_REL(sc_dist_at(&d, gsl_cdf_ugaussian_Pinv(cases[i].p)), cases[i].value, 0.0);
    EXPECT_TRUE(sc_dist_at(&d, -inf) == 1.0 && sc_dist_at(&d, inf) == 7.0);
    expect_monotone(&d);
    EXPECT_REL(sc_dist_moment(&d, 1), 0.2 + 0.8 + 0.8 + 1.4, 1e-15);
    EXPECT_REL(sc_dist_moment(&d, 2), 0.2 + 1.6 + 3.2 + 9.8, 1e-15);

    /* the smallest value with Phi(z) <= cumulative: at the median exactly, the lower of two halves */
    double halves[] = {3.0, -3.0}, equal[] = {1.0, 1.0};
    EXPECT_I64(sc_dist_discrete(&d, halves, equal, 2), 0);
    EXPECT_TRUE(sc_dist_at(&d, 0.0) == -3.0 && sc_dist_at(&d, 1e-15) == 3.0);

    /* the order of the input does not matter, bit for bit */
    enum { N = 100 };
    double v1[N], w1[N], v2[N], w2[N];
    for (size_t i = 0; i < N; i++) {
        size_t j = i * 37 % N;
        v1[i] = v2[j] = (double)(i * i % 23);
        w1[i] = w2[j] = 0.1 * (double)(i * 7 % 11);
    }
    sc_dist d1, d2;
    EXPECT_TRUE(sc_dist_discrete(&d1, v1, w1, N) == 0 && sc_dist_discrete(&d2, v2, w2, N) == 0);
    EXPECT_I64(d1.n, d2.n);
    EXPECT_TRUE(memcmp(v1, v2, d1.n * sizeof v1[0]) == 0 && memcmp(w1, w2, d1.n * sizeof w1[0]) == 0);
}

static void impossible(void)
{
    const double nan_value = nan("");
    sc_dist d = {.a = 42.0};
    const int status[] = {
        sc_dist_constant(&d, nan_value),
        sc_dist_constant(&d, inf),
        sc_dist_lognormal_quantiles(&d, 0.1, 0.0, 0.9, 1.0, inf),
        sc_dist_lognormal_quantiles(&d, 0.1, -1.0, 0.9, 1.0, inf),
        sc_dist_lognormal_quantiles(&d, 0.1, 2.0, 0.9, 1.0, inf),
        sc_dist_lognormal_quantiles(&d, 0.9, 1.0, 0.1, 2.0, inf),
        sc_dist_lognormal_quantiles(&d, 0.5, 1.0, 0.5, 2.0, inf),
        sc_dist_lognormal_quantiles(&d, 0.0, 1.0, 0.9, 2.0, inf),
        sc_dist_lognormal_quantiles(&d, 0.1, 1.0, 1.0, 2.0, inf),
        sc_dist_lognormal_quantiles(&d, nan_value, 1.0, 0.9, 2.0, inf),
        sc_dist_lognormal_quantiles(&d, 0.1, 1.0, 0.9, inf, inf),
        sc_dist_lognormal_quantiles(&d, 0.1, 1.0, 0.9, 2.0, 2.0),
        sc_dist_lognormal_quantiles(&d, 0.1, 1.0, 0.9, 2.0, 1.5),
        sc_dist_lognormal_quantiles(&d, 0.1, 1.0, 0.9, 2.0, nan_value),
        sc_dist_lognormal_quantiles(&d, 0.1, 1.0, 0.9, 100.0, 101.0), /* too wide below the limit */
        sc_dist_lognormal_moments(&d, 0.0, 1.0, inf),
        sc_dist_lognormal_moments(&d, -1.0, 1.0, inf),
        sc_dist_lognormal_moments(&d, inf, 1.0, inf),
        sc_dist_lognormal_moments(&d, 1.0, -0.1, inf),
        sc_dist_lognormal_moments(&d, 1.0, nan_value, inf),
        sc_dist_lognormal_moments(&d, 1.0, inf, inf),
        sc_dist_lognormal_moments(&d, 1.0, 1e300, inf),
        sc_dist_lognormal_moments(&d, 1.0, 0.5, 1.0),
        sc_dist_lognormal_moments(&d, 1.0, 0.0, 0.9),
        sc_dist_lognormal_moments(&d, 1.0, 0.1, nan_value),
        sc_dist_lognormal_moments(&d, 1.0, 0.36, 1.5),
        sc_dist_logit_normal_quantiles(&d, 0.1, 0.0, 0.9, 0.5),
        sc_dist_logit_normal_quantiles(&d, 0.1, 0.5, 0.9, 1.0),
        sc_dist_logit_normal_quantiles(&d, 0.1, 0.5, 0.9, 0.4),
        sc_dist_logit_normal_quantiles(&d, 0.9, 0.5, 0.1, 0.6),
        sc_dist_triangular(&d, 2.0, 1.0, 3.0),
        sc_dist_triangular(&d, 1.0, 4.0, 3.0),
        sc_dist_triangular(&d, 1.0, 2.0, inf),
        sc_dist_triangular(&d, nan_value, 2.0, 3.0),
        sc_dist_discrete(&d, (double[]){1.0}, (double[]){1.0}, 0),
        sc_dist_discrete(&d, (double[]){1.0, 2.0}, (double[]){0.0, 0.0}, 2),
        sc_dist_discrete(&d, (double[]){1.0, 2.0}, (double[]){2.0, -1.0}, 2),
        sc_dist_discrete(&d, (double[]){1.0, 2.0}, (double[]){2.0, nan_value}, 2),
        sc_dist_discrete(&d, (double[]){1.0, inf}, (double[]){2.0, 1.0}, 2),
        sc_dist_discrete(&d, (double[]){1.0, 2.0}, (double[]){1e308, 1e308}, 2),
    };
    for (size_t i = 0; i < sizeof status / sizeof status[0]; i++)
        if (!EXPECT_I64(status[i], -1))
            (void)fprintf(stderr, "  impossible case %zu\n", i);
    EXPECT_TRUE(d.a == 42.0);
    EXPECT_I64(sc_dist_constant(&d, 2.0), 0);
    EXPECT_TRUE(isnan(sc_dist_moment(&d, 0)) && isnan(sc_dist_moment(&d, 5)));
}

/* Fits are iterations: their results must have the same bits everywhere. */
static void golden_fits(void)
{
    sc_dist d[4];
    EXPECT_I64(sc_dist_lognormal_moments(&d[0], 1200.0, 1.5, 8000.0), 0);
    EXPECT_I64(sc_dist_lognormal_moments(&d[1], 1200.0, 0.3, 1800.0), 0);
    EXPECT_I64(sc_dist_lognormal_quantiles(&d[2], 0.5, 900.0, 0.95, 7000.0, 16384.0), 0);
    EXPECT_I64(sc_dist_logit_normal_quantiles(&d[3], 0.1, 0.2, 0.9, 0.7), 0);
    static const double expected[4][3] = {
        {0x1.bda419cad415cp+2, 0x1.acab41fc953d7p+1, 0x1.e1cc5b33ae6eap+11},
        {0x1.e049f309b2ae9p+2, 0x1.28f513035d26ep-1, 0x1.a100af1b0b4f9p+10},
        {0x1.b50b759a305fap+2, 0x1.5651ee3499049p+0, 0x1.1666e3ae92ea1p+12},
        {-0x1.13f7596e9c544p-2, 0x1.be2d778c162d6p-1, 0x1.636d7399040a7p-1},
    };
    for (size_t i = 0; i < 4; i++) {
        const double actual[3] = {d[i].a, d[i].b, sc_dist_at(&d[i], 1.25)};
        for (size_t j = 0; j < 3; j++)
            if (!EXPECT_TRUE(actual[j] == expected[i][j]))
                (void)fprintf(stderr, "  fit %zu, value %zu: got %a, expected %a\n", i, j, actual[j], expected[i][j]);
    }
}

CU_ErrorCode test_dist_register(void)
{
    CU_pSuite suite = CU_add_suite("dist", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "constants", constants) == NULL ||
        CU_add_test(suite, "lognormal: moments", lognormal_moments) == NULL ||
        CU_add_test(suite, "lognormal: widest under a limit", lognormal_bound) == NULL ||
        CU_add_test(suite, "lognormal: quantiles", lognormal_quantiles) == NULL ||
        CU_add_test(suite, "logit-normal", logit_normal) == NULL ||
        CU_add_test(suite, "triangular", triangular) == NULL || CU_add_test(suite, "discrete", discrete) == NULL ||
        CU_add_test(suite, "impossible inputs", impossible) == NULL ||
        CU_add_test(suite, "golden fits", golden_fits) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
