/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_csv_cursor.c - rows, cells and problems of the CSV cursor. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/csv_cursor.h"

/* Each row as "<cell><cell>" with its problem, and a bar after it. */
static void describe(const char *text, size_t max, char *out, size_t size)
{
    sc_text cells[8];
    sc_csv_cursor c;
    size_t n = 0;
    out[0] = '\0';
    sc_csv_begin(&c, text, strlen(text), cells, max);
    while (sc_csv_row(&c)) {
        for (size_t i = 0; i < c.n; i++) {
            char buf[64];
            sc_text cell = sc_csv_has_quotes(&c, i) ? sc_csv_unquote(cells[i], buf, sizeof buf) : cells[i];
            n += (size_t)snprintf(out + n, size - n, "<%.*s>", (int)cell.len, cell.at);
        }
        if (c.problem != NULL)
            n += (size_t)snprintf(out + n, size - n, " %zu of '%.*s': %s", c.problem_at, (int)c.row_len, c.row,
                                  c.problem);
        n += (size_t)snprintf(out + n, size - n, "|");
    }
}

static void test_rows(void)
{
#define STRAY "a quote inside a cell; expected the whole cell in quotes and each quote inside it doubled"
#define AFTER "text after a closing quote; expected ',' or the end of the line"
#define LONE "a carriage return without a line feed; expected lines to end in LF or CRLF"
#define OPEN "the quote is never closed"
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"", ""},
        {"\n\r\n\n", ""},
        {"a,b\n1,2\n", "<a><b>|<1><2>|"},
        {"a,b\r\n1,2", "<a><b>|<1><2>|"},
        {"a\n\n\r\nb\n", "<a>|<b>|"},
        {",\n,,\n", "<><>|<><><>|"},
        {" a , \"b\" \n", "< a > 5 of ' a , \"b\" ': " STRAY "|"},
        {"#x\n \n", "<#x>|< >|"},
        {"\"\",\"a,b\",\"c\r\nd\"\r\n", "<><a,b><c\r\nd>|"},
        {"\"say \"\"hi\"\"\",\"\"\"\"\n", "<say \"hi\"><\">|"},
        {"a\"b,c\nd\n", " 1 of 'a\"b,c': " STRAY "|<d>|"},
        {"x,\"a\"b\r\nd\n", "<x><a> 5 of 'x,\"a\"b': " AFTER "|<d>|"},
        {"a\rb\n\"c\rd\"\n", "<a> 1 of 'a\rb': " LONE "|<c\rd>|"},
        {"a\r", "<a> 1 of 'a': " LONE "|"},
        {"x,\"open\n2,3\n", "<x> 2 of 'x,\"open': " OPEN "|<2><3>|"},
        /* what comes after its first line does not change what is said of a row */
        {"x,\"open\n2,\"3\"\n", "<x> 2 of 'x,\"open': " OPEN "|<2><3>|"},
        {"\"a\nb\",c\"d\n\"e\"\n", " 0 of '\"a': " OPEN "| 1 of 'b\",c\"d': " STRAY "|<e>|"},
        {"1,2,3,4,5,6,7,8,9\n1\n",
         "<1><2><3><4><5><6><7><8> 16 of '1,2,3,4,5,6,7,8,9': a row with more cells than can be read|<1>|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[1024];
        describe(cases[i].text, 8, got, sizeof got);
        EXPECT_STR(got, cases[i].rows);
    }
}

/* The row is whole even if it has more cells than are wanted. */
static void test_too_many_cells(void)
{
    char got[256];
    describe("a,\"b\nc\"\nd\n", 1, got, sizeof got);
    EXPECT_STR(got, "<a> 3 of 'a,\"b\nc\"': a row with more cells than can be read|<d>|");
}

/* Cells of each length, so that their ends fall on each place of the 64-byte blocks. */
static void test_blocks(void)
{
    for (size_t len = 0; len < 200; len++) {
        const size_t size = len + 7;
        char *text = sc_calloc(size, 1); /* exactly, so that a sanitizer sees a read past the end */
        sc_text cells[4];
        sc_csv_cursor c;
        memset(text, 'x', size);
        memcpy(text + len, ",\"y\"\nz", 6);
        sc_csv_begin(&c, text, size, cells, 4);
        EXPECT_TRUE(sc_csv_row(&c) && c.problem == NULL && c.n == 2 && cells[0].len == len && cells[1].len == 1);
        EXPECT_TRUE(sc_csv_row(&c) && c.problem == NULL && c.n == 1 && cells[0].len == 2 && c.is_cut);
        EXPECT_I64(sc_csv_row(&c), 0);
        sc_free(text);
    }
}

static void test_cut(void)
{
    static const struct {
        const char *text;
        int is_cut; /* of the last row */
    } cases[] = {{"a\n", 0},       {"a", 1},        {"a\r", 1},    {"a\r\n", 0},  {"\"a\"", 1},     {"\"a\n", 1},
                 {"\"a\"\"\n", 1}, {"\"a\"b\n", 0}, {"\"a\"b", 1}, {"a\rb\n", 0}, {"\"a\nb\"\r", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_csv_cursor c;
        sc_csv_begin(&c, cases[i].text, strlen(cases[i].text), NULL, 0);
        EXPECT_I64(sc_csv_row(&c), 1);
        EXPECT_I64(c.is_cut, cases[i].is_cut);
    }
}

static void test_unquote(void)
{
    char buf[4];
    EXPECT_I64(sc_csv_unquote(sc_text_of("a\"\"b\"\"c"), buf, sizeof buf).len, 4);
    EXPECT_TRUE(memcmp(buf, "a\"b\"", 4) == 0);
    sc_csv_cursor c;
    sc_csv_begin(&c, NULL, 0, NULL, 0);
    EXPECT_I64(sc_csv_row(&c), 0);
}

CU_ErrorCode test_csv_cursor_register(void)
{
    static CU_TestInfo tests[] = {
        {"rows", test_rows},       {"too many cells", test_too_many_cells},
        {"blocks", test_blocks},   {"cut", test_cut},
        {"unquote", test_unquote}, CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"csv_cursor", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
