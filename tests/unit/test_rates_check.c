/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rates_check.c - each kind of finding where it is due, and none where it is not. */
#include "spendcast/rates_check.h"

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "rates_fixture.h"

#define ROW(rest) "acme.a,us-east-1," rest ",docs,2026-09-01,\n"
#define BESIDE ROW("in_region geo,standard,output,,,,1M_tokens,15,,")

/* The findings of some kinds as "kind:line text", one a line. */
static void list_findings(const sc_findings *f, unsigned kinds, char *text, size_t size)
{
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sc_findings_count(f); i++) {
        const sc_finding *item = sc_findings_at(f, i);
        if (kinds >> item->kind & 1)
            len += (size_t)snprintf(text + len, size - len, "%s:%d %s\n", sc_finding_kind_name(item->kind), item->line,
                                    item->text);
    }
}

static void findings(void)
{
    static const unsigned prices =
        1u << SC_FIND_ORDER | 1u << SC_FIND_BATCH | 1u << SC_FIND_GLOBAL | 1u << SC_FIND_CACHE | 1u << SC_FIND_GAP;
    static const struct {
        const char *rows, *expected;
    } cases[] = {
        /* nothing to find */
        {ROW("in_region geo,standard,input,,,,1M_tokens,3,,") BESIDE, ""},
        {ROW("in_region geo,standard,input,,,200000,1M_tokens,3,,")
             ROW("in_region geo,standard,input,,200000,,1M_tokens,6,,") BESIDE,
         ""},
        {ROW("in_region geo,standard,input,,,,1M_tokens,3,,2026-06-01")
             ROW("in_region geo,standard,input,,,,1M_tokens,2,2026-06-01,") BESIDE,
         ""},
        {ROW("in_region geo,standard,input,,,,1M_tokens,3,,") ROW("global,standard,input,,,,1M_tokens,2.7,,")
             BESIDE ROW("global,standard,output,,,,1M_tokens,13,,"),
         ""},
        /* each kind */
        {ROW("in_region geo,standard,input,,,,1M_tokens,3,,") BESIDE ROW("in_region geo,batch,input,,,,1M_tokens,3.1,,")
             ROW("in_region geo,batch,output,,,,1M_tokens,15,,"),
         "batch:4 batch input costs 3.1, standard 3 (2 places)\n"},
        {ROW("in_region geo,standard,input,,,,1M_tokens,3,,") BESIDE ROW("in_region,flex,input,,,,1M_tokens,4,,")
             ROW("in_region,flex,output,,,,1M_tokens,5,,"),
         "batch:4 flex input costs 4, standard 3 (1 place)\n"},
        {ROW("in_region geo,standard,input,,,,1M_tokens,3,,") ROW("global,standard,input,,,,1M_tokens,3.3,,")
             BESIDE ROW("global,standard,output,,,,1M_tokens,13,,"),
         "global:2 input costs 3, through the global profile 3.3 (2 places)\n"},
        {ROW("in_region geo,standard,input,,,,1M_tokens,3,,")
             BESIDE ROW("in_region geo,standard,cache_read,,,,1M_tokens,3.5,,"),
         "cache:4 a cache read costs 3.5, input 3 (2 places)\n"},
        {ROW("in_region geo,standard,input,,,,1M_tokens,3,,"),
         "gap:2 no output price beside standard input (2 places)\n"},
        {BESIDE, "gap:2 no input price beside standard output (2 places)\n"},
        {ROW("in_region geo,standard,input,,,,1M_tokens,3,,")
             BESIDE ROW("in_region geo,standard,cache_write_5m,,,,1M_tokens,3.75,,"),
         "gap:4 no cache read price beside standard cache_write_5m (2 places)\n"},
        {ROW("in_region geo,standard,input,,,200000,1M_tokens,3,,") BESIDE,
         "gap:2 no input price from 200000 tokens of context on (2 places)\n"},
        {ROW("in_region geo,standard,input,,,,1M_tokens,3,,2026-06-01")
             ROW("in_region geo,standard,input,,,,1M_tokens,2,2026-07-01,") BESIDE,
         "gap:2 no input price on 2026-06-01, but later again (2 places)\n"},
        {BESIDE ROW("in_region geo,standard,input,,,,1M_tokens,3,,"),
         "order:3 prices-acme.csv:3 stands after a row that should follow it\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_card *card = small_card("acme.a", cases[i].rows, NULL, 0, NULL);
        sc_findings *f = NULL;
        char text[2000];
        if (card == NULL)
            continue;
        EXPECT_I64(sc_card_check(card, day_of("2026-09-15"), 45, &f), SC_OK);
        list_findings(f, prices, text, sizeof text);
        EXPECT_STR(text, cases[i].expected);
        sc_findings_free(f);
        sc_card_free(card);
    }
}

static void of_models_and_tables(void)
{
    static const char rows[] = "acme.x-1,us-east-1,geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n"
                               "acme.x-1,us-east-1,geo,batch,input,,,,1M_tokens,1,,,docs,2026-09-01,\n"
                               "acme.x-2,us-east-1,geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n"
                               "acme.x-2,us-east-1,geo,batch,input,,,,1M_tokens,1,,,docs,2026-09-01,\n"
                               "acme.x-3,us-east-1,geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n"
                               "acme.x-3,us-east-1,geo,batch,input,,,,1M_tokens,1,,,docs,2026-09-01,\n"
                               "acme.x-4,us-east-1,geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n";
    static const unsigned kinds =
        1u << SC_FIND_FAMILY | 1u << SC_FIND_STALE | 1u << SC_FIND_LIMITS | 1u << SC_FIND_UNPRICED;
    static const own_table own[] = {
        {"models.csv",
         "model,provider,name,context_window,max_output,input_modalities,output_modalities,features,tokenizer,"
         "cache_min_tokens,cache_ttls,released,lifecycle,legacy_from,end_of_life,source,checked,note\n"
         "acme.x-2,Acme,X2,,8000,text,text,,t,,,,,,,docs,2026-09-02,\n"
         "acme.x-3,Acme,X3,,,image,image,,t,,,,,,,docs,2026-09-02,\n"}};
    sc_card *card = small_card("acme.x-1 acme.x-2 acme.x-3 acme.x-4 acme.y", rows, own, 1, NULL);
    sc_findings *f = NULL;
    char text[2000];
    if (card == NULL)
        return;
    EXPECT_I64(sc_card_check(card, day_of("2026-10-16"), 45, &f), SC_OK);
    list_findings(f, kinds, text, sizeof text);
    EXPECT_STR(text, "family:0 has no batch price; 3 of the 4 models named 'acme.x-...' have one\n"
                     "limits:0 context window not known\n"
                     "unpriced:0 has no price\n");
    sc_findings_free(f);
    EXPECT_I64(sc_card_check(card, day_of("2026-10-17"), 45, &f), SC_OK);
    list_findings(f, 1u << SC_FIND_STALE, text, sizeof text);
    EXPECT_STR(text, "stale:0 prices-acme.csv: 46 days old (2026-09-01)\n");
    sc_findings_free(f);
    sc_card_free(card);
}

/* The built-in card contradicts itself nowhere, on no day on which a price changes. */
static void builtin_card(void)
{
    static const char *const days[] = {"2025-06-01", "2026-07-24", "2026-08-10", "2026-08-20", "2026-11-24"};
    sc_card *card = NULL;
    if (!EXPECT_I64(sc_card_load(NULL, NULL, &card, NULL), SC_OK))
        return;
    for (size_t d = 0; d < sizeof days / sizeof days[0]; d++) {
        sc_findings *f = NULL;
        EXPECT_I64(sc_card_check(card, day_of(days[d]), 100000, &f), SC_OK);
        for (size_t i = 0; i < sc_findings_count(f); i++) {
            const sc_finding *item = sc_findings_at(f, i);
            if (!EXPECT_TRUE(!sc_finding_is_contradiction(item->kind)))
                EXPECT_STR(item->text, item->file);
        }
        sc_findings_free(f);
    }
    sc_card_free(card);
}

CU_ErrorCode test_rates_check_register(void)
{
    CU_pSuite suite = CU_add_suite("rates_check", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "findings", findings) == NULL ||
        CU_add_test(suite, "of models and tables", of_models_and_tables) == NULL ||
        CU_add_test(suite, "built-in card", builtin_card) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
