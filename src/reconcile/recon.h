/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recon.h - a reconciliation under way: lines by their key, for the files that join and explain. */
#ifndef SC_RECONCILE_RECON_H
#define SC_RECONCILE_RECON_H

#include "base/arena.h"
#include "ledger/map.h"
#include "ledger/names.h"
#include "spendcast/reconcile.h"

/* What logs and bills are joined by: numbers of texts.  No padding: its bytes are the key. */
typedef struct recon_key {
    int64_t context;
    uint32_t model, region, variant;
    int32_t period; /* day, or first day of the month */
    int32_t is_global, tier, meter, charge;
} recon_key;

typedef struct recon_entry {
    recon_key key;
    const sc_price_point *logged_at, *billed_at; /* prices, NULL = none */
    int64_t logged, counted, unpriced;           /* unpriced: of what was logged */
    int64_t left_logged, left_counted;           /* not matched yet */
    int64_t on_mantle, of_other_account;         /* of what was billed: which cannot be in the logs */
    int64_t lines;                               /* of the bill */
    sc_money list, priced;                       /* of what was logged */
    sc_money billed, stated_list;
    int no_list; /* 1: some line of the bill states no list price */
    sc_money cause[SC_RECON_CAUSES];
} recon_entry;

typedef struct recon {
    const sc_ledger *l;
    const sc_card *card;
    sc_names texts;
    sc_map entries;           /* recon_entry */
    sc_map regions, accounts; /* those with logs: numbers of texts */
    recon_entry **order;      /* all entries */
    size_t n;
    sc_recon_totals totals;
} recon;

/* Fills entries and totals from the ledger. */
sc_code recon_join(recon *x, const sc_bill_options *o, sc_errors *errors);
/* Splits the residual of every entry into causes. */
void recon_explain(recon *x);

int recon_knows(const sc_map *set, uint32_t number);
/* List price of a quantity of the entry's meter; 0 without a price. */
sc_money recon_value(const recon_entry *e, int64_t quantity);
/* What the billed quantity costs beside its list price, by causes. */
void recon_explain_price(const recon *x, recon_entry *e);

static inline const sc_price_point *recon_point(const recon_entry *e)
{
    return e->billed_at != NULL ? e->billed_at : e->logged_at;
}

static inline int recon_is_write(int meter)
{
    return meter >= SC_METER_CACHE_WRITE && meter <= SC_METER_CACHE_WRITE_1H;
}

#endif
