/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_read_own.c - spendcast's own CSV and tables near to it, and real logs of others that are such tables. */
#include "usage/own_csv.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "csv_reads.h"
#include "expect.h"
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
    char *got = csv_reads(&sc_reader_own, card, text.text);
    if (!EXPECT_STR(got, expected))
        EXPECT_STR(row, "the row");
    free(got);
    sc_strbuf_release(&text);
}

static void reads_every_column(void)
{
    char header[1000];
    (void)snprintf(header, sizeof header, "%s,tag:owner,team", sc_own_csv_header());
    EXPECT_STR(sc_own_csv_header(),
               "time,account,project,workload,workspace,profile,principal,session,model,region,endpoint,scope,tier,"
               "charge,item,requests,request_id,session_key,input,output,cache_read,cache_write,cache_write_5m,"
               "cache_write_30m,cache_write_1h,context,meter,quantity,variant,billed_usd,list_usd,effective_usd");
    expect_reads(
        header,
        "2026-01-15,1,p,w,ws,pr,\"a,\"\"b\"\"\",s,m,us-east-1,bedrock-mantle,geo,flex,usage,i,9,id,k,1,2,3,4,5,"
        "6,7,8,text_unit,1.5,v,0.1,0.2,0.3,o,t",
        "2026-01-15 day usage account=1 project=p workload=w workspace=ws profile=pr principal=a,\"b\" session=s "
        "model=m region=us-east-1 endpoint=bedrock-mantle item=i variant=v id=id key=k tag:owner=o tag:team=t "
        "geo flex requests=9 input=1 output=2 cache_read=3 cache_write=4 cache_write_5m=5 cache_write_30m=6 "
        "cache_write_1h=7 context=8 text_unit=1.5 billed=0.1 list=0.2 effective=0.3\n");
    expect_reads(header, "2026-01,,,,,,,,,,,,,tax,VAT,,,,,,,,,,,,,,,1,,,,", "2026-01-01 month tax item=VAT billed=1\n");
    expect_reads(header, "2026-01,,,,,,,,m,,,,,,,,,,,,,,,,,,,,,1,,,,",
                 "2026-01-01 month usage model=m billed=1 late\n");
}

static void reads_times(void)
{
    static const struct {
        const char *time, *expected; /* "TIME GRAIN", NULL = no time */
    } cases[] = {
        {"2026-01-15T12:34:56Z", "2026-01-15T12:34:56 request"},
        {"2026-01-15T12:34:56.789Z", "2026-01-15T12:34:56 request"},
        {"2026-01-15 12:34:56", "2026-01-15T12:34:56 request"},
        {"2026-01-15T12:34:56+02:00", "2026-01-15T10:34:56 request"},
        {"2026-01-15T00:00:00Z", "2026-01-15 request"},
        {"2024-02-29T23:59:59Z", "2024-02-29T23:59:59 request"},
        {"2026-01-15T12:34Z", "2026-01-15T12:34:00 minute"},
        {"2026-01-15T12:34", "2026-01-15T12:34:00 minute"},
        {"2026-01-15T12:34+02:00", "2026-01-15T10:34:00 minute"},
        {"2026-01-15T12", "2026-01-15T12:00:00 hour"},
        {"2026-01-15", "2026-01-15 day"},
        {"2026-01", "2026-01-01 month"},
        {"2026-02-29T12:34:56Z", NULL},
        {"2026-13-01T12:34:56Z", NULL},
        {"2026-01-15T24:00:00Z", NULL},
        {"2026-01-15T12:60:00Z", NULL},
        {"2026-01-15T1a:00:00Z", NULL},
        {"2026-01-15t12:34:5Z", NULL},
        {"2026-13", NULL},
        {"2026", NULL},
        {"15.01.2026", NULL},
        {"01/15/2026", NULL},
        {"1767225600", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_strbuf row = {0}, expected = {0};
        sc_strbuf_printf(&row, "%s,1", cases[i].time);
        if (cases[i].expected == NULL)
            sc_strbuf_printf(&expected, "at '%s': time '%s' is no time, expected one such as 2026-01-15T12:00:00Z\n",
                             cases[i].time, cases[i].time);
        else
            sc_strbuf_printf(&expected, "%s usage%s input=1\n", cases[i].expected,
                             strstr(cases[i].expected, "request") != NULL ? " requests=1" : "");
        expect_reads("time,input", row.text, expected.text);
        sc_strbuf_release(&row);
        sc_strbuf_release(&expected);
    }
}

static void checks_values(void)
{
    static const struct {
        const char *header, *row, *expected;
    } cases[] = {
        {"time,input", "2026-01-15,9223372036854775807", "2026-01-15 day usage input=9223372036854775807\n"},
        {"time,input", "2026-01-15,12.0", "2026-01-15 day usage input=12\n"},
        {"time,input", "2026-01-15,9223372036854775808",
         "at '9223372036854775808': input '9223372036854775808' is no whole number\n"},
        {"time,input", "2026-01-15,1.5", "at '1.5': input '1.5' is no whole number\n"},
        {"time,input", "2026-01-15,-1", "at '-1': input is negative, expected 0 or more\n"},
        {"time,input,output", "2026-01-15,9223372036854775807,1",
         "at '2026-01-15': the numbers of tokens add up to more than 9223372036854775807\n"},
        {"time,input,requests", "2026-01-15,1,0", "at '2026-01-15': tokens without any request\n"},
        {"time,input,requests", "2026-01-15,1,-1", "at '-1': requests is negative, expected 0 or more\n"},
        {"time,input,requests", "2026-01-15,0,0", "skip: no usage in record\n"},
        {"time,input,requests", "2026-01-15,,", "skip: no usage in record\n"},
        {"time,input", "2026-01-15T12:00:00Z,0", "2026-01-15T12:00:00 request usage requests=1\n"},
        {"time,input,tier", "2026-01-15,1,fast",
         "at 'fast': tier 'fast' is unknown, expected standard, priority, flex, batch, reserved, provisioned or "
         "latency_optimized\n"},
        {"time,input,scope", "2026-01-15,1,globl", "at 'globl': scope 'globl' is unknown; did you mean 'global'?\n"},
        {"time,input,charge", "2026-01-15,1,taxe", "at 'taxe': charge 'taxe' is unknown; did you mean 'tax'?\n"},
        {"time,billed_usd", "2026-01-15,1e-3", "2026-01-15 day usage billed=0.001 late\n"},
        {"time,billed_usd", "2026-01-15,$1", "at '$1': billed_usd '$1' is no amount of money\n"},
        {"time,meter,quantity", "2026-01-15,input,500", "2026-01-15 day usage input=500\n"},
        {"time,meter,quantity", "2026-01-15,text_unit,0.25", "2026-01-15 day usage text_unit=0.25\n"},
        {"time,meter,quantity", "2026-01-15,text_unit,-1", "at '2026-01-15': the quantity is negative\n"},
        {"time,meter,quantity", "2026-01-15,text_unit,1e20", "at '1e20': quantity '1e20' is no number, or too large\n"},
        {"time,meter,quantity", "2026-01-15,text_units,1",
         "at 'text_units': meter 'text_units' is unknown; did you mean 'text_unit'?\n"},
        {"time,meter,quantity", "2026-01-15,text_unit,",
         "at '': quantity is empty, expected both meter and quantity\n"},
        {"time,meter,quantity", "2026-01-15,,1", "at '': meter is empty, expected both meter and quantity\n"},
        {"time,input,meter,quantity", "2026-01-15,5,input,1",
         "at 'input': meter 'input' has a column of its own in this row\n"},
        {"time,input", "2026-01-15", "at '': 1 cells, expected 2 as in the header\n"},
        {"time,input", "2026-01-15,1,2", "at '': 3 cells, expected 2 as in the header\n"},
        {"time,input", "2026-01-15,1\"",
         "at '\"': a quote inside a cell; expected the whole cell in quotes and each "
         "quote inside it doubled\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_reads(cases[i].header, cases[i].row, cases[i].expected);
}

static void checks_headers(void)
{
    static const struct {
        const char *header, *row, *expected;
    } cases[] = {
        /* columns that mean nothing here are left alone, slips are not */
        {"date,note,input_tokens", "2026-01-15,x,1", "2026-01-15 day usage input=1\n"},
        {"date,tool,model,input,tool_calls,est_cost_usd,other", "2026-01-15,cc,m,1,2,0.5,",
         "2026-01-15 day usage model=m input=1\n"},
        {"time,inptu", "", "open: unknown column 'inptu'; did you mean 'input'?\n"},
        {"time,input,cache_raed", "", "open: unknown column 'cache_raed'; did you mean 'cache_read'?\n"},
        {"time,input,modle", "", "open: unknown column 'modle'; did you mean 'model'?\n"},
        {"input,output", "", "open: no column 'time'\n"},
        {"time,model", "", "open: no column 'input'\n"},
        {"time,date,input", "", "open: columns 'time' and 'date' hold the same; expected one of them\n"},
        {"time,input,input_tokens", "",
         "open: columns 'input' and 'input_tokens' hold the same; expected one of them\n"},
        {"", "", "open: no header\n"},
        {"TIMESTAMP,ContextTokens,GeneratedTokens", "2023-11-16 18:17:03.9799600,4808,10",
         "2023-11-16T18:17:03 request usage requests=1 input=4808 output=10\n"},
        {"timestamp,project,team,environment,model_id,region,tier,input_tokens,output_tokens,cache_read,cache_write",
         "2026-01-01T00:00:05Z,proj-008,team-mobile,prod,anthropic.claude-haiku-4-5-20251001-v1:0,us-east-1,standard,"
         "4390,79,1,2",
         "2026-01-01T00:00:05 request usage project=proj-008 model=anthropic.claude-haiku-4-5-20251001-v1:0 "
         "region=us-east-1 tag:team=team-mobile tag:environment=prod standard requests=1 input=4390 output=79 "
         "cache_read=1 cache_write=2\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_reads(cases[i].header, cases[i].row, cases[i].expected);
    sc_strbuf many = {0};
    sc_strbuf_puts(&many, "time,input");
    for (int i = 0; i < 65; i++)
        sc_strbuf_printf(&many, ",tag:t%d", i);
    expect_reads(many.text, "", "open: 65 columns of tags, expected at most 64\n");
    for (int i = 0; i < 2048; i++)
        sc_strbuf_printf(&many, ",x%d", i);
    expect_reads(many.text, "", "open: a row with more cells than can be read\n");
    sc_strbuf_release(&many);
}

/* ---- logs of others (data/README.md): what they cost at the list prices of their makers */

typedef struct totals {
    int64_t input, output, rows, unpriced;
    sc_money cost;
} totals;

static char *data_text(const char *name, unsigned long cases, size_t *size)
{
    const char *folder = getenv("SPENDCAST_TEST_DATA");
    char path[1024], reason[200], *text = NULL;
    (void)snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "", name);
    if (folder != NULL && sc_file_read(path, 4 << 20, &text, size, NULL) == SC_OK)
        return text;
    (void)snprintf(reason, sizeof reason, "no data file %s", name);
    sc_expect_skipped(cases, reason);
    return NULL;
}

/* Anthropic's prices are those of the global profile; a cache write of unknown lifetime is for 5 minutes. */
static void add_priced(void *context, const sc_usage_record *r)
{
    totals *t = context;
    char model[128], id[160];
    sc_model_ref ref;
    t->rows++;
    t->input += r->tokens[SC_METER_INPUT];
    t->output += r->tokens[SC_METER_OUTPUT];
    (void)snprintf(model, sizeof model, "%.*s", (int)r->dim[SC_DIM_MODEL].len, r->dim[SC_DIM_MODEL].at);
    (void)snprintf(id, sizeof id, "anthropic.%s", model);
    if (sc_card_resolve(card, model, &ref, NULL, 0) != SC_OK && sc_card_resolve(card, id, &ref, NULL, 0) != SC_OK) {
        t->unpriced++;
        return;
    }
    if (strncmp(model, "claude-", 7) != 0)
        return;
    const sc_buy buy = {ref.model, sc_card_default_region(card), SC_SCOPE_GLOBAL, SC_TIER_STANDARD};
    for (int m = 0; m < SC_TOKEN_METERS; m++) {
        const sc_meter meter = m == SC_METER_CACHE_WRITE ? SC_METER_CACHE_WRITE_5M : (sc_meter)m;
        const sc_price_point *p =
            r->tokens[m] > 0 ? sc_card_find(card, &buy, meter, NULL, 0, (sc_day)(r->time / 86400)) : NULL;
        if (p != NULL)
            t->cost += sc_money_times(p->price, r->tokens[m]);
        else
            EXPECT_I64(r->tokens[m], 0);
    }
}

static void read_data(const char *name, unsigned long cases, totals *t)
{
    size_t size;
    csv_counts counts = {0};
    char *text = data_text(name, cases, &size);
    *t = (totals){0};
    if (text == NULL)
        return;
    EXPECT_I64(csv_each(&sc_reader_own, card, text, size, add_priced, t, &counts), 0);
    EXPECT_STR(counts.first_reject, "");
    EXPECT_I64(counts.records + counts.skips, cases);
    sc_free(text);
}

static void sums_real_logs(void)
{
    char usd[SC_DECIMAL_TEXT_MAX];
    totals t;
    read_data("azure2023/AzureLLMInferenceTrace_code.csv", 8819, &t);
    if (t.rows > 0) {
        EXPECT_I64(t.input, 18059974);
        EXPECT_I64(t.output, 245896);
        EXPECT_I64(t.unpriced, t.rows);
    }
    read_data("agent_usage_logs/turns_cached.csv", 1123, &t);
    if (t.rows > 0) {
        EXPECT_I64(t.unpriced, 3);
        EXPECT_STR(sc_decimal_format(t.cost, 15, 4, 0, usd), "252.2157");
    }
    read_data("agent_usage_logs/daily_model_cost.csv", 194, &t);
    if (t.rows > 0)
        EXPECT_STR(sc_decimal_format(t.cost, 15, 8, 0, usd), "4242.03106625"); /* 79 rows of Claude */
}

CU_ErrorCode test_read_own_register(void)
{
    CU_pSuite suite = CU_add_suite("read_own", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "reads every column", reads_every_column) == NULL ||
        CU_add_test(suite, "reads times", reads_times) == NULL ||
        CU_add_test(suite, "checks values", checks_values) == NULL ||
        CU_add_test(suite, "checks headers", checks_headers) == NULL ||
        CU_add_test(suite, "sums real logs", sums_real_logs) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
