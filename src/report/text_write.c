/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_write.c - reports, and texts rendered from them, to files. */
#include "io/file.h"
#include "io/file_writer.h"
#include "spendcast/report.h"

sc_code sc_text_write(const char *path, const char *text, size_t size, sc_errors *errors)
{
    return sc_file_write(path, text, size, errors);
}

/* What goes wrong is told once the file is finished. */
static sc_code add(void *context, const char *text, size_t size)
{
    sc_file_writer_add(context, text, size);
    return SC_OK;
}

sc_code sc_report_save(const sc_report *r, const sc_render_options *o, const char *path, sc_errors *errors)
{
    sc_file_writer *w;
    sc_code code = sc_file_writer_open(path, 0, &w, errors);
    if (code == SC_OK)
        code = sc_report_write(r, o, add, w, errors);
    if (code == SC_OK)
        code = sc_file_writer_finish(w, errors);
    if (code == SC_OK)
        code = sc_file_writer_commit(w, errors);
    sc_file_writer_close(w);
    return code;
}
