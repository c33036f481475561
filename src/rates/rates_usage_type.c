/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_usage_type.c - usage types of AWS bills, read part by part. */
#include "spendcast/usage_type.h"

#include <stdio.h>
#include <string.h>

#include "rates/card.h"
#include "rates/rates_why.h"

#define PER_THOUSAND 1000
#define PER_MILLION 1000000

/* What is counted, as it stands after the model: "USE1-NovaLite-input-tokens". */
typedef struct phrase {
    const char *text;
    sc_meter meter;
    int64_t per;
    const char *variant;
} phrase;

/* A phrase that ends with another one comes before it. */
static const phrase dash_phrases[] = {
    {"mantle-input-tokens", SC_METER_INPUT, PER_THOUSAND, ""},
    {"mantle-output-tokens", SC_METER_OUTPUT, PER_THOUSAND, ""},
    {"mantle-cache-read-tokens", SC_METER_CACHE_READ, PER_THOUSAND, ""},
    {"mantle-cache-write-tokens", SC_METER_CACHE_WRITE, PER_THOUSAND, ""},
    {"mantle-cache-write-30m-tokens", SC_METER_CACHE_WRITE_30M, PER_THOUSAND, ""},
    {"mantle-cache-write-1h-tokens", SC_METER_CACHE_WRITE_1H, PER_THOUSAND, ""},
    {"cache-read-input-token-count", SC_METER_CACHE_READ, PER_THOUSAND, ""},
    {"cache-write-input-token-count", SC_METER_CACHE_WRITE, PER_THOUSAND, ""},
    {"cache-write-1h-input-token-count", SC_METER_CACHE_WRITE_1H, PER_THOUSAND, ""},
    {"text-input-tokens", SC_METER_INPUT, PER_THOUSAND, ""},
    {"text-output-tokens", SC_METER_OUTPUT, PER_THOUSAND, ""},
    {"input-tokens", SC_METER_INPUT, PER_THOUSAND, ""},
    {"output-tokens", SC_METER_OUTPUT, PER_THOUSAND, ""},
    {"cache-read-tokens", SC_METER_CACHE_READ, PER_THOUSAND, ""},
    {"cache-write-tokens", SC_METER_CACHE_WRITE, PER_THOUSAND, ""},
    {"search-units", SC_METER_RERANK_QUERY, 1, ""},
    {"input-image", SC_METER_INPUT_IMAGE, 1, ""},
    {"T2I-1024-Standard", SC_METER_OUTPUT_IMAGE, 1, "up to 1024 x 1024 standard"},
    {"T2I-1024-Premium", SC_METER_OUTPUT_IMAGE, 1, "up to 1024 x 1024 premium"},
    {"T2I-2048-Standard", SC_METER_OUTPUT_IMAGE, 1, "up to 2048 x 2048 standard"},
    {"T2I-2048-Premium", SC_METER_OUTPUT_IMAGE, 1, "up to 2048 x 2048 premium"},
};

/* The same in Marketplace lines, which name no model: "MP:USE1_InputTokenCount_Global-Units". */
static const phrase marketplace_phrases[] = {
    {"InputTokenCount", SC_METER_INPUT, PER_MILLION, ""},
    {"OutputTokenCount", SC_METER_OUTPUT, PER_MILLION, ""},
    {"CacheReadInputTokenCount", SC_METER_CACHE_READ, PER_MILLION, ""},
    {"CacheWriteInputTokenCount", SC_METER_CACHE_WRITE, PER_MILLION, ""},
    {"CacheWrite1hInputTokenCount", SC_METER_CACHE_WRITE_1H, PER_MILLION, ""},
    {"input_tokens", SC_METER_INPUT, PER_MILLION, ""},
    {"output_tokens", SC_METER_OUTPUT, PER_MILLION, ""},
    {"cache_read_tokens", SC_METER_CACHE_READ, PER_MILLION, ""},
    {"cache_write_tokens", SC_METER_CACHE_WRITE, PER_MILLION, ""},
    {"created_image", SC_METER_OUTPUT_IMAGE, 1, ""},
    {"search_units", SC_METER_RERANK_QUERY, 1, ""},
    {"Reserved_1Month_InputTPM", SC_METER_RESERVED_INPUT_TPM_1MO, 1, ""},
    {"Reserved_1Month_OutputTPM", SC_METER_RESERVED_OUTPUT_TPM_1MO, 1, ""},
    {"Reserved_3Month_InputTPM", SC_METER_RESERVED_INPUT_TPM_3MO, 1, ""},
    {"Reserved_3Month_OutputTPM", SC_METER_RESERVED_OUTPUT_TPM_3MO, 1, ""},
};

/* Whole names, with nothing before or after but the region. */
static const struct {
    const char *text, *model;
    sc_meter meter;
    sc_tier tier;
    int64_t per;
    const char *variant;
} whole_names[] = {
    {"Guardrail-ContentPolicyUnitsConsumed", "bedrock.guardrails", SC_METER_TEXT_UNIT, SC_TIER_STANDARD, 1,
     "content filter"},
    {"Guardrail-TopicPolicyUnitsConsumed", "bedrock.guardrails", SC_METER_TEXT_UNIT, SC_TIER_STANDARD, 1,
     "denied topics"},
    {"Guardrail-WordPolicyUnitsConsumed", "bedrock.guardrails", SC_METER_TEXT_UNIT, SC_TIER_STANDARD, 1, "word filter"},
    {"Guardrail-SensitiveInformationPolicyPaidUnitsConsumed", "bedrock.guardrails", SC_METER_TEXT_UNIT,
     SC_TIER_STANDARD, 1, "sensitive information"},
    {"Guardrail-SensitiveInformationPolicyFreeUnitsConsumed", "bedrock.guardrails", SC_METER_TEXT_UNIT,
     SC_TIER_STANDARD, 1, "sensitive information regex"},
    {"Guardrail-ContextualGroundingPolicyUnitsConsumed", "bedrock.guardrails", SC_METER_TEXT_UNIT, SC_TIER_STANDARD, 1,
     "contextual grounding"},
    {"Knowledge-Base:Consumption-based:Retrieval", "bedrock.knowledge-bases", SC_METER_RETRIEVAL, SC_TIER_STANDARD, 1,
     ""},
    {"Knowledge-Base:Consumption-based:Storage", "bedrock.knowledge-bases", SC_METER_INDEX_STORAGE_GB_MONTH,
     SC_TIER_STANDARD, 1, ""},
    {"Runtime:Consumption-based:vCPU", "bedrock.agentcore", SC_METER_VCPU_HOUR, SC_TIER_STANDARD, 1, "runtime"},
    {"Runtime:Consumption-based:Memory", "bedrock.agentcore", SC_METER_MEMORY_GB_HOUR, SC_TIER_STANDARD, 1, "runtime"},
    {"MP:MillionBatchInputTokens", NULL, SC_METER_INPUT, SC_TIER_BATCH, PER_MILLION, ""},
    {"MP:MillionBatchOutputTokens", NULL, SC_METER_OUTPUT, SC_TIER_BATCH, PER_MILLION, ""},
};

/* How a line may be more precisely, in any order, each at most once. */
typedef enum mark { MARK_GLOBAL, MARK_GEO, MARK_LONG, MARK_TIER, MARK_CUSTOM, MARK_LIFETIME } mark;
static const struct {
    const char *dash, *snake; /* NULL = not in that style */
    mark mark;
    int value; /* of a tier or lifetime */
} marks[] = {
    {"cross-region-global", NULL, MARK_GLOBAL, 0},
    {"global", "global", MARK_GLOBAL, 0},
    {NULL, "Global", MARK_GLOBAL, 0},
    {NULL, "Geo", MARK_GEO, 0},
    {"long-context", NULL, MARK_LONG, 0},
    {"long-ctx", "long_ctx", MARK_LONG, 0},
    {"latency-optimized", "LatencyOptimized", MARK_TIER, SC_TIER_LATENCY_OPTIMIZED},
    {"standard", "standard", MARK_TIER, SC_TIER_STANDARD},
    {"priority", "priority", MARK_TIER, SC_TIER_PRIORITY},
    {"flex", "flex", MARK_TIER, SC_TIER_FLEX},
    {"batch", "batch", MARK_TIER, SC_TIER_BATCH},
    {NULL, "Batch", MARK_TIER, SC_TIER_BATCH},
    {"custom-model", NULL, MARK_CUSTOM, 0},
    {"5m", "5m", MARK_LIFETIME, SC_TTL_5M},
    {"30m", "30m", MARK_LIFETIME, SC_TTL_30M},
    {"1h", "1h", MARK_LIFETIME, SC_TTL_1H},
    {"1-hour", NULL, MARK_LIFETIME, SC_TTL_1H},
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int starts_with(const char *text, const char *start) { return strncmp(text, start, strlen(start)) == 0; }

/* What follows a region's short code and one of `separators`, or NULL; *region is set. */
static const char *after_region(const sc_card *card, const char *text, const char *separators, int *region)
{
    for (size_t i = 0; i < card->n_regions; i++) {
        const char *code = card->regions[i].cur_code;
        const size_t len = strlen(code);
        if (len > 0 && strncmp(text, code, len) == 0 && text[len] != '\0' && strchr(separators, text[len]) != NULL) {
            *region = (int)i;
            return text + len + 1;
        }
    }
    return NULL;
}

/* Takes the marks off text, each after `separator`; 0, or -1 with the reason. */
static int read_marks(const char *text, char separator, sc_usage_type *out, sc_ttl *lifetime, int *custom, sc_why *why)
{
    unsigned seen = 0;
    while (*text != '\0') {
        size_t i = 0, len = 0;
        for (; i < COUNT(marks); i++) {
            const char *name = separator == '-' ? marks[i].dash : marks[i].snake;
            len = name != NULL ? strlen(name) : 0;
            if (len > 0 && *text == separator && strncmp(text + 1, name, len) == 0 &&
                (text[len + 1] == '\0' || text[len + 1] == separator))
                break;
        }
        if (i == COUNT(marks)) {
            sc_why_add(why, "'%s' is not understood", text);
            return -1;
        }
        const mark m = marks[i].mark;
        const unsigned bit = m == MARK_GEO ? 1u << MARK_GLOBAL : 1u << m;
        if (seen & bit) {
            sc_why_add(why, "'%s' says twice what kind of line it is", text + 1);
            return -1;
        }
        seen |= bit;
        if (m == MARK_GLOBAL || m == MARK_GEO) {
            out->scope = m == MARK_GLOBAL ? SC_SCOPE_GLOBAL : SC_SCOPE_GEO;
            out->scope_stated = 1;
        }
        if (m == MARK_TIER)
            out->tier = (sc_tier)marks[i].value;
        if (m == MARK_LIFETIME)
            *lifetime = (sc_ttl)marks[i].value;
        *custom |= m == MARK_CUSTOM;
        out->long_context |= m == MARK_LONG;
        text += len + 1;
    }
    return 0;
}

/* The meter that a line of this kind is billed on; -1 with the reason if there is none. */
static int read_meter(sc_usage_type *out, sc_ttl lifetime, int custom, sc_why *why)
{
    if (custom && out->meter != SC_METER_INPUT && out->meter != SC_METER_OUTPUT) {
        sc_why_add(why, "a custom model has no %s", sc_meter_name(out->meter));
        return -1;
    }
    if (custom)
        out->meter = out->meter == SC_METER_INPUT ? SC_METER_CUSTOM_MODEL_INPUT : SC_METER_CUSTOM_MODEL_OUTPUT;
    if (lifetime != SC_TTL_NONE && out->meter != SC_METER_CACHE_WRITE) {
        sc_why_add(why, "%s has no lifetime", sc_meter_name(out->meter));
        return -1;
    }
    if (out->meter != SC_METER_CACHE_WRITE)
        return 0;
    for (sc_ttl t = SC_TTL_5M; lifetime == SC_TTL_NONE && out->model != NULL && t < SC_TTLS; t++) {
        if (out->model->cache_ttls >> t & 1)
            lifetime = t;
    }
    if (lifetime != SC_TTL_NONE)
        out->meter = sc_ttl_write_meter(lifetime);
    return 0;
}

/* Copies a part of the text; 0 if it is too long for any name. */
static int copy_part(char *buf, size_t size, const char *text, size_t len)
{
    if (len >= size)
        return 0;
    memcpy(buf, text, len);
    buf[len] = '\0';
    return 1;
}

/* A model by id or spelling; a profile prefix does not belong into a usage type. */
static const sc_model *model_of(const sc_card *card, const char *name, sc_why *why)
{
    sc_model_ref ref;
    char reason[300];
    if (sc_card_resolve(card, name, &ref, reason, sizeof reason) == SC_OK && ref.scope == SC_SCOPE_IN_REGION)
        return ref.model;
    if (why != NULL)
        sc_why_add(why, "unknown model '%s'", name);
    return NULL;
}

/* "Claude Opus 5 (Amazon Bedrock Edition)" -> the model; NULL if there is no product name. -1 with the reason if it is
 * unknown. */
static int read_product(const sc_card *card, const char *product, sc_usage_type *out, sc_why *why)
{
    static const char edition[] = " (Amazon Bedrock Edition)";
    char name[160];
    if (product == NULL || product[0] == '\0')
        return 0;
    const size_t len = strlen(product), tail = sizeof edition - 1;
    const int has_edition = len > tail && strcmp(product + len - tail, edition) == 0;
    if (!copy_part(name, sizeof name, product, has_edition ? len - tail : len)) {
        sc_why_add(why, "the product name is too long");
        return -1;
    }
    out->model = model_of(card, name, why);
    return out->model != NULL ? 0 : -1;
}

static void set_phrase(sc_usage_type *out, const phrase *p)
{
    out->meter = p->meter;
    out->per = p->per;
    snprintf(out->variant, sizeof out->variant, "%s", p->variant);
}

/* "MODEL-PHRASE-MARKS", or "PHRASE-MARKS" where the product names the model. */
static int read_dashed(const sc_card *card, const char *text, const char *product, sc_usage_type *out, sc_why *why)
{
    static const char fast[] = "-LatencyOptimized";
    const char *unknown = NULL;
    char name[160] = "", first[160] = "";
    for (size_t i = 0; i < COUNT(dash_phrases); i++) {
        const phrase *p = &dash_phrases[i];
        const size_t len = strlen(p->text);
        for (const char *at = strstr(text, p->text); at != NULL; at = strstr(at + 1, p->text)) {
            sc_ttl lifetime = SC_TTL_NONE;
            int custom = 0;
            if ((at > text && at[-1] != '-') || (at[len] != '\0' && at[len] != '-'))
                continue;
            if (at > text) {
                if (!copy_part(name, sizeof name, text, (size_t)(at - text) - 1))
                    continue;
                const size_t n = strlen(name), f = sizeof fast - 1;
                const int is_fast = n > f && strcmp(name + n - f, fast) == 0;
                if (is_fast) {
                    name[n - f] = '\0';
                    out->tier = SC_TIER_LATENCY_OPTIMIZED;
                }
                out->model = model_of(card, name, NULL);
                if (out->model == NULL) {
                    out->tier = SC_TIER_STANDARD;
                    if (unknown == NULL) {
                        memcpy(first, name, sizeof first);
                        unknown = first;
                    }
                    continue;
                }
            } else if (read_product(card, product, out, why) != 0) {
                return -1;
            }
            set_phrase(out, p);
            if (read_marks(at + len, '-', out, &lifetime, &custom, why) != 0)
                return -1;
            return read_meter(out, lifetime, custom, why);
        }
    }
    if (unknown != NULL) {
        char hint[SC_NAME_HINT_MAX];
        sc_why_add(why, "unknown model '%s'%s", unknown,
                   sc_nearest_name(unknown, card->names, card->n_names) != NULL
                       ? sc_name_hint(unknown, card->names, card->n_names, hint)
                       : ", expected an id or a spelling of aliases.csv");
    } else {
        sc_why_add(why, "'%s' names no meter, expected a part such as 'input-tokens'", text);
    }
    return -1;
}

/* "PHRASE_MARKS-Units"; the product names the model. */
static int read_marketplace(const sc_card *card, const char *text, const char *product, sc_usage_type *out, sc_why *why)
{
    static const char units[] = "-Units";
    char body[120];
    const size_t len = strlen(text), tail = sizeof units - 1;
    sc_ttl lifetime = SC_TTL_NONE;
    int custom = 0;
    if (len <= tail || strcmp(text + len - tail, units) != 0 || !copy_part(body, sizeof body, text, len - tail)) {
        sc_why_add(why, "'%s' is not understood, expected a name that ends in '%s'", text, units);
        return -1;
    }
    if (read_product(card, product, out, why) != 0)
        return -1;
    for (size_t i = 0; i < COUNT(marketplace_phrases); i++) {
        const phrase *p = &marketplace_phrases[i];
        const size_t n = strlen(p->text);
        if (strncmp(body, p->text, n) != 0 || (body[n] != '\0' && body[n] != '_'))
            continue;
        set_phrase(out, p);
        if (starts_with(p->text, "Reserved_"))
            out->tier = SC_TIER_RESERVED;
        if (read_marks(body + n, '_', out, &lifetime, &custom, why) != 0)
            return -1;
        return read_meter(out, lifetime, custom, why);
    }
    sc_why_add(why, "'%s' names no meter, expected one such as 'InputTokenCount'", body);
    return -1;
}

/* Names that stand alone; 1 if it is one of them, -1 with the reason if it cannot be used. */
static int read_whole(const sc_card *card, const char *text, const char *product, sc_usage_type *out, sc_why *why)
{
    for (size_t i = 0; i < COUNT(whole_names); i++) {
        if (strcmp(text, whole_names[i].text) != 0)
            continue;
        out->meter = whole_names[i].meter;
        out->tier = whole_names[i].tier;
        out->per = whole_names[i].per;
        snprintf(out->variant, sizeof out->variant, "%s", whole_names[i].variant);
        if (whole_names[i].model == NULL)
            return read_product(card, product, out, why) == 0 ? 1 : -1;
        out->model = model_of(card, whole_names[i].model, why);
        return out->model != NULL ? 1 : -1;
    }
    return 0;
}

sc_code sc_usage_type_parse(const sc_card *card, const char *text, const char *product, sc_usage_type *out, char *why,
                            size_t why_size)
{
    char unused[1], whole[120];
    sc_why reason = why != NULL ? sc_why_start(why, why_size) : sc_why_start(unused, sizeof unused);
    sc_usage_type found = {.region = -1, .per = 1};
    const char *rest = after_region(card, text, "-", &found.region);
    int is_marketplace = 0, inner = -1;
    if (rest == NULL)
        rest = text;
    if (starts_with(rest, "MP:")) {
        is_marketplace = 1;
        rest += 3;
    }
    const char *after = after_region(card, rest, "_", &inner);
    if (after != NULL) { /* some lines carry the region a second time, some only here */
        if (found.region >= 0 && found.region != inner) {
            sc_why_add(&reason, "names two regions, '%s' and '%s'", card->regions[found.region].cur_code,
                       card->regions[inner].cur_code);
            return SC_E_INPUT;
        }
        found.region = inner;
        is_marketplace = 1;
        rest = after;
    }
    const size_t len = strlen(rest);
    int done = 0;
    if (is_marketplace && len > 6 && len < sizeof whole - 3 && strcmp(rest + len - 6, "-Units") == 0) {
        snprintf(whole, sizeof whole, "MP:%.*s", (int)len - 6, rest);
        done = read_whole(card, whole, product, &found, &reason);
    } else if (!is_marketplace) {
        done = read_whole(card, rest, product, &found, &reason);
    }
    if (done == 0)
        done = (is_marketplace ? read_marketplace(card, rest, product, &found, &reason)
                               : read_dashed(card, rest, product, &found, &reason)) == 0
                   ? 1
                   : -1;
    if (done < 0)
        return SC_E_INPUT;
    *out = found;
    return SC_OK;
}
