/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capacity.c - what is advised against the quotas of the account, and what of it to reserve. */
#include "advise/advise_parts.h"
#include "advise/commit.h"
#include "advise/quota_gate.h"
#include "base/alloc.h"

/* How a workload is bought if the advice is followed.  Mixes of two models are taken as today: each model would see a
 * part of the calls. */
static sc_way way_of(const sc_workload_advice *w)
{
    const unsigned made = 1u << SC_LEVER_OUTPUT | 1u << SC_LEVER_ROUTING | 1u << SC_LEVER_CASCADE;
    const int is_plain = w->best != NULL && (w->best->levers & made) == 0;
    const sc_offer_result *o = is_plain ? &w->best->offer : &w->options[0].offer;
    return (sc_way){{o->model, o->region, o->scope, o->tier}, o->wait_tier, o->ttl};
}

/* ---- quotas ---- */

static void describe_quota(const sc_advice *a, const sc_buy *place, const sc_quota_result *q, size_t n,
                           sc_quota_advice *out)
{
    const int known = q->binds < SC_NEEDS;
    *out = (sc_quota_advice){.model = place->model->id,
                             .region = sc_card_region(a->card, (size_t)place->region)->code,
                             .scope = sc_scope_name(place->scope),
                             .n_workloads = n,
                             .verdict = sc_quota_verdict_name(q->verdict),
                             .need = known ? sc_need_name(q->binds) : "",
                             .limit = known ? q->need[q->binds].limit : 0.0,
                             .needed = known ? q->need[q->binds].at_level[1] : 0.0,
                             .throttled = q->throttled,
                             .level = 1.0 - a->o.p_throttle};
}

/* Judges a place, unless it is in the list already. */
static sc_code judge_place(sc_advice *a, const quota_use *uses, const sc_buy *place, sc_quota_advice *all, size_t *n,
                           sc_errors *errors)
{
    sc_quota_result result;
    size_t workloads;
    const char *region = sc_card_region(a->card, (size_t)place->region)->code;
    for (size_t i = 0; i < *n; i++) {
        if (all[i].model == place->model->id && all[i].region == region && all[i].scope == sc_scope_name(place->scope))
            return SC_OK;
    }
    if (sc_quota_for(a->s, place, SC_ENDPOINT_RUNTIME) == NULL)
        return SC_OK;
    const sc_code code = advise_assess_place(a, uses, place, SC_ASSESS_TOLD, &result, &workloads, errors);
    if (code != SC_OK)
        return code;
    describe_quota(a, place, &result, workloads, &all[*n]);
    all[*n].reason = sc_arena_strdup(&a->arena, result.reason);
    return all[(*n)++].reason != NULL ? SC_OK : SC_E_MEMORY;
}

sc_code sc_advice_quotas(sc_advice *a, const sc_quota_advice **out, size_t *n, sc_errors *errors)
{
    *out = NULL;
    *n = 0;
    if (a->s->n_quotas == 0)
        return SC_OK;
    sc_quota_advice *all = SC_ARENA_ARRAY(&a->arena, sc_quota_advice, 2 * a->n);
    sc_code code = all != NULL ? SC_OK : SC_E_MEMORY;
    for (size_t i = 0; code == SC_OK && i < a->n; i++) {
        const sc_workload_advice *w = &a->workloads[i];
        const quota_use *u = &a->uses[w->workload];
        if (u->n == 0)
            code = judge_place(a, a->uses, &a->s->workloads[w->workload].buy, all, n, errors);
        for (size_t p = 0; code == SC_OK && p < u->n; p++)
            code = judge_place(a, a->uses, &u->part[p].way.buy, all, n, errors);
    }
    *out = all;
    return code;
}

/* ---- commitments ---- */

/* Reserved terms first. */
static const sc_term terms[] = {SC_TERM_RESERVED_1MO, SC_TERM_RESERVED_3MO, SC_TERM_UNITS_NO_COMMIT, SC_TERM_UNITS_1MO,
                                SC_TERM_UNITS_6MO};
enum { RESERVED_TERMS = 2, TERMS = sizeof terms / sizeof terms[0] };

static sc_code keep_commitment(sc_advice *a, const sc_workload_advice *w, const sc_commit_result *r, int is_model_units,
                               sc_commitment_advice *out)
{
    *out = (sc_commitment_advice){
        .workload = w,
        .term = sc_term_name(r->term),
        .is_recommended = r->verdict == SC_COMMIT_BUY,
        .is_sized = r->verdict != SC_COMMIT_REFUSED,
        .reason = sc_arena_strdup(&a->arena, r->reason),
        .input_units = is_model_units ? 0 : r->units[0],
        .output_units = is_model_units ? 0 : r->units[1],
        .model_units = is_model_units ? r->units[0] : 0,
        .commitment = r->commitment,
        .saving = {r->saving.value, r->saving.error, r->saving_low, r->saving_high, r->saves},
        .idle = r->idle,
        .overflow = r->overflow,
        .break_even = r->break_even,
    };
    return out->reason != NULL ? SC_OK : SC_E_MEMORY;
}

static const sc_unit_rate *unit_rate_of(const sc_unit_rate *units, size_t n_units, const sc_model *m)
{
    for (size_t i = 0; i < n_units; i++) {
        if (units[i].model == m)
            return &units[i];
    }
    return NULL;
}

/* All terms for one workload, after the *n there are. */
static sc_code size_terms(sc_advice *a, const sc_workload_advice *w, const sc_unit_rate *units, size_t n_units,
                          sc_commitment_advice *all, size_t *n, sc_errors *errors)
{
    sc_commit_options o = sc_commit_defaults;
    sc_commit_result results[TERMS] = {0};
    const sc_way way = way_of(w);
    const sc_commit_demand demand = {w->workload, &way};
    const sc_unit_rate *rate = unit_rate_of(units, n_units, way.buy.model);
    const size_t n_terms = rate != NULL ? TERMS : RESERVED_TERMS;
    if (way.buy.tier != SC_TIER_STANDARD)
        return SC_OK;
    o.saves = a->o.p_saves;
    o.unit_tokens[0] = rate != NULL ? rate->input : 0.0;
    o.unit_tokens[1] = rate != NULL ? rate->output : 0.0;
    sc_code code = sc_commit_size(a->s, a->card, &a->o.sim, &o, &demand, 1, terms, n_terms, results, errors);
    for (size_t t = 0; t < n_terms; t++) {
        if (code == SC_OK && (results[t].verdict != SC_COMMIT_REFUSED || t >= RESERVED_TERMS))
            code = keep_commitment(a, w, &results[t], t >= RESERVED_TERMS, &all[(*n)++]);
        sc_commit_release(&results[t]);
    }
    return code;
}

sc_code sc_advice_commitments(sc_advice *a, const sc_unit_rate *units, size_t n_units, const sc_commitment_advice **out,
                              size_t *n, sc_errors *errors)
{
    sc_commitment_advice *all = SC_ARENA_ARRAY(&a->arena, sc_commitment_advice, a->n * TERMS);
    sc_code code = all != NULL ? SC_OK : SC_E_MEMORY;
    *n = 0;
    for (size_t i = 0; code == SC_OK && i < a->n; i++)
        code = size_terms(a, &a->workloads[i], units, n_units, all, n, errors);
    *out = all;
    return code;
}
