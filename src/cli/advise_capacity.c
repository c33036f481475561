/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advise_capacity.c - quotas and commitments as tables. */
#include "cli/advise_report.h"

#include <stdio.h>

#include "cli/cells.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define HIDDEN 9

void advise_quota_table(sc_report *r, const sc_quota_advice *quotas, size_t n)
{
    char needed[40];
    if (n == 0)
        return;
    snprintf(needed, sizeof needed, "P%g of the\nbusiest", 100.0 * quotas[0].level);
    const sc_column columns[] = {{"model", "model", SC_CELL_TEXT, 0, 0},
                                 {"region", "region", SC_CELL_TEXT, 0, 1},
                                 {"scope", "scope", SC_CELL_TEXT, 0, 0},
                                 {"workloads", "workloads", SC_CELL_COUNT, 0, 1},
                                 {"verdict", "verdict", SC_CELL_TEXT, 0, 0},
                                 {"need", "need", SC_CELL_TEXT, 0, 2},
                                 {"needed", needed, SC_CELL_NUMBER, 0, 0},
                                 {"limit", "limit", SC_CELL_NUMBER, 0, 0},
                                 {"p_throttled", "P of\nthrottling", SC_CELL_SHARE, 0, 0},
                                 {"reason", "why", SC_CELL_TEXT, 0, HIDDEN}};
    sc_table *t = sc_report_table(r, "quotas", "Quotas, with the advice followed", columns, N(columns));
    for (size_t i = 0; i < n; i++) {
        const sc_quota_advice *q = &quotas[i];
        sc_table_row(t);
        sc_cell_text(t, q->model);
        sc_cell_text(t, q->region);
        sc_cell_text(t, q->scope);
        sc_cell_count(t, (int64_t)q->n_workloads);
        sc_cell_text(t, q->verdict);
        sc_cell_text(t, q->need);
        sc_cell_number(t, q->needed);
        sc_cell_number(t, q->limit);
        sc_cell_share(t, q->throttled);
        sc_cell_text(t, q->reason);
    }
}

/* Terms have units of one kind. */
static void units_cell(sc_table *t, int64_t units)
{
    if (units > 0)
        sc_cell_count(t, units);
    else
        sc_cell_empty(t);
}

void advise_commitment_table(sc_report *r, const sc_advice *a, const sc_commitment_advice *all, size_t n)
{
    static const sc_column columns[] = {{"workload", "workload", SC_CELL_TEXT, 0, 0},
                                        {"term", "term", SC_CELL_TEXT, 0, 0},
                                        {"recommended", "buy", SC_CELL_BOOL, 0, 0},
                                        {"input_units", "input\n1K TPM", SC_CELL_COUNT, 0, 0},
                                        {"output_units", "output\n1K TPM", SC_CELL_COUNT, 0, 0},
                                        {"model_units", "model\nunits", SC_CELL_COUNT, 0, 1},
                                        {"commitment_usd", "commits", SC_CELL_USD, 0, 2},
                                        {"saving_month_usd", "saves a\nmonth", SC_CELL_USD, 0, 0},
                                        {"saving_month_p10_usd", "P10", SC_CELL_USD, 0, 3},
                                        {"saving_month_p90_usd", "P90", SC_CELL_USD, 0, 3},
                                        {"p_saves", "P of\nsaving", SC_CELL_SHARE, 0, 1},
                                        {"idle", "P of\nidle", SC_CELL_SHARE, 0, 0},
                                        {"overflow", "over-\nflow", SC_CELL_SHARE, 0, 0},
                                        {"break_even", "pays from\nuse of", SC_CELL_SHARE, 0, 2},
                                        {"reason", "why", SC_CELL_TEXT, 0, HIDDEN}};
    const double months = sc_advice_months(a);
    if (n == 0) {
        sc_report_note(
            r,
            "No workload can be covered by reserved capacity: the card has no price of it where they run. Model units "
            "are sized where --unit-tokens says what one takes.");
        return;
    }
    sc_table *t = sc_report_table(r, "commitments", "Capacity to reserve", columns, N(columns));
    for (size_t i = 0; i < n; i++) {
        const sc_commitment_advice *c = &all[i];
        sc_table_row(t);
        sc_cell_textf(t, "%s/%s", c->workload->project, c->workload->name);
        sc_cell_text(t, c->term);
        sc_cell_bool(t, c->is_recommended);
        units_cell(t, c->input_units);
        units_cell(t, c->output_units);
        units_cell(t, c->model_units);
        cell_usd_if(t, c->is_sized, c->commitment);
        cell_usd_if(t, c->is_sized, c->saving.mean / months);
        cell_usd_if(t, c->is_sized, c->saving.low / months);
        cell_usd_if(t, c->is_sized, c->saving.high / months);
        cell_share_if(t, c->is_sized, c->saving.p);
        cell_share_if(t, c->is_sized, c->idle);
        cell_share_if(t, c->is_sized, c->overflow);
        cell_share_if(t, c->is_sized, c->break_even);
        sc_cell_text(t, c->reason);
    }
    for (size_t i = 0; i < n; i++) {
        if (!all[i].is_sized)
            sc_report_note(r, "%s/%s, %s: %s.", all[i].workload->project, all[i].workload->name, all[i].term,
                           all[i].reason);
    }
}
