/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_price.c - exact prices of stated usage: integers from the table's decimal to the total. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rates/card.h"

#define MAX_QUANTITY INT64_C(1000000000000000000) /* 10^18 base units of one meter */

#define HOURS_A_DAY 24

static int is_output(sc_meter m) { return m == SC_METER_OUTPUT || m == SC_METER_CUSTOM_MODEL_OUTPUT; }

/* Tokens of the meters that are counted, in one request. */
static int64_t tokens_of(const sc_usage_line *lines, size_t n, int64_t requests, int (*is_counted)(sc_meter))
{
    sc_int128 tokens = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_counted(lines[i].meter))
            tokens += lines[i].quantity;
    }
    tokens /= requests; /* limits are whole tokens: rounding down judges the exact quotient */
    return tokens < INT64_MAX ? (int64_t)tokens : INT64_MAX - 1;
}

static int matches(const sc_discount *d, const sc_model *m, sc_meter meter, sc_tier tier, const sc_tags *tags,
                   sc_day day)
{
    if (day < d->from || day >= d->to || (d->model != NULL && d->model != m) ||
        (d->provider[0] != '\0' && strcmp(d->provider, m->provider) != 0) ||
        (d->meter >= 0 && d->meter != (int)meter) || (d->tier >= 0 && d->tier != (int)tier))
        return 0;
    const char *value = d->tag_key[0] != '\0' && tags != NULL ? tags->value(tags->context, d->tag_key) : NULL;
    return d->tag_key[0] == '\0' || (value != NULL && strcmp(value, d->tag_value) == 0);
}

const sc_discount *sc_card_discount_for(const sc_card *card, const sc_model *model, sc_meter meter, sc_tier tier,
                                        const sc_tags *tags, sc_day day)
{
    for (size_t i = 0; i < card->n_discounts; i++) {
        if (matches(&card->discounts[i], model, meter, tier, tags, day))
            return &card->discounts[i];
    }
    return NULL;
}

/* The tags of a commitment are its project. */
static const char *commitment_tag(const void *context, const char *key)
{
    const sc_commitment *c = context;
    return strcmp(key, "project") == 0 && c->project[0] != '\0' ? c->project : NULL;
}

sc_code sc_card_commitment_cost(const sc_card *card, const sc_commitment *c, sc_day from, sc_day to, sc_money *list,
                                sc_money *discount, sc_errors *errors)
{
    const sc_tags tags = {commitment_tag, c};
    const sc_place place = {.file = c->file};
    char why[400];
    *list = *discount = 0;
    for (sc_day day = from > c->from ? from : c->from; day < to && day < c->to; day++) {
        const sc_price_point *p = sc_card_find(card, &c->buy, c->meter, c->variant, 0, day);
        if (p == NULL)
            return sc_errors_add(errors, SC_E_INPUT, &place, c->id, "%s",
                                 sc_card_explain(card, &c->buy, c->meter, c->variant, 0, day, why, sizeof why));
        const sc_discount *off = sc_card_discount_for(card, c->buy.model, c->meter, c->buy.tier, &tags, day);
        const sc_money cost = sc_money_times(p->price, c->quantity * HOURS_A_DAY);
        *list += cost;
        *discount += off != NULL ? sc_money_share(cost, off->share, SC_DISCOUNT_WHOLE) : 0;
    }
    return SC_OK;
}

sc_code sc_card_price(const sc_card *card, const sc_buy *buy, const sc_usage_line *lines, size_t n, int64_t requests,
                      int64_t context, sc_day day, const sc_tags *tags, sc_line_item *items, sc_money *total,
                      sc_errors *errors)
{
    const sc_model *m = buy->model;
    char why[400], when[16];
    sc_code code = SC_OK;
    *total = 0;
    if (requests < 1)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "requests is %" PRId64 ", expected at least 1", requests);
    if (context < 0)
        context = tokens_of(lines, n, requests, sc_meter_in_context);
    for (size_t i = 0; i < n; i++) {
        const sc_usage_line *l = &lines[i];
        if (l->quantity < 0 || l->quantity > MAX_QUANTITY) {
            code = sc_errors_add(errors, SC_E_INPUT, NULL, sc_meter_name(l->meter),
                                 "%" PRId64 " is out of range, expected 0 to 10^18", l->quantity);
            continue;
        }
        const sc_price_point *p = sc_card_find(card, buy, l->meter, l->variant, context, day);
        if (p == NULL) {
            code = sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "%s",
                                 sc_card_explain(card, buy, l->meter, l->variant, context, day, why, sizeof why));
            continue;
        }
        const sc_discount *off = sc_card_discount_for(card, m, l->meter, buy->tier, tags, day);
        const sc_money list = sc_money_times(p->price, l->quantity);
        const sc_money discount = off != NULL ? sc_money_share(list, off->share, SC_DISCOUNT_WHOLE) : 0;
        items[i] = (sc_line_item){p, l->meter, l->quantity, off, list, discount, list - discount};
        *total += items[i].cost;
    }
    if (m->context_window > 0 && context > m->context_window)
        sc_errors_warn(errors, NULL, NULL,
                       "%" PRId64 " tokens of context in one request, but the window of %s holds %" PRId64, context,
                       m->id, m->context_window);
    int64_t output = tokens_of(lines, n, requests, is_output);
    if (m->max_output > 0 && output > m->max_output)
        sc_errors_warn(errors, NULL, NULL, "%" PRId64 " tokens of output in one request, but %s gives at most %" PRId64,
                       output, m->id, m->max_output);
    if (day < m->released)
        sc_errors_warn(errors, NULL, NULL, "%s was released on %s only: these are its first known prices", m->id,
                       sc_day_format(m->released, when));
    if (day >= m->end_of_life)
        sc_errors_warn(errors, NULL, NULL, "%s is retired since %s: these are its last known prices", m->id,
                       sc_day_format(m->end_of_life, when));
    return code;
}
