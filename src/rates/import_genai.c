/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_genai.c - prices of pydantic/genai-prices: per model one set of prices, or several with start dates, each a
 * number or a base with tiers by context. */
#include <stdio.h>
#include <string.h>

#include "rates/card.h"
#include "rates/import_read.h"

#define PER_MILLION 1000000
#define MAX_SETS 32

/* One set of prices and the days on which it holds. */
typedef struct price_set {
    const cJSON *prices;
    sc_day from, to;
} price_set;

/* What a price name is on the card; `cache_write_mtok` states no lifetime: the model's shortest. */
static int meter_of(const char *name, const sc_model *m)
{
    static const struct {
        const char *name;
        sc_meter meter;
    } names[] = {{"input_mtok", SC_METER_INPUT},
                 {"output_mtok", SC_METER_OUTPUT},
                 {"cache_read_mtok", SC_METER_CACHE_READ},
                 {"cache_write_mtok", SC_METER_CACHE_WRITE},
                 {"cache_write_1h_mtok", SC_METER_CACHE_WRITE_1H},
                 {"input_audio_mtok", SC_METER_INPUT_AUDIO},
                 {"output_audio_mtok", SC_METER_OUTPUT_AUDIO}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) != 0)
            continue;
        for (sc_ttl t = SC_TTL_5M; names[i].meter == SC_METER_CACHE_WRITE && t < SC_TTLS; t++) {
            if (m->cache_ttls >> t & 1)
                return (int)sc_ttl_write_meter(t);
        }
        return (int)names[i].meter;
    }
    return -1;
}

static int is_sold(const sc_card *card, const sc_model *m, sc_meter meter, const char *variant)
{
    const sc_span span = card->model_points[m - card->models];
    for (size_t i = span.first; i < span.first + span.count; i++) {
        if (card->points[i].meter == meter && strcmp(card->points[i].variant, variant) == 0)
            return 1;
    }
    return 0;
}

/* Speech models: the card tells text from speech by variants, genai-prices by the price names. */
static void choose_variant(const sc_card *card, sc_import_row *row)
{
    const int audio = row->meter == SC_METER_INPUT_AUDIO || row->meter == SC_METER_OUTPUT_AUDIO;
    const char *variant = audio ? "speech" : "text";
    if (!is_sold(card, row->model, row->meter, "") && is_sold(card, row->model, row->meter, variant))
        row->variant = variant;
}

/* "global.ID" is the global profile; "regional.ID" and plain ids are in-region and geographic calls. */
static const sc_model *read_id(sc_importer *x, const char *id, unsigned *scopes, char *why, size_t size)
{
    static const char regional[] = "regional.", global[] = "global.";
    sc_model_ref ref;
    const char *rest = id;
    *scopes = 1u << SC_SCOPE_IN_REGION | 1u << SC_SCOPE_GEO;
    if (strncmp(id, regional, sizeof regional - 1) == 0)
        rest = id + sizeof regional - 1;
    if (strncmp(id, global, sizeof global - 1) == 0) {
        rest = id + sizeof global - 1;
        *scopes = 1u << SC_SCOPE_GLOBAL;
    }
    return sc_card_resolve(x->card, rest, &ref, why, size) == SC_OK ? ref.model : NULL;
}

static void add_price(sc_importer *x, const sc_json_doc *doc, const sc_import_row *row, const cJSON *value)
{
    size_t len;
    if (!cJSON_IsNumber(value)) {
        sc_json_error(doc, value, SC_JSON_VALUE, x->errors, "is no price, expected a number of dollars");
        return;
    }
    const char *digits = sc_json_number_text(doc, value, &len);
    sc_importer_add(x, row, digits, len, PER_MILLION);
}

/* A price of one meter: a number, or a base and what replaces it above some context. */
static void add_meter(sc_importer *x, const sc_json_doc *doc, sc_import_row *row, const cJSON *value)
{
    const cJSON *tiers, *tier;
    row->context = 0;
    if (!cJSON_IsObject(value)) {
        add_price(x, doc, row, value);
        return;
    }
    const cJSON *base = cJSON_GetObjectItemCaseSensitive(value, "base");
    if (base == NULL) {
        sc_json_error(doc, value, SC_JSON_VALUE, x->errors, "has no 'base', expected the price without tiers");
        return;
    }
    add_price(x, doc, row, base);
    tiers = cJSON_GetObjectItemCaseSensitive(value, "tiers");
    cJSON_ArrayForEach(tier, tiers)
    {
        const cJSON *start = cJSON_GetObjectItemCaseSensitive(tier, "start"),
                    *price = cJSON_GetObjectItemCaseSensitive(tier, "price");
        int64_t tokens = 0;
        size_t len = 0;
        const char *digits = cJSON_IsNumber(start) ? sc_json_number_text(doc, start, &len) : "";
        if (price == NULL || sc_decimal_parse(digits, len, 0, &tokens) != SC_OK || tokens < 0) {
            sc_json_error(doc, tier, SC_JSON_VALUE, x->errors,
                          "is no tier, expected {\"start\": TOKENS, \"price\": DOLLARS}");
            continue;
        }
        row->context = tokens + 1; /* a tier holds above its start */
        add_price(x, doc, row, price);
    }
}

/* genai-prices states no region and has prices as they are in the United States: the default region, else the first
 * there that has the model, else the first of all. */
static int choose_region(const sc_card *card, const sc_model *m, sc_scope scope, sc_day day)
{
    const sc_model_ref ref = {m, scope, -1, -1};
    int region = sc_card_pick_region(card, &ref, scope, SC_TIER_STANDARD, -1, day, NULL);
    for (int r = 0; region != card->default_region && r < (int)card->n_regions; r++) {
        const sc_buy buy = {m, r, scope, SC_TIER_STANDARD};
        if (strncmp(card->regions[r].code, "us-", 3) == 0 &&
            sc_card_find(card, &buy, SC_METER_INPUT, NULL, 0, day) != NULL)
            return r;
    }
    return region;
}

static void add_set(sc_importer *x, const sc_json_doc *doc, const char *id, const sc_model *m, unsigned scopes,
                    const price_set *set)
{
    const cJSON *value;
    char name[300];
    /* the newest prices as of today, former ones on their last day */
    sc_day day = x->as_of;
    if (day >= set->to)
        day = set->to - 1;
    if (day < set->from)
        day = set->from;
    const int region = choose_region(x->card, m, scopes & 1u << SC_SCOPE_GLOBAL ? SC_SCOPE_GLOBAL : SC_SCOPE_GEO, day);
    cJSON_ArrayForEach(value, set->prices)
    {
        const int meter = meter_of(value->string, m);
        snprintf(name, sizeof name, "%.200s %.80s", id, value->string);
        if (meter < 0) {
            sc_importer_add_unknown(x, name, "no meter is known for '%.80s'", value->string);
            continue;
        }
        sc_import_row row = {.name = name,
                             .model = m,
                             .region = region,
                             .scopes = scopes,
                             .tier = SC_TIER_STANDARD,
                             .meter = (sc_meter)meter,
                             .variant = "",
                             .day = day,
                             .from = set->from};
        choose_variant(x->card, &row);
        add_meter(x, doc, &row, value);
    }
}

/* Reads "prices" into sets, the one without a date first; 0 if it is malformed, which is reported. */
static size_t read_sets(sc_importer *x, const sc_json_doc *doc, const cJSON *prices, price_set *sets)
{
    const cJSON *element;
    size_t n = 0;
    if (cJSON_IsObject(prices)) {
        sets[0] = (price_set){prices, SC_DAY_MIN, SC_DAY_MAX};
        return 1;
    }
    cJSON_ArrayForEach(element, prices)
    {
        const cJSON *of = cJSON_GetObjectItemCaseSensitive(element, "prices"),
                    *constraint = cJSON_GetObjectItemCaseSensitive(element, "constraint"),
                    *start = cJSON_GetObjectItemCaseSensitive(constraint, "start_date");
        sc_day from = SC_DAY_MIN;
        if (!cJSON_IsObject(of) || n == MAX_SETS) {
            sc_json_error(doc, element, SC_JSON_VALUE, x->errors, "has no 'prices', expected an object with prices");
            return 0;
        }
        if (constraint != NULL &&
            (!cJSON_IsString(start) || sc_day_parse(start->valuestring, strlen(start->valuestring), &from) != SC_OK)) {
            sc_json_error(doc, constraint, SC_JSON_VALUE, x->errors,
                          "is no constraint that is known, expected a 'start_date' of the form YYYY-MM-DD");
            return 0;
        }
        size_t at = n++;
        for (; at > 0 && sets[at - 1].from > from; at--)
            sets[at] = sets[at - 1];
        sets[at] = (price_set){of, from, SC_DAY_MAX};
    }
    for (size_t i = 0; i + 1 < n; i++)
        sets[i].to = sets[i + 1].from;
    return n;
}

void sc_import_genai(sc_importer *x, const sc_json_doc *doc, const cJSON *provider)
{
    const cJSON *m, *models = cJSON_GetObjectItemCaseSensitive(provider, "models");
    if (!cJSON_IsArray(models)) {
        sc_json_error(doc, models != NULL ? models : provider, SC_JSON_VALUE, x->errors,
                      "has no list of models, expected an array 'models'");
        return;
    }
    cJSON_ArrayForEach(m, models)
    {
        const cJSON *id = cJSON_GetObjectItemCaseSensitive(m, "id"),
                    *prices = cJSON_GetObjectItemCaseSensitive(m, "prices");
        price_set sets[MAX_SETS];
        char why[300];
        unsigned scopes;
        if (!cJSON_IsString(id) || !(cJSON_IsObject(prices) || cJSON_IsArray(prices))) {
            sc_json_error(doc, m, SC_JSON_VALUE, x->errors, "is no model, expected 'id' and 'prices'");
            continue;
        }
        const sc_model *model = read_id(x, id->valuestring, &scopes, why, sizeof why);
        const size_t n = read_sets(x, doc, prices, sets);
        if (model == NULL)
            sc_importer_add_unknown(x, id->valuestring, "%s", why);
        for (size_t i = 0; model != NULL && i < n; i++) {
            if (sets[i].from < sets[i].to)
                add_set(x, doc, id->valuestring, model, scopes, &sets[i]);
        }
    }
}
