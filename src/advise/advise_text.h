/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advise_text.h - figures as they stand in the advisor's sentences; texts live as long as the advice. */
#ifndef SC_ADVISE_ADVISE_TEXT_H
#define SC_ADVISE_ADVISE_TEXT_H

#include "advise/advise_parts.h"
#include "spendcast/report.h"

const char *advise_usd(judged_workload *j, double usd);           /* "$1,234", "$12.30" below 100 */
const char *advise_percent(judged_workload *j, double share);     /* "94 %"; never "100 %" or "0 %" for what is not */
const char *advise_points(judged_workload *j, double difference); /* "2 points", "0.5 points" */
/* "-0.8 points (90 %: -2.1 to +0.4) on 412 answers by both" */
const char *advise_difference(judged_workload *j, const sc_evidence_comparison *c);

#endif
