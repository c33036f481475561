/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_decimal.c - decimal text to integers and back, against hand-worked values, laws and strtod. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "spendcast/money.h"

#define INT128_MAX_TEXT "170141183460469231731687303715884105727"
#define INT128_MIN_TEXT "-" INT128_OVER_TEXT
#define INT128_OVER_TEXT "170141183460469231731687303715884105728"

static const sc_int128 int128_max = (sc_int128)(((sc_int128)1 << 126) - 1) * 2 + 1;

static void test_parse(void)
{
    static const struct {
        const char *text;
        int scale;
        int64_t value;
    } cases[] = {
        {"0", 15, 0},
        {"-0", 15, 0},
        {"0.000", 2, 0},
        {"1", 15, SC_FEMTO_PER_USD},
        {"-12.50", 2, -1250},
        {"0.0875", 15, INT64_C(87500000000000)},
        {"0.000000000000001", 15, 1},
        {"0.0000000000000010000000", 15, 1},
        {"007.5", 1, 75},
        {"3.000", 0, 3},
        {"9223372036854775807", 0, INT64_MAX},
        {"-9223372036854775808", 0, INT64_MIN},
        {"922337203685477580.7", 1, INT64_MAX},
        {"00000000000000000000000000000000000000000000000001", 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t v = 42;
        if (!EXPECT_I64(sc_decimal_parse(cases[i].text, strlen(cases[i].text), cases[i].scale, &v), SC_OK) ||
            !EXPECT_I64(v, cases[i].value))
            EXPECT_STR("", cases[i].text);
    }
}

static void test_parse_refuses(void)
{
    static const struct {
        const char *text;
        int scale;
    } cases[] = {
        {"", 15},
        {"-", 15},
        {"+1", 15},
        {".5", 15},
        {"5.", 15},
        {"-.5", 15},
        {"1e3", 15},
        {"1E3", 15},
        {"0x10", 15},
        {" 1", 15},
        {"1 ", 15},
        {"1,000", 15},
        {"--1", 15},
        {"1.2.3", 15},
        {"1.5O", 15},
        {"inf", 15},
        {"nan", 15},
        {"1.5", 0},
        {"0.001", 2},
        {"-1-", 15},
        {"1.-5", 15},
        {"\xC2\xB2", 0},
        {"9223372036854775808", 0},
        {"-9223372036854775809", 0},
        {"9224", 15},
        {"-9224", 15},
        {"922337203685477580.8", 1},
        {"99999999999999999999999999999999999999999999999999", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t v = 42;
        if (!EXPECT_I64(sc_decimal_parse(cases[i].text, strlen(cases[i].text), cases[i].scale, &v), SC_E_INPUT) ||
            !EXPECT_I64(v, 42))
            EXPECT_STR("", cases[i].text);
    }
    int64_t v = 42;
    EXPECT_I64(sc_decimal_parse("1\0002", 3, 0, &v), SC_E_INPUT);
    EXPECT_I64(sc_decimal_parse("12", 1, 0, &v), SC_OK); /* the length counts, not a terminator */
    EXPECT_I64(v, 1);
    EXPECT_I64(sc_decimal_parse("1", 1, -1, &v), SC_E_USAGE);
    EXPECT_I64(sc_decimal_parse("1", 1, 39, &v), SC_E_USAGE);
}

static void test_parse128(void)
{
    sc_int128 v = 0;
    EXPECT_I64(sc_decimal_parse128(INT128_MAX_TEXT, strlen(INT128_MAX_TEXT), 0, &v), SC_OK);
    EXPECT_MONEY(v, int128_max);
    EXPECT_I64(sc_decimal_parse128(INT128_MIN_TEXT, strlen(INT128_MIN_TEXT), 0, &v), SC_OK);
    EXPECT_MONEY(v, -int128_max - 1);
    EXPECT_I64(sc_decimal_parse128(INT128_OVER_TEXT, strlen(INT128_OVER_TEXT), 0, &v), SC_E_INPUT);
    EXPECT_I64(sc_decimal_parse128("-170141183460469231731687303715884105729", 40, 0, &v), SC_E_INPUT);
    EXPECT_I64(sc_decimal_parse128("1.5", 3, 38, &v), SC_OK);
    EXPECT_I64(sc_decimal_parse128("1.8", 3, 38, &v), SC_E_INPUT);
}

static void test_format(void)
{
    static const struct {
        int64_t value;
        int scale, decimals, group;
        const char *text;
    } cases[] = {
        {0, 15, 2, 1, "0.00"},
        {0, 0, 0, 1, "0"},
        {123456789, 2, 2, 1, "1,234,567.89"},
        {123456789, 2, 2, 0, "1234567.89"},
        {-123456789, 2, 0, 1, "-1,234,568"},
        {999, 0, 0, 1, "999"},
        {1000, 0, 0, 1, "1,000"},
        {-999999, 0, 0, 1, "-999,999"},
        {25, 1, 0, 0, "2"}, /* ties go to the even neighbour */
        {35, 1, 0, 0, "4"},
        {-25, 1, 0, 0, "-2"},
        {-35, 1, 0, 0, "-4"},
        {251, 2, 0, 0, "3"},
        {249, 2, 0, 0, "2"},
        {-4, 3, 2, 1, "0.00"}, /* no sign on what rounds to zero */
        {-5, 3, 2, 1, "0.00"},
        {-6, 3, 2, 1, "-0.01"},
        {9995, 3, 2, 1, "10.00"},
        {999995, 3, 2, 1, "1,000.00"},
        {5, 3, 3, 1, "0.005"},
        {5, 2, 9, 1, "0.05"}, /* decimals are clamped to the scale */
        {5, 2, -1, 1, "0"},
        {INT64_MIN, 15, 15, 1, "-9,223.372036854775808"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buf[SC_DECIMAL_TEXT_MAX];
        EXPECT_STR(sc_decimal_format(cases[i].value, cases[i].scale, cases[i].decimals, cases[i].group, buf),
                   cases[i].text);
    }
    char buf[SC_DECIMAL_TEXT_MAX];
    EXPECT_STR(sc_decimal_format(-int128_max - 1, 0, 0, 1, buf),
               "-170,141,183,460,469,231,731,687,303,715,884,105,728");
    EXPECT_STR(sc_decimal_format(-int128_max - 1, 38, 38, 1, buf), "-1.70141183460469231731687303715884105728");
    EXPECT_STR(sc_decimal_format(int128_max, 38, 0, 1, buf), "2");
}

static void test_format_exact(void)
{
    static const struct {
        int64_t value;
        int scale, min_decimals;
        const char *text;
    } cases[] = {
        {0, 15, 0, "0"},    {0, 15, 2, "0.00"},   {1, 15, 0, "0.000000000000001"},
        {150, 2, 0, "1.5"}, {150, 2, 2, "1.50"},  {-100, 2, 0, "-1"},
        {-7, 0, 0, "-7"},   {1000, 0, 3, "1000"}, {937500, 15, 0, "0.0000000009375"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buf[SC_DECIMAL_TEXT_MAX];
        EXPECT_STR(sc_decimal_format_exact(cases[i].value, cases[i].scale, cases[i].min_decimals, buf), cases[i].text);
    }
}

/* A fixed sequence of 128-bit values of all lengths (splitmix64). */
static sc_int128 next_value(uint64_t *state)
{
    uint64_t part[3];
    for (int i = 0; i < 3; i++) {
        uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        part[i] = z ^ (z >> 31);
    }
    sc_int128 v = (sc_int128)(part[0] >> 1) << 64 | (sc_int128)part[1];
    v >>= part[2] % 127;
    return part[2] >> 63 ? -v : v;
}

static void test_laws(void)
{
    uint64_t state = 1;
    for (int i = 0; i < 20000; i++) {
        sc_int128 v = next_value(&state), back = 0, rounded = 0;
        int scale = i % 39, decimals = scale > 0 ? i / 39 % scale : 0;
        char text[SC_DECIMAL_TEXT_MAX];

        sc_decimal_format_exact(v, scale, decimals, text);
        sc_code code = sc_decimal_parse128(text, strlen(text), scale, &back);
        if (code != SC_OK || back != v) {
            EXPECT_MONEY(back, v);
            EXPECT_STR(text, "the same value");
            return;
        }
        /* Rounded: at most half a unit away, and on the even side of a tie. */
        sc_int128 unit = 1;
        for (int k = decimals; k < scale; k++)
            unit *= 10;
        sc_decimal_format(v, scale, decimals, 0, text);
        if (sc_decimal_parse128(text, strlen(text), scale, &rounded) != SC_OK)
            continue; /* rounded up, out of range */
        sc_int128 off = rounded > v ? rounded - v : v - rounded;
        int holds = rounded % unit == 0 && (off < unit - off || (off == unit - off && rounded / unit % 2 == 0));
        if (!holds) {
            EXPECT_MONEY(rounded, v);
            EXPECT_STR(text, "the nearest");
            return;
        }
    }
    EXPECT_TRUE(1);
}

/* glibc's strtod is correctly rounded. */
static void test_to_usd(void)
{
    static const int64_t edges[] = {0, 1, -1, SC_FEMTO_PER_USD, -SC_FEMTO_PER_USD, INT64_MAX, INT64_MIN};
    uint64_t state = 2;
    int wrong = 0;
    for (size_t i = 0; i < 50000; i++) {
        sc_money m = i < sizeof edges / sizeof *edges ? edges[i] : next_value(&state);
        char text[SC_DECIMAL_TEXT_MAX];
        double expected = strtod(sc_decimal_format_exact(m, 15, 0, text), NULL), usd = sc_money_to_usd(m);
        if (memcmp(&usd, &expected, sizeof usd) != 0 && ++wrong < 5)
            EXPECT_REL(usd, expected, 0.0);
    }
    EXPECT_I64(wrong, 0);
    EXPECT_TRUE(!signbit(sc_money_to_usd(0)));
    /* Half-way between two doubles, and one femto-USD to either side. */
    sc_money tie = (sc_money)((INT64_C(1) << 53) + 1) * (1 << 23) * SC_FEMTO_PER_USD;
    EXPECT_REL(sc_money_to_usd(tie - 1), 0x1p76, 0.0);
    EXPECT_REL(sc_money_to_usd(tie), 0x1p76, 0.0);
    EXPECT_REL(sc_money_to_usd(tie + 1), 0x1.0000000000001p76, 0.0);
    EXPECT_REL(sc_money_to_usd(int128_max), 1.7014118346046923e23, 0.0);
    EXPECT_REL(sc_money_to_usd(-int128_max - 1), -1.7014118346046923e23, 0.0);
    EXPECT_MONEY(sc_money_times(INT64_MIN, INT64_MIN), (sc_int128)1 << 126);
}

CU_ErrorCode test_decimal_register(void)
{
    static CU_TestInfo tests[] = {
        {"parse", test_parse},
        {"parse refuses", test_parse_refuses},
        {"parse 128 bits", test_parse128},
        {"format", test_format},
        {"format exactly", test_format_exact},
        {"format and parse agree", test_laws},
        {"to dollars", test_to_usd},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"decimal", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
