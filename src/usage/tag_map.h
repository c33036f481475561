/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tag_map.h - maps in one cell of a bill, tags above all: {"team": "ds", "shared": true} as AWS writes them, and
 * {team=ds, shared=true} as Athena and DuckDB write maps into CSV. */
#ifndef SC_USAGE_TAG_MAP_H
#define SC_USAGE_TAG_MAP_H

#include "io/json_cursor.h"
#include "usage/csv_columns.h"

typedef struct sc_tag_map {
    sc_json_cursor json;
    int is_plain; /* the form without quotes, of which `rest` is left */
    sc_text rest;
    const char *problem; /* NULL = fine so far */
    sc_csv_scratch *scratch;
} sc_tag_map;

/* An empty cell is an empty map.  Texts with escapes are resolved into scratch. */
void sc_tag_map_begin(sc_tag_map *m, sc_text cell, sc_csv_scratch *scratch);
/* The next pair; 0 at the end or at a problem.  Numbers and booleans come as they are written, null is passed over;
 * a value that is a list or a map is a problem. */
int sc_tag_map_next(sc_tag_map *m, sc_text *key, sc_text *value);

/* Adds a tag to a record under its plain name: "resourceTags/team", "user:team" and "iamPrincipal/team" are all "team";
 * where that is taken, under its whole one.  A tag without a value is left out.  0 if the record has no
 * room for more. */
int sc_tag_add(sc_usage_record *r, sc_text key, sc_text value);

/* Adds the tags of a map, those of resources before those of principals, so that a resource's tag has the plain name.
 * `prefix` is taken off names that have it ("" = none).  NULL, or why not. */
const char *sc_tag_add_map(sc_usage_record *r, sc_text cell, const char *prefix, sc_csv_scratch *scratch);

#endif
