/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rates_import.c - published price data against small cards: each class of row, dates, bands, units, and
 * exactness. */
#include "spendcast/rates_import.h"

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "rates_fixture.h"
#include "spendcast/report.h"

#define ROWS                                                                                          \
    "acme.a,us-east-1,in_region geo,standard,input,,,,1M_tokens,0.06,,,docs,2026-09-01,\n"            \
    "acme.a,us-east-1,in_region geo,standard,output,,,,1M_tokens,0.24,,2026-08-21,docs,2026-09-01,\n" \
    "acme.a,us-east-1,in_region geo,standard,output,,,,1M_tokens,0.20,2026-08-21,,docs,2026-09-01,\n" \
    "acme.a,us-east-1,global,standard,input,,,272000,1M_tokens,5,,,docs,2026-09-01,\n"                \
    "acme.a,us-east-1,global,standard,input,,272000,,1M_tokens,10,,,docs,2026-09-01,\n"

static sc_card *card;

/* The card of a test, loaded within it: assertions need a running test. */
static int load_card(void) { return (card = small_card("acme.a acme.b", ROWS, NULL, 0, NULL)) != NULL; }

static void free_card(void)
{
    sc_card_free(card);
    card = NULL;
}

/* Reads a text in which ' stands for ". */
static sc_code import(const char *quoted, sc_import **im, sc_errors *errors)
{
    char text[4000];
    size_t n = strlen(quoted);
    if (!EXPECT_TRUE(n < sizeof text))
        return SC_E_INTERNAL;
    for (size_t i = 0; i <= n; i++)
        text[i] = quoted[i] == '\'' ? '"' : quoted[i];
    return sc_import_parse("file.json", text, n, card, day_of("2026-09-15"), im, errors);
}

/* "kind name: card -> file per unit (reason)" a row. */
static void shown(const sc_import *im, char *text, size_t size)
{
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sc_import_count(im); i++) {
        const sc_import_row *r = sc_import_at(im, i);
        char day[16];
        len += (size_t)snprintf(text + len, size - len, "%s %s: %s > %s %s", sc_import_kind_name(r->kind), r->name,
                                r->point != NULL ? r->point->usd : "-", r->usd, r->unit);
        if (r->kind == SC_IMPORT_UNKNOWN)
            len += (size_t)snprintf(text + len, size - len, "(%s)\n", r->reason);
        else
            len += (size_t)snprintf(text + len, size - len, " %s\n", sc_day_format(r->day, day));
    }
}

static void reads(void)
{
    static const struct {
        const char *format, *text, *expected;
    } cases[] = {
        {"genai-prices",
         "{'id': 'aws', 'models': [{'id': 'regional.acme.a', 'prices': {'input_mtok': 0.06, 'output_mtok': 0.25}}]}",
         "changed regional.acme.a output_mtok: 0.20 > 0.25 1M_tokens 2026-09-15\n"
         "same regional.acme.a input_mtok: 0.06 > 0.06 1M_tokens 2026-09-15\n"},
        /* former prices on their last day, the newest today; a list that is out of order */
        {"genai-prices",
         "[{'id': 'x', 'models': []}, {'id': 'aws', 'models': [{'id': 'acme.a', 'prices': [{'constraint': {'type': "
         "'start_date', 'start_date': '2026-08-21'}, 'prices': {'output_mtok': 0.20}}, {'prices': {'output_mtok': "
         "0.240}}]}]}]",
         "same acme.a output_mtok: 0.24 > 0.24 1M_tokens 2026-08-20\n"
         "same acme.a output_mtok: 0.20 > 0.20 1M_tokens 2026-09-15\n"},
        /* tiers by context, exact decimals that no double holds */
        {"genai-prices",
         "{'models': [{'id': 'global.acme.a', 'prices': {'input_mtok': {'base': 5.000000001, 'tiers': [{'start': "
         "271999, "
         "'price': 10}]}}}]}",
         "changed global.acme.a input_mtok: 5 > 5.000000001 1M_tokens 2026-09-15\n"
         "same global.acme.a input_mtok: 10 > 10.00 1M_tokens 2026-09-15\n"},
        {"genai-prices",
         "{'models': [{'id': 'acme.c', 'prices': {'input_mtok': 1}}, {'id': 'acme.b', 'prices': {'input_mtok': 1, "
         "'web_search': 2}}]}",
         "missing acme.b input_mtok: - > 1.00 1M_tokens 2026-09-15\n"
         "unknown acme.b web_search: - >  (no meter is known for 'web_search')\n"
         "unknown acme.c: - >  (unknown model 'acme.c'; did you mean 'acme.a'?)\n"},
        /* more decimals than a femto-USD a token */
        {"genai-prices", "{'models': [{'id': 'acme.a', 'prices': {'input_mtok': 0.0600000001, 'output_mtok': -1}}]}",
         "unknown acme.a input_mtok: - >  ('0.0600000001' is no price of 0 or more with at most 9 decimals)\n"
         "unknown acme.a output_mtok: - >  ('-1' is no price of 0 or more with at most 9 decimals)\n"},
        /* a Price List file is of its day */
        {"AWS Price List",
         "{'publicationDate': '2026-08-01T00:00:00Z', 'products': {'A': {'attributes': {'usagetype': "
         "'USE1-acme.a-output-tokens'}}, 'B': {'attributes': {'usagetype': 'USE1-acme.a-input-tokens-flex'}}, 'C': "
         "{'attributes': {'usagetype': 'AcmeStorage'}}, 'D': {'attributes': {'usagetype': "
         "'USE1-acme.a-input-tokens'}}}, "
         "'terms': {'OnDemand': {'D': {'D.1': {'priceDimensions': {'D.1.1': {'unit': '1K tokens', 'pricePerUnit': "
         "{'USD': "
         "'0.0000600000'}}}}}, 'A': {'A.1': {'priceDimensions': {'A.1.1': {'unit': '1M tokens', 'pricePerUnit': "
         "{'USD': "
         "'0.24'}}}}}, 'B': {'B.1': {'priceDimensions': {'B.1.1': {'unit': '1K tokens', 'pricePerUnit': {'USD': "
         "'0.00003'}}}}}, 'C': {'C.1': {'priceDimensions': {'C.1.1': {'unit': 'GB', 'pricePerUnit': {'USD': "
         "'1'}}}}}}}}",
         "missing USE1-acme.a-input-tokens-flex: - > 0.03 1M_tokens 2026-08-01\n"
         "unknown AcmeStorage: - >  ('AcmeStorage' names no meter, expected a part such as 'input-tokens')\n"
         "same USE1-acme.a-input-tokens: 0.06 > 0.06 1M_tokens 2026-08-01\n"
         "same USE1-acme.a-output-tokens: 0.24 > 0.24 1M_tokens 2026-08-01\n"},
        /* GetProducts, as objects; a Marketplace line with its product; a volume tier */
        {"AWS Price List",
         "{'PriceList': [{'product': {'attributes': {'usagetype': 'USE1-MP:USE1_InputTokenCount-Units', 'servicename': "
         "'acme.a (Amazon Bedrock Edition)'}}, 'terms': {'OnDemand': {'X': {'priceDimensions': {'1': {'unit': 'Units', "
         "'beginRange': '0', 'pricePerUnit': {'USD': '0.06'}}, '2': {'unit': 'Units', 'beginRange': '500', "
         "'pricePerUnit': "
         "{'USD': '0.05'}}}}}}}]}",
         "unknown USE1-MP:USE1_InputTokenCount-Units: - >  (a price from 500 units on: volume tiers are not read)\n"
         "same USE1-MP:USE1_InputTokenCount-Units: 0.06 > 0.06 1M_tokens 2026-09-15\n"},
        {"AWS Price List", "{'PriceList': []}", ""},
        /* a price that is not in force yet is held against that day's, one since long against today's */
        {"AWS Price List",
         "{'products': {'A': {'attributes': {'usagetype': 'USE1-acme.a-output-tokens'}}}, 'terms': {'OnDemand': {'A': "
         "{'A.1': {'effectiveDate': '2026-10-01T00:00:00Z', 'priceDimensions': {'1': {'unit': '1M tokens', "
         "'pricePerUnit': {'USD': '0.21'}}}}, 'A.2': {'effectiveDate': '2026-01-01T00:00:00Z', 'priceDimensions': "
         "{'1': {'unit': '1M tokens', 'pricePerUnit': {'USD': '0.2'}}}}}}}}",
         "changed USE1-acme.a-output-tokens: 0.20 > 0.21 1M_tokens 2026-10-01\n"
         "same USE1-acme.a-output-tokens: 0.20 > 0.20 1M_tokens 2026-09-15\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0] && load_card(); i++) {
        sc_import *im = NULL;
        sc_errors errors = {0};
        char text[4000];
        if (!EXPECT_I64(import(cases[i].text, &im, &errors), SC_OK)) {
            EXPECT_STR(errors.item[0].text, cases[i].text);
            free_card();
            continue;
        }
        EXPECT_STR(sc_import_format(im), cases[i].format);
        shown(im, text, sizeof text);
        EXPECT_STR(text, cases[i].expected);
        sc_import_free(im);
        free_card();
    }
}

static void refuses(void)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"{}",
         "is no price data, expected an AWS Price List ('products' or 'PriceList') or genai-prices ('models' of the "
         "provider 'aws')"},
        {"[{'id': 'openai', 'models': []}]",
         "is no price data, expected an AWS Price List ('products' or 'PriceList') or "
         "genai-prices ('models' of the provider 'aws')"},
        {"{'models': 3}", "has no list of models, expected an array 'models'"},
        {"{'models': [{'id': 'acme.a'}]}", "is no model, expected 'id' and 'prices'"},
        {"{'models': [{'id': 'acme.a', 'prices': {'input_mtok': '1'}}]}", "is no price, expected a number of dollars"},
        {"{'models': [{'id': 'acme.a', 'prices': {'input_mtok': {'tiers': []}}}]}",
         "has no 'base', expected the price without tiers"},
        {"{'models': [{'id': 'acme.a', 'prices': {'input_mtok': {'base': 1, 'tiers': [{'start': 1.5, 'price': 1}]}}}]}",
         "is no tier, expected {\"start\": TOKENS, \"price\": DOLLARS}"},
        {"{'models': [{'id': 'acme.a', 'prices': [{'constraint': {'type': 'time_of_date'}, 'prices': {}}]}]}",
         "is no constraint that is known, expected a 'start_date' of the form YYYY-MM-DD"},
        {"{'models': [{'id': 'acme.a', 'prices': [{}]}]}", "has no 'prices', expected an object with prices"},
        {"{'products': {}}", "is no offer file, expected 'products' and 'terms/OnDemand'"},
        {"{'products': {'A': {}}, 'terms': {'OnDemand': {'A': {}}}}",
         "is no product, expected 'attributes' with a 'usagetype'"},
        {"{'products': {'A': {'attributes': {'usagetype': 'x'}}}, 'terms': {'OnDemand': {'A': {'B': {}}}}}",
         "has no 'priceDimensions'"},
        {"{'products': {'A': {'attributes': {'usagetype': 'x'}}}, 'terms': {'OnDemand': {'A': {'B': "
         "{'priceDimensions': {'C': "
         "{'pricePerUnit': {'EUR': '1'}}}}}}}}",
         "has no price, expected {\"USD\": \"...\"}"},
        {"{'PriceList': 1}", "is no list of products, expected an array"},
        {"{'PriceList': [{}]}", "is no product, expected 'product' and 'terms'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0] && load_card(); i++) {
        sc_import *im = NULL;
        sc_errors errors = {0};
        EXPECT_I64(import(cases[i].text, &im, &errors), SC_E_INPUT);
        EXPECT_TRUE(im == NULL && errors.count > 0);
        EXPECT_STR(errors.item[0].text, cases[i].error);
        EXPECT_I64(errors.item[0].line, 1);
        free_card();
    }
}

/* What is written loads as own rates, after which nothing has drifted. */
static void rows_close_the_drift(void)
{
    static const char file[] =
        "{'models': [{'id': 'acme.b', 'prices': {'input_mtok': 1.25, 'output_mtok': 0.000000001}}, "
        "{'id': 'acme.a', 'prices': {'input_mtok': 0.07}}]}";
    sc_import *im = NULL;
    char *csv = NULL;
    size_t size = 0;
    if (!load_card() || !EXPECT_I64(import(file, &im, NULL), SC_OK))
        return;
    EXPECT_I64(sc_import_rows_csv(im, card, "own", day_of("2026-09-15"), &csv, &size), SC_OK);
    EXPECT_STR(csv,
               "model,regions,scopes,tier,meter,variant,context_from,context_to,unit,usd,from,to,source,checked,"
               "page_points,note\n"
               "acme.a,us-east-1,in_region geo,standard,input,,,,1M_tokens,0.07,,,own,2026-09-15,,the card has another "
               "price; close it on the day before\n"
               "acme.b,eu-west-1,in_region geo,standard,input,,,,1M_tokens,1.25,,,own,2026-09-15,,\n"
               "acme.b,eu-west-1,in_region geo,standard,output,,,,1M_tokens,0.000000001,,,own,2026-09-15,,\n");
    sc_import_free(im);
    const own_table own = {"prices-new.csv", csv};
    sc_card *merged = small_card("acme.a acme.b", ROWS, &own, 1, NULL), *plain = card;
    if (merged != NULL) {
        card = merged;
        if (EXPECT_I64(import(file, &im, NULL), SC_OK)) {
            for (size_t i = 0; i < sc_import_count(im); i++)
                EXPECT_I64(sc_import_at(im, i)->kind, SC_IMPORT_SAME);
            sc_import_free(im);
        }
        card = plain;
    }
    sc_card_free(merged);
    free_card();
    sc_text_free(csv);
}

/* A price that states since when it holds is written with that day. */
static void rows_have_the_day_of_the_offer(void)
{
    static const char file[] =
        "{'products': {'A': {'attributes': {'usagetype': 'USE1-acme.a-output-tokens'}}, 'B': {'attributes': "
        "{'usagetype': 'USE1-acme.a-input-tokens-flex'}}}, 'terms': {'OnDemand': {'A': {'A.1': {'effectiveDate': "
        "'2026-09-01T00:00:00Z', 'priceDimensions': {'1': {'unit': '1M tokens', 'pricePerUnit': {'USD': '0.21'}}}}}, "
        "'B': {'B.1': {'priceDimensions': {'1': {'unit': '1M tokens', 'pricePerUnit': {'USD': '0.03'}}}}}}}}";
    sc_import *im = NULL;
    char *csv = NULL;
    size_t size = 0;
    if (load_card() && EXPECT_I64(import(file, &im, NULL), SC_OK)) {
        EXPECT_I64(sc_import_rows_csv(im, card, "own", day_of("2026-09-15"), &csv, &size), SC_OK);
        EXPECT_STR(csv,
                   "model,regions,scopes,tier,meter,variant,context_from,context_to,unit,usd,from,to,source,checked,"
                   "page_points,note\n"
                   "acme.a,us-east-1,in_region geo,standard,output,,,,1M_tokens,0.21,2026-09-01,,own,2026-09-15,,the "
                   "card has another price; close it on the day before\n"
                   "acme.a,us-east-1,in_region geo,flex,input,,,,1M_tokens,0.03,,,own,2026-09-15,,\n");
    }
    sc_import_free(im);
    sc_text_free(csv);
    free_card();
}

CU_ErrorCode test_rates_import_register(void)
{
    CU_pSuite suite = CU_add_suite("rates_import", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "reads", reads) == NULL || CU_add_test(suite, "refuses", refuses) == NULL ||
        CU_add_test(suite, "rows close the drift", rows_close_the_drift) == NULL ||
        CU_add_test(suite, "rows have the day of the offer", rows_have_the_day_of_the_offer) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
