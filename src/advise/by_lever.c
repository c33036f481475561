/* SPDX-License-Identifier: GPL-3.0-or-later */
/* by_lever.c - how the saving of a best option splits over its levers. */
#include "advise/advise_parts.h"

/* The offer that has what `best` has for the levers of the set, and what today's has for the others. */
static const sc_option *offer_with(const sc_workload_advice *w, unsigned levers)
{
    const unsigned mixes = 1u << SC_LEVER_ROUTING | 1u << SC_LEVER_CASCADE;
    const sc_offer_result *now = &w->options[0].offer;
    const sc_offer_result *best = (w->best->levers & mixes) != 0 ? &w->best->rest : &w->best->offer;
#define HAS(lever) (levers >> (lever)&1)
    const sc_offer_result *scope = HAS(SC_LEVER_SCOPE) ? best : now, *tier = HAS(SC_LEVER_TIER) ? best : now;
    const sc_offer_result *wait = HAS(SC_LEVER_WAIT) ? best : now, *cache = HAS(SC_LEVER_CACHE) ? best : now;
    const sc_model *model = HAS(SC_LEVER_MODEL) ? best->model : now->model;
#undef HAS
    const sc_tier wait_tier = wait->wait_tier != wait->tier ? wait->wait_tier : tier->tier;
    for (size_t i = 0; i < w->n_options; i++) {
        const sc_option *o = &w->options[i];
        const unsigned made = 1u << SC_LEVER_OUTPUT | 1u << SC_LEVER_ROUTING | 1u << SC_LEVER_CASCADE;
        if (o->status != SC_ADVICE_NOT_ALLOWED && (o->levers & made) == 0 && o->offer.model == model &&
            o->offer.region == scope->region && o->offer.scope == scope->scope && o->offer.tier == tier->tier &&
            o->offer.wait_tier == wait_tier && o->offer.ttl == cache->ttl)
            return o;
    }
    return NULL;
}

void advise_split_levers(const sc_workload_advice *w, double usd[SC_LEVERS])
{
    if (w->best == NULL)
        return;
    const unsigned levers = w->best->levers;
    double cost = w->options[0].cost;
    unsigned taken = 0;
    for (int l = 0; l < SC_LEVERS; l++) {
        if ((levers >> l & 1) == 0)
            continue;
        taken |= 1u << l;
        const sc_option *step = taken == levers ? w->best : offer_with(w, taken);
        if (step == NULL)
            continue;
        usd[l] += cost - step->cost;
        cost = step->cost;
    }
}
