/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_item.c - usage types of a bill's Bedrock lines. */
#include "usage/bill_item.h"

#include <string.h>

#include "usage/amount.h"

/* How far from the card's prices a line may be: promotions, drift and discounts are within it, a unit 1,000 times as
 * large is not. */
#define PRICE_LEEWAY 4

void sc_bill_items_init(sc_bill_items *items, const sc_card *card)
{
    items->card = card;
    for (size_t i = 0; i < SC_BILL_ITEMS; i++)
        items->slot[i].key_len = 0;
}

/* "Claude Haiku 9 (Amazon Bedrock Edition)" -> "Claude Haiku 9"; nothing for a product that is Bedrock itself. */
static sc_text product_model(sc_text product)
{
    static const char edition[] = " (Amazon Bedrock Edition)", service[] = "Amazon Bedrock";
    const size_t n = sizeof edition - 1, s = sizeof service - 1;
    if (product.len >= s && memcmp(product.at, service, s) == 0)
        return (sc_text){NULL, 0};
    if (product.len > n && memcmp(product.at + product.len - n, edition, n) == 0)
        product.len -= n;
    return product;
}

/* The band above the model's threshold, and the span of prices of its meter over all regions, tiers and dates. */
static void read_prices(sc_bill_item *item, const sc_card *card)
{
    size_t first;
    const size_t n = sc_card_model_points(card, item->type.model, &first);
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *p = sc_card_point(card, i);
        if (p->meter != item->type.meter)
            continue;
        if (item->type.long_context && p->context_from > item->context)
            item->context = p->context_from;
        if (item->lowest == 0 || p->price < item->lowest)
            item->lowest = p->price;
        if (p->price > item->highest)
            item->highest = p->price;
    }
}

/* Works out usage type and product of the item's key, which is terminated. */
static void read_item(sc_bill_item *item, const sc_card *card, const char *usage_type, sc_text product)
{
    item->is_known = 1;
    item->model = (sc_text){NULL, 0};
    item->endpoint = "";
    item->context = item->lowest = item->highest = 0;
    if (sc_usage_type_parse(card, usage_type, product.at, &item->type, NULL, 0) != SC_OK) {
        /* a product that the card does not know still has its name */
        item->is_known = sc_usage_type_parse(card, usage_type, NULL, &item->type, NULL, 0) == SC_OK;
        if (item->is_known)
            item->model = product_model(product);
    }
    if (!item->is_known)
        return;
    if (strstr(usage_type, "-mantle-") != NULL)
        item->endpoint = "bedrock-mantle";
    if (item->type.model != NULL) {
        item->model = sc_text_of(item->type.model->id);
        read_prices(item, card);
    }
}

static size_t hash_of(const char *text, size_t len)
{
    uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    return (size_t)(h >> 32);
}

/* The slot of this key, or a free one for it; where several are in its place, the first makes room. */
static sc_bill_item *find_slot(sc_bill_items *items, const char *key, size_t len)
{
    const size_t hash = hash_of(key, len), ways = 4;
    for (size_t i = 0; i < ways; i++) {
        sc_bill_item *item = &items->slot[(hash + i) % SC_BILL_ITEMS];
        if (item->key_len == 0 || (item->key_len == len && memcmp(item->key, key, len) == 0))
            return item;
    }
    items->slot[hash % SC_BILL_ITEMS].key_len = 0;
    return &items->slot[hash % SC_BILL_ITEMS];
}

const sc_bill_item *sc_bill_item_of(sc_bill_items *items, sc_text usage_type, sc_text product)
{
    char key[SC_BILL_KEY_MAX];
    const size_t len = usage_type.len + 1 + product.len;
    if (usage_type.len == 0 || len >= sizeof key || memchr(usage_type.at, '\0', usage_type.len) != NULL) {
        items->other.is_known = 0;
        return &items->other;
    }
    memcpy(key, usage_type.at, usage_type.len);
    key[usage_type.len] = '\0';
    if (product.len > 0)
        memcpy(key + usage_type.len + 1, product.at, product.len);
    key[len] = '\0';
    sc_bill_item *item = find_slot(items, key, len);
    if (item->key_len == 0) {
        memcpy(item->key, key, len + 1);
        item->key_len = len;
        read_item(item, items->card, item->key, (sc_text){item->key + usage_type.len + 1, product.len});
    }
    return item;
}

void sc_bill_item_apply(const sc_bill_item *item, const sc_card *card, sc_usage_record *r)
{
    if (!item->is_known)
        return;
    r->dim[SC_DIM_MODEL] = item->model;
    r->dim[SC_DIM_ENDPOINT] = sc_text_of(item->endpoint);
    r->dim[SC_DIM_VARIANT] = sc_text_of(item->type.variant);
    if (item->type.region >= 0)
        r->dim[SC_DIM_REGION] = sc_text_of(sc_card_region(card, (size_t)item->type.region)->code);
    r->scope = item->type.scope_stated ? (int)item->type.scope : -1;
    r->tier = (int)item->type.tier;
    r->context = item->context;
}

/* ---- quantities */

/* Decimal places of 1, 1,000 and 1,000,000. */
static int places_of(int64_t per) { return per == 1000000 ? 6 : per == 1000 ? 3 : 0; }

/* Whether `amount` units of 10^places tokens for this much money is a price that the model may have. */
static int is_price(const sc_bill_item *item, sc_text amount, int places, sc_money cost)
{
    sc_int128 millionths, least, most;
    if (sc_amount_parse(amount, places + 6, &millionths) != SC_OK || cost > INT64_MAX * (sc_int128)1000000)
        return 0;
    cost *= 1000000;
    if (__builtin_mul_overflow((sc_int128)item->lowest, millionths, &least))
        return 0;
    if (__builtin_mul_overflow((sc_int128)item->highest * PRICE_LEEWAY, millionths, &most))
        return 0;
    return cost * PRICE_LEEWAY >= least && cost <= most;
}

/* The decimal places of the unit that the line is counted in: `places`, or the only other one that fits its cost. */
static int checked_places(const sc_bill_item *item, sc_text amount, int places, const sc_usage_record *r)
{
    const sc_money cost = r->has_cost & SC_COST_LIST     ? r->list
                          : r->has_cost & SC_COST_BILLED ? r->billed
                                                         : r->effective;
    int found = -1;
    if (r->has_cost == 0 || cost <= 0 || item->highest == 0 || is_price(item, amount, places, cost))
        return places;
    for (int p = 0; p <= 6; p += 3) {
        if (!is_price(item, amount, p, cost))
            continue;
        if (found >= 0)
            return places;
        found = p;
    }
    return found >= 0 ? found : places;
}

const char *sc_bill_item_count(const sc_bill_item *item, sc_text amount, int64_t per, sc_usage_record *r)
{
    const sc_meter meter = item->type.meter;
    const int is_token_meter = meter < SC_TOKEN_METERS;
    int places = places_of(item->type.per);
    sc_int128 n;
    if (places > 0 || is_token_meter) /* of tokens */
        places = checked_places(item, amount, per > 0 ? places_of(per) : places, r);
    if (sc_amount_parse(amount, is_token_meter ? places : places + 6, &n) != SC_OK)
        return "is no number, or too large, expected a decimal number";
    if (n > INT64_MAX || n < INT64_MIN)
        return "is too large";
    if (n < 0)
        return "is negative, expected 0 or more";
    if (is_token_meter) {
        r->tokens[meter] = (int64_t)n;
    } else {
        r->meter = (int)meter;
        r->quantity = (int64_t)n;
    }
    return NULL;
}

/* ---- names in bills */

/* What follows the n-th colon; {NULL, 0} if there are fewer. */
static sc_text after_colons(sc_text t, int n)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] == ':' && --n == 0)
            return (sc_text){t.at + i + 1, t.len - i - 1};
    }
    return (sc_text){NULL, 0};
}

static int starts_with(sc_text t, const char *prefix)
{
    const size_t n = strlen(prefix);
    return t.len >= n && memcmp(t.at, prefix, n) == 0;
}

/* "arn:aws:bedrock-mantle:us-east-1:123456789012:project/proj_x" (source: Bedrock user guide, projects, 2026). */
void sc_bill_resource(sc_text arn, sc_usage_record *r)
{
    const sc_text service = after_colons(arn, 2), resource = after_colons(arn, 5);
    if (!starts_with(arn, "arn:") || !starts_with(service, "bedrock"))
        return;
    if (starts_with(resource, "project/"))
        r->dim[SC_DIM_PROJECT] = arn;
    else if (starts_with(resource, "application-inference-profile/"))
        r->dim[SC_DIM_PROFILE] = arn;
}

int sc_bill_is_bedrock(sc_text service_code, sc_text product)
{
    static const char edition[] = "(Amazon Bedrock Edition)";
    const size_t n = sizeof edition - 1;
    return starts_with(service_code, "AmazonBedrock") || starts_with(product, "Amazon Bedrock") ||
           (product.len > n && memcmp(product.at + product.len - n, edition, n) == 0);
}
