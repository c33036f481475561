/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quota_gate.c - keeps options from being advised that would throttle under the quotas that the scenario states.
 *
 * An option is judged beside all other workloads as they are bought today, so that its status does not depend on what
 * else is advised: a higher quota never takes a recommendation away.  What is advised is then chosen so that all of it
 * has room together. */
#include "advise/quota_gate.h"

#include <string.h>

#include "advise/advise_text.h"
#include "base/alloc.h"
#include "stats/elementary.h"

#define SCREEN_TRIALS 128 /* futures that decide unless the chance of throttling is near its limit ... */
#define FAR 3.0           /* ... that is from a ninth of it to three times it */

static sc_way way_of(const sc_offer_result *o)
{
    return (sc_way){{o->model, o->region, o->scope, o->tier}, o->wait_tier, o->ttl};
}

static const sc_buy *buy_of(const sc_workload *w, const quota_use *u, size_t part)
{
    return u->n > 0 ? &u->part[part].way.buy : &w->buy;
}

static int is_same_place(const sc_buy *a, const sc_buy *b)
{
    return a->model == b->model && a->region == b->region && a->scope == b->scope;
}

quota_use advise_use_of(const sc_option *o)
{
    const unsigned routes = o->levers >> SC_LEVER_ROUTING & 1, cascades = o->levers >> SC_LEVER_CASCADE & 1;
    quota_use u = {.n = o->levers != 0, .part = {{way_of(&o->offer), 1.0}}};
    if (routes || cascades) {
        u.part[0].share = routes ? 1.0 - o->strong_share : 1.0;
        u.part[u.n++] = (quota_part){way_of(&o->rest), o->strong_share};
    }
    return u;
}

/* ---- a share of a workload's requests ---- */

static sc_code scale_volume(sc_dist *d, double share, sc_arena *arena)
{
    d->a = d->kind == SC_DIST_LOGNORMAL ? d->a + sc_log(share) : d->a * share;
    if (d->kind == SC_DIST_LOGNORMAL)
        d->upper *= share;
    if (d->kind == SC_DIST_TRIANGULAR) {
        d->b *= share;
        d->c *= share;
    }
    if (d->kind != SC_DIST_DISCRETE)
        return SC_OK;
    double *values = SC_ARENA_ARRAY(arena, double, d->n);
    if (values == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < d->n; i++)
        values[i] = d->values[i] * share;
    d->values = values;
    return SC_OK;
}

/* ---- one place ---- */

/* Who draws on the quota of a place. */
typedef struct place_load {
    sc_scenario s; /* with the volumes that go there */
    sc_quota_demand *demands;
    size_t n;
    sc_arena arena;
} place_load;

static sc_code gather(const sc_advice *a, const quota_use *uses, const sc_buy *place, place_load *l)
{
    const size_t n = a->s->n_workloads;
    sc_code code = SC_OK;
    *l = (place_load){.s = *a->s};
    l->s.workloads = SC_ARENA_ARRAY(&l->arena, sc_workload, n);
    l->demands = SC_ARENA_ARRAY(&l->arena, sc_quota_demand, n);
    if (l->s.workloads == NULL || l->demands == NULL)
        return SC_E_MEMORY;
    memcpy(l->s.workloads, a->s->workloads, n * sizeof *l->s.workloads);
    for (size_t k = 0; k < n && code == SC_OK; k++) {
        const quota_use *u = &uses[k];
        for (size_t p = 0; p < (u->n > 0 ? u->n : 1) && code == SC_OK; p++) {
            if (!is_same_place(buy_of(&a->s->workloads[k], u, p), place))
                continue;
            l->demands[l->n++] = (sc_quota_demand){k, u->n > 0 ? &u->part[p].way : NULL};
            if (u->n > 0 && u->part[p].share < 1.0)
                code = scale_volume(&l->s.workloads[k].param[SC_PARAM_REQUESTS], u->part[p].share, &l->arena);
            break; /* two parts are two models */
        }
    }
    return code;
}

sc_code advise_assess_place(const sc_advice *a, const quota_use *uses, const sc_buy *place, sc_assess_depth depth,
                            sc_quota_result *out, size_t *n, sc_errors *errors)
{
    sc_quota_options q = sc_quota_defaults;
    sc_sim_options o = a->o.sim;
    place_load l;
    q.level = 1.0 - a->o.p_throttle;
    q.quick = depth < SC_ASSESS_ALL;
    if (depth == SC_ASSESS_FEW && o.trials > SCREEN_TRIALS)
        o.trials = SCREEN_TRIALS;
    if (depth != SC_ASSESS_TOLD)
        o.progress = NULL;
    sc_code code = gather(a, uses, place, &l);
    *n = l.n;
    *out = (sc_quota_result){.binds = SC_NEEDS};
    if (code == SC_OK && l.n > 0)
        code = sc_quota_assess(&l.s, a->card, &o, &q, SC_ENDPOINT_RUNTIME, l.demands, l.n, out, errors);
    sc_arena_release(&l.arena);
    return code;
}

/* Whether a place throttles.  Some futures say so where the chance is far from the limit; all do where it is near. */
static sc_code screen(const sc_advice *a, const quota_use *uses, const sc_buy *place, sc_quota_result *out,
                      int *throttles, sc_errors *errors)
{
    const double most = a->o.p_throttle;
    size_t n;
    sc_code code = SC_OK;
    if (a->o.sim.trials > SCREEN_TRIALS) {
        code = advise_assess_place(a, uses, place, SC_ASSESS_FEW, out, &n, errors);
        *throttles = out->throttled > FAR * most;
        if (code != SC_OK || *throttles || out->throttled < most / FAR / FAR)
            return code;
    }
    code = advise_assess_place(a, uses, place, SC_ASSESS_BINDING, out, &n, errors);
    *throttles = out->verdict == SC_QUOTA_THROTTLES;
    return code;
}

/* Where a workload stays in its place: no need of the quota is larger than today's, so that it does not make throttling
 * likelier, whatever the limits. */
static sc_code asks_no_more(const sc_advice *a, const quota_use *uses, const sc_buy *place, int *no_more,
                            sc_errors *errors)
{
    sc_quota_result then, today;
    size_t n = 0;
    quota_use *none = SC_NEW_ARRAY(quota_use, a->s->n_workloads);
    *no_more = 0;
    sc_code code = none != NULL ? SC_OK : SC_E_MEMORY;
    if (code == SC_OK)
        code = advise_assess_place(a, none, place, SC_ASSESS_ALL, &today, &n, errors);
    if (code == SC_OK && n > 0)
        code = advise_assess_place(a, uses, place, SC_ASSESS_ALL, &then, &n, errors);
    sc_free(none);
    if (code != SC_OK || n == 0)
        return code;
    *no_more = 1;
    for (int i = 0; i < SC_NEEDS; i++)
        *no_more &= then.need[i].at_level[1] <= today.need[i].at_level[1] * (1.0 + 1e-9);
    return SC_OK;
}

sc_code advise_find_throttled(const sc_advice *a, const quota_use *uses, const sc_buy *place, sc_quota_result *out,
                              int *throttles, sc_errors *errors)
{
    int no_more = 0;
    *throttles = 0;
    if (sc_quota_for(a->s, place, SC_ENDPOINT_RUNTIME) == NULL)
        return SC_OK;
    sc_code code = screen(a, uses, place, out, throttles, errors);
    if (code == SC_OK && *throttles)
        code = asks_no_more(a, uses, place, &no_more, errors);
    *throttles &= !no_more;
    return code;
}

/* The first place of a use that throttles. */
static sc_code throttled_by(const sc_advice *a, const quota_use *uses, size_t self, sc_quota_result *out,
                            int *throttles, sc_errors *errors)
{
    sc_code code = SC_OK;
    *throttles = 0;
    for (size_t p = 0; p < uses[self].n && code == SC_OK && !*throttles; p++)
        code = advise_find_throttled(a, uses, &uses[self].part[p].way.buy, out, throttles, errors);
    return code;
}

/* ---- the options of one workload ---- */

static size_t number_of(const judged_workload *j) { return (size_t)(j->w - j->a->s->workloads); }

/* What an option was found to do to a quota that it has for itself; options that ask for the same do the same. */
typedef struct finding {
    const sc_quota *quota;
    const char *tokenizer;
    int64_t burndown, asked;
    sc_way way; /* without its place */
    int changes_model, throttles;
    const char *reason;
} finding;

typedef struct gate {
    judged_workload *j;
    quota_use *uses; /* all as today but for the option in work */
    finding *found;
    size_t n;
} gate;

static int draws_alone(const gate *g, const sc_buy *place)
{
    const sc_scenario *s = g->j->a->s;
    for (size_t k = 0; k < s->n_workloads; k++) {
        if (is_same_place(&s->workloads[k].buy, place))
            return 0;
    }
    return 1;
}

static finding asked_by(const gate *g, const sc_option *o)
{
    const sc_model *m = o->offer.model;
    const sc_buy place = way_of(&o->offer).buy;
    return (finding){.quota = sc_quota_for(g->j->a->s, &place, SC_ENDPOINT_RUNTIME),
                     .tokenizer = m->tokenizer,
                     .burndown = m->output_burndown,
                     .asked = g->j->w->max_tokens > 0 ? g->j->w->max_tokens : m->max_output,
                     .way = {{.tier = o->offer.tier}, o->offer.wait_tier, o->offer.ttl},
                     .changes_model = m != g->j->w->ref.model};
}

static const finding *found_before(const gate *g, const finding *f)
{
    for (size_t i = 0; i < g->n; i++) {
        const finding *p = &g->found[i];
        if (p->quota == f->quota && p->burndown == f->burndown && p->asked == f->asked &&
            p->way.buy.tier == f->way.buy.tier && p->way.wait_tier == f->way.wait_tier && p->way.ttl == f->way.ttl &&
            p->changes_model == f->changes_model && strcmp(p->tokenizer, f->tokenizer) == 0)
            return p;
    }
    return NULL;
}

static void try_option(gate *g, const sc_option *o, finding *f)
{
    judged_workload *j = g->j;
    const size_t self = number_of(j);
    sc_quota_result r;
    g->uses[self] = advise_use_of(o);
    const int alone = g->uses[self].n == 1 && draws_alone(g, &g->uses[self].part[0].way.buy);
    *f = asked_by(g, o);
    const finding *known = alone ? found_before(g, f) : NULL;
    if (known != NULL) {
        *f = *known;
    } else {
        j->code = throttled_by(j->a, g->uses, self, &r, &f->throttles, j->errors);
        f->reason = f->throttles ? advise_text(j, "%s", r.reason) : "";
        if (alone)
            g->found[g->n++] = *f;
    }
    g->uses[self].n = 0;
}

static void judge_option(gate *g, sc_option *o)
{
    judged_workload *j = g->j;
    finding f;
    if (o->status != SC_ADVICE_RECOMMENDED && o->status != SC_ADVICE_NEEDS_EVIDENCE)
        return;
    try_option(g, o, &f);
    if (j->code != SC_OK || !f.throttles)
        return;
    o->status = SC_ADVICE_NOT_ALLOWED;
    o->items_needed = 0;
    o->value_of_test = 0.0;
    o->reason =
        advise_text(j, "quota: %s; would save %s a month", f.reason, advise_usd(j, o->saving.mean / j->a->months));
}

/* Today's offer stays, whatever its quota. */
static void judge_today(gate *g, sc_option *o)
{
    judged_workload *j = g->j;
    sc_quota_result r;
    size_t n;
    if (sc_quota_for(j->a->s, &j->w->buy, SC_ENDPOINT_RUNTIME) == NULL)
        return;
    j->code = advise_assess_place(j->a, g->uses, &j->w->buy, SC_ASSESS_BINDING, &r, &n, j->errors);
    if (j->code == SC_OK && r.verdict == SC_QUOTA_THROTTLES)
        o->reason = advise_text(j, "would throttle: %s", r.reason);
}

void advise_judge_quotas(judged_workload *j, size_t first)
{
    gate g = {.j = j};
    if (j->a->s->n_quotas == 0 || j->code != SC_OK)
        return;
    g.uses = SC_NEW_ARRAY(quota_use, j->a->s->n_workloads);
    g.found = SC_NEW_ARRAY(finding, j->n + 1);
    if (g.uses == NULL || g.found == NULL)
        j->code = SC_E_MEMORY;
    for (size_t i = first; i < j->n && j->code == SC_OK; i++) {
        if (j->options[i].status == SC_ADVICE_TODAY)
            judge_today(&g, &j->options[i]);
        else
            judge_option(&g, &j->options[i]);
    }
    sc_free(g.uses);
    sc_free(g.found);
}

int advise_has_room(judged_workload *j, const sc_option *o)
{
    const size_t self = number_of(j);
    quota_use *uses = j->a->uses;
    sc_quota_result r;
    int throttles;
    if (j->a->s->n_quotas == 0)
        return 1;
    uses[self] = advise_use_of(o);
    j->code = throttled_by(j->a, uses, self, &r, &throttles, j->errors);
    if (!throttles)
        return 1;
    uses[self].n = 0;
    return 0;
}
