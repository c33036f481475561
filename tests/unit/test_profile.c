/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_profile.c - from usage to a scenario and back: what is left out, how it is named, and whether the simulator
 * finds again what usage was drawn from. */
#include "spendcast/profile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "expect.h"
#include "ledger_fixture.h"
#include "scenario/model.h"
#include "sim_fixture.h"
#include "spendcast/bill.h"
#include "spendcast/ingest.h"
#include "spendcast/report.h"
#include "spendcast/synthesize.h"
#include "usage/reader.h"

#define DAY INT64_C(86400)
#define FIRST 20600 /* 2026-05-27 */
#define SONNET "anthropic.claude-sonnet-4-5-20250929-v1:0"

static sc_card *card;

static int start_suite(void) { return sc_card_load(NULL, NULL, &card, NULL) != SC_OK; }

static int end_suite(void)
{
    sc_card_free(card);
    return 0;
}

static sc_rater rater_of_card(void)
{
    return (sc_rater){.card = card, .as_of = SC_DAY_MAX, .assume_region = -1, .reprice_scope = -1, .reprice_tier = -1};
}

static sc_profile_options options_of(const sc_rater *r, int days)
{
    return (sc_profile_options){
        .rater = r, .since = SC_DAY_MIN, .until = SC_DAY_MAX, .start = SC_DAY_MAX, .days = days};
}

/* The scenario of a profile, or NULL after a failed assertion that shows what was wrong. */
static sc_scenario *scenario_of(const sc_profile *p)
{
    char *text, message[SC_ERROR_TEXT_MAX];
    size_t size;
    sc_errors errors = {0};
    sc_scenario *s = NULL;
    if (!EXPECT_I64(sc_profile_scenario_json(p, "a \"name\"", &text, &size), SC_OK))
        return NULL;
    if (!EXPECT_I64(sc_scenario_parse("profile", text, size, card, &s, &errors), SC_OK)) {
        for (int i = 0; i < errors.count; i++) {
            sc_error_format(&errors.item[i], message, sizeof message);
            (void)fprintf(stderr, "%s\n", message);
        }
    }
    sc_text_free(text);
    return s;
}

/* ---- round trips ---- */

/* Reads what a scenario's future logs; NULL after a failed assertion. */
static sc_ledger *ledger_of_future(const sc_scenario *s, uint64_t seed)
{
    char path[] = "/tmp/spendcast-profile-XXXXXX";
    const char *paths[1] = {path};
    const sc_synth_options so = {.logs = path, .seed = seed, .scale = 1.0, .max_requests = 1000000};
    sc_ledger_options lo = sc_ledger_defaults(card);
    const sc_ingest_options io = {.threads = 2};
    sc_synth *synth = NULL;
    sc_ingest *ingest = NULL;
    sc_ledger *l = NULL;
    const int file = mkstemp(path);
    if (!EXPECT_TRUE(file >= 0))
        return NULL;
    close(file);
    lo.sketches = 1;
    if (EXPECT_I64(sc_synthesize(s, card, &so, &synth, NULL), SC_OK)) {
        l = sc_ledger_new(&lo);
        if (!EXPECT_TRUE(l != NULL) || !EXPECT_I64(sc_ingest_run(paths, 1, card, l, &io, &ingest, NULL), SC_OK) ||
            !EXPECT_I64(sc_ledger_seal(l), SC_OK)) {
            sc_ledger_free(l);
            l = NULL;
        }
    }
    sc_ingest_free(ingest);
    sc_synth_free(synth);
    unlink(path);
    return l;
}

static sc_profile *profile_of(const sc_ledger *l, const sc_profile_options *o)
{
    sc_errors errors = {0};
    sc_profile *p = NULL;
    if (!EXPECT_I64(sc_profile_fit(l, o, &p, &errors), SC_OK) && errors.count > 0)
        (void)fprintf(stderr, "%s\n", errors.item[0].text);
    return p;
}

typedef struct spend {
    double mean, p10, p90;
} spend;

static spend spend_of(const sc_scenario *s)
{
    const sc_sim_options so = {.seed = 5, .trials = 4000, .threads = 2, .as_of = SC_DAY_MAX};
    sc_sim *r = sc_fixture_simulate(s, card, &so, "total", SC_PERIOD_TOTAL);
    if (r == NULL)
        return (spend){0};
    const size_t all = sc_sim_group_count(r), whole = sc_sim_period_count(r);
    const spend x = {sc_sim_mean(r, all, whole).value, sc_sim_quantile(r, all, whole, 0.1).value,
                     sc_sim_quantile(r, all, whole, 0.9).value};
    sc_sim_free(r);
    return x;
}

/* Nothing about the original is uncertain, so that its future differs from its mean only by chance. */
static const char steady_text[] =
    "{'spendcast': 1, 'horizon': {'start': '2026-06-01', 'days': 84}, 'region': 'us-east-2', 'projects': ["
    "{'id': 'care', 'tags': {'team': 'support', 'environment': 'production'}, 'workloads': ["
    "{'id': 'chat', 'offer': {'model': 'us.anthropic.claude-sonnet-4-6'}, 'volume': {'requests_per_day': 600, "
    "'weekday': [1.3, 1.2, 1.1, 1.1, 1, 0.7, 0.6], 'day_cv': 0.15, 'burstiness': 2}, 'cache': {'prefix_tokens': 5000, "
    "'keys': 9, 'ttl': '5m'}, 'tokens': {'input': {'mean': 900, 'cv': 0.8}, 'output': {'mean': 250, 'cv': 0.6}, "
    "'correlation': 0.4}},"
    "{'id': 'nightly', 'offer': {'model': '" SONNET "'}, 'volume': {'requests_per_day': 50, 'day_cv': 0.3}, "
    "'tokens': {'input': {'values': [500, 20000], 'weights': [3, 1]}, 'output': 120}}]},"
    "{'id': 'search', 'workloads': ["
    "{'id': 'rank', 'offer': {'model': 'global.anthropic.claude-haiku-4-5-20251001-v1:0'}, 'volume': "
    "{'requests_per_day': 300, 'growth_per_month': 0.1, 'day_cv': 0.1}, 'tokens': {'input': {'mean': 3000, 'cv': 0.4}, "
    "'output': {'mean': 30, 'cv': 0.5}}}]}]}";

static void check_volume(const sc_workload *was, const sc_profile_workload *w, double level)
{
    const double growth = sc_dist_at(&was->param[SC_PARAM_GROWTH], 0.0) - 1.0;
    EXPECT_REL(w->volume.per_day.p50, level, 0.12);
    EXPECT_TRUE(w->volume.per_day.p10 < level && level < w->volume.per_day.p90);
    EXPECT_TRUE(w->volume.growth.p10 < growth && growth < w->volume.growth.p90);
    EXPECT_ABS(w->volume.day_cv, was->day_cv, 0.07);
    for (int k = 0; k < 7; k++)
        EXPECT_ABS(w->volume.weekday[k], was->weekday[k], 0.15);
}

static void parameters_are_recovered(const sc_scenario *s, const sc_profile *p)
{
    static const double growth_of_84_days[3] = {1.0, 1.0, 1.3009}; /* 1.1^(84 / 30.4375) */
    if (!EXPECT_I64(sc_profile_count(p), 3))
        return;
    for (size_t i = 0; i < 3; i++) {
        const sc_workload *was = &s->workloads[i];
        const sc_profile_workload *w = sc_profile_at(p, i);
        EXPECT_STR(w->workload, was->id);
        EXPECT_STR(w->project, s->projects[was->project].id);
        EXPECT_TRUE(w->buy.model == was->buy.model && w->buy.region == was->buy.region &&
                    w->buy.scope == was->buy.scope && w->buy.tier == was->buy.tier);
        check_volume(was, w, sc_dist_at(&was->param[SC_PARAM_REQUESTS], 0.0) * growth_of_84_days[i]);
        EXPECT_REL(w->input.mean, sc_dist_moment(&was->input, 1), 0.03);
        EXPECT_REL(w->output.mean, sc_dist_moment(&was->output, 1), 0.03);
    }
    const sc_profile_workload *chat = sc_profile_at(p, 0), *nightly = sc_profile_at(p, 1);
    EXPECT_I64(chat->input.form, SC_PROFILE_LOGNORMAL);
    EXPECT_REL(chat->input.cv, 0.8, 0.03);
    EXPECT_REL(chat->output.cv, 0.6, 0.03);
    EXPECT_ABS(chat->correlation, 0.4, 0.02);
    EXPECT_REL(chat->cache.prefix_tokens, 5000.0, 1e-9);
    EXPECT_I64(chat->cache.ttl, SC_TTL_5M);
    EXPECT_REL(chat->cache.keys, 9.0, 0.15);
    EXPECT_ABS(chat->cache.fitted, chat->cache.observed, 0.002);
    EXPECT_REL(chat->volume.burstiness, 2.0, 0.1);
    EXPECT_STR(chat->volume.bursts_from, "sessions");
    EXPECT_REL(chat->volume.session_requests, (double)chat->requests / 9.0, 0.01); /* nine keys */
    EXPECT_I64(nightly->input.form, SC_PROFILE_VALUES);
    EXPECT_I64(nightly->input.n_values, 2);
    EXPECT_I64(nightly->output.form, SC_PROFILE_CONSTANT);
    EXPECT_I64(nightly->cache.ttl, SC_TTL_NONE);
    EXPECT_I64(nightly->volume.burstiness, 1);
    EXPECT_I64(chat->notes, 0);
    EXPECT_I64(sc_profile_left_out_count(p), 0);
}

/* The profile of a future, simulated over the same days, costs what the original costs. */
static void round_trip(void)
{
    const sc_rater r = rater_of_card();
    sc_profile_options o = options_of(&r, 28);
    sc_scenario *s = sc_fixture_scenario(card, "%s", steady_text);
    sc_ledger *l = s != NULL ? ledger_of_future(s, 3) : NULL;
    sc_profile *p = l != NULL ? profile_of(l, &o) : NULL;
    sc_scenario *fitted = p != NULL ? scenario_of(p) : NULL;
    if (fitted != NULL) {
        sc_day start, end;
        char text[sizeof steady_text + 100];
        parameters_are_recovered(s, p);
        sc_profile_horizon(p, &start, &end);
        EXPECT_I64(start, sc_day_of(2026, 6, 1 + 84));
        EXPECT_STR(sc_scenario_name(fitted), "a \"name\"");
        EXPECT_STR(sc_scenario_tag(fitted, 0, "team"), "support");
        EXPECT_STR(sc_scenario_tag(fitted, 0, "environment"), "production");
        EXPECT_TRUE(sc_scenario_tag(fitted, 1, "team") == NULL);
        /* the original, carried on to the same days */
        snprintf(text, sizeof text, "%s", steady_text);
        char *at = strstr(text, "2026-06-01', 'days': 84"), *grown = strstr(text, "'requests_per_day': 300,");
        memcpy(at, "2026-08-24', 'days': 28", strlen("2026-08-24', 'days': 28"));
        memcpy(grown, "'requests_per_day': 390,", strlen("'requests_per_day': 390,"));
        sc_scenario *later = sc_fixture_scenario(card, "%s", text);
        if (later != NULL) {
            const spend was = spend_of(later), is = spend_of(fitted);
            EXPECT_TRUE(is.p10 < was.mean && was.mean < is.p90);
            EXPECT_REL(is.mean, was.mean, 0.06);
            EXPECT_TRUE(is.p90 - is.p10 > was.p90 - was.p10); /* a profile knows less than the truth */
            EXPECT_TRUE(is.p90 / is.p10 < 1.5);
        }
        sc_scenario_free(later);
    }
    sc_scenario_free(fitted);
    sc_profile_free(p);
    sc_ledger_free(l);
    sc_scenario_free(s);
}

/* ---- usage made by hand ---- */

static void day_of_requests(sc_usage_record *r, int day, int64_t requests)
{
    sc_usage_clear(r);
    r->time = (FIRST + day) * DAY;
    r->grain = SC_GRAIN_DAY;
    r->requests = requests;
    r->dim[SC_DIM_MODEL] = sc_text_of(SONNET);
    r->dim[SC_DIM_REGION] = sc_text_of("us-east-2");
    r->dim[SC_DIM_PROJECT] = sc_text_of("shop");
    r->tokens[SC_METER_INPUT] = 1000 * (requests > 0 ? requests : 50);
    r->tokens[SC_METER_OUTPUT] = 100 * (requests > 0 ? requests : 50);
}

static void what_is_left_out(void)
{
    enum { N = 40 };
    const sc_rater rater = rater_of_card();
    const sc_ledger_options lo = sc_ledger_defaults(card);
    sc_profile_options o = options_of(&rater, 30);
    sc_usage_record r[5 * N];
    for (int d = 0; d < N; d++) {
        sc_usage_record *x = &r[5 * d];
        for (int k = 0; k < 5; k++)
            day_of_requests(&x[k], d, 10);
        x[1].dim[SC_DIM_MODEL] = sc_text_of("acme.unknown");
        x[2].requests = -1; /* not counted */
        x[2].dim[SC_DIM_PROJECT] = sc_text_of("billed");
        x[3].tier = SC_TIER_PROVISIONED;
        x[4].dim[SC_DIM_PROJECT] = sc_text_of("gone");
        x[4].time = (FIRST + d / 3) * DAY; /* ends after 14 days */
    }
    sc_ledger *l = ledger_of(&lo, r, 5 * N);
    sc_profile *p = l != NULL ? profile_of(l, &o) : NULL;
    if (p != NULL) {
        static const struct {
            const char *project, *model, *why;
            int64_t requests, tokens;
        } expected[] = {
            {"billed", SONNET, "requests are not counted: say how many tokens make one", 0, 1100 * 10 * N},
            {"gone", SONNET, "ended: no usage for long", 10 * N, 1100 * 10 * N},
            {"shop", "acme.unknown", "the card does not know the model", 10 * N, 1100 * 10 * N},
            {"shop", SONNET, "capacity and tiers that scenarios do not have", 10 * N, 1100 * 10 * N},
        };
        EXPECT_I64(sc_profile_count(p), 1);
        EXPECT_STR(sc_profile_at(p, 0)->workload, "claude-sonnet-4-5");
        EXPECT_I64(sc_profile_at(p, 0)->notes, 1u << SC_PROFILE_NO_SIZES | 1u << SC_PROFILE_NO_BURSTS);
        EXPECT_I64(sc_profile_left_out_count(p), 4);
        for (size_t i = 0; i < sc_profile_left_out_count(p) && i < 4; i++) {
            const sc_profile_left_out *x = sc_profile_left_out_at(p, i);
            EXPECT_STR(x->project, expected[i].project);
            EXPECT_STR(x->model, expected[i].model);
            EXPECT_STR(x->why, expected[i].why);
            EXPECT_I64(x->requests, expected[i].requests);
            EXPECT_I64(x->tokens, expected[i].tokens);
        }
    }
    sc_profile_free(p);
    o.tokens_per_request = 2000;
    p = l != NULL ? profile_of(l, &o) : NULL;
    if (p != NULL && EXPECT_I64(sc_profile_count(p), 2)) {
        const sc_profile_workload *w = sc_profile_at(p, 0);
        EXPECT_STR(w->project, "billed");
        EXPECT_I64(w->requests, 5 * N);
        EXPECT_REL(w->input.mean, 2000.0, 1e-9);
        EXPECT_REL(w->output.mean, 200.0, 1e-9);
        EXPECT_TRUE((w->notes >> SC_PROFILE_REQUESTS_MADE & 1) != 0);
    }
    sc_profile_free(p);
    sc_ledger_free(l);
}

/* One project, one workload name, but several ways to buy: all have ids of their own. */
static void names(void)
{
    static const struct {
        const char *project, *workload, *model, *region;
        int tier;
    } streams[] = {
        {"a/b", "x", SONNET, "us-east-2", SC_TIER_STANDARD},
        {"a/b", "x", SONNET, "us-east-2", SC_TIER_BATCH},
        {"a/b", "x", SONNET, "us-west-2", SC_TIER_STANDARD},
        {"a/b", "x", "us." SONNET, "us-east-2", SC_TIER_STANDARD},
        {"a/b", "y/z", SONNET, "us-east-2", SC_TIER_STANDARD},
        {"a/b", "y/z", "amazon.nova-lite-v1:0", "us-east-1", SC_TIER_STANDARD},
        {"a-b", "", SONNET, "us-east-2", SC_TIER_STANDARD},
        {"a-b", "", "amazon.nova-lite-v1:0", "us-east-1", SC_TIER_STANDARD},
    };
    static const char *const expected[] = {
        "a-b/nova-lite",
        "a-b/claude-sonnet-4-5",
        "a-b 2/x us-east-2 in_region standard",
        "a-b 2/x us-east-2 in_region batch",
        "a-b 2/x us-east-2 geo",
        "a-b 2/x us-west-2",
        "a-b 2/y-z nova-lite",
        "a-b 2/y-z claude-sonnet-4-5",
    };
    enum { STREAMS = sizeof streams / sizeof streams[0], N = 10 };
    const sc_rater rater = rater_of_card();
    const sc_ledger_options lo = sc_ledger_defaults(card);
    const sc_profile_options o = options_of(&rater, 30);
    sc_usage_record r[STREAMS * N];
    for (int i = 0; i < STREAMS * N; i++) {
        const int k = i % STREAMS;
        day_of_requests(&r[i], i / STREAMS, 10);
        r[i].dim[SC_DIM_PROJECT] = sc_text_of(streams[k].project);
        r[i].dim[SC_DIM_WORKLOAD] = sc_text_of(streams[k].workload);
        r[i].dim[SC_DIM_MODEL] = sc_text_of(streams[k].model);
        r[i].dim[SC_DIM_REGION] = sc_text_of(streams[k].region);
        r[i].tier = streams[k].tier;
    }
    sc_ledger *l = ledger_of(&lo, r, STREAMS * N);
    sc_profile *p = l != NULL ? profile_of(l, &o) : NULL;
    if (p != NULL && EXPECT_I64(sc_profile_count(p), STREAMS)) {
        for (size_t i = 0; i < STREAMS; i++) {
            char name[220];
            snprintf(name, sizeof name, "%s/%s", sc_profile_at(p, i)->project, sc_profile_at(p, i)->workload);
            EXPECT_STR(name, expected[i]);
        }
        sc_scenario *s = scenario_of(p);
        if (s != NULL)
            EXPECT_I64(sc_scenario_workload_count(s), STREAMS);
        sc_scenario_free(s);
    }
    sc_profile_free(p);
    sc_ledger_free(l);
}

/* A tenth of the requests reads and writes a prefix that all together would be too short to cache. */
static void a_part_uses_the_cache(void)
{
    enum { N = 30 };
    const sc_rater rater = rater_of_card();
    const sc_ledger_options lo = sc_ledger_defaults(card);
    const sc_profile_options o = options_of(&rater, 30);
    sc_usage_record r[N];
    for (int d = 0; d < N; d++) {
        day_of_requests(&r[d], d, 1000);
        r[d].tokens[SC_METER_CACHE_READ] = 90 * 1024;
        r[d].tokens[SC_METER_CACHE_WRITE_5M] = 10 * 1024;
    }
    sc_ledger *l = ledger_of(&lo, r, N);
    sc_profile *p = l != NULL ? profile_of(l, &o) : NULL;
    if (p != NULL && EXPECT_I64(sc_profile_count(p), 2)) {
        const sc_profile_workload *w = sc_profile_at(p, 0), *rest = sc_profile_at(p, 1);
        EXPECT_STR(rest->workload, "claude-sonnet-4-5 uncached");
        EXPECT_REL(w->cache.prefix_tokens, 1024.0, 0.0);
        EXPECT_REL(w->volume.per_day.p50, 100.0, 0.02);
        EXPECT_REL(rest->volume.per_day.p50, 900.0, 0.02);
        EXPECT_REL(rest->cache.prefix_tokens, 0.0, 0.0);
        EXPECT_I64(w->requests + rest->requests, 1000 * N);
        EXPECT_REL(w->cache.observed, 0.9, 1e-9);
        sc_scenario *s = scenario_of(p);
        if (s != NULL) {
            const sc_bill_options bo = {.rater = &rater, .since = SC_DAY_MIN, .until = SC_DAY_MAX};
            sc_bill *b = NULL;
            if (EXPECT_I64(sc_bill_run(l, &bo, &b, NULL), SC_OK)) /* both cover 30 days */
                EXPECT_REL(spend_of(s).mean, sc_money_to_usd(sc_bill_total(b)->cost), 0.08);
            sc_bill_free(b);
        }
        sc_scenario_free(s);
    }
    sc_profile_free(p);
    sc_ledger_free(l);
}

/* ---- tags, days, failures ---- */

static void tags_of_projects(void)
{
    static const char rules[] = "match,project,team,tag:owner\n"
                                "project=shop & tag:env=prod,shop,web,ana\n"
                                "project=shop,shop,web,kim\n";
    enum { N = 10 };
    const sc_rater rater = rater_of_card();
    const sc_ledger_options lo = sc_ledger_defaults(card);
    sc_profile_options o = options_of(&rater, 30);
    sc_usage_record r[2 * N];
    sc_attribution *a = NULL;
    for (int i = 0; i < 2 * N; i++) {
        day_of_requests(&r[i], i / 2, 10);
        r[i].n_tags = 3;
        r[i].tag[0] = (sc_usage_tag){sc_text_of("env"), sc_text_of(i % 2 == 0 ? "prod" : "test")};
        r[i].tag[1] = (sc_usage_tag){sc_text_of("cost_center"), sc_text_of("cc-1 \"x\"")};
        r[i].tag[2] = (sc_usage_tag){sc_text_of("team"), sc_text_of("other")};
    }
    sc_ledger *l = ledger_of(&lo, r, 2 * N);
    EXPECT_I64(sc_attribution_parse("projects.csv", rules, strlen(rules), card, &a, NULL), SC_OK);
    o.attribution = a;
    sc_profile *p = l != NULL ? profile_of(l, &o) : NULL;
    sc_scenario *s = p != NULL ? scenario_of(p) : NULL;
    if (s != NULL) {
        EXPECT_STR(sc_scenario_tag(s, 0, "team"), "web"); /* what rules set goes before what usage states */
        EXPECT_STR(sc_scenario_tag(s, 0, "cost_center"), "cc-1 \"x\"");
        EXPECT_TRUE(sc_scenario_tag(s, 0, "owner") == NULL); /* two values */
        EXPECT_TRUE(sc_scenario_tag(s, 0, "env") == NULL);
    }
    sc_scenario_free(s);
    sc_profile_free(p);
    sc_attribution_free(a);
    sc_ledger_free(l);
}

/* Requests in each hour of five days; the first and the last lack hours. */
static void partial_days(void)
{
    enum { N = 5 * 24 };
    const sc_rater rater = rater_of_card();
    sc_ledger_options lo = sc_ledger_defaults(card);
    const sc_profile_options o = options_of(&rater, 30);
    sc_usage_record r[N];
    size_t n = 0;
    for (int h = 0; h < N; h++) {
        if (h < 9 || h >= 4 * 24 + 11)
            continue;
        day_of_requests(&r[n], 0, 1);
        r[n].time = FIRST * DAY + h * 3600 + 60;
        r[n++].grain = SC_GRAIN_REQUEST;
    }
    lo.sketches = 1;
    sc_ledger *l = ledger_of(&lo, r, n);
    sc_profile *p = l != NULL ? profile_of(l, &o) : NULL;
    if (p != NULL) {
        sc_day first, end;
        sc_profile_days(p, &first, &end);
        EXPECT_I64(first, FIRST + 1);
        EXPECT_I64(end, FIRST + 4);
        EXPECT_I64(sc_profile_at(p, 0)->requests, 3 * 24);
        EXPECT_REL(sc_profile_at(p, 0)->volume.per_day.p50, 24.0, 0.1); /* a median, below the mean */
    }
    sc_profile_free(p);
    sc_ledger_free(l);
}

static void nothing_to_fit(void)
{
    const sc_rater rater = rater_of_card();
    const sc_ledger_options lo = sc_ledger_defaults(card);
    sc_profile_options o = options_of(&rater, 30);
    sc_usage_record r;
    sc_errors errors = {0};
    sc_profile *p;
    day_of_requests(&r, 0, -1);
    sc_ledger *l = ledger_of(&lo, &r, 1);
    if (l == NULL)
        return;
    EXPECT_I64(sc_profile_fit(l, &o, &p, &errors), SC_E_INPUT);
    EXPECT_TRUE(p == NULL);
    EXPECT_STR(errors.item[0].text,
               "no workload can be fitted: requests are not counted: say how many tokens make one");
    errors.count = 0;
    o.since = FIRST + 1;
    EXPECT_I64(sc_profile_fit(l, &o, &p, &errors), SC_E_INPUT);
    EXPECT_STR(errors.item[0].text, "no usage of tokens of models that the card knows, expected at least a day of it");
    sc_ledger_free(l);
}

/* Each allocation fails once: an error, no crash, and the same result when none fails. */
static void out_of_memory(void)
{
    const sc_rater rater = rater_of_card();
    sc_ledger_options lo = sc_ledger_defaults(card);
    const sc_profile_options o = options_of(&rater, 30);
    sc_usage_record r[40];
    for (int i = 0; i < 40; i++) {
        day_of_requests(&r[i], i / 2, 1);
        r[i].grain = SC_GRAIN_REQUEST;
        r[i].tokens[SC_METER_INPUT] = i % 2 == 0 ? 100 : 9000;
        r[i].session_key = sc_text_of(i % 2 == 0 ? "a" : "b");
    }
    lo.sketches = 1;
    sc_ledger *l = ledger_of(&lo, r, 40);
    for (uint64_t n = 1; l != NULL; n++) {
        sc_profile *p = NULL;
        char *text = NULL;
        size_t size;
        sc_alloc_fail_at(n);
        sc_code code = sc_profile_fit(l, &o, &p, NULL);
        if (code == SC_OK)
            code = sc_profile_scenario_json(p, "", &text, &size);
        const uint64_t made = sc_alloc_fail_at(0);
        sc_text_free(text);
        sc_profile_free(p);
        if (made < n) {
            EXPECT_I64(code, SC_OK);
            break;
        }
        EXPECT_I64(code, SC_E_MEMORY);
    }
    sc_ledger_free(l);
}

CU_ErrorCode test_profile_register(void)
{
    static CU_TestInfo tests[] = {{"a future's profile gives back the scenario", round_trip},
                                  {"what cannot stand in a scenario is listed", what_is_left_out},
                                  {"ids are short, valid and each once", names},
                                  {"requests that use the cache are told apart", a_part_uses_the_cache},
                                  {"tags that hold for a project", tags_of_projects},
                                  {"days that are not whole are dropped", partial_days},
                                  {"nothing to fit is an error", nothing_to_fit},
                                  {"out of memory", out_of_memory},
                                  CU_TEST_INFO_NULL};
    static CU_SuiteInfo suites[] = {{"profile", start_suite, end_suite, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
