/* SPDX-License-Identifier: GPL-3.0-or-later */
/* offer_cost.c - what usage costs on an offer, and the draws that its price depends on. */
#include "sim/offers.h"

/* What a day, or the part of it that is in a context band, uses, in tokens of today's model. */
typedef struct lane_part {
    double n, hits; /* requests, and those that read their prefix from the cache */
    double x, y;    /* new input, and output as long as today's */
    double history,
        read; /* earlier turns, their outputs as long as the priced model's; of these, read from the cache */
} lane_part;

static inline lane_part all_of(const sc_offer *o, const sc_lane_usage *u, int talks, double longer, int i)
{
    const int h = o->hit_slot, b = o->band_slot;
    lane_part all = {.n = u->n[i],
                     .hits = h >= 0 ? u->hits[h][i] : 0.0,
                     .x = b >= 0 ? u->total_x[b][i] : u->x[i],
                     .y = b >= 0 ? u->total_y[b][i] : u->y[i]};
    if (talks)
        all.history = u->history_x[i] + longer * u->history_y[i];
    if (talks && h >= 0)
        all.read = u->read_x[h][i] + longer * u->read_y[h][i];
    return all;
}

static inline lane_part band_of(const sc_offer *o, const sc_lane_usage *u, int talks, double longer, int i)
{
    const int b = o->band_slot;
    lane_part in = {.n = u->band_n[b][i], .hits = u->band_hits[b][i], .x = u->band_x[b][i], .y = u->band_y[b][i]};
    if (talks) {
        in.history = u->band_history_x[b][i] + longer * u->band_history_y[b][i];
        in.read = u->band_read_x[b][i] + longer * u->band_read_y[b][i];
    }
    return in;
}

static inline lane_part less(const lane_part *all, const lane_part *in, int cached)
{
    return (lane_part){.n = all->n - in->n,
                       .hits = cached ? all->hits - in->hits : 0.0,
                       .x = all->x - in->x,
                       .y = all->y - in->y,
                       .history = all->history - in->history,
                       .read = all->read - in->read};
}

void sc_offer_cost(const sc_offer *o, const sc_segment_prices *prices, const sc_work_plan *plan, const sc_lane_usage *u,
                   const double *waiting, const double *ratio, const double *verbosity, double *cost)
{
    const double prefix = plan->w->prefix_tokens;
    const int cached = o->hit_slot >= 0, split = o->wait_tier != o->buy.tier, banded = o->band_slot >= 0;
    const int talks = plan->w->converses;
    for (int band = 0; band <= banded; band++) {
        const sc_band_prices *main = &prices->main[band], *wait = &prices->wait[band];
        for (int i = 0; i < SC_LANES; i++) {
            lane_part a = all_of(o, u, talks, verbosity[i], i);
            if (banded) {
                const lane_part in = band_of(o, u, talks, verbosity[i], i);
                a = band ? in : less(&a, &in, cached);
            }
            const double tokens = talks ? a.x + a.history : a.x; /* of all input but the prefix */
            double input = ratio[i] * ((talks && cached ? 0.0 : tokens) + (cached ? 0.0 : prefix * a.n));
            double output = ratio[i] * verbosity[i] * a.y;
            double usd = main->input * input + main->output * output;
            if (cached)
                usd += ratio[i] * prefix * (main->read * a.hits + main->write * (a.n - a.hits));
            if (cached && talks) /* as a whole: what is new is written for the next turn to read */
                usd += ratio[i] * (main->read * a.read + main->write * (tokens - a.read));
            if (split) {
                double waits = wait->input * ratio[i] * (tokens + prefix * a.n) + wait->output * output;
                usd = usd + waiting[i] * (waits - usd);
            }
            cost[i] += usd;
        }
    }
}

void sc_draw_ratios(const sc_offer_list *list, uint32_t first, double (*ratios)[SC_LANES])
{
    for (size_t r = 0; r < list->n_ratios; r++) {
        double z[SC_LANES];
        sc_draw_factor(&list->ratios[r].stream, first, z);
        for (int i = 0; i < SC_LANES; i++)
            ratios[r][i] = sc_dist_at(&list->ratios[r].of, z[i]);
    }
    for (size_t r = list->n_ratios; r-- > 0;) {
        for (int i = 0; i < SC_LANES; i++)
            ratios[r][i] = r == 0 ? 1.0 : ratios[r][i] / ratios[0][i];
    }
}

void sc_draw_verbosity(const sc_offer *o, const sc_dist *verbosity, uint32_t first, double *out)
{
    double z[SC_LANES];
    if (o->other_model)
        sc_draw_factor(&o->verbosity, first, z);
    for (int i = 0; i < SC_LANES; i++)
        out[i] = o->other_model ? sc_dist_at(verbosity, z[i]) : 1.0;
}
