/* SPDX-License-Identifier: GPL-3.0-or-later */
/* priors.c - published benchmark results, and the order in which they would have candidates tested. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/embedded.h"
#include "io/csv_table.h"
#include "io/file.h"
#include "spendcast/evidence.h"
#include "stats/elementary.h"

#define FILE_MAX ((size_t)16 << 20)
#define BUILT_IN "pricing/benchmark_priors.csv"
#define BETWEEN_TASKS 0.08  /* judgement: the two models' difference on one task against that on another */
#define UNKNOWN_ITEMS 100.0 /* of a benchmark that does not state its size */

enum { MODEL, BENCHMARK, SCORE, N, SOURCE, URL, DATE, CHECKED, NOTE, COLUMNS };
static const sc_csv_column columns[COLUMNS] = {
    [MODEL] = {"model", SC_CSV_REQUIRED},   [BENCHMARK] = {"benchmark", SC_CSV_REQUIRED},
    [SCORE] = {"score", SC_CSV_REQUIRED},   [N] = {"n", SC_CSV_REQUIRED},
    [SOURCE] = {"source", SC_CSV_REQUIRED}, [URL] = {"url", SC_CSV_REQUIRED},
    [DATE] = {"date", SC_CSV_REQUIRED},     [CHECKED] = {"checked", SC_CSV_REQUIRED},
    [NOTE] = {"note", SC_CSV_OPTIONAL},
};

struct sc_priors {
    sc_arena arena;
    sc_prior *items; /* as in the table */
    size_t n;
};

/* The table being read. */
typedef struct prior_reader {
    sc_csv_table *t;
    sc_priors *p;
    const sc_card *card;
    sc_errors *errors;
    sc_code code;
} prior_reader;

#define PROBLEM(x, row, column, ...) ((x)->code = sc_csv_error((x)->t, row, column, (x)->errors, __VA_ARGS__))

static void no_memory(prior_reader *x) { x->code = sc_errors_add(x->errors, SC_E_MEMORY, NULL, NULL, "out of memory"); }

static const char *read_text(prior_reader *x, size_t row, size_t column, int required)
{
    const char *text = sc_arena_strdup(&x->p->arena, sc_csv_cell(x->t, row, column));
    if (text == NULL)
        no_memory(x);
    else if (required && text[0] == '\0')
        PROBLEM(x, row, column, "is empty, expected a text");
    return text;
}

static const char *read_model(prior_reader *x, size_t row)
{
    char why[SC_NAME_HINT_MAX + 200];
    sc_model_ref ref;
    if (sc_card_resolve(x->card, sc_csv_cell(x->t, row, MODEL), &ref, why, sizeof why) == SC_OK)
        return sc_arena_strdup(&x->p->arena, ref.model->id);
    PROBLEM(x, row, MODEL, "%s", why);
    return "";
}

static double read_score(prior_reader *x, size_t row)
{
    const char *text = sc_csv_cell(x->t, row, SCORE);
    int64_t score = 0;
    if (sc_decimal_parse(text, strlen(text), 6, &score) != SC_OK || score < 0 || score > 1000000)
        PROBLEM(x, row, SCORE, "'%s' is no score, expected a number from 0 to 1 with at most 6 decimals", text);
    return (double)score / 1e6;
}

static int64_t read_size(prior_reader *x, size_t row)
{
    const char *text = sc_csv_cell(x->t, row, N);
    int64_t n = 0;
    if (text[0] != '\0' && (sc_decimal_parse(text, strlen(text), 0, &n) != SC_OK || n < 1))
        PROBLEM(x, row, N, "'%s' is no number of items, expected a whole number from 1, or none", text);
    return n;
}

static sc_day read_day(prior_reader *x, size_t row, size_t column, int required)
{
    const char *text = sc_csv_cell(x->t, row, column);
    sc_day day = SC_DAY_MIN;
    if ((text[0] != '\0' || required) && sc_day_parse(text, strlen(text), &day) != SC_OK)
        PROBLEM(x, row, column, "'%s' is no date, expected YYYY-MM-DD", text);
    return day;
}

static void read_row(prior_reader *x, size_t row)
{
    sc_prior *p = &x->p->items[x->p->n];
    *p = (sc_prior){.model = read_model(x, row),
                    .benchmark = read_text(x, row, BENCHMARK, 1),
                    .score = read_score(x, row),
                    .n = read_size(x, row),
                    .source = read_text(x, row, SOURCE, 1),
                    .url = read_text(x, row, URL, 1),
                    .note = read_text(x, row, NOTE, 0),
                    .date = read_day(x, row, DATE, 0),
                    .checked = read_day(x, row, CHECKED, 1)};
    if (p->model == NULL)
        no_memory(x);
    if (x->code == SC_E_MEMORY)
        return;
    for (size_t i = 0; i < x->p->n; i++) {
        if (strcmp(x->p->items[i].model, p->model) == 0 && strcmp(x->p->items[i].benchmark, p->benchmark) == 0)
            PROBLEM(x, row, BENCHMARK, "'%s' of '%s' is given twice, expected one result", p->benchmark, p->model);
    }
    x->p->n++;
}

sc_code sc_priors_parse(const char *name, const char *text, size_t size, const sc_card *card, sc_priors **out,
                        sc_errors *errors)
{
    prior_reader x = {.card = card, .errors = errors};
    *out = NULL;
    x.code = sc_csv_parse(name, text, size, columns, COLUMNS, &x.t, errors);
    if (x.code != SC_OK)
        return x.code;
    x.p = SC_NEW(sc_priors);
    if (x.p != NULL)
        x.p->items = SC_ARENA_ARRAY(&x.p->arena, sc_prior, sc_csv_rows(x.t) + 1);
    if (x.p == NULL || x.p->items == NULL)
        no_memory(&x);
    for (size_t row = 0; x.code != SC_E_MEMORY && row < sc_csv_rows(x.t); row++)
        read_row(&x, row);
    sc_csv_free(x.t);
    if (x.code == SC_OK)
        *out = x.p;
    else
        sc_priors_free(x.p);
    return x.code;
}

sc_code sc_priors_load(const char *path, const sc_card *card, sc_priors **out, sc_errors *errors)
{
    char *text;
    size_t size;
    *out = NULL;
    if (path == NULL) {
        for (const sc_embedded_file *f = sc_embedded_files; f->name != NULL; f++) {
            if (strcmp(f->name, BUILT_IN) == 0)
                return sc_priors_parse(f->name, (const char *)f->data, f->size, card, out, errors);
        }
        return sc_errors_add(errors, SC_E_INTERNAL, NULL, NULL, "the table %s is not built in", BUILT_IN);
    }
    sc_code code = sc_file_read(path, FILE_MAX, &text, &size, errors);
    if (code != SC_OK)
        return code;
    code = sc_priors_parse(path, text, size, card, out, errors);
    sc_free(text);
    return code;
}

void sc_priors_free(sc_priors *p)
{
    if (p == NULL)
        return;
    sc_arena_release(&p->arena);
    sc_free(p);
}

size_t sc_priors_count(const sc_priors *p) { return p->n; }
const sc_prior *sc_priors_at(const sc_priors *p, size_t i) { return &p->items[i]; }

/* ---- the order in which to test */

static const sc_prior *result_of(const sc_priors *p, const char *model, const char *benchmark)
{
    for (size_t i = 0; i < p->n; i++) {
        if (strcmp(p->items[i].model, model) == 0 && strcmp(p->items[i].benchmark, benchmark) == 0)
            return &p->items[i];
    }
    return NULL;
}

static double sampling_variance(const sc_prior *r)
{
    return r->score * (1.0 - r->score) / (r->n > 0 ? (double)r->n : UNKNOWN_ITEMS);
}

/* The benchmarks weigh alike: how far apart tasks are matters more than how large they are. */
static sc_prior_rank rank_of(const sc_priors *p, const char *current, const char *candidate, double margin)
{
    sc_prior_rank rank = {.model = candidate};
    double variance = 0.0;
    for (size_t i = 0; i < p->n; i++) {
        const sc_prior *of_current = &p->items[i];
        const sc_prior *of_candidate =
            strcmp(of_current->model, current) == 0 ? result_of(p, candidate, of_current->benchmark) : NULL;
        if (of_candidate == NULL)
            continue;
        rank.benchmarks++;
        rank.difference += of_candidate->score - of_current->score;
        variance += sampling_variance(of_candidate) + sampling_variance(of_current) + BETWEEN_TASKS * BETWEEN_TASKS;
    }
    if (rank.benchmarks == 0)
        return rank;
    const double n = (double)rank.benchmarks;
    rank.difference /= n;
    rank.sd = sqrt(variance / (n * n) + BETWEEN_TASKS * BETWEEN_TASKS);
    rank.promise = sc_normal_cdf((rank.difference + margin) / rank.sd);
    return rank;
}

sc_code sc_priors_rank(const sc_priors *p, const char *current, const char *const *candidates, size_t n, double margin,
                       sc_prior_rank *rank)
{
    if (!(margin >= 0.0))
        return SC_E_USAGE;
    for (size_t i = 0; i < n; i++) {
        const sc_prior_rank r = rank_of(p, current, candidates[i], margin);
        size_t at = i;
        for (; at > 0 && rank[at - 1].promise < r.promise; at--)
            rank[at] = rank[at - 1];
        rank[at] = r;
    }
    return SC_OK;
}
