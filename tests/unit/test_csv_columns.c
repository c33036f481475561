/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_csv_columns.c - headers of CSV exports: names, whose they are, and what all readers of CSV have in common. */
#include "usage/csv_columns.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "csv_reads.h"
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

static void compares_names(void)
{
    static const struct {
        const char *name, *known;
        int same;
    } cases[] = {
        {"lineItem/UsageType", "line_item_usage_type", 1},
        {"lineitem_usagetype", "line_item_usage_type", 1},
        {"Line Item Usage Type", "line_item_usage_type", 1},
        {"ChargePeriodStart", "charge_period_start", 1},
        {"cache_write_5m", "CacheWrite5m", 1},
        {"cache_write_1h", "cache_write_5m", 0},
        {"input", "input_tokens", 0},
        {"input_tokens", "input", 0},
        {"", "input", 0},
        {"___", "input", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (!EXPECT_I64(sc_csv_same_name(sc_text_of(cases[i].name), cases[i].known), cases[i].same))
            EXPECT_STR(cases[i].name, cases[i].known);
    }
}

static void reads_headers(void)
{
    static const struct {
        const char *text, *expected; /* names with '|' between, or "! problem" */
    } cases[] = {
        {"a,b", "a|b|"},
        {"\xEF\xBB\xBF"
         "a,b\n1,2\n",
         "a|b|"},
        {"\n\n a , \"b c\" ,\r\n",
         "! a quote inside a cell; expected the whole cell in quotes and each quote inside it "
         "doubled"},
        {" a\t, b c ,\r\n1,2,3", "a|b c||"},
        {"\"a,b\",\"c\nd\"\n", "a,b|c\nd|"},
        {"", "! no header"},
        {"\n\n", "! no header"},
        {"{\"a\":1}", "! a quote inside a cell; expected the whole cell in quotes and each quote inside it doubled"},
    };
    static sc_csv_header h;
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_strbuf got = {0};
        const char *problem = sc_csv_header_read(&h, cases[i].text, strlen(cases[i].text));
        if (problem != NULL)
            sc_strbuf_printf(&got, "! %s", problem);
        for (size_t c = 0; c < h.n; c++)
            sc_strbuf_printf(&got, "%.*s|", (int)h.name[c].len, h.name[c].at);
        EXPECT_STR(got.text, cases[i].expected);
        sc_strbuf_release(&got);
    }
}

/* How sure each reader is of each kind of text; the first bytes may end anywhere. */
static void tells_formats_apart(void)
{
    static const struct {
        const char *text;
        int cur, focus, own;
    } cases[] = {
        {"line_item_usage_type,line_item_usage_start_date,line_item_unblended_cost,tags\n", 100, 0, 0},
        {"identity/LineItemId,lineItem/UsageStartDate,lineItem/UsageType,lineItem/UnblendedCost\n1,", 100, 0, 0},
        {"scenario,line_item_iam_principal,line_item_usage_type,line_item_unblended_cost,tag\n", 80, 0, 0},
        {"AvailabilityZone,BilledCost,BillingAccountId,ChargePeriodStart,Tags\nNULL,1", 0, 100, 0},
        {"charge_period_start,effective_cost\n", 0, 100, 0},
        {"ChargePeriodStart,ListCost\n", 0, 80, 0},
        {"time,model,input,output\n", 0, 0, 70},
        {"timestamp,project,team,environment,model_id,region,tier,input_tokens,output_tokens,cache_read,cache_write\n",
         0, 0, 70},
        {"TIMESTAMP,ContextTokens,GeneratedTokens\r\n", 0, 0, 70},
        {"tool,date,model,uncached_input,cache_read,output,est_cost_usd,other\n", 0, 0, 40},
        {"time,model\n", 0, 0, 0},
        {"input,output\n", 0, 0, 0},
        {"timestamp,MetricName,Sum\n", 0, 0, 0},
        {"date,product,store,sales\n", 0, 0, 0},
        {"", 0, 0, 0},
        {"\n", 0, 0, 0},
        {"{\"schemaType\":\"ModelInvocationLog\"}\n", 0, 0, 0},
        {"{\n  \"MetricDataResults\": []\n}\n", 0, 0, 0},
        {"[]", 0, 0, 0},
        {"PAR1\x15\x04", 0, 0, 0},
        {"\x1f\x8b\x08", 0, 0, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const size_t n = strlen(cases[i].text);
        if (!EXPECT_I64(sc_reader_cur.detect(cases[i].text, n), cases[i].cur) ||
            !EXPECT_I64(sc_reader_focus.detect(cases[i].text, n), cases[i].focus) ||
            !EXPECT_I64(sc_reader_own.detect(cases[i].text, n), cases[i].own))
            EXPECT_STR(cases[i].text, "the text");
    }
}

static const struct {
    const sc_usage_reader *reader;
    const char *header, *row;
} samples[] = {
    {&sc_reader_cur,
     "line_item_product_code,line_item_usage_start_date,line_item_usage_type,line_item_usage_amount,"
     "line_item_unblended_cost,tags,resourceTags/user:app\n",
     "AmazonBedrock,2026-10-05,USE1-NovaLite-input-tokens,1,0.00006,\"{\"\"a\"\":\"\"b\"\"}\",x\n"},
    {&sc_reader_focus, "ChargePeriodStart,BilledCost,ServiceName,x_UsageType,ConsumedQuantity,Tags\n",
     "2026-10-05,0.00006,Amazon Bedrock,USE1-NovaLite-input-tokens,1,\"{\"\"a\"\":\"\"b\"\"}\"\n"},
    {&sc_reader_own, "time,model,input,tag:a\n", "2026-10-05,m,1,\"b\"\"c\"\n"},
};

static void ignore_record(void *context, const sc_usage_record *r)
{
    (void)context;
    EXPECT_I64(r->tokens[SC_METER_INPUT] > 0, 1);
}

static void allocates_only_for_the_header(void)
{
    for (size_t i = 0; i < COUNT(samples); i++) {
        sc_strbuf text = {0};
        uint64_t made[2];
        for (int n = 0; n < 2; n++) {
            csv_counts counts = {0};
            sc_strbuf_release(&text);
            sc_strbuf_puts(&text, samples[i].header);
            for (int row = 0; row < 1 + n * 99; row++)
                sc_strbuf_puts(&text, samples[i].row);
            const uint64_t before = sc_alloc_count();
            EXPECT_I64(csv_each(samples[i].reader, card, text.text, text.len, ignore_record, NULL, &counts), 0);
            made[n] = sc_alloc_count() - before;
            EXPECT_I64(counts.records, 1 + n * 99);
            EXPECT_STR(counts.first_reject, "");
        }
        EXPECT_I64(made[1], made[0]);
        sc_strbuf_release(&text);
    }
}

static void survives_exhaustion(void)
{
    for (size_t i = 0; i < COUNT(samples); i++) {
        sc_code code = SC_E_MEMORY;
        for (uint64_t n = 1; code == SC_E_MEMORY && n < 20; n++) {
            char why[300];
            void *state;
            sc_alloc_fail_at(n);
            code = samples[i].reader->open(card, samples[i].header, strlen(samples[i].header), &state, why, sizeof why);
            sc_alloc_fail_at(0);
            EXPECT_TRUE(code == SC_OK || (code == SC_E_MEMORY && state == NULL));
            if (code == SC_OK)
                samples[i].reader->close(state);
        }
        EXPECT_I64(code, SC_OK);
        samples[i].reader->close(NULL);
    }
}

/* A cell with doubled quotes has to fit into 64 KiB. */
static void rejects_endless_cells(void)
{
    sc_strbuf text = {0};
    sc_strbuf_puts(&text, "time,input,tag:a\n2026-10-05,1,\"");
    sc_strbuf_repeat(&text, 'x', 70000);
    sc_strbuf_puts(&text, "\"\n2026-10-05,1,\"\"\"");
    sc_strbuf_repeat(&text, 'x', 70000);
    sc_strbuf_puts(&text, "\"\n");
    char *got = csv_reads(&sc_reader_own, card, text.text);
    const char *end = strstr(got, "\nat '");
    if (EXPECT_TRUE(end != NULL))
        EXPECT_STR(strstr(end, "': ") + 3, "a cell of more than 65536 bytes\n");
    free(got);
    sc_strbuf_release(&text);
}

CU_ErrorCode test_csv_columns_register(void)
{
    CU_pSuite suite = CU_add_suite("csv_columns", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "compares names", compares_names) == NULL ||
        CU_add_test(suite, "reads headers", reads_headers) == NULL ||
        CU_add_test(suite, "tells formats apart", tells_formats_apart) == NULL ||
        CU_add_test(suite, "allocates only for the header", allocates_only_for_the_header) == NULL ||
        CU_add_test(suite, "survives exhaustion", survives_exhaustion) == NULL ||
        CU_add_test(suite, "rejects endless cells", rejects_endless_cells) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
