/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recon_price.c - what a billed quantity costs beside its list price. */
#include "reconcile/recon.h"

/* Amounts that went through binary floating point keep nine digits at least. */
#define DIGITS INT64_C(1000000000)

static sc_money size_of(sc_money m) { return m < 0 ? -m : m; }

/* What rounding may make of the lines' amounts. */
static sc_money leeway(const recon *x, const recon_entry *e)
{
    return x->totals.resolution * e->lines + size_of(e->billed) / DIGITS;
}

/* The one way in which a price differs from the line's; -1 = none, or several. */
static int way_of(const recon_entry *e, const sc_price_point *p)
{
    const sc_price_point *mine = recon_point(e);
    const unsigned scopes = e->key.is_global ? 1u << SC_SCOPE_GLOBAL : 1u << SC_SCOPE_IN_REGION | 1u << SC_SCOPE_GEO;
    int ways = 0, way = -1;
    const struct {
        int differs;
        sc_recon_cause cause;
    } tests[] = {{p->is_own == mine->is_own && (p->from != mine->from || p->to != mine->to), SC_RECON_DATE},
                 {(p->scopes & scopes) == 0, SC_RECON_SCOPE},
                 {(int)p->tier != e->key.tier, SC_RECON_TIER},
                 {p->context_from != e->key.context, SC_RECON_CONTEXT},
                 {(int)p->meter != e->key.meter, SC_RECON_CACHE_LIFETIME},
                 {p->is_own != mine->is_own, SC_RECON_DISCOUNT}};
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        ways += tests[i].differs;
        if (tests[i].differs)
            way = (int)tests[i].cause;
    }
    return ways == 1 ? way : -1;
}

/* Of a day on which a price changes, part may be billed at either. */
static int is_between(const recon *x, const recon_entry *e, const sc_price_point *p, sc_money other, sc_money amount)
{
    const sc_day first = e->key.period;
    const sc_day last = x->totals.by_month ? sc_month_start(sc_day_month(first) + 1) - 1 : first;
    const sc_money own = recon_value(e, e->counted);
    const int abuts = (p->to >= first && p->to <= last + 1) || (p->from >= first && p->from <= last + 1);
    return abuts && (own < other ? amount >= own && amount <= other : amount >= other && amount <= own);
}

static sc_money value_at(const recon_entry *e, const sc_price_point *p)
{
    return e->key.meter < SC_TOKEN_METERS ? sc_money_times(p->price, e->counted) : sc_rate_quantity(p, e->counted);
}

/* Which other price the amount is: of another date, routing, tier, band or lifetime, the first of these. */
static sc_recon_cause other_price(const recon *x, const recon_entry *e, sc_money amount)
{
    const sc_price_point *mine = recon_point(e);
    const int region = sc_card_region_of(x->card, sc_names_at(&x->texts, e->key.region).at);
    int found = SC_RECON_PRICE;
    size_t first;
    const size_t n = sc_card_model_points(x->card, mine->model, &first);
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *p = sc_card_point(x->card, i);
        const int same_kind =
            p->meter == mine->meter || (recon_is_write((int)p->meter) && recon_is_write(e->key.meter));
        const int way = same_kind && (region < 0 || (p->regions >> region & 1) != 0) ? way_of(e, p) : -1;
        if (way < 0)
            continue;
        const sc_money value = value_at(e, p);
        const int is_it =
            size_of(value - amount) <= leeway(x, e) || (way == SC_RECON_DATE && is_between(x, e, p, value, amount));
        if (is_it && (found == SC_RECON_PRICE || way == SC_RECON_DATE || (way < found && found != SC_RECON_DATE)))
            found = way;
    }
    return (sc_recon_cause)found;
}

void recon_explain_price(const recon *x, recon_entry *e)
{
    const sc_money allowed = leeway(x, e);
    sc_money rest = e->billed - recon_value(e, e->counted);
    if (e->lines > 0 && recon_point(e) == NULL) {
        e->cause[SC_RECON_UNKNOWN] += rest;
        return;
    }
    const sc_money off = e->no_list || e->lines == 0 ? 0 : e->billed - e->stated_list;
    if (size_of(rest) > allowed && off < -allowed) {
        e->cause[SC_RECON_DISCOUNT] += off;
        rest -= off;
    }
    if (size_of(rest) <= allowed)
        e->cause[SC_RECON_ROUNDING] += rest;
    else
        e->cause[other_price(x, e, recon_value(e, e->counted) + rest)] += rest;
}
