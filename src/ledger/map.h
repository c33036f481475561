/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.h - find-or-add of plain entries by the bytes they begin with.  Entries never move. */
#ifndef SC_LEDGER_MAP_H
#define SC_LEDGER_MAP_H

#include <pthread.h>

#include "base/arena.h"
#include "base/hash64.h"

/* Memory that many maps share, in few large pieces; the threads that add to them take the lock. */
typedef struct sc_map_memory {
    pthread_mutex_t lock;
    sc_arena arena;
} sc_map_memory;

/* NULL when out of memory. */
sc_map_memory *sc_map_memory_new(void);
void sc_map_memory_free(sc_map_memory *memory);

typedef struct sc_map {
    uint32_t entry, key; /* bytes of an entry, and of the key at its start: whole words of four bytes, no padding */
    uint32_t count, slots;
    uint64_t *slot; /* open addressing: hash << 32 | index + 1; most other entries are passed over unseen */
    char **chunk;   /* of 2^power entries each */
    uint32_t power, chunks;
    sc_map_memory *memory; /* NULL = the chunks are the map's own */
} sc_map;

void sc_map_init(sc_map *m, size_t entry, size_t key);
/* The same for a map that has its entries in shared memory, which must outlive it. */
void sc_map_init_in(sc_map *m, sc_map_memory *memory, size_t entry, size_t key);
void sc_map_release(sc_map *m);
/* The entry with this key; a new one is zero behind its key.  NULL when out of memory. */
void *sc_map_add(sc_map *m, const void *key);
/* Gives back what only finding and adding need: the entries can still be gone through. */
void sc_map_seal(sc_map *m);
/* NULL = none. */
void *sc_map_find(const sc_map *m, const void *key);
/* For callers that have a hash, the map's own or another: sc_map_get finds, sc_map_put adds a key that is not there. */
void *sc_map_put(sc_map *m, const void *key, uint32_t hash);

/* The hash that sc_map_add and sc_map_find go by. */
static inline uint32_t sc_map_hash(const sc_map *m, const void *key) { return (uint32_t)sc_hash64(key, m->key, 0); }

/* The i-th entry that was added. */
static inline void *sc_map_at(const sc_map *m, size_t i)
{
    return m->chunk[i >> m->power] + (i & (((size_t)1 << m->power) - 1)) * m->entry;
}

/* Keys are short and of whole words of four bytes: a loop is faster than a call of memcmp. */
static inline int sc_map_same_key(const void *a, const void *b, size_t size)
{
    const char *p = a, *q = b;
    uint64_t differ = 0;
    size_t i = 0;
    for (; i + 8 <= size; i += 8)
        differ |= sc_hash_word8(p + i) ^ sc_hash_word8(q + i);
    return (differ | (i < size ? sc_hash_tail(p + i, 4) ^ sc_hash_tail(q + i, 4) : 0)) == 0;
}

/* Asks the processor for the memory of a slot, and a little later, for that of the entry that has the hash,
 * to be used again a little later. */
static inline void sc_map_prefetch_slot(const sc_map *m, uint32_t hash)
{
    if (m->slots > 0)
        __builtin_prefetch(&m->slot[hash & (m->slots - 1)]);
}

static inline void sc_map_prefetch(const sc_map *m, uint32_t hash)
{
    const uint32_t mask = m->slots - 1;
    uint32_t i = hash & mask;
    while (m->slots > 0 && m->slot[i] != 0 && m->slot[i] >> 32 != hash)
        i = (i + 1) & mask;
    const char *e = m->slots > 0 && m->slot[i] != 0 ? sc_map_at(m, (uint32_t)m->slot[i] - 1) : NULL;
    if (e == NULL)
        return;
    for (uint32_t at = 0; at < m->entry; at += 64)
        __builtin_prefetch(e + at);
    __builtin_prefetch(e + m->entry - 1);
}

/* `size` is that of the map's key: faster where it is a constant. */
static inline void *sc_map_get(const sc_map *m, const void *key, size_t size, uint32_t hash)
{
    const uint32_t mask = m->slots - 1;
    for (uint32_t i = hash & mask; m->slots > 0 && m->slot[i] != 0; i = (i + 1) & mask) {
        void *e = m->slot[i] >> 32 == hash ? sc_map_at(m, (uint32_t)m->slot[i] - 1) : NULL;
        if (e != NULL && sc_map_same_key(e, key, size))
            return e;
    }
    return NULL;
}

#endif
