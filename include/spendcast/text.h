/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h - a piece of text that somebody else owns. */
#ifndef SPENDCAST_TEXT_H
#define SPENDCAST_TEXT_H

#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* len bytes at `at`, not terminated; {NULL, 0} and any len of 0 = no text. */
typedef struct sc_text {
    const char *at;
    size_t len;
} sc_text;

static inline sc_text sc_text_of(const char *s)
{
    sc_text t = {s, s != NULL ? strlen(s) : 0};
    return t;
}

static inline int sc_text_is(sc_text t, const char *s)
{
    size_t n = strlen(s);
    return t.len == n && memcmp(t.at, s, n) == 0;
}

#ifdef __cplusplus
}
#endif
#endif
