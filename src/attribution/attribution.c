/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attribution.c - the rules as a whole: from a file, from the Projects API, and which one holds. */
#include "spendcast/attribution.h"

#include <string.h>

#include "attribution/rules.h"
#include "base/alloc.h"
#include "io/file.h"
#include "usage/reader.h"

#define MAX_FILE_BYTES ((size_t)64 << 20)

static const char *const no_names[] = {NULL};

/* ---- what rules are made of */

int sc_name_list_find(const sc_name_list *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++) {
        if (strcmp(l->names[i], name) == 0)
            return (int)i;
    }
    return -1;
}

int sc_name_list_add(sc_name_list *l, const char *name)
{
    if (l->n + 1 >= l->cap) {
        const size_t cap = l->cap > 0 ? l->cap * 2 : 8;
        const char **names = sc_realloc(l->names, cap, sizeof *names);
        if (names == NULL)
            return -1;
        l->names = names;
        l->cap = cap;
    }
    l->names[l->n++] = name;
    l->names[l->n] = NULL;
    return (int)l->n - 1;
}

static int grow(sc_attribution *a)
{
    if (a->n < a->cap)
        return 1;
    const size_t cap = a->cap > 0 ? a->cap * 2 : 64;
    sc_attribution_rule *shown = sc_realloc(a->shown, cap, sizeof *shown);
    if (shown == NULL)
        return 0;
    a->shown = shown;
    sc_rule *rules = sc_realloc(a->rules, cap, sizeof *rules);
    if (rules == NULL)
        return 0;
    a->rules = rules;
    a->cap = cap;
    return 1;
}

int sc_rules_add(sc_attribution *a, const sc_attribution_rule *shown, const sc_when *when, size_t n_when)
{
    for (size_t i = 0; i < shown->n_tags; i++) {
        if (sc_name_list_find(&a->set_tags, shown->tag_key[i]) < 0 &&
            sc_name_list_add(&a->set_tags, shown->tag_key[i]) < 0)
            return 0;
    }
    if (!grow(a))
        return 0;
    for (size_t i = 0; i < n_when; i++)
        a->dims |= when[i].key < SC_DIMS ? 1u << when[i].key : 0;
    a->shown[a->n] = *shown;
    a->rules[a->n++] = (sc_rule){.when = when, .n_when = n_when, .from = shown->from, .to = shown->to, .next = -1};
    return 1;
}

/* ---- the rules of a file */

sc_code sc_attribution_parse(const char *name, const char *text, size_t size, const sc_card *card, sc_attribution **out,
                             sc_errors *errors)
{
    *out = NULL;
    sc_attribution *a = SC_NEW(sc_attribution);
    if (a == NULL)
        return sc_errors_add(errors, SC_E_MEMORY, &(sc_place){.file = name}, NULL, "out of memory");
    sc_sha256_hex(text, size, a->hash);
    const sc_code code = sc_rules_read(a, name, text, size, card, errors);
    if (code != SC_OK) {
        sc_attribution_free(a);
        return code;
    }
    *out = a;
    return SC_OK;
}

sc_code sc_attribution_load(const char *path, const sc_card *card, sc_attribution **out, sc_errors *errors)
{
    char *text = NULL;
    size_t size = 0;
    *out = NULL;
    if (path == NULL) {
        *out = SC_NEW(sc_attribution);
        return *out != NULL ? SC_OK : sc_errors_add(errors, SC_E_MEMORY, NULL, NULL, "out of memory");
    }
    sc_code code = sc_file_read(path, MAX_FILE_BYTES, &text, &size, errors);
    if (code == SC_OK)
        code = sc_attribution_parse(path, text, size, card, out, errors);
    sc_free(text);
    return code;
}

void sc_attribution_free(sc_attribution *a)
{
    if (a == NULL)
        return;
    sc_rule_index_release(&a->index);
    sc_free(a->tags.names);
    sc_free(a->set_tags.names);
    sc_free(a->shown);
    sc_free(a->rules);
    sc_arena_release(&a->arena);
    sc_free(a);
}

/* ---- projects of the Projects API */

/* The rule of a project, with copies of all text; false if memory ran out. */
static int make_project_rule(sc_arena *arena, const char *id, const char *name, size_t n_tags, const char *const *keys,
                             const char *const *values, sc_attribution_rule *rule, sc_when *when)
{
    sc_attribution_condition *shown = sc_arena_alloc(arena, 1, sizeof *shown);
    const char **tag_key = sc_arena_alloc(arena, n_tags, sizeof *tag_key);
    const char **tag_value = sc_arena_alloc(arena, n_tags, sizeof *tag_value);
    char *pattern = sc_arena_strdup(arena, id), *project = sc_arena_strdup(arena, name[0] != '\0' ? name : id);
    sc_text session;
    if (shown == NULL || tag_key == NULL || tag_value == NULL || pattern == NULL || project == NULL)
        return 0;
    *shown = (sc_attribution_condition){sc_dim_name(SC_DIM_PROJECT), pattern};
    *rule = (sc_attribution_rule){.when = shown,
                                  .n_when = 1,
                                  .from = SC_DAY_MIN,
                                  .to = SC_DAY_MAX,
                                  .project = project,
                                  .workload = "",
                                  .model = "",
                                  .tag_key = tag_key,
                                  .tag_value = tag_value,
                                  .file = ""};
    for (size_t i = 0; i < n_tags; i++) {
        if (values[i] == NULL || values[i][0] == '\0')
            continue;
        tag_key[rule->n_tags] = sc_arena_strdup(arena, keys[i]);
        tag_value[rule->n_tags] = sc_arena_strdup(arena, values[i]);
        if (tag_key[rule->n_tags] == NULL || tag_value[rule->n_tags] == NULL)
            return 0;
        rule->n_tags++;
    }
    when->key = SC_DIM_PROJECT;
    return sc_pattern_read(arena, SC_DIM_PROJECT, sc_text_of(pattern), &when->pattern, &session);
}

sc_code sc_attribution_add_project(sc_attribution *a, const char *id, const char *name, size_t n_tags,
                                   const char *const *keys, const char *const *values, sc_errors *errors)
{
    sc_attribution_rule rule;
    if (id[0] == '\0' || strpbrk(id, "*?\\") != NULL)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "'%s' is not a project id, expected one such as 'proj_1'",
                             id);
    sc_when *when = sc_arena_alloc(&a->arena, 1, sizeof *when);
    int done = when != NULL && make_project_rule(&a->arena, id, name, n_tags, keys, values, &rule, when) &&
               sc_rules_add(a, &rule, when, 1);
    if (done && (!sc_rule_index_count(a, (int)a->n - 1) || !sc_rule_index_enter(a, (int)a->n - 1))) {
        a->n--;
        done = 0;
    }
    return done ? SC_OK : sc_errors_add(errors, SC_E_MEMORY, NULL, NULL, "out of memory");
}

/* ---- matching */

int sc_attribution_match(const sc_attribution *a, const sc_attribution_keys *keys)
{
    sc_forms forms[SC_RULE_KEYS_MAX];
    for (int d = 0; d < SC_DIMS; d++)
        forms[d] = a->dims >> d & 1 ? sc_forms_of(d, sc_text_of(keys->dim[d])) : (sc_forms){.n = 0};
    const sc_text stated = sc_text_of(keys->dim[SC_DIM_PRINCIPAL]);
    if ((a->dims >> SC_DIM_SESSION & 1) && forms[SC_DIM_SESSION].n == 0 && stated.len > 0) {
        sc_text principal, session; /* stated with the principal */
        sc_usage_principal(stated, &principal, &session);
        forms[SC_DIM_SESSION] = sc_forms_of(SC_DIM_SESSION, session);
    }
    for (size_t i = 0; i < a->tags.n; i++) {
        const char *value = keys->tags.value != NULL ? keys->tags.value(keys->tags.context, a->tags.names[i]) : NULL;
        forms[SC_DIMS + i] = sc_forms_of(-1, sc_text_of(value));
    }
    return sc_rule_index_match(a, forms, keys->day);
}

/* ---- what there is */

const char *sc_attribution_hash(const sc_attribution *a) { return a->hash; }
size_t sc_attribution_rule_count(const sc_attribution *a) { return a->n; }
const sc_attribution_rule *sc_attribution_rule_at(const sc_attribution *a, size_t i) { return &a->shown[i]; }
unsigned sc_attribution_dims(const sc_attribution *a) { return a->dims; }

const char *const *sc_attribution_tags(const sc_attribution *a)
{
    return a->tags.names != NULL ? a->tags.names : no_names;
}

const char *const *sc_attribution_set_tags(const sc_attribution *a)
{
    return a->set_tags.names != NULL ? a->set_tags.names : no_names;
}
