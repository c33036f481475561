/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_elementary.c - accuracy of the elementary functions against libm and GSL, their special values, and golden
 * bits. */
#include "stats/elementary.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <stdio.h>

#include "expect.h"
#include "stats/philox.h"

enum { POINTS = 200000 };

/* One argument each, so that a table can name them. */
typedef enum which {
    EXP,
    LOG,
    POW,    /* x^1.37 */
    GROWTH, /* 1.07^x */
    CDF,
    QUANTILE,
    QUANTILE_32,
    LOG_GAMMA
} which;

static const char *const names[] = {"exp",      "log",      "x^1.37", "1.07^x", "normal_cdf", "normal_quantile",
                                    "quant_32", "log_gamma"};

static double ours(which f, double x)
{
    switch (f) {
    case EXP: return sc_exp(x);
    case LOG: return sc_log(x);
    case POW: return sc_pow(x, 1.37);
    case GROWTH: return sc_pow(1.07, x);
    case CDF: return sc_normal_cdf(x);
    case QUANTILE: return sc_normal_quantile(x);
    case QUANTILE_32: return sc_normal_quantile_32(x);
    case LOG_GAMMA: return sc_log_gamma(x);
    }
    return 0.0;
}

/* libm in long double, so that its own error does not count, or GSL. */
static long double oracle(which f, double x)
{
    switch (f) {
    case EXP: return expl((long double)x);
    case LOG: return logl((long double)x);
    case POW: return powl((long double)x, (long double)1.37);
    case GROWTH: return powl((long double)1.07, (long double)x);
    case CDF: return erfcl(-(long double)x * sqrtl(0.5L)) / 2.0L;
    case QUANTILE:
    case QUANTILE_32: return (long double)gsl_cdf_ugaussian_Pinv(x);
    case LOG_GAMMA: return (long double)gsl_sf_lngamma(x);
    }
    return 0.0L;
}

static double uniform(uint32_t i)
{
    static const sc_stream stream = {{20260701, 1}};
    uint32_t bits[4];
    sc_philox(&stream, i, 0, 0, 0, bits);
    return sc_u01_53(bits[0], bits[1]);
}

/* How arguments are spread over [low, high]. */
typedef enum spread { EVEN, LOGARITHMIC, NEAR_ONE, GRID_32 } spread;

static double argument(spread how, double low, double high, uint32_t i)
{
    double u = uniform(i);
    switch (how) {
    case EVEN: return low + (high - low) * u;
    case LOGARITHMIC: return low * pow(high / low, u);
    case NEAR_ONE: return 1.0 + (u - 0.5) * exp(-30.0 * uniform(i + POINTS));
    case GRID_32: return sc_u01_32((uint32_t)(u * 0x1p32));
    }
    return 0.0;
}

/* The distance of two neighbouring doubles at the oracle's value. */
static double ulp(long double value)
{
    double size = fabs((double)value);
    return nextafter(size, HUGE_VAL) - size;
}

static void accuracy(void)
{
    static const struct {
        which f;
        spread how;
        double low, high;
        double ulps;     /* bound in units in the last place, 0 = none */
        double relative; /* bound relative to the oracle, 0 = none */
        double absolute; /* what is allowed anyway */
    } cases[] = {
        {EXP, EVEN, -708.39, 709.78, 1.0, 0.0, 0.0},
        {EXP, EVEN, -1.0, 1.0, 1.0, 0.0, 0.0},
        {LOG, LOGARITHMIC, 1e-154, 1e154, 1.0, 0.0, 0.0},
        {LOG, EVEN, 2.3e-308, 1e308, 1.0, 0.0, 0.0},
        {LOG, EVEN, 0.5, 2.0, 1.0, 0.0, 0.0},
        {LOG, NEAR_ONE, 0.0, 0.0, 1.0, 0.0, 0.0},
        {POW, LOGARITHMIC, 1e-15, 1e15, 0.0, 2e-15, 0.0},
        {POW, NEAR_ONE, 0.0, 0.0, 0.0, 2e-15, 0.0},
        {GROWTH, EVEN, -700.0, 700.0, 0.0, 2e-15, 0.0},
        {CDF, EVEN, -37.5, 9.0, 0.0, 4e-15, 0.0},
        {CDF, EVEN, -6.0, 6.0, 0.0, 4e-15, 0.0},
        {QUANTILE, EVEN, 0.0, 1.0, 0.0, 4e-15, 0.0},
        {QUANTILE, LOGARITHMIC, 1e-300, 0.5, 0.0, 4e-15, 0.0},
        {QUANTILE_32, GRID_32, 0.0, 0.0, 0.0, 4e-15, 0.0},
        {LOG_GAMMA, EVEN, 0.01, 30.0, 0.0, 1e-13, 1e-14},
        {LOG_GAMMA, EVEN, 0.9, 2.1, 0.0, 0.0, 1e-14},
        {LOG_GAMMA, LOGARITHMIC, 1e-100, 1e100, 0.0, 1e-13, 1e-14},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        double worst = 0.0, at = 0.0;
        for (uint32_t i = 0; i < POINTS; i++) {
            double x = argument(cases[c].how, cases[c].low, cases[c].high, i);
            long double expected = oracle(cases[c].f, x);
            double allowed = cases[c].ulps * ulp(expected) + cases[c].relative * (double)fabsl(expected);
            allowed = fmax(allowed, cases[c].absolute);
            double error = (double)fabsl((long double)ours(cases[c].f, x) - expected) / allowed;
            if (!(error <= worst)) {
                worst = error;
                at = x;
            }
        }
        /* the error as a part of what is allowed */
        if (!EXPECT_ABS(worst, 0.0, 1.0))
            (void)fprintf(stderr, "  %s at %.17g (case %zu)\n", names[cases[c].f], at, c);
    }
}

/* Both are stated for any y ln x; the first argument varies too. */
static void pow_accuracy(void)
{
    double worst = 0.0;
    for (uint32_t i = 0; i < POINTS; i++) {
        double x = exp(80.0 * uniform(i) - 40.0), y = (100.0 * uniform(i + POINTS) - 50.0) / log(x);
        long double expected = powl((long double)x, (long double)y);
        worst = fmax(worst, (double)fabsl((long double)sc_pow(x, y) / expected - 1.0L));
    }
    EXPECT_ABS(worst, 0.0, 2e-15);
}

static void cdf_agrees_with_gsl(void)
{
    double worst = 0.0;
    for (uint32_t i = 0; i < POINTS; i++) {
        double z = 45.5 * uniform(i) - 37.0;
        worst = fmax(worst, fabs(sc_normal_cdf(z) / gsl_cdf_ugaussian_P(z) - 1.0));
    }
    EXPECT_ABS(worst, 0.0, 1e-13);
}

static void special_values(void)
{
    const double inf = SC_INF, nan = SC_NAN, tiny = 0x1p-1074;
    const struct {
        double actual, expected;
    } cases[] = {
        {sc_exp(0.0), 1.0},
        {sc_exp(-0.0), 1.0},
        {sc_exp(tiny), 1.0},
        {sc_exp(inf), inf},
        {sc_exp(-inf), 0.0},
        {sc_exp(nan), nan},
        {sc_exp(709.79), inf},
        {sc_exp(DBL_MAX), inf},
        {sc_exp(-708.4), 0.0},
        {sc_exp(-DBL_MAX), 0.0},
        {sc_log(1.0), 0.0},
        {sc_log(0.0), -inf},
        {sc_log(-0.0), -inf},
        {sc_log(tiny), -inf},
        {sc_log(-1.0), nan},
        {sc_log(inf), inf},
        {sc_log(-inf), nan},
        {sc_log(nan), nan},
        {sc_pow(0.0, 0.0), 1.0},
        {sc_pow(nan, 0.0), 1.0},
        {sc_pow(-3.0, -0.0), 1.0},
        {sc_pow(1.0, nan), 1.0},
        {sc_pow(1.0, inf), 1.0},
        {sc_pow(0.0, 0.5), 0.0},
        {sc_pow(0.0, -0.5), inf},
        {sc_pow(-2.0, 2.0), nan},
        {sc_pow(2.0, inf), inf},
        {sc_pow(2.0, -inf), 0.0},
        {sc_pow(0.5, inf), 0.0},
        {sc_pow(inf, 0.5), inf},
        {sc_pow(inf, -0.5), 0.0},
        {sc_pow(10.0, 400.0), inf},
        {sc_pow(10.0, -400.0), 0.0},
        {sc_pow(2.0, nan), nan},
        {sc_pow(10.0, 2.0), 100.0},
        {sc_pow(2.0, 10.0), 1024.0},
        {sc_normal_cdf(0.0), 0.5},
        {sc_normal_cdf(-0.0), 0.5},
        {sc_normal_cdf(inf), 1.0},
        {sc_normal_cdf(-inf), 0.0},
        {sc_normal_cdf(DBL_MAX), 1.0},
        {sc_normal_cdf(-38.0), 0.0},
        {sc_normal_cdf(nan), nan},
        {sc_normal_quantile(0.5), 0.0},
        {sc_normal_quantile(0.0), -inf},
        {sc_normal_quantile(tiny), -inf},
        {sc_normal_quantile(1.0), inf},
        {sc_normal_quantile(-0.1), nan},
        {sc_normal_quantile(1.1), nan},
        {sc_normal_quantile(inf), nan},
        {sc_normal_quantile(nan), nan},
        {sc_log_gamma(0.0), inf},
        {sc_log_gamma(-0.5), nan},
        {sc_log_gamma(-inf), nan},
        {sc_log_gamma(inf), inf},
        {sc_log_gamma(DBL_MAX), inf},
        {sc_log_gamma(nan), nan},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double actual = cases[i].actual, expected = cases[i].expected;
        if (!EXPECT_TRUE(isnan(expected) ? isnan(actual) : actual == expected))
            (void)fprintf(stderr, "  special value %zu: got %.17g, expected %.17g\n", i, actual, expected);
    }
}

/* Any 64 bits give a value, NaN only where that is the answer; the sanitizers watch over the rest. */
static void total_over_all_bits(void)
{
    long wrong = 0;
    for (uint32_t i = 0; i < POINTS; i++) {
        double x = sc_double_of_bits((uint64_t)(uniform(i) * 0x1p64)), y = uniform(i + POINTS) - 0.5;
        double p = sc_normal_cdf(x), e = sc_exp(x);
        wrong += isnan(x) ? !isnan(p) || !isnan(e) : !(p >= 0.0 && p <= 1.0) || !(e >= 0.0);
        wrong += (isnan(sc_log(x)) != 0) != (isnan(x) || x <= -DBL_MIN);
        wrong += (isnan(sc_normal_quantile(x)) != 0) != !(x > -DBL_MIN && x <= 1.0);
        wrong += (isnan(sc_log_gamma(x)) != 0) != !(x > -DBL_MIN);
        wrong += (isnan(sc_pow(x, y)) != 0) != (isnan(x) || x <= -DBL_MIN);
        wrong += isnan(sc_pow(fabs(y), x)) != isnan(x);
    }
    EXPECT_I64(wrong, 0);
}

static void quantile_laws(void)
{
    long falls = 0, crooked = 0, apart = 0;
    double last = -HUGE_VAL;
    for (uint32_t i = 0; i < 1000; i++) {
        /* 200 neighbours in the grid of 32 bits at each of 1,000 places, among them both ends and the region limits */
        uint32_t base =
            i < 995 ? i * 4316700u : (const uint32_t[]){0, 322122447, 322122347, 3972844849, 4294967096}[i - 995];
        for (uint32_t j = 0; j < 200; j++) {
            double u = sc_u01_32(base + j), z = sc_normal_quantile_32(u);
            falls += j > 0 && z < last;
            crooked += sc_normal_quantile_32(1.0 - u) != -z;
            apart += sc_normal_quantile(u) != z;
            last = z;
        }
    }
    EXPECT_I64(falls, 0);
    EXPECT_I64(crooked, 0);
    EXPECT_I64(apart, 0);

    double worst = 0.0;
    for (uint32_t i = 0; i < POINTS; i++) {
        double z = 44.0 * uniform(i) - 36.0;
        double allowed = 1e-14 * fabs(z) + 0x1p-52 * exp(0.5 * fmax(z, 0.0) * z); /* p near 1 has few digits */
        worst = fmax(worst, fabs(sc_normal_quantile(sc_normal_cdf(z)) - z) / (allowed + 1e-15));
    }
    EXPECT_ABS(worst, 0.0, 2.0);
}

/* Any difference between compilers, optimisation levels or CPUs would show here first. */
static void golden_bits(void)
{
    static const struct {
        which f;
        double x, expected;
    } cases[] = {
        /* clang-format off */
        {EXP, -708.25, 0x1.285dc1b5961f1p-1022},
        {EXP, -300.10000000000002, 0x1.08846d46b03bap-433},
        {EXP, -20.699999999999999, 0x1.195920309b9dap-30},
        {EXP, -1, 0x1.78b56362cef38p-2},
        {EXP, -0.34656999999999999, 0x1.6a0a3b975afaep-1},
        {EXP, -1.0000000000000001e-09, 0x1.fffffff768fa1p-1},
        {EXP, 0.10000000000000001, 0x1.1aec7b35a00d4p+0},
        {EXP, 0.36186831246710938, 0x1.6f9e5702c1417p+0},
        {EXP, 1, 0x1.5bf0a8b14576ap+1},
        {EXP, 3.2999999999999998, 0x1.b1cd5e7807b7bp+4},
        {EXP, 88.900000000000006, 0x1.319e64d9f80dbp+128},
        {EXP, 461.99865, 0x1.6fe5d6723abf2p+666},
        {EXP, 709.70000000000005, 0x1.d75ae7a50ee14p+1023},
        {LOG, 2.2999999999999999e-308, -0x1.622e809940dffp+9},
        {LOG, 1e-100, -0x1.cc845b54b54f2p+7},
        {LOG, 1.0000000000000001e-05, -0x1.7069e2aa2aa5bp+3},
        {LOG, 0.10000000000000001, -0x1.26bb1bbb55515p+1},
        {LOG, 0.70710678000000005, -0x1.62e4300c77ae8p-2},
        {LOG, 0.99999899999999997, -0x1.0c6f82d74d23p-20},
        {LOG, 1.0000001000000001, 0x1.ad7f2847b6492p-24},
        {LOG, 1.4019869465871786, 0x1.59fff6229ed3cp-2},
        {LOG, 2, 0x1.62e42fefa39efp-1},
        {LOG, 10, 0x1.26bb1bbb55516p+1},
        {LOG, 65537.25, 0x1.62e457ef8a9f1p+3},
        {LOG, 1.0000000000000001e+300, 0x1.5963447f87fb5p+9},
        {POW, 9.9999999999999998e-201, 0x1.bb2a62fe6378p-911},
        {POW, 1.0000000000000001e-09, 0x1.074fbce42660ep-41},
        {POW, 0.33000000000000002, 0x1.c06deb3ff69f3p-3},
        {POW, 0.70558290837588256, 0x1.3d86efcf0055ap-1},
        {POW, 0.99999000000000005, 0x1.fffe344e1d223p-1},
        {POW, 1.0000100000000001, 0x1.0000e5d9292afp+0},
        {POW, 1.5, 0x1.be2779f4a4032p+0},
        {POW, 2, 0x1.4ad7a2967b269p+1},
        {POW, 10, 0x1.77139cbe1661fp+4},
        {POW, 123456.789, 0x1.205a8e7dd0e58p+23},
        {POW, 1000000000000, 0x1.876641abb4cdcp+54},
        {POW, 9.9999999999999997e+199, 0x1.27c35704a5f67p+910},
        {GROWTH, -700, 0x1.98013b7073af2p-69},
        {GROWTH, -100.5, 0x1.240f0c1ca732ap-10},
        {GROWTH, -12, 0x1.c6ab122fe32a8p-2},
        {GROWTH, -1, 0x1.de81323e34a2bp-1},
        {GROWTH, -0.01, 0x1.ffa7593402cf9p-1},
        {GROWTH, 0.01, 0x1.002c5b1419402p+0},
        {GROWTH, 0.5, 0x1.08cef72c9a206p+0},
        {GROWTH, 1, 0x1.11eb851eb851fp+0},
        {GROWTH, 2, 0x1.25182a9930be2p+0},
        {GROWTH, 30.420000000000002, 0x1.f53a1f390592fp+2},
        {GROWTH, 365, 0x1.8b9c8f1ebf197p+35},
        {GROWTH, 3650, 0x1.36b4d01bdfa6ep+356},
        {CDF, -37.25, 0x1.7407c86b70754p-1008},
        {CDF, -20.100000000000001, 0x1.e10659f76482ap-298},
        {CDF, -8.3000000000000007, 0x1.e0210a5a1d838p-55},
        {CDF, -5, 0x1.33ca2f2133833p-22},
        {CDF, -2.3263478740408408, 0x1.47ae147ae1481p-7},
        {CDF, -1, 0x1.44ed0bb7cb20bp-3},
        {CDF, -0.25, 0x1.9aecba9d2252ap-2},
        {CDF, 0, 0x1p-1},
        {CDF, 0.25, 0x1.3289a2b16ed6bp-1},
        {CDF, 1, 0x1.aec4bd120d37dp-1},
        {CDF, 1.6448536269514722, 0x1.e666666666666p-1},
        {CDF, 3.2999999999999998, 0x1.ffc0a2fa3c9a5p-1},
        {CDF, 7.9000000000000004, 0x1.ffffffffffff3p-1},
        {QUANTILE, 1e-300, -0x1.286074064c26ep+5},
        {QUANTILE, 1e-100, -0x1.546010d75521fp+4},
        {QUANTILE, 1.3e-11, -0x1.aaba25670981fp+2},
        {QUANTILE, 1e-10, -0x1.97203597a2154p+2},
        {QUANTILE, 0.001, -0x1.8b8cbb720447p+1},
        {QUANTILE, 0.074999998999999998, -0x1.7085228b95adep+0},
        {QUANTILE, 0.075000000999999997, -0x1.7085224ee6f6ap+0},
        {QUANTILE, 0.10000000000000001, -0x1.4813c36e26d34p+0},
        {QUANTILE, 0.30976491714548166, -0x1.fc6ee6b295554p-2},
        {QUANTILE, 0.5, 0x0p+0},
        {QUANTILE, 0.59999999999999998, 0x1.036d6c4a04b5ap-2},
        {QUANTILE, 0.92500000000000004, 0x1.7085226d3e524p+0},
        {QUANTILE, 0.94999999999999996, 0x1.a515209676ab8p+0},
        {QUANTILE, 0.99999990000000005, 0x1.4cc1f26b3355ap+2},
        {QUANTILE_32, 1.1641532182693481e-10, -0x1.95a1198fcf3d5p+2},
        {QUANTILE_32, 0.010000000009313226, -0x1.29c5c4624fd62p+1},
        {QUANTILE_32, 0.25000000011641532, -0x1.5956b872030bap-1},
        {QUANTILE_32, 0.75000000011641532, 0x1.5956b8784e3d9p-1},
        {QUANTILE_32, 0.97500000009313226, 0x1.f5c03325c80acp+0},
        {QUANTILE_32, 0.99999999988358468, 0x1.95a1198fcf3d5p+2},
        {LOG_GAMMA, 1e-300, 0x1.5963447f87fb5p+9},
        {LOG_GAMMA, 1.0000000000000001e-09, 0x1.4b927f329851p+4},
        {LOG_GAMMA, 0.10000000000000001, 0x1.2058e35f3deeep+1},
        {LOG_GAMMA, 0.5, 0x1.250d048e7a1bp-1},
        {LOG_GAMMA, 0.99999899999999997, 0x1.35e4079p-21},
        {LOG_GAMMA, 1.5, -0x1.eeb95b094c2p-4},
        {LOG_GAMMA, 2.0001000000000002, 0x1.62af2b5e4p-15},
        {LOG_GAMMA, 3.25, 0x1.df216e434a8d8p-1},
        {LOG_GAMMA, 7.9000000000000004, 0x1.0a6062d049d2p+3},
        {LOG_GAMMA, 8.0999999999999996, 0x1.1746c3c05dea4p+3},
        {LOG_GAMMA, 30.5, 0x1.23d05ac006be7p+6},
        {LOG_GAMMA, 10000, 0x1.40b3b7add8cb1p+16},
        {LOG_GAMMA, 1.0000000000000001e+300, 0x1.017f38e7a1ab5p+1006},
        /* clang-format on */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double actual = ours(cases[i].f, cases[i].x);
        if (!EXPECT_TRUE(sc_double_bits(actual) == sc_double_bits(cases[i].expected)))
            (void)fprintf(stderr, "  %s(%.17g): got %a, expected %a\n", names[cases[i].f], cases[i].x, actual,
                          cases[i].expected);
    }
}

/* A loop that the compiler may turn into vector code gives the bits of single calls. */
static void loops_equal_single_calls(void)
{
    enum { N = 1003 };
    static double x[N], e[N], l[N], c[N], q[N], w[N];
    for (uint32_t i = 0; i < N; i++)
        x[i] = uniform(i);
    for (size_t i = 0; i < N; i++)
        e[i] = sc_exp(50.0 * x[i]);
    for (size_t i = 0; i < N; i++)
        l[i] = sc_log(x[i]);
    for (size_t i = 0; i < N; i++)
        c[i] = sc_normal_cdf(9.0 * x[i] - 6.0);
    for (size_t i = 0; i < N; i++)
        q[i] = sc_normal_quantile(x[i]);
    for (size_t i = 0; i < N; i++)
        w[i] = sc_pow(x[i], 1.37);
    long wrong = 0;
    for (size_t i = 0; i < N; i++) {
        volatile double y = x[i]; /* keeps this loop scalar */
        wrong += e[i] != sc_exp(50.0 * y);
        wrong += l[i] != sc_log(y);
        wrong += c[i] != sc_normal_cdf(9.0 * y - 6.0);
        wrong += q[i] != sc_normal_quantile(y);
        wrong += w[i] != sc_pow(y, 1.37);
    }
    EXPECT_I64(wrong, 0);
}

CU_ErrorCode test_elementary_register(void)
{
    CU_pSuite suite = CU_add_suite("elementary", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "accuracy", accuracy) == NULL ||
        CU_add_test(suite, "pow: accuracy", pow_accuracy) == NULL ||
        CU_add_test(suite, "normal cdf: agrees with GSL", cdf_agrees_with_gsl) == NULL ||
        CU_add_test(suite, "special values", special_values) == NULL ||
        CU_add_test(suite, "total over all bits", total_over_all_bits) == NULL ||
        CU_add_test(suite, "normal quantile: laws", quantile_laws) == NULL ||
        CU_add_test(suite, "golden bits", golden_bits) == NULL ||
        CU_add_test(suite, "loops equal single calls", loops_equal_single_calls) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
