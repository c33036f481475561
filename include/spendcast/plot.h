/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot.h - pictures: data files and the gnuplot call that draws them.
 *
 * Texts are shown as they are and never interpreted; a NULL title, subtitle or label is left out.  Whatever a struct
 * points to stays the caller's and is only read during the call.  Not a number, an infinity or an interval that is not
 * in order is SC_E_USAGE unless a field says otherwise. */
#ifndef SPENDCAST_PLOT_H
#define SPENDCAST_PLOT_H

#include <stddef.h>

#include "spendcast/date.h"
#include "spendcast/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Cumulative spend by day, as a fan of quantiles, against a budget line. */
typedef struct sc_fan {
    const char *title;    /* shown as it is, never interpreted */
    const char *subtitle; /* provenance in one line; both may be NULL */
    size_t days;
    const sc_day *day;                 /* [days] */
    const double *low, *median, *high; /* [days] USD, cumulative since the start */
    double low_level, high_level;      /* 0.10, 0.90 */
    const double *budget;              /* [days] cumulative budget in USD, or NULL */
} sc_fan;

/* Whether a picture can have this name: SC_E_USAGE unless it ends in .svg or .png.  Touches no file. */
SC_API sc_code sc_plot_check(const char *path, sc_errors *errors);

/* Writes the picture to `path` (ending in .svg or .png) through gnuplot, whole or not at all.  The data and the script
 * are written beside it as PATH.tsv and PATH.gp and removed again on success unless keep != 0.  Without gnuplot (not
 * found on PATH) both stay, hint[hint_size] (512 will do; NULL = not wanted) gets the command that would draw it,
 * quoted for a shell and safe to print, and SC_OK is returned; after drawing, the hint is "".  Errors: SC_E_USAGE
 * unknown ending or no days, SC_E_IO gnuplot failed (its message is quoted; data and script stay) or a file could not
 * be written, SC_E_MEMORY. */
SC_API sc_code sc_plot_fan(const sc_fan *fan, const char *path, int keep, char *hint, size_t hint_size,
                           sc_errors *errors);

/* The pictures below are written as sc_plot_fan writes its own: files, keep, hint and errors are the same, with
 * SC_E_USAGE also for values that cannot be drawn. */

/* How a point is judged: each has a colour and a shape. */
typedef enum sc_point_status {
    SC_POINT_TODAY, /* at most one, as of what is advised */
    SC_POINT_ADVISED,
    SC_POINT_RECOMMENDED,
    SC_POINT_NEEDS_EVIDENCE,
    SC_POINT_NOT_RECOMMENDED
} sc_point_status;

/* One offer with its intervals: low <= value <= high (equal = none drawn). */
typedef struct sc_plot_point {
    const char *name;
    sc_point_status status;
    double cost_low, cost, cost_high;          /* USD, >= 0; P10, median or mean, P90 */
    double quality_low, quality, quality_high; /* shares, 0 to 1; quality NaN = unknown: not drawn, but counted */
} sc_plot_point;

/* Cost against quality of the offers of one workload, with the efficient frontier (no cheaper offer is at least as
 * good) and a band below today's quality less the margin.  Today's, what is advised, the recommended and the frontier's
 * points are named, 12 at most, where there is room.  The cost axis is logarithmic where the costs differ 30-fold or
 * more. */
typedef struct sc_frontier_plot {
    const char *title, *subtitle;
    const char *cost_label, *quality_label; /* "cost a month, P10 to P90"; NULL = "cost", "quality" */
    size_t count;                           /* 1 and more; at least one of known quality */
    const sc_plot_point *points;            /* [count], in any order */
    double margin;                          /* share, 0 to 1: quality that may be lost, 0.02; NaN = no band */
} sc_frontier_plot;

SC_API sc_code sc_plot_frontier(const sc_frontier_plot *f, const char *path, int keep, char *hint, size_t hint_size,
                                sc_errors *errors);

/* What one lever does to the cost. */
typedef struct sc_plot_lever {
    const char *name;
    double usd; /* negative = saves */
} sc_plot_lever;

/* Today's cost, one falling or rising bar a lever, the cost after all: bars from left to right, one row each, in the
 * order given.  The picture grows with the rows. */
typedef struct sc_waterfall_plot {
    const char *title, *subtitle;
    const char *start_name, *end_name; /* NULL = "today", "after all" */
    const char *usd_label;             /* "cost a month"; NULL = "cost" */
    double start;                      /* USD before the first lever */
    size_t count;                      /* levers, 0 to 200 */
    const sc_plot_lever *levers;       /* [count] */
} sc_waterfall_plot;

SC_API sc_code sc_plot_waterfall(const sc_waterfall_plot *w, const char *path, int keep, char *hint, size_t hint_size,
                                 sc_errors *errors);

/* A share in each cell of rows x columns, such as the saving a month as a share of today's cost: above 0 blue, below 0
 * orange, full colour from +-50 % on.  The picture grows with both. */
typedef struct sc_heatmap_plot {
    const char *title, *subtitle;
    const char *value_label;          /* "saving a month, share of today's cost"; NULL = "share" */
    size_t rows, columns;             /* 1 to 200 rows, 1 to 120 columns */
    const char *const *row_names;     /* [rows] */
    const char *const *column_names;  /* [columns] */
    const double *value;              /* [rows * columns], row by row: 0.25 = 25 %; NaN = unknown, grey */
    const unsigned char *not_allowed; /* [rows * columns], 1 = marked, whatever its value; NULL = all are allowed */
    const unsigned char *framed;      /* [rows * columns], 1 = has a frame where it has a value; NULL = none */
    const char *frame_label;          /* what a frame means; needed with framed */
} sc_heatmap_plot;

SC_API sc_code sc_plot_heatmap(const sc_heatmap_plot *h, const char *path, int keep, char *hint, size_t hint_size,
                               sc_errors *errors);

/* How the numbers of an axis are written: "$1,234", "12 %", "1.5". */
typedef enum sc_plot_unit { SC_PLOT_USD, SC_PLOT_SHARE, SC_PLOT_NUMBER } sc_plot_unit;

typedef struct sc_plot_curve {
    const char *name;
    const double *y;          /* [points], within 1e12 of 0 as all numbers here */
    const double *low, *high; /* [points] band around y: low <= y <= high; both NULL = none */
} sc_plot_curve;

/* A vertical line; outside the range of x it is not drawn. */
typedef struct sc_plot_marker {
    double x;
    const char *label;
} sc_plot_marker;

/* Curves with bands over a common x, such as the probability that a premium pays over the value of a success. */
typedef struct sc_curves_plot {
    const char *title, *subtitle;
    const char *x_label, *y_label;
    sc_plot_unit x_unit, y_unit;
    int x_log;                     /* != 0: logarithmic, every x at least 1e-6 */
    size_t points;                 /* 1 and more */
    const double *x;               /* [points], each at least 1e-9 above the one before */
    size_t count;                  /* curves, 1 to 6 */
    const sc_plot_curve *curves;   /* [count] */
    size_t marker_count;           /* 0 to 4 */
    const sc_plot_marker *markers; /* [marker_count] */
} sc_curves_plot;

SC_API sc_code sc_plot_curves(const sc_curves_plot *c, const char *path, int keep, char *hint, size_t hint_size,
                              sc_errors *errors);

#ifdef __cplusplus
}
#endif
#endif
