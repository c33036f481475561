/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_absorb.c - one ledger added to another, which may tell less apart. */
#include <string.h>

#include "base/alloc.h"
#include "ledger/ledger_parts.h"

/* Numbers of names of `from` in `into`, found when they are first needed, so that what no cell uses stays behind. */
#define NOT_YET SC_NAME_FAILED
typedef struct transfer {
    sc_ledger *into;
    const sc_ledger *from;
    sc_name_cache values;
    uint32_t *text, *tagset, *stream, *quota;
    uint32_t many;      /* number of SC_MANY_VALUES */
    ledger_rates rates; /* where `into` prices what is added to it, and `from` has not */
} transfer;

static uint32_t text_of(transfer *x, uint32_t number)
{
    if (x->text[number] == NOT_YET) {
        const sc_text t = sc_names_at(&x->from->texts, number);
        x->text[number] = sc_names_add(&x->into->texts, t.at, t.len, NULL);
    }
    return x->text[number];
}

static int folds(const sc_ledger *l, uint32_t key)
{
    const value_count *c = sc_map_find(&l->value_counts, &key);
    return c != NULL && c->too_many;
}

/* A value of a key, both given by number: the key in `into`, the value in `from`. */
static uint32_t value_of(transfer *x, uint32_t key, uint32_t value, int is_counted)
{
    if (value != SC_NAME_NONE && folds(x->into, key))
        return x->many;
    const uint32_t number = text_of(x, value);
    if (!is_counted || number == SC_NAME_NONE || number == SC_NAME_FAILED)
        return number;
    const int status = sc_ledger_note_value(x->into, &x->values, key, number);
    return status < 0 ? SC_NAME_FAILED : status > 0 ? x->many : number;
}

/* A tag put among pair[*n] in the order of keys, if it is kept; 0 = out of memory. */
static int add_pair(transfer *x, tag_pair p, tag_pair *pair, size_t *n)
{
    const tag_mode mode = sc_ledger_tag_mode(x->into, sc_names_at(&x->from->texts, p.key));
    if (mode == TAG_DROPPED)
        return 1;
    p.key = text_of(x, p.key);
    if (p.key != SC_NAME_FAILED)
        p.value = value_of(x, p.key, p.value, mode == TAG_COUNTED);
    size_t at = (*n)++;
    for (; at > 0 && pair[at - 1].key > p.key; at--)
        pair[at] = pair[at - 1];
    pair[at] = p;
    return p.key != SC_NAME_FAILED && p.value != SC_NAME_FAILED;
}

static uint32_t tagset_of(transfer *x, uint32_t number)
{
    if (x->tagset[number] != NOT_YET)
        return x->tagset[number];
    const sc_text t = sc_names_at(&x->from->tagsets, number);
    tag_pair pair[SC_USAGE_TAGS_MAX];
    size_t n = 0;
    for (size_t k = 0; k < t.len / sizeof pair[0]; k++) {
        tag_pair p;
        memcpy(&p, t.at + k * sizeof p, sizeof p);
        if (!add_pair(x, p, pair, &n))
            return SC_NAME_FAILED;
    }
    x->tagset[number] = sc_names_add(&x->into->tagsets, pair, n * sizeof pair[0], NULL);
    return x->tagset[number];
}

/* A stream's or quota's key in terms of `into`; 0 = out of memory. */
static int map_key(transfer *x, sc_text key, stream_key *k)
{
    memcpy(k, key.at, sizeof *k);
    int ok = 1;
    if (x->into->detail.fold_service)
        k->scope = k->tier = -1;
    for (int d = 0; d < SC_DIMS; d++) {
        const int is_session = d == SC_DIM_SESSION;
        k->dim[d] = (x->into->detail.dims >> d & 1) == 0 ? SC_NAME_NONE
                    : is_session                         ? value_of(x, SESSION_KEY, k->dim[d], 1)
                                                         : text_of(x, k->dim[d]);
        ok = ok && k->dim[d] != SC_NAME_FAILED;
    }
    k->tagset = tagset_of(x, k->tagset);
    return ok && k->tagset != SC_NAME_FAILED;
}

static int stream_of(transfer *x, uint32_t *stream)
{
    uint32_t *known = &x->stream[*stream];
    stream_key k;
    if (*known == NOT_YET && map_key(x, sc_names_at(&x->from->streams, *stream), &k))
        *known = sc_names_add(&x->into->streams, &k, sizeof k, NULL);
    *stream = *known;
    return *known != SC_NAME_FAILED;
}

static int quota_of(transfer *x, uint32_t *quota)
{
    uint32_t *known = &x->quota[*quota];
    stream_key k;
    if (*known == NOT_YET && map_key(x, sc_names_at(&x->from->quotas, *quota), &k))
        *known = sc_names_add(&x->into->quotas, &k, sizeof k, NULL);
    *quota = *known;
    return *known != SC_NAME_FAILED;
}

/* An entry that begins with the number of its stream. */
typedef union stream_entry {
    uint32_t stream;
    size_entry size;
    context_entry context;
    hours_entry hours;
} stream_entry;

static sc_code entries(transfer *x, const sc_map *from, sc_code (*add)(part *p, const void *entry))
{
    sc_code code = SC_OK;
    for (size_t i = 0; code == SC_OK && i < from->count; i++) {
        stream_entry e;
        memcpy(&e, sc_map_at(from, i), from->entry);
        code = stream_of(x, &e.stream) ? add(sc_ledger_part(x->into, e.stream), &e) : SC_E_MEMORY;
    }
    return code;
}

/* Before the stream's number is that of `into`, which may keep less. */
static int price(transfer *x, cell_sums *c)
{
    stream_key k;
    memcpy(&k, sc_names_at(&x->from->streams, c->key.stream).at, sizeof k);
    const sc_names *texts = &x->from->texts;
    const usage_priced u = {.model = sc_names_at(texts, k.dim[SC_DIM_MODEL]),
                            .region = sc_names_at(texts, k.dim[SC_DIM_REGION]),
                            .variant = sc_names_at(texts, k.dim[SC_DIM_VARIANT]),
                            .model_number = k.dim[SC_DIM_MODEL],
                            .region_number = k.dim[SC_DIM_REGION],
                            .charge = k.charge,
                            .scope = k.scope,
                            .tier = k.tier,
                            .meter = k.meter};
    return sc_ledger_price(x->into, &x->rates, &u, c);
}

static sc_code cells(transfer *x, const sc_map *from)
{
    const int is_to_price = x->into->rater != NULL && !x->from->priced;
    sc_code code = SC_OK;
    for (size_t i = 0; code == SC_OK && i < from->count; i++) {
        cell_sums c;
        sc_ledger_cell_sums(sc_map_at(from, i), &c);
        if ((is_to_price && !price(x, &c)) || !stream_of(x, &c.key.stream))
            return SC_E_MEMORY;
        code = sc_ledger_add_cell(sc_ledger_part(x->into, c.key.stream), &c);
    }
    return code;
}

static sc_code minutes(transfer *x, const part *from)
{
    sc_code code = SC_OK;
    for (size_t i = 0; code == SC_OK && i < from->minutes.count; i++) {
        minute_entry e = *(const minute_entry *)sc_map_at(&from->minutes, i);
        code = quota_of(x, &e.quota) ? sc_ledger_add_minute(sc_ledger_part(x->into, e.quota), &e) : SC_E_MEMORY;
    }
    return code;
}

static sc_code events(transfer *x, const part *from)
{
    sc_code code = SC_OK;
    for (size_t i = 0; code == SC_OK && i < from->n_events; i++) {
        event_entry e = from->events[i];
        code = stream_of(x, &e.stream) ? sc_ledger_add_event(sc_ledger_part(x->into, e.stream), &e) : SC_E_MEMORY;
    }
    return code;
}

static sc_code prints(transfer *x)
{
    sc_code code = SC_OK;
    for (size_t i = 0; code == SC_OK && i < x->from->prints.count; i++) {
        print_entry e = *(const print_entry *)sc_map_at(&x->from->prints, i);
        e.account = text_of(x, e.account);
        code = e.account != SC_NAME_FAILED ? sc_ledger_add_print(&x->into->prints, &e) : SC_E_MEMORY;
    }
    return code;
}

static int keeps_key(const transfer *x, uint32_t key)
{
    return key == SESSION_KEY ? (x->into->detail.dims >> SC_DIM_SESSION & 1) != 0
                              : sc_ledger_tag_mode(x->into, sc_names_at(&x->from->texts, key)) != TAG_DROPPED;
}

/* Keys with too many values in either have too many in both together. */
static sc_code folded_keys(transfer *x)
{
    for (size_t i = 0; i < x->from->value_counts.count; i++) {
        const value_count *c = sc_map_at(&x->from->value_counts, i);
        if (c->too_many && keeps_key(x, c->key) && !sc_ledger_fold_key(x->into, text_of(x, c->key)))
            return SC_E_MEMORY;
    }
    return SC_OK;
}

static sc_code sketches(transfer *x, const part *from)
{
    sc_code code = entries(x, &from->sizes, sc_ledger_add_size);
    if (code == SC_OK)
        code = entries(x, &from->contexts, sc_ledger_add_context);
    if (code == SC_OK)
        code = entries(x, &from->hours, sc_ledger_add_hours);
    if (code == SC_OK)
        code = minutes(x, from);
    return code == SC_OK ? events(x, from) : code;
}

static sc_code transfer_all(transfer *x)
{
    sc_code code = folded_keys(x);
    for (int i = 0; code == SC_OK && i < SC_PARTS; i++) {
        code = cells(x, &x->from->part[i].cells);
        if (code == SC_OK && x->into->detail.sketches)
            code = sketches(x, &x->from->part[i]);
    }
    return code == SC_OK ? prints(x) : code;
}

static uint32_t *numbers(const sc_names *n)
{
    uint32_t *number = SC_NEW_ARRAY(uint32_t, n->count);
    if (number != NULL)
        memset(number, 0xff, n->count * sizeof *number); /* NOT_YET */
    return number;
}

sc_code sc_ledger_absorb(sc_ledger *into, const sc_ledger *from)
{
    transfer x = {.into = into,
                  .from = from,
                  .text = numbers(&from->texts),
                  .tagset = numbers(&from->tagsets),
                  .stream = numbers(&from->streams),
                  .quota = numbers(&from->quotas),
                  .many = sc_names_add(&into->texts, SC_MANY_VALUES, strlen(SC_MANY_VALUES), NULL)};
    sc_ledger_rates_init(&x.rates);
    const int ok = x.text != NULL && x.tagset != NULL && x.stream != NULL && x.quota != NULL &&
                   x.many != SC_NAME_FAILED && sc_name_cache_init(&x.values, &into->values) == SC_OK;
    const sc_code code = ok ? transfer_all(&x) : SC_E_MEMORY;
    sc_name_cache_release(&x.values);
    sc_ledger_rates_release(&x.rates);
    sc_free(x.text);
    sc_free(x.tagset);
    sc_free(x.stream);
    sc_free(x.quota);
    return code;
}
