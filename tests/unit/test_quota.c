/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_quota.c - needs of the busiest minute: arithmetic where nothing varies, minutes drawn request by request where
 * it does. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advise/minute.h"
#include "advise/quota.h"
#include "base/alloc.h"
#include "expect.h"
#include "sim_fixture.h"

#define SONNET "anthropic.claude-sonnet-4-6"

static const sc_sim_options options = {.seed = 3, .trials = 400, .threads = 2, .as_of = SC_DAY_MAX};
static const sc_quota_demand first = {0, NULL}, both[] = {{0, NULL}, {1, NULL}};

/* Two workloads in one place. `quotas` is the list; `volume`, `tokens` and `rest` are of both. */
static sc_scenario *scenario(const sc_card *card, const char *quotas, const char *model, const char *volume,
                             const char *tokens, const char *rest)
{
    return sc_fixture_scenario(
        card,
        "{'spendcast': 1, 'horizon': {'start': '2027-01-01', 'days': 14}, 'quotas': [%s], 'projects': [{'id': 'p', "
        "'workloads': [{'id': 'a', 'offer': {'model': '%s'}, 'volume': {%s}, 'tokens': {%s}%s}, {'id': 'b', 'offer': "
        "{'model': '%s'}, 'volume': {%s}, 'tokens': {%s}%s}]}]}",
        quotas, model, volume, tokens, rest, model, volume, tokens, rest);
}

static int assess(const sc_scenario *s, const sc_card *card, sc_endpoint endpoint, const sc_quota_demand *demands,
                  size_t n, sc_quota_result *out)
{
    sc_errors errors = {0};
    int done =
        EXPECT_I64(sc_quota_assess(s, card, &options, &sc_quota_defaults, endpoint, demands, n, out, &errors), SC_OK);
    if (!done)
        (void)fprintf(stderr, "  %s\n", errors.item[0].text);
    return done;
}

/* 1,440 requests a day in a steady stream: 1 a minute on average, 3 in the busiest hour. */
#define STEADY "'requests_per_day': 1440, 'day_cv': 0, 'burstiness': 0"
#define TOKENS "'input': 1000, 'output': 200, 'max_tokens_asked': 4000"
#define QUOTA(limits) "{'model': '" SONNET "', " limits "}"

/* ---- by hand ---- */

static void test_arithmetic(void)
{
    static const struct {
        const char *rest;
        size_t n;                      /* workloads on the quota */
        double used, held, day, input; /* used and held: a minute */
    } cases[] = {
        /* Sonnet 4.6 burns 5 tokens of quota for one of output */
        {"", 1, 3 * (1000 + 5 * 200), 3 * (1000 + 4000), 1440 * 2000, 3 * 1000},
        {"", 2, 6 * (1000 + 5 * 200), 6 * (1000 + 4000), 2880 * 2000, 6 * 1000},
        /* always read: it counts when requests are let in, not when they are done */
        {", 'cache': {'prefix_tokens': 6000, 'ttl': '5m'}", 1, 3 * 2000, 3 * 11000, 1440 * 2000, 3 * 7000},
        /* always written */
        {", 'cache': {'prefix_tokens': 6000, 'ttl': '5m', 'keys': 1000}", 1, 3 * 8000, 3 * 11000, 1440 * 8000,
         3 * 7000},
        /* not cached: input */
        {", 'cache': {'prefix_tokens': 6000}", 1, 3 * 8000, 3 * 11000, 1440 * 8000, 3 * 7000},
    };
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < sizeof cases / sizeof *cases; i++) {
        sc_scenario *s =
            scenario(card,
                     QUOTA("'tokens_per_minute': 100000, 'requests_per_minute': 40, 'tokens_per_day': 1e8") ", " QUOTA(
                         "'endpoint': 'mantle', 'input_tokens_per_minute': 1e5, "
                         "'output_tokens_per_minute': 1e5"),
                     SONNET, STEADY, TOKENS, cases[i].rest);
        const double n = (double)cases[i].n;
        sc_quota_result r, m;
        if (s != NULL && assess(s, card, SC_ENDPOINT_RUNTIME, both, cases[i].n, &r) &&
            assess(s, card, SC_ENDPOINT_MANTLE, both, cases[i].n, &m)) {
            for (int day = 0; day < 2; day++) {
                EXPECT_REL(r.need[SC_NEED_USED].at_level[day], cases[i].used, 1e-6);
                EXPECT_REL(r.need[SC_NEED_HELD].at_level[day], cases[i].held, 1e-6);
                EXPECT_REL(r.need[SC_NEED_REQUESTS].at_level[day], 3 * n, 1e-6);
                EXPECT_REL(r.need[SC_NEED_DAY].at_level[day], cases[i].day, 1e-6);
                EXPECT_REL(m.need[SC_NEED_INPUT].at_level[day], cases[i].input, 1e-6);
                EXPECT_REL(m.need[SC_NEED_OUTPUT].at_level[day], 3 * n * 200, 1e-6);
                EXPECT_REL(m.need[SC_NEED_OUTPUT_HELD].at_level[day], 3 * n * 4000, 1e-6);
                EXPECT_ABS(r.need[SC_NEED_HELD].throttled[day], 0, 0);
            }
            EXPECT_ABS(r.need[SC_NEED_INPUT].limit, 0, 0);
            EXPECT_ABS(m.need[SC_NEED_USED].limit, 0, 0);
            EXPECT_I64(r.verdict, SC_QUOTA_FITS);
            EXPECT_I64(r.binds, SC_NEED_HELD);
            EXPECT_REL(r.share, cases[i].held / 1e5, 1e-6);
        }
        sc_scenario_free(s);
    }
    sc_card_free(card);
}

static void test_verdicts(void)
{
    static const struct {
        const char *quotas, *model, *tokens;
        sc_endpoint endpoint;
        sc_quota_verdict verdict;
        sc_need binds;
        const char *reason; /* its start */
    } cases[] = {
        {"", SONNET, TOKENS, SC_ENDPOINT_RUNTIME, SC_QUOTA_UNKNOWN, SC_NEEDS, "no quota is stated"},
        {QUOTA("'scope': 'global', 'tokens_per_minute': 1e6"), SONNET, TOKENS, SC_ENDPOINT_RUNTIME, SC_QUOTA_UNKNOWN,
         SC_NEEDS, "no quota is stated"},
        {QUOTA("'requests_per_minute': 100"), SONNET, TOKENS, SC_ENDPOINT_RUNTIME, SC_QUOTA_UNKNOWN, SC_NEED_REQUESTS,
         "no tokens_per_minute is stated"},
        {QUOTA("'endpoint': 'mantle', 'input_tokens_per_minute': 1e6"), SONNET, TOKENS, SC_ENDPOINT_MANTLE,
         SC_QUOTA_UNKNOWN, SC_NEED_INPUT, "no output_tokens_per_minute is stated"},
        /* what is known throttles, whatever is not */
        {QUOTA("'requests_per_minute': 2"), SONNET, TOKENS, SC_ENDPOINT_RUNTIME, SC_QUOTA_THROTTLES, SC_NEED_REQUESTS,
         "requests a minute: 3 of 2 (150 %) at P95 of the busiest minute, above it with a chance of 100.0 %"},
        {QUOTA("'tokens_per_minute': 18751"), SONNET, TOKENS, SC_ENDPOINT_RUNTIME, SC_QUOTA_FITS, SC_NEED_HELD,
         "tokens held a minute: 15000 of 18751 (80 %)"},
        {QUOTA("'tokens_per_minute': 18749"), SONNET, TOKENS, SC_ENDPOINT_RUNTIME, SC_QUOTA_TIGHT, SC_NEED_HELD,
         "tokens held a minute: 15000 of 18749 (80 %)"},
        {QUOTA("'tokens_per_minute': 15000"), SONNET, TOKENS, SC_ENDPOINT_RUNTIME, SC_QUOTA_TIGHT, SC_NEED_HELD,
         "tokens held a minute: 15000 of 15000 (100 %) at P95 of the busiest minute, above it with a chance of 0.0 %"},
        {QUOTA("'tokens_per_minute': 14999"), SONNET, TOKENS, SC_ENDPOINT_RUNTIME, SC_QUOTA_THROTTLES, SC_NEED_HELD,
         "tokens held a minute: 15000 of 14999 (100 %) at P95 of the busiest minute, above it with a chance of 100.0 "
         "%; "
         "a lower max_tokens_asked holds less"},
        {QUOTA("'tokens_per_minute': 1e6, 'tokens_per_day': 2.8e6"), SONNET, TOKENS, SC_ENDPOINT_RUNTIME,
         SC_QUOTA_THROTTLES, SC_NEED_DAY, "tokens used a day: 2880000 of 2800000 (103 %) at P95 of the busiest day"},
        /* without max_tokens_asked Bedrock holds all that Sonnet 4.6 writes: 64,000 */
        {QUOTA("'tokens_per_minute': 190000"), SONNET, "'input': 1000, 'output': 200", SC_ENDPOINT_RUNTIME,
         SC_QUOTA_THROTTLES, SC_NEED_HELD, "tokens held a minute: 195000 of 190000 (103 %)"},
        /* neither the burndown nor the output limit of this one is known */
        {"{'model': '*', 'tokens_per_minute': 1e6}", "anthropic.claude-opus-5-5", TOKENS, SC_ENDPOINT_RUNTIME,
         SC_QUOTA_UNKNOWN, SC_NEED_HELD, "the output burndown of the model is not known"},
        {"{'model': '*', 'endpoint': 'mantle', 'input_tokens_per_minute': 1e6, 'output_tokens_per_minute': 1e6}",
         "anthropic.claude-opus-5-5", "'input': 1000, 'output': 200", SC_ENDPOINT_MANTLE, SC_QUOTA_UNKNOWN,
         SC_NEED_INPUT, "neither max_tokens_asked nor the output limit of the model is known"},
        {"{'model': '*', 'endpoint': 'mantle', 'input_tokens_per_minute': 1e6, 'output_tokens_per_minute': 1e5}",
         "anthropic.claude-opus-5-5", TOKENS, SC_ENDPOINT_MANTLE, SC_QUOTA_FITS, SC_NEED_OUTPUT_HELD,
         "output tokens held a minute: 12000 of 100000 (12 %)"},
    };
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < sizeof cases / sizeof *cases; i++) {
        sc_scenario *s = scenario(card, cases[i].quotas, cases[i].model, STEADY, cases[i].tokens, "");
        sc_quota_result r;
        if (s != NULL && assess(s, card, cases[i].endpoint, &first, 1, &r)) {
            EXPECT_STR(sc_quota_verdict_name(r.verdict), sc_quota_verdict_name(cases[i].verdict));
            EXPECT_I64(r.binds, cases[i].binds);
            if (!EXPECT_TRUE(strncmp(r.reason, cases[i].reason, strlen(cases[i].reason)) == 0))
                (void)fprintf(stderr, "  '%s', expected '%s'\n", r.reason, cases[i].reason);
        }
        sc_scenario_free(s);
    }
    sc_card_free(card);
}

static void test_held(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s =
        card != NULL ? scenario(card, QUOTA("'tokens_per_minute': 1e5"), SONNET, STEADY, TOKENS, "") : NULL;
    sc_quota_options q = sc_quota_defaults;
    sc_quota_result r;
    q.held_seconds = 15;
    if (s != NULL &&
        EXPECT_I64(sc_quota_assess(s, card, &options, &q, SC_ENDPOINT_RUNTIME, &first, 1, &r, NULL), SC_OK)) {
        EXPECT_REL(r.need[SC_NEED_HELD].at_level[1], 3 * 5000 / 4.0, 1e-6);
        EXPECT_REL(r.need[SC_NEED_USED].at_level[1], 3 * 2000, 1e-6);
        EXPECT_I64(r.binds, SC_NEED_USED);
    }
    sc_scenario_free(s);
    sc_card_free(card);
}

/* ---- against minutes drawn request by request ---- */

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void compare_drawn(const sc_card *card, const char *volume, const char *tokens, const char *cache, double limit)
{
    enum { TRIALS = 100, HOURS = 10 };
    static double largest[TRIALS * HOURS];
    sc_scenario *s = scenario(card, QUOTA("'tokens_per_minute': 1e9"), SONNET, volume, tokens, cache);
    sc_sim_options o = options;
    sc_path_block *b = SC_NEW(sc_path_block);
    sc_path_day *days = SC_NEW_ARRAY(sc_path_day, 14);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    sc_quota_result r;
    sc_path p;
    size_t n = 0, above = 0;
    o.trials = TRIALS;
    if (s == NULL || b == NULL || days == NULL || !EXPECT_I64(sc_path_open(&p, s, card, &o, 0, NULL, NULL), SC_OK))
        return;
    s->quotas[0].limit[SC_LIMIT_TOKENS] = limit;
    EXPECT_I64(sc_quota_assess(s, card, &o, &sc_quota_defaults, SC_ENDPOINT_RUNTIME, &first, 1, &r, NULL), SC_OK);
    sc_path_begin(&p, 0, b);
    for (size_t d = 0; d < 14; d++)
        sc_path_draw(&p, d, b, &days[d]);
    double share[SC_HOURS];
    sc_hours_of_peak(p.plan.w->peak_factor, share);
    for (int t = 0; t < TRIALS; t++) {
        const sc_path_day *day = &days[0];
        double most = 0;
        for (size_t d = 0; d < 14; d++) {
            const double all = days[d].input[t] + days[d].read[t] + days[d].written[t] + days[d].output[t];
            if (all > most) {
                most = all;
                day = &days[d];
            }
        }
        const double rate = day->requests[t] / 1440 * share[0], over = p.plan.dispersion - 1, prefix = b->prefix[t],
                     asked_for = day->requests[t] * prefix, missed = asked_for > 0 ? day->written[t] / asked_for : 0;
        for (int h = 0; h < HOURS; h++) {
            double peak = 0;
            for (int m = 0; m < 60; m++) {
                const unsigned count = gsl_ran_poisson(rng, over > 0 ? gsl_ran_gamma(rng, rate / over, over) : rate);
                double sum = 0;
                for (unsigned i = 0; i < count; i++)
                    sum += sc_dist_at(&p.plan.w->input, gsl_ran_ugaussian(rng)) * b->input_scale[t] +
                           (gsl_rng_uniform(rng) < missed ? prefix : 0) +
                           5 * sc_dist_at(&p.plan.w->output, gsl_ran_ugaussian(rng)) * b->output_scale[t];
                peak = fmax(peak, sum);
            }
            largest[n++] = peak;
            above += peak > limit;
        }
    }
    qsort(largest, n, sizeof *largest, by_value);
    const double p95 = largest[n * 95 / 100], chance = (double)above / (double)n;
    const sc_quota_figure *f = &r.need[SC_NEED_USED];
    if (!EXPECT_REL(f->at_level[1], p95, 0.04) || !EXPECT_ABS(f->throttled[1], chance, 0.04))
        (void)fprintf(stderr, "  P95 %g drawn %g; chance %g drawn %g; typical %g\n", f->at_level[1], p95,
                      f->throttled[1], chance, f->at_level[0]);
    EXPECT_TRUE(f->at_level[0] <= f->at_level[1] && f->throttled[0] <= f->throttled[1]);
    sc_path_close(&p);
    gsl_rng_free(rng);
    sc_free(days);
    sc_free(b);
    sc_scenario_free(s);
}

static void test_drawn(void)
{
    sc_card *card = sc_fixture_card();
    if (card == NULL)
        return;
    compare_drawn(card, "'requests_per_day': {'p10': 20000, 'p90': 40000}, 'day_cv': 0.2",
                  "'input': {'mean': 2000, 'cv': 1}, 'output': {'mean': 200, 'cv': 0.7}", "", 3e5);
    compare_drawn(card, "'requests_per_day': 30000, 'day_cv': 0.2, 'burstiness': 3, 'peak_factor': 2",
                  "'input': {'mean': 2000, 'cv': 0.5}, 'output': {'mean': 200, 'cv': 0.7}", "", 4e5);
    compare_drawn(card, "'requests_per_day': 30000, 'burstiness': 2",
                  "'input': 500, 'output': {'mean': 100, 'cv': 1}, 'output_scale': {'p10': 0.8, 'p90': 1.2}",
                  ", 'cache': {'prefix_tokens': 5000, 'keys': 200, 'ttl': '5m'}", 2.5e5);
    sc_card_free(card);
}

/* A larger quota never throttles more, more requests never less. */
static void test_monotone(void)
{
    static const double limits[] = {5e4, 1e5, 2e5, 4e5, 8e5};
    static const char *const volumes[] = {"'requests_per_day': 10000, 'burstiness': 2",
                                          "'requests_per_day': 20000, 'burstiness': 2",
                                          "'requests_per_day': 40000, 'burstiness': 2"};
    double before_volume[5] = {0};
    sc_card *card = sc_fixture_card();
    for (size_t v = 0; card != NULL && v < 3; v++) {
        sc_scenario *s = scenario(card, QUOTA("'tokens_per_minute': 1e5"), SONNET, volumes[v], TOKENS, "");
        double before = 1;
        for (size_t i = 0; s != NULL && i < 5; i++) {
            sc_quota_result r;
            s->quotas[0].limit[SC_LIMIT_TOKENS] = limits[i];
            if (!assess(s, card, SC_ENDPOINT_RUNTIME, &first, 1, &r))
                break;
            const double now = r.need[SC_NEED_USED].throttled[1];
            EXPECT_TRUE(now <= before && now >= before_volume[i]);
            before = before_volume[i] = now;
        }
        sc_scenario_free(s);
    }
    sc_card_free(card);
}

static void test_threads(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? scenario(card, QUOTA("'tokens_per_minute': 1e5"), SONNET,
                                             "'requests_per_day': {'p10': 1000, 'p90': 9000}", TOKENS, "")
                                  : NULL;
    sc_quota_result r[2];
    for (int i = 0; s != NULL && i < 2; i++) {
        sc_sim_options o = options;
        o.threads = i == 0 ? 1 : 5;
        EXPECT_I64(sc_quota_assess(s, card, &o, &sc_quota_defaults, SC_ENDPOINT_RUNTIME, both, 2, &r[i], NULL), SC_OK);
    }
    if (s != NULL) {
        EXPECT_TRUE(memcmp(r[0].need[SC_NEED_USED].at_level, r[1].need[SC_NEED_USED].at_level,
                           sizeof r[0].need[0].at_level) == 0);
        EXPECT_STR(r[0].reason, r[1].reason);
    }
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_errors(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? scenario(card, "", SONNET, STEADY, TOKENS, "") : NULL;
    const struct {
        sc_quota_options q;
        size_t n;
        const char *message;
    } cases[] = {
        {{0.8, 0.95, 60, 0}, 0, "no workload draws on the quota, expected at least one"},
        {{1.5, 0.95, 60, 0}, 1, "share is 1.5, expected above 0 and up to 1"},
        {{0.8, 1, 60, 0}, 1, "level is 1, expected between 0 and 1"},
        {{0.8, 0.95, 0, 0}, 1, "held_seconds is 0, expected above 0 and up to 60"},
    };
    for (size_t i = 0; s != NULL && i < sizeof cases / sizeof *cases; i++) {
        sc_errors errors = {0};
        sc_quota_result r;
        EXPECT_I64(
            sc_quota_assess(s, card, &options, &cases[i].q, SC_ENDPOINT_RUNTIME, &first, cases[i].n, &r, &errors),
            SC_E_USAGE);
        EXPECT_STR(errors.item[0].text, cases[i].message);
    }
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_memory_short(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s =
        card != NULL ? scenario(card, QUOTA("'tokens_per_minute': 1e5"), SONNET, STEADY, TOKENS, "") : NULL;
    sc_sim_options o = options;
    int failures = 0;
    o.threads = 1;
    o.trials = 100;
    for (uint64_t n = 1; s != NULL && n < 1000; n++) {
        sc_quota_result r;
        (void)sc_alloc_fail_at(n);
        sc_code code = sc_quota_assess(s, card, &o, &sc_quota_defaults, SC_ENDPOINT_RUNTIME, both, 2, &r, NULL);
        (void)sc_alloc_fail_at(0);
        if (code == SC_OK)
            break;
        failures += EXPECT_I64(code, SC_E_MEMORY);
    }
    EXPECT_TRUE(failures > 5 && failures < 999);
    sc_scenario_free(s);
    sc_card_free(card);
}

CU_ErrorCode test_quota_register(void)
{
    static CU_TestInfo tests[] = {
        {"arithmetic where nothing varies", test_arithmetic},
        {"verdicts", test_verdicts},
        {"how long tokens are held", test_held},
        {"against minutes drawn by request", test_drawn},
        {"larger quotas and more requests", test_monotone},
        {"threads change nothing", test_threads},
        {"errors", test_errors},
        {"memory runs out", test_memory_short},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"quota", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
