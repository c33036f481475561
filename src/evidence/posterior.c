/* SPDX-License-Identifier: GPL-3.0-or-later */
/* posterior.c - what graded answers say about quality: the shared prior, and draws under it. */
#include "evidence/posterior.h"

#include "base/alloc.h"
#include "stats/elementary.h"

/* Estimates of all models of the query, to fit what they have in common. */
typedef struct offer_list {
    double *x, *y; /* counts: passed and n; scores: mean and variance */
    size_t n;
} offer_list;

static int open_list(offer_list *l, size_t most)
{
    *l = (offer_list){SC_NEW_ARRAY(double, most + 1), SC_NEW_ARRAY(double, most + 1), 0};
    return l->x != NULL && l->y != NULL;
}

static void close_list(offer_list *l)
{
    sc_free(l->x);
    sc_free(l->y);
}

static void add_offer(offer_list *l, double x, double y)
{
    l->x[l->n] = x;
    l->y[l->n++] = y;
}

/* Mean and variance of what ev_sample_bootstrap draws for a sample of scores, or of their differences: with the
 * observation (of the size of a cluster) that stands for the ends of the range.  `ends` is its variance. */
static void bootstrap_moments(const ev_sample *s, double middle, double ends, double *mean, double *variance)
{
    const double clusters = (double)s->n_clusters, n = (double)s->n;
    const double kept = clusters / (clusters + 1.0), observed = ev_sample_mean(s);
    const double of_one =
        (ev_sample_variance(s) * (n - 1.0) + ends) / n + kept * (observed - middle) * (observed - middle) / n;
    *mean = kept * observed + (1.0 - kept) * middle;
    *variance = of_one * ev_sample_design_effect(s) / (n + n / clusters);
}

static sc_code open_one(const sc_evidence *e, const unsigned char *selected, size_t model, ev_one *one)
{
    *one = (ev_one){.method = SC_EVIDENCE_NONE, .design_effect = 1.0};
    const sc_code code = ev_sample_one(e, selected, model, &one->sample);
    const ev_sample *s = &one->sample;
    if (code != SC_OK || ev_sample_size(s) == 0)
        return code;
    one->design_effect = ev_sample_design_effect(s);
    if (s->is_binary) {
        one->method = SC_EVIDENCE_COUNTS;
        one->passed = (double)s->passed + s->sum_a / one->design_effect;
        one->n = (double)s->counted + (double)s->n / one->design_effect;
    } else {
        one->method = SC_EVIDENCE_SCORES;
        bootstrap_moments(s, 0.5, 0.25, &one->estimate, &one->variance);
    }
    return code;
}

/* ---- each model by itself */

static sc_code fit_offers(const sc_evidence *e, const unsigned char *selected, ev_posterior *p)
{
    const size_t models = sc_evidence_model_count(e);
    offer_list rates, scores;
    sc_code code = open_list(&rates, models) & open_list(&scores, models) ? SC_OK : SC_E_MEMORY;
    for (size_t m = 0; m < models && code == SC_OK; m++) {
        ev_one one;
        code = open_one(e, selected, m, &one);
        if (code == SC_OK && one.method == SC_EVIDENCE_COUNTS)
            add_offer(&rates, one.passed, one.n);
        if (code == SC_OK && one.method == SC_EVIDENCE_SCORES)
            add_offer(&scores, one.estimate, one.variance);
        ev_sample_release(&one.sample);
    }
    if (code == SC_OK) {
        p->n_rates = rates.n;
        p->n_scores = scores.n;
        ev_population_fit(&p->rates, rates.x, rates.y, rates.n);
        if (scores.n > 0)
            ev_spread_fit(&p->scores, scores.x, scores.y, scores.n, 0.0);
    }
    close_list(&rates);
    close_list(&scores);
    return code;
}

/* ---- two models on common items */

static sc_code fit_scores(const sc_evidence *e, const unsigned char *selected, size_t a, ev_posterior *p)
{
    const size_t models = sc_evidence_model_count(e);
    offer_list all;
    sc_code code = open_list(&all, models) ? SC_OK : SC_E_MEMORY;
    for (size_t m = 0; m < models && code == SC_OK; m++) {
        ev_sample s = {0};
        double mean, variance;
        code = m != a ? ev_sample_two(e, selected, a, m, &s) : SC_OK;
        if (code == SC_OK && s.n > 0) {
            bootstrap_moments(&s, 0.0, 0.5, &mean, &variance);
            add_offer(&all, mean, variance);
        }
        ev_sample_release(&s);
    }
    if (code == SC_OK) {
        p->offers = all.n + 1;
        ev_spread_fit(&p->differences, all.x, all.y, all.n, 0.0);
        bootstrap_moments(&p->pair, 0.0, 0.5, &p->estimate, &p->variance);
    }
    close_list(&all);
    return code;
}

/* Effective counts of the four cells. */
static void count_cells(const ev_sample *s, double design_effect, double cell[4])
{
    cell[0] = cell[1] = cell[2] = cell[3] = 0.0;
    for (size_t i = 0; i < s->n; i++)
        cell[(s->points[i].a > 0.0) * 2 + (s->points[i].b > 0.0)] += 1.0 / design_effect;
}

static sc_code fit_cells(const sc_evidence *e, const unsigned char *selected, size_t a, ev_posterior *p)
{
    const size_t models = sc_evidence_model_count(e);
    offer_list discordant, share, concordant;
    const int opened = open_list(&discordant, models) & open_list(&share, models) & open_list(&concordant, models);
    sc_code code = opened ? SC_OK : SC_E_MEMORY;
    for (size_t m = 0; m < models && code == SC_OK; m++) {
        ev_sample s = {0};
        double cell[4];
        code = m != a ? ev_sample_two(e, selected, a, m, &s) : SC_OK;
        if (code == SC_OK && s.n > 0 && s.is_binary) {
            const double effect = ev_sample_design_effect(&s);
            count_cells(&s, effect, cell);
            add_offer(&discordant, cell[1] + cell[2], (double)s.n / effect);
            add_offer(&share, cell[1], cell[1] + cell[2]);
            add_offer(&concordant, cell[3], cell[0] + cell[3]);
        }
        ev_sample_release(&s);
    }
    if (code == SC_OK) {
        double cell[4];
        count_cells(&p->pair, p->design_effect, cell);
        p->neither = cell[0];
        p->only_b = cell[1];
        p->only_a = cell[2];
        p->both = cell[3];
        p->offers = discordant.n + 1;
        ev_population_fit(&p->discordant, discordant.x, discordant.y, discordant.n);
        ev_population_fit(&p->share, share.x, share.y, share.n);
        ev_population_fit(&p->concordant, concordant.x, concordant.y, concordant.n);
    }
    close_list(&discordant);
    close_list(&share);
    close_list(&concordant);
    return code;
}

/* ---- opening */

static int64_t items_of(const ev_one *one) { return (int64_t)one->sample.items + one->sample.counted; }

/* The common items are at least half of the smaller sample. */
static int is_paired(const ev_posterior *p)
{
    const int64_t a = items_of(&p->one[0]), b = items_of(&p->one[1]);
    return p->pair.n > 0 && 2 * (int64_t)p->pair.n >= (a < b ? a : b);
}

static sc_code fit_two(const sc_evidence *e, const unsigned char *selected, size_t a, size_t b, ev_posterior *p)
{
    sc_code code = ev_sample_two(e, selected, a, b, &p->pair);
    if (code != SC_OK || p->one[0].method == SC_EVIDENCE_NONE || p->one[1].method == SC_EVIDENCE_NONE)
        return code;
    if (!is_paired(p)) {
        p->method = p->one[0].method == SC_EVIDENCE_COUNTS && p->one[1].method == SC_EVIDENCE_COUNTS
                        ? SC_EVIDENCE_COUNTS
                        : SC_EVIDENCE_SCORES;
        code = fit_offers(e, selected, p);
        p->offers = p->n_rates + p->n_scores;
        return code;
    }
    p->design_effect = ev_sample_design_effect(&p->pair);
    p->method = p->pair.is_binary ? SC_EVIDENCE_PAIRED : SC_EVIDENCE_PAIRED_SCORES;
    return p->pair.is_binary ? fit_cells(e, selected, a, p) : fit_scores(e, selected, a, p);
}

/* One model where b = a. */
static sc_code open_posterior(const sc_evidence *e, const sc_evidence_query *q, size_t a, size_t b, ev_posterior **out)
{
    ev_posterior *p = SC_NEW(ev_posterior);
    unsigned char *selected = ev_select(e, q);
    sc_code code = p != NULL && selected != NULL ? SC_OK : SC_E_MEMORY;
    *out = NULL;
    if (code == SC_OK) {
        p->design_effect = 1.0;
        code = open_one(e, selected, a, &p->one[0]);
    }
    if (code == SC_OK && b != a)
        code = open_one(e, selected, b, &p->one[1]);
    if (code == SC_OK && b != a)
        code = fit_two(e, selected, a, b, p);
    if (code == SC_OK && b == a && p->one[0].method != SC_EVIDENCE_NONE) {
        p->method = p->one[0].method;
        code = fit_offers(e, selected, p);
        p->offers = p->method == SC_EVIDENCE_COUNTS ? p->n_rates : p->n_scores;
    }
    sc_free(selected);
    if (code == SC_OK)
        *out = p;
    else
        ev_posterior_free(p);
    return code;
}

sc_code ev_posterior_one(const sc_evidence *e, const sc_evidence_query *q, size_t model, ev_posterior **out)
{
    return open_posterior(e, q, model, model, out);
}

sc_code ev_posterior_two(const sc_evidence *e, const sc_evidence_query *q, size_t a, size_t b, ev_posterior **out)
{
    return open_posterior(e, q, a, b, out);
}

void ev_posterior_free(ev_posterior *p)
{
    if (p == NULL)
        return;
    ev_sample_release(&p->one[0].sample);
    ev_sample_release(&p->one[1].sample);
    ev_sample_release(&p->pair);
    sc_free(p);
}

/* ---- draws */

sc_stream ev_stream(uint64_t seed) { return sc_stream_of(seed, "", "", "evidence"); }

static double draw_rate(const ev_population *p, ev_random *prior, ev_random *r, double successes, double trials)
{
    const size_t at = ev_population_at(p, ev_uniform(prior));
    return ev_beta(r, p->alpha[at] + successes, p->beta[at] + (trials - successes));
}

/* A bootstrap draw moved and narrowed to the posterior under the population: with one offer it stays as it is, since
 * there is nothing to shrink toward. */
static double shrink_draw(const ev_spread *s, size_t offers, ev_random *prior, double draw, double estimate,
                          double variance)
{
    double mu, tau;
    if (offers < 2)
        return draw;
    ev_spread_draw(s, prior, &mu, &tau);
    const double kept = tau * tau / (tau * tau + variance);
    return mu + kept * (estimate - mu) + sqrt(kept) * (draw - estimate);
}

static double clip(double x) { return x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x; }

double ev_draw_one(const ev_posterior *p, int which, const sc_stream *stream, size_t i)
{
    const ev_one *one = &p->one[which];
    ev_random prior = ev_random_of(stream, i, EV_FOR_PRIOR);
    ev_random r = ev_random_of(stream, i, which == 0 ? EV_FOR_A : EV_FOR_B);
    double score;
    if (p->method == SC_EVIDENCE_NONE)
        return ev_uniform(&r);
    if (one->method == SC_EVIDENCE_COUNTS)
        return draw_rate(&p->rates, &prior, &r, one->passed, one->n);
    ev_sample_bootstrap(&one->sample, &r, &score, NULL);
    return clip(shrink_draw(&p->scores, p->n_scores, &prior, score, one->estimate, one->variance));
}

static ev_draw draw_cells(const ev_posterior *p, const sc_stream *stream, size_t i)
{
    ev_random prior = ev_random_of(stream, i, EV_FOR_PRIOR), r = ev_random_of(stream, i, EV_FOR_DISCORDANT);
    ev_random r_share = ev_random_of(stream, i, EV_FOR_SHARE), r_both = ev_random_of(stream, i, EV_FOR_CONCORDANT);
    const double discordant = p->only_a + p->only_b, concordant = p->both + p->neither;
    const double d = draw_rate(&p->discordant, &prior, &r, discordant, discordant + concordant);
    const double share = draw_rate(&p->share, &prior, &r_share, p->only_b, discordant);
    const double pass = draw_rate(&p->concordant, &prior, &r_both, p->both, concordant);
    ev_draw draw = {.both = (1.0 - d) * pass,
                    .only_a = d * (1.0 - share),
                    .only_b = d * share,
                    .neither = (1.0 - d) * (1.0 - pass)};
    const double difference = draw.only_b - draw.only_a;
    draw.a = draw.both + draw.only_a;
    draw.b = draw.both + draw.only_b;
    draw.variance = (d - difference * difference) * p->design_effect;
    return draw;
}

static ev_draw draw_scores(const ev_posterior *p, const sc_stream *stream, size_t i)
{
    ev_random prior = ev_random_of(stream, i, EV_FOR_PRIOR), r = ev_random_of(stream, i, EV_FOR_A);
    double a, b;
    ev_sample_bootstrap(&p->pair, &r, &a, &b);
    const double difference = shrink_draw(&p->differences, p->offers - 1, &prior, b - a, p->estimate, p->variance);
    const double of_one = p->variance * ((double)p->pair.n + (double)p->pair.n / (double)p->pair.n_clusters);
    return (ev_draw){clip(a), clip(a + difference), of_one, -1.0, -1.0, -1.0, -1.0};
}

/* Variance of a further answer of one model at a drawn quality. */
static double variance_of_one(const ev_one *one, double quality)
{
    const ev_sample *s = &one->sample;
    if (one->method == SC_EVIDENCE_SCORES)
        return one->variance * ((double)s->n + (double)s->n / (double)s->n_clusters);
    return quality * (1.0 - quality) * one->design_effect;
}

ev_draw ev_draw_two(const ev_posterior *p, const sc_stream *stream, size_t i)
{
    if (p->method == SC_EVIDENCE_PAIRED)
        return draw_cells(p, stream, i);
    if (p->method == SC_EVIDENCE_PAIRED_SCORES)
        return draw_scores(p, stream, i);
    const double a = ev_draw_one(p, 0, stream, i), b = ev_draw_one(p, 1, stream, i);
    const double variance = variance_of_one(&p->one[0], a) + variance_of_one(&p->one[1], b);
    return (ev_draw){a, b, variance, -1.0, -1.0, -1.0, -1.0};
}
