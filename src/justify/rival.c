/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rival.c - the premium against one rival, trial by trial, and what follows. */
#include <math.h>

#include "base/alloc.h"
#include "justify/break_even.h"
#include "justify/case_point.h"
#include "justify/justify_parts.h"
#include "stats/elementary.h"
#include "stats/summary.h"

#define QUALITY_SEED 20261125 /* draws of the posterior are the same in every run */
#define INTERVAL 0.90         /* of the difference in quality, as in `advise` */
#define POWER 0.80            /* chance that the items asked for decide */
#define USUAL_ITEMS 200
#define CENT 0.01 /* a value of testing below it is none */

static const sc_case_figure not_known = {SC_NAN, SC_NAN, SC_NAN};

/* ---- trials */

/* Correlation of two answers to an item: the design effect of m of them is 1 + (m - 1) x it (Rao and Scott 1992). */
static justify_number seen_repeats(const sc_quality *q)
{
    if (q->items == 0 || q->n <= q->items || q->clusters != q->items)
        return (justify_number){0.0, SC_CASE_ASSUMED};
    const double more = (double)q->n / (double)q->items - 1.0, r = (q->design_effect - 1.0) / more;
    return (justify_number){justify_round(r < 0.0 ? 0.0 : r > 1.0 ? 1.0 : r), SC_CASE_EVIDENCE};
}

static void open_side(justify_work *j, const sc_offer_result *offer, double *memory, justify_side *out)
{
    const double *requests = sc_comparison_trial_requests(j->c);
    const int index = j->o.evidence != NULL ? sc_evidence_model_of(j->o.evidence, offer->model->id) : -1;
    *out = (justify_side){
        .offer = offer,
        .index = -1,
        .observed = SC_NAN,
        .repeats = {0.0, SC_CASE_ASSUMED},
    };
    out->per_try = &memory[0];
    out->quality = &memory[j->n];
    out->tries = &memory[2 * j->n];
    out->success = &memory[3 * j->n];
    for (size_t t = 0; t < j->n; t++) {
        out->per_try[t] = requests[t] > 0.0 ? offer->cost[t] / requests[t] * j->per_attempt.value : 0.0;
        out->tries[t] = 1.0;
    }
    const sc_quality q = index >= 0 ? justify_quality(j, (size_t)index) : (sc_quality){.method = SC_EVIDENCE_NONE};
    if (q.method != SC_EVIDENCE_NONE) {
        out->index = index;
        out->graded = q.n;
        out->observed = justify_round(q.sum / (double)q.n);
        out->repeats = seen_repeats(&q);
    }
    if (!isnan(j->o.repeats))
        out->repeats = (justify_number){j->o.repeats, SC_CASE_STATED};
}

static void draw_qualities(justify_work *j, justify_pair *p)
{
    const sc_evidence *e = j->o.evidence;
    sc_code code = SC_OK;
    p->is_graded = p->premium.index >= 0 && p->rival.index >= 0 && p->premium.index != p->rival.index;
    if (p->is_graded) {
        code = sc_evidence_draw_pair(e, &j->query, (size_t)p->premium.index, (size_t)p->rival.index, QUALITY_SEED, j->n,
                                     p->premium.quality, p->rival.quality);
    } else {
        justify_side *const sides[] = {&p->premium, &p->rival};
        for (int i = 0; i < 2 && code == SC_OK; i++) {
            if (sides[i]->index >= 0)
                code = sc_evidence_draw(e, &j->query, (size_t)sides[i]->index, QUALITY_SEED, j->n, sides[i]->quality);
        }
    }
    if (code != SC_OK)
        j->code = code;
}

static void try_all(const justify_work *j, const justify_side *side)
{
    for (size_t t = 0; t < j->n && side->index >= 0; t++) {
        const sc_tries r = sc_tries_of(j->per_pass.value * side->quality[t], j->o.retries, side->repeats.value);
        side->tries[t] = r.tries;
        side->success[t] = r.success;
    }
}

void justify_pair_open(justify_work *j, const sc_offer_result *rival, justify_pair *p)
{
    *p = (justify_pair){.memory = SC_NEW_ARRAY(double, 11 * j->n)};
    if (p->memory == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    open_side(j, j->premium, p->memory, &p->premium);
    open_side(j, rival, p->memory + 4 * j->n, &p->rival);
    p->extra_cost = p->memory + 8 * j->n;
    p->extra_success = p->memory + 9 * j->n;
    p->benefit = p->memory + 10 * j->n;
    draw_qualities(j, p);
    try_all(j, &p->premium);
    try_all(j, &p->rival);
    for (size_t t = 0; t < j->n; t++) {
        const justify_side *a = &p->premium, *b = &p->rival;
        p->extra_cost[t] = a->per_try[t] * a->tries[t] - b->per_try[t] * b->tries[t];
        p->extra_success[t] = p->is_graded ? a->success[t] - b->success[t] : 0.0;
        p->benefit[t] = j->attempts[t] * (j->worth[t] * p->extra_success[t] - p->extra_cost[t]);
    }
}

void justify_pair_release(justify_pair *p)
{
    sc_free(p->memory);
    *p = (justify_pair){.memory = NULL};
}

/* ---- one offer */

/* x[t] attempts[t], a month. */
static sc_case_figure monthly(justify_work *j, const double *x, double *work)
{
    for (size_t t = 0; t < j->n; t++)
        work[t] = x[t] * j->attempts[t];
    return justify_figure(j, work);
}

static void describe_failures(justify_work *j, const justify_side *side, sc_case_offer *out)
{
    double failures = 0.0, cost = 0.0, lost = 0.0;
    for (size_t t = 0; t < j->n; t++) {
        const double failed = (1.0 - side->success[t]) * j->attempts[t] / (double)j->n;
        failures += failed;
        cost += failed * j->failure_cost.trial[t];
        lost += failed * j->value.trial[t] * (1.0 - j->completes.value);
    }
    out->failures = justify_round(failures);
    out->people = j->has_people ? justify_round(failures * j->person_usd) : SC_NAN;
    out->failure_cost = j->failure_cost.amount.is_known ? justify_round(cost) : SC_NAN;
    out->lost_value = j->knows_worth ? justify_round(lost) : SC_NAN;
}

/* USD of the model, and of all, against attempts that succeed, and that are done. */
static void describe_costs(justify_work *j, const justify_side *side, double *work, sc_case_offer *out)
{
    double *cost = work, *done = work + j->n;
    for (size_t t = 0; t < j->n; t++) {
        cost[t] = side->per_try[t] * side->tries[t] * j->attempts[t];
        done[t] = side->success[t] * j->attempts[t];
    }
    out->per_success = justify_ratio(j, cost, done);
    for (size_t t = 0; t < j->n; t++) {
        const double failed = (1.0 - side->success[t]) * j->attempts[t];
        cost[t] += failed * (j->failure_cost.trial[t] + j->person_usd);
        done[t] += failed * j->completes.value;
    }
    out->per_outcome = justify_ratio(j, cost, done);
}

void justify_describe_offer(justify_work *j, const justify_side *side, sc_case_offer *out)
{
    char how[80];
    const sc_offer_result *offer = side->offer;
    double *work = SC_NEW_ARRAY(double, 2 * j->n);
    *out = (sc_case_offer){.offer = *offer,
                           .how = justify_text(j, "%s", sc_offer_how(offer, 1u << offer->scope, how)),
                           .quality = not_known,
                           .success = not_known,
                           .per_success = not_known,
                           .per_outcome = not_known,
                           .graded = side->graded,
                           .observed = side->observed,
                           .tries = SC_NAN,
                           .failures = SC_NAN,
                           .people = SC_NAN,
                           .failure_cost = SC_NAN,
                           .lost_value = SC_NAN,
                           .repeats = side->repeats.value};
    out->offer.cost = out->offer.no_output = NULL;
    if (work == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    for (size_t t = 0; t < j->n; t++)
        work[t] = side->per_try[t] * j->attempts[t];
    out->per_request = justify_ratio(j, work, j->requests);
    if (side->index >= 0) {
        out->quality = justify_figure(j, side->quality);
        out->success = justify_figure(j, side->success);
        out->tries = justify_round(justify_mean(j, side->tries));
        describe_costs(j, side, work, out);
        describe_failures(j, side, out);
    }
    sc_free(work);
}

/* ---- against a rival */

static void compare_evidence(justify_work *j, const justify_pair *p, sc_case_rival *out)
{
    const sc_evidence_options e = {.margin = 0.0, .level = INTERVAL, .seed = QUALITY_SEED};
    const sc_code code = sc_evidence_compare(j->o.evidence, &j->query, (size_t)p->premium.index, (size_t)p->rival.index,
                                             &e, &out->quality);
    if (code != SC_OK)
        j->code = code;
}

static void find_break_even(justify_work *j, const justify_pair *p, sc_case_rival *out)
{
    static const double shares[] = {0.1, 0.5, 0.9};
    double *memory = SC_NEW_ARRAY(double, 2 * j->n);
    const double beside = j->failure_cost.mean + j->person_usd, earns = 1.0 - j->completes.value;
    break_even b;
    if (memory == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    break_even_of(p->extra_cost, p->extra_success, j->n, memory, &b);
    out->p_better = justify_round(break_even_pays(&b, SC_INF));
    for (int k = 0; k < 3; k++) {
        const double worth = break_even_at(&b, shares[k]), value = worth - beside;
        out->break_even[k] = justify_round(worth);
        out->break_even_value[k] = value <= 0.0 ? 0.0 : earns > 0.0 ? justify_round(value / earns) : SC_INF;
    }
    if (!j->knows_worth) { /* any value from 0 on adds to what is known */
        double least, most;
        break_even_range(&b, beside, &least, &most);
        out->verdict = least >= j->o.p_decides        ? SC_CASE_FOR
                       : most <= 1.0 - j->o.p_decides ? SC_CASE_AGAINST
                                                      : SC_CASE_UNKNOWN;
    }
    sc_free(memory);
}

/* Rounded up: more would be more than is known. */
static int64_t two_digits(int64_t n)
{
    int64_t unit = 1;
    while (n / unit >= 100)
        unit *= 10;
    return n > 0 ? (n + unit - 1) / unit * unit : n;
}

/* By a normal approximation, so that it is held to what perfect information is worth. */
static sc_evidence_value value_of_test(const sc_evidence_comparison *c, int64_t items, double p_decides, double saving,
                                       double slope, double perfect)
{
    sc_evidence_value v = sc_evidence_value_of_items(c, items, p_decides, saving, slope);
    v.p_decided = justify_round(v.p_decided);
    v.p_switch = justify_round(v.p_switch);
    v.unlocked = justify_round(v.unlocked);
    v.evsi = v.evsi < perfect ? v.evsi : perfect;
    v.evsi = v.evsi >= CENT ? justify_round(v.evsi) : 0.0;
    return v;
}

static void value_information(justify_work *j, const justify_pair *p, sc_case_rival *out)
{
    static const int64_t sizes[SC_CASE_TESTS] = {50, 100, 300, 1000, 3000};
    const case_point at = case_point_of(j, p);
    const double slope = case_point_slope(&at), benefit = justify_mean(j, p->benefit);
    double gains = 0.0;
    for (size_t t = 0; t < j->n; t++)
        gains += p->benefit[t] > 0.0 ? p->benefit[t] / (double)j->n : 0.0;
    out->perfect = justify_round(gains - (benefit > 0.0 ? benefit : 0.0));
    out->needed = justify_round(case_point_needed(&at));
    if (!(slope > 0.0))
        return;
    /* To take the rival is what switching is to the evidence: its margin is the loss at which both are equally good. */
    sc_evidence_comparison c = out->quality;
    const double saving = -benefit - slope * c.difference;
    c.margin = saving / slope;
    c.p_noninferior = 1.0 - out->p_pays;
    out->items_needed = two_digits(sc_evidence_items_needed(&c, j->o.p_decides, POWER));
    const int64_t items = j->o.items > 0 ? j->o.items : out->items_needed > 0 ? out->items_needed : USUAL_ITEMS;
    out->test = value_of_test(&c, items, j->o.p_decides, saving, slope, out->perfect);
    for (int k = 0; k < SC_CASE_TESTS; k++)
        out->tests[k] = value_of_test(&c, sizes[k], j->o.p_decides, saving, slope, out->perfect);
}

static sc_case_verdict verdict_at(double p_pays, double p_decides)
{
    return p_pays >= p_decides ? SC_CASE_FOR : p_pays <= 1.0 - p_decides ? SC_CASE_AGAINST : SC_CASE_NOT_DECIDED;
}

static void judge_graded(justify_work *j, const justify_pair *p, double *work, sc_case_rival *out)
{
    size_t pays = 0;
    compare_evidence(j, p, out);
    for (size_t t = 0; t < j->n; t++) {
        work[t] = p->premium.quality[t] - p->rival.quality[t];
        pays += p->benefit[t] > 0.0;
    }
    out->extra_quality = justify_figure(j, work);
    out->extra_successes = monthly(j, p->extra_success, work);
    find_break_even(j, p, out);
    if (!j->knows_worth)
        return;
    out->p_pays = justify_round((double)pays / (double)j->n);
    out->benefit = justify_figure(j, p->benefit);
    out->verdict = verdict_at(out->p_pays, j->o.p_decides);
    value_information(j, p, out);
}

/* Without graded answers the difference needed is still known where an attempt is tried once. */
static void judge_blind(justify_work *j, const justify_pair *p, sc_case_rival *out)
{
    const double worth = justify_mean(j, j->worth), more = justify_mean(j, p->extra_cost);
    if (j->knows_worth && j->o.retries == 0 && worth > 0.0 && more / worth / j->per_pass.value <= 1.0)
        out->needed = justify_round(more / worth / j->per_pass.value);
}

void justify_judge(justify_work *j, const justify_pair *p, sc_case_rival *out)
{
    double *work = SC_NEW_ARRAY(double, j->n);
    *out = (sc_case_rival){.verdict = SC_CASE_UNKNOWN,
                           .reason = "",
                           .extra_quality = not_known,
                           .extra_successes = not_known,
                           .benefit = not_known,
                           .p_better = SC_NAN,
                           .break_even = {SC_NAN, SC_NAN, SC_NAN},
                           .break_even_value = {SC_NAN, SC_NAN, SC_NAN},
                           .p_pays = SC_NAN,
                           .needed = SC_NAN,
                           .perfect = SC_NAN};
    if (work == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    justify_describe_offer(j, &p->rival, &out->offer);
    out->extra_cost = monthly(j, p->extra_cost, work);
    if (p->is_graded)
        judge_graded(j, p, work, out);
    else
        judge_blind(j, p, out);
    sc_free(work);
}
