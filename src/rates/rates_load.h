/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_load.h - a rate card from tables in memory. */
#ifndef SC_RATES_RATES_LOAD_H
#define SC_RATES_RATES_LOAD_H

#include <stddef.h>

#include "spendcast/rates.h"

typedef struct sc_card_table {
    const char *name; /* "models.csv", without a folder */
    const char *text; /* size bytes, not terminated; needed during the call only */
    size_t size;
} sc_card_table;

typedef struct sc_table_set {
    const char *label; /* a folder, or "pricing": stands before the tables' names in messages; "" = none */
    const sc_card_table *tables;
    size_t n;
    const char *hash; /* SHA-256 over the tables in hex, where it is known beforehand; NULL = not */
} sc_table_set;

/* As sc_card_load, from tables in memory; own may be NULL. */
sc_code sc_card_load_tables(const sc_table_set *card, const sc_table_set *own, sc_card **out, sc_errors *errors);

#endif
