/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_cursor.c - rows of a large CSV file. */
#include "io/csv_cursor.h"

#include "io/byte_block.h"

/* Looks at the 64 bytes from `at` on; what is past the end stops, too. */
static inline void look_at(sc_csv_cursor *c, const char *at)
{
    size_t left = (size_t)(c->end - at);
    char rest[64];
    c->look = at;
    if (left < 64) {
        memset(rest, '\n', sizeof rest);
        memcpy(rest, at, left);
        at = rest;
    }
    const sc_bytes64 x = sc_load64(at);
    c->commas = sc_bits64(sc_is64(x, ','));
    c->others = sc_bits64(sc_either64(sc_is64(x, '"'), sc_either64(sc_is64(x, '\n'), sc_is64(x, '\r'))));
}

/* The first byte from `at` on that a cell without quotes cannot hold, or the end. */
static inline const char *plain_end(sc_csv_cursor *c, const char *at)
{
    size_t i = (size_t)(at - c->look);
    uint64_t stops = i < 64 ? (c->commas | c->others) >> i : 0;
    at = i < 64 && stops == 0 ? c->look + 64 : at;
    while (stops == 0) {
        look_at(c, at);
        stops = c->commas | c->others;
        if (stops == 0)
            at += 64;
    }
    return at + sc_lowest_bit(stops);
}

void sc_csv_begin(sc_csv_cursor *c, const char *block, size_t size, sc_text *cells, size_t max)
{
    block = block != NULL ? block : ""; /* which {NULL, 0} may be */
    *c = (sc_csv_cursor){.at = block, .end = block + size, .row = block, .cells = cells, .max = max};
    look_at(c, block);
}

/* The row is not well-formed.  Always NULL, for `return malformed(...)`. */
static const char *malformed(sc_csv_cursor *c, const char *at, const char *problem)
{
    c->problem = problem;
    c->problem_at = (size_t)(at - c->row);
    return NULL;
}

static void add_cell(sc_csv_cursor *c, const char *first, const char *end)
{
    if (c->n < c->max) {
        c->cells[c->n++] = (sc_text){first, (size_t)(end - first)};
    } else if (c->problem == NULL) {
        c->problem = "a row with more cells than can be read";
        c->problem_at = (size_t)(first - c->row);
    }
}

/* The quote that closes the cell whose opening quote is before `at`, NULL if none does. */
static const char *closing_quote(const char *at, const char *end)
{
    for (;;) {
        at = at < end ? memchr(at, '"', (size_t)(end - at)) : NULL;
        if (at == NULL || at + 1 == end || at[1] != '"')
            return at;
        at += 2;
    }
}

/* Reads the cell at `at`; returns what follows it, NULL if it is malformed. */
static const char *read_cell(sc_csv_cursor *c, const char *at)
{
    const char *first = at;
    if (at < c->end && *at == '"') {
        at = closing_quote(++first, c->end);
        if (at == NULL) {
            c->is_cut = 1;
            return malformed(c, first - 1, "the quote is never closed");
        }
        add_cell(c, first, at);
        return at + 1;
    }
    at = plain_end(c, at);
    if (at < c->end && *at == '"')
        return malformed(c, at,
                         "a quote inside a cell; expected the whole cell in quotes and each quote inside it doubled");
    add_cell(c, first, at);
    return at;
}

/* Reads the cells from `at` on that have no quotes and a comma behind them, nearly all there are; returns the first
 * byte of the next one. */
static const char *read_plain_cells(sc_csv_cursor *c, const char *at)
{
    if ((size_t)(at - c->look) >= 64) /* or before it, after a malformed row */
        look_at(c, at);
    const char *first = at, *look = c->look;
    uint64_t from = ~UINT64_C(0) << (at - look); /* bytes that are still to be seen */
    sc_text *cell = c->cells + c->n, *const last = c->cells + c->max;
    for (;;) {
        const uint64_t others = c->others & from;
        /* Those before the first of the others, which ends the run: all if there is none. */
        uint64_t commas = c->commas & from & (others - 1) & ~others;
        for (; commas != 0 && cell != last; commas &= commas - 1) {
            const char *const stop = look + sc_lowest_bit(commas);
            *cell++ = (sc_text){first, (size_t)(stop - first)};
            first = stop + 1;
        }
        if (others != 0 || commas != 0)
            break;
        look += 64;
        look_at(c, look);
        from = ~UINT64_C(0);
    }
    c->n = (size_t)(cell - c->cells);
    return first;
}

/* Reads the row at c->row; returns what follows its line end, NULL if it is malformed. */
static const char *read_row(sc_csv_cursor *c)
{
    const char *at = c->row, *end = c->end;
    c->problem = NULL;
    c->problem_at = c->n = 0;
    c->is_cut = 0;
    for (;; at++) {
        at = read_cell(c, read_plain_cells(c, at));
        if (at == NULL)
            return NULL;
        if (at == end || *at != ',')
            break;
    }
    c->row_len = (size_t)(at - c->row);
    if (at < end && *at == '\r' && end - at > 1 && at[1] == '\n')
        at++;
    if (at == end)
        return at;
    if (*at == '\n')
        return at + 1;
    c->is_cut = *at == '\r' && end - at == 1;
    return malformed(c, at,
                     *at == '\r' ? "a carriage return without a line feed; expected lines to end in LF or CRLF"
                                 : "text after a closing quote; expected ',' or the end of the line");
}

/* A malformed row counts as its first line.  If the problem is further on, the quote that goes beyond that line is what
 * is reported, as it would be if the block ended there: what is said of a row depends on the row alone. */
static const char *first_line(sc_csv_cursor *c)
{
    const char *end = c->end, *lf = memchr(c->row, '\n', (size_t)(end - c->row));
    const char *next = lf != NULL ? lf + 1 : end, *last = lf != NULL ? lf : end;
    if (c->problem_at >= (size_t)(next - c->row)) {
        const int is_cut = c->is_cut;
        c->end = next;
        read_row(c);
        c->end = end;
        c->is_cut = is_cut;
        look_at(c, next); /* the bytes there were taken for the end */
    }
    if (last > c->row && last[-1] == '\r')
        last--;
    c->row_len = (size_t)(last - c->row);
    return next;
}

int sc_csv_row(sc_csv_cursor *c)
{
    const char *end = c->end, *at = c->at;
    while (at < end && (*at == '\n' || (*at == '\r' && end - at > 1 && at[1] == '\n')))
        at += *at == '\n' ? 1 : 2;
    c->row = c->at = at;
    c->row_len = c->n = 0;
    c->is_cut = 0;
    if (at == end)
        return 0;
    at = read_row(c);
    c->at = at != NULL ? at : first_line(c);
    c->is_cut |= c->at == end && end[-1] != '\n';
    return 1;
}

int sc_csv_has_quotes(const sc_csv_cursor *c, size_t i)
{
    sc_text cell = c->cells[i];
    return cell.at > c->row && cell.at[-1] == '"' && cell.len > 0 && memchr(cell.at, '"', cell.len) != NULL;
}

sc_text sc_csv_unquote(sc_text cell, char *buf, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < cell.len && n < size; i++) {
        buf[n++] = cell.at[i];
        if (cell.at[i] == '"')
            i++;
    }
    return (sc_text){buf, n};
}
