/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_quota.c - the quotas of a scenario, from their JSON. */
#include "scenario/read_quota.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenario/read_value.h"

#define AT(member) offsetof(sc_quota, member)
#define MOST 1e15 /* tokens or requests */

static void read_quota_model(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_quota *q = target;
    sc_model_ref ref = {0};
    char why[400];
    const char *text = node != NULL ? sc_read_string(r, node, f) : NULL;
    if (text == NULL)
        return;
    if (strcmp(text, "*") != 0) {
        if (sc_card_resolve(r->s->card, text, &ref, why, sizeof why) != SC_OK) {
            READ_ERROR(r, node, SC_JSON_VALUE, "%s", why);
            return;
        }
        q->model = ref.model;
        q->region = ref.region;
        q->scope = (int)ref.scope;
    }
    q->model_text = sc_reader_keep(r, text);
}

/* What the model id says holds where the key is absent. */
static void read_quota_region(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    int region = -1;
    sc_read_region(r, node, f, &region);
    if (region >= 0)
        *(int *)target = region;
}

static void read_quota_scope(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    int scope = -1;
    sc_read_scope(r, node, f, &scope);
    if (scope >= 0)
        *(int *)target = scope;
}

static void read_endpoint(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    static const char *const names[SC_ENDPOINTS] = {"runtime", "mantle"};
    int i = sc_read_choice(r, node, f, "endpoint", names, SC_ENDPOINTS);
    *(sc_endpoint *)target = i >= 0 ? (sc_endpoint)i : SC_ENDPOINT_RUNTIME;
}

static void read_limit(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    if (node != NULL)
        sc_read_real(r, node, f, target);
}

#define LIMIT(kind, key, unit, help)                                                                                \
    {                                                                                                               \
        key, "a number from 1 to 1e15", NO_DEFAULT, unit, help, read_limit, AT(limit) + (kind) * sizeof(double), 1, \
            MOST, 0, 0                                                                                              \
    }

const sc_field sc_quota_fields[SC_QUOTA_FIELDS] = {
    {"model", "a model id, profile id, alias, ARN or \"*\"", REQUIRED, "",
     "the model it is of; * is each model by itself", read_quota_model, 0, 0, 0, 0, 0},
    {"region", "a region code", "as the model id says, else each region by itself", "", "source region of the calls",
     read_quota_region, AT(region), 0, 0, 0, 0},
    {"scope", "in_region, geo or global", "as the model id says; of * each scope by itself", "", "routing scope",
     read_quota_scope, AT(scope), 0, 0, 0, 0},
    {"endpoint", "runtime or mantle", "runtime", "", "bedrock-runtime or bedrock-mantle, whose quotas are separate",
     read_endpoint, AT(endpoint), 0, 0, 0, 0},
    LIMIT(SC_LIMIT_TOKENS, "tokens_per_minute", "tokens", "runtime: input, cache writes and output by its burndown"),
    LIMIT(SC_LIMIT_REQUESTS, "requests_per_minute", "requests", "runtime"),
    LIMIT(SC_LIMIT_DAY, "tokens_per_day", "tokens", "runtime: the same as tokens_per_minute, of a day"),
    LIMIT(SC_LIMIT_INPUT, "input_tokens_per_minute", "tokens", "mantle: input"),
    LIMIT(SC_LIMIT_OUTPUT, "output_tokens_per_minute", "tokens", "mantle: output"),
};
#define FIRST_LIMIT (SC_QUOTA_FIELDS - SC_LIMITS)

/* The two endpoints have limits of different kinds (Bedrock user guide, quotas of bedrock-mantle, 2026). */
static int is_of_mantle(size_t limit) { return limit == SC_LIMIT_INPUT || limit == SC_LIMIT_OUTPUT; }

static void check_limits(sc_reader *r, const cJSON *object, const sc_quota *q)
{
    const int mantle = q->endpoint == SC_ENDPOINT_MANTLE;
    int stated = 0;
    for (size_t i = 0; i < SC_LIMITS; i++) {
        const char *key = sc_quota_fields[FIRST_LIMIT + i].key;
        const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);
        if (node == NULL)
            continue;
        stated = 1;
        if (is_of_mantle(i) != mantle)
            READ_ERROR(r, node, SC_JSON_KEY, "'%s' is no limit of the endpoint %s, expected one such as '%s'", key,
                       mantle ? "mantle" : "runtime",
                       sc_quota_fields[FIRST_LIMIT + (mantle ? SC_LIMIT_INPUT : SC_LIMIT_TOKENS)].key);
    }
    if (!stated)
        READ_ERROR(r, object, SC_JSON_VALUE, "has no limit, expected one such as '%s'",
                   sc_quota_fields[FIRST_LIMIT + (mantle ? SC_LIMIT_INPUT : SC_LIMIT_TOKENS)].key);
}

static int same_quota(const sc_quota *a, const sc_quota *b)
{
    return a->model == b->model && a->region == b->region && a->scope == b->scope && a->endpoint == b->endpoint;
}

void sc_read_quotas(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_scenario *s = target;
    if (node == NULL)
        return;
    if (!cJSON_IsArray(node)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
        return;
    }
    s->quotas = sc_reader_keep_array(r, (size_t)cJSON_GetArraySize(node), sizeof *s->quotas);
    if (s->quotas == NULL)
        return;
    size_t outer = sc_reader_push(r, f->key);
    for (const cJSON *c = node->child; c != NULL; c = c->next) {
        sc_quota *q = &s->quotas[s->n_quotas];
        char index[24];
        snprintf(index, sizeof index, "%zu", s->n_quotas++);
        *q = (sc_quota){.model_text = NULL, .region = -1, .scope = -1};
        size_t len = sc_reader_push(r, index);
        sc_read_object(r, c, "a quota", sc_quota_fields, SC_QUOTA_FIELDS, q);
        if (cJSON_IsObject(c))
            check_limits(r, c, q);
        for (size_t i = 0; q->model_text != NULL && i + 1 < s->n_quotas; i++) {
            if (s->quotas[i].model_text != NULL && same_quota(&s->quotas[i], q)) {
                READ_ERROR(r, c, SC_JSON_VALUE, "is a second quota of '%s' in the same place, after number %zu",
                           q->model_text, i + 1);
                break;
            }
        }
        sc_reader_pop(r, len);
    }
    sc_reader_pop(r, outer);
}

const sc_quota *sc_quota_for(const sc_scenario *s, const sc_buy *buy, sc_endpoint endpoint)
{
    for (size_t i = 0; i < s->n_quotas; i++) {
        const sc_quota *q = &s->quotas[i];
        if ((q->model == NULL || q->model == buy->model) && (q->region < 0 || q->region == buy->region) &&
            (q->scope < 0 || q->scope == (int)buy->scope) && q->endpoint == endpoint)
            return q;
    }
    return NULL;
}

void sc_read_max_tokens(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const sc_workload *w = r->workload;
    const sc_model *m = w->ref.model;
    double asked, mean;
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return;
    }
    sc_read_count(r, node, f, target);
    if (!cJSON_IsNumber(node) || *(int64_t *)target == 0)
        return;
    asked = (double)*(int64_t *)target;
    mean = sc_dist_moment(&w->output, 1);
    if (m != NULL && m->max_output > 0 && asked > (double)m->max_output)
        READ_ERROR(r, node, SC_JSON_VALUE, "%.15g is above the output limit of %s, expected at most %" PRId64, asked,
                   m->id, m->max_output);
    else if (mean > asked)
        READ_ERROR(r, node, SC_JSON_VALUE, "%.15g is below what requests write, expected at least their mean of %.6g",
                   asked, mean);
}
