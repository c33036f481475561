/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_file_writer.c - files written piece by piece, on a folder of its own that it removes; test_file.c has what
 * sc_file_write and this share. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/file.h"
#include "io/file_writer.h"

static char folder[] = "/tmp/spendcast-test-XXXXXX", path[320];

static int make_folder(void)
{
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/a.txt", folder);
    return 0;
}

static int remove_folder(void) { return rmdir(folder); }

static int count_entries(void)
{
    int n = -2; /* . and .. */
    DIR *dir = opendir(folder);
    while (dir != NULL && readdir(dir) != NULL)
        n++;
    if (dir != NULL)
        closedir(dir);
    return n;
}

/* Text that compresses, but not to nothing. */
static void add_pieces(sc_file_writer *w, size_t pieces, size_t size)
{
    char *piece = sc_calloc(size + 1, 1);
    for (size_t i = 0; piece != NULL && i < pieces; i++) {
        for (size_t k = 0; k < size; k++)
            piece[k] = (char)('a' + (k * k + i * 31 + k / 7) % 23);
        sc_file_writer_add(w, piece, size);
    }
    sc_free(piece);
}

static sc_code write_pieces(int gzip, size_t pieces, size_t size)
{
    sc_file_writer *w;
    sc_code code = sc_file_writer_open(path, gzip, &w, NULL);
    if (code != SC_OK)
        return code;
    add_pieces(w, pieces, size);
    code = sc_file_writer_finish(w, NULL);
    EXPECT_TRUE(access(path, F_OK) != 0);
    if (code == SC_OK)
        code = sc_file_writer_commit(w, NULL);
    sc_file_writer_close(w);
    return code;
}

static void test_pieces(void)
{
    static const struct {
        size_t pieces, size;
    } cases[] = {{0, 0}, {1, 0}, {1, 1}, {3, 65536}, {1, 65537}, {1000, 100}, {7, 40000}, {2, 300000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t expected = cases[i].pieces * cases[i].size;
        char *plain = NULL;
        size_t size = 0;
        EXPECT_I64(write_pieces(0, cases[i].pieces, cases[i].size), SC_OK);
        EXPECT_I64(sc_file_read(path, 1 << 24, &plain, &size, NULL), SC_OK);
        EXPECT_I64(size, expected);
        unlink(path);
        EXPECT_I64(write_pieces(1, cases[i].pieces, cases[i].size), SC_OK);
        char *back = sc_calloc(expected + 1, 1);
        gzFile file = gzopen(path, "rb");
        EXPECT_TRUE(file != NULL && gzdirect(file) == 0);
        EXPECT_I64(gzread(file, back, (unsigned)expected + 1), expected);
        EXPECT_TRUE(memcmp(back, plain, expected) == 0);
        gzclose(file);
        sc_free(back);
        sc_free(plain);
        unlink(path);
    }
    EXPECT_I64(count_entries(), 0);
}

/* The same text gives the same bytes: no time in the header. */
static void test_same_bytes(void)
{
    char *first = NULL, *second = NULL;
    size_t n = 0, m = 0;
    EXPECT_I64(write_pieces(1, 10, 5000), SC_OK);
    EXPECT_I64(sc_file_read(path, 1 << 20, &first, &n, NULL), SC_OK);
    EXPECT_TRUE(n > 10 && memcmp(first + 4, "\0\0\0\0", 4) == 0);
    unlink(path);
    EXPECT_I64(write_pieces(1, 10, 5000), SC_OK);
    EXPECT_I64(sc_file_read(path, 1 << 20, &second, &m, NULL), SC_OK);
    EXPECT_TRUE(n == m && memcmp(first, second, n) == 0);
    sc_free(first);
    sc_free(second);
    unlink(path);
}

static void test_abandoned(void)
{
    for (int gzip = 0; gzip <= 1; gzip++) {
        for (int finished = 0; finished <= 1; finished++) {
            sc_file_writer *w;
            if (!EXPECT_I64(sc_file_writer_open(path, gzip, &w, NULL), SC_OK))
                return;
            add_pieces(w, 5, 50000);
            EXPECT_I64(count_entries(), 1);
            if (finished)
                EXPECT_I64(sc_file_writer_finish(w, NULL), SC_OK);
            sc_file_writer_close(w);
            EXPECT_I64(count_entries(), 0);
        }
    }
    sc_file_writer_close(NULL);
}

static void test_fails(void)
{
    sc_errors errors = {0};
    sc_file_writer *w;
    char deep[340];
    snprintf(deep, sizeof deep, "%s/none/a.txt", folder);
    EXPECT_I64(sc_file_writer_open(deep, 0, &w, &errors), SC_E_IO);
    EXPECT_TRUE(w == NULL);
    EXPECT_STR(errors.item[0].text, "cannot write the file: no such file or folder");
    if (!EXPECT_I64(sc_file_writer_open("/dev/full", 0, &w, &errors), SC_OK))
        return;
    EXPECT_I64(sc_file_writer_failed(w), 0);
    add_pieces(w, 40, 100000);
    EXPECT_I64(sc_file_writer_failed(w), 1);
    EXPECT_I64(sc_file_writer_finish(w, &errors), SC_E_IO);
    EXPECT_STR(errors.item[1].text, "cannot write the file: no space left");
    sc_file_writer_close(w);
}

static void test_out_of_memory(void)
{
    for (int gzip = 0; gzip <= 1; gzip++) {
        int ok = 0;
        for (uint64_t n = 1; n < 30 && !ok; n++) {
            sc_file_writer *w;
            sc_alloc_fail_at(n);
            ok = sc_file_writer_open(path, gzip, &w, NULL) == SC_OK;
            sc_alloc_fail_at(0);
            EXPECT_TRUE(ok == (w != NULL));
            sc_file_writer_close(w);
            EXPECT_I64(count_entries(), 0);
        }
        EXPECT_TRUE(ok);
    }
}

CU_ErrorCode test_file_writer_register(void)
{
    static CU_TestInfo tests[] = {
        {"pieces", test_pieces}, {"same bytes", test_same_bytes},       {"abandoned", test_abandoned},
        {"fails", test_fails},   {"out of memory", test_out_of_memory}, CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"file_writer", make_folder, remove_folder, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
