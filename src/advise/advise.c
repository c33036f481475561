/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advise.c - the way from a scenario and evidence to advice: options of each workload, judged, sorted and summed. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advise/advise_parts.h"
#include "advise/quota_gate.h"
#include "base/alloc.h"
#include "stats/significant.h"
#include "stats/summary.h"

#define DAYS_PER_MONTH 30.4375
#define INTERVAL 0.90          /* of differences in quality */
#define MEASURED_ITEMS 20      /* from so many common items on, measured lengths go before assumed ones */
#define NEARLY 0.97            /* of the most that can be saved */
#define KEPT_OPTIONS 12        /* of each workload: enough for a choice over all workloads together */
#define EVIDENCE_SEED 20261125 /* draws of the posterior are the same in every run */

const char *sc_advice_status_name(sc_advice_status s)
{
    static const char *const names[SC_ADVICE_STATUSES] = {"today", "recommended", "needs evidence", "not recommended",
                                                          "not allowed"};
    return s < SC_ADVICE_STATUSES ? names[s] : "";
}

sc_advise_options sc_advise_defaults(void)
{
    return (sc_advise_options){.sim = {.seed = 1, .trials = 2000, .as_of = SC_DAY_MAX},
                               .margin = 0.02,
                               .p_quality = 0.90,
                               .p_saves = 0.90,
                               .min_saving = 0.01,
                               .shorter = 0.20,
                               .p_throttle = 0.05,
                               .workload = SIZE_MAX};
}

/* ---- lists and sums ---- */

const char *advise_text(judged_workload *j, const char *format, ...)
{
    char text[2000];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *copy = sc_arena_strdup(&j->a->arena, text);
    if (copy == NULL)
        j->code = SC_E_MEMORY;
    return copy != NULL ? copy : "";
}

sc_option *advise_add(judged_workload *j)
{
    if (j->n == j->cap) {
        const size_t cap = j->cap > 0 ? j->cap * 2 : 256;
        sc_option *grown = sc_realloc(j->options, cap, sizeof *grown);
        if (grown == NULL) {
            j->code = SC_E_MEMORY;
            return NULL;
        }
        j->options = grown;
        j->cap = cap;
    }
    sc_option *o = &j->options[j->n++];
    *o = (sc_option){.reason = "", .how = "", .p_quality = 1.0, .break_even = SC_DAY_MAX};
    return o;
}

static sc_saving saving_of(double *saved, size_t n)
{
    const sc_mean m = sc_mean_of(saved, n);
    size_t saves = 0;
    for (size_t t = 0; t < n; t++)
        saves += saved[t] > 0.0;
    sc_sort(saved, n);
    return (sc_saving){m.mean, m.se, sc_quantile_sorted(saved, n, 0.1), sc_quantile_sorted(saved, n, 0.9),
                       (double)saves / (double)n};
}

sc_saving advise_saving(judged_workload *j, const double *costs)
{
    const size_t n = (size_t)j->a->o.sim.trials;
    for (size_t t = 0; t < n; t++)
        j->scratch[t] = j->today[t] - costs[t];
    return saving_of(j->scratch, n);
}

void advise_keep_costs(judged_workload *j, sc_option *o, const double *costs)
{
    const size_t n = (size_t)j->a->o.sim.trials;
    double *copy = SC_ARENA_ARRAY(&j->a->arena, double, n);
    if (copy == NULL)
        j->code = SC_E_MEMORY;
    else
        memcpy(copy, costs, n * sizeof *copy);
    o->costs = copy;
}

/* ---- evidence ---- */

static size_t model_number(const sc_card *card, const sc_model *m)
{
    size_t low = 0, high = sc_card_model_count(card);
    while (low + 1 < high) {
        const size_t middle = (low + high) / 2;
        if (strcmp(sc_card_model(card, middle)->id, m->id) <= 0)
            low = middle;
        else
            high = middle;
    }
    return low;
}

model_quality *advise_quality_of(const judged_workload *j, const sc_model *m)
{
    return &j->quality[model_number(j->a->card, m)];
}

static void rank_priors(judged_workload *j)
{
    const sc_advise_options *o = &j->a->o;
    const size_t n = sc_card_model_count(j->a->card);
    const char **names = SC_NEW_ARRAY(const char *, n);
    sc_prior_rank *rank = SC_NEW_ARRAY(sc_prior_rank, n);
    sc_code code = names != NULL && rank != NULL ? SC_OK : SC_E_MEMORY;
    for (size_t i = 0; code == SC_OK && i < n; i++)
        names[i] = sc_card_model(j->a->card, i)->id;
    if (code == SC_OK)
        code = sc_priors_rank(o->priors, j->w->ref.model->id, names, n, o->margin, rank);
    for (size_t i = 0; code == SC_OK && i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            if (rank[i].model == names[k])
                j->quality[k].prior = rank[i];
        }
    }
    sc_free(names);
    sc_free(rank);
    if (code != SC_OK)
        j->code = code;
}

/* What graded answers say of every model against today's. */
static void read_evidence(judged_workload *j)
{
    const sc_advise_options *o = &j->a->o;
    const sc_evidence_options e = {.margin = o->margin, .level = INTERVAL, .seed = EVIDENCE_SEED};
    j->query = (sc_evidence_query){.project = j->a->s->projects[j->w->project].id, .workload = j->w->id};
    j->today_index = o->evidence != NULL ? sc_evidence_model_of(o->evidence, j->w->ref.model->id) : -1;
    for (size_t i = 0; i < sc_card_model_count(j->a->card) && j->code == SC_OK; i++) {
        const sc_model *m = sc_card_model(j->a->card, i);
        model_quality *q = &j->quality[i];
        q->index = j->today_index >= 0 && m != j->w->ref.model ? sc_evidence_model_of(o->evidence, m->id) : -1;
        if (q->index >= 0)
            j->code = sc_evidence_compare(o->evidence, &j->query, (size_t)j->today_index, (size_t)q->index, &e,
                                          &q->against_today);
    }
    if (o->priors != NULL && j->code == SC_OK)
        rank_priors(j);
    if (j->code == SC_OK)
        advise_read_latency(j);
}

/* Lengths of answers that graded answers have measured; free with sc_free. */
static sc_measured_output *measured_lengths(const judged_workload *j, size_t *n)
{
    const size_t models = sc_card_model_count(j->a->card);
    sc_measured_output *out = SC_NEW_ARRAY(sc_measured_output, models);
    *n = 0;
    for (size_t i = 0; out != NULL && i < models; i++) {
        const sc_evidence_ratio *r = &j->quality[i].against_today.output_tokens;
        if (j->quality[i].index >= 0 && r->n >= MEASURED_ITEMS && r->low > 0.0)
            out[(*n)++] = (sc_measured_output){sc_card_model(j->a->card, i), r->low, r->high};
    }
    return out;
}

/* ---- options of one workload ---- */

unsigned advise_levers(const sc_offer_result *today, const sc_offer_result *o)
{
    unsigned levers = 0;
    levers |= o->region != today->region || o->scope != today->scope ? 1u << SC_LEVER_SCOPE : 0;
    levers |= o->tier != today->tier ? 1u << SC_LEVER_TIER : 0;
    levers |= o->ttl != today->ttl ? 1u << SC_LEVER_CACHE : 0;
    levers |= (o->wait_tier != o->tier) != (today->wait_tier != today->tier) ||
                      (o->wait_tier != o->tier && o->wait_tier != today->wait_tier)
                  ? 1u << SC_LEVER_WAIT
                  : 0;
    levers |= o->model != today->model ? 1u << SC_LEVER_MODEL : 0;
    return levers;
}

const sc_offer_result *advise_cheapest(const judged_workload *j, const sc_model *m)
{
    for (size_t i = 0; i < sc_comparison_count(j->c); i++) { /* allowed ones come by mean cost */
        const sc_offer_result *o = sc_comparison_offer(j->c, i);
        if (o->verdict == SC_OFFER_ALLOWED && o->model == m)
            return o;
    }
    return NULL;
}

static void add_offer(judged_workload *j, const sc_offer_result *r)
{
    char how[80];
    sc_option *o = advise_add(j);
    if (o == NULL)
        return;
    o->offer = *r;
    o->how = advise_text(j, "%s", sc_offer_how(r, 1u << r->scope, how));
    o->levers = advise_levers(sc_comparison_offer(j->c, 0), r);
    o->changes_answers = r->model != j->w->ref.model;
    if (r->verdict == SC_OFFER_REFUSED) {
        o->status = SC_ADVICE_NOT_ALLOWED;
        o->reason = advise_text(j, "%s", r->reason);
        return;
    }
    o->cost = r->mean.value;
    o->saving =
        (sc_saving){-r->difference.value, r->difference.error, -r->difference_p90, -r->difference_p10, r->cheaper};
    if (o->changes_answers) {
        const model_quality *q = advise_quality_of(j, r->model);
        o->quality = q->against_today;
        o->p_quality = q->against_today.p_noninferior;
        o->prior = q->prior;
        o->latency = q->latency;
    }
    advise_judge(j, o);
    if (o->status == SC_ADVICE_TODAY)
        advise_keep_costs(j, o, r->cost);
}

/* Today's model with shorter answers, as it is bought today and as it is bought for least. */
static void add_shorter(judged_workload *j)
{
    const size_t n = (size_t)j->a->o.sim.trials;
    const double kept = 1.0 - j->a->o.shorter;
    double *costs = SC_NEW_ARRAY(double, n);
    const sc_offer_result *today = sc_comparison_offer(j->c, 0), *ways[] = {today, advise_cheapest(j, today->model)};
    if (costs == NULL)
        j->code = SC_E_MEMORY;
    for (size_t i = 0; costs != NULL && i < sizeof ways / sizeof ways[0]; i++) {
        const sc_offer_result *r = ways[i];
        char how[80];
        sc_option *o = r != NULL ? advise_add(j) : NULL;
        if (o == NULL)
            continue;
        for (size_t t = 0; t < n; t++)
            costs[t] = r->no_output[t] + kept * (r->cost[t] - r->no_output[t]);
        o->offer = *r;
        o->offer.cost = NULL;
        o->how = advise_text(j, "%s, answers %.0f %% shorter", sc_offer_how(r, 1u << r->scope, how),
                             100.0 * j->a->o.shorter);
        o->levers = advise_levers(today, r) | 1u << SC_LEVER_OUTPUT;
        o->changes_answers = 1;
        o->p_quality = 0.0;
        o->saving = advise_saving(j, costs);
        o->cost = today->mean.value - o->saving.mean;
        advise_judge(j, o);
    }
    sc_free(costs);
}

/* ---- effort, order, choice ---- */

static void price_change(judged_workload *j, sc_option *o)
{
    const sc_scenario *s = j->a->s;
    const double days = (double)(s->end - s->start);
    for (int l = 0; l < SC_LEVERS; l++)
        o->effort_days += o->levers >> l & 1 ? s->effort_days[l] : 0.0;
    o->migration_usd = o->effort_days * s->day_usd;
    if (s->day_usd <= 0.0 || o->saving.mean <= 0.0)
        return;
    const double until = ceil(o->migration_usd / (o->saving.mean / days));
    if (until < 36525.0) /* a century is never */
        o->break_even = s->start + (sc_day)until;
}

/* Figures of the evidence are given to four digits: the rest differs between machines. */
static void round_figures(sc_option *o)
{
    sc_evidence_comparison *q = &o->quality;
    double *const figures[] = {&q->observed,
                               &q->difference,
                               &q->sd,
                               &q->low,
                               &q->high,
                               &q->p_noninferior,
                               &q->p_equivalent,
                               &q->p_better,
                               &q->design_effect,
                               &o->p_quality,
                               &o->strong_share,
                               &o->value_of_test,
                               &o->prior.promise,
                               &o->prior.difference,
                               &q->output_tokens.value,
                               &q->cost_a,
                               &q->output_tokens.low,
                               &q->output_tokens.high,
                               &q->cost_b,
                               &q->input_tokens.value,
                               &o->latency.p_within,
                               &o->latency.p_above};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        *figures[i] = sc_significant(*figures[i]);
}

/* By status, then what is worth most first; ties by what is bought, so that the order is the same everywhere. */
static int option_order(const void *a, const void *b)
{
    const sc_option *p = a, *q = b;
    if (p->status != q->status)
        return p->status < q->status ? -1 : 1;
    if (p->status == SC_ADVICE_NEEDS_EVIDENCE && p->value_of_test != q->value_of_test)
        return p->value_of_test > q->value_of_test ? -1 : 1;
    if (p->saving.mean != q->saving.mean)
        return p->saving.mean > q->saving.mean ? -1 : 1;
    int order = strcmp(p->offer.model->id, q->offer.model->id);
    if (order == 0)
        order = p->offer.region - q->offer.region;
    return order != 0 ? order : strcmp(p->how, q->how);
}

static double net_saving(const sc_option *o)
{
    return o->status == SC_ADVICE_RECOMMENDED && !o->no_room ? o->saving.mean - o->migration_usd : 0.0;
}

/* Index of the best option, n = none. */
static size_t choose_best(const sc_option *options, size_t n)
{
    size_t best = n;
    double most = 0.0;
    for (size_t i = 0; i < n; i++)
        most = net_saving(&options[i]) > most ? net_saving(&options[i]) : most;
    for (size_t i = 0; i < n && most > 0.0; i++) {
        const double net = net_saving(&options[i]);
        if (net >= NEARLY * most &&
            (best == n || options[i].effort_days < options[best].effort_days ||
             (options[i].effort_days == options[best].effort_days && net > net_saving(&options[best]))))
            best = i;
    }
    return best;
}

/* The best option that the quotas have room for. */
static size_t choose_with_room(judged_workload *j)
{
    size_t best = choose_best(j->options, j->n);
    while (best < j->n && j->code == SC_OK && !advise_has_room(j, &j->options[best])) {
        j->options[best].no_room = 1;
        best = choose_best(j->options, j->n);
    }
    return best;
}

/* Keeps the trials of the best option and of the first others that are recommended, while the comparison has them. */
static void keep_recommended(judged_workload *j, size_t best)
{
    const sc_option *planned = advise_planned(j->a->like, (size_t)(j->w - j->a->s->workloads));
    size_t kept = 0;
    for (size_t i = 0; i < j->n && j->code == SC_OK; i++) {
        sc_option *o = &j->options[i];
        const int is_wanted = i == best || (o->status == SC_ADVICE_RECOMMENDED && kept < KEPT_OPTIONS) ||
                              (planned != NULL && advise_same_option(planned, o));
        if (is_wanted && o->costs == NULL && o->offer.cost != NULL)
            advise_keep_costs(j, o, o->offer.cost);
        kept += o->status == SC_ADVICE_RECOMMENDED;
        o->offer.cost = o->costs;
    }
}

static void finish_workload(judged_workload *j, sc_workload_advice *out)
{
    const sc_offer_result *today = sc_comparison_offer(j->c, 0);
    if (j->options == NULL) /* there is always today's */
        return;
    for (size_t i = 0; i < j->n; i++)
        price_change(j, &j->options[i]);
    for (size_t i = 0; i < j->n; i++)
        round_figures(&j->options[i]);
    qsort(j->options, j->n, sizeof *j->options, option_order);
    const size_t best = choose_with_room(j);
    keep_recommended(j, best);
    sc_option *kept = SC_ARENA_ARRAY(&j->a->arena, sc_option, j->n);
    if (kept == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    memcpy(kept, j->options, j->n * sizeof *kept);
    *out = (sc_workload_advice){.workload = (size_t)(j->w - j->a->s->workloads),
                                .project = j->a->s->projects[j->w->project].id,
                                .name = j->w->id,
                                .requests = sc_comparison_requests(j->c),
                                .p10 = today->p10,
                                .p90 = today->p90,
                                .options = kept,
                                .n_options = j->n,
                                .best = best < j->n ? &kept[best] : NULL,
                                .verdict = ""};
    advise_describe(j, out);
}

static void judge_options(judged_workload *j)
{
    j->today = sc_comparison_offer(j->c, 0)->cost;
    for (size_t i = 0; i < sc_comparison_count(j->c) && j->code == SC_OK; i++)
        add_offer(j, sc_comparison_offer(j->c, i));
    if (j->code == SC_OK && j->a->o.shorter > 0.0)
        add_shorter(j);
    advise_judge_quotas(j, 0);
    const size_t plain = j->n;
    if (j->code == SC_OK && j->today_index >= 0)
        advise_add_mixes(j);
    advise_judge_quotas(j, plain);
}

static sc_code advise_workload(sc_advice *a, size_t w, sc_workload_advice *out, sc_errors *errors)
{
    judged_workload j = {.a = a, .w = &a->s->workloads[w], .errors = errors};
    sc_sim_options o = a->o.sim;
    sc_comparison *c = NULL;
    j.quality = SC_NEW_ARRAY(model_quality, sc_card_model_count(a->card));
    j.scratch = SC_NEW_ARRAY(double, (size_t)o.trials);
    j.code = j.quality != NULL && j.scratch != NULL ? SC_OK : SC_E_MEMORY;
    if (j.code == SC_OK)
        read_evidence(&j);
    sc_measured_output *measured = j.code == SC_OK ? measured_lengths(&j, &o.n_measured) : NULL;
    o.measured = measured;
    o.keep_trials = 1;
    if (j.code == SC_OK)
        j.code = measured != NULL ? sc_compare(a->s, a->card, &o, w, &c, errors) : SC_E_MEMORY;
    j.c = c;
    if (j.code == SC_OK)
        judge_options(&j);
    if (j.code == SC_OK)
        finish_workload(&j, out);
    sc_comparison_free(c);
    sc_free(measured);
    sc_free(j.options);
    sc_free(j.scratch);
    sc_free(j.quality);
    return j.code;
}

/* ---- all workloads ---- */

static sc_code sum_up(sc_advice *a)
{
    const size_t n = (size_t)a->o.sim.trials;
    double *saved = SC_NEW_ARRAY(double, n);
    if (saved == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < a->n; i++) {
        const sc_workload_advice *w = &a->workloads[i];
        const double *today = w->options[0].costs, *then = w->best != NULL ? w->best->costs : NULL;
        a->cost += w->options[0].cost;
        for (size_t t = 0; then != NULL && t < n; t++)
            saved[t] += today[t] - then[t];
        advise_split_levers(w, a->by_lever);
    }
    a->total = saving_of(saved, n);
    sc_free(saved);
    return SC_OK;
}

static sc_code check_options(const sc_scenario *s, const sc_advise_options *o, sc_errors *errors)
{
    const double p[] = {o->p_quality, o->p_saves};
    if (o->workload != SIZE_MAX && o->workload >= s->n_workloads)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "workload number %zu, expected below %zu", o->workload,
                             s->n_workloads);
    if (!(o->margin >= 0.0 && o->margin < 1.0))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "a margin of %g, expected at least 0 and below 1",
                             o->margin);
    for (int i = 0; i < 2; i++) {
        if (!(p[i] > 0.5 && p[i] < 1.0))
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "a probability of %g, expected above 0.5 and below 1",
                                 p[i]);
    }
    if (!(o->min_saving >= 0.0 && o->min_saving < 1.0))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "a least saving of %g, expected at least 0 and below 1",
                             o->min_saving);
    if (!(o->shorter >= 0.0 && o->shorter < 1.0))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "answers shorter by %g, expected at least 0 and below 1",
                             o->shorter);
    if (!(o->p_throttle > 0.0 && o->p_throttle < 1.0))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "a chance of throttling of %g, expected between 0 and 1",
                             o->p_throttle);
    return SC_OK;
}

typedef struct part_of_progress {
    const sc_sim_options *all;
    size_t done, n;
} part_of_progress;

static void tell_part(void *context, double done)
{
    const part_of_progress *p = context;
    p->all->progress(p->all->progress_context, ((double)p->done + done) / (double)p->n);
}

sc_code advise_run(const sc_scenario *s, const sc_card *card, const sc_advise_options *o, const sc_advice *like,
                   sc_advice **out, sc_errors *errors)
{
    *out = NULL;
    sc_code code = check_options(s, o, errors);
    if (code != SC_OK)
        return code;
    sc_advice *a = SC_NEW(sc_advice);
    if (a == NULL)
        return SC_E_MEMORY;
    const size_t first = o->workload != SIZE_MAX ? o->workload : 0;
    const size_t n = o->workload != SIZE_MAX ? 1 : s->n_workloads;
    part_of_progress part = {&o->sim, 0, n};
    *a = (sc_advice){
        .s = s, .card = card, .o = *o, .months = (double)(s->end - s->start) / DAYS_PER_MONTH, .like = like};
    if (o->sim.progress != NULL) {
        a->o.sim.progress = tell_part;
        a->o.sim.progress_context = &part;
    }
    a->workloads = SC_ARENA_ARRAY(&a->arena, sc_workload_advice, n);
    a->uses = SC_ARENA_ARRAY(&a->arena, quota_use, s->n_workloads);
    code = a->workloads != NULL && a->uses != NULL ? SC_OK : SC_E_MEMORY;
    for (; code == SC_OK && part.done < n; part.done++) {
        code = advise_workload(a, first + part.done, &a->workloads[part.done], errors);
        a->n += code == SC_OK;
    }
    a->o.sim = o->sim; /* what comes later has progress of its own */
    if (code == SC_OK)
        code = sum_up(a);
    if (code != SC_OK) {
        sc_advice_free(a);
        return code;
    }
    *out = a;
    return SC_OK;
}

sc_code sc_advise(const sc_scenario *s, const sc_card *card, const sc_advise_options *o, sc_advice **out,
                  sc_errors *errors)
{
    return advise_run(s, card, o, NULL, out, errors);
}

void sc_advice_free(sc_advice *a)
{
    if (a == NULL)
        return;
    sc_arena_release(&a->arena);
    sc_free(a);
}

size_t sc_advice_count(const sc_advice *a) { return a->n; }
const sc_workload_advice *sc_advice_at(const sc_advice *a, size_t i) { return &a->workloads[i]; }
double sc_advice_months(const sc_advice *a) { return a->months; }
double sc_advice_cost(const sc_advice *a) { return a->cost; }
sc_saving sc_advice_total(const sc_advice *a) { return a->total; }
void sc_advice_by_lever(const sc_advice *a, double usd[SC_LEVERS]) { memcpy(usd, a->by_lever, sizeof a->by_lever); }
