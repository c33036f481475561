/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_head.c - the members of the first lines of a source. */
#include "usage/json_head.h"

#include <string.h>

/* Lines looked at: transcripts begin with some that say nothing on usage. */
#define LINES 32

void sc_json_head_read(sc_text text, sc_json_head *h)
{
    sc_json_cursor c;
    sc_text key;
    h->n = 0;
    if (text.len == 0)
        return;
    sc_json_begin(&c, text.at, text.len);
    if (sc_json_peek(&c) != SC_JSON_OBJECT || !sc_json_object(&c))
        return;
    while (h->n < SC_HEAD_MEMBERS_MAX && sc_json_key(&c, &key)) {
        sc_text value = {c.at, 0};
        if (sc_json_peek(&c) == SC_JSON_NONE)
            return;
        const char *first = c.at;
        if (!sc_json_raw(&c, &value))
            value = (sc_text){first, (size_t)(c.end - first)};
        h->member[h->n].key = key;
        h->member[h->n++].value = value;
    }
}

sc_text sc_json_head_value(const sc_json_head *h, const char *key)
{
    for (size_t i = 0; i < h->n; i++) {
        if (sc_text_is(h->member[i].key, key))
            return h->member[i].value;
    }
    return (sc_text){NULL, 0};
}

int sc_json_head_starts(const sc_json_head *h, const char *key, const char *start)
{
    const sc_text value = sc_json_head_value(h, key);
    const size_t len = strlen(start);
    return value.len > len && value.at[0] == '"' && memcmp(value.at + 1, start, len) == 0;
}

int sc_json_head_is(const sc_json_head *h, const char *key, const char *value)
{
    return sc_json_head_starts(h, key, value) && sc_json_head_value(h, key).len == strlen(value) + 2;
}

int sc_json_head_best(const char *head, size_t size, int (*rate)(const sc_json_head *h))
{
    const char *at = head, *end = head + size;
    sc_json_head h;
    int best = 0;
    for (int i = 0; i < LINES && at < end; i++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (line_end == NULL)
            line_end = end;
        sc_json_head_read((sc_text){at, (size_t)(line_end - at)}, &h);
        const int rating = h.n > 0 ? rate(&h) : 0;
        best = rating > best ? rating : best;
        at = line_end + (line_end < end);
    }
    return best;
}
