/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_ledger.c - `spendcast ledger`: reads usage, says what it holds, and keeps it in one file. */
#include <stdio.h>

#include "cli/output.h"
#include "cli/rates_report.h"
#include "cli/usage_args.h"

static void sources_table(sc_report *r, const usage *u)
{
    static const sc_column columns[] = {
        {"input", "input", SC_CELL_TEXT, 0, 0},        {"format", "format", SC_CELL_TEXT, 0, 0},
        {"records", "records", SC_CELL_COUNT, 0, 0},   {"passed_over", "passed over", SC_CELL_COUNT, 0, 1},
        {"rejected", "rejected", SC_CELL_COUNT, 0, 1}, {"bytes", "bytes", SC_CELL_COUNT, 0, 2}};
    sc_table *t = sc_report_table(r, "inputs", NULL, columns, sizeof columns / sizeof columns[0]);
    uint64_t sum[4] = {0};
    for (size_t i = 0; i < sc_ingest_source_count(u->ingest); i++) {
        const sc_ingest_source *s = sc_ingest_source_at(u->ingest, i);
        const uint64_t counts[4] = {s->records, s->skipped, s->rejected, s->bytes};
        sc_table_row(t);
        sc_cell_text(t, s->path);
        sc_cell_text(t, s->format);
        for (int k = 0; k < 4; k++) {
            sc_cell_count(t, (int64_t)counts[k]);
            sum[k] += counts[k];
        }
    }
    sc_table_foot(t);
    sc_cell_text(t, "total");
    sc_cell_empty(t);
    for (int k = 0; k < 4; k++)
        sc_cell_count(t, (int64_t)sum[k]);
}

/* What one kind of record covers. */
typedef struct kind_sums {
    int64_t streams, cells, records, requests, tokens[SC_TOKEN_METERS];
    int no_counts;
    sc_day first, last;
} kind_sums;

static void add_stream(const sc_ledger *l, const sc_ledger_stream *s, kind_sums *k)
{
    sc_ledger_cell c;
    k->streams++;
    for (size_t i = s->first; i < s->first + s->cells; i++) {
        sc_ledger_cell_at(l, i, &c);
        k->first = k->cells == 0 || c.day < k->first ? c.day : k->first;
        k->last = k->cells == 0 || c.day > k->last ? c.day : k->last;
        k->cells++;
        k->records += c.records;
        k->requests += c.requests;
        k->no_counts |= c.no_counts;
        for (int m = 0; s->meter < 0 && m < SC_TOKEN_METERS; m++)
            k->tokens[m] += c.tokens[m];
    }
}

static void kinds_table(sc_report *r, const sc_ledger *l)
{
    static const sc_column columns[] = {{"kind", "kind", SC_CELL_TEXT, 0, 0},
                                        {"first", "from", SC_CELL_DATE, 0, 0},
                                        {"last", "to", SC_CELL_DATE, 0, 0},
                                        {"streams", "streams", SC_CELL_COUNT, 0, 1},
                                        {"cells", "cells", SC_CELL_COUNT, 0, 1},
                                        {"requests", "requests", SC_CELL_COUNT, 0, 0},
                                        {"input_tokens", "input", SC_CELL_COUNT, 0, 0},
                                        {"output_tokens", "output", SC_CELL_COUNT, 0, 0},
                                        {"cache_read_tokens", "cache read", SC_CELL_COUNT, 0, 2},
                                        {"cache_write_tokens", "cache written", SC_CELL_COUNT, 0, 2}};
    kind_sums kinds[SC_USAGE_KINDS] = {{0}};
    for (size_t i = 0; i < sc_ledger_stream_count(l); i++)
        add_stream(l, sc_ledger_stream_at(l, i), &kinds[sc_ledger_stream_at(l, i)->kind]);
    sc_table *t = sc_report_table(r, "kinds", "What they hold", columns, sizeof columns / sizeof columns[0]);
    for (int i = 0; i < SC_USAGE_KINDS; i++) {
        const kind_sums *k = &kinds[i];
        if (k->streams == 0)
            continue;
        sc_table_row(t);
        sc_cell_text(t, sc_usage_kind_name((sc_usage_kind)i));
        sc_cell_date(t, k->first);
        sc_cell_date(t, k->last);
        sc_cell_count(t, k->streams);
        sc_cell_count(t, k->cells);
        if (k->no_counts)
            sc_cell_empty(t);
        else
            sc_cell_count(t, k->requests);
        sc_cell_count(t, k->tokens[SC_METER_INPUT]);
        sc_cell_count(t, k->tokens[SC_METER_OUTPUT]);
        sc_cell_count(t, k->tokens[SC_METER_CACHE_READ]);
        sc_cell_count(t, k->tokens[SC_METER_CACHE_WRITE] + k->tokens[SC_METER_CACHE_WRITE_5M] +
                             k->tokens[SC_METER_CACHE_WRITE_30M] + k->tokens[SC_METER_CACHE_WRITE_1H]);
    }
}

int cmd_ledger(const command *c, const void *options, int argc, char **argv)
{
    const ledger_options *o = options;
    const usage_needs needs = {.sketches = 1};
    sc_errors errors = {0};
    usage u;
    (void)c;
    int status = open_usage(&o->g, &o->u, &needs, (const char *const *)argv, (size_t)argc, &u);
    if (status != 0)
        return status;
    sc_code code = o->save != NULL ? sc_ledger_save(u.ledger, o->save, &errors) : SC_OK;
    if (code == SC_OK && o->export != NULL)
        code = sc_ledger_export(u.ledger, o->export, &errors);
    print_errors(&errors);
    if (code != SC_OK) {
        close_usage(&u);
        return exit_code(code);
    }
    sc_report *r = sc_report_new("ledger", "Usage");
    sources_table(r, &u);
    kinds_table(r, u.ledger);
    add_usage_provenance(r, &u);
    status = u.status;
    close_usage(&u);
    return emit_report(&o->g, r, status);
}
