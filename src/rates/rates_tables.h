/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_tables.h - a card while its tables are read: what the readers of single tables share. */
#ifndef SC_RATES_RATES_TABLES_H
#define SC_RATES_RATES_TABLES_H

#include "rates/card.h"
#include "rates/rates_cells.h"
#include "rates/rates_load.h"

/* The tables of the card come first, then those of the customer, whose rows add to the card's or replace them. */
typedef enum sc_set_kind { SC_SET_CARD, SC_SET_OWN, SC_SETS } sc_set_kind;

typedef struct sc_ids {
    const char **id;
    size_t n;
    int unordered; /* they do not ascend */
} sc_ids;

typedef struct sc_ratio {
    double low, high;
} sc_ratio;

/* A named range: tokenizers and kinds of verbosity. */
typedef struct sc_ratios {
    sc_ids ids;
    sc_ratio *of; /* one an id */
} sc_ratios;

/* What other tables refer to (ids, card->regions, card->models) is NULL where its table could not be read.  Nothing is
 * checked against such a table, or its one error would be buried under others. */
typedef struct sc_loader {
    sc_load_ctx ctx;
    sc_card *card;
    const sc_table_set *sets; /* [SC_SETS] */
    sc_ids sources;
    sc_ratios tokenizers, verbosities;
    size_t points_cap;
} sc_loader;

/* The rows of one kind of table: those of the card, then those of the customer. */
typedef struct sc_rows {
    sc_csv_table *table[SC_SETS]; /* NULL where there is none */
    size_t n;
} sc_rows;

typedef struct sc_row {
    sc_set_kind set;
    sc_csv_table *table;
    size_t index; /* in its table */
} sc_row;

const sc_card_table *sc_loader_find(const sc_loader *x, sc_set_kind set, const char *name);
/* "folder/name", as it stands in messages. */
const char *sc_loader_path(sc_loader *x, sc_set_kind set, const char *name);
/* The table of that name, parsed; NULL if it is missing or broken, which is reported.  Free with sc_csv_free. */
sc_csv_table *sc_loader_open(sc_loader *x, sc_set_kind set, const char *name, const sc_csv_column *columns, size_t n);
/* The table of that name of both sets; `required`: the card must have it.  0 if the card's could not be read.  Close
 * with sc_loader_close_rows, also then. */
int sc_loader_open_rows(sc_loader *x, const char *name, int required, const sc_csv_column *columns, size_t n,
                        sc_rows *rows);
void sc_loader_close_rows(sc_rows *rows);
sc_row sc_loader_row(const sc_rows *rows, size_t i);
sc_rate_cell sc_loader_cell(sc_loader *x, sc_row row, size_t column);
/* n cleared elements in the card's arena, never NULL unless memory ran out. */
void *sc_loader_array(sc_loader *x, size_t n, size_t size);
/* Where an id goes in ids: at its place if the card has it already and the customer replaces it, else at the end. */
size_t sc_loader_put_id(sc_ids *ids, const char *id);
/* Notes that a row stands after one that should follow it: lists in canonical order show changes where one expects
 * them. */
void sc_loader_note_order(sc_loader *x, sc_row row, const char *table);

const char *sc_loader_source(const sc_loader *x, sc_rate_cell *c);
/* The index of the id that the cell refers to; -1 if there is none. */
int sc_loader_ref(sc_rate_cell *c, const char *what, const sc_ids *ids);
/* The model or service whose id the cell holds; NULL, reported, if there is none. */
const sc_model *sc_loader_model(const sc_loader *x, sc_rate_cell *c);
/* Fills codes[SC_MAX_REGIONS]; returns NULL where the table of regions could not be read. */
const char *const *sc_loader_region_codes(const sc_loader *x, const char **codes);

/* Tokenizers, kinds of verbosity, models, services and their other spellings. */
void sc_loader_add_models(sc_loader *x);
/* Adds the price points of one table. */
void sc_loader_add_prices(sc_loader *x, sc_set_kind set, const char *name);
/* Sorts all points by model and refuses two prices for one key; there must be points, and no errors so far. */
void sc_loader_index_points(sc_loader *x);
/* The customer's discounts and commitments. */
void sc_loader_add_terms(sc_loader *x);

#endif
