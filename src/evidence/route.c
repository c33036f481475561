/* SPDX-License-Identifier: GPL-3.0-or-later */
/* route.c - routing by segment: which segments gain most from the strong model, and whether that is more than chance.
 *
 * The gains of segments are estimates with known variances; y_s ~ N(g_s, v_s), g_s ~ N(mu, tau^2), with an even chance
 * that tau is 0 and segments say nothing.  What is promised is the posterior probability that the learnt order beats
 * random mixing: it is 0 where tau is, so that the more segments there are to choose from, the more data it takes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "evidence/posterior.h"

#define ROUTE_DRAWS 4096
#define THRESHOLD 0.90
#define NO_EFFECT 0.5
#define POOLED_ITEMS 20.0 /* a segment's variance counts as its own beside so many items of all segments */

/* Answers to the common items of one segment. */
typedef struct segment_sums {
    const char *segment;
    double n, weak, strong, squares; /* squares: of strong less weak */
} segment_sums;

/* ---- sums by segment */

static segment_sums *sums_of(segment_sums *all, size_t *n, const char *segment)
{
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(all[i].segment, segment) == 0)
            return &all[i];
    }
    all[*n] = (segment_sums){.segment = segment};
    return &all[(*n)++];
}

/* Sums over the common items; *all has room for all segments and is to be freed. */
static sc_code sum_segments(const sc_evidence *e, const sc_evidence_query *q, size_t weak, size_t strong,
                            segment_sums **all, size_t *n, double *design_effect)
{
    const sc_evidence_query every = {q->project, q->workload, q->task, NULL};
    unsigned char *selected = ev_select(e, &every);
    ev_sample s = {0};
    *n = 0;
    *all = SC_NEW_ARRAY(segment_sums, sc_evidence_segment_count(e) + 2);
    sc_code code = selected != NULL && *all != NULL ? ev_sample_two(e, selected, weak, strong, &s) : SC_E_MEMORY;
    for (size_t i = 0; code == SC_OK && i < s.n; i++) {
        const ev_point *p = &s.points[i];
        segment_sums *sums = sums_of(*all, n, e->subjects.items[e->item[p->item].subject].text);
        sums->n += 1.0;
        sums->weak += p->a;
        sums->strong += p->b;
        sums->squares += (p->b - p->a) * (p->b - p->a);
    }
    *design_effect = code == SC_OK ? ev_sample_design_effect(&s) : 1.0;
    ev_sample_release(&s);
    sc_free(selected);
    return code;
}

/* ---- curves */

static sc_code open_curve(sc_route_curve *c, size_t segments)
{
    *c = (sc_route_curve){segments + 1, SC_NEW_ARRAY(double, segments + 1), SC_NEW_ARRAY(double, segments + 1)};
    return c->strong_share != NULL && c->quality != NULL ? SC_OK : SC_E_MEMORY;
}

void sc_route_curve_release(sc_route_curve *c)
{
    sc_free(c->strong_share);
    sc_free(c->quality);
    *c = (sc_route_curve){0};
}

double sc_route_curve_apgr(const sc_route_curve *c)
{
    const double gap = c->n > 0 ? c->quality[c->n - 1] - c->quality[0] : 0.0;
    double area = 0.0;
    for (size_t i = 1; i < c->n; i++)
        area +=
            (c->strong_share[i] - c->strong_share[i - 1]) * (0.5 * (c->quality[i] + c->quality[i - 1]) - c->quality[0]);
    return gap > 0.0 ? area / gap : 0.0;
}

double sc_route_curve_share(const sc_route_curve *c, double gap)
{
    if (c->n == 0 || !(c->quality[c->n - 1] > c->quality[0]))
        return 1.0;
    const double wanted = c->quality[0] + gap * (c->quality[c->n - 1] - c->quality[0]);
    if (wanted <= c->quality[0])
        return 0.0;
    for (size_t i = 1; i < c->n; i++) {
        const double rise = c->quality[i] - c->quality[i - 1];
        if (c->quality[i] >= wanted)
            return c->strong_share[i - 1] +
                   (c->strong_share[i] - c->strong_share[i - 1]) * (wanted - c->quality[i - 1]) / rise;
    }
    return 1.0;
}

/* ---- learning */

/* Shares of calls: as in the evidence, or as stated. */
static void set_shares(sc_route *r, const sc_route_options *options)
{
    double sum = 0.0;
    for (size_t i = 0; i < r->n; i++) {
        sc_route_segment *s = &r->segments[i];
        s->share = options->n_shares == 0 ? (double)s->n : 0.0;
        for (size_t k = 0; k < options->n_shares; k++) {
            if (strcmp(options->share_segment[k], s->segment) == 0)
                s->share = options->share[k];
        }
        sum += s->share;
    }
    for (size_t i = 0; i < r->n; i++)
        r->segments[i].share = sum > 0.0 ? r->segments[i].share / sum : 1.0 / (double)r->n;
}

static int by_gain(const void *pa, const void *pb)
{
    const sc_route_segment *a = pa, *b = pb;
    if (a->gain != b->gain)
        return a->gain > b->gain ? -1 : 1;
    return strcmp(a->segment, b->segment);
}

/* Observed gains and their variances, in the order of r->segments. */
typedef struct gains {
    double *observed, *variance;
} gains;

/* The segments with observed gains in `gain`, sorted by shrunk gain afterwards. */
static void learn(sc_route *r, const segment_sums *sums, double design_effect, gains *g, ev_spread *spread)
{
    double n = 0.0, sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < r->n; i++) {
        n += sums[i].n;
        sum += sums[i].strong - sums[i].weak;
        squares += sums[i].squares;
    }
    /* two items that differ stand in for the variation of samples without any */
    const double pooled = (squares - sum * sum / n + 1.0) / (n + 1.0);
    for (size_t i = 0; i < r->n; i++) {
        const double of = sums[i].n, gain = (sums[i].strong - sums[i].weak) / of;
        const double own = sums[i].squares - of * gain * gain;
        g->observed[i] = gain;
        g->variance[i] = (own + POOLED_ITEMS * pooled) / (of + POOLED_ITEMS) / of * design_effect;
    }
    ev_spread_fit(spread, g->observed, g->variance, r->n, NO_EFFECT);
    for (size_t i = 0; i < r->n; i++) {
        double mean, variance;
        ev_spread_shrink(spread, g->observed[i], g->variance[i], &mean, &variance);
        r->segments[i] = (sc_route_segment){.segment = sums[i].segment,
                                            .n = (int64_t)sums[i].n,
                                            .weak = sums[i].weak / sums[i].n,
                                            .strong = sums[i].strong / sums[i].n,
                                            .gain = mean,
                                            .gain_sd = sqrt(variance)};
    }
    r->p_effect = 1.0 - spread->cumulative[0];
}

/* Area between the curve of these gains and the straight line of random mixing. */
static double advantage(const sc_route *r, const double *gain)
{
    double x = 0.0, y = 0.0, area = 0.0, end = 0.0;
    for (size_t i = 0; i < r->n; i++) {
        const double share = r->segments[i].share, rise = share * gain[i];
        area += share * (y + 0.5 * rise);
        x += share;
        y += rise;
        end = y;
    }
    return area - 0.5 * x * end;
}

/* P(advantage > 0), with the segments in the order learnt; g is in that order too. */
static double p_advantage(const sc_route *r, const gains *g, const ev_spread *spread, uint64_t seed, double *drawn)
{
    const sc_stream stream = sc_stream_of(seed, "", "", "route");
    size_t better = 0;
    for (size_t i = 0; i < ROUTE_DRAWS; i++) {
        ev_random random = ev_random_of(&stream, i, EV_FOR_PRIOR);
        double mu, tau;
        ev_spread_draw(spread, &random, &mu, &tau);
        if (!(tau > 0.0))
            continue;
        for (size_t k = 0; k < r->n; k++) {
            const double kept = tau * tau / (tau * tau + g->variance[k]);
            drawn[k] = mu + kept * (g->observed[k] - mu) + sqrt(kept * g->variance[k]) * ev_normal(&random);
        }
        better += advantage(r, drawn) > 0.0;
    }
    return (double)better / ROUTE_DRAWS;
}

/* Brings the observed gains into the order of the segments. */
static void sort_gains(const sc_route *r, const segment_sums *sums, gains *g, double *spare)
{
    for (int pass = 0; pass < 2; pass++) {
        double *values = pass == 0 ? g->observed : g->variance;
        for (size_t k = 0; k < r->n; k++) {
            size_t i = 0;
            while (strcmp(sums[i].segment, r->segments[k].segment) != 0)
                i++;
            spare[k] = values[i];
        }
        memcpy(values, spare, r->n * sizeof *values);
    }
}

static void fill_curve(sc_route *r)
{
    double x = 0.0, y = 0.0;
    for (size_t i = 0; i < r->n; i++)
        r->weak += r->segments[i].share * r->segments[i].weak;
    r->curve.quality[0] = r->weak;
    for (size_t i = 0; i < r->n; i++) {
        x += r->segments[i].share;
        y += r->segments[i].share * r->segments[i].gain;
        r->curve.strong_share[i + 1] = x;
        r->curve.quality[i + 1] = r->weak + y;
    }
    r->strong = r->curve.quality[r->n];
    r->apgr = sc_route_curve_apgr(&r->curve);
}

static sc_code learn_route(sc_route *r, const segment_sums *sums, size_t n, double design_effect,
                           const sc_route_options *options)
{
    double *room = SC_NEW_ARRAY(double, 3 * n + 1);
    gains g = {room, room != NULL ? room + n : NULL};
    ev_spread spread;
    r->segments = SC_NEW_ARRAY(sc_route_segment, n + 1);
    if (room == NULL || r->segments == NULL || open_curve(&r->curve, n) != SC_OK) {
        sc_free(room);
        return SC_E_MEMORY;
    }
    r->n = n;
    learn(r, sums, design_effect, &g, &spread);
    set_shares(r, options);
    qsort(r->segments, n, sizeof *r->segments, by_gain);
    sort_gains(r, sums, &g, room + 2 * n);
    fill_curve(r);
    r->p_beats_random = p_advantage(r, &g, &spread, options->seed, room + 2 * n);
    r->promises = r->p_beats_random >= (options->threshold > 0.0 ? options->threshold : THRESHOLD);
    sc_free(room);
    return SC_OK;
}

sc_code sc_evidence_route(const sc_evidence *e, const sc_evidence_query *q, size_t weak, size_t strong,
                          const sc_route_options *options, sc_route **out)
{
    static const sc_route_options defaults = {0};
    const size_t models = sc_evidence_model_count(e);
    segment_sums *sums;
    size_t n;
    double design_effect;
    *out = NULL;
    if (weak >= models || strong >= models || weak == strong)
        return SC_E_USAGE;
    sc_code code = sum_segments(e, q, weak, strong, &sums, &n, &design_effect);
    sc_route *r = code == SC_OK ? SC_NEW(sc_route) : NULL;
    if (r == NULL)
        code = SC_E_MEMORY;
    else if (n >= 2)
        code = learn_route(r, sums, n, design_effect, options != NULL ? options : &defaults);
    sc_free(sums);
    if (code == SC_OK)
        *out = r;
    else
        sc_route_free(r);
    return code;
}

void sc_route_free(sc_route *r)
{
    if (r == NULL)
        return;
    sc_route_curve_release(&r->curve);
    sc_free(r->segments);
    sc_free(r);
}

/* ---- on other items */

/* Adds the segment `s` to the curve as its point i. */
static void add_to_curve(sc_route_curve *c, size_t i, const segment_sums *s, double items)
{
    c->strong_share[i] = c->strong_share[i - 1] + s->n / items;
    c->quality[i] = c->quality[i - 1] + (s->strong - s->weak) / items;
}

static void score_order(const sc_route *r, segment_sums *sums, size_t n, sc_route_curve *c)
{
    double items = 0.0, weak = 0.0;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        items += sums[i].n;
        weak += sums[i].weak;
    }
    c->quality[0] = items > 0.0 ? weak / items : 0.0;
    for (size_t k = 0; k <= r->n; k++) { /* at the end, those that r does not know */
        for (size_t i = 0; i < n; i++) {
            if (sums[i].n > 0.0 && (k == r->n || strcmp(sums[i].segment, r->segments[k].segment) == 0)) {
                add_to_curve(c, ++at, &sums[i], items);
                sums[i].n = 0.0;
            }
        }
    }
}

sc_code sc_route_score(const sc_route *r, const sc_evidence *held_out, const sc_evidence_query *q, size_t weak,
                       size_t strong, sc_route_curve *out)
{
    const size_t models = sc_evidence_model_count(held_out);
    segment_sums *sums;
    size_t n;
    double design_effect;
    *out = (sc_route_curve){0};
    if (weak >= models || strong >= models || weak == strong)
        return SC_E_USAGE;
    sc_code code = sum_segments(held_out, q, weak, strong, &sums, &n, &design_effect);
    if (code == SC_OK)
        code = open_curve(out, n);
    if (code == SC_OK)
        score_order(r, sums, n, out);
    else
        sc_route_curve_release(out);
    sc_free(sums);
    return code;
}
