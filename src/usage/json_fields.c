/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_fields.c - typed fields of JSON lines. */
#include "usage/json_fields.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash64.h"
#include "base/utf8.h"

/* Texts in messages are cut here. */
#define SHOWN 60
#define SHOW(t) ((int)((t).len < SHOWN ? (t).len : SHOWN)), ((t).len > 0 ? (t).at : "")

static const char out_of_memory[] = "no memory is left to read it";

/* ---- lines */

static int is_blank(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at == end;
}

void sc_fields_lines(const char *block, size_t size, sc_usage_sink *sink, void (*read)(sc_fields *f, sc_text line))
{
    const char *end = block + size, *at = block + sc_utf8_bom(block, size);
    sc_fields f = {.sink = sink, .n_guesses = 1};
    while (at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = feed != NULL ? feed : end;
        if (!is_blank(at, line_end)) {
            f.at = at;
            f.len = (size_t)(line_end - at) - (line_end[-1] == '\r');
            f.shown = NULL;
            f.used = 0;
            f.last = 0;
            /* An embedded line is unescaped as a whole and then its texts: each at most as long as what stands here. */
            f.required = 2 * f.len;
            read(&f, (sc_text){f.at, f.len});
        }
        at = line_end + (feed != NULL);
    }
    sc_free(f.scratch);
}

sc_code sc_fields_open(const sc_card *card, const char *header, size_t size, void **state, char *why, size_t why_size)
{
    (void)card;
    (void)header;
    (void)size;
    if (why_size > 0)
        why[0] = '\0';
    *state = NULL;
    return SC_OK;
}

void sc_fields_close(void *state) { (void)state; }

/* ---- problems */

void sc_fields_fail(sc_fields *f, sc_json_cursor *c, const char *at, const char *format, ...)
{
    va_list args;
    if (c->problem != NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(f->reason, sizeof f->reason, format, args);
    va_end(args);
    c->problem = f->reason;
    c->at = at;
}

void sc_fields_reject(sc_fields *f, const sc_json_cursor *c)
{
    const char *at = f->shown != NULL ? f->shown : c->at;
    const int inside = at >= f->at && at <= f->at + f->len;
    f->sink->reject(f->sink, f->at, f->len, inside ? (size_t)(at - f->at) : 0, c->problem);
}

void sc_fields_reject_for(sc_fields *f, const char *reason)
{
    const size_t offset = f->shown != NULL ? (size_t)(f->shown - f->at) : 0;
    f->sink->reject(f->sink, f->at, f->len, offset, reason);
}

/* ---- keys */

static const void *search(const void *table, size_t n, size_t entry, sc_text key)
{
    for (size_t i = 0; i < n; i++) {
        const void *e = (const char *)table + i * entry;
        const sc_text *name = e;
        if (name->len == key.len && sc_same_bytes(name->at, key.at, key.len))
            return e;
    }
    return NULL;
}

static inline int is_known(const sc_fields_known *k, const void *table, sc_text key)
{
    return k->table == table && k->len == key.len && sc_same_bytes(k->key, key.at, key.len);
}

/* Each key has two places, the last one that was looked for in the first of them. */
static const void *find(sc_fields *f, const void *table, size_t n, size_t entry, sc_text key)
{
    if (key.len > SC_FIELDS_KEY_MAX)
        return search(table, n, entry, key);
    /* Keys differ in their ends, if not in their length. */
    const uint64_t end = key.len < 8 ? sc_hash_tail(key.at, key.len) : sc_hash_word8(key.at + key.len - 8);
    const size_t place = (size_t)((end ^ key.len ^ n << 8) * SC_HASH_A >> 56);
    sc_fields_known *first = &f->known[place], *second = &f->known[place ^ 1];
    if (is_known(first, table, key))
        return first->found;
    if (is_known(second, table, key))
        return second->found;
    *second = *first;
    *first = (sc_fields_known){.table = table, .found = search(table, n, entry, key), .len = key.len};
    memcpy(first->key, key.at, key.len);
    return first->found;
}

const void *sc_fields_find(sc_fields *f, const void *table, size_t n, size_t entry, sc_text key)
{
    if (key.at != f->key_at)
        return find(f, table, n, entry, key);
    sc_fields_guess *g = &f->guess[f->last];
    for (int i = 0; i < SC_FIELDS_FOUND; i++) {
        if (g->found[i].table == table)
            return g->found[i].entry;
    }
    for (int i = SC_FIELDS_FOUND - 1; i > 0; i--)
        g->found[i] = g->found[i - 1];
    g->found[0].table = table;
    g->found[0].entry = find(f, table, n, entry, key);
    return g->found[0].entry;
}

/* ---- guesses */

/* The key that was read becomes the first guess for what follows the one before it. */
static void learn_key(sc_fields *f, sc_text key)
{
    sc_fields_guess *before = &f->guess[f->last];
    const size_t len = key.len + 3;
    f->key_at = NULL;
    if (len > SC_JSON_GUESS || memchr(key.at, '\\', key.len) != NULL)
        return;
    if (f->n_guesses == SC_FIELDS_GUESSES) { /* all are forgotten */
        f->n_guesses = 1;
        before = &f->guess[0];
        before->next[0] = before->next[1] = 0;
    }
    const int n = f->n_guesses++;
    sc_fields_guess *g = &f->guess[n];
    *g = (sc_fields_guess){.len = (uint8_t)len, .text = "\""};
    memcpy(g->text + 1, key.at, key.len);
    memcpy(g->text + 1 + key.len, "\":", 2);
    before->next[1] = before->next[0];
    before->next[0] = (uint8_t)n;
    f->last = n;
    f->key_at = key.at;
}

static int is_guess(sc_fields *f, sc_json_cursor *c, int n, sc_text *key)
{
    const sc_fields_guess *g = &f->guess[n];
    if (n == 0 || !sc_json_key_is(c, g->text, g->len))
        return 0;
    *key = (sc_text){c->at - g->len + 1, g->len - 3U};
    f->last = n;
    f->key_at = key->at;
    return 1;
}

/* The next key of an object. */
static int next_key(sc_fields *f, sc_json_cursor *c, sc_text *key)
{
    sc_fields_guess *g = &f->guess[f->last];
    const uint8_t first = g->next[0], second = g->next[1];
    if (is_guess(f, c, first, key))
        return 1;
    if (is_guess(f, c, second, key)) {
        g->next[0] = second;
        g->next[1] = first;
        return 1;
    }
    if (!sc_json_key(c, key))
        return 0;
    learn_key(f, *key);
    return 1;
}

/* ---- members */

void sc_fields_members(sc_fields *f, sc_json_cursor *c, sc_fields_member *member, void *to)
{
    sc_text key;
    if (!sc_json_object(c))
        return;
    while (next_key(f, c, &key)) {
        if (!member(f, c, key, to))
            sc_json_skip(c);
    }
}

void sc_fields_each(sc_fields *f, sc_json_cursor *c, sc_fields_member *member, void *to)
{
    switch (sc_json_peek(c)) {
    case SC_JSON_OBJECT: sc_fields_members(f, c, member, to); break;
    case SC_JSON_ARRAY:
        (void)sc_json_array(c);
        while (sc_json_element(c))
            sc_fields_each(f, c, member, to);
        break;
    default: sc_json_skip(c);
    }
}

int sc_fields_object(sc_fields *f, sc_text text, sc_fields_member *member, void *to)
{
    sc_json_cursor c;
    sc_json_begin(&c, text.at, text.len);
    sc_fields_members(f, &c, member, to);
    if (sc_json_end(&c))
        return 1;
    sc_fields_reject(f, &c);
    return 0;
}

void sc_fields_elements(sc_fields *f, sc_json_cursor *c, sc_fields_element *read, void *to)
{
    const sc_text whole = {f->at, f->len};
    if (!sc_json_array(c))
        return;
    while (sc_json_element(c)) {
        (void)sc_json_peek(c);
        sc_json_cursor after = *c;
        f->at = c->at;
        read(f, c, to);
        if (c->problem != NULL) {
            sc_json_skip(&after);
            f->len = (size_t)(after.at - f->at);
            sc_fields_reject(f, c);
            *c = after;
        }
    }
    f->at = whole.at;
    f->len = whole.len;
}

void sc_fields_array(sc_fields *f, sc_text array, sc_fields_element *read, void *to)
{
    sc_json_cursor c;
    sc_json_begin(&c, array.at, array.len);
    sc_fields_elements(f, &c, read, to);
    if (c.problem != NULL)
        sc_fields_reject(f, &c);
}

/* ---- texts */

/* Room for `need` bytes, which holds until the next line; NULL and the problem if there is none.  The first text of a
 * line makes room for all of it, so that none of them moves later. */
static char *take_scratch(sc_fields *f, sc_json_cursor *c, size_t need)
{
    if (f->used == 0 && f->size < f->required) {
        char *grown = sc_realloc(f->scratch, f->required, 1);
        if (grown == NULL) {
            sc_fields_fail(f, c, c->at, out_of_memory);
            return NULL;
        }
        f->scratch = grown;
        f->size = f->required;
    }
    if (need > f->size - f->used) {
        sc_fields_fail(f, c, c->at, out_of_memory);
        return NULL;
    }
    f->used += need;
    return f->scratch + (f->used - need);
}

sc_text sc_fields_resolve(sc_fields *f, sc_json_cursor *c, sc_text raw)
{
    if (raw.len == 0 || memchr(raw.at, '\\', raw.len) == NULL)
        return raw;
    char *buf = take_scratch(f, c, raw.len);
    return buf != NULL ? sc_json_unescape(raw, buf, raw.len) : (sc_text){NULL, 0};
}

sc_text sc_fields_join(sc_fields *f, sc_json_cursor *c, sc_text a, char separator, sc_text b)
{
    const size_t len = a.len + 1 + b.len;
    char *buf = take_scratch(f, c, len);
    if (buf == NULL)
        return (sc_text){NULL, 0};
    memcpy(buf, a.at, a.len);
    buf[a.len] = separator;
    memcpy(buf + a.len + 1, b.at, b.len);
    return (sc_text){buf, len};
}

int sc_fields_text(sc_fields *f, sc_json_cursor *c, sc_text *out)
{
    sc_text raw;
    int has_escapes;
    if (!sc_json_string(c, &raw, &has_escapes))
        return 0;
    *out = has_escapes ? sc_fields_resolve(f, c, raw) : raw;
    return c->problem == NULL;
}

int sc_fields_text_if(sc_fields *f, sc_json_cursor *c, sc_text *out)
{
    if (sc_json_peek(c) == SC_JSON_STRING)
        return sc_fields_text(f, c, out);
    sc_json_skip(c);
    return 0;
}

int sc_fields_has(sc_text t, const char *part)
{
    const size_t len = strlen(part);
    for (size_t i = 0; i + len <= t.len; i++) {
        if (memcmp(t.at + i, part, len) == 0)
            return 1;
    }
    return 0;
}

int sc_fields_is_header(sc_text key, const char *lower)
{
    if (key.len != strlen(lower))
        return 0;
    for (size_t i = 0; i < key.len; i++) {
        const char c = key.at[i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != lower[i])
            return 0;
    }
    return 1;
}

/* ---- numbers */

int sc_fields_count(sc_fields *f, sc_json_cursor *c, sc_text key, int64_t *n)
{
    const sc_json_type type = sc_json_peek(c);
    const char *at = c->at;
    int64_t value;
    if (!sc_json_int(c, &value)) {
        /* "a string; expected a whole number", with the key before it */
        if (c->problem != NULL && type > SC_JSON_NULL) {
            (void)snprintf(f->reason, sizeof f->reason, "%.*s is %s", SHOW(key), c->problem);
            c->problem = f->reason;
        }
        return 0;
    }
    if (value < 0)
        sc_fields_fail(f, c, at, "%.*s is negative; expected 0 or more", SHOW(key));
    else if (*n >= 0 && *n != value)
        sc_fields_fail(f, c, at, "%.*s is %" PRId64 ", but %" PRId64 " was stated before", SHOW(key), value, *n);
    else
        *n = value;
    return c->problem == NULL;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* Seconds of a time since 1970 in seconds (up to the year 5138), or in ms, us or ns, with decimals; 0 if it is none. */
static int epoch_seconds(sc_text t, int64_t *seconds)
{
    size_t whole = 0, i;
    int64_t n;
    while (whole < t.len && is_digit(t.at[whole]))
        whole++;
    for (i = whole + 1; i < t.len && is_digit(t.at[i]); i++)
        ;
    if (whole < t.len && (t.at[whole] != '.' || i < t.len || i == whole + 1))
        return 0;
    if (whole == 0 || sc_json_whole_number((sc_text){t.at, whole}, &n) != NULL)
        return 0;
    for (int64_t limit = INT64_C(100000000000); n >= limit;)
        n /= 1000;
    *seconds = n;
    return 1;
}

int sc_fields_time(sc_fields *f, sc_json_cursor *c, sc_text key, int64_t *seconds)
{
    sc_text text = {NULL, 0};
    int64_t time;
    const sc_json_type type = sc_json_peek(c);
    const char *at = c->at;
    if (type == SC_JSON_STRING ? !sc_fields_text(f, c, &text) : !sc_json_number(c, &text))
        return 0;
    if (!(type == SC_JSON_STRING && sc_usage_time(text, &time) == SC_OK) && !epoch_seconds(text, &time)) {
        sc_fields_fail(f, c, at, "%.*s is '%.*s'; expected a time such as 2026-01-15T12:00:00Z", SHOW(key), SHOW(text));
        return 0;
    }
    if (time == 0)
        return 0;
    *seconds = time;
    return 1;
}

/* ---- words */

static void read_tier_name(sc_fields *f, sc_json_cursor *c, int *tier)
{
    static const struct {
        const char *name;
        int tier;
    } tiers[] = {
        {"default", SC_TIER_STANDARD},
        {"standard", SC_TIER_STANDARD},
        {"standard_only", SC_TIER_STANDARD},
        {"priority", SC_TIER_PRIORITY},
        {"flex", SC_TIER_FLEX},
        {"batch", SC_TIER_BATCH},
        {"reserved", SC_TIER_RESERVED},
        {"auto", -1},
        {"", -1},
    };
    const char *at = c->at;
    sc_text name;
    if (!sc_fields_text(f, c, &name))
        return;
    for (size_t i = 0; i < sizeof tiers / sizeof tiers[0]; i++) {
        if (!sc_text_is(name, tiers[i].name))
            continue;
        if (tiers[i].tier >= 0)
            *tier = tiers[i].tier;
        return;
    }
    sc_fields_fail(f, c, at, "unknown service tier '%.*s', expected default, priority, flex, reserved or batch",
                   SHOW(name));
}

static int tier_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *tier)
{
    return sc_text_is(key, "type") ? read_tier_name(f, c, tier), 1 : 0;
}

void sc_fields_tier(sc_fields *f, sc_json_cursor *c, int *tier)
{
    if (sc_json_peek(c) == SC_JSON_OBJECT)
        sc_fields_each(f, c, tier_member, tier);
    else
        read_tier_name(f, c, tier);
}

/* The tag with this key, or the next free one; NULL if there are too many. */
static sc_usage_tag *tag_for(sc_usage_record *r, sc_text key)
{
    for (size_t i = 0; i < r->n_tags; i++) {
        if (r->tag[i].key.len == key.len && memcmp(r->tag[i].key.at, key.at, key.len) == 0)
            return &r->tag[i];
    }
    return r->n_tags < SC_USAGE_TAGS_MAX ? &r->tag[r->n_tags++] : NULL;
}

void sc_fields_tag(sc_fields *f, sc_json_cursor *c, sc_text key, sc_usage_record *r)
{
    sc_text value = {NULL, 0};
    const sc_json_type type = sc_json_peek(c);
    const char *at = c->at;
    if (type == SC_JSON_STRING)
        (void)sc_fields_text(f, c, &value);
    else if (type == SC_JSON_NUMBER || type == SC_JSON_BOOL)
        (void)sc_json_raw(c, &value);
    else
        sc_json_skip(c);
    key = sc_fields_resolve(f, c, key);
    if (c->problem != NULL || value.at == NULL || key.len == 0)
        return;
    sc_usage_tag *tag = tag_for(r, key);
    if (tag != NULL)
        *tag = (sc_usage_tag){key, value};
    else
        sc_fields_fail(f, c, at, "more than %d tags; expected fewer", SC_USAGE_TAGS_MAX);
}

int sc_fields_names_session(sc_text key)
{
    static const char *const names[] = {"session_id", "sessionId", "conversation_id", "conversationId"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sc_text_is(key, names[i]))
            return 1;
    }
    return 0;
}

static int tags_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    sc_usage_record *r = to;
    const size_t n = r->n_tags;
    sc_fields_tag(f, c, key, r);
    if (r->n_tags > n && r->session_key.len == 0 && sc_fields_names_session(key))
        r->session_key = r->tag[n].value;
    return 1;
}

void sc_fields_tags(sc_fields *f, sc_json_cursor *c, sc_usage_record *r) { sc_fields_each(f, c, tags_member, r); }

sc_text sc_fields_arn_part(sc_text arn, int n)
{
    if (arn.len < 4 || memcmp(arn.at, "arn:", 4) != 0)
        return (sc_text){NULL, 0};
    const char *at = arn.at, *end = arn.at + arn.len;
    for (int i = 0; i < n; i++) {
        const char *colon = memchr(at, ':', (size_t)(end - at));
        if (colon == NULL)
            return (sc_text){NULL, 0};
        at = colon + 1;
    }
    const char *colon = n < 5 ? memchr(at, ':', (size_t)(end - at)) : NULL;
    return (sc_text){at, (size_t)((colon != NULL ? colon : end) - at)};
}

void sc_fields_model(sc_usage_record *r, sc_text model)
{
    const sc_text resource = sc_fields_arn_part(model, 5);
    r->dim[sc_fields_has(resource, "application-inference-profile/") ? SC_DIM_PROFILE : SC_DIM_MODEL] = model;
}
