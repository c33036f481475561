/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.c - find-or-add of plain entries by the bytes they begin with. */
#include "ledger/map.h"

#include <string.h>

#include "base/alloc.h"

#define FIRST_SLOTS 16u
#define MOST_ENTRIES (1u << 29) /* fits SC_MAP_CHUNKS, and 2^32 / 4 slots */

void sc_map_init(sc_map *m, size_t entry, size_t key) { *m = (sc_map){.entry = (uint32_t)entry, .key = (uint32_t)key}; }

void sc_map_release(sc_map *m)
{
    for (int i = 0; i < SC_MAP_CHUNKS; i++)
        sc_free(m->chunk[i]);
    sc_free(m->slot);
    sc_map_init(m, m->entry, m->key);
}

void sc_map_seal(sc_map *m)
{
    sc_free(m->slot);
    m->slot = NULL;
    m->slots = 0;
}

void *sc_map_find(const sc_map *m, const void *key) { return sc_map_get(m, key, m->key, sc_map_hash(m, key)); }

/* Puts a slot where it belongs. */
static void place(uint64_t *slot, uint32_t slots, uint64_t value)
{
    uint32_t i = (uint32_t)(value >> 32) & (slots - 1);
    while (slot[i] != 0)
        i = (i + 1) & (slots - 1);
    slot[i] = value;
}

/* At most three quarters full.  The slots hold all that is needed to move them. */
static int grow_slots(sc_map *m)
{
    if (m->slots > 0 && m->count < m->slots / 4 * 3)
        return 1;
    const uint32_t slots = m->slots > 0 ? m->slots * 2 : FIRST_SLOTS;
    uint64_t *slot = SC_NEW_ARRAY(uint64_t, slots);
    if (slot == NULL)
        return 0;
    for (uint32_t k = 0; k < m->slots; k++) {
        if (m->slot[k] != 0)
            place(slot, slots, m->slot[k]);
    }
    sc_free(m->slot);
    m->slot = slot;
    m->slots = slots;
    return 1;
}

/* The chunk that the next entry lies in. */
static int has_chunk(sc_map *m)
{
    const int power = 31 - __builtin_clz(m->count + (1u << SC_MAP_FIRST_POWER));
    char **chunk = &m->chunk[power - SC_MAP_FIRST_POWER];
    if (*chunk == NULL)
        *chunk = sc_calloc((size_t)1 << power, m->entry);
    return *chunk != NULL;
}

void *sc_map_put(sc_map *m, const void *key, uint32_t hash)
{
    if (m->count >= MOST_ENTRIES || !grow_slots(m) || !has_chunk(m))
        return NULL;
    void *e = sc_map_at(m, m->count);
    memcpy(e, key, m->key);
    place(m->slot, m->slots, (uint64_t)hash << 32 | ++m->count);
    return e;
}

void *sc_map_add(sc_map *m, const void *key)
{
    const uint32_t hash = sc_map_hash(m, key);
    void *known = sc_map_get(m, key, m->key, hash);
    return known != NULL ? known : sc_map_put(m, key, hash);
}
