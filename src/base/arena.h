/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.h - bump allocator: a loaded document owns one, all its inner pointers die with it. */
#ifndef SC_BASE_ARENA_H
#define SC_BASE_ARENA_H

#include <stddef.h>

typedef struct sc_arena_chunk sc_arena_chunk;
typedef struct sc_arena {
    sc_arena_chunk *chunks; /* newest first */
} sc_arena;                 /* zero-initialise; no other set-up */

/* Zeroed, 16-byte aligned memory; NULL when exhausted. */
void *sc_arena_alloc(sc_arena *a, size_t count, size_t size);
char *sc_arena_strndup(sc_arena *a, const char *text, size_t len);
char *sc_arena_strdup(sc_arena *a, const char *text);
void sc_arena_release(sc_arena *a);
/* Moves all memory of `from`, which is empty then, to `to`. */
void sc_arena_adopt(sc_arena *to, sc_arena *from);

#define SC_ARENA_ARRAY(arena, type, n) ((type *)sc_arena_alloc((arena), (n), sizeof(type)))

#endif
