/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_load.c - the objects of a scenario as tables of keys, and the way from a file to a scenario. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "io/file.h"
#include "scenario/read_conversation.h"
#include "scenario/read_policy.h"
#include "scenario/read_quota.h"
#include "scenario/read_value.h"
#include "stats/elementary.h"

#define MAX_SCENARIO_BYTES ((size_t)64 << 20)
#define MAX_HORIZON_DAYS 3660
#define FORMAT_VERSION 1

static void read_version(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    (void)target;
    if (node != NULL && (!cJSON_IsNumber(node) || node->valuedouble != FORMAT_VERSION))
        READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
}

/* ---- the objects, innermost first ---- */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define AT(type, member) offsetof(type, member)

static const sc_field loading_fields[] = {
    {"organisation", "a number from -1 to 1", "0", "", "share of its variation that moves with the whole organisation",
     sc_read_real, AT(sc_loadings, of[SC_FACTOR_ORGANISATION]), -1, 1, 0, 0},
    {"project", "a number from -1 to 1", "0", "", "the same for the project", sc_read_real,
     AT(sc_loadings, of[SC_FACTOR_PROJECT]), -1, 1, 0, 0},
    {"workload", "a number from -1 to 1", "0", "", "the same for the workload", sc_read_real,
     AT(sc_loadings, of[SC_FACTOR_WORKLOAD]), -1, 1, 0, 0},
};

static void read_loading(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_loadings *l = target;
    if (node == NULL) { /* keeps what is there: the built-in or the scenario's default */
        char text[120];
        snprintf(text, sizeof text, "organisation %.15g, project %.15g, workload %.15g", l->of[0], l->of[1], l->of[2]);
        sc_reader_record(r, f, text, 1);
        return;
    }
    sc_read_nested(r, node, f, "a loading", loading_fields, COUNT(loading_fields), l);
    if (l->of[0] * l->of[0] + l->of[1] * l->of[1] + l->of[2] * l->of[2] > 1.0 + 1e-12)
        READ_ERROR(r, node, SC_JSON_VALUE, "squares of the loadings add up to more than 1");
}

#define LOADING(param, key)                                                                                     \
    {                                                                                                           \
        key, "an object of loadings", "see below", "", "what moves " key " together with others", read_loading, \
            (param) * sizeof(sc_loadings), 0, 0, 0, 0                                                           \
    }
static const sc_field loadings_fields[] = {
    LOADING(SC_PARAM_REQUESTS, "requests_per_day"), LOADING(SC_PARAM_GROWTH, "growth_per_month"),
    LOADING(SC_PARAM_INPUT_SCALE, "input_scale"),   LOADING(SC_PARAM_OUTPUT_SCALE, "output_scale"),
    LOADING(SC_PARAM_BATCHABLE, "batchable_share"),
};

static void read_loadings(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    int recording = r->recording;
    size_t len = sc_reader_push(r, f->key);
    /* A workload without loadings has the scenario's, which are recorded once. */
    r->recording = recording && (node != NULL || r->workload == NULL);
    sc_read_object(r, node, "a set of loadings", loadings_fields, COUNT(loadings_fields), target);
    r->recording = recording;
    sc_reader_pop(r, len);
}

typedef struct offer_text {
    const char *model;
    int region, scope;
    sc_tier tier;
} offer_text;

static void read_model(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_read_text(r, node, f, target);
    if (node != NULL)
        sc_reader_record_node(r, f, node);
}

static const sc_field offer_fields[] = {
    {"model", "a model id, profile id, alias or ARN", REQUIRED, "", "the model bought today", read_model,
     AT(offer_text, model), 0, 0, 0, 0},
    {"region", "a region code", "as the model id or the scenario says", "", "source region of the calls",
     sc_read_region, AT(offer_text, region), 0, 0, 0, 0},
    {"scope", "in_region, geo or global", "as the model id says", "", "routing scope", sc_read_scope,
     AT(offer_text, scope), 0, 0, 0, 0},
    {"tier", "standard, priority, flex or batch", "standard", "", "service tier", sc_read_tier, AT(offer_text, tier), 0,
     0, 0, 0},
};

static void read_offer(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const sc_card *card = r->s->card;
    sc_workload *w = target;
    offer_text o = {NULL, -1, -1, SC_TIER_STANDARD};
    char why[400];
    sc_read_nested(r, node, f, "an offer", offer_fields, COUNT(offer_fields), &o);
    w->ref.model = NULL;
    if (o.model == NULL || o.model[0] == '\0')
        return;
    w->model_text = o.model;
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(node, "model");
    if (sc_card_resolve(card, o.model, &w->ref, why, sizeof why) != SC_OK) {
        READ_ERROR(r, at, SC_JSON_VALUE, "%s", why);
        return;
    }
    /* What nobody states is chosen by the prefix' group and where the model is sold. */
    const int stated = o.region >= 0 ? o.region : w->ref.region >= 0 ? w->ref.region : r->region;
    const sc_scope scope = o.scope >= 0 ? (sc_scope)o.scope : w->ref.scope;
    const int picked = sc_card_pick_region(card, &w->ref, scope, o.tier, -1, r->s->start, NULL);
    w->buy = (sc_buy){w->ref.model, stated >= 0 ? stated : picked, scope, o.tier};
    w->ref.region = w->buy.region;
    if (sc_card_region_serves(card, w->buy.region, w->ref.geo))
        return;
    const cJSON *here = cJSON_GetObjectItemCaseSensitive(node, "region");
    READ_ERROR(r, here != NULL ? here : at, SC_JSON_VALUE,
               "%sregion '%s' is no source region of '%s.' profiles, expected one such as '%s'%s",
               here != NULL ? "" : "the scenario's ", sc_card_region(card, (size_t)w->buy.region)->code,
               sc_card_geo_name(card, w->ref.geo), sc_card_region(card, (size_t)picked)->code,
               here != NULL ? "" : " in the offer");
}

static const sc_field swings_fields[] = {
    {"cv", "a number from 0 to 5", "0", "", "variation of volume by busy and quiet spells (lognormal, mean 1)",
     sc_read_real, AT(sc_swings, cv), 0, 5, 0, 0},
    {"half_life", "a number from 0.1 to 3660", "7", "days", "time in which half of a spell fades, of its logarithm",
     sc_read_real, AT(sc_swings, half_life), 0.1, 3660, 7, 0},
};

static void read_swings(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_read_nested(r, node, f, "a set of swings", swings_fields, COUNT(swings_fields), target);
}

static const sc_field volume_fields[] = {
    {"requests_per_day", "a positive number or distribution", REQUIRED, "requests a day",
     "average over a week at the start of the horizon", sc_read_uncertain, AT(sc_workload, param[SC_PARAM_REQUESTS]), 0,
     0, 1, SC_ROLE_POSITIVE},
    {"growth_per_month", "growth above -1 or a distribution", "0", "share a month",
     "compound growth: 0.05 is 5 % a month", sc_read_uncertain, AT(sc_workload, param[SC_PARAM_GROWTH]), 0, 0, 1,
     SC_ROLE_GROWTH},
    {"weekday", "a list of seven weights, Monday first", "[1,1,1,1,1,1,1]", "", "pattern of the week, scaled to mean 1",
     sc_read_weekday, AT(sc_workload, weekday), 0, 0, 0, 0},
    {"day_cv", "a number from 0 to 5", "0.1", "", "variation of a day's expected volume (lognormal, mean 1)",
     sc_read_real, AT(sc_workload, day_cv), 0, 5, 0.1, 0},
    {"swings", "an object", "its defaults", "", "busy and quiet spells that last for days", read_swings,
     AT(sc_workload, swings), 0, 0, 0, 0},
    {"wander_per_month", "a number from 0 to 5", "0", "",
     "variation of the level a month from the start; grows with the root of time", sc_read_real,
     AT(sc_workload, wander), 0, 5, 0, 0},
    {"burstiness", "a number, 0 or from 1 to 30", "1", "",
     "coefficient of variation of the gaps between requests: 0 evenly spaced, 1 Poisson", sc_read_burstiness,
     AT(sc_workload, burstiness), 0, 30, 1, 0},
    {"peak_factor", "a number from 1 to 24", "3", "", "rate of a day's busiest hour over the mean rate of the day",
     sc_read_real, AT(sc_workload, peak_factor), 1, 24, 3, 0},
};

static void read_volume(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_read_nested(r, node, f, "a volume", volume_fields, COUNT(volume_fields), target);
}

static const sc_field tokens_fields[] = {
    {"input", "a number of tokens or a distribution", REQUIRED, "tokens a request", "input beyond the cached prefix",
     sc_read_request_tokens, AT(sc_workload, input), 0, 0, 0, SC_ROLE_TOKENS},
    {"output", "a number of tokens or a distribution", REQUIRED, "tokens a request", "output, reasoning included",
     sc_read_request_tokens, AT(sc_workload, output), 0, 0, 0, SC_ROLE_TOKENS},
    {"correlation", "a number from -0.99 to 0.99", "0", "", "of the normal scores of input and output", sc_read_real,
     AT(sc_workload, correlation), -0.99, 0.99, 0, 0},
    {"input_scale", "a positive number or distribution", "1", "", "uncertainty about the level of input",
     sc_read_uncertain, AT(sc_workload, param[SC_PARAM_INPUT_SCALE]), 0, 0, 1, SC_ROLE_POSITIVE},
    {"output_scale", "a positive number or distribution", "1", "", "uncertainty about the level of output",
     sc_read_uncertain, AT(sc_workload, param[SC_PARAM_OUTPUT_SCALE]), 0, 0, 1, SC_ROLE_POSITIVE},
    {"max_tokens_asked", "a whole number from 1 to 1e8", "the model's most", "tokens a request",
     "output that requests ask for (max_tokens): quota is held for all of it", sc_read_max_tokens,
     AT(sc_workload, max_tokens), 1, 1e8, 0, 0},
};

static void read_tokens(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_read_nested(r, node, f, "a set of tokens", tokens_fields, COUNT(tokens_fields), target);
}

static const sc_field cache_fields[] = {
    {"prefix_tokens", "a number from 0 to 1e7", "0", "tokens a request",
     "start of the prompt that requests of one key share", sc_read_real, AT(sc_workload, prefix_tokens), 0, 1e7, 0, 0},
    {"keys", "a number from 1 to 1e9", "1", "", "distinct prefixes in use at a time (tenants, documents, sessions)",
     sc_read_real, AT(sc_workload, keys), 1, 1e9, 1, 0},
    {"requests_per_key", "a number from 0.001 to 1e9", NO_DEFAULT, "requests a day",
     "of one key, in place of 'keys': there are more of them the more requests there are", sc_read_per_key,
     AT(sc_workload, per_key), 0.001, 1e9, 0, 0},
    {"ttl", "none, 5m, 30m or 1h", "none", "", "lifetime asked for today; each hit renews it", sc_read_ttl,
     AT(sc_workload, ttl), 0, 0, 0, 0},
    {"writes", "misses or unknown", "misses", "",
     "what written tokens are; unknown: new turns perhaps, which a longer lifetime does not save", sc_read_writes,
     AT(sc_workload, writes), 0, 0, 0, 0},
};

static void read_cache(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_read_nested(r, node, f, "a cache", cache_fields, COUNT(cache_fields), target);
    const cJSON *keys = cJSON_GetObjectItemCaseSensitive(node, "keys");
    if (keys != NULL && cJSON_GetObjectItemCaseSensitive(node, "requests_per_key") != NULL)
        READ_ERROR(r, keys, SC_JSON_KEY, "stands beside 'requests_per_key', expected one of them");
}

static const sc_field needs_fields[] = {
    {"context_tokens", "a whole number from 0 to 1e8", "0", "tokens",
     "context window needed; 0: what 99.9 % of requests need", sc_read_count, AT(sc_requirements, context_tokens), 0,
     1e8, 0, 0},
    {"max_output_tokens", "a whole number from 0 to 1e8", "0", "tokens",
     "output limit needed; 0: what 99.9 % of requests need", sc_read_count, AT(sc_requirements, max_output_tokens), 0,
     1e8, 0, 0},
    {"latency_ms", "a whole number from 0 to 1e7", "0", "milliseconds", "most that a request may take; 0: no limit",
     sc_read_count, AT(sc_requirements, latency_ms), 0, 1e7, 0, 0},
    {"modalities", "a list of text, image, video, audio, pdf", "[\"text\"]", "", "inputs the model must take",
     sc_read_modalities, AT(sc_requirements, modalities), 0, 0, 0, 0},
    {"features", "a list of tools, reasoning, vision, prompt_caching, structured_output", "[]", "",
     "features the model must have", sc_read_features, AT(sc_requirements, features), 0, 0, 0, 0},
    {"regions", "a list of region codes", "the offer's region", "", "regions another offer may be called from",
     sc_read_regions, AT(sc_requirements, regions), 0, 0, 0, 0},
    {"residency", "any, in_region or a profile group such as us", "any", "", "where requests may be processed",
     sc_read_residency, AT(sc_requirements, residency), 0, 0, 0, 0},
};

static void read_needs(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_read_nested(r, node, f, "a set of requirements", needs_fields, COUNT(needs_fields), target);
}

static const sc_field workload_fields[] = {
    {"id", "a name without '/'", REQUIRED, "", "name, unique in its project", sc_read_id, AT(sc_workload, id), 0, 0, 0,
     0},
    {"offer", "an object", REQUIRED, "", "how the workload is bought today", read_offer, 0, 0, 0, 0, 0},
    {"volume", "an object", REQUIRED, "", "how many requests", read_volume, 0, 0, 0, 0, 0},
    {"cache", "an object", "its defaults", "", "prompt caching", read_cache, 0, 0, 0, 0, 0},
    {"tokens", "an object", REQUIRED, "", "how large one request is", read_tokens, 0, 0, 0, 0, 0},
    {"conversation", "an object", NO_DEFAULT, "", "requests that carry the turns before them", sc_read_conversation, 0,
     0, 0, 0, 0},
    {"batchable_share", "a share from 0 to 1 or a distribution", "0", "share of requests",
     "requests that can wait for batch or flex", sc_read_uncertain, AT(sc_workload, param[SC_PARAM_BATCHABLE]), 0, 0, 0,
     SC_ROLE_SHARE},
    {"retries", "a share from 0 to 0.9 or a distribution", "0", "share of requests",
     "requests that fail, are billed, and are sent and billed again", sc_read_uncertain,
     AT(sc_workload, param[SC_PARAM_RETRIES]), 0, 0, 0, SC_ROLE_RETRIES},
    {"requirements", "an object", "its defaults", "", "what another model must offer", read_needs,
     AT(sc_workload, needs), 0, 0, 0, 0},
    {"loadings", "an object", "the scenario's", "", "what moves together", read_loadings, AT(sc_workload, loadings), 0,
     0, 0, 0},
};

/* Two objects of a list have the same id. */
static void report_twice(sc_reader *r, const char *what, const cJSON *object, const cJSON *first)
{
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(object, "id");
    const sc_place place = sc_json_place(r->doc, cJSON_GetObjectItemCaseSensitive(first, "id"), SC_JSON_VALUE, NULL, 0);
    int line = 1;
    /* Counting lines for errors that are dropped would make a long list of them slow. */
    for (size_t i = 0; r->errors->count < SC_ERRORS_MAX && i < place.offset; i++)
        line += place.text[i] == '\n';
    READ_ERROR(r, id, SC_JSON_VALUE, "%s '%s' is listed twice, first on line %d", what, id->valuestring, line);
}

static void read_workloads(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_project *p = target;
    sc_scenario *s = r->s;
    p->first_workload = s->n_workloads;
    if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) == 0) {
        if (node != NULL)
            READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
        return;
    }
    size_t outer = sc_reader_push(r, f->key);
    for (const cJSON *c = node->child; c != NULL; c = c->next) {
        sc_workload *w = &s->workloads[s->n_workloads++];
        char index[24];
        snprintf(index, sizeof index, "%zu", p->n_workloads);
        size_t len = sc_reader_push(r, index);
        w->project = (size_t)(p - s->projects);
        memcpy(w->loadings, s->loadings, sizeof w->loadings);
        r->workload = w;
        sc_read_object(r, c, "a workload", workload_fields, COUNT(workload_fields), w);
        r->workload = NULL;
        if (w->needs.regions == 0 && w->ref.model != NULL)
            w->needs.regions = UINT64_C(1) << w->buy.region;
        for (size_t i = 0; w->id[0] != '\0' && i < p->n_workloads; i++) {
            if (strcmp(s->workloads[p->first_workload + i].id, w->id) == 0) {
                report_twice(r, "workload", c, cJSON_GetArrayItem(node, (int)i));
                break;
            }
        }
        p->n_workloads++;
        sc_reader_pop(r, len);
    }
    sc_reader_pop(r, outer);
}

static void read_tags(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_project *p = target;
    if (node == NULL)
        return;
    if (!cJSON_IsObject(node)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
        return;
    }
    sc_tag *tags = sc_reader_keep_array(r, (size_t)cJSON_GetArraySize(node), sizeof *tags);
    for (const cJSON *c = node->child; c != NULL && tags != NULL; c = c->next) {
        if (!cJSON_IsString(c)) {
            READ_ERROR(r, c, SC_JSON_VALUE, "is not a string, as the value of a tag must be");
            continue;
        }
        tags[p->n_tags++] = (sc_tag){sc_reader_keep(r, c->string), sc_reader_keep(r, c->valuestring)};
    }
    p->tags = tags;
}

static const sc_field budget_fields[] = {
    {"usd", "an amount above 0 in USD, as a string or number", REQUIRED, "USD", "the limit, read exactly", sc_read_usd,
     AT(sc_budget, limit), 0, 0, 0, 0},
    {"per", "month, quarter or horizon", REQUIRED, "", "the calendar period it holds for", sc_read_budget_period,
     AT(sc_budget, period), 0, 0, 0, 0},
};

static void read_budget(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    if (node == NULL)
        return;
    sc_read_nested(r, node, f, "a budget", budget_fields, COUNT(budget_fields), target);
}

static const sc_field project_fields[] = {
    {"id", "a name without '/'", REQUIRED, "", "name, unique in the scenario", sc_read_id, AT(sc_project, id), 0, 0, 0,
     0},
    {"name", "a text", NO_DEFAULT, "", "longer name, for people", sc_read_text, AT(sc_project, name), 0, 0, 0, 0},
    {"tags", "an object of strings", NO_DEFAULT, "",
     "cost allocation tags (team, product, environment, cost_center ...)", read_tags, 0, 0, 0, 0, 0},
    {"budget", "an object", NO_DEFAULT, "", "limit of the project's spend", read_budget, AT(sc_project, budget), 0, 0,
     0, 0},
    {"workloads", "a list of at least one workload", REQUIRED, "", "streams of similar requests", read_workloads, 0, 0,
     0, 0, 0},
};

static void read_projects(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_scenario *s = target;
    size_t projects = 0, workloads = 0;
    if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) == 0) {
        if (node != NULL)
            READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
        return;
    }
    for (const cJSON *c = node->child; c != NULL; c = c->next) {
        const cJSON *list = cJSON_GetObjectItemCaseSensitive(c, "workloads");
        projects++;
        workloads += cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
    }
    s->projects = sc_reader_keep_array(r, projects, sizeof *s->projects);
    s->workloads = sc_reader_keep_array(r, workloads, sizeof *s->workloads);
    if (s->projects == NULL || s->workloads == NULL)
        return;
    size_t outer = sc_reader_push(r, f->key);
    for (const cJSON *c = node->child; c != NULL; c = c->next) {
        sc_project *p = &s->projects[s->n_projects++];
        char index[24];
        snprintf(index, sizeof index, "%zu", s->n_projects - 1);
        size_t len = sc_reader_push(r, index);
        sc_read_object(r, c, "a project", project_fields, COUNT(project_fields), p);
        for (size_t i = 0; p->id[0] != '\0' && i + 1 < s->n_projects; i++) {
            if (strcmp(s->projects[i].id, p->id) == 0) {
                report_twice(r, "project", c, cJSON_GetArrayItem(node, (int)i));
                break;
            }
        }
        sc_reader_pop(r, len);
    }
    sc_reader_pop(r, outer);
}

typedef struct horizon_text {
    sc_day start;
    int64_t months, days;
} horizon_text;

static const sc_field horizon_fields[] = {
    {"start", "a date \"YYYY-MM-DD\"", REQUIRED, "", "first day", sc_read_day, AT(horizon_text, start), 0, 0, 0, 0},
    {"months", "a whole number from 1 to 120", NO_DEFAULT, "months", "length; give this or days", sc_read_count,
     AT(horizon_text, months), 1, 120, 0, 0},
    {"days", "a whole number from 1 to 3660", NO_DEFAULT, "days", "length; give this or months", sc_read_count,
     AT(horizon_text, days), 1, MAX_HORIZON_DAYS, 0, 0},
};

static void read_horizon(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_scenario *s = target;
    horizon_text h = {0, 0, 0};
    int errors_before = r->errors->errors;
    sc_read_nested(r, node, f, "a horizon", horizon_fields, COUNT(horizon_fields), &h);
    s->start = h.start;
    s->end = h.months > 0 ? sc_day_add_months(h.start, (int)h.months) : h.start + (sc_day)h.days;
    if (node == NULL || r->errors->errors != errors_before)
        return;
    if (h.months > 0 && h.days > 0)
        READ_ERROR(r, node, SC_JSON_VALUE, "has both 'months' and 'days', expected one of them");
    else if (h.months == 0 && h.days == 0)
        READ_ERROR(r, node, SC_JSON_VALUE, "has neither 'months' nor 'days', expected one of them");
    else if (s->end > sc_day_of(10000, 1, 1))
        READ_ERROR(r, node, SC_JSON_VALUE, "ends after 9999-12-31, the last day of the calendar");
}

static void read_default_region(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_read_region(r, node, f, &r->region);
    *(int *)target = r->region >= 0 ? r->region : sc_card_default_region(r->s->card);
}

static const sc_field switching_fields[] = {
    {"verbosity", "a positive number or distribution", "{\"p10\": 0.7, \"p90\": 1.4}", "",
     "length of another model's answers to the same requests, relative to today's, apart from its tokenizer",
     sc_read_uncertain, AT(sc_scenario, verbosity), 0, 0, 1, SC_ROLE_POSITIVE},
    {"effort_days", "an object", "its defaults", "", "work that a change takes", sc_read_effort,
     AT(sc_scenario, effort_days), 0, 0, 0, 0},
    {"day_usd", "a number from 0 to 1e6", "0", "USD", "what a person-day costs; 0: not stated", sc_read_real,
     AT(sc_scenario, day_usd), 0, 1e6, 0, 0},
};

static void read_switching(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_scenario *s = target;
    sc_read_nested(r, node, f, "a switching", switching_fields, COUNT(switching_fields), s);
    if (node == NULL || cJSON_GetObjectItemCaseSensitive(node, "verbosity") == NULL)
        (void)sc_dist_lognormal_quantiles(&s->verbosity, 0.1, 0.7, 0.9, 1.4, SC_INF);
}

static const sc_field scenario_fields[] = {
    {"spendcast", "1, the version of the format", REQUIRED, "", "marks the file as a scenario", read_version, 0, 0, 0,
     0, 0},
    {"name", "a text", NO_DEFAULT, "", "heads reports", sc_read_text, AT(sc_scenario, name), 0, 0, 0, 0},
    {"horizon", "an object", REQUIRED, "", "the days to simulate", read_horizon, 0, 0, 0, 0, 0},
    {"region", "a region code", "us-east-2", "", "source region of workloads that name none", read_default_region,
     AT(sc_scenario, region), 0, 0, 0, 0},
    {"switching", "an object", "its defaults", "", "what changes with the model, and what a change costs",
     read_switching, 0, 0, 0, 0, 0},
    {"policy", "an object", "its defaults", "", "which providers and models may be used", sc_read_policy,
     AT(sc_scenario, policy), 0, 0, 0, 0},
    {"loadings", "an object", "its defaults", "", "what moves together, unless a workload says otherwise",
     read_loadings, AT(sc_scenario, loadings), 0, 0, 0, 0},
    {"quotas", "a list of quotas", NO_DEFAULT, "", "what the account may use a minute or a day", sc_read_quotas, 0, 0,
     0, 0, 0},
    {"projects", "a list of at least one project", REQUIRED, "", "who spends", read_projects, 0, 0, 0, 0, 0},
};

/* What moves together unless the scenario says otherwise: volumes of an organisation rise and fall together, the length
 * of prompts hardly does.  Judgement, to be replaced by the user's own. */
static const sc_loadings default_loadings[SC_PARAMS] = {
    [SC_PARAM_REQUESTS] = {{0.3, 0.4, 0.3}},    [SC_PARAM_GROWTH] = {{0.4, 0.4, 0.0}},
    [SC_PARAM_INPUT_SCALE] = {{0.0, 0.2, 0.4}}, [SC_PARAM_OUTPUT_SCALE] = {{0.0, 0.2, 0.4}},
    [SC_PARAM_BATCHABLE] = {{0.0, 0.0, 0.0}},
};

static void collect_tag_keys(sc_reader *r)
{
    sc_scenario *s = r->s;
    size_t cap = 0;
    for (size_t p = 0; p < s->n_projects; p++)
        cap += s->projects[p].n_tags;
    s->tag_keys = sc_reader_keep_array(r, cap, sizeof *s->tag_keys);
    for (size_t p = 0; s->tag_keys != NULL && p < s->n_projects; p++) {
        for (size_t t = 0; t < s->projects[p].n_tags; t++) {
            const char *key = s->projects[p].tags[t].key;
            size_t i = 0;
            while (i < s->n_tag_keys && strcmp(s->tag_keys[i], key) != 0)
                i++;
            if (i == s->n_tag_keys)
                s->tag_keys[s->n_tag_keys++] = key;
        }
    }
}

sc_code sc_scenario_parse(const char *name, const char *text, size_t size, const sc_card *card, sc_scenario **out,
                          sc_errors *errors)
{
    sc_errors local = {0};
    sc_json_doc *doc = NULL;
    if (errors == NULL)
        errors = &local;
    *out = NULL;
    int errors_before = errors->errors;
    sc_code code = sc_json_parse(name, text, size, &doc, errors);
    if (code != SC_OK)
        return code;
    sc_scenario *s = SC_NEW(sc_scenario);
    if (s == NULL) {
        sc_json_free(doc);
        return SC_E_MEMORY;
    }
    sc_reader r = {.s = s, .doc = doc, .errors = errors, .region = -1, .recording = 1};
    s->card = card;
    s->region = sc_card_default_region(card);
    memcpy(s->loadings, default_loadings, sizeof s->loadings);
    sc_sha256_hex(text, size, s->hash);
    sc_read_object(&r, sc_json_root(doc), "a scenario", scenario_fields, COUNT(scenario_fields), s);
    if (!cJSON_IsObject(sc_json_root(doc)) && errors->errors == errors_before)
        READ_ERROR(&r, sc_json_root(doc), SC_JSON_VALUE, "is not a scenario");
    if (r.failed == SC_OK)
        collect_tag_keys(&r);
    sc_strbuf_release(&r.path);
    sc_json_free(doc);
    code = r.failed != SC_OK ? r.failed : errors->errors != errors_before ? SC_E_INPUT : SC_OK;
    if (code != SC_OK) {
        sc_scenario_free(s);
        return code;
    }
    *out = s;
    return SC_OK;
}

sc_code sc_scenario_load(const char *path, const sc_card *card, sc_scenario **out, sc_errors *errors)
{
    char *text = NULL;
    size_t size = 0;
    *out = NULL;
    sc_code code = sc_file_read(path, MAX_SCENARIO_BYTES, &text, &size, errors);
    if (code == SC_OK)
        code = sc_scenario_parse(strcmp(path, "-") == 0 ? "<stdin>" : path, text, size, card, out, errors);
    sc_free(text);
    return code;
}

void sc_scenario_free(sc_scenario *s)
{
    if (s == NULL)
        return;
    sc_free(s->settings);
    sc_arena_release(&s->arena);
    sc_free(s);
}

/* ---- the keys as documentation ---- */

size_t sc_scenario_keys(sc_scenario_key *keys, size_t max)
{
    const struct {
        const char *object;
        const sc_field *fields;
        size_t n;
    } objects[] = {
        {"scenario", scenario_fields, COUNT(scenario_fields)},
        {"horizon", horizon_fields, COUNT(horizon_fields)},
        {"switching", switching_fields, COUNT(switching_fields)},
        {"effort_days", sc_effort_fields, sc_effort_n_fields},
        {"policy", sc_policy_fields, sc_policy_n_fields},
        {"loadings", loadings_fields, COUNT(loadings_fields)},
        {"loading", loading_fields, COUNT(loading_fields)},
        {"project", project_fields, COUNT(project_fields)},
        {"budget", budget_fields, COUNT(budget_fields)},
        {"workload", workload_fields, COUNT(workload_fields)},
        {"offer", offer_fields, COUNT(offer_fields)},
        {"volume", volume_fields, COUNT(volume_fields)},
        {"swings", swings_fields, COUNT(swings_fields)},
        {"cache", cache_fields, COUNT(cache_fields)},
        {"tokens", tokens_fields, COUNT(tokens_fields)},
        {"conversation", sc_conversation_fields, sc_conversation_n_fields},
        {"requirements", needs_fields, COUNT(needs_fields)},
        {"quota", sc_quota_fields, SC_QUOTA_FIELDS},
    };
    size_t n = 0;
    for (size_t o = 0; o < COUNT(objects); o++) {
        for (size_t i = 0; i < objects[o].n; i++, n++) {
            const sc_field *f = &objects[o].fields[i];
            if (n < max)
                keys[n] = (sc_scenario_key){objects[o].object, f->key, f->type, f->fallback, f->unit, f->help};
        }
    }
    return n;
}
