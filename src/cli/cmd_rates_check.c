/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates_check.c - `spendcast rates check`: the tables of the rate card, checked. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rates_args.h"

int cmd_rates_check(const command *c, const void *options, int argc, char **argv)
{
    static const sc_column columns[] = {{"what", "what", SC_CELL_TEXT, 0, 0}, {"count", "count", SC_CELL_COUNT, 0, 0}};
    const globals *g = options;
    int status;
    (void)c, (void)argc, (void)argv;
    sc_card *card = open_card(g, &status); /* loading is the check: every cell, reference, range and overlap */
    if (card == NULL)
        return status;
    size_t rows = sc_card_point_count(card), points = 0, unpriced = 0, no_window = 0;
    for (size_t i = 0; i < rows; i++) {
        const sc_price_point *p = sc_card_point(card, i);
        points += (size_t)(__builtin_popcountll(p->regions) * __builtin_popcount(p->scopes));
    }
    for (size_t i = 0; i < sc_card_model_count(card); i++) {
        const sc_model *m = sc_card_model(card, i);
        int priced = sc_card_model_points(card, m, NULL) > 0;
        unpriced += !priced;
        no_window += priced && m->context_window == 0;
    }
    const struct {
        const char *what;
        size_t count;
    } facts[] = {
        {"models", sc_card_model_count(card)},
        {"models without a price", unpriced},
        {"priced models without a known context window", no_window},
        {"regions", sc_card_region_count(card)},
        {"rows of the price tables", rows},
        {"price points (row x region x scope)", points},
        {"rows that could not be placed", sc_card_unplaced_count(card)},
    };
    sc_report *r = sc_report_new("rates check", "The rate card is consistent");
    sc_table *t = sc_report_table(r, "counts", NULL, columns, 2);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        sc_table_row(t);
        sc_cell_text(t, facts[i].what);
        sc_cell_count(t, (int64_t)facts[i].count);
    }
    sc_report_note(r, "Checked: columns, decimals, dates, known models, regions, scopes, tiers, meters, units and "
                      "sources, no model, alias "
                      "or region twice, no two prices for one key.");
    add_card_provenance(r, card);
    sc_card_free(card);
    return emit_report(g, r, 0);
}
