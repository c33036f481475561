/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.h - a loaded scenario, as the simulator reads it. */
#ifndef SC_SCENARIO_MODEL_H
#define SC_SCENARIO_MODEL_H

#include "base/arena.h"
#include "spendcast/scenario.h"
#include "stats/dist.h"

/* The parameters of a workload that may be uncertain: one value a trial. */
typedef enum sc_param {
    SC_PARAM_REQUESTS,     /* requests a day, positive */
    SC_PARAM_GROWTH,       /* 1 + growth a month, positive */
    SC_PARAM_INPUT_SCALE,  /* factor on input tokens, positive */
    SC_PARAM_OUTPUT_SCALE, /* factor on output tokens, positive */
    SC_PARAM_BATCHABLE,    /* share of requests that can wait, 0..1 */
    SC_PARAM_TURNS,        /* mean requests of a conversation, 1..SC_TURNS_MAX */
    SC_PARAM_RETRIES,      /* share of attempts that fail and are sent again, 0..SC_RETRIED_SHARE_MAX */
    SC_PARAMS
} sc_param;

#define SC_TURNS_MAX 1000.0
#define SC_RETRIED_SHARE_MAX 0.9 /* a draw above counts as this: attempts a request stay finite */

/* Latent factors shared by parameters; what is left of a parameter's variance is its own. */
typedef enum sc_factor { SC_FACTOR_ORGANISATION, SC_FACTOR_PROJECT, SC_FACTOR_WORKLOAD, SC_FACTORS } sc_factor;

typedef struct sc_loadings {
    double of[SC_FACTORS]; /* squares add up to at most 1 */
} sc_loadings;

typedef enum sc_budget_period {
    SC_BUDGET_NONE,
    SC_BUDGET_MONTH,
    SC_BUDGET_QUARTER,
    SC_BUDGET_HORIZON
} sc_budget_period;

typedef struct sc_budget {
    sc_money limit;
    sc_budget_period period;
} sc_budget;

typedef struct sc_tag {
    const char *key, *value;
} sc_tag;

typedef struct sc_name_list {
    const char **names; /* providers and model ids */
    size_t n;
} sc_name_list;

typedef struct sc_policy {
    sc_name_list allow, deny; /* allow: none = all */
    double provider_share;    /* most of all spend that may go to one provider */
} sc_policy;

typedef struct sc_requirements {
    int64_t context_tokens;    /* 0 = from the token distributions */
    int64_t max_output_tokens; /* 0 = from the token distributions */
    int64_t latency_ms;        /* 0 = no limit */
    unsigned modalities;       /* sc_flag set */
    unsigned features;         /* sc_flag set */
    uint64_t regions;          /* bit r: region r may be used; the current offer's region if none is named */
    int residency;             /* -2 any, -1 in_region, g >= 0: group g */
} sc_requirements;
#define SC_RESIDENCY_ANY (-2)
#define SC_RESIDENCY_IN_REGION (-1)

/* The two ways into Bedrock; their quotas are separate, even of one model. */
typedef enum sc_endpoint { SC_ENDPOINT_RUNTIME, SC_ENDPOINT_MANTLE, SC_ENDPOINTS } sc_endpoint;

typedef enum sc_limit {
    SC_LIMIT_TOKENS,   /* tokens a minute */
    SC_LIMIT_REQUESTS, /* requests a minute */
    SC_LIMIT_DAY,      /* tokens a day */
    SC_LIMIT_INPUT,    /* input tokens a minute, mantle */
    SC_LIMIT_OUTPUT,   /* output tokens a minute, mantle */
    SC_LIMITS
} sc_limit;

/* A quota of each place that it names: model x region x scope x endpoint. */
typedef struct sc_quota {
    const char *model_text; /* as written */
    const sc_model *model;  /* NULL = each */
    int region, scope;      /* -1 = each */
    sc_endpoint endpoint;
    double limit[SC_LIMITS]; /* 0 = not stated */
} sc_quota;

/* What moves volume for days and weeks, on top of the noise of single days. */
typedef struct sc_swings {
    double cv;        /* of busy and quiet spells around the level; 0 = none */
    double half_life; /* days after which half of a spell is left, of its logarithm */
} sc_swings;

/* What the cached tokens are that are written. */
typedef enum sc_cache_writes {
    SC_WRITES_MISSES, /* prefixes that were not found: a longer lifetime saves some of them */
    SC_WRITES_UNKNOWN /* new turns of conversations perhaps, which any lifetime has to write */
} sc_cache_writes;

typedef struct sc_workload {
    const char *id;
    size_t project;
    const char *model_text; /* as written */
    sc_model_ref ref;
    sc_buy buy; /* the current offer */
    sc_dist param[SC_PARAMS];
    sc_loadings loadings[SC_PARAMS];
    double weekday[7];     /* Monday first, mean 1 */
    double day_cv;         /* coefficient of variation of a day's expected volume */
    sc_swings swings;      /* spells of several days */
    double wander;         /* coefficient of variation of the level a month after the start of the horizon */
    double burstiness;     /* cv of gaps between requests: 0 = evenly spaced, 1 = Poisson, more = bursts */
    double peak_factor;    /* rate of a day's busiest hour / mean rate of the day */
    sc_dist input, output; /* tokens of one request, without the cached prefix */
    double correlation;    /* of the normal scores of input and output */
    int64_t max_tokens;    /* of output that requests ask for; 0 = as much as the model writes */
    double prefix_tokens;  /* start of the prompt shared by requests of one key */
    double keys;           /* distinct prefixes in use at a time */
    double per_key;        /* requests a day of a key, in place of a fixed number of them; 0 = `keys` holds */
    sc_ttl ttl;            /* cache lifetime asked for; none = no caching */
    sc_cache_writes writes;
    int converses;      /* 1: requests are turns of conversations, and carry the turns before them */
    sc_dist turn_gap;   /* seconds from one turn to the next, each by itself */
    double history_max; /* most tokens of earlier turns that a request carries */
    sc_requirements needs;
} sc_workload;

typedef struct sc_project {
    const char *id, *name;
    const sc_tag *tags;
    size_t n_tags;
    sc_budget budget;
    size_t first_workload, n_workloads;
} sc_project;

struct sc_scenario {
    sc_arena arena; /* owns everything below */
    const sc_card *card;
    const char *name;
    char hash[65];
    sc_day start, end;
    sc_dist verbosity;             /* length of another model's answers, relative; its tokenizer comes on top */
    double effort_days[SC_LEVERS]; /* person-days that a change takes */
    double day_usd;                /* what a person-day costs, 0 = not stated */
    sc_policy policy;
    int region;                      /* default of workloads */
    sc_loadings loadings[SC_PARAMS]; /* defaults of workloads */
    sc_project *projects;
    size_t n_projects;
    sc_workload *workloads;
    size_t n_workloads;
    const char **tag_keys;
    size_t n_tag_keys;
    sc_quota *quotas;
    size_t n_quotas;
    sc_setting *settings;
    size_t n_settings, settings_cap;
};

/* Why the organisation does not want a model, NULL = it may be used. */
const char *sc_policy_refusal(const sc_policy *p, const sc_model *m);

/* The first quota that holds for what is bought this way, NULL = none is stated. */
const sc_quota *sc_quota_for(const sc_scenario *s, const sc_buy *buy, sc_endpoint endpoint);

/* sc_tags of a project: the value of a tag, or of "project" its id. */
const char *sc_project_tag(const void *project, const char *key);

#endif
