/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_waterfall.c - today's cost, what each lever does to it, and the cost after all. */
#include <math.h>

#include "report/drawing.h"
#include "report/plot_axis.h"

#define LEVERS_MAX 200
#define NAME_SHOWN 34 /* characters; waterfall.gp cuts longer names */
#define ROW_HEIGHT 26.0
#define CHANGE_MOST 99.0 /* 9,900 %: more is not told apart */

static int is_amount(double usd) { return fabs(usd) <= SC_USD_MOST; }

static const char *start_name(const sc_waterfall_plot *w) { return w->start_name != NULL ? w->start_name : "today"; }

static const char *end_name(const sc_waterfall_plot *w) { return w->end_name != NULL ? w->end_name : "after all"; }

static sc_code check(const sc_waterfall_plot *w, const char *path, sc_errors *errors)
{
    if (w->count > LEVERS_MAX)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "cannot draw '%s': %zu levers, at most %d can be drawn",
                             path, w->count, LEVERS_MAX);
    if (!is_amount(w->start))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "cannot draw '%s': the cost of '%s' is not an amount",
                             path, start_name(w));
    double total = w->start;
    for (size_t i = 0; i < w->count; i++) {
        total += w->levers[i].usd;
        if (!is_amount(w->levers[i].usd) || !is_amount(total))
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                                 "cannot draw '%s': what '%s' does to the cost is not an amount", path,
                                 w->levers[i].name);
    }
    return SC_OK;
}

static void write_row(sc_drawing *d, const char *kind, const char *name, double from, double to)
{
    sc_strbuf_puts(&d->data, kind);
    sc_drawing_name(d, name);
    sc_drawing_number(d, from, 9);
    sc_drawing_number(d, to, 9);
    sc_strbuf_putc(&d->data, '\n');
}

static double names_pixels(const sc_waterfall_plot *w)
{
    double widest = fmax(sc_text_pixels(start_name(w), NAME_SHOWN), sc_text_pixels(end_name(w), NAME_SHOWN));
    for (size_t i = 0; i < w->count; i++)
        widest = fmax(widest, sc_text_pixels(w->levers[i].name, NAME_SHOWN));
    return widest;
}

static void write_waterfall(const sc_waterfall_plot *w, sc_drawing *d)
{
    sc_strbuf_puts(&d->data, "# units: USD\nkind\tname\tfrom_usd\tto_usd\n");
    write_row(d, "total", start_name(w), 0, w->start);
    double low = fmin(0, w->start), high = fmax(0, w->start), total = w->start;
    for (size_t i = 0; i < w->count; i++) {
        double before = total;
        total += w->levers[i].usd;
        low = fmin(low, total);
        high = fmax(high, total);
        write_row(d, w->levers[i].usd > 0 ? "adds" : "saves", w->levers[i].name, before, total);
    }
    write_row(d, "total", end_name(w), 0, total);

    double rows = (double)w->count + 2, names_end = 24 + names_pixels(w);
    sc_frame frame = {.width = 900, .left = names_end + 10, .right = 862, .top = 108};
    frame.bottom = frame.top + rows * ROW_HEIGHT;
    frame.height = frame.bottom + 60;
    sc_axis usd = sc_axis_linear(low, high, 6);
    sc_drawing_frame(d, &frame);
    sc_axis_set(d, 'x', &usd, SC_PLOT_USD);
    sc_drawing_labels(d, w->usd_label != NULL ? w->usd_label : "cost", "");
    sc_drawing_set(d, "pixels", 1);
    sc_drawing_set(d, "rows", rows);
    sc_drawing_set(d, "row_height", ROW_HEIGHT);
    sc_drawing_set(d, "names_end", names_end);
    int has_share = w->start >= SC_USD_LEAST && total >= 0;
    sc_drawing_set(d, "has_share", has_share);
    sc_drawing_set(d, "end_share", has_share ? fmin(total / w->start - 1, CHANGE_MOST) : 0);
}

sc_code sc_plot_waterfall(const sc_waterfall_plot *w, const char *path, int keep, char *hint, size_t hint_size,
                          sc_errors *errors)
{
    sc_drawing d;
    sc_code code = sc_drawing_begin(&d, "plots/waterfall.gp", path, w->title, NULL, w->subtitle, errors);
    if (code == SC_OK)
        code = check(w, path, errors);
    if (code == SC_OK)
        write_waterfall(w, &d);
    return sc_drawing_finish(&d, code, keep, hint, hint_size, errors);
}
