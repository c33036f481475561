/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_usage_type.c - usage types as they stand in bills and in the Price List, what they say, and what they cost on
 * the built-in card. */
#include "spendcast/usage_type.h"

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "rates_fixture.h"

static sc_card *card;

static int load_card(void) { return sc_card_load(NULL, NULL, &card, NULL) == SC_OK ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    card = NULL;
    return 0;
}

/* "region model meter scope tier per" and, where they are said, "long", the variant. */
static const char *shown(const sc_usage_type *u, char text[300])
{
    (void)snprintf(text, 300, "%s %s %s %s%s %s %lld%s%s%s",
                   u->region >= 0 ? sc_card_region(card, (size_t)u->region)->code : "-",
                   u->model != NULL ? u->model->id : "-", sc_meter_name(u->meter), sc_scope_name(u->scope),
                   u->scope_stated ? "!" : "", sc_tier_name(u->tier), (long long)u->per, u->long_context ? " long" : "",
                   u->variant[0] != '\0' ? " " : "", u->variant);
    return text;
}

static const struct {
    const char *text, *product, *expected;
    const char *usd; /* of `per` base units as the line was billed, NULL = not known */
    const char *day;
} lines[] = {
    /* Price List, 2026-10-03 */
    {"USW2-Mistral-Large-3-675b-Instruct-input-tokens", NULL,
     "us-west-2 mistral.mistral-large-3-675b-instruct input in_region standard 1000", "0.0005", "2026-10-03"},
    {"USW2-Mistral-Large-3-675b-Instruct-output-tokens", NULL,
     "us-west-2 mistral.mistral-large-3-675b-instruct output in_region standard 1000", "0.0015", "2026-10-03"},
    {"USW2-Mistral-Large-3-675b-Instruct-output-tokens-flex", NULL,
     "us-west-2 mistral.mistral-large-3-675b-instruct output in_region flex 1000", "0.00075", "2026-10-03"},
    {"USW2-Mistral-Large-3-675b-Instruct-input-tokens-batch", NULL,
     "us-west-2 mistral.mistral-large-3-675b-instruct input in_region batch 1000", "0.00025", "2026-10-03"},
    {"USW2-Mistral-Large-3-675b-Instruct-input-tokens-priority", NULL,
     "us-west-2 mistral.mistral-large-3-675b-instruct input in_region priority 1000", "0.00088", "2026-10-03"},
    {"USW2-Mistral-Large-3-675b-Instruct-output-tokens-priority", NULL,
     "us-west-2 mistral.mistral-large-3-675b-instruct output in_region priority 1000", "0.00263", "2026-10-03"},
    {"USW2-mistral.mistral-large-3-675b-instruct-mantle-output-tokens-standard", NULL,
     "us-west-2 mistral.mistral-large-3-675b-instruct output in_region standard 1000", "0.0015", "2026-10-03"},
    {"USW2-mistral.mistral-large-3-675b-instruct-mantle-output-tokens-priority", NULL,
     "us-west-2 mistral.mistral-large-3-675b-instruct output in_region priority 1000", "0.00263", "2026-10-03"},
    {"USW2-Claude3Haiku-input-tokens", NULL,
     "us-west-2 anthropic.claude-3-haiku-20240307-v1:0 input in_region standard 1000", "0.00025", "2026-10-03"},
    {"USW2-Claude2.1-input-tokens", NULL, "us-west-2 anthropic.claude-v2:1 input in_region standard 1000", "0.008",
     "2026-10-03"},
    {"USW2-MP:USW2_OutputTokenCount-Units", "Claude Haiku 4.5 (Amazon Bedrock Edition)",
     "us-west-2 anthropic.claude-haiku-4-5-20251001-v1:0 output in_region standard 1000000", "5.50", "2026-10-03"},
    {"USW2-MP:USW2_InputTokenCount_Global-Units", "Claude Haiku 4.5 (Amazon Bedrock Edition)",
     "us-west-2 anthropic.claude-haiku-4-5-20251001-v1:0 input global! standard 1000000", "1.00", "2026-10-03"},
    {"USW2-MP:USW2_output_tokens_global_standard-Units", "Claude Opus 5.5 (Amazon Bedrock Edition)",
     "us-west-2 anthropic.claude-opus-5-5 output global! standard 1000000", "20.00", "2026-10-03"},
    /* Cost Explorer, July 2026 */
    {"USE2_InputTokenCount-Units", "Claude Sonnet 4.6",
     "us-east-2 anthropic.claude-sonnet-4-6 input in_region standard 1000000", "3.30", "2026-07-15"},
    {"USE2_OutputTokenCount-Units", "Claude Sonnet 4.6",
     "us-east-2 anthropic.claude-sonnet-4-6 output in_region standard 1000000", "16.50", "2026-07-15"},
    {"USE2_OutputTokenCount_Global-Units", "Claude Sonnet 4.6",
     "us-east-2 anthropic.claude-sonnet-4-6 output global! standard 1000000", "15.00", "2026-07-15"},
    /* a fine-tuned model is not billed at the base price */
    {"USE1-NovaLite-input-tokens-custom-model", NULL,
     "us-east-1 amazon.nova-lite-v1:0 custom_model_input in_region standard 1000", NULL, NULL},
    {"USE1-Claude4Sonnet-input-tokens-cross-region-global", NULL,
     "us-east-1 anthropic.claude-sonnet-4-20250514-v1:0 input global! standard 1000", "0.003", "2026-07-29"},
    /* Price List of 2026-06-11, as quoted */
    {"USE1-NovaPremier-input-tokens", NULL, "us-east-1 amazon.nova-premier-v1:0 input in_region standard 1000",
     "0.0025", "2026-06-11"},
    {"USE1-Llama3-1-8B-input-tokens", NULL, "us-east-1 meta.llama3-1-8b-instruct-v1:0 input in_region standard 1000",
     "0.00022", "2026-06-11"},
    {"USW2-MistralLarge2407-output-tokens", NULL,
     "us-west-2 mistral.mistral-large-2407-v1:0 output in_region standard 1000", "0.006", "2026-06-11"},
    {"USE1-MistralLarge-output-tokens", NULL,
     "us-east-1 mistral.mistral-large-2402-v1:0 output in_region standard 1000", "0.012", "2026-06-11"},
    {"USE1-PixtralLarge2502-input-tokens", NULL,
     "us-east-1 mistral.pixtral-large-2502-v1:0 input in_region standard 1000", "0.002", "2026-06-11"},
    {"USE1-Ministral-3-14b-Instruct-input-tokens", NULL,
     "us-east-1 mistral.ministral-3-14b-instruct input in_region standard 1000", "0.0002", "2026-06-11"},
    {"USE1-Ministral-3-8b-Instruct-input-tokens", NULL,
     "us-east-1 mistral.ministral-3-8b-instruct input in_region standard 1000", "0.00015", "2026-06-11"},
    {"USE1-Ministral-3-3b-Instruct-input-tokens", NULL,
     "us-east-1 mistral.ministral-3-3b-instruct input in_region standard 1000", "0.0001", "2026-06-11"},
    {"USE1-Mixtral8x7B-output-tokens", NULL,
     "us-east-1 mistral.mixtral-8x7b-instruct-v0:1 output in_region standard 1000", "0.0007", "2026-06-11"},
    /* Price List, July 2026 */
    {"USE1-Claude4Sonnet-cache-read-input-token-count-cross-region-global", NULL,
     "us-east-1 anthropic.claude-sonnet-4-20250514-v1:0 cache_read global! standard 1000", "0.0003", "2026-07-29"},
    {"USE1-Claude4Sonnet-cache-write-input-token-count-cross-region-global", NULL,
     "us-east-1 anthropic.claude-sonnet-4-20250514-v1:0 cache_write_5m global! standard 1000", "0.00375", "2026-07-29"},
    {"USE1-Claude4Sonnet-input-tokens-long-context-cross-region-global", NULL,
     "us-east-1 anthropic.claude-sonnet-4-20250514-v1:0 input global! standard 1000 long", "0.006", "2026-07-29"},
    {"USE1-Claude4Sonnet-output-tokens-long-context-cross-region-global", NULL,
     "us-east-1 anthropic.claude-sonnet-4-20250514-v1:0 output global! standard 1000 long", "0.0225", "2026-07-29"},
    {"USE1-Claude4Sonnet-cache-read-input-token-count-long-context-cross-region-global", NULL,
     "us-east-1 anthropic.claude-sonnet-4-20250514-v1:0 cache_read global! standard 1000 long", "0.0006", "2026-07-29"},
    {"USE1-Claude4Sonnet-cache-write-input-token-count-long-context-cross-region-global", NULL,
     "us-east-1 anthropic.claude-sonnet-4-20250514-v1:0 cache_write_5m global! standard 1000 long", "0.0075",
     "2026-07-29"},
    {"USE1-Claude4Sonnet-output-tokens-cross-region-global-batch", NULL,
     "us-east-1 anthropic.claude-sonnet-4-20250514-v1:0 output global! batch 1000", "0.0075", "2026-07-29"},
    {"USE1-gpt-oss-120b-input-tokens-flex", NULL, "us-east-1 openai.gpt-oss-120b-1:0 input in_region flex 1000",
     "0.000075", "2026-07-23"},
    {"USE1-gpt-oss-120b-input-tokens-priority", NULL, "us-east-1 openai.gpt-oss-120b-1:0 input in_region priority 1000",
     "0.0002625", "2026-07-23"},
    {"USE1-openai.gpt-oss-120b-mantle-output-tokens-priority", NULL,
     "us-east-1 openai.gpt-oss-120b-1:0 output in_region priority 1000", "0.00105", "2026-07-23"},
    {"USE1-MP:USE1_input_tokens_standard-Units", "Claude Opus 5 (Amazon Bedrock Edition)",
     "us-east-1 anthropic.claude-opus-5 input in_region standard 1000000", "5.5", "2026-07-28"},
    /* other grammars, as the user guide and published parsers have them */
    {"USE1-Claude4.6Sonnet-output-tokens-cross-region-global", NULL,
     "us-east-1 anthropic.claude-sonnet-4-6 output global! standard 1000", NULL, NULL},
    {"USW2-anthropic.claude-opus-4-8-mantle-cache-write-tokens-global-standard", NULL,
     "us-west-2 anthropic.claude-opus-4-8 cache_write_5m global! standard 1000", NULL, NULL},
    {"UGW1-openai.gpt-5.6-terra-mantle-cache-write-tokens-30m-long-ctx-standard", NULL,
     "us-gov-west-1 openai.gpt-5.6-terra cache_write_30m in_region standard 1000 long", NULL, NULL},
    {"USE1-Llama3-1-70B-LatencyOptimized-input-tokens", NULL,
     "us-east-1 meta.llama3-1-70b-instruct-v1:0 input in_region latency_optimized 1000", NULL, NULL},
    {"USE1-MP:USE1_InputTokenCount_LatencyOptimized-Units", "Claude 3.5 Haiku",
     "us-east-1 anthropic.claude-3-5-haiku-20241022-v1:0 input in_region latency_optimized 1000000", NULL, NULL},
    {"USE1-Claude3-5Haiku-input-tokens-latency-optimized", NULL,
     "us-east-1 anthropic.claude-3-5-haiku-20241022-v1:0 input in_region latency_optimized 1000", NULL, NULL},
    {"USE1-Nova2.0Lite-input-tokens-cross-region-global-batch", NULL,
     "us-east-1 amazon.nova-2-lite-v1:0 input global! batch 1000", NULL, NULL},
    {"USE1-NovaCanvas-T2I-1024-Premium", NULL,
     "us-east-1 amazon.nova-canvas-v1:0 output_image in_region standard 1 up to 1024 x 1024 premium", NULL, NULL},
    {"USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units", "Claude Sonnet 4.5",
     "us-east-1 anthropic.claude-sonnet-4-5-20250929-v1:0 cache_write_1h global! standard 1000000", NULL, NULL},
    {"USE1-MP:USE1_cache_write_tokens_1h_global_standard-Units", "Claude Opus 4.8",
     "us-east-1 anthropic.claude-opus-4-8 cache_write_1h global! standard 1000000", NULL, NULL},
    {"USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units", "Claude Sonnet 4.6",
     "us-east-1 anthropic.claude-sonnet-4-6 reserved_input_tpm_1mo geo! reserved 1", NULL, NULL},
    {"USE1-MP:USE1_MillionBatchInputTokens-Units", "Claude Sonnet 4.5",
     "us-east-1 anthropic.claude-sonnet-4-5-20250929-v1:0 input in_region batch 1000000", NULL, NULL},
    {"USE1-Guardrail-ContentPolicyUnitsConsumed", NULL,
     "us-east-1 bedrock.guardrails text_unit in_region standard 1 content filter", "0.00015", "2026-08-09"},
    {"USE1-output-tokens-cross-region-global", "Claude Sonnet 4.6",
     "us-east-1 anthropic.claude-sonnet-4-6 output global! standard 1000", NULL, NULL},
    {"USE1-output-tokens-cross-region-global", NULL, "us-east-1 - output global! standard 1000", NULL, NULL},
    {"Claude3Haiku-output-tokens", NULL, "- anthropic.claude-3-haiku-20240307-v1:0 output in_region standard 1000",
     NULL, NULL},
};

static void reads_lines(void)
{
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        sc_usage_type u;
        char text[300], why[400] = "";
        if (!EXPECT_I64(sc_usage_type_parse(card, lines[i].text, lines[i].product, &u, why, sizeof why), SC_OK)) {
            EXPECT_STR(why, lines[i].text);
            continue;
        }
        EXPECT_STR(shown(&u, text), lines[i].expected);
    }
}

static void costs_as_billed(void)
{
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        sc_usage_type u;
        sc_int128 billed = 0;
        char text[300];
        if (lines[i].usd == NULL || sc_usage_type_parse(card, lines[i].text, lines[i].product, &u, NULL, 0) != SC_OK)
            continue;
        EXPECT_I64(sc_decimal_parse128(lines[i].usd, strlen(lines[i].usd), 15, &billed), SC_OK);
        const sc_buy buy = {u.model, u.region, u.scope, u.tier};
        const int64_t context = u.long_context ? 900000 : 0;
        const sc_price_point *p = sc_card_find(card, &buy, u.meter, u.variant, context, day_of(lines[i].day));
        if (!EXPECT_TRUE(p != NULL))
            EXPECT_STR(lines[i].text, shown(&u, text));
        else if (!EXPECT_MONEY(sc_money_times(p->price, u.per), billed))
            EXPECT_STR(lines[i].text, p->usd);
    }
}

static void refuses(void)
{
    static const struct {
        const char *text, *product, *why;
    } cases[] = {
        {"", NULL, "'' names no meter, expected a part such as 'input-tokens'"},
        {"USE1-", NULL, "'' names no meter, expected a part such as 'input-tokens'"},
        {"USE1-Claude4.6Sonet-input-tokens", NULL, "unknown model 'Claude4.6Sonet'; did you mean 'Claude4.6Sonnet'?"},
        {"USE1-anthropic.claude-opus-4-0-mantle-input-tokens-standard", NULL,
         "unknown model 'anthropic.claude-opus-4-0'; did you mean 'anthropic.claude-opus-4-7'?"},
        {"USE1-us.anthropic.claude-opus-4-8-mantle-input-tokens-standard", NULL,
         "unknown model 'us.anthropic.claude-opus-4-8'; did you mean 'anthropic.claude-opus-4-8'?"},
        {"XXX9-Claude3Haiku-input-tokens", NULL, "unknown model 'XXX9-Claude3Haiku'; did you mean 'Claude3Haiku'?"},
        {"USE1-Claude3Haiku-input-tokens-turbo", NULL, "'-turbo' is not understood"},
        {"USE1-Claude3Haiku-input-tokens-batch-flex", NULL, "'flex' says twice what kind of line it is"},
        {"USE1-Claude3Haiku-input-tokens-1h", NULL, "input has no lifetime"},
        {"USE1-Claude3Haiku-cache-read-tokens-custom-model", NULL, "a custom model has no cache_read"},
        {"USE1-Claude3Haiku-input-tokensX", NULL,
         "'Claude3Haiku-input-tokensX' names no meter, expected a part such as 'input-tokens'"},
        {"USE1-Claude3Haiku", NULL, "'Claude3Haiku' names no meter, expected a part such as 'input-tokens'"},
        {"USE1-MP:USE2_InputTokenCount-Units", "Claude Haiku 4.5", "names two regions, 'USE1' and 'USE2'"},
        {"USE1-MP:USE1_InputTokenCount", "Claude Haiku 4.5",
         "'InputTokenCount' is not understood, expected a name that ends in '-Units'"},
        {"USE1-MP:USE1_InputTokens-Units", "Claude Haiku 4.5",
         "'InputTokens' names no meter, expected one such as 'InputTokenCount'"},
        {"USE1-MP:USE1_InputTokenCount_global_Global-Units", "Claude Haiku 4.5",
         "'Global' says twice what kind of line it is"},
        {"USE1-MP:USE1_InputTokenCount-Units", "Claude Haiku 9", "unknown model 'Claude Haiku 9'"},
        {"USE1-MP:USE1_Reserved_6Month_InputTPM-Units", "Claude Sonnet 4.6",
         "'Reserved_6Month_InputTPM' names no meter, expected one such as 'InputTokenCount'"},
        {"USE1-Guardrail-SomethingPolicyUnitsConsumed", NULL,
         "'Guardrail-SomethingPolicyUnitsConsumed' names no meter, expected a part such as 'input-tokens'"},
        {"USE1-AmazonQ-DeveloperProUser", NULL,
         "'AmazonQ-DeveloperProUser' names no meter, expected a part such as 'input-tokens'"},
        {"DataTransfer-Out-Bytes", NULL,
         "'DataTransfer-Out-Bytes' names no meter, expected a part such as 'input-tokens'"},
    };
    char why[400];
    sc_usage_type u;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EXPECT_I64(sc_usage_type_parse(card, cases[i].text, cases[i].product, &u, why, sizeof why), SC_E_INPUT);
        EXPECT_STR(why, cases[i].why);
    }
    char endless[4000];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    memcpy(endless, "USE1-", 5);
    EXPECT_I64(sc_usage_type_parse(card, endless, endless, &u, why, sizeof why), SC_E_INPUT);
    memcpy(endless + sizeof endless - 15, "-input-tokens", 14);
    EXPECT_I64(sc_usage_type_parse(card, endless, NULL, &u, why, sizeof why), SC_E_INPUT);
    EXPECT_I64(sc_usage_type_parse(card, "USE1-\xff\xfe-input-tokens", NULL, &u, why, sizeof why), SC_E_INPUT);
}

static void writes_lines(void)
{
    static const struct {
        const char *model, *region;
        sc_meter meter;
        sc_scope scope;
        sc_tier tier;
        int long_context;
        const char *text, *product;
        int64_t per;
    } cases[] = {
        {"anthropic.claude-sonnet-4-6", "us-east-1", SC_METER_INPUT, SC_SCOPE_GEO, SC_TIER_STANDARD, 0,
         "USE1-Claude4.6Sonnet-input-tokens", "", 1000},
        {"anthropic.claude-sonnet-4-6", "us-east-1", SC_METER_CACHE_WRITE_1H, SC_SCOPE_GLOBAL, SC_TIER_STANDARD, 0,
         "USE1-Claude4.6Sonnet-cache-write-1h-input-token-count-cross-region-global", "", 1000},
        {"amazon.nova-2-lite-v1:0", "us-west-2", SC_METER_OUTPUT, SC_SCOPE_IN_REGION, SC_TIER_FLEX, 0,
         "USW2-Nova2.0Lite-output-tokens-flex", "", 1000},
        {"anthropic.claude-opus-5-5", "us-west-2", SC_METER_CACHE_WRITE_5M, SC_SCOPE_GLOBAL, SC_TIER_STANDARD, 0,
         "USW2-MP:USW2_cache_write_tokens_global_standard-Units", "Claude Opus 5.5 (Amazon Bedrock Edition)", 1000000},
        {"openai.gpt-5.6-luna", "us-east-2", SC_METER_CACHE_WRITE_30M, SC_SCOPE_IN_REGION, SC_TIER_STANDARD, 1,
         "USE2-MP:USE2_cache_write_tokens_30m_long_ctx_standard-Units", "GPT-5.6 Luna (Amazon Bedrock Edition)",
         1000000},
    };
    char why[300];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_model_ref ref;
        sc_usage_type_text text;
        if (!EXPECT_I64(sc_card_resolve(card, cases[i].model, &ref, NULL, 0), SC_OK))
            continue;
        const sc_usage_type u = {.region = sc_card_region_of(card, cases[i].region),
                                 .model = ref.model,
                                 .meter = cases[i].meter,
                                 .scope = cases[i].scope,
                                 .tier = cases[i].tier,
                                 .long_context = cases[i].long_context};
        EXPECT_I64(sc_usage_type_write(card, &u, &text, why, sizeof why), SC_OK);
        EXPECT_STR(text.usage_type, cases[i].text);
        EXPECT_STR(text.product, cases[i].product);
        EXPECT_I64(text.per, cases[i].per);
    }
    sc_usage_type_text text;
    const sc_usage_type image = {.region = -1, .model = sc_card_model(card, 0), .meter = SC_METER_OUTPUT_IMAGE};
    EXPECT_I64(sc_usage_type_write(card, &image, &text, why, sizeof why), SC_E_INPUT);
    EXPECT_STR(why, "no usage type is known for output_image of ai21.j2-mid-v1 at the tier standard");
}

/* Whatever tokens the card prices can stand in a bill. */
static void writes_every_price(void)
{
    size_t written = 0, refused = 0;
    for (size_t i = 0; i < sc_card_point_count(card); i++) {
        const sc_price_point *p = sc_card_point(card, i);
        sc_usage_type_text text;
        if (p->meter > SC_METER_CACHE_WRITE_1H || p->variant[0] != '\0' || p->regions == 0)
            continue;
        const sc_usage_type u = {.region = __builtin_ctzll(p->regions),
                                 .model = p->model,
                                 .meter = p->meter,
                                 .scope = (sc_scope)__builtin_ctz(p->scopes),
                                 .tier = p->tier,
                                 .long_context = p->context_from > 0};
        if (sc_usage_type_write(card, &u, &text, NULL, 0) == SC_OK) {
            written++;
        } else if (refused++ < 5) {
            (void)fprintf(stderr, "no usage type: %s %s %s\n", p->model->id, sc_meter_name(p->meter),
                          sc_tier_name(p->tier));
        }
    }
    EXPECT_TRUE(written > 1000);
    EXPECT_I64(refused, 0);
}

CU_ErrorCode test_usage_type_register(void)
{
    CU_pSuite suite = CU_add_suite("usage_type", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "reads lines", reads_lines) == NULL ||
        CU_add_test(suite, "costs as billed", costs_as_billed) == NULL ||
        CU_add_test(suite, "refuses", refuses) == NULL || CU_add_test(suite, "writes lines", writes_lines) == NULL ||
        CU_add_test(suite, "writes every price", writes_every_price) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
