/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_type.h - what a usage type of an AWS bill or of the AWS Price List says: model, meter, tier, routing.
 *
 * Usage types are read by exact tables: a model by its id or a spelling in aliases.csv, a region by its short code,
 * every other part by a fixed list.  A part that is not known is an error, never a guess. */
#ifndef SPENDCAST_USAGE_TYPE_H
#define SPENDCAST_USAGE_TYPE_H

#include "spendcast/rates.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SC_USAGE_VARIANT_MAX 64
#define SC_USAGE_TYPE_MAX 200

typedef struct sc_usage_type {
    int region;            /* -1 = none is named */
    const sc_model *model; /* or service; NULL = neither usage type nor product names one */
    sc_meter meter;
    sc_scope scope; /* in_region where it says nothing: AWS bills geographic profiles on the same line */
    int scope_stated;
    sc_tier tier;
    int long_context;                   /* 1: the band above the model's threshold */
    char variant[SC_USAGE_VARIANT_MAX]; /* "" = none */
    int64_t per; /* base units in a quantity of 1 as AWS counts this line: 1,000 or 1,000,000 tokens, or 1 */
} sc_usage_type;

/* Reads a line_item_usage_type such as "USE1-Claude4.6Sonnet-input-tokens-cross-region-global" or
 * "USW2-MP:USW2_output_tokens_global_standard-Units".  `product` names the model where the usage type does not ("Claude
 * Opus 5 (Amazon Bedrock Edition)"); NULL = not known.  A cache write without a lifetime has the model's shortest.
 * SC_E_INPUT with the reason in `why` (may be NULL) for what is not understood.  Source: AWS Bedrock user guide,
 * understanding Cost and Usage Report data (2026), and lines of the Price List of 2026-07 and 2026-10. */
SC_API sc_code sc_usage_type_parse(const sc_card *card, const char *text, const char *product, sc_usage_type *out,
                                   char *why, size_t why_size);

typedef struct sc_usage_type_text {
    char usage_type[SC_USAGE_TYPE_MAX];
    char product[SC_USAGE_TYPE_MAX]; /* "" = the usage type names the model */
    int64_t per;                     /* base units in a quantity of 1 */
} sc_usage_type_text;

/* The way back, for token meters without variant: a usage type that sc_usage_type_parse reads as this model, region,
 * meter, tier, scope (in_region and geo are one) and context band.  Models whose spelling in bills is known get a line
 * of Amazon Bedrock, others one of AWS Marketplace that the product name goes with.  SC_E_INPUT with the reason in
 * `why` (may be NULL) where no such usage type is known. */
SC_API sc_code sc_usage_type_write(const sc_card *card, const sc_usage_type *u, sc_usage_type_text *out, char *why,
                                   size_t why_size);

#ifdef __cplusplus
}
#endif
#endif
