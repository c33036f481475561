/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_synthesize.c - `spendcast synthesize`: logs, usage and bill of one future of a scenario. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/output.h"
#include "cli/scenario_report.h"

static sc_synth_options synth_options(const synthesize_options *o)
{
    return (sc_synth_options){.logs = o->logs,
                              .bill = o->bill,
                              .usage = o->usage,
                              .seed = (uint64_t)o->seed,
                              .scale = o->scale,
                              .days = o->days,
                              .max_requests = o->max_requests,
                              .drop = o->drop,
                              .discount = llround(o->discount * (double)SC_DISCOUNT_WHOLE),
                              .late_days = o->late_days,
                              .hourly = o->bill_grain == 0,
                              .progress = progress_line(&o->g)};
}

/* A meter that nothing was counted on stays empty, so that text leaves its column out. */
static void sum_row(sc_table *t, const sc_synth_sum *sum, const sc_synth_sum *all)
{
    sc_cell_text(t, sum->project != NULL ? sum->project : "total");
    sc_cell_count(t, sum->requests);
    if (all->dropped + all->unlogged > 0)
        sc_cell_count(t, sum->dropped + sum->unlogged);
    else
        sc_cell_empty(t);
    for (int m = 0; m < SC_SYNTH_METERS; m++) {
        if (all->tokens[m] > 0)
            sc_cell_count(t, sum->tokens[m]);
        else
            sc_cell_empty(t);
    }
    sc_cell_money(t, sum->cost);
    sc_cell_money(t, sum->billed);
}

static void sums_table(sc_report *report, const sc_synth *r)
{
    static const sc_column columns[] = {{"project", "project", SC_CELL_TEXT, 0, 0},
                                        {"requests", "requests", SC_CELL_COUNT, 0, 0},
                                        {"not_logged", "not in\nlogs", SC_CELL_COUNT, 0, 1},
                                        {"input", "input\ntokens", SC_CELL_COUNT, 0, 2},
                                        {"output", "output\ntokens", SC_CELL_COUNT, 0, 2},
                                        {"cache_read", "cache\nread", SC_CELL_COUNT, 0, 3},
                                        {"cache_write", "cache\nwrite", SC_CELL_COUNT, 0, 4},
                                        {"cache_write_5m", "cache\nwrite 5m", SC_CELL_COUNT, 0, 4},
                                        {"cache_write_30m", "cache\nwrite 30m", SC_CELL_COUNT, 0, 4},
                                        {"cache_write_1h", "cache\nwrite 1h", SC_CELL_COUNT, 0, 4},
                                        {"cost_usd", "cost", SC_CELL_MONEY, 0, 5},
                                        {"billed_usd", "billed", SC_CELL_MONEY, 0, 0}};
    sc_table *t = sc_report_table(report, "projects", NULL, columns, sizeof columns / sizeof columns[0]);
    const sc_synth_sum *all = sc_synth_total(r);
    for (size_t i = 0; i < sc_synth_project_count(r); i++) {
        sc_table_row(t);
        sum_row(t, sc_synth_project(r, i), all);
    }
    sc_table_foot(t);
    sum_row(t, all, all);
}

static void add_files(sc_report *report, const synthesize_options *o, const sc_synth *r)
{
    char text[400];
    if (o->logs != NULL) {
        const sc_synth_sum *all = sc_synth_total(r);
        snprintf(text, sizeof text, "%.300s, %" PRId64 " records", o->logs,
                 all->requests - all->unlogged - all->dropped);
        sc_report_figure_text(report, "logs", "logs", text);
    }
    if (o->usage != NULL) {
        snprintf(text, sizeof text, "%.300s, %" PRId64 " rows", o->usage, sc_synth_total(r)->requests);
        sc_report_figure_text(report, "usage", "usage", text);
    }
    if (o->bill != NULL) {
        snprintf(text, sizeof text, "%.300s, %" PRId64 " lines", o->bill, sc_synth_bill_lines(r));
        sc_report_figure_text(report, "bill", "bill", text);
    }
}

static void add_notes(sc_report *report, const synthesize_options *o, const sc_synth *r)
{
    const sc_synth_sum *all = sc_synth_total(r);
    char first[16], last[16];
    sc_day start, end, billed_end;
    sc_synth_period(r, &start, &end, &billed_end);
    sc_report_note(report,
                   "One future of the scenario, as trial 0 of `spendcast simulate` with this seed draws its parameters "
                   "and the volume of each day: %.0f requests were expected.",
                   sc_synth_expected(r));
    if (all->unlogged > 0)
        sc_report_note(report, "%" PRId64 " requests of the batch tier are not in the logs: AWS does not log them.",
                       all->unlogged);
    if (all->dropped > 0)
        sc_report_note(report, "%" PRId64 " requests are left out of the logs, but billed.", all->dropped);
    if (billed_end < end)
        sc_report_note(report, "The bill has nothing yet from %s to %s.", sc_day_format(billed_end, first),
                       sc_day_format(end - 1, last));
    if (o->discount > 0.0)
        sc_report_note(report, "'cost' is before the discount of the bill, 'billed' after it.");
}

static void add_provenance(sc_report *report, const synthesize_options *o, const sc_card *card, const sc_scenario *s,
                           const sc_synth *r, const char *path)
{
    char first[16], last[16], scale[64];
    sc_day start, end, billed_end;
    sc_synth_period(r, &start, &end, &billed_end);
    add_card_provenance(report, card);
    sc_report_provenance(report, "scenario", "%s", path);
    sc_report_provenance(report, "scenario_hash", "%.12s", sc_scenario_hash(s));
    sc_report_provenance(report, "days", "%s to %s", sc_day_format(start, first), sc_day_format(end - 1, last));
    sc_report_provenance(report, "seed", "%" PRId64, o->seed);
    sc_report_provenance(report, "scale", "%s", sc_format_fixed(o->scale, 6, 0, scale));
}

int cmd_synthesize(const command *c, const void *options, int argc, char **argv)
{
    const synthesize_options *o = options;
    const sc_synth_options so = synth_options(o);
    sc_errors errors = {0};
    sc_card *card;
    sc_scenario *s;
    sc_synth *r = NULL;
    (void)argc;
    if (o->logs == NULL && o->bill == NULL && o->usage == NULL) {
        print_problem(c->name, "no file to write, expected --logs, --bill or --usage");
        return 2;
    }
    int status = open_scenario(&o->g, argv[0], &card, &s);
    if (s == NULL)
        return status;
    sc_code code = sc_synthesize(s, card, &so, &r, &errors);
    progress_done(so.progress);
    print_errors(&errors);
    status = exit_code(code);
    if (code == SC_OK) {
        sc_report *report = sc_report_new("synthesize", sc_scenario_name(s)[0] != '\0' ? sc_scenario_name(s) : argv[0]);
        add_files(report, o, r);
        sums_table(report, r);
        add_notes(report, o, r);
        add_provenance(report, o, card, s, r, argv[0]);
        status = emit_report(&o->g, report, 0);
    }
    sc_synth_free(r);
    sc_scenario_free(s);
    sc_card_free(card);
    return status;
}
