/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_cursor.h - a pull parser over one JSON text, for streams of records: no allocation, no tree, fast skipping.
 *
 *     sc_json_cursor c;
 *     sc_json_begin(&c, line, len);
 *     if (sc_json_object(&c))
 *         while (sc_json_key(&c, &key)) {
 *             if (sc_text_is(key, "inputTokenCount")) sc_json_int(&c, &n);
 *             else sc_json_skip(&c);
 *         }
 *     if (!sc_json_end(&c)) report(c.problem, c.at - line);
 *
 * Every value after a key (or element) must be consumed by exactly one call.  After the first problem all calls do
 * nothing and return 0, so that one check at the end is enough.  The grammar is RFC 8259; skipped values are checked
 * for nesting, quotes and separators, their strings for control characters and their escapes, but not for UTF-8. Depth
 * is limited to SC_JSON_CURSOR_DEPTH. Every byte is looked at once, in blocks of 64 where the processor can. */
#ifndef SC_IO_JSON_CURSOR_H
#define SC_IO_JSON_CURSOR_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/money.h"
#include "spendcast/text.h"

#define SC_JSON_CURSOR_DEPTH 64

typedef struct sc_json_cursor {
    const char *begin, *at, *end;
    const char *problem; /* NULL = none so far; `at` is where */
    int depth;
    uint64_t is_array;  /* bit d: level d is an array */
    int fresh;          /* 1: nothing read yet in the innermost object or array */
    const char *block;  /* the 64 bytes looked at last ... */
    uint64_t stops;     /* ... bit i: byte i ends a string, rightly or wrongly */
    uint64_t slashes;   /* ... bit i: byte i is a backslash */
    uint64_t in_escape; /* ... 1: the last byte is a backslash that starts an escape */
} sc_json_cursor;

typedef enum sc_json_type {
    SC_JSON_NONE,
    SC_JSON_NULL,
    SC_JSON_BOOL,
    SC_JSON_NUMBER,
    SC_JSON_STRING,
    SC_JSON_ARRAY,
    SC_JSON_OBJECT
} sc_json_type;

void sc_json_begin(sc_json_cursor *c, const char *text, size_t len);
/* 1 if the text ended after one whole value without a problem. */
int sc_json_end(sc_json_cursor *c);

/* What comes next; reads nothing. SC_JSON_NONE after a problem or at the end. */
sc_json_type sc_json_peek(sc_json_cursor *c);

/* Steps into an object or array; 0 and a problem if the next value is none. */
int sc_json_object(sc_json_cursor *c);
int sc_json_array(sc_json_cursor *c);
/* The next key of the innermost object (raw bytes, escapes not resolved); 0 at its end (which is consumed). */
int sc_json_key(sc_json_cursor *c, sc_text *key);
/* Takes the next member's key if it stands here as it is in a guess: `"key":` of so many bytes without escapes, then
 * zeros, and in the text a value right after it, without blanks, as programs write.  0 if not, and nothing is taken. */
#define SC_JSON_GUESS 32
int sc_json_key_is(sc_json_cursor *c, const char guess[SC_JSON_GUESS], size_t len);
/* 1 if the innermost array has another element, which then must be consumed; 0 at its end (consumed). */
int sc_json_element(sc_json_cursor *c);

/* A whole number (also written 12.0 or 1.2e3); null reads as "absent": 0 is returned without a problem and *out is
 * kept. Other types, fractions and overflow are problems. */
int sc_json_int(sc_json_cursor *c, int64_t *out);
/* A number's or numeric string's text, for exact decimals; as above for null. */
int sc_json_number(sc_json_cursor *c, sc_text *out);
int sc_json_bool(sc_json_cursor *c, int *out);
/* A string's raw bytes between the quotes, escapes not resolved (`has_escapes` may be NULL); as above for null. */
int sc_json_string(sc_json_cursor *c, sc_text *out, int *has_escapes);
/* Resolves escapes into buf (cut at a character if too long); returns the text in buf.  What stands for no character
 * (half of a surrogate pair, U+0000) becomes U+FFFD. */
sc_text sc_json_unescape(sc_text raw, char *buf, size_t size);
/* What a number's text is worth, as sc_json_int; NULL, or the problem (*out is kept). */
const char *sc_json_whole_number(sc_text t, int64_t *out);
/* Skips a value of any type. */
void sc_json_skip(sc_json_cursor *c);
/* The raw text of a value of any type, skipped. */
int sc_json_raw(sc_json_cursor *c, sc_text *out);

#endif
