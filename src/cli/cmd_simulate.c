/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_simulate.c - `spendcast simulate`: projected spend with intervals, budgets at risk, the fan plot. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "cli/scenario_report.h"

#define MAX_LEVELS 9
#define LEVEL_STEP 1e-6 /* the names of their columns tell apart no finer ones */

typedef struct level_list {
    double p[MAX_LEVELS];
    size_t n;
    char id[MAX_LEVELS][32], error_id[MAX_LEVELS][40], title[MAX_LEVELS][16], error_title[MAX_LEVELS][24];
} level_list;

/* "0.1,0.5,0.9", ascending. */
static int read_levels(const char *text, level_list *l)
{
    l->n = 0;
    for (const char *p = text;;) {
        char word[32];
        size_t len = strcspn(p, ",");
        double level;
        snprintf(word, sizeof word, "%.*s", (int)(len < sizeof word ? len : sizeof word - 1), p);
        if (l->n == MAX_LEVELS || len >= sizeof word || value_real(word, &level) != 0 ||
            level - (l->n > 0 ? l->p[l->n - 1] : 0.0) < LEVEL_STEP || level > 1.0 - LEVEL_STEP) {
            print_problem(NULL,
                          "--levels: found '%s', expected up to %d probabilities between 0 and 1, ascending, such as "
                          "0.1,0.5,0.9",
                          text, MAX_LEVELS);
            return -1;
        }
        /* "p10", "p99_5": as many digits as the level has */
        char digits[32];
        sc_format_fixed(level * 100.0, 4, 0, digits);
        while (digits[strlen(digits) - 1] == '0')
            digits[strlen(digits) - 1] = '\0';
        if (digits[strlen(digits) - 1] == '.')
            digits[strlen(digits) - 1] = '\0';
        snprintf(l->title[l->n], sizeof l->title[0], "P%.12s", digits);
        snprintf(l->error_title[l->n], sizeof l->error_title[0], "+-P%.12s", digits);
        for (char *c = digits; *c != '\0'; c++)
            *c = *c == '.' ? '_' : *c;
        snprintf(l->id[l->n], sizeof l->id[0], "p%.20s_usd", digits);
        snprintf(l->error_id[l->n], sizeof l->error_id[0], "p%.20s_error_usd", digits);
        l->p[l->n++] = level;
        if (p[len] == '\0')
            return 0;
        p += len + 1;
    }
}

static void spend_row(sc_table *t, const sc_sim *r, const level_list *l, size_t group, size_t period, const char *name,
                      const char *label)
{
    double mean = sc_sim_mean(r, group, period).value, total = sc_sim_mean(r, sc_sim_group_count(r), period).value;
    sc_cell_text(t, name);
    if (label != NULL)
        sc_cell_text(t, label);
    sc_cell_number(t, sc_sim_requests(r, group, period));
    sc_cell_usd(t, mean);
    sc_cell_usd(t, sc_sim_mean(r, group, period).error);
    for (size_t i = 0; i < l->n; i++) {
        sc_estimate q = sc_sim_quantile(r, group, period, l->p[i]);
        sc_cell_usd(t, q.value);
        sc_cell_usd(t, q.error);
    }
    sc_cell_share(t, total > 0.0 ? mean / total : 0.0);
    sc_cell_usd(t, sc_sim_contribution(r, group, period, l->p[l->n - 1]));
}

/* Groups by mean spend over the horizon, the largest first; NULL when memory is short.  Insertion sort: groups are few.
 */
static size_t *largest_first(const sc_sim *r)
{
    size_t n = sc_sim_group_count(r), horizon = sc_sim_period_count(r);
    size_t *order = calloc(n, sizeof *order);
    double *mean = calloc(n, sizeof *mean);
    for (size_t g = 0; order != NULL && mean != NULL && g < n; g++) {
        size_t at = g;
        mean[g] = sc_sim_mean(r, g, horizon).value;
        for (; at > 0 && mean[order[at - 1]] < mean[g]; at--)
            order[at] = order[at - 1];
        order[at] = g;
    }
    if (mean == NULL) {
        free(order);
        order = NULL;
    }
    free(mean);
    return order;
}

static void spend_table(sc_report *report, const sc_sim *r, const simulate_options *o, const level_list *l)
{
    sc_column columns[8 + 2 * MAX_LEVELS];
    char contribution[48], contribution_id[48];
    size_t n = 0, groups = sc_sim_group_count(r), periods = sc_sim_period_count(r);
    int decimals = sc_sim_mean(r, groups, periods).value >= 1000.0
                       ? 0
                       : -1; /* cents say nothing beside an interval in thousands */
    snprintf(contribution, sizeof contribution, "part of\n%s", l->title[l->n - 1]);
    snprintf(contribution_id, sizeof contribution_id, "contribution_%s", l->id[l->n - 1]);
    columns[n++] = (sc_column){"group", o->by, SC_CELL_TEXT, 0, 0};
    if (periods > 0)
        columns[n++] = (sc_column){"period", "period", SC_CELL_TEXT, 0, 0};
    columns[n++] = (sc_column){"requests", "requests", SC_CELL_NUMBER, 0, 5};
    columns[n++] = (sc_column){"mean_usd", "mean", SC_CELL_USD, decimals, 0};
    columns[n++] = (sc_column){"mean_error_usd", "+-mean", SC_CELL_USD, decimals, 6};
    for (size_t i = 0; i < l->n; i++) {
        columns[n++] = (sc_column){l->id[i], l->title[i], SC_CELL_USD, decimals, 0};
        columns[n++] = (sc_column){l->error_id[i], l->error_title[i], SC_CELL_USD, decimals, 7};
    }
    columns[n++] = (sc_column){"share", "share", SC_CELL_SHARE, 0, 3};
    columns[n++] = (sc_column){contribution_id, contribution, SC_CELL_USD, decimals, 4};
    sc_table *t = sc_report_table(report, "spend", NULL, columns, n);
    size_t *order = largest_first(r);
    for (size_t i = 0; i < groups; i++) {
        size_t g = order != NULL ? order[i] : i;
        const char *name = sc_sim_group_name(r, g);
        for (size_t p = 0; p < (periods > 0 ? periods : 1); p++) {
            sc_day start, end;
            char label[16];
            sc_sim_period(r, p, &start, &end, label);
            sc_table_row(t);
            spend_row(t, r, l, g, p, name, periods > 0 ? label : NULL);
        }
        if (periods > 1) {
            sc_table_row(t);
            spend_row(t, r, l, g, periods, name, "all");
        }
    }
    free(order);
    for (size_t p = 0; p < periods && periods > 1; p++) {
        sc_day start, end;
        char label[16];
        sc_sim_period(r, p, &start, &end, label);
        sc_table_row(t);
        spend_row(t, r, l, groups, p, "(all)", label);
    }
    sc_table_foot(t);
    spend_row(t, r, l, groups, periods, "total", periods == 1 ? "all" : periods > 1 ? "all" : NULL);
}

static int risk_order(const void *a, const void *b)
{
    const sc_budget_risk *p = a, *q = b;
    if (p->probability.value != q->probability.value)
        return p->probability.value > q->probability.value ? -1 : 1;
    if (p->worst.value != q->worst.value)
        return p->worst.value > q->worst.value ? -1 : 1;
    return strcmp(p->project, q->project);
}

/* Returns the largest probability of a breach. */
static double budget_table(sc_report *report, const sc_sim *r, double risk)
{
    char cut_title[32], percent[64];
    sc_format_fixed(100.0 * risk, risk * 100.0 == floor(risk * 100.0) ? 0 : 1, 0, percent);
    snprintf(cut_title, sizeof cut_title, "cut for\n%.12s %% risk", percent);
    const sc_column columns[] = {
        {"project", "project", SC_CELL_TEXT, 0, 0},
        {"limit_usd", "budget", SC_CELL_MONEY, 0, 0},
        {"per", "per", SC_CELL_TEXT, 0, 0},
        {"breach_probability", "P(breach)", SC_CELL_SHARE, 0, 0},
        {"breach_probability_error", "+-P(breach)", SC_CELL_SHARE, 0, 4},
        {"breach_upper_bound", "at most", SC_CELL_SHARE, 0, 8},
        {"breach_first", "from (P10)", SC_CELL_DATE, 0, 0},
        {"breach_middle", "middle", SC_CELL_DATE, 0, 3},
        {"breach_last", "to (P90)", SC_CELL_DATE, 0, 0},
        {"cut_needed", cut_title, SC_CELL_SHARE, 0, 0},
        {"cut_needed_error", "+-cut", SC_CELL_SHARE, 0, 6},
        {"worst_use", "use of\nbudget", SC_CELL_SHARE, 0, 2},
    };
    size_t n = sc_sim_budget_count(r);
    sc_budget_risk *risks = n > 0 ? malloc(n * sizeof *risks) : NULL;
    double largest = 0.0;
    if (risks == NULL)
        return 0.0;
    for (size_t i = 0; i < n; i++)
        sc_sim_budget(r, i, risk, &risks[i]);
    qsort(risks, n, sizeof *risks, risk_order);
    sc_table *t =
        sc_report_table(report, "budgets", "Budgets, most at risk first", columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < n; i++) {
        const sc_budget_risk *b = &risks[i];
        sc_table_row(t);
        sc_cell_text(t, b->project);
        sc_cell_money(t, b->limit);
        sc_cell_text(t, b->per);
        sc_cell_share(t, b->probability.value);
        sc_cell_share(t, b->probability.error);
        if (b->upper_bound > 0.0)
            sc_cell_share(t, b->upper_bound);
        else
            sc_cell_empty(t);
        sc_cell_date(t, b->first);
        sc_cell_date(t, b->middle);
        sc_cell_date(t, b->last);
        sc_cell_share(t, b->cut.value);
        sc_cell_share(t, b->cut.error);
        sc_cell_share(t, b->worst.value);
        largest = b->probability.value > largest ? b->probability.value : largest;
    }
    free(risks);
    return largest;
}

static int draw_fan(const simulate_options *o, const sc_scenario *s, const sc_sim *r, const char *path)
{
    size_t n = sc_sim_day_count(r);
    double *values = malloc(4 * n * sizeof *values);
    sc_day *days = malloc(n * sizeof *days), start, end;
    char hint[512] = "", subtitle[256];
    sc_errors errors = {0};
    sc_code code = SC_E_MEMORY;
    if (values != NULL && days != NULL) {
        sc_scenario_horizon(s, &start, &end);
        for (size_t d = 0; d < n; d++)
            days[d] = start + (sc_day)d;
        code = sc_sim_fan(r, 0.1, values);
        if (code == SC_OK)
            code = sc_sim_fan(r, 0.5, values + n);
        if (code == SC_OK)
            code = sc_sim_fan(r, 0.9, values + 2 * n);
        int budget = sc_sim_budget_line(r, values + 3 * n);
        snprintf(subtitle, sizeof subtitle, "%.100s, %lld trials, seed %lld", path, (long long)o->t.trials,
                 (long long)o->t.seed);
        const char *name = sc_scenario_name(s)[0] != '\0' ? sc_scenario_name(s) : path;
        sc_fan fan = {.title = o->plot_project != NULL ? o->plot_project : name,
                      .subtitle = subtitle,
                      .days = n,
                      .day = days,
                      .low = values,
                      .median = values + n,
                      .high = values + 2 * n,
                      .low_level = 0.1,
                      .high_level = 0.9,
                      .budget = budget ? values + 3 * n : NULL};
        if (code == SC_OK)
            code = sc_plot_fan(&fan, o->plot, o->keep_plot_data, hint, sizeof hint, &errors);
    }
    print_errors(&errors);
    print_plot_hint(hint);
    free(values);
    free(days);
    return exit_code(code);
}

static sc_money whole_cents(double usd) { return (sc_money)llround(usd * 100.0) * (SC_FEMTO_PER_USD / 100); }

/* What the customer's own terms do to the figures: discounts are in them, capacity that is owned is not. */
static void note_terms(sc_report *report, const sc_card *card, const sc_scenario *s, const sc_sim *r)
{
    const size_t all = sc_sim_group_count(r), horizon = sc_sim_period_count(r);
    const double list = sc_sim_list_cost(r, all, horizon), mean = sc_sim_mean(r, all, horizon).value;
    char cost[SC_DECIMAL_TEXT_MAX];
    sc_money capacity = 0;
    size_t owned = 0;
    sc_day start, end;
    if (sc_card_discount_count(card) > 0) {
        sc_report_figure_money(report, "list_usd", "at list prices", whole_cents(list));
        sc_report_figure_money(report, "discount_usd", "discounts", whole_cents(list) - whole_cents(mean));
        sc_report_note(report, "All figures are after the discounts of your own rates.");
    }
    sc_scenario_horizon(s, &start, &end);
    for (size_t i = 0; i < sc_card_commitment_count(card); i++) {
        const sc_commitment *c = sc_card_commitment(card, i);
        sc_money of_one, discount;
        if (c->from >= end || c->to <= start)
            continue;
        owned++;
        if (sc_card_commitment_cost(card, c, start, end, &of_one, &discount, NULL) == SC_OK)
            capacity += of_one - discount;
    }
    if (owned > 0)
        sc_report_note(report,
                       "%zu commitments run in this time and cost $%s, on top of these figures; what they cover is "
                       "priced on demand here. `spendcast rates commitments` lists them.",
                       owned, sc_decimal_format(capacity, 15, 2, 1, cost));
}

static int report_simulation(const simulate_options *o, const sc_card *card, const sc_scenario *s, const sc_sim *r,
                             const level_list *l, const char *path)
{
    char title[200], share[64], low[64], high[64], text[300];
    size_t all = sc_sim_group_count(r), horizon = sc_sim_period_count(r);
    sc_estimate mean = sc_sim_mean(r, all, horizon), first = sc_sim_quantile(r, all, horizon, l->p[0]),
                last = sc_sim_quantile(r, all, horizon, l->p[l->n - 1]);
    double largest = 0.0;
    snprintf(title, sizeof title, "%.150s", sc_scenario_name(s)[0] != '\0' ? sc_scenario_name(s) : path);
    sc_report *report = sc_report_new("simulate", title);
    snprintf(text, sizeof text, "%s mean, %s to %s (%s to %s)", sc_format_usd(mean.value, share),
             sc_format_usd(first.value, low), sc_format_usd(last.value, high), l->title[0], l->title[l->n - 1]);
    sc_report_figure_text(report, "headline", "spend", text);
    spend_table(report, r, o, l);
    note_terms(report, card, s, r);
    if (sc_sim_budget_count(r) > 0)
        largest = budget_table(report, r, o->risk);
    sc_report_note(report,
                   "Means add up; quantiles do not. 'part of %s' is what each group spends in the trials around the "
                   "total's %s, and adds "
                   "up to it but for the Monte Carlo error.",
                   l->title[l->n - 1], l->title[l->n - 1]);
    sc_format_fixed(mean.value > 0.0 ? 100.0 * mean.error / mean.value : 0.0, 2, 0, share);
    sc_format_fixed(last.value > 0.0 ? 100.0 * last.error / last.value : 0.0, 2, 0, high);
    sc_report_note(report,
                   "Monte Carlo error (one standard error): %s %% of the mean, %s %% of %s of the total. More --trials "
                   "make it smaller.",
                   share, high, l->title[l->n - 1]);
    if (sc_sim_budget_count(r) > 0) {
        sc_format_fixed(100.0 * sc_sim_any_breach(r).value, 1, 0, share);
        sc_format_fixed(300.0 / (double)o->t.trials, 3, 0, high);
        sc_report_note(report,
                       "P(at least one budget is breached) is %s %%. Where no trial breaches, P(breach) is at most %s "
                       "%% (95 %% bound).",
                       share, high);
    }
    add_run_provenance(report, card, s, path, &o->t);
    return emit_report(&o->g, report, largest > 0.0 && largest >= o->fail_if ? 1 : 0);
}

int cmd_simulate(const command *c, const void *options, int argc, char **argv)
{
    const simulate_options *o = options;
    sc_errors errors = {0};
    sc_card *card;
    sc_scenario *s;
    sc_sim *r = NULL;
    level_list levels;
    (void)c, (void)argc;
    if (read_levels(o->levels, &levels) != 0)
        return 2;
    if (o->plot != NULL && sc_plot_check(o->plot, &errors) != SC_OK) {
        print_errors(&errors);
        return 2;
    }
    int status = open_scenario(&o->g, argv[0], &card, &s);
    if (s == NULL)
        return status;
    if (o->t.explain_settings) {
        status = report_settings(&o->g, s, card);
    } else {
        sc_sim_options so = sim_options(&o->g, &o->t);
        so.fan = o->plot != NULL;
        so.fan_project = o->plot_project;
        sc_code code = sc_simulate(s, card, &so, o->by, (sc_period)o->period, &r, &errors);
        progress_done(so.progress);
        print_errors(&errors);
        status = exit_code(code);
        if (code == SC_OK) { /* a plot that fails must not cost the report */
            int drawn = o->plot != NULL ? draw_fan(o, s, r, argv[0]) : 0;
            status = report_simulation(o, card, s, r, &levels, argv[0]);
            status = drawn != 0 ? drawn : status;
        }
    }
    sc_sim_free(r);
    sc_scenario_free(s);
    sc_card_free(card);
    return status;
}
