/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file_writer.h - a file written piece by piece, whole or not at all.
 *
 *     sc_file_writer *w;
 *     code = sc_file_writer_open(path, 0, &w, errors);
 *     while (code == SC_OK && ...) sc_file_writer_add(w, text, size);
 *     if (code == SC_OK) code = sc_file_writer_finish(w, errors);
 *     if (code == SC_OK) code = sc_file_writer_commit(w, errors);
 *     sc_file_writer_close(w);
 *
 * Until the commit there is only a temporary file in the same folder, so that several files can all be finished before
 * the first one gets its name.  A file that is replaced keeps its permissions, a symbolic link to it stays; a target
 * that is no regular file (/dev/stdout, a pipe) is written in place. */
#ifndef SC_IO_FILE_WRITER_H
#define SC_IO_FILE_WRITER_H

#include <stddef.h>

#include "spendcast/error.h"

typedef struct sc_file_writer sc_file_writer;

/* `gzip` 1: compressed (RFC 1952), without a name and a time, so that the same text gives the same bytes.  `path` must
 * stay alive as long as the writer.  SC_E_IO with a message; *out is NULL on failure. */
sc_code sc_file_writer_open(const char *path, int gzip, sc_file_writer **out, sc_errors *errors);
/* A failure is remembered and told by sc_file_writer_finish. */
void sc_file_writer_add(sc_file_writer *w, const char *text, size_t size);
/* 1 once writing failed, so that a long job can stop early. */
int sc_file_writer_failed(const sc_file_writer *w);
/* Nothing more is added: everything is on the disk when this succeeds. */
sc_code sc_file_writer_finish(sc_file_writer *w, sc_errors *errors);
/* Gives a finished file its name. */
sc_code sc_file_writer_commit(sc_file_writer *w, sc_errors *errors);
/* Frees the writer, NULL is fine; without a commit nothing is left behind. */
void sc_file_writer_close(sc_file_writer *w);

#endif
