/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cloudwatch_series.c - series of CloudWatch metrics, joined into records. */
#include "usage/cloudwatch_series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "usage/read_document.h"

#define DAY 86400
#define HOUR 3600

/* Room for one more element; 0 if memory ran out. */
static int grow(void *array, size_t count, size_t *cap, size_t size, void **out)
{
    *out = array;
    if (count < *cap)
        return 1;
    const size_t larger = *cap > 0 ? *cap * 2 : 256;
    void *moved = sc_realloc(array, larger, size);
    if (moved == NULL)
        return 0;
    *cap = larger;
    *out = moved;
    return 1;
}

static sc_text copied(sc_cw_export *x, sc_text t)
{
    if (t.len == 0)
        return (sc_text){"", 0};
    char *copy = sc_arena_strndup(&x->texts, t.at, t.len);
    x->no_memory |= copy == NULL;
    return (sc_text){copy, copy != NULL ? t.len : 0};
}

void sc_cw_add_series(sc_cw_export *x, const sc_cw_series *s)
{
    void *array;
    if (!grow(x->series, x->n_series, &x->cap_series, sizeof *x->series, &array)) {
        x->no_memory = 1;
        return;
    }
    x->series = array;
    sc_cw_series *added = &x->series[x->n_series++];
    *added = *s;
    added->account = copied(x, s->account);
    added->region = copied(x, s->region);
    added->model = copied(x, s->model);
    added->project = copied(x, s->project);
    added->window = copied(x, s->window);
}

void sc_cw_add_point(sc_cw_export *x, int64_t time, int64_t value, sc_text source)
{
    void *array;
    if (x->no_memory || !grow(x->points, x->n_points, &x->cap_points, sizeof *x->points, &array)) {
        x->no_memory = 1;
        return;
    }
    x->points = array;
    x->points[x->n_points++] = (sc_cw_point){x->n_series - 1, time, value, source};
}

void sc_cw_release(sc_cw_export *x)
{
    sc_free(x->series);
    sc_free(x->points);
    sc_arena_release(&x->texts);
}

/* ---- periods */

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

/* The period of series that state none, all of which are taken to be of one request: times without usage are left out,
 * so that it divides every distance; where there is none, the longest that the times themselves allow. */
static int64_t find_period(const sc_cw_export *x)
{
    int64_t between = 0, aligned = DAY;
    for (size_t i = 0; i < x->n_points; i++) {
        const sc_cw_point *p = &x->points[i];
        if (x->series[p->series].period != 0)
            continue;
        if (i > 0 && p[-1].series == p->series)
            between = common_divisor(between, p->time - p[-1].time);
        aligned = common_divisor(aligned, p->time);
    }
    return between != 0 ? common_divisor(DAY, between) : aligned;
}

static sc_grain grain_of(int64_t period)
{
    return period < HOUR ? SC_GRAIN_MINUTE : period < DAY ? SC_GRAIN_HOUR : SC_GRAIN_DAY;
}

/* ---- views */

static int compare_texts(sc_text a, sc_text b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    const int order = n > 0 ? memcmp(a.at, b.at, n) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* The more a view tells of what sets the price or who pays, the greater. */
static int view_of(const sc_cw_series *s)
{
    return (s->project.len > 0 ? 4 : 0) + (s->tier >= 0 ? 2 : 0) + (s->window.len > 0 ? 1 : 0);
}

/* Series that are views of the same usage are equal. */
static int compare_models(const sc_cw_series *a, const sc_cw_series *b)
{
    int order = (a->space > b->space) - (a->space < b->space);
    if (order == 0)
        order = compare_texts(a->account, b->account);
    if (order == 0)
        order = compare_texts(a->region, b->region);
    return order != 0 ? order : compare_texts(a->model, b->model);
}

/* Series of one usage by one view, whose points are joined, are equal. */
static int compare_usage(const sc_cw_series *a, const sc_cw_series *b)
{
    int order = compare_models(a, b);
    if (order == 0)
        order = compare_texts(a->project, b->project);
    if (order == 0)
        order = (a->tier > b->tier) - (a->tier < b->tier);
    return order != 0 ? order : compare_texts(a->window, b->window);
}

static int compare_series(const void *a, const void *b)
{
    const sc_cw_series *x = *(sc_cw_series *const *)a, *y = *(sc_cw_series *const *)b;
    const int order = compare_usage(x, y);
    if (order != 0)
        return order;
    if (x->period != y->period)
        return x->period < y->period ? -1 : 1;
    return (x > y) - (x < y);
}

static int has_tokens(const sc_cw_series *s) { return s->slot != SC_CW_REQUESTS; }

/* Series over all models: of use only where the models are told apart as well. */
static void drop_totals(sc_cw_export *x, sc_cw_series **run, size_t n, const int has_models[SC_CW_SPACES])
{
    for (size_t i = 0; i < n; i++) {
        const sc_text source = run[i]->source;
        run[i]->unused = 1;
        if (has_models[run[i]->space])
            x->sink->skip(x->sink, "a total over models that are told one by one");
        else
            x->sink->reject(
                x->sink, source.at, source.len, 0,
                "a count without a model; expected dimension ModelId or Model, or the request in the same file");
    }
}

/* Of the views of one model's usage, keeps the one that tells most. */
static void keep_one_view(sc_cw_export *x, sc_cw_series **run, size_t n)
{
    int best = -1, tokens = 0;
    for (size_t i = 0; i < n; i++)
        tokens |= has_tokens(run[i]);
    for (size_t i = 0; i < n; i++) {
        if (has_tokens(run[i]) == tokens && view_of(run[i]) > best)
            best = view_of(run[i]);
    }
    for (size_t i = 0; i < n; i++) {
        if (view_of(run[i]) == best)
            continue;
        run[i]->unused = 1;
        x->sink->skip(x->sink, "the same usage by fewer or other dimensions");
    }
}

/* Of the series of one usage, keeps those of the shortest period, which come first. */
static void keep_one_period(sc_cw_export *x, sc_cw_series **run, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (run[i]->unused || run[i]->period == run[0]->period)
            continue;
        char reason[160];
        (void)snprintf(reason, sizeof reason, "a period of %lld s beside one of %lld s for the same usage",
                       (long long)run[i]->period, (long long)run[0]->period);
        x->sink->reject(x->sink, run[i]->source.at, run[i]->source.len, 0, reason);
        run[i]->unused = 1;
    }
}

/* Numbers the usages, and marks the series that are not used; `order` holds all series, sorted. */
static void choose_series(sc_cw_export *x, sc_cw_series **order)
{
    int has_models[SC_CW_SPACES] = {0};
    for (size_t i = 0; i < x->n_series; i++)
        has_models[order[i]->space] |= order[i]->model.len > 0 && has_tokens(order[i]);
    for (size_t i = 0, end; i < x->n_series; i = end) {
        for (end = i + 1; end < x->n_series && compare_models(order[i], order[end]) == 0; end++)
            continue;
        if (order[i]->model.len == 0)
            drop_totals(x, order + i, end - i, has_models);
        else
            keep_one_view(x, order + i, end - i);
    }
    for (size_t i = 0, end; i < x->n_series; i = end) {
        for (end = i; end < x->n_series && compare_usage(order[i], order[end]) == 0; end++)
            order[end]->usage = i;
        keep_one_period(x, order + i, end - i);
    }
}

/* ---- records */

/* Points by usage, time and slot, then as in the file; `series` of a point is first made the usage's number. */
typedef struct placed_point {
    size_t usage;
    int slot;
    const sc_cw_point *point;
} placed_point;

static int compare_points(const void *a, const void *b)
{
    const placed_point *x = a, *y = b;
    if (x->usage != y->usage)
        return x->usage < y->usage ? -1 : 1;
    if (x->point->time != y->point->time)
        return x->point->time < y->point->time ? -1 : 1;
    if (x->slot != y->slot)
        return x->slot - y->slot;
    return (x->point > y->point) - (x->point < y->point);
}

static void set_usage(sc_usage_record *r, const sc_cw_series *s)
{
    r->grain = grain_of(s->period);
    r->dim[SC_DIM_ACCOUNT] = s->account;
    r->dim[SC_DIM_REGION] = s->region;
    r->dim[SC_DIM_PROJECT] = s->project;
    r->dim[SC_DIM_MODEL] = s->model;
    if (sc_usage_contains(s->model, ":application-inference-profile/"))
        r->dim[SC_DIM_PROFILE] = s->model;
    r->dim[SC_DIM_ENDPOINT] = sc_text_of(s->space == SC_CW_MANTLE ? "bedrock-mantle" : "bedrock-runtime");
    r->tier = s->tier;
    if (s->window.len > 0)
        r->tag[r->n_tags++] = (sc_usage_tag){sc_text_of("ContextWindow"), s->window};
}

/* Joins points of one usage and time; a value that is given again (by overlapping exports, or under another name of the
 * metric) counts once. */
static void set_values(sc_cw_export *x, sc_usage_record *r, const placed_point *points, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const sc_cw_point *p = points[i].point, *first = i > 0 ? points[i - 1].point : NULL;
        if (i > 0 && points[i].slot == points[i - 1].slot) {
            if (p->value == first->value)
                x->sink->skip(x->sink, "a value that is given again");
            else
                x->sink->reject(x->sink, p->source.at, p->source.len, 0,
                                "another value of the same metric and time; expected one");
            continue;
        }
        if (points[i].slot == SC_CW_REQUESTS)
            r->requests = p->value;
        else
            r->tokens[points[i].slot] = p->value;
    }
}

static void deliver_record(sc_cw_export *x, const placed_point *points, size_t n)
{
    const sc_cw_point *p = points->point;
    int64_t tokens = 0;
    sc_usage_record r;
    sc_usage_clear(&r);
    r.time = p->time;
    set_usage(&r, &x->series[p->series]);
    set_values(x, &r, points, n);
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        tokens |= r.tokens[m];
    /* Requests are counted when they are accepted, tokens when they are done: perhaps a period later. */
    if (r.requests == 0 && tokens != 0)
        r.requests = -1;
    const char *flaw = sc_usage_flaw(&r);
    if (flaw != NULL)
        x->sink->reject(x->sink, p->source.at, p->source.len, 0, flaw);
    else if (tokens == 0 && r.requests <= 0)
        x->sink->skip(x->sink, "no usage in this time");
    else
        x->sink->record(x->sink, &r, p->source.at, p->source.len);
}

static void deliver_points(sc_cw_export *x, placed_point *placed)
{
    size_t n = 0;
    for (size_t i = 0; i < x->n_points; i++) {
        const sc_cw_series *s = &x->series[x->points[i].series];
        if (!s->unused)
            placed[n++] = (placed_point){s->usage, s->slot, &x->points[i]};
    }
    qsort(placed, n, sizeof *placed, compare_points);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1;
             end < n && placed[end].usage == placed[i].usage && placed[end].point->time == placed[i].point->time; end++)
            continue;
        deliver_record(x, placed + i, end - i);
    }
}

void sc_cw_deliver(sc_cw_export *x)
{
    sc_cw_series **order = SC_NEW_ARRAY(sc_cw_series *, x->n_series + 1);
    placed_point *placed = SC_NEW_ARRAY(placed_point, x->n_points + 1);
    if (order == NULL || placed == NULL || x->no_memory) {
        x->no_memory = 1;
    } else {
        const int64_t period = find_period(x);
        for (size_t i = 0; i < x->n_series; i++) {
            order[i] = &x->series[i];
            if (x->series[i].period == 0)
                x->series[i].period = period;
        }
        qsort(order, x->n_series, sizeof(sc_cw_series *), compare_series);
        choose_series(x, order);
        deliver_points(x, placed);
    }
    sc_free(order);
    sc_free(placed);
}
