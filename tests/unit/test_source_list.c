/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_source_list.c - files and folders, on a tree of its own that it removes. */
#define _GNU_SOURCE /* nftw; NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/file.h"
#include "io/source_list.h"

static char folder[] = "/tmp/spendcast-list-XXXXXX";
static sc_errors errors;

static const char *in_folder(const char *name)
{
    static char path[4][320];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

/* a.jsonl, b/2.jsonl, b/1.jsonl, b/c/3.jsonl; hidden things; links to a file, to a folder and in a circle. */
static int make_tree(void)
{
    static const char *const folders[] = {"b", "b/c", ".hidden", "empty"};
    static const char *const files[] = {"a.jsonl", "b/2.jsonl", "b/1.jsonl", "b/c/3.jsonl", ".hidden/x", "b/.y"};
    int bad = mkdtemp(folder) == NULL;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        bad |= mkdir(in_folder(folders[i]), 0700) != 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        bad |= sc_file_write(in_folder(files[i]), "x", 1, NULL) != SC_OK;
    bad |= symlink("..", in_folder("b/c/up")) != 0;
    bad |= symlink("b", in_folder("z")) != 0;
    bad |= mkfifo(in_folder("pipe"), 0600) != 0;
    return bad;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status, (void)type, (void)where;
    return remove(path);
}

static int remove_tree(void) { return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS); }

/* The list without the folder's name, each followed by a bar. */
static sc_code list(const char *const *args, size_t n, char *out, size_t size)
{
    sc_source_list l;
    size_t at = 0, prefix = strlen(folder) + 1;
    memset(&errors, 0, sizeof errors);
    out[0] = '\0';
    sc_code code = sc_source_list_make(args, n, &l, &errors);
    for (size_t i = 0; i < l.count; i++)
        at += (size_t)snprintf(out + at, size - at, "%s|", l.path[i][0] == '/' ? l.path[i] + prefix : l.path[i]);
    sc_source_list_release(&l);
    return code;
}

static void test_folder(void)
{
    char got[512];
    const char *args[] = {folder};
    EXPECT_I64(list(args, 1, got, sizeof got), SC_OK);
    EXPECT_STR(got, "a.jsonl|b/1.jsonl|b/2.jsonl|b/c/3.jsonl|");
    EXPECT_I64(errors.count, 0);
}

/* What is named outright is taken as it is, and once; a link may lead out of a folder. */
static void test_named(void)
{
    char got[512];
    const char *args[] = {"-", in_folder("b/.y"), in_folder("b/c"), in_folder("a.jsonl"), in_folder("a.jsonl"), "-"};
    EXPECT_I64(list(args, 6, got, sizeof got), SC_OK);
    EXPECT_STR(got, "-|a.jsonl|b/.y|b/c/3.jsonl|b/c/up/1.jsonl|b/c/up/2.jsonl|");
    EXPECT_I64(errors.count, 2);
    EXPECT_I64(errors.errors, 0);
    EXPECT_STR(errors.item[0].text, "the same file as '-'; it is read once");
    EXPECT_STR(errors.item[1].file, in_folder("a.jsonl"));
    EXPECT_I64(list(args, 0, got, sizeof got), SC_OK);
    EXPECT_STR(got, "");
}

static void test_failures(void)
{
    char got[512];
    const char *args[] = {in_folder("none"), in_folder("a.jsonl"), in_folder("empty")};
    EXPECT_I64(list(args, 3, got, sizeof got), SC_E_IO);
    EXPECT_STR(got, "");
    EXPECT_I64(errors.count, 2);
    EXPECT_STR(errors.item[0].text, "cannot read the file: no such file or folder");
    EXPECT_STR(errors.item[0].file, in_folder("none"));
    EXPECT_STR(errors.item[1].text, "a folder without files; expected usage data");
    EXPECT_I64(errors.item[1].code, SC_E_INPUT);

    const char *link = in_folder("empty/link");
    EXPECT_I64(symlink("nowhere", link), 0);
    EXPECT_I64(list(args + 2, 1, got, sizeof got), SC_E_IO);
    EXPECT_STR(errors.item[0].file, in_folder("empty/link"));
    unlink(in_folder("empty/link"));
}

static void test_out_of_memory(void)
{
    const char *args[] = {folder};
    int done = 0;
    for (uint64_t n = 1; !done && n < 100; n++) {
        char got[512];
        sc_alloc_fail_at(n);
        sc_code code = list(args, 1, got, sizeof got);
        sc_alloc_fail_at(0);
        done = code == SC_OK;
        EXPECT_TRUE(done || (code == SC_E_MEMORY && got[0] == '\0'));
    }
    EXPECT_TRUE(done);
}

CU_ErrorCode test_source_list_register(void)
{
    static CU_TestInfo tests[] = {
        {"folder", test_folder},     {"named", test_named},
        {"failures", test_failures}, {"out of memory", test_out_of_memory},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"source_list", make_tree, remove_tree, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
