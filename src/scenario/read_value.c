/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_value.c - values with a meaning of their own in scenarios: distributions, regions, budgets, the week. */
#include "scenario/read_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenario/read_dist.h"
#include "stats/elementary.h"

void sc_read_uncertain(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    if (node == NULL) {
        (void)sc_dist_constant(target, f->init);
        sc_reader_record(r, f, f->fallback, 1);
    } else if (sc_read_dist(r, node, f->role, NULL, target)) {
        sc_reader_record_node(r, f, node);
    }
}

/* Tokens of one request; without a "max" they end at the current model's limit. */
void sc_read_request_tokens(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const sc_workload *w = r->workload;
    const sc_model *m = w->ref.model;
    const int64_t window = m != NULL ? m->context_window : 0, most = m != NULL ? m->max_output : 0;
    sc_dist_limit limit = {SC_INF, ""};
    char name[200];
    if (node == NULL)
        return;
    if (target == (void *)&r->workload->input && window > 0) {
        limit = (sc_dist_limit){(double)window - w->prefix_tokens, name};
        snprintf(name, sizeof name, "%s of %s",
                 w->prefix_tokens > 0.0 ? "what the cached prefix leaves of the window" : "the window", m->id);
    } else if (target == (void *)&r->workload->output && most > 0) {
        limit = (sc_dist_limit){(double)most, name};
        snprintf(name, sizeof name, "the output limit of %s", m->id);
    }
    if (limit.value <= 0.0)
        READ_ERROR(r, node, SC_JSON_VALUE, "has no room: the cached prefix fills the window of %" PRId64 " tokens",
                   window);
    else if (sc_read_dist(r, node, f->role, &limit, target))
        sc_reader_record_node(r, f, node);
}

static size_t region_names(const sc_reader *r, const char *names[64])
{
    size_t n = sc_card_region_count(r->s->card);
    for (size_t i = 0; i < n; i++)
        names[i] = sc_card_region(r->s->card, i)->code;
    return n;
}

void sc_read_region(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const char *names[64];
    size_t n = region_names(r, names);
    *(int *)target = sc_read_choice(r, node, f, "region", names, n);
}

/* A list of names as a bit set. */
void sc_read_modalities(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    unsigned set = (unsigned)sc_read_set(r, node, f, "modality", sc_flag_names(), 5);
    *(unsigned *)target = node != NULL ? set : SC_TEXT;
}

void sc_read_features(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    *(unsigned *)target = (unsigned)sc_read_set(r, node, f, "feature", sc_flag_names() + 6, SC_FLAG_COUNT - 6) << 6;
}

/* None are filled with the current offer's region later. */
void sc_read_regions(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const char *names[64];
    size_t n = region_names(r, names);
    *(uint64_t *)target = sc_read_set(r, node, f, "region", names, n);
}

void sc_read_residency(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const char *names[66] = {"any", "in_region"};
    size_t n = 2;
    while (n < 66 && (names[n] = sc_card_geo_name(r->s->card, (int)n - 2)) != NULL)
        n++;
    int i = sc_read_choice(r, node, f, "residency", names, n);
    *(int *)target = i >= 0 ? i - 2 : SC_RESIDENCY_ANY;
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
    int i = 0, flat = 1;
    for (const cJSON *c = node->child; c != NULL; c = c->next, i++) {
        (void)sc_read_number(r, c, 0.0, 1000.0, "a weight from 0 to 1000", &w[i]);
        flat = flat && w[i] == w[0];
        sum += w[i];
    }
    if (sum <= 0.0) {
        READ_ERROR(r, node, SC_JSON_VALUE, "has only zeros, expected a positive weight");
        return;
    }
    for (i = 0; i < 7; i++)
        w[i] = flat ? 1.0 : w[i] * 7.0 / sum; /* rounding of the sum changes no digit of a flat week */
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

/* Requests of a key; not set: a fixed number of keys. */
void sc_read_per_key(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    if (node != NULL)
        sc_read_real(r, node, f, target);
}

void sc_read_ttl(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    static const char *const names[SC_TTLS] = {"none", "5m", "30m", "1h"};
    int i = sc_read_choice(r, node, f, "cache lifetime", names, SC_TTLS);
    *(sc_ttl *)target = i >= 0 ? (sc_ttl)i : SC_TTL_NONE;
}

void sc_read_writes(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    static const char *const names[] = {"misses", "unknown"};
    const int i = sc_read_choice(r, node, f, "kind of writes", names, 2);
    *(sc_cache_writes *)target = i >= 0 ? (sc_cache_writes)i : SC_WRITES_MISSES;
}

/* 1 for digits, with a sign and a point perhaps; how many stand after the point goes to *decimals. */
static int is_plain_decimal(const char *text, size_t len, size_t *decimals)
{
    const size_t start = len > 0 && text[0] == '-' ? 1 : 0;
    size_t digits = 0, point = len;
    for (size_t i = start; i < len; i++) {
        if (text[i] >= '0' && text[i] <= '9')
            digits++;
        else if (text[i] == '.' && point == len)
            point = i;
        else
            return 0;
    }
    *decimals = point < len ? len - point - 1 : 0;
    return digits > *decimals && (point == len || *decimals > 0);
}

void sc_read_usd(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_int128 femto = 0;
    size_t len = 0, decimals;
    char exact[SC_DECIMAL_TEXT_MAX];
    if (node == NULL)
        return;
    if (!cJSON_IsString(node) && !cJSON_IsNumber(node)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
        return;
    }
    const char *text = cJSON_IsString(node) ? node->valuestring : sc_json_number_text(r->doc, node, &len);
    if (cJSON_IsString(node))
        len = strlen(text);
    const int shown = len < 100 ? (int)len : 100;
    const int fits = sc_decimal_parse128(text, len, 15, &femto) == SC_OK;
    if (len == 0)
        READ_ERROR(r, node, SC_JSON_VALUE, "is empty, expected %s", f->type);
    else if (!is_plain_decimal(text, len, &decimals))
        READ_ERROR(r, node, SC_JSON_VALUE,
                   "'%.*s' is not a plain decimal number, expected digits and perhaps a point, such as 9000.50", shown,
                   text);
    else if (!fits && decimals > 15)
        READ_ERROR(r, node, SC_JSON_VALUE, "'%.*s' has %zu decimals, expected at most 15", shown, text, decimals);
    else if (femto <= 0 || femto > (sc_int128)SC_FEMTO_PER_USD * 1000000000000)
        READ_ERROR(r, node, SC_JSON_VALUE, "%.*s is out of range, expected above 0 and up to 1e12 USD", shown, text);
    else
        sc_reader_record(r, f, sc_decimal_format_exact(femto, 15, 0, exact), 0);
    *(sc_money *)target = femto;
}

void sc_read_budget_period(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    static const char *const names[] = {"month", "quarter", "horizon"};
    int i = sc_read_choice(r, node, f, "budget period", names, 3);
    *(sc_budget_period *)target = i >= 0 ? (sc_budget_period)(i + 1) : SC_BUDGET_NONE;
}

void sc_read_scope(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    *(int *)target = sc_read_choice(r, node, f, "scope", sc_scope_names(), SC_SCOPES);
}

void sc_read_tier(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    int i = sc_read_choice(r, node, f, "tier", sc_tier_names(), SC_TIER_BATCH + 1);
    *(sc_tier *)target = i >= 0 ? (sc_tier)i : SC_TIER_STANDARD;
}
