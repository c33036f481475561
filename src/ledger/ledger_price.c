/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_price.c - the list cost of a cell's usage, for ledgers that price what is added to them. */
#include <string.h>

#include "ledger/ledger_parts.h"

/* Longer than any variant of the card. */
#define VARIANT_MAX 128

/* What prices depend on. */
typedef struct rate_entry {
    struct {
        uint32_t model, region;
        uint32_t changes; /* of prices, until the day */
        uint32_t band;
        int32_t scope, tier;
    } key;
    sc_rating rating;
} rate_entry;

void sc_ledger_rates_init(sc_map *rates) { sc_map_init(rates, sizeof(rate_entry), sizeof((rate_entry){0}.key)); }

static sc_rate_key rate_key(const sc_ledger *l, const usage_priced *u, const cell_sums *c)
{
    return (sc_rate_key){.model = u->model,
                         .region = u->region,
                         .scope = u->scope,
                         .tier = u->tier,
                         .day = c->key.day,
                         .context = l->bands[c->key.band],
                         .as_stated = u->meter >= 0};
}

static const sc_rating *rating_of(const sc_ledger *l, sc_map *rates, const usage_priced *u, const cell_sums *c)
{
    const rate_entry e = {.key = {u->model_number, u->region_number, sc_ledger_changes_until(l, c->key.day),
                                  c->key.band, (int32_t)u->scope, (int32_t)u->tier}};
    const size_t before = rates->count;
    rate_entry *known = sc_map_add(rates, &e.key);
    if (known != NULL && rates->count > before) {
        const sc_rate_key key = rate_key(l, u, c);
        sc_rate(l->rater, &key, &known->rating);
    }
    return known != NULL ? &known->rating : NULL;
}

/* Usage of a meter that is not tokens. */
static void price_quantity(const sc_ledger *l, const usage_priced *u, cell_sums *c)
{
    char variant[VARIANT_MAX];
    const sc_rate_key key = rate_key(l, u, c);
    const sc_price_point *p = NULL;
    const int64_t quantity = c->count[COUNT_TOKENS];
    int assumed = 0;
    if (u->variant.len < sizeof variant) {
        memcpy(variant, u->variant.len > 0 ? u->variant.at : "", u->variant.len);
        variant[u->variant.len] = '\0';
        p = sc_rate_meter(l->rater, &key, (sc_meter)u->meter, variant, &assumed);
    }
    c->cost = p != NULL ? sc_rate_quantity(p, quantity) : 0;
    c->count[COUNT_UNPRICED] = p == NULL ? quantity : 0;
    c->count[COUNT_ASSUMED] = assumed ? quantity : 0;
}

int sc_ledger_price(const sc_ledger *l, sc_map *rates, const usage_priced *u, cell_sums *c)
{
    if (u->charge != SC_CHARGE_USAGE)
        return 1;
    if (u->meter >= 0) {
        price_quantity(l, u, c);
        return 1;
    }
    const sc_rating *rating = rating_of(l, rates, u, c);
    for (int m = 0; rating != NULL && m < SC_TOKEN_METERS; m++) {
        const int64_t tokens = c->count[COUNT_TOKENS + m];
        if (tokens == 0)
            continue;
        if (rating->point[m] == NULL)
            c->count[COUNT_UNPRICED] += tokens;
        else
            c->cost += sc_money_times(rating->point[m]->price, tokens);
        if (rating->assumed >> m & 1)
            c->count[COUNT_ASSUMED] += tokens;
    }
    return rating != NULL;
}
