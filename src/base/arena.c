/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.c - bump allocation in chunks that double in size. */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

#define ALIGNMENT ((size_t)16)
/* With the header, and what malloc puts before it: chunks of a whole number of large pages are laid on them. */
#define FIRST_CHUNK ((size_t)4096)
#define LARGEST_CHUNK ((size_t)4 << 20) /* of the doubling; a larger request gets a chunk of its own size */
#define MALLOC_HEADER ((size_t)64)      /* or less */

struct sc_arena_chunk {
    sc_arena_chunk *next;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
};

static size_t next_size(const sc_arena *a)
{
    const size_t last = a->chunks != NULL ? a->chunks->size + sizeof(sc_arena_chunk) + MALLOC_HEADER : 0;
    size_t whole = FIRST_CHUNK;
    while (whole <= last && whole < LARGEST_CHUNK)
        whole *= 2;
    return whole - sizeof(sc_arena_chunk) - MALLOC_HEADER;
}

static sc_arena_chunk *add_chunk(sc_arena *a, size_t need)
{
    const size_t least = next_size(a), size = least > need ? least : need;
    if (size > SIZE_MAX - sizeof(sc_arena_chunk))
        return NULL;
    sc_arena_chunk *chunk = sc_calloc(1, sizeof *chunk + size);
    if (chunk == NULL)
        return NULL;
    chunk->size = size;
    chunk->next = a->chunks;
    a->chunks = chunk;
    return chunk;
}

void *sc_arena_alloc(sc_arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - ALIGNMENT)
        return NULL;
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (bytes == 0)
        bytes = ALIGNMENT;
    sc_arena_chunk *chunk = a->chunks;
    if (chunk == NULL || chunk->size - chunk->used < bytes)
        chunk = add_chunk(a, bytes);
    if (chunk == NULL)
        return NULL;
    void *block = chunk->bytes + chunk->used;
    chunk->used += bytes;
    return block;
}

char *sc_arena_strndup(sc_arena *a, const char *text, size_t len)
{
    if (len == SIZE_MAX)
        return NULL;
    char *copy = sc_arena_alloc(a, len + 1, 1);
    if (copy != NULL && len > 0)
        memcpy(copy, text, len);
    return copy;
}

char *sc_arena_strdup(sc_arena *a, const char *text) { return sc_arena_strndup(a, text, strlen(text)); }

void sc_arena_release(sc_arena *a)
{
    for (sc_arena_chunk *chunk = a->chunks, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        sc_free(chunk);
    }
    a->chunks = NULL;
}

void sc_arena_adopt(sc_arena *to, sc_arena *from)
{
    sc_arena_chunk **last = &from->chunks;
    while (*last != NULL)
        last = &(*last)->next;
    *last = to->chunks;
    to->chunks = from->chunks;
    from->chunks = NULL;
}
