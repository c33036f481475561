/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_exports.h - `spendcast bill --focus-out` and `--statements`. */
#ifndef SC_CLI_BILL_EXPORTS_H
#define SC_CLI_BILL_EXPORTS_H

#include "cli/usage_args.h"

/* Writes what the options ask for and says so in the report.  0, or the exit code after printing why not. */
int write_exports(const bill_options *o, const usage *u, const sc_bill_options *run, sc_report *r);

#endif
