/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simulate.c - the run over all workloads on their current offers: spend by group and period, budgets, and the fan by
 * day. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "sim/blocks.h"
#include "sim/result.h"

#define MAX_VALUES ((size_t)1 << 31) /* 16 GiB of doubles: asks for more rows than a report can hold */

typedef struct run_workload {
    sc_work_plan plan;
    sc_offer_list offers; /* the current one */
    size_t group;
} run_workload;

typedef struct run {
    const sc_scenario *s;
    const sc_sim_options *o;
    run_workload *workloads;
    sc_sim *result;
    size_t *day_period; /* [days] */
} run;

/* What one thread writes on; nothing is allocated while trials run. */
typedef struct scratch {
    sc_lane_params params;
    sc_lane_usage usage;
    double organisation[SC_LANES], project[SC_LANES], ones[SC_LANES], cost[SC_LANES];
    double *project_day, *total_day; /* [days][SC_LANES] */
} scratch;

/* ---- set-up ---- */

static const char *group_name(const sc_scenario *s, const sc_workload *w, const char *by)
{
    if (strcmp(by, "project") == 0)
        return s->projects[w->project].id;
    if (strcmp(by, "workload") == 0)
        return w->id;
    if (strcmp(by, "model") == 0)
        return w->ref.model->id;
    if (strcmp(by, "provider") == 0)
        return w->ref.model->provider;
    if (strcmp(by, "total") == 0)
        return "total";
    const char *value = sc_scenario_tag(s, w->project, by);
    return value != NULL ? value : "(none)";
}

static int is_grouping(const sc_scenario *s, const char *by)
{
    static const char *const fixed[] = {"project", "workload", "model", "provider", "total"};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (strcmp(fixed[i], by) == 0)
            return 1;
    }
    for (size_t i = 0; i < s->n_tag_keys; i++) {
        if (strcmp(s->tag_keys[i], by) == 0)
            return 1;
    }
    return 0;
}

static sc_code unknown_grouping(const sc_scenario *s, const char *by, sc_errors *errors)
{
    const char *names[64] = {"project", "workload", "model", "provider", "total"};
    char hint[SC_NAME_HINT_MAX];
    size_t n = 5;
    for (size_t i = 0; i < s->n_tag_keys && n < 64; i++)
        names[n++] = s->tag_keys[i];
    return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "cannot group by '%s'%s", by,
                         sc_name_hint(by, names, n, hint));
}

static sc_code find_project(const sc_scenario *s, const char *id, size_t *project, sc_errors *errors)
{
    const char **names = SC_NEW_ARRAY(const char *, s->n_projects);
    char hint[SC_NAME_HINT_MAX];
    sc_code code = SC_OK;
    if (names == NULL)
        return SC_E_MEMORY;
    for (*project = 0; *project < s->n_projects && strcmp(s->projects[*project].id, id) != 0; (*project)++)
        names[*project] = s->projects[*project].id;
    if (*project == s->n_projects)
        code = sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "unknown project '%s'%s", id,
                             sc_name_hint(id, names, s->n_projects, hint));
    sc_free(names);
    return code;
}

/* Workloads of one name in two projects are two groups: "project/workload". */
static sc_code find_groups(run *x, const char *by, sc_arena *arena)
{
    const sc_scenario *s = x->s;
    sc_sim *r = x->result;
    r->groups = SC_ARENA_ARRAY(arena, const char *, s->n_workloads);
    if (r->groups == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < s->n_workloads; i++) {
        const sc_workload *w = &s->workloads[i];
        char label[256];
        if (strcmp(by, "workload") == 0)
            snprintf(label, sizeof label, "%s/%s", s->projects[w->project].id, w->id);
        else
            snprintf(label, sizeof label, "%s", group_name(s, w, by));
        size_t g = 0;
        while (g < r->n_groups && strcmp(r->groups[g], label) != 0)
            g++;
        if (g == r->n_groups && (r->groups[r->n_groups++] = sc_arena_strdup(arena, label)) == NULL)
            return SC_E_MEMORY;
        x->workloads[i].group = g;
    }
    return SC_OK;
}

static sc_code plan_workloads(run *x, sc_arena *arena, sc_errors *errors)
{
    sc_code code = SC_OK;
    for (size_t i = 0; i < x->s->n_workloads; i++) {
        const sc_workload *w = &x->s->workloads[i];
        run_workload *run_w = &x->workloads[i];
        sc_code made = sc_work_plan_init(&run_w->plan, x->s, w, x->o->seed, arena);
        if (made == SC_OK)
            made = sc_offers_list(x->s, x->s->card, w, &run_w->plan, x->o->seed, x->o->as_of, 0, arena, &run_w->offers);
        if (made != SC_OK)
            return made;
        if (sc_offers_judge(x->s, w, &run_w->offers, x->o->as_of, errors) != SC_OK)
            code = SC_E_INPUT;
    }
    return code;
}

/* ---- one block ---- */

/* What the usage of the lanes would cost together without discounts. */
static double list_cost(const run_workload *rw, size_t segment, int lanes, scratch *k)
{
    const sc_offer *offer = &rw->offers.offers[0];
    double sum = 0.0;
    memset(k->cost, 0, sizeof k->cost);
    sc_offer_cost(offer, &offer->list_prices[segment], &rw->plan, &k->usage, k->params.waiting, k->ones, k->ones,
                  k->cost);
    for (int i = 0; i < lanes; i++)
        sum += k->cost[i];
    return sum;
}

static void add_workload(const run *x, const run_workload *rw, uint32_t first, int lanes, size_t block, scratch *k)
{
    const sc_kernels *kernels = sc_kernels_best();
    sc_sim *r = x->result;
    const sc_offer *offer = &rw->offers.offers[0];
    size_t segment = 0, base = (size_t)first;
    double *total = sc_sim_values(r, rw->group, r->n_periods);
    const size_t sums = (block * r->n_groups + rw->group) * (r->n_periods + 1);
    double *counted = r->requests + sums, *at_list = offer->list_prices != NULL ? r->list + sums : NULL;
    sc_draw_params(&rw->plan, first, k->organisation, k->project, NULL, &k->params);
    for (size_t d = 0; d < rw->plan.n_days; d++) {
        size_t period = x->day_period[d];
        double *in_period = sc_sim_values(r, rw->group, period), *day = k->project_day + d * SC_LANES, requests = 0.0;
        kernels->move_level(&rw->plan, first, d, &k->params);
        kernels->draw_day(&rw->plan, first, d, &k->params, &k->usage);
        segment = sc_segment_of(&rw->offers, x->s->start + (sc_day)d, segment);
        for (int i = 0; i < SC_LANES; i++)
            k->cost[i] = 0.0;
        sc_offer_cost(offer, &offer->prices[segment], &rw->plan, &k->usage, k->params.waiting, k->ones, k->ones,
                      k->cost);
        for (int i = 0; i < lanes; i++) {
            total[base + (size_t)i] += k->cost[i];
            day[i] += k->cost[i];
            requests += k->usage.n[i];
        }
        for (int i = 0; i < lanes && period < r->n_periods; i++)
            in_period[base + (size_t)i] += k->cost[i];
        counted[r->n_periods] += requests;
        if (period < r->n_periods)
            counted[period] += requests;
        if (at_list == NULL)
            continue;
        double list = list_cost(rw, segment, lanes, k);
        at_list[r->n_periods] += list;
        if (period < r->n_periods)
            at_list[period] += list;
    }
}

static void judge_budget(const run *x, const sc_budget_state *b, uint32_t first, int lanes, const double *project_day)
{
    size_t days = x->result->n_days;
    for (int i = 0; i < lanes; i++) {
        double spent = 0.0, worst = 0.0;
        sc_day passed = SC_DAY_MAX;
        size_t piece = 0;
        for (size_t d = 0; d < days; d++) {
            if (d == b->pieces[piece].end) {
                spent = 0.0;
                piece++;
            }
            spent += project_day[d * SC_LANES + (size_t)i];
            double ratio = spent / b->pieces[piece].limit;
            worst = ratio > worst ? ratio : worst;
            if (ratio > 1.0 && passed == SC_DAY_MAX)
                passed = x->s->start + (sc_day)d;
        }
        b->worst[first + (uint32_t)i] = worst;
        b->passed[first + (uint32_t)i] = passed;
    }
}

static void run_block(const void *run_of, size_t block, void *own)
{
    const run *x = run_of;
    scratch *k = own;
    const sc_scenario *s = x->s;
    sc_sim *r = x->result;
    uint32_t first = (uint32_t)(block * SC_LANES);
    int lanes = sc_block_lanes(x->o->trials, block);
    size_t day_values = r->n_days * SC_LANES, trials = (size_t)x->o->trials, budget = 0;
    sc_stream stream = sc_organisation_stream(x->o->seed);
    sc_draw_factor(&stream, first, k->organisation);
    memset(k->total_day, 0, day_values * sizeof(double));
    for (size_t p = 0; p < s->n_projects; p++) {
        const sc_project *project = &s->projects[p];
        stream = sc_project_stream(x->o->seed, project->id);
        sc_draw_factor(&stream, first, k->project);
        memset(k->project_day, 0, day_values * sizeof(double));
        for (size_t w = 0; w < project->n_workloads; w++)
            add_workload(x, &x->workloads[project->first_workload + w], first, lanes, block, k);
        if (project->budget.period != SC_BUDGET_NONE)
            judge_budget(x, &r->budgets[budget++], first, lanes, k->project_day);
        for (size_t i = 0; i < day_values && (r->fan_project == SC_ALL_PROJECTS || r->fan_project == p); i++)
            k->total_day[i] += k->project_day[i];
    }
    for (int i = 0; i < lanes && r->fan != NULL; i++) {
        double sum = 0.0;
        for (size_t d = 0; d < r->n_days; d++) {
            sum += k->total_day[d * SC_LANES + (size_t)i];
            r->fan[d * trials + first + (uint32_t)i] = sum;
        }
    }
}

/* The total over groups, added in the order of the groups. */
static void add_totals(sc_sim *r)
{
    for (size_t p = 0; p <= r->n_periods; p++) {
        double *total = sc_sim_values(r, r->n_groups, p);
        for (size_t g = 0; g < r->n_groups; g++) {
            const double *part = sc_sim_values(r, g, p);
            for (size_t t = 0; t < r->n_trials; t++)
                total[t] += part[t];
        }
    }
}

static void free_scratch(scratch *k, int threads)
{
    for (int t = 0; k != NULL && t < threads; t++) {
        sc_free(k[t].project_day);
        sc_free(k[t].total_day);
    }
    sc_free(k);
}

static scratch *new_scratch(int threads, size_t days)
{
    scratch *k = SC_NEW_ARRAY(scratch, (size_t)threads);
    for (int t = 0; k != NULL && t < threads; t++) {
        k[t].project_day = SC_NEW_ARRAY(double, days *SC_LANES);
        k[t].total_day = SC_NEW_ARRAY(double, days *SC_LANES);
        for (int i = 0; i < SC_LANES; i++)
            k[t].ones[i] = 1.0;
        if (k[t].project_day == NULL || k[t].total_day == NULL) {
            free_scratch(k, threads);
            return NULL;
        }
    }
    return k;
}

static sc_code run_all(run *x, int threads, size_t blocks)
{
    scratch *k = new_scratch(threads, x->result->n_days);
    if (k == NULL)
        return SC_E_MEMORY;
    sc_blocks_run(x->o, threads, blocks, run_block, x, k, sizeof *k);
    free_scratch(k, threads);
    add_totals(x->result);
    return SC_OK;
}

sc_code sc_simulate(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const char *by,
                    sc_period period, sc_sim **out, sc_errors *errors)
{
    int threads;
    size_t blocks;
    *out = NULL;
    sc_code code = sc_blocks_check(o, &threads, &blocks, errors);
    if (code != SC_OK)
        return code;
    if (card != s->card)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "the scenario was loaded with another rate card");
    if (!is_grouping(s, by))
        return unknown_grouping(s, by, errors);
    size_t fan_project = SC_ALL_PROJECTS;
    if (o->fan_project != NULL && (code = find_project(s, o->fan_project, &fan_project, errors)) != SC_OK)
        return code;
    sc_sim *r = SC_NEW(sc_sim);
    if (r == NULL)
        return SC_E_MEMORY;
    r->fan_project = fan_project;
    run x = {.s = s, .o = o, .result = r};
    x.workloads = SC_ARENA_ARRAY(&r->arena, run_workload, s->n_workloads);
    code = x.workloads != NULL ? plan_workloads(&x, &r->arena, errors) : SC_E_MEMORY;
    if (code == SC_OK)
        code = find_groups(&x, by, &r->arena);
    if (code == SC_OK)
        code = sc_sim_prepare(r, s, o, period, blocks);
    if (code == SC_OK && (r->n_groups + 1) * (r->n_periods + 1) > MAX_VALUES / r->n_trials)
        code = sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                             "%zu groups x %zu periods x %zu trials are too many to hold, expected fewer trials",
                             r->n_groups, r->n_periods, r->n_trials);
    if (code == SC_OK)
        code = sc_sim_allocate(r, o, blocks);
    x.day_period = r->day_period;
    if (code == SC_OK)
        code = run_all(&x, threads, blocks);
    if (code != SC_OK) {
        sc_sim_free(r);
        return code;
    }
    *out = r;
    return SC_OK;
}
