/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_sums.h - sums of line items. */
#ifndef SC_BILL_BILL_SUMS_H
#define SC_BILL_BILL_SUMS_H

#include "spendcast/bill.h"

/* Adds an item.  The item that a cell begins with brings the cell's records, requests and stated costs. */
void bill_sums_add_item(sc_bill_sums *s, const sc_bill_item *item);
void bill_sums_add(sc_bill_sums *s, const sc_bill_sums *other);
/* Whether a charge that ought to have a price has none. */
int bill_item_is_unpriced(const sc_bill_item *item);
int64_t bill_item_unpriced_tokens(const sc_bill_item *item);

#endif
