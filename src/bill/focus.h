/* SPDX-License-Identifier: GPL-3.0-or-later */
/* focus.h - rows of a FOCUS file, for the files that collect and write them. */
#ifndef SC_BILL_FOCUS_H
#define SC_BILL_FOCUS_H

#include "base/strbuf.h"
#include "ledger/map.h"
#include "ledger/names.h"
#include "spendcast/bill_export.h"

typedef enum focus_text {
    FOCUS_TEXT_ACCOUNT,
    FOCUS_TEXT_PROJECT,
    FOCUS_TEXT_WORKLOAD,
    FOCUS_TEXT_MODEL,
    FOCUS_TEXT_ITEM, /* usage type, or what else names the line of a bill */
    FOCUS_TEXT_REGION,
    FOCUS_TEXT_RESOURCE, /* ARN of a project or an inference profile */
    FOCUS_TEXT_PROVIDER, /* of lines of other services */
    FOCUS_TEXT_UNIT,     /* of meters that are not tokens */
    FOCUS_TEXT_VARIANT,
    FOCUS_TEXT_TAGS,
    FOCUS_TEXTS
} focus_text;

/* What a row stands for; texts by number.  No padding: its bytes are the key. */
typedef struct focus_key {
    sc_unit_price price; /* list price of a base unit, 0 = none */
    int64_t context;
    uint32_t text[FOCUS_TEXTS];
    int32_t day, is_month, meter, priced_as, tier, scope, charge, is_billed, has_discount;
} focus_key;

typedef struct focus_row {
    focus_key key;
    const sc_model *model; /* NULL = unknown */
    sc_int128 quantity;    /* tokens, or millionths of a unit */
    sc_money billed, effective, list, contracted;
    const char *text[FOCUS_TEXTS];
} focus_row;

/* The header with its line feed. */
void focus_put_header(sc_strbuf *b);
void focus_put_row(sc_strbuf *b, const sc_card *card, const focus_row *row);

#endif
