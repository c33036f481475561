/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_columns.c - headers of CSV exports. */
#include "usage/csv_columns.h"

#include <stdio.h>

#include "base/utf8.h"

static sc_text without_blanks(sc_text t)
{
    while (t.len > 0 && (t.at[0] == ' ' || t.at[0] == '\t')) {
        t.at++;
        t.len--;
    }
    while (t.len > 0 && (t.at[t.len - 1] == ' ' || t.at[t.len - 1] == '\t'))
        t.len--;
    return t;
}

const char *sc_csv_header_read(sc_csv_header *h, const char *text, size_t size)
{
    sc_csv_cursor c;
    const size_t bom = sc_utf8_bom(text, size);
    sc_csv_begin(&c, text + bom, size - bom, h->name, SC_CSV_COLUMNS_MAX);
    h->n = 0;
    if (!sc_csv_row(&c))
        return "no header";
    if (c.problem != NULL)
        return c.problem;
    h->n = c.n;
    for (size_t i = 0; i < h->n; i++)
        h->name[i] = without_blanks(h->name[i]);
    return NULL;
}

/* The next letter or digit from *i on, in lower case; 0 at the end. */
static char next_folded(sc_text t, size_t *i)
{
    while (*i < t.len) {
        const char c = t.at[(*i)++];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            return c;
        if (c >= 'A' && c <= 'Z')
            return (char)(c - 'A' + 'a');
    }
    return '\0';
}

int sc_csv_same_name(sc_text name, const char *known)
{
    const sc_text other = sc_text_of(known);
    size_t i = 0, j = 0;
    for (;;) {
        const char a = next_folded(name, &i), b = next_folded(other, &j);
        if (a != b)
            return 0;
        if (a == '\0')
            return 1;
    }
}

int sc_csv_field(const sc_csv_name *names, size_t n, sc_text name)
{
    for (size_t i = 0; i < n; i++) {
        if (sc_csv_same_name(name, names[i].name))
            return names[i].field;
    }
    return -1;
}

const char *sc_csv_field_name(const sc_csv_name *names, size_t n, int field)
{
    for (size_t i = 0; i < n; i++) {
        if (names[i].field == field)
            return names[i].name;
    }
    return "";
}

int sc_csv_has_field(const sc_csv_header *h, const sc_csv_name *names, size_t n, int field)
{
    for (size_t i = 0; i < h->n; i++) {
        if (sc_csv_field(names, n, h->name[i]) == field)
            return 1;
    }
    return 0;
}

static sc_code find_columns(sc_csv_layout *l, const sc_csv_header *h, char *why, size_t why_size)
{
    for (int f = 0; f < SC_CSV_FIELDS_MAX; f++)
        l->column[f] = -1;
    for (size_t i = 0; i < h->n; i++) {
        const int f = sc_csv_field(l->names, l->n_names, h->name[i]);
        if (f < 0)
            continue;
        if (l->column[f] >= 0) {
            const sc_text first = h->name[l->column[f]];
            snprintf(why, why_size, "columns '%.*s' and '%.*s' hold the same; expected one of them",
                     SC_CSV_SHOWN(first), SC_CSV_SHOWN(h->name[i]));
            return SC_E_INPUT;
        }
        l->column[f] = (int)i;
    }
    return SC_OK;
}

static sc_code find_tags(sc_csv_layout *l, const sc_csv_header *h, sc_text (*tag_of)(sc_text name))
{
    l->tag = SC_ARENA_ARRAY(&l->arena, sc_csv_tag, h->n);
    if (l->tag == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < h->n; i++) {
        const sc_text key = tag_of(h->name[i]);
        if (key.len == 0)
            continue;
        const char *kept = sc_arena_strndup(&l->arena, key.at, key.len);
        if (kept == NULL)
            return SC_E_MEMORY;
        l->tag[l->n_tags++] = (sc_csv_tag){i, {kept, key.len}};
    }
    return SC_OK;
}

sc_code sc_csv_layout_read(sc_csv_layout *l, const sc_csv_name *names, size_t n, sc_text (*tag_of)(sc_text name),
                           const char *header, size_t size, sc_csv_header *h, char *why, size_t why_size)
{
    const char *problem = sc_csv_header_read(h, header, size);
    if (problem != NULL) {
        snprintf(why, why_size, "%s", problem);
        return SC_E_INPUT;
    }
    l->names = names;
    l->n_names = n;
    l->columns = h->n;
    const sc_code code = find_columns(l, h, why, why_size);
    return code == SC_OK && tag_of != NULL ? find_tags(l, h, tag_of) : code;
}

void sc_csv_layout_release(sc_csv_layout *l) { sc_arena_release(&l->arena); }

sc_code sc_csv_missing(const sc_csv_header *h, const char *name, char *why, size_t why_size)
{
    char found[SC_CSV_SHOWN_MAX + 1];
    for (size_t i = 0; i < h->n; i++) {
        const char *const one = found;
        snprintf(found, sizeof found, "%.*s", SC_CSV_SHOWN(h->name[i]));
        if (sc_nearest_name(name, &one, 1) != NULL) {
            snprintf(why, why_size, "no column '%s'; the nearest is '%s'", name, found);
            return SC_E_INPUT;
        }
    }
    snprintf(why, why_size, "no column '%s'", name);
    return SC_E_INPUT;
}

int sc_csv_next(sc_csv_cursor *c, size_t columns, sc_usage_sink *sink)
{
    while (sc_csv_row(c)) {
        if (c->problem != NULL) {
            sink->reject(sink, c->row, c->row_len, c->problem_at < c->row_len ? c->problem_at : c->row_len, c->problem);
        } else if (c->n != columns) {
            char reason[100];
            snprintf(reason, sizeof reason, "%zu cells, expected %zu as in the header", c->n, columns);
            sink->reject(sink, c->row, c->row_len, c->row_len, reason);
        } else {
            return 1;
        }
    }
    return 0;
}

int sc_csv_text(const sc_csv_cursor *c, size_t i, sc_csv_scratch *s, sc_text *out)
{
    *out = c->cells[i];
    if (!sc_csv_has_quotes(c, i))
        return 1;
    if (out->len > sizeof s->text - s->used)
        return 0;
    *out = sc_csv_unquote(*out, s->text + s->used, sizeof s->text - s->used);
    s->used += out->len;
    return 1;
}
