/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_compare.c - `spendcast compare`: one workload, or each, on every offer of the card. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "cli/scenario_report.h"

static void offer_cells(sc_table *t, const sc_card *card, const sc_offer_result *o, unsigned scopes,
                        const char *workload)
{
    char how[80];
    sc_cell_text(t, workload);
    sc_cell_text(t, o->model->name);
    sc_cell_text(t, sc_offer_how(o, scopes, how));
    sc_cell_text(t, o->verdict == SC_OFFER_CURRENT   ? "current"
                    : o->verdict == SC_OFFER_ALLOWED ? "allowed"
                                                     : "not allowed");
    sc_cell_text(t, o->model->id);
    sc_cell_text(t, o->region >= 0 ? sc_card_region(card, (size_t)o->region)->code : "");
    sc_cell_text(t, sc_scope_name(o->scope));
    sc_cell_text(t, sc_tier_name(o->tier));
    sc_cell_text(t, sc_tier_name(o->wait_tier));
    sc_cell_text(t, sc_ttl_name(o->ttl));
}

static void estimate_cells(sc_table *t, sc_estimate e)
{
    sc_cell_usd(t, e.value);
    sc_cell_usd(t, e.error);
}

static void offer_row(sc_table *t, const sc_card *card, const sc_offer_result *o, unsigned scopes, const char *workload)
{
    sc_table_row(t);
    offer_cells(t, card, o, scopes, workload);
    estimate_cells(t, o->mean);
    estimate_cells(t, o->p10);
    estimate_cells(t, o->p50);
    estimate_cells(t, o->p90);
    estimate_cells(t, o->per_1000);
    estimate_cells(t, o->difference);
    sc_cell_usd(t, o->difference_p10);
    sc_cell_usd(t, o->difference_p90);
    if (o->verdict == SC_OFFER_CURRENT)
        sc_cell_empty(t);
    else
        sc_cell_share(t, o->cheaper);
    sc_cell_share(t, o->hit_share);
}

/* What names an offer, in both tables.  HIDDEN columns are left out of text unless the terminal is very wide: `name`
 * and `how` say the same in short. */
#define HIDDEN 9
#define OFFER_COLUMNS(workload_priority)                                                                   \
    {"workload", "workload", SC_CELL_TEXT, 0, (workload_priority)}, {"name", "model", SC_CELL_TEXT, 0, 0}, \
        {"how", "how", SC_CELL_TEXT, 0, 0}, {"status", "status", SC_CELL_TEXT, 0, HIDDEN},                 \
        {"model", "id", SC_CELL_TEXT, 0, HIDDEN}, {"region", "region", SC_CELL_TEXT, 0, HIDDEN},           \
        {"scope", "scope", SC_CELL_TEXT, 0, HIDDEN}, {"tier", "tier", SC_CELL_TEXT, 0, HIDDEN},            \
        {"wait_tier", "waiting tier", SC_CELL_TEXT, 0, HIDDEN},                                            \
    {                                                                                                      \
        "cache", "cache", SC_CELL_TEXT, 0, HIDDEN                                                          \
    }

typedef struct tables {
    sc_table *offers, *refused;
    size_t shown, allowed;
} tables;

/* The tables of a comparison; the workload's column leads where there are several. */
static tables make_tables(sc_report *r, const compare_options *o, int several, int decimals)
{
    const int workload = several ? 0 : HIDDEN;
    const sc_column offers[] = {
        OFFER_COLUMNS(workload),
        {"mean_usd", "mean", SC_CELL_USD, decimals, 3},
        {"mean_error_usd", "+-mean", SC_CELL_USD, decimals, 8},
        {"p10_usd", "P10", SC_CELL_USD, decimals, several ? 2 : 0},
        {"p10_error_usd", "+-P10", SC_CELL_USD, decimals, 8},
        {"p50_usd", "P50", SC_CELL_USD, decimals, 0},
        {"p50_error_usd", "+-P50", SC_CELL_USD, decimals, 8},
        {"p90_usd", "P90", SC_CELL_USD, decimals, several ? 1 : 0},
        {"p90_error_usd", "+-P90", SC_CELL_USD, decimals, 8},
        {"per_1000_requests_usd", "per 1,000\nrequests", SC_CELL_USD, -1, several ? 1 : 0},
        {"per_1000_requests_error_usd", "+-per 1,000", SC_CELL_USD, -1, 8},
        {"difference_usd", "against\ncurrent", SC_CELL_USD, decimals, 0},
        {"difference_error_usd", "+-difference", SC_CELL_USD, decimals, 8},
        {"difference_p10_usd", "diff.\nP10", SC_CELL_USD, decimals, 4},
        {"difference_p90_usd", "diff.\nP90", SC_CELL_USD, decimals, 4},
        {"cheaper_probability", "P of\ncheaper", SC_CELL_SHARE, 0, 0},
        {"cache_hit_share", "cache\nhits", SC_CELL_SHARE, 0, 6},
    };
    const sc_column refused[] = {
        OFFER_COLUMNS(workload),
        {"reason", "not allowed because", SC_CELL_TEXT, 0, 0},
    };
    tables t = {0};
    t.offers = sc_report_table(r, "offers", NULL, offers, sizeof offers / sizeof offers[0]);
    if (o->refused || o->g.format == SC_FORMAT_JSON)
        t.refused = sc_report_table(r, "refused", "Not allowed", refused, sizeof refused / sizeof refused[0]);
    return t;
}

/* Offers that differ in scope alone and cost the same to the last digit: one line for people. */
static int same_but_scope(const sc_offer_result *a, const sc_offer_result *b)
{
    return a->verdict == b->verdict && a->model == b->model && a->region == b->region && a->tier == b->tier &&
           a->wait_tier == b->wait_tier && a->ttl == b->ttl && a->mean.value == b->mean.value &&
           a->p90.value == b->p90.value;
}

static void add_comparison(tables *t, const sc_card *card, const sc_comparison *c, const char *workload, size_t top,
                           int merge)
{
    size_t listed = 0;
    for (size_t i = 0; i < sc_comparison_count(c); i++) {
        const sc_offer_result *o = sc_comparison_offer(c, i);
        if (o->verdict == SC_OFFER_REFUSED) {
            if (t->refused != NULL) {
                sc_table_row(t->refused);
                offer_cells(t->refused, card, o, 1u << o->scope, workload);
                sc_cell_text(t->refused, o->reason);
            }
            continue;
        }
        unsigned scopes = 1u << o->scope;
        while (merge && i + 1 < sc_comparison_count(c) && same_but_scope(o, sc_comparison_offer(c, i + 1)))
            scopes |= 1u << sc_comparison_offer(c, ++i)->scope;
        if (o->verdict == SC_OFFER_ALLOWED) {
            t->allowed++;
            if (top > 0 && listed == top)
                continue;
            listed++;
            t->shown++;
        }
        offer_row(t->offers, card, o, scopes, workload);
    }
}

/* How many offers of which kind were refused, in one sentence. */
static void refused_note(sc_report *r, const sc_comparison *c)
{
    size_t refused = 0;
    for (size_t i = 0; i < sc_comparison_count(c); i++)
        refused += sc_comparison_offer(c, i)->verdict == SC_OFFER_REFUSED;
    if (refused > 0)
        sc_report_note(r, "%zu offers are not allowed; --refused lists each with its reason.", refused);
}

/* Compares workloads [first, last); comparisons[] gets one each. */
static sc_code compare_all(const compare_options *o, const sc_card *card, const sc_scenario *s, size_t first,
                           size_t last, sc_comparison **comparisons)
{
    sc_errors errors = {0};
    sc_sim_options so = sim_options(&o->g, &o->t);
    sc_code code = SC_OK;
    for (size_t w = first; w < last && code == SC_OK; w++)
        code = sc_compare(s, card, &so, w, &comparisons[w - first], &errors);
    progress_done(so.progress);
    print_errors(&errors);
    return code;
}

static void workload_name(const sc_scenario *s, size_t w, char *name, size_t size)
{
    snprintf(name, size, "%s/%s", sc_scenario_project_id(s, sc_scenario_workload_project(s, w)),
             sc_scenario_workload_id(s, w));
}

static int report_comparisons(const compare_options *o, const sc_card *card, const sc_scenario *s, const char *path,
                              size_t first, size_t n, sc_comparison *const *comparisons)
{
    char title[300], name[256], count[64];
    int several = n > 1, people = o->g.format == SC_FORMAT_TEXT || o->g.format == SC_FORMAT_MD, decimals = 0;
    size_t top = o->g.format == SC_FORMAT_JSON ? 0 : o->top >= 0 ? (size_t)o->top : several ? 3 : 20;
    workload_name(s, first, name, sizeof name);
    if (several)
        snprintf(title, sizeof title, "%zu workloads on other offers", n);
    else
        snprintf(title, sizeof title, "Workload %s on every offer", name);
    for (size_t i = 0; i < n; i++) /* cents say nothing beside thousands, but offers of small workloads need them */
        decimals = sc_comparison_offer(comparisons[i], 0)->mean.value < 1000.0 ? -1 : decimals;
    sc_report *r = sc_report_new("compare", title);
    tables t = make_tables(r, o, several, decimals);
    for (size_t i = 0; i < n; i++) {
        workload_name(s, first + i, name, sizeof name);
        add_comparison(&t, card, comparisons[i], name, top, people);
    }
    if (!several) {
        sc_format_fixed(sc_comparison_requests(comparisons[0]), 0, 1, count);
        sc_report_note(
            r,
            "Horizon total over %s requests (mean). Differences are to the current offer, in the first row, over the "
            "same "
            "simulated futures; 'how' is scope (reg: in_region), tier unless standard, '+batch' where requests that "
            "can wait use that "
            "tier, and cache lifetime.",
            count);
        if (t.refused == NULL)
            refused_note(r, comparisons[0]);
    }
    if (t.shown < t.allowed)
        sc_report_note(r, "%zu more allowed offers are not shown: --top 0 lists all.", t.allowed - t.shown);
    sc_report_note(
        r,
        "Costs only: whether another model answers well enough is not judged here. Tokens of another model are scaled "
        "by the range of its tokenizer, its output by the scenario's verbosity as well.");
    add_run_provenance(r, card, s, path, &o->t);
    return emit_report(&o->g, r, 0);
}

static int compare(const compare_options *o, const sc_card *card, const sc_scenario *s, const char *path)
{
    char why[400];
    size_t first = 0, last = sc_scenario_workload_count(s);
    if (o->workload != NULL) {
        int w = sc_scenario_find_workload(s, o->workload, why, sizeof why);
        if (w < 0) {
            print_problem(NULL, "%s", why);
            return 2;
        }
        first = (size_t)w;
        last = first + 1;
    }
    sc_comparison **comparisons = calloc(last - first, sizeof *comparisons);
    if (comparisons == NULL)
        return exit_code(SC_E_MEMORY);
    sc_code code = compare_all(o, card, s, first, last, comparisons);
    int status =
        code == SC_OK ? report_comparisons(o, card, s, path, first, last - first, comparisons) : exit_code(code);
    for (size_t i = 0; i < last - first; i++)
        sc_comparison_free(comparisons[i]);
    free(comparisons);
    return status;
}

int cmd_compare(const command *c, const void *options, int argc, char **argv)
{
    const compare_options *o = options;
    sc_card *card;
    sc_scenario *s;
    (void)c, (void)argc;
    int status = open_scenario(&o->g, argv[0], &card, &s);
    if (s == NULL)
        return status;
    status = o->t.explain_settings ? report_settings(&o->g, s, card) : compare(o, card, s, argv[0]);
    sc_scenario_free(s);
    sc_card_free(card);
    return status;
}
