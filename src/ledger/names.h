/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.h - each different byte string once, with a number: shared by threads, with a cache for each of them. */
#ifndef SC_LEDGER_NAMES_H
#define SC_LEDGER_NAMES_H

#include <pthread.h>
#include <stdint.h>

#include "base/arena.h"
#include "spendcast/error.h"
#include "spendcast/text.h"

/* Number of the empty string. */
#define SC_NAME_NONE 0u
#define SC_NAME_FAILED UINT32_MAX

typedef struct sc_names {
    pthread_mutex_t lock;
    sc_arena arena;
    sc_text *name;  /* by number */
    uint64_t *slot; /* open addressing: half a hash << 32 | number + 1; most other texts are passed over unseen */
    uint32_t count, cap, slots;
} sc_names;

sc_code sc_names_init(sc_names *n);
void sc_names_release(sc_names *n);
/* The number of a string, new or not; SC_NAME_FAILED when out of memory.  *known (may be NULL) is where the string is
 * kept, terminated. Safe from several threads. */
uint32_t sc_names_add(sc_names *n, const void *data, size_t size, const char **known);
/* The number of a string, SC_NAME_FAILED if it has none. */
uint32_t sc_names_find(sc_names *n, const void *data, size_t size);
/* While nobody adds. */
static inline sc_text sc_names_at(const sc_names *n, uint32_t number) { return n->name[number]; }

/* A thread's own cache. */
typedef struct sc_name_cache_entry {
    uint64_t hash;
    const char *at;
    uint32_t len, number;
} sc_name_cache_entry;
typedef struct sc_name_cache {
    sc_names *names;
    sc_name_cache_entry *entry;
    uint32_t count, slots;
    sc_text last; /* where the string last asked for is kept */
} sc_name_cache;

sc_code sc_name_cache_init(sc_name_cache *c, sc_names *n);
void sc_name_cache_release(sc_name_cache *c);
uint32_t sc_name_cache_add(sc_name_cache *c, const void *data, size_t size);
/* 1 if this thread has asked for the string before. */
int sc_name_cache_has(const sc_name_cache *c, const void *data, size_t size);

#endif
