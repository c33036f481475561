/* SPDX-License-Identifier: GPL-3.0-or-later */
/* portfolio_mip.c - the rows and columns of a portfolio problem in GLPK, with risk as cutting planes.
 *
 * CVaR is the largest mean over any tail of the right mass, so that the mean over one tail is a lower bound for every
 * plan: a row.  The rows needed are found as plans break them (A. Kuenzi-Bay, J. Mayer, "Computational aspects of
 * minimizing conditional value-at-risk", Computational Management Science 3 (2006)).  GLPK keeps rows to about 1e-7
 * only; a plan that breaks a limit by less is left out by a row of its own. */
#include "advise/portfolio_mip.h"

#include <glpk.h>
#include <math.h>
#include <setjmp.h>

#include "base/alloc.h"

#define LET_OUT 2e-9   /* of a row's bound */
#define CUT_PAYS 1e-6  /* of the risk: ten times GLPK's own tolerance of a row */
#define TOL_OBJ 1e-10  /* of the objective, relative: a unit of 1e8 is told from its neighbours */
#define ROOT_ROUNDS 60 /* cuts from plans in parts; more of them pay less than searching */
#define FIND_ROUNDS 5000
#define NODES 200000

sc_code mip_init(portfolio_mip *m, portfolio_table *t)
{
    *m = (portfolio_mip){.table = t, .node_limit = t->p->node_limit > 0 ? t->p->node_limit : NODES};
    m->choice = SC_NEW_ARRAY(size_t, t->p->n_workloads);
    m->index = SC_NEW_ARRAY(int, t->n + 2);
    m->value = SC_NEW_ARRAY(double, t->n + 2);
    if (t->n > INT32_MAX / 2 || m->choice == NULL || m->index == NULL || m->value == NULL)
        return SC_E_MEMORY;
    for (size_t k = 0; k < t->n + 2; k++)
        m->index[k] = (int)k;
    return SC_OK;
}

void mip_release(portfolio_mip *m)
{
    sc_free(m->choice);
    sc_free(m->index);
    sc_free(m->value);
    *m = (portfolio_mip){0};
}

/* ---- GLPK's environment ---- */

static int say_nothing(void *context, const char *text)
{
    (void)context;
    (void)text;
    return 1;
}

static void leave(void *context) { longjmp(*(jmp_buf *)context, 1); }

sc_code mip_guarded(portfolio_mip *m, sc_code (*body)(portfolio_mip *m, void *context), void *context)
{
    jmp_buf way_out;
    if (setjmp(way_out) != 0) {
        (void)glp_free_env();
        m->lp = NULL;
        return SC_E_MEMORY; /* the only fatal error that a model can cause */
    }
    glp_term_hook(say_nothing, NULL);
    glp_error_hook(leave, &way_out);
    const sc_code code = body(m, context);
    (void)glp_free_env();
    m->lp = NULL;
    return code;
}

/* ---- the model ---- */

/* The row sum(value[k] x[k]) <= most, scaled so that its largest coefficient is 1 and let out by less than GLPK's own
 * tolerance, as what is kept exactly is checked later. */
static int add_row(portfolio_mip *m, int columns, double most)
{
    double scale = 0.0;
    for (int k = 1; k <= columns; k++)
        scale = fmax(scale, fabs(m->value[k]));
    if (!(scale > 0.0))
        scale = 1.0;
    for (int k = 1; k <= columns; k++)
        m->value[k] /= scale;
    const int row = glp_add_rows(m->lp, 1);
    const double bound = most / scale;
    glp_set_mat_row(m->lp, row, columns, m->index, m->value);
    glp_set_row_bnds(m->lp, row, GLP_UP, 0.0, bound + LET_OUT * fmax(1.0, fabs(bound)));
    return row;
}

static int sum_row(portfolio_mip *m, const double *x, double most)
{
    for (size_t k = 0; k < m->table->n; k++)
        m->value[k + 1] = x[k];
    return add_row(m, (int)m->table->n, most);
}

/* The mean cost over the tail set last is no more than the limit or the risk. */
static void cut(portfolio_mip *m)
{
    const portfolio_table *t = m->table;
    for (size_t w = 0; w < t->p->n_workloads; w++) {
        for (size_t k = t->first[w]; k < t->first[w + 1]; k++)
            m->value[k + 1] = t->open[k] ? portfolio_table_tail_mean(t, w, k - t->first[w]) : 0.0;
    }
    int columns = (int)t->n;
    if (m->risk_column != 0)
        m->value[++columns] = -1.0;
    (void)add_row(m, columns, m->risk_column != 0 ? 0.0 : m->limits.most[PORTFOLIO_RISK]);
    m->cuts++;
}

static void share_row(portfolio_mip *m, size_t provider, double share)
{
    const portfolio_table *t = m->table;
    for (size_t w = 0; w < t->p->n_workloads; w++) {
        for (size_t k = t->first[w]; k < t->first[w + 1]; k++) {
            const bool its = t->p->workloads[w].choices[k - t->first[w]].provider == provider;
            m->value[k + 1] = t->spend[k] * ((its ? 1.0 : 0.0) - share);
        }
    }
    (void)add_row(m, (int)t->n, 0.0);
}

static void conflict_row(portfolio_mip *m, const portfolio_conflict *c)
{
    for (size_t k = 0; k < m->table->n; k++)
        m->value[k + 1] = 0.0;
    for (size_t i = 0; i < c->n; i++)
        m->value[m->table->first[c->choices[i].workload] + c->choices[i].choice + 1] = 1.0;
    (void)add_row(m, (int)m->table->n, (double)c->most);
}

/* The workload's columns stand side by side. */
static void one_choice_row(portfolio_mip *m, size_t w)
{
    const size_t first = m->table->first[w], n = m->table->first[w + 1] - first;
    const int row = glp_add_rows(m->lp, 1);
    for (size_t j = 1; j <= n; j++)
        m->value[first + j] = 1.0;
    glp_set_mat_row(m->lp, row, (int)n, m->index + first, m->value + first);
    glp_set_row_bnds(m->lp, row, GLP_FX, 1.0, 1.0);
}

static void columns(portfolio_mip *m, bool least_risk)
{
    const portfolio_table *t = m->table;
    glp_add_cols(m->lp, (int)t->n);
    for (size_t k = 0; k < t->n; k++) {
        const int column = (int)k + 1;
        glp_set_col_kind(m->lp, column, GLP_BV);
        if (!t->open[k])
            glp_set_col_bnds(m->lp, column, GLP_FX, 0.0, 0.0);
    }
    m->risk_column = 0;
    if (least_risk) {
        m->risk_column = glp_add_cols(m->lp, 1);
        glp_set_col_bnds(m->lp, m->risk_column, GLP_FR, 0.0, 0.0);
    }
}

void mip_model(portfolio_mip *m, const mip_limits *limits, bool least_risk)
{
    const portfolio_table *t = m->table;
    if (m->lp != NULL)
        glp_delete_prob(m->lp);
    m->lp = glp_create_prob();
    m->limits = *limits;
    m->units_row = m->days_row = 0;
    m->units_most = m->days_most = HUGE_VAL;
    columns(m, least_risk);
    for (size_t w = 0; w < t->p->n_workloads; w++)
        one_choice_row(m, w);
    if (limits->limited[PORTFOLIO_BUDGET])
        (void)sum_row(m, t->spend, limits->most[PORTFOLIO_BUDGET]);
    if (limits->limited[PORTFOLIO_EFFORT])
        (void)sum_row(m, t->effort, limits->most[PORTFOLIO_EFFORT]);
    for (size_t i = 0; limits->limited[PORTFOLIO_SHARE] && i < t->p->n_providers; i++) {
        if (t->p->share[i] < 1.0)
            share_row(m, i, t->p->share[i]);
    }
    for (size_t i = 0; i < t->p->n_conflicts; i++)
        conflict_row(m, &t->p->conflicts[i]);
    if (m->risk_column != 0) {
        /* the column needs a first row, or nothing bounds it: any tail will do */
        for (size_t k = 0; k < t->n; k++)
            t->mix[k] = t->open[k] ? 1.0 : 0.0;
        (void)portfolio_table_risk(m->table);
        cut(m);
    }
}

void mip_aim(portfolio_mip *m, const double *x)
{
    for (size_t k = 0; k < m->table->n; k++)
        glp_set_obj_coef(m->lp, (int)k + 1, x != NULL ? x[k] : 0.0);
    if (m->risk_column != 0)
        glp_set_obj_coef(m->lp, m->risk_column, x != NULL ? 0.0 : 1.0);
}

void mip_aim_low(portfolio_mip *m, size_t workload)
{
    const portfolio_table *t = m->table;
    for (size_t k = 0; k < t->n; k++) {
        const bool its = k >= t->first[workload] && k < t->first[workload + 1];
        glp_set_obj_coef(m->lp, (int)k + 1, its ? (double)(k - t->first[workload]) : 0.0);
    }
}

double mip_sum(const portfolio_table *t, const double *x, const size_t *choice)
{
    double sum = 0.0;
    for (size_t w = 0; w < t->p->n_workloads; w++)
        sum += x[t->first[w] + choice[w]];
    return sum;
}

int mip_exclude(portfolio_mip *m, const size_t *choice)
{
    const portfolio_table *t = m->table;
    for (size_t k = 0; k < t->n; k++)
        m->value[k + 1] = 0.0;
    for (size_t w = 0; w < t->p->n_workloads; w++)
        m->value[t->first[w] + choice[w] + 1] = 1.0;
    return add_row(m, (int)t->n, (double)t->p->n_workloads - 1.0);
}

void mip_drop(portfolio_mip *m, int row) { glp_set_row_bnds(m->lp, row, GLP_FR, 0.0, 0.0); }

/* Sums are whole: half a unit more lets no other plan in. */
static void most_row(portfolio_mip *m, int *row, const double *x, double most)
{
    if (*row != 0)
        mip_drop(m, *row);
    *row = sum_row(m, x, most + 0.5);
}

void mip_most_units(portfolio_mip *m, double units)
{
    m->units_most = units;
    most_row(m, &m->units_row, m->table->units, units);
}

void mip_most_days(portfolio_mip *m, double days)
{
    m->days_most = days;
    most_row(m, &m->days_row, m->table->days, days);
}

void mip_pin(portfolio_mip *m, size_t workload, size_t choice)
{
    const size_t k = m->table->first[workload] + choice;
    glp_set_col_bnds(m->lp, (int)k + 1, GLP_FX, 1.0, 1.0);
}

/* ---- solving ---- */

static double most_risk(const portfolio_mip *m, double risk_column) /* that the model thinks it keeps */
{
    if (m->risk_column != 0)
        return risk_column;
    return m->limits.limited[PORTFOLIO_RISK] ? m->limits.most[PORTFOLIO_RISK] : HUGE_VAL;
}

/* Rows that gain less than GLPK's tolerance change nothing. */
static bool cut_pays(double risk, double most) { return risk - most > CUT_PAYS * fmax(fabs(risk), fabs(most)); }

/* Solves the program with choices in parts, adding the cuts that its solution asks for. */
static mip_status solve_root(portfolio_mip *m)
{
    glp_smcp simplex;
    glp_init_smcp(&simplex);
    simplex.msg_lev = GLP_MSG_OFF;
    simplex.meth = GLP_DUALP;
    for (int round = 0;; round++) {
        if (glp_simplex(m->lp, &simplex) != 0) {
            glp_std_basis(m->lp); /* the basis of before is singular with the new rows */
            if (glp_simplex(m->lp, &simplex) != 0)
                return MIP_BROKEN;
        }
        const int status = glp_get_status(m->lp);
        if (status != GLP_OPT)
            return status == GLP_NOFEAS || status == GLP_INFEAS ? MIP_NONE : MIP_BROKEN;
        const double most = most_risk(m, m->risk_column != 0 ? glp_get_col_prim(m->lp, m->risk_column) : 0.0);
        if (!(most < HUGE_VAL) || round >= ROOT_ROUNDS)
            return MIP_BEST;
        for (size_t k = 0; k < m->table->n; k++)
            m->table->mix[k] = fmax(0.0, glp_get_col_prim(m->lp, (int)k + 1));
        if (!cut_pays(portfolio_table_risk(m->table), most))
            return MIP_BEST;
        cut(m);
    }
}

static void count_nodes(glp_tree *tree, void *context)
{
    portfolio_mip *m = context;
    int all;
    glp_ios_tree_size(tree, NULL, NULL, &all);
    m->nodes = m->nodes_before + (size_t)all;
    if (m->nodes >= m->node_limit)
        glp_ios_terminate(tree);
}

static mip_status search(portfolio_mip *m)
{
    if (m->nodes >= m->node_limit)
        return MIP_UNDECIDED;
    glp_iocp options;
    glp_init_iocp(&options);
    options.msg_lev = GLP_MSG_OFF;
    options.tol_obj = TOL_OBJ;
    options.cb_func = count_nodes;
    options.cb_info = m;
    m->nodes_before = m->nodes;
    const int failure = glp_intopt(m->lp, &options);
    if (failure != 0 && failure != GLP_ESTOP)
        return MIP_BROKEN;
    const int status = glp_mip_status(m->lp);
    if (status == GLP_OPT || status == GLP_FEAS)
        return status == GLP_OPT ? MIP_BEST : MIP_GOOD;
    return failure == 0 ? MIP_NONE : MIP_UNDECIDED;
}

static void read_plan(portfolio_mip *m)
{
    const portfolio_table *t = m->table;
    for (size_t w = 0; w < t->p->n_workloads; w++) {
        size_t best = t->first[w];
        for (size_t k = best + 1; k < t->first[w + 1]; k++) {
            if (glp_mip_col_val(m->lp, (int)k + 1) > glp_mip_col_val(m->lp, (int)best + 1))
                best = k;
        }
        m->choice[w] = best - t->first[w];
    }
    m->total = portfolio_table_totals(m->table, m->choice);
}

static bool keeps_shares(const portfolio_mip *m)
{
    const portfolio_table *t = m->table;
    for (size_t i = 0; m->limits.limited[PORTFOLIO_SHARE] && i < t->p->n_providers; i++) {
        double spend = 0.0;
        for (size_t w = 0; w < t->p->n_workloads; w++) {
            if (t->p->workloads[w].choices[m->choice[w]].provider == i)
                spend += t->spend[t->first[w] + m->choice[w]];
        }
        if (!portfolio_keeps(spend, t->p->share[i] * m->total.spend))
            return false;
    }
    return true;
}

static bool keeps_all(const portfolio_mip *m)
{
    const double values[] = {m->total.spend, m->total.risk, m->total.effort};
    for (int i = 0; i < PORTFOLIO_SHARE; i++) {
        if (m->limits.limited[i] && !portfolio_keeps(values[i], m->limits.most[i]))
            return false;
    }
    return keeps_shares(m) && mip_sum(m->table, m->table->units, m->choice) <= m->units_most &&
           mip_sum(m->table, m->table->days, m->choice) <= m->days_most;
}

mip_status mip_find(portfolio_mip *m)
{
    for (int round = 0; round < FIND_ROUNDS; round++) {
        mip_status status = solve_root(m);
        if (status == MIP_BEST)
            status = search(m);
        if (status != MIP_BEST && status != MIP_GOOD)
            return status;
        read_plan(m);
        const double most = most_risk(m, m->risk_column != 0 ? glp_mip_col_val(m->lp, m->risk_column) : 0.0);
        const bool pays = cut_pays(m->total.risk, most);
        if (pays)
            cut(m);
        if (!keeps_all(m))
            (void)mip_exclude(m, m->choice); /* a row alone may let the same plan in again */
        else if (!pays)
            return status;
    }
    return MIP_UNDECIDED;
}
