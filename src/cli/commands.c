/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands.c - the tables of commands and options. */
#include "cli/commands.h"
#include "cli/usage_commands.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define AT(type, member) offsetof(type, member)

const opt global_options[] = {
    {OPT_FLAG, 'h', "help", AT(globals, help), NULL, NULL, 0, 0, NULL, "show this help"},
    {OPT_CHOICE, 'f', "format", AT(globals, format), "FORMAT", "text", 0, 0, "text|json|csv|md", "form of the result"},
    {OPT_TEXT, 'o', "output", AT(globals, output), "FILE", NULL, 0, 0, NULL,
     "write the result to a file, whole or not at all"},
    {OPT_TEXT, 0, "table", AT(globals, table), "ID", NULL, 0, 0, NULL, "csv: the table to write [the main one]"},
    {OPT_TEXT, 0, "card", AT(globals, card), "FOLDER", NULL, 0, 0, NULL,
     "read the rate card from a folder instead of the built-in one"},
    {OPT_TEXT, 0, "rates", AT(globals, own_rates), "PATH", NULL, 0, 0, NULL,
     "your own rates: a folder or table of prices, discounts, commitments that go before the card's"},
    {OPT_CHOICE, 0, "color", AT(globals, colour), "WHEN", "auto", 0, 0, "auto|always|never", "colours in text"},
    {OPT_FLAG, 'q', "quiet", AT(globals, quiet), NULL, NULL, 0, 0, NULL, "no progress line"},
};
const size_t n_global_options = N(global_options);

#define SCOPE_CHOICES "in_region|geo|global"
#define TIER_CHOICES "standard|priority|flex|batch|reserved|provisioned|latency_optimized"

static const opt list_options[] = {
    {OPT_TEXT, 'm', "match", AT(rates_list_options, match), "TEXT", NULL, 0, 0, NULL,
     "only models whose id holds this text"},
    {OPT_TEXT, 0, "provider", AT(rates_list_options, provider), "NAME", NULL, 0, 0, NULL,
     "only models of this provider"},
    {OPT_TEXT, 'r', "region", AT(rates_list_options, region), "REGION", NULL, 0, 0, NULL,
     "source region of the calls, or all [us-east-2]"},
    {OPT_TEXT, 0, "meter", AT(rates_list_options, meter), "NAME", NULL, 0, 0, NULL,
     "prices of this meter instead of tokens side by side: text_unit, output_image ..."},
    {OPT_TEXT, 0, "max-price", AT(rates_list_options, max_price), "USD", NULL, 0, 0, NULL,
     "only up to this price: of 1M input tokens, or of the meter's unit"},
    {OPT_CHOICE, 0, "sort", AT(rates_list_options, sort), "KEY", "model", 0, 0,
     "model|price|input|output|context|released|end_of_life", "order of the rows"},
    {OPT_FLAG, 0, "reverse", AT(rates_list_options, reverse), NULL, NULL, 0, 0, NULL, "largest or latest first"},
    {OPT_COUNT, 0, "top", AT(rates_list_options, top), "N", "0", 0, 1e6, NULL, "rows to show, 0 = all"},
    {OPT_FLAG, 0, "active", AT(rates_list_options, active), NULL, NULL, 0, 0, NULL,
     "no models that are legacy or past their end of life"},
    {OPT_CHOICE, 0, "scope", AT(rates_list_options, scope), "SCOPE", "all", 0, 0, SCOPE_CHOICES "|all",
     "routing scope"},
    {OPT_CHOICE, 0, "tier", AT(rates_list_options, tier), "TIER", "auto", 0, 0, TIER_CHOICES "|all|auto",
     "service tier; auto: standard, with --meter all"},
    {OPT_DATE, 0, "as-of", AT(rates_list_options, as_of), "DATE", NULL, 0, 0, NULL,
     "prices in force on this day [today]"},
};

static const opt show_options[] = {
    {OPT_TEXT, 'r', "region", AT(rates_show_options, region), "REGION", NULL, 0, 0, NULL, "only prices of this region"},
    {OPT_DATE, 0, "as-of", AT(rates_show_options, as_of), "DATE", NULL, 0, 0, NULL, "only prices in force on this day"},
};

static const opt price_options[] = {
    {OPT_LIST, 'm', "meter", AT(rates_price_options, meters), "NAME=N", NULL, 0, 0, NULL,
     "a billed quantity, total over all requests; again for each meter: input, output, cache_read, cache_write_5m ..."},
    {OPT_COUNT, 'n', "requests", AT(rates_price_options, requests), "N", "1", 1, 1e15, NULL,
     "equal requests the quantities are the total of"},
    {OPT_COUNT, 0, "context", AT(rates_price_options, context), "TOKENS", "-1", -1, 1e12, NULL,
     "total context of a request incl. cache, for the price band; -1: input and cached tokens / requests"},
    {OPT_TEXT, 'r', "region", AT(rates_price_options, region), "REGION", NULL, 0, 0, NULL,
     "source region of the calls [the ARN's, or us-east-2 where it is priced]"},
    {OPT_CHOICE, 0, "scope", AT(rates_price_options, scope), "SCOPE", "auto", 0, 0, SCOPE_CHOICES "|auto",
     "routing scope; auto: bare id in_region, us./eu./... geo, global. global"},
    {OPT_CHOICE, 0, "tier", AT(rates_price_options, tier), "TIER", "standard", 0, 0, TIER_CHOICES, "service tier"},
    {OPT_TEXT, 0, "variant", AT(rates_price_options, variant), "TEXT", NULL, 0, 0, NULL,
     "variant of the price, where the page has one; of a single meter: --meter NAME:VARIANT=N"},
    {OPT_LIST, 0, "tag", AT(rates_price_options, tags), "KEY=VALUE", NULL, 0, 0, NULL,
     "a tag of the usage, for discounts that ask for one; again for each tag"},
    {OPT_DATE, 0, "as-of", AT(rates_price_options, as_of), "DATE", NULL, 0, 0, NULL,
     "prices in force on this day [today]"},
};

static const opt diff_options[] = {
    {OPT_DATE, 0, "from", AT(rates_diff_options, from), "DATE", NULL, 0, 0, NULL, "prices before: of this day [today]"},
    {OPT_DATE, 0, "to", AT(rates_diff_options, to), "DATE", NULL, 0, 0, NULL, "prices after: of this day [today]"},
    {OPT_TEXT, 0, "scenario", AT(rates_diff_options, scenario), "FILE", NULL, 0, 0, NULL,
     "show what the changes do to the spend of this scenario, by project"},
    {OPT_LIST, 0, "usage", AT(rates_diff_options, usage), "USAGE", NULL, 0, 0, NULL,
     "show what the changes do to the cost of this usage, by project: exports, folders or a ledger; again for more"},
    {OPT_CHOICE, 'k', "kind", AT(rates_diff_options, kind), "KIND", "all", 0, 0, "changed|removed|added|all",
     "only changes of this kind"},
    {OPT_TEXT, 0, "provider", AT(rates_diff_options, provider), "NAME", NULL, 0, 0, NULL,
     "only models of this provider"},
    {OPT_TEXT, 'm', "match", AT(rates_diff_options, match), "TEXT", NULL, 0, 0, NULL,
     "only models whose id holds this text"},
    {OPT_COUNT, 0, "top", AT(rates_diff_options, top), "N", "40", 0, 1e6, NULL,
     "changes to show in text, 0 = all; other formats have all"},
    {OPT_FLAG, 0, "fail-if-changed", AT(rates_diff_options, fail_if_changed), NULL, NULL, 0, 0, NULL,
     "exit with 1 if there is any change"},
    {OPT_COUNT, 's', "seed", AT(rates_diff_options, seed), "N", "1", 0, 9e15, NULL, "seed of the scenario's draws"},
    {OPT_COUNT, 't', "trials", AT(rates_diff_options, trials), "N", "2000", SC_TRIALS_MIN, SC_TRIALS_MAX, NULL,
     "simulated futures of the scenario"},
    USAGE_OPTIONS(rates_diff_options),
};

static const opt usage_type_options[] = {
    {OPT_TEXT, 0, "product", AT(rates_usage_type_options, product), "NAME", NULL, 0, 0, NULL,
     "product name of the line, which names the model where the usage type does not"},
    {OPT_DATE, 0, "as-of", AT(rates_usage_type_options, as_of), "DATE", NULL, 0, 0, NULL,
     "prices in force on this day [today]"},
};

static const opt check_options[] = {
    {OPT_CHOICE, 'k', "kind", AT(rates_check_options, kind), "KIND", "all", 0, 0,
     "order|batch|global|cache|gap|family|stale|limits|unpriced|all", "only findings of this kind"},
    {OPT_COUNT, 0, "max-age", AT(rates_check_options, max_age), "DAYS", "45", 0, 100000, NULL,
     "a table is stale when its newest price was checked longer ago"},
    {OPT_FLAG, 0, "strict", AT(rates_check_options, strict), NULL, NULL, 0, 0, NULL,
     "exit with 1 on a contradiction: order, batch, global or cache"},
    {OPT_COUNT, 0, "top", AT(rates_check_options, top), "N", "30", 0, 1e6, NULL,
     "findings to show in text, 0 = all; json, md and csv --table findings have all"},
    {OPT_DATE, 0, "as-of", AT(rates_check_options, as_of), "DATE", NULL, 0, 0, NULL,
     "check the prices in force on this day [today]"},
};

static const opt commitments_options[] = {
    {OPT_DATE, 0, "from", AT(rates_commitments_options, from), "DATE", NULL, 0, 0, NULL, "first day [today]"},
    {OPT_DATE, 0, "to", AT(rates_commitments_options, to), "DATE", NULL, 0, 0, NULL,
     "day after the last [365 days later]"},
};

static const opt import_options[] = {
    {OPT_CHOICE, 0, "only", AT(rates_import_options, only), "KIND", "drift", 0, 0,
     "changed|missing|unknown|same|drift|all", "rows to show; drift: all but the same"},
    {OPT_COUNT, 0, "top", AT(rates_import_options, top), "N", "40", 0, 1e6, NULL,
     "rows to show in text, 0 = all; other formats have all"},
    {OPT_TEXT, 0, "rows", AT(rates_import_options, rows), "FILE", NULL, 0, 0, NULL,
     "write what changed or is missing as rows of a price table, for review; --rates reads it if it is named "
     "prices-NAME.csv"},
    {OPT_TEXT, 0, "source", AT(rates_import_options, source), "ID", NULL, 0, 0, NULL,
     "source of these rows, an id of sources.csv"},
    {OPT_FLAG, 0, "fail-if-drift", AT(rates_import_options, fail_if_drift), NULL, NULL, 0, 0, NULL,
     "exit with 1 if a price changed or is missing on the card"},
    {OPT_DATE, 0, "as-of", AT(rates_import_options, as_of), "DATE", NULL, 0, 0, NULL,
     "hold against the prices of this day, or the file's if it is older [today]"},
};

/* clang-format off */
#define FUTURE_OPTIONS(type, usual_trials) \
    {OPT_COUNT, 's', "seed", AT(type, t.seed), "N", "1", 0, 9e15, NULL, "seed of all draws"}, \
    {OPT_COUNT, 't', "trials", AT(type, t.trials), "N", usual_trials, SC_TRIALS_MIN, SC_TRIALS_MAX, NULL, \
     "simulated futures"}, \
    {OPT_DATE, 0, "as-of", AT(type, t.as_of), "DATE", NULL, 0, 0, NULL, \
     "price every day as on this one [each day at its own date]"}, \
    {OPT_FLAG, 0, "explain-settings", AT(type, t.explain_settings), NULL, NULL, 0, 0, NULL, \
     "list every setting and whether it is a default, and stop"}
#define TRIAL_OPTIONS(type) \
    FUTURE_OPTIONS(type, "10000"), \
    {OPT_COUNT, 'j', "threads", AT(type, t.threads), "N", "0", 0, 1024, NULL, \
     "threads, 0 = one a processor; no result depends on it"}
/* clang-format on */

static const opt simulate_option_table[] = {
    {OPT_TEXT, 'b', "by", AT(simulate_options, by), "WHAT", "project", 0, 0, NULL,
     "group by project, workload, model, provider, total or a tag such as team"},
    {OPT_CHOICE, 'p', "period", AT(simulate_options, period), "PERIOD", "total", 0, 0, "total|quarter|month",
     "calendar periods to show"},
    {OPT_TEXT, 'l', "levels", AT(simulate_options, levels), "LIST", "0.1,0.5,0.9", 0, 0, NULL,
     "quantiles to show, ascending"},
    {OPT_REAL, 0, "risk", AT(simulate_options, risk), "P", "0.1", 0.0001, 0.9999, NULL,
     "accepted chance of a breach, for the cut needed"},
    {OPT_REAL, 0, "fail-if", AT(simulate_options, fail_if), "P", "2", 0, 2, NULL,
     "exit with 1 if a budget's P(breach) is at least this; above 1: never"},
    {OPT_TEXT, 0, "plot", AT(simulate_options, plot), "FILE", NULL, 0, 0, NULL,
     "draw cumulative spend against the budget (.svg or .png)"},
    {OPT_TEXT, 0, "plot-project", AT(simulate_options, plot_project), "PROJECT", NULL, 0, 0, NULL,
     "draw this project instead of all"},
    {OPT_FLAG, 0, "keep-plot-data", AT(simulate_options, keep_plot_data), NULL, NULL, 0, 0, NULL,
     "keep the plot's data and script beside it"},
    TRIAL_OPTIONS(simulate_options),
};

static const opt compare_option_table[] = {
    {OPT_TEXT, 'w', "workload", AT(compare_options, workload), "NAME", NULL, 0, 0, NULL,
     "only this workload: WORKLOAD or PROJECT/WORKLOAD"},
    {OPT_COUNT, 0, "top", AT(compare_options, top), "N", "-1", -1, 100000, NULL,
     "allowed offers to show, 0 = all, -1 = 20 for one workload and 3 each for several; json has all"},
    {OPT_FLAG, 0, "refused", AT(compare_options, refused), NULL, NULL, 0, 0, NULL,
     "list the offers that are not allowed, with reasons"},
    TRIAL_OPTIONS(compare_options),
};

static const opt advise_option_table[] = {
    {OPT_LIST, 'e', "evidence", AT(advise_options, evidence), "FILE", NULL, 0, 0, NULL,
     "graded answers: evals.csv; again for more"},
    {OPT_TEXT, 0, "evidence-mapping", AT(advise_options, mapping), "FILE", NULL, 0, 0, NULL,
     "how the columns of other per-question tables are to be read"},
    {OPT_TEXT, 'w', "workload", AT(advise_options, workload), "NAME", NULL, 0, 0, NULL,
     "only this workload: WORKLOAD or PROJECT/WORKLOAD"},
    {OPT_TEXT, 'x', "explain", AT(advise_options, explain), "NAME", NULL, 0, 0, NULL,
     "every option of this workload with the reason for or against it"},
    {OPT_TEXT, 0, "plot", AT(advise_options, plot), "FILE", NULL, 0, 0, NULL,
     "draw what each lever saves or, with --explain, cost against quality (.svg or .png)"},
    {OPT_TEXT, 0, "heatmap", AT(advise_options, heatmap), "FILE", NULL, 0, 0, NULL,
     "draw what each project would save with each model (.svg or .png)"},
    {OPT_FLAG, 0, "keep-plot-data", AT(advise_options, keep_plot_data), NULL, NULL, 0, 0, NULL,
     "keep the plot's data and script beside it"},
    {OPT_REAL, 0, "margin", AT(advise_options, margin), "SHARE", "0.02", 0, 0.5, NULL,
     "loss of quality that does not matter; 2% is two points"},
    {OPT_REAL, 0, "p-quality", AT(advise_options, p_quality), "P", "0.9", 0.501, 0.9999, NULL,
     "probability of staying within the margin from which on a model may be recommended"},
    {OPT_REAL, 0, "p-saves", AT(advise_options, p_saves), "P", "0.9", 0.501, 0.9999, NULL, "the same of costing less"},
    {OPT_REAL, 0, "min-saving", AT(advise_options, min_saving), "SHARE", "0.01", 0, 0.99, NULL,
     "of a workload's cost: what saves less is not worth a change"},
    {OPT_REAL, 0, "shorter", AT(advise_options, shorter), "SHARE", "0.2", 0, 0.95, NULL,
     "show what answers this much shorter would save, 0 = no"},
    {OPT_REAL, 0, "max-throttle", AT(advise_options, max_throttle), "P", "0.05", 0.0001, 0.9999, NULL,
     "chance of a busiest minute above a quota of the scenario up to which an option is allowed"},
    {OPT_TEXT, 0, "check", AT(advise_options, check), "TRUE:FALSE[:USD]", NULL, 0, 0, NULL,
     "cascades: shares of right and wrong answers that a check accepts, and what one check costs [as in the evidence]"},
    {OPT_FLAG, 0, "commitments", AT(advise_options, commitments), NULL, NULL, 0, 0, NULL,
     "reserved capacity as well: how much, what it saves, how much stands idle (takes seconds for a workload)"},
    {OPT_LIST, 0, "unit-tokens", AT(advise_options, unit_tokens), "MODEL=IN:OUT", NULL, 0, 0, NULL,
     "tokens a minute that a provisioned model unit of a model takes (AWS tells its customers; 0: no limit), to size "
     "such units too with --commitments; again for more models"},
    {OPT_FLAG, 0, "plan", AT(advise_options, plan), NULL, NULL, 0, 0, NULL,
     "the changes to make, all workloads together, most saving for a day of work first"},
    {OPT_REAL, 0, "budget", AT(advise_options, budget), "USD", "0", 0, 1e15, NULL,
     "plan: most that may be spent a month on average, 0 = no limit"},
    {OPT_REAL, 0, "max-risk", AT(advise_options, max_risk), "USD", "0", 0, 1e15, NULL,
     "plan: most that may be spent a month on average over the worst 5 % of the futures, 0 = no limit"},
    {OPT_REAL, 0, "max-effort", AT(advise_options, max_effort), "DAYS", "0", 0, 1e9, NULL,
     "plan: most person-days that all changes may take, 0 = no limit"},
    {OPT_COUNT, 0, "top", AT(advise_options, top), "N", "0", 0, 1e6, NULL,
     "options of each status, and tests, to show in text [12 and 15]"},
    {OPT_REAL, 0, "fail-if", AT(advise_options, fail_if), "USD", "-1", -1, 1e15, NULL,
     "exit with 1 if the recommended changes save at least this a month; -1: never"},
    FUTURE_OPTIONS(advise_options, "2000"),
    FIT_OPTIONS(advise_options),
    USAGE_OPTIONS(advise_options),
};

static const opt justify_option_table[] = {
    {OPT_TEXT, 'w', "workload", AT(justify_options, workload), "NAME", NULL, 0, 0, NULL,
     "the workload, WORKLOAD or PROJECT/WORKLOAD [the only one]"},
    {OPT_CHOICE, 'b', "by", AT(justify_options, by), "WHAT", "workload", 0, 0, "workload|project",
     "workload: a case for one; project: all projects by what an outcome costs"},
    {OPT_TEXT, 0, "premium", AT(justify_options, premium), "MODEL[:HOW]", NULL, 0, 0, NULL,
     "the model to justify, bought as `compare` writes it, such as 'geo 5m' [today's offer; without HOW the cheapest "
     "way]"},
    {OPT_LIST, 0, "against", AT(justify_options, against), "MODEL", NULL, 0, 0, NULL,
     "hold it against this model, bought the cheapest way; again for more [models with graded answers that cost less]"},
    {OPT_LIST, 'e', "evidence", AT(justify_options, evidence), "FILE", NULL, 0, 0, NULL,
     "graded answers: evals.csv; again for more"},
    {OPT_TEXT, 0, "evidence-mapping", AT(justify_options, mapping), "FILE", NULL, 0, 0, NULL,
     "how the columns of other per-question tables are to be read"},
    {OPT_TEXT, 0, "outcomes", AT(justify_options, outcomes), "FILE", NULL, 0, 0, NULL,
     "what the work brought: outcomes.csv"},
    {OPT_TEXT, 0, "value", AT(justify_options, value), "USD", NULL, 0, 0, NULL,
     "what a success is worth: a number, or P10:P90 [as in the outcomes]"},
    {OPT_TEXT, 0, "failure-cost", AT(justify_options, failure_cost), "USD", NULL, 0, 0, NULL,
     "what a failure costs beside people's time: a number, or P10:P90 [as in the outcomes]"},
    {OPT_REAL, 0, "human-minutes", AT(justify_options, human_minutes), "N", "-1", -1, 1e9, NULL,
     "people's time that a failure takes; -1: as in the outcomes"},
    {OPT_REAL, 0, "human-usd-per-hour", AT(justify_options, human_usd_per_hour), "USD", "-1", -1, 1e9, NULL,
     "what an hour of it costs; -1: not known, none is counted"},
    {OPT_REAL, 0, "human-completes", AT(justify_options, human_completes), "SHARE", "-1", -1, 1, NULL,
     "failures that people turn into a success; -1: all where their time is priced"},
    {OPT_COUNT, 0, "retries", AT(justify_options, retries), "N", "0", 0, SC_RETRIES_MAX, NULL,
     "how often a failure is noticed and tried again"},
    {OPT_REAL, 0, "repeats", AT(justify_options, repeats), "SHARE", "-1", -1, 1, NULL,
     "failures that fail however often they are tried; -1: as answers to repeated items show, else none"},
    {OPT_REAL, 0, "requests-per-attempt", AT(justify_options, requests_per_attempt), "N", "-1", -1, 1e9, NULL,
     "requests that one success or failure takes, such as the turns of a conversation; -1: as volume and outcomes "
     "show, "
     "else 1"},
    {OPT_REAL, 0, "success-per-pass", AT(justify_options, success_per_pass), "SHARE", "-1", -1, 1, NULL,
     "successes for an answer that would pass grading; -1: as outcomes and grades of today's model show, else one"},
    {OPT_REAL, 0, "p-decides", AT(justify_options, p_decides), "P", "0.9", 0.501, 0.9999, NULL,
     "probability of paying from which on the case is for, and of not paying for against"},
    {OPT_COUNT, 0, "items", AT(justify_options, items), "N", "0", 0, 1e6, NULL,
     "what grading so many more answers is worth; 0: as many as decide"},
    {OPT_TEXT, 0, "plot", AT(justify_options, plot), "FILE", NULL, 0, 0, NULL,
     "draw how sure it pays over what a success is worth (.svg or .png)"},
    {OPT_FLAG, 0, "keep-plot-data", AT(justify_options, keep_plot_data), NULL, NULL, 0, 0, NULL,
     "keep the plot's data and script beside it"},
    {OPT_FLAG, 0, "fail-unless-for", AT(justify_options, fail_unless_for), NULL, NULL, 0, 0, NULL,
     "exit with 1 unless the case is for the premium"},
    FUTURE_OPTIONS(justify_options, "2000"),
    FIT_OPTIONS(justify_options),
    USAGE_OPTIONS(justify_options),
};

static const opt synthesize_option_table[] = {
    {OPT_TEXT, 0, "logs", AT(synthesize_options, logs), "FILE", NULL, 0, 0, NULL,
     "write a Bedrock model invocation log, one JSON record a line; .gz compresses"},
    {OPT_TEXT, 0, "bill", AT(synthesize_options, bill), "FILE", NULL, 0, 0, NULL,
     "write the bill as a Cost and Usage Report 2.0 (CSV); .gz compresses"},
    {OPT_TEXT, 0, "usage", AT(synthesize_options, usage), "FILE", NULL, 0, 0, NULL,
     "write spendcast's own usage CSV, one row a request; .gz compresses"},
    {OPT_CHOICE, 0, "bill-grain", AT(synthesize_options, bill_grain), "GRAIN", "day", 0, 0, "hour|day",
     "lines of the bill"},
    {OPT_REAL, 0, "drop", AT(synthesize_options, drop), "SHARE", "0", 0, 1, NULL,
     "leave this share of requests out of the logs, such as 5%; the bill keeps them"},
    {OPT_REAL, 0, "discount", AT(synthesize_options, discount), "SHARE", "0", 0, 1, NULL,
     "take this share off the bill, such as 7.5%, on lines of its own"},
    {OPT_COUNT, 0, "late-days", AT(synthesize_options, late_days), "N", "0", 0, 3660, NULL,
     "the last N days are not in the bill yet"},
    {OPT_COUNT, 0, "days", AT(synthesize_options, days), "N", "0", 0, 3660, NULL,
     "only the first N days of the horizon, 0 = all"},
    {OPT_REAL, 0, "scale", AT(synthesize_options, scale), "SHARE", "1", 0.000001, 1000, NULL,
     "volume relative to the scenario's, such as 1%"},
    {OPT_COUNT, 0, "max-requests", AT(synthesize_options, max_requests), "N", "5M", 1, 1e9, NULL,
     "refuse to write if more requests are expected"},
    {OPT_COUNT, 's', "seed", AT(synthesize_options, seed), "N", "1", 0, 9e15, NULL, "seed of all draws"},
};

static const char *const list_examples[] = {
    "spendcast rates list --match claude\0Claude models and their prices in us-east-2",
    "spendcast rates list --tier batch --region eu-west-1\0what batch inference costs in Ireland",
    "spendcast rates list --active --max-price 0.25 --sort output\0cheap models that are here to stay",
    "spendcast rates list --meter output_image --sort price\0what an image costs", NULL};
static const char *const show_examples[] = {
    "spendcast rates show us.anthropic.claude-sonnet-4-6\0limits, dates and every price point of a model", NULL};
static const char *const check_examples[] = {
    "spendcast rates check --card my-card/\0check your own tables: every problem with its line and column", NULL};
static const char *const price_examples[] = {
    "spendcast rates price us.anthropic.claude-sonnet-4-6 --meter input=12000 --meter cache_read=90000 --meter "
    "output=800\0"
    "what this usage costs, exactly, with the price point behind each line",
    "spendcast rates price openai.gpt-5.6-sol --meter input=300M --meter output=2M --requests 1000 --as-of 2026-09-17\0"
    "1,000 requests of 300,000 tokens: the long-context band is judged per request",
    NULL};
static const char *const usage_type_examples[] = {
    "spendcast rates usage-type USE1-Claude4.6Sonnet-output-tokens-cross-region-global\0what a line of the bill is "
    "about",
    "spendcast rates usage-type USW2-MP:USW2_OutputTokenCount-Units --product 'Claude Haiku 4.5'\0"
    "a Marketplace line, which names no model itself",
    NULL};
static const char *const commitments_examples[] = {
    "spendcast rates commitments --rates scenarios/own-rates\0what owned capacity costs and when it pays off", NULL};
static const char *const import_examples[] = {
    "spendcast rates import offer.json\0an AWS Price List file against the card: what changed, what is missing",
    "spendcast rates import aws.json --rows prices-new.csv --source genai-prices-0.1.8\0"
    "genai-prices data; rows to review and merge by hand, or to try with --rates prices-new.csv",
    NULL};
static const char *const diff_examples[] = {
    "spendcast rates diff --from 2026-07-24\0every price that changed since then, the largest change first",
    "spendcast rates diff --from 2026-07-24 --scenario scenarios/enterprise.json\0what that does to each project's "
    "spend",
    "spendcast rates diff --from 2026-07-24 --usage q3.ledger --projects projects.csv\0what that does to the cost of "
    "usage",
    "spendcast rates diff builtin my-card/\0your tables against the built-in ones", NULL};
static const char *const simulate_examples[] = {
    "spendcast simulate scenarios/enterprise.json --by team --period quarter\0the quarter by team, with intervals and "
    "budgets at risk",
    "spendcast simulate scenarios/support-chatbot.json --plot fan.png --fail-if 30%\0"
    "a plot against the budget; exit code 1 if the risk of a breach is 30 % or more",
    NULL};
static const char *const compare_examples[] = {"spendcast compare scenarios/support-chatbot.json --workload chat\0a "
                                               "workload before launch, on every model, scope, tier and cache lifetime",
                                               "spendcast compare scenarios/enterprise.json --format json --output "
                                               "offers.json\0all workloads and all offers, for programs",
                                               NULL};
static const char *const advise_examples[] = {
    "spendcast advise scenarios/enterprise.json --evidence scenarios/evals.csv\0which workloads could be served for "
    "less",
    "spendcast advise scenarios/enterprise.json --evidence scenarios/evals.csv --explain ticket-routing/intent\0every "
    "option of one workload, with the reason for or against it",
    "spendcast advise scenarios/enterprise.json --evidence scenarios/evals.csv --plot saves.svg --heatmap models.svg\0"
    "pictures of what each lever saves, and of each project with each model",
    "spendcast advise scenarios/enterprise.json --evidence scenarios/evals.csv --max-effort 20\0what to do with 20 "
    "days "
    "of work",
    "spendcast advise logs/ --projects projects.csv --fail-if 1000\0from real usage; exit code 1 if changes that "
    "nobody "
    "would notice save $1,000 a month",
    NULL};
static const char *const justify_examples[] = {
    "spendcast justify scenarios/enterprise.json --workload code-agent/agent --evidence scenarios/evals.csv --outcomes "
    "scenarios/outcomes.csv --format md --output case.md\0a page to forward: is the premium model worth its price?",
    "spendcast justify scenarios/enterprise.json --workload support-assistant/chat --evidence scenarios/evals.csv "
    "--human-minutes 4.5 --human-usd-per-hour 38\0people answer what the model cannot",
    "spendcast justify scenarios/enterprise.json --by project --outcomes scenarios/outcomes.csv\0what an outcome of "
    "each project costs",
    NULL};
static const char *const synthesize_examples[] = {
    "spendcast synthesize scenarios/support-chatbot.json --logs logs.jsonl.gz --bill bill.csv\0what AWS would log and "
    "bill in one future of the scenario",
    "spendcast synthesize scenarios/enterprise.json --scale 0.1% --drop 5% --discount 7.5% --logs logs.jsonl --bill "
    "bill.csv\0"
    "logs with gaps and a bill with a discount, to try reconciliation on",
    NULL};
static const char *const help_examples[] = {"spendcast help simulate\0examples and options of a command", NULL};
static const char *const version_examples[] = {"spendcast version\0version and rate card", NULL};

#define COMMAND(name, run, options, type, args, min, max, summary, examples)            \
    {                                                                                   \
        name, run, options, N(options), sizeof(type), args, min, max, summary, examples \
    }
#define COMMAND_PLAIN(name, run, args, max, summary, examples)                    \
    {                                                                             \
        name, run, NULL, 0, sizeof(help_options), args, 0, max, summary, examples \
    }

const command commands[] = {
    COMMAND("bill", cmd_bill, bill_option_table, bill_options, "USAGE ...", 1, -1,
            "what usage has cost, by project, team, model ...", bill_examples),
    COMMAND("ledger", cmd_ledger, ledger_option_table, ledger_options, "USAGE ...", 1, -1,
            "read usage once and keep it in a file", ledger_examples),
    COMMAND("profile", cmd_profile, profile_option_table, profile_options, "USAGE ...", 1, -1,
            "how workloads of real usage behave, as a scenario to simulate", profile_examples),
    COMMAND("simulate", cmd_simulate, simulate_option_table, simulate_options, "SCENARIO", 1, 1,
            "project spend over a horizon, with intervals and budget risk", simulate_examples),
    COMMAND("compare", cmd_compare, compare_option_table, compare_options, "SCENARIO", 1, 1,
            "what a workload would cost on every other offer", compare_examples),
    COMMAND("advise", cmd_advise, advise_option_table, advise_options, "SCENARIO|USAGE ...", 1, -1,
            "which workloads could be served for less, and how sure that is", advise_examples),
    COMMAND("justify", cmd_justify, justify_option_table, justify_options, "SCENARIO|USAGE ...", 1, -1,
            "is a premium model worth its price, and what does an outcome cost", justify_examples),
    COMMAND("synthesize", cmd_synthesize, synthesize_option_table, synthesize_options, "SCENARIO", 1, 1,
            "made-up logs and the matching bill, to try the tools on", synthesize_examples),
    COMMAND("rates price", cmd_rates_price, price_options, rates_price_options, "MODEL", 1, 1,
            "price stated usage exactly", price_examples),
    COMMAND("rates list", cmd_rates_list, list_options, rates_list_options, "", 0, 0,
            "prices of all models side by side", list_examples),
    COMMAND("rates show", cmd_rates_show, show_options, rates_show_options, "MODEL", 1, 1,
            "everything the card knows of a model", show_examples),
    COMMAND("rates diff", cmd_rates_diff, diff_options, rates_diff_options, "[OLD [NEW]]", 0, 2,
            "what changed between two dates or two cards", diff_examples),
    COMMAND("rates usage-type", cmd_rates_usage_type, usage_type_options, rates_usage_type_options, "TYPE ...", 1, -1,
            "what usage types of AWS bills mean", usage_type_examples),
    COMMAND("rates commitments", cmd_rates_commitments, commitments_options, rates_commitments_options, "", 0, 0,
            "what capacity that you own costs, and when it pays off", commitments_examples),
    COMMAND("rates import", cmd_rates_import, import_options, rates_import_options, "FILE", 1, 1,
            "hold an AWS Price List or genai-prices file against the card", import_examples),
    COMMAND("rates check", cmd_rates_check, check_options, rates_check_options, "", 0, 0,
            "what the rate card holds, and what looks wrong or is missing", check_examples),
    COMMAND_PLAIN("help", cmd_help, "[COMMAND]", 2, "show help", help_examples),
    COMMAND_PLAIN("version", cmd_version, "", 0, "show the version", version_examples),
};
const size_t n_commands = N(commands);
