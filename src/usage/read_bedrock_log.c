/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_bedrock_log.c - Bedrock model invocation logs: one JSON object per call, as it is in S3, or in CloudWatch
 * events.
 *
 * inputTokenCount leaves cached and written tokens out.  The counts of the record itself hold; the body adds what they
 * do not say: lifetimes of cache writes, the tier, guardrail units, and counts where the record has none.  The price
 * follows `region` and the model id, never `inferenceRegion`, where a profile happened to run the call (AWS Bedrock
 * user guide, model invocation logging, 2026; records of 2025 and 2026). */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "usage/guardrail_units.h"
#include "usage/json_head.h"
#include "usage/token_counts.h"

/* How a call was served, or asked to be; -1 = not stated. */
typedef struct service {
    int tier;
    int optimized; /* latency-optimized inference */
} service;

/* What one record says. */
typedef struct call {
    sc_usage_record *r;
    int64_t time;     /* -1 = not stated */
    sc_counts stated; /* by the record itself */
    sc_counts body, metrics;
    sc_guardrail_units units;
    service asked, served;
    sc_text model, arn, schema, operation, error;
    int blocked;     /* a guardrail let the model say nothing */
    sc_text message; /* raw: a record that CloudWatch wraps ... */
    sc_text events;  /* ... or an array of such */
} call;

/* ---- bodies */

static int latency_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    sc_text latency;
    if (!sc_text_is(key, "latency"))
        return 0;
    if (sc_fields_text_if(f, c, &latency))
        *(int *)to = sc_text_is(latency, "optimized");
    return 1;
}

static int service_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    service *s = to;
    if (sc_text_is(key, "serviceTier") || sc_text_is(key, "service_tier"))
        sc_fields_tier(f, c, &s->tier);
    else if (sc_text_is(key, "performanceConfig"))
        sc_fields_each(f, c, latency_member, &s->optimized);
    else
        return 0;
    return 1;
}

/* Counts of the record and of "amazon-bedrock-invocationMetrics". */
static int stated_member(sc_fields *f, sc_json_cursor *c, sc_text key, sc_counts *k)
{
    static const struct {
        sc_text name;
        sc_count count;
    } keys[] = {{SC_FIELDS_NAME("inputTokenCount"), SC_COUNT_INPUT},
                {SC_FIELDS_NAME("outputTokenCount"), SC_COUNT_OUTPUT},
                {SC_FIELDS_NAME("cacheReadInputTokenCount"), SC_COUNT_CACHE_READ},
                {SC_FIELDS_NAME("cacheWriteInputTokenCount"), SC_COUNT_CACHE_WRITE}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (key.len == keys[i].name.len && memcmp(key.at, keys[i].name.at, key.len) == 0)
            return (void)sc_fields_count(f, c, key, &k->n[keys[i].count]), 1;
    }
    return 0;
}

static int metrics_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    return stated_member(f, c, key, to);
}

/* Titan: {"inputTextTokenCount":5,"results":[{"tokenCount":7, ...}]}. */
static int result_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    int64_t n = -1, *sum = to;
    const char *at = c->at;
    if (!sc_text_is(key, "tokenCount"))
        return 0;
    if (sc_fields_count(f, c, key, &n) && __builtin_add_overflow(*sum < 0 ? 0 : *sum, n, sum))
        sc_fields_fail(f, c, at, "tokenCount add up to more than 9223372036854775807");
    return 1;
}

/* What one body, or one event of a streamed body, says. */
typedef struct chunk {
    call *l;
    sc_counts usage, metrics;
} chunk;

static int own_count(sc_fields *f, sc_json_cursor *c, sc_text key, sc_counts *k)
{
    if (sc_text_is(key, "prompt_token_count") || sc_text_is(key, "inputTextTokenCount"))
        (void)sc_fields_count(f, c, key, &k->n[SC_COUNT_INPUT]);
    else if (sc_text_is(key, "generation_token_count") || sc_text_is(key, "totalOutputTextTokenCount"))
        (void)sc_fields_count(f, c, key, &k->n[SC_COUNT_OUTPUT]);
    else if (sc_text_is(key, "results"))
        sc_fields_each(f, c, result_member, &k->n[SC_COUNT_OUTPUT]);
    else
        return 0;
    return 1;
}

static int chunk_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    chunk *k = to;
    sc_text word;
    if (sc_text_is(key, "usage"))
        sc_counts_read(f, c, &k->usage);
    else if (sc_text_is(key, "message") || sc_text_is(key, "metadata")) /* of events "message_start", "metadata" */
        sc_fields_each(f, c, chunk_member, to);
    else if (sc_text_is(key, "amazon-bedrock-invocationMetrics"))
        sc_fields_each(f, c, metrics_member, &k->metrics);
    else if (sc_text_is(key, "amazon-bedrock-trace") || sc_text_is(key, "trace"))
        sc_guardrail_read(f, c, &k->l->units);
    else if (sc_text_is(key, "amazon-bedrock-guardrailAction"))
        k->l->blocked |= sc_fields_text_if(f, c, &word) && sc_text_is(word, "INTERVENED");
    else if (sc_text_is(key, "stopReason"))
        k->l->blocked |= sc_fields_text_if(f, c, &word) && sc_text_is(word, "guardrail_intervened");
    else
        return own_count(f, c, key, &k->usage) || service_member(f, c, key, &k->l->served);
    return 1;
}

static void read_chunk(sc_fields *f, sc_json_cursor *c, call *l)
{
    chunk k = {.l = l};
    sc_counts_clear(&k.usage);
    sc_counts_clear(&k.metrics);
    sc_fields_each(f, c, chunk_member, &k);
    sc_counts_override(&l->body, &k.usage);
    sc_counts_override(&l->metrics, &k.metrics);
}

/* A streamed body is an array of events; the last one that states a count holds. */
static void read_response(sc_fields *f, sc_json_cursor *c, call *l)
{
    if (sc_json_peek(c) != SC_JSON_ARRAY) {
        read_chunk(f, c, l);
        return;
    }
    (void)sc_json_array(c);
    while (sc_json_element(c))
        read_chunk(f, c, l);
}

/* ---- records */

static int input_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    call *l = to;
    if (sc_text_is(key, "inputBodyJson"))
        sc_fields_each(f, c, service_member, &l->asked);
    else
        return stated_member(f, c, key, &l->stated);
    return 1;
}

static int output_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    call *l = to;
    if (sc_text_is(key, "outputBodyJson"))
        read_response(f, c, l);
    else
        return stated_member(f, c, key, &l->stated);
    return 1;
}

/* {"arn":"..."}, in some records within an array. */
static int identity_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    sc_text *arn = to, text;
    if (!sc_text_is(key, "arn"))
        return 0;
    if (sc_fields_text_if(f, c, &text) && arn->len == 0)
        *arn = text;
    return 1;
}

/* What the members of a record are. */
typedef enum member_kind { TIME, INPUT, OUTPUT, IDENTITY, TAGS, RAW, TEXT, DIM, REQUEST_ID } member_kind;

typedef struct member_name {
    sc_text name;
    member_kind kind;
    size_t place; /* of the text in a call, or the dim */
} member_name;

static const member_name members[] = {
    {SC_FIELDS_NAME("timestamp"), TIME, 0},
    {SC_FIELDS_NAME("@timestamp"), TIME, 0},
    {SC_FIELDS_NAME("input"), INPUT, 0},
    {SC_FIELDS_NAME("output"), OUTPUT, 0},
    {SC_FIELDS_NAME("identity"), IDENTITY, 0},
    {SC_FIELDS_NAME("requestMetadata"), TAGS, 0},
    {SC_FIELDS_NAME("message"), RAW, offsetof(call, message)},
    {SC_FIELDS_NAME("@message"), RAW, offsetof(call, message)},
    {SC_FIELDS_NAME("events"), RAW, offsetof(call, events)},
    {SC_FIELDS_NAME("logEvents"), RAW, offsetof(call, events)},
    {SC_FIELDS_NAME("operation"), TEXT, offsetof(call, operation)},
    {SC_FIELDS_NAME("modelId"), TEXT, offsetof(call, model)},
    {SC_FIELDS_NAME("schemaType"), TEXT, offsetof(call, schema)},
    {SC_FIELDS_NAME("errorCode"), TEXT, offsetof(call, error)},
    {SC_FIELDS_NAME("accountId"), DIM, SC_DIM_ACCOUNT},
    {SC_FIELDS_NAME("region"), DIM, SC_DIM_REGION},
    {SC_FIELDS_NAME("requestId"), REQUEST_ID, 0},
};

static int record_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    call *l = to;
    const member_name *m = SC_FIELDS_FIND(f, members, key);
    if (m == NULL)
        return service_member(f, c, key, &l->served);
    sc_text *const text = (sc_text *)(void *)((char *)l + m->place);
    switch (m->kind) {
    case TIME: (void)sc_fields_time(f, c, key, &l->time); break;
    case INPUT: sc_fields_each(f, c, input_member, l); break;
    case OUTPUT: sc_fields_each(f, c, output_member, l); break;
    case IDENTITY: sc_fields_each(f, c, identity_member, &l->arn); break;
    case TAGS: sc_fields_tags(f, c, l->r); break;
    case RAW: (void)sc_json_raw(c, text); break;
    case TEXT: (void)sc_fields_text(f, c, text); break;
    case DIM: (void)sc_fields_text(f, c, &l->r->dim[m->place]); break;
    case REQUEST_ID: (void)sc_fields_text(f, c, &l->r->request_id); break;
    }
    return 1;
}

/* Adds to the record's own counts what only the body states; NULL or the reason why they contradict each other. */
static const char *merge_body(sc_fields *f, call *l)
{
    sc_counts *k = &l->stated;
    for (int i = 0; i < SC_TOKEN_METERS; i++) {
        if (l->body.n[i] < 0)
            l->body.n[i] = l->metrics.n[i];
    }
    if (!sc_counts_any(k)) {
        *k = l->body;
        return NULL;
    }
    const int64_t own = k->n[SC_COUNT_INPUT], other = l->body.n[SC_COUNT_INPUT];
    const int cache_stated = k->n[SC_COUNT_CACHE_READ] >= 0 || k->n[SC_COUNT_CACHE_WRITE] >= 0;
    k->says = SC_CACHE_APART;
    for (int i = 0; i < SC_TOKEN_METERS; i++) {
        if (k->n[i] < 0)
            k->n[i] = l->body.n[i];
    }
    if (cache_stated || (l->body.says & SC_CACHE_INSIDE) == 0 ||
        (k->n[SC_COUNT_CACHE_READ] <= 0 && k->n[SC_COUNT_CACHE_WRITE] <= 0))
        return NULL;
    /* The body's cached tokens are inside its input count: that must be the record's. */
    if (own >= 0 && other >= 0 && own != other) {
        (void)snprintf(f->reason, sizeof f->reason, "inputTokenCount is %" PRId64 ", but the body has %" PRId64, own,
                       other);
        return f->reason;
    }
    k->says = SC_CACHE_INSIDE;
    return NULL;
}

static void set_dims(call *l)
{
    sc_usage_record *r = l->r;
    sc_fields_model(r, l->model);
    if (r->dim[SC_DIM_REGION].len == 0)
        r->dim[SC_DIM_REGION] = sc_fields_arn_part(l->model, 3);
    if (r->dim[SC_DIM_ACCOUNT].len == 0)
        r->dim[SC_DIM_ACCOUNT] = sc_fields_arn_part(l->model, 4);
    r->dim[SC_DIM_ENDPOINT] = sc_text_of("bedrock-runtime");
    if (l->arn.len > 0)
        sc_usage_principal(l->arn, &r->dim[SC_DIM_PRINCIPAL], &r->dim[SC_DIM_SESSION]);
    const int optimized = l->served.optimized >= 0 ? l->served.optimized : l->asked.optimized;
    r->tier = optimized == 1 ? SC_TIER_LATENCY_OPTIMIZED : l->served.tier >= 0 ? l->served.tier : l->asked.tier;
    /* Provisioned throughput is paid by the hour, whatever is called. */
    if (sc_fields_has(sc_fields_arn_part(l->model, 5), "provisioned-model/"))
        r->tier = SC_TIER_PROVISIONED;
}

/* Delivers a whole record. */
static void deliver(sc_fields *f, call *l)
{
    sc_extra extras[SC_GUARDRAIL_UNITS];
    sc_usage_record *r = l->r;
    const size_t n = sc_guardrail_extras(&l->units, extras);
    const char *why = merge_body(f, l);
    sc_counts *k = &l->stated;
    const int64_t said = (k->n[SC_COUNT_INPUT] > 0) + (k->n[SC_COUNT_OUTPUT] > 0) + (k->n[SC_COUNT_CACHE_READ] > 0) +
                         (k->n[SC_COUNT_CACHE_WRITE] > 0);
    if (l->schema.len > 0 && !sc_text_is(l->schema, "ModelInvocationLog")) {
        f->sink->skip(f->sink, "not a model invocation record");
        return;
    }
    if (sc_text_is(l->operation, "CountTokens")) {
        f->sink->skip(f->sink, "tokens were only counted");
        return;
    }
    if (l->error.len > 0 && said == 0 && n == 0) {
        f->sink->skip(f->sink, "failed call");
        return;
    }
    if (!sc_counts_any(k) && (l->blocked || l->error.len > 0))
        k->n[SC_COUNT_INPUT] = 0;
    if (why == NULL && l->model.len == 0)
        why = "no modelId; expected one";
    if (why == NULL && l->time < 0)
        why = "no timestamp; expected one";
    if (why == NULL && !sc_counts_any(k))
        why = "no token counts; expected inputTokenCount, or usage in the body";
    if (why == NULL)
        why = sc_counts_settle(f, k, r);
    if (why != NULL) {
        sc_fields_reject_for(f, why);
        return;
    }
    r->time = l->time;
    r->requests = 1;
    set_dims(l);
    sc_counts_deliver(f, r, extras, n);
}

/* ---- CloudWatch */

static void read_record(sc_fields *f, sc_text text, int64_t time, int wrapped);

/* A record that is the message of an event: a string, or an object as some exporters make it. */
static void read_message(sc_fields *f, const call *l)
{
    static const char check[] = "Permissions are correctly set for Amazon Bedrock logs";
    sc_json_cursor c;
    sc_text text = l->message;
    f->shown = l->message.at;
    if (text.at[0] == '"') {
        sc_json_begin(&c, text.at, text.len);
        if (!sc_fields_text(f, &c, &text)) {
            sc_fields_reject(f, &c);
            return;
        }
        if (text.len >= sizeof check - 1 && memcmp(text.at, check, sizeof check - 1) == 0) {
            f->sink->skip(f->sink, "test of the log's permissions");
            return;
        }
        if (text.len == 0 || text.at[0] != '{') {
            sc_fields_reject_for(f, "the event's message is no JSON object; expected a record");
            return;
        }
    }
    read_record(f, text, l->time, 1);
}

static void read_event(sc_fields *f, sc_json_cursor *c, void *to)
{
    sc_text event;
    (void)to;
    if (!sc_json_raw(c, &event))
        return;
    f->len = event.len;
    f->shown = NULL;
    read_record(f, event, -1, 0);
}

/* `time`: of the event around the record, -1 = none. */
static void read_record(sc_fields *f, sc_text text, int64_t time, int wrapped)
{
    sc_usage_record r;
    call l = {.r = &r, .time = -1, .asked = {-1, -1}, .served = {-1, -1}};
    sc_usage_clear(&r);
    sc_counts_clear(&l.stated);
    sc_counts_clear(&l.body);
    sc_counts_clear(&l.metrics);
    if (!sc_fields_object(f, text, record_member, &l))
        return;
    if (l.time < 0)
        l.time = time;
    if (wrapped || l.model.len > 0 || (l.message.len == 0 && l.events.len == 0))
        deliver(f, &l);
    else if (l.message.len > 0)
        read_message(f, &l);
    else
        sc_fields_array(f, l.events, read_event, NULL);
}

static void read_line(sc_fields *f, sc_text line) { read_record(f, line, -1, 0); }

static void read_block(const void *state, const char *block, size_t size, sc_usage_sink *sink)
{
    (void)state;
    sc_fields_lines(block, size, sink, read_line);
}

/* ---- detection */

static int rate(const sc_json_head *h)
{
    static const char *const wrappers[] = {"message", "@message", "events", "logEvents"};
    if (sc_json_head_is(h, "schemaType", "ModelInvocationLog"))
        return 100;
    if (sc_json_head_value(h, "modelId").len > 0 &&
        (sc_json_head_value(h, "input").len > 0 || sc_json_head_value(h, "operation").len > 0))
        return 90;
    for (size_t i = 0; i < sizeof wrappers / sizeof wrappers[0]; i++) {
        const sc_text value = sc_json_head_value(h, wrappers[i]);
        if (sc_fields_has(value, "ModelInvocationLog"))
            return 100;
        if (sc_fields_has(value, "modelId") && sc_fields_has(value, "operation"))
            return 80;
    }
    return 0;
}

static int detect(const char *head, size_t size) { return sc_json_head_best(head, size, rate); }

const sc_usage_reader sc_reader_bedrock_log = {
    .kind = SC_USAGE_BEDROCK_LOG,
    .name = "Bedrock model invocation log",
    .shape = SC_SHAPE_LINES,
    .detect = detect,
    .open = sc_fields_open,
    .close = sc_fields_close,
    .read = read_block,
};
