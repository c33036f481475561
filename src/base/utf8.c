/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8.c - well-formed UTF-8 by the table of RFC 3629, section 4. */
#include "base/utf8.h"

#include <string.h>

static int in_range(unsigned char c, unsigned lowest, unsigned highest) { return c >= lowest && c <= highest; }

size_t sc_utf8_length(const char *text, size_t size)
{
    if (size == 0)
        return 0;
    const unsigned char *s = (const unsigned char *)text;
    unsigned lowest = 0x80, highest = 0xBF; /* of the second byte */
    size_t length;

    if (s[0] < 0x80)
        return 1;
    if (in_range(s[0], 0xC2, 0xDF)) {
        length = 2;
    } else if (in_range(s[0], 0xE0, 0xEF)) {
        length = 3;
        lowest = s[0] == 0xE0 ? 0xA0 : 0x80;
        highest = s[0] == 0xED ? 0x9F : 0xBF;
    } else if (in_range(s[0], 0xF0, 0xF4)) {
        length = 4;
        lowest = s[0] == 0xF0 ? 0x90 : 0x80;
        highest = s[0] == 0xF4 ? 0x8F : 0xBF;
    } else {
        return 0;
    }
    if (size < length || !in_range(s[1], lowest, highest))
        return 0;
    for (size_t i = 2; i < length; i++)
        if (!in_range(s[i], 0x80, 0xBF))
            return 0;
    return length;
}

size_t sc_utf8_step(const char *text, size_t size)
{
    size_t length = sc_utf8_length(text, size);
    return length != 0 ? length : 1;
}

size_t sc_utf8_bom(const char *text, size_t size)
{
    return size >= SC_UTF8_BOM_SIZE && memcmp(text, SC_UTF8_BOM, SC_UTF8_BOM_SIZE) == 0 ? SC_UTF8_BOM_SIZE : 0;
}
