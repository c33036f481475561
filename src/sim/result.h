/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.h - what a simulation leaves: values by group, period and trial. */
#ifndef SC_SIM_RESULT_H
#define SC_SIM_RESULT_H

#include "base/arena.h"
#include "scenario/model.h"
#include "spendcast/sim.h"

/* A budget's calendar period as far as the horizon covers it. */
typedef struct sc_budget_piece {
    size_t end;   /* day of the horizon after its last */
    double limit; /* USD; shared by days where the horizon cuts the period */
} sc_budget_piece;

typedef struct sc_budget_state {
    const sc_project *project;
    sc_budget_piece *pieces;
    size_t n_pieces;
    double *worst;  /* [n_trials] largest spend / limit of its pieces */
    sc_day *passed; /* [n_trials] first day above the limit, SC_DAY_MAX = never */
} sc_budget_state;

typedef struct sc_sim_period_span {
    sc_day start, end;
    char label[16];
} sc_sim_period_span;

#define SC_ALL_PROJECTS SIZE_MAX

struct sc_sim {
    sc_arena arena; /* plans, names, spans */
    const char **groups;
    size_t n_groups;
    sc_sim_period_span *periods;
    size_t n_periods;
    size_t *day_period; /* [n_days] */
    size_t n_days, n_trials, n_blocks;
    sc_day start;
    double *values;   /* [n_groups + 1][n_periods + 1][n_trials] USD; last group: all, last period: the horizon */
    double *requests; /* [n_blocks][n_groups][n_periods + 1] sums over the trials of a block */
    double *list;     /* the same of cost without the customer's discounts */
    sc_budget_state *budgets;
    size_t n_budgets;
    double *worst_values; /* one allocation for all budgets */
    sc_day *passed_values;
    size_t fan_project;  /* the fan is of this project, or of all */
    double *fan;         /* [n_days][n_trials] cumulative, NULL = not kept */
    double *budget_line; /* [n_days] cumulative, NULL = some project of the fan has no budget */
};

static inline double *sc_sim_values(const sc_sim *r, size_t group, size_t period)
{
    return r->values + (group * (r->n_periods + 1) + period) * r->n_trials;
}

/* Lays out periods and budgets; then the big arrays. */
sc_code sc_sim_prepare(sc_sim *r, const sc_scenario *s, const sc_sim_options *o, sc_period period, size_t blocks);
sc_code sc_sim_allocate(sc_sim *r, const sc_sim_options *o, size_t blocks);

#endif
