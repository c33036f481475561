/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.h - whole files in, whole files out. */
#ifndef SC_IO_FILE_H
#define SC_IO_FILE_H

#include <stddef.h>

#include "spendcast/error.h"

/* Reads a whole file ("-" = stdin) into *text (terminated by a NUL that is not counted; caller frees with sc_free).
 * SC_E_IO with a message if it cannot be read or is longer than max bytes. */
sc_code sc_file_read(const char *path, size_t max, char **text, size_t *size, sc_errors *errors);

/* Writes a file whole or not at all, as file_writer.h does piece by piece.  SC_E_IO with a message; nothing is left
 * behind on failure. */
sc_code sc_file_write(const char *path, const char *text, size_t size, sc_errors *errors);

/* Names (not paths) of the regular files in a folder that end in `suffix` and do not start with '.', sorted by byte;
 * *names is one allocation that holds the pointers and the text (free with sc_free). */
sc_code sc_file_list(const char *folder, const char *suffix, char ***names, size_t *count, sc_errors *errors);

#endif
