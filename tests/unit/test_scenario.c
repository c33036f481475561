/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_scenario.c - scenarios as loaded: defaults, settings, limits, horizons, budgets, and what the README says. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/file.h"
#include "scenario/model.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_KEYS 128

static sc_card *card;
static sc_errors errors;

static int load_card(void) { return sc_card_load(NULL, NULL, &card, NULL) == SC_OK ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    card = NULL;
    return 0;
}

/* The parts of a scenario with one workload, as JSON with ' for "; NULL = the smallest that loads. */
typedef struct parts {
    const char *top;      /* more keys of the scenario, each with a comma after it */
    const char *horizon;  /* its keys */
    const char *project;  /* more keys of the project, each with a comma after it */
    const char *offer;    /* its keys */
    const char *volume;   /* more keys beside requests_per_day, each with a comma before it */
    const char *tokens;   /* its keys */
    const char *workload; /* more keys of the workload, each with a comma before it */
} parts;

static const char *part(const char *text, const char *smallest) { return text != NULL ? text : smallest; }

/* *out = NULL and the problems in `errors` when it does not load. */
static sc_code parse(const parts *p, sc_scenario **out)
{
    static char text[4096]; /* outlives the call, as a file's text would not: the scenario must not need it */
    (void)snprintf(text, sizeof text,
                   "{'spendcast': 1, %s 'horizon': {%s}, 'projects': [{'id': 'shop', %s 'workloads': [{'id': 'chat', "
                   "'tokens': {%s}, 'offer': {%s}, 'volume': {'requests_per_day': 100%s}%s}]}]}",
                   part(p->top, ""), part(p->horizon, "'start': '2026-11-22', 'days': 30"), part(p->project, ""),
                   part(p->tokens, "'input': 1000, 'output': 200"),
                   part(p->offer, "'model': 'anthropic.claude-haiku-4-5'"), part(p->volume, ""), part(p->workload, ""));
    for (char *c = text; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    memset(&errors, 0, sizeof errors);
    sc_code code = sc_scenario_parse("s.json", text, strlen(text), card, out, &errors);
    EXPECT_TRUE((code == SC_OK) == (*out != NULL));
    EXPECT_TRUE((code == SC_OK) == (errors.errors == 0));
    memset(text, '#', sizeof text - 1);
    return code;
}

/* The scenario, or NULL after a failure. */
static sc_scenario *load(const parts *p)
{
    sc_scenario *s;
    if (!EXPECT_I64(parse(p, &s), SC_OK))
        EXPECT_STR(errors.item[0].text, "");
    return s;
}

static void expect_refused(const parts *p, const char *text)
{
    sc_scenario *s;
    EXPECT_I64(parse(p, &s), SC_E_INPUT);
    EXPECT_STR(errors.item[0].text, text);
    EXPECT_TRUE(errors.item[0].line > 0);
    sc_scenario_free(s);
}

static void expect_constant(const sc_dist *d, double value)
{
    EXPECT_I64(d->kind, SC_DIST_CONSTANT);
    EXPECT_ABS(d->a, value, 0.0);
}

static void expect_loadings(const sc_loadings *l, double organisation, double project, double workload)
{
    EXPECT_ABS(l->of[SC_FACTOR_ORGANISATION], organisation, 0.0);
    EXPECT_ABS(l->of[SC_FACTOR_PROJECT], project, 0.0);
    EXPECT_ABS(l->of[SC_FACTOR_WORKLOAD], workload, 0.0);
}

/* ---- defaults ---- */

static void defaults(void)
{
    sc_scenario *s = load(&(parts){0});
    if (s == NULL)
        return;
    const sc_workload *w = &s->workloads[0];
    const int ohio = sc_card_region_of(card, "us-east-2");
    EXPECT_STR(sc_scenario_name(s), "");
    EXPECT_STR(s->projects[0].name, "");
    EXPECT_I64(s->region, ohio);
    EXPECT_REL(sc_dist_at(&s->verbosity, -1.2815515655446004), 0.7, 1e-12); /* normal score of P10 */
    EXPECT_REL(sc_dist_at(&s->verbosity, 1.2815515655446004), 1.4, 1e-12);
    EXPECT_I64(s->projects[0].budget.period, SC_BUDGET_NONE);
    EXPECT_I64(s->projects[0].n_tags, 0);

    EXPECT_STR(w->buy.model->id, "anthropic.claude-haiku-4-5-20251001-v1:0");
    EXPECT_I64(w->buy.region, ohio);
    EXPECT_I64(w->buy.scope, SC_SCOPE_IN_REGION);
    EXPECT_I64(w->buy.tier, SC_TIER_STANDARD);
    expect_constant(&w->param[SC_PARAM_REQUESTS], 100.0);
    expect_constant(&w->param[SC_PARAM_GROWTH], 1.0);
    expect_constant(&w->param[SC_PARAM_INPUT_SCALE], 1.0);
    expect_constant(&w->param[SC_PARAM_OUTPUT_SCALE], 1.0);
    expect_constant(&w->param[SC_PARAM_BATCHABLE], 0.0);
    expect_constant(&w->input, 1000.0);
    expect_constant(&w->output, 200.0);
    for (int i = 0; i < 7; i++)
        EXPECT_ABS(w->weekday[i], 1.0, 0.0);
    EXPECT_ABS(w->day_cv, 0.1, 0.0);
    EXPECT_ABS(w->burstiness, 1.0, 0.0);
    EXPECT_ABS(w->peak_factor, 3.0, 0.0);
    EXPECT_I64(w->max_tokens, 0);
    EXPECT_I64(s->n_quotas, 0);
    EXPECT_ABS(w->correlation, 0.0, 0.0);
    EXPECT_ABS(w->prefix_tokens, 0.0, 0.0);
    EXPECT_ABS(w->keys, 1.0, 0.0);
    EXPECT_ABS(w->per_key, 0.0, 0.0);
    EXPECT_ABS(w->swings.cv, 0.0, 0.0);
    EXPECT_ABS(w->wander, 0.0, 0.0);
    EXPECT_I64(w->ttl, SC_TTL_NONE);
    EXPECT_I64(w->needs.context_tokens, 0);
    EXPECT_I64(w->needs.max_output_tokens, 0);
    EXPECT_I64(w->needs.modalities, SC_TEXT);
    EXPECT_I64(w->needs.features, 0);
    EXPECT_I64(w->needs.regions, INT64_C(1) << ohio);
    EXPECT_I64(w->needs.residency, SC_RESIDENCY_ANY);
    expect_loadings(&w->loadings[SC_PARAM_REQUESTS], 0.3, 0.4, 0.3);
    expect_loadings(&w->loadings[SC_PARAM_GROWTH], 0.4, 0.4, 0.0);
    expect_loadings(&w->loadings[SC_PARAM_INPUT_SCALE], 0.0, 0.2, 0.4);
    expect_loadings(&w->loadings[SC_PARAM_OUTPUT_SCALE], 0.0, 0.2, 0.4);
    expect_loadings(&w->loadings[SC_PARAM_BATCHABLE], 0.0, 0.0, 0.0);
    sc_scenario_free(s);
}

/* Where the objects of the key tables stand in a scenario with one workload; loadings are tested apart. */
static const struct {
    const char *object, *path;
} places[] = {
    {"scenario", ""},
    {"switching", "/switching"},
    {"workload", "/projects/0/workloads/0"},
    {"offer", "/projects/0/workloads/0/offer"},
    {"effort_days", "/switching/effort_days"},
    {"policy", "/policy"},
    {"volume", "/projects/0/workloads/0/volume"},
    {"swings", "/projects/0/workloads/0/volume/swings"},
    {"cache", "/projects/0/workloads/0/cache"},
    {"tokens", "/projects/0/workloads/0/tokens"},
    {"requirements", "/projects/0/workloads/0/requirements"},
};

static const sc_setting *setting_at(const sc_scenario *s, const char *path)
{
    for (size_t i = 0; i < sc_scenario_setting_count(s); i++)
        if (strcmp(sc_scenario_setting(s, i)->path, path) == 0)
            return sc_scenario_setting(s, i);
    return NULL;
}

/* 1 if the key has a value of its own when it is left out. */
static int has_default(const sc_scenario_key *k)
{
    static const char *const others[] = {"required", "not set", "its defaults", "the scenario's", "see below"};
    for (size_t i = 0; i < COUNT(others); i++)
        if (strcmp(k->fallback, others[i]) == 0)
            return 0;
    return 1;
}

/* A scenario that sets every key which has a default. */
static const parts all_set = {
    .top = "'region': 'eu-west-1', 'policy': {'provider_share_max': 0.5}, 'switching': {'verbosity': 1.25, 'day_usd': "
           "900, 'effort_days': {'scope': 1, 'tier': 1, 'cache': 1, 'wait': 1, 'output': 1, 'model': 1, 'routing': 1, "
           "'cascade': 1, 'commitment': 2}},",
    .offer = "'model': 'anthropic.claude-haiku-4-5', 'region': 'us-west-2', 'scope': 'geo', 'tier': 'batch'",
    .volume = ", 'growth_per_month': 0.05, 'weekday': [2,2,2,2,2,1,1], 'day_cv': 0.3, 'burstiness': 2.5, "
              "'peak_factor': 5, 'wander_per_month': 0.2, 'swings': {'cv': 0.4, 'half_life': 3}",
    .tokens = "'input': 1000, 'output': 200, 'correlation': 0.5, 'input_scale': 1.5, 'output_scale': 0.5, "
              "'max_tokens_asked': 900",
    .workload = ", 'batchable_share': 0.25, 'retries': 0.05, 'cache': {'prefix_tokens': 4096, 'keys': 12, 'writes': "
                "'unknown', 'ttl': "
                "'1h'}, 'requirements': "
                "{'context_tokens': 8000, 'max_output_tokens': 500, 'latency_ms': 900, 'modalities': ['text', "
                "'image'], 'features': "
                "['tools'], 'regions': ['us-east-1', 'us-west-2'], 'residency': 'us'}",
};

/* Every key with a default is a setting: the default with its value from the table, or the scenario's own. */
static void settings(void)
{
    static sc_scenario_key keys[MAX_KEYS];
    size_t n = sc_scenario_keys(keys, MAX_KEYS);
    sc_scenario *left_out = load(&(parts){0}), *set = load(&all_set);
    int seen = 0;
    EXPECT_TRUE(n < MAX_KEYS);
    for (size_t i = 0; i < n && left_out != NULL && set != NULL; i++) {
        for (size_t o = 0; o < COUNT(places); o++) {
            char path[200];
            if (strcmp(places[o].object, keys[i].object) != 0 || !has_default(&keys[i]))
                continue;
            (void)snprintf(path, sizeof path, "%s/%s", places[o].path, keys[i].key);
            const sc_setting *absent = setting_at(left_out, path), *given = setting_at(set, path);
            if (!EXPECT_TRUE(absent != NULL && absent->is_default) || !EXPECT_TRUE(given != NULL && !given->is_default))
                (void)fprintf(stderr, "  %s\n", path);
            if (absent != NULL) {
                EXPECT_STR(absent->value, keys[i].fallback);
                EXPECT_STR(absent->unit, keys[i].unit);
            }
            seen++;
        }
    }
    EXPECT_I64(seen, 41);
    sc_scenario_free(left_out);
    sc_scenario_free(set);
}

static void set_values(void)
{
    static const struct {
        const char *path, *value;
    } expected[] = {
        {"/region", "eu-west-1"},
        {"/switching/verbosity", "1.25"},
        {"/horizon/start", "2026-11-22"},
        {"/horizon/days", "30"},
        {"/projects/0/workloads/0/offer/model", "anthropic.claude-haiku-4-5"},
        {"/projects/0/workloads/0/offer/tier", "batch"},
        {"/projects/0/workloads/0/volume/requests_per_day", "100"},
        {"/projects/0/workloads/0/volume/weekday", "[2,2,2,2,2,1,1]"},
        {"/projects/0/workloads/0/cache/ttl", "1h"},
        {"/projects/0/workloads/0/requirements/modalities", "[\"text\",\"image\"]"},
        {"/loadings/requests_per_day", "organisation 0.3, project 0.4, workload 0.3"},
    };
    sc_scenario *s = load(&all_set);
    if (s == NULL)
        return;
    for (size_t i = 0; i < COUNT(expected); i++) {
        const sc_setting *got = setting_at(s, expected[i].path);
        EXPECT_STR(got != NULL ? got->value : expected[i].path, expected[i].value);
    }
    const sc_workload *w = &s->workloads[0];
    EXPECT_I64(s->region, sc_card_region_of(card, "eu-west-1"));
    expect_constant(&s->verbosity, 1.25);
    EXPECT_I64(w->buy.region, sc_card_region_of(card, "us-west-2"));
    EXPECT_I64(w->buy.scope, SC_SCOPE_GEO);
    EXPECT_I64(w->buy.tier, SC_TIER_BATCH);
    expect_constant(&w->param[SC_PARAM_GROWTH], 1.05);
    EXPECT_REL(w->weekday[0], 7.0 / 6.0, 1e-15);
    EXPECT_REL(w->weekday[6], 7.0 / 12.0, 1e-15);
    EXPECT_ABS(w->day_cv, 0.3, 0.0);
    EXPECT_ABS(w->burstiness, 2.5, 0.0);
    EXPECT_ABS(w->peak_factor, 5.0, 0.0);
    EXPECT_I64(w->max_tokens, 900);
    EXPECT_ABS(w->correlation, 0.5, 0.0);
    expect_constant(&w->param[SC_PARAM_INPUT_SCALE], 1.5);
    expect_constant(&w->param[SC_PARAM_OUTPUT_SCALE], 0.5);
    expect_constant(&w->param[SC_PARAM_BATCHABLE], 0.25);
    EXPECT_ABS(w->prefix_tokens, 4096.0, 0.0);
    EXPECT_ABS(w->keys, 12.0, 0.0);
    EXPECT_I64(w->ttl, SC_TTL_1H);
    EXPECT_I64(w->needs.context_tokens, 8000);
    EXPECT_I64(w->needs.max_output_tokens, 500);
    EXPECT_I64(w->needs.modalities, SC_TEXT | SC_IMAGE);
    EXPECT_I64(w->needs.features, SC_TOOLS);
    EXPECT_I64(w->needs.regions,
               INT64_C(1) << sc_card_region_of(card, "us-east-1") | INT64_C(1) << sc_card_region_of(card, "us-west-2"));
    EXPECT_I64(w->needs.residency, sc_card_geo_of(card, "us"));
    sc_scenario_free(s);
}

/* The scenario's loadings replace the built-in ones, a workload's those of the scenario, one object at a time. */
static void loadings(void)
{
    sc_scenario *s = load(&(parts){
        .top = "'loadings': {'requests_per_day': {'organisation': 0.6}, 'input_scale': {'project': -0.5}},",
        .workload = ", 'loadings': {'input_scale': {'workload': 0.8}}",
    });
    if (s == NULL)
        return;
    const sc_loadings *l = s->workloads[0].loadings;
    expect_loadings(&s->loadings[SC_PARAM_REQUESTS], 0.6, 0.0, 0.0);
    expect_loadings(&s->loadings[SC_PARAM_INPUT_SCALE], 0.0, -0.5, 0.0);
    expect_loadings(&l[SC_PARAM_REQUESTS], 0.6, 0.0, 0.0);
    expect_loadings(&l[SC_PARAM_INPUT_SCALE], 0.0, 0.0, 0.8);
    expect_loadings(&l[SC_PARAM_GROWTH], 0.4, 0.4, 0.0);
    sc_scenario_free(s);
    expect_refused(&(parts){.top = "'loadings': {'requests_per_day': {'organisation': 0.8, 'project': 0.7}},"},
                   "squares of the loadings add up to more than 1");
}

/* A flat week changes no digit, whatever weight it is flat at. */
static void flat_week(void)
{
    static const char *const weeks[] = {"1,1,1,1,1,1,1", "3,3,3,3,3,3,3", "0.1,0.1,0.1,0.1,0.1,0.1,0.1",
                                        "0.3,0.3,0.3,0.3,0.3,0.3,0.3", "1000,1000,1000,1000,1000,1000,1000"};
    for (size_t i = 0; i < COUNT(weeks); i++) {
        char volume[200];
        (void)snprintf(volume, sizeof volume, ", 'weekday': [%s]", weeks[i]);
        sc_scenario *s = load(&(parts){.volume = volume});
        for (int d = 0; s != NULL && d < 7; d++)
            EXPECT_ABS(s->workloads[0].weekday[d], 1.0, 0.0);
        sc_scenario_free(s);
    }
}

/* ---- limits of the model ---- */

static void truncation(void)
{
    static const struct {
        const char *model, *tokens, *cache;
        double input, output; /* largest request */
    } cases[] = {
        /* a window of 200,000 and 64,000 tokens of output */
        {"anthropic.claude-haiku-4-5", "'input': {'p10': 100, 'p90': 5000}, 'output': {'mean': 300, 'cv': 1}", "",
         200000, 64000},
        {"anthropic.claude-haiku-4-5", "'input': {'p10': 100, 'p90': 5000}, 'output': {'mean': 300, 'cv': 1}",
         ", 'cache': {'prefix_tokens': 7000}", 193000, 64000},
        {"anthropic.claude-haiku-4-5",
         "'input': {'p10': 100, 'p90': 5000, 'max': 9000}, 'output': {'mean': 300, 'cv': 1, 'max': 2000}", "", 9000,
         2000},
        {"anthropic.claude-haiku-4-5", "'input': 200000, 'output': 64000", "", 200000, 64000},
        /* the output limit of this one is not known */
        {"anthropic.claude-opus-5-5", "'input': {'p10': 100, 'p90': 5000}, 'output': {'p10': 100, 'p90': 5000}", "",
         1000000, (double)INFINITY},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char offer[100];
        (void)snprintf(offer, sizeof offer, "'model': '%s'", cases[i].model);
        sc_scenario *s = load(&(parts){.offer = offer, .tokens = cases[i].tokens, .workload = cases[i].cache});
        if (s == NULL)
            continue;
        EXPECT_ABS(sc_dist_max(&s->workloads[0].input), cases[i].input, 0.0);
        EXPECT_ABS(sc_dist_max(&s->workloads[0].output), cases[i].output, 0.0);
        sc_scenario_free(s);
    }
    expect_refused(&(parts){.tokens = "'input': 200001, 'output': 200"},
                   "200001 is above 200000, the window of anthropic.claude-haiku-4-5-20251001-v1:0");
    expect_refused(&(parts){.tokens = "'input': 1000, 'output': {'p10': 100, 'p90': 64000}"},
                   "64000 is not below 64000, the output limit of anthropic.claude-haiku-4-5-20251001-v1:0");
    expect_refused(&(parts){.workload = ", 'cache': {'prefix_tokens': 200000}"},
                   "has no room: the cached prefix fills the window of 200000 tokens");
}

/* No number may leave its range or the model's limit, in whatever form of distribution it stands. */
static void wrong_distributions(void)
{
#define WINDOW "200001 is above 200000, the window of anthropic.claude-haiku-4-5-20251001-v1:0"
#define MAX "900 is above 800, the 'max' beside it"
    static const struct {
        const char *input, *error;
    } cases[] = {
        {"{'mean': 200001, 'cv': 0}", WINDOW},
        {"{'p10': 200001, 'p90': 200001}", WINDOW},
        {"{'p10': 1, 'p90': 5, 'max': 200001}", WINDOW},
        {"{'min': 1, 'mode': 5, 'max': 200001}", WINDOW},
        {"{'values': [1, 200001], 'weights': [1, 1]}", WINDOW},
        {"{'mean': 900, 'cv': 1, 'max': 800}", MAX},
        {"{'p10': 1, 'p90': 900, 'max': 800}", MAX},
        {"{'p10': 1, 'p90': 900, 'max': 900}", "900 is not below 900, the 'max' beside it"},
        {"{'p10': 1, 'p90': 900, 'max': 901}",
         "no lognormal distribution has these quantiles below 901, the 'max' beside it"},
        {"{'p10': 1, 'p90': 5, 'max': 0}", "0 is out of range, expected a number above 0"},
        {"{'p10': 0, 'p90': 5}", "0 is out of range, expected quantiles above 0"},
        {"{'p10': 5, 'p90': 1}", "1 is below p10 5"},
        {"{'p10': 5}", "has 1 quantile, expected two, such as p10 and p90"},
        {"{'mean': 5}", "has no 'cv', expected 'mean' and 'cv'"},
        {"{'mean': 5, 'sd': 1}", "unknown key 'sd', expected 'mean' and 'cv' and perhaps 'max'"},
        {"{'mean': 5, 'cv': -1}", "-1 is out of range, expected a coefficient of variation from 0 to 20"},
        {"{'min': 1, 'mod': 2, 'max': 3}", "unknown key 'mod'; did you mean 'mode'?"},
        {"{'min': 2, 'mode': 1, 'max': 3}", "1 is below min 2"},
        {"{'values': [1, 2], 'weights': [1]}", "has length 1, expected 2, the length of 'values'"},
        {"{'values': [1], 'weights': [-1]}", "-1 is out of range, expected a weight from 0 to 1e12"},
    };
    static const struct {
        const char *volume, *error;
    } means[] = {
        {", 'growth_per_month': {'p50': 0, 'p60': 10}",
         "mean of 2.84e+19 is out of range, expected a monthly growth above -1 and up to 10"},
        {"}, 'batchable_share': {'p10': 0, 'p90': 0.5", "0 is out of range, expected quantiles above 0 and below 1"},
    };
    char tokens[200];
    for (size_t i = 0; i < COUNT(cases); i++) {
        (void)snprintf(tokens, sizeof tokens, "'input': %s, 'output': 200", cases[i].input);
        expect_refused(&(parts){.tokens = tokens}, cases[i].error);
        EXPECT_I64(errors.errors, strncmp(cases[i].input, "{'p10': 200001", 14) == 0 ? 2 : 1); /* one for one slip */
    }
    for (size_t i = 0; i < COUNT(means); i++)
        expect_refused(&(parts){.volume = means[i].volume}, means[i].error);
    expect_refused(&(parts){.tokens = "'input': 1, 'output': 2, 'input_scale': {'p49': 1, 'p50': 1e12}"},
                   "mean of inf is out of range, expected a number above 0 and up to 1e12");
    sc_scenario_free(load(&(parts){.volume = ", 'growth_per_month': {'values': [10, 10, 10], 'weights': [1, 2, 3]}",
                                   .workload = ", 'batchable_share': {'values': [1, 1, 1], 'weights': [1, 1, 1]}"}));
}

/* ---- offers ---- */

static void offers(void)
{
    static const struct {
        const char *top, *offer, *region;
        sc_scope scope;
    } cases[] = {
        {"", "'model': 'us.anthropic.claude-sonnet-4-6'", "us-east-2", SC_SCOPE_GEO},
        {"", "'model': 'global.anthropic.claude-sonnet-4-6'", "us-east-2", SC_SCOPE_GLOBAL},
        {"", "'model': 'anthropic.claude-sonnet-4-6', 'scope': 'global'", "us-east-2", SC_SCOPE_GLOBAL},
        {"", "'model': 'eu.anthropic.claude-sonnet-4-6'", "eu-central-1", SC_SCOPE_GEO},
        {"'region': 'us-west-2',", "'model': 'us.anthropic.claude-sonnet-4-6'", "us-west-2", SC_SCOPE_GEO},
        {"'region': 'us-west-2',", "'model': 'eu.anthropic.claude-sonnet-4-6', 'region': 'eu-west-1'", "eu-west-1",
         SC_SCOPE_GEO},
        {"'region': 'us-west-2',",
         "'model': 'arn:aws:bedrock:eu-west-3:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-6'",
         "eu-west-3", SC_SCOPE_GEO},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_scenario *s = load(&(parts){.top = cases[i].top, .offer = cases[i].offer});
        if (s == NULL)
            continue;
        const sc_workload *w = &s->workloads[0];
        EXPECT_STR(sc_card_region(card, (size_t)w->buy.region)->code, cases[i].region);
        EXPECT_I64(w->buy.scope, cases[i].scope);
        EXPECT_I64(w->needs.regions, INT64_C(1) << w->buy.region);
        EXPECT_TRUE(strstr(cases[i].offer, sc_scenario_workload_model(s, 0)) != NULL);
        sc_scenario_free(s);
    }
    expect_refused(&(parts){.offer = "'model': 'eu.anthropic.claude-sonnet-4-6', 'region': 'us-east-1'"},
                   "region 'us-east-1' is no source region of 'eu.' profiles, expected one such as 'eu-central-1'");
    expect_refused(&(parts){.top = "'region': 'us-west-2',", .offer = "'model': 'eu.anthropic.claude-sonnet-4-6'"},
                   "the scenario's region 'us-west-2' is no source region of 'eu.' profiles, expected one such as "
                   "'eu-central-1' in the offer");
    expect_refused(&(parts){.offer = "'model': 'anthropic.claude-haiku-4-6'"},
                   "unknown model 'anthropic.claude-haiku-4-6'; did you mean 'anthropic.claude-haiku-4-5'?");
    expect_refused(&(parts){.offer = "'model': 'amazon.nova-pro-v1:0', 'tier': 'reserved'"},
                   "unknown tier 'reserved', expected standard, priority, flex or batch");
    expect_refused(&(parts){.offer = "'modle': 'amazon.nova-pro-v1:0'"},
                   "unknown key 'modle' in an offer; did you mean 'model'?");
    EXPECT_I64(errors.errors, 1);
    expect_refused(&(parts){.offer = ""}, "has no 'model', expected a model id, profile id, alias or ARN");
    EXPECT_I64(errors.errors, 1);
}

static void requirements(void)
{
    static const struct {
        const char *text, *error;
    } wrong[] = {
        {"'features': ['tools', 'tools']", "feature 'tools' is listed twice"},
        {"'regions': ['us-east-1', 'us-east-1']", "region 'us-east-1' is listed twice"},
        {"'regions': []", "is empty, expected a list of region codes"},
        {"'modalities': []", "is empty, expected a list of text, image, video, audio, pdf"},
        {"'modalities': 'text'", "is not a list of text, image, video, audio, pdf"},
        {"'context_tokens': 1.5", "1.5 is not a whole number of tokens"},
        {"'residency': ''", "unknown residency '', expected any, in_region, apac, jp, in, au, ca, us, eu or us-gov"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char workload[200];
        (void)snprintf(workload, sizeof workload, ", 'requirements': {%s}", wrong[i].text);
        expect_refused(&(parts){.workload = workload}, wrong[i].error);
    }
    sc_scenario_free(load(&(parts){.workload = ", 'requirements': {'features': []}"}));
}

/* ---- projects ---- */

static const char three_workloads[] =
    "{\"spendcast\": 1, \"name\": \"two\", \"horizon\": {\"start\": \"2026-11-22\", \"days\": 1}, \"projects\": ["
    "{\"id\": \"shop\", \"tags\": {\"team\": \"a\", \"env\": \"\"}, \"workloads\": ["
    "{\"id\": \"chat\", \"offer\": {\"model\": \"amazon.nova-pro\"}, \"volume\": {\"requests_per_day\": 1},"
    " \"tokens\": {\"input\": 1, \"output\": 1}},"
    "{\"id\": \"search\", \"offer\": {\"model\": \"amazon.nova-lite\"}, \"volume\": {\"requests_per_day\": 1},"
    " \"tokens\": {\"input\": 1, \"output\": 1}}]},"
    "{\"id\": \"desk\", \"tags\": {\"cost_center\": \"7\", \"team\": \"b\"}, \"workloads\": ["
    "{\"id\": \"chat\", \"offer\": {\"model\": \"amazon.nova-micro\"}, \"volume\": {\"requests_per_day\": 1},"
    " \"tokens\": {\"input\": 1, \"output\": 1}}]}]}";

static sc_scenario *load_three(void)
{
    sc_scenario *s = NULL;
    memset(&errors, 0, sizeof errors);
    EXPECT_I64(sc_scenario_parse("s.json", three_workloads, sizeof three_workloads - 1, card, &s, &errors), SC_OK);
    return s;
}

static void workloads_found(void)
{
    static const struct {
        const char *name;
        int found;
        const char *why;
    } cases[] = {
        {"search", 1, ""},
        {"shop/search", 1, ""},
        {"shop/chat", 0, ""},
        {"desk/chat", 2, ""},
        {"chat", -1, "workload 'chat' stands in 2 projects, expected PROJECT/WORKLOAD such as 'desk/chat'"},
        {"serch", -1, "unknown workload 'serch'; did you mean 'search'?"},
        {"shop/serch", -1, "unknown workload 'shop/serch'; did you mean 'shop/search'?"},
        {"summaries", -1, "unknown workload 'summaries', expected shop/chat, shop/search or desk/chat"},
        {"", -1, "unknown workload '', expected shop/chat, shop/search or desk/chat"},
        {"shop/", -1, "unknown workload 'shop/', expected shop/chat, shop/search or desk/chat"},
        {"sho/chat", -1, "unknown workload 'sho/chat'; did you mean 'shop/chat'?"},
    };
    sc_scenario *s = load_three();
    if (s == NULL)
        return;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char why[300] = "";
        EXPECT_I64(sc_scenario_find_workload(s, cases[i].name, why, sizeof why), cases[i].found);
        EXPECT_STR(why, cases[i].why);
    }
    EXPECT_STR(sc_scenario_name(s), "two");
    EXPECT_I64(sc_scenario_project_count(s), 2);
    EXPECT_STR(sc_scenario_project_id(s, 1), "desk");
    EXPECT_I64(sc_scenario_workload_count(s), 3);
    EXPECT_STR(sc_scenario_workload_id(s, 1), "search");
    EXPECT_I64(sc_scenario_workload_project(s, 1), 0);
    EXPECT_I64(sc_scenario_workload_project(s, 2), 1);
    EXPECT_STR(sc_scenario_workload_model(s, 2), "amazon.nova-micro");
    sc_scenario_free(s);
}

static void tags(void)
{
    sc_scenario *s = load_three();
    if (s == NULL)
        return;
    EXPECT_STR(sc_scenario_tag(s, 0, "team"), "a");
    EXPECT_STR(sc_scenario_tag(s, 0, "env"), "");
    EXPECT_STR(sc_scenario_tag(s, 0, "cost_center"), NULL);
    EXPECT_STR(sc_scenario_tag(s, 1, "cost_center"), "7");
    EXPECT_STR(sc_scenario_tag(s, 1, "Team"), NULL);
    if (EXPECT_I64(sc_scenario_tag_key_count(s), 3)) {
        EXPECT_STR(sc_scenario_tag_key(s, 0), "team");
        EXPECT_STR(sc_scenario_tag_key(s, 1), "env");
        EXPECT_STR(sc_scenario_tag_key(s, 2), "cost_center");
    }
    sc_scenario_free(s);
    expect_refused(&(parts){.project = "'tags': {'team': 7},"}, "is not a string, as the value of a tag must be");
}

static void horizons(void)
{
    static const struct {
        const char *text, *start, *end;
    } cases[] = {
        {"'start': '2026-11-22', 'days': 1", "2026-11-22", "2026-11-23"},
        {"'start': '2026-11-22', 'days': 3660", "2026-11-22", "2036-11-29"},
        {"'start': '2026-11-22', 'months': 3", "2026-11-22", "2027-02-22"},
        {"'months': 1, 'start': '2026-01-31'", "2026-01-31", "2026-02-28"},
        {"'start': '2028-01-31', 'months': 1", "2028-01-31", "2028-02-29"},
        {"'start': '2026-12-01', 'months': 120", "2026-12-01", "2036-12-01"},
    };
    static const struct {
        const char *text, *error;
    } wrong[] = {
        {"'start': '2026-11-22'", "has neither 'months' nor 'days', expected one of them"},
        {"'start': '2026-11-22', 'months': 1, 'days': 1", "has both 'months' and 'days', expected one of them"},
        {"'start': '2026-11-22', 'months': 1.5", "1.5 is not a whole number of months"},
        {"'start': '9999-12-31', 'days': 2", "ends after 9999-12-31, the last day of the calendar"},
        {"'start': '2026-11-22', 'days': 0", "0 is out of range, expected a whole number from 1 to 3660"},
        {"'start': '2026-11-31', 'days': 1", "'2026-11-31' is not a date, expected \"YYYY-MM-DD\""},
        {"'days': 1", "has no 'start', expected a date \"YYYY-MM-DD\""},
        {"'start': '2026-11-22', 'day': 1", "unknown key 'day' in a horizon; did you mean 'days'?"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_scenario *s = load(&(parts){.horizon = cases[i].text});
        sc_day start, end;
        char text[16];
        if (s == NULL)
            continue;
        sc_scenario_horizon(s, &start, &end);
        EXPECT_STR(sc_day_format(start, text), cases[i].start);
        EXPECT_STR(sc_day_format(end, text), cases[i].end);
        sc_scenario_free(s);
    }
    for (size_t i = 0; i < COUNT(wrong); i++) {
        expect_refused(&(parts){.horizon = wrong[i].text}, wrong[i].error);
        EXPECT_I64(errors.errors, 1);
    }
}

/* A budget keeps every digit, as text or as a JSON number that no double could hold. */
static void budgets(void)
{
    static const struct {
        const char *text, *usd;
        sc_budget_period period;
    } cases[] = {
        {"'usd': '9000', 'per': 'month'", "9000", SC_BUDGET_MONTH},
        {"'usd': '1234567890.1234567', 'per': 'quarter'", "1234567890.1234567", SC_BUDGET_QUARTER},
        {"'usd': 1234567890.1234567, 'per': 'quarter'", "1234567890.1234567", SC_BUDGET_QUARTER},
        {"'usd': 123456789012.345678901234567, 'per': 'horizon'", "123456789012.345678901234567", SC_BUDGET_HORIZON},
        {"'usd': 0.1, 'per': 'month'", "0.1", SC_BUDGET_MONTH},
        {"'usd': '0.000000000000001', 'per': 'month'", "0.000000000000001", SC_BUDGET_MONTH},
        {"'usd': 1000000000000, 'per': 'month'", "1000000000000", SC_BUDGET_MONTH},
    };
#define RANGE " is out of range, expected above 0 and up to 1e12 USD"
#define PLAIN " is not a plain decimal number, expected digits and perhaps a point, such as 9000.50"
    static const struct {
        const char *text, *error;
    } wrong[] = {
        {"'usd': '0', 'per': 'month'", "0" RANGE},
        {"'usd': -5, 'per': 'month'", "-5" RANGE},
        {"'usd': '$9000', 'per': 'month'", "'$9000'" PLAIN},
        {"'usd': '9,000', 'per': 'month'", "'9,000'" PLAIN},
        {"'usd': 1e3, 'per': 'month'", "'1e3'" PLAIN},
        {"'usd': '0.0000000000000001', 'per': 'month'", "'0.0000000000000001' has 16 decimals, expected at most 15"},
        {"'usd': '1000000000000.01', 'per': 'month'", "1000000000000.01" RANGE},
        {"'usd': true, 'per': 'month'", "is not an amount above 0 in USD, as a string or number"},
        {"'usd': '', 'per': 'month'", "is empty, expected an amount above 0 in USD, as a string or number"},
        {"'usd': '.5', 'per': 'month'", "'.5'" PLAIN},
        {"'usd': '9000'", "has no 'per', expected month, quarter or horizon"},
        {"'usd': '9000', 'per': 'months'", "unknown budget period 'months'; did you mean 'month'?"},
    };
    char project[200];
    for (size_t i = 0; i < COUNT(cases); i++) {
        (void)snprintf(project, sizeof project, "'budget': {%s},", cases[i].text);
        sc_scenario *s = load(&(parts){.project = project});
        char text[SC_DECIMAL_TEXT_MAX];
        if (s == NULL)
            continue;
        EXPECT_STR(sc_decimal_format_exact(s->projects[0].budget.limit, 15, 0, text), cases[i].usd);
        EXPECT_I64(s->projects[0].budget.period, cases[i].period);
        sc_scenario_free(s);
    }
    for (size_t i = 0; i < COUNT(wrong); i++) {
        (void)snprintf(project, sizeof project, "'budget': {%s},", wrong[i].text);
        expect_refused(&(parts){.project = project}, wrong[i].error);
    }
}

/* The first quota that holds for a place is the one. */
static void quotas(void)
{
    sc_scenario *s = load(&(parts){
        .top = "'quotas': [{'model': 'us.anthropic.claude-haiku-4-5', 'region': 'us-west-2', 'tokens_per_minute': 100},"
               "{'model': 'us.anthropic.claude-haiku-4-5', 'tokens_per_minute': 200, 'requests_per_minute': 7},"
               "{'model': '*', 'scope': 'global', 'tokens_per_day': 300},"
               "{'model': '*', 'endpoint': 'mantle', 'input_tokens_per_minute': 400}],"});
    if (s == NULL)
        return;
    const sc_model *haiku = s->workloads[0].ref.model, *other = sc_card_model(card, 0);
    const int west = sc_card_region_of(card, "us-west-2"), ohio = sc_card_region_of(card, "us-east-2");
    const struct {
        sc_buy buy;
        sc_endpoint endpoint;
        int quota; /* its place in the list, -1 = none */
    } cases[] = {
        {{haiku, west, SC_SCOPE_GEO, SC_TIER_STANDARD}, SC_ENDPOINT_RUNTIME, 0},
        {{haiku, ohio, SC_SCOPE_GEO, SC_TIER_STANDARD}, SC_ENDPOINT_RUNTIME, 1},
        {{haiku, ohio, SC_SCOPE_IN_REGION, SC_TIER_STANDARD}, SC_ENDPOINT_RUNTIME, -1},
        {{haiku, ohio, SC_SCOPE_GLOBAL, SC_TIER_STANDARD}, SC_ENDPOINT_RUNTIME, 2},
        {{other, ohio, SC_SCOPE_GEO, SC_TIER_STANDARD}, SC_ENDPOINT_RUNTIME, -1},
        {{other, ohio, SC_SCOPE_GEO, SC_TIER_STANDARD}, SC_ENDPOINT_MANTLE, 3},
    };
    EXPECT_I64(s->n_quotas, 4);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const sc_quota *q = sc_quota_for(s, &cases[i].buy, cases[i].endpoint);
        EXPECT_I64(q != NULL ? q - s->quotas : -1, cases[i].quota);
    }
    EXPECT_ABS(s->quotas[1].limit[SC_LIMIT_TOKENS], 200, 0);
    EXPECT_ABS(s->quotas[1].limit[SC_LIMIT_REQUESTS], 7, 0);
    EXPECT_ABS(s->quotas[1].limit[SC_LIMIT_DAY], 0, 0);
    EXPECT_ABS(s->quotas[2].limit[SC_LIMIT_DAY], 300, 0);
    EXPECT_ABS(s->quotas[3].limit[SC_LIMIT_INPUT], 400, 0);
    sc_scenario_free(s);
}

/* ---- documentation and samples ---- */

static void keys_documented(void)
{
    static sc_scenario_key keys[MAX_KEYS];
    size_t n = sc_scenario_keys(keys, MAX_KEYS), size;
    char *readme = NULL;
    EXPECT_TRUE(n > 50 && n < MAX_KEYS);
    EXPECT_I64(sc_scenario_keys(NULL, 0), n);
    if (!EXPECT_I64(sc_file_read("scenarios/README.md", (size_t)1 << 20, &readme, &size, NULL), SC_OK))
        return;
    for (size_t i = 0; i < n; i++) {
        char quoted[100];
        (void)snprintf(quoted, sizeof quoted, "`%s`", keys[i].key);
        if (!EXPECT_TRUE(strstr(readme, quoted) != NULL))
            (void)fprintf(stderr, "  scenarios/README.md has no %s (of %s)\n", quoted, keys[i].object);
        EXPECT_TRUE(keys[i].type[0] != '\0' && keys[i].fallback[0] != '\0' && keys[i].help[0] != '\0');
        for (size_t k = 0; k < i; k++)
            EXPECT_TRUE(strcmp(keys[k].object, keys[i].object) != 0 || strcmp(keys[k].key, keys[i].key) != 0);
    }
    sc_free(readme);
}

static void samples_load(void)
{
    char **names = NULL;
    size_t n = 0;
    if (!EXPECT_I64(sc_file_list("scenarios", ".json", &names, &n, NULL), SC_OK))
        return;
    EXPECT_TRUE(n >= 2);
    for (size_t i = 0; i < n; i++) {
        char path[300];
        sc_scenario *s = NULL;
        (void)snprintf(path, sizeof path, "scenarios/%s", names[i]);
        memset(&errors, 0, sizeof errors);
        if (!EXPECT_I64(sc_scenario_load(path, card, &s, &errors), SC_OK) || !EXPECT_I64(errors.count, 0)) {
            (void)fprintf(stderr, "  %s:%d: %s\n", path, errors.item[0].line, errors.item[0].text);
            continue;
        }
        EXPECT_TRUE(sc_scenario_name(s)[0] != '\0' && sc_scenario_workload_count(s) > 0);
        EXPECT_I64(strlen(sc_scenario_hash(s)), 64);
        sc_scenario_free(s);
    }
    sc_free(names);
}

static void not_scenarios(void)
{
    static const struct {
        const char *text, *error;
        int line, column;
    } cases[] = {
        {"[]", "is not an object, expected {...} with the keys of a scenario", 1, 1},
        {"{}", "has no 'spendcast', expected 1, the version of the format", 1, 1},
        {"{\"spendcast\": 2}", "is not 1, the version of the format", 1, 15},
        {"{\n  \"spendcats\": 1}", "unknown key 'spendcats' in a scenario; did you mean 'spendcast'?", 2, 3},
        {"{\"spendcast\": 1, \"projects\": []}", "has no 'horizon', expected an object", 1, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_scenario *s = NULL;
        memset(&errors, 0, sizeof errors);
        EXPECT_I64(sc_scenario_parse("s.json", cases[i].text, strlen(cases[i].text), card, &s, &errors), SC_E_INPUT);
        EXPECT_STR(errors.item[0].text, cases[i].error);
        EXPECT_I64(errors.item[0].line, cases[i].line);
        EXPECT_I64(errors.item[0].column, cases[i].column);
        EXPECT_TRUE(s == NULL);
    }
    sc_scenario *s = NULL;
    EXPECT_I64(sc_scenario_load("scenarios/none.json", card, &s, &errors), SC_E_IO);
    sc_scenario_free(NULL);
}

/* Whichever allocation fails, parsing says so and leaves nothing behind, or does without it. */
static void out_of_memory(void)
{
    uint64_t n = 0, made;
    do {
        sc_scenario *s = NULL;
        memset(&errors, 0, sizeof errors);
        (void)sc_alloc_fail_at(++n);
        sc_code code = sc_scenario_parse("s.json", three_workloads, sizeof three_workloads - 1, card, &s, &errors);
        made = sc_alloc_fail_at(0);
        EXPECT_TRUE(code == SC_OK || (code == SC_E_MEMORY && s == NULL));
        if (code == SC_OK)
            EXPECT_TRUE(s->n_workloads == 3 && s->n_tag_keys == 3 && strcmp(s->workloads[2].id, "chat") == 0);
        sc_scenario_free(s);
    } while (made >= n && n < 10000);
    EXPECT_TRUE(n > 20 && n < 10000);
}

CU_ErrorCode test_scenario_register(void)
{
    CU_pSuite suite = CU_add_suite("scenario", load_card, free_card);
    if (suite == NULL || CU_add_test(suite, "defaults", defaults) == NULL ||
        CU_add_test(suite, "settings", settings) == NULL || CU_add_test(suite, "values set", set_values) == NULL ||
        CU_add_test(suite, "loadings", loadings) == NULL || CU_add_test(suite, "flat week", flat_week) == NULL ||
        CU_add_test(suite, "limits of the model", truncation) == NULL ||
        CU_add_test(suite, "wrong distributions", wrong_distributions) == NULL ||
        CU_add_test(suite, "offers", offers) == NULL || CU_add_test(suite, "requirements", requirements) == NULL ||
        CU_add_test(suite, "workloads by name", workloads_found) == NULL || CU_add_test(suite, "tags", tags) == NULL ||
        CU_add_test(suite, "horizons", horizons) == NULL || CU_add_test(suite, "budgets", budgets) == NULL ||
        CU_add_test(suite, "quotas", quotas) == NULL ||
        CU_add_test(suite, "keys in the README", keys_documented) == NULL ||
        CU_add_test(suite, "samples", samples_load) == NULL ||
        CU_add_test(suite, "not a scenario", not_scenarios) == NULL ||
        CU_add_test(suite, "out of memory", out_of_memory) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}
