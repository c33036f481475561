/* SPDX-License-Identifier: GPL-3.0-or-later */
/* justify_report.h - a case, and initiatives, as tables and sentences. */
#ifndef SC_CLI_JUSTIFY_REPORT_H
#define SC_CLI_JUSTIFY_REPORT_H

#include "cli/commands.h"
#include "spendcast/justify.h"

/* One page for people; everything for programs. */
void justify_case_report(sc_report *r, const justify_options *o, const sc_case *c);
/* Ranked ones first; `basis` says how spend is known ("simulated" or "actual"). */
void justify_initiatives_report(sc_report *r, const justify_options *o, const sc_initiative *list, size_t n,
                                const char *basis);

#endif
