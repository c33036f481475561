/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_simulate.c - the simulator against exact prices, laws of counts and gaps, and itself under other threads and
 * neighbours. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "sim_fixture.h"

#define SONNET "anthropic.claude-sonnet-4-6"
#define HAIKU "anthropic.claude-haiku-4-5-20251001-v1:0"
#define LUNA "openai.gpt-5.6-luna"
#define SOL "openai.gpt-5.6-sol"
#define NOVA "amazon.nova-lite-v1:0"
#define ROUNDING 1e-12

static sc_sim_options options(int64_t trials)
{
    return (sc_sim_options){.seed = 7, .trials = trials, .as_of = SC_DAY_MAX};
}

/* ---- nothing varies: the exact price of what is expected ---- */

typedef struct certain_case {
    const char *name, *model, *tier, *start;
    int days;
    double requests;
    int64_t input, output, prefix;
    double keys;
    const char *ttl;
    double growth, weekday[7]; /* weekday all 0: flat */
} certain_case;

static const certain_case certain_cases[] = {
    {"plain", SONNET, "standard", "2026-12-01", 90, 100, 2000, 500, 0, 1, "none", 0, {0}},
    {"one request", NOVA, "standard", "2026-12-31", 1, 1, 1, 1, 0, 1, "none", 0, {0}},
    {"no output", HAIKU, "standard", "2026-12-01", 31, 12, 777, 0, 0, 1, "none", 0, {0}},
    {"global profile", "global." SONNET, "standard", "2026-12-01", 40, 100, 2000, 500, 0, 1, "none", 0, {0}},
    {"batch tier", SONNET, "batch", "2026-12-01", 40, 100, 2000, 500, 0, 1, "none", 0, {0}},
    {"prefix not cached", SONNET, "standard", "2026-12-01", 40, 100, 2000, 500, 20000, 1, "none", 0, {0}},
    {"prefix too short to be cached", HAIKU, "standard", "2026-12-01", 40, 10000, 2000, 500, 4095, 1, "5m", 0, {0}},
    {"every request a hit", SONNET, "standard", "2026-12-01", 40, 300, 200, 100, 20000, 1, "5m", 0, {0}},
    {"gap equal to the lifetime", SONNET, "standard", "2026-12-01", 40, 288, 200, 100, 20000, 1, "5m", 0, {0}},
    {"every request a miss", SONNET, "standard", "2026-12-01", 40, 287, 200, 100, 20000, 1, "5m", 0, {0}},
    {"misses with keys, written for an hour",
     HAIKU,
     "standard",
     "2026-12-01",
     40,
     2399,
     200,
     100,
     20000,
     100,
     "1h",
     0,
     {0}},
    {"hits with keys, an hour", HAIKU, "standard", "2026-12-01", 40, 2500, 200, 100, 20000, 100, "1h", 0, {0}},
    {"writes without a fee", NOVA, "standard", "2026-12-01", 40, 100, 200, 100, 20000, 1, "5m", 0, {0}},
    {"one token below the band", LUNA, "standard", "2026-12-01", 40, 100, 271999, 500, 0, 1, "none", 0, {0}},
    {"at the band", LUNA, "standard", "2026-12-01", 40, 100, 272000, 500, 0, 1, "none", 0, {0}},
    {"in the band by its cached prefix", LUNA, "standard", "2026-12-01", 40, 100, 200000, 500, 72000, 1, "30m", 0, {0}},
    {"a price cut on the way", SOL, "standard", "2026-07-20", 60, 100, 100000, 500, 0, 1, "none", 0, {0}},
    {"prices of the band begin on the way", LUNA, "standard", "2026-07-20", 60, 100, 300000, 500, 0, 1, "none", 0, {0}},
    {"whole weekday weights",
     SONNET,
     "standard",
     "2026-12-01",
     60,
     10,
     2000,
     500,
     0,
     1,
     "none",
     0,
     {2, 1, 1, 1, 1, 0.5, 0.5}},
    {"weekdays off", SONNET, "standard", "2026-12-01", 60, 10, 2000, 500, 0, 1, "none", 0, {1, 1, 1, 1, 1, 0, 0}},
    {"growth", SONNET, "standard", "2026-12-01", 120, 10, 2000, 500, 0, 1, "none", 0.25, {0}},
    {"decline, weekdays and a part of a request",
     HAIKU,
     "standard",
     "2026-12-01",
     60,
     0.7,
     2000,
     500,
     0,
     1,
     "none",
     -0.3,
     {3, 2, 2, 2, 2, 1, 0.1}},
    {"growth into the cache", SONNET, "standard", "2026-12-01", 90, 200, 200, 100, 20000, 1, "5m", 0.3, {0}},
};

static sc_scenario *certain_scenario(const sc_card *card, const certain_case *c)
{
    char weekday[200] = "[1, 1, 1, 1, 1, 1, 1]";
    if (c->weekday[0] > 0.0)
        snprintf(weekday, sizeof weekday, "[%g, %g, %g, %g, %g, %g, %g]", c->weekday[0], c->weekday[1], c->weekday[2],
                 c->weekday[3], c->weekday[4], c->weekday[5], c->weekday[6]);
    return sc_fixture_scenario(
        card,
        "{'spendcast': 1, 'horizon': {'start': '%s', 'days': %d}, 'projects': [{'id': 'p', 'workloads': [{'id': 'w',"
        " 'offer': {'model': '%s', 'tier': '%s', 'region': 'us-east-2'},"
        " 'volume': {'requests_per_day': %.17g, 'growth_per_month': %.17g, 'weekday': %s, 'day_cv': 0, 'burstiness': "
        "0},"
        " 'tokens': {'input': %lld, 'output': %lld}, 'cache': {'prefix_tokens': %lld, 'keys': %.17g, 'ttl': '%s'}}]}]}",
        c->start, c->days, c->model, c->tier, c->requests, c->growth, weekday, (long long)c->input,
        (long long)c->output, (long long)c->prefix, c->keys, c->ttl);
}

/* The meter that the prefix is billed on. */
static sc_meter prefix_meter(const sc_card *card, const sc_buy *buy, const certain_case *c, long double requests,
                             sc_day day)
{
    int ttl = sc_ttl_of(c->ttl);
    if (ttl == SC_TTL_NONE || c->prefix < buy->model->cache_min_tokens)
        return SC_METER_INPUT;
    if ((long double)sc_ttl_seconds((sc_ttl)ttl) * requests >= 86400.0L * (long double)c->keys)
        return SC_METER_CACHE_READ;
    sc_meter write = sc_ttl_write_meter((sc_ttl)ttl);
    return sc_card_find(card, buy, write, NULL, c->prefix + c->input, day) != NULL ? write : SC_METER_INPUT;
}

/* USD of `requests` requests on a day: in integers where the number is whole, in long double where not. */
static long double certain_price(const sc_card *card, const sc_buy *buy, const certain_case *c, long double requests,
                                 sc_day day)
{
    int64_t whole = (int64_t)requests, context = c->prefix + c->input;
    sc_usage_line lines[3] = {{SC_METER_INPUT, c->input, NULL},
                              {SC_METER_OUTPUT, c->output, NULL},
                              {prefix_meter(card, buy, c, requests, day), c->prefix, NULL}};
    if ((long double)whole == requests && whole > 0) {
        sc_line_item items[3];
        sc_money total = 0;
        for (int i = 0; i < 3; i++)
            lines[i].quantity *= whole;
        EXPECT_I64(sc_card_price(card, buy, lines, 3, whole, context, day, NULL, items, &total, NULL), SC_OK);
        return (long double)total * 1e-15L;
    }
    long double usd = 0.0L;
    for (int i = 0; i < 3; i++) {
        const sc_price_point *p = sc_card_find(card, buy, lines[i].meter, NULL, context, day);
        if (EXPECT_TRUE(p != NULL))
            usd += (long double)p->price * (long double)lines[i].quantity * requests * 1e-15L;
    }
    return usd;
}

static void check_certain(const sc_card *card, const certain_case *c)
{
    enum { MONTHS = 8 };
    sc_model_ref ref;
    sc_day start = 0;
    long double total = 0.0L, month[MONTHS] = {0}, requests = 0.0L, week = 0.0L;
    sc_sim_options o = options(300);
    sc_scenario *s = certain_scenario(card, c);
    sc_sim *r = s != NULL ? sc_fixture_simulate(s, card, &o, "project", SC_PERIOD_MONTH) : NULL;
    if (r == NULL || !EXPECT_I64(sc_card_resolve(card, c->model, &ref, NULL, 0), SC_OK) ||
        !EXPECT_I64(sc_day_parse(c->start, 10, &start), SC_OK)) {
        sc_sim_free(r);
        sc_scenario_free(s);
        return;
    }
    sc_buy buy = {ref.model, sc_card_region_of(card, "us-east-2"), ref.scope, (sc_tier)sc_tier_of(c->tier)};
    for (int i = 0; i < 7; i++)
        week += (long double)c->weekday[i] / 7.0L;
    for (int d = 0; d < c->days; d++) {
        long double rate = (long double)c->requests;
        if (week > 0.0L)
            rate *= (long double)c->weekday[sc_day_weekday(start + d)] / week;
        if (c->growth != 0.0)
            rate *= powl(1.0L + (long double)c->growth, d / 30.4375L);
        long double usd = certain_price(card, &buy, c, rate, start + d);
        total += usd;
        month[sc_day_month(start + d) - sc_day_month(start)] += usd;
        requests += rate;
    }
    EXPECT_REL(sc_sim_mean(r, 0, sc_sim_period_count(r)).value, (double)total, ROUNDING);
    EXPECT_REL(sc_sim_requests(r, 0, sc_sim_period_count(r)), (double)requests, ROUNDING);
    for (int q = 0; q <= 10; q++)
        EXPECT_REL(sc_sim_quantile(r, 1, sc_sim_period_count(r), q / 10.0).value, (double)total, ROUNDING);
    for (size_t p = 0; p < sc_sim_period_count(r) && EXPECT_TRUE(p < MONTHS); p++) {
        EXPECT_REL(sc_sim_mean(r, 0, p).value, (double)month[p], ROUNDING);
        EXPECT_REL(sc_sim_quantile(r, 1, p, 0.9).value, (double)month[p], ROUNDING);
    }
    sc_sim_free(r);
    sc_scenario_free(s);
}

static void test_certain(void)
{
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < sizeof certain_cases / sizeof *certain_cases; i++) {
        unsigned before = CU_get_number_of_failures();
        check_certain(card, &certain_cases[i]);
        if (CU_get_number_of_failures() != before)
            (void)fprintf(stderr, "  in the case '%s'\n", certain_cases[i].name);
    }
    sc_card_free(card);
}

/* ---- burstiness ---- */

typedef struct stream {
    sc_estimate mean, p90;
    double requests;
} stream;

static stream simulate_stream(const sc_card *card, double burstiness, double rate, const char *tokens_and_cache,
                              const sc_sim_options *o)
{
    stream found = {{0, 0}, {0, 0}, 0};
    sc_scenario *s = sc_fixture_scenario(
        card,
        "{'spendcast': 1, 'horizon': {'start': '2026-12-01', 'days': 30}, 'projects': [{'id': 'p', 'workloads':"
        " [{'id': 'w', 'offer': {'model': '" SONNET "'}, 'volume': {'requests_per_day': %.17g, 'day_cv': 0,"
        " 'burstiness': %.17g}, %s}]}]}",
        rate, burstiness, tokens_and_cache);
    sc_sim *r = s != NULL ? sc_fixture_simulate(s, card, o, "total", SC_PERIOD_TOTAL) : NULL;
    if (r != NULL)
        found = (stream){sc_sim_mean(r, 0, 0), sc_sim_quantile(r, 0, 0, 0.9), sc_sim_requests(r, 0, 0)};
    sc_sim_free(r);
    sc_scenario_free(s);
    return found;
}

/* Counts have variance burstiness^2 x mean; nothing else moves. */
static void test_burstiness_of_counts(void)
{
    sc_card *card = sc_fixture_card();
    sc_sim_options o = options(20000);
    const double rate = 60, expected = 30 * rate;
    if (card == NULL)
        return;
    stream b2 = simulate_stream(card, 2, rate, "'tokens': {'input': 1000, 'output': 100}", &o);
    stream b4 = simulate_stream(card, 4, rate, "'tokens': {'input': 1000, 'output': 100}", &o);
    double se2 = 2 * sqrt(expected / 20000), se4 = 4 * sqrt(expected / 20000);
    EXPECT_ABS(b2.requests, expected, 4 * se2);
    EXPECT_ABS(b4.requests, expected, 4 * se4);
    EXPECT_ABS(b4.requests, b2.requests, 4 * hypot(se2, se4));
    double sd2 = b2.mean.error * sqrt(20000.0) / b2.mean.value, sd4 = b4.mean.error * sqrt(20000.0) / b4.mean.value;
    EXPECT_REL(sd2, 2 / sqrt(expected), 0.03);
    EXPECT_REL(sd4, 4 / sqrt(expected), 0.03);
    double rise =
        b4.p90.value / b4.mean.value - b2.p90.value / b2.mean.value; /* P90 is 1.28 sd above, and more with skewness */
    EXPECT_ABS(rise, 1.2816 * 2 / sqrt(expected), 0.2 * 1.2816 * 2 / sqrt(expected));
    sc_card_free(card);
}

/* Share of Weibull gaps with this mean and cv that a lifetime covers, by GSL. */
static double hit_share(double lifetime, double mean, double cv)
{
    double low = 0.05, high = 2.0;
    for (int i = 0; i < 100; i++) {
        double k = 0.5 * (low + high), g1 = gsl_sf_gamma(1.0 + 1.0 / k);
        if (gsl_sf_gamma(1.0 + 2.0 / k) / (g1 * g1) - 1.0 > cv * cv)
            low = k;
        else
            high = k;
    }
    return gsl_cdf_weibull_P(lifetime, mean / gsl_sf_gamma(1.0 + 1.0 / low), low);
}

/* Bursts bring more hits, as GSL has them; the cost follows.  Prices of the card: see the exact tests above. */
static void test_burstiness_of_gaps(void)
{
    sc_card *card = sc_fixture_card();
    sc_sim_options o = options(4000);
    const double rate = 2000, prefix = 20000, keys = 20;
    if (card == NULL)
        return;
    double last = 1e300;
    for (int b = 1; b <= 4; b *= 2) {
        stream found = simulate_stream(
            card, b, rate,
            "'tokens': {'input': 10, 'output': 10}, 'cache': {'prefix_tokens': 20000, 'keys': 20, 'ttl': '5m'}", &o);
        double share = hit_share(300, 86400 * keys / rate, b), read = 0.33e-6, write = 4.125e-6, input = 3.3e-6,
               output = 16.5e-6;
        double expected = 30 * rate * (10 * input + 10 * output + prefix * (share * read + (1 - share) * write));
        EXPECT_ABS(found.mean.value, expected, 4 * found.mean.error);
        EXPECT_TRUE(found.mean.value < last);
        last = found.mean.value;
    }
    sc_card_free(card);
}

/* ---- several projects ---- */

#define WORKLOAD(id, model, rate, rest)                                                                            \
    "{'id': '" id "', 'offer': {'model': '" model "'}, 'volume': {'requests_per_day': " rate                       \
    ", 'burstiness': 2}, 'tokens': {'input': {'mean':"                                                             \
    " 2000, 'cv': 1}, 'output': {'p50': 300, 'p90': 900}, 'correlation': 0.3, 'input_scale': {'p10': 0.9, 'p90': " \
    "1.2}}" rest "}"
#define CHECKOUT                                                            \
    "{'id': 'checkout', 'tags': {'team': 'shop'}, 'workloads': [" WORKLOAD( \
        "chat", SONNET, "{'p10': 50, 'p90': 90}",                           \
        "") "," WORKLOAD("search", HAIKU, "300", ", 'cache': {'prefix_tokens': 8000, 'keys': 2, 'ttl': '5m'}") "]}"
#define SUPPORT                                                            \
    "{'id': 'support', 'tags': {'team': 'care'}, 'workloads': [" WORKLOAD( \
        "chat", LUNA, "{'min': 10, 'mode': 30, 'max': 50}", "") "]}"
#define LAB "{'id': 'lab', 'workloads': [" WORKLOAD("try", NOVA, "5", "") "]}"
#define HEAD "{'spendcast': 1, 'horizon': {'start': '2026-11-20', 'months': 5}, 'projects': ["

static size_t find_group(const sc_sim *r, const char *name)
{
    size_t g = 0;
    while (g < sc_sim_group_count(r) && strcmp(sc_sim_group_name(r, g), name) != 0)
        g++;
    EXPECT_TRUE(g < sc_sim_group_count(r));
    return g;
}

static void test_parts_sum(void)
{
    static const char *const groupings[] = {"project", "workload", "model", "provider", "team", "total"};
    static const size_t expected_groups[] = {3, 4, 4, 3, 3, 1};
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, HEAD CHECKOUT "," SUPPORT "," LAB "]}") : NULL;
    sc_sim_options o = options(1000);
    for (size_t i = 0; s != NULL && i < sizeof groupings / sizeof *groupings; i++) {
        sc_sim *r = sc_fixture_simulate(s, card, &o, groupings[i], i % 2 == 0 ? SC_PERIOD_MONTH : SC_PERIOD_QUARTER);
        if (r == NULL)
            break;
        size_t groups = sc_sim_group_count(r), periods = sc_sim_period_count(r);
        EXPECT_I64(groups, expected_groups[i]);
        EXPECT_I64(periods, i % 2 == 0 ? 6 : 3); /* November to April: Q4, Q1, Q2 */
        for (size_t p = 0; p <= periods; p++) {
            double mean = 0, requests = 0, contribution = 0;
            for (size_t g = 0; g < groups; g++) {
                mean += sc_sim_mean(r, g, p).value;
                requests += sc_sim_requests(r, g, p);
                contribution += sc_sim_contribution(r, g, periods, 0.9);
            }
            EXPECT_REL(mean, sc_sim_mean(r, groups, p).value, ROUNDING);
            EXPECT_REL(requests, sc_sim_requests(r, groups, p), ROUNDING);
            EXPECT_REL(contribution, sc_sim_contribution(r, groups, periods, 0.9), ROUNDING);
        }
        for (size_t g = 0; g <= groups; g++) {
            double mean = 0, requests = 0;
            for (size_t p = 0; p < periods; p++) {
                mean += sc_sim_mean(r, g, p).value;
                requests += sc_sim_requests(r, g, p);
            }
            EXPECT_REL(mean, sc_sim_mean(r, g, periods).value, ROUNDING);
            EXPECT_REL(requests, sc_sim_requests(r, g, periods), ROUNDING);
        }
        EXPECT_REL(sc_sim_contribution(r, groups, periods, 0.9), sc_sim_quantile(r, groups, periods, 0.9).value, 0.01);
        sc_sim_free(r);
    }
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_neighbours_change_nothing(void)
{
    static const char *const projects[] = {"checkout", "support", "lab"};
    static const char *const others[] = {HEAD LAB "," SUPPORT "," CHECKOUT "]}", HEAD SUPPORT "," CHECKOUT "]}",
                                         HEAD CHECKOUT "]}"};
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, HEAD CHECKOUT "," SUPPORT "," LAB "]}") : NULL;
    sc_sim_options o = options(1000);
    sc_sim *r = s != NULL ? sc_fixture_simulate(s, card, &o, "project", SC_PERIOD_MONTH) : NULL;
    for (size_t i = 0; r != NULL && i < sizeof others / sizeof *others; i++) {
        sc_scenario *other = sc_fixture_scenario(card, "%s", others[i]);
        sc_sim *again = other != NULL ? sc_fixture_simulate(other, card, &o, "project", SC_PERIOD_MONTH) : NULL;
        for (size_t p = 0; again != NULL && p < 3; p++) {
            if (strstr(others[i], projects[p]) != NULL)
                EXPECT_TRUE(sc_fixture_same(r, find_group(r, projects[p]), again, find_group(again, projects[p])));
        }
        sc_sim_free(again);
        sc_scenario_free(other);
    }
    sc_sim_free(r);
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_threads_and_seeds(void)
{
    static const int threads[] = {2, 7, 0};
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, HEAD CHECKOUT "," SUPPORT "," LAB "]}") : NULL;
    sc_sim_options o = options(1000); /* the last block is not full */
    o.threads = 1;
    sc_sim *r = s != NULL ? sc_fixture_simulate(s, card, &o, "project", SC_PERIOD_MONTH) : NULL;
    for (size_t i = 0; r != NULL && i < 4; i++) {
        sc_sim_options changed = o;
        if (i < 3)
            changed.threads = threads[i];
        else
            changed.seed++;
        sc_sim *again = sc_fixture_simulate(s, card, &changed, "project", SC_PERIOD_MONTH);
        for (size_t g = 0; again != NULL && g <= sc_sim_group_count(r); g++)
            EXPECT_I64(sc_fixture_same(r, g, again, g), i < 3);
        sc_sim_free(again);
    }
    sc_sim_free(r);
    sc_scenario_free(s);
    sc_card_free(card);
}

/* ---- memory ---- */

static void test_no_allocation_in_trials(void)
{
    static const int64_t trials[] = {1000, 5000};
    uint64_t made[2] = {0, 0};
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, HEAD CHECKOUT "," SUPPORT "," LAB "]}") : NULL;
    for (int i = 0; s != NULL && i < 2; i++) {
        sc_sim_options o = options(trials[i]);
        uint64_t before = sc_alloc_count();
        sc_sim *r = sc_fixture_simulate(s, card, &o, "project", SC_PERIOD_MONTH);
        made[i] = sc_alloc_count() - before;
        sc_sim_free(r);
    }
    EXPECT_TRUE(made[0] > 0);
    EXPECT_I64(made[1], made[0]);
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_memory_short(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, HEAD CHECKOUT "," SUPPORT "," LAB "]}") : NULL;
    sc_sim_options o = options(200);
    o.threads = 1;
    o.fan = 1;
    int failures = 0;
    for (uint64_t n = 1; s != NULL && n < 10000; n++) {
        sc_sim *r = NULL;
        (void)sc_alloc_fail_at(n);
        sc_code code = sc_simulate(s, card, &o, "project", SC_PERIOD_MONTH, &r, NULL);
        (void)sc_alloc_fail_at(0);
        if (code == SC_OK) {
            sc_sim_free(r);
            break;
        }
        failures++;
        if (!EXPECT_I64(code, SC_E_MEMORY) || !EXPECT_TRUE(r == NULL))
            break;
    }
    EXPECT_TRUE(failures > 5);
    sc_scenario_free(s);
    sc_card_free(card);
}

/* ---- what is refused ---- */

static void test_refused(void)
{
    sc_card *card = sc_fixture_card(), *other = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, HEAD CHECKOUT "," SUPPORT "]}") : NULL;
    struct {
        const sc_card *card;
        int64_t trials;
        int threads;
        const char *by, *message;
    } cases[] = {
        {card, 99, 1, "total", "trials is 99, expected 100 to 10000000"},
        {card, 10000001, 1, "total", "trials is 10000001, expected 100 to 10000000"},
        {card, 100, -1, "total", "threads is -1, expected 0 to 1024"},
        {card, 100, 1, "projet", "cannot group by 'projet'; did you mean 'project'?"},
        {card, 100, 1, "tea", "cannot group by 'tea'; did you mean 'team'?"},
        {other, 100, 1, "total", "the scenario was loaded with another rate card"},
    };
    for (size_t i = 0; s != NULL && other != NULL && i < sizeof cases / sizeof *cases; i++) {
        sc_sim_options o = options(cases[i].trials);
        sc_errors errors = {0};
        sc_sim *r = NULL;
        o.threads = cases[i].threads;
        EXPECT_I64(sc_simulate(s, cases[i].card, &o, cases[i].by, SC_PERIOD_TOTAL, &r, &errors), SC_E_USAGE);
        EXPECT_STR(errors.item[0].text, cases[i].message);
        EXPECT_TRUE(r == NULL);
        sc_sim_free(r);
    }
    sc_scenario_free(s);
    sc_card_free(other);
    sc_card_free(card);
}

/* GPT-5.5 has no output price from 272,000 tokens on: nothing is taken as zero. */
static void test_no_price(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s =
        card != NULL ? sc_fixture_scenario(card, HEAD
                                           "{'id': 'p', 'workloads': [{'id': 'w', 'offer': {'model': 'openai.gpt-5.5'},"
                                           " 'volume': {'requests_per_day': 10}, 'tokens': {'input': 272000, 'output':"
                                           " 10}}]}]}")
                     : NULL;
    if (s != NULL) {
        sc_sim_options o = options(100);
        sc_errors errors = {0};
        sc_sim *r = NULL;
        EXPECT_I64(sc_simulate(s, card, &o, "total", SC_PERIOD_TOTAL, &r, &errors), SC_E_INPUT);
        EXPECT_TRUE(r == NULL && errors.errors == 1 && strstr(errors.item[0].text, "'p/w'") != NULL);
        EXPECT_STR(errors.item[0].key, "/projects/0/workloads/0/offer");
        sc_sim_free(r);
    }
    sc_scenario_free(s);
    sc_card_free(card);
}

CU_ErrorCode test_simulate_register(void)
{
    static CU_TestInfo tests[] = {
        {"nothing varies: exact prices", test_certain},
        {"burstiness of counts", test_burstiness_of_counts},
        {"burstiness of gaps", test_burstiness_of_gaps},
        {"parts sum to totals", test_parts_sum},
        {"other projects change nothing", test_neighbours_change_nothing},
        {"threads change nothing, seeds do", test_threads_and_seeds},
        {"no allocation in the trial loop", test_no_allocation_in_trials},
        {"memory runs out", test_memory_short},
        {"options refused", test_refused},
        {"no price is no zero", test_no_price},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"simulate", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
