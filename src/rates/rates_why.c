/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_why.c - reasons, written piece by piece into a buffer of the caller's. */
#include "rates/rates_why.h"

#include <stdarg.h>
#include <stdio.h>

sc_why sc_why_start(char *buf, size_t size)
{
    buf[0] = '\0';
    return (sc_why){buf, size, 0};
}

void sc_why_add(sc_why *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(w->buf + w->len, w->size - w->len, format, args);
    va_end(args);
    if (n > 0)
        w->len = (size_t)n < w->size - w->len ? w->len + (size_t)n : w->size - 1;
}

void sc_why_unknown(sc_why *w, const char *what, const char *word, const char *const *names, size_t n)
{
    char hint[SC_NAME_HINT_MAX];
    sc_why_add(w, "unknown %s '%s'%s", what, word, sc_name_hint(word, names, n, hint));
}
