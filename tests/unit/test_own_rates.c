/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_own_rates.c - a customer's own rates over a card: which price holds, what a discount takes off, what owned
 * capacity costs. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "rates_fixture.h"
#include "sim_fixture.h"

#define LIST                                                                                                  \
    "acme.a,eu-west-1 us-east-1,in_region geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n"             \
    "acme.a,eu-west-1 us-east-1,in_region geo,standard,output,,,,1M_tokens,15,,,docs,2026-09-01,\n"           \
    "acme.a,us-east-1,geo,reserved,reserved_input_tpm_1mo,,,,1K_TPM_hour,0.18,,2026-07-01,docs,2026-09-01,\n" \
    "acme.a,us-east-1,geo,reserved,reserved_input_tpm_1mo,,,,1K_TPM_hour,0.2,2026-07-01,2027-01-01,docs,2026-09-01,\n"
#define DISCOUNTS "discount,percent,provider,model,tier,meter,tag,from,to,source,note\n"
#define COMMITMENTS "commitment,model,region,scope,tier,meter,variant,quantity,from,to,project,source,note\n"

static const sc_model *model_of(const sc_card *card, const char *id)
{
    sc_model_ref ref = {.model = NULL};
    EXPECT_I64(sc_card_resolve(card, id, &ref, NULL, 0), SC_OK);
    return ref.model;
}

static const char *price_of(const sc_card *card, const char *region, sc_scope scope, const char *day)
{
    const sc_buy buy = {model_of(card, "acme.a"), sc_card_region_of(card, region), scope, SC_TIER_STANDARD};
    const sc_price_point *p = sc_card_find(card, &buy, SC_METER_INPUT, NULL, 0, day_of(day));
    return p != NULL ? p->usd : "none";
}

/* An own price holds in its region, scope and days; the list's everywhere else. */
static void own_prices(void)
{
    static const own_table own[] = {
        {"prices-own.csv",
         PRICE_HEADER "acme.a,us-east-1,geo,standard,input,,,,1M_tokens,2.5,2026-07-01,2026-10-01,own,2026-06-30,\n"
                      "acme.new,us-east-1,geo,standard,input,,,,1M_tokens,1,,,agreed,2026-06-30,\n"},
        {"models.csv",
         "model,provider,name,context_window,max_output,input_modalities,output_modalities,features,tokenizer,"
         "cache_min_tokens,cache_ttls,released,lifecycle,legacy_from,end_of_life,source,checked,note\n"
         "acme.a,Acme,A again,1000,10,text,text,,slim,,,,,,,docs,2026-09-02,\n"
         "acme.new,Acme,New,,,,,,t,,,,,,,agreed,2026-09-02,\n"},
        {"aliases.csv", "alias,model,note\nnewest,acme.new,\n"},
        {"sources.csv", "source,title,url,date\nagreed,Agreement,none,\n"},
        {"tokenizers.csv", "tokenizer,ratio_low,ratio_high,source,note\nslim,0.5,0.6,agreed,\n"},
        {"services.csv", "service,provider,name,source,checked,note\nacme.guard,Acme,Guard,agreed,2026-09-02,\n"},
    };
    sc_card *plain = small_card("acme.a acme.b", LIST, NULL, 0, NULL);
    sc_card *card = small_card("acme.a acme.b", LIST, own, 6, NULL);
    if (plain != NULL && card != NULL) {
        EXPECT_STR(price_of(card, "us-east-1", SC_SCOPE_GEO, "2026-07-01"), "2.5");
        EXPECT_STR(price_of(card, "us-east-1", SC_SCOPE_GEO, "2026-09-30"), "2.5");
        EXPECT_STR(price_of(card, "us-east-1", SC_SCOPE_GEO, "2026-10-01"), "3");
        EXPECT_STR(price_of(card, "us-east-1", SC_SCOPE_GEO, "2026-06-30"), "3");
        EXPECT_STR(price_of(card, "us-east-1", SC_SCOPE_IN_REGION, "2026-07-01"), "3");
        EXPECT_STR(price_of(card, "eu-west-1", SC_SCOPE_GEO, "2026-07-01"), "3");
        EXPECT_STR(model_of(card, "newest")->id, "acme.new");
        EXPECT_STR(model_of(card, "acme.a")->name, "A again");
        EXPECT_I64(model_of(card, "acme.a")->context_window, 1000);
        EXPECT_REL(model_of(card, "acme.a")->tokens_low, 0.5, 1e-12);
        EXPECT_I64(model_of(card, "acme.guard")->is_service, 1);
        EXPECT_I64(sc_card_model_count(card), 4);
        EXPECT_STR(sc_card_hash(card), sc_card_hash(plain));
        EXPECT_STR(sc_card_own_hash(plain), "");
        EXPECT_I64(strlen(sc_card_own_hash(card)), 64);
    }
    sc_card_free(plain);
    sc_card_free(card);
}

/* The tags of a piece of usage: one key and value. */
static const char *one_tag(const void *context, const char *key)
{
    const char *const *tag = context;
    return strcmp(key, tag[0]) == 0 ? tag[1] : NULL;
}

static void which_discount(void)
{
    static const own_table own[] = {{"discounts.csv", DISCOUNTS "tagged,20,,,,,team=search,,,own,\n"
                                                                "dated,10,,,,,,2026-07-01,2026-08-01,own,\n"
                                                                "metered,6,,,,output,,,,own,\n"
                                                                "tiered,5,,,batch,,,,,own,\n"
                                                                "of-b,4,Acme,acme.b,,,,,,own,\n"
                                                                "rest,3,Acme,,standard,input,,,,own,\n"}};
    static const struct {
        const char *model;
        sc_meter meter;
        sc_tier tier;
        const char *tag[2], *day, *expected;
    } cases[] = {
        {"acme.a", SC_METER_INPUT, SC_TIER_STANDARD, {"team", "search"}, "2026-07-15", "tagged"},
        {"acme.a", SC_METER_INPUT, SC_TIER_STANDARD, {"team", "searc"}, "2026-07-15", "dated"},
        {"acme.a", SC_METER_INPUT, SC_TIER_STANDARD, {"tea", "search"}, "2026-07-01", "dated"},
        {"acme.a", SC_METER_INPUT, SC_TIER_STANDARD, {"x", "y"}, "2026-06-30", "rest"},
        {"acme.a", SC_METER_INPUT, SC_TIER_STANDARD, {"x", "y"}, "2026-08-01", "rest"},
        {"acme.a", SC_METER_OUTPUT, SC_TIER_STANDARD, {"x", "y"}, "2026-08-01", "metered"},
        {"acme.a", SC_METER_INPUT, SC_TIER_BATCH, {"x", "y"}, "2026-08-01", "tiered"},
        {"acme.b", SC_METER_INPUT, SC_TIER_STANDARD, {"x", "y"}, "2026-08-01", "of-b"},
        {"acme.a", SC_METER_CACHE_READ, SC_TIER_STANDARD, {"x", "y"}, "2026-08-01", "none"},
    };
    sc_card *card = small_card("acme.a acme.b", LIST, own, 1, NULL);
    for (size_t i = 0; card != NULL && i < sizeof cases / sizeof cases[0]; i++) {
        const sc_tags tags = {one_tag, cases[i].tag};
        const sc_discount *d = sc_card_discount_for(card, model_of(card, cases[i].model), cases[i].meter, cases[i].tier,
                                                    &tags, day_of(cases[i].day));
        EXPECT_STR(d != NULL ? d->id : "none", cases[i].expected);
        d = sc_card_discount_for(card, model_of(card, cases[i].model), cases[i].meter, cases[i].tier, NULL,
                                 day_of("2026-07-15"));
        EXPECT_STR(d != NULL ? d->id : "none", "dated");
    }
    sc_card_free(card);
}

/* x * part / 10^8 half-even, the plain way. */
static sc_money share_plainly(sc_money x, int64_t part)
{
    const sc_money product = x * part, whole = product / SC_DISCOUNT_WHOLE, rest = product % SC_DISCOUNT_WHOLE;
    if (rest * 2 > SC_DISCOUNT_WHOLE || (rest * 2 == SC_DISCOUNT_WHOLE && whole % 2 != 0))
        return whole + 1;
    return whole;
}

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 20;
}

static void rounding(void)
{
    static const struct {
        sc_money m;
        int64_t part, whole;
        sc_money expected;
    } cases[] = {{1, 1, 2, 0},  {3, 1, 2, 2},   {5, 1, 2, 2},     {7, 1, 2, 4}, {1, 2, 3, 1},  {1, 1, 3, 0},
                 {-1, 1, 2, 0}, {-3, 1, 2, -2}, {100, 7, 100, 7}, {0, 5, 9, 0}, {12, 9, 9, 12}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        EXPECT_MONEY(sc_money_share(cases[i].m, cases[i].part, cases[i].whole), cases[i].expected);
    /* far beyond 64 bits, where the product would not fit */
    const sc_money huge = ((sc_money)INT64_MAX + 1) * ((sc_money)1 << 60) + 12345678;
    EXPECT_MONEY(sc_money_share(huge, SC_DISCOUNT_WHOLE, SC_DISCOUNT_WHOLE), huge);
    EXPECT_MONEY(sc_money_share(huge, 1, 2) * 2, huge);
    uint64_t state = 7;
    for (int i = 0; i < 20000; i++) {
        const sc_money m = (sc_money)next(&state) * (sc_money)(next(&state) % 100000000);
        const int64_t part = (int64_t)(next(&state) % ((uint64_t)SC_DISCOUNT_WHOLE + 1));
        EXPECT_MONEY(sc_money_share(m, part, SC_DISCOUNT_WHOLE), share_plainly(m, part));
    }
}

/* Lines of random sizes: each rounds once, and the total is the sum of its lines. */
static void line_items(void)
{
    static const own_table own[] = {{"discounts.csv", DISCOUNTS "odd,7.123457,,,,input,,,,own,\n"
                                                                "all,100,,,,output,,,,own,\n"}};
    sc_card *card = small_card("acme.a", LIST, own, 1, NULL);
    uint64_t state = 99;
    for (int i = 0; card != NULL && i < 500; i++) {
        const sc_buy buy = {model_of(card, "acme.a"), 1, SC_SCOPE_GEO, SC_TIER_STANDARD};
        const sc_usage_line lines[] = {{SC_METER_INPUT, (int64_t)(next(&state) % 1000000007), NULL},
                                       {SC_METER_OUTPUT, (int64_t)(next(&state) % 1000003), NULL}};
        sc_line_item items[2];
        sc_money total = -1, sum = 0;
        EXPECT_I64(sc_card_price(card, &buy, lines, 2, 1000000, 0, day_of("2026-09-01"), NULL, items, &total, NULL),
                   SC_OK);
        for (int k = 0; k < 2; k++) {
            EXPECT_MONEY(items[k].list, (sc_money)items[k].point->price * lines[k].quantity);
            EXPECT_MONEY(items[k].discount, share_plainly(items[k].list, items[k].off->share));
            EXPECT_MONEY(items[k].cost, items[k].list - items[k].discount);
            sum += items[k].cost;
        }
        EXPECT_MONEY(total, sum);
        EXPECT_MONEY(items[1].cost, 0);
    }
    sc_card_free(card);
}

static void commitments(void)
{
    static const own_table own[] = {
        {"commitments.csv",
         COMMITMENTS "cap,acme.a,us-east-1,geo,reserved,reserved_input_tpm_1mo,,100,2026-06-29,2026-07-03,shop,own,\n"
                     "endless,acme.a,us-east-1,geo,reserved,reserved_input_tpm_1mo,,1,2026-12-30,,,own,\n"},
        {"discounts.csv", DISCOUNTS "shop,50,,,,,project=shop,2026-07-02,,own,\n"}};
    sc_card *card = small_card("acme.a", LIST, own, 2, NULL);
    sc_money list = -1, discount = -1;
    if (card == NULL)
        return;
    const sc_commitment *c = sc_card_commitment(card, 0);
    const sc_money day = (sc_money)SC_FEMTO_PER_USD * 24; /* 100 units at 0.01 a unit and hour */
    EXPECT_I64(sc_card_commitment_count(card), 2);
    /* two days at 0.18, two at 0.20, the last of them at half the price */
    EXPECT_I64(sc_card_commitment_cost(card, c, SC_DAY_MIN, SC_DAY_MAX, &list, &discount, NULL), SC_OK);
    EXPECT_MONEY(list, day * (18 + 18 + 20 + 20));
    EXPECT_MONEY(discount, day * 10);
    EXPECT_I64(sc_card_commitment_cost(card, c, day_of("2026-06-30"), day_of("2026-07-02"), &list, &discount, NULL),
               SC_OK);
    EXPECT_MONEY(list, day * (18 + 20));
    EXPECT_MONEY(discount, 0);
    EXPECT_I64(sc_card_commitment_cost(card, c, day_of("2026-07-03"), day_of("2026-09-02"), &list, &discount, NULL),
               SC_OK);
    EXPECT_MONEY(list, 0);
    /* the price ends before the commitment does */
    sc_errors errors = {0};
    EXPECT_I64(sc_card_commitment_cost(card, sc_card_commitment(card, 1), day_of("2026-12-30"), day_of("2027-01-02"),
                                       &list, &discount, &errors),
               SC_E_INPUT);
    EXPECT_I64(errors.count, 1);
    sc_card_free(card);
}

/* With nothing uncertain, the simulation is the exact price: list, discount from the middle of the horizon on, own
 * price of some days. */
static void simulated(void)
{
    static const char scenario[] =
        "{'spendcast': 1, 'horizon': {'start': '2026-12-01', 'days': 10}, 'projects': [{'id': 'p', 'tags': {'team': "
        "'search'}, 'workloads': [{'id': 'w', 'offer': {'model': 'us.anthropic.claude-sonnet-4-6', 'region': "
        "'us-east-2'},"
        " 'volume': {'requests_per_day': 1000, 'weekday': [1, 1, 1, 1, 1, 1, 1], 'day_cv': 0, 'burstiness': 0},"
        " 'tokens': {'input': 2000, 'output': 300}}]}]}";
    static const char folder[] = "tests/unit/data/own-rates";
    sc_card *card = NULL;
    sc_errors errors = {0};
    if (!EXPECT_I64(sc_card_load(NULL, folder, &card, &errors), SC_OK))
        return;
    const sc_sim_options o = {.seed = 3, .trials = 200, .threads = 1, .as_of = SC_DAY_MAX};
    sc_scenario *s = sc_fixture_scenario(card, "%s", scenario);
    sc_sim *r = s != NULL ? sc_fixture_simulate(s, card, &o, "project", SC_PERIOD_TOTAL) : NULL;
    if (r != NULL) {
        /* 4 days of 2M input at 3.30, 6 at 3.00; 0.3M output at 16.50; from the sixth day on 20 % off input, 10 % off
         * everything else */
        const double input = 2.0 * 3.3, own_input = 2.0 * 3.0, output = 0.3 * 16.5;
        const double list = 4 * input + 6 * own_input + 10 * output;
        const double cost = 4 * input + own_input + 5 * output + 5 * (0.8 * own_input + 0.9 * output);
        EXPECT_REL(sc_sim_mean(r, 0, 0).value, cost, 1e-12);
        EXPECT_REL(sc_sim_list_cost(r, 0, 0), list, 1e-12);
    }
    sc_sim_free(r);
    sc_scenario_free(s);
    sc_card_free(card);
}

CU_ErrorCode test_own_rates_register(void)
{
    CU_pSuite suite = CU_add_suite("own_rates", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "own prices", own_prices) == NULL ||
        CU_add_test(suite, "which discount", which_discount) == NULL ||
        CU_add_test(suite, "rounding", rounding) == NULL || CU_add_test(suite, "line items", line_items) == NULL ||
        CU_add_test(suite, "commitments", commitments) == NULL || CU_add_test(suite, "simulated", simulated) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
