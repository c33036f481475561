/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_dist.c - a number or distribution of a scenario, from its JSON. */
#include "scenario/read_dist.h"
#include "stats/elementary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_VALUES 10000

typedef struct dist_reader {
    const sc_json_doc *doc;
    const cJSON *node;
    sc_dist_role role;
    double upper;
    sc_arena *arena;
    sc_dist *out;
    sc_errors *errors;
    int bad;
} dist_reader;

#define DIST_ERROR(r, at, part, ...) \
    ((r)->bad = 1, (void)sc_json_error((r)->doc, (at), (part), (r)->errors, __VA_ARGS__))

/* A number in the range of the role, in the form the distribution is held in (growth as 1 + g). */
static double role_number(dist_reader *r, const cJSON *at)
{
    if (!cJSON_IsNumber(at)) {
        DIST_ERROR(r, at, SC_JSON_VALUE, "is not a number");
        return 1.0;
    }
    double x = at->valuedouble;
    switch (r->role) {
    case SC_ROLE_SHARE:
        if (x < 0.0 || x > 1.0)
            DIST_ERROR(r, at, SC_JSON_VALUE, "%.15g is out of range, expected a share from 0 to 1", x);
        return x;
    case SC_ROLE_GROWTH:
        if (x <= -1.0 || x > 10.0)
            DIST_ERROR(r, at, SC_JSON_VALUE, "%.15g is out of range, expected growth a month above -1 and up to 10", x);
        return 1.0 + x;
    case SC_ROLE_TOKENS:
        if (x < 0.0 || x > 1e9)
            DIST_ERROR(r, at, SC_JSON_VALUE, "%.15g is out of range, expected 0 to 1e9 tokens", x);
        return x;
    case SC_ROLE_POSITIVE:
        if (x <= 0.0 || x > 1e12)
            DIST_ERROR(r, at, SC_JSON_VALUE, "%.15g is out of range, expected a number above 0 and up to 1e12", x);
        return x;
    }
    return x;
}

/* "p1" .. "p99" -> 0.01 .. 0.99; 0 for anything else. */
static double quantile_level(const char *key)
{
    if (key[0] != 'p' || key[1] < '1' || key[1] > '9')
        return 0.0;
    if (key[2] == '\0')
        return (double)(key[1] - '0') / 100.0;
    if (key[2] < '0' || key[2] > '9' || key[3] != '\0')
        return 0.0;
    return (double)((key[1] - '0') * 10 + (key[2] - '0')) / 100.0;
}

static const cJSON *member(const dist_reader *r, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(r->node, key);
}

static int count_members(const dist_reader *r) { return cJSON_GetArraySize(r->node); }

static void read_quantiles(dist_reader *r)
{
    const cJSON *at[2] = {NULL, NULL};
    double p[2] = {0, 0}, q[2];
    int n = 0, extra = member(r, "max") != NULL;
    for (const cJSON *c = r->node->child; c != NULL; c = c->next) {
        double level = quantile_level(c->string);
        if (level > 0.0) {
            if (n < 2) {
                at[n] = c;
                p[n] = level;
            }
            n++;
        } else if (!(strcmp(c->string, "max") == 0 && r->role == SC_ROLE_TOKENS)) {
            DIST_ERROR(r, c, SC_JSON_KEY, "unknown key '%s' beside quantiles%s", c->string,
                       r->role == SC_ROLE_TOKENS ? ", expected two of p1 to p99 and perhaps 'max'"
                                                 : ", expected two of p1 to p99");
        }
    }
    if (r->bad)
        return;
    if (n != 2) {
        DIST_ERROR(r, r->node, SC_JSON_VALUE, "has %d quantiles, expected two, such as p10 and p90", n);
        return;
    }
    int low = p[0] < p[1] ? 0 : 1;
    for (int i = 0; i < 2; i++)
        q[i] = role_number(r, at[i]);
    double upper = extra ? role_number(r, member(r, "max")) : r->upper;
    if (r->bad)
        return;
    if (q[low] > q[1 - low]) {
        DIST_ERROR(r, at[1 - low], SC_JSON_VALUE, "%.15g is below %s", at[1 - low]->valuedouble, at[low]->string);
        return;
    }
    if (q[0] == q[1]) {
        sc_dist_constant(r->out, q[0]);
        return;
    }
    if (r->role == SC_ROLE_SHARE) {
        if (sc_dist_logit_normal_quantiles(r->out, p[low], q[low], p[1 - low], q[1 - low]) != 0)
            DIST_ERROR(r, r->node, SC_JSON_VALUE, "quantiles of a share must lie between 0 and 1, without the ends");
    } else if (sc_dist_lognormal_quantiles(r->out, p[low], q[low], p[1 - low], q[1 - low],
                                           r->role == SC_ROLE_TOKENS ? upper : SC_INF) != 0) {
        if (r->role == SC_ROLE_TOKENS && q[1 - low] >= upper)
            DIST_ERROR(r, at[1 - low], SC_JSON_VALUE, "%.15g is not below %.15g, the most one request can hold",
                       q[1 - low], upper);
        else
            DIST_ERROR(r, r->node, SC_JSON_VALUE, "no lognormal distribution has these quantiles");
    }
}

static void read_moments(dist_reader *r)
{
    const cJSON *mean = member(r, "mean"), *cv = member(r, "cv"), *max = member(r, "max");
    if (r->role == SC_ROLE_SHARE || r->role == SC_ROLE_GROWTH) {
        DIST_ERROR(r, r->node, SC_JSON_VALUE,
                   "mean and cv do not fix this distribution, expected two quantiles or min, mode, max");
        return;
    }
    for (const cJSON *c = r->node->child; c != NULL; c = c->next) {
        if (strcmp(c->string, "mean") != 0 && strcmp(c->string, "cv") != 0 &&
            !(strcmp(c->string, "max") == 0 && r->role == SC_ROLE_TOKENS))
            DIST_ERROR(r, c, SC_JSON_KEY, "unknown key '%s' beside 'mean' and 'cv'", c->string);
    }
    if (mean == NULL || cv == NULL) {
        DIST_ERROR(r, r->node, SC_JSON_VALUE, "has only one of 'mean' and 'cv', expected both");
        return;
    }
    double m = role_number(r, mean), upper = max != NULL ? role_number(r, max) : r->upper;
    double c = cJSON_IsNumber(cv) ? cv->valuedouble : -1.0;
    if (!(c >= 0.0 && c <= 20.0))
        DIST_ERROR(r, cv, SC_JSON_VALUE, "is not a coefficient of variation, expected 0 to 20");
    if (r->bad)
        return;
    if (m == 0.0) {
        sc_dist_constant(r->out, 0.0);
        return;
    }
    if (sc_dist_lognormal_moments(r->out, m, c, r->role == SC_ROLE_TOKENS ? upper : SC_INF) != 0)
        DIST_ERROR(r, r->node, SC_JSON_VALUE,
                   "no lognormal distribution has mean %.15g and cv %.15g below %.15g, the most one request can hold",
                   m, c, upper);
}

static void read_triangle(dist_reader *r)
{
    static const char *const keys[3] = {"min", "mode", "max"};
    double v[3] = {0, 0, 0};
    for (const cJSON *c = r->node->child; c != NULL; c = c->next) {
        const char *near = sc_nearest_name(c->string, keys, 3);
        if (strcmp(c->string, "min") != 0 && strcmp(c->string, "mode") != 0 && strcmp(c->string, "max") != 0)
            DIST_ERROR(r, c, SC_JSON_KEY, "unknown key '%s'%s%s%s, expected 'min', 'mode' and 'max'", c->string,
                       near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    }
    for (int i = 0; i < 3; i++) {
        const cJSON *at = member(r, keys[i]);
        if (at == NULL) {
            DIST_ERROR(r, r->node, SC_JSON_VALUE, "has no '%s', expected 'min', 'mode' and 'max'", keys[i]);
            continue;
        }
        v[i] = role_number(r, at);
    }
    if (r->bad)
        return;
    if (sc_dist_triangular(r->out, v[0], v[1], v[2]) != 0)
        DIST_ERROR(r, r->node, SC_JSON_VALUE, "expected min <= mode <= max");
}

static void read_table(dist_reader *r)
{
    const cJSON *values = member(r, "values"), *weights = member(r, "weights");
    for (const cJSON *c = r->node->child; c != NULL; c = c->next) {
        if (strcmp(c->string, "values") != 0 && strcmp(c->string, "weights") != 0)
            DIST_ERROR(r, c, SC_JSON_KEY, "unknown key '%s', expected 'values' and 'weights'", c->string);
    }
    if (!cJSON_IsArray(values) || !cJSON_IsArray(weights)) {
        DIST_ERROR(r, r->node, SC_JSON_VALUE, "expected two lists, 'values' and 'weights'");
        return;
    }
    int n = cJSON_GetArraySize(values);
    if (n < 1 || n > MAX_VALUES || n != cJSON_GetArraySize(weights)) {
        DIST_ERROR(r, weights, SC_JSON_VALUE, "has %d weights for %d values, expected as many, from 1 to %d",
                   cJSON_GetArraySize(weights), n, MAX_VALUES);
        return;
    }
    double *v = SC_ARENA_ARRAY(r->arena, double, (size_t)n), *w = SC_ARENA_ARRAY(r->arena, double, (size_t)n);
    if (v == NULL || w == NULL) {
        r->bad = 2;
        return;
    }
    const cJSON *value = values->child, *weight = weights->child;
    for (int i = 0; i < n; i++, value = value->next, weight = weight->next) {
        v[i] = role_number(r, value);
        w[i] = cJSON_IsNumber(weight) ? weight->valuedouble : -1.0;
        if (!(w[i] >= 0.0 && w[i] <= 1e12))
            DIST_ERROR(r, weight, SC_JSON_VALUE, "is not a weight, expected a number from 0 to 1e12");
    }
    if (!r->bad && sc_dist_discrete(r->out, v, w, (size_t)n) != 0)
        DIST_ERROR(r, weights, SC_JSON_VALUE, "add up to 0, expected a positive sum");
}

sc_code sc_read_dist(const sc_json_doc *doc, const cJSON *node, sc_dist_role role, double upper, sc_arena *arena,
                     sc_dist *out, sc_errors *errors)
{
    dist_reader r = {doc, node, role, upper, arena, out, errors, 0};
    sc_dist_constant(out, 1.0);
    if (cJSON_IsNumber(node)) {
        double x = role_number(&r, node);
        if (role == SC_ROLE_TOKENS && x > upper)
            DIST_ERROR(&r, node, SC_JSON_VALUE, "%.15g is above %.15g, the most one request can hold", x, upper);
        sc_dist_constant(out, x);
    } else if (!cJSON_IsObject(node)) {
        DIST_ERROR(&r, node, SC_JSON_VALUE, "is neither a number nor a distribution");
    } else if (member(&r, "values") != NULL || member(&r, "weights") != NULL) {
        read_table(&r);
    } else if (member(&r, "min") != NULL || member(&r, "mode") != NULL) {
        read_triangle(&r);
    } else if (member(&r, "mean") != NULL || member(&r, "cv") != NULL) {
        read_moments(&r);
    } else if (count_members(&r) == 0) {
        DIST_ERROR(&r, node, SC_JSON_VALUE, "is empty, expected a distribution such as {\"p10\": 80, \"p90\": 120}");
    } else {
        read_quantiles(&r);
    }
    if (!r.bad && role == SC_ROLE_TOKENS && !cJSON_IsNumber(node) && sc_dist_max(out) > upper)
        DIST_ERROR(&r, node, SC_JSON_VALUE, "reaches %.15g, above %.15g, the most one request can hold",
                   sc_dist_max(out), upper);
    return r.bad == 0 ? SC_OK : r.bad == 2 ? SC_E_MEMORY : SC_E_INPUT;
}
