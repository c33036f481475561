/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_bill.c - bills of random ledgers: every grouping adds up, filters part them, shared cost is handed on whole. */
#include "spendcast/bill.h"

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "spendcast/rates.h"

static sc_card *card;
static sc_rater rater;

static int load_card(void)
{
    rater = (sc_rater){
        .as_of = SC_DAY_MAX, .assume_region = -1, .assume_scope = -1, .reprice_scope = -1, .reprice_tier = -1};
    if (sc_card_load(NULL, NULL, &card, NULL) != SC_OK)
        return 1;
    rater.card = card;
    return 0;
}

static int free_card(void)
{
    sc_card_free(card);
    card = NULL;
    return 0;
}

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t state;
static uint64_t draw(uint64_t below)
{
    uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

static const char *const models[] = {"us.anthropic.claude-sonnet-4-6",
                                     "global.anthropic.claude-opus-4-8",
                                     "amazon.nova-lite-v1:0",
                                     "openai.gpt-5.6-sol",
                                     "no.such-model",
                                     ""};
static const char *const projects[] = {"", "shop", "search", "proj_abc",
                                       "arn:aws:bedrock-mantle:us-east-1:1:project/proj_abc"};
static const char *const teams[] = {"web", "data", "care"};
static const char *const principals[] = {"arn:aws:iam::1:user/ann", "arn:aws:sts::1:assumed-role/Batch", ""};

static void random_record(sc_usage_record *r)
{
    memset(r, 0, sizeof *r);
    r->time = INT64_C(1785542400) + (int64_t)draw(40 * 86400); /* from 2026-08-01 on */
    r->grain = draw(4) > 0 ? SC_GRAIN_REQUEST : SC_GRAIN_DAY;
    r->scope = r->tier = r->meter = -1;
    r->context = -1;
    r->requests = r->grain == SC_GRAIN_REQUEST ? 1 : draw(2) > 0 ? (int64_t)draw(50) + 1 : -1;
    r->dim[SC_DIM_ACCOUNT] = sc_text_of("111122223333");
    r->dim[SC_DIM_MODEL] = sc_text_of(models[draw(6)]);
    r->dim[SC_DIM_PROJECT] = sc_text_of(projects[draw(5)]);
    r->dim[SC_DIM_PRINCIPAL] = sc_text_of(principals[draw(3)]);
    r->dim[SC_DIM_REGION] = sc_text_of(draw(2) > 0 ? "us-east-1" : "us-east-2");
    r->tag[0] = (sc_usage_tag){sc_text_of("team"), sc_text_of(teams[draw(3)])};
    r->n_tags = draw(2);
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        r->tokens[m] = draw(3) > 0 ? (int64_t)draw(100000) : 0;
    if (draw(20) == 0)
        r->tokens[SC_METER_INPUT] += 300000; /* above long-context bands */
    if (draw(5) == 0) {
        r->has_cost = SC_COST_BILLED | SC_COST_EFFECTIVE;
        r->billed = (sc_money)draw(1000000007) * 1000003;
        r->effective = r->billed / 3;
    }
}

static sc_ledger *random_ledger(uint64_t seed, size_t n)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_ledger *l = sc_ledger_new(&o);
    sc_ledger_writer *w = l != NULL ? sc_ledger_writer_new(l) : NULL;
    static sc_usage_record r;
    state = seed;
    for (size_t i = 0; w != NULL && i < n; i++) {
        random_record(&r);
        EXPECT_I64(sc_ledger_add(w, draw(4) > 0 ? SC_USAGE_BEDROCK_LOG : SC_USAGE_CUR, &r), SC_OK);
    }
    sc_ledger_writer_free(w);
    if (!EXPECT_TRUE(w != NULL && sc_ledger_seal(l) == SC_OK)) {
        sc_ledger_free(l);
        return NULL;
    }
    return l;
}

static sc_bill_options options(const sc_attribution *a)
{
    return (sc_bill_options){
        .rater = &rater, .attribution = a, .since = SC_DAY_MIN, .until = SC_DAY_MAX, .keep_parts = 1};
}

static void add(sc_bill_sums *s, const sc_bill_sums *x)
{
    s->records += x->records;
    s->requests += x->requests;
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        s->tokens[m] += x->tokens[m];
    s->list += x->list;
    s->discount += x->discount;
    s->cost += x->cost;
    s->billed += x->billed;
    s->stated_list += x->stated_list;
    s->effective += x->effective;
    s->unpriced_tokens += x->unpriced_tokens;
    s->assumed_tokens += x->assumed_tokens;
    s->unpriced_items += x->unpriced_items;
}

static void expect_same(const sc_bill_sums *a, const sc_bill_sums *b)
{
    EXPECT_I64(a->records, b->records);
    EXPECT_I64(a->requests, b->requests);
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        EXPECT_I64(a->tokens[m], b->tokens[m]);
    EXPECT_MONEY(a->list, b->list);
    EXPECT_MONEY(a->discount, b->discount);
    EXPECT_MONEY(a->cost, b->cost);
    EXPECT_MONEY(a->billed, b->billed);
    EXPECT_MONEY(a->effective, b->effective);
    EXPECT_I64(a->unpriced_tokens, b->unpriced_tokens);
    EXPECT_I64(a->assumed_tokens, b->assumed_tokens);
    EXPECT_I64(a->unpriced_items, b->unpriced_items);
}

/* Rows add up to the total, and the total is that of the ungrouped bill. */
static void expect_foots(const sc_ledger *l, const sc_bill_options *o, const sc_bill_sums *whole)
{
    sc_bill *b = NULL;
    if (!EXPECT_I64(sc_bill_run(l, o, &b, NULL), SC_OK))
        return;
    sc_bill_sums sum = {0};
    sc_bill_row row;
    for (size_t i = 0; i < sc_bill_row_count(b); i++)
        add(&sum, &sc_bill_row_at(b, i, &row)->sums);
    expect_same(&sum, sc_bill_total(b));
    expect_same(whole, sc_bill_total(b));
    sc_bill_sums covered = {0};
    for (size_t i = 0; i < sc_bill_coverage_count(b); i++)
        add(&covered, &sc_bill_coverage_at(b, i)->sums);
    expect_same(&covered, whole);
    EXPECT_I64(sc_bill_top(b, 2), SC_OK);
    sc_bill_sums top = {0};
    for (size_t i = 0; i < sc_bill_row_count(b); i++)
        add(&top, &sc_bill_row_at(b, i, &row)->sums);
    expect_same(&top, whole);
    sc_bill_free(b);
}

static void parts_equal_totals(void)
{
    static const char *const keys[] = {"project", "workload",  "team",   "model",    "provider", "region",  "scope",
                                       "tier",    "meter",     "kind",   "day",      "week",     "month",   "quarter",
                                       "account", "principal", "charge", "endpoint", "item",     "tag:team"};
    const size_t n = sizeof keys / sizeof keys[0];
    for (uint64_t seed = 1; seed <= 4; seed++) {
        sc_ledger *l = random_ledger(seed, 2000);
        sc_bill_options o = options(NULL);
        sc_bill *all = NULL;
        if (l == NULL || !EXPECT_I64(sc_bill_run(l, &o, &all, NULL), SC_OK))
            return;
        EXPECT_TRUE(sc_bill_total(all)->cost > 0 && sc_bill_total(all)->unpriced_tokens > 0);
        for (size_t i = 0; i < n; i++) {
            o.n_by = 1;
            o.by[0] = keys[i];
            expect_foots(l, &o, sc_bill_total(all));
        }
        for (int trial = 0; trial < 30; trial++) {
            o.n_by = draw(4) + 1;
            for (size_t k = 0; k < o.n_by; k++)
                o.by[k] = keys[draw(n)];
            expect_foots(l, &o, sc_bill_total(all));
        }
        sc_bill_free(all);
        sc_ledger_free(l);
    }
}

/* What a filter lets through and what its opposite lets through are all there is. */
static void filters_part(void)
{
    static const char *const both[][2] = {{"team=web", "team!=web"},
                                          {"model=*claude*", "model!=*claude*"},
                                          {"meter=cache_*", "meter!=cache_*"},
                                          {"principal=*user/a?n", "principal!=*user/a?n"},
                                          {"project=unattributed", "project!=unattributed"}};
    sc_ledger *l = random_ledger(9, 1500);
    sc_bill_options o = options(NULL);
    sc_bill *all = NULL;
    if (l == NULL || !EXPECT_I64(sc_bill_run(l, &o, &all, NULL), SC_OK))
        return;
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
        sc_money cost = 0;
        int64_t tokens = 0;
        for (int k = 0; k < 2; k++) {
            sc_bill *b = NULL;
            o.n_where = 1;
            o.where[0] = both[i][k];
            if (!EXPECT_I64(sc_bill_run(l, &o, &b, NULL), SC_OK))
                return;
            EXPECT_TRUE(sc_bill_total(b)->cost > 0 && sc_bill_total(b)->cost < sc_bill_total(all)->cost);
            cost += sc_bill_total(b)->cost;
            tokens += sc_bill_total(b)->tokens[SC_METER_CACHE_READ];
            sc_bill_free(b);
        }
        EXPECT_MONEY(cost, sc_bill_total(all)->cost);
        EXPECT_I64(tokens, sc_bill_total(all)->tokens[SC_METER_CACHE_READ]);
    }
    /* days: before, and from then on */
    sc_money cost = 0;
    for (int k = 0; k < 2; k++) {
        sc_bill *b = NULL;
        const sc_day middle = sc_day_of(2026, 8, 20);
        o = options(NULL);
        o.since = k == 0 ? SC_DAY_MIN : middle;
        o.until = k == 0 ? middle : SC_DAY_MAX;
        if (!EXPECT_I64(sc_bill_run(l, &o, &b, NULL), SC_OK))
            return;
        cost += sc_bill_total(b)->cost;
        sc_bill_free(b);
    }
    EXPECT_MONEY(cost, sc_bill_total(all)->cost);
    sc_bill_free(all);
    sc_ledger_free(l);
}

/* Row by row, and usage without a price. */
static void expect_same_bill(const sc_bill *a, const sc_bill *b)
{
    sc_bill_row x, y;
    if (!EXPECT_I64(sc_bill_row_count(a), sc_bill_row_count(b)) ||
        !EXPECT_I64(sc_bill_unpriced_count(a), sc_bill_unpriced_count(b)))
        return;
    for (size_t i = 0; i < sc_bill_row_count(a); i++) {
        sc_bill_row_at(a, i, &x);
        sc_bill_row_at(b, i, &y);
        for (size_t k = 0; k < SC_BILL_LEVELS; k++)
            EXPECT_STR(x.key[k], y.key[k]);
        expect_same(&x.sums, &y.sums);
    }
    for (size_t i = 0; i < sc_bill_unpriced_count(a); i++) {
        const sc_bill_unpriced *u = sc_bill_unpriced_at(a, i), *v = sc_bill_unpriced_at(b, i);
        EXPECT_STR(u->model, v->model);
        EXPECT_STR(u->item, v->item);
        EXPECT_STR(u->why, v->why);
        EXPECT_I64(u->tokens, v->tokens);
        EXPECT_I64(u->records, v->records);
        EXPECT_MONEY(u->billed, v->billed);
    }
    expect_same(sc_bill_total(a), sc_bill_total(b));
}

static void threads_agree(void)
{
    static const char *const by[][3] = {
        {"project", "model", "day"}, {"day", NULL, NULL}, {"meter", "team", "scope"}, {"week", "tier", "region"}};
    sc_ledger *l = random_ledger(5, 3000);
    for (size_t i = 0; l != NULL && i < sizeof by / sizeof by[0]; i++) {
        sc_bill_options o = options(NULL);
        sc_bill *one = NULL;
        o.keep_parts = 0;
        o.threads = 1;
        while (o.n_by < 3 && by[i][o.n_by] != NULL) {
            o.by[o.n_by] = by[i][o.n_by];
            o.n_by++;
        }
        if (!EXPECT_I64(sc_bill_run(l, &o, &one, NULL), SC_OK))
            break;
        EXPECT_TRUE(sc_bill_row_count(one) > 1 && sc_bill_unpriced_count(one) > 1);
        for (o.threads = 0; o.threads <= 7; o.threads++) {
            sc_bill *b = NULL;
            if (EXPECT_I64(sc_bill_run(l, &o, &b, NULL), SC_OK))
                expect_same_bill(one, b);
            sc_bill_free(b);
        }
        sc_bill_free(one);
    }
    sc_ledger_free(l);
}

static const char rules[] = "match,project,split,split_over\n"
                            "principal=assumed-role/Batch,platform,spend,\n"
                            "project=search,search,,\n"
                            "principal=user/ann & project=proj_abc,abc,,\n";

static void shared_cost_is_handed_on(void)
{
    sc_attribution *a = NULL;
    sc_errors errors = {0};
    sc_ledger *l = random_ledger(5, 2000);
    if (!EXPECT_I64(sc_attribution_parse("projects.csv", rules, sizeof rules - 1, card, &a, &errors), SC_OK)) {
        EXPECT_STR(errors.item[0].text, "");
        sc_ledger_free(l);
        return;
    }
    sc_bill_options o = options(a);
    sc_bill *all = NULL;
    if (l != NULL && EXPECT_I64(sc_bill_run(l, &o, &all, NULL), SC_OK)) {
        o.n_by = 3;
        o.by[0] = "model";
        o.by[1] = "project";
        o.by[2] = "month";
        expect_foots(l, &o, sc_bill_total(all));
        o.n_by = 1;
        o.by[0] = "project";
        expect_foots(l, &o, sc_bill_total(all));
        sc_bill *b = NULL;
        EXPECT_I64(sc_bill_run(l, &o, &b, NULL), SC_OK);
        int pools = 0, abc = 0;
        for (size_t i = 0; b != NULL && i < sc_bill_row_count(b); i++) {
            sc_bill_row at;
            const sc_bill_row *row = sc_bill_row_at(b, i, &at);
            abc += strcmp(row->key[0], "abc") == 0;
            if (strcmp(row->key[0], "platform") != 0)
                continue;
            pools++;
            EXPECT_MONEY(row->sums.cost, 0);
            EXPECT_TRUE(row->sums.tokens[SC_METER_INPUT] > 0);
        }
        EXPECT_I64(pools, 1);
        EXPECT_I64(abc, 1);
        sc_bill_free(b);
    }
    sc_bill_free(all);
    sc_ledger_free(l);
    sc_attribution_free(a);
}

/* Prices agree with the card's own pricing of the same request. */
static void prices_are_the_cards(void)
{
    sc_ledger *l = random_ledger(7, 0);
    sc_ledger_free(l);
    const sc_ledger_options lo = sc_ledger_defaults(card);
    l = sc_ledger_new(&lo);
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    static sc_usage_record r;
    random_record(&r);
    r = (sc_usage_record){
        .time = INT64_C(1787702400), .scope = -1, .tier = -1, .requests = 1, .context = -1, .meter = -1};
    r.dim[SC_DIM_MODEL] = sc_text_of("openai.gpt-5.6-sol");
    r.dim[SC_DIM_REGION] = sc_text_of("us-east-2");
    r.tokens[SC_METER_INPUT] = 200000;
    r.tokens[SC_METER_CACHE_READ] = 100000; /* together above 272,000 */
    r.tokens[SC_METER_OUTPUT] = 1000;
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_OWN, &r), SC_OK);
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    const sc_bill_options o = options(NULL);
    sc_bill *b = NULL;
    if (EXPECT_I64(sc_bill_run(l, &o, &b, NULL), SC_OK)) {
        sc_model_ref ref;
        EXPECT_I64(sc_card_resolve(card, "openai.gpt-5.6-sol", &ref, NULL, 0), SC_OK);
        const sc_buy buy = {ref.model, sc_card_region_of(card, "us-east-2"), SC_SCOPE_IN_REGION, SC_TIER_STANDARD};
        const sc_usage_line lines[] = {
            {SC_METER_INPUT, 200000, NULL}, {SC_METER_OUTPUT, 1000, NULL}, {SC_METER_CACHE_READ, 100000, NULL}};
        sc_line_item items[3];
        sc_money total = 0;
        EXPECT_I64(sc_card_price(card, &buy, lines, 3, 1, -1, (sc_day)(r.time / 86400), NULL, items, &total, NULL),
                   SC_OK);
        EXPECT_MONEY(sc_bill_total(b)->cost, total);
        sc_bill_free(b);
    }
    sc_ledger_free(l);
}

CU_ErrorCode test_bill_register(void)
{
    CU_pSuite suite = CU_add_suite("bill", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "parts equal totals", parts_equal_totals) == NULL ||
        CU_add_test(suite, "filters part", filters_part) == NULL ||
        CU_add_test(suite, "threads agree", threads_agree) == NULL ||
        CU_add_test(suite, "shared cost is handed on", shared_cost_is_handed_on) == NULL ||
        CU_add_test(suite, "prices are the card's", prices_are_the_cards) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
