/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates_price.c - `spendcast rates price`: stated usage, priced exactly. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rates_args.h"
#include "cli/rates_report.h"

#define MAX_LINES OPT_LIST_MAX
#define MAX_VARIANT 100

/* "input=12000" or "input:speech=12000" -> a usage line, whose variant is written to own_variant if it has one; -1
 * after printing what is wrong. */
static int read_meter(const char *text, const char *variant, char own_variant[MAX_VARIANT], sc_usage_line *line)
{
    char name[64 + MAX_VARIANT];
    size_t len = strcspn(text, "=");
    snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), text);
    char *colon = strchr(name, ':');
    if (colon != NULL) {
        snprintf(own_variant, MAX_VARIANT, "%s", colon + 1);
        *colon = '\0';
        variant = own_variant;
    }
    int meter = sc_meter_of(name);
    if (text[len] != '=') {
        print_problem(NULL, "--meter: found '%s', expected NAME=QUANTITY or NAME:VARIANT=QUANTITY such as input=12000",
                      text);
        return -1;
    }
    if (meter < 0) {
        print_unknown(NULL, "meter", name, sc_meter_names(), SC_METERS);
        return -1;
    }
    *line = (sc_usage_line){(sc_meter)meter, 0, variant};
    if (value_count(text + len + 1, &line->quantity) != 0 || line->quantity < 0) {
        print_problem(NULL, "--meter %s: found '%s', expected a whole number of 0 or more", name, text + len + 1);
        return -1;
    }
    return 0;
}

/* List price, discount and what it takes off; all empty where the customer has no discounts at all. */
static void discount_cells(sc_table *t, int discounts, const sc_line_item *item)
{
    if (!discounts) {
        cells_empty(t, 3);
        return;
    }
    sc_cell_money(t, item->list);
    if (item->off != NULL)
        sc_cell_textf(t, "%s %s %%", item->off->id, item->off->percent);
    else
        sc_cell_empty(t);
    sc_cell_money(t, item->discount);
}

static int report_price(const rates_price_options *o, const sc_card *card, const sc_buy *buy, const sc_line_item *items,
                        size_t n, sc_money total, sc_day day, const char *id, int region_varies)
{
    static const sc_column columns[] = {
        {"meter", "meter", SC_CELL_TEXT, 0, 0},
        {"quantity", "quantity", SC_CELL_COUNT, 0, 0},
        {"price_usd", "price", SC_CELL_TEXT, 0, 0},
        {"unit", "per", SC_CELL_TEXT, 0, 0},
        {"list_usd", "list", SC_CELL_MONEY, 0, 1},
        {"discount", "discount", SC_CELL_TEXT, 0, 1},
        {"discount_usd", "off", SC_CELL_MONEY, 0, 1},
        {"cost_usd", "cost", SC_CELL_MONEY, 0, 0},
        {"variant", "variant", SC_CELL_TEXT, 0, 1},
        {"context_from", "context\nfrom", SC_CELL_COUNT, 0, 3},
        {"from", "from", SC_CELL_DATE, 0, 4},
        {"to", "to", SC_CELL_DATE, 0, 5},
        {"source", "source", SC_CELL_TEXT, 0, 2},
        {"checked", "checked", SC_CELL_DATE, 0, 6},
        {"price_point", "price point", SC_CELL_TEXT, 0, 8},
        {"note", "note", SC_CELL_TEXT, 0, 7},
    };
    char title[300], when[16];
    snprintf(title, sizeof title, "%s, %s, %s, %s, prices of %s", buy->model->id,
             sc_card_region(card, (size_t)buy->region)->code, sc_scope_name(buy->scope), sc_tier_name(buy->tier),
             sc_day_format(day, when));
    sc_report *r = sc_report_new("rates price", title);
    const int discounts = sc_card_discount_count(card) > 0;
    sc_money list = 0;
    for (size_t i = 0; i < n; i++)
        list += items[i].list;
    sc_report_figure_money(r, "total_usd", "total", total);
    sc_table *t = sc_report_table(r, "items", NULL, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < n; i++) {
        const sc_price_point *p = items[i].point;
        sc_table_row(t);
        sc_cell_text(t, sc_meter_name(items[i].meter));
        sc_cell_count(t, items[i].quantity);
        sc_cell_text(t, p->usd);
        sc_cell_text(t, p->unit->name);
        discount_cells(t, discounts, &items[i]);
        sc_cell_money(t, items[i].cost);
        cell_text_or_empty(t, p->variant);
        cell_count_or_empty(t, p->context_from);
        sc_cell_date(t, p->from);
        sc_cell_date(t, p->to);
        sc_cell_text(t, p->source);
        sc_cell_date(t, p->checked);
        sc_cell_textf(t, "%s:%d", p->file, p->line);
        sc_cell_text(t, p->note);
    }
    sc_table_foot(t);
    sc_cell_text(t, "total");
    sc_cell_empty(t);
    sc_cell_empty(t);
    sc_cell_empty(t);
    if (discounts) {
        sc_cell_money(t, list);
        sc_cell_empty(t);
        sc_cell_money(t, list - total);
    } else {
        sc_cell_empty(t);
        sc_cell_empty(t);
        sc_cell_empty(t);
    }
    sc_cell_money(t, total);
    if (region_varies)
        sc_report_note(
            r, "No region was stated and prices differ between regions; these are those of %s. --region names another.",
            sc_card_region(card, (size_t)buy->region)->code);
    add_card_provenance(r, card);
    sc_report_provenance(r, "model", "%s", id);
    sc_report_provenance(r, "region", "%s", sc_card_region(card, (size_t)buy->region)->code);
    sc_report_provenance(r, "scope", "%s", sc_scope_name(buy->scope));
    sc_report_provenance(r, "tier", "%s", sc_tier_name(buy->tier));
    sc_report_provenance(r, "as_of", "%s", sc_day_format(day, when));
    sc_report_provenance(r, "requests", "%" PRId64, o->requests);
    return emit_report(&o->g, r, 0);
}

/* The value of a key in a list of "key=value". */
static const char *tag_option(const void *context, const char *key)
{
    const opt_list *tags = context;
    size_t len = strlen(key);
    for (size_t i = 0; i < tags->n; i++) {
        if (strncmp(tags->item[i], key, len) == 0 && tags->item[i][len] == '=')
            return tags->item[i] + len + 1;
    }
    return NULL;
}

static int price(const rates_price_options *o, const sc_card *card, const char *id)
{
    sc_errors errors = {0};
    sc_model_ref ref;
    sc_usage_line lines[MAX_LINES];
    char variants[MAX_LINES][MAX_VARIANT];
    sc_line_item items[MAX_LINES];
    sc_money total;
    int region, varies = 0;
    sc_day day = o->as_of != SC_DAY_MAX ? o->as_of : today();
    for (size_t i = 0; i < o->meters.n; i++) {
        if (read_meter(o->meters.item[i], o->variant, variants[i], &lines[i]) != 0)
            return 2;
    }
    if (o->meters.n == 0) {
        print_problem(NULL, "no usage, expected at least one --meter NAME=QUANTITY");
        return 2;
    }
    if (region_option(card, o->region, &region) != 0)
        return 2;
    if (resolve_model(card, id, &ref) != 0)
        return 3;
    for (size_t i = 0; i < o->tags.n; i++) {
        if (strchr(o->tags.item[i], '=') == NULL) {
            print_problem(NULL, "--tag: found '%s', expected KEY=VALUE such as team=search", o->tags.item[i]);
            return 2;
        }
    }
    for (size_t i = 0; i < o->meters.n; i++) {
        if (lines[i].variant != NULL)
            lines[i].variant = sc_card_variant(card, ref.model, lines[i].meter, lines[i].variant);
    }
    const sc_tags tags = {tag_option, &o->tags};
    sc_scope scope = o->scope < SC_SCOPES ? (sc_scope)o->scope : ref.scope;
    sc_tier tier = (sc_tier)o->tier;
    sc_buy buy = {ref.model, sc_card_pick_region(card, &ref, scope, tier, region, day, &varies), scope, tier};
    if (!sc_card_region_serves(card, buy.region, ref.geo)) {
        int picked = sc_card_pick_region(card, &ref, scope, tier, -1, day, NULL);
        print_problem(NULL, "region '%s' is no source region of '%s.' profiles, expected one such as '%s'",
                      sc_card_region(card, (size_t)buy.region)->code, sc_card_geo_name(card, ref.geo),
                      sc_card_region(card, (size_t)picked)->code);
        return 3;
    }
    sc_code code =
        sc_card_price(card, &buy, lines, o->meters.n, o->requests, o->context, day, &tags, items, &total, &errors);
    print_errors(&errors);
    if (code != SC_OK)
        return exit_code(code);
    return report_price(o, card, &buy, items, o->meters.n, total, day, id, varies);
}

int cmd_rates_price(const command *c, const void *options, int argc, char **argv)
{
    const rates_price_options *o = options;
    int status;
    (void)c, (void)argc;
    sc_card *card = open_card(&o->g, &status);
    if (card == NULL)
        return status;
    status = price(o, card, argv[0]);
    sc_card_free(card);
    return status;
}
