/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drawing.h - what every picture shares: its files, its safe texts, and the way from data to gnuplot and back.
 *
 * A picture's function begins a drawing, appends rows to `data`, sets the numbers its template needs, and finishes.
 * PATH.gp is the settings, then plots/style.gp, then the template.  Texts never enter it. */
#ifndef SC_REPORT_DRAWING_H
#define SC_REPORT_DRAWING_H

#include <stddef.h>

#include "base/strbuf.h"
#include "spendcast/error.h"
#include "spendcast/plot.h"

typedef struct sc_drawing {
    const char *path;     /* the picture, as the caller names it */
    const char *terminal; /* "svg" or "png" */
    const char *template; /* name of the embedded script */
    sc_strbuf title, subtitle;
    sc_strbuf x_label, y_label;       /* without text = not given to the script */
    sc_strbuf data;                   /* what PATH.tsv will hold */
    sc_strbuf settings;               /* lines "name = number" of the script */
    sc_strbuf data_file, script_file; /* PATH.tsv and PATH.gp */
    sc_strbuf part;                   /* what gnuplot writes, before it becomes the picture */
} sc_drawing;

/* Checks the ending of the path and starts the data with the title and the subtitle.  `note` (may be NULL) goes before
 * the subtitle, where it is never cut.  Finish it whatever the code is. */
sc_code sc_drawing_begin(sc_drawing *d, const char *template, const char *path, const char *title, const char *note,
                         const char *subtitle, sc_errors *errors);
/* Names the axes (NULL = without a name), both or none. */
void sc_drawing_labels(sc_drawing *d, const char *x, const char *y);
/* Where the frame stands in an SVG of width x height, in pixels from its top left corner; a PNG has 4/3 of them. */
typedef struct sc_frame {
    double width, height, left, right, top, bottom;
} sc_frame;
void sc_drawing_frame(sc_drawing *d, const sc_frame *frame);
/* A number that the template reads as a variable. */
void sc_drawing_set(sc_drawing *d, const char *name, double value);
/* Adds a tab and the number with so many decimals, NaN where it is none. */
void sc_drawing_number(sc_drawing *d, double x, int decimals);
/* Adds a tab and a name as gnuplot reads it back from a data file: there, a quotation mark would end the field and a
 * backslash would begin an escape, so that they become ' and /. */
void sc_drawing_name(sc_drawing *d, const char *name);
/* Draws if `code` is SC_OK and releases everything.  keep, hint and errors as for sc_plot_fan. */
sc_code sc_drawing_finish(sc_drawing *d, sc_code code, int keep, char *hint, size_t hint_size, sc_errors *errors);

/* True for every number but infinities and NaN. */
static inline int sc_is_finite(double x) { return x - x == 0; }

#endif
