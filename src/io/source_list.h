/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source_list.h - the files that a user means by naming files and folders. */
#ifndef SC_IO_SOURCE_LIST_H
#define SC_IO_SOURCE_LIST_H

#include <stddef.h>

#include "base/arena.h"
#include "spendcast/error.h"

typedef struct sc_source_list {
    const char **path; /* sorted by byte; "-" is stdin */
    size_t count;
    sc_arena strings;
} sc_source_list;

/* Expands files, folders (with all folders below them) and "-".  In folders, only regular files are taken, and nothing
 * whose name starts with '.'; what is named outright is taken as it is.  Symbolic links are followed.  A file that is
 * reached in several ways is taken once, under the first of its paths, with a warning.  SC_E_IO or SC_E_INPUT for what
 * cannot be read and for a folder without files; all are reported, and the list is empty.  Release in any case. */
sc_code sc_source_list_make(const char *const *args, size_t n, sc_source_list *out, sc_errors *errors);
void sc_source_list_release(sc_source_list *l);

#endif
