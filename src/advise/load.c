/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load.c - how the minutes of each simulated future load bought capacity. */
#include "advise/load.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "sim/blocks.h"
#include "stats/elementary.h"

#define DAY_MINUTES 1440.0
#define HOUR_MINUTES 60.0
#define MAX_BINS ((size_t)1 << 27)  /* 8 GiB */
#define LOG_WIDTH 0.048790164169432 /* ln 1.05 */

/* One day of one path. */
typedef struct day_load {
    double requests[SC_LANES], tokens[2][SC_LANES], usd[2][SC_LANES];
    double variance[2][SC_LANES], covariance[SC_LANES]; /* of one request */
} day_load;

typedef struct load_run {
    const sc_path *const *paths;
    size_t n_paths, n_days;
    const sc_sim_options *o;
    sc_capacity_kind kind;
    double (*hours)[SC_HOURS]; /* [n_paths] */
    sc_load *load;
} load_run;

typedef struct load_scratch {
    sc_path_block block;
    sc_path_day day;
    day_load *days; /* [n_days][n_paths] */
} load_scratch;

static void read_day(const load_run *x, const sc_path *p, const sc_path_block *b, const sc_path_day *day, day_load *out)
{
    const int whole = x->kind == SC_CAPACITY_UNITS;
    for (int i = 0; i < SC_LANES; i++) {
        const sc_path_spread v = sc_path_spread_of(p, b, day, i);
        const double sd = p->plan.x.sd * b->input_scale[i];
        out->requests[i] = day->requests[i];
        out->tokens[0][i] = day->input[i] + day->written[i] + (whole ? day->read[i] : 0.0);
        out->tokens[1][i] = day->output[i];
        out->usd[0][i] = day->input_usd[i];
        out->usd[1][i] = day->output_usd[i];
        out->variance[0][i] = whole ? sd * sd : v.input;
        out->variance[1][i] = v.output;
        out->covariance[i] = v.both;
    }
}

/* USD a minute in hour h of a day of all paths. */
static double hour_usd(const load_run *x, const day_load *day, int h, int lane)
{
    double usd = 0.0;
    for (size_t p = 0; p < x->n_paths; p++)
        usd += (day[p].usd[0][lane] + day[p].usd[1][lane]) * x->hours[p][h] / DAY_MINUTES;
    return usd;
}

static void add_hour(const load_run *x, const day_load *day, int h, int lane, sc_load_bin *bin)
{
    sc_minute m = {{0, 0}, {0, 0}, 0};
    for (size_t p = 0; p < x->n_paths; p++) {
        const day_load *d = &day[p];
        const double share = x->hours[p][h] / DAY_MINUTES, n = d->requests[lane];
        if (n <= 0.0)
            continue;
        const double size[2] = {d->tokens[0][lane] / n, d->tokens[1][lane] / n};
        const double variance[2] = {d->variance[0][lane], d->variance[1][lane]};
        sc_minute_add(&m, n * share, x->paths[p]->plan.dispersion, size, variance, d->covariance[lane]);
        for (int k = 0; k < 2; k++)
            bin->usd[k] += HOUR_MINUTES * share * d->usd[k][lane];
    }
    bin->minutes += HOUR_MINUTES;
    for (int k = 0; k < 2; k++) {
        bin->sum.mean[k] += HOUR_MINUTES * m.mean[k];
        bin->sum.variance[k] += HOUR_MINUTES * m.variance[k];
    }
    bin->sum.covariance += HOUR_MINUTES * m.covariance;
}

static void fill_bins(const load_run *x, const day_load *days, int lane, sc_load_bin *bins)
{
    double top = 0.0;
    for (size_t d = 0; d < x->n_days; d++)
        top = fmax(top, hour_usd(x, days + d * x->n_paths, 0, lane)); /* hour 0 is everybody's busiest */
    for (size_t d = 0; d < x->n_days && top > 0.0; d++) {
        for (int h = 0; h < SC_HOURS; h++) {
            const double usd = hour_usd(x, days + d * x->n_paths, h, lane);
            if (usd <= 0.0)
                continue;
            double down = (sc_log(top) - sc_log(usd)) / LOG_WIDTH;
            down = down < 0.0 ? 0.0 : down > SC_LOAD_BINS - 1.0 ? SC_LOAD_BINS - 1.0 : down;
            add_hour(x, days + d * x->n_paths, h, lane, &bins[(size_t)down]);
        }
    }
}

static void run_block(const void *run, size_t block, void *own)
{
    const load_run *x = run;
    load_scratch *k = own;
    const uint32_t first = (uint32_t)(block * SC_LANES);
    const int lanes = sc_block_lanes(x->o->trials, block);
    sc_load *l = x->load;
    for (size_t p = 0; p < x->n_paths; p++) {
        sc_path_begin(x->paths[p], first, &k->block);
        for (size_t d = 0; d < x->n_days; d++) {
            sc_path_draw(x->paths[p], d, &k->block, &k->day);
            read_day(x, x->paths[p], &k->block, &k->day, &k->days[d * x->n_paths + p]);
            for (int i = 0; i < lanes; i++) {
                l->covered[first + (uint32_t)i] += k->day.input_usd[i] + k->day.output_usd[i];
                l->waiting[first + (uint32_t)i] += k->day.waiting_usd[i];
            }
        }
    }
    for (int i = 0; i < lanes; i++)
        fill_bins(x, k->days, i, l->bins + (first + (size_t)i) * SC_LOAD_BINS);
}

static sc_code run_all(load_run *x, int threads, size_t blocks)
{
    const size_t days = x->n_days * x->n_paths;
    load_scratch *k = SC_NEW_ARRAY(load_scratch, (size_t)threads);
    day_load *all = sc_calloc((size_t)threads * days, sizeof *all);
    const sc_code code = k != NULL && all != NULL ? SC_OK : SC_E_MEMORY;
    for (int t = 0; code == SC_OK && t < threads; t++)
        k[t].days = all + (size_t)t * days;
    if (code == SC_OK)
        sc_blocks_run(x->o, threads, blocks, run_block, x, k, sizeof *k);
    sc_free(all);
    sc_free(k);
    return code;
}

sc_code sc_load_build(const sc_path *const *paths, size_t n_paths, const sc_sim_options *o, sc_capacity_kind kind,
                      sc_load *out, sc_errors *errors)
{
    int threads;
    size_t blocks;
    *out = (sc_load){0};
    sc_code code = sc_blocks_check(o, &threads, &blocks, errors);
    if (code != SC_OK)
        return code;
    const size_t trials = (size_t)o->trials;
    if (trials > MAX_BINS / SC_LOAD_BINS)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                             "%" PRId64 " trials are too many to size capacity with, expected at most %zu", o->trials,
                             MAX_BINS / SC_LOAD_BINS);
    load_run x = {
        .paths = paths, .n_paths = n_paths, .n_days = paths[0]->plan.n_days, .o = o, .kind = kind, .load = out};
    out->n_trials = trials;
    out->bins = SC_NEW_ARRAY(sc_load_bin, trials * SC_LOAD_BINS);
    out->covered = SC_NEW_ARRAY(double, trials);
    out->waiting = SC_NEW_ARRAY(double, trials);
    x.hours = sc_calloc(n_paths, sizeof *x.hours);
    if (out->bins == NULL || out->covered == NULL || out->waiting == NULL || x.hours == NULL) {
        sc_free(x.hours);
        return SC_E_MEMORY;
    }
    for (size_t p = 0; p < n_paths; p++)
        sc_hours_of_peak(paths[p]->plan.w->peak_factor, x.hours[p]);
    code = run_all(&x, threads, blocks);
    sc_free(x.hours);
    return code;
}

void sc_load_release(sc_load *l)
{
    sc_free(l->bins);
    sc_free(l->covered);
    sc_free(l->waiting);
    *l = (sc_load){0};
}

sc_load_outcome sc_load_try(const sc_load *l, size_t trial, const double capacity[2])
{
    const sc_load_bin *bins = l->bins + trial * SC_LOAD_BINS;
    sc_load_outcome out = {{0, 0}, {0, 0}, 0};
    for (size_t j = 0; j < SC_LOAD_BINS; j++) {
        const sc_load_bin *b = &bins[j];
        if (b->minutes <= 0.0)
            continue;
        const double each = 1.0 / b->minutes;
        const sc_minute m = {{b->sum.mean[0] * each, b->sum.mean[1] * each},
                             {b->sum.variance[0] * each, b->sum.variance[1] * each},
                             b->sum.covariance * each};
        double over[2];
        sc_minute_overflow(&m, capacity, over);
        for (int k = 0; k < 2; k++) {
            out.tokens[k] += b->sum.mean[k];
            out.over[k] += over[k] * b->minutes;
            out.over_usd += m.mean[k] > 0.0 ? b->usd[k] * over[k] / m.mean[k] : 0.0;
        }
    }
    return out;
}
