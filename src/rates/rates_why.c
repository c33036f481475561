/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_why.c - reasons, written piece by piece into a buffer of the caller's. */
#include "rates/rates_why.h"

#include <stdarg.h>
#include <stdio.h>

#define FEW_NAMES 10

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
    const char *near = sc_nearest_name(word, names, n);
    sc_why_add(w, "unknown %s '%s'", what, word);
    if (near != NULL)
        sc_why_add(w, "; did you mean '%s'?", near);
    else
        for (size_t i = 0; i < n && n <= FEW_NAMES; i++)
            sc_why_add(w, "%s%s", i == 0 ? ", expected " : i + 1 < n ? ", " : " or ", names[i]);
}
