/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_field.c - JSON objects read by tables of keys. */
#include "scenario/read_field.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

static int is_required(const sc_field *f) { return strcmp(f->fallback, REQUIRED) == 0; }

char *sc_reader_keep(sc_reader *r, const char *text)
{
    char *copy = sc_arena_strdup(&r->s->arena, text);
    if (copy == NULL)
        r->failed = SC_E_MEMORY;
    return copy;
}

void *sc_reader_keep_array(sc_reader *r, size_t n, size_t size)
{
    void *p = sc_arena_alloc(&r->s->arena, n > 0 ? n : 1, size);
    if (p == NULL)
        r->failed = SC_E_MEMORY;
    return p;
}

/* ---- settings in force, for --explain-settings ---- */

void sc_reader_record(sc_reader *r, const sc_field *f, const char *value, int is_default)
{
    sc_scenario *s = r->s;
    sc_strbuf path = {0};
    if (!r->recording || (is_default && strcmp(value, NO_DEFAULT) == 0))
        return;
    if (s->n_settings == s->settings_cap) {
        size_t cap = s->settings_cap > 0 ? s->settings_cap * 2 : 64;
        sc_setting *grown = sc_realloc(s->settings, cap, sizeof *grown);
        if (grown == NULL) {
            r->failed = SC_E_MEMORY;
            return;
        }
        s->settings = grown;
        s->settings_cap = cap;
    }
    sc_strbuf_printf(&path, "%s/%s", r->path.text != NULL ? r->path.text : "", f->key);
    const char *p = path.failed ? NULL : sc_reader_keep(r, path.text), *v = sc_reader_keep(r, value);
    sc_strbuf_release(&path);
    if (p != NULL && v != NULL)
        s->settings[s->n_settings++] = (sc_setting){p, v, f->unit, is_default};
    else
        r->failed = SC_E_MEMORY;
}

void sc_reader_record_node(sc_reader *r, const sc_field *f, const cJSON *node)
{
    if (!r->recording)
        return;
    char *text = cJSON_PrintUnformatted(node);
    if (text != NULL)
        sc_reader_record(r, f, cJSON_IsString(node) ? node->valuestring : text, 0);
    else
        r->failed = SC_E_MEMORY;
    cJSON_free(text);
}

/* ---- objects and lists ---- */

void sc_read_object(sc_reader *r, const cJSON *node, const char *what, const sc_field *fields, size_t n, void *base)
{
    const char *names[32]; /* no table is longer */
    uint32_t meant = 0;    /* bit i: a misspelt key seems to be fields[i], which then is not missing */
    char hint[SC_NAME_HINT_MAX];
    if (node != NULL && !cJSON_IsObject(node)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not an object, expected {...} with the keys of %s", what);
        node = NULL;
    }
    for (size_t i = 0; i < n; i++)
        names[i] = fields[i].key;
    for (const cJSON *c = node != NULL ? node->child : NULL; c != NULL; c = c->next) {
        size_t i = 0;
        while (i < n && strcmp(names[i], c->string) != 0)
            i++;
        if (i < n)
            continue;
        const char *near = sc_nearest_name(c->string, names, n);
        READ_ERROR(r, c, SC_JSON_KEY, "unknown key '%s' in %s%s", c->string, what,
                   sc_name_hint(c->string, names, n, hint));
        for (i = 0; near != NULL && i < n; i++)
            meant |= names[i] == near ? UINT32_C(1) << i : 0;
    }
    for (size_t i = 0; i < n; i++) {
        const cJSON *value = node != NULL ? cJSON_GetObjectItemCaseSensitive(node, fields[i].key) : NULL;
        if (value == NULL && node != NULL && is_required(&fields[i]) && (meant >> i & 1) == 0)
            READ_ERROR(r, node, SC_JSON_VALUE, "has no '%s', expected %s", fields[i].key, fields[i].type);
        int recording = r->recording;
        r->recording = recording && (value != NULL || !is_required(&fields[i]));
        fields[i].read(r, value, &fields[i], (char *)base + fields[i].offset);
        r->recording = recording;
    }
}

size_t sc_reader_push(sc_reader *r, const char *name)
{
    size_t len = r->path.len;
    sc_strbuf_printf(&r->path, "/%s", name);
    if (r->path.failed)
        r->failed = SC_E_MEMORY;
    return len;
}

void sc_reader_pop(sc_reader *r, size_t len)
{
    r->path.len = len;
    if (r->path.text != NULL)
        r->path.text[len] = '\0';
}

void sc_read_nested(sc_reader *r, const cJSON *node, const sc_field *f, const char *what, const sc_field *fields,
                    size_t n, void *base)
{
    size_t len = sc_reader_push(r, f->key);
    sc_read_object(r, node, what, fields, n, base);
    sc_reader_pop(r, len);
}

/* ---- values ---- */

const char *sc_read_string(sc_reader *r, const cJSON *node, const sc_field *f)
{
    if (!cJSON_IsString(node))
        READ_ERROR(r, node, SC_JSON_VALUE, "is not a string, expected %s", f->type);
    else if (node->valuestring[0] == '\0')
        READ_ERROR(r, node, SC_JSON_VALUE, "is empty, expected %s", f->type);
    else
        return node->valuestring;
    return NULL;
}

void sc_read_text(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const char *text = node != NULL ? sc_read_string(r, node, f) : "";
    if (text != NULL)
        *(const char **)target = sc_reader_keep(r, text);
}

void sc_read_id(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const char *text = node != NULL ? sc_read_string(r, node, f) : NULL, *kept = NULL;
    if (text != NULL && strlen(text) > 100)
        READ_ERROR(r, node, SC_JSON_VALUE, "is longer than 100 bytes");
    else if (text != NULL && strchr(text, '/') != NULL)
        READ_ERROR(r, node, SC_JSON_VALUE, "'%s' holds a '/', which parts projects from workloads", text);
    else if (text != NULL)
        kept = sc_reader_keep(r, text);
    *(const char **)target = kept != NULL ? kept : "";
}

int sc_read_number(sc_reader *r, const cJSON *node, double min, double max, const char *expected, double *x)
{
    if (!cJSON_IsNumber(node)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", expected);
    } else if (!(node->valuedouble >= min && node->valuedouble <= max)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "%.15g is out of range, expected %s", node->valuedouble, expected);
    } else {
        *x = node->valuedouble;
        return 1;
    }
    return 0;
}

void sc_read_real(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    double x = f->init;
    if (node == NULL)
        sc_reader_record(r, f, f->fallback, 1);
    else if (sc_read_number(r, node, f->min, f->max, f->type, &x))
        sc_reader_record_node(r, f, node);
    *(double *)target = x;
}

void sc_read_count(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    double x = 0;
    sc_read_real(r, node, f, &x);
    if (x != floor(x))
        READ_ERROR(r, node, SC_JSON_VALUE, "%.15g is not a whole number of %s", x, f->unit);
    *(int64_t *)target = (int64_t)x;
}

void sc_read_day(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_day day = 0;
    const char *text = node != NULL ? sc_read_string(r, node, f) : NULL;
    if (text != NULL && sc_day_parse(text, strlen(text), &day) != SC_OK)
        READ_ERROR(r, node, SC_JSON_VALUE, "'%s' is not a date, expected \"YYYY-MM-DD\"", text);
    else if (text != NULL)
        sc_reader_record_node(r, f, node);
    *(sc_day *)target = day;
}

static int name_index(sc_reader *r, const cJSON *node, const char *what, const char *const *names, size_t n)
{
    char hint[SC_NAME_HINT_MAX];
    if (!cJSON_IsString(node)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not the name of a %s", what);
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], node->valuestring) == 0)
            return (int)i;
    }
    READ_ERROR(r, node, SC_JSON_VALUE, "unknown %s '%s'%s", what, node->valuestring,
               sc_name_hint(node->valuestring, names, n, hint));
    return -1;
}

int sc_read_choice(sc_reader *r, const cJSON *node, const sc_field *f, const char *what, const char *const *names,
                   size_t n)
{
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return -1;
    }
    int i = name_index(r, node, what, names, n);
    if (i >= 0)
        sc_reader_record_node(r, f, node);
    return i;
}

uint64_t sc_read_set(sc_reader *r, const cJSON *node, const sc_field *f, const char *what, const char *const *names,
                     size_t n)
{
    uint64_t set = 0;
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return 0;
    }
    if (!cJSON_IsArray(node)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
        return 0;
    }
    if (node->child == NULL && strcmp(f->fallback, "[]") != 0)
        READ_ERROR(r, node, SC_JSON_VALUE, "is empty, expected %s", f->type);
    for (const cJSON *c = node->child; c != NULL; c = c->next) {
        int i = name_index(r, c, what, names, n);
        if (i >= 0 && (set >> i & 1))
            READ_ERROR(r, c, SC_JSON_VALUE, "%s '%s' is listed twice", what, names[i]);
        if (i >= 0)
            set |= UINT64_C(1) << i;
    }
    sc_reader_record_node(r, f, node);
    return set;
}
