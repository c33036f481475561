/* SPDX-License-Identifier: GPL-3.0-or-later */
/* offers.c - the ways to buy a workload: which there are, which are allowed, and what they cost in a segment of the
 * horizon. */
#include "sim/offers.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/turns.h"
#include "stats/elementary.h"

#define SCORE_999 3.0902323061678132 /* normal score of 99.9 % */
#define SCORE_FAR 6.3                /* beyond every score that requests draw */
#define MAX_TEXT 400

typedef struct lister {
    const sc_scenario *s;
    const sc_card *card;
    const sc_workload *w;
    sc_work_plan *plan;
    uint64_t seed;
    sc_day as_of;
    int all; /* 1: every offer, 0: the current one */
    sc_arena *arena;
    sc_offer_list *list;
    sc_code failed;
    int at_list; /* 1: list prices, without the customer's discounts */
} lister;

static const char *reason(lister *x, const char *format, ...) SC_PRINTF(2, 3);
static const char *reason(lister *x, const char *format, ...)
{
    char text[MAX_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *copy = sc_arena_strdup(x->arena, text);
    if (copy == NULL)
        x->failed = SC_E_MEMORY;
    return copy != NULL ? copy : "out of memory";
}

/* The day whose prices hold on `day`. */
static sc_day priced_day(const lister *x, sc_day day) { return x->as_of != SC_DAY_MAX ? x->as_of : day; }

static double middle_ratio(const lister *x, const sc_model *m)
{
    const sc_model *now = x->w->ref.model;
    if (strcmp(m->tokenizer, now->tokenizer) == 0)
        return 1.0;
    return sqrt(m->tokens_low * m->tokens_high) / sqrt(now->tokens_low * now->tokens_high);
}

/* What a cache would hold of a request, of conversations on average. */
static double cacheable(const sc_work_plan *plan)
{
    const sc_workload *w = plan->w;
    if (!w->converses)
        return w->prefix_tokens;
    const sc_history history = sc_turns_mean(plan, sc_turns_of(sc_dist_at(&w->param[SC_PARAM_TURNS], 0.0)), 1.0, 1.0);
    return w->prefix_tokens + plan->x.mean + history.x + history.y;
}

static int fits_cache(const sc_work_plan *plan, const sc_model *m, double ratio)
{
    const double tokens = cacheable(plan);
    return tokens > 0.0 && tokens * ratio >= (double)m->cache_min_tokens;
}

/* ---- what a model must offer ---- */

static const char *missing_flags(lister *x, unsigned needed, unsigned has, const char *what, const char *unknown)
{
    unsigned missing = needed & ~has;
    if (missing == 0)
        return NULL;
    if (has == 0)
        return reason(x, "%s of the model are not known", unknown);
    return reason(x, "%s '%s' is not known to be supported", what, sc_flag_names()[__builtin_ctz(missing)]);
}

/* Why a model is out of the question whatever the price, or NULL. */
static const char *model_refusal(lister *x, const sc_model *m)
{
    const sc_workload *w = x->w;
    const sc_requirements *needs = &w->needs;
    double ratio = middle_ratio(x, m);
    char when[16];
    sc_day last = priced_day(x, x->s->end - 1);
    if (sc_policy_refusal(&x->s->policy, m) != NULL)
        return sc_policy_refusal(&x->s->policy, m);
    if (last >= m->end_of_life)
        return reason(x, "end of life on %s, %s", sc_day_format(m->end_of_life, when),
                      m->end_of_life <= priced_day(x, x->s->start) ? "before the horizon starts"
                                                                   : "before the horizon ends");
    const char *why = missing_flags(x, needs->modalities, m->input, "input modality", "input modalities");
    if (why == NULL && (m->output & SC_TEXT) == 0)
        why = reason(x, m->output == 0 ? "output modalities of the model are not known" : "does not write text");
    if (why == NULL)
        why = missing_flags(x, needs->features, m->features, "feature", "features");
    if (why != NULL)
        return why;
    double input = w->prefix_tokens + sc_dist_at(&w->input, SCORE_999), output = sc_dist_at(&w->output, SCORE_999);
    if (m != w->ref.model)
        output *= sc_dist_at(&x->s->verbosity, 0.0);
    if (w->converses) {
        const sc_history history = sc_turns_exceeded(x->plan, 0.001);
        input += history.x + history.y * (m != w->ref.model ? sc_dist_at(&x->s->verbosity, 0.0) : 1.0);
    }
    double context = needs->context_tokens > 0 ? (double)needs->context_tokens : (input + output) * ratio;
    double most = needs->max_output_tokens > 0 ? (double)needs->max_output_tokens : output * ratio;
    if (m->context_window == 0)
        return reason(x, "context window not known, %.0f tokens needed", ceil(context));
    if (context > (double)m->context_window)
        return reason(x, "context window holds %" PRId64 " tokens, %.0f needed", m->context_window, ceil(context));
    if (m->max_output > 0 && most > (double)m->max_output)
        return reason(x, "writes at most %" PRId64 " tokens, %.0f needed", m->max_output, ceil(most));
    return NULL;
}

/* Why requests may not be routed that way, or NULL. */
static const char *scope_refusal(lister *x, int region, sc_scope scope)
{
    int residency = x->w->needs.residency;
    if (residency == SC_RESIDENCY_ANY)
        return NULL;
    if (residency == SC_RESIDENCY_IN_REGION)
        return scope == SC_SCOPE_IN_REGION ? NULL : reason(x, "may leave the region, and requests must stay in it");
    const char *group = sc_card_geo_name(x->card, residency);
    if (scope == SC_SCOPE_GLOBAL)
        return reason(x, "global routing may leave '%s', where requests must stay", group);
    if ((sc_card_region(x->card, (size_t)region)->geos >> residency & 1) == 0)
        return reason(x, "region is not in '%s', where requests must stay", group);
    return NULL;
}

/* ---- prices ---- */

static int read_price(lister *x, const sc_buy *buy, sc_meter meter, int64_t context, sc_day day, double *usd,
                      const char **why)
{
    char text[MAX_TEXT];
    const sc_price_point *p = sc_card_find(x->card, buy, meter, NULL, context, day);
    if (p == NULL) {
        if (why != NULL)
            *why = reason(x, "%s", sc_card_explain(x->card, buy, meter, NULL, context, day, text, sizeof text));
        return 0;
    }
    const sc_tags tags = {sc_project_tag, &x->s->projects[x->w->project]};
    const sc_discount *off =
        x->at_list ? NULL : sc_card_discount_for(x->card, buy->model, meter, buy->tier, &tags, day);
    *usd = (double)p->price * 1e-15;
    if (off != NULL)
        *usd *= (double)(SC_DISCOUNT_WHOLE - off->share) / (double)SC_DISCOUNT_WHOLE;
    return 1;
}

/* Prices of one band on one day; NULL or why there are none. */
static const char *band_prices(lister *x, const sc_buy *buy, sc_ttl ttl, int64_t context, sc_day day,
                               sc_band_prices *out)
{
    const char *why = NULL;
    if (!read_price(x, buy, SC_METER_INPUT, context, day, &out->input, &why) ||
        !read_price(x, buy, SC_METER_OUTPUT, context, day, &out->output, &why))
        return why;
    if (ttl == SC_TTL_NONE)
        return NULL;
    if (!read_price(x, buy, SC_METER_CACHE_READ, context, day, &out->read, &why))
        return why;
    /* Where reads are priced and no write of any lifetime is, writing has no fee: tokens are billed as input (AWS
     * Bedrock price page, 2026-07-24: GPT-5.4, GPT-5.5, Grok 4.3, Nova). */
    if (read_price(x, buy, sc_ttl_write_meter(ttl), context, day, &out->write, &why))
        return NULL;
    for (sc_ttl other = SC_TTL_5M; other < SC_TTLS; other++) {
        double unused;
        if (read_price(x, buy, sc_ttl_write_meter(other), context, day, &unused, NULL))
            return why;
    }
    out->write = out->input;
    return NULL;
}

/* The context from which another band holds for this buy on some day of the horizon; 0 = none. */
static int64_t band_threshold(const lister *x, const sc_buy *buy)
{
    size_t first, n = sc_card_model_points(x->card, buy->model, &first);
    int64_t from = 0;
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *p = sc_card_point(x->card, i);
        if (p->tier != buy->tier || (p->scopes >> buy->scope & 1) == 0 || (p->regions >> buy->region & 1) == 0 ||
            p->meter != SC_METER_INPUT)
            continue;
        if (p->to <= priced_day(x, x->s->start) || p->from > priced_day(x, x->s->end - 1))
            continue;
        if (p->context_from > from)
            from = p->context_from;
        else if (from == 0 && p->context_to != INT64_MAX)
            from = p->context_to; /* prices end here: above, there may be none */
    }
    return from;
}

/* 1 if some request may reach `threshold` tokens of context on a model with this many tokens per token of today's. */
static int may_reach(const lister *x, double threshold, double ratio)
{
    const sc_workload *w = x->w;
    double most = w->converses
                      ? sc_turns_most(x->plan, &x->s->verbosity)
                      : sc_dist_at(&w->input, SCORE_FAR) * sc_dist_at(&w->param[SC_PARAM_INPUT_SCALE], SCORE_FAR);
    return (w->prefix_tokens + most) * ratio * 1.3 >= threshold; /* 1.3: the spread of tokenizer ratios */
}

static int ratio_index(lister *x, const sc_model *m)
{
    sc_offer_list *list = x->list;
    char purpose[96];
    if (list->n_ratios > 0 && strcmp(list->ratios[0].tokenizer, m->tokenizer) == 0)
        return -1;
    for (size_t i = 0; i < list->n_ratios; i++) {
        if (strcmp(list->ratios[i].tokenizer, m->tokenizer) == 0)
            return (int)i;
    }
    sc_ratio *r = &list->ratios[list->n_ratios++];
    snprintf(purpose, sizeof purpose, "tokenizer %s", m->tokenizer);
    r->tokenizer = m->tokenizer;
    r->stream = sc_stream_of(x->seed, "", "", purpose);
    if (m->tokens_low == m->tokens_high)
        sc_dist_constant(&r->of, m->tokens_low);
    else
        (void)sc_dist_lognormal_quantiles(&r->of, 0.1, m->tokens_low, 0.9, m->tokens_high, SC_INF);
    return list->n_ratios == 1 ? -1 : (int)(list->n_ratios - 1);
}

/* Prices of all segments; NULL or why there are none. */
static const char *price_segments(lister *x, const sc_offer *o, sc_segment_prices **out)
{
    const size_t n = x->list->n_segments;
    const int split = o->wait_tier != o->buy.tier, bands = o->band_from > 0.0 ? 2 : 1;
    sc_segment_prices *prices = SC_ARENA_ARRAY(x->arena, sc_segment_prices, n);
    sc_buy wait = o->buy;
    wait.tier = o->wait_tier;
    if (prices == NULL) {
        x->failed = SC_E_MEMORY;
        return "out of memory";
    }
    for (size_t g = 0; g < n; g++) {
        sc_day day = priced_day(x, x->list->segment_start[g]);
        for (int band = 0; band < bands; band++) {
            int64_t context = band == 0 ? 0 : (int64_t)o->band_from;
            const char *why = band_prices(x, &o->buy, o->ttl, context, day, &prices[g].main[band]);
            if (why == NULL && split)
                why = band_prices(x, &wait, SC_TTL_NONE, context, day, &prices[g].wait[band]);
            if (why != NULL)
                return why;
        }
    }
    *out = prices;
    return NULL;
}

/* Prices the offer over all segments; fills slots.  Returns NULL or why it cannot be bought. */
static const char *price_offer(lister *x, sc_offer *o)
{
    int split = o->wait_tier != o->buy.tier;
    double ratio = middle_ratio(x, o->buy.model);
    int64_t from = band_threshold(x, &o->buy);
    o->ratio = ratio_index(x, o->buy.model);
    if (from > 0 && !may_reach(x, (double)from, ratio))
        from = 0;
    o->band_from = (double)from;
    const char *why = price_segments(x, o, &o->prices);
    if (why == NULL && !x->all && sc_card_discount_count(x->card) > 0) {
        x->at_list = 1;
        why = price_segments(x, o, &o->list_prices);
        x->at_list = 0;
    }
    if (why != NULL)
        return why;
    o->hit_slot = o->band_slot = -1;
    if (o->ttl != SC_TTL_NONE)
        o->hit_slot = sc_work_plan_hit_slot(x->plan, sc_ttl_seconds(o->ttl), split);
    if (from > 0)
        o->band_slot = sc_work_plan_band_slot(x->plan, &(sc_band_slot){.threshold = (double)from,
                                                                       .ratio = o->ratio,
                                                                       .hit_slot = o->hit_slot,
                                                                       .other_model = o->other_model,
                                                                       .longer = x->s->verbosity,
                                                                       .verbosity = o->verbosity});
    if ((o->ttl != SC_TTL_NONE && o->hit_slot < 0) || (from > 0 && o->band_slot < 0))
        return "needs more context bands at once than are simulated";
    return NULL;
}

/* ---- the list ---- */

static sc_offer *add_offer(lister *x)
{
    sc_offer_list *list = x->list;
    if (list->n == list->cap) {
        size_t cap = list->cap > 0 ? list->cap * 2 : 64;
        sc_offer *grown = SC_ARENA_ARRAY(x->arena, sc_offer, cap);
        if (grown == NULL) {
            x->failed = SC_E_MEMORY;
            return NULL;
        }
        if (list->n > 0)
            memcpy(grown, list->offers, list->n * sizeof *grown);
        list->offers = grown;
        list->cap = cap;
    }
    sc_offer *o = &list->offers[list->n++];
    *o = (sc_offer){.reason = "", .ratio = -1, .hit_slot = -1, .band_slot = -1};
    return o;
}

static void add_refused(lister *x, const sc_buy *buy, const char *why)
{
    sc_offer *o = add_offer(x);
    if (o == NULL)
        return;
    o->buy = *buy;
    o->wait_tier = buy->tier;
    o->reason = why;
}

static void add_priced(lister *x, const sc_buy *buy, sc_tier wait_tier, sc_ttl ttl)
{
    const sc_workload *w = x->w;
    char purpose[160];
    sc_offer *o = add_offer(x);
    if (o == NULL)
        return;
    o->buy = *buy;
    o->wait_tier = wait_tier;
    o->ttl = ttl;
    o->other_model = buy->model != w->ref.model;
    snprintf(purpose, sizeof purpose, "verbosity %s", buy->model->id);
    o->verbosity = sc_stream_of(x->seed, x->s->projects[w->project].id, w->id, purpose);
    const char *why = price_offer(x, o);
    o->allowed = why == NULL;
    o->reason = why != NULL ? why : "";
}

static int is_sold(const lister *x, const sc_buy *buy)
{
    size_t first, n = sc_card_model_points(x->card, buy->model, &first);
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *p = sc_card_point(x->card, i);
        if (p->meter == SC_METER_INPUT && p->tier == buy->tier && (p->scopes >> buy->scope & 1) &&
            (p->regions >> buy->region & 1))
            return 1;
    }
    return 0;
}

static int same_as_current(const lister *x, const sc_buy *buy, sc_tier wait_tier, sc_ttl ttl)
{
    const sc_buy *now = &x->w->buy;
    return buy->model == now->model && buy->region == now->region && buy->scope == now->scope &&
           buy->tier == now->tier && wait_tier == buy->tier && ttl == x->list->offers[0].ttl;
}

/* Every tier and cache lifetime of a model bought one way. */
static void add_ways(lister *x, const sc_model *m, int region, sc_scope scope)
{
    static const sc_tier wait_tiers[] = {SC_TIER_BATCH, SC_TIER_FLEX};
    const sc_workload *w = x->w;
    sc_buy standard = {m, region, scope, SC_TIER_STANDARD};
    const char *why = scope_refusal(x, region, scope);
    if (why != NULL) {
        add_refused(x, &standard, why);
        return;
    }
    int can_wait = sc_dist_max(&w->param[SC_PARAM_BATCHABLE]) > 0.0;
    for (sc_ttl ttl = SC_TTL_NONE; ttl < SC_TTLS; ttl++) {
        if (ttl != SC_TTL_NONE && ((w->prefix_tokens <= 0.0 && !w->converses) || (m->cache_ttls >> ttl & 1) == 0))
            continue;
        if (ttl != SC_TTL_NONE && !fits_cache(x->plan, m, middle_ratio(x, m))) {
            sc_offer *o = add_offer(x);
            if (o == NULL)
                return;
            o->buy = standard;
            o->wait_tier = SC_TIER_STANDARD;
            o->ttl = ttl;
            o->reason = reason(x, "a %s of %.0f tokens is below the %" PRId64 " that can be cached",
                               w->converses ? "mean request" : "prefix", cacheable(x->plan) * middle_ratio(x, m),
                               m->cache_min_tokens);
            continue;
        }
        if (!same_as_current(x, &standard, SC_TIER_STANDARD, ttl))
            add_priced(x, &standard, SC_TIER_STANDARD, ttl);
        for (size_t t = 0; t < 2; t++) {
            sc_buy wait = {m, region, scope, wait_tiers[t]};
            if (!is_sold(x, &wait))
                continue;
            if (can_wait)
                add_priced(x, &standard, wait_tiers[t], ttl);
            else if (ttl == SC_TTL_NONE && !same_as_current(x, &wait, wait.tier, ttl))
                add_refused(x, &wait, reason(x, "no request can wait (batchable_share is 0)"));
        }
        sc_buy priority = {m, region, scope, SC_TIER_PRIORITY};
        if (is_sold(x, &priority) && ttl == SC_TTL_NONE && !same_as_current(x, &priority, SC_TIER_PRIORITY, ttl))
            add_priced(x, &priority, SC_TIER_PRIORITY, ttl);
    }
}

static void add_model(lister *x, const sc_model *m)
{
    const sc_workload *w = x->w;
    char text[MAX_TEXT];
    int sold = 0;
    sc_buy any = {m, w->buy.region, SC_SCOPE_IN_REGION, SC_TIER_STANDARD};
    const char *why = model_refusal(x, m);
    if (why != NULL) {
        if (m != w->ref.model)
            add_refused(x, &any, why);
        return;
    }
    for (size_t region = 0; region < sc_card_region_count(x->card); region++) {
        if ((w->needs.regions >> region & 1) == 0)
            continue;
        for (sc_scope scope = SC_SCOPE_IN_REGION; scope < SC_SCOPES; scope++) {
            sc_buy buy = {m, (int)region, scope, SC_TIER_STANDARD};
            if (!is_sold(x, &buy))
                continue;
            sold = 1;
            add_ways(x, m, (int)region, scope);
        }
    }
    if (!sold)
        add_refused(x, &any,
                    reason(x, "%s",
                           sc_card_explain(x->card, &any, SC_METER_INPUT, NULL, 0, priced_day(x, x->s->start), text,
                                           sizeof text)));
}

static void cut_at(const sc_scenario *s, unsigned char *cut, sc_day day)
{
    if (day > s->start && day < s->end)
        cut[day - s->start] = 1;
}

/* Days on which a price of the models concerned, or a discount, may change cut the horizon into segments. */
static sc_code cut_segments(lister *x, int all)
{
    const sc_scenario *s = x->s;
    sc_offer_list *list = x->list;
    size_t days = (size_t)(s->end - s->start), n = 0;
    unsigned char *cut = sc_arena_alloc(x->arena, days, 1);
    if (cut == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < sc_card_point_count(x->card) && x->as_of == SC_DAY_MAX; i++) {
        const sc_price_point *p = sc_card_point(x->card, i);
        if (!all && p->model != x->w->ref.model)
            continue;
        cut_at(s, cut, p->from);
        cut_at(s, cut, p->to);
    }
    for (size_t i = 0; i < sc_card_discount_count(x->card) && x->as_of == SC_DAY_MAX; i++) {
        cut_at(s, cut, sc_card_discount(x->card, i)->from);
        cut_at(s, cut, sc_card_discount(x->card, i)->to);
    }
    for (size_t d = 1; d < days; d++)
        n += cut[d];
    list->n_segments = n + 1;
    list->segment_start = SC_ARENA_ARRAY(x->arena, sc_day, n + 2);
    if (list->segment_start == NULL)
        return SC_E_MEMORY;
    list->segment_start[0] = s->start;
    n = 1;
    for (size_t d = 1; d < days; d++) {
        if (cut[d])
            list->segment_start[n++] = s->start + (sc_day)d;
    }
    list->segment_start[n] = s->end;
    return SC_OK;
}

static void add_current(lister *x)
{
    const sc_workload *w = x->w;
    const sc_model *m = w->ref.model;
    sc_ttl ttl = w->ttl;
    const char *why = NULL;
    if (ttl != SC_TTL_NONE && !fits_cache(x->plan, m, 1.0))
        ttl = SC_TTL_NONE; /* too short a prefix is silently not cached (Bedrock user guide, prompt caching, 2026) */
    if (ttl != SC_TTL_NONE && (m->cache_ttls >> ttl & 1) == 0)
        why = reason(x, "%s does not offer a cache lifetime of %s", m->id, sc_ttl_name(ttl));
    add_priced(x, &w->buy, w->buy.tier, ttl);
    if (x->list->n == 1 && why != NULL) {
        x->list->offers[0].allowed = 0;
        x->list->offers[0].reason = why;
    }
}

/* Services, and models that only make pictures or films, are no choice for a workload that reads and writes text; that
 * they are not is nothing to tell. */
static int is_candidate(const sc_card *card, const sc_model *m)
{
    const int makes_pictures = (m->output & (SC_IMAGE | SC_VIDEO)) != 0 && (m->output & SC_TEXT) == 0;
    return !m->is_service && !makes_pictures && sc_card_model_points(card, m, NULL) > 0;
}

sc_code sc_offers_list(const sc_scenario *s, const sc_card *card, const sc_workload *w, sc_work_plan *plan,
                       uint64_t seed, sc_day as_of, int all, sc_arena *arena, sc_offer_list *out)
{
    lister x = {s, card, w, plan, seed, as_of, all, arena, out, SC_OK, 0};
    *out = (sc_offer_list){0};
    out->ratios = SC_ARENA_ARRAY(arena, sc_ratio, sc_card_model_count(card) + 1);
    if (out->ratios == NULL)
        return SC_E_MEMORY;
    sc_code code = cut_segments(&x, all);
    if (code != SC_OK)
        return code;
    (void)ratio_index(&x, w->ref.model);
    out->cacheable = cacheable(plan);
    add_current(&x);
    for (size_t i = 0; all && i < sc_card_model_count(card) && x.failed == SC_OK; i++) {
        if (is_candidate(card, sc_card_model(card, i)))
            add_model(&x, sc_card_model(card, i));
    }
    if (x.failed == SC_OK)
        x.failed = sc_work_plan_tail(plan, arena);
    return x.failed;
}

sc_code sc_offers_judge(const sc_scenario *s, const sc_workload *w, const sc_offer_list *list, sc_day as_of,
                        sc_errors *errors)
{
    const sc_project *p = &s->projects[w->project];
    const sc_offer *o = &list->offers[0];
    const sc_model *m = w->ref.model;
    const sc_day last = as_of != SC_DAY_MAX ? as_of : s->end - 1;
    sc_code code = SC_OK;
    char key[256], when[16];
    snprintf(key, sizeof key, "/projects/%zu/workloads/%zu/offer", w->project,
             (size_t)(w - s->workloads) - p->first_workload);
    if (!o->allowed)
        code = sc_errors_add(errors, SC_E_INPUT, NULL, key, "workload '%s/%s': %s", p->id, w->id, o->reason);
    else if (w->ttl != SC_TTL_NONE && o->ttl == SC_TTL_NONE)
        sc_errors_warn(errors, NULL, key,
                       "workload '%s/%s': a %s of %.0f tokens is too short for %s to cache, priced uncached", p->id,
                       w->id, w->converses ? "mean request" : "prefix", list->cacheable, m->id);
    if (last >= m->end_of_life)
        sc_errors_warn(errors, NULL, key,
                       "workload '%s/%s': %s reaches its end of life on %s, priced at its last known prices", p->id,
                       w->id, m->id, sc_day_format(m->end_of_life, when));
    return code;
}
