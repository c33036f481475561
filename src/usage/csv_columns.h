/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_columns.h - which column of a CSV export holds what, whatever their order and spelling, and its rows. */
#ifndef SC_USAGE_CSV_COLUMNS_H
#define SC_USAGE_CSV_COLUMNS_H

#include "base/arena.h"
#include "io/csv_cursor.h"
#include "usage/reader.h"

/* Cost and Usage Reports with a column for each tag have hundreds. */
#define SC_CSV_COLUMNS_MAX 2048

/* As much of an input's text as a message shows, for "%.*s". */
#define SC_CSV_SHOWN_MAX 60
#define SC_CSV_SHOWN(t) (int)((t).len < SC_CSV_SHOWN_MAX ? (t).len : SC_CSV_SHOWN_MAX), (t).at

/* A name that a column may have and what the column then holds (a number of the reader's).  A field's first name in a
 * table is the one that messages use. */
typedef struct sc_csv_name {
    const char *name;
    int field;
} sc_csv_name;

/* Names as they stand in the header, without blanks around them. */
typedef struct sc_csv_header {
    sc_text name[SC_CSV_COLUMNS_MAX];
    size_t n;
} sc_csv_header;

/* Reads the first record of a text, with or without a byte order mark: NULL, or why it is no header. */
const char *sc_csv_header_read(sc_csv_header *h, const char *text, size_t size);

/* Whether two names are the same once case and everything but letters and digits are left out, so that
 * "lineItem/UsageType", "line_item_usage_type" and Athena's "lineitem_usagetype" are one. */
int sc_csv_same_name(sc_text name, const char *known);

/* The field that goes by this name, -1 = none. */
int sc_csv_field(const sc_csv_name *names, size_t n, sc_text name);

/* The first name of a field. */
const char *sc_csv_field_name(const sc_csv_name *names, size_t n, int field);

/* 1 if the header has a column for this field. */
int sc_csv_has_field(const sc_csv_header *h, const sc_csv_name *names, size_t n, int field);

/* A column that holds the values of one tag. */
typedef struct sc_csv_tag {
    size_t column;
    sc_text key;
} sc_csv_tag;

#define SC_CSV_FIELDS_MAX 64

/* What the columns of one file hold. */
typedef struct sc_csv_layout {
    sc_arena arena;
    const sc_csv_name *names; /* of fields */
    size_t n_names;
    size_t columns;
    int column[SC_CSV_FIELDS_MAX]; /* of each field, -1 = none */
    sc_csv_tag *tag;
    size_t n_tags;
} sc_csv_layout; /* zero-initialise */

/* Reads the header into h and finds the columns; `tag_of` gives the tag that a column's name stands for, "" = none
 * (NULL: no column is a tag).  SC_E_INPUT with the reason if it is no header, or two columns hold the same field.
 * Release in any case. */
sc_code sc_csv_layout_read(sc_csv_layout *l, const sc_csv_name *names, size_t n, sc_text (*tag_of)(sc_text name),
                           const char *header, size_t size, sc_csv_header *h, char *why, size_t why_size);
void sc_csv_layout_release(sc_csv_layout *l);

/* SC_E_INPUT, saying that no column has this name, and which one of the header is nearest. */
sc_code sc_csv_missing(const sc_csv_header *h, const char *name, char *why, size_t why_size);

/* The next row that has as many cells as the header; others are rejected with the reason.  0 at the end. */
int sc_csv_next(sc_csv_cursor *c, size_t columns, sc_usage_sink *sink);

/* Texts of one row that do not stand in the file as they are. */
typedef struct sc_csv_scratch {
    size_t used;
    char text[65536];
} sc_csv_scratch;

/* The last row's cell i, doubled quotes resolved; 0 if there is no room for that. */
int sc_csv_text(const sc_csv_cursor *c, size_t i, sc_csv_scratch *s, sc_text *out);

#endif
