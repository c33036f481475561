/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render_md.c - the report as GitHub-flavoured Markdown.  Text from input shows as typed: no markup, no links, no HTML.
 */
#include <string.h>

#include "report/render.h"

static int is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* Adds text with everything escaped that Markdown or HTML would take for markup.  Line feeds become `line_feed`. */
static void add_text(sc_strbuf *out, const char *text, const char *line_feed)
{
    const char *start = text;
    while (*text) {
        const char *at = text;
        sc_next_char(&text);
        switch (*at) {
        case '\n': sc_strbuf_puts(out, line_feed); break;
        case '\t': sc_strbuf_putc(out, ' '); break;
        case '&': sc_strbuf_puts(out, "&amp;"); break;
        case '<': sc_strbuf_puts(out, "&lt;"); break;
        case '>': sc_strbuf_puts(out, "&gt;"); break;
        case '\\':
        case '`':
        case '*':
        case '[':
        case ']':
        case '|':
        case '~': sc_strbuf_printf(out, "\\%c", *at); break;
        case '_': /* between letters, as in us_east_1, it is no markup */
            sc_strbuf_puts(out, at > start && is_word(at[-1]) && is_word(at[1]) ? "_" : "\\_");
            break;
        case '#':
        case '+':
        case '-':
        case '=': /* headings, lists and rules, where they start a line */
            if (at == start)
                sc_strbuf_putc(out, '\\');
            sc_strbuf_putc(out, *at);
            break;
        default: sc_add_safe(out, at, (size_t)(text - at));
        }
    }
}

static void add_cell(sc_strbuf *out, const sc_cell *cell, const sc_column *column, int bold)
{
    char buf[64];
    const char *shown = sc_cell_shown(cell, column, buf);
    const char *stars = bold && *shown ? "**" : "";
    sc_strbuf_puts(out, stars);
    if (cell->type == SC_CELL_TEXT)
        add_text(out, shown, "<br>");
    else
        sc_strbuf_puts(out, shown);
    sc_strbuf_puts(out, stars);
}

static void add_row(sc_strbuf *out, const sc_table *t, size_t row)
{
    const sc_cell *cells = sc_table_cells(t, row);
    for (size_t c = 0; c < t->column_count; c++) {
        sc_strbuf_puts(out, c ? " | " : "| ");
        add_cell(out, &cells[c], &t->columns[c], row == t->row_count);
    }
    sc_strbuf_puts(out, " |\n");
    sc_end_row(out);
}

static void add_table(sc_strbuf *out, const sc_table *t)
{
    if (t->title != NULL) {
        sc_strbuf_puts(out, "\n### ");
        add_text(out, t->title, " ");
        sc_strbuf_putc(out, '\n');
    }
    sc_strbuf_putc(out, '\n');
    for (size_t c = 0; c < t->column_count; c++) {
        sc_strbuf_puts(out, c ? " | " : "| ");
        add_text(out, t->columns[c].title, " ");
    }
    sc_strbuf_puts(out, " |\n");
    for (size_t c = 0; c < t->column_count; c++)
        sc_strbuf_puts(out, sc_column_is_right(&t->columns[c]) ? "| ---: " : "| :--- ");
    sc_strbuf_puts(out, "|\n");
    for (size_t row = 0; row < t->row_count + (t->foot != NULL); row++)
        add_row(out, t, row);
}

void sc_render_md(const sc_report *r, sc_strbuf *out)
{
    static const sc_column figure_column = {.type = SC_CELL_MONEY};
    sc_strbuf_puts(out, "## ");
    add_text(out, r->title, " ");
    sc_strbuf_putc(out, '\n');
    for (const sc_item *f = r->figures.first; f != NULL; f = f->next) {
        sc_strbuf_puts(out, f == r->figures.first ? "\n- " : "- ");
        add_text(out, f->title, " ");
        sc_strbuf_puts(out, ": ");
        add_cell(out, &f->value, &figure_column, 1);
        sc_strbuf_putc(out, '\n');
    }
    for (const sc_table *t = r->tables; t != NULL; t = t->next)
        add_table(out, t);
    for (const sc_item *n = r->notes.first; n != NULL; n = n->next) {
        sc_strbuf_putc(out, '\n');
        add_text(out, n->value.as.text, " ");
        sc_strbuf_putc(out, '\n');
    }
    if (r->provenance.first != NULL)
        sc_strbuf_puts(out, "\n---\n\n");
    for (const sc_item *p = r->provenance.first; p != NULL; p = p->next) {
        sc_strbuf_puts(out, "- ");
        add_text(out, p->id, " ");
        sc_strbuf_puts(out, ": ");
        add_text(out, p->value.as.text, " ");
        sc_strbuf_putc(out, '\n');
    }
}
