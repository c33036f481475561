/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_why.h - reasons, written piece by piece into a buffer of the caller's; what does not fit is cut. */
#ifndef SC_RATES_RATES_WHY_H
#define SC_RATES_RATES_WHY_H

#include <stddef.h>

#include "spendcast/error.h"

typedef struct sc_why {
    char *buf; /* always terminated */
    size_t size, len;
} sc_why;

/* An empty reason in buf[size], size at least 1. */
sc_why sc_why_start(char *buf, size_t size);
void sc_why_add(sc_why *w, const char *format, ...) SC_PRINTF(2, 3);
/* That `word` is no `what`: with the nearest of the names, or, if none is near and they are few, with all of them. */
void sc_why_unknown(sc_why *w, const char *what, const char *word, const char *const *names, size_t n);

#endif
