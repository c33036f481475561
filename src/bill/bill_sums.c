/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_sums.c - sums of line items. */
#include "bill/bill_sums.h"

/* Usage of a meter without a price; of a model that is unknown, even where it counts nothing; a line of a bill whose
 * usage type says nothing that could be priced. */
int bill_item_is_unpriced(const sc_bill_item *item)
{
    if (item->stream->charge != SC_CHARGE_USAGE)
        return 0;
    if (item->cell->priced)
        return item->cell->unpriced_tokens > 0 || item->model == NULL;
    return item->meter >= 0 ? item->point == NULL : item->model == NULL;
}

int64_t bill_item_unpriced_tokens(const sc_bill_item *item)
{
    if (item->cell->priced)
        return item->stream->meter < 0 ? item->cell->unpriced_tokens : 0;
    return item->meter >= 0 && item->meter < SC_TOKEN_METERS ? item->quantity : 0;
}

/* Whether something that costs money is left out for it. */
static int loses_money(const sc_bill_item *item)
{
    return bill_item_unpriced_tokens(item) > 0 || item->meter >= SC_TOKEN_METERS || item->stream->meter >= 0 ||
           (item->meter < 0 && sc_usage_kind_is_bill(item->stream->kind));
}

static void add_cell(sc_bill_sums *s, const sc_ledger_cell *c, int of_tokens)
{
    s->records += c->records;
    s->requests += c->requests;
    s->no_counts |= c->no_counts;
    s->has_cost |= c->has_cost;
    s->billed += c->billed;
    s->stated_list += c->list;
    s->effective += c->effective;
    if (!c->priced)
        return;
    for (int m = 0; of_tokens && m < SC_TOKEN_METERS; m++)
        s->tokens[m] += c->tokens[m];
    s->assumed_tokens += of_tokens ? c->assumed_tokens : 0;
}

void bill_sums_add_item(sc_bill_sums *s, const sc_bill_item *item)
{
    if (item->first)
        add_cell(s, item->cell, item->stream->meter < 0);
    const int is_tokens = item->meter >= 0 && item->meter < SC_TOKEN_METERS;
    if (is_tokens)
        s->tokens[item->meter] += item->quantity;
    if (bill_item_is_unpriced(item)) {
        s->unpriced_items += loses_money(item);
        s->unpriced_tokens += bill_item_unpriced_tokens(item);
    }
    if (item->assumed && is_tokens)
        s->assumed_tokens += item->quantity;
    s->list += item->list;
    s->discount += item->discount;
    s->cost += item->cost;
}

void bill_sums_add(sc_bill_sums *s, const sc_bill_sums *other)
{
    s->records += other->records;
    s->requests += other->requests;
    s->no_counts |= other->no_counts;
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        s->tokens[m] += other->tokens[m];
    s->list += other->list;
    s->discount += other->discount;
    s->cost += other->cost;
    s->has_cost |= other->has_cost;
    s->billed += other->billed;
    s->stated_list += other->stated_list;
    s->effective += other->effective;
    s->unpriced_tokens += other->unpriced_tokens;
    s->assumed_tokens += other->assumed_tokens;
    s->unpriced_items += other->unpriced_items;
}
