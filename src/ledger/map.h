/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.h - find-or-add of plain entries by the bytes they begin with.  Entries never move. */
#ifndef SC_LEDGER_MAP_H
#define SC_LEDGER_MAP_H

#include <stddef.h>
#include <stdint.h>

/* Chunk k holds 16 * 2^k entries: a small map is small, and no entry moves when it grows. */
#define SC_MAP_FIRST_POWER 4
#define SC_MAP_CHUNKS 26

typedef struct sc_map {
    uint32_t entry, key; /* bytes of an entry, and of the key at its start: whole words of four bytes, no padding */
    uint32_t count, slots;
    uint64_t *slot; /* open addressing: hash << 32 | index + 1; most other entries are passed over unseen */
    char *chunk[SC_MAP_CHUNKS];
} sc_map;

void sc_map_init(sc_map *m, size_t entry, size_t key);
void sc_map_release(sc_map *m);
/* The entry with this key; a new one is zero behind its key.  NULL when out of memory. */
void *sc_map_add(sc_map *m, const void *key);
/* Gives back what only finding and adding need: the entries can still be gone through. */
void sc_map_seal(sc_map *m);
/* NULL = none. */
void *sc_map_find(const sc_map *m, const void *key);

/* The i-th entry that was added. */
static inline void *sc_map_at(const sc_map *m, size_t i)
{
    const uint32_t at = (uint32_t)i + (1u << SC_MAP_FIRST_POWER);
    const int power = 31 - __builtin_clz(at);
    return m->chunk[power - SC_MAP_FIRST_POWER] + (size_t)(at - (1u << power)) * m->entry;
}

#endif
