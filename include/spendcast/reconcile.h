/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reconcile.h - what was logged, priced at the rate card, held against what was billed.
 *
 * Both are joined by day, model, region, routing (global, or one of geo and in_region, which bills do not tell apart),
 * tier, context band and meter; by month where the bill tells months only.  The residual of a line, billed - priced, is
 * split into causes that sum to it exactly.  They are assigned in this order:
 *
 *   1. quantities of a day that were logged for another cache lifetime, tier, routing or context band than billed, and
 *      those billed a day apart: the difference of the two list prices;
 *   2. what is logged but not billed, and billed but not logged, at list prices;
 *   3. what the billed amount itself costs beside its list price: rounding, a discount the bill tells of, the price of
 *      another date, routing, tier, band or lifetime, and what none of them explains;
 *   4. lines without usage: discounts, credits, taxes, fees. */
#ifndef SPENDCAST_RECONCILE_H
#define SPENDCAST_RECONCILE_H

#include "spendcast/bill.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sc_recon_cause {
    SC_RECON_NOT_LOGGED_MANTLE,  /* billed without a log: calls of bedrock-mantle, which Bedrock does not log */
    SC_RECON_NOT_LOGGED_BATCH,   /* ... batch inference, which it does not log either */
    SC_RECON_NOT_LOGGED_ACCOUNT, /* ... in an account without any log */
    SC_RECON_NOT_LOGGED_REGION,  /* ... in a region without any log */
    SC_RECON_NOT_LOGGED_DAYS,    /* ... before the first or after the last day of the logs */
    SC_RECON_NOT_LOGGED,         /* ... in the midst of the logs: records are missing */
    SC_RECON_LATE_DAYS,          /* logged after the bill's last day */
    SC_RECON_NOT_BILLED,         /* logged, and not in the bill */
    SC_RECON_CACHE_LIFETIME,     /* cache writes billed at another lifetime, or logged without one */
    SC_RECON_TIER,
    SC_RECON_SCOPE,   /* routing */
    SC_RECON_CONTEXT, /* context band */
    SC_RECON_DATE,    /* billed at the price of another date */
    SC_RECON_DISCOUNT,
    SC_RECON_CREDIT,
    SC_RECON_TAX,
    SC_RECON_FEE, /* purchases and commitments */
    SC_RECON_ADJUSTMENT,
    SC_RECON_UNKNOWN,  /* no model, quantity or price is known for what was billed */
    SC_RECON_ROUNDING, /* below the resolution of the bill's amounts */
    SC_RECON_PRICE,    /* another price than the card's, for no reason above */
    SC_RECON_CAUSES
} sc_recon_cause;

SC_API const char *sc_recon_cause_name(sc_recon_cause c);  /* "not_logged" */
SC_API const char *sc_recon_cause_title(sc_recon_cause c); /* "billed but not logged" */

typedef struct sc_recon_line {
    sc_day day;              /* or the first day of the month */
    const char *model;       /* id; as stated where the card does not know it; "" = not stated */
    const char *region;      /* "" = not stated */
    const char *variant;     /* of a meter that is not tokens */
    int is_global;           /* routing: 1 = global, 0 = in_region or geo */
    int tier;                /* sc_tier */
    int meter;               /* sc_meter; -1 = a line without quantity */
    int64_t context_from;    /* lower end of the price band */
    sc_charge charge;        /* what lines without quantity are for */
    int64_t logged, counted; /* tokens, or millionths of the meter's unit: in the logs, in the bill */
    sc_money priced, billed;
    sc_money cause[SC_RECON_CAUSES]; /* sums to billed - priced */
} sc_recon_line;

typedef struct sc_recon_totals {
    sc_recon_line sum;                      /* of all lines; logged and counted are tokens */
    int64_t logged_records, billed_records; /* ... of all kinds of charges */
    int by_month;                           /* 1: lines are of months */
    sc_day logged_from, logged_to;          /* first and last day with usage */
    sc_day billed_from, billed_to;          /* first and last day, or month, with usage */
    int64_t unpriced_tokens;                /* logged, without a price: in no sum of money */
    sc_money resolution;                    /* of the bill's amounts, for a line of the bill */
    sc_money other_services;                /* billed for other services: in no line */
} sc_recon_totals;

typedef struct sc_recon sc_recon;

/* Reconciles the usage of a ledger with its bills.  Of the options, filters, days, kinds (which must hold both), rater
 * and attribution are used.  SC_E_INPUT: nothing was used or nothing was billed, a quantity leaves int64; SC_E_USAGE:
 * the ledger was priced while it was read.  Texts of lines live as long as the result.  Free with sc_recon_free. */
SC_API sc_code sc_reconcile(const sc_ledger *l, const sc_bill_options *o, sc_recon **out, sc_errors *errors);
SC_API void sc_recon_free(sc_recon *r);

SC_API const sc_recon_totals *sc_recon_total(const sc_recon *r);
/* Largest residual first, of either sign, then by key. */
SC_API size_t sc_recon_line_count(const sc_recon *r);
SC_API const sc_recon_line *sc_recon_line_at(const sc_recon *r, size_t i);
/* The cause with the largest part of a line's residual; -1 = there is no residual. */
SC_API int sc_recon_main_cause(const sc_recon_line *line);

#ifdef __cplusplus
}
#endif
#endif
