/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_store.h - graded answers in memory, and what reads them there. */
#ifndef SC_EVIDENCE_EVIDENCE_STORE_H
#define SC_EVIDENCE_EVIDENCE_STORE_H

#include "base/arena.h"
#include "evidence/evidence_names.h"
#include "io/csv_table.h"
#include "spendcast/evidence.h"

/* Where a row stands, for messages while the tables are still open. */
typedef struct ev_origin {
    uint32_t table, row, column;
} ev_origin;

/* An item of a task.  Items of equal names in different tasks (or scopes) are different ones. */
typedef struct ev_item {
    uint32_t subject, cluster;
} ev_item;
#define EV_NO_CLUSTER UINT32_MAX

/* One answer of one model to one item. */
typedef struct ev_outcome {
    uint32_t model, item, run;
    int accepted;                             /* by the check of a cascade; -1 = not known */
    double value;                             /* 1 passed, 0 not, or a score between */
    double input_tokens, output_tokens, cost; /* -1 = not known */
    double latency;                           /* ms, -1 = not known */
    ev_origin origin;
} ev_outcome;

/* So many of n answers of one model passed. */
typedef struct ev_count {
    uint32_t model, subject;
    int64_t passed, n;
    double latency; /* ms, P95 of the n answers, -1 = not stated */
    ev_origin origin;
} ev_count;

struct sc_evidence {
    sc_arena arena;
    ev_names projects, workloads, tasks, subjects; /* each in the space of the one before */
    ev_names items, clusters;                      /* in the space of their task */
    ev_names runs, models, spellings;
    ev_names task_names, segment_names; /* distinct texts */
    uint32_t *model_of_spelling;
    size_t cap_spellings;
    ev_item *item;
    size_t cap_item;
    ev_outcome *outcomes; /* sorted by model, item, run */
    size_t n_outcomes, cap_outcomes;
    ev_count *counts; /* sorted by model, subject */
    size_t n_counts, cap_counts;
    size_t *first_outcome, *first_count; /* [models + 1] */
    sc_evidence_excluded *excluded;
    size_t n_excluded, cap_excluded;
};

/* A row of any table, as texts and numbers; "" = not stated. */
typedef struct ev_row {
    const char *project, *workload, *task, *segment, *model;
    const char *item, *cluster, *run; /* of an answer; item "" = counts */
    const char *exclude;              /* the reason, "" = the row counts */
    int64_t passed, n;                /* counts */
    double value;
    int accepted;
    double input_tokens, output_tokens, cost;
    double latency;   /* ms, of counts their P95; -1 = not known */
    ev_origin origin; /* of the model's cell */
} ev_row;

/* Everything that reading needs; the tables stay open until all checks are done. */
typedef struct ev_loader {
    sc_evidence *e;
    const sc_card *card;
    sc_errors *errors;
    const sc_evidence_text *texts;
    sc_csv_table **tables;
    size_t n_tables;
    sc_arena arena; /* of what the tables refer to: names of columns */
    sc_code code;   /* SC_OK = no problem so far */
} ev_loader;

/* An error at a cell of a table; its column's name is the key. */
void ev_error(ev_loader *x, ev_origin at, const char *format, ...) SC_PRINTF(3, 4);
void ev_no_memory(ev_loader *x);

/* Adds a row, or lists it as left out. */
void ev_add_row(ev_loader *x, const ev_row *row);

/* Cells as numbers; each reports what is wrong and returns something harmless. */
typedef struct ev_cell {
    ev_loader *x;
    ev_origin at;
    const char *text;
} ev_cell;
ev_cell ev_cell_at(ev_loader *x, size_t table, size_t row, size_t column);
int64_t ev_cell_count(const ev_cell *c, const char *what);
double ev_cell_pass(const ev_cell *c);                     /* 0 or 1 */
double ev_cell_score(const ev_cell *c);                    /* 0 to 1 */
int ev_cell_accepted(const ev_cell *c);                    /* 0, 1, or -1 where empty */
double ev_cell_amount(const ev_cell *c, const char *what); /* >= 0, or -1 where empty */

/* Opens table i as evals.csv and adds its rows. */
void ev_read_evals(ev_loader *x, size_t i);

/* A column mapping, read. */
typedef struct ev_mapping ev_mapping;
ev_mapping *ev_mapping_read(ev_loader *x, const sc_evidence_text *text); /* NULL on failure */
void ev_mapping_free(ev_mapping *m);
/* Opens table i as a per-question table and adds its rows. */
void ev_read_mapped(ev_loader *x, size_t i, const ev_mapping *m);

/* Sorts what was added and reports what is there twice or contradicts itself. */
void ev_settle(ev_loader *x);

/* Grows *items to hold n + 1; 0 = out of memory. */
int ev_grow(void *items, size_t n, size_t *cap, size_t size);

#endif
