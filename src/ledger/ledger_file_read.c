/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_file_read.c - a ledger from the bytes that ledger_file.c describes.
 *
 * Nothing in a file is believed: each number has a range, and no list has more entries than bytes are left.  After the
 * first failure every number reads as 0, so that loops end and only their callers look at the code. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "io/file.h"
#include "ledger/ledger_file.h"

#define MAGIC_SIZE (sizeof SC_LEDGER_MAGIC - 1)
#define DIGEST_SIZE ((size_t)SC_SHA256_HEX_SIZE - 1)
#define FILE_MAX ((size_t)1 << 36)
#define DAY_MOST (SC_TIME_MOST / SC_DAY_SECONDS + 1)
#define MINUTE_MOST (SC_TIME_MOST / 60 + 1)

typedef struct input {
    const char *name;
    const unsigned char *start, *at, *end;
    sc_errors *errors;
    sc_code code;
    sc_ledger *l;
    uint32_t texts, sets, streams; /* how many there are */
} input;

SC_PRINTF(2, 3) static void fail(input *in, const char *format, ...)
{
    const sc_place place = {.file = in->name};
    va_list args;
    if (in->code != SC_OK)
        return;
    va_start(args, format);
    in->code = sc_errors_addv(in->errors, SC_E_INPUT, &place, NULL, format, args);
    va_end(args);
}

static void check(input *in, sc_code code)
{
    const sc_place place = {.file = in->name};
    if (code == SC_E_MEMORY && in->code == SC_OK)
        in->code = sc_errors_add(in->errors, code, &place, NULL, "out of memory");
    else if (code != SC_OK)
        fail(in, "a sum before byte %zu is out of range", (size_t)(in->at - in->start));
}

/* ---- numbers ---- */

static sc_uint128 get_varint(input *in, const char *what)
{
    sc_uint128 n = 0;
    const unsigned char *p = in->at;
    for (unsigned shift = 0; in->code == SC_OK; shift += 7, p++) {
        if (p == in->end || shift > 126)
            break;
        if (shift == 126 && *p > 3)
            break;
        n |= (sc_uint128)(*p & 127u) << shift;
        if (*p >= 128)
            continue;
        if (*p == 0 && shift > 0)
            break;
        in->at = p + 1;
        return n;
    }
    fail(in, "%s at byte %zu is no whole number", what, (size_t)(in->at - in->start));
    return 0;
}

static uint64_t get(input *in, const char *what, uint64_t least, uint64_t most)
{
    const size_t place = (size_t)(in->at - in->start);
    const sc_uint128 n = get_varint(in, what);
    if (in->code == SC_OK && (n < least || n > most))
        fail(in, "%s at byte %zu is %s%" PRIu64 ", expected %" PRIu64 " to %" PRIu64, what, place,
             n > UINT64_MAX ? "more than " : "", n > UINT64_MAX ? UINT64_MAX : (uint64_t)n, least, most);
    return in->code == SC_OK ? (uint64_t)n : 0;
}

static sc_int128 get_money(input *in, const char *what)
{
    const sc_uint128 n = get_varint(in, what);
    return (sc_int128)(n >> 1) ^ -(sc_int128)(n & 1);
}

/* before + what is written, in [-most, most]. */
static int64_t get_signed(input *in, const char *what, int64_t before, int64_t most)
{
    const size_t place = (size_t)(in->at - in->start);
    const sc_int128 n = get_money(in, what);
    if (in->code == SC_OK && (n > (sc_int128)most - before || n < -(sc_int128)most - before))
        fail(in, "%s at byte %zu is out of range, expected %" PRId64 " to %" PRId64, what, place, -most, most);
    return in->code == SC_OK ? before + (int64_t)n : 0;
}

/* The most entries of at least a byte each that a number can announce: the bytes behind it. */
static size_t behind(const input *in) { return in->at < in->end ? (size_t)(in->end - in->at) - 1 : 0; }

static size_t get_many(input *in, const char *what, size_t least, size_t most)
{
    return (size_t)get(in, what, least, behind(in) < most ? behind(in) : most);
}

static sc_text get_text(input *in, const char *what, size_t least)
{
    const size_t len = get_many(in, what, least, SIZE_MAX);
    if (in->code == SC_OK && len > (size_t)(in->end - in->at))
        fail(in, "%s at byte %zu goes past the end", what, (size_t)(in->at - in->start));
    if (in->code != SC_OK)
        return (sc_text){"", 0};
    const sc_text t = {(const char *)in->at, len};
    in->at += len;
    return t;
}

static void get_counts(input *in, const char *what, int64_t *count, int n, int64_t most)
{
    const uint64_t mask = get(in, what, 0, (UINT64_C(1) << n) - 1);
    for (int i = 0; i < n; i++)
        count[i] = mask >> i & 1 ? (int64_t)get(in, what, 1, (uint64_t)most) : 0;
}

/* A number that names are given in the order of the file, so that a name that stands twice is found. */
static void expect_number(input *in, uint32_t number, size_t expected, const char *what)
{
    if (number == SC_NAME_FAILED)
        check(in, SC_E_MEMORY);
    else if (number != expected)
        fail(in, "%s that ends at byte %zu stands twice", what, (size_t)(in->at - in->start));
}

/* ---- settings ---- */

static void get_bands(input *in, int64_t *bands, size_t *n)
{
    *n = (size_t)get(in, "the number of context bands", 1, SC_BANDS_MAX);
    for (size_t i = 1; i < *n && in->code == SC_OK; i++)
        bands[i] = bands[i - 1] + (int64_t)get(in, "a context band", 1, (uint64_t)(INT64_MAX - bands[i - 1]));
}

/* A list ended by NULL. */
static const char **get_tags(input *in, sc_arena *arena)
{
    const size_t n = get_many(in, "the number of kept tags", 0, UINT32_MAX);
    const char **tags = SC_ARENA_ARRAY(arena, const char *, n + 1);
    for (size_t i = 0; tags != NULL && i < n && in->code == SC_OK; i++) {
        const sc_text t = get_text(in, "a kept tag", 0);
        tags[i] = sc_arena_strndup(arena, t.at, t.len);
        if (tags[i] == NULL)
            return NULL;
    }
    return tags;
}

/* Name and changes of the clock; the offset before them is known. */
static void get_zone(input *in, sc_zone *z)
{
    const sc_text name = get_text(in, "the name of the zone", 1);
    memset(z->name, 0, sizeof z->name);
    if (in->code == SC_OK && (name.len >= sizeof z->name || memchr(name.at, '\0', name.len) != NULL))
        fail(in, "the name of the zone that ends at byte %zu is none", (size_t)(in->at - in->start));
    if (in->code == SC_OK)
        memcpy(z->name, name.at, name.len);
    const uint32_t n = (uint32_t)get(in, "the number of changes of the clock", 1, SC_ZONE_CHANGES);
    for (; z->n < n && in->code == SC_OK; z->n++) {
        sc_zone_change *c = &z->change[z->n];
        c->from = get_signed(in, "a change of the clock", z->n > 0 ? c[-1].from : 0, SC_TIME_MOST);
        c->offset = (int32_t)get_signed(in, "an offset from UTC", 0, SC_ZONE_OFFSET_MAX);
        if (in->code == SC_OK && z->n > 0 && c->from <= c[-1].from)
            fail(in, "the change of the clock that ends at byte %zu is not after the one before",
                 (size_t)(in->at - in->start));
    }
}

static void get_settings(input *in)
{
    sc_arena arena = {0};
    sc_ledger_options o = {0};
    sc_zone zone;
    int64_t bands[SC_BANDS_MAX] = {0};
    size_t n_bands;
    o.keep_dims = (unsigned)get(in, "the set of dims", 0, (1u << SC_DIMS) - 1);
    sc_zone_fixed((int32_t)get_signed(in, "the start of days", 0, SC_ZONE_OFFSET_MAX), &zone);
    o.zone = &zone;
    o.max_values = get_signed(in, "the most values of a key", 0, INT64_MAX);
    const uint64_t flags =
        get(in, "the set of flags", 0, FILE_PRICED | FILE_SKETCHES | FILE_ONLY_KEEP_TAGS | FILE_ZONE);
    o.sketches = (flags & FILE_SKETCHES) != 0;
    o.only_keep_tags = (flags & FILE_ONLY_KEEP_TAGS) != 0;
    get_bands(in, bands, &n_bands);
    const char **tags = get_tags(in, &arena);
    o.keep_tags = tags;
    if (tags != NULL && (flags & FILE_ZONE) != 0)
        get_zone(in, &zone);
    in->l = tags != NULL && in->code == SC_OK ? sc_ledger_new(&o) : NULL;
    sc_arena_release(&arena);
    if (in->l == NULL) {
        check(in, SC_E_MEMORY);
        return;
    }
    in->l->priced = (flags & FILE_PRICED) != 0;
    memcpy(in->l->bands, bands, sizeof bands);
    in->l->n_bands = n_bands;
}

/* ---- names ---- */

static void get_texts(input *in)
{
    in->texts = (uint32_t)get_many(in, "the number of texts", 0, UINT32_MAX / 8);
    for (uint32_t i = 1; i <= in->texts && in->code == SC_OK; i++) {
        const sc_text t = get_text(in, "a text", 1);
        if (in->code == SC_OK)
            expect_number(in, sc_names_add(&in->l->texts, t.at, t.len, NULL), i, "a text");
    }
}

static void get_folded(input *in)
{
    const size_t n = get_many(in, "the number of folded keys", 0, UINT32_MAX);
    uint32_t key = 0;
    for (size_t i = 0; i < n && in->code == SC_OK; i++) {
        key += (uint32_t)get(in, "a folded key", i > 0, in->texts - key);
        if (in->code == SC_OK && !sc_ledger_fold_key(in->l, key))
            check(in, SC_E_MEMORY);
    }
    in->l->any_folded = 0; /* what follows is folded already */
}

static void get_sets(input *in)
{
    in->sets = (uint32_t)get_many(in, "the number of tag sets", 0, UINT32_MAX / 8);
    for (uint32_t i = 1; i <= in->sets && in->code == SC_OK; i++) {
        tag_pair pair[SC_USAGE_TAGS_MAX];
        const size_t n = (size_t)get(in, "the number of tags", 1, SC_USAGE_TAGS_MAX);
        uint32_t key = 0;
        for (size_t k = 0; k < n && in->code == SC_OK; k++) {
            key += (uint32_t)get(in, "the key of a tag", 1, in->texts - key);
            pair[k] = (tag_pair){key, (uint32_t)get(in, "the value of a tag", 1, in->texts)};
        }
        if (in->code == SC_OK)
            expect_number(in, sc_names_add(&in->l->tagsets, pair, n * sizeof pair[0], NULL), i, "a tag set");
    }
}

/* ---- streams ---- */

static void get_cell(input *in, part *p, cell_key *key)
{
    int64_t count[COUNTS];
    const uint32_t before = p->cells.count;
    key->day = (int32_t)get_signed(in, "the day of a cell", key->day, DAY_MOST);
    key->shift = (int16_t)get_signed(in, "the local day of a cell", 0, INT16_MAX);
    key->band = (uint16_t)get(in, "the context band of a cell", 0, in->l->n_bands - 1);
    cell_sums c = {.key = *key};
    const unsigned flags = (unsigned)get(in, "the flags of a cell", 0, 15);
    get_counts(in, "a count of a cell", count, COUNTS, INT64_MAX);
    for (int k = 0; k < COUNTS; k++)
        c.count[sc_file_counts[k]] = count[k];
    c.no_counts = (flags & FILE_NO_COUNTS) != 0;
    c.has_cost = flags & (SC_COST_BILLED | SC_COST_LIST | SC_COST_EFFECTIVE);
    c.cost = in->l->priced ? get_money(in, "the cost of a cell") : 0;
    c.stated.billed = c.has_cost & SC_COST_BILLED ? get_money(in, "a billed cost") : 0;
    c.stated.list = c.has_cost & SC_COST_LIST ? get_money(in, "a list cost") : 0;
    c.stated.effective = c.has_cost & SC_COST_EFFECTIVE ? get_money(in, "an effective cost") : 0;
    if (in->code != SC_OK)
        return;
    check(in, sc_ledger_add_cell(p, &c));
    if (p->cells.count == before)
        fail(in, "the cell that ends at byte %zu stands twice", (size_t)(in->at - in->start));
}

static void get_sizes(input *in, part *p, uint32_t stream)
{
    const size_t n = get_many(in, "the number of sizes", 0, SC_BINS * SC_BINS);
    uint64_t both = 0;
    for (size_t i = 0; i < n && in->code == SC_OK; i++) {
        both += get(in, "a size", i > 0, SC_BINS * SC_BINS - 1 - both);
        const size_entry e = {stream, (uint16_t)(both / SC_BINS), (uint16_t)(both % SC_BINS),
                              (int64_t)get(in, "the requests of a size", 1, INT64_MAX)};
        if (in->code == SC_OK)
            check(in, sc_ledger_add_size(p, &e));
    }
}

static void get_contexts(input *in, part *p, uint32_t stream)
{
    const size_t n = get_many(in, "the number of contexts", 0, SC_BINS);
    context_entry e = {.stream = stream};
    for (size_t i = 0; i < n && in->code == SC_OK; i++) {
        e.bin += (uint32_t)get(in, "a context", i > 0, SC_BINS - 1 - e.bin);
        e.count = (int64_t)get(in, "the requests of a context", 1, INT64_MAX);
        get_counts(in, "the tokens of a context", e.tokens, SC_TOKEN_METERS, INT64_MAX);
        if (in->code == SC_OK)
            check(in, sc_ledger_add_context(p, &e));
    }
}

static void get_hours(input *in, part *p, uint32_t stream)
{
    const size_t n = get_many(in, "the number of days with hours", 0, UINT32_MAX);
    hours_entry e = {.stream = stream};
    for (size_t i = 0; i < n && in->code == SC_OK; i++) {
        const uint32_t before = p->hours.count;
        int64_t count[24];
        e.day = (int32_t)get_signed(in, "a day with hours", e.day, DAY_MOST);
        get_counts(in, "the requests of an hour", count, 24, UINT32_MAX);
        for (int h = 0; h < 24; h++)
            e.count[h] = (uint32_t)count[h];
        if (in->code != SC_OK)
            return;
        check(in, sc_ledger_add_hours(p, &e));
        if (p->hours.count == before)
            fail(in, "the day with hours that ends at byte %zu stands twice", (size_t)(in->at - in->start));
    }
}

static void get_events(input *in, part *p, uint32_t stream)
{
    const size_t sessions = get_many(in, "the number of sessions", 0, SIZE_MAX);
    event_entry e = {.stream = stream};
    for (size_t i = 0; i < sessions && in->code == SC_OK; i++) {
        e.session += get(in, "a session", i > 0, UINT64_MAX - e.session);
        const size_t n = get_many(in, "the number of times of a session", 1, SIZE_MAX);
        for (size_t k = 0; k < n && in->code == SC_OK; k++) {
            e.time = get_signed(in, "a time of a session", e.time, SC_TIME_MOST);
            if (in->code == SC_OK)
                check(in, sc_ledger_add_event(p, &e));
        }
    }
}

static stream_key get_key(input *in)
{
    stream_key k = {.kind = (int8_t)get(in, "the kind of a stream", 0, SC_USAGE_KINDS - 1)};
    k.grain = (int8_t)get(in, "the grain of a stream", 0, SC_GRAINS - 1);
    k.charge = (int8_t)get(in, "the charge of a stream", 0, SC_CHARGES - 1);
    k.scope = (int8_t)((int)get(in, "the scope of a stream", 0, SC_SCOPES) - 1);
    k.tier = (int8_t)((int)get(in, "the tier of a stream", 0, SC_TIERS) - 1);
    k.meter = (int8_t)((int)get(in, "the meter of a stream", 0, SC_METERS) - 1);
    for (int d = 0; d < SC_DIMS; d++) {
        if (in->l->detail.dims >> d & 1)
            k.dim[d] = (uint32_t)get(in, "a dim of a stream", 0, in->texts);
    }
    k.tagset = (uint32_t)get(in, "the tag set of a stream", 0, in->sets);
    return k;
}

static void get_streams(input *in)
{
    in->streams = (uint32_t)get_many(in, "the number of streams", 0, UINT32_MAX / 8);
    for (uint32_t i = 1; i <= in->streams && in->code == SC_OK; i++) {
        const stream_key k = get_key(in);
        if (in->code != SC_OK)
            return;
        expect_number(in, sc_names_add(&in->l->streams, &k, sizeof k, NULL), i, "a stream");
        part *p = sc_ledger_part(in->l, i);
        cell_key key = {.stream = i};
        const size_t n = get_many(in, "the number of cells", 1, SIZE_MAX);
        for (size_t c = 0; c < n && in->code == SC_OK; c++)
            get_cell(in, p, &key);
        if (!in->l->detail.sketches)
            continue;
        get_sizes(in, p, i);
        get_contexts(in, p, i);
        get_hours(in, p, i);
        get_events(in, p, i);
    }
}

/* ---- minutes and prints ---- */

/* The number of the quota of a stream; 0 and a failure where it can have none. */
static uint32_t quota_of(input *in, uint32_t stream)
{
    stream_key k;
    if (in->code != SC_OK)
        return 0;
    memcpy(&k, sc_names_at(&in->l->streams, stream).at, sizeof k);
    if (!sc_ledger_has_minutes(&k))
        fail(in, "minutes before byte %zu are those of a stream without times", (size_t)(in->at - in->start));
    const stream_key quota = sc_ledger_quota(&k);
    const uint32_t number = sc_names_add(&in->l->quotas, &quota, sizeof quota, NULL);
    if (number == SC_NAME_FAILED)
        check(in, SC_E_MEMORY);
    return number;
}

static void get_minute(input *in, minute_entry *e)
{
    part *p = sc_ledger_part(in->l, e->quota);
    const uint32_t before = p->minutes.count;
    e->minute = get_signed(in, "a minute", e->minute, MINUTE_MOST);
    e->requests = (int64_t)get(in, "the requests of a minute", 0, INT64_MAX);
    e->input = (int64_t)get(in, "the input of a minute", 0, INT64_MAX);
    e->output = (int64_t)get(in, "the output of a minute", 0, INT64_MAX);
    if (in->code != SC_OK)
        return;
    check(in, sc_ledger_add_minute(p, e));
    if (p->minutes.count == before)
        fail(in, "the minute that ends at byte %zu stands twice", (size_t)(in->at - in->start));
}

static void get_minutes(input *in)
{
    const size_t quotas = get_many(in, "the number of quotas", 0, in->l->detail.sketches ? in->streams : 0);
    uint32_t stream = 0;
    for (size_t i = 0; i < quotas && in->code == SC_OK; i++) {
        stream += (uint32_t)get(in, "the stream of a quota", i > 0, in->streams - 1 - stream);
        minute_entry e = {.quota = quota_of(in, stream + 1)};
        const size_t n = get_many(in, "the number of minutes", 1, SIZE_MAX);
        for (size_t k = 0; k < n && in->code == SC_OK; k++)
            get_minute(in, &e);
    }
}

static void get_prints(input *in)
{
    const size_t n = get_many(in, "the number of fingerprints", 0, UINT32_MAX);
    for (size_t i = 0; i < n && in->code == SC_OK; i++) {
        print_entry e = {.account = (uint32_t)get(in, "the account of a fingerprint", 0, in->texts)};
        e.kind = (int32_t)get(in, "the kind of a fingerprint", 0, SC_USAGE_KINDS - 1);
        e.day = (int32_t)get_signed(in, "the day of a fingerprint", 0, DAY_MOST);
        e.sum = get(in, "a fingerprint", 0, UINT64_MAX);
        e.records = (int64_t)get(in, "the records of a fingerprint", 0, INT64_MAX);
        if (in->code != SC_OK)
            return;
        check(in, sc_ledger_add_print(&in->l->prints, &e));
        if (in->code == SC_OK && in->l->prints.count != i + 1)
            fail(in, "the fingerprint that ends at byte %zu stands twice", (size_t)(in->at - in->start));
    }
}

/* ---- the file ---- */

/* The frame: magic, version and checksum; what is between is left in at ... end. */
static void open_frame(input *in, const char *data, size_t size)
{
    char digest[SC_SHA256_HEX_SIZE];
    in->start = in->at = (const unsigned char *)data;
    in->end = in->start + size;
    if (size < MAGIC_SIZE || memcmp(data, SC_LEDGER_MAGIC, MAGIC_SIZE) != 0) {
        fail(in, "the file begins with '%.*s', expected '%s': it is no ledger",
             (int)(size < MAGIC_SIZE ? size : MAGIC_SIZE), data, SC_LEDGER_MAGIC);
        return;
    }
    in->at += MAGIC_SIZE;
    const uint64_t version = get(in, "the version", 0, UINT64_MAX);
    if (in->code == SC_OK && version != FILE_VERSION)
        fail(in, "the ledger has version %" PRIu64 ", expected %u: another version of spendcast saved it", version,
             FILE_VERSION);
    if (in->code != SC_OK)
        return;
    if ((size_t)(in->end - in->at) < DIGEST_SIZE) {
        fail(in, "the ledger ends after %zu bytes, expected its checksum: it is cut short", size);
        return;
    }
    in->end -= DIGEST_SIZE;
    sc_sha256_hex(data, size - DIGEST_SIZE, digest);
    if (memcmp(in->end, digest, DIGEST_SIZE) != 0)
        fail(in, "the contents do not have the checksum that the ledger ends with: it is cut short or damaged");
}

static void get_all(input *in)
{
    static void (*const sections[])(input *) = {get_settings, get_texts,   get_folded, get_sets,
                                                get_streams,  get_minutes, get_prints};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0] && in->code == SC_OK; i++)
        sections[i](in);
    if (in->code == SC_OK && in->at != in->end)
        fail(in, "%zu bytes after the last fingerprint, expected none", (size_t)(in->end - in->at));
    if (in->code == SC_OK)
        check(in, sc_ledger_seal(in->l));
}

sc_code sc_ledger_parse(const char *name, const char *data, size_t size, sc_ledger **out, sc_errors *errors)
{
    input in = {.name = name, .errors = errors};
    *out = NULL;
    open_frame(&in, data, size);
    if (in.code == SC_OK)
        get_all(&in);
    if (in.code != SC_OK) {
        sc_ledger_free(in.l);
        return in.code;
    }
    *out = in.l;
    return SC_OK;
}

sc_code sc_ledger_load(const char *path, sc_ledger **out, sc_errors *errors)
{
    char *data;
    size_t size;
    *out = NULL;
    sc_code code = sc_file_read(path, FILE_MAX, &data, &size, errors);
    if (code != SC_OK)
        return code;
    code = sc_ledger_parse(path, data, size, out, errors);
    sc_free(data);
    return code;
}
