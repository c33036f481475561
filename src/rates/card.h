/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card.h - the loaded rate card, shared by the files of this folder. */
#ifndef SC_RATES_CARD_H
#define SC_RATES_CARD_H

#include "base/arena.h"
#include "spendcast/rates.h"

#define SC_MAX_REGIONS 64 /* a price point's regions are one 64-bit set */
#define SC_MAX_GEOS 64

typedef struct sc_alias {
    const char *alias;
    const sc_model *model;
    int is_cur; /* 1: how usage types of bills spell the model */
} sc_alias;

typedef struct sc_span {
    size_t first, count;
} sc_span;

/* A row that stands out of the canonical order of its table. */
typedef struct sc_misplaced_row {
    const char *file;
    int line;
} sc_misplaced_row;
#define SC_MAX_MISPLACED 64

struct sc_card {
    sc_arena arena; /* owns everything below */
    sc_model *models;
    size_t n_models;
    sc_span *model_points; /* [n_models], into points */
    sc_price_point *points;
    size_t n_points;
    sc_region *regions;
    size_t n_regions;
    const char *geos[SC_MAX_GEOS];
    size_t n_geos;
    sc_alias *aliases; /* sorted */
    size_t n_aliases;
    const char **names; /* model ids and aliases, for the nearest one */
    size_t n_names;
    sc_discount *discounts; /* as in the table: the first that matches holds */
    size_t n_discounts;
    sc_commitment *commitments;
    size_t n_commitments;
    size_t n_unplaced, n_unplaced_page_points;
    sc_misplaced_row misplaced[SC_MAX_MISPLACED];
    size_t n_misplaced;
    sc_day checked;
    int default_region;
    char hash[65], own_hash[65];
};

const sc_model *sc_card_model_by_id(const sc_card *card, const char *id);

/* True if quantities of the meter are counted in this base unit (sc_unit.base). */
int sc_meter_counts(sc_meter m, const char *base);
/* The unit in which prices of the meter are mostly quoted. */
const sc_unit *sc_meter_unit(sc_meter m);
/* True if the meter is billed by the hour for capacity that is held ready. */
int sc_meter_is_capacity(sc_meter m);

#endif
