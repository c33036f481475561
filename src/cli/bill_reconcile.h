/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_reconcile.h - `spendcast bill --reconcile`: usage against what was billed. */
#ifndef SC_CLI_BILL_RECONCILE_H
#define SC_CLI_BILL_RECONCILE_H

#include "cli/usage_args.h"

/* 0, or 2 after printing which option makes no sense beside --reconcile. */
int reconcile_check(const bill_options *o);
int reconcile_report(const bill_options *o, usage *u, const sc_bill_options *run);

#endif
