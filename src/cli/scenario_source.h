/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_source.h - a scenario from its file, or fitted to usage that is given in its place. */
#ifndef SC_CLI_SCENARIO_SOURCE_H
#define SC_CLI_SCENARIO_SOURCE_H

#include "cli/commands.h"
#include "cli/scenario_report.h"
#include "cli/usage_args.h"

typedef struct scenario_source {
    const char *path; /* the first input */
    sc_card *card;
    sc_scenario *scenario; /* NULL: usage that was not to be fitted */
    int is_usage;
    usage u; /* owns the card then */
} scenario_source;

/* Fits what the options say; NULL after printing why not, with the exit code in *status. */
sc_profile *fit_profile(const fit_options *f, const usage *u, int *status);

/* One input that is a JSON object with the key "spendcast" is a scenario; everything else is usage, to which a scenario
 * is fitted as `f` says (NULL: none is).  0, or the exit code after printing what is wrong. */
int open_scenario_source(const globals *g, const usage_options *u, const fit_options *f, const char *const *inputs,
                         size_t n, scenario_source *out);
void close_scenario_source(scenario_source *s);
/* Card, scenario or usage, horizon, seed and trials. */
void add_source_provenance(sc_report *r, const scenario_source *s, const trial_options *t);

#endif
