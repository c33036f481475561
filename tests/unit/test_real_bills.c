/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_real_bills.c - bills of real logs, exports and traces against what others made of them (the README of the test
 * data says where each figure comes from).  Skipped where the data are absent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "expect.h"
#include "io/file.h"
#include "real_data.h"
#include "spendcast/advise.h"
#include "spendcast/bill.h"
#include "spendcast/ingest.h"
#include "spendcast/profile.h"
#include "spendcast/report.h"

static sc_card *card;

static int load_card(void) { return sc_card_load(NULL, NULL, &card, NULL) != SC_OK; }

static int free_card(void)
{
    sc_card_free(card);
    return 0;
}

static sc_rater a_rater(void)
{
    return (sc_rater){.card = card,
                      .as_of = SC_DAY_MAX,
                      .assume_region = -1,
                      .assume_scope = -1,
                      .reprice_scope = -1,
                      .reprice_tier = -1};
}

/* The ledger of one file; NULL with a failed assertion. */
static sc_ledger *ledger_of_file(const char *path)
{
    sc_ledger_options l = sc_ledger_defaults(card);
    const sc_ingest_options o = {.threads = 2};
    sc_errors errors = {0};
    sc_ingest *in = NULL;
    l.sketches = 1;
    sc_ledger *ledger = sc_ledger_new(&l);
    sc_code code = sc_ingest_run(&path, 1, card, ledger, &o, &in, &errors);
    if (code == SC_OK)
        EXPECT_I64(sc_ingest_rejected(in), 0);
    sc_ingest_free(in);
    if (code == SC_OK)
        code = sc_ledger_seal(ledger);
    if (EXPECT_I64(code, SC_OK))
        return ledger;
    printf("    %s\n", errors.item[0].text);
    sc_ledger_free(ledger);
    return NULL;
}

/* The same of a file of the test data; NULL after counting its cases as skipped. */
static sc_ledger *ledger_of_data(const char *name, unsigned long cases)
{
    const char *folder = getenv("SPENDCAST_TEST_DATA");
    char path[1024], reason[1100];
    (void)snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "", name);
    if (folder != NULL && folder[0] != '\0' && access(path, R_OK) == 0)
        return ledger_of_file(path);
    (void)snprintf(reason, sizeof reason, "no data file %s in SPENDCAST_TEST_DATA", name);
    sc_expect_skipped(cases, reason);
    return NULL;
}

/* The bill by one key (NULL = none), of what a filter lets through (NULL = all). */
static sc_bill *bill_of(const sc_ledger *l, const sc_rater *rater, const char *by, const char *where)
{
    sc_bill_options o = {.rater = rater, .since = SC_DAY_MIN, .until = SC_DAY_MAX};
    sc_errors errors = {0};
    sc_bill *b = NULL;
    if (by != NULL)
        o.by[o.n_by++] = by;
    if (where != NULL)
        o.where[o.n_where++] = where;
    if (!EXPECT_I64(sc_bill_run(l, &o, &b, &errors), SC_OK))
        printf("    %s\n", errors.item[0].text);
    return b;
}

static sc_money cost_of(const sc_ledger *l, const sc_rater *rater, const char *where)
{
    sc_bill *b = bill_of(l, rater, NULL, where);
    const sc_money cost = b != NULL ? sc_bill_total(b)->cost : -1;
    sc_bill_free(b);
    return cost;
}

typedef struct row_case {
    const char *key, *usd;
} row_case;

/* What is billed for these values of a key. */
static void billed_by(const sc_ledger *l, const sc_rater *rater, const char *by, const row_case *cases, size_t n)
{
    sc_bill *b = bill_of(l, rater, by, NULL);
    for (size_t i = 0; b != NULL && i < n; i++) {
        size_t k = 0;
        sc_bill_row row = {{NULL}, {0}};
        while (k < sc_bill_row_count(b) && strcmp(sc_bill_row_at(b, k, &row)->key[0], cases[i].key) != 0)
            k++;
        if (!EXPECT_TRUE(k < sc_bill_row_count(b)) || !EXPECT_MONEY(row.sums.billed, usd_of(cases[i].usd)))
            printf("    %s %s\n", by, cases[i].key);
    }
    sc_bill_free(b);
}

/* ---- logs ---- */

/* Units of a guardrail policy, in millionths. */
static int64_t units_of(const sc_ledger *l, const char *variant)
{
    int64_t units = 0;
    for (size_t i = 0; i < sc_ledger_stream_count(l); i++) {
        const sc_ledger_stream *s = sc_ledger_stream_at(l, i);
        sc_ledger_cell c;
        for (size_t k = s->first; k < s->first + s->cells; k++)
            units += s->meter == SC_METER_TEXT_UNIT && strcmp(s->dim[SC_DIM_VARIANT], variant) == 0
                         ? sc_ledger_cell_at(l, k, &c)->tokens[0]
                         : 0;
    }
    return units;
}

/* Sonnet 4 at 3 and 15 USD: what a profile named us. calls in us-east-1 is priced there, wherever it ran.  Calls that a
 * guardrail blocked cost nothing for the model. */
static void invocation_log(void)
{
    static const char *const policies[] = {"content filter", "denied topics", "sensitive information"};
    const sc_rater rater = a_rater();
    sc_ledger *l = ledger_of_data("bedrock_logs/invocation_log_real_2025.jsonl", 32);
    if (l == NULL)
        return;
    sc_bill *b = bill_of(l, &rater, NULL, "model!=bedrock.guardrails");
    const sc_bill_sums *s = b != NULL ? sc_bill_total(b) : NULL;
    if (s != NULL) {
        EXPECT_I64(s->requests, 32);
        EXPECT_I64(s->tokens[SC_METER_INPUT], 6351);
        EXPECT_I64(s->tokens[SC_METER_OUTPUT], 3069);
        EXPECT_MONEY(s->cost, usd_of("0.065088"));
        EXPECT_I64(s->unpriced_items, 0);
        EXPECT_MONEY(s->cost, (sc_money)(3 * 6351 + 15 * 3069) * (SC_FEMTO_PER_USD / 1000000));
    }
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
        EXPECT_I64(units_of(l, policies[i]), 61 * SC_QUANTITY_SCALE);
    sc_bill_free(b);
    sc_ledger_free(l);
}

static void samples_from_docs(void)
{
    sc_ledger *l = ledger_of_data("bedrock_logs/samples_from_docs.jsonl", 4);
    int64_t requests = 0;
    sc_ledger_cell c;
    for (size_t i = 0; l != NULL && i < sc_ledger_cell_count(l); i++)
        requests += sc_ledger_cell_at(l, i, &c)->requests;
    if (l != NULL)
        EXPECT_I64(requests, 4);
    sc_ledger_free(l);
}

/* ---- agents, priced as the provider lists it: the global profile's prices */

static void daily_model_cost(void)
{
    sc_rater rater = a_rater();
    rater.assume_scope = SC_SCOPE_GLOBAL;
    sc_ledger *l = ledger_of_data("agent_usage_logs/daily_model_cost.csv", 79);
    if (l == NULL)
        return;
    /* the sum of the file's own costs, each of which is rounded to a millionth, is 4242.031068 */
    EXPECT_MONEY(cost_of(l, &rater, "provider=Anthropic"), usd_of("4242.03106625"));
    sc_ledger_free(l);
}

/* What caching saves, and what longer lifetimes would have cost, over the same traffic. */
static void cached_turns(void)
{
    static const struct {
        sc_cache_as as;
        const char *usd;
    } cases[] = {
        {SC_CACHE_AS_USED, "252.2157436"},
        {SC_CACHE_AS_WRITES_5M, "252.2157436"}, /* a write that states no lifetime has the shortest */
        {SC_CACHE_AS_INPUT, "1804.543485"},
        {SC_CACHE_AS_WRITES_1H, "285.7105651"},
    };
    sc_rater rater = a_rater();
    rater.assume_scope = SC_SCOPE_GLOBAL;
    sc_ledger *l = ledger_of_data("agent_usage_logs/turns_cached.csv", 1123);
    for (size_t i = 0; l != NULL && i < sizeof cases / sizeof cases[0]; i++) {
        rater.cache_as = cases[i].as;
        sc_bill *b = bill_of(l, &rater, NULL, NULL);
        if (b == NULL)
            continue;
        EXPECT_MONEY(sc_bill_total(b)->cost, usd_of(cases[i].usd));
        EXPECT_I64(sc_bill_total(b)->requests, 1123);
        /* the client's own messages have no tokens and no price, so that nothing is lost by that */
        EXPECT_I64(sc_bill_unpriced_count(b), 1);
        EXPECT_STR(sc_bill_unpriced_at(b, 0)->model, "<synthetic>");
        EXPECT_I64(sc_bill_unpriced_at(b, 0)->records, 3);
        EXPECT_I64(sc_bill_total(b)->unpriced_items, 0);
        sc_bill_free(b);
    }
    sc_ledger_free(l);
}

/* A scenario as usage has it; NULL with a failed assertion. */
static sc_scenario *fitted(const sc_ledger *l, const sc_rater *rater)
{
    const sc_profile_options o = {
        .rater = rater, .since = SC_DAY_MIN, .until = SC_DAY_MAX, .start = SC_DAY_MAX, .months = 1};
    sc_errors errors = {0};
    sc_profile *p = NULL;
    sc_scenario *s = NULL;
    char *text = NULL;
    size_t size = 0;
    sc_code code = sc_profile_fit(l, &o, &p, &errors);
    if (code == SC_OK)
        code = sc_profile_scenario_json(p, "turns", &text, &size);
    if (code == SC_OK)
        code = sc_scenario_parse("fitted", text, size, card, &s, &errors);
    if (!EXPECT_I64(code, SC_OK))
        printf("    %s\n", errors.item[0].text);
    sc_text_free(text);
    sc_profile_free(p);
    return s;
}

static const sc_option *option_with(const sc_workload_advice *w, sc_ttl ttl)
{
    const sc_option *today = &w->options[0];
    for (size_t i = 0; i < w->n_options; i++) {
        const sc_option *o = &w->options[i];
        if (o->offer.model == today->offer.model && o->offer.scope == today->offer.scope &&
            o->offer.tier == today->offer.tier && o->offer.wait_tier == today->offer.wait_tier && o->offer.ttl == ttl)
            return o;
    }
    return NULL;
}

/* As the bill of the same turns has it: to stop caching costs 7 times as much, and most of what is written is new
 * turns, so that paying for an hour would cost more; today's 5 minutes stay. */
static void advice_on_cached_turns(void)
{
    sc_rater rater = a_rater();
    sc_advise_options o = sc_advise_defaults();
    sc_errors errors = {0};
    sc_advice *a = NULL;
    double today = 0.0, uncached = 0.0;
    rater.assume_scope = SC_SCOPE_GLOBAL;
    o.sim.trials = 500;
    sc_ledger *l = ledger_of_data("agent_usage_logs/turns_cached.csv", 16);
    sc_scenario *s = l != NULL ? fitted(l, &rater) : NULL;
    if (s != NULL && EXPECT_I64(sc_advise(s, card, &o, &a, &errors), SC_OK) && EXPECT_I64(sc_advice_count(a), 5)) {
        for (size_t i = 0; i < 5; i++) {
            const sc_workload_advice *w = sc_advice_at(a, i);
            const sc_option *off = option_with(w, SC_TTL_NONE), *hour = option_with(w, SC_TTL_1H);
            EXPECT_I64(w->options[0].offer.ttl, SC_TTL_5M);
            EXPECT_TRUE(w->best == NULL || (w->best->levers >> SC_LEVER_CACHE & 1) == 0);
            EXPECT_TRUE(off != NULL && off->status == SC_ADVICE_NOT_RECOMMENDED);
            EXPECT_TRUE(hour != NULL && hour->status != SC_ADVICE_RECOMMENDED);
            today += w->options[0].cost;
            uncached += off != NULL ? off->cost : 0.0;
        }
        EXPECT_REL(uncached / today, 1804.543485 / 252.2157436, 0.15);
    }
    sc_advice_free(a);
    sc_scenario_free(s);
    sc_ledger_free(l);
}

/* ---- a trace of requests, on a model of choice ---- */

static void azure_trace(void)
{
    static const struct {
        const char *model, *region;
        int64_t input, output; /* USD for a million */
        int64_t tenths;
    } cases[] = {{"us.anthropic.claude-sonnet-4-6", "us-east-2", 33, 165, 10},
                 {"global.anthropic.claude-haiku-4-5-20251001-v1:0", "us-east-2", 1, 5, 1}};
    sc_ledger *l = ledger_of_data("azure2023/AzureLLMInferenceTrace_code.csv", 8819);
    for (size_t i = 0; l != NULL && i < sizeof cases / sizeof cases[0]; i++) {
        sc_rater rater = a_rater();
        EXPECT_I64(sc_day_parse("2026-11-22", 10, &rater.as_of), SC_OK);
        rater.reprice = cases[i].model;
        sc_bill *b = bill_of(l, &rater, NULL, NULL);
        if (b == NULL)
            continue;
        const sc_bill_sums *s = sc_bill_total(b);
        EXPECT_I64(s->requests, 8819);
        EXPECT_I64(s->tokens[SC_METER_INPUT], 18059974);
        EXPECT_I64(s->tokens[SC_METER_OUTPUT], 245896);
        EXPECT_MONEY(s->cost, (sc_money)(cases[i].input * 18059974 + cases[i].output * 245896) *
                                  (SC_FEMTO_PER_USD / 1000000 / cases[i].tenths));
        sc_bill_free(b);
    }
    sc_ledger_free(l);
}

/* ---- bills ---- */

static void focus_sample(void)
{
    static const row_case providers[] = {
        {"AWS", "14.1819307578"}, {"Microsoft", "0.16298079268"}, {"Oracle", "0.32107392473"}};
    const sc_rater rater = a_rater();
    sc_ledger *l = ledger_of_data("focus/focus_1.0_sample.csv", 500);
    if (l == NULL)
        return;
    billed_by(l, &rater, "tag:provider", providers, 3);
    EXPECT_MONEY(cost_of(l, &rater, NULL), 0); /* no line is of Bedrock */
    sc_ledger_free(l);
}

/* "a=x;b=y" -> {""a"":""x"",""b"":""y""}, as a cell of CUR 2.0. */
static void add_tags(sc_strbuf *out, const char *tags)
{
    sc_strbuf_puts(out, "\"{\"\"");
    for (const char *p = tags; *p != '\0'; p++) {
        if (*p == '=')
            sc_strbuf_puts(out, "\"\":\"\"");
        else if (*p == ';')
            sc_strbuf_puts(out, "\"\",\"\"");
        else
            sc_strbuf_add(out, p, 1);
    }
    sc_strbuf_puts(out, "\"\"}\"");
}

/* The rows of the blog as an export: it leaves out what is the same in all of them. */
static sc_ledger *blog_rows(const data_table *t)
{
    char path[] = "/tmp/spendcast-blog-XXXXXX";
    sc_strbuf text = {0};
    sc_strbuf_puts(&text, "line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,"
                          "line_item_iam_principal,line_item_usage_type,line_item_unblended_cost,tags\n");
    for (size_t i = 0; i < sc_csv_rows(t->csv); i++) {
        sc_strbuf_printf(&text, "2026-04-15,2026-04-16,AmazonBedrock,%s,%s,%s,", sc_csv_cell(t->csv, i, 0),
                         sc_csv_cell(t->csv, i, 1), sc_csv_cell(t->csv, i, 2));
        add_tags(&text, sc_csv_cell(t->csv, i, 3));
        sc_strbuf_puts(&text, "\n");
    }
    const int fd = mkstemp(path);
    sc_ledger *l = NULL;
    if (EXPECT_TRUE(fd >= 0) && EXPECT_I64(sc_file_write(path, text.text, text.len, NULL), SC_OK))
        l = ledger_of_file(path);
    if (fd >= 0)
        close(fd);
    (void)remove(path);
    sc_strbuf_release(&text);
    return l;
}

static void blog_bill(void)
{
    static const sc_csv_column columns[] = {{"line_item_iam_principal", SC_CSV_REQUIRED},
                                            {"line_item_usage_type", SC_CSV_REQUIRED},
                                            {"line_item_unblended_cost", SC_CSV_REQUIRED},
                                            {"tag", SC_CSV_REQUIRED},
                                            {"scenario", SC_CSV_OPTIONAL}};
    static const row_case principals[] = {{"arn:aws:iam::123456789012:user/user-1", "0.2838"},
                                          {"arn:aws:iam::123456789012:user/user-2", "1.188"},
                                          {"arn:aws:sts::123456789012:assumed-role/Role-1", "1.900"},
                                          {"arn:aws:sts::123456789012:assumed-role/Role-2", "0.131"},
                                          {"arn:aws:sts::123456789012:assumed-role/BedrockRole", "1.695"}};
    static const row_case sessions[] = {{"user-1@acme.org", "1.273"}, {"user-2@acme.org", "0.429"},
                                        {"session-123", "0.198"},     {"session-456", "0.131"},
                                        {"gw-tenant-acme", "1.451"},  {"gw-user-1", "0.244"}};
    static const row_case teams[] = {
        {"BedrockDataScience", "1.4718"}, {"data-science", "1.517"}, {"engineering", "0.429"}};
    static const row_case centers[] = {{"12345", "3.0738"}, {"67890", "0.429"}};
    const sc_rater rater = a_rater();
    data_table t;
    if (!open_table("bedrock_bills/cur2_rows_aws_blog_2026-04.csv", 16, columns, 5, &t))
        return;
    sc_ledger *l = blog_rows(&t);
    if (l != NULL) {
        billed_by(l, &rater, "principal", principals, 5);
        billed_by(l, &rater, "session", sessions, 6);
        billed_by(l, &rater, "team", teams, 3);
        billed_by(l, &rater, "cost-center", centers, 2);
        billed_by(l, &rater, "provider", &(row_case){"Anthropic", "5.0668"}, 1);
    }
    sc_ledger_free(l);
    close_table(&t);
}

CU_ErrorCode test_real_bills_register(void)
{
    static CU_TestInfo tests[] = {
        {"invocation log", invocation_log},
        {"samples from docs", samples_from_docs},
        {"daily cost by model", daily_model_cost},
        {"cached turns", cached_turns},
        {"advice on cached turns", advice_on_cached_turns},
        {"a trace repriced", azure_trace},
        {"a FOCUS export of several clouds", focus_sample},
        {"a CUR by principal and tag", blog_bill},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"real_bills", load_card, free_card, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
