/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_price.c - whether the simulator will find prices for what a profile says. */
#include "profile/profile_fit.h"

sc_day profile_horizon_end(const sc_profile *p)
{
    return p->days > 0 ? p->start + p->days : sc_day_add_months(p->start, p->months);
}

/* A model that ends is priced at its last prices, as the simulator does. */
static sc_day priced_day(const sc_buy *buy, sc_day day)
{
    const sc_day end = buy->model->end_of_life;
    return end != SC_DAY_MAX && day >= end ? end - 1 : day;
}

static const sc_price_point *find(const sc_profile *p, const sc_buy *buy, sc_meter meter, int64_t context, sc_day day)
{
    return sc_card_find(p->card, buy, meter, NULL, context, priced_day(buy, day));
}

/* Reads must have a price; writes of the lifetime too, unless writes of none have (sim/offers.c). */
static int has_cache_price(const sc_profile *p, const sc_buy *buy, sc_ttl ttl, int64_t context, sc_day day)
{
    if (find(p, buy, SC_METER_CACHE_READ, context, day) == NULL)
        return 0;
    if (find(p, buy, sc_ttl_write_meter(ttl), context, day) != NULL)
        return 1;
    for (int t = SC_TTL_5M; t < SC_TTLS; t++) {
        if (find(p, buy, sc_ttl_write_meter((sc_ttl)t), context, day) != NULL)
            return 0;
    }
    return 1;
}

int profile_has_price(const sc_profile *p, const sc_buy *buy, sc_ttl ttl, int64_t context)
{
    const sc_day days[2] = {p->start, profile_horizon_end(p) - 1};
    for (int i = 0; i < 2; i++) {
        if (find(p, buy, SC_METER_INPUT, context, days[i]) == NULL ||
            find(p, buy, SC_METER_OUTPUT, context, days[i]) == NULL ||
            (ttl != SC_TTL_NONE && !has_cache_price(p, buy, ttl, context, days[i])))
            return 0;
    }
    return 1;
}

int64_t profile_unpriced_from(const sc_profile *p, const sc_buy *buy, sc_ttl ttl)
{
    size_t first;
    const size_t n = sc_card_model_points(p->card, buy->model, &first);
    int64_t from = 0;
    for (size_t i = first; i < first + n; i++) {
        const int64_t to = sc_card_point(p->card, i)->context_to;
        if (to != INT64_MAX && (from == 0 || to < from) && !profile_has_price(p, buy, ttl, to))
            from = to;
    }
    return from;
}

static int same_price(const sc_profile *p, const sc_buy *a, const sc_buy *b, sc_meter meter)
{
    const sc_price_point *x = find(p, a, meter, 0, p->start), *y = find(p, b, meter, 0, p->start);
    return x != NULL && y != NULL && x->price == y->price;
}

void profile_price_cache(const sc_profile *p, sc_profile_workload *w)
{
    sc_buy other = w->buy;
    if (w->cache.ttl == SC_TTL_NONE || profile_has_price(p, &w->buy, w->cache.ttl, 0))
        return;
    other.region = sc_card_default_region(p->card);
    if (profile_has_price(p, &other, w->cache.ttl, 0) && same_price(p, &w->buy, &other, SC_METER_INPUT) &&
        same_price(p, &w->buy, &other, SC_METER_OUTPUT)) {
        w->buy = other;
        w->notes |= 1u << SC_PROFILE_REGION_MOVED;
        return;
    }
    w->cache.ttl = SC_TTL_NONE;
    w->cache.keys = 1.0;
    w->cache.observed = w->cache.fitted = -1.0;
    w->notes &= ~(1u << SC_PROFILE_PREFIX_SHORT | 1u << SC_PROFILE_NO_WRITES);
    w->notes |= 1u << SC_PROFILE_NO_CACHING;
}
