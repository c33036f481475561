/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command_line.h - the line that gives the same report again. */
#ifndef SC_CLI_COMMAND_LINE_H
#define SC_CLI_COMMAND_LINE_H

#include "cli/options.h"

/* The command with its arguments and every option that differs from its default and changes the result, quoted for a
 * POSIX shell.  Free with free(); NULL = out of memory. */
char *command_line(const command *c, const void *options, const char *const *args, size_t n);

#endif
