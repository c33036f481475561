/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_check.h - what looks wrong or is missing in a rate card that loads without errors. */
#ifndef SPENDCAST_RATES_CHECK_H
#define SPENDCAST_RATES_CHECK_H

#include "spendcast/rates.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which findings are given.  The first ones contradict what a price table can say; the others are what
 * a reader of the card should know. */
typedef enum sc_finding_kind {
    SC_FIND_ORDER,    /* a row stands out of the canonical order of its table */
    SC_FIND_BATCH,    /* batch or flex is dearer than standard */
    SC_FIND_GLOBAL,   /* in-region or geographic routing is cheaper than global */
    SC_FIND_CACHE,    /* a cache read is dearer than input */
    SC_FIND_GAP,      /* a price is missing beside others of its key: the other side, a band, days between two prices */
    SC_FIND_FAMILY,   /* three quarters of a model's family have a tier, scope or meter that it lacks */
    SC_FIND_STALE,    /* a table whose newest price was checked too long ago */
    SC_FIND_LIMITS,   /* a priced text model whose context window or longest output is not known */
    SC_FIND_UNPRICED, /* a model without any price */
    SC_FINDING_KINDS
} sc_finding_kind;

SC_API const char *sc_finding_kind_name(sc_finding_kind kind); /* "order", "batch" ... */
SC_API const char *const *sc_finding_kind_names(void);         /* [SC_FINDING_KINDS] */
/* 1 for kinds that contradict what a price table can say: order, batch, global, cache. */
SC_API int sc_finding_is_contradiction(sc_finding_kind kind);

typedef struct sc_finding {
    sc_finding_kind kind;
    const sc_model *model; /* NULL = of a table */
    const char *file;      /* where: the row, or the table; "" = the model as a whole */
    int line;              /* 0 = the whole table */
    char text[200];
} sc_finding;

typedef struct sc_findings sc_findings;

/* Checks the prices in force on `today`, and the rows of all days.  Tables whose newest price was checked more than
 * max_age days before are stale.  Keeps pointers into the card: free it first, with sc_findings_free. */
SC_API sc_code sc_card_check(const sc_card *card, sc_day today, int max_age, sc_findings **out);
SC_API void sc_findings_free(sc_findings *f);
SC_API size_t sc_findings_count(const sc_findings *f);
SC_API const sc_finding *sc_findings_at(const sc_findings *f, size_t i); /* by kind, model, place */

#ifdef __cplusplus
}
#endif
#endif
