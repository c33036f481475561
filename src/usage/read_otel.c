/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_otel.c - OpenTelemetry spans of generative AI calls: OTLP as JSON lines, or one span a line.
 *
 * gen_ai.usage.input_tokens has cached and written tokens inside (OpenTelemetry semantic conventions, gen_ai registry,
 * 2026).  Spans of agents, workflows and tools repeat what the spans of their model calls state, and are passed over.
 * Attributes of the resource and, before them, those of the span are tags, but for those of machinery. */
#include <stdio.h>
#include <string.h>

#include "usage/json_head.h"
#include "usage/token_counts.h"

/* Where a region is stated, surest first: cloud.region is where the caller runs. */
enum { REGION_CALLED, REGION_ADDRESS, REGION_CLOUD, REGIONS };

typedef struct span {
    sc_usage_record *r;
    sc_counts k;
    int64_t time; /* -1 = not stated */
    sc_text trace_id, span_id, response_id, operation, model, asked_model;
    sc_text region[REGIONS];
    sc_text list; /* raw "resourceSpans" */
} span;

static void clear(span *s, sc_usage_record *r)
{
    *s = (span){.r = r, .time = -1};
    sc_counts_clear(&s->k);
    s->k.says = SC_CACHE_INSIDE;
}

/* ---- attributes */

static const struct {
    const char *key;
    sc_count count;
} counts[] = {
    {"gen_ai.usage.input_tokens", SC_COUNT_INPUT},
    {"gen_ai.usage.output_tokens", SC_COUNT_OUTPUT},
    {"gen_ai.usage.cache_read.input_tokens", SC_COUNT_CACHE_READ},
    {"gen_ai.usage.cache_creation.input_tokens", SC_COUNT_CACHE_WRITE},
    {"gen_ai.usage.reasoning.output_tokens", SC_COUNT_REASONING},
    /* older names, and those of instrumentations */
    {"gen_ai.usage.prompt_tokens", SC_COUNT_INPUT},
    {"gen_ai.usage.completion_tokens", SC_COUNT_OUTPUT},
    {"gen_ai.usage.total_tokens", SC_COUNT_TOTAL},
    {"llm.usage.total_tokens", SC_COUNT_TOTAL},
    {"gen_ai.usage.cache_read_input_tokens", SC_COUNT_CACHE_READ},
    {"gen_ai.usage.cache_creation_input_tokens", SC_COUNT_CACHE_WRITE},
    {"gen_ai.usage.cache_write_input_tokens", SC_COUNT_CACHE_WRITE},
    {"gen_ai.usage.input_tokens.cached", SC_COUNT_CACHE_READ},
    {"gen_ai.usage.input_tokens.cache_write", SC_COUNT_CACHE_WRITE},
    {"gen_ai.usage.output_tokens.reasoning", SC_COUNT_REASONING},
    {"gen_ai.usage.reasoning_tokens", SC_COUNT_REASONING},
};

static int starts(sc_text t, const char *start)
{
    const size_t len = strlen(start);
    return t.len >= len && memcmp(t.at, start, len) == 0;
}

/* Attributes that no cost is allocated by: those of machinery, and texts of prompts. */
static int is_tag(sc_text key)
{
    static const char *const others[] = {"gen_ai.",    "llm.",  "telemetry.", "process.",    "os.",
                                         "http.",      "url.",  "net.",       "network.",    "server.",
                                         "rpc.",       "code.", "thread.",    "otel.",       "error.",
                                         "exception.", "host.", "container.", "user_agent.", "traceloop."};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (starts(key, others[i]))
            return 0;
    }
    return 1;
}

/* "bedrock-runtime.us-east-1.amazonaws.com" names the endpoint and the region that was called. */
static void read_address(span *s, sc_text address)
{
    const char *dot = address.len > 0 ? memchr(address.at, '.', address.len) : NULL;
    if (dot == NULL || !starts(address, "bedrock-"))
        return;
    const char *region = dot + 1, *end = address.at + address.len;
    const char *region_end = memchr(region, '.', (size_t)(end - region));
    s->r->dim[SC_DIM_ENDPOINT] = (sc_text){address.at, (size_t)(dot - address.at)};
    if (region_end != NULL)
        s->region[REGION_ADDRESS] = (sc_text){region, (size_t)(region_end - region)};
}

static int text_attribute(sc_fields *f, sc_json_cursor *c, sc_text key, span *s)
{
    sc_text address = {NULL, 0};
    const struct {
        const char *key;
        sc_text *text;
    } texts[] = {{"gen_ai.request.model", &s->asked_model},
                 {"gen_ai.response.model", &s->model},
                 {"gen_ai.response.id", &s->response_id},
                 {"gen_ai.conversation.id", &s->r->session_key},
                 {"gen_ai.operation.name", &s->operation},
                 {"aws.region", &s->region[REGION_CALLED]},
                 {"cloud.region", &s->region[REGION_CLOUD]},
                 {"cloud.account.id", &s->r->dim[SC_DIM_ACCOUNT]},
                 {"server.address", &address}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (!sc_text_is(key, texts[i].key))
            continue;
        (void)sc_fields_text_if(f, c, texts[i].text);
        read_address(s, address);
        return 1;
    }
    return 0;
}

static void read_attribute(sc_fields *f, sc_json_cursor *c, sc_text key, span *s)
{
    const int is_usage = starts(key, "gen_ai.usage.") || starts(key, "llm.usage.");
    for (size_t i = 0; is_usage && i < sizeof counts / sizeof counts[0]; i++) {
        if (sc_text_is(key, counts[i].key)) {
            (void)sc_fields_count(f, c, key, &s->k.n[counts[i].count]);
            return;
        }
    }
    if (text_attribute(f, c, key, s))
        return;
    if (sc_text_is(key, "openai.response.service_tier") || sc_text_is(key, "gen_ai.openai.response.service_tier"))
        sc_fields_tier(f, c, &s->k.tier);
    else if (is_tag(key) || sc_text_is(key, "gen_ai.provider.name") || sc_text_is(key, "gen_ai.system"))
        sc_fields_tag(f, c, key, s->r);
    else
        sc_json_skip(c);
}

/* {"stringValue":"x"}; the text of an "intValue" may be a string, as JSON numbers are too small for 64 bits. */
static int value_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    sc_text *value = to;
    (void)f;
    if (!sc_text_is(key, "stringValue") && !sc_text_is(key, "intValue") && !sc_text_is(key, "doubleValue") &&
        !sc_text_is(key, "boolValue"))
        return 0;
    if (sc_json_raw(c, value) && sc_text_is(key, "intValue") && value->len > 2 && value->at[0] == '"')
        *value = (sc_text){value->at + 1, value->len - 2};
    return 1;
}

typedef struct attribute {
    sc_text key, value;
} attribute;

static int attribute_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    attribute *a = to;
    if (sc_text_is(key, "key"))
        (void)sc_json_string(c, &a->key, NULL);
    else if (sc_text_is(key, "value"))
        sc_fields_each(f, c, value_member, &a->value);
    else
        return 0;
    return 1;
}

static int plain_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    read_attribute(f, c, key, to);
    return 1;
}

/* An array of {"key","value"}, or an object of plain values. */
static void read_attributes(sc_fields *f, sc_json_cursor *c, span *s)
{
    if (sc_json_peek(c) != SC_JSON_ARRAY) {
        sc_fields_each(f, c, plain_member, s);
        return;
    }
    (void)sc_json_array(c);
    while (sc_json_element(c)) {
        attribute a = {{NULL, 0}, {NULL, 0}};
        sc_json_cursor value;
        sc_fields_each(f, c, attribute_member, &a);
        if (a.key.len == 0 || a.value.len == 0)
            continue;
        sc_json_begin(&value, a.value.at, a.value.len);
        read_attribute(f, &value, a.key, s);
        if (c->problem == NULL && !sc_json_end(&value)) {
            c->problem = value.problem;
            c->at = value.at;
        }
    }
}

/* ---- spans */

static int resource_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    return sc_text_is(key, "attributes") ? read_attributes(f, c, to), 1 : 0;
}

static int id_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    span *s = to;
    if (sc_text_is(key, "traceId") || sc_text_is(key, "trace_id"))
        (void)sc_fields_text_if(f, c, &s->trace_id);
    else if (sc_text_is(key, "spanId") || sc_text_is(key, "span_id"))
        (void)sc_fields_text_if(f, c, &s->span_id);
    else
        return 0;
    return 1;
}

/* Some exporters write a time as [seconds, nanoseconds]. */
static void read_time(sc_fields *f, sc_json_cursor *c, sc_text key, int64_t *time)
{
    if (sc_json_peek(c) != SC_JSON_ARRAY) {
        (void)sc_fields_time(f, c, key, time);
        return;
    }
    (void)sc_json_array(c);
    for (int i = 0; sc_json_element(c); i++) {
        if (i == 0)
            (void)sc_fields_time(f, c, key, time);
        else
            sc_json_skip(c);
    }
}

static int span_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    static const char *const times[] = {"startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime"};
    span *s = to;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        if (sc_text_is(key, times[i])) {
            read_time(f, c, key, &s->time);
            return 1;
        }
    }
    if (sc_text_is(key, "attributes"))
        read_attributes(f, c, s);
    else if (sc_text_is(key, "resource"))
        sc_fields_each(f, c, resource_member, s);
    else if (sc_text_is(key, "context") || sc_text_is(key, "spanContext"))
        sc_fields_each(f, c, id_member, s);
    else if (sc_text_is(key, "resourceSpans"))
        (void)sc_json_raw(c, &s->list);
    else
        return id_member(f, c, key, s);
    return 1;
}

static int is_of_agent(sc_text operation)
{
    static const char *const names[] = {"invoke_agent", "create_agent", "execute_tool", "invoke_workflow"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sc_text_is(operation, names[i]))
            return 1;
    }
    return 0;
}

/* The model as it was asked for tells the profile, and with it the price; the one that answered may be a bare name. */
static void set_model(span *s)
{
    sc_usage_record *r = s->r;
    sc_fields_model(r, s->asked_model.len > 0 ? s->asked_model : s->model);
    if (r->dim[SC_DIM_MODEL].len == 0)
        r->dim[SC_DIM_MODEL] = s->model;
    for (int i = 0; i < REGIONS && r->dim[SC_DIM_REGION].len == 0; i++)
        r->dim[SC_DIM_REGION] = s->region[i];
}

static void deliver(sc_fields *f, span *s)
{
    sc_usage_record *r = s->r;
    sc_json_cursor c = {.problem = NULL};
    if (!sc_counts_any(&s->k)) {
        f->sink->skip(f->sink, "span without token usage");
        return;
    }
    if (is_of_agent(s->operation)) {
        f->sink->skip(f->sink, "span of an agent or tool, whose model calls have spans of their own");
        return;
    }
    r->time = s->time;
    r->requests = 1;
    r->tier = s->k.tier;
    r->request_id = s->response_id;
    if (r->request_id.len == 0 && s->trace_id.len > 0 && s->span_id.len > 0)
        r->request_id = sc_fields_join(f, &c, s->trace_id, ':', s->span_id);
    set_model(s);
    const char *why = c.problem != NULL ? c.problem
                      : r->time < 0     ? "no time; expected startTimeUnixNano or start_time"
                      : r->dim[SC_DIM_MODEL].len == 0 && r->dim[SC_DIM_PROFILE].len == 0
                          ? "no model; expected gen_ai.request.model or gen_ai.response.model"
                          : sc_counts_settle(f, &s->k, r);
    if (why != NULL)
        sc_fields_reject_for(f, why);
    else
        sc_counts_deliver(f, r, NULL, 0);
}

/* ---- OTLP */

/* `to`: the span that has what its resource states. */
static void read_span(sc_fields *f, sc_json_cursor *c, void *to)
{
    const span *resource = to;
    sc_usage_record r = *resource->r;
    span s = *resource;
    s.r = &r;
    sc_fields_members(f, c, span_member, &s);
    if (c->problem != NULL)
        return;
    f->len = (size_t)(c->at - f->at);
    deliver(f, &s);
}

static int scope_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    return sc_text_is(key, "spans") ? sc_fields_elements(f, c, read_span, to), 1 : 0;
}

static void read_scope(sc_fields *f, sc_json_cursor *c, void *to) { sc_fields_members(f, c, scope_member, to); }

/* A resource and its spans, which wait for it if they come first. */
typedef struct group {
    span resource;
    int has_resource;
    sc_text waiting, waiting_old;
} group;

static void read_scopes(sc_fields *f, sc_json_cursor *c, group *g, sc_text *waiting)
{
    if (g->has_resource)
        sc_fields_elements(f, c, read_scope, &g->resource);
    else
        (void)sc_json_raw(c, waiting);
}

static int group_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    group *g = to;
    if (sc_text_is(key, "resource")) {
        sc_fields_each(f, c, resource_member, &g->resource);
        g->has_resource = 1;
    } else if (sc_text_is(key, "scopeSpans")) {
        read_scopes(f, c, g, &g->waiting);
    } else if (sc_text_is(key, "instrumentationLibrarySpans")) {
        read_scopes(f, c, g, &g->waiting_old);
    } else {
        return 0;
    }
    return 1;
}

static void read_resource(sc_fields *f, sc_json_cursor *c, void *to)
{
    sc_usage_record r;
    group g = {.has_resource = 0};
    (void)to;
    sc_usage_clear(&r);
    clear(&g.resource, &r);
    sc_fields_members(f, c, group_member, &g);
    if (c->problem != NULL)
        return;
    f->len = (size_t)(c->at - f->at);
    if (g.waiting.len > 0)
        sc_fields_array(f, g.waiting, read_scope, &g.resource);
    if (g.waiting_old.len > 0)
        sc_fields_array(f, g.waiting_old, read_scope, &g.resource);
}

static void read_line(sc_fields *f, sc_text line)
{
    sc_usage_record r;
    span s;
    sc_usage_clear(&r);
    clear(&s, &r);
    if (!sc_fields_object(f, line, span_member, &s))
        return;
    if (s.list.len > 0)
        sc_fields_array(f, s.list, read_resource, NULL);
    else
        deliver(f, &s);
}

static void read_block(const void *state, const char *block, size_t size, sc_usage_sink *sink)
{
    (void)state;
    sc_fields_lines(block, size, sink, read_line);
}

/* ---- detection */

static int rate(const sc_json_head *h)
{
    const sc_text attributes = sc_json_head_value(h, "attributes");
    if (sc_json_head_value(h, "resourceSpans").len > 0)
        return 100;
    if (attributes.len == 0)
        return 0;
    if (sc_fields_has(attributes, "\"gen_ai."))
        return 90;
    return sc_json_head_value(h, "traceId").len > 0 || sc_json_head_value(h, "context").len > 0 ? 60 : 0;
}

static int detect(const char *head, size_t size) { return sc_json_head_best(head, size, rate); }

const sc_usage_reader sc_reader_otel = {
    .kind = SC_USAGE_OTEL,
    .name = "OpenTelemetry spans",
    .shape = SC_SHAPE_LINES,
    .detect = detect,
    .open = sc_fields_open,
    .close = sc_fields_close,
    .read = read_block,
};
