/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_row.c - rows of a CSV export. */
#include "usage/usage_row.h"

#include <stdio.h>

#include "usage/amount.h"
#include "usage/tag_map.h"

#define SECONDS_PER_HOUR 3600
#define SECONDS_PER_DAY 86400

void sc_row_begin(sc_usage_row *b, const char *block, size_t size, sc_usage_sink *sink, const sc_csv_layout *layout)
{
    b->sink = sink;
    b->layout = layout;
    sc_csv_begin(&b->csv, block, size, b->cells, SC_CSV_COLUMNS_MAX);
}

int sc_row_next(sc_usage_row *b)
{
    b->reason[0] = '\0';
    b->offset = 0;
    b->scratch.used = 0;
    return sc_csv_next(&b->csv, b->layout->columns, b->sink);
}

void sc_row_deliver(sc_usage_row *b, const sc_usage_record *r)
{
    const char *why = b->reason[0] != '\0' ? b->reason : sc_usage_flaw(r);
    if (why == NULL)
        b->sink->record(b->sink, r, b->csv.row, b->csv.row_len);
    else
        b->sink->reject(b->sink, b->csv.row, b->csv.row_len, b->offset, why);
}

/* Remembers that the cell of this column has a problem. */
static void set_place(sc_usage_row *b, int column)
{
    if (column >= 0)
        b->offset = (size_t)(b->cells[column].at - b->csv.row);
}

static const char *field_name(const sc_usage_row *b, int field)
{
    return sc_csv_field_name(b->layout->names, b->layout->n_names, field);
}

void sc_row_problem(sc_usage_row *b, int field, const char *format, ...)
{
    va_list args;
    if (b->reason[0] != '\0')
        return;
    set_place(b, b->layout->column[field]);
    const int n = snprintf(b->reason, sizeof b->reason, "%s ", field_name(b, field));
    va_start(args, format);
    vsnprintf(b->reason + n, sizeof b->reason - (size_t)n, format, args);
    va_end(args);
}

static int is_absent(sc_text t)
{
    return t.len == 0 || (t.len == 4 && (memcmp(t.at, "NULL", 4) == 0 || memcmp(t.at, "null", 4) == 0)) ||
           sc_text_is(t, "\\N");
}

sc_text sc_row_any_column(sc_usage_row *b, size_t column)
{
    sc_text t;
    if (!sc_csv_text(&b->csv, column, &b->scratch, &t) && b->reason[0] == '\0') {
        set_place(b, (int)column);
        snprintf(b->reason, sizeof b->reason, "a cell of more than 65536 bytes");
    }
    return is_absent(t) ? (sc_text){NULL, 0} : t;
}

int sc_row_money(sc_usage_row *b, int field, sc_money *out)
{
    const sc_text t = sc_row_cell(b, field);
    if (t.len == 0)
        return 0;
    if (sc_amount_parse(t, 15, out) == SC_OK)
        return 1;
    sc_row_problem(b, field, "'%.*s' is no amount of money", SC_CSV_SHOWN(t));
    return 0;
}

int sc_row_time(sc_usage_row *b, int field, int64_t *out)
{
    const sc_text t = sc_row_cell(b, field);
    if (t.len == 0)
        return 0;
    if (sc_usage_time(t, out) == SC_OK)
        return 1;
    sc_row_problem(b, field, "'%.*s' is no time, expected one such as 2026-01-15T12:00:00Z", SC_CSV_SHOWN(t));
    return 0;
}

void sc_row_period(sc_usage_row *b, int start, int end, sc_usage_record *r)
{
    int64_t until;
    r->grain = SC_GRAIN_DAY;
    if (!sc_row_time(b, start, &r->time)) {
        sc_row_problem(b, start, "is empty, expected a time");
        return;
    }
    if (!sc_row_time(b, end, &until))
        return;
    const int64_t length = until - r->time;
    if (length < 0)
        sc_row_problem(b, end, "is before %s", field_name(b, start));
    r->grain = length <= SECONDS_PER_HOUR ? SC_GRAIN_HOUR : length <= SECONDS_PER_DAY ? SC_GRAIN_DAY : SC_GRAIN_MONTH;
}

void sc_row_currency(sc_usage_row *b, int field)
{
    const sc_text t = sc_row_cell(b, field);
    if (t.len > 0 && !sc_text_is(t, "USD"))
        sc_row_problem(b, field, "is '%.*s', expected USD", SC_CSV_SHOWN(t));
}

void sc_row_tags(sc_usage_row *b, int field, const char *prefix, sc_usage_record *r)
{
    const char *problem = sc_tag_add_map(r, sc_row_cell(b, field), prefix, &b->scratch);
    if (problem != NULL)
        sc_row_problem(b, field, "is no map of tags: %s", problem);
}
