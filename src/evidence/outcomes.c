/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outcomes.c - outcomes.csv: what workloads brought, summed by project, workload and period. */
#include <gsl/gsl_fit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "evidence/evidence_names.h"
#include "io/csv_table.h"
#include "io/file.h"
#include "spendcast/evidence.h"

#define FILE_MAX ((size_t)256 << 20)
#define COUNT_MAX INT64_C(1000000000000)
#define DAYS_OF_TREND 30.0

enum { DATE, PROJECT, WORKLOAD, ATTEMPTS, SUCCESSES, VALUE, FAILURE_COST, HUMAN_MINUTES, NOTE, COLUMNS };
static const sc_csv_column columns[COLUMNS] = {
    [DATE] = {"date", SC_CSV_REQUIRED},
    [PROJECT] = {"project", SC_CSV_REQUIRED},
    [WORKLOAD] = {"workload", SC_CSV_OPTIONAL},
    [ATTEMPTS] = {"attempts", SC_CSV_REQUIRED},
    [SUCCESSES] = {"successes", SC_CSV_REQUIRED},
    [VALUE] = {"value_usd", SC_CSV_OPTIONAL},
    [FAILURE_COST] = {"failure_cost_usd", SC_CSV_OPTIONAL},
    [HUMAN_MINUTES] = {"human_minutes", SC_CSV_OPTIONAL},
    [NOTE] = {"note", SC_CSV_OPTIONAL},
};

/* A row; an amount below 0 is not stated. */
typedef struct outcome_row {
    sc_day date;
    uint32_t pair; /* project and workload */
    int64_t attempts, successes;
    sc_money value, failure_cost;
    int64_t human_minutes; /* thousandths */
    size_t row;            /* in the table */
} outcome_row;

struct sc_outcomes {
    sc_arena arena;
    ev_names projects, pairs; /* workloads in the space of their project */
    outcome_row *rows;        /* as in the file */
    size_t n;
};

/* The table being read. */
typedef struct outcome_reader {
    sc_csv_table *t;
    sc_errors *errors;
    sc_code code;
} outcome_reader;

static int64_t read_count(outcome_reader *x, size_t row, size_t column)
{
    const char *text = sc_csv_cell(x->t, row, column);
    int64_t value = 0;
    if (sc_decimal_parse(text, strlen(text), 0, &value) == SC_OK && value >= 0 && value <= COUNT_MAX)
        return value;
    x->code = sc_csv_error(x->t, row, column, x->errors, "'%s' is no number of %s, expected a whole number from 0",
                           text, columns[column].name);
    return 0;
}

/* An amount with at most so many decimals, -1 where the cell is empty. */
static sc_int128 read_amount(outcome_reader *x, size_t row, size_t column, int decimals, const char *what)
{
    const char *text = sc_csv_cell(x->t, row, column);
    int64_t value = 0;
    if (text[0] == '\0')
        return -1;
    if (sc_decimal_parse(text, strlen(text), decimals, &value) == SC_OK && value >= 0)
        return value;
    x->code = sc_csv_error(x->t, row, column, x->errors,
                           "'%s' is no %s, expected a number from 0 with at most %d decimals", text, what, decimals);
    return -1;
}

static sc_day read_date(outcome_reader *x, size_t row)
{
    const char *text = sc_csv_cell(x->t, row, DATE);
    sc_day day = 0;
    if (sc_day_parse(text, strlen(text), &day) != SC_OK)
        x->code = sc_csv_error(x->t, row, DATE, x->errors, "'%s' is no date, expected YYYY-MM-DD", text);
    return day;
}

static void no_memory(outcome_reader *x)
{
    x->code = sc_errors_add(x->errors, SC_E_MEMORY, NULL, NULL, "out of memory");
}

static void read_row(outcome_reader *x, sc_outcomes *o, size_t row)
{
    const char *project_name = sc_csv_cell(x->t, row, PROJECT);
    outcome_row *r = &o->rows[o->n];
    *r = (outcome_row){.date = read_date(x, row),
                       .attempts = read_count(x, row, ATTEMPTS),
                       .successes = read_count(x, row, SUCCESSES),
                       /* femto-USD of an int64 end at $9,223; nine decimals of a dollar are enough for a day */
                       .value = read_amount(x, row, VALUE, 9, "amount of dollars"),
                       .failure_cost = read_amount(x, row, FAILURE_COST, 9, "amount of dollars"),
                       .human_minutes = (int64_t)read_amount(x, row, HUMAN_MINUTES, 3, "number of minutes"),
                       .row = row};
    if (r->value > 0)
        r->value *= SC_FEMTO_PER_USD / 1000000000;
    if (r->failure_cost > 0)
        r->failure_cost *= SC_FEMTO_PER_USD / 1000000000;
    if (project_name[0] == '\0')
        x->code = sc_csv_error(x->t, row, PROJECT, x->errors, "is empty, expected the name of a project");
    if (r->successes > r->attempts)
        x->code = sc_csv_error(x->t, row, SUCCESSES, x->errors, "%lld successes of %lld attempts, expected at most all",
                               (long long)r->successes, (long long)r->attempts);
    const int64_t project = ev_names_add(&o->projects, &o->arena, 0, project_name);
    const int64_t pair =
        project < 0 ? -1 : ev_names_add(&o->pairs, &o->arena, (uint32_t)project, sc_csv_cell(x->t, row, WORKLOAD));
    if (pair < 0) {
        no_memory(x);
        return;
    }
    r->pair = (uint32_t)pair;
    o->n++;
}

static int by_pair_and_date(const void *pa, const void *pb)
{
    const outcome_row *a = *(const outcome_row *const *)pa, *b = *(const outcome_row *const *)pb;
    if (a->pair != b->pair)
        return a->pair < b->pair ? -1 : 1;
    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static void check_twice(outcome_reader *x, const sc_outcomes *o)
{
    const outcome_row **order = SC_NEW_ARRAY(const outcome_row *, o->n + 1);
    if (order == NULL) {
        no_memory(x);
        return;
    }
    for (size_t i = 0; i < o->n; i++)
        order[i] = &o->rows[i];
    qsort(order, o->n, sizeof *order, by_pair_and_date);
    for (size_t i = 1; i < o->n; i++) {
        if (order[i - 1]->pair == order[i]->pair && order[i - 1]->date == order[i]->date)
            x->code = sc_csv_error(x->t, order[i]->row, DATE, x->errors,
                                   "this date, project and workload are on line %d already, expected one row of them",
                                   sc_csv_line(x->t, order[i - 1]->row));
    }
    sc_free(order);
}

sc_code sc_outcomes_parse(const char *name, const char *text, size_t size, sc_outcomes **out, sc_errors *errors)
{
    outcome_reader x = {.errors = errors};
    *out = NULL;
    x.code = sc_csv_parse(name, text, size, columns, COLUMNS, &x.t, errors);
    if (x.code != SC_OK)
        return x.code;
    sc_outcomes *o = SC_NEW(sc_outcomes);
    if (o != NULL)
        o->rows = SC_NEW_ARRAY(outcome_row, sc_csv_rows(x.t) + 1);
    if (o == NULL || o->rows == NULL)
        no_memory(&x);
    for (size_t row = 0; x.code != SC_E_MEMORY && row < sc_csv_rows(x.t); row++)
        read_row(&x, o, row);
    if (x.code == SC_OK)
        check_twice(&x, o);
    sc_csv_free(x.t);
    if (x.code == SC_OK)
        *out = o;
    else
        sc_outcomes_free(o);
    return x.code;
}

sc_code sc_outcomes_load(const char *path, sc_outcomes **out, sc_errors *errors)
{
    char *text;
    size_t size;
    *out = NULL;
    sc_code code = sc_file_read(path, FILE_MAX, &text, &size, errors);
    if (code != SC_OK)
        return code;
    code = sc_outcomes_parse(path, text, size, out, errors);
    sc_free(text);
    return code;
}

void sc_outcomes_free(sc_outcomes *o)
{
    if (o == NULL)
        return;
    ev_names_release(&o->projects);
    ev_names_release(&o->pairs);
    sc_free(o->rows);
    sc_arena_release(&o->arena);
    sc_free(o);
}

size_t sc_outcomes_count(const sc_outcomes *o) { return o->pairs.n; }
const char *sc_outcomes_project(const sc_outcomes *o, size_t i)
{
    return o->projects.items[o->pairs.items[i].space].text;
}
const char *sc_outcomes_workload(const sc_outcomes *o, size_t i) { return o->pairs.items[i].text; }

/* ---- sums */

static int is_wanted(const sc_outcomes *o, const outcome_row *r, const char *project, const char *workload, sc_day from,
                     sc_day to)
{
    return r->date >= from && r->date < to &&
           (project == NULL || strcmp(sc_outcomes_project(o, r->pair), project) == 0) &&
           (workload == NULL || strcmp(sc_outcomes_workload(o, r->pair), workload) == 0);
}

/* Adds an amount; one that is not stated makes the sum unknown. */
static void add_money(sc_money *sum, int *is_known, sc_money amount)
{
    *is_known &= amount >= 0;
    *sum += amount >= 0 ? amount : 0;
}

static int add_row(sc_outcome_sum *s, const outcome_row *r)
{
    const int64_t minutes = r->human_minutes >= 0 ? r->human_minutes : 0;
    s->first = s->rows == 0 || r->date < s->first ? r->date : s->first;
    s->last = s->rows == 0 || r->date > s->last ? r->date : s->last;
    s->rows++;
    add_money(&s->value, &s->has_value, r->value);
    add_money(&s->failure_cost, &s->has_failure_cost, r->failure_cost);
    s->has_human_minutes &= r->human_minutes >= 0;
    return !__builtin_add_overflow(s->attempts, r->attempts, &s->attempts) &&
           !__builtin_add_overflow(s->successes, r->successes, &s->successes) &&
           !__builtin_add_overflow(s->human_minutes_1000, minutes, &s->human_minutes_1000);
}

sc_code sc_outcomes_sum(const sc_outcomes *o, const char *project, const char *workload, sc_day from, sc_day to,
                        sc_outcome_sum *out)
{
    *out = (sc_outcome_sum){.has_value = 1, .has_failure_cost = 1, .has_human_minutes = 1};
    for (size_t i = 0; i < o->n; i++) {
        if (is_wanted(o, &o->rows[i], project, workload, from, to) && !add_row(out, &o->rows[i]))
            return SC_E_INPUT;
    }
    if (out->rows == 0)
        *out = (sc_outcome_sum){0};
    return SC_OK;
}

/* ---- trend */

/* Slope per 30 days and its standard error from the scatter about the line. */
static void weighted_slope(const double *x, const double *weight, const double *y, size_t n, double *slope, double *se)
{
    double c0, c1, cov00, cov01, cov11, chisq;
    (void)gsl_fit_wlinear(x, 1, weight, 1, y, 1, n, &c0, &c1, &cov00, &cov01, &cov11, &chisq);
    *slope = c1 * DAYS_OF_TREND;
    *se = sqrt(cov11 * chisq / (double)(n - 2)) * DAYS_OF_TREND;
}

/* Rows of trend: day, attempts, share of successes, in three arrays of room for all. */
static size_t trend_rows(const sc_outcomes *o, const char *project, const char *workload, sc_day from, sc_day to,
                         double *x, double *attempts, double *share)
{
    size_t n = 0;
    for (size_t i = 0; i < o->n; i++) {
        const outcome_row *r = &o->rows[i];
        if (!is_wanted(o, r, project, workload, from, to) || r->attempts == 0)
            continue;
        x[n] = (double)r->date;
        attempts[n] = (double)r->attempts;
        share[n++] = (double)r->successes / (double)r->attempts;
    }
    return n;
}

static int varies(const double *x, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (x[i] != x[0])
            return 1;
    }
    return 0;
}

sc_code sc_outcomes_trend(const sc_outcomes *o, const char *project, const char *workload, sc_day from, sc_day to,
                          sc_outcome_trend *out)
{
    double *x = SC_NEW_ARRAY(double, 4 * o->n + 1), *attempts, *share, *equal, mean = 0.0;
    *out = (sc_outcome_trend){0};
    if (x == NULL)
        return SC_E_MEMORY;
    attempts = x + o->n;
    share = attempts + o->n;
    equal = share + o->n;
    const size_t n = trend_rows(o, project, workload, from, to, x, attempts, share);
    for (size_t i = 0; i < n; i++) {
        mean += attempts[i] / (double)n;
        equal[i] = 1.0;
    }
    if (n >= 3 && varies(x, n)) {
        out->rows = (int64_t)n;
        weighted_slope(x, equal, attempts, n, &out->attempts, &out->attempts_se);
        weighted_slope(x, attempts, share, n, &out->successes, &out->successes_se);
        out->attempts /= mean;
        out->attempts_se /= mean;
    }
    sc_free(x);
    return SC_OK;
}
