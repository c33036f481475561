/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_args.h - graded answers that a command line names. */
#ifndef SC_CLI_EVIDENCE_ARGS_H
#define SC_CLI_EVIDENCE_ARGS_H

#include "cli/options.h"
#include "spendcast/evidence.h"
#include "spendcast/report.h"

/* NULL where no file is named; free with sc_evidence_free. */
sc_code load_evidence(const opt_list *files, const char *mapping, const sc_card *card, sc_evidence **out,
                      sc_errors *errors);
/* Files and excluded rows. */
void add_evidence_provenance(sc_report *r, const opt_list *files, const sc_evidence *e);

#endif
