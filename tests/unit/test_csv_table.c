/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_csv_table.c - cells, places and errors of strict CSV. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/csv_table.h"

static const sc_csv_column columns[] = {{"id", 1}, {"name", 1}, {"note", 0}};
static sc_errors errors;

static sc_csv_table *parse(const char *text, size_t size)
{
    sc_csv_table *t = NULL;
    memset(&errors, 0, sizeof errors);
    sc_code code = sc_csv_parse("t.csv", text, size, columns, 3, &t, &errors);
    EXPECT_I64(code, t != NULL ? SC_OK : SC_E_INPUT);
    EXPECT_TRUE((t == NULL) == (errors.errors > 0));
    return t;
}

/* All cells, as "line: id|name|note" with a line feed after each row. */
static void test_cells(void)
{
    static const struct {
        const char *text, *cells;
    } cases[] = {
        {"id,name\n", ""},
        {"id,name", ""},
        {"id,name\n1,ab\n2,cd\n", "2: 1|ab|\n3: 2|cd|\n"},
        {"id,name\n1,ab", "2: 1|ab|\n"},                                         /* no line feed at the end */
        {"id,name\r\n1,ab\r\n2,cd\r\n", "2: 1|ab|\n3: 2|cd|\n"},                 /* CRLF */
        {"\xEF\xBB\xBFid,name\n1,ab\n", "2: 1|ab|\n"},                           /* byte order mark */
        {"note,name,id\nx,ab,1\n", "2: 1|ab|x\n"},                               /* any order of columns */
        {"# c\n\n \t\r\nid,name\n#x\n1,ab\n\n2,cd\n\n", "6: 1|ab|\n8: 2|cd|\n"}, /* comments and blank lines */
        {"id,name\n,\n", "2: ||\n"},
        {"id,name\n1,\n", "2: 1||\n"},
        {"id,name\n\"\",\"\"\n", "2: ||\n"},
        {"id,name\n 1 ,\tab c \n", "2: 1|ab c|\n"}, /* blanks around a cell */
        {"id,name\n \"1\" , \" b \" \n", "2: 1| b |\n"},
        {"id,name\n\"a,b\",\"say \"\"x\"\"\"\n", "2: a,b|say \"x\"|\n"},
        {"id,name\n\"a\n#b\n\nc\",x\n2,y\n",
         "2: a\n#b\n\nc|x|\n6: 2|y|\n"}, /* line feeds in a cell; '#' there is text */
        {"id,name\n\"a\r\nb\",x\r\n2,y", "2: a\r\nb|x|\n4: 2|y|\n"},
        {"id,name\n1,\"x\"", "2: 1|x|\n"},
        {"id,name\n1,#x\n", "2: 1|#x|\n"},
        {"\"id\",\"name\"\n1,caf\xC3\xA9\n", "2: 1|caf\xC3\xA9|\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[256] = "";
        sc_csv_table *t = parse(cases[i].text, strlen(cases[i].text));
        if (!EXPECT_TRUE(t != NULL)) {
            EXPECT_STR(errors.item[0].text, cases[i].text);
            continue;
        }
        for (size_t row = 0, n = 0; row < sc_csv_rows(t); row++)
            n += (size_t)snprintf(got + n, sizeof got - n, "%d: %s|%s|%s\n", sc_csv_line(t, row),
                                  sc_csv_cell(t, row, 0), sc_csv_cell(t, row, 1), sc_csv_cell(t, row, 2));
        EXPECT_STR(got, cases[i].cells);
        sc_csv_free(t);
    }
}

static void expect_errors(const char *text, size_t size, const char *expected)
{
    char got[2048] = "";
    sc_csv_table *t = parse(text, size);
    EXPECT_TRUE(t == NULL);
    sc_csv_free(t);
    size_t n = 0;
    for (int i = 0; i < errors.count; i++) {
        const sc_error *e = &errors.item[i];
        n += (size_t)snprintf(got + n, sizeof got - n, "%d:%d+%d: %s\n", e->line, e->column, e->width, e->text);
    }
    EXPECT_STR(got, expected);
}

/* As "line:column+width: text". */
static void test_errors(void)
{
    static const struct {
        const char *text, *errors;
    } cases[] = {
        {"", "1:1+1: the file has no header line; expected 'id,name,note'\n"},
        {"\n# x\n", "3:1+1: the file has no header line; expected 'id,name,note'\n"},
        {"id,nmae\n", "1:4+4: unknown column 'nmae'; did you mean 'name'?\n1:8+1: the header has no column 'name'\n"},
        {"id,name,\n", "1:9+1: unknown column '', expected id, name or note\n"},
        {"id,name,zzzzzz\n", "1:9+6: unknown column 'zzzzzz', expected id, name or note\n"},
        {"id,name,\"id\"\n", "1:9+4: column 'id' is given twice\n"},
        {"note\n", "1:5+1: the header has no column 'id'\n1:5+1: the header has no column 'name'\n"},
        {"ID,name\n", "1:1+2: unknown column 'ID'; did you mean 'id'?\n1:8+1: the header has no column 'id'\n"},
        {"# c\nid,name\n1\n\n1,2,3,4\n1,2\n", "3:2+1: the row has 1 cell, expected 2 as in the header on line 2\n"
                                              "5:5+1: the row has 4 cells, expected 2 as in the header on line 2\n"},
        {"id,name\n\"a\nb\"\n", "3:3+1: the row has 1 cell, expected 2 as in the header on line 1\n"},
        {"id,name\n1,a\"b\n2,c\n3,\"x\"y\n",
         "2:4+1: a quote inside a cell; expected the whole cell in quotes and each quote inside it doubled\n"
         "4:6+1: 'y' after a closing quote; expected ',' or the end of the line\n"},
        {"id,name\n1,\"x\"\xC3\xA9\n",
         "2:6+1: '\xC3\xA9' after a closing quote; expected ',' or the end of the line\n"},
        /* an open quote does not hide the error two lines on */
        {"id,name\n1,\"ab\n2,cd\n3\n",
         "2:3+1: the quote is never closed\n4:2+1: the row has 1 cell, expected 2 as in the header on line 1\n"},
        {"id,name\n1,\"", "2:3+1: the quote is never closed\n"},
        {"id,name\n1, \"ab", "2:4+1: the quote is never closed\n"},
        {"id,name\n1,\"a\"\"", "2:3+1: the quote is never closed\n"},
        {"\"", "1:1+1: the quote is never closed\n"},
        {"id,name\n1,a\x80"
         "b\n2,\xC3\n",
         "2:4+1: byte 0x80 is not valid UTF-8\n3:3+1: byte 0xc3 is not valid UTF-8\n"},
        {"id,name\n1,a\x1B[m\n", "2:4+1: control character 0x1b; expected text\n"},
        {"id,name\n1,a\x7F\n", "2:4+1: control character 0x7f; expected text\n"},
        {"id,name\r1,ab\r", "1:8+1: a carriage return without a line feed; expected lines to end in LF or CRLF\n"},
        {"id,name\n1,\"a\rb\"\n",
         "2:5+1: a carriage return without a line feed; expected lines to end in LF or CRLF\n"},
        {"id,name\n1,a\r", "2:4+1: a carriage return without a line feed; expected lines to end in LF or CRLF\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_errors(cases[i].text, strlen(cases[i].text), cases[i].errors);
    expect_errors("id,name\n1,a\0b\n", 14, "2:4+1: control character 0x00; expected text\n");
}

static void test_places(void)
{
    static const char text[] = "\xEF\xBB\xBFname,id\r\n \"a,\"\"b\" , 12 \r\n\"x\ny\",\"3\"\r\n,\r\nz,4";
    static const struct {
        size_t row, column;
        const char *raw;
    } cases[] = {
        {0, 1, "\"a,\"\"b\""}, {0, 0, "12"}, {1, 1, "\"x\ny\""}, {1, 0, "\"3\""}, {2, 1, ""}, {2, 0, ""},
        {3, 1, "z"},           {3, 0, "4"},
    };
    sc_csv_table *t = parse(text, sizeof text - 1);
    if (!EXPECT_TRUE(t != NULL))
        return;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const sc_place place = sc_csv_place(t, cases[i].row, cases[i].column);
        char raw[32] = "";
        memcpy(raw, place.text + place.offset, place.width);
        EXPECT_STR(raw, cases[i].raw);
    }
    sc_place absent = sc_csv_place(t, 1, 2);
    EXPECT_I64(absent.offset, strstr(text, "\"x\n") - text);
    EXPECT_I64(absent.width, 0);

    EXPECT_I64(sc_csv_error(t, 0, 0, &errors, "%d is too large", 12), SC_E_INPUT);
    char buf[SC_ERROR_TEXT_MAX];
    sc_error_format(&errors.item[0], buf, sizeof buf);
    EXPECT_STR(buf, "t.csv:2:12: id: 12 is too large\n    2 |  \"a,\"\"b\" , 12 \n      |            ^^");
    sc_csv_free(t);
}

static void test_many_rows(void)
{
    enum { ROWS = 5000, SIZE = 20 };
    char *text = sc_calloc(ROWS + 1, SIZE);
    size_t n = (size_t)snprintf(text, SIZE, "id,name\n");
    for (int i = 0; i < ROWS; i++)
        n += (size_t)snprintf(text + n, SIZE, "%d,x%d\n", i, i * 3);
    sc_csv_table *t = parse(text, n);
    if (EXPECT_TRUE(t != NULL) && EXPECT_I64(sc_csv_rows(t), ROWS)) {
        EXPECT_STR(sc_csv_cell(t, ROWS - 1, 0), "4999");
        EXPECT_STR(sc_csv_cell(t, ROWS - 1, 1), "x14997");
        EXPECT_I64(sc_csv_line(t, ROWS - 1), ROWS + 1);
    }
    sc_csv_free(t);
    sc_free(text);
}

/* Columns of a family follow the others, in the order of the header. */
static void test_families(void)
{
    static const sc_csv_column tagged[] = {
        {"id", SC_CSV_REQUIRED}, {"tag:NAME", SC_CSV_FAMILY}, {"note", SC_CSV_OPTIONAL}};
    static const char text[] = "tag:b,id,tag:a b\nB,1,A\n,2,C\n";
    sc_csv_table *t;
    size_t n = 0;
    if (!EXPECT_I64(sc_csv_parse("t.csv", text, sizeof text - 1, tagged, 3, &t, NULL), SC_OK))
        return;
    const sc_csv_column *columns_found = sc_csv_columns(t, &n);
    if (EXPECT_I64(n, 5)) {
        EXPECT_STR(columns_found[3].name, "tag:b");
        EXPECT_STR(columns_found[4].name, "tag:a b");
        EXPECT_STR(sc_csv_cell(t, 0, 3), "B");
        EXPECT_STR(sc_csv_cell(t, 1, 3), "");
        EXPECT_STR(sc_csv_cell(t, 1, 4), "C");
        EXPECT_STR(sc_csv_cell(t, 0, 1), "");
        EXPECT_STR(sc_csv_cell(t, 0, 2), "");
        EXPECT_I64(sc_csv_header_place(t, 4).offset, 9);
        EXPECT_I64(sc_csv_header_place(t, 4).width, 7);
        EXPECT_I64(sc_csv_header_place(t, 2).offset, 0);
    }
    sc_csv_free(t);
    memset(&errors, 0, sizeof errors);
    EXPECT_I64(sc_csv_parse("t.csv", "id,tag:,tagx,tag:a,tag:a\n", 25, tagged, 3, &t, &errors), SC_E_INPUT);
    EXPECT_I64(errors.count, 3);
    EXPECT_STR(errors.item[0].text, "unknown column 'tag:', expected id, tag:NAME or note");
    EXPECT_STR(errors.item[1].text, "unknown column 'tagx', expected id, tag:NAME or note");
    EXPECT_STR(errors.item[2].text, "column 'tag:a' is given twice");
}

/* A cell larger than any buffer, and a list of errors that may be missing. */
static void test_large_cell(void)
{
    size_t n = 300000;
    char *text = sc_calloc(n, 1);
    memset(text, 'x', n);
    memcpy(text, "id,name\n1,", 10);
    sc_csv_table *t = parse(text, n);
    if (EXPECT_TRUE(t != NULL))
        EXPECT_I64(strlen(sc_csv_cell(t, 0, 1)), n - 10);
    sc_csv_free(t);
    EXPECT_I64(sc_csv_parse(NULL, "x", 1, columns, 3, &t, NULL), SC_E_INPUT);
    sc_csv_free(NULL);
    sc_free(text);
}

CU_ErrorCode test_csv_table_register(void)
{
    static CU_TestInfo tests[] = {
        {"cells", test_cells},       {"errors", test_errors},
        {"places", test_places},     {"many rows", test_many_rows},
        {"families", test_families}, {"large cell", test_large_cell},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"csv_table", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
