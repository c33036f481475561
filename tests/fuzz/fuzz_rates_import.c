/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_rates_import.c - price data that is read has rows with parts that exist, and rows to review that load again;
 * what is refused has a place. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_check.h"
#include "spendcast/rates_import.h"
#include "spendcast/report.h"

static const sc_card *the_card(void)
{
    static sc_card *card;
    if (card == NULL)
        require(sc_card_load(NULL, NULL, &card, NULL) == SC_OK);
    return card;
}

static void check_row(const sc_card *card, const sc_import_row *r)
{
    require(r->kind < SC_IMPORT_KINDS && r->name != NULL && r->reason != NULL);
    if (r->kind == SC_IMPORT_UNKNOWN) {
        require(r->model == NULL && r->reason[0] != '\0');
        return;
    }
    require(r->model != NULL && r->region >= 0 && r->region < (int)sc_card_region_count(card));
    require(r->scopes != 0 && r->scopes < 1u << SC_SCOPES && r->meter < SC_METERS && r->tier < SC_TIERS &&
            r->price >= 0);
    require((r->kind == SC_IMPORT_MISSING) == (r->point == NULL));
    require(r->kind != SC_IMPORT_SAME || r->point->price == r->price);
    require(r->kind != SC_IMPORT_CHANGED || r->point->price != r->price);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sc_card *card = the_card();
    sc_errors errors = {0};
    sc_import *im = NULL;
    char *csv = NULL;
    size_t csv_size;
    sc_code code = sc_import_parse("input", (const char *)data, size, card, 20700, &im, &errors);
    if (code != SC_OK) {
        require(code == SC_E_INPUT && im == NULL && errors.errors > 0);
        return 0;
    }
    for (size_t i = 0; i < sc_import_count(im); i++) {
        check_row(card, sc_import_at(im, i));
        require(i == 0 || sc_import_at(im, i - 1)->kind <= sc_import_at(im, i)->kind);
    }
    require(sc_import_rows_csv(im, card, "docs", 20700, &csv, &csv_size) == SC_OK && strlen(csv) == csv_size);
    sc_text_free(csv);
    sc_import_free(im);
    return 0;
}
