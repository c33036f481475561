/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ledger_merge.c - no split, order or number of threads changes what a ledger holds, and what does not fit is
 * refused. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "ledger_fixture.h"

#define DAY INT64_C(86400)

static sc_card *card;

static int make_card(void)
{
    card = ledger_card();
    return card == NULL;
}

static int free_card(void)
{
    sc_card_free(card);
    return 0;
}

static void projection(void)
{
    static const char *const none[] = {NULL};
    sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[6];
    o.keep_dims = 1u << SC_DIM_MODEL;
    o.keep_tags = none;
    o.only_keep_tags = 1;
    for (int i = 0; i < 6; i++) {
        a_request(&r[i], i);
        r[i].dim[SC_DIM_PROJECT] = sc_text_of(i % 2 ? "a" : "b");
        set_tag(&r[i], "team", i % 2 ? "x" : "y");
    }
    r[5].dim[SC_DIM_MODEL] = sc_text_of("acme.b");
    sc_ledger *l = ledger_of(&o, r, 6);
    if (l == NULL)
        return;
    EXPECT_I64(sc_ledger_stream_count(l), 2);
    EXPECT_I64(sc_ledger_dims(l), 1u << SC_DIM_MODEL);
    EXPECT_STR(sc_ledger_stream_at(l, 0)->dim[SC_DIM_ACCOUNT], "");
    EXPECT_STR(sc_ledger_stream_at(l, 1)->dim[SC_DIM_MODEL], "acme.b");

    /* the same as a ledger of everything that is merged into one like it */
    const sc_ledger_options all = sc_ledger_defaults(card);
    sc_ledger *full = ledger_of(&all, r, 6), *merged = sc_ledger_new(&o);
    EXPECT_I64(sc_ledger_merge(merged, full, NULL), SC_OK);
    EXPECT_I64(sc_ledger_seal(merged), SC_OK);
    expect_same_bytes(l, merged);
    sc_ledger_free(merged);

    /* and the other way round: a ledger of everything is left with what both tell apart */
    merged = sc_ledger_new(&all);
    EXPECT_I64(sc_ledger_merge(merged, l, NULL), SC_OK);
    EXPECT_I64(sc_ledger_seal(merged), SC_OK);
    EXPECT_I64(sc_ledger_dims(merged), 1u << SC_DIM_MODEL);
    expect_same_bytes(l, merged);
    sc_ledger_free(merged);
    sc_ledger_free(full);
    sc_ledger_free(l);
}

/* ---- merging ---- */

static void refuses_to_merge(void)
{
    static sc_errors errors;
    sc_ledger_options o = sc_ledger_defaults(card);
    const sc_rater rater = a_rater(card);
    sc_usage_record r;
    a_request(&r, 20 * DAY);
    sc_ledger *l = ledger_of(&o, &r, 1), *into;
    static const sc_zone utc = {.n = 0};
    static const sc_zone an_hour_east = {.name = "+01:00", .offset = 3600};
    static const char *const texts[] = {
        ("both ledgers hold the same 1 own records of account '123456789012' on 1970-01-21: the same input would count "
         "twice"),
        "days start by UTC in this ledger and by +01:00 in the other",
        "the ledgers tell other context bands apart: one of them was made with another rate card",
        "one of the ledgers is priced and the other is not",
    };
    for (size_t i = 0; i < 4 && l != NULL; i++) {
        o = sc_ledger_defaults(i == 2 ? NULL : card);
        o.zone = i == 1 ? &an_hour_east : &utc;
        memset(&errors, 0, sizeof errors);
        into = sc_ledger_new(&o);
        if (i == 3) { /* one with a rater would price the other */
            sc_ledger_free(l);
            o.rater = &rater;
            l = ledger_of(&o, &r, 1);
        }
        if (i == 0)
            EXPECT_I64(sc_ledger_merge(into, l, NULL), SC_OK);
        EXPECT_I64(sc_ledger_merge(into, l, &errors), SC_E_INPUT);
        EXPECT_STR(errors.item[0].text, texts[i]);
        sc_ledger_free(into);
    }
    o = sc_ledger_defaults(card);
    a_request(&r, 20 * DAY);
    r.tokens[SC_METER_INPUT] = INT64_MAX - 10;
    sc_ledger *huge = ledger_of(&o, &r, 1);
    r.request_id = sc_text_of("another");
    sc_ledger *other = ledger_of(&o, &r, 1);
    memset(&errors, 0, sizeof errors);
    into = sc_ledger_new(&o);
    EXPECT_I64(sc_ledger_merge(into, huge, &errors), SC_OK);
    EXPECT_I64(sc_ledger_merge(into, other, &errors), SC_E_INPUT);
    EXPECT_STR(errors.item[0].text, "a sum of both ledgers is more than 9223372036854775807");
    EXPECT_I64(sc_ledger_merge(huge, other, &errors), SC_E_INTERNAL);
    sc_ledger_free(into);
    sc_ledger_free(huge);
    sc_ledger_free(other);
    sc_ledger_free(l);
}

/* ---- any split, any order ---- */

enum { RECORDS = 4000 };

static sc_ledger_options property_options(int variant)
{
    static const char *const keep[] = {"env", "note", NULL};
    static const sc_zone west = {.name = "-05:00", .offset = -5 * 3600};
    sc_ledger_options o = sc_ledger_defaults(card);
    o.max_values = 60; /* tickets, users and sessions have more */
    o.zone = variant % 2 ? &west : NULL;
    if (variant / 2 % 2) {
        o.keep_tags = keep;
        o.only_keep_tags = variant / 4 % 2;
        o.keep_dims = 1u << SC_DIM_MODEL | 1u << SC_DIM_SESSION;
    }
    return o;
}

/* Adds records first, first + step ... of the shuffled order, through `writers` threads. */
static void add_some(sc_ledger *l, uint64_t order, int first, int step, int writers)
{
    int failed = 0;
#pragma omp parallel for num_threads(writers) schedule(static, 1) reduction(+ : failed)
    for (int t = 0; t < writers; t++) {
        sc_ledger_writer *w = sc_ledger_writer_new(l);
        random_record x;
        for (int i = first + t * step; i < RECORDS; i += step * writers) {
            random_record_at(((uint64_t)i * 1117 + order * 31) % RECORDS, &x); /* 1117 shares no factor with 4000 */
            failed += sc_ledger_add(w, x.kind, &x.record) != SC_OK;
        }
        sc_ledger_writer_free(w);
    }
    EXPECT_I64(failed, 0);
}

/* The records over `parts` ledgers, merged from the left or from the right. */
static sc_ledger *split(const sc_ledger_options *o, uint64_t order, int parts, int writers, int from_right)
{
    sc_ledger *all = NULL;
    for (int p = 0; p < parts; p++) {
        sc_ledger *l = sc_ledger_new(o);
        add_some(l, order, from_right ? parts - 1 - p : p, parts, writers);
        if (all != NULL && from_right) { /* merged into what still grows */
            EXPECT_I64(sc_ledger_merge(l, all, NULL), SC_OK);
            EXPECT_I64(sc_ledger_seal(l), SC_OK);
            sc_ledger_free(all);
            all = l;
            continue;
        }
        EXPECT_I64(sc_ledger_seal(l), SC_OK);
        if (all != NULL) { /* two sealed ones into a third */
            sc_ledger *sum = sc_ledger_new(o);
            EXPECT_I64(sc_ledger_merge(sum, l, NULL), SC_OK);
            EXPECT_I64(sc_ledger_merge(sum, all, NULL), SC_OK);
            EXPECT_I64(sc_ledger_seal(sum), SC_OK);
            sc_ledger_free(all);
            sc_ledger_free(l);
            l = sum;
        }
        all = l;
    }
    return all;
}

static void any_split(void)
{
    static const struct {
        uint64_t order;
        int parts, writers, from_right;
    } cases[] = {{0, 1, 1, 0}, {17, 1, 1, 0}, {5, 1, 4, 0}, {3, 2, 1, 0}, {9, 3, 2, 0}, {2, 3, 1, 1}, {11, 7, 3, 1}};
    for (int variant = 0; variant < 8; variant++) {
        const sc_ledger_options o = property_options(variant);
        sc_ledger *first = NULL;
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            sc_ledger *l = split(&o, cases[i].order, cases[i].parts, cases[i].writers, cases[i].from_right);
            if (first == NULL) {
                first = l;
                EXPECT_TRUE(sc_ledger_stream_count(l) > 50);
                continue;
            }
            if (!expect_same_bytes(first, l))
                printf("    variant %d, case %zu\n", variant, i);
            sc_ledger_free(l);
        }
        sc_ledger_free(first);
    }
}

/* What is read from everything and then merged into less is what less would have read. */
static void any_projection(void)
{
    const sc_ledger_options all = property_options(0), less = property_options(6);
    sc_ledger *full = split(&all, 0, 2, 2, 0), *direct = split(&less, 1, 1, 2, 0), *merged = sc_ledger_new(&less);
    EXPECT_I64(sc_ledger_merge(merged, full, NULL), SC_OK);
    EXPECT_I64(sc_ledger_seal(merged), SC_OK);
    expect_same_bytes(direct, merged);
    sc_ledger_free(full);
    sc_ledger_free(direct);
    sc_ledger_free(merged);
}

/* ---- without memory ---- */

static sc_code add_and_merge(const sc_ledger *other)
{
    sc_ledger_options o = property_options(3);
    o.max_values = 5;
    sc_ledger *l = sc_ledger_new(&o);
    sc_ledger_writer *w = l != NULL ? sc_ledger_writer_new(l) : NULL;
    sc_code code = w != NULL ? SC_OK : SC_E_MEMORY;
    random_record x;
    for (uint64_t i = 0; code == SC_OK && i < 60; i++) {
        random_record_at(i, &x);
        code = sc_ledger_add(w, x.kind, &x.record);
    }
    sc_ledger_writer_free(w);
    if (code == SC_OK)
        code = sc_ledger_merge(l, other, NULL);
    if (code == SC_OK)
        code = sc_ledger_seal(l);
    if (code == SC_OK)
        EXPECT_TRUE(sc_ledger_cell_count(l) > 0);
    sc_ledger_free(l);
    return code;
}

static void without_memory(void)
{
    sc_ledger_options o = property_options(3);
    o.max_values = 5;
    sc_ledger *other = sc_ledger_new(&o);
    sc_ledger_writer *w = sc_ledger_writer_new(other);
    random_record x;
    for (uint64_t i = 60; i < 100; i++) {
        random_record_at(i, &x);
        EXPECT_I64(sc_ledger_add(w, x.kind, &x.record), SC_OK);
    }
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(other), SC_OK);
    uint64_t n = 1;
    for (;; n++) {
        sc_alloc_fail_at(n);
        const sc_code code = add_and_merge(other);
        if (sc_alloc_fail_at(0) < n) {
            EXPECT_I64(code, SC_OK);
            break;
        }
        if (!EXPECT_I64(code, SC_E_MEMORY))
            printf("    allocation %llu\n", (unsigned long long)n);
    }
    EXPECT_TRUE(n > 200);
    sc_ledger_free(other);
}

/* What is priced while it is merged costs what it would have cost as it was added. */
static void merges_with_prices(void)
{
    const sc_ledger_options all = property_options(0);
    sc_ledger_options less = property_options(6);
    sc_rater rater = a_rater(card);
    rater.reprice = "acme.a";
    less.rater = &rater;
    sc_ledger *full = split(&all, 0, 2, 2, 0), *direct = split(&less, 1, 1, 2, 0), *merged = sc_ledger_new(&less);
    EXPECT_I64(sc_ledger_merge(merged, full, NULL), SC_OK);
    EXPECT_I64(sc_ledger_seal(merged), SC_OK);
    expect_same_bytes(direct, merged);
    sc_money sum = 0;
    for (size_t i = 0; i < sc_ledger_cell_count(merged); i++) {
        sc_ledger_cell c;
        sum += sc_ledger_cell_at(merged, i, &c)->cost;
    }
    EXPECT_TRUE(sum > SC_FEMTO_PER_USD);
    sc_ledger_free(full);
    sc_ledger_free(direct);
    sc_ledger_free(merged);
}

CU_ErrorCode test_ledger_merge_register(void)
{
    static CU_TestInfo tests[] = {
        {"projection", projection},
        {"refuses to merge", refuses_to_merge},
        {"any split", any_split},
        {"any projection", any_projection},
        {"merges with prices", merges_with_prices},
        {"without memory", without_memory},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"ledger_merge", make_card, free_card, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
