/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quota_gate.h - keeps options from being advised that would throttle under the quotas that the scenario states. */
#ifndef SC_ADVISE_QUOTA_GATE_H
#define SC_ADVISE_QUOTA_GATE_H

#include "advise/advise_parts.h"
#include "advise/quota.h"

/* A part of a workload's requests, and how it is bought. */
typedef struct quota_part {
    sc_way way;
    double share;
} quota_part;

/* How a workload is bought; n = 0: as today. */
struct quota_use {
    size_t n;
    quota_part part[2];
};

typedef enum sc_assess_depth {
    SC_ASSESS_FEW,     /* as SC_ASSESS_BINDING, over the first of the futures */
    SC_ASSESS_BINDING, /* what binds only */
    SC_ASSESS_ALL,
    SC_ASSESS_TOLD /* all, with progress */
} sc_assess_depth;

quota_use advise_use_of(const sc_option *o);

/* Holds all workloads that are bought at a place, as uses[workloads of the scenario] says, against its quota; *n is how
 * many they are. */
sc_code advise_assess_place(const sc_advice *a, const quota_use *uses, const sc_buy *place, sc_assess_depth depth,
                            sc_quota_result *out, size_t *n, sc_errors *errors);
/* *throttles = 1 where the place would throttle and asks for more than what is bought there today. */
sc_code advise_find_throttled(const sc_advice *a, const quota_use *uses, const sc_buy *place, sc_quota_result *out,
                              int *throttles, sc_errors *errors);

/* Options from the first on that would throttle are not allowed; of today's the reason says so. */
void advise_judge_quotas(judged_workload *j, size_t first);
/* 1 if there is room for an option beside what is advised for the workloads before it; then it is taken. */
int advise_has_room(judged_workload *j, const sc_option *o);

#endif
