/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_commands.h - the tables of options and examples of commands that read usage; for commands.c alone. */
#ifndef SC_CLI_USAGE_COMMANDS_H
#define SC_CLI_USAGE_COMMANDS_H

#include "cli/commands.h"

#define USAGE_AT(type, member) offsetof(type, u.member)
/* clang-format off */
#define USAGE_OPTIONS(type) \
    {OPT_TEXT, 'P', "projects", USAGE_AT(type, projects), "FILE", NULL, 0, 0, NULL, \
     "projects.csv: rules that say whose usage it is"}, \
    {OPT_TEXT, 0, "timezone", USAGE_AT(type, timezone), "ZONE", NULL, 0, 0, NULL, \
     "when days start: an offset such as +02:00 or a zone such as Europe/Berlin [UTC]"}, \
    {OPT_TEXT, 0, "primary", USAGE_AT(type, primary), "KIND", NULL, 0, 0, NULL, \
     "the kind of records that counts where several cover the same usage: bedrock_log, cur ..."}, \
    {OPT_TEXT, 0, "assume-region", USAGE_AT(type, assume_region), "REGION", NULL, 0, 0, NULL, \
     "prices of this region stand in where a model has none in the region that was called"}, \
    {OPT_CHOICE, 0, "assume-scope", USAGE_AT(type, assume_scope), "SCOPE", "auto", 0, 0, "in_region|geo|global|auto", \
     "routing scope of bare model ids in records that state none; auto: in_region"}, \
    {OPT_COUNT, 0, "max-values", USAGE_AT(type, max_values), "N", "1000", 1, 1e9, NULL, \
     "sessions, and tags that nothing asks for, with more values than this are not told apart"}, \
    {OPT_TEXT, 0, "rejects", USAGE_AT(type, rejects), "FILE", NULL, 0, 0, NULL, "write rejected records to a file"}, \
    {OPT_FLAG, 0, "allow-rejects", USAGE_AT(type, allow_rejects), NULL, NULL, 0, 0, NULL, \
     "exit with 0 although records were rejected"}, \
    {OPT_FLAG, 0, "allow-unpriced", USAGE_AT(type, allow_unpriced), NULL, NULL, 0, 0, NULL, \
     "exit with 0 although some usage has no price"}, \
    {OPT_TEXT, 0, "tmp", USAGE_AT(type, tmp), "FOLDER", NULL, 0, 0, NULL, \
     "where request ids go that do not fit into memory [they stay there]"}, \
    {OPT_COUNT, 'j', "threads", USAGE_AT(type, threads), "N", "0", 0, 1024, NULL, \
     "threads, 0 = one a processor; no result depends on it"}
/* clang-format on */

#define B(member) offsetof(bill_options, member)
static const opt bill_option_table[] = {
    {OPT_TEXT, 'b', "by", B(by), "KEYS", "project", 0, 0, NULL,
     "up to four of project, workload, model, provider, region, scope, tier, meter, principal, account, day, week, "
     "month, quarter ..., or tags such as team"},
    {OPT_LIST, 'w', "where", B(where), "KEY=PATTERN", NULL, 0, 0, NULL,
     "only usage with this value, or KEY!=PATTERN; * and ? match; again for more conditions"},
    {OPT_DATE, 0, "since", B(since), "DATE", NULL, 0, 0, NULL, "from this day on"},
    {OPT_DATE, 0, "until", B(until), "DATE", NULL, 0, 0, NULL, "before this day"},
    {OPT_COUNT, 0, "top", B(top), "N", "0", 0, 1e9, NULL, "the largest groups, the others in one row; 0 = all"},
    {OPT_FLAG, 0, "coverage", B(coverage), NULL, NULL, 0, 0, NULL,
     "how much each rule of projects.csv explains, and what none does"},
    {OPT_TEXT, 0, "reprice", B(reprice), "MODEL[:TIER[:SCOPE]]", NULL, 0, 0, NULL, "the same tokens on another model"},
    {OPT_CHOICE, 0, "reprice-cache", B(reprice_cache), "HOW", "as_used", 0, 0, "as_used|none|5m|1h",
     "bill cached tokens otherwise: none = reads and writes as input; 5m, 1h = all writes at this lifetime"},
    {OPT_DATE, 0, "as-of", B(as_of), "DATE", NULL, 0, 0, NULL, "at the prices of this day [each day at its own]"},
    {OPT_LIST, 0, "reconcile", B(reconcile), "BILL", NULL, 0, 0, NULL,
     "hold the usage against what was billed: CUR, FOCUS or Cost Explorer files, again for more; auto = those among "
     "the inputs"},
    {OPT_TEXT, 0, "focus-out", B(focus_out), "FILE", NULL, 0, 0, NULL,
     "write the line items as a FOCUS 1.2 file (CSV); .gz compresses"},
    {OPT_TEXT, 0, "statements", B(statements), "FOLDER", NULL, 0, 0, NULL,
     "write a statement for each team, or project without a team, and an index.md; they add up to the cent"},
    {OPT_TEXT, 0, "statements-by", B(statements_by), "KEY", NULL, 0, 0, NULL,
     "who gets a statement: a key of --by [team, else project]"},
    USAGE_OPTIONS(bill_options),
};
#undef B
static const char *const bill_examples[] = {
    "spendcast bill logs/ --by project,model\0what a folder of logs costs, by project and model",
    "spendcast bill logs/ --projects projects.csv --by team,month\0by team and month, as your rules attribute it",
    "spendcast bill logs/ --by team --reprice us.anthropic.claude-haiku-4-5-20251001-v1:0\0the same tokens on another "
    "model",
    "spendcast bill logs/ --by model --reprice-cache none\0the same traffic without prompt caching",
    "spendcast bill logs/ --projects projects.csv --coverage\0what the rules explain, and the largest rest",
    "spendcast bill logs/ --reconcile cur.csv.gz\0why the logs cost what was billed, or why not",
    "spendcast bill logs/ --projects projects.csv --statements 2026-11/ --focus-out 2026-11.csv\0a statement for each "
    "team, and the same for FinOps tools",
    NULL};

static const opt ledger_option_table[] = {
    {OPT_TEXT, 's', "save", offsetof(ledger_options, save), "FILE", NULL, 0, 0, NULL,
     "write the ledger: other commands read it in place of the inputs"},
    {OPT_TEXT, 'e', "export", offsetof(ledger_options, export), "FILE", NULL, 0, 0, NULL,
     "write it as CSV, a row for each cell of a day"},
    USAGE_OPTIONS(ledger_options),
};
static const char *const ledger_examples[] = {
    "spendcast ledger logs/ --save 2026-Q4.ledger\0a quarter of logs, read once",
    "spendcast ledger logs/ exports/cur.csv.gz\0what the inputs are, and how much each holds", NULL};

#define FIT_AT(type, member) offsetof(type, f.member)
/* clang-format off */
#define FIT_OPTIONS(type) \
    {OPT_DATE, 0, "start", FIT_AT(type, start), "DATE", NULL, 0, 0, NULL, \
     "fitted to usage: first day of the horizon [the day after the last one observed]"}, \
    {OPT_COUNT, 'm', "months", FIT_AT(type, months), "N", "3", 1, 120, NULL, \
     "fitted to usage: length of the horizon"}, \
    {OPT_COUNT, 0, "days", FIT_AT(type, days), "N", "0", 0, 3660, NULL, \
     "fitted to usage: length of the horizon in days instead"}, \
    {OPT_DATE, 0, "since", FIT_AT(type, since), "DATE", NULL, 0, 0, NULL, "fit usage from this day on"}, \
    {OPT_DATE, 0, "until", FIT_AT(type, until), "DATE", NULL, 0, 0, NULL, "fit usage before this day"}, \
    {OPT_COUNT, 0, "tokens-per-request", FIT_AT(type, tokens_per_request), "N", "0", 0, 1e9, NULL, \
     "of bills, which do not count requests: input and cached tokens that make one; 0 leaves such usage out"}
/* clang-format on */

static const opt profile_option_table[] = {
    {OPT_TEXT, 's', "save", offsetof(profile_options, save), "FILE", NULL, 0, 0, NULL,
     "write the scenario: simulate, compare and advise take it"},
    {OPT_TEXT, 0, "name", offsetof(profile_options, name), "TEXT", NULL, 0, 0, NULL, "name of the scenario"},
    FIT_OPTIONS(profile_options),
    USAGE_OPTIONS(profile_options),
};
static const char *const profile_examples[] = {
    "spendcast profile logs/ --projects projects.csv --save scenario.json\0how each workload behaves, and a scenario "
    "of "
    "the next three months",
    "spendcast profile 2026-Q4.ledger --since 2026-11-01 --start 2027-01-01 --months 12 --save 2027.json\0next year, "
    "from "
    "what the last weeks say",
    "spendcast profile exports/cur.csv.gz --tokens-per-request 2000\0from a bill, which does not count requests", NULL};

#endif
