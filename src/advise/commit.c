/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commit.c - how much reserved or provisioned capacity to buy under uncertain demand. */
#include "advise/commit.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "advise/load.h"
#include "base/alloc.h"
#include "sim/blocks.h"
#include "stats/elementary.h"
#include "stats/summary.h"

#define RESERVED_TOKENS 1000.0 /* a minute, of one unit */
#define SEARCH_TRIALS 256      /* a choice of units needs no more; its figures are of all trials */
#define MOST_UNITS 1e9

/* Bedrock user guide, service tiers, 2026: at least 100,000 input and 10,000 output tokens a minute. */
const sc_commit_options sc_commit_defaults = {
    .saves = 0.9, .low = 0.1, .high = 0.9, .least = {100, 10}, .unit_tokens = {0.0, 0.0}};

typedef struct term_rule {
    const char *name;
    sc_tier tier;
    sc_meter meter[2]; /* input and output; SC_METERS = one price for both */
    int months;        /* 0 = by the hour */
} term_rule;

static const term_rule terms_of[SC_TERMS] = {
    [SC_TERM_RESERVED_1MO] = {"reserved, 1 month",
                              SC_TIER_RESERVED,
                              {SC_METER_RESERVED_INPUT_TPM_1MO, SC_METER_RESERVED_OUTPUT_TPM_1MO},
                              1},
    [SC_TERM_RESERVED_3MO] = {"reserved, 3 months",
                              SC_TIER_RESERVED,
                              {SC_METER_RESERVED_INPUT_TPM_3MO, SC_METER_RESERVED_OUTPUT_TPM_3MO},
                              3},
    [SC_TERM_UNITS_NO_COMMIT] = {"model units, no commitment",
                                 SC_TIER_PROVISIONED,
                                 {SC_METER_MODEL_UNIT_HOUR_NO_COMMIT, SC_METERS},
                                 0},
    [SC_TERM_UNITS_1MO] = {"model units, 1 month", SC_TIER_PROVISIONED, {SC_METER_MODEL_UNIT_HOUR_1MO, SC_METERS}, 1},
    [SC_TERM_UNITS_6MO] = {"model units, 6 months", SC_TIER_PROVISIONED, {SC_METER_MODEL_UNIT_HOUR_6MO, SC_METERS}, 6},
};

const char *sc_term_name(sc_term term) { return terms_of[term].name; }

/* All that one call works on. */
typedef struct sizing {
    const sc_scenario *s;
    const sc_card *card;
    const sc_sim_options *o;
    const sc_commit_options *c;
    sc_path *paths;
    const sc_path **path; /* [n_paths] */
    size_t n_paths, n_open;
    int threads;
    sc_load load[2]; /* by sc_capacity_kind; built when a term needs it */
    int built[2];
} sizing;

/* One term on sale. */
typedef struct sale {
    const term_rule *rule;
    sc_capacity_kind kind;
    const sc_load *load;
    double price[2];  /* USD of one unit over the days paid; of model units [1] is 0 */
    double tokens[2]; /* a minute of one unit, INFINITY = no limit */
    int64_t least[2];
    double minutes; /* paid */
    int threads;
} sale;

static void refuse(sc_commit_result *r, const char *format, ...) SC_PRINTF(2, 3);
static void refuse(sc_commit_result *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->reason, sizeof r->reason, format, args);
    va_end(args);
    r->verdict = SC_COMMIT_REFUSED;
}

/* ---- what is on sale ---- */

/* The day after the last one paid: terms begin with the horizon and are paid whole. */
static sc_day paid_until(const sc_scenario *s, int months)
{
    sc_day to = months > 0 ? s->start : s->end;
    for (int n = months; to < s->end; n += months)
        to = sc_day_add_months(s->start, n);
    return to;
}

/* A discount that asks for a project holds if all that is covered is of it. */
static sc_tags shared_tags(const sizing *x)
{
    const size_t project = x->path[0]->plan.w->project;
    for (size_t i = 1; i < x->n_paths; i++) {
        if (x->path[i]->plan.w->project != project)
            return (sc_tags){0};
    }
    return (sc_tags){sc_project_tag, &x->s->projects[project]};
}

/* USD of one unit of a meter over the days paid; 0 with the reason where some day has no price. */
static int price_meter(const sizing *x, const sc_buy *buy, sc_meter meter, sc_commit_result *r, double *usd)
{
    const sc_tags tags = shared_tags(x);
    sc_money sum = 0;
    for (sc_day d = x->s->start; d < r->paid_to; d++) {
        const sc_day day = x->o->as_of != SC_DAY_MAX ? x->o->as_of : d;
        const sc_price_point *p = sc_card_find(x->card, buy, meter, NULL, 0, day);
        if (p == NULL) {
            char why[300];
            refuse(r, "%s", sc_card_explain(x->card, buy, meter, NULL, 0, day, why, sizeof why));
            return 0;
        }
        const sc_discount *off =
            sc_card_discount_for(x->card, buy->model, meter, buy->tier, tags.value != NULL ? &tags : NULL, day);
        const sc_money cost = sc_money_times(p->price, SC_HOURS);
        sum += cost - (off != NULL ? sc_money_share(cost, off->share, SC_DISCOUNT_WHOLE) : 0);
    }
    *usd = (double)sum * 1e-15;
    return 1;
}

static sc_code find_sale(sizing *x, sc_term term, sc_commit_result *r, sale *out, sc_errors *errors)
{
    const term_rule *rule = &terms_of[term];
    const sc_offer *offer = &x->path[0]->offer;
    sc_buy buy = offer->buy;
    buy.tier = rule->tier;
    r->term = term;
    r->paid_to = paid_until(x->s, rule->months);
    *out = (sale){.rule = rule,
                  .kind = rule->tier == SC_TIER_RESERVED ? SC_CAPACITY_RESERVED : SC_CAPACITY_UNITS,
                  .tokens = {RESERVED_TOKENS, RESERVED_TOKENS},
                  .least = {x->c->least[0], x->c->least[1]},
                  .minutes = 1440.0 * (double)(r->paid_to - x->s->start),
                  .threads = x->threads};
    if (out->kind == SC_CAPACITY_UNITS) {
        out->least[0] = out->least[1] = 1;
        for (int k = 0; k < 2; k++)
            out->tokens[k] = x->c->unit_tokens[k] > 0.0 ? x->c->unit_tokens[k] : SC_INF;
        /* Bedrock user guide, provisioned throughput, 2026 */
        if (buy.scope != SC_SCOPE_IN_REGION)
            refuse(r, "model units cannot be called through inference profiles, and the offer is one of scope %s",
                   sc_scope_name(buy.scope));
        else if (!(out->tokens[0] < SC_INF) && !(out->tokens[1] < SC_INF))
            refuse(r, "AWS does not publish the tokens a minute of a model unit of %s, expected them to be stated",
                   buy.model->id);
    }
    for (size_t i = 0; i < x->n_paths && r->reason[0] == '\0'; i++) {
        if (x->path[i]->offer.buy.tier != SC_TIER_STANDARD)
            refuse(r, "overflow goes to the standard tier, and workload '%s' is bought on the tier %s",
                   x->path[i]->plan.w->id, sc_tier_name(x->path[i]->offer.buy.tier));
    }
    for (int k = 0; k < 2 && r->reason[0] == '\0' && rule->meter[k] != SC_METERS; k++) {
        if (price_meter(x, &buy, rule->meter[k], r, &out->price[k]))
            r->usd_per_hour[k] = out->price[k] * 60.0 / out->minutes;
    }
    if (r->reason[0] != '\0')
        return SC_OK;
    sc_code code = SC_OK;
    if (!x->built[out->kind])
        code = sc_load_build(x->path, x->n_paths, x->o, out->kind, &x->load[out->kind], errors);
    x->built[out->kind] = 1;
    out->load = &x->load[out->kind];
    return code;
}

/* ---- the number of units ---- */

static void capacity_of(const sale *a, const int64_t units[2], double capacity[2])
{
    for (int k = 0; k < 2; k++)
        capacity[k] = (double)units[k] * a->tokens[k];
}

static double commitment_of(const sale *a, const int64_t units[2])
{
    return (double)units[0] * a->price[0] + (double)units[1] * a->price[1];
}

typedef struct search {
    const sale *a;
    double over[SEARCH_TRIALS];
    size_t n, step; /* every step-th trial */
    int64_t best[2];
    double best_usd;
} search;

/* Tries units; 1 if they are expected to cost less than the best so far. */
static int try_units(search *q, double first, double second)
{
    const double asked[2] = {first, second};
    int64_t units[2];
    double capacity[2];
    for (int k = 0; k < 2; k++) {
        const double low = (double)q->a->least[k], whole = rint(asked[k] < MOST_UNITS ? asked[k] : MOST_UNITS);
        units[k] = (int64_t)(whole > low ? whole : low);
    }
    capacity_of(q->a, units, capacity);
#pragma omp parallel for num_threads(q->a->threads)
    for (size_t i = 0; i < q->n; i++)
        q->over[i] = sc_load_try(q->a->load, i * q->step, capacity).over_usd;
    const double usd = commitment_of(q->a, units) + sc_sum(q->over, q->n) / (double)q->n;
    if (q->best_usd >= 0.0 && !(usd < q->best_usd))
        return 0;
    q->best_usd = usd;
    q->best[0] = units[0];
    q->best[1] = units[1];
    return 1;
}

/* Units for the mean demand of a minute; of model units, the larger side's for both. */
static void mean_units(const search *q, double units[2])
{
    const double none[2] = {1e-9, 1e-9}; /* where no capacity is, all tokens find no room */
    double tokens[2] = {0, 0};
    for (size_t i = 0; i < q->n; i++) {
        const sc_load_outcome out = sc_load_try(q->a->load, i * q->step, none);
        for (int k = 0; k < 2; k++)
            tokens[k] += out.tokens[k] / (double)q->n;
    }
    for (int k = 0; k < 2; k++)
        units[k] = tokens[k] / (q->a->minutes * q->a->tokens[k]);
    if (q->a->kind == SC_CAPACITY_UNITS)
        units[0] = units[1] = fmax(units[0], units[1]);
}

/* A step of one side, the other as it is or at the mean mix; or of both.  1 if some cost less. */
static int step_units(search *q, const double mean[2], const double step[2])
{
    int better = 0;
    for (int sign = -1; sign <= 1; sign += 2) {
        better |= try_units(q, (double)q->best[0] + sign * step[0], (double)q->best[1] + sign * step[1]);
        for (int k = 0; k < 2 && q->a->kind == SC_CAPACITY_RESERVED; k++) {
            double alone[2] = {(double)q->best[0], (double)q->best[1]}, mixed[2];
            alone[k] += sign * step[k];
            mixed[k] = alone[k];
            mixed[1 - k] = mean[k] > 0.0 ? alone[k] * mean[1 - k] / mean[k] : alone[1 - k];
            better |= try_units(q, alone[0], alone[1]);
            better |= try_units(q, mixed[0], mixed[1]);
        }
    }
    return better;
}

/* The units of least expected cost: along the mean mix first, then by steps that become smaller. */
static void choose_units(const sale *a, int64_t units[2])
{
    const size_t trials = a->load->n_trials;
    search q = {.a = a, .best_usd = -1.0};
    double mean[2], step[2];
    q.step = trials > SEARCH_TRIALS ? trials / SEARCH_TRIALS : 1;
    q.n = trials > SEARCH_TRIALS ? SEARCH_TRIALS : trials;
    mean_units(&q, mean);
    (void)try_units(&q, 0.0, 0.0);
    for (double level = 0.125; level < 64.0; level *= 1.5)
        (void)try_units(&q, mean[0] * level, mean[1] * level);
    for (int k = 0; k < 2; k++)
        step[k] = fmax(1.0, rint((double)q.best[k] * 0.25));
    for (;;) {
        if (step_units(&q, mean, step))
            continue;
        if (step[0] <= 1.0 && step[1] <= 1.0)
            break;
        for (int k = 0; k < 2; k++)
            step[k] = fmax(1.0, floor(step[k] * 0.5));
    }
    units[0] = q.best[0];
    units[1] = q.best[1];
}

/* ---- figures ---- */

/* Share of the capacity that is used in one trial; its two sides count by their price, of model units the fuller one
 * does. */
static double use_of(const sale *a, const int64_t units[2], const double capacity[2], const sc_load_outcome *out)
{
    double use[2] = {0, 0}, paid[2];
    for (int k = 0; k < 2; k++) {
        if (capacity[k] < SC_INF)
            use[k] = (out->tokens[k] - out->over[k]) / (capacity[k] * a->minutes);
        paid[k] = (double)units[k] * a->price[k];
    }
    if (a->kind == SC_CAPACITY_UNITS)
        return fmax(use[0], use[1]);
    const double all = paid[0] + paid[1];
    return all > 0.0 ? (use[0] * paid[0] + use[1] * paid[1]) / all : 0.0;
}

/* What the trials give, one array each. */
typedef struct columns {
    double *saving, *use, *carried, *over, *tokens;
} columns;

static void run_trials(const sale *a, sc_commit_result *r, const columns *t)
{
    double capacity[2];
    capacity_of(a, r->units, capacity);
#pragma omp parallel for num_threads(a->threads)
    for (size_t i = 0; i < r->n_trials; i++) {
        const sc_load_outcome out = sc_load_try(a->load, i, capacity);
        r->trial_on_demand[i] = a->load->covered[i] + a->load->waiting[i];
        r->trial_cost[i] = r->commitment + out.over_usd + a->load->waiting[i];
        t->carried[i] = a->load->covered[i] - out.over_usd;
        t->saving[i] = t->carried[i] - r->commitment;
        t->use[i] = use_of(a, r->units, capacity, &out);
        t->over[i] = out.over[0] + out.over[1];
        t->tokens[i] = out.tokens[0] + out.tokens[1];
    }
}

static sc_estimate mean_estimate(const double *x, size_t n)
{
    const sc_mean m = sc_mean_of(x, n);
    return (sc_estimate){m.mean, m.se};
}

static void fill_figures(const sizing *x, sc_commit_result *r, const columns *t)
{
    const size_t n = r->n_trials;
    const double even = 1e-9 * r->commitment; /* rounding saves nothing */
    size_t saves = 0, below = 0;
    r->on_demand = mean_estimate(r->trial_on_demand, n);
    r->cost = mean_estimate(r->trial_cost, n);
    r->saving = mean_estimate(t->saving, n);
    const double use = sc_mean_of(t->use, n).mean, carried = sc_mean_of(t->carried, n).mean;
    const double tokens = sc_mean_of(t->tokens, n).mean;
    r->idle = 1.0 - use;
    r->break_even = carried > 0.0 ? use * r->commitment / carried : SC_INF;
    r->overflow = tokens > 0.0 ? sc_mean_of(t->over, n).mean / tokens : 0.0;
    for (size_t i = 0; i < n; i++) {
        saves += t->saving[i] > even;
        below += t->use[i] < r->break_even * (1.0 - 1e-9);
    }
    r->saves = (double)saves / (double)n;
    r->below_even = (double)below / (double)n;
    sc_sort(t->saving, n);
    r->saving_low = sc_quantile_sorted(t->saving, n, x->c->low);
    r->saving_high = sc_quantile_sorted(t->saving, n, x->c->high);
    r->verdict = r->saves >= x->c->saves ? SC_COMMIT_BUY : SC_COMMIT_NOT;
    if (r->verdict == SC_COMMIT_NOT)
        snprintf(r->reason, sizeof r->reason, "saves with a chance of %.1f %%, below the %.1f %% asked for",
                 100.0 * r->saves, 100.0 * x->c->saves);
    else
        snprintf(r->reason, sizeof r->reason, "saves with a chance of %.1f %%", 100.0 * r->saves);
}

static sc_code fill_result(const sizing *x, const sale *a, sc_commit_result *r)
{
    const size_t n = a->load->n_trials;
    r->n_trials = n;
    r->commitment = commitment_of(a, r->units);
    r->trial_cost = SC_NEW_ARRAY(double, n);
    r->trial_on_demand = SC_NEW_ARRAY(double, n);
    double *work = SC_NEW_ARRAY(double, 5 * n);
    if (r->trial_cost == NULL || r->trial_on_demand == NULL || work == NULL) {
        sc_free(work);
        return SC_E_MEMORY;
    }
    const columns t = {work, work + n, work + 2 * n, work + 3 * n, work + 4 * n};
    run_trials(a, r, &t);
    fill_figures(x, r, &t);
    sc_free(work);
    return SC_OK;
}

/* ---- the calls ---- */

static sc_code open_paths(sizing *x, const sc_commit_demand *demands, size_t n, sc_errors *errors)
{
    x->paths = SC_NEW_ARRAY(sc_path, n);
    x->path = sc_calloc(n, sizeof *x->path);
    if (x->paths == NULL || x->path == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        sc_path *p = &x->paths[i];
        x->n_open = i + 1;
        sc_code code = sc_path_open(p, x->s, x->card, x->o, demands[i].workload, demands[i].way, errors);
        if (code != SC_OK)
            return code;
        x->path[x->n_paths++] = p;
        const sc_buy *a = &x->paths[0].offer.buy, *b = &p->offer.buy;
        if (a->model != b->model || a->region != b->region || a->scope != b->scope)
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                                 "workload '%s' is not bought where '%s' is, expected one model, region and scope",
                                 p->plan.w->id, x->paths[0].plan.w->id);
    }
    return SC_OK;
}

static void close_sizing(sizing *x)
{
    for (size_t i = 0; i < x->n_open; i++)
        sc_path_close(&x->paths[i]);
    for (int k = 0; k < 2; k++)
        sc_load_release(&x->load[k]);
    sc_free(x->path);
    sc_free(x->paths);
}

/* units: NULL = to be chosen. */
static sc_code run_terms(sizing *x, const sc_commit_demand *demands, size_t n, const sc_term *terms, size_t n_terms,
                         const int64_t *units, sc_commit_result *out, sc_errors *errors)
{
    size_t blocks;
    for (size_t i = 0; i < n_terms; i++)
        out[i] = (sc_commit_result){.term = terms[i]};
    if (n == 0)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "no workload is to be covered, expected at least one");
    if (units != NULL && (units[0] < 1 || units[1] < 1))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "%" PRId64 " and %" PRId64 " units, expected at least 1",
                             units[0], units[1]);
    sc_code code = sc_blocks_check(x->o, &x->threads, &blocks, errors);
    if (code == SC_OK)
        code = open_paths(x, demands, n, errors);
    for (size_t i = 0; code == SC_OK && i < n_terms; i++) {
        sale a;
        code = find_sale(x, terms[i], &out[i], &a, errors);
        if (code != SC_OK || out[i].reason[0] != '\0')
            continue;
        if (units == NULL)
            choose_units(&a, out[i].units);
        else {
            out[i].units[0] = units[0];
            out[i].units[1] = a.kind == SC_CAPACITY_UNITS ? units[0] : units[1];
        }
        code = fill_result(x, &a, &out[i]);
    }
    close_sizing(x);
    return code;
}

sc_code sc_commit_size(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const sc_commit_options *c,
                       const sc_commit_demand *demands, size_t n, const sc_term *terms, size_t n_terms,
                       sc_commit_result *out, sc_errors *errors)
{
    sizing x = {.s = s, .card = card, .o = o, .c = c};
    return run_terms(&x, demands, n, terms, n_terms, NULL, out, errors);
}

sc_code sc_commit_price(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const sc_commit_options *c,
                        const sc_commit_demand *demands, size_t n, sc_term term, const int64_t units[2],
                        sc_commit_result *out, sc_errors *errors)
{
    sizing x = {.s = s, .card = card, .o = o, .c = c};
    return run_terms(&x, demands, n, &term, 1, units, out, errors);
}

void sc_commit_release(sc_commit_result *r)
{
    sc_free(r->trial_cost);
    sc_free(r->trial_on_demand);
    r->trial_cost = r->trial_on_demand = NULL;
}
