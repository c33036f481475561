/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advise_text.c - the advice in words: the verdict to forward, and what to mind. */
#include "advise/advise_text.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "stats/elementary.h"

#define MOST_RISKS 8

/* ---- figures ---- */

const char *advise_usd(judged_workload *j, double usd)
{
    char text[64];
    if (fabs(usd) < 100.0)
        return advise_text(j, "%s", sc_format_usd(usd, text));
    sc_format_fixed(fabs(usd), 0, 1, text);
    return advise_text(j, "%s$%s", usd < 0.0 ? "-" : "", text);
}

const char *advise_percent(judged_workload *j, double share)
{
    if (share > 0.0 && share < 0.01)
        return "below 1 %";
    if (share > 0.99 && share < 1.0)
        return "above 99 %";
    const double percent = 100.0 * share; /* a decimal where a whole number would hide on which side of one it is */
    return advise_text(j, percent == floor(percent) ? "%.0f %%" : "%.1f %%", percent);
}

static double points_of(double difference)
{
    const double p = 100.0 * difference;
    return fabs(p) < 0.05 ? 0.0 : p; /* never "-0.0" */
}

const char *advise_points(judged_workload *j, double difference)
{
    const double p = points_of(difference);
    const char *unit = fabs(p) == 1.0 ? "point" : "points";
    return advise_text(j, p == floor(p) ? "%.0f %s" : "%.1f %s", p, unit);
}

const char *advise_difference(judged_workload *j, const sc_evidence_comparison *c)
{
    char n[64];
    const int is_paired = c->common > 0 && (c->method == SC_EVIDENCE_PAIRED || c->method == SC_EVIDENCE_PAIRED_SCORES);
    sc_format_fixed((double)(is_paired ? c->common : c->n_b), 0, 1, n);
    return advise_text(j, "%+.1f points (%.0f %%: %+.1f to %+.1f), %s answers%s", points_of(c->difference),
                       100.0 * c->level, points_of(c->low), points_of(c->high), n, is_paired ? " by both" : "");
}

/* ---- the verdict ---- */

/* "through the global profile, batch for what can wait, prompts cached for an hour" */
static const char *way_words(judged_workload *j, const sc_offer_result *o)
{
    static const char *const scopes[SC_SCOPES] = {"in its region", "through the geographic profile",
                                                  "through the global profile"};
    static const char *const lifetimes[SC_TTLS] = {"", ", prompts cached for 5 minutes",
                                                   ", prompts cached for 30 minutes", ", prompts cached for an hour"};
    const char *tier = o->tier != SC_TIER_STANDARD ? advise_text(j, ", tier %s", sc_tier_name(o->tier)) : "";
    const char *wait =
        o->wait_tier != o->tier ? advise_text(j, ", %s for what can wait", sc_tier_name(o->wait_tier)) : "";
    return advise_text(j, "%s%s%s%s", scopes[o->scope], tier, wait, lifetimes[o->ttl]);
}

static const char *offer_name(judged_workload *j, const sc_option *o)
{
    return advise_text(j, "%s (%s)", o->offer.model->name, o->how);
}

static const char *saving_words(judged_workload *j, const sc_option *o)
{
    const double m = j->a->months;
    return advise_text(j, "%s a month (%s to %s in 8 of 10 futures)", advise_usd(j, o->saving.mean / m),
                       advise_usd(j, o->saving.low / m), advise_usd(j, o->saving.high / m));
}

static const char *work_words(judged_workload *j, const sc_option *o)
{
    char day[16];
    if (o->effort_days <= 0.0)
        return "";
    if (o->migration_usd <= 0.0)
        return advise_text(j, " Work: %.3g days.", o->effort_days);
    if (o->break_even == SC_DAY_MAX)
        return advise_text(j, " Work: %.3g days (%s), never paid back.", o->effort_days,
                           advise_usd(j, o->migration_usd));
    return advise_text(j, " Work: %.3g days (%s), paid back by %s.", o->effort_days, advise_usd(j, o->migration_usd),
                       sc_day_format(o->break_even, day));
}

static const char *why_words(judged_workload *j, const sc_option *o)
{
    if (!o->changes_answers)
        return "The model and its answers stay the same.";
    if (o->levers >> SC_LEVER_ROUTING & 1 || o->levers >> SC_LEVER_CASCADE & 1)
        return advise_text(j, "Quality: %s.", o->reason);
    return advise_text(j, "Quality: %s; P(at most %s worse) %.2f.", advise_difference(j, &o->quality),
                       advise_points(j, j->a->o.margin), o->p_quality);
}

static const char *change_words(judged_workload *j, const sc_option *o)
{
    const char *today = sc_comparison_offer(j->c, 0)->model->name, *name = o->offer.model->name;
    const char *way = way_words(j, &o->offer);
    if (o->levers >> SC_LEVER_ROUTING & 1)
        return advise_text(j, "Send %s of the calls to %s %s and keep %s %s for the rest",
                           advise_percent(j, 1.0 - o->strong_share), name, way, today, way_words(j, &o->rest));
    if (o->levers >> SC_LEVER_CASCADE & 1)
        return advise_text(j, "Ask %s %s first, and %s %s where the check fails (%s of the calls)", name, way, today,
                           way_words(j, &o->rest), advise_percent(j, o->strong_share));
    if (o->levers >> SC_LEVER_MODEL & 1)
        return advise_text(j, "Use %s instead of %s: %s", name, today, way);
    return advise_text(j, "Keep %s and buy it %s%s", today, way,
                       (o->levers >> SC_LEVER_CACHE & 1) && o->offer.ttl == SC_TTL_NONE ? ", without prompt caching"
                                                                                        : "");
}

static const sc_option *first_of(const sc_workload_advice *w, sc_advice_status status, int only_savings)
{
    for (size_t i = 0; i < w->n_options; i++) {
        const sc_option *o = &w->options[i];
        if (o->status == status && (!only_savings || o->saving.mean > 0.0))
            return o;
    }
    return NULL;
}

static const char *no_change_words(judged_workload *j, const sc_workload_advice *w)
{
    const sc_option *paid = first_of(w, SC_ADVICE_RECOMMENDED, 1);
    const sc_option *open = first_of(w, SC_ADVICE_NEEDS_EVIDENCE, 1), *bad = first_of(w, SC_ADVICE_NOT_RECOMMENDED, 1);
    if (paid != NULL)
        return advise_text(j, "Do not change within this horizon. %s would save %s, less than the work costs.%s",
                           offer_name(j, paid), saving_words(j, paid), work_words(j, paid));
    if (open != NULL)
        return advise_text(j, "Do not change yet. %s would save %s, but %s.", offer_name(j, open),
                           saving_words(j, open), open->reason);
    if (bad != NULL)
        return advise_text(j, "Do not change. %s costs less by %s, but: %s.", offer_name(j, bad), saving_words(j, bad),
                           bad->reason);
    return "Do not change. Nothing that is allowed costs less.";
}

/* ---- what to mind ---- */

static void add_risk(judged_workload *j, const char **risks, size_t *n, const char *text)
{
    if (*n < MOST_RISKS && text[0] != '\0' && j->code == SC_OK)
        risks[(*n)++] = text;
}

static void risks_of_model(judged_workload *j, const sc_option *o, const char **risks, size_t *n)
{
    const sc_model *m = o->offer.model, *today = j->w->ref.model;
    char day[16], window[64], window_today[64];
    const double low = m->tokens_low / today->tokens_high, high = m->tokens_high / today->tokens_low;
    if (strcmp(m->tokenizer, today->tokenizer) != 0)
        add_risk(
            j, risks, n,
            advise_text(j, "tokenizer: the same text makes %.2f to %.2f times as many tokens as today", low, high));
    if (m != today && o->quality.output_tokens.n == 0)
        add_risk(j, risks, n,
                 advise_text(j, "length of answers: not measured, the scenario's range of verbosity is assumed"));
    else if (m != today)
        add_risk(j, risks, n,
                 advise_text(j, "length of answers: %.2f times today's tokens (%.2f to %.2f), measured on %lld answers",
                             o->quality.output_tokens.value, o->quality.output_tokens.low,
                             o->quality.output_tokens.high, (long long)o->quality.output_tokens.n));
    if (m != today && m->context_window > 0 && m->context_window < today->context_window)
        add_risk(j, risks, n,
                 advise_text(j, "context window: %s tokens, today %s",
                             sc_format_fixed((double)m->context_window, 0, 1, window),
                             sc_format_fixed((double)today->context_window, 0, 1, window_today)));
    if (m->end_of_life != SC_DAY_MAX)
        add_risk(j, risks, n, advise_text(j, "retirement: end of life on %s", sc_day_format(m->end_of_life, day)));
    else if (m->legacy_from != SC_DAY_MAX && m->legacy_from != SC_DAY_MIN)
        add_risk(j, risks, n, advise_text(j, "retirement: legacy from %s", sc_day_format(m->legacy_from, day)));
}

static double list_price(const judged_workload *j, const sc_offer_result *o, sc_meter meter)
{
    const sc_buy buy = {o->model, o->region, o->scope, o->tier};
    const sc_price_point *p = sc_card_find(j->a->card, &buy, meter, NULL, 0, j->a->s->start);
    return p != NULL ? (double)p->price : SC_NAN;
}

/* The share of hits from which on to cache a prefix costs less than to send it as input, at list price on the first
 * day: h read + (1 - h) write = input.  0 where writes are billed as input, NAN where a price is not known. */
static double break_even_hits(const judged_workload *j, const sc_offer_result *o)
{
    const double input = list_price(j, o, SC_METER_INPUT), read = list_price(j, o, SC_METER_CACHE_READ);
    const double write = list_price(j, o, sc_ttl_write_meter(o->ttl));
    if (isnan(write) && !isnan(read))
        return 0.0;
    return write > read ? fmax((write - input) / (write - read), 0.0) : SC_NAN;
}

static const char *caching_words(judged_workload *j, const sc_offer_result *o)
{
    const double least = break_even_hits(j, o);
    const char *from = "";
    if (least > 0.0)
        from = advise_text(j, ", and caching pays from %.0f %% on", 100.0 * least);
    else if (least <= 0.0)
        from = ", and caching pays from the first hit on";
    return advise_text(
        j, "caching: %.0f %% of requests are expected to hit%s; fewer hit if keys or times differ from the scenario",
        100.0 * o->hit_share, from);
}

static void list_risks(judged_workload *j, const sc_option *o, sc_workload_advice *out)
{
    char day[16];
    const char **risks = SC_ARENA_ARRAY(&j->a->arena, const char *, MOST_RISKS);
    if (risks == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    risks_of_model(j, o, risks, &out->n_risks);
    if (o->offer.ttl != SC_TTL_NONE && o->levers != 0)
        add_risk(j, risks, &out->n_risks, caching_words(j, &o->offer));
    if (o->levers >> SC_LEVER_WAIT & 1)
        add_risk(j, risks, &out->n_risks, "waiting: answers may take up to a day, and prompts are not cached");
    if (o->levers >> SC_LEVER_SCOPE & 1)
        add_risk(
            j, risks, &out->n_risks,
            advise_text(j, "scope: requests may be processed in other regions (%s)", sc_scope_name(o->offer.scope)));
    if (o->levers >> SC_LEVER_ROUTING & 1 || o->levers >> SC_LEVER_CASCADE & 1)
        add_risk(j, risks, &out->n_risks, "two models: each sees a part of the requests, so that caches hit less");
    if (o->offer.model == j->w->ref.model || o->rest.model == j->w->ref.model)
        add_risk(j, risks, &out->n_risks, advise_slow_today(j));
    add_risk(j, risks, &out->n_risks,
             advise_text(j, "prices: as checked on %s", sc_day_format(sc_card_checked(j->a->card), day)));
    out->risks = risks;
}

void advise_describe(judged_workload *j, sc_workload_advice *out)
{
    const sc_option *best = out->best;
    if (best == NULL)
        out->verdict = no_change_words(j, out);
    else
        out->verdict = advise_text(j, "%s. Saves %s. %s%s", change_words(j, best), saving_words(j, best),
                                   why_words(j, best), work_words(j, best));
    list_risks(j, best != NULL ? best : &out->options[0], out);
}
