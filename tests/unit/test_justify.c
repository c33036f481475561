/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_justify.c - cases for a premium model: closed forms, simulation attempt by attempt, what is never claimed; and
 * initiatives. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "expect.h"
#include "justify/break_even.h"
#include "sim_fixture.h"
#include "spendcast/justify.h"
#include "spendcast/report.h"
#include "stats/philox.h"

#define SONNET "anthropic.claude-sonnet-4-6"
#define HAIKU "anthropic.claude-haiku-4-5-20251001-v1:0"
#define OPUS "anthropic.claude-opus-4-8"
#define N(a) (sizeof(a) / sizeof((a)[0]))
#define DIGITS 6e-4 /* figures have four digits */
#define SURE 1000000000

static sc_card *card;

static int load_card(void) { return (card = sc_fixture_card()) != NULL ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    return 0;
}

/* Sonnet 4.6 in its region, where all costs are certain but for other models' lengths; or with uncertain volume. */
static sc_scenario *chat(int certain)
{
    return sc_fixture_scenario(
        card,
        "{'spendcast': 1, 'horizon': {'start': '2026-12-01', 'days': 61}, 'switching': {'verbosity': 1}, 'projects': "
        "[{'id': 'shop', 'workloads': [{'id': 'chat', 'offer': {'model': 'us." SONNET "'}, 'volume': "
        "{'requests_per_day': %s, 'day_cv': 0}, 'tokens': {'input': 2000, 'output': 300}}]}]}",
        certain ? "10000" : "{'p10': 8000, 'p90': 12000}");
}

/* Graded counts of Sonnet and Haiku (n = 0: not graded). */
static sc_evidence *graded(long long sonnet, long long sonnet_n, long long haiku, long long haiku_n)
{
    sc_strbuf text = {0};
    sc_evidence *e = NULL;
    sc_strbuf_puts(&text, "task,model,passed,n\n");
    if (sonnet_n > 0)
        sc_strbuf_printf(&text, "chat,%s,%lld,%lld\n", SONNET, sonnet, sonnet_n);
    if (haiku_n > 0)
        sc_strbuf_printf(&text, "chat,%s,%lld,%lld\n", HAIKU, haiku, haiku_n);
    const sc_evidence_text table = {"evals.csv", text.text, text.len};
    EXPECT_I64(sc_evidence_parse(&table, 1, NULL, card, &e, NULL), SC_OK);
    sc_strbuf_release(&text);
    return e;
}

static sc_evidence *sure(double sonnet, double haiku)
{
    return graded((long long)(sonnet * SURE), SURE, (long long)(haiku * SURE), SURE);
}

static sc_outcomes *outcomes(const char *rows)
{
    sc_strbuf text = {0};
    sc_outcomes *o = NULL;
    sc_strbuf_printf(&text, "date,project,workload,attempts,successes,value_usd,failure_cost_usd,human_minutes\n%s",
                     rows);
    EXPECT_I64(sc_outcomes_parse("outcomes.csv", text.text, text.len, &o, NULL), SC_OK);
    sc_strbuf_release(&text);
    return o;
}

static sc_case_amount usd(double x) { return (sc_case_amount){1, x, x}; }

static sc_justify_options options_of(const sc_evidence *e)
{
    sc_justify_options o = sc_justify_defaults();
    o.sim.trials = 400;
    o.sim.threads = 1;
    o.evidence = e;
    return o;
}

/* NULL after a failed assertion. */
static sc_case *justify(const sc_scenario *s, const sc_justify_options *o)
{
    sc_errors errors = {0};
    sc_case *c = NULL;
    EXPECT_I64(sc_justify(s, card, o, &c, &errors), SC_OK);
    if (errors.count > 0)
        EXPECT_STR(errors.item[0].text, "");
    return c;
}

/* ---- tries ---- */

static double pow_n(double x, int n) { return n > 0 ? x * pow_n(x, n - 1) : 1.0; }

static void tries_are_geometric(void)
{
    static const double shares[] = {0.0, 0.1, 0.5, 0.93, 1.0};
    for (size_t i = 0; i < N(shares); i++) {
        for (int retries = 0; retries <= 6; retries++) {
            const double s = shares[i], f = 1.0 - s;
            const sc_tries independent = sc_tries_of(s, retries, 0.0), hopeless = sc_tries_of(s, retries, 1.0);
            EXPECT_ABS(independent.success, 1.0 - pow_n(f, retries + 1), 1e-14);
            EXPECT_ABS(independent.tries, s > 0.0 ? (1.0 - pow_n(f, retries + 1)) / s : retries + 1.0, 1e-12);
            EXPECT_ABS(hopeless.success, s, 1e-15);
            EXPECT_ABS(hopeless.tries, 1.0 + f * retries, 1e-14);
        }
    }
}

static uint64_t drawn;

static double uniform(void)
{
    static const sc_stream stream = {{17, 4}};
    uint32_t bits[4];
    drawn++;
    sc_philox(&stream, (uint32_t)drawn, (uint32_t)(drawn >> 32), 0, 0, bits);
    return sc_u01_53(bits[0], bits[1]);
}

/* One attempt as the model has it; returns the tries. */
static int attempt(double s, int retries, double repeats, int *success)
{
    int tries = 1;
    *success = uniform() < s;
    if (*success)
        return tries;
    const int is_hopeless = uniform() < repeats;
    while (!*success && tries <= retries) {
        tries++;
        *success = uniform() < s && !is_hopeless;
    }
    return tries;
}

static void tries_as_simulated(void)
{
    static const struct {
        double s, repeats;
        int retries;
    } cases[] = {{0.7, 0.0, 1}, {0.7, 0.3, 3}, {0.2, 0.5, 5}, {0.95, 0.1, 2}};
    const int n = 200000;
    for (size_t i = 0; i < N(cases); i++) {
        double tries = 0.0, squares = 0.0, successes = 0.0;
        for (int k = 0; k < n; k++) {
            int success;
            const double t = attempt(cases[i].s, cases[i].retries, cases[i].repeats, &success);
            tries += t;
            squares += t * t;
            successes += success;
        }
        const sc_tries expected = sc_tries_of(cases[i].s, cases[i].retries, cases[i].repeats);
        const double mean = tries / n, p = successes / n;
        EXPECT_ABS(mean, expected.tries, 3.0 * sqrt((squares / n - mean * mean) / n));
        EXPECT_ABS(p, expected.success, 3.0 * sqrt(p * (1.0 - p) / n));
    }
}

/* The share of first failures that repeat is the correlation of two tries of an attempt. */
static void repeats_are_a_correlation(void)
{
    const double s = 0.6, r = 0.35, f = 1.0 - s;
    const double both_fail = 1.0 - sc_tries_of(s, 1, r).success;
    EXPECT_REL((both_fail - f * f) / (f * s), r, 1e-12);
}

/* ---- break-even ---- */

static void break_even_of_certainty(void)
{
    static const struct {
        double cost, success, at[3]; /* worth from which on it pays with P 0.1, 0.5, 0.9 */
    } cases[] = {{2.0, 0.5, {4.0, 4.0, 4.0}},
                 {-1.0, 0.5, {0.0, 0.0, 0.0}},
                 {1.0, -0.1, {(double)INFINITY, (double)INFINITY, (double)INFINITY}},
                 {-1.0, -0.1, {(double)INFINITY, (double)INFINITY, (double)INFINITY}},
                 {1.0, 0.0, {(double)INFINITY, (double)INFINITY, (double)INFINITY}},
                 {-1.0, 0.0, {0.0, 0.0, 0.0}}};
    static const double shares[] = {0.1, 0.5, 0.9};
    for (size_t i = 0; i < N(cases); i++) {
        double memory[2], worth[] = {0.0, 3.9, 10.0, 1000.0};
        break_even b;
        break_even_of(&cases[i].cost, &cases[i].success, 1, memory, &b);
        for (size_t k = 0; k < N(shares); k++)
            EXPECT_TRUE(break_even_at(&b, shares[k]) == cases[i].at[k]);
        for (size_t k = 0; k < N(worth); k++)
            EXPECT_TRUE(break_even_pays(&b, worth[k]) == (worth[k] * cases[i].success > cases[i].cost ? 1.0 : 0.0));
    }
}

/* Any signs of costs and successes: shares as counted, limits at which they cross and stay. */
static void break_even_of_many(void)
{
    enum { TRIALS = 301, GRID = 400 };
    static double cost[TRIALS], success[TRIALS], memory[2 * TRIALS];
    for (int round = 0; round < 20; round++) {
        const double shift = 0.1 * round - 0.7;
        break_even b;
        for (int t = 0; t < TRIALS; t++) {
            cost[t] = uniform() - 0.3;
            success[t] = uniform() - 0.5 + shift;
        }
        break_even_of(cost, success, TRIALS, memory, &b);
        double least, most, low = 1.0, high = 0.0;
        break_even_range(&b, 0.0, &least, &most);
        for (int g = 0; g <= GRID; g++) {
            const double worth = 0.05 * g;
            int pays = 0;
            for (int t = 0; t < TRIALS; t++)
                pays += worth * success[t] > cost[t];
            const double share = (double)pays / TRIALS;
            EXPECT_ABS(break_even_pays(&b, worth), share, 1e-15);
            low = share < low ? share : low;
            high = share > high ? share : high;
            for (double level = 0.1; level < 1.0; level += 0.2) {
                if (worth > break_even_at(&b, level))
                    EXPECT_TRUE(share >= level - 1e-12);
            }
        }
        EXPECT_TRUE(least <= low && most >= high);
        for (double level = 0.1; level < 1.0; level += 0.2) {
            const double at = break_even_at(&b, level);
            if (isfinite(at) && at > 0.0)
                EXPECT_TRUE(break_even_pays(&b, at) < level);
        }
    }
}

/* ---- closed forms of a case ---- */

static void certain_case(void)
{
    sc_scenario *s = chat(1);
    sc_evidence *e = sure(0.9, 0.8);
    sc_justify_options o = options_of(e);
    o.value = usd(0.05);
    sc_case *c = justify(s, &o);
    if (c != NULL && EXPECT_I64(c->n_rivals, 1)) {
        const sc_case_rival *r = &c->rivals[0];
        const double extra = c->premium.per_request.mean - r->offer.per_request.mean;
        EXPECT_STR(r->offer.offer.model->id, HAIKU);
        EXPECT_REL(c->requests.mean, 10000 * 30.4375, DIGITS);
        EXPECT_REL(c->premium.quality.mean, 0.9, DIGITS);
        EXPECT_REL(c->premium.per_success.mean, c->premium.per_request.mean / 0.9, DIGITS);
        EXPECT_REL(c->premium.per_outcome.mean, c->premium.per_request.mean / 0.9, DIGITS);
        EXPECT_REL(c->premium.failures, 0.1 * c->requests.mean, DIGITS);
        EXPECT_REL(c->premium.lost_value, 0.1 * c->requests.mean * 0.05, DIGITS);
        EXPECT_TRUE(isnan(c->premium.people) && isnan(c->premium.failure_cost));
        EXPECT_REL(r->extra_successes.mean, 0.1 * c->requests.mean, 2 * DIGITS);
        EXPECT_REL(r->extra_cost.mean, extra * c->requests.mean, 2 * DIGITS);
        for (int k = 0; k < 3; k++) {
            EXPECT_REL(r->break_even[k], extra / 0.1, 4 * DIGITS);
            EXPECT_REL(r->break_even_value[k], r->break_even[k], 1e-12);
        }
        EXPECT_REL(r->needed, extra / 0.05, 3 * DIGITS);
        EXPECT_REL(r->benefit.mean, c->requests.mean * (0.05 * 0.1 - extra), 0.01);
        EXPECT_TRUE(r->p_pays == (0.005 > extra ? 1.0 : 0.0));
        EXPECT_TRUE(r->p_better == 1.0 && r->perfect == 0.0 && r->items_needed == 0);
        EXPECT_I64(c->verdict, 0.005 > extra ? SC_CASE_FOR : SC_CASE_AGAINST);
    }
    sc_case_free(c);
    sc_evidence_free(e);
    sc_scenario_free(s);
}

/* People who complete what fails: value cancels, and what they cost decides. */
static void people_and_failures(void)
{
    static const double completes[] = {0.0, 0.4, 1.0};
    sc_scenario *s = chat(1);
    sc_evidence *e = sure(0.9, 0.8);
    for (size_t i = 0; i < N(completes); i++) {
        sc_justify_options o = options_of(e);
        o.value = usd(0.5);
        o.failure_cost = usd(0.02);
        o.person_minutes = 3.0;
        o.person_usd_per_hour = 2.0;
        o.person_completes = completes[i];
        const double worth = 0.5 * (1.0 - completes[i]) + 0.02 + 0.1, each = 0.02 + 0.1;
        sc_case *c = justify(s, &o);
        if (c != NULL && EXPECT_I64(c->n_rivals, 1)) {
            const sc_case_rival *r = &c->rivals[0];
            const double cost = c->premium.per_request.mean, extra = cost - r->offer.per_request.mean;
            EXPECT_REL(c->worth.mean, worth, DIGITS);
            EXPECT_REL(c->premium.per_outcome.mean, (cost + 0.1 * each) / (0.9 + 0.1 * completes[i]), DIGITS);
            EXPECT_REL(c->premium.people, 0.1 * c->attempts.mean * 0.1, 2 * DIGITS);
            EXPECT_REL(c->premium.failure_cost, 0.1 * c->attempts.mean * 0.02, 2 * DIGITS);
            EXPECT_REL(r->benefit.mean, c->attempts.mean * (worth * 0.1 - extra), 4 * DIGITS);
            EXPECT_REL(r->break_even[1], extra / 0.1, 4 * DIGITS);
            if (r->break_even[1] < each)
                EXPECT_TRUE(r->break_even_value[1] == 0.0);
            else if (completes[i] == 1.0)
                EXPECT_TRUE(isinf(r->break_even_value[1]));
        }
        sc_case_free(c);
    }
    sc_evidence_free(e);
    sc_scenario_free(s);
}

static void retries_cost_and_save(void)
{
    sc_scenario *s = chat(1);
    sc_evidence *e = sure(0.9, 0.8);
    sc_justify_options o = options_of(e);
    o.value = usd(0.05);
    o.retries = 2;
    o.repeats = 0.25;
    sc_case *c = justify(s, &o);
    if (c != NULL && EXPECT_I64(c->n_rivals, 1)) {
        const sc_case_rival *r = &c->rivals[0];
        const sc_tries a = sc_tries_of(0.9, 2, 0.25), b = sc_tries_of(0.8, 2, 0.25);
        const double extra = c->premium.per_request.mean * a.tries - r->offer.per_request.mean * b.tries;
        EXPECT_REL(c->premium.tries, a.tries, DIGITS);
        EXPECT_REL(r->offer.success.mean, b.success, DIGITS);
        EXPECT_REL(c->premium.per_success.mean, c->premium.per_request.mean * a.tries / a.success, 2 * DIGITS);
        EXPECT_REL(r->break_even[1], extra / (a.success - b.success), 0.01);
        EXPECT_REL(r->benefit.mean, c->attempts.mean * (0.05 * (a.success - b.success) - extra), 0.01);
    }
    sc_case_free(c);
    sc_evidence_free(e);
    sc_scenario_free(s);
}

/* ---- attempt by attempt ---- */

typedef struct tally {
    double sum, squares;
} tally;

static void count(tally *t, double x)
{
    t->sum += x;
    t->squares += x * x;
}

/* Benefit of an attempt, each with its own draws of quality and value, against the mean over trials. */
static void benefit_as_simulated(void)
{
    enum { DRAWS = 4000, EACH = 60 };
    static double a[DRAWS], b[DRAWS];
    sc_scenario *s = chat(1);
    sc_evidence *e = graded(88, 100, 160, 200);
    sc_justify_options o = options_of(e);
    const sc_evidence_query query = {.project = "shop", .workload = "chat"};
    tally benefit = {0.0, 0.0};
    o.sim.trials = 4000;
    o.value = usd(0.30);
    o.failure_cost = usd(0.04);
    o.person_minutes = 1.5;
    o.person_usd_per_hour = 4.0;
    o.person_completes = 0.6;
    o.retries = 2;
    o.repeats = 0.3;
    o.success_per_pass = 0.9;
    sc_case *c = justify(s, &o);
    const int ia = sc_evidence_model_of(e, SONNET), ib = sc_evidence_model_of(e, HAIKU);
    EXPECT_I64(sc_evidence_draw_pair(e, &query, (size_t)ia, (size_t)ib, 99, DRAWS, a, b), SC_OK);
    if (c != NULL && EXPECT_I64(c->n_rivals, 1)) {
        const double costs[] = {c->premium.per_request.mean, c->rivals[0].offer.per_request.mean};
        for (int d = 0; d < DRAWS; d++) {
            double net = 0.0;
            for (int k = 0; k < EACH; k++) {
                for (int side = 0; side < 2; side++) {
                    int success;
                    const double quality = side == 0 ? a[d] : b[d];
                    const int tries = attempt(0.9 * quality, 2, 0.3, &success);
                    double x = success ? 0.30 : -0.04 - 0.1 + (uniform() < 0.6 ? 0.30 : 0.0);
                    x -= costs[side] * tries;
                    net += (side == 0 ? x : -x) / EACH;
                }
            }
            count(&benefit, net);
        }
        const sc_case_rival *r = &c->rivals[0];
        const double mean = benefit.sum / DRAWS, sd = sqrt(benefit.squares / DRAWS - mean * mean);
        /* both are samples of so many draws */
        EXPECT_ABS(r->benefit.mean / c->attempts.mean, mean, 3.0 * sd * sqrt(2.0 / DRAWS));
    }
    sc_case_free(c);
    sc_evidence_free(e);
    sc_scenario_free(s);
}

/* ---- directions ---- */

static void value_only_helps_the_better(void)
{
    sc_scenario *s = chat(0);
    sc_evidence *e = sure(0.9, 0.8);
    double before = 0.0;
    for (double value = 0.005; value < 1.0; value *= 1.4) {
        sc_justify_options o = options_of(e);
        o.value = (sc_case_amount){1, 0.5 * value, 2.0 * value};
        sc_case *c = justify(s, &o);
        if (c != NULL) {
            EXPECT_TRUE(c->rivals[0].p_pays >= before);
            before = c->rivals[0].p_pays;
        }
        sc_case_free(c);
    }
    EXPECT_TRUE(before > 0.99);
    sc_evidence_free(e);
    sc_scenario_free(s);
}

static void worse_evidence_never_helps(void)
{
    static const int passed[] = {99, 96, 93, 90, 87, 84, 80};
    sc_scenario *s = chat(0);
    double before = 2.0;
    for (size_t i = 0; i < N(passed); i++) {
        sc_evidence *e = graded(passed[i], 100, 90, 100);
        sc_justify_options o = options_of(e);
        o.value = usd(0.2);
        sc_case *c = justify(s, &o);
        if (c != NULL) {
            const sc_case_rival *r = &c->rivals[0];
            EXPECT_TRUE(r->p_pays < before);
            before = r->p_pays;
            EXPECT_TRUE(r->perfect >= 0.0 && r->test.evsi >= 0.0);
            EXPECT_TRUE(r->test.evsi <= r->tests[SC_CASE_TESTS - 1].evsi || r->test.items > 3000);
            EXPECT_TRUE((c->verdict == SC_CASE_NOT_DECIDED) == (r->p_pays > 0.1 && r->p_pays < 0.9));
            EXPECT_TRUE((r->items_needed == 0) == (c->verdict != SC_CASE_NOT_DECIDED));
        }
        sc_case_free(c);
        sc_evidence_free(e);
    }
    EXPECT_TRUE(before < 0.1);
    sc_scenario_free(s);
}

/* ---- what is never claimed ---- */

static void nothing_unknown_is_for(void)
{
    static const struct {
        int sonnet, sonnet_n, haiku, haiku_n;
        int names_haiku;
        double value; /* 0 = not stated */
        size_t rivals;
    } cases[] = {
        {0, 0, 0, 0, 0, 1000.0, 0},    /* nothing is graded: nothing to hold it against */
        {0, 0, 0, 0, 1, 1000.0, 1},    /* neither */
        {99, 100, 0, 0, 1, 1000.0, 1}, /* the premium alone, and how good */
        {0, 0, 10, 100, 1, 1000.0, 1}, /* the rival alone, and how bad */
        {95, 100, 60, 100, 0, 0.0, 1}, /* better, but worth what? */
    };
    sc_model_ref haiku;
    EXPECT_I64(sc_card_resolve(card, HAIKU, &haiku, NULL, 0), SC_OK);
    sc_scenario *s = chat(0);
    for (size_t i = 0; i < N(cases); i++) {
        sc_evidence *e = graded(cases[i].sonnet, cases[i].sonnet_n, cases[i].haiku, cases[i].haiku_n);
        sc_justify_options o = options_of(e);
        if (cases[i].value > 0.0)
            o.value = usd(cases[i].value);
        if (cases[i].names_haiku) {
            o.against = &haiku.model;
            o.n_against = 1;
        }
        sc_case *c = justify(s, &o);
        if (c != NULL) {
            EXPECT_I64(c->verdict, SC_CASE_UNKNOWN);
            EXPECT_I64(c->n_rivals, cases[i].rivals);
            EXPECT_TRUE(strncmp(c->headline, "Unknown", 7) == 0);
            for (size_t k = 0; k < c->n_rivals; k++)
                EXPECT_TRUE(isnan(c->rivals[k].p_pays) && isnan(c->rivals[k].benefit.mean));
        }
        sc_case_free(c);
        sc_evidence_free(e);
    }
    sc_scenario_free(s);
}

/* A premium that is surely worse and costs more pays at no value, and that needs no value. */
static void some_verdicts_need_no_value(void)
{
    sc_scenario *s = chat(0);
    sc_evidence *e = graded(600, 1000, 900, 1000);
    sc_justify_options o = options_of(e);
    sc_case *c = justify(s, &o);
    if (c != NULL) {
        EXPECT_I64(c->verdict, SC_CASE_AGAINST);
        EXPECT_TRUE(isinf(c->rivals[0].break_even[0]) && isnan(c->rivals[0].p_pays));
    }
    sc_case_free(c);
    /* The other way round: the dearer model is the rival. */
    sc_model_ref haiku, sonnet;
    EXPECT_I64(sc_card_resolve(card, HAIKU, &haiku, NULL, 0), SC_OK);
    EXPECT_I64(sc_card_resolve(card, SONNET, &sonnet, NULL, 0), SC_OK);
    o.premium = haiku.model;
    o.against = &sonnet.model;
    o.n_against = 1;
    c = justify(s, &o);
    if (c != NULL) {
        EXPECT_I64(c->verdict, SC_CASE_FOR);
        EXPECT_TRUE(c->rivals[0].break_even[2] == 0.0);
        EXPECT_TRUE(c->rivals[0].extra_cost.mean < 0.0);
    }
    sc_case_free(c);
    sc_evidence_free(e);
    sc_scenario_free(s);
}

/* ---- outcomes ---- */

#define CHAT_OUTCOMES                                \
    "2026-10-05,shop,chat,7000,5600,2800,420,2800\n" \
    "2026-10-12,shop,chat,7000,5600,2800,420,2800\n" \
    "2026-10-19,shop,chat,7000,5600,2800,420,2800\n"

static void outcomes_give_terms(void)
{
    sc_scenario *s = chat(1); /* 70,000 requests a week */
    sc_evidence *e = sure(0.9, 0.8);
    sc_outcomes *seen = outcomes(CHAT_OUTCOMES);
    sc_justify_options o = options_of(e);
    o.outcomes = seen;
    sc_case *c = justify(s, &o);
    if (c != NULL) {
        EXPECT_REL(c->worth.mean, 0.5 + 0.3, DIGITS); /* 2,800 / 5,600 and 420 / 1,400 */
        EXPECT_REL(c->attempts.mean, c->requests.mean / 10.0, DIGITS);
        EXPECT_REL(c->premium.success.mean, 0.8, DIGITS); /* of today's model: as seen */
        EXPECT_REL(c->rivals[0].offer.success.mean, 0.8 * 0.8 / 0.9, DIGITS);
        EXPECT_REL(c->premium.per_success.mean, 10.0 * c->premium.per_request.mean / 0.8, 2 * DIGITS);
        EXPECT_TRUE(isnan(c->premium.people)); /* minutes without a rate */
    }
    sc_case_free(c);
    o.person_usd_per_hour = 30.0; /* 2 minutes each */
    o.value = usd(9.0);
    c = justify(s, &o);
    if (c != NULL)
        EXPECT_REL(c->worth.mean, 0.3 + 1.0, DIGITS); /* people complete all, so that value cancels */
    sc_case_free(c);
    o.requests_per_attempt = 5.0;
    o.success_per_pass = 1.0;
    c = justify(s, &o);
    if (c != NULL) {
        EXPECT_REL(c->attempts.mean, c->requests.mean / 5.0, DIGITS);
        EXPECT_REL(c->premium.success.mean, 0.9, DIGITS);
    }
    sc_case_free(c);
    sc_outcomes_free(seen);
    sc_evidence_free(e);
    sc_scenario_free(s);
}

/* ---- repeats ---- */

/* Items answered twice: what Sonnet fails it fails both times, what Haiku fails it fails once. */
static void repeats_as_graded(void)
{
    sc_scenario *s = chat(1);
    sc_strbuf text = {0};
    sc_evidence *e = NULL;
    sc_strbuf_puts(&text, "task,model,item,run,passed\n");
    for (int m = 0; m < 2; m++) {
        for (int i = 0; i < 200; i++) {
            for (int run = 0; run < 2; run++)
                sc_strbuf_printf(&text, "chat,%s,i%d,%d,%d\n", m == 0 ? SONNET : HAIKU, i, run,
                                 m == 0 ? i >= 40 : i >= 60 || run != i % 2);
        }
    }
    const sc_evidence_text table = {"evals.csv", text.text, text.len};
    EXPECT_I64(sc_evidence_parse(&table, 1, NULL, card, &e, NULL), SC_OK);
    sc_justify_options o = options_of(e);
    o.value = usd(1.0);
    o.retries = 1;
    sc_case *c = justify(s, &o);
    if (c != NULL && EXPECT_I64(c->n_rivals, 1)) {
        EXPECT_TRUE(c->premium.repeats > 0.99);         /* what fails fails again */
        EXPECT_TRUE(c->rivals[0].offer.repeats < 0.02); /* never again */
        EXPECT_REL(c->premium.success.mean, c->premium.quality.mean, 0.01);
        EXPECT_TRUE(c->rivals[0].offer.success.mean > 0.95);
    }
    sc_case_free(c);
    o.repeats = 0.5;
    c = justify(s, &o);
    if (c != NULL)
        EXPECT_TRUE(c->premium.repeats == 0.5 && c->rivals[0].offer.repeats == 0.5);
    sc_case_free(c);
    sc_evidence_free(e);
    sc_strbuf_release(&text);
    sc_scenario_free(s);
}

/* ---- same figures ---- */

static void threads_change_nothing(void)
{
    sc_scenario *s = chat(0);
    sc_evidence *e = graded(88, 100, 160, 200);
    sc_case *c[2];
    for (int i = 0; i < 2; i++) {
        sc_justify_options o = options_of(e);
        o.sim.threads = i == 0 ? 1 : 3;
        o.value = (sc_case_amount){1, 0.1, 0.4};
        c[i] = justify(s, &o);
    }
    if (c[0] != NULL && c[1] != NULL) {
        const sc_case_rival *a = &c[0]->rivals[0], *b = &c[1]->rivals[0];
        EXPECT_TRUE(memcmp(&a->benefit, &b->benefit, sizeof a->benefit) == 0);
        EXPECT_TRUE(memcmp(&a->break_even, &b->break_even, sizeof a->break_even) == 0);
        EXPECT_TRUE(a->p_pays == b->p_pays && a->perfect == b->perfect);
        EXPECT_STR(c[0]->headline, c[1]->headline);
        EXPECT_I64(c[0]->n_pays, c[1]->n_pays);
    }
    sc_case_free(c[0]);
    sc_case_free(c[1]);
    sc_evidence_free(e);
    sc_scenario_free(s);
}

/* ---- options ---- */

static void expect_refused(const sc_scenario *s, const sc_justify_options *o, const char *part)
{
    sc_errors errors = {0};
    sc_case *c = NULL;
    EXPECT_I64(sc_justify(s, card, o, &c, &errors), SC_E_USAGE);
    EXPECT_TRUE(c == NULL);
    if (EXPECT_I64(errors.count, 1) && strstr(errors.item[0].text, part) == NULL)
        EXPECT_STR(errors.item[0].text, part);
}

static void options_are_checked(void)
{
    sc_scenario *s = chat(0);
    sc_model_ref sonnet;
    EXPECT_I64(sc_card_resolve(card, SONNET, &sonnet, NULL, 0), SC_OK);
    sc_justify_options o = options_of(NULL), usual = o;
    o.workload = 1;
    expect_refused(s, &o, "workload");
    o = usual;
    o.value = (sc_case_amount){1, 2.0, 1.0};
    expect_refused(s, &o, "amount");
    o = usual;
    o.failure_cost = (sc_case_amount){1, 0.0, 1.0};
    expect_refused(s, &o, "amount");
    o = usual;
    o.person_minutes = -2.0;
    expect_refused(s, &o, "people");
    o = usual;
    o.repeats = 1.5;
    expect_refused(s, &o, "share");
    o = usual;
    o.success_per_pass = 0.0;
    expect_refused(s, &o, "share");
    o = usual;
    o.requests_per_attempt = 0.5;
    expect_refused(s, &o, "request");
    o = usual;
    o.retries = SC_RETRIES_MAX + 1;
    expect_refused(s, &o, "retries");
    o = usual;
    o.p_decides = 0.5;
    expect_refused(s, &o, "probability");
    o = usual;
    o.against = &sonnet.model;
    o.n_against = 1;
    expect_refused(s, &o, "the premium itself");
    o = usual;
    o.premium = sonnet.model;
    o.premium_how = "by post";
    expect_refused(s, &o, "expected one of 'geo");
    sc_scenario_free(s);
}

/* Whichever allocation fails, nothing is left behind and the code says why. */
static void memory_runs_out(void)
{
    sc_scenario *s = chat(0);
    sc_evidence *e = graded(88, 100, 160, 200);
    sc_justify_options o = options_of(e);
    sc_case *c = NULL;
    o.sim.trials = 100;
    o.value = usd(0.2);
    const uint64_t before = sc_alloc_count();
    EXPECT_I64(sc_justify(s, card, &o, &c, NULL), SC_OK);
    const uint64_t made = sc_alloc_count() - before;
    sc_case_free(c);
    for (uint64_t k = 1; k <= made; k += 1 + made / 97) {
        sc_alloc_fail_at(k);
        const sc_code code = sc_justify(s, card, &o, &c, NULL);
        sc_alloc_fail_at(0);
        EXPECT_I64(code, SC_E_MEMORY);
        EXPECT_TRUE(code == SC_OK || c == NULL);
        if (code == SC_OK)
            sc_case_free(c);
    }
    sc_evidence_free(e);
    sc_scenario_free(s);
}

/* ---- initiatives ---- */

static void initiatives_are_ranked(void)
{
    const sc_day from = sc_day_of(2026, 10, 1), to = sc_day_of(2026, 11, 1), far = sc_day_of(2027, 1, 1);
    const sc_initiative_spend spend[] = {
        {"dear", 3100.0, 3100.0, 3100.0, from, to},       {"nothing", 10.0, 10.0, 10.0, from, to},
        {"cheap", 6200.0, 5000.0, 8000.0, far, far + 31}, {"once", 500.0, 500.0, 500.0, from, to},
        {"failing", 500.0, 500.0, 500.0, from, to},       {"unpriced", (double)NAN, (double)NAN, (double)NAN, from, to},
    };
    sc_outcomes *seen = outcomes("2026-10-05,dear,a,200,100,900,50,600\n"
                                 "2026-10-12,dear,a,200,110,900,50,600\n"
                                 "2026-10-19,dear,a,200,120,900,50,600\n"
                                 "2026-10-26,dear,a,200,130,900,50,600\n"
                                 "2026-10-05,cheap,,9000,4000,,,\n"
                                 "2026-10-12,cheap,,9000,4000,,,\n"
                                 "2026-10-05,once,b,10,10,10,0,0\n"
                                 "2026-10-05,unpriced,b,10,9,5,,\n"
                                 "2026-10-12,unpriced,b,10,9,5,,\n"
                                 "2026-10-05,failing,b,10,0,,,\n"
                                 "2026-10-12,failing,b,10,0,,,\n");
    sc_initiative *list = NULL;
    EXPECT_I64(sc_initiatives(spend, N(spend), seen, 30.0, &list, NULL), SC_OK);
    if (list != NULL) {
        static const char *const order[] = {"cheap", "dear", "failing", "nothing", "once", "unpriced"};
        for (size_t i = 0; i < N(order); i++) {
            EXPECT_STR(list[i].project, order[i]);
            EXPECT_I64(list[i].rank, i < 2 ? (int)i + 1 : 0);
            EXPECT_TRUE(isnan(list[i].per_outcome.mean) == (i >= 2));
        }
        const sc_initiative *dear = &list[1];
        const double months = 28.0 / 30.4375, spent = 3100.0 / (31.0 / 30.4375), each = 460.0 / months;
        EXPECT_REL(dear->months, months, 1e-12);
        EXPECT_REL(dear->per_outcome.mean, spent / each, DIGITS);
        EXPECT_TRUE(dear->per_outcome.low < dear->per_outcome.mean && dear->per_outcome.mean < dear->per_outcome.high);
        EXPECT_REL(dear->per_outcome.high / dear->per_outcome.mean, exp(1.2815515655 / sqrt(460.0)), 2 * DIGITS);
        /* 50 of failures and 10 hours a week */
        EXPECT_REL(dear->full_per_outcome, (spent + (200.0 + 40.0 * 30.0) / months) / each, DIGITS);
        EXPECT_REL(dear->net, 3600.0 / months - spent - 1400.0 / months, DIGITS);
        EXPECT_REL(dear->trend.successes, 0.05 * 30.0 / 7.0, DIGITS);
        EXPECT_TRUE(isnan(list[0].value) && isnan(list[0].net)); /* no value is stated: unknown, not 0 */
        EXPECT_TRUE(list[0].per_outcome.low < list[0].per_outcome.mean * 5000.0 / 6200.0 * 1.001);
    }
    sc_initiatives_free(list);
    EXPECT_I64(sc_initiatives(spend, N(spend), NULL, (double)NAN, &list, NULL), SC_OK);
    for (size_t i = 0; list != NULL && i < N(spend); i++)
        EXPECT_I64(list[i].rank, 0);
    sc_initiatives_free(list);
    sc_outcomes_free(seen);
}

CU_ErrorCode test_justify_register(void)
{
    CU_pSuite suite = CU_add_suite("justify", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "tries are geometric", tries_are_geometric) == NULL ||
        CU_add_test(suite, "tries as simulated", tries_as_simulated) == NULL ||
        CU_add_test(suite, "repeats are a correlation", repeats_are_a_correlation) == NULL ||
        CU_add_test(suite, "break-even of certainty", break_even_of_certainty) == NULL ||
        CU_add_test(suite, "break-even of many", break_even_of_many) == NULL ||
        CU_add_test(suite, "certain case", certain_case) == NULL ||
        CU_add_test(suite, "people and failures", people_and_failures) == NULL ||
        CU_add_test(suite, "retries cost and save", retries_cost_and_save) == NULL ||
        CU_add_test(suite, "benefit as simulated", benefit_as_simulated) == NULL ||
        CU_add_test(suite, "value only helps the better", value_only_helps_the_better) == NULL ||
        CU_add_test(suite, "worse evidence never helps", worse_evidence_never_helps) == NULL ||
        CU_add_test(suite, "nothing unknown is for", nothing_unknown_is_for) == NULL ||
        CU_add_test(suite, "some verdicts need no value", some_verdicts_need_no_value) == NULL ||
        CU_add_test(suite, "outcomes give terms", outcomes_give_terms) == NULL ||
        CU_add_test(suite, "repeats as graded", repeats_as_graded) == NULL ||
        CU_add_test(suite, "threads change nothing", threads_change_nothing) == NULL ||
        CU_add_test(suite, "options are checked", options_are_checked) == NULL ||
        CU_add_test(suite, "memory runs out", memory_runs_out) == NULL ||
        CU_add_test(suite, "initiatives are ranked", initiatives_are_ranked) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
