/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_synthesize.c - synthetic logs, usage and bills against each other, against the simulator, and against
 * themselves under other options and neighbours. */
#include "spendcast/synthesize.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "expect.h"
#include "sim_fixture.h"
#include "synth_fixture.h"

static sc_card *card;
static char folder[] = "/tmp/spendcast-test-XXXXXX", logs[64], bill[64], usage[64];

static int start_suite(void)
{
    if (sc_card_load(NULL, NULL, &card, NULL) != SC_OK || mkdtemp(folder) == NULL)
        return 1;
    snprintf(logs, sizeof logs, "%s/logs.jsonl", folder);
    snprintf(bill, sizeof bill, "%s/bill.csv", folder);
    snprintf(usage, sizeof usage, "%s/usage.csv", folder);
    return 0;
}

static int end_suite(void)
{
    sc_card_free(card);
    return rmdir(folder);
}

static void remove_files(void)
{
    unlink(logs);
    unlink(bill);
    unlink(usage);
}

static int count_entries(void)
{
    int n = -2; /* . and .. */
    DIR *dir = opendir(folder);
    while (dir != NULL && readdir(dir) != NULL)
        n++;
    if (dir != NULL)
        closedir(dir);
    return n;
}

static sc_synth_options options(uint64_t seed)
{
    return (sc_synth_options){
        .logs = logs, .bill = bill, .usage = usage, .seed = seed, .scale = 1.0, .max_requests = 1000000};
}

/* NULL after a failed assertion that shows what was wrong. */
static sc_synth *synthesize(const sc_scenario *s, const sc_synth_options *o)
{
    sc_errors errors = {0};
    sc_synth *r = NULL;
    if (!EXPECT_I64(sc_synthesize(s, card, o, &r, &errors), SC_OK) && errors.count > 0)
        (void)fprintf(stderr, "%s\n", errors.item[0].text);
    return r;
}

/* Models of each way to be billed, tags and names that need quoting, prices with a band. */
static const char mixed_text[] =
    "{'spendcast': 1, 'horizon': {'start': '2027-01-30', 'days': 5}, 'region': 'us-east-2', 'projects': ["
    "{'id': 'care, \\'first\\'', 'tags': {'team': 'c\\u00e4re', 'project': 'other', 'note': 'a\\\\tb, c'}, "
    "'workloads': ["
    "{'id': 'chat', 'offer': {'model': 'us.anthropic.claude-sonnet-4-6'}, 'volume': {'requests_per_day': 300, "
    "'burstiness': 2}, 'cache': {'prefix_tokens': 4000, 'keys': 7, 'ttl': '5m'}, 'tokens': {'input': {'mean': 900, "
    "'cv': 0.8}, 'output': {'mean': 200, 'cv': 0.5}, 'correlation': 0.4}},"
    "{'id': 'hour', 'offer': {'model': 'global.anthropic.claude-opus-4-5-20251101-v1:0'}, 'volume': "
    "{'requests_per_day': 60}, 'cache': {'prefix_tokens': 6000, 'keys': 3, 'ttl': '1h'}, 'tokens': {'input': 100, "
    "'output': 10}}]},"
    "{'id': 'b', 'workloads': ["
    "{'id': 'long', 'offer': {'model': 'openai.gpt-5.6-luna'}, 'volume': {'requests_per_day': 40}, 'cache': "
    "{'prefix_tokens': 2000, 'keys': 2, 'ttl': '30m'}, 'tokens': {'input': {'mean': 200000, 'cv': 0.6}, 'output': "
    "500}},"
    "{'id': 'nova', 'offer': {'model': 'amazon.nova-lite-v1:0'}, 'volume': {'requests_per_day': 200}, 'cache': "
    "{'prefix_tokens': 3000, 'ttl': '5m'}, 'tokens': {'input': 800, 'output': 90}},"
    "{'id': 'llama', 'offer': {'model': 'us.meta.llama3-3-70b-instruct-v1:0'}, 'volume': {'requests_per_day': 50}, "
    "'tokens': {'input': 700, 'output': {'mean': 30.5, 'cv': 0.5}}, 'conversation': {'turns': 3}, 'retries': 0.1},"
    "{'id': 'flex', 'offer': {'model': 'amazon.nova-2-lite-v1:0', 'scope': 'geo', 'tier': 'flex'}, 'volume': "
    "{'requests_per_day': 50}, 'tokens': {'input': 700, 'output': 30}}]}]}";

/* ---- tests ---- */

/* Logs, bill and result agree to the token and to the femto-USD. */
static void check_agreement(const sc_scenario *s, const sc_synth_options *o)
{
    sc_synth *r = synthesize(s, o);
    if (r == NULL)
        return;
    const sc_synth_sum *all = sc_synth_total(r);
    const sc_fixture_logs logged = sc_fixture_read_logs(card, logs);
    const sc_fixture_bill billed = sc_fixture_read_bill(card, bill);
    EXPECT_I64(logged.records, all->requests);
    EXPECT_REL((double)logged.converse, 0.5 * (double)all->requests, 0.2);
    for (int m = 0; m < SC_SYNTH_METERS; m++) {
        EXPECT_I64(logged.tokens[m], all->tokens[m]);
        EXPECT_I64(billed.tokens[m], all->tokens[m]);
    }
    EXPECT_MONEY(logged.cost, all->cost);
    EXPECT_MONEY(billed.used, all->cost);
    EXPECT_MONEY(all->billed, all->cost);
    EXPECT_I64(billed.lines, sc_synth_bill_lines(r));
    EXPECT_TRUE(all->cost > 0);
    sc_synth_free(r);
    remove_files();
}

static void agrees_chatbot(void)
{
    sc_scenario *s = NULL;
    sc_synth_options o = options(11);
    o.scale = 0.01;
    if (!EXPECT_I64(sc_scenario_load("scenarios/support-chatbot.json", card, &s, NULL), SC_OK))
        return;
    check_agreement(s, &o);
    o.hourly = 1;
    o.days = 9;
    o.scale = 0.1;
    check_agreement(s, &o);
    sc_scenario_free(s);
}

static void agrees_mixed(void)
{
    sc_scenario *s = sc_fixture_scenario(card, mixed_text);
    for (uint64_t seed = 1; s != NULL && seed <= 3; seed++) {
        sc_synth_options o = options(seed);
        o.hourly = seed == 2;
        check_agreement(s, &o);
    }
    sc_scenario_free(s);
}

/* Nothing is random: a request every 300 s. */
static void certain(void)
{
    static const struct {
        const char *ttl;
        double rate, keys;
        int64_t requests, first; /* misses */
    } cases[] = {{"5m", 288, 1, 2880, 1},
                 {"5m", 287, 1, 2870, 2870},
                 {"1h", 240, 10, 2400, 10},
                 {"1h", 230, 10, 2300, 2300},
                 {"5m", 0.5, 1, 5, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_scenario *s = sc_fixture_scenario(
            card,
            "{'spendcast': 1, 'horizon': {'start': '2027-01-01', 'days': 10}, 'projects': [{'id': 'p', 'workloads': "
            "[{'id': 'w', 'offer': {'model': 'global.anthropic.claude-haiku-4-5-20251001-v1:0'}, 'volume': "
            "{'requests_per_day': %.17g, 'day_cv': 0, 'burstiness': 0}, 'cache': {'prefix_tokens': 5000, 'keys': "
            "%.17g, 'ttl': '%s'}, 'tokens': {'input': 70, 'output': 7}}]}]}",
            cases[i].rate, cases[i].keys, cases[i].ttl);
        const sc_synth_options o = options(5);
        sc_synth *r = s != NULL ? synthesize(s, &o) : NULL;
        if (r != NULL) {
            const sc_synth_sum *all = sc_synth_total(r);
            const sc_meter write = sc_ttl_write_meter((sc_ttl)sc_ttl_of(cases[i].ttl));
            EXPECT_I64(all->requests, cases[i].requests);
            EXPECT_I64(all->tokens[SC_METER_INPUT], 70 * cases[i].requests);
            EXPECT_I64(all->tokens[SC_METER_OUTPUT], 7 * cases[i].requests);
            EXPECT_I64(all->tokens[write], 5000 * cases[i].first);
            EXPECT_I64(all->tokens[SC_METER_CACHE_READ], 5000 * (cases[i].requests - cases[i].first));
            EXPECT_ABS(sc_synth_expected(r), (double)cases[i].requests, 1e-6);
        }
        sc_synth_free(r);
        sc_scenario_free(s);
        remove_files();
    }
}

/* Many futures have the mean that the simulator says: requests, and cost, which holds tokens and cache hits. */
static void agrees_with_simulator(void)
{
    static const struct {
        const char *name;
        double rate, burstiness, keys;
        const char *ttl, *more; /* keys of the workload */
    } cases[] = {
        {"random", 200, 1, 3, "5m", ""},
        {"bursts", 300, 3, 4, "5m", ""},
        {"bursts of single keys", 200, 2, 60, "1h", ""},
        {"evenly spaced", 150, 0, 2, "5m", ""},
        {"not cached", 200, 1.5, 1, "none", ""},
        {"retries", 200, 1, 3, "5m", ", 'retries': 0.2"},
        {"conversations, not cached", 400, 1, 3, "none", ", 'conversation': {'turns': 4}"},
        {"conversations, few hits of keys", 600, 1, 90, "5m", ", 'conversation': {'turns': 4}, 'retries': 0.1"},
        {"conversations, cut", 600, 2, 3, "5m", ", 'conversation': {'turns': 5, 'history_tokens': 1500}"},
    };
    enum { SEEDS = 40 };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_scenario *s = sc_fixture_scenario(
            card,
            "{'spendcast': 1, 'horizon': {'start': '2027-01-01', 'days': 20}, 'projects': [{'id': 'p', 'workloads': "
            "[{'id': 'w', 'offer': {'model': 'anthropic.claude-sonnet-4-6', 'region': 'us-east-2'}, 'volume': "
            "{'requests_per_day': %.17g, 'weekday': [2, 1, 1, 1, 1, 0.5, 0], 'growth_per_month': 0.2, 'day_cv': 0.3, "
            "'burstiness': %.17g}, 'cache': {'prefix_tokens': 3000, 'keys': %.17g, 'ttl': '%s'}, 'tokens': {'input': "
            "{'mean': 500, 'cv': 1}, 'output': {'mean': 80.5, 'cv': 0.6}, 'correlation': 0.5}%s}]}]}",
            cases[i].rate, cases[i].burstiness, cases[i].keys, cases[i].ttl, cases[i].more);
        const sc_sim_options so = {.seed = 3, .trials = 4000, .as_of = SC_DAY_MAX};
        sc_sim *sim = s != NULL ? sc_fixture_simulate(s, card, &so, "total", SC_PERIOD_TOTAL) : NULL;
        if (sim == NULL)
            return;
        double requests = 0.0, cost = 0.0, requests_sq = 0.0, cost_sq = 0.0;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            sc_synth_options o = options(seed);
            o.logs = o.usage = NULL;
            sc_synth *r = synthesize(s, &o);
            if (r == NULL)
                return;
            const double n = (double)sc_synth_total(r)->requests, usd = sc_money_to_usd(sc_synth_total(r)->cost);
            requests += n / SEEDS;
            requests_sq += n * n / SEEDS;
            cost += usd / SEEDS;
            cost_sq += usd * usd / SEEDS;
            sc_synth_free(r);
        }
        const double n_error = sqrt((requests_sq - requests * requests) / (SEEDS - 1));
        const double cost_error = sqrt((cost_sq - cost * cost) / (SEEDS - 1));
        const sc_estimate mean = sc_sim_mean(sim, 0, 0);
        if (!EXPECT_ABS(requests, sc_sim_requests(sim, 0, 0), 4.0 * n_error + 1e-9) ||
            !EXPECT_ABS(cost, mean.value, 4.0 * sqrt(cost_error * cost_error + mean.error * mean.error)))
            (void)fprintf(stderr, "    %s\n", cases[i].name);
        EXPECT_TRUE(cost_error / cost < 0.04); /* else the test says nothing */
        sc_sim_free(sim);
        sc_scenario_free(s);
    }
    remove_files();
}

static void same_bytes(void)
{
    sc_scenario *s = sc_fixture_scenario(card, mixed_text);
    const sc_synth_options o = options(7);
    const char *paths[] = {logs, bill, usage};
    char *first[3] = {0};
    for (int again = 0; s != NULL && again <= 1; again++) {
        sc_synth_free(synthesize(s, &o));
        for (int i = 0; i < 3; i++) {
            char *text = sc_fixture_text(paths[i]);
            if (again)
                EXPECT_TRUE(strcmp(text, first[i]) == 0 && strlen(text) > 1000);
            sc_free(first[i]);
            first[i] = again ? NULL : text;
            if (again)
                sc_free(text);
        }
    }
    EXPECT_I64(count_entries(), 3);
    sc_scenario_free(s);
    remove_files();
}

/* Rows of `project` in a usage file: their number and a hash of their text. */
static uint64_t rows_of(const char *project, size_t *count)
{
    uint64_t hash = 14695981039346656037u;
    char *text = sc_fixture_text(usage), key[80];
    snprintf(key, sizeof key, ",123456789012,%s,", project);
    *count = 0;
    for (char *line = text, *end; line != NULL && (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        if (strstr(line, key) == NULL)
            continue;
        ++*count;
        for (const char *c = line; *c != '\0'; c++)
            hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    }
    sc_free(text);
    return hash;
}

#define PROJECT(id)                                                                                                   \
    "{'id': '" id "', 'workloads': [{'id': 'w', 'offer': {'model': 'anthropic.claude-sonnet-4-6', 'region': "         \
    "'us-east-2'}, 'volume': {'requests_per_day': {'p10': 50, 'p90': 300}}, 'tokens': {'input': {'mean': 500, 'cv': " \
    "1}, 'output': 20}, 'cache': {'prefix_tokens': 2000, 'keys': 2, 'ttl': '5m'}}]}"
#define SCENARIO(projects) \
    "{'spendcast': 1, 'horizon': {'start': '2027-01-01', 'days': 20}, 'projects': [" projects "]}"

static void neighbours_change_nothing(void)
{
    static const char *const texts[] = {SCENARIO(PROJECT("one")), SCENARIO(PROJECT("zero") "," PROJECT("one")),
                                        SCENARIO(PROJECT("one") "," PROJECT("two"))};
    uint64_t first = 0;
    for (size_t i = 0; i < 3; i++) {
        sc_scenario *s = sc_fixture_scenario(card, "%s", texts[i]);
        const sc_synth_options o = options(9);
        size_t n = 0;
        sc_synth_free(s != NULL ? synthesize(s, &o) : NULL);
        const uint64_t hash = rows_of("one", &n);
        EXPECT_TRUE(n > 100);
        first = i == 0 ? hash : first;
        EXPECT_TRUE(hash == first);
        sc_scenario_free(s);
    }
    remove_files();
}

/* Fewer days are the first days of more. */
static void days_are_a_start(void)
{
    sc_scenario *s = sc_fixture_scenario(card, SCENARIO(PROJECT("one")));
    sc_synth_options o = options(9);
    sc_synth_free(synthesize(s, &o));
    char *all = sc_fixture_text(usage);
    o.days = 6;
    sc_synth_free(synthesize(s, &o));
    char *some = sc_fixture_text(usage);
    EXPECT_TRUE(strncmp(all, some, strlen(some)) == 0 && strlen(some) < strlen(all));
    sc_free(all);
    sc_free(some);
    sc_scenario_free(s);
    remove_files();
}

static void drops(void)
{
    sc_scenario *s = sc_fixture_scenario(card, mixed_text);
    sc_synth_options o = options(4);
    sc_synth *r = synthesize(s, &o);
    char *all = sc_fixture_text(logs), *whole_bill = sc_fixture_text(bill);
    o.drop = 0.05;
    sc_synth *dropped = synthesize(s, &o);
    const sc_synth_sum *sum = sc_synth_total(dropped);
    const double n = (double)sum->requests;
    EXPECT_ABS((double)sum->dropped, 0.05 * n, 4.0 * sqrt(n * 0.05 * 0.95));
    char *rest = sc_fixture_text(logs), *same_bill = sc_fixture_text(bill);
    EXPECT_TRUE(strcmp(whole_bill, same_bill) == 0);
    /* What is left stands in the whole log, in its order. */
    int64_t lines = 0;
    const char *at = all;
    for (char *line = rest, *end; at != NULL && (end = strchr(line, '\n')) != NULL; line = end + 1, lines++) {
        *end = '\0';
        at = strstr(at, line);
    }
    EXPECT_TRUE(at != NULL);
    EXPECT_I64(lines, sum->requests - sum->dropped);
    o.drop = 1.0;
    sc_synth *none = synthesize(s, &o);
    EXPECT_I64(sc_synth_total(none)->dropped, sum->requests);
    char *empty = sc_fixture_text(logs);
    EXPECT_STR(empty, "");
    sc_free(empty);
    sc_free(all);
    sc_free(rest);
    sc_free(whole_bill);
    sc_free(same_bill);
    sc_synth_free(none);
    sc_synth_free(dropped);
    sc_synth_free(r);
    sc_scenario_free(s);
    remove_files();
}

static void discounts_and_late_days(void)
{
    sc_scenario *s = sc_fixture_scenario(card, mixed_text);
    sc_synth_options o = options(4);
    sc_synth *whole = synthesize(s, &o);
    const sc_fixture_bill full = sc_fixture_read_bill(card, bill);
    o.discount = 7500000; /* 7.5 % */
    sc_synth *r = synthesize(s, &o);
    const sc_fixture_bill less = sc_fixture_read_bill(card, bill);
    EXPECT_MONEY(less.used, full.used);
    EXPECT_MONEY(less.used + less.edp, sc_synth_total(r)->billed);
    EXPECT_MONEY(sc_synth_total(r)->cost, sc_synth_total(whole)->cost);
    EXPECT_I64(less.lines, 2 * full.lines);
    const sc_money rounding = less.edp + sc_money_share(full.used, 7500000, SC_DISCOUNT_WHOLE);
    EXPECT_TRUE(rounding <= less.lines && -rounding <= less.lines);
    sc_synth_free(r);

    o.discount = 0;
    o.late_days = 2;
    r = synthesize(s, &o);
    sc_day start, end, billed_end;
    sc_synth_period(r, &start, &end, &billed_end);
    const sc_fixture_bill late = sc_fixture_read_bill(card, bill);
    EXPECT_I64(end - billed_end, 2);
    EXPECT_STR(full.last, "2027-02-03T00:00:00.000Z");
    EXPECT_STR(late.last, "2027-02-01T00:00:00.000Z");
    EXPECT_MONEY(late.used, sc_synth_total(r)->billed);
    EXPECT_MONEY(sc_synth_total(r)->cost, sc_synth_total(whole)->cost);
    EXPECT_TRUE(late.used < full.used);
    o.late_days = 1000;
    sc_synth_free(r);
    r = synthesize(s, &o);
    EXPECT_MONEY(sc_synth_total(r)->billed, 0);
    EXPECT_I64(sc_fixture_read_bill(card, bill).lines, 0);
    sc_synth_free(r);
    sc_synth_free(whole);
    sc_scenario_free(s);
    remove_files();
}

/* The customer's own rates: discounts stand on lines of their own. */
static void own_rates(void)
{
    sc_card *built_in = card, *own = NULL;
    if (!EXPECT_I64(sc_card_load(NULL, "scenarios/own-rates", &own, NULL), SC_OK))
        return;
    card = own;
    sc_scenario *s = NULL;
    sc_synth_options o = options(2);
    o.scale = 0.01;
    EXPECT_I64(sc_scenario_load("scenarios/support-chatbot.json", own, &s, NULL), SC_OK);
    sc_synth *r = synthesize(s, &o);
    const sc_fixture_bill sum = sc_fixture_read_bill(card, bill);
    EXPECT_TRUE(sum.private_rate < 0);
    EXPECT_MONEY(sum.used + sum.private_rate, sc_synth_total(r)->cost);
    EXPECT_MONEY(sc_synth_total(r)->billed, sc_synth_total(r)->cost);
    sc_synth_free(r);
    sc_scenario_free(s);
    sc_card_free(own);
    card = built_in;
    remove_files();
}

/* AWS logs no batch jobs. */
static void batch_is_not_logged(void)
{
    sc_scenario *s = sc_fixture_scenario(
        card, "{'spendcast': 1, 'horizon': {'start': '2027-01-01', 'days': 3}, 'projects': [{'id': 'p', 'workloads': "
              "[{'id': 'w', 'offer': {'model': 'anthropic.claude-sonnet-4-6', 'region': 'us-east-2', 'tier': 'batch'}, "
              "'volume': {'requests_per_day': 100}, 'tokens': {'input': 500, 'output': 20}}]}]}");
    const sc_synth_options o = options(1);
    sc_synth *r = synthesize(s, &o);
    EXPECT_TRUE(sc_synth_total(r)->requests > 200);
    EXPECT_I64(sc_synth_total(r)->unlogged, sc_synth_total(r)->requests);
    EXPECT_I64(sc_fixture_read_logs(card, logs).records, 0);
    EXPECT_MONEY(sc_fixture_read_bill(card, bill).used, sc_synth_total(r)->cost);
    sc_synth_free(r);
    sc_scenario_free(s);
    remove_files();
}

/* Names that IAM does not allow, and text that needs quoting, survive. */
static void quotes(void)
{
    sc_scenario *s = sc_fixture_scenario(card, mixed_text);
    const sc_synth_options o = options(1);
    sc_synth_free(synthesize(s, &o));
    char *text = sc_fixture_text(logs);
    char *end = text != NULL ? strchr(text, '\n') : NULL;
    const char *record_text = NULL;
    for (char *line = text; end != NULL && record_text == NULL; line = end + 1, end = strchr(line, '\n')) {
        *end = '\0';
        record_text = strstr(line, "\"workload\":\"chat\"") != NULL ? line : NULL;
    }
    cJSON *record = record_text != NULL ? cJSON_Parse(record_text) : NULL;
    if (EXPECT_TRUE(record != NULL)) {
        const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(record, "requestMetadata");
        EXPECT_STR(sc_fixture_text_at(metadata, "project"), "care, \"first\"");
        EXPECT_STR(sc_fixture_text_at(metadata, "team"), "c\u00e4re");
        EXPECT_STR(sc_fixture_text_at(metadata, "note"), "a\\tb, c");
        EXPECT_I64(cJSON_GetArraySize(metadata), 5);
        EXPECT_STR(sc_fixture_text_at(cJSON_GetObjectItemCaseSensitive(record, "identity"), "arn"),
                   "arn:aws:sts::123456789012:assumed-role/care,--first--d29e4323/chat");
    }
    cJSON_Delete(record);
    sc_free(text);
    text = sc_fixture_text(usage);
    EXPECT_TRUE(text != NULL && strstr(text, ",\"care, \"\"first\"\"\",chat,us.anthropic.claude-sonnet-4-6,") != NULL);
    sc_free(text);
    sc_scenario_free(s);
    remove_files();
}

static void compressed(void)
{
    sc_scenario *s = sc_fixture_scenario(card, mixed_text);
    sc_synth_options o = options(1);
    char path[80];
    snprintf(path, sizeof path, "%s/x.gz", folder);
    sc_synth_free(synthesize(s, &o));
    char *plain = sc_fixture_text(logs);
    o.logs = path;
    sc_synth_free(synthesize(s, &o));
    const size_t size = strlen(plain);
    char *back = sc_calloc(size + 2, 1);
    gzFile file = gzopen(path, "rb");
    EXPECT_I64(gzread(file, back, (unsigned)size + 1), size);
    EXPECT_TRUE(strcmp(back, plain) == 0);
    gzclose(file);
    unlink(path);
    sc_free(back);
    sc_free(plain);
    sc_scenario_free(s);
    remove_files();
}

static void refuses(void)
{
    static const char text[] = SCENARIO(PROJECT("one"));
    sc_scenario *s = sc_fixture_scenario(card, "%s", text);
    const sc_synth_options good = options(1);
    struct {
        sc_synth_options o;
        sc_code code;
        const char *text;
    } cases[] = {
        {good, SC_E_USAGE, "no output is named, expected logs, bill or usage"},
        {good, SC_E_USAGE, "is named for two outputs, expected two files"},
        {good, SC_E_USAGE, "scale is out of range, expected above 0 and at most 1000000"},
        {good, SC_E_USAGE, "scale is out of range, expected above 0 and at most 1000000"},
        {good, SC_E_USAGE, "drop is out of range, expected a share from 0 to 1"},
        {good, SC_E_USAGE, "discount is out of range, expected a share from 0 to 1"},
        {good, SC_E_USAGE, "days, late days and the most requests cannot be negative"},
        {good, SC_E_INPUT, "more than the 100 to write at most; a scale of "},
        {good, SC_E_IO, "cannot write the file: no such file or folder"},
    };
    cases[0].o.logs = cases[0].o.bill = cases[0].o.usage = NULL;
    cases[1].o.usage = cases[1].o.bill;
    cases[2].o.scale = 0.0;
    cases[3].o.scale = (double)NAN;
    cases[4].o.drop = 1.01;
    cases[5].o.discount = SC_DISCOUNT_WHOLE + 1;
    cases[6].o.days = -1;
    cases[7].o.max_requests = 100;
    cases[8].o.usage = "/nonexistent/u.csv";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_errors errors = {0};
        sc_synth *r = NULL;
        EXPECT_I64(sc_synthesize(s, card, &cases[i].o, &r, &errors), cases[i].code);
        EXPECT_TRUE(r == NULL && errors.count == 1);
        if (!EXPECT_TRUE(strstr(errors.item[0].text, cases[i].text) != NULL))
            (void)fprintf(stderr, "%s\n", errors.item[0].text);
        EXPECT_I64(count_entries(), 0);
    }
    sc_scenario_free(s);

    s = sc_fixture_scenario(
        card,
        "{'spendcast': 1, 'horizon': {'start': '2027-01-01', 'days': 3}, 'projects': [{'id': 'p', 'workloads': "
        "[{'id': 'w', 'offer': {'model': 'anthropic.claude-sonnet-4-6', 'region': 'us-east-2'}, 'cache': {'keys': "
        "1e9}, 'volume': {'requests_per_day': 1}, 'tokens': {'input': 500, 'output': 20}}]}]}");
    sc_errors errors = {0};
    sc_synth *r = NULL;
    EXPECT_I64(sc_synthesize(s, card, &good, &r, &errors), SC_E_INPUT);
    EXPECT_STR(errors.item[0].text,
               "the workloads have more than 10000000 cache keys, the most whose requests are drawn");
    sc_scenario_free(s);
}

/* Whichever allocation fails, nothing is left behind. */
static void out_of_memory(void)
{
    sc_scenario *s = sc_fixture_scenario(
        card, "{'spendcast': 1, 'horizon': {'start': '2027-01-01', 'days': 2}, 'projects': [{'id': 'p', 'tags': {'a': "
              "'b'}, 'workloads': [{'id': 'w', 'offer': {'model': 'anthropic.claude-sonnet-4-6', 'region': "
              "'us-east-2'}, 'volume': {'requests_per_day': 5}, 'tokens': {'input': 500, 'output': 20}}]}]}");
    const sc_synth_options o = options(1);
    int done = 0;
    for (uint64_t n = 1; n < 2000 && !done; n++) {
        sc_errors errors = {0};
        sc_synth *r = NULL;
        sc_alloc_fail_at(n);
        const sc_code code = sc_synthesize(s, card, &o, &r, &errors);
        sc_alloc_fail_at(0);
        done = code == SC_OK;
        if (!done) {
            EXPECT_TRUE((code == SC_E_MEMORY || code == SC_E_IO) && r == NULL && errors.count > 0);
            EXPECT_I64(count_entries(), 0);
        }
        sc_synth_free(r);
    }
    EXPECT_TRUE(done);
    sc_scenario_free(s);
    remove_files();
}

CU_ErrorCode test_synthesize_register(void)
{
    static CU_TestInfo tests[] = {
        {"logs and bill of the chatbot agree", agrees_chatbot},
        {"logs and bill of all kinds of models agree", agrees_mixed},
        {"nothing random", certain},
        {"agrees with the simulator", agrees_with_simulator},
        {"same bytes", same_bytes},
        {"neighbours change nothing", neighbours_change_nothing},
        {"days are a start", days_are_a_start},
        {"drops", drops},
        {"discounts and late days", discounts_and_late_days},
        {"own rates", own_rates},
        {"batch is not logged", batch_is_not_logged},
        {"quotes", quotes},
        {"compressed", compressed},
        {"refuses", refuses},
        {"out of memory", out_of_memory},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"synthesize", start_suite, end_suite, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
