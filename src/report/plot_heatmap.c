/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_heatmap.c - a share in each cell of rows x columns. */
#include <math.h>

#include "report/drawing.h"
#include "report/plot_axis.h"

#define ROWS_MAX 200
#define COLUMNS_MAX 120
#define NAME_SHOWN 30    /* characters; heatmap.gp cuts longer names */
#define CELL_LEAST 50.0  /* "-999 %" */
#define CELL_NARROW 36.0 /* "-999", where the columns' names stand upright */
#define CELL_MOST 150.0
#define CELL_HEIGHT 22.0
#define WIDTH_LEAST 760.0 /* of the legend */
#define HEAD 114.0        /* title, subtitle and legend */
#define FRAME_KEY 22.0    /* a row more of the legend */

static int is_out(const sc_heatmap_plot *h, size_t cell) { return h->not_allowed != NULL && h->not_allowed[cell] != 0; }

/* NaN is a cell that is unknown; an infinity is a mistake. */
static sc_code check(const sc_heatmap_plot *h, const char *path, sc_errors *errors)
{
    if (h->rows < 1 || h->rows > ROWS_MAX || h->columns < 1 || h->columns > COLUMNS_MAX)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                             "cannot draw '%s': %zu rows x %zu columns, 1 x 1 to %d x %d can be drawn", path, h->rows,
                             h->columns, ROWS_MAX, COLUMNS_MAX);
    for (size_t i = 0; i < h->rows * h->columns; i++) {
        if (isinf(h->value[i]))
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                                 "cannot draw '%s': the share of '%s', '%s' is infinite", path,
                                 h->row_names[i / h->columns], h->column_names[i % h->columns]);
    }
    return SC_OK;
}

static double widest(const char *const *names, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, sc_text_pixels(names[i], NAME_SHOWN));
    return most;
}

static void write_cell(const sc_heatmap_plot *h, size_t cell, sc_drawing *d)
{
    size_t row = cell / h->columns, column = cell % h->columns;
    double value = h->value[cell];
    sc_strbuf_printf(&d->data, "%zu\t%zu", row, column);
    sc_drawing_name(d, h->row_names[row]);
    sc_drawing_name(d, h->column_names[column]);
    sc_strbuf_puts(&d->data, is_out(h, cell) ? "\tnot_allowed" : isnan(value) ? "\tunknown" : "\tvalue");
    sc_drawing_number(d, value, 6);
    sc_strbuf_printf(&d->data, "\t%d\n", h->framed != NULL && h->framed[cell] != 0);
}

static void write_heatmap(const sc_heatmap_plot *h, sc_drawing *d)
{
    double columns = (double)h->columns, names_end = 24 + widest(h->row_names, h->rows);
    double head = widest(h->column_names, h->columns);
    /* Upright names where they would make the cells too wide. */
    int turned = head + 12 > CELL_MOST || columns * (head + 12) > WIDTH_LEAST;
    double cell = turned ? CELL_NARROW : fmax(head + 12, CELL_LEAST);
    sc_frame frame = {.left = names_end + 10,
                      .top = HEAD + (h->framed != NULL ? FRAME_KEY : 0) + (turned ? head + 14 : 28)};
    frame.right = frame.left + columns * cell;
    frame.bottom = frame.top + (double)h->rows * CELL_HEIGHT;
    frame.width = fmax(frame.right + 24, WIDTH_LEAST);
    frame.height = frame.bottom + 24;
    sc_drawing_frame(d, &frame);
    sc_drawing_labels(d, h->value_label != NULL ? h->value_label : "share", h->framed != NULL ? h->frame_label : "");
    sc_drawing_set(d, "pixels", 1);
    sc_drawing_set(d, "cell_width", cell);
    sc_drawing_set(d, "cell_height", CELL_HEIGHT);
    sc_drawing_set(d, "names_end", names_end);
    sc_drawing_set(d, "turned", turned);
    sc_drawing_set(d, "has_frames", h->framed != NULL);

    sc_strbuf_puts(&d->data, "# units: shares\nrow\tcolumn\trow_name\tcolumn_name\tstate\tshare\tframed\n");
    for (size_t i = 0; i < h->rows * h->columns; i++)
        write_cell(h, i, d);
}

sc_code sc_plot_heatmap(const sc_heatmap_plot *h, const char *path, int keep, char *hint, size_t hint_size,
                        sc_errors *errors)
{
    sc_drawing d;
    sc_code code = sc_drawing_begin(&d, "plots/heatmap.gp", path, h->title, NULL, h->subtitle, errors);
    if (code == SC_OK)
        code = check(h, path, errors);
    if (code == SC_OK)
        write_heatmap(h, &d);
    return sc_drawing_finish(&d, code, keep, hint, hint_size, errors);
}
