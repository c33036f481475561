/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_openai.c - usage as OpenAI's APIs state it, which bedrock-mantle speaks too: Chat Completions and Responses
 * (bare, or wrapped by a log with "request" and "response", or as lines of a batch's output), lines with the counts
 * themselves, and organization usage.
 *
 * Cached and written tokens are inside the input, reasoning is inside the output (OpenAI API reference, 2026; AWS
 * Bedrock user guide, prompt caching, 2026).  Image tokens stay in the input and output they are counted in; audio
 * tokens have a meter of their own. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "usage/json_head.h"
#include "usage/token_counts.h"

typedef struct call {
    sc_usage_record *r;
    sc_counts k;
    int64_t created, logged, ended; /* -1 = not stated */
    sc_text object, status, id, model, asked_model;
    int asked_tier;
    int is_batch, has_failed;
    sc_text list; /* raw "data" or "results" */
} call;

/* ---- members */

static int project_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    call *l = to;
    sc_text text;
    if (!sc_text_is(key, "project") && !sc_text_is(key, "project_id") && !sc_fields_is_header(key, "openai-project"))
        return 0;
    if (sc_fields_text_if(f, c, &text) && l->r->dim[SC_DIM_PROJECT].len == 0)
        l->r->dim[SC_DIM_PROJECT] = text;
    return 1;
}

static int metadata_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    call *l = to;
    if (!project_member(f, c, key, to))
        sc_fields_tag(f, c, key, l->r);
    return 1;
}

static int request_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    call *l = to;
    if (sc_text_is(key, "model"))
        (void)sc_fields_text_if(f, c, &l->asked_model);
    else if (sc_text_is(key, "service_tier"))
        sc_fields_tier(f, c, &l->asked_tier);
    else if (sc_text_is(key, "headers") || sc_text_is(key, "body"))
        sc_fields_each(f, c, request_member, to);
    else if (sc_text_is(key, "metadata"))
        sc_fields_each(f, c, metadata_member, to);
    else
        return project_member(f, c, key, to);
    return 1;
}

static int id_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    return sc_text_is(key, "id") ? (void)sc_fields_text_if(f, c, to), 1 : 0;
}

/* Members of a response, and of the lines that wrap it: what they are, and where they go in a call. */
typedef enum member_kind {
    USAGE,
    WRAPPER,
    REQUEST,
    HEADERS,
    METADATA,
    TAGS,
    TAG,
    LIST,
    REQUESTS,
    BATCH,
    CUSTOM_ID,
    ERROR,
    TIME,
    TEXT,
    DIM,
    CONVERSATION,
    SESSION
} member_kind;

typedef struct member_name {
    sc_text name;
    member_kind kind;
    size_t place; /* of the time or text in a call, or the dim */
} member_name;

static const member_name members[] = {
    {SC_FIELDS_NAME("usage"), USAGE, 0},
    {SC_FIELDS_NAME("response"), WRAPPER, 0},
    {SC_FIELDS_NAME("body"), WRAPPER, 0},
    {SC_FIELDS_NAME("request"), REQUEST, 0},
    {SC_FIELDS_NAME("headers"), HEADERS, 0},
    {SC_FIELDS_NAME("metadata"), METADATA, 0},
    {SC_FIELDS_NAME("tags"), TAGS, 0},
    {SC_FIELDS_NAME("labels"), TAGS, 0},
    {SC_FIELDS_NAME("user"), TAG, 0},
    {SC_FIELDS_NAME("user_id"), TAG, 0},
    {SC_FIELDS_NAME("api_key_id"), TAG, 0},
    {SC_FIELDS_NAME("data"), LIST, 0},
    {SC_FIELDS_NAME("results"), LIST, 0},
    {SC_FIELDS_NAME("num_model_requests"), REQUESTS, 0},
    {SC_FIELDS_NAME("batch"), BATCH, 0},
    {SC_FIELDS_NAME("custom_id"), CUSTOM_ID, 0},
    {SC_FIELDS_NAME("error"), ERROR, 0},
    {SC_FIELDS_NAME("created"), TIME, offsetof(call, created)},
    {SC_FIELDS_NAME("created_at"), TIME, offsetof(call, created)},
    {SC_FIELDS_NAME("timestamp"), TIME, offsetof(call, logged)},
    {SC_FIELDS_NAME("start_time"), TIME, offsetof(call, logged)},
    {SC_FIELDS_NAME("time"), TIME, offsetof(call, logged)},
    {SC_FIELDS_NAME("end_time"), TIME, offsetof(call, ended)},
    {SC_FIELDS_NAME("id"), TEXT, offsetof(call, id)},
    {SC_FIELDS_NAME("object"), TEXT, offsetof(call, object)},
    {SC_FIELDS_NAME("model"), TEXT, offsetof(call, model)},
    {SC_FIELDS_NAME("status"), TEXT, offsetof(call, status)},
    {SC_FIELDS_NAME("region"), DIM, SC_DIM_REGION},
    {SC_FIELDS_NAME("account_id"), DIM, SC_DIM_ACCOUNT},
    {SC_FIELDS_NAME("conversation"), CONVERSATION, 0},
    {SC_FIELDS_NAME("conversation_id"), SESSION, 0},
    {SC_FIELDS_NAME("session_id"), SESSION, 0},
    {SC_FIELDS_NAME("prompt_cache_key"), SESSION, 0},
};

/* What a conversation's requests share: {"id":"conv_1"} or the id alone ... */
static void read_conversation(sc_fields *f, sc_json_cursor *c, sc_text *session)
{
    if (sc_json_peek(c) == SC_JSON_STRING)
        (void)sc_fields_text(f, c, session);
    else
        sc_fields_each(f, c, id_member, session);
}

/* ... or the key that routes them to one cache. */
static void read_session(sc_fields *f, sc_json_cursor *c, sc_text *session)
{
    sc_text text;
    if (sc_fields_text_if(f, c, &text) && session->len == 0)
        *session = text;
}

/* What is further inside goes before. */
static int call_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    call *l = to;
    const member_name *m = SC_FIELDS_FIND(f, members, key);
    if (m == NULL)
        return project_member(f, c, key, l) || sc_counts_member(f, c, key, &l->k);
    void *const place = (char *)l + m->place;
    switch (m->kind) {
    case USAGE: sc_counts_read(f, c, &l->k); break;
    case WRAPPER: sc_fields_each(f, c, call_member, l); break;
    case REQUEST: sc_fields_each(f, c, request_member, l); break;
    case HEADERS: sc_fields_each(f, c, project_member, l); break;
    case METADATA: sc_fields_each(f, c, metadata_member, l); break;
    case TAGS: sc_fields_tags(f, c, l->r); break;
    case TAG: sc_fields_tag(f, c, key, l->r); break;
    case LIST: (void)sc_json_raw(c, &l->list); break;
    case REQUESTS: (void)sc_fields_count(f, c, key, &l->r->requests); break;
    case BATCH: (void)sc_json_bool(c, &l->is_batch); break;
    case CUSTOM_ID: l->is_batch = sc_json_peek(c) == SC_JSON_STRING, sc_json_skip(c); break;
    case ERROR: l->has_failed |= sc_json_peek(c) != SC_JSON_NULL, sc_json_skip(c); break;
    case TIME: (void)sc_fields_time(f, c, key, place); break;
    case TEXT: (void)sc_fields_text_if(f, c, place); break;
    case DIM: (void)sc_fields_text_if(f, c, &l->r->dim[m->place]); break;
    case CONVERSATION: read_conversation(f, c, &l->r->session_key); break;
    case SESSION: read_session(f, c, &l->r->session_key); break;
    }
    return 1;
}

/* ---- records */

static int starts(sc_text t, const char *start)
{
    const size_t len = strlen(start);
    return t.len >= len && memcmp(t.at, start, len) == 0;
}

static sc_grain grain_of(int64_t seconds)
{
    return seconds <= 60      ? SC_GRAIN_MINUTE
           : seconds <= 3600  ? SC_GRAIN_HOUR
           : seconds <= 86400 ? SC_GRAIN_DAY
                              : SC_GRAIN_MONTH;
}

/* A line without token counts: one that tells of a call that must have had some is rejected. */
static void pass_over(sc_fields *f, const call *l)
{
    if (starts(l->object, "organization."))
        sc_fields_reject_for(f, "usage of a kind that is not counted in tokens; expected completions or embeddings");
    else if (l->has_failed || sc_text_is(l->status, "failed"))
        f->sink->skip(f->sink, "failed call");
    else if (sc_text_is(l->object, "chat.completion") || sc_text_is(l->object, "text_completion") ||
             (sc_text_is(l->object, "response") && sc_text_is(l->status, "completed")))
        sc_fields_reject_for(f, "no usage; expected token counts");
    else
        f->sink->skip(f->sink, "no usage in record");
}

static void deliver(sc_fields *f, call *l)
{
    sc_extra extras[SC_COUNT_EXTRAS_MAX];
    sc_usage_record *r = l->r;
    const int is_sum = starts(l->object, "organization.");
    if (!sc_counts_any(&l->k)) {
        pass_over(f, l);
        return;
    }
    r->time = l->created >= 0 ? l->created : l->logged;
    if (is_sum)
        r->grain = grain_of(l->ended >= 0 ? l->ended - l->logged : 86400);
    else if (r->requests < 0)
        r->requests = 1;
    r->request_id = l->id;
    sc_fields_model(r, l->model.len > 0 ? l->model : l->asked_model);
    r->tier = l->is_batch ? SC_TIER_BATCH : l->k.tier >= 0 ? l->k.tier : l->asked_tier;
    const char *why = r->time < 0 ? "no time; expected created, created_at, timestamp or start_time"
                      : r->dim[SC_DIM_MODEL].len == 0 && r->dim[SC_DIM_PROFILE].len == 0
                          ? "no model; expected one"
                          : sc_counts_settle(f, &l->k, r);
    if (why != NULL)
        sc_fields_reject_for(f, why);
    else
        sc_counts_deliver(f, r, extras, sc_counts_extras(&l->k, extras));
}

static void read_call(sc_fields *f, sc_text text, const call *around);

static void read_element(sc_fields *f, sc_json_cursor *c, void *to)
{
    sc_text text;
    if (!sc_json_raw(c, &text))
        return;
    f->len = text.len;
    read_call(f, text, to);
}

/* `around`: the bucket or page, whose times hold for what is inside; NULL = none. */
static void read_call(sc_fields *f, sc_text text, const call *around)
{
    sc_usage_record r;
    call l = {.r = &r, .created = -1, .logged = -1, .ended = -1, .asked_tier = -1};
    sc_usage_clear(&r);
    sc_counts_clear(&l.k);
    if (around != NULL) {
        l.logged = around->logged;
        l.ended = around->ended;
    }
    if (!sc_fields_object(f, text, call_member, &l))
        return;
    if (!sc_counts_any(&l.k) && l.list.len > 0 && l.list.at[0] == '[')
        sc_fields_array(f, l.list, read_element, &l);
    else
        deliver(f, &l);
}

static void read_line(sc_fields *f, sc_text line) { read_call(f, line, NULL); }

static void read_block(const void *state, const char *block, size_t size, sc_usage_sink *sink)
{
    (void)state;
    sc_fields_lines(block, size, sink, read_line);
}

/* ---- detection */

/* `depth`: objects of the line around the members; a batch has two around its responses. */
static int rate_members(const sc_json_head *h, int depth)
{
    static const char *const objects[] = {"chat.completion", "text_completion", "response", "organization.usage."};
    static const char *const wrappers[] = {"response", "body"};
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        if (sc_json_head_starts(h, "object", objects[i]) || sc_json_head_is(h, "object", objects[i]))
            return 95;
    }
    if (sc_json_head_is(h, "object", "page") || sc_json_head_is(h, "object", "bucket") ||
        (sc_json_head_is(h, "object", "list") && sc_json_head_value(h, "data").len > 0))
        return 90;
    for (size_t i = 0; depth < 2 && i < sizeof wrappers / sizeof wrappers[0]; i++) {
        const sc_text value = sc_json_head_value(h, wrappers[i]);
        sc_json_head inner;
        sc_json_head_read(value, &inner);
        const int rating = inner.n > 0 ? rate_members(&inner, depth + 1) : 0;
        if (rating > 0)
            return rating;
    }
    const sc_text usage = sc_json_head_value(h, "usage");
    if (sc_fields_has(usage, "\"prompt_tokens\"") || sc_fields_has(usage, "\"input_tokens_details\"") ||
        sc_json_head_value(h, "prompt_tokens").len > 0 || sc_json_head_value(h, "input_tokens_details").len > 0)
        return 70;
    return sc_fields_has(usage, "\"input_tokens\"") || sc_json_head_value(h, "input_tokens").len > 0 ? 30 : 0;
}

static int rate(const sc_json_head *h) { return rate_members(h, 0); }

static int detect(const char *head, size_t size) { return sc_json_head_best(head, size, rate); }

const sc_usage_reader sc_reader_openai = {
    .kind = SC_USAGE_OPENAI,
    .name = "OpenAI usage",
    .shape = SC_SHAPE_LINES,
    .detect = detect,
    .open = sc_fields_open,
    .close = sc_fields_close,
    .read = read_block,
};
