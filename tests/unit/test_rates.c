/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rates.c - the rate card: names of models, regions, price points, reasons and exact prices.
 *
 * Expected prices are those of pricing/ as the sources print them; a change of a price there shows here. */
#include "spendcast/rates.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static sc_card *card;

static int load_card(void) { return sc_card_load(NULL, NULL, &card, NULL) == SC_OK ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    card = NULL;
    return 0;
}

/* splitmix64 (Steele, Lea, Flood 2014): cases must be the same in every run. */
static uint64_t random_state;

static uint64_t random_bits(void)
{
    uint64_t z = random_state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static size_t random_below(size_t n) { return (size_t)(random_bits() % n); }

static sc_day day_of(const char *text)
{
    sc_day day = 0;
    EXPECT_I64(sc_day_parse(text, strlen(text), &day), SC_OK);
    return day;
}

static sc_money usd_of(const char *text)
{
    sc_int128 femto = -1;
    EXPECT_I64(sc_decimal_parse128(text, strlen(text), 15, &femto), SC_OK);
    return femto;
}

/* How the id says to buy, at the region the card picks. */
static sc_buy buy_of(const char *id, sc_tier tier, const char *date)
{
    sc_model_ref ref = {NULL, SC_SCOPE_IN_REGION, -1, -1};
    char why[400];
    if (!EXPECT_I64(sc_card_resolve(card, id, &ref, why, sizeof why), SC_OK))
        ref.model = sc_card_model(card, 0);
    return (sc_buy){ref.model, sc_card_pick_region(card, &ref, ref.scope, tier, -1, day_of(date), NULL), ref.scope,
                    tier};
}

/* ---- names ---- */

static void names(void)
{
    for (int i = 0; i < SC_SCOPES; i++)
        EXPECT_I64(sc_scope_of(sc_scope_name((sc_scope)i)), i);
    for (int i = 0; i < SC_TIERS; i++)
        EXPECT_I64(sc_tier_of(sc_tier_name((sc_tier)i)), i);
    for (int i = 0; i < SC_METERS; i++)
        EXPECT_I64(sc_meter_of(sc_meter_name((sc_meter)i)), i);
    for (int i = 0; i < SC_TTLS; i++)
        EXPECT_I64(sc_ttl_of(sc_ttl_name((sc_ttl)i)), i);
    EXPECT_I64(sc_scope_of("regional"), -1);
    EXPECT_I64(sc_tier_of("Standard"), -1);
    EXPECT_I64(sc_meter_of("input_tokens"), -1);
    EXPECT_I64(sc_ttl_of("2h"), -1);
    EXPECT_I64(sc_ttl_write_meter(SC_TTL_30M), SC_METER_CACHE_WRITE_30M);
    EXPECT_ABS(sc_ttl_seconds(SC_TTL_1H), 3600.0, 0.0);
    EXPECT_I64(sc_meter_in_context(SC_METER_CACHE_READ), 1);
    EXPECT_I64(sc_meter_in_context(SC_METER_OUTPUT), 0);
}

static void resolved(void)
{
    static const struct {
        const char *id, *model, *scope, *geo, *region;
    } cases[] = {
        {"anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "in_region", "", ""},
        {"us.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "geo", "us", ""},
        {"eu.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "geo", "eu", ""},
        {"apac.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", "geo", "apac", ""},
        {"jp.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "geo", "jp", ""},
        {"au.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "geo", "au", ""},
        {"us-gov.anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-haiku-20240307-v1:0", "geo", "us-gov",
         ""},
        {"global.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "global", "", ""},
        /* aliases, with and without a prefix */
        {"anthropic.claude-haiku-4-5", "anthropic.claude-haiku-4-5-20251001-v1:0", "in_region", "", ""},
        {"claude-opus-4-8", "anthropic.claude-opus-4-8", "in_region", "", ""},
        {"global.anthropic.claude-opus-4-5-v1:0", "anthropic.claude-opus-4-5-20251101-v1:0", "global", "", ""},
        {"eu.anthropic.claude-haiku-4-5", "anthropic.claude-haiku-4-5-20251001-v1:0", "geo", "eu", ""},
        /* ARNs; the ids hold colons of their own */
        {"arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", "in_region", "",
         "eu-west-1"},
        {"arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6",
         "anthropic.claude-sonnet-4-6", "geo", "us", "us-west-2"},
        {"arn:aws:bedrock:ap-northeast-1:123456789012:inference-profile/global.anthropic.claude-sonnet-4-6",
         "anthropic.claude-sonnet-4-6", "global", "", "ap-northeast-1"},
        {"arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
         "anthropic.claude-3-haiku-20240307-v1:0", "in_region", "", "us-gov-west-1"},
        {"arn:aws:bedrock:::foundation-model/amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", "in_region", "", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_model_ref ref;
        char why[400];
        if (!EXPECT_I64(sc_card_resolve(card, cases[i].id, &ref, why, sizeof why), SC_OK)) {
            EXPECT_STR(why, cases[i].id);
            continue;
        }
        const char *geo = sc_card_geo_name(card, ref.geo);
        EXPECT_STR(why, "");
        EXPECT_STR(ref.model->id, cases[i].model);
        EXPECT_STR(sc_scope_name(ref.scope), cases[i].scope);
        EXPECT_STR(geo != NULL ? geo : "", cases[i].geo);
        EXPECT_STR(ref.region >= 0 ? sc_card_region(card, (size_t)ref.region)->code : "", cases[i].region);
    }
    /* every id and every model with a global prefix names itself */
    for (size_t i = 0; i < sc_card_model_count(card); i++) {
        const sc_model *m = sc_card_model(card, i);
        sc_model_ref ref;
        char id[200];
        if (EXPECT_I64(sc_card_resolve(card, m->id, &ref, NULL, 0), SC_OK))
            EXPECT_TRUE(ref.model == m && ref.scope == SC_SCOPE_IN_REGION);
        (void)snprintf(id, sizeof id, "global.%s", m->id);
        if (EXPECT_I64(sc_card_resolve(card, id, &ref, NULL, 0), SC_OK))
            EXPECT_TRUE(ref.model == m && ref.scope == SC_SCOPE_GLOBAL);
    }
}

static void not_resolved(void)
{
    static const struct {
        const char *id, *why;
    } cases[] = {
        {"anthropic.claude-sonet-4-6",
         "unknown model 'anthropic.claude-sonet-4-6'; did you mean 'anthropic.claude-sonnet-4-6'?"},
        {"eu.anthropic.claude-sonet-4-6",
         "unknown model 'eu.anthropic.claude-sonet-4-6'; did you mean 'eu.anthropic.claude-sonnet-4-6'?"},
        {"global.amazon.nova-por-v1:0",
         "unknown model 'global.amazon.nova-por-v1:0'; did you mean 'global.amazon.nova-pro-v1:0'?"},
        {"asia.anthropic.claude-sonnet-4-6",
         "unknown profile prefix 'asia', expected apac, jp, in, au, ca, us, eu, us-gov or global"},
        {"globl.anthropic.claude-sonnet-4-6", "unknown profile prefix 'globl'; did you mean 'global'?"},
        {"us.us.anthropic.claude-sonnet-4-6",
         "unknown model 'us.us.anthropic.claude-sonnet-4-6'; did you mean 'us.anthropic.claude-sonnet-4-6'?"},
        {"antropic.claude-sonnet-4-6",
         "unknown model 'antropic.claude-sonnet-4-6'; did you mean 'anthropic.claude-sonnet-4-6'?"},
        {"", "unknown model ''; `spendcast rates list` shows the known ones"},
        {"us.", "unknown model 'us.'; `spendcast rates list` shows the known ones"},
        {"frobnicate", "unknown model 'frobnicate'; `spendcast rates list` shows the known ones"},
        {"arn:aws:bedrock:us-east-1", "'arn:aws:bedrock:us-east-1' is not an ARN, expected "
                                      "arn:aws:bedrock:REGION:ACCOUNT:KIND/ID"},
        {"arn:aws:bedrock:us-est-1::foundation-model/amazon.nova-pro-v1:0",
         "unknown region 'us-est-1' in 'arn:aws:bedrock:us-est-1::foundation-model/amazon.nova-pro-v1:0'"},
        {"arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl",
         "'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl' does not name its model, "
         "expected the ARN of a foundation-model or inference-profile"},
        {"arn:aws:bedrock:eu-west-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6",
         "region 'eu-west-1' is no source region of 'us.' profiles"},
        {"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-por-v1:0",
         "unknown model 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-por-v1:0'; did you mean "
         "'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0'?"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_model_ref ref = {NULL, SC_SCOPE_GLOBAL, 7, 7};
        char why[400] = "";
        EXPECT_I64(sc_card_resolve(card, cases[i].id, &ref, why, sizeof why), SC_E_INPUT);
        EXPECT_STR(why, cases[i].why);
        EXPECT_TRUE(ref.model == NULL && ref.region == 7);
    }
}

/* A reason that does not fit is cut, never written past its buffer, however long the id is. */
static void short_reasons(void)
{
    char id[600];
    memset(id, 'x', sizeof id - 1);
    id[sizeof id - 1] = '\0';
    const char *const ids[] = {"anthropic.claude-sonet-4-6", "frobnicate", "arn:aws:bedrock", "nova-pr", id};
    for (size_t i = 0; i < COUNT(ids); i++) {
        int overruns = 0;
        for (size_t size = 1; size <= 64; size++) {
            char why[1024];
            sc_model_ref ref;
            memset(why, '#', sizeof why);
            EXPECT_I64(sc_card_resolve(card, ids[i], &ref, why, size), SC_E_INPUT);
            EXPECT_TRUE(memchr(why, '\0', size) != NULL);
            for (size_t at = size; at < sizeof why; at++)
                overruns += why[at] != '#';
        }
        if (!EXPECT_I64(overruns, 0))
            (void)fprintf(stderr, "  bytes past the buffer for '%.40s'\n", ids[i]);
    }
}

static void regions_picked(void)
{
    static const struct {
        const char *id, *stated, *picked;
        sc_tier tier;
        int varies;
    } cases[] = {
        {"us.anthropic.claude-sonnet-4-6", "", "us-east-2", SC_TIER_STANDARD, 0},
        {"anthropic.claude-haiku-4-5", "", "us-east-2", SC_TIER_STANDARD, 0},
        {"global.openai.gpt-5.6-sol", "", "us-east-2", SC_TIER_STANDARD, 0},
        /* the first region of the prefix' group that has the model */
        {"eu.anthropic.claude-sonnet-4-6", "", "eu-central-1", SC_TIER_STANDARD, 0},
        {"jp.anthropic.claude-sonnet-4-6", "", "ap-northeast-1", SC_TIER_STANDARD, 0},
        {"au.anthropic.claude-sonnet-4-6", "", "ap-southeast-2", SC_TIER_STANDARD, 0},
        {"apac.amazon.nova-pro-v1:0", "", "ap-northeast-1", SC_TIER_STANDARD, 1},
        {"apac.amazon.nova-pro-v1:0", "", "ap-northeast-1", SC_TIER_BATCH, 1},
        /* not sold in us-east-2: the first region that has it */
        {"mistral.mistral-7b-instruct-v0:2", "", "ap-south-1", SC_TIER_STANDARD, 1},
        /* another price elsewhere; in the second case neighbours in the list have the same */
        {"amazon.nova-pro-v1:0", "", "us-east-2", SC_TIER_STANDARD, 1},
        {"google.gemma-3-12b-it", "", "us-east-2", SC_TIER_STANDARD, 1},
        {"amazon.nova-2-sonic-v1:0", "", "us-east-2", SC_TIER_STANDARD, 1},
        /* stated, or in the ARN: nothing was assumed, so nothing varies */
        {"amazon.nova-pro-v1:0", "eu-west-1", "eu-west-1", SC_TIER_STANDARD, 0},
        {"amazon.nova-pro-v1:0", "mx-central-1", "mx-central-1", SC_TIER_STANDARD, 0},
        {"arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0", "", "eu-west-1", SC_TIER_STANDARD, 0},
        {"arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0", "us-east-1", "us-east-1", SC_TIER_STANDARD,
         0},
        /* without any price */
        {"amazon.nova-reel-v1:0", "", "us-east-2", SC_TIER_STANDARD, 0},
        {"amazon.nova-pro-v1:0", "", "us-east-2", SC_TIER_RESERVED, 0},
        {"eu.anthropic.claude-sonnet-4-6", "", "eu-central-1", SC_TIER_FLEX, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_model_ref ref;
        int varies = 7;
        if (!EXPECT_I64(sc_card_resolve(card, cases[i].id, &ref, NULL, 0), SC_OK))
            continue;
        int stated = cases[i].stated[0] != '\0' ? sc_card_region_of(card, cases[i].stated) : -1;
        int region = sc_card_pick_region(card, &ref, ref.scope, cases[i].tier, stated, day_of("2026-11-22"), &varies);
        EXPECT_STR(sc_card_region(card, (size_t)region)->code, cases[i].picked);
        if (!EXPECT_I64(varies, cases[i].varies))
            (void)fprintf(stderr, "  %s\n", cases[i].id);
    }
    for (size_t r = 0; r < sc_card_region_count(card); r++)
        EXPECT_I64(sc_card_region_of(card, sc_card_region(card, r)->code), r);
    EXPECT_I64(sc_card_region_of(card, "us-east-3"), -1);
    int frankfurt = sc_card_region_of(card, "eu-central-1"), cape_town = sc_card_region_of(card, "af-south-1");
    EXPECT_I64(sc_card_region_serves(card, frankfurt, sc_card_geo_of(card, "eu")), 1);
    EXPECT_I64(sc_card_region_serves(card, frankfurt, sc_card_geo_of(card, "us")), 0);
    EXPECT_I64(sc_card_region_serves(card, frankfurt, -1), 1);
    EXPECT_I64(sc_card_region_serves(card, cape_town, sc_card_geo_of(card, "us")), 1); /* groups not known */
}

/* ---- why there is no price ---- */

static void reasons(void)
{
    static const struct {
        const char *id, *region;
        sc_tier tier;
        sc_meter meter;
        const char *variant;
        int64_t context;
        const char *date, *why;
    } cases[] = {
        {"global.openai.gpt-5.6-sol", "us-east-2", SC_TIER_STANDARD, SC_METER_INPUT, NULL, 0, "2026-08-16",
         "no input price for openai.gpt-5.6-sol (us-east-2, global, standard) on 2026-08-16: priced from 2026-08-17 "
         "on"},
        {"anthropic.claude-3-5-sonnet-20240620-v1:0", "us-east-2", SC_TIER_STANDARD, SC_METER_CACHE_READ, NULL, 0,
         "2025-12-01",
         "no cache_read price for anthropic.claude-3-5-sonnet-20240620-v1:0 (us-east-2, in_region, standard) on "
         "2025-12-01: priced until 2025-11-30"},
        {"openai.gpt-5.4", "us-east-2", SC_TIER_STANDARD, SC_METER_OUTPUT, NULL, 272000, "2026-08-28",
         "no output price for openai.gpt-5.4 (us-east-2, in_region, standard) at 272000 tokens of context: priced from "
         "0 to below 272000"},
        {"amazon.nova-2-sonic-v1:0", "us-east-2", SC_TIER_STANDARD, SC_METER_INPUT, NULL, 0, "2026-11-22",
         "no input price for amazon.nova-2-sonic-v1:0 (us-east-2, in_region, standard): priced as variant 'text'"},
        {"amazon.nova-2-sonic-v1:0", "us-east-2", SC_TIER_STANDARD, SC_METER_INPUT, "speech", 0, "2026-11-22",
         "no input price for amazon.nova-2-sonic-v1:0 (us-east-2, in_region, standard): priced as variant 'text'"},
        {"anthropic.claude-sonnet-4-6", "eu-west-1", SC_TIER_STANDARD, SC_METER_CACHE_READ, NULL, 0, "2026-11-22",
         "no cache_read price for anthropic.claude-sonnet-4-6 (eu-west-1, in_region, standard): priced in us-east-2"},
        {"amazon.nova-pro-v1:0", "mx-central-1", SC_TIER_STANDARD, SC_METER_INPUT, NULL, 0, "2026-11-22",
         "no input price for amazon.nova-pro-v1:0 (mx-central-1, in_region, standard): priced in ap-northeast-1, "
         "ap-northeast-2, ap-south-1, ap-southeast-1, ap-southeast-2, ap-southeast-4 and 14 more"},
        {"global.amazon.nova-pro-v1:0", "us-east-2", SC_TIER_STANDARD, SC_METER_INPUT, NULL, 0, "2026-11-22",
         "no input price for amazon.nova-pro-v1:0 (us-east-2, global, standard): sold as in_region, geo"},
        {"anthropic.claude-sonnet-4-6", "us-east-2", SC_TIER_FLEX, SC_METER_INPUT, NULL, 0, "2026-11-22",
         "no input price for anthropic.claude-sonnet-4-6 (us-east-2, in_region, flex): sold as standard, batch"},
        {"amazon.nova-pro-v1:0", "us-east-2", SC_TIER_STANDARD, SC_METER_CACHE_WRITE_1H, NULL, 0, "2026-11-22",
         "no cache_write_1h price for amazon.nova-pro-v1:0 (us-east-2, in_region, standard): priced meters are input, "
         "output, cache_read"},
        {"twelvelabs.marengo-embed-3-0-v1:0", "us-east-2", SC_TIER_STANDARD, SC_METER_INPUT, NULL, 0, "2026-11-22",
         "no input price for twelvelabs.marengo-embed-3-0-v1:0 (us-east-2, in_region, standard): the card has no price "
         "of this model"},
        {"amazon.nova-canvas-v1:0", "us-east-2", SC_TIER_STANDARD, SC_METER_OUTPUT_IMAGE, NULL, 0, "2026-09-01",
         "no output_image price for amazon.nova-canvas-v1:0 (us-east-2, in_region, standard): priced as variants "
         "'up to 1024 x 1024 premium', 'up to 1024 x 1024 standard', 'up to 2048 x 2048 premium', "
         "'up to 2048 x 2048 standard'"},
        {"amazon.nova-pro-v1:0", "us-east-2", SC_TIER_STANDARD, SC_METER_INPUT, "speech", 0, "2026-11-22",
         "no input price for amazon.nova-pro-v1:0 (us-east-2, in_region, standard): priced without a variant"},
        /* several parts are missing: none of them is named as if it were alone */
        {"global.openai.gpt-5.6-sol", "us-east-2", SC_TIER_STANDARD, SC_METER_INPUT_IMAGE, NULL, 0, "2026-08-01",
         "no input_image price for openai.gpt-5.6-sol (us-east-2, global, standard): priced meters are input, output, "
         "cache_read, cache_write_30m, but not on 2026-08-01"},
        {"amazon.nova-pro-v1:0", "mx-central-1", SC_TIER_STANDARD, SC_METER_CACHE_WRITE_1H, NULL, 0, "2026-11-22",
         "no cache_write_1h price for amazon.nova-pro-v1:0 (mx-central-1, in_region, standard): priced meters are "
         "input, output, cache_read, but not in mx-central-1"},
        {"global.nvidia.nemotron-nano-9b-v2", "ap-south-2", SC_TIER_PRIORITY, SC_METER_OUTPUT, NULL, 0, "2026-11-22",
         "no output price for nvidia.nemotron-nano-9b-v2 (ap-south-2, global, priority): sold as standard, batch, but "
         "not as global, nor in ap-south-2"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_buy buy = buy_of(cases[i].id, cases[i].tier, cases[i].date);
        buy.region = sc_card_region_of(card, cases[i].region);
        char why[480];
        sc_day day = day_of(cases[i].date);
        EXPECT_TRUE(sc_card_find(card, &buy, cases[i].meter, cases[i].variant, cases[i].context, day) == NULL);
        EXPECT_STR(
            sc_card_explain(card, &buy, cases[i].meter, cases[i].variant, cases[i].context, day, why, sizeof why),
            cases[i].why);
        for (size_t size = 1; size < 100; size++) { /* cut, not overrun */
            memset(why, '#', sizeof why);
            (void)sc_card_explain(card, &buy, cases[i].meter, cases[i].variant, cases[i].context, day, why, size);
            EXPECT_TRUE(memchr(why, '\0', size) != NULL && why[size] == '#');
        }
    }
}

/* The page's own words for a variant, where they can mean one only. */
static void variants(void)
{
    static const struct {
        const char *model;
        sc_meter meter;
        const char *text, *variant;
    } cases[] = {
        {"amazon.nova-reel-v1:1", SC_METER_OUTPUT_VIDEO_SECOND, "720p 24 fps", "720p 24 fps"},
        {"amazon.nova-reel-v1:1", SC_METER_OUTPUT_VIDEO_SECOND, "720p, 24 FPS", "720p 24 fps"},
        {"amazon.nova-reel-v1:1", SC_METER_OUTPUT_VIDEO_SECOND, "720p 24", "720p 24"},
        {"amazon.nova-reel-v1:1", SC_METER_OUTPUT_VIDEO_SECOND, "", ""},
        {"amazon.nova-reel-v1:1", SC_METER_OUTPUT_IMAGE, "720p, 24 fps", "720p, 24 fps"},
        {"amazon.nova-canvas-v1:0", SC_METER_OUTPUT_IMAGE, "Up to 1024 x 1024; premium", "up to 1024 x 1024 premium"},
        {"amazon.nova-2-sonic-v1:0", SC_METER_INPUT_AUDIO, "Speech", "speech"},
        {"amazon.nova-pro-v1:0", SC_METER_INPUT, "Speech", "Speech"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const sc_buy buy = buy_of(cases[i].model, SC_TIER_STANDARD, "2026-07-24");
        EXPECT_STR(sc_card_variant(card, buy.model, cases[i].meter, cases[i].text), cases[i].variant);
    }
}

/* ---- price points ---- */

/* Days: each price holds from its first day to the one before its last. */
static void effective_dates(void)
{
    static const struct {
        const char *id;
        int64_t context;
        const char *date, *usd;
    } cases[] = {
        {"openai.gpt-5.6-luna", 1000, "1970-01-01", "1.10"},
        {"openai.gpt-5.6-luna", 1000, "2026-07-29", "1.10"},
        {"openai.gpt-5.6-luna", 1000, "2026-07-30", "0.22"},
        {"openai.gpt-5.6-luna", 300000, "2026-08-02", "0.22"},
        {"openai.gpt-5.6-luna", 300000, "2026-08-03", "0.44"},
        {"openai.gpt-5.6-sol", 1000, "2026-08-20", "5.50"},
        {"openai.gpt-5.6-sol", 1000, "2026-08-21", "4.4"},
        {"openai.gpt-5.6-sol", 300000, "2026-08-20", "11"},
        {"openai.gpt-5.6-sol", 300000, "2026-08-21", "8.8"},
        {"global.openai.gpt-5.6-sol", 1000, "2026-08-16", ""},
        {"global.openai.gpt-5.6-sol", 1000, "2026-08-17", "5"},
        {"global.openai.gpt-5.6-sol", 1000, "9999-12-31", "4"},
        {"us.anthropic.claude-3-5-sonnet-20241022", 1000, "2025-11-30", "3"},
        {"us.anthropic.claude-3-5-sonnet-20241022", 1000, "2025-12-01", "6.00"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_buy buy = buy_of(cases[i].id, SC_TIER_STANDARD, "2026-11-22");
        const sc_price_point *p =
            sc_card_find(card, &buy, SC_METER_INPUT, NULL, cases[i].context, day_of(cases[i].date));
        if (!EXPECT_STR(p != NULL ? p->usd : "", cases[i].usd))
            (void)fprintf(stderr, "  %s on %s\n", cases[i].id, cases[i].date);
    }
}

/* The band is judged on what one request holds, cached tokens included and output excluded. */
static void context_bands(void)
{
    static const struct {
        int64_t input, read, output, requests, context;
        const char *usd; /* at 0.22 and 0.44 for input, 0.022 and 0.044 for reads, 1.32 and 1.98 for output */
    } cases[] = {
        {271999, 0, 0, 1, -1, "0.05983978"},     {272000, 0, 0, 1, -1, "0.11968"},
        {271999000, 0, 0, 1000, -1, "59.83978"}, {271999999, 0, 0, 1000, -1, "59.83999978"}, /* 271,999.999 a request */
        {272000000, 0, 0, 1000, -1, "119.68"},   {100000, 171999, 0, 1, -1, "0.025783978"},
        {100000, 172000, 0, 1, -1, "0.051568"},  {271999, 0, 500000, 1, -1, "0.71983978"},
        {1000, 0, 1000, 1, 271999, "0.00154"},   {1000, 0, 1000, 1, 272000, "0.00242"},
        {300000000, 0, 0, 1, 271999, "66"}, /* stated context overrides */
        {300000000, 0, 0, 1, 0, "66"},
    };
    sc_buy buy = buy_of("openai.gpt-5.6-luna", SC_TIER_STANDARD, "2026-11-22");
    for (size_t i = 0; i < COUNT(cases); i++) {
        const sc_usage_line lines[] = {{SC_METER_INPUT, cases[i].input, NULL},
                                       {SC_METER_CACHE_READ, cases[i].read, NULL},
                                       {SC_METER_OUTPUT, cases[i].output, ""}};
        sc_line_item items[3];
        sc_money total = -1;
        EXPECT_I64(sc_card_price(card, &buy, lines, 3, cases[i].requests, cases[i].context, day_of("2026-11-22"), NULL,
                                 items, &total, NULL),
                   SC_OK);
        EXPECT_MONEY(total, usd_of(cases[i].usd));
    }
}

/* The price point of a key by reading all of the card; *matches counts them. */
static const sc_price_point *naive_find(const sc_buy *buy, sc_meter meter, const char *variant, int64_t context,
                                        sc_day day, int *matches)
{
    const sc_price_point *found = NULL;
    *matches = 0;
    for (size_t i = 0; i < sc_card_point_count(card); i++) {
        const sc_price_point *p = sc_card_point(card, i);
        if (strcmp(p->model->id, buy->model->id) == 0 && p->meter == meter && p->tier == buy->tier &&
            (p->regions & UINT64_C(1) << buy->region) != 0 && (p->scopes & 1u << buy->scope) != 0 &&
            p->context_from <= context && context < p->context_to && p->from <= day && day < p->to &&
            strcmp(p->variant, variant) == 0) {
            found = p;
            (*matches)++;
        }
    }
    return found;
}

static void find_is_a_scan(void)
{
    int hits = 0, misses = 0;
    random_state = 20261122;
    for (int i = 0; i < 10000; i++) {
        const sc_price_point *p = sc_card_point(card, random_below(sc_card_point_count(card)));
        sc_buy buy = {p->model, __builtin_ctzll(p->regions), (sc_scope)__builtin_ctz(p->scopes), p->tier};
        sc_meter meter = p->meter;
        const char *variant = p->variant;
        /* the limits of the row's band and period, and the days and tokens beside them */
        int64_t context = (random_bits() & 1) != 0 ? p->context_from : p->context_to;
        sc_day day = (random_bits() & 1) != 0 ? p->from : p->to;
        if (context == INT64_MAX)
            context = 500000;
        if (day == SC_DAY_MIN || day == SC_DAY_MAX)
            day = day_of("2026-08-01") + (sc_day)random_below(60);
        context += context > 0 ? (int64_t)random_below(3) - 1 : 0;
        day += (sc_day)random_below(3) - 1;
        /* now and then another value for one part of the key */
        switch (random_below(10)) {
        case 0: buy.region = (int)random_below(sc_card_region_count(card)); break;
        case 1: buy.scope = (sc_scope)random_below(SC_SCOPES); break;
        case 2: buy.tier = (sc_tier)random_below(SC_TIERS); break;
        case 3: meter = (sc_meter)random_below(SC_METERS); break;
        case 4: variant = (random_bits() & 1) != 0 ? "" : "text"; break;
        default: break;
        }
        int matches;
        const sc_price_point *expected = naive_find(&buy, meter, variant, context, day, &matches);
        EXPECT_TRUE(matches <= 1);
        EXPECT_TRUE(sc_card_find(card, &buy, meter, variant, context, day) == expected);
        hits += expected != NULL;
        misses += expected == NULL;
    }
    EXPECT_TRUE(hits > 3000);
    EXPECT_TRUE(misses > 2000);
}

/* The price is the text of the table, exactly, per base unit; the points of a model lie together. */
static void points(void)
{
    size_t counted = 0;
    for (size_t i = 0; i < sc_card_point_count(card); i++) {
        const sc_price_point *p = sc_card_point(card, i);
        EXPECT_MONEY(sc_money_times(p->price, p->unit->per), usd_of(p->usd));
        EXPECT_TRUE((p->price > 0 || strcmp(p->note, "free of charge") == 0) && p->regions != 0 && p->scopes != 0 &&
                    p->from < p->to);
        EXPECT_TRUE(p->checked <= sc_card_checked(card));
    }
    for (size_t m = 0; m < sc_card_model_count(card); m++) {
        size_t first, n = sc_card_model_points(card, sc_card_model(card, m), &first);
        for (size_t i = first; i < first + n; i++)
            EXPECT_TRUE(sc_card_point(card, i)->model == sc_card_model(card, m));
        EXPECT_TRUE(m == 0 || strcmp(sc_card_model(card, m - 1)->id, sc_card_model(card, m)->id) < 0);
        counted += n;
    }
    EXPECT_I64(counted, sc_card_point_count(card));
}

/* ---- prices of usage ---- */

static void any_order(void)
{
    enum { LINES = 8 };
    sc_day day = day_of("2026-11-22");
    random_state = 7;
    for (int i = 0; i < 1000; i++) {
        const sc_price_point *p = sc_card_point(card, random_below(sc_card_point_count(card)));
        sc_buy buy = {p->model, __builtin_ctzll(p->regions), (sc_scope)__builtin_ctz(p->scopes), p->tier};
        sc_usage_line lines[LINES];
        sc_line_item items[LINES];
        sc_money sum = 0, total;
        size_t n = 0;
        for (int m = 0; m < SC_METERS && n < LINES; m++) {
            const sc_price_point *q = sc_card_find(card, &buy, (sc_meter)m, p->variant, 1000, day);
            if (q == NULL)
                continue;
            int64_t quantity = (int64_t)(random_bits() >> (5 + random_below(58)));
            lines[n++] = (sc_usage_line){(sc_meter)m, quantity, p->variant};
            sum += (sc_money)quantity * usd_of(q->usd) / q->unit->per;
        }
        for (int order = 0; order < 3; order++) {
            EXPECT_I64(sc_card_price(card, &buy, lines, n, 1, 1000, day, NULL, items, &total, NULL), SC_OK);
            EXPECT_MONEY(total, sum);
            for (size_t k = 0; k < n; k++)
                EXPECT_TRUE(items[k].meter == lines[k].meter && items[k].quantity == lines[k].quantity &&
                            items[k].cost == sc_money_times(items[k].point->price, lines[k].quantity));
            for (size_t k = n; k > 1; k--) { /* Fisher-Yates */
                size_t other = random_below(k);
                sc_usage_line kept = lines[k - 1];
                lines[k - 1] = lines[other];
                lines[other] = kept;
            }
        }
    }
}

/* Prices one line and returns what was reported, "" = nothing. */
static const char *reported(const char *id, sc_meter meter, int64_t tokens, const char *date, const char *expected_usd)
{
    static char texts[2 * 480];
    sc_buy buy = buy_of(id, SC_TIER_STANDARD, date);
    const sc_usage_line line = {meter, tokens, NULL};
    sc_line_item item;
    sc_money total = -1;
    sc_errors errors = {0};
    texts[0] = '\0';
    EXPECT_I64(sc_card_price(card, &buy, &line, 1, 1, -1, day_of(date), NULL, &item, &total, &errors), SC_OK);
    EXPECT_MONEY(total, usd_of(expected_usd));
    EXPECT_I64(errors.errors, 0);
    for (int i = 0; i < errors.count && i < 2; i++) {
        EXPECT_TRUE(errors.item[i].warning);
        (void)snprintf(texts + strlen(texts), sizeof texts - strlen(texts), "%s%s", i > 0 ? "|" : "",
                       errors.item[i].text);
    }
    return texts;
}

static void warnings(void)
{
    static const char opus_4[] = "anthropic.claude-opus-4-20250514-v1:0";
    static const char retired[] =
        "anthropic.claude-opus-4-20250514-v1:0 is retired since 2026-05-31: these are its last "
        "known prices";
    EXPECT_STR(reported(opus_4, SC_METER_INPUT, 1000, "2026-05-30", "0.015"), "");
    EXPECT_STR(reported(opus_4, SC_METER_INPUT, 1000, "2026-05-31", "0.015"), retired);
    EXPECT_STR(reported(opus_4, SC_METER_INPUT, 1000, "2027-05-31", "0.015"), retired);
    EXPECT_STR(reported("anthropic.claude-haiku-4-5", SC_METER_INPUT, 1000, "2025-10-15", "0.0011"), "");
    EXPECT_STR(reported("anthropic.claude-haiku-4-5", SC_METER_INPUT, 1000, "2025-10-14", "0.0011"),
               "anthropic.claude-haiku-4-5-20251001-v1:0 was released on 2025-10-15 only: these are its first known "
               "prices");
    EXPECT_STR(reported("anthropic.claude-haiku-4-5", SC_METER_INPUT, 200000, "2026-11-22", "0.22"), "");
    EXPECT_STR(reported("anthropic.claude-haiku-4-5", SC_METER_INPUT, 200001, "2026-11-22", "0.2200011"),
               "200001 tokens of context in one request, but the window of anthropic.claude-haiku-4-5-20251001-v1:0 "
               "holds 200000");
    EXPECT_STR(reported("anthropic.claude-haiku-4-5", SC_METER_OUTPUT, 64000, "2026-11-22", "0.352"), "");
    EXPECT_STR(reported("anthropic.claude-haiku-4-5", SC_METER_OUTPUT, 64001, "2026-11-22", "0.3520055"),
               "64001 tokens of output in one request, but anthropic.claude-haiku-4-5-20251001-v1:0 gives at most "
               "64000");
}

/* A meter without a price is an error of its own; the others are still priced, and it is never taken as 0. */
static void unpriced(void)
{
    sc_buy buy = buy_of("amazon.nova-pro-v1:0", SC_TIER_STANDARD, "2026-11-22");
    const sc_usage_line lines[] = {{SC_METER_INPUT, 1000000, NULL},
                                   {SC_METER_CACHE_WRITE_5M, 1, NULL},
                                   {SC_METER_REQUEST, 0, NULL},
                                   {SC_METER_OUTPUT, 1000000, NULL}};
    sc_line_item items[4] = {{.point = NULL}};
    sc_money total;
    sc_errors errors = {0};
    EXPECT_I64(sc_card_price(card, &buy, lines, 4, 1, 0, day_of("2026-11-22"), NULL, items, &total, &errors),
               SC_E_INPUT);
    EXPECT_I64(errors.errors, 2);
    EXPECT_STR(errors.item[0].text,
               "no cache_write_5m price for amazon.nova-pro-v1:0 (us-east-2, in_region, standard): priced meters are "
               "input, output, cache_read");
    EXPECT_STR(errors.item[1].text,
               "no request price for amazon.nova-pro-v1:0 (us-east-2, in_region, standard): priced "
               "meters are input, output, cache_read");
    EXPECT_TRUE(items[0].point != NULL && items[1].point == NULL && items[2].point == NULL);
    EXPECT_MONEY(items[3].cost, usd_of("3.2"));
    /* every meter of the list that the card does not sell fails alone, too */
    for (int m = 0; m < SC_METERS; m++) {
        const sc_usage_line line = {(sc_meter)m, 0, NULL};
        const sc_price_point *p = sc_card_find(card, &buy, (sc_meter)m, NULL, 0, day_of("2026-11-22"));
        EXPECT_I64(sc_card_price(card, &buy, &line, 1, 1, 0, day_of("2026-11-22"), NULL, items, &total, NULL),
                   p != NULL ? SC_OK : SC_E_INPUT);
    }
}

static void bad_quantities(void)
{
    static const struct {
        int64_t quantity, requests;
        sc_code code;
        const char *text;
    } cases[] = {
        {1, 0, SC_E_USAGE, "requests is 0, expected at least 1"},
        {1, -1, SC_E_USAGE, "requests is -1, expected at least 1"},
        {-1, 1, SC_E_INPUT, "-1 is out of range, expected 0 to 10^18"},
        {INT64_C(1000000000000000001), 1, SC_E_INPUT, "1000000000000000001 is out of range, expected 0 to 10^18"},
    };
    sc_buy buy = buy_of("amazon.nova-pro-v1:0", SC_TIER_STANDARD, "2026-11-22");
    for (size_t i = 0; i < COUNT(cases); i++) {
        const sc_usage_line line = {SC_METER_OUTPUT, cases[i].quantity, NULL};
        sc_line_item item;
        sc_money total;
        sc_errors errors = {0};
        EXPECT_I64(sc_card_price(card, &buy, &line, 1, cases[i].requests, -1, day_of("2026-11-22"), NULL, &item, &total,
                                 &errors),
                   cases[i].code);
        EXPECT_STR(errors.item[0].text, cases[i].text);
    }
    /* the largest quantity is exact: 10^18 tokens at 3.2 USD a million */
    const sc_usage_line most = {SC_METER_OUTPUT, INT64_C(1000000000000000000), NULL};
    sc_line_item item;
    sc_money total;
    EXPECT_I64(sc_card_price(card, &buy, &most, 1, 1, -1, day_of("2026-11-22"), NULL, &item, &total, NULL), SC_OK);
    EXPECT_MONEY(total, usd_of("3200000000000"));
}

/* ---- loading ---- */

static void folder_is_builtin(void)
{
    sc_card *other = NULL;
    sc_errors errors = {0};
    if (!EXPECT_I64(sc_card_load("pricing", NULL, &other, &errors), SC_OK)) {
        EXPECT_STR(errors.item[0].text, "");
        return;
    }
    EXPECT_STR(sc_card_hash(other), sc_card_hash(card));
    EXPECT_I64(strlen(sc_card_hash(card)), 64);
    EXPECT_I64(sc_card_point_count(other), sc_card_point_count(card));
    EXPECT_I64(sc_card_model_count(other), sc_card_model_count(card));
    EXPECT_I64(sc_card_unplaced_count(other), sc_card_unplaced_count(card));
    EXPECT_I64(errors.count, 0);
    sc_card_free(other);
    EXPECT_TRUE(sc_card_load("pricing/none", NULL, &other, &errors) != SC_OK);
    EXPECT_TRUE(other == NULL && errors.errors > 0);
    sc_card_free(NULL);
}

/* Whichever allocation fails, loading says so and leaves nothing behind, or does without it. */
static void out_of_memory(void)
{
    uint64_t n = 0, made;
    do {
        sc_card *other = NULL;
        (void)sc_alloc_fail_at(++n);
        sc_code code = sc_card_load(NULL, NULL, &other, NULL);
        made = sc_alloc_fail_at(0);
        EXPECT_TRUE(code == SC_OK || (code == SC_E_MEMORY && other == NULL));
        if (code == SC_OK) {
            EXPECT_STR(sc_card_hash(other), sc_card_hash(card));
            EXPECT_I64(sc_card_point_count(other), sc_card_point_count(card));
            EXPECT_I64(sc_card_model_count(other), sc_card_model_count(card));
            EXPECT_I64(sc_card_region_count(other), sc_card_region_count(card));
            EXPECT_I64(sc_card_unplaced_count(other), sc_card_unplaced_count(card));
        }
        sc_card_free(other);
    } while (made >= n && n < 100000);
    EXPECT_TRUE(n > 100 && n < 100000);
}

CU_ErrorCode test_rates_register(void)
{
    CU_pSuite suite = CU_add_suite("rates", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "names", names) == NULL ||
        CU_add_test(suite, "model ids", resolved) == NULL ||
        CU_add_test(suite, "wrong model ids", not_resolved) == NULL ||
        CU_add_test(suite, "reasons in short buffers", short_reasons) == NULL ||
        CU_add_test(suite, "regions picked", regions_picked) == NULL ||
        CU_add_test(suite, "reasons for no price", reasons) == NULL ||
        CU_add_test(suite, "variants in the words of the page", variants) == NULL ||
        CU_add_test(suite, "effective dates", effective_dates) == NULL ||
        CU_add_test(suite, "context bands", context_bands) == NULL ||
        CU_add_test(suite, "find equals a scan", find_is_a_scan) == NULL ||
        CU_add_test(suite, "price points", points) == NULL ||
        CU_add_test(suite, "sums in any order", any_order) == NULL ||
        CU_add_test(suite, "warnings", warnings) == NULL || CU_add_test(suite, "unpriced meters", unpriced) == NULL ||
        CU_add_test(suite, "bad quantities", bad_quantities) == NULL ||
        CU_add_test(suite, "folder and built-in card", folder_is_builtin) == NULL ||
        CU_add_test(suite, "out of memory", out_of_memory) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
