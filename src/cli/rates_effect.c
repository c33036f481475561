/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_effect.c - what the prices of two days or cards make a scenario, or given usage, cost. */
#include "cli/rates_effect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"

void free_side(side *s)
{
    for (int i = 0; i < 2; i++) {
        sc_sim_free(s->sim[i]);
        sc_bill_free(s->bill[i]);
    }
    sc_scenario_free(s->scenario);
    free(s->by_project.name);
    free(s->by_project.of);
    free(s->by_model.name);
    free(s->by_model.of);
}

static int make_spend(spend *s, size_t n)
{
    s->name = calloc(n + 1, sizeof *s->name);
    s->of = calloc(n + 1, sizeof *s->of);
    s->n = n;
    return s->name != NULL && s->of != NULL;
}

static amount exact_amount(const sc_bill_sums *s)
{
    return (amount){sc_money_to_usd(s->cost), s->cost, s->unpriced_items > 0};
}

static int from_sim(spend *s, const sc_sim *sim)
{
    const size_t n = sc_sim_group_count(sim), horizon = sc_sim_period_count(sim);
    if (!make_spend(s, n))
        return 0;
    for (size_t i = 0; i < n; i++) {
        s->name[i] = sc_sim_group_name(sim, i);
        s->of[i].usd = sc_sim_mean(sim, i, horizon).value;
    }
    s->total.usd = sc_sim_mean(sim, n, horizon).value;
    return 1;
}

static int from_bill(spend *s, const sc_bill *b)
{
    if (!make_spend(s, sc_bill_row_count(b)))
        return 0;
    for (size_t i = 0; i < s->n; i++) {
        sc_bill_row row;
        sc_bill_row_at(b, i, &row);
        s->name[i] = row.key[0];
        s->of[i] = exact_amount(&row.sums);
    }
    s->total = exact_amount(sc_bill_total(b));
    return 1;
}

static int finish(sc_code code, const sc_errors *errors)
{
    print_errors(errors);
    if (code == SC_E_MEMORY)
        print_problem(NULL, "out of memory");
    return exit_code(code);
}

int simulate_side(const rates_diff_options *o, side *s)
{
    sc_errors errors = {0};
    sc_sim_options so = {.seed = (uint64_t)o->seed,
                         .trials = o->trials,
                         .threads = (int)o->u.threads,
                         .as_of = s->day,
                         .progress = progress_line(&o->g)};
    sc_code code = sc_scenario_load(o->scenario, s->card, &s->scenario, &errors);
    if (code == SC_OK)
        code = sc_simulate(s->scenario, s->card, &so, "project", SC_PERIOD_TOTAL, &s->sim[0], &errors);
    if (code == SC_OK)
        code = sc_simulate(s->scenario, s->card, &so, "model", SC_PERIOD_TOTAL, &s->sim[1], &errors);
    progress_done(so.progress);
    if (code == SC_OK && (!from_sim(&s->by_project, s->sim[0]) || !from_sim(&s->by_model, s->sim[1])))
        code = SC_E_MEMORY;
    return finish(code, &errors);
}

int price_side(const usage *u, side *s)
{
    static const char *const keys[2] = {"project", "model"};
    sc_errors errors = {0};
    sc_rater rater = u->rater;
    rater.card = s->card;
    rater.as_of = s->day;
    sc_bill_options o = {.rater = &rater,
                         .attribution = u->attribution,
                         .n_by = 1,
                         .since = SC_DAY_MIN,
                         .until = SC_DAY_MAX,
                         .kinds = u->kinds};
    sc_code code = SC_OK;
    for (int i = 0; code == SC_OK && i < 2; i++) {
        o.by[0] = keys[i];
        code = sc_bill_run(u->ledger, &o, &s->bill[i], &errors);
    }
    if (code == SC_OK && (!from_bill(&s->by_project, s->bill[0]) || !from_bill(&s->by_model, s->bill[1])))
        code = SC_E_MEMORY;
    if (code == SC_OK) {
        s->unpriced_tokens = sc_bill_total(s->bill[0])->unpriced_tokens;
        s->unpriced_items = sc_bill_total(s->bill[0])->unpriced_items;
    }
    return finish(code, &errors);
}

static const amount *find(const spend *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->name[i], name) == 0)
            return &s->of[i];
    }
    return NULL;
}

static amount difference(amount before, amount after)
{
    return (amount){after.usd - before.usd, after.exact - before.exact, before.unknown || after.unknown};
}

/* Usage is the same on both sides: a model that only one of them can tell has no price on the other. */
amount effect_on(const side *before, const side *after, const char *model)
{
    const amount none = {.unknown = before->bill[0] != NULL};
    const amount *a = find(&before->by_model, model), *b = find(&after->by_model, model);
    if (a == NULL && b == NULL)
        return (amount){0};
    return difference(a != NULL ? *a : none, b != NULL ? *b : none);
}

sc_cell_type amount_type(int exact) { return exact ? SC_CELL_MONEY : SC_CELL_USD; }

void amount_cell(sc_table *t, int exact, amount a)
{
    if (a.unknown)
        sc_cell_empty(t);
    else if (exact)
        sc_cell_money(t, a.exact);
    else
        sc_cell_usd(t, a.usd);
}

static void effect_row(sc_table *t, int exact, const char *name, amount before, amount after)
{
    sc_cell_text(t, name);
    amount_cell(t, exact, before);
    amount_cell(t, exact, after);
    amount_cell(t, exact, difference(before, after));
    if (before.usd > 0.0 && !difference(before, after).unknown)
        sc_cell_share(t, after.usd / before.usd - 1.0);
    else
        sc_cell_empty(t);
}

/* A project on both sides. */
typedef struct effect {
    const char *name;
    amount before, after;
} effect;

static int by_size(const void *a, const void *b)
{
    const effect *x = a, *y = b;
    const double p = fabs(x->after.usd - x->before.usd), q = fabs(y->after.usd - y->before.usd);
    if (p != q)
        return p > q ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int is_same(const effect *e)
{
    const amount d = difference(e->before, e->after);
    return !d.unknown && d.usd == 0.0 && d.exact == 0;
}

void effect_table(sc_report *r, const side *before, const side *after, int exact, int only_affected)
{
    const sc_cell_type type = amount_type(exact);
    const sc_column columns[] = {{"project", "project", SC_CELL_TEXT, 0, 0},
                                 {"before_usd", "before", type, -1, 0},
                                 {"after_usd", "after", type, -1, 0},
                                 {"difference_usd", "difference", type, -1, 0},
                                 {"change", "change", SC_CELL_SHARE, 0, 0}};
    const spend *s = &after->by_project;
    effect *all = calloc(s->n + 1, sizeof *all);
    size_t unaffected = 0;
    sc_table *t = sc_report_table(
        r, "projects", exact ? "Effect on the cost of the usage" : "Effect on mean spend, same futures on both sides",
        columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; all != NULL && i < s->n; i++) {
        const amount *was = find(&before->by_project, s->name[i]);
        all[i] = (effect){s->name[i], was != NULL ? *was : (amount){0}, s->of[i]};
    }
    if (all != NULL)
        qsort(all, s->n, sizeof *all, by_size);
    for (size_t i = 0; all != NULL && i < s->n; i++) {
        if (only_affected && is_same(&all[i])) {
            unaffected++;
            continue;
        }
        sc_table_row(t);
        effect_row(t, exact, all[i].name, all[i].before, all[i].after);
    }
    if (unaffected > 0)
        sc_report_note(r, "%zu more projects spend the same.", unaffected);
    sc_table_foot(t);
    effect_row(t, exact, "total", before->by_project.total, after->by_project.total);
    free(all);
}
