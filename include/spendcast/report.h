/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - a report as data (tables of typed cells, notes, provenance) and its renderers.  Nothing here computes a
 * figure.
 *
 * A report owns copies of all text given to it.  Cells are added row by row; every number keeps its type, so that the
 * same report prints for people (text, Markdown) and for programs (JSON, CSV).  */
#ifndef SPENDCAST_REPORT_H
#define SPENDCAST_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/date.h"
#include "spendcast/error.h"
#include "spendcast/money.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sc_cell_type {
    SC_CELL_EMPTY, /* JSON null, blank elsewhere */
    SC_CELL_TEXT,
    SC_CELL_MONEY,  /* exact, sc_money, shown with all its decimals; JSON: decimal string */
    SC_CELL_USD,    /* simulated, double; JSON: decimal string rounded to 6 decimals */
    SC_CELL_COUNT,  /* whole number; JSON number */
    SC_CELL_NUMBER, /* double with the column's decimals; JSON number */
    SC_CELL_SHARE,  /* 0.25: text "25.0 %", JSON 0.25 */
    SC_CELL_DATE,   /* JSON "YYYY-MM-DD" or null when open */
    SC_CELL_BOOL
} sc_cell_type;

typedef struct sc_column {
    const char *id;    /* JSON key and CSV header; money columns end in _usd */
    const char *title; /* text and Markdown header; may hold one '\n', which makes two lines in text */
    sc_cell_type type;
    int decimals; /* SC_CELL_NUMBER: decimals; SC_CELL_USD: decimals in text, -1 = as many as the size asks for */
    int priority; /* text: columns with the largest number are left out first where the terminal is too narrow, and
                     those in which no row has a value always; 0 = never */
} sc_column;

typedef struct sc_report sc_report;
typedef struct sc_table sc_table;

/* `command` names the report in JSON ("simulate"), `title` heads the text. NULL when out of memory; any later failure
 * to allocate is remembered and reported by sc_report_render. */
SC_API sc_report *sc_report_new(const char *command, const char *title);
SC_API void sc_report_free(sc_report *r);

/* Provenance, shown last in text and first in JSON, in the order given.  A key may come several times: an array in
 * JSON. */
SC_API void sc_report_provenance(sc_report *r, const char *key, const char *format, ...) SC_PRINTF(3, 4);
/* A paragraph under the tables (JSON: an element of "notes").  Wrapped to the width in text. */
SC_API void sc_report_note(sc_report *r, const char *format, ...) SC_PRINTF(2, 3);
/* A single figure of the report, printed above the tables as "title  value" and in JSON under its id ("total_usd"). Ids
 * of figures and tables are all different, and none is a key of every report ("rows", "total", "title" ...). */
SC_API void sc_report_figure_text(sc_report *r, const char *id, const char *title, const char *text);
SC_API void sc_report_figure_money(sc_report *r, const char *id, const char *title, sc_money m);

/* Adds a table.  The first table of a report is its main one: JSON has its rows as "rows" and its foot as "total"; the
 * others stand under their own id with the same two keys.  CSV holds the main table only, unless asked for another.
 * `title` may be NULL. */
SC_API sc_table *sc_report_table(sc_report *r, const char *id, const char *title, const sc_column *columns, size_t n);

/* Starts a row; cells are then added left to right, those not added are empty. */
SC_API void sc_table_row(sc_table *t);
/* Rows in place of sc_table_row, for tables of very many: n of them, none of which is kept.  `fill` adds the cells of a
 * row (only that) each time the report is rendered, once or several times; `context` must outlive the report. */
SC_API void sc_table_rows(sc_table *t, size_t n, void (*fill)(sc_table *t, size_t row, const void *context),
                          const void *context);
/* Starts the foot ("total") row; cells go to it until the next sc_table_row. */
SC_API void sc_table_foot(sc_table *t);
SC_API void sc_cell_empty(sc_table *t);
SC_API void sc_cell_text(sc_table *t, const char *text);
SC_API void sc_cell_textf(sc_table *t, const char *format, ...) SC_PRINTF(2, 3);
SC_API void sc_cell_money(sc_table *t, sc_money m);
SC_API void sc_cell_usd(sc_table *t, double usd);
SC_API void sc_cell_count(sc_table *t, int64_t n);
SC_API void sc_cell_number(sc_table *t, double x);
SC_API void sc_cell_share(sc_table *t, double share);
SC_API void sc_cell_date(sc_table *t, sc_day day);
SC_API void sc_cell_bool(sc_table *t, int yes);

typedef enum sc_format { SC_FORMAT_TEXT, SC_FORMAT_JSON, SC_FORMAT_CSV, SC_FORMAT_MD } sc_format;

typedef struct sc_render_options {
    sc_format format;
    int width;         /* text: columns of the terminal; 0 = no limit */
    int colour;        /* text: ANSI colours for headings and risks */
    const char *table; /* csv: id of the table to write, NULL = the main one */
} sc_render_options;

/* Renders into *text (free with sc_text_free) and *size.  Text from input never carries control characters ('?'
 * instead; CSV keeps tabs and line feeds, JSON escapes them), and CSV cells that a spreadsheet would take for a formula
 * are guarded with a leading '. SC_E_USAGE: CSV of an unknown table; SC_E_MEMORY; SC_E_INTERNAL: the report was built
 * wrongly (an id twice, a cell too many). */
SC_API sc_code sc_report_render(const sc_report *r, const sc_render_options *o, char **text, size_t *size,
                                sc_errors *errors);
SC_API void sc_text_free(char *text);
/* The same, given to `take` piece by piece, so that a long report is never in memory as a whole.  A code other than
 * SC_OK from `take`, which then has said why, ends it; after any failure what was given is no whole report. */
SC_API sc_code sc_report_write(const sc_report *r, const sc_render_options *o,
                               sc_code (*take)(void *context, const char *text, size_t size), void *context,
                               sc_errors *errors);
/* The same to a file, whole or not at all as with sc_text_write. */
SC_API sc_code sc_report_save(const sc_report *r, const sc_render_options *o, const char *path, sc_errors *errors);
/* Writes text to a file whole or not at all (temporary file, then rename).  SC_E_IO with a message. */
SC_API sc_code sc_text_write(const char *path, const char *text, size_t size, sc_errors *errors);

/* "$41,207.00", "$0.0123", "$0.50", "-$3.50": cents from $1 on, below that the first three digits that count, without
 * zeros at the end, 2 to 9 decimals.  "inf", "-inf", "nan" as below.  buf[64].  Returns buf. */
SC_API char *sc_format_usd(double usd, char *buf);
/* Exact money with all its decimals, at least two: "$0.09634", "$41,207.00".  buf[64]. */
SC_API char *sc_format_money(sc_money m, char *buf);
/* Fixed decimals (0..9), rounded half-even from the double's exact value, never "-0", without locale.  From 1e28 on,
 * values print as "inf" and "-inf"; not a number prints as "nan".  buf[64].  Returns buf. */
SC_API char *sc_format_fixed(double x, int decimals, int group, char *buf);

#ifdef __cplusplus
}
#endif
#endif
