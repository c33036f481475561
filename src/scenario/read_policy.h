/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_policy.h - what an organisation allows, and what a change costs it, from a scenario's JSON. */
#ifndef SC_SCENARIO_READ_POLICY_H
#define SC_SCENARIO_READ_POLICY_H

#include "scenario/read_field.h"

extern const sc_field sc_policy_fields[];
extern const size_t sc_policy_n_fields;
extern const sc_field sc_effort_fields[];
extern const size_t sc_effort_n_fields;

void sc_read_policy(sc_reader *r, const cJSON *node, const sc_field *f, void *target); /* sc_policy */
void sc_read_effort(sc_reader *r, const cJSON *node, const sc_field *f, void *target); /* double[SC_LEVERS] */

#endif
