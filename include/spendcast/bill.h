/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill.h - a ledger priced exactly, attributed, and grouped.
 *
 * A line item is one meter of one ledger cell.  A discount rounds once per line item; all else is exact, so that the
 * rows of every grouping add up to the total to the last femto-USD. */
#ifndef SPENDCAST_BILL_H
#define SPENDCAST_BILL_H

#include "spendcast/attribution.h"
#include "spendcast/ledger.h"
#include "spendcast/rating.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SC_BILL_LEVELS 4
#define SC_BILL_FILTERS 64

typedef struct sc_bill_options {
    const sc_rater *rater;
    const sc_attribution *attribution; /* NULL = usage is attributed as it states itself */
    const char *by[SC_BILL_LEVELS];    /* keys (sc_bill_keys, or a tag's name); n_by = 0: the total alone */
    size_t n_by;
    const char *where[SC_BILL_FILTERS]; /* KEY=PATTERN or KEY!=PATTERN, '*' and '?' match; all must hold, of several
                                           with '=' on one key any */
    size_t n_where;
    sc_day since, until; /* local days [since, until); SC_DAY_MIN and SC_DAY_MAX = open */
    unsigned kinds;      /* bit 1u << sc_usage_kind: those that count; 0 = all */
    int keep_parts;      /* 1: keep what sc_bill_coverage needs */
    int threads;         /* at most so many, 0 = one a processor; no result depends on it */
} sc_bill_options;

/* Keys to group and filter by, ended by NULL; any other word is the name of a tag. */
SC_API const char *const *sc_bill_keys(void);
/* What a key needs of a ledger: dims as bits, and 1 in *tag (its name) where it is a tag, *days where it needs days. */
SC_API unsigned sc_bill_key_dims(const char *key, int *is_tag);

/* Sums of line items. */
typedef struct sc_bill_sums {
    int64_t records;
    int64_t requests; /* of usage that has counts ... */
    int no_counts;    /* ... 1: some has none, so that requests are not known */
    int64_t tokens[SC_TOKEN_METERS];
    sc_money list; /* at list prices (own prices where there are) */
    sc_money discount;
    sc_money cost;     /* list - discount */
    unsigned has_cost; /* SC_COST_: what bills state */
    sc_money billed, stated_list, effective;
    int64_t unpriced_tokens, assumed_tokens;
    int64_t unpriced_items; /* line items that cost something and have no price, of any meter */
} sc_bill_sums;

typedef struct sc_bill_row {
    const char *key[SC_BILL_LEVELS]; /* "" = not set; NULL = several, in the row of others */
    sc_bill_sums sums;
} sc_bill_row;

typedef struct sc_bill sc_bill;

/* SC_E_INPUT: an unknown key or filter, a key that the ledger has not kept.  Free with sc_bill_free. */
SC_API sc_code sc_bill_run(const sc_ledger *l, const sc_bill_options *o, sc_bill **out, sc_errors *errors);
SC_API void sc_bill_free(sc_bill *b);

/* Rows by level: groups of time by time, others by cost (what bills state where nothing is priced), largest first, then
 * by name. */
SC_API size_t sc_bill_row_count(const sc_bill *b);
SC_API const sc_bill_row *sc_bill_row_at(const sc_bill *b, size_t i, sc_bill_row *out); /* returns out */
SC_API const sc_bill_sums *sc_bill_total(const sc_bill *b);
/* Keeps the n largest groups of the first level; the others become one row "(K others)" at the end. */
SC_API sc_code sc_bill_top(sc_bill *b, size_t n);
/* Money that the row is ranked and shared by: cost, or what bills state where nothing is priced. */
SC_API sc_money sc_bill_spend(const sc_bill *b, const sc_bill_sums *s);

/* Usage without a price: model as stated, why, and how much; most tokens first. */
typedef struct sc_bill_unpriced {
    const char *model; /* "" = none stated */
    const char *item;  /* usage type or meter */
    const char *why;
    int64_t tokens, records;
    sc_money billed; /* what bills state for it */
} sc_bill_unpriced;
SC_API size_t sc_bill_unpriced_count(const sc_bill *b);
SC_API const sc_bill_unpriced *sc_bill_unpriced_at(const sc_bill *b, size_t i);

/* What each rule of the attribution explains; the last entry (rule -1) is what none does. */
typedef struct sc_bill_coverage {
    int rule;
    sc_bill_sums sums;
} sc_bill_coverage;
SC_API size_t sc_bill_coverage_count(const sc_bill *b);
SC_API const sc_bill_coverage *sc_bill_coverage_at(const sc_bill *b, size_t i);
/* The largest keys of usage that no rule explains: what it could be attributed by. */
typedef struct sc_bill_unexplained {
    const char *key, *value; /* "principal", "arn:..." ; "" = it states nothing to go by */
    sc_bill_sums sums;
} sc_bill_unexplained;
SC_API size_t sc_bill_unexplained_count(const sc_bill *b);
SC_API const sc_bill_unexplained *sc_bill_unexplained_at(const sc_bill *b, size_t i);

/* ---- line items one by one, for what is built on bills ---- */

typedef struct sc_bill_item {
    const sc_ledger_stream *stream;
    const sc_ledger_cell *cell;
    int meter;        /* -1: a line without a quantity (tax, credit ...) */
    int64_t quantity; /* tokens, or millionths of the meter's unit */
    int first;        /* 1: the cell's first item, which carries its requests and stated costs */
    int rule;         /* of the attribution, -1 = none */
    const char *project, *workload;
    const sc_model *model;       /* NULL = unknown */
    sc_buy buy;                  /* where model is known */
    const sc_price_point *point; /* NULL = no price */
    int assumed;
    const sc_discount *off;
    sc_money list, discount, cost;
} sc_bill_item;

/* Calls `each` for every line item that the options let through, in the order of cells; a code other than SC_OK stops
 * and is returned.  Grouping options are not used.  The item is only valid during the call. */
SC_API sc_code sc_bill_items(const sc_ledger *l, const sc_bill_options *o,
                             sc_code (*each)(void *context, const sc_bill_item *item), void *context,
                             sc_errors *errors);
/* The value of a key for an item, as grouping sees it; "" = not set. buf holds short texts (dates). */
#define SC_BILL_KEY_TEXT 64
SC_API const char *sc_bill_item_key(const sc_ledger *l, const sc_attribution *a, const sc_bill_item *item,
                                    const char *key, char buf[SC_BILL_KEY_TEXT]);

#ifdef __cplusplus
}
#endif
#endif
