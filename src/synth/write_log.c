/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write_log.c - records of Bedrock's model invocation log, one JSON object a line. */
#include "synth/write_log.h"

#include <inttypes.h>
#include <string.h>

int sc_log_has(sc_tier tier) { return tier != SC_TIER_BATCH; }

void sc_log_source_init(sc_log_source *l, const sc_card *card, const sc_future_work *work, uint64_t seed)
{
    const sc_buy *buy = &work->w->buy;
    *l = (sc_log_source){.provider = buy->model->provider};
    l->tier = buy->tier != SC_TIER_STANDARD ? sc_tier_name(buy->tier) : NULL;
    l->ids = sc_future_stream(work, seed, "synthetic ids");
    l->shapes = sc_future_stream(work, seed, "synthetic shapes");

    sc_strbuf_puts(&l->who, "\"accountId\":\"" SC_SYNTH_ACCOUNT "\",\"identity\":{\"arn\":\"");
    sc_put_principal(&l->who, work);
    sc_strbuf_printf(&l->who, "\"},\"region\":\"%s\"", sc_card_region(card, (size_t)buy->region)->code);

    sc_strbuf_putc(&l->model, '"');
    sc_put_model_id(&l->model, card, work);
    sc_strbuf_putc(&l->model, '"');

    sc_strbuf_putc(&l->metadata, '{');
    sc_put_json_pair(&l->metadata, "project", work->project->id, 1);
    sc_put_json_pair(&l->metadata, "workload", work->w->id, 0);
    for (size_t i = 0; i < work->project->n_tags; i++) {
        const sc_tag *tag = &work->project->tags[i];
        if (!sc_synth_is_taken(tag->key))
            sc_put_json_pair(&l->metadata, tag->key, tag->value, 0);
    }
}

void sc_log_source_release(sc_log_source *l)
{
    sc_strbuf_release(&l->who);
    sc_strbuf_release(&l->model);
    sc_strbuf_release(&l->metadata);
}

/* What usage says of one request. */
typedef struct usage {
    int64_t input, output, read, write, write_5m, write_1h;
    const char *ttl; /* of what is written, NULL = nothing is */
} usage;

static usage usage_of(const int64_t tokens[SC_SYNTH_METERS])
{
    usage u = {.input = tokens[SC_METER_INPUT],
               .output = tokens[SC_METER_OUTPUT],
               .read = tokens[SC_METER_CACHE_READ],
               .write_5m = tokens[SC_METER_CACHE_WRITE_5M],
               .write_1h = tokens[SC_METER_CACHE_WRITE_1H]};
    for (sc_ttl t = SC_TTL_5M; t < SC_TTLS; t++) {
        const int64_t written = tokens[sc_ttl_write_meter(t)];
        u.write += written;
        if (written > 0)
            u.ttl = sc_ttl_name(t);
    }
    return u;
}

/* API_runtime_TokenUsage */
static void put_converse_usage(sc_strbuf *out, const usage *u)
{
    sc_strbuf_printf(out,
                     "\"usage\":{\"inputTokens\":%" PRId64 ",\"outputTokens\":%" PRId64 ",\"totalTokens\":%" PRId64
                     ",\"cacheReadInputTokens\":%" PRId64 ",\"cacheWriteInputTokens\":%" PRId64,
                     u->input, u->output, u->input + u->read + u->write + u->output, u->read, u->write);
    if (u->ttl != NULL)
        sc_strbuf_printf(out, ",\"cacheDetails\":[{\"ttl\":\"%s\",\"inputTokens\":%" PRId64 "}]", u->ttl, u->write);
    sc_strbuf_putc(out, '}');
}

/* What the model itself answers. */
static void put_model_body(sc_strbuf *out, const char *provider, const usage *u)
{
    if (strcmp(provider, "Anthropic") == 0) {
        sc_strbuf_printf(out,
                         "\"type\":\"message\",\"role\":\"assistant\",\"stop_reason\":\"end_turn\",\"usage\":{"
                         "\"input_tokens\":%" PRId64 ",\"cache_creation_input_tokens\":%" PRId64
                         ",\"cache_read_input_tokens\":%" PRId64
                         ",\"cache_creation\":{\"ephemeral_5m_input_tokens\":%" PRId64
                         ",\"ephemeral_1h_input_tokens\":%" PRId64 "},\"output_tokens\":%" PRId64 "}",
                         u->input, u->write, u->read, u->write_5m, u->write_1h, u->output);
    } else if (strcmp(provider, "OpenAI") == 0) { /* prompt_tokens hold the cached ones */
        sc_strbuf_printf(
            out,
            "\"object\":\"chat.completion\",\"usage\":{\"prompt_tokens\":%" PRId64 ",\"completion_tokens\":%" PRId64
            ",\"total_tokens\":%" PRId64 ",\"prompt_tokens_details\":{\"cached_tokens\":%" PRId64
            ",\"cache_write_tokens\":%" PRId64 "}}",
            u->input + u->read + u->write, u->output, u->input + u->read + u->write + u->output, u->read, u->write);
    } else if (strcmp(provider, "Meta") == 0) {
        sc_strbuf_printf(
            out, "\"prompt_token_count\":%" PRId64 ",\"generation_token_count\":%" PRId64 ",\"stop_reason\":\"stop\"",
            u->input, u->output);
    } else {
        put_converse_usage(out, u);
    }
}

void sc_log_add(sc_strbuf *out, const sc_log_source *l, const sc_synth_request *r,
                const int64_t tokens[SC_SYNTH_METERS])
{
    const usage u = usage_of(tokens);
    uint32_t id[4], shape[4];
    sc_philox(&l->ids, 0, r->key, r->index, 0, id);
    sc_philox(&l->shapes, 0, r->key, r->index, 0, shape);
    /* Only Converse has the tier in its bodies; InvokeModel has it in a header, which is not logged. */
    const int converse = l->tier != NULL || (shape[0] & 1) == 0;
    sc_strbuf_puts(out, "{\"timestamp\":\"");
    sc_put_time(out, r->ms / 1000, "");
    sc_strbuf_printf(out, "\",%s,\"requestId\":\"", l->who.text);
    sc_put_id(out, id, 1);
    sc_strbuf_printf(out,
                     "\",\"operation\":\"%s\",\"modelId\":%s,\"input\":{\"inputContentType\":\"application/json\",",
                     converse ? "Converse" : "InvokeModel", l->model.text);
    if (l->tier != NULL)
        sc_strbuf_printf(out, "\"inputBodyJson\":{\"serviceTier\":{\"type\":\"%s\"}},", l->tier);
    else
        sc_strbuf_puts(out, "\"inputBodyJson\":{},");
    sc_strbuf_printf(out,
                     "\"inputTokenCount\":%" PRId64 ",\"cacheReadInputTokenCount\":%" PRId64
                     ",\"cacheWriteInputTokenCount\":%" PRId64
                     "},\"output\":{\"outputContentType\":\"application/json\",\"outputBodyJson\":{",
                     u.input, u.read, u.write);
    if (converse) {
        sc_strbuf_puts(out, "\"stopReason\":\"end_turn\",");
        if (l->tier != NULL)
            sc_strbuf_printf(out, "\"serviceTier\":{\"type\":\"%s\"},", l->tier);
        put_converse_usage(out, &u);
    } else {
        put_model_body(out, l->provider, &u);
    }
    sc_strbuf_printf(out,
                     "},\"outputTokenCount\":%" PRId64 "},\"requestMetadata\":%s,\"session_id\":\"%08x-%u\"},"
                     "\"schemaType\":\"ModelInvocationLog\",\"schemaVersion\":\"1.0\"}\n",
                     u.output, l->metadata.text, l->ids.key[0], r->key);
}
