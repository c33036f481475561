/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_row.h - rows of a CSV export: cells by field, values with their checks, and the first problem of a row. */
#ifndef SC_USAGE_USAGE_ROW_H
#define SC_USAGE_USAGE_ROW_H

#include "usage/csv_columns.h"

/* One row at a time.  A problem is remembered, and the row then rejected once, so that values can be read one after
 * the other without asking. */
typedef struct sc_usage_row {
    sc_csv_cursor csv;
    sc_usage_sink *sink;
    const sc_csv_layout *layout;
    size_t offset; /* of the problem in the row */
    char reason[240];
    sc_text cells[SC_CSV_COLUMNS_MAX];
    sc_csv_scratch scratch;
} sc_usage_row;

void sc_row_begin(sc_usage_row *b, const char *block, size_t size, sc_usage_sink *sink, const sc_csv_layout *layout);
/* The next row; 0 at the end of the block. */
int sc_row_next(sc_usage_row *b);
/* Hands the row's record to the sink, or rejects the row if there was a problem or the record has a flaw. */
void sc_row_deliver(sc_usage_row *b, const sc_usage_record *r);

/* Remembers a problem with a field's cell, unless there was one before; the field's name comes before the text. */
void sc_row_problem(sc_usage_row *b, int field, const char *format, ...) SC_PRINTF(3, 4);

/* The cell of a column by its index in the header; what stands for "no value" ("", "NULL", "null", "\N") is "". */
sc_text sc_row_any_column(sc_usage_row *b, size_t column);
static inline sc_text sc_row_column(sc_usage_row *b, size_t column)
{
    const sc_text t = b->cells[column];
    if (t.len == 0)
        return (sc_text){NULL, 0};
    /* Nearly all cells are neither quoted nor begin like such a word. */
    const int is_plain = (t.at == b->csv.row || t.at[-1] != '"') && (*t.at | 0x20) != 'n' && *t.at != '\\';
    return is_plain ? t : sc_row_any_column(b, column);
}
/* The same of a field's column; a column that is missing is "". */
static inline sc_text sc_row_cell(sc_usage_row *b, int field)
{
    return b->layout->column[field] >= 0 ? sc_row_column(b, (size_t)b->layout->column[field]) : (sc_text){NULL, 0};
}
/* Money in USD; 0 if the cell has none. */
int sc_row_money(sc_usage_row *b, int field, sc_money *out);
/* A time; 0 if the cell has none. */
int sc_row_time(sc_usage_row *b, int field, int64_t *out);
/* Start and grain of a record from the fields of its start (required) and end. */
void sc_row_period(sc_usage_row *b, int start, int end, sc_usage_record *r);
/* The currency must be USD; none stated is taken for it. */
void sc_row_currency(sc_usage_row *b, int field);
/* Tags of a map in a cell; `prefix` as in sc_tag_add_map. */
void sc_row_tags(sc_usage_row *b, int field, const char *prefix, sc_usage_record *r);

#endif
