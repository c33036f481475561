/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_justify.c - `spendcast justify`: is a premium model worth its price, and what does an outcome cost. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/evidence_args.h"
#include "cli/justify_report.h"
#include "cli/output.h"
#include "cli/rates_args.h"
#include "cli/scenario_source.h"

enum { BY_WORKLOAD, BY_PROJECT };

/* What the case rests on beside the scenario. */
typedef struct case_grounds {
    sc_evidence *evidence;
    sc_outcomes *outcomes;
} case_grounds;

static int load_grounds(const justify_options *o, const sc_card *card, case_grounds *g)
{
    sc_errors errors = {0};
    sc_code code = load_evidence(&o->evidence, o->mapping, card, &g->evidence, &errors);
    if (code == SC_OK && o->outcomes != NULL)
        code = sc_outcomes_load(o->outcomes, &g->outcomes, &errors);
    print_errors(&errors);
    if (code == SC_E_MEMORY)
        print_problem(NULL, "out of memory");
    return exit_code(code);
}

static void add_grounds(sc_report *r, const justify_options *o, const case_grounds *g)
{
    add_evidence_provenance(r, &o->evidence, g->evidence);
    if (o->outcomes != NULL)
        sc_report_provenance(r, "outcomes", "%s", o->outcomes);
}

/* ---- arguments */

/* "2.40", or "1.80:3.20": P10 and P90. */
static int read_amount(const char *name, const char *text, sc_case_amount *out)
{
    double value[2] = {0.0, 0.0};
    if (text == NULL)
        return 0;
    const int n = value_reals(text, value, 2);
    out->low = value[0];
    out->high = n == 2 ? value[1] : value[0];
    if (n > 0 && out->low >= 0.0 && out->high <= 1e12 && out->low <= out->high && (n == 1 || out->low > 0.0)) {
        out->is_known = 1;
        return 0;
    }
    print_problem(NULL, "--%s: found '%s', expected USD such as 2.40, or P10:P90 above 0 such as 1.80:3.20", name,
                  text);
    return 2;
}

/* -1 stands for what is not stated. */
static double stated(double x) { return x < 0.0 ? (double)NAN : x; }

static int read_terms(const justify_options *o, sc_justify_options *jo)
{
    jo->person_minutes = stated(o->human_minutes);
    jo->person_usd_per_hour = stated(o->human_usd_per_hour);
    jo->person_completes = stated(o->human_completes);
    jo->repeats = stated(o->repeats);
    jo->requests_per_attempt = stated(o->requests_per_attempt);
    jo->success_per_pass = stated(o->success_per_pass);
    jo->retries = (int)o->retries;
    jo->p_decides = o->p_decides;
    jo->items = o->items;
    if (o->success_per_pass == 0.0) {
        print_problem(NULL, "--success-per-pass: found 0, expected a share above 0");
        return 2;
    }
    const int status = read_amount("value", o->value, &jo->value);
    return status != 0 ? status : read_amount("failure-cost", o->failure_cost, &jo->failure_cost);
}

static int find_workload(const sc_scenario *s, const char *name, size_t *workload)
{
    char why[400];
    if (name == NULL && sc_scenario_workload_count(s) == 1) {
        *workload = 0;
        return 0;
    }
    if (name == NULL) {
        print_problem(NULL, "the scenario has %zu workloads, expected --workload PROJECT/WORKLOAD such as '%s/%s'",
                      sc_scenario_workload_count(s), sc_scenario_project_id(s, sc_scenario_workload_project(s, 0)),
                      sc_scenario_workload_id(s, 0));
        return 2;
    }
    const int w = sc_scenario_find_workload(s, name, why, sizeof why);
    if (w < 0) {
        print_problem(NULL, "%s", why);
        return 2;
    }
    *workload = (size_t)w;
    return 0;
}

/* MODEL or MODEL:HOW; ids hold colons themselves, so that the whole is tried first. */
static int read_premium(const sc_card *card, const char *text, char *id, size_t size, sc_justify_options *jo)
{
    sc_model_ref ref;
    const char *colon = text != NULL ? strrchr(text, ':') : NULL;
    if (text == NULL)
        return 0;
    if (colon != NULL && sc_card_resolve(card, text, &ref, NULL, 0) != SC_OK && (size_t)(colon - text) < size) {
        memcpy(id, text, (size_t)(colon - text));
        id[colon - text] = '\0';
        if (sc_card_resolve(card, id, &ref, NULL, 0) == SC_OK) {
            jo->premium_how = colon + 1;
            text = id;
        }
    }
    if (resolve_model(card, text, &ref) != 0)
        return 2;
    jo->premium = ref.model;
    return 0;
}

/* models[OPT_LIST_MAX] */
static int read_models(const justify_options *o, const sc_card *card, const sc_model **models, sc_justify_options *jo)
{
    char id[256];
    sc_model_ref ref;
    if (read_premium(card, o->premium, id, sizeof id, jo) != 0)
        return 2;
    for (size_t i = 0; i < o->against.n; i++) {
        if (resolve_model(card, o->against.item[i], &ref) != 0)
            return 2;
        models[i] = ref.model;
    }
    jo->against = models;
    jo->n_against = o->against.n;
    return 0;
}

/* ---- a case */

/* P(it pays) over the worth of a success, against the first alternative.  0, or the exit code after printing why not.
 */
static int draw_case(const justify_options *o, const sc_case *c)
{
    enum { MOST = 64 };
    double x[MOST], y[MOST];
    char title[300], subtitle[200], usd[64], worth[80], hint[512] = "";
    size_t n = 0;
    sc_errors errors = {0};
    if (c->n_pays == 0) {
        print_problem(NULL, "cannot draw '%s': how sure it pays is not known", o->plot);
        return exit_code(SC_E_INPUT);
    }
    for (; n < c->n_pays && n < MOST; n++) {
        x[n] = c->pays[n].worth;
        y[n] = c->pays[n].p_pays;
    }
    snprintf(title, sizeof title, "%.80s in %.80s/%.80s: how sure it pays", c->premium.offer.model->name, c->project,
             c->name);
    snprintf(subtitle, sizeof subtitle, "%lld trials, seed %lld", (long long)o->t.trials, (long long)o->t.seed);
    snprintf(worth, sizeof worth, "worth %.60s", sc_format_usd(c->worth.mean, usd));
    const sc_plot_curve curve = {.name = c->rivals[0].offer.offer.model->name, .y = y};
    const sc_plot_marker known[] = {{c->rivals[0].break_even[1], "as likely as not"}, {c->worth.mean, worth}};
    sc_plot_marker markers[2];
    size_t n_markers = 0;
    for (size_t i = 0; i < 2; i++) {
        if (isfinite(known[i].x))
            markers[n_markers++] = known[i];
    }
    const sc_curves_plot plot = {.title = title,
                                 .subtitle = subtitle,
                                 .x_label = "worth of a success in place of a failure",
                                 .y_label = "P(it pays)",
                                 .x_unit = SC_PLOT_USD,
                                 .y_unit = SC_PLOT_SHARE,
                                 .x_log = 1,
                                 .points = n,
                                 .x = x,
                                 .count = 1,
                                 .curves = &curve,
                                 .marker_count = n_markers,
                                 .markers = markers};
    const sc_code code = sc_plot_curves(&plot, o->plot, o->keep_plot_data, hint, sizeof hint, &errors);
    print_errors(&errors);
    print_plot_hint(hint);
    return exit_code(code);
}

static int report_case(const justify_options *o, const scenario_source *in, const case_grounds *g, const sc_case *c)
{
    char title[300];
    snprintf(title, sizeof title, "The case for %.80s in %.80s/%.80s", c->premium.offer.model->name, c->project,
             c->name);
    sc_report *r = sc_report_new("justify", title);
    justify_case_report(r, o, c);
    add_source_provenance(r, in, &o->t);
    add_grounds(r, o, g);
    sc_report_provenance(r, "rule", "for where P(it pays) >= %g, against where <= %g", o->p_decides,
                         1.0 - o->p_decides);
    return emit_report(&o->g, r, o->fail_unless_for && c->verdict != SC_CASE_FOR);
}

static int make_case(const justify_options *o, const scenario_source *in, const case_grounds *g)
{
    const sc_model *models[OPT_LIST_MAX];
    sc_justify_options jo = sc_justify_defaults();
    sc_errors errors = {0};
    sc_case *c = NULL;
    int status = read_terms(o, &jo);
    if (status == 0)
        status = find_workload(in->scenario, o->workload, &jo.workload);
    if (status == 0)
        status = read_models(o, in->card, models, &jo);
    if (status != 0)
        return status;
    jo.sim = sim_options(&o->g, &o->t);
    jo.sim.threads = (int)o->u.threads;
    jo.evidence = g->evidence;
    jo.outcomes = g->outcomes;
    status = exit_code(sc_justify(in->scenario, in->card, &jo, &c, &errors));
    progress_done(jo.sim.progress);
    print_errors(&errors);
    if (status == 0) { /* a plot that fails must not cost the report */
        const int drawn = o->plot != NULL ? draw_case(o, c) : 0;
        status = report_case(o, in, g, c);
        status = drawn != 0 ? drawn : status;
    }
    sc_case_free(c);
    return status;
}

/* ---- initiatives */

/* What the scenario's projects are simulated to cost; free with free(). */
static int simulated_spend(const justify_options *o, const scenario_source *in, sc_initiative_spend **out, size_t *n,
                           sc_sim **sim)
{
    sc_sim_options so = sim_options(&o->g, &o->t);
    sc_errors errors = {0};
    sc_day from, to;
    so.threads = (int)o->u.threads;
    const int status = exit_code(sc_simulate(in->scenario, in->card, &so, "project", SC_PERIOD_TOTAL, sim, &errors));
    progress_done(so.progress);
    print_errors(&errors);
    if (status != 0)
        return status;
    sc_scenario_horizon(in->scenario, &from, &to);
    *n = sc_sim_group_count(*sim);
    *out = calloc(*n + 1, sizeof **out);
    const size_t all = sc_sim_period_count(*sim);
    for (size_t i = 0; *out != NULL && i < *n; i++)
        (*out)[i] = (sc_initiative_spend){sc_sim_group_name(*sim, i),
                                          sc_sim_mean(*sim, i, all).value,
                                          sc_sim_quantile(*sim, i, all, 0.1).value,
                                          sc_sim_quantile(*sim, i, all, 0.9).value,
                                          from,
                                          to};
    return *out != NULL ? 0 : exit_code(SC_E_MEMORY);
}

/* First and last day of a bill's rows by day. */
static int days_of_usage(const usage *u, const sc_bill_options *by_project, sc_day *from, sc_day *to)
{
    sc_bill_options by_day = *by_project;
    sc_errors errors = {0};
    sc_bill *b = NULL;
    sc_bill_row row;
    by_day.by[0] = "day";
    const int status = exit_code(sc_bill_run(u->ledger, &by_day, &b, &errors));
    print_errors(&errors);
    *from = SC_DAY_MAX;
    *to = SC_DAY_MIN;
    for (size_t i = 0; status == 0 && i < sc_bill_row_count(b); i++) {
        sc_day day;
        const char *key = sc_bill_row_at(b, i, &row)->key[0];
        if (key == NULL || sc_day_parse(key, strlen(key), &day) != SC_OK)
            continue;
        *from = day < *from ? day : *from;
        *to = day >= *to ? day + 1 : *to;
    }
    sc_bill_free(b);
    return status;
}

/* What usage has cost, by project. */
static int actual_spend(const justify_options *o, const usage *u, sc_initiative_spend **out, size_t *n, sc_bill **bill)
{
    const sc_bill_options run = {.rater = &u->rater,
                                 .attribution = u->attribution,
                                 .by = {"project"},
                                 .n_by = 1,
                                 .since = o->f.since == SC_DAY_MAX ? SC_DAY_MIN : o->f.since,
                                 .until = o->f.until,
                                 .kinds = u->kinds};
    sc_errors errors = {0};
    sc_day from, to;
    int status = exit_code(sc_bill_run(u->ledger, &run, bill, &errors));
    print_errors(&errors);
    if (status == 0)
        status = days_of_usage(u, &run, &from, &to);
    if (status != 0)
        return status;
    *n = from < to ? sc_bill_row_count(*bill) : 0;
    *out = calloc(*n + 1, sizeof **out);
    for (size_t i = 0; *out != NULL && i < *n; i++) {
        sc_bill_row row;
        (void)sc_bill_row_at(*bill, i, &row);
        const sc_money spent = sc_bill_spend(*bill, &row.sums);
        const int is_whole = row.sums.unpriced_items == 0 || spent != row.sums.cost;
        const double usd = is_whole ? sc_money_to_usd(spent) : (double)NAN;
        (*out)[i] = (sc_initiative_spend){row.key[0][0] != '\0' ? row.key[0] : "unattributed", usd, usd, usd, from, to};
    }
    return *out != NULL ? 0 : exit_code(SC_E_MEMORY);
}

/* Outcomes of projects that cost nothing here, most likely because they are spelt otherwise. */
static void note_strangers(sc_report *r, const sc_outcomes *outcomes, const sc_initiative *list, size_t n)
{
    for (size_t i = 0; outcomes != NULL && i < sc_outcomes_count(outcomes); i++) {
        const char *project = sc_outcomes_project(outcomes, i);
        size_t same = 0, before = 0;
        while (same < n && strcmp(list[same].project, project) != 0)
            same++;
        while (before < i && strcmp(sc_outcomes_project(outcomes, before), project) != 0)
            before++;
        if (same == n && before == i)
            sc_report_note(r, "Outcomes of '%s' are left out: no spend has that project.", project);
    }
}

static int report_initiatives(const justify_options *o, const scenario_source *in, const case_grounds *g,
                              const sc_initiative_spend *spend, size_t n)
{
    sc_errors errors = {0};
    sc_initiative *list = NULL;
    const int status = exit_code(sc_initiatives(spend, n, g->outcomes, stated(o->human_usd_per_hour), &list, &errors));
    print_errors(&errors);
    if (status != 0)
        return status;
    sc_report *r = sc_report_new("justify", "What an outcome costs, by initiative");
    justify_initiatives_report(r, o, list, n, in->is_usage ? "actual" : "simulated");
    note_strangers(r, g->outcomes, list, n);
    add_source_provenance(r, in, &o->t);
    add_grounds(r, o, g);
    sc_initiatives_free(list);
    return emit_report(&o->g, r, 0);
}

static int rank_initiatives(const justify_options *o, const scenario_source *in, const case_grounds *g)
{
    sc_initiative_spend *spend = NULL;
    sc_sim *sim = NULL;
    sc_bill *bill = NULL;
    size_t n = 0;
    int status = in->is_usage ? actual_spend(o, &in->u, &spend, &n, &bill) : simulated_spend(o, in, &spend, &n, &sim);
    if (status == 0)
        status = report_initiatives(o, in, g, spend, n);
    free(spend);
    sc_bill_free(bill);
    sc_sim_free(sim);
    return status;
}

int cmd_justify(const command *c, const void *options, int argc, char **argv)
{
    const justify_options *o = options;
    case_grounds g = {NULL, NULL};
    scenario_source in;
    sc_errors errors = {0};
    (void)c;
    if (o->plot != NULL && o->by == BY_PROJECT) {
        print_problem(NULL, "found --plot with --by project: a picture shows one workload, expected one of the two");
        return 2;
    }
    if (o->plot != NULL && sc_plot_check(o->plot, &errors) != SC_OK) {
        print_errors(&errors);
        return 2;
    }
    const fit_options *fit = o->by == BY_PROJECT && !o->t.explain_settings ? NULL : &o->f; /* what was spent is known */
    int status = open_scenario_source(&o->g, &o->u, fit, (const char *const *)argv, (size_t)argc, &in);
    if (status != 0)
        return status;
    if (o->t.explain_settings) {
        status = report_settings(&o->g, in.scenario, in.card);
    } else {
        status = load_grounds(o, in.card, &g);
        if (status == 0)
            status = o->by == BY_PROJECT ? rank_initiatives(o, &in, &g) : make_case(o, &in, &g);
    }
    sc_evidence_free(g.evidence);
    sc_outcomes_free(g.outcomes);
    close_scenario_source(&in);
    return status;
}
