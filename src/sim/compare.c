/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare.c - one workload on every offer, over the same simulated futures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sim/blocks.h"
#include "stats/elementary.h"
#include "stats/summary.h"

struct sc_comparison {
    sc_arena arena;
    sc_offer_result *results; /* sorted for reports */
    size_t n;
    double requests;
    double *cost, *no_output, *trial_requests; /* as in compare_run, NULL unless kept */
};

typedef struct compare_run {
    const sc_scenario *s;
    const sc_sim_options *o;
    const sc_workload *w;
    sc_work_plan plan;
    sc_offer_list list;
    size_t *priced;         /* indexes of allowed offers */
    size_t n_priced, n_own; /* n_own: of today's model */
    double *cost;           /* [n_priced][trials] */
    double *no_output;      /* [n_own][trials], NULL unless kept */
    double *requests;       /* [trials] */
    double *hits;           /* [blocks][n_priced] sums over trials */
} compare_run;

typedef struct compare_scratch {
    sc_lane_params params;
    sc_lane_usage day, sum;
    double organisation[SC_LANES], project[SC_LANES], ones[SC_LANES], verbosity[SC_LANES], cost[SC_LANES];
    double (*ratios)[SC_LANES];
} compare_scratch;

static const sc_measured_output *measured_of(const sc_sim_options *o, const sc_offer *offer)
{
    for (size_t i = 0; i < o->n_measured && offer->other_model; i++) {
        if (o->measured[i].model == offer->buy.model)
            return &o->measured[i];
    }
    return NULL;
}

static sc_dist length_of(const compare_run *x, const sc_offer *o, int *measured)
{
    const sc_measured_output *m = measured_of(x->o, o);
    sc_dist length = x->s->verbosity;
    *measured = m != NULL && sc_dist_lognormal_quantiles(&length, 0.05, m->p5, 0.95, m->p95, SC_INF) == 0;
    return length;
}

/* Answers come back in the history of conversations. */
static void set_measured_lengths(compare_run *x)
{
    for (size_t i = 0; i < x->list.n; i++) {
        const sc_offer *o = &x->list.offers[i];
        if (o->band_slot >= 0)
            x->plan.bands[o->band_slot].longer = length_of(x, o, &x->plan.bands[o->band_slot].apart);
    }
}

/* How long the answers of an offer are, apart from the tokenizer's ratio, which it is multiplied with. */
static void draw_length(const compare_run *x, const sc_offer *o, uint32_t first, const double *ratio, double *out)
{
    int measured;
    const sc_dist length = length_of(x, o, &measured);
    sc_draw_verbosity(o, &length, first, out);
    for (int i = 0; i < SC_LANES; i++)
        out[i] /= measured ? ratio[i] : 1.0;
}

static void add_lanes(double *to, const double *cost, int lanes)
{
    for (int i = 0; i < lanes; i++)
        to[i] += cost[i];
}

/* What the usage costs without its output. */
static void price_input(const compare_run *x, const sc_offer *o, size_t segment, compare_scratch *k)
{
    static const double none[SC_LANES];
    memset(k->cost, 0, sizeof k->cost);
    sc_offer_cost(o, &o->prices[segment], &x->plan, &k->sum, k->params.waiting, k->ones, none, k->cost);
}

/* Prices what a segment has used on every offer. */
static void price_segment(const compare_run *x, size_t segment, uint32_t first, int lanes, size_t block,
                          compare_scratch *k)
{
    size_t trials = (size_t)x->o->trials;
    for (size_t p = 0; p < x->n_priced; p++) {
        const sc_offer *o = &x->list.offers[x->priced[p]];
        const double *ratio = o->ratio >= 0 ? k->ratios[o->ratio] : k->ones;
        draw_length(x, o, first, ratio, k->verbosity);
        memset(k->cost, 0, sizeof k->cost);
        sc_offer_cost(o, &o->prices[segment], &x->plan, &k->sum, k->params.waiting, ratio, k->verbosity, k->cost);
        add_lanes(x->cost + p * trials + first, k->cost, lanes);
        /* Requests that wait for another tier do not use the cache. */
        for (int i = 0; i < lanes && o->hit_slot >= 0; i++)
            x->hits[block * x->n_priced + p] +=
                k->sum.hits[o->hit_slot][i] * (o->wait_tier != o->buy.tier ? 1.0 - k->params.waiting[i] : 1.0);
    }
    double *no_output = x->no_output;
    for (size_t p = 0; p < x->n_priced && no_output != NULL; p++) {
        const sc_offer *o = &x->list.offers[x->priced[p]];
        if (o->other_model)
            continue;
        price_input(x, o, segment, k);
        add_lanes(no_output + first, k->cost, lanes);
        no_output += trials;
    }
    add_lanes(x->requests + first, k->sum.n, lanes);
}

static void run_block(const void *run, size_t block, void *own)
{
    const compare_run *x = run;
    compare_scratch *k = own;
    const sc_kernels *kernels = sc_kernels_best();
    uint32_t first = (uint32_t)(block * SC_LANES);
    int lanes = sc_block_lanes(x->o->trials, block);
    sc_stream stream = sc_organisation_stream(x->o->seed);
    sc_draw_factor(&stream, first, k->organisation);
    stream = sc_project_stream(x->o->seed, x->s->projects[x->w->project].id);
    sc_draw_factor(&stream, first, k->project);
    sc_draw_ratios(&x->list, first, k->ratios);
    sc_draw_params(&x->plan, first, k->organisation, k->project, (const double(*)[SC_LANES])k->ratios, &k->params);
    size_t segment = 0;
    memset(&k->sum, 0, sizeof k->sum);
    for (size_t d = 0; d < x->plan.n_days; d++) {
        size_t now = sc_segment_of(&x->list, x->s->start + (sc_day)d, segment);
        if (now != segment) {
            price_segment(x, segment, first, lanes, block, k);
            memset(&k->sum, 0, sizeof k->sum);
            segment = now;
        }
        kernels->move_level(&x->plan, first, d, &k->params);
        kernels->draw_day(&x->plan, first, d, &k->params, &k->day);
        kernels->add_usage(&x->plan, &k->day, &k->sum);
    }
    price_segment(x, segment, first, lanes, block, k);
}

static sc_code run_all(compare_run *x, int threads, size_t blocks)
{
    const size_t n_ratios = x->list.n_ratios;
    compare_scratch *k = SC_NEW_ARRAY(compare_scratch, (size_t)threads);
    double(*ratios)[SC_LANES] = sc_calloc((size_t)threads * n_ratios, sizeof *ratios);
    sc_code code = k != NULL && ratios != NULL ? SC_OK : SC_E_MEMORY;
    for (int t = 0; code == SC_OK && t < threads; t++) {
        k[t].ratios = ratios + (size_t)t * n_ratios;
        for (int i = 0; i < SC_LANES; i++)
            k[t].ones[i] = 1.0;
    }
    if (code == SC_OK)
        sc_blocks_run(x->o, threads, blocks, run_block, x, k, sizeof *k);
    sc_free(ratios);
    sc_free(k);
    return code;
}

/* ---- figures ---- */

static sc_estimate mean_of(const double *x, size_t n)
{
    sc_mean m = sc_mean_of(x, n);
    return (sc_estimate){m.mean, m.se};
}

static sc_estimate quantile_of(const double *sorted, size_t n, double level)
{
    return (sc_estimate){sc_quantile_sorted(sorted, n, level), sc_quantile_se_sorted(sorted, n, level)};
}

/* Ratio of two means, with the error of the linearised ratio. */
static sc_estimate ratio_of(const double *cost, const double *requests, size_t n, double *work)
{
    double c = sc_mean_of(cost, n).mean, r = sc_mean_of(requests, n).mean;
    if (r <= 0.0)
        return (sc_estimate){0.0, 0.0};
    for (size_t t = 0; t < n; t++)
        work[t] = cost[t] - c / r * requests[t];
    return (sc_estimate){1000.0 * c / r, 1000.0 * sc_mean_of(work, n).se / r};
}

static void fill_result(const compare_run *x, size_t p, size_t blocks, double *work, sc_offer_result *out)
{
    size_t n = (size_t)x->o->trials, cheaper = 0;
    const double *cost = x->cost + p * n, *now = x->cost; /* the current offer is the first */
    double hits = 0.0;
    out->mean = mean_of(cost, n);
    out->per_1000 = ratio_of(cost, x->requests, n, work);
    memcpy(work, cost, n * sizeof *work);
    sc_sort(work, n);
    out->p10 = quantile_of(work, n, 0.1);
    out->p50 = quantile_of(work, n, 0.5);
    out->p90 = quantile_of(work, n, 0.9);
    for (size_t t = 0; t < n; t++) {
        work[t] = cost[t] - now[t];
        cheaper += work[t] < 0.0;
    }
    out->difference = mean_of(work, n);
    sc_sort(work, n);
    out->difference_p10 = sc_quantile_sorted(work, n, 0.1);
    out->difference_p90 = sc_quantile_sorted(work, n, 0.9);
    out->cheaper = (double)cheaper / (double)n;
    for (size_t b = 0; b < blocks; b++)
        hits += x->hits[b * x->n_priced + p];
    double requests = sc_mean_of(x->requests, n).mean * (double)n;
    out->hit_share = requests > 0.0 ? hits / requests : 0.0;
}

/* The current offer, allowed ones by mean cost, refused ones by model; ties keep the order of the card. */
static int result_order(const void *a, const void *b)
{
    const sc_offer_result *p = a, *q = b;
    if (p->verdict != q->verdict)
        return p->verdict < q->verdict ? -1 : 1;
    if (p->verdict == SC_OFFER_ALLOWED && p->mean.value != q->mean.value)
        return p->mean.value < q->mean.value ? -1 : 1;
    int order = strcmp(p->model->id, q->model->id);
    if (order == 0)
        order = p->region - q->region;
    if (order == 0)
        order = (int)p->scope - (int)q->scope;
    if (order == 0)
        order = (int)p->tier - (int)q->tier;
    if (order == 0)
        order = (int)p->wait_tier - (int)q->wait_tier;
    return order != 0 ? order : (int)p->ttl - (int)q->ttl;
}

static sc_code fill_results(const compare_run *x, size_t blocks, sc_comparison *c)
{
    size_t trials = (size_t)x->o->trials, p = 0;
    double *no_output = x->no_output;
    double *work = SC_NEW_ARRAY(double, trials);
    c->results = SC_ARENA_ARRAY(&c->arena, sc_offer_result, x->list.n);
    if (work == NULL || c->results == NULL) {
        sc_free(work);
        return SC_E_MEMORY;
    }
    for (size_t i = 0; i < x->list.n; i++) {
        const sc_offer *o = &x->list.offers[i];
        sc_offer_result *out = &c->results[c->n++];
        *out = (sc_offer_result){.model = o->buy.model,
                                 .region = o->buy.region,
                                 .scope = o->buy.scope,
                                 .tier = o->buy.tier,
                                 .wait_tier = o->wait_tier,
                                 .ttl = o->ttl,
                                 .verdict = i == 0       ? SC_OFFER_CURRENT
                                            : o->allowed ? SC_OFFER_ALLOWED
                                                         : SC_OFFER_REFUSED,
                                 .reason = o->reason};
        if (!o->allowed)
            continue;
        out->cost = x->o->keep_trials ? x->cost + p * trials : NULL;
        out->no_output = no_output != NULL && !o->other_model ? no_output : NULL;
        no_output += out->no_output != NULL ? trials : 0;
        fill_result(x, p++, blocks, work, out);
    }
    qsort(c->results, c->n, sizeof *c->results, result_order);
    c->requests = sc_mean_of(x->requests, trials).mean;
    sc_free(work);
    return SC_OK;
}

static sc_code list_priced(compare_run *x, sc_arena *arena)
{
    x->priced = SC_ARENA_ARRAY(arena, size_t, x->list.n);
    if (x->priced == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < x->list.n; i++) {
        if (!x->list.offers[i].allowed)
            continue;
        x->priced[x->n_priced++] = i;
        x->n_own += !x->list.offers[i].other_model;
    }
    return SC_OK;
}

sc_code sc_compare(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, size_t workload,
                   sc_comparison **out, sc_errors *errors)
{
    int threads;
    size_t blocks;
    *out = NULL;
    sc_code code = sc_blocks_check(o, &threads, &blocks, errors);
    if (code != SC_OK)
        return code;
    if (card != s->card)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "the scenario was loaded with another rate card");
    if (workload >= s->n_workloads)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "workload number %zu, expected below %zu", workload,
                             s->n_workloads);
    sc_comparison *c = SC_NEW(sc_comparison);
    if (c == NULL)
        return SC_E_MEMORY;
    compare_run x = {.s = s, .o = o, .w = &s->workloads[workload]};
    code = sc_work_plan_init(&x.plan, s, x.w, o->seed, &c->arena);
    if (code == SC_OK)
        code = sc_offers_list(s, card, x.w, &x.plan, o->seed, o->as_of, 1, &c->arena, &x.list);
    if (code == SC_OK && !x.list.offers[0].allowed)
        code = sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "the current offer of workload '%s/%s' has no price: %s",
                             s->projects[x.w->project].id, x.w->id, x.list.offers[0].reason);
    if (code == SC_OK)
        code = list_priced(&x, &c->arena);
    if (code == SC_OK)
        set_measured_lengths(&x);
    if (code == SC_OK) {
        x.cost = SC_NEW_ARRAY(double, x.n_priced *(size_t)o->trials);
        x.no_output = o->keep_trials ? SC_NEW_ARRAY(double, x.n_own *(size_t)o->trials) : NULL;
        x.requests = SC_NEW_ARRAY(double, (size_t)o->trials);
        x.hits = SC_NEW_ARRAY(double, blocks *x.n_priced);
        code = x.cost != NULL && (x.no_output != NULL || !o->keep_trials) && x.requests != NULL && x.hits != NULL
                   ? run_all(&x, threads, blocks)
                   : SC_E_MEMORY;
    }
    if (code == SC_OK)
        code = fill_results(&x, blocks, c);
    sc_free(x.hits);
    c->cost = x.cost;
    c->no_output = x.no_output;
    c->trial_requests = x.requests;
    if (code == SC_OK && !o->keep_trials) {
        sc_free(c->cost);
        sc_free(c->trial_requests);
        c->cost = c->trial_requests = NULL;
    }
    if (code != SC_OK) {
        sc_comparison_free(c);
        return code;
    }
    *out = c;
    return SC_OK;
}

void sc_comparison_free(sc_comparison *c)
{
    if (c == NULL)
        return;
    sc_arena_release(&c->arena);
    sc_free(c->cost);
    sc_free(c->no_output);
    sc_free(c->trial_requests);
    sc_free(c);
}

size_t sc_comparison_count(const sc_comparison *c) { return c->n; }
const sc_offer_result *sc_comparison_offer(const sc_comparison *c, size_t i) { return &c->results[i]; }
double sc_comparison_requests(const sc_comparison *c) { return c->requests; }
const double *sc_comparison_trial_requests(const sc_comparison *c) { return c->trial_requests; }

char *sc_offer_how(const sc_offer_result *o, unsigned scopes, char *buf)
{
    static const char *const names[SC_SCOPES] = {"reg", "geo", "global"};
    const size_t size = 80;
    size_t len = 0;
    buf[0] = '\0';
    for (int s = 0; s < SC_SCOPES; s++) {
        if (scopes >> s & 1)
            len += (size_t)snprintf(buf + len, size - len, "%s%s", len > 0 ? "/" : "", names[s]);
    }
    if (o->tier != SC_TIER_STANDARD)
        len += (size_t)snprintf(buf + len, size - len, " %s", sc_tier_name(o->tier));
    if (o->wait_tier != o->tier)
        len += (size_t)snprintf(buf + len, size - len, " +%s", sc_tier_name(o->wait_tier));
    if (o->ttl != SC_TTL_NONE)
        snprintf(buf + len, size - len, " %s", sc_ttl_name(o->ttl));
    return buf;
}
