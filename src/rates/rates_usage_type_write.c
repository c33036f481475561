/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_usage_type_write.c - usage types of AWS bills for what was used: the way back from rates_usage_type.c. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rates/card.h"
#include "rates/rates_why.h"
#include "spendcast/usage_type.h"

/* Token meters, by sc_meter: in lines that spell the model, and in Marketplace lines since Claude 4.7 (Price List of
 * 2026-10). */
static const struct {
    const char *dash, *snake;
} phrases[] = {
    {"input-tokens", "input_tokens"},
    {"output-tokens", "output_tokens"},
    {"cache-read-input-token-count", "cache_read_tokens"},
    {"cache-write-input-token-count", "cache_write_tokens"},
    {"cache-write-input-token-count", "cache_write_tokens"},
    {"cache-write-input-token-count-30m", "cache_write_tokens_30m"},
    {"cache-write-1h-input-token-count", "cache_write_tokens_1h"},
};
#define TOKEN_METERS (sizeof phrases / sizeof phrases[0])

static void add(char *text, const char *format, ...) SC_PRINTF(2, 3);
static void add(char *text, const char *format, ...)
{
    const size_t len = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + len, SC_USAGE_TYPE_MAX - len, format, args);
    va_end(args);
}

/* How bills spell the model, or NULL. */
static const char *spelling(const sc_card *card, const sc_model *m)
{
    for (size_t i = 0; i < card->n_aliases; i++) {
        if (card->aliases[i].is_cur && card->aliases[i].model == m)
            return card->aliases[i].alias;
    }
    return NULL;
}

/* "USE1-Claude4.6Sonnet-input-tokens-flex-cross-region-global" */
static void write_dashed(const char *region, const char *model, const sc_usage_type *u, sc_usage_type_text *out)
{
    out->usage_type[0] = out->product[0] = '\0';
    if (region[0] != '\0')
        add(out->usage_type, "%s-", region);
    const int fast = u->tier == SC_TIER_LATENCY_OPTIMIZED; /* said of the model, not of the line */
    add(out->usage_type, "%s%s-%s", model, fast ? "-LatencyOptimized" : "", phrases[u->meter].dash);
    if (u->tier != SC_TIER_STANDARD && !fast)
        add(out->usage_type, "-%s", sc_tier_name(u->tier));
    if (u->long_context)
        add(out->usage_type, "-long-ctx");
    if (u->scope == SC_SCOPE_GLOBAL)
        add(out->usage_type, "-cross-region-global");
}

/* "USE1-MP:USE1_input_tokens_long_ctx_global_standard-Units" */
static void write_marketplace(const char *region, const char *model, const sc_usage_type *u, sc_usage_type_text *out)
{
    out->usage_type[0] = out->product[0] = '\0';
    if (region[0] != '\0')
        add(out->usage_type, "%s-MP:%s_", region, region);
    else
        add(out->usage_type, "MP:");
    add(out->usage_type, "%s%s%s_%s-Units", phrases[u->meter].snake, u->long_context ? "_long_ctx" : "",
        u->scope == SC_SCOPE_GLOBAL ? "_global" : "", sc_tier_name(u->tier));
    add(out->product, "%s (Amazon Bedrock Edition)", model);
}

/* Only what is read back as meant is a usage type. */
static int is_read_back(const sc_card *card, const sc_usage_type *u, sc_usage_type_text *text)
{
    sc_usage_type back;
    if (sc_usage_type_parse(card, text->usage_type, text->product, &back, NULL, 0) != SC_OK)
        return 0;
    text->per = back.per;
    return back.model == u->model && back.meter == u->meter && back.tier == u->tier &&
           (back.scope == SC_SCOPE_GLOBAL) == (u->scope == SC_SCOPE_GLOBAL) && back.long_context == u->long_context &&
           back.variant[0] == '\0' && (back.region == u->region || back.region < 0);
}

sc_code sc_usage_type_write(const sc_card *card, const sc_usage_type *u, sc_usage_type_text *out, char *why,
                            size_t why_size)
{
    char unused[1];
    sc_why reason = why != NULL ? sc_why_start(why, why_size) : sc_why_start(unused, sizeof unused);
    const char *region = u->region >= 0 ? card->regions[u->region].cur_code : "";
    if ((size_t)u->meter < TOKEN_METERS && u->model != NULL && u->variant[0] == '\0') {
        const char *model = spelling(card, u->model);
        if (model != NULL) {
            write_dashed(region, model, u, out);
            if (is_read_back(card, u, out))
                return SC_OK;
        }
        const char *names[] = {u->model->name, u->model->id};
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            write_marketplace(region, names[i], u, out);
            if (is_read_back(card, u, out))
                return SC_OK;
        }
    }
    sc_why_add(&reason, "no usage type is known for %s of %s at the tier %s", sc_meter_name(u->meter),
               u->model != NULL ? u->model->id : "no model", sc_tier_name(u->tier));
    return SC_E_INPUT;
}
