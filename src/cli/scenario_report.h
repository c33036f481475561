/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_report.h - what the commands on scenarios share: loading, settings, provenance. */
#ifndef SC_CLI_SCENARIO_REPORT_H
#define SC_CLI_SCENARIO_REPORT_H

#include "cli/commands.h"

/* Loads card and scenario; 0, or the exit code after printing what is wrong. */
int open_scenario(const globals *g, const char *path, sc_card **card, sc_scenario **scenario);

/* Prints every setting in force and where it comes from; frees nothing; returns the exit code. */
int report_settings(const globals *g, const sc_scenario *s, const sc_card *card);

sc_sim_options sim_options(const globals *g, const trial_options *t);

/* Card, scenario, horizon, seed and trials. */
void add_run_provenance(sc_report *r, const sc_card *card, const sc_scenario *s, const char *path,
                        const trial_options *t);

#endif
