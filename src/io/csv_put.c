/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_put.c - text as CSV cells (RFC 4180). */
#include "io/csv_put.h"

#include <string.h>

void sc_put_csv(sc_strbuf *b, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        sc_strbuf_puts(b, text);
        return;
    }
    sc_strbuf_putc(b, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"')
            sc_strbuf_putc(b, '"');
        sc_strbuf_putc(b, *c);
    }
    sc_strbuf_putc(b, '"');
}
