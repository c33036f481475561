/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case_offers.c - the premium and its rivals among all offers of a workload. */
#include <string.h>

#include "justify/justify_parts.h"

static const char *how_of(const sc_offer_result *o, char *buf) { return sc_offer_how(o, 1u << o->scope, buf); }

/* The first offer of the model that may be used, which is the one that costs least; today's among them. */
static const sc_offer_result *cheapest(const justify_work *j, const sc_model *m)
{
    const sc_offer_result *best = NULL;
    for (size_t i = 0; i < sc_comparison_count(j->c); i++) {
        const sc_offer_result *o = sc_comparison_offer(j->c, i);
        if (o->model == m && o->verdict != SC_OFFER_REFUSED && (best == NULL || o->mean.value < best->mean.value))
            best = o;
    }
    return best;
}

/* Says why a model cannot be bought: the reason that its first offer has. */
static const sc_offer_result *refuse(justify_work *j, const sc_model *m, sc_errors *errors)
{
    const char *reason = "it is not sold for this workload";
    for (size_t i = sc_comparison_count(j->c); i-- > 0;) {
        const sc_offer_result *o = sc_comparison_offer(j->c, i);
        if (o->model == m)
            reason = o->reason;
    }
    j->code = sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "'%s' is not allowed for %s/%s: %s", m->id,
                            j->result.project, j->result.name, reason);
    return NULL;
}

static const sc_offer_result *offer_of(justify_work *j, const sc_model *m, sc_errors *errors)
{
    const sc_offer_result *o = cheapest(j, m);
    return o != NULL ? o : refuse(j, m, errors);
}

/* The offer that is bought as `how` says. */
static const sc_offer_result *offer_by_way(justify_work *j, const sc_model *m, const char *how, sc_errors *errors)
{
    char buf[80], ways[300] = "";
    size_t len = 0;
    for (size_t i = 0; i < sc_comparison_count(j->c); i++) {
        const sc_offer_result *o = sc_comparison_offer(j->c, i);
        if (o->model != m || o->verdict == SC_OFFER_REFUSED)
            continue;
        const char *way = how_of(o, buf);
        if (strcmp(way, how) == 0)
            return o;
        const size_t size = strlen(way);
        if (len + size + 6 < sizeof ways) {
            memcpy(ways + len, len > 0 ? ", '" : "'", len > 0 ? 3 : 1);
            len += len > 0 ? 3 : 1;
            memcpy(ways + len, way, size);
            len += size;
            ways[len++] = '\'';
            ways[len] = '\0';
        }
    }
    if (len == 0)
        return refuse(j, m, errors);
    j->code = sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "'%s' is not bought as '%s' here, expected one of %s",
                            m->id, how, ways);
    return NULL;
}

/* ---- rivals */

static double graded_mean(justify_work *j, const sc_model *m)
{
    const int index = sc_evidence_model_of(j->o.evidence, m->id);
    sc_quality q = {0};
    if (index >= 0)
        q = justify_quality(j, (size_t)index);
    return q.method != SC_EVIDENCE_NONE ? justify_round(q.mean) : -1.0;
}

/* Models with graded answers that cost less than the premium: the best graded, at most SC_CASE_RIVALS. */
static void find_rivals(justify_work *j)
{
    double quality[SC_CASE_RIVALS + 1];
    for (size_t i = 0; j->o.evidence != NULL && i < sc_card_model_count(j->card) && j->code == SC_OK; i++) {
        const sc_model *m = sc_card_model(j->card, i);
        const sc_offer_result *o = m != j->premium->model ? cheapest(j, m) : NULL;
        const double mean = o != NULL && o->mean.value < j->premium->mean.value ? graded_mean(j, m) : -1.0;
        if (mean < 0.0)
            continue;
        size_t at = j->result.n_rivals;
        for (; at > 0 && quality[at - 1] < mean; at--) {
            quality[at] = quality[at - 1];
            j->rivals[at] = j->rivals[at - 1];
        }
        quality[at] = mean;
        j->rivals[at] = o;
        j->result.n_rivals += j->result.n_rivals < SC_CASE_RIVALS;
    }
}

static void take_rivals(justify_work *j, sc_errors *errors)
{
    for (size_t i = 0; i < j->o.n_against && j->code == SC_OK; i++) {
        const sc_model *m = j->o.against[i];
        size_t same = 0;
        if (m == j->premium->model) {
            j->code = sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                                    "'%s' is the premium itself, expected another model to hold it against", m->id);
            return;
        }
        const sc_offer_result *o = offer_of(j, m, errors);
        while (same < j->result.n_rivals && j->rivals[same]->model != m)
            same++;
        if (o != NULL && same == j->result.n_rivals)
            j->rivals[j->result.n_rivals++] = o;
    }
}

void justify_choose_offers(justify_work *j, sc_errors *errors)
{
    const size_t room = j->o.n_against > SC_CASE_RIVALS ? j->o.n_against : SC_CASE_RIVALS;
    j->rivals = SC_ARENA_ARRAY(&j->arena, const sc_offer_result *, room + 1);
    if (j->rivals == NULL)
        j->code = SC_E_MEMORY;
    else if (j->o.premium == NULL)
        j->premium = sc_comparison_offer(j->c, 0);
    else if (j->o.premium_how == NULL)
        j->premium = offer_of(j, j->o.premium, errors);
    else
        j->premium = offer_by_way(j, j->o.premium, j->o.premium_how, errors);
    if (j->code != SC_OK)
        return;
    if (j->o.n_against > 0)
        take_rivals(j, errors);
    else
        find_rivals(j);
}
