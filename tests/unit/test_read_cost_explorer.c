/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_read_cost_explorer.c - Cost Explorer results: keys, quantities and money of lines, and what is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "document_reads.h"
#include "expect.h"

#define DEFINITION(type, key) "{\"Type\":\"" type "\",\"Key\":\"" key "\"}"
#define PAGE(definitions, results) "{\"GroupDefinitions\":[" definitions "],\"ResultsByTime\":[" results "]}"
#define PERIOD(start, end, groups)                                                                   \
    "{\"TimePeriod\":{\"Start\":\"" start "\",\"End\":\"" end "\"},\"Total\":{},\"Groups\":[" groups \
    "],\"Estimated\":false}"
#define DAY(groups) PERIOD("2026-07-15", "2026-07-16", groups)
#define GROUP(keys, metrics) "{\"Keys\":[" keys "],\"Metrics\":{" metrics "}}"
#define COST(name, amount) "\"" name "\":{\"Amount\":\"" amount "\",\"Unit\":\"USD\"}"
#define USED(amount, unit) ",\"UsageQuantity\":{\"Amount\":\"" amount "\",\"Unit\":\"" unit "\"}"
#define BY_SERVICE_AND_TYPE DEFINITION("DIMENSION", "SERVICE") "," DEFINITION("DIMENSION", "USAGE_TYPE")

static sc_card *card;

static int load_card(void) { return sc_card_load(NULL, NULL, &card, NULL) == SC_OK ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    card = NULL;
    return 0;
}

typedef struct reading {
    const char *text, *expected;
} reading;

static void check(const reading *readings, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *shown = document_reads(&sc_reader_cost_explorer, card, readings[i].text);
        EXPECT_STR(shown, readings[i].expected);
        free(shown);
    }
}

#define CHECK(readings) check(readings, sizeof(readings) / sizeof((readings)[0]))

/* clang-format off */

static void reads_usage_types(void)
{
    static const reading readings[] = {
        /* a thousand tokens; the global profile */
        {PAGE(BY_SERVICE_AND_TYPE, DAY(
            GROUP("\"Amazon Bedrock\",\"USE1-NovaLite-input-tokens\"",
                  COST("UnblendedCost", "0.0007422") USED("12.370", "1K tokens")) ","
            GROUP("\"Amazon Bedrock Service\",\"USE1-Claude4Sonnet-output-tokens-cross-region-global\"",
                  COST("UnblendedCost", "0.015") USED("1", "N/A")))),
         "2026-07-15 day usage model=amazon.nova-lite-v1:0 region=us-east-1 item=USE1-NovaLite-input-tokens standard "
         "input=12370 context=0 billed=0.0007422\n"
         "2026-07-15 day usage model=anthropic.claude-sonnet-4-20250514-v1:0 region=us-east-1 "
         "item=USE1-Claude4Sonnet-output-tokens-cross-region-global global standard output=1000 context=0 "
         "billed=0.015\n"},
        /* a million, the model in the name of the service; money of 10^-15 USD, and with an exponent */
        {PAGE(BY_SERVICE_AND_TYPE, DAY(
            GROUP("\"Claude Haiku 4.5 (Amazon Bedrock Edition)\",\"USW2-MP:USW2_InputTokenCount_Global-Units\"",
                  COST("UnblendedCost", "0.500000000000001") "," COST("NetUnblendedCost", "4.5E-1")
                  USED("0.5", "Units")))),
         "2026-07-15 day usage model=anthropic.claude-haiku-4-5-20251001-v1:0 region=us-west-2 "
         "item=USW2-MP:USW2_InputTokenCount_Global-Units global standard input=500000 context=0 "
         "billed=0.500000000000001 effective=0.45\n"},
        /* mantle, tier */
        {PAGE(BY_SERVICE_AND_TYPE, DAY(
            GROUP("\"Amazon Bedrock\",\"USW2-mistral.mistral-large-3-675b-instruct-mantle-output-tokens-priority\"",
                  COST("UnblendedCost", "0.00263") USED("1", "1K tokens")))),
         "2026-07-15 day usage model=mistral.mistral-large-3-675b-instruct region=us-west-2 endpoint=bedrock-mantle "
         "item=USW2-mistral.mistral-large-3-675b-instruct-mantle-output-tokens-priority priority output=1000 context=0 "
         "billed=0.00263\n"},
        /* what is counted in other units than tokens */
        {PAGE(BY_SERVICE_AND_TYPE, DAY(
            GROUP("\"Amazon Bedrock\",\"USE1-Guardrail-ContentPolicyUnitsConsumed\"",
                  COST("UnblendedCost", "0.00915") USED("61", "Text Units")))),
         "2026-07-15 day usage model=bedrock.guardrails region=us-east-1 "
         "item=USE1-Guardrail-ContentPolicyUnitsConsumed variant=content filter standard context=0 text_unit=61 "
         "billed=0.00915\n"},
        /* no quantity was asked for: late; a type that is not understood keeps its money */
        {PAGE(BY_SERVICE_AND_TYPE, DAY(
            GROUP("\"Amazon Bedrock\",\"USE1-NovaLite-input-tokens\"", COST("UnblendedCost", "1")) ","
            GROUP("\"Amazon Bedrock\",\"USE1-Unheard-of-tokens\"",
                  COST("UnblendedCost", "2") USED("7", "1K tokens")))),
         "2026-07-15 day usage model=amazon.nova-lite-v1:0 region=us-east-1 item=USE1-NovaLite-input-tokens standard "
         "context=0 billed=1 late\n"
         "2026-07-15 day usage item=USE1-Unheard-of-tokens billed=2\n"},
        /* other services are kept apart; nothing at all is passed over */
        {PAGE(BY_SERVICE_AND_TYPE, DAY(
            GROUP("\"AmazonCloudWatch\",\"USE1-CW:Requests\"", COST("UnblendedCost", "0.25") USED("9", "Requests")) ","
            GROUP("\"Amazon Bedrock\",\"USE1-NovaLite-input-tokens\"", COST("UnblendedCost", "0") USED("0", "N/A")))),
         "2026-07-15 day other item=AmazonCloudWatch billed=0.25\nskip: neither cost nor usage\n"},
    };
    CHECK(readings);
}

static void reads_keys(void)
{
    static const reading readings[] = {
        /* services only */
        {PAGE(DEFINITION("DIMENSION", "SERVICE"), DAY(
            GROUP("\"Amazon Bedrock\"", COST("UnblendedCost", "12.5")) ","
            GROUP("\"Tax\"", COST("UnblendedCost", "1")))),
         "2026-07-15 day usage item=Amazon Bedrock billed=12.5\n2026-07-15 day other item=Tax billed=1\n"},
        /* account and region; "NoRegion" is none */
        {PAGE(DEFINITION("DIMENSION", "LINKED_ACCOUNT") "," DEFINITION("DIMENSION", "REGION"), DAY(
            GROUP("\"123456789012\",\"eu-west-1\"", COST("UnblendedCost", "2")) ","
            GROUP("\"123456789012\",\"NoRegion\"", COST("UnblendedCost", "3")))),
         "2026-07-15 day usage account=123456789012 region=eu-west-1 billed=2\n"
         "2026-07-15 day usage account=123456789012 billed=3\n"},
        /* tags under their plain name, values with a '$'; cost categories; nothing after the '$' is no tag */
        {PAGE(DEFINITION("TAG", "user:team") "," DEFINITION("COST_CATEGORY", "Cost Center"), DAY(
            GROUP("\"user:team$search\",\"Cost Center$a$b\"", COST("UnblendedCost", "2")) ","
            GROUP("\"user:team$\",\"Cost Center$\"", COST("UnblendedCost", "3")))),
         "2026-07-15 day usage tag:team=search tag:Cost Center=a$b billed=2\n2026-07-15 day usage billed=3\n"},
        /* other dimensions are tags */
        {PAGE(DEFINITION("DIMENSION", "OPERATION"), DAY(
            GROUP("\"InvokeModelInference\"", COST("AmortizedCost", "2")))),
         "2026-07-15 day usage tag:OPERATION=InvokeModelInference effective=2\n"},
        /* resources */
        {PAGE(DEFINITION("DIMENSION", "RESOURCE_ID"), DAY(
            GROUP("\"arn:aws:bedrock-mantle:us-east-1:123456789012:project/proj_x\"", COST("UnblendedCost", "2")) ","
            GROUP("\"arn:aws:bedrock:us-east-1:1:application-inference-profile/p\"", COST("UnblendedCost", "3")) ","
            GROUP("\"NoResourceId\"", COST("UnblendedCost", "4")))),
         "2026-07-15 day usage project=arn:aws:bedrock-mantle:us-east-1:123456789012:project/proj_x billed=2\n"
         "2026-07-15 day usage profile=arn:aws:bedrock:us-east-1:1:application-inference-profile/p billed=3\n"
         "2026-07-15 day usage billed=4\n"},
        /* record types: only usage has tokens */
        {PAGE(DEFINITION("DIMENSION", "USAGE_TYPE") "," DEFINITION("DIMENSION", "RECORD_TYPE"), DAY(
            GROUP("\"USE1-NovaLite-input-tokens\",\"Usage\"", COST("UnblendedCost", "0.06") USED("1000", "")) ","
            GROUP("\"USE1-NovaLite-input-tokens\",\"Credit\"", COST("UnblendedCost", "-0.06") USED("1000", "")) ","
            GROUP("\"USE1-NovaLite-input-tokens\",\"Enterprise Discount Program Discount\"",
                  COST("UnblendedCost", "-0.01")) ","
            GROUP("\"NoUsageType\",\"Tax\"", COST("UnblendedCost", "0.02")))),
         "2026-07-15 day usage model=amazon.nova-lite-v1:0 region=us-east-1 item=USE1-NovaLite-input-tokens standard "
         "input=1000000 context=0 billed=0.06\n"
         "2026-07-15 day credit model=amazon.nova-lite-v1:0 region=us-east-1 item=USE1-NovaLite-input-tokens standard "
         "context=0 billed=-0.06\n"
         "2026-07-15 day discount model=amazon.nova-lite-v1:0 region=us-east-1 item=USE1-NovaLite-input-tokens "
         "standard context=0 billed=-0.01\n"
         "2026-07-15 day tax item=NoUsageType billed=0.02\n"},
    };
    CHECK(readings);
}

#define BY_SERVICE DEFINITION("DIMENSION", "SERVICE")
#define SOME GROUP("\"Amazon Bedrock\"", COST("UnblendedCost", "1"))

static void reads_periods_and_pages(void)
{
    static const reading readings[] = {
        {PAGE(BY_SERVICE, PERIOD("2026-07-15T11:00:00Z", "2026-07-15T12:00:00Z", SOME) ","
                          PERIOD("2026-07-01", "2026-08-01", SOME) ","
                          PERIOD("2026-07-10", "2026-07-20", SOME)),
         "2026-07-15T11:00:00 hour usage item=Amazon Bedrock billed=1\n"
         "2026-07-01 month usage item=Amazon Bedrock billed=1\n"
         "2026-07-10 month usage item=Amazon Bedrock billed=1\n"},
        {PAGE(BY_SERVICE, "{\"TimePeriod\":{\"Start\":\"2026-07-15\",\"End\":\"2026-07-16\"},\"Groups\":[" SOME
                          "],\"Estimated\":true}"),
         "2026-07-15 day usage item=Amazon Bedrock tag:estimated=true billed=1\n"},
        {PAGE(BY_SERVICE, DAY("")), ""},
        /* pages one after another, and as an array */
        {PAGE(BY_SERVICE, DAY(SOME)) "\n" PAGE(BY_SERVICE, DAY(SOME)),
         "2026-07-15 day usage item=Amazon Bedrock billed=1\n2026-07-15 day usage item=Amazon Bedrock billed=1\n"},
        {"[" PAGE(BY_SERVICE, DAY(SOME)) "," PAGE(BY_SERVICE, DAY(SOME)) "]",
         "2026-07-15 day usage item=Amazon Bedrock billed=1\n2026-07-15 day usage item=Amazon Bedrock billed=1\n"},
        {"{\"NextPageToken\":\"t\",\"GroupDefinitions\":[" BY_SERVICE "],\"ResultsByTime\":[" DAY(SOME) "]}",
         "2026-07-15 day usage item=Amazon Bedrock billed=1\n"
         "skip: further pages of the answer, which are not in the file\n"},
    };
    CHECK(readings);
}

static void refuses(void)
{
    static const reading readings[] = {
        {PAGE(BY_SERVICE, DAY("\n" GROUP("\"Amazon Bedrock\"",
                                         "\"UnblendedCost\":{\"Amount\":\"1\",\"Unit\":\"EUR\"}"))),
         "2:55 <{\"Amount\":\"1\",\"U> currency 'EUR'; expected 'USD'\n"},
        {PAGE(BY_SERVICE, DAY("\n" GROUP("\"Amazon Bedrock\"", COST("UnblendedCost", "a lot")))),
         "2:55 <{\"Amount\":\"a lot> 'a lot' is no amount; expected a decimal number\n"},
        {PAGE(BY_SERVICE, DAY("\n" GROUP("\"Amazon Bedrock\"", COST("BlendedCost", "1")))),
         "2:38 <{\"BlendedCost\":{> no cost; expected a metric UnblendedCost, NetUnblendedCost, AmortizedCost or "
         "NetAmortizedCost\n"},
        {PAGE(BY_SERVICE, DAY("\n" GROUP("\"Amazon Bedrock\",\"x\"", COST("UnblendedCost", "1")))),
         "2:9 <[\"Amazon Bedrock> more keys than 'GroupDefinitions' has\n"},
        {PAGE(BY_SERVICE_AND_TYPE, DAY("\n" GROUP("\"Amazon Bedrock\"", COST("UnblendedCost", "1")))),
         "2:9 <[\"Amazon Bedrock> fewer keys than 'GroupDefinitions' has\n"},
        {PAGE(BY_SERVICE, DAY("\n" GROUP("7", COST("UnblendedCost", "1")))),
         "2:10 <7],\"Metrics\":{\"U> a key that is no text\n"},
        {PAGE(DEFINITION("TAG", "team"), DAY("\n" GROUP("\"squad$a\"", COST("UnblendedCost", "1")))),
         "2:10 <\"squad$a\"],\"Metr> key 'squad$a'; expected 'team$' and a value\n"},
        {PAGE("{\"Type\":\"TAG\"}", DAY("\n" GROUP("\"a$b\"", COST("UnblendedCost", "1")))),
         "2:10 <\"a$b\"],\"Metrics\"> a key that 'GroupDefinitions' does not name\n"},
        {PAGE(DEFINITION("COLOUR", "team"), DAY("\n" GROUP("\"red\"", COST("UnblendedCost", "1")))),
         "2:10 <\"red\"],\"Metrics\"> a key of type 'COLOUR'; expected DIMENSION, TAG or COST_CATEGORY\n"},
        {PAGE(DEFINITION("DIMENSION", "RECORD_TYPE"), DAY("\n" GROUP("\"Gift\"", COST("UnblendedCost", "1")))),
         "2:10 <\"Gift\"],\"Metrics> unknown record type 'Gift', expected one such as 'Usage', 'Credit' or 'Tax'\n"},
        {PAGE(BY_SERVICE_AND_TYPE, DAY("\n" GROUP("\"Amazon Bedrock\",\"USE1-NovaLite-input-tokens\"",
                                                  COST("UnblendedCost", "1") USED("-5", "1K tokens")))),
         "2:128 <{\"Amount\":\"-5\",\"> UsageQuantity '-5' is negative, expected 0 or more\n"},
        {PAGE(BY_SERVICE, "\n" PERIOD("2026-07-15", "2026-08-15", SOME)),
         "2:15 <{\"Start\":\"2026-0> no period; expected 'TimePeriod' with 'Start' and 'End' within one month\n"},
        {PAGE(BY_SERVICE, "\n" PERIOD("2026-07-15", "2026-07-15", SOME)),
         "2:15 <{\"Start\":\"2026-0> no period; expected 'TimePeriod' with 'Start' and 'End' within one month\n"},
        {PAGE("", "\n{\"TimePeriod\":{\"Start\":\"2026-07-15\",\"End\":\"2026-07-16\"},\"Total\":{"
                  COST("UnblendedCost", "1") "},\"Groups\":[]}"),
         "2:65 <{\"UnblendedCost\"> a total without groups; expected GroupBy SERVICE and USAGE_TYPE\n"},
        {"{\"GroupDefinitions\":[]}", "1:1 <{\"GroupDefinitio> no list 'ResultsByTime'\n"},
        {PAGE(BY_SERVICE, DAY(SOME)) "]",
         "2026-07-15 day usage item=Amazon Bedrock billed=1\n1:259 <]> found ']'; expected a value\n"},
    };
    CHECK(readings);
}

/* clang-format on */

static void detects(void)
{
    static const struct {
        const char *head;
        int sure;
    } heads[] = {
        {PAGE(BY_SERVICE, DAY("")), 100},
        {"{\"ResultsByTime\":[{\"TimePeriod\":", 100},
        {"[{\"NextPageToken\":\"x\",\"GroupDefinitions\":[", 100},
        {"{\"ForecastResultsByTime\":[]}", 0},
        {"{\"MetricDataResults\":[]}", 0},
        {"{\"a\":{\"ResultsByTime\":[]}}", 0},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        EXPECT_I64(sc_reader_cost_explorer.detect(heads[i].head, strlen(heads[i].head)), heads[i].sure);
}

CU_ErrorCode test_read_cost_explorer_register(void)
{
    CU_pSuite suite = CU_add_suite("read_cost_explorer", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "usage types", reads_usage_types) == NULL ||
        CU_add_test(suite, "keys", reads_keys) == NULL ||
        CU_add_test(suite, "periods and pages", reads_periods_and_pages) == NULL ||
        CU_add_test(suite, "refuses", refuses) == NULL || CU_add_test(suite, "detects", detects) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
