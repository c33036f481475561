/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render_csv.c - one table as CSV (RFC 4180 with LF line ends) that a spreadsheet loads as it is: a header of column
 * ids and the rows.  The foot is left to the reader's own sums, the provenance to the other formats. */
#include <string.h>

#include "report/render.h"

/* What a spreadsheet takes for a formula, the full-width forms included (OWASP, "CSV Injection", read 2025-11). */
static int starts_formula(const char *text)
{
    if (*text == '\0')
        return 0;
    int32_t c = sc_next_char(&text);
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r' || c == '\n' || c == 0xff1d ||
           c == 0xff0b || c == 0xff0d || c == 0xff20;
}

/* Tabs and line feeds are the writer's own and stand inside quotes; other controls are replaced. */
static void add_text(sc_strbuf *out, const char *text)
{
    int guard = starts_formula(text);
    int quote = text[strcspn(text, ",\"\t\r\n")] != '\0';
    if (quote)
        sc_strbuf_putc(out, '"');
    if (guard)
        sc_strbuf_putc(out, '\'');
    while (*text) {
        const char *at = text;
        sc_next_char(&text);
        if (*at == '"')
            sc_strbuf_puts(out, "\"\"");
        else if (*at == '\t' || *at == '\n')
            sc_strbuf_putc(out, *at);
        else
            sc_add_safe(out, at, (size_t)(text - at));
    }
    if (quote)
        sc_strbuf_putc(out, '"');
}

void sc_render_csv(const sc_table *t, sc_strbuf *out)
{
    for (size_t c = 0; c < t->column_count; c++) {
        if (c)
            sc_strbuf_putc(out, ',');
        add_text(out, t->columns[c].id);
    }
    sc_strbuf_putc(out, '\n');

    for (size_t row = 0; row < t->row_count; row++) {
        const sc_cell *cell = sc_table_cells(t, row);
        for (size_t c = 0; c < t->column_count; c++, cell++) {
            char buf[64];
            if (c)
                sc_strbuf_putc(out, ',');
            if (cell->type == SC_CELL_TEXT)
                add_text(out, cell->as.text);
            else
                sc_strbuf_puts(out, sc_cell_plain(cell, &t->columns[c], buf));
        }
        sc_strbuf_putc(out, '\n');
        sc_end_row(out);
    }
}
