/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recon_join.c - line items of logs and bills into lines with the same key. */
#include <string.h>

#include "reconcile/recon.h"

/* ---- what there is: days, regions and accounts with logs, the resolution of the bill ---- */

static uint32_t text_number(recon *x, const char *text) { return sc_names_add(&x->texts, text, strlen(text), NULL); }

/* Sets of numbers. */
static int note(sc_map *set, uint32_t number) { return number != SC_NAME_FAILED && sc_map_add(set, &number) != NULL; }
int recon_knows(const sc_map *set, uint32_t number) { return sc_map_find(set, &number) != NULL; }

static int is_bill(const sc_bill_item *item) { return sc_usage_kind_is_bill(item->stream->kind); }
static int is_usage(const sc_bill_item *item) { return item->stream->charge == SC_CHARGE_USAGE; }

static const char *region_of(const recon *x, const sc_bill_item *item)
{
    return item->model != NULL && item->buy.region >= 0 ? sc_card_region(x->card, (size_t)item->buy.region)->code
                                                        : item->stream->dim[SC_DIM_REGION];
}

/* What a line costs: what third parties collect is only stated as effective cost. */
static sc_money billed_of(const sc_ledger_cell *c)
{
    return (c->has_cost & SC_COST_BILLED) != 0 || (c->has_cost & SC_COST_EFFECTIVE) == 0 ? c->billed : c->effective;
}

/* The largest power of ten, up to a cent, that all amounts so far are multiples of. */
static sc_money finer(sc_money resolution, sc_money amount)
{
    while (amount % resolution != 0)
        resolution /= 10;
    return resolution;
}

static void widen(sc_day *from, sc_day *to, sc_day day)
{
    *from = day < *from ? day : *from;
    *to = day > *to ? day : *to;
}

static int note_logged(recon *x, const sc_bill_item *item)
{
    const char *account = item->stream->dim[SC_DIM_ACCOUNT];
    x->totals.logged_records += item->first ? item->cell->records : 0;
    widen(&x->totals.logged_from, &x->totals.logged_to, item->cell->day);
    return note(&x->regions, text_number(x, region_of(x, item))) &&
           (account[0] == '\0' || note(&x->accounts, text_number(x, account)));
}

static sc_code look(void *context, const sc_bill_item *item)
{
    recon *x = context;
    if (!is_bill(item))
        return !is_usage(item) || note_logged(x, item) ? SC_OK : SC_E_MEMORY;
    if (item->stream->charge == SC_CHARGE_OTHER)
        return SC_OK;
    x->totals.billed_records += item->first ? item->cell->records : 0;
    if (is_usage(item) && item->meter >= 0) {
        widen(&x->totals.billed_from, &x->totals.billed_to, item->cell->day);
        x->totals.by_month |= item->stream->grain == SC_GRAIN_MONTH;
        x->totals.resolution = finer(x->totals.resolution, billed_of(item->cell));
    }
    return SC_OK;
}

/* ---- lines ---- */

static int make_key(recon *x, const sc_bill_item *item, recon_key *key)
{
    const sc_ledger_stream *s = item->stream;
    const int is_tokens = item->meter < SC_TOKEN_METERS;
    const char *variant = is_tokens ? "" : item->point != NULL ? item->point->variant : s->dim[SC_DIM_VARIANT];
    const sc_day day = item->cell->day;
    *key = (recon_key){.meter = item->meter, .charge = (int32_t)s->charge};
    key->context = item->point != NULL ? item->point->context_from : 0;
    key->model = text_number(x, item->model != NULL ? item->model->id : s->dim[SC_DIM_MODEL]);
    key->region = text_number(x, region_of(x, item));
    key->variant = text_number(x, variant);
    key->period = x->totals.by_month ? sc_month_start(sc_day_month(day)) : day;
    key->is_global = item->model != NULL ? item->buy.scope == SC_SCOPE_GLOBAL : s->scope == SC_SCOPE_GLOBAL;
    key->tier = item->model != NULL ? (int32_t)item->buy.tier : s->tier >= 0 ? s->tier : SC_TIER_STANDARD;
    return key->model != SC_NAME_FAILED && key->region != SC_NAME_FAILED && key->variant != SC_NAME_FAILED;
}

static int add_quantity(int64_t *sum, int64_t quantity) { return !__builtin_add_overflow(*sum, quantity, sum); }

static int add_logged(recon *x, recon_entry *e, const sc_bill_item *item)
{
    const int is_unpriced = item->point == NULL;
    if (e->logged_at == NULL)
        e->logged_at = item->point;
    e->list += item->list;
    e->priced += item->cost;
    return add_quantity(&e->logged, item->quantity) && add_quantity(&e->unpriced, is_unpriced ? item->quantity : 0) &&
           add_quantity(&x->totals.unpriced_tokens, is_unpriced && item->meter < SC_TOKEN_METERS ? item->quantity : 0);
}

/* Where a billed quantity that no log can hold is counted; NULL = logs may hold it. */
static int64_t *out_of_logs(recon *x, recon_entry *e, const sc_ledger_stream *s)
{
    const char *account = s->dim[SC_DIM_ACCOUNT];
    if (strcmp(s->dim[SC_DIM_ENDPOINT], "bedrock-mantle") == 0)
        return &e->on_mantle;
    if (x->accounts.count == 0 || account[0] == '\0' || recon_knows(&x->accounts, text_number(x, account)))
        return NULL;
    return &e->of_other_account;
}

static int add_billed(recon *x, recon_entry *e, const sc_bill_item *item)
{
    int64_t *out = out_of_logs(x, e, item->stream);
    if (e->billed_at == NULL)
        e->billed_at = item->point;
    if (item->first) {
        e->lines += item->cell->records;
        e->billed += billed_of(item->cell);
        e->stated_list += item->cell->list;
        e->no_list |= (item->cell->has_cost & SC_COST_LIST) == 0;
    }
    return add_quantity(&e->counted, item->quantity) && (out == NULL || add_quantity(out, item->quantity));
}

static sc_code add_item(void *context, const sc_bill_item *item)
{
    recon *x = context;
    recon_key key;
    if (item->stream->charge == SC_CHARGE_OTHER) {
        x->totals.other_services += item->first ? billed_of(item->cell) : 0;
        return SC_OK;
    }
    if (!is_bill(item) && (!is_usage(item) || item->quantity == 0))
        return SC_OK; /* calls that used nothing */
    recon_entry *e = make_key(x, item, &key) ? sc_map_add(&x->entries, &key) : NULL;
    if (e == NULL)
        return SC_E_MEMORY;
    return (is_bill(item) ? add_billed(x, e, item) : add_logged(x, e, item)) ? SC_OK : SC_E_INPUT;
}

sc_code recon_join(recon *x, const sc_bill_options *o, sc_errors *errors)
{
    sc_recon_totals *t = &x->totals;
    *t = (sc_recon_totals){.resolution = SC_FEMTO_PER_USD / 100};
    t->logged_from = t->billed_from = SC_DAY_MAX;
    t->logged_to = t->billed_to = SC_DAY_MIN;
    sc_code code = sc_bill_items(x->l, o, look, x, errors);
    if (code == SC_OK && t->logged_records == 0)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                             "no usage, expected logs or other records of what was used");
    if (code == SC_OK && t->billed_records == 0)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                             "no lines of a bill, expected a Cost and Usage Report, a FOCUS export or answers of Cost "
                             "Explorer");
    if (code == SC_OK)
        code = sc_bill_items(x->l, o, add_item, x, errors);
    return code == SC_E_INPUT ? sc_errors_add(errors, code, NULL, NULL, "a quantity is too large to add up") : code;
}
