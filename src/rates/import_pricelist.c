/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_pricelist.c - the AWS Price List: offer files (products and terms by SKU) and the output of GetProducts (a
 * list of products, each with its terms, as objects or as text). */
#include <stdio.h>
#include <string.h>

#include "rates/card.h"
#include "rates/import_read.h"
#include "spendcast/usage_type.h"

static const char *text_of(const cJSON *object, const char *key)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(node) ? node->valuestring : "";
}

/* The product name of a line whose usage type may name no model: Marketplace lines have it as service name. */
static const char *product_of(const cJSON *attributes)
{
    const char *service = text_of(attributes, "servicename"), *model = text_of(attributes, "model");
    if (strstr(service, "(Amazon Bedrock Edition)") != NULL)
        return service;
    return model[0] != '\0' ? model : text_of(attributes, "titanModel");
}

/* Base units that a price is for: "1K tokens", "1M tokens"; where the text says nothing ("Units"), as usage types of
 * the kind are counted. */
static int64_t per_of(const char *unit, const sc_usage_type *u)
{
    if (strncmp(unit, "1K", 2) == 0)
        return 1000;
    if (strncmp(unit, "1M", 2) == 0)
        return 1000000;
    return u->per;
}

/* The first day of "2026-07-23T23:35:55Z"; SC_DAY_MIN if there is none. */
static sc_day day_of(const char *text)
{
    sc_day day = SC_DAY_MIN;
    (void)(strlen(text) >= 10 && sc_day_parse(text, 10, &day));
    return day;
}

/* A context in the model's upper band. */
static int64_t long_context(const sc_card *card, const sc_model *m)
{
    const sc_span span = card->model_points[m - card->models];
    int64_t from = 0;
    for (size_t i = span.first; i < span.first + span.count; i++)
        from = card->points[i].context_from > from ? card->points[i].context_from : from;
    return from > 0 ? from : INT64_MAX - 1; /* where no band is known, no price is that of one */
}

/* from: the day of the offer, SC_DAY_MIN = none stated. */
static void add_dimension(sc_importer *x, const sc_json_doc *doc, const cJSON *attributes, sc_day from,
                          const cJSON *dimension)
{
    const char *name = text_of(attributes, "usagetype"), *unit = text_of(dimension, "unit"),
               *begin = text_of(dimension, "beginRange");
    const cJSON *price = cJSON_GetObjectItemCaseSensitive(dimension, "pricePerUnit"),
                *usd = cJSON_GetObjectItemCaseSensitive(price, "USD");
    sc_usage_type u;
    char why[300];
    if (!cJSON_IsString(usd)) {
        sc_json_error(doc, price != NULL ? price : dimension, SC_JSON_VALUE, x->errors,
                      "has no price, expected {\"USD\": \"...\"}");
        return;
    }
    if (begin[0] != '\0' && strcmp(begin, "0") != 0) {
        sc_importer_add_unknown(x, name, "a price from %.40s units on: volume tiers are not read", begin);
        return;
    }
    if (sc_usage_type_parse(x->card, name, product_of(attributes), &u, why, sizeof why) != SC_OK) {
        sc_importer_add_unknown(x, name, "%s", why);
        return;
    }
    if (u.region < 0)
        u.region = sc_card_region_of(x->card, text_of(attributes, "regionCode"));
    if (u.model == NULL || u.region < 0) {
        sc_importer_add_unknown(x, name,
                                u.model == NULL ? "names no model, and neither does the product"
                                                : "names no region that is known");
        return;
    }
    sc_import_row row = {.name = name,
                         .model = u.model,
                         .region = u.region,
                         .scopes = u.scope_stated ? 1u << u.scope : 1u << SC_SCOPE_IN_REGION | 1u << SC_SCOPE_GEO,
                         .tier = u.tier,
                         .meter = u.meter,
                         .variant = u.variant,
                         .context = u.long_context ? long_context(x->card, u.model) : 0,
                         .day = from > x->as_of ? from : x->as_of, /* not in force yet */
                         .from = from};
    if (u.model->is_service)
        row.scopes = 1u << SC_SCOPE_IN_REGION;
    sc_importer_add(x, &row, usd->valuestring, strlen(usd->valuestring), per_of(unit, &u));
}

/* All on-demand prices of one product; `offers` maps offer codes to terms. */
static void add_product(sc_importer *x, const sc_json_doc *doc, const cJSON *product, const cJSON *offers)
{
    const cJSON *attributes = cJSON_GetObjectItemCaseSensitive(product, "attributes"), *offer, *dimension;
    if (!cJSON_IsObject(attributes) || text_of(attributes, "usagetype")[0] == '\0') {
        sc_json_error(doc, product, SC_JSON_VALUE, x->errors,
                      "is no product, expected 'attributes' with a 'usagetype'");
        return;
    }
    cJSON_ArrayForEach(offer, offers)
    {
        const cJSON *dimensions = cJSON_GetObjectItemCaseSensitive(offer, "priceDimensions");
        if (!cJSON_IsObject(dimensions)) {
            sc_json_error(doc, offer, SC_JSON_VALUE, x->errors, "has no 'priceDimensions'");
            continue;
        }
        const sc_day from = day_of(text_of(offer, "effectiveDate"));
        cJSON_ArrayForEach(dimension, dimensions) { add_dimension(x, doc, attributes, from, dimension); }
    }
}

static const cJSON *on_demand(const cJSON *parent)
{
    return cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(parent, "terms"), "OnDemand");
}

static void add_offer_file(sc_importer *x, const sc_json_doc *doc, const cJSON *root)
{
    const cJSON *products = cJSON_GetObjectItemCaseSensitive(root, "products"), *terms = on_demand(root), *product,
                *term;
    if (!cJSON_IsObject(products) || !cJSON_IsObject(terms)) {
        sc_json_error(doc, root, SC_JSON_VALUE, x->errors,
                      "is no offer file, expected 'products' and 'terms/OnDemand'");
        return;
    }
    /* both are lists of their members: walk them together as far as the SKUs stand in one order, search where not */
    term = terms->child;
    cJSON_ArrayForEach(product, products)
    {
        const cJSON *offers = term != NULL && strcmp(term->string, product->string) == 0
                                  ? term
                                  : cJSON_GetObjectItemCaseSensitive(terms, product->string);
        if (offers == NULL) /* sold otherwise than on demand */
            continue;
        term = offers->next;
        add_product(x, doc, product, offers);
    }
}

/* An element of GetProducts' list, as an object. */
static void add_element(sc_importer *x, const sc_json_doc *doc, const cJSON *element)
{
    const cJSON *product = cJSON_GetObjectItemCaseSensitive(element, "product");
    if (product == NULL) {
        sc_json_error(doc, element, SC_JSON_VALUE, x->errors, "is no product, expected 'product' and 'terms'");
        return;
    }
    add_product(x, doc, product, on_demand(element));
}

static void add_list(sc_importer *x, const sc_json_doc *doc, const cJSON *list)
{
    const cJSON *element;
    if (!cJSON_IsArray(list)) {
        sc_json_error(doc, list, SC_JSON_VALUE, x->errors, "is no list of products, expected an array");
        return;
    }
    cJSON_ArrayForEach(element, list)
    {
        sc_json_doc *inner = NULL;
        if (!cJSON_IsString(element)) {
            add_element(x, doc, element);
            continue;
        }
        /* text within text: its errors have their place within the element */
        if (sc_json_parse("PriceList element", element->valuestring, strlen(element->valuestring), &inner, x->errors) !=
            SC_OK) {
            sc_json_error(doc, element, SC_JSON_VALUE, x->errors, "is no product as JSON text");
            continue;
        }
        add_element(x, inner, sc_json_root(inner));
        sc_json_free(inner);
    }
}

void sc_import_pricelist(sc_importer *x, const sc_json_doc *doc)
{
    const cJSON *root = sc_json_root(doc), *list = cJSON_GetObjectItemCaseSensitive(root, "PriceList");
    const sc_day published = day_of(text_of(root, "publicationDate"));
    if (published != SC_DAY_MIN && published < x->as_of)
        x->as_of = published;
    if (list != NULL)
        add_list(x, doc, list);
    else
        add_offer_file(x, doc, root);
}
