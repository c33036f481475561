/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advise_parts.h - what the parts of the advisor share: one workload while its options are judged. */
#ifndef SC_ADVISE_ADVISE_PARTS_H
#define SC_ADVISE_ADVISE_PARTS_H

#include "base/arena.h"
#include "scenario/model.h"
#include "spendcast/advise.h"

typedef struct quota_use quota_use;

struct sc_advice {
    sc_arena arena;
    const sc_scenario *s;
    const sc_card *card;
    sc_advise_options o;
    sc_workload_advice *workloads;
    size_t n;
    double months, cost;
    sc_saving total;
    double by_lever[SC_LEVERS];
    const struct sc_advice *like; /* keep the costs of options that are in the plan of this one; NULL = none */
    sc_plan plan;
    quota_use *uses; /* [workloads of the scenario] what is advised */
};

/* 1 if both are the same way to serve a workload. */
int advise_same_option(const sc_option *a, const sc_option *b);
/* The option that a plan has chosen for a workload of the scenario; NULL = today's. */
const sc_option *advise_planned(const sc_advice *a, size_t workload);
/* As sc_advise; what the plan of `like` (NULL = none) has chosen keeps its costs. */
sc_code advise_run(const sc_scenario *s, const sc_card *card, const sc_advise_options *o, const sc_advice *like,
                   sc_advice **out, sc_errors *errors);

/* What is known of a model's answers to one workload. */
typedef struct model_quality {
    int index; /* in the evidence, -1 = not there */
    sc_evidence_comparison against_today;
    sc_prior_rank prior;
    sc_latency latency; /* of the model alone; limit 0 = the workload has none */
} model_quality;

typedef struct judged_workload {
    sc_advice *a;
    const sc_workload *w;
    sc_evidence_query query;
    int today_index;        /* of today's model in the evidence, -1 = not there */
    model_quality *quality; /* [models of the card] */
    const sc_comparison *c;
    const double *today; /* [trials] */
    double *scratch;     /* [trials] */
    sc_option *options;
    size_t n, cap;
    sc_code code; /* the first failure */
    sc_errors *errors;
} judged_workload;

/* Text of the advice; on failure sets the code and returns "". */
const char *advise_text(judged_workload *j, const char *format, ...) SC_PRINTF(2, 3);
/* A zeroed option at the end of the list, NULL after a failure. */
sc_option *advise_add(judged_workload *j);
/* Status and reason of an option whose saving, levers and quality are set. */
void advise_judge(judged_workload *j, sc_option *o);
/* What is known of a model of the card. */
model_quality *advise_quality_of(const judged_workload *j, const sc_model *m);
/* Answers to grade, to two digits; what is not above 0 stays. */
int64_t advise_two_digits(int64_t n);

/* Reads the latencies of all models, where the workload has a limit. */
void advise_read_latency(judged_workload *j);
/* 1 where measured latencies are above the limit: the option is not allowed, whatever else is known of it. */
int advise_is_too_slow(judged_workload *j, sc_option *o);
/* What would be recommended or tested is held against the limit: evidence is needed until it is known to be kept. */
void advise_judge_latency(judged_workload *j, sc_option *o);
/* What to mind where today's model breaks the limit; "" = it does not. */
const char *advise_slow_today(judged_workload *j);

/* Saving of costs per trial against today's. */
sc_saving advise_saving(judged_workload *j, const double *costs);
/* Copies the costs of an option, so that they stay. */
void advise_keep_costs(judged_workload *j, sc_option *o, const double *costs);
/* The way that the model is bought for least, of offers that are allowed; NULL = none. */
const sc_offer_result *advise_cheapest(const judged_workload *j, const sc_model *m);
unsigned advise_levers(const sc_offer_result *today, const sc_offer_result *o);

/* Options that mix two models: routing by segment and cascades. */
void advise_add_mixes(judged_workload *j);
/* Verdict, risks and the rest that is words. */
void advise_describe(judged_workload *j, sc_workload_advice *out);
/* Adds what each lever of the workload's best option saves. */
void advise_split_levers(const sc_workload_advice *w, double usd[SC_LEVERS]);

#endif
