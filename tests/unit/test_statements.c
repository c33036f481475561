/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_statements.c - statements foot to the cent, and shared cost is on them whole. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "recon_fixture.h"
#include "spendcast/bill_export.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CENT (SC_FEMTO_PER_USD / 100)

static sc_card *card;
static sc_rater rater;

static int load_card(void)
{
    if (sc_card_load(NULL, NULL, &card, NULL) != SC_OK)
        return 1;
    rater = recon_rater(card);
    return 0;
}

static int free_card(void)
{
    sc_card_free(card);
    card = NULL;
    return 0;
}

/* One call on 2026-09-01 of Claude Sonnet 4.6 through its regional profile: 3.30 USD for 1M input tokens. */
typedef struct call {
    const char *project, *team, *principal;
    int64_t tokens;
} call;

static sc_ledger *ledger_of(const call *calls, size_t n)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    static sc_usage_record r;
    sc_ledger *l = sc_ledger_new(&o);
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    for (size_t i = 0; i < n; i++) {
        memset(&r, 0, sizeof r);
        r.time = INT64_C(1788220800);
        r.scope = r.tier = r.meter = -1;
        r.context = -1;
        r.requests = 1;
        r.dim[SC_DIM_MODEL] = sc_text_of("us.anthropic.claude-sonnet-4-6");
        r.dim[SC_DIM_REGION] = sc_text_of("us-east-2");
        r.dim[SC_DIM_PROJECT] = sc_text_of(calls[i].project);
        r.dim[SC_DIM_PRINCIPAL] = sc_text_of(calls[i].principal);
        r.tag[0] = (sc_usage_tag){sc_text_of("team"), sc_text_of(calls[i].team)};
        r.n_tags = calls[i].team[0] != '\0';
        r.tokens[SC_METER_INPUT] = calls[i].tokens;
        EXPECT_I64(sc_ledger_add(w, SC_USAGE_BEDROCK_LOG, &r), SC_OK);
    }
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    return l;
}

static int64_t size_of(sc_money m) { return (int64_t)(m < 0 ? -m : m); }

static void is_near(const sc_statement_money *m)
{
    EXPECT_TRUE(size_of(m->cost - (sc_money)m->cost_cents * CENT) < CENT);
    EXPECT_TRUE(size_of(m->discount - (sc_money)m->discount_cents * CENT) < CENT);
}

static void add(sc_statement_money *sum, const sc_statement_money *m)
{
    sum->cost += m->cost;
    sum->discount += m->discount;
    sum->cost_cents += m->cost_cents;
    sum->discount_cents += m->discount_cents;
}

static void is_same(const sc_statement_money *a, const sc_statement_money *b)
{
    EXPECT_MONEY(a->cost, b->cost);
    EXPECT_MONEY(a->discount, b->discount);
    EXPECT_I64(a->cost_cents, b->cost_cents);
    EXPECT_I64(a->discount_cents, b->discount_cents);
}

/* Rows are their statement, statements the total, exactly and in cents; no cent is off by one. */
static void foots(const sc_statements *s)
{
    sc_statement_money all = {0};
    for (size_t i = 0; i < sc_statement_count(s); i++) {
        const sc_statement *one = sc_statement_at(s, i);
        sc_statement_money sum = {0};
        for (size_t k = 0; k < one->n_rows; k++) {
            add(&sum, &one->rows[k].money);
            is_near(&one->rows[k].money);
        }
        is_same(&sum, &one->money);
        is_near(&one->money);
        add(&all, &one->money);
        for (size_t k = 0; k < i; k++)
            EXPECT_TRUE(strcmp(sc_statement_at(s, k)->file, one->file) != 0);
        EXPECT_TRUE(strcmp(one->file, "index") != 0 && one->file[0] != '.' && strchr(one->file, '/') == NULL);
    }
    is_same(&all, &sc_statements_sum(s)->money);
    EXPECT_TRUE(size_of(2 * (all.cost - (sc_money)all.cost_cents * CENT)) <= CENT);
}

static sc_statements *statements_of(const sc_ledger *l, const sc_attribution *a, const char *by)
{
    sc_bill_options o = recon_options(&rater);
    sc_statements *s = NULL;
    o.attribution = a;
    if (EXPECT_I64(sc_statements_make(l, &o, by, &s, NULL), SC_OK))
        foots(s);
    return s;
}

static const sc_statement *named(const sc_statements *s, const char *name)
{
    for (size_t i = 0; s != NULL && i < sc_statement_count(s); i++) {
        if (strcmp(sc_statement_at(s, i)->name, name) == 0)
            return sc_statement_at(s, i);
    }
    EXPECT_STR("no statement", name);
    return NULL;
}

/* Three times a third of a cent more than nothing: 1,000 tokens are 0.33 cents. */
static void cents_go_to_the_largest_remainders(void)
{
    static const call calls[] = {
        {"a", "", "", 1000}, {"b", "", "", 1100}, {"c", "", "", 1000}, {"d", "", "", 30000}, {"e", "", "", 0}};
    sc_ledger *l = ledger_of(calls, COUNT(calls));
    sc_statements *s = statements_of(l, NULL, NULL);
    const sc_statement *of[] = {named(s, "a"), named(s, "b"), named(s, "c"), named(s, "d")};
    static const int64_t cents[] = {0, 1, 0, 10}; /* 0.33, 0.363, 0.33, 9.9: 10.923 are 11 */
    for (size_t i = 0; i < COUNT(of); i++)
        EXPECT_I64(of[i] != NULL ? of[i]->money.cost_cents : -1, cents[i]);
    if (s != NULL)
        EXPECT_I64(sc_statements_sum(s)->money.cost_cents, 11);
    sc_statements_free(s);
    sc_ledger_free(l);
}

static void teams_before_projects(void)
{
    static const call calls[] = {{"shop", "web", "", 1000000},
                                 {"search", "web", "", 500000},
                                 {"search", "data", "", 500000},
                                 {"lab", "", "", 250000},
                                 {"", "", "", 100000}};
    sc_ledger *l = ledger_of(calls, COUNT(calls));
    sc_statements *s = statements_of(l, NULL, NULL);
    if (s != NULL && EXPECT_I64(sc_statement_count(s), 4)) {
        EXPECT_STR(sc_statement_at(s, 0)->name, "data");
        EXPECT_STR(sc_statement_at(s, 1)->name, "lab");
        EXPECT_STR(sc_statement_at(s, 2)->name, SC_UNATTRIBUTED);
        EXPECT_STR(sc_statement_at(s, 3)->name, "web");
        EXPECT_I64(sc_statement_at(s, 3)->money.cost_cents, 495);
        EXPECT_I64(sc_statement_at(s, 3)->sums.tokens[SC_METER_INPUT], 1500000);
        EXPECT_STR(sc_statement_at(s, 3)->rows[0].project, "shop");
    }
    sc_statements_free(s);
    s = statements_of(l, NULL, "team");
    if (s != NULL && EXPECT_I64(sc_statement_count(s), 3))
        EXPECT_STR(sc_statement_at(s, 0)->name, "(none)");
    sc_statements_free(s);
    s = statements_of(l, NULL, "model");
    if (s != NULL && EXPECT_I64(sc_statement_count(s), 1))
        EXPECT_STR(sc_statement_at(s, 0)->file, "anthropic.claude-sonnet-4-6");
    sc_statements_free(s);
    sc_ledger_free(l);
}

static const char rules[] = "match,project,split,split_over\n"
                            "principal=assumed-role/Gateway,platform,spend,\n"
                            "principal=assumed-role/Guard,guard,even,lab; shop\n";

/* The gateway's 1 USD (303,030 tokens) by spend, the guard's evenly over lab and shop; search is of two teams. */
static void shared_costs_are_handed_on(void)
{
    static const call calls[] = {{"shop", "web", "", 2000000},
                                 {"search", "web", "", 250000},
                                 {"search", "data", "", 750000},
                                 {"", "", "arn:aws:sts::1:assumed-role/Gateway", 300000},
                                 {"", "", "arn:aws:sts::1:assumed-role/Guard", 200000}};
    sc_ledger *l = ledger_of(calls, COUNT(calls));
    sc_attribution *a = NULL;
    EXPECT_I64(sc_attribution_parse("projects.csv", rules, sizeof rules - 1, card, &a, NULL), SC_OK);
    sc_statements *s = statements_of(l, a, NULL);
    const sc_statement *web = named(s, "web"), *data = named(s, "data"), *lab = named(s, "lab");
    if (web != NULL && data != NULL && lab != NULL && EXPECT_I64(sc_statement_count(s), 3)) {
        /* of the gateway's 0.99: shop 2/3, search 1/3, of which a quarter is the web's; of the guard's 0.66 half */
        EXPECT_I64(web->money.cost_cents, 660 + 83 + 66 + 8 + 33);
        EXPECT_I64(data->money.cost_cents, 247 + 25);
        EXPECT_I64(lab->money.cost_cents, 33);
        EXPECT_MONEY(sc_statements_sum(s)->money.cost, (sc_money)3500000 * 3300000000);
        int shared = 0;
        for (size_t i = 0; i < web->n_rows; i++)
            shared += web->rows[i].shared[0] != '\0';
        EXPECT_I64(shared, 3);
        EXPECT_STR(lab->rows[0].shared, "guard");
    }
    sc_statements_free(s);
    sc_attribution_free(a);
    sc_ledger_free(l);
}

static void file_names_are_safe(void)
{
    static const struct {
        const char *team, *file;
    } cases[] = {{"../../etc/passwd", "etc-passwd"},
                 {"Web", "web"},
                 {"web ", "web-2"},
                 {"WEB", "web-3"},
                 {"index", "index-2"},
                 {"...", "statement"},
                 {"\xc3\xa4\xc3\xb6", "statement-2"},
                 {"a/b\\c:d|e", "a-b-c-d-e"},
                 {"team.one", "team.one"},
                 {".hidden", "hidden"},
                 {"CON\nNUL", "con-nul"}};
    call calls[COUNT(cases)];
    for (size_t i = 0; i < COUNT(cases); i++)
        calls[i] = (call){"p", cases[i].team, "", 1000000};
    sc_ledger *l = ledger_of(calls, COUNT(calls));
    sc_statements *s = statements_of(l, NULL, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const sc_statement *one = named(s, cases[i].team);
        const char *file = one != NULL ? one->file : "";
        /* which of equal ones has which number is told by the order of names */
        if (strncmp(cases[i].file, "web", 3) == 0 || strncmp(cases[i].file, "statement", 9) == 0)
            EXPECT_I64(strncmp(file, cases[i].file, 3), 0);
        else
            EXPECT_STR(file, cases[i].file);
    }
    sc_statements_free(s);
    sc_ledger_free(l);
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

/* What a bill by team says of a team, shared cost included, is what its statement says, but for the rounding of parts
 * of parts: the bill splits each row of a pool, statements the pool as a whole. */
static void bill_agrees(const sc_ledger *l, const sc_attribution *a, const sc_statements *s)
{
    sc_bill_options o = recon_options(&rater);
    sc_bill *b = NULL;
    o.attribution = a;
    o.by[0] = "team";
    o.n_by = 1;
    EXPECT_I64(sc_bill_run(l, &o, &b, NULL), SC_OK);
    for (size_t i = 0; b != NULL && i < sc_bill_row_count(b); i++) {
        sc_bill_row row;
        sc_bill_row_at(b, i, &row);
        const sc_statement *one = NULL;
        for (size_t k = 0; k < sc_statement_count(s); k++) {
            if (strcmp(sc_statement_at(s, k)->name, row.key[0][0] != '\0' ? row.key[0] : "(none)") == 0)
                one = sc_statement_at(s, k);
        }
        const sc_money difference = one != NULL ? one->money.cost - row.sums.cost : row.sums.cost;
        EXPECT_TRUE(difference > -100 && difference < 100);
    }
    sc_bill_free(b);
}

static void anything_foots(void)
{
    static const char *const projects[] = {"", "shop", "search", "lab", "care"};
    static const char *const teams[] = {"", "web", "data", "care"};
    static const char *const principals[] = {"", "", "arn:aws:sts::1:assumed-role/Gateway",
                                             "arn:aws:sts::1:assumed-role/Guard"};
    static const char *const keys[] = {NULL, "team", "project", "model", "day", "principal"};
    sc_attribution *a = NULL;
    EXPECT_I64(sc_attribution_parse("projects.csv", rules, sizeof rules - 1, card, &a, NULL), SC_OK);
    for (state = 1; state < 20; state++) {
        call calls[200];
        const size_t n = 1 + draw(COUNT(calls));
        for (size_t i = 0; i < n; i++)
            calls[i] = (call){projects[draw(COUNT(projects))], teams[draw(COUNT(teams))],
                              principals[draw(COUNT(principals))], (int64_t)draw(100000)};
        sc_ledger *l = ledger_of(calls, n);
        sc_money cost = 0;
        for (size_t i = 0; i < n; i++)
            cost += (sc_money)calls[i].tokens * 3300000000;
        for (size_t k = 0; k < COUNT(keys); k++) {
            sc_statements *s = statements_of(l, a, keys[k]);
            if (s != NULL)
                EXPECT_MONEY(sc_statements_sum(s)->money.cost, cost);
            if (s != NULL && keys[k] != NULL && strcmp(keys[k], "team") == 0)
                bill_agrees(l, a, s);
            sc_statements_free(s);
        }
        sc_ledger_free(l);
    }
    sc_attribution_free(a);
}

/* Whichever allocation fails, nothing is left behind. */
static void out_of_memory(void)
{
    static const call calls[] = {{"shop", "web", "", 2000000},
                                 {"", "", "arn:aws:sts::1:assumed-role/Gateway", 300000},
                                 {"", "", "arn:aws:sts::1:assumed-role/Guard", 200000}};
    sc_ledger *l = ledger_of(calls, COUNT(calls));
    sc_attribution *a = NULL;
    EXPECT_I64(sc_attribution_parse("projects.csv", rules, sizeof rules - 1, card, &a, NULL), SC_OK);
    sc_bill_options o = recon_options(&rater);
    o.attribution = a;
    sc_code code = SC_E_MEMORY;
    for (uint64_t n = 1; code == SC_E_MEMORY && n < 1000; n++) {
        sc_statements *s = NULL;
        (void)sc_alloc_fail_at(n);
        code = sc_statements_make(l, &o, NULL, &s, NULL);
        (void)sc_alloc_fail_at(0);
        EXPECT_TRUE((s != NULL) == (code == SC_OK));
        sc_statements_free(s);
    }
    EXPECT_I64(code, SC_OK);
    sc_attribution_free(a);
    sc_ledger_free(l);
}

CU_ErrorCode test_statements_register(void)
{
    CU_pSuite suite = CU_add_suite("statements", load_card, free_card);
    if (suite == NULL ||
        CU_add_test(suite, "cents go to the largest remainders", cents_go_to_the_largest_remainders) == NULL ||
        CU_add_test(suite, "teams before projects", teams_before_projects) == NULL ||
        CU_add_test(suite, "shared costs are handed on", shared_costs_are_handed_on) == NULL ||
        CU_add_test(suite, "file names are safe", file_names_are_safe) == NULL ||
        CU_add_test(suite, "anything foots", anything_foots) == NULL ||
        CU_add_test(suite, "out of memory", out_of_memory) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
