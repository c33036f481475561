/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates_import.c - `spendcast rates import`: published prices held against the card; nothing is overwritten. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rates_report.h"
#include "spendcast/rates_import.h"

static void import_row(sc_table *t, const sc_card *card, const sc_import_row *row)
{
    sc_table_row(t);
    sc_cell_text(t, sc_import_kind_name(row->kind));
    sc_cell_text(t, row->name);
    if (row->model == NULL) {
        cells_empty(t, 11);
        sc_cell_text(t, row->reason);
        return;
    }
    sc_cell_text(t, row->model->id);
    sc_cell_text(t, sc_meter_name(row->meter));
    if (row->point != NULL)
        sc_cell_text(t, row->point->usd);
    else
        sc_cell_empty(t);
    sc_cell_text(t, row->usd);
    if (row->kind == SC_IMPORT_CHANGED && row->ratio > 0.0)
        sc_cell_share(t, row->ratio - 1.0);
    else
        sc_cell_empty(t);
    sc_cell_text(t, row->unit);
    sc_cell_text(t, sc_card_region(card, (size_t)row->region)->code);
    cell_scopes(t, row->scopes);
    sc_cell_text(t, sc_tier_name(row->tier));
    cell_count_or_empty(t, row->context);
    sc_cell_date(t, row->day);
    sc_cell_text(t, row->reason);
    if (row->point != NULL) {
        sc_cell_textf(t, "%s:%d", row->point->file, row->point->line);
        sc_cell_text(t, row->point->note);
    }
}

static int report_drift(const rates_import_options *o, const sc_card *card, const sc_import *im, const char *path)
{
    static const sc_column columns[] = {
        {"kind", "kind", SC_CELL_TEXT, 0, 0},
        {"name", "in the file", SC_CELL_TEXT, 0, 0},
        {"model", "model", SC_CELL_TEXT, 0, 3},
        {"meter", "meter", SC_CELL_TEXT, 0, 0},
        {"card_usd", "card", SC_CELL_TEXT, 0, 0},
        {"file_usd", "file", SC_CELL_TEXT, 0, 0},
        {"change", "change", SC_CELL_SHARE, 0, 0},
        {"unit", "per", SC_CELL_TEXT, 0, 4},
        {"region", "region", SC_CELL_TEXT, 0, 1},
        {"scopes", "scopes", SC_CELL_TEXT, 0, 2},
        {"tier", "tier", SC_CELL_TEXT, 0, 5},
        {"context", "context", SC_CELL_COUNT, 0, 6},
        {"day", "prices of", SC_CELL_DATE, 0, 7},
        {"reason", "reason", SC_CELL_TEXT, 0, 8},
        {"price_point", "price point", SC_CELL_TEXT, 0, 9},
        {"note", "note", SC_CELL_TEXT, 0, 10},
    };
    size_t counts[SC_IMPORT_KINDS] = {0}, shown = 0, wanted = 0;
    char title[200], text[200];
    snprintf(title, sizeof title, "Drift of %.120s against the rate card", path);
    sc_report *r = sc_report_new("rates import", title);
    for (size_t i = 0; i < sc_import_count(im); i++)
        counts[sc_import_at(im, i)->kind]++;
    snprintf(text, sizeof text, "%zu: %zu the same, %zu changed, %zu missing on the card, %zu not understood",
             sc_import_count(im), counts[SC_IMPORT_SAME], counts[SC_IMPORT_CHANGED], counts[SC_IMPORT_MISSING],
             counts[SC_IMPORT_UNKNOWN]);
    sc_report_figure_text(r, "prices", "prices read", text);
    sc_table *t = sc_report_table(r, "drift", NULL, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < sc_import_count(im); i++) {
        const sc_import_row *row = sc_import_at(im, i);
        const int is_drift = row->kind != SC_IMPORT_SAME;
        if (o->only < SC_IMPORT_KINDS ? (int)row->kind != o->only : o->only == SC_IMPORT_KINDS && !is_drift)
            continue;
        wanted++;
        if (o->top > 0 && o->g.format == SC_FORMAT_TEXT && shown == (size_t)o->top)
            continue;
        shown++;
        import_row(t, card, row);
    }
    if (shown < wanted)
        sc_report_note(r, "%zu of %zu rows are shown; --top 0, json, csv and md have all, with reasons.", shown,
                       wanted);
    sc_report_note(
        r, "The card is as it was. %s states %s.", sc_import_format(im),
        strcmp(sc_import_format(im), "genai-prices") == 0
            ? "no region: its prices are held against those of the default region, or of the first in the United "
              "States that has the model"
            : "a region for each price; a line without 'global' is held against in-region and geographic prices");
    add_card_provenance(r, card);
    sc_report_provenance(r, "prices", "%s", path);
    sc_report_provenance(r, "format", "%s", sc_import_format(im));
    return emit_report(&o->g, r, o->fail_if_drift && counts[SC_IMPORT_CHANGED] + counts[SC_IMPORT_MISSING] > 0 ? 1 : 0);
}

static int write_rows(const rates_import_options *o, const sc_card *card, const sc_import *im, sc_day day)
{
    sc_errors errors = {0};
    char *text = NULL;
    size_t size = 0;
    sc_code code = sc_import_rows_csv(im, card, o->source, day, &text, &size);
    if (code == SC_OK)
        code = sc_text_write(o->rows, text, size, &errors);
    print_errors(&errors);
    sc_text_free(text);
    return exit_code(code);
}

int cmd_rates_import(const command *c, const void *options, int argc, char **argv)
{
    const rates_import_options *o = options;
    sc_errors errors = {0};
    sc_import *im = NULL;
    int status;
    (void)c, (void)argc;
    if ((o->rows == NULL) != (o->source == NULL)) {
        print_problem(NULL, "--rows and --source go together: the rows name where they come from");
        return 2;
    }
    sc_card *card = open_card(&o->g, &status);
    if (card == NULL)
        return status;
    const sc_day day = o->as_of != SC_DAY_MAX ? o->as_of : today();
    sc_code code = sc_import_load(argv[0], card, day, &im, &errors);
    print_errors(&errors);
    status = exit_code(code);
    if (code == SC_OK && o->rows != NULL)
        status = write_rows(o, card, im, day);
    if (status == 0)
        status = report_drift(o, card, im, argv[0]);
    sc_import_free(im);
    sc_card_free(card);
    return status;
}
