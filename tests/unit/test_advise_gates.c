/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_advise_gates.c - what keeps an option from being recommended although it saves and is good enough. */
#include <string.h>

#include "base/strbuf.h"
#include "expect.h"
#include "sim_fixture.h"
#include "spendcast/advise.h"

#define SONNET "anthropic.claude-sonnet-4-6"
#define HAIKU "anthropic.claude-haiku-4-5-20251001-v1:0"
#define LEVER(l) (1u << SC_LEVER_##l)

static sc_card *card;

static int load_card(void) { return (card = sc_fixture_card()) != NULL ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    return 0;
}

/* One workload of Sonnet 4.6 by its geo profile, with more keys at the top and in the workload. */
static sc_scenario *chat(const char *top, const char *rest)
{
    return sc_fixture_scenario(card,
                               "{'spendcast': 1, 'horizon': {'start': '2026-12-01', 'days': 31}%s, 'projects': [{'id': "
                               "'shop', 'workloads': [{'id': 'chat', 'offer': {'model': 'us." SONNET
                               "'}, 'volume': {'requests_per_day': {'p10': 8000, 'p90': 12000}}, 'tokens': {'input': "
                               "2000, 'output': 300}%s}]}]}",
                               top, rest);
}

/* 1,000 items that both models answer equally well, the first of them timed; `slow` of Haiku's at 1,200 ms. */
static sc_evidence *graded(int timed, int slow, const char *more)
{
    sc_strbuf text = {0};
    sc_evidence *e = NULL;
    sc_strbuf_puts(&text, "task,model,item,passed,n,latency_ms,latency_p95_ms\n");
    for (int i = 0; i < 1000; i++) {
        sc_strbuf_printf(&text, "chat,%s,i%d,%d,,%s,\n", SONNET, i, i % 20 != 0, i < timed ? "350" : "");
        sc_strbuf_printf(&text, "chat,%s,i%d,%d,,%s,\n", HAIKU, i, i % 20 != 0,
                         i < slow    ? "1200"
                         : i < timed ? "500"
                                     : "");
    }
    sc_strbuf_puts(&text, more);
    const sc_evidence_text table = {"evals.csv", text.text, text.len};
    EXPECT_I64(sc_evidence_parse(&table, 1, NULL, card, &e, NULL), SC_OK);
    sc_strbuf_release(&text);
    return e;
}

static sc_advice *advise(const sc_scenario *s, const sc_evidence *e, const sc_advise_check *check)
{
    sc_advise_options o = sc_advise_defaults();
    sc_advice *a = NULL;
    o.sim.trials = 200;
    o.sim.threads = 1;
    o.evidence = e;
    if (check != NULL)
        o.check = *check;
    EXPECT_I64(sc_advise(s, card, &o, &a, NULL), SC_OK);
    return a;
}

/* The option of a model with these levers; NULL = none. */
static const sc_option *option_of(const sc_advice *a, size_t workload, const char *model, unsigned levers)
{
    const sc_workload_advice *w = sc_advice_at(a, workload);
    for (size_t i = 0; i < w->n_options; i++) {
        if (strcmp(w->options[i].offer.model->id, model) == 0 && w->options[i].levers == levers)
            return &w->options[i];
    }
    return NULL;
}

/* ---- latency ---- */

static void latency_decides(void)
{
    static const struct {
        int timed, slow;
        const char *more, *reason;
        sc_advice_status status;
        int64_t needed;
    } cases[] = {
        {0, 0, "", "must answer within 900 ms, its latency is not known; about 45 timed answers more would decide",
         SC_ADVICE_NEEDS_EVIDENCE, 45},
        {20, 0, "", "P95 500 ms (90 %: 500 to not known) of 20 answers, where 900 ms is the limit; about 25 timed",
         SC_ADVICE_NEEDS_EVIDENCE, 25},
        {45, 0, "", "P95 500 ms (90 %: 500 to not known) of 45 answers", SC_ADVICE_RECOMMENDED, 0},
        {200, 5, "", "P95 500 ms (90 %: 500 to 1,200) of 200 answers", SC_ADVICE_RECOMMENDED, 0},
        {200, 10, "", "too close to it for any test", SC_ADVICE_NEEDS_EVIDENCE, -1},
        {200, 15, "", "latency: P95 1,200 ms (90 %: 500 to 1,200) of 200 answers, where 900 ms is the limit",
         SC_ADVICE_NOT_ALLOWED, 0},
        {0, 0, "more," HAIKU ",,90,100,,1400\nmore," SONNET ",,90,100,,400\n",
         "latency: P95 1,400 ms, stated for 100 answers, where 900 ms is the limit", SC_ADVICE_NOT_ALLOWED, 0},
        {0, 0, "more," HAIKU ",,90,100,,800\nmore," SONNET ",,90,100,,400\n", "P95 800 ms, stated for 100 answers",
         SC_ADVICE_RECOMMENDED, 0},
    };
    sc_scenario *s = chat("", ", 'requirements': {'latency_ms': 900}");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_evidence *e = graded(cases[i].timed, cases[i].slow, cases[i].more);
        sc_advice *a = advise(s, e, NULL);
        const sc_option *o = option_of(a, 0, HAIKU, LEVER(MODEL));
        if (EXPECT_TRUE(o != NULL)) {
            EXPECT_I64(o->status, cases[i].status);
            EXPECT_I64(o->items_needed, cases[i].needed);
            if (!EXPECT_TRUE(strstr(o->reason, cases[i].reason) != NULL))
                EXPECT_STR(o->reason, cases[i].reason);
        }
        /* what keeps today's model is not asked */
        EXPECT_I64(option_of(a, 0, SONNET, LEVER(SCOPE))->status, SC_ADVICE_RECOMMENDED);
        sc_advice_free(a);
        sc_evidence_free(e);
    }
    sc_scenario_free(s);
}

/* Without a limit latencies change nothing. */
static void latency_is_not_asked(void)
{
    sc_scenario *s = chat("", "");
    sc_evidence *e = graded(200, 200, "");
    sc_advice *a = advise(s, e, NULL);
    EXPECT_I64(option_of(a, 0, HAIKU, LEVER(MODEL))->status, SC_ADVICE_RECOMMENDED);
    EXPECT_TRUE(strstr(option_of(a, 0, HAIKU, LEVER(MODEL))->reason, "latency") == NULL);
    sc_advice_free(a);
    sc_evidence_free(e);
    sc_scenario_free(s);
}

/* A cascade takes the time of both models: 500 + 350 ms. */
static void cascades_take_longer(void)
{
    static const struct {
        const char *limit;
        sc_advice_status status;
    } cases[] = {{", 'requirements': {'latency_ms': 850}", SC_ADVICE_RECOMMENDED},
                 {", 'requirements': {'latency_ms': 849}", SC_ADVICE_NOT_ALLOWED}};
    const sc_advise_check perfect = {.is_stated = 1, .accepts = {.true_accept = 1.0}};
    sc_evidence *e = graded(200, 0, "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_scenario *s = chat("", cases[i].limit);
        sc_advice *a = advise(s, e, &perfect);
        const sc_option *o = option_of(a, 0, HAIKU, LEVER(SCOPE) | LEVER(CASCADE));
        if (EXPECT_TRUE(o != NULL))
            EXPECT_I64(o->status, cases[i].status);
        EXPECT_I64(option_of(a, 0, HAIKU, LEVER(MODEL))->status, SC_ADVICE_RECOMMENDED);
        sc_advice_free(a);
        sc_scenario_free(s);
    }
    sc_evidence_free(e);
}

CU_ErrorCode test_advise_gates_register(void)
{
    CU_pSuite suite = CU_add_suite("advise_gates", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "latency decides", latency_decides) == NULL ||
        CU_add_test(suite, "latency is not asked", latency_is_not_asked) == NULL ||
        CU_add_test(suite, "cascades take longer", cascades_take_longer) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
