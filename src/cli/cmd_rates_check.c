/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates_check.c - `spendcast rates check`: the tables of the rate card, counted and checked. */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rates_report.h"
#include "spendcast/rates_check.h"

static void count_row(sc_table *t, const char *what, size_t n)
{
    sc_table_row(t);
    sc_cell_text(t, what);
    sc_cell_count(t, (int64_t)n);
}

static void counts_table(sc_report *r, const sc_card *card)
{
    static const sc_column columns[] = {{"what", "what", SC_CELL_TEXT, 0, 0}, {"count", "count", SC_CELL_COUNT, 0, 0}};
    const size_t rows = sc_card_point_count(card), unplaced = sc_card_unplaced_page_points(card);
    size_t points = 0, services = 0, placed = 0;
    for (size_t i = 0; i < rows; i++) {
        const sc_price_point *p = sc_card_point(card, i);
        points += (size_t)(__builtin_popcountll(p->regions) * __builtin_popcount(p->scopes));
        placed += (size_t)p->page_points;
    }
    for (size_t i = 0; i < sc_card_model_count(card); i++)
        services += sc_card_model(card, i)->is_service != 0;
    sc_table *t = sc_report_table(r, "counts", NULL, columns, 2);
    count_row(t, "models", sc_card_model_count(card) - services);
    count_row(t, "services", services);
    count_row(t, "regions", sc_card_region_count(card));
    count_row(t, "rows of the price tables", rows);
    count_row(t, "price points (row x region x scope)", points);
    count_row(t, "prices that could not be placed", sc_card_unplaced_count(card));
    count_row(t, "points of the price page on the card", placed);
    count_row(t, "points of the price page not placed", unplaced);
    count_row(t, "points of the price page together", placed + unplaced);
    if (sc_card_own_hash(card)[0] != '\0') {
        count_row(t, "own discounts", sc_card_discount_count(card));
        count_row(t, "own commitments", sc_card_commitment_count(card));
    }
}

/* Returns how many findings are contradictions. */
static size_t findings_table(sc_report *r, const rates_check_options *o, const sc_findings *f)
{
    static const sc_column columns[] = {{"kind", "kind", SC_CELL_TEXT, 0, 0},
                                        {"model", "model", SC_CELL_TEXT, 0, 0},
                                        {"finding", "finding", SC_CELL_TEXT, 0, 0},
                                        {"place", "place", SC_CELL_TEXT, 0, 1}};
    size_t counts[SC_FINDING_KINDS] = {0}, contradictions = 0, shown = 0;
    char text[300] = "none";
    sc_table *t = sc_report_table(r, "findings", "Findings", columns, 4);
    for (size_t i = 0; i < sc_findings_count(f); i++) {
        const sc_finding *item = sc_findings_at(f, i);
        counts[item->kind]++;
        contradictions += sc_finding_is_contradiction(item->kind) != 0;
        if (o->kind < SC_FINDING_KINDS && (int)item->kind != o->kind)
            continue;
        if (o->top > 0 && o->g.format == SC_FORMAT_TEXT && shown == (size_t)o->top)
            continue;
        shown++;
        sc_table_row(t);
        sc_cell_text(t, sc_finding_kind_name(item->kind));
        sc_cell_text(t, item->model != NULL ? item->model->id : "");
        sc_cell_text(t, item->text);
        if (item->line > 0)
            sc_cell_textf(t, "%s:%d", item->file, item->line);
        else
            cell_text_or_empty(t, item->file);
    }
    size_t len = 0, all = 0;
    for (int k = 0; k < SC_FINDING_KINDS; k++) {
        all += o->kind >= SC_FINDING_KINDS || o->kind == k ? counts[k] : 0;
        if (counts[k] > 0)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%zu %s", len > 0 ? ", " : "", counts[k],
                                    sc_finding_kind_name((sc_finding_kind)k));
    }
    sc_report_figure_text(r, "findings_by_kind", "findings", text);
    if (shown < all)
        sc_report_note(r, "%zu of %zu findings are shown; --top 0, json, md and csv --table findings have all.", shown,
                       all);
    return contradictions;
}

int cmd_rates_check(const command *c, const void *options, int argc, char **argv)
{
    const rates_check_options *o = options;
    sc_findings *f = NULL;
    int status;
    char when[16];
    (void)c, (void)argc, (void)argv;
    sc_card *card = open_card(&o->g, &status); /* loading checks every cell, reference, range and overlap */
    if (card == NULL)
        return status;
    const sc_day day = o->as_of != SC_DAY_MAX ? o->as_of : today();
    sc_code code = sc_card_check(card, day, (int)o->max_age, &f);
    if (code != SC_OK) {
        sc_card_free(card);
        return exit_code(code);
    }
    sc_report *r = sc_report_new("rates check", "The rate card");
    counts_table(r, card);
    const size_t contradictions = findings_table(r, o, f);
    sc_report_note(r, "Loading has checked every cell: columns, decimals, dates, known models, regions, scopes, tiers, "
                      "meters, units and sources, nothing listed twice, no two prices for one key.");
    add_card_provenance(r, card);
    sc_report_provenance(r, "as_of", "%s", sc_day_format(day, when));
    sc_findings_free(f);
    sc_card_free(card);
    return emit_report(&o->g, r, o->strict && contradictions > 0 ? 1 : 0);
}
