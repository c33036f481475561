/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_load.c - tables of graded answers to evidence, with what is there twice or contradicts itself found. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "evidence/evidence_store.h"
#include "io/file.h"

#define FILE_MAX ((size_t)256 << 20)

/* ---- order and contradictions */

static int compare_u32(uint32_t a, uint32_t b) { return (a > b) - (a < b); }

static int compare_origins(const ev_origin *a, const ev_origin *b)
{
    int order = compare_u32(a->table, b->table);
    order = order != 0 ? order : compare_u32(a->row, b->row);
    return order != 0 ? order : compare_u32(a->column, b->column);
}

static int same_answer(const ev_outcome *a, const ev_outcome *b)
{
    return a->model == b->model && a->item == b->item && a->run == b->run;
}

static int by_answer(const void *pa, const void *pb)
{
    const ev_outcome *a = pa, *b = pb;
    int order = compare_u32(a->model, b->model);
    order = order != 0 ? order : compare_u32(a->item, b->item);
    order = order != 0 ? order : compare_u32(a->run, b->run);
    return order != 0 ? order : compare_origins(&a->origin, &b->origin);
}

static int by_subject(const void *pa, const void *pb)
{
    const ev_count *a = pa, *b = pb;
    int order = compare_u32(a->model, b->model);
    order = order != 0 ? order : compare_u32(a->subject, b->subject);
    return order != 0 ? order : compare_origins(&a->origin, &b->origin);
}

static int line_of(const ev_loader *x, ev_origin at) { return sc_csv_line(x->tables[at.table], at.row); }

static void check_answers(ev_loader *x)
{
    const sc_evidence *e = x->e;
    for (size_t i = 1; i < e->n_outcomes; i++) {
        const ev_outcome *before = &e->outcomes[i - 1], *o = &e->outcomes[i];
        if (same_answer(before, o))
            ev_error(x, o->origin, "item '%s' of '%s' is graded twice (%s:%d), expected different runs",
                     e->items.items[o->item].text, e->models.items[o->model].text, x->texts[before->origin.table].name,
                     line_of(x, before->origin));
    }
}

/* The counts of a model and subject, NULL = none. */
static const ev_count *counts_of(const sc_evidence *e, uint32_t model, uint32_t subject)
{
    const ev_count key = {.model = model, .subject = subject};
    size_t low = 0, high = e->n_counts;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (by_subject(&e->counts[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < e->n_counts && e->counts[low].model == model && e->counts[low].subject == subject)
        return &e->counts[low];
    return NULL;
}

static void check_counts(ev_loader *x)
{
    const sc_evidence *e = x->e;
    for (size_t i = 1; i < e->n_counts; i++) {
        const ev_count *before = &e->counts[i - 1], *c = &e->counts[i];
        if (before->model == c->model && before->subject == c->subject)
            ev_error(x, c->origin,
                     "'%s' has counts for this task and segment already (%s:%d), expected one row of them",
                     e->models.items[c->model].text, x->texts[before->origin.table].name, line_of(x, before->origin));
    }
    for (size_t i = 0; i < e->n_outcomes && e->n_counts > 0; i++) {
        const ev_outcome *o = &e->outcomes[i];
        const ev_count *c = counts_of(e, o->model, e->item[o->item].subject);
        if (c != NULL)
            ev_error(x, o->origin, "'%s' has counts for this task and segment too (%s:%d), expected counts or items",
                     e->models.items[o->model].text, x->texts[c->origin.table].name, line_of(x, c->origin));
    }
}

/* Where each model's rows begin. */
static void index_models(ev_loader *x)
{
    sc_evidence *e = x->e;
    const size_t n = e->models.n;
    e->first_outcome = SC_ARENA_ARRAY(&e->arena, size_t, n + 1);
    e->first_count = SC_ARENA_ARRAY(&e->arena, size_t, n + 1);
    if (e->first_outcome == NULL || e->first_count == NULL) {
        ev_no_memory(x);
        return;
    }
    for (size_t m = 0, o = 0, c = 0; m <= n; m++) {
        while (o < e->n_outcomes && e->outcomes[o].model < m)
            o++;
        while (c < e->n_counts && e->counts[c].model < m)
            c++;
        e->first_outcome[m] = o;
        e->first_count[m] = c;
    }
}

void ev_settle(ev_loader *x)
{
    sc_evidence *e = x->e;
    if (e->n_outcomes > 0)
        qsort(e->outcomes, e->n_outcomes, sizeof *e->outcomes, by_answer);
    if (e->n_counts > 0)
        qsort(e->counts, e->n_counts, sizeof *e->counts, by_subject);
    check_answers(x);
    check_counts(x);
    if (x->code != SC_E_MEMORY)
        index_models(x);
}

/* ---- loading */

static void read_tables(ev_loader *x, const sc_evidence_text *mapping)
{
    ev_mapping *m = mapping != NULL ? ev_mapping_read(x, mapping) : NULL;
    for (size_t i = 0; i < x->n_tables && x->code != SC_E_MEMORY && (mapping == NULL || m != NULL); i++) {
        if (m != NULL)
            ev_read_mapped(x, i, m);
        else
            ev_read_evals(x, i);
    }
    if (x->code != SC_E_MEMORY)
        ev_settle(x);
    ev_mapping_free(m);
}

sc_code sc_evidence_parse(const sc_evidence_text *tables, size_t n, const sc_evidence_text *mapping,
                          const sc_card *card, sc_evidence **out, sc_errors *errors)
{
    ev_loader x = {.card = card, .errors = errors, .texts = tables, .n_tables = n};
    *out = NULL;
    x.e = SC_NEW(sc_evidence);
    x.tables = SC_NEW_ARRAY(sc_csv_table *, n + 1);
    if (x.e == NULL || x.tables == NULL)
        ev_no_memory(&x);
    else
        read_tables(&x, mapping);
    for (size_t i = 0; i < n && x.tables != NULL; i++)
        sc_csv_free(x.tables[i]);
    sc_free(x.tables);
    if (x.code == SC_OK)
        *out = x.e;
    else
        sc_evidence_free(x.e);
    return x.code;
}

sc_code sc_evidence_load(const char *const *paths, size_t n, const char *mapping, const sc_card *card,
                         sc_evidence **out, sc_errors *errors)
{
    sc_evidence_text *texts = SC_NEW_ARRAY(sc_evidence_text, n + 1);
    char **owned = SC_NEW_ARRAY(char *, n + 1);
    sc_code code = SC_OK;
    *out = NULL;
    if (texts == NULL || owned == NULL)
        code = sc_errors_add(errors, SC_E_MEMORY, NULL, NULL, "out of memory");
    for (size_t i = 0; code == SC_OK && i < n + (mapping != NULL); i++) {
        texts[i].name = i < n ? paths[i] : mapping;
        code = sc_file_read(texts[i].name, FILE_MAX, &owned[i], &texts[i].size, errors);
        texts[i].text = owned[i];
    }
    if (code == SC_OK)
        code = sc_evidence_parse(texts, n, mapping != NULL ? &texts[n] : NULL, card, out, errors);
    for (size_t i = 0; owned != NULL && i <= n; i++)
        sc_free(owned[i]);
    sc_free(owned);
    sc_free(texts);
    return code;
}

void sc_evidence_free(sc_evidence *e)
{
    if (e == NULL)
        return;
    ev_names *const names[] = {&e->projects,  &e->workloads,  &e->tasks,        &e->subjects,
                               &e->items,     &e->clusters,   &e->runs,         &e->models,
                               &e->spellings, &e->task_names, &e->segment_names};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ev_names_release(names[i]);
    sc_free(e->model_of_spelling);
    sc_free(e->item);
    sc_free(e->outcomes);
    sc_free(e->counts);
    sc_free(e->excluded);
    sc_arena_release(&e->arena);
    sc_free(e);
}

/* ---- what is there */

size_t sc_evidence_task_count(const sc_evidence *e) { return e->task_names.n; }
const char *sc_evidence_task_name(const sc_evidence *e, size_t i) { return e->task_names.items[i].text; }
size_t sc_evidence_segment_count(const sc_evidence *e) { return e->segment_names.n; }
const char *sc_evidence_segment_name(const sc_evidence *e, size_t i) { return e->segment_names.items[i].text; }
size_t sc_evidence_model_count(const sc_evidence *e) { return e->models.n; }
const char *sc_evidence_model_name(const sc_evidence *e, size_t i) { return e->models.items[i].text; }

int sc_evidence_model_of(const sc_evidence *e, const char *name)
{
    const int64_t model = ev_names_find(&e->models, 0, name), spelling = ev_names_find(&e->spellings, 0, name);
    if (model >= 0)
        return (int)model;
    return spelling >= 0 ? (int)e->model_of_spelling[spelling] : -1;
}

size_t sc_evidence_subject_count(const sc_evidence *e) { return e->subjects.n; }

sc_evidence_subject sc_evidence_subject_at(const sc_evidence *e, size_t i)
{
    const ev_name *segment = &e->subjects.items[i], *task = &e->tasks.items[segment->space];
    const ev_name *workload = &e->workloads.items[task->space], *project = &e->projects.items[workload->space];
    return (sc_evidence_subject){project->text, workload->text, task->text, segment->text};
}

size_t sc_evidence_excluded_count(const sc_evidence *e) { return e->n_excluded; }
sc_evidence_excluded sc_evidence_excluded_at(const sc_evidence *e, size_t i) { return e->excluded[i]; }
