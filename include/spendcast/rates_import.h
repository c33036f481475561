/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_import.h - published price data held against a rate card: what drifted, what is missing, what is not
 * understood.
 *
 * Nothing is written to the card: a price that changed is for a person to review.  Read are, told apart by content:
 *   - an offer file of the AWS Price List, of one region or all ({"offerCode": .., "products": {..}, "terms": {..}}),
 *   - the output of GetProducts ({"PriceList": [..]}, elements as objects or as text),
 *   - data of pydantic/genai-prices (its list of providers, or the provider "aws" alone). */
#ifndef SPENDCAST_RATES_IMPORT_H
#define SPENDCAST_RATES_IMPORT_H

#include "spendcast/rates.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sc_import_kind {
    SC_IMPORT_CHANGED, /* the card has another price */
    SC_IMPORT_MISSING, /* the card has none */
    SC_IMPORT_UNKNOWN, /* the line names something that is not understood, or is no price of a single unit */
    SC_IMPORT_SAME,
    SC_IMPORT_KINDS
} sc_import_kind;
SC_API const char *sc_import_kind_name(sc_import_kind kind); /* "changed", "missing", "unknown", "same" */

/* One price of the file. */
typedef struct sc_import_row {
    sc_import_kind kind;
    const char *name;      /* usage type, or model id and price name, as the file has it */
    const sc_model *model; /* NULL where unknown */
    int region;
    unsigned scopes; /* bit s: scope s */
    sc_tier tier;
    sc_meter meter;
    const char *variant;
    int64_t context; /* in the band that is meant */
    sc_unit_price price;
    const char *usd, *unit;      /* in the card's unit for the meter: "3.30", "1M_tokens" */
    sc_day day;                  /* on which the card was asked */
    sc_day from;                 /* the file's date of the price, SC_DAY_MIN = none */
    const sc_price_point *point; /* the card's; NULL = none */
    double ratio;                /* file / card; 0 where there is none */
    const char *reason;          /* why unknown or missing; "" otherwise */
} sc_import_row;

typedef struct sc_import sc_import;

/* Reads text[0..size) (`name` stands in messages) and looks every price up on the card: on the day that the file gives
 * it, else on as_of.  Rows: changed, the largest step first; then missing, unknown and same, each by model and name.
 * SC_E_INPUT with located errors if it is none of the formats or malformed.  Keeps pointers into the card: free it
 * first, with sc_import_free. */
SC_API sc_code sc_import_parse(const char *name, const char *text, size_t size, const sc_card *card, sc_day as_of,
                               sc_import **out, sc_errors *errors);
/* The same of a file ("-" = stdin) of at most 512 MiB. */
SC_API sc_code sc_import_load(const char *path, const sc_card *card, sc_day as_of, sc_import **out, sc_errors *errors);
SC_API void sc_import_free(sc_import *im);
SC_API const char *sc_import_format(const sc_import *im); /* "AWS Price List", "genai-prices" */
SC_API size_t sc_import_count(const sc_import *im);
SC_API const sc_import_row *sc_import_at(const sc_import *im, size_t i);

/* The changed and missing prices as rows of a price table (pricing/README.md), in canonical order, with this source id;
 * regions of one price in one row.  *text: free with sc_text_free of report.h. */
SC_API sc_code sc_import_rows_csv(const sc_import *im, const sc_card *card, const char *source, sc_day checked,
                                  char **text, size_t *size);

#ifdef __cplusplus
}
#endif
#endif
