/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_keys.c - what usage can be grouped and filtered by. */
#include "bill/bill_keys.h"

#include <stdio.h>
#include <string.h>

/* Keys with a rule of their own; `dims` is what they need of a ledger. */
static const struct {
    const char *name;
    bill_key_kind kind;
    unsigned dims;
} own_keys[] = {
    {"project", BILL_KEY_PROJECT, 1u << SC_DIM_PROJECT},
    {"workload", BILL_KEY_WORKLOAD, 1u << SC_DIM_WORKLOAD},
    {"model", BILL_KEY_MODEL, 1u << SC_DIM_MODEL | 1u << SC_DIM_PROFILE},
    {"provider", BILL_KEY_PROVIDER, 1u << SC_DIM_MODEL | 1u << SC_DIM_PROFILE},
    {"region", BILL_KEY_REGION, 1u << SC_DIM_REGION},
    {"scope", BILL_KEY_SCOPE, 1u << SC_DIM_MODEL | 1u << SC_DIM_PROFILE},
    {"tier", BILL_KEY_TIER, 0},
    {"meter", BILL_KEY_METER, 0},
    {"kind", BILL_KEY_KIND, 0},
    {"charge", BILL_KEY_CHARGE, 0},
    {"day", BILL_KEY_DAY, 0},
    {"week", BILL_KEY_WEEK, 0},
    {"month", BILL_KEY_MONTH, 0},
    {"quarter", BILL_KEY_QUARTER, 0},
};
#define N_OWN (sizeof own_keys / sizeof own_keys[0])

static const char *const names[] = {"project", "workload", "model",   "provider",  "region",  "scope",
                                    "tier",    "meter",    "kind",    "charge",    "day",     "week",
                                    "month",   "quarter",  "account", "workspace", "profile", "principal",
                                    "session", "endpoint", "item",    "variant",   NULL};

const char *const *sc_bill_keys(void) { return names; }

bill_key bill_key_of(const char *name)
{
    bill_key k = {.kind = BILL_KEY_TAG, .tag = strncmp(name, "tag:", 4) == 0 ? name + 4 : name};
    for (size_t i = 0; i < N_OWN; i++) {
        if (strcmp(name, own_keys[i].name) == 0)
            return (bill_key){.kind = own_keys[i].kind, .tag = ""};
    }
    const int dim = sc_dim_of(name);
    if (dim >= 0)
        k = (bill_key){.kind = BILL_KEY_DIM, .dim = (sc_dim)dim, .tag = ""};
    return k;
}

unsigned sc_bill_key_dims(const char *key, int *is_tag)
{
    const bill_key k = bill_key_of(key);
    *is_tag = k.kind == BILL_KEY_TAG;
    if (k.kind == BILL_KEY_DIM)
        return 1u << k.dim;
    for (size_t i = 0; i < N_OWN; i++) {
        if (k.kind == own_keys[i].kind)
            return own_keys[i].dims;
    }
    return 0;
}

int bill_key_is_time(const bill_key *k) { return k->kind >= BILL_KEY_DAY && k->kind <= BILL_KEY_QUARTER; }

int bill_key_stands(const bill_key *k)
{
    return !bill_key_is_time(k) && k->kind != BILL_KEY_METER && k->kind != BILL_KEY_SCOPE && k->kind != BILL_KEY_TIER;
}

/* ISO 8601 week: that of the week's Thursday. */
static void week_text(sc_day day, char *buf)
{
    const sc_day thursday = day - sc_day_weekday(day) + 3;
    int year, month, dom;
    sc_day_split(thursday, &year, &month, &dom);
    const int week = (int)(thursday - sc_day_of(year, 1, 1)) / 7 + 1;
    snprintf(buf, SC_BILL_KEY_TEXT, "%04d-W%02d", year, week);
}

static const char *time_value(bill_key_kind kind, sc_day day, char *buf)
{
    int year, month, dom;
    sc_day_split(day, &year, &month, &dom);
    if (kind == BILL_KEY_DAY)
        return sc_day_format(day, buf);
    if (kind == BILL_KEY_WEEK)
        week_text(day, buf);
    else if (kind == BILL_KEY_MONTH)
        snprintf(buf, SC_BILL_KEY_TEXT, "%04d-%02d", year, month);
    else
        snprintf(buf, SC_BILL_KEY_TEXT, "%04d-Q%d", year, (month + 2) / 3);
    return buf;
}

/* What the attribution sets goes before what the usage states. */
static const char *tag_value(const sc_ledger *l, const sc_attribution *a, const sc_bill_item *item, const char *tag)
{
    if (item->rule >= 0) {
        const sc_attribution_rule *r = sc_attribution_rule_at(a, (size_t)item->rule);
        for (size_t i = 0; i < r->n_tags; i++) {
            if (strcmp(r->tag_key[i], tag) == 0)
                return r->tag_value[i];
        }
    }
    const char *value = sc_ledger_tag(l, item->stream->tagset, tag);
    return value != NULL ? value : "";
}

static const char *meter_value(const sc_bill_item *item)
{
    return item->meter >= 0 ? sc_meter_name((sc_meter)item->meter) : "";
}

const char *bill_key_value(const sc_ledger *l, const sc_attribution *a, const sc_bill_item *item, const bill_key *k,
                           char buf[SC_BILL_KEY_TEXT])
{
    const sc_ledger_stream *s = item->stream;
    switch (k->kind) {
    case BILL_KEY_PROJECT: return item->project;
    case BILL_KEY_WORKLOAD: return item->workload;
    case BILL_KEY_MODEL: return item->model != NULL ? item->model->id : s->dim[SC_DIM_MODEL];
    case BILL_KEY_PROVIDER: return item->model != NULL ? item->model->provider : "";
    case BILL_KEY_REGION: return s->dim[SC_DIM_REGION];
    case BILL_KEY_SCOPE:
        return item->model != NULL ? sc_scope_name(item->buy.scope)
               : s->scope >= 0     ? sc_scope_name((sc_scope)s->scope)
                                   : "";
    case BILL_KEY_TIER:
        return item->model != NULL ? sc_tier_name(item->buy.tier) : s->tier >= 0 ? sc_tier_name((sc_tier)s->tier) : "";
    case BILL_KEY_METER: return meter_value(item);
    case BILL_KEY_KIND: return sc_usage_kind_name(s->kind);
    case BILL_KEY_CHARGE: return sc_charge_name(s->charge);
    case BILL_KEY_DAY:
    case BILL_KEY_WEEK:
    case BILL_KEY_MONTH:
    case BILL_KEY_QUARTER: return time_value(k->kind, item->cell->local_day, buf);
    case BILL_KEY_DIM: return s->dim[k->dim];
    case BILL_KEY_TAG: return tag_value(l, a, item, k->tag);
    }
    return "";
}

const char *sc_bill_item_key(const sc_ledger *l, const sc_attribution *a, const sc_bill_item *item, const char *key,
                             char buf[SC_BILL_KEY_TEXT])
{
    const bill_key k = bill_key_of(key);
    return bill_key_value(l, a, item, &k, buf);
}
