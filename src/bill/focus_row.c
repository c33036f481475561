/* SPDX-License-Identifier: GPL-3.0-or-later */
/* focus_row.c - one row of a FOCUS file.
 *
 * Source: FinOps Open Cost and Usage Specification 1.2 (2025), normative rules of each column, read 2026-11-24.  Its
 * columns for commitments, capacity reservations, invoices and other currencies say nothing here and are left out. */
#include <stdio.h>
#include <string.h>

#include "bill/focus.h"
#include "io/csv_put.h"
#include "io/json_put.h"
#include "spendcast/usage_type.h"

#define MILLION INT64_C(1000000)
#define AWS_NAME "Amazon Web Services, Inc."

/* What several columns of a row are made from. */
typedef struct facts {
    const focus_row *row;
    const sc_card *card;
    int region; /* of the card, -1 = unknown */
    int is_usage, is_other;
    sc_usage_type_text type; /* of the line; "" = not known */
    sc_money unit_price; /* of the pricing unit, in 10^-15 USD; only where list cost is its product with the quantity */
} facts;

static const char *text(const facts *f, focus_text t) { return f->row->text[t]; }
static int has_quantity(const facts *f) { return f->is_usage && f->row->key.meter >= 0 && f->row->quantity > 0; }
static int is_tokens(const facts *f) { return f->row->key.meter < SC_TOKEN_METERS; }

/* ---- cells ---- */

/* Spreadsheets take texts that start so for formulas. */
static void put_text(sc_strbuf *b, const char *t)
{
    char first[3] = {'\'', t[0], '\0'};
    if (t[0] == '\0' || strchr("=+-@\t\r", t[0]) == NULL) {
        sc_put_csv(b, t);
        return;
    }
    sc_strbuf whole = {0};
    sc_strbuf_puts(&whole, first);
    sc_strbuf_puts(&whole, t + 1);
    if (whole.failed)
        b->failed = 1;
    else
        sc_put_csv(b, whole.text);
    sc_strbuf_release(&whole);
}

static void put_decimal(sc_strbuf *b, sc_int128 value, int scale)
{
    char buf[SC_DECIMAL_TEXT_MAX];
    sc_strbuf_puts(b, sc_decimal_format_exact(value, scale, 0, buf));
}

static void put_day(sc_strbuf *b, sc_day day)
{
    char buf[16];
    sc_strbuf_printf(b, "%sT00:00:00Z", sc_day_format(day, buf));
}

/* "text_unit" -> "Text Units" (the specification's unit format: plural, capitals). */
static void put_unit(sc_strbuf *b, const char *base)
{
    int start = 1;
    for (const char *c = base; *c != '\0'; c++) {
        const int lower = *c >= 'a' && *c <= 'z';
        sc_strbuf_putc(b, *c == '_' ? ' ' : start && lower ? (char)(*c - 'a' + 'A') : *c);
        start = *c == '_' || *c == ' ';
    }
    sc_strbuf_puts(b, base[0] != '\0' ? "s" : "Units");
}

/* ---- columns ---- */

static void billed_cost(sc_strbuf *b, const facts *f) { put_decimal(b, f->row->billed, 15); }
static void effective_cost(sc_strbuf *b, const facts *f) { put_decimal(b, f->row->effective, 15); }
static void list_cost(sc_strbuf *b, const facts *f) { put_decimal(b, f->row->list, 15); }
static void contracted_cost(sc_strbuf *b, const facts *f) { put_decimal(b, f->row->contracted, 15); }

static void account(sc_strbuf *b, const facts *f) { put_text(b, text(f, FOCUS_TEXT_ACCOUNT)); }
static void billing_account(sc_strbuf *b, const facts *f)
{
    put_text(b, text(f, FOCUS_TEXT_ACCOUNT)[0] != '\0' ? text(f, FOCUS_TEXT_ACCOUNT) : "unknown");
}
static void currency(sc_strbuf *b, const facts *f)
{
    (void)f;
    sc_strbuf_puts(b, "USD");
}
static void nothing(sc_strbuf *b, const facts *f)
{
    (void)b;
    (void)f;
}

static void billing_period(sc_strbuf *b, const facts *f, int months)
{
    put_day(b, sc_month_start(sc_day_month(f->row->key.day) + months));
}
static void billing_start(sc_strbuf *b, const facts *f) { billing_period(b, f, 0); }
static void billing_end(sc_strbuf *b, const facts *f) { billing_period(b, f, 1); }
static void charge_start(sc_strbuf *b, const facts *f) { put_day(b, f->row->key.day); }
static void charge_end(sc_strbuf *b, const facts *f)
{
    if (f->row->key.is_month)
        billing_end(b, f);
    else
        put_day(b, f->row->key.day + 1);
}

/* Discounts on lines of their own are adjustments: a credit is granted, not agreed on. */
static void charge_category(sc_strbuf *b, const facts *f)
{
    static const char *const names[SC_CHARGES] = {
        [SC_CHARGE_USAGE] = "Usage",   [SC_CHARGE_PURCHASE] = "Purchase", [SC_CHARGE_DISCOUNT] = "Adjustment",
        [SC_CHARGE_CREDIT] = "Credit", [SC_CHARGE_TAX] = "Tax",           [SC_CHARGE_ADJUSTMENT] = "Adjustment",
        [SC_CHARGE_OTHER] = "Usage"};
    sc_strbuf_puts(b, names[f->row->key.charge]);
}

static void charge_frequency(sc_strbuf *b, const facts *f)
{
    const int charge = f->row->key.charge;
    sc_strbuf_puts(b, f->is_usage || f->is_other     ? "Usage-Based"
                      : charge == SC_CHARGE_PURCHASE ? "Recurring"
                                                     : "One-Time");
}

static const char *scope_text(const facts *f)
{
    return f->row->key.scope >= 0 ? sc_scope_name((sc_scope)f->row->key.scope) : "";
}
static const char *tier_text(const facts *f)
{
    return f->row->key.tier >= 0 ? sc_tier_name((sc_tier)f->row->key.tier) : "";
}

static void charge_description(sc_strbuf *b, const facts *f)
{
    sc_strbuf t = {0};
    if (f->row->key.is_billed)
        sc_strbuf_printf(&t, "as billed: %s", text(f, FOCUS_TEXT_ITEM));
    else
        sc_strbuf_printf(&t, "estimate from usage at list prices%s: %s of %s",
                         f->row->key.has_discount ? " less own discounts" : "",
                         sc_meter_name((sc_meter)f->row->key.meter), text(f, FOCUS_TEXT_MODEL));
    if (t.failed)
        b->failed = 1;
    else
        put_text(b, t.text);
    sc_strbuf_release(&t);
}

static void put_quantity(sc_strbuf *b, const facts *f, int token_scale)
{
    if (has_quantity(f))
        put_decimal(b, f->row->quantity, is_tokens(f) ? token_scale : 6);
}
static void consumed_quantity(sc_strbuf *b, const facts *f) { put_quantity(b, f, 0); }
static void pricing_quantity(sc_strbuf *b, const facts *f) { put_quantity(b, f, 6); }
static void consumed_unit(sc_strbuf *b, const facts *f)
{
    if (has_quantity(f) && is_tokens(f))
        sc_strbuf_puts(b, "Tokens");
    else if (has_quantity(f))
        put_unit(b, text(f, FOCUS_TEXT_UNIT));
}
static void pricing_unit(sc_strbuf *b, const facts *f)
{
    if (has_quantity(f) && is_tokens(f))
        sc_strbuf_puts(b, "1000000 Tokens");
    else
        consumed_unit(b, f);
}
static void list_unit_price(sc_strbuf *b, const facts *f)
{
    if (f->unit_price > 0)
        put_decimal(b, f->unit_price, 15);
}
/* A discount is rounded once a line item, so that no unit price gives the cost exactly. */
static void contracted_unit_price(sc_strbuf *b, const facts *f)
{
    if (f->row->contracted == f->row->list)
        list_unit_price(b, f);
}
static void pricing_category(sc_strbuf *b, const facts *f)
{
    if (f->is_usage || f->is_other || f->row->key.charge == SC_CHARGE_PURCHASE)
        sc_strbuf_puts(b, "Standard");
}

static void provider(sc_strbuf *b, const facts *f)
{
    const char *other = text(f, FOCUS_TEXT_PROVIDER);
    put_text(b, other[0] != '\0' ? other : "AWS");
}
static void invoice_issuer(sc_strbuf *b, const facts *f)
{
    const char *other = text(f, FOCUS_TEXT_PROVIDER);
    put_text(b, other[0] != '\0' ? other : AWS_NAME);
}
static void publisher(sc_strbuf *b, const facts *f)
{
    if (f->type.product[0] != '\0' && f->row->model != NULL)
        put_text(b, f->row->model->provider);
    else
        invoice_issuer(b, f);
}
static void service_category(sc_strbuf *b, const facts *f)
{
    sc_strbuf_puts(b, f->is_other ? "Other" : "AI and Machine Learning");
}
static void service_subcategory(sc_strbuf *b, const facts *f)
{
    sc_strbuf_puts(b, f->is_other ? "Other (Other)" : "Generative AI");
}
/* Models that AWS sells through its Marketplace are services of their own on its bills. */
static void service_name(sc_strbuf *b, const facts *f)
{
    put_text(b, f->is_other                  ? text(f, FOCUS_TEXT_ITEM)
                : f->type.product[0] != '\0' ? f->type.product
                                             : "Amazon Bedrock");
}

static void region_id(sc_strbuf *b, const facts *f) { put_text(b, text(f, FOCUS_TEXT_REGION)); }
static void region_name(sc_strbuf *b, const facts *f)
{
    if (f->region >= 0)
        put_text(b, sc_card_region(f->card, (size_t)f->region)->name);
}
static void resource_id(sc_strbuf *b, const facts *f) { put_text(b, text(f, FOCUS_TEXT_RESOURCE)); }
static void resource_type(sc_strbuf *b, const facts *f)
{
    const char *arn = text(f, FOCUS_TEXT_RESOURCE);
    if (arn[0] != '\0')
        sc_strbuf_puts(b, strstr(arn, ":project/") != NULL ? "Project" : "Application Inference Profile");
}

static int has_sku(const facts *f) { return f->row->model != NULL && f->row->key.meter >= 0 && f->is_usage; }
/* What is sold: model, meter, tier, routing, context band. */
static void put_sku(sc_strbuf *b, const facts *f)
{
    sc_strbuf_printf(b, "%s/%s/%s/%s", f->row->model->id, sc_meter_name((sc_meter)f->row->key.priced_as), tier_text(f),
                     f->row->key.scope == SC_SCOPE_GLOBAL ? "global" : "regional");
    if (f->row->key.context > 0)
        sc_strbuf_printf(b, "/from-%lld", (long long)f->row->key.context);
}
static void sku_id(sc_strbuf *b, const facts *f)
{
    if (has_sku(f))
        put_sku(b, f);
    else
        put_text(b, text(f, FOCUS_TEXT_ITEM));
}
static void sku_price_id(sc_strbuf *b, const facts *f)
{
    sku_id(b, f);
    if (!has_sku(f) || f->unit_price == 0)
        return;
    sc_strbuf_printf(b, "/%s/", f->region >= 0 ? sc_card_region(f->card, (size_t)f->region)->code : "");
    list_unit_price(b, f);
}
static void sku_meter(sc_strbuf *b, const facts *f)
{
    if (has_quantity(f))
        sc_strbuf_puts(b, sc_meter_name((sc_meter)f->row->key.meter));
}
static void sku_price_details(sc_strbuf *b, const facts *f)
{
    sc_strbuf t = {0};
    if (!has_sku(f))
        return;
    sc_strbuf_puts(&t, "{\"x_Model\":");
    sc_put_json(&t, f->row->model->id);
    sc_strbuf_printf(&t, ",\"x_Tier\":\"%s\",\"x_Scope\":\"%s\",\"x_ContextFrom\":%lld", tier_text(f), scope_text(f),
                     (long long)f->row->key.context);
    if (text(f, FOCUS_TEXT_VARIANT)[0] != '\0') {
        sc_strbuf_puts(&t, ",\"x_Variant\":");
        sc_put_json(&t, text(f, FOCUS_TEXT_VARIANT));
    }
    sc_strbuf_putc(&t, '}');
    if (t.failed)
        b->failed = 1;
    else
        sc_put_csv(b, t.text);
    sc_strbuf_release(&t);
}
static void tags(sc_strbuf *b, const facts *f) { sc_put_csv(b, text(f, FOCUS_TEXT_TAGS)); }

static void x_usage_type(sc_strbuf *b, const facts *f)
{
    if (!f->is_other)
        put_text(b, f->type.usage_type);
}
static void x_charge(sc_strbuf *b, const facts *f) { sc_strbuf_puts(b, sc_charge_name((sc_charge)f->row->key.charge)); }
static void x_cost_basis(sc_strbuf *b, const facts *f)
{
    sc_strbuf_puts(b, f->row->key.is_billed ? "billed" : "estimated");
}
static void x_project(sc_strbuf *b, const facts *f) { put_text(b, text(f, FOCUS_TEXT_PROJECT)); }
static void x_workload(sc_strbuf *b, const facts *f) { put_text(b, text(f, FOCUS_TEXT_WORKLOAD)); }
static void x_model(sc_strbuf *b, const facts *f) { put_text(b, text(f, FOCUS_TEXT_MODEL)); }
static void x_tier(sc_strbuf *b, const facts *f) { sc_strbuf_puts(b, tier_text(f)); }
static void x_scope(sc_strbuf *b, const facts *f) { sc_strbuf_puts(b, scope_text(f)); }

/* In the order of the specification: by name, own columns last. */
static const struct {
    const char *name;
    void (*put)(sc_strbuf *b, const facts *f);
} columns[] = {
    {"BilledCost", billed_cost},
    {"BillingAccountId", billing_account},
    {"BillingAccountName", nothing},
    {"BillingCurrency", currency},
    {"BillingPeriodEnd", billing_end},
    {"BillingPeriodStart", billing_start},
    {"ChargeCategory", charge_category},
    {"ChargeClass", nothing},
    {"ChargeDescription", charge_description},
    {"ChargeFrequency", charge_frequency},
    {"ChargePeriodEnd", charge_end},
    {"ChargePeriodStart", charge_start},
    {"ConsumedQuantity", consumed_quantity},
    {"ConsumedUnit", consumed_unit},
    {"ContractedCost", contracted_cost},
    {"ContractedUnitPrice", contracted_unit_price},
    {"EffectiveCost", effective_cost},
    {"InvoiceIssuerName", invoice_issuer},
    {"ListCost", list_cost},
    {"ListUnitPrice", list_unit_price},
    {"PricingCategory", pricing_category},
    {"PricingQuantity", pricing_quantity},
    {"PricingUnit", pricing_unit},
    {"ProviderName", provider},
    {"PublisherName", publisher},
    {"RegionId", region_id},
    {"RegionName", region_name},
    {"ResourceId", resource_id},
    {"ResourceName", nothing},
    {"ResourceType", resource_type},
    {"ServiceCategory", service_category},
    {"ServiceName", service_name},
    {"ServiceSubcategory", service_subcategory},
    {"SkuId", sku_id},
    {"SkuMeter", sku_meter},
    {"SkuPriceDetails", sku_price_details},
    {"SkuPriceId", sku_price_id},
    {"SubAccountId", account},
    {"SubAccountName", nothing},
    {"Tags", tags},
    {"x_Charge", x_charge},
    {"x_CostBasis", x_cost_basis},
    {"x_Model", x_model},
    {"x_Project", x_project},
    {"x_Scope", x_scope},
    {"x_Tier", x_tier},
    {"x_UsageType", x_usage_type},
    {"x_Workload", x_workload},
};
#define N_COLUMNS (sizeof columns / sizeof columns[0])

void focus_put_header(sc_strbuf *b)
{
    for (size_t i = 0; i < N_COLUMNS; i++)
        sc_strbuf_printf(b, "%s%s", i > 0 ? "," : "", columns[i].name);
    sc_strbuf_putc(b, '\n');
}

/* ---- a row ---- */

/* The usage type: as the bill has it, or the one that AWS would bill this usage on. */
static void find_usage_type(facts *f)
{
    const focus_key *k = &f->row->key;
    const char *item = text(f, FOCUS_TEXT_ITEM);
    const sc_usage_type u = {.region = f->region,
                             .model = f->row->model,
                             .meter = (sc_meter)k->priced_as,
                             .scope = k->scope == SC_SCOPE_GLOBAL ? SC_SCOPE_GLOBAL : SC_SCOPE_IN_REGION,
                             .tier = k->tier >= 0 ? (sc_tier)k->tier : SC_TIER_STANDARD,
                             .long_context = k->context > 0};
    sc_usage_type stated;
    if (!k->is_billed) {
        if (f->row->model == NULL || k->meter < 0 || sc_usage_type_write(f->card, &u, &f->type, NULL, 0) != SC_OK)
            f->type = (sc_usage_type_text){.usage_type = ""};
        return;
    }
    if (strlen(item) < sizeof f->type.usage_type && f->is_usage)
        memcpy(f->type.usage_type, item, strlen(item) + 1);
    const int names_none = sc_usage_type_parse(f->card, item, NULL, &stated, NULL, 0) == SC_OK && stated.model == NULL;
    if (f->row->model != NULL && names_none)
        snprintf(f->type.product, sizeof f->type.product, "%s (Amazon Bedrock Edition)", f->row->model->name);
}

static void find_unit_price(facts *f)
{
    const focus_row *row = f->row;
    const sc_money price = row->key.price;
    if (!has_quantity(f) || price == 0)
        return;
    if (is_tokens(f) && price * row->quantity == row->list)
        f->unit_price = price * MILLION;
    else if (!is_tokens(f) && price * row->quantity == row->list * SC_QUANTITY_SCALE)
        f->unit_price = price;
}

void focus_put_row(sc_strbuf *b, const sc_card *card, const focus_row *row)
{
    facts f = {.row = row,
               .card = card,
               .region = sc_card_region_of(card, row->text[FOCUS_TEXT_REGION]),
               .is_usage = row->key.charge == SC_CHARGE_USAGE,
               .is_other = row->key.charge == SC_CHARGE_OTHER};
    find_usage_type(&f);
    find_unit_price(&f);
    for (size_t i = 0; i < N_COLUMNS; i++) {
        if (i > 0)
            sc_strbuf_putc(b, ',');
        columns[i].put(b, &f);
    }
    sc_strbuf_putc(b, '\n');
}
