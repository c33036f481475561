/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_exports.c - `spendcast bill --focus-out` and `--statements`: files for other tools and for those who pay. */
#include "cli/bill_exports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/output.h"
#include "cli/rates_report.h"

#define PATH_MAX_LENGTH 4096

static int failed(sc_code code, const sc_errors *errors)
{
    print_errors(errors);
    if (code == SC_E_MEMORY)
        print_problem(NULL, "out of memory");
    return exit_code(code);
}

/* ---- FOCUS ---- */

static int write_focus(const bill_options *o, const usage *u, const sc_bill_options *run, sc_report *r)
{
    sc_errors errors = {0};
    sc_focus_sums sums = {0};
    const sc_code code = sc_focus_write(u->ledger, run, o->focus_out, &sums, &errors);
    if (code != SC_OK)
        return failed(code, &errors);
    if (sums.unpriced_items > 0)
        sc_report_note(r, "%s leaves out what has no price: %lld line items, %lld tokens.", o->focus_out,
                       (long long)sums.unpriced_items, (long long)sums.unpriced_tokens);
    sc_report_provenance(r, "focus", "%s (FOCUS 1.2, %lld rows)", o->focus_out, (long long)sums.rows);
    return 0;
}

/* ---- statements ---- */

static void cell_cents(sc_table *t, int64_t cents) { sc_cell_money(t, (sc_money)cents * (SC_FEMTO_PER_USD / 100)); }

static void money_cells(sc_table *t, const sc_statement_money *m)
{
    cell_cents(t, m->cost_cents + m->discount_cents);
    cell_cents(t, m->discount_cents);
    cell_cents(t, m->cost_cents);
}

static int64_t written(const sc_bill_sums *s)
{
    int64_t sum = 0;
    for (int m = SC_METER_CACHE_WRITE; m <= SC_METER_CACHE_WRITE_1H; m++)
        sum += s->tokens[m];
    return sum;
}

static void quantity_cells(sc_table *t, const sc_bill_sums *s)
{
    cell_count_or_empty(t, s->no_counts ? 0 : s->requests);
    cell_count_or_empty(t, s->tokens[SC_METER_INPUT]);
    cell_count_or_empty(t, s->tokens[SC_METER_OUTPUT]);
    cell_count_or_empty(t, s->tokens[SC_METER_CACHE_READ]);
    cell_count_or_empty(t, written(s));
}

static void statement_table(sc_report *r, const sc_statement *s)
{
    static const sc_column columns[] = {{"project", "project", SC_CELL_TEXT, 0, 0},
                                        {"what", "model or charge", SC_CELL_TEXT, 0, 0},
                                        {"requests", "requests", SC_CELL_COUNT, 0, 0},
                                        {"input_tokens", "input", SC_CELL_COUNT, 0, 0},
                                        {"output_tokens", "output", SC_CELL_COUNT, 0, 0},
                                        {"cache_read_tokens", "cache read", SC_CELL_COUNT, 0, 0},
                                        {"cache_write_tokens", "cache written", SC_CELL_COUNT, 0, 0},
                                        {"list_usd", "list", SC_CELL_MONEY, 0, 0},
                                        {"discount_usd", "discount", SC_CELL_MONEY, 0, 0},
                                        {"cost_usd", "cost", SC_CELL_MONEY, 0, 0}};
    sc_table *t = sc_report_table(r, "statement", NULL, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < s->n_rows; i++) {
        const sc_statement_row *row = &s->rows[i];
        sc_table_row(t);
        sc_cell_text(t, row->project);
        if (row->shared[0] != '\0')
            sc_cell_textf(t, "part of the shared cost of %s", row->shared);
        else
            sc_cell_text(t, row->model);
        quantity_cells(t, &row->sums);
        money_cells(t, &row->money);
    }
    sc_table_foot(t);
    sc_cell_text(t, "total");
    sc_cell_empty(t);
    quantity_cells(t, &s->sums);
    money_cells(t, &s->money);
}

static const char *basis(const sc_statements_total *t)
{
    return t->has_bills && t->has_estimates ? "in part as billed, in part an estimate at list prices"
           : t->has_bills                   ? "as billed"
                                            : "an estimate at list prices and own discounts";
}

/* What every page says of itself. */
static void add_foot(sc_report *r, const usage *u, const sc_statements_total *t)
{
    char a[16], b[16];
    sc_report_note(r, "USD, %s. Cents are rounded so that all statements add up to the total.", basis(t));
    if (t->first <= t->last)
        sc_report_provenance(r, "period", "%s to %s", sc_day_format(t->first, a), sc_day_format(t->last, b));
    add_card_provenance(r, u->card);
    if (sc_attribution_hash(u->attribution)[0] != '\0')
        sc_report_provenance(r, "projects", "%.12s", sc_attribution_hash(u->attribution));
}

/* Renders, writes and frees the page. */
static int write_page(const char *folder, const char *file, sc_report *r)
{
    const sc_render_options o = {.format = SC_FORMAT_MD};
    char path[PATH_MAX_LENGTH];
    sc_errors errors = {0};
    const int length = snprintf(path, sizeof path, "%s/%s.md", folder, file);
    sc_code code = length > 0 && (size_t)length < sizeof path ? SC_OK : SC_E_USAGE;
    if (code != SC_OK)
        sc_errors_add(&errors, code, NULL, NULL, "the name of the folder for statements is too long");
    if (code == SC_OK)
        code = sc_report_save(r, &o, path, &errors);
    sc_report_free(r);
    return code == SC_OK ? 0 : failed(code, &errors);
}

static int write_statement(const char *folder, const usage *u, const sc_statement *s, const sc_statements_total *t)
{
    char title[300];
    snprintf(title, sizeof title, "Statement for %s", s->name);
    sc_report *r = sc_report_new("statement", title);
    statement_table(r, s);
    add_foot(r, u, t);
    return write_page(folder, s->file, r);
}

static int write_index(const char *folder, const usage *u, const sc_statements *s)
{
    static const sc_column columns[] = {{"statement", "statement", SC_CELL_TEXT, 0, 0},
                                        {"file", "file", SC_CELL_TEXT, 0, 0},
                                        {"list_usd", "list", SC_CELL_MONEY, 0, 0},
                                        {"discount_usd", "discount", SC_CELL_MONEY, 0, 0},
                                        {"cost_usd", "cost", SC_CELL_MONEY, 0, 0}};
    const sc_statements_total *total = sc_statements_sum(s);
    char text[64];
    sc_report *r = sc_report_new("statements", "Statements");
    sc_table *t = sc_report_table(r, "statements", NULL, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < sc_statement_count(s); i++) {
        const sc_statement *one = sc_statement_at(s, i);
        sc_table_row(t);
        sc_cell_text(t, one->name);
        sc_cell_textf(t, "%s.md", one->file);
        money_cells(t, &one->money);
    }
    sc_table_foot(t);
    sc_cell_text(t, "total");
    sc_cell_empty(t);
    money_cells(t, &total->money);
    if (total->unpriced_items > 0)
        sc_report_note(r, "What has no price is on no statement: %lld line items, %lld tokens.",
                       (long long)total->unpriced_items, (long long)total->unpriced_tokens);
    if (total->other_services != 0)
        sc_report_note(r, "%s of other services is on no statement.", sc_format_money(total->other_services, text));
    add_foot(r, u, total);
    return write_page(folder, "index", r);
}

static int make_folder(const char *folder)
{
    struct stat st;
    if (mkdir(folder, 0777) == 0 || (errno == EEXIST && stat(folder, &st) == 0 && S_ISDIR(st.st_mode)))
        return 0;
    print_problem(NULL, "--statements: cannot make the folder '%s'%s", folder,
                  errno == EEXIST   ? "; a file has that name"
                  : errno == ENOENT ? "; the folder above it is missing"
                                    : "");
    return 4;
}

/* The index last: it names whole pages only. */
static int write_statements(const bill_options *o, const usage *u, const sc_bill_options *run, sc_report *r)
{
    sc_errors errors = {0};
    sc_statements *s = NULL;
    const sc_code code = sc_statements_make(u->ledger, run, o->statements_by, &s, &errors);
    if (code != SC_OK)
        return failed(code, &errors);
    int status = make_folder(o->statements);
    for (size_t i = 0; status == 0 && i < sc_statement_count(s); i++)
        status = write_statement(o->statements, u, sc_statement_at(s, i), sc_statements_sum(s));
    if (status == 0)
        status = write_index(o->statements, u, s);
    if (status == 0)
        sc_report_provenance(r, "statements", "%s (%zu, and index.md)", o->statements, sc_statement_count(s));
    sc_statements_free(s);
    return status;
}

int write_exports(const bill_options *o, const usage *u, const sc_bill_options *run, sc_report *r)
{
    const int status = o->focus_out != NULL ? write_focus(o, u, run, r) : 0;
    return status == 0 && o->statements != NULL ? write_statements(o, u, run, r) : status;
}
