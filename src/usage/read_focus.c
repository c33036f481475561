/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_focus.c - FOCUS 1.0, 1.1 and 1.2 exports, with the columns x_UsageType and x_ServiceCode that AWS adds.
 *
 * Requests are not counted.  Source: FOCUS specification v1.0, v1.1, v1.2; AWS Data Exports user guide, FOCUS with AWS
 * columns (2026). */
#include "base/alloc.h"
#include "usage/amount.h"
#include "usage/bill_item.h"
#include "usage/tag_map.h"
#include "usage/usage_row.h"

enum {
    FOCUS_START,
    FOCUS_END,
    FOCUS_BILLED,
    FOCUS_EFFECTIVE,
    FOCUS_LIST,
    FOCUS_CURRENCY,
    FOCUS_CATEGORY,
    FOCUS_CLASS,
    FOCUS_COMMITMENT,
    FOCUS_CONSUMED,
    FOCUS_CONSUMED_UNIT,
    FOCUS_PRICING,
    FOCUS_PRICING_UNIT,
    FOCUS_PROVIDER,
    FOCUS_SERVICE_PROVIDER,
    FOCUS_PUBLISHER,
    FOCUS_SERVICE,
    FOCUS_SERVICE_CODE,
    FOCUS_USAGE_TYPE,
    FOCUS_METER,
    FOCUS_DESCRIPTION,
    FOCUS_SKU,
    FOCUS_RESOURCE,
    FOCUS_RESOURCE_NAME,
    FOCUS_REGION,
    FOCUS_ACCOUNT,
    FOCUS_BILLING_ACCOUNT,
    FOCUS_TAGS,
    FOCUS_FIELDS
};

static const sc_csv_name names[] = {
    {"ChargePeriodStart", FOCUS_START},
    {"ChargePeriodEnd", FOCUS_END},
    {"BilledCost", FOCUS_BILLED},
    {"EffectiveCost", FOCUS_EFFECTIVE},
    {"ListCost", FOCUS_LIST},
    {"BillingCurrency", FOCUS_CURRENCY},
    {"ChargeCategory", FOCUS_CATEGORY},
    {"ChargeClass", FOCUS_CLASS},
    {"CommitmentDiscountId", FOCUS_COMMITMENT},
    {"ConsumedQuantity", FOCUS_CONSUMED},
    {"ConsumedUnit", FOCUS_CONSUMED_UNIT},
    {"PricingQuantity", FOCUS_PRICING},
    {"PricingUnit", FOCUS_PRICING_UNIT},
    {"ProviderName", FOCUS_PROVIDER},
    {"ServiceProviderName", FOCUS_SERVICE_PROVIDER}, /* from 1.3 on */
    {"PublisherName", FOCUS_PUBLISHER},
    {"ServiceName", FOCUS_SERVICE},
    {"x_ServiceCode", FOCUS_SERVICE_CODE},
    {"x_UsageType", FOCUS_USAGE_TYPE},
    {"SkuMeter", FOCUS_METER},
    {"ChargeDescription", FOCUS_DESCRIPTION},
    {"SkuId", FOCUS_SKU},
    {"ResourceId", FOCUS_RESOURCE},
    {"ResourceName", FOCUS_RESOURCE_NAME},
    {"RegionId", FOCUS_REGION},
    {"SubAccountId", FOCUS_ACCOUNT},
    {"BillingAccountId", FOCUS_BILLING_ACCOUNT},
    {"Tags", FOCUS_TAGS},
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

typedef struct focus {
    const sc_card *card;
    sc_csv_layout layout;
} focus;

/* ---- the header */

static int detect(const char *head, size_t size)
{
    sc_csv_header h;
    if (sc_csv_header_read(&h, head, size) != NULL || !sc_csv_has_field(&h, names, COUNT(names), FOCUS_START))
        return 0;
    const int has_cost = sc_csv_has_field(&h, names, COUNT(names), FOCUS_BILLED) ||
                         sc_csv_has_field(&h, names, COUNT(names), FOCUS_EFFECTIVE);
    return has_cost ? 100 : 80;
}

static sc_code check_required(const sc_csv_layout *l, const sc_csv_header *h, char *why, size_t why_size)
{
    if (l->column[FOCUS_START] < 0)
        return sc_csv_missing(h, "ChargePeriodStart", why, why_size);
    if (l->column[FOCUS_BILLED] < 0 && l->column[FOCUS_EFFECTIVE] < 0)
        return sc_csv_missing(h, "BilledCost", why, why_size);
    return SC_OK;
}

static void close_focus(void *state)
{
    focus *s = state;
    if (s != NULL)
        sc_csv_layout_release(&s->layout);
    sc_free(s);
}

static sc_code open_focus(const sc_card *card, const char *header, size_t size, void **state, char *why,
                          size_t why_size)
{
    sc_csv_header h;
    focus *s = SC_NEW(focus);
    *state = NULL;
    if (s == NULL)
        return SC_E_MEMORY;
    s->card = card;
    sc_code code = sc_csv_layout_read(&s->layout, names, COUNT(names), NULL, header, size, &h, why, why_size);
    if (code == SC_OK)
        code = check_required(&s->layout, &h, why, why_size);
    if (code == SC_OK)
        *state = s;
    else
        close_focus(s);
    return code;
}

/* ---- rows */

/* A correction of usage that was billed before has its cost; its quantity is no new usage. */
static sc_charge read_charge(sc_usage_row *b)
{
    static const char *const categories[] = {"Usage", "Purchase", "Tax", "Credit", "Adjustment"};
    static const sc_charge charges[] = {SC_CHARGE_USAGE, SC_CHARGE_PURCHASE, SC_CHARGE_TAX, SC_CHARGE_CREDIT,
                                        SC_CHARGE_ADJUSTMENT};
    const sc_text category = sc_row_cell(b, FOCUS_CATEGORY);
    const int is_correction = sc_text_is(sc_row_cell(b, FOCUS_CLASS), "Correction");
    for (size_t i = 0; i < COUNT(categories); i++) {
        if (sc_text_is(category, categories[i]))
            return is_correction && charges[i] == SC_CHARGE_USAGE ? SC_CHARGE_ADJUSTMENT : charges[i];
    }
    if (category.len > 0)
        sc_row_problem(b, FOCUS_CATEGORY, "is '%.*s', expected Usage, Purchase, Tax, Credit or Adjustment",
                       SC_CSV_SHOWN(category));
    return is_correction ? SC_CHARGE_ADJUSTMENT : SC_CHARGE_USAGE;
}

/* The first field that is stated. */
static sc_text first_of(sc_usage_row *b, const int *fields, size_t n)
{
    sc_text t = {NULL, 0};
    for (size_t i = 0; i < n && t.len == 0; i++)
        t = sc_row_cell(b, fields[i]);
    return t;
}

/* Where a line of the Marketplace may name the model; else the service. */
static sc_text product_of(sc_usage_row *b)
{
    static const int fields[] = {FOCUS_SERVICE, FOCUS_RESOURCE_NAME, FOCUS_METER, FOCUS_DESCRIPTION};
    static const sc_text no_code = {NULL, 0};
    for (size_t i = 0; i < COUNT(fields); i++) {
        const sc_text t = sc_row_cell(b, fields[i]);
        if (sc_bill_is_bedrock(no_code, t))
            return t;
    }
    return sc_row_cell(b, FOCUS_SERVICE);
}

static void read_costs(sc_usage_row *b, int is_bedrock, sc_usage_record *r)
{
    const int has_billed = sc_row_money(b, FOCUS_BILLED, &r->billed);
    const int has_effective = sc_row_money(b, FOCUS_EFFECTIVE, &r->effective);
    /* What a third party collects is billed at 0 (FOCUS 1.2, BilledCost); so is what a commitment covers, but that 0 is
     * what was billed. */
    const int is_collected_elsewhere = is_bedrock && has_billed && r->billed == 0 && has_effective &&
                                       r->effective != 0 && sc_row_cell(b, FOCUS_COMMITMENT).len == 0;
    if (has_billed && !is_collected_elsewhere)
        r->has_cost |= SC_COST_BILLED;
    if (has_effective)
        r->has_cost |= SC_COST_EFFECTIVE;
    if (r->has_cost == 0)
        sc_row_problem(b, b->layout->column[FOCUS_BILLED] >= 0 ? FOCUS_BILLED : FOCUS_EFFECTIVE,
                       "is empty, expected an amount of money");
    /* Marketplace lines have a list cost of 0 whatever they cost. */
    if (sc_row_money(b, FOCUS_LIST, &r->list) && (r->list != 0 || (r->billed == 0 && r->effective == 0)))
        r->has_cost |= SC_COST_LIST;
}

static void read_amount(sc_usage_row *b, const sc_bill_item *item, sc_usage_record *r)
{
    const int is_consumed = sc_row_cell(b, FOCUS_CONSUMED).len > 0;
    const int field = is_consumed ? FOCUS_CONSUMED : FOCUS_PRICING;
    const sc_text amount = sc_row_cell(b, field);
    const sc_text unit = sc_row_cell(b, is_consumed ? FOCUS_CONSUMED_UNIT : FOCUS_PRICING_UNIT);
    r->late_tokens = amount.len == 0;
    if (r->late_tokens)
        return;
    const char *problem = sc_bill_item_count(item, amount, sc_amount_token_unit(unit), r);
    if (problem != NULL)
        sc_row_problem(b, field, "'%.*s' %s", SC_CSV_SHOWN(amount), problem);
}

/* Lines of other services, with the provider as a tag: exports of several clouds are one file. */
static void set_other(sc_usage_row *b, sc_usage_record *r)
{
    static const int providers[] = {FOCUS_PROVIDER, FOCUS_SERVICE_PROVIDER, FOCUS_PUBLISHER};
    static const int items[] = {FOCUS_SERVICE, FOCUS_SERVICE_CODE, FOCUS_DESCRIPTION};
    r->charge = SC_CHARGE_OTHER;
    r->dim[SC_DIM_ITEM] = first_of(b, items, COUNT(items));
    (void)sc_tag_add(r, sc_text_of("provider"), first_of(b, providers, COUNT(providers)));
}

static void read_row(const focus *s, sc_usage_row *b, sc_bill_items *items, sc_usage_record *r)
{
    static const int accounts[] = {FOCUS_ACCOUNT, FOCUS_BILLING_ACCOUNT};
    static const int item_fields[] = {FOCUS_USAGE_TYPE, FOCUS_METER, FOCUS_DESCRIPTION, FOCUS_RESOURCE_NAME, FOCUS_SKU};
    const sc_text code = sc_row_cell(b, FOCUS_SERVICE_CODE), product = product_of(b);
    const sc_text usage_type = first_of(b, item_fields, 2);
    const sc_bill_item *item = sc_bill_item_of(items, usage_type, product);
    /* Some Marketplace lines name no service at all. */
    const int is_bedrock = sc_bill_is_bedrock(code, product) || (code.len == 0 && product.len == 0 && item->is_known);
    sc_usage_clear(r);
    sc_row_period(b, FOCUS_START, FOCUS_END, r);
    sc_row_currency(b, FOCUS_CURRENCY);
    read_costs(b, is_bedrock, r);
    r->dim[SC_DIM_ACCOUNT] = first_of(b, accounts, COUNT(accounts));
    r->dim[SC_DIM_REGION] = sc_row_cell(b, FOCUS_REGION);
    sc_bill_resource(sc_row_cell(b, FOCUS_RESOURCE), r);
    if (!is_bedrock) {
        set_other(b, r);
    } else {
        r->charge = read_charge(b);
        r->dim[SC_DIM_ITEM] = first_of(b, item_fields, COUNT(item_fields));
        sc_bill_item_apply(item, s->card, r);
        if (r->charge == SC_CHARGE_USAGE && item->is_known)
            read_amount(b, item, r);
    }
    sc_row_tags(b, FOCUS_TAGS, "", r);
}

static void read_block(const void *state, const char *block, size_t size, sc_usage_sink *sink)
{
    const focus *s = state;
    sc_usage_row b;
    sc_bill_items items;
    sc_usage_record r;
    sc_bill_items_init(&items, s->card);
    sc_row_begin(&b, block, size, sink, &s->layout);
    while (sc_row_next(&b)) {
        read_row(s, &b, &items, &r);
        sc_row_deliver(&b, &r);
    }
}

const sc_usage_reader sc_reader_focus = {SC_USAGE_FOCUS, "FOCUS export", SC_SHAPE_CSV, detect,
                                         open_focus,     close_focus,    read_block};
