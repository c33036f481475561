/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.c - find-or-add of plain entries by the bytes they begin with. */
#include "ledger/map.h"

#include <string.h>

#include "base/alloc.h"

#define FIRST_SLOTS 16u
#define FIRST_CHUNKS 8u
#define CHUNK_BYTES 8192u
#define MOST_ENTRIES (1u << 29) /* has 2^32 / 4 slots */

sc_map_memory *sc_map_memory_new(void)
{
    sc_map_memory *memory = SC_NEW(sc_map_memory);
    if (memory == NULL || pthread_mutex_init(&memory->lock, NULL) == 0)
        return memory;
    sc_free(memory);
    return NULL;
}

void sc_map_memory_free(sc_map_memory *memory)
{
    if (memory == NULL)
        return;
    sc_arena_release(&memory->arena);
    pthread_mutex_destroy(&memory->lock);
    sc_free(memory);
}

void sc_map_init_in(sc_map *m, sc_map_memory *memory, size_t entry, size_t key)
{
    *m = (sc_map){.entry = (uint32_t)entry, .key = (uint32_t)key, .memory = memory};
    while (entry > 0 && entry << (m->power + 1) <= CHUNK_BYTES)
        m->power++;
}

void sc_map_init(sc_map *m, size_t entry, size_t key) { sc_map_init_in(m, NULL, entry, key); }

static uint32_t used_chunks(const sc_map *m)
{
    return (uint32_t)((m->count + ((size_t)1 << m->power) - 1) >> m->power);
}

void sc_map_release(sc_map *m)
{
    for (uint32_t i = 0; m->memory == NULL && i < used_chunks(m); i++)
        sc_free(m->chunk[i]);
    sc_free(m->chunk);
    sc_free(m->slot);
    sc_map_init_in(m, m->memory, m->entry, m->key);
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

static char *new_chunk(sc_map *m)
{
    const size_t entries = (size_t)1 << m->power;
    if (m->memory == NULL)
        return sc_calloc(entries, m->entry);
    pthread_mutex_lock(&m->memory->lock);
    char *chunk = sc_arena_alloc(&m->memory->arena, entries, m->entry);
    pthread_mutex_unlock(&m->memory->lock);
    return chunk;
}

/* Makes room for the next entry, after which `count` must rise: a chunk is the map's once an entry lies in it. */
static int has_chunk(sc_map *m)
{
    const uint32_t used = used_chunks(m);
    if (used << m->power > m->count)
        return 1;
    if (used == m->chunks) {
        const uint32_t chunks = m->chunks > 0 ? 2 * m->chunks : FIRST_CHUNKS;
        char **larger = sc_realloc(m->chunk, chunks, sizeof *larger);
        if (larger == NULL)
            return 0;
        m->chunk = larger;
        m->chunks = chunks;
    }
    m->chunk[used] = new_chunk(m);
    return m->chunk[used] != NULL;
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
