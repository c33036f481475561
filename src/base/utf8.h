/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8.h - stepping through UTF-8 text. */
#ifndef SC_BASE_UTF8_H
#define SC_BASE_UTF8_H

#include <stddef.h>

#define SC_UTF8_BOM "\xEF\xBB\xBF"
#define SC_UTF8_BOM_SIZE ((size_t)3)

/* Bytes of the character at text[0]: 1 to 4; 0 if size is 0 or the bytes are not well-formed (RFC 3629: no overlong
 * forms, no surrogates, nothing above U+10FFFF). */
size_t sc_utf8_length(const char *text, size_t size);

/* The same for places and excerpts, where a malformed byte counts as one character.  size > 0. */
size_t sc_utf8_step(const char *text, size_t size);

/* Bytes of the byte order mark at the start of a text: 3 or 0. */
size_t sc_utf8_bom(const char *text, size_t size);

#endif
