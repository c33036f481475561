/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_hash.c - SHA-256 against the examples of FIPS 180-4. */
#include <string.h>

#include "base/hash.h"
#include "expect.h"

static void test_vectors(void)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char hex[SC_SHA256_HEX_SIZE];
        sc_sha256_hex(cases[i].text, strlen(cases[i].text), hex);
        EXPECT_STR(hex, cases[i].hex);
    }
}

static void test_in_parts(void)
{
    /* A million times the letter a, in parts of all lengths. */
    char part[1000], hex[SC_SHA256_HEX_SIZE];
    memset(part, 'a', sizeof part);
    sc_sha256 h;
    sc_sha256_init(&h);
    for (size_t done = 0, n = 0; done < 1000000; done += n) {
        n = n % sizeof part + 1;
        if (n > 1000000 - done)
            n = 1000000 - done;
        sc_sha256_add(&h, part, n);
        sc_sha256_add(&h, NULL, 0);
    }
    sc_sha256_end(&h, hex);
    EXPECT_STR(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

CU_ErrorCode test_hash_register(void)
{
    static CU_TestInfo tests[] = {
        {"FIPS 180-4", test_vectors},
        {"in parts", test_in_parts},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"hash", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
