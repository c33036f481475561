/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_rows.c - rows of evals.csv, checked, and rows of any table to graded answers. */
#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "evidence/evidence_store.h"

#define TOKENS_SCALE 6 /* decimals of a token count, a score or an amount */
#define COUNT_MAX INT64_C(1000000000000)

void ev_no_memory(ev_loader *x)
{
    if (x->code != SC_E_MEMORY)
        x->code = sc_errors_add(x->errors, SC_E_MEMORY, NULL, NULL, "out of memory");
}

void ev_error(ev_loader *x, ev_origin at, const char *format, ...)
{
    const sc_csv_table *t = x->tables[at.table];
    const sc_place place = sc_csv_place(t, at.row, at.column);
    size_t n;
    const sc_csv_column *columns = sc_csv_columns(t, &n);
    va_list args;
    va_start(args, format);
    sc_errors_addv(x->errors, SC_E_INPUT, &place, columns[at.column].name, format, args);
    va_end(args);
    if (x->code == SC_OK)
        x->code = SC_E_INPUT;
}

int ev_grow(void *items, size_t n, size_t *cap, size_t size)
{
    void *block;
    if (n < *cap)
        return 1;
    memcpy(&block, items, sizeof block);
    const size_t wanted = *cap > 0 ? *cap * 2 : 64;
    block = sc_realloc(block, wanted, size);
    if (block == NULL)
        return 0;
    memcpy(items, &block, sizeof block);
    *cap = wanted;
    return 1;
}

/* ---- cells */

ev_cell ev_cell_at(ev_loader *x, size_t table, size_t row, size_t column)
{
    return (ev_cell){x, {(uint32_t)table, (uint32_t)row, (uint32_t)column}, sc_csv_cell(x->tables[table], row, column)};
}

int64_t ev_cell_count(const ev_cell *c, const char *what)
{
    int64_t value = 0;
    if (sc_decimal_parse(c->text, strlen(c->text), 0, &value) == SC_OK && value >= 0 && value <= COUNT_MAX)
        return value;
    ev_error(c->x, c->at, "'%s' is no number of %s, expected a whole number from 0", c->text, what);
    return 0;
}

double ev_cell_pass(const ev_cell *c)
{
    if (strcmp(c->text, "1") == 0 || strcmp(c->text, "true") == 0)
        return 1.0;
    if (strcmp(c->text, "0") != 0 && strcmp(c->text, "false") != 0)
        ev_error(c->x, c->at, "'%s' says neither passed nor failed, expected 1 or 0", c->text);
    return 0.0;
}

int ev_cell_accepted(const ev_cell *c) { return c->text[0] == '\0' ? -1 : ev_cell_pass(c) > 0.0; }

/* A decimal number; what is past the sixth decimal is cut off first, as the figures of others may have many. */
static int decimal(const char *text, double *out)
{
    const char *point = strchr(text, '.');
    size_t len = strlen(text);
    int64_t millionths;
    if (point != NULL && (size_t)(point - text) + 1 + TOKENS_SCALE < len &&
        strspn(point + 1, "0123456789") == strlen(point + 1))
        len = (size_t)(point - text) + 1 + TOKENS_SCALE;
    if (sc_decimal_parse(text, len, TOKENS_SCALE, &millionths) != SC_OK)
        return 0;
    *out = (double)millionths / 1e6;
    return 1;
}

double ev_cell_score(const ev_cell *c)
{
    double value;
    if (decimal(c->text, &value) && value >= 0.0 && value <= 1.0)
        return value;
    ev_error(c->x, c->at, "'%s' is no score, expected a number from 0 to 1", c->text);
    return 0.0;
}

double ev_cell_amount(const ev_cell *c, const char *what)
{
    double value;
    if (c->text[0] == '\0')
        return -1.0;
    if (decimal(c->text, &value) && value >= 0.0)
        return value;
    ev_error(c->x, c->at, "'%s' is no number of %s, expected a number from 0", c->text, what);
    return -1.0;
}

/* ---- rows */

/* The number of a model; a new spelling is looked up on the card. */
static uint32_t model_of(ev_loader *x, const ev_row *row)
{
    sc_evidence *e = x->e;
    sc_model_ref ref;
    const char *name = row->model;
    char why[SC_NAME_HINT_MAX + 200];
    const int64_t known = ev_names_find(&e->spellings, 0, name);
    if (known >= 0)
        return e->model_of_spelling[known];
    if (x->card != NULL && sc_card_resolve(x->card, name, &ref, why, sizeof why) == SC_OK) {
        name = ref.model->id;
    } else if (x->card != NULL && strstr(why, "did you mean") != NULL) {
        const sc_place place = sc_csv_place(x->tables[row->origin.table], row->origin.row, row->origin.column);
        sc_errors_warn(x->errors, &place, "model", "%s; kept by its own name", why);
    }
    const int64_t model = ev_names_add(&e->models, &e->arena, 0, name);
    if (model < 0 || !ev_grow(&e->model_of_spelling, e->spellings.n, &e->cap_spellings, sizeof(uint32_t)) ||
        ev_names_add(&e->spellings, &e->arena, 0, row->model) < 0) {
        ev_no_memory(x);
        return 0;
    }
    e->model_of_spelling[e->spellings.n - 1] = (uint32_t)model;
    return (uint32_t)model;
}

/* A number that is there, or the failure. */
static uint32_t number(ev_loader *x, int64_t n)
{
    if (n < 0)
        ev_no_memory(x);
    return n < 0 ? 0 : (uint32_t)n;
}

/* The subject of a row; *task is the task within its scope. */
static uint32_t subject_of(ev_loader *x, const ev_row *row, uint32_t *task)
{
    sc_evidence *e = x->e;
    const uint32_t project = number(x, ev_names_add(&e->projects, &e->arena, 0, row->project));
    const uint32_t workload = number(x, ev_names_add(&e->workloads, &e->arena, project, row->workload));
    *task = number(x, ev_names_add(&e->tasks, &e->arena, workload, row->task));
    (void)number(x, ev_names_add(&e->task_names, &e->arena, 0, row->task));
    if (row->segment[0] != '\0')
        (void)number(x, ev_names_add(&e->segment_names, &e->arena, 0, row->segment));
    return number(x, ev_names_add(&e->subjects, &e->arena, *task, row->segment));
}

static const char *cluster_text(const sc_evidence *e, uint32_t cluster)
{
    return cluster != EV_NO_CLUSTER ? e->clusters.items[cluster].text : "";
}

/* The item of a row; one that is there must be the same. */
static uint32_t item_of(ev_loader *x, const ev_row *row, uint32_t subject, uint32_t task)
{
    sc_evidence *e = x->e;
    const size_t before = e->items.n;
    const uint32_t i = number(x, ev_names_add(&e->items, &e->arena, task, row->item));
    uint32_t cluster = EV_NO_CLUSTER;
    if (row->cluster[0] != '\0')
        cluster = number(x, ev_names_add(&e->clusters, &e->arena, task, row->cluster));
    if (x->code == SC_E_MEMORY)
        return 0;
    if (e->items.n > before) {
        if (!ev_grow(&e->item, before, &e->cap_item, sizeof *e->item))
            ev_no_memory(x);
        else
            e->item[i] = (ev_item){subject, cluster};
        return i;
    }
    if (e->item[i].subject != subject)
        ev_error(x, row->origin, "item '%s' is in segment '%s' here and in '%s' before, expected the same", row->item,
                 row->segment, e->subjects.items[e->item[i].subject].text);
    else if (e->item[i].cluster != cluster)
        ev_error(x, row->origin, "item '%s' is in cluster '%s' here and in '%s' before, expected the same", row->item,
                 row->cluster, cluster_text(e, e->item[i].cluster));
    return i;
}

static void exclude(ev_loader *x, const ev_row *row)
{
    sc_evidence *e = x->e;
    const char *file = sc_arena_strdup(&e->arena, x->texts[row->origin.table].name);
    const char *task = sc_arena_strdup(&e->arena, row->task), *model = sc_arena_strdup(&e->arena, row->model);
    const char *reason = sc_arena_strdup(&e->arena, row->exclude);
    if (file == NULL || task == NULL || model == NULL || reason == NULL ||
        !ev_grow(&e->excluded, e->n_excluded, &e->cap_excluded, sizeof *e->excluded)) {
        ev_no_memory(x);
        return;
    }
    e->excluded[e->n_excluded++] =
        (sc_evidence_excluded){file, sc_csv_line(x->tables[row->origin.table], row->origin.row), task, model, reason};
}

static void add_count(ev_loader *x, const ev_row *row, uint32_t model, uint32_t subject)
{
    sc_evidence *e = x->e;
    if (ev_grow(&e->counts, e->n_counts, &e->cap_counts, sizeof *e->counts))
        e->counts[e->n_counts++] = (ev_count){model, subject, row->passed, row->n, row->latency, row->origin};
    else
        ev_no_memory(x);
}

static void add_outcome(ev_loader *x, const ev_row *row, uint32_t model, uint32_t item)
{
    sc_evidence *e = x->e;
    const uint32_t run = number(x, ev_names_add(&e->runs, &e->arena, 0, row->run));
    if (ev_grow(&e->outcomes, e->n_outcomes, &e->cap_outcomes, sizeof *e->outcomes))
        e->outcomes[e->n_outcomes++] = (ev_outcome){.model = model,
                                                    .item = item,
                                                    .run = run,
                                                    .accepted = row->accepted,
                                                    .value = row->value,
                                                    .input_tokens = row->input_tokens,
                                                    .output_tokens = row->output_tokens,
                                                    .cost = row->cost,
                                                    .latency = row->latency,
                                                    .origin = row->origin};
    else
        ev_no_memory(x);
}

void ev_add_row(ev_loader *x, const ev_row *row)
{
    uint32_t task;
    if (row->exclude[0] != '\0') {
        exclude(x, row);
        return;
    }
    const uint32_t model = model_of(x, row), subject = subject_of(x, row, &task);
    if (x->code == SC_E_MEMORY)
        return;
    if (row->item[0] == '\0') {
        add_count(x, row, model, subject);
        return;
    }
    const uint32_t item = item_of(x, row, subject, task);
    if (x->code != SC_E_MEMORY)
        add_outcome(x, row, model, item);
}

/* ---- evals.csv */

enum {
    TASK,
    SEGMENT,
    MODEL,
    PROJECT,
    WORKLOAD,
    ITEM,
    RUN,
    CLUSTER,
    PASSED,
    N,
    SCORE,
    ACCEPTED,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    COST_USD,
    LATENCY_MS,
    LATENCY_P95_MS,
    EXCLUDE,
    NOTE,
    COLUMNS
};
static const sc_csv_column columns[COLUMNS] = {
    [TASK] = {"task", SC_CSV_REQUIRED},
    [SEGMENT] = {"segment", SC_CSV_OPTIONAL},
    [MODEL] = {"model", SC_CSV_REQUIRED},
    [PROJECT] = {"project", SC_CSV_OPTIONAL},
    [WORKLOAD] = {"workload", SC_CSV_OPTIONAL},
    [ITEM] = {"item", SC_CSV_OPTIONAL},
    [RUN] = {"run", SC_CSV_OPTIONAL},
    [CLUSTER] = {"cluster", SC_CSV_OPTIONAL},
    [PASSED] = {"passed", SC_CSV_OPTIONAL},
    [N] = {"n", SC_CSV_OPTIONAL},
    [SCORE] = {"score", SC_CSV_OPTIONAL},
    [ACCEPTED] = {"accepted", SC_CSV_OPTIONAL},
    [INPUT_TOKENS] = {"input_tokens", SC_CSV_OPTIONAL},
    [OUTPUT_TOKENS] = {"output_tokens", SC_CSV_OPTIONAL},
    [COST_USD] = {"cost_usd", SC_CSV_OPTIONAL},
    [LATENCY_MS] = {"latency_ms", SC_CSV_OPTIONAL},
    [LATENCY_P95_MS] = {"latency_p95_ms", SC_CSV_OPTIONAL},
    [EXCLUDE] = {"exclude", SC_CSV_OPTIONAL},
    [NOTE] = {"note", SC_CSV_OPTIONAL},
};

/* The first cell of an answer that a row of counts has, or 0. */
static size_t cell_of_answer(const ev_cell *c)
{
    static const size_t of_answer[] = {RUN,          CLUSTER,       SCORE,    ACCEPTED,
                                       INPUT_TOKENS, OUTPUT_TOKENS, COST_USD, LATENCY_MS};
    for (size_t i = 0; i < sizeof of_answer / sizeof *of_answer; i++) {
        if (c[of_answer[i]].text[0] != '\0')
            return of_answer[i];
    }
    return 0;
}

/* passed and n of a row without an item. */
static void read_counts(ev_loader *x, const ev_cell *c, ev_row *row)
{
    const size_t of_answer = cell_of_answer(c);
    if (c[PASSED].text[0] == '\0' || c[N].text[0] == '\0') {
        ev_error(x, c[TASK].at, "neither counts nor an item, expected both 'passed' and 'n', or 'item'");
        return;
    }
    if (of_answer != 0)
        ev_error(x, c[of_answer].at, "'%s' in a row of counts, expected it in rows of single items only",
                 c[of_answer].text);
    row->passed = ev_cell_count(&c[PASSED], "passed answers");
    row->n = ev_cell_count(&c[N], "answers");
    if (row->passed > row->n)
        ev_error(x, c[PASSED].at, "%lld passed of %lld, expected at most all", (long long)row->passed,
                 (long long)row->n);
    row->latency = ev_cell_amount(&c[LATENCY_P95_MS], "milliseconds");
}

/* What is known of an answer to an item. */
static void read_answer(ev_loader *x, const ev_cell *c, ev_row *row)
{
    const int has_pass = c[PASSED].text[0] != '\0', has_score = c[SCORE].text[0] != '\0';
    if (c[N].text[0] != '\0')
        ev_error(x, c[N].at, "both an item and a count, expected one of 'item' and 'n'");
    if (has_pass == has_score)
        ev_error(x, c[has_pass ? SCORE : ITEM].at, "%s, expected one of 'passed' and 'score'",
                 has_pass ? "the item both passed and has a score" : "the item neither passed nor has a score");
    else
        row->value = has_pass ? ev_cell_pass(&c[PASSED]) : ev_cell_score(&c[SCORE]);
    row->accepted = ev_cell_accepted(&c[ACCEPTED]);
    row->input_tokens = ev_cell_amount(&c[INPUT_TOKENS], "tokens");
    row->output_tokens = ev_cell_amount(&c[OUTPUT_TOKENS], "tokens");
    row->cost = ev_cell_amount(&c[COST_USD], "dollars");
    if (c[LATENCY_P95_MS].text[0] != '\0')
        ev_error(x, c[LATENCY_P95_MS].at, "'%s' in a row of one item, expected 'latency_ms', what its answer took",
                 c[LATENCY_P95_MS].text);
    row->latency = ev_cell_amount(&c[LATENCY_MS], "milliseconds");
}

static void read_row(ev_loader *x, size_t table, size_t r)
{
    ev_cell c[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        c[i] = ev_cell_at(x, table, r, i);
    ev_row row = {.project = c[PROJECT].text,
                  .workload = c[WORKLOAD].text,
                  .task = c[TASK].text,
                  .segment = c[SEGMENT].text,
                  .model = c[MODEL].text,
                  .item = c[ITEM].text,
                  .cluster = c[CLUSTER].text,
                  .run = c[RUN].text,
                  .exclude = c[EXCLUDE].text,
                  .origin = c[MODEL].at};
    if (c[TASK].text[0] == '\0')
        ev_error(x, c[TASK].at, "is empty, expected the name of a task");
    if (c[MODEL].text[0] == '\0')
        ev_error(x, c[MODEL].at, "is empty, expected a model");
    if (c[WORKLOAD].text[0] != '\0' && c[PROJECT].text[0] == '\0')
        ev_error(x, c[WORKLOAD].at, "'%s' is the workload of no project, expected its project too", c[WORKLOAD].text);
    if (row.item[0] == '\0')
        read_counts(x, c, &row);
    else
        read_answer(x, c, &row);
    if (x->code != SC_E_MEMORY && row.task[0] != '\0' && row.model[0] != '\0')
        ev_add_row(x, &row);
}

void ev_read_evals(ev_loader *x, size_t i)
{
    const sc_evidence_text *text = &x->texts[i];
    const sc_code code = sc_csv_parse(text->name, text->text, text->size, columns, COLUMNS, &x->tables[i], x->errors);
    if (code != SC_OK) {
        x->code = code;
        return;
    }
    for (size_t row = 0; row < sc_csv_rows(x->tables[i]) && x->code != SC_E_MEMORY; row++)
        read_row(x, i, row);
}
