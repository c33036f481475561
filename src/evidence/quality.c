/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quality.c - the quality of one model, as a posterior and as draws from it. */
#include <gsl/gsl_cdf.h>

#include "base/alloc.h"
#include "evidence/posterior.h"
#include "stats/summary.h"

#define QUALITY_SEED UINT64_C(1)

int sc_evidence_has(const sc_evidence *e, const sc_evidence_query *q, size_t model)
{
    unsigned char *selected = ev_select(e, q);
    int has = 0;
    if (selected == NULL || model >= sc_evidence_model_count(e)) {
        sc_free(selected);
        return 0;
    }
    for (size_t i = e->first_count[model]; i < e->first_count[model + 1] && !has; i++)
        has = selected[e->counts[i].subject] && e->counts[i].n > 0;
    for (size_t i = e->first_outcome[model]; i < e->first_outcome[model + 1] && !has; i++)
        has = selected[e->item[e->outcomes[i].item].subject];
    sc_free(selected);
    return has;
}

const char *sc_evidence_method_name(sc_evidence_method m)
{
    static const char *const names[] = {"none", "counts", "paired", "scores", "paired scores"};
    return names[m];
}

/* Exact mean and upper tail of the mixture of beta distributions. */
static void beta_mixture(const ev_posterior *p, double floor, double *mean, double *above)
{
    const ev_one *one = &p->one[0];
    *mean = *above = 0.0;
    for (size_t at = 0; at < p->rates.n; at++) {
        const double probability = ev_population_probability(&p->rates, at);
        const double a = p->rates.alpha[at] + one->passed, b = p->rates.beta[at] + (one->n - one->passed);
        *mean += probability * a / (a + b);
        if (floor < 1.0)
            *above += probability * (floor > 0.0 ? gsl_cdf_beta_Q(floor, a, b) : 1.0);
    }
}

static void of_draws(double *draws, size_t n, double floor, sc_quality *out)
{
    size_t above = 0;
    for (size_t i = 0; i < n; i++)
        above += draws[i] >= floor;
    out->mean = sc_mean_of(draws, n).mean;
    out->p_floor = (double)above / (double)n;
    sc_sort(draws, n);
    out->low = sc_quantile_sorted(draws, n, 0.5 - 0.5 * out->level);
    out->high = sc_quantile_sorted(draws, n, 0.5 + 0.5 * out->level);
}

static void describe(const ev_posterior *p, sc_quality *out)
{
    const ev_one *one = &p->one[0];
    out->method = p->method;
    out->n = ev_sample_size(&one->sample);
    out->sum = (double)one->sample.passed + one->sample.sum_a;
    out->items = (int64_t)one->sample.items;
    out->clusters = (int64_t)one->sample.n_clusters;
    out->design_effect = one->design_effect;
    out->offers = (int64_t)p->offers;
}

sc_code sc_evidence_quality(const sc_evidence *e, const sc_evidence_query *q, size_t model, double floor, double level,
                            sc_quality *out)
{
    ev_posterior *p;
    *out = (sc_quality){.mean = 0.5, .high = 1.0, .design_effect = 1.0, .level = level, .floor = floor};
    if (model >= sc_evidence_model_count(e) || !(level > 0.0 && level < 1.0))
        return SC_E_USAGE;
    const sc_code code = ev_posterior_one(e, q, model, &p);
    if (code != SC_OK)
        return code;
    double *draws = SC_NEW_ARRAY(double, EV_DRAWS);
    if (draws == NULL) {
        ev_posterior_free(p);
        return SC_E_MEMORY;
    }
    const sc_stream stream = ev_stream(QUALITY_SEED);
    for (size_t i = 0; i < EV_DRAWS; i++)
        draws[i] = ev_draw_one(p, 0, &stream, i);
    describe(p, out);
    if (p->method != SC_EVIDENCE_NONE)
        of_draws(draws, EV_DRAWS, floor, out);
    if (p->method == SC_EVIDENCE_COUNTS)
        beta_mixture(p, floor, &out->mean, &out->p_floor);
    sc_free(draws);
    ev_posterior_free(p);
    return SC_OK;
}

sc_code sc_evidence_draw(const sc_evidence *e, const sc_evidence_query *q, size_t model, uint64_t seed, size_t n,
                         double *quality)
{
    ev_posterior *p;
    if (model >= sc_evidence_model_count(e) || n > UINT32_MAX)
        return SC_E_USAGE;
    const sc_code code = ev_posterior_one(e, q, model, &p);
    if (code != SC_OK)
        return code;
    const sc_stream stream = ev_stream(seed);
    for (size_t i = 0; i < n; i++)
        quality[i] = ev_draw_one(p, 0, &stream, i);
    ev_posterior_free(p);
    return SC_OK;
}
