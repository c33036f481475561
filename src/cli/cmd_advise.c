/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_advise.c - `spendcast advise`: which workloads could be served for less, and how sure that is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/advise_plot.h"
#include "cli/advise_report.h"
#include "cli/command_line.h"
#include "cli/evidence_args.h"
#include "cli/output.h"
#include "cli/rates_args.h"
#include "cli/scenario_source.h"

/* What the advice rests on beside the scenario. */
typedef struct grounds {
    sc_evidence *evidence;
    sc_priors *priors;
} grounds;

static int load_grounds(const advise_options *o, const sc_card *card, grounds *g)
{
    sc_errors errors = {0};
    sc_code code = load_evidence(&o->evidence, o->mapping, card, &g->evidence, &errors);
    if (code == SC_OK)
        code = sc_priors_load(NULL, card, &g->priors, &errors);
    print_errors(&errors);
    if (code == SC_E_MEMORY)
        print_problem(NULL, "out of memory");
    return exit_code(code);
}

/* "0.95:0.10:0.0002": accepts right answers, accepts wrong ones, USD a check; or "items". */
static int read_check(const char *text, sc_advise_check *check)
{
    double value[3] = {0.0, 0.0, 0.0};
    if (text == NULL)
        return 0;
    const int n = value_reals(text, value, 3);
    check->is_stated = n > 0;
    check->accepts = (sc_cascade_check){.true_accept = value[0], .false_accept = value[1]};
    check->usd = value[2];
    if (check->is_stated && n >= 2 && value[0] >= 0.0 && value[0] <= 1.0 && value[1] >= 0.0 && value[1] <= 1.0 &&
        value[2] >= 0.0)
        return 0;
    print_problem(NULL,
                  "--check: found '%s', expected TRUE:FALSE[:USD], the shares of right and of wrong answers that the "
                  "check accepts and what one check costs, such as 95%%:10%%:0.0002",
                  text);
    return 2;
}

static int find_workload(const sc_scenario *s, const char *name, size_t *workload)
{
    char why[400];
    if (name == NULL)
        return 0;
    const int w = sc_scenario_find_workload(s, name, why, sizeof why);
    if (w < 0) {
        print_problem(NULL, "%s", why);
        return 2;
    }
    *workload = (size_t)w;
    return 0;
}

static void add_line(sc_report *r, const char *key, char *line)
{
    if (line != NULL)
        sc_report_provenance(r, key, "%s", line);
    free(line);
}

/* The line that gives this report again, and of one workload the one that shows all its offers on the same futures. */
static void add_commands(sc_report *r, const advise_request *q, const scenario_source *in, const sc_advice *a)
{
    compare_options compare = {0};
    char workload[300];
    add_line(r, "command", command_line(q->c, q->o, q->inputs, q->n_inputs));
    if (q->o->explain == NULL || in->is_usage)
        return;
    const sc_workload_advice *w = sc_advice_at(a, 0);
    snprintf(workload, sizeof workload, "%s/%s", w->project, w->name);
    const command *c = command_named("compare");
    options_defaults(c, &compare);
    compare.g = q->o->g;
    compare.t = q->o->t;
    compare.workload = workload;
    add_line(r, "compare", command_line(c, &compare, q->inputs, q->n_inputs));
}

static void add_grounds(sc_report *r, const advise_options *o, const grounds *g)
{
    add_evidence_provenance(r, &o->evidence, g->evidence);
    sc_report_provenance(r, "rule",
                         "recommended where P(saves) >= %g, P(at most %g worse) >= %g and P(throttled) <= %g",
                         o->p_saves, o->margin, o->p_quality, o->max_throttle);
}

/* Months of 30.4375 days; what is left on the table is what the best options save in one. */
static int is_finding(const advise_options *o, const sc_advice *a)
{
    return o->fail_if >= 0.0 && sc_advice_total(a).mean / sc_advice_months(a) >= o->fail_if;
}

static int wants_plan(const advise_options *o)
{
    return o->plan || o->budget > 0.0 || o->max_risk > 0.0 || o->max_effort > 0.0;
}

/* What model units take, by model. */
typedef struct unit_rates {
    sc_unit_rate rate[OPT_LIST_MAX];
    size_t n;
} unit_rates;

/* What follows from the advice, where it was asked for. */
typedef struct consequences {
    const sc_plan *plan;
    const sc_quota_advice *quotas;
    size_t n_quotas;
    const sc_commitment_advice *commitments;
    size_t n_commitments;
} consequences;

static int find_consequences(const advise_options *o, sc_advice *a, const unit_rates *units, consequences *out)
{
    const sc_plan_options limits = {.budget = o->budget, .max_risk = o->max_risk, .max_effort = o->max_effort};
    sc_errors errors = {0};
    sc_code code = wants_plan(o) ? sc_advice_plan(a, &limits, &out->plan, &errors) : SC_OK;
    if (code == SC_OK)
        code = sc_advice_quotas(a, &out->quotas, &out->n_quotas, &errors);
    if (code == SC_OK && o->commitments)
        code = sc_advice_commitments(a, units->rate, units->n, &out->commitments, &out->n_commitments, &errors);
    progress_done(progress_line(&o->g));
    print_errors(&errors);
    return exit_code(code);
}

static int report(const advise_request *q, const scenario_source *in, const grounds *g, const sc_advice *a,
                  const consequences *more)
{
    const advise_options *o = q->o;
    const sc_plan *p = more->plan;
    char title[300];
    const char *name = sc_scenario_name(in->scenario)[0] != '\0' ? sc_scenario_name(in->scenario) : in->path;
    const sc_workload_advice *w = sc_advice_at(a, 0);
    if (o->explain != NULL)
        snprintf(title, sizeof title, "Advice for %.100s/%.100s", w->project, w->name);
    else
        snprintf(title, sizeof title, "Advice: %.200s", name);
    sc_report *r = sc_report_new("advise", title);
    if (o->explain != NULL)
        advise_explain(r, o, in->card, a, 0);
    else if (p == NULL || o->g.format == SC_FORMAT_JSON)
        advise_overview(r, q, in->card, a);
    if (p != NULL)
        advise_plan_report(r, a, p);
    advise_quota_table(r, more->quotas, more->n_quotas);
    if (o->commitments)
        advise_commitment_table(r, a, more->commitments, more->n_commitments);
    if (o->evidence.n == 0)
        sc_report_note(
            r, "No graded answers were given (--evidence evals.csv), so that no other model can be recommended: "
               "only the same model, bought otherwise.");
    add_source_provenance(r, in, &o->t);
    add_grounds(r, o, g);
    add_commands(r, q, in, a);
    return emit_report(&o->g, r, is_finding(o, a) || (p != NULL && p->status > SC_PLAN_GOOD));
}

/* "MODEL=IN:OUT" of each. */
static int read_unit_rates(const opt_list *list, const sc_card *card, unit_rates *out)
{
    for (size_t i = 0; i < list->n; i++) {
        const char *text = list->item[i], *equals = strrchr(text, '=');
        double value[2] = {-1.0, -1.0};
        char id[256];
        sc_model_ref ref;
        const size_t len = equals != NULL ? (size_t)(equals - text) : sizeof id;
        if (len >= sizeof id || value_reals(equals + 1, value, 2) != 2 || value[0] < 0.0 || value[1] < 0.0 ||
            value[0] + value[1] <= 0.0 || value[0] > 1e12 || value[1] > 1e12) {
            print_problem(NULL,
                          "--unit-tokens: found '%s', expected a model and the tokens a minute of input and output "
                          "that a unit takes, such as meta.llama3-1-8b-instruct-v1:0=300000:20000",
                          text);
            return 2;
        }
        memcpy(id, text, len);
        id[len] = '\0';
        if (resolve_model(card, id, &ref) != 0)
            return 2;
        out->rate[out->n++] = (sc_unit_rate){ref.model, value[0], value[1]};
    }
    return 0;
}

static int advise(const advise_request *q, const scenario_source *in, const sc_advise_check *check)
{
    const advise_options *o = q->o;
    sc_errors errors = {0};
    grounds g = {NULL, NULL};
    sc_advice *a = NULL;
    consequences more = {.plan = NULL};
    sc_advise_options ao = sc_advise_defaults();
    unit_rates units = {.n = 0};
    int status = read_unit_rates(&o->unit_tokens, in->card, &units);
    if (status == 0)
        status = find_workload(in->scenario, o->explain != NULL ? o->explain : o->workload, &ao.workload);
    if (status == 0)
        status = load_grounds(o, in->card, &g);
    if (status == 0) {
        ao.sim = sim_options(&o->g, &o->t);
        ao.sim.threads = (int)o->u.threads;
        ao.evidence = g.evidence;
        ao.priors = g.priors;
        ao.margin = o->margin;
        ao.p_quality = o->p_quality;
        ao.p_saves = o->p_saves;
        ao.min_saving = o->min_saving;
        ao.shorter = o->shorter;
        ao.p_throttle = o->max_throttle;
        ao.check = *check;
        status = exit_code(sc_advise(in->scenario, in->card, &ao, &a, &errors));
        progress_done(ao.sim.progress);
        print_errors(&errors);
    }
    if (status == 0)
        status = find_consequences(o, a, &units, &more);
    if (status == 0) { /* a plot that fails must not cost the report */
        const int drawn = advise_draw(o, in, a);
        status = report(q, in, &g, a, &more);
        status = drawn != 0 ? drawn : status;
    }
    sc_advice_free(a);
    sc_evidence_free(g.evidence);
    sc_priors_free(g.priors);
    return status;
}

int cmd_advise(const command *c, const void *options, int argc, char **argv)
{
    const advise_options *o = options;
    sc_advise_check check = {0};
    scenario_source in;
    const advise_request q = {c, o, (const char *const *)argv, (size_t)argc};
    if (o->unit_tokens.n > 0 && !o->commitments) {
        print_problem(NULL, "found --unit-tokens without --commitments, which sizes model units, expected both");
        return 2;
    }
    if (read_check(o->check, &check) != 0 || advise_check_plots(o) != 0)
        return 2;
    int status = open_scenario_source(&o->g, &o->u, &o->f, (const char *const *)argv, (size_t)argc, &in);
    if (status != 0)
        return status;
    status = o->t.explain_settings ? report_settings(&o->g, in.scenario, in.card) : advise(&q, &in, &check);
    close_scenario_source(&in);
    return status;
}
