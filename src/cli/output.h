/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.h - where results and problems go: stdout or a file, stderr, exit codes; the clock and the terminal. */
#ifndef SC_CLI_OUTPUT_H
#define SC_CLI_OUTPUT_H

#include "cli/options.h"

/* Exit code of a library code. */
int exit_code(sc_code code);

/* Prints all problems to stderr, in the order found. */
void print_errors(const sc_errors *errors);

/* Prints one problem as print_errors does: whatever could act on a terminal is shown as '?'.  `where` is the command
 * where the command line itself is wrong ("spendcast rates list: ..."); NULL for problems of values and files. */
void print_problem(const char *where, const char *format, ...) SC_PRINTF(2, 3);
/* "unknown KIND 'name'" with the nearest of names[0..n) or, where none is near, with the first of them. */
void print_unknown(const char *where, const char *kind, const char *name, const char *const *names, size_t n);

/* Prints how to draw a plot later, where gnuplot is not installed; nothing for "". */
void print_plot_hint(const char *hint);

/* Renders and writes the report, frees it, and returns the exit code: `finding` (0 or 1) if all went well. */
int emit_report(const globals *g, sc_report *r, int finding);
/* The same for tables that make no sense cut to the terminal. */
int emit_wide_report(const globals *g, sc_report *r);

/* The rate card the options name; NULL after printing why not, with the exit code in *status. */
sc_card *open_card(const globals *g, int *status);

/* Today in UTC. */
sc_day today(void);

/* Card and version, first in every report's provenance. */
void add_card_provenance(sc_report *r, const sc_card *card);

/* A progress line on stderr while it is a terminal; NULL otherwise. */
sc_progress progress_line(const globals *g);
void progress_done(sc_progress p);

#endif
