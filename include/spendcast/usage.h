/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage.h - usage as a source states it: one record per request, or per line of a bill or metric.
 *
 * Readers turn each format into this one record.  Whatever a format's own convention, `input` here never includes
 * cached or written tokens, and reasoning is inside `output`. */
#ifndef SPENDCAST_USAGE_H
#define SPENDCAST_USAGE_H

#include <stdint.h>

#include "spendcast/date.h"
#include "spendcast/error.h"
#include "spendcast/money.h"
#include "spendcast/rates.h"
#include "spendcast/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where a record comes from.  Records of two kinds that cover the same account, day and model are never added up. */
typedef enum sc_usage_kind {
    SC_USAGE_BEDROCK_LOG,   /* model invocation logs */
    SC_USAGE_OPENAI,        /* Chat Completions and Responses usage, organization usage */
    SC_USAGE_ANTHROPIC,     /* Messages usage */
    SC_USAGE_OTEL,          /* OpenTelemetry GenAI spans */
    SC_USAGE_OWN,           /* spendcast's own CSV */
    SC_USAGE_CLOUDWATCH,    /* metric exports */
    SC_USAGE_CUR,           /* Cost and Usage Report */
    SC_USAGE_FOCUS,         /* FinOps Open Cost and Usage Specification */
    SC_USAGE_COST_EXPLORER, /* GetCostAndUsage results */
    SC_USAGE_KINDS
} sc_usage_kind;

SC_API const char *sc_usage_kind_name(sc_usage_kind k); /* "bedrock_log" ... */
SC_API int sc_usage_kind_of(const char *name);          /* -1 = unknown */
SC_API const char *const *sc_usage_kind_names(void);    /* [SC_USAGE_KINDS] */
/* 1 for kinds that say what was billed (CUR, FOCUS, Cost Explorer), 0 for those that say what was used. */
SC_API int sc_usage_kind_is_bill(sc_usage_kind k);

/* How finely the source tells times. */
typedef enum sc_grain {
    SC_GRAIN_REQUEST,
    SC_GRAIN_MINUTE,
    SC_GRAIN_HOUR,
    SC_GRAIN_DAY,
    SC_GRAIN_MONTH,
    SC_GRAINS
} sc_grain;
SC_API const char *sc_grain_name(sc_grain g);

/* What a line of a bill is for.  Usage that is only metered (logs, metrics) is SC_CHARGE_USAGE. */
typedef enum sc_charge {
    SC_CHARGE_USAGE,
    SC_CHARGE_PURCHASE, /* commitments and fees */
    SC_CHARGE_DISCOUNT,
    SC_CHARGE_CREDIT, /* credits and refunds */
    SC_CHARGE_TAX,
    SC_CHARGE_ADJUSTMENT,
    SC_CHARGE_OTHER, /* lines of other services, kept apart */
    SC_CHARGES
} sc_charge;
SC_API const char *sc_charge_name(sc_charge c);

/* What usage can be attributed by, as the source spells it. */
typedef enum sc_dim {
    SC_DIM_ACCOUNT,   /* AWS account id */
    SC_DIM_PROJECT,   /* Bedrock project id or ARN; a project's name in own CSV */
    SC_DIM_WORKLOAD,  /* own CSV only */
    SC_DIM_WORKSPACE, /* Anthropic workspace id */
    SC_DIM_PROFILE,   /* ARN of an application inference profile */
    SC_DIM_PRINCIPAL, /* IAM ARN without its session name */
    SC_DIM_SESSION,   /* session name of an assumed role */
    SC_DIM_MODEL,     /* model or profile id as stated */
    SC_DIM_REGION,    /* region that was called, which sets the price */
    SC_DIM_ENDPOINT,  /* "bedrock-runtime", "bedrock-mantle" */
    SC_DIM_ITEM,      /* usage type of a bill's line, or what else names it */
    SC_DIM_VARIANT,   /* of the meter, where the price page has several */
    SC_DIMS
} sc_dim;
SC_API const char *sc_dim_name(sc_dim d); /* "account" ... */
SC_API int sc_dim_of(const char *name);
SC_API const char *const *sc_dim_names(void);

/* Meters SC_METER_INPUT to SC_METER_CACHE_WRITE_1H, counted in tokens: one record may have all of them. */
#define SC_TOKEN_METERS 7

#define SC_USAGE_TAGS_MAX 64
typedef struct sc_usage_tag {
    sc_text key, value;
} sc_usage_tag;

/* Money that bills state. */
enum { SC_COST_BILLED = 1, SC_COST_LIST = 2, SC_COST_EFFECTIVE = 4 };

/* Quantities of meters that are not tokens are counted in millionths of the meter's unit. */
#define SC_QUANTITY_SCALE INT64_C(1000000)

/* One record.  Texts point into the input and hold until the reader goes on. */
typedef struct sc_usage_record {
    int64_t time; /* UTC seconds since 1970, the start of the time that the record covers */
    sc_grain grain;
    sc_charge charge;
    sc_text dim[SC_DIMS];
    sc_text request_id;  /* "" = none: cannot be de-duplicated */
    sc_text session_key; /* what requests that share a cache have in common (conversation, session); "" = not known */
    sc_usage_tag tag[SC_USAGE_TAGS_MAX]; /* request metadata and cost allocation tags */
    size_t n_tags;
    int scope, tier;                 /* -1 = not stated: the model id says, standard */
    int64_t requests;                /* -1 = the source has no counts */
    int64_t tokens[SC_TOKEN_METERS]; /* by sc_meter */
    int64_t context;                 /* tokens of the whole request incl. cache, for price bands; -1 = tokens[] say */
    int meter;                       /* -1 = tokens[]; else a meter that is not tokens, of which there are ... */
    int64_t quantity;                /* ... so many millionths of a unit */
    unsigned has_cost;               /* SC_COST_ set: which of these are stated */
    sc_money billed, list, effective;
    int late_tokens; /* 1: the bill states money but no token counts for this token meter (tokens[] are 0) */
} sc_usage_record;

#ifdef __cplusplus
}
#endif
#endif
