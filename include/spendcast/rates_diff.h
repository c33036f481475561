/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_diff.h - what changed between two rate cards, or two days of one: prices that are others, new or gone.
 *
 * Prices are compared by what is billed, not by rows: a row that is split, moved or written otherwise is no change. */
#ifndef SPENDCAST_RATES_DIFF_H
#define SPENDCAST_RATES_DIFF_H

#include "spendcast/rates.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sc_change_kind { SC_PRICE_CHANGED, SC_PRICE_REMOVED, SC_PRICE_ADDED, SC_CHANGE_KINDS } sc_change_kind;
SC_API const char *sc_change_kind_name(sc_change_kind kind); /* "changed", "removed", "added" */

/* One change, with every place and way in which it is the same. */
typedef struct sc_price_change {
    sc_change_kind kind;
    const sc_price_point *before, *after; /* one of each kind of price that is meant; NULL = there is none */
    unsigned scopes;                      /* bit s: scope s */
    uint64_t regions;                     /* bit r: sc_rates_diff_region(diff, r) */
    int64_t context_from, context_to;     /* [from, to) */
    double ratio;                         /* after / before; 0 for a price that is new, gone or was 0 */
} sc_price_change;

typedef struct sc_rates_diff sc_rates_diff;

/* Compares what `before` charges on `before_day` with what `after` charges on `after_day`; the cards may be one.
 * Changes come first, the largest ratio up or down first, then what is gone, then what is new, each by model and then
 * as in the tables.  Keeps pointers into the cards: free it first, with sc_rates_diff_free.  SC_E_INPUT if the cards
 * together name more than 64 regions. */
SC_API sc_code sc_rates_diff_of(const sc_card *before, sc_day before_day, const sc_card *after, sc_day after_day,
                                sc_rates_diff **out, sc_errors *errors);
SC_API void sc_rates_diff_free(sc_rates_diff *d);
SC_API size_t sc_rates_diff_count(const sc_rates_diff *d);
SC_API const sc_price_change *sc_rates_diff_change(const sc_rates_diff *d, size_t i);
/* The code of a region; NULL past the last. */
SC_API const char *sc_rates_diff_region(const sc_rates_diff *d, size_t region);

#ifdef __cplusplus
}
#endif
#endif
