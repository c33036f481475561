/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_split.c - parts of money and of counts sum exactly, whatever the weights and their order. */
#include "expect.h"
#include "spendcast/split.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define USD(whole) ((sc_money)(whole)*SC_FEMTO_PER_USD)

/* Random numbers of this test: xorshift64* (Vigna 2016). */
static uint64_t state = 20260701;
static uint64_t draw(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * UINT64_C(2685821657736338717);
}

/* 0 to 126 bits, all widths equally often, so that small and huge values meet. */
static sc_int128 draw_wide(void)
{
    __extension__ typedef unsigned __int128 uint128;
    const uint128 bits = (uint128)draw() << 64 | draw();
    return (sc_int128)(bits >> 2 >> draw() % 127);
}

static void tables(void)
{
    static const struct {
        int64_t amount, weights[4];
        size_t n;
        int64_t parts[4];
    } cases[] = {
        {100, {1, 1}, 2, {50, 50}},
        {100, {1, 1, 1}, 3, {34, 33, 33}},
        {100, {1, 2, 1}, 3, {25, 50, 25}},
        {100, {1, 3, 3}, 3, {14, 44, 42}}, /* of equal weights the first gets what is left over */
        {101, {1, 3, 3}, 3, {14, 44, 43}},
        {-101, {1, 3, 3}, 3, {-14, -44, -43}},
        {0, {1, 3, 3}, 3, {0, 0, 0}},
        {2, {1, 1, 1, 1}, 4, {2, 0, 0, 0}}, /* rounded half-even, 3 would be 1, 1, 1 and 0 */
        {3, {1, 1, 1, 1}, 4, {3, 0, 0, 0}},
        {7, {0, 5, 0}, 3, {0, 7, 0}},
        {7, {0, 0, 0}, 3, {3, 2, 2}}, /* no weight: even */
        {-7, {0, 0, 0}, 3, {-3, -2, -2}},
        {INT64_MAX, {INT64_MAX}, 1, {INT64_MAX}},
        {INT64_MIN, {5}, 1, {INT64_MIN}},
        {INT64_MIN, {1, 1}, 2, {INT64_MIN / 2, INT64_MIN / 2}},
        {INT64_MAX, {INT64_MAX, INT64_MAX}, 2, {INT64_MAX / 2 + 1, INT64_MAX / 2}},
        {1000000, {999999, 1}, 2, {999999, 1}},
        {999999, {1, 1000000}, 2, {0, 999999}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_int128 weights[4];
        int64_t counts[4];
        sc_money parts[4];
        for (size_t k = 0; k < cases[i].n; k++)
            weights[k] = cases[i].weights[k];
        EXPECT_I64(sc_split_count(cases[i].amount, weights, cases[i].n, counts), SC_OK);
        EXPECT_I64(sc_split_money(cases[i].amount, weights, cases[i].n, parts), SC_OK);
        for (size_t k = 0; k < cases[i].n; k++) {
            EXPECT_I64(counts[k], cases[i].parts[k]);
            EXPECT_MONEY(parts[k], cases[i].parts[k]);
        }
    }
}

/* $100 of a shared gateway over three projects by tokens: 1/6, 1/3, 1/2. */
static void shares_of_money(void)
{
    static const sc_int128 tokens[] = {1000000, 2000000, 3000000};
    sc_money parts[3];
    EXPECT_I64(sc_split_money(USD(100), tokens, 3, parts), SC_OK);
    EXPECT_MONEY(parts[0], (sc_money)INT64_C(16666666666666666));
    EXPECT_MONEY(parts[1], (sc_money)INT64_C(33333333333333333));
    EXPECT_MONEY(parts[2], (sc_money)INT64_C(50000000000000001));
    EXPECT_I64(sc_split_money(USD(100), NULL, 3, parts), SC_OK);
    EXPECT_MONEY(parts[0], (sc_money)INT64_C(33333333333333334));
    EXPECT_MONEY(parts[2], (sc_money)INT64_C(33333333333333333));
}

static void refuses(void)
{
    sc_money parts[3] = {7, 7, 7};
    int64_t counts[3] = {7, 7, 7};
    const sc_int128 half = SC_SPLIT_WEIGHTS_LIMIT / 2;
    const sc_int128 negative[] = {1, -1, 3}, opposite[] = {1, -1}, large[] = {half, half - 1},
                    too_large[] = {half, half};
    EXPECT_I64(sc_split_money(10, negative, 3, parts), SC_E_USAGE);
    EXPECT_I64(sc_split_money(10, opposite, 2, parts), SC_E_USAGE);
    EXPECT_I64(sc_split_money(10, too_large, 2, parts), SC_E_USAGE);
    EXPECT_I64(sc_split_money(10, NULL, 0, parts), SC_E_USAGE);
    EXPECT_I64(sc_split_count(10, negative, 3, counts), SC_E_USAGE);
    EXPECT_I64(sc_split_count(10, NULL, 0, counts), SC_E_USAGE);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_MONEY(parts[i], 7);
        EXPECT_I64(counts[i], 7);
    }
    EXPECT_I64(sc_split_money(0, NULL, 0, parts), SC_OK);
    EXPECT_I64(sc_split_count(0, NULL, 0, counts), SC_OK);
    EXPECT_I64(sc_split_money(10, large, 2, parts), SC_OK);
    EXPECT_MONEY(parts[0], 6); /* the second is a little below a half */
    EXPECT_MONEY(parts[1], 4);
    EXPECT_I64(sc_split_is_even(NULL, 3), 1);
    EXPECT_I64(sc_split_is_even((const sc_int128[]){0, 0}, 2), 1);
    EXPECT_I64(sc_split_is_even((const sc_int128[]){0, 1}, 2), 0);
}

enum { MOST = 9 };

/* Every part has the sign of the amount and is its share to a unit, but for the largest weight's, to n units. */
static int are_shares(sc_money amount, const sc_int128 *weights, size_t n, const sc_money *parts)
{
    sc_int128 total = 0;
    int most = 0, good = 1;
    for (size_t i = 0; i < n; i++) {
        total += weights[i];
        if (weights[i] > weights[most])
            most = (int)i;
    }
    for (size_t i = 0; i < n; i++) {
        /* Enough bits to tell: the product of two numbers below 2^40 and 2^80. */
        const sc_int128 off = total > 0 ? amount * weights[i] - parts[i] * total : 0;
        const sc_int128 size = off < 0 ? -off : off;
        good &= amount < 0 ? parts[i] <= 0 : parts[i] >= 0;
        good &= total == 0 || size < total * ((int)i == most ? (int)n : 1);
    }
    return good;
}

static void properties(void)
{
    int wrong_sums = 0, wrong_signs = 0, wrong_shares = 0;
    for (int round = 0; round < 20000; round++) {
        const int small = round % 2;
        const size_t n = 1 + draw() % MOST;
        sc_int128 weights[MOST];
        sc_money parts[MOST], negated[MOST], sum = 0;
        const sc_money amount = small ? (sc_money)(draw() >> 24) : draw_wide();
        for (size_t i = 0; i < n; i++)
            weights[i] = small ? (sc_int128)(draw() % 5 * (draw() >> 40)) : draw_wide() / MOST;
        if (n > 1 && draw() % 2)
            weights[1] = weights[0]; /* ties */
        if (sc_split_money(amount, weights, n, parts) != SC_OK ||
            sc_split_money(-amount, weights, n, negated) != SC_OK) {
            wrong_sums++;
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            sum += parts[i];
            wrong_signs += parts[i] != -negated[i];
        }
        wrong_sums += sum != amount;
        wrong_shares += small && !are_shares(amount, weights, n, parts);
    }
    EXPECT_I64(wrong_sums, 0);
    EXPECT_I64(wrong_signs, 0);
    EXPECT_I64(wrong_shares, 0);
}

/* Where no two weights are equal, a part goes with its weight, wherever that stands. */
static void any_order(void)
{
    int wrong = 0;
    for (int round = 0; round < 5000; round++) {
        const size_t n = 2 + draw() % (MOST - 1), shift = 1 + draw() % (n - 1);
        sc_int128 weights[MOST], moved[MOST];
        sc_money parts[MOST], of_moved[MOST];
        const sc_money amount = draw_wide();
        for (size_t i = 0; i < n; i++)
            weights[i] = (sc_int128)(draw() >> 8) * MOST + (sc_int128)i;
        for (size_t i = 0; i < n; i++)
            moved[(i + shift) % n] = weights[i];
        wrong += sc_split_money(amount, weights, n, parts) != SC_OK;
        wrong += sc_split_money(amount, moved, n, of_moved) != SC_OK;
        for (size_t i = 0; i < n; i++)
            wrong += parts[i] != of_moved[(i + shift) % n];
    }
    EXPECT_I64(wrong, 0);
}

CU_ErrorCode test_split_register(void)
{
    static CU_TestInfo tests[] = {
        {"tables", tables},       {"shares of money", shares_of_money},
        {"refuses", refuses},     {"properties", properties},
        {"any order", any_order}, CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"split", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
