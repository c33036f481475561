/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_write.c - a rendered report to a file. */
#include "io/file.h"
#include "spendcast/report.h"

sc_code sc_text_write(const char *path, const char *text, size_t size, sc_errors *errors)
{
    return sc_file_write(path, text, size, errors);
}
