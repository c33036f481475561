/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_fit.h - what the files of this folder share: usage by workload and day, and the fits of its parts. */
#ifndef SC_PROFILE_PROFILE_FIT_H
#define SC_PROFILE_PROFILE_FIT_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "spendcast/profile.h"
#include "stats/significant.h"

#define PROFILE_MONTH 30.4375 /* days, as the simulator counts growth */
#define PROFILE_Z90 1.2815515655446004

/* ---- usage by workload ---- */

typedef struct profile_day {
    sc_day day; /* local */
    int64_t requests, tokens[SC_TOKEN_METERS];
} profile_day;

/* Days of one stream that belong to one workload. */
typedef struct profile_part {
    const char *project, *workload, *model_text;
    sc_buy buy;
    int counted; /* 1: requests are counted */
    size_t stream;
    int rule; /* of the attribution, -1 = none */
    int no_region;
    size_t first, n; /* its days */
} profile_part;

typedef struct profile_tag {
    const char *key, *value; /* value NULL: several */
} profile_tag;

typedef struct profile_project {
    const char *id;
    profile_tag *tags;
    size_t n_tags;
} profile_project;

/* Everything read from a ledger, sorted so that the parts of a workload stand together. */
typedef struct profile_usage {
    const sc_ledger *l;
    const sc_profile_options *o;
    profile_part *parts;
    size_t n_parts, parts_cap;
    profile_day *days;
    size_t n_days, days_cap;
    sc_profile_left_out *left_out;
    size_t n_left_out, left_out_cap;
    sc_day first, end; /* whole local days with any usage */
} profile_usage;

sc_code profile_read(profile_usage *u, const sc_ledger *l, const sc_profile_options *o, sc_errors *errors);
void profile_usage_release(profile_usage *u);
/* How the parts of two workloads are ordered; 0 = one workload. */
int profile_part_order(const profile_part *a, const profile_part *b);
/* Adds usage to what is left out, by project, model and reason. */
sc_code profile_leave_out(profile_usage *u, const char *project, const char *model, const char *why, int64_t requests,
                          int64_t tokens);

/* Adds a stream's requests by local hour to the n days from `first` on. */
void profile_add_hours(const sc_ledger *l, size_t stream, sc_day first, size_t n, int64_t (*hours)[24]);

/* Usage of one workload by local day. */
typedef struct profile_series {
    sc_day first;
    size_t n;
    int64_t *requests;
    int64_t (*tokens)[SC_TOKEN_METERS];
    int64_t (*hours)[24]; /* requests by local hour; all 0 where times are not known */
    int64_t sum_requests, sum[SC_TOKEN_METERS];
} profile_series;

/* ---- fits ---- */

/* Counts of blocks of days, the pattern of the week taken out. */
#define PROFILE_MOST_BLOCKS 1024
typedef struct profile_blocks {
    double count[PROFILE_MOST_BLOCKS];
    size_t n;
    double days;               /* in a block */
    double mean;               /* requests a day, above 0 */
    double noise, noise_width; /* cv of a block before any is seen, and the sd of its logarithm */
} profile_blocks;

/* Logarithms, and their standard deviations. */
typedef struct profile_level {
    double level, level_sd;   /* requests a day at the start of the horizon */
    double growth, growth_sd; /* a month */
    double noise;             /* squared cv of a block */
    double walk;              /* variance of the level's steps, a month */
} profile_level;

/* `ahead`: days from the last block to the start of the horizon. */
void profile_fit_level(const profile_blocks *b, double ahead, int with_slope, profile_level *out);

void profile_fit_volume(const double *requests, size_t n, sc_day first, sc_day start, double burstiness,
                        sc_profile_volume *v, unsigned *notes);
/* Dispersion of counts by hour beyond the pattern of the week: the cv of gaps; 0 = not known. */
double profile_bursts_of_hours(const profile_series *s);
/* The cv of gaps within sessions, 0 = too few; and requests of a session on average, 0 = no sessions. */
double profile_bursts_of_sessions(const profile_usage *u, const profile_part *parts, size_t n, double *requests);
/* Share of requests that follow another of their session within the lifetime; -1 = no sessions. */
double profile_session_hits(const profile_usage *u, const profile_part *parts, size_t n, double seconds);

/* Sizes of requests: joint bins. */
typedef struct profile_sizes {
    int64_t input[SC_BINS], output[SC_BINS], n;
    double correlation; /* of normal scores */
} profile_sizes;
void profile_sizes_of(const profile_usage *u, const profile_part *parts, size_t n, profile_sizes *out);
/* A distribution with this mean for requests binned by size; `limit`: the most that a request may have. */
sc_code profile_fit_tokens(const int64_t bins[SC_BINS], double mean, double limit, sc_arena *arena,
                           sc_profile_tokens *out, int *over_limit);
/* How far the level of tokens a request may move, from its weekly means. */
double profile_scale_cv(const profile_series *s, int output);

void profile_fit_cache(const profile_usage *u, const profile_part *parts, size_t n, const profile_series *s,
                       sc_profile_workload *w);

/* ---- results ---- */

/* Ids that a scenario takes, each once; `more` ends that of a workload.  NULL when out of memory. */
const char *profile_project_id(sc_profile *p, const char *name);
const char *profile_workload_id(sc_profile *p, const profile_usage *u, size_t part, const char *project,
                                const char *more);

sc_day profile_horizon_end(const sc_profile *p);
/* 1 if the simulator finds prices for requests of this context on the first and the last day of the horizon. */
int profile_has_price(const sc_profile *p, const sc_buy *buy, sc_ttl ttl, int64_t context);
/* The context from which there are none any more; 0 = there are for all. */
int64_t profile_unpriced_from(const sc_profile *p, const sc_buy *buy, sc_ttl ttl);
/* Where the card has no cache prices in the workload's region, takes the region whose prices the bill assumes (usage/
 * rating.c), else no caching. */
void profile_price_cache(const sc_profile *p, sc_profile_workload *w);

struct sc_profile {
    sc_arena arena; /* owns everything below */
    const sc_card *card;
    sc_profile_workload *workloads;
    size_t n_workloads;
    sc_profile_left_out *left_out;
    size_t n_left_out;
    profile_project *projects;
    size_t n_projects;
    sc_day first, end; /* observed */
    sc_day start;      /* of the horizon, with its length as it was asked for */
    int months, days;
};

#endif
