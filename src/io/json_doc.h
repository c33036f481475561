/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_doc.h - a strict JSON document with the place of every value.
 *
 * cJSON builds the tree; it is lenient (1e999, 01, raw control characters, duplicate keys, trailing text, keys matched
 * without regard to case), so that a strict scan of RFC 8259 runs first and records where each key and value stands.
 *
 * Beyond RFC 8259, a string may not hold U+0000 ("\u0000" would cut a C string) and a number at most
 * SC_JSON_MAX_NUMBER characters.  A byte order mark at the start is passed over. */
#ifndef SC_IO_JSON_DOC_H
#define SC_IO_JSON_DOC_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "spendcast/error.h"

#define SC_JSON_MAX_DEPTH 32
#define SC_JSON_MAX_NUMBER 63 /* what every cJSON 1.7 reads whole */

typedef struct sc_json_doc sc_json_doc;

/* Parses text[0..size) (must stay alive as long as the document, as must `name`).  Located errors: syntax, trailing
 * text, invalid UTF-8, depth over SC_JSON_MAX_DEPTH, a key given twice in one object (both lines are named), a number
 * that is not finite as a double.  A syntax error ends the scan; duplicate keys and numbers do not.  *out = NULL on
 * failure. Caller frees. */
sc_code sc_json_parse(const char *name, const char *text, size_t size, sc_json_doc **out, sc_errors *errors);
void sc_json_free(sc_json_doc *doc);
const cJSON *sc_json_root(const sc_json_doc *doc);

typedef enum sc_json_part { SC_JSON_VALUE, SC_JSON_KEY } sc_json_part;

/* The place of a node's value or key (the value's, where it has no key), and its path ("/projects/3/id", RFC 6901; ""
 * for the root; one that is too long loses its head) into path[size].  path may be NULL.  The node must be of this
 * document; any other gives the start of the text. */
sc_place sc_json_place(const sc_json_doc *doc, const cJSON *node, sc_json_part part, char *path, size_t size);

/* The digits of a number as they stand in the text (cJSON's double would lose decimals); the raw text of any other
 * value. */
const char *sc_json_number_text(const sc_json_doc *doc, const cJSON *node, size_t *len);

/* sc_errors_add at a node, with its path as the key. */
sc_code sc_json_error(const sc_json_doc *doc, const cJSON *node, sc_json_part part, sc_errors *errors,
                      const char *format, ...) SC_PRINTF(5, 6);

#endif
