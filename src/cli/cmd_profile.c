/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_profile.c - `spendcast profile`: from usage to a scenario that `simulate` takes. */
#include <stdio.h>
#include <string.h>

#include "cli/cells.h"
#include "cli/output.h"
#include "cli/scenario_source.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void begin_row(sc_table *t, const sc_profile_workload *w)
{
    sc_table_row(t);
    sc_cell_text(t, w->project);
    sc_cell_text(t, w->workload);
}

static void volume_table(sc_report *r, const sc_profile *p)
{
    static const sc_column columns[] = {{"project", "project", SC_CELL_TEXT, 0, 0},
                                        {"workload", "workload", SC_CELL_TEXT, 0, 0},
                                        {"model", "model", SC_CELL_TEXT, 0, 3},
                                        {"days", "days", SC_CELL_COUNT, 0, 2},
                                        {"requests", "requests", SC_CELL_COUNT, 0, 2},
                                        {"per_day_p10", "a day\nP10", SC_CELL_NUMBER, 2, 0},
                                        {"per_day_p50", "\nP50", SC_CELL_NUMBER, 2, 0},
                                        {"per_day_p90", "\nP90", SC_CELL_NUMBER, 2, 0},
                                        {"growth_p10", "growth a month\nP10", SC_CELL_SHARE, 0, 1},
                                        {"growth_p90", "\nP90", SC_CELL_SHARE, 0, 1},
                                        {"weekend", "weekend /\nweekday", SC_CELL_NUMBER, 2, 2},
                                        {"day_cv", "noise\nof days", SC_CELL_NUMBER, 2, 1},
                                        {"swing_cv", "\nspells", SC_CELL_NUMBER, 2, 1},
                                        {"wander", "level\na month", SC_CELL_NUMBER, 2, 1},
                                        {"burstiness", "cv of\ngaps", SC_CELL_NUMBER, 2, 1},
                                        {"bursts_from", "from", SC_CELL_TEXT, 0, 3}};
    sc_table *t = sc_report_table(r, "workloads", NULL, columns, N(columns));
    for (size_t i = 0; i < sc_profile_count(p); i++) {
        const sc_profile_workload *w = sc_profile_at(p, i);
        const sc_profile_volume *v = &w->volume;
        const double week = v->weekday[0] + v->weekday[1] + v->weekday[2] + v->weekday[3] + v->weekday[4];
        begin_row(t, w);
        sc_cell_text(t, w->buy.model->id);
        sc_cell_count(t, w->last - w->first + 1);
        sc_cell_count(t, w->requests);
        sc_cell_number(t, v->per_day.p10);
        sc_cell_number(t, v->per_day.p50);
        sc_cell_number(t, v->per_day.p90);
        sc_cell_share(t, v->growth.p10);
        sc_cell_share(t, v->growth.p90);
        cell_number_if(t, week > 0.0, (v->weekday[5] + v->weekday[6]) / 2.0 / (week / 5.0));
        sc_cell_number(t, v->day_cv);
        sc_cell_number(t, v->swing_cv);
        sc_cell_number(t, v->wander);
        sc_cell_number(t, v->burstiness);
        sc_cell_text(t, v->bursts_from);
    }
}

static void size_cells(sc_table *t, const sc_profile_tokens *s)
{
    static const char *const forms[] = {"the mean", "lognormal", "the data's"};
    sc_cell_number(t, s->mean);
    cell_number_if(t, s->form != SC_PROFILE_CONSTANT, s->cv);
    sc_cell_text(t, forms[s->form]);
    cell_number_if(t, s->distance >= 0.0, s->distance);
    sc_cell_share(t, s->scale_cv);
}

static void tokens_table(sc_report *r, const sc_profile *p)
{
    static const sc_column columns[] = {{"project", "project", SC_CELL_TEXT, 0, 0},
                                        {"workload", "workload", SC_CELL_TEXT, 0, 0},
                                        {"session_requests", "requests\na session", SC_CELL_NUMBER, 1, 2},
                                        {"input_mean", "input\nmean", SC_CELL_NUMBER, 1, 0},
                                        {"input_cv", "\ncv", SC_CELL_NUMBER, 2, 0},
                                        {"input_form", "\ndistribution", SC_CELL_TEXT, 0, 1},
                                        {"input_distance", "lognormal\noff by", SC_CELL_NUMBER, 3, 2},
                                        {"input_scale", "level\n+-", SC_CELL_SHARE, 0, 2},
                                        {"output_mean", "output\nmean", SC_CELL_NUMBER, 1, 0},
                                        {"output_cv", "\ncv", SC_CELL_NUMBER, 2, 0},
                                        {"output_form", "\ndistribution", SC_CELL_TEXT, 0, 1},
                                        {"output_distance", "lognormal\noff by", SC_CELL_NUMBER, 3, 2},
                                        {"output_scale", "level\n+-", SC_CELL_SHARE, 0, 2},
                                        {"correlation", "correlation", SC_CELL_NUMBER, 2, 1}};
    sc_table *t = sc_report_table(r, "tokens", "Tokens a request", columns, N(columns));
    for (size_t i = 0; i < sc_profile_count(p); i++) {
        const sc_profile_workload *w = sc_profile_at(p, i);
        begin_row(t, w);
        cell_number_if(t, w->volume.session_requests > 0.0, w->volume.session_requests);
        size_cells(t, &w->input);
        size_cells(t, &w->output);
        sc_cell_number(t, w->correlation);
    }
}

static void cache_table(sc_report *r, const sc_profile *p)
{
    static const sc_column columns[] = {{"project", "project", SC_CELL_TEXT, 0, 0},
                                        {"workload", "workload", SC_CELL_TEXT, 0, 0},
                                        {"prefix_tokens", "prefix\ntokens", SC_CELL_NUMBER, 1, 0},
                                        {"ttl", "lifetime", SC_CELL_TEXT, 0, 0},
                                        {"keys", "keys", SC_CELL_NUMBER, 1, 0},
                                        {"requests_per_key", "or requests\na day of one", SC_CELL_NUMBER, 1, 0},
                                        {"hits_observed", "hits\nobserved", SC_CELL_SHARE, 0, 0},
                                        {"hits_fitted", "\nfitted", SC_CELL_SHARE, 0, 0}};
    sc_table *t = NULL;
    for (size_t i = 0; i < sc_profile_count(p); i++) {
        const sc_profile_workload *w = sc_profile_at(p, i);
        if (!(w->cache.prefix_tokens > 0.0))
            continue;
        if (t == NULL)
            t = sc_report_table(r, "cache", "Prompt caching", columns, N(columns));
        begin_row(t, w);
        sc_cell_number(t, w->cache.prefix_tokens);
        sc_cell_text(t, sc_ttl_name(w->cache.ttl));
        cell_number_if(t, !(w->cache.per_key > 0.0), w->cache.keys);
        cell_number_if(t, w->cache.per_key > 0.0, w->cache.per_key);
        cell_share_if(t, w->cache.observed >= 0.0, w->cache.observed);
        cell_share_if(t, w->cache.fitted >= 0.0, w->cache.fitted);
    }
}

static void left_out_table(sc_report *r, const sc_profile *p)
{
    static const sc_column columns[] = {{"project", "project", SC_CELL_TEXT, 0, 0},
                                        {"model", "model", SC_CELL_TEXT, 0, 0},
                                        {"requests", "requests", SC_CELL_COUNT, 0, 1},
                                        {"tokens", "tokens", SC_CELL_COUNT, 0, 0},
                                        {"why", "why", SC_CELL_TEXT, 0, 0}};
    if (sc_profile_left_out_count(p) == 0)
        return;
    sc_table *t = sc_report_table(r, "left_out", "Not in the scenario", columns, N(columns));
    for (size_t i = 0; i < sc_profile_left_out_count(p); i++) {
        const sc_profile_left_out *x = sc_profile_left_out_at(p, i);
        sc_table_row(t);
        sc_cell_text(t, x->project);
        sc_cell_text(t, x->model);
        sc_cell_count(t, x->requests);
        sc_cell_count(t, x->tokens);
        sc_cell_text(t, x->why);
    }
}

/* Logs have input as it was sent. */
static void add_session_note(sc_report *r, const sc_profile *p)
{
    size_t i = 0;
    while (i < sc_profile_count(p) && !(sc_profile_at(p, i)->volume.session_requests > 1.0))
        i++;
    if (i < sc_profile_count(p))
        sc_report_note(r,
                       "Input holds whatever history was sent with it, so that the scenario states no 'conversation'; "
                       "the number of requests a session is for information.");
}

/* Each thing that was assumed once, with the workloads it holds for. */
static void add_notes(sc_report *r, const sc_profile *p)
{
    for (int n = 0; n < SC_PROFILE_NOTES; n++) {
        size_t found = 0;
        const sc_profile_workload *first = NULL;
        for (size_t i = 0; i < sc_profile_count(p); i++) {
            const sc_profile_workload *w = sc_profile_at(p, i);
            if ((w->notes >> n & 1) == 0)
                continue;
            first = found++ == 0 ? w : first;
        }
        const char *text = sc_profile_note_text((sc_profile_note)n);
        if (found == sc_profile_count(p) && found > 0)
            sc_report_note(r, "All workloads: %s.", text);
        else if (found == 1)
            sc_report_note(r, "%s/%s: %s.", first->project, first->workload, text);
        else if (found > 1)
            sc_report_note(r, "%s/%s and %zu more: %s.", first->project, first->workload, found - 1, text);
    }
}

static int save(const profile_options *o, const sc_profile *p, int argc, char **argv)
{
    sc_errors errors = {0};
    char *text, name[200];
    size_t size;
    snprintf(name, sizeof name, "usage of %s%s", argv[0], argc > 1 ? " and others" : "");
    sc_code code = sc_profile_scenario_json(p, o->name != NULL ? o->name : name, &text, &size);
    if (code == SC_OK)
        code = sc_text_write(o->save, text, size, &errors);
    sc_text_free(text);
    print_errors(&errors);
    return exit_code(code);
}

static int report(const profile_options *o, const usage *u, const sc_profile *p)
{
    sc_report *r = sc_report_new("profile", "Workloads");
    char first[16], last[16];
    sc_day from, end, start, stop;
    volume_table(r, p);
    tokens_table(r, p);
    cache_table(r, p);
    left_out_table(r, p);
    add_notes(r, p);
    add_session_note(r, p);
    sc_profile_days(p, &from, &end);
    sc_profile_horizon(p, &start, &stop);
    add_usage_provenance(r, u);
    sc_report_provenance(r, "days", "%s to %s", sc_day_format(from, first), sc_day_format(end - 1, last));
    sc_report_provenance(r, "horizon", "%s to %s", sc_day_format(start, first), sc_day_format(stop - 1, last));
    if (o->save != NULL)
        sc_report_provenance(r, "scenario", "%s", o->save);
    return emit_report(&o->g, r, u->status);
}

int cmd_profile(const command *c, const void *options, int argc, char **argv)
{
    const profile_options *o = options;
    const usage_needs needs = {.sketches = 1};
    usage u;
    (void)c;
    int status = open_usage(&o->g, &o->u, &needs, (const char *const *)argv, (size_t)argc, &u);
    if (status != 0)
        return status;
    sc_profile *p = fit_profile(&o->f, &u, &status);
    if (status == 0 && o->save != NULL)
        status = save(o, p, argc, argv);
    if (status == 0)
        status = report(o, &u, p);
    sc_profile_free(p);
    close_usage(&u);
    return status;
}
