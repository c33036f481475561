/* SPDX-License-Identifier: GPL-3.0-or-later */
/* portfolio_mip.h - a portfolio problem as a mixed-integer program for GLPK, whose answers are checked exactly. */
#ifndef SC_ADVISE_PORTFOLIO_MIP_H
#define SC_ADVISE_PORTFOLIO_MIP_H

#include "advise/portfolio_table.h"

typedef enum mip_status {
    MIP_BEST,
    MIP_GOOD, /* the node limit came before the proof */
    MIP_NONE, /* no plan keeps the limits */
    MIP_UNDECIDED,
    MIP_BROKEN /* GLPK gave up */
} mip_status;

/* Which limits a model has. */
typedef struct mip_limits {
    bool limited[PORTFOLIO_LIMITS];
    double most[PORTFOLIO_LIMITS];
} mip_limits;

struct glp_prob;

typedef struct portfolio_mip {
    portfolio_table *table;
    struct glp_prob *lp;
    mip_limits limits;
    int risk_column;         /* of the model that makes the risk least; 0 = none */
    int units_row, days_row; /* what makes a plan no worse than one found before */
    double units_most, days_most;
    size_t node_limit, nodes, nodes_before, cuts;
    size_t *choice;         /* [n_workloads] the plan found last */
    portfolio_totals total; /* its sums */
    int *index;             /* GLPK counts from 1: [n + 2] */
    double *value;          /* [n + 2] */
} portfolio_mip;

sc_code mip_init(portfolio_mip *m, portfolio_table *t);
void mip_release(portfolio_mip *m);

/* Calls body(context), in which alone the functions below may be used.  Where GLPK wants to end the process, the body
 * is left and SC_E_MEMORY returned.  Frees what GLPK holds for this thread. */
sc_code mip_guarded(portfolio_mip *m, sc_code (*body)(portfolio_mip *m, void *context), void *context);

/* A new model with these limits; with least_risk the risk is a column. */
void mip_model(portfolio_mip *m, const mip_limits *limits, bool least_risk);
/* What is to be made least: the sum of x[n] over the plan's columns, the position of a workload's choice, the risk. */
void mip_aim(portfolio_mip *m, const double *x);
void mip_aim_low(portfolio_mip *m, size_t workload);
/* Finds the best plan into m->choice. */
mip_status mip_find(portfolio_mip *m);

/* Leaves a plan out from now on; returns the row, to be taken out with mip_drop. */
int mip_exclude(portfolio_mip *m, const size_t *choice);
void mip_drop(portfolio_mip *m, int row);
/* Later plans have no more units, days, than these. */
void mip_most_units(portfolio_mip *m, double units);
void mip_most_days(portfolio_mip *m, double days);
void mip_pin(portfolio_mip *m, size_t workload, size_t choice);
double mip_sum(const portfolio_table *t, const double *x, const size_t *choice);

#endif
