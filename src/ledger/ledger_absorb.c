/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_absorb.c - one ledger added to another. */
#include <string.h>

#include "base/alloc.h"
#include "ledger/ledger.h"

/* Numbers of names of `from` in `into`. */
typedef struct transfer {
    sc_ledger *into;
    const sc_ledger *from;
    sc_name_cache values;
    uint32_t *text, *tagset, *stream, *quota;
} transfer;

static uint32_t add_text(transfer *x, const char *text, size_t len)
{
    return sc_names_add(&x->into->texts, text, len, NULL);
}

static int texts(transfer *x)
{
    const sc_names *n = &x->from->texts;
    x->text = SC_NEW_ARRAY(uint32_t, n->count + 1);
    for (uint32_t i = 0; x->text != NULL && i < n->count; i++) {
        const sc_text t = sc_names_at(n, i);
        x->text[i] = add_text(x, t.at, t.len);
        if (x->text[i] == SC_NAME_FAILED)
            return 0;
    }
    return x->text != NULL;
}

/* What both have counted of the values of a key, so that too many in all are too many. */
static int values(transfer *x)
{
    sc_ledger *into = x->into;
    for (uint32_t i = 0; i < x->from->values.count; i++) {
        const sc_text t = sc_names_at(&x->from->values, i);
        tag_pair pair;
        if (t.len != sizeof pair)
            continue;
        memcpy(&pair, t.at, sizeof pair);
        if (sc_ledger_note_value(into, &x->values, x->text[pair.key], x->text[pair.value]) < 0)
            return 0;
    }
    for (size_t i = 0; i < x->from->value_counts.count; i++) {
        const value_count *theirs = sc_map_at(&x->from->value_counts, i);
        value_count *ours = sc_map_add(&into->value_counts, &x->text[theirs->key]);
        if (ours == NULL)
            return 0;
        ours->too_many |= theirs->too_many;
        into->any_folded |= (int)theirs->too_many;
    }
    return 1;
}

static int folds(const sc_ledger *l, uint32_t key)
{
    const value_count *c = sc_map_find(&l->value_counts, &key);
    return c != NULL && c->too_many != 0;
}

static int tagsets(transfer *x, uint32_t many)
{
    const sc_names *n = &x->from->tagsets;
    x->tagset = SC_NEW_ARRAY(uint32_t, n->count + 1);
    for (uint32_t i = 0; x->tagset != NULL && i < n->count; i++) {
        const sc_text t = sc_names_at(n, i);
        tag_pair pair[SC_USAGE_TAGS_MAX];
        const size_t count = t.len / sizeof pair[0];
        for (size_t k = 0; k < count; k++) {
            tag_pair p;
            memcpy(&p, t.at + k * sizeof p, sizeof p);
            p = (tag_pair){x->text[p.key], x->text[p.value]};
            if (folds(x->into, p.key))
                p.value = many;
            size_t at = k;
            for (; at > 0 && pair[at - 1].key > p.key; at--)
                pair[at] = pair[at - 1];
            pair[at] = p;
        }
        x->tagset[i] = sc_names_add(&x->into->tagsets, pair, count * sizeof pair[0], NULL);
        if (x->tagset[i] == SC_NAME_FAILED)
            return 0;
    }
    return x->tagset != NULL;
}

/* Streams, or quotas. */
static uint32_t *keys(transfer *x, const sc_names *n, sc_names *to, uint32_t many)
{
    uint32_t *number = SC_NEW_ARRAY(uint32_t, n->count + 1);
    for (uint32_t i = 1; number != NULL && i < n->count; i++) {
        stream_key k;
        memcpy(&k, sc_names_at(n, i).at, sizeof k);
        for (int d = 0; d < SC_DIMS; d++)
            k.dim[d] = (x->into->keep_dims >> d & 1) != 0 ? x->text[k.dim[d]] : SC_NAME_NONE;
        if (k.dim[SC_DIM_SESSION] != SC_NAME_NONE && folds(x->into, SESSION_KEY))
            k.dim[SC_DIM_SESSION] = many;
        k.tagset = x->tagset[k.tagset];
        number[i] = sc_names_add(to, &k, sizeof k, NULL);
        if (number[i] == SC_NAME_FAILED) {
            sc_free(number);
            return NULL;
        }
    }
    return number;
}

static int cells(transfer *x, const part *from)
{
    for (size_t i = 0; i < from->cells.count; i++) {
        const cell *c = sc_map_at(&from->cells, i);
        cell_key key = c->key;
        key.stream = x->stream[key.stream];
        part *p = sc_ledger_part(x->into, key.stream);
        cell *to = sc_map_add(&p->cells, &key);
        if (to == NULL || (c->stated != NULL && sc_ledger_costs(p, to) == NULL))
            return 0;
        for (int m = 0; m < SC_TOKEN_METERS; m++) {
            if (sc_sum_overflows(to->tokens[m], c->tokens[m]))
                return 0;
            to->tokens[m] += c->tokens[m];
        }
        to->records += c->records;
        to->requests += c->requests;
        to->no_counts |= c->no_counts;
        to->cost += c->cost;
        to->unpriced += c->unpriced;
        to->assumed += c->assumed;
        to->has_cost |= c->has_cost;
        if (c->stated != NULL) {
            to->stated->billed += c->stated->billed;
            to->stated->list += c->stated->list;
            to->stated->effective += c->stated->effective;
        }
    }
    return 1;
}

static int sketches(transfer *x, const part *from)
{
    for (size_t i = 0; i < from->sizes.count; i++) {
        size_entry e = *(const size_entry *)sc_map_at(&from->sizes, i);
        e.stream = x->stream[e.stream];
        size_entry *to = sc_map_add(&sc_ledger_part(x->into, e.stream)->sizes, &e);
        if (to == NULL)
            return 0;
        to->count += e.count;
    }
    for (size_t i = 0; i < from->contexts.count; i++) {
        context_entry e = *(const context_entry *)sc_map_at(&from->contexts, i);
        e.stream = x->stream[e.stream];
        context_entry *to = sc_map_add(&sc_ledger_part(x->into, e.stream)->contexts, &e);
        if (to == NULL)
            return 0;
        to->count += e.count;
        for (int m = 0; m < SC_TOKEN_METERS; m++)
            to->tokens[m] += e.tokens[m];
    }
    for (size_t i = 0; i < from->hours.count; i++) {
        hours_entry e = *(const hours_entry *)sc_map_at(&from->hours, i);
        e.stream = x->stream[e.stream];
        hours_entry *to = sc_map_add(&sc_ledger_part(x->into, e.stream)->hours, &e);
        if (to == NULL)
            return 0;
        for (int h = 0; h < 24; h++)
            to->count[h] += e.count[h];
    }
    return 1;
}

static int times(transfer *x, const part *from)
{
    for (size_t i = 0; i < from->minutes.count; i++) {
        minute_entry e = *(const minute_entry *)sc_map_at(&from->minutes, i);
        e.quota = x->quota[e.quota];
        minute_entry *to = sc_map_add(&sc_ledger_part(x->into, e.quota)->minutes, &e);
        if (to == NULL)
            return 0;
        to->requests += e.requests;
        to->input += e.input;
        to->output += e.output;
    }
    for (size_t i = 0; i < from->n_events; i++) {
        event_entry e = from->events[i];
        e.stream = x->stream[e.stream];
        if (!sc_ledger_add_event(sc_ledger_part(x->into, e.stream), e))
            return 0;
    }
    return 1;
}

static int prints(transfer *x)
{
    for (size_t i = 0; i < x->from->prints.count; i++) {
        print_entry e = *(const print_entry *)sc_map_at(&x->from->prints, i);
        e.account = x->text[e.account];
        print_entry *to = sc_map_add(&x->into->prints, &e);
        if (to == NULL)
            return 0;
        to->sum += e.sum;
        to->records += e.records;
    }
    return 1;
}

static int transfer_all(transfer *x)
{
    const uint32_t many = add_text(x, SC_MANY_VALUES, strlen(SC_MANY_VALUES));
    if (many == SC_NAME_FAILED || !texts(x) || !values(x) || !tagsets(x, many))
        return 0;
    x->stream = keys(x, &x->from->streams, &x->into->streams, many);
    x->quota = keys(x, &x->from->quotas, &x->into->quotas, many);
    if (x->stream == NULL || x->quota == NULL)
        return 0;
    for (int i = 0; i < SC_PARTS; i++) {
        const part *p = &x->from->part[i];
        if (!cells(x, p) || !sketches(x, p) || !times(x, p))
            return 0;
    }
    return prints(x);
}

sc_code sc_ledger_absorb(sc_ledger *into, const sc_ledger *from)
{
    transfer x = {.into = into, .from = from};
    int ok = sc_name_cache_init(&x.values, &into->values) == SC_OK && transfer_all(&x);
    sc_name_cache_release(&x.values);
    sc_free(x.text);
    sc_free(x.tagset);
    sc_free(x.stream);
    sc_free(x.quota);
    return ok ? SC_OK : SC_E_MEMORY;
}

static const char *text_at(const sc_ledger *l, uint32_t number) { return sc_names_at(&l->texts, number).at; }

/* A day of an account that is the same in both: the same input was read into both. */
static const print_entry *same_day(const sc_ledger *into, const sc_ledger *from)
{
    for (size_t i = 0; i < from->prints.count; i++) {
        const print_entry *theirs = sc_map_at(&from->prints, i);
        for (size_t k = 0; k < into->prints.count; k++) {
            const print_entry *ours = sc_map_at(&into->prints, k);
            if (ours->day == theirs->day && ours->kind == theirs->kind && ours->sum == theirs->sum &&
                ours->records == theirs->records &&
                strcmp(text_at(into, ours->account), text_at(from, theirs->account)) == 0)
                return theirs;
        }
    }
    return NULL;
}

sc_code sc_ledger_merge(sc_ledger *into, const sc_ledger *from, sc_errors *errors)
{
    char day[16];
    if (into->is_sealed)
        return sc_errors_add(errors, SC_E_INTERNAL, NULL, NULL, "a ledger cannot be added to once it is sealed");
    if (into->utc_offset != from->utc_offset)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                             "days start %d seconds east of UTC in one ledger and %d in the other", into->utc_offset,
                             from->utc_offset);
    if (into->n_bands != from->n_bands || memcmp(into->bands, from->bands, from->n_bands * sizeof from->bands[0]) != 0)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                             "the ledgers tell other context bands apart: one of them was made with another rate card");
    if (into->priced != from->priced)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "one of the ledgers is priced and the other is not");
    const print_entry *same = same_day(into, from);
    if (same != NULL)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                             "both ledgers hold the same %lld %s records of account '%s' on %s: the same input would "
                             "count twice",
                             (long long)same->records, sc_usage_kind_name((sc_usage_kind)same->kind),
                             text_at(from, same->account), sc_day_format(same->day, day));
    return sc_ledger_absorb(into, from);
}
