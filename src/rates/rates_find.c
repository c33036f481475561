/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_find.c - from a model id, a way to buy it and a day to the price point in force, or to the reason why there is
 * none. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rates/card.h"

const char *sc_card_hash(const sc_card *card) { return card->hash; }
sc_day sc_card_checked(const sc_card *card) { return card->checked; }
size_t sc_card_model_count(const sc_card *card) { return card->n_models; }
const sc_model *sc_card_model(const sc_card *card, size_t i) { return &card->models[i]; }
size_t sc_card_point_count(const sc_card *card) { return card->n_points; }
const sc_price_point *sc_card_point(const sc_card *card, size_t i) { return &card->points[i]; }
size_t sc_card_region_count(const sc_card *card) { return card->n_regions; }
const sc_region *sc_card_region(const sc_card *card, size_t i) { return &card->regions[i]; }
int sc_card_default_region(const sc_card *card) { return card->default_region; }
size_t sc_card_unplaced_count(const sc_card *card) { return card->n_unplaced; }

size_t sc_card_model_points(const sc_card *card, const sc_model *m, size_t *first)
{
    sc_span span = card->model_points[m - card->models];
    if (first != NULL)
        *first = span.first;
    return span.count;
}

int sc_card_region_of(const sc_card *card, const char *code)
{
    size_t low = 0, high = card->n_regions;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(code, card->regions[mid].code);
        if (order == 0)
            return (int)mid;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return -1;
}

const char *sc_card_geo_name(const sc_card *card, int geo)
{
    return geo >= 0 && (size_t)geo < card->n_geos ? card->geos[geo] : NULL;
}

static int geo_of(const sc_card *card, const char *name, size_t len)
{
    for (size_t g = 0; g < card->n_geos; g++) {
        if (strlen(card->geos[g]) == len && memcmp(card->geos[g], name, len) == 0)
            return (int)g;
    }
    return -1;
}

int sc_card_geo_of(const sc_card *card, const char *name) { return geo_of(card, name, strlen(name)); }

int sc_card_region_serves(const sc_card *card, int region, int geo)
{
    if (geo < 0 || region < 0 || card->regions[region].geos == 0)
        return 1;
    return (int)(card->regions[region].geos >> geo & 1);
}

const sc_model *sc_card_model_by_id(const sc_card *card, const char *id)
{
    size_t low = 0, high = card->n_models;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(id, card->models[mid].id);
        if (order == 0)
            return &card->models[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

static const sc_model *model_or_alias(const sc_card *card, const char *id)
{
    const sc_model *m = sc_card_model_by_id(card, id);
    size_t low = 0, high = card->n_aliases;
    while (m == NULL && low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(id, card->aliases[mid].alias);
        if (order == 0)
            m = card->aliases[mid].model;
        else if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return m;
}

/* arn:partition:bedrock:REGION:ACCOUNT:KIND/ID -> id, with the region set; NULL when it names no model. */
static const char *id_of_arn(const sc_card *card, const char *arn, sc_model_ref *ref, char *why, size_t size)
{
    const char *field[6] = {arn};
    for (int i = 1; i < 6; i++) {
        const char *colon = strchr(field[i - 1], ':');
        if (colon == NULL) {
            snprintf(why, size, "'%s' is not an ARN, expected arn:aws:bedrock:REGION:ACCOUNT:KIND/ID", arn);
            return NULL;
        }
        field[i] = colon + 1;
    }
    char region[40];
    size_t len = (size_t)(field[4] - field[3]) - 1;
    snprintf(region, sizeof region, "%.*s", (int)(len < sizeof region ? len : sizeof region - 1), field[3]);
    if (region[0] != '\0') {
        ref->region = sc_card_region_of(card, region);
        if (ref->region < 0) {
            snprintf(why, size, "unknown region '%s' in '%s'", region, arn);
            return NULL;
        }
    }
    static const char *const kinds[] = {"foundation-model/", "inference-profile/"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t n = strlen(kinds[i]);
        if (strncmp(field[5], kinds[i], n) == 0)
            return field[5] + n;
    }
    snprintf(why, size, "'%s' does not name its model, expected the ARN of a foundation-model or inference-profile",
             arn);
    return NULL;
}

static void nearest_models(const sc_card *card, const char *id, const char *rest, char *why, size_t size)
{
    const char *near = sc_nearest_name(rest, card->names, card->n_names);
    int n = snprintf(why, size, "unknown model '%s'", id);
    if (near != NULL) {
        snprintf(why + n, size - (size_t)n, "; did you mean '%.*s%s'?", (int)(rest - id), id,
                 near); /* with the prefix as given */
        return;
    }
    /* No near spelling: name models that contain the words of the id ("sonnet 4.6" style input). */
    int found = 0;
    for (size_t i = 0; i < card->n_models && found < 3 && (size_t)n < size; i++) {
        if (rest[0] != '\0' && strstr(card->models[i].id, rest) != NULL)
            n += snprintf(why + n, size - (size_t)n, "%s '%s'", found++ == 0 ? "; known are" : ",", card->models[i].id);
    }
    if (found == 0)
        snprintf(why + n, size - (size_t)n, "; `spendcast rates list` shows the known ones");
}

sc_code sc_card_resolve(const sc_card *card, const char *id, sc_model_ref *out, char *why, size_t why_size)
{
    char unused[1];
    sc_model_ref ref = {NULL, SC_SCOPE_IN_REGION, -1, -1};
    if (why == NULL) {
        why = unused;
        why_size = sizeof unused;
    }
    why[0] = '\0';
    const char *rest = id;
    if (strncmp(id, "arn:", 4) == 0 && (rest = id_of_arn(card, id, &ref, why, why_size)) == NULL)
        return SC_E_INPUT;
    ref.model = model_or_alias(card, rest);
    const char *dot = strchr(rest, '.');
    if (ref.model == NULL && dot != NULL) {
        size_t len = (size_t)(dot - rest);
        if (len == 6 && strncmp(rest, "global", 6) == 0)
            ref.scope = SC_SCOPE_GLOBAL;
        else if ((ref.geo = geo_of(card, rest, len)) >= 0)
            ref.scope = SC_SCOPE_GEO;
        if (ref.scope != SC_SCOPE_IN_REGION) {
            rest = dot + 1;
            ref.model = model_or_alias(card, rest);
        }
    }
    if (ref.model == NULL) {
        nearest_models(card, id, rest, why, why_size);
        return SC_E_INPUT;
    }
    if (!sc_card_region_serves(card, ref.region, ref.geo)) {
        snprintf(why, why_size, "region '%s' is no source region of '%s.' profiles", card->regions[ref.region].code,
                 card->geos[ref.geo]);
        return SC_E_INPUT;
    }
    *out = ref;
    return SC_OK;
}

/* The parts of a key that a price point may miss, nearest substitute last. */
enum {
    MISS_METER = 1,
    MISS_TIER = 2,
    MISS_SCOPE = 4,
    MISS_REGION = 8,
    MISS_CONTEXT = 16,
    MISS_DATE = 32,
    MISS_VARIANT = 64
};

static unsigned misses(const sc_price_point *p, const sc_buy *buy, sc_meter meter, const char *variant, int64_t context,
                       sc_day day)
{
    unsigned m = 0;
    m |= p->meter != meter ? MISS_METER : 0u;
    m |= p->tier != buy->tier ? MISS_TIER : 0u;
    m |= (p->scopes >> buy->scope & 1) == 0 ? MISS_SCOPE : 0u;
    m |= (p->regions >> buy->region & 1) == 0 ? MISS_REGION : 0u;
    m |= context < p->context_from || context >= p->context_to ? MISS_CONTEXT : 0u;
    m |= day < p->from || day >= p->to ? MISS_DATE : 0u;
    m |= strcmp(p->variant, variant != NULL ? variant : "") != 0 ? MISS_VARIANT : 0u;
    return m;
}

const sc_price_point *sc_card_find(const sc_card *card, const sc_buy *buy, sc_meter meter, const char *variant,
                                   int64_t context, sc_day day)
{
    size_t first, n = sc_card_model_points(card, buy->model, &first);
    for (size_t i = first; i < first + n; i++) {
        if (misses(&card->points[i], buy, meter, variant, context, day) == 0)
            return &card->points[i];
    }
    return NULL;
}

static int append(char *buf, size_t size, size_t *len, const char *format, ...) SC_PRINTF(4, 5);
static int append(char *buf, size_t size, size_t *len, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = *len < size ? vsnprintf(buf + *len, size - *len, format, args) : 0;
    va_end(args);
    if (n > 0)
        *len = *len + (size_t)n < size ? *len + (size_t)n : size - 1;
    return n;
}

static void append_set(char *buf, size_t size, size_t *len, uint64_t set, const char *(*name)(const sc_card *, int),
                       const sc_card *card)
{
    int shown = 0, more = 0;
    for (int i = 0; i < 64; i++) {
        if ((set >> i & 1) == 0)
            continue;
        if (shown < 6)
            append(buf, size, len, "%s%s", shown++ > 0 ? ", " : "", name(card, i));
        else
            more++;
    }
    if (more > 0)
        append(buf, size, len, " and %d more", more);
}

static const char *region_name(const sc_card *card, int i) { return card->regions[i].code; }
static const char *scope_name(const sc_card *card, int i) { return (void)card, sc_scope_name((sc_scope)i); }
static const char *tier_name(const sc_card *card, int i) { return (void)card, sc_tier_name((sc_tier)i); }
static const char *meter_name(const sc_card *card, int i) { return (void)card, sc_meter_name((sc_meter)i); }

char *sc_card_explain(const sc_card *card, const sc_buy *buy, sc_meter meter, const char *variant, int64_t context,
                      sc_day day, char *why, size_t size)
{
    size_t first, n = sc_card_model_points(card, buy->model, &first), len = 0;
    unsigned best = MISS_METER | MISS_TIER | MISS_SCOPE | MISS_REGION | MISS_CONTEXT | MISS_DATE | MISS_VARIANT;
    int best_count = 8;
    uint64_t set = 0;
    char from[16], to[16], at[16];
    const sc_price_point *near = NULL;
    for (size_t i = first; i < first + n; i++) {
        unsigned m = misses(&card->points[i], buy, meter, variant, context, day);
        int count = __builtin_popcount(m);
        if (count < best_count || (count == best_count && m > best)) {
            best = m;
            best_count = count;
            near = &card->points[i];
        }
    }
    why[0] = '\0';
    append(why, size, &len, "no %s price for %s (%s, %s, %s)", sc_meter_name(meter), buy->model->id,
           card->regions[buy->region].code, sc_scope_name(buy->scope), sc_tier_name(buy->tier));
    if (near == NULL) {
        append(why, size, &len, ": the card has no price of this model");
        return why;
    }
    for (size_t i = first; i < first + n; i++) { /* everything sold that misses in the same respects */
        const sc_price_point *p = &card->points[i];
        if (misses(p, buy, meter, variant, context, day) != best)
            continue;
        if (best & MISS_REGION)
            set |= p->regions;
        else if (best & MISS_SCOPE)
            set |= p->scopes;
        else if (best & MISS_TIER)
            set |= UINT64_C(1) << p->tier;
        else if (best & MISS_METER)
            set |= UINT64_C(1) << p->meter;
    }
    if (best & MISS_DATE) {
        append(why, size, &len, " on %s: priced from %s to %s", sc_day_format(day, at), sc_day_format(near->from, from),
               sc_day_format(near->to, to));
    } else if (best & MISS_CONTEXT) {
        append(why, size, &len, " at %lld tokens of context: priced from %lld", (long long)context,
               (long long)near->context_from);
        if (near->context_to != INT64_MAX)
            append(why, size, &len, " to below %lld", (long long)near->context_to);
    } else if (best & MISS_VARIANT) {
        append(why, size, &len, ": priced as variant '%s'", near->variant);
    } else if (best & MISS_REGION) {
        append(why, size, &len, ": priced in ");
        append_set(why, size, &len, set, region_name, card);
    } else if (best & MISS_SCOPE) {
        append(why, size, &len, ": sold as ");
        append_set(why, size, &len, set, scope_name, card);
    } else if (best & MISS_TIER) {
        append(why, size, &len, ": sold as ");
        append_set(why, size, &len, set, tier_name, card);
    } else {
        append(why, size, &len, ": priced meters are ");
        append_set(why, size, &len, set, meter_name, card);
    }
    return why;
}

int sc_card_pick_region(const sc_card *card, const sc_model_ref *ref, sc_scope scope, sc_tier tier, int region,
                        sc_day day, int *varies)
{
    if (varies != NULL)
        *varies = 0;
    if (region >= 0 || ref->region >= 0)
        return region >= 0 ? region : ref->region;
    size_t first, n = sc_card_model_points(card, ref->model, &first);
    uint64_t allowed = 0, priced = 0;
    sc_unit_price price = -1, other = -1;
    for (size_t r = 0; r < card->n_regions; r++) {
        if (sc_card_region_serves(card, (int)r, ref->geo))
            allowed |= UINT64_C(1) << r;
    }
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *p = &card->points[i];
        if (p->meter == SC_METER_INPUT && p->tier == tier && (p->scopes >> scope & 1) && p->context_from == 0 &&
            day >= p->from && day < p->to)
            priced |= p->regions & allowed;
    }
    int chosen = (priced >> card->default_region & 1) || priced == 0 ? card->default_region : __builtin_ctzll(priced);
    if (priced == 0 || varies == NULL)
        return chosen;
    for (size_t r = 0; r < card->n_regions; r++) {
        if ((priced >> r & 1) == 0)
            continue;
        sc_buy buy = {ref->model, (int)r, scope, tier};
        const sc_price_point *p = sc_card_find(card, &buy, SC_METER_INPUT, NULL, 0, day);
        if (p == NULL)
            continue;
        if ((int)r == chosen)
            price = p->price;
        else if (other == -1 || p->price != price)
            other = p->price;
        *varies |= price != -1 && other != -1 && price != other;
    }
    return chosen;
}
