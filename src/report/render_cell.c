/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render_cell.c - what all renderers share: UTF-8, characters that are safe to print, and single cells as text. */
#include <string.h>

#include "base/utf8.h"
#include "report/render.h"

int32_t sc_next_char(const char **text)
{
    static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char *p = (const unsigned char *)*text;
    size_t len = sc_utf8_length(*text, strnlen(*text, 4));
    *text += len != 0 ? len : 1;
    if (len == 0)
        return -1;
    int32_t c = p[0] & lead_bits[len];
    for (size_t i = 1; i < len; i++)
        c = c << 6 | (p[i] & 0x3f);
    return c;
}

size_t sc_text_width(const char *text)
{
    size_t n = 0;
    for (; *text; n++)
        sc_next_char(&text);
    return n;
}

int sc_is_control(int32_t c)
{
    /* The marks that reorder a line: Unicode Bidirectional Algorithm (UAX 9), section 2. */
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || (c & 0xfffe) == 0xfffe;
}

void sc_add_safe(sc_strbuf *out, const char *text, size_t len)
{
    for (const char *end = text + len; text < end;) {
        const char *at = text;
        int32_t c = sc_next_char(&text);
        if (sc_is_control(c)) /* -1 too */
            sc_strbuf_putc(out, '?');
        else
            sc_strbuf_add(out, at, (size_t)(text - at));
    }
}

/* Finite, and a hundred times as much is still in the range of sc_format_fixed. */
static int is_printable(double x) { return x > -1e26 && x < 1e26; }

static char *show_usd(double usd, int decimals, char *buf)
{
    if (decimals < 0)
        return sc_format_usd(usd, buf);
    sc_format_fixed(usd, decimals, 1, buf);
    size_t at = buf[0] == '-';
    memmove(buf + at + 1, buf + at, strlen(buf + at) + 1);
    buf[at] = '$';
    return buf;
}

const char *sc_cell_shown(const sc_cell *cell, const sc_column *column, char *buf)
{
    switch (cell->type) {
    case SC_CELL_EMPTY: break;
    case SC_CELL_TEXT: return cell->as.text;
    case SC_CELL_MONEY: return sc_format_money(cell->as.money, buf);
    case SC_CELL_COUNT: return sc_decimal_format(cell->as.count, 0, 0, 1, buf);
    case SC_CELL_DATE:
        if (cell->as.day == SC_DAY_MIN || cell->as.day == SC_DAY_MAX)
            break; /* open */
        return sc_day_format(cell->as.day, buf);
    case SC_CELL_BOOL: return cell->as.yes ? "yes" : "no";
    case SC_CELL_USD:
    case SC_CELL_NUMBER:
    case SC_CELL_SHARE:
        if (!is_printable(cell->as.real))
            return cell->as.real > 0 ? "inf" : cell->as.real < 0 ? "-inf" : "n/a";
        if (cell->type == SC_CELL_USD)
            return show_usd(cell->as.real, column->type == SC_CELL_USD ? column->decimals : -1, buf);
        if (cell->type == SC_CELL_NUMBER)
            return sc_format_fixed(cell->as.real, column->decimals, 1, buf);
        sc_format_fixed(cell->as.real * 100, 1, 1, buf);
        memcpy(buf + strlen(buf), " %", sizeof " %");
        return buf;
    }
    return "";
}

const char *sc_cell_plain(const sc_cell *cell, const sc_column *column, char *buf)
{
    switch (cell->type) {
    case SC_CELL_EMPTY: break;
    case SC_CELL_TEXT: return cell->as.text;
    case SC_CELL_MONEY: return sc_decimal_format_exact(cell->as.money, 15, 2, buf);
    case SC_CELL_COUNT: return sc_decimal_format(cell->as.count, 0, 0, 0, buf);
    case SC_CELL_BOOL: return cell->as.yes ? "true" : "false";
    case SC_CELL_DATE:
        if (cell->as.day == SC_DAY_MIN || cell->as.day == SC_DAY_MAX)
            break;
        return sc_day_format(cell->as.day, buf);
    case SC_CELL_USD:
    case SC_CELL_NUMBER:
    case SC_CELL_SHARE:
        if (!is_printable(cell->as.real))
            break;
        return sc_format_fixed(cell->as.real, cell->type == SC_CELL_NUMBER ? column->decimals : 6, 0, buf);
    }
    return "";
}

#define PIECE ((size_t)1 << 16) /* passed on at a time, or a little more */

void sc_end_row(sc_strbuf *out)
{
    if (out->len >= PIECE)
        sc_strbuf_pass_on(out);
}

int sc_column_is_right(const sc_column *column)
{
    return column->type != SC_CELL_TEXT && column->type != SC_CELL_BOOL && column->type != SC_CELL_EMPTY;
}
