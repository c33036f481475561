/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_find.c - from a model id, a way to buy it and a day to the price point in force, or to the reason why there is
 * none. */
#include <stdio.h>
#include <string.h>

#include "rates/card.h"
#include "rates/rates_why.h"

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
size_t sc_card_unplaced_page_points(const sc_card *card) { return card->n_unplaced_page_points; }
const char *sc_card_own_hash(const sc_card *card) { return card->own_hash; }
size_t sc_card_discount_count(const sc_card *card) { return card->n_discounts; }
const sc_discount *sc_card_discount(const sc_card *card, size_t i) { return &card->discounts[i]; }
size_t sc_card_commitment_count(const sc_card *card) { return card->n_commitments; }
const sc_commitment *sc_card_commitment(const sc_card *card, size_t i) { return &card->commitments[i]; }

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
static const char *id_of_arn(const sc_card *card, const char *arn, sc_model_ref *ref, sc_why *why)
{
    const char *field[6] = {arn};
    for (int i = 1; i < 6; i++) {
        const char *colon = strchr(field[i - 1], ':');
        if (colon == NULL) {
            sc_why_add(why, "'%s' is not an ARN, expected arn:aws:bedrock:REGION:ACCOUNT:KIND/ID", arn);
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
            sc_why_add(why, "unknown region '%s' in '%s'", region, arn);
            return NULL;
        }
    }
    static const char *const kinds[] = {"foundation-model/", "inference-profile/"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t n = strlen(kinds[i]);
        if (strncmp(field[5], kinds[i], n) == 0)
            return field[5] + n;
    }
    sc_why_add(why, "'%s' does not name its model, expected the ARN of a foundation-model or inference-profile", arn);
    return NULL;
}

/* Takes a profile prefix off an id, which gives scope and group; the id itself if it has none. */
static const char *take_prefix(const sc_card *card, const char *id, sc_model_ref *ref)
{
    const char *dot = strchr(id, '.');
    size_t len = dot != NULL ? (size_t)(dot - id) : 0;
    if (len == 6 && strncmp(id, "global", 6) == 0)
        ref->scope = SC_SCOPE_GLOBAL;
    else if (len > 0 && (ref->geo = geo_of(card, id, len)) >= 0)
        ref->scope = SC_SCOPE_GEO;
    else
        return id;
    return dot + 1;
}

/* A model with something before it that is no profile prefix.  Not so if the whole is nearer to another name: then the
 * provider is misspelt. */
static int is_unknown_prefix(const sc_card *card, const char *rest, const char *near)
{
    sc_model_ref unused;
    const char *dot = strchr(rest, '.');
    return dot != NULL && take_prefix(card, rest, &unused) == rest && model_or_alias(card, dot + 1) != NULL &&
           (near == NULL || strcmp(near, dot + 1) == 0);
}

static void explain_unknown_prefix(const sc_card *card, const char *rest, sc_why *why)
{
    const char *prefixes[SC_MAX_GEOS + 1];
    char prefix[64];
    memcpy(prefixes, card->geos, card->n_geos * sizeof *prefixes);
    prefixes[card->n_geos] = "global";
    snprintf(prefix, sizeof prefix, "%.*s", (int)strcspn(rest, "."), rest);
    sc_why_unknown(why, "profile prefix", prefix, prefixes, card->n_geos + 1);
}

/* Why `id`, which without its ARN and prefix is `rest`, is no model. */
static void explain_unknown_model(const sc_card *card, const char *id, const char *rest, sc_why *why)
{
    const char *near = sc_nearest_name(rest, card->names, card->n_names);
    if (is_unknown_prefix(card, rest, near)) {
        explain_unknown_prefix(card, rest, why);
        return;
    }
    sc_why_add(why, "unknown model '%s'", id);
    if (near != NULL) {
        sc_why_add(why, "; did you mean '%.*s%s'?", (int)(rest - id), id, near); /* with the prefix as given */
        return;
    }
    /* No near spelling: name models that contain the words of the id ("sonnet 4.6" style input). */
    int found = 0;
    for (size_t i = 0; i < card->n_models && found < 3; i++) {
        if (rest[0] != '\0' && strstr(card->models[i].id, rest) != NULL)
            sc_why_add(why, "%s '%s'", found++ == 0 ? "; known are" : ",", card->models[i].id);
    }
    if (found == 0)
        sc_why_add(why, "; `spendcast rates list` shows the known ones");
}

sc_code sc_card_resolve(const sc_card *card, const char *id, sc_model_ref *out, char *why, size_t why_size)
{
    char unused[1];
    sc_model_ref ref = {NULL, SC_SCOPE_IN_REGION, -1, -1};
    sc_why reason = why != NULL ? sc_why_start(why, why_size) : sc_why_start(unused, sizeof unused);
    const char *rest = id;
    if (strncmp(id, "arn:", 4) == 0 && (rest = id_of_arn(card, id, &ref, &reason)) == NULL)
        return SC_E_INPUT;
    ref.model = model_or_alias(card, rest);
    if (ref.model == NULL) {
        rest = take_prefix(card, rest, &ref);
        ref.model = model_or_alias(card, rest);
    }
    if (ref.model == NULL) {
        if (why != NULL) /* the nearest name costs more than all else here */
            explain_unknown_model(card, id, rest, &reason);
        return SC_E_INPUT;
    }
    if (!sc_card_region_serves(card, ref.region, ref.geo)) {
        sc_why_add(&reason, "region '%s' is no source region of '%s.' profiles", card->regions[ref.region].code,
                   card->geos[ref.geo]);
        return SC_E_INPUT;
    }
    *out = ref;
    return SC_OK;
}

/* A price that is looked up among those of its model. */
typedef struct lookup {
    const sc_card *card;
    const sc_price_point *points;
    size_t n;
    const sc_buy *buy;
    sc_meter meter;
    const char *variant; /* "" = none */
    int64_t context;
    sc_day day;
} lookup;

static lookup look_up(const sc_card *card, const sc_buy *buy, sc_meter meter, const char *variant, int64_t context,
                      sc_day day)
{
    size_t first, n = sc_card_model_points(card, buy->model, &first);
    return (lookup){card, card->points + first, n, buy, meter, variant != NULL ? variant : "", context, day};
}

/* The parts of a key in which a price point may differ from the wanted one, in the order in which they are named. */
enum {
    MISS_METER = 1,
    MISS_TIER = 2,
    MISS_SCOPE = 4,
    MISS_REGION = 8,
    MISS_CONTEXT = 16,
    MISS_DATE = 32,
    MISS_VARIANT = 64,
    MISS_OFFER = MISS_METER | MISS_TIER | MISS_SCOPE | MISS_REGION,
    MISS_ALL = 127
};

static unsigned misses(const sc_price_point *p, const lookup *w)
{
    unsigned m = 0;
    m |= p->meter != w->meter ? MISS_METER : 0u;
    m |= p->tier != w->buy->tier ? MISS_TIER : 0u;
    m |= (p->scopes >> w->buy->scope & 1) == 0 ? MISS_SCOPE : 0u;
    m |= (p->regions >> w->buy->region & 1) == 0 ? MISS_REGION : 0u;
    m |= w->context < p->context_from || w->context >= p->context_to ? MISS_CONTEXT : 0u;
    m |= w->day < p->from || w->day >= p->to ? MISS_DATE : 0u;
    m |= strcmp(p->variant, w->variant) != 0 ? MISS_VARIANT : 0u;
    return m;
}

const sc_price_point *sc_card_find(const sc_card *card, const sc_buy *buy, sc_meter meter, const char *variant,
                                   int64_t context, sc_day day)
{
    const lookup w = look_up(card, buy, meter, variant, context, day);
    for (size_t i = 0; i < w.n; i++) {
        if (w.points[i].meter == meter && w.points[i].tier == buy->tier && misses(&w.points[i], &w) == 0)
            return w.points + i;
    }
    return NULL;
}

/* The next character of a variant that counts: the page separates its words also by ',' and ';'. */
static int folded(const char **text)
{
    while (**text == ',' || **text == ';')
        ++*text;
    const char c = **text;
    *text += c != '\0';
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static int is_same_folded(const char *a, const char *b)
{
    int c;
    do {
        c = folded(&a);
        if (c != folded(&b))
            return 0;
    } while (c != '\0');
    return 1;
}

const char *sc_card_variant(const sc_card *card, const sc_model *model, sc_meter meter, const char *text)
{
    const char *found = NULL;
    size_t first, n = sc_card_model_points(card, model, &first);
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *p = &card->points[i];
        if (p->meter != meter || !is_same_folded(p->variant, text))
            continue;
        if (strcmp(p->variant, text) == 0 || (found != NULL && strcmp(found, p->variant) != 0))
            return text;
        found = p->variant;
    }
    return found != NULL ? found : text;
}

/* The lower, the nearer: what is not offered at all weighs more than what is at another size, day or variant; of
 * equally many misses, the later part is the easier one to change. */
static unsigned distance(unsigned m)
{
    unsigned offer = (unsigned)__builtin_popcount(m & MISS_OFFER);
    unsigned rest = (unsigned)__builtin_popcount(m & ~(unsigned)MISS_OFFER);
    return (offer * 4 + rest) * (MISS_ALL + 1) + (MISS_ALL - m);
}

static void add_names(sc_why *why, uint64_t set, const char *(*name)(const sc_card *, int), const sc_card *card)
{
    int shown = 0, more = 0;
    for (int i = 0; i < 64; i++) {
        if ((set >> i & 1) == 0)
            continue;
        if (shown < 6)
            sc_why_add(why, "%s%s", shown++ > 0 ? ", " : "", name(card, i));
        else
            more++;
    }
    if (more > 0)
        sc_why_add(why, " and %d more", more);
}

/* True if no earlier point that misses the same parts has the variant of point i. */
static int is_first_of_variant(const lookup *w, size_t i, unsigned missing)
{
    for (size_t k = 0; k < i; k++) {
        if (misses(&w->points[k], w) == missing && strcmp(w->points[k].variant, w->points[i].variant) == 0)
            return 0;
    }
    return 1;
}

/* The variants in which the points that miss the same parts are priced. */
static void add_variants(sc_why *why, const lookup *w, unsigned missing)
{
    const char *variant[5];
    size_t n = 0, more = 0;
    int plain = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (misses(&w->points[i], w) != missing || !is_first_of_variant(w, i, missing))
            continue;
        if (w->points[i].variant[0] == '\0')
            plain = 1;
        else if (n < sizeof variant / sizeof variant[0])
            variant[n++] = w->points[i].variant;
        else
            more++;
    }
    sc_why_add(why, ": priced%s%s", plain ? " without a variant" : "", plain && n > 0 ? " and" : "");
    for (size_t i = 0; i < n; i++)
        sc_why_add(why, "%s '%s'", i > 0 ? "," : n > 1 ? " as variants" : " as variant", variant[i]);
    if (more > 0)
        sc_why_add(why, " and %zu more", more);
}

static const char *region_name(const sc_card *card, int i) { return card->regions[i].code; }
static const char *scope_name(const sc_card *card, int i) { return (void)card, sc_scope_name((sc_scope)i); }
static const char *tier_name(const sc_card *card, int i) { return (void)card, sc_tier_name((sc_tier)i); }
static const char *meter_name(const sc_card *card, int i) { return (void)card, sc_meter_name((sc_meter)i); }

/* The days nearest to the wanted one on which the points hold: "until 2026-09-30", "from 2026-10-15 on" or both. */
static void add_days(sc_why *why, const lookup *w, unsigned missing)
{
    sc_day until = SC_DAY_MIN, from = SC_DAY_MAX, to = SC_DAY_MIN;
    char day[16];
    for (size_t i = 0; i < w->n; i++) {
        const sc_price_point *p = &w->points[i];
        if (misses(p, w) != missing)
            continue;
        if (p->to <= w->day) {
            until = p->to > until ? p->to : until;
        } else {
            from = p->from < from ? p->from : from;
            to = p->to > to ? p->to : to;
        }
    }
    if (until != SC_DAY_MIN)
        sc_why_add(why, " until %s", sc_day_format(until - 1, day));
    if (from == SC_DAY_MAX)
        return;
    sc_why_add(why, "%s from %s", until != SC_DAY_MIN ? " and" : "", sc_day_format(from, day));
    if (to == SC_DAY_MAX)
        sc_why_add(why, " on");
    else
        sc_why_add(why, " to %s", sc_day_format(to - 1, day));
}

/* What is sold instead of one missing part, by the points that miss the same parts; `near` is one of them. */
static void add_sold(sc_why *why, const lookup *w, const sc_price_point *near, unsigned part)
{
    unsigned missing = misses(near, w);
    uint64_t regions = 0, scopes = 0, tiers = 0, meters = 0;
    for (size_t i = 0; i < w->n; i++) {
        const sc_price_point *p = &w->points[i];
        if (misses(p, w) != missing)
            continue;
        regions |= p->regions;
        scopes |= p->scopes;
        tiers |= UINT64_C(1) << p->tier;
        meters |= UINT64_C(1) << p->meter;
    }
    char day[16];
    switch (part) {
    case MISS_METER:
        sc_why_add(why, ": priced meters are ");
        add_names(why, meters, meter_name, w->card);
        break;
    case MISS_TIER:
        sc_why_add(why, ": sold as ");
        add_names(why, tiers, tier_name, w->card);
        break;
    case MISS_SCOPE:
        sc_why_add(why, ": sold as ");
        add_names(why, scopes, scope_name, w->card);
        break;
    case MISS_REGION:
        sc_why_add(why, ": priced in ");
        add_names(why, regions, region_name, w->card);
        break;
    case MISS_CONTEXT:
        sc_why_add(why, " at %lld tokens of context: priced from %lld", (long long)w->context,
                   (long long)near->context_from);
        if (near->context_to != INT64_MAX)
            sc_why_add(why, " to below %lld", (long long)near->context_to);
        break;
    case MISS_DATE:
        sc_why_add(why, " on %s: priced", sc_day_format(w->day, day));
        add_days(why, w, missing);
        break;
    default: add_variants(why, w, missing);
    }
}

/* One more missing part, for which what is sold does not hold either. */
static void add_exception(sc_why *why, const lookup *w, unsigned part)
{
    char day[16];
    switch (part) {
    case MISS_TIER: sc_why_add(why, "as %s", sc_tier_name(w->buy->tier)); break;
    case MISS_SCOPE: sc_why_add(why, "as %s", sc_scope_name(w->buy->scope)); break;
    case MISS_REGION: sc_why_add(why, "in %s", w->card->regions[w->buy->region].code); break;
    case MISS_CONTEXT: sc_why_add(why, "at %lld tokens of context", (long long)w->context); break;
    case MISS_DATE: sc_why_add(why, "on %s", sc_day_format(w->day, day)); break;
    default:
        if (w->variant[0] != '\0')
            sc_why_add(why, "as variant '%s'", w->variant);
        else
            sc_why_add(why, "without a variant");
    }
}

char *sc_card_explain(const sc_card *card, const sc_buy *buy, sc_meter meter, const char *variant, int64_t context,
                      sc_day day, char *why, size_t size)
{
    const lookup w = look_up(card, buy, meter, variant, context, day);
    const sc_price_point *near = NULL;
    for (size_t i = 0; i < w.n; i++) {
        if (near == NULL || distance(misses(&w.points[i], &w)) < distance(misses(near, &w)))
            near = &w.points[i];
    }
    sc_why reason = sc_why_start(why, size);
    sc_why_add(&reason, "no %s price for %s (%s, %s, %s)", sc_meter_name(meter), buy->model->id,
               card->regions[buy->region].code, sc_scope_name(buy->scope), sc_tier_name(buy->tier));
    if (near == NULL) {
        sc_why_add(&reason, ": the card has no price of this model");
        return why;
    }
    unsigned missing = misses(near, &w), named = missing & -missing, others = missing & ~named;
    add_sold(&reason, &w, near, named);
    for (const char *link = ", but not "; others != 0; others &= others - 1, link = ", nor ") {
        sc_why_add(&reason, "%s", link);
        add_exception(&reason, &w, others & -others);
    }
    return why;
}

/* A price of input at the smallest context: by which regions are compared. */
static int is_entry_price(const sc_price_point *p, sc_scope scope, sc_tier tier, sc_day day)
{
    return p->meter == SC_METER_INPUT && p->tier == tier && (p->scopes >> scope & 1) && p->context_from == 0 &&
           day >= p->from && day < p->to;
}

int sc_card_pick_region(const sc_card *card, const sc_model_ref *ref, sc_scope scope, sc_tier tier, int region,
                        sc_day day, int *varies)
{
    if (varies != NULL)
        *varies = 0;
    if (region >= 0 || ref->region >= 0)
        return region >= 0 ? region : ref->region;
    size_t first, n = sc_card_model_points(card, ref->model, &first);
    const sc_price_point *points = card->points + first;
    uint64_t group = 0, allowed = 0, priced = 0;
    for (size_t r = 0; r < card->n_regions; r++) {
        if (ref->geo < 0 || (card->regions[r].geos >> ref->geo & 1))
            group |= UINT64_C(1) << r;
        if (sc_card_region_serves(card, (int)r, ref->geo))
            allowed |= UINT64_C(1) << r;
    }
    for (size_t i = 0; i < n; i++) {
        if (is_entry_price(&points[i], scope, tier, day))
            priced |= points[i].regions & allowed;
    }
    uint64_t among = priced != 0 ? priced : group;
    int chosen = among == 0 || (among >> card->default_region & 1) ? card->default_region : __builtin_ctzll(among);
    for (size_t i = 0; i < n && varies != NULL; i++) {
        const sc_price_point *here = &points[i];
        if (!is_entry_price(here, scope, tier, day) || (here->regions >> chosen & 1) == 0)
            continue;
        for (size_t k = 0; k < n; k++) {
            const sc_price_point *p = &points[k];
            *varies |= is_entry_price(p, scope, tier, day) && (p->regions & allowed) != 0 && p->price != here->price &&
                       strcmp(p->variant, here->variant) == 0;
        }
    }
    return chosen;
}
