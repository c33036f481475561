/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_utf8.c - every code point, and every sequence of up to three bytes, against a decoder written the long way. */
#include <string.h>

#include "base/utf8.h"
#include "expect.h"

static size_t encode(unsigned long c, unsigned char *to)
{
    if (c < 0x80) {
        to[0] = (unsigned char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; --i > 0; c >>= 6)
        to[i] = (unsigned char)(0x80 | (c & 0x3F));
    to[0] = (unsigned char)((0xF0 << (4 - n) & 0xFF) | c);
    return n;
}

static void test_code_points(void)
{
    int wrong = 0;
    for (unsigned long c = 0; c <= 0x110FFF; c++) {
        unsigned char bytes[4];
        size_t n = encode(c, bytes);
        int valid = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
        wrong += sc_utf8_length((const char *)bytes, n) != (valid ? n : 0);
        wrong += n > 1 && sc_utf8_length((const char *)bytes, n - 1) != 0;
    }
    EXPECT_I64(wrong, 0);
}

/* Decodes and encodes again: well-formed is what comes back the same. */
static size_t slow_length(const unsigned char *s)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xC0 && s[0] < 0xE0 ? 2 : s[0] >= 0xE0 && s[0] < 0xF0 ? 3 : 0;
    if (n == 0)
        return 0;
    unsigned long c = n == 1 ? s[0] : s[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (s[i] & 0x3Fu);
    unsigned char again[4];
    return encode(c, again) == n && memcmp(again, s, n) == 0 && (c < 0xD800 || c > 0xDFFF) ? n : 0;
}

static void test_three_bytes(void)
{
    long wrong = 0;
    for (unsigned long v = 0; v < 1ul << 24; v++) {
        const unsigned char s[3] = {(unsigned char)(v >> 16), (unsigned char)(v >> 8), (unsigned char)v};
        wrong += sc_utf8_length((const char *)s, 3) != slow_length(s);
    }
    EXPECT_I64(wrong, 0);
}

static void test_steps(void)
{
    EXPECT_I64(sc_utf8_length("", 0), 0);
    EXPECT_I64(sc_utf8_step("\x80", 1), 1);
    EXPECT_I64(sc_utf8_step("\xE2\x82\xAC", 3), 3);
    EXPECT_I64(sc_utf8_step("\xE2\x82", 2), 1);
    EXPECT_I64(sc_utf8_bom("\xEF\xBB\xBFx", 4), 3);
    EXPECT_I64(sc_utf8_bom("\xEF\xBB", 2), 0);
    EXPECT_I64(sc_utf8_bom("x\xEF\xBB\xBF", 4), 0);
}

CU_ErrorCode test_utf8_register(void)
{
    static CU_TestInfo tests[] = {
        {"code points", test_code_points},
        {"three bytes", test_three_bytes},
        {"steps", test_steps},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"utf8", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
