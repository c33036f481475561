/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_read_cur.c - Cost and Usage Reports of both generations, line by line, and AWS's published rows. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "csv_reads.h"
#include "expect.h"
#include "io/csv_table.h"
#include "io/file.h"
#include "rates_fixture.h"

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
    char *got = csv_reads(&sc_reader_cur, card, text.text);
    if (!EXPECT_STR(got, expected))
        EXPECT_STR(row, "the row");
    free(got);
    sc_strbuf_release(&text);
}

/* ---- lines of every kind */

#define HEADER                                                                                                         \
    "line_item_line_item_type,line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,"             \
    "line_item_usage_type,line_item_usage_amount,line_item_unblended_cost,pricing_public_on_demand_cost,pricing_unit," \
    "product"
#define DAY "2026-10-05T00:00:00Z,2026-10-06T00:00:00Z"
#define HAIKU "\"{\"\"product_name\"\":\"\"Claude Haiku 4.5 (Amazon Bedrock Edition)\"\"}\""

static void reads_lines(void)
{
    static const struct {
        const char *row, *expected;
    } cases[] = {
        {"Usage,2026-10-05T13:00:00Z,2026-10-05T14:00:00Z,AmazonBedrock,USE1-NovaLite-input-tokens,12.3456,"
         "0.0007407360,0.0007407360,1K tokens,",
         "2026-10-05T13:00:00 hour usage model=amazon.nova-lite-v1:0 region=us-east-1 item=USE1-NovaLite-input-tokens "
         "standard input=12346 context=0 billed=0.000740736 list=0.000740736\n"},
        {"Usage," DAY ",AmazonBedrockService,USE1-Claude4.6Sonnet-output-tokens-cross-region-global,2.5E-1,3.75e-3,"
         "0.00375,Units,",
         "2026-10-05 day usage model=anthropic.claude-sonnet-4-6 region=us-east-1 "
         "item=USE1-Claude4.6Sonnet-output-tokens-cross-region-global global standard output=250 context=0 "
         "billed=0.00375 list=0.00375\n"},
        {"Usage," DAY ",AmazonBedrockFoundationModels,"
         "USW2-anthropic.claude-opus-4-8-mantle-cache-write-tokens-1h-global-standard,3,0.03,0.03,1K tokens,",
         "2026-10-05 day usage model=anthropic.claude-opus-4-8 region=us-west-2 endpoint=bedrock-mantle "
         "item=USW2-anthropic.claude-opus-4-8-mantle-cache-write-tokens-1h-global-standard global standard "
         "cache_write_1h=3000 context=0 billed=0.03 list=0.03\n"},
        /* the Marketplace: the product names the model, the list cost is 0 */
        {"Usage,2026-10-01,2026-11-01,8a2mrx,USE1-MP:USE1_InputTokenCount-Units,0.5,0.55,0,Units," HAIKU,
         "2026-10-01 month usage model=anthropic.claude-haiku-4-5-20251001-v1:0 region=us-east-1 "
         "item=USE1-MP:USE1_InputTokenCount-Units standard input=500000 context=0 billed=0.55\n"},
        {"Usage,2026-10-01,2026-11-01,8a2mrx,USE1-MP:USE1_InputTokenCount-Units,0.5,0.55,0,Units,"
         "{product_name=Claude Haiku 9 (Amazon Bedrock Edition)}",
         "2026-10-01 month usage model=Claude Haiku 9 region=us-east-1 item=USE1-MP:USE1_InputTokenCount-Units "
         "standard input=500000 context=0 billed=0.55\n"},
        /* reserved capacity and image, guardrail: other meters */
        {"Usage," DAY ",AmazonBedrockService,USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units,2400,475.2,0,Units," HAIKU,
         "2026-10-05 day usage model=anthropic.claude-haiku-4-5-20251001-v1:0 region=us-east-1 "
         "item=USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units geo reserved context=0 reserved_input_tpm_1mo=2400 "
         "billed=475.2\n"},
        {"Usage," DAY ",AmazonBedrock,USE1-Guardrail-ContentPolicyUnitsConsumed,12,0.0018,0.0018,TextUnits,",
         "2026-10-05 day usage model=bedrock.guardrails region=us-east-1 "
         "item=USE1-Guardrail-ContentPolicyUnitsConsumed variant=content filter standard context=0 text_unit=12 "
         "billed=0.0018 list=0.0018\n"},
        {"Usage," DAY ",AmazonBedrock,USE1-NovaLite-input-tokens-custom-model,1.5,0.00009,,1K tokens,",
         "2026-10-05 day usage model=amazon.nova-lite-v1:0 region=us-east-1 "
         "item=USE1-NovaLite-input-tokens-custom-model standard context=0 custom_model_input=1500 billed=0.00009\n"},
        {"Usage," DAY ",AmazonBedrock,USE1-Claude4Sonnet-input-tokens-long-context-cross-region-global,10,0.06,,"
         "1K tokens,",
         "2026-10-05 day usage model=anthropic.claude-sonnet-4-20250514-v1:0 region=us-east-1 "
         "item=USE1-Claude4Sonnet-input-tokens-long-context-cross-region-global global standard input=10000 "
         "context=200001 billed=0.06\n"},
        /* money without counts, and usage types that say nothing: nothing is dropped */
        {"Usage," DAY ",AmazonBedrock,USE1-NovaLite-input-tokens,,0.081,,,",
         "2026-10-05 day usage model=amazon.nova-lite-v1:0 region=us-east-1 item=USE1-NovaLite-input-tokens standard "
         "context=0 billed=0.081 late\n"},
        {"Usage," DAY ",AmazonBedrock,USE1-Claude9Sonnet-input-tokens,12,0.10,,1K tokens,",
         "2026-10-05 day usage item=USE1-Claude9Sonnet-input-tokens billed=0.1\n"},
        /* lines that are no usage */
        {"Tax,2026-10-01,2026-11-01,AmazonBedrock,,1,0.10,,,", "2026-10-01 month tax billed=0.1\n"},
        {"Credit," DAY ",AmazonBedrock,USE1-NovaLite-input-tokens,-12,-0.10,,1K tokens,",
         "2026-10-05 day credit model=amazon.nova-lite-v1:0 region=us-east-1 item=USE1-NovaLite-input-tokens standard "
         "context=0 billed=-0.1\n"},
        {"Refund," DAY ",AmazonBedrock,,0,-0.10,,,", "2026-10-05 day credit billed=-0.1\n"},
        {"EdpDiscount," DAY ",AmazonBedrock,USE1-NovaLite-input-tokens,12,-0.01,,,",
         "2026-10-05 day discount model=amazon.nova-lite-v1:0 region=us-east-1 item=USE1-NovaLite-input-tokens "
         "standard context=0 billed=-0.01\n"},
        {"PrivateRateDiscount," DAY ",AmazonBedrock,,0,-1,,,", "2026-10-05 day discount billed=-1\n"},
        {"BundledDiscount," DAY ",AmazonBedrock,,0,-1,,,", "2026-10-05 day discount billed=-1\n"},
        {"SavingsPlanNegation," DAY ",AmazonBedrock,,0,-1,,,", "2026-10-05 day discount billed=-1\n"},
        {"SavingsPlanRecurringFee," DAY ",AmazonBedrock,,0,1,,,", "2026-10-05 day purchase billed=1\n"},
        {"Fee," DAY ",AmazonBedrock,,0,1,,,", "2026-10-05 day purchase billed=1\n"},
        {"RIFee," DAY ",AmazonBedrock,,0,1,,,", "2026-10-05 day purchase billed=1\n"},
        {"Something," DAY ",AmazonBedrock,,0,1,,,", "2026-10-05 day adjustment billed=1\n"},
        {"Usage," DAY ",AmazonEC2,USE1-BoxUsage:m5.large,1,0.096,0.096,Hrs,",
         "2026-10-05 day other item=AmazonEC2 billed=0.096 list=0.096\n"},
        {"Tax," DAY ",AWSDataTransfer,,1,0.096,,,", "2026-10-05 day other item=AWSDataTransfer billed=0.096\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_reads(HEADER, cases[i].row, cases[i].expected);
}

/* The unit of a line is stated, or the usage type's, unless the cost says that it can only be another. */
static void finds_the_unit(void)
{
    static const struct {
        const char *unit, *amount, *cost, *list;
        int64_t tokens;
    } cases[] = {
        /* Nova Lite's input is $0.06 per 1M: 1,500,000 tokens are $0.09 */
        {"1K tokens", "1500", "0.09", "0.09", 1500000},
        {"1M tokens", "1.5", "0.09", "0.09", 1500000},
        {"Tokens", "1500000", "0.09", "", 1500000},
        {"Units", "1500", "0.09", "", 1500000},
        {"Units", "1.5", "0.09", "", 1500000},
        {"Units", "1500000", "0.09", "", 1500000},
        {"1M tokens", "1500", "0.09", "", 1500000},   /* the unit is wrong */
        {"Units", "1500", "0.0855", "0.09", 1500000}, /* 5 % off */
        {"Units", "1.5", "0.045", "", 1500000},       /* half price */
        {"Units", "1500", "0", "", 1500000},          /* free: as the usage type says */
        {"Units", "1500", "9000000", "", 1500000},    /* no unit gives such a price */
        {"1K tokens", "0.0005", "0.00000003", "", 0}, /* half a token, to even */
        {"1K tokens", "0.0015", "0.00000009", "", 2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_strbuf row = {0};
        char *got, *at;
        sc_strbuf_printf(&row, HEADER "\nUsage," DAY ",AmazonBedrock,USE1-NovaLite-input-tokens,%s,%s,%s,%s,\n",
                         cases[i].amount, cases[i].cost, cases[i].list, cases[i].unit);
        got = csv_reads(&sc_reader_cur, card, row.text);
        at = strstr(got, " input=");
        if (!EXPECT_I64(at != NULL ? strtoll(at + 7, NULL, 10) : 0, cases[i].tokens))
            EXPECT_STR(row.text, got);
        free(got);
        sc_strbuf_release(&row);
    }
}

static void rejects_rows(void)
{
    static const struct {
        const char *row, *expected;
    } cases[] = {
        {"Usage," DAY ",AmazonBedrock,USE1-NovaLite-input-tokens,-12,0.10,,1K tokens,",
         "at '-12': line_item_usage_amount '-12' is negative, expected 0 or more\n"},
        {"Usage," DAY ",AmazonBedrock,USE1-NovaLite-input-tokens,twelve,0.10,,1K tokens,",
         "at 'twelve': line_item_usage_amount 'twelve' is no number, or too large, expected a decimal number\n"},
        {"Usage," DAY ",AmazonBedrock,USE1-NovaLite-input-tokens,1e30,0.10,,1K tokens,",
         "at '1e30': line_item_usage_amount '1e30' is too large\n"},
        {"Usage," DAY ",AmazonBedrock,USE1-NovaLite-input-tokens,12,,,1K tokens,",
         "at '': line_item_unblended_cost is empty, expected an amount of money\n"},
        {"Usage," DAY ",AmazonBedrock,USE1-NovaLite-input-tokens,12,$1,,1K tokens,",
         "at '$1': line_item_unblended_cost '$1' is no amount of money\n"},
        {"Usage,10/05/2026,2026-10-06,AmazonBedrock,USE1-NovaLite-input-tokens,12,1,,1K tokens,",
         "at '10/05/2026': line_item_usage_start_date '10/05/2026' is no time, expected one such as "
         "2026-01-15T12:00:00Z\n"},
        {"Usage,,2026-10-06,AmazonBedrock,USE1-NovaLite-input-tokens,12,1,,1K tokens,",
         "at '': line_item_usage_start_date is empty, expected a time\n"},
        {"Usage,2026-10-06,2026-10-05,AmazonBedrock,USE1-NovaLite-input-tokens,12,1,,1K tokens,",
         "at '2026-10-05': line_item_usage_end_date is before line_item_usage_start_date\n"},
        {"Usage," DAY ",AmazonBedrock,x,12,1,,,\"{\"\"product_name\"\":[]}\"",
         "at '{\"\"product_name\"\":[]}\"': product is no map of properties: a value that is a list or a map, expected "
         "a text, number or "
         "true\n"},
        {"Usage," DAY ",AmazonBedrock,x,12,1", "at '': 7 cells, expected 10 as in the header\n"},
        {"Usage," DAY ",AmazonBedrock,x,12,1,,,\"{", "at '\"{': the quote is never closed\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_reads(HEADER, cases[i].row, cases[i].expected);
    expect_reads("line_item_usage_type,line_item_usage_start_date,line_item_unblended_cost,line_item_currency_code,"
                 "line_item_product_code",
                 "x,2026-10-05,1,EUR,AmazonEC2", "at 'EUR': line_item_currency_code is 'EUR', expected USD\n");
}

/* ---- who it was */

static void reads_who(void)
{
    static const char header[] = "line_item_usage_type,line_item_usage_start_date,line_item_unblended_cost,"
                                 "line_item_product_code,line_item_usage_account_id,line_item_resource_id,"
                                 "line_item_iam_principal,tags,resource_tags,product_region_code";
    static const struct {
        const char *row, *expected;
    } cases[] = {
        {"x,2026-10-05,1,AmazonBedrock,123456789012,arn:aws:bedrock-mantle:us-east-1:123456789012:project/proj_a1,"
         "arn:aws:sts::123456789012:assumed-role/Role/alice@acme.org,"
         "\"{\"\"iamPrincipal/team\"\":\"\"p\"\",\"\"resourceTags/team\"\":\"\"r\"\"}\",{},eu-west-1",
         "2026-10-05 day usage account=123456789012 project=arn:aws:bedrock-mantle:us-east-1:123456789012:project/"
         "proj_a1 principal=arn:aws:sts::123456789012:assumed-role/Role session=alice@acme.org region=eu-west-1 item=x "
         "tag:team=r tag:iamPrincipal/team=p billed=1\n"},
        {"x,2026-10-05,1,AmazonBedrock,1,arn:aws:bedrock:us-east-1:1:application-inference-profile/abc,"
         "arn:aws:iam::1:user/bob,,\"{\"\"user_dept\"\":\"\"d\"\"}\",",
         "2026-10-05 day usage account=1 profile=arn:aws:bedrock:us-east-1:1:application-inference-profile/abc "
         "principal=arn:aws:iam::1:user/bob item=x tag:dept=d billed=1\n"},
        {"x,2026-10-05,1,AmazonEC2,1,arn:aws:codebuild:us-east-1:1:project/abc,,,,",
         "2026-10-05 day other account=1 item=AmazonEC2 billed=1\n"},
        {"x,2026-10-05,1,AmazonBedrock,1,proj_a1,,,,", "2026-10-05 day usage account=1 item=x billed=1\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_reads(header, cases[i].row, cases[i].expected);
}

static void reads_legacy_reports(void)
{
    static const char row[] = "Usage,2026-10-05T00:00:00Z,2026-10-06T00:00:00Z,AmazonBedrock,"
                              "USE1-NovaLite-output-tokens,1000,0.24,USD,1K tokens,Amazon Bedrock,ds,,me\n";
    static const char *const headers[] = {
        "lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageType,"
        "lineItem/UsageAmount,lineItem/UnblendedCost,lineItem/CurrencyCode,pricing/unit,product/ProductName,"
        "resourceTags/user:team,resourceTags/user:env,resourceTags/aws:createdBy",
        "line_item_line_item_type,line_item_usage_start_date,line_item_usage_end_date,line_item_product_code,"
        "line_item_usage_type,line_item_usage_amount,line_item_unblended_cost,line_item_currency_code,pricing_unit,"
        "product_product_name,resource_tags_user_team,resource_tags_user_env,resource_tags_aws:createdBy",
        "lineitem_lineitemtype,lineitem_usagestartdate,lineitem_usageenddate,lineitem_productcode,lineitem_usagetype,"
        "lineitem_usageamount,lineitem_unblendedcost,lineitem_currencycode,pricing_unit,product_productname,"
        "resourceTags/team,resourceTags/env,resourceTags/aws:createdBy",
    };
    for (size_t i = 0; i < COUNT(headers); i++)
        expect_reads(
            headers[i], row,
            "2026-10-05 day usage model=amazon.nova-lite-v1:0 region=us-east-1 item=USE1-NovaLite-output-tokens "
            "tag:team=ds tag:aws:createdBy=me standard output=1000000 context=0 billed=0.24\n");
}

static void refuses_headers(void)
{
    static const struct {
        const char *header, *expected;
    } cases[] = {
        {"", "open: no header\n"},
        {"a,\"b\"c", "open: text after a closing quote; expected ',' or the end of the line\n"},
        {"line_item_usage_typ,line_item_usage_start_date,line_item_unblended_cost,line_item_product_code",
         "open: no column 'line_item_usage_type'; the nearest is 'line_item_usage_typ'\n"},
        {"line_item_usage_type,line_item_usage_start_date,line_item_product_code",
         "open: no column 'line_item_unblended_cost'\n"},
        {"line_item_usage_type,line_item_usage_start_date,line_item_unblended_cost",
         "open: no column 'line_item_product_code'\n"},
        {"line_item_usage_type,line_item_usage_start_date,line_item_unblended_cost,lineItem/UnblendedCost",
         "open: columns 'line_item_unblended_cost' and 'lineItem/UnblendedCost' hold the same; expected one of them\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_reads(cases[i].header, "", cases[i].expected);
}

/* ---- AWS's published rows (AWS ML blog, 2026-04-17): costs by principal and tag, without dates and amounts */

#define BLOG_ROWS 16

typedef struct sums {
    const char *what; /* "principal", or the key of a tag */
    const char *value;
    const char *usd;
    sc_money found;
} sums;

static sums blog_sums[] = {
    {"principal", "arn:aws:iam::123456789012:user/user-1", "0.2838", 0},
    {"principal", "arn:aws:iam::123456789012:user/user-2", "1.188", 0},
    {"principal", "arn:aws:sts::123456789012:assumed-role/Role-1", "1.9", 0},
    {"principal", "arn:aws:sts::123456789012:assumed-role/Role-2", "0.131", 0},
    {"principal", "arn:aws:sts::123456789012:assumed-role/BedrockRole", "1.695", 0},
    {"team", "BedrockDataScience", "1.4718", 0},
    {"team", "data-science", "1.517", 0},
    {"team", "engineering", "0.429", 0},
    {"project", "DocFlow", "0.198", 0},
    {"tenant", "acme-corp", "1.451", 0},
    {"cost-center", "12345", "3.0738", 0},
    {"cost-center", "67890", "0.429", 0},
};

/* Rows whose cost is a whole number of tokens at the list price. */
static int whole_tokens;

static int is_whole_tokens(const sc_usage_record *r)
{
    char model[128], item[128];
    sc_model_ref ref;
    int is_whole = 0;
    (void)snprintf(model, sizeof model, "%.*s", (int)r->dim[SC_DIM_MODEL].len, r->dim[SC_DIM_MODEL].at);
    (void)snprintf(item, sizeof item, "%.*s", (int)r->dim[SC_DIM_ITEM].len, r->dim[SC_DIM_ITEM].at);
    if (!EXPECT_I64(sc_card_resolve(card, model, &ref, NULL, 0), SC_OK))
        return 0;
    const sc_meter meter = strstr(item, "-input-") != NULL ? SC_METER_INPUT : SC_METER_OUTPUT;
    for (int scope = 0; scope < SC_SCOPES; scope++) {
        const sc_buy buy = {ref.model, sc_card_region_of(card, "us-east-1"), (sc_scope)scope, SC_TIER_STANDARD};
        const sc_price_point *p = sc_card_find(card, &buy, meter, NULL, 0, day_of("2026-04-17"));
        is_whole |= p != NULL && r->billed % p->price == 0;
    }
    return is_whole;
}

static void add_blog_record(void *context, const sc_usage_record *r)
{
    (void)context;
    EXPECT_I64(r->late_tokens, 1);
    EXPECT_TRUE(r->dim[SC_DIM_MODEL].len > 0);
    for (size_t i = 0; i < COUNT(blog_sums); i++) {
        int matches =
            strcmp(blog_sums[i].what, "principal") == 0 && sc_text_is(r->dim[SC_DIM_PRINCIPAL], blog_sums[i].value);
        for (size_t t = 0; t < r->n_tags; t++)
            matches |= sc_text_is(r->tag[t].key, blog_sums[i].what) && sc_text_is(r->tag[t].value, blog_sums[i].value);
        blog_sums[i].found += matches ? r->billed : 0;
    }
    whole_tokens += is_whole_tokens(r);
}

/* "team=a;cost-center=1" as the map of a CSV cell. */
static void put_tags(sc_strbuf *out, const char *tags)
{
    sc_strbuf_puts(out, "\"{\"\"iamPrincipal/");
    for (const char *at = tags; *at != '\0'; at++)
        sc_strbuf_puts(out, *at == '=' ? "\"\":\"\"" : *at == ';' ? "\"\",\"\"iamPrincipal/" : (char[]){*at, '\0'});
    sc_strbuf_puts(out, "\"\"}\"");
}

static void sums_published_rows(void)
{
    static const sc_csv_column columns[] = {{"scenario", 1},
                                            {"line_item_iam_principal", 1},
                                            {"line_item_usage_type", 1},
                                            {"line_item_unblended_cost", 1},
                                            {"tag", 1}};
    const char *folder = getenv("SPENDCAST_TEST_DATA");
    char path[1024], *text = NULL;
    size_t size;
    sc_csv_table *rows = NULL;
    sc_strbuf cur = {0};
    csv_counts counts = {0};
    (void)snprintf(path, sizeof path, "%s/bedrock_bills/cur2_rows_aws_blog_2026-04.csv", folder != NULL ? folder : "");
    if (folder == NULL || sc_file_read(path, 1 << 20, &text, &size, NULL) != SC_OK) {
        sc_expect_skipped(BLOG_ROWS, "no data file bedrock_bills/cur2_rows_aws_blog_2026-04.csv");
        return;
    }
    whole_tokens = 0;
    if (EXPECT_I64(sc_csv_parse("rows", text, size, columns, COUNT(columns), &rows, NULL), SC_OK)) {
        sc_strbuf_puts(&cur, "line_item_product_code,line_item_usage_start_date,line_item_iam_principal,"
                             "line_item_usage_type,line_item_unblended_cost,tags\n");
        for (size_t i = 0; i < sc_csv_rows(rows); i++) {
            sc_strbuf_printf(&cur, "AmazonBedrock,2026-04-17,%s,%s,%s,", sc_csv_cell(rows, i, 1),
                             sc_csv_cell(rows, i, 2), sc_csv_cell(rows, i, 3));
            put_tags(&cur, sc_csv_cell(rows, i, 4));
            sc_strbuf_puts(&cur, "\n");
        }
        EXPECT_I64(csv_each(&sc_reader_cur, card, cur.text, cur.len, add_blog_record, NULL, &counts), 0);
        EXPECT_I64(counts.records, BLOG_ROWS);
        EXPECT_STR(counts.first_reject, "");
        EXPECT_I64(whole_tokens, 14); /* $0.0500 of Nova Lite and $0.163 of Claude Sonnet 4.6 are rounded */
        for (size_t i = 0; i < COUNT(blog_sums); i++) {
            char usd[SC_DECIMAL_TEXT_MAX];
            if (!EXPECT_STR(sc_decimal_format_exact(blog_sums[i].found, 15, 0, usd), blog_sums[i].usd))
                EXPECT_STR(blog_sums[i].value, "the group");
        }
    }
    sc_csv_free(rows);
    sc_strbuf_release(&cur);
    sc_free(text);
}

CU_ErrorCode test_read_cur_register(void)
{
    CU_pSuite suite = CU_add_suite("read_cur", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "reads lines", reads_lines) == NULL ||
        CU_add_test(suite, "finds the unit", finds_the_unit) == NULL ||
        CU_add_test(suite, "rejects rows", rejects_rows) == NULL ||
        CU_add_test(suite, "reads who", reads_who) == NULL ||
        CU_add_test(suite, "reads legacy reports", reads_legacy_reports) == NULL ||
        CU_add_test(suite, "refuses headers", refuses_headers) == NULL ||
        CU_add_test(suite, "sums published rows", sums_published_rows) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
