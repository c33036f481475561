/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_axis.h - round axes, and where names find room beside their points. */
#ifndef SC_REPORT_PLOT_AXIS_H
#define SC_REPORT_PLOT_AXIS_H

#include "report/drawing.h"

/* Amounts that can be drawn, in USD: what the files hold with 9 decimals, and what an axis has names for. */
#define SC_USD_LEAST 1e-9
#define SC_USD_MOST 1e12

/* Ends are multiples of the step; of a logarithmic axis, a digit times a power of ten, and the step is 0. */
typedef struct sc_axis {
    double low, high, step;
    int log;
} sc_axis;

/* A linear axis around low <= high with about `ticks` steps; it begins at 0 where that costs little room. */
sc_axis sc_axis_linear(double low, double high, int ticks);
/* A logarithmic axis around 0 < low <= high. */
sc_axis sc_axis_log(double low, double high);
/* Where x stands: 0 = the low end, 1 = the high end. */
double sc_axis_at(const sc_axis *axis, double x);
/* Sets x_low, x_high, x_step, x_log and x_unit (for name = 'x'), from which style.gp makes the ticks. */
void sc_axis_set(sc_drawing *d, char name, const sc_axis *axis, sc_plot_unit unit);

/* Pixels that a text takes at most in the 10 pixel font, when it is cut to `most` characters. */
double sc_text_pixels(const char *text, size_t most);

typedef struct sc_box {
    double left, top, right, bottom; /* pixels, top < bottom */
} sc_box;

/* Looks for a place of width x height beside (x, y): inside `frame`, clear of every box in taken[taken_count], with as
 * few as possible of avoid[avoid_count] crossed, as near as possible.  Returns 0 where there is none. */
int sc_find_room(sc_box *place, double x, double y, double width, double height, const sc_box *frame,
                 const sc_box *taken, size_t taken_count, const sc_box *avoid, size_t avoid_count);

#endif
