/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.c - a workload compiled for simulation: moments, shapes, tail table, and the draws that hold for a whole trial.
 */
#include "sim/plan.h"

#include <math.h>

#include "sim/arrivals.h"
#include "sim/turns.h"
#include "stats/elementary.h"

#define DAYS_PER_MONTH 30.4375 /* 365.25 / 12: growth a month compounds over months of equal length */

/* ---- sizes of requests ---- */

static sc_size_moments size_moments(const sc_dist *d)
{
    if (d->kind == SC_DIST_CONSTANT)
        return (sc_size_moments){.mean = d->a};
    double m1 = sc_dist_moment(d, 1), m2 = sc_dist_moment(d, 2), m3 = sc_dist_moment(d, 3), m4 = sc_dist_moment(d, 4);
    double c2 = m2 - m1 * m1, c3 = m3 - 3.0 * m1 * m2 + 2.0 * m1 * m1 * m1;
    double c4 = m4 - 4.0 * m1 * m3 + 6.0 * m1 * m1 * m2 - 3.0 * m1 * m1 * m1 * m1;
    sc_size_moments m = {.mean = m1};
    if (c2 > 1e-14 * m1 * m1) {
        m.sd = sqrt(c2);
        m.skewness = c3 / (c2 * m.sd);
        m.kurtosis = c4 / (c2 * c2) - 3.0;
    }
    return m;
}

/* Requests that a sum must hold before three moments fix its quantiles well enough.  By Cornish and Fisher's expansion
 * the fourth moment moves P90 by about 0.07 sd x kurtosis / n; this keeps it below 0.1 % of the mean. */
static double shape_needs(const sc_size_moments *m)
{
    if (m->mean <= 0.0 || m->kurtosis <= 0.0)
        return 0.0;
    return sc_pow(70.0 * (m->sd / m->mean) * m->kurtosis, 2.0 / 3.0);
}

/* (w + 2) sqrt(w - 1) = skewness, w = exp(sd^2). */
double sc_shape_of_skewness(double skewness)
{
    if (skewness <= 1e-9)
        return 0.0;
    double b = 1.0 + 0.5 * skewness * skewness, root = sqrt(b * b - 1.0);
    double cube = sc_pow(b + root, 1.0 / 3.0), w = cube + 1.0 / cube - 1.0;
    return w > 1.0 ? sqrt(sc_log(w)) : 0.0;
}

/* E[y | score of x = z]: trapezoid rule over the score that y has for itself, which converges geometrically for smooth
 * y. */
static double mean_given(const sc_dist *y, double rho, double z)
{
    enum { STEPS = 96 };
    double sum = 0.0, mass = 0.0, own = sqrt(1.0 - rho * rho);
    for (int i = -STEPS; i <= STEPS; i++) {
        double t = (double)i * (8.5 / STEPS), density = sc_exp(-0.5 * t * t);
        sum += density * sc_dist_at(y, rho * z + own * t);
        mass += density;
    }
    return sum / mass;
}

static double correlation_of_sizes(const sc_work_plan *p)
{
    enum { STEPS = 96 };
    const sc_workload *w = p->w;
    double sum = 0.0, mass = 0.0;
    if (w->correlation == 0.0 || p->x.sd == 0.0 || p->y.sd == 0.0)
        return 0.0;
    for (int i = -STEPS; i <= STEPS; i++) {
        double t = (double)i * (8.5 / STEPS), density = sc_exp(-0.5 * t * t);
        sum += density * (sc_dist_at(&w->input, t) - p->x.mean) * mean_given(&w->output, w->correlation, t);
        mass += density;
    }
    double r = sum / mass / (p->x.sd * p->y.sd);
    return r > 0.999 ? 0.999 : r < -0.999 ? -0.999 : r;
}

/* Fills the table from the top edge down; cell i lies between the scores edge[i] and edge[i + 1]. */
static void fill_tail(sc_work_plan *p, size_t cells, const double *edge)
{
    enum { PARTS = 16 }; /* of a cell, for what output correlated input brings */
    const sc_workload *w = p->w;
    sc_tail_table *t = &p->tail;
    for (size_t i = cells; i-- > 0;) {
        double mass = sc_normal_cdf(-edge[i]) - sc_normal_cdf(-edge[i + 1]), middle = 0.5 * (edge[i] + edge[i + 1]);
        double x = t->steps ? t->x[i] : sc_dist_at(&w->input, middle), y = mass * p->y.mean;
        if (w->correlation != 0.0 && !t->steps)
            y = mass * mean_given(&w->output, w->correlation, middle);
        for (int k = 0; w->correlation != 0.0 && t->steps && k < PARTS; k++) {
            double width = (edge[i + 1] - edge[i]) / PARTS, z0 = edge[i] + width * k;
            double part = sc_normal_cdf(-z0) - sc_normal_cdf(-(z0 + width));
            y = (k > 0 ? y : 0.0) + part * mean_given(&w->output, w->correlation, z0 + 0.5 * width);
        }
        t->share[i] = t->share[i + 1] + mass;
        t->sum_x[i] = t->sum_x[i + 1] + mass * x;
        t->sum_xx[i] = t->sum_xx[i + 1] + mass * x * x;
        t->sum_y[i] = t->sum_y[i + 1] + y;
    }
    /* All requests hold exactly what the moments say. */
    double square = p->x.sd * p->x.sd + p->x.mean * p->x.mean;
    double whole[4] = {1.0, p->x.mean, square, p->y.mean};
    double *column[4] = {t->share, t->sum_x, t->sum_xx, t->sum_y};
    for (int c = 0; c < 4; c++) {
        double fit = column[c][0] > 0.0 ? whole[c] / column[c][0] : 0.0;
        for (size_t i = 0; i < t->n; i++)
            column[c][i] *= fit;
    }
}

sc_code sc_work_plan_tail(sc_work_plan *p, sc_arena *arena)
{
    enum { CELLS = 512 };
    const double first = -6.5, last = 6.5; /* scores from 32-bit uniforms end at 6.4 */
    const sc_dist *input = &p->w->input;
    sc_tail_table *t = &p->tail;
    if (p->n_bands == 0 || t->n > 0)
        return SC_OK;
    t->steps = input->kind == SC_DIST_DISCRETE || input->kind == SC_DIST_CONSTANT;
    size_t cells = !t->steps ? CELLS : input->kind == SC_DIST_CONSTANT ? 1 : input->n;
    double *edge = SC_ARENA_ARRAY(arena, double, cells + 1);
    t->x = SC_ARENA_ARRAY(arena, double, cells + 1);
    t->share = SC_ARENA_ARRAY(arena, double, cells + 1);
    t->sum_x = SC_ARENA_ARRAY(arena, double, cells + 1);
    t->sum_xx = SC_ARENA_ARRAY(arena, double, cells + 1);
    t->sum_y = SC_ARENA_ARRAY(arena, double, cells + 1);
    if (edge == NULL || t->x == NULL || t->share == NULL || t->sum_x == NULL || t->sum_xx == NULL || t->sum_y == NULL)
        return SC_E_MEMORY;
    t->n = cells + 1;
    for (size_t i = 0; i <= cells; i++) {
        double z = first + (last - first) / (double)cells * (double)i;
        if (input->kind == SC_DIST_DISCRETE) {
            z = i == 0 ? first : i == cells ? last : sc_normal_quantile(input->cumulative[i - 1]);
            z = fmin(fmax(z, first), last);
            t->x[i] = input->values[i < cells ? i : cells - 1];
        } else {
            t->x[i] = sc_dist_at(input, z);
        }
        edge[i] = z;
    }
    fill_tail(p, cells, edge);
    return SC_OK;
}

void sc_tail_at(const sc_tail_table *t, double from, double *share, double *x, double *xx, double *y)
{
    size_t low = 0, high = t->n - 1;
    double part = 0.0; /* of the cell below x[high] */
    if (from > t->x[t->n - 1]) {
        *share = *x = *xx = *y = 0.0;
        return;
    }
    if (from <= t->x[0]) {
        high = 0;
    } else {
        while (high - low > 1) { /* x[low] < from <= x[high] */
            size_t mid = low + (high - low) / 2;
            if (t->x[mid] < from)
                low = mid;
            else
                high = mid;
        }
        if (!t->steps)
            part = (t->x[high] - from) / (t->x[high] - t->x[low]);
    }
    *share = t->share[high] + part * (t->share[low] - t->share[high]);
    *x = t->sum_x[high] + part * (t->sum_x[low] - t->sum_x[high]);
    *xx = t->sum_xx[high] + part * (t->sum_xx[low] - t->sum_xx[high]);
    *y = t->sum_y[high] + part * (t->sum_y[low] - t->sum_y[high]);
}

/* ---- set-up ---- */

sc_code sc_work_plan_init(sc_work_plan *p, const sc_scenario *s, const sc_workload *w, uint64_t seed, sc_arena *arena)
{
    const char *project = s->projects[w->project].id;
    *p = (sc_work_plan){.w = w, .n_days = (size_t)(s->end - s->start)};
    p->factor_stream = sc_stream_of(seed, project, w->id, "parameters");
    p->day_stream = sc_stream_of(seed, project, w->id, "days");
    p->request_stream = sc_stream_of(seed, project, w->id, "requests");
    p->level_stream = sc_stream_of(seed, project, w->id, "levels");
    p->x = size_moments(&w->input);
    p->y = size_moments(&w->output);
    p->size_correlation = correlation_of_sizes(p);
    p->retried = sc_dist_max(&w->param[SC_PARAM_RETRIES]) > 0.0;
    p->dispersion = w->burstiness * w->burstiness;
    p->exact_below = p->dispersion > 0.0 ? sc_count_exact_below(p->dispersion) : 0.0;
    p->gap_shape = w->burstiness > 0.0 ? sc_weibull_shape(w->burstiness) : 0.0;
    p->gap_factor = p->gap_shape > 0.0 ? sc_weibull_mean_factor(p->gap_shape) : 0.0;
    p->noise_sd = sqrt(sc_log(1.0 + w->day_cv * w->day_cv));
    p->swing_sd = sqrt(sc_log(1.0 + w->swings.cv * w->swings.cv));
    p->swing_keep = sc_pow(0.5, 1.0 / w->swings.half_life);
    p->wander_sd = sqrt(sc_log(1.0 + w->wander * w->wander) / DAYS_PER_MONTH);

    /* Sums of a month are the shortest that reports show; a shorter horizon needs more requests a day. */
    double needs = fmax(shape_needs(&p->x), shape_needs(&p->y));
    double days = p->n_days < 30 ? (double)p->n_days : 30.0;
    p->draw_below = fmin(floor(needs / days), 5000.0);

    if (w->converses) {
        sc_turns_init(p);
        p->draw_below = fmin(fmax(p->draw_below, ceil(sc_turns_needed(p) / days)), 5000.0);
    }

    p->weight = SC_ARENA_ARRAY(arena, double, p->n_days);
    p->shape_x = SC_ARENA_ARRAY(arena, double, p->n_days);
    p->shape_y = SC_ARENA_ARRAY(arena, double, p->n_days);
    if (p->weight == NULL || p->shape_x == NULL || p->shape_y == NULL)
        return SC_E_MEMORY;
    double base = sc_dist_at(&w->param[SC_PARAM_REQUESTS], 0.0);
    double growth = sc_log(sc_dist_at(&w->param[SC_PARAM_GROWTH], 0.0)) / DAYS_PER_MONTH;
    for (size_t d = 0; d < p->n_days; d++) {
        p->weight[d] = w->weekday[sc_day_weekday(s->start + (sc_day)d)];
        /* The shape of a day's sums follows from the median volume; it matters little where many requests add up. */
        double n = base * p->weight[d] * sc_exp(growth * (double)d),
               root = sqrt(n > p->draw_below ? n : p->draw_below + 1.0);
        p->shape_x[d] = sc_shape_of_skewness(p->x.skewness / root);
        p->shape_y[d] = sc_shape_of_skewness(p->y.skewness / root);
    }
    return SC_OK;
}

/* P(x <= most), by the score that gives most. */
static double share_within(const sc_dist *d, double most)
{
    double low = -8.5, high = 8.5; /* no double is further out */
    if (sc_dist_at(d, low) > most)
        return 0.0;
    if (sc_dist_at(d, high) <= most)
        return 1.0;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (sc_dist_at(d, middle) <= most)
            low = middle;
        else
            high = middle;
    }
    return sc_normal_cdf(low);
}

int sc_work_plan_hit_slot(sc_work_plan *p, double seconds, int waiting_left_out)
{
    for (size_t i = 0; i < p->n_hits; i++) {
        if (p->hits[i].seconds == seconds && p->hits[i].waiting_left_out == waiting_left_out)
            return (int)i;
    }
    if (p->n_hits == SC_MAX_HIT_SLOTS)
        return -1;
    p->hits[p->n_hits] = (sc_hit_slot){.seconds = seconds, .waiting_left_out = waiting_left_out};
    if (p->w->converses)
        p->hits[p->n_hits].history_share = share_within(&p->w->turn_gap, seconds);
    return (int)p->n_hits++;
}

/* Only conversations care whose answers are in the context. */
static int is_same_band(const sc_work_plan *p, const sc_band_slot *a, const sc_band_slot *b)
{
    if (a->threshold != b->threshold || a->ratio != b->ratio || a->hit_slot != b->hit_slot)
        return 0;
    return !p->w->converses || (a->other_model == b->other_model && a->verbosity.key[0] == b->verbosity.key[0] &&
                                a->verbosity.key[1] == b->verbosity.key[1]);
}

int sc_work_plan_band_slot(sc_work_plan *p, const sc_band_slot *slot)
{
    for (size_t i = 0; i < p->n_bands; i++) {
        if (is_same_band(p, &p->bands[i], slot))
            return (int)i;
    }
    if (p->n_bands == SC_MAX_BAND_SLOTS)
        return -1;
    p->bands[p->n_bands] = *slot;
    return (int)p->n_bands++;
}

/* ---- draws of a trial ---- */

double sc_turns_of(double drawn) { return fmin(fmax(drawn, 1.0), SC_TURNS_MAX); }

#define FACTOR_INDEX 5 /* of the workload's own factor among the scores of its parameters */

static uint32_t score_index(int param) { return (uint32_t)(param < FACTOR_INDEX ? param : param + 1); }

static double score(const sc_stream *stream, uint32_t trial, uint32_t index)
{
    uint32_t bits[4];
    sc_philox(stream, trial, index, 0, 0, bits);
    return sc_normal_quantile(sc_u01_53(bits[0], bits[1]));
}

void sc_draw_factor(const sc_stream *stream, uint32_t first, double *out)
{
    for (uint32_t i = 0; i < SC_LANES; i++)
        out[i] = score(stream, first + i, 0);
}

static double param_at(const sc_workload *w, sc_param param, const double factor[SC_FACTORS], double own)
{
    const sc_dist *d = &w->param[param];
    const double *l = w->loadings[param].of;
    if (d->kind == SC_DIST_CONSTANT)
        return d->a;
    double shared = 0.0, rest = 1.0;
    for (int f = 0; f < SC_FACTORS; f++) {
        shared += l[f] * factor[f];
        rest -= l[f] * l[f];
    }
    return sc_dist_at(d, shared + sqrt(rest > 0.0 ? rest : 0.0) * own);
}

/* The part of a day's tokens that is in band b, of requests that stand for themselves. */
static void draw_band(const sc_work_plan *p, size_t b, uint32_t i, double from, sc_lane_params *out)
{
    double share, x, xx, y;
    sc_tail_at(&p->tail, from, &share, &x, &xx, &y);
    double variance = p->x.sd * p->x.sd, covariance = xx - x * p->x.mean, rest = xx - x * x;
    double slope = variance > 0.0 ? covariance / variance : 0.0;
    rest -= slope * covariance;
    out->band_from[b][i] = from;
    out->band_share[b][i] = share;
    out->band_x[b][i] = x;
    out->band_xx[b][i] = xx;
    out->band_y[b][i] = y;
    out->band_slope[b][i] = slope;
    out->band_sd[b][i] = rest > 0.0 ? sqrt(rest) : 0.0;
}

/* 1 if lane i talks as the one before it. */
static int talks_alike(const sc_lane_params *out, uint32_t i)
{
    if (i == 0)
        return 0;
    return out->turns[i] == out->turns[i - 1] && out->scale_x[i] == out->scale_x[i - 1] &&
           out->scale_y[i] == out->scale_y[i - 1];
}

static void draw_turn_band(const sc_work_plan *p, size_t b, uint32_t first, uint32_t i, double from, double ratio,
                           sc_lane_params *out)
{
    const sc_band_slot *slot = &p->bands[b];
    double longer = 1.0;
    if (slot->other_model)
        longer = sc_dist_at(&slot->longer, score(&slot->verbosity, first + i, 0)) / (slot->apart ? ratio : 1.0);
    out->band_longer[b][i] = longer;
    out->band_from[b][i] = from;
    if (talks_alike(out, i) && longer == out->band_longer[b][i - 1] && from == out->band_from[b][i - 1]) {
        out->band_share[b][i] = out->band_share[b][i - 1];
        out->band_x[b][i] = out->band_x[b][i - 1];
        out->band_y[b][i] = out->band_y[b][i - 1];
        out->band_history[b][i] = out->band_history[b][i - 1];
        return;
    }
    const sc_turn_band band = sc_turns_band(p, out->turns[i], out->scale_x[i], out->scale_y[i], longer, from);
    out->band_share[b][i] = band.share;
    out->band_x[b][i] = band.x;
    out->band_y[b][i] = band.y;
    out->band_history[b][i] = band.history;
}

static void draw_history(const sc_work_plan *p, uint32_t i, sc_lane_params *out)
{
    out->history[i] =
        talks_alike(out, i) ? out->history[i - 1] : sc_turns_mean(p, out->turns[i], out->scale_x[i], out->scale_y[i]);
}

void sc_draw_params(const sc_work_plan *p, uint32_t first, const double *organisation, const double *project,
                    const double (*ratios)[SC_LANES], sc_lane_params *out)
{
    const sc_workload *w = p->w;
    for (uint32_t i = 0; i < SC_LANES; i++) {
        double factor[SC_FACTORS] = {organisation[i], project[i], score(&p->factor_stream, first + i, FACTOR_INDEX)};
        double value[SC_PARAMS];
        for (int k = 0; k < SC_PARAMS; k++) {
            int uncertain = w->param[k].kind != SC_DIST_CONSTANT;
            value[k] =
                param_at(w, (sc_param)k, factor, uncertain ? score(&p->factor_stream, first + i, score_index(k)) : 0.0);
        }
        out->requests[i] = value[SC_PARAM_REQUESTS];
        out->log_growth[i] = sc_log(value[SC_PARAM_GROWTH]) / DAYS_PER_MONTH;
        out->scale_x[i] = value[SC_PARAM_INPUT_SCALE];
        out->scale_y[i] = value[SC_PARAM_OUTPUT_SCALE];
        out->waiting[i] = value[SC_PARAM_BATCHABLE];
        out->retries[i] = fmin(value[SC_PARAM_RETRIES], SC_RETRIED_SHARE_MAX);
        out->swing[i] = out->wander[i] = out->level[i] = 0.0;
        out->turns[i] = sc_turns_of(value[SC_PARAM_TURNS]);
        for (size_t b = 0; b < p->n_bands; b++) {
            const sc_band_slot *slot = &p->bands[b];
            const double ratio = slot->ratio >= 0 ? ratios[slot->ratio][i] : 1.0;
            const double from = slot->threshold / ratio - w->prefix_tokens;
            if (w->converses)
                draw_turn_band(p, b, first, i, from, ratio, out);
            else
                draw_band(p, b, i, from / out->scale_x[i], out);
        }
        if (w->converses)
            draw_history(p, i, out);
    }
}
