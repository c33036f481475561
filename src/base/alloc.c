/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alloc.c - checked allocation with a counter that lets a test fail the n-th one. */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The only mutable state of the library; nothing but the test hook depends on it. */
static _Atomic uint64_t made;      /* allocations so far */
static _Atomic uint64_t fails_at;  /* the value of `made` that fails, 0 = none */
static _Atomic uint64_t hook_mark; /* `made` when the hook was last set */

#define LARGE_BLOCK (((size_t)2 << 20) - 4096) /* may hold a large page of x86-64 and arm64 with malloc's header */

/* Counts one allocation; false if the test hook wants it to fail. */
static int allowed(void)
{
    uint64_t number = atomic_fetch_add_explicit(&made, 1, memory_order_relaxed) + 1;
    return number != atomic_load_explicit(&fails_at, memory_order_relaxed);
}

/* The size of a block; false on overflow.  At least 1, since NULL for no bytes would read as exhaustion. */
static int block_size(size_t count, size_t size, size_t *bytes)
{
    if (__builtin_mul_overflow(count, size, bytes))
        return 0;
    if (*bytes == 0)
        *bytes = 1;
    return 1;
}

/* Asks for large pages: the first touch of each of five hundred small ones would take longer than all that is written
 * there.  Only advice: nothing depends on whether the system heeds it. */
static void *with_large_pages(void *block, size_t bytes)
{
    if (block == NULL || bytes < LARGE_BLOCK)
        return block;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    char *first = (char *)block + (page - (uintptr_t)block % page) % page;
    (void)madvise(first, bytes - page, MADV_HUGEPAGE);
    return block;
}

void *sc_calloc(size_t count, size_t size)
{
    size_t bytes;
    return block_size(count, size, &bytes) && allowed() ? with_large_pages(calloc(bytes, 1), bytes) : NULL;
}

void *sc_realloc(void *block, size_t count, size_t size)
{
    size_t bytes;
    return block_size(count, size, &bytes) && allowed() ? realloc(block, bytes) : NULL;
}

void sc_free(void *block) { free(block); }

char *sc_strdup(const char *text) { return sc_strndup(text, strlen(text)); }

char *sc_strndup(const char *text, size_t len)
{
    if (len == SIZE_MAX)
        return NULL;
    char *copy = sc_calloc(len + 1, 1);
    if (copy != NULL && len > 0)
        memcpy(copy, text, len);
    return copy;
}

uint64_t sc_alloc_fail_at(uint64_t n)
{
    uint64_t now = atomic_load(&made);
    atomic_store(&fails_at, n > 0 ? now + n : 0);
    return now - atomic_exchange(&hook_mark, now);
}

uint64_t sc_alloc_count(void) { return atomic_load(&made); }
