/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_field.h - JSON objects read by tables of keys: a table says what may stand where, sets the defaults and
 * documents itself. */
#ifndef SC_SCENARIO_READ_FIELD_H
#define SC_SCENARIO_READ_FIELD_H

#include "base/strbuf.h"
#include "io/json_doc.h"
#include "scenario/model.h"

typedef struct sc_reader {
    sc_scenario *s;
    const sc_json_doc *doc;
    sc_errors *errors;
    sc_strbuf path;        /* of the object being read */
    int region;            /* the scenario's, -1 = it names none */
    sc_workload *workload; /* being read, for defaults that depend on it */
    sc_code failed;        /* the first failure that is not about input */
    int recording;         /* 0: defaults are set without becoming settings */
} sc_reader;

#define READ_ERROR(r, node, part, ...) (void)sc_json_error((r)->doc, (node), (part), (r)->errors, __VA_ARGS__)

/* What a number is, which says its range and what stands between its quantiles. */
typedef enum sc_dist_role {
    SC_ROLE_POSITIVE, /* lognormal between quantiles; > 0 */
    SC_ROLE_SHARE,    /* logit-normal between quantiles; 0..1 */
    SC_ROLE_RETRIES,  /* the same, 0..SC_RETRIED_SHARE_MAX */
    SC_ROLE_TURNS,    /* as positive, 1..SC_TURNS_MAX */
    SC_ROLE_GROWTH,   /* g > -1 is held as 1 + g, lognormal between quantiles */
    SC_ROLE_TOKENS    /* as positive, truncated, per request; 0 allowed */
} sc_dist_role;

typedef struct sc_field sc_field;
struct sc_field {
    const char *key, *type, *fallback, *unit, *help;
    /* Reads `node` into `target`; node is NULL where the key is absent: then the default is set. */
    void (*read)(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
    size_t offset;
    double min, max, init;
    sc_dist_role role;
};

#define REQUIRED "required"  /* fallback of a key that must be there */
#define NO_DEFAULT "not set" /* of a key without a default; "none" may be a value */

/* Reads every field of the table into the struct at `base`.  Unknown and missing keys are errors; node may be NULL: all
 * defaults. `what` names the object in messages ("an offer"). */
void sc_read_object(sc_reader *r, const cJSON *node, const char *what, const sc_field *fields, size_t n, void *base);

/* The same for an object that is the value of field f: its path is that of the outer object and the key. */
void sc_read_nested(sc_reader *r, const cJSON *node, const sc_field *f, const char *what, const sc_field *fields,
                    size_t n, void *base);

/* Memory and text that live as long as the scenario; NULL sets r->failed. */
char *sc_reader_keep(sc_reader *r, const char *text);
void *sc_reader_keep_array(sc_reader *r, size_t n, size_t size);

/* Remembers a setting in force, for --explain-settings; NO_DEFAULT is none. */
void sc_reader_record(sc_reader *r, const sc_field *f, const char *value, int is_default);
void sc_reader_record_node(sc_reader *r, const sc_field *f, const cJSON *node);

/* Appends "/name" to the path; the result goes back to sc_reader_pop. */
size_t sc_reader_push(sc_reader *r, const char *name);
void sc_reader_pop(sc_reader *r, size_t len);

/* Values any object may have; for use in tables. */
void sc_read_text(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_id(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_real(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_count(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_day(sc_reader *r, const cJSON *node, const sc_field *f, void *target);

/* A string, or NULL after an error. */
const char *sc_read_string(sc_reader *r, const cJSON *node, const sc_field *f);
/* 1 if the node is a number from min to max, which goes to *x, or 0 after an error. */
int sc_read_number(sc_reader *r, const cJSON *node, double min, double max, const char *expected, double *x);
/* A string out of a closed list, -1 where it is absent or wrong; a list of such as a bit set, 0 where it is absent.
 * Both record what is in force. */
int sc_read_choice(sc_reader *r, const cJSON *node, const sc_field *f, const char *what, const char *const *names,
                   size_t n);
uint64_t sc_read_set(sc_reader *r, const cJSON *node, const sc_field *f, const char *what, const char *const *names,
                     size_t n);

#endif
