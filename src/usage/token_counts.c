/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token_counts.c - token counts as the APIs state them. */
#include "usage/token_counts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A key of a usage object: a count, or an object with keys of its own. */
typedef struct usage_key {
    sc_text name;
    int count;                     /* -1 = an object ... */
    const struct usage_key *inner; /* ... of these keys, so many */
    size_t n_inner;
    unsigned says; /* what it means that the key is there */
} usage_key;

#define KEY(name, count, says)                     \
    {                                              \
        SC_FIELDS_NAME(name), count, NULL, 0, says \
    }
#define OBJECT(name, inner, says)                                                 \
    {                                                                             \
        SC_FIELDS_NAME(name), -1, (inner), sizeof(inner) / sizeof(*(inner)), says \
    }

static const usage_key input_details[] = {
    KEY("cached_tokens", SC_COUNT_CACHE_READ, SC_CACHE_INSIDE),
    KEY("cache_write_tokens", SC_COUNT_CACHE_WRITE, SC_CACHE_INSIDE),
    KEY("audio_tokens", SC_COUNT_INPUT_AUDIO, 0),
};
static const usage_key output_details[] = {
    KEY("reasoning_tokens", SC_COUNT_REASONING, 0),
    KEY("audio_tokens", SC_COUNT_OUTPUT_AUDIO, 0),
};
static const usage_key cache_creation[] = {
    KEY("ephemeral_5m_input_tokens", SC_COUNT_CACHE_WRITE_5M, SC_CACHE_APART),
    KEY("ephemeral_1h_input_tokens", SC_COUNT_CACHE_WRITE_1H, SC_CACHE_APART),
};
static const usage_key server_tool_use[] = {
    KEY("web_search_requests", SC_COUNT_WEB_SEARCHES, 0),
};
static const usage_key usage_keys[] = {
    /* Responses and Messages share these two */
    KEY("input_tokens", SC_COUNT_INPUT, 0),
    KEY("output_tokens", SC_COUNT_OUTPUT, 0),
    /* Chat Completions */
    KEY("prompt_tokens", SC_COUNT_INPUT, SC_CACHE_INSIDE),
    KEY("completion_tokens", SC_COUNT_OUTPUT, 0),
    KEY("total_tokens", SC_COUNT_TOTAL, 0),
    OBJECT("prompt_tokens_details", input_details, 0),
    OBJECT("completion_tokens_details", output_details, 0),
    OBJECT("input_tokens_details", input_details, 0),
    OBJECT("output_tokens_details", output_details, 0),
    KEY("cached_tokens", SC_COUNT_CACHE_READ, SC_CACHE_INSIDE),
    KEY("prompt_cache_hit_tokens", SC_COUNT_CACHE_READ, SC_CACHE_INSIDE),
    /* Messages */
    KEY("cache_read_input_tokens", SC_COUNT_CACHE_READ, SC_CACHE_APART),
    KEY("cache_creation_input_tokens", SC_COUNT_CACHE_WRITE, SC_CACHE_APART),
    OBJECT("cache_creation", cache_creation, 0),
    OBJECT("server_tool_use", server_tool_use, 0),
    /* Converse, which gives cached tokens under two names */
    KEY("inputTokens", SC_COUNT_INPUT, SC_CACHE_APART),
    KEY("outputTokens", SC_COUNT_OUTPUT, 0),
    KEY("totalTokens", SC_COUNT_TOTAL, 0),
    KEY("cacheReadInputTokens", SC_COUNT_CACHE_READ, SC_CACHE_APART),
    KEY("cacheReadInputTokenCount", SC_COUNT_CACHE_READ, SC_CACHE_APART),
    KEY("cacheWriteInputTokens", SC_COUNT_CACHE_WRITE, SC_CACHE_APART),
    KEY("cacheWriteInputTokenCount", SC_COUNT_CACHE_WRITE, SC_CACHE_APART),
    /* organization usage: input_tokens are "text input tokens, including cached tokens" (OpenAI API reference, 2026) */
    KEY("input_cached_tokens", SC_COUNT_CACHE_READ, SC_CACHE_INSIDE),
    KEY("input_cache_write_tokens", SC_COUNT_CACHE_WRITE, SC_CACHE_INSIDE),
    KEY("input_audio_tokens", SC_COUNT_INPUT_AUDIO, SC_AUDIO_APART),
    KEY("output_audio_tokens", SC_COUNT_OUTPUT_AUDIO, SC_AUDIO_APART),
};

void sc_counts_clear(sc_counts *k)
{
    memset(k->n, -1, sizeof k->n);
    k->says = 0;
    k->tier = -1;
    k->iterations = (sc_text){NULL, 0};
}

int sc_counts_any(const sc_counts *k) { return k->n[SC_COUNT_INPUT] >= 0 || k->n[SC_COUNT_OUTPUT] >= 0; }

/* ---- reading */

/* Where the counts of an object go. */
typedef struct counting {
    const usage_key *keys;
    size_t n;
    sc_counts *out;
} counting;

static int counting_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    const counting *t = to;
    const usage_key *k = sc_fields_find(f, t->keys, t->n, sizeof *t->keys, key);
    if (k == NULL)
        return 0;
    if (k->inner != NULL)
        sc_fields_each(f, c, counting_member, &(counting){k->inner, k->n_inner, t->out});
    else if (sc_fields_count(f, c, key, &t->out->n[k->count]))
        t->out->says |= k->says;
    return 1;
}

/* Converse's writes by lifetime: [{"ttl":"1h","inputTokens":10},{"ttl":"5m","inputTokens":20}]. */
typedef struct cache_detail {
    sc_text ttl;
    int64_t n;
} cache_detail;

static int detail_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    cache_detail *d = to;
    if (sc_text_is(key, "ttl"))
        (void)sc_fields_text(f, c, &d->ttl);
    else if (sc_text_is(key, "inputTokens"))
        (void)sc_fields_count(f, c, key, &d->n);
    else
        return 0;
    return 1;
}

static void read_cache_details(sc_fields *f, sc_json_cursor *c, sc_counts *k)
{
    (void)sc_json_array(c);
    while (sc_json_element(c)) {
        const char *at = c->at;
        cache_detail d = {{NULL, 0}, -1};
        sc_fields_each(f, c, detail_member, &d);
        const int id = sc_text_is(d.ttl, "5m")    ? SC_COUNT_CACHE_WRITE_5M
                       : sc_text_is(d.ttl, "30m") ? SC_COUNT_CACHE_WRITE_30M
                       : sc_text_is(d.ttl, "1h")  ? SC_COUNT_CACHE_WRITE_1H
                                                  : -1;
        if (id < 0 || d.n < 0)
            sc_fields_fail(f, c, at, "cache details without a known lifetime and its tokens; expected 5m, 30m or 1h");
        else if (k->n[id] >= 0)
            sc_fields_fail(f, c, at, "cache details have the lifetime '%.*s' twice", (int)d.ttl.len, d.ttl.at);
        else
            k->n[id] = d.n;
    }
}

int sc_counts_member(sc_fields *f, sc_json_cursor *c, sc_text key, sc_counts *k)
{
    if (counting_member(f, c, key, &(counting){usage_keys, sizeof usage_keys / sizeof usage_keys[0], k}))
        return 1;
    if (sc_text_is(key, "cacheDetails") && sc_json_peek(c) == SC_JSON_ARRAY)
        read_cache_details(f, c, k);
    else if (sc_text_is(key, "service_tier"))
        sc_fields_tier(f, c, &k->tier);
    else if (sc_text_is(key, "iterations") && sc_json_peek(c) == SC_JSON_ARRAY)
        (void)sc_json_raw(c, &k->iterations);
    else
        return 0;
    return 1;
}

static int usage_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    return sc_counts_member(f, c, key, to);
}

void sc_counts_read(sc_fields *f, sc_json_cursor *c, sc_counts *k) { sc_fields_each(f, c, usage_member, k); }

void sc_counts_override(sc_counts *k, const sc_counts *later)
{
    for (int i = 0; i < SC_COUNTS; i++) {
        if (later->n[i] >= 0)
            k->n[i] = later->n[i];
    }
    k->says |= later->says;
    if (later->tier >= 0)
        k->tier = later->tier;
    if (later->iterations.len > 0)
        k->iterations = later->iterations;
}

/* ---- one meaning */

/* Of counts that are not stated: 0.  Sums of a few counts fit into 128 bits. */
static sc_int128 at_least_0(int64_t n) { return n > 0 ? n : 0; }

static const char *reason(sc_fields *f, const char *format, ...) SC_PRINTF(2, 3);
static const char *reason(sc_fields *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(f->reason, sizeof f->reason, format, args);
    va_end(args);
    return f->reason;
}

/* Writes by lifetime; what is left of the total has none stated. */
static const char *settle_writes(sc_fields *f, const sc_counts *k, sc_usage_record *r)
{
    sc_int128 known = 0;
    for (int i = SC_COUNT_CACHE_WRITE_5M; i <= SC_COUNT_CACHE_WRITE_1H; i++) {
        r->tokens[i] = (int64_t)at_least_0(k->n[i]);
        known += r->tokens[i];
    }
    const int64_t all = k->n[SC_COUNT_CACHE_WRITE];
    if (all >= 0 && known > all)
        return reason(f, "cache writes by lifetime add up to more than all %" PRId64 " cache writes", all);
    r->tokens[SC_METER_CACHE_WRITE] = all >= 0 ? (int64_t)(all - known) : 0;
    return NULL;
}

/* Whether the input count has the cached tokens inside: 1, 0, or -1 with the reason.  *extra_output is set to reasoning
 * tokens that the total has beside the output. */
static int cache_is_inside(sc_fields *f, const sc_counts *k, sc_int128 cached, int64_t *extra_output, const char **why)
{
    const sc_int128 input = k->n[SC_COUNT_INPUT], both = input + at_least_0(k->n[SC_COUNT_OUTPUT]);
    const int64_t total = k->n[SC_COUNT_TOTAL], reasoning = (int64_t)at_least_0(k->n[SC_COUNT_REASONING]);
    const int inside = (k->says & SC_CACHE_INSIDE) != 0 || (k->says & SC_CACHE_APART) == 0;
    *extra_output = 0;
    if (total >= 0 && total != both && total != both + cached) {
        if (total != both + reasoning) {
            char sum[SC_DECIMAL_TEXT_MAX];
            *why = reason(f, "the total is %" PRId64 " tokens, but input and output add up to %s", total,
                          sc_decimal_format(both, 0, 0, 0, sum));
            return -1;
        }
        *extra_output = reasoning;
    }
    if (!inside)
        return 0;
    /* Some gateways give OpenAI's keys with counts that leave cached tokens out; only the total shows it. */
    if (total >= 0 && cached > 0 && total == both + cached)
        return 0;
    if (cached <= input)
        return 1;
    *why = reason(f, "cached and written tokens are more than all %" PRId64 " input tokens", k->n[SC_COUNT_INPUT]);
    return -1;
}

const char *sc_counts_settle(sc_fields *f, const sc_counts *k, sc_usage_record *r)
{
    int64_t extra_output;
    const char *why = settle_writes(f, k, r);
    if (why != NULL)
        return why;
    if (k->n[SC_COUNT_INPUT] < 0)
        return "no number of input tokens; expected one";
    r->tokens[SC_METER_CACHE_READ] = (int64_t)at_least_0(k->n[SC_COUNT_CACHE_READ]);
    sc_int128 cached = 0;
    for (int i = SC_METER_CACHE_READ; i < SC_TOKEN_METERS; i++)
        cached += r->tokens[i];
    const int inside = cache_is_inside(f, k, cached, &extra_output, &why);
    if (inside < 0)
        return why;
    const int audio_inside = (k->says & SC_AUDIO_APART) == 0;
    const sc_int128 audio_in = at_least_0(k->n[SC_COUNT_INPUT_AUDIO]),
                    audio_out = at_least_0(k->n[SC_COUNT_OUTPUT_AUDIO]);
    const sc_int128 input = k->n[SC_COUNT_INPUT] - (inside ? cached : 0) - (audio_inside ? audio_in : 0);
    const sc_int128 output = at_least_0(k->n[SC_COUNT_OUTPUT]) + extra_output - (audio_inside ? audio_out : 0);
    if (input < 0 || output < 0)
        return "more audio tokens than tokens; expected fewer";
    if (output > INT64_MAX || input + cached + audio_in > INT64_MAX)
        return "the numbers of tokens add up to more than 9223372036854775807";
    r->tokens[SC_METER_INPUT] = (int64_t)input;
    r->tokens[SC_METER_OUTPUT] = (int64_t)output;
    if (audio_in > 0 && r->grain == SC_GRAIN_REQUEST)
        r->context = (int64_t)(input + cached + audio_in);
    return NULL;
}

/* ---- delivering */

size_t sc_counts_extras(const sc_counts *k, sc_extra extras[SC_COUNT_EXTRAS_MAX])
{
    /* Searches are billed per request by Anthropic; Bedrock sells none for Claude, so that they show as unpriced. */
    static const struct {
        sc_count count;
        sc_meter meter;
    } meters[SC_COUNT_EXTRAS_MAX] = {{SC_COUNT_INPUT_AUDIO, SC_METER_INPUT_AUDIO},
                                     {SC_COUNT_OUTPUT_AUDIO, SC_METER_OUTPUT_AUDIO},
                                     {SC_COUNT_WEB_SEARCHES, SC_METER_WEB_GROUNDING_REQUEST}};
    size_t n = 0;
    for (size_t i = 0; i < SC_COUNT_EXTRAS_MAX; i++) {
        if (k->n[meters[i].count] > 0)
            extras[n++] = (sc_extra){meters[i].meter, NULL, "", k->n[meters[i].count]};
    }
    return n;
}

void sc_counts_deliver(sc_fields *f, sc_usage_record *r, const sc_extra *extras, size_t n)
{
    const char *flaw = sc_usage_flaw(r);
    for (size_t i = 0; i < n && flaw == NULL; i++) {
        if (extras[i].quantity > INT64_MAX / SC_QUANTITY_SCALE)
            flaw = "a quantity is over 9223372036854; expected fewer";
    }
    if (flaw != NULL) {
        sc_fields_reject_for(f, flaw);
        return;
    }
    f->sink->record(f->sink, r, f->at, f->len);
    memset(r->tokens, 0, sizeof r->tokens);
    r->context = -1;
    r->requests = 0;
    const sc_text model = r->dim[SC_DIM_MODEL];
    for (size_t i = 0; i < n; i++) {
        r->dim[SC_DIM_MODEL] = extras[i].model != NULL ? sc_text_of(extras[i].model) : model;
        r->dim[SC_DIM_VARIANT] = sc_text_of(extras[i].variant);
        r->meter = (int)extras[i].meter;
        r->quantity = extras[i].quantity * SC_QUANTITY_SCALE;
        f->sink->record(f->sink, r, f->at, f->len);
    }
}
