/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strbuf.c - growing text. */
#include "base/strbuf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define FIRST_CAPACITY ((size_t)128)

/* Makes room for `more` bytes and the terminator; false, and `failed` set, if there is none. */
static int reserve(sc_strbuf *b, size_t more)
{
    if (b->failed)
        return 0;
    size_t need;
    if (__builtin_add_overflow(b->len + 1, more, &need)) {
        b->failed = 1;
        return 0;
    }
    if (need <= b->cap)
        return 1;
    size_t cap = b->cap > SIZE_MAX / 2 ? need : b->cap * 2;
    if (cap < FIRST_CAPACITY)
        cap = FIRST_CAPACITY;
    if (cap < need)
        cap = need;
    char *text = sc_realloc(b->text, cap, 1);
    if (text == NULL) {
        b->failed = 1;
        return 0;
    }
    b->text = text;
    b->cap = cap;
    return 1;
}

void sc_strbuf_add(sc_strbuf *b, const char *text, size_t len)
{
    if (!reserve(b, len))
        return;
    if (len > 0)
        memcpy(b->text + b->len, text, len);
    b->len += len;
    b->text[b->len] = '\0';
}

void sc_strbuf_puts(sc_strbuf *b, const char *text) { sc_strbuf_add(b, text, strlen(text)); }

void sc_strbuf_putc(sc_strbuf *b, char c) { sc_strbuf_add(b, &c, 1); }

void sc_strbuf_repeat(sc_strbuf *b, char c, size_t n)
{
    if (!reserve(b, n))
        return;
    memset(b->text + b->len, c, n);
    b->len += n;
    b->text[b->len] = '\0';
}

void sc_strbuf_printf(sc_strbuf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) {
        b->failed = 1;
        return;
    }
    if (!reserve(b, (size_t)n))
        return;
    va_start(args, format);
    vsnprintf(b->text + b->len, (size_t)n + 1, format, args);
    va_end(args);
    b->len += (size_t)n;
}

void sc_strbuf_pass_on(sc_strbuf *b)
{
    if (b->take == NULL || b->failed || b->len == 0)
        return;
    b->failed = !b->take(b->context, b->text, b->len);
    b->len = 0;
}

void sc_strbuf_release(sc_strbuf *b)
{
    sc_free(b->text);
    *b = (sc_strbuf){0};
}
