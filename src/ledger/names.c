/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.c - each different byte string once, with a number. */
#include "ledger/names.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash64.h"

#define FIRST_SLOTS 1024u

sc_code sc_names_init(sc_names *n)
{
    *n = (sc_names){0};
    if (pthread_mutex_init(&n->lock, NULL) != 0)
        return SC_E_MEMORY;
    n->slots = FIRST_SLOTS;
    n->slot = SC_NEW_ARRAY(uint64_t, n->slots);
    if (n->slot == NULL || sc_names_add(n, "", 0, NULL) != SC_NAME_NONE) {
        sc_names_release(n);
        return SC_E_MEMORY;
    }
    return SC_OK;
}

void sc_names_release(sc_names *n)
{
    if (n->slots > 0)
        pthread_mutex_destroy(&n->lock);
    sc_arena_release(&n->arena);
    sc_free(n->name);
    sc_free(n->slot);
    *n = (sc_names){0};
}

/* The slot of a text, or the free one where it belongs. */
static uint64_t *slot_of(const sc_names *n, const void *data, size_t size, uint64_t hash)
{
    uint32_t i = (uint32_t)hash & (n->slots - 1);
    for (; n->slot[i] != 0; i = (i + 1) & (n->slots - 1)) {
        if (n->slot[i] >> 32 != hash >> 32)
            continue;
        const sc_text *t = &n->name[(uint32_t)n->slot[i] - 1];
        if (t->len == size && (size == 0 || memcmp(t->at, data, size) == 0))
            break;
    }
    return &n->slot[i];
}

static int grow(sc_names *n)
{
    if (n->count == n->cap) {
        const uint32_t cap = n->cap > 0 ? n->cap * 2 : 64;
        sc_text *name = sc_realloc(n->name, cap, sizeof *name);
        if (name == NULL)
            return 0;
        n->name = name;
        n->cap = cap;
    }
    if (n->count < n->slots / 2)
        return 1;
    sc_names bigger = *n;
    bigger.slots = n->slots * 2;
    bigger.slot = SC_NEW_ARRAY(uint64_t, bigger.slots);
    if (bigger.slot == NULL)
        return 0;
    for (uint32_t i = 0; i < n->count; i++) {
        const uint64_t hash = sc_hash64(n->name[i].at, n->name[i].len, 0);
        *slot_of(&bigger, n->name[i].at, n->name[i].len, hash) = hash >> 32 << 32 | (i + 1);
    }
    sc_free(n->slot);
    n->slot = bigger.slot;
    n->slots = bigger.slots;
    return 1;
}

uint32_t sc_names_add(sc_names *n, const void *data, size_t size, const char **known)
{
    uint32_t number = SC_NAME_FAILED;
    if (size > UINT32_MAX / 2)
        return number;
    const uint64_t hash = sc_hash64(data, size, 0);
    pthread_mutex_lock(&n->lock);
    const uint64_t found = *slot_of(n, data, size, hash);
    if (found != 0) {
        number = (uint32_t)found - 1;
    } else if (n->count < UINT32_MAX / 4 && grow(n)) {
        char *copy = sc_arena_strndup(&n->arena, data, size);
        if (copy != NULL) {
            number = n->count++;
            n->name[number] = (sc_text){copy, size};
            *slot_of(n, data, size, hash) = hash >> 32 << 32 | (number + 1);
        }
    }
    if (known != NULL)
        *known = number != SC_NAME_FAILED ? n->name[number].at : NULL;
    pthread_mutex_unlock(&n->lock);
    return number;
}

uint32_t sc_names_find(sc_names *n, const void *data, size_t size)
{
    const uint64_t hash = sc_hash64(data, size, 0);
    pthread_mutex_lock(&n->lock);
    const uint64_t found = *slot_of(n, data, size, hash);
    pthread_mutex_unlock(&n->lock);
    return found != 0 ? (uint32_t)found - 1 : SC_NAME_FAILED;
}

sc_code sc_name_cache_init(sc_name_cache *c, sc_names *n)
{
    *c = (sc_name_cache){.names = n, .slots = FIRST_SLOTS};
    c->entry = SC_NEW_ARRAY(sc_name_cache_entry, c->slots);
    return c->entry != NULL ? SC_OK : SC_E_MEMORY;
}

void sc_name_cache_release(sc_name_cache *c)
{
    sc_free(c->entry);
    *c = (sc_name_cache){0};
}

static sc_name_cache_entry *entry_of(const sc_name_cache *c, uint64_t hash, const void *data, size_t size)
{
    uint32_t i = (uint32_t)hash & (c->slots - 1);
    for (; c->entry[i].at != NULL; i = (i + 1) & (c->slots - 1)) {
        const sc_name_cache_entry *e = &c->entry[i];
        if (e->hash == hash && e->len == size && sc_same_bytes(e->at, data, size))
            break;
    }
    return &c->entry[i];
}

static int cache_grow(sc_name_cache *c)
{
    sc_name_cache bigger = *c;
    bigger.slots = c->slots * 2;
    bigger.entry = SC_NEW_ARRAY(sc_name_cache_entry, bigger.slots);
    if (bigger.entry == NULL)
        return 0;
    for (uint32_t i = 0; i < c->slots; i++) {
        const sc_name_cache_entry *e = &c->entry[i];
        if (e->at != NULL)
            *entry_of(&bigger, e->hash, e->at, e->len) = *e;
    }
    sc_free(c->entry);
    *c = bigger;
    return 1;
}

int sc_name_cache_has(const sc_name_cache *c, const void *data, size_t size)
{
    return entry_of(c, sc_hash64(data, size, 0), data, size)->at != NULL;
}

uint32_t sc_name_cache_add(sc_name_cache *c, const void *data, size_t size)
{
    if (size == 0) {
        c->last = (sc_text){"", 0};
        return SC_NAME_NONE;
    }
    const uint64_t hash = sc_hash64(data, size, 0);
    sc_name_cache_entry *e = entry_of(c, hash, data, size);
    if (e->at != NULL) {
        c->last = (sc_text){e->at, size};
        return e->number;
    }
    const char *known;
    const uint32_t number = sc_names_add(c->names, data, size, &known);
    if (number == SC_NAME_FAILED || (c->count >= c->slots / 2 && !cache_grow(c)))
        return SC_NAME_FAILED;
    c->count++;
    c->last = (sc_text){known, size};
    *entry_of(c, hash, data, size) = (sc_name_cache_entry){hash, known, (uint32_t)size, number};
    return number;
}
