/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_json_doc.c - what is refused and where, and the places of what is read. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/json_doc.h"

static sc_errors errors;

static sc_json_doc *parse(const char *text, size_t size)
{
    sc_json_doc *doc = NULL;
    memset(&errors, 0, sizeof errors);
    /* A copy of exactly that size, so that a sanitizer sees a read past its end. */
    char *copy = sc_realloc(NULL, size, 1);
    memcpy(copy, text, size);
    sc_code code = sc_json_parse("t.json", copy, size, &doc, &errors);
    sc_json_free(doc);
    sc_free(copy);
    memset(&errors, 0, sizeof errors);
    EXPECT_I64(sc_json_parse("t.json", text, size, &doc, &errors), code);
    EXPECT_I64(code, doc != NULL ? SC_OK : SC_E_INPUT);
    EXPECT_TRUE((doc == NULL) == (errors.errors > 0));
    return doc;
}

static void test_accepts(void)
{
    static const char *const cases[] = {
        "{}",
        "[]",
        "0",
        "-0",
        "\"\"",
        "true",
        "false",
        "null",
        " \t\r\n[ ]\n",
        "[1,2.5,-3e4,4E+5,5e-6,0.0,0e0]",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"",
        "{\"\":{\"a\":[{\"b\":null}]}}",
        "[[],{},[{}]]",
        "\xEF\xBB\xBF{\"a\":1}",
        "\xEF\xBB\xBF\x31",
        "\"caf\xC3\xA9 \x7F\"",
        "1.7976931348623157e308",
        "1e-999",
        "[\"\\ufdd0\",\"\\uffff\"]",
        "{\"a\":1,\"A\":2}",
        "[{\"a\":1},{\"a\":1}]",
        "{\"a\":{\"a\":{\"a\":1}}}",
        "123456789012345678901234567890123456789012345678901234567890123",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_json_doc *doc = parse(cases[i], strlen(cases[i]));
        if (!EXPECT_TRUE(doc != NULL))
            EXPECT_STR(errors.item[0].text, cases[i]);
        sc_json_free(doc);
    }
}

static void expect_errors(const char *text, size_t size, const char *expected)
{
    char got[2048] = "";
    sc_json_doc *doc = parse(text, size);
    if (!EXPECT_TRUE(doc == NULL))
        EXPECT_STR("no error", expected);
    sc_json_free(doc);
    size_t n = 0;
    for (int i = 0; i < errors.count; i++) {
        const sc_error *e = &errors.item[i];
        n += (size_t)snprintf(got + n, sizeof got - n, "%s%d:%d+%d: %s%s%s", i > 0 ? "\n" : "", e->line, e->column,
                              e->width, e->key, e->key[0] != '\0' ? ": " : "", e->text);
    }
    EXPECT_STR(got, expected);
}

/* As "line:column+width: key: text". */
static void test_refuses(void)
{
    static const struct {
        const char *text, *errors;
    } cases[] = {
        {"", "1:1+1: the text ends here; expected a value"},
        {" \n ", "2:2+1: the text ends here; expected a value"},
        {"\xEF\xBB\xBF", "1:1+1: the text ends here; expected a value"},
        {"\xEF\xBB\xBF\xEF\xBB\xBF"
         "1",
         "1:1+3: found '\xEF\xBB\xBF'; expected a value"},
        {"{} x", "1:4+1: found 'x'; expected nothing after the document"},
        {"{}{}", "1:3+1: found '{'; expected nothing after the document"},
        {"1 2", "1:3+1: found '2'; expected nothing after the document"},
        {"NaN", "1:1+3: found 'NaN'; expected a value"},
        {"[Infinity]", "1:2+8: found 'Infinity'; expected a value"},
        {"[True]", "1:2+4: found 'True'; expected a value"},
        {"[nul]", "1:2+3: found 'nul'; expected a value"},
        {"[nullx]", "1:2+5: found 'nullx'; expected a value"},
        {"['a']", "1:2+1: found '''; expected a value"},
        {"[// x\n]", "1:2+1: found '/'; expected a value"},
        {"[\x01]", "1:2+1: control character 0x01; expected a value"},
        {"[\x0C]", "1:2+1: control character 0x0c; expected a value"},
        {"[\xC2\xA0]", "1:2+2: found '\xC2\xA0'; expected a value"},
        {"[\xFF]", "1:2+1: byte 0xff is not valid UTF-8; expected a value"},
        {"[1,]", "1:3+1: a comma before ']'; expected none after the last element"},
        {"{\"a\":1,\n}", "1:7+1: a comma before '}'; expected none after the last member"},
        {"[,1]", "1:2+1: found ','; expected a value"},
        {"[1 2]", "1:4+1: found '2'; expected ',' or ']'"},
        {"[1", "1:3+1: the text ends here; expected ',' or ']'"},
        {"[", "1:2+1: the text ends here; expected a value"},
        {"[1}", "1:3+1: found '}'; expected ',' or ']'"},
        {"{\"a\":1 \"b\":2}", "1:8+1: found '\"'; expected ',' or '}'"},
        {"{a:1}", "1:2+1: found 'a'; expected a key in double quotes"},
        {"{1:1}", "1:2+1: found '1'; expected a key in double quotes"},
        {"{\"a\" 1}", "1:6+1: found '1'; expected ':' after the key"},
        {"{\"a\":}", "1:6+1: found '}'; expected a value"},
        {"{\"a\"", "1:5+1: the text ends here; expected ':' after the key"},
        {"]", "1:1+1: found ']'; expected a value"},
        /* numbers */
        {"01", "1:1+2: a number with leading zeros; expected none"},
        {"[-012]", "1:2+4: a number with leading zeros; expected none"},
        {"[+1]", "1:2+1: found '+'; expected a value"},
        {"[.5]", "1:2+1: found '.'; expected a value"},
        {"[1.]", "1:4+1: found ']'; expected a digit after the decimal point"},
        {"[-]", "1:3+1: found ']'; expected a digit after '-'"},
        {"[-a]", "1:3+1: found 'a'; expected a digit after '-'"},
        {"[1e]", "1:4+1: found ']'; expected a digit in the exponent"},
        {"[1e+]", "1:5+1: found ']'; expected a digit in the exponent"},
        {"[0x10]", "1:3+3: found 'x10'; expected ',' or ']'"},
        {"[1,5.5.5]", "1:7+1: found '.'; expected ',' or ']'"},
        {"[1e999,{\"a\":-1e400}]",
         "1:2+5: /0: the number '1e999' is too large\n1:13+6: /1/a: the number '-1e400' is too large"},
        {"1234567890123456789012345678901234567890123456789012345678901234",
         "1:1+64: a number of 64 characters; expected at most 63"},
        /* strings */
        {"\"abc", "1:1+1: the string is never closed"},
        {"[\"a\nb\"]", "1:4+1: the string is not closed on its line; expected '\"', or '\\n' for a line feed"},
        {"[\"a\tb\"]", "1:4+1: control character 0x09 in a string; expected '\\u0009'"},
        {"[\"\\x41\"]", "1:3+2: '\\x' is no escape; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u"},
        {"[\"\\\xC3\xA9\"]", "1:3+3: '\\\xC3\xA9' is no escape; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u"},
        {"[\"\\", "1:3+1: a backslash that starts no escape; expected '\\\\'"},
        {"[\"\\u12G4\"]", "1:3+2: '\\u' without four hexadecimal digits"},
        {"[\"\\u12", "1:3+2: '\\u' without four hexadecimal digits"},
        {"[\"\\u0000\"]", "1:3+6: '\\u0000' in a string; the character NUL is not supported"},
        {"[\"\\ud800\"]", "1:3+6: '\\ud800' is half of a surrogate pair; expected a high half, then a low half"},
        {"[\"\\udc00\"]", "1:3+6: '\\udc00' is half of a surrogate pair; expected a high half, then a low half"},
        {"[\"\\ud800\\u0041\"]", "1:3+6: '\\ud800' is half of a surrogate pair; expected a high half, then a low half"},
        {"[\"\\ud800\\n\"]", "1:3+6: '\\ud800' is half of a surrogate pair; expected a high half, then a low half"},
        {"[\"\xC0\x80\"]", "1:3+1: byte 0xc0 is not valid UTF-8"},
        {"[\"\xED\xA0\x80\"]", "1:3+1: byte 0xed is not valid UTF-8"},
        {"[\"caf\xC3\xA9\", x]", "1:10+1: found 'x'; expected a value"},
        /* keys given twice, in the order of the document; "\u0061" is "a" */
        {"{\"a\":1,\n\"b\":{\"c\":1,\"c\":2},\n\"\\u0061\":3,\"a\":4}",
         "2:12+3: /b/c: the key 'c' is given twice, first on line 2\n"
         "3:1+8: /a: the key 'a' is given twice, first on line 1\n"
         "3:12+3: /a: the key 'a' is given twice, first on line 1"},
        {"{\"\":1,\"\":2}", "1:7+2: /: the key '' is given twice, first on line 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_errors(cases[i].text, strlen(cases[i].text), cases[i].errors);
    expect_errors("[1]\0", 4, "1:4+1: control character 0x00; expected nothing after the document");
    expect_errors("[\0]", 3, "1:2+1: control character 0x00; expected a value");
    expect_errors("[\"a\0\"]", 6, "1:4+1: control character 0x00 in a string; expected '\\u0000'");
}

static void test_depth(void)
{
    char text[2 * SC_JSON_MAX_DEPTH + 2];
    memset(text, '[', SC_JSON_MAX_DEPTH + 1);
    memset(text + SC_JSON_MAX_DEPTH + 1, ']', SC_JSON_MAX_DEPTH + 1);
    sc_json_doc *doc = parse(text + 1, sizeof text - 2);
    EXPECT_TRUE(doc != NULL);
    sc_json_free(doc);
    expect_errors(text, sizeof text, "1:33+1: nested more than 32 levels deep");
}

static const char sample[] = "\xEF\xBB\xBF{\n"
                             " \"caf\xC3\xA9\": {\"a/b\": [10, {\"~x\": 2.50}, []], \"t\": \"y\\nz\"},\n"
                             " \"n\": -0.10e1\n"
                             "}\n";

static const cJSON *member(const cJSON *node, const char *key) { return cJSON_GetObjectItemCaseSensitive(node, key); }

static void expect_place(const sc_json_doc *doc, const cJSON *node, sc_json_part part, const char *raw,
                         const char *path)
{
    char got_path[64], got_raw[128] = "";
    const sc_place place = sc_json_place(doc, node, part, got_path, sizeof got_path);
    EXPECT_STR(got_path, path);
    if (EXPECT_TRUE(place.width < sizeof got_raw))
        memcpy(got_raw, place.text + place.offset, place.width);
    EXPECT_STR(got_raw, raw);
}

static void test_places(void)
{
    sc_json_doc *doc = parse(sample, sizeof sample - 1);
    if (!EXPECT_TRUE(doc != NULL))
        return;
    const cJSON *root = sc_json_root(doc), *cafe = member(root, "caf\xC3\xA9"), *list = member(cafe, "a/b");
    const cJSON *object = cJSON_GetArrayItem(list, 1);
    char whole[128] = "";
    memcpy(whole, sample + 3, sizeof sample - 5);
    expect_place(doc, root, SC_JSON_VALUE, whole, "");
    expect_place(doc, root, SC_JSON_KEY, whole, "");
    expect_place(doc, cafe, SC_JSON_KEY, "\"caf\xC3\xA9\"", "/caf\xC3\xA9");
    expect_place(doc, list, SC_JSON_VALUE, "[10, {\"~x\": 2.50}, []]", "/caf\xC3\xA9/a~1b");
    expect_place(doc, cJSON_GetArrayItem(list, 0), SC_JSON_KEY, "10", "/caf\xC3\xA9/a~1b/0");
    expect_place(doc, member(object, "~x"), SC_JSON_KEY, "\"~x\"", "/caf\xC3\xA9/a~1b/1/~0x");
    expect_place(doc, cJSON_GetArrayItem(list, 2), SC_JSON_VALUE, "[]", "/caf\xC3\xA9/a~1b/2");
    expect_place(doc, member(cafe, "t"), SC_JSON_VALUE, "\"y\\nz\"", "/caf\xC3\xA9/t");
    expect_place(doc, member(root, "n"), SC_JSON_VALUE, "-0.10e1", "/n");
    const cJSON stranger = {0};
    expect_place(doc, &stranger, SC_JSON_VALUE, "", "");
    expect_place(doc, NULL, SC_JSON_VALUE, "", "");

    /* A path that is too long loses its head, whole characters at a time. */
    char path[12];
    sc_json_place(doc, member(object, "~x"), SC_JSON_VALUE, path, sizeof path);
    EXPECT_STR(path, "/a~1b/1/~0x");
    sc_json_place(doc, list, SC_JSON_VALUE, path, 8);
    EXPECT_STR(path, "\xC3\xA9/a~1b");
    sc_json_place(doc, list, SC_JSON_VALUE, path, 7);
    EXPECT_STR(path, "/a~1b");
    sc_json_place(doc, list, SC_JSON_VALUE, path, 1);
    EXPECT_STR(path, "");

    size_t len;
    const char *digits = sc_json_number_text(doc, member(object, "~x"), &len);
    EXPECT_TRUE(len == 4 && memcmp(digits, "2.50", 4) == 0);

    sc_json_error(doc, member(object, "~x"), SC_JSON_VALUE, &errors, "'%.*s' is too small", (int)len, digits);
    char text[SC_ERROR_TEXT_MAX];
    sc_error_format(&errors.item[0], text, sizeof text);
    EXPECT_STR(text, "t.json:2:30: /caf\xC3\xA9/a~1b/1/~0x: '2.50' is too small\n"
                     "    2 |  \"caf\xC3\xA9\": {\"a/b\": [10, {\"~x\": 2.50}, []], \"t\": \"y\\nz\"},\n"
                     "      |                              ^^^^");
    sc_json_free(doc);
    sc_json_free(NULL);
}

/* Neither a wide object nor the list of its repeated keys may take quadratic time: 200,000 keys would need minutes. */
static void test_wide_object(void)
{
    enum { KEYS = 200000, SIZE = 16 };
    char *text = sc_calloc(KEYS + 1, SIZE);
    for (int repeated = 0; repeated <= 1; repeated++) {
        size_t n = 0;
        for (int i = 0; i < KEYS; i++)
            n += (size_t)snprintf(text + n, SIZE, "%c\"k%d\":%d", i > 0 ? ',' : '{', repeated ? 0 : i, i % 10);
        text[n++] = '}';
        sc_json_doc *doc = parse(text, n);
        if (EXPECT_TRUE((doc != NULL) == !repeated) && doc != NULL) {
            char path[16];
            const cJSON *last = sc_json_root(doc)->child->prev;
            sc_json_place(doc, last, SC_JSON_VALUE, path, sizeof path);
            EXPECT_STR(path, "/k199999");
        }
        EXPECT_I64(errors.errors, repeated ? KEYS - 1 : 0);
        sc_json_free(doc);
    }
    sc_free(text);
}

CU_ErrorCode test_json_doc_register(void)
{
    static CU_TestInfo tests[] = {
        {"accepts", test_accepts}, {"refuses", test_refuses},         {"depth", test_depth},
        {"places", test_places},   {"wide object", test_wide_object}, CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"json_doc", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
