/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates_diff.c - `spendcast rates diff`: what changed between two dates or two cards, and what a scenario's spend
 * has to do with it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rates_args.h"
#include "cli/rates_report.h"
#include "spendcast/rates_diff.h"
#include "spendcast/sim.h"

/* Simulated spend on one side, by project and by model. */
typedef struct side {
    sc_card *card;
    sc_day day;
    const char *name; /* the card's, as given; NULL = the one in use */
    sc_scenario *scenario;
    sc_sim *by_project, *by_model;
} side;

static void free_side(side *s)
{
    sc_sim_free(s->by_project);
    sc_sim_free(s->by_model);
    sc_scenario_free(s->scenario);
}

/* ---- the effect on a scenario ---- */

static int simulate_side(const rates_diff_options *o, side *s)
{
    sc_errors errors = {0};
    sc_sim_options so = {.seed = (uint64_t)o->seed,
                         .trials = o->trials,
                         .threads = (int)o->threads,
                         .as_of = s->day,
                         .progress = progress_line(&o->g)};
    sc_code code = sc_scenario_load(o->scenario, s->card, &s->scenario, &errors);
    if (code == SC_OK)
        code = sc_simulate(s->scenario, s->card, &so, "project", SC_PERIOD_TOTAL, &s->by_project, &errors);
    if (code == SC_OK)
        code = sc_simulate(s->scenario, s->card, &so, "model", SC_PERIOD_TOTAL, &s->by_model, &errors);
    progress_done(so.progress);
    print_errors(&errors);
    return exit_code(code);
}

/* Mean spend of a group; 0 if there is none of that name. */
static double spend_of(const sc_sim *r, const char *name)
{
    for (size_t g = 0; g < sc_sim_group_count(r); g++) {
        if (strcmp(sc_sim_group_name(r, g), name) == 0)
            return sc_sim_mean(r, g, sc_sim_period_count(r)).value;
    }
    return 0.0;
}

static double effect_on(const side *before, const side *after, const char *model)
{
    return spend_of(after->by_model, model) - spend_of(before->by_model, model);
}

static void effect_row(sc_table *t, const char *name, double before, double after)
{
    sc_cell_text(t, name);
    sc_cell_usd(t, before);
    sc_cell_usd(t, after);
    sc_cell_usd(t, after - before);
    if (before > 0.0)
        sc_cell_share(t, after / before - 1.0);
    else
        sc_cell_empty(t);
}

/* Projects by the size of the effect, the largest first. */
static void effect_table(sc_report *report, const side *before, const side *after, int only_affected)
{
    static const sc_column columns[] = {{"project", "project", SC_CELL_TEXT, 0, 0},
                                        {"before_usd", "before", SC_CELL_USD, -1, 0},
                                        {"after_usd", "after", SC_CELL_USD, -1, 0},
                                        {"difference_usd", "difference", SC_CELL_USD, -1, 0},
                                        {"change", "change", SC_CELL_SHARE, 0, 0}};
    const sc_sim *a = before->by_project, *b = after->by_project;
    const size_t n = sc_sim_group_count(b), horizon = sc_sim_period_count(b);
    size_t *order = calloc(n, sizeof *order), unaffected = 0;
    sc_table *t = sc_report_table(report, "projects", "Effect on mean spend, same futures on both sides", columns,
                                  sizeof columns / sizeof columns[0]);
    for (size_t g = 0; order != NULL && g < n; g++) {
        size_t at = g;
        const double size = fabs(sc_sim_mean(b, g, horizon).value - sc_sim_mean(a, g, horizon).value);
        while (at > 0 && fabs(sc_sim_mean(b, order[at - 1], horizon).value -
                              sc_sim_mean(a, order[at - 1], horizon).value) < size) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = g;
    }
    for (size_t i = 0; i < n; i++) {
        const size_t g = order != NULL ? order[i] : i;
        const double was = sc_sim_mean(a, g, horizon).value, is = sc_sim_mean(b, g, horizon).value;
        if (only_affected && was == is) {
            unaffected++;
            continue;
        }
        sc_table_row(t);
        effect_row(t, sc_sim_group_name(b, g), was, is);
    }
    if (unaffected > 0)
        sc_report_note(report, "%zu more projects spend the same.", unaffected);
    sc_table_foot(t);
    effect_row(t, "total", sc_sim_mean(a, n, horizon).value, sc_sim_mean(b, n, horizon).value);
    free(order);
}

/* ---- the changes ---- */

static void price_cell(sc_table *t, const sc_price_point *p)
{
    if (p != NULL)
        sc_cell_text(t, p->usd);
    else
        sc_cell_empty(t);
}

static const char *diff_region_code(const void *diff, size_t i) { return sc_rates_diff_region(diff, i); }

static void change_row(sc_table *t, const sc_rates_diff *d, const sc_price_change *c, const side *before,
                       const side *after)
{
    const sc_price_point *p = c->after != NULL ? c->after : c->before;
    sc_table_row(t);
    if (before->by_model != NULL)
        sc_cell_usd(t, effect_on(before, after, p->model->id));
    sc_cell_text(t, sc_change_kind_name(c->kind));
    sc_cell_text(t, p->model->id);
    sc_cell_text(t, sc_meter_name(p->meter));
    price_cell(t, c->before);
    price_cell(t, c->after);
    if (c->ratio > 0.0)
        sc_cell_share(t, c->ratio - 1.0);
    else
        sc_cell_empty(t);
    sc_cell_text(t, p->unit->name);
    sc_cell_text(t, sc_tier_name(p->tier));
    cell_scopes(t, c->scopes);
    sc_cell_count(t, __builtin_popcountll(c->regions));
    cell_count_or_empty(t, c->context_from);
    cell_count_or_empty(t, c->context_to);
    cell_text_or_empty(t, p->variant);
    sc_cell_text(t, p->source);
    cell_regions(t, c->regions, diff_region_code, d);
    sc_cell_text(t, p->note);
}

static int is_wanted(const rates_diff_options *o, const sc_price_change *c)
{
    const sc_model *m = (c->after != NULL ? c->after : c->before)->model;
    return (o->kind >= SC_CHANGE_KINDS || (int)c->kind == o->kind) &&
           (o->provider == NULL || strcmp(o->provider, m->provider) == 0) &&
           (o->match == NULL || strstr(m->id, o->match) != NULL);
}

static void changes_table(sc_report *report, const rates_diff_options *o, const sc_rates_diff *d, const side *before,
                          const side *after, size_t counts[SC_CHANGE_KINDS])
{
    static const sc_column columns[] = {
        {"effect_usd", "effect of\nthe model", SC_CELL_USD, -1, 0}, /* left out without a scenario */
        {"kind", "kind", SC_CELL_TEXT, 0, 0},
        {"model", "model", SC_CELL_TEXT, 0, 0},
        {"meter", "meter", SC_CELL_TEXT, 0, 0},
        {"before_usd", "before", SC_CELL_TEXT, 0, 0},
        {"after_usd", "after", SC_CELL_TEXT, 0, 0},
        {"change", "change", SC_CELL_SHARE, 0, 0},
        {"unit", "per", SC_CELL_TEXT, 0, 5},
        {"tier", "tier", SC_CELL_TEXT, 0, 2},
        {"scopes", "scopes", SC_CELL_TEXT, 0, 1},
        {"regions_count", "regions", SC_CELL_COUNT, 0, 3},
        {"context_from", "context\nfrom", SC_CELL_COUNT, 0, 0},
        {"context_to", "context\nto", SC_CELL_COUNT, 0, 6},
        {"variant", "variant", SC_CELL_TEXT, 0, 7},
        {"source", "source", SC_CELL_TEXT, 0, 8},
        {"regions", "in", SC_CELL_TEXT, 0, 9},
        {"note", "note", SC_CELL_TEXT, 0, 10},
    };
    const size_t n = sc_rates_diff_count(d);
    size_t *order = calloc(n + 1, sizeof *order), shown = 0;
    const size_t skip = before->by_model == NULL;
    sc_table *t = sc_report_table(report, "changes", NULL, columns + skip, sizeof columns / sizeof columns[0] - skip);
    for (size_t i = 0; order != NULL && i < n; i++) {
        const sc_price_change *c = sc_rates_diff_change(d, i);
        if (!is_wanted(o, c))
            continue;
        counts[c->kind]++;
        size_t at = shown++;
        /* with a scenario, changes of models that it spends more or less on go first */
        const double size = before->by_model != NULL
                                ? fabs(effect_on(before, after, (c->after != NULL ? c->after : c->before)->model->id))
                                : 0.0;
        while (at > 0 && size > 0.0) {
            const sc_price_change *k = sc_rates_diff_change(d, order[at - 1]);
            if (fabs(effect_on(before, after, (k->after != NULL ? k->after : k->before)->model->id)) >= size)
                break;
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    for (size_t i = 0; i < shown && (o->top == 0 || i < (size_t)o->top || o->g.format != SC_FORMAT_TEXT); i++)
        change_row(t, d, sc_rates_diff_change(d, order[i]), before, after);
    if (o->top > 0 && shown > (size_t)o->top && o->g.format == SC_FORMAT_TEXT)
        sc_report_note(report, "%zu of %zu changes are shown; --top 0, json, csv and md have all.", (size_t)o->top,
                       shown);
    free(order);
}

static int report_diff(const rates_diff_options *o, const sc_rates_diff *d, const side *before, const side *after)
{
    char title[400], a[16], b[16];
    size_t counts[SC_CHANGE_KINDS] = {0};
    const int one = before->card == after->card;
    snprintf(title, sizeof title, "Prices of %s%s%.100s against %s%s%.100s", sc_day_format(after->day, b),
             one || after->name == NULL ? "" : " in ", one || after->name == NULL ? "" : after->name,
             sc_day_format(before->day, a), one || before->name == NULL ? "" : " in ",
             one || before->name == NULL ? "" : before->name);
    sc_report *r = sc_report_new("rates diff", title);
    if (o->scenario != NULL && o->g.format == SC_FORMAT_TEXT) /* what it costs comes before what changed */
        effect_table(r, before, after, 1);
    changes_table(r, o, d, before, after, counts);
    if (o->scenario != NULL && o->g.format != SC_FORMAT_TEXT)
        effect_table(r, before, after, 0);
    sc_report_note(r,
                   "%zu prices changed, %zu gone, %zu new, each with all regions and scopes in which it is the same.",
                   counts[SC_PRICE_CHANGED], counts[SC_PRICE_REMOVED], counts[SC_PRICE_ADDED]);
    if (o->scenario != NULL)
        sc_report_note(r,
                       "Every day of the scenario is priced as on %s and as on %s; both see the same futures. What a "
                       "model's changes do to the spend stands at each of them.",
                       a, b);
    add_card_provenance(r, after->card);
    if (!one) {
        sc_report_provenance(r, "against", "%.12s", sc_card_hash(before->card));
    }
    sc_report_provenance(r, "from", "%s", a);
    sc_report_provenance(r, "to", "%s", b);
    if (o->scenario != NULL) {
        sc_report_provenance(r, "scenario", "%s", o->scenario);
        sc_report_provenance(r, "scenario_hash", "%.12s", sc_scenario_hash(after->scenario));
        sc_report_provenance(r, "seed", "%lld", (long long)o->seed);
        sc_report_provenance(r, "trials", "%lld", (long long)o->trials);
    }
    const size_t changes = counts[SC_PRICE_CHANGED] + counts[SC_PRICE_REMOVED] + counts[SC_PRICE_ADDED];
    return emit_report(&o->g, r, o->fail_if_changed && changes > 0 ? 1 : 0);
}

static int compare_sides(const rates_diff_options *o, side *before, side *after)
{
    sc_errors errors = {0};
    sc_rates_diff *d = NULL;
    int status = 0;
    if (check_provider(after->card, o->provider) != 0)
        return 2;
    if (o->scenario != NULL) {
        status = simulate_side(o, before);
        if (status == 0)
            status = simulate_side(o, after);
    }
    if (status == 0) {
        status = exit_code(sc_rates_diff_of(before->card, before->day, after->card, after->day, &d, &errors));
        print_errors(&errors);
    }
    if (status == 0)
        status = report_diff(o, d, before, after);
    sc_rates_diff_free(d);
    return status;
}

/* The card of a folder; "builtin" is the one in the program. */
static sc_card *named_card(const rates_diff_options *o, const char *name, int *status)
{
    globals g = o->g;
    g.card = strcmp(name, "builtin") == 0 ? NULL : name;
    g.own_rates = NULL;
    return open_card(&g, status);
}

int cmd_rates_diff(const command *c, const void *options, int argc, char **argv)
{
    const rates_diff_options *o = options;
    const sc_day now = today();
    int status = 0;
    side before = {.day = o->from != SC_DAY_MAX ? o->from : now, .name = argc > 0 ? argv[0] : NULL};
    side after = {.day = o->to != SC_DAY_MAX ? o->to : now, .name = argc > 1 ? argv[1] : NULL};
    (void)c;
    if (argc == 0 && before.day == after.day) {
        print_problem(NULL,
                      "one card on one day has no changes, expected --from DATE, or another card to compare with");
        return 2;
    }
    if (argc == 2 && (o->g.card != NULL || o->g.own_rates != NULL)) {
        print_problem(NULL, "two cards are named already, expected no --card and no --rates");
        return 2;
    }
    after.card = argc == 2 ? named_card(o, argv[1], &status) : open_card(&o->g, &status);
    before.card = argc == 0 ? after.card : after.card != NULL ? named_card(o, argv[0], &status) : NULL;
    if (before.card != NULL)
        status = compare_sides(o, &before, &after);
    free_side(&before);
    free_side(&after);
    if (before.card != after.card)
        sc_card_free(before.card);
    sc_card_free(after.card);
    return status;
}
