/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_price.c - the list cost of a cell's usage, for ledgers that price what is added to them. */
#include <string.h>

#include "ledger/ledger_parts.h"

/* Longer than any variant of the card. */
#define VARIANT_MAX 128

/* What prices depend on. */
typedef struct rate_of {
    uint32_t model, region;
    uint32_t changes; /* of prices, until the day */
    uint32_t band;
    int32_t scope, tier;
} rate_of;
/* Masks have all bits where something holds: which meters a record has, nobody can foretell, so that no branch should
 * ask. */
typedef struct meter_rate {
    sc_unit_price price; /* 0 = none */
    int64_t no_price, is_assumed;
} meter_rate;
/* All in one place, what most records need first: every record asks for it. */
typedef struct rate_entry {
    rate_of key;
    meter_rate meter[SC_TOKEN_METERS];
} rate_entry;
#define METERS_USUAL (COUNTS_USUAL - COUNT_TOKENS)

void sc_ledger_rates_init(ledger_rates *rates)
{
    *rates = (ledger_rates){.day = SC_DAY_MIN};
    sc_map_init(&rates->known, sizeof(rate_entry), sizeof(rate_of));
}

void sc_ledger_rates_release(ledger_rates *rates) { sc_map_release(&rates->known); }

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

static void fill_rate(const sc_ledger *l, const usage_priced *u, const cell_sums *c, rate_entry *e)
{
    const sc_rate_key key = rate_key(l, u, c);
    sc_rating rating;
    sc_rate(l->rater, &key, &rating);
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        e->meter[m] = (meter_rate){.price = rating.point[m] != NULL ? rating.point[m]->price : 0,
                                   .no_price = rating.point[m] != NULL ? 0 : -1,
                                   .is_assumed = -(int64_t)(rating.assumed >> m & 1)};
}

/* NULL when out of memory. */
static const rate_entry *rate_for(const sc_ledger *l, ledger_rates *rates, const usage_priced *u, const cell_sums *c)
{
    if (c->key.day != rates->day) {
        rates->day = c->key.day;
        rates->changes = sc_ledger_changes_until(l, c->key.day);
    }
    const rate_of what = {u->model_number, u->region_number,  rates->changes,
                          c->key.band,     (int32_t)u->scope, (int32_t)u->tier};
    const uint32_t small = what.band << 8 | (uint32_t)(u->scope + 1) << 4 | (uint32_t)(u->tier + 1);
    const uint32_t hash =
        sc_numbers_hash(((what.model * SC_HASH_B + what.region) * SC_HASH_B + what.changes) * SC_HASH_B + small);
    rate_entry *known = sc_map_get(&rates->known, &what, sizeof what, hash);
    if (known == NULL && (known = sc_map_put(&rates->known, &what, hash)) != NULL)
        fill_rate(l, u, c, known);
    return known;
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

static inline void price_meters(const rate_entry *rate, int first, int end, cell_sums *c)
{
    int64_t unpriced = 0, assumed = 0;
    for (int m = first; m < end; m++) {
        const int64_t tokens = c->count[COUNT_TOKENS + m];
        unpriced += tokens & rate->meter[m].no_price;
        assumed += tokens & rate->meter[m].is_assumed;
        c->cost += sc_money_times(rate->meter[m].price, tokens);
    }
    c->count[COUNT_UNPRICED] += unpriced;
    c->count[COUNT_ASSUMED] += assumed;
}

int sc_ledger_price(const sc_ledger *l, ledger_rates *rates, const usage_priced *u, cell_sums *c)
{
    if (u->charge != SC_CHARGE_USAGE)
        return 1;
    if (u->meter >= 0) {
        price_quantity(l, u, c);
        return 1;
    }
    const rate_entry *rate = rate_for(l, rates, u, c);
    if (rate == NULL)
        return 0;
    price_meters(rate, 0, METERS_USUAL, c);
    if (sc_ledger_has_unusual(c))
        price_meters(rate, METERS_USUAL, SC_TOKEN_METERS, c);
    return 1;
}
