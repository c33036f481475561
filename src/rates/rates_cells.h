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
    sc_code failed; /* the first failure that is not about input */
} sc_load_ctx;

/* One cell being read: everything an error message needs. */
typedef struct sc_rate_cell {
    sc_load_ctx *x;
    const sc_csv_table *table;
    size_t row, column;
    const char *text;
    int bad;
} sc_rate_cell;

#define SC_CELL_ERROR(c, ...) \
    ((c)->bad = 1, (void)sc_csv_error((c)->table, (c)->row, (c)->column, (c)->x->errors, __VA_ARGS__))

sc_rate_cell sc_rate_cell_at(sc_load_ctx *x, const sc_csv_table *t, size_t row, size_t column);
/* A copy of the text in the arena. */
const char *sc_rate_cell_text(sc_rate_cell *c, int required);
/* A whole number of tokens; empty = none. */
int64_t sc_rate_cell_tokens(sc_rate_cell *c, int64_t none);
sc_day sc_rate_cell_day(sc_rate_cell *c, sc_day none, int required);
/* A positive decimal. */
double sc_rate_cell_ratio(sc_rate_cell *c);
/* USD per unit to femto-USD per base unit, exactly. */
sc_unit_price sc_rate_cell_price(sc_rate_cell *c, const sc_unit *unit);
/* The index of the text in a closed list. */
int sc_rate_cell_choice(sc_rate_cell *c, const char *what, const char *const *names, size_t n);
/* A list separated by single blanks, as a bit set over names[0..n), n <= 64. */
uint64_t sc_rate_cell_set(sc_rate_cell *c, const char *what, const char *const *names, size_t n, int required);
/* Reports that `word` is no `what`, with the nearest name. */
void sc_rate_cell_unknown(sc_rate_cell *c, const char *what, const char *word, const char *const *names, size_t n);

#endif
