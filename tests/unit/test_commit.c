/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_commit.c - reserved and provisioned capacity: prices worked by hand, and minutes drawn request by request. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "advise/commit.h"
#include "advise/load.h"
#include "base/alloc.h"
#include "expect.h"
#include "sim_fixture.h"

#define SONNET "global.anthropic.claude-sonnet-4-6"
#define LLAMA "meta.llama3-1-70b-instruct-v1:0"

static const sc_sim_options options = {.seed = 3, .trials = 400, .threads = 2, .as_of = SC_DAY_MAX};
static const sc_term reserved[] = {SC_TERM_RESERVED_1MO, SC_TERM_RESERVED_3MO};
static const sc_commit_demand first = {0, NULL};

static sc_scenario *workload(const sc_card *card, const char *horizon, const char *model, const char *volume,
                             const char *tokens, const char *rest)
{
    return sc_fixture_scenario(
        card,
        "{'spendcast': 1, 'horizon': {'start': '2027-01-01', %s}, 'projects': [{'id': 'p', "
        "'workloads': [{'id': 'w', 'offer': {'model': '%s'}, 'volume': {%s}, 'tokens': {%s}%s}]}]}",
        horizon, model, volume, tokens, rest);
}

#define STEADY(rate) "'requests_per_day': " rate ", 'day_cv': 0, 'burstiness': 0, 'peak_factor': 1"

static void show(const sc_errors *errors)
{
    char text[SC_ERROR_TEXT_MAX];
    for (int i = 0; i < errors->count; i++) {
        sc_error_format(&errors->item[i], text, sizeof text);
        (void)fprintf(stderr, "  %s\n", text);
    }
}

static int size(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const sc_commit_options *c,
                const sc_term *terms, size_t n, sc_commit_result *out)
{
    sc_errors errors = {0};
    int done = EXPECT_I64(sc_commit_size(s, card, o, c, &first, 1, terms, n, out, &errors), SC_OK);
    if (!done)
        show(&errors);
    return done;
}

static int price(const sc_scenario *s, const sc_card *card, sc_term term, int64_t in, int64_t out_units,
                 sc_commit_result *out)
{
    const int64_t units[2] = {in, out_units};
    sc_errors errors = {0};
    int done = EXPECT_I64(sc_commit_price(s, card, &options, &sc_commit_defaults, &first, 1, term, units, out, &errors),
                          SC_OK);
    if (!done)
        show(&errors);
    return done;
}

/* ---- by hand ---- */

/* 100 requests a minute of 1,000 and 100 tokens: exactly the least that can be reserved, always full.  One month costs
 * what on demand does, three months 10 % less; 730 hours of it are $19,710. */
static void test_full_capacity(void)
{
    static const double discount[] = {1, 0.9};
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL
                         ? workload(card, "'months': 3", SONNET, STEADY("144000"), "'input': 1000, 'output': 100", "")
                         : NULL;
    sc_commit_result r[2] = {0};
    if (s != NULL && size(s, card, &options, &sc_commit_defaults, reserved, 2, r)) {
        for (int t = 0; t < 2; t++) {
            const double hours = 90 * 24, on_demand = hours * 27; /* 6e6 x $3 + 6e5 x $15, a million */
            EXPECT_I64(r[t].units[0], 100);
            EXPECT_I64(r[t].units[1], 10);
            EXPECT_REL(r[t].usd_per_hour[0], 0.18 * discount[t], 1e-12);
            EXPECT_REL(r[t].usd_per_hour[1], 0.90 * discount[t], 1e-12);
            EXPECT_REL((100 * r[t].usd_per_hour[0] + 10 * r[t].usd_per_hour[1]) * 730, 19710 * discount[t], 1e-12);
            EXPECT_REL(r[t].commitment, on_demand * discount[t], 1e-12);
            EXPECT_REL(r[t].on_demand.value, on_demand, 1e-12);
            EXPECT_ABS(r[t].saving.value, on_demand * (1 - discount[t]), 1e-9 * on_demand);
            EXPECT_ABS(r[t].idle, 0, 1e-9);
            EXPECT_ABS(r[t].overflow, 0, 1e-9);
            EXPECT_REL(r[t].break_even, discount[t], 1e-9);
            EXPECT_ABS(r[t].saves, t, 0);
            EXPECT_I64(r[t].verdict, t == 0 ? SC_COMMIT_NOT : SC_COMMIT_BUY);
            EXPECT_I64(r[t].paid_to, sc_day_of(2027, 4, 1));
        }
        EXPECT_STR(r[0].reason, "saves with a chance of 0.0 %, below the 90.0 % asked for");
    }
    sc_commit_release(&r[0]);
    sc_commit_release(&r[1]);
    sc_scenario_free(s);
    sc_card_free(card);
}

/* Half the demand of the least: half idle, and dearer by half of the commitment less 10 %. */
static void test_idle_and_overflow(void)
{
    static const struct {
        const char *volume;
        int64_t units[2];
        double idle, overflow, cost; /* cost in parts of the on-demand cost */
    } cases[] = {
        {STEADY("72000"), {100, 10}, 0.5, 0, 1.8},
        {STEADY("288000"), {100, 10}, 0, 0.5, 0.5 * 0.9 + 0.5},
        {STEADY("288000"), {200, 20}, 0, 0, 0.9},
        {STEADY("288000"), {150, 20}, 0, 0.25, 0},
    };
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < sizeof cases / sizeof *cases; i++) {
        sc_scenario *s = workload(card, "'months': 3", SONNET, cases[i].volume, "'input': 1000, 'output': 100", "");
        sc_commit_result r = {0};
        if (s != NULL && price(s, card, SC_TERM_RESERVED_3MO, cases[i].units[0], cases[i].units[1], &r)) {
            EXPECT_ABS(r.overflow, cases[i].overflow, 1e-9);
            if (cases[i].cost > 0) {
                EXPECT_ABS(r.idle, cases[i].idle, 1e-9);
                EXPECT_REL(r.cost.value, cases[i].cost * r.on_demand.value, 1e-9);
            } else { /* output waits for input: a quarter of its capacity is idle */
                EXPECT_ABS(r.idle, 0.25 * (20 * 0.81) / (150 * 0.162 + 20 * 0.81), 1e-9);
            }
            for (size_t t = 0; t < r.n_trials; t++) {
                EXPECT_REL(r.trial_cost[t], r.cost.value, 1e-12);
                EXPECT_REL(r.trial_on_demand[t], r.on_demand.value, 1e-12);
            }
        }
        sc_commit_release(&r);
        sc_scenario_free(s);
    }
    sc_card_free(card);
}

/* A prefix that is always read: on demand it costs a tenth, capacity does not see it.  One that is always written costs
 * 1.25 on demand and counts as 1. */
static void test_caching(void)
{
    static const struct {
        const char *keys;
        double written, on_demand; /* USD a request */
    } cases[] = {
        {"1", 0, 500 * 3e-6 + 4500 * 0.3e-6 + 100 * 15e-6},
        {"1000000", 4500, 500 * 3e-6 + 4500 * 3.75e-6 + 100 * 15e-6},
    };
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < 2; i++) {
        char rest[160];
        (void)snprintf(rest, sizeof rest, ", 'cache': {'prefix_tokens': 4500, 'keys': %s, 'ttl': '5m'}", cases[i].keys);
        sc_scenario *s = workload(card, "'months': 1", SONNET, STEADY("1440000"), "'input': 500, 'output': 100", rest);
        const int64_t input = (int64_t)(500 + cases[i].written), output = 100; /* 1,000 requests a minute */
        sc_commit_result r = {0};
        if (s != NULL && price(s, card, SC_TERM_RESERVED_1MO, input, output, &r)) {
            EXPECT_ABS(r.overflow, 0, 1e-9);
            EXPECT_ABS(r.idle, 0, 1e-9);
            EXPECT_REL(r.on_demand.value, cases[i].on_demand * 1440000 * 31, 1e-9);
            EXPECT_REL(r.commitment, 31 * 24 * ((double)input * 0.18 + (double)output * 0.90), 1e-12);
            EXPECT_I64(r.verdict, SC_COMMIT_BUY); /* reads are free of capacity, writes pay no premium */
        }
        sc_commit_release(&r);
        sc_scenario_free(s);
    }
    sc_card_free(card);
}

/* Whole terms are paid: a horizon of 40 days pays two months, or three. */
static void test_whole_terms(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL
                         ? workload(card, "'days': 40", SONNET, STEADY("144000"), "'input': 1000, 'output': 100", "")
                         : NULL;
    sc_commit_result r[2] = {0};
    if (s != NULL && size(s, card, &options, &sc_commit_defaults, reserved, 2, r)) {
        EXPECT_I64(r[0].paid_to, sc_day_of(2027, 3, 1));
        EXPECT_I64(r[1].paid_to, sc_day_of(2027, 4, 1));
        EXPECT_REL(r[0].commitment, 59 * 24 * 27.0, 1e-12);
        EXPECT_REL(r[1].commitment, 90 * 24 * 27.0 * 0.9, 1e-12);
        EXPECT_REL(1 - r[0].idle, 40.0 / 59, 1e-9);
        EXPECT_I64(r[1].verdict, SC_COMMIT_NOT);
    }
    sc_commit_release(&r[0]);
    sc_commit_release(&r[1]);
    sc_scenario_free(s);
    sc_card_free(card);
}

/* Llama 3.1 70B in-region: $24.00, $21.18 and $13.08 an hour, $0.72 a million tokens on demand. */
static void test_model_units(void)
{
    static const sc_term terms[] = {SC_TERM_UNITS_NO_COMMIT, SC_TERM_UNITS_1MO, SC_TERM_UNITS_6MO};
    static const double usd[] = {24.00, 21.18, 13.08};
    sc_commit_options c = sc_commit_defaults;
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL
                         ? workload(card, "'months': 6", LLAMA, STEADY("1440000"), "'input': 1000, 'output': 250", "")
                         : NULL;
    sc_commit_result r[3] = {0};
    /* an hour has 60,000 requests, 75e6 tokens: $54; a unit that takes half of them is worth 27 */
    c.unit_tokens[0] = 500000;
    c.unit_tokens[1] = 200000;
    if (s != NULL && size(s, card, &options, &c, terms, 3, r)) {
        for (int t = 0; t < 3; t++) {
            EXPECT_STR(r[t].verdict == SC_COMMIT_REFUSED ? r[t].reason : "", "");
            EXPECT_I64(r[t].units[0], 2);
            EXPECT_I64(r[t].units[1], 2);
            EXPECT_REL(r[t].usd_per_hour[0], usd[t], 1e-12);
            EXPECT_REL(r[t].commitment, 2 * usd[t] * 24 * 181, 1e-12);
            EXPECT_REL(r[t].on_demand.value, 54.0 * 24 * 181, 1e-9);
            EXPECT_REL(r[t].break_even, usd[t] / 27, 1e-9);
            EXPECT_ABS(r[t].idle, 0, 1e-9);
            EXPECT_I64(r[t].verdict, SC_COMMIT_BUY);
        }
    }
    for (int t = 0; t < 3; t++)
        sc_commit_release(&r[t]);
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_refusals(void)
{
    static const struct {
        const char *model;
        sc_term term;
        const char *reason; /* its start */
    } cases[] = {
        {LLAMA, SC_TERM_UNITS_1MO, "AWS does not publish the tokens a minute of a model unit of " LLAMA},
        {"us." LLAMA, SC_TERM_UNITS_1MO, "model units cannot be called through inference profiles"},
        {LLAMA, SC_TERM_RESERVED_1MO, "no reserved_input_tpm_1mo price for " LLAMA},
    };
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < sizeof cases / sizeof *cases; i++) {
        sc_scenario *s =
            workload(card, "'months': 1", cases[i].model, STEADY("1440"), "'input': 1000, 'output': 250", "");
        sc_commit_result r = {0};
        if (s != NULL && size(s, card, &options, &sc_commit_defaults, &cases[i].term, 1, &r)) {
            EXPECT_I64(r.verdict, SC_COMMIT_REFUSED);
            EXPECT_TRUE(r.trial_cost == NULL);
            if (!EXPECT_TRUE(strncmp(r.reason, cases[i].reason, strlen(cases[i].reason)) == 0))
                (void)fprintf(stderr, "  %s\n", r.reason);
        }
        sc_commit_release(&r);
        sc_scenario_free(s);
    }
    sc_card_free(card);
}

/* ---- against minutes drawn request by request ---- */

#define BUSY                                                                                                     \
    "{'spendcast': 1, 'horizon': {'start': '2027-01-01', 'days': 2}, 'projects': [{'id': 'p', 'workloads': ["    \
    "{'id': 'w', 'offer': {'model': '" SONNET "'}, 'volume': {'requests_per_day': {'p10': 30000, 'p90': 60000}," \
    " 'burstiness': %s, 'peak_factor': %s, 'day_cv': 0.3}, 'tokens': {'input': {'mean': 3000, 'cv': 1, 'max': "  \
    "200000}, 'output': {'mean': 300, 'cv': 0.8}, 'correlation': %s, 'output_scale': {'p10': 0.8, 'p90': 1.2}}"  \
    "%s}]}]}"

/* USD of requests that find no room, of one trial and all its minutes. */
static double draw_trial(const sc_path *p, const sc_path_block *b, const sc_path_day *days, int lane,
                         const double capacity[2], gsl_rng *rng)
{
    const sc_workload *w = p->plan.w;
    const double own = sqrt(1 - w->correlation * w->correlation);
    double share[SC_HOURS], usd = 0;
    sc_hours_of_peak(w->peak_factor, share);
    for (size_t d = 0; d < p->plan.n_days; d++) {
        const sc_path_day *day = &days[d];
        const double n = day->requests[lane], prefix = b->prefix[lane];
        const double all = n * prefix, missed = all > 0 ? day->written[lane] / all : 0;
        const double taken = day->input[lane] + day->written[lane], input_usd = day->input_usd[lane] / taken,
                     output_usd = day->output_usd[lane] / day->output[lane];
        /* sizes of the day are what it has of them, on average */
        const double fit = day->input[lane] / (n * p->plan.x.mean * b->input_scale[lane]),
                     fit_out = day->output[lane] / (n * p->plan.y.mean * b->output_scale[lane]);
        for (int m = 0; m < 1440; m++) {
            const double rate = n / 1440 * share[m / 60], over = p->plan.dispersion - 1;
            const unsigned count = gsl_ran_poisson(rng, over > 0 ? gsl_ran_gamma(rng, rate / over, over) : rate);
            double left[2] = {capacity[0], capacity[1]};
            int full = 0;
            for (unsigned i = 0; i < count; i++) {
                const double zx = gsl_ran_ugaussian(rng), zy = w->correlation * zx + own * gsl_ran_ugaussian(rng);
                const double x[2] = {sc_dist_at(&w->input, zx) * b->input_scale[lane] * fit +
                                         (gsl_rng_uniform(rng) < missed ? prefix : 0),
                                     sc_dist_at(&w->output, zy) * b->output_scale[lane] * fit_out};
                double served = full ? 0 : fmin(1, fmin(left[0] / x[0], left[1] / x[1]));
                full = full || served < 1;
                left[0] -= served * x[0];
                left[1] -= served * x[1];
                usd += (1 - served) * (x[0] * input_usd + x[1] * output_usd);
            }
        }
    }
    return usd;
}

static void compare_drawn(const sc_card *card, const char *text_burstiness, const char *peak, const char *correlation,
                          const char *cache, int64_t input, int64_t output)
{
    enum { DRAWN = 40 };
    static sc_path_day days[2];
    sc_scenario *s = sc_fixture_scenario(card, BUSY, text_burstiness, peak, correlation, cache);
    sc_sim_options o = options;
    sc_errors errors = {0};
    sc_commit_result r = {0};
    sc_path_block *b = SC_NEW(sc_path_block);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    const double capacity[2] = {1000.0 * (double)input, 1000.0 * (double)output};
    const int64_t units[2] = {input, output};
    double sum = 0, square = 0, model = 0;
    sc_path p;
    o.trials = SC_TRIALS_MIN;
    if (s != NULL && b != NULL &&
        EXPECT_I64(
            sc_commit_price(s, card, &o, &sc_commit_defaults, &first, 1, SC_TERM_RESERVED_1MO, units, &r, &errors),
            SC_OK) &&
        EXPECT_I64(sc_path_open(&p, s, card, &o, 0, NULL, NULL), SC_OK)) {
        sc_path_begin(&p, 0, b);
        for (size_t d = 0; d < 2; d++)
            sc_path_draw(&p, d, b, &days[d]);
        for (int t = 0; t < DRAWN; t++) {
            const double drawn = draw_trial(&p, b, days, t, capacity, rng), modelled = r.trial_cost[t] - r.commitment;
            sum += drawn - modelled;
            square += (drawn - modelled) * (drawn - modelled);
            model += modelled;
        }
        const double off = sum / DRAWN, se = sqrt(fmax(0, square / DRAWN - off * off) / DRAWN);
        const double on_demand = r.on_demand.value;
        if (!EXPECT_TRUE(fabs(off) <= 3 * se + 0.01 * on_demand))
            (void)fprintf(stderr, "  burstiness %s: overflow %g of %g, drawn %g more +- %g\n", text_burstiness,
                          model / DRAWN, on_demand, off, se);
        sc_path_close(&p);
    }
    gsl_rng_free(rng);
    sc_free(b);
    sc_commit_release(&r);
    sc_scenario_free(s);
}

static void test_drawn(void)
{
    sc_card *card = sc_fixture_card();
    if (card == NULL)
        return;
    compare_drawn(card, "1", "1", "0", "", 100, 10);
    compare_drawn(card, "1", "3", "0.3", "", 150, 15);
    compare_drawn(card, "3", "2", "0", "", 120, 12);
    compare_drawn(card, "4", "3", "0.5", "", 200, 12);
    compare_drawn(card, "2", "3", "0", ", 'cache': {'prefix_tokens': 4000, 'keys': 500, 'ttl': '5m'}", 200, 14);
    sc_card_free(card);
}

/* ---- the choice ---- */

/* No other number of units near the choice, or far from it, is expected to cost less. */
static void test_least_cost(void)
{
    static const double others[][2] = {{0.8, 0.8}, {1.2, 1.2}, {0.95, 1}, {1.05, 1}, {1, 0.95},
                                       {1, 1.05},  {0.5, 0.5}, {2, 2},    {0.7, 1.1}};
    sc_card *card = sc_fixture_card();
    sc_scenario *s =
        card != NULL
            ? workload(card, "'months': 3", SONNET,
                       "'requests_per_day': {'p10': 400000, 'p90': 900000}, 'burstiness': 2, 'peak_factor': 1.3",
                       "'input': {'mean': 500, 'cv': 1}, 'output': 100",
                       ", 'cache': {'prefix_tokens': 4000, 'keys': 20000, 'ttl': '5m'}")
            : NULL;
    sc_sim_options o = options;
    sc_commit_result r = {0};
    o.trials = 256;
    if (s != NULL && size(s, card, &o, &sc_commit_defaults, &reserved[1], 1, &r)) {
        EXPECT_TRUE(r.units[0] > 100 && r.units[1] > 10);
        EXPECT_TRUE(r.cost.value < r.on_demand.value && r.saves > 0.5);
        EXPECT_TRUE(r.saving_low <= r.saving.value && r.saving.value <= r.saving_high);
        EXPECT_REL(r.saving.value, r.on_demand.value - r.cost.value, 1e-9);
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            const int64_t units[2] = {llround((double)r.units[0] * others[i][0]),
                                      llround((double)r.units[1] * others[i][1])};
            sc_commit_result q = {0};
            EXPECT_I64(
                sc_commit_price(s, card, &o, &sc_commit_defaults, &first, 1, SC_TERM_RESERVED_3MO, units, &q, NULL),
                SC_OK);
            if (!EXPECT_TRUE(q.cost.value >= r.cost.value * (1 - 1e-6)))
                (void)fprintf(stderr, "  %d and %d cost %.2f, %d and %d %.2f\n", (int)units[0], (int)units[1],
                              q.cost.value, (int)r.units[0], (int)r.units[1], r.cost.value);
            if (others[i][0] >= 1 && others[i][1] >= 1)
                EXPECT_TRUE(q.overflow <= r.overflow + 1e-9 && q.idle >= r.idle - 1e-9);
            sc_commit_release(&q);
        }
    }
    sc_commit_release(&r);
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_threads(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, BUSY, "2", "3", "0.2", "") : NULL;
    sc_sim_options o = options;
    sc_commit_result one = {0}, more = {0};
    o.threads = 1;
    if (s != NULL && size(s, card, &o, &sc_commit_defaults, reserved, 1, &one)) {
        o.threads = 5;
        if (size(s, card, &o, &sc_commit_defaults, reserved, 1, &more)) {
            EXPECT_I64(one.units[0], more.units[0]);
            EXPECT_I64(one.units[1], more.units[1]);
            EXPECT_TRUE(memcmp(&one.saving, &more.saving, sizeof one.saving) == 0);
            EXPECT_TRUE(memcmp(one.trial_cost, more.trial_cost, one.n_trials * sizeof(double)) == 0);
        }
    }
    sc_commit_release(&one);
    sc_commit_release(&more);
    sc_scenario_free(s);
    sc_card_free(card);
}

/* Two workloads on one commitment: their demands add up. */
static void test_shared(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL
                         ? sc_fixture_scenario(
                               card,
                               "{'spendcast': 1, 'horizon': {'start': '2027-01-01', 'months': 3}, 'projects': [{'id':"
                               " 'p', 'workloads': [{'id': 'a', 'offer': {'model': '" SONNET "'}, 'volume': {%s},"
                               " 'tokens': {'input': 1000, 'output': 100}}, {'id': 'b', 'offer': {'model': '" SONNET
                               "'}, 'volume': {%s}, 'tokens': {'input': 500, 'output': 50}}, {'id': 'c', 'offer': "
                               "{'model': 'us.anthropic.claude-sonnet-4-6'}, 'volume': {%s}, 'tokens': {'input': 500,"
                               " 'output': 50}}]}]}",
                               STEADY("144000"), STEADY("288000"), STEADY("288000"))
                         : NULL;
    const sc_commit_demand both[] = {{0, NULL}, {1, NULL}}, apart[] = {{0, NULL}, {2, NULL}};
    sc_commit_result r = {0}, q = {0};
    sc_errors errors = {0};
    if (s != NULL) {
        EXPECT_I64(sc_commit_size(s, card, &options, &sc_commit_defaults, both, 2, &reserved[1], 1, &r, NULL), SC_OK);
        EXPECT_I64(r.units[0], 200);
        EXPECT_I64(r.units[1], 20);
        EXPECT_REL(r.saving.value, 0.1 * r.on_demand.value, 1e-9);
        EXPECT_I64(sc_commit_size(s, card, &options, &sc_commit_defaults, apart, 2, reserved, 1, &q, &errors),
                   SC_E_USAGE);
        EXPECT_STR(errors.item[0].text,
                   "workload 'c' is not bought where 'a' is, expected one model, region and scope");
    }
    sc_commit_release(&r);
    sc_commit_release(&q);
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_memory_short(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, BUSY, "2", "3", "0.2", "") : NULL;
    sc_sim_options o = options;
    int failures = 0;
    o.threads = 1;
    o.trials = 100;
    for (uint64_t n = 1; s != NULL && n < 1000; n++) {
        sc_commit_result r;
        (void)sc_alloc_fail_at(n);
        sc_code code = sc_commit_size(s, card, &o, &sc_commit_defaults, &first, 1, reserved, 1, &r, NULL);
        (void)sc_alloc_fail_at(0);
        sc_commit_release(&r);
        if (code == SC_OK)
            break;
        failures += EXPECT_I64(code, SC_E_MEMORY);
    }
    EXPECT_TRUE(failures > 5 && failures < 999);
    sc_scenario_free(s);
    sc_card_free(card);
}

CU_ErrorCode test_commit_register(void)
{
    static CU_TestInfo tests[] = {
        {"capacity that is always full", test_full_capacity},
        {"idle capacity and overflow", test_idle_and_overflow},
        {"caching", test_caching},
        {"whole terms are paid", test_whole_terms},
        {"model units", test_model_units},
        {"refusals", test_refusals},
        {"against minutes drawn by request", test_drawn},
        {"units of least cost", test_least_cost},
        {"threads change nothing", test_threads},
        {"workloads that share", test_shared},
        {"memory runs out", test_memory_short},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"commit", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
