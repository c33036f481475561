/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_profile_fits.c - the fits of a profile on data whose law is known. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "expect.h"
#include "profile/profile_fit.h"
#include "sim/arrivals.h"
#include "stats/elementary.h"

#define MONDAY 20612 /* 2026-06-08 */

static gsl_rng *rng;

static int start_suite(void)
{
    rng = gsl_rng_alloc(gsl_rng_mt19937);
    return rng == NULL;
}

static int end_suite(void)
{
    gsl_rng_free(rng);
    return 0;
}

/* ---- numbers ---- */

static void significant_digits(void)
{
    static const struct {
        double x, rounded;
        const char *text;
    } cases[] = {
        {0.0, 0.0, "0"},
        {1.0, 1.0, "1"},
        {-1.0, -1.0, "-1"},
        {0.123456, 0.1235, "0.1235"},
        {-0.0123449, -0.01234, "-0.01234"},
        {9999.4, 9999.0, "9999"},
        {9999.6, 10000.0, "10000"},
        {99996.0, 100000.0, "100000"},
        {123456789.0, 123500000.0, "123500000"},
        {999.96, 1000.0, "1000"},
        {999.94, 999.9, "999.9"},
        {1e-9, 1e-9, "0.000000001"},
        {12.5, 12.5, "12.5"},
        {1e300, 0.0, "0"}, /* out of any range of a scenario */
        {1e-18, 0.0, "0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_strbuf b = {0};
        EXPECT_REL(sc_significant(cases[i].x), cases[i].rounded, 0.0);
        sc_put_significant(&b, cases[i].x);
        EXPECT_STR(b.text, cases[i].text);
        sc_strbuf_release(&b);
        const double once = sc_significant(cases[i].x);
        EXPECT_REL(sc_significant(once), once, 0.0);
    }
}

/* ---- volume ---- */

enum { DAYS = 182 };

static void no_noise(void)
{
    static const double week[7] = {1.2, 1.2, 1.2, 1.2, 1.2, 0.6, 0.4};
    sc_profile_volume v = {.growth = {0}};
    double y[DAYS];
    unsigned notes = 0;
    for (int d = 0; d < DAYS; d++)
        y[d] = 1000.0 * week[d % 7];
    profile_fit_volume(y, DAYS, MONDAY, MONDAY + DAYS, 1.0, &v, &notes);
    for (int k = 0; k < 7; k++)
        EXPECT_ABS(v.weekday[k], week[k], 1e-3);
    EXPECT_REL(v.per_day.p50, 1000.0, 1e-3);
    EXPECT_TRUE(v.per_day.p10 > 950.0 && v.per_day.p90 < 1050.0);
    EXPECT_ABS(v.growth.p50, 0.0, 1e-3);
    EXPECT_ABS(v.day_cv, 0.0, 1e-3);
    EXPECT_I64(notes, 0);
}

static void growth(void)
{
    sc_profile_volume v = {.growth = {0}};
    double y[DAYS];
    unsigned notes = 0;
    for (int d = 0; d < DAYS; d++)
        y[d] = 1000.0 * pow(1.1, d / PROFILE_MONTH);
    profile_fit_volume(y, DAYS, MONDAY, MONDAY + DAYS + 30, 1.0, &v, &notes);
    EXPECT_REL(v.per_day.p50, 1000.0 * pow(1.1, (DAYS + 30) / PROFILE_MONTH), 0.02);
    EXPECT_ABS(v.growth.p50, 0.1, 0.01);
    EXPECT_TRUE(v.growth.p10 < 0.1 && v.growth.p90 > 0.1);
}

static void few_days(void)
{
    static const double y[3] = {100, 100, 100};
    for (size_t n = 1; n <= 3; n++) {
        sc_profile_volume v = {.growth = {0}};
        unsigned notes = 0;
        profile_fit_volume(y, n, MONDAY, MONDAY + 3, 1.0, &v, &notes);
        EXPECT_I64(notes, 1u << SC_PROFILE_FEW_DAYS | 1u << SC_PROFILE_NO_GROWTH);
        EXPECT_TRUE(v.per_day.p50 < 100.0 && v.per_day.p50 > 75.0); /* a median, the mean is 100 */
        EXPECT_TRUE(v.per_day.p10 < 90.0 && v.per_day.p90 > 110.0);
        EXPECT_TRUE(v.growth.p10 < -0.1 && v.growth.p90 > 0.1);
        for (int k = 0; k < 7; k++)
            EXPECT_REL(v.weekday[k], 1.0, 0.0);
        EXPECT_ABS(v.day_cv, 0.3, 1e-9);
    }
}

static void no_requests(void)
{
    static const double y[30] = {0};
    sc_profile_volume v = {.growth = {0}};
    unsigned notes = 0;
    profile_fit_volume(y, 30, MONDAY, MONDAY + 30, 1.0, &v, &notes);
    EXPECT_TRUE(v.per_day.p10 > 0.0 && v.per_day.p90 < 1.0);
}

/* Counts as the simulator draws them: the interval of the level holds the truth in about 80 % of futures, or more, as
 * it also allows for a drift that these do not have; noise is found without bias. */
static void drawn_counts(void)
{
    enum { RUNS = 200, N = 91 };
    const double cv = 0.25, level = 400.0, s = sqrt(log(1.0 + cv * cv));
    double sum_cv = 0.0, sum_level = 0.0;
    int inside = 0;
    gsl_rng_set(rng, 7);
    for (int run = 0; run < RUNS; run++) {
        sc_profile_volume v = {.growth = {0}};
        double y[N];
        unsigned notes = 0;
        for (int d = 0; d < N; d++)
            y[d] = gsl_ran_poisson(rng, level * exp(s * gsl_ran_ugaussian(rng) - 0.5 * s * s));
        profile_fit_volume(y, N, MONDAY, MONDAY + N, 1.0, &v, &notes);
        inside += v.per_day.p10 <= level && level <= v.per_day.p90;
        sum_cv += v.day_cv / RUNS;
        sum_level += v.per_day.p50 / RUNS;
    }
    EXPECT_TRUE(inside >= 160 && inside <= 200);
    EXPECT_ABS(sum_cv, cv, 0.02);
    EXPECT_REL(sum_level, level, 0.02);
}

/* Spells are told from the noise of days, and a level that wanders from both. */
static void spells_and_wander(void)
{
    enum { RUNS = 60, N = 364 };
    const double keep = exp2(-1.0 / 7.0), spell_sd = 0.5, month_sd = 0.4;
    double spells = 0.0, steady = 0.0, wander = 0.0, still = 0.0;
    gsl_rng_set(rng, 11);
    for (int run = 0; run < RUNS; run++) {
        sc_profile_volume in_spells = {.growth = {0}}, wandering = {.growth = {0}};
        double y[N], z[N], spell = spell_sd * gsl_ran_ugaussian(rng), walk = 0.0;
        unsigned notes = 0;
        for (int d = 0; d < N; d++) {
            y[d] = gsl_ran_poisson(rng, 1000.0 * exp(spell));
            z[d] = gsl_ran_poisson(rng, 1000.0 * exp(walk));
            spell = keep * spell + spell_sd * sqrt(1.0 - keep * keep) * gsl_ran_ugaussian(rng);
            walk += month_sd / sqrt(PROFILE_MONTH) * gsl_ran_ugaussian(rng);
        }
        profile_fit_volume(y, N, MONDAY, MONDAY + N, 1.0, &in_spells, &notes);
        profile_fit_volume(z, N, MONDAY, MONDAY + N, 1.0, &wandering, &notes);
        spells += in_spells.swing_cv / RUNS;
        wander += wandering.wander / RUNS;
        steady += wandering.swing_cv / RUNS;
        still += in_spells.wander / RUNS;
        EXPECT_REL(in_spells.half_life, 7.0, 0.0);
    }
    /* A week's mean has less of a spell than its days have, and part of it looks like a level that moves. */
    EXPECT_ABS(spells, 0.14, 0.04);
    EXPECT_ABS(wander, sqrt(exp(month_sd * month_sd) - 1.0), 0.15);
    EXPECT_TRUE(steady < 0.05);
    EXPECT_TRUE(still > 0.4);
}

/* Small counts with zeros: the mean, and a range that holds it. */
static void sparse_counts(void)
{
    enum { RUNS = 200, N = 28 };
    int inside = 0;
    double sum = 0.0;
    gsl_rng_set(rng, 13);
    for (int run = 0; run < RUNS; run++) {
        sc_profile_volume v = {.growth = {0}};
        double y[N];
        unsigned notes = 0;
        for (int d = 0; d < N; d++)
            y[d] = gsl_ran_poisson(rng, 0.7);
        profile_fit_volume(y, N, MONDAY, MONDAY + N, 1.0, &v, &notes);
        inside += v.per_day.p10 <= 0.7 && 0.7 <= v.per_day.p90;
        sum += v.per_day.p50 / RUNS;
    }
    EXPECT_TRUE(inside >= 160);
    EXPECT_REL(sum, 0.65, 0.05); /* a median, below the mean of 0.7 */
}

/* ---- bursts ---- */

static void fill_hours(profile_series *s, int64_t (*hours)[24], double c, double daily, double moving)
{
    static const double shape[24] = {1, 1, 1, 1, 1, 2, 3, 5, 8, 9, 9, 8, 8, 8, 9, 9, 8, 6, 5, 4, 3, 2, 2, 1};
    double sum = 0.0;
    for (int h = 0; h < 24; h++)
        sum += shape[h];
    for (size_t d = 0; d < s->n; d++) {
        for (int h = 0; h < 24; h++) {
            const double z = moving * gsl_ran_ugaussian(rng);
            const double mean = daily * shape[h] / sum * exp(z - 0.5 * moving * moving), size = mean / (c * c - 1.0);
            hours[d][h] = c > 1.0 ? (int64_t)gsl_ran_negative_binomial(rng, 1.0 / (c * c), size)
                                  : (int64_t)gsl_ran_poisson(rng, mean);
        }
    }
    s->hours = hours;
}

static void bursts_of_hours(void)
{
    static int64_t hours[60][24];
    static const struct {
        double c, daily, moving, low, high;
    } cases[] = {
        {1.0, 50, 0.0, 1.0, 1.15},  {1.0, 20000, 0.0, 1.0, 1.2}, {3.0, 2000, 0.0, 2.6, 3.4},
        {2.0, 200, 0.0, 1.75, 2.3}, {1.0, 2000, 0.2, 1.0, 2.0}, /* a rate that moves is not a burst */
    };
    gsl_rng_set(rng, 11);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        profile_series s = {.n = 60};
        fill_hours(&s, hours, cases[i].c, cases[i].daily, cases[i].moving);
        const double c = profile_bursts_of_hours(&s);
        EXPECT_TRUE(c >= cases[i].low && c <= cases[i].high);
    }
    profile_series none = {.n = 60};
    memset(hours, 0, sizeof hours);
    none.hours = hours;
    EXPECT_REL(profile_bursts_of_hours(&none), 0.0, 0.0);
}

/* ---- tokens ---- */

static double mean_of_values(const sc_profile_tokens *t, double *cv)
{
    double n = 0.0, sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < t->n_values; i++) {
        n += (double)t->weights[i];
        sum += (double)t->weights[i] * t->values[i];
        squares += (double)t->weights[i] * t->values[i] * t->values[i];
    }
    *cv = sqrt(squares / n - sum / n * (sum / n)) / (sum / n);
    return sum / n;
}

static void lognormal_sizes(void)
{
    static const struct {
        double mean, cv;
    } cases[] = {{20, 0.5}, {1500, 0.9}, {300, 0.3}, {9000, 2.5}};
    sc_arena arena = {0};
    gsl_rng_set(rng, 3);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t bins[SC_BINS] = {0};
        sc_profile_tokens t = {.max = 0};
        int over = 0;
        const double s = sqrt(log(1.0 + cases[i].cv * cases[i].cv));
        for (int k = 0; k < 20000; k++)
            bins[sc_bin_of(llround(cases[i].mean * exp(s * gsl_ran_ugaussian(rng) - 0.5 * s * s)))]++;
        EXPECT_I64(profile_fit_tokens(bins, cases[i].mean, 1e6, &arena, &t, &over), SC_OK);
        EXPECT_I64(t.form, SC_PROFILE_LOGNORMAL);
        EXPECT_REL(t.mean, cases[i].mean, 0.0);
        EXPECT_REL(t.cv, cases[i].cv, 0.05);
        EXPECT_TRUE(t.distance >= 0.0 && t.distance < 0.02);
        EXPECT_I64(over, 0);
    }
    sc_arena_release(&arena);
}

static void two_kinds_of_requests(void)
{
    int64_t bins[SC_BINS] = {0};
    sc_profile_tokens t = {.max = 0};
    sc_arena arena = {0};
    double cv, below = 0.0;
    int over = 0;
    for (int k = 0; k < 1000; k++) {
        bins[sc_bin_of(200 + k % 100)] += 9;
        bins[sc_bin_of(40000 + 20 * k)]++;
    }
    const double mean = 0.9 * 249.5 + 0.1 * 49990.0;
    EXPECT_I64(profile_fit_tokens(bins, mean, 1e6, &arena, &t, &over), SC_OK);
    EXPECT_I64(t.form, SC_PROFILE_VALUES);
    EXPECT_TRUE(t.distance > 0.1);
    EXPECT_TRUE(t.n_values > 5 && t.n_values <= 65);
    EXPECT_REL(mean_of_values(&t, &cv), mean, 1e-3);
    EXPECT_REL(cv, t.cv, 0.02);
    for (size_t i = 0; i < t.n_values; i++) {
        EXPECT_TRUE(i == 0 || t.values[i] > t.values[i - 1]);
        below += t.values[i] < 10000.0 ? (double)t.weights[i] : 0.0;
    }
    EXPECT_REL(below, 9000.0, 0.0);
    sc_arena_release(&arena);
}

static void sizes_at_the_edge(void)
{
    int64_t bins[SC_BINS] = {0};
    sc_profile_tokens t = {.max = 0};
    sc_arena arena = {0};
    int over = 0;
    /* nothing known of single requests */
    EXPECT_I64(profile_fit_tokens(bins, 123.456, 1e6, &arena, &t, &over), SC_OK);
    EXPECT_I64(t.form, SC_PROFILE_CONSTANT);
    EXPECT_REL(t.mean, 123.5, 0.0);
    /* all alike */
    bins[7] = 500;
    EXPECT_I64(profile_fit_tokens(bins, 7.0, 1e6, &arena, &t, &over), SC_OK);
    EXPECT_I64(t.form, SC_PROFILE_CONSTANT);
    /* many without any output */
    bins[0] = 500;
    EXPECT_I64(profile_fit_tokens(bins, 3.5, 1e6, &arena, &t, &over), SC_OK);
    EXPECT_I64(t.form, SC_PROFILE_VALUES);
    EXPECT_I64(t.n_values, 2);
    EXPECT_REL(t.values[0], 0.0, 0.0);
    EXPECT_REL(t.values[1], 7.0, 0.0);
    EXPECT_I64(over, 0);
    /* above what the card allows */
    EXPECT_I64(profile_fit_tokens(bins, 3.5, 5.0, &arena, &t, &over), SC_OK);
    EXPECT_I64(over, 1);
    EXPECT_REL(t.values[1], 5.0, 0.0);
    sc_arena_release(&arena);
}

static void levels_that_drift(void)
{
    enum { N = 70 };
    int64_t requests[N], tokens[N][SC_TOKEN_METERS] = {{0}};
    profile_series s = {.n = N, .requests = requests, .tokens = tokens};
    for (int d = 0; d < N; d++) {
        requests[d] = 100;
        tokens[d][SC_METER_INPUT] = 100 * 1000;
        tokens[d][SC_METER_OUTPUT] = 100 * (d / 7 % 2 == 0 ? 100 : 200);
    }
    EXPECT_TRUE(profile_scale_cv(&s, 0) < 0.04);
    EXPECT_ABS(profile_scale_cv(&s, 1), log(2.0) / 2.0, 0.03);
    s.n = 3;
    EXPECT_ABS(profile_scale_cv(&s, 1), 0.07, 1e-9);
}

CU_ErrorCode test_profile_fits_register(void)
{
    static CU_TestInfo tests[] = {{"numbers have four digits", significant_digits},
                                  {"a series without noise is found exactly", no_noise},
                                  {"growth is found and carried to the horizon", growth},
                                  {"few days give wide ranges", few_days},
                                  {"days without requests", no_requests},
                                  {"intervals hold the level that counts were drawn with", drawn_counts},
                                  {"spells are told from noise, and a wandering level from both", spells_and_wander},
                                  {"small counts with zeros", sparse_counts},
                                  {"bursts are told from a rate that moves", bursts_of_hours},
                                  {"lognormal sizes are recovered", lognormal_sizes},
                                  {"sizes of two kinds keep mean and tail", two_kinds_of_requests},
                                  {"sizes that are unknown, alike, zero or too large", sizes_at_the_edge},
                                  {"uncertainty of levels comes from drift between weeks", levels_that_drift},
                                  CU_TEST_INFO_NULL};
    static CU_SuiteInfo suites[] = {{"profile_fits", start_suite, end_suite, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
