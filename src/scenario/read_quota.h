/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_quota.h - the quotas of a scenario: what Bedrock lets an account use a minute or a day of a model. */
#ifndef SC_SCENARIO_READ_QUOTA_H
#define SC_SCENARIO_READ_QUOTA_H

#include "scenario/read_field.h"

/* The keys of one quota. */
#define SC_QUOTA_FIELDS 9
extern const sc_field sc_quota_fields[SC_QUOTA_FIELDS];

/* A list of quotas, into the scenario at `target`. */
void sc_read_quotas(sc_reader *r, const cJSON *node, const sc_field *f, void *target);

/* The output that requests ask for: at most what the model writes, at least what requests write on average. */
void sc_read_max_tokens(sc_reader *r, const cJSON *node, const sc_field *f, void *target);

#endif
