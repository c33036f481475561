/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_curves.c - curves with bands over a common x, and vertical marker lines. */
#include <math.h>

#include "report/drawing.h"
#include "report/plot_axis.h"

#define CURVES_MAX ((size_t)6)
#define MARKERS_MAX ((size_t)4)
#define KEYS_PER_ROW ((size_t)2)
#define KEY_ROW 18.0 /* pixels */
#define MARKER_ROW 17.0
#define MOST 1e12                    /* of any number */
#define LEAST 1e-9                   /* between two x: the files hold as many decimals */
#define LOG_LEAST 1e-6               /* of a logarithmic x: its axis may begin far below one single point */
#define FLAT 1e-7                    /* a y nearer to 0 is drawn on it */
#define LABEL_MAX_SHOWN ((size_t)48) /* characters; curves.gp cuts longer names */

static int can_draw(double x) { return x >= -MOST && x <= MOST; }

static sc_code refuse(const char *path, sc_errors *errors, const char *why, const char *name)
{
    return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "cannot draw '%s': %s%s%s%s", path, why,
                         name != NULL ? " '" : "", name != NULL ? name : "", name != NULL ? "'" : "");
}

static sc_code check_curve(const sc_curves_plot *c, const sc_plot_curve *curve, const char *path, sc_errors *errors)
{
    if ((curve->low == NULL) != (curve->high == NULL))
        return refuse(path, errors, "one side only of the band of", curve->name);
    for (size_t i = 0; i < c->points; i++) {
        if (!can_draw(curve->y[i]))
            return refuse(path, errors, "not a number within 1e12 of 0 in", curve->name);
        if (curve->low != NULL && !(curve->low[i] <= curve->y[i] && curve->y[i] <= curve->high[i] &&
                                    can_draw(curve->low[i]) && can_draw(curve->high[i])))
            return refuse(path, errors, "the band is not around the curve in", curve->name);
    }
    return SC_OK;
}

static sc_code check(const sc_curves_plot *c, const char *path, sc_errors *errors)
{
    if (c->points == 0 || c->count == 0 || c->count > CURVES_MAX || c->marker_count > MARKERS_MAX)
        return sc_errors_add(
            errors, SC_E_USAGE, NULL, NULL,
            "cannot draw '%s': %zu points, %zu curves, %zu markers, not at least 1, 1 to %zu, 0 to %zu", path,
            c->points, c->count, c->marker_count, CURVES_MAX, MARKERS_MAX);
    for (size_t i = 0; i < c->points; i++) {
        if (!can_draw(c->x[i]) || (i > 0 && !(c->x[i] - c->x[i - 1] >= LEAST)))
            return refuse(path, errors, "x is not increasing by 1e-9 and more", NULL);
    }
    if (c->x_log && c->x[0] < LOG_LEAST)
        return refuse(path, errors, "x is below 1e-6, a logarithmic axis needs more", NULL);
    for (size_t i = 0; i < c->marker_count; i++) {
        if (!can_draw(c->markers[i].x))
            return refuse(path, errors, "not a number within 1e12 of 0 for the marker", c->markers[i].label);
    }
    sc_code code = SC_OK;
    for (size_t i = 0; i < c->count && code == SC_OK; i++)
        code = check_curve(c, &c->curves[i], path, errors);
    return code;
}

/* The data reach from edge to edge; one point stands in the middle. */
static sc_axis x_axis(const sc_curves_plot *c)
{
    double first = c->x[0], last = c->x[c->points - 1];
    sc_axis axis = c->x_log ? sc_axis_log(first, last) : sc_axis_linear(first, last, 7);
    if (first < last) {
        axis.low = first;
        axis.high = last;
    }
    return axis;
}

static sc_axis y_axis(const sc_curves_plot *c)
{
    double low = c->curves[0].y[0], high = low;
    for (size_t k = 0; k < c->count; k++) {
        const sc_plot_curve *curve = &c->curves[k];
        for (size_t i = 0; i < c->points; i++) {
            low = fmin(low, curve->low != NULL ? curve->low[i] : curve->y[i]);
            high = fmax(high, curve->high != NULL ? curve->high[i] : curve->y[i]);
        }
    }
    sc_axis axis = sc_axis_linear(fabs(low) < FLAT ? 0 : low, fabs(high) < FLAT ? 0 : high, 6);
    if (c->y_unit == SC_PLOT_SHARE && low >= 0)
        axis.low = fmax(axis.low, 0);
    if (c->y_unit == SC_PLOT_SHARE && high <= 1)
        axis.high = fmin(axis.high, 1);
    return axis;
}

static sc_frame frame_of(const sc_curves_plot *c)
{
    size_t key_rows = (c->count + KEYS_PER_ROW - 1) / KEYS_PER_ROW;
    sc_frame frame = {.width = 900, .left = 88, .right = 868};
    frame.top = 84 + KEY_ROW * (double)key_rows + MARKER_ROW * (double)c->marker_count;
    frame.bottom = frame.top + 380;
    frame.height = frame.bottom + 64;
    return frame;
}

static void write_row(sc_drawing *d, const char *kind, size_t number, const char *name, const double values[4])
{
    sc_strbuf_printf(&d->data, "%s\t%zu", kind, number);
    sc_drawing_name(d, name);
    for (size_t i = 0; i < 4; i++)
        sc_drawing_number(d, values[i], 9);
    sc_strbuf_putc(&d->data, '\n');
}

static int is_inside(const sc_plot_marker *m, const sc_axis *x) { return x->low <= m->x && m->x <= x->high; }

/* Labels stand right of their line, each in a row of its own, the leftmost highest: so no line meets a label.  Where
 * there is no room on the right, a label stands on the left. */
static void write_markers(const sc_curves_plot *c, const sc_axis *x, const sc_frame *frame, sc_drawing *d)
{
    for (size_t i = 0; i < c->marker_count; i++) {
        const sc_plot_marker *m = &c->markers[i];
        if (!is_inside(m, x))
            continue;
        size_t row = 1;
        for (size_t k = 0; k < c->marker_count; k++)
            row += is_inside(&c->markers[k], x) && (c->markers[k].x > m->x || (c->markers[k].x == m->x && k > i));
        double end = frame->left + sc_axis_at(x, m->x) * (frame->right - frame->left) +
                     sc_text_pixels(m->label, LABEL_MAX_SHOWN) * 1.06 + 6;
        const double values[] = {m->x, end > frame->width - 8 ? 1 : 0, HUGE_VAL, HUGE_VAL};
        write_row(d, "marker", row, m->label, values);
    }
}

static void write_curves(const sc_curves_plot *c, sc_drawing *d)
{
    sc_frame frame = frame_of(c);
    sc_axis x = x_axis(c), y = y_axis(c);
    sc_drawing_frame(d, &frame);
    sc_drawing_labels(d, c->x_label, c->y_label);
    sc_axis_set(d, 'x', &x, c->x_unit);
    sc_axis_set(d, 'y', &y, c->y_unit);
    sc_drawing_set(d, "curves", (double)c->count);
    sc_drawing_set(d, "single", c->points == 1);

    sc_strbuf_puts(&d->data, "# units: as the labels of the axes say\nkind\tnumber\tname\tx\ty\tlow\thigh\n");
    for (size_t k = 0; k < c->count; k++) {
        const sc_plot_curve *curve = &c->curves[k];
        for (size_t i = 0; i < c->points; i++) {
            const double values[] = {c->x[i], curve->y[i], curve->low != NULL ? curve->low[i] : HUGE_VAL,
                                     curve->high != NULL ? curve->high[i] : HUGE_VAL};
            write_row(d, "curve", k + 1, curve->name, values);
        }
    }
    write_markers(c, &x, &frame, d);
}

sc_code sc_plot_curves(const sc_curves_plot *c, const char *path, int keep, char *hint, size_t hint_size,
                       sc_errors *errors)
{
    sc_drawing d;
    sc_code code = sc_drawing_begin(&d, "plots/curves.gp", path, c->title, NULL, c->subtitle, errors);
    if (code == SC_OK)
        code = check(c, path, errors);
    if (code == SC_OK)
        write_curves(c, &d);
    return sc_drawing_finish(&d, code, keep, hint, hint_size, errors);
}
