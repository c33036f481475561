/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_number_format.c - numbers as text, against hand-worked cases and glibc's printf, which rounds exactly. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "spendcast/money.h"
#include "spendcast/report.h"

#define SIZE_OF(array) (sizeof(array) / sizeof((array)[0]))

/* xorshift64* (Vigna 2014): the same cases in every run. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static sc_money femto(const char *text)
{
    sc_int128 value = 0;
    EXPECT_I64(sc_decimal_parse128(text, strlen(text), 15, &value), SC_OK);
    return value;
}

static void fixed_cases(void)
{
    static const struct {
        double x;
        int decimals, group;
        const char *text;
    } cases[] = {
        {0.0, 2, 0, "0.00"},
        {-0.0, 2, 0, "0.00"},
        {-0.004, 2, 0, "0.00"},
        {0.5, 0, 0, "0"}, /* ties go to the even neighbour */
        {1.5, 0, 0, "2"},
        {2.5, 0, 0, "2"},
        {-2.5, 0, 0, "-2"},
        {0.125, 2, 0, "0.12"},
        {0.375, 2, 0, "0.38"},
        {1.005, 2, 0, "1.00"}, /* the double lies below 1.005 */
        {1234567.891, 2, 1, "1,234,567.89"},
        {-1234.5, 1, 1, "-1,234.5"},
        {999.999, 2, 1, "1,000.00"},
        {123456789012345678.0, 0, 1, "123,456,789,012,345,680"},
        {5e-324, 9, 0, "0.000000000"},
        {9.99e27, 9, 1, "9,990,000,000,000,000,993,110,523,904.000000000"},
        {1e28, 2, 0, "inf"},
        {-1e300, 2, 0, "-inf"},
        {HUGE_VAL, 2, 0, "inf"},
        {-HUGE_VAL, 2, 0, "-inf"},
        {(double)NAN, 2, 0, "nan"},
        {1.25, -3, 0, "1"}, /* decimals are kept within 0..9 */
        {1.25, 12, 0, "1.250000000"},
    };
    char buf[64];
    for (size_t i = 0; i < SIZE_OF(cases); i++) {
        EXPECT_STR(sc_format_fixed(cases[i].x, cases[i].decimals, cases[i].group, buf), cases[i].text);
    }
}

/* The same text as glibc, a lone minus aside. */
static void check_printf(double x, int decimals, int *wrong)
{
    char buf[64], expected[512];
    (void)snprintf(expected, sizeof expected, "%.*f", decimals, x);
    const char *want = expected;
    if (want[0] == '-' && want[strspn(want, "-0.")] == '\0')
        want++;
    if (strcmp(sc_format_fixed(x, decimals, 0, buf), want) != 0 && (*wrong)++ == 0)
        EXPECT_STR(buf, want);
}

static void fixed_is_printf(void)
{
    uint64_t state = 20260701;
    int wrong = 0;
    for (int i = 0; i < 200000; i++) {
        uint64_t r = next_random(&state);
        int decimals = (int)(next_random(&state) % 10);
        /* Any mantissa and sign, exponents from 2^-110 to 2^92 (5e27), so that all digits and none are reached. */
        uint64_t biased = 1023 - 110 + next_random(&state) % 203;
        uint64_t bits = (r & UINT64_C(0x800fffffffffffff)) | biased << 52;
        double x;
        memcpy(&x, &bits, sizeof x);
        check_printf(x, decimals, &wrong);
        /* Halfway cases: odd multiples of 1/2^k end in ...5. */
        int k = (int)(r % 11);
        check_printf((double)(int32_t)(r >> 20) / (double)(1 << k), decimals, &wrong);
    }
    EXPECT_I64(wrong, 0);
}

static void usd_cases(void)
{
    static const struct {
        double usd;
        const char *text;
    } cases[] = {
        {0.0, "$0.00"},
        {-0.0, "$0.00"},
        {41207.0, "$41,207.00"},
        {-3.5, "-$3.50"},
        {0.0123, "$0.0123"},
        {0.012345, "$0.0123"},
        {0.000451, "$0.000451"},
        {-0.000451, "-$0.000451"},
        {0.25, "$0.25"},
        {0.5, "$0.50"},
        {0.125, "$0.125"},
        {0.9994, "$0.999"},
        {0.9996, "$1.00"},
        {0.00996, "$0.00996"},
        {0.0999999, "$0.10"},
        {1.0, "$1.00"},
        {1.005, "$1.00"},
        {999.999, "$1,000.00"},
        {0.000000012, "$0.000000012"},
        {1e-12, "$0.00"}, /* below half of the ninth decimal */
        {-1e-12, "$0.00"},
        {1e6, "$1,000,000.00"},
        {1e28, "inf"},
        {-HUGE_VAL, "-inf"},
        {(double)NAN, "nan"},
    };
    char buf[64];
    for (size_t i = 0; i < SIZE_OF(cases); i++)
        EXPECT_STR(sc_format_usd(cases[i].usd, buf), cases[i].text);
}

static void money_cases(void)
{
    static const char *const cases[][2] = {
        {"0", "$0.00"},
        {"41207", "$41,207.00"},
        {"-3.5", "-$3.50"},
        {"0.0123", "$0.0123"},
        {"0.000451", "$0.000451"},
        {"0.005", "$0.005"},
        {"1.005", "$1.005"},
        {"-1.0150", "-$1.015"},
        {"0.09634", "$0.09634"},
        {"0.0000000005", "$0.0000000005"},
        {"-0.000000000000001", "-$0.000000000000001"},
        {"123456789012345678901.235", "$123,456,789,012,345,678,901.235"},
    };
    char buf[64];
    for (size_t i = 0; i < SIZE_OF(cases); i++)
        EXPECT_STR(sc_format_money(femto(cases[i][0]), buf), cases[i][1]);
    sc_money least = -(((sc_money)1 << 126) - 1 + ((sc_money)1 << 126)) - 1;
    EXPECT_STR(sc_format_money(least, buf), "-$170,141,183,460,469,231,731,687.303715884105728");
}

/* What sc_format_usd promises, worked out from printf's exact digits. */
static void expected_usd(double usd, char *text, size_t size)
{
    char scientific[64], digits[128];
    (void)snprintf(scientific, sizeof scientific, "%.30e", usd);
    int exponent = (int)strtol(strchr(scientific, 'e') + 1, NULL, 10);
    int decimals = exponent >= 0 || usd == 0 ? 2 : 2 - exponent > 9 ? 9 : 2 - exponent;
    (void)snprintf(digits, sizeof digits, "%.*f", decimals, fabs(usd));
    size_t len = strlen(digits);
    for (; decimals > 2 && digits[len - 1] == '0'; decimals--)
        digits[--len] = '\0';
    int zero = digits[strspn(digits, "0.")] == '\0';
    (void)snprintf(text, size, "%s$%s", usd < 0 && !zero ? "-" : "", digits);
}

static void small_usd_is_printf(void)
{
    uint64_t state = 7;
    int wrong = 0;
    for (int i = 0; i < 100000; i++) {
        uint64_t biased = 1023 - 40 + next_random(&state) % 49; /* 1e-12 to 512 */
        uint64_t bits = (next_random(&state) & UINT64_C(0x800fffffffffffff)) | biased << 52;
        double usd;
        memcpy(&usd, &bits, sizeof usd);
        char buf[64], expected[64];
        expected_usd(usd, expected, sizeof expected);
        if (strcmp(sc_format_usd(usd, buf), expected) != 0 && wrong++ == 0)
            EXPECT_STR(buf, expected);
    }
    EXPECT_I64(wrong, 0);
}

/* What is shown, read back, is the same amount. */
static void money_reads_back(void)
{
    uint64_t state = 99;
    int wrong = 0;
    for (int i = 0; i < 100000; i++) {
        sc_money m = (sc_money)(int64_t)next_random(&state) * (int64_t)(1 + next_random(&state) % 1000000);
        char shown[64], plain[64];
        sc_int128 back = 0;
        size_t n = 0;
        sc_format_money(m, shown);
        for (const char *p = shown; *p != '\0'; p++) {
            if (*p != '$' && *p != ',')
                plain[n++] = *p;
        }
        if (sc_decimal_parse128(plain, n, 15, &back) != SC_OK || back != m)
            wrong++;
    }
    EXPECT_I64(wrong, 0);
}

CU_ErrorCode test_number_format_register(void)
{
    CU_pSuite suite = CU_add_suite("number_format", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "fixed: cases", fixed_cases) == NULL ||
        CU_add_test(suite, "fixed: equals printf", fixed_is_printf) == NULL ||
        CU_add_test(suite, "usd: cases", usd_cases) == NULL ||
        CU_add_test(suite, "money: cases", money_cases) == NULL ||
        CU_add_test(suite, "usd: equals printf", small_usd_is_printf) == NULL ||
        CU_add_test(suite, "money: reads back", money_reads_back) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
