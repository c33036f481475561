/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_csv.c - a ledger as spendcast's own CSV, a row a cell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "io/csv_put.h"
#include "io/file_writer.h"
#include "ledger/ledger_parts.h"
#include "usage/own_csv.h"

/* The keys of all tags, sorted. */
typedef struct tag_keys {
    const char **key;
    size_t n;
} tag_keys;

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static int collect_keys(const sc_ledger *l, tag_keys *k)
{
    size_t all = 0;
    for (size_t s = 0; s < l->sealed.n_streams; s++)
        all += sc_ledger_tag_count(l, l->sealed.streams[s].tagset);
    k->key = SC_NEW_ARRAY(const char *, all + 1);
    if (k->key == NULL)
        return 0;
    all = 0;
    for (size_t s = 0; s < l->sealed.n_streams; s++) {
        const char *value;
        const size_t set = l->sealed.streams[s].tagset;
        for (size_t i = 0; i < sc_ledger_tag_count(l, set); i++)
            sc_ledger_tag_at(l, set, i, &k->key[all++], &value);
    }
    qsort(k->key, all, sizeof *k->key, by_text);
    for (size_t i = 0; i < all; i++) {
        if (k->n == 0 || strcmp(k->key[k->n - 1], k->key[i]) != 0)
            k->key[k->n++] = k->key[i];
    }
    return 1;
}

/* A cell behind its comma. */
static void add_text(sc_strbuf *b, const char *text)
{
    sc_strbuf_putc(b, ',');
    sc_put_csv(b, text);
}

static void add_count(sc_strbuf *b, int stated, int64_t n)
{
    sc_strbuf_putc(b, ',');
    if (stated)
        sc_strbuf_printf(b, "%lld", (long long)n);
}

static void add_decimal(sc_strbuf *b, int stated, sc_int128 value, int scale)
{
    char text[SC_DECIMAL_TEXT_MAX];
    sc_strbuf_putc(b, ',');
    if (stated)
        sc_strbuf_puts(b, sc_decimal_format_exact(value, scale, 0, text));
}

/* Days and months as they are; what is finer is the day's. */
static void add_time(sc_strbuf *b, const sc_ledger_stream *s, const sc_ledger_cell *c)
{
    char day[16];
    sc_day_format(c->day, day);
    if (s->grain == SC_GRAIN_MONTH)
        day[7] = '\0';
    sc_strbuf_puts(b, day);
}

/* One row; `counted` 0: the part of a cell that has no request counts, where another part has. */
static void add_row(const sc_ledger *l, const tag_keys *keys, const sc_ledger_cell *c, int counted, sc_strbuf *b)
{
    static const sc_dim dims[] = {SC_DIM_ACCOUNT,   SC_DIM_PROJECT, SC_DIM_WORKLOAD, SC_DIM_WORKSPACE, SC_DIM_PROFILE,
                                  SC_DIM_PRINCIPAL, SC_DIM_SESSION, SC_DIM_MODEL,    SC_DIM_REGION,    SC_DIM_ENDPOINT};
    const sc_ledger_stream *s = sc_ledger_stream_at(l, c->stream);
    int64_t any = 0;
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        any |= c->tokens[m];
    const int tokens = counted && s->meter < 0 && (any != 0 || c->has_cost == 0);
    const unsigned has_cost = counted ? c->has_cost : 0;
    add_time(b, s, c);
    for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++)
        add_text(b, s->dim[dims[i]]);
    add_text(b, s->scope >= 0 ? sc_scope_name((sc_scope)s->scope) : "");
    add_text(b, s->tier >= 0 ? sc_tier_name((sc_tier)s->tier) : "");
    add_text(b, sc_charge_name(s->charge));
    add_text(b, s->dim[SC_DIM_ITEM]);
    add_count(b, counted && (c->requests > 0 || !c->no_counts), c->requests);
    sc_strbuf_puts(b, ",,"); /* no request id, no session key */
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        add_count(b, tokens || !counted, counted ? c->tokens[m] : 0);
    add_count(b, 1, c->context_from);
    add_text(b, s->meter >= 0 ? sc_meter_name((sc_meter)s->meter) : "");
    add_decimal(b, s->meter >= 0, counted ? c->tokens[0] : 0, 6);
    add_text(b, s->dim[SC_DIM_VARIANT]);
    add_decimal(b, (has_cost & SC_COST_BILLED) != 0, c->billed, 15);
    add_decimal(b, (has_cost & SC_COST_LIST) != 0, c->list, 15);
    add_decimal(b, (has_cost & SC_COST_EFFECTIVE) != 0, c->effective, 15);
    for (size_t i = 0; i < keys->n; i++) {
        const char *value = sc_ledger_tag(l, s->tagset, keys->key[i]);
        add_text(b, value != NULL ? value : "");
    }
    sc_strbuf_putc(b, '\n');
}

static void add_header(const tag_keys *keys, sc_strbuf *b)
{
    sc_strbuf_puts(b, sc_own_csv_header());
    for (size_t i = 0; i < keys->n; i++) {
        sc_strbuf name = {0};
        sc_strbuf_printf(&name, "tag:%s", keys->key[i]);
        add_text(b, name.text != NULL ? name.text : "");
        b->failed |= name.failed;
        sc_strbuf_release(&name);
    }
    sc_strbuf_putc(b, '\n');
}

static sc_code write_rows(const sc_ledger *l, const tag_keys *keys, sc_file_writer *w)
{
    sc_strbuf b = {0};
    add_header(keys, &b);
    for (size_t i = 0; i < sc_ledger_cell_count(l) && !b.failed; i++) {
        sc_ledger_cell c;
        sc_ledger_cell_at(l, i, &c);
        add_row(l, keys, &c, 1, &b);
        if (c.no_counts && c.requests > 0)
            add_row(l, keys, &c, 0, &b);
        if (b.len > 1 << 16) {
            sc_file_writer_add(w, b.text, b.len);
            b.len = 0;
        }
    }
    if (!b.failed)
        sc_file_writer_add(w, b.text, b.len);
    const int failed = b.failed;
    sc_strbuf_release(&b);
    return failed ? SC_E_MEMORY : SC_OK;
}

sc_code sc_ledger_export(const sc_ledger *l, const char *path, sc_errors *errors)
{
    tag_keys keys = {0};
    sc_file_writer *w = NULL;
    const size_t len = strlen(path);
    sc_code code = collect_keys(l, &keys) ? SC_OK : SC_E_MEMORY;
    if (code == SC_OK)
        code = sc_file_writer_open(path, len > 3 && strcmp(path + len - 3, ".gz") == 0, &w, errors);
    if (code == SC_OK)
        code = write_rows(l, &keys, w);
    if (code == SC_OK)
        code = sc_file_writer_finish(w, errors);
    if (code == SC_OK)
        code = sc_file_writer_commit(w, errors);
    sc_file_writer_close(w);
    sc_free(keys.key);
    return code;
}
