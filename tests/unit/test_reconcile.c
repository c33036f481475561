/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_reconcile.c - every difference between logs and bill gets its cause, and causes sum to the residual exactly. */
#include "spendcast/reconcile.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "real_data.h"
#include "recon_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY_SECONDS 86400

static sc_card *card;
static sc_rater rater;

static int set_up(void)
{
    if (sc_card_load(NULL, NULL, &card, NULL) != SC_OK)
        return 1;
    rater = recon_rater(card);
    return 0;
}

static int tear_down(void)
{
    sc_card_free(card);
    card = NULL;
    return 0;
}

/* ---- one record on each side ---- */

/* Tokens of one meter on a day; money in micro-USD, -1 = not stated. */
typedef struct entry {
    sc_usage_kind kind;
    const char *day, *model, *region;
    int scope, tier;
    int64_t context;
    int meter;
    int64_t tokens, billed, list;
    sc_charge charge;
    const char *endpoint, *account;
} entry;

#define SONNET "anthropic.claude-sonnet-4-6" /* in us-east-2 3.30 regional, 3.00 global; output 16.50 */
#define LOG(day, model, meter, tokens)                                                                            \
    {                                                                                                             \
        SC_USAGE_BEDROCK_LOG, day, model, "us-east-2", -1, -1, -1, meter, tokens, -1, -1, SC_CHARGE_USAGE, "", "" \
    }
#define BILL(day, model, meter, tokens, usd)                                                                         \
    {                                                                                                                \
        SC_USAGE_CUR, day, model, "us-east-2", -1, SC_TIER_STANDARD, 0, meter, tokens, usd, -1, SC_CHARGE_USAGE, "", \
            ""                                                                                                       \
    }

static void fill(sc_usage_record *r, const entry *e)
{
    sc_day day;
    EXPECT_I64(sc_day_parse(e->day, 10, &day), SC_OK);
    memset(r, 0, sizeof *r);
    r->time = (int64_t)day * DAY_SECONDS + 3600;
    r->grain = sc_usage_kind_is_bill(e->kind) ? SC_GRAIN_DAY : SC_GRAIN_REQUEST;
    r->charge = e->charge;
    r->scope = e->scope;
    r->tier = e->tier;
    r->requests = sc_usage_kind_is_bill(e->kind) ? -1 : 1;
    r->context = e->context;
    r->meter = -1;
    r->dim[SC_DIM_MODEL] = sc_text_of(e->model);
    r->dim[SC_DIM_REGION] = sc_text_of(e->region);
    r->dim[SC_DIM_ENDPOINT] = sc_text_of(e->endpoint);
    r->dim[SC_DIM_ACCOUNT] = sc_text_of(e->account);
    if (e->meter >= 0)
        r->tokens[e->meter] = e->tokens;
    if (e->billed != -1) {
        r->has_cost |= SC_COST_BILLED;
        r->billed = (sc_money)e->billed * 1000000000;
    }
    if (e->list != -1) {
        r->has_cost |= SC_COST_LIST;
        r->list = (sc_money)e->list * 1000000000;
    }
}

static sc_ledger *new_ledger(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    return sc_ledger_new(&o);
}

/* Reconciles and frees a ledger that is written; errors != NULL: it must fail. */
static sc_recon *of_ledger(sc_ledger *l, sc_ledger_writer *w, sc_errors *errors)
{
    const sc_bill_options o = recon_options(&rater);
    sc_recon *r = NULL;
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    EXPECT_I64(sc_reconcile(l, &o, &r, errors), errors != NULL ? SC_E_INPUT : SC_OK);
    sc_ledger_free(l);
    if (r != NULL)
        recon_is_exact(r);
    return r;
}

static sc_recon *of_entries(const entry *e, size_t n, sc_errors *errors)
{
    static sc_usage_record record;
    sc_ledger *l = new_ledger();
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    for (size_t i = 0; i < n; i++) {
        fill(&record, &e[i]);
        EXPECT_I64(sc_ledger_add(w, e[i].kind, &record), SC_OK);
    }
    return of_ledger(l, w, errors);
}

/* What is expected of a case: one cause, of micro-USD; all others are 0. */
typedef struct expected_case {
    const char *what;
    entry e[4];
    size_t n;
    int cause; /* -1 = none */
    int64_t micro_usd;
} expected_case;

static void every_cause_is_found(void)
{
    static const expected_case cases[] = {
        {"equal",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000)},
         2,
         -1,
         0},
        {"rounding, here to a cent",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000010),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000010, 3300000),
          LOG("2026-09-02", "us." SONNET, SC_METER_INPUT, 2000000),
          BILL("2026-09-02", SONNET, SC_METER_INPUT, 2000000, 6600000)},
         4,
         SC_RECON_ROUNDING,
         -33},
        {"half of it is not logged",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 2000000, 6600000)},
         2,
         SC_RECON_NOT_LOGGED,
         3300000},
        {"mantle is not logged",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000),
          {SC_USAGE_CUR, "2026-09-01", SONNET, "us-east-2", -1, SC_TIER_STANDARD, 0, SC_METER_INPUT, 500000, 1650000,
           -1, SC_CHARGE_USAGE, "bedrock-mantle", ""}},
         3,
         SC_RECON_NOT_LOGGED_MANTLE,
         1650000},
        {"a region without logs",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000),
          {SC_USAGE_CUR, "2026-09-01", SONNET, "us-east-1", -1, SC_TIER_STANDARD, 0, SC_METER_INPUT, 500000, 1650000,
           -1, SC_CHARGE_USAGE, "", ""}},
         3,
         SC_RECON_NOT_LOGGED_REGION,
         1650000},
        {"an account without logs",
         {{SC_USAGE_BEDROCK_LOG, "2026-09-01", "us." SONNET, "us-east-2", -1, -1, -1, SC_METER_INPUT, 1000000, -1, -1,
           SC_CHARGE_USAGE, "", "111122223333"},
          {SC_USAGE_CUR, "2026-09-01", SONNET, "us-east-2", -1, SC_TIER_STANDARD, 0, SC_METER_INPUT, 1000000, 3300000,
           -1, SC_CHARGE_USAGE, "", "111122223333"},
          {SC_USAGE_CUR, "2026-09-01", SONNET, "us-east-2", -1, SC_TIER_STANDARD, 0, SC_METER_INPUT, 200000, 660000, -1,
           SC_CHARGE_USAGE, "", "444455556666"}},
         3,
         SC_RECON_NOT_LOGGED_ACCOUNT,
         660000},
        {"days before the logs",
         {LOG("2026-09-05", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-05", SONNET, SC_METER_INPUT, 1000000, 3300000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 100000, 330000)},
         3,
         SC_RECON_NOT_LOGGED_DAYS,
         330000},
        {"batch is not logged",
         {LOG("2026-09-01", "openai.gpt-oss-120b-1:0", SC_METER_INPUT, 1000000),
          BILL("2026-09-01", "openai.gpt-oss-120b-1:0", SC_METER_INPUT, 1000000, 150000),
          {SC_USAGE_CUR, "2026-09-01", "openai.gpt-oss-120b-1:0", "us-east-2", -1, SC_TIER_BATCH, 0, SC_METER_INPUT,
           1000000, 75000, -1, SC_CHARGE_USAGE, "", ""}},
         3,
         SC_RECON_NOT_LOGGED_BATCH,
         75000},
        {"late",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000),
          LOG("2026-09-02", "us." SONNET, SC_METER_INPUT, 1000000)},
         3,
         SC_RECON_LATE_DAYS,
         -3300000},
        {"logged, not billed",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 900000, 2970000)},
         2,
         SC_RECON_NOT_BILLED,
         -330000},
        {"logged for the global profile, billed as regional",
         {LOG("2026-09-01", "global." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000)},
         2,
         SC_RECON_SCOPE,
         300000},
        {"billed on a regional line at the global price",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3000000)},
         2,
         SC_RECON_SCOPE,
         -300000},
        {"written without a lifetime, billed at an hour",
         {LOG("2026-09-01", "us." SONNET, SC_METER_CACHE_WRITE, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_CACHE_WRITE_1H, 1000000, 6600000)},
         2,
         SC_RECON_CACHE_LIFETIME,
         2475000},
        {"written for an hour, as billed, on a line of five minutes",
         {LOG("2026-09-01", "us." SONNET, SC_METER_CACHE_WRITE_5M, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_CACHE_WRITE_5M, 1000000, 6600000)},
         2,
         SC_RECON_CACHE_LIFETIME,
         2475000},
        {"flex in the logs, standard in the bill",
         {{SC_USAGE_BEDROCK_LOG, "2026-09-01", "openai.gpt-oss-120b-1:0", "us-east-2", -1, SC_TIER_FLEX, -1,
           SC_METER_INPUT, 1000000, -1, -1, SC_CHARGE_USAGE, "", ""},
          BILL("2026-09-01", "openai.gpt-oss-120b-1:0", SC_METER_INPUT, 1000000, 150000)},
         2,
         SC_RECON_TIER,
         75000},
        {"logged above the threshold, billed below it",
         {LOG("2026-08-28", "openai.gpt-5.5", SC_METER_INPUT, 300000),
          BILL("2026-08-28", "openai.gpt-5.5", SC_METER_INPUT, 300000, 1650000)},
         2,
         SC_RECON_CONTEXT,
         -1650000},
        {"the price of another date",
         {LOG("2026-09-17", "openai.gpt-5.6-sol", SC_METER_INPUT, 100000),
          BILL("2026-09-17", "openai.gpt-5.6-sol", SC_METER_INPUT, 100000, 550000)},
         2,
         SC_RECON_DATE,
         110000},
        {"billed a day later",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-02", SONNET, SC_METER_INPUT, 1000000, 3300000)},
         2,
         -1,
         0},
        {"a discount on the line",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          {SC_USAGE_CUR, "2026-09-01", SONNET, "us-east-2", -1, SC_TIER_STANDARD, 0, SC_METER_INPUT, 1000000, 2805000,
           3300000, SC_CHARGE_USAGE, "", ""}},
         2,
         SC_RECON_DISCOUNT,
         -495000},
        {"a discount on a line of its own",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000),
          {SC_USAGE_CUR, "2026-09-01", SONNET, "us-east-2", -1, -1, 0, -1, 0, -330000, -1, SC_CHARGE_DISCOUNT, "", ""}},
         3,
         SC_RECON_DISCOUNT,
         -330000},
        {"a credit",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000),
          {SC_USAGE_CUR, "2026-09-01", "", "", -1, -1, 0, -1, 0, -1000000, -1, SC_CHARGE_CREDIT, "", ""}},
         3,
         SC_RECON_CREDIT,
         -1000000},
        {"tax",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000),
          {SC_USAGE_CUR, "2026-09-01", "", "", -1, -1, 0, -1, 0, 660000, -1, SC_CHARGE_TAX, "", ""}},
         3,
         SC_RECON_TAX,
         660000},
        {"other services are no part of it",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000),
          {SC_USAGE_CUR, "2026-09-01", "", "", -1, -1, 0, -1, 0, 5000000, -1, SC_CHARGE_OTHER, "", ""}},
         3,
         -1,
         0},
        {"a model that nobody knows",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000),
          BILL("2026-09-01", "acme.model-9", SC_METER_INPUT, 1000000, 700000)},
         3,
         SC_RECON_UNKNOWN,
         700000},
        {"usage whose quantity is not known",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000),
          {SC_USAGE_CUR, "2026-09-01", SONNET, "us-east-2", -1, SC_TIER_STANDARD, 0, -1, 0, 120000, -1, SC_CHARGE_USAGE,
           "", "111122223333"}},
         3,
         SC_RECON_UNKNOWN,
         120000},
        {"a price that the card does not know",
         {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 2710000)},
         2,
         SC_RECON_PRICE,
         -590000},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_recon *r = of_entries(cases[i].e, cases[i].n, NULL);
        if (!EXPECT_TRUE(r != NULL))
            continue;
        const sc_recon_line *sum = &sc_recon_total(r)->sum;
        int good = 1;
        for (int c = 0; c < SC_RECON_CAUSES; c++)
            good &= sum->cause[c] == (c == cases[i].cause ? (sc_money)cases[i].micro_usd * 1000000000 : 0);
        if (!good)
            printf("  case: %s\n", cases[i].what);
        for (int c = 0; c < SC_RECON_CAUSES && !good; c++)
            EXPECT_MONEY(sum->cause[c], c == cases[i].cause ? (sc_money)cases[i].micro_usd * 1000000000 : 0);
        EXPECT_TRUE(good);
        sc_recon_free(r);
    }
}

static void one_side_is_not_enough(void)
{
    static const entry sides[] = {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
                                  BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000)};
    static const char *const why[] = {
        "no lines of a bill, expected a Cost and Usage Report, a FOCUS export or answers of Cost Explorer",
        "no usage, expected logs or other records of what was used"};
    for (size_t i = 0; i < 2; i++) {
        sc_errors errors = {0};
        EXPECT_TRUE(of_entries(&sides[i], 1, &errors) == NULL);
        EXPECT_I64(errors.count, 1);
        EXPECT_STR(errors.item[0].text, why[i]);
    }
}

/* A bill of months is held against the sum of the days. */
static void months(void)
{
    static sc_usage_record record;
    const entry days[] = {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 400000),
                          LOG("2026-09-30", "us." SONNET, SC_METER_INPUT, 600000),
                          BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000)};
    sc_ledger *l = new_ledger();
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    for (size_t i = 0; i < COUNT(days); i++) {
        fill(&record, &days[i]);
        if (i == 2)
            record.grain = SC_GRAIN_MONTH;
        EXPECT_I64(sc_ledger_add(w, days[i].kind, &record), SC_OK);
    }
    sc_recon *r = of_ledger(l, w, NULL);
    if (!EXPECT_TRUE(r != NULL))
        return;
    EXPECT_I64(sc_recon_total(r)->by_month, 1);
    EXPECT_I64(sc_recon_line_count(r), 1);
    EXPECT_I64(sc_recon_line_at(r, 0)->logged, 1000000);
    EXPECT_MONEY(sc_recon_total(r)->sum.priced, sc_recon_total(r)->sum.billed);
    sc_recon_free(r);
}

/* ---- anything at all ---- */

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t state;
static uint64_t draw(uint64_t below)
{
    uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

static void causes_always_sum(void)
{
    static const char *const models[] = {
        "us." SONNET, "global." SONNET, SONNET, "openai.gpt-5.6-sol", "openai.gpt-oss-120b-1:0", "no.such-model", ""};
    static const char *const days[] = {"2026-08-27", "2026-08-28", "2026-08-29", "2026-09-30", "2026-10-01"};
    static const char *const regions[] = {"us-east-2", "us-east-1", "eu-west-1", ""};
    for (uint64_t seed = 1; seed <= 20; seed++) {
        entry e[60];
        state = seed;
        for (size_t i = 0; i < COUNT(e); i++) {
            const int is_bill = i % 2 == 0;
            e[i] = (entry){.kind = is_bill ? (draw(2) > 0 ? SC_USAGE_CUR : SC_USAGE_FOCUS) : SC_USAGE_BEDROCK_LOG,
                           .day = days[draw(COUNT(days))],
                           .model = models[draw(COUNT(models))],
                           .region = regions[draw(COUNT(regions))],
                           .scope = (int)draw(4) - 1,
                           .tier = draw(2) > 0 ? -1 : (int)draw(SC_TIERS),
                           .context = draw(3) > 0 ? -1 : 300000,
                           .meter = (int)draw(SC_TOKEN_METERS + 1) - 1,
                           .tokens = (int64_t)draw(4) * 250000,
                           .billed = is_bill ? (int64_t)draw(3000000) : -1,
                           .list = is_bill && draw(2) > 0 ? (int64_t)draw(4000000) : -1,
                           .charge = is_bill ? (sc_charge)(draw(3) > 0 ? 0 : draw(SC_CHARGES)) : SC_CHARGE_USAGE,
                           .endpoint = draw(5) > 0 ? "" : "bedrock-mantle",
                           .account = draw(2) > 0 ? "111122223333" : "444455556666"};
        }
        sc_recon *r = of_entries(e, COUNT(e), NULL), *again = of_entries(e, COUNT(e), NULL);
        if (r != NULL && again != NULL && EXPECT_I64(sc_recon_line_count(r), sc_recon_line_count(again))) {
            for (size_t i = 0; i < sc_recon_line_count(r); i++)
                EXPECT_I64(memcmp(sc_recon_line_at(r, i)->cause, sc_recon_line_at(again, i)->cause,
                                  sizeof sc_recon_line_at(r, i)->cause),
                           0);
        }
        sc_recon_free(r);
        sc_recon_free(again);
    }
}

static void out_of_memory(void)
{
    static sc_usage_record record;
    const entry e[] = {LOG("2026-09-01", "us." SONNET, SC_METER_INPUT, 1000000),
                       BILL("2026-09-01", SONNET, SC_METER_INPUT, 1000000, 3300000)};
    sc_ledger *l = new_ledger();
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    for (size_t i = 0; i < COUNT(e); i++) {
        fill(&record, &e[i]);
        EXPECT_I64(sc_ledger_add(w, e[i].kind, &record), SC_OK);
    }
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    const sc_bill_options o = recon_options(&rater);
    sc_code code = SC_E_MEMORY;
    for (uint64_t n = 1; code == SC_E_MEMORY && n < 1000; n++) {
        sc_recon *r = NULL;
        (void)sc_alloc_fail_at(n);
        code = sc_reconcile(l, &o, &r, NULL);
        (void)sc_alloc_fail_at(0);
        EXPECT_TRUE((r != NULL) == (code == SC_OK));
        sc_recon_free(r);
    }
    EXPECT_I64(code, SC_OK);
    sc_ledger_free(l);
}

/* ---- invoices of others ---- */

enum { CASE_ID, CASE_DATE, CASE_MODEL, CASE_INPUT, CASE_READ, CASE_5M, CASE_1H, CASE_OUTPUT, CASE_USD, CASE_COLUMNS };
static const sc_csv_column case_columns[] = {{"id", 1},
                                             {"date", 1},
                                             {"model_or_profile", 1},
                                             {"input_uncached", 1},
                                             {"cache_read", 1},
                                             {"cache_write_5m", 1},
                                             {"cache_write_1h", 1},
                                             {"output", 1},
                                             {"usd", 1},
                                             {"where", 0},
                                             {"endpoint", 0},
                                             {"what_the_usd_is", 0},
                                             {"check", 0},
                                             {"url", 0}};

/* Cases whose amount is what AWS has billed: the logs at the card's prices are it. `input_only`: the amount is that of
 * the input alone. */
static const struct {
    const char *id, *model, *region;
    int input_only;
} invoices[] = {{"R1", "openai.gpt-5.5", "us-east-2", 1},
                {"R2", "openai.gpt-5.4", "us-east-2", 1},
                {"R4", "openai.gpt-5.6-sol", "us-east-2", 0},
                {"R5", "global.anthropic.claude-opus-4-8", "us-east-2", 0},
                {"R10", "openai.gpt-oss-20b-1:0", "us-east-2", 0}};

static int64_t tokens_of(const sc_csv_table *t, size_t row, size_t column)
{
    int64_t n = 0;
    const char *cell = sc_csv_cell(t, row, column);
    if (cell[0] != '\0')
        EXPECT_I64(sc_decimal_parse(cell, strlen(cell), 0, &n), SC_OK);
    return n;
}

/* The tokens of a row as they are logged, and as a line of the bill with the row's amount. */
static void expect_invoice(const data_table *t, size_t row, size_t i)
{
    static const int meters[] = {SC_METER_INPUT, SC_METER_CACHE_READ, SC_METER_CACHE_WRITE_5M, SC_METER_CACHE_WRITE_1H,
                                 SC_METER_OUTPUT};
    static sc_usage_record record;
    const entry call = LOG(sc_csv_cell(t->csv, row, CASE_DATE), invoices[i].model, -1, 0);
    sc_ledger *l = new_ledger();
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    fill(&record, &call);
    for (size_t m = 0; m < COUNT(meters) && (m == 0 || !invoices[i].input_only); m++)
        record.tokens[meters[m]] = tokens_of(t->csv, row, CASE_INPUT + m);
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_OPENAI, &record), SC_OK);
    record.grain = SC_GRAIN_DAY;
    record.requests = -1;
    record.context = record.tokens[SC_METER_INPUT] > 272000 ? 272000 : 0;
    record.has_cost = SC_COST_BILLED;
    record.billed = usd_of(sc_csv_cell(t->csv, row, CASE_USD));
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_CUR, &record), SC_OK);
    sc_recon *r = of_ledger(l, w, NULL);
    if (EXPECT_TRUE(r != NULL)) {
        EXPECT_MONEY(sc_recon_total(r)->sum.billed, record.billed);
        EXPECT_MONEY(sc_recon_total(r)->sum.priced, record.billed);
    }
    sc_recon_free(r);
}

static void invoices_of_others(void)
{
    data_table t;
    size_t found = 0;
    if (!open_table("bedrock_bills/reconciliation_cases.csv", COUNT(invoices), case_columns, COUNT(case_columns), &t))
        return;
    for (size_t row = 0; row < sc_csv_rows(t.csv); row++) {
        for (size_t i = 0; i < COUNT(invoices); i++) {
            if (strcmp(sc_csv_cell(t.csv, row, CASE_ID), invoices[i].id) != 0)
                continue;
            expect_invoice(&t, row, i);
            found++;
        }
    }
    EXPECT_I64(found, COUNT(invoices));
    close_table(&t);
}

CU_ErrorCode test_reconcile_register(void)
{
    CU_pSuite suite = CU_add_suite("reconcile", set_up, tear_down);
    if (suite == NULL || CU_add_test(suite, "every cause is found", every_cause_is_found) == NULL ||
        CU_add_test(suite, "one side is not enough", one_side_is_not_enough) == NULL ||
        CU_add_test(suite, "months", months) == NULL ||
        CU_add_test(suite, "causes always sum", causes_always_sum) == NULL ||
        CU_add_test(suite, "out of memory", out_of_memory) == NULL ||
        CU_add_test(suite, "invoices of others", invoices_of_others) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
