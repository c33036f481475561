/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_keys.h - what usage can be grouped and filtered by. */
#ifndef SC_BILL_BILL_KEYS_H
#define SC_BILL_BILL_KEYS_H

#include "spendcast/bill.h"

typedef enum bill_key_kind {
    BILL_KEY_PROJECT,
    BILL_KEY_WORKLOAD,
    BILL_KEY_MODEL,
    BILL_KEY_PROVIDER,
    BILL_KEY_REGION,
    BILL_KEY_SCOPE,
    BILL_KEY_TIER,
    BILL_KEY_METER,
    BILL_KEY_KIND,
    BILL_KEY_CHARGE,
    BILL_KEY_DAY,
    BILL_KEY_WEEK,
    BILL_KEY_MONTH,
    BILL_KEY_QUARTER,
    BILL_KEY_DIM, /* a dim as it is stated */
    BILL_KEY_TAG
} bill_key_kind;

typedef struct bill_key {
    bill_key_kind kind;
    sc_dim dim;
    const char *tag; /* "" for other keys */
} bill_key;

/* Any word is a key: what is no other is a tag ("tag:NAME" always). */
bill_key bill_key_of(const char *name);
int bill_key_is_time(const bill_key *k);
/* Whether all items of a stream have the same value, where no rule is dated. */
int bill_key_stands(const bill_key *k);
/* As sc_bill_item_key. */
const char *bill_key_value(const sc_ledger *l, const sc_attribution *a, const sc_bill_item *item, const bill_key *k,
                           char buf[SC_BILL_KEY_TEXT]);

#endif
