/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_doc.c - strict scan of RFC 8259 before cJSON builds the tree.
 *
 * Both go through the document in the same order, so that the n-th value of the scan is the n-th node of the tree. */
#include "io/json_doc.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

#define NONE SIZE_MAX

/* Where a value stands. */
struct span {
    size_t start, end;           /* of the value */
    size_t key_start, key_end;   /* of its key with the quotes; NONE without */
    size_t parent;               /* NONE for the root */
    size_t position;             /* among its parent's children */
    const struct span *same_key; /* the first member with the same key, NULL if this is it */
    const cJSON *node;
};

struct sc_json_doc {
    const char *name, *text;
    size_t size;
    cJSON *root;
    struct span *spans; /* in document order */
    size_t count, cap;
    const struct span **by_address; /* spans, sorted by the address of the node */
};

/* ---- the scan */

struct scan {
    sc_json_doc *doc;
    const char *text;
    size_t size, at;
    sc_errors *errors;
};

static sc_place place_at(const sc_json_doc *doc, size_t start, size_t end)
{
    return (sc_place){doc->name, doc->text, doc->size, start, end - start};
}

static sc_code no_memory(const sc_json_doc *doc, const char *name, sc_errors *errors)
{
    const sc_place place = {.file = doc != NULL ? doc->name : name};
    return sc_errors_add(errors, SC_E_MEMORY, &place, NULL, "out of memory");
}

SC_PRINTF(4, 5)
static sc_code fail(struct scan *s, size_t start, size_t end, const char *format, ...)
{
    const sc_place place = place_at(s->doc, start, end);
    va_list args;
    va_start(args, format);
    sc_errors_addv(s->errors, SC_E_INPUT, &place, NULL, format, args);
    va_end(args);
    return SC_E_INPUT;
}

/* The byte at the current place, -1 at the end. */
static int peek(const struct scan *s) { return s->at < s->size ? (unsigned char)s->text[s->at] : -1; }

static int is_digit(int c) { return c >= '0' && c <= '9'; }

static int is_word(int c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static int is_blank(int c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static void skip_blanks(struct scan *s)
{
    while (is_blank(peek(s)))
        s->at++;
}

/* Whatever stands here is not what the grammar wants: names it, by the word where it is one. */
static sc_code unexpected(struct scan *s, const char *expected)
{
    int c = peek(s);
    size_t end = s->at;
    if (c < 0)
        return fail(s, s->at, s->at, "the text ends here; expected %s", expected);
    while (end < s->size && end - s->at < 40 && is_word((unsigned char)s->text[end]))
        end++;
    if (end == s->at) {
        size_t n = sc_utf8_length(s->text + s->at, s->size - s->at);
        if (n == 0)
            return fail(s, s->at, s->at + 1, "byte 0x%02x is not valid UTF-8; expected %s", (unsigned)c, expected);
        if (c < 0x20 || c == 0x7F)
            return fail(s, s->at, s->at + 1, "control character 0x%02x; expected %s", (unsigned)c, expected);
        end = s->at + n;
    }
    return fail(s, s->at, end, "found '%.*s'; expected %s", (int)(end - s->at), s->text + s->at, expected);
}

static int hex_value(int c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Reads "uXXXX" at s->at; -1 if it is not four hexadecimal digits. */
static int read_code_unit(struct scan *s)
{
    int value = 0;
    if (s->size - s->at < 5 || s->text[s->at] != 'u')
        return -1;
    for (size_t i = 1; i <= 4; i++) {
        int digit = hex_value(s->text[s->at + i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    s->at += 5;
    return value;
}

/* After the backslash at `start`. */
static sc_code scan_escape(struct scan *s, size_t start)
{
    if (peek(s) != 'u') {
        if (peek(s) > 0 && strchr("\"\\/bfnrt", peek(s)) != NULL) {
            s->at++;
            return SC_OK;
        }
        size_t n = sc_utf8_length(s->text + s->at, s->size - s->at);
        if (n == 0 || peek(s) < 0x20)
            return fail(s, start, start + 1, "a backslash that starts no escape; expected '\\\\'");
        return fail(s, start, s->at + n, "'\\%.*s' is no escape; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u",
                    (int)n, s->text + s->at);
    }
    int unit = read_code_unit(s);
    if (unit < 0)
        return fail(s, start, start + 2, "'\\u' without four hexadecimal digits");
    if (unit == 0)
        return fail(s, start, s->at, "'\\u0000' in a string; the character NUL is not supported");
    if (unit < 0xD800 || unit > 0xDFFF)
        return SC_OK;
    size_t end = s->at;
    if (unit < 0xDC00 && peek(s) == '\\') {
        s->at++;
        int low = read_code_unit(s);
        if (low >= 0xDC00 && low <= 0xDFFF)
            return SC_OK;
    }
    return fail(s, start, end, "'\\u%04x' is half of a surrogate pair; expected a high half, then a low half",
                (unsigned)unit);
}

static sc_code scan_string(struct scan *s)
{
    size_t start = s->at++;
    for (;;) {
        int c = peek(s);
        if (c < 0)
            return fail(s, start, start + 1, "the string is never closed");
        if (c == '"') {
            s->at++;
            return SC_OK;
        }
        if (c == '\r' || c == '\n')
            return fail(s, s->at, s->at,
                        "the string is not closed on its line; expected '\"', or '\\n' for a line feed");
        if (c < 0x20)
            return fail(s, s->at, s->at + 1, "control character 0x%02x in a string; expected '\\u%04x'", (unsigned)c,
                        (unsigned)c);
        if (c == '\\') {
            size_t escape = s->at++;
            sc_code code = scan_escape(s, escape);
            if (code != SC_OK)
                return code;
            continue;
        }
        size_t n = sc_utf8_length(s->text + s->at, s->size - s->at);
        if (n == 0)
            return fail(s, s->at, s->at + 1, "byte 0x%02x is not valid UTF-8", (unsigned)c);
        s->at += n;
    }
}

static void skip_digits(struct scan *s)
{
    while (is_digit(peek(s)))
        s->at++;
}

static sc_code scan_number(struct scan *s)
{
    size_t start = s->at;
    if (peek(s) == '-')
        s->at++;
    if (!is_digit(peek(s)))
        return unexpected(s, "a digit after '-'");
    size_t first = s->at;
    skip_digits(s);
    if (s->text[first] == '0' && s->at - first > 1)
        return fail(s, start, s->at, "a number with leading zeros; expected none");
    if (peek(s) == '.') {
        s->at++;
        if (!is_digit(peek(s)))
            return unexpected(s, "a digit after the decimal point");
        skip_digits(s);
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        if (peek(s) == '+' || peek(s) == '-')
            s->at++;
        if (!is_digit(peek(s)))
            return unexpected(s, "a digit in the exponent");
        skip_digits(s);
    }
    if (s->at - start > SC_JSON_MAX_NUMBER)
        return fail(s, start, s->at, "a number of %zu characters; expected at most %d", s->at - start,
                    SC_JSON_MAX_NUMBER);
    return SC_OK;
}

static sc_code scan_literal(struct scan *s)
{
    static const char *const literals[] = {"true", "false", "null"};
    size_t end = s->at;
    while (end < s->size && is_word((unsigned char)s->text[end]))
        end++;
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        size_t n = strlen(literals[i]);
        if (end - s->at == n && memcmp(s->text + s->at, literals[i], n) == 0) {
            s->at = end;
            return SC_OK;
        }
    }
    return unexpected(s, "a value");
}

/* Adds a span; NONE if memory ran out. */
static size_t add_span(sc_json_doc *doc, size_t start, size_t parent, size_t position)
{
    if (doc->count == doc->cap) {
        size_t cap = doc->cap > 0 ? doc->cap * 2 : 256;
        struct span *spans = sc_realloc(doc->spans, cap, sizeof *spans);
        if (spans == NULL)
            return NONE;
        doc->spans = spans;
        doc->cap = cap;
    }
    doc->spans[doc->count] = (struct span){start, start, NONE, NONE, parent, position, NULL, NULL};
    return doc->count++;
}

static sc_code scan_value(struct scan *s, size_t parent, size_t position, size_t key_start, size_t key_end, int depth);

/* The key, colon and blanks before a member's value. */
static sc_code scan_key(struct scan *s, size_t *key_start, size_t *key_end)
{
    if (peek(s) != '"')
        return unexpected(s, "a key in double quotes");
    *key_start = s->at;
    sc_code code = scan_string(s);
    if (code != SC_OK)
        return code;
    *key_end = s->at;
    skip_blanks(s);
    if (peek(s) != ':')
        return unexpected(s, "':' after the key");
    s->at++;
    skip_blanks(s);
    return SC_OK;
}

/* An object or array from its opening bracket on. */
static sc_code scan_container(struct scan *s, size_t self, int depth)
{
    int is_object = s->text[s->at] == '{';
    char close = is_object ? '}' : ']';
    if (depth == SC_JSON_MAX_DEPTH)
        return fail(s, s->at, s->at + 1, "nested more than %d levels deep", SC_JSON_MAX_DEPTH);
    s->at++;
    skip_blanks(s);
    if (peek(s) == close) {
        s->at++;
        return SC_OK;
    }
    for (size_t position = 0;; position++) {
        size_t key_start = NONE, key_end = NONE;
        sc_code code = is_object ? scan_key(s, &key_start, &key_end) : SC_OK;
        if (code == SC_OK)
            code = scan_value(s, self, position, key_start, key_end, depth + 1);
        if (code != SC_OK)
            return code;
        skip_blanks(s);
        if (peek(s) == close) {
            s->at++;
            return SC_OK;
        }
        if (peek(s) != ',')
            return unexpected(s, is_object ? "',' or '}'" : "',' or ']'");
        size_t comma = s->at++;
        skip_blanks(s);
        if (peek(s) == close)
            return fail(s, comma, comma + 1, "a comma before '%c'; expected none after the last %s", close,
                        is_object ? "member" : "element");
    }
}

static sc_code scan_value(struct scan *s, size_t parent, size_t position, size_t key_start, size_t key_end, int depth)
{
    int c = peek(s);
    size_t self = add_span(s->doc, s->at, parent, position);
    if (self == NONE)
        return no_memory(s->doc, NULL, s->errors);
    s->doc->spans[self].key_start = key_start;
    s->doc->spans[self].key_end = key_end;

    sc_code code;
    if (c == '{' || c == '[')
        code = scan_container(s, self, depth);
    else if (c == '"')
        code = scan_string(s);
    else if (c == '-' || is_digit(c))
        code = scan_number(s);
    else
        code = scan_literal(s);
    s->doc->spans[self].end = s->at;
    return code;
}

/* The document between its byte order mark and its end. */
static sc_code scan_document(struct scan *s)
{
    s->at = sc_utf8_bom(s->text, s->size);
    skip_blanks(s);
    sc_code code = scan_value(s, NONE, 0, NONE, NONE, 0);
    if (code != SC_OK)
        return code;
    skip_blanks(s);
    return s->at == s->size ? SC_OK : unexpected(s, "nothing after the document");
}

/* ---- the tree */

/* Gives each span its node.  The recursion is bounded by SC_JSON_MAX_DEPTH.  False if scan and tree do not match. */
static int attach_nodes(sc_json_doc *doc, const cJSON *node, size_t *next)
{
    if (*next == doc->count)
        return 0;
    doc->spans[(*next)++].node = node;
    for (const cJSON *child = node->child; child != NULL; child = child->next)
        if (!attach_nodes(doc, child, next))
            return 0;
    return 1;
}

static int compare_addresses(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)(*(const struct span *const *)a)->node;
    uintptr_t y = (uintptr_t)(*(const struct span *const *)b)->node;
    return (x > y) - (x < y);
}

/* Members of one object together, equal keys in document order. */
static int compare_members(const void *a, const void *b)
{
    const struct span *x = *(const struct span *const *)a, *y = *(const struct span *const *)b;
    if (x->parent != y->parent)
        return x->parent < y->parent ? -1 : 1;
    int order = strcmp(x->node->string, y->node->string);
    return order != 0 ? order : (x > y) - (x < y);
}

/* Finds keys given twice by sorting all members, which stays fast for an object of any size. */
static sc_code find_same_keys(sc_json_doc *doc)
{
    struct span **members = SC_NEW_ARRAY(struct span *, doc->count);
    size_t n = 0;
    if (members == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < doc->count; i++)
        if (doc->spans[i].key_start != NONE)
            members[n++] = &doc->spans[i];
    qsort(members, n, sizeof *members, compare_members);
    for (size_t i = 1; i < n; i++) {
        const struct span *before = members[i - 1];
        if (before->parent == members[i]->parent && strcmp(before->node->string, members[i]->node->string) == 0)
            members[i]->same_key = before->same_key != NULL ? before->same_key : before;
    }
    sc_free(members);
    return SC_OK;
}

static sc_code index_nodes(sc_json_doc *doc)
{
    doc->by_address = SC_NEW_ARRAY(const struct span *, doc->count);
    if (doc->by_address == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < doc->count; i++)
        doc->by_address[i] = &doc->spans[i];
    qsort(doc->by_address, doc->count, sizeof *doc->by_address, compare_addresses);
    return SC_OK;
}

static int line_of(const sc_json_doc *doc, size_t offset)
{
    int line = 1;
    for (size_t i = 0; i < offset; i++)
        line += doc->text[i] == '\n';
    return line;
}

/* What the grammar allows and we do not. */
static sc_code check_values(const sc_json_doc *doc, sc_errors *errors)
{
    sc_code code = SC_OK;
    for (size_t i = 0; i < doc->count; i++) {
        const struct span *span = &doc->spans[i];
        if (span->same_key != NULL) {
            /* Counting lines for errors that are dropped would make a long list of them slow. */
            int shown = errors != NULL && errors->count < SC_ERRORS_MAX;
            code = sc_json_error(doc, span->node, SC_JSON_KEY, errors, "the key '%s' is given twice, first on line %d",
                                 span->node->string, shown ? line_of(doc, span->same_key->key_start) : 0);
        }
        if (cJSON_IsNumber(span->node) && !isfinite(span->node->valuedouble))
            code = sc_json_error(doc, span->node, SC_JSON_VALUE, errors, "the number '%.*s' is too large",
                                 (int)(span->end - span->start), doc->text + span->start);
    }
    return code;
}

static sc_code build_tree(sc_json_doc *doc, sc_errors *errors)
{
    size_t bom = sc_utf8_bom(doc->text, doc->size), next = 0;
    const sc_place place = {.file = doc->name};
    doc->root = cJSON_ParseWithLengthOpts(doc->text + bom, doc->size - bom, NULL, 0);
    if (doc->root == NULL) /* the text is valid JSON: only memory can be missing */
        return no_memory(doc, NULL, errors);
    if (!attach_nodes(doc, doc->root, &next) || next != doc->count)
        return sc_errors_add(errors, SC_E_INTERNAL, &place, NULL, "cJSON reads the document differently");

    if (index_nodes(doc) != SC_OK || find_same_keys(doc) != SC_OK)
        return no_memory(doc, NULL, errors);
    return check_values(doc, errors);
}

sc_code sc_json_parse(const char *name, const char *text, size_t size, sc_json_doc **out, sc_errors *errors)
{
    *out = NULL;
    sc_json_doc *doc = SC_NEW(sc_json_doc);
    if (doc == NULL)
        return no_memory(NULL, name, errors);
    doc->name = name;
    doc->text = text;
    doc->size = size;
    struct scan scan = {.doc = doc, .text = text, .size = size, .errors = errors};
    sc_code code = scan_document(&scan);
    if (code == SC_OK)
        code = build_tree(doc, errors);
    if (code != SC_OK) {
        sc_json_free(doc);
        return code;
    }
    *out = doc;
    return SC_OK;
}

void sc_json_free(sc_json_doc *doc)
{
    if (doc == NULL)
        return;
    cJSON_Delete(doc->root);
    sc_free(doc->by_address);
    sc_free(doc->spans);
    sc_free(doc);
}

const cJSON *sc_json_root(const sc_json_doc *doc) { return doc->root; }

/* ---- places */

static const struct span *find_span(const sc_json_doc *doc, const cJSON *node)
{
    size_t low = 0, high = doc->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct span *span = doc->by_address[middle];
        if (span->node == node)
            return span;
        if ((uintptr_t)span->node < (uintptr_t)node)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* A text built from its end to its start; what does not fit is lost at the start, whole characters at a time. */
struct tail {
    char *buf;
    size_t at;
    int full;
};

static void prepend(struct tail *t, const char *text, size_t len)
{
    if (t->full || len > t->at) {
        t->full = 1;
        return;
    }
    t->at -= len;
    memcpy(t->buf + t->at, text, len);
}

/* A key as a part of a JSON pointer, where '~' and '/' are written "~0" and "~1". */
static void prepend_key(struct tail *t, const char *key)
{
    for (size_t end = strlen(key), start; end > 0; end = start) {
        start = end - 1;
        while (start > 0 && ((unsigned char)key[start] & 0xC0) == 0x80)
            start--;
        if (key[start] == '~')
            prepend(t, "~0", 2);
        else if (key[start] == '/')
            prepend(t, "~1", 2);
        else
            prepend(t, key + start, end - start);
    }
}

static void write_path(const sc_json_doc *doc, const struct span *span, char *path, size_t size)
{
    if (path == NULL || size == 0)
        return;
    struct tail t = {path, size - 1, 0};
    path[size - 1] = '\0';
    for (; span != NULL && span->parent != NONE; span = &doc->spans[span->parent]) {
        char index[24];
        if (span->key_start != NONE) {
            prepend_key(&t, span->node->string);
        } else {
            int n = snprintf(index, sizeof index, "%zu", span->position);
            prepend(&t, index, (size_t)n);
        }
        prepend(&t, "/", 1);
    }
    memmove(path, path + t.at, size - t.at);
}

sc_place sc_json_place(const sc_json_doc *doc, const cJSON *node, sc_json_part part, char *path, size_t size)
{
    const struct span *span = find_span(doc, node);
    write_path(doc, span, path, size);
    if (span == NULL)
        return place_at(doc, 0, 0);
    if (part == SC_JSON_KEY && span->key_start != NONE)
        return place_at(doc, span->key_start, span->key_end);
    return place_at(doc, span->start, span->end);
}

const char *sc_json_number_text(const sc_json_doc *doc, const cJSON *node, size_t *len)
{
    const sc_place place = sc_json_place(doc, node, SC_JSON_VALUE, NULL, 0);
    *len = place.width;
    return place.text + place.offset;
}

sc_code sc_json_error(const sc_json_doc *doc, const cJSON *node, sc_json_part part, sc_errors *errors,
                      const char *format, ...)
{
    char path[sizeof errors->item->key];
    const sc_place place = sc_json_place(doc, node, part, path, sizeof path);
    va_list args;
    va_start(args, format);
    sc_errors_addv(errors, SC_E_INPUT, &place, path, format, args);
    va_end(args);
    return SC_E_INPUT;
}
