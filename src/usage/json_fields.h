/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_fields.h - typed fields of JSON lines, as all line readers of usage read them.
 *
 * A reader walks a line with a json_cursor and hands each value to one of these functions.  What is wrong with a value
 * becomes the cursor's problem, so that the walk stops and one check at its end is enough.  A null is an absent value.
 */
#ifndef SC_USAGE_JSON_FIELDS_H
#define SC_USAGE_JSON_FIELDS_H

#include "io/json_cursor.h"
#include "usage/reader.h"

#define SC_FIELDS_REASON_MAX 240

/* What a key was found to be in a table, whether or not it is one of it: the same keys come again and again. */
#define SC_FIELDS_KNOWN 256 /* places: as many as a byte of a hash tells apart */
#define SC_FIELDS_KEY_MAX 40
typedef struct sc_fields_known {
    const void *table, *found;
    size_t len;
    char key[SC_FIELDS_KEY_MAX];
} sc_fields_known;

/* A key, where it comes in a line, and what has followed it: the lines of a file are alike, so that a key is nearly
 * always one that was guessed, which a comparison tells. */
#define SC_FIELDS_GUESSES 128
#define SC_FIELDS_FOUND 2
typedef struct sc_fields_guess {
    uint8_t next[2]; /* guesses for the key after it, the last one that was right first; 0 = none */
    uint8_t len;
    char text[SC_JSON_GUESS]; /* "key": */
    struct {
        const void *table, *entry; /* what it was found to be in tables */
    } found[SC_FIELDS_FOUND];
} sc_fields_guess;

/* What is being read.  One for a block of lines; nothing is allocated for a record. */
typedef struct sc_fields {
    sc_usage_sink *sink;
    const char *at; /* the record's text in the block, as the sink gets it ... */
    size_t len;
    const char *shown; /* ... and where problems in a text that was unescaped are shown; NULL = where they are */
    char *scratch;     /* texts with escapes resolved; they hold until the next line */
    size_t size, used, required; /* bytes of scratch; `required` is enough for all texts of the line */
    char reason[SC_FIELDS_REASON_MAX];
    sc_fields_known known[SC_FIELDS_KNOWN];
    sc_fields_guess guess[SC_FIELDS_GUESSES]; /* the first is the start of a line */
    int n_guesses, last;                      /* the last key, as a guess ... */
    const char *key_at;                       /* ... and where it stands; NULL = it is not among them */
} sc_fields;

/* Calls `read` for each line that is not blank. */
void sc_fields_lines(const char *block, size_t size, sc_usage_sink *sink, void (*read)(sc_fields *f, sc_text line));

/* open() and close() of readers that keep no state. */
sc_code sc_fields_open(const sc_card *card, const char *header, size_t size, void **state, char *why, size_t why_size);
void sc_fields_close(void *state);

/* Makes the text a problem of the cursor, at the byte `at`. */
void sc_fields_fail(sc_fields *f, sc_json_cursor *c, const char *at, const char *format, ...) SC_PRINTF(4, 5);
/* Rejects the record for the cursor's problem, or for a reason that has no place. */
void sc_fields_reject(sc_fields *f, const sc_json_cursor *c);
void sc_fields_reject_for(sc_fields *f, const char *reason);

/* Reads the value of a key, or returns 0 and reads nothing. */
typedef int sc_fields_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to);
/* The entry of a table whose name is the key, NULL = none.  The entries begin with their name, a sc_text. */
#define SC_FIELDS_NAME(literal)      \
    {                                \
        literal, sizeof(literal) - 1 \
    }
#define SC_FIELDS_FIND(f, table, key) \
    sc_fields_find((f), (table), sizeof(table) / sizeof((table)[0]), sizeof((table)[0]), (key))
const void *sc_fields_find(sc_fields *f, const void *table, size_t n, size_t entry, sc_text key);

/* Calls `member` for the members of an object, or of each object in an array; what it does not read is skipped, as are
 * values of other types. */
void sc_fields_each(sc_fields *f, sc_json_cursor *c, sc_fields_member *member, void *to);
/* Calls `member` for the members of an object; a value of another type is a problem. */
void sc_fields_members(sc_fields *f, sc_json_cursor *c, sc_fields_member *member, void *to);
/* The same for a text that is an object and nothing else; 0 after a problem, for which the record is rejected. */
int sc_fields_object(sc_fields *f, sc_text text, sc_fields_member *member, void *to);
/* Reads the value at the cursor, which is a record of its own. */
typedef void sc_fields_element(sc_fields *f, sc_json_cursor *c, void *to);
/* Calls `read` for the elements of an array that is known to be well-formed, with f->at and f->len on each; an element
 * with a problem is rejected alone.  Another type than an array is a problem. */
void sc_fields_elements(sc_fields *f, sc_json_cursor *c, sc_fields_element *read, void *to);
/* The same for the text of an array. */
void sc_fields_array(sc_fields *f, sc_text array, sc_fields_element *read, void *to);
/* A string with its escapes resolved; 0 for null or a problem. */
int sc_fields_text(sc_fields *f, sc_json_cursor *c, sc_text *out);
/* The same, but values of other types are skipped. */
int sc_fields_text_if(sc_fields *f, sc_json_cursor *c, sc_text *out);
/* Resolves the escapes of a raw string or key. */
sc_text sc_fields_resolve(sc_fields *f, sc_json_cursor *c, sc_text raw);
/* a, a separator and b as one text. */
sc_text sc_fields_join(sc_fields *f, sc_json_cursor *c, sc_text a, char separator, sc_text b);
/* A number of things, >= 0; *n is -1 before the first.  Another value than before is a problem. */
int sc_fields_count(sc_fields *f, sc_json_cursor *c, sc_text key, int64_t *n);
/* A time in text, or since 1970 in seconds, ms, us or ns, which their sizes tell apart; 0 stands for "not set". */
int sc_fields_time(sc_fields *f, sc_json_cursor *c, sc_text key, int64_t *seconds);
/* "flex", {"type":"flex"}; *tier is kept for "auto" and null, which do not say which tier served. */
void sc_fields_tier(sc_fields *f, sc_json_cursor *c, int *tier);
/* Sets a tag unless the value is null, an object or an array; more than SC_USAGE_TAGS_MAX are a problem. */
void sc_fields_tag(sc_fields *f, sc_json_cursor *c, sc_text key, sc_usage_record *r);
/* An object of texts: tags, and r->session_key if one of them names a session. */
void sc_fields_tags(sc_fields *f, sc_json_cursor *c, sc_usage_record *r);

/* Whether a tag names a session: the conversation of one user, not something that pays. */
int sc_fields_names_session(sc_text key);

/* Part n of an ARN ("arn" is 0, the region 3, the account 4, the rest 5), "" if it is none. */
sc_text sc_fields_arn_part(sc_text arn, int n);
/* Sets the model; or the profile, if it is the ARN of an application inference profile, which hides its model (AWS
 * Bedrock user guide, inference profiles, 2026). */
void sc_fields_model(sc_usage_record *r, sc_text model);
/* 1 if the text holds `part`. */
int sc_fields_has(sc_text t, const char *part);
/* 1 if the key is this HTTP header, given in lower case. */
int sc_fields_is_header(sc_text key, const char *lower);

#endif
