/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_result.c - figures read from a simulation: Monte Carlo errors, budgets, and the fan by day. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "sim_fixture.h"

#define ROUNDING 1e-12
#define TRIALS 2000

/* haiku at 1,000 requests of 1,000 input tokens a day costs 1.10 USD a day. */
#define EVEN "1000, 'day_cv': 0, 'burstiness': 0"
#define UNCERTAIN "{'p10': 700, 'p90': 1300}"
#define YEAR_END "'start': '2026-10-01', 'months': 3"
#define NO_BUDGET "'usd': 1000000, 'per': 'horizon'"

static sc_sim *simulate(const sc_card *card, int64_t trials, const char *budget, const char *horizon,
                        const char *volume, sc_scenario **s)
{
    sc_sim_options o = {.seed = 7, .trials = trials, .as_of = SC_DAY_MAX, .fan = 1};
    *s = sc_fixture_scenario(
        card,
        "{'spendcast': 1, 'horizon': {%s}, 'projects': [{'id': 'p', 'budget': {%s}, 'workloads': [{'id': 'w', 'offer':"
        " {'model': 'anthropic.claude-haiku-4-5-20251001-v1:0'}, 'volume': {'requests_per_day': %s}, 'tokens': "
        "{'input':"
        " 1000, 'output': 0}}]}]}",
        horizon, budget, volume);
    return *s != NULL ? sc_fixture_simulate(*s, card, &o, "project", SC_PERIOD_TOTAL) : NULL;
}

/* Errors fall with the square root of the trials and cover what they say. */
static void test_more_trials(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = NULL, *same = NULL;
    sc_sim *a = card != NULL ? simulate(card, 4000, NO_BUDGET, YEAR_END, UNCERTAIN, &s) : NULL;
    sc_sim *b = card != NULL ? simulate(card, 64000, NO_BUDGET, YEAR_END, UNCERTAIN, &same) : NULL;
    if (a != NULL && b != NULL) {
        sc_estimate mean_a = sc_sim_mean(a, 0, 0), mean_b = sc_sim_mean(b, 0, 0);
        EXPECT_REL(mean_a.error / mean_b.error, 4, 0.05); /* sqrt(16) */
        EXPECT_ABS(mean_a.value, mean_b.value, 4 * hypot(mean_a.error, mean_b.error));
        for (int q = 1; q <= 9; q += 4) {
            sc_estimate x = sc_sim_quantile(a, 0, 0, q / 10.0), y = sc_sim_quantile(b, 0, 0, q / 10.0);
            EXPECT_REL(x.error / y.error, 4, 0.4);
            EXPECT_ABS(x.value, y.value, 4 * hypot(x.error, y.error));
        }
    }
    sc_sim_free(a);
    sc_sim_free(b);
    sc_scenario_free(s);
    sc_scenario_free(same);
    sc_card_free(card);
}

/* ---- budgets ---- */

static void test_budget_certain(void)
{
    static const struct {
        const char *budget, *horizon;
        int breaches, day; /* day of the horizon on which the limit is passed */
        double worst;
    } cases[] = {
        {"'usd': '1000000', 'per': 'horizon'", "'start': '2026-12-01', 'days': 30", 0, 0, 33.0 / 1000000},
        {"'usd': '33.01', 'per': 'horizon'", "'start': '2026-12-01', 'days': 30", 0, 0, 33.0 / 33.01},
        {"'usd': '32.99', 'per': 'horizon'", "'start': '2026-12-01', 'days': 30", 1, 29, 33.0 / 32.99},
        {"'usd': '0.01', 'per': 'horizon'", "'start': '2026-12-01', 'days': 30", 1, 0, 3300.0},
        {"'usd': '11.55', 'per': 'horizon'", "'start': '2026-12-01', 'days': 30", 1, 10, 33.0 / 11.55},
        /* a month of 31 days costs 34.10, one of 30 days 33.00, one of 28 days 30.80 */
        {"'usd': 34.2, 'per': 'month'", "'start': '2026-11-01', 'months': 4", 0, 0, 34.1 / 34.2},
        {"'usd': 34.0, 'per': 'month'", "'start': '2026-11-01', 'months': 4", 1, 60, 34.1 / 34.0},
        /* 15 of 31 days: the limit is shared by days */
        {"'usd': 34.2, 'per': 'month'", "'start': '2026-12-01', 'days': 15", 0, 0, 34.1 / 34.2},
        {"'usd': 34.0, 'per': 'month'", "'start': '2026-12-01', 'days': 15", 1, 14, 34.1 / 34.0},
        /* 92 days of the fourth quarter cost 101.20 */
        {"'usd': 101.3, 'per': 'quarter'", "'start': '2026-10-01', 'months': 3", 0, 0, 101.2 / 101.3},
        {"'usd': 101.1, 'per': 'quarter'", "'start': '2026-10-01', 'months': 3", 1, 91, 101.2 / 101.1},
    };
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < sizeof cases / sizeof *cases; i++) {
        sc_scenario *s = NULL;
        sc_sim *r = simulate(card, TRIALS, cases[i].budget, cases[i].horizon, EVEN, &s);
        sc_budget_risk risk;
        sc_day start, end;
        if (r == NULL || !EXPECT_I64(sc_sim_budget_count(r), 1)) {
            sc_sim_free(r);
            sc_scenario_free(s);
            break;
        }
        sc_scenario_horizon(s, &start, &end);
        sc_sim_budget(r, 0, 0.1, &risk);
        sc_day passed = cases[i].breaches ? start + cases[i].day : SC_DAY_MAX;
        EXPECT_ABS(risk.probability.value, cases[i].breaches, 0);
        EXPECT_ABS(risk.probability.error, 0, 0);
        EXPECT_ABS(risk.upper_bound, cases[i].breaches ? 0 : 3.0 / TRIALS, 1e-15);
        EXPECT_I64(risk.first, passed);
        EXPECT_I64(risk.middle, passed);
        EXPECT_I64(risk.last, passed);
        EXPECT_REL(risk.worst.value, cases[i].worst, ROUNDING);
        EXPECT_ABS(risk.cut.value, cases[i].breaches ? 1 - 1 / cases[i].worst : 0, ROUNDING);
        EXPECT_ABS(sc_sim_any_breach(r).value, cases[i].breaches, 0);
        sc_sim_free(r);
        sc_scenario_free(s);
    }
    sc_card_free(card);
}

/* Raising the limit by what the cut asks for brings the chance of a breach down to the risk. */
static void test_budget_cut(void)
{
    static const double risks[] = {0.5, 0.1, 0.01};
    static const char *const per[] = {"horizon", "month", "quarter"};
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < 3; i++) {
        sc_scenario *s = NULL, *eased = NULL;
        char budget[100];
        const double limit = strcmp(per[i], "month") == 0 ? 30 : 90;
        sc_budget_risk risk, after;
        snprintf(budget, sizeof budget, "'usd': %.12f, 'per': '%s'", limit, per[i]);
        sc_sim *r = simulate(card, TRIALS, budget, YEAR_END, UNCERTAIN, &s), *again = NULL;
        if (r != NULL) {
            sc_sim_budget(r, 0, risks[i], &risk);
            EXPECT_TRUE(risk.probability.value > risks[i] && risk.probability.value < 1);
            EXPECT_TRUE(risk.cut.value > 0 && risk.cut.value < 1 && risk.cut.error > 0);
            EXPECT_TRUE(risk.first <= risk.middle && risk.middle <= risk.last && risk.last < SC_DAY_MAX);
            snprintf(budget, sizeof budget, "'usd': %.12f, 'per': '%s'", limit / (1 - risk.cut.value), per[i]);
            again = simulate(card, TRIALS, budget, YEAR_END, UNCERTAIN, &eased);
        }
        if (again != NULL) {
            sc_sim_budget(again, 0, risks[i], &after);
            EXPECT_TRUE(after.probability.value <= risks[i] + 1e-12);
            EXPECT_TRUE(after.probability.value >= risks[i] - 2.0 / TRIALS); /* and cuts no more than it must */
        }
        sc_sim_free(again);
        sc_scenario_free(eased);
        sc_sim_free(r);
        sc_scenario_free(s);
    }
    sc_card_free(card);
}

static void test_fan(void)
{
    double low[92], high[92], line[92];
    sc_card *card = sc_fixture_card();
    sc_scenario *s = NULL;
    sc_sim *r = card != NULL ? simulate(card, TRIALS, "'usd': 93, 'per': 'quarter'", YEAR_END, UNCERTAIN, &s) : NULL;
    if (r != NULL && EXPECT_I64(sc_sim_day_count(r), 92)) {
        EXPECT_I64(sc_sim_fan(r, 0.1, low), SC_OK);
        EXPECT_I64(sc_sim_fan(r, 0.9, high), SC_OK);
        EXPECT_TRUE(sc_sim_budget_line(r, line));
        for (int d = 0; d < 92; d++) {
            EXPECT_TRUE(low[d] < high[d] && (d == 0 || (low[d] > low[d - 1] && high[d] > high[d - 1])));
            EXPECT_REL(line[d], 93.0 * (d + 1) / 92, ROUNDING);
        }
        EXPECT_REL(low[91], sc_sim_quantile(r, 1, 0, 0.1).value, ROUNDING);
        EXPECT_REL(high[91], sc_sim_quantile(r, 1, 0, 0.9).value, ROUNDING);
    }
    sc_sim_free(r);
    sc_scenario_free(s);
    sc_card_free(card);
}

CU_ErrorCode test_result_register(void)
{
    static CU_TestInfo tests[] = {
        {"more trials, smaller errors", test_more_trials},
        {"budgets without chance", test_budget_certain},
        {"the cut holds the budget", test_budget_cut},
        {"fan and budget line", test_fan},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"result", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
