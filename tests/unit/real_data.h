/* SPDX-License-Identifier: GPL-3.0-or-later */
/* real_data.h - data that may not be redistributed, in the folder $SPENDCAST_TEST_DATA; tests without it are skipped.
 */
#ifndef SC_TEST_REAL_DATA_H
#define SC_TEST_REAL_DATA_H

#include <stddef.h>

#include "io/csv_table.h"
#include "spendcast/money.h"

/* The text of a data file (free with sc_free), or NULL after counting its cases as skipped. */
char *data_text(const char *name, unsigned long cases, size_t *size);

typedef struct data_table {
    char *text;
    sc_csv_table *csv;
} data_table;

/* Columns by index; returns 0 if the file is absent or (a failure) not such a table. */
int open_table(const char *name, unsigned long cases, const sc_csv_column *columns, size_t n, data_table *t);
void close_table(data_table *t);

/* Dollars as the data has them, exactly. */
sc_money usd_of(const char *usd);

#endif
