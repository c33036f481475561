/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_item.h - usage types of a bill's Bedrock lines: which model and meter they are, and how many tokens an amount
 * is.
 *
 * Bills repeat few usage types over many lines; each is worked out once a block. */
#ifndef SC_USAGE_BILL_ITEM_H
#define SC_USAGE_BILL_ITEM_H

#include "spendcast/usage.h"
#include "spendcast/usage_type.h"

#define SC_BILL_KEY_MAX 256

typedef struct sc_bill_item {
    char key[SC_BILL_KEY_MAX]; /* usage type, line feed, product */
    size_t key_len;            /* 0 = free */
    int is_known;              /* 0: the usage type is not understood, nothing below is set */
    sc_usage_type type;
    sc_text model;                 /* "" = no model is named */
    const char *endpoint;          /* "" = not said */
    int64_t context;               /* above which the line's price band starts */
    sc_unit_price lowest, highest; /* what a base unit of this model and meter costs on the card, 0 = no price */
} sc_bill_item;

#define SC_BILL_ITEMS 64
typedef struct sc_bill_items {
    const sc_card *card;
    sc_bill_item slot[SC_BILL_ITEMS];
    sc_bill_item other; /* of names too long to keep */
} sc_bill_items;

void sc_bill_items_init(sc_bill_items *items, const sc_card *card);

/* What a usage type says; `product` names the model where the usage type does not, "" = not known.  Holds until the
 * next call. */
const sc_bill_item *sc_bill_item_of(sc_bill_items *items, sc_text usage_type, sc_text product);

/* Sets model, region, endpoint, tier, scope, context and variant of a record. */
void sc_bill_item_apply(const sc_bill_item *item, const sc_card *card, sc_usage_record *r);

/* Sets tokens or quantity of a record to `amount` of the line's unit.  `per` is how many base units the line's stated
 * unit is, 0 = not stated: then the usage type says.  As neither is sure (lines of one grammar are counted in tokens,
 * thousands or millions, and some say only "Units"), the record's list or billed cost decides where only another of
 * these three gives a price per token that the model has anywhere, discounts up to 75 % included.  NULL, or why not. */
const char *sc_bill_item_count(const sc_bill_item *item, sc_text amount, int64_t per, sc_usage_record *r);

/* ---- names in bills */

/* Project or application inference profile, where a resource id is an ARN of one. */
void sc_bill_resource(sc_text arn, sc_usage_record *r);
/* Whether a line is of Bedrock, by service code or name of the product (source: AWS bills of 2025 and 2026, which name
 * AmazonBedrock, AmazonBedrockService, AmazonBedrockFoundationModels, or in Marketplace lines without a service only
 * "Claude Haiku 4.5 (Amazon Bedrock Edition)"). */
int sc_bill_is_bedrock(sc_text service_code, sc_text product);

#endif
