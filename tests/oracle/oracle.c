/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oracle.c - a slow, obviously right simulation of one workload: every request of every day is drawn and priced by
 * itself. */
#include "oracle.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_multiroots.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#define CHUNK 16 /* trials that share a generator */
#define SECONDS_A_DAY 86400.0
#define DAYS_A_MONTH (365.25 / 12.0)

/* ---- distributions ---- */

static double mass_below_max(const sc_oracle_dist *d, double mu, double sigma)
{
    return d->max > 0.0 ? gsl_cdf_lognormal_P(d->max, mu, sigma) : 1.0;
}

/* E[x^k] of a lognormal on x <= max: the integral of x^k times the density is another lognormal's, shifted by k
 * sigma^2. */
static double truncated_moment(const sc_oracle_dist *d, double mu, double sigma, int k)
{
    double whole = exp(k * mu + 0.5 * k * k * sigma * sigma);
    if (d->max <= 0.0)
        return whole;
    return whole * gsl_cdf_lognormal_P(d->max, mu + k * sigma * sigma, sigma) / mass_below_max(d, mu, sigma);
}

/* How far a lognormal with (mu, ln sigma) is from what was asked for. */
static int misfit(const gsl_vector *at, void *context, gsl_vector *f)
{
    const sc_oracle_dist *d = context;
    double mu = gsl_vector_get(at, 0), sigma = exp(gsl_vector_get(at, 1));
    if (d->kind == SC_ORACLE_MEAN_CV) {
        double m1 = truncated_moment(d, mu, sigma, 1), m2 = truncated_moment(d, mu, sigma, 2);
        gsl_vector_set(f, 0, log(m1 / d->v[0]));
        gsl_vector_set(f, 1, log(m2 / (m1 * m1) / (1.0 + d->v[1] * d->v[1])));
    } else {
        double mass = mass_below_max(d, mu, sigma);
        gsl_vector_set(f, 0, log(gsl_cdf_lognormal_Pinv(0.1 * mass, mu, sigma) / d->v[0]));
        gsl_vector_set(f, 1, log(gsl_cdf_lognormal_Pinv(0.9 * mass, mu, sigma) / d->v[1]));
    }
    return GSL_SUCCESS;
}

static int search(sc_oracle_dist *d)
{
    gsl_multiroot_function f = {misfit, 2, d};
    gsl_multiroot_fsolver *solver = gsl_multiroot_fsolver_alloc(gsl_multiroot_fsolver_hybrids, 2);
    gsl_vector *start = gsl_vector_alloc(2);
    int found = -1;
    if (solver != NULL && start != NULL) {
        gsl_vector_set(start, 0, d->mu);
        gsl_vector_set(start, 1, log(d->sigma));
        gsl_multiroot_fsolver_set(solver, &f, start);
        for (int i = 0; i < 1000 && found != 0; i++) {
            if (gsl_multiroot_fsolver_iterate(solver) != GSL_SUCCESS)
                break;
            if (gsl_multiroot_test_residual(solver->f, 1e-10) == GSL_SUCCESS)
                found = 0;
        }
        d->mu = gsl_vector_get(solver->x, 0);
        d->sigma = exp(gsl_vector_get(solver->x, 1));
    }
    gsl_vector_free(start);
    gsl_multiroot_fsolver_free(solver);
    return found;
}

int sc_oracle_fit(sc_oracle_dist *d, double shift)
{
    const double score = gsl_cdf_ugaussian_Pinv(0.9);
    int code = 0;
    d->mass = 1.0;
    for (int i = 0; i < SC_ORACLE_VALUES; i++)
        d->v[i] += shift;
    if (d->kind == SC_ORACLE_SHARE) {
        double low = log(d->v[0] / (1.0 - d->v[0])), high = log(d->v[1] / (1.0 - d->v[1]));
        d->mu = 0.5 * (low + high);
        d->sigma = 0.5 * (high - low) / score;
        return 0;
    }
    if (d->kind == SC_ORACLE_MEAN_CV) {
        d->sigma = sqrt(log(1.0 + d->v[1] * d->v[1]));
        d->mu = log(d->v[0]) - 0.5 * d->sigma * d->sigma;
    } else if (d->kind == SC_ORACLE_P10_P90) {
        d->sigma = 0.5 * log(d->v[1] / d->v[0]) / score;
        d->mu = 0.5 * log(d->v[0] * d->v[1]);
    } else {
        return 0;
    }
    if (d->max > 0.0)
        code = search(d);
    d->mass = mass_below_max(d, d->mu, d->sigma);
    return code;
}

static double of_triangle(const sc_oracle_dist *d, double u)
{
    double width = d->v[2] - d->v[0], left = d->v[1] - d->v[0], right = d->v[2] - d->v[1];
    return u * width < left ? d->v[0] + sqrt(u * width * left) : d->v[2] - sqrt((1.0 - u) * width * right);
}

static double of_table(const sc_oracle_dist *d, double u)
{
    double sum = 0.0, below = 0.0;
    for (int i = 0; i < d->n; i++)
        sum += d->weight[i];
    for (int i = 0; i < d->n - 1; i++) {
        below += d->weight[i] / sum;
        if (u < below)
            return d->v[i];
    }
    return d->v[d->n - 1];
}

/* The value at probability u. */
static double value_at(const sc_oracle_dist *d, double u)
{
    switch (d->kind) {
    case SC_ORACLE_MEAN_CV:
    case SC_ORACLE_P10_P90: return gsl_cdf_lognormal_Pinv(u * d->mass, d->mu, d->sigma);
    case SC_ORACLE_SHARE: return 1.0 / (1.0 + exp(-(d->mu + d->sigma * gsl_cdf_ugaussian_Pinv(u))));
    case SC_ORACLE_TRIANGLE: return of_triangle(d, u);
    case SC_ORACLE_TABLE: return of_table(d, u);
    case SC_ORACLE_FIXED: break;
    }
    return d->v[0];
}

/* One draw, a truncated lognormal by rejection. */
static double draw(const sc_oracle_dist *d, const gsl_rng *rng)
{
    if (d->kind != SC_ORACLE_MEAN_CV && d->kind != SC_ORACLE_P10_P90)
        return d->kind == SC_ORACLE_FIXED ? d->v[0] : value_at(d, gsl_rng_uniform_pos(rng));
    for (;;) {
        double x = exp(d->mu + gsl_ran_gaussian_ziggurat(rng, d->sigma));
        if (d->max <= 0.0 || x <= d->max)
            return x;
    }
}

/* ---- arrivals ---- */

/* Shape of the Weibull distribution with this cv, by bisection of its textbook formula. */
static double weibull_shape(double cv)
{
    double low = 0.05, high = 20.0;
    for (int i = 0; i < 200; i++) {
        double k = 0.5 * (low + high), m1 = gsl_sf_gamma(1.0 + 1.0 / k), m2 = gsl_sf_gamma(1.0 + 2.0 / k);
        if (sqrt(m2 / (m1 * m1) - 1.0) > cv)
            low = k;
        else
            high = k;
    }
    return 0.5 * (low + high);
}

/* Requests of a day; `burstiness` 0 leaves the expected number, which need not be whole. */
static double draw_count(const gsl_rng *rng, double rate, double burstiness)
{
    double dispersion = burstiness * burstiness;
    if (dispersion == 0.0)
        return rate;
    if (dispersion > 1.0)
        rate = gsl_ran_gamma(rng, rate / (dispersion - 1.0), dispersion - 1.0);
    return (double)gsl_ran_poisson(rng, rate);
}

/* ---- one future ---- */

typedef struct future {
    double param[SC_ORACLE_PARAMS];
    double input, output; /* of the request drawn last */
    double last;          /* output of the turn before */
    int n_turns;          /* those before the next request in its conversation */
    double history;       /* their input and output */
    double asked, hit;    /* requests that could read the cache, and those that did */
} future;

static void draw_params(const sc_oracle_workload *w, const gsl_rng *rng, future *f)
{
    double factor[3];
    for (int i = 0; i < 3; i++)
        factor[i] = gsl_ran_ugaussian(rng);
    for (int p = 0; p < SC_ORACLE_PARAMS; p++) {
        double z = 0.0, own = 1.0;
        for (int i = 0; i < 3; i++) {
            z += w->loading[p][i] * factor[i];
            own -= w->loading[p][i] * w->loading[p][i];
        }
        z += sqrt(own) * gsl_ran_ugaussian(rng);
        f->param[p] = value_at(&w->param[p], gsl_cdf_ugaussian_P(z));
    }
}

static void draw_tokens(const sc_oracle_workload *w, const gsl_rng *rng, double *input, double *output)
{
    double zx, zy;
    if (w->correlation == 0.0) {
        *input = draw(&w->input, rng);
        *output = draw(&w->output, rng);
        return;
    }
    gsl_ran_bivariate_gaussian(rng, 1.0, 1.0, w->correlation, &zx, &zy);
    *input = value_at(&w->input, gsl_cdf_ugaussian_P(zx));
    *output = value_at(&w->output, gsl_cdf_ugaussian_P(zy));
}

/* USD of one request on a day when gaps between requests of one key have this mean and Weibull shape. */
static double draw_request(const sc_oracle_workload *w, const gsl_rng *rng, const sc_oracle_prices *p, double scale,
                           double shape, future *f)
{
    double input, output, prefix_price, history = 0.0, read = 0.0, usd;
    draw_tokens(w, rng, &input, &output);
    input *= f->param[SC_ORACLE_INPUT_SCALE];
    output *= f->param[SC_ORACLE_OUTPUT_SCALE];
    f->input = input;
    f->output = output;
    int whole = 1, in_time = 0;
    if (w->talks) {
        whole = w->history_max == 0.0 || f->history <= w->history_max;
        history = whole ? f->history : w->history_max;
        if (f->n_turns > 0 && w->lifetime > 0.0)
            in_time = draw(&w->turn_gap, rng) <= w->lifetime;
        /* the last answer was not part of a request before */
        read = in_time && whole ? history - f->last : 0.0;
    }
    int band = p->band_from > 0.0 && w->prefix + input + history >= p->band_from;
    if (w->waits && gsl_rng_uniform(rng) < f->param[SC_ORACLE_WAITING])
        return 1e-6 * (p->wait_input[band] * (w->prefix + input + history) + p->wait_output[band] * output);
    usd = p->output[band] * output;
    if (w->lifetime > 0.0 && w->talks)
        usd += p->read[band] * read + p->write[band] * (input + history - read);
    else
        usd += p->input[band] * (input + history);
    if ((w->prefix == 0.0 && !w->talks) || w->lifetime == 0.0) {
        prefix_price = p->input[band];
    } else {
        double gap = w->burstiness > 0.0 ? gsl_ran_weibull(rng, scale, shape) : scale;
        int hit = gap <= w->lifetime || in_time;
        f->asked += 1.0;
        f->hit += hit;
        prefix_price = hit ? p->read[band] : p->write[band];
    }
    return 1e-6 * (usd + prefix_price * w->prefix);
}

/* Whether the conversation goes on after a turn that is done. */
static void end_turn(const sc_oracle_workload *w, const gsl_rng *rng, future *f)
{
    if (!w->talks)
        return;
    if (gsl_rng_uniform(rng) < 1.0 / f->param[SC_ORACLE_TURNS]) {
        f->n_turns = 0;
        f->history = f->last = 0.0;
        return;
    }
    f->n_turns++;
    f->history += f->input + f->output;
    f->last = f->output;
}

/* A request is sent until it does not fail; every attempt is billed. */
static double draw_attempts(const sc_oracle_workload *w, const gsl_rng *rng, const sc_oracle_prices *p, double scale,
                            double shape, future *f)
{
    double usd = draw_request(w, rng, p, scale, shape, f);
    while (f->param[SC_ORACLE_RETRIES] > 0.0 && gsl_rng_uniform(rng) < f->param[SC_ORACLE_RETRIES])
        usd += draw_request(w, rng, p, scale, shape, f);
    end_turn(w, rng, f);
    return usd;
}

static double draw_future(const sc_oracle_workload *w, const gsl_rng *rng, double shape, future *f)
{
    double usd = 0.0, week = 0.0, noise = sqrt(log(1.0 + w->day_cv * w->day_cv));
    double spells = sqrt(log(1.0 + w->swing_cv * w->swing_cv)), spell = gsl_ran_gaussian(rng, spells), walk = 0.0;
    double kept = w->half_life > 0.0 ? exp2(-1.0 / w->half_life) : 0.0;
    double month = log(1.0 + w->wander * w->wander), step = sqrt(month / DAYS_A_MONTH);
    draw_params(w, rng, f);
    /* Conversations have long been going on when the first day begins. */
    f->n_turns = 0;
    f->history = f->last = 0.0;
    for (double t = 0.0; w->talks && t < 30.0 * f->param[SC_ORACLE_TURNS]; t += 1.0) {
        draw_tokens(w, rng, &f->input, &f->output);
        f->input *= f->param[SC_ORACLE_INPUT_SCALE];
        f->output *= f->param[SC_ORACLE_OUTPUT_SCALE];
        end_turn(w, rng, f);
    }
    for (int i = 0; i < 7; i++)
        week += w->weekday[i] / 7.0;
    for (int d = 0; d < w->days; d++) {
        double rate =
            f->param[SC_ORACLE_REQUESTS] * w->weekday[d % 7] / week * pow(f->param[SC_ORACLE_GROWTH], d / DAYS_A_MONTH);
        rate *= exp(gsl_ran_gaussian(rng, noise) - 0.5 * noise * noise);
        rate *= exp(spell - 0.5 * spells * spells) * exp(walk - 0.5 * month * d / DAYS_A_MONTH);
        spell = kept * spell + gsl_ran_gaussian(rng, spells * sqrt(1.0 - kept * kept));
        walk += gsl_ran_gaussian(rng, step);
        double n = draw_count(rng, rate, w->burstiness), sent = rate / (1.0 - f->param[SC_ORACLE_RETRIES]),
               on_line = w->waits ? sent * (1.0 - f->param[SC_ORACLE_WAITING]) : sent;
        if (w->per_key > 0.0)
            on_line *= w->keys * w->per_key / sent;
        double gap = SECONDS_A_DAY * w->keys / on_line,
               scale = shape > 0.0 ? gap / gsl_sf_gamma(1.0 + 1.0 / shape) : gap;
        double k = 1.0;
        for (; k <= n; k += 1.0)
            usd += draw_attempts(w, rng, &w->prices[d], scale, shape, f);
        if (k - n < 1.0) /* the part of a request that an evenly spaced stream is into at midnight */
            usd += (n - (k - 1.0)) * draw_attempts(w, rng, &w->prices[d], scale, shape, f);
    }
    return usd;
}

int sc_oracle_run(const sc_oracle_workload *w, unsigned long seed, size_t trials, sc_oracle_result *out)
{
    double shape = w->burstiness > 0.0 ? weibull_shape(w->burstiness) : 0.0, asked = 0.0, hit = 0.0;
    size_t chunks = (trials + CHUNK - 1) / CHUNK;
    int failed = 0;
#pragma omp parallel for schedule(dynamic, 1) reduction(+ : asked, hit, failed)
    for (size_t c = 0; c < chunks; c++) {
        gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
        if (rng == NULL) {
            failed++;
            continue;
        }
        gsl_rng_set(rng, seed * 1000003UL + c + 1); /* 0 would mean GSL's default seed */
        future f = {.asked = 0.0};
        for (size_t t = c * CHUNK; t < (c + 1) * CHUNK && t < trials; t++)
            out->cost[t] = draw_future(w, rng, shape, &f);
        asked += f.asked;
        hit += f.hit;
        gsl_rng_free(rng);
    }
    out->hit_share = asked > 0.0 ? hit / asked : 0.0;
    return failed ? -1 : 0;
}
