/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alloc.h - checked allocation: size overflow is a failure, and a test can make the n-th allocation fail. */
#ifndef SC_BASE_ALLOC_H
#define SC_BASE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

/* count * size zeroed bytes, NULL on overflow or exhaustion.  Free with sc_free. */
void *sc_calloc(size_t count, size_t size);
/* Grows or moves; the new part is not cleared.  On failure NULL, and the old block stays valid. */
void *sc_realloc(void *block, size_t count, size_t size);
void sc_free(void *block);
char *sc_strdup(const char *text);
char *sc_strndup(const char *text, size_t len);

/* Test hook, not thread-safe: fail the n-th allocation from now (1 = the next), 0 = never; returns how many were made
 * since. */
uint64_t sc_alloc_fail_at(uint64_t n);
/* Allocations made so far (by all threads). */
uint64_t sc_alloc_count(void);

#define SC_NEW(type) ((type *)sc_calloc(1, sizeof(type)))
#define SC_NEW_ARRAY(type, n) ((type *)sc_calloc((n), sizeof(type)))

#endif
