/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ledger_sketches.c - bins, sizes, contexts, hours, minutes and events of requests, and days that several kinds of
 * records cover. */
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

/* ---- sketches ---- */

static void bins(void)
{
    int64_t before = -1;
    int last = -1;
    for (int power = 0; power < 63; power++) {
        for (int64_t k = 0; k < 64; k++) {
            const int64_t v = (INT64_C(1) << power) + (power > 6 ? k << (power - 6) : k);
            const int bin = sc_bin_of(v);
            const int64_t low = sc_bin_low(bin), high = sc_bin_high(bin);
            const int64_t middle = low + (high - low) / 2, off = v > middle ? v - middle : middle - v;
            if (!EXPECT_TRUE(low <= v && v <= high && bin < SC_BINS) || !EXPECT_TRUE(off <= v / 16))
                return;
            EXPECT_TRUE(v < before || bin >= last);
            before = v;
            last = bin;
        }
    }
    for (int bin = 0; bin < sc_bin_of(INT64_MAX); bin++)
        EXPECT_I64(sc_bin_low(bin + 1), sc_bin_high(bin) + 1);
    for (int64_t v = 0; v < 16; v++)
        EXPECT_I64(sc_bin_low(sc_bin_of(v)), sc_bin_high(sc_bin_of(v)));
    EXPECT_I64(sc_bin_of(-5), 0);
    EXPECT_I64(sc_bin_of(INT64_MAX), 487);
    EXPECT_I64(sc_bin_high(487), INT64_MAX);
}

static void sketches(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[6];
    for (int i = 0; i < 6; i++) {
        a_request(&r[i], 3 * DAY + 7 * 3600 + 59 * 60 + 30 * i);
        r[i].session_key = sc_text_of(i < 2 ? "a" : "b");
    }
    r[1].tokens[SC_METER_CACHE_WRITE] = 30;
    r[1].tokens[SC_METER_CACHE_READ] = 5000;
    r[2].context = 777;
    r[5].requests = 3; /* no single request: only its minute is known */
    sc_ledger *l = ledger_of(&o, r, 6);
    if (l == NULL)
        return;
    const sc_ledger_size *size;
    const sc_ledger_context *context;
    const sc_ledger_event *event;
    const sc_ledger_minute *minute;
    if (EXPECT_I64(sc_ledger_sizes(l, 0, &size), 1)) { /* what is written to a cache is no part of the size */
        EXPECT_I64(size[0].input_bin, sc_bin_of(100));
        EXPECT_I64(size[0].output_bin, sc_bin_of(10));
        EXPECT_I64(size[0].count, 5);
    }
    if (EXPECT_I64(sc_ledger_contexts(l, 0, &context), 3)) {
        EXPECT_I64(context[0].bin, sc_bin_of(100));
        EXPECT_I64(context[0].count, 3);
        EXPECT_I64(context[0].tokens[SC_METER_INPUT], 300);
        EXPECT_I64(context[1].bin, sc_bin_of(777));
        EXPECT_I64(context[2].bin, sc_bin_of(5130));
        EXPECT_I64(context[2].tokens[SC_METER_CACHE_READ], 5000);
    }
    const uint32_t *hours = sc_ledger_hours(l, 0, 3);
    if (EXPECT_TRUE(hours != NULL)) {
        EXPECT_I64(hours[7], 2);
        EXPECT_I64(hours[8], 3);
        EXPECT_I64(hours[9], 0);
    }
    EXPECT_TRUE(sc_ledger_hours(l, 0, 2) == NULL && sc_ledger_hours(l, 0, 4) == NULL);
    if (EXPECT_I64(sc_ledger_events(l, 0, &event), 5)) {
        for (int i = 1; i < 5; i++)
            EXPECT_TRUE(event[i].session > event[i - 1].session ||
                        (event[i].session == event[i - 1].session && event[i].time > event[i - 1].time));
    }
    if (EXPECT_I64(sc_ledger_minutes(l, &minute), 3)) {
        EXPECT_I64(minute[0].minute, 3 * 1440 + 7 * 60 + 59);
        EXPECT_I64(minute[0].requests, 2);
        EXPECT_I64(minute[0].input, 230);
        EXPECT_I64(minute[0].output, 20);
        EXPECT_I64(minute[2].requests, 4);
        EXPECT_I64(minute[2].stream, 0);
    }
    sc_ledger_free(l);
}

/* Sums of sketches stay at the end of their range. */
static void sketches_at_the_end(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[2];
    for (int i = 0; i < 2; i++) {
        a_request(&r[i], 5 + 40 * i);
        r[i].dim[SC_DIM_PROJECT] = sc_text_of(i == 0 ? "a" : "b");
        r[i].tokens[SC_METER_INPUT] = INT64_MAX - 100;
    }
    sc_ledger *l = ledger_of(&o, r, 2);
    const sc_ledger_minute *minute;
    if (l != NULL && EXPECT_I64(sc_ledger_minutes(l, &minute), 1))
        EXPECT_I64(minute[0].input, INT64_MAX);
    sc_ledger_free(l);
}

static void quotas(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[6];
    for (int i = 0; i < 6; i++) {
        a_request(&r[i], 60 * i);
        r[i].dim[SC_DIM_PROJECT] = sc_text_of(i % 2 ? "a" : "b");
        r[i].dim[SC_DIM_PROFILE] = sc_text_of(i % 3 ? "p" : "q");
    }
    r[4].dim[SC_DIM_REGION] = sc_text_of("eu-west-1");
    r[5].charge = SC_CHARGE_CREDIT; /* no use of a quota */
    sc_ledger *l = ledger_of(&o, r, 6);
    const sc_ledger_minute *minute;
    if (l != NULL && EXPECT_I64(sc_ledger_minutes(l, &minute), 5)) {
        int eu = 0;
        for (int i = 0; i < 5; i++) {
            const sc_ledger_stream *s = sc_ledger_stream_at(l, minute[i].stream);
            const int is_eu = strcmp(s->dim[SC_DIM_REGION], "eu-west-1") == 0;
            eu += is_eu;
            EXPECT_TRUE(is_eu || minute[i].stream == minute[4].stream || minute[i].stream == minute[0].stream);
        }
        EXPECT_I64(eu, 1);
    }
    sc_ledger_free(l);
}

/* The true split of random contexts lies within what is said to be uncertain. */
static void splits_contexts(void)
{
    enum { N = 3000 };
    static sc_usage_record r[N];
    sc_ledger_options o = sc_ledger_defaults(NULL); /* one band */
    uint64_t state = 1;
    for (int i = 0; i < N; i++) {
        a_request(&r[i], i);
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        r[i].tokens[SC_METER_INPUT] = (int64_t)(state >> 33) >> (state >> 28 & 31);
        r[i].tokens[SC_METER_CACHE_READ] = (int64_t)(state >> 50);
    }
    sc_ledger *l = ledger_of(&o, r, N);
    for (int64_t threshold = 1; l != NULL && threshold < INT64_C(1) << 34; threshold += 1 + threshold / 7) {
        sc_ledger_context below, above;
        int64_t uncertain, true_below = 0, tokens = 0;
        sc_ledger_split_context(l, 0, threshold, &below, &above, &uncertain);
        for (int i = 0; i < N; i++) {
            const int64_t context = r[i].tokens[SC_METER_INPUT] + r[i].tokens[SC_METER_CACHE_READ];
            true_below += context < threshold;
            tokens += r[i].tokens[SC_METER_INPUT];
        }
        const int64_t off = true_below > below.count ? true_below - below.count : below.count - true_below;
        if (!EXPECT_I64(below.count + above.count, N) || !EXPECT_TRUE(off <= uncertain) ||
            !EXPECT_I64(below.tokens[0] + above.tokens[0], tokens))
            break;
        EXPECT_TRUE(threshold > 16 || uncertain == 0);
        EXPECT_TRUE(sc_bin_low(sc_bin_of(threshold)) != threshold || uncertain == 0);
    }
    sc_ledger_free(l);
}

/* ---- overlaps ---- */

static void overlaps(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_ledger *l = sc_ledger_new(&o);
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    sc_usage_record r;
    a_request(&r, 5 * DAY);
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_BEDROCK_LOG, &r), SC_OK);
    r.grain = SC_GRAIN_DAY;
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_CUR, &r), SC_OK);
    r.dim[SC_DIM_MODEL] = sc_text_of("us.acme.a"); /* another way to call the same model */
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_CLOUDWATCH, &r), SC_OK);
    r.time += DAY;
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_CUR, &r), SC_OK);
    r.charge = SC_CHARGE_CREDIT; /* no second count of usage */
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_FOCUS, &r), SC_OK);
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    sc_ledger_overlap found[2] = {{0}};
    if (EXPECT_I64(sc_ledger_overlaps(l, card, ~0u, found, 2), 1)) {
        EXPECT_STR(found[0].account, "123456789012");
        EXPECT_STR(found[0].model, "acme.a");
        EXPECT_I64(found[0].day, 5);
        EXPECT_I64(found[0].kinds, 1u << SC_USAGE_BEDROCK_LOG | 1u << SC_USAGE_CUR | 1u << SC_USAGE_CLOUDWATCH);
    }
    EXPECT_I64(sc_ledger_overlaps(l, card, 1u << SC_USAGE_CUR, found, 2), 0);
    EXPECT_I64(sc_ledger_overlaps(l, card, 1u << SC_USAGE_CUR | 1u << SC_USAGE_CLOUDWATCH, NULL, 0), 1);
    sc_alloc_fail_at(1);
    EXPECT_TRUE(sc_ledger_overlaps(l, card, ~0u, found, 2) == SIZE_MAX);
    sc_alloc_fail_at(0);
    sc_ledger_free(l);
}

CU_ErrorCode test_ledger_sketches_register(void)
{
    static CU_TestInfo tests[] = {
        {"bins", bins},
        {"sketches", sketches},
        {"at the end of their range", sketches_at_the_end},
        {"quotas", quotas},
        {"splits contexts", splits_contexts},
        {"overlaps", overlaps},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"ledger_sketches", make_card, free_card, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
