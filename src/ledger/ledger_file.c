/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_file.c - a sealed ledger as bytes: the same usage gives the same bytes.
 *
 * Version 1.  Numbers are LEB128 varints (seven bits a byte, lowest first), signed ones zigzag; "delta" is the
 * difference to the one before in the same list.  Texts, tag sets and streams are numbered by their place, texts and
 * tag sets from 1 (0 is the empty one).
 *
 *   file:     "SCLEDGER" version settings texts folded sets streams minutes prints, then the SHA-256 of all before as
 *             64 hexadecimal digits
 *   settings: dims offset(signed) max_values(signed) flags(1 priced, 2 sketches, 4 only these tags,
 *             8 zone)
 *             n band-ends(delta) n tags(length bytes) [zone]
 *   zone:     length bytes n (from(delta, signed) offset(signed)): changes of the clock after the first offset
 *   texts:    n (length bytes), sorted
 *   folded:   n text(delta) of keys with too many values; 0 = sessions
 *   sets:     n (n (key(delta) value))
 *   streams:  n (kind grain charge scope+1 tier+1 meter+1 dims set cells [sizes contexts hours events])
 *   cells:    n (day(delta, signed) shift(signed) band flags mask counts costs), where mask says which counts are not
 *             0, and flags (1 billed, 2 list, 4 effective, 8 no counts) which costs are stated; where the ledger is
 *             priced, its own cost comes first
 *   sizes:    n (input x 512 + output (delta) count)
 *   contexts: n (bin(delta) count mask tokens)
 *   hours:    n (day(delta, signed) mask counts)
 *   events:   n sessions (hash(delta) n times(delta, signed))
 *   minutes:  n quotas (first stream(delta) n (minute(delta, signed) requests input output))
 *   prints:   n (account kind day(signed) sum records) */
#include <string.h>

#include "base/hash.h"
#include "io/file.h"
#include "ledger/ledger_file.h"

static void put_wide(sc_strbuf *out, sc_uint128 n)
{
    char bytes[SC_VARINT_MAX];
    size_t len = 0;
    for (; n >= 128; n >>= 7)
        bytes[len++] = (char)(n | 128);
    bytes[len++] = (char)n;
    sc_strbuf_add(out, bytes, len);
}

static void put(sc_strbuf *out, uint64_t n) { put_wide(out, n); }

static void put_signed(sc_strbuf *out, sc_int128 n) { put_wide(out, (sc_uint128)n << 1 ^ (sc_uint128)(n >> 127)); }

static void put_text(sc_strbuf *out, const char *text, size_t len)
{
    put(out, len);
    sc_strbuf_add(out, text, len);
}

/* Which of n counts are not 0, and those. */
static void put_counts(sc_strbuf *out, const int64_t *count, int n)
{
    unsigned mask = 0;
    for (int i = 0; i < n; i++)
        mask |= (unsigned)(count[i] != 0) << i;
    put(out, mask);
    for (int i = 0; i < n; i++) {
        if (count[i] != 0)
            put(out, (uint64_t)count[i]);
    }
}

static void put_zone(sc_strbuf *out, const sc_zone *z)
{
    put_text(out, z->name, strlen(z->name));
    put(out, z->n);
    for (size_t i = 0; i < z->n; i++) {
        put_signed(out, (sc_int128)z->change[i].from - (i > 0 ? z->change[i - 1].from : 0));
        put_signed(out, z->change[i].offset);
    }
}

static void put_settings(sc_strbuf *out, const sc_ledger *l)
{
    const detail *d = &l->common;
    put(out, d->dims);
    put_signed(out, l->zone.offset);
    put_signed(out, l->max_values);
    put(out, (unsigned)(l->priced ? FILE_PRICED : 0) | (unsigned)(d->sketches ? FILE_SKETCHES : 0) |
                 (unsigned)(d->only_keep_tags ? FILE_ONLY_KEEP_TAGS : 0) | (unsigned)(l->zone.n > 0 ? FILE_ZONE : 0));
    put(out, l->n_bands);
    for (size_t i = 1; i < l->n_bands; i++)
        put(out, (uint64_t)(l->bands[i] - l->bands[i - 1]));
    size_t n = 0;
    while (d->keep_tags[n] != NULL)
        n++;
    put(out, n);
    for (size_t i = 0; i < n; i++)
        put_text(out, d->keep_tags[i], strlen(d->keep_tags[i]));
    if (l->zone.n > 0)
        put_zone(out, &l->zone);
}

static void put_texts(sc_strbuf *out, const sealed *s)
{
    put(out, s->n_texts - 1);
    for (uint32_t i = 1; i < s->n_texts; i++)
        put_text(out, s->text[i].at, s->text[i].len);
}

static void put_folded(sc_strbuf *out, const sc_ledger *l)
{
    const sealed *s = &l->sealed;
    put(out, s->n_folded);
    for (uint32_t i = 0; i < s->n_folded; i++)
        put(out, s->folded[i] - (i > 0 ? s->folded[i - 1] : 0));
}

static void put_sets(sc_strbuf *out, const sealed *s)
{
    put(out, s->n_sets - 1);
    for (uint32_t i = 1; i < s->n_sets; i++) {
        const tag_pair *pair = (const tag_pair *)(const void *)s->set[i].at;
        const size_t n = s->set[i].len / sizeof *pair;
        put(out, n);
        for (size_t k = 0; k < n; k++) {
            put(out, pair[k].key - (k > 0 ? pair[k - 1].key : 0));
            put(out, pair[k].value);
        }
    }
}

static void put_key(sc_strbuf *out, const stream_key *k, unsigned dims)
{
    put(out, (uint8_t)k->kind);
    put(out, (uint8_t)k->grain);
    put(out, (uint8_t)k->charge);
    put(out, (unsigned)(k->scope + 1));
    put(out, (unsigned)(k->tier + 1));
    put(out, (unsigned)(k->meter + 1));
    for (int d = 0; d < SC_DIMS; d++) {
        if (dims >> d & 1)
            put(out, k->dim[d]);
    }
    put(out, k->tagset);
}

static void put_cells(sc_strbuf *out, const sc_ledger *l, const sc_ledger_stream *t)
{
    sc_day before = 0;
    put(out, t->cells);
    for (size_t i = t->first; i < t->first + t->cells; i++) {
        cell_sums c;
        int64_t count[COUNTS];
        sc_ledger_cell_sums(l->sealed.cells[i], &c);
        for (int k = 0; k < COUNTS; k++)
            count[k] = c.count[sc_file_counts[k]];
        put_signed(out, (int64_t)c.key.day - before);
        before = c.key.day;
        put_signed(out, c.key.shift);
        put(out, c.key.band);
        put(out, c.has_cost | (c.no_counts ? FILE_NO_COUNTS : 0u));
        put_counts(out, count, COUNTS);
        if (l->priced)
            put_signed(out, c.cost);
        if (c.has_cost & SC_COST_BILLED)
            put_signed(out, c.stated.billed);
        if (c.has_cost & SC_COST_LIST)
            put_signed(out, c.stated.list);
        if (c.has_cost & SC_COST_EFFECTIVE)
            put_signed(out, c.stated.effective);
    }
}

static void put_sizes(sc_strbuf *out, const sc_ledger *l, size_t stream)
{
    const sc_ledger_size *size;
    const size_t n = sc_ledger_sizes(l, stream, &size);
    int before = 0;
    put(out, n);
    for (size_t i = 0; i < n; i++) {
        const int both = size[i].input_bin * SC_BINS + size[i].output_bin;
        put(out, (unsigned)(both - before));
        before = both;
        put(out, (uint64_t)size[i].count);
    }
}

static void put_contexts(sc_strbuf *out, const sc_ledger *l, size_t stream)
{
    const sc_ledger_context *context;
    const size_t n = sc_ledger_contexts(l, stream, &context);
    put(out, n);
    for (size_t i = 0; i < n; i++) {
        put(out, (unsigned)(context[i].bin - (i > 0 ? context[i - 1].bin : 0)));
        put(out, (uint64_t)context[i].count);
        put_counts(out, context[i].tokens, SC_TOKEN_METERS);
    }
}

static void put_hours(sc_strbuf *out, const sealed *s, size_t stream)
{
    const hours_entry *h = s->hours + s->first_hours[stream], *end = s->hours + s->first_hours[stream + 1];
    sc_day before = 0;
    put(out, (size_t)(end - h));
    for (; h < end; h++) {
        int64_t count[24];
        for (int i = 0; i < 24; i++)
            count[i] = h->count[i];
        put_signed(out, (int64_t)h->day - before);
        before = h->day;
        put_counts(out, count, 24);
    }
}

/* Events after i of the same session, and that one. */
static size_t events_of_session(const sc_ledger_event *event, size_t i, size_t n)
{
    size_t k = i + 1;
    while (k < n && event[k].session == event[i].session)
        k++;
    return k - i;
}

static void put_events(sc_strbuf *out, const sc_ledger *l, size_t stream)
{
    const sc_ledger_event *event;
    const size_t n = sc_ledger_events(l, stream, &event);
    size_t sessions = 0;
    uint64_t session = 0;
    int64_t time = 0;
    for (size_t i = 0; i < n; i += events_of_session(event, i, n))
        sessions++;
    put(out, sessions);
    for (size_t i = 0, end; i < n; i = end) {
        end = i + events_of_session(event, i, n);
        put(out, event[i].session - session);
        session = event[i].session;
        put(out, end - i);
        for (size_t k = i; k < end; k++) {
            put_signed(out, event[k].time - time);
            time = event[k].time;
        }
    }
}

static void put_streams(sc_strbuf *out, const sc_ledger *l)
{
    const sealed *s = &l->sealed;
    put(out, s->n_streams);
    for (size_t i = 0; i < s->n_streams; i++) {
        put_key(out, &s->keys[i], l->common.dims);
        put_cells(out, l, &s->streams[i]);
        if (!l->common.sketches)
            continue;
        put_sizes(out, l, i);
        put_contexts(out, l, i);
        put_hours(out, s, i);
        put_events(out, l, i);
    }
}

/* Minutes after i of the same quota, and that one. */
static size_t minutes_of_quota(const sealed *s, size_t i)
{
    size_t k = i + 1;
    while (k < s->n_minutes && s->minutes[k].stream == s->minutes[i].stream)
        k++;
    return k - i;
}

static void put_minutes(sc_strbuf *out, const sealed *s)
{
    const sc_ledger_minute *m = s->minutes;
    size_t quotas = 0, stream = 0;
    for (size_t i = 0; i < s->n_minutes; i += minutes_of_quota(s, i))
        quotas++;
    put(out, quotas);
    for (size_t i = 0, end; i < s->n_minutes; i = end) {
        end = i + minutes_of_quota(s, i);
        put(out, m[i].stream - stream);
        stream = m[i].stream;
        put(out, end - i);
        for (size_t k = i; k < end; k++) {
            put_signed(out, m[k].minute - (k > i ? m[k - 1].minute : 0));
            put(out, (uint64_t)m[k].requests);
            put(out, (uint64_t)m[k].input);
            put(out, (uint64_t)m[k].output);
        }
    }
}

static void put_prints(sc_strbuf *out, const sealed *s)
{
    put(out, s->n_prints);
    for (size_t i = 0; i < s->n_prints; i++) {
        put(out, s->prints[i].account);
        put(out, (unsigned)s->prints[i].kind);
        put_signed(out, s->prints[i].day);
        put(out, s->prints[i].sum);
        put(out, (uint64_t)s->prints[i].records);
    }
}

void sc_ledger_write(const sc_ledger *l, sc_strbuf *out)
{
    char digest[SC_SHA256_HEX_SIZE];
    sc_strbuf_puts(out, SC_LEDGER_MAGIC);
    put(out, FILE_VERSION);
    put_settings(out, l);
    put_texts(out, &l->sealed);
    put_folded(out, l);
    put_sets(out, &l->sealed);
    put_streams(out, l);
    put_minutes(out, &l->sealed);
    put_prints(out, &l->sealed);
    if (out->failed)
        return;
    sc_sha256_hex(out->text, out->len, digest);
    sc_strbuf_puts(out, digest);
}

sc_code sc_ledger_save(const sc_ledger *l, const char *path, sc_errors *errors)
{
    const sc_place place = {.file = path};
    sc_strbuf out = {0};
    if (!l->is_sealed)
        return sc_errors_add(errors, SC_E_INTERNAL, &place, NULL, "a ledger is saved only once it is sealed");
    sc_ledger_write(l, &out);
    const sc_code code = out.failed ? sc_errors_add(errors, SC_E_MEMORY, &place, NULL, "out of memory")
                                    : sc_file_write(path, out.text, out.len, errors);
    sc_strbuf_release(&out);
    return code;
}
