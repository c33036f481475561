/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beta_population.c - the posterior of a beta distribution's parameters on a grid. */
#include "evidence/beta_population.h"

#include "stats/elementary.h"

#define LOGIT_END 6.0   /* means from 0.25 % to 99.75 % */
#define NEGLIGIBLE 1e-6 /* of the largest probability */

/* ln of the beta-binomial likelihood of x of n, without the binomial coefficient. */
static double log_likelihood(double x, double n, double alpha, double beta, double at_none)
{
    return sc_log_gamma(x + alpha) + sc_log_gamma(n - x + beta) - sc_log_gamma(n + alpha + beta) - at_none;
}

void ev_population_fit(ev_population *p, const double *successes, const double *trials, size_t k)
{
    double log_weight[EV_GRID], largest = -SC_INF, sum = 0.0;
    for (size_t point = 0; point < EV_GRID; point++) {
        /* even steps of the logit resolve means near 0 and 1; the jacobian makes them uniform in the mean */
        const double step = 2.0 * LOGIT_END / EV_MEANS;
        const double logit = ((double)(point % EV_MEANS) + 0.5) * step - LOGIT_END;
        const double mean = 1.0 / (1.0 + sc_exp(-logit)), other = 1.0 / (1.0 + sc_exp(logit));
        const double root = ((double)(point / EV_MEANS) + 0.5) / EV_WEIGHTS, weight = 1.0 / (root * root);
        const double alpha = mean * weight, beta = other * weight;
        const double at_none = sc_log_gamma(alpha) + sc_log_gamma(beta) - sc_log_gamma(alpha + beta);
        double sum_of_logs = sc_log(mean * other);
        for (size_t i = 0; i < k; i++)
            sum_of_logs += log_likelihood(successes[i], trials[i], alpha, beta, at_none);
        p->alpha[point] = alpha;
        p->beta[point] = beta;
        log_weight[point] = sum_of_logs;
        largest = sum_of_logs > largest ? sum_of_logs : largest;
    }
    p->n = 0;
    for (size_t point = 0; point < EV_GRID; point++) {
        const double probability = sc_exp(log_weight[point] - largest);
        if (probability < NEGLIGIBLE)
            continue;
        sum += probability;
        p->alpha[p->n] = p->alpha[point];
        p->beta[p->n] = p->beta[point];
        p->cumulative[p->n++] = sum;
    }
    for (size_t point = 0; point < p->n; point++)
        p->cumulative[point] /= sum;
}

size_t ev_population_at(const ev_population *p, double u)
{
    size_t low = 0, high = p->n - 1;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (p->cumulative[mid] < u)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

double ev_population_probability(const ev_population *p, size_t point)
{
    return p->cumulative[point] - (point > 0 ? p->cumulative[point - 1] : 0.0);
}
