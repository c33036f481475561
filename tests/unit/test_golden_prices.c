/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_golden_prices.c - the rate card against figures others worked out: price pages, another library, bills, logs.
 *
 * The data may not be redistributed and lies in the folder $SPENDCAST_TEST_DATA; without it the cases are skipped.
 * Where the card and a source differ, the difference is explained by a rule and counted, so that a new one shows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/json_doc.h"
#include "real_data.h"
#include "spendcast/rates.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static sc_card *card;

static int load_card(void) { return sc_card_load(NULL, NULL, &card, NULL) == SC_OK ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    card = NULL;
    return 0;
}

/* ---- reading the data ---- */

/* A whole number; an empty cell is 0. */
static int64_t whole(const char *text)
{
    int64_t n = 0;
    if (text[0] != '\0')
        EXPECT_I64(sc_decimal_parse(text, strlen(text), 0, &n), SC_OK);
    return n;
}

static sc_day day_of(const char *text)
{
    sc_day day = 0;
    EXPECT_I64(sc_day_parse(text, strlen(text), &day), SC_OK);
    return day;
}

static double real(const char *text)
{
    char *end;
    double x = strtod(text, &end);
    EXPECT_TRUE(end != text && *end == '\0');
    return x;
}

/* "" where an object has no such text. */
static const char *text_of(const cJSON *object, const char *key)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(node) ? node->valuestring : "";
}

static int64_t tokens_of(const cJSON *object, const char *key)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(node) ? (int64_t)node->valuedouble : 0;
}

/* ---- pricing one request or one total ---- */

typedef struct usage {
    sc_usage_line line[6];
    size_t n;
} usage;

/* Meters without quantity are left out, as a bill does: the card need not sell them. */
static void add(usage *u, sc_meter meter, int64_t quantity, const char *variant)
{
    if (quantity > 0 && EXPECT_TRUE(u->n < COUNT(u->line)))
        u->line[u->n++] = (sc_usage_line){meter, quantity, variant};
}

/* What the usage costs at the model id's own scope (or the one given) as one request; -1 where the card has no price.
 * The sources name no region and all have US prices: us-east-2, the default view of the price page, or us-east-1. */
static sc_money priced(const char *id, int scope, const usage *u, sc_day day)
{
    static const char *const regions[] = {"us-east-2", "us-east-1"};
    sc_model_ref ref;
    sc_line_item items[COUNT(u->line)];
    sc_money total;
    char why[400];
    if (sc_card_resolve(card, id, &ref, why, sizeof why) != SC_OK) {
        EXPECT_STR(why, "");
        return -1;
    }
    for (size_t r = 0; r < COUNT(regions); r++) {
        const sc_buy buy = {ref.model, sc_card_region_of(card, regions[r]), scope >= 0 ? (sc_scope)scope : ref.scope,
                            SC_TIER_STANDARD};
        if (sc_card_price(card, &buy, u->line, u->n, 1, -1, day, NULL, items, &total, NULL) == SC_OK)
            return total;
    }
    return -1;
}

/* ---- quantity x price of the price page ---- */

typedef enum outcome {
    EXACT,        /* to the last digit, in the default region */
    OTHER_REGION, /* the same, in the regions that have the price */
    ROUNDED,      /* the page rounds its price; equal at the page's precision */
    LIFETIME,     /* the page states no cache lifetime; equal to the one write price the model has */
    FORMER_PRICE, /* equal before 2025-12-01, when extended access began */
    UNPLACED,     /* a name without an id, or a price without its region: in unplaced.csv */
    AMBIGUOUS,    /* several prices without a region to tell them apart */
    WRONG,
    OUTCOMES
} outcome;

#define PAGE_DAY (sc_day_of(2026, 7, 24))
#define BEFORE_EXTENDED_ACCESS (sc_day_of(2025, 11, 30))

/* What a line of the page says about its price point. */
typedef struct key {
    const sc_model *model;
    int scope; /* -1 = not stated */
    sc_tier tier;
    sc_meter meter;
    char variant[80];
} key;

/* The page's words for a variant as the card writes them: "up to 1024 x 1024;premium", "720p, 24 fps". */
static void read_variant(const char *words, char *variant, size_t size)
{
    size_t n = 0;
    for (; *words != '\0' && n + 1 < size; words++) {
        if (*words != ',')
            variant[n++] = *words == ';' ? ' ' : *words;
    }
    variant[n] = '\0';
}

/* Returns 0 (a failure) if the line names something the card does not know. */
static int read_key(const cJSON *line, const char *model, key *k)
{
    const char *meter = text_of(line, "meter"), *scope = text_of(line, "region_scope"),
               *tier = text_of(line, "service_tier"), *end = strstr(meter, "_tokens");
    char name[64], why[400];
    sc_model_ref ref;
    (void)snprintf(name, sizeof name, "%.*s", (int)(end != NULL ? (size_t)(end - meter) : strlen(meter)), meter);
    int m = sc_meter_of(name), t = sc_tier_of(tier[0] != '\0' ? tier : "standard");
    if (!EXPECT_TRUE(m >= 0 && t >= 0) || !EXPECT_I64(sc_card_resolve(card, model, &ref, why, sizeof why), SC_OK))
        return 0;
    *k = (key){.model = ref.model,
               .scope = scope[0] != '\0' ? sc_scope_of(scope) : -1,
               .tier = (sc_tier)t,
               .meter = (sc_meter)m};
    read_variant(text_of(line, "variant"), k->variant, sizeof k->variant);
    return 1;
}

/* The price in one region over the scopes that fit: 0 = none, -1 = several. */
static sc_unit_price price_in(const key *k, int region, sc_day day)
{
    sc_unit_price price = 0;
    for (int s = 0; s < SC_SCOPES; s++) {
        const sc_buy buy = {k->model, region, (sc_scope)s, k->tier};
        const sc_price_point *p = NULL;
        if (k->scope < 0 || s == k->scope)
            p = sc_card_find(card, &buy, k->meter, k->variant, 0, day);
        if (p != NULL)
            price = price == 0 || price == p->price ? p->price : -1;
    }
    return price;
}

/* The same over all regions. */
static sc_unit_price price_anywhere(const key *k, sc_day day)
{
    sc_unit_price price = 0;
    for (size_t r = 0; r < sc_card_region_count(card); r++) {
        sc_unit_price here = price_in(k, (int)r, day);
        if (here != 0)
            price = price == 0 || price == here ? here : -1;
    }
    return price;
}

/* The card's price, rounded half-even to the decimals the page prints, is the page's. */
static int rounds_to(sc_unit_price price, int64_t per, const char *page_usd)
{
    char text[SC_DECIMAL_TEXT_MAX];
    const char *point = strchr(page_usd, '.');
    int decimals = point != NULL ? (int)strlen(point + 1) : 0;
    return strcmp(sc_decimal_format(sc_money_times(price, per), 15, decimals, 0, text), page_usd) == 0;
}

/* How the card's price of a line compares; *cost is what the card makes of its quantity. */
static outcome judge(const cJSON *line, sc_money *cost)
{
    const char *page_usd = text_of(line, "price_usd");
    const int64_t quantity = whole(text_of(line, "quantity")), per = whole(text_of(line, "price_per"));
    const sc_money expected = usd_of(text_of(line, "usd_exact"));
    const int home = sc_card_default_region(card);
    key k;
    *cost = 0;
    const int import = strncmp(text_of(line, "variant"), "CMU ", 4) == 0;
    if (text_of(line, "model_id")[0] == '\0' && !import)
        return UNPLACED;
    if (!read_key(line, import ? "bedrock.custom-model-import" : text_of(line, "model_id"), &k))
        return WRONG;
    sc_unit_price price = price_in(&k, home, PAGE_DAY);
    if (import && k.meter == SC_METER_CUSTOM_MODEL_UNIT_MINUTE) /* two prices that the page does not tell apart */
        price = price_in(&k, sc_card_region_of(card, strcmp(page_usd, "0.07144") == 0 ? "eu-central-1" : "us-east-1"),
                         PAGE_DAY);
    const outcome exact = price != 0 ? EXACT : OTHER_REGION;
    if (price == 0)
        price = price_anywhere(&k, PAGE_DAY);
    if (price < 0)
        return AMBIGUOUS;
    *cost = sc_money_times(price, quantity);
    if (price > 0 && *cost == expected)
        return exact;
    if (price > 0 && rounds_to(price, per, page_usd))
        return ROUNDED;
    if (price == 0 && k.meter == SC_METER_CACHE_WRITE) {
        k.meter = SC_METER_CACHE_WRITE_30M;
        return rounds_to(price_in(&k, home, PAGE_DAY), per, page_usd) ? LIFETIME : WRONG;
    }
    *cost = sc_money_times(price_in(&k, home, BEFORE_EXTENDED_ACCESS), quantity);
    return *cost == expected && strncmp(k.model->id, "anthropic.claude-3-5-sonnet", 27) == 0 ? FORMER_PRICE : WRONG;
}

static void derived_cases(void)
{
    static const int64_t expected[OUTCOMES] = {
        [EXACT] = 230,      [OTHER_REGION] = 2, [ROUNDED] = 2,   [LIFETIME] = 1,
        [FORMER_PRICE] = 4, [UNPLACED] = 3,     [AMBIGUOUS] = 0, [WRONG] = 0,
    };
    static const char file[] = "golden/derived_cases.json";
    size_t size;
    sc_json_doc *doc = NULL;
    int64_t seen[OUTCOMES] = {0}, whole_cases = 0;
    char *text = data_text(file, 242, &size);
    if (text == NULL)
        return;
    if (EXPECT_I64(sc_json_parse(file, text, size, &doc, NULL), SC_OK)) {
        const cJSON *c, *line;
        cJSON_ArrayForEach(c, sc_json_root(doc))
        {
            sc_money total = 0, cost;
            int exact = 1;
            cJSON_ArrayForEach(line, cJSON_GetObjectItemCaseSensitive(c, "lines"))
            {
                outcome o = judge(line, &cost);
                seen[o]++;
                total += cost;
                exact = exact && (o == EXACT || o == OTHER_REGION || o == FORMER_PRICE);
                if (o == WRONG)
                    (void)fprintf(stderr, "  %s: %s %s\n", text_of(c, "id"), text_of(line, "model_id"),
                                  text_of(line, "meter"));
            }
            if (exact && EXPECT_MONEY(total, usd_of(text_of(c, "total_usd_exact"))))
                whole_cases++;
        }
    }
    for (int o = 0; o < OUTCOMES; o++)
        EXPECT_I64(seen[o], expected[o]);
    EXPECT_I64(whole_cases, 112);
    sc_json_free(doc);
    sc_free(text);
}

/* ---- another library's prices ---- */

/* Where the card differs from the library on purpose: on the days [from, to) the library has the prices of `as_on`. */
static const struct {
    const char *model, *from, *to, *as_on;
    int64_t cases;
} explained[] = {
    /* extended access doubled the price; the library keeps the former one */
    {"anthropic.claude-3-5-sonnet-20240620-v1:0", "2025-12-01", "9999-12-31", "2025-11-30", 1},
    {"anthropic.claude-3-5-sonnet-20241022-v2:0", "2025-12-01", "9999-12-31", "2025-11-30", 1},
    {"us.anthropic.claude-3-5-sonnet-20241022-v2:0", "2025-12-01", "9999-12-31", "2025-11-30", 2},
    /* sold as a global profile since 2026-08-17 only, with a long-context band since 2026-08-03 only */
    {"global.openai.gpt-5.6-sol", "2026-07-01", "2026-08-17", "2026-08-17", 5},
    {"openai.gpt-5.6-sol", "2026-07-01", "2026-08-03", "2026-08-03", 3},
    {"us.openai.gpt-5.6-sol", "2026-07-01", "2026-08-03", "2026-08-03", 3},
};

/* The row of explained[] that holds for a model on a date, COUNT(explained) = none; ISO dates sort as text. */
static size_t explanation(const char *model, const char *date)
{
    size_t e = 0;
    while (e < COUNT(explained) && (strcmp(explained[e].model, model) != 0 || strcmp(date, explained[e].from) < 0 ||
                                    strcmp(date, explained[e].to) >= 0))
        e++;
    return e;
}

static usage peer_usage(const cJSON *c, const char *model)
{
    const cJSON *u = cJSON_GetObjectItemCaseSensitive(c, "usage");
    int64_t read = tokens_of(u, "cache_read_tokens"), written = tokens_of(u, "cache_write_tokens");
    int64_t heard = tokens_of(u, "input_audio_tokens"), spoken = tokens_of(u, "output_audio_tokens");
    const char *text = strstr(model, "sonic") != NULL ? "text" : NULL;
    usage out = {.n = 0};
    /* The library's totals include the parts that are priced apart; the card's meters do not overlap. */
    add(&out, SC_METER_INPUT, tokens_of(u, "input_tokens") - read - written - heard, text);
    add(&out, SC_METER_CACHE_READ, read, NULL);
    add(&out, strstr(model, "gpt-5.6") != NULL ? SC_METER_CACHE_WRITE_30M : SC_METER_CACHE_WRITE_5M, written, NULL);
    add(&out, SC_METER_INPUT_AUDIO, heard, "speech");
    add(&out, SC_METER_OUTPUT, tokens_of(u, "output_tokens") - spoken, text);
    add(&out, SC_METER_OUTPUT_AUDIO, spoken, "speech");
    return out;
}

static void peer_prices(void)
{
    static const char file[] = "golden/peer_prices.json";
    size_t size;
    sc_json_doc *doc = NULL;
    int64_t equal = 0, excused[COUNT(explained)] = {0};
    char *text = data_text(file, 240, &size);
    if (text == NULL)
        return;
    const cJSON *c;
    if (EXPECT_I64(sc_json_parse(file, text, size, &doc, NULL), SC_OK))
        cJSON_ArrayForEach(c, cJSON_GetObjectItemCaseSensitive(sc_json_root(doc), "cases"))
        {
            const char *model = text_of(c, "model"), *exact = text_of(c, "total_price_exact");
            char date[11];
            (void)snprintf(date, sizeof date, "%.10s", text_of(c, "timestamp"));
            const usage u = peer_usage(c, model);
            const sc_money expected = usd_of(exact);
            if (priced(model, -1, &u, day_of(date)) == expected) {
                equal++;
                continue;
            }
            size_t e = explanation(model, date);
            if (!EXPECT_TRUE(e < COUNT(explained))) {
                (void)fprintf(stderr, "  %s: %s on %s, expected %s\n", text_of(c, "id"), model, date, exact);
                continue;
            }
            excused[e]++;
            EXPECT_MONEY(priced(model, -1, &u, day_of(explained[e].as_on)), expected);
        }
    EXPECT_I64(equal, 225);
    for (size_t e = 0; e < COUNT(explained); e++)
        EXPECT_I64(excused[e], explained[e].cases);
    sc_json_free(doc);
    sc_free(text);
}

/* ---- logs ---- */

static void router_arena(void)
{
    enum { INDEX, SET, IN, OUT, SCORE, COST, METRIC, N };
    static const sc_csv_column columns[N] = {{"global_index", 1}, {"dataset", 1},      {"haiku3:in", 1},
                                             {"haiku3:out", 1},   {"haiku3:score", 1}, {"haiku3:cost", 1},
                                             {"metric", 1}};
    data_table t;
    sc_money total = 0;
    if (!open_table("routerarena/outcomes.csv", 809, columns, N, &t))
        return;
    EXPECT_I64(sc_csv_rows(t.csv), 809);
    for (size_t r = 0; r < sc_csv_rows(t.csv); r++) {
        usage u = {.n = 0};
        add(&u, SC_METER_INPUT, whole(sc_csv_cell(t.csv, r, IN)), NULL);
        add(&u, SC_METER_OUTPUT, whole(sc_csv_cell(t.csv, r, OUT)), NULL);
        sc_money cost = priced("anthropic.claude-3-haiku-20240307-v1:0", SC_SCOPE_IN_REGION, &u, sc_day_of(2025, 1, 1));
        EXPECT_REL(sc_money_to_usd(cost), real(sc_csv_cell(t.csv, r, COST)), 1e-12);
        total += cost;
    }
    EXPECT_MONEY(total, usd_of("0.14237725"));
    close_table(&t);
}

static void agent_usage(void)
{
    enum { TOOL, DATE, MODEL, INPUT, READ, WRITE_5M, WRITE_1H, OUTPUT, COST, OTHER, N };
    static const sc_csv_column columns[N] = {
        {"tool", 1},           {"date", 1},           {"model", 1},  {"uncached_input", 1}, {"cache_read", 1},
        {"cache_write_5m", 1}, {"cache_write_1h", 1}, {"output", 1}, {"est_cost_usd", 1},   {"other", 1}};
    data_table t;
    sc_money total = 0, stated = 0;
    int64_t rows = 0;
    if (!open_table("agent_usage_logs/daily_model_cost.csv", 79, columns, N, &t))
        return;
    for (size_t r = 0; r < sc_csv_rows(t.csv); r++) {
        const char *model = sc_csv_cell(t.csv, r, MODEL), *cost_text = sc_csv_cell(t.csv, r, COST);
        usage u = {.n = 0};
        if (strncmp(model, "claude-", 7) != 0)
            continue;
        add(&u, SC_METER_INPUT, whole(sc_csv_cell(t.csv, r, INPUT)), NULL);
        add(&u, SC_METER_CACHE_READ, whole(sc_csv_cell(t.csv, r, READ)), NULL);
        add(&u, SC_METER_CACHE_WRITE_5M, whole(sc_csv_cell(t.csv, r, WRITE_5M)), NULL);
        add(&u, SC_METER_CACHE_WRITE_1H, whole(sc_csv_cell(t.csv, r, WRITE_1H)), NULL);
        add(&u, SC_METER_OUTPUT, whole(sc_csv_cell(t.csv, r, OUTPUT)), NULL);
        sc_money cost = priced(model, SC_SCOPE_GLOBAL, &u, day_of(sc_csv_cell(t.csv, r, DATE)));
        if (!EXPECT_ABS(sc_money_to_usd(cost), real(cost_text), 1e-6))
            (void)fprintf(stderr, "  %s on %s\n", model, sc_csv_cell(t.csv, r, DATE));
        total += cost;
        stated += usd_of(cost_text);
        rows++;
    }
    EXPECT_I64(rows, 79);
    /* The source rounds each row to 6 decimals; the exact sum is 1.75e-6 below the sum of what it states. */
    EXPECT_MONEY(total, usd_of("4242.03106625"));
    EXPECT_MONEY(stated, usd_of("4242.031068"));
    close_table(&t);
}

static void aider_polyglot(void)
{
    enum { DATE, MODEL, PROMPT, COMPLETION, COST };
    static const sc_csv_column columns[] = {{"date", 1},
                                            {"model", 1},
                                            {"prompt_tokens", 1},
                                            {"completion_tokens", 1},
                                            {"total_cost", 1},
                                            {"edit_format", 1},
                                            {"total_tests", 1},
                                            {"pass_num_1", 1},
                                            {"pass_num_2", 1},
                                            {"pass_rate_1", 1},
                                            {"pass_rate_2", 1},
                                            {"percent_cases_well_formed", 1},
                                            {"thinking_tokens", 1},
                                            {"seconds_per_case", 1},
                                            {"command", 1},
                                            {"reasoning_effort", 1}};
    data_table t;
    int64_t rows = 0;
    if (!open_table("aider/polyglot.csv", 2, columns, COUNT(columns), &t))
        return;
    for (size_t r = 0; r < sc_csv_rows(t.csv); r++) {
        const char *model = sc_csv_cell(t.csv, r, MODEL), *cost_text = sc_csv_cell(t.csv, r, COST);
        char text[SC_DECIMAL_TEXT_MAX];
        usage u = {.n = 0};
        if (strncmp(model, "claude-opus-4-20250514 ", 23) != 0)
            continue;
        add(&u, SC_METER_INPUT, whole(sc_csv_cell(t.csv, r, PROMPT)), NULL);
        add(&u, SC_METER_OUTPUT, whole(sc_csv_cell(t.csv, r, COMPLETION)), NULL);
        sc_money cost = priced("anthropic.claude-opus-4-20250514-v1:0", SC_SCOPE_IN_REGION, &u,
                               day_of(sc_csv_cell(t.csv, r, DATE)));
        EXPECT_STR(sc_decimal_format(cost, 15, 4, 0, text), cost_text);
        rows++;
    }
    EXPECT_I64(rows, 2);
    close_table(&t);
}

/* ---- bills ---- */

static void bills(void)
{
    enum { ID, DATE, MODEL, INPUT, READ, WRITE_5M, WRITE_1H, OUTPUT, AMOUNT };
    static const sc_csv_column columns[] = {{"id", 1},
                                            {"date", 1},
                                            {"model_or_profile", 1},
                                            {"input_uncached", 1},
                                            {"cache_read", 1},
                                            {"cache_write_5m", 1},
                                            {"cache_write_1h", 1},
                                            {"output", 1},
                                            {"usd", 1},
                                            {"where", 1},
                                            {"endpoint", 1},
                                            {"what_the_usd_is", 1},
                                            {"check", 1},
                                            {"url", 1}};
    /* Which lines are billed, at which scope, and what the card makes of them. */
    static const struct {
        const char *id;
        sc_scope scope;
        int input_only;
        const char *usd;
        double tolerance; /* of the amount stated, relative */
    } cases[] = {
        {"R1", SC_SCOPE_IN_REGION, 1, "3.311176", 0.0}, /* the whole prompt in the long-context band */
        {"R2", SC_SCOPE_IN_REGION, 1, "1.655588", 0.0},
        {"R4", SC_SCOPE_IN_REGION, 0, "0.66", 0.0}, /* after the price cut of 2026-08-21 */
        {"R5", SC_SCOPE_GLOBAL, 0, "0.09634", 0.0}, /* one-hour writes */
        {"R8", SC_SCOPE_IN_REGION, 0, "0.65687595", 0.0005},
        {"R10", SC_SCOPE_IN_REGION, 0, "0.00000518", 0.0},
    };
    data_table t;
    size_t found = 0;
    if (!open_table("bedrock_bills/reconciliation_cases.csv", COUNT(cases), columns, COUNT(columns), &t))
        return;
    for (size_t r = 0; r < sc_csv_rows(t.csv); r++) {
        for (size_t i = 0; i < COUNT(cases); i++) {
            usage u = {.n = 0};
            if (strcmp(cases[i].id, sc_csv_cell(t.csv, r, ID)) != 0)
                continue;
            add(&u, SC_METER_INPUT, whole(sc_csv_cell(t.csv, r, INPUT)), NULL);
            add(&u, SC_METER_CACHE_READ, whole(sc_csv_cell(t.csv, r, READ)), NULL);
            add(&u, SC_METER_CACHE_WRITE_5M, whole(sc_csv_cell(t.csv, r, WRITE_5M)), NULL);
            add(&u, SC_METER_CACHE_WRITE_1H, whole(sc_csv_cell(t.csv, r, WRITE_1H)), NULL);
            if (!cases[i].input_only)
                add(&u, SC_METER_OUTPUT, whole(sc_csv_cell(t.csv, r, OUTPUT)), NULL);
            sc_money cost =
                priced(sc_csv_cell(t.csv, r, MODEL), (int)cases[i].scope, &u, day_of(sc_csv_cell(t.csv, r, DATE)));
            EXPECT_MONEY(cost, usd_of(cases[i].usd));
            if (cases[i].tolerance == 0.0)
                EXPECT_MONEY(cost, usd_of(sc_csv_cell(t.csv, r, AMOUNT)));
            else
                EXPECT_REL(sc_money_to_usd(cost), real(sc_csv_cell(t.csv, r, AMOUNT)), cases[i].tolerance);
            found++;
        }
    }
    EXPECT_I64(found, COUNT(cases));
    close_table(&t);
}

CU_ErrorCode test_golden_prices_register(void)
{
    CU_pSuite suite = CU_add_suite("golden_prices", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "quantity x page price", derived_cases) == NULL ||
        CU_add_test(suite, "another library", peer_prices) == NULL ||
        CU_add_test(suite, "log of one model", router_arena) == NULL ||
        CU_add_test(suite, "log of agents with caches", agent_usage) == NULL ||
        CU_add_test(suite, "benchmark costs", aider_polyglot) == NULL || CU_add_test(suite, "bills", bills) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
