/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_outcomes.c - outcomes.csv: exact sums, what stays unknown, trends, and what is refused where. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "expect.h"
#include "rates_fixture.h"
#include "spendcast/evidence.h"

#define HEAD "date,project,workload,attempts,successes,value_usd,failure_cost_usd,human_minutes\n"

static sc_errors errors;

static sc_outcomes *parse(const char *text, sc_code expected)
{
    sc_outcomes *o = NULL;
    memset(&errors, 0, sizeof errors);
    if (!EXPECT_I64(sc_outcomes_parse("outcomes.csv", text, strlen(text), &o, &errors), expected))
        EXPECT_STR(errors.item[0].text, "");
    EXPECT_TRUE((o != NULL) == (expected == SC_OK));
    return o;
}

static sc_outcome_sum sum_of(const sc_outcomes *o, const char *project, const char *workload, sc_day from, sc_day to)
{
    sc_outcome_sum s = {.rows = -1};
    EXPECT_I64(sc_outcomes_sum(o, project, workload, from, to, &s), SC_OK);
    return s;
}

static void sums(void)
{
    sc_outcomes *o = parse(HEAD "2026-11-02,care,chat,100,70,0.1,12.000000001,1.125\n"
                                "2026-11-03,care,chat,50,40,0.2,0,2\n"
                                "2026-11-04,care,chat,10,9,,1,\n"
                                "2026-11-02,care,,7,7,5,0,0\n"
                                "2026-11-02,risk,chat,3,1,1,1,1\n",
                           SC_OK);
    if (o == NULL)
        return;
    EXPECT_I64(sc_outcomes_count(o), 3);
    EXPECT_STR(sc_outcomes_project(o, 1), "care");
    EXPECT_STR(sc_outcomes_workload(o, 1), "");
    sc_outcome_sum s = sum_of(o, "care", "chat", SC_DAY_MIN, day_of("2026-11-04"));
    EXPECT_I64(s.rows, 2);
    EXPECT_I64(s.attempts, 150);
    EXPECT_I64(s.successes, 110);
    EXPECT_I64(s.first, day_of("2026-11-02"));
    EXPECT_I64(s.last, day_of("2026-11-03"));
    EXPECT_TRUE(s.has_value && s.has_failure_cost && s.has_human_minutes);
    EXPECT_MONEY(s.value, SC_FEMTO_PER_USD * 3 / 10);
    EXPECT_MONEY(s.failure_cost, SC_FEMTO_PER_USD * 12 + 1000000);
    EXPECT_I64(s.human_minutes_1000, 3125);

    /* one row that does not say makes the sum unknown */
    s = sum_of(o, "care", "chat", SC_DAY_MIN, SC_DAY_MAX);
    EXPECT_I64(s.rows, 3);
    EXPECT_TRUE(!s.has_value && s.has_failure_cost && !s.has_human_minutes);
    EXPECT_I64(sum_of(o, "care", NULL, SC_DAY_MIN, SC_DAY_MAX).attempts, 167);
    EXPECT_I64(sum_of(o, "care", "", SC_DAY_MIN, SC_DAY_MAX).attempts, 7);
    EXPECT_I64(sum_of(o, NULL, NULL, SC_DAY_MIN, SC_DAY_MAX).attempts, 170);
    s = sum_of(o, "finance", NULL, SC_DAY_MIN, SC_DAY_MAX);
    EXPECT_I64(s.rows, 0);
    EXPECT_TRUE(!s.has_value && !s.has_failure_cost && !s.has_human_minutes);
    sc_outcomes_free(o);
    sc_outcomes_free(NULL);
}

/* Lines drawn exactly have slopes without error; one outlier has the slope and error of the textbook. */
static void trends(void)
{
    sc_outcomes *o = parse("date,project,attempts,successes\n"
                           "2026-11-01,p,100,50\n2026-11-16,p,100,60\n2026-12-01,p,100,70\n",
                           SC_OK);
    sc_outcome_trend t;
    EXPECT_I64(sc_outcomes_trend(o, "p", NULL, SC_DAY_MIN, SC_DAY_MAX, &t), SC_OK);
    EXPECT_I64(t.rows, 3);
    EXPECT_ABS(t.attempts, 0.0, 1e-12);
    EXPECT_REL(t.successes, 0.2, 1e-9);
    EXPECT_ABS(t.successes_se, 0.0, 1e-7);
    EXPECT_I64(sc_outcomes_trend(o, "p", NULL, SC_DAY_MIN, day_of("2026-12-01"), &t), SC_OK);
    EXPECT_I64(t.rows, 0);
    EXPECT_TRUE(t.successes == 0.0);
    sc_outcomes_free(o);

    o = parse("date,project,attempts,successes\n2026-11-01,p,90,9\n2026-11-11,p,120,12\n2026-11-21,p,90,9\n"
              "2026-12-01,p,100,10\n",
              SC_OK);
    EXPECT_I64(sc_outcomes_trend(o, NULL, NULL, SC_DAY_MIN, SC_DAY_MAX, &t), SC_OK);
    /* x = -15, -5, 5, 15: slope sum(xy) / 500 = 0 a day; residuals -10, 20, -10, 0 about the mean of 100 */
    EXPECT_ABS(t.attempts, 30.0 * (-15.0 * 90 - 5.0 * 120 + 5.0 * 90 + 15.0 * 100) / 500.0 / 100.0, 1e-12);
    EXPECT_REL(t.attempts_se, 30.0 * sqrt(600.0 / 2.0 / 500.0) / 100.0, 1e-9);
    EXPECT_ABS(t.successes, 0.0, 1e-12);
    sc_outcomes_free(o);
}

static void refuses(void)
{
    static const struct {
        const char *text, *key, *message;
        int line, column;
    } cases[] = {
        {"date,project,attempts\n", "", "the header has no column 'successes'", 1, 22},
        {HEAD "2026-02-30,p,,1,1,,,\n", "date", "'2026-02-30' is no date, expected YYYY-MM-DD", 2, 1},
        {HEAD "2026-02-01,,,1,1,,,\n", "project", "is empty, expected the name of a project", 2, 12},
        {HEAD "2026-02-01,p,,x,0,,,\n", "attempts", "'x' is no number of attempts, expected a whole number from 0", 2,
         15},
        {HEAD "2026-02-01,p,,1,2,,,\n", "successes", "2 successes of 1 attempts, expected at most all", 2, 17},
        {HEAD "2026-02-01,p,,1,1,$5,,\n", "value_usd",
         "'$5' is no amount of dollars, expected a number from 0 with at most 9 decimals", 2, 19},
        {HEAD "2026-02-01,p,,1,1,,-1,\n", "failure_cost_usd",
         "'-1' is no amount of dollars, expected a number from 0 with at most 9 decimals", 2, 20},
        {HEAD "2026-02-01,p,,1,1,,,0.0001\n", "human_minutes",
         "'0.0001' is no number of minutes, expected a number from 0 with at most 3 decimals", 2, 21},
        {HEAD "2026-02-01,p,w,1,1,,,\n2026-02-01,p,,1,1,,,\n2026-02-01,p,w,1,1,,,\n", "date",
         "this date, project and workload are on line 2 already, expected one row of them", 4, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_outcomes_free(parse(cases[i].text, SC_E_INPUT));
        EXPECT_STR(errors.item[0].text, cases[i].message);
        EXPECT_STR(errors.item[0].key, cases[i].key);
        EXPECT_I64(errors.item[0].line, cases[i].line);
        EXPECT_I64(errors.item[0].column, cases[i].column);
    }
}

static void survives_no_memory(void)
{
    static const char text[] = HEAD "2026-11-02,care,chat,100,70,0.1,12,1\n2026-11-03,care,chat,50,40,0.2,0,2\n";
    sc_code code = SC_E_MEMORY;
    for (uint64_t n = 1; code != SC_OK; n++) {
        sc_outcomes *o = NULL;
        memset(&errors, 0, sizeof errors);
        (void)sc_alloc_fail_at(n);
        code = sc_outcomes_parse("o.csv", text, sizeof text - 1, &o, &errors);
        (void)sc_alloc_fail_at(0);
        if (!EXPECT_TRUE(code == SC_OK || (code == SC_E_MEMORY && o == NULL && errors.errors > 0)))
            break;
        sc_outcomes_free(o);
    }
}

static void loads(void)
{
    sc_outcomes *o = NULL;
    EXPECT_I64(sc_outcomes_load("tests/unit/data/no-such-outcomes.csv", &o, NULL), SC_E_IO);
    EXPECT_I64(sc_outcomes_load("scenarios/outcomes.csv", &o, NULL), SC_OK);
    if (EXPECT_TRUE(o != NULL)) {
        const sc_outcome_sum s = sum_of(o, "campaign-copy", "copy", SC_DAY_MIN, SC_DAY_MAX);
        EXPECT_I64(s.rows, 9);
        EXPECT_TRUE(!s.has_value && s.has_human_minutes);
        EXPECT_TRUE(sum_of(o, "support-assistant", "chat", SC_DAY_MIN, SC_DAY_MAX).has_value);
    }
    sc_outcomes_free(o);
}

/* ---- benchmark results */

static void ranks_by_benchmarks(void)
{
    static const char text[] = "model,benchmark,score,n,source,url,date,checked,note\n"
                               "acme.old,b1,0.80,400,S,https://s.example,2026-01-01,2026-11-25,\n"
                               "acme.old,b2,0.50,,S,https://s.example,,2026-11-25,\n"
                               "acme.new,b1,0.85,400,S,https://s.example,2026-02-01,2026-11-25,\n"
                               "acme.new,b2,0.60,,S,https://s.example,,2026-11-25,\n"
                               "acme.tiny,b1,0.40,400,S,https://s.example,2026-02-01,2026-11-25,\n"
                               "acme.other,b3,0.99,400,S,https://s.example,2026-02-01,2026-11-25,\n";
    static const char *const candidates[] = {"acme.other", "acme.tiny", "acme.unknown", "acme.new"};
    sc_prior_rank rank[4];
    sc_priors *p = NULL;
    sc_card *card =
        small_card("acme.new acme.old acme.other acme.tiny",
                   "acme.old,us-east-1,in_region,standard,input,,,,1M_tokens,1.0,,,docs,2026-09-02,\n", NULL, 0, NULL);
    memset(&errors, 0, sizeof errors);
    if (!EXPECT_I64(sc_priors_parse("p.csv", text, sizeof text - 1, card, &p, &errors), SC_OK))
        EXPECT_STR(errors.item[0].text, "");
    if (p != NULL && EXPECT_I64(sc_priors_rank(p, "acme.old", candidates, 4, 0.02, rank), SC_OK)) {
        EXPECT_STR(rank[0].model, "acme.new");
        EXPECT_I64(rank[0].benchmarks, 2);
        EXPECT_REL(rank[0].difference, 0.075, 1e-12);
        EXPECT_STR(rank[1].model, "acme.tiny");
        EXPECT_REL(rank[1].difference, -0.4, 1e-12);
        EXPECT_TRUE(rank[1].promise < 0.01 && rank[0].promise > 0.7 && rank[0].promise < 0.9);
        EXPECT_STR(rank[2].model, "acme.other"); /* nothing is known of these two */
        EXPECT_I64(rank[2].benchmarks, 0);
        EXPECT_STR(rank[3].model, "acme.unknown");
        EXPECT_I64(sc_priors_at(p, 1)->date, SC_DAY_MIN);
        EXPECT_I64(sc_priors_at(p, 1)->n, 0);
        EXPECT_I64(sc_priors_at(p, 0)->checked, day_of("2026-11-25"));
    }
    sc_priors_free(p);
    sc_card_free(card);
}

static void refuses_benchmarks(void)
{
#define PRIORS "model,benchmark,score,n,source,url,date,checked,note\n"
    static const struct {
        const char *text, *key, *message;
        int column;
    } cases[] = {
        {PRIORS "acme.odl,b,0.5,1,S,u,,2026-11-25,\n", "model", "unknown model 'acme.odl'; did you mean 'acme.old'?",
         1},
        {PRIORS "acme.old,,0.5,1,S,u,,2026-11-25,\n", "benchmark", "is empty, expected a text", 10},
        {PRIORS "acme.old,b,50,1,S,u,,2026-11-25,\n", "score",
         "'50' is no score, expected a number from 0 to 1 with at most 6 decimals", 12},
        {PRIORS "acme.old,b,0.5,0,S,u,,2026-11-25,\n", "n",
         "'0' is no number of items, expected a whole number from 1, or none", 16},
        {PRIORS "acme.old,b,0.5,1,S,u,,,\n", "checked", "'' is no date, expected YYYY-MM-DD", 23},
    };
    sc_card *card = small_card(
        "acme.old", "acme.old,us-east-1,in_region,standard,input,,,,1M_tokens,1.0,,,docs,2026-09-02,\n", NULL, 0, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_priors *p = NULL;
        memset(&errors, 0, sizeof errors);
        EXPECT_I64(sc_priors_parse("p.csv", cases[i].text, strlen(cases[i].text), card, &p, &errors), SC_E_INPUT);
        EXPECT_TRUE(p == NULL);
        EXPECT_STR(errors.item[0].text, cases[i].message);
        EXPECT_STR(errors.item[0].key, cases[i].key);
        EXPECT_I64(errors.item[0].column, cases[i].column);
    }
    sc_card_free(card);
#undef PRIORS
}

/* The built-in results: models of the card, sorted, each with a source, and an order that is no surprise. */
static void has_benchmarks(void)
{
    static const char *const candidates[] = {"nvidia.nemotron-nano-3-30b", "anthropic.claude-sonnet-4-6"};
    sc_prior_rank rank[2];
    sc_priors *p = NULL;
    sc_card *card = NULL;
    EXPECT_I64(sc_card_load(NULL, NULL, &card, NULL), SC_OK);
    EXPECT_I64(sc_priors_load(NULL, card, &p, NULL), SC_OK);
    if (EXPECT_TRUE(p != NULL)) {
        EXPECT_TRUE(sc_priors_count(p) > 100);
        for (size_t i = 0; i < sc_priors_count(p); i++) {
            const sc_prior *r = sc_priors_at(p, i);
            EXPECT_TRUE(strncmp(r->url, "https://github.com/", 19) == 0);
            if (i > 0) {
                const sc_prior *before = sc_priors_at(p, i - 1);
                const int order = strcmp(before->model, r->model);
                EXPECT_TRUE(order < 0 || (order == 0 && strcmp(before->benchmark, r->benchmark) < 0));
            }
        }
        EXPECT_I64(sc_priors_rank(p, "anthropic.claude-opus-4-8", candidates, 2, 0.02, rank), SC_OK);
        EXPECT_STR(rank[0].model, "anthropic.claude-sonnet-4-6");
        EXPECT_I64(sc_priors_rank(p, "anthropic.claude-opus-4-8", candidates, 2, -1.0, rank), SC_E_USAGE);
    }
    sc_priors_free(p);
    sc_priors_free(NULL);
    sc_card_free(card);
}

CU_ErrorCode test_outcomes_register(void)
{
    CU_pSuite suite = CU_add_suite("outcomes", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "sums", sums) == NULL || CU_add_test(suite, "trends", trends) == NULL ||
        CU_add_test(suite, "refuses", refuses) == NULL || CU_add_test(suite, "no memory", survives_no_memory) == NULL ||
        CU_add_test(suite, "loads", loads) == NULL || CU_add_test(suite, "benchmarks", ranks_by_benchmarks) == NULL ||
        CU_add_test(suite, "refuses benchmarks", refuses_benchmarks) == NULL ||
        CU_add_test(suite, "built-in benchmarks", has_benchmarks) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
