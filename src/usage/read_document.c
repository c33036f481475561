/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_document.c - pages of JSON documents, their members, and rejects at their place. */
#include "usage/read_document.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "usage/json_head.h"

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at;
}

/* Bytes of the JSON value that a text starts with; all of the text if it is none. */
static size_t value_length(const char *text, size_t size)
{
    sc_json_cursor c;
    sc_text raw;
    sc_json_begin(&c, text, size);
    return sc_json_raw(&c, &raw) ? (size_t)(raw.at - text) + raw.len : size;
}

/* The byte of an error that is located by line and character. */
static size_t offset_of(const char *text, size_t size, const sc_error *e)
{
    size_t at = 0;
    for (int line = 1; line < e->line && at < size; at++)
        line += text[at] == '\n';
    for (int column = 1; column < e->column && at < size; column++)
        at += sc_utf8_step(text + at, size - at);
    return at;
}

static void read_page(const sc_usage_page *page, void (*read)(const sc_usage_page *, void *), void *context)
{
    if (cJSON_IsObject(page->root))
        read(page, context);
    else
        sc_usage_reject(page, page->root, page->root, "a value that is no object; expected an object");
}

static void read_document(const char *text, size_t size, sc_usage_sink *sink,
                          void (*read)(const sc_usage_page *page, void *context), void *context)
{
    sc_errors errors = {0};
    sc_json_doc *doc;
    if (sc_json_parse(NULL, text, size, &doc, &errors) != SC_OK) {
        sink->reject(sink, text, size, offset_of(text, size, &errors.item[0]), errors.item[0].text);
        return;
    }
    const sc_usage_page whole = {doc, sc_json_root(doc), sink};
    if (cJSON_IsArray(whole.root)) {
        for (const cJSON *element = whole.root->child; element != NULL; element = element->next)
            read_page(&(sc_usage_page){doc, element, sink}, read, context);
    } else {
        read_page(&whole, read, context);
    }
    sc_json_free(doc);
}

void sc_usage_pages(const char *text, size_t size, sc_usage_sink *sink,
                    void (*read)(const sc_usage_page *page, void *context), void *context)
{
    const char *at = text + sc_utf8_bom(text, size), *end = text + size;
    while ((at = skip_blanks(at, end)) < end) {
        const size_t length = value_length(at, (size_t)(end - at));
        read_document(at, length, sink, read, context);
        at += length;
    }
}

int sc_usage_head_has(const char *head, size_t size, const char *key)
{
    const char *end = head + size, *at = skip_blanks(head + sc_utf8_bom(head, size), end);
    sc_json_head h;
    if (at < end && *at == '[')
        at = skip_blanks(at + 1, end);
    sc_json_head_read((sc_text){at, (size_t)(end - at)}, &h);
    return sc_json_head_value(&h, key).at != NULL;
}

const cJSON *sc_usage_member(const cJSON *object, const char *key)
{
    const cJSON *member = cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
    return cJSON_IsNull(member) ? NULL : member;
}

sc_text sc_usage_string(const cJSON *node) { return sc_text_of(cJSON_IsString(node) ? node->valuestring : ""); }

sc_text sc_usage_source(const sc_usage_page *page, const cJSON *node)
{
    const sc_place place = sc_json_place(page->doc, node, SC_JSON_VALUE, NULL, 0);
    return (sc_text){place.text + place.offset, place.width};
}

void sc_usage_reject(const sc_usage_page *page, const cJSON *record, const cJSON *value, const char *format, ...)
{
    const sc_text whole = sc_usage_source(page, record), part = sc_usage_source(page, value);
    char reason[sizeof((sc_error *)0)->text];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    page->sink->reject(page->sink, whole.at, whole.len, (size_t)(part.at - whole.at), reason);
}

int sc_usage_whole(const sc_usage_page *page, const cJSON *node, int64_t *out)
{
    if (!cJSON_IsNumber(node))
        return 0;
    const sc_text text = sc_usage_source(page, node);
    sc_json_cursor c;
    sc_json_begin(&c, text.at, text.len);
    return sc_json_int(&c, out);
}

int sc_usage_contains(sc_text t, const char *part)
{
    const size_t n = strlen(part);
    for (size_t i = 0; i + n <= t.len; i++) {
        if (memcmp(t.at + i, part, n) == 0)
            return 1;
    }
    return 0;
}

int sc_usage_shown(sc_text t)
{
    const size_t most = 80;
    size_t len = 0, step;
    while (len < t.len && len + (step = sc_utf8_step(t.at + len, t.len - len)) <= most)
        len += step;
    return (int)len;
}
