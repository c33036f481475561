/* SPDX-License-Identifier: GPL-3.0-or-later */
/* portfolio_table.h - a portfolio problem as columns, one a choice, in the numbers that plans are compared by. */
#ifndef SC_ADVISE_PORTFOLIO_TABLE_H
#define SC_ADVISE_PORTFOLIO_TABLE_H

#include "advise/portfolio.h"

/* Column first[w] + j is choice j of workload w. */
typedef struct portfolio_table {
    const portfolio_problem *p;
    size_t n;       /* columns */
    size_t *first;  /* [n_workloads + 1] */
    double *spend;  /* [n] mean cost, USD */
    double *net;    /* [n] mean cost - worth + migration, USD */
    double *effort; /* [n] days */
    double *units;  /* [n] net above the workload's least, in whole units: sums of them are exact */
    double *days;   /* [n] effort likewise */
    bool *open;     /* [n] may be chosen: allowed by the pins, and no other choice is better in all respects */
    double alpha;
    /* the mix of choices looked at last */
    double *mix;            /* [n] weight of each column */
    double *total, *sorted; /* [trials] its cost, by trial and in order */
    size_t *tail;           /* [tail_n] the worst trials by index, the one at the edge last */
    size_t tail_n;
    double tail_mass, edge_weight; /* the edge counts with this weight, the others with 1; their sum is the mass */
} portfolio_table;

/* SC_E_USAGE for a problem that makes no sense.  Release also after a failure. */
sc_code portfolio_table_init(portfolio_table *t, const portfolio_problem *p, sc_errors *errors);
void portfolio_table_release(portfolio_table *t);

/* CVaR of the mix; sets its total and its tail. */
double portfolio_table_risk(portfolio_table *t);
/* The same with the plan as the mix, and all its sums. */
portfolio_totals portfolio_table_totals(portfolio_table *t, const size_t *choice);
/* The mean cost of column k over the tail set last. */
double portfolio_table_tail_mean(const portfolio_table *t, size_t workload, size_t choice);

double portfolio_alpha(const portfolio_problem *p);

/* The value is within the limit, up to 1e-9 of it. */
bool portfolio_keeps(double value, double most);

/* How much of n trials the tail of a CVaR holds: so many whole ones, and a part of the next. */
typedef struct portfolio_tail {
    size_t whole;
    double part, mass; /* mass: whole + part */
} portfolio_tail;
portfolio_tail portfolio_tail_of(size_t n, double alpha);

#endif
