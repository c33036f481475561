/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_cloudwatch.c - answers of CloudWatch's GetMetricData and GetMetricStatistics for the metrics of Bedrock.
 *
 * An answer says of a metric only its label.  CloudWatch's own label of a SEARCH expression is "NAMESPACE DIMENSIONS
 * METRIC"; any other needs the request in the same object, as `jq -s add request.json answer.json` writes it.
 *
 * Metrics and dimensions: Bedrock user guide, monitoring-runtime-metrics and monitoring-mantle-metrics (2026).
 * Runtime's InputTokenCount is without cached tokens, which have metrics of their own.  Mantle's TotalInputTokens (by
 * model or by project) and InputTokens (by model and project) are the same billable tokens, and it has no metric of
 * cached ones. */
#include <string.h>

#include "usage/cloudwatch_series.h"
#include "usage/json_fields.h"
#include "usage/read_document.h"

#define PERIOD_MAX 86400

static const char *const spaces[SC_CW_SPACES] = {"AWS/Bedrock", "AWS/BedrockMantle"};

/* The first row of a name is taken where no namespace is stated. */
static const struct {
    const char *name;
    sc_cw_space space;
    int slot;
} metrics[] = {
    {"Invocations", SC_CW_RUNTIME, SC_CW_REQUESTS},
    {"InputTokenCount", SC_CW_RUNTIME, SC_METER_INPUT},
    {"OutputTokenCount", SC_CW_RUNTIME, SC_METER_OUTPUT},
    {"CacheReadInputTokenCount", SC_CW_RUNTIME, SC_METER_CACHE_READ},
    {"CacheReadInputTokens", SC_CW_RUNTIME, SC_METER_CACHE_READ},
    {"CacheWriteInputTokenCount", SC_CW_RUNTIME, SC_METER_CACHE_WRITE},
    {"CacheWriteInputTokens", SC_CW_RUNTIME, SC_METER_CACHE_WRITE},
    {"Inferences", SC_CW_MANTLE, SC_CW_REQUESTS},
    {"InputTokens", SC_CW_MANTLE, SC_METER_INPUT},
    {"TotalInputTokens", SC_CW_MANTLE, SC_METER_INPUT},
    {"OutputTokens", SC_CW_MANTLE, SC_METER_OUTPUT},
    {"TotalOutputTokens", SC_CW_MANTLE, SC_METER_OUTPUT},
    {"CacheReadInputTokens", SC_CW_MANTLE, SC_METER_CACHE_READ},
    {"CacheWriteInputTokens", SC_CW_MANTLE, SC_METER_CACHE_WRITE},
};

/* Service tiers as requests and the dimensions ServiceTier and ResolvedServiceTier name them. */
static const struct {
    const char *name;
    sc_tier tier;
} tiers[] = {
    {"default", SC_TIER_STANDARD}, {"standard", SC_TIER_STANDARD}, {"priority", SC_TIER_PRIORITY},
    {"flex", SC_TIER_FLEX},        {"reserved", SC_TIER_RESERVED},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int tier_of(sc_text t)
{
    for (size_t i = 0; i < COUNT(tiers); i++) {
        if (sc_text_is(t, tiers[i].name))
            return (int)tiers[i].tier;
    }
    return -1;
}

static int space_of(sc_text t)
{
    for (int i = 0; i < SC_CW_SPACES; i++) {
        if (sc_text_is(t, spaces[i]))
            return i;
    }
    return -1;
}

/* The metric of this name; `space` -1 = any.  0 if there is none. */
static int find_metric(int space, sc_text name, sc_cw_series *s)
{
    for (size_t i = 0; i < COUNT(metrics); i++) {
        if (sc_text_is(name, metrics[i].name) && (space < 0 || space == (int)metrics[i].space)) {
            s->space = metrics[i].space;
            s->slot = metrics[i].slot;
            return 1;
        }
    }
    return 0;
}

static int starts_with(sc_text t, const char *start)
{
    const size_t n = strlen(start);
    return t.len >= n && memcmp(t.at, start, n) == 0;
}

/* Takes region and account from an ARN ("arn:aws:bedrock:us-east-1:123456789012:...") where they are not stated. */
static void read_arn(sc_text t, sc_cw_series *s)
{
    sc_text part[5];
    if (!starts_with(t, "arn:"))
        return;
    for (int i = 0; i < 5; i++) {
        const char *colon = memchr(t.at, ':', t.len);
        if (colon == NULL)
            return;
        part[i] = (sc_text){t.at, (size_t)(colon - t.at)};
        t = (sc_text){colon + 1, t.len - part[i].len - 1};
    }
    if (s->region.len == 0)
        s->region = part[3];
    if (s->account.len == 0)
        s->account = part[4];
}

static void set_model(sc_cw_series *s, sc_text value)
{
    s->model = value;
    read_arn(value, s);
}

static void set_project(sc_cw_series *s, sc_text value)
{
    s->project = value;
    read_arn(value, s);
}

/* What becomes of a series. */
typedef enum outcome { READ, PASS, REFUSE } outcome;

static outcome pass(const sc_usage_page *page, const char *reason)
{
    page->sink->skip(page->sink, reason);
    return PASS;
}

/* A result of an answer, with its request where that is in the file. */
typedef struct result {
    const sc_usage_page *page;
    const cJSON *node;
} result;

#define REFUSE_AT(r, value, ...) (sc_usage_reject((r)->page, (r)->node, value, __VA_ARGS__), REFUSE)

/* The metric's name, after its namespace is known to be Bedrock's. */
static outcome read_name(const result *r, const cJSON *at, int space, sc_text name, sc_cw_series *s)
{
    if (find_metric(space, name, s))
        return READ;
    if (sc_text_is(name, "OutputImageCount"))
        return REFUSE_AT(r, at, "a count of images; expected tokens: images are priced by size and quality");
    return pass(r->page, "a metric that counts neither tokens nor requests");
}

/* ---- the request: {"Metric":{"Namespace","MetricName","Dimensions"},"Period","Stat"} */

/* A value of the request may stand outside of the result that is rejected for it, so that the result is named. */
static outcome read_dimension(const result *r, const cJSON *dimension, sc_cw_series *s)
{
    const sc_text name = sc_usage_string(sc_usage_member(dimension, "Name"));
    const sc_text value = sc_usage_string(sc_usage_member(dimension, "Value"));
    if (value.len == 0)
        return REFUSE_AT(r, r->node, "dimension '%.*s' has no value", sc_usage_shown(name), name.at);
    if (sc_text_is(name, "ModelId") || sc_text_is(name, "Model")) {
        set_model(s, value);
    } else if (sc_text_is(name, "Project")) {
        set_project(s, value);
    } else if (sc_text_is(name, "ContextWindow")) {
        s->window = value;
    } else if (sc_text_is(name, "ServiceTier") || sc_text_is(name, "ResolvedServiceTier")) {
        const int tier = tier_of(value);
        if (tier < 0)
            return REFUSE_AT(r, r->node, "unknown service tier '%.*s'", sc_usage_shown(value), value.at);
        /* the tier that served the request sets its price */
        if (s->tier < 0 || sc_text_is(name, "ResolvedServiceTier"))
            s->tier = tier;
    } else {
        return REFUSE_AT(r, r->node,
                         "unknown dimension '%.*s', expected ModelId, Model, Project, ServiceTier, "
                         "ResolvedServiceTier or ContextWindow",
                         sc_usage_shown(name), name.at);
    }
    return READ;
}

static outcome read_period(const result *r, const cJSON *period, sc_cw_series *s)
{
    if (period == NULL)
        return READ;
    if (sc_usage_whole(r->page, period, &s->period) && s->period > 0 && s->period <= PERIOD_MAX)
        return READ;
    const sc_text text = sc_usage_source(r->page, period);
    return REFUSE_AT(r, r->node, "a period of '%.*s'; expected 1 to %d s", sc_usage_shown(text), text.at, PERIOD_MAX);
}

static outcome read_metric(const result *r, const cJSON *metric, const cJSON *period, sc_cw_series *s)
{
    const sc_text space_name = sc_usage_string(sc_usage_member(metric, "Namespace"));
    const int space = space_of(space_name);
    if (space < 0)
        return pass(r->page, "a metric of another service");
    outcome o = read_name(r, r->node, space, sc_usage_string(sc_usage_member(metric, "MetricName")), s);
    if (o == READ)
        o = read_period(r, period, s);
    const cJSON *dimensions = sc_usage_member(metric, "Dimensions");
    for (const cJSON *d = dimensions != NULL ? dimensions->child : NULL; o == READ && d != NULL; d = d->next)
        o = read_dimension(r, d, s);
    return o;
}

/* ---- the label: "AWS/Bedrock anthropic.claude-sonnet-4-6 InputTokenCount" */

/* One value of a label's dimensions, whose names are not said: 0 if it cannot be told what it is. */
static int read_label_value(sc_text value, sc_cw_series *s)
{
    const int is_project = starts_with(value, "proj_") || starts_with(value, "arn:aws:bedrock-mantle:") ||
                           (s->space == SC_CW_MANTLE && sc_text_is(value, "default"));
    if (is_project && s->project.len == 0) {
        set_project(s, value);
        return 1;
    }
    if (s->space == SC_CW_RUNTIME && s->tier < 0 && tier_of(value) >= 0) {
        s->tier = tier_of(value);
        return 1;
    }
    if (s->model.len > 0)
        return 0;
    set_model(s, value);
    return 1;
}

static sc_text last_word(sc_text t)
{
    size_t n = t.len;
    while (n > 0 && t.at[n - 1] != ' ')
        n--;
    return (sc_text){t.at + n, t.len - n};
}

/* The first word, taken off the text. */
static sc_text take_word(sc_text *t)
{
    const char *blank = t->len > 0 ? memchr(t->at, ' ', t->len) : NULL;
    const size_t n = blank != NULL ? (size_t)(blank - t->at) : t->len;
    const sc_text word = {t->at, n};
    *t = blank != NULL ? (sc_text){blank + 1, t->len - n - 1} : (sc_text){t->at + n, 0};
    return word;
}

static outcome read_label(const result *r, sc_cw_series *s)
{
    const cJSON *node = sc_usage_member(r->node, "Label");
    const cJSON *at = node != NULL ? node : r->node;
    sc_text label = sc_usage_string(node);
    const sc_text metric = last_word(label);
    sc_text values = {label.at, metric.len < label.len ? label.len - metric.len - 1 : 0};
    int space = -1;
    if (starts_with(values, "AWS/")) {
        space = space_of(take_word(&values));
        if (space < 0)
            return pass(r->page, "a metric of another service");
    }
    if (space < 0 && !find_metric(space, metric, s))
        return REFUSE_AT(r, at,
                         "label '%.*s' names no metric of Bedrock; expected one such as 'AWS/Bedrock MODEL "
                         "InputTokenCount', or the request in the same file",
                         sc_usage_shown(label), label.at);
    const outcome o = read_name(r, at, space, metric, s);
    while (o == READ && values.len > 0) {
        const sc_text value = take_word(&values);
        if (!read_label_value(value, s))
            return REFUSE_AT(r, at,
                             "label '%.*s' has dimensions that cannot be told apart; expected the request in "
                             "the same file",
                             sc_usage_shown(label), label.at);
    }
    return o;
}

/* ---- values */

#define LAST_SECOND INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

/* A time as text or, with the AWS CLI's cli_timestamp_format = wire, in seconds since 1970; 0 if `record` is rejected
 * for it. */
static int read_time(const sc_usage_page *page, const cJSON *record, const cJSON *node, int64_t *time)
{
    if (cJSON_IsString(node) ? sc_usage_time(sc_usage_string(node), time) == SC_OK
                             : sc_usage_whole(page, node, time) && *time >= 0 && *time <= LAST_SECOND)
        return 1;
    const cJSON *at = node != NULL ? node : record;
    const sc_text text = node != NULL ? sc_usage_source(page, node) : sc_text_of("nothing");
    sc_usage_reject(page, record, at, "%.*s is no time; expected one such as \"2026-01-15T12:00:00Z\"",
                    sc_usage_shown(text), text.at);
    return 0;
}

static int read_count(const sc_usage_page *page, const cJSON *record, const cJSON *node, int64_t *count)
{
    if (sc_usage_whole(page, node, count) && *count >= 0)
        return 1;
    const sc_text text = sc_usage_source(page, node);
    sc_usage_reject(page, record, node, "%.*s is no count; expected a whole number", sc_usage_shown(text), text.at);
    return 0;
}

static void read_values(const result *r, sc_cw_export *x)
{
    const cJSON *times = sc_usage_member(r->node, "Timestamps"), *values = sc_usage_member(r->node, "Values");
    const cJSON *time = times != NULL ? times->child : NULL, *value = values != NULL ? values->child : NULL;
    for (; time != NULL && value != NULL; time = time->next, value = value->next) {
        int64_t seconds, count;
        if (read_time(r->page, time, time, &seconds) && read_count(r->page, value, value, &count))
            sc_cw_add_point(x, seconds, count, sc_usage_source(r->page, value));
    }
    if (time != NULL)
        sc_usage_reject(r->page, r->node, time, "a time without a value");
    if (value != NULL)
        sc_usage_reject(r->page, r->node, value, "a value without a time");
}

/* ---- answers */

/* The request of this id; requests and results mostly stand in the same order, so that the search starts at
 * the last one found. */
static const cJSON *find_query(const cJSON *queries, const cJSON **last, sc_text id)
{
    const cJSON *first = queries != NULL ? queries->child : NULL;
    const cJSON *start = *last != NULL ? *last : first, *q = start;
    while (q != NULL) {
        const cJSON *found = sc_usage_member(q, "Id");
        if (cJSON_IsString(found) && sc_text_is(id, found->valuestring))
            return *last = q;
        q = q->next != NULL ? q->next : first;
        if (q == start)
            break;
    }
    return NULL;
}

/* What the series is: by its request, else by its label. */
static outcome identify(const result *r, const cJSON *query, sc_cw_series *s)
{
    const cJSON *stat = sc_usage_member(query, "MetricStat");
    const sc_text expression = sc_usage_string(sc_usage_member(query, "Expression"));
    s->account = sc_usage_string(sc_usage_member(query, "AccountId"));
    if (stat != NULL) {
        const sc_text name = sc_usage_string(sc_usage_member(stat, "Stat"));
        const outcome o = read_metric(r, sc_usage_member(stat, "Metric"), sc_usage_member(stat, "Period"), s);
        if (o == READ && !sc_text_is(name, "Sum"))
            return REFUSE_AT(r, r->node, "statistic '%.*s'; expected 'Sum'", sc_usage_shown(name), name.at);
        return o;
    }
    if (expression.len > 0 && (!starts_with(expression, "SEARCH(") || strstr(expression.at, "'Sum'") == NULL))
        return REFUSE_AT(r, r->node, "expression '%.*s'; expected a metric, or a SEARCH with 'Sum'",
                         sc_usage_shown(expression), expression.at);
    return read_label(r, s);
}

static void read_result(const result *r, const cJSON *query, sc_cw_export *x)
{
    const cJSON *status = sc_usage_member(r->node, "StatusCode");
    const sc_text text = sc_usage_string(status);
    sc_cw_series s = {.tier = -1, .source = sc_usage_source(r->page, r->node)};
    if (sc_text_is(text, "InternalError") || sc_text_is(text, "Forbidden")) {
        sc_usage_reject(r->page, r->node, status, "status '%s'; expected 'Complete'", text.at);
        return;
    }
    if (identify(r, query, &s) == READ) {
        sc_cw_add_series(x, &s);
        read_values(r, x);
    }
}

/* {"Namespace","MetricName","Dimensions","Period","Statistics","Datapoints":[{"Timestamp","Sum"}]}: request and answer
 * of GetMetricStatistics. */
static void read_statistics(const sc_usage_page *page, const cJSON *points, sc_cw_export *x)
{
    const result r = {page, page->root};
    sc_cw_series s = {.tier = -1, .source = sc_usage_source(page, page->root)};
    if (sc_usage_member(page->root, "Namespace") == NULL) {
        sc_usage_reject(page, page->root, points,
                        "'Datapoints' without 'Namespace'; expected the request in the same "
                        "object, as `jq -s add request.json answer.json` writes it");
        return;
    }
    if (read_metric(&r, page->root, sc_usage_member(page->root, "Period"), &s) != READ)
        return;
    sc_cw_add_series(x, &s);
    for (const cJSON *p = points->child; p != NULL; p = p->next) {
        const cJSON *sum = sc_usage_member(p, "Sum");
        int64_t time, count;
        if (sum == NULL)
            sc_usage_reject(page, p, p, "a point without 'Sum'");
        else if (read_time(page, p, sc_usage_member(p, "Timestamp"), &time) && read_count(page, p, sum, &count))
            sc_cw_add_point(x, time, count, sc_usage_source(page, p));
    }
}

static void read_page(const sc_usage_page *page, void *context)
{
    sc_cw_export *x = context;
    const cJSON *results = sc_usage_member(page->root, "MetricDataResults");
    const cJSON *queries = sc_usage_member(page->root, "MetricDataQueries"), *last = NULL;
    const cJSON *points = sc_usage_member(page->root, "Datapoints");
    x->more = sc_usage_member(page->root, "NextToken") != NULL;
    if (cJSON_IsArray(points)) {
        read_statistics(page, points, x);
        return;
    }
    if (!cJSON_IsArray(results)) {
        sc_usage_reject(page, page->root, page->root, "no list 'MetricDataResults' or 'Datapoints'");
        return;
    }
    for (const cJSON *node = results->child; node != NULL; node = node->next) {
        const result r = {page, node};
        read_result(&r, find_query(queries, &last, sc_usage_string(sc_usage_member(node, "Id"))), x);
    }
}

/* ---- the reader */

static int detect(const char *head, size_t size)
{
    return sc_usage_head_has(head, size, "MetricDataResults") || sc_usage_head_has(head, size, "MetricDataQueries") ||
                   sc_usage_head_has(head, size, "Datapoints")
               ? 100
               : 0;
}

static void read_all(const void *state, const char *block, size_t size, sc_usage_sink *sink)
{
    (void)state;
    sc_cw_export x = {.sink = sink};
    sc_usage_pages(block, size, sink, read_page, &x);
    sc_cw_deliver(&x);
    if (x.more)
        sink->skip(sink, "further pages of the answer, which are not in the file");
    if (x.no_memory)
        sink->reject(sink, block, size, 0, "out of memory");
    sc_cw_release(&x);
}

const sc_usage_reader sc_reader_cloudwatch = {SC_USAGE_CLOUDWATCH, "CloudWatch metrics", SC_SHAPE_DOCUMENT, detect,
                                              sc_fields_open,      sc_fields_close,      read_all};
