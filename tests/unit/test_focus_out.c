/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_focus_out.c - FOCUS files: every row follows the specification, and all of it reads back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/csv_table.h"
#include "io/file.h"
#include "recon_fixture.h"
#include "spendcast/bill_export.h"
#include "spendcast/ingest.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_FILE ((size_t)1 << 26)

static sc_card *card;
static sc_rater rater;
static char folder[] = "/tmp/spendcast-test-XXXXXX", file[64];

static int set_up(void)
{
    if (sc_card_load(NULL, NULL, &card, NULL) != SC_OK || mkdtemp(folder) == NULL)
        return 1;
    rater = recon_rater(card);
    snprintf(file, sizeof file, "%s/focus.csv", folder);
    return 0;
}

static int tear_down(void)
{
    sc_card_free(card);
    card = NULL;
    unlink(file);
    return rmdir(folder);
}

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t state;
static uint64_t draw(uint64_t below)
{
    uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

static sc_text pick(const char *const *names, size_t n) { return sc_text_of(names[draw(n)]); }

/* Logged usage, every model of which can be told by a usage type. */
static void draw_logged(sc_usage_record *r)
{
    static const char *const models[] = {"us.anthropic.claude-sonnet-4-6", "global.anthropic.claude-opus-4-8",
                                         "amazon.nova-lite-v1:0", "openai.gpt-5.6-sol"};
    static const char *const projects[] = {"", "shop", "a \"quoted\", name", "=1+1",
                                           "arn:aws:bedrock-mantle:us-east-1:111122223333:project/proj_abc"};
    static const char *const regions[] = {"us-east-1", "us-east-2", ""};
    static const char *const teams[] = {"web", "data, care", "a|b"};
    r->grain = SC_GRAIN_REQUEST;
    r->requests = 1;
    r->dim[SC_DIM_MODEL] = pick(models, COUNT(models));
    r->dim[SC_DIM_PROJECT] = pick(projects, COUNT(projects));
    r->dim[SC_DIM_REGION] = pick(regions, COUNT(regions));
    if (sc_text_is(r->dim[SC_DIM_MODEL], "openai.gpt-5.6-sol")) /* the only region that has it */
        r->dim[SC_DIM_REGION] = sc_text_of("us-east-2");
    r->tag[0] = (sc_usage_tag){sc_text_of("team"), pick(teams, COUNT(teams))};
    r->n_tags = draw(2);
    r->tokens[SC_METER_INPUT] = (int64_t)draw(400000);
    r->tokens[SC_METER_OUTPUT] = (int64_t)draw(10000);
    r->tokens[SC_METER_CACHE_READ] = draw(2) > 0 ? (int64_t)draw(100000) : 0;
}

/* Lines of a bill: usage types of all grammars, other charges, other services. */
static void draw_billed(sc_usage_record *r)
{
    static const char *const others[] = {"VAT", "Promotion", "Private discount"};
    static const sc_charge charges[] = {SC_CHARGE_TAX,      SC_CHARGE_CREDIT,     SC_CHARGE_DISCOUNT,
                                        SC_CHARGE_PURCHASE, SC_CHARGE_ADJUSTMENT, SC_CHARGE_OTHER};
    r->grain = SC_GRAIN_DAY;
    r->requests = -1;
    r->context = 0;
    r->has_cost = SC_COST_BILLED;
    r->billed = (sc_money)draw(1000000007) * 1000003;
    if (draw(3) == 0) {
        r->charge = charges[draw(COUNT(charges))];
        r->dim[SC_DIM_ITEM] = pick(others, COUNT(others));
        return;
    }
    r->dim[SC_DIM_REGION] = sc_text_of("us-east-1");
    r->tier = SC_TIER_STANDARD;
    if (draw(2) > 0) {
        r->dim[SC_DIM_ITEM] = sc_text_of("USE1-Claude4.6Sonnet-input-tokens");
        r->dim[SC_DIM_MODEL] = sc_text_of("anthropic.claude-sonnet-4-6");
    } else {
        r->dim[SC_DIM_ITEM] = sc_text_of("USE1-MP:USE1_input_tokens_standard-Units");
        r->dim[SC_DIM_MODEL] = sc_text_of("anthropic.claude-opus-4-8");
        r->has_cost = SC_COST_EFFECTIVE; /* the Marketplace collects */
        r->effective = r->billed;
        r->billed = 0;
    }
    r->tokens[SC_METER_INPUT] = (int64_t)draw(1000000) + 1;
}

static sc_ledger *new_ledger(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    return sc_ledger_new(&o);
}

static sc_ledger *random_ledger(uint64_t seed, size_t n)
{
    static sc_usage_record r;
    sc_ledger *l = new_ledger();
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    state = seed;
    for (size_t i = 0; i < n; i++) {
        const int is_bill = draw(3) == 0;
        memset(&r, 0, sizeof r);
        r.time = INT64_C(1788220800) + (int64_t)draw(70 * 86400); /* from 2026-09-01 on, over months' ends */
        r.scope = r.tier = r.meter = -1;
        r.context = -1;
        r.dim[SC_DIM_ACCOUNT] = sc_text_of("111122223333");
        if (is_bill)
            draw_billed(&r);
        else
            draw_logged(&r);
        EXPECT_I64(sc_ledger_add(w, is_bill ? SC_USAGE_CUR : SC_USAGE_BEDROCK_LOG, &r), SC_OK);
    }
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    return l;
}

/* ---- the rules of the specification ---- */

enum {
    BILLED,
    EFFECTIVE,
    LIST,
    CONTRACTED,
    LIST_PRICE,
    CONTRACTED_PRICE,
    PRICED,
    PRICED_UNIT,
    CONSUMED,
    CONSUMED_UNIT,
    CATEGORY,
    FREQUENCY,
    START,
    END,
    PERIOD_START,
    PERIOD_END,
    BASIS,
    DESCRIPTION,
    SERVICE,
    PROVIDER,
    PUBLISHER,
    ISSUER,
    ACCOUNT,
    CURRENCY,
    SERVICE_CATEGORY,
    RESOURCE,
    RESOURCE_TYPE,
    PROJECT,
    OTHERS
};
static const sc_csv_column columns[] = {
    {"BilledCost", 1},
    {"EffectiveCost", 1},
    {"ListCost", 1},
    {"ContractedCost", 1},
    {"ListUnitPrice", 1},
    {"ContractedUnitPrice", 1},
    {"PricingQuantity", 1},
    {"PricingUnit", 1},
    {"ConsumedQuantity", 1},
    {"ConsumedUnit", 1},
    {"ChargeCategory", 1},
    {"ChargeFrequency", 1},
    {"ChargePeriodStart", 1},
    {"ChargePeriodEnd", 1},
    {"BillingPeriodStart", 1},
    {"BillingPeriodEnd", 1},
    {"x_CostBasis", 1},
    {"ChargeDescription", 1},
    {"ServiceName", 1},
    {"ProviderName", 1},
    {"PublisherName", 1},
    {"InvoiceIssuerName", 1},
    {"BillingAccountId", 1},
    {"BillingCurrency", 1},
    {"ServiceCategory", 1},
    {"ResourceId", 1},
    {"ResourceType", 1},
    {"x_Project", 1},
    {"BillingAccountName", 1},
    {"ChargeClass", 1},
    {"PricingCategory", 1},
    {"RegionId", 1},
    {"RegionName", 1},
    {"ResourceName", 1},
    {"ServiceSubcategory", 1},
    {"SkuId", 1},
    {"SkuMeter", 1},
    {"SkuPriceDetails", 1},
    {"SkuPriceId", 1},
    {"SubAccountId", 1},
    {"SubAccountName", 1},
    {"Tags", 1},
    {"x_Charge", 1},
    {"x_Model", 1},
    {"x_Scope", 1},
    {"x_Tier", 1},
    {"x_UsageType", 1},
    {"x_Workload", 1},
};

static sc_int128 decimal(const sc_csv_table *t, size_t row, size_t column, int scale)
{
    sc_int128 value = 0;
    const char *cell = sc_csv_cell(t, row, column);
    if (cell[0] != '\0')
        EXPECT_I64(sc_decimal_parse128(cell, strlen(cell), scale, &value), SC_OK);
    return value;
}

static int is(const sc_csv_table *t, size_t row, size_t column, const char *text)
{
    return strcmp(sc_csv_cell(t, row, column), text) == 0;
}

static void expect_row(const sc_csv_table *t, size_t row)
{
    static const int never_null[] = {BILLED,    EFFECTIVE,  LIST,        CONTRACTED,       CATEGORY,
                                     FREQUENCY, START,      END,         SERVICE,          PROVIDER,
                                     PUBLISHER, ISSUER,     ACCOUNT,     CURRENCY,         BASIS,
                                     PROJECT,   PERIOD_END, DESCRIPTION, SERVICE_CATEGORY, PERIOD_START};
    for (size_t i = 0; i < COUNT(never_null); i++)
        EXPECT_TRUE(sc_csv_cell(t, row, (size_t)never_null[i])[0] != '\0');
    const int has_price = !is(t, row, LIST_PRICE, ""), is_usage = is(t, row, CATEGORY, "Usage");
    if (has_price)
        EXPECT_MONEY(decimal(t, row, LIST_PRICE, 15) * decimal(t, row, PRICED, 6), decimal(t, row, LIST, 15) * 1000000);
    if (!is(t, row, CONTRACTED_PRICE, ""))
        EXPECT_MONEY(decimal(t, row, CONTRACTED_PRICE, 15) * decimal(t, row, PRICED, 6),
                     decimal(t, row, CONTRACTED, 15) * 1000000);
    if (!is_usage) {
        EXPECT_STR(sc_csv_cell(t, row, CONSUMED), "");
        EXPECT_STR(sc_csv_cell(t, row, PRICED), "");
        EXPECT_MONEY(decimal(t, row, LIST, 15), decimal(t, row, BILLED, 15));
    }
    EXPECT_I64(is(t, row, CONSUMED, ""), is(t, row, CONSUMED_UNIT, ""));
    EXPECT_I64(is(t, row, PRICED, ""), is(t, row, PRICED_UNIT, ""));
    EXPECT_I64(is(t, row, RESOURCE, ""), is(t, row, RESOURCE_TYPE, ""));
    EXPECT_TRUE(is_usage || !is(t, row, FREQUENCY, "Usage-Based"));
    EXPECT_TRUE(strcmp(sc_csv_cell(t, row, START), sc_csv_cell(t, row, END)) < 0);
    EXPECT_TRUE(strcmp(sc_csv_cell(t, row, PERIOD_START), sc_csv_cell(t, row, START)) <= 0);
    EXPECT_TRUE(strcmp(sc_csv_cell(t, row, END), sc_csv_cell(t, row, PERIOD_END)) <= 0);
    if (is(t, row, BASIS, "estimated")) {
        EXPECT_TRUE(strstr(sc_csv_cell(t, row, DESCRIPTION), "estimate") != NULL);
        EXPECT_TRUE(has_price);
    }
    EXPECT_TRUE(strchr("=+-@", sc_csv_cell(t, row, PROJECT)[0]) == NULL);
}

static void rows_follow_the_specification(void)
{
    sc_ledger *l = random_ledger(3, 800);
    const sc_bill_options o = recon_options(&rater);
    sc_focus_sums sums = {0};
    sc_csv_table *t = NULL;
    char *text = NULL;
    size_t size = 0;
    EXPECT_I64(sc_focus_write(l, &o, file, &sums, NULL), SC_OK);
    if (EXPECT_I64(sc_file_read(file, MAX_FILE, &text, &size, NULL), SC_OK) &&
        EXPECT_I64(sc_csv_parse("focus", text, size, columns, COUNT(columns), &t, NULL), SC_OK)) {
        sc_money billed = 0, list = 0;
        EXPECT_I64(sc_csv_rows(t), sums.rows);
        for (size_t row = 0; row < sc_csv_rows(t); row++) {
            expect_row(t, row);
            billed += decimal(t, row, BILLED, 15);
            list += decimal(t, row, LIST, 15);
        }
        EXPECT_MONEY(billed, sums.billed);
        EXPECT_MONEY(list, sums.list);
    }
    sc_csv_free(t);
    sc_free(text);
    sc_ledger_free(l);
}

/* ---- reading back ---- */

static sc_ledger *read_back(void)
{
    const char *const paths[] = {file};
    const sc_ingest_options io = {.threads = 1};
    sc_ledger *l = new_ledger();
    sc_ingest *in = NULL;
    if (EXPECT_I64(sc_ingest_run(paths, 1, card, l, &io, &in, NULL), SC_OK)) {
        EXPECT_I64(sc_ingest_rejected(in), 0);
        EXPECT_STR(sc_ingest_source_at(in, 0)->format, "FOCUS export");
    }
    sc_ingest_free(in);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    return l;
}

static sc_bill *bill_by(const sc_ledger *l, const char *key)
{
    sc_bill_options o = recon_options(&rater);
    sc_bill *b = NULL;
    o.n_by = 1;
    o.by[0] = key;
    EXPECT_I64(sc_bill_run(l, &o, &b, NULL), SC_OK);
    return b;
}

static sc_bill_sums sums_of(const sc_bill *b, const char *key)
{
    for (size_t i = 0; i < sc_bill_row_count(b); i++) {
        sc_bill_row row;
        if (strcmp(sc_bill_row_at(b, i, &row)->key[0], key) == 0)
            return row.sums;
    }
    return (sc_bill_sums){0};
}

static void everything_reads_back(void)
{
    static const char *const keys[] = {"project", "model", "meter", "tag:team", "day", "account"};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        sc_ledger *l = random_ledger(seed, 1500);
        const sc_bill_options o = recon_options(&rater);
        sc_focus_sums sums = {0};
        EXPECT_I64(sc_focus_write(l, &o, file, &sums, NULL), SC_OK);
        EXPECT_I64(sums.unpriced_items, 0);
        sc_ledger *again = read_back();
        for (size_t k = 0; k < COUNT(keys); k++) {
            sc_bill *before = bill_by(l, keys[k]), *after = bill_by(again, keys[k]);
            for (size_t i = 0; before != NULL && after != NULL && i < sc_bill_row_count(before); i++) {
                sc_bill_row row;
                const sc_bill_sums same = sums_of(after, sc_bill_row_at(before, i, &row)->key[0]);
                for (int m = 0; m < SC_TOKEN_METERS; m++)
                    EXPECT_I64(same.tokens[m], row.sums.tokens[m]);
                EXPECT_MONEY(same.cost, row.sums.cost);
            }
            if (before != NULL && after != NULL) {
                EXPECT_MONEY(sc_bill_total(after)->billed, sums.billed);
                EXPECT_MONEY(sc_bill_total(after)->effective, sums.effective);
                EXPECT_I64(sc_bill_row_count(after), sc_bill_row_count(before));
            }
            sc_bill_free(before);
            sc_bill_free(after);
        }
        sc_ledger_free(l);
        sc_ledger_free(again);
    }
}

/* Nothing is written at a cost of 0 because its price is not known. */
static void usage_without_a_price_is_left_out(void)
{
    static sc_usage_record r;
    sc_ledger *l = new_ledger();
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    memset(&r, 0, sizeof r);
    r.time = INT64_C(1788220800);
    r.scope = r.tier = r.meter = -1;
    r.context = -1;
    r.requests = 1;
    r.dim[SC_DIM_MODEL] = sc_text_of("acme.model-9");
    r.tokens[SC_METER_INPUT] = 1234;
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_BEDROCK_LOG, &r), SC_OK);
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    const sc_bill_options o = recon_options(&rater);
    sc_focus_sums sums = {0};
    EXPECT_I64(sc_focus_write(l, &o, file, &sums, NULL), SC_OK);
    EXPECT_I64(sums.rows, 0);
    EXPECT_I64(sums.unpriced_items, 1);
    EXPECT_I64(sums.unpriced_tokens, 1234);
    sc_ledger_free(l);
}

static void no_half_files(void)
{
    sc_ledger *l = random_ledger(1, 10);
    const sc_bill_options o = recon_options(&rater);
    sc_errors errors = {0};
    EXPECT_I64(sc_focus_write(l, &o, "/nowhere/focus.csv", NULL, &errors), SC_E_IO);
    EXPECT_I64(errors.count, 1);
    sc_ledger_free(l);
}

static void out_of_memory(void)
{
    sc_ledger *l = random_ledger(4, 40);
    const sc_bill_options o = recon_options(&rater);
    sc_code code = SC_E_MEMORY;
    for (uint64_t n = 1; code != SC_OK && n < 2000; n++) {
        (void)sc_alloc_fail_at(n);
        code = sc_focus_write(l, &o, file, NULL, NULL);
        (void)sc_alloc_fail_at(0);
        EXPECT_TRUE(code == SC_OK || code == SC_E_MEMORY || code == SC_E_IO);
    }
    EXPECT_I64(code, SC_OK);
    sc_ledger_free(l);
}

CU_ErrorCode test_focus_out_register(void)
{
    CU_pSuite suite = CU_add_suite("focus_out", set_up, tear_down);
    if (suite == NULL || CU_add_test(suite, "rows follow the specification", rows_follow_the_specification) == NULL ||
        CU_add_test(suite, "everything reads back", everything_reads_back) == NULL ||
        CU_add_test(suite, "usage without a price is left out", usage_without_a_price_is_left_out) == NULL ||
        CU_add_test(suite, "no half files", no_half_files) == NULL ||
        CU_add_test(suite, "out of memory", out_of_memory) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
