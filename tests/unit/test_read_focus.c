/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_read_focus.c - FOCUS exports line by line, and the sample that the FOCUS project publishes. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "csv_reads.h"
#include "expect.h"
#include "io/file.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static sc_card *card;

static int load_card(void) { return sc_card_load(NULL, NULL, &card, NULL) == SC_OK ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    card = NULL;
    return 0;
}

static void expect_reads(const char *header, const char *row, const char *expected)
{
    sc_strbuf text = {0};
    sc_strbuf_printf(&text, "%s\n%s\n", header, row);
    char *got = csv_reads(&sc_reader_focus, card, text.text);
    if (!EXPECT_STR(got, expected))
        EXPECT_STR(row, "the row");
    free(got);
    sc_strbuf_release(&text);
}

#define HEADER                                                                                                         \
    "ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ChargeClass,BilledCost,EffectiveCost,ListCost,ConsumedQuantity," \
    "ConsumedUnit,PricingQuantity,PricingUnit,ServiceName,x_ServiceCode,x_UsageType,ChargeDescription"
#define DAY "2026-10-05T00:00:00Z,2026-10-06T00:00:00Z"
#define BEDROCK "Amazon Bedrock,AmazonBedrock,USE1-NovaLite-input-tokens,in"
#define NOVA "model=amazon.nova-lite-v1:0 region=us-east-1 item=USE1-NovaLite-input-tokens standard "

static void reads_lines(void)
{
    static const struct {
        const char *row, *expected;
    } cases[] = {
        {"2026-10-05 13:00:00,2026-10-05 14:00:00,Usage,NULL,0.09,0.09,0.09,1500,1K tokens,1500,1K tokens," BEDROCK,
         "2026-10-05T13:00:00 hour usage " NOVA "input=1500000 context=0 billed=0.09 list=0.09 effective=0.09\n"},
        {DAY ",Usage,,0.09,0.08,NULL,1500000,Tokens,1.5,1M tokens," BEDROCK,
         "2026-10-05 day usage " NOVA "input=1500000 context=0 billed=0.09 effective=0.08\n"},
        {"2026-10-01,2026-11-01,Usage,null,0.09,,,NULL,NULL,1500,1000 Tokens," BEDROCK,
         "2026-10-01 month usage " NOVA "input=1500000 context=0 billed=0.09\n"},
        {"2026-10-01,\\N,Usage,\\N,0.09,\\N,\\N,\\N,\\N,1.5,1M tokens," BEDROCK,
         "2026-10-01 day usage " NOVA "input=1500000 context=0 billed=0.09\n"},
        /* the Marketplace collects: billed at 0; the line names the product, or nothing at all */
        {DAY ",Usage,,0,0.55,0,0.5,Units,0.5,Units,Claude Haiku 4.5 (Amazon Bedrock Edition),,"
             "USE1-MP:USE1_InputTokenCount-Units,in",
         "2026-10-05 day usage model=anthropic.claude-haiku-4-5-20251001-v1:0 region=us-east-1 "
         "item=USE1-MP:USE1_InputTokenCount-Units standard input=500000 context=0 effective=0.55\n"},
        {DAY ",Usage,,0,0.55,0,0.5,Units,0.5,Units,,,USE1-MP:USE1_InputTokenCount-Units,in",
         "2026-10-05 day usage region=us-east-1 item=USE1-MP:USE1_InputTokenCount-Units standard input=500000 "
         "context=0 effective=0.55\n"},
        /* other charges, corrections among them: costs count, quantities do not */
        {DAY ",Usage,Correction,-0.09,-0.09,,-1500,1K tokens,,," BEDROCK,
         "2026-10-05 day adjustment " NOVA "context=0 billed=-0.09 effective=-0.09\n"},
        {DAY ",Tax,,1,1,,,,,,Amazon Bedrock,AmazonBedrock,,VAT", "2026-10-05 day tax item=VAT billed=1 effective=1\n"},
        {DAY ",Credit,,-1,-1,,,,,,Amazon Bedrock,AmazonBedrock,,Promo",
         "2026-10-05 day credit item=Promo billed=-1 effective=-1\n"},
        {DAY ",Purchase,,1,0,,,,,,Amazon Bedrock,AmazonBedrock,,Term",
         "2026-10-05 day purchase item=Term billed=1 effective=0\n"},
        {DAY ",Adjustment,,1,1,,,,,,Amazon Bedrock,AmazonBedrock,,Rounding",
         "2026-10-05 day adjustment item=Rounding billed=1 effective=1\n"},
        /* not understood, no counts, other services */
        {DAY ",Usage,,1,1,,5,Units,5,Units,Amazon Bedrock,AmazonBedrock,USE1-Claude9Sonnet-input-tokens,in",
         "2026-10-05 day usage item=USE1-Claude9Sonnet-input-tokens billed=1 effective=1\n"},
        {DAY ",Usage,,1,1,,5,Units,5,Units,Amazon Bedrock,AmazonBedrock,,$0.06 per 1M tokens",
         "2026-10-05 day usage item=$0.06 per 1M tokens billed=1 effective=1\n"},
        {DAY ",Usage,,0.09,,,,,,," BEDROCK, "2026-10-05 day usage " NOVA "context=0 billed=0.09 late\n"},
        {DAY ",Usage,,2,1,2,1,Hrs,1,Hrs,Amazon Elastic Compute Cloud,AmazonEC2,USE1-BoxUsage:m5,box",
         "2026-10-05 day other item=Amazon Elastic Compute Cloud billed=2 list=2 effective=1\n"},
        /* problems */
        {DAY ",Usage,,,,,1,Tokens,,," BEDROCK, "at '': BilledCost is empty, expected an amount of money\n"},
        {DAY ",Usage,,1,x,,1,Tokens,,," BEDROCK, "at 'x': EffectiveCost 'x' is no amount of money\n"},
        {DAY ",Usage,,1,1,,-1,Tokens,,," BEDROCK, "at '-1': ConsumedQuantity '-1' is negative, expected 0 or more\n"},
        {DAY ",Usage,,1,1,,,,many,Tokens," BEDROCK,
         "at 'many': PricingQuantity 'many' is no number, or too large, expected a decimal number\n"},
        {DAY ",Gift,,1,1,,,,,," BEDROCK,
         "at 'Gift': ChargeCategory is 'Gift', expected Usage, Purchase, Tax, Credit or Adjustment\n"},
        {"9/18/2024,9/19/2024,Usage,,1,1,,,,,,Amazon Bedrock,,,",
         "at '9/18/2024': ChargePeriodStart '9/18/2024' is no time, expected one such as 2026-01-15T12:00:00Z\n"},
        {"NULL," DAY "," BEDROCK ",,,,,,,,", "at 'NULL': ChargePeriodStart is empty, expected a time\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_reads(HEADER, cases[i].row, cases[i].expected);
}

/* Columns in any order and spelling, 1.0 to 1.3; unknown ones are left alone. */
static void reads_headers(void)
{
    static const struct {
        const char *header, *row, *expected;
    } cases[] = {
        {"Tags,EffectiveCost,ChargePeriodStart,Id",
         "\"{\"\"team\"\": \"\"ds\"\", \"\"shared\"\": true, \"\"none\"\": null}\",1,2026-10-05,7",
         "2026-10-05 day other tag:team=ds tag:shared=true effective=1\n"},
        {"charge_period_start,billed_cost,billing_currency,sub_account_id,resource_id,x_usage_type,x_service_code",
         "2026-10-05,1,USD,42,arn:aws:bedrock:us-east-1:1:application-inference-profile/p,y,AmazonBedrock",
         "2026-10-05 day usage account=42 profile=arn:aws:bedrock:us-east-1:1:application-inference-profile/p item=y "
         "billed=1\n"},
        {"\xEF\xBB\xBF"
         "ChargePeriodStart,BilledCost,ServiceProviderName,ServiceName,RegionId,BillingAccountId",
         "2026-10-05,1,AWS,Amazon S3,us-east-1,9",
         "2026-10-05 day other account=9 region=us-east-1 item=Amazon S3 tag:provider=AWS billed=1\n"},
        {"ChargePeriodStart,BilledCost,ProviderName,ServiceProviderName,PublisherName,ServiceName",
         "2026-10-05,1,NULL,,Oracle,Compute", "2026-10-05 day other item=Compute tag:provider=Oracle billed=1\n"},
        {"ChargePeriodStart,BilledCost,SkuMeter,ServiceName", "2026-10-05,1,USE1-NovaLite-input-tokens,Amazon Bedrock",
         "2026-10-05 day usage " NOVA "context=0 billed=1 late\n"},
        {"ChargePeriodStart,BilledCost,BillingCurrency", "2026-10-05,1,EUR",
         "at 'EUR': BillingCurrency is 'EUR', expected USD\n"},
        {"ChargePeriodStart,BilledCost,Tags", "2026-10-05,1,\"{\"\"a\"\"\"",
         "at '{\"\"a\"\"\"': Tags is no map of tags: no ':' after the key; expected one\n"},
        {"ChargePeriodStrt,BilledCost", "", "open: no column 'ChargePeriodStart'; the nearest is 'ChargePeriodStrt'\n"},
        {"ChargePeriodStart,ListCost", "", "open: no column 'BilledCost'\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_reads(cases[i].header, cases[i].row, cases[i].expected);
}

/* ---- the sample of the FOCUS project (FOCUS-Sample-Data, CC BY 4.0): 500 rows of three clouds */

#define SAMPLE_ROWS 500

static struct {
    const char *provider, *usd;
    sc_money found;
} providers[] = {{"AWS", "14.1819307578", 0}, {"Microsoft", "0.16298079268", 0}, {"Oracle", "0.32107392473", 0}};

static void add_sample_record(void *context, const sc_usage_record *r)
{
    size_t found = 0;
    (void)context;
    EXPECT_I64(r->charge, SC_CHARGE_OTHER);
    for (size_t i = 0; i < COUNT(providers); i++) {
        if (r->n_tags > 0 && sc_text_is(r->tag[0].value, providers[i].provider)) {
            providers[i].found += r->billed;
            found++;
        }
    }
    EXPECT_I64(found, 1);
}

static void sums_the_sample(void)
{
    const char *folder = getenv("SPENDCAST_TEST_DATA");
    char path[1024], *text = NULL;
    size_t size;
    csv_counts counts = {0};
    (void)snprintf(path, sizeof path, "%s/focus/focus_1.0_sample.csv", folder != NULL ? folder : "");
    if (folder == NULL || sc_file_read(path, 4 << 20, &text, &size, NULL) != SC_OK) {
        sc_expect_skipped(SAMPLE_ROWS, "no data file focus/focus_1.0_sample.csv");
        return;
    }
    EXPECT_I64(csv_each(&sc_reader_focus, card, text, size, add_sample_record, NULL, &counts), 0);
    EXPECT_I64(counts.records, SAMPLE_ROWS);
    EXPECT_I64(counts.skips, 0);
    EXPECT_STR(counts.first_reject, "");
    for (size_t i = 0; i < COUNT(providers); i++) {
        char usd[SC_DECIMAL_TEXT_MAX];
        EXPECT_STR(sc_decimal_format_exact(providers[i].found, 15, 0, usd), providers[i].usd);
    }
    sc_free(text);
}

CU_ErrorCode test_read_focus_register(void)
{
    CU_pSuite suite = CU_add_suite("read_focus", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "reads lines", reads_lines) == NULL ||
        CU_add_test(suite, "reads headers", reads_headers) == NULL ||
        CU_add_test(suite, "sums the sample", sums_the_sample) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
