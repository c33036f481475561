/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_head.h - the members of the first lines of a source, by which readers tell whose it is. */
#ifndef SC_USAGE_JSON_HEAD_H
#define SC_USAGE_JSON_HEAD_H

#include "io/json_cursor.h"

#define SC_HEAD_MEMBERS_MAX 64
typedef struct sc_json_head {
    struct {
        sc_text key, value; /* raw; the last value may be cut */
    } member[SC_HEAD_MEMBERS_MAX];
    size_t n;
} sc_json_head;

/* The members of the object at the start of the text, none if there is no object. */
void sc_json_head_read(sc_text text, sc_json_head *h);
/* The raw value of a key; no text if it is not there. */
sc_text sc_json_head_value(const sc_json_head *h, const char *key);
/* Whether the value of a key is this string, or starts with it. */
int sc_json_head_is(const sc_json_head *h, const char *key, const char *value);
int sc_json_head_starts(const sc_json_head *h, const char *key, const char *start);
/* The best that `rate` gives for one of the first lines. */
int sc_json_head_best(const char *head, size_t size, int (*rate)(const sc_json_head *h));

#endif
