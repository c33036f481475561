/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render_json.c - the whole report as one JSON object.  Money is a decimal string, so that no reader rounds it on the
 * way in.
 *
 * Written by hand: cJSON prints doubles with sprintf, which follows the locale. */
#include <string.h>

#include "report/render.h"

/* The output and how deep we are in it; `first` is true until the innermost object or array has a member. */
typedef struct json_writer {
    sc_strbuf *out;
    size_t depth;
    int first;
} json_writer;

static void add_string(sc_strbuf *out, const char *text)
{
    sc_strbuf_putc(out, '"');
    while (*text) {
        const char *at = text;
        int32_t c = sc_next_char(&text);
        if (c < 0)
            sc_strbuf_puts(out, "\xef\xbf\xbd"); /* U+FFFD */
        else if (c == '"' || c == '\\')
            sc_strbuf_printf(out, "\\%c", (char)c);
        else if (c == '\n')
            sc_strbuf_puts(out, "\\n");
        else if (c == '\t')
            sc_strbuf_puts(out, "\\t");
        else if (c <= 0xffff && sc_is_control(c)) /* the few above are no danger in JSON */
            sc_strbuf_printf(out, "\\u%04x", (unsigned)c);
        else
            sc_strbuf_add(out, at, (size_t)(text - at));
    }
    sc_strbuf_putc(out, '"');
}

static void new_line(json_writer *w)
{
    sc_strbuf_putc(w->out, '\n');
    sc_strbuf_repeat(w->out, ' ', 2 * w->depth);
}

/* Starts a member of an object, or with key == NULL an element of an array. */
static void member(json_writer *w, const char *key)
{
    if (!w->first)
        sc_strbuf_putc(w->out, ',');
    w->first = 0;
    new_line(w);
    if (key != NULL) {
        add_string(w->out, key);
        sc_strbuf_puts(w->out, ": ");
    }
}

static void begin(json_writer *w, char bracket)
{
    sc_strbuf_putc(w->out, bracket);
    w->depth++;
    w->first = 1;
}

static void end(json_writer *w, char bracket)
{
    w->depth--;
    if (!w->first)
        new_line(w);
    w->first = 0;
    sc_strbuf_putc(w->out, bracket);
}

static void add_cell(json_writer *w, const sc_cell *cell, const sc_column *column)
{
    char buf[64];
    const char *plain = sc_cell_plain(cell, column, buf);
    switch (cell->type) {
    case SC_CELL_TEXT: add_string(w->out, plain); return;
    case SC_CELL_MONEY:
    case SC_CELL_USD:
    case SC_CELL_DATE:
        if (*plain) {
            add_string(w->out, plain);
            return;
        }
        break;
    case SC_CELL_EMPTY:
    case SC_CELL_COUNT:
    case SC_CELL_NUMBER:
    case SC_CELL_SHARE:
    case SC_CELL_BOOL: break;
    }
    sc_strbuf_puts(w->out, *plain ? plain : "null");
}

static void add_row(json_writer *w, const sc_table *t, size_t row)
{
    const sc_cell *cells = sc_table_cells(t, row);
    begin(w, '{');
    for (size_t c = 0; c < t->column_count; c++) {
        member(w, t->columns[c].id);
        add_cell(w, &cells[c], &t->columns[c]);
    }
    end(w, '}');
}

/* The members "rows" and "total"; a report without tables has them too, empty. */
static void add_table(json_writer *w, const sc_table *t)
{
    member(w, "rows");
    begin(w, '[');
    for (size_t row = 0; t != NULL && row < t->row_count; row++) {
        member(w, NULL);
        add_row(w, t, row);
        sc_end_row(w->out);
    }
    end(w, ']');
    member(w, "total");
    if (t != NULL && t->foot != NULL)
        add_row(w, t, t->row_count);
    else
        sc_strbuf_puts(w->out, "null");
}

/* A key given several times ("input") holds an array, since an object must not repeat its keys. */
static void add_provenance(json_writer *w, const sc_item *first)
{
    begin(w, '{');
    for (const sc_item *item = first; item != NULL; item = item->next) {
        const sc_item *same = first;
        while (strcmp(same->id, item->id) != 0)
            same = same->next;
        if (same != item)
            continue; /* written with the first of its name */
        const sc_item *next = item->next;
        while (next != NULL && strcmp(next->id, item->id) != 0)
            next = next->next;

        member(w, item->id);
        if (next == NULL) {
            add_string(w->out, item->value.as.text);
            continue;
        }
        begin(w, '[');
        for (same = item; same != NULL; same = same->next) {
            if (strcmp(same->id, item->id) != 0)
                continue;
            member(w, NULL);
            add_string(w->out, same->value.as.text);
        }
        end(w, ']');
    }
    end(w, '}');
}

void sc_render_json(const sc_report *r, sc_strbuf *out)
{
    static const sc_column figure_column = {.type = SC_CELL_MONEY};
    json_writer w = {.out = out};
    begin(&w, '{');
    member(&w, "schema_version");
    sc_strbuf_putc(out, '1');
    member(&w, "report");
    add_string(out, r->command);
    member(&w, "title");
    add_string(out, r->title);
    member(&w, "provenance");
    add_provenance(&w, r->provenance.first);
    for (const sc_item *f = r->figures.first; f != NULL; f = f->next) {
        member(&w, f->id);
        add_cell(&w, &f->value, &figure_column);
    }
    add_table(&w, r->tables);
    for (const sc_table *t = r->tables != NULL ? r->tables->next : NULL; t != NULL; t = t->next) {
        member(&w, t->id);
        begin(&w, '{');
        add_table(&w, t);
        end(&w, '}');
    }
    member(&w, "notes");
    begin(&w, '[');
    for (const sc_item *n = r->notes.first; n != NULL; n = n->next) {
        member(&w, NULL);
        add_string(out, n->value.as.text);
    }
    end(&w, ']');
    end(&w, '}');
    sc_strbuf_putc(out, '\n');
}
