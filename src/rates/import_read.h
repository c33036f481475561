/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_read.h - what the readers of price data share. */
#ifndef SC_RATES_IMPORT_READ_H
#define SC_RATES_IMPORT_READ_H

#include "base/arena.h"
#include "io/json_doc.h"
#include "spendcast/rates_import.h"

typedef struct sc_importer {
    const sc_card *card;
    sc_day as_of;
    sc_import *im;
    sc_errors *errors;
    sc_code failed; /* not about input */
} sc_importer;

/* Adds a price, looked up on the card: `row` has all but kind, point, ratio, usd and unit.  Texts are copied.  per: the
 * base units that `usd` (decimal text) is for, a power of ten. */
void sc_importer_add(sc_importer *x, const sc_import_row *row, const char *usd, size_t usd_len, int64_t per);
/* Adds a line that is not understood. */
void sc_importer_add_unknown(sc_importer *x, const char *name, const char *format, ...) SC_PRINTF(3, 4);

void sc_import_pricelist(sc_importer *x, const sc_json_doc *doc);
void sc_import_genai(sc_importer *x, const sc_json_doc *doc, const cJSON *provider);

#endif
