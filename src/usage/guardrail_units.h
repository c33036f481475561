/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guardrail_units.h - units of guardrail policies that the trace of a model call states.
 *
 * InvokeModel: {"guardrail":{"input":{ID:ASSESSMENT},"outputs":[{ID:ASSESSMENT}]}}; Converse:
 * {"guardrail":{"inputAssessment":{ID:ASSESSMENT},"outputAssessments":{ID:[ASSESSMENT]}}}; an assessment has
 * {"invocationMetrics":{"usage":{"topicPolicyUnits":1, ...}}} (AWS Bedrock API reference, GuardrailUsage, 2026). */
#ifndef SC_USAGE_GUARDRAIL_UNITS_H
#define SC_USAGE_GUARDRAIL_UNITS_H

#include "usage/token_counts.h"

#define SC_GUARDRAIL_UNITS 8

typedef struct sc_guardrail_units {
    int64_t n[SC_GUARDRAIL_UNITS]; /* by policy, over all assessments */
} sc_guardrail_units;

/* Adds the units of a trace; a value of another shape is skipped. */
void sc_guardrail_read(sc_fields *f, sc_json_cursor *c, sc_guardrail_units *u);
/* Units of each policy that has some.  Returns how many. */
size_t sc_guardrail_extras(const sc_guardrail_units *u, sc_extra extras[SC_GUARDRAIL_UNITS]);

#endif
