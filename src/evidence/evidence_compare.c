/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_compare.c - a candidate against the current model: difference, probabilities, verbosity and cost. */
#include <math.h>

#include "base/alloc.h"
#include "evidence/posterior.h"
#include "stats/elementary.h"
#include "stats/summary.h"

/* ---- ratios over common items */

/* Sums over items that state a quantity for both models. */
typedef struct ratio_sums {
    int64_t n;
    double a, b, aa, bb, ab;
} ratio_sums;

static void add_to_ratio(ratio_sums *s, double a, double b)
{
    if (a < 0.0 || b < 0.0)
        return;
    s->n++;
    s->a += a;
    s->b += b;
    s->aa += a * a;
    s->bb += b * b;
    s->ab += a * b;
}

/* The ratio of means; its logarithm has variance (vb / mb^2 + va / ma^2 - 2 vab / (ma mb)) / n (W. G. Cochran,
 * "Sampling Techniques", 6.3). */
static sc_evidence_ratio ratio_of(const ratio_sums *s, double level)
{
    const double n = (double)s->n, a = s->a / n, b = s->b / n;
    if (s->n < 2 || !(s->a > 0.0) || !(s->b > 0.0))
        return (sc_evidence_ratio){0};
    const double va = s->aa / n - a * a, vb = s->bb / n - b * b, vab = s->ab / n - a * b;
    const double variance = (vb / (b * b) + va / (a * a) - 2.0 * vab / (a * b)) / (n - 1.0);
    const double width = sc_exp(sc_normal_quantile(0.5 + 0.5 * level) * sqrt(variance > 0.0 ? variance : 0.0));
    return (sc_evidence_ratio){s->n, b / a, b / a / width, b / a * width};
}

/* Over the first run of each common item. */
static sc_code add_ratios(const sc_evidence *e, const sc_evidence_query *q, size_t a, size_t b,
                          sc_evidence_comparison *out)
{
    ratio_sums input = {0}, output = {0}, cost = {0};
    unsigned char *selected = ev_select(e, q);
    const ev_outcome *x, *y;
    size_t n_x, n_y;
    if (selected == NULL)
        return SC_E_MEMORY;
    for (ev_pairs pairs = ev_pairs_of(e, selected, a, b); ev_pairs_next(&pairs, &x, &n_x, &y, &n_y);) {
        add_to_ratio(&input, x->input_tokens, y->input_tokens);
        add_to_ratio(&output, x->output_tokens, y->output_tokens);
        add_to_ratio(&cost, x->cost, y->cost);
    }
    sc_free(selected);
    out->input_tokens = ratio_of(&input, out->level);
    out->output_tokens = ratio_of(&output, out->level);
    out->cost = ratio_of(&cost, out->level);
    if (out->cost.n > 0) {
        out->cost_a = cost.a / (double)cost.n;
        out->cost_b = cost.b / (double)cost.n;
    }
    return SC_OK;
}

/* ---- the comparison */

static void describe(const ev_posterior *p, sc_evidence_comparison *out)
{
    const ev_sample *a = &p->one[0].sample, *b = &p->one[1].sample;
    out->method = p->method;
    out->n_a = ev_sample_size(a);
    out->n_b = ev_sample_size(b);
    out->sum_a = (double)a->passed + a->sum_a;
    out->sum_b = (double)b->passed + b->sum_a;
    out->common = (int64_t)p->pair.n;
    out->offers = (int64_t)p->offers;
    out->design_effect = p->design_effect;
    out->clusters = (int64_t)(a->n_clusters + b->n_clusters);
    if (p->method == SC_EVIDENCE_COUNTS || p->method == SC_EVIDENCE_SCORES) {
        const double of_a = p->one[0].design_effect, of_b = p->one[1].design_effect;
        out->design_effect = of_a > of_b ? of_a : of_b;
        out->observed = out->sum_b / (double)out->n_b - out->sum_a / (double)out->n_a;
    } else if (p->method != SC_EVIDENCE_NONE) {
        out->clusters = (int64_t)p->pair.n_clusters;
        out->observed = ev_sample_mean(&p->pair);
    }
    for (size_t i = 0; p->method == SC_EVIDENCE_PAIRED && i < p->pair.n; i++) {
        const int passed_a = p->pair.points[i].a > 0.0, passed_b = p->pair.points[i].b > 0.0;
        out->both += passed_a && passed_b;
        out->only_a += passed_a && !passed_b;
        out->only_b += !passed_a && passed_b;
        out->neither += !passed_a && !passed_b;
    }
}

/* Probabilities and the interval; sorts the draws. */
static void of_draws(double *difference, size_t n, sc_evidence_comparison *out)
{
    size_t noninferior = 0, equivalent = 0, better = 0;
    for (size_t i = 0; i < n; i++) {
        noninferior += difference[i] >= -out->margin;
        equivalent += fabs(difference[i]) <= out->margin;
        better += difference[i] > 0.0;
    }
    const sc_mean mean = sc_mean_of(difference, n);
    out->p_noninferior = (double)noninferior / (double)n;
    out->p_equivalent = (double)equivalent / (double)n;
    out->p_better = (double)better / (double)n;
    out->difference = mean.mean;
    out->sd = mean.se * sqrt((double)n);
    sc_sort(difference, n);
    out->low = sc_quantile_sorted(difference, n, 0.5 - 0.5 * out->level);
    out->high = sc_quantile_sorted(difference, n, 0.5 + 0.5 * out->level);
}

static int are_fine(const sc_evidence *e, size_t a, size_t b, const sc_evidence_options *options)
{
    const size_t models = sc_evidence_model_count(e);
    return a < models && b < models && a != b && options->margin >= 0.0 && options->level > 0.0 &&
           options->level < 1.0 && options->draws <= UINT32_MAX;
}

/* Without evidence nothing follows: no probability is above any threshold.  The spread is that of two uniform
 * qualities, the variance that of two coins, for planning. */
static sc_evidence_comparison nothing(const sc_evidence_options *options)
{
    return (sc_evidence_comparison){.method = SC_EVIDENCE_NONE,
                                    .design_effect = 1.0,
                                    .sd = sqrt(1.0 / 6.0),
                                    .low = -1.0,
                                    .high = 1.0,
                                    .level = options->level,
                                    .margin = options->margin,
                                    .item_variance = 0.5};
}

sc_code sc_evidence_compare(const sc_evidence *e, const sc_evidence_query *q, size_t a, size_t b,
                            const sc_evidence_options *options, sc_evidence_comparison *out)
{
    ev_posterior *p;
    *out = nothing(options);
    if (!are_fine(e, a, b, options))
        return SC_E_USAGE;
    sc_code code = ev_posterior_two(e, q, a, b, &p);
    if (code != SC_OK)
        return code;
    describe(p, out);
    if (p->method != SC_EVIDENCE_NONE) {
        const size_t n = options->draws > 0 ? options->draws : EV_DRAWS;
        const sc_stream stream = ev_stream(options->seed);
        double *difference = SC_NEW_ARRAY(double, n), variance = 0.0;
        code = difference != NULL ? SC_OK : SC_E_MEMORY;
        for (size_t i = 0; i < n && code == SC_OK; i++) {
            const ev_draw draw = ev_draw_two(p, &stream, i);
            difference[i] = draw.b - draw.a;
            variance += draw.variance;
        }
        if (code == SC_OK) {
            of_draws(difference, n, out);
            out->item_variance = variance / (double)n;
            code = add_ratios(e, q, a, b, out);
        }
        sc_free(difference);
    }
    ev_posterior_free(p);
    return code;
}

sc_code sc_evidence_draw_pair(const sc_evidence *e, const sc_evidence_query *q, size_t a, size_t b, uint64_t seed,
                              size_t n, double *quality_a, double *quality_b)
{
    const size_t models = sc_evidence_model_count(e);
    ev_posterior *p;
    if (a >= models || b >= models || a == b || n > UINT32_MAX)
        return SC_E_USAGE;
    const sc_code code = ev_posterior_two(e, q, a, b, &p);
    if (code != SC_OK)
        return code;
    const sc_stream stream = ev_stream(seed);
    for (size_t i = 0; i < n; i++) {
        const ev_draw draw = ev_draw_two(p, &stream, i);
        quality_a[i] = draw.a;
        quality_b[i] = draw.b;
    }
    ev_posterior_free(p);
    return SC_OK;
}

sc_code sc_evidence_predict(const sc_evidence *e, const sc_evidence_query *q, size_t a, size_t b, int64_t future,
                            const sc_evidence_options *options, double *low, double *high)
{
    const size_t n = options->draws > 0 ? options->draws : EV_DRAWS;
    ev_posterior *p;
    *low = -1.0;
    *high = 1.0;
    if (!are_fine(e, a, b, options) || future < 1)
        return SC_E_USAGE;
    sc_code code = ev_posterior_two(e, q, a, b, &p);
    if (code != SC_OK)
        return code;
    const sc_stream stream = ev_stream(options->seed);
    double *seen = SC_NEW_ARRAY(double, n);
    code = seen != NULL ? SC_OK : SC_E_MEMORY;
    for (size_t i = 0; i < n && code == SC_OK; i++) {
        const ev_draw draw = ev_draw_two(p, &stream, i);
        ev_random r = ev_random_of(&stream, i, EV_FOR_FUTURE);
        seen[i] = draw.b - draw.a + ev_normal(&r) * sqrt(draw.variance / (double)future);
    }
    if (code == SC_OK && p->method != SC_EVIDENCE_NONE) {
        sc_sort(seen, n);
        *low = sc_quantile_sorted(seen, n, 0.5 - 0.5 * options->level);
        *high = sc_quantile_sorted(seen, n, 0.5 + 0.5 * options->level);
    }
    sc_free(seen);
    ev_posterior_free(p);
    return code;
}

sc_evidence_verdict sc_evidence_verdict_of(const sc_evidence_comparison *c, double threshold)
{
    if (c->method == SC_EVIDENCE_NONE)
        return SC_EVIDENCE_UNDECIDED;
    if (c->p_noninferior < threshold)
        return 1.0 - c->p_noninferior >= threshold ? SC_EVIDENCE_WORSE : SC_EVIDENCE_UNDECIDED;
    if (c->p_equivalent >= threshold)
        return SC_EVIDENCE_EQUIVALENT;
    return c->p_better >= threshold ? SC_EVIDENCE_BETTER : SC_EVIDENCE_NONINFERIOR;
}

const char *sc_evidence_verdict_name(sc_evidence_verdict v)
{
    static const char *const names[] = {"undecided", "worse", "non-inferior", "equivalent", "better"};
    return names[v];
}
