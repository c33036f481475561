/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quota.c - whether what is asked of a model at the busiest minute fits the account's quota. */
#include "advise/quota.h"

#include <stdarg.h>
#include <stdio.h>

#include "advise/minute.h"
#include "base/alloc.h"
#include "sim/blocks.h"
#include "stats/elementary.h"
#include "stats/summary.h"

#define DAY_MINUTES 1440.0
#define HOUR_MINUTES 60.0 /* the busiest minute is one of so many that are alike */

/* Use up to 80 % is the headroom that AWS advises (Bedrock quota guidance, 2026). */
const sc_quota_options sc_quota_defaults = {.share = 0.8, .level = 0.95, .held_seconds = 60.0};

typedef struct need_rule {
    const char *name;
    sc_limit limit;
} need_rule;

static const need_rule needs[SC_NEEDS] = {
    [SC_NEED_USED] = {"tokens used a minute", SC_LIMIT_TOKENS},
    [SC_NEED_HELD] = {"tokens held a minute", SC_LIMIT_TOKENS},
    [SC_NEED_REQUESTS] = {"requests a minute", SC_LIMIT_REQUESTS},
    [SC_NEED_DAY] = {"tokens used a day", SC_LIMIT_DAY},
    [SC_NEED_INPUT] = {"input tokens a minute", SC_LIMIT_INPUT},
    [SC_NEED_OUTPUT] = {"output tokens a minute", SC_LIMIT_OUTPUT},
    [SC_NEED_OUTPUT_HELD] = {"output tokens held a minute", SC_LIMIT_OUTPUT},
};

const char *sc_need_name(sc_need need) { return needs[need].name; }

const char *sc_quota_verdict_name(sc_quota_verdict v)
{
    static const char *const names[] = {"unknown quota", "fits", "tight", "would throttle"};
    return names[v];
}

/* What is needed on one day of one trial: mean and variance of a minute of the busiest hour; of SC_NEED_DAY the day
 * itself. */
typedef struct day_need {
    double tokens; /* of the day, by which days are ranked */
    double mean[SC_NEEDS], variance[SC_NEEDS];
} day_need;

typedef struct quota_run {
    const sc_sim_options *o;
    const sc_quota_options *q;
    sc_path *paths;
    size_t n_open, n_days;
    double burndown; /* 0 = not known */
    double *asked;   /* [n_open] max_tokens of a request, 0 = not known */
    double *peak;    /* [n_open] */
    day_need *found; /* [2][trials]: the median day, the busiest */
} quota_run;

typedef struct quota_scratch {
    sc_path_block block;
    sc_path_day day;
    day_need *days; /* [n_days][SC_LANES] */
    double *order;  /* [n_days] */
} quota_scratch;

/* ---- one block ---- */

/* Requests of one size, n a day of which `rate` in a minute of the busiest hour. */
static void add_need(day_need *to, sc_need need, double rate, double dispersion, double size, double variance)
{
    to->mean[need] += rate * size;
    to->variance[need] += rate * (variance + dispersion * size * size);
}

static void add_path(const quota_run *x, size_t path, const sc_path_block *b, const sc_path_day *day, int i,
                     day_need *to)
{
    const sc_path *p = &x->paths[path];
    const double n = day->requests[i], burn = x->burndown, spread_of_count = p->plan.dispersion;
    if (n <= 0.0)
        return;
    const sc_path_spread v = sc_path_spread_of(p, b, day, i);
    const double sd = p->plan.x.sd * b->input_scale[i], plain = sd * sd; /* of input, its prefix read or written */
    const double input = day->input[i] / n, read = day->read[i] / n, written = day->written[i] / n;
    const double output = day->output[i] / n, asked = x->asked[path], rate = n * x->peak[path] / DAY_MINUTES;
    const double held = x->q->held_seconds / 60.0;
    to->tokens += day->input[i] + day->read[i] + day->written[i] + day->output[i];
    add_need(to, SC_NEED_USED, rate, spread_of_count, input + written + burn * output,
             v.input + burn * burn * v.output + 2.0 * burn * v.both);
    add_need(to, SC_NEED_HELD, rate * held, spread_of_count, input + read + written + asked, plain);
    add_need(to, SC_NEED_REQUESTS, rate, spread_of_count, 1.0, 0.0);
    add_need(to, SC_NEED_INPUT, rate, spread_of_count, input + read + written, plain);
    add_need(to, SC_NEED_OUTPUT, rate, spread_of_count, output, v.output);
    add_need(to, SC_NEED_OUTPUT_HELD, rate * held, spread_of_count, asked, 0.0);
    /* What can wait is kept out of the busiest hour; on the flex tier it takes of the day's tokens all the same. */
    const double waits = p->offer.wait_tier == SC_TIER_FLEX ? 1.0 : 0.0;
    to->mean[SC_NEED_DAY] += day->input[i] + day->written[i] + burn * day->output[i] +
                             waits * (day->waiting_input[i] + burn * day->waiting_output[i]);
}

/* The median day and the busiest one. */
static void find_days(const quota_run *x, const quota_scratch *k, int lane, size_t trial)
{
    size_t busiest = 0, middle = 0;
    for (size_t d = 0; d < x->n_days; d++) {
        k->order[d] = k->days[d * SC_LANES + (size_t)lane].tokens;
        if (k->order[d] > k->days[busiest * SC_LANES + (size_t)lane].tokens)
            busiest = d;
    }
    sc_sort(k->order, x->n_days);
    while (middle + 1 < x->n_days && k->days[middle * SC_LANES + (size_t)lane].tokens != k->order[(x->n_days - 1) / 2])
        middle++;
    x->found[trial] = k->days[middle * SC_LANES + (size_t)lane];
    x->found[(size_t)x->o->trials + trial] = k->days[busiest * SC_LANES + (size_t)lane];
}

static void run_block(const void *run, size_t block, void *own)
{
    const quota_run *x = run;
    quota_scratch *k = own;
    const uint32_t first = (uint32_t)(block * SC_LANES);
    const int lanes = sc_block_lanes(x->o->trials, block);
    for (size_t i = 0; i < x->n_days * SC_LANES; i++)
        k->days[i] = (day_need){0};
    for (size_t p = 0; p < x->n_open; p++) {
        sc_path_begin(&x->paths[p], first, &k->block);
        for (size_t d = 0; d < x->n_days; d++) {
            sc_path_draw(&x->paths[p], d, &k->block, &k->day);
            for (int i = 0; i < lanes; i++)
                add_path(x, p, &k->block, &k->day, i, &k->days[d * SC_LANES + (size_t)i]);
        }
    }
    for (int i = 0; i < lanes; i++)
        find_days(x, k, i, first + (size_t)i);
}

static sc_code run_all(const quota_run *x, int threads, size_t blocks)
{
    const size_t days = x->n_days * SC_LANES;
    quota_scratch *k = SC_NEW_ARRAY(quota_scratch, (size_t)threads);
    day_need *all = sc_calloc((size_t)threads * days, sizeof *all);
    double *order = sc_calloc((size_t)threads * x->n_days, sizeof *order);
    const sc_code code = k != NULL && all != NULL && order != NULL ? SC_OK : SC_E_MEMORY;
    for (int t = 0; code == SC_OK && t < threads; t++) {
        k[t].days = all + (size_t)t * days;
        k[t].order = order + (size_t)t * x->n_days;
    }
    if (code == SC_OK)
        sc_blocks_run(x->o, threads, blocks, run_block, x, k, sizeof *k);
    sc_free(order);
    sc_free(all);
    sc_free(k);
    return code;
}

/* ---- figures ---- */

/* P(the need stays within `limit`) in the mean over trials; of minutes, in all of the busiest hour's. */
static double within(const day_need *found, size_t n, sc_need need, double limit)
{
    double sum = 0.0;
    for (size_t t = 0; t < n; t++) {
        const double stays = 1.0 - sc_minute_above(found[t].mean[need], found[t].variance[need], limit);
        sum += need == SC_NEED_DAY || stays >= 1.0 ? stays : sc_pow(stays, HOUR_MINUTES);
    }
    return sum / (double)n;
}

/* The least need that is not passed with a chance of `level`, by bisection to 1e-7 of it. */
static double need_at(const day_need *found, size_t n, sc_need need, double level)
{
    double low = 0.0, high = 1.0;
    if (within(found, n, need, 0.0) >= level)
        return 0.0;
    while (within(found, n, need, high) < level && high < 1e30) {
        low = high;
        high *= 4.0;
    }
    while (high - low > 1e-7 * high) {
        const double middle = 0.5 * (low + high);
        if (within(found, n, need, middle) < level)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static double chance_above(const quota_run *x, const sc_quota_result *r, sc_need need, int day)
{
    const size_t n = (size_t)x->o->trials;
    const double above = 1.0 - within(x->found + (size_t)day * n, n, need, r->need[need].limit);
    return above > 1e-12 ? above : 0.0; /* the sum rounds */
}

static int is_judged(const sc_quota_figure *f) { return f->known && f->limit > 0.0; }

/* The likeliest need to pass its limit binds. */
static void fill_quickly(const quota_run *x, sc_quota_result *r)
{
    const size_t n = (size_t)x->o->trials;
    sc_need worst = SC_NEEDS;
    for (sc_need need = 0; need < SC_NEEDS; need++) {
        if (!is_judged(&r->need[need]))
            continue;
        r->need[need].throttled[1] = chance_above(x, r, need, 1);
        if (worst == SC_NEEDS || r->need[need].throttled[1] > r->need[worst].throttled[1])
            worst = need;
    }
    if (worst < SC_NEEDS)
        r->need[worst].at_level[1] = need_at(x->found + n, n, worst, x->q->level);
}

/* Figures are independent of each other: a thread computes whole ones. */
static void fill_figures(const quota_run *x, int threads, sc_quota_result *r)
{
    const size_t n = (size_t)x->o->trials;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (size_t i = 0; i < (size_t)2 * SC_NEEDS; i++) {
        const sc_need need = (sc_need)(i / 2);
        sc_quota_figure *f = &r->need[need];
        if (!is_judged(f))
            continue;
        f->at_level[i % 2] = need_at(x->found + (i % 2) * n, n, need, x->q->level);
        f->throttled[i % 2] = chance_above(x, r, need, (int)(i % 2));
    }
}

/* ---- the verdict ---- */

static void say(sc_quota_result *r, const char *format, ...) SC_PRINTF(2, 3);
static void say(sc_quota_result *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->reason, sizeof r->reason, format, args);
    va_end(args);
}

/* What keeps a quota from being known, or NULL. */
static const char *unknown_part(const sc_quota_result *r, sc_endpoint endpoint)
{
    const sc_need *must;
    static const sc_need runtime[] = {SC_NEED_USED, SC_NEED_HELD}, mantle[] = {SC_NEED_INPUT, SC_NEED_OUTPUT};
    must = endpoint == SC_ENDPOINT_MANTLE ? mantle : runtime;
    for (int i = 0; i < 2; i++) {
        if (r->need[must[i]].limit <= 0.0)
            return needs[must[i]].limit == SC_LIMIT_TOKENS  ? "no tokens_per_minute is stated"
                   : needs[must[i]].limit == SC_LIMIT_INPUT ? "no input_tokens_per_minute is stated"
                                                            : "no output_tokens_per_minute is stated";
    }
    if ((r->need[SC_NEED_USED].limit > 0.0 && !r->need[SC_NEED_USED].known) ||
        (r->need[SC_NEED_DAY].limit > 0.0 && !r->need[SC_NEED_DAY].known))
        return "the output burndown of the model is not known";
    if ((r->need[SC_NEED_HELD].limit > 0.0 && !r->need[SC_NEED_HELD].known) ||
        (r->need[SC_NEED_OUTPUT_HELD].limit > 0.0 && !r->need[SC_NEED_OUTPUT_HELD].known))
        return "neither max_tokens_asked nor the output limit of the model is known";
    return NULL;
}

static void judge(const quota_run *x, sc_endpoint endpoint, sc_quota_result *r)
{
    r->binds = SC_NEEDS;
    for (sc_need need = 0; need < SC_NEEDS; need++) {
        const sc_quota_figure *f = &r->need[need];
        if (!is_judged(f))
            continue;
        const double share = f->at_level[1] / f->limit;
        if (r->binds != SC_NEEDS && share <= r->share)
            continue;
        r->binds = need;
        r->share = share;
        r->throttled = f->throttled[1];
    }
    const char *unknown = unknown_part(r, endpoint);
    const double even = 1.0 + 1e-6; /* rounding is no need */
    if (r->binds != SC_NEEDS && r->share > even)
        r->verdict = SC_QUOTA_THROTTLES;
    else if (unknown != NULL)
        r->verdict = SC_QUOTA_UNKNOWN;
    else
        r->verdict = r->share <= x->q->share * even ? SC_QUOTA_FITS : SC_QUOTA_TIGHT;
    if (r->verdict == SC_QUOTA_UNKNOWN) {
        say(r, "%s", unknown);
        return;
    }
    const sc_quota_figure *f = &r->need[r->binds];
    const int held = r->binds == SC_NEED_HELD || r->binds == SC_NEED_OUTPUT_HELD;
    say(r, "%s: %.0f of %.0f (%.0f %%) at P%.0f of the busiest %s, above it with a chance of %.1f %%%s",
        needs[r->binds].name, f->at_level[1], f->limit, 100.0 * r->share, 100.0 * x->q->level,
        r->binds == SC_NEED_DAY ? "day" : "minute", 100.0 * r->throttled,
        held ? "; a lower max_tokens_asked holds less" : "");
}

/* ---- the call ---- */

static sc_code open_paths(quota_run *x, const sc_scenario *s, const sc_card *card, const sc_quota_demand *demands,
                          size_t n, sc_errors *errors)
{
    x->paths = SC_NEW_ARRAY(sc_path, n);
    x->asked = SC_NEW_ARRAY(double, n);
    x->peak = SC_NEW_ARRAY(double, n);
    x->found = SC_NEW_ARRAY(day_need, 2 * (size_t)x->o->trials);
    if (x->paths == NULL || x->asked == NULL || x->peak == NULL || x->found == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        sc_path *p = &x->paths[i];
        x->n_open = i + 1;
        sc_code code = sc_path_open(p, s, card, x->o, demands[i].workload, demands[i].way, errors);
        if (code != SC_OK)
            return code;
        const sc_buy *a = &x->paths[0].offer.buy, *b = &p->offer.buy;
        const sc_workload *w = p->plan.w;
        if (a->model != b->model || a->region != b->region || a->scope != b->scope)
            return sc_errors_add(
                errors, SC_E_USAGE, NULL, NULL,
                "workload '%s' does not draw on the quota of '%s', expected one model, region and scope", w->id,
                x->paths[0].plan.w->id);
        double share[SC_HOURS];
        sc_hours_of_peak(w->peak_factor, share);
        x->peak[i] = share[0];
        x->asked[i] = (double)(w->max_tokens > 0 ? w->max_tokens : b->model->max_output);
    }
    x->n_days = x->paths[0].plan.n_days;
    x->burndown = (double)x->paths[0].offer.buy.model->output_burndown;
    return SC_OK;
}

static void state_limits(const quota_run *x, sc_quota_result *r)
{
    int asked = 1;
    for (size_t i = 0; i < x->n_open; i++)
        asked = asked && x->asked[i] > 0.0;
    for (sc_need need = 0; need < SC_NEEDS; need++) {
        r->need[need].limit = r->quota->limit[needs[need].limit];
        r->need[need].known = 1;
    }
    r->need[SC_NEED_USED].known = r->need[SC_NEED_DAY].known = x->burndown > 0.0;
    r->need[SC_NEED_HELD].known = r->need[SC_NEED_OUTPUT_HELD].known = asked;
}

static sc_code check_options(const sc_quota_options *q, size_t n, sc_errors *errors)
{
    if (n == 0)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "no workload draws on the quota, expected at least one");
    if (!(q->share > 0.0 && q->share <= 1.0))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "share is %g, expected above 0 and up to 1", q->share);
    if (!(q->level > 0.0 && q->level < 1.0))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "level is %g, expected between 0 and 1", q->level);
    if (!(q->held_seconds > 0.0 && q->held_seconds <= 60.0))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "held_seconds is %g, expected above 0 and up to 60",
                             q->held_seconds);
    return SC_OK;
}

sc_code sc_quota_assess(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const sc_quota_options *q,
                        sc_endpoint endpoint, const sc_quota_demand *demands, size_t n, sc_quota_result *out,
                        sc_errors *errors)
{
    int threads;
    size_t blocks;
    quota_run x = {.o = o, .q = q};
    *out = (sc_quota_result){.binds = SC_NEEDS};
    sc_code code = check_options(q, n, errors);
    if (code == SC_OK)
        code = sc_blocks_check(o, &threads, &blocks, errors);
    if (code != SC_OK)
        return code;
    code = open_paths(&x, s, card, demands, n, errors);
    if (code == SC_OK) {
        out->quota = sc_quota_for(s, &x.paths[0].offer.buy, endpoint);
        if (out->quota == NULL)
            say(out, "no quota is stated");
        else
            state_limits(&x, out);
    }
    if (code == SC_OK && out->quota != NULL)
        code = run_all(&x, threads, blocks);
    if (code == SC_OK && out->quota != NULL) {
        if (q->quick)
            fill_quickly(&x, out);
        else
            fill_figures(&x, threads, out);
        judge(&x, endpoint, out);
    }
    for (size_t i = 0; i < x.n_open; i++)
        sc_path_close(&x.paths[i]);
    sc_free(x.found);
    sc_free(x.peak);
    sc_free(x.asked);
    sc_free(x.paths);
    return code;
}
