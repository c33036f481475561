/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statements.h - statements under way, for the files that collect, round and name them. */
#ifndef SC_BILL_STATEMENTS_H
#define SC_BILL_STATEMENTS_H

#include "base/arena.h"
#include "spendcast/bill_export.h"

struct sc_statements {
    sc_arena arena;
    sc_statement *at;
    size_t n;
    sc_statement_row *rows; /* of all, by statement */
    size_t n_rows;
    sc_statements_total total;
};

/* Fills in all cents from the exact money.  0 when out of memory. */
int statements_round(sc_statements *s);
/* Fills in names of files.  0 when out of memory. */
int statements_name_files(sc_statements *s);

#endif
