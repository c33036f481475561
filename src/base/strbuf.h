/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strbuf.h - growing text.  A failed allocation is remembered in `failed`, so that a writer checks once at the end. */
#ifndef SC_BASE_STRBUF_H
#define SC_BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

#include "spendcast/error.h"

typedef struct sc_strbuf {
    char *text; /* always terminated once something was added; NULL before */
    size_t len;
    size_t cap;
    int failed;
    int (*take)(void *context, const char *text, size_t len); /* what sc_strbuf_pass_on gives to; NULL = nobody */
    void *context;
} sc_strbuf; /* zero-initialise, but for the last two where text is passed on */

void sc_strbuf_add(sc_strbuf *b, const char *text, size_t len);
void sc_strbuf_puts(sc_strbuf *b, const char *text);
void sc_strbuf_putc(sc_strbuf *b, char c);
void sc_strbuf_repeat(sc_strbuf *b, char c, size_t n);
void sc_strbuf_printf(sc_strbuf *b, const char *format, ...) SC_PRINTF(2, 3);
/* Passes on what there is and empties the buffer, if someone takes it; a 0 of theirs is remembered like a failed
 * allocation. */
void sc_strbuf_pass_on(sc_strbuf *b);
void sc_strbuf_release(sc_strbuf *b);

#endif
