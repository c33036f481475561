/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_table.h - a small CSV file in memory, strict, with the place of every cell.
 *
 * libcsv splits the cells (RFC 4180, strict mode); this adds what it lacks: line numbers, the place of a cell for error
 * messages, a header that names the columns, and one cell count for all rows.
 *
 * Passed over: blank lines and lines that start with '#' (not inside a quoted cell), blanks and tabs around a cell, a
 * byte order mark at the start of the file.  Lines end in LF or CRLF; the last one may have no end.  Quoted cells may
 * hold commas, line ends and doubled quotes.  Errors: a quote inside a cell that does not start with one, text after a
 * closing quote, a quote that is never closed, malformed UTF-8, control characters (NUL among them), a carriage return
 * that ends no line.  After a row with broken quoting, reading goes on with the line after its first one. */
#ifndef SC_IO_CSV_TABLE_H
#define SC_IO_CSV_TABLE_H

#include <stddef.h>

#include "spendcast/error.h"

/* What the header must have: cells of a missing optional column read as "". */
typedef enum sc_csv_presence {
    SC_CSV_OPTIONAL,
    SC_CSV_REQUIRED,
    SC_CSV_FAMILY /* any number of columns that start as `name` does, up to its ':' ("tag:NAME") */
} sc_csv_presence;

typedef struct sc_csv_column {
    const char *name;
    sc_csv_presence presence;
} sc_csv_column;

typedef struct sc_csv_table sc_csv_table;

/* Parses text[0..size) (must stay alive as long as the table; so must `name` and the names of `columns`).  Errors: no
 * header, unknown column (with the nearest name), column given twice, missing column, wrong number of cells in a row,
 * broken quoting, invalid UTF-8.  Reports as many as it finds; returns SC_E_INPUT and *out = NULL if any.  Caller
 * frees. */
sc_code sc_csv_parse(const char *name, const char *text, size_t size, const sc_csv_column *columns, size_t n_columns,
                     sc_csv_table **out, sc_errors *errors);
void sc_csv_free(sc_csv_table *t);

size_t sc_csv_rows(const sc_csv_table *t);
/* The `columns` array, and after it each column that the header has of a family, in its order. */
const sc_csv_column *sc_csv_columns(const sc_csv_table *t, size_t *n);
/* The place of a column's name in the header; an absent one gives the start of the header. */
sc_place sc_csv_header_place(const sc_csv_table *t, size_t column);
/* Column indexes are those of sc_csv_columns.  The text is terminated; "" for an absent optional column. */
const char *sc_csv_cell(const sc_csv_table *t, size_t row, size_t column);
/* The place of a cell's raw text (with its quotes); an absent cell gives the start of its row. */
sc_place sc_csv_place(const sc_csv_table *t, size_t row, size_t column);
/* The line (1-based) on which a row starts. */
int sc_csv_line(const sc_csv_table *t, size_t row);

/* sc_errors_add at a cell; the key is the column's name. */
sc_code sc_csv_error(const sc_csv_table *t, size_t row, size_t column, sc_errors *errors, const char *format, ...)
    SC_PRINTF(5, 6);

#endif
