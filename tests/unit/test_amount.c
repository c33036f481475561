/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_amount.c - numbers and units of bills. */
#include "usage/amount.h"

#include <stdio.h>

#include "expect.h"

static void reads_numbers(void)
{
    static const struct {
        const char *text;
        int scale;
        const char *expected; /* NULL = no number */
    } cases[] = {
        {"0", 0, "0"},
        {"12", 3, "12000"},
        {"-12.50", 2, "-1250"},
        {"6.9E-7", 15, "690000000"},
        {"1e3", 0, "1000"},
        {"1E+3", 2, "100000"},
        {"2.5E-1", 3, "250"},
        {".5", 1, "5"},
        {"5.", 1, "50"},
        /* half-even, and only from exact halves */
        {"0.5", 0, "0"},
        {"1.5", 0, "2"},
        {"2.5", 0, "2"},
        {"2.50000000000000000000000000000000000000000000001", 0, "3"},
        {"-2.5", 0, "-2"},
        {"-3.5", 0, "-4"},
        {"2.4999", 0, "2"},
        {"12.3455", 3, "12346"},
        {"12.3445", 3, "12344"},
        {"0.0000000000000005", 15, "0"},
        {"0.0000000000000015", 15, "2"},
        {"1e-9999", 0, "0"},
        {"0e9999", 38, "0"},
        {"170141183460469231731687303715884105727", 0, "170141183460469231731687303715884105727"},
        {"170141183460469231731687303715884105728", 0, NULL},
        {"1.70141183460469231731687303715884105728", 0, "2"},
        {"1e39", 0, NULL},
        {"1e99999999999999999999", 0, NULL},
        {"0.1234567890123456789012345678901234567891", 39, NULL},
        {"", 0, NULL},
        {"-", 0, NULL},
        {".", 0, NULL},
        {"+1", 0, NULL},
        {"1,000", 0, NULL},
        {" 1", 0, NULL},
        {"1 ", 0, NULL},
        {"1e", 0, NULL},
        {"1e+", 0, NULL},
        {"1e1.5", 0, NULL},
        {"1.2.3", 0, NULL},
        {"--1", 0, NULL},
        {"0x10", 0, NULL},
        {"nan", 0, NULL},
        {"inf", 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_int128 n = 77;
        char text[SC_DECIMAL_TEXT_MAX];
        const sc_code code = sc_amount_parse(sc_text_of(cases[i].text), cases[i].scale, &n);
        if (!EXPECT_STR(code == SC_OK ? sc_decimal_format_exact(n, 0, 0, text) : NULL, cases[i].expected))
            EXPECT_STR(cases[i].text, "the case");
        if (code != SC_OK)
            EXPECT_MONEY(n, 77);
    }
}

static void knows_units_of_tokens(void)
{
    static const struct {
        const char *text;
        int64_t per;
    } cases[] = {
        {"Tokens", 1},
        {"token", 1},
        {"1 Token", 1},
        {"1K tokens", 1000},
        {"1k Tokens", 1000},
        {"1000 Tokens", 1000},
        {"1,000 tokens", 1000},
        {"K Tokens", 1000},
        {"Thousand Tokens", 1000},
        {"1M tokens", 1000000},
        {"1M-tokens", 1000000},
        {"per 1M tokens", 1000000},
        {"Million Tokens", 1000000},
        {"1 Million Tokens", 1000000},
        {"1000000 Tokens", 1000000},
        {"1,000,000 tokens", 1000000},
        {"Units", 0},
        {"", 0},
        {"1K", 0},
        {"12 tokens", 0},
        {"10 tokens", 0},
        {"100 tokens", 0},
        {"1000K tokens of it", 0},
        {"1B tokens", 0},
        {"tokens/hour", 0},
        {"Requests", 0},
        {"GB-Mo", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (!EXPECT_I64(sc_amount_token_unit(sc_text_of(cases[i].text)), cases[i].per))
            EXPECT_STR(cases[i].text, "the case");
    }
}

CU_ErrorCode test_amount_register(void)
{
    CU_pSuite suite = CU_add_suite("amount", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "reads numbers", reads_numbers) == NULL ||
        CU_add_test(suite, "knows units of tokens", knows_units_of_tokens) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
