/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_anthropic.c - usage of Anthropic Messages: whole responses, lines of transcripts, results of batches, and lines
 * with the counts themselves.
 *
 * Cached and written tokens are beside the input.  A transcript repeats a message for each of its parts: the request id
 * is the message's, by which the repetitions are told.  Sampling steps of a call that its counts leave out (compaction;
 * an advisor, on a model of its own) become records of their own (Anthropic API reference, 2026). */
#include <stdio.h>
#include <string.h>

#include "usage/json_head.h"
#include "usage/token_counts.h"

typedef struct call {
    sc_usage_record *r;
    sc_counts k;
    int64_t time; /* -1 = not stated */
    sc_text type, id, line_id, model, asked_model;
    int is_batch, has_failed;
} call;

/* ---- members */

static int text_of_keys(sc_fields *f, sc_json_cursor *c, sc_text key, const char *const *keys, sc_text *out)
{
    for (; *keys != NULL; keys++) {
        if (sc_text_is(key, *keys))
            return (void)sc_fields_text_if(f, c, out), 1;
    }
    return 0;
}

static int workspace_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    call *l = to;
    if (!sc_fields_is_header(key, "anthropic-workspace-id") && !sc_text_is(key, "workspace_id") &&
        !sc_text_is(key, "workspace"))
        return 0;
    (void)sc_fields_text_if(f, c, &l->r->dim[SC_DIM_WORKSPACE]);
    return 1;
}

/* Members of a message. */
static int message_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    call *l = to;
    if (sc_text_is(key, "usage"))
        sc_counts_read(f, c, &l->k);
    else if (sc_text_is(key, "id"))
        (void)sc_fields_text_if(f, c, &l->id);
    else if (sc_text_is(key, "model"))
        (void)sc_fields_text_if(f, c, &l->model);
    else
        return 0;
    return 1;
}

static int request_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    call *l = to;
    if (sc_text_is(key, "model"))
        (void)sc_fields_text_if(f, c, &l->asked_model);
    else if (sc_text_is(key, "headers") || sc_text_is(key, "body"))
        sc_fields_each(f, c, request_member, to);
    else if (sc_text_is(key, "metadata"))
        sc_fields_tags(f, c, l->r);
    else
        return workspace_member(f, c, key, to);
    return 1;
}

/* {"type":"succeeded","message":{...}} or {"type":"errored","error":{...}}. */
static int result_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    call *l = to;
    sc_text type;
    if (sc_text_is(key, "message"))
        sc_fields_each(f, c, message_member, to);
    else if (sc_text_is(key, "type"))
        l->has_failed |= sc_fields_text_if(f, c, &type) && !sc_text_is(type, "succeeded");
    else
        return 0;
    return 1;
}

static int line_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    static const char *const sessions[] = {"sessionId", "session_id", "conversation_id", NULL};
    static const char *const ids[] = {"requestId", "request_id", NULL};
    call *l = to;
    sc_usage_record *r = l->r;
    if (sc_text_is(key, "type"))
        (void)sc_fields_text_if(f, c, &l->type);
    else if (sc_text_is(key, "message") || sc_text_is(key, "response") || sc_text_is(key, "body"))
        sc_fields_each(f, c, sc_text_is(key, "message") ? message_member : line_member, l);
    else if (sc_text_is(key, "result"))
        sc_fields_each(f, c, result_member, l);
    else if (sc_text_is(key, "timestamp") || sc_text_is(key, "created_at") || sc_text_is(key, "created") ||
             sc_text_is(key, "time"))
        (void)sc_fields_time(f, c, key, &l->time);
    else if (sc_text_is(key, "request") || sc_text_is(key, "headers"))
        sc_fields_each(f, c, request_member, l);
    else if (sc_text_is(key, "metadata") || sc_text_is(key, "tags") || sc_text_is(key, "labels"))
        sc_fields_tags(f, c, r);
    else if (sc_text_is(key, "cwd") || sc_text_is(key, "gitBranch"))
        sc_fields_tag(f, c, key, r);
    else if (sc_text_is(key, "region"))
        (void)sc_fields_text_if(f, c, &r->dim[SC_DIM_REGION]);
    else if (sc_text_is(key, "custom_id"))
        l->is_batch = sc_json_peek(c) == SC_JSON_STRING, sc_json_skip(c);
    else if (sc_text_is(key, "error"))
        l->has_failed |= sc_json_peek(c) != SC_JSON_NULL, sc_json_skip(c);
    else
        return message_member(f, c, key, l) || workspace_member(f, c, key, l) ||
               text_of_keys(f, c, key, sessions, &r->session_key) || text_of_keys(f, c, key, ids, &l->line_id) ||
               sc_counts_member(f, c, key, &l->k);
    return 1;
}

/* ---- steps that the counts of the call leave out */

typedef struct step {
    sc_counts k;
    sc_text type, model;
} step;

static int step_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    step *s = to;
    if (sc_text_is(key, "type"))
        (void)sc_fields_text(f, c, &s->type);
    else if (sc_text_is(key, "model"))
        (void)sc_fields_text(f, c, &s->model);
    else
        return sc_counts_member(f, c, key, &s->k);
    return 1;
}

/* Reads the steps and, if `deliver` is set, delivers those that stand for themselves; NULL or what is wrong. */
static const char *read_steps(sc_fields *f, const sc_usage_record *call_record, sc_text steps, int deliver)
{
    sc_json_cursor c;
    if (steps.len == 0)
        return NULL;
    sc_json_begin(&c, steps.at, steps.len);
    (void)sc_json_array(&c);
    while (sc_json_element(&c)) {
        step s = {.type = {NULL, 0}};
        sc_usage_record r = *call_record;
        sc_counts_clear(&s.k);
        sc_fields_each(f, &c, step_member, &s);
        if (c.problem != NULL)
            return c.problem;
        if (sc_text_is(s.type, "message"))
            continue;
        if (!sc_text_is(s.type, "compaction") && !(sc_text_is(s.type, "advisor_message") && s.model.len > 0))
            return "an iteration of unknown type; expected message, compaction or advisor_message";
        if (s.model.len > 0)
            sc_fields_model(&r, s.model);
        const char *why = sc_counts_settle(f, &s.k, &r);
        if (why == NULL)
            why = sc_usage_flaw(&r);
        if (why != NULL)
            return why;
        if (deliver)
            sc_counts_deliver(f, &r, NULL, 0);
    }
    return NULL;
}

/* ---- records */

static void deliver(sc_fields *f, call *l)
{
    sc_extra extras[SC_COUNT_EXTRAS_MAX];
    sc_usage_record *r = l->r;
    if (!sc_counts_any(&l->k)) {
        if (l->has_failed)
            f->sink->skip(f->sink, "failed call");
        else if (sc_text_is(l->type, "message") || sc_text_is(l->type, "assistant"))
            sc_fields_reject_for(f, "no usage; expected token counts");
        else
            f->sink->skip(f->sink, "no usage in record");
        return;
    }
    r->time = l->time;
    r->requests = 1;
    r->request_id = l->id.len > 0 ? l->id : l->line_id;
    r->tier = l->is_batch ? SC_TIER_BATCH : l->k.tier;
    sc_fields_model(r, l->model.len > 0 ? l->model : l->asked_model);
    const char *why = NULL;
    if (sc_text_is(l->type, "message_start") || sc_text_is(l->type, "message_delta"))
        why = "an event of a stream, whose counts are not final; expected a whole message";
    else if (r->time < 0)
        why = "no time; expected timestamp, created_at or time";
    else if (r->dim[SC_DIM_MODEL].len == 0 && r->dim[SC_DIM_PROFILE].len == 0)
        why = "no model; expected one";
    if (why == NULL)
        why = sc_counts_settle(f, &l->k, r);
    if (why == NULL)
        why = sc_usage_flaw(r);
    if (why == NULL)
        why = read_steps(f, r, l->k.iterations, 0);
    if (why != NULL) {
        sc_fields_reject_for(f, why);
        return;
    }
    (void)read_steps(f, r, l->k.iterations, 1);
    sc_counts_deliver(f, r, extras, sc_counts_extras(&l->k, extras));
}

static void read_line(sc_fields *f, sc_text line)
{
    sc_usage_record r;
    call l = {.r = &r, .time = -1};
    sc_usage_clear(&r);
    sc_counts_clear(&l.k);
    if (sc_fields_object(f, line, line_member, &l))
        deliver(f, &l);
}

static void read_block(const void *state, const char *block, size_t size, sc_usage_sink *sink)
{
    (void)state;
    sc_fields_lines(block, size, sink, read_line);
}

/* ---- detection */

/* Lines of transcripts, with or without usage. */
static int is_transcript(const sc_json_head *h)
{
    return (sc_json_head_is(h, "type", "assistant") || sc_json_head_is(h, "type", "user")) &&
           sc_json_head_value(h, "message").len > 0;
}

/* `depth`: objects of the line around the members; a batch has two around its responses. */
static int rate_members(const sc_json_head *h, int depth)
{
    static const char *const wrappers[] = {"message", "response", "body", "result"};
    if (sc_json_head_value(h, "modelId").len > 0)
        return 0;
    if (sc_json_head_is(h, "type", "message") && sc_json_head_value(h, "usage").len > 0)
        return 95;
    if (is_transcript(h))
        return 90;
    for (size_t i = 0; depth < 2 && i < sizeof wrappers / sizeof wrappers[0]; i++) {
        sc_json_head inner;
        sc_json_head_read(sc_json_head_value(h, wrappers[i]), &inner);
        const int rating = inner.n > 0 ? rate_members(&inner, depth + 1) : 0;
        if (rating > 0)
            return rating;
    }
    const sc_text usage = sc_json_head_value(h, "usage");
    if (sc_fields_has(usage, "\"cache_read_input_tokens\"") ||
        sc_fields_has(usage, "\"cache_creation_input_tokens\"") ||
        sc_json_head_value(h, "cache_read_input_tokens").len > 0 ||
        sc_json_head_value(h, "cache_creation_input_tokens").len > 0)
        return sc_fields_has(usage, "\"prompt_tokens\"") ? 50 : 75;
    const int plain = sc_fields_has(usage, "\"input_tokens\"") || sc_json_head_value(h, "input_tokens").len > 0;
    return plain && sc_fields_has(sc_json_head_value(h, "model"), "claude") ? 40 : 0;
}

static int rate(const sc_json_head *h) { return rate_members(h, 0); }

static int detect(const char *head, size_t size) { return sc_json_head_best(head, size, rate); }

const sc_usage_reader sc_reader_anthropic = {
    .kind = SC_USAGE_ANTHROPIC,
    .name = "Anthropic Messages usage",
    .shape = SC_SHAPE_LINES,
    .detect = detect,
    .open = sc_fields_open,
    .close = sc_fields_close,
    .read = read_block,
};
