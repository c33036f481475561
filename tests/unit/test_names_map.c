/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_names_map.c - numbers of texts, shared by threads, and maps of entries, under growth and failing allocations. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash64.h"
#include "expect.h"
#include "ledger/map.h"
#include "ledger/names.h"

static void numbers_texts(void)
{
    sc_names n;
    EXPECT_I64(sc_names_init(&n), SC_OK);
    EXPECT_I64(sc_names_add(&n, "", 0, NULL), SC_NAME_NONE);
    EXPECT_I64(sc_names_add(&n, NULL, 0, NULL), SC_NAME_NONE);
    const uint32_t a = sc_names_add(&n, "abc", 3, NULL);
    EXPECT_I64(sc_names_add(&n, "abcd", 3, NULL), a); /* the length counts */
    EXPECT_TRUE(sc_names_add(&n, "abcd", 4, NULL) != a);
    EXPECT_TRUE(sc_names_add(&n, "a\0c", 3, NULL) != a);
    EXPECT_I64(sc_names_find(&n, "abc", 3), a);
    EXPECT_I64(sc_names_find(&n, "ab", 2), SC_NAME_FAILED);
    for (int i = 0; i < 5000; i++) {
        char text[16];
        const size_t len = (size_t)snprintf(text, sizeof text, "n%d", i);
        const char *known;
        const uint32_t number = sc_names_add(&n, text, len, &known);
        if (!EXPECT_I64(number, 4 + i) || !EXPECT_STR(known, text))
            break;
    }
    EXPECT_STR(sc_names_at(&n, a).at, "abc");
    EXPECT_I64(n.count, 5004);
    sc_names_release(&n);
    sc_names_release(&n);
}

/* Every thread sees the same number for a text, whoever came first. */
static void shares_between_threads(void)
{
    enum { THREADS = 4, TEXTS = 3000 };
    static uint32_t number[THREADS][TEXTS];
    sc_names n;
    int failed = 0;
    EXPECT_I64(sc_names_init(&n), SC_OK);
#pragma omp parallel for num_threads(THREADS) schedule(static, 1) reduction(+ : failed)
    for (int t = 0; t < THREADS; t++) {
        sc_name_cache c;
        failed += sc_name_cache_init(&c, &n) != SC_OK;
        for (int k = 0; k < 2 * TEXTS; k++) {
            char text[16];
            const int i = (k * 7 + t * 1000) % TEXTS;
            const size_t len = (size_t)snprintf(text, sizeof text, "%d", i);
            number[t][i] = sc_name_cache_add(&c, text, len);
            failed += !sc_name_cache_has(&c, text, len) || c.last.len != len || memcmp(c.last.at, text, len) != 0;
        }
        failed += sc_name_cache_has(&c, "x", 1);
        sc_name_cache_release(&c);
    }
    EXPECT_I64(failed, 0);
    EXPECT_I64(n.count, TEXTS + 1);
    for (int t = 1; t < THREADS; t++)
        EXPECT_I64(memcmp(number[0], number[t], sizeof number[0]), 0);
    sc_names_release(&n);
}

typedef struct entry {
    uint32_t a;
    int32_t b;
    int64_t value;
} entry;

static void maps_entries(void)
{
    enum { N = 20000 };
    static entry *known[N];
    sc_map m;
    sc_map_init(&m, sizeof(entry), offsetof(entry, value));
    EXPECT_TRUE(sc_map_find(&m, &(entry){0}) == NULL);
    for (int i = 0; i < N; i++) {
        known[i] = sc_map_add(&m, &(entry){(uint32_t)i % 100, i / 100, 77});
        if (!EXPECT_TRUE(known[i] != NULL) || !EXPECT_I64(known[i]->value, 0))
            return;
        known[i]->value = i;
    }
    EXPECT_I64(m.count, N);
    int moved = 0;
    for (int i = 0; i < N; i++) {
        const entry key = {(uint32_t)i % 100, i / 100, 0};
        moved += sc_map_add(&m, &key) != known[i] || sc_map_find(&m, &key) != known[i] ||
                 sc_map_at(&m, (size_t)i) != known[i] || known[i]->value != i;
    }
    EXPECT_I64(moved, 0);
    EXPECT_TRUE(sc_map_find(&m, &(entry){100, 0, 0}) == NULL);
    sc_map_release(&m);
    EXPECT_I64(m.count, 0);
}

/* Hashes of the caller's own, however bad; a map that was sealed can still be gone through. */
static void maps_by_other_hashes(void)
{
    enum { N = 600 };
    for (uint32_t kinds = 1; kinds <= 100; kinds *= 10) {
        sc_map m;
        int wrong = 0;
        sc_map_init(&m, sizeof(entry), offsetof(entry, value));
        for (uint32_t i = 0; i < N; i++) {
            const entry key = {i, -1, 0};
            sc_map_prefetch(&m, i % kinds);
            wrong += sc_map_get(&m, &key, offsetof(entry, value), i % kinds) != NULL;
            entry *e = sc_map_put(&m, &key, i % kinds);
            if (!EXPECT_TRUE(e != NULL))
                return;
            e->value = i;
        }
        for (uint32_t i = 0; i < N; i++) {
            const entry key = {i, -1, 0};
            const entry *e = sc_map_get(&m, &key, offsetof(entry, value), i % kinds);
            wrong += e == NULL || e->value != i;
        }
        sc_map_seal(&m);
        for (uint32_t i = 0; i < N; i++)
            wrong += ((const entry *)sc_map_at(&m, i))->a != i;
        EXPECT_I64(wrong, 0);
        EXPECT_TRUE(sc_map_find(&m, &(entry){0, -1, 0}) == NULL);
        sc_map_release(&m);
    }
}

/* What is compared without memcmp. */
static void compares_bytes(void)
{
    char a[40], b[40];
    for (size_t n = 0; n < sizeof a; n++) {
        memset(a, 'x', sizeof a);
        memset(b, 'x', sizeof b);
        EXPECT_TRUE(sc_same_bytes(a, b, n));
        for (size_t k = 0; k < n; k++) {
            b[k] = 'y';
            if (!EXPECT_TRUE(!sc_same_bytes(a, b, n)))
                return;
            b[k] = 'x';
        }
    }
}

static void without_memory(void)
{
    for (uint64_t at = 1; at <= 4; at++) {
        sc_map m;
        sc_map_init(&m, sizeof(entry), offsetof(entry, value));
        uint32_t added = 0;
        sc_alloc_fail_at(at);
        for (uint32_t i = 0; i < 40; i++)
            added += sc_map_add(&m, &(entry){i, 0, 0}) != NULL;
        sc_alloc_fail_at(0);
        EXPECT_I64(added, m.count);
        EXPECT_I64(added, 39); /* the next one asks for memory again */
        sc_map_release(&m);
    }
    for (uint64_t at = 1; at <= 6; at++) {
        sc_names n;
        sc_alloc_fail_at(at);
        const sc_code code = sc_names_init(&n);
        uint32_t failed = 0;
        for (int i = 0; code == SC_OK && i < 600; i++)
            failed += sc_names_add(&n, &i, sizeof i, NULL) == SC_NAME_FAILED;
        sc_alloc_fail_at(0);
        EXPECT_TRUE((code == SC_E_MEMORY && at <= 3) || failed == 1);
        EXPECT_I64(n.count, code == SC_OK ? 601 - failed : 0);
        sc_names_release(&n);
    }
}

/* Known values: ledger files hold them. */
static void hashes(void)
{
    static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    EXPECT_I64(sc_hash64(NULL, 0, 0), sc_hash64(text, 0, 0));
    for (size_t n = 1; n < sizeof text; n++) {
        for (size_t k = 0; k < n; k++) {
            char other[sizeof text];
            memcpy(other, text, sizeof text);
            other[k] ^= 1;
            if (!EXPECT_TRUE(sc_hash64(text, n, 1) != sc_hash64(other, n, 1)))
                return;
        }
        EXPECT_TRUE(sc_hash64(text, n, 1) != sc_hash64(text, n - 1, 1));
    }
    EXPECT_I64(sc_hash64("session-1", 9, 1), INT64_C(8552744008335099839));
    EXPECT_I64(sc_hash64(text, 36, 1), INT64_C(-5985893502344891108));
}

CU_ErrorCode test_names_map_register(void)
{
    CU_pSuite suite = CU_add_suite("names_map", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "numbers texts", numbers_texts) == NULL ||
        CU_add_test(suite, "shares between threads", shares_between_threads) == NULL ||
        CU_add_test(suite, "maps entries", maps_entries) == NULL ||
        CU_add_test(suite, "maps by other hashes", maps_by_other_hashes) == NULL ||
        CU_add_test(suite, "compares bytes", compares_bytes) == NULL ||
        CU_add_test(suite, "without memory", without_memory) == NULL || CU_add_test(suite, "hashes", hashes) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
