/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_frontier.c - cost against quality of offers, with the efficient frontier and names where there is room. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "report/drawing.h"
#include "report/plot_axis.h"

#define NAMED_MAX 12
#define NAME_MAX_SHOWN 34 /* characters; frontier.gp cuts longer names */
#define LOG_RATIO 30.0
#define MARK 7.0 /* half the side of a mark, pixels */
#define NAME_HEIGHT 14.0

static const sc_frame frame = {.width = 900, .height = 600, .left = 92, .right = 862, .top = 118, .bottom = 532};

typedef struct placed {
    const sc_plot_point *p;
    size_t index;    /* in the caller's order, the last word where two are equal */
    double best;     /* quality of the frontier at this cost */
    int on_frontier; /* better than all that is cheaper */
    double x, y;     /* pixels */
    int named;
    sc_box name;           /* if named */
    double lead_x, lead_y; /* where the line to the name ends, NaN = there is none */
} placed;

/* One picture in the making. */
typedef struct layout {
    placed *points; /* [count], by cost; those of unknown quality last */
    size_t count, known;
    const sc_plot_point *today; /* NULL = none, or of unknown quality */
    sc_axis cost, quality;
    sc_room room; /* taken: marks, then names; avoid: intervals, steps, lines to names */
} layout;

static int is_known(const sc_plot_point *p) { return p->quality == p->quality; }

static int in_order(double low, double value, double high, double most)
{
    return low >= 0 && low <= value && value <= high && high <= most;
}

static sc_code check(const sc_frontier_plot *f, const char *path, sc_errors *errors)
{
    size_t known = 0, today = 0, advised = 0;
    for (size_t i = 0; i < f->count; i++) {
        const sc_plot_point *p = &f->points[i];
        if (!in_order(p->cost_low, p->cost, p->cost_high, SC_USD_MOST))
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                                 "cannot draw '%s': the cost of '%s' is not three amounts in order", path, p->name);
        if (is_known(p) && !in_order(p->quality_low, p->quality, p->quality_high, 1))
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                                 "cannot draw '%s': the quality of '%s' is not three shares in order, 0 to 1", path,
                                 p->name);
        known += (size_t)is_known(p);
        today += p->status == SC_POINT_TODAY;
        advised += p->status == SC_POINT_ADVISED;
    }
    if (known == 0)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "cannot draw '%s': none of %zu offers has a known quality",
                             path, f->count);
    if (today > 1 || advised > 1)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                             "cannot draw '%s': %zu points are today's, %zu advised, at most one is of each", path,
                             today, advised);
    if (f->margin < 0 || f->margin > 1)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "cannot draw '%s': the margin is not a share, 0 to 1",
                             path);
    return SC_OK;
}

static int by_cost(const void *left, const void *right)
{
    const placed *a = left, *b = right;
    if (is_known(a->p) != is_known(b->p))
        return is_known(a->p) ? -1 : 1;
    if (a->p->cost != b->p->cost)
        return a->p->cost < b->p->cost ? -1 : 1;
    if (is_known(a->p) && a->p->quality != b->p->quality)
        return a->p->quality > b->p->quality ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

static void sort_points(layout *l, const sc_frontier_plot *f)
{
    for (size_t i = 0; i < f->count; i++) {
        l->points[i] = (placed){.p = &f->points[i], .index = i};
        l->known += (size_t)is_known(&f->points[i]);
        if (f->points[i].status == SC_POINT_TODAY && is_known(&f->points[i]))
            l->today = &f->points[i];
    }
    qsort(l->points, f->count, sizeof *l->points, by_cost);
    double best = -1;
    for (size_t i = 0; i < l->known; i++) {
        placed *at = &l->points[i];
        at->on_frontier = at->p->quality > best;
        best = at->on_frontier ? at->p->quality : best;
        at->best = best;
    }
}

static void set_axes(layout *l)
{
    const sc_plot_point *first = l->points[0].p;
    double low = first->cost_low, high = first->cost_high;
    double worst = first->quality_low, best = first->quality_high;
    for (size_t i = 1; i < l->known; i++) {
        const sc_plot_point *p = l->points[i].p;
        low = fmin(low, p->cost_low);
        high = fmax(high, p->cost_high);
        worst = fmin(worst, p->quality_low);
        best = fmax(best, p->quality_high);
    }
    if (low < SC_USD_LEAST) /* the files hold so many decimals */
        low = 0;
    l->cost = low > 0 && high >= LOG_RATIO * low ? sc_axis_log(low, high) : sc_axis_linear(low, high, 6);
    l->quality = sc_axis_linear(worst, best, 6);
    if (l->quality.high > 1)
        l->quality.high = 1;
    if (l->quality.low < 0 || l->quality.high <= l->quality.low)
        l->quality.low = 0;
}

static double across(const layout *l, double cost)
{
    return frame.left + sc_axis_at(&l->cost, cost) * (frame.right - frame.left);
}

static double down(const layout *l, double quality)
{
    return frame.bottom - sc_axis_at(&l->quality, quality) * (frame.bottom - frame.top);
}

/* Marks must stay clear of names; intervals and the frontier's steps should. */
static void take_room(layout *l)
{
    sc_room *room = &l->room;
    for (size_t i = 0; i < l->known; i++) {
        placed *at = &l->points[i];
        const sc_plot_point *p = at->p;
        at->x = across(l, p->cost);
        at->y = down(l, p->quality);
        room->taken[room->taken_count++] = (sc_box){at->x - MARK, at->y - MARK, at->x + MARK, at->y + MARK};
        room->avoid[room->avoid_count++] =
            (sc_box){across(l, p->cost_low), at->y - 1, across(l, p->cost_high), at->y + 1};
        room->avoid[room->avoid_count++] =
            (sc_box){at->x - 1, down(l, p->quality_high), at->x + 1, down(l, p->quality_low)};
        double y = down(l, at->best), end = i + 1 < l->known ? across(l, l->points[i + 1].p->cost) : frame.right;
        room->avoid[room->avoid_count++] = (sc_box){at->x, y - 1, end, y + 1};
        if (i > 0)
            room->avoid[room->avoid_count++] = (sc_box){at->x - 1, y, at->x + 1, down(l, l->points[i - 1].best)};
    }
}

#define RANKS 4

/* 0 = first to be named, RANKS = not to be named. */
static int rank(const placed *at)
{
    switch (at->p->status) {
    case SC_POINT_TODAY: return 0;
    case SC_POINT_ADVISED: return 1;
    case SC_POINT_RECOMMENDED: return 2;
    default: return at->on_frontier ? 3 : RANKS;
    }
}

static void name_points(layout *l)
{
    size_t named = 0;
    for (int order = 0; order < RANKS; order++) {
        for (size_t i = 0; i < l->known && named < NAMED_MAX; i++) {
            placed *at = &l->points[i];
            if (rank(at) != order)
                continue;
            at->named = sc_room_take(&l->room, at->x, at->y, sc_text_pixels(at->p->name, NAME_MAX_SHOWN), NAME_HEIGHT,
                                     &at->name, &at->lead_x, &at->lead_y);
            named += (size_t)at->named;
        }
    }
}

static const char *status_name(sc_point_status status)
{
    static const char *const names[] = {"today", "advised", "recommended", "needs_evidence", "not_recommended"};
    return names[status];
}

/* A place inside the frame, in shares of it. */
static void write_place(double x, double y, sc_drawing *d)
{
    sc_drawing_number(d, (x - frame.left) / (frame.right - frame.left), 4);
    sc_drawing_number(d, (frame.bottom - y) / (frame.bottom - frame.top), 4);
}

/* The middle of the name, and the end of its line where it stands too far from its mark to do without. */
static void write_name_place(const placed *at, sc_drawing *d)
{
    const sc_box *name = &at->name;
    double none = HUGE_VAL;
    write_place(at->named ? (name->left + name->right) / 2 : none, at->named ? (name->top + name->bottom) / 2 : none,
                d);
    write_place(at->named ? at->lead_x : none, at->named ? at->lead_y : none, d);
}

static void write_frontier(const sc_frontier_plot *f, const layout *l, sc_drawing *d)
{
    sc_drawing_frame(d, &frame);
    sc_drawing_labels(d, f->cost_label != NULL ? f->cost_label : "cost",
                      f->quality_label != NULL ? f->quality_label : "quality");
    sc_axis_set(d, 'x', &l->cost, SC_PLOT_USD);
    sc_axis_set(d, 'y', &l->quality, SC_PLOT_SHARE);
    sc_drawing_set(d, "last_cost", l->points[l->known - 1].p->cost);
    sc_drawing_set(d, "best", l->points[l->known - 1].best);
    int band = l->today != NULL && f->margin == f->margin;
    sc_drawing_set(d, "has_band", band);
    sc_drawing_set(d, "band", band ? l->today->quality - f->margin : 0);
    sc_drawing_set(d, "margin", band ? f->margin : 0);

    sc_strbuf_puts(&d->data, "# units: USD, shares; places of names and lines are shares of the frame\n"
                             "status\tname\tcost_low_usd\tcost_usd\tcost_high_usd\tquality_low\tquality\tquality_high\t"
                             "frontier\tname_x\tname_y\tline_x\tline_y\n");
    for (size_t i = 0; i < l->count; i++) {
        const placed *at = &l->points[i];
        const sc_plot_point *p = at->p;
        int known = is_known(p);
        sc_strbuf_puts(&d->data, status_name(p->status));
        sc_drawing_name(d, p->name);
        sc_drawing_number(d, p->cost_low, 9);
        sc_drawing_number(d, p->cost, 9);
        sc_drawing_number(d, p->cost_high, 9);
        sc_drawing_number(d, known ? p->quality_low : HUGE_VAL, 6);
        sc_drawing_number(d, known ? p->quality : HUGE_VAL, 6);
        sc_drawing_number(d, known ? p->quality_high : HUGE_VAL, 6);
        sc_drawing_number(d, known ? at->best : HUGE_VAL, 6);
        write_name_place(at, d);
        sc_strbuf_putc(&d->data, '\n');
    }
}

static sc_code lay_out(const sc_frontier_plot *f, layout *l, sc_errors *errors)
{
    *l = (layout){.count = f->count,
                  .points = SC_NEW_ARRAY(placed, f->count),
                  .room = {.frame = {frame.left + 3, frame.top + 3, frame.right, frame.bottom - 3},
                           .taken = SC_NEW_ARRAY(sc_box, f->count + NAMED_MAX),
                           .avoid = SC_NEW_ARRAY(sc_box, 4 * f->count + NAMED_MAX * SC_LEAD_PARTS)}};
    if (l->points == NULL || l->room.taken == NULL || l->room.avoid == NULL)
        return sc_errors_add(errors, SC_E_MEMORY, NULL, NULL, "out of memory");
    sort_points(l, f);
    set_axes(l);
    take_room(l);
    name_points(l);
    return SC_OK;
}

static void layout_release(layout *l)
{
    sc_free(l->points);
    sc_free(l->room.taken);
    sc_free(l->room.avoid);
}

sc_code sc_plot_frontier(const sc_frontier_plot *f, const char *path, int keep, char *hint, size_t hint_size,
                         sc_errors *errors)
{
    sc_drawing d;
    layout l = {0};
    size_t unknown = 0;
    for (size_t i = 0; i < f->count; i++)
        unknown += (size_t)!is_known(&f->points[i]);
    sc_strbuf note = {0};
    if (unknown > 0)
        sc_strbuf_printf(&note, "%zu of %zu not drawn: quality unknown", unknown, f->count);
    sc_code code = sc_drawing_begin(&d, "plots/frontier.gp", path, f->title, note.text, f->subtitle, errors);
    if (code == SC_OK && note.failed)
        code = sc_errors_add(errors, SC_E_MEMORY, NULL, NULL, "out of memory");
    if (code == SC_OK)
        code = check(f, path, errors);
    if (code == SC_OK)
        code = lay_out(f, &l, errors);
    if (code == SC_OK)
        write_frontier(f, &l, &d);
    layout_release(&l);
    sc_strbuf_release(&note);
    return sc_drawing_finish(&d, code, keep, hint, hint_size, errors);
}
