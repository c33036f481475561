/* SPDX-License-Identifier: GPL-3.0-or-later */
/* justify.c - the way from a scenario, evidence and amounts to a case for or against a premium model. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "justify/justify_parts.h"
#include "spendcast/report.h"
#include "stats/elementary.h"
#include "stats/significant.h"
#include "stats/summary.h"

#define MEASURED_ITEMS 20 /* from so many common items on, measured lengths go before assumed ones, as in `advise` */
#define EVIDENCE_SEED 20261125
#define LENGTH_INTERVAL 0.90

const char *sc_case_verdict_name(sc_case_verdict v)
{
    static const char *const names[SC_CASE_VERDICTS] = {"for", "not decided", "unknown", "against"};
    return v < SC_CASE_VERDICTS ? names[v] : "";
}

const char *sc_case_source_name(sc_case_source s)
{
    static const char *const names[] = {"stated", "scenario", "evidence", "outcomes", "default", "not known"};
    return s <= SC_CASE_NOT_STATED ? names[s] : "";
}

sc_justify_options sc_justify_defaults(void)
{
    return (sc_justify_options){.sim = {.seed = 1, .trials = 2000, .as_of = SC_DAY_MAX},
                                .person_minutes = SC_NAN,
                                .person_usd_per_hour = SC_NAN,
                                .person_completes = SC_NAN,
                                .repeats = SC_NAN,
                                .requests_per_attempt = SC_NAN,
                                .success_per_pass = SC_NAN,
                                .p_decides = 0.90};
}

/* ---- figures and texts */

const char *justify_text(justify_work *j, const char *format, ...)
{
    char text[2000];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *copy = sc_arena_strdup(&j->arena, text);
    if (copy == NULL)
        j->code = SC_E_MEMORY;
    return copy != NULL ? copy : "";
}

const char *justify_usd(justify_work *j, double usd)
{
    char text[64];
    if (fabs(usd) < 100.0)
        return justify_text(j, "%s", sc_format_usd(justify_round(usd), text));
    sc_format_fixed(fabs(usd), 0, 1, text);
    return justify_text(j, "%s$%s", usd < 0.0 ? "-" : "", text);
}

const char *justify_percent(justify_work *j, double share)
{
    if (share > 0.0 && share < 0.01)
        return "below 1 %";
    if (share > 0.99 && share < 1.0)
        return "above 99 %";
    return justify_text(j, "%.0f %%", 100.0 * share);
}

const char *justify_count(justify_work *j, double n)
{
    char text[64];
    return justify_text(j, "%s", sc_format_fixed(n, 0, 1, text));
}

double justify_round(double x) { return isfinite(x) ? sc_significant(x) : x; }

double justify_mean(const justify_work *j, const double *x) { return sc_mean_of(x, j->n).mean; }

static double quantile(const double *sorted, size_t n, double p)
{
    const double q = sc_quantile_sorted(sorted, n, p);
    return isnan(q) ? SC_INF : justify_round(q); /* between two infinities */
}

/* Sorts the scratch array. */
static sc_case_figure figure_of_scratch(justify_work *j, double mean)
{
    sc_sort(j->scratch, j->n);
    return (sc_case_figure){justify_round(mean), quantile(j->scratch, j->n, 0.1), quantile(j->scratch, j->n, 0.9)};
}

sc_case_figure justify_figure(justify_work *j, const double *x)
{
    for (size_t t = 0; t < j->n; t++)
        j->scratch[t] = x[t];
    return figure_of_scratch(j, justify_mean(j, x));
}

sc_case_figure justify_ratio(justify_work *j, const double *x, const double *y)
{
    const double of = justify_mean(j, y);
    for (size_t t = 0; t < j->n; t++)
        j->scratch[t] = y[t] > 0.0 ? x[t] / y[t] : SC_INF;
    return figure_of_scratch(j, of > 0.0 ? justify_mean(j, x) / of : SC_INF);
}

/* ---- options */

static int is_share_or_nan(double x) { return isnan(x) || (x >= 0.0 && x <= 1.0); }

static int is_amount(const sc_case_amount *a)
{
    return !a->is_known ||
           (a->low >= 0.0 && isfinite(a->high) && a->low <= a->high && (a->low > 0.0 || a->high <= 0.0));
}

static sc_code check_options(const sc_scenario *s, const sc_justify_options *o, sc_errors *errors)
{
    const char *wrong = NULL;
    if (o->workload >= s->n_workloads)
        wrong = "a workload number past the last, expected one of the scenario";
    else if (!is_amount(&o->value) || !is_amount(&o->failure_cost))
        wrong = "an amount out of range, expected 0 or more, and of a range P10 above 0 and not above P90";
    else if (o->person_minutes < 0.0 || o->person_usd_per_hour < 0.0)
        wrong = "people's time below 0, expected minutes and USD an hour of at least 0";
    else if (!is_share_or_nan(o->person_completes) || !is_share_or_nan(o->repeats) ||
             !is_share_or_nan(o->success_per_pass) || o->success_per_pass <= 0.0)
        wrong = "a share out of range, expected 0 to 1";
    else if (o->requests_per_attempt < 1.0)
        wrong = "fewer than one request for an attempt, expected at least 1";
    else if (o->retries < 0 || o->retries > SC_RETRIES_MAX)
        wrong = "a number of retries out of range, expected 0 to 20";
    else if (!(o->p_decides > 0.5 && o->p_decides < 1.0))
        wrong = "a deciding probability out of range, expected above 0.5 and below 1";
    else if (o->items < 0)
        wrong = "a number of items below 0";
    return wrong != NULL ? sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "%s", wrong) : SC_OK;
}

/* ---- trials */

/* Lengths of answers against today's model that graded answers have measured. */
static sc_measured_output *measured_lengths(justify_work *j, size_t *n)
{
    const size_t models = sc_card_model_count(j->card);
    const sc_evidence *e = j->o.evidence;
    const sc_evidence_options eo = {.margin = 0.0, .level = LENGTH_INTERVAL, .seed = EVIDENCE_SEED};
    const int today = e != NULL ? sc_evidence_model_of(e, j->w->ref.model->id) : -1;
    sc_measured_output *out = SC_ARENA_ARRAY(&j->arena, sc_measured_output, models);
    if (out == NULL)
        j->code = SC_E_MEMORY;
    for (size_t i = 0; i < models && today >= 0 && j->code == SC_OK; i++) {
        const sc_model *m = sc_card_model(j->card, i);
        const int index = m != j->w->ref.model ? sc_evidence_model_of(e, m->id) : -1;
        sc_evidence_comparison c = {.method = SC_EVIDENCE_NONE};
        if (index >= 0)
            j->code = sc_evidence_compare(e, &j->query, (size_t)today, (size_t)index, &eo, &c);
        if (c.output_tokens.n >= MEASURED_ITEMS && c.output_tokens.low > 0.0)
            out[(*n)++] = (sc_measured_output){m, c.output_tokens.low, c.output_tokens.high};
    }
    return out;
}

static void run_trials(justify_work *j, sc_errors *errors)
{
    sc_sim_options o = j->o.sim;
    o.measured = measured_lengths(j, &o.n_measured);
    o.keep_trials = 1;
    j->requests = SC_ARENA_ARRAY(&j->arena, double, 2 * j->n);
    j->attempts = j->requests != NULL ? j->requests + j->n : NULL;
    j->scratch = SC_ARENA_ARRAY(&j->arena, double, j->n);
    if (j->requests == NULL || j->scratch == NULL)
        j->code = SC_E_MEMORY;
    if (j->code == SC_OK)
        j->code = sc_compare(j->s, j->card, &o, j->o.workload, &j->c, errors);
    for (size_t t = 0; j->code == SC_OK && t < j->n; t++)
        j->requests[t] = sc_comparison_trial_requests(j->c)[t] / j->months;
    if (j->code == SC_OK)
        j->result.requests = justify_figure(j, j->requests);
}

/* ---- rivals */

/* How much a rival says against the premium: by verdict, then by P(it pays) or, without it, by what a success would
 * have to be worth. */
static int speaks_more(const sc_case_rival *a, const sc_case_rival *b)
{
    if (a->verdict != b->verdict)
        return a->verdict > b->verdict;
    if (!isnan(a->p_pays) && !isnan(b->p_pays) && a->p_pays != b->p_pays)
        return a->p_pays < b->p_pays;
    if (a->break_even[1] != b->break_even[1])
        return a->break_even[1] > b->break_even[1];
    return a->offer.per_request.mean < b->offer.per_request.mean;
}

static void judge_rivals(justify_work *j)
{
    sc_case_rival *list = SC_ARENA_ARRAY(&j->arena, sc_case_rival, j->result.n_rivals + 1);
    if (list == NULL)
        j->code = SC_E_MEMORY;
    for (size_t i = 0; i < j->result.n_rivals && j->code == SC_OK; i++) {
        const sc_offer_result *offer = j->rivals[i];
        sc_case_rival r;
        justify_pair p;
        size_t at = i;
        justify_pair_open(j, offer, &p);
        if (j->code == SC_OK)
            justify_judge(j, &p, &r);
        justify_pair_release(&p);
        if (j->code != SC_OK)
            return;
        justify_explain(j, &r);
        for (; at > 0 && speaks_more(&r, &list[at - 1]); at--) {
            list[at] = list[at - 1];
            j->rivals[at] = j->rivals[at - 1];
        }
        list[at] = r;
        j->rivals[at] = offer;
    }
    j->result.rivals = list;
    j->result.verdict = j->result.n_rivals > 0 && j->code == SC_OK ? list[0].verdict : SC_CASE_UNKNOWN;
}

/* The premium as against the first rival or, where there is none, by itself; and all that is drawn from it. */
static void finish(justify_work *j)
{
    const int has_rival = j->result.n_rivals > 0;
    justify_pair p;
    justify_pair_open(j, has_rival ? j->rivals[0] : j->premium, &p);
    if (j->code == SC_OK)
        justify_describe_offer(j, &p.premium, &j->result.premium);
    if (j->code == SC_OK && has_rival) {
        justify_add_curves(j, &p, &j->result.rivals[0]);
        justify_add_swings(j, &p);
    }
    if (j->code == SC_OK)
        justify_describe(j, &p);
    justify_pair_release(&p);
}

/* Attempts of each trial, and their volumes for the curves. */
static void count_attempts(justify_work *j)
{
    for (size_t t = 0; t < j->n; t++)
        j->attempts[t] = j->requests[t] / j->per_attempt.value;
    j->result.attempts = justify_figure(j, j->attempts); /* leaves the scratch array sorted */
    j->result.volumes[0] = j->result.attempts.low;
    j->result.volumes[1] = justify_round(sc_quantile_sorted(j->scratch, j->n, 0.5));
    j->result.volumes[2] = j->result.attempts.high;
}

static void make_case(justify_work *j, sc_errors *errors)
{
    run_trials(j, errors);
    if (j->code == SC_OK)
        justify_read_terms(j, errors);
    if (j->code == SC_OK)
        justify_choose_offers(j, errors);
    if (j->code != SC_OK)
        return;
    count_attempts(j);
    j->result.worth = j->knows_worth ? justify_figure(j, j->worth) : (sc_case_figure){SC_NAN, SC_NAN, SC_NAN};
    judge_rivals(j);
    if (j->code == SC_OK)
        finish(j);
}

sc_code sc_justify(const sc_scenario *s, const sc_card *card, const sc_justify_options *o, sc_case **out,
                   sc_errors *errors)
{
    *out = NULL;
    const sc_code code = check_options(s, o, errors);
    if (code != SC_OK)
        return code;
    justify_work *j = SC_NEW(justify_work);
    if (j == NULL)
        return SC_E_MEMORY;
    const sc_workload *w = &s->workloads[o->workload];
    *j = (justify_work){.s = s, .card = card, .w = w, .o = *o, .n = (size_t)o->sim.trials};
    j->months = (double)(s->end - s->start) / JUSTIFY_MONTH;
    j->result.workload = o->workload;
    j->result.project = s->projects[w->project].id;
    j->result.name = w->id;
    j->query = (sc_evidence_query){.project = j->result.project, .workload = w->id};
    make_case(j, errors);
    sc_comparison_free(j->c);
    j->c = NULL;
    if (j->code != SC_OK) {
        const sc_code failed = j->code;
        sc_case_free(&j->result);
        return failed;
    }
    *out = &j->result;
    return SC_OK;
}

void sc_case_free(sc_case *c)
{
    justify_work *j = (justify_work *)(void *)c; /* the case is its first member */
    if (j == NULL)
        return;
    sc_arena_release(&j->arena);
    sc_free(j);
}
