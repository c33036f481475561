/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_cost_explorer.c - answers of Cost Explorer's GetCostAndUsage and GetCostAndUsageWithResources.
 *
 * What a line is for stands in its group keys (Billing and Cost Management API reference, GetCostAndUsage, 2026).
 * Without the key USAGE_TYPE there is money only, no tokens; without SERVICE the request must have asked for Bedrock
 * alone. */
#include <stdio.h>

#include "base/alloc.h"
#include "usage/amount.h"
#include "usage/bill_item.h"
#include "usage/read_document.h"
#include "usage/tag_map.h"

#define HOUR 3600
#define DAY 86400
#define USD_PLACES 15 /* money is counted in 10^-15 USD */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Values of the dimension RECORD_TYPE without blanks, in lower case: "Discounted usage" and "DiscountedUsage" are both
 * in use. */
static const struct {
    const char *name;
    sc_charge charge;
} record_types[] = {
    {"usage", SC_CHARGE_USAGE},
    {"discountedusage", SC_CHARGE_USAGE},
    {"savingsplancoveredusage", SC_CHARGE_USAGE},
    {"savingsplannegation", SC_CHARGE_DISCOUNT},
    {"fee", SC_CHARGE_PURCHASE},
    {"rifee", SC_CHARGE_PURCHASE},
    {"recurring", SC_CHARGE_PURCHASE},
    {"recurringreservationfee", SC_CHARGE_PURCHASE},
    {"upfront", SC_CHARGE_PURCHASE},
    {"upfrontreservationfee", SC_CHARGE_PURCHASE},
    {"savingsplanrecurringfee", SC_CHARGE_PURCHASE},
    {"savingsplanupfrontfee", SC_CHARGE_PURCHASE},
    {"bundleddiscount", SC_CHARGE_DISCOUNT},
    {"discount", SC_CHARGE_DISCOUNT},
    {"distributordiscount", SC_CHARGE_DISCOUNT},
    {"edpdiscount", SC_CHARGE_DISCOUNT},
    {"enterprisediscountprogramdiscount", SC_CHARGE_DISCOUNT},
    {"privateratediscount", SC_CHARGE_DISCOUNT},
    {"rivolumediscount", SC_CHARGE_DISCOUNT},
    {"solutionproviderprogramdiscount", SC_CHARGE_DISCOUNT},
    {"sppdiscount", SC_CHARGE_DISCOUNT},
    {"credit", SC_CHARGE_CREDIT},
    {"refund", SC_CHARGE_CREDIT},
    {"tax", SC_CHARGE_TAX},
    {"otherout-of-cyclecharges", SC_CHARGE_ADJUSTMENT},
};

/* A line: one group of one period. */
typedef struct line {
    const sc_usage_page *page;
    const cJSON *group;
    sc_text service, usage_type; /* keys; "" = no such key */
    sc_usage_record r;
} line;

typedef struct explorer {
    const sc_card *card;
    sc_bill_items items;
    int more; /* 1: the last page that was read names a next one */
} explorer;

#define REJECT(l, value, ...) (sc_usage_reject((l)->page, (l)->group, value, __VA_ARGS__), 0)

/* ---- metrics: {"UnblendedCost":{"Amount":"12.5","Unit":"USD"}} */

static sc_text amount_of(const line *l, const cJSON *metric)
{
    const cJSON *amount = sc_usage_member(metric, "Amount");
    return cJSON_IsNumber(amount) ? sc_usage_source(l->page, amount) : sc_usage_string(amount);
}

static int read_cost(line *l, const cJSON *metric, unsigned which, sc_money *out)
{
    const sc_text currency = sc_usage_string(sc_usage_member(metric, "Unit")), amount = amount_of(l, metric);
    if (metric == NULL)
        return 1;
    if (!sc_text_is(currency, "USD"))
        return REJECT(l, metric, "currency '%.*s'; expected 'USD'", sc_usage_shown(currency), currency.at);
    if (sc_amount_parse(amount, USD_PLACES, out) != SC_OK)
        return REJECT(l, metric, "'%.*s' is no amount; expected a decimal number", sc_usage_shown(amount), amount.at);
    l->r.has_cost |= which;
    return 1;
}

/* What was billed before discounts that have lines of their own, and what the usage costs in the end. */
static int read_costs(line *l, const cJSON *metrics)
{
    static const char *const effective[] = {"NetAmortizedCost", "NetUnblendedCost", "AmortizedCost"};
    const cJSON *metric = NULL;
    for (size_t i = 0; i < COUNT(effective) && metric == NULL; i++)
        metric = sc_usage_member(metrics, effective[i]);
    if (!read_cost(l, sc_usage_member(metrics, "UnblendedCost"), SC_COST_BILLED, &l->r.billed) ||
        !read_cost(l, metric, SC_COST_EFFECTIVE, &l->r.effective))
        return 0;
    if (l->r.has_cost == 0)
        return REJECT(l, metrics != NULL ? metrics : l->group,
                      "no cost; expected a metric UnblendedCost, NetUnblendedCost, AmortizedCost or NetAmortizedCost");
    return 1;
}

/* ---- keys */

static int add_tag(line *l, const cJSON *node, sc_text key, sc_text value)
{
    return sc_tag_add(&l->r, key, value) || REJECT(l, node, "more than %d tags", SC_USAGE_TAGS_MAX);
}

/* "team$search" of the tag or cost category "team"; nothing after the '$' = not set. */
static int read_tag(line *l, const cJSON *node, sc_text name)
{
    const sc_text text = sc_usage_string(node);
    if (text.len <= name.len || memcmp(text.at, name.at, name.len) != 0 || text.at[name.len] != '$')
        return REJECT(l, node, "key '%.*s'; expected '%.*s$' and a value", sc_usage_shown(text), text.at,
                      sc_usage_shown(name), name.at);
    return add_tag(l, node, name, (sc_text){text.at + name.len + 1, text.len - name.len - 1});
}

/* The charge of a record type; -1 = unknown. */
static int charge_of(sc_text t)
{
    char folded[48];
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++) {
        const char c = t.at[i];
        if (c == ' ')
            continue;
        if (n == sizeof folded)
            return -1;
        folded[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    for (size_t i = 0; i < COUNT(record_types); i++) {
        if (sc_text_is((sc_text){folded, n}, record_types[i].name))
            return (int)record_types[i].charge;
    }
    return -1;
}

static int read_charge(line *l, const cJSON *node, sc_text value)
{
    const int charge = charge_of(value);
    if (charge < 0)
        return REJECT(l, node, "unknown record type '%.*s', expected one such as 'Usage', 'Credit' or 'Tax'",
                      sc_usage_shown(value), value.at);
    l->r.charge = (sc_charge)charge;
    return 1;
}

static int read_dimension(line *l, const cJSON *node, sc_text name)
{
    const sc_text value = sc_usage_string(node);
    if (sc_text_is(name, "RECORD_TYPE"))
        return read_charge(l, node, value);
    if (sc_text_is(name, "SERVICE"))
        l->service = value;
    else if (sc_text_is(name, "USAGE_TYPE"))
        l->usage_type = value;
    else if (sc_text_is(name, "LINKED_ACCOUNT"))
        l->r.dim[SC_DIM_ACCOUNT] = value;
    else if (sc_text_is(name, "RESOURCE_ID"))
        sc_bill_resource(value, &l->r);
    else if (!sc_text_is(name, "REGION"))
        return add_tag(l, node, name, value);
    else if (!sc_text_is(value, "NoRegion") && !sc_text_is(value, "global"))
        l->r.dim[SC_DIM_REGION] = value;
    return 1;
}

static int read_key(line *l, const cJSON *definition, const cJSON *node)
{
    const sc_text type = sc_usage_string(sc_usage_member(definition, "Type"));
    const sc_text name = sc_usage_string(sc_usage_member(definition, "Key"));
    if (name.len == 0)
        return REJECT(l, node, "a key that 'GroupDefinitions' does not name");
    if (!cJSON_IsString(node))
        return REJECT(l, node, "a key that is no text");
    if (sc_text_is(type, "DIMENSION"))
        return read_dimension(l, node, name);
    if (sc_text_is(type, "TAG") || sc_text_is(type, "COST_CATEGORY"))
        return read_tag(l, node, name);
    return REJECT(l, node, "a key of type '%.*s'; expected DIMENSION, TAG or COST_CATEGORY", sc_usage_shown(type),
                  type.at);
}

static int read_keys(line *l, const cJSON *definitions)
{
    const cJSON *keys = sc_usage_member(l->group, "Keys");
    const cJSON *d = definitions != NULL ? definitions->child : NULL, *key = keys != NULL ? keys->child : NULL;
    for (; d != NULL && key != NULL; d = d->next, key = key->next) {
        if (!read_key(l, d, key))
            return 0;
    }
    if (d != NULL || key != NULL)
        return REJECT(l, keys != NULL ? keys : l->group, "%s keys than 'GroupDefinitions' has",
                      d != NULL ? "fewer" : "more");
    return 1;
}

/* ---- groups and periods */

/* Model and quantity of a line of Bedrock.  A usage type that is not understood is kept with its cost. */
static int read_usage(line *l, explorer *x, const cJSON *quantity)
{
    const sc_bill_item *item = sc_bill_item_of(&x->items, l->usage_type, l->service);
    const sc_text region = l->r.dim[SC_DIM_REGION];
    sc_bill_item_apply(item, x->card, &l->r);
    if (l->r.dim[SC_DIM_REGION].len == 0)
        l->r.dim[SC_DIM_REGION] = region;
    if (l->r.charge != SC_CHARGE_USAGE || !item->is_known)
        return 1;
    l->r.late_tokens = quantity == NULL;
    if (quantity == NULL)
        return 1;
    const int64_t per = sc_amount_token_unit(sc_usage_string(sc_usage_member(quantity, "Unit")));
    const sc_text amount = amount_of(l, quantity);
    const char *problem = sc_bill_item_count(item, amount, per, &l->r);
    return problem == NULL ||
           REJECT(l, quantity, "UsageQuantity '%.*s' %s", sc_usage_shown(amount), amount.at, problem);
}

static void deliver(line *l)
{
    sc_usage_sink *sink = l->page->sink;
    const sc_text text = sc_usage_source(l->page, l->group);
    const sc_usage_record *r = &l->r;
    const char *flaw = sc_usage_flaw(r);
    int64_t tokens = 0;
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        tokens |= r->tokens[m];
    if (flaw != NULL)
        sink->reject(sink, text.at, text.len, 0, flaw);
    else if (r->billed == 0 && r->effective == 0 && tokens == 0 && r->quantity == 0)
        sink->skip(sink, "neither cost nor usage");
    else
        sink->record(sink, r, text.at, text.len);
}

static void read_group(line *l, explorer *x, const cJSON *definitions)
{
    static const sc_text no_code = {"", 0};
    const cJSON *metrics = sc_usage_member(l->group, "Metrics");
    if (!read_keys(l, definitions) || !read_costs(l, metrics))
        return;
    if (l->service.len == 0 || sc_bill_is_bedrock(no_code, l->service)) {
        l->r.dim[SC_DIM_ITEM] = l->usage_type.len > 0 ? l->usage_type : l->service;
        if (!read_usage(l, x, sc_usage_member(metrics, "UsageQuantity")))
            return;
    } else {
        l->r.charge = SC_CHARGE_OTHER;
        l->r.dim[SC_DIM_ITEM] = l->service;
    }
    deliver(l);
}

/* Hours and days as such; all else that is within one month is a line of that month. */
static int read_period(const cJSON *period, int64_t *start, sc_grain *grain)
{
    int64_t end;
    if (sc_usage_time(sc_usage_string(sc_usage_member(period, "Start")), start) != SC_OK ||
        sc_usage_time(sc_usage_string(sc_usage_member(period, "End")), &end) != SC_OK || end <= *start)
        return 0;
    *grain = end - *start == HOUR ? SC_GRAIN_HOUR : end - *start == DAY ? SC_GRAIN_DAY : SC_GRAIN_MONTH;
    return sc_day_month((sc_day)(*start / DAY)) == sc_day_month((sc_day)((end - 1) / DAY));
}

static void read_result(const sc_usage_page *page, explorer *x, const cJSON *definitions, const cJSON *result)
{
    const cJSON *period = sc_usage_member(result, "TimePeriod"), *groups = sc_usage_member(result, "Groups");
    const cJSON *total = sc_usage_member(result, "Total");
    const cJSON *group = groups != NULL ? groups->child : NULL;
    int64_t start;
    sc_grain grain;
    if (!read_period(period, &start, &grain)) {
        sc_usage_reject(page, result, period != NULL ? period : result,
                        "no period; expected 'TimePeriod' with 'Start' and 'End' within one month");
        return;
    }
    if (group == NULL && total != NULL && total->child != NULL)
        sc_usage_reject(page, result, total, "a total without groups; expected GroupBy SERVICE and USAGE_TYPE");
    for (; group != NULL; group = group->next) {
        line l = {.page = page, .group = group};
        sc_usage_clear(&l.r);
        l.r.time = start;
        l.r.grain = grain;
        if (cJSON_IsTrue(sc_usage_member(result, "Estimated")))
            (void)sc_tag_add(&l.r, sc_text_of("estimated"), sc_text_of("true"));
        read_group(&l, x, definitions);
    }
}

static void read_page(const sc_usage_page *page, void *context)
{
    explorer *x = context;
    const cJSON *results = sc_usage_member(page->root, "ResultsByTime");
    x->more = sc_usage_member(page->root, "NextPageToken") != NULL;
    if (!cJSON_IsArray(results)) {
        sc_usage_reject(page, page->root, page->root, "no list 'ResultsByTime'");
        return;
    }
    for (const cJSON *result = results->child; result != NULL; result = result->next)
        read_result(page, x, sc_usage_member(page->root, "GroupDefinitions"), result);
}

/* ---- the reader */

static int detect(const char *head, size_t size)
{
    return sc_usage_head_has(head, size, "ResultsByTime") || sc_usage_head_has(head, size, "GroupDefinitions") ? 100
                                                                                                               : 0;
}

typedef struct source {
    const sc_card *card;
} source;

static sc_code open_source(const sc_card *card, const char *header, size_t size, void **state, char *why,
                           size_t why_size)
{
    (void)header;
    (void)size;
    source *s = SC_NEW(source);
    *state = s;
    if (s == NULL) {
        (void)snprintf(why, why_size, "out of memory");
        return SC_E_MEMORY;
    }
    s->card = card;
    return SC_OK;
}

static void close_source(void *state) { sc_free(state); }

static void read_all(const void *state, const char *block, size_t size, sc_usage_sink *sink)
{
    explorer x = {.card = ((const source *)state)->card};
    sc_bill_items_init(&x.items, x.card);
    sc_usage_pages(block, size, sink, read_page, &x);
    if (x.more)
        sink->skip(sink, "further pages of the answer, which are not in the file");
}

const sc_usage_reader sc_reader_cost_explorer = {
    SC_USAGE_COST_EXPLORER, "Cost Explorer result", SC_SHAPE_DOCUMENT, detect, open_source, close_source, read_all};
