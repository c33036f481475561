/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.h - find-or-add of plain entries by the bytes they begin with.  Entries never move. */
#ifndef SC_LEDGER_MAP_H
#define SC_LEDGER_MAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct sc_map {
    size_t entry, key; /* bytes of an entry, and of the key at its start; no padding in the key */
    char **chunk;
    size_t count, chunks;
    uint32_t *slot; /* open addressing: index + 1 */
    uint32_t slots;
} sc_map;

void sc_map_init(sc_map *m, size_t entry, size_t key);
void sc_map_release(sc_map *m);
/* The entry with this key; a new one is zero behind its key.  NULL when out of memory. */
void *sc_map_add(sc_map *m, const void *key);
/* NULL = none. */
void *sc_map_find(const sc_map *m, const void *key);

#define SC_MAP_CHUNK 1024u
static inline void *sc_map_at(const sc_map *m, size_t i)
{
    return m->chunk[i / SC_MAP_CHUNK] + i % SC_MAP_CHUNK * m->entry;
}

#endif
