/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger.c - a ledger's life, and what it says of itself. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ledger/ledger_parts.h"

sc_ledger_options sc_ledger_defaults(const sc_card *card)
{
    return (sc_ledger_options){
        .keep_dims = (1u << SC_DIMS) - 1, .max_values = SC_LEDGER_MAX_VALUES, .sketches = 1, .card = card};
}

/* All lower ends of context bands on the card, sorted. */
static int read_bands(sc_ledger *l, const sc_card *card)
{
    l->n_bands = 1;
    for (size_t i = 0; card != NULL && i < sc_card_point_count(card); i++) {
        const int64_t from = sc_card_point(card, i)->context_from;
        size_t at = 0;
        while (at < l->n_bands && l->bands[at] < from)
            at++;
        if (at < l->n_bands && l->bands[at] == from)
            continue;
        if (l->n_bands == SC_BANDS_MAX)
            return 0;
        memmove(&l->bands[at + 1], &l->bands[at], (l->n_bands - at) * sizeof l->bands[0]);
        l->bands[at] = from;
        l->n_bands++;
    }
    return 1;
}

static int by_day(const void *a, const void *b)
{
    const sc_day x = *(const sc_day *)a, y = *(const sc_day *)b;
    return (x > y) - (x < y);
}

/* Both ends of all prices, each day once. */
static int read_changes(sc_ledger *l)
{
    const sc_card *card = l->rater != NULL ? l->rater->card : NULL;
    const size_t points = card != NULL ? sc_card_point_count(card) : 0;
    size_t n = 0;
    sc_day *all = SC_ARENA_ARRAY(&l->arena, sc_day, 2 * points + 1);
    for (size_t i = 0; all != NULL && i < points; i++) {
        all[n++] = sc_card_point(card, i)->from;
        all[n++] = sc_card_point(card, i)->to;
    }
    if (all != NULL)
        qsort(all, n, sizeof *all, by_day);
    for (size_t i = 0; all != NULL && i < n; i++) {
        if (l->n_changes == 0 || all[l->n_changes - 1] != all[i])
            all[l->n_changes++] = all[i];
    }
    l->changes = all;
    return all != NULL;
}

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* Sorted, each once, so that ledgers that keep the same tags have the same list. */
static int copy_keep_tags(sc_ledger *l, const char *const *keys)
{
    size_t n = 0, kept = 0;
    while (keys != NULL && keys[n] != NULL)
        n++;
    const char **copy = SC_ARENA_ARRAY(&l->arena, const char *, n + 1);
    for (size_t i = 0; copy != NULL && i < n; i++) {
        copy[i] = sc_arena_strdup(&l->arena, keys[i]);
        if (copy[i] == NULL)
            return 0;
    }
    if (copy != NULL)
        qsort(copy, n, sizeof *copy, by_text);
    for (size_t i = 0; copy != NULL && i < n; i++) {
        if (kept == 0 || strcmp(copy[kept - 1], copy[i]) != 0)
            copy[kept++] = copy[i];
    }
    if (copy != NULL)
        copy[kept] = NULL;
    l->detail.keep_tags = copy;
    return copy != NULL;
}

static int init_part(part *p, sc_map_memory *memory)
{
    sc_map_init_in(&p->cells, memory, sizeof(cell), sizeof(cell_key));
    sc_map_init_in(&p->sizes, memory, sizeof(size_entry), offsetof(size_entry, count));
    sc_map_init_in(&p->contexts, memory, sizeof(context_entry), offsetof(context_entry, count));
    sc_map_init_in(&p->hours, memory, sizeof(hours_entry), offsetof(hours_entry, count));
    sc_map_init_in(&p->minutes, memory, sizeof(minute_entry), offsetof(minute_entry, requests));
    return pthread_mutex_init(&p->lock, NULL) == 0;
}

sc_ledger *sc_ledger_new(const sc_ledger_options *o)
{
    sc_ledger *l = SC_NEW(sc_ledger);
    if (l == NULL)
        return NULL;
    l->detail = (detail){.dims = o->keep_dims & ((1u << SC_DIMS) - 1),
                         .fold_service = o->fold_service != 0,
                         .sketches = o->sketches != 0,
                         .only_keep_tags = o->only_keep_tags};
    l->takes_zone = o->zone == NULL;
    if (o->zone != NULL)
        sc_ledger_set_zone(l, o->zone);
    l->max_values = o->max_values;
    l->rater = o->rater;
    l->is_alone = o->is_alone;
    l->priced = o->rater != NULL;
    l->threads = 1;
    sc_map_init(&l->value_counts, sizeof(value_count), sizeof(uint32_t));
    sc_map_init(&l->prints, sizeof(print_entry), offsetof(print_entry, sum));
    l->memory = sc_map_memory_new();
    int ok = l->memory != NULL;
    ok = pthread_mutex_init(&l->values_lock, NULL) == 0 && ok;
    for (int i = 0; i < SC_PARTS; i++)
        ok = init_part(&l->part[i], l->memory) && ok;
    ok = ok && sc_names_init(&l->texts) == SC_OK && sc_names_init(&l->tagsets) == SC_OK &&
         sc_names_init(&l->streams) == SC_OK && sc_names_init(&l->quotas) == SC_OK &&
         sc_names_init(&l->values) == SC_OK && read_bands(l, o->card) && read_changes(l) &&
         copy_keep_tags(l, o->keep_tags);
    if (!ok) {
        sc_ledger_free(l);
        return NULL;
    }
    l->common = l->detail;
    return l;
}

static void free_part(part *p)
{
    sc_map_release(&p->cells);
    sc_map_release(&p->sizes);
    sc_map_release(&p->contexts);
    sc_map_release(&p->hours);
    sc_map_release(&p->minutes);
    sc_free(p->events);
    sc_arena_release(&p->arena);
    pthread_mutex_destroy(&p->lock);
}

void sc_ledger_free(sc_ledger *l)
{
    if (l == NULL)
        return;
    for (int i = 0; i < SC_PARTS; i++)
        free_part(&l->part[i]);
    sc_map_memory_free(l->memory);
    sc_names_release(&l->texts);
    sc_names_release(&l->tagsets);
    sc_names_release(&l->streams);
    sc_names_release(&l->quotas);
    sc_names_release(&l->values);
    sc_map_release(&l->value_counts);
    sc_map_release(&l->prints);
    pthread_mutex_destroy(&l->values_lock);
    sc_arena_release(&l->arena);
    sc_arena_release(&l->sealed.arena);
    sc_free(l);
}

uint32_t sc_ledger_changes_until(const sc_ledger *l, sc_day day)
{
    size_t low = 0, high = l->n_changes;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (l->changes[mid] <= day)
            low = mid + 1;
        else
            high = mid;
    }
    return (uint32_t)low;
}

tag_mode sc_ledger_tag_mode(const sc_ledger *l, sc_text key)
{
    for (const char *const *k = l->detail.keep_tags; *k != NULL; k++) {
        if (sc_text_is(key, *k))
            return TAG_KEPT;
    }
    return l->detail.only_keep_tags ? TAG_DROPPED : TAG_COUNTED;
}

int sc_ledger_note_value(sc_ledger *l, sc_name_cache *values, uint32_t key, uint32_t value)
{
    const tag_pair pair = {key, value};
    pthread_mutex_lock(&l->values_lock);
    value_count *c = sc_map_add(&l->value_counts, &key);
    int status = c != NULL ? (int)c->too_many : -1;
    if (status == 0) {
        const uint32_t before = l->values.count;
        const uint32_t added = sc_name_cache_add(values, &pair, sizeof pair);
        c->values += l->values.count - before;
        c->too_many = c->values > l->max_values;
        l->any_folded |= (int)c->too_many;
        status = added == SC_NAME_FAILED ? -1 : (int)c->too_many;
    }
    pthread_mutex_unlock(&l->values_lock);
    return status;
}

int sc_ledger_fold_key(sc_ledger *l, uint32_t key)
{
    value_count *c = key != SC_NAME_FAILED ? sc_map_add(&l->value_counts, &key) : NULL;
    if (c != NULL)
        c->too_many = 1;
    l->any_folded = 1;
    return c != NULL;
}

stream_key sc_ledger_quota(const stream_key *k)
{
    stream_key q = {.kind = k->kind, .grain = k->grain, .scope = k->scope, .tier = k->tier, .meter = -1};
    static const sc_dim dims[] = {SC_DIM_ACCOUNT, SC_DIM_MODEL, SC_DIM_REGION, SC_DIM_ENDPOINT};
    for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++)
        q.dim[dims[i]] = k->dim[dims[i]];
    return q;
}

void sc_ledger_set_zone(sc_ledger *l, const sc_zone *zone)
{
    l->zone = *zone;
    l->has_zone = !sc_zone_is_utc(zone);
    l->takes_zone = 0;
}

const sc_zone *sc_ledger_zone(const sc_ledger *l) { return &l->zone; }
unsigned sc_ledger_dims(const sc_ledger *l) { return l->common.dims; }
int sc_ledger_is_priced(const sc_ledger *l) { return l->priced; }
