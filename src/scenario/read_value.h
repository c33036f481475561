/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_value.h - values with a meaning of their own in scenarios: distributions, regions, budgets, the week; for use in
 * tables. */
#ifndef SC_SCENARIO_READ_VALUE_H
#define SC_SCENARIO_READ_VALUE_H

#include "scenario/read_field.h"

void sc_read_uncertain(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_request_tokens(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_region(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_modalities(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_features(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_regions(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_residency(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_weekday(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_burstiness(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_per_key(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_ttl(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_writes(sc_reader *r, const cJSON *node, const sc_field *f, void *target); /* sc_cache_writes */
void sc_read_usd(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_budget_period(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_scope(sc_reader *r, const cJSON *node, const sc_field *f, void *target);
void sc_read_tier(sc_reader *r, const cJSON *node, const sc_field *f, void *target);

#endif
