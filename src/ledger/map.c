/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.c - find-or-add of plain entries by the bytes they begin with. */
#include "ledger/map.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash64.h"

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

static uint32_t *slot_of(const sc_map *m, const void *key)
{
    uint32_t i = (uint32_t)sc_hash64(key, m->key, 0) & (m->slots - 1);
    for (; m->slot[i] != 0; i = (i + 1) & (m->slots - 1)) {
        if (memcmp(sc_map_at(m, m->slot[i] - 1), key, m->key) == 0)
            break;
    }
    return &m->slot[i];
}

void *sc_map_find(const sc_map *m, const void *key)
{
    const uint32_t found = m->slots > 0 ? *slot_of(m, key) : 0;
    return found > 0 ? sc_map_at(m, found - 1) : NULL;
}

/* At most three quarters full. */
static int grow_slots(sc_map *m)
{
    if (m->slots > 0 && m->count < m->slots / 4 * 3)
        return 1;
    sc_map bigger = *m;
    bigger.slots = m->slots > 0 ? m->slots * 2 : FIRST_SLOTS;
    bigger.slot = SC_NEW_ARRAY(uint32_t, bigger.slots);
    if (bigger.slot == NULL)
        return 0;
    for (uint32_t i = 0; i < m->count; i++)
        *slot_of(&bigger, sc_map_at(m, i)) = i + 1;
    sc_free(m->slot);
    *m = bigger;
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

void *sc_map_add(sc_map *m, const void *key)
{
    uint32_t *slot = m->slots > 0 ? slot_of(m, key) : NULL;
    if (slot != NULL && *slot != 0)
        return sc_map_at(m, *slot - 1);
    if (m->count >= MOST_ENTRIES || !grow_slots(m) || !has_chunk(m))
        return NULL;
    void *e = sc_map_at(m, m->count);
    memcpy(e, key, m->key);
    *slot_of(m, key) = ++m->count;
    return e;
}
