/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates_diff.c - `spendcast rates diff`: what changed between two dates or two cards, and what they do to the
 * spend of a scenario or of given usage. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rates_args.h"
#include "cli/rates_effect.h"
#include "cli/rates_report.h"
#include "spendcast/rates_diff.h"

static int has_effect(const rates_diff_options *o) { return o->scenario != NULL || o->usage.n > 0; }

/* ---- the changes ---- */

static void price_cell(sc_table *t, const sc_price_point *p)
{
    if (p != NULL)
        sc_cell_text(t, p->usd);
    else
        sc_cell_empty(t);
}

static const char *diff_region_code(const void *diff, size_t i) { return sc_rates_diff_region(diff, i); }

static void change_row(sc_table *t, const rates_diff_options *o, const sc_rates_diff *d, const sc_price_change *c,
                       const side *before, const side *after)
{
    const sc_price_point *p = c->after != NULL ? c->after : c->before;
    sc_table_row(t);
    if (has_effect(o))
        amount_cell(t, o->usage.n > 0, effect_on(before, after, p->model->id));
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
    const sc_column columns[] = {
        {"effect_usd", "effect of\nthe model", amount_type(o->usage.n > 0), -1, 0}, /* only where there is one */
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
    const size_t skip = !has_effect(o);
    sc_table *t = sc_report_table(report, "changes", NULL, columns + skip, sizeof columns / sizeof columns[0] - skip);
    for (size_t i = 0; order != NULL && i < n; i++) {
        const sc_price_change *c = sc_rates_diff_change(d, i);
        if (!is_wanted(o, c))
            continue;
        counts[c->kind]++;
        size_t at = shown++;
        /* changes of models that more or less is spent on go first */
        const double size =
            has_effect(o) ? fabs(effect_on(before, after, (c->after != NULL ? c->after : c->before)->model->id).usd)
                          : 0.0;
        while (at > 0 && size > 0.0) {
            const sc_price_change *k = sc_rates_diff_change(d, order[at - 1]);
            if (fabs(effect_on(before, after, (k->after != NULL ? k->after : k->before)->model->id).usd) >= size)
                break;
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    for (size_t i = 0; i < shown && (o->top == 0 || i < (size_t)o->top || o->g.format != SC_FORMAT_TEXT); i++)
        change_row(t, o, d, sc_rates_diff_change(d, order[i]), before, after);
    if (o->top > 0 && shown > (size_t)o->top && o->g.format == SC_FORMAT_TEXT)
        sc_report_note(report, "%zu of %zu changes are shown; --top 0, json, csv and md have all.", (size_t)o->top,
                       shown);
    free(order);
}

/* How the usage was priced, and what has no price. */
static void usage_notes(sc_report *r, const side *before, const side *after, const char *a, const char *b)
{
    sc_report_note(r, "All usage is priced as on %s and as on %s. What a model's changes do stands at each of them.", a,
                   b);
    if (before->unpriced_items > 0 || after->unpriced_items > 0)
        sc_report_note(r,
                       "Without a price: %lld line items with %lld tokens before, %lld with %lld after. What they are "
                       "in is left blank; `spendcast bill --as-of` tells which.",
                       (long long)before->unpriced_items, (long long)before->unpriced_tokens,
                       (long long)after->unpriced_items, (long long)after->unpriced_tokens);
}

static int report_diff(const rates_diff_options *o, const usage *u, const sc_rates_diff *d, const side *before,
                       const side *after)
{
    char title[400], a[16], b[16];
    size_t counts[SC_CHANGE_KINDS] = {0};
    const int one = before->card == after->card;
    snprintf(title, sizeof title, "Prices of %s%s%.100s against %s%s%.100s", sc_day_format(after->day, b),
             one || after->name == NULL ? "" : " in ", one || after->name == NULL ? "" : after->name,
             sc_day_format(before->day, a), one || before->name == NULL ? "" : " in ",
             one || before->name == NULL ? "" : before->name);
    sc_report *r = sc_report_new("rates diff", title);
    if (has_effect(o) && o->g.format == SC_FORMAT_TEXT) /* what it costs comes before what changed */
        effect_table(r, before, after, o->usage.n > 0, 1);
    changes_table(r, o, d, before, after, counts);
    if (has_effect(o) && o->g.format != SC_FORMAT_TEXT)
        effect_table(r, before, after, o->usage.n > 0, 0);
    sc_report_note(r,
                   "%zu prices changed, %zu gone, %zu new, each with all regions and scopes in which it is the same.",
                   counts[SC_PRICE_CHANGED], counts[SC_PRICE_REMOVED], counts[SC_PRICE_ADDED]);
    if (o->scenario != NULL)
        sc_report_note(r,
                       "Every day of the scenario is priced as on %s and as on %s; both see the same futures. What a "
                       "model's changes do to the spend stands at each of them.",
                       a, b);
    if (o->usage.n > 0) {
        usage_notes(r, before, after, a, b);
        add_usage_provenance(r, u);
    } else {
        add_card_provenance(r, after->card);
    }
    if (!one)
        sc_report_provenance(r, "against", "%.12s", sc_card_hash(before->card));
    sc_report_provenance(r, "from", "%s", a);
    sc_report_provenance(r, "to", "%s", b);
    if (o->scenario != NULL) {
        sc_report_provenance(r, "scenario", "%s", o->scenario);
        sc_report_provenance(r, "scenario_hash", "%.12s", sc_scenario_hash(after->scenario));
        sc_report_provenance(r, "seed", "%lld", (long long)o->seed);
        sc_report_provenance(r, "trials", "%lld", (long long)o->trials);
    }
    const size_t changes = counts[SC_PRICE_CHANGED] + counts[SC_PRICE_REMOVED] + counts[SC_PRICE_ADDED];
    if (u->status != 0 || (before->unpriced_items + after->unpriced_items > 0 && !o->u.allow_unpriced))
        return emit_report(&o->g, r, 3);
    return emit_report(&o->g, r, o->fail_if_changed && changes > 0 ? 1 : 0);
}

/* The options with the card of a folder; "builtin" is the one in the program. */
static globals with_card(const rates_diff_options *o, const char *name)
{
    globals g = o->g;
    g.card = strcmp(name, "builtin") == 0 ? NULL : name;
    g.own_rates = NULL;
    return g;
}

/* Context bands are those of the card that usage is read with: another card reads it again. */
static int price_usage(const rates_diff_options *o, side *before, side *after, usage *u)
{
    const usage_needs needs = {.dims = 0};
    const globals g[2] = {before->name != NULL ? with_card(o, before->name) : o->g,
                          after->name != NULL ? with_card(o, after->name) : o->g};
    side *const sides[2] = {before, after};
    const int twice = before->card != after->card;
    int status = 0, worst = 0;
    for (int i = twice ? 0 : 1; status == 0 && i < 2; i++) {
        close_usage(u);
        status = open_usage(&g[i], &o->u, &needs, o->usage.item, o->usage.n, u);
        worst = status == 0 && u->status > worst ? u->status : worst;
        if (status == 0 && !twice)
            status = price_side(u, before);
        if (status == 0)
            status = price_side(u, sides[i]);
    }
    u->status = worst;
    return status;
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
    usage u = {.status = 0};
    if (o->usage.n > 0)
        status = price_usage(o, before, after, &u);
    if (status == 0) {
        status = exit_code(sc_rates_diff_of(before->card, before->day, after->card, after->day, &d, &errors));
        print_errors(&errors);
    }
    if (status == 0)
        status = report_diff(o, &u, d, before, after);
    sc_rates_diff_free(d);
    close_usage(&u);
    return status;
}

static sc_card *named_card(const rates_diff_options *o, const char *name, int *status)
{
    const globals g = with_card(o, name);
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
    if (o->scenario != NULL && o->usage.n > 0) {
        print_problem(NULL, "--scenario and --usage are both given, expected one of them");
        return 2;
    }
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
