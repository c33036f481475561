/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_price.c - exact prices of stated usage: integers from the table's decimal to the total. */
#include <inttypes.h>
#include <stdio.h>

#include "rates/card.h"

#define MAX_QUANTITY INT64_C(1000000000000000000) /* 10^18 base units of one meter */

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

sc_code sc_card_price(const sc_card *card, const sc_buy *buy, const sc_usage_line *lines, size_t n, int64_t requests,
                      int64_t context, sc_day day, sc_line_item *items, sc_money *total, sc_errors *errors)
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
        items[i] = (sc_line_item){p, l->meter, l->quantity, sc_money_times(p->price, l->quantity)};
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
    if (day >= m->end_of_life)
        sc_errors_warn(errors, NULL, NULL, "%s is retired since %s: these are its last known prices", m->id,
                       sc_day_format(m->end_of_life, when));
    return code;
}
