/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pattern.h - what a rule's condition says of a value, and the ways in which usage and rules spell one value.
 *
 * A project is stated by its id or its ARN, a role with or without its session: a value has up to two forms, and a
 * pattern matches if it matches one of them. */
#ifndef SC_ATTRIBUTION_PATTERN_H
#define SC_ATTRIBUTION_PATTERN_H

#include "base/arena.h"
#include "spendcast/text.h"
#include "spendcast/usage.h"

typedef struct sc_pattern {
    sc_text text; /* exact: what it matches; a glob: as written */
    sc_text tail; /* of a glob: what all that it matches ends with */
    int is_glob;
} sc_pattern;

typedef struct sc_forms {
    sc_text form[2];
    int n; /* 0 = not stated */
} sc_forms;

/* Offset of the first `c` that no backslash stands before; len if there is none. */
size_t sc_pattern_find(sc_text raw, char c);
/* The text without its backslashes; false if memory ran out. */
int sc_pattern_unescape(sc_arena *arena, sc_text raw, sc_text *out);
/* NULL, or what is wrong with the backslashes of a text. */
const char *sc_pattern_flaw(sc_text raw);

/* Reads a pattern for values of a dim, -1 = of a tag.  A principal that names a session is split: *session is the raw
 * pattern of the session, no text if there is none.  False if memory ran out. */
int sc_pattern_read(sc_arena *arena, int dim, sc_text raw, sc_pattern *out, sc_text *session);
/* 1 if the pattern is an IAM role with a path and a name that is not exact: usage states no paths. */
int sc_pattern_is_open_path(int dim, sc_text raw);

/* '*' stands for any text, '?' for one character, a backslash takes both their meaning. */
int sc_glob_matches(sc_text glob, sc_text value);

sc_forms sc_forms_of(int dim, sc_text value);
int sc_pattern_matches(const sc_pattern *p, const sc_forms *forms);
/* 1 if `wide` surely matches whatever `narrow`, a pattern for the same key, does. */
int sc_pattern_covers(const sc_pattern *wide, const sc_pattern *narrow, int dim);

#endif
