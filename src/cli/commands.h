/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands.h - the commands and the options each reads. */
#ifndef SC_CLI_COMMANDS_H
#define SC_CLI_COMMANDS_H

#include "cli/options.h"

typedef struct rates_list_options {
    globals g;
    const char *region, *provider, *match, *meter, *max_price;
    int scope, tier, sort, reverse, active;
    int64_t top;
    sc_day as_of;
} rates_list_options;

typedef struct rates_show_options {
    globals g;
    const char *region;
    sc_day as_of;
} rates_show_options;

typedef struct rates_price_options {
    globals g;
    opt_list meters, tags;
    int64_t requests, context;
    const char *region, *variant;
    int scope, tier;
    sc_day as_of;
} rates_price_options;

/* Options of every command that reads usage. */
typedef struct usage_options {
    const char *projects, *timezone, *primary, *assume_region, *rejects, *tmp;
    int64_t threads, max_values;
    int allow_rejects, allow_unpriced, assume_scope;
} usage_options;

typedef struct rates_diff_options {
    globals g;
    usage_options u;
    opt_list usage;
    sc_day from, to;
    const char *scenario, *provider, *match;
    int kind, fail_if_changed;
    int64_t top, seed, trials;
} rates_diff_options;

typedef struct rates_usage_type_options {
    globals g;
    const char *product;
    sc_day as_of;
} rates_usage_type_options;

typedef struct rates_check_options {
    globals g;
    sc_day as_of;
    int64_t max_age, top;
    int kind, strict;
} rates_check_options;

typedef struct rates_commitments_options {
    globals g;
    sc_day from, to;
} rates_commitments_options;

typedef struct rates_import_options {
    globals g;
    sc_day as_of;
    const char *rows, *source;
    int only, fail_if_drift;
    int64_t top;
} rates_import_options;

/* Options of every simulation. */
typedef struct trial_options {
    int64_t seed, trials, threads;
    sc_day as_of;
    int explain_settings;
} trial_options;

typedef struct simulate_options {
    globals g;
    trial_options t;
    const char *by, *levels, *plot, *plot_project;
    int period, keep_plot_data;
    double risk, fail_if;
} simulate_options;

typedef struct compare_options {
    globals g;
    trial_options t;
    const char *workload;
    int64_t top;
    int refused;
} compare_options;

/* Options of every command that fits a scenario to usage. */
typedef struct fit_options {
    sc_day start, since, until;
    int64_t months, days, tokens_per_request;
} fit_options;

typedef struct advise_options {
    globals g;
    trial_options t; /* threads: those of u */
    usage_options u;
    fit_options f;
    opt_list evidence;
    const char *mapping, *workload, *explain, *check, *plot, *heatmap;
    double margin, p_quality, p_saves, min_saving, shorter, fail_if, max_throttle;
    double budget, max_risk, max_effort;
    int plan, commitments, keep_plot_data;
    opt_list unit_tokens;
    int64_t top;
} advise_options;

typedef struct justify_options {
    globals g;
    trial_options t; /* threads: those of u */
    usage_options u;
    fit_options f;
    opt_list evidence, against;
    const char *mapping, *outcomes, *workload, *premium, *value, *failure_cost;
    double human_minutes, human_usd_per_hour, human_completes, repeats, requests_per_attempt, success_per_pass,
        p_decides;
    int64_t retries, items;
    const char *plot;
    int by, fail_unless_for, keep_plot_data;
} justify_options;

typedef struct bill_options {
    globals g;
    usage_options u;
    const char *by, *reprice, *focus_out, *statements, *statements_by;
    opt_list where, reconcile;
    sc_day since, until, as_of;
    int64_t top;
    int coverage, reprice_cache;
} bill_options;

typedef struct ledger_options {
    globals g;
    usage_options u;
    const char *save, *export;
} ledger_options;

typedef struct profile_options {
    globals g;
    usage_options u;
    fit_options f;
    const char *save, *name;
} profile_options;

typedef struct synthesize_options {
    globals g;
    const char *logs, *bill, *usage;
    double scale, drop, discount;
    int64_t days, max_requests, late_days, seed;
    int bill_grain;
} synthesize_options;

typedef struct help_options {
    globals g;
} help_options;

int cmd_rates_usage_type(const command *c, const void *options, int argc, char **argv);
int cmd_rates_commitments(const command *c, const void *options, int argc, char **argv);
int cmd_rates_import(const command *c, const void *options, int argc, char **argv);
int cmd_rates_diff(const command *c, const void *options, int argc, char **argv);
int cmd_rates_list(const command *c, const void *options, int argc, char **argv);
int cmd_rates_show(const command *c, const void *options, int argc, char **argv);
int cmd_rates_check(const command *c, const void *options, int argc, char **argv);
int cmd_rates_price(const command *c, const void *options, int argc, char **argv);
int cmd_simulate(const command *c, const void *options, int argc, char **argv);
int cmd_compare(const command *c, const void *options, int argc, char **argv);
int cmd_advise(const command *c, const void *options, int argc, char **argv);
int cmd_justify(const command *c, const void *options, int argc, char **argv);
int cmd_bill(const command *c, const void *options, int argc, char **argv);
int cmd_ledger(const command *c, const void *options, int argc, char **argv);
int cmd_profile(const command *c, const void *options, int argc, char **argv);
int cmd_synthesize(const command *c, const void *options, int argc, char **argv);
int cmd_help(const command *c, const void *options, int argc, char **argv);
int cmd_version(const command *c, const void *options, int argc, char **argv);

#endif
