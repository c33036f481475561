/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_rates_diff.c - changes between cards and days: what is a change, what is only written otherwise, and that
 * looking every price up twice finds the same. */
#include "spendcast/rates_diff.h"

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "rates_fixture.h"

/* "changed acme.a input 1 -> 2 in_region+geo eu-west-1+us-east-1 0..inf" a change. */
static const char *shown(const sc_rates_diff *d, size_t i, char text[300])
{
    const sc_price_change *c = sc_rates_diff_change(d, i);
    const sc_price_point *p = c->after != NULL ? c->after : c->before;
    int len = snprintf(text, 300, "%s %s %s %s>%s", sc_change_kind_name(c->kind), p->model->id, sc_meter_name(p->meter),
                       c->before != NULL ? c->before->usd : "", c->after != NULL ? c->after->usd : "");
    for (int s = 0; s < SC_SCOPES; s++) {
        if (c->scopes >> s & 1)
            len += snprintf(text + len, 300 - (size_t)len, " %s", sc_scope_name((sc_scope)s));
    }
    for (size_t r = 0; sc_rates_diff_region(d, r) != NULL; r++) {
        if (c->regions >> r & 1)
            len += snprintf(text + len, 300 - (size_t)len, " %s", sc_rates_diff_region(d, r));
    }
    if (c->context_from > 0 || c->context_to != INT64_MAX)
        (void)snprintf(text + len, 300 - (size_t)len, " %lld..%lld", (long long)c->context_from,
                       c->context_to == INT64_MAX ? -1 : (long long)c->context_to);
    return text;
}

static void changes(void)
{
    static const struct {
        const char *before, *after;
        const char *change[6];
    } cases[] = {
        /* written otherwise: regions and scopes apart, units, more digits, bands and dates cut */
        {"acme.a,eu-west-1 us-east-1,in_region geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n",
         "acme.a,us-east-1,geo,standard,input,,,,1K_tokens,0.003,,,docs,2026-09-01,\n"
         "acme.a,us-east-1,in_region,standard,input,,,1000,1M_tokens,3.0,,,docs,2026-09-01,\n"
         "acme.a,us-east-1,in_region,standard,input,,1000,,1M_tokens,3.00,2026-01-01,,docs,2026-09-01,\n"
         "acme.a,eu-west-1,in_region geo,standard,input,,,,1M_tokens,3,,2026-12-01,docs,2026-09-01,\n",
         {NULL}},
        /* one region, both scopes in one change; the larger step first */
        {"acme.a,eu-west-1 us-east-1,in_region geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n"
         "acme.a,eu-west-1 us-east-1,in_region geo,standard,output,,,,1M_tokens,15,,,docs,2026-09-01,\n",
         "acme.a,us-east-1,in_region geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n"
         "acme.a,eu-west-1,in_region geo,standard,input,,,,1M_tokens,3.3,,,docs,2026-09-01,\n"
         "acme.a,eu-west-1 us-east-1,in_region geo,standard,output,,,,1M_tokens,5,,,docs,2026-09-01,\n",
         {"changed acme.a output 15>5 in_region geo eu-west-1 us-east-1",
          "changed acme.a input 3>3.3 in_region geo eu-west-1"}},
        /* a band comes: only what it prices otherwise is a change */
        {"acme.a,us-east-1,geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n",
         "acme.a,us-east-1,geo,standard,input,,,200000,1M_tokens,3,,,docs,2026-09-01,\n"
         "acme.a,us-east-1,geo,standard,input,,200000,,1M_tokens,6,,,docs,2026-09-01,\n",
         {"changed acme.a input 3>6 geo us-east-1 200000..-1"}},
        /* all bands change alike: one change */
        {"acme.a,us-east-1,geo,standard,input,,,200000,1M_tokens,3,,,docs,2026-09-01,\n"
         "acme.a,us-east-1,geo,standard,input,,200000,,1M_tokens,3,,,docs,2026-09-01,\n",
         "acme.a,us-east-1,geo,standard,input,,,,1M_tokens,6,,,docs,2026-09-01,\n",
         {"changed acme.a input 3>6 geo us-east-1"}},
        /* new, gone, another model, another variant, free */
        {"acme.a,us-east-1,geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n"
         "acme.a,us-east-1,geo,standard,input,speech,,,1M_tokens,3,,,docs,2026-09-01,\n"
         "acme.a,us-east-1,geo,standard,cache_read,,,,1M_tokens,1,,,docs,2026-09-01,\n",
         "acme.a,us-east-1,geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n"
         "acme.a,us-east-1,geo,standard,cache_read,,,,1M_tokens,0,,,docs,2026-09-01,\n"
         "acme.a,us-east-1,global,standard,input,,,,1M_tokens,2.7,,,docs,2026-09-01,\n"
         "acme.b,us-east-1,global,standard,input,,,,1M_tokens,1,,,docs,2026-09-01,\n",
         {"changed acme.a cache_read 1>0 geo us-east-1", "removed acme.a input 3> geo us-east-1",
          "added acme.a input >2.7 global us-east-1", "added acme.b input >1 global us-east-1"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_card *before = small_card("acme.a acme.b", cases[i].before, NULL, 0, NULL);
        sc_card *after = small_card("acme.a acme.b", cases[i].after, NULL, 0, NULL);
        sc_rates_diff *d = NULL;
        const sc_day day = day_of("2026-06-01");
        size_t n = 0;
        char text[300];
        if (before == NULL || after == NULL)
            continue;
        EXPECT_I64(sc_rates_diff_of(before, day, after, day, &d, NULL), SC_OK);
        while (n < 6 && cases[i].change[n] != NULL)
            n++;
        if (EXPECT_I64(sc_rates_diff_count(d), n)) {
            for (size_t k = 0; k < n; k++)
                EXPECT_STR(shown(d, k, text), cases[i].change[k]);
        } else if (sc_rates_diff_count(d) > 0) {
            EXPECT_STR(shown(d, 0, text), "");
        }
        sc_rates_diff_free(d);
        sc_card_free(before);
        sc_card_free(after);
    }
}

/* How often a key is in the changes, and the prices it has there. */
static size_t changes_of(const sc_rates_diff *d, const sc_buy *buy, const sc_price_point *like, int64_t context,
                         const sc_price_change **found)
{
    size_t n = 0;
    for (size_t i = 0; i < sc_rates_diff_count(d); i++) {
        const sc_price_change *c = sc_rates_diff_change(d, i);
        const sc_price_point *p = c->after != NULL ? c->after : c->before;
        if (p->model == buy->model && p->tier == buy->tier && p->meter == like->meter &&
            strcmp(p->variant, like->variant) == 0 && (c->scopes >> buy->scope & 1) != 0 &&
            (c->regions >> buy->region & 1) != 0 && context >= c->context_from && context < c->context_to) {
            *found = c;
            n++;
        }
    }
    return n;
}

/* Looks every price of the built-in card up on both days. */
static void agrees_with_lookups(void)
{
    sc_card *card = NULL;
    sc_rates_diff *d = NULL;
    const sc_day before = day_of("2026-07-24"), after = day_of("2026-11-24");
    size_t differ = 0, wrong = 0;
    if (!EXPECT_I64(sc_card_load(NULL, NULL, &card, NULL), SC_OK))
        return;
    EXPECT_I64(sc_rates_diff_of(card, before, card, after, &d, NULL), SC_OK);
    for (size_t i = 0; d != NULL && i < sc_card_point_count(card); i++) {
        const sc_price_point *like = sc_card_point(card, i);
        const int64_t contexts[] = {like->context_from, like->context_to - 1};
        for (int k = 0; k < (int)sc_card_region_count(card) * SC_SCOPES * 2; k++) {
            const sc_buy buy = {like->model, k / (SC_SCOPES * 2), (sc_scope)(k / 2 % SC_SCOPES), like->tier};
            const int64_t context = contexts[k % 2];
            const sc_price_point *a = sc_card_find(card, &buy, like->meter, like->variant, context, before);
            const sc_price_point *b = sc_card_find(card, &buy, like->meter, like->variant, context, after);
            const int same = a == NULL || b == NULL ? a == b : a->price == b->price;
            const sc_price_change *c = NULL;
            const size_t n = changes_of(d, &buy, like, context, &c);
            differ += !same;
            if (same)
                wrong += n != 0;
            else
                wrong += n != 1 || (a != NULL) != (c->before != NULL) || (b != NULL) != (c->after != NULL) ||
                         (a != NULL && a->price != c->before->price) || (b != NULL && b->price != c->after->price);
        }
    }
    EXPECT_TRUE(differ > 20);
    EXPECT_I64(wrong, 0);
    sc_rates_diff_free(d);
    sc_card_free(card);
}

static void one_card_one_day(void)
{
    sc_card *card = NULL, *again = NULL;
    sc_rates_diff *d = NULL;
    if (!EXPECT_I64(sc_card_load(NULL, NULL, &card, NULL), SC_OK) ||
        !EXPECT_I64(sc_card_load("pricing", NULL, &again, NULL), SC_OK))
        return;
    EXPECT_I64(sc_rates_diff_of(card, day_of("2026-11-24"), again, day_of("2026-11-24"), &d, NULL), SC_OK);
    EXPECT_I64(sc_rates_diff_count(d), 0);
    sc_rates_diff_free(d);
    sc_card_free(card);
    sc_card_free(again);
}

CU_ErrorCode test_rates_diff_register(void)
{
    CU_pSuite suite = CU_add_suite("rates_diff", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "changes", changes) == NULL ||
        CU_add_test(suite, "agrees with lookups", agrees_with_lookups) == NULL ||
        CU_add_test(suite, "one card on one day", one_card_one_day) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
