/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advise_plot.c - advice as pictures: cost against quality, what each lever saves, projects by models. */
#include "cli/advise_plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"

#define HINT_MAX 2048
#define SIDE_MAX ((size_t)120) /* projects and models of a heat map: what sc_plot_heatmap draws either way round */

/* Two models share the calls, or answers are cut: what quality that has is not known as that of a model is. */
#define MADE (1u << SC_LEVER_OUTPUT | 1u << SC_LEVER_ROUTING | 1u << SC_LEVER_CASCADE)

int advise_check_plots(const advise_options *o)
{
    sc_errors errors = {0};
    if (o->heatmap != NULL && o->explain != NULL) {
        print_problem(NULL, "found --heatmap with --explain: one workload has no projects to show, expected one of the "
                            "two");
        return 2;
    }
    if (o->plot != NULL && o->heatmap != NULL && strcmp(o->plot, o->heatmap) == 0) {
        print_problem(NULL, "found '%s' for both --plot and --heatmap, expected two files", o->plot);
        return 2;
    }
    sc_code code = o->plot != NULL ? sc_plot_check(o->plot, &errors) : SC_OK;
    if (code == SC_OK && o->heatmap != NULL)
        code = sc_plot_check(o->heatmap, &errors);
    print_errors(&errors);
    return exit_code(code);
}

static const char *name_of(const scenario_source *in)
{
    return sc_scenario_name(in->scenario)[0] != '\0' ? sc_scenario_name(in->scenario) : in->path;
}

/* The end of every subtitle. */
static const char *source(const advise_options *o, const scenario_source *in, char buf[200])
{
    snprintf(buf, 200, "%.100s, %lld trials, seed %lld", in->path, (long long)o->t.trials, (long long)o->t.seed);
    return buf;
}

static int finish(sc_code code, const char *hint, const sc_errors *errors)
{
    print_errors(errors);
    print_plot_hint(hint);
    return exit_code(code);
}

static int out_of_memory(void)
{
    print_problem(NULL, "out of memory");
    return exit_code(SC_E_MEMORY);
}

/* ---- cost against quality, of one workload */

/* Share of graded answers that today's model passed, and their number; 0 where no other model can be held against it.
 */
static int64_t quality_today(const sc_workload_advice *w, double *share)
{
    for (size_t i = 0; i < w->n_options; i++) {
        const sc_evidence_comparison *q = &w->options[i].quality;
        if (q->method != SC_EVIDENCE_NONE && q->n_a > 0) {
            *share = q->sum_a / (double)q->n_a;
            return q->n_a;
        }
    }
    return 0;
}

/* 1 if the model stands above with the same status: options come by what they save, so that it is bought for less
 * there. */
static int is_another_way(const sc_workload_advice *w, size_t at)
{
    for (size_t k = 0; k < at; k++) {
        const sc_option *p = &w->options[k], *o = &w->options[at];
        if (p->status == o->status && p->offer.model == o->offer.model && (p->levers & MADE) == 0)
            return 1;
    }
    return 0;
}

static double share(double x) { return fmin(fmax(x, 0.0), 1.0); }

static sc_point_status point_status(const sc_workload_advice *w, const sc_option *o)
{
    switch (o->status) {
    case SC_ADVICE_TODAY: return SC_POINT_TODAY;
    case SC_ADVICE_RECOMMENDED: return o == w->best ? SC_POINT_ADVISED : SC_POINT_RECOMMENDED;
    case SC_ADVICE_NEEDS_EVIDENCE: return SC_POINT_NEEDS_EVIDENCE;
    default: return SC_POINT_NOT_RECOMMENDED;
    }
}

/* NaN = unknown. */
static double quality_of(const sc_option *o, double today)
{
    if (!o->changes_answers)
        return today;
    return o->quality.method != SC_EVIDENCE_NONE ? share(today + o->quality.difference) : (double)NAN;
}

static sc_plot_point point_of(const sc_workload_advice *w, const sc_option *o, double today, double months,
                              const char *name)
{
    const double quality = quality_of(o, today);
    const sc_evidence_comparison *q = &o->quality;
    /* A mean may lie beyond P90 where a few futures cost very much. */
    return (sc_plot_point){.name = name,
                           .status = point_status(w, o),
                           .cost_low = fmin(o->offer.p10.value, o->cost) / months,
                           .cost = o->cost / months,
                           .cost_high = fmax(o->offer.p90.value, o->cost) / months,
                           .quality_low = o->changes_answers ? fmin(share(today + q->low), quality) : quality,
                           .quality = quality,
                           .quality_high = o->changes_answers ? fmax(share(today + q->high), quality) : quality};
}

/* Every model once a status, as it is bought for least, and what is advised.  Returns how many. */
static size_t list_points(const sc_advice *a, const sc_workload_advice *w, double today, sc_plot_point *points,
                          char (*names)[120])
{
    size_t n = 0;
    for (size_t i = 0; i < w->n_options; i++) {
        const sc_option *o = &w->options[i];
        if (o->status == SC_ADVICE_NOT_ALLOWED || (o->levers & MADE) != 0 || (o != w->best && is_another_way(w, i)))
            continue;
        snprintf(names[n], sizeof names[n], "%.80s %.30s", o->offer.model->name, o->how);
        points[n] = point_of(w, o, today, sc_advice_months(a), names[n]);
        n++;
    }
    return n;
}

static int draw_frontier(const advise_options *o, const scenario_source *in, const sc_advice *a)
{
    const sc_workload_advice *w = sc_advice_at(a, 0);
    double today = 0.0;
    const int64_t answers = quality_today(w, &today);
    if (answers == 0) {
        print_problem(NULL,
                      "cannot draw '%s': found no graded answers for %s/%s of both %s and another model, expected some "
                      "to tell quality by (--evidence)",
                      o->plot, w->project, w->name, w->options[0].offer.model->name);
        return exit_code(SC_E_INPUT);
    }
    sc_plot_point *points = calloc(w->n_options + 1, sizeof *points);
    char(*names)[120] = calloc(w->n_options + 1, sizeof *names);
    char title[300], subtitle[400], percent[64], from[200], hint[HINT_MAX] = "";
    sc_errors errors = {0};
    int status = 0;
    if (points == NULL || names == NULL) {
        status = out_of_memory();
    } else {
        snprintf(title, sizeof title, "%.100s/%.100s%s", w->project, w->name,
                 w->best == NULL                 ? ": do not change"
                 : (w->best->levers & MADE) != 0 ? ": a mix of two models is advised, not drawn"
                                                 : "");
        snprintf(subtitle, sizeof subtitle, "today: %s %% in %lld graded answers; %s",
                 sc_format_fixed(100.0 * today, 1, 0, percent), (long long)answers, source(o, in, from));
        const sc_frontier_plot f = {.title = title,
                                    .subtitle = subtitle,
                                    .cost_label = "mean cost a month, with P10 to P90",
                                    .quality_label = "quality, with the difference from today's (90 %)",
                                    .count = list_points(a, w, today, points, names),
                                    .points = points,
                                    .margin = o->margin};
        const sc_code code = sc_plot_frontier(&f, o->plot, o->keep_plot_data, hint, sizeof hint, &errors);
        status = finish(code, hint, &errors);
    }
    free(points);
    free(names);
    return status;
}

/* ---- what each lever saves, of all workloads */

static int draw_waterfall(const advise_options *o, const scenario_source *in, const sc_advice *a)
{
    const double months = sc_advice_months(a);
    double usd[SC_LEVERS];
    sc_plot_lever levers[SC_LEVERS];
    char title[300], subtitle[400], from[200], hint[HINT_MAX] = "";
    sc_errors errors = {0};
    size_t n = 0;
    sc_advice_by_lever(a, usd);
    for (int l = 0; l < SC_LEVERS; l++) {
        if (usd[l] != 0.0)
            levers[n++] = (sc_plot_lever){sc_lever_name((sc_lever)l), -usd[l] / months};
    }
    snprintf(title, sizeof title, "What saves: %.200s", name_of(in));
    snprintf(subtitle, sizeof subtitle, "all recommended changes, in steps that add up; %s", source(o, in, from));
    const sc_waterfall_plot w = {.title = title,
                                 .subtitle = subtitle,
                                 .end_name = "after the changes",
                                 .usd_label = "mean cost a month",
                                 .start = sc_advice_cost(a) / months,
                                 .count = n,
                                 .levers = levers};
    const sc_code code = sc_plot_waterfall(&w, o->plot, o->keep_plot_data, hint, sizeof hint, &errors);
    return finish(code, hint, &errors);
}

/* ---- projects by models */

typedef struct cell {
    double saving;   /* USD over the horizon, of the workloads that may use the model */
    int is_allowed;  /* for one at least */
    int has_quality; /* of all of them, it is shown that answers stay good enough */
} cell;

typedef struct project {
    const char *name;
    double cost; /* today */
    cell *cells; /* [models] */
} project;

typedef struct grid {
    const sc_card *card;
    size_t models, n_projects, n_shown;
    project *projects; /* dearest first, once sorted */
    size_t *shown;     /* [n_shown] indices of models */
    cell *cells;
    const sc_option **cheapest; /* [models] of one workload; NULL = not allowed */
} grid;

static project *project_of(grid *g, const char *name)
{
    for (size_t i = 0; i < g->n_projects; i++) {
        if (strcmp(g->projects[i].name, name) == 0)
            return &g->projects[i];
    }
    project *p = &g->projects[g->n_projects];
    *p = (project){.name = name, .cells = g->cells + g->n_projects * g->models};
    g->n_projects++;
    return p;
}

/* The cheapest way of each model to serve all calls of the workload. */
static void find_cheapest(grid *g, const sc_workload_advice *w)
{
    for (size_t m = 0; m < g->models; m++)
        g->cheapest[m] = NULL;
    for (size_t i = 0; i < w->n_options; i++) {
        const sc_option *o = &w->options[i];
        size_t m = 0;
        if (o->status == SC_ADVICE_NOT_ALLOWED || (o->levers & MADE) != 0)
            continue;
        while (m < g->models && sc_card_model(g->card, m) != o->offer.model)
            m++;
        if (m < g->models && (g->cheapest[m] == NULL || g->cheapest[m]->saving.mean < o->saving.mean))
            g->cheapest[m] = o;
    }
}

static void add_workload(grid *g, const sc_workload_advice *w, double p_quality)
{
    project *p = project_of(g, w->project);
    p->cost += w->options[0].cost;
    find_cheapest(g, w);
    for (size_t m = 0; m < g->models; m++) {
        const sc_option *o = g->cheapest[m];
        cell *c = &p->cells[m];
        if (o == NULL)
            continue;
        const int good = !o->changes_answers || o->p_quality >= p_quality;
        *c = (cell){c->saving + o->saving.mean, 1, good && (c->has_quality || !c->is_allowed)};
    }
}

static int dearest_first(const void *a, const void *b)
{
    const project *p = a, *q = b;
    if (p->cost != q->cost)
        return p->cost > q->cost ? -1 : 1;
    return strcmp(p->name, q->name);
}

static double saving_with(const grid *g, size_t model)
{
    double sum = 0.0;
    for (size_t i = 0; i < g->n_projects; i++)
        sum += g->projects[i].cells[model].saving;
    return sum;
}

/* The models that some project may use, in the order of the card; where they are too many, those that save least are
 * left out.  Returns how many are. */
static size_t choose_models(grid *g)
{
    size_t dropped = 0;
    for (size_t m = 0; m < g->models; m++) {
        int is_allowed = 0;
        for (size_t i = 0; i < g->n_projects; i++)
            is_allowed |= g->projects[i].cells[m].is_allowed;
        if (is_allowed)
            g->shown[g->n_shown++] = m;
    }
    for (; g->n_shown > SIDE_MAX; dropped++) {
        size_t least = 0;
        for (size_t k = 1; k < g->n_shown; k++) {
            if (saving_with(g, g->shown[k]) < saving_with(g, g->shown[least]))
                least = k;
        }
        g->n_shown--;
        memmove(g->shown + least, g->shown + least + 1, (g->n_shown - least) * sizeof *g->shown);
    }
    return dropped;
}

static int make_grid(grid *g, const sc_card *card, const sc_advice *a, double p_quality)
{
    const size_t n = sc_advice_count(a), models = sc_card_model_count(card);
    *g = (grid){.card = card,
                .models = models,
                .projects = calloc(n + 1, sizeof *g->projects),
                .shown = calloc(models + 1, sizeof *g->shown),
                .cells = calloc(n * models + 1, sizeof *g->cells),
                .cheapest = calloc(models + 1, sizeof *g->cheapest)};
    if (g->projects == NULL || g->shown == NULL || g->cells == NULL || g->cheapest == NULL)
        return out_of_memory();
    for (size_t i = 0; i < n; i++)
        add_workload(g, sc_advice_at(a, i), p_quality);
    qsort(g->projects, g->n_projects, sizeof *g->projects, dearest_first);
    return 0;
}

static void grid_release(grid *g)
{
    free(g->projects);
    free(g->shown);
    free(g->cells);
    free(g->cheapest);
}

/* What the picture shows: shares, and which cells are crossed out or framed. */
typedef struct heat {
    size_t n_projects, n_models;
    int models_down; /* 1: a row a model; the longer side goes down */
    const char **projects, **models;
    double *value;
    unsigned char *not_allowed, *framed;
} heat;

/* The cell of the i-th project and the k-th model. */
static void fill_cell(heat *h, const project *p, const cell *c, size_t i, size_t k)
{
    const size_t at = h->models_down ? k * h->n_projects + i : i * h->n_models + k;
    h->value[at] = c->is_allowed && p->cost > 0.0 ? c->saving / p->cost : (double)NAN;
    h->not_allowed[at] = (unsigned char)!c->is_allowed;
    h->framed[at] = (unsigned char)c->has_quality;
}

/* 0, or -1 where memory is short; release it in either case. */
static int make_heat(heat *h, const grid *g)
{
    *h = (heat){.n_projects = g->n_projects < SIDE_MAX ? g->n_projects : SIDE_MAX, .n_models = g->n_shown};
    const size_t cells = h->n_projects * h->n_models + 1; /* never nothing */
    h->models_down = h->n_models > h->n_projects;
    h->projects = calloc(h->n_projects + 1, sizeof *h->projects);
    h->models = calloc(h->n_models + 1, sizeof *h->models);
    h->value = calloc(cells, sizeof *h->value);
    h->not_allowed = calloc(cells, 1);
    h->framed = calloc(cells, 1);
    if (h->projects == NULL || h->models == NULL || h->value == NULL || h->not_allowed == NULL || h->framed == NULL)
        return -1;
    for (size_t k = 0; k < h->n_models; k++)
        h->models[k] = sc_card_model(g->card, g->shown[k])->name;
    for (size_t i = 0; i < h->n_projects; i++) {
        const project *p = &g->projects[i];
        h->projects[i] = p->name;
        for (size_t k = 0; k < h->n_models; k++)
            fill_cell(h, p, &p->cells[g->shown[k]], i, k);
    }
    return 0;
}

static void heat_release(heat *h)
{
    free(h->projects);
    free(h->models);
    free(h->value);
    free(h->not_allowed);
    free(h->framed);
}

static int draw_heat(const advise_options *o, const scenario_source *in, const heat *h, const char *omitted)
{
    char title[300], subtitle[400], from[200], frame[200], hint[HINT_MAX] = "";
    sc_errors errors = {0};
    snprintf(title, sizeof title, "Saving by project and model: %.200s", name_of(in));
    snprintf(subtitle, sizeof subtitle, "saving in cost only, says nothing of quality; %s%s", omitted,
             source(o, in, from));
    snprintf(frame, sizeof frame, "framed: P(at most %.3g points worse) >= %.4g %% in every workload that moves",
             100.0 * o->margin, 100.0 * o->p_quality);
    const sc_heatmap_plot plot = {
        .title = title,
        .subtitle = subtitle,
        .value_label = "share of the project's cost a month, if all its workloads that may use the model moved to it",
        .rows = h->models_down ? h->n_models : h->n_projects,
        .columns = h->models_down ? h->n_projects : h->n_models,
        .row_names = h->models_down ? h->models : h->projects,
        .column_names = h->models_down ? h->projects : h->models,
        .value = h->value,
        .not_allowed = h->not_allowed,
        .framed = h->framed,
        .frame_label = frame};
    const sc_code code = sc_plot_heatmap(&plot, o->heatmap, o->keep_plot_data, hint, sizeof hint, &errors);
    return finish(code, hint, &errors);
}

static int draw_grid(const advise_options *o, const scenario_source *in, grid *g)
{
    const size_t models_left = choose_models(g),
                 projects_left = g->n_projects > SIDE_MAX ? g->n_projects - SIDE_MAX : 0;
    char omitted[120] = "";
    heat h;
    if (models_left + projects_left > 0)
        snprintf(omitted, sizeof omitted, "not drawn: %zu projects that cost less, %zu models that save less; ",
                 projects_left, models_left);
    const int status = make_heat(&h, g) == 0 ? draw_heat(o, in, &h, omitted) : out_of_memory();
    heat_release(&h);
    return status;
}

static int draw_heatmap(const advise_options *o, const scenario_source *in, const sc_advice *a)
{
    grid g;
    int status = make_grid(&g, in->card, a, o->p_quality);
    if (status == 0)
        status = draw_grid(o, in, &g);
    grid_release(&g);
    return status;
}

int advise_draw(const advise_options *o, const scenario_source *in, const sc_advice *a)
{
    int status = 0;
    if (o->plot != NULL)
        status = o->explain != NULL ? draw_frontier(o, in, a) : draw_waterfall(o, in, a);
    if (o->heatmap != NULL) {
        const int second = draw_heatmap(o, in, a);
        status = status != 0 ? status : second;
    }
    return status;
}
