/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write_bill.h - the bill: usage added up by hour or day, workload, meter and price band, priced exactly, as rows of a
 * Cost and Usage Report 2.0.
 *
 * A row of usage costs the list price.  Discounts are rows of their own, as AWS writes them: PrivateRateDiscount for
 * the customer's own rates, EdpDiscount for what was asked for on top. */
#ifndef SC_SYNTH_WRITE_BILL_H
#define SC_SYNTH_WRITE_BILL_H

#include "spendcast/usage_type.h"
#include "synth/synth_text.h"

typedef struct sc_bill_cell {
    int64_t tokens[SC_SYNTH_METERS];
} sc_bill_cell;

/* What rows of one workload have in common. */
typedef struct sc_bill_source {
    size_t first_cell;   /* among the cells of a slot: one a band, from 0 tokens of context on */
    sc_strbuf principal; /* CSV text */
    sc_strbuf tags;      /* CSV text */
    sc_stream ids;       /* counter (day, slot, band and meter, kind of row) */
} sc_bill_source;

typedef struct sc_bill {
    const sc_future *f;
    sc_bill_source *sources;         /* [n_works] */
    sc_bill_cell *cells;             /* [slots][slot_cells] of the day */
    sc_usage_type_text *usage_types; /* [slot_cells][SC_SYNTH_METERS], made when first needed */
    size_t slots, slot_cells;
    int64_t discount; /* share in 10^-8 */
    int64_t lines;    /* rows so far */
} sc_bill;

extern const char sc_bill_header[];

/* To be released in any case. */
sc_code sc_bill_init(sc_bill *b, const sc_future *f, const sc_synth_options *o);
void sc_bill_release(sc_bill *b);

void sc_bill_add(sc_bill *b, const sc_synth_request *r, const int64_t tokens[SC_SYNTH_METERS]);

/* Prices a day and starts the next one; adds its money to the sums of the projects.  `out` gets the rows; NULL = the
 * day is not billed (yet). */
sc_code sc_bill_day(sc_bill *b, size_t day, sc_strbuf *out, sc_synth_sum *projects, sc_errors *errors);

#endif
