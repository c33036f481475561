/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.c - what a simulation leaves, and the figures read from it. */
#include "sim/result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "stats/elementary.h"
#include "stats/summary.h"

/* ---- layout ---- */

/* First month number of the calendar period (of `months` months) that holds a day. */
static int period_month(sc_day day, int months) { return sc_day_month(day) / months * months; }

static int months_of(sc_budget_period p) { return p == SC_BUDGET_MONTH ? 1 : 3; }

static sc_code lay_out_periods(sc_sim *r, const sc_scenario *s, sc_period period)
{
    int months = period == SC_PERIOD_MONTH ? 1 : 3;
    r->periods = SC_ARENA_ARRAY(&r->arena, sc_sim_period_span, r->n_days + 1);
    r->day_period = SC_ARENA_ARRAY(&r->arena, size_t, r->n_days);
    if (r->periods == NULL || r->day_period == NULL)
        return SC_E_MEMORY;
    if (period == SC_PERIOD_TOTAL)
        return SC_OK;
    for (size_t d = 0; d < r->n_days; d++) {
        sc_day day = s->start + (sc_day)d;
        int first = period_month(day, months), year = first / 12;
        if (r->n_periods == 0 ||
            day >= sc_month_start(period_month(r->periods[r->n_periods - 1].start, months) + months)) {
            sc_sim_period_span *span = &r->periods[r->n_periods++];
            span->start = day;
            if (period == SC_PERIOD_MONTH)
                snprintf(span->label, sizeof span->label, "%04d-%02d", year, first % 12 + 1);
            else
                snprintf(span->label, sizeof span->label, "%04d-Q%d", year, first % 12 / 3 + 1);
        }
        r->periods[r->n_periods - 1].end = day + 1;
        r->day_period[d] = r->n_periods - 1;
    }
    return SC_OK;
}

static sc_code lay_out_budget(sc_sim *r, const sc_scenario *s, const sc_project *p, sc_budget_state *b)
{
    double limit = sc_money_to_usd(p->budget.limit);
    b->project = p;
    b->pieces = SC_ARENA_ARRAY(&r->arena, sc_budget_piece, r->n_days);
    if (b->pieces == NULL)
        return SC_E_MEMORY;
    if (p->budget.period == SC_BUDGET_HORIZON) {
        b->pieces[b->n_pieces++] = (sc_budget_piece){r->n_days, limit};
        return SC_OK;
    }
    int months = months_of(p->budget.period);
    for (sc_day day = s->start; day < s->end;) {
        int first = period_month(day, months);
        sc_day from = sc_month_start(first), to = sc_month_start(first + months), end = to < s->end ? to : s->end;
        b->pieces[b->n_pieces++] =
            (sc_budget_piece){(size_t)(end - s->start), limit * (double)(end - day) / (double)(to - from)};
        day = end;
    }
    return SC_OK;
}

static sc_code lay_out_budgets(sc_sim *r, const sc_scenario *s)
{
    size_t drawn = 0;
    r->budgets = SC_ARENA_ARRAY(&r->arena, sc_budget_state, s->n_projects);
    r->budget_line = SC_ARENA_ARRAY(&r->arena, double, r->n_days);
    if (r->budgets == NULL || r->budget_line == NULL)
        return SC_E_MEMORY;
    for (size_t p = 0; p < s->n_projects; p++) {
        if (s->projects[p].budget.period == SC_BUDGET_NONE)
            continue;
        sc_budget_state *b = &r->budgets[r->n_budgets++];
        sc_code code = lay_out_budget(r, s, &s->projects[p], b);
        if (code != SC_OK)
            return code;
        size_t day = 0;
        int in_line = r->fan_project == SC_ALL_PROJECTS || r->fan_project == p;
        drawn += (size_t)in_line;
        for (size_t i = 0; in_line && i < b->n_pieces; i++) {
            double a_day = b->pieces[i].limit / (double)(b->pieces[i].end - day);
            for (; day < b->pieces[i].end; day++)
                r->budget_line[day] += a_day;
        }
    }
    for (size_t d = 1; d < r->n_days; d++)
        r->budget_line[d] += r->budget_line[d - 1];
    if (drawn < (r->fan_project == SC_ALL_PROJECTS ? s->n_projects : 1))
        r->budget_line = NULL;
    return SC_OK;
}

sc_code sc_sim_prepare(sc_sim *r, const sc_scenario *s, const sc_sim_options *o, sc_period period, size_t blocks)
{
    r->start = s->start;
    r->n_days = (size_t)(s->end - s->start);
    r->n_trials = (size_t)o->trials;
    r->n_blocks = blocks;
    sc_code code = lay_out_periods(r, s, period);
    return code == SC_OK ? lay_out_budgets(r, s) : code;
}

sc_code sc_sim_allocate(sc_sim *r, const sc_sim_options *o, size_t blocks)
{
    r->values = SC_NEW_ARRAY(double, (r->n_groups + 1) * (r->n_periods + 1) * r->n_trials);
    r->requests = SC_NEW_ARRAY(double, blocks * r->n_groups * (r->n_periods + 1));
    r->list = SC_NEW_ARRAY(double, blocks * r->n_groups * (r->n_periods + 1));
    r->worst_values = SC_NEW_ARRAY(double, (r->n_budgets + 1) * r->n_trials);
    r->passed_values = SC_NEW_ARRAY(sc_day, (r->n_budgets + 1) * r->n_trials);
    if (r->values == NULL || r->requests == NULL || r->list == NULL || r->worst_values == NULL ||
        r->passed_values == NULL)
        return SC_E_MEMORY;
    for (size_t b = 0; b < r->n_budgets; b++) {
        r->budgets[b].worst = r->worst_values + b * r->n_trials;
        r->budgets[b].passed = r->passed_values + b * r->n_trials;
    }
    if (o->fan && (r->fan = SC_NEW_ARRAY(double, r->n_days * r->n_trials)) == NULL)
        return SC_E_MEMORY;
    return SC_OK;
}

void sc_sim_free(sc_sim *r)
{
    if (r == NULL)
        return;
    sc_free(r->values);
    sc_free(r->requests);
    sc_free(r->list);
    sc_free(r->worst_values);
    sc_free(r->passed_values);
    sc_free(r->fan);
    sc_arena_release(&r->arena);
    sc_free(r);
}

/* ---- figures ---- */

size_t sc_sim_group_count(const sc_sim *r) { return r->n_groups; }
const char *sc_sim_group_name(const sc_sim *r, size_t group) { return r->groups[group]; }
size_t sc_sim_period_count(const sc_sim *r) { return r->n_periods; }

void sc_sim_period(const sc_sim *r, size_t period, sc_day *start, sc_day *end, char label[16])
{
    if (period == r->n_periods) {
        *start = r->start;
        *end = r->start + (sc_day)r->n_days;
        snprintf(label, 16, "total");
        return;
    }
    *start = r->periods[period].start;
    *end = r->periods[period].end;
    memcpy(label, r->periods[period].label, 16);
}

sc_estimate sc_sim_mean(const sc_sim *r, size_t group, size_t period)
{
    sc_mean m = sc_mean_of(sc_sim_values(r, group, period), r->n_trials);
    return (sc_estimate){m.mean, m.se};
}

/* A sorted copy; NULL when memory is short. */
static double *sorted_copy(const double *x, size_t n)
{
    double *copy = SC_NEW_ARRAY(double, n);
    if (copy != NULL) {
        memcpy(copy, x, n * sizeof *copy);
        sc_sort(copy, n);
    }
    return copy;
}

static sc_estimate quantile(const double *x, size_t n, double level)
{
    double *sorted = sorted_copy(x, n);
    sc_estimate e = {SC_NAN, SC_NAN};
    if (sorted != NULL)
        e = (sc_estimate){sc_quantile_sorted(sorted, n, level), sc_quantile_se_sorted(sorted, n, level)};
    sc_free(sorted);
    return e;
}

sc_estimate sc_sim_quantile(const sc_sim *r, size_t group, size_t period, double level)
{
    return quantile(sc_sim_values(r, group, period), r->n_trials, level);
}

double sc_sim_contribution(const sc_sim *r, size_t group, size_t period, double level)
{
    const double *total = sc_sim_values(r, r->n_groups, period), *part = sc_sim_values(r, group, period);
    size_t n = r->n_trials, half = n / 100 > 0 ? n / 100 : 1;
    double *sorted = sorted_copy(total, n), sum = 0.0;
    size_t rank = (size_t)(level * (double)(n - 1)), low = rank > half ? rank - half : 0,
           high = rank + half < n ? rank + half : n - 1, count = 0;
    if (sorted == NULL)
        return SC_NAN;
    for (size_t t = 0; t < n; t++) {
        if (total[t] >= sorted[low] && total[t] <= sorted[high]) {
            sum += part[t];
            count++;
        }
    }
    sc_free(sorted);
    return sum / (double)count;
}

/* Mean over trials of what blocks counted. */
static double mean_of_sums(const sc_sim *r, const double *sums, size_t group, size_t period)
{
    double sum = 0.0;
    for (size_t g = 0; g < r->n_groups; g++) {
        if (group != r->n_groups && g != group)
            continue;
        for (size_t b = 0; b < r->n_blocks; b++)
            sum += sums[(b * r->n_groups + g) * (r->n_periods + 1) + period];
    }
    return sum / (double)r->n_trials;
}

double sc_sim_requests(const sc_sim *r, size_t group, size_t period)
{
    return mean_of_sums(r, r->requests, group, period);
}

double sc_sim_list_cost(const sc_sim *r, size_t group, size_t period)
{
    return mean_of_sums(r, r->list, group, period);
}

static sc_estimate share(size_t hits, size_t n)
{
    double p = (double)hits / (double)n;
    return (sc_estimate){p, sqrt(p * (1.0 - p) / (double)n)};
}

size_t sc_sim_budget_count(const sc_sim *r) { return r->n_budgets; }

void sc_sim_budget(const sc_sim *r, size_t i, double risk, sc_budget_risk *out)
{
    static const char *const names[] = {"", "month", "quarter", "horizon"};
    const sc_budget_state *b = &r->budgets[i];
    size_t n = r->n_trials, breaches = 0;
    *out = (sc_budget_risk){.project = b->project->id,
                            .limit = b->project->budget.limit,
                            .per = names[b->project->budget.period],
                            .first = SC_DAY_MAX,
                            .middle = SC_DAY_MAX,
                            .last = SC_DAY_MAX};
    double *days = SC_NEW_ARRAY(double, n);
    for (size_t t = 0; t < n; t++) {
        if (b->passed[t] == SC_DAY_MAX)
            continue;
        if (days != NULL)
            days[breaches] = (double)b->passed[t];
        breaches++;
    }
    out->probability = share(breaches, n);
    if (breaches == 0) /* 95 % bound of a binomial share with no hit (rule of three) */
        out->upper_bound = 3.0 / (double)n;
    if (breaches > 0 && days != NULL) {
        sc_sort(days, breaches);
        out->first = (sc_day)floor(sc_quantile_sorted(days, breaches, 0.1));
        out->middle = (sc_day)floor(sc_quantile_sorted(days, breaches, 0.5));
        out->last = (sc_day)ceil(sc_quantile_sorted(days, breaches, 0.9));
    }
    sc_free(days);
    sc_mean m = sc_mean_of(b->worst, n);
    out->worst = (sc_estimate){m.mean, m.se};
    /* Spend scales with the cut: the budget holds in the share 1 - risk of trials once the ratio at that level is 1. */
    sc_estimate q = quantile(b->worst, n, 1.0 - risk);
    if (q.value > 1.0)
        out->cut = (sc_estimate){1.0 - 1.0 / q.value, q.error / (q.value * q.value)};
}

sc_estimate sc_sim_any_breach(const sc_sim *r)
{
    size_t breaches = 0;
    for (size_t t = 0; t < r->n_trials; t++) {
        size_t b = 0;
        while (b < r->n_budgets && r->budgets[b].passed[t] == SC_DAY_MAX)
            b++;
        breaches += b < r->n_budgets;
    }
    return share(breaches, r->n_trials);
}

size_t sc_sim_day_count(const sc_sim *r) { return r->n_days; }

sc_code sc_sim_fan(const sc_sim *r, double level, double *cumulative)
{
    if (r->fan == NULL)
        return SC_E_USAGE;
    for (size_t d = 0; d < r->n_days; d++)
        cumulative[d] = quantile(r->fan + d * r->n_trials, r->n_trials, level).value;
    return SC_OK;
}

int sc_sim_budget_line(const sc_sim *r, double *cumulative)
{
    if (r->budget_line == NULL)
        return 0;
    memcpy(cumulative, r->budget_line, r->n_days * sizeof *cumulative);
    return 1;
}
