/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_cursor.h - rows of a large CSV file, block by block (RFC 4180): quoted cells with commas, line ends and doubled
 * quotes; CRLF or LF; blank lines are passed over.
 *
 * Differs from csv_table.h (small tables, strict, whole file) in speed and in leaving blanks and '#' lines alone. */
#ifndef SC_IO_CSV_CURSOR_H
#define SC_IO_CSV_CURSOR_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/text.h"

typedef struct sc_csv_cursor {
    const char *at, *end; /* rest of the block */
    const char *row;      /* first byte of the last row */
    size_t row_len;       /* without its line end */
    const char *problem;  /* of the last row: NULL, or why it is not well-formed ... */
    size_t problem_at;    /* ... and the byte in the row */
    sc_text *cells;       /* [max], caller's */
    size_t n, max;        /* cells of the last row */
    int is_cut;           /* 1: the last row might go on if the block did */
    const char *look;     /* the 64 bytes looked at last ... */
    uint64_t commas;      /* ... bit i: byte i is a comma ... */
    uint64_t others;      /* ... or something else that ends a cell without quotes, rightly or wrongly */
} sc_csv_cursor;

/* The block holds whole rows. `cells` is the caller's array; rows with more cells than `max` are a problem. */
void sc_csv_begin(sc_csv_cursor *c, const char *block, size_t size, sc_text *cells, size_t max);
/* Reads the next row; 0 at the end of the block. A row with a problem is returned too (check `problem`), with the cells
 * before the problem; reading goes on after its first line, or after the whole row if it only has too many cells. Cells
 * point into the block, raw: a quoted cell comes without its outer quotes, but with doubled quotes inside (see
 * sc_csv_unquote). */
int sc_csv_row(sc_csv_cursor *c);
/* Whether the last row's cell i was quoted and holds doubled quotes. */
int sc_csv_has_quotes(const sc_csv_cursor *c, size_t i);
/* The cell with doubled quotes resolved into buf (cut if too long). */
sc_text sc_csv_unquote(sc_text cell, char *buf, size_t size);

#endif
