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

/* What names keep clear of: of every box in taken, of those in avoid as far as they can; all stand inside `frame`. */
typedef struct sc_room {
    sc_box frame;
    sc_box *taken, *avoid; /* with room for what sc_room_take adds */
    size_t taken_count, avoid_count;
} sc_room;

#define SC_LEAD_PARTS 6 /* boxes that stand for the line from a name to its point */

/* Looks for a place of width x height beside (x, y), as near as may be, and takes it: one box more in taken and
 * SC_LEAD_PARTS more in avoid.  (*lead_x, *lead_y) is where the line to the name ends, NaN where the name is near
 * enough without.  Returns 0 where there is no room. */
int sc_room_take(sc_room *room, double x, double y, double width, double height, sc_box *place, double *lead_x,
                 double *lead_y);

#endif
