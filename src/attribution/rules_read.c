/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_read.c - rows of projects.csv as rules. */
#include <stdlib.h>
#include <string.h>

#include "attribution/rules.h"
#include "rates/rates_cells.h"

enum {
    MATCH,
    FROM,
    TO,
    PROJECT,
    WORKLOAD,
    MODEL,
    TEAM,
    PRODUCT,
    ENVIRONMENT,
    COST_CENTER,
    SPLIT,
    SPLIT_OVER,
    NOTE,
    FURTHER_TAG,
    N
};
static const sc_csv_column columns[N] = {
    [MATCH] = {"match", SC_CSV_REQUIRED},
    [FROM] = {"from", SC_CSV_OPTIONAL},
    [TO] = {"to", SC_CSV_OPTIONAL},
    [PROJECT] = {"project", SC_CSV_OPTIONAL},
    [WORKLOAD] = {"workload", SC_CSV_OPTIONAL},
    [MODEL] = {"model", SC_CSV_OPTIONAL},
    [TEAM] = {"team", SC_CSV_OPTIONAL},
    [PRODUCT] = {"product", SC_CSV_OPTIONAL},
    [ENVIRONMENT] = {"environment", SC_CSV_OPTIONAL},
    [COST_CENTER] = {"cost_center", SC_CSV_OPTIONAL},
    [SPLIT] = {"split", SC_CSV_OPTIONAL},
    [SPLIT_OVER] = {"split_over", SC_CSV_OPTIONAL},
    [NOTE] = {"note", SC_CSV_OPTIONAL},
    [FURTHER_TAG] = {"tag:NAME", SC_CSV_FAMILY},
};

static const char *const split_names[SC_SPLITS] = {"none", "even", "tokens", "spend"};

/* The table being read. */
typedef struct rules_reader {
    sc_load_ctx x;
    sc_attribution *a;
    const sc_card *card; /* may be NULL */
    const char *file;
    sc_csv_table *table;
    size_t n_columns;
    const char **tag_of; /* per column: the tag it sets, NULL = none */
} rules_reader;

static void out_of_memory(sc_load_ctx *x) { x->failed = SC_E_MEMORY; }

static void *new_array(sc_load_ctx *x, size_t n, size_t size)
{
    void *p = sc_arena_alloc(x->arena, n, size);
    if (p == NULL)
        out_of_memory(x);
    return p;
}

static int is_blank(char c) { return c == ' ' || c == '\t'; }

/* ---- lists in a cell */

/* Steps to the next part of a list separated by `separator`, as the cell's word without blanks around it; false at its
 * end.  An empty part is an error. */
static int next_part(sc_rate_cell *c, char separator, const char *what, size_t *end)
{
    const size_t size = strlen(c->text), start = *end;
    if (start > size)
        return 0;
    size_t stop = start + sc_pattern_find((sc_text){c->text + start, size - start}, separator);
    *end = stop + 1;
    c->word = start;
    while (c->word < stop && is_blank(c->text[c->word]))
        c->word++;
    while (stop > c->word && is_blank(c->text[stop - 1]))
        stop--;
    c->word_len = stop - c->word;
    if (c->word_len > 0)
        return 1;
    c->word_len = 1;
    c->word = start < size ? start : size - 1;
    sc_rate_cell_error(c, "has an empty part, expected %s between '%c'", what, separator);
    return 0;
}

static size_t count_parts(const char *text, char separator)
{
    size_t n = 1;
    for (sc_text rest = sc_text_of(text); rest.len > 0; n++) {
        const size_t at = sc_pattern_find(rest, separator);
        if (at == rest.len)
            break;
        rest = (sc_text){rest.at + at + 1, rest.len - at - 1};
    }
    return n;
}

/* ---- conditions */

/* "tag:NAME" or "metadata:NAME" as a key, -1 if it is neither; some key if it is wrong, which is reported. */
static int read_tag_key(rules_reader *r, sc_rate_cell *c, const char *name)
{
    const char *colon = strchr(name, ':');
    if (strncmp(name, "tag:", 4) != 0 && strncmp(name, "metadata:", 9) != 0)
        return -1;
    if (colon[1] == '\0') {
        sc_rate_cell_error(c, "'%s' names no tag, expected one such as '%steam'", name, name);
        return 0;
    }
    int tag = sc_name_list_find(&r->a->tags, colon + 1);
    if (tag < 0 && r->a->tags.n == SC_RULE_TAGS_MAX) {
        sc_rate_cell_error(c, "more than %d names of tags and metadata, expected fewer in one file", SC_RULE_TAGS_MAX);
        return 0;
    }
    if (tag < 0)
        tag = sc_name_list_add(&r->a->tags, colon + 1);
    if (tag < 0)
        out_of_memory(&r->x);
    return SC_DIMS + (tag > 0 ? tag : 0);
}

/* The key of a condition; something harmless if it is unknown, which is reported. */
static int read_key(rules_reader *r, sc_rate_cell *c, const char *name)
{
    const char *names[SC_DIMS + 2] = {"tag:NAME", "metadata:NAME"};
    const int dim = sc_dim_of(name), tag = dim < 0 ? read_tag_key(r, c, name) : -1;
    char hint[SC_NAME_HINT_MAX];
    if (dim >= 0 || tag >= 0)
        return dim >= 0 ? dim : tag;
    for (int d = 0; d < SC_DIMS; d++)
        names[d + 2] = sc_dim_name((sc_dim)d);
    sc_rate_cell_error(c, "unknown key '%s'%s", name, sc_name_hint(name, names, SC_DIMS + 2, hint));
    return 0;
}

/* A rule's conditions while they are read: as written, and as matched (a principal with a session gives two). */
typedef struct conditions {
    sc_attribution_condition *shown;
    sc_when *when;
    size_t n_shown, n_when;
} conditions;

static void add_when(rules_reader *r, sc_rate_cell *c, conditions *all, int key, sc_text raw)
{
    sc_pattern pattern;
    sc_text session;
    for (size_t i = 0; i < all->n_when; i++) {
        if (all->when[i].key == key) {
            sc_rate_cell_error(c, "says twice what %s '%s' must be, expected one condition for it",
                               key < SC_DIMS ? "the" : "the tag",
                               key < SC_DIMS ? sc_dim_name((sc_dim)key) : r->a->tags.names[key - SC_DIMS]);
            return;
        }
    }
    if (!sc_pattern_read(r->x.arena, sc_key_dim(key), raw, &pattern, &session)) {
        out_of_memory(&r->x);
        return;
    }
    all->when[all->n_when++] = (sc_when){key, pattern};
    if (session.len > 0 && !sc_text_is(session, "*"))
        add_when(r, c, all, SC_DIM_SESSION, session);
}

/* An account id that a spreadsheet has made a number of, or a mistyped one, matches nothing. */
static void check_account(sc_rate_cell *c, const char *pattern)
{
    if (strpbrk(pattern, "*?") == NULL && (strlen(pattern) != 12 || strspn(pattern, "0123456789") != 12))
        sc_rate_cell_error(c, "'%s' is not an AWS account id, expected 12 digits", pattern);
}

/* "key=pattern", the cell's current word. */
static void read_condition(rules_reader *r, sc_rate_cell *c, conditions *all)
{
    const sc_text part = {c->text + c->word, c->word_len};
    const size_t equals = sc_pattern_find(part, '=');
    size_t key_len = equals, value = equals + 1;
    sc_text name;
    while (key_len > 0 && is_blank(part.at[key_len - 1]))
        key_len--;
    while (value < part.len && is_blank(part.at[value]))
        value++;
    if (equals == part.len || key_len == 0 || value >= part.len) {
        sc_rate_cell_error(c, "'%.*s' is no condition, expected KEY=PATTERN such as project=proj_1", (int)part.len,
                           part.at);
        return;
    }
    if (sc_pattern_flaw(part) != NULL) {
        sc_rate_cell_error(c, "%s", sc_pattern_flaw(part));
        return;
    }
    const char *pattern = sc_arena_strndup(r->x.arena, part.at + value, part.len - value);
    if (pattern == NULL || !sc_pattern_unescape(r->x.arena, (sc_text){part.at, key_len}, &name)) {
        out_of_memory(&r->x);
        return;
    }
    const int key = read_key(r, c, name.at);
    const sc_text raw = sc_text_of(pattern);
    if (sc_pattern_is_open_path(sc_key_dim(key), raw))
        sc_rate_cell_error(c, "'%s' has a path, which usage does not state; expected a role as in 'assumed-role/NAME'",
                           pattern);
    if (key == SC_DIM_ACCOUNT && !c->bad)
        check_account(c, pattern);
    if (c->bad || r->x.failed != SC_OK)
        return;
    all->shown[all->n_shown++] = (sc_attribution_condition){name.at, pattern};
    add_when(r, c, all, key, raw);
}

static conditions read_match(rules_reader *r, sc_rate_cell *c)
{
    const size_t most = count_parts(c->text, '&');
    conditions all = {.n_shown = 0};
    if (sc_rate_cell_is_empty(c, "conditions such as project=proj_1, or '*' for all usage") ||
        strcmp(c->text, "*") == 0)
        return all;
    all.shown = new_array(&r->x, most, sizeof *all.shown);
    all.when = new_array(&r->x, 2 * most, sizeof *all.when);
    for (size_t end = 0; r->x.failed == SC_OK && next_part(c, '&', "a condition", &end);)
        read_condition(r, c, &all);
    c->word = c->word_len = 0;
    return all;
}

/* ---- what a rule gives */

static const char *read_model(rules_reader *r, sc_rate_cell *c, const conditions *when)
{
    char why[SC_NAME_HINT_MAX + 100];
    sc_model_ref ref;
    int names_model = 0;
    if (c->text[0] == '\0')
        return "";
    for (size_t i = 0; i < when->n_when; i++)
        names_model |= when->when[i].key == SC_DIM_PROFILE || when->when[i].key == SC_DIM_MODEL;
    if (r->card != NULL && sc_card_resolve(r->card, c->text, &ref, why, sizeof why) != SC_OK)
        sc_rate_cell_error(c, "%s", why);
    else if (!names_model)
        sc_rate_cell_error(c, "'%s' is the model of no profile, expected a condition on profile or model", c->text);
    return sc_rate_cell_text(c, 0);
}

static void read_split(rules_reader *r, sc_rate_cell *split, sc_rate_cell *over, sc_attribution_rule *out)
{
    if (split->text[0] != '\0')
        out->split = (sc_split)sc_rate_cell_choice(split, "kind of split", split_names, SC_SPLITS);
    if (out->split != SC_SPLIT_NONE && out->project[0] == '\0')
        sc_rate_cell_error(split, "'%s' splits no project, expected the name of the shared cost in project",
                           split->text);
    if (over->text[0] == '\0')
        return;
    if (out->split == SC_SPLIT_NONE && !split->bad)
        sc_rate_cell_error(over, "'%s' without a split, expected even, tokens or spend in split", over->text);
    const char **ids = new_array(&r->x, count_parts(over->text, ';'), sizeof *ids);
    out->split_over = ids;
    for (size_t end = 0; r->x.failed == SC_OK && next_part(over, ';', "a project", &end);) {
        sc_text unescaped;
        if (!sc_pattern_unescape(r->x.arena, (sc_text){over->text + over->word, over->word_len}, &unescaped)) {
            out_of_memory(&r->x);
            return;
        }
        const char *id = unescaped.at;
        if (strcmp(id, out->project) == 0)
            sc_rate_cell_error(over, "splits '%s' over itself, expected other projects", id);
        for (size_t i = 0; i < out->n_split_over; i++) {
            if (strcmp(ids[i], id) == 0)
                sc_rate_cell_error(over, "names '%s' twice", id);
        }
        ids[out->n_split_over++] = id;
    }
}

/* The tag that a column sets, NULL = none. */
static const char *tag_of_column(const sc_csv_column *all, size_t c)
{
    if (c >= N)
        return strchr(all[c].name, ':') + 1;
    return c >= TEAM && c <= COST_CENTER ? all[c].name : NULL;
}

static void read_tags(rules_reader *r, size_t row, sc_attribution_rule *out)
{
    size_t n = 0;
    for (size_t c = 0; c < r->n_columns; c++)
        n += r->tag_of[c] != NULL && sc_csv_cell(r->table, row, c)[0] != '\0';
    if (n == 0)
        return;
    const char **keys = new_array(&r->x, n, sizeof *keys), **values = new_array(&r->x, n, sizeof *values);
    for (size_t c = 0; r->x.failed == SC_OK && c < r->n_columns; c++) {
        sc_rate_cell cell = sc_rate_cell_at(&r->x, r->table, row, c);
        if (r->tag_of[c] == NULL || cell.text[0] == '\0')
            continue;
        keys[out->n_tags] = r->tag_of[c];
        values[out->n_tags++] = sc_rate_cell_text(&cell, 0);
    }
    out->tag_key = keys;
    out->tag_value = values;
}

static void read_row(rules_reader *r, size_t row)
{
    sc_rate_cell c[N];
    for (size_t k = 0; k < N; k++)
        c[k] = sc_rate_cell_at(&r->x, r->table, row, k);
    const conditions when = read_match(r, &c[MATCH]);
    sc_attribution_rule rule = {.when = when.shown,
                                .n_when = when.n_shown,
                                .project = sc_rate_cell_text(&c[PROJECT], 0),
                                .workload = sc_rate_cell_text(&c[WORKLOAD], 0),
                                .model = read_model(r, &c[MODEL], &when),
                                .file = r->file,
                                .line = sc_csv_line(r->table, row)};
    sc_rate_cell_days(&c[FROM], &c[TO], &rule.from, &rule.to);
    read_split(r, &c[SPLIT], &c[SPLIT_OVER], &rule);
    read_tags(r, row, &rule);
    if (!sc_rules_add(r->a, &rule, when.when, when.n_when))
        out_of_memory(&r->x);
}

/* Copies the names of the tags that columns set. */
static void read_header(rules_reader *r)
{
    const sc_csv_column *all = sc_csv_columns(r->table, &r->n_columns);
    r->x.columns = all;
    r->tag_of = new_array(&r->x, r->n_columns, sizeof *r->tag_of);
    for (size_t c = 0; r->x.failed == SC_OK && c < r->n_columns; c++) {
        const char *tag = tag_of_column(all, c);
        for (size_t i = 0; tag != NULL && c >= N && i < N; i++) {
            const sc_place place = sc_csv_header_place(r->table, c);
            if (r->tag_of[i] != NULL && strcmp(r->tag_of[i], tag) == 0)
                sc_errors_add(r->x.errors, SC_E_INPUT, &place, NULL, "'%s' is the tag of the column '%s', expected one",
                              all[c].name, tag);
        }
        r->tag_of[c] = tag != NULL ? sc_arena_strdup(r->x.arena, tag) : NULL;
        if (tag != NULL && r->tag_of[c] == NULL)
            out_of_memory(&r->x);
    }
}

/* ---- what is wrong with the rules together */

/* The rules that set a project, in order of its name, then as in the file. */
typedef struct project_rules {
    const sc_attribution_rule **rules;
    const char **names; /* each once */
    size_t n, n_names;
} project_rules;

static int by_project(const void *a, const void *b)
{
    const sc_attribution_rule *x = *(const sc_attribution_rule *const *)a, *y = *(const sc_attribution_rule *const *)b;
    const int order = strcmp(x->project, y->project);
    return order != 0 ? order : x < y ? -1 : x > y;
}

static int project_is(const void *name, const void *rule)
{
    return strcmp(name, (*(const sc_attribution_rule *const *)rule)->project);
}

static int is_split_alike(const sc_attribution_rule *a, const sc_attribution_rule *b)
{
    if (a->split != b->split || a->n_split_over != b->n_split_over)
        return 0;
    for (size_t i = 0; i < a->n_split_over; i++) {
        if (strcmp(a->split_over[i], b->split_over[i]) != 0)
            return 0;
    }
    return 1;
}

/* A project is shared cost, or it is not. */
static void check_pools(rules_reader *r, const project_rules *p)
{
    for (size_t i = 1; i < p->n; i++) {
        const sc_attribution_rule *before = p->rules[i - 1], *rule = p->rules[i];
        if (strcmp(before->project, rule->project) == 0 && !is_split_alike(before, rule))
            sc_csv_error(r->table, (size_t)(rule - r->a->shown), SPLIT, r->x.errors,
                         "the project '%s' is split otherwise than on line %d, expected the same", rule->project,
                         before->line);
    }
}

static void check_split_over(rules_reader *r, const project_rules *p, size_t row)
{
    const sc_attribution_rule *rule = &r->a->shown[row];
    for (size_t i = 0; i < rule->n_split_over; i++) {
        const char *id = rule->split_over[i];
        const sc_attribution_rule *const *found = bsearch(id, p->rules, p->n, sizeof *p->rules, project_is);
        const sc_place place = sc_csv_place(r->table, row, SPLIT_OVER);
        char hint[SC_NAME_HINT_MAX];
        if (found == NULL)
            sc_errors_warn(r->x.errors, &place, columns[SPLIT_OVER].name, "no rule sets the project '%s'%s", id,
                           sc_name_hint(id, p->names, p->n_names, hint));
        else if ((*found)->split != SC_SPLIT_NONE)
            sc_csv_error(r->table, row, SPLIT_OVER, r->x.errors,
                         "'%s' is shared cost itself (line %d), expected projects that are not split", id,
                         (*found)->line);
    }
}

static void check_splits(rules_reader *r)
{
    const sc_attribution *a = r->a;
    project_rules p = {.rules = new_array(&r->x, a->n, sizeof *p.rules),
                       .names = new_array(&r->x, a->n, sizeof *p.names)};
    if (r->x.failed != SC_OK)
        return;
    for (size_t i = 0; i < a->n; i++) {
        if (a->shown[i].project[0] != '\0')
            p.rules[p.n++] = &a->shown[i];
    }
    qsort(p.rules, p.n, sizeof *p.rules, by_project);
    for (size_t i = 0; i < p.n; i++) {
        if (i == 0 || strcmp(p.rules[i - 1]->project, p.rules[i]->project) != 0)
            p.names[p.n_names++] = p.rules[i]->project;
    }
    check_pools(r, &p);
    for (size_t row = 0; row < a->n; row++)
        check_split_over(r, &p, row);
}

/* Enters all rules into the index, and warns of each that those before it leave nothing. */
static void index_rules(rules_reader *r)
{
    sc_attribution *a = r->a;
    for (size_t i = 0; r->x.failed == SC_OK && i < a->n; i++) {
        if (!sc_rule_index_count(a, (int)i))
            out_of_memory(&r->x);
    }
    for (size_t i = 0; r->x.failed == SC_OK && i < a->n; i++) {
        const int first = sc_rule_index_cover(a, &a->rules[i]);
        if (first >= 0) {
            const sc_place place = sc_csv_place(r->table, i, MATCH);
            sc_errors_warn(r->x.errors, &place, columns[MATCH].name,
                           "can never match, as the rule on line %d holds for all of it and goes first",
                           a->shown[first].line);
        }
        if (!sc_rule_index_enter(a, (int)i))
            out_of_memory(&r->x);
    }
}

sc_code sc_rules_read(sc_attribution *a, const char *name, const char *text, size_t size, const sc_card *card,
                      sc_errors *errors)
{
    sc_errors local = {0};
    rules_reader r = {.x = {.arena = &a->arena, .errors = errors != NULL ? errors : &local}, .a = a, .card = card};
    const int before = r.x.errors->errors;
    sc_code code = sc_csv_parse(name, text, size, columns, N, &r.table, r.x.errors);
    if (code != SC_OK)
        return code;
    r.file = sc_arena_strdup(&a->arena, name);
    if (r.file == NULL)
        out_of_memory(&r.x);
    else
        read_header(&r);
    for (size_t row = 0; r.x.failed == SC_OK && row < sc_csv_rows(r.table); row++)
        read_row(&r, row);
    if (r.x.failed == SC_OK && r.x.errors->errors == before) {
        check_splits(&r);
        index_rules(&r);
    }
    sc_csv_free(r.table);
    if (r.x.failed != SC_OK)
        return sc_errors_add(errors, r.x.failed, &(sc_place){.file = name}, NULL, "out of memory");
    return r.x.errors->errors == before ? SC_OK : SC_E_INPUT;
}

const char *sc_split_name(sc_split s) { return split_names[s]; }
