/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_names.c - the closed lists of the rate card (scopes, tiers, meters, lifetimes, flags) and their names. */
#include <string.h>

#include "rates/card.h"

static const char *const scope_names[SC_SCOPES] = {"in_region", "geo", "global"};
static const char *const tier_names[SC_TIERS] = {"standard",    "priority",         "flex", "batch", "reserved",
                                                 "provisioned", "latency_optimized"};
static const char *const meter_names[SC_METERS] = {
#define METER_NAME(upper, lower) #lower,
    SC_METER_LIST(METER_NAME)
#undef METER_NAME
};
static const char *const flag_names[SC_FLAG_COUNT] = {"text",
                                                      "image",
                                                      "video",
                                                      "audio",
                                                      "pdf",
                                                      "embedding",
                                                      "tools",
                                                      "reasoning",
                                                      "vision",
                                                      "prompt_caching",
                                                      "structured_output"};
static const struct {
    const char *name;
    double seconds;
    sc_meter write_meter;
} ttls[SC_TTLS] = {
    [SC_TTL_NONE] = {"none", 0.0, SC_METER_INPUT},
    [SC_TTL_5M] = {"5m", 300.0, SC_METER_CACHE_WRITE_5M},
    [SC_TTL_30M] = {"30m", 1800.0, SC_METER_CACHE_WRITE_30M},
    [SC_TTL_1H] = {"1h", 3600.0, SC_METER_CACHE_WRITE_1H},
};

/* What a meter counts, where that is not tokens. */
static const char *const meter_bases[SC_METERS] = {
    [SC_METER_INPUT_VIDEO_SECOND] = "second",
    [SC_METER_INPUT_AUDIO_SECOND] = "second",
    [SC_METER_INPUT_DOCUMENT_IMAGE] = "image",
    [SC_METER_OUTPUT_VIDEO_SECOND] = "second",
    [SC_METER_REQUEST] = "request",
    [SC_METER_RERANK_QUERY] = "query",
    [SC_METER_WEB_GROUNDING_REQUEST] = "request",
    [SC_METER_TEXT_UNIT] = "text unit",
    [SC_METER_RESERVED_INPUT_TPM_1MO] = "1K TPM-hour",
    [SC_METER_RESERVED_INPUT_TPM_3MO] = "1K TPM-hour",
    [SC_METER_RESERVED_OUTPUT_TPM_1MO] = "1K TPM-hour",
    [SC_METER_RESERVED_OUTPUT_TPM_3MO] = "1K TPM-hour",
    [SC_METER_MODEL_UNIT_HOUR_NO_COMMIT] = "model unit-hour",
    [SC_METER_MODEL_UNIT_HOUR_1MO] = "model unit-hour",
    [SC_METER_MODEL_UNIT_HOUR_6MO] = "model unit-hour",
    [SC_METER_CUSTOM_MODEL_STORAGE_MONTH] = "model-month",
    [SC_METER_CUSTOM_MODEL_UNIT_HOUR_NO_COMMIT] = "model unit-hour",
    [SC_METER_CUSTOM_MODEL_UNIT_MINUTE] = "CMU-minute",
    [SC_METER_CUSTOM_MODEL_UNIT_STORAGE_MONTH] = "CMU-month",
    [SC_METER_CUSTOM_TRAIN_HOUR] = "hour",
    [SC_METER_CUSTOM_TRAIN_IMAGE_SEEN] = "image",
    [SC_METER_INDEX_STORAGE_GB_MONTH] = "GB-month",
    [SC_METER_RETRIEVAL] = "retrieval",
    [SC_METER_AGENTIC_RETRIEVAL] = "retrieval",
    [SC_METER_VCPU_HOUR] = "vCPU-hour",
    [SC_METER_MEMORY_GB_HOUR] = "GB-hour",
    [SC_METER_TOOL_CALL] = "call",
    [SC_METER_TOOL_SEARCH] = "call",
    [SC_METER_TOOL_INDEX_MONTH] = "tool-month",
    [SC_METER_MEMORY_EVENT] = "event",
    [SC_METER_MEMORY_RECORD_MONTH] = "record-month",
    [SC_METER_MEMORY_RETRIEVAL] = "retrieval",
    [SC_METER_HUMAN_TASK] = "task",
    [SC_METER_NODE_TRANSITION] = "transition",
};

static int index_of(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return -1;
}

const char *sc_scope_name(sc_scope s) { return scope_names[s]; }
const char *sc_tier_name(sc_tier t) { return tier_names[t]; }
const char *sc_meter_name(sc_meter m) { return meter_names[m]; }
int sc_scope_of(const char *name) { return index_of(scope_names, SC_SCOPES, name); }
int sc_tier_of(const char *name) { return index_of(tier_names, SC_TIERS, name); }
int sc_meter_of(const char *name) { return index_of(meter_names, SC_METERS, name); }
const char *const *sc_scope_names(void) { return scope_names; }
const char *const *sc_tier_names(void) { return tier_names; }
const char *const *sc_meter_names(void) { return meter_names; }
const char *const *sc_flag_names(void) { return flag_names; }

const char *sc_ttl_name(sc_ttl t) { return ttls[t].name; }
double sc_ttl_seconds(sc_ttl t) { return ttls[t].seconds; }
sc_meter sc_ttl_write_meter(sc_ttl t) { return ttls[t].write_meter; }

int sc_ttl_of(const char *name)
{
    for (int i = 0; i < SC_TTLS; i++) {
        if (strcmp(ttls[i].name, name) == 0)
            return i;
    }
    return -1;
}

int sc_meter_in_context(sc_meter m)
{
    switch (m) {
    case SC_METER_INPUT:
    case SC_METER_CACHE_READ:
    case SC_METER_CACHE_WRITE:
    case SC_METER_CACHE_WRITE_5M:
    case SC_METER_CACHE_WRITE_30M:
    case SC_METER_CACHE_WRITE_1H:
    case SC_METER_INPUT_IMAGE:
    case SC_METER_INPUT_VIDEO:
    case SC_METER_INPUT_AUDIO:
    case SC_METER_CUSTOM_MODEL_INPUT: return 1;
    default: return 0;
    }
}

int sc_meter_counts(sc_meter m, const char *base)
{
    /* Chat models bill images by their tokens, image and embedding models by the piece. */
    if ((m == SC_METER_INPUT_IMAGE || m == SC_METER_OUTPUT_IMAGE) && strcmp(base, "image") == 0)
        return 1;
    return strcmp(base, meter_bases[m] != NULL ? meter_bases[m] : "token") == 0;
}

int sc_meter_is_capacity(sc_meter m)
{
    return meter_bases[m] != NULL &&
           (strcmp(meter_bases[m], "1K TPM-hour") == 0 || strcmp(meter_bases[m], "model unit-hour") == 0);
}
