/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_reconcile.c - `spendcast bill --reconcile`: usage against what was billed. */
#include "cli/bill_reconcile.h"

#include <string.h>

#include "cli/output.h"
#include "cli/rates_report.h"

#define KEYS_SHOWN 20

int reconcile_check(const bill_options *o)
{
    const char *other = o->reprice != NULL      ? "reprice"
                        : o->coverage           ? "coverage"
                        : o->focus_out != NULL  ? "focus-out"
                        : o->statements != NULL ? "statements"
                                                : NULL;
    if (other == NULL)
        return 0;
    print_problem(NULL, "--reconcile and --%s do not go together: one compares, the other bills", other);
    return 2;
}

static sc_money residual(const sc_recon_line *line) { return line->billed - line->priced; }

static void share_of(sc_table *t, sc_money part, sc_money whole)
{
    if (whole > 0)
        sc_cell_share(t, sc_money_to_usd(part) / sc_money_to_usd(whole));
    else
        sc_cell_empty(t);
}

static void causes_table(sc_report *r, const sc_recon_line *sum)
{
    static const sc_column columns[] = {{"cause", "cause", SC_CELL_TEXT, 0, 0},
                                        {"what", "what", SC_CELL_TEXT, 0, 1},
                                        {"residual_usd", "billed - priced", SC_CELL_MONEY, 0, 0},
                                        {"share_of_bill", "of the bill", SC_CELL_SHARE, 0, 0}};
    sc_table *t = sc_report_table(r, "causes", NULL, columns, sizeof columns / sizeof columns[0]);
    for (int c = 0; c < SC_RECON_CAUSES; c++) {
        if (sum->cause[c] == 0)
            continue;
        sc_table_row(t);
        sc_cell_text(t, sc_recon_cause_name((sc_recon_cause)c));
        sc_cell_text(t, sc_recon_cause_title((sc_recon_cause)c));
        sc_cell_money(t, sum->cause[c]);
        share_of(t, sum->cause[c], sum->billed);
    }
    sc_table_foot(t);
    sc_cell_text(t, "residual");
    sc_cell_empty(t);
    sc_cell_money(t, residual(sum));
    share_of(t, residual(sum), sum->billed);
}

/* ---- the largest lines ---- */

static void line_cells(sc_table *t, const sc_recon_line *line, const sc_recon_totals *total)
{
    const int cause = sc_recon_main_cause(line);
    char month[16];
    if (total->by_month)
        sc_cell_textf(t, "%.7s", sc_day_format(line->day, month));
    else
        sc_cell_text(t, sc_day_format(line->day, month));
    sc_cell_text(t, line->model[0] != '\0' ? line->model : "(none)");
    sc_cell_text(t, line->meter >= 0 ? sc_meter_name((sc_meter)line->meter) : sc_charge_name(line->charge));
    cell_text_or_empty(t, line->region);
    sc_cell_text(t, line->is_global ? "global" : "regional");
    sc_cell_text(t, sc_tier_name((sc_tier)line->tier));
    cell_count_or_empty(t, line->context_from);
    if (line->meter >= SC_TOKEN_METERS) {
        sc_cell_number(t, (double)line->logged / (double)SC_QUANTITY_SCALE);
        sc_cell_number(t, (double)line->counted / (double)SC_QUANTITY_SCALE);
    } else if (line->meter >= 0) {
        sc_cell_number(t, (double)line->logged);
        sc_cell_number(t, (double)line->counted);
    } else {
        cells_empty(t, 2);
    }
    sc_cell_money(t, line->priced);
    sc_cell_money(t, line->billed);
    sc_cell_money(t, residual(line));
    sc_cell_text(t, cause >= 0 ? sc_recon_cause_name((sc_recon_cause)cause) : "");
}

static void lines_table(sc_report *r, const sc_recon *recon, size_t shown)
{
    static const sc_column columns[] = {{"day", "day", SC_CELL_TEXT, 0, 0},
                                        {"model", "model", SC_CELL_TEXT, 0, 0},
                                        {"meter", "meter", SC_CELL_TEXT, 0, 0},
                                        {"region", "region", SC_CELL_TEXT, 0, 4},
                                        {"routing", "routing", SC_CELL_TEXT, 0, 4},
                                        {"tier", "tier", SC_CELL_TEXT, 0, 5},
                                        {"context_from", "context\nfrom", SC_CELL_COUNT, 0, 6},
                                        {"logged", "logged", SC_CELL_NUMBER, 0, 2},
                                        {"billed_quantity", "billed", SC_CELL_NUMBER, 0, 2},
                                        {"priced_usd", "priced", SC_CELL_MONEY, 0, 3},
                                        {"billed_usd", "billed", SC_CELL_MONEY, 0, 3},
                                        {"residual_usd", "billed - priced", SC_CELL_MONEY, 0, 0},
                                        {"cause", "cause", SC_CELL_TEXT, 0, 0}};
    const size_t n = sc_recon_line_count(recon);
    size_t rows = 0, rest = 0;
    sc_table *t = NULL;
    for (size_t i = 0; i < n; i++) {
        const sc_recon_line *line = sc_recon_line_at(recon, i);
        if (sc_recon_main_cause(line) < 0)
            continue;
        if (rows == shown) {
            rest++;
            continue;
        }
        if (t == NULL)
            t = sc_report_table(r, "lines", "Where, largest first", columns, sizeof columns / sizeof columns[0]);
        sc_table_row(t);
        line_cells(t, line, sc_recon_total(recon));
        rows++;
    }
    if (rest > 0)
        sc_report_note(r, "%zu more lines differ; --top shows more of them, --format json all.", rest);
}

/* ---- all ---- */

static void figures(sc_report *r, const sc_recon_totals *t)
{
    sc_report_figure_money(r, "billed_usd", "billed", t->sum.billed);
    sc_report_figure_money(r, "priced_usd", "logged usage at the rate card", t->sum.priced);
    sc_report_figure_money(r, "residual_usd", "billed - priced", residual(&t->sum));
}

static void tokens_table(sc_report *r, const sc_recon *recon)
{
    static const sc_column columns[] = {
        {"meter", "meter", SC_CELL_TEXT, 0, 0},           {"logged", "tokens logged", SC_CELL_COUNT, 0, 0},
        {"billed", "tokens billed", SC_CELL_COUNT, 0, 0}, {"logged_share", "logged", SC_CELL_SHARE, 0, 0},
        {"priced_usd", "priced", SC_CELL_MONEY, 0, 0},    {"billed_usd", "billed", SC_CELL_MONEY, 0, 0}};
    sc_recon_line sums[SC_TOKEN_METERS] = {{0}};
    for (size_t i = 0; i < sc_recon_line_count(recon); i++) {
        const sc_recon_line *line = sc_recon_line_at(recon, i);
        if (line->meter < 0 || line->meter >= SC_TOKEN_METERS)
            continue;
        sums[line->meter].logged += line->logged;
        sums[line->meter].counted += line->counted;
        sums[line->meter].priced += line->priced;
        sums[line->meter].billed += line->billed;
    }
    sc_table *t = sc_report_table(r, "meters", "Tokens", columns, sizeof columns / sizeof columns[0]);
    for (int m = 0; m < SC_TOKEN_METERS; m++) {
        if (sums[m].logged == 0 && sums[m].counted == 0)
            continue;
        sc_table_row(t);
        sc_cell_text(t, sc_meter_name((sc_meter)m));
        sc_cell_count(t, sums[m].logged);
        sc_cell_count(t, sums[m].counted);
        if (sums[m].counted > 0)
            sc_cell_share(t, (double)sums[m].logged / (double)sums[m].counted);
        else
            sc_cell_empty(t);
        sc_cell_money(t, sums[m].priced);
        sc_cell_money(t, sums[m].billed);
    }
}

static void period(sc_report *r, const char *key, sc_day from, sc_day to)
{
    char a[16], b[16];
    if (from <= to)
        sc_report_provenance(r, key, "%s to %s", sc_day_format(from, a), sc_day_format(to, b));
}

static void notes(sc_report *r, const sc_recon_totals *t)
{
    char text[64];
    if (t->unpriced_tokens > 0)
        sc_report_note(r, "%lld logged tokens have no price and are in no sum.", (long long)t->unpriced_tokens);
    if (t->other_services != 0)
        sc_report_note(r, "%s of other services is left out.", sc_format_money(t->other_services, text));
    if (t->by_month)
        sc_report_note(r, "The bill tells months only: days are not compared.");
}

int reconcile_report(const bill_options *o, usage *u, const sc_bill_options *run)
{
    sc_errors errors = {0};
    sc_recon *recon = NULL;
    const sc_code code = sc_reconcile(u->ledger, run, &recon, &errors);
    print_errors(&errors);
    if (code != SC_OK)
        return exit_code(code);
    const sc_recon_totals *t = sc_recon_total(recon);
    const size_t shown = o->top > 0 ? (size_t)o->top : o->g.format == SC_FORMAT_TEXT ? KEYS_SHOWN : SIZE_MAX;
    sc_report *r = sc_report_new("bill", "What was billed against what was logged");
    figures(r, t);
    causes_table(r, &t->sum);
    tokens_table(r, recon);
    lines_table(r, recon, shown);
    notes(r, t);
    add_usage_provenance(r, u);
    period(r, "logged_days", t->logged_from, t->logged_to);
    period(r, "billed_days", t->billed_from, t->billed_to);
    if (t->unpriced_tokens > 0 && !o->u.allow_unpriced)
        u->status = 3;
    sc_recon_free(recon);
    return emit_report(&o->g, r, u->status);
}
