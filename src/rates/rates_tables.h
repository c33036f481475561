/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_tables.h - a card while its tables are read: what the readers of single tables share. */
#ifndef SC_RATES_RATES_TABLES_H
#define SC_RATES_RATES_TABLES_H

#include "rates/card.h"
#include "rates/rates_cells.h"
#include "rates/rates_load.h"

typedef struct sc_ids {
    const char **id;
    size_t n;
} sc_ids;

typedef struct sc_ratio {
    double low, high;
} sc_ratio;

/* What other tables refer to (ids, card->regions, card->models) is NULL where its table could not be read.  Nothing is
 * checked against such a table, or its one error would be buried under others. */
typedef struct sc_loader {
    sc_load_ctx ctx;
    sc_card *card;
    const char *label;
    const sc_card_table *tables;
    size_t n_tables;
    sc_ids sources;
    sc_ids tokenizers;
    sc_ratio *ratios; /* one a tokenizer */
    size_t points_cap;
} sc_loader;

const sc_card_table *sc_loader_find(const sc_loader *x, const char *name);
/* "label/name", as it stands in messages. */
const char *sc_loader_path(sc_loader *x, const char *name);
/* The table of that name, parsed; NULL if it is missing or broken, which is reported.  Free with sc_csv_free. */
sc_csv_table *sc_loader_open(sc_loader *x, const char *name, const sc_csv_column *columns, size_t n);
/* n cleared elements in the card's arena, never NULL unless memory ran out. */
void *sc_loader_array(sc_loader *x, size_t n, size_t size);
const char *sc_loader_source(const sc_loader *x, sc_rate_cell *c);
const sc_model *sc_loader_model(const sc_loader *x, sc_rate_cell *c);

/* Adds the price points of one table. */
void sc_loader_add_prices(sc_loader *x, const char *name);
/* Sorts all points by model and refuses two prices for one key; there must be points, and no errors so far. */
void sc_loader_index_points(sc_loader *x);

#endif
