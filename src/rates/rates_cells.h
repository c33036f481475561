/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_cells.h - single cells of the rate card's tables, checked: each reader returns the value, or reports what is
 * wrong, sets `bad` and returns something harmless. */
#ifndef SC_RATES_RATES_CELLS_H
#define SC_RATES_RATES_CELLS_H

#include "base/arena.h"
#include "io/csv_table.h"
#include "spendcast/rates.h"

/* What reading a card needs throughout. */
typedef struct sc_load_ctx {
    sc_arena *arena; /* for text that lives as long as the card */
    sc_errors *errors;
    const sc_csv_column *columns; /* of the table being read */
    struct {
        const sc_csv_table *table;
        size_t rows; /* so many ids of the table, from its first on, ascend */
    } ascending;
    sc_code failed; /* the first failure that is not about input */
} sc_load_ctx;

/* One cell being read: everything an error message needs. */
typedef struct sc_rate_cell {
    sc_load_ctx *x;
    const sc_csv_table *table;
    size_t row, column;
    const char *text;
    size_t word, word_len; /* the part of the text that an error is about; no length = all of it */
    int bad;
} sc_rate_cell;

/* Reports an error under the cell, or under its current word. */
void sc_rate_cell_error(sc_rate_cell *c, const char *format, ...) SC_PRINTF(2, 3);

sc_rate_cell sc_rate_cell_at(sc_load_ctx *x, const sc_csv_table *t, size_t row, size_t column);
/* True, and reported, if the cell is empty; `what` (with its article) is what it should hold. */
int sc_rate_cell_is_empty(sc_rate_cell *c, const char *what);
/* A copy of the text in the arena. */
const char *sc_rate_cell_text(sc_rate_cell *c, int required);
/* The same for a name that no earlier row may have in this column. */
const char *sc_rate_cell_id(sc_rate_cell *c, const char *what);
/* A whole number of `what`; empty = none. */
int64_t sc_rate_cell_count(sc_rate_cell *c, const char *what, int64_t none);
/* The same of tokens. */
int64_t sc_rate_cell_tokens(sc_rate_cell *c, int64_t none);
sc_day sc_rate_cell_day(sc_rate_cell *c, sc_day none, int required);
/* A period [from, to); empty = open. */
void sc_rate_cell_days(sc_rate_cell *from_cell, sc_rate_cell *to_cell, sc_day *from, sc_day *to);
/* A positive decimal. */
double sc_rate_cell_ratio(sc_rate_cell *c);
/* A percentage above 0 and up to 100 as a share in 10^-8 (sc_discount.share). */
int64_t sc_rate_cell_percent(sc_rate_cell *c);
/* USD per unit to femto-USD per base unit, exactly. */
sc_unit_price sc_rate_cell_price(sc_rate_cell *c, const sc_unit *unit);
/* The index of the text in names[0..n); 0 if it is none of them.  names may be NULL if it is not known which there are:
 * then any is good. */
int sc_rate_cell_choice(sc_rate_cell *c, const char *what, const char *const *names, size_t n);
/* Steps to the next word of a list separated by single blanks; false at its end. */
int sc_rate_cell_word(sc_rate_cell *c);
/* Such a list as a bit set over names[0..n), n <= 64; with names NULL the set is empty. */
uint64_t sc_rate_cell_set(sc_rate_cell *c, const char *what, const char *const *names, size_t n, int required);
/* Reports that the text (or the current word) is no `what`, with the nearest name. */
void sc_rate_cell_unknown(sc_rate_cell *c, const char *what, const char *const *names, size_t n);

#endif
