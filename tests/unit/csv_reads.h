/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_reads.h - what a reader of CSV makes of a text, as text. */
#ifndef SC_TEST_CSV_READS_H
#define SC_TEST_CSV_READS_H

#include "base/strbuf.h"
#include "usage/reader.h"

/* Adds a record as a line: time, grain, charge, then what is stated ("model=..", "tag:team=..", "input=..",
 * "billed=.."), "late" for money without counts. */
void shown_record(sc_strbuf *b, const sc_usage_record *r);

/* A line for each record, reject ("at 'CELL': REASON") and skip, in order, or "open: REASON".  Free with free(). */
char *csv_reads(const sc_usage_reader *reader, const sc_card *card, const char *text);

/* The records alone, each given to `record` as it comes; rejects and skips are counted.  -1 if it cannot be opened. */
typedef struct csv_counts {
    size_t records, rejects, skips;
    char first_reject[300];
} csv_counts;
int csv_each(const sc_usage_reader *reader, const sc_card *card, const char *text, size_t size,
             void (*record)(void *context, const sc_usage_record *r), void *context, csv_counts *counts);

#endif
