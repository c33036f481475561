/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rating.c - from usage as stated to the price points it is billed at. */
#include "spendcast/rating.h"

#include <stdio.h>
#include <string.h>

#define MODEL_TEXT_MAX 2048 /* longer than the longest ARN of IAM's limits */

/* What a rating looks prices up with. */
typedef struct lookup {
    const sc_card *card;
    sc_buy buy;
    sc_day day;
    int64_t context;
    int donor;       /* region that may stand in for buy.region, -1 = none ... */
    int donates_all; /* ... 1: for every meter, 0: for cache meters */
} lookup;

static const sc_price_point *point_in(const lookup *q, int region, sc_meter meter, const char *variant)
{
    sc_buy buy = q->buy;
    buy.region = region;
    return region >= 0 ? sc_card_find(q->card, &buy, meter, variant, q->context, q->day) : NULL;
}

/* The reference region may stand in where both regions list input or output, and no token price that both list differs.
 */
static int agrees(const lookup *q, int donor)
{
    int same = 0;
    for (int m = 0; m < SC_TOKEN_METERS; m++) {
        const sc_price_point *here = point_in(q, q->buy.region, (sc_meter)m, NULL);
        const sc_price_point *there = here != NULL ? point_in(q, donor, (sc_meter)m, NULL) : NULL;
        if (there == NULL)
            continue;
        if (here->price != there->price)
            return 0;
        same |= m == SC_METER_INPUT || m == SC_METER_OUTPUT;
    }
    return same;
}

static int lists_any(const lookup *q)
{
    for (int m = 0; m < SC_TOKEN_METERS; m++) {
        if (point_in(q, q->buy.region, (sc_meter)m, NULL) != NULL)
            return 1;
    }
    return 0;
}

static int is_write(sc_meter m) { return m >= SC_METER_CACHE_WRITE && m <= SC_METER_CACHE_WRITE_1H; }

static void find_donor(lookup *q, int assume_region)
{
    const int reference = sc_card_default_region(q->card);
    if (reference != q->buy.region && agrees(q, reference)) {
        q->donor = reference;
    } else if (assume_region >= 0 && assume_region != q->buy.region && !lists_any(q)) {
        q->donor = assume_region;
        q->donates_all = 1;
    }
}

static const sc_price_point *point_of(const lookup *q, sc_meter meter, const char *variant, int *assumed)
{
    const sc_price_point *p = point_in(q, q->buy.region, meter, variant);
    *assumed = 0;
    if (p == NULL && (q->donates_all || meter == SC_METER_CACHE_READ || is_write(meter))) {
        p = point_in(q, q->donor, meter, variant);
        *assumed = p != NULL;
    }
    return p;
}

/* Cache writes, shortest lifetime first. */
static const sc_meter writes[] = {SC_METER_CACHE_WRITE, SC_METER_CACHE_WRITE_5M, SC_METER_CACHE_WRITE_30M,
                                  SC_METER_CACHE_WRITE_1H};
#define N_WRITES (sizeof writes / sizeof writes[0])

/* A write of an unstated lifetime has the shortest one that is priced (AWS: the default is the shortest); a price for
 * writes in general serves each lifetime; where reads have a price and writes have none, AWS bills writes as input
 * (OpenAI and Nova rows of the price page of 2026-07-24 list no write fee). */
static const sc_price_point *write_point(const lookup *q, sc_meter meter, int *assumed)
{
    const sc_price_point *p = point_of(q, meter, NULL, assumed);
    int any = 0, ignored;
    for (size_t i = 0; p == NULL && i < N_WRITES; i++) {
        const sc_price_point *other = point_of(q, writes[i], NULL, assumed);
        any |= other != NULL;
        if (meter == SC_METER_CACHE_WRITE || writes[i] == SC_METER_CACHE_WRITE)
            p = other;
    }
    if (p == NULL && !any && point_of(q, SC_METER_CACHE_READ, NULL, &ignored) != NULL)
        p = point_of(q, SC_METER_INPUT, NULL, assumed);
    return p;
}

static const sc_price_point *token_point(const lookup *q, sc_meter meter, int *assumed)
{
    return is_write(meter) ? write_point(q, meter, assumed) : point_of(q, meter, NULL, assumed);
}

/* The meter that tokens of a meter are billed as. */
static sc_meter billed_as(const sc_rater *r, sc_meter m)
{
    if (r->cache_as == SC_CACHE_AS_INPUT)
        return is_write(m) || m == SC_METER_CACHE_READ ? SC_METER_INPUT : m;
    if (r->cache_as != SC_CACHE_AS_USED && is_write(m))
        return r->cache_as == SC_CACHE_AS_WRITES_5M ? SC_METER_CACHE_WRITE_5M : SC_METER_CACHE_WRITE_1H;
    return m;
}

static sc_code resolve_stated(const sc_rater *r, const sc_rate_key *key, sc_model_ref *ref, char *why, size_t size)
{
    char id[MODEL_TEXT_MAX];
    if (key->model.len == 0 || key->model.len >= sizeof id) {
        if (why != NULL)
            snprintf(why, size, "%s", key->model.len == 0 ? "no model is stated" : "the model id is too long");
        return SC_E_INPUT;
    }
    memcpy(id, key->model.at, key->model.len);
    id[key->model.len] = '\0';
    return sc_card_resolve(r->card, id, ref, why, size);
}

static sc_code resolve(const sc_rater *r, const sc_rate_key *key, sc_model_ref *ref, char *why, size_t size)
{
    return r->reprice != NULL ? sc_card_resolve(r->card, r->reprice, ref, why, size)
                              : resolve_stated(r, key, ref, why, size);
}

/* A model that stands in for others is routed as they were, unless its id has a prefix. */
static sc_scope scope_of(const sc_rater *r, const sc_rate_key *key, const sc_model_ref *ref)
{
    sc_model_ref stated;
    if (r->reprice != NULL && r->reprice_scope >= 0)
        return (sc_scope)r->reprice_scope;
    if (r->reprice != NULL && ref->scope != SC_SCOPE_IN_REGION)
        return ref->scope;
    if (key->scope >= 0)
        return (sc_scope)key->scope;
    const int replaced = r->reprice != NULL && resolve_stated(r, key, &stated, NULL, 0) == SC_OK;
    const sc_scope by_id = replaced ? stated.scope : ref->scope;
    return by_id == SC_SCOPE_IN_REGION && r->assume_scope >= 0 ? (sc_scope)r->assume_scope : by_id;
}

static int region_index(const sc_card *card, sc_text region)
{
    char code[40];
    if (region.len == 0 || region.len >= sizeof code)
        return -1;
    memcpy(code, region.at, region.len);
    code[region.len] = '\0';
    return sc_card_region_of(card, code);
}

/* 0 when the model, or a region that is stated, is unknown. */
static int look(const sc_rater *r, const sc_rate_key *key, lookup *q, int *region_assumed, char *why, size_t size)
{
    sc_model_ref ref;
    *q = (lookup){.card = r->card, .context = key->context, .donor = -1};
    q->day = r->as_of != SC_DAY_MAX ? r->as_of : key->day;
    q->buy.region = -1;
    *region_assumed = 0;
    if (resolve(r, key, &ref, why, size) != SC_OK)
        return 0;
    q->buy.model = ref.model;
    q->buy.scope = scope_of(r, key, &ref);
    q->buy.tier = key->tier >= 0 ? (sc_tier)key->tier : SC_TIER_STANDARD;
    if (r->reprice != NULL && r->reprice_tier >= 0)
        q->buy.tier = (sc_tier)r->reprice_tier;
    q->buy.region = region_index(r->card, key->region);
    if (q->buy.region < 0 && key->region.len > 0) {
        if (why != NULL)
            snprintf(why, size, "unknown region '%.*s'", (int)(key->region.len < 40 ? key->region.len : 40),
                     key->region.at);
        return 0;
    }
    if (q->buy.region < 0) {
        q->buy.region = sc_card_pick_region(r->card, &ref, q->buy.scope, q->buy.tier, -1, q->day, NULL);
        *region_assumed = ref.region < 0;
    }
    find_donor(q, r->assume_region);
    return 1;
}

void sc_rate(const sc_rater *r, const sc_rate_key *key, sc_rating *out)
{
    lookup q;
    *out = (sc_rating){0};
    const int known = look(r, key, &q, &out->region_assumed, NULL, 0);
    out->model = q.buy.model;
    out->buy = q.buy;
    for (int m = 0; known && m < SC_TOKEN_METERS; m++) {
        int assumed;
        out->point[m] = token_point(&q, billed_as(r, (sc_meter)m), &assumed);
        if (out->point[m] != NULL && assumed)
            out->assumed |= 1u << m;
    }
}

char *sc_rate_why(const sc_rater *r, const sc_rate_key *key, int meter, char *why, size_t size)
{
    lookup q;
    int region_assumed;
    if (size > 0)
        why[0] = '\0';
    if (look(r, key, &q, &region_assumed, why, size) && meter >= 0)
        sc_card_explain(r->card, &q.buy, billed_as(r, (sc_meter)meter), NULL, q.context, q.day, why, size);
    return why;
}

const sc_price_point *sc_rate_meter(const sc_rater *r, const sc_rate_key *key, sc_meter meter, const char *variant,
                                    int *assumed)
{
    lookup q;
    int region_assumed;
    *assumed = 0;
    return look(r, key, &q, &region_assumed, NULL, 0) ? point_of(&q, meter, variant, assumed) : NULL;
}

sc_money sc_rate_quantity(const sc_price_point *p, int64_t millionths)
{
    const sc_money exact = sc_money_times(p->price, millionths);
    sc_money whole = exact / SC_QUANTITY_SCALE;
    const sc_money rest = exact % SC_QUANTITY_SCALE;
    const sc_money size = rest < 0 ? -rest : rest;
    if (2 * size > SC_QUANTITY_SCALE || (2 * size == SC_QUANTITY_SCALE && whole % 2 != 0))
        whole += rest < 0 ? -1 : 1;
    return whole;
}
