/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot.h - series files and the gnuplot call that draws them. */
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

#ifdef __cplusplus
}
#endif
#endif
