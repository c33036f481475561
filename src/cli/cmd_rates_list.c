/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates_list.c - `spendcast rates list`: prices of all models side by side, or those of one meter. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rates_args.h"
#include "cli/rates_report.h"

#define TIER_AUTO (SC_TIERS + 1) /* after "all" in the choices of --tier */

typedef enum sort_key {
    SORT_MODEL,
    SORT_PRICE,
    SORT_INPUT,
    SORT_OUTPUT,
    SORT_CONTEXT,
    SORT_RELEASED,
    SORT_END
} sort_key;

/* A row: one way to buy a model, or one price point of the meter asked for. */
typedef struct row {
    sc_buy buy;
    const sc_price_point *point; /* of the meter asked for; NULL = token prices side by side */
    const sc_price_point *input, *output;
    size_t order; /* as found */
} row;

typedef struct lister {
    const rates_list_options *o;
    const sc_card *card;
    sc_day day;
    int meter; /* -1 = token prices side by side */
    int tier;  /* SC_TIERS = all */
    int all_regions;
    sc_money most; /* femto-USD, -1 = no limit */
    row *rows;
    size_t n, cap;
    int failed;
} lister;

/* ---- what is listed ---- */

static sc_money unit_price(const sc_price_point *p) { return sc_money_times(p->price, p->unit->per); }

/* Dollars per 1,000,000 tokens. */
static sc_money per_million(const sc_price_point *p) { return sc_money_times(p->price, 1000000); }

static int is_wanted(const lister *x, const sc_model *m)
{
    const rates_list_options *o = x->o;
    return (o->provider == NULL || strcmp(o->provider, m->provider) == 0) &&
           (o->match == NULL || strstr(m->id, o->match) != NULL) &&
           (!o->active || (x->day < m->end_of_life && x->day < m->legacy_from));
}

static void add_row(lister *x, const row *r)
{
    if (x->n == x->cap) {
        size_t cap = x->cap > 0 ? x->cap * 2 : 256;
        row *grown = realloc(x->rows, cap * sizeof *grown);
        if (grown == NULL) {
            x->failed = 1;
            return;
        }
        x->rows = grown;
        x->cap = cap;
    }
    x->rows[x->n] = *r;
    x->rows[x->n].order = x->n;
    x->n++;
}

/* Token prices of one way to buy a model. */
static void add_offer(lister *x, const sc_buy *buy)
{
    row r = {.buy = *buy};
    r.input = sc_card_find(x->card, buy, SC_METER_INPUT, NULL, 0, x->day);
    r.output = sc_card_find(x->card, buy, SC_METER_OUTPUT, NULL, 0, x->day);
    if (r.input != NULL && (x->most < 0 || per_million(r.input) <= x->most))
        add_row(x, &r);
}

/* The prices of the meter asked for, of every variant and band. */
static void add_points(lister *x, const sc_buy *buy)
{
    size_t first, n = sc_card_model_points(x->card, buy->model, &first);
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *p = sc_card_point(x->card, i);
        if ((int)p->meter != x->meter || p->tier != buy->tier ||
            sc_card_find(x->card, buy, p->meter, p->variant, p->context_from, x->day) != p ||
            (x->most >= 0 && unit_price(p) > x->most))
            continue;
        add_row(x, &(row){.buy = *buy, .point = p});
    }
}

static void add_model(lister *x, const sc_model *m, int region)
{
    for (sc_scope s = SC_SCOPE_IN_REGION; s < SC_SCOPES; s++) {
        for (sc_tier tier = SC_TIER_STANDARD; tier < SC_TIERS; tier++) {
            const sc_buy buy = {m, region, s, tier};
            if ((x->o->scope < SC_SCOPES && (sc_scope)x->o->scope != s) ||
                (x->tier < SC_TIERS && (sc_tier)x->tier != tier))
                continue;
            if (x->meter >= 0)
                add_points(x, &buy);
            else
                add_offer(x, &buy);
        }
    }
}

/* ---- in which order ---- */

static int number_order(int64_t a, int64_t b) { return (a > b) - (a < b); }

/* Rows without a price or date come last, whatever the direction. */
static int price_order(const sc_price_point *a, const sc_price_point *b, int direction)
{
    if (a == NULL || b == NULL)
        return (a == NULL) - (b == NULL);
    const sc_money x = unit_price(a), y = unit_price(b);
    return direction * ((x > y) - (x < y));
}

static int known_order(int64_t a, int64_t b, int64_t unknown, int direction)
{
    if (a == unknown || b == unknown)
        return (a == unknown) - (b == unknown);
    return direction * number_order(a, b);
}

static int compare(const row *a, const row *b, sort_key key, int direction)
{
    const sc_model *m = a->buy.model, *k = b->buy.model;
    int order = 0;
    switch (key) {
    case SORT_MODEL:
        order = strcmp(m->id, k->id);
        order *= direction;
        break;
    case SORT_PRICE:
        order = price_order(a->point != NULL ? a->point : a->input, b->point != NULL ? b->point : b->input, direction);
        break;
    case SORT_INPUT: order = price_order(a->input, b->input, direction); break;
    case SORT_OUTPUT: order = price_order(a->output, b->output, direction); break;
    case SORT_CONTEXT: order = known_order(m->context_window, k->context_window, 0, direction); break;
    case SORT_RELEASED: order = known_order(m->released, k->released, SC_DAY_MIN, direction); break;
    case SORT_END: order = known_order(m->end_of_life, k->end_of_life, SC_DAY_MAX, direction); break;
    }
    return order != 0 ? order : number_order((int64_t)a->order, (int64_t)b->order);
}

/* qsort has no argument for the key, so each key and direction is a function of its own. */
#define ORDER(name, key, direction) \
    static int name(const void *a, const void *b) { return compare(a, b, key, direction); }
ORDER(model_up, SORT_MODEL, 1)
ORDER(model_down, SORT_MODEL, -1)
ORDER(price_up, SORT_PRICE, 1)
ORDER(price_down, SORT_PRICE, -1)
ORDER(input_up, SORT_INPUT, 1)
ORDER(input_down, SORT_INPUT, -1)
ORDER(output_up, SORT_OUTPUT, 1)
ORDER(output_down, SORT_OUTPUT, -1)
ORDER(context_up, SORT_CONTEXT, 1)
ORDER(context_down, SORT_CONTEXT, -1)
ORDER(released_up, SORT_RELEASED, 1)
ORDER(released_down, SORT_RELEASED, -1)
ORDER(end_up, SORT_END, 1)
ORDER(end_down, SORT_END, -1)

static void sort_rows(lister *x)
{
    static int (*const orders[][2])(const void *, const void *) = {
        [SORT_MODEL] = {model_up, model_down},
        [SORT_PRICE] = {price_up, price_down},
        [SORT_INPUT] = {input_up, input_down},
        [SORT_OUTPUT] = {output_up, output_down},
        [SORT_CONTEXT] = {context_up, context_down},
        [SORT_RELEASED] = {released_up, released_down},
        [SORT_END] = {end_up, end_down},
    };
    if (x->n > 0)
        qsort(x->rows, x->n, sizeof *x->rows, orders[x->o->sort][x->o->reverse != 0]);
}

/* ---- the tables ---- */

static void money_or_empty(sc_table *t, const sc_price_point *p)
{
    if (p != NULL)
        sc_cell_money(t, per_million(p));
    else
        sc_cell_empty(t);
}

static void offers_table(sc_report *r, const lister *x, size_t n)
{
    const sc_column columns[] = {
        {"model", "model", SC_CELL_TEXT, 0, 0},
        {"scope", "scope", SC_CELL_TEXT, 0, 0},
        {"tier", "tier", SC_CELL_TEXT, 0, 2},
        {"region", "region", SC_CELL_TEXT, 0, x->all_regions ? 0 : 8},
        {"context_window", "context", SC_CELL_COUNT, 0, 3},
        {"input_usd", "input", SC_CELL_MONEY, 0, 0},
        {"output_usd", "output", SC_CELL_MONEY, 0, 0},
        {"cache_read_usd", "cache\nread", SC_CELL_MONEY, 0, 1},
        {"cache_write_5m_usd", "write\n5m", SC_CELL_MONEY, 0, 4},
        {"cache_write_1h_usd", "write\n1h", SC_CELL_MONEY, 0, 5},
        {"cache_write_30m_usd", "write\n30m", SC_CELL_MONEY, 0, 6},
        {"released", "released", SC_CELL_DATE, 0, 9},
        {"end_of_life", "end of life", SC_CELL_DATE, 0, 7},
    };
    static const sc_meter cache_meters[] = {SC_METER_CACHE_READ, SC_METER_CACHE_WRITE_5M, SC_METER_CACHE_WRITE_1H,
                                            SC_METER_CACHE_WRITE_30M};
    sc_table *t = sc_report_table(r, "models", NULL, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < n; i++) {
        const row *w = &x->rows[i];
        const sc_model *m = w->buy.model;
        sc_table_row(t);
        sc_cell_text(t, m->id);
        sc_cell_text(t, sc_scope_name(w->buy.scope));
        sc_cell_text(t, sc_tier_name(w->buy.tier));
        sc_cell_text(t, sc_card_region(x->card, (size_t)w->buy.region)->code);
        cell_count_or_empty(t, m->context_window);
        money_or_empty(t, w->input);
        money_or_empty(t, w->output);
        for (size_t k = 0; k < 4; k++)
            money_or_empty(t, sc_card_find(x->card, &w->buy, cache_meters[k], NULL, 0, x->day));
        sc_cell_date(t, m->released);
        sc_cell_date(t, m->end_of_life);
    }
}

static void points_table(sc_report *r, const lister *x, size_t n)
{
    const sc_column columns[] = {
        {"model", "model", SC_CELL_TEXT, 0, 0},
        {"variant", "variant", SC_CELL_TEXT, 0, 1},
        {"price_usd", "price", SC_CELL_MONEY, 0, 0},
        {"unit", "per", SC_CELL_TEXT, 0, 0},
        {"scope", "scope", SC_CELL_TEXT, 0, 0},
        {"tier", "tier", SC_CELL_TEXT, 0, 2},
        {"region", "region", SC_CELL_TEXT, 0, x->all_regions ? 0 : 3},
        {"context_from", "context\nfrom", SC_CELL_COUNT, 0, 4},
        {"from", "from", SC_CELL_DATE, 0, 5},
        {"to", "to", SC_CELL_DATE, 0, 6},
        {"source", "source", SC_CELL_TEXT, 0, 7},
    };
    sc_table *t = sc_report_table(r, "prices", NULL, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < n; i++) {
        const row *w = &x->rows[i];
        const sc_price_point *p = w->point;
        sc_table_row(t);
        sc_cell_text(t, w->buy.model->id);
        cell_text_or_empty(t, p->variant);
        sc_cell_money(t, unit_price(p));
        sc_cell_text(t, p->unit->name);
        sc_cell_text(t, sc_scope_name(w->buy.scope));
        sc_cell_text(t, sc_tier_name(w->buy.tier));
        sc_cell_text(t, sc_card_region(x->card, (size_t)w->buy.region)->code);
        cell_count_or_empty(t, p->context_from);
        sc_cell_date(t, p->from);
        sc_cell_date(t, p->to);
        sc_cell_text(t, p->source);
    }
}

/* The lowest context from which another input price than the listed one holds; 0 = none. */
static int64_t band_above(const lister *x, const row *w)
{
    size_t first, n = sc_card_model_points(x->card, w->buy.model, &first);
    int64_t lowest = 0;
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *p = sc_card_point(x->card, i);
        if (p->context_from > 0 && (lowest == 0 || p->context_from < lowest) && p->meter == SC_METER_INPUT &&
            sc_card_find(x->card, &w->buy, p->meter, NULL, p->context_from, x->day) == p)
            lowest = p->context_from;
    }
    return lowest;
}

/* The token prices side by side are those of short contexts. */
static void note_bands(sc_report *r, const lister *x, size_t n)
{
    size_t count = 0;
    int64_t lowest = 0;
    char tokens[64];
    for (size_t i = 0; i < n; i++) {
        const int64_t from = band_above(x, &x->rows[i]);
        count += from > 0;
        lowest = from > 0 && (lowest == 0 || from < lowest) ? from : lowest;
    }
    if (count > 0)
        sc_report_note(r,
                       "%zu of these rows have other prices for long contexts, from %s tokens on: `spendcast rates "
                       "show MODEL` has them.",
                       count, sc_format_fixed((double)lowest, 0, 1, tokens));
}

static int report_list(const lister *x, size_t elsewhere, const char *where)
{
    const rates_list_options *o = x->o;
    const size_t n = o->top > 0 && (size_t)o->top < x->n ? (size_t)o->top : x->n;
    char title[120] = "Prices in USD per 1,000,000 tokens", when[16];
    if (x->meter >= 0)
        snprintf(title, sizeof title, "Prices of %s", sc_meter_name((sc_meter)x->meter));
    sc_report *r = sc_report_new("rates list", title);
    if (x->meter >= 0)
        points_table(r, x, n);
    else
        offers_table(r, x, n);
    if (x->meter < 0)
        note_bands(r, x, n);
    if (n < x->n)
        sc_report_note(r, "The first %zu of %zu rows.", n, x->n);
    sc_report_note(r,
                   "%zu rows for %s on %s. %zu more models have prices for other regions, scopes, tiers, dates or "
                   "meters: `spendcast rates show MODEL` has them all.",
                   n, where, sc_day_format(x->day, when), elsewhere);
    add_card_provenance(r, x->card);
    sc_report_provenance(r, "as_of", "%s", when);
    return emit_report(&o->g, r, 0);
}

static int list(lister *x, int region)
{
    const sc_card *card = x->card;
    size_t elsewhere = 0;
    for (size_t i = 0; i < sc_card_model_count(card); i++) {
        const sc_model *m = sc_card_model(card, i);
        const size_t before = x->n;
        if (!is_wanted(x, m))
            continue;
        if (!x->all_regions)
            add_model(x, m, region);
        for (int r = 0; x->all_regions && r < (int)sc_card_region_count(card); r++)
            add_model(x, m, r);
        elsewhere += x->n == before && sc_card_model_points(card, m, NULL) > 0;
    }
    if (x->failed) {
        print_problem(NULL, "out of memory");
        return 70;
    }
    sort_rows(x);
    return report_list(x, elsewhere, x->all_regions ? "all regions" : sc_card_region(card, (size_t)region)->code);
}

/* "0.25" as femto-USD; -1 for none.  0, or -1 after printing what is wrong. */
static int read_price(const char *text, sc_money *price)
{
    sc_int128 femto = -1;
    *price = -1;
    if (text == NULL)
        return 0;
    if (sc_decimal_parse128(text, strlen(text), 15, &femto) != SC_OK || femto < 0) {
        print_problem(NULL, "--max-price: found '%s', expected dollars such as 0.25", text);
        return -1;
    }
    *price = femto;
    return 0;
}

int cmd_rates_list(const command *c, const void *options, int argc, char **argv)
{
    const rates_list_options *o = options;
    int status, region;
    (void)c, (void)argc, (void)argv;
    lister x = {.o = o, .day = o->as_of != SC_DAY_MAX ? o->as_of : today(), .meter = -1};
    x.all_regions = o->region != NULL && strcmp(o->region, "all") == 0;
    if (read_price(o->max_price, &x.most) != 0)
        return 2;
    if (o->meter != NULL && (x.meter = sc_meter_of(o->meter)) < 0) {
        print_unknown(NULL, "meter", o->meter, sc_meter_names(), SC_METERS);
        return 2;
    }
    if (x.meter >= 0 && (o->sort == SORT_INPUT || o->sort == SORT_OUTPUT)) {
        print_problem(NULL, "--sort: the list has prices of %s only, expected --sort price", o->meter);
        return 2;
    }
    sc_card *card = open_card(&o->g, &status);
    if (card == NULL)
        return status;
    x.card = card;
    x.tier = o->tier != TIER_AUTO ? o->tier : x.meter >= 0 ? SC_TIERS : SC_TIER_STANDARD;
    status = 2;
    if (region_option(card, x.all_regions ? NULL : o->region, &region) == 0 && check_provider(card, o->provider) == 0)
        status = list(&x, region >= 0 ? region : sc_card_default_region(card));
    free(x.rows);
    sc_card_free(card);
    return status;
}
