/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_reads.c - readers of CSV, shown as text. */
#include "csv_reads.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"

/* ---- a record as a line */

static void put_time(sc_strbuf *b, int64_t seconds)
{
    char day[16];
    const int64_t of_day = seconds % 86400;
    sc_strbuf_printf(b, "%s", sc_day_format((sc_day)(seconds / 86400), day));
    if (of_day != 0)
        sc_strbuf_printf(b, "T%02d:%02d:%02d", (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60));
}

static void put_text(sc_strbuf *b, const char *name, sc_text t)
{
    if (t.len > 0)
        sc_strbuf_printf(b, " %s=%.*s", name, (int)t.len, t.at);
}

static void put_number(sc_strbuf *b, const char *name, int64_t n, int64_t unstated)
{
    if (n != unstated)
        sc_strbuf_printf(b, " %s=%lld", name, (long long)n);
}

static void put_money(sc_strbuf *b, const char *name, int is_stated, sc_money m)
{
    char text[SC_DECIMAL_TEXT_MAX];
    if (is_stated)
        sc_strbuf_printf(b, " %s=%s", name, sc_decimal_format_exact(m, 15, 0, text));
}

void shown_record(sc_strbuf *b, const sc_usage_record *r)
{
    char text[SC_DECIMAL_TEXT_MAX];
    put_time(b, r->time);
    sc_strbuf_printf(b, " %s %s", sc_grain_name(r->grain), sc_charge_name(r->charge));
    for (int d = 0; d < SC_DIMS; d++)
        put_text(b, sc_dim_name((sc_dim)d), r->dim[d]);
    put_text(b, "id", r->request_id);
    put_text(b, "key", r->session_key);
    for (size_t i = 0; i < r->n_tags; i++)
        sc_strbuf_printf(b, " tag:%.*s=%.*s", (int)r->tag[i].key.len, r->tag[i].key.at, (int)r->tag[i].value.len,
                         r->tag[i].value.at);
    if (r->scope >= 0)
        sc_strbuf_printf(b, " %s", sc_scope_name((sc_scope)r->scope));
    if (r->tier >= 0)
        sc_strbuf_printf(b, " %s", sc_tier_name((sc_tier)r->tier));
    put_number(b, "requests", r->requests, -1);
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        put_number(b, sc_meter_name((sc_meter)m), r->tokens[m], 0);
    put_number(b, "context", r->context, -1);
    if (r->meter >= 0)
        sc_strbuf_printf(b, " %s=%s", sc_meter_name((sc_meter)r->meter),
                         sc_decimal_format_exact(r->quantity, 6, 0, text));
    put_money(b, "billed", r->has_cost & SC_COST_BILLED, r->billed);
    put_money(b, "list", r->has_cost & SC_COST_LIST, r->list);
    put_money(b, "effective", r->has_cost & SC_COST_EFFECTIVE, r->effective);
    if (r->late_tokens)
        sc_strbuf_puts(b, " late");
    sc_strbuf_putc(b, '\n');
}

/* ---- sinks */

typedef struct text_sink {
    sc_usage_sink sink;
    sc_strbuf text;
} text_sink;

static void text_record(sc_usage_sink *s, const sc_usage_record *r, const char *at, size_t len)
{
    (void)at;
    (void)len;
    shown_record(&((text_sink *)s)->text, r);
}

static void text_reject(sc_usage_sink *s, const char *at, size_t len, size_t offset, const char *reason)
{
    size_t n = 0;
    while (offset + n < len && at[offset + n] != ',')
        n++;
    sc_strbuf_printf(&((text_sink *)s)->text, "at '%.*s': %s\n", (int)n, at + offset, reason);
}

static void text_skip(sc_usage_sink *s, const char *reason)
{
    sc_strbuf_printf(&((text_sink *)s)->text, "skip: %s\n", reason);
}

typedef struct count_sink {
    sc_usage_sink sink;
    void (*record)(void *context, const sc_usage_record *r);
    void *context;
    csv_counts *counts;
} count_sink;

static void count_record(sc_usage_sink *s, const sc_usage_record *r, const char *at, size_t len)
{
    const count_sink *c = (const count_sink *)s;
    (void)at;
    (void)len;
    c->counts->records++;
    c->record(c->context, r);
}

static void count_reject(sc_usage_sink *s, const char *at, size_t len, size_t offset, const char *reason)
{
    csv_counts *counts = ((const count_sink *)s)->counts;
    if (counts->rejects++ == 0)
        (void)snprintf(counts->first_reject, sizeof counts->first_reject, "%.*s:%zu: %s", (int)(len < 80 ? len : 80),
                       at, offset, reason);
}

static void count_skip(sc_usage_sink *s, const char *reason)
{
    (void)reason;
    ((const count_sink *)s)->counts->skips++;
}

/* ---- reading */

static int read_with(const sc_usage_reader *reader, const sc_card *card, const char *text, size_t size,
                     sc_usage_sink *sink, char *why, size_t why_size)
{
    void *state;
    const char *lf = size > 0 ? memchr(text, '\n', size) : NULL;
    const size_t header = lf != NULL ? (size_t)(lf - text) + 1 : size;
    if (reader->open(card, text, header, &state, why, why_size) != SC_OK)
        return -1;
    reader->read(state, text + header, size - header, sink);
    reader->close(state);
    return 0;
}

char *csv_reads(const sc_usage_reader *reader, const sc_card *card, const char *text)
{
    text_sink s = {{text_record, text_reject, text_skip}, {0}};
    char why[400] = "";
    if (read_with(reader, card, text, strlen(text), &s.sink, why, sizeof why) != 0)
        sc_strbuf_printf(&s.text, "open: %s\n", why);
    char *copy = strdup(s.text.text != NULL ? s.text.text : "");
    sc_strbuf_release(&s.text);
    return copy;
}

int csv_each(const sc_usage_reader *reader, const sc_card *card, const char *text, size_t size,
             void (*record)(void *context, const sc_usage_record *r), void *context, csv_counts *counts)
{
    count_sink s = {{count_record, count_reject, count_skip}, record, context, counts};
    char why[400];
    *counts = (csv_counts){0};
    return read_with(reader, card, text, size, &s.sink, why, sizeof why);
}
