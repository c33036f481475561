/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_cur.c - Cost and Usage Reports: CUR 2.0 ("line_item_usage_type") and legacy ("lineItem/UsageType").
 *
 * One row is what one resource, operation and usage type cost in an hour, day or month; requests are not counted.
 * Source: AWS Data Exports user guide, CUR 2.0 table dictionary; Bedrock user guide, understanding CUR data; AWS ML
 * blog of 2026-04-17 on caller identity and tags. */
#include "base/alloc.h"
#include "usage/amount.h"
#include "usage/bill_item.h"
#include "usage/tag_map.h"
#include "usage/usage_row.h"

enum {
    CUR_TYPE,
    CUR_START,
    CUR_END,
    CUR_AMOUNT,
    CUR_COST,
    CUR_NET_COST,
    CUR_LIST_COST,
    CUR_UNIT,
    CUR_LINE_TYPE,
    CUR_PRODUCT_CODE,
    CUR_SERVICE_CODE,
    CUR_PRODUCT_NAME,
    CUR_PRODUCT,
    CUR_ACCOUNT,
    CUR_RESOURCE,
    CUR_PRINCIPAL,
    CUR_CURRENCY,
    CUR_REGION,
    CUR_TAGS,
    CUR_RESOURCE_TAGS,
    CUR_DESCRIPTION,
    CUR_FIELDS
};

/* Names of both kinds of report are the same once case and punctuation are left out. */
static const sc_csv_name names[] = {
    {"line_item_usage_type", CUR_TYPE},
    {"line_item_usage_start_date", CUR_START},
    {"line_item_usage_end_date", CUR_END},
    {"line_item_usage_amount", CUR_AMOUNT},
    {"line_item_unblended_cost", CUR_COST},
    {"line_item_net_unblended_cost", CUR_NET_COST},
    {"pricing_public_on_demand_cost", CUR_LIST_COST},
    {"pricing_unit", CUR_UNIT},
    {"line_item_line_item_type", CUR_LINE_TYPE},
    {"line_item_product_code", CUR_PRODUCT_CODE},
    {"product_servicecode", CUR_SERVICE_CODE},
    {"product_product_name", CUR_PRODUCT_NAME},
    {"product", CUR_PRODUCT},
    {"line_item_usage_account_id", CUR_ACCOUNT},
    {"line_item_resource_id", CUR_RESOURCE},
    {"line_item_iam_principal", CUR_PRINCIPAL},
    {"line_item_currency_code", CUR_CURRENCY},
    {"product_region_code", CUR_REGION},
    {"tags", CUR_TAGS},
    {"resource_tags", CUR_RESOURCE_TAGS},
    {"line_item_line_item_description", CUR_DESCRIPTION},
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

typedef struct cur {
    const sc_card *card;
    sc_csv_layout layout;
} cur;

/* ---- the header */

/* Takes a prefix off a name that has it. */
static int take_prefix(sc_text *name, const char *prefix)
{
    const size_t n = strlen(prefix);
    if (name->len <= n || memcmp(name->at, prefix, n) != 0)
        return 0;
    name->at += n;
    name->len -= n;
    return 1;
}

/* "resourceTags/user:team", Athena's "resource_tags_user_team" -> "team"; "" for other columns. */
static sc_text tag_of_column(sc_text name)
{
    if (!take_prefix(&name, "resourceTags/") && !take_prefix(&name, "resource_tags/") &&
        !take_prefix(&name, "resource_tags_"))
        return (sc_text){NULL, 0};
    (void)(take_prefix(&name, "user:") || take_prefix(&name, "user_"));
    return name;
}

static int detect(const char *head, size_t size)
{
    sc_csv_header h;
    if (sc_csv_header_read(&h, head, size) != NULL)
        return 0;
    const int has_type = sc_csv_has_field(&h, names, COUNT(names), CUR_TYPE);
    const int has_cost = sc_csv_has_field(&h, names, COUNT(names), CUR_COST);
    const int has_start = sc_csv_has_field(&h, names, COUNT(names), CUR_START);
    return has_type && has_cost && has_start ? 100 : has_type && (has_cost || has_start) ? 80 : 0;
}

static sc_code check_required(const sc_csv_layout *l, const sc_csv_header *h, char *why, size_t why_size)
{
    static const int required[] = {CUR_TYPE, CUR_START, CUR_COST};
    for (size_t i = 0; i < COUNT(required); i++) {
        if (l->column[required[i]] < 0)
            return sc_csv_missing(h, sc_csv_field_name(names, COUNT(names), required[i]), why, why_size);
    }
    if (l->column[CUR_PRODUCT_CODE] < 0 && l->column[CUR_SERVICE_CODE] < 0 && l->column[CUR_PRODUCT_NAME] < 0 &&
        l->column[CUR_PRODUCT] < 0)
        return sc_csv_missing(h, "line_item_product_code", why, why_size);
    return SC_OK;
}

static void close_cur(void *state)
{
    cur *s = state;
    if (s != NULL)
        sc_csv_layout_release(&s->layout);
    sc_free(s);
}

static sc_code open_cur(const sc_card *card, const char *header, size_t size, void **state, char *why, size_t why_size)
{
    sc_csv_header h;
    cur *s = SC_NEW(cur);
    *state = NULL;
    if (s == NULL)
        return SC_E_MEMORY;
    s->card = card;
    sc_code code = sc_csv_layout_read(&s->layout, names, COUNT(names), tag_of_column, header, size, &h, why, why_size);
    if (code == SC_OK)
        code = check_required(&s->layout, &h, why, why_size);
    if (code == SC_OK)
        *state = s;
    else
        close_cur(s);
    return code;
}

/* ---- rows */

/* What AWS calls the kind of a line (source: CUR data dictionary, line_item_line_item_type).  A kind that is not listed
 * is some adjustment: its cost counts, its amount does not. */
static sc_charge charge_of(sc_text line_type)
{
    static const struct {
        const char *name;
        sc_charge charge;
    } charges[] = {
        {"Usage", SC_CHARGE_USAGE},
        {"DiscountedUsage", SC_CHARGE_USAGE},
        {"SavingsPlanCoveredUsage", SC_CHARGE_USAGE},
        {"SavingsPlanNegation", SC_CHARGE_DISCOUNT},
        {"SavingsPlanUpfrontFee", SC_CHARGE_PURCHASE},
        {"SavingsPlanRecurringFee", SC_CHARGE_PURCHASE},
        {"Fee", SC_CHARGE_PURCHASE},
        {"RIFee", SC_CHARGE_PURCHASE},
        {"Tax", SC_CHARGE_TAX},
        {"Credit", SC_CHARGE_CREDIT},
        {"Refund", SC_CHARGE_CREDIT},
        {"EdpDiscount", SC_CHARGE_DISCOUNT},
        {"PrivateRateDiscount", SC_CHARGE_DISCOUNT},
        {"BundledDiscount", SC_CHARGE_DISCOUNT},
        {"SppDiscount", SC_CHARGE_DISCOUNT},
        {"DistributorDiscount", SC_CHARGE_DISCOUNT},
        {"Discount", SC_CHARGE_DISCOUNT},
    };
    if (line_type.len == 0)
        return SC_CHARGE_USAGE;
    for (size_t i = 0; i < COUNT(charges); i++) {
        if (sc_text_is(line_type, charges[i].name))
            return charges[i].charge;
    }
    return SC_CHARGE_ADJUSTMENT;
}

/* What a line is of. */
typedef struct cur_product {
    sc_text code, service, name, region;
} cur_product;

/* Columns of their own go before the map that CUR 2.0 keeps the other properties of products in. */
static cur_product read_product(sc_usage_row *b)
{
    cur_product p = {sc_row_cell(b, CUR_PRODUCT_CODE), sc_row_cell(b, CUR_SERVICE_CODE),
                     sc_row_cell(b, CUR_PRODUCT_NAME), sc_row_cell(b, CUR_REGION)};
    sc_tag_map m;
    sc_text key, value;
    sc_tag_map_begin(&m, sc_row_cell(b, CUR_PRODUCT), &b->scratch);
    while (sc_tag_map_next(&m, &key, &value)) {
        sc_text *out = sc_text_is(key, "product_name")  ? &p.name
                       : sc_text_is(key, "servicecode") ? &p.service
                       : sc_text_is(key, "region_code") ? &p.region
                                                        : NULL;
        if (out != NULL && out->len == 0)
            *out = value;
    }
    if (m.problem != NULL)
        sc_row_problem(b, CUR_PRODUCT, "is no map of properties: %s", m.problem);
    return p;
}

static void read_costs(sc_usage_row *b, sc_usage_record *r)
{
    if (sc_row_money(b, CUR_COST, &r->billed))
        r->has_cost |= SC_COST_BILLED;
    else
        sc_row_problem(b, CUR_COST, "is empty, expected an amount of money");
    if (sc_row_money(b, CUR_NET_COST, &r->effective))
        r->has_cost |= SC_COST_EFFECTIVE;
    /* Marketplace lines have a list cost of 0 whatever they cost. */
    if (sc_row_money(b, CUR_LIST_COST, &r->list) && (r->list != 0 || r->billed == 0))
        r->has_cost |= SC_COST_LIST;
}

static void read_tags(const cur *s, sc_usage_row *b, sc_usage_record *r)
{
    sc_row_tags(b, CUR_TAGS, "", r);
    sc_row_tags(b, CUR_RESOURCE_TAGS, "user_", r);
    for (size_t i = 0; i < s->layout.n_tags; i++) {
        if (!sc_tag_add(r, s->layout.tag[i].key, sc_row_column(b, s->layout.tag[i].column)))
            sc_row_problem(b, CUR_TYPE, "has more than %d tags", SC_USAGE_TAGS_MAX);
    }
}

static void read_dims(sc_usage_row *b, const cur_product *p, sc_usage_record *r)
{
    r->dim[SC_DIM_ACCOUNT] = sc_row_cell(b, CUR_ACCOUNT);
    r->dim[SC_DIM_REGION] = p->region;
    sc_bill_resource(sc_row_cell(b, CUR_RESOURCE), r);
    const sc_text principal = sc_row_cell(b, CUR_PRINCIPAL);
    if (principal.len > 0)
        sc_usage_principal(principal, &r->dim[SC_DIM_PRINCIPAL], &r->dim[SC_DIM_SESSION]);
    r->dim[SC_DIM_ITEM] = sc_row_cell(b, CUR_TYPE);
    if (r->dim[SC_DIM_ITEM].len == 0) /* taxes, credits */
        r->dim[SC_DIM_ITEM] = sc_row_cell(b, CUR_DESCRIPTION);
}

/* Model, meter and quantity of a Bedrock line.  A usage type that is not understood is kept with its cost. */
static void read_usage(const cur *s, sc_usage_row *b, sc_bill_items *items, const cur_product *p, sc_usage_record *r)
{
    const sc_bill_item *item = sc_bill_item_of(items, sc_row_cell(b, CUR_TYPE), p->name);
    sc_bill_item_apply(item, s->card, r);
    if (r->charge != SC_CHARGE_USAGE || !item->is_known)
        return;
    const sc_text amount = sc_row_cell(b, CUR_AMOUNT);
    r->late_tokens = amount.len == 0;
    if (r->late_tokens)
        return;
    const int64_t per = sc_amount_token_unit(sc_row_cell(b, CUR_UNIT));
    const char *problem = sc_bill_item_count(item, amount, per, r);
    if (problem != NULL)
        sc_row_problem(b, CUR_AMOUNT, "'%.*s' %s", SC_CSV_SHOWN(amount), problem);
}

static void read_row(const cur *s, sc_usage_row *b, sc_bill_items *items, sc_usage_record *r)
{
    const cur_product p = read_product(b);
    sc_usage_clear(r);
    sc_row_period(b, CUR_START, CUR_END, r);
    sc_row_currency(b, CUR_CURRENCY);
    read_costs(b, r);
    read_tags(s, b, r);
    read_dims(b, &p, r);
    if (sc_bill_is_bedrock(p.code, p.name) || sc_bill_is_bedrock(p.service, p.name)) {
        r->charge = charge_of(sc_row_cell(b, CUR_LINE_TYPE));
        read_usage(s, b, items, &p, r);
    } else {
        r->charge = SC_CHARGE_OTHER;
        r->dim[SC_DIM_ITEM] = p.code.len > 0 ? p.code : p.service.len > 0 ? p.service : p.name;
    }
}

static void read_block(const void *state, const char *block, size_t size, sc_usage_sink *sink)
{
    const cur *s = state;
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

const sc_usage_reader sc_reader_cur = {SC_USAGE_CUR, "Cost and Usage Report", SC_SHAPE_CSV, detect, open_cur, close_cur,
                                       read_block};
