/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_put.c - text as JSON strings. */
#include "io/json_put.h"

#include <string.h>

void sc_put_json(sc_strbuf *b, const char *text)
{
    sc_strbuf_putc(b, '"');
    for (const char *c = text; *c != '\0';) {
        const size_t plain = strcspn(c, "\"\\\x01\x02\x03\x04\x05\x06\x07\b\t\n\x0b\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15"
                                        "\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f");
        sc_strbuf_add(b, c, plain);
        c += plain;
        if (*c == '"' || *c == '\\')
            sc_strbuf_printf(b, "\\%c", *c++);
        else if (*c != '\0')
            sc_strbuf_printf(b, "\\u%04x", (unsigned)(unsigned char)*c++);
    }
    sc_strbuf_putc(b, '"');
}
