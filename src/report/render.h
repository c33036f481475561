/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render.h - what the report model and its renderers share: the model's fields, safe text, cells as people read them.
 *
 * A renderer only reads the model and appends to a strbuf, whose text may be passed on after each row;
 * sc_report_write checks the strbuf's `failed` once at the end. */
#ifndef SC_REPORT_RENDER_H
#define SC_REPORT_RENDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "spendcast/report.h"

typedef struct sc_cell {
    sc_cell_type type;
    union {
        const char *text;
        sc_money money;
        double real; /* USD, NUMBER, SHARE */
        int64_t count;
        sc_day day;
        int yes;
    } as;
} sc_cell;

/* One line of a figure list, the notes (text only) or the provenance (id and text). */
typedef struct sc_item {
    struct sc_item *next;
    const char *id;
    const char *title;
    sc_cell value; /* TEXT or MONEY */
} sc_item;

typedef struct sc_item_list {
    sc_item *first;
    sc_item **end; /* where the next item is linked, NULL while the list is empty */
} sc_item_list;

/* Rows that are made when they are asked for. */
typedef struct sc_made_rows {
    void (*fill)(sc_table *t, size_t row, const void *context);
    const void *context;
    sc_table *one; /* table of the row made last ... */
    size_t row;    /* ... and its number, SIZE_MAX = none yet */
} sc_made_rows;

struct sc_table {
    sc_report *report;
    sc_table *next;
    const char *id;
    const char *title; /* NULL = none */
    sc_column *columns;
    size_t column_count; /* at least 1 */
    sc_cell *cells;      /* row_count x column_count, row by row; NULL where rows are made */
    size_t row_count, row_cap;
    sc_made_rows *made; /* NULL = rows are kept */
    sc_arena *texts;    /* of cells */
    sc_cell *foot;      /* [column_count], NULL = none */
    int in_foot;        /* cells now go to the foot */
    size_t filled;      /* cells added to the current row */
};

struct sc_report {
    sc_arena arena; /* owns every text, item, table and foot; the rows are blocks of their own */
    const char *command;
    const char *title;
    sc_item_list provenance, figures, notes;
    sc_table *tables; /* in the order added; the first is the main one */
    int out_of_memory;
    const char *misuse; /* what the caller did wrong, NULL = nothing */
};

/* The cells of a row, until another row of the table is asked for; row == row_count is the foot. */
const sc_cell *sc_table_cells(const sc_table *t, size_t row);

/* Reads one character of UTF-8 and moves *text behind it.  Returns its code point, or -1 for a byte that is not part of
 * well-formed UTF-8.  The text must not be at its end. */
int32_t sc_next_char(const char **text);
/* Characters in text, an invalid byte counting as one: its width on a terminal as far as this program knows. */
size_t sc_text_width(const char *text);
/* True for what must not reach a terminal: C0 and C1 controls, DEL, line separators, the marks that
 * reorder a line, noncharacters.
 */
int sc_is_control(int32_t code_point);
/* Adds text[0..len) with controls and invalid bytes replaced by '?'. */
void sc_add_safe(sc_strbuf *out, const char *text, size_t len);

/* The cell as people read it ("$41,207.00", "25.0 %", "yes"), in buf[64] or, for text, the cell's own bytes: not yet
 * safe. */
const char *sc_cell_shown(const sc_cell *cell, const sc_column *column, char *buf);
/* The cell as programs read it, without quotes; "" where there is no value (empty, open date, not a number). */
const char *sc_cell_plain(const sc_cell *cell, const sc_column *column, char *buf);
/* A row is written: what there is may be passed on. */
void sc_end_row(sc_strbuf *out);
/* Numbers and dates stand right-aligned under their header. */
int sc_column_is_right(const sc_column *column);

void sc_render_text(const sc_report *r, const sc_render_options *o, sc_strbuf *out);
void sc_render_json(const sc_report *r, sc_strbuf *out);
void sc_render_csv(const sc_table *t, sc_strbuf *out);
void sc_render_md(const sc_report *r, sc_strbuf *out);

#endif
