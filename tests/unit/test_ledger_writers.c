/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ledger_writers.c - writers that add up before they add to the ledger, and ledgers that tell less apart. */
#include <string.h>

#include "expect.h"
#include "ledger_fixture.h"

#define DAY 86400
#define MODEL "anthropic.claude-3-haiku-20240307-v1:0"

static sc_card *card;

static int make_card(void) { return sc_card_load(NULL, NULL, &card, NULL) == SC_OK ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    return 0;
}

/* Records of a few days in any order, dealt out to writers: the same as in order through one. */
static void shares_cells(void)
{
    enum { N = 5000, WRITERS = 3 };
    static sc_usage_record r[N];
    const sc_ledger_options o = sc_ledger_defaults(card);
    for (int i = 0; i < N; i++) {
        a_request(&r[i], (i * 7 % 40) * (DAY / 10));
        r[i].tokens[SC_METER_INPUT] = i;
        r[i].tokens[i % 11 == 0 ? SC_METER_CACHE_WRITE_1H : SC_METER_CACHE_READ] = i % 13;
        if (i % 5 == 0) {
            r[i].has_cost = SC_COST_BILLED;
            r[i].billed = i;
        }
    }
    sc_ledger *one = ledger_of(&o, r, N), *l = sc_ledger_new(&o);
    sc_ledger_writer *w[WRITERS];
    for (int k = 0; k < WRITERS; k++)
        w[k] = sc_ledger_writer_new(l);
    for (int i = N - 1; i >= 0; i--)
        EXPECT_I64(sc_ledger_add(w[i % WRITERS], SC_USAGE_OWN, &r[i]), SC_OK);
    for (int k = 0; k < WRITERS; k++)
        sc_ledger_writer_free(w[k]);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    if (one != NULL)
        expect_same_bytes(one, l);
    sc_ledger_free(one);
    sc_ledger_free(l);
}

/* Numbers so large that sums could overflow go into the ledger at once, each with an answer of its own; what another
 * writer still holds then is refused as a whole. */
static void large_numbers(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record large, small;
    a_request(&large, 0);
    a_request(&small, 0);
    large.context = small.context = 100; /* of one band */
    large.tokens[SC_METER_OUTPUT] = 0;
    large.tokens[SC_METER_INPUT] = INT64_MAX - 150;
    for (int many = 0; many <= 1; many++) {
        sc_ledger *l = sc_ledger_new(&o);
        sc_ledger_writer *a = sc_ledger_writer_new(l), *b = sc_ledger_writer_new(l);
        EXPECT_I64(sc_ledger_add(a, SC_USAGE_OWN, &small), SC_OK); /* 100 */
        EXPECT_I64(sc_ledger_add(a, SC_USAGE_OWN, &large), SC_OK);
        EXPECT_I64(sc_ledger_add(a, SC_USAGE_OWN, &small), SC_E_INPUT);
        EXPECT_I64(sc_ledger_add(a, SC_USAGE_OWN, &large), SC_E_INPUT);
        if (many)
            EXPECT_I64(sc_ledger_add(b, SC_USAGE_OWN, &small), SC_OK);
        sc_ledger_writer_free(a);
        sc_ledger_writer_free(b);
        EXPECT_I64(sc_ledger_seal(l), many ? SC_E_INPUT : SC_OK);
        sc_ledger_cell c;
        if (!many && EXPECT_I64(sc_ledger_cell_count(l), 1)) {
            EXPECT_I64(sc_ledger_cell_at(l, 0, &c)->tokens[SC_METER_INPUT], INT64_MAX - 50);
            EXPECT_I64(c.records, 2);
        }
        sc_ledger_free(l);
    }
}

static sc_money price_of(const sc_rater *rater, const sc_usage_record *r)
{
    const sc_rate_key key = {.model = r->dim[SC_DIM_MODEL],
                             .region = r->dim[SC_DIM_REGION],
                             .scope = r->scope,
                             .tier = r->tier,
                             .day = 20454};
    sc_rating rating;
    sc_rate(rater, &key, &rating);
    if (!EXPECT_TRUE(rating.point[SC_METER_INPUT] != NULL && rating.point[SC_METER_OUTPUT] != NULL))
        return 0;
    return sc_money_times(rating.point[SC_METER_INPUT]->price, r->tokens[SC_METER_INPUT]) +
           sc_money_times(rating.point[SC_METER_OUTPUT]->price, r->tokens[SC_METER_OUTPUT]);
}

/* Tiers set the price as each record comes, and are not told apart afterwards. */
static void folds_service(void)
{
    const sc_rater rater = a_rater(card);
    sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[2];
    o.rater = &rater;
    for (int i = 0; i < 2; i++) {
        a_request(&r[i], INT64_C(20454) * DAY);
        r[i].dim[SC_DIM_MODEL] = sc_text_of(MODEL);
        r[i].tier = i == 0 ? SC_TIER_STANDARD : SC_TIER_BATCH;
    }
    const sc_money both = price_of(&rater, &r[0]) + price_of(&rater, &r[1]);
    EXPECT_TRUE(price_of(&rater, &r[0]) != price_of(&rater, &r[1]));
    for (int fold = 0; fold <= 1; fold++) {
        o.fold_service = fold;
        sc_ledger *l = ledger_of(&o, r, 2);
        sc_ledger_cell c;
        sc_money sum = 0;
        for (size_t i = 0; l != NULL && i < sc_ledger_cell_count(l); i++)
            sum += sc_ledger_cell_at(l, i, &c)->cost;
        EXPECT_MONEY(sum, both);
        if (l != NULL && EXPECT_I64(sc_ledger_stream_count(l), fold ? 1 : 2))
            EXPECT_I64(sc_ledger_stream_at(l, 0)->tier, fold ? -1 : SC_TIER_STANDARD);
        sc_ledger_free(l);
    }
}

/* A ledger that never meets others holds the same usage, and cannot tell that it was counted before. */
static void is_alone(void)
{
    sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r;
    a_request(&r, 0);
    sc_ledger *met = ledger_of(&o, &r, 1), *into = sc_ledger_new(&o);
    o.is_alone = 1;
    sc_ledger *alone = ledger_of(&o, &r, 1);
    sc_ledger_cell a, b;
    if (met != NULL && alone != NULL) {
        sc_ledger_cell_at(met, 0, &a);
        sc_ledger_cell_at(alone, 0, &b);
        EXPECT_I64(a.tokens[SC_METER_INPUT], b.tokens[SC_METER_INPUT]);
        EXPECT_I64(sc_ledger_cell_count(alone), 1);
        sc_errors errors = {0};
        EXPECT_I64(sc_ledger_merge(into, met, &errors), SC_OK);
        EXPECT_I64(sc_ledger_merge(into, alone, &errors), SC_OK);
        EXPECT_I64(sc_ledger_merge(into, met, &errors), SC_E_INPUT);
    }
    sc_ledger_free(met);
    sc_ledger_free(alone);
    sc_ledger_free(into);
}

/* Prices change on a day; days between two changes share what was looked up. */
static void prices_by_day(void)
{
    enum { DAYS = 60 };
    const sc_rater rater = a_rater(card);
    sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[DAYS];
    o.rater = &rater;
    for (int i = 0; i < DAYS; i++) {
        a_request(&r[i], (INT64_C(20400) + i * 7) * DAY);
        r[i].dim[SC_DIM_MODEL] = sc_text_of("anthropic.claude-sonnet-5");
    }
    sc_ledger *l = ledger_of(&o, r, DAYS);
    for (size_t i = 0; l != NULL && i < sc_ledger_cell_count(l); i++) {
        sc_ledger_cell c;
        sc_ledger_cell_at(l, i, &c);
        const sc_rate_key key = {
            .model = r[0].dim[SC_DIM_MODEL], .region = r[0].dim[SC_DIM_REGION], .scope = -1, .tier = -1, .day = c.day};
        sc_rating rating;
        sc_rate(&rater, &key, &rating);
        sc_money expected = 0;
        for (int m = 0; m < SC_TOKEN_METERS; m++) {
            if (rating.point[m] != NULL)
                expected += sc_money_times(rating.point[m]->price, c.tokens[m]);
        }
        EXPECT_MONEY(c.cost, expected);
    }
    sc_ledger_free(l);
}

CU_ErrorCode test_ledger_writers_register(void)
{
    static CU_TestInfo tests[] = {
        {"writers share cells", shares_cells}, {"large numbers", large_numbers}, {"tiers folded", folds_service},
        {"a ledger alone", is_alone},          {"prices by day", prices_by_day}, CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"ledger_writers", make_card, free_card, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
