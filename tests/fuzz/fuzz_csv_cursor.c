/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_csv_cursor.c - the rows of well-formed text are libcsv's, and libcsv refuses what the cursor calls malformed;
 * what comes after a malformed row does not depend on what is before it. */
#include <csv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "fuzz_check.h"
#include "io/csv_cursor.h"

enum { CELLS = 512 };

/* Cells and rows as one text: what stands in a cell cannot be taken for the marks, as its length is before it. */
static void write_cell(void *text, size_t len, void *out)
{
    sc_strbuf_printf(out, "%zu:", len);
    sc_strbuf_add(out, text != NULL ? text : "", len);
}

static void write_row(int terminator, void *out)
{
    (void)terminator;
    sc_strbuf_puts(out, ";\n");
}

static int no_blank(unsigned char c)
{
    (void)c;
    return 0;
}

/* By libcsv, strictly, without trimming; 0 if it refuses the text. */
static int read_by_libcsv(const char *text, size_t size, sc_strbuf *out)
{
    struct csv_parser p;
    csv_init(&p, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_space_func(&p, no_blank);
    int ok =
        csv_parse(&p, text, size, write_cell, write_row, out) == size && csv_fini(&p, write_cell, write_row, out) == 0;
    csv_free(&p);
    return ok;
}

/* By the cursor; 0 at the first row that is malformed. */
static int read_by_cursor(const char *text, size_t size, sc_strbuf *out)
{
    sc_text cells[CELLS];
    char *buf = malloc(size + 1);
    require(buf != NULL);
    sc_csv_cursor c;
    sc_csv_begin(&c, text, size, cells, CELLS);
    int ok = 1;
    while (ok && sc_csv_row(&c)) {
        ok = c.problem == NULL;
        for (size_t i = 0; ok && i < c.n; i++) {
            sc_text cell = sc_csv_has_quotes(&c, i) ? sc_csv_unquote(cells[i], buf, size) : cells[i];
            require(cells[i].at >= c.row && cells[i].at + cells[i].len <= c.row + c.row_len);
            sc_strbuf_printf(out, "%zu:", cell.len);
            sc_strbuf_add(out, cell.at, cell.len);
        }
        sc_strbuf_puts(out, ";\n");
    }
    free(buf);
    return ok;
}

/* libcsv takes a lone carriage return for the end of a row, which the cursor calls malformed.  In quotes it is text to
 * both; this is on the safe side and leaves all such texts out. */
static int has_lone_return(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\r' && (i + 1 == size || text[i + 1] != '\n'))
            return 1;
    return 0;
}

/* Every row is read, each where the one before it ended, and alone it is the same. */
static void check_rows(const char *text, size_t size)
{
    sc_text cells[CELLS], alone[CELLS];
    sc_csv_cursor c, one;
    const char *at = text;
    sc_csv_begin(&c, text, size, cells, CELLS);
    while (sc_csv_row(&c)) {
        for (; at < c.row; at++)
            require(*at == '\n' || (*at == '\r' && at[1] == '\n'));
        require(c.row == at && c.at > c.row && c.at <= c.end && c.row + c.row_len <= c.at && c.n <= CELLS);
        require(c.problem != NULL || c.n > 0);
        require(c.problem == NULL || c.problem_at <= (size_t)(c.end - c.row));
        if (c.problem == NULL) {
            size_t whole = (size_t)(c.at - c.row);
            char *copy = malloc(whole);
            require(copy != NULL);
            memcpy(copy, c.row, whole);
            sc_csv_begin(&one, copy, whole, alone, CELLS);
            require(sc_csv_row(&one) == 1 && one.problem == NULL && one.n == c.n && one.row_len == c.row_len);
            for (size_t i = 0; i < c.n; i++)
                require(alone[i].len == cells[i].len && alone[i].at - copy == cells[i].at - c.row);
            require(sc_csv_row(&one) == 0);
            free(copy);
        }
        at = c.at;
    }
    require(c.n == 0 && c.at == c.end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    sc_strbuf expected = {0}, got = {0};
    if (size > 0 && !has_lone_return(text, size)) {
        int accepted = read_by_cursor(text, size, &got), wanted = read_by_libcsv(text, size, &expected);
        sc_csv_cursor c;
        sc_text cells[CELLS];
        sc_csv_begin(&c, text, size, cells, CELLS);
        while (sc_csv_row(&c) && c.problem == NULL)
            ;
        int too_many = c.problem != NULL && strstr(c.problem, "more cells") != NULL;
        require(accepted == wanted || too_many);
        require(!accepted ||
                (got.len == expected.len && (got.len == 0 || memcmp(got.text, expected.text, got.len) == 0)));
    }
    check_rows(text, size);
    sc_strbuf_release(&expected);
    sc_strbuf_release(&got);
    return 0;
}
