/* SPDX-License-Identifier: GPL-3.0-or-later */
/* future.c - one future of a scenario, drawn request by request, day by day.
 *
 * A key's requests are a renewal stream in operational time, which runs with the expected volume: one unit is a mean
 * gap of the key.  So gaps have the law that hit shares of the simulator are computed from, on every day, and counts
 * follow from the gaps. */
#include "synth/future.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "sim/blocks.h"
#include "stats/elementary.h"

#define DAY_MS INT64_C(86400000)

sc_stream sc_future_stream(const sc_future_work *work, uint64_t seed, const char *purpose)
{
    return sc_stream_of(seed, work->project->id, work->w->id, purpose);
}

/* ---- set-up ---- */

/* Expected requests of a day of trial 0: as the simulator's kernels draw them. */
static double day_rate(const sc_work_plan *p, const sc_lane_params *params, size_t day)
{
    uint32_t bits[4];
    sc_philox(&p->day_stream, 0, (uint32_t)day, 0, 0, bits);
    const double z = sc_normal_quantile_32(sc_u01_32(bits[0]));
    return params->requests[0] * p->weight[day] *
           sc_exp(params->log_growth[0] * (double)day + p->noise_sd * z - 0.5 * p->noise_sd * p->noise_sd +
                  params->level[0]);
}

static int ascending(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Wherever a price of the buy begins or ends. */
static sc_code find_bands(const sc_future *f, sc_future_work *work, sc_arena *arena)
{
    const sc_buy *buy = &work->w->buy;
    size_t first, n = sc_card_model_points(f->card, buy->model, &first), found = 0;
    work->bands = SC_ARENA_ARRAY(arena, int64_t, 2 * n + 1);
    if (work->bands == NULL)
        return SC_E_MEMORY;
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *p = sc_card_point(f->card, i);
        if (p->tier != buy->tier || p->meter >= SC_SYNTH_METERS || (p->scopes >> buy->scope & 1) == 0 ||
            (p->regions >> buy->region & 1) == 0)
            continue;
        if (p->context_from > 0)
            work->bands[found++] = p->context_from;
        if (p->context_to != INT64_MAX)
            work->bands[found++] = p->context_to;
    }
    qsort(work->bands, found, sizeof *work->bands, ascending);
    for (size_t i = 0; i < found; i++) {
        if (work->n_bands == 0 || work->bands[work->n_bands - 1] != work->bands[i])
            work->bands[work->n_bands++] = work->bands[i];
    }
    return SC_OK;
}

/* Plans a workload and draws what is uncertain about it. */
static sc_code plan_work(sc_future *f, sc_future_work *work, const sc_synth_options *o, const double *organisation,
                         sc_lane_params *params, sc_errors *errors)
{
    const sc_workload *w = work->w;
    double project[SC_LANES];
    sc_code code = sc_work_plan_init(&work->plan, f->s, w, o->seed, &f->arena);
    if (code == SC_OK)
        code = sc_offers_list(f->s, f->card, w, &work->plan, o->seed, SC_DAY_MAX, 0, &f->arena, &work->offers);
    if (code == SC_OK)
        code = sc_offers_judge(f->s, w, &work->offers, SC_DAY_MAX, errors);
    if (code == SC_OK)
        code = find_bands(f, work, &f->arena);
    work->rate = SC_ARENA_ARRAY(&f->arena, double, f->n_days);
    if (code != SC_OK || work->rate == NULL)
        return code != SC_OK ? code : SC_E_MEMORY;

    const sc_stream stream = sc_project_stream(o->seed, work->project->id);
    sc_draw_factor(&stream, 0, project);
    sc_draw_params(&work->plan, 0, organisation, project, NULL, params);
    work->ttl = work->offers.offers[0].ttl;
    work->prefix = llround(w->prefix_tokens);
    work->input_scale = params->scale_x[0];
    work->output_scale = params->scale_y[0];
    work->gaps = sc_future_stream(work, o->seed, "synthetic gaps");
    work->sizes = sc_future_stream(work, o->seed, "synthetic sizes");
    work->turn = sc_future_stream(work, o->seed, "synthetic turns");
    work->before = sc_future_stream(work, o->seed, "synthetic history");
    work->turns = params->turns[0];
    work->again = params->retries[0];
    work->key_offsets = sc_future_stream(work, o->seed, "synthetic keys");
    double keys = w->per_key > 0.0 ? 1.0 : w->keys;
    for (size_t d = 0; d < f->n_days; d++) {
        sc_kernels_best()->move_level(&work->plan, 0, d, params);
        work->rate[d] = o->scale * day_rate(&work->plan, params, d) / (1.0 - work->again);
        f->expected += work->rate[d];
        if (w->per_key > 0.0)
            keys = fmax(keys, ceil(work->rate[d] / w->per_key));
    }
    work->n_keys = keys < 1e10 ? (size_t)llround(keys) : SIZE_MAX;
    return SC_OK;
}

static sc_code plan_works(sc_future *f, const sc_synth_options *o, sc_errors *errors)
{
    double organisation[SC_LANES];
    const sc_stream stream = sc_organisation_stream(o->seed);
    sc_lane_params *params = SC_NEW(sc_lane_params);
    sc_code code = params != NULL ? SC_OK : SC_E_MEMORY;
    sc_draw_factor(&stream, 0, organisation);
    for (size_t i = 0; i < f->n_works && (code == SC_OK || code == SC_E_INPUT); i++) {
        sc_future_work *work = &f->works[i];
        work->w = &f->s->workloads[i];
        work->project = &f->s->projects[work->w->project];
        const sc_code planned = plan_work(f, work, o, organisation, params, errors);
        code = planned != SC_OK ? planned : code;
    }
    sc_free(params);
    return code;
}

/* ---- gaps ---- */

static double uniform(const sc_stream *stream, uint32_t key, uint32_t index, uint32_t block)
{
    uint32_t bits[4];
    sc_philox(stream, 0, key, index, block, bits);
    return sc_u01_53(bits[0], bits[1]);
}

/* A gap of mean 1: Weibull by inversion. */
static double draw_gap(const sc_future_work *work, uint32_t key, uint32_t index)
{
    const sc_work_plan *p = &work->plan;
    if (p->gap_shape <= 0.0)
        return 1.0;
    const double e = -sc_log(uniform(&work->gaps, key, index, 0));
    return sc_pow(e, 1.0 / p->gap_shape) / p->gap_factor;
}

/* Gamma variate of shape a >= 1 (Marsaglia and Tsang 2000). */
static double draw_gamma(const sc_stream *stream, uint32_t key, double a)
{
    const double d = a - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    for (uint32_t attempt = 0;; attempt++) {
        uint32_t bits[4];
        sc_philox(stream, 0, key, 0, 1 + attempt, bits);
        const double x = sc_normal_quantile(sc_u01_53(bits[0], bits[1])), cube = 1.0 + c * x;
        const double v = cube * cube * cube, u = sc_u01_53(bits[2], bits[3]);
        if (cube > 0.0 && sc_log(u) < 0.5 * x * x + d - d * v + d * sc_log(v))
            return d * v;
    }
}

/* The time from an arbitrary moment to the next request of a stream that has always run (Cox 1962): a part of a gap
 * drawn in proportion to its length, which is lambda G^(1/s) with G gamma of shape 1 + 1/s. */
static double draw_first(const sc_future_work *work, uint32_t key)
{
    const sc_work_plan *p = &work->plan;
    const double part = uniform(&work->gaps, key, 0, 0);
    if (p->gap_shape <= 0.0)
        return part;
    return part * sc_pow(draw_gamma(&work->gaps, key, 1.0 + 1.0 / p->gap_shape), 1.0 / p->gap_shape) / p->gap_factor;
}

static sc_code open_keys(sc_future *f, sc_errors *errors)
{
    size_t sum = 0;
    for (size_t i = 0; i < f->n_works; i++) {
        const size_t n = f->works[i].n_keys;
        sum = n < SC_SYNTH_KEYS_MAX + 1 - sum ? sum + n : SC_SYNTH_KEYS_MAX + 1;
    }
    if (sum > SC_SYNTH_KEYS_MAX)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                             "the workloads have more than %d cache keys, the most whose requests are drawn",
                             SC_SYNTH_KEYS_MAX);
    for (size_t i = 0; i < f->n_works; i++) {
        sc_future_work *work = &f->works[i];
        work->keys = SC_ARENA_ARRAY(&f->arena, sc_key_stream, work->n_keys);
        if (work->keys == NULL)
            return SC_E_MEMORY;
        for (size_t k = 0; k < work->n_keys; k++)
            work->keys[k] = (sc_key_stream){.next = draw_first(work, (uint32_t)k), .last = -1};
    }
    return SC_OK;
}

sc_code sc_future_init(sc_future *f, const sc_scenario *s, const sc_card *card, const sc_synth_options *o,
                       sc_errors *errors)
{
    const size_t horizon = (size_t)(s->end - s->start);
    *f = (sc_future){.s = s, .card = card, .n_works = s->n_workloads};
    f->n_days = o->days > 0 && (size_t)o->days < horizon ? (size_t)o->days : horizon;
    f->works = SC_ARENA_ARRAY(&f->arena, sc_future_work, f->n_works);
    if (f->works == NULL)
        return SC_E_MEMORY;
    sc_code code = plan_works(f, o, errors);
    if (code == SC_OK && !(f->expected <= (double)o->max_requests))
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                             "the scenario expects %.0f requests, more than the %" PRId64
                             " to write at most; a scale of %.2g or fewer days stays below",
                             f->expected, o->max_requests, o->scale * (double)o->max_requests / f->expected * 0.95);
    return code == SC_OK ? open_keys(f, errors) : code;
}

void sc_future_release(sc_future *f)
{
    sc_free(f->requests);
    sc_arena_release(&f->arena);
    *f = (sc_future){0};
}

/* ---- a day ---- */

static sc_synth_request *add_request(sc_future *f)
{
    if (f->n_requests == f->cap) {
        const size_t cap = f->cap > 0 ? 2 * f->cap : 1024;
        sc_synth_request *grown = sc_realloc(f->requests, cap, sizeof *grown);
        if (grown == NULL)
            return NULL;
        f->requests = grown;
        f->cap = cap;
    }
    return &f->requests[f->n_requests++];
}

/* The meter of a prefix that is written: where the card has no such price, writing has no fee and its tokens are billed
 * as input, as the simulator does. */
static sc_meter miss_meter(const sc_future *f, const sc_future_work *work, sc_day day)
{
    const sc_meter write = sc_ttl_write_meter(work->ttl);
    return sc_card_find(f->card, &work->w->buy, write, NULL, 0, day) != NULL ? write : SC_METER_INPUT;
}

/* A whole number of tokens with x as its mean. */
static int64_t whole(double x, double u)
{
    const double below = floor(x);
    return (int64_t)below + (u < x - below);
}

/* New tokens of a request. */
static void draw_sizes(const sc_future_work *work, const sc_stream *stream, uint32_t key, uint32_t index,
                       int64_t *input, int64_t *output)
{
    const sc_workload *w = work->w;
    const double rho = w->correlation, own = sqrt(1.0 - rho * rho);
    uint32_t bits[4];
    sc_philox(stream, 0, key, index, 0, bits);
    const double zx = sc_normal_quantile_32(sc_u01_32(bits[0])), zy = sc_normal_quantile_32(sc_u01_32(bits[1]));
    *input = whole(work->input_scale * sc_dist_at(&w->input, zx), sc_u01_32(bits[2]));
    *output = whole(work->output_scale * sc_dist_at(&w->output, rho * zx + own * zy), sc_u01_32(bits[3]));
}

static void end_turn(sc_key_stream *key, int64_t input, int64_t output)
{
    key->history += input + output;
    key->answer = output;
    key->begun = 1;
}

/* A key begins within a conversation that has j turns behind it with probability (1 - q) q^j, as the simulator's do. */
static void begin_key(const sc_future_work *work, uint32_t k, sc_key_stream *key)
{
    const double go_on = 1.0 - 1.0 / work->turns;
    if (go_on <= 0.0)
        return;
    const double before = floor(sc_log(uniform(&work->turn, k, 0, 1)) / sc_log(go_on));
    for (uint32_t j = 0; (double)j < before; j++) {
        int64_t input, output;
        draw_sizes(work, &work->before, k, j, &input, &output);
        end_turn(key, input, output);
    }
}

/* What a turn carries and finds in the cache, and where its conversation is afterwards.  One uniform decides about
 * prefix and history, as in the simulator; whether the prefix was found says which part of it this one is from. */
static void carry_turn(const sc_future_work *work, uint32_t k, sc_key_stream *key, sc_synth_request *r)
{
    const double most = work->w->history_max, share = work->hit_share;
    const int slot = work->offers.offers[0].hit_slot;
    int64_t input, output;
    uint32_t bits[4];
    if (r->index == 0)
        begin_key(work, k, key);
    sc_philox(&work->turn, 0, k, r->index, 0, bits);
    const double u = sc_u01_32(bits[0]), next = sc_u01_32(bits[1]);
    const double at = r->hit ? u * share : share + u * (1.0 - share);
    const int is_whole = (double)key->history <= most;
    r->history = is_whole ? key->history : (int64_t)most;
    if (slot >= 0 && key->begun && at < work->plan.hits[slot].history_share) {
        r->hit = 1;
        r->read = is_whole ? key->history - key->answer : 0;
    }
    if (next < work->again)
        return;
    draw_sizes(work, &work->sizes, k, r->index, &input, &output);
    if (next < work->again + (1.0 - work->again) * (1.0 - 1.0 / work->turns)) {
        end_turn(key, input, output);
    } else {
        key->history = key->answer = 0;
        key->begun = 0;
    }
}

/* P(gap <= lifetime) of a key with this many mean gaps a day, as the simulator's. */
static double hit_share(const sc_future_work *work, double length)
{
    const sc_work_plan *p = &work->plan;
    const double gaps = length * sc_ttl_seconds(work->ttl) / 86400.0;
    if (p->gap_shape <= 0.0)
        return gaps >= 1.0 ? 1.0 : 0.0;
    return gaps > 0.0 ? 1.0 - sc_exp(-sc_pow(gaps * p->gap_factor, p->gap_shape)) : 0.0;
}

/* Requests of a key while it is in use: from `offset` on for `part` of the day, after which its time stands still. */
static sc_code draw_key(sc_future *f, size_t index, size_t k, size_t day, double length, double part)
{
    sc_future_work *work = &f->works[index];
    sc_key_stream *key = &work->keys[k];
    const int64_t midnight = (int64_t)(f->s->start + (sc_day)day) * DAY_MS;
    const int64_t lifetime = (int64_t)(1000.0 * sc_ttl_seconds(work->ttl));
    const double end = part < 1.0 ? work->gone + length * part : work->gone + length;
    const double offset = part < 1.0 ? (1.0 - part) * uniform(&work->key_offsets, (uint32_t)day, 0, 0) : 0.0;
    for (; key->next < end; key->next += draw_gap(work, (uint32_t)k, key->drawn)) {
        sc_synth_request *r = add_request(f);
        if (r == NULL)
            return SC_E_MEMORY;
        const int64_t ms = (int64_t)((offset + (key->next - work->gone) / length) * (double)DAY_MS);
        r->ms = midnight + (ms < 0 ? 0 : ms < DAY_MS ? ms : DAY_MS - 1);
        r->workload = (uint32_t)index;
        r->key = (uint32_t)k;
        r->index = key->drawn++;
        r->hit = work->ttl != SC_TTL_NONE && key->last >= 0 && r->ms - key->last <= lifetime;
        r->history = r->read = 0;
        if (work->w->converses)
            carry_turn(work, (uint32_t)k, key, r);
        key->last = r->ms;
    }
    if (part < 1.0)
        key->next += length * (1.0 - part);
    return SC_OK;
}

static sc_code draw_work(sc_future *f, size_t index, size_t day)
{
    sc_future_work *work = &f->works[index];
    const double per_key = work->w->per_key, keys = per_key > 0.0 ? work->rate[day] / per_key : (double)work->n_keys;
    const double length = per_key > 0.0 ? per_key : work->rate[day] / keys;
    sc_code code = SC_OK;
    work->miss_meter = work->ttl != SC_TTL_NONE ? miss_meter(f, work, f->s->start + (sc_day)day) : SC_METER_INPUT;
    work->hit_share = work->w->converses && work->ttl != SC_TTL_NONE ? hit_share(work, length) : 0.0;
    for (size_t k = 0; k < work->n_keys && code == SC_OK; k++)
        code = draw_key(f, index, k, day, length, fmax(keys - (double)k, 0.0));
    work->gone += length;
    return code;
}

static int by_time(const void *a, const void *b)
{
    const sc_synth_request *p = a, *q = b;
    if (p->ms != q->ms)
        return p->ms < q->ms ? -1 : 1;
    if (p->workload != q->workload)
        return p->workload < q->workload ? -1 : 1;
    if (p->key != q->key)
        return p->key < q->key ? -1 : 1;
    return p->index < q->index ? -1 : p->index > q->index;
}

sc_code sc_future_day(sc_future *f, size_t day)
{
    sc_code code = SC_OK;
    f->n_requests = 0;
    for (size_t i = 0; i < f->n_works && code == SC_OK; i++)
        code = draw_work(f, i, day);
    if (code == SC_OK && f->n_requests > 1)
        qsort(f->requests, f->n_requests, sizeof *f->requests, by_time);
    return code;
}

void sc_future_tokens(const sc_future *f, const sc_synth_request *r, int64_t tokens[SC_SYNTH_METERS])
{
    const sc_future_work *work = &f->works[r->workload];
    const int cached = work->w->converses && work->ttl != SC_TTL_NONE; /* as a whole */
    int64_t input, output;
    draw_sizes(work, &work->sizes, r->key, r->index, &input, &output);
    memset(tokens, 0, SC_SYNTH_METERS * sizeof *tokens);
    tokens[cached ? work->miss_meter : SC_METER_INPUT] = input + r->history - r->read;
    tokens[SC_METER_OUTPUT] = output;
    tokens[SC_METER_CACHE_READ] = r->read;
    tokens[r->hit ? SC_METER_CACHE_READ : work->miss_meter] += work->prefix;
}

int64_t sc_synth_context(const int64_t tokens[SC_SYNTH_METERS])
{
    int64_t sum = 0;
    for (int m = 0; m < SC_SYNTH_METERS; m++)
        sum += sc_meter_in_context((sc_meter)m) ? tokens[m] : 0;
    return sum;
}
