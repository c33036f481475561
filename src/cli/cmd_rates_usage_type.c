/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates_usage_type.c - `spendcast rates usage-type`: what lines of an AWS bill say, and what the card charges. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rates_report.h"
#include "spendcast/usage_type.h"

/* A context in the band that the line is of. */
static int64_t context_of(const sc_card *card, const sc_usage_type *u)
{
    size_t first, n = sc_card_model_points(card, u->model, &first);
    int64_t from = 0;
    for (size_t i = first; u->long_context && i < first + n; i++) {
        const int64_t band = sc_card_point(card, i)->context_from;
        from = band > from ? band : from;
    }
    return from;
}

static void usage_row(sc_table *t, const sc_card *card, const char *text, const sc_usage_type *u, sc_day day)
{
    const sc_price_point *p = NULL;
    if (u->model != NULL && u->region >= 0) {
        const sc_buy buy = {u->model, u->region, u->scope, u->tier};
        p = sc_card_find(card, &buy, u->meter, u->variant, context_of(card, u), day);
    }
    sc_table_row(t);
    sc_cell_text(t, text);
    if (u->model != NULL)
        sc_cell_text(t, u->model->id);
    else
        sc_cell_empty(t);
    sc_cell_text(t, sc_meter_name(u->meter));
    sc_cell_text(t, sc_tier_name(u->tier));
    sc_cell_text(t, u->scope_stated ? sc_scope_name(u->scope) : "in_region geo");
    if (u->region >= 0)
        sc_cell_text(t, sc_card_region(card, (size_t)u->region)->code);
    else
        sc_cell_empty(t);
    sc_cell_bool(t, u->long_context);
    cell_text_or_empty(t, u->variant);
    sc_cell_count(t, u->per);
    if (p != NULL) {
        sc_cell_text(t, p->usd);
        sc_cell_text(t, p->unit->name);
        sc_cell_text(t, p->source);
    }
}

int cmd_rates_usage_type(const command *c, const void *options, int argc, char **argv)
{
    static const sc_column columns[] = {{"usage_type", "usage type", SC_CELL_TEXT, 0, 0},
                                        {"model", "model", SC_CELL_TEXT, 0, 0},
                                        {"meter", "meter", SC_CELL_TEXT, 0, 0},
                                        {"tier", "tier", SC_CELL_TEXT, 0, 4},
                                        {"scopes", "scopes", SC_CELL_TEXT, 0, 2},
                                        {"region", "region", SC_CELL_TEXT, 0, 3},
                                        {"long_context", "long\ncontext", SC_CELL_BOOL, 0, 5},
                                        {"variant", "variant", SC_CELL_TEXT, 0, 6},
                                        {"base_units_per_quantity", "units of\na quantity", SC_CELL_COUNT, 0, 7},
                                        {"price_usd", "price", SC_CELL_TEXT, 0, 0},
                                        {"unit", "per", SC_CELL_TEXT, 0, 1},
                                        {"source", "source", SC_CELL_TEXT, 0, 8}};
    const rates_usage_type_options *o = options;
    const sc_day day = o->as_of != SC_DAY_MAX ? o->as_of : today();
    int status, bad = 0;
    char why[500], when[16];
    (void)c;
    sc_card *card = open_card(&o->g, &status);
    if (card == NULL)
        return status;
    sc_report *r = sc_report_new("rates usage-type", "Usage types of AWS bills");
    sc_table *t = sc_report_table(r, "usage_types", NULL, columns, sizeof columns / sizeof columns[0]);
    for (int i = 0; i < argc; i++) {
        sc_usage_type u;
        if (sc_usage_type_parse(card, argv[i], o->product, &u, why, sizeof why) == SC_OK) {
            usage_row(t, card, argv[i], &u, day);
            continue;
        }
        print_problem(NULL, "'%s': %s", argv[i], why);
        bad++;
    }
    sc_report_note(r,
                   "A line without 'global' stands for calls in the region and through a geographic profile: AWS bills "
                   "them alike. A quantity counts as many units as stated where the bill has no pricing unit.");
    add_card_provenance(r, card);
    sc_report_provenance(r, "as_of", "%s", sc_day_format(day, when));
    sc_card_free(card);
    if (bad == argc) {
        sc_report_free(r);
        return 3;
    }
    return emit_report(&o->g, r, bad > 0 ? 3 : 0);
}
