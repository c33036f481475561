/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_mapping.c - a column mapping: which columns of a per-question table are the items, models and outcomes. */
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "evidence/evidence_store.h"
#include "io/csv_cursor.h"

#define MOST_COLUMNS 4096

/* What a row of the mapping is about.  Those before PASSED are of the row of the table, the others of a model. */
enum {
    PROJECT,
    WORKLOAD,
    TASK,
    SEGMENT,
    ITEM,
    CLUSTER,
    RUN,
    CONTEXTS,
    PASSED = CONTEXTS,
    SCORE,
    ACCEPTED,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    COST_USD,
    LATENCY_MS,
    EXCLUDE,
    FIELDS
};
static const char *const field_names[FIELDS] = {"project",      "workload",      "task",     "segment",    "item",
                                                "cluster",      "run",           "passed",   "score",      "accepted",
                                                "input_tokens", "output_tokens", "cost_usd", "latency_ms", "exclude"};

enum { C_FIELD, C_COLUMN, C_MODEL, C_VALUE, C_REASON, C_NOTE, C_COLUMNS };
static const sc_csv_column mapping_columns[C_COLUMNS] = {
    [C_FIELD] = {"field", SC_CSV_REQUIRED},   [C_COLUMN] = {"column", SC_CSV_OPTIONAL},
    [C_MODEL] = {"model", SC_CSV_OPTIONAL},   [C_VALUE] = {"value", SC_CSV_OPTIONAL},
    [C_REASON] = {"reason", SC_CSV_OPTIONAL}, [C_NOTE] = {"note", SC_CSV_OPTIONAL},
};

/* A row of the mapping; texts are those of its table. */
typedef struct mapping_rule {
    int field;
    const char *column, *model, *value, *reason;
    size_t row;
} mapping_rule;

struct ev_mapping {
    sc_csv_table *csv;
    mapping_rule *rules;
    size_t n;
};

/* ---- reading the mapping */

SC_PRINTF(5, 6)
static void mapping_error(ev_loader *x, const ev_mapping *m, size_t row, size_t column, const char *format, ...)
{
    const sc_place place = sc_csv_place(m->csv, row, column);
    va_list args;
    va_start(args, format);
    sc_errors_addv(x->errors, SC_E_INPUT, &place, mapping_columns[column].name, format, args);
    va_end(args);
    if (x->code == SC_OK)
        x->code = SC_E_INPUT;
}

static int field_of(const char *name)
{
    for (int f = 0; f < FIELDS; f++) {
        if (strcmp(name, field_names[f]) == 0)
            return f;
    }
    return -1;
}

static int stars(const char *text)
{
    int n = 0;
    for (; *text != '\0'; text++)
        n += *text == '*';
    return n;
}

static void check_exclusion(ev_loader *x, const ev_mapping *m, const mapping_rule *r)
{
    if (r->reason[0] == '\0')
        mapping_error(x, m, r->row, C_REASON, "is empty, expected why these rows do not count");
    if (r->column[0] == '\0' && r->model[0] == '\0')
        mapping_error(x, m, r->row, C_FIELD, "excludes everything, expected a column with its value, or a model");
    if ((r->column[0] == '\0') != (r->value[0] == '\0'))
        mapping_error(x, m, r->row, C_VALUE, "a column and a value go together here, expected both or neither");
}

static void check_rule(ev_loader *x, const ev_mapping *m, const mapping_rule *r)
{
    const int has_column = r->column[0] != '\0', has_value = r->value[0] != '\0';
    if (r->field == EXCLUDE) {
        check_exclusion(x, m, r);
        return;
    }
    if (r->reason[0] != '\0')
        mapping_error(x, m, r->row, C_REASON, "'%s' is a reason for nothing, expected it with 'exclude' only",
                      r->reason);
    if (r->field < CONTEXTS) {
        if (has_column == has_value)
            mapping_error(x, m, r->row, C_COLUMN, "%s a column and a value, expected one of them",
                          has_column ? "both" : "neither");
        if (r->model[0] != '\0')
            mapping_error(x, m, r->row, C_MODEL, "'%s' for all models' %s, expected no model here", r->model,
                          field_names[r->field]);
        return;
    }
    if (!has_column || has_value)
        mapping_error(x, m, r->row, has_value ? C_VALUE : C_COLUMN, "%s, expected the name of a column only",
                      has_value ? "a value" : "no column");
    if (stars(r->column) > 1)
        mapping_error(x, m, r->row, C_COLUMN, "'%s' has several '*', expected one", r->column);
    if (r->model[0] == '\0' && stars(r->column) == 0 && has_column)
        mapping_error(x, m, r->row, C_MODEL, "is empty, expected the model whose %s the column has",
                      field_names[r->field]);
    if (r->model[0] != '\0' && stars(r->column) > 0)
        mapping_error(x, m, r->row, C_MODEL, "'%s' beside a column with '*', which stands for the model; expected none",
                      r->model);
}

/* At most one rule a field, but for items and clusters (their parts are joined), exclusions and models. */
static void check_twice(ev_loader *x, const ev_mapping *m, const mapping_rule *r)
{
    if (r->field == ITEM || r->field == CLUSTER || r->field >= CONTEXTS)
        return;
    for (const mapping_rule *before = m->rules; before < r; before++) {
        if (before->field == r->field)
            mapping_error(x, m, r->row, C_FIELD, "'%s' is mapped twice (line %d), expected once", field_names[r->field],
                          sc_csv_line(m->csv, before->row));
    }
}

static void read_rules(ev_loader *x, ev_mapping *m)
{
    int has_outcome = 0, has_task = 0;
    for (size_t row = 0; row < sc_csv_rows(m->csv); row++) {
        mapping_rule *r = &m->rules[m->n];
        const char *field = sc_csv_cell(m->csv, row, C_FIELD);
        char hint[SC_NAME_HINT_MAX];
        *r = (mapping_rule){field_of(field),
                            sc_csv_cell(m->csv, row, C_COLUMN),
                            sc_csv_cell(m->csv, row, C_MODEL),
                            sc_csv_cell(m->csv, row, C_VALUE),
                            sc_csv_cell(m->csv, row, C_REASON),
                            row};
        if (r->field < 0) {
            mapping_error(x, m, row, C_FIELD, "unknown field '%s'%s", field,
                          sc_name_hint(field, field_names, FIELDS, hint));
            continue;
        }
        has_outcome |= r->field == PASSED || r->field == SCORE;
        has_task |= r->field == TASK;
        check_rule(x, m, r);
        check_twice(x, m, r);
        m->n++;
    }
    const sc_place place = sc_csv_header_place(m->csv, C_FIELD);
    if ((!has_outcome || !has_task) && x->code == SC_OK)
        x->code = sc_errors_add(x->errors, SC_E_INPUT, &place, NULL, "nothing is mapped to %s, expected a row for it",
                                has_task ? "'passed' or 'score'" : "'task'");
}

ev_mapping *ev_mapping_read(ev_loader *x, const sc_evidence_text *text)
{
    ev_mapping *m = SC_NEW(ev_mapping);
    if (m == NULL) {
        ev_no_memory(x);
        return NULL;
    }
    const sc_code code =
        sc_csv_parse(text->name, text->text, text->size, mapping_columns, C_COLUMNS, &m->csv, x->errors);
    if (code != SC_OK) {
        x->code = code;
    } else {
        m->rules = SC_NEW_ARRAY(mapping_rule, sc_csv_rows(m->csv) + 1);
        if (m->rules == NULL)
            ev_no_memory(x);
        else
            read_rules(x, m);
    }
    if (x->code == SC_OK)
        return m;
    ev_mapping_free(m);
    return NULL;
}

void ev_mapping_free(ev_mapping *m)
{
    if (m == NULL)
        return;
    sc_csv_free(m->csv);
    sc_free(m->rules);
    sc_free(m);
}

/* ---- a mapping on a table */

#define NO_COLUMN SIZE_MAX

/* A model of the table, and where its outcomes are. */
typedef struct table_model {
    const char *name;
    size_t column[FIELDS]; /* PASSED to LATENCY_MS; NO_COLUMN = none */
    const char *excluded;  /* the reason why nothing of it counts, NULL = it does */
} table_model;

typedef struct layout {
    ev_loader *x;
    const ev_mapping *m;
    size_t table, n_columns;
    const sc_csv_column *columns;
    size_t *rule_column; /* [m->n]: the column of a rule of the row, NO_COLUMN = none */
    table_model *models;
    size_t n_models, cap_models;
} layout;

/* The cells of the first row that is no comment; 0 if there is none. */
static size_t header_cells(const sc_evidence_text *text, sc_text *cells)
{
    const size_t bom = sc_utf8_bom(text->text, text->size);
    sc_csv_cursor cursor;
    sc_csv_begin(&cursor, text->text + bom, text->size - bom, cells, MOST_COLUMNS);
    while (sc_csv_row(&cursor)) {
        const char *row = cursor.row;
        size_t blanks = 0;
        while (blanks < cursor.row_len && (row[blanks] == ' ' || row[blanks] == '\t'))
            blanks++;
        if (blanks < cursor.row_len && row[0] != '#')
            return cursor.n;
    }
    return 0;
}

/* A cell as csv_table.h has it: without quotes and the blanks around it.  NULL = out of memory. */
static const char *header_name(layout *l, sc_text cell)
{
    char *name = sc_arena_alloc(&l->x->arena, cell.len + 1, 1);
    if (name == NULL)
        return NULL;
    sc_text plain = sc_csv_unquote(cell, name, cell.len + 1);
    while (plain.len > 0 && (plain.at[0] == ' ' || plain.at[0] == '\t')) {
        plain.at++;
        plain.len--;
    }
    while (plain.len > 0 && (plain.at[plain.len - 1] == ' ' || plain.at[plain.len - 1] == '\t'))
        plain.len--;
    if (plain.len > 0)
        memmove(name, plain.at, plain.len);
    name[plain.len] = '\0';
    return name;
}

/* The names in the header of a table, as csv_table.h wants them; NULL = out of memory. */
static sc_csv_column *header_columns(layout *l, const sc_evidence_text *text, size_t *n)
{
    sc_text *cells = SC_NEW_ARRAY(sc_text, MOST_COLUMNS);
    *n = cells != NULL ? header_cells(text, cells) : 0;
    sc_csv_column *columns = cells != NULL ? SC_ARENA_ARRAY(&l->x->arena, sc_csv_column, *n + 1) : NULL;
    for (size_t i = 0; columns != NULL && i < *n; i++) {
        columns[i] = (sc_csv_column){header_name(l, cells[i]), SC_CSV_OPTIONAL};
        if (columns[i].name == NULL)
            columns = NULL;
    }
    sc_free(cells);
    return columns;
}

static int open_table(layout *l, const sc_evidence_text *text)
{
    ev_loader *x = l->x;
    size_t n;
    const sc_csv_column *columns = header_columns(l, text, &n);
    if (columns == NULL) {
        ev_no_memory(x);
        return 0;
    }
    const sc_code code = sc_csv_parse(text->name, text->text, text->size, columns, n, &x->tables[l->table], x->errors);
    if (code != SC_OK) {
        x->code = code;
        return 0;
    }
    l->columns = sc_csv_columns(x->tables[l->table], &l->n_columns);
    return 1;
}

/* Whether a column's name fits a pattern with at most one '*'; *star is what it stands for. */
static int fits(const char *pattern, const char *name, sc_text *star)
{
    const char *at = strchr(pattern, '*');
    const size_t size = strlen(name), before = at != NULL ? (size_t)(at - pattern) : strlen(pattern);
    const size_t after = at != NULL ? strlen(at + 1) : 0;
    *star = (sc_text){name, 0};
    if (at == NULL)
        return strcmp(pattern, name) == 0;
    if (size <= before + after || strncmp(pattern, name, before) != 0 || strcmp(name + size - after, at + 1) != 0)
        return 0;
    *star = (sc_text){name + before, size - before - after};
    return 1;
}

static table_model *model_named(layout *l, sc_text name)
{
    for (size_t i = 0; i < l->n_models; i++) {
        if (sc_text_is(name, l->models[i].name))
            return &l->models[i];
    }
    const char *copy = sc_arena_strndup(&l->x->arena, name.at, name.len);
    if (copy == NULL || !ev_grow(&l->models, l->n_models, &l->cap_models, sizeof *l->models)) {
        ev_no_memory(l->x);
        return NULL;
    }
    table_model *t = &l->models[l->n_models++];
    *t = (table_model){.name = copy};
    for (int f = 0; f < FIELDS; f++)
        t->column[f] = NO_COLUMN;
    return t;
}

static void set_column(layout *l, const mapping_rule *r, sc_text model, size_t column)
{
    table_model *t = model_named(l, model);
    if (t == NULL)
        return;
    if (t->column[r->field] != NO_COLUMN)
        mapping_error(l->x, l->m, r->row, C_COLUMN, "'%s' is the %s of '%s' after '%s', expected one column",
                      l->columns[column].name, field_names[r->field], t->name, l->columns[t->column[r->field]].name);
    t->column[r->field] = column;
}

/* Finds the columns that a rule names. */
static void place_rule(layout *l, const mapping_rule *r, size_t *rule_column)
{
    int found = 0;
    *rule_column = NO_COLUMN;
    if (r->column[0] == '\0')
        return;
    for (size_t c = 0; c < l->n_columns && l->x->code != SC_E_MEMORY; c++) {
        sc_text star;
        const int with_star = r->field >= PASSED && r->field < EXCLUDE;
        if (with_star ? !fits(r->column, l->columns[c].name, &star) : strcmp(r->column, l->columns[c].name) != 0)
            continue;
        found = 1;
        *rule_column = c;
        if (with_star)
            set_column(l, r, r->model[0] != '\0' ? sc_text_of(r->model) : star, c);
    }
    if (found)
        return;
    const char **names = SC_NEW_ARRAY(const char *, l->n_columns + 1);
    char hint[SC_NAME_HINT_MAX];
    if (names == NULL) {
        ev_no_memory(l->x);
        return;
    }
    for (size_t c = 0; c < l->n_columns; c++)
        names[c] = l->columns[c].name;
    mapping_error(l->x, l->m, r->row, C_COLUMN, "'%s' is no column of %s%s", r->column, l->x->texts[l->table].name,
                  sc_name_hint(r->column, names, l->n_columns, hint));
    sc_free(names);
}

/* Models that never count, and models without an outcome. */
static void check_models(layout *l)
{
    for (size_t k = 0; k < l->m->n; k++) {
        const mapping_rule *r = &l->m->rules[k];
        int found = 0;
        if (r->field != EXCLUDE || r->model[0] == '\0')
            continue;
        for (size_t i = 0; i < l->n_models; i++) {
            if (strcmp(l->models[i].name, r->model) != 0)
                continue;
            found = 1;
            if (r->column[0] == '\0')
                l->models[i].excluded = r->reason;
        }
        if (!found)
            mapping_error(l->x, l->m, r->row, C_MODEL,
                          "'%s' is no model of the mapping, expected one that has outcomes", r->model);
    }
    for (size_t i = 0; i < l->n_models; i++) {
        const table_model *t = &l->models[i];
        const sc_place place = {.file = l->x->texts[l->table].name};
        if ((t->column[PASSED] == NO_COLUMN) == (t->column[SCORE] == NO_COLUMN))
            l->x->code = sc_errors_add(l->x->errors, SC_E_INPUT, &place, NULL,
                                       "model '%s' has %s, expected one column of 'passed' or 'score'", t->name,
                                       t->column[PASSED] == NO_COLUMN ? "no outcome" : "both");
    }
}

static void place_rules(layout *l)
{
    l->rule_column = SC_ARENA_ARRAY(&l->x->arena, size_t, l->m->n + 1);
    if (l->rule_column == NULL) {
        ev_no_memory(l->x);
        return;
    }
    for (size_t k = 0; k < l->m->n && l->x->code != SC_E_MEMORY; k++)
        place_rule(l, &l->m->rules[k], &l->rule_column[k]);
    if (l->x->code != SC_E_MEMORY)
        check_models(l);
}

/* ---- rows */

/* The text of a field of the row: its parts, with '/' between. */
static void add_context(const layout *l, size_t row, int field, sc_strbuf *text)
{
    int parts = 0;
    text->len = 0;
    sc_strbuf_puts(text, "");
    for (size_t k = 0; k < l->m->n; k++) {
        const mapping_rule *r = &l->m->rules[k];
        if (r->field != field)
            continue;
        if (parts++ > 0)
            sc_strbuf_putc(text, '/');
        sc_strbuf_puts(text, l->rule_column[k] != NO_COLUMN
                                 ? sc_csv_cell(l->x->tables[l->table], row, l->rule_column[k])
                                 : r->value);
    }
    if (field == ITEM && parts == 0)
        sc_strbuf_printf(text, "%s:%d", l->x->texts[l->table].name, sc_csv_line(l->x->tables[l->table], row));
}

/* Why a model's answer in a row does not count, "" = it does. */
static const char *exclusion(const layout *l, size_t row, const table_model *t)
{
    if (t->excluded != NULL)
        return t->excluded;
    for (size_t k = 0; k < l->m->n; k++) {
        const mapping_rule *r = &l->m->rules[k];
        if (r->field == EXCLUDE && l->rule_column[k] != NO_COLUMN &&
            (r->model[0] == '\0' || strcmp(r->model, t->name) == 0) &&
            strcmp(sc_csv_cell(l->x->tables[l->table], row, l->rule_column[k]), r->value) == 0)
            return r->reason;
    }
    return "";
}

static ev_cell cell_of(const layout *l, size_t row, const table_model *t, int field)
{
    if (t->column[field] == NO_COLUMN)
        return (ev_cell){.x = l->x, .text = ""};
    return ev_cell_at(l->x, l->table, row, t->column[field]);
}

/* A model's answer in a row, if it has one: an empty cell is none. */
static void read_model(const layout *l, size_t row, const table_model *t, const ev_row *context)
{
    const int field = t->column[PASSED] != NO_COLUMN ? PASSED : SCORE;
    const ev_cell outcome = cell_of(l, row, t, field), accepted = cell_of(l, row, t, ACCEPTED);
    const ev_cell input = cell_of(l, row, t, INPUT_TOKENS), output = cell_of(l, row, t, OUTPUT_TOKENS);
    const ev_cell cost = cell_of(l, row, t, COST_USD), latency = cell_of(l, row, t, LATENCY_MS);
    ev_row r = *context;
    if (outcome.text[0] == '\0')
        return;
    r.model = t->name;
    r.origin = outcome.at;
    r.exclude = exclusion(l, row, t);
    r.value = field == PASSED ? ev_cell_pass(&outcome) : ev_cell_score(&outcome);
    r.accepted = ev_cell_accepted(&accepted);
    r.input_tokens = ev_cell_amount(&input, "tokens");
    r.output_tokens = ev_cell_amount(&output, "tokens");
    r.cost = ev_cell_amount(&cost, "dollars");
    r.latency = ev_cell_amount(&latency, "milliseconds");
    ev_add_row(l->x, &r);
}

static void read_row(const layout *l, size_t row, sc_strbuf text[CONTEXTS])
{
    ev_loader *x = l->x;
    const ev_origin at = {(uint32_t)l->table, (uint32_t)row, 0};
    for (int f = 0; f < CONTEXTS; f++) {
        add_context(l, row, f, &text[f]);
        if (text[f].failed) {
            ev_no_memory(x);
            return;
        }
    }
    const ev_row context = {.project = text[PROJECT].text,
                            .workload = text[WORKLOAD].text,
                            .task = text[TASK].text,
                            .segment = text[SEGMENT].text,
                            .item = text[ITEM].text,
                            .cluster = text[CLUSTER].text,
                            .run = text[RUN].text};
    if (context.task[0] == '\0' || context.item[0] == '\0') {
        ev_error(x, at, "the row has no %s, expected one in the mapped column",
                 context.task[0] == '\0' ? "task" : "item");
        return;
    }
    for (size_t i = 0; i < l->n_models && x->code != SC_E_MEMORY; i++)
        read_model(l, row, &l->models[i], &context);
}

void ev_read_mapped(ev_loader *x, size_t i, const ev_mapping *m)
{
    layout l = {.x = x, .m = m, .table = i};
    sc_strbuf text[CONTEXTS] = {{0}};
    const sc_code before = x->code;
    x->code = SC_OK;
    if (open_table(&l, &x->texts[i]))
        place_rules(&l);
    /* a table whose columns are not as the mapping says has no rows to be read */
    const size_t rows = x->code == SC_OK && l.rule_column != NULL ? sc_csv_rows(x->tables[i]) : 0;
    for (size_t row = 0; x->code != SC_E_MEMORY && row < rows; row++)
        read_row(&l, row, text);
    if (x->code == SC_OK)
        x->code = before;
    for (int f = 0; f < CONTEXTS; f++)
        sc_strbuf_release(&text[f]);
    sc_free(l.models);
}
