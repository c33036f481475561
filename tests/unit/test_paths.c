/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_paths.c - the days of a workload bought one way add up to what sc_compare and sc_simulate find. */
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "sim/paths.h"
#include "sim_fixture.h"

#define TRIALS 300

static const sc_sim_options options = {.seed = 5, .trials = TRIALS, .threads = 1, .as_of = SC_DAY_MAX};

/* A price change, a context band, a cache, tokens and requests that wait, all at once. */
#define MIXED                                                                                                    \
    "{'spendcast': 1, 'horizon': {'start': '2026-08-10', 'months': 2}, 'projects': [{'id': 'a', 'workloads': ["  \
    "{'id': 'plain', 'offer': {'model': 'anthropic.claude-sonnet-4-6'}, 'volume': {'requests_per_day': {'p10': " \
    "50, 'p90': 90}, 'swings': {'cv': 0.5, 'half_life': 3}, 'wander_per_month': 0.3}, "                          \
    "'tokens': {'input': {'mean': 2000, 'cv': 1}, 'output': 300}, 'batchable_share': {'p10': "                   \
    "0.1, 'p90': 0.4}, 'cache': {'prefix_tokens': 5000, 'ttl': '5m'}},"                                          \
    "{'id': 'long', 'offer': {'model': 'openai.gpt-5.6-sol'}, 'volume': {'requests_per_day': 20}, 'tokens': "    \
    "{'input': {'mean': 250000, 'cv': 0.5, 'max': 900000}, 'output': {'mean': 2000, 'cv': 1}}},"                 \
    "{'id': 'talk', 'offer': {'model': 'openai.gpt-5.6-luna'}, 'volume': {'requests_per_day': 90}, 'tokens': "   \
    "{'input': {'mean': 9000, 'cv': 1}, 'output': {'mean': 2000, 'cv': 1}}, 'conversation': {'turns': {'p10': "  \
    "8, 'p90': 14}, 'history_tokens': 400000}, 'retries': 0.1, 'batchable_share': 0.2, 'cache': "                \
    "{'prefix_tokens': 2000, 'ttl': '30m', 'keys': 30}}]}]}"

/* Mean costs over all trials, from the days. */
static double mean_cost(const sc_path *p, double *requests)
{
    sc_path_block *b = SC_NEW(sc_path_block);
    sc_path_day *day = SC_NEW(sc_path_day);
    double usd = 0.0;
    *requests = 0.0;
    for (uint32_t first = 0; b != NULL && day != NULL && first < TRIALS; first += SC_LANES) {
        sc_path_begin(p, first, b);
        for (size_t d = 0; d < p->plan.n_days; d++) {
            sc_path_draw(p, d, b, day);
            for (uint32_t i = 0; i < SC_LANES && first + i < TRIALS; i++) {
                usd += day->input_usd[i] + day->output_usd[i] + day->waiting_usd[i];
                *requests += b->usage.n[i];
            }
        }
    }
    sc_free(b);
    sc_free(day);
    *requests /= TRIALS;
    return usd / TRIALS;
}

/* Every allowed offer of compare, as a path. */
static void test_sums_are_compares(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, MIXED) : NULL;
    int split = 0, banded = 0, cached = 0;
    for (size_t w = 0; s != NULL && w < sc_scenario_workload_count(s); w++) {
        sc_comparison *c = NULL;
        if (!EXPECT_I64(sc_compare(s, card, &options, w, &c, NULL), SC_OK))
            break;
        for (size_t i = 0; i < sc_comparison_count(c); i += i < 20 ? 1 : 7) {
            const sc_offer_result *r = sc_comparison_offer(c, i);
            const sc_way way = {{r->model, r->region, r->scope, r->tier}, r->wait_tier, r->ttl};
            double requests;
            sc_path p;
            if (r->verdict == SC_OFFER_REFUSED)
                break;
            if (EXPECT_I64(sc_path_open(&p, s, card, &options, w, i > 0 ? &way : NULL, NULL), SC_OK)) {
                EXPECT_REL(mean_cost(&p, &requests), r->mean.value, 1e-12);
                EXPECT_REL(requests, sc_comparison_requests(c), 1e-12);
                EXPECT_TRUE(p.plan.n_hits <= 1 && p.plan.n_bands <= 1);
                split += r->wait_tier != r->tier;
                banded += p.plan.n_bands > 0;
                cached += p.plan.n_hits > 0;
            }
            sc_path_close(&p);
        }
        sc_comparison_free(c);
    }
    EXPECT_TRUE(split > 0 && banded > 0 && cached > 0);
    sc_scenario_free(s);
    sc_card_free(card);
}

/* Tokens times prices are the cost: sonnet in Ohio, 3.3 and 16.5 USD a million, reads 0.33, writes 4.125. */
static void test_tokens_make_the_cost(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, MIXED) : NULL;
    sc_path_block *b = SC_NEW(sc_path_block);
    sc_path_day *day = SC_NEW(sc_path_day);
    sc_path p;
    if (s != NULL && b != NULL && day != NULL &&
        EXPECT_I64(sc_path_open(&p, s, card, &options, 0, NULL, NULL), SC_OK)) {
        sc_path_begin(&p, 0, b);
        for (size_t d = 0; d < p.plan.n_days; d++) {
            sc_path_draw(&p, d, b, day);
            for (int i = 0; i < SC_LANES; i++) {
                EXPECT_REL(day->output_usd[i], day->output[i] * 16.5e-6, 1e-12);
                EXPECT_REL(day->input_usd[i],
                           day->input[i] * 3.3e-6 + day->read[i] * 0.33e-6 + day->written[i] * 4.125e-6, 1e-9);
                EXPECT_REL(day->read[i] + day->written[i], day->requests[i] * 5000, 1e-12);
                EXPECT_ABS(day->waiting_usd[i], 0, 0); /* today's offer treats none apart */
                const sc_path_spread v = sc_path_spread_of(&p, b, day, i);
                const double missed = day->written[i] / (day->requests[i] * 5000);
                EXPECT_REL(v.input, 2000.0 * 2000.0 + 25e6 * missed * (1 - missed), 1e-6);
                EXPECT_ABS(v.output, 0, 0);
                EXPECT_ABS(v.both, 0, 0);
            }
        }
        sc_path_close(&p);
    }
    sc_free(b);
    sc_free(day);
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_refused(void)
{
    sc_card *card = sc_fixture_card(), *other = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, MIXED) : NULL;
    sc_model_ref command = {0};
    if (s != NULL && other != NULL &&
        EXPECT_I64(sc_card_resolve(card, "cohere.command-text-v14", &command, NULL, 0), SC_OK)) {
        const int ohio = sc_card_default_region(card);
        const sc_way old = {{command.model, ohio, SC_SCOPE_IN_REGION, SC_TIER_STANDARD}, SC_TIER_STANDARD, SC_TTL_NONE},
                     flex = {{command.model, ohio, SC_SCOPE_GLOBAL, SC_TIER_FLEX}, SC_TIER_FLEX, SC_TTL_1H};
        const struct {
            const sc_card *card;
            size_t workload;
            const sc_way *way;
            sc_code code;
            const char *message; /* its start */
        } cases[] = {
            {other, 0, NULL, SC_E_USAGE, "the scenario was loaded with another rate card"},
            {card, 3, NULL, SC_E_USAGE, "workload number 3, expected below 3"},
            {card, 0, &old, SC_E_INPUT, "cohere.command-text-v14 cannot be bought for workload 'a/plain': "},
            {card, 0, &flex, SC_E_INPUT, "cohere.command-text-v14 is not sold that way"},
        };
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            sc_errors errors = {0};
            sc_path p;
            EXPECT_I64(sc_path_open(&p, s, cases[i].card, &options, cases[i].workload, cases[i].way, &errors),
                       cases[i].code);
            errors.item[0].text[strlen(cases[i].message)] = '\0';
            EXPECT_STR(errors.item[0].text, cases[i].message);
            sc_path_close(&p);
        }
    }
    sc_scenario_free(s);
    sc_card_free(other);
    sc_card_free(card);
}

static void test_memory_short(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, MIXED) : NULL;
    int failures = 0;
    for (uint64_t n = 1; s != NULL && n < 1000; n++) {
        sc_path p;
        (void)sc_alloc_fail_at(n);
        sc_code code = sc_path_open(&p, s, card, &options, 1, NULL, NULL);
        (void)sc_alloc_fail_at(0);
        sc_path_close(&p);
        if (code == SC_OK)
            break;
        failures += EXPECT_I64(code, SC_E_MEMORY);
    }
    EXPECT_TRUE(failures > 0 && failures < 999);
    sc_scenario_free(s);
    sc_card_free(card);
}

CU_ErrorCode test_paths_register(void)
{
    static CU_TestInfo tests[] = {
        {"days add up to compare's costs", test_sums_are_compares},
        {"tokens make the cost", test_tokens_make_the_cost},
        {"what is refused", test_refused},
        {"memory runs out", test_memory_short},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"paths", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
