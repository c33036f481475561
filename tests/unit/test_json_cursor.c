/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_json_cursor.c - values, places of problems, and blocks of the JSON cursor. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/byte_block.h"
#include "io/json_cursor.h"

/* What a whole text reads as, or "byte: problem". */
static void skim(const char *text, char *out, size_t size)
{
    sc_json_cursor c;
    sc_json_begin(&c, text, strlen(text));
    sc_json_skip(&c);
    if (sc_json_end(&c))
        snprintf(out, size, "ok");
    else
        snprintf(out, size, "%td: %s", c.at - text, c.problem);
}

static void test_problems(void)
{
    static const struct {
        const char *text, *result;
    } cases[] = {
        {"{}", "ok"},
        {" [ ] ", "ok"},
        {"{\"a\":[1,{\"b\":null}],\"c\":\"x\"}\n", "ok"},
        {"[-0,1.5e-3,true,false,null,\"\\u00e9\\n\"]", "ok"},
        {"", "0: the text ends here; expected a value"},
        {"[1,2", "4: no ',' or ']' after the element; expected one"},
        {"[1,]", "2: a comma before ']'; expected none"},
        {"{\"a\":1,}", "6: a comma before '}'; expected none"},
        {"{\"a\":1 \"b\":2}", "7: no ',' or '}' after the member; expected one"},
        {"{\"a\" 1}", "5: no ':' after the key; expected one"},
        {"{a:1}", "1: no key here; expected a key in double quotes"},
        {"{\"a\":[1}", "7: no ',' or ']' after the element; expected one"},
        {"[}", "1: what stands here is no value; expected a value"},
        {"\"abc", "0: the string is never closed"},
        {"\"a\tb\"", "2: a control character in a string; expected an escape"},
        {"\"\\\\\tb\"", "3: a control character in a string; expected an escape"},
        {"\"a\\x\"", "2: a backslash that starts no escape"},
        {"\"a\\", "0: the string is never closed"},
        {"\"\\\\\\u12g4\"", "3: '\\u' without four hexadecimal digits"},
        {"\"\\u12", "1: '\\u' without four hexadecimal digits"},
        {"01", "0: a number with leading zeros; expected none"},
        {"-", "0: a number without digits; expected a digit"},
        {"1.", "0: a decimal point without decimals; expected a digit"},
        {"1e+", "0: an exponent without digits; expected a digit"},
        {"nul", "0: what stands here is no value; expected a value"},
        {"[nulll]", "5: no ',' or ']' after the element; expected one"},
        {"1 2", "2: text after the value; expected the end"},
        {"{\"a\":\\\"b\"}", "5: what stands here is no value; expected a value"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[160];
        skim(cases[i].text, got, sizeof got);
        EXPECT_STR(got, cases[i].result);
    }
}

static void test_depth(void)
{
    char text[2 * 65 + 1] = "", got[160];
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    skim(text, got, sizeof got);
    EXPECT_STR(got, "ok");
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    skim(text, got, sizeof got);
    EXPECT_STR(got, "64: nested more than 64 levels deep");
}

static void test_whole_numbers(void)
{
    static const struct {
        const char *text;
        int64_t value;
        const char *problem;
    } cases[] = {
        {"0", 0, NULL},
        {"-0", 0, NULL},
        {"1640", 1640, NULL},
        {"12.0", 12, NULL},
        {"1.2e3", 1200, NULL},
        {"1200e-2", 12, NULL},
        {"0.0e99999999999999999999", 0, NULL},
        {"1.000000000000000000000000000000e3", 1000, NULL},
        {"9223372036854775807", INT64_MAX, NULL},
        {"-9223372036854775808", INT64_MIN, NULL},
        {"9223372036854775808", 0, "a number out of range; expected at most 9223372036854775807"},
        {"-9223372036854775809", 0, "a number out of range; expected at most 9223372036854775807"},
        {"1e19", 0, "a number out of range; expected at most 9223372036854775807"},
        {"1e99999999999999999999", 0, "a number out of range; expected at most 9223372036854775807"},
        {"1.5", 0, "a fraction; expected a whole number"},
        {"1e-99999999999999999999", 0, "a fraction; expected a whole number"},
        {"\"12\"", 0, "a string; expected a whole number"},
        {"true", 0, "a boolean; expected a whole number"},
        {"[1]", 0, "an array; expected a whole number"},
        {"{}", 0, "an object; expected a whole number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_json_cursor c;
        int64_t value = 77;
        sc_json_begin(&c, cases[i].text, strlen(cases[i].text));
        EXPECT_I64(sc_json_int(&c, &value), cases[i].problem == NULL);
        EXPECT_I64(value, cases[i].problem == NULL ? cases[i].value : 77);
        EXPECT_STR(c.problem, cases[i].problem);
    }
}

/* null is absent for every type; other types are named. */
static void test_types(void)
{
    static const char text[] = "[null,null,null,null,true,0.15,\"0.15\",\"a\\\"b\",[],{}]";
    sc_json_cursor c;
    sc_text t = {0}, raw;
    int64_t n = 7;
    int truth = 7, escapes = 7;
    sc_json_begin(&c, text, strlen(text));
    EXPECT_I64(sc_json_peek(&c), SC_JSON_ARRAY);
    EXPECT_I64(sc_json_array(&c), 1);
    EXPECT_TRUE(sc_json_element(&c) && sc_json_int(&c, &n) == 0 && n == 7);
    EXPECT_TRUE(sc_json_element(&c) && sc_json_number(&c, &t) == 0 && t.at == NULL);
    EXPECT_TRUE(sc_json_element(&c) && sc_json_bool(&c, &truth) == 0 && truth == 7);
    EXPECT_TRUE(sc_json_element(&c) && sc_json_string(&c, &t, &escapes) == 0 && escapes == 7);
    EXPECT_TRUE(sc_json_element(&c) && sc_json_bool(&c, &truth) == 1 && truth == 1);
    EXPECT_TRUE(sc_json_element(&c) && sc_json_number(&c, &t) == 1 && sc_text_is(t, "0.15"));
    EXPECT_TRUE(sc_json_element(&c) && sc_json_number(&c, &t) == 1 && sc_text_is(t, "0.15"));
    EXPECT_TRUE(sc_json_element(&c) && sc_json_string(&c, &t, &escapes) == 1 && sc_text_is(t, "a\\\"b") && escapes);
    EXPECT_TRUE(sc_json_element(&c) && sc_json_raw(&c, &raw) == 1 && sc_text_is(raw, "[]"));
    EXPECT_TRUE(sc_json_element(&c) && sc_json_object(&c) == 1 && sc_json_key(&c, &t) == 0);
    EXPECT_I64(sc_json_element(&c), 0);
    EXPECT_I64(sc_json_end(&c), 1);

    sc_json_begin(&c, "\"0x1\"", 5);
    EXPECT_I64(sc_json_number(&c, &t), 0);
    EXPECT_STR(c.problem, "a string; expected a number");
    EXPECT_I64(sc_json_number(&c, &t), 0); /* the first problem stays */
    EXPECT_STR(c.problem, "a string; expected a number");
    sc_json_begin(&c, NULL, 0);
    EXPECT_I64(sc_json_peek(&c), SC_JSON_NONE);
    EXPECT_I64(sc_json_end(&c), 0);
}

static void test_unescape(void)
{
    static const struct {
        const char *raw, *text;
    } cases[] = {
        {"plain", "plain"},
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
        {"caf\\u00e9 \\u4E2d \\ud83d\\ude00", "caf\xC3\xA9 \xE4\xB8\xAD \xF0\x9F\x98\x80"},
        {"\\u0000", "\xEF\xBF\xBD"},
        {"\\ud83d-\\ude00", "\xEF\xBF\xBD-\xEF\xBF\xBD"},
        {"\\ud83d\\u0041", "\xEF\xBF\xBD"
                           "A"},
    };
    char buf[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_text t = sc_json_unescape(sc_text_of(cases[i].raw), buf, sizeof buf - 1);
        buf[t.len] = '\0';
        EXPECT_STR(buf, cases[i].text);
    }
    EXPECT_I64(sc_json_unescape(sc_text_of("ab\\u00e9"), buf, 3).len, 2); /* cut before a character, not in it */
}

/* A string that ends, or does not, at each place of the 64-byte blocks, behind each length of escape. */
static void test_blocks(void)
{
    static const char *const middles[] = {"\\\\", "\\\"", "\\u00e9", "\\\\\\\\\\\"", "\t", "\\x"};
    for (size_t m = 0; m < sizeof middles / sizeof *middles; m++)
        for (size_t before = 0; before < 150; before++) {
            const size_t n = strlen(middles[m]), len = before + n + 3;
            char *text = sc_calloc(len, 1); /* exactly, so that a sanitizer sees a read past the end */
            sc_json_cursor c;
            sc_text t;
            memset(text, 'x', len);
            text[0] = text[len - 1] = '"';
            memcpy(text + 1 + before, middles[m], n);
            sc_json_begin(&c, text, len);
            EXPECT_I64(sc_json_string(&c, &t, NULL), m < 4);
            EXPECT_I64(c.at - text, m < 4 ? len : before + 1);
            sc_free(text);
        }
}

static void test_bits(void)
{
    uint64_t state = 1;
    for (int round = 0; round < 1000; round++) {
        char bytes[64];
        uint64_t bits = 0;
        for (unsigned i = 0; i < 64; i++) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407U;
            bytes[i] = (char)(state >> 33 & 1 ? 'x' : state >> 40);
            bits |= (uint64_t)(bytes[i] == 'x') << i;
        }
        const sc_bytes64 match = sc_is64(sc_load64(bytes), 'x');
        EXPECT_TRUE(sc_bits64(match) == bits);
        for (int i = 0; i < 4; i++)
            EXPECT_I64(sc_bits16_portable(match.part[i]), bits >> i * 16 & 0xFFFF);
    }
}

CU_ErrorCode test_json_cursor_register(void)
{
    static CU_TestInfo tests[] = {
        {"problems", test_problems}, {"depth", test_depth},       {"whole numbers", test_whole_numbers},
        {"types", test_types},       {"unescape", test_unescape}, {"blocks", test_blocks},
        {"bits", test_bits},         CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"json_cursor", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
