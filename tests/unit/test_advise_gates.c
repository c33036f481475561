/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_advise_gates.c - what keeps an option from being recommended although it saves and is good enough. */
#include <stdio.h>
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

/* ---- quotas ---- */

/* Two workloads of Sonnet 4.6, the second with half of the first's requests, under these quotas. */
static sc_scenario *two(const char *quotas)
{
    return sc_fixture_scenario(
        card,
        "{'spendcast': 1, 'horizon': {'start': '2026-12-01', 'days': 31}, 'quotas': [%s], 'projects': [{'id': 'shop', "
        "'workloads': [{'id': 'mail', 'offer': {'model': 'us." SONNET
        "'}, 'volume': {'requests_per_day': {'p10': 4000, 'p90': 6000}}, 'tokens': {'input': 2000, 'output': 300, "
        "'max_tokens_asked': 500}}, {'id': 'chat', 'offer': {'model': 'us." SONNET
        "'}, 'volume': {'requests_per_day': {'p10': 8000, 'p90': 12000}}, 'tokens': {'input': 2000, 'output': 300, "
        "'max_tokens_asked': 500}}]}]}",
        quotas);
}

static sc_scenario *two_under(const char *model, int tokens_a_minute)
{
    char quotas[200];
    snprintf(quotas, sizeof quotas, "{'model': '%s', 'tokens_per_minute': %d}", model, tokens_a_minute);
    return two(quotas);
}

/* Every option that one run recommends the other one recommends too. */
static int includes(const sc_advice *more, const sc_advice *less)
{
    int all = 1;
    for (size_t w = 0; w < sc_advice_count(less); w++) {
        const sc_workload_advice *x = sc_advice_at(less, w), *y = sc_advice_at(more, w);
        for (size_t i = 0; i < x->n_options; i++) {
            const sc_option *o = &x->options[i];
            int found = o->status != SC_ADVICE_RECOMMENDED;
            for (size_t k = 0; k < y->n_options && !found; k++)
                found = y->options[k].status == SC_ADVICE_RECOMMENDED && y->options[k].offer.model == o->offer.model &&
                        y->options[k].levers == o->levers && y->options[k].offer.region == o->offer.region &&
                        strcmp(y->options[k].how, o->how) == 0;
            all &= found;
        }
    }
    return all;
}

/* The recommendations of each quota are among those of a larger one; from none to all on the way. */
static void quotas_are_monotone(void)
{
    static const int limits[] = {1000, 90000, 150000, 230000, 300000, 10000000};
    enum { N = sizeof limits / sizeof limits[0] };
    static const char *const models[] = {"us." HAIKU, "*"};
    sc_evidence *e = graded(0, 0, "");
    for (size_t m = 0; m < 2; m++) {
        sc_advice *before = NULL;
        sc_scenario *s[N];
        int statuses[SC_ADVICE_STATUSES] = {0};
        for (size_t i = 0; i < N; i++) {
            s[i] = two_under(models[m], limits[i]);
            sc_advice *a = advise(s[i], e, NULL);
            for (size_t w = 0; w < 2; w++) {
                const sc_option *o = option_of(a, w, HAIKU, LEVER(MODEL));
                statuses[o->status]++;
                if (o->status == SC_ADVICE_NOT_ALLOWED)
                    EXPECT_TRUE(strncmp(o->reason, "quota: tokens ", 14) == 0 &&
                                strstr(o->reason, "would save $") != NULL);
            }
            EXPECT_TRUE(before == NULL || includes(a, before));
            sc_advice_free(before);
            before = a;
        }
        EXPECT_TRUE(statuses[SC_ADVICE_NOT_ALLOWED] >= 3 && statuses[SC_ADVICE_RECOMMENDED] >= 3);
        EXPECT_I64(statuses[SC_ADVICE_NOT_ALLOWED] + statuses[SC_ADVICE_RECOMMENDED], 2 * N);
        sc_advice_free(before);
        for (size_t i = 0; i < N; i++)
            sc_scenario_free(s[i]);
    }
    sc_evidence_free(e);
}

/* Today's model stays and says that it throttles; nothing that throttles as well is advised in its place. */
static void today_stays(void)
{
    sc_scenario *s = two_under("*", 1000);
    sc_advice *a = advise(s, NULL, NULL);
    for (size_t w = 0; w < 2; w++) {
        const sc_option *o = &sc_advice_at(a, w)->options[0];
        EXPECT_I64(o->status, SC_ADVICE_TODAY);
        EXPECT_TRUE(strncmp(o->reason, "would throttle: tokens used a minute: ", 38) == 0);
        int global = 0;
        for (size_t i = 0; i < sc_advice_at(a, w)->n_options; i++) /* another quota, as small */
            global += sc_advice_at(a, w)->options[i].offer.scope == SC_SCOPE_GLOBAL &&
                      strncmp(sc_advice_at(a, w)->options[i].reason, "quota: ", 7) == 0;
        EXPECT_TRUE(global > 0);
        EXPECT_TRUE(sc_advice_at(a, w)->best == NULL);
    }
    sc_advice_free(a);
    sc_scenario_free(s);
}

/* Each fits alone, both together do not: the first in the file gets the room, in a plan the one that saves more. */
static void room_for_one(void)
{
    const sc_plan_options none = {.budget = 0.0};
    const sc_plan *p = NULL;
    sc_scenario *s =
        two("{'model': 'us." HAIKU "', 'tokens_per_minute': 230000}, {'model': '*', 'tokens_per_minute': 1000}");
    sc_evidence *e = graded(0, 0, "");
    sc_advice *a = advise(s, e, NULL);
    const sc_workload_advice *mail = sc_advice_at(a, 0), *chat = sc_advice_at(a, 1);
    EXPECT_TRUE(mail->best != NULL && strcmp(mail->best->offer.model->id, HAIKU) == 0);
    const sc_option *o = option_of(a, 1, HAIKU, LEVER(MODEL));
    EXPECT_I64(o->status, SC_ADVICE_RECOMMENDED);
    EXPECT_TRUE(mail->best != NULL && (chat->best == NULL || chat->best->offer.scope != mail->best->offer.scope));
    EXPECT_I64(sc_advice_plan(a, &none, &p, NULL), SC_OK);
    EXPECT_TRUE(p != NULL);
    if (p != NULL && EXPECT_TRUE(p->status <= SC_PLAN_GOOD)) {
        const sc_quota_advice *quotas = NULL;
        size_t n = 0;
        EXPECT_TRUE(p->n_steps > 0 && p->steps[0].workload == chat);
        EXPECT_I64(sc_advice_quotas(a, &quotas, &n, NULL), SC_OK);
        for (size_t i = 0; i < n; i++)
            EXPECT_TRUE(strcmp(quotas[i].model, HAIKU) != 0 || strcmp(quotas[i].verdict, "would throttle") != 0);
    }
    sc_advice_free(a);
    sc_evidence_free(e);
    sc_scenario_free(s);
}

CU_ErrorCode test_advise_gates_register(void)
{
    CU_pSuite suite = CU_add_suite("advise_gates", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "latency decides", latency_decides) == NULL ||
        CU_add_test(suite, "latency is not asked", latency_is_not_asked) == NULL ||
        CU_add_test(suite, "cascades take longer", cascades_take_longer) == NULL ||
        CU_add_test(suite, "quotas are monotone", quotas_are_monotone) == NULL ||
        CU_add_test(suite, "today stays", today_stays) == NULL ||
        CU_add_test(suite, "room for one", room_for_one) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
