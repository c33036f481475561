/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ids.c - request ids seen so far. */
#include "ingest/ids.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash64.h"

#define SHARDS 16
#define FIRST_SLOTS 64u

/* Ids of one day: a table in memory, and sorted runs in files. */
typedef struct run {
    sc_id *ids; /* only read */
    size_t count;
    struct run *next;
} run;

typedef struct day_set {
    sc_day day;
    sc_id *slot;
    uint32_t count, slots;
    run *runs;
} day_set;

typedef struct shard {
    pthread_mutex_t lock;
    day_set *days; /* sorted by day */
    size_t n_days, cap_days;
    uint64_t count; /* in memory */
} shard;

struct sc_ids {
    shard shard[SHARDS];
    uint64_t max_of_shard;
    char *tmp;
};

sc_ids *sc_ids_new(uint64_t max, const char *tmp)
{
    sc_ids *s = SC_NEW(sc_ids);
    if (s == NULL)
        return NULL;
    s->max_of_shard = max / SHARDS + 1;
    s->tmp = tmp != NULL ? sc_strdup(tmp) : NULL;
    int ok = tmp == NULL || s->tmp != NULL;
    for (int i = 0; i < SHARDS; i++)
        ok = pthread_mutex_init(&s->shard[i].lock, NULL) == 0 && ok;
    if (!ok) {
        sc_ids_free(s);
        return NULL;
    }
    return s;
}

static void free_runs(run *r)
{
    for (run *next; r != NULL; r = next) {
        next = r->next;
        munmap(r->ids, r->count * sizeof(sc_id));
        sc_free(r);
    }
}

void sc_ids_free(sc_ids *s)
{
    if (s == NULL)
        return;
    for (int i = 0; i < SHARDS; i++) {
        for (size_t k = 0; k < s->shard[i].n_days; k++) {
            sc_free(s->shard[i].days[k].slot);
            free_runs(s->shard[i].days[k].runs);
        }
        sc_free(s->shard[i].days);
        pthread_mutex_destroy(&s->shard[i].lock);
    }
    sc_free(s->tmp);
    sc_free(s);
}

static day_set *set_of(shard *h, sc_day day)
{
    size_t low = 0, high = h->n_days;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (h->days[mid].day < day)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < h->n_days && h->days[low].day == day)
        return &h->days[low];
    if (h->n_days == h->cap_days) {
        const size_t cap = h->cap_days > 0 ? 2 * h->cap_days : 16;
        day_set *days = sc_realloc(h->days, cap, sizeof *days);
        if (days == NULL)
            return NULL;
        h->days = days;
        h->cap_days = cap;
    }
    memmove(&h->days[low + 1], &h->days[low], (h->n_days - low) * sizeof *h->days);
    h->days[low] = (day_set){.day = day};
    h->n_days++;
    return &h->days[low];
}

static sc_id *slot_of(sc_id *slot, uint32_t slots, const sc_id *key)
{
    uint32_t i = (uint32_t)key->b & (slots - 1);
    while ((slot[i].a | slot[i].b) != 0 && (slot[i].a != key->a || slot[i].b != key->b))
        i = (i + 1) & (slots - 1);
    return &slot[i];
}

static int grow(day_set *d)
{
    if (d->slots > 0 && d->count < d->slots / 4 * 3)
        return 1;
    const uint32_t slots = d->slots > 0 ? 2 * d->slots : FIRST_SLOTS;
    sc_id *bigger = slots > 0 ? SC_NEW_ARRAY(sc_id, slots) : NULL;
    if (bigger == NULL)
        return 0;
    for (uint32_t i = 0; i < d->slots; i++) {
        if ((d->slot[i].a | d->slot[i].b) != 0)
            *slot_of(bigger, slots, &d->slot[i]) = d->slot[i];
    }
    sc_free(d->slot);
    d->slot = bigger;
    d->slots = slots;
    return 1;
}

/* ---- what does not fit into memory ---- */

static int by_id(const void *x, const void *y)
{
    const sc_id *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return (p->b > q->b) - (p->b < q->b);
}

/* A file without a name that holds these bytes, in memory as far as the system likes. */
static void *mapped(const char *tmp, const void *data, size_t size)
{
    char path[4096];
    const int len = snprintf(path, sizeof path, "%s/spendcast-ids-XXXXXX", tmp);
    const int fd = len > 0 && (size_t)len < sizeof path ? mkstemp(path) : -1;
    if (fd < 0)
        return NULL;
    unlink(path);
    size_t done = 0;
    while (done < size) {
        const ssize_t n = write(fd, (const char *)data + done, size - done);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    void *map = done == size ? mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    close(fd);
    return map != MAP_FAILED ? map : NULL;
}

static int spill(const sc_ids *s, shard *h, day_set *d)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->slots; i++) {
        if ((d->slot[i].a | d->slot[i].b) != 0)
            d->slot[n++] = d->slot[i];
    }
    qsort(d->slot, n, sizeof *d->slot, by_id);
    run *r = SC_NEW(run);
    if (r == NULL)
        return 0;
    r->ids = mapped(s->tmp, d->slot, n * sizeof *d->slot);
    if (r->ids == NULL) {
        sc_free(r);
        return 0;
    }
    r->count = n;
    r->next = d->runs;
    d->runs = r;
    h->count -= n;
    sc_free(d->slot);
    d->slot = NULL;
    d->slots = d->count = 0;
    return 1;
}

/* The day with the most ids in memory goes: with logs in the order of time, days that are over. */
static int make_room(const sc_ids *s, shard *h)
{
    day_set *largest = NULL;
    if (s->tmp == NULL || h->count < s->max_of_shard)
        return 1;
    for (size_t i = 0; i < h->n_days; i++) {
        if (largest == NULL || h->days[i].count > largest->count)
            largest = &h->days[i];
    }
    return largest == NULL || largest->count == 0 || spill(s, h, largest);
}

static sc_id *find(day_set *d, const sc_id *key)
{
    sc_id *in_memory = d->slots > 0 ? slot_of(d->slot, d->slots, key) : NULL;
    return in_memory != NULL && (in_memory->a | in_memory->b) != 0 ? in_memory : NULL;
}

static const sc_id *find_on_disk(const day_set *d, const sc_id *key)
{
    for (const run *r = d->runs; r != NULL; r = r->next) {
        const sc_id *on_disk = bsearch(key, r->ids, r->count, sizeof *key, by_id);
        if (on_disk != NULL)
            return on_disk;
    }
    return NULL;
}

static int insert(shard *h, day_set *d, const sc_id *key)
{
    if (!grow(d))
        return 0;
    *slot_of(d->slot, d->slots, key) = *key;
    d->count++;
    h->count++;
    return 1;
}

static sc_id_seen add(const sc_ids *s, shard *h, sc_day day, const sc_id *key, uint32_t *before)
{
    if (!make_room(s, h))
        return SC_ID_FAILED;
    day_set *d = set_of(h, day);
    if (d == NULL)
        return SC_ID_FAILED;
    sc_id *known = find(d, key);
    const sc_id *old = known != NULL ? known : find_on_disk(d, key);
    if (old != NULL) {
        if (old->content.hash != key->content.hash)
            return SC_ID_CONFLICT;
        *before = old->content.output;
        if (key->content.output <= *before)
            return SC_ID_SAME;
        if (known != NULL)
            known->content.output = key->content.output;
        else if (!insert(h, d, key)) /* from now on this one is found first */
            return SC_ID_FAILED;
        return SC_ID_SAME;
    }
    return insert(h, d, key) ? SC_ID_NEW : SC_ID_FAILED;
}

sc_id sc_id_of(uint64_t space, sc_text text, sc_id_content content)
{
    return (sc_id){sc_hash64(text.at, text.len, space), sc_hash64(text.at, text.len, ~space) | 1, content};
}

sc_id_seen sc_ids_add(sc_ids *s, sc_day day, const sc_id *id, uint32_t *before)
{
    shard *h = &s->shard[id->a % SHARDS];
    pthread_mutex_lock(&h->lock);
    const sc_id_seen seen = add(s, h, day, id, before);
    pthread_mutex_unlock(&h->lock);
    return seen;
}
