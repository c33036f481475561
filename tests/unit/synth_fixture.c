/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synth_fixture.c - synthetic logs and bills read back and added up, from nothing but what stands in them. */
#include "synth_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/csv_table.h"
#include "io/file.h"
#include "spendcast/usage_type.h"

#define MAX_FILE ((size_t)1 << 28)

char *sc_fixture_text(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    EXPECT_I64(sc_file_read(path, MAX_FILE, &text, &size, NULL), SC_OK);
    return text;
}

/* ---- the logs priced by themselves ---- */

static int64_t number_at(const cJSON *object, const char *key)
{
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(n) ? (int64_t)n->valuedouble : 0;
}

const char *sc_fixture_text_at(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text != NULL ? text : "";
}

/* The lifetime that a body tells of what was written. */
static sc_meter write_meter(const cJSON *body, const sc_model *m)
{
    const cJSON *tokens = cJSON_GetObjectItemCaseSensitive(body, "usage");
    const cJSON *details = cJSON_GetObjectItemCaseSensitive(tokens, "cacheDetails");
    const cJSON *split = cJSON_GetObjectItemCaseSensitive(tokens, "cache_creation");
    if (details != NULL)
        return sc_ttl_write_meter((sc_ttl)sc_ttl_of(sc_fixture_text_at(cJSON_GetArrayItem(details, 0), "ttl")));
    if (split != NULL)
        return number_at(split, "ephemeral_1h_input_tokens") > 0 ? SC_METER_CACHE_WRITE_1H : SC_METER_CACHE_WRITE_5M;
    return m->cache_ttls >> SC_TTL_30M & 1 ? SC_METER_CACHE_WRITE_30M : SC_METER_CACHE_WRITE_5M;
}

/* What the record costs, from nothing but the record. */
static int add_record(const sc_card *card, const cJSON *record, sc_fixture_logs *sum)
{
    const cJSON *input = cJSON_GetObjectItemCaseSensitive(record, "input"),
                *output = cJSON_GetObjectItemCaseSensitive(record, "output"),
                *body = cJSON_GetObjectItemCaseSensitive(output, "outputBodyJson");
    const char *tier = sc_fixture_text_at(cJSON_GetObjectItemCaseSensitive(body, "serviceTier"), "type");
    sc_model_ref ref;
    sc_day day;
    sc_money cost;
    sc_line_item items[4];
    if (sc_card_resolve(card, sc_fixture_text_at(record, "modelId"), &ref, NULL, 0) != SC_OK ||
        sc_day_parse(sc_fixture_text_at(record, "timestamp"), 10, &day) != SC_OK)
        return 0;
    const sc_buy buy = {ref.model, sc_card_region_of(card, sc_fixture_text_at(record, "region")), ref.scope,
                        tier[0] != '\0' ? (sc_tier)sc_tier_of(tier) : SC_TIER_STANDARD};
    const sc_usage_line all[] = {{SC_METER_INPUT, number_at(input, "inputTokenCount"), NULL},
                                 {SC_METER_OUTPUT, number_at(output, "outputTokenCount"), NULL},
                                 {SC_METER_CACHE_READ, number_at(input, "cacheReadInputTokenCount"), NULL},
                                 {write_meter(body, ref.model), number_at(input, "cacheWriteInputTokenCount"), NULL}};
    sc_usage_line lines[4];
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        sum->tokens[all[i].meter] += all[i].quantity;
        if (all[i].quantity > 0)
            lines[n++] = all[i];
    }
    if (sc_card_price(card, &buy, lines, n, 1, -1, day, NULL, items, &cost, NULL) != SC_OK)
        return 0;
    sum->records++;
    sum->cost += cost;
    sum->converse += strcmp(sc_fixture_text_at(record, "operation"), "Converse") == 0;
    return 1;
}

sc_fixture_logs sc_fixture_read_logs(const sc_card *card, const char *path)
{
    sc_fixture_logs sum = {0};
    char *text = sc_fixture_text(path);
    int good = text != NULL;
    for (char *line = text, *end; line != NULL && *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        if (!EXPECT_TRUE(end != NULL))
            break;
        *end = '\0';
        cJSON *record = cJSON_Parse(line);
        good &= record != NULL && add_record(card, record, &sum);
        cJSON_Delete(record);
    }
    EXPECT_TRUE(good);
    sc_free(text);
    return sum;
}

/* ---- the bill by itself ---- */

enum { KIND, START, USAGE_TYPE, AMOUNT, RATE, COST, PRINCIPAL, LIST, PRODUCT, TAGS, SKIPPED, BILL_COLUMNS = 24 };
static const sc_csv_column bill_columns[BILL_COLUMNS] = {{"line_item_line_item_type", 1},
                                                         {"line_item_usage_start_date", 1},
                                                         {"line_item_usage_type", 1},
                                                         {"line_item_usage_amount", 1},
                                                         {"line_item_unblended_rate", 1},
                                                         {"line_item_unblended_cost", 1},
                                                         {"line_item_iam_principal", 1},
                                                         {"pricing_public_on_demand_cost", 1},
                                                         {"product", 1},
                                                         {"resource_tags", 1},
                                                         {"identity_line_item_id", 1},
                                                         {"bill_billing_entity", 1},
                                                         {"bill_billing_period_start_date", 1},
                                                         {"bill_billing_period_end_date", 1},
                                                         {"bill_payer_account_id", 1},
                                                         {"line_item_usage_account_id", 1},
                                                         {"line_item_usage_end_date", 1},
                                                         {"line_item_product_code", 1},
                                                         {"line_item_operation", 1},
                                                         {"line_item_currency_code", 1},
                                                         {"pricing_term", 1},
                                                         {"pricing_unit", 1},
                                                         {"product_servicecode", 1},
                                                         {"product_region_code", 1}};

static sc_int128 decimal(const char *text, int scale)
{
    sc_int128 value = 0;
    EXPECT_I64(sc_decimal_parse128(text, strlen(text), scale, &value), SC_OK);
    return value;
}

/* A row of usage is its quantity at its rate. */
static void add_usage_row(const sc_card *card, const sc_csv_table *t, size_t row, sc_fixture_bill *sum)
{
    char product[200] = "";
    sc_usage_type u;
    cJSON *map = cJSON_Parse(sc_csv_cell(t, row, PRODUCT));
    EXPECT_TRUE(map != NULL);
    const char *name = sc_fixture_text_at(map, "product_name");
    if (strcmp(name, "Amazon Bedrock") != 0)
        snprintf(product, sizeof product, "%s", name);
    cJSON_Delete(map);
    const sc_money cost = decimal(sc_csv_cell(t, row, COST), 15);
    sum->used += cost;
    if (!EXPECT_I64(sc_usage_type_parse(card, sc_csv_cell(t, row, USAGE_TYPE), product, &u, NULL, 0), SC_OK))
        return;
    const int64_t tokens = (int64_t)decimal(sc_csv_cell(t, row, AMOUNT), u.per == 1000 ? 3 : 6);
    EXPECT_MONEY(decimal(sc_csv_cell(t, row, RATE), 15) / u.per * tokens, cost);
    EXPECT_MONEY(decimal(sc_csv_cell(t, row, LIST), 15), product[0] != '\0' ? 0 : cost);
    sum->tokens[u.meter] += tokens;
}

sc_fixture_bill sc_fixture_read_bill(const sc_card *card, const char *path)
{
    sc_fixture_bill sum = {0};
    sc_csv_table *t = NULL;
    sc_errors errors = {0};
    char *text = sc_fixture_text(path);
    if (text == NULL ||
        !EXPECT_I64(sc_csv_parse("bill", text, strlen(text), bill_columns, BILL_COLUMNS, &t, &errors), SC_OK))
        return sum;
    for (size_t i = 0; i < sc_csv_rows(t); i++) {
        const char *kind = sc_csv_cell(t, i, KIND), *start = sc_csv_cell(t, i, START);
        sum.lines++;
        if (i == 0)
            snprintf(sum.first, sizeof sum.first, "%s", start);
        EXPECT_TRUE(strcmp(start, sum.last) >= 0);
        snprintf(sum.last, sizeof sum.last, "%s", start);
        if (strcmp(kind, "Usage") == 0)
            add_usage_row(card, t, i, &sum);
        else if (strcmp(kind, "PrivateRateDiscount") == 0)
            sum.private_rate += decimal(sc_csv_cell(t, i, COST), 15);
        else if (EXPECT_STR(kind, "EdpDiscount"))
            sum.edp += decimal(sc_csv_cell(t, i, COST), 15);
    }
    sc_csv_free(t);
    sc_free(text);
    return sum;
}
