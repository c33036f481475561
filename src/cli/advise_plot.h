/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advise_plot.h - advice as pictures: cost against quality, what each lever saves, projects by models. */
#ifndef SC_CLI_ADVISE_PLOT_H
#define SC_CLI_ADVISE_PLOT_H

#include "cli/scenario_source.h"
#include "spendcast/advise.h"

/* Whether the pictures that are asked for can be had: 0, or the exit code after printing what is wrong. */
int advise_check_plots(const advise_options *o);
/* Draws what is asked for; 0, or the exit code after printing what is wrong. */
int advise_draw(const advise_options *o, const scenario_source *in, const sc_advice *a);

#endif
