/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_report.h - cells that the tables of the `rates` commands share. */
#ifndef SC_CLI_RATES_REPORT_H
#define SC_CLI_RATES_REPORT_H

#include "spendcast/rates.h"
#include "spendcast/report.h"

/* A text; nothing for NULL and "". */
void cell_text_or_empty(sc_table *t, const char *text);
/* A count; nothing for 0 and for the open end of a range. */
void cell_count_or_empty(sc_table *t, int64_t n);
/* Several empty cells. */
void cells_empty(sc_table *t, int n);
/* "in_region geo". */
void cell_scopes(sc_table *t, unsigned scopes);
/* Codes of the regions in the set, one word each; code(context, i) is NULL past the last. */
void cell_regions(sc_table *t, uint64_t regions, const char *(*code)(const void *context, size_t i),
                  const void *context);
/* Such a function for the regions of an sc_card. */
const char *card_region_code(const void *card, size_t i);

#endif
