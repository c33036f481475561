/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_compare.c - offers of a workload: against sc_simulate, against prices worked by hand, and the reasons for
 * refusals. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "sim_fixture.h"
#include "stats/summary.h"

#define SONNET "anthropic.claude-sonnet-4-6"
#define HAIKU "anthropic.claude-haiku-4-5-20251001-v1:0"
#define LUNA "openai.gpt-5.6-luna"
#define ROUNDING 1e-12

static sc_sim_options options(int64_t trials)
{
    return (sc_sim_options){.seed = 11, .trials = trials, .as_of = SC_DAY_MAX};
}

static sc_comparison *compare(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, size_t workload)
{
    sc_comparison *c = NULL;
    sc_errors errors = {0};
    char text[SC_ERROR_TEXT_MAX];
    if (!EXPECT_I64(sc_compare(s, card, o, workload, &c, &errors), SC_OK)) {
        sc_error_format(&errors.item[0], text, sizeof text);
        (void)fprintf(stderr, "%s\n", text);
    }
    return c;
}

/* One project, one workload.  `switching` and `rest` are more keys, each with its leading comma. */
static sc_scenario *workload(const sc_card *card, const char *switching, const char *model, const char *volume,
                             const char *tokens, const char *rest)
{
    return sc_fixture_scenario(card,
                               "{'spendcast': 1, 'horizon': {'start': '2026-12-01', 'days': 30}%s, 'projects': [{'id': "
                               "'p', 'workloads': [{'id': 'w',"
                               " 'offer': {'model': '%s'}, 'volume': {%s}, 'tokens': {%s}%s}]}]}",
                               switching, model, volume, tokens, rest);
}

#define SAME_LENGTH ", 'switching': {'verbosity': 1}"
#define EVEN(rate) "'requests_per_day': " rate ", 'day_cv': 0, 'burstiness': 0"

/* The offer of a model bought this way, or NULL after a failed assertion. */
static const sc_offer_result *find(const sc_comparison *c, const char *model, sc_scope scope, sc_tier tier,
                                   sc_tier wait_tier, sc_ttl ttl)
{
    const sc_offer_result *found = NULL;
    for (size_t i = 0; found == NULL && i < sc_comparison_count(c); i++) {
        const sc_offer_result *r = sc_comparison_offer(c, i);
        if (strcmp(r->model->id, model) == 0 && r->scope == scope && r->tier == tier && r->wait_tier == wait_tier &&
            r->ttl == ttl)
            found = r;
    }
    if (!EXPECT_TRUE(found != NULL))
        (void)fprintf(stderr, "  no offer of %s: %s, %s, waiting %s, cache %s\n", model, sc_scope_name(scope),
                      sc_tier_name(tier), sc_tier_name(wait_tier), sc_ttl_name(ttl));
    return found;
}

static const sc_offer_result *find_plain(const sc_comparison *c, const char *model)
{
    return find(c, model, SC_SCOPE_IN_REGION, SC_TIER_STANDARD, SC_TIER_STANDARD, SC_TTL_NONE);
}

/* ---- the current offer ---- */

#define MIXED                                                                                                     \
    "{'spendcast': 1, 'horizon': {'start': '2026-08-10', 'months': 2}, 'projects': [{'id': 'a', 'workloads': ["   \
    "{'id': 'plain', 'offer': {'model': '" SONNET "'}, 'volume': {'requests_per_day': {'p10': 50, 'p90': 90}},"   \
    " 'tokens': {'input': {'mean': 2000, 'cv': 1}, 'output': 300}, 'batchable_share': {'p10': 0.1, 'p90': 0.4}}," \
    "{'id': 'cached', 'offer': {'model': '" HAIKU "'}, 'volume': {'requests_per_day': 300, 'burstiness': 3},"     \
    " 'tokens': {'input': 200, 'output': 50, 'output_scale': {'p10': 0.8, 'p90': 1.2}},"                          \
    " 'cache': {'prefix_tokens': 9000, 'keys': 2, 'ttl': '5m'}}]},"                                               \
    "{'id': 'b', 'workloads': [{'id': 'long', 'offer': {'model': 'openai.gpt-5.6-sol'},"                          \
    " 'volume': {'requests_per_day': 20}, 'tokens': {'input': {'mean': 250000, 'cv': 0.5, 'max': 900000},"        \
    " 'output': {'mean': 2000, 'cv': 1}, 'correlation': 0.5}},"                                                   \
    "{'id': 'longest elsewhere', 'offer': {'model': '" SONNET "'}, 'volume': {'requests_per_day': 100},"          \
    " 'tokens': {'input': {'mean': 60000, 'cv': 1, 'max': 800000}, 'output': 300}}]}]}"

/* sc_compare draws and prices the current offer as sc_simulate does, whatever else it has to compare it with. */
static void test_current(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, MIXED) : NULL;
    sc_sim_options o = options(500);
    sc_sim *r = s != NULL ? sc_fixture_simulate(s, card, &o, "workload", SC_PERIOD_TOTAL) : NULL;
    for (size_t w = 0; r != NULL && w < sc_scenario_workload_count(s); w++) {
        sc_comparison *c = compare(s, card, &o, w);
        if (c == NULL)
            break;
        const sc_offer_result *now = sc_comparison_offer(c, 0);
        EXPECT_I64(now->verdict, SC_OFFER_CURRENT);
        EXPECT_STR(now->model->id, sc_scenario_workload_model(s, w));
        EXPECT_STR(now->reason, "");
        EXPECT_REL(now->mean.value, sc_sim_mean(r, w, 0).value, ROUNDING);
        EXPECT_REL(now->mean.error, sc_sim_mean(r, w, 0).error, ROUNDING);
        EXPECT_REL(now->p10.value, sc_sim_quantile(r, w, 0, 0.1).value, ROUNDING);
        EXPECT_REL(now->p50.value, sc_sim_quantile(r, w, 0, 0.5).value, ROUNDING);
        EXPECT_REL(now->p90.value, sc_sim_quantile(r, w, 0, 0.9).value, ROUNDING);
        EXPECT_REL(sc_comparison_requests(c), sc_sim_requests(r, w, 0), ROUNDING);
        EXPECT_REL(now->per_1000.value, 1000 * now->mean.value / sc_comparison_requests(c), ROUNDING);
        EXPECT_ABS(now->difference.value, 0, 0);
        EXPECT_ABS(now->difference.error, 0, 0);
        EXPECT_ABS(now->difference_p10, 0, 0);
        EXPECT_ABS(now->difference_p90, 0, 0);
        EXPECT_ABS(now->cheaper, 0, 0);
        for (size_t i = 1; i < sc_comparison_count(c); i++)
            EXPECT_TRUE(sc_comparison_offer(c, i)->verdict != SC_OFFER_CURRENT);
        sc_comparison_free(c);
    }
    sc_sim_free(r);
    sc_scenario_free(s);
    sc_card_free(card);
}

/* Every offer says what sc_simulate says once it is the current one: both see the same futures. */
static void test_becoming_current(void)
{
    static const char *const tokens =
        "'input': {'mean': 3000, 'cv': 1, 'max': 150000}, 'output': {'mean': 500, 'cv': 1, 'max': 60000}";
    static const char *const volume = "'requests_per_day': {'p10': 20, 'p90': 60}, 'burstiness': 2";
    static const char *const cache = ", 'cache': {'prefix_tokens': 9000, 'keys': 1, 'ttl': '5m'}";
    sc_card *card = sc_fixture_card();
    sc_scenario *from = card != NULL ? workload(card, SAME_LENGTH, SONNET, volume, tokens, cache) : NULL;
    sc_scenario *to = card != NULL ? workload(card, SAME_LENGTH, HAIKU, volume, tokens, cache) : NULL;
    sc_sim_options o = options(500);
    sc_comparison *c = from != NULL ? compare(from, card, &o, 0) : NULL;
    sc_sim *r = to != NULL ? sc_fixture_simulate(to, card, &o, "total", SC_PERIOD_TOTAL) : NULL;
    const sc_offer_result *haiku =
        c != NULL ? find(c, HAIKU, SC_SCOPE_IN_REGION, SC_TIER_STANDARD, SC_TIER_STANDARD, SC_TTL_5M) : NULL;
    if (haiku != NULL && r != NULL) {
        EXPECT_I64(haiku->verdict, SC_OFFER_ALLOWED);
        EXPECT_REL(haiku->mean.value, sc_sim_mean(r, 0, 0).value, ROUNDING);
        EXPECT_REL(haiku->p90.value, sc_sim_quantile(r, 0, 0, 0.9).value, ROUNDING);
        EXPECT_REL(haiku->difference.value, haiku->mean.value - sc_comparison_offer(c, 0)->mean.value, 1e-9);
    }
    sc_sim_free(r);
    sc_comparison_free(c);
    sc_scenario_free(to);
    sc_scenario_free(from);
    sc_card_free(card);
}

/* ---- other models ---- */

/* Haiku costs exactly a third of Sonnet on every meter and has its tokenizer: cheaper in every future, by two thirds.
 */
static void test_all_prices_lower(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s =
        card != NULL
            ? workload(
                  card, SAME_LENGTH, SONNET, "'requests_per_day': {'p10': 20, 'p90': 200}, 'burstiness': 4",
                  "'input': {'mean': 3000, 'cv': 1, 'max': 150000}, 'output': {'mean': 500, 'cv': 2, 'max': 60000}",
                  ", 'cache': {'prefix_tokens': 5000, 'keys': 3, 'ttl': '1h'}")
            : NULL;
    sc_sim_options o = options(1000);
    sc_comparison *c = s != NULL ? compare(s, card, &o, 0) : NULL;
    const sc_offer_result *haiku =
        c != NULL ? find(c, HAIKU, SC_SCOPE_IN_REGION, SC_TIER_STANDARD, SC_TIER_STANDARD, SC_TTL_1H) : NULL;
    if (haiku != NULL) {
        const sc_offer_result *now = sc_comparison_offer(c, 0);
        EXPECT_ABS(haiku->cheaper, 1, 0);
        EXPECT_TRUE(haiku->difference_p90 < 0);
        EXPECT_REL(haiku->mean.value, now->mean.value / 3, ROUNDING);
        EXPECT_REL(haiku->p90.value, now->p90.value / 3, ROUNDING);
        EXPECT_REL(haiku->difference.value, now->mean.value * -2 / 3, ROUNDING);
        EXPECT_REL(haiku->difference_p10, now->p90.value * -2 / 3, 1e-6);
        EXPECT_REL(haiku->per_1000.value, now->per_1000.value / 3, ROUNDING);
        EXPECT_REL(haiku->hit_share, now->hit_share, ROUNDING);
    }
    sc_comparison_free(c);
    sc_scenario_free(s);
    sc_card_free(card);
}

/* Tokens of another family: 1 / R of o200k's where R is lognormal with P10 1.16 and P90 1.30; output by the verbosity
 * as well. */
static void test_tokenizer_and_verbosity(void)
{
    static const struct {
        const char *switching;
        double p10, p90;
    } cases[] = {
        {SAME_LENGTH, 1, 1},
        {", 'switching': {'verbosity': {'p10': 0.5, 'p90': 1.1}}", 0.5, 1.1},
        {"", 0.7, 1.4}, /* the default */
    };
    const double score = gsl_cdf_ugaussian_Pinv(0.9);
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < sizeof cases / sizeof *cases; i++) {
        sc_scenario *s = workload(card, cases[i].switching, SONNET, EVEN("100"), "'input': 2000, 'output': 300", "");
        sc_sim_options o = options(20000);
        sc_comparison *c = s != NULL ? compare(s, card, &o, 0) : NULL;
        const sc_offer_result *luna = c != NULL ? find_plain(c, LUNA) : NULL;
        double mu = 0.5 * log(1.16 * 1.30), sigma = 0.5 * log(1.30 / 1.16) / score;
        double longer = 0.5 * log(cases[i].p10 * cases[i].p90), spread = 0.5 * log(cases[i].p90 / cases[i].p10) / score;
        double tokens = exp(-mu + 0.5 * sigma * sigma), input = 2000 * tokens,
               output = 300 * tokens * exp(longer + 0.5 * spread * spread);
        if (luna != NULL) {
            EXPECT_I64(luna->verdict, SC_OFFER_ALLOWED);
            EXPECT_ABS(luna->mean.value, 3000 * (input * 0.22e-6 + output * 1.32e-6), 4 * luna->mean.error);
            EXPECT_TRUE(luna->mean.error > 0);
            EXPECT_REL(sc_comparison_offer(c, 0)->mean.value, 3000 * (2000 * 3.3e-6 + 300 * 16.5e-6), ROUNDING);
        }
        sc_comparison_free(c);
        sc_scenario_free(s);
    }
    sc_card_free(card);
}

/* ---- requests that can wait ---- */

/* 600 requests a day and 1 key: a gap of 144 s for all, of 240 s for six in ten.  300 s: hits.  400 a day: 216 and 360
 * s. */
static void test_waiting_share(void)
{
    static const struct {
        const char *rate;
        double requests, share;
        int hits;
    } cases[] = {
        {EVEN("600"), 600, 0.4, 1}, {EVEN("400"), 400, 0.4, 0}, {EVEN("400"), 400, 1, 0}, {EVEN("400"), 400, 0.25, 1}};
    const double input = 1000 * 3.3e-6, output = 100 * 16.5e-6, prefix = 20000, read = 0.33e-6, write = 4.125e-6;
    const double batch = 21000 * 1.65e-6 + 100 * 8.25e-6, plain = 21000 * 3.3e-6 + output;
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < sizeof cases / sizeof *cases; i++) {
        char rest[200];
        snprintf(rest, sizeof rest,
                 ", 'batchable_share': %g, 'cache': {'prefix_tokens': 20000, 'keys': 1, 'ttl': '5m'}", cases[i].share);
        sc_scenario *s = workload(card, SAME_LENGTH, SONNET, cases[i].rate, "'input': 1000, 'output': 100", rest);
        sc_sim_options o = options(200);
        sc_comparison *c = s != NULL ? compare(s, card, &o, 0) : NULL;
        const sc_offer_result *uncached =
            c != NULL ? find(c, SONNET, SC_SCOPE_IN_REGION, SC_TIER_STANDARD, SC_TIER_BATCH, SC_TTL_NONE) : NULL;
        const sc_offer_result *cached =
            c != NULL ? find(c, SONNET, SC_SCOPE_IN_REGION, SC_TIER_STANDARD, SC_TIER_BATCH, SC_TTL_5M) : NULL;
        if (uncached != NULL && cached != NULL) {
            double n = 30 * cases[i].requests, waits = cases[i].share,
                   on_line = input + output + prefix * (cases[i].hits ? read : write);
            EXPECT_REL(sc_comparison_offer(c, 0)->mean.value, n * (input + output + prefix * read), ROUNDING);
            EXPECT_REL(uncached->mean.value, n * ((1 - waits) * plain + waits * batch), ROUNDING);
            EXPECT_REL(cached->mean.value, n * ((1 - waits) * on_line + waits * batch), ROUNDING);
            EXPECT_REL(cached->p90.value, cached->mean.value, ROUNDING);
        }
        sc_comparison_free(c);
        sc_scenario_free(s);
    }
    sc_card_free(card);
}

/* ---- refusals ---- */

static void test_refusals(void)
{
#define TOKENS "'input': {'mean': 2000, 'cv': 1, 'max': 50000}, 'output': 300"
    static const struct {
        const char *tokens, *rest, *model, *reason; /* of an offer of the model */
    } cases[] = {
        {"'input': 250000, 'output': 300", "", HAIKU, "context window holds 200000 tokens, 250300 needed"},
        {TOKENS, ", 'requirements': {'context_tokens': 200001}", HAIKU,
         "context window holds 200000 tokens, 200001 needed"},
        {TOKENS, ", 'requirements': {'max_output_tokens': 64001}", HAIKU, "writes at most 64000 tokens, 64001 needed"},
        {TOKENS, ", 'requirements': {'modalities': ['text', 'video']}", HAIKU,
         "input modality 'video' is not known to be supported"},
        {TOKENS, "", "cohere.command-text-v14", "input modalities of the model are not known"},
        {TOKENS, "", "cohere.embed-v4:0", "does not write text"},
        {TOKENS, ", 'requirements': {'features': ['reasoning']}", "amazon.nova-lite-v1:0",
         "feature 'reasoning' is not known to be supported"},
        {TOKENS, "", "anthropic.claude-sonnet-4-20250514-v1:0", "end of life on 2026-10-14, before the horizon starts"},
        {TOKENS, ", 'requirements': {'residency': 'in_region'}", HAIKU,
         "may leave the region, and requests must stay in it"},
        {TOKENS, ", 'requirements': {'residency': 'us'}", HAIKU,
         "global routing may leave 'us', where requests must stay"},
        {TOKENS, ", 'requirements': {'residency': 'us', 'regions': ['eu-west-1']}", HAIKU,
         "region is not in 'us', where requests must stay"},
        {TOKENS, ", 'cache': {'prefix_tokens': 2000}", HAIKU,
         "a prefix of 2000 tokens is below the 4096 that can be cached"},
        {TOKENS, "", HAIKU, "no request can wait (batchable_share is 0)"},
    };
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < sizeof cases / sizeof *cases; i++) {
        sc_scenario *s = workload(card, SAME_LENGTH, SONNET, "'requests_per_day': 10", cases[i].tokens, cases[i].rest);
        sc_sim_options o = options(100);
        sc_comparison *c = s != NULL ? compare(s, card, &o, 0) : NULL;
        int found = 0;
        for (size_t k = 0; c != NULL && k < sc_comparison_count(c); k++) {
            const sc_offer_result *r = sc_comparison_offer(c, k);
            EXPECT_I64(r->reason[0] == '\0', r->verdict != SC_OFFER_REFUSED);
            found += strcmp(r->model->id, cases[i].model) == 0 && strcmp(r->reason, cases[i].reason) == 0;
        }
        if (!EXPECT_TRUE(found > 0))
            (void)fprintf(stderr, "  no offer of %s was refused because '%s'\n", cases[i].model, cases[i].reason);
        sc_comparison_free(c);
        sc_scenario_free(s);
    }
    sc_card_free(card);
#undef TOKENS
}

/* Models by id and providers, allowed and denied; the current model is priced whatever the policy. */
static void test_policy(void)
{
    static const struct {
        const char *policy, *model, *reason; /* "" = allowed */
    } cases[] = {
        {"'deny': ['OpenAI']", LUNA, "policy: denied"},
        {"'deny': ['openai.gpt-5.6-luna']", LUNA, "policy: denied"},
        {"'allow': ['Anthropic']", LUNA, "policy: not among those allowed"},
        {"'allow': ['Anthropic', 'OpenAI']", LUNA, ""},
        {"'allow': ['OpenAI'], 'deny': ['Anthropic']", HAIKU, "policy: denied"},
        {"'deny': ['us.anthropic.claude-haiku-4-5-20251001-v1:0']", HAIKU, "policy: denied"},
    };
    sc_card *card = sc_fixture_card();
    for (size_t i = 0; card != NULL && i < sizeof cases / sizeof *cases; i++) {
        char extra[160];
        snprintf(extra, sizeof extra, ", 'policy': {%s}", cases[i].policy);
        sc_scenario *s = workload(card, extra, SONNET, "'requests_per_day': 10", "'input': 200, 'output': 30", "");
        sc_sim_options o = options(100);
        sc_comparison *c = s != NULL ? compare(s, card, &o, 0) : NULL;
        int found = 0;
        for (size_t k = 0; c != NULL && k < sc_comparison_count(c); k++) {
            const sc_offer_result *r = sc_comparison_offer(c, k);
            found += strcmp(r->model->id, cases[i].model) == 0 && strcmp(r->reason, cases[i].reason) == 0;
        }
        EXPECT_TRUE(found > 0);
        if (c != NULL)
            EXPECT_I64(sc_comparison_offer(c, 0)->verdict, SC_OFFER_CURRENT);
        sc_comparison_free(c);
        sc_scenario_free(s);
    }
    sc_card_free(card);
}

static const sc_model *model_of(const sc_card *card, const char *id)
{
    sc_model_ref ref = {.model = NULL};
    char why[400];
    EXPECT_I64(sc_card_resolve(card, id, &ref, why, sizeof why), SC_OK);
    return ref.model;
}

/* The trials that are kept are those the figures are of; what today's model costs without output is its input's price.
 */
static void test_kept_trials(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = workload(card, "", SONNET, "'requests_per_day': {'p10': 80, 'p90': 200}",
                              "'input': {'mean': 2000, 'cv': 1}, 'output': {'mean': 300, 'cv': 1}", "");
    sc_sim_options o = options(500);
    sc_comparison *lean = compare(s, card, &o, 0);
    o.keep_trials = 1;
    sc_comparison *c = compare(s, card, &o, 0);
    for (size_t i = 0; i < sc_comparison_count(c); i++) {
        const sc_offer_result *r = sc_comparison_offer(c, i);
        const int is_own = strcmp(r->model->id, SONNET) == 0;
        EXPECT_TRUE(sc_comparison_offer(lean, i)->cost == NULL && sc_comparison_offer(lean, i)->no_output == NULL);
        if (r->verdict == SC_OFFER_REFUSED)
            continue;
        EXPECT_REL(sc_sum(r->cost, 500) / 500.0, r->mean.value, ROUNDING);
        EXPECT_I64(r->no_output != NULL, is_own);
        if (r->no_output == NULL)
            continue;
        for (size_t t = 0; t < 500; t++)
            EXPECT_TRUE(r->no_output[t] > 0.0 && r->no_output[t] < r->cost[t]);
        if (is_own) /* 2000 tokens at 3 against 300 at 15, on every scope and tier */
            EXPECT_REL(sc_sum(r->no_output, 500) / sc_sum(r->cost, 500), 6.0 / (6.0 + 4.5), 0.03);
    }
    EXPECT_TRUE(sc_comparison_trial_requests(lean) == NULL && sc_comparison_trial_requests(c) != NULL);
    sc_comparison_free(lean);
    sc_comparison_free(c);
    sc_scenario_free(s);
    sc_card_free(card);
}

/* A measured length replaces tokenizer and verbosity of the output alone: with no uncertainty left in it, the cost of
 * an answer is exactly that of the measured tokens. */
static void test_measured_output(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = workload(card, "", SONNET, EVEN("100"), "'input': 0, 'output': 200", "");
    sc_sim_options o = options(200);
    const sc_measured_output measured = {model_of(card, HAIKU), 1.5, 1.5};
    o.measured = &measured;
    o.n_measured = 1;
    sc_comparison *c = compare(s, card, &o, 0);
    const sc_offer_result *haiku = find(c, HAIKU, SC_SCOPE_GLOBAL, SC_TIER_STANDARD, SC_TIER_STANDARD, SC_TTL_NONE);
    if (haiku != NULL) { /* 30 days x 100 requests x 300 tokens at $5 a million */
        EXPECT_REL(haiku->mean.value, 30 * 100 * 300 * 5e-6, ROUNDING);
        EXPECT_ABS(haiku->mean.error, 0.0, 1e-12);
    }
    sc_comparison_free(c);
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_refused_by_date_and_place(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s =
        card != NULL
            ? sc_fixture_scenario(
                  card, "{'spendcast': 1, 'horizon': {'start': '2026-12-01', 'months': 3}, 'region': 'eu-west-1',"
                        " 'projects': [{'id': 'p', 'workloads': [{'id': 'w', 'offer': {'model': '" SONNET
                        "'}, 'volume': {'requests_per_day': 10}, 'tokens': {'input': 1000, 'output':"
                        " 10}}]}]}")
            : NULL;
    sc_sim_options o = options(100);
    sc_comparison *c = s != NULL ? compare(s, card, &o, 0) : NULL;
    const sc_offer_result *opus = c != NULL ? find_plain(c, "anthropic.claude-opus-4-1-20250805-v1:0") : NULL;
    const sc_offer_result *luna = c != NULL ? find_plain(c, LUNA) : NULL;
    if (opus != NULL && luna != NULL) {
        EXPECT_STR(opus->reason, "end of life on 2027-01-08, before the horizon ends");
        EXPECT_I64(luna->verdict, SC_OFFER_REFUSED);
        EXPECT_TRUE(strstr(luna->reason, "eu-west-1") != NULL &&
                    strstr(luna->reason, "us-east-2") != NULL); /* what is sold instead */
    }
    sc_comparison_free(c);
    sc_scenario_free(s);
    sc_card_free(card);
}

/* ---- the list ---- */

static void test_order(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, MIXED) : NULL;
    sc_sim_options o = options(200);
    sc_comparison *c = s != NULL ? compare(s, card, &o, 0) : NULL;
    int allowed = 0, refused = 0, twice = 0;
    for (size_t i = 1; c != NULL && i < sc_comparison_count(c); i++) {
        const sc_offer_result *a = sc_comparison_offer(c, i - 1), *b = sc_comparison_offer(c, i);
        EXPECT_TRUE(a->verdict <= b->verdict);
        if (a->verdict == SC_OFFER_ALLOWED && b->verdict == SC_OFFER_ALLOWED)
            EXPECT_TRUE(a->mean.value <= b->mean.value);
        if (a->verdict == SC_OFFER_REFUSED)
            EXPECT_TRUE(strcmp(a->model->id, b->model->id) <= 0);
        if (b->verdict == SC_OFFER_ALLOWED)
            EXPECT_TRUE(b->p10.value <= b->p50.value && b->p50.value <= b->p90.value && b->mean.value > 0 &&
                        b->cheaper >= 0 && b->cheaper <= 1);
        allowed += b->verdict == SC_OFFER_ALLOWED;
        refused += b->verdict == SC_OFFER_REFUSED;
        for (size_t k = 0; k < i; k++) {
            const sc_offer_result *d = sc_comparison_offer(c, k);
            twice += d->model == b->model && d->region == b->region && d->scope == b->scope && d->tier == b->tier &&
                     d->wait_tier == b->wait_tier && d->ttl == b->ttl;
        }
    }
    EXPECT_TRUE(allowed > 50 && refused > 50);
    EXPECT_I64(twice, 0); /* ways to buy that stand twice */
    sc_comparison_free(c);
    sc_scenario_free(s);
    sc_card_free(card);
}

static int same_figures(const sc_offer_result *a, const sc_offer_result *b)
{
    return a->model == b->model && memcmp(&a->mean, &b->mean, sizeof a->mean) == 0 &&
           memcmp(&a->p10, &b->p10, sizeof a->p10) == 0 && memcmp(&a->p90, &b->p90, sizeof a->p90) == 0 &&
           memcmp(&a->difference, &b->difference, sizeof a->difference) == 0 &&
           memcmp(&a->per_1000, &b->per_1000, sizeof a->per_1000) == 0 &&
           memcmp(&a->hit_share, &b->hit_share, sizeof a->hit_share) == 0;
}

static void test_threads(void)
{
    static const int threads[] = {2, 7};
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? sc_fixture_scenario(card, MIXED) : NULL;
    sc_sim_options o = options(300);
    o.threads = 1;
    sc_comparison *c = s != NULL ? compare(s, card, &o, 1) : NULL;
    for (size_t t = 0; c != NULL && t < 2; t++) {
        o.threads = threads[t];
        sc_comparison *again = compare(s, card, &o, 1);
        int different = 0;
        for (size_t i = 0; again != NULL && i < sc_comparison_count(c); i++)
            different += !same_figures(sc_comparison_offer(c, i), sc_comparison_offer(again, i));
        EXPECT_I64(different, 0);
        sc_comparison_free(again);
    }
    sc_comparison_free(c);
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_no_allocation_in_trials(void)
{
    static const int64_t trials[] = {1000, 5000};
    uint64_t made[2] = {0, 0};
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? workload(card, "", SONNET, EVEN("100"), "'input': 1000, 'output': 10", "") : NULL;
    for (int i = 0; s != NULL && i < 2; i++) {
        sc_sim_options o = options(trials[i]);
        uint64_t before = sc_alloc_count();
        sc_comparison *c = compare(s, card, &o, 0);
        made[i] = sc_alloc_count() - before;
        sc_comparison_free(c);
    }
    EXPECT_TRUE(made[0] > 0);
    EXPECT_I64(made[1], made[0]);
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_memory_short(void)
{
    sc_card *card = sc_fixture_card();
    sc_scenario *s = card != NULL ? workload(card, "", SONNET, EVEN("100"), "'input': 1000, 'output': 10", "") : NULL;
    sc_sim_options o = options(100);
    o.threads = 1;
    int failures = 0;
    for (uint64_t n = 1; s != NULL && n < 10000; n++) {
        sc_comparison *c = NULL;
        (void)sc_alloc_fail_at(n);
        sc_code code = sc_compare(s, card, &o, 0, &c, NULL);
        (void)sc_alloc_fail_at(0);
        if (code == SC_OK) {
            sc_comparison_free(c);
            break;
        }
        failures++;
        if (!EXPECT_I64(code, SC_E_MEMORY) || !EXPECT_TRUE(c == NULL))
            break;
    }
    EXPECT_TRUE(failures > 5);
    sc_scenario_free(s);
    sc_card_free(card);
}

static void test_errors(void)
{
    sc_card *card = sc_fixture_card(), *other = sc_fixture_card();
    sc_scenario *s = card != NULL ? workload(card, "", SONNET, EVEN("100"), "'input': 1000, 'output': 10", "") : NULL;
    sc_scenario *unsold =
        card != NULL ? workload(card, "", "openai.gpt-5.5", EVEN("100"), "'input': 272000, 'output': 10", "") : NULL;
    struct {
        const sc_scenario *s;
        const sc_card *card;
        int64_t trials;
        size_t workload;
        sc_code code;
        const char *message; /* its start */
    } cases[] = {
        {s, card, 99, 0, SC_E_USAGE, "trials is 99, expected 100 to 10000000"},
        {s, card, 100, 1, SC_E_USAGE, "workload number 1, expected below 1"},
        {s, other, 100, 0, SC_E_USAGE, "the scenario was loaded with another rate card"},
        {unsold, card, 100, 0, SC_E_INPUT, "the current offer of workload 'p/w' has no price: "},
    };
    for (size_t i = 0; s != NULL && unsold != NULL && other != NULL && i < sizeof cases / sizeof *cases; i++) {
        sc_sim_options o = options(cases[i].trials);
        sc_errors errors = {0};
        sc_comparison *c = NULL;
        EXPECT_I64(sc_compare(cases[i].s, cases[i].card, &o, cases[i].workload, &c, &errors), cases[i].code);
        errors.item[0].text[strlen(cases[i].message)] = '\0';
        EXPECT_STR(errors.item[0].text, cases[i].message);
        EXPECT_TRUE(c == NULL);
        sc_comparison_free(c);
    }
    sc_scenario_free(unsold);
    sc_scenario_free(s);
    sc_card_free(other);
    sc_card_free(card);
}

CU_ErrorCode test_compare_register(void)
{
    static CU_TestInfo tests[] = {
        {"the current offer is what is simulated", test_current},
        {"an offer costs what it would as the current one", test_becoming_current},
        {"all prices lower", test_all_prices_lower},
        {"tokenizer and verbosity", test_tokenizer_and_verbosity},
        {"requests that can wait", test_waiting_share},
        {"reasons for refusals", test_refusals},
        {"policy", test_policy},
        {"kept trials", test_kept_trials},
        {"measured output", test_measured_output},
        {"refused by date and place", test_refused_by_date_and_place},
        {"order of offers", test_order},
        {"threads change nothing", test_threads},
        {"no allocation in the trial loop", test_no_allocation_in_trials},
        {"memory runs out", test_memory_short},
        {"errors", test_errors},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"compare", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
