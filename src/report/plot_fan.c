/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_fan.c - cumulative spend as a fan of quantiles against a budget. */
#include "report/drawing.h"

#include <string.h>

#include "spendcast/report.h"

/* The column id of a quantile: "p10_usd", "p2.5_usd". */
static void add_level(sc_strbuf *out, double level)
{
    char buf[64];
    sc_format_fixed(level * 100, 1, 0, buf);
    size_t len = strlen(buf);
    if (len > 2 && strcmp(buf + len - 2, ".0") == 0)
        buf[len - 2] = '\0';
    sc_strbuf_printf(out, "\tp%s_usd", buf);
}

static void write_fan(const sc_fan *fan, sc_drawing *d)
{
    char buf[16];
    sc_strbuf_puts(&d->data, "# units: USD, cumulative since the start of the first day\nday");
    add_level(&d->data, fan->low_level);
    add_level(&d->data, 0.5);
    add_level(&d->data, fan->high_level);
    sc_strbuf_puts(&d->data, fan->budget != NULL ? "\tbudget_usd\n" : "\n");
    for (size_t i = 0; i < fan->days; i++) {
        sc_strbuf_puts(&d->data, sc_day_format(fan->day[i], buf));
        sc_drawing_number(d, fan->low[i], 6);
        sc_drawing_number(d, fan->median[i], 6);
        sc_drawing_number(d, fan->high[i], 6);
        if (fan->budget != NULL)
            sc_drawing_number(d, fan->budget[i], 6);
        sc_strbuf_putc(&d->data, '\n');
    }
}

sc_code sc_plot_fan(const sc_fan *fan, const char *path, int keep, char *hint, size_t hint_size, sc_errors *errors)
{
    sc_drawing d;
    sc_code code = sc_drawing_begin(&d, "plots/fan.gp", path, fan->title, NULL, fan->subtitle, errors);
    if (code == SC_OK && fan->days == 0)
        code = sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "cannot draw '%s': there are no days", path);
    if (code == SC_OK) {
        sc_drawing_frame(&d,
                         &(sc_frame){.width = 900, .height = 525, .left = 88, .right = 872, .top = 92, .bottom = 472});
        write_fan(fan, &d);
    }
    return sc_drawing_finish(&d, code, keep, hint, hint_size, errors);
}
