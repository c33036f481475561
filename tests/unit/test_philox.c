/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_philox.c - the generator against Random123's known answers, streams of names, and statistical smoke tests. */
#include "stats/philox.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"

/* Random123, tests/kat_vectors, "philox4x32 10". */
static void known_answers(void)
{
    static const struct {
        uint32_t counter[4];
        sc_stream stream;
        uint32_t expected[4];
    } cases[] = {
        {{0, 0, 0, 0}, {{0, 0}}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {{0xffffffff, 0xffffffff}},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {{0xa4093822, 0x299f31d0}},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint32_t *c = cases[i].counter;
        uint32_t out[4];
        sc_philox(&cases[i].stream, c[0], c[1], c[2], c[3], out);
        for (size_t j = 0; j < 4; j++)
            EXPECT_I64(out[j], cases[i].expected[j]);
    }
}

static void unit_interval(void)
{
    static const uint32_t words[] = {0, 1, 0x7ff, 0x800, 0x7fffffff, 0x80000000, 0xfffff7ff, 0xfffffffe, 0xffffffff};
    const size_t n = sizeof words / sizeof words[0];
    double last_32 = 0.0, last_53 = 0.0;
    for (size_t i = 0; i < n; i++) {
        double u = sc_u01_32(words[i]);
        EXPECT_TRUE(u > last_32 && u < 1.0);
        EXPECT_TRUE(u + sc_u01_32(~words[i]) == 1.0);
        last_32 = u;
        for (size_t j = 0; j < n; j++) {
            double v = sc_u01_53(words[i], words[j]);
            EXPECT_TRUE(v >= last_53 && v > 0.0 && v < 1.0);
            EXPECT_TRUE(v + sc_u01_53(~words[i], ~words[j]) == 1.0);
            last_53 = v;
        }
    }
    EXPECT_TRUE(sc_u01_32(0) == 0x1p-33);
    EXPECT_TRUE(sc_u01_53(0, 0) == 0x1p-53);
    EXPECT_TRUE(sc_u01_53(0xffffffff, 0xffffffff) == 1.0 - 0x1p-53);
}

static uint64_t key_of(uint64_t seed, const char *project, const char *workload, const char *purpose)
{
    sc_stream s = sc_stream_of(seed, project, workload, purpose);
    return (uint64_t)s.key[1] << 32 | s.key[0];
}

/* A changed key would silently change every draw of every report: these are part of the contract. */
static void golden_keys(void)
{
    static const struct {
        uint64_t seed;
        const char *project, *workload, *purpose;
        uint64_t expected;
    } cases[] = {
        {0, "", "", "", 0xe256e6edecfa36e2},
        {1, "support", "chat", "requests", 0x206df37524e9ab35},
        {1, "support", "chat", "tokens", 0xa533a56148b4139e},
        {UINT64_MAX, "a", "bc", "", 0x71e0f82694cfe9a2},
        {20260701, "unattributed", "", "noise", 0x2aeb058cae7400eb},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        EXPECT_I64(key_of(cases[i].seed, cases[i].project, cases[i].workload, cases[i].purpose), cases[i].expected);
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void names_do_not_meet(void)
{
    static const char *const texts[] = {"",  "a",       "b",           "ab",        "bc",   "abc",
                                        "c", "support", "support-bot", "0",         "\x01", "\x7f",
                                        "é", "A",       "requests",    "requests ", "rag",  "gar"};
    enum { N = sizeof texts / sizeof texts[0], KEYS = 4 * N * N * N };
    static uint64_t keys[KEYS];
    size_t n = 0;
    for (uint64_t seed = 0; seed < 4; seed++)
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N; j++)
                for (size_t k = 0; k < N; k++)
                    keys[n++] = key_of(seed << (20 * seed), texts[i], texts[j], texts[k]);
    qsort(keys, n, sizeof keys[0], compare_keys);
    long equal = 0;
    for (size_t i = 1; i < n; i++)
        equal += keys[i] == keys[i - 1];
    EXPECT_I64(equal, 0);
    EXPECT_TRUE(key_of(1, "a", "bc", "") != key_of(1, "ab", "c", ""));
}

static double chi_square_p(const long *counts, size_t cells, double expected)
{
    double chi = 0.0;
    for (size_t i = 0; i < cells; i++) {
        double d = (double)counts[i] - expected;
        chi += d * d / expected;
    }
    return gsl_cdf_chisq_Q(chi, (double)cells - 1.0);
}

/* A million draws in 1,024 cells, as 32 and as 53 bits; and their keys' own bytes over a million names. */
static void uniformity(void)
{
    enum { DRAWS = 1000000, CELLS = 1024 };
    static long by_32[CELLS], by_53[CELLS], by_key[CELLS];
    sc_stream stream = sc_stream_of(7, "uniformity", "", "");
    for (uint32_t i = 0; i < DRAWS / 4; i++) {
        uint32_t out[4];
        sc_philox(&stream, i, 0, 0, 0, out);
        for (size_t j = 0; j < 4; j++) {
            by_32[(size_t)(sc_u01_32(out[j]) * CELLS)]++;
            by_53[(size_t)(sc_u01_53(out[j], out[(j + 1) % 4]) * CELLS)]++;
            char name[16];
            (void)snprintf(name, sizeof name, "w%zu", 4 * (size_t)i + j);
            by_key[key_of(1, "p", name, "requests") >> 22 & (CELLS - 1)]++;
        }
    }
    EXPECT_TRUE(chi_square_p(by_32, CELLS, (double)DRAWS / CELLS) > 1e-6);
    EXPECT_TRUE(chi_square_p(by_53, CELLS, (double)DRAWS / CELLS) > 1e-6);
    EXPECT_TRUE(chi_square_p(by_key, CELLS, (double)DRAWS / CELLS) > 1e-6);
}

/* Neighbours in name, seed and counter do not move together: |r| sqrt(n) is normal, and 5 of it is 1 in 1.7 million. */
static void neighbours_are_uncorrelated(void)
{
    enum { N = 20000, PAIRS = 60 };
    double worst = 0.0;
    for (uint32_t pair = 0; pair < PAIRS; pair++) {
        char a_name[16], b_name[16];
        (void)snprintf(a_name, sizeof a_name, "bot-%u", pair);
        (void)snprintf(b_name, sizeof b_name, "bot-%u", pair + 1);
        sc_stream a = sc_stream_of(pair, "p", a_name, "requests");
        sc_stream b = pair % 3 == 0   ? sc_stream_of(pair, "p", b_name, "requests")
                      : pair % 3 == 1 ? sc_stream_of(pair + 1, "p", a_name, "requests")
                                      : a;
        uint32_t shift = pair % 3 == 2; /* the same stream, the next counter */
        double sum = 0.0;
        for (uint32_t i = 0; i < N; i++) {
            uint32_t x[4], y[4];
            sc_philox(&a, i, pair, 0, 0, x);
            sc_philox(&b, i, pair + shift, 0, 0, y);
            sum += (sc_u01_32(x[0]) - 0.5) * (sc_u01_32(y[0]) - 0.5);
        }
        worst = fmax(worst, fabs(12.0 * sum / sqrt((double)N)));
    }
    EXPECT_ABS(worst, 0.0, 5.0);
}

CU_ErrorCode test_philox_register(void)
{
    CU_pSuite suite = CU_add_suite("philox", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "known answers", known_answers) == NULL ||
        CU_add_test(suite, "unit interval: open, symmetric", unit_interval) == NULL ||
        CU_add_test(suite, "streams: golden keys", golden_keys) == NULL ||
        CU_add_test(suite, "streams: names do not meet", names_do_not_meet) == NULL ||
        CU_add_test(suite, "uniformity", uniformity) == NULL ||
        CU_add_test(suite, "neighbours are uncorrelated", neighbours_are_uncorrelated) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
