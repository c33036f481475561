/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paths.c - the simulated futures of one workload bought one way, day by day. */
#include "sim/paths.h"

#include <math.h>
#include <string.h>

#include "sim/blocks.h"

static int is_way(const sc_offer *o, const sc_way *way)
{
    return o->buy.model == way->buy.model && o->buy.region == way->buy.region && o->buy.scope == way->buy.scope &&
           o->buy.tier == way->buy.tier && o->wait_tier == way->wait_tier && o->ttl == way->ttl;
}

/* The offer that is meant; an allowed one where it is listed twice. */
static const sc_offer *find_offer(const sc_offer_list *list, const sc_way *way)
{
    const sc_offer *found = way == NULL ? &list->offers[0] : NULL;
    for (size_t i = 0; way != NULL && i < list->n; i++) {
        if (is_way(&list->offers[i], way) && (found == NULL || !found->allowed))
            found = &list->offers[i];
    }
    return found;
}

/* A plan of this offer alone: other offers' slots would only cost time, and change none of its draws. */
static sc_code plan_offer(sc_path *p, const sc_workload *w, const sc_offer *offer)
{
    sc_offer *o = &p->offer;
    sc_band_slot band = {0};
    *o = *offer;
    if (o->band_slot >= 0)
        band = p->plan.bands[o->band_slot];
    if (o->ratio >= 0) {
        p->list.ratios[1] = p->list.ratios[o->ratio];
        o->ratio = 1;
    }
    p->list.n_ratios = o->ratio >= 0 ? 2 : 1;
    sc_code code = sc_work_plan_init(&p->plan, p->s, w, p->seed, &p->arena);
    if (code != SC_OK)
        return code;
    if (o->hit_slot >= 0)
        o->hit_slot = sc_work_plan_hit_slot(&p->plan, sc_ttl_seconds(o->ttl), o->wait_tier != o->buy.tier);
    band.ratio = o->ratio;
    band.hit_slot = o->hit_slot;
    if (o->band_slot >= 0)
        o->band_slot = sc_work_plan_band_slot(&p->plan, &band);
    p->unsplit = *o;
    p->unsplit.wait_tier = o->buy.tier;
    return sc_work_plan_tail(&p->plan, &p->arena);
}

static sc_code split_prices(sc_path *p)
{
    const size_t n = p->list.n_segments;
    p->output_prices = SC_ARENA_ARRAY(&p->arena, sc_segment_prices, n);
    if (p->output_prices == NULL)
        return SC_E_MEMORY;
    for (size_t g = 0; g < n; g++) {
        for (int band = 0; band < 2; band++)
            p->output_prices[g].main[band].output = p->offer.prices[g].main[band].output;
    }
    return SC_OK;
}

sc_code sc_path_open(sc_path *p, const sc_scenario *s, const sc_card *card, const sc_sim_options *o, size_t workload,
                     const sc_way *way, sc_errors *errors)
{
    *p = (sc_path){.s = s, .seed = o->seed};
    if (card != s->card)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "the scenario was loaded with another rate card");
    if (workload >= s->n_workloads)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "workload number %zu, expected below %zu", workload,
                             s->n_workloads);
    const sc_workload *w = &s->workloads[workload];
    const char *project = s->projects[w->project].id;
    sc_code code = sc_work_plan_init(&p->plan, s, w, o->seed, &p->arena);
    if (code == SC_OK)
        code = sc_offers_list(s, card, w, &p->plan, o->seed, o->as_of, way != NULL, &p->arena, &p->list);
    if (code != SC_OK)
        return code;
    const sc_offer *offer = find_offer(&p->list, way);
    const sc_model *model = way != NULL ? way->buy.model : w->ref.model;
    if (offer == NULL)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "%s is not sold that way to workload '%s/%s'", model->id,
                             project, w->id);
    if (!offer->allowed)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "%s cannot be bought for workload '%s/%s': %s", model->id,
                             project, w->id, offer->reason);
    code = plan_offer(p, w, offer);
    return code == SC_OK ? split_prices(p) : code;
}

void sc_path_close(sc_path *p) { sc_arena_release(&p->arena); }

void sc_path_begin(const sc_path *p, uint32_t first, sc_path_block *b)
{
    double organisation[SC_LANES], project[SC_LANES];
    sc_stream stream = sc_organisation_stream(p->seed);
    sc_draw_factor(&stream, first, organisation);
    stream = sc_project_stream(p->seed, p->s->projects[p->plan.w->project].id);
    sc_draw_factor(&stream, first, project);
    sc_draw_ratios(&p->list, first, b->ratios);
    sc_draw_verbosity(&p->offer, &p->s->verbosity, first, b->longer);
    sc_draw_params(&p->plan, first, organisation, project, (const double(*)[SC_LANES])b->ratios, &b->params);
    b->first = first;
    b->segment = 0;
    const double *ratio = b->ratios[p->offer.ratio >= 0 ? p->offer.ratio : 0]; /* the first is 1 */
    for (int i = 0; i < SC_LANES; i++) {
        b->prefix[i] = ratio[i] * p->plan.w->prefix_tokens;
        b->input_scale[i] = ratio[i] * b->params.scale_x[i];
        b->output_scale[i] = ratio[i] * b->longer[i] * b->params.scale_y[i];
    }
}

/* Costs of the day: all, of requests that do not wait, and of their output. */
static void price_day(const sc_path *p, sc_path_block *b, sc_path_day *out)
{
    const double *ratio = b->ratios[p->offer.ratio >= 0 ? p->offer.ratio : 0], *waiting = b->params.waiting;
    const sc_segment_prices *prices = &p->offer.prices[b->segment], *of_output = &p->output_prices[b->segment];
    const int split = p->offer.wait_tier != p->offer.buy.tier;
    memset(out->input_usd, 0, sizeof out->input_usd);
    memset(out->output_usd, 0, sizeof out->output_usd);
    memset(out->waiting_usd, 0, sizeof out->waiting_usd);
    sc_offer_cost(&p->unsplit, prices, &p->plan, &b->usage, waiting, ratio, b->longer, out->input_usd);
    sc_offer_cost(&p->unsplit, of_output, &p->plan, &b->usage, waiting, ratio, b->longer, out->output_usd);
    if (split)
        sc_offer_cost(&p->offer, prices, &p->plan, &b->usage, waiting, ratio, b->longer, out->waiting_usd);
    for (int i = 0; i < SC_LANES; i++) {
        const double stays = split ? 1.0 - waiting[i] : 1.0;
        out->waiting_usd[i] -= split ? stays * out->input_usd[i] : 0.0;
        out->output_usd[i] *= stays;
        out->input_usd[i] = stays * out->input_usd[i] - out->output_usd[i];
    }
}

void sc_path_draw(const sc_path *p, size_t day, sc_path_block *b, sc_path_day *out)
{
    const sc_lane_usage *u = &b->usage;
    const double *ratio = b->ratios[p->offer.ratio >= 0 ? p->offer.ratio : 0];
    const int split = p->offer.wait_tier != p->offer.buy.tier, cached = p->offer.hit_slot >= 0;
    const int talks = p->plan.w->converses;
    const double *x = p->offer.band_slot >= 0 ? u->total_x[p->offer.band_slot] : u->x;
    const double *y = p->offer.band_slot >= 0 ? u->total_y[p->offer.band_slot] : u->y;
    sc_kernels_best()->move_level(&p->plan, b->first, day, &b->params);
    sc_kernels_best()->draw_day(&p->plan, b->first, day, &b->params, &b->usage);
    b->segment = sc_segment_of(&p->list, p->s->start + (sc_day)day, b->segment);
    for (int i = 0; i < SC_LANES; i++) {
        const double waits = split ? b->params.waiting[i] : 0.0, stays = 1.0 - waits;
        const double output = ratio[i] * b->longer[i] * y[i];
        const double hits = cached ? u->hits[p->offer.hit_slot][i] : 0.0, misses = cached ? u->n[i] - hits : 0.0;
        double input = ratio[i] * x[i], history_read = 0.0;
        if (talks)
            input += ratio[i] * (u->history_x[i] + b->longer[i] * u->history_y[i]);
        if (talks && cached)
            history_read =
                ratio[i] * (u->read_x[p->offer.hit_slot][i] + b->longer[i] * u->read_y[p->offer.hit_slot][i]);
        const double plain = talks && cached ? 0.0 : input, written = input - plain - history_read;
        out->requests[i] = stays * u->n[i];
        out->input[i] = stays * (plain + (cached ? 0.0 : b->prefix[i] * u->n[i]));
        out->read[i] = stays * (b->prefix[i] * hits + history_read);
        out->written[i] = stays * (b->prefix[i] * misses + written);
        out->output[i] = stays * output;
        out->waiting_input[i] = waits * (input + b->prefix[i] * u->n[i]);
        out->waiting_output[i] = waits * output;
    }
    price_day(p, b, out);
}

sc_path_spread sc_path_spread_of(const sc_path *p, const sc_path_block *b, const sc_path_day *day, int lane)
{
    const sc_work_plan *plan = &p->plan;
    const int talks = plan->w->converses, cached = p->offer.hit_slot >= 0;
    /* Where conversations are cached, what is not read is a turn: its input, and the answer before it. */
    const double turn = plan->turn.xx + plan->turn.yy;
    const double sd_x = (talks && cached ? sqrt(turn) : plan->x.sd) * b->input_scale[lane];
    const double sd_y = plan->y.sd * b->output_scale[lane];
    const double prefix = b->prefix[lane], all = day->requests[lane] * prefix;
    const double missed = all > 0.0 ? fmin(day->written[lane] / all, 1.0) : 0.0; /* share that writes its prefix */
    return (sc_path_spread){.input = sd_x * sd_x + prefix * prefix * missed * (1.0 - missed),
                            .output = sd_y * sd_y,
                            .both = p->plan.size_correlation * sd_x * sd_y};
}
