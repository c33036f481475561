/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_alloc.c - allocation, arena and growing text, and loaders under an allocation that fails. */
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "expect.h"
#include "io/csv_table.h"
#include "io/json_doc.h"

static void test_overflow(void)
{
    EXPECT_TRUE(sc_calloc(SIZE_MAX / 2, 3) == NULL);
    EXPECT_TRUE(sc_realloc(NULL, SIZE_MAX / 2, 3) == NULL);
    EXPECT_TRUE(sc_strndup("x", SIZE_MAX) == NULL);
    void *empty = sc_calloc(0, 8), *grown = sc_realloc(NULL, 0, 8);
    EXPECT_TRUE(empty != NULL && grown != NULL);
    sc_free(empty);
    sc_free(grown);

    char *copy = sc_strndup("abcdef", 3);
    EXPECT_STR(copy, "abc");
    sc_free(copy);
    copy = sc_strdup("");
    EXPECT_STR(copy, "");
    sc_free(copy);
}

static void test_hook(void)
{
    sc_alloc_fail_at(0);
    uint64_t before = sc_alloc_count();
    sc_alloc_fail_at(2);
    void *a = sc_calloc(1, 1), *b = sc_calloc(1, 1), *c = sc_realloc(NULL, 1, 1);
    EXPECT_TRUE(a != NULL && b == NULL && c != NULL);
    EXPECT_I64(sc_alloc_fail_at(1), 3);
    EXPECT_TRUE(sc_realloc(a, 9, 1) == NULL); /* the old block stays */
    EXPECT_I64(sc_alloc_fail_at(0), 1);
    EXPECT_I64(sc_alloc_count() - before, 4);
    sc_free(a);
    sc_free(c);
}

static void test_arena(void)
{
    sc_arena a = {0};
    static const size_t sizes[] = {0, 1, 15, 16, 17, 4000, 5000, 100, 70000, 3, 2000000, 64, 900000, 200000};
    unsigned char *block[sizeof sizes / sizeof *sizes];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        block[i] = sc_arena_alloc(&a, sizes[i], 1);
        if (!EXPECT_TRUE(block[i] != NULL) || !EXPECT_I64((uintptr_t)block[i] % 16, 0))
            return;
        size_t dirty = 0;
        for (size_t k = 0; k < sizes[i]; k++)
            dirty += block[i][k] != 0;
        EXPECT_I64(dirty, 0);
        memset(block[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t overwritten = 0;
        for (size_t k = 0; k < sizes[i]; k++)
            overwritten += block[i][k] != i + 1;
        EXPECT_I64(overwritten, 0);
    }
    EXPECT_STR(sc_arena_strdup(&a, "text"), "text");
    EXPECT_STR(sc_arena_strndup(&a, "text", 2), "te");
    EXPECT_TRUE(sc_arena_alloc(&a, SIZE_MAX, 1) == NULL);
    EXPECT_TRUE(sc_arena_alloc(&a, SIZE_MAX / 2, 3) == NULL);
    EXPECT_TRUE(sc_arena_strndup(&a, "x", SIZE_MAX) == NULL);
    sc_arena_release(&a);
    EXPECT_TRUE(a.chunks == NULL);
    sc_arena_release(&a);

    sc_alloc_fail_at(1);
    EXPECT_TRUE(sc_arena_alloc(&a, 1, 1) == NULL);
    sc_alloc_fail_at(0);
    EXPECT_TRUE(a.chunks == NULL);
}

static void test_strbuf(void)
{
    sc_strbuf b = {0};
    sc_strbuf_add(&b, NULL, 0);
    EXPECT_STR(b.text, "");
    sc_strbuf_puts(&b, "ab");
    sc_strbuf_putc(&b, 'c');
    sc_strbuf_repeat(&b, '-', 3);
    sc_strbuf_printf(&b, "%d%s", 42, "x");
    EXPECT_STR(b.text, "abc---42x");
    EXPECT_I64(b.len, 9);
    for (int i = 0; i < 1000; i++)
        sc_strbuf_printf(&b, "%04d", i);
    EXPECT_I64(b.len, 4009);
    EXPECT_I64(strlen(b.text), 4009);
    EXPECT_STR(b.text + 4005, "0999");

    sc_alloc_fail_at(1);
    sc_strbuf_repeat(&b, 'z', 100000);
    sc_alloc_fail_at(0);
    EXPECT_I64(b.failed, 1);
    sc_strbuf_puts(&b, "more"); /* a failed one stays as it is */
    EXPECT_I64(b.len, 4009);
    sc_strbuf_release(&b);
    EXPECT_TRUE(b.text == NULL && b.len == 0 && b.failed == 0);
    sc_strbuf_repeat(&b, 'z', SIZE_MAX);
    EXPECT_I64(b.failed, 1);
    sc_strbuf_release(&b);
}

static sc_code load_csv(sc_errors *errors)
{
    static const sc_csv_column columns[] = {{"a", 1}, {"b", 1}, {"c", 0}};
    static char text[20000];
    size_t len = 0;
    memcpy(text, "a,b\n", 4);
    for (len = 4; len + 200 < sizeof text; len += 200) {
        memset(text + len, 'x', 200);
        memcpy(text + len, "1,\"", 3);
        memcpy(text + len + 198, "\"\n", 2);
    }
    sc_csv_table *t;
    sc_code code = sc_csv_parse("t", text, len, columns, 3, &t, errors);
    EXPECT_TRUE((code == SC_OK) == (t != NULL));
    sc_csv_free(t);
    return code;
}

static sc_code load_bad_csv(sc_errors *errors)
{
    static const sc_csv_column columns[] = {{"alpha", 1}, {"beta", 1}};
    static const char text[] = "alpah,beta,alpha\n1,2\n\"x";
    sc_csv_table *t;
    sc_code code = sc_csv_parse("t", text, sizeof text - 1, columns, 2, &t, errors);
    EXPECT_TRUE(t == NULL);
    return code;
}

static sc_code load_empty_csv(sc_errors *errors)
{
    static const sc_csv_column columns[] = {{"alpha", 1}, {"beta", 1}};
    sc_csv_table *t;
    return sc_csv_parse("t", "", 0, columns, 2, &t, errors);
}

static sc_code load_json(sc_errors *errors)
{
    static char text[3000];
    size_t len = 0;
    text[len++] = '[';
    while (len + 20 < sizeof text) {
        memcpy(text + len, "{\"a\":1,\"b\":2},", 14);
        len += 14;
    }
    text[len - 1] = ']';
    sc_json_doc *doc;
    sc_code code = sc_json_parse("t", text, len, &doc, errors);
    EXPECT_TRUE((code == SC_OK) == (doc != NULL));
    sc_json_free(doc);
    return code;
}

/* Fails the n-th allocation for n = 1, 2, ... until none is left to fail.  Leaks are the sanitizer's to find.
 * `without` is the result when nothing fails.  libcsv asks again for less when memory is short: `retries` allows
 * success. */
static void check_failures(sc_code (*load)(sc_errors *), sc_code without, int retries)
{
    int failures = 0;
    for (uint64_t n = 1; n < 1000; n++) {
        static sc_errors errors;
        memset(&errors, 0, sizeof errors);
        sc_alloc_fail_at(n);
        sc_code code = load(&errors);
        if (sc_alloc_fail_at(0) < n) {
            EXPECT_I64(code, without);
            break;
        }
        if (code == SC_E_MEMORY) {
            failures++;
            EXPECT_STR(errors.item[errors.count - 1].text, "out of memory");
        } else if (!EXPECT_TRUE(retries && code == without)) {
            break;
        }
    }
    EXPECT_TRUE(failures >= 2);
}

static void test_failing_allocations(void)
{
    check_failures(load_csv, SC_OK, 1);
    check_failures(load_bad_csv, SC_E_INPUT, 1);
    check_failures(load_empty_csv, SC_E_INPUT, 0);
    check_failures(load_json, SC_OK, 0);
}

static void *no_malloc(size_t size)
{
    (void)size;
    return NULL;
}

/* cJSON does not allocate through us. */
static void test_cjson_without_memory(void)
{
    static sc_errors errors;
    cJSON_Hooks hooks = {no_malloc, sc_free};
    cJSON_InitHooks(&hooks);
    sc_code code = load_json(&errors);
    cJSON_InitHooks(NULL);
    EXPECT_I64(code, SC_E_MEMORY);
    EXPECT_STR(errors.item[0].text, "out of memory");
}

CU_ErrorCode test_alloc_register(void)
{
    static CU_TestInfo tests[] = {
        {"overflow and nothing", test_overflow},
        {"the test hook", test_hook},
        {"arena", test_arena},
        {"growing text", test_strbuf},
        {"allocations that fail", test_failing_allocations},
        {"cJSON without memory", test_cjson_without_memory},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"alloc", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
