/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_load.c - scenario JSON to a scenario, strictly: tables of keys say what may stand where, and document
 * themselves. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "io/file.h"
#include "io/json_doc.h"
#include "scenario/model.h"
#include "scenario/read_dist.h"

#define MAX_SCENARIO_BYTES ((size_t)64 << 20)
#define MAX_HORIZON_DAYS 3660
#define FORMAT_VERSION 1

typedef struct reader {
    sc_scenario *s;
    const sc_json_doc *doc;
    sc_errors *errors;
    sc_strbuf path;        /* of the object being read */
    sc_workload *workload; /* being read, for defaults that depend on it */
    sc_code failed;        /* the first failure that is not about input */
    int recording;         /* 0: defaults are set without becoming settings */
} reader;

#define READ_ERROR(r, node, part, ...) (void)sc_json_error((r)->doc, (node), (part), (r)->errors, __VA_ARGS__)

typedef struct field field;
struct field {
    const char *key, *type, *fallback, *unit, *help;
    /* Reads `node` into `target`; node is NULL where the key is absent: then the default is set. */
    void (*read)(reader *r, const cJSON *node, const field *f, void *target);
    size_t offset;
    double min, max, init;
    sc_dist_role role;
};

#define REQUIRED "required"
#define NO_DEFAULT "none"
static int is_required(const field *f) { return strcmp(f->fallback, REQUIRED) == 0; }

static char *keep(reader *r, const char *text)
{
    char *copy = sc_arena_strdup(&r->s->arena, text);
    if (copy == NULL)
        r->failed = SC_E_MEMORY;
    return copy;
}

static void *keep_array(reader *r, size_t n, size_t size)
{
    void *p = sc_arena_alloc(&r->s->arena, n > 0 ? n : 1, size);
    if (p == NULL)
        r->failed = SC_E_MEMORY;
    return p;
}

/* ---- settings in force, for --explain-settings ---- */

static void record(reader *r, const field *f, const char *value, int is_default)
{
    sc_scenario *s = r->s;
    sc_strbuf path = {0};
    if (!r->recording)
        return;
    if (s->n_settings == s->settings_cap) {
        size_t cap = s->settings_cap > 0 ? s->settings_cap * 2 : 64;
        sc_setting *grown = sc_realloc(s->settings, cap, sizeof *grown);
        if (grown == NULL) {
            r->failed = SC_E_MEMORY;
            return;
        }
        s->settings = grown;
        s->settings_cap = cap;
    }
    sc_strbuf_printf(&path, "%s/%s", r->path.text != NULL ? r->path.text : "", f->key);
    const char *p = path.failed ? NULL : keep(r, path.text), *v = keep(r, value);
    sc_strbuf_release(&path);
    if (p != NULL && v != NULL)
        s->settings[s->n_settings++] = (sc_setting){p, v, f->unit, is_default};
    else
        r->failed = SC_E_MEMORY;
}

static void record_node(reader *r, const field *f, const cJSON *node)
{
    if (!r->recording)
        return;
    char *text = cJSON_PrintUnformatted(node);
    if (text != NULL)
        record(r, f, cJSON_IsString(node) ? node->valuestring : text, 0);
    else
        r->failed = SC_E_MEMORY;
    cJSON_free(text);
}

/* ---- objects and lists ---- */

static void read_object(reader *r, const cJSON *node, const char *what, const field *fields, size_t n, void *base)
{
    if (node != NULL && !cJSON_IsObject(node)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not an object, expected {...} with the keys of a %s", what);
        node = NULL;
    }
    for (const cJSON *c = node != NULL ? node->child : NULL; c != NULL; c = c->next) {
        const char *names[32];
        size_t i = 0;
        while (i < n && strcmp(fields[i].key, c->string) != 0)
            i++;
        if (i < n)
            continue;
        for (i = 0; i < n && i < 32; i++)
            names[i] = fields[i].key;
        const char *near = sc_nearest_name(c->string, names, i);
        if (near != NULL)
            READ_ERROR(r, c, SC_JSON_KEY, "unknown key '%s' in a %s; did you mean '%s'?", c->string, what, near);
        else
            READ_ERROR(r, c, SC_JSON_KEY, "unknown key '%s' in a %s", c->string, what);
    }
    for (size_t i = 0; i < n; i++) {
        const cJSON *value = node != NULL ? cJSON_GetObjectItemCaseSensitive(node, fields[i].key) : NULL;
        if (value == NULL && node != NULL && is_required(&fields[i]))
            READ_ERROR(r, node, SC_JSON_VALUE, "has no '%s', expected %s", fields[i].key, fields[i].type);
        int recording = r->recording;
        r->recording = recording && (value != NULL || !is_required(&fields[i]));
        fields[i].read(r, value, &fields[i], (char *)base + fields[i].offset);
        r->recording = recording;
    }
}

/* Appends "/name" to the path; the result is handed to path_pop. */
static size_t path_push(reader *r, const char *name)
{
    size_t len = r->path.len;
    sc_strbuf_printf(&r->path, "/%s", name);
    if (r->path.failed)
        r->failed = SC_E_MEMORY;
    return len;
}

static void path_pop(reader *r, size_t len)
{
    r->path.len = len;
    if (r->path.text != NULL)
        r->path.text[len] = '\0';
}

/* ---- values ---- */

static const char *string_value(reader *r, const cJSON *node, const field *f)
{
    if (cJSON_IsString(node) && node->valuestring[0] != '\0')
        return node->valuestring;
    READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
    return NULL;
}

static void read_text(reader *r, const cJSON *node, const field *f, void *target)
{
    const char *text = node != NULL ? string_value(r, node, f) : "";
    if (text != NULL)
        *(const char **)target = keep(r, text);
}

static void read_id(reader *r, const cJSON *node, const field *f, void *target)
{
    const char *text = node != NULL ? string_value(r, node, f) : NULL;
    *(const char **)target = "";
    if (text == NULL)
        return;
    if (strlen(text) > 100)
        READ_ERROR(r, node, SC_JSON_VALUE, "is longer than 100 bytes");
    else if (strchr(text, '/') != NULL)
        READ_ERROR(r, node, SC_JSON_VALUE, "'%s' holds a '/', which parts projects from workloads", text);
    else
        *(const char **)target = keep(r, text);
}

static void read_real(reader *r, const cJSON *node, const field *f, void *target)
{
    double x = f->init;
    if (node != NULL) {
        if (!cJSON_IsNumber(node)) {
            READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
        } else if (!(node->valuedouble >= f->min && node->valuedouble <= f->max)) {
            READ_ERROR(r, node, SC_JSON_VALUE, "%.15g is out of range, expected %s", node->valuedouble, f->type);
        } else {
            x = node->valuedouble;
            record_node(r, f, node);
        }
    } else {
        record(r, f, f->fallback, 1);
    }
    *(double *)target = x;
}

static void read_tokens_count(reader *r, const cJSON *node, const field *f, void *target)
{
    double x = 0;
    read_real(r, node, f, &x);
    if (x != floor(x))
        READ_ERROR(r, node, SC_JSON_VALUE, "%.15g is not a whole number of tokens", x);
    *(int64_t *)target = (int64_t)x;
}

static void read_uncertain(reader *r, const cJSON *node, const field *f, void *target)
{
    sc_dist *d = target;
    if (node == NULL) {
        sc_dist_constant(d, f->init);
        record(r, f, f->fallback, 1);
        return;
    }
    sc_code code = sc_read_dist(r->doc, node, f->role, INFINITY, &r->s->arena, d, r->errors);
    if (code == SC_OK)
        record_node(r, f, node);
    else if (code != SC_E_INPUT)
        r->failed = code;
}

/* Tokens of one request; without a "max" they end at the current model's limit. */
static void read_request_tokens(reader *r, const cJSON *node, const field *f, void *target)
{
    const sc_workload *w = r->workload;
    const sc_model *m = w->ref.model;
    double upper = INFINITY;
    if (node == NULL)
        return;
    if (m != NULL && target == (void *)&r->workload->input && m->context_window > 0)
        upper = (double)m->context_window - w->prefix_tokens;
    if (m != NULL && target == (void *)&r->workload->output && m->max_output > 0)
        upper = (double)m->max_output;
    if (upper <= 0.0) {
        READ_ERROR(r, node, SC_JSON_VALUE, "has no room: the cached prefix fills the window of %" PRId64 " tokens",
                   m->context_window);
        return;
    }
    sc_code code = sc_read_dist(r->doc, node, f->role, upper, &r->s->arena, target, r->errors);
    if (code == SC_OK)
        record_node(r, f, node);
    else if (code != SC_E_INPUT)
        r->failed = code;
}

static void read_day(reader *r, const cJSON *node, const field *f, void *target)
{
    sc_day day = 0;
    const char *text = node != NULL ? string_value(r, node, f) : NULL;
    if (text != NULL && sc_day_parse(text, strlen(text), &day) != SC_OK)
        READ_ERROR(r, node, SC_JSON_VALUE, "'%s' is not a date, expected \"YYYY-MM-DD\"", text);
    *(sc_day *)target = day;
}

static void read_version(reader *r, const cJSON *node, const field *f, void *target)
{
    (void)target;
    if (node != NULL && (!cJSON_IsNumber(node) || node->valuedouble != FORMAT_VERSION))
        READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
}

/* A string out of a closed list; returns its index or -1 after an error. */
static int choice(reader *r, const cJSON *node, const char *what, const char *const *names, size_t n)
{
    if (!cJSON_IsString(node)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not the name of a %s", what);
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], node->valuestring) == 0)
            return (int)i;
    }
    const char *near = sc_nearest_name(node->valuestring, names, n);
    if (near != NULL)
        READ_ERROR(r, node, SC_JSON_VALUE, "unknown %s '%s'; did you mean '%s'?", what, node->valuestring, near);
    else
        READ_ERROR(r, node, SC_JSON_VALUE, "unknown %s '%s'", what, node->valuestring);
    return -1;
}

static size_t region_names(const reader *r, const char *names[64])
{
    size_t n = sc_card_region_count(r->s->card);
    for (size_t i = 0; i < n; i++)
        names[i] = sc_card_region(r->s->card, i)->code;
    return n;
}

static int region_value(reader *r, const cJSON *node)
{
    const char *names[64];
    size_t n = region_names(r, names);
    return choice(r, node, "region", names, n);
}

static void read_region(reader *r, const cJSON *node, const field *f, void *target)
{
    int region = node != NULL ? region_value(r, node) : -1;
    if (node == NULL)
        record(r, f, f->fallback, 1);
    else if (region >= 0)
        record_node(r, f, node);
    *(int *)target = region;
}

/* A list of names as a bit set. */
static uint64_t set_value(reader *r, const cJSON *node, const char *what, const char *const *names, size_t n)
{
    uint64_t set = 0;
    if (!cJSON_IsArray(node)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not a list of %s names", what);
        return 0;
    }
    for (const cJSON *c = node->child; c != NULL; c = c->next) {
        int i = choice(r, c, what, names, n);
        if (i >= 0)
            set |= UINT64_C(1) << i;
    }
    return set;
}

static void read_modalities(reader *r, const cJSON *node, const field *f, void *target)
{
    *(unsigned *)target = SC_TEXT;
    if (node == NULL) {
        record(r, f, f->fallback, 1);
        return;
    }
    *(unsigned *)target = (unsigned)set_value(r, node, "modality", sc_flag_names(), 5);
    record_node(r, f, node);
}

static void read_features(reader *r, const cJSON *node, const field *f, void *target)
{
    *(unsigned *)target = 0;
    if (node == NULL) {
        record(r, f, f->fallback, 1);
        return;
    }
    *(unsigned *)target = (unsigned)set_value(r, node, "feature", sc_flag_names() + 6, SC_FLAG_COUNT - 6) << 6;
    record_node(r, f, node);
}

static void read_regions(reader *r, const cJSON *node, const field *f, void *target)
{
    const char *names[64];
    size_t n = region_names(r, names);
    *(uint64_t *)target = 0; /* filled with the current offer's region later */
    if (node == NULL) {
        record(r, f, f->fallback, 1);
        return;
    }
    *(uint64_t *)target = set_value(r, node, "region", names, n);
    record_node(r, f, node);
}

static void read_residency(reader *r, const cJSON *node, const field *f, void *target)
{
    const char *names[66] = {"any", "in_region"};
    size_t n = 2;
    *(int *)target = SC_RESIDENCY_ANY;
    if (node == NULL) {
        record(r, f, f->fallback, 1);
        return;
    }
    while (n < 66 && (names[n] = sc_card_geo_name(r->s->card, (int)n - 2)) != NULL)
        n++;
    int i = choice(r, node, "residency", names, n);
    if (i >= 0) {
        *(int *)target = i - 2;
        record_node(r, f, node);
    }
}

static void read_weekday(reader *r, const cJSON *node, const field *f, void *target)
{
    double *w = target, sum = 0.0;
    for (int i = 0; i < 7; i++)
        w[i] = 1.0;
    if (node == NULL) {
        record(r, f, f->fallback, 1);
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
    record_node(r, f, node);
}

static void read_burstiness(reader *r, const cJSON *node, const field *f, void *target)
{
    double *x = target;
    read_real(r, node, f, x);
    if (*x > 0.0 && *x < 1.0) {
        READ_ERROR(r, node, SC_JSON_VALUE,
                   "%.15g is between 0 and 1, expected 0 (evenly spaced), 1 (random) or more (bursts)", *x);
        *x = 1.0;
    }
}

static void read_ttl(reader *r, const cJSON *node, const field *f, void *target)
{
    static const char *const names[SC_TTLS] = {"none", "5m", "30m", "1h"};
    *(sc_ttl *)target = SC_TTL_NONE;
    if (node == NULL) {
        record(r, f, f->fallback, 1);
        return;
    }
    int i = choice(r, node, "cache lifetime", names, SC_TTLS);
    if (i >= 0) {
        *(sc_ttl *)target = (sc_ttl)i;
        record_node(r, f, node);
    }
}

static void read_usd(reader *r, const cJSON *node, const field *f, void *target)
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

static void read_budget_period(reader *r, const cJSON *node, const field *f, void *target)
{
    static const char *const names[] = {"month", "quarter", "horizon"};
    (void)f;
    int i = node != NULL ? choice(r, node, "budget period", names, 3) : -1;
    *(sc_budget_period *)target = i >= 0 ? (sc_budget_period)(i + 1) : SC_BUDGET_NONE;
}

static void read_scope(reader *r, const cJSON *node, const field *f, void *target)
{
    (void)f;
    int i = node != NULL ? choice(r, node, "scope", sc_scope_names(), SC_SCOPES) : -1;
    *(int *)target = i;
}

static void read_tier(reader *r, const cJSON *node, const field *f, void *target)
{
    *(sc_tier *)target = SC_TIER_STANDARD;
    if (node == NULL) {
        record(r, f, f->fallback, 1);
        return;
    }
    int i = choice(r, node, "tier", sc_tier_names(), SC_TIER_BATCH + 1);
    if (i >= 0)
        *(sc_tier *)target = (sc_tier)i;
}

/* ---- the objects, innermost first ---- */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define AT(type, member) offsetof(type, member)

static const field loading_fields[] = {
    {"organisation", "a number from -1 to 1", "0", "", "share of its variation that moves with the whole organisation",
     read_real, AT(sc_loadings, of[SC_FACTOR_ORGANISATION]), -1, 1, 0, 0},
    {"project", "a number from -1 to 1", "0", "", "the same for the project", read_real,
     AT(sc_loadings, of[SC_FACTOR_PROJECT]), -1, 1, 0, 0},
    {"workload", "a number from -1 to 1", "0", "", "the same for the workload", read_real,
     AT(sc_loadings, of[SC_FACTOR_WORKLOAD]), -1, 1, 0, 0},
};

static void read_loading(reader *r, const cJSON *node, const field *f, void *target)
{
    sc_loadings *l = target;
    if (node == NULL) { /* keeps what is there: the built-in or the scenario's default */
        char text[120];
        snprintf(text, sizeof text, "organisation %.15g, project %.15g, workload %.15g", l->of[0], l->of[1], l->of[2]);
        record(r, f, text, 1);
        return;
    }
    size_t len = path_push(r, f->key);
    read_object(r, node, "loading", loading_fields, COUNT(loading_fields), l);
    path_pop(r, len);
    if (l->of[0] * l->of[0] + l->of[1] * l->of[1] + l->of[2] * l->of[2] > 1.0 + 1e-12)
        READ_ERROR(r, node, SC_JSON_VALUE, "squares of the loadings add up to more than 1");
}

#define LOADING(param, key)                                                                                     \
    {                                                                                                           \
        key, "an object of loadings", "see below", "", "what moves " key " together with others", read_loading, \
            (param) * sizeof(sc_loadings), 0, 0, 0, 0                                                           \
    }
static const field loadings_fields[] = {
    LOADING(SC_PARAM_REQUESTS, "requests_per_day"), LOADING(SC_PARAM_GROWTH, "growth_per_month"),
    LOADING(SC_PARAM_INPUT_SCALE, "input_scale"),   LOADING(SC_PARAM_OUTPUT_SCALE, "output_scale"),
    LOADING(SC_PARAM_BATCHABLE, "batchable_share"),
};

static void read_loadings(reader *r, const cJSON *node, const field *f, void *target)
{
    int recording = r->recording;
    size_t len = path_push(r, f->key);
    /* A workload without loadings has the scenario's, which are recorded once. */
    r->recording = recording && (node != NULL || r->workload == NULL);
    read_object(r, node, "set of loadings", loadings_fields, COUNT(loadings_fields), target);
    r->recording = recording;
    path_pop(r, len);
}

typedef struct offer_text {
    const char *model;
    int region, scope;
    sc_tier tier;
} offer_text;

static const field offer_fields[] = {
    {"model", "a model id, profile id, alias or ARN", REQUIRED, "", "the model bought today", read_text,
     AT(offer_text, model), 0, 0, 0, 0},
    {"region", "a region code", "the scenario's region", "", "source region of the calls", read_region,
     AT(offer_text, region), 0, 0, 0, 0},
    {"scope", "in_region, geo or global", "as the model id says", "", "routing scope", read_scope,
     AT(offer_text, scope), 0, 0, 0, 0},
    {"tier", "standard, priority, flex or batch", "standard", "", "service tier", read_tier, AT(offer_text, tier), 0, 0,
     0, 0},
};

static void read_offer(reader *r, const cJSON *node, const field *f, void *target)
{
    sc_workload *w = target;
    offer_text o = {NULL, -1, -1, SC_TIER_STANDARD};
    char why[400];
    size_t len = path_push(r, f->key);
    read_object(r, node, "offer", offer_fields, COUNT(offer_fields), &o);
    path_pop(r, len);
    w->ref.model = NULL;
    if (o.model == NULL)
        return;
    w->model_text = o.model;
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(node, "model");
    if (sc_card_resolve(r->s->card, o.model, &w->ref, why, sizeof why) != SC_OK) {
        READ_ERROR(r, at, SC_JSON_VALUE, "%s", why);
        return;
    }
    if (w->ref.region < 0)
        w->ref.region = o.region >= 0 ? o.region : r->s->region;
    w->buy = (sc_buy){w->ref.model, -1, o.scope >= 0 ? (sc_scope)o.scope : w->ref.scope, o.tier};
    w->buy.region = sc_card_pick_region(r->s->card, &w->ref, w->buy.scope, o.tier, o.region, r->s->start, NULL);
    if (!sc_card_region_serves(r->s->card, w->buy.region, w->ref.geo))
        READ_ERROR(r, at, SC_JSON_VALUE, "region '%s' is no source region of '%s.' profiles",
                   sc_card_region(r->s->card, (size_t)w->buy.region)->code, sc_card_geo_name(r->s->card, w->ref.geo));
}

static const field volume_fields[] = {
    {"requests_per_day", "a positive number or distribution", REQUIRED, "requests a day",
     "average over a week at the start of the horizon", read_uncertain, AT(sc_workload, param[SC_PARAM_REQUESTS]), 0, 0,
     1, SC_ROLE_POSITIVE},
    {"growth_per_month", "growth above -1 or a distribution", "0", "share a month",
     "compound growth: 0.05 is 5 % a month", read_uncertain, AT(sc_workload, param[SC_PARAM_GROWTH]), 0, 0, 1,
     SC_ROLE_GROWTH},
    {"weekday", "a list of seven weights, Monday first", "[1,1,1,1,1,1,1]", "", "pattern of the week, scaled to mean 1",
     read_weekday, AT(sc_workload, weekday), 0, 0, 0, 0},
    {"day_cv", "a number from 0 to 5", "0.1", "", "variation of a day's expected volume (lognormal, mean 1)", read_real,
     AT(sc_workload, day_cv), 0, 5, 0.1, 0},
    {"burstiness", "a number, 0 or from 1 to 30", "1", "",
     "coefficient of variation of the gaps between requests: 0 evenly spaced, 1 Poisson", read_burstiness,
     AT(sc_workload, burstiness), 0, 30, 1, 0},
};

static void read_volume(reader *r, const cJSON *node, const field *f, void *target)
{
    size_t len = path_push(r, f->key);
    read_object(r, node, "volume", volume_fields, COUNT(volume_fields), target);
    path_pop(r, len);
}

static const field tokens_fields[] = {
    {"input", "a number of tokens or a distribution", REQUIRED, "tokens a request", "input beyond the cached prefix",
     read_request_tokens, AT(sc_workload, input), 0, 0, 0, SC_ROLE_TOKENS},
    {"output", "a number of tokens or a distribution", REQUIRED, "tokens a request", "output, reasoning included",
     read_request_tokens, AT(sc_workload, output), 0, 0, 0, SC_ROLE_TOKENS},
    {"correlation", "a number from -0.99 to 0.99", "0", "", "of the normal scores of input and output", read_real,
     AT(sc_workload, correlation), -0.99, 0.99, 0, 0},
    {"input_scale", "a positive number or distribution", "1", "", "uncertainty about the level of input",
     read_uncertain, AT(sc_workload, param[SC_PARAM_INPUT_SCALE]), 0, 0, 1, SC_ROLE_POSITIVE},
    {"output_scale", "a positive number or distribution", "1", "", "uncertainty about the level of output",
     read_uncertain, AT(sc_workload, param[SC_PARAM_OUTPUT_SCALE]), 0, 0, 1, SC_ROLE_POSITIVE},
};

static void read_tokens(reader *r, const cJSON *node, const field *f, void *target)
{
    size_t len = path_push(r, f->key);
    read_object(r, node, "set of tokens", tokens_fields, COUNT(tokens_fields), target);
    path_pop(r, len);
}

static const field cache_fields[] = {
    {"prefix_tokens", "a number from 0 to 1e7", "0", "tokens a request",
     "start of the prompt that requests of one key share", read_real, AT(sc_workload, prefix_tokens), 0, 1e7, 0, 0},
    {"keys", "a number from 1 to 1e9", "1", "", "distinct prefixes in use at a time (tenants, documents, sessions)",
     read_real, AT(sc_workload, keys), 1, 1e9, 1, 0},
    {"ttl", "none, 5m, 30m or 1h", "none", "", "lifetime asked for today; each hit renews it", read_ttl,
     AT(sc_workload, ttl), 0, 0, 0, 0},
};

static void read_cache(reader *r, const cJSON *node, const field *f, void *target)
{
    size_t len = path_push(r, f->key);
    read_object(r, node, "cache", cache_fields, COUNT(cache_fields), target);
    path_pop(r, len);
}

static const field needs_fields[] = {
    {"context_tokens", "a whole number from 0 to 1e8", "0", "tokens",
     "context window needed; 0: what 99.9 % of requests need", read_tokens_count, AT(sc_requirements, context_tokens),
     0, 1e8, 0, 0},
    {"max_output_tokens", "a whole number from 0 to 1e8", "0", "tokens",
     "output limit needed; 0: what 99.9 % of requests need", read_tokens_count, AT(sc_requirements, max_output_tokens),
     0, 1e8, 0, 0},
    {"modalities", "a list of text, image, video, audio, pdf", "[\"text\"]", "", "inputs the model must take",
     read_modalities, AT(sc_requirements, modalities), 0, 0, 0, 0},
    {"features", "a list of tools, reasoning, vision, prompt_caching, structured_output", "[]", "",
     "features the model must have", read_features, AT(sc_requirements, features), 0, 0, 0, 0},
    {"regions", "a list of region codes", "the offer's region", "", "regions another offer may be called from",
     read_regions, AT(sc_requirements, regions), 0, 0, 0, 0},
    {"residency", "any, in_region or a profile group such as us", "any", "", "where requests may be processed",
     read_residency, AT(sc_requirements, residency), 0, 0, 0, 0},
};

static void read_needs(reader *r, const cJSON *node, const field *f, void *target)
{
    size_t len = path_push(r, f->key);
    read_object(r, node, "set of requirements", needs_fields, COUNT(needs_fields), target);
    path_pop(r, len);
}

static const field workload_fields[] = {
    {"id", "a name without '/'", REQUIRED, "", "name, unique in its project", read_id, AT(sc_workload, id), 0, 0, 0, 0},
    {"offer", "an object", REQUIRED, "", "how the workload is bought today", read_offer, 0, 0, 0, 0, 0},
    {"volume", "an object", REQUIRED, "", "how many requests", read_volume, 0, 0, 0, 0, 0},
    {"cache", "an object", NO_DEFAULT, "", "prompt caching", read_cache, 0, 0, 0, 0, 0},
    {"tokens", "an object", REQUIRED, "", "how large one request is", read_tokens, 0, 0, 0, 0, 0},
    {"batchable_share", "a share from 0 to 1 or a distribution", "0", "share of requests",
     "requests that can wait for batch or flex", read_uncertain, AT(sc_workload, param[SC_PARAM_BATCHABLE]), 0, 0, 0,
     SC_ROLE_SHARE},
    {"requirements", "an object", NO_DEFAULT, "", "what another model must offer", read_needs, AT(sc_workload, needs),
     0, 0, 0, 0},
    {"loadings", "an object", "the scenario's", "", "what moves together", read_loadings, AT(sc_workload, loadings), 0,
     0, 0, 0},
};

static void read_workloads(reader *r, const cJSON *node, const field *f, void *target)
{
    sc_project *p = target;
    sc_scenario *s = r->s;
    p->first_workload = s->n_workloads;
    if (!cJSON_IsArray(node) || cJSON_GetArraySize(node) == 0) {
        if (node != NULL)
            READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
        return;
    }
    size_t outer = path_push(r, f->key);
    for (const cJSON *c = node->child; c != NULL; c = c->next) {
        sc_workload *w = &s->workloads[s->n_workloads++];
        char index[24];
        snprintf(index, sizeof index, "%zu", p->n_workloads);
        size_t len = path_push(r, index);
        w->project = (size_t)(p - s->projects);
        memcpy(w->loadings, s->loadings, sizeof w->loadings);
        r->workload = w;
        read_object(r, c, "workload", workload_fields, COUNT(workload_fields), w);
        r->workload = NULL;
        if (w->needs.regions == 0 && w->ref.model != NULL)
            w->needs.regions = UINT64_C(1) << w->buy.region;
        for (size_t i = 0; i < p->n_workloads; i++) {
            if (w->id[0] != '\0' && strcmp(s->workloads[p->first_workload + i].id, w->id) == 0)
                READ_ERROR(r, cJSON_GetObjectItemCaseSensitive(c, "id"), SC_JSON_VALUE,
                           "workload '%s' stands twice in this project", w->id);
        }
        p->n_workloads++;
        path_pop(r, len);
    }
    path_pop(r, outer);
}

static void read_tags(reader *r, const cJSON *node, const field *f, void *target)
{
    sc_project *p = target;
    if (node == NULL)
        return;
    if (!cJSON_IsObject(node)) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
        return;
    }
    sc_tag *tags = keep_array(r, (size_t)cJSON_GetArraySize(node), sizeof *tags);
    for (const cJSON *c = node->child; c != NULL && tags != NULL; c = c->next) {
        if (!cJSON_IsString(c)) {
            READ_ERROR(r, c, SC_JSON_VALUE, "is not a string, as the value of a tag must be");
            continue;
        }
        tags[p->n_tags++] = (sc_tag){keep(r, c->string), keep(r, c->valuestring)};
    }
    p->tags = tags;
}

static const field budget_fields[] = {
    {"usd", "an amount above 0 in USD, as a string or number", REQUIRED, "USD", "the limit, read exactly", read_usd,
     AT(sc_budget, limit), 0, 0, 0, 0},
    {"per", "month, quarter or horizon", REQUIRED, "", "the calendar period it holds for", read_budget_period,
     AT(sc_budget, period), 0, 0, 0, 0},
};

static void read_budget(reader *r, const cJSON *node, const field *f, void *target)
{
    if (node == NULL)
        return;
    size_t len = path_push(r, f->key);
    read_object(r, node, "budget", budget_fields, COUNT(budget_fields), target);
    path_pop(r, len);
}

static const field project_fields[] = {
    {"id", "a name without '/'", REQUIRED, "", "name, unique in the scenario", read_id, AT(sc_project, id), 0, 0, 0, 0},
    {"name", "a text", NO_DEFAULT, "", "longer name, for people", read_text, AT(sc_project, name), 0, 0, 0, 0},
    {"tags", "an object of strings", NO_DEFAULT, "",
     "cost allocation tags (team, product, environment, cost_center ...)", read_tags, 0, 0, 0, 0, 0},
    {"budget", "an object", NO_DEFAULT, "", "limit of the project's spend", read_budget, AT(sc_project, budget), 0, 0,
     0, 0},
    {"workloads", "a list of at least one workload", REQUIRED, "", "streams of similar requests", read_workloads, 0, 0,
     0, 0, 0},
};

static void read_projects(reader *r, const cJSON *node, const field *f, void *target)
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
    s->projects = keep_array(r, projects, sizeof *s->projects);
    s->workloads = keep_array(r, workloads, sizeof *s->workloads);
    if (s->projects == NULL || s->workloads == NULL)
        return;
    size_t outer = path_push(r, f->key);
    for (const cJSON *c = node->child; c != NULL; c = c->next) {
        sc_project *p = &s->projects[s->n_projects++];
        char index[24];
        snprintf(index, sizeof index, "%zu", s->n_projects - 1);
        size_t len = path_push(r, index);
        read_object(r, c, "project", project_fields, COUNT(project_fields), p);
        for (size_t i = 0; p->id != NULL && p->id[0] != '\0' && i + 1 < s->n_projects; i++) {
            if (s->projects[i].id != NULL && strcmp(s->projects[i].id, p->id) == 0)
                READ_ERROR(r, cJSON_GetObjectItemCaseSensitive(c, "id"), SC_JSON_VALUE, "project '%s' stands twice",
                           p->id);
        }
        path_pop(r, len);
    }
    path_pop(r, outer);
}

typedef struct horizon_text {
    sc_day start;
    double months, days;
} horizon_text;

static const field horizon_fields[] = {
    {"start", "a date \"YYYY-MM-DD\"", REQUIRED, "", "first day", read_day, AT(horizon_text, start), 0, 0, 0, 0},
    {"months", "a whole number from 1 to 120", NO_DEFAULT, "months", "length; give this or days", read_real,
     AT(horizon_text, months), 1, 120, 0, 0},
    {"days", "a whole number from 1 to 3660", NO_DEFAULT, "days", "length; give this or months", read_real,
     AT(horizon_text, days), 1, MAX_HORIZON_DAYS, 0, 0},
};

static void read_horizon(reader *r, const cJSON *node, const field *f, void *target)
{
    sc_scenario *s = target;
    horizon_text h = {0, 0, 0};
    int recording = r->recording;
    size_t len = path_push(r, f->key);
    r->recording = 0; /* "months: none" beside "days" would only confuse */
    read_object(r, node, "horizon", horizon_fields, COUNT(horizon_fields), &h);
    r->recording = recording;
    path_pop(r, len);
    if (node == NULL)
        return;
    if ((h.months > 0) == (h.days > 0))
        READ_ERROR(r, node, SC_JSON_VALUE, "expected one of 'months' and 'days'");
    else if (h.months != floor(h.months) || h.days != floor(h.days))
        READ_ERROR(r, node, SC_JSON_VALUE, "expected a whole number of %s", h.months > 0 ? "months" : "days");
    s->start = h.start;
    s->end = h.months > 0 ? sc_day_add_months(h.start, (int)h.months) : h.start + (sc_day)h.days;
}

static void read_default_region(reader *r, const cJSON *node, const field *f, void *target)
{
    read_region(r, node, f, target);
    if (*(int *)target < 0)
        *(int *)target = sc_card_default_region(r->s->card);
}

static const field switching_fields[] = {
    {"verbosity", "a positive number or distribution", "{\"p10\": 0.7, \"p90\": 1.4}", "",
     "output tokens of another model for the same task, relative to today's", read_uncertain, 0, 0, 0, 1,
     SC_ROLE_POSITIVE},
};

static void read_switching(reader *r, const cJSON *node, const field *f, void *target)
{
    sc_dist *d = target;
    size_t len = path_push(r, f->key);
    read_object(r, node, "switching", switching_fields, COUNT(switching_fields), d);
    path_pop(r, len);
    if (node == NULL || cJSON_GetObjectItemCaseSensitive(node, "verbosity") == NULL)
        (void)sc_dist_lognormal_quantiles(d, 0.1, 0.7, 0.9, 1.4, INFINITY);
}

static const field scenario_fields[] = {
    {"spendcast", "1, the version of the format", REQUIRED, "", "marks the file as a scenario", read_version, 0, 0, 0,
     0, 0},
    {"name", "a text", NO_DEFAULT, "", "heads reports", read_text, AT(sc_scenario, name), 0, 0, 0, 0},
    {"horizon", "an object", REQUIRED, "", "the days to simulate", read_horizon, 0, 0, 0, 0, 0},
    {"region", "a region code", "us-east-2", "", "source region of workloads that name none", read_default_region,
     AT(sc_scenario, region), 0, 0, 0, 0},
    {"switching", "an object", NO_DEFAULT, "", "what changes with the model", read_switching,
     AT(sc_scenario, verbosity), 0, 0, 0, 0},
    {"loadings", "an object", NO_DEFAULT, "", "what moves together, unless a workload says otherwise", read_loadings,
     AT(sc_scenario, loadings), 0, 0, 0, 0},
    {"projects", "a list of at least one project", REQUIRED, "", "who spends", read_projects, 0, 0, 0, 0, 0},
};

/* What moves together unless the scenario says otherwise: volumes of an organisation rise and fall together, the length
 * of prompts hardly does.  Judgement, to be replaced by the user's own. */
static const sc_loadings default_loadings[SC_PARAMS] = {
    [SC_PARAM_REQUESTS] = {{0.3, 0.4, 0.3}},    [SC_PARAM_GROWTH] = {{0.4, 0.4, 0.0}},
    [SC_PARAM_INPUT_SCALE] = {{0.0, 0.2, 0.4}}, [SC_PARAM_OUTPUT_SCALE] = {{0.0, 0.2, 0.4}},
    [SC_PARAM_BATCHABLE] = {{0.0, 0.0, 0.0}},
};

static void collect_tag_keys(reader *r)
{
    sc_scenario *s = r->s;
    size_t cap = 0;
    for (size_t p = 0; p < s->n_projects; p++)
        cap += s->projects[p].n_tags;
    s->tag_keys = keep_array(r, cap, sizeof *s->tag_keys);
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
    reader r = {.s = s, .doc = doc, .errors = errors, .recording = 1};
    s->card = card;
    s->region = sc_card_default_region(card);
    memcpy(s->loadings, default_loadings, sizeof s->loadings);
    sc_sha256_hex(text, size, s->hash);
    read_object(&r, sc_json_root(doc), "scenario", scenario_fields, COUNT(scenario_fields), s);
    if (!cJSON_IsObject(sc_json_root(doc)) && errors->errors == errors_before)
        READ_ERROR(&r, sc_json_root(doc), SC_JSON_VALUE, "is not a scenario");
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
    static const struct {
        const char *object;
        const field *fields;
        size_t n;
    } objects[] = {
        {"scenario", scenario_fields, COUNT(scenario_fields)},
        {"horizon", horizon_fields, COUNT(horizon_fields)},
        {"switching", switching_fields, COUNT(switching_fields)},
        {"loadings", loadings_fields, COUNT(loadings_fields)},
        {"loading", loading_fields, COUNT(loading_fields)},
        {"project", project_fields, COUNT(project_fields)},
        {"budget", budget_fields, COUNT(budget_fields)},
        {"workload", workload_fields, COUNT(workload_fields)},
        {"offer", offer_fields, COUNT(offer_fields)},
        {"volume", volume_fields, COUNT(volume_fields)},
        {"cache", cache_fields, COUNT(cache_fields)},
        {"tokens", tokens_fields, COUNT(tokens_fields)},
        {"requirements", needs_fields, COUNT(needs_fields)},
    };
    size_t n = 0;
    for (size_t o = 0; o < COUNT(objects); o++) {
        for (size_t i = 0; i < objects[o].n; i++, n++) {
            const field *f = &objects[o].fields[i];
            if (n < max)
                keys[n] = (sc_scenario_key){objects[o].object, f->key, f->type, f->fallback, f->unit, f->help};
        }
    }
    return n;
}
