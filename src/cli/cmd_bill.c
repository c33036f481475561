/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_bill.c - `spendcast bill`: what usage has cost, by any key. */
#include <stdio.h>
#include <string.h>

#include "cli/bill_exports.h"
#include "cli/bill_reconcile.h"
#include "cli/output.h"
#include "cli/rates_report.h"
#include "cli/usage_args.h"

#define UNPRICED_SHOWN 20
#define UNEXPLAINED_SHOWN 20
#define KEY_TEXT 100

/* "team,month" in pieces. */
typedef struct level_names {
    char text[SC_BILL_LEVELS][KEY_TEXT];
    size_t n;
} level_names;

static int read_levels(const char *by, level_names *l)
{
    *l = (level_names){.n = 0};
    for (const char *p = by; *p != '\0';) {
        const size_t len = strcspn(p, ",");
        if (l->n == SC_BILL_LEVELS || len == 0 || len >= KEY_TEXT) {
            print_problem(NULL, "--by: found '%s', expected up to %d keys such as team,month", by, SC_BILL_LEVELS);
            return -1;
        }
        memcpy(l->text[l->n++], p, len);
        p += len + (p[len] == ',');
    }
    return 0;
}

/* MODEL[:tier[:scope]]: model ids hold colons too, so the words are taken from the end where they are tiers or scopes.
 */
static void read_reprice(const char *text, char model[300], sc_rater *rater)
{
    snprintf(model, 300, "%s", text);
    for (int i = 0; i < 2; i++) {
        char *colon = strrchr(model, ':');
        const int scope = colon != NULL ? sc_scope_of(colon + 1) : -1,
                  tier = colon != NULL ? sc_tier_of(colon + 1) : -1;
        if (scope < 0 && tier < 0)
            break;
        if (scope >= 0)
            rater->reprice_scope = scope;
        else
            rater->reprice_tier = tier;
        *colon = '\0';
    }
    rater->reprice = model;
}

/* ---- what the ledger must keep ---- */

typedef struct needs_text {
    const char *tags[OPT_LIST_MAX + SC_BILL_LEVELS + 64];
    size_t n;
    char names[OPT_LIST_MAX][KEY_TEXT];
} needs_text;

static void need_key(usage_needs *needs, needs_text *t, const char *key)
{
    int is_tag;
    needs->dims |= sc_bill_key_dims(key, &is_tag);
    needs->service |= strcmp(key, "scope") == 0 || strcmp(key, "tier") == 0;
    if (is_tag && t->n < sizeof t->tags / sizeof t->tags[0] - 1)
        t->tags[t->n++] = strncmp(key, "tag:", 4) == 0 ? key + 4 : key;
}

static int is_repriced(const bill_options *o) { return o->reprice != NULL || o->reprice_cache != SC_CACHE_AS_USED; }

/* Only what the grouping looks at is kept, and usage is priced as it is read, unless something looks at more. */
static usage_needs needs_of(const bill_options *o, const level_names *l, needs_text *t)
{
    usage_needs needs = {.dims = 1u << SC_DIM_ACCOUNT | 1u << SC_DIM_MODEL | 1u << SC_DIM_PROFILE |
                                 1u << SC_DIM_PROJECT | 1u << SC_DIM_ITEM};
    needs.only = o->u.projects == NULL && !is_repriced(o) && o->as_of == SC_DAY_MAX && o->g.own_rates == NULL &&
                 !o->coverage && o->focus_out == NULL && o->statements == NULL && o->reconcile.n == 0;
    needs.bills = o->reconcile.n > 0 ? &o->reconcile : NULL;
    t->tags[t->n++] = "project";
    t->tags[t->n++] = "workload";
    for (size_t i = 0; i < l->n; i++) {
        need_key(&needs, t, l->text[i]);
        needs.only = needs.only && strcmp(l->text[i], "meter") != 0 && strcmp(l->text[i], "region") != 0;
    }
    if (o->statements != NULL)
        need_key(&needs, t, o->statements_by != NULL ? o->statements_by : "team");
    for (size_t i = 0; i < o->where.n; i++) {
        const size_t len = strcspn(o->where.item[i], "!=");
        if (len == 0 || len >= KEY_TEXT)
            continue;
        memcpy(t->names[i], o->where.item[i], len);
        need_key(&needs, t, t->names[i]);
        needs.only = needs.only && strcmp(t->names[i], "meter") != 0;
    }
    t->tags[t->n] = NULL;
    needs.tags = t->tags;
    return needs;
}

/* ---- tables ---- */

static int64_t written(const sc_bill_sums *s)
{
    int64_t sum = 0;
    for (int m = SC_METER_CACHE_WRITE; m <= SC_METER_CACHE_WRITE_1H; m++)
        sum += s->tokens[m];
    return sum;
}

static int64_t all_tokens(const sc_bill_sums *s)
{
    return s->tokens[SC_METER_INPUT] + s->tokens[SC_METER_OUTPUT] + s->tokens[SC_METER_CACHE_READ] + written(s);
}

static void money_if(sc_table *t, int known, sc_money m)
{
    if (known)
        sc_cell_money(t, m);
    else
        sc_cell_empty(t);
}

static void share_if(sc_table *t, double part, double whole)
{
    if (whole > 0.0)
        sc_cell_share(t, part / whole);
    else
        sc_cell_empty(t);
}

/* Cost of a unit: not of groups whose requests, or tokens, are not known. */
static void unit_cost(sc_table *t, sc_money spend, int64_t units, double per)
{
    if (units > 0)
        sc_cell_usd(t, sc_money_to_usd(spend) / (double)units * per);
    else
        sc_cell_empty(t);
}

#define SUM_COLUMNS                                                                                                  \
    {"requests", "requests", SC_CELL_COUNT, 0, 4}, {"input_tokens", "input", SC_CELL_COUNT, 0, 5},                   \
        {"output_tokens", "output", SC_CELL_COUNT, 0, 5}, {"cache_read_tokens", "cache\nread", SC_CELL_COUNT, 0, 6}, \
        {"cache_write_tokens", "cache\nwritten", SC_CELL_COUNT, 0, 6},                                               \
        {"cache_hit_share", "cache\nhits", SC_CELL_SHARE, 0, 7}, {"list_usd", "list", SC_CELL_MONEY, 0, 8},          \
        {"discount_usd", "discount", SC_CELL_MONEY, 0, 8}, {"cost_usd", "cost", SC_CELL_MONEY, 0, 0},                \
        {"billed_usd", "billed", SC_CELL_MONEY, 0, 2}, {"effective_usd", "effective", SC_CELL_MONEY, 0, 9},          \
        {"share", "share", SC_CELL_SHARE, 0, 1}, {"per_request_usd", "per\nrequest", SC_CELL_USD, -1, 7},            \
        {"per_million_tokens_usd", "per 1M\ntokens", SC_CELL_USD, -1, 7},                                            \
    {                                                                                                                \
        "unpriced_tokens", "unpriced\ntokens", SC_CELL_COUNT, 0, 3                                                   \
    }

static void sum_cells(sc_table *t, const sc_bill *b, const sc_bill_sums *s)
{
    const sc_bill_sums *total = sc_bill_total(b);
    const sc_money spend = sc_bill_spend(b, s);
    const int64_t context = s->tokens[SC_METER_INPUT] + s->tokens[SC_METER_CACHE_READ] + written(s);
    const int counted = !s->no_counts && s->requests > 0;
    if (counted)
        sc_cell_count(t, s->requests);
    else
        sc_cell_empty(t);
    sc_cell_count(t, s->tokens[SC_METER_INPUT]);
    sc_cell_count(t, s->tokens[SC_METER_OUTPUT]);
    cell_count_or_empty(t, s->tokens[SC_METER_CACHE_READ]);
    cell_count_or_empty(t, written(s));
    share_if(t, (double)s->tokens[SC_METER_CACHE_READ],
             s->tokens[SC_METER_CACHE_READ] > 0 || written(s) > 0 ? (double)context : 0.0);
    money_if(t, total->discount != 0, s->list);
    money_if(t, total->discount != 0, s->discount);
    sc_cell_money(t, s->cost);
    money_if(t, (total->has_cost & SC_COST_BILLED) != 0, s->billed);
    money_if(t, (total->has_cost & SC_COST_EFFECTIVE) != 0, s->effective);
    share_if(t, sc_money_to_usd(spend), sc_money_to_usd(sc_bill_spend(b, total)));
    unit_cost(t, spend, counted ? s->requests : 0, 1.0);
    unit_cost(t, spend, all_tokens(s), 1e6);
    cell_count_or_empty(t, s->unpriced_tokens);
}

/* A group of usage that does not have the key, and the one row of several groups. */
static void key_cell(sc_table *t, const char *key)
{
    if (key == NULL)
        sc_cell_empty(t);
    else
        sc_cell_text(t, key[0] != '\0' ? key : "(none)");
}

/* A bill may have hundreds of thousands of rows. */
typedef struct bill_rows {
    const sc_bill *b;
    size_t levels;
} bill_rows;

static void fill_row(sc_table *t, size_t i, const void *context)
{
    const bill_rows *rows = context;
    sc_bill_row row;
    sc_bill_row_at(rows->b, i, &row);
    for (size_t k = 0; k < rows->levels; k++)
        key_cell(t, row.key[k]);
    sum_cells(t, rows->b, &row.sums);
}

static void rows_table(sc_report *r, const bill_rows *rows, const level_names *l)
{
    static const sc_column sums[] = {SUM_COLUMNS};
    sc_column columns[SC_BILL_LEVELS + sizeof sums / sizeof sums[0]];
    for (size_t i = 0; i < l->n; i++)
        columns[i] = (sc_column){l->text[i], l->text[i], SC_CELL_TEXT, 0, 0};
    memcpy(columns + l->n, sums, sizeof sums);
    sc_table *t = sc_report_table(r, "bill", NULL, columns, l->n + sizeof sums / sizeof sums[0]);
    sc_table_rows(t, sc_bill_row_count(rows->b), fill_row, rows);
    sc_table_foot(t);
    for (size_t k = 0; k < l->n; k++)
        sc_cell_text(t, k == 0 ? "total" : "");
    sum_cells(t, rows->b, sc_bill_total(rows->b));
}

static void unpriced_table(sc_report *r, const sc_bill *b, int everything)
{
    static const sc_column columns[] = {
        {"model", "model", SC_CELL_TEXT, 0, 0},      {"item", "item", SC_CELL_TEXT, 0, 1},
        {"tokens", "tokens", SC_CELL_COUNT, 0, 0},   {"share_of_tokens", "of all", SC_CELL_SHARE, 0, 0},
        {"records", "records", SC_CELL_COUNT, 0, 2}, {"billed_usd", "billed", SC_CELL_MONEY, 0, 0},
        {"why", "why", SC_CELL_TEXT, 0, 0}};
    const size_t n = sc_bill_unpriced_count(b);
    if (n == 0)
        return;
    sc_table *t =
        sc_report_table(r, "unpriced", "Without a price, and in no sum", columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < n && (everything || i < UNPRICED_SHOWN); i++) {
        const sc_bill_unpriced *u = sc_bill_unpriced_at(b, i);
        sc_table_row(t);
        sc_cell_text(t, u->model[0] != '\0' ? u->model : "(none)");
        cell_text_or_empty(t, u->item);
        sc_cell_count(t, u->tokens);
        share_if(t, (double)u->tokens, (double)all_tokens(sc_bill_total(b)));
        sc_cell_count(t, u->records);
        money_if(t, u->billed != 0, u->billed);
        sc_cell_text(t, u->why);
    }
    if (!everything && n > UNPRICED_SHOWN)
        sc_report_note(r, "%zu more without a price; --format json has them.", n - UNPRICED_SHOWN);
}

static void coverage_tables(sc_report *r, const usage *u, const sc_bill *b)
{
    static const sc_column rules[] = {{"rule", "rule", SC_CELL_TEXT, 0, 0},
                                      {"when", "when", SC_CELL_TEXT, 0, 0},
                                      {"project", "project", SC_CELL_TEXT, 0, 0},
                                      SUM_COLUMNS};
    static const sc_column keys[] = {
        {"key", "key", SC_CELL_TEXT, 0, 0}, {"value", "value", SC_CELL_TEXT, 0, 0}, SUM_COLUMNS};
    sc_table *t = sc_report_table(r, "coverage", "What the rules explain", rules, sizeof rules / sizeof rules[0]);
    for (size_t i = 0; i < sc_bill_coverage_count(b); i++) {
        const sc_bill_coverage *c = sc_bill_coverage_at(b, i);
        sc_table_row(t);
        if (c->rule >= 0) {
            const sc_attribution_rule *rule = sc_attribution_rule_at(u->attribution, (size_t)c->rule);
            char when[400] = "";
            for (size_t k = 0; k < rule->n_when && strlen(when) < sizeof when - 1; k++)
                snprintf(when + strlen(when), sizeof when - strlen(when), "%s%s=%s", k > 0 ? " " : "",
                         rule->when[k].key, rule->when[k].pattern);
            sc_cell_textf(t, "%s:%d", rule->file, rule->line);
            sc_cell_text(t, when);
            sc_cell_text(t, rule->project);
        } else {
            sc_cell_text(t, "(no rule)");
            sc_cell_empty(t);
            sc_cell_empty(t);
        }
        sum_cells(t, b, &c->sums);
    }
    if (sc_bill_unexplained_count(b) == 0)
        return;
    t = sc_report_table(r, "unexplained", "Unattributed, largest first", keys, sizeof keys / sizeof keys[0]);
    for (size_t i = 0; i < sc_bill_unexplained_count(b) && i < UNEXPLAINED_SHOWN; i++) {
        const sc_bill_unexplained *x = sc_bill_unexplained_at(b, i);
        sc_table_row(t);
        sc_cell_text(t, x->key[0] != '\0' ? x->key : "(nothing)");
        sc_cell_text(t, x->value);
        sum_cells(t, b, &x->sums);
    }
}

static void notes(sc_report *r, const bill_options *o, const sc_bill *b)
{
    const sc_bill_sums *total = sc_bill_total(b);
    if (total->assumed_tokens > 0)
        sc_report_note(
            r,
            "%.1f %% of the tokens have no price of their own in the region that was called: they are priced "
            "as in us-east-2%s, whose prices agree where both regions list one.",
            100.0 * (double)total->assumed_tokens / (double)all_tokens(total),
            o->u.assume_region != NULL ? " or the assumed region" : "");
    if (total->no_counts)
        sc_report_note(r, "Some of the input has no request counts (bills never do): requests are left blank there.");
}

static void figures(sc_report *r, const sc_bill *b)
{
    const sc_bill_sums *s = sc_bill_total(b);
    sc_report_figure_money(r, "cost_usd", "cost", s->cost);
    if (s->discount != 0) {
        sc_report_figure_money(r, "list_usd", "at list prices", s->list);
        sc_report_figure_money(r, "discount_usd", "discounts", s->discount);
    }
    if ((s->has_cost & SC_COST_BILLED) != 0)
        sc_report_figure_money(r, "billed_usd", "billed", s->billed);
}

static const char *const cache_words[] = {
    [SC_CACHE_AS_USED] = "as used",
    [SC_CACHE_AS_INPUT] = "none: reads and writes as input",
    [SC_CACHE_AS_WRITES_5M] = "all writes for 5 minutes",
    [SC_CACHE_AS_WRITES_1H] = "all writes for 1 hour",
};

static int report_bill(const bill_options *o, usage *u, const sc_bill_options *run, sc_bill *b, const level_names *l)
{
    char when[16];
    const bill_rows rows = {b, l->n};
    sc_report *r = sc_report_new("bill", is_repriced(o) ? "What this usage would have cost" : "What this usage costs");
    if (o->top > 0 && sc_bill_top(b, (size_t)o->top) != SC_OK) {
        sc_report_free(r);
        print_problem(NULL, "out of memory");
        return exit_code(SC_E_MEMORY);
    }
    figures(r, b);
    rows_table(r, &rows, l);
    if (o->coverage)
        coverage_tables(r, u, b);
    unpriced_table(r, b, o->g.format != SC_FORMAT_TEXT);
    notes(r, o, b);
    add_usage_provenance(r, u);
    if (o->as_of != SC_DAY_MAX)
        sc_report_provenance(r, "as_of", "%s", sc_day_format(o->as_of, when));
    if (u->rater.reprice != NULL)
        sc_report_provenance(r, "repriced_as", "%s", o->reprice);
    if (u->rater.cache_as != SC_CACHE_AS_USED)
        sc_report_provenance(r, "repriced_cache", "%s", cache_words[u->rater.cache_as]);
    if (sc_bill_total(b)->unpriced_items > 0 && !o->u.allow_unpriced)
        u->status = 3;
    const int status = write_exports(o, u, run, r);
    if (status != 0) {
        sc_report_free(r);
        return status;
    }
    return emit_report(&o->g, r, u->status);
}

static int bill_report(const bill_options *o, usage *u, const sc_bill_options *run, const level_names *levels)
{
    sc_errors errors = {0};
    sc_bill *b = NULL;
    const sc_code code = sc_bill_run(u->ledger, run, &b, &errors);
    print_errors(&errors);
    const int status = code == SC_OK ? report_bill(o, u, run, b, levels) : exit_code(code);
    sc_bill_free(b);
    return status;
}

/* ---- keys that nothing has ---- */

static int is_in(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static int is_stated(const sc_ledger *l, const char *tag)
{
    for (size_t i = 0; i < sc_ledger_stream_count(l); i++) {
        if (sc_ledger_tag(l, sc_ledger_stream_at(l, i)->tagset, tag) != NULL)
            return 1;
    }
    return 0;
}

/* Any word may be the name of a tag, so that one that nothing has may be a slip. */
static void warn_of_unknown(const usage *u, const char *option, const char *key)
{
    const char *const *keys = sc_bill_keys();
    const char *tag = strncmp(key, "tag:", 4) == 0 ? key + 4 : key;
    char hint[SC_NAME_HINT_MAX];
    sc_errors errors = {0};
    size_t n = 0;
    if (is_in(keys, key) || is_stated(u->ledger, tag) || is_in(sc_attribution_set_tags(u->attribution), tag))
        return;
    while (keys[n] != NULL)
        n++;
    const char *near = sc_nearest_name(key, keys, n);
    sc_errors_warn(&errors, NULL, option, "no usage has a tag '%s'%s", tag,
                   near != NULL ? sc_name_hint(key, keys, n, hint) : "");
    print_errors(&errors);
}

static void warn_of_keys(const bill_options *o, const usage *u, const level_names *l, const needs_text *t)
{
    for (size_t i = 0; i < l->n; i++)
        warn_of_unknown(u, "--by", l->text[i]);
    for (size_t i = 0; i < o->where.n; i++) {
        if (t->names[i][0] != '\0')
            warn_of_unknown(u, "--where", t->names[i]);
    }
}

int cmd_bill(const command *c, const void *options, int argc, char **argv)
{
    const bill_options *o = options;
    level_names levels;
    needs_text text = {.n = 0};
    char days[2][16], model[300], why[500];
    usage u;
    (void)c;
    if (read_levels(o->by, &levels) != 0 || (o->reconcile.n > 0 && reconcile_check(o) != 0))
        return 2;
    if (o->statements_by != NULL && o->statements == NULL) {
        print_problem(NULL, "--statements-by says for whom, expected --statements FOLDER beside it");
        return 2;
    }
    if (o->since != SC_DAY_MAX && o->until <= o->since) {
        print_problem(NULL, "--until %s: expected a day after --since %s", sc_day_format(o->until, days[0]),
                      sc_day_format(o->since, days[1]));
        return 2;
    }
    const usage_needs needs = needs_of(o, &levels, &text);
    int status = open_usage(&o->g, &o->u, &needs, (const char *const *)argv, (size_t)argc, &u);
    if (status != 0)
        return status;
    warn_of_keys(o, &u, &levels, &text);
    u.rater.as_of = o->as_of;
    u.rater.cache_as = (sc_cache_as)o->reprice_cache;
    sc_model_ref ref;
    if (o->reprice != NULL) {
        read_reprice(o->reprice, model, &u.rater);
        if (sc_card_resolve(u.card, model, &ref, why, sizeof why) != SC_OK) {
            print_problem(NULL, "--reprice: %s", why);
            close_usage(&u);
            return 2;
        }
    }
    sc_bill_options run = {.rater = &u.rater,
                           .attribution = u.attribution,
                           .n_by = levels.n,
                           .n_where = o->where.n,
                           .since = o->since == SC_DAY_MAX ? SC_DAY_MIN : o->since,
                           .until = o->until,
                           .kinds = u.kinds,
                           .keep_parts = o->coverage,
                           .threads = (int)o->u.threads};
    for (size_t i = 0; i < levels.n; i++)
        run.by[i] = levels.text[i];
    memcpy(run.where, o->where.item, sizeof run.where);
    status = o->reconcile.n > 0 ? reconcile_report(o, &u, &run) : bill_report(o, &u, &run, &levels);
    close_usage(&u);
    return status;
}
