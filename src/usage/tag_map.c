/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tag_map.c - maps in cells, and the names of tags. */
#include "usage/tag_map.h"

void sc_tag_map_begin(sc_tag_map *m, sc_text cell, sc_csv_scratch *scratch)
{
    *m = (sc_tag_map){.scratch = scratch};
    if (cell.len == 0) {
        m->is_plain = 1;
        return;
    }
    size_t i = 1;
    while (i < cell.len && (cell.at[i] == ' ' || cell.at[i] == '\t' || cell.at[i] == '\n' || cell.at[i] == '\r'))
        i++;
    if (cell.at[0] == '{' && i < cell.len && cell.at[i] != '"' && cell.at[i] != '}') {
        m->is_plain = 1;
        m->rest = (sc_text){cell.at + 1, cell.len - 1};
        if (cell.at[cell.len - 1] == '}')
            m->rest.len--;
        else
            m->problem = "a map without its closing '}'";
        return;
    }
    sc_json_begin(&m->json, cell.at, cell.len);
    if (!sc_json_object(&m->json))
        m->problem = m->json.problem;
}

/* Where the pair that text starts with ends: before the ", " after which another "key=" stands, so that a value may
 * hold commas. */
static size_t pair_end(sc_text t)
{
    for (size_t i = 0; i + 1 < t.len; i++) {
        if (t.at[i] != ',' || t.at[i + 1] != ' ')
            continue;
        const char *next = t.at + i + 2;
        const size_t left = t.len - i - 2;
        const char *equals = memchr(next, '=', left), *comma = memchr(next, ',', left);
        if (equals != NULL && (comma == NULL || equals < comma))
            return i;
    }
    return t.len;
}

/* Takes "key=value" and what separates it from the next pair. */
static int plain_pair(sc_tag_map *m, sc_text *key, sc_text *value)
{
    if (m->rest.len == 0)
        return 0;
    const size_t len = pair_end(m->rest);
    const char *at = m->rest.at, *equals = memchr(at, '=', len);
    if (equals == NULL || equals == at) {
        m->problem = "a map without 'key=value'";
        return 0;
    }
    *key = (sc_text){at, (size_t)(equals - at)};
    *value = (sc_text){equals + 1, len - key->len - 1};
    const size_t used = len < m->rest.len ? len + 2 : len;
    m->rest.at += used;
    m->rest.len -= used;
    return 1;
}

/* Escapes resolved; 0 if there is no room. */
static int resolve(sc_tag_map *m, sc_text raw, sc_text *out)
{
    sc_csv_scratch *s = m->scratch;
    *out = raw;
    if (raw.len == 0 || memchr(raw.at, '\\', raw.len) == NULL)
        return 1;
    if (raw.len > sizeof s->text - s->used) {
        m->problem = "a map of more than 65536 bytes";
        return 0;
    }
    *out = sc_json_unescape(raw, s->text + s->used, sizeof s->text - s->used);
    s->used += out->len;
    return 1;
}

/* A scalar's text; 0 for null. */
static int read_scalar(sc_tag_map *m, sc_text *value)
{
    int yes = 0;
    switch (sc_json_peek(&m->json)) {
    case SC_JSON_STRING: return sc_json_string(&m->json, value, NULL);
    case SC_JSON_NUMBER: return sc_json_number(&m->json, value);
    case SC_JSON_BOOL:
        if (!sc_json_bool(&m->json, &yes))
            return 0;
        *value = sc_text_of(yes ? "true" : "false");
        return 1;
    case SC_JSON_ARRAY:
    case SC_JSON_OBJECT: m->problem = "a value that is a list or a map, expected a text, number or true"; return 0;
    default: sc_json_skip(&m->json); return 0;
    }
}

int sc_tag_map_next(sc_tag_map *m, sc_text *key, sc_text *value)
{
    sc_text raw_key, raw_value;
    if (m->problem != NULL)
        return 0;
    if (m->is_plain)
        return plain_pair(m, key, value);
    while (sc_json_key(&m->json, &raw_key)) {
        if (read_scalar(m, &raw_value))
            return resolve(m, raw_key, key) && resolve(m, raw_value, value);
        if (m->problem != NULL)
            return 0;
    }
    if (!sc_json_end(&m->json))
        m->problem = m->json.problem != NULL ? m->json.problem : "text after a map";
    return 0;
}

/* ---- names of tags */

static const char principal_prefix[] = "iamPrincipal/";

static int starts_with(sc_text t, const char *prefix)
{
    const size_t n = strlen(prefix);
    return t.len > n && memcmp(t.at, prefix, n) == 0;
}

static sc_text plain_name(sc_text key)
{
    static const char *const prefixes[] = {"resourceTags/", principal_prefix, "user:"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (starts_with(key, prefixes[i])) {
            key.at += strlen(prefixes[i]);
            key.len -= strlen(prefixes[i]);
        }
    }
    return key;
}

static int has_tag(const sc_usage_record *r, sc_text key)
{
    for (size_t i = 0; i < r->n_tags; i++) {
        const sc_text k = r->tag[i].key;
        if (k.len == key.len && memcmp(k.at, key.at, key.len) == 0)
            return 1;
    }
    return 0;
}

int sc_tag_add(sc_usage_record *r, sc_text key, sc_text value)
{
    const sc_text name = plain_name(key);
    if (value.len == 0 || sc_text_is(value, "NULL"))
        return 1;
    if (r->n_tags == SC_USAGE_TAGS_MAX)
        return 0;
    r->tag[r->n_tags] = (sc_usage_tag){has_tag(r, name) ? key : name, value};
    r->n_tags++; /* only now: has_tag looks at those before */
    return 1;
}

const char *sc_tag_add_map(sc_usage_record *r, sc_text cell, const char *prefix, sc_csv_scratch *scratch)
{
    const size_t n = strlen(prefix);
    int principals = 0;
    for (int pass = 0; pass <= principals; pass++) {
        sc_tag_map m;
        sc_text key, value;
        sc_tag_map_begin(&m, cell, scratch);
        while (sc_tag_map_next(&m, &key, &value)) {
            const int is_principal = starts_with(key, principal_prefix);
            principals |= is_principal;
            if (n > 0 && starts_with(key, prefix)) {
                key.at += n;
                key.len -= n;
            }
            if (is_principal == pass && !sc_tag_add(r, key, value))
                return "more than 64 tags";
        }
        if (m.problem != NULL)
            return m.problem;
    }
    return NULL;
}
