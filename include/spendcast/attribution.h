/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attribution.h - who pays: rules of projects.csv that map what usage states (project ids, profiles, principals,
 * metadata, tags) to project, workload and cost allocation tags.
 *
 * The first rule that matches holds; what no rule claims is the project "unattributed".  Immutable after loading. */
#ifndef SPENDCAST_ATTRIBUTION_H
#define SPENDCAST_ATTRIBUTION_H

#include "spendcast/date.h"
#include "spendcast/error.h"
#include "spendcast/rates.h"
#include "spendcast/usage.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sc_attribution sc_attribution;

#define SC_UNATTRIBUTED "unattributed"

/* How a shared rule's cost is split over projects. */
typedef enum sc_split { SC_SPLIT_NONE, SC_SPLIT_EVEN, SC_SPLIT_TOKENS, SC_SPLIT_SPEND, SC_SPLITS } sc_split;
SC_API const char *sc_split_name(sc_split s);

/* What a piece of usage states of itself: dims as in sc_usage_record ("" = not stated), and tags by key (value NULL =
 * not set). */
typedef struct sc_attribution_keys {
    const char *dim[SC_DIMS];
    sc_tags tags;
    sc_day day;
} sc_attribution_keys;

/* What usage must state for a rule to hold: a key, and a pattern for its value. */
typedef struct sc_attribution_condition {
    const char *key;     /* a dim ("project", "profile", "principal", "session" ...), "tag:NAME" or "metadata:NAME" */
    const char *pattern; /* exact, or with '*' and '?'; '\\' before a character that is meant as such */
} sc_attribution_condition;

/* One rule, as the table has it. */
typedef struct sc_attribution_rule {
    const sc_attribution_condition *when; /* all must hold; none = the rule holds for everything */
    size_t n_when;
    sc_day from, to;                /* [from, to) */
    const char *project, *workload; /* "" = as the usage states it */
    const char *model;              /* what an opaque profile or model ARN stands for; "" = none */
    sc_split split;                 /* not NONE: shared cost, `project` names the pool ... */
    const char *const *split_over;  /* ... that is split over these projects; none = all others */
    size_t n_split_over;
    const char *const *tag_key, *const *tag_value; /* team, product, environment, cost_center and further columns */
    size_t n_tags;                                 /* of them, those that are not empty */
    const char *file;                              /* "" = a project of the Projects API */
    int line;
} sc_attribution_rule;

/* Reads projects.csv (scenarios/README.md is the format); `card` checks model ids, NULL = they are not checked.  NULL
 * path = no rules.  Warns of rules that can never match.  *out is NULL on failure.  Free with sc_attribution_free. */
SC_API sc_code sc_attribution_load(const char *path, const sc_card *card, sc_attribution **out, sc_errors *errors);
SC_API sc_code sc_attribution_parse(const char *name, const char *text, size_t size, const sc_card *card,
                                    sc_attribution **out, sc_errors *errors);
SC_API void sc_attribution_free(sc_attribution *a);

SC_API const char *sc_attribution_hash(const sc_attribution *a); /* SHA-256 of the text, "" = no rules */
SC_API size_t sc_attribution_rule_count(const sc_attribution *a);
/* Holds until a project is added. */
SC_API const sc_attribution_rule *sc_attribution_rule_at(const sc_attribution *a, size_t i);
/* Adds a rule for a project of the Projects API's list (id, name, tags), after those of the file: usage that states
 * this id or its ARN is of the project `name` ("" = the id), with the tags that have a value.  Copies all text. */
SC_API sc_code sc_attribution_add_project(sc_attribution *a, const char *id, const char *name, size_t n_tags,
                                          const char *const *keys, const char *const *values, sc_errors *errors);

/* Index of the rule that matches, -1 = none.  May run on several threads at once. */
SC_API int sc_attribution_match(const sc_attribution *a, const sc_attribution_keys *keys);
/* The keys that rules look at: dims as bits of 1u << sc_dim ... */
SC_API unsigned sc_attribution_dims(const sc_attribution *a);
/* ... and names of tags, ended by NULL. */
SC_API const char *const *sc_attribution_tags(const sc_attribution *a);
/* Tag keys that rules set, in order of columns, ended by NULL. */
SC_API const char *const *sc_attribution_set_tags(const sc_attribution *a);

#ifdef __cplusplus
}
#endif
#endif
