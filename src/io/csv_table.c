/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_table.c - strict CSV through libcsv, with lines, places and a header.
 *
 * libcsv is fed one physical line at a time, so that its row callback tells on which line a row starts and ends (a
 * quoted cell may hold line feeds).  The place of a cell is found by scanning its row again, which only an error
 * message does. */
#include "io/csv_table.h"

#include <csv.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#define NOWHERE SIZE_MAX /* a column the file does not have, a cell of no column */

struct csv_row {
    size_t start; /* offset of its first byte */
    int line;
};

struct sc_csv_table {
    const char *name, *text;
    size_t size;
    sc_csv_column *columns;
    size_t n_columns;
    size_t *cell_of; /* per column: which cell of a row it is, or NOWHERE */
    size_t header;   /* offset of its first byte */
    struct csv_row *rows;
    size_t n_rows, rows_cap;
    const char **cells; /* rows_cap x n_columns */
    sc_arena strings;
};

/* The state of one parse. */
struct reader {
    sc_csv_table *t;
    sc_errors *errors;
    struct csv_parser csv;
    sc_code code;      /* SC_E_MEMORY ends the parse, SC_E_INPUT is remembered */
    int has_header;    /* the header row was read */
    int in_row;        /* between the first line of a row and its end */
    struct csv_row at; /* the row being read */
    size_t n_cells;    /* of it so far */
    const char **cell; /* its text; cells past the header's width are counted, not kept */
    size_t cell_cap;
    size_t width; /* cells in the header */
    int header_line;
};

static int is_blank(char c) { return c == ' ' || c == '\t'; }

static sc_place place_at(const sc_csv_table *t, size_t offset, size_t width)
{
    return (sc_place){t->name, t->text, t->size, offset, width};
}

/* The raw text of cell n of the row at `start`; false, and the place of the row's end, if the row has fewer cells.  The
 * row must have passed libcsv up to that cell. */
static int scan_cell(const sc_csv_table *t, size_t start, size_t n, sc_place *place)
{
    const char *s = t->text;
    size_t size = t->size, at = start;
    for (size_t i = 0;; i++, at++) {
        while (at < size && is_blank(s[at]))
            at++;
        size_t first = at, end;
        if (at < size && s[at] == '"') {
            at++;
            while (at < size && (s[at] != '"' || (at + 1 < size && s[at + 1] == '"')))
                at += s[at] == '"' ? 2 : 1;
            if (at < size)
                at++;
            end = at;
            while (at < size && is_blank(s[at]))
                at++;
        } else {
            while (at < size && s[at] != ',' && s[at] != '\r' && s[at] != '\n')
                at++;
            for (end = at; end > first && is_blank(s[end - 1]);)
                end--;
        }
        if (i == n) {
            *place = place_at(t, first, end - first);
            return 1;
        }
        if (at >= size || s[at] != ',') {
            *place = place_at(t, at < size ? at : size, 1);
            return 0;
        }
    }
}

/* An error in the row being read. */
SC_PRINTF(4, 5)
static void row_error(struct reader *r, const sc_place *place, const char *key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    sc_errors_addv(r->errors, SC_E_INPUT, place, key, format, args);
    va_end(args);
    if (r->code == SC_OK)
        r->code = SC_E_INPUT;
}

static void *csv_grow(void *block, size_t size) { return sc_realloc(block, size, 1); }

/* Called by libcsv for each cell; text is NULL for an empty one. */
static void on_cell(void *text, size_t len, void *user)
{
    struct reader *r = user;
    if (r->code == SC_E_MEMORY)
        return;
    size_t n = r->n_cells++;
    if (r->has_header && n >= r->width)
        return;
    if (n == r->cell_cap) {
        size_t cap = r->cell_cap > 0 ? r->cell_cap * 2 : 16;
        const char **cell = sc_realloc(r->cell, cap, sizeof *cell);
        if (cell == NULL) {
            r->code = SC_E_MEMORY;
            return;
        }
        r->cell = cell;
        r->cell_cap = cap;
    }
    r->cell[n] = len > 0 ? sc_arena_strndup(&r->t->strings, text, len) : "";
    if (r->cell[n] == NULL)
        r->code = SC_E_MEMORY;
}

static size_t find_column(const sc_csv_table *t, const char *name)
{
    for (size_t c = 0; c < t->n_columns; c++)
        if (t->columns[c].presence != SC_CSV_FAMILY && strcmp(t->columns[c].name, name) == 0)
            return c;
    return NOWHERE;
}

static int is_of_family(const sc_csv_table *t, const char *name)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        const size_t len = strcspn(t->columns[c].name, ":") + 1;
        if (t->columns[c].presence == SC_CSV_FAMILY && strncmp(t->columns[c].name, name, len) == 0 && name[len] != '\0')
            return 1;
    }
    return 0;
}

/* Columns with these names and of no cell, after those that there are. */
static int add_columns(sc_csv_table *t, const sc_csv_column *columns, size_t n)
{
    sc_csv_column *all = sc_realloc(t->columns, t->n_columns + n, sizeof *all);
    if (all == NULL)
        return 0;
    t->columns = all;
    size_t *cell_of = sc_realloc(t->cell_of, t->n_columns + n, sizeof *cell_of);
    if (cell_of == NULL)
        return 0;
    t->cell_of = cell_of;
    for (size_t i = 0; i < n; i++) {
        all[t->n_columns] = columns[i];
        cell_of[t->n_columns++] = NOWHERE;
    }
    return 1;
}

static void unknown_column(struct reader *r, const sc_place *place, const char *name)
{
    const sc_csv_table *t = r->t;
    const char **names = SC_NEW_ARRAY(const char *, t->n_columns);
    if (names == NULL) {
        r->code = SC_E_MEMORY;
        return;
    }
    for (size_t c = 0; c < t->n_columns; c++)
        names[c] = t->columns[c].name;
    char hint[SC_NAME_HINT_MAX];
    row_error(r, place, NULL, "unknown column '%s'%s", name, sc_name_hint(name, names, t->n_columns, hint));
    sc_free(names);
}

static void read_header(struct reader *r)
{
    sc_csv_table *t = r->t;
    sc_place place;
    r->has_header = 1;
    r->header_line = r->at.line;
    r->width = r->n_cells;
    t->header = r->at.start;
    for (size_t i = 0; i < r->width; i++) {
        size_t c = find_column(t, r->cell[i]);
        if (c == NOWHERE && is_of_family(t, r->cell[i])) {
            c = t->n_columns;
            if (!add_columns(t, &(sc_csv_column){r->cell[i], SC_CSV_OPTIONAL}, 1)) {
                r->code = SC_E_MEMORY;
                return;
            }
        }
        if (c != NOWHERE && t->cell_of[c] == NOWHERE) {
            t->cell_of[c] = i;
            continue;
        }
        scan_cell(t, r->at.start, i, &place);
        if (c == NOWHERE)
            unknown_column(r, &place, r->cell[i]);
        else
            row_error(r, &place, NULL, "column '%s' is given twice", r->cell[i]);
        if (r->code == SC_E_MEMORY)
            return;
    }
    for (size_t c = 0; c < t->n_columns; c++) {
        if (t->columns[c].presence != SC_CSV_REQUIRED || t->cell_of[c] != NOWHERE)
            continue;
        scan_cell(t, r->at.start, NOWHERE, &place);
        row_error(r, &place, NULL, "the header has no column '%s'", t->columns[c].name);
    }
}

static int grow_rows(sc_csv_table *t)
{
    size_t cap = t->rows_cap > 0 ? t->rows_cap * 2 : 64, cells;
    struct csv_row *rows = sc_realloc(t->rows, cap, sizeof *rows);
    if (rows == NULL)
        return 0;
    t->rows = rows;
    if (__builtin_mul_overflow(cap, t->n_columns, &cells))
        return 0;
    const char **text = sc_realloc(t->cells, cells, sizeof *text);
    if (text == NULL)
        return 0;
    t->cells = text;
    t->rows_cap = cap;
    return 1;
}

static void read_row(struct reader *r)
{
    sc_csv_table *t = r->t;
    if (r->n_cells != r->width) {
        sc_place place; /* the first cell too many, or where cells are missing */
        scan_cell(t, r->at.start, r->width, &place);
        row_error(r, &place, NULL, "the row has %zu cell%s, expected %zu as in the header on line %d", r->n_cells,
                  r->n_cells == 1 ? "" : "s", r->width, r->header_line);
        return;
    }
    if (t->n_rows == t->rows_cap && !grow_rows(t)) {
        r->code = SC_E_MEMORY;
        return;
    }
    const char **cells = t->cells + t->n_rows * t->n_columns;
    for (size_t c = 0; c < t->n_columns; c++)
        cells[c] = t->cell_of[c] != NOWHERE ? r->cell[t->cell_of[c]] : "";
    t->rows[t->n_rows++] = r->at;
}

/* Called by libcsv at the end of a row. */
static void on_row(int terminator, void *user)
{
    (void)terminator;
    struct reader *r = user;
    r->in_row = 0;
    if (r->code == SC_E_MEMORY)
        return;
    if (r->has_header)
        read_row(r);
    else
        read_header(r);
}

static void start_parser(struct reader *r)
{
    csv_init(&r->csv, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_EMPTY_IS_NULL);
    csv_set_realloc_func(&r->csv, csv_grow);
    csv_set_free_func(&r->csv, sc_free);
}

/* What libcsv refuses: a quote that is no part of RFC 4180's quoting. */
static void quote_error(struct reader *r, size_t offset)
{
    const sc_csv_table *t = r->t;
    sc_place place = place_at(t, offset, 1);
    size_t len = sc_utf8_step(t->text + offset, t->size - offset);
    if (t->text[offset] == '"')
        row_error(r, &place, NULL,
                  "a quote inside a cell; expected the whole cell in quotes and each quote inside it doubled");
    else
        row_error(r, &place, NULL, "'%.*s' after a closing quote; expected ',' or the end of the line", (int)len,
                  t->text + offset);
}

static size_t end_of_line(const sc_csv_table *t, size_t at)
{
    const char *lf = memchr(t->text + at, '\n', t->size - at);
    return lf != NULL ? (size_t)(lf - t->text) + 1 : t->size;
}

/* A blank line or a comment, outside of a row. */
static int is_passed_over(const char *line, size_t len)
{
    size_t i = 0;
    if (line[0] == '#')
        return 1;
    while (i < len && (is_blank(line[i]) || line[i] == '\r' || line[i] == '\n'))
        i++;
    return i == len;
}

/* Gives libcsv the bytes from `at` to `end` and, at the end of the text, their end.  False if the quoting is broken,
 * which is reported, or memory ran out. */
static int feed(struct reader *r, size_t at, size_t end)
{
    const sc_csv_table *t = r->t;
    size_t used = csv_parse(&r->csv, t->text + at, end - at, on_cell, on_row, r);
    if (r->code == SC_E_MEMORY)
        return 0;
    if (used != end - at) {
        if (csv_error(&r->csv) == CSV_EPARSE)
            quote_error(r, at + used);
        else
            r->code = SC_E_MEMORY;
        return 0;
    }
    if (end < t->size || !r->in_row)
        return 1;
    if (csv_fini(&r->csv, on_cell, on_row, r) != 0) {
        sc_place place;
        scan_cell(t, r->at.start, r->n_cells, &place);
        place.width = 1;
        row_error(r, &place, NULL, "the quote is never closed");
        return 0;
    }
    return r->code != SC_E_MEMORY;
}

/* After a broken row, reading goes on with the line after its first one, so that one open quote does not hide all
 * errors that follow.  That stays linear: a line that leaves a quote open has an odd number of quotes, and so closes
 * any open one. */
static void read_lines(struct reader *r)
{
    const sc_csv_table *t = r->t;
    int line = 1;
    for (size_t at = sc_utf8_bom(t->text, t->size), end; at < t->size && r->code != SC_E_MEMORY; at = end, line++) {
        end = end_of_line(t, at);
        if (!r->in_row) {
            if (is_passed_over(t->text + at, end - at))
                continue;
            r->in_row = 1;
            r->at = (struct csv_row){at, line};
            r->n_cells = 0;
        }
        if (!feed(r, at, end)) {
            csv_free(&r->csv);
            start_parser(r);
            r->in_row = 0;
            line = r->at.line;
            end = end_of_line(t, r->at.start);
        }
    }
    if (!r->has_header && r->code == SC_OK) {
        sc_strbuf names = {0};
        for (size_t c = 0; c < t->n_columns; c++)
            sc_strbuf_printf(&names, "%s%s", c > 0 ? "," : "", t->columns[c].name);
        const sc_place place = place_at(t, t->size, 0);
        if (names.failed)
            r->code = SC_E_MEMORY;
        else
            row_error(r, &place, NULL, "the file has no header line; expected '%s'",
                      t->n_columns > 0 ? names.text : "");
        sc_strbuf_release(&names);
    }
}

/* Refuses what is not text: malformed UTF-8, control characters, a carriage return that ends no line (libcsv would take
 * it for the end of a row).  One error a line. */
static void check_text(struct reader *r)
{
    const sc_csv_table *t = r->t;
    for (size_t i = 0, n; i < t->size; i += n) {
        unsigned char c = (unsigned char)t->text[i];
        n = 1;
        if ((c >= 0x20 && c < 0x7F) || c == '\t' || c == '\n')
            continue;
        n = sc_utf8_length(t->text + i, t->size - i);
        if (n > 1)
            continue;
        if (c == '\r' && i + 1 < t->size && t->text[i + 1] == '\n')
            continue;
        const sc_place place = place_at(t, i, 1);
        if (n == 0)
            row_error(r, &place, NULL, "byte 0x%02x is not valid UTF-8", c);
        else if (c == '\r')
            row_error(r, &place, NULL, "a carriage return without a line feed; expected lines to end in LF or CRLF");
        else
            row_error(r, &place, NULL, "control character 0x%02x; expected text", c);
        n = end_of_line(t, i) - i;
    }
}

sc_code sc_csv_parse(const char *name, const char *text, size_t size, const sc_csv_column *columns, size_t n_columns,
                     sc_csv_table **out, sc_errors *errors)
{
    struct reader r = {.errors = errors};
    *out = NULL;
    r.t = SC_NEW(sc_csv_table);
    if (r.t == NULL || !add_columns(r.t, columns, n_columns)) {
        r.code = SC_E_MEMORY;
    } else {
        r.t->name = name;
        r.t->text = text;
        r.t->size = size;
        check_text(&r);
    }
    if (r.code == SC_OK) {
        start_parser(&r);
        read_lines(&r);
        csv_free(&r.csv);
    }
    sc_free(r.cell);
    if (r.code != SC_OK) {
        sc_csv_free(r.t);
        const sc_place place = {.file = name};
        return r.code == SC_E_MEMORY ? sc_errors_add(errors, SC_E_MEMORY, &place, NULL, "out of memory") : r.code;
    }
    *out = r.t;
    return SC_OK;
}

void sc_csv_free(sc_csv_table *t)
{
    if (t == NULL)
        return;
    sc_arena_release(&t->strings);
    sc_free(t->cells);
    sc_free(t->rows);
    sc_free(t->cell_of);
    sc_free(t->columns);
    sc_free(t);
}

size_t sc_csv_rows(const sc_csv_table *t) { return t->n_rows; }

const sc_csv_column *sc_csv_columns(const sc_csv_table *t, size_t *n)
{
    *n = t->n_columns;
    return t->columns;
}

sc_place sc_csv_header_place(const sc_csv_table *t, size_t column)
{
    sc_place place = place_at(t, t->header, 0);
    if (t->cell_of[column] != NOWHERE)
        scan_cell(t, t->header, t->cell_of[column], &place);
    return place;
}

const char *sc_csv_cell(const sc_csv_table *t, size_t row, size_t column)
{
    return t->cells[row * t->n_columns + column];
}

sc_place sc_csv_place(const sc_csv_table *t, size_t row, size_t column)
{
    sc_place place = place_at(t, t->rows[row].start, 0);
    if (t->cell_of[column] != NOWHERE)
        scan_cell(t, t->rows[row].start, t->cell_of[column], &place);
    return place;
}

int sc_csv_line(const sc_csv_table *t, size_t row) { return t->rows[row].line; }

sc_code sc_csv_error(const sc_csv_table *t, size_t row, size_t column, sc_errors *errors, const char *format, ...)
{
    const sc_place place = sc_csv_place(t, row, column);
    va_list args;
    va_start(args, format);
    sc_errors_addv(errors, SC_E_INPUT, &place, t->columns[column].name, format, args);
    va_end(args);
    return SC_E_INPUT;
}
