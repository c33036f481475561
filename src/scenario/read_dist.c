/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_dist.c - a number or distribution of a scenario, from its JSON. */
#include "scenario/read_dist.h"

#include <float.h>
#include <string.h>

#include "stats/elementary.h"

#define MAX_VALUES 10000

typedef struct dist_reader {
    sc_reader *r;
    const cJSON *node;
    sc_dist_role role;
    sc_dist_limit limit; /* value SC_INF: none */
    sc_dist *out;
    int bad;
} dist_reader;

#define DIST_ERROR(d, at, part, ...)                   \
    do {                                               \
        (d)->bad = 1;                                  \
        READ_ERROR((d)->r, (at), (part), __VA_ARGS__); \
    } while (0)

/* What a number of each role may be, and so the mean of a distribution. */
static const struct {
    double min, max;
    const char *expected;
} roles[] = {
    [SC_ROLE_POSITIVE] = {DBL_MIN, 1e12, "a number above 0 and up to 1e12"},
    [SC_ROLE_SHARE] = {0.0, 1.0, "a share from 0 to 1"},
    [SC_ROLE_RETRIES] = {0.0, SC_RETRIED_SHARE_MAX, "a share from 0 to 0.9"},
    [SC_ROLE_TURNS] = {1.0, SC_TURNS_MAX, "a number of turns from 1 to 1000"},
    [SC_ROLE_GROWTH] = {-1.0 + DBL_EPSILON / 2, 10.0, "a monthly growth above -1 and up to 10"},
    [SC_ROLE_TOKENS] = {0.0, 1e9, "a number of tokens from 0 to 1e9"},
};

static int is_share(const dist_reader *d) { return d->role == SC_ROLE_SHARE || d->role == SC_ROLE_RETRIES; }

/* Growth is held as 1 + g. */
static double offset(const dist_reader *d) { return d->role == SC_ROLE_GROWTH ? 1.0 : 0.0; }

/* A number in the range of the role and within the limit, in the form the distribution is held in. */
static double role_number(dist_reader *d, const cJSON *at)
{
    double x = 1.0;
    if (!sc_read_number(d->r, at, roles[d->role].min, roles[d->role].max, roles[d->role].expected, &x))
        d->bad = 1;
    else if (x > d->limit.value)
        DIST_ERROR(d, at, SC_JSON_VALUE, "%.15g is above %.15g, %s", x, d->limit.value, d->limit.name);
    return offset(d) + x;
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

static const cJSON *member(const dist_reader *d, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(d->node, key);
}

/* The keys of one form of distribution. */
typedef struct dist_form {
    const char *keys[3];
    size_t n;
    int quantiles; /* p1 .. p99 stand in it */
    int truncated; /* tokens may have a "max" beside */
    const char *expected;
} dist_form;

/* 1 if the object has the keys of the form and no others.  Of a misspelt key, the missing one is not reported. */
static int has_keys(dist_reader *d, const dist_form *f)
{
    const char *names[4];
    size_t n = 0;
    int may_end = f->truncated && d->role == SC_ROLE_TOKENS;
    while (n < f->n) {
        names[n] = f->keys[n];
        n++;
    }
    if (may_end)
        names[n++] = "max";
    for (const cJSON *c = d->node->child; c != NULL; c = c->next) {
        size_t i = 0;
        while (i < n && strcmp(names[i], c->string) != 0)
            i++;
        if (i < n || (f->quantiles && quantile_level(c->string) > 0.0))
            continue;
        const char *near = sc_nearest_name(c->string, names, n);
        if (near != NULL)
            DIST_ERROR(d, c, SC_JSON_KEY, "unknown key '%s'; did you mean '%s'?", c->string, near);
        else
            DIST_ERROR(d, c, SC_JSON_KEY, "unknown key '%s', expected %s%s", c->string, f->expected,
                       may_end ? " and perhaps 'max'" : "");
    }
    for (size_t i = 0; i < f->n && !d->bad; i++) {
        if (member(d, f->keys[i]) == NULL)
            DIST_ERROR(d, d->node, SC_JSON_VALUE, "has no '%s', expected %s", f->keys[i], f->expected);
    }
    return !d->bad;
}

/* A "max" takes the place of the limit. */
static void read_max(dist_reader *d)
{
    const cJSON *max = member(d, "max");
    if (max == NULL)
        return;
    double x = role_number(d, max);
    if (!d->bad && !(x > 0.0))
        DIST_ERROR(d, max, SC_JSON_VALUE, "%.15g is out of range, expected a number above 0", x);
    d->limit = (sc_dist_limit){d->bad ? SC_INF : x, "the 'max' beside it"};
}

static void check_order(dist_reader *d, const cJSON *low, const cJSON *high)
{
    if (!d->bad && low->valuedouble > high->valuedouble)
        DIST_ERROR(d, high, SC_JSON_VALUE, "%.15g is below %s %.15g", high->valuedouble, low->string, low->valuedouble);
}

static void read_quantiles(dist_reader *d)
{
    static const dist_form form = {{0}, 0, 1, 1, "two of p1 to p99"};
    const cJSON *at[2] = {NULL, NULL};
    double p[2] = {0, 0}, q[2];
    int n = 0;
    if (!has_keys(d, &form))
        return;
    for (const cJSON *c = d->node->child; c != NULL; c = c->next) {
        double level = quantile_level(c->string);
        if (level > 0.0 && n++ < 2) {
            at[n - 1] = c;
            p[n - 1] = level;
        }
    }
    if (n != 2) {
        DIST_ERROR(d, d->node, SC_JSON_VALUE, "has %d quantile%s, expected two, such as p10 and p90", n,
                   n == 1 ? "" : "s");
        return;
    }
    read_max(d);
    int low = p[0] < p[1] ? 0 : 1, high = 1 - low;
    for (int i = 0; i < 2; i++)
        q[i] = role_number(d, at[i]);
    check_order(d, at[low], at[high]);
    if (!d->bad && q[0] == q[1]) {
        (void)sc_dist_constant(d->out, q[0]);
        return;
    }
    int share = is_share(d);
    for (int i = 0; i < 2 && !d->bad; i++) {
        if (q[i] < DBL_MIN || (share && q[i] >= 1.0))
            DIST_ERROR(d, at[i], SC_JSON_VALUE, "%.15g is out of range, expected quantiles above 0%s",
                       at[i]->valuedouble, share ? " and below 1" : "");
    }
    if (d->bad)
        return;
    if ((share ? sc_dist_logit_normal_quantiles(d->out, p[low], q[low], p[high], q[high])
               : sc_dist_lognormal_quantiles(d->out, p[low], q[low], p[high], q[high], d->limit.value)) == 0)
        return;
    if (q[high] >= d->limit.value)
        DIST_ERROR(d, at[high], SC_JSON_VALUE, "%.15g is not below %.15g, %s", q[high], d->limit.value, d->limit.name);
    else if (d->limit.value < SC_INF)
        DIST_ERROR(d, d->node, SC_JSON_VALUE, "no lognormal distribution has these quantiles below %.15g, %s",
                   d->limit.value, d->limit.name);
    else
        DIST_ERROR(d, d->node, SC_JSON_VALUE, "no %s distribution has these quantiles",
                   share ? "logit-normal" : "lognormal");
}

static void read_moments(dist_reader *d)
{
    static const dist_form form = {{"mean", "cv"}, 2, 0, 1, "'mean' and 'cv'"};
    if (is_share(d) || d->role == SC_ROLE_GROWTH) {
        DIST_ERROR(d, d->node, SC_JSON_VALUE,
                   "mean and cv do not fix this distribution, expected two quantiles or min, mode, max");
        return;
    }
    if (!has_keys(d, &form))
        return;
    read_max(d);
    double mean = role_number(d, member(d, "mean")), cv = 0.0;
    if (!sc_read_number(d->r, member(d, "cv"), 0.0, 20.0, "a coefficient of variation from 0 to 20", &cv))
        d->bad = 1;
    if (d->bad)
        return;
    if (mean < DBL_MIN)
        (void)sc_dist_constant(d->out, mean);
    else if (sc_dist_lognormal_moments(d->out, mean, cv, d->limit.value) != 0)
        DIST_ERROR(d, d->node, SC_JSON_VALUE, "no lognormal distribution has mean %.15g and cv %.15g below %.15g, %s",
                   mean, cv, d->limit.value, d->limit.name);
}

static void read_triangle(dist_reader *d)
{
    static const dist_form form = {{"min", "mode", "max"}, 3, 0, 0, "'min', 'mode' and 'max'"};
    double v[3];
    if (!has_keys(d, &form))
        return;
    for (size_t i = 0; i < 3; i++)
        v[i] = role_number(d, member(d, form.keys[i]));
    for (size_t i = 0; i < 2; i++)
        check_order(d, member(d, form.keys[i]), member(d, form.keys[i + 1]));
    if (!d->bad)
        (void)sc_dist_triangular(d->out, v[0], v[1], v[2]);
}

static void read_table(dist_reader *d)
{
    static const dist_form form = {{"values", "weights"}, 2, 0, 0, "'values' and 'weights'"};
    const cJSON *values = member(d, "values"), *weights = member(d, "weights");
    if (!has_keys(d, &form))
        return;
    if (!cJSON_IsArray(values) || !cJSON_IsArray(weights)) {
        DIST_ERROR(d, cJSON_IsArray(values) ? weights : values, SC_JSON_VALUE, "is not a list of numbers");
        return;
    }
    int n = cJSON_GetArraySize(values), n_weights = cJSON_GetArraySize(weights);
    if (n < 1 || n > MAX_VALUES)
        DIST_ERROR(d, values, SC_JSON_VALUE, "has length %d, expected 1 to %d", n, MAX_VALUES);
    else if (n != n_weights)
        DIST_ERROR(d, weights, SC_JSON_VALUE, "has length %d, expected %d, the length of 'values'", n_weights, n);
    if (d->bad)
        return;
    double *v = sc_reader_keep_array(d->r, (size_t)n, sizeof *v), *w = sc_reader_keep_array(d->r, (size_t)n, sizeof *w);
    if (v == NULL || w == NULL) {
        d->bad = 1;
        return;
    }
    const cJSON *value = values->child, *weight = weights->child;
    for (int i = 0; i < n; i++, value = value->next, weight = weight->next) {
        v[i] = role_number(d, value);
        if (!sc_read_number(d->r, weight, 0.0, 1e12, "a weight from 0 to 1e12", &w[i]))
            d->bad = 1;
    }
    if (!d->bad && sc_dist_discrete(d->out, v, w, (size_t)n) != 0)
        DIST_ERROR(d, weights, SC_JSON_VALUE, "add up to 0, expected a positive sum");
}

/* Quantiles far apart may have a mean that no number may have, even an infinite one.  The means of values at the bound
 * round to either side of it. */
static void check_mean(dist_reader *d)
{
    double mean = sc_dist_moment(d->out, 1), max = offset(d) + roles[d->role].max;
    if (!(mean <= max * (1.0 + 1e-12)))
        DIST_ERROR(d, d->node, SC_JSON_VALUE, "mean of %.3g is out of range, expected %s", mean - offset(d),
                   roles[d->role].expected);
}

int sc_read_dist(sc_reader *r, const cJSON *node, sc_dist_role role, const sc_dist_limit *limit, sc_dist *out)
{
    dist_reader d = {r, node, role, limit != NULL ? *limit : (sc_dist_limit){SC_INF, ""}, out, 0};
    (void)sc_dist_constant(out, 1.0);
    if (cJSON_IsNumber(node))
        (void)sc_dist_constant(out, role_number(&d, node));
    else if (!cJSON_IsObject(node))
        DIST_ERROR(&d, node, SC_JSON_VALUE, "is neither a number nor a distribution");
    else if (member(&d, "values") != NULL || member(&d, "weights") != NULL)
        read_table(&d);
    else if (member(&d, "min") != NULL || member(&d, "mode") != NULL)
        read_triangle(&d);
    else if (member(&d, "mean") != NULL || member(&d, "cv") != NULL)
        read_moments(&d);
    else if (node->child == NULL)
        DIST_ERROR(&d, node, SC_JSON_VALUE, "is empty, expected a distribution such as {\"p10\": 80, \"p90\": 120}");
    else
        read_quantiles(&d);
    if (!d.bad)
        check_mean(&d);
    return !d.bad;
}
