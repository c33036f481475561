/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kernels_turns.h - days of conversations, drawn turn by turn; included by kernels_body.h.
 *
 * The requests of a workload are those of conversations one after the other, from day to day, so that each of them is
 * whole and the first request of the horizon is some turn of one that has begun before.  Of a day of more requests than
 * are drawn, the deviation of those drawn from their mean is scaled by the root of the number. */
#ifndef SC_SIM_KERNELS_TURNS_H
#define SC_SIM_KERNELS_TURNS_H

#include <string.h>

/* What the cache, and the band of a price table, do with one request. */
typedef struct turn_request {
    double weight, x, y;                 /* new tokens at scale 1 */
    double history_x, history_y, last_y; /* as sent */
    double hit;                          /* uniform: below the share of hits, the cache is read */
    int begun, whole;                    /* 1: there is history, none of it is left out */
} turn_request;

SC_BODY void new_tokens_body(const sc_work_plan *p, const uint32_t bits[4], double *x, double *y)
{
    const sc_workload *w = p->w;
    const double own = sqrt(1.0 - w->correlation * w->correlation);
    double zx = sc_normal_quantile_32(sc_u01_32(bits[0])), zy = sc_normal_quantile_32(sc_u01_32(bits[1]));
    *x = sc_dist_at(&w->input, zx);
    *y = sc_dist_at(&w->output, w->correlation * zx + own * zy);
}

SC_BODY void next_turn_body(sc_turn_state *at, double x, double y)
{
    at->x += x;
    at->y += y;
    at->last_y = y;
    at->begun = 1;
}

/* The turn that the horizon begins at: there are j before it with probability (1 - q) q^j. */
SC_BODY void first_turn_body(const sc_work_plan *p, uint32_t trial, double turns, sc_turn_state *at)
{
    const double go_on = 1.0 - 1.0 / turns;
    uint32_t bits[4];
    *at = (sc_turn_state){0};
    if (go_on <= 0.0)
        return;
    sc_philox(&p->request_stream, trial, 0, 0, 2, bits);
    const double before = floor(sc_log(sc_u01_53(bits[0], bits[1])) / sc_log(go_on));
    for (uint32_t j = 1; (double)j <= before; j++) {
        double x, y;
        sc_philox(&p->request_stream, trial, 0, j, 2, bits);
        new_tokens_body(p, bits, &x, &y);
        next_turn_body(at, x, y);
    }
}

SC_BODY void clear_turns_body(const sc_work_plan *p, int lane, sc_lane_usage *out)
{
    out->x[lane] = out->y[lane] = out->history_x[lane] = out->history_y[lane] = 0.0;
    for (size_t h = 0; h < p->n_hits; h++)
        out->hits[h][lane] = out->read_x[h][lane] = out->read_y[h][lane] = 0.0;
    for (size_t b = 0; b < p->n_bands; b++) {
        out->band_n[b][lane] = out->band_x[b][lane] = out->band_y[b][lane] = out->band_hits[b][lane] = 0.0;
        out->band_history_x[b][lane] = out->band_history_y[b][lane] = 0.0;
        out->band_read_x[b][lane] = out->band_read_y[b][lane] = 0.0;
    }
}

SC_BODY void add_turn_body(const sc_work_plan *p, int lane, const sc_lane_params *in,
                           const double (*hit_share)[SC_LANES], const turn_request *r, sc_lane_usage *out)
{
    const double scale_x = in->scale_x[lane], scale_y = in->scale_y[lane];
    double hits[SC_MAX_HIT_SLOTS], reads[SC_MAX_HIT_SLOTS];
    out->x[lane] += r->weight * r->x;
    out->y[lane] += r->weight * r->y;
    out->history_x[lane] += r->weight * r->history_x;
    out->history_y[lane] += r->weight * r->history_y;
    for (size_t h = 0; h < p->n_hits; h++) {
        const int in_time = r->begun && r->hit < p->hits[h].history_share; /* after the turn before */
        reads[h] = in_time && r->whole ? r->weight : 0.0;
        hits[h] = in_time || r->hit < hit_share[h][lane] ? r->weight : 0.0;
        out->hits[h][lane] += hits[h];
        out->read_x[h][lane] += reads[h] * r->history_x;
        out->read_y[h][lane] += reads[h] * (r->history_y - r->last_y);
    }
    for (size_t b = 0; b < p->n_bands; b++) {
        const int h = p->bands[b].hit_slot;
        const double outputs = in->band_longer[b][lane] * scale_y * r->history_y;
        if (scale_x * (r->x + r->history_x) + outputs < in->band_from[b][lane])
            continue;
        out->band_n[b][lane] += r->weight;
        out->band_x[b][lane] += r->weight * r->x;
        out->band_y[b][lane] += r->weight * r->y;
        out->band_hits[b][lane] += h >= 0 ? hits[h] : 0.0;
        out->band_history_x[b][lane] += r->weight * r->history_x;
        out->band_history_y[b][lane] += r->weight * r->history_y;
        out->band_read_x[b][lane] += h >= 0 ? reads[h] * r->history_x : 0.0;
        out->band_read_y[b][lane] += h >= 0 ? reads[h] * (r->history_y - r->last_y) : 0.0;
    }
}

/* A sum of n requests, told from the sum of those drawn. */
typedef struct turn_spread {
    double n, drawn, factor;
} turn_spread;

SC_BODY void spread_body(const turn_spread *s, double mean, double *sum)
{
    const double value = s->n * mean + s->factor * (*sum - s->drawn * mean);
    *sum = value > 0.0 ? value : 0.0;
}

SC_BODY void spread_day_body(const sc_work_plan *p, int lane, const sc_lane_params *in, double drawn,
                             const double hits[], const double (*hit_share)[SC_LANES], sc_lane_usage *out)
{
    const turn_spread s = {out->n[lane], drawn, sqrt(out->n[lane] / drawn)};
    const sc_history *all = &in->history[lane];
    spread_body(&s, p->x.mean, &out->x[lane]);
    spread_body(&s, p->y.mean, &out->y[lane]);
    spread_body(&s, all->x, &out->history_x[lane]);
    spread_body(&s, all->y, &out->history_y[lane]);
    for (size_t h = 0; h < p->n_hits; h++) {
        const double share = p->hits[h].history_share;
        out->hits[h][lane] = hits[h];
        spread_body(&s, share * all->kept_x, &out->read_x[h][lane]);
        spread_body(&s, share * all->kept_y, &out->read_y[h][lane]);
        out->read_x[h][lane] = fmin(out->read_x[h][lane], out->history_x[lane]);
        out->read_y[h][lane] = fmin(out->read_y[h][lane], out->history_y[lane]);
    }
    for (size_t b = 0; b < p->n_bands; b++) {
        const sc_history *of = &in->band_history[b][lane];
        const int h = p->bands[b].hit_slot;
        const double share = h >= 0 ? p->hits[h].history_share : 0.0;
        spread_body(&s, in->band_share[b][lane], &out->band_n[b][lane]);
        spread_body(&s, in->band_x[b][lane], &out->band_x[b][lane]);
        spread_body(&s, in->band_y[b][lane], &out->band_y[b][lane]);
        spread_body(&s, of->x, &out->band_history_x[b][lane]);
        spread_body(&s, of->y, &out->band_history_y[b][lane]);
        spread_body(&s, share * of->kept_x, &out->band_read_x[b][lane]);
        spread_body(&s, share * of->kept_y, &out->band_read_y[b][lane]);
        out->band_n[b][lane] = fmin(out->band_n[b][lane], out->n[lane]);
        out->band_x[b][lane] = fmin(out->band_x[b][lane], out->x[lane]);
        out->band_y[b][lane] = fmin(out->band_y[b][lane], out->y[lane]);
        out->band_history_x[b][lane] = fmin(out->band_history_x[b][lane], out->history_x[lane]);
        out->band_history_y[b][lane] = fmin(out->band_history_y[b][lane], out->history_y[lane]);
        if (h < 0)
            continue;
        /* Hardly a first turn is as long as that. */
        out->band_hits[b][lane] = fmin(fmax(hit_share[h][lane], share) * out->band_n[b][lane], out->hits[h][lane]);
        out->band_read_x[b][lane] = fmin(out->band_read_x[b][lane], out->read_x[h][lane]);
        out->band_read_y[b][lane] = fmin(out->band_read_y[b][lane], out->read_y[h][lane]);
    }
}

SC_BODY void scale_lanes_body(const double *scale, double *x)
{
    for (int i = 0; i < SC_LANES; i++)
        x[i] *= scale[i];
}

SC_BODY void scale_turns_body(const sc_work_plan *p, const sc_lane_params *in, sc_lane_usage *out)
{
    scale_lanes_body(in->scale_x, out->history_x);
    scale_lanes_body(in->scale_y, out->history_y);
    for (size_t h = 0; h < p->n_hits; h++) {
        scale_lanes_body(in->scale_x, out->read_x[h]);
        scale_lanes_body(in->scale_y, out->read_y[h]);
    }
    for (size_t b = 0; b < p->n_bands; b++) {
        scale_lanes_body(in->scale_x, out->band_history_x[b]);
        scale_lanes_body(in->scale_y, out->band_history_y[b]);
        scale_lanes_body(in->scale_x, out->band_read_x[b]);
        scale_lanes_body(in->scale_y, out->band_read_y[b]);
        memcpy(out->total_x[b], out->x, sizeof out->x);
        memcpy(out->total_y[b], out->y, sizeof out->y);
    }
}

SC_BODY void add_turns_body(const sc_work_plan *p, const sc_lane_usage *add, sc_lane_usage *sum)
{
    add_lanes_body(add->history_x, sum->history_x);
    add_lanes_body(add->history_y, sum->history_y);
    for (size_t h = 0; h < p->n_hits; h++) {
        add_lanes_body(add->read_x[h], sum->read_x[h]);
        add_lanes_body(add->read_y[h], sum->read_y[h]);
    }
    for (size_t b = 0; b < p->n_bands; b++) {
        add_lanes_body(add->band_history_x[b], sum->band_history_x[b]);
        add_lanes_body(add->band_history_y[b], sum->band_history_y[b]);
        add_lanes_body(add->band_read_x[b], sum->band_read_x[b]);
        add_lanes_body(add->band_read_y[b], sum->band_read_y[b]);
    }
}

/* Draws the requests of one day of one trial, or as many as tell the day. */
SC_BODY void draw_turns_body(const sc_work_plan *p, uint32_t trial, uint32_t day, int lane, sc_lane_params *in,
                             const double (*hit_share)[SC_LANES], sc_lane_usage *out)
{
    const double most = p->w->history_max, go_on = 1.0 - 1.0 / in->turns[lane], again = in->retries[lane];
    const double n = out->n[lane], drawn = n <= p->draw_below ? n : p->draw_below;
    const uint32_t whole = (uint32_t)drawn, last = (double)whole < drawn ? whole + 1 : whole;
    sc_turn_state *at = &in->at[lane];
    double hits[SC_MAX_HIT_SLOTS];
    for (size_t h = 0; h < p->n_hits; h++)
        hits[h] = out->hits[h][lane];
    if (day == 0)
        first_turn_body(p, trial, in->turns[lane], at);
    clear_turns_body(p, lane, out);
    for (uint32_t k = 0; k < last; k++) {
        uint32_t bits[4];
        turn_request r = {.weight = k < whole ? 1.0 : drawn - (double)whole, .begun = at->begun};
        sc_philox(&p->request_stream, trial, day, k, 0, bits);
        new_tokens_body(p, bits, &r.x, &r.y);
        r.hit = sc_u01_32(bits[2]);
        const double history = in->scale_x[lane] * at->x + in->scale_y[lane] * at->y;
        const double sent = history > most ? most / history : 1.0;
        r.whole = history <= most;
        r.history_x = sent * at->x;
        r.history_y = sent * at->y;
        r.last_y = at->last_y;
        add_turn_body(p, lane, in, hit_share, &r, out);
        const double next = sc_u01_32(bits[3]);
        if (next < again)
            continue;
        if (next < again + (1.0 - again) * go_on)
            next_turn_body(at, r.x, r.y);
        else
            *at = (sc_turn_state){0};
    }
    if (drawn < n)
        spread_day_body(p, lane, in, drawn, hits, hit_share, out);
}

#endif
