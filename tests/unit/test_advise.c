/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_advise.c - advice: what is recommended and what never is, that savings are those of the combination, and plans.
 */
#include <math.h>
#include <string.h>

#include "base/strbuf.h"
#include "expect.h"
#include "sim_fixture.h"
#include "spendcast/advise.h"
#include "spendcast/report.h"

#define SONNET "anthropic.claude-sonnet-4-6"
#define HAIKU "anthropic.claude-haiku-4-5-20251001-v1:0"
#define ROUNDING 1e-9

static sc_card *card;

static int load_card(void) { return (card = sc_fixture_card()) != NULL ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    return 0;
}

/* One workload of Sonnet 4.6 by its geo profile; `rest` and `top` are more keys, each with its leading comma. */
static sc_scenario *chat(const char *top, const char *rest)
{
    return sc_fixture_scenario(card,
                               "{'spendcast': 1, 'horizon': {'start': '2026-12-01', 'days': 61}%s, 'projects': [{'id': "
                               "'shop', 'workloads': [{'id': 'chat', 'offer': {'model': 'us." SONNET
                               "'}, 'volume': {'requests_per_day': {'p10': 8000, 'p90': 12000}}, 'tokens': {'input': "
                               "2000, 'output': 300}%s}]}]}",
                               top, rest);
}

/* Graded answers: `both` items that both models pass, then those that only Sonnet, only Haiku and none does. */
static sc_evidence *graded(int both, int only_a, int only_b, int neither)
{
    const int counts[] = {both, only_a, only_b, neither};
    sc_strbuf text = {0};
    sc_evidence *e = NULL;
    int item = 0;
    sc_strbuf_puts(&text, "task,model,item,passed\n");
    for (int c = 0; c < 4; c++) {
        for (int i = 0; i < counts[c]; i++, item++) {
            sc_strbuf_printf(&text, "chat,%s,i%d,%d\n", SONNET, item, c < 2);
            sc_strbuf_printf(&text, "chat,%s,i%d,%d\n", HAIKU, item, c == 0 || c == 2);
        }
    }
    const sc_evidence_text table = {"evals.csv", text.text, text.len};
    EXPECT_I64(sc_evidence_parse(&table, 1, NULL, card, &e, NULL), SC_OK);
    sc_strbuf_release(&text);
    return e;
}

static sc_advice *advise(const sc_scenario *s, const sc_evidence *e, const sc_advise_check *check, int threads)
{
    sc_advise_options o = sc_advise_defaults();
    sc_errors errors = {0};
    sc_advice *a = NULL;
    o.sim.trials = 300;
    o.sim.threads = threads;
    o.evidence = e;
    if (check != NULL)
        o.check = *check;
    EXPECT_I64(sc_advise(s, card, &o, &a, &errors), SC_OK);
    return a;
}

/* The option of a model with these levers that saves most, or NULL. */
static const sc_option *option_of(const sc_workload_advice *w, const char *model, unsigned levers)
{
    const sc_option *best = NULL;
    for (size_t i = 0; i < w->n_options; i++) {
        const sc_option *o = &w->options[i];
        if (strcmp(o->offer.model->id, model) == 0 && o->levers == levers &&
            (best == NULL || o->saving.mean > best->saving.mean))
            best = o;
    }
    return best;
}

#define LEVER(l) (1u << SC_LEVER_##l)

/* ---- what follows from evidence ---- */

static void evidence_decides(void)
{
    static const struct {
        int both, only_a, only_b, neither;
        sc_advice_status status;
    } cases[] = {
        {0, 0, 0, 0, SC_ADVICE_NEEDS_EVIDENCE},        /* none */
        {930, 10, 12, 48, SC_ADVICE_RECOMMENDED},      /* the same */
        {880, 5, 60, 55, SC_ADVICE_RECOMMENDED},       /* better */
        {700, 200, 20, 80, SC_ADVICE_NOT_RECOMMENDED}, /* worse */
        {17, 2, 1, 0, SC_ADVICE_NEEDS_EVIDENCE},       /* too few to tell */
    };
    sc_scenario *s = chat("", "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_evidence *e = graded(cases[i].both, cases[i].only_a, cases[i].only_b, cases[i].neither);
        sc_advice *a = advise(s, e, NULL, 1);
        const sc_option *o = a != NULL ? option_of(sc_advice_at(a, 0), HAIKU, LEVER(MODEL)) : NULL;
        EXPECT_TRUE(o != NULL);
        if (o != NULL) {
            EXPECT_I64(o->status, cases[i].status);
            EXPECT_TRUE(o->reason[0] != '\0');
            if (cases[i].status == SC_ADVICE_RECOMMENDED)
                EXPECT_TRUE(o->p_quality >= 0.9 && o->saving.p >= 0.9);
            if (cases[i].status == SC_ADVICE_NEEDS_EVIDENCE)
                EXPECT_TRUE(o->items_needed > 0);
        }
        sc_advice_free(a);
        sc_evidence_free(e);
    }
    sc_scenario_free(s);
}

/* Without evidence nothing that changes answers is recommended; the global profile costs less and changes none. */
static void same_answers_need_no_evidence(void)
{
    sc_scenario *s = chat("", "");
    sc_advice *a = advise(s, NULL, NULL, 1);
    const sc_workload_advice *w = sc_advice_at(a, 0);
    for (size_t i = 0; i < w->n_options; i++)
        EXPECT_TRUE(w->options[i].status != SC_ADVICE_RECOMMENDED || !w->options[i].changes_answers);
    if (EXPECT_TRUE(w->best != NULL)) { /* geo costs 1.1 times the global profile, on every token */
        EXPECT_I64(w->best->levers, LEVER(SCOPE));
        EXPECT_REL(w->best->cost * 1.1, w->options[0].cost, ROUNDING);
        EXPECT_REL(w->best->saving.mean, w->options[0].cost - w->best->cost, 1e-9);
        EXPECT_TRUE(strncmp(w->verdict, "Keep Claude Sonnet 4.6", 22) == 0);
    }
    sc_advice_free(a);
    sc_scenario_free(s);
}

static void limits_hold(void)
{
    static const struct {
        const char *top, *rest;
        sc_advice_status status; /* of Haiku, whose answers are as good */
    } cases[] = {
        {", 'policy': {'deny': ['" HAIKU "']}", "", SC_ADVICE_NOT_ALLOWED},
        {"", ", 'requirements': {'context_tokens': 200001}", SC_ADVICE_NOT_ALLOWED},
        {"", ", 'requirements': {'latency_ms': 900}", SC_ADVICE_NEEDS_EVIDENCE},
        {"", "", SC_ADVICE_RECOMMENDED},
    };
    sc_evidence *e = graded(930, 10, 12, 48);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_scenario *s = chat(cases[i].top, cases[i].rest);
        sc_advice *a = s != NULL ? advise(s, e, NULL, 1) : NULL;
        int of_status = 0, recommended = 0;
        for (size_t k = 0; a != NULL && k < sc_advice_at(a, 0)->n_options; k++) {
            const sc_option *o = &sc_advice_at(a, 0)->options[k];
            if (strcmp(o->offer.model->id, HAIKU) != 0)
                continue;
            of_status += o->status == cases[i].status;
            recommended += o->status == SC_ADVICE_RECOMMENDED;
        }
        EXPECT_TRUE(of_status > 0);
        EXPECT_I64(recommended > 0, cases[i].status == SC_ADVICE_RECOMMENDED);
        sc_advice_free(a);
        sc_scenario_free(s);
    }
    sc_evidence_free(e);
}

/* A saving that does not pay for its work within the horizon is not advised; the day on which it would is told. */
static void work_must_pay(void)
{
    sc_scenario *cheap = chat(", 'switching': {'day_usd': 100}", ""),
                *dear = chat(", 'switching': {'day_usd': 1e6}", "");
    sc_advice *a = advise(cheap, NULL, NULL, 1), *b = advise(dear, NULL, NULL, 1);
    const sc_option *best = sc_advice_at(a, 0)->best;
    if (EXPECT_TRUE(best != NULL)) {
        const double a_day = best->saving.mean / 61.0;
        EXPECT_REL(best->migration_usd, 50.0, 1e-12);
        EXPECT_I64(best->break_even, sc_day_of(2026, 12, 1) + (sc_day)ceil(50.0 / a_day));
    }
    EXPECT_TRUE(sc_advice_at(b, 0)->best == NULL);
    EXPECT_TRUE(strstr(sc_advice_at(b, 0)->verdict, "less than the work costs") != NULL);
    EXPECT_TRUE(sc_advice_total(b).mean == 0.0);
    sc_advice_free(a);
    sc_advice_free(b);
    sc_scenario_free(cheap);
    sc_scenario_free(dear);
}

/* ---- two models ---- */

/* Haiku is as good for two of three kinds of questions, and far worse for the third. */
static sc_evidence *by_segment(int useful)
{
    static const char *const segments[] = {"billing", "returns", "repair"};
    sc_strbuf text = {0};
    sc_evidence *e = NULL;
    sc_strbuf_puts(&text, "task,segment,model,item,passed\n");
    for (int i = 0; i < 900; i++) {
        const int segment = i % 3, worse = useful ? segment == 2 && i % 2 == 0 : i % 7 == 0;
        sc_strbuf_printf(&text, "chat,%s,%s,i%d,%d\n", segments[segment], SONNET, i, i % 20 != 0);
        sc_strbuf_printf(&text, "chat,%s,%s,i%d,%d\n", segments[segment], HAIKU, i, i % 20 != 0 && !worse);
    }
    const sc_evidence_text table = {"evals.csv", text.text, text.len};
    EXPECT_I64(sc_evidence_parse(&table, 1, NULL, card, &e, NULL), SC_OK);
    sc_strbuf_release(&text);
    return e;
}

static void routing_where_segments_differ(void)
{
    sc_scenario *s = chat("", "");
    for (int useful = 0; useful < 2; useful++) {
        sc_evidence *e = by_segment(useful);
        sc_advice *a = advise(s, e, NULL, 1);
        const sc_workload_advice *w = sc_advice_at(a, 0);
        const sc_option *route = option_of(w, HAIKU, LEVER(SCOPE) | LEVER(ROUTING));
        if (useful && EXPECT_TRUE(route != NULL)) {
            EXPECT_I64(route->status, SC_ADVICE_RECOMMENDED);
            EXPECT_REL(route->strong_share, 1.0 / 3.0, 1e-3);
            const sc_option *weak = option_of(w, HAIKU, LEVER(SCOPE) | LEVER(MODEL));
            const sc_option *strong = option_of(w, SONNET, LEVER(SCOPE));
            EXPECT_REL(route->cost, strong->cost / 3.0 + weak->cost * 2.0 / 3.0, 1e-6);
            EXPECT_TRUE(w->best == route);
        } else if (route != NULL) {
            EXPECT_TRUE(route->status != SC_ADVICE_RECOMMENDED);
        }
        sc_advice_free(a);
        sc_evidence_free(e);
    }
    sc_scenario_free(s);
}

/* With a perfect check the cascade passes whatever one of the two models passes. */
static void cascade_with_a_perfect_check(void)
{
    const sc_advise_check perfect = {.is_stated = 1, .accepts = {.true_accept = 1.0}, .usd = 0.0001};
    sc_scenario *s = chat("", "");
    sc_evidence *e = graded(700, 200, 20, 80);
    sc_advice *a = advise(s, e, &perfect, 1);
    const sc_workload_advice *w = sc_advice_at(a, 0);
    const sc_option *o = option_of(w, HAIKU, LEVER(SCOPE) | LEVER(CASCADE));
    if (EXPECT_TRUE(o != NULL)) {
        EXPECT_I64(o->status, SC_ADVICE_RECOMMENDED);
        EXPECT_REL(o->strong_share, 0.28, 1e-3);
        const sc_option *weak = option_of(w, HAIKU, LEVER(SCOPE) | LEVER(MODEL));
        const sc_option *strong = option_of(w, SONNET, LEVER(SCOPE));
        EXPECT_REL(o->cost, weak->cost + 0.28 * strong->cost + 0.0001 * w->requests, 1e-6);
    }
    sc_advice_free(a);
    sc_evidence_free(e);
    sc_scenario_free(s);
}

/* ---- whole scenarios ---- */

static size_t count_changes(const sc_advice *a)
{
    size_t n = 0;
    for (size_t i = 0; i < sc_advice_count(a); i++) {
        for (size_t k = 0; k < sc_advice_at(a, i)->n_options; k++)
            n += sc_advice_at(a, i)->options[k].status == SC_ADVICE_RECOMMENDED &&
                 sc_advice_at(a, i)->options[k].changes_answers;
    }
    return n;
}

static int is_recommended(const sc_advice *a, size_t workload, const sc_option *o)
{
    const sc_workload_advice *w = sc_advice_at(a, workload);
    for (size_t k = 0; k < w->n_options; k++) {
        const sc_option *p = &w->options[k];
        if (p->status == SC_ADVICE_RECOMMENDED && p->offer.model == o->offer.model && p->levers == o->levers &&
            p->offer.region == o->offer.region && strcmp(p->how, o->how) == 0)
            return 1;
    }
    return 0;
}

/* No evidence: no other model.  A worse model among those tried: nothing is recommended that was not before. */
static void nothing_is_added(void)
{
    static const char *const samples[] = {"scenarios/support-chatbot.json", "scenarios/enterprise.json"};
    static const char *const paths[] = {"scenarios/evals.csv"};
    static const char worse[] = "project,workload,task,model,passed,n\n"
                                "call-notes,notes,call-notes,amazon.nova-micro-v1:0,500,1600\n"
                                "support-chatbot,chat,chat,amazon.nova-micro-v1:0,20,200\n";
    static const char written[] = "build/test-worse-evals.csv";
    const char *with_worse[] = {paths[0], written};
    EXPECT_I64(sc_text_write(written, worse, sizeof worse - 1, NULL), SC_OK);
    for (size_t i = 0; i < 2; i++) {
        sc_scenario *s = NULL;
        sc_evidence *e = NULL, *more = NULL;
        EXPECT_I64(sc_scenario_load(samples[i], card, &s, NULL), SC_OK);
        EXPECT_I64(sc_evidence_load(paths, 1, NULL, card, &e, NULL), SC_OK);
        EXPECT_I64(sc_evidence_load(with_worse, 2, NULL, card, &more, NULL), SC_OK);
        sc_advice *a = advise(s, e, NULL, 2), *without = advise(s, NULL, NULL, 2), *after = advise(s, more, NULL, 2);
        EXPECT_I64(count_changes(without), 0);
        EXPECT_TRUE(i == 0 || count_changes(a) > 0);
        for (size_t w = 0; w < sc_advice_count(after); w++) {
            const sc_workload_advice *x = sc_advice_at(after, w);
            for (size_t k = 0; k < x->n_options; k++)
                EXPECT_TRUE(x->options[k].status != SC_ADVICE_RECOMMENDED || is_recommended(a, w, &x->options[k]));
        }
        sc_advice_free(a);
        sc_advice_free(without);
        sc_advice_free(after);
        sc_evidence_free(e);
        sc_evidence_free(more);
        sc_scenario_free(s);
    }
}

/* The total is the sum of the best options on the same futures, and the levers add up to it. */
static void savings_add_up(void)
{
    static const char *const paths[] = {"scenarios/evals.csv"};
    sc_scenario *s = NULL;
    sc_evidence *e = NULL;
    double usd[SC_LEVERS], levers = 0.0, sum = 0.0;
    EXPECT_I64(sc_scenario_load("scenarios/enterprise.json", card, &s, NULL), SC_OK);
    EXPECT_I64(sc_evidence_load(paths, 1, NULL, card, &e, NULL), SC_OK);
    sc_advice *a = advise(s, e, NULL, 1), *b = advise(s, e, NULL, 2);
    for (size_t i = 0; i < sc_advice_count(a); i++) {
        const sc_workload_advice *w = sc_advice_at(a, i);
        sum += w->best != NULL ? w->best->saving.mean : 0.0;
        EXPECT_STR(sc_advice_at(b, i)->verdict, w->verdict);
        EXPECT_TRUE(w->verdict[0] != '\0' && w->n_risks > 0);
        for (size_t k = 0; k < w->n_options; k++)
            EXPECT_TRUE(w->options[k].saving.mean == sc_advice_at(b, i)->options[k].saving.mean);
    }
    sc_advice_by_lever(a, usd);
    for (int l = 0; l < SC_LEVERS; l++)
        levers += usd[l];
    EXPECT_REL(sc_advice_total(a).mean, sum, 1e-9);
    EXPECT_REL(levers, sum, 1e-9);
    EXPECT_TRUE(sc_advice_total(b).low == sc_advice_total(a).low);
    sc_advice_free(a);
    sc_advice_free(b);
    sc_evidence_free(e);
    sc_scenario_free(s);
}

/* ---- plans ---- */

static void plans_keep_limits(void)
{
    sc_scenario *s = NULL;
    const sc_plan *p = NULL;
    EXPECT_I64(sc_scenario_load("scenarios/enterprise.json", card, &s, NULL), SC_OK);
    sc_advice *a = advise(s, NULL, NULL, 2);
    EXPECT_I64(sc_advice_plan(a, &(sc_plan_options){.max_effort = 6.0}, &p, NULL), SC_OK);
    if (EXPECT_TRUE(p != NULL && p->n_steps > 0)) {
        EXPECT_I64(p->status, SC_PLAN_BEST);
        EXPECT_TRUE(p->effort <= 6.0 && p->has_fresh && p->fresh_holds);
        EXPECT_REL(p->steps[p->n_steps - 1].effort_so_far, p->effort, 1e-12);
        EXPECT_REL(p->steps[p->n_steps - 1].saving_so_far, p->today.mean - p->then.mean, 1e-9);
        for (size_t i = 1; i < p->n_steps; i++)
            EXPECT_TRUE(p->steps[i - 1].saving / p->steps[i - 1].option->effort_days >=
                        p->steps[i].saving / p->steps[i].option->effort_days);
        EXPECT_TRUE(fabs(p->fresh.mean - p->then.mean) < 6.0 * p->fresh.mean_error);
    }
    const double months = sc_advice_months(a), today = sc_advice_cost(a) / months;
    EXPECT_I64(sc_advice_plan(a, &(sc_plan_options){.budget = 0.97 * today}, &p, NULL), SC_OK);
    EXPECT_TRUE(p->status == SC_PLAN_BEST && p->then.mean <= 0.97 * today * months && p->budget_gain == p->budget_gain);
    EXPECT_I64(sc_advice_plan(a, &(sc_plan_options){.budget = 0.1 * today}, &p, NULL), SC_OK);
    EXPECT_I64(p->status, SC_PLAN_IMPOSSIBLE);
    EXPECT_TRUE(strstr(p->reason, "budget a month of at least") != NULL && p->n_steps == 0);
    sc_advice_free(a);
    sc_scenario_free(s);
}

static void count_call(void *context, double done)
{
    EXPECT_TRUE(done >= 0.0 && done <= 1.0);
    ++*(int *)context;
}

/* What follows from the advice tells its progress too, long after sc_advise has returned. */
static void capacity_tells_progress(void)
{
    sc_scenario *s = chat(", 'quotas': [{'model': '*', 'tokens_per_minute': 2e6}]", "");
    sc_advise_options o = sc_advise_defaults();
    sc_advice *a = NULL;
    const sc_quota_advice *quotas = NULL;
    const sc_commitment_advice *terms = NULL;
    size_t n_quotas = 0, n_terms = 0;
    int calls = 0;
    o.sim.trials = 100;
    o.sim.threads = 1;
    o.sim.progress = count_call;
    o.sim.progress_context = &calls;
    EXPECT_I64(sc_advise(s, card, &o, &a, NULL), SC_OK);
    int before = calls;
    EXPECT_TRUE(before > 0);
    EXPECT_I64(sc_advice_quotas(a, &quotas, &n_quotas, NULL), SC_OK);
    EXPECT_TRUE(calls > before && n_quotas == 1);
    before = calls;
    EXPECT_I64(sc_advice_commitments(a, NULL, 0, &terms, &n_terms, NULL), SC_OK);
    EXPECT_TRUE(calls > before && n_terms == 2);
    sc_advice_free(a);
    sc_scenario_free(s);
}

static void options_are_checked(void)
{
    sc_scenario *s = chat("", "");
    sc_advice *a = NULL;
    for (int i = 0; i < 5; i++) {
        sc_errors errors = {0};
        sc_advise_options o = sc_advise_defaults();
        o.margin = i == 0 ? -0.1 : o.margin;
        o.p_quality = i == 1 ? 0.5 : o.p_quality;
        o.p_saves = i == 2 ? 1.0 : o.p_saves;
        o.shorter = i == 3 ? 1.0 : o.shorter;
        o.workload = i == 4 ? 1 : o.workload;
        EXPECT_I64(sc_advise(s, card, &o, &a, &errors), SC_E_USAGE);
        EXPECT_TRUE(a == NULL && errors.errors == 1);
    }
    sc_scenario_free(s);
}

CU_ErrorCode test_advise_register(void)
{
    CU_pSuite suite = CU_add_suite("advise", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "evidence decides", evidence_decides) == NULL ||
        CU_add_test(suite, "same answers need no evidence", same_answers_need_no_evidence) == NULL ||
        CU_add_test(suite, "limits hold", limits_hold) == NULL ||
        CU_add_test(suite, "work must pay", work_must_pay) == NULL ||
        CU_add_test(suite, "routing where segments differ", routing_where_segments_differ) == NULL ||
        CU_add_test(suite, "cascade with a perfect check", cascade_with_a_perfect_check) == NULL ||
        CU_add_test(suite, "nothing is added", nothing_is_added) == NULL ||
        CU_add_test(suite, "savings add up", savings_add_up) == NULL ||
        CU_add_test(suite, "plans keep limits", plans_keep_limits) == NULL ||
        CU_add_test(suite, "capacity tells progress", capacity_tells_progress) == NULL ||
        CU_add_test(suite, "options are checked", options_are_checked) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
