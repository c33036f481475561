/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_add.c - records into cells and sketches, from several threads. */
#include <string.h>

#include "base/alloc.h"
#include "base/hash64.h"
#include "ledger/ledger.h"

#define DAY_SECONDS 86400
#define MINUTE_SECONDS 60

/* What a writer knows of the key of a tag. */
typedef struct tag_memo {
    sc_text key;
    uint32_t number;
    enum { TAG_DROPPED, TAG_COUNTED, TAG_KEPT } mode;
    int too_many;  /* values */
    sc_text value; /* the last one */
    uint32_t value_number;
} tag_memo;

typedef struct text_memo {
    sc_text text;
    uint32_t number;
} text_memo;

/* What prices depend on. */
typedef struct rate_entry {
    struct {
        uint32_t model, region;
        int32_t day;
        uint32_t band;
        int32_t scope, tier;
    } key;
    sc_rating rating;
} rate_entry;

struct sc_ledger_writer {
    sc_ledger *l;
    sc_name_cache texts, tagsets, streams, quotas, values;
    text_memo memo[SC_DIMS];
    tag_memo tags[SC_USAGE_TAGS_MAX];
    size_t n_tags;
    uint32_t many; /* number of SC_MANY_VALUES */
    int too_many_sessions;
    stream_key last_key;
    uint32_t last_stream, last_quota;
    sc_map rates, prints;
};

sc_ledger_writer *sc_ledger_writer_new(sc_ledger *l)
{
    sc_ledger_writer *w = SC_NEW(sc_ledger_writer);
    if (w == NULL)
        return NULL;
    w->l = l;
    w->last_stream = w->last_quota = SC_NAME_FAILED;
    sc_map_init(&w->rates, sizeof(rate_entry), sizeof((rate_entry){0}.key));
    sc_map_init(&w->prints, sizeof(print_entry), offsetof(print_entry, sum));
    int ok = sc_name_cache_init(&w->texts, &l->texts) == SC_OK &&
             sc_name_cache_init(&w->tagsets, &l->tagsets) == SC_OK &&
             sc_name_cache_init(&w->streams, &l->streams) == SC_OK &&
             sc_name_cache_init(&w->quotas, &l->quotas) == SC_OK && sc_name_cache_init(&w->values, &l->values) == SC_OK;
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
        const print_entry *mine = sc_map_at(&w->prints, i);
        print_entry *all = sc_map_add(&w->l->prints, mine);
        if (all == NULL)
            continue; /* only the warning on input that is read twice is weaker */
        all->sum += mine->sum;
        all->records += mine->records;
    }
    pthread_mutex_unlock(&w->l->values_lock);
}

void sc_ledger_writer_free(sc_ledger_writer *w)
{
    if (w == NULL)
        return;
    hand_over_prints(w);
    sc_name_cache_release(&w->texts);
    sc_name_cache_release(&w->tagsets);
    sc_name_cache_release(&w->streams);
    sc_name_cache_release(&w->quotas);
    sc_name_cache_release(&w->values);
    sc_map_release(&w->rates);
    sc_map_release(&w->prints);
    sc_free(w);
}

static int same_text(sc_text a, sc_text b) { return a.len == b.len && memcmp(a.at, b.at, a.len) == 0; }

static uint32_t dim_number(sc_ledger_writer *w, int dim, sc_text text)
{
    text_memo *memo = &w->memo[dim];
    if (text.len == 0)
        return SC_NAME_NONE;
    if (!same_text(memo->text, text)) {
        memo->number = sc_name_cache_add(&w->texts, text.at, text.len);
        memo->text = memo->number != SC_NAME_FAILED ? w->texts.last : (sc_text){0};
    }
    return memo->number;
}

/* A tag's key, from the place where the last record had it. */
static tag_memo *tag_key(sc_ledger_writer *w, size_t guess, sc_text key)
{
    if (guess < w->n_tags && same_text(w->tags[guess].key, key))
        return &w->tags[guess];
    for (size_t i = 0; i < w->n_tags; i++) {
        if (same_text(w->tags[i].key, key))
            return &w->tags[i];
    }
    tag_memo *t = &w->tags[w->n_tags < SC_USAGE_TAGS_MAX ? w->n_tags++ : SC_USAGE_TAGS_MAX - 1];
    *t = (tag_memo){.number = sc_name_cache_add(&w->texts, key.at, key.len)};
    if (t->number == SC_NAME_FAILED)
        return NULL;
    t->key = w->texts.last;
    t->mode = sc_ledger_keeps_tag(w->l, key) ? TAG_KEPT : w->l->only_keep_tags ? TAG_DROPPED : TAG_COUNTED;
    return t;
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
    if (t->too_many || (t->value.at != NULL && same_text(t->value, value)))
        return 1;
    t->value_number = sc_name_cache_add(&w->texts, value.at, value.len);
    if (t->value_number == SC_NAME_FAILED)
        return 0;
    t->value = w->texts.last;
    return t->mode != TAG_COUNTED || count_value(w, t->number, &t->value_number, &t->too_many);
}

/* The set of a record's tags; of a key given twice the first counts. */
static uint32_t tagset_number(sc_ledger_writer *w, const sc_usage_record *r)
{
    tag_pair pair[SC_USAGE_TAGS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < r->n_tags; i++) {
        tag_memo *t = tag_key(w, i, r->tag[i].key);
        if (t == NULL || (t->mode != TAG_DROPPED && !tag_value(w, t, r->tag[i].value)))
            return SC_NAME_FAILED;
        if (t->mode == TAG_DROPPED || t->value_number == SC_NAME_NONE)
            continue;
        size_t at = n;
        while (at > 0 && pair[at - 1].key > t->number)
            at--;
        if (at > 0 && pair[at - 1].key == t->number)
            continue;
        memmove(&pair[at + 1], &pair[at], (n - at) * sizeof pair[0]);
        pair[at] = (tag_pair){t->number, t->value_number};
        n++;
    }
    return sc_name_cache_add(&w->tagsets, pair, n * sizeof pair[0]);
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
static int make_key(sc_ledger_writer *w, sc_usage_kind kind, const sc_usage_record *r, stream_key *key)
{
    *key = (stream_key){.kind = (int8_t)kind,
                        .grain = (int8_t)r->grain,
                        .charge = (int8_t)r->charge,
                        .scope = (int8_t)r->scope,
                        .tier = (int8_t)r->tier,
                        .meter = (int8_t)r->meter};
    for (int d = 0; d < SC_DIMS; d++) {
        if ((w->l->keep_dims >> d & 1) == 0 || d == SC_DIM_SESSION)
            continue;
        key->dim[d] = dim_number(w, d, r->dim[d]);
        if (key->dim[d] == SC_NAME_FAILED)
            return 0;
    }
    if ((w->l->keep_dims >> SC_DIM_SESSION & 1) != 0 &&
        !session_number(w, r->dim[SC_DIM_SESSION], &key->dim[SC_DIM_SESSION]))
        return 0;
    key->tagset = tagset_number(w, r);
    return key->tagset != SC_NAME_FAILED;
}

static stream_key quota_key(const stream_key *k)
{
    stream_key q = {.kind = k->kind, .grain = k->grain, .scope = k->scope, .tier = k->tier, .meter = -1};
    static const sc_dim dims[] = {SC_DIM_ACCOUNT, SC_DIM_MODEL, SC_DIM_REGION, SC_DIM_ENDPOINT, SC_DIM_PROFILE};
    for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++)
        q.dim[dims[i]] = k->dim[dims[i]];
    return q;
}

static int find_stream(sc_ledger_writer *w, sc_usage_kind kind, const sc_usage_record *r)
{
    stream_key key;
    if (!make_key(w, kind, r, &key))
        return 0;
    if (w->last_stream != SC_NAME_FAILED && memcmp(&key, &w->last_key, sizeof key) == 0)
        return 1;
    w->last_key = key;
    w->last_stream = sc_name_cache_add(&w->streams, &key, sizeof key);
    if (w->last_stream != SC_NAME_FAILED && w->l->sketches) {
        const stream_key quota = quota_key(&key);
        w->last_quota = sc_name_cache_add(&w->quotas, &quota, sizeof quota);
        if (w->last_quota == SC_NAME_FAILED)
            w->last_stream = SC_NAME_FAILED;
    }
    return w->last_stream != SC_NAME_FAILED;
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

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

static const sc_rating *rating_of(sc_ledger_writer *w, const sc_usage_record *r, sc_day day, uint32_t band)
{
    rate_entry e = {.key = {.day = day, .band = band, .scope = r->scope, .tier = r->tier}};
    e.key.model = dim_number(w, SC_DIM_MODEL, r->dim[SC_DIM_MODEL]);
    e.key.region = dim_number(w, SC_DIM_REGION, r->dim[SC_DIM_REGION]);
    const size_t before = w->rates.count;
    rate_entry *known = sc_map_add(&w->rates, &e.key);
    if (known != NULL && w->rates.count > before) {
        const sc_rate_key key = {r->dim[SC_DIM_MODEL], r->dim[SC_DIM_REGION], r->scope, r->tier, day,
                                 w->l->bands[band]};
        sc_rate(w->l->rater, &key, &known->rating);
    }
    return known != NULL ? &known->rating : NULL;
}

/* What pricing adds to a cell. */
typedef struct priced {
    sc_money cost;
    int64_t unpriced, assumed;
} priced;

static int price(sc_ledger_writer *w, const sc_usage_record *r, sc_day day, uint32_t band, priced *out)
{
    *out = (priced){0};
    if (r->charge != SC_CHARGE_USAGE)
        return 1;
    if (r->meter >= 0) {
        char variant[128];
        const size_t n = r->dim[SC_DIM_VARIANT].len < sizeof variant - 1 ? r->dim[SC_DIM_VARIANT].len : 0;
        const sc_rate_key key = {r->dim[SC_DIM_MODEL], r->dim[SC_DIM_REGION], r->scope, r->tier, day,
                                 w->l->bands[band]};
        int assumed;
        memcpy(variant, n > 0 ? r->dim[SC_DIM_VARIANT].at : "", n);
        variant[n] = '\0';
        const sc_price_point *p = sc_rate_meter(w->l->rater, &key, (sc_meter)r->meter, variant, &assumed);
        if (p != NULL)
            out->cost = sc_rate_quantity(p, r->quantity);
        return 1;
    }
    const sc_rating *rating = rating_of(w, r, day, band);
    for (int m = 0; rating != NULL && m < SC_TOKEN_METERS; m++) {
        if (r->tokens[m] == 0)
            continue;
        if (rating->point[m] == NULL)
            out->unpriced += r->tokens[m];
        else
            out->cost += sc_money_times(rating->point[m]->price, r->tokens[m]);
        if (rating->assumed >> m & 1)
            out->assumed += r->tokens[m];
    }
    return rating != NULL;
}

static int cell_would_overflow(const cell *c, const sc_usage_record *r)
{
    int bad = sc_sum_overflows(c->requests, r->requests > 0 ? r->requests : 0);
    if (r->meter >= 0)
        return bad || sc_sum_overflows(c->tokens[0], r->quantity);
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        bad |= sc_sum_overflows(c->tokens[m], r->tokens[m]);
    return bad;
}

static sc_code add_cell(part *p, const cell_key *key, const sc_usage_record *r, const priced *x)
{
    cell *c = sc_map_add(&p->cells, key);
    if (c == NULL || (r->has_cost != 0 && sc_ledger_costs(p, c) == NULL))
        return SC_E_MEMORY;
    if (cell_would_overflow(c, r))
        return SC_E_INPUT;
    c->records++;
    if (r->requests >= 0)
        c->requests += r->requests;
    else
        c->no_counts = 1;
    if (r->meter >= 0)
        c->tokens[0] += r->quantity;
    else
        for (int m = 0; m < SC_TOKEN_METERS; m++)
            c->tokens[m] += r->tokens[m];
    c->has_cost |= r->has_cost;
    if (r->has_cost & SC_COST_BILLED)
        c->stated->billed += r->billed;
    if (r->has_cost & SC_COST_LIST)
        c->stated->list += r->list;
    if (r->has_cost & SC_COST_EFFECTIVE)
        c->stated->effective += r->effective;
    c->cost += x->cost;
    c->unpriced += x->unpriced;
    c->assumed += x->assumed;
    return SC_OK;
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

static int add_sketches(part *p, uint32_t stream, const sc_usage_record *r, sc_day day)
{
    const int64_t fresh = r->tokens[SC_METER_INPUT] + written(r);
    const size_entry size = {stream, (uint16_t)sc_bin_of(r->tokens[SC_METER_INPUT]),
                             (uint16_t)sc_bin_of(r->tokens[SC_METER_OUTPUT]), 0};
    const context_entry context = {.stream = stream,
                                   .bin = (uint32_t)sc_bin_of(fresh + r->tokens[SC_METER_CACHE_READ])};
    const hours_entry hours = {.stream = stream, .day = day};
    size_entry *s = sc_map_add(&p->sizes, &size);
    context_entry *c = sc_map_add(&p->contexts, &context);
    hours_entry *h = sc_map_add(&p->hours, &hours);
    if (s == NULL || c == NULL || h == NULL)
        return 0;
    s->count++;
    c->count++;
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        c->tokens[m] += r->tokens[m];
    h->count[(r->time - (int64_t)day * DAY_SECONDS) / 3600]++;
    if (r->session_key.len == 0)
        return 1;
    const event_entry e = {stream, sc_hash64(r->session_key.at, r->session_key.len, 1), r->time};
    return sc_ledger_add_event(p, e);
}

static int add_minute(sc_ledger_writer *w, const sc_usage_record *r)
{
    part *p = sc_ledger_part(w->l, w->last_quota);
    const minute_entry key = {.quota = w->last_quota, .minute = (int32_t)floor_div(r->time, MINUTE_SECONDS)};
    pthread_mutex_lock(&p->lock);
    minute_entry *m = sc_map_add(&p->minutes, &key);
    if (m != NULL) {
        m->requests += r->requests > 0 ? r->requests : 0;
        m->input += r->tokens[SC_METER_INPUT] + written(r);
        m->output += r->tokens[SC_METER_OUTPUT];
    }
    pthread_mutex_unlock(&p->lock);
    return m != NULL;
}

static int add_print(sc_ledger_writer *w, sc_usage_kind kind, const sc_usage_record *r, sc_day day)
{
    print_entry key = {
        .account = dim_number(w, SC_DIM_ACCOUNT, r->dim[SC_DIM_ACCOUNT]), .kind = (int32_t)kind, .day = day};
    uint64_t h = sc_hash64(r->tokens, sizeof r->tokens, (uint64_t)r->time);
    h = sc_hash64(r->request_id.at, r->request_id.len, h);
    h = sc_hash64(r->dim[SC_DIM_ITEM].at, r->dim[SC_DIM_ITEM].len, h);
    h = sc_hash64(r->dim[SC_DIM_MODEL].at, r->dim[SC_DIM_MODEL].len, h);
    print_entry *e = key.account != SC_NAME_FAILED ? sc_map_add(&w->prints, &key) : NULL;
    if (e == NULL)
        return 0;
    e->sum += sc_hash_mix(h ^ (uint64_t)r->quantity, SC_HASH_A);
    e->records++;
    return 1;
}

sc_code sc_ledger_add(sc_ledger_writer *w, sc_usage_kind kind, const sc_usage_record *r)
{
    sc_ledger *l = w->l;
    const sc_day day = (sc_day)floor_div(r->time, DAY_SECONDS);
    const int64_t offset = r->grain < SC_GRAIN_DAY ? l->utc_offset : 0;
    priced x = {0};
    cell_key key = {.day = day, .shift = (int32_t)(floor_div(r->time + offset, DAY_SECONDS) - day)};
    key.band = sc_ledger_band(l, context_of(r));
    if (!find_stream(w, kind, r) || (l->rater != NULL && !price(w, r, day, key.band, &x)) ||
        !add_print(w, kind, r, day))
        return SC_E_MEMORY;
    key.stream = w->last_stream;
    part *p = sc_ledger_part(l, key.stream);
    pthread_mutex_lock(&p->lock);
    sc_code code = add_cell(p, &key, r, &x);
    if (code == SC_OK && l->sketches && is_single(r) && !add_sketches(p, key.stream, r, day))
        code = SC_E_MEMORY;
    pthread_mutex_unlock(&p->lock);
    if (code == SC_OK && l->sketches && r->grain <= SC_GRAIN_MINUTE && r->meter < 0 && !add_minute(w, r))
        code = SC_E_MEMORY;
    return code;
}
