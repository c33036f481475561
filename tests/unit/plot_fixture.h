/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_fixture.h - a folder for pictures, and what stands for gnuplot in it. */
#ifndef SC_TEST_PLOT_FIXTURE_H
#define SC_TEST_PLOT_FIXTURE_H

#include <stddef.h>

extern char plot_folder[64];

/* For CU_add_suite: 0 = done. */
int plot_make_folder(void);
int plot_remove_folder(void);
/* Names in the folder but "." and ".."; they are deleted if `wipe`. */
int plot_files(int wipe);
const char *plot_path(const char *name, char path[256]);
/* The whole file of that name in the folder; free with sc_free. */
char *plot_content(const char *name, size_t *size);
/* True if gnuplot can be started with a PNG terminal that names fonts; otherwise says what is left out. */
int plot_can_draw(void);
/* Makes `program` (NULL = none) the only gnuplot on PATH until plot_real_gnuplot(). */
void plot_fake_gnuplot(const char *program);
void plot_real_gnuplot(void);

#endif
