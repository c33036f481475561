/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.h - the rules as matching sees them, and how they get in. */
#ifndef SC_ATTRIBUTION_RULES_H
#define SC_ATTRIBUTION_RULES_H

#include "attribution/pattern.h"
#include "base/hash.h"
#include "spendcast/attribution.h"

/* What conditions look at: the dims, then tags in the order in which rules name them. */
#define SC_RULE_TAGS_MAX 64
#define SC_RULE_KEYS_MAX (SC_DIMS + SC_RULE_TAGS_MAX)

typedef struct sc_when {
    int key;
    sc_pattern pattern;
} sc_when;

typedef struct sc_rule {
    const sc_when *when;
    size_t n_when;
    sc_day from, to;
    int next; /* rule with the same entry of the index, -1 = none */
} sc_rule;

/* Rules by what one of their conditions is found by. */
typedef struct sc_rule_entry {
    int key;
    sc_text text;    /* exact, or last bytes; no text = a free slot */
    int count;       /* rules that have this condition */
    int first, last; /* of those that are found here; -1 = none */
} sc_rule_entry;

typedef struct sc_rule_index {
    sc_rule_entry *entries; /* open addressing, a power of two of slots */
    size_t n_entries, n_slots;
    unsigned char is_indexed[SC_RULE_KEYS_MAX]; /* keys for which an entry has rules */
    int *open;                                  /* rules that no entry has, in order */
    size_t n_open, open_cap;
} sc_rule_index;

/* Names without repetition, ended by NULL; NULL before the first is added. */
typedef struct sc_name_list {
    const char **names;
    size_t n, cap;
} sc_name_list;

struct sc_attribution {
    sc_arena arena;
    char hash[SC_SHA256_HEX_SIZE];
    sc_attribution_rule *shown;
    sc_rule *rules;
    size_t n, cap;
    unsigned dims;
    sc_name_list tags; /* that conditions look at: key SC_DIMS + i */
    sc_name_list set_tags;
    sc_rule_index index;
};

/* The number of a name in the list, -1 = not there. */
int sc_name_list_find(const sc_name_list *l, const char *name);
/* Adds a name that is not there yet (not copied); its number, -1 if memory ran out. */
int sc_name_list_add(sc_name_list *l, const char *name);

static inline int sc_key_dim(int key) { return key < SC_DIMS ? key : -1; }

/* Adds a rule at the end, not yet to the index; false if memory ran out. */
int sc_rules_add(sc_attribution *a, const sc_attribution_rule *shown, const sc_when *when, size_t n_when);

/* Reads the rows of projects.csv and adds their rules; adds to `errors` what is wrong.  SC_E_INPUT if anything is. */
sc_code sc_rules_read(sc_attribution *a, const char *name, const char *text, size_t size, const sc_card *card,
                      sc_errors *errors);

/* Counts what the conditions of a rule are found by, so that the index can take the rarest of each; false if memory ran
 * out. */
int sc_rule_index_count(sc_attribution *a, int rule);
/* Enters a rule that was counted, after all those before it; false if memory ran out. */
int sc_rule_index_enter(sc_attribution *a, int rule);
/* The first rule in the index that holds for usage with these forms (by key) on `day`; -1 = none. */
int sc_rule_index_match(const sc_attribution *a, const sc_forms *forms, sc_day day);
/* The first rule in the index that holds whenever `rule` does; -1 = none. */
int sc_rule_index_cover(const sc_attribution *a, const sc_rule *rule);
void sc_rule_index_release(sc_rule_index *x);

#endif
