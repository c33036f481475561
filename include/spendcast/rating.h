/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rating.h - from usage as stated to the price points it is billed at.
 *
 * What a source leaves open is closed by rules that are said in the result: a model id tells the routing scope, a cache
 * write without a lifetime has the model's shortest, and where the called region lists no price of a cache meter but
 * the same prices as the reference region for the meters that both list, the reference region's price is assumed. */
#ifndef SPENDCAST_RATING_H
#define SPENDCAST_RATING_H

#include "spendcast/rates.h"
#include "spendcast/usage.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Usage to rate, as a source states it. */
typedef struct sc_rate_key {
    sc_text model, region; /* "" = not stated */
    int scope, tier;       /* -1 = not stated */
    sc_day day;
    int64_t context; /* any context of the band */
} sc_rate_key;

/* What cached tokens are billed as. */
typedef enum sc_cache_as {
    SC_CACHE_AS_USED,
    SC_CACHE_AS_INPUT,     /* reads and writes as input: the same traffic without caching */
    SC_CACHE_AS_WRITES_5M, /* all writes at this lifetime, reads as they are */
    SC_CACHE_AS_WRITES_1H
} sc_cache_as;

typedef struct sc_rater {
    const sc_card *card;
    sc_day as_of;        /* price all days as on this one; SC_DAY_MAX = each at its own */
    int assume_region;   /* region whose prices stand in for those of regions without any; -1 = none: such usage is not
                            priced */
    int assume_scope;    /* routing scope of usage that states none and names a bare model; -1 = in_region */
    const char *reprice; /* model id that stands in for every one, NULL = none */
    int reprice_scope, reprice_tier; /* -1 = as the usage or the id says */
    sc_cache_as cache_as;
} sc_rater;

typedef struct sc_rating {
    const sc_model *model; /* NULL = unknown */
    sc_buy buy;
    int region_assumed;                           /* 1: no region was stated */
    const sc_price_point *point[SC_TOKEN_METERS]; /* NULL = no price */
    unsigned assumed;                             /* bit m: the price of meter m is that of another region */
} sc_rating;

/* Always fills *out; a NULL point or model says what is not priced. */
SC_API void sc_rate(const sc_rater *r, const sc_rate_key *key, sc_rating *out);
/* Why a meter (-1 = the model) has no price, in words.  Returns why. */
SC_API char *sc_rate_why(const sc_rater *r, const sc_rate_key *key, int meter, char *why, size_t size);
/* The price point of a meter that is not tokens; NULL = none. */
SC_API const sc_price_point *sc_rate_meter(const sc_rater *r, const sc_rate_key *key, sc_meter meter,
                                           const char *variant, int *assumed);

/* Price x millionths of a unit, rounded half-even to a femto-USD. */
SC_API sc_money sc_rate_quantity(const sc_price_point *p, int64_t millionths);

#ifdef __cplusplus
}
#endif
#endif
