/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_export.h - bills for other tools and for those who pay: a FOCUS file, and statements. */
#ifndef SPENDCAST_BILL_EXPORT_H
#define SPENDCAST_BILL_EXPORT_H

#include "spendcast/bill.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- FOCUS ---- */

typedef struct sc_focus_sums {
    int64_t rows;
    sc_money billed, effective, list, contracted;
    int64_t unpriced_tokens; /* usage without a price, which has no row ... */
    int64_t unpriced_items;  /* ... and how many line items that is */
} sc_focus_sums;

/* Writes the line items that the options let through as a CSV file of the FinOps Open Cost and Usage Specification 1.2,
 * whole or not at all, compressed if its name ends in ".gz".  One row is what one meter of one model cost a project on
 * one UTC day in one region, by tags; taxes, credits and the like have rows of their own.  What bills state is kept;
 * what is only priced at the rate card is marked as an estimate.  Grouping options are not used.  *sums (may be NULL)
 * is what the file holds. */
SC_API sc_code sc_focus_write(const sc_ledger *l, const sc_bill_options *o, const char *path, sc_focus_sums *sums,
                              sc_errors *errors);

/* ---- statements ---- */

/* Money as exact, and rounded so that parts add up to their whole: list - discount = cost holds in cents too. */
typedef struct sc_statement_money {
    sc_money cost, discount;
    int64_t cost_cents, discount_cents;
} sc_statement_money;

/* A line of a statement: what a project used of a model, another charge of a bill, or its part of a shared cost. */
typedef struct sc_statement_row {
    const char *project;
    const char *model;  /* or the kind of charge; "" = a shared cost */
    const char *shared; /* the pool that it is a part of; "" = the project's own */
    sc_bill_sums sums;  /* its quantities; those of shared costs stay with the pool */
    sc_statement_money money;
} sc_statement_row;

typedef struct sc_statement {
    const char *name;             /* who pays */
    const char *file;             /* a safe name for a file, without suffix, of no other statement */
    const sc_statement_row *rows; /* largest cost first */
    size_t n_rows;
    sc_bill_sums sums;
    sc_statement_money money; /* in cents: of its rows; of all statements together: the rounded total */
} sc_statement;

typedef struct sc_statements_total {
    sc_statement_money money;
    int64_t unpriced_items;       /* in no statement ... */
    int64_t unpriced_tokens;      /* ... with these tokens */
    sc_money other_services;      /* on bills: in no statement */
    int has_estimates, has_bills; /* 1: some costs are priced at the rate card, some are stated by bills */
    sc_day first, last;           /* local days with usage or charges; first > last = none */
} sc_statements_total;

typedef struct sc_statements sc_statements;

/* Who pays is told by `by`, a key of bills, "(none)" where it is not set; NULL: the tag "team", or the project where
 * that is not set.  Shared costs are handed on to the projects that share them, and within a project to its statements
 * by what each spends.  Of bills the amounts are those they state, effective costs before billed ones.  Grouping
 * options are not used.  Free with sc_statements_free. */
SC_API sc_code sc_statements_make(const sc_ledger *l, const sc_bill_options *o, const char *by, sc_statements **out,
                                  sc_errors *errors);
SC_API void sc_statements_free(sc_statements *s);
SC_API size_t sc_statement_count(const sc_statements *s);
SC_API const sc_statement *sc_statement_at(const sc_statements *s, size_t i); /* by name */
SC_API const sc_statements_total *sc_statements_sum(const sc_statements *s);

#ifdef __cplusplus
}
#endif
#endif
