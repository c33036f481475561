/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rating.c - which price points usage as stated is billed at, and what stands in where it or the card is silent.
 */
#include "spendcast/rating.h"

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "rates_fixture.h"

/* us-east-1 is put into the group of eu-west-1's profiles by nobody: the reference region of the small card is its
 * first one, eu-west-1. */
#define ROW(model, regions, scopes, tier, meter, usd) \
    model "," regions "," scopes "," tier "," meter ",,,,1M_tokens," usd ",,,docs,2026-09-01,\n"
#define ROWS                                                                                             \
    ROW("acme.a", "eu-west-1 us-east-1", "in_region geo", "standard", "input", "3")                      \
    ROW("acme.a", "eu-west-1 us-east-1", "in_region geo", "standard", "output", "15")                    \
    ROW("acme.a", "eu-west-1", "in_region geo", "standard", "cache_read", "0.3")                         \
    ROW("acme.a", "eu-west-1", "in_region geo", "standard", "cache_write_5m", "3.75")                    \
    ROW("acme.a", "eu-west-1", "in_region geo", "standard", "cache_write_1h", "6")                       \
    ROW("acme.a", "us-east-1", "in_region", "batch", "input", "1.5")                                     \
    ROW("acme.b", "eu-west-1", "in_region", "standard", "input", "2")                                    \
    ROW("acme.b", "eu-west-1", "in_region", "standard", "output", "4")                                   \
    ROW("acme.b", "eu-west-1", "in_region", "standard", "cache_read", "0.2")                             \
    ROW("acme.b", "us-east-1", "in_region", "standard", "input", "1")                                    \
    ROW("acme.c", "eu-west-1", "in_region", "standard", "input", "2")                                    \
    ROW("acme.c", "eu-west-1", "in_region", "standard", "output", "4")                                   \
    ROW("acme.c", "eu-west-1", "in_region", "standard", "cache_read", "0.2")                             \
    ROW("acme.c", "us-east-1", "in_region", "standard", "cache_read", "0.2")                             \
    ROW("acme.d", "eu-west-1", "in_region", "standard", "input", "1")                                    \
    ROW("acme.d", "eu-west-1", "in_region", "standard", "cache_read", "0.1")                             \
    ROW("acme.d", "eu-west-1", "in_region", "standard", "cache_write_1h", "2")                           \
    ROW("acme.e", "eu-west-1", "in_region", "standard", "input", "1")                                    \
    ROW("acme.e", "eu-west-1", "in_region", "standard", "cache_read", "0.1")                             \
    ROW("acme.e", "eu-west-1", "in_region", "standard", "cache_write", "7")                              \
    "acme.e,eu-west-1,in_region,standard,output_image,,,,image,0.04,,,docs,2026-09-01,\n"                \
    "acme.e,eu-west-1,in_region,standard,output,,,,1M_tokens,5,2026-01-01,2026-07-01,docs,2026-09-01,\n" \
    "acme.e,eu-west-1,in_region,standard,output,,,,1M_tokens,4,2026-07-01,,docs,2026-09-01,\n"

static sc_card *card;
static sc_errors card_errors; /* no assertion may fail before the first test runs */

static int make_card(void)
{
    card = small_card("acme.a acme.b acme.c acme.d acme.e", ROWS, NULL, 0, &card_errors);
    if (card == NULL)
        printf("    %s\n", card_errors.item[0].text);
    return card == NULL;
}

static int free_card(void)
{
    sc_card_free(card);
    return 0;
}

static sc_rater a_rater(void)
{
    return (sc_rater){.card = card, .as_of = SC_DAY_MAX, .assume_region = -1, .reprice_scope = -1, .reprice_tier = -1};
}

static sc_rate_key a_key(const char *model, const char *region)
{
    return (sc_rate_key){sc_text_of(model), sc_text_of(region), -1, -1, 20000, 0, 0};
}

/* "3 15 0.3* - ...": the price of each token meter, '*' = of another region. */
static const char *shown(const sc_rating *r, char text[120])
{
    size_t n = 0;
    text[0] = '\0';
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        n += (size_t)snprintf(text + n, 120 - n, "%s%s%s", m > 0 ? " " : "", r->point[m] ? r->point[m]->usd : "-",
                              r->assumed >> m & 1 ? "*" : "");
    return text;
}

static void rates(void)
{
    static const struct {
        const char *model, *region;
        int scope, tier;
        const char *expected; /* input output cache_read cache_write cache_write_5m 30m 1h */
    } cases[] = {
        {"acme.a", "eu-west-1", -1, -1, "3 15 0.3 3.75 3.75 - 6"},
        {"eu.acme.a", "eu-west-1", -1, -1, "3 15 0.3 3.75 3.75 - 6"},
        {"acme.a", "eu-west-1", SC_SCOPE_GEO, SC_TIER_STANDARD, "3 15 0.3 3.75 3.75 - 6"},
        {"acme.a", "eu-west-1", SC_SCOPE_GLOBAL, -1, "- - - - - - -"},
        {"acme.a", "us-east-1", -1, SC_TIER_BATCH, "1.5 - - - - - -"},
        /* the same input and output as in the reference region: its cache prices are assumed */
        {"acme.a", "us-east-1", -1, -1, "3 15 0.3* 3.75* 3.75* - 6*"},
        /* another input price: nothing is assumed */
        {"acme.b", "us-east-1", -1, -1, "1 - - - - - -"},
        /* an equal cache price alone says nothing of input, and never gives an input price */
        {"acme.c", "us-east-1", -1, -1, "- - 0.2 - - - -"},
        {"acme.b", "eu-west-1", -1, -1, "2 4 0.2 2 2 2 2"}, /* reads have a price, writes none: billed as input */
        {"acme.d", "eu-west-1", -1, -1, "1 - 0.1 2 - - 2"}, /* a longer life's price is no price of a shorter one */
        {"acme.e", "eu-west-1", -1, -1, "1 5 0.1 7 7 7 7"},
        {"acme.e", "", -1, -1, "1 5 0.1 7 7 7 7"},
        {"acme.x", "eu-west-1", -1, -1, "- - - - - - -"},
        {"", "eu-west-1", -1, -1, "- - - - - - -"},
        {"acme.e", "mars-1", -1, -1, "- - - - - - -"},
    };
    const sc_rater r = a_rater();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_rate_key key = a_key(cases[i].model, cases[i].region);
        sc_rating out;
        char text[120];
        key.scope = cases[i].scope;
        key.tier = cases[i].tier;
        key.day = day_of("2026-03-01");
        sc_rate(&r, &key, &out);
        if (!EXPECT_STR(shown(&out, text), cases[i].expected))
            printf("    %s in %s\n", cases[i].model, cases[i].region);
        EXPECT_I64(out.region_assumed, cases[i].region[0] == '\0');
        EXPECT_I64(out.model == NULL, strlen(cases[i].model) == 0 || strcmp(cases[i].model, "acme.x") == 0);
    }
}

static void days(void)
{
    sc_rater r = a_rater();
    sc_rate_key key = a_key("acme.e", "eu-west-1");
    sc_rating out;
    key.day = day_of("2026-06-30");
    sc_rate(&r, &key, &out);
    EXPECT_STR(out.point[SC_METER_OUTPUT]->usd, "5");
    key.day = day_of("2026-07-01");
    sc_rate(&r, &key, &out);
    EXPECT_STR(out.point[SC_METER_OUTPUT]->usd, "4");
    key.day = day_of("2025-12-31");
    sc_rate(&r, &key, &out);
    EXPECT_TRUE(out.point[SC_METER_OUTPUT] == NULL && out.model != NULL);
    r.as_of = day_of("2026-08-01");
    sc_rate(&r, &key, &out);
    EXPECT_STR(out.point[SC_METER_OUTPUT]->usd, "4");
}

static const char *usd_at(const sc_rating *r, sc_meter m) { return r->point[m] != NULL ? r->point[m]->usd : ""; }

/* Cached tokens billed as input, or with another lifetime. */
static void cached_otherwise(void)
{
    static const struct {
        const char *model;
        sc_cache_as as;
        const char *read, *write, *write_5m, *write_1h;
    } cases[] = {
        {"acme.a", SC_CACHE_AS_USED, "0.3", "3.75", "3.75", "6"},
        {"acme.a", SC_CACHE_AS_INPUT, "3", "3", "3", "3"},
        {"acme.a", SC_CACHE_AS_WRITES_5M, "0.3", "3.75", "3.75", "3.75"},
        {"acme.a", SC_CACHE_AS_WRITES_1H, "0.3", "6", "6", "6"},
        {"acme.b", SC_CACHE_AS_WRITES_1H, "0.2", "2", "2", "2"}, /* writes cost what input costs */
        {"acme.d", SC_CACHE_AS_WRITES_5M, "0.1", "", "", ""},    /* a lifetime that it does not have */
    };
    char why[300];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_rater r = a_rater();
        sc_rating out;
        const sc_rate_key key = a_key(cases[i].model, "eu-west-1");
        r.cache_as = cases[i].as;
        sc_rate(&r, &key, &out);
        int ok = EXPECT_STR(usd_at(&out, SC_METER_CACHE_READ), cases[i].read);
        ok = EXPECT_STR(usd_at(&out, SC_METER_CACHE_WRITE), cases[i].write) && ok;
        ok = EXPECT_STR(usd_at(&out, SC_METER_CACHE_WRITE_5M), cases[i].write_5m) && ok;
        ok = EXPECT_STR(usd_at(&out, SC_METER_CACHE_WRITE_1H), cases[i].write_1h) && ok;
        if (!ok)
            printf("    case %zu\n", i);
        if (cases[i].write[0] == '\0')
            EXPECT_TRUE(strstr(sc_rate_why(&r, &key, SC_METER_CACHE_WRITE_1H, why, sizeof why), "cache_write_5m") !=
                        NULL);
    }
}

/* Another model stands in for usage that is tokens alone. */
static void other_meters_stay(void)
{
    sc_rater r = a_rater();
    sc_rate_key key = a_key("acme.e", "eu-west-1");
    sc_rating out;
    int assumed;
    r.reprice = "acme.a";
    sc_rate(&r, &key, &out);
    EXPECT_STR(out.model->id, "acme.a");
    key.as_stated = 1;
    sc_rate(&r, &key, &out);
    EXPECT_STR(out.model->id, "acme.e");
    const sc_price_point *p = sc_rate_meter(&r, &key, SC_METER_OUTPUT_IMAGE, "", &assumed);
    EXPECT_STR(p != NULL ? p->usd : "", "0.04");
}

static void assumed_region(void)
{
    sc_rater r = a_rater();
    sc_rate_key key = a_key("acme.e", "us-east-1");
    sc_rating out;
    char text[120];
    int assumed;
    EXPECT_TRUE(sc_rate_meter(&r, &key, SC_METER_OUTPUT_IMAGE, "", &assumed) == NULL);
    r.assume_region = sc_card_region_of(card, "eu-west-1");
    key.day = day_of("2026-03-01");
    sc_rate(&r, &key, &out);
    EXPECT_STR(shown(&out, text), "1* 5* 0.1* 7* 7* 7* 7*");
    const sc_price_point *p = sc_rate_meter(&r, &key, SC_METER_OUTPUT_IMAGE, "", &assumed);
    EXPECT_TRUE(p != NULL && assumed);
    key = a_key("acme.b", "us-east-1"); /* has prices of its own */
    sc_rate(&r, &key, &out);
    EXPECT_STR(shown(&out, text), "1 - - - - - -");
}

static void repriced(void)
{
    static const struct {
        const char *model, *reprice;
        int scope, tier, reprice_scope, reprice_tier; /* scope and tier: of the usage */
        sc_scope expected_scope;
        sc_tier expected_tier;
    } cases[] = {
        {"acme.b", "acme.a", -1, -1, -1, -1, SC_SCOPE_IN_REGION, SC_TIER_STANDARD},
        {"eu.acme.b", "acme.a", -1, -1, -1, -1, SC_SCOPE_GEO, SC_TIER_STANDARD}, /* routed as the usage was */
        {"acme.b", "acme.a", SC_SCOPE_GEO, SC_TIER_BATCH, -1, -1, SC_SCOPE_GEO, SC_TIER_BATCH},
        {"acme.b", "eu.acme.a", SC_SCOPE_GLOBAL, -1, -1, -1, SC_SCOPE_GEO, SC_TIER_STANDARD},
        {"acme.b", "eu.acme.a", -1, -1, SC_SCOPE_IN_REGION, SC_TIER_FLEX, SC_SCOPE_IN_REGION, SC_TIER_FLEX},
        {"gone.model", "acme.a", -1, -1, -1, -1, SC_SCOPE_IN_REGION, SC_TIER_STANDARD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_rater r = a_rater();
        sc_rate_key key = a_key(cases[i].model, "eu-west-1");
        sc_rating out;
        key.scope = cases[i].scope;
        key.tier = cases[i].tier;
        r.reprice = cases[i].reprice;
        r.reprice_scope = cases[i].reprice_scope;
        r.reprice_tier = cases[i].reprice_tier;
        sc_rate(&r, &key, &out);
        if (!EXPECT_TRUE(out.model != NULL) || !EXPECT_STR(out.model->id, "acme.a") ||
            !EXPECT_I64(out.buy.scope, cases[i].expected_scope) || !EXPECT_I64(out.buy.tier, cases[i].expected_tier))
            printf("    case %zu\n", i);
    }
}

static void reasons(void)
{
    const sc_rater r = a_rater();
    static char endless[3000];
    char why[300];
    memset(endless, 'x', sizeof endless - 1);
    const struct {
        const char *model, *region, *why;
        int meter;
    } cases[] = {
        {"", "eu-west-1", "no model is stated", -1},
        {endless, "eu-west-1", "the model id is too long", -1},
        {"acme.a", "mars-1", "unknown region 'mars-1'", -1},
        {"acme.a", "eu-west-1", "", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const sc_rate_key key = a_key(cases[i].model, cases[i].region);
        EXPECT_STR(sc_rate_why(&r, &key, cases[i].meter, why, sizeof why), cases[i].why);
    }
    const sc_rate_key key = a_key("acme.a", "us-east-1");
    EXPECT_TRUE(sc_rate_why(&r, &key, SC_METER_INPUT_IMAGE, why, sizeof why)[0] != '\0');
}

static void quantities(void)
{
    static const struct {
        int64_t price, millionths;
        const char *femto;
    } cases[] = {
        {40, 1000000, "40"}, {1, 500000, "0"},
        {3, 500000, "2"},    {1, 500001, "1"},
        {1, 499999, "0"},    {-3, 500000, "-2"},
        {-1, 500000, "0"},   {INT64_MAX, INT64_MAX, "85070591730234615847396907784233"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const sc_price_point p = {.price = cases[i].price};
        sc_int128 expected = -1;
        EXPECT_I64(sc_decimal_parse128(cases[i].femto, strlen(cases[i].femto), 0, &expected), SC_OK);
        EXPECT_MONEY(sc_rate_quantity(&p, cases[i].millionths), expected);
    }
}

CU_ErrorCode test_rating_register(void)
{
    static CU_TestInfo tests[] = {
        {"rates", rates},
        {"days", days},
        {"cached otherwise", cached_otherwise},
        {"other meters stay", other_meters_stay},
        {"assumed region", assumed_region},
        {"repriced", repriced},
        {"reasons", reasons},
        {"quantities", quantities},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"rating", make_card, free_card, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
