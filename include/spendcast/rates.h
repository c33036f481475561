/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates.h - the rate card: models, regions and price points, and exact prices of usage.
 *
 * A price point is what one unit of one meter costs, keyed by model, region, scope, tier, meter, variant, context band
 * and effective dates.  Nothing is derived: where the card has no price point there is no price, and the reason is
 * said.
 *
 * A card is immutable after loading and may be shared by threads.  All pointers got from it live as long as the card.
 */
#ifndef SPENDCAST_RATES_H
#define SPENDCAST_RATES_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/date.h"
#include "spendcast/error.h"
#include "spendcast/money.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sc_card sc_card;

/* Routing scope of a call: the plain model id in one region, a geographic inference profile (us., eu., apac. ...), or
 * the global profile. */
typedef enum sc_scope { SC_SCOPE_IN_REGION, SC_SCOPE_GEO, SC_SCOPE_GLOBAL, SC_SCOPES } sc_scope;

typedef enum sc_tier {
    SC_TIER_STANDARD,
    SC_TIER_PRIORITY,
    SC_TIER_FLEX,
    SC_TIER_BATCH,
    SC_TIER_RESERVED,
    SC_TIER_PROVISIONED,
    SC_TIER_LATENCY_OPTIMIZED,
    SC_TIERS
} sc_tier;

/* Billed quantities.  Reasoning tokens are inside `output`; `input` never includes cached tokens. */
/* clang-format off */
#define SC_METER_LIST(X) \
    X(INPUT, input) \
    X(OUTPUT, output) \
    X(CACHE_READ, cache_read) \
    X(CACHE_WRITE, cache_write) \
    X(CACHE_WRITE_5M, cache_write_5m) \
    X(CACHE_WRITE_30M, cache_write_30m) \
    X(CACHE_WRITE_1H, cache_write_1h) \
    X(INPUT_IMAGE, input_image) \
    X(INPUT_VIDEO, input_video) \
    X(INPUT_AUDIO, input_audio) \
    X(OUTPUT_IMAGE, output_image) \
    X(OUTPUT_AUDIO, output_audio) \
    X(INPUT_VIDEO_SECOND, input_video_second) \
    X(INPUT_AUDIO_SECOND, input_audio_second) \
    X(INPUT_DOCUMENT_IMAGE, input_document_image) \
    X(OUTPUT_VIDEO_SECOND, output_video_second) \
    X(REQUEST, request) \
    X(RERANK_QUERY, rerank_query) \
    X(WEB_GROUNDING_REQUEST, web_grounding_request) \
    X(TEXT_UNIT, text_unit) \
    X(RESERVED_INPUT_TPM_1MO, reserved_input_tpm_1mo) \
    X(RESERVED_INPUT_TPM_3MO, reserved_input_tpm_3mo) \
    X(RESERVED_OUTPUT_TPM_1MO, reserved_output_tpm_1mo) \
    X(RESERVED_OUTPUT_TPM_3MO, reserved_output_tpm_3mo) \
    X(MODEL_UNIT_HOUR_NO_COMMIT, model_unit_hour_no_commit) \
    X(MODEL_UNIT_HOUR_1MO, model_unit_hour_1mo) \
    X(MODEL_UNIT_HOUR_6MO, model_unit_hour_6mo) \
    X(CUSTOM_MODEL_INPUT, custom_model_input) \
    X(CUSTOM_MODEL_OUTPUT, custom_model_output) \
    X(CUSTOM_MODEL_STORAGE_MONTH, custom_model_storage_month) \
    X(CUSTOM_MODEL_UNIT_HOUR_NO_COMMIT, custom_model_unit_hour_no_commit) \
    X(CUSTOM_MODEL_UNIT_MINUTE, custom_model_unit_minute) \
    X(CUSTOM_MODEL_UNIT_STORAGE_MONTH, custom_model_unit_storage_month) \
    X(CUSTOM_TRAIN, custom_train) \
    X(CUSTOM_TRAIN_HOUR, custom_train_hour) \
    X(CUSTOM_TRAIN_IMAGE_SEEN, custom_train_image_seen) \
    X(INDEX_STORAGE_GB_MONTH, index_storage_gb_month) \
    X(RETRIEVAL, retrieval) \
    X(AGENTIC_RETRIEVAL, agentic_retrieval) \
    X(VCPU_HOUR, vcpu_hour) \
    X(MEMORY_GB_HOUR, memory_gb_hour) \
    X(TOOL_CALL, tool_call) \
    X(TOOL_SEARCH, tool_search) \
    X(TOOL_INDEX_MONTH, tool_index_month) \
    X(MEMORY_EVENT, memory_event) \
    X(MEMORY_RECORD_MONTH, memory_record_month) \
    X(MEMORY_RETRIEVAL, memory_retrieval) \
    X(HUMAN_TASK, human_task) \
    X(NODE_TRANSITION, node_transition)
/* clang-format on */

typedef enum sc_meter {
#define SC_METER_ENUM(upper, lower) SC_METER_##upper,
    SC_METER_LIST(SC_METER_ENUM)
#undef SC_METER_ENUM
        SC_METERS
} sc_meter;

/* Units a price is quoted in: "1M_tokens" is 1,000,000 of the base unit "token". */
typedef struct sc_unit {
    const char *name;
    int64_t per;      /* base units in one, a power of ten */
    const char *base; /* "token", "image", "hour" ... */
} sc_unit;

/* Names, and the way back; -1 for an unknown name.  Index arrays of SC_SCOPES, SC_TIERS, SC_METERS names. */
SC_API const char *sc_scope_name(sc_scope s);
SC_API const char *sc_tier_name(sc_tier t);
SC_API const char *sc_meter_name(sc_meter m);
SC_API int sc_scope_of(const char *name);
SC_API int sc_tier_of(const char *name);
SC_API int sc_meter_of(const char *name);
SC_API const char *const *sc_scope_names(void);
SC_API const char *const *sc_tier_names(void);
SC_API const char *const *sc_meter_names(void);
/* 1 for meters that fill the model's context window (input, cached and written tokens, tokens of other input
 * modalities). */
SC_API int sc_meter_in_context(sc_meter m);

/* Properties of models as bit sets; the names are sc_flag_names(). */
typedef enum sc_flag {
    SC_TEXT = 1 << 0,
    SC_IMAGE = 1 << 1,
    SC_VIDEO = 1 << 2,
    SC_AUDIO = 1 << 3,
    SC_PDF = 1 << 4,
    SC_EMBEDDING = 1 << 5,
    SC_TOOLS = 1 << 6,
    SC_REASONING = 1 << 7,
    SC_VISION = 1 << 8,
    SC_PROMPT_CACHING = 1 << 9,
    SC_STRUCTURED_OUTPUT = 1 << 10
} sc_flag;
#define SC_FLAG_MODALITIES (SC_TEXT | SC_IMAGE | SC_VIDEO | SC_AUDIO | SC_PDF | SC_EMBEDDING)
#define SC_FLAG_FEATURES (SC_TOOLS | SC_REASONING | SC_VISION | SC_PROMPT_CACHING | SC_STRUCTURED_OUTPUT)
#define SC_FLAG_COUNT 11
SC_API const char *const *sc_flag_names(void); /* [SC_FLAG_COUNT], bit i = name i */

/* Cache lifetimes. */
typedef enum sc_ttl { SC_TTL_NONE, SC_TTL_5M, SC_TTL_30M, SC_TTL_1H, SC_TTLS } sc_ttl;
SC_API const char *sc_ttl_name(sc_ttl t); /* "none", "5m", "30m", "1h" */
SC_API int sc_ttl_of(const char *name);
SC_API double sc_ttl_seconds(sc_ttl t);
/* The meter on which a write with this lifetime is billed. */
SC_API sc_meter sc_ttl_write_meter(sc_ttl t);

typedef struct sc_region {
    const char *code, *name;
    uint64_t geos;        /* bit g: a source region of profiles with prefix sc_card_geo_name(card, g) */
    const char *cur_code; /* "USE1" in usage types of bills, "" = not known */
} sc_region;

typedef struct sc_model {
    const char *id, *provider, *name;
    int is_service; /* 1: a service that is priced like a model (guardrails, knowledge bases ...); only texts are set */
    int64_t context_window, max_output; /* tokens, 0 = not known */
    unsigned input, output, features;   /* sc_flag sets; 0 = not known */
    const char *tokenizer;
    double tokens_low, tokens_high; /* P10 and P90 of tokens relative to o200k for the same text */
    int64_t cache_min_tokens;       /* 0 = not known */
    unsigned cache_ttls;            /* bit t: sc_ttl t can be asked for */
    int64_t output_burndown;        /* tokens of quota that one output token takes on bedrock-runtime, 0 = not known */
    const char *verbosity;
    double verbosity_low, verbosity_high; /* P10 and P90 of output tokens for the same work, Claude Sonnet 4.5 = 1 */
    sc_day released, legacy_from, end_of_life; /* SC_DAY_MIN / SC_DAY_MAX = not known */
    sc_day extended_from;                      /* public extended access: the price may rise; SC_DAY_MAX = not known */
    const char *lifecycle;                     /* active, legacy, preview, "" */
    const char *source;
    sc_day checked;
    const char *note;
} sc_model;

typedef struct sc_price_point {
    const sc_model *model;
    uint64_t regions; /* bit r: region r */
    unsigned scopes;  /* bit s: scope s */
    sc_tier tier;
    sc_meter meter;
    const char *variant;              /* "" = none */
    int64_t context_from, context_to; /* total context of the request in tokens incl. cache, [from, to) */
    const sc_unit *unit;
    sc_unit_price price; /* femto-USD per base unit */
    const char *usd;     /* per unit, as the table has it */
    sc_day from, to;     /* [from, to) */
    const char *source, *note;
    sc_day checked;
    int page_points;  /* published points of the price page that the row stands for */
    int is_own;       /* 1: from the customer's own rates, which go before those of the card */
    const char *file; /* where the row stands */
    int line;
} sc_price_point;

/* A percentage off the list price, from the customer's own rates.  Empty parts match anything. */
typedef struct sc_discount {
    const char *id;
    int64_t share;         /* of the list price, in 10^-8: 7.5 % is 7,500,000 */
    const char *percent;   /* as the table has it */
    const char *provider;  /* "" = any */
    const sc_model *model; /* NULL = any */
    int meter, tier;       /* -1 = any */
    const char *tag_key;   /* "" = any; else usage must carry this tag ... */
    const char *tag_value; /* ... with this value */
    sc_day from, to;       /* [from, to) */
    const char *source, *note;
    const char *file;
    int line;
} sc_discount;
#define SC_DISCOUNT_WHOLE INT64_C(100000000)

/* Loads a card and the customer's own rates.  `card`: a folder of tables (pricing/README.md is the format), NULL = the
 * card built into the library.  `own`: a folder, or one table, of the same shape whose rows add to the card's or go
 * before them, and which may hold discounts.csv and commitments.csv; NULL = none.  *out is NULL on failure.  Free with
 * sc_card_free. */
SC_API sc_code sc_card_load(const char *card, const char *own, sc_card **out, sc_errors *errors);
SC_API void sc_card_free(sc_card *card);

SC_API const char *sc_card_hash(const sc_card *card); /* SHA-256 over names and contents of the tables, 64 hex digits */
SC_API const char *sc_card_own_hash(const sc_card *card); /* the same of the customer's own rates, "" = none */
SC_API sc_day sc_card_checked(const sc_card *card);       /* the newest date on which a price was checked */
SC_API size_t sc_card_model_count(const sc_card *card);
SC_API const sc_model *sc_card_model(const sc_card *card, size_t i); /* sorted by id */
SC_API size_t sc_card_point_count(const sc_card *card);
SC_API const sc_price_point *sc_card_point(const sc_card *card, size_t i); /* by model, then as in the table */
/* The price points of a model: first index and count. */
SC_API size_t sc_card_model_points(const sc_card *card, const sc_model *m, size_t *first);
SC_API size_t sc_card_region_count(const sc_card *card);
SC_API const sc_region *sc_card_region(const sc_card *card, size_t i); /* sorted by code */
SC_API int sc_card_region_of(const sc_card *card, const char *code);   /* -1 = unknown */
/* The region assumed where none is stated: us-east-2, the default view of the AWS price page. */
SC_API int sc_card_default_region(const sc_card *card);
SC_API const char *sc_card_geo_name(const sc_card *card, int geo); /* NULL past the last */
SC_API int sc_card_geo_of(const sc_card *card, const char *name);  /* -1 = unknown */
/* Published prices that could not be placed as price points (pricing/unplaced.csv). */
SC_API size_t sc_card_unplaced_count(const sc_card *card);
/* Of them, points of the price page. */
SC_API size_t sc_card_unplaced_page_points(const sc_card *card);

/* What a model id says: "anthropic.claude-sonnet-4-6", "eu.anthropic...", "global.anthropic...", an alias, or the ARN
 * of a foundation model or inference profile. */
typedef struct sc_model_ref {
    const sc_model *model;
    sc_scope scope; /* bare id: in_region; geographic prefix: geo; global.: global */
    int geo;        /* the prefix' group, -1 = none */
    int region;     /* from an ARN, -1 = none */
} sc_model_ref;

/* Resolves any form of model id.  SC_E_INPUT for an unknown one, with the nearest names in `why` (why may be NULL). */
SC_API sc_code sc_card_resolve(const sc_card *card, const char *id, sc_model_ref *out, char *why, size_t why_size);

/* One way to buy a model. */
typedef struct sc_buy {
    const sc_model *model;
    int region;
    sc_scope scope;
    sc_tier tier;
} sc_buy;

/* Tags of a piece of usage: the value of a key, NULL = not set.  NULL as a whole = no tags. */
typedef struct sc_tags {
    const char *(*value)(const void *context, const char *key);
    const void *context;
} sc_tags;

SC_API size_t sc_card_discount_count(const sc_card *card);
SC_API const sc_discount *sc_card_discount(const sc_card *card, size_t i); /* as in the table */
/* The discount on a meter of usage with these tags on `day`: the first row of the table that matches, NULL = none.
 * Discounts never add up. */
SC_API const sc_discount *sc_card_discount_for(const sc_card *card, const sc_model *model, sc_meter meter, sc_tier tier,
                                               const sc_tags *tags, sc_day day);

/* Capacity that the customer has bought for a time, billed every hour of it, used or not. */
typedef struct sc_commitment {
    const char *id;
    sc_buy buy;
    sc_meter meter; /* one that is priced by the hour: reserved_*_tpm_*, *model_unit_hour_* */
    const char *variant;
    int64_t quantity;    /* units: 1K TPM, model units */
    sc_day from, to;     /* [from, to) */
    const char *project; /* who pays; "" = nobody in particular */
    const char *source, *note;
    const char *file;
    int line;
} sc_commitment;
SC_API size_t sc_card_commitment_count(const sc_card *card);
SC_API const sc_commitment *sc_card_commitment(const sc_card *card, size_t i); /* as in the table */
/* What a commitment costs from `from` to before `to`, as far as it runs, each day at the price in force: list price and
 * discount.  SC_E_INPUT with an error where a day has no price. */
SC_API sc_code sc_card_commitment_cost(const sc_card *card, const sc_commitment *c, sc_day from, sc_day to,
                                       sc_money *list, sc_money *discount, sc_errors *errors);

/* The price point of a meter for a request of `context` tokens on `day`, or NULL. */
SC_API const sc_price_point *sc_card_find(const sc_card *card, const sc_buy *buy, sc_meter meter, const char *variant,
                                          int64_t context, sc_day day);
/* The card's spelling of a variant of the model's meter: the text itself, or the only variant that differs from it in
 * case, ',' and ';' alone ("720p, 24 fps" as on the price page). */
SC_API const char *sc_card_variant(const sc_card *card, const sc_model *model, sc_meter meter, const char *text);
/* Says in words why sc_card_find gave NULL: what is sold instead, nearest first.  Returns why. */
SC_API char *sc_card_explain(const sc_card *card, const sc_buy *buy, sc_meter meter, const char *variant,
                             int64_t context, sc_day day, char *why, size_t size);
/* The region to assume for a model id: the stated one (`region` >= 0), the ARN's, else the default region if it has the
 * model at this scope and tier, else the first region (by code) of the prefix' group that has.  Never fails: without
 * any price it is the default region if the group has it, else the group's first (lookups then say why).  *varies (may
 * be NULL) is set to 1 when the region was not stated and another region has a different input price. */
SC_API int sc_card_pick_region(const sc_card *card, const sc_model_ref *ref, sc_scope scope, sc_tier tier, int region,
                               sc_day day, int *varies);
/* 1 if profiles of group `geo` can be called from `region`, or the region's groups are not known, or geo is -1. */
SC_API int sc_card_region_serves(const sc_card *card, int region, int geo);

/* Exact pricing of usage: total quantities of `requests` equal requests. */
typedef struct sc_usage_line {
    sc_meter meter;
    int64_t quantity;    /* base units, >= 0 */
    const char *variant; /* NULL = none */
} sc_usage_line;

typedef struct sc_line_item {
    const sc_price_point *point;
    sc_meter meter;
    int64_t quantity;
    const sc_discount *off; /* NULL = none */
    sc_money list;          /* price x quantity */
    sc_money discount;      /* rounded half-even to a femto-USD, once per line item */
    sc_money cost;          /* list - discount */
} sc_line_item;

/* items[n] in the order of lines[n]; *total is the sum of their costs.  The context band is judged on `context` tokens
 * a request; -1 = the in-context meters summed and divided by `requests` (>= 1).  SC_E_INPUT with one error per meter
 * that has no price point; nothing is priced at 0.  Warns when the context of a request is over the model's window, its
 * output over the model's most, or the model past its end of life on `day`. */
SC_API sc_code sc_card_price(const sc_card *card, const sc_buy *buy, const sc_usage_line *lines, size_t n,
                             int64_t requests, int64_t context, sc_day day, const sc_tags *tags, sc_line_item *items,
                             sc_money *total, sc_errors *errors);

#ifdef __cplusplus
}
#endif
#endif
