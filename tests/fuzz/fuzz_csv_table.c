/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_csv_table.c - an error has a place in the input; a table written and read again is the same; the place of a cell
 * holds the text of the cell. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "fuzz_check.h"
#include "io/csv_table.h"

static const sc_csv_column columns[] = {{"a", 1}, {"b", 0}, {"c", 0}};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* Undoes the quoting of a raw cell by the letter of RFC 4180. */
static void unquote(const sc_place *place, sc_strbuf *cell)
{
    const char *raw = place->text + place->offset;
    int quoted = place->width > 0 && raw[0] == '"';
    cell->len = 0;
    sc_strbuf_puts(cell, "");
    for (size_t i = quoted ? 1 : 0; i < place->width - (quoted ? 1 : 0); i++) {
        if (quoted && raw[i] == '"')
            i++;
        sc_strbuf_putc(cell, raw[i]);
    }
}

static void write_cell(sc_strbuf *out, const char *cell)
{
    sc_strbuf_putc(out, '"');
    for (; *cell != '\0'; cell++) {
        if (*cell == '"')
            sc_strbuf_putc(out, '"');
        sc_strbuf_putc(out, *cell);
    }
    sc_strbuf_putc(out, '"');
}

static void check_table(const sc_csv_table *t)
{
    sc_strbuf out = {0}, cell = {0};
    sc_csv_table *again = NULL;
    sc_strbuf_puts(&out, "c,b,a\r\n");
    for (size_t row = 0; row < sc_csv_rows(t); row++)
        for (size_t c = COLUMNS; c-- > 0;) {
            const sc_place place = sc_csv_place(t, row, c);
            require(place.offset <= place.size && place.width <= place.size - place.offset);
            unquote(&place, &cell);
            require(strcmp(cell.text, sc_csv_cell(t, row, c)) == 0);
            write_cell(&out, sc_csv_cell(t, row, c));
            sc_strbuf_puts(&out, c > 0 ? "," : "\r\n");
        }
    require(!out.failed && !cell.failed);
    require(sc_csv_parse("again", out.text, out.len, columns, COLUMNS, &again, NULL) == SC_OK);
    require(sc_csv_rows(again) == sc_csv_rows(t));
    for (size_t row = 0; row < sc_csv_rows(t); row++)
        for (size_t c = 0; c < COLUMNS; c++)
            require(strcmp(sc_csv_cell(t, row, c), sc_csv_cell(again, row, c)) == 0);
    sc_csv_free(again);
    sc_strbuf_release(&out);
    sc_strbuf_release(&cell);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    sc_errors errors = {0};
    sc_csv_table *t;
    sc_code code = sc_csv_parse("fuzz", text, size, columns, COLUMNS, &t, &errors);
    if (code == SC_OK) {
        require(t != NULL && errors.count == 0);
        check_table(t);
    } else {
        require(code == SC_E_INPUT && t == NULL);
        check_places(&errors, text, size);
    }
    sc_csv_free(t);
    return 0;
}
