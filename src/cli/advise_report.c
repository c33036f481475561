/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advise_report.c - advice as tables and sentences. */
#include "cli/advise_report.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/cells.h"
#include "cli/command_line.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define SENTENCES 10 /* verdicts for people, of the workloads that save most */
#define TESTS 15     /* tests worth doing, for people ... */
#define TESTS_EACH 2 /* ... and of one workload */
#define HIDDEN 9

static int is_for_people(const advise_options *o)
{
    return o->g.format == SC_FORMAT_TEXT || o->g.format == SC_FORMAT_MD;
}

static void workload_cell(sc_table *t, const sc_workload_advice *w) { sc_cell_textf(t, "%s/%s", w->project, w->name); }

static const char *lever_names(unsigned levers, char *buf, size_t size)
{
    size_t len = 0;
    buf[0] = '\0';
    for (int l = 0; l < SC_LEVERS && len < size; l++) {
        if (levers >> l & 1)
            len += (size_t)snprintf(buf + len, size - len, "%s%s", len > 0 ? " " : "", sc_lever_name((sc_lever)l));
    }
    return buf;
}

/* ---- one option ---- */

/* In text only what people look at; the rest is for programs. */
#define SAVING_COLUMNS(decimals)                                                                                 \
    {"saving_month_usd", "saves a\nmonth", SC_CELL_USD, (decimals), 0},                                          \
        {"saving_month_p10_usd", "P10", SC_CELL_USD, (decimals), 2},                                             \
        {"saving_month_p90_usd", "P90", SC_CELL_USD, (decimals), 2},                                             \
        {"saving_usd", "saves", SC_CELL_USD, (decimals), HIDDEN},                                                \
        {"saving_error_usd", "+-saves", SC_CELL_USD, (decimals), HIDDEN},                                        \
        {"saving_p10_usd", "saves P10", SC_CELL_USD, (decimals), HIDDEN},                                        \
        {"saving_p90_usd", "saves P90", SC_CELL_USD, (decimals), HIDDEN},                                        \
        {"p_saves", "P of\nsaving", SC_CELL_SHARE, 0, 1}, {"p_quality", "P of\nquality", SC_CELL_SHARE, 0, 1},   \
        {"effort_days", "work,\ndays", SC_CELL_NUMBER, 1, 3}, {"migration_usd", "work", SC_CELL_USD, 0, HIDDEN}, \
    {                                                                                                            \
        "break_even", "paid back\nby", SC_CELL_DATE, 0, 4                                                        \
    }

static void saving_cells(sc_table *t, const sc_advice *a, const sc_option *o)
{
    const double months = sc_advice_months(a);
    const int known = o != NULL && o->status != SC_ADVICE_TODAY && o->status != SC_ADVICE_NOT_ALLOWED;
    const sc_saving *s = known ? &o->saving : NULL;
    cell_usd_if(t, known, known ? s->mean / months : 0.0);
    cell_usd_if(t, known, known ? s->low / months : 0.0);
    cell_usd_if(t, known, known ? s->high / months : 0.0);
    cell_usd_if(t, known, known ? s->mean : 0.0);
    cell_usd_if(t, known, known ? s->error : 0.0);
    cell_usd_if(t, known, known ? s->low : 0.0);
    cell_usd_if(t, known, known ? s->high : 0.0);
    cell_share_if(t, known, known ? s->p : 0.0);
    cell_share_if(t, known && (!o->changes_answers || o->p_quality > 0.0), known ? o->p_quality : 0.0);
    cell_number_if(t, known, known ? o->effort_days : 0.0);
    cell_usd_if(t, known && o->migration_usd > 0.0, known ? o->migration_usd : 0.0);
    if (known && o->break_even != SC_DAY_MAX)
        sc_cell_date(t, o->break_even);
    else
        sc_cell_empty(t);
}

#define OFFER_COLUMNS                                                                                        \
    {"model", "id", SC_CELL_TEXT, 0, HIDDEN}, {"region", "region", SC_CELL_TEXT, 0, HIDDEN},                 \
        {"scope", "scope", SC_CELL_TEXT, 0, HIDDEN}, {"tier", "tier", SC_CELL_TEXT, 0, HIDDEN},              \
        {"wait_tier", "waiting tier", SC_CELL_TEXT, 0, HIDDEN}, {"cache", "cache", SC_CELL_TEXT, 0, HIDDEN}, \
    {                                                                                                        \
        "levers", "levers", SC_CELL_TEXT, 0, HIDDEN                                                          \
    }

static void offer_cells(sc_table *t, const sc_card *card, const sc_option *o)
{
    char levers[120];
    sc_cell_text(t, o->offer.model->id);
    sc_cell_text(t, o->offer.region >= 0 ? sc_card_region(card, (size_t)o->offer.region)->code : "");
    sc_cell_text(t, sc_scope_name(o->offer.scope));
    sc_cell_text(t, sc_tier_name(o->offer.tier));
    sc_cell_text(t, sc_tier_name(o->offer.wait_tier));
    sc_cell_text(t, sc_ttl_name(o->offer.ttl));
    sc_cell_text(t, lever_names(o->levers, levers, sizeof levers));
}

#define QUALITY_COLUMNS                                                                                                \
    {"quality_method", "method", SC_CELL_TEXT, 0, HIDDEN}, {"answers_today", "answers", SC_CELL_COUNT, 0, HIDDEN},     \
        {"answers", "answers", SC_CELL_COUNT, 0, HIDDEN}, {"answers_by_both", "both", SC_CELL_COUNT, 0, HIDDEN},       \
        {"difference", "difference", SC_CELL_NUMBER, 4, HIDDEN}, {"difference_low", "low", SC_CELL_NUMBER, 4, HIDDEN}, \
        {"difference_high", "high", SC_CELL_NUMBER, 4, HIDDEN}, {"p_equivalent", "P same", SC_CELL_SHARE, 0, HIDDEN},  \
        {"p_better", "P better", SC_CELL_SHARE, 0, HIDDEN}, {"design_effect", "deff", SC_CELL_NUMBER, 3, HIDDEN},      \
        {"strong_share", "today's model", SC_CELL_SHARE, 0, HIDDEN},                                                   \
        {"latency_p95_ms", "P95", SC_CELL_NUMBER, 1, HIDDEN}, {"latency_low_ms", "low", SC_CELL_NUMBER, 1, HIDDEN},    \
        {"latency_high_ms", "high", SC_CELL_NUMBER, 1, HIDDEN}, {"answers_timed", "timed", SC_CELL_COUNT, 0, HIDDEN},  \
        {"p_latency", "P in time", SC_CELL_SHARE, 0, HIDDEN}, {"items_needed", "to grade", SC_CELL_COUNT, 0, HIDDEN},  \
    {                                                                                                                  \
        "value_of_test_usd", "worth a month", SC_CELL_USD, 0, HIDDEN                                                   \
    }

static void latency_cells(sc_table *t, const sc_latency *l)
{
    const int is_stated = l->stated_n > 0 && (l->n == 0 || l->stated_p95 > l->limit), has = l->n > 0 || is_stated;
    cell_number_if(t, has, is_stated ? l->stated_p95 : l->p95);
    cell_number_if(t, has && !is_stated && l->low > 0.0, l->low);
    cell_number_if(t, has && !is_stated && l->high < 1e300, l->high);
    if (has)
        sc_cell_count(t, l->n + l->stated_n);
    else
        sc_cell_empty(t);
    cell_share_if(t, l->limit > 0.0, l->p_within);
}

static void quality_cells(sc_table *t, const sc_option *o)
{
    const sc_evidence_comparison *q = &o->quality;
    const int known = q->method != SC_EVIDENCE_NONE, mixes = o->strong_share > 0.0;
    const double figures[] = {q->difference, q->low, q->high};
    sc_cell_text(t, sc_evidence_method_name(q->method));
    sc_cell_count(t, q->n_a);
    sc_cell_count(t, q->n_b);
    sc_cell_count(t, q->common);
    for (size_t i = 0; i < N(figures); i++)
        cell_number_if(t, known, figures[i]);
    cell_share_if(t, known, q->p_equivalent);
    cell_share_if(t, known, q->p_better);
    cell_number_if(t, known, q->design_effect);
    cell_share_if(t, mixes, o->strong_share);
    latency_cells(t, &o->latency);
    if (o->items_needed > 0)
        sc_cell_count(t, o->items_needed);
    else
        sc_cell_empty(t);
    cell_usd_if(t, o->value_of_test > 0.0, o->value_of_test);
}

/* ---- the overview ---- */

/* Workloads by what their best option saves, largest first; free with free(). */
static const sc_workload_advice **by_saving(const sc_advice *a, size_t n)
{
    const sc_workload_advice **order = calloc(n + 1, sizeof *order);
    for (size_t i = 0; order != NULL && i < n; i++) {
        const sc_workload_advice *w = sc_advice_at(a, i);
        const double saves = w->best != NULL ? w->best->saving.mean : 0.0;
        size_t at = i;
        while (at > 0 && (order[at - 1]->best != NULL ? order[at - 1]->best->saving.mean : 0.0) < saves) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = w;
    }
    return order;
}

/* The line that shows every option of a workload. */
static void command_cell(sc_table *t, const advise_request *q, const sc_workload_advice *w)
{
    advise_options o = *q->o;
    char name[300];
    snprintf(name, sizeof name, "%s/%s", w->project, w->name);
    o.explain = name;
    o.workload = NULL;
    o.plan = o.commitments = 0;
    o.budget = o.max_risk = o.max_effort = 0.0;
    o.fail_if = -1.0;
    char *line = command_line(q->c, &o, q->inputs, q->n_inputs);
    sc_cell_text(t, line != NULL ? line : "");
    free(line);
}

static int decimals_of(const sc_advice *a) { return sc_advice_cost(a) < 1000.0 ? -1 : 0; }

static void workloads_table(sc_report *r, const advise_request *q, const sc_card *card, const sc_advice *a,
                            const sc_workload_advice *const *order, size_t n)
{
    const int decimals = decimals_of(a);
    const sc_column columns[] = {{"workload", "workload", SC_CELL_TEXT, 0, 0},
                                 {"today", "today", SC_CELL_TEXT, 0, 5},
                                 {"cost_month_usd", "costs a\nmonth", SC_CELL_USD, decimals, 3},
                                 {"advice", "advice", SC_CELL_TEXT, 0, HIDDEN},
                                 {"change", "change to", SC_CELL_TEXT, 0, 0},
                                 {"how", "how", SC_CELL_TEXT, 0, HIDDEN},
                                 SAVING_COLUMNS(decimals),
                                 OFFER_COLUMNS,
                                 QUALITY_COLUMNS,
                                 {"verdict", "verdict", SC_CELL_TEXT, 0, HIDDEN},
                                 {"command", "command", SC_CELL_TEXT, 0, HIDDEN}};
    sc_table *t = sc_report_table(r, "workloads", NULL, columns, N(columns));
    const double months = sc_advice_months(a);
    for (size_t i = 0; i < n; i++) {
        const sc_workload_advice *w = order[i];
        const sc_option *today = &w->options[0], *best = w->best;
        sc_table_row(t);
        workload_cell(t, w);
        sc_cell_text(t, today->offer.model->name);
        sc_cell_usd(t, today->cost / months);
        sc_cell_text(t, best != NULL ? "change" : "do not change");
        if (best == NULL)
            sc_cell_text(t, "do not change");
        else if (best->changes_answers)
            sc_cell_textf(t, "%s %s", best->offer.model->name, best->how);
        else
            sc_cell_text(t, best->how);
        sc_cell_text(t, best != NULL ? best->how : "");
        saving_cells(t, a, best);
        offer_cells(t, card, best != NULL ? best : today);
        quality_cells(t, best != NULL ? best : today);
        sc_cell_text(t, w->verdict);
        command_cell(t, q, w);
    }
}

static void levers_table(sc_report *r, const sc_advice *a)
{
    static const sc_column columns[] = {{"lever", "lever", SC_CELL_TEXT, 0, 0},
                                        {"saving_month_usd", "saves a month", SC_CELL_USD, 0, 0},
                                        {"saving_usd", "over the horizon", SC_CELL_USD, 0, 0}};
    double usd[SC_LEVERS], sum = 0.0;
    sc_advice_by_lever(a, usd);
    sc_table *t = sc_report_table(r, "levers", "What saves, in steps that add up", columns, N(columns));
    for (int l = 0; l < SC_LEVERS; l++) {
        if (usd[l] == 0.0)
            continue;
        sc_table_row(t);
        sc_cell_text(t, sc_lever_name((sc_lever)l));
        sc_cell_usd(t, usd[l] / sc_advice_months(a));
        sc_cell_usd(t, usd[l]);
        sum += usd[l];
    }
    sc_table_foot(t);
    sc_cell_text(t, "total");
    sc_cell_usd(t, sum / sc_advice_months(a));
    sc_cell_usd(t, sum);
}

typedef struct test {
    const sc_workload_advice *w;
    const sc_option *o;
} test;

static int test_order(const void *a, const void *b)
{
    const sc_option *p = ((const test *)a)->o, *q = ((const test *)b)->o;
    if (p->value_of_test != q->value_of_test)
        return p->value_of_test > q->value_of_test ? -1 : 1;
    if (p->saving.mean != q->saving.mean)
        return p->saving.mean > q->saving.mean ? -1 : 1;
    return a < b ? -1 : 1;
}

/* The cheapest way of each model that needs evidence, of every workload: what to test first. */
static size_t list_tests(const sc_advice *a, test *tests)
{
    size_t n = 0;
    for (size_t i = 0; i < sc_advice_count(a); i++) {
        const sc_workload_advice *w = sc_advice_at(a, i);
        const size_t first = n;
        for (size_t k = 0; k < w->n_options; k++) {
            const sc_option *o = &w->options[k];
            size_t same = first;
            if (o->status != SC_ADVICE_NEEDS_EVIDENCE || (o->levers >> SC_LEVER_MODEL & 1) == 0)
                continue;
            while (same < n && tests[same].o->offer.model != o->offer.model)
                same++;
            if (same == n)
                tests[n++] = (test){w, o};
            else if (tests[same].o->saving.mean < o->saving.mean)
                tests[same].o = o;
        }
    }
    qsort(tests, n, sizeof *tests, test_order);
    return n;
}

static void tests_table(sc_report *r, const advise_options *o, const sc_advice *a)
{
    static const sc_column columns[] = {{"workload", "workload", SC_CELL_TEXT, 0, 0},
                                        {"candidate", "test", SC_CELL_TEXT, 0, 0},
                                        {"model", "id", SC_CELL_TEXT, 0, HIDDEN},
                                        {"how", "how", SC_CELL_TEXT, 0, 2},
                                        {"saving_month_usd", "would save\na month", SC_CELL_USD, 0, 0},
                                        {"items_needed", "answers\nto grade", SC_CELL_COUNT, 0, 0},
                                        {"value_of_test_usd", "worth\na month", SC_CELL_USD, 0, 0},
                                        {"benchmark_difference", "benchmarks\nsay", SC_CELL_NUMBER, 3, 1},
                                        {"reason", "why", SC_CELL_TEXT, 0, HIDDEN}};
    size_t most = 1;
    for (size_t i = 0; i < sc_advice_count(a); i++)
        most += sc_advice_at(a, i)->n_options;
    test *tests = calloc(most, sizeof *tests);
    const size_t n = tests != NULL ? list_tests(a, tests) : 0;
    const size_t most_shown = !is_for_people(o) ? n : o->top > 0 ? (size_t)o->top : TESTS;
    size_t shown = 0;
    sc_table *t = n > 0 ? sc_report_table(r, "tests", "What to test first", columns, N(columns)) : NULL;
    for (size_t i = 0; i < n && shown < most_shown; i++) {
        const sc_option *x = tests[i].o;
        size_t before = 0;
        for (size_t k = 0; k < i; k++)
            before += tests[k].w == tests[i].w;
        if (is_for_people(o) && o->top == 0 && before >= TESTS_EACH)
            continue;
        shown++;
        sc_table_row(t);
        workload_cell(t, tests[i].w);
        sc_cell_text(t, x->offer.model->name);
        sc_cell_text(t, x->offer.model->id);
        sc_cell_text(t, x->how);
        sc_cell_usd(t, x->saving.mean / sc_advice_months(a));
        if (x->items_needed > 0)
            sc_cell_count(t, x->items_needed);
        else
            sc_cell_empty(t);
        cell_usd_if(t, x->value_of_test > 0.0, x->value_of_test);
        cell_number_if(t, x->prior.benchmarks > 0, x->prior.difference);
        sc_cell_text(t, x->reason);
    }
    if (shown < n)
        sc_report_note(r, "%zu more models would save and have no evidence: json and csv --table tests have all.",
                       n - shown);
    free(tests);
}

/* 1 if the model stands above with the same status: there are many ways to buy one. */
static int is_another_way(const sc_workload_advice *w, size_t at)
{
    const unsigned made = 1u << SC_LEVER_OUTPUT | 1u << SC_LEVER_ROUTING | 1u << SC_LEVER_CASCADE;
    const sc_option *o = &w->options[at];
    for (size_t k = 0; k < at && o->changes_answers; k++) {
        const sc_option *p = &w->options[k];
        if (p->status == o->status && p->offer.model == o->offer.model && (p->levers & made) == (o->levers & made))
            return 1;
    }
    return 0;
}

static void options_table(sc_report *r, const sc_card *card, const sc_advice *a, size_t first, size_t last, int people,
                          size_t top)
{
    const int decimals = decimals_of(a);
    const sc_column columns[] = {{"workload", "workload", SC_CELL_TEXT, 0, HIDDEN},
                                 {"status", "status", SC_CELL_TEXT, 0, 0},
                                 {"advised", "advised", SC_CELL_BOOL, 0, HIDDEN},
                                 {"name", "model", SC_CELL_TEXT, 0, 0},
                                 {"how", "how", SC_CELL_TEXT, 0, 1},
                                 {"cost_usd", "costs", SC_CELL_USD, 0, HIDDEN},
                                 SAVING_COLUMNS(decimals),
                                 OFFER_COLUMNS,
                                 QUALITY_COLUMNS,
                                 {"reason", "why", SC_CELL_TEXT, 0, 0}};
    sc_table *t = sc_report_table(r, "options", people ? "Options" : NULL, columns, N(columns));
    for (size_t i = first; i < last; i++) {
        const sc_workload_advice *w = sc_advice_at(a, i);
        size_t shown[SC_ADVICE_STATUSES] = {0};
        for (size_t k = 0; k < w->n_options; k++) {
            const sc_option *o = &w->options[k];
            if (people && o != w->best && (shown[o->status] >= top || is_another_way(w, k)))
                continue;
            shown[o->status]++;
            sc_table_row(t);
            workload_cell(t, w);
            sc_cell_text(t, people && o == w->best ? "advised" : sc_advice_status_name(o->status));
            sc_cell_bool(t, o == w->best);
            sc_cell_text(t, o->offer.model->name);
            sc_cell_text(t, o->how);
            cell_usd_if(t, o->status != SC_ADVICE_NOT_ALLOWED, o->cost);
            saving_cells(t, a, o);
            offer_cells(t, card, o);
            quality_cells(t, o);
            sc_cell_text(t, o->reason);
        }
    }
}

void advise_overview(sc_report *r, const advise_request *q, const sc_card *card, const sc_advice *a)
{
    const advise_options *o = q->o;
    const size_t n = sc_advice_count(a);
    const sc_workload_advice **order = by_saving(a, n);
    const sc_saving total = sc_advice_total(a);
    const double months = sc_advice_months(a);
    char text[300], mean[64], low[64], high[64], cost[64];
    size_t changes = 0;
    if (order == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        changes += order[i]->best != NULL;
    snprintf(text, sizeof text, "%s a month (%s to %s in 8 of 10 futures) of %s, by changing %zu of %zu workloads",
             sc_format_usd(total.mean / months, mean), sc_format_usd(total.low / months, low),
             sc_format_usd(total.high / months, high), sc_format_usd(sc_advice_cost(a) / months, cost), changes,
             sc_advice_count(a));
    sc_report_figure_text(r, "headline", "saves", text);
    workloads_table(r, q, card, a, order, n);
    if (changes > 0)
        levers_table(r, a);
    tests_table(r, o, a);
    if (!is_for_people(o))
        options_table(r, card, a, 0, sc_advice_count(a), 0, 0);
    for (size_t i = 0; is_for_people(o) && i < changes && i < SENTENCES; i++)
        sc_report_note(r, "%s/%s: %s", order[i]->project, order[i]->name, order[i]->verdict);
    free(order);
}

/* ---- the plan ---- */

static void plan_table(sc_report *r, const sc_advice *a, const sc_plan *p)
{
    static const sc_column columns[] = {{"step", "", SC_CELL_COUNT, 0, 0},
                                        {"workload", "workload", SC_CELL_TEXT, 0, 0},
                                        {"change", "change to", SC_CELL_TEXT, 0, 0},
                                        {"saving_month_usd", "saves a\nmonth", SC_CELL_USD, 0, 0},
                                        {"saving_so_far_month_usd", "so far", SC_CELL_USD, 0, 0},
                                        {"effort_days", "work,\ndays", SC_CELL_NUMBER, 1, 0},
                                        {"effort_so_far_days", "so far", SC_CELL_NUMBER, 1, 0}};
    const double months = sc_advice_months(a);
    sc_table *t = sc_report_table(r, "plan", "The plan, most saving for a day of work first", columns, N(columns));
    for (size_t i = 0; i < p->n_steps; i++) {
        const sc_plan_step *s = &p->steps[i];
        sc_table_row(t);
        sc_cell_count(t, (int64_t)i + 1);
        workload_cell(t, s->workload);
        if (s->option->changes_answers)
            sc_cell_textf(t, "%s %s", s->option->offer.model->name, s->option->how);
        else
            sc_cell_text(t, s->option->how);
        sc_cell_usd(t, s->saving / months);
        sc_cell_usd(t, s->saving_so_far / months);
        sc_cell_number(t, s->option->effort_days);
        sc_cell_number(t, s->effort_so_far);
    }
}

static void spend_row(sc_table *t, const sc_advice *a, const char *what, const sc_plan_spend *s)
{
    const double months = sc_advice_months(a);
    sc_table_row(t);
    sc_cell_text(t, what);
    sc_cell_usd(t, s->mean / months);
    cell_usd_if(t, s->mean_error > 0.0, s->mean_error / months);
    sc_cell_usd(t, s->risk / months);
    cell_usd_if(t, s->risk_error > 0.0, s->risk_error / months);
}

void advise_plan_report(sc_report *r, const sc_advice *a, const sc_plan *p)
{
    static const sc_column columns[] = {{"what", "spend a month", SC_CELL_TEXT, 0, 0},
                                        {"mean_usd", "mean", SC_CELL_USD, 0, 0},
                                        {"mean_error_usd", "+-", SC_CELL_USD, 0, 0},
                                        {"risk_usd", "worst 5 %", SC_CELL_USD, 0, 0},
                                        {"risk_error_usd", "+-", SC_CELL_USD, 0, 0}};
    char gain[64], loss[64];
    if (p->status > SC_PLAN_GOOD) {
        sc_report_figure_text(r, "plan_status", "plan", sc_plan_status_name(p->status));
        sc_report_note(r, "No plan keeps these limits: %s.", p->reason);
        return;
    }
    plan_table(r, a, p);
    sc_table *t = sc_report_table(r, "plan_spend", "Spend under the plan", columns, N(columns));
    spend_row(t, a, "today", &p->today);
    spend_row(t, a, "with the plan", &p->then);
    if (p->has_fresh)
        spend_row(t, a, "on fresh trials", &p->fresh);
    sc_report_figure_text(r, "plan_status", "plan", sc_plan_status_name(p->status));
    if (!p->has_fresh)
        sc_report_note(r,
                       "The plan could not be checked on fresh trials: a mix of two models is bought otherwise there.");
    else if (p->is_limited)
        sc_report_note(r, "On trials that the plan was not chosen by, the limits %s.",
                       p->fresh_holds ? "hold as well" : "do not hold: leave some room below them");
    if (p->budget_gain == p->budget_gain)
        sc_report_note(r, "A dollar more of budget would save %s, a dollar less would cost %s.",
                       sc_format_usd(p->budget_gain, gain),
                       p->budget_loss == p->budget_loss ? sc_format_usd(p->budget_loss, loss)
                                                        : "the plan: there is none");
}

void advise_explain(sc_report *r, const advise_options *o, const sc_card *card, const sc_advice *a, size_t workload)
{
    const sc_workload_advice *w = sc_advice_at(a, workload);
    char cost[64], low[64], high[64], text[300];
    const double months = sc_advice_months(a);
    snprintf(text, sizeof text, "%s a month (%s to %s) with %s (%s)", sc_format_usd(w->options[0].cost / months, cost),
             sc_format_usd(w->p10.value / months, low), sc_format_usd(w->p90.value / months, high),
             w->options[0].offer.model->name, w->options[0].how);
    sc_report_figure_text(r, "today", "today", text);
    sc_report_figure_text(r, "verdict", "verdict", w->verdict);
    options_table(r, card, a, workload, workload + 1, is_for_people(o), o->top > 0 ? (size_t)o->top : 12);
    for (size_t i = 0; i < w->n_risks; i++)
        sc_report_note(r, "To mind: %s.", w->risks[i]);
    if (is_for_people(o))
        sc_report_note(r,
                       "At most %lld models of each status are shown, each as it is bought for least: --top N shows "
                       "more, json has all.",
                       (long long)(o->top > 0 ? o->top : 12));
}
