/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kernels_body.h - the bodies of the hot loops, included once per instruction set; see kernels.h.
 *
 * Loops run over the trials of a block, so that compilers vectorise them; only + - * / sqrt and the inline functions of
 * stats/elementary.h are used, in a fixed order, so that every build gives the same bits. */
#ifndef SC_SIM_KERNELS_BODY_H
#define SC_SIM_KERNELS_BODY_H

#include <math.h>

#include "sim/arrivals.h"
#include "sim/kernels.h"
#include "stats/elementary.h"

#define SC_BODY static inline __attribute__((always_inline))

/* Four normal scores a trial from one Philox block. */
SC_BODY void normals_body(const sc_stream *stream, uint32_t first, uint32_t day, uint32_t request, uint32_t block,
                          double z[4][SC_LANES])
{
    uint32_t bits[4][SC_LANES];
    for (uint32_t i = 0; i < SC_LANES; i++) {
        uint32_t out[4];
        sc_philox(stream, first + i, day, request, block, out);
        for (int k = 0; k < 4; k++)
            bits[k][i] = out[k];
    }
    for (int k = 0; k < 4; k++) {
        for (int i = 0; i < SC_LANES; i++)
            z[k][i] = sc_normal_quantile_32(sc_u01_32(bits[k][i]));
    }
}

/* Swings are a stationary autoregression of order one, the level a random walk that starts at 0 on day 0; both on the
 * logarithm, less half their variance, so that the mean of the factor is 1. */
SC_BODY void move_level_body(const sc_work_plan *p, uint32_t first, size_t day, sc_lane_params *params)
{
    if (p->swing_sd <= 0.0 && p->wander_sd <= 0.0)
        return;
    const double keep = day > 0 ? p->swing_keep : 0.0, step = p->swing_sd * sqrt(1.0 - keep * keep);
    const double wander = day > 0 ? p->wander_sd : 0.0;
    const double mean = -0.5 * (p->swing_sd * p->swing_sd + p->wander_sd * p->wander_sd * (double)day);
    uint32_t bits[2][SC_LANES];
    for (uint32_t i = 0; i < SC_LANES; i++) {
        uint32_t out[4];
        sc_philox(&p->level_stream, first + i, (uint32_t)day, 0, 0, out);
        bits[0][i] = out[0];
        bits[1][i] = out[1];
    }
    for (int i = 0; i < SC_LANES; i++) {
        params->swing[i] = keep * params->swing[i] + step * sc_normal_quantile_32(sc_u01_32(bits[0][i]));
        params->wander[i] += wander * sc_normal_quantile_32(sc_u01_32(bits[1][i]));
        params->level[i] = mean + params->swing[i] + params->wander[i];
    }
}

/* Standardised sum of many requests: a shifted lognormal in z with mean 0, variance 1 and the skewness of `shape` (its
 * sd of the log); the normal where shape is 0. */
SC_BODY void shape_body(double shape, const double *z, double *out)
{
    if (shape <= 0.0) {
        for (int i = 0; i < SC_LANES; i++)
            out[i] = z[i];
        return;
    }
    double w = sc_exp(shape * shape), centre = sqrt(w), norm = 1.0 / sqrt(w * (w - 1.0));
    for (int i = 0; i < SC_LANES; i++)
        out[i] = (sc_exp(shape * z[i]) - centre) * norm;
}

/* A count with mean m and variance dispersion x m: Pearson III by Wilson and Hilferty's cube (1931), which keeps its
 * first three moments to 1e-4 and better where it is used. */
SC_BODY double count_body(double dispersion, double mean, double z)
{
    double sd = sqrt(dispersion * mean);
    double skew = (2.0 * dispersion - 1.0) / (sd > 1e-300 ? sd : 1e-300);
    double base = 1.0 + skew * z / 6.0 - skew * skew / 36.0;
    double cube = base > 0.0 ? base * base * base : 0.0;
    double value = mean + sd * (2.0 / skew) * (cube - 1.0);
    return value > 0.0 ? value : 0.0;
}

/* Every attempt fails with the same probability and is followed by another: those beyond the first of n requests are
 * negative binomial. */
SC_BODY double retries_body(const sc_work_plan *p, uint32_t trial, uint32_t day, double n, double share)
{
    double dispersion = 1.0 / (1.0 - share), mean = n * share * dispersion, u;
    uint32_t bits[4];
    sc_philox(&p->day_stream, trial, day, 0, 3, bits);
    u = sc_u01_53(bits[0], bits[1]);
    return mean < sc_count_exact_below(dispersion) ? sc_count_exact(mean, dispersion, u)
                                                   : count_body(dispersion, mean, sc_normal_quantile(u));
}

/* P(gap <= lifetime) at a day's rate: the share of requests that find the prefix of their key still cached. */
SC_BODY void hit_share_body(const sc_work_plan *p, const sc_hit_slot *slot, const double *rate, const double *waiting,
                            double *share)
{
    const double fixed = p->w->per_key, per_key = slot->seconds / (86400.0 * (fixed > 0.0 ? 1.0 : p->w->keys));
    for (int i = 0; i < SC_LANES; i++) {
        double daily = fixed > 0.0 ? fixed : rate[i];
        daily = slot->waiting_left_out ? daily * (1.0 - waiting[i]) : daily;
        double gaps = daily * per_key; /* lifetime in mean gaps */
        if (p->gap_shape <= 0.0) {
            share[i] = gaps >= 1.0 ? 1.0 : 0.0;
        } else {
            double t = gaps * p->gap_factor;
            double power = sc_exp(p->gap_shape * sc_log(t > 1e-300 ? t : 1e-300));
            share[i] = t > 1e-300 ? 1.0 - sc_exp(-power) : 0.0;
        }
    }
}

/* Draws each request of one day of one trial. */
SC_BODY void draw_requests_body(const sc_work_plan *p, uint32_t trial, uint32_t day, int lane, const sc_lane_params *in,
                                const double (*hit_share)[SC_LANES], sc_lane_usage *out)
{
    const sc_workload *w = p->w;
    double n = out->n[lane], x_sum = 0.0, y_sum = 0.0, own = sqrt(1.0 - w->correlation * w->correlation);
    double hits[SC_MAX_HIT_SLOTS] = {0}, band_n[SC_MAX_BAND_SLOTS] = {0}, band_x[SC_MAX_BAND_SLOTS] = {0},
           band_y[SC_MAX_BAND_SLOTS] = {0};
    uint32_t whole = (uint32_t)n, last = (double)whole < n ? whole + 1 : whole;
    for (uint32_t k = 0; k < last; k++) {
        uint32_t bits[4];
        double weight = k < whole ? 1.0 : n - (double)whole; /* evenly spaced streams end a day within a request */
        sc_philox(&p->request_stream, trial, day, k, 0, bits);
        double zx = sc_normal_quantile_32(sc_u01_32(bits[0])), zy = sc_normal_quantile_32(sc_u01_32(bits[1])),
               u = sc_u01_32(bits[2]);
        double x = weight * sc_dist_at(&w->input, zx),
               y = weight * sc_dist_at(&w->output, w->correlation * zx + own * zy);
        x_sum += x;
        y_sum += y;
        for (size_t h = 0; h < p->n_hits; h++)
            hits[h] += u < hit_share[h][lane] ? weight : 0.0;
        for (size_t b = 0; b < p->n_bands; b++) {
            double inside = x >= in->band_from[b][lane] * weight ? 1.0 : 0.0;
            band_n[b] += inside * weight;
            band_x[b] += inside * x;
            band_y[b] += inside * y;
        }
    }
    out->x[lane] = x_sum;
    out->y[lane] = y_sum;
    for (size_t h = 0; h < p->n_hits; h++)
        out->hits[h][lane] = hits[h];
    for (size_t b = 0; b < p->n_bands; b++) {
        out->band_n[b][lane] = band_n[b];
        out->band_x[b][lane] = band_x[b];
        out->band_y[b][lane] = band_y[b];
        out->total_x[b][lane] = x_sum;
        out->total_y[b][lane] = y_sum;
    }
}

/* Below this many expected cases a normal variate would be cut at 0, and its mean with it: cases are counted exactly.
 */
#define FEW 16.0

/* How many of n requests have a property of probability q, from a normal score; exact where few have it or few have
 * not. */
SC_BODY double count_with_body(double n, double q, double z)
{
    if (n * q < FEW)
        return sc_count_few(n, q, sc_normal_cdf(z));
    if (n * (1.0 - q) < FEW)
        return n - sc_count_few(n, 1.0 - q, sc_normal_cdf(-z));
    double k = n * q + sqrt(n * q * (1.0 - q)) * z;
    return k < 0.0 ? 0.0 : k > n ? n : k;
}

/* A day of many requests of which few reach band b: those are drawn one by one, the others from their moments. */
SC_BODY void draw_band_requests_body(const sc_work_plan *p, uint32_t trial, uint32_t day, int lane, size_t b, double zx,
                                     double zy, double count_score, const sc_lane_params *in, sc_lane_usage *out)
{
    const sc_workload *w = p->w;
    double n = out->n[lane], share = in->band_share[b][lane], rest = 1.0 - share;
    double own = sqrt(1.0 - w->correlation * w->correlation), x_sum = 0.0, y_sum = 0.0;
    double count = sc_count_few(n, share, sc_normal_cdf(count_score));
    for (uint32_t k = 0; (double)k < count; k++) {
        uint32_t bits[4];
        sc_philox(&p->request_stream, trial, day, k, 1, bits);
        double score = -sc_normal_quantile(share * sc_u01_53(bits[0], bits[1]));
        x_sum += sc_dist_at(&w->input, score);
        y_sum += sc_dist_at(&w->output, w->correlation * score + own * sc_normal_quantile_32(sc_u01_32(bits[2])));
    }
    double body = n - count, root = sqrt(body), mean_x = (p->x.mean - in->band_x[b][lane]) / rest;
    double square = (p->x.sd * p->x.sd + p->x.mean * p->x.mean - in->band_xx[b][lane]) / rest - mean_x * mean_x;
    double x = body * mean_x + root * sqrt(square > 0.0 ? square : 0.0) * zx;
    double y = body * (p->y.mean - in->band_y[b][lane]) / rest + root * p->y.sd * zy;
    out->total_x[b][lane] = x_sum + (x > 0.0 ? x : 0.0);
    out->total_y[b][lane] = y_sum + (y > 0.0 ? y : 0.0);
    out->band_n[b][lane] = count;
    out->band_x[b][lane] = x_sum;
    out->band_y[b][lane] = y_sum;
}

SC_BODY void add_lanes_body(const double *add, double *sum)
{
    for (int i = 0; i < SC_LANES; i++)
        sum[i] += add[i];
}

#include "sim/kernels_turns.h"

SC_BODY double clamp_body(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

/* The share of requests that find their prefix cached; a turn's own conversation holds it too. */
SC_BODY double prefix_share_body(const sc_work_plan *p, const sc_hit_slot *slot, double turns, double share)
{
    const double by_history = slot->history_share - share;
    return p->w->converses && by_history > 0.0 ? share + (1.0 - 1.0 / turns) * by_history : share;
}

SC_BODY void draw_day_body(const sc_work_plan *p, uint32_t first, size_t day, sc_lane_params *in, sc_lane_usage *out)
{
    double z[4][SC_LANES], extra[4][SC_LANES], rate[SC_LANES], gx[SC_LANES], gy[SC_LANES],
        share[SC_MAX_HIT_SLOTS][SC_LANES];
    const double d = (double)day, rho = p->size_correlation, own = sqrt(1.0 - rho * rho);
    normals_body(&p->day_stream, first, (uint32_t)day, 0, 0, z);
    if (p->n_hits > 0 || p->n_bands > 0)
        normals_body(&p->day_stream, first, (uint32_t)day, 0, 1, extra);

    /* Expected volume of the day, then its count. */
    for (int i = 0; i < SC_LANES; i++)
        rate[i] =
            in->requests[i] * p->weight[day] *
            sc_exp(in->log_growth[i] * d + p->noise_sd * z[0][i] - 0.5 * p->noise_sd * p->noise_sd + in->level[i]);
    if (p->dispersion > 0.0)
        for (int i = 0; i < SC_LANES; i++)
            out->n[i] = count_body(p->dispersion, rate[i], z[1][i]);
    else
        for (int i = 0; i < SC_LANES; i++)
            out->n[i] = rate[i];
    for (int i = 0; i < SC_LANES && p->dispersion > 0.0; i++) {
        if (rate[i] < p->exact_below) {
            uint32_t bits[4];
            sc_philox(&p->day_stream, first + (uint32_t)i, (uint32_t)day, 0, 2, bits);
            out->n[i] = sc_count_exact(rate[i], p->dispersion, sc_u01_53(bits[0], bits[1]));
        } else if (out->n[i] <= p->draw_below) {
            out->n[i] = rint(out->n[i]);
        }
    }

    for (int i = 0; i < SC_LANES && p->retried; i++) {
        double again = retries_body(p, first + (uint32_t)i, (uint32_t)day, out->n[i], in->retries[i]);
        rate[i] /= 1.0 - in->retries[i];
        out->n[i] += out->n[i] + again <= p->draw_below ? rint(again) : again;
    }

    /* Sizes of many requests from their moments. */
    for (int i = 0; i < SC_LANES; i++)
        z[3][i] = rho * z[2][i] + own * z[3][i];
    shape_body(p->shape_x[day], z[2], gx);
    shape_body(p->shape_y[day], z[3], gy);
    for (int i = 0; i < SC_LANES; i++) {
        double root = sqrt(out->n[i]);
        double x = out->n[i] * p->x.mean + root * p->x.sd * gx[i], y = out->n[i] * p->y.mean + root * p->y.sd * gy[i];
        out->x[i] = x > 0.0 ? x : 0.0;
        out->y[i] = y > 0.0 ? y : 0.0;
    }
    for (size_t h = 0; h < p->n_hits; h++) {
        hit_share_body(p, &p->hits[h], rate, in->waiting, share[h]);
        for (int i = 0; i < SC_LANES; i++)
            out->hits[h][i] =
                count_with_body(out->n[i], prefix_share_body(p, &p->hits[h], in->turns[i], share[h][i]), extra[0][i]);
    }
    for (size_t b = 0; b < p->n_bands && !p->w->converses; b++) {
        for (int i = 0; i < SC_LANES; i++) {
            double n = out->n[i], of = in->band_share[b][i], mean = n * in->band_x[b][i];
            out->total_x[b][i] = out->x[i];
            out->total_y[b][i] = out->y[i];
            if (n * of < FEW) {
                out->band_n[b][i] = out->band_x[b][i] = out->band_y[b][i] = 0.0;
                if (of > 0.0 && n > p->draw_below)
                    draw_band_requests_body(p, first + (uint32_t)i, (uint32_t)day, i, b, gx[i], gy[i], extra[1][i], in,
                                            out);
                continue;
            }
            double x =
                mean + in->band_slope[b][i] * (out->x[i] - n * p->x.mean) + sqrt(n) * in->band_sd[b][i] * extra[1][i];
            double level = mean > 0.0 ? x / mean : 0.0, count = n * of * level, y = n * in->band_y[b][i] * level;
            if (n * (1.0 - of) < FEW) {
                double below = n - count_with_body(n, of, extra[1][i]), each = of < 1.0 ? 1.0 / (1.0 - of) : 0.0;
                count = n - below;
                x = out->x[i] - below * each * (p->x.mean - in->band_x[b][i]);
                y = out->y[i] - below * each * (p->y.mean - in->band_y[b][i]);
            }
            out->band_x[b][i] = clamp_body(x, 0.0, out->x[i]);
            out->band_n[b][i] = clamp_body(count, 0.0, n);
            out->band_y[b][i] = clamp_body(y, 0.0, out->y[i]);
        }
    }

    /* Few requests: each one by itself. */
    for (int i = 0; i < SC_LANES; i++) {
        if (p->w->converses)
            draw_turns_body(p, first + (uint32_t)i, (uint32_t)day, i, in, (const double(*)[SC_LANES])share, out);
        else if (out->n[i] <= p->draw_below)
            draw_requests_body(p, first + (uint32_t)i, (uint32_t)day, i, in, (const double(*)[SC_LANES])share, out);
    }
    for (size_t b = 0; b < p->n_bands; b++) {
        int h = p->bands[b].hit_slot;
        for (int i = 0; i < SC_LANES; i++) {
            double of = out->n[i] > 0.0 ? out->band_n[b][i] / out->n[i] : 0.0;
            if (!p->w->converses)
                out->band_hits[b][i] = h >= 0 ? out->hits[h][i] * of : 0.0;
            out->band_x[b][i] *= in->scale_x[i];
            out->band_y[b][i] *= in->scale_y[i];
            out->total_x[b][i] *= in->scale_x[i];
            out->total_y[b][i] *= in->scale_y[i];
        }
    }
    for (int i = 0; i < SC_LANES; i++) {
        out->x[i] *= in->scale_x[i];
        out->y[i] *= in->scale_y[i];
    }
    if (p->w->converses)
        scale_turns_body(p, in, out);
}

SC_BODY void add_usage_body(const sc_work_plan *p, const sc_lane_usage *add, sc_lane_usage *sum)
{
    add_lanes_body(add->n, sum->n);
    add_lanes_body(add->x, sum->x);
    add_lanes_body(add->y, sum->y);
    if (p->w->converses)
        add_turns_body(p, add, sum);
    for (size_t h = 0; h < p->n_hits; h++)
        add_lanes_body(add->hits[h], sum->hits[h]);
    for (size_t b = 0; b < p->n_bands; b++) {
        add_lanes_body(add->band_n[b], sum->band_n[b]);
        add_lanes_body(add->band_x[b], sum->band_x[b]);
        add_lanes_body(add->band_y[b], sum->band_y[b]);
        add_lanes_body(add->band_hits[b], sum->band_hits[b]);
        add_lanes_body(add->total_x[b], sum->total_x[b]);
        add_lanes_body(add->total_y[b], sum->total_y[b]);
    }
}

#endif
