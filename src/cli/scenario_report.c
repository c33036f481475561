/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_report.c - what the commands on scenarios share: loading, settings, provenance. */
#include "cli/scenario_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/output.h"

int open_scenario(const globals *g, const char *path, sc_card **card, sc_scenario **scenario)
{
    sc_errors errors = {0};
    int status;
    *scenario = NULL;
    *card = open_card(g, &status);
    if (*card == NULL)
        return status;
    sc_code code = sc_scenario_load(path, *card, scenario, &errors);
    print_errors(&errors);
    if (code != SC_OK) {
        sc_card_free(*card);
        *card = NULL;
    }
    return exit_code(code);
}

int report_settings(const globals *g, const sc_scenario *s, const sc_card *card)
{
    static const sc_column columns[] = {
        {"setting", "setting", SC_CELL_TEXT, 0, 0},
        {"value", "value", SC_CELL_TEXT, 0, 0},
        {"unit", "unit", SC_CELL_TEXT, 0, 1},
        {"origin", "origin", SC_CELL_TEXT, 0, 0},
    };
    sc_report *r = sc_report_new("settings", "Settings in force");
    sc_table *t = sc_report_table(r, "settings", NULL, columns, 4);
    for (size_t i = 0; i < sc_scenario_setting_count(s); i++) {
        const sc_setting *set = sc_scenario_setting(s, i);
        sc_table_row(t);
        sc_cell_text(t, set->path);
        sc_cell_text(t, set->value);
        sc_cell_text(t, set->unit);
        sc_cell_text(t, set->is_default ? "default" : "scenario");
    }
    add_card_provenance(r, card);
    sc_report_provenance(r, "scenario", "%s", sc_scenario_name(s));
    sc_report_provenance(r, "scenario_hash", "%.12s", sc_scenario_hash(s));
    return emit_wide_report(g, r);
}

sc_sim_options sim_options(const globals *g, const trial_options *t)
{
    return (sc_sim_options){.seed = (uint64_t)t->seed,
                            .trials = t->trials,
                            .threads = (int)t->threads,
                            .as_of = t->as_of,
                            .progress = progress_line(g)};
}

void add_run_provenance(sc_report *r, const sc_card *card, const sc_scenario *s, const char *path,
                        const trial_options *t)
{
    char from[16], to[16];
    sc_day start, end;
    sc_scenario_horizon(s, &start, &end);
    add_card_provenance(r, card);
    sc_report_provenance(r, "scenario", "%s", path);
    sc_report_provenance(r, "scenario_hash", "%.12s", sc_scenario_hash(s));
    sc_report_provenance(r, "horizon", "%s to %s", sc_day_format(start, from), sc_day_format(end - 1, to));
    if (t->as_of != SC_DAY_MAX)
        sc_report_provenance(r, "as_of", "%s", sc_day_format(t->as_of, from));
    else
        sc_report_provenance(r, "as_of", "each day at the prices the card has for it");
    sc_report_provenance(r, "seed", "%" PRId64, t->seed);
    sc_report_provenance(r, "trials", "%" PRId64, t->trials);
}
