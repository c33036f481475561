/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advise_report.h - advice as tables and sentences. */
#ifndef SC_CLI_ADVISE_REPORT_H
#define SC_CLI_ADVISE_REPORT_H

#include "cli/commands.h"
#include "spendcast/advise.h"

/* What was asked for. */
typedef struct advise_request {
    const command *c;
    const advise_options *o;
    const char *const *inputs;
    size_t n_inputs;
} advise_request;

/* What saves, for all workloads; then what evidence is worth, levers, and for programs every option. */
void advise_overview(sc_report *r, const advise_request *q, const sc_card *card, const sc_advice *a);
/* What to change in all workloads together. */
void advise_plan_report(sc_report *r, const sc_advice *a, const sc_plan *p);
/* What the advice needs of the quotas that the scenario states. */
void advise_quota_table(sc_report *r, const sc_quota_advice *quotas, size_t n);
/* What to reserve. */
void advise_commitment_table(sc_report *r, const sc_advice *a, const sc_commitment_advice *all, size_t n);
/* Every option of one workload with its reason, the verdict and what to mind. */
void advise_explain(sc_report *r, const advise_options *o, const sc_card *card, const sc_advice *a, size_t workload);

#endif
