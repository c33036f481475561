/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mix.c - options in which a cheaper model takes a part of a workload's calls: routing by segment, and cascades.
 *
 * What the two models cost together is linear in the share of calls: both are simulated for all calls, over the same
 * futures.  That caches hit less where each model sees a part of the calls is not in it, and is told as a risk. */
#include <math.h>
#include <string.h>

#include "advise/advise_parts.h"
#include "advise/advise_text.h"
#include "base/alloc.h"
#include "stats/elementary.h"

#define SEED 20261126
#define INTERVAL 0.90

/* How today's model is bought for what is left to it: the cheapest way that surely saves, else as today. */
static const sc_option *strong_part(const judged_workload *j)
{
    const sc_option *best = &j->options[0];
    for (size_t i = 1; i < j->n; i++) {
        const sc_option *o = &j->options[i];
        const double more = o->saving.mean - best->saving.mean; /* worth another lever only if it is no trifle */
        if (o->status == SC_ADVICE_RECOMMENDED && !o->changes_answers && more > j->a->o.min_saving * j->options[0].cost)
            best = o;
    }
    return best;
}

typedef struct mix {
    judged_workload *j;
    const sc_offer_result *weak;
    const sc_offer_result *strong; /* of the comparison, as strong_part says */
    unsigned strong_levers;
    size_t weak_index, today_index;
    double *costs; /* [trials] */
} mix;

static double p_within(double mean, double variance, double margin)
{
    if (variance <= 0.0)
        return mean <= margin ? 1.0 : 0.0;
    return sc_normal_cdf((margin - mean) / sqrt(variance));
}

/* Adds the option whose costs are in x->costs. */
static sc_option *add_mix(mix *x, sc_lever lever)
{
    sc_option *o = advise_add(x->j);
    if (o == NULL)
        return NULL;
    o->offer = *x->weak;
    o->offer.cost = NULL;
    o->rest = *x->strong;
    o->rest.cost = o->rest.no_output = NULL;
    o->levers = x->strong_levers | 1u << lever;
    o->changes_answers = 1;
    o->saving = advise_saving(x->j, x->costs);
    o->cost = x->j->options[0].cost - o->saving.mean;
    return o;
}

static void keep_if_recommended(mix *x, sc_option *o)
{
    advise_judge(x->j, o);
    if (o->status == SC_ADVICE_RECOMMENDED || x->j->a->like != NULL)
        advise_keep_costs(x->j, o, x->costs);
}

/* ---- routing ---- */

/* As many of the segments that lose least as the margin allows; returns their share of calls. */
static double weak_share(const sc_route *r, const sc_advise_options *o, size_t *n, double *mean, double *p)
{
    double share = 0.0, variance = 0.0;
    *n = 0;
    *mean = 0.0;
    *p = 1.0;
    for (size_t i = r->n; i-- > 0;) {
        const sc_route_segment *s = &r->segments[i];
        const double m = *mean + s->share * s->gain, v = variance + s->share * s->gain_sd * s->share * s->gain_sd;
        if (p_within(m, v, o->margin) < o->p_quality)
            break;
        *p = p_within(m, v, o->margin);
        *mean = m;
        variance = v;
        share += s->share;
        ++*n;
    }
    return share;
}

/* The first names of the segments that go to the cheaper model. */
static const char *segment_names(judged_workload *j, const sc_route *r, size_t n)
{
    const char *text = "";
    for (size_t i = 0; i < n && i < 3; i++)
        text = advise_text(j, "%s%s%s", text, i > 0 ? ", " : "", r->segments[r->n - 1 - i].segment);
    return n > 3 ? advise_text(j, "%s and %zu more", text, n - 3) : text;
}

static void add_route(mix *x)
{
    judged_workload *j = x->j;
    const sc_advise_options *all = &j->a->o;
    const sc_route_options options = {.threshold = all->p_quality, .seed = SEED};
    sc_route *r = NULL;
    size_t n = 0;
    double loss = 0.0, p = 0.0;
    const sc_code code = sc_evidence_route(all->evidence, &j->query, x->weak_index, x->today_index, &options, &r);
    if (code != SC_OK) {
        j->code = code;
        return;
    }
    const double share = weak_share(r, all, &n, &loss, &p);
    if (n == 0 || n == r->n) { /* nothing to send, or all: then it is another model, no routing */
        sc_route_free(r);
        return;
    }
    for (int64_t t = 0; t < all->sim.trials; t++)
        x->costs[t] = share * x->weak->cost[t] + (1.0 - share) * x->strong->cost[t];
    sc_option *o = add_mix(x, SC_LEVER_ROUTING);
    if (o != NULL) {
        char how[80];
        o->strong_share = 1.0 - share;
        o->p_quality = p;
        o->how = advise_text(j, "%.0f %% of calls %s", 100.0 * share, sc_offer_how(x->weak, 1u << x->weak->scope, how));
        o->reason = advise_text(j, "%s: expected loss %s, P(at most %s) %.2f; P(better than at random) %.2f",
                                segment_names(j, r, n), advise_points(j, loss > 0.0 ? loss : 0.0),
                                advise_points(j, all->margin), p, r->p_beats_random);
        o->latency = advise_quality_of(j, x->weak->model)->latency;
        if (r->promises) {
            keep_if_recommended(x, o);
        } else {
            o->status = SC_ADVICE_NOT_RECOMMENDED;
            o->reason =
                advise_text(j, "segments give nothing to route by: P(better than at random) %.2f", r->p_beats_random);
        }
    }
    sc_route_free(r);
}

/* ---- cascades ---- */

static void add_cascade(mix *x)
{
    judged_workload *j = x->j;
    const sc_advise_options *all = &j->a->o;
    const sc_evidence_options e = {.margin = all->margin, .level = INTERVAL, .seed = SEED};
    const double *requests = sc_comparison_trial_requests(j->c);
    sc_cascade_check check = all->check.accepts;
    sc_cascade c;
    check.from_items = !all->check.is_stated;
    const sc_code code = sc_evidence_cascade(all->evidence, &j->query, x->weak_index, x->today_index, &check, &e, &c);
    if (code != SC_OK)
        j->code = code;
    if (code != SC_OK || c.n == 0)
        return;
    for (int64_t t = 0; t < all->sim.trials; t++)
        x->costs[t] = x->weak->cost[t] + requests[t] * all->check.usd + c.escalated * x->strong->cost[t];
    sc_option *o = add_mix(x, SC_LEVER_CASCADE);
    if (o == NULL)
        return;
    char how[80];
    o->strong_share = c.escalated;
    o->p_quality = c.p_noninferior;
    o->how = advise_text(j, "first %s, %.0f %% go on", sc_offer_how(x->weak, 1u << x->weak->scope, how),
                         100.0 * c.escalated);
    o->reason =
        advise_text(j,
                    "the check accepts %.0f %% of right and %.0f %% of wrong answers; %.0f %% pass in the end, %.0f "
                    "%% of today's model alone; P(at most %s worse) %.2f",
                    100.0 * c.true_accept, 100.0 * c.false_accept, 100.0 * c.quality, 100.0 * c.strong,
                    advise_points(j, all->margin), o->p_quality);
    if (j->w->needs.latency_ms > 0) /* as if all calls went on: no call takes longer */
        j->code = sc_evidence_latency(all->evidence, &j->query, x->weak_index, j->today_index,
                                      (double)j->w->needs.latency_ms, INTERVAL, &o->latency);
    keep_if_recommended(x, o);
}

void advise_add_mixes(judged_workload *j)
{
    const sc_option strong = *strong_part(j); /* the list may move as it grows */
    mix x = {.j = j, .strong_levers = strong.levers, .today_index = (size_t)j->today_index};
    for (size_t i = 0; i < sc_comparison_count(j->c) && x.strong == NULL; i++) {
        const sc_offer_result *o = sc_comparison_offer(j->c, i);
        if (o->cost != NULL && o->model == strong.offer.model && advise_levers(&strong.offer, o) == 0)
            x.strong = o;
    }
    x.costs = SC_NEW_ARRAY(double, (size_t)j->a->o.sim.trials);
    if (x.costs == NULL)
        j->code = SC_E_MEMORY;
    for (size_t i = 0; x.strong != NULL && j->code == SC_OK && i < sc_card_model_count(j->a->card); i++) {
        const sc_model *m = sc_card_model(j->a->card, i);
        if (j->quality[i].index < 0 || j->quality[i].against_today.common == 0)
            continue;
        x.weak = advise_cheapest(j, m);
        x.weak_index = (size_t)j->quality[i].index;
        if (x.weak == NULL || x.weak->mean.value >= x.strong->mean.value)
            continue;
        add_route(&x);
        if (j->code == SC_OK)
            add_cascade(&x);
    }
    sc_free(x.costs);
}
