/* SPDX-License-Identifier: GPL-3.0-or-later */
/* io_error.h - how a failed system call is told to the user. */
#ifndef SC_IO_IO_ERROR_H
#define SC_IO_IO_ERROR_H

#include "spendcast/error.h"

/* Adds "cannot DOING: why" at a path; `error` is an errno.  Returns SC_E_IO. */
sc_code sc_io_error(sc_errors *errors, const char *path, const char *doing, int error);

/* Adds "out of memory" at a path.  Returns SC_E_MEMORY. */
sc_code sc_io_out_of_memory(sc_errors *errors, const char *path);

#endif
