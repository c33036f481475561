/* SPDX-License-Identifier: GPL-3.0-or-later */
/* normal_population.c - the hierarchical normal model, integrated over the spread on a grid. */
#include "evidence/normal_population.h"

#include "stats/elementary.h"

#define FIRST_TAU 0.004
#define TAU_RATIO 1.125 /* the last one is 0.395 */

/* ln of the likelihood at tau, with mu integrated out. */
static double log_evidence(ev_spread *p, size_t g, const double *y, const double *v, size_t k)
{
    const double tau2 = p->tau[g] * p->tau[g];
    double precision = 0.0, sum = 0.0, result = 0.0;
    for (size_t i = 0; i < k; i++) {
        precision += 1.0 / (tau2 + v[i]);
        sum += y[i] / (tau2 + v[i]);
    }
    p->mu[g] = sum / precision;
    p->mu_variance[g] = 1.0 / precision;
    for (size_t i = 0; i < k; i++)
        result -= 0.5 * (sc_log(tau2 + v[i]) + (y[i] - p->mu[g]) * (y[i] - p->mu[g]) / (tau2 + v[i]));
    return result - 0.5 * sc_log(precision);
}

void ev_spread_fit(ev_spread *p, const double *y, const double *v, size_t k, double none)
{
    double weight[EV_SPREADS], largest = -SC_INF, prior = 0.0, sum = 0.0;
    double tau = FIRST_TAU;
    p->tau[0] = 0.0;
    for (size_t g = 1; g < EV_SPREADS; g++, tau *= TAU_RATIO) {
        p->tau[g] = tau;
        prior += tau; /* uniform in tau: even steps of its logarithm times tau */
    }
    for (size_t g = 0; g < EV_SPREADS; g++) {
        weight[g] = log_evidence(p, g, y, v, k);
        if (g > 0 || none > 0.0)
            largest = weight[g] > largest ? weight[g] : largest;
    }
    for (size_t g = 0; g < EV_SPREADS; g++) {
        const double before = g == 0 ? none : (1.0 - none) * p->tau[g] / prior;
        sum += before > 0.0 ? before * sc_exp(weight[g] - largest) : 0.0;
        p->cumulative[g] = sum;
    }
    for (size_t g = 0; g < EV_SPREADS; g++)
        p->cumulative[g] /= sum;
}

void ev_spread_draw(const ev_spread *p, ev_random *r, double *mu, double *tau)
{
    const double u = ev_uniform(r);
    size_t g = 0;
    while (g + 1 < EV_SPREADS && p->cumulative[g] < u)
        g++;
    *tau = p->tau[g];
    *mu = p->mu[g] + sqrt(p->mu_variance[g]) * ev_normal(r);
}

void ev_spread_shrink(const ev_spread *p, double y, double v, double *mean, double *variance)
{
    double before = 0.0, first = 0.0, second = 0.0;
    for (size_t g = 0; g < EV_SPREADS; g++) {
        const double probability = p->cumulative[g] - before, tau2 = p->tau[g] * p->tau[g], kept = tau2 / (tau2 + v);
        const double at = p->mu[g] + kept * (y - p->mu[g]);
        const double spread = kept * v + (1.0 - kept) * (1.0 - kept) * p->mu_variance[g];
        first += probability * at;
        second += probability * (at * at + spread);
        before = p->cumulative[g];
    }
    *mean = first;
    *variance = second > first * first ? second - first * first : 0.0;
}
