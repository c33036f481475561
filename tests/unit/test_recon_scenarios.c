/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_recon_scenarios.c - made-up logs against their bill: equal, or different by exactly what was asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "expect.h"
#include "recon_fixture.h"
#include "spendcast/ingest.h"
#include "spendcast/synthesize.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static sc_card *card;
static sc_rater rater;
static char folder[] = "/tmp/spendcast-test-XXXXXX", logs[64], bill[64];

static int set_up(void)
{
    if (sc_card_load(NULL, NULL, &card, NULL) != SC_OK || mkdtemp(folder) == NULL)
        return 1;
    rater = recon_rater(card);
    snprintf(logs, sizeof logs, "%s/logs.jsonl", folder);
    snprintf(bill, sizeof bill, "%s/bill.csv", folder);
    return 0;
}

static int tear_down(void)
{
    sc_card_free(card);
    card = NULL;
    unlink(logs);
    unlink(bill);
    return rmdir(folder);
}

static sc_recon *of_files(void)
{
    const char *const paths[] = {logs, bill};
    const sc_ledger_options lo = sc_ledger_defaults(card);
    const sc_ingest_options io = {.threads = 1};
    const sc_bill_options bo = recon_options(&rater);
    sc_ledger *l = sc_ledger_new(&lo);
    sc_ingest *in = NULL;
    sc_recon *r = NULL;
    if (EXPECT_I64(sc_ingest_run(paths, 2, card, l, &io, &in, NULL), SC_OK) && EXPECT_I64(sc_ledger_seal(l), SC_OK))
        EXPECT_I64(sc_reconcile(l, &bo, &r, NULL), SC_OK);
    sc_ingest_free(in);
    sc_ledger_free(l);
    if (r != NULL)
        recon_is_exact(r);
    return r;
}

static sc_recon *of_scenario(const char *path, sc_synth_options o, sc_synth_sum *out)
{
    sc_scenario *s = NULL;
    sc_synth *synth = NULL;
    sc_recon *r = NULL;
    o.logs = logs;
    o.bill = bill;
    o.seed = 7;
    if (EXPECT_I64(sc_scenario_load(path, card, &s, NULL), SC_OK) &&
        EXPECT_I64(sc_synthesize(s, card, &o, &synth, NULL), SC_OK)) {
        *out = *sc_synth_total(synth);
        r = of_files();
    }
    sc_synth_free(synth);
    sc_scenario_free(s);
    return r;
}

#define CHATBOT "scenarios/support-chatbot.json"

static void logs_and_their_bill_agree(void)
{
    sc_synth_sum made;
    const sc_synth_options o = {.scale = 0.05, .days = 21, .max_requests = 100000};
    sc_recon *r = of_scenario(CHATBOT, o, &made);
    if (r == NULL)
        return;
    const sc_recon_totals *t = sc_recon_total(r);
    EXPECT_TRUE(t->sum.billed > 100 * (sc_money)SC_FEMTO_PER_USD);
    EXPECT_MONEY(t->sum.billed, made.billed);
    EXPECT_MONEY(t->sum.priced, t->sum.billed);
    EXPECT_I64(t->sum.logged, t->sum.counted);
    for (size_t i = 0; i < sc_recon_line_count(r); i++)
        EXPECT_I64(sc_recon_main_cause(sc_recon_line_at(r, i)), -1);
    sc_recon_free(r);
}

static void share_is(const sc_recon *r, sc_recon_cause cause, double share, double tolerance)
{
    const sc_recon_line *sum = &sc_recon_total(r)->sum;
    EXPECT_ABS(sc_money_to_usd(sum->cause[cause]) / sc_money_to_usd(sum->billed), share, tolerance);
    for (int c = 0; c < SC_RECON_CAUSES; c++) {
        if (c != (int)cause)
            EXPECT_MONEY(sum->cause[c], 0);
    }
}

/* The share of requests that is dropped is that of the tokens only by and large, so that the truth is what the whole
 * logs cost. */
static void dropped_requests_are_not_logged(void)
{
    sc_synth_sum made;
    const sc_synth_options o = {.scale = 0.1, .days = 21, .max_requests = 200000, .drop = 0.05};
    sc_recon *r = of_scenario(CHATBOT, o, &made);
    if (r == NULL)
        return;
    EXPECT_MONEY(sc_recon_total(r)->sum.billed, made.billed);
    EXPECT_ABS((double)made.dropped / (double)made.requests, 0.05, 0.005);
    share_is(r, SC_RECON_NOT_LOGGED, 0.05, 0.005);
    EXPECT_MONEY(sc_recon_total(r)->sum.cause[SC_RECON_NOT_LOGGED], made.cost - sc_recon_total(r)->sum.priced);
    sc_recon_free(r);
}

static void discounts_and_late_days(void)
{
    sc_synth_sum made;
    const sc_synth_options discount = {.scale = 0.02, .days = 14, .max_requests = 100000, .discount = 7500000};
    sc_recon *r = of_scenario(CHATBOT, discount, &made);
    if (r != NULL) {
        share_is(r, SC_RECON_DISCOUNT, -0.075 / 0.925, 1e-9);
        EXPECT_MONEY(sc_recon_total(r)->sum.cause[SC_RECON_DISCOUNT], made.billed - made.cost);
    }
    sc_recon_free(r);
    const sc_synth_options late = {.scale = 0.02, .days = 14, .max_requests = 100000, .late_days = 2};
    r = of_scenario(CHATBOT, late, &made);
    if (r != NULL) {
        const sc_recon_totals *t = sc_recon_total(r);
        EXPECT_I64(t->billed_to, t->logged_to - 2);
        EXPECT_MONEY(t->sum.cause[SC_RECON_LATE_DAYS], t->sum.billed - t->sum.priced);
        EXPECT_TRUE(t->sum.cause[SC_RECON_LATE_DAYS] < 0);
    }
    sc_recon_free(r);
}

/* Batch requests are billed, and never logged. */
static void all_at_once(void)
{
    sc_synth_sum made;
    const sc_synth_options o = {
        .scale = 0.001, .days = 14, .max_requests = 300000, .drop = 0.05, .late_days = 1, .discount = 5000000};
    sc_recon *r = of_scenario("scenarios/enterprise.json", o, &made);
    if (r == NULL)
        return;
    const sc_recon_totals *t = sc_recon_total(r);
    static const sc_recon_cause expected[] = {SC_RECON_NOT_LOGGED, SC_RECON_LATE_DAYS, SC_RECON_DISCOUNT};
    sc_money sum = 0;
    for (size_t i = 0; i < COUNT(expected); i++) {
        EXPECT_TRUE(t->sum.cause[expected[i]] != 0);
        sum += t->sum.cause[expected[i]];
    }
    EXPECT_MONEY(sum + t->sum.cause[SC_RECON_NOT_LOGGED_BATCH], t->sum.billed - t->sum.priced);
    EXPECT_REL(sc_money_to_usd(t->sum.cause[SC_RECON_DISCOUNT]), -0.05 / 0.95 * sc_money_to_usd(t->sum.billed), 1e-9);
    sc_recon_free(r);
}

CU_ErrorCode test_recon_scenarios_register(void)
{
    CU_pSuite suite = CU_add_suite("recon_scenarios", set_up, tear_down);
    if (suite == NULL || CU_add_test(suite, "logs and their bill agree", logs_and_their_bill_agree) == NULL ||
        CU_add_test(suite, "dropped requests are not logged", dropped_requests_are_not_logged) == NULL ||
        CU_add_test(suite, "discounts and late days", discounts_and_late_days) == NULL ||
        CU_add_test(suite, "all at once", all_at_once) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
