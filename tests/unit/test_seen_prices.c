/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_seen_prices.c - the built-in card against prices that others saw: lines of bills and of the Price List, and
 * dated changes.  The files may not be redistributed (real_data.h). */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "rates_fixture.h"
#include "real_data.h"
#include "spendcast/usage_type.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static sc_card *card;

static int load_card(void) { return sc_card_load(NULL, NULL, &card, NULL) == SC_OK ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    card = NULL;
    return 0;
}

/* ---- usage types ---- */

/* What each line of the file is about: every model, tier and scope, so that none is mistaken for another. */
static const struct {
    const char *usage_type, *product, *day; /* product as the bill has it beside the line, NULL = none */
    const char *expected;                   /* region model meter tier scope, "!" = the scope is stated */
} seen[] = {
#define MISTRAL "us-west-2 mistral.mistral-large-3-675b-instruct "
    {"USW2-Mistral-Large-3-675b-Instruct-input-tokens", NULL, "2026-10-03", MISTRAL "input standard in_region"},
    {"USW2-Mistral-Large-3-675b-Instruct-output-tokens", NULL, "2026-10-03", MISTRAL "output standard in_region"},
    {"USW2-Mistral-Large-3-675b-Instruct-output-tokens-flex", NULL, "2026-10-03", MISTRAL "output flex in_region"},
    {"USW2-Mistral-Large-3-675b-Instruct-input-tokens-batch", NULL, "2026-10-03", MISTRAL "input batch in_region"},
    {"USW2-Mistral-Large-3-675b-Instruct-input-tokens-priority", NULL, "2026-10-03",
     MISTRAL "input priority in_region"},
    {"USW2-Mistral-Large-3-675b-Instruct-output-tokens-priority", NULL, "2026-10-03",
     MISTRAL "output priority in_region"},
    {"USW2-mistral.mistral-large-3-675b-instruct-mantle-output-tokens-standard", NULL, "2026-10-03",
     MISTRAL "output standard in_region"},
    {"USW2-mistral.mistral-large-3-675b-instruct-mantle-output-tokens-priority", NULL, "2026-10-03",
     MISTRAL "output priority in_region"},
#undef MISTRAL
    {"USW2-Claude3Haiku-input-tokens", NULL, "2026-10-03",
     "us-west-2 anthropic.claude-3-haiku-20240307-v1:0 input standard in_region"},
    {"USW2-Claude2.1-input-tokens", NULL, "2026-10-03", "us-west-2 anthropic.claude-v2:1 input standard in_region"},
    {"USW2-MP:USW2_OutputTokenCount-Units", "Claude Haiku 4.5", "2026-09-30",
     "us-west-2 anthropic.claude-haiku-4-5-20251001-v1:0 output standard in_region"},
    {"USW2-MP:USW2_InputTokenCount_Global-Units", "Claude Haiku 4.5", "2026-09-30",
     "us-west-2 anthropic.claude-haiku-4-5-20251001-v1:0 input standard global!"},
    {"USW2-MP:USW2_output_tokens_global_standard-Units", "Claude Opus 5.5", "2026-09-25",
     "us-west-2 anthropic.claude-opus-5-5 output standard global!"},
    {"USE2_InputTokenCount-Units", "Claude Sonnet 4.6", "2026-07-15",
     "us-east-2 anthropic.claude-sonnet-4-6 input standard in_region"},
    {"USE2_OutputTokenCount-Units", "Claude Sonnet 4.6", "2026-07-15",
     "us-east-2 anthropic.claude-sonnet-4-6 output standard in_region"},
    {"USE2_OutputTokenCount_Global-Units", "Claude Sonnet 4.6", "2026-07-15",
     "us-east-2 anthropic.claude-sonnet-4-6 output standard global!"},
    {"USE1-NovaLite-input-tokens-custom-model", NULL, "2026-10-03",
     "us-east-1 amazon.nova-lite-v1:0 custom_model_input standard in_region"},
    /* a pattern: of any model */
    {"*-cache-read-input-token-count", NULL, "2026-10-03",
     "us-east-1 amazon.nova-lite-v1:0 cache_read standard in_region"},
    {"USE1-Claude4Sonnet-input-tokens-cross-region-global", NULL, "2026-07-29",
     "us-east-1 anthropic.claude-sonnet-4-20250514-v1:0 input standard global!"},
};

static void check_line(size_t i, const char *usd, const char *per)
{
    const char *text = seen[i].usage_type;
    char line[160], found[300], why[300] = "";
    sc_usage_type u;
    (void)snprintf(line, sizeof line, "%s%s", text[0] == '*' ? "USE1-NovaLite" : "", text + (text[0] == '*'));
    if (!EXPECT_I64(sc_usage_type_parse(card, line, seen[i].product, &u, why, sizeof why), SC_OK)) {
        EXPECT_STR(why, line);
        return;
    }
    const sc_buy buy = {u.model, u.region, u.scope, u.tier};
    (void)snprintf(found, sizeof found, "%s %s %s %s %s%s", sc_card_region(card, (size_t)u.region)->code, u.model->id,
                   sc_meter_name(u.meter), sc_tier_name(u.tier), sc_scope_name(u.scope), u.scope_stated ? "!" : "");
    EXPECT_STR(found, seen[i].expected);
    EXPECT_STR(u.per == 1000 ? "1K" : u.per == 1000000 ? "1M" : "?", per);
    if (usd[0] == '\0')
        return;
    const sc_price_point *p = sc_card_find(card, &buy, u.meter, u.variant, 0, day_of(seen[i].day));
    if (!EXPECT_TRUE(p != NULL) || !EXPECT_MONEY(sc_money_times(p->price, u.per), usd_of(usd)))
        EXPECT_STR(sc_card_explain(card, &buy, u.meter, u.variant, 0, day_of(seen[i].day), why, sizeof why), line);
}

static void usage_types(void)
{
    enum { TYPE, USD, PER, MEANING, SOURCE, N };
    static const sc_csv_column columns[N] = {{"usage_type", 1}, {"usd", 1}, {"per", 1}, {"meaning", 1}, {"source", 1}};
    data_table t;
    if (!open_table("bedrock_bills/usage_types_seen.csv", COUNT(seen), columns, N, &t))
        return;
    EXPECT_I64(sc_csv_rows(t.csv), COUNT(seen));
    for (size_t r = 0; r < sc_csv_rows(t.csv) && r < COUNT(seen); r++) {
        if (!EXPECT_STR(sc_csv_cell(t.csv, r, TYPE), seen[r].usage_type))
            continue;
        EXPECT_TRUE(seen[r].product == NULL || strstr(sc_csv_cell(t.csv, r, MEANING), seen[r].product) != NULL);
        check_line(r, sc_csv_cell(t.csv, r, USD), sc_csv_cell(t.csv, r, PER));
    }
    close_table(&t);
}

/* ---- changes ---- */

#define EXTENDED_V1 "us-east-1 us-east-2 us-west-2 eu-central-1 eu-central-2 eu-west-1 eu-west-3"
#define EXTENDED_V2 "us-east-1 us-east-2 us-west-2"
#define LONG 272000

/* What each row of the file means for the card, in every region and scope named: the price per 1M tokens on the day
 * before and on the day; "" = none, NULL = nothing is said of it. */
static const struct {
    const char *day, *row_model, *model;
    const char *regions, *scopes;
    sc_meter meter;
    int64_t context;
    const char *before, *after;
} changes[] = {
#define V1 "anthropic.claude-3-5-sonnet-20240620-v1:0"
    {"2025-12-01", V1, V1, EXTENDED_V1, "in_region geo", SC_METER_INPUT, 0, "3", "6"},
    {"2025-12-01", V1, V1, EXTENDED_V1, "in_region geo", SC_METER_OUTPUT, 0, "15", "30"},
#undef V1
#define V2 "anthropic.claude-3-5-sonnet-20241022-v2:0"
    {"2025-12-01", V2, V2, EXTENDED_V2, "in_region geo", SC_METER_INPUT, 0, "3", "6"},
    {"2025-12-01", V2, V2, EXTENDED_V2, "in_region geo", SC_METER_OUTPUT, 0, "15", "30"},
    {"2025-12-01", V2, V2, EXTENDED_V2, "in_region geo", SC_METER_CACHE_WRITE_5M, 0, "3.75", "7.50"},
    {"2025-12-01", V2, V2, EXTENDED_V2, "in_region geo", SC_METER_CACHE_READ, 0, "0.30", "0.60"},
#undef V2
    {"2026-06-18", "xai.grok-4.3", "xai.grok-4.3", "us-east-2", "in_region", SC_METER_INPUT, 0, NULL, "1.25"},
    {"2026-06-18", "xai.grok-4.3", "xai.grok-4.3", "us-east-2", "in_region", SC_METER_OUTPUT, 0, NULL, "2.50"},
    {"2026-06-18", "xai.grok-4.3", "xai.grok-4.3", "us-east-2", "in_region", SC_METER_CACHE_READ, 0, NULL, "0.20"},
#define S5 "anthropic.claude-sonnet-5"
    {"2026-07-01", S5, S5, "us-east-2", "global", SC_METER_INPUT, 0, NULL, "2"},
    {"2026-07-01", S5, S5, "us-east-2", "global", SC_METER_OUTPUT, 0, NULL, "10"},
    {"2026-07-01", S5, S5, "us-east-2", "geo", SC_METER_INPUT, 0, NULL, "2.20"},
    {"2026-07-01", S5, S5, "us-east-2", "geo", SC_METER_OUTPUT, 0, NULL, "11"},
    /* the end of the promotion that was announced and did not come */
    {"2026-09-01", S5, S5, "us-east-2", "global", SC_METER_INPUT, 0, "2", "2"},
    {"2026-09-01", S5, S5, "us-east-2", "global", SC_METER_OUTPUT, 0, "10", "10"},
    {"2026-09-01", S5, S5, "us-east-2", "geo", SC_METER_INPUT, 0, "2.20", "2.20"},
#undef S5
#define O48 "anthropic.claude-opus-4-8"
    /* 6 and 30 stand in a table without a region (unplaced.csv): no region that is known has them */
    {"2026-07-03", O48, O48, "us-east-2", "global", SC_METER_INPUT, 0, NULL, "5"},
    {"2026-07-03", O48, O48, "us-east-2", "global", SC_METER_OUTPUT, 0, NULL, "25"},
    {"2026-07-03", O48, O48, "us-gov-east-1 us-gov-west-1", "in_region geo", SC_METER_INPUT, 0, NULL, ""},
#undef O48
#define SOL "openai.gpt-5.6-sol"
#define TERRA "openai.gpt-5.6-terra"
#define LUNA "openai.gpt-5.6-luna"
#define ALL "openai.gpt-5.6-*"
    /* the page's slip of one day is not on the card */
    {"2026-07-14", SOL, SOL, "us-east-2", "in_region geo", SC_METER_INPUT, 0, NULL, "5.50"},
    {"2026-07-15", SOL, SOL, "us-east-2", "in_region geo", SC_METER_INPUT, 0, NULL, "5.50"},
    {"2026-07-15", SOL, SOL, "us-east-2", "in_region geo", SC_METER_OUTPUT, 0, NULL, "33"},
    {"2026-07-15", SOL, TERRA, "us-east-2", "in_region geo", SC_METER_INPUT, 0, NULL, "2.75"},
    {"2026-07-15", SOL, TERRA, "us-east-2", "in_region geo", SC_METER_OUTPUT, 0, NULL, "16.50"},
    {"2026-07-15", SOL, LUNA, "us-east-2", "in_region geo", SC_METER_INPUT, 0, NULL, "1.10"},
    {"2026-07-15", SOL, LUNA, "us-east-2", "in_region geo", SC_METER_OUTPUT, 0, NULL, "6.60"},
    {"2026-07-30", LUNA, LUNA, "us-east-2", "in_region", SC_METER_INPUT, 0, "1.10", "0.22"},
    {"2026-07-30", LUNA, LUNA, "us-east-2", "in_region", SC_METER_OUTPUT, 0, "6.60", "1.32"},
    {"2026-07-30", TERRA, TERRA, "us-east-2", "in_region", SC_METER_INPUT, 0, "2.75", "2.20"},
    {"2026-07-30", TERRA, TERRA, "us-east-2", "in_region", SC_METER_OUTPUT, 0, "16.50", "13.20"},
    {"2026-08-03", ALL, SOL, "us-east-2", "in_region", SC_METER_INPUT, LONG, "5.50", "11"},
    {"2026-08-03", ALL, SOL, "us-east-2", "in_region", SC_METER_OUTPUT, LONG, "33", "49.50"},
    {"2026-08-03", ALL, SOL, "us-east-2", "in_region", SC_METER_CACHE_READ, LONG, "0.55", "1.10"},
    {"2026-08-03", ALL, SOL, "us-east-2", "in_region", SC_METER_CACHE_WRITE_30M, LONG, "6.875", "13.75"},
    {"2026-08-03", ALL, SOL, "us-east-2", "in_region", SC_METER_INPUT, LONG - 1, "5.50", "5.50"},
    {"2026-08-03", ALL, TERRA, "us-east-2", "in_region", SC_METER_INPUT, LONG, "2.20", "4.40"},
    {"2026-08-03", ALL, TERRA, "us-east-2", "in_region", SC_METER_OUTPUT, LONG, "13.20", "19.80"},
    {"2026-08-03", ALL, LUNA, "us-east-2", "in_region", SC_METER_INPUT, LONG, "0.22", "0.44"},
    {"2026-08-03", ALL, LUNA, "us-east-2", "in_region", SC_METER_OUTPUT, LONG, "1.32", "1.98"},
    {"2026-08-17", ALL, SOL, "us-east-2", "global", SC_METER_INPUT, 0, "", "5"},
    {"2026-08-17", ALL, SOL, "us-east-2", "global", SC_METER_OUTPUT, 0, "", "30"},
    {"2026-08-17", ALL, TERRA, "us-east-2", "global", SC_METER_INPUT, 0, "", "2"},
    {"2026-08-17", ALL, TERRA, "us-east-2", "global", SC_METER_OUTPUT, 0, "", "12"},
    {"2026-08-17", ALL, LUNA, "us-east-2", "global", SC_METER_INPUT, 0, "", "0.20"},
    {"2026-08-17", ALL, LUNA, "us-east-2", "global", SC_METER_OUTPUT, 0, "", "1.20"},
    {"2026-08-21", SOL, SOL, "us-east-2", "global", SC_METER_INPUT, 0, "5", "4"},
    {"2026-08-21", SOL, SOL, "us-east-2", "global", SC_METER_OUTPUT, 0, "30", "20"},
    {"2026-08-21", SOL, SOL, "us-east-2", "in_region geo", SC_METER_INPUT, 0, "5.50", "4.40"},
    {"2026-08-21", SOL, SOL, "us-east-2", "in_region geo", SC_METER_OUTPUT, 0, "33", "22"},
#undef SOL
#undef TERRA
#undef LUNA
#undef ALL
#define S4 "anthropic.claude-sonnet-4-20250514-v1:0"
    /* the maker may raise the price, and did not */
    {"2026-07-14", S4, S4, "us-east-2", "in_region geo global", SC_METER_INPUT, 0, "3", "3"},
    {"2026-07-14", S4, S4, "us-east-2", "in_region geo global", SC_METER_OUTPUT, 0, "15", "15"},
#undef S4
};

/* The next word of a list; 0 at its end. */
static int next_word(const char **list, char *word, size_t size)
{
    const size_t len = strcspn(*list, " ");
    (void)snprintf(word, size, "%.*s", (int)len, *list);
    *list += len + ((*list)[len] == ' ');
    return len > 0;
}

static void check_price(size_t i, const sc_buy *buy, sc_day day, const char *usd)
{
    const sc_price_point *p = sc_card_find(card, buy, changes[i].meter, NULL, changes[i].context, day);
    int ok = 1;
    if (usd != NULL && usd[0] == '\0')
        ok = EXPECT_TRUE(p == NULL);
    else if (usd != NULL)
        ok = EXPECT_TRUE(p != NULL) && EXPECT_MONEY(sc_money_times(p->price, 1000000), usd_of(usd));
    if (!ok)
        (void)fprintf(stderr, "  %s %s, %s %s, %s\n", changes[i].day, changes[i].model,
                      sc_card_region(card, (size_t)buy->region)->code, sc_scope_name(buy->scope),
                      sc_meter_name(changes[i].meter));
}

static void check_change(size_t i)
{
    sc_model_ref ref;
    char region[32], scope[32];
    const sc_day day = day_of(changes[i].day);
    if (!EXPECT_I64(sc_card_resolve(card, changes[i].model, &ref, NULL, 0), SC_OK))
        return;
    for (const char *regions = changes[i].regions; next_word(&regions, region, sizeof region);) {
        for (const char *scopes = changes[i].scopes; next_word(&scopes, scope, sizeof scope);) {
            const sc_buy buy = {ref.model, sc_card_region_of(card, region), (sc_scope)sc_scope_of(scope),
                                SC_TIER_STANDARD};
            check_price(i, &buy, day - 1, changes[i].before);
            check_price(i, &buy, day, changes[i].after);
        }
    }
}

/* Every row of the file is looked at, and nothing but what it has. */
static void dated_changes(void)
{
    enum { DATE, MODEL, SCOPE, CHANGE, SOURCE, N, ROWS = 14 };
    static const sc_csv_column columns[N] = {
        {"effective_date", 1}, {"model_id", 1}, {"scope", 1}, {"change", 1}, {"source", 1}};
    data_table t;
    size_t used[COUNT(changes)] = {0};
    if (!open_table("../facts/prices/price_changes.csv", ROWS, columns, N, &t))
        return;
    EXPECT_I64(sc_csv_rows(t.csv), ROWS);
    for (size_t r = 0; r < sc_csv_rows(t.csv); r++) {
        const char *day = sc_csv_cell(t.csv, r, DATE), *model = sc_csv_cell(t.csv, r, MODEL);
        size_t found = 0;
        for (size_t i = 0; i < COUNT(changes); i++) {
            if (strcmp(changes[i].day, day) != 0 || strcmp(changes[i].row_model, model) != 0)
                continue;
            check_change(i);
            used[i]++;
            found++;
        }
        if (!EXPECT_TRUE(found > 0))
            (void)fprintf(stderr, "  %s %s\n", day, model);
    }
    for (size_t i = 0; i < COUNT(changes); i++)
        EXPECT_I64(used[i], 1);
    close_table(&t);
}

CU_ErrorCode test_seen_prices_register(void)
{
    CU_pSuite suite = CU_add_suite("seen_prices", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "usage types", usage_types) == NULL ||
        CU_add_test(suite, "dated changes", dated_changes) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
