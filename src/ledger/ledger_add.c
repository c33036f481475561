/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_add.c - records into cells and sketches, from several threads. */
#include <string.h>

#include "base/alloc.h"
#include "base/hash64.h"
#include "ledger/ledger_writer.h"
#include "usage/reader.h"

#define MINUTE_SECONDS 60

/* One more, or one less. */
static void count_writer(sc_ledger *l, int n)
{
    pthread_mutex_lock(&l->values_lock);
    l->writers += n;
    l->threads = l->writers > l->threads ? l->writers : l->threads;
    l->takes_zone = 0;
    pthread_mutex_unlock(&l->values_lock);
}

sc_ledger_writer *sc_ledger_writer_new(sc_ledger *l)
{
    sc_ledger_writer *w = SC_NEW(sc_ledger_writer);
    if (w == NULL)
        return NULL;
    w->l = l;
    count_writer(l, 1);
    w->keeps_session = (int)(l->detail.dims >> SC_DIM_SESSION & 1);
    for (int d = 0; d < SC_DIMS; d++) {
        if (d != SC_DIM_SESSION && (l->detail.dims >> d & 1) != 0)
            w->kept[w->n_kept++] = (sc_dim)d;
    }
    sc_map_init(&w->recent, sizeof(recent_stream), sizeof(stream_key));
    sc_ledger_rates_init(&w->rates);
    sc_map_init(&w->prints, sizeof(print_entry), offsetof(print_entry, sum));
    int ok = sc_name_cache_init(&w->texts, &l->texts) == SC_OK &&
             sc_name_cache_init(&w->tagsets, &l->tagsets) == SC_OK &&
             sc_name_cache_init(&w->values, &l->values) == SC_OK;
    w->many = ok ? sc_name_cache_add(&w->texts, SC_MANY_VALUES, strlen(SC_MANY_VALUES)) : SC_NAME_FAILED;
    if (w->many == SC_NAME_FAILED) {
        sc_ledger_writer_free(w);
        return NULL;
    }
    return w;
}

/* The fingerprints are summed by each writer, so that no two wait for each other there. */
static void hand_over_prints(sc_ledger_writer *w)
{
    pthread_mutex_lock(&w->l->values_lock);
    for (size_t i = 0; i < w->prints.count; i++) {
        if (sc_ledger_add_print(&w->l->prints, sc_map_at(&w->prints, i)) != SC_OK)
            w->l->is_incomplete = 1;
    }
    pthread_mutex_unlock(&w->l->values_lock);
}

void sc_ledger_writer_free(sc_ledger_writer *w)
{
    if (w == NULL)
        return;
    if (sc_writer_hand_over(w) != SC_OK) {
        pthread_mutex_lock(&w->l->values_lock);
        w->l->is_incomplete = 1;
        pthread_mutex_unlock(&w->l->values_lock);
    }
    hand_over_prints(w);
    count_writer(w->l, -1);
    sc_name_cache_release(&w->texts);
    sc_name_cache_release(&w->tagsets);
    sc_name_cache_release(&w->values);
    sc_ledger_rates_release(&w->rates);
    sc_map_release(&w->prints);
    sc_free(w);
}

/* Texts of a dim mostly differ in their last bytes, if not in their length. */
static inline size_t memo_of(sc_text t)
{
    const uint64_t word = t.len < 8 ? sc_hash_tail(t.at, t.len) : sc_hash_word8(t.at + t.len - 8);
    return (size_t)((word ^ t.len) * SC_HASH_A >> (64 - MEMO_POWER));
}

static inline uint32_t dim_number(sc_ledger_writer *w, sc_dim dim, sc_text text)
{
    if (text.len == 0)
        return SC_NAME_NONE;
    text_memo *memo = &w->memo[dim][memo_of(text)];
    if (!sc_same_text(memo->text, text)) {
        memo->number = sc_name_cache_add(&w->texts, text.at, text.len);
        memo->text = memo->number != SC_NAME_FAILED ? w->texts.last : (sc_text){0};
    }
    return memo->number;
}

/* What is known of a tag's key; NULL when out of memory. */
static tag_memo *find_tag(sc_ledger_writer *w, sc_text key)
{
    for (size_t i = 0; i < w->n_tags; i++) {
        if (sc_same_text(w->tags[i].key, key))
            return &w->tags[i];
    }
    tag_memo *t = &w->tags[w->n_tags < SC_USAGE_TAGS_MAX ? w->n_tags++ : SC_USAGE_TAGS_MAX - 1];
    *t = (tag_memo){.number = sc_name_cache_add(&w->texts, key.at, key.len)};
    if (t->number == SC_NAME_FAILED)
        return NULL;
    t->key = w->texts.last;
    t->mode = sc_ledger_tag_mode(w->l, key);
    return t;
}

/* The same, first at the place where the last record had it. */
static inline tag_memo *tag_key(sc_ledger_writer *w, size_t guess, sc_text key)
{
    return guess < w->n_tags && sc_same_text(w->tags[guess].key, key) ? &w->tags[guess] : find_tag(w, key);
}

/* Counts a value of a key whose values may be too many; 0 = out of memory.  A value that this thread has seen is
 * counted already. */
static int count_value(sc_ledger_writer *w, uint32_t key, uint32_t *value, int *too_many)
{
    const tag_pair pair = {key, *value};
    if (sc_name_cache_has(&w->values, &pair, sizeof pair))
        return 1;
    const int status = sc_ledger_note_value(w->l, &w->values, key, *value);
    *too_many = status > 0;
    if (*too_many)
        *value = w->many;
    return status >= 0;
}

static int tag_value(sc_ledger_writer *w, tag_memo *t, sc_text value)
{
    if (t->too_many || sc_same_text(t->value, value))
        return 1;
    t->value_number = sc_name_cache_add(&w->texts, value.at, value.len);
    if (t->value_number == SC_NAME_FAILED)
        return 0;
    t->value = w->texts.last;
    return t->mode != TAG_COUNTED || count_value(w, t->number, &t->value_number, &t->too_many);
}

/* The place of a key among pair[n], which are sorted; *is_there tells whether it is one of them. */
static size_t place_of(const tag_pair *pair, size_t n, uint32_t key, int *is_there)
{
    size_t at = n;
    while (at > 0 && pair[at - 1].key > key)
        at--;
    *is_there = at > 0 && pair[at - 1].key == key;
    return at;
}

/* The set of a record's tags.  Empty values are as good as no tag; of a key given twice the first value counts. */
static uint32_t tagset_number(sc_ledger_writer *w, const sc_usage_record *r)
{
    tag_pair pair[SC_USAGE_TAGS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < r->n_tags; i++) {
        const sc_usage_tag *tag = &r->tag[i];
        if (tag->key.len == 0 || tag->value.len == 0)
            continue;
        tag_memo *t = tag_key(w, i, tag->key);
        if (t == NULL)
            return SC_NAME_FAILED;
        if (t->mode == TAG_DROPPED)
            continue;
        int is_there;
        const size_t at = place_of(pair, n, t->number, &is_there);
        if (is_there)
            continue;
        if (!tag_value(w, t, tag->value))
            return SC_NAME_FAILED;
        memmove(&pair[at + 1], &pair[at], (n - at) * sizeof pair[0]);
        pair[at] = (tag_pair){t->number, t->value_number};
        n++;
    }
    return n > 0 ? sc_name_cache_add(&w->tagsets, pair, n * sizeof pair[0]) : SC_NAME_NONE;
}

static int session_number(sc_ledger_writer *w, sc_text session, uint32_t *number)
{
    *number = w->many;
    if (w->too_many_sessions && session.len > 0)
        return 1;
    *number = dim_number(w, SC_DIM_SESSION, session);
    if (*number == SC_NAME_NONE || *number == SC_NAME_FAILED)
        return *number != SC_NAME_FAILED;
    return count_value(w, SESSION_KEY, number, &w->too_many_sessions);
}

/* The record's stream; for its quota only what quotas are told apart by. */
static int make_key(sc_ledger_writer *w, sc_usage_kind kind, const sc_usage_record *r, stream_key *key, uint32_t *hash)
{
    *key = (stream_key){.kind = (int8_t)kind,
                        .grain = (int8_t)r->grain,
                        .charge = (int8_t)r->charge,
                        .scope = (int8_t)r->scope,
                        .tier = (int8_t)r->tier,
                        .meter = (int8_t)r->meter};
    if (w->l->detail.fold_service)
        key->scope = key->tier = -1;
    uint64_t sum = sc_hash_word8((const char *)key); /* all but what is numbered */
    for (size_t i = 0; i < w->n_kept; i++) {
        const sc_dim d = w->kept[i];
        key->dim[d] = dim_number(w, d, r->dim[d]);
        if (key->dim[d] == SC_NAME_FAILED)
            return 0;
        sum = sum * SC_HASH_B + key->dim[d];
    }
    if (w->keeps_session && !session_number(w, r->dim[SC_DIM_SESSION], &key->dim[SC_DIM_SESSION]))
        return 0;
    key->tagset = tagset_number(w, r);
    *hash = sc_numbers_hash((sum * SC_HASH_B + key->dim[SC_DIM_SESSION]) * SC_HASH_B + key->tagset);
    return key->tagset != SC_NAME_FAILED;
}

/* Tokens of one request that count for context bands; 0 where they cannot be known. */
static int64_t context_of(const sc_usage_record *r)
{
    int64_t sum = 0;
    if (r->context >= 0)
        return r->context;
    for (int m = 0; r->requests >= 1 && m < SC_TOKEN_METERS; m++)
        sum += m != SC_METER_OUTPUT ? r->tokens[m] : 0;
    return r->requests > 1 ? sum / r->requests : sum;
}

/* The number of a dim that the stream may have been told apart by already. */
static inline uint32_t number_of(sc_ledger_writer *w, const stream_key *key, sc_dim dim, const sc_usage_record *r)
{
    return key->dim[dim] != SC_NAME_NONE ? key->dim[dim] : dim_number(w, dim, r->dim[dim]);
}

/* What pricing adds to a cell; 0 = out of memory. */
static int price(sc_ledger_writer *w, const stream_key *key, const sc_usage_record *r, cell_sums *c)
{
    const usage_priced u = {.model = r->dim[SC_DIM_MODEL],
                            .region = r->dim[SC_DIM_REGION],
                            .variant = r->dim[SC_DIM_VARIANT],
                            .model_number = number_of(w, key, SC_DIM_MODEL, r),
                            .region_number = number_of(w, key, SC_DIM_REGION, r),
                            .charge = (int)r->charge,
                            .scope = r->scope,
                            .tier = r->tier,
                            .meter = r->meter};
    return sc_ledger_price(w->l, &w->rates, &u, c);
}

/* The counts of this record alone.  Each by itself: to clear them all first takes longer. */
static void fill_cell(cell_sums *c, const sc_usage_record *r)
{
    c->cost = 0;
    c->has_cost = (uint16_t)r->has_cost;
    c->no_counts = r->requests < 0;
    c->count[COUNT_RECORDS] = 1;
    c->count[COUNT_REQUESTS] = r->requests > 0 ? r->requests : 0;
    c->count[COUNT_UNPRICED] = c->count[COUNT_ASSUMED] = 0;
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        c->count[COUNT_TOKENS + m] = r->meter < 0 ? r->tokens[m] : 0;
    if (r->meter >= 0)
        c->count[COUNT_TOKENS] = r->quantity;
    if (r->has_cost == 0)
        return;
    c->stated = (costs){.billed = r->has_cost & SC_COST_BILLED ? r->billed : 0,
                        .list = r->has_cost & SC_COST_LIST ? r->list : 0,
                        .effective = r->has_cost & SC_COST_EFFECTIVE ? r->effective : 0};
}

/* Requests of which each is known by itself. */
static int is_single(const sc_usage_record *r)
{
    return r->grain == SC_GRAIN_REQUEST && r->requests == 1 && r->meter < 0 && r->charge == SC_CHARGE_USAGE;
}

static int64_t written(const sc_usage_record *r)
{
    return r->tokens[SC_METER_CACHE_WRITE] + r->tokens[SC_METER_CACHE_WRITE_5M] + r->tokens[SC_METER_CACHE_WRITE_30M] +
           r->tokens[SC_METER_CACHE_WRITE_1H];
}

static sc_code add_sketches(part *p, uint32_t stream, const sc_usage_record *r, sc_day day)
{
    const size_entry size = {stream, (uint16_t)sc_bin_of(r->tokens[SC_METER_INPUT]),
                             (uint16_t)sc_bin_of(r->tokens[SC_METER_OUTPUT]), 1};
    context_entry context = {.stream = stream, .bin = (uint32_t)sc_bin_of(context_of(r)), .count = 1};
    hours_entry hours = {.stream = stream, .day = day};
    memcpy(context.tokens, r->tokens, sizeof context.tokens);
    hours.count[(r->time - (int64_t)day * SC_DAY_SECONDS) / 3600] = 1;
    sc_code code = sc_ledger_add_size(p, &size);
    if (code == SC_OK)
        code = sc_ledger_add_context(p, &context);
    if (code == SC_OK)
        code = sc_ledger_add_hours(p, &hours);
    if (code != SC_OK || r->session_key.len == 0)
        return code;
    const event_entry e = {stream, sc_hash64(r->session_key.at, r->session_key.len, 1), r->time};
    return sc_ledger_add_event(p, &e);
}

/* A request that was counted with less output; one that was counted elsewhere (with other tags) stays as it was. */
static sc_code grow_sketches(part *p, uint32_t stream, const sc_usage_record *r, int64_t before)
{
    size_entry size = {.stream = stream,
                       .input = (uint16_t)sc_bin_of(r->tokens[SC_METER_INPUT]),
                       .output = (uint16_t)sc_bin_of(before)};
    context_entry context = {.stream = stream, .bin = (uint32_t)sc_bin_of(context_of(r))};
    size_entry *counted = sc_map_find(&p->sizes, &size);
    if (counted == NULL || counted->count == 0)
        return SC_OK;
    counted->count--;
    size.output = (uint16_t)sc_bin_of(r->tokens[SC_METER_OUTPUT]);
    size.count = 1;
    context.tokens[SC_METER_OUTPUT] = r->tokens[SC_METER_OUTPUT] - before;
    const sc_code code = sc_ledger_add_size(p, &size);
    return code == SC_OK ? sc_ledger_add_context(p, &context) : code;
}

static sc_code add_minute(sc_ledger *l, const recent_stream *s, const minute_entry *e)
{
    if (!sc_ledger_has_minutes(&s->key))
        return SC_OK;
    part *p = sc_ledger_part(l, s->quota);
    pthread_mutex_lock(&p->lock);
    const sc_code code = sc_ledger_add_minute(p, e);
    pthread_mutex_unlock(&p->lock);
    return code;
}

/* All that sketches keep of a record. */
static sc_code sketch(sc_ledger *l, const recent_stream *s, const sc_usage_record *r, sc_day day)
{
    if (is_single(r)) {
        part *p = sc_ledger_part(l, s->stream);
        pthread_mutex_lock(&p->lock);
        const sc_code code = add_sketches(p, s->stream, r, day);
        pthread_mutex_unlock(&p->lock);
        if (code != SC_OK)
            return code;
    }
    const minute_entry minute = {.quota = s->quota,
                                 .minute = sc_floor_div(r->time, MINUTE_SECONDS),
                                 .requests = r->requests > 0 ? r->requests : 0,
                                 .input = r->tokens[SC_METER_INPUT] + written(r),
                                 .output = r->tokens[SC_METER_OUTPUT]};
    return add_minute(l, s, &minute);
}

/* What a request that was counted with less output adds to them. */
static sc_code grow_sketch(sc_ledger *l, const recent_stream *s, const sc_usage_record *r, int64_t before)
{
    if (is_single(r)) {
        part *p = sc_ledger_part(l, s->stream);
        pthread_mutex_lock(&p->lock);
        const sc_code code = grow_sketches(p, s->stream, r, before);
        pthread_mutex_unlock(&p->lock);
        if (code != SC_OK)
            return code;
    }
    const minute_entry minute = {.quota = s->quota,
                                 .minute = sc_floor_div(r->time, MINUTE_SECONDS),
                                 .output = r->tokens[SC_METER_OUTPUT] - before};
    return add_minute(l, s, &minute);
}

/* Hashed by value, not by bytes in memory, so that a record has the same fingerprint on every machine. */
static uint64_t fingerprint(const sc_usage_record *r)
{
    static const sc_dim dims[] = {SC_DIM_ITEM, SC_DIM_MODEL, SC_DIM_REGION};
    uint64_t h = sc_hash64(r->request_id.at, r->request_id.len, (uint64_t)r->time);
    for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++) {
        if (r->dim[dims[i]].len > 0)
            h = sc_hash64(r->dim[dims[i]].at, r->dim[dims[i]].len, h);
    }
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        h = sc_hash_mix(h ^ SC_HASH_A, (uint64_t)r->tokens[m] ^ SC_HASH_B);
    h = sc_hash_mix(h ^ (uint64_t)r->quantity, (uint64_t)r->requests ^ SC_HASH_B);
    return r->has_cost & SC_COST_BILLED ? sc_hash_mix(h ^ SC_HASH_A, (uint64_t)r->billed ^ SC_HASH_B) : h;
}

static sc_code add_print(sc_ledger_writer *w, sc_usage_kind kind, const sc_usage_record *r, sc_day day)
{
    const print_entry e = {.account = dim_number(w, SC_DIM_ACCOUNT, r->dim[SC_DIM_ACCOUNT]),
                           .kind = (int32_t)kind,
                           .day = day,
                           .sum = fingerprint(r),
                           .records = 1};
    if (e.account == SC_NAME_FAILED)
        return SC_E_MEMORY;
    if (w->print == NULL || memcmp(w->print, &e, offsetof(print_entry, sum)) != 0)
        w->print = sc_map_add(&w->prints, &e);
    if (w->print == NULL)
        return SC_E_MEMORY;
    sc_ledger_raise_print(w->print, &e);
    return SC_OK;
}

/* All but the stream. */
static inline cell_key key_of(sc_ledger_writer *w, const sc_usage_record *r)
{
    const sc_ledger *l = w->l;
    if ((uint64_t)(r->time - w->day_start) >= SC_DAY_SECONDS) {
        w->day = (sc_day)sc_floor_div(r->time, SC_DAY_SECONDS);
        w->day_start = (int64_t)w->day * SC_DAY_SECONDS;
    }
    cell_key key = {.day = w->day, .band = (uint16_t)sc_ledger_band(l, context_of(r))};
    if (l->has_zone && r->grain < SC_GRAIN_DAY)
        key.shift = (int16_t)(sc_floor_div(r->time + sc_zone_offset(&l->zone, r->time), SC_DAY_SECONDS) - w->day);
    return key;
}

static int is_refused(const sc_usage_record *r)
{
    return r->time > SC_TIME_MOST || r->time < -SC_TIME_MOST || sc_usage_flaw(r) != NULL;
}

sc_code sc_ledger_add(sc_ledger_writer *w, sc_usage_kind kind, const sc_usage_record *r)
{
    sc_ledger *l = w->l;
    if (is_refused(r))
        return SC_E_INPUT;
    waiting_record *x = sc_writer_record(w);
    if (!make_key(w, kind, r, &x->key, &x->hash))
        return SC_E_MEMORY;
    x->sums.key = key_of(w, r);
    fill_cell(&x->sums, r);
    if (l->rater != NULL && !price(w, &x->key, r, &x->sums))
        return SC_E_MEMORY;
    const sc_day day = x->sums.key.day;
    sc_code code;
    if (l->detail.sketches) {
        recent_stream *s;
        code = sc_writer_add_now(w, x, &s);
        if (code == SC_OK)
            code = sketch(l, s, r, day);
    } else {
        code = sc_writer_add(w);
    }
    return code == SC_OK && !l->is_alone ? add_print(w, kind, r, day) : code;
}

sc_code sc_ledger_grow(sc_ledger_writer *w, sc_usage_kind kind, const sc_usage_record *r, int64_t before)
{
    sc_ledger *l = w->l;
    if (is_refused(r) || before < 0 || before > r->tokens[SC_METER_OUTPUT])
        return SC_E_INPUT;
    waiting_record x = {.sums = {.key = key_of(w, r)}};
    x.sums.count[COUNT_TOKENS + SC_METER_OUTPUT] = r->tokens[SC_METER_OUTPUT] - before;
    if (!make_key(w, kind, r, &x.key, &x.hash) || (l->rater != NULL && !price(w, &x.key, r, &x.sums)))
        return SC_E_MEMORY;
    recent_stream *s;
    const sc_code code = sc_writer_add_now(w, &x, &s);
    return code == SC_OK && l->detail.sketches ? grow_sketch(l, s, r, before) : code;
}
