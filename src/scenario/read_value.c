/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_value.c - values with a meaning of their own in scenarios: distributions, regions, budgets, the week. */
#include "scenario/read_value.h"
#include "stats/elementary.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

void sc_read_uncertain(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_dist *d = target;
    if (node == NULL) {
        sc_dist_constant(d, f->init);
        sc_reader_record(r, f, f->fallback, 1);
        return;
    }
    sc_code code = sc_read_dist(r->doc, node, f->role, SC_INF, &r->s->arena, d, r->errors);
    if (code == SC_OK)
        sc_reader_record_node(r, f, node);
    else if (code != SC_E_INPUT)
        r->failed = code;
}

/* Tokens of one request; without a "max" they end at the current model's limit. */
void sc_read_request_tokens(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const sc_workload *w = r->workload;
    const sc_model *m = w->ref.model;
    const int64_t window = m != NULL ? m->context_window : 0, most = m != NULL ? m->max_output : 0;
    double upper = SC_INF;
    if (node == NULL)
        return;
    if (target == (void *)&r->workload->input && window > 0)
        upper = (double)window - w->prefix_tokens;
    if (target == (void *)&r->workload->output && most > 0)
        upper = (double)most;
    if (upper <= 0.0) {
        READ_ERROR(r, node, SC_JSON_VALUE, "has no room: the cached prefix fills the window of %" PRId64 " tokens",
                   window);
        return;
    }
    sc_code code = sc_read_dist(r->doc, node, f->role, upper, &r->s->arena, target, r->errors);
    if (code == SC_OK)
        sc_reader_record_node(r, f, node);
    else if (code != SC_E_INPUT)
        r->failed = code;
}

static size_t region_names(const sc_reader *r, const char *names[64])
{
    size_t n = sc_card_region_count(r->s->card);
    for (size_t i = 0; i < n; i++)
        names[i] = sc_card_region(r->s->card, i)->code;
    return n;
}

static int region_value(sc_reader *r, const cJSON *node)
{
    const char *names[64];
    size_t n = region_names(r, names);
    return sc_read_choice(r, node, "region", names, n);
}

void sc_read_region(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    int region = node != NULL ? region_value(r, node) : -1;
    if (node == NULL)
        sc_reader_record(r, f, f->fallback, 1);
    else if (region >= 0)
        sc_reader_record_node(r, f, node);
    *(int *)target = region;
}

/* A list of names as a bit set. */
void sc_read_modalities(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    *(unsigned *)target = SC_TEXT;
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return;
    }
    *(unsigned *)target = (unsigned)sc_read_set(r, node, "modality", sc_flag_names(), 5);
    sc_reader_record_node(r, f, node);
}

void sc_read_features(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    *(unsigned *)target = 0;
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return;
    }
    *(unsigned *)target = (unsigned)sc_read_set(r, node, "feature", sc_flag_names() + 6, SC_FLAG_COUNT - 6) << 6;
    sc_reader_record_node(r, f, node);
}

void sc_read_regions(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const char *names[64];
    size_t n = region_names(r, names);
    *(uint64_t *)target = 0; /* filled with the current offer's region later */
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return;
    }
    *(uint64_t *)target = sc_read_set(r, node, "region", names, n);
    sc_reader_record_node(r, f, node);
}

void sc_read_residency(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const char *names[66] = {"any", "in_region"};
    size_t n = 2;
    *(int *)target = SC_RESIDENCY_ANY;
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return;
    }
    while (n < 66 && (names[n] = sc_card_geo_name(r->s->card, (int)n - 2)) != NULL)
        n++;
    int i = sc_read_choice(r, node, "residency", names, n);
    if (i >= 0) {
        *(int *)target = i - 2;
        sc_reader_record_node(r, f, node);
    }
}

void sc_read_weekday(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    double *w = target, sum = 0.0;
    for (int i = 0; i < 7; i++)
        w[i] = 1.0;
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return;
    }
    if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) != 7) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not a list of seven weights, Monday first");
        return;
    }
    int i = 0;
    for (const cJSON *c = node->child; c != NULL; c = c->next, i++) {
        if (!cJSON_IsNumber(c) || c->valuedouble < 0.0 || c->valuedouble > 1000.0)
            READ_ERROR(r, c, SC_JSON_VALUE, "is not a weight, expected a number from 0 to 1000");
        else
            w[i] = c->valuedouble;
        sum += w[i];
    }
    if (sum <= 0.0) {
        READ_ERROR(r, node, SC_JSON_VALUE, "has only zeros, expected a positive weight");
        return;
    }
    /* All equal stays exactly 1, so that a flat week changes no digit. */
    for (i = 0; i < 7; i++)
        w[i] = w[i] * 7.0 / sum;
    sc_reader_record_node(r, f, node);
}

void sc_read_burstiness(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    double *x = target;
    sc_read_real(r, node, f, x);
    if (*x > 0.0 && *x < 1.0) {
        READ_ERROR(r, node, SC_JSON_VALUE,
                   "%.15g is between 0 and 1, expected 0 (evenly spaced), 1 (random) or more (bursts)", *x);
        *x = 1.0;
    }
}

void sc_read_ttl(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    static const char *const names[SC_TTLS] = {"none", "5m", "30m", "1h"};
    *(sc_ttl *)target = SC_TTL_NONE;
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return;
    }
    int i = sc_read_choice(r, node, "cache lifetime", names, SC_TTLS);
    if (i >= 0) {
        *(sc_ttl *)target = (sc_ttl)i;
        sc_reader_record_node(r, f, node);
    }
}

void sc_read_usd(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_int128 femto = 0;
    const char *text = NULL;
    size_t len = 0;
    if (node == NULL)
        return;
    if (cJSON_IsString(node)) {
        text = node->valuestring;
        len = strlen(text);
    } else if (cJSON_IsNumber(node)) {
        text = sc_json_number_text(r->doc, node, &len);
    }
    if (text == NULL || sc_decimal_parse128(text, len, 15, &femto) != SC_OK || femto <= 0 ||
        femto > (sc_int128)SC_FEMTO_PER_USD * 1000000000000)
        READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
    *(sc_money *)target = femto;
}

void sc_read_budget_period(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    static const char *const names[] = {"month", "quarter", "horizon"};
    (void)f;
    int i = node != NULL ? sc_read_choice(r, node, "budget period", names, 3) : -1;
    *(sc_budget_period *)target = i >= 0 ? (sc_budget_period)(i + 1) : SC_BUDGET_NONE;
}

void sc_read_scope(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    (void)f;
    int i = node != NULL ? sc_read_choice(r, node, "scope", sc_scope_names(), SC_SCOPES) : -1;
    *(int *)target = i;
}

void sc_read_tier(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    *(sc_tier *)target = SC_TIER_STANDARD;
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return;
    }
    int i = sc_read_choice(r, node, "tier", sc_tier_names(), SC_TIER_BATCH + 1);
    if (i >= 0)
        *(sc_tier *)target = (sc_tier)i;
}
