/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge.c - what status an option has, and the clause that says why. */
#include <math.h>

#include "advise/advise_parts.h"
#include "advise/advise_text.h"
#include "stats/elementary.h"

#define POWER 0.80 /* chance that the items asked for decide */
/* Share of items on which two models differ, where nothing is known.  Medians over pairs of models at most five points
 * apart, of published item outcomes: 0.13 on SWE-bench (OpenHands index), 0.06, 0.18 and 0.27 on GSM8K, CRUX and MATH
 * (ZeroEval), 0.29 on MMLU-Pro. */
#define DISCORDANT 0.20

/* Items to grade where there are none yet: normal approximation of the paired difference. */
static int64_t items_from_nothing(const sc_advise_options *o)
{
    if (o->margin <= 0.0)
        return -1;
    const double z = sc_normal_quantile(o->p_quality) + sc_normal_quantile(POWER);
    const double n = ceil(z * z * DISCORDANT / (o->margin * o->margin));
    return n <= SC_EVIDENCE_ITEMS_MAX ? (int64_t)n : -1;
}

int64_t advise_two_digits(int64_t n)
{
    int64_t unit = 1;
    while (n / unit >= 100)
        unit *= 10;
    return (n + unit - 1) / unit * unit;
}

static void ask_for_items(judged_workload *j, sc_option *o)
{
    const sc_advise_options *all = &j->a->o;
    const double monthly = o->saving.mean / j->a->months;
    if (o->quality.method == SC_EVIDENCE_NONE) {
        o->items_needed = items_from_nothing(all);
        o->value_of_test = o->prior.benchmarks > 0 ? o->prior.promise * monthly : 0.0;
    } else {
        o->items_needed = sc_evidence_items_needed(&o->quality, all->p_quality, POWER);
        if (o->items_needed > 0)
            o->value_of_test =
                sc_evidence_value_of_items(&o->quality, o->items_needed, all->p_quality, monthly, 0.0).unlocked;
    }
    o->items_needed = advise_two_digits(o->items_needed);
}

static void need_evidence(judged_workload *j, sc_option *o)
{
    char items[64] = "";
    o->status = SC_ADVICE_NEEDS_EVIDENCE;
    ask_for_items(j, o);
    if (o->items_needed > 0)
        sc_format_fixed((double)o->items_needed, 0, 1, items);
    if (o->levers >> SC_LEVER_OUTPUT & 1)
        o->reason = advise_text(j, "whether shorter answers are good enough is not known");
    else if (o->quality.method == SC_EVIDENCE_NONE)
        o->reason = advise_text(j, "no graded answers%s%s%s", items[0] != '\0' ? ": about " : "", items,
                                items[0] != '\0' ? " by both would decide" : "");
    else if (items[0] != '\0')
        o->reason = advise_text(j, "P(at most %s worse) %.2f; about %s more by both would decide",
                                advise_points(j, j->a->o.margin), o->p_quality, items);
    else
        o->reason = advise_text(j, "P(at most %s worse) %.2f, too close to the margin for any test",
                                advise_points(j, j->a->o.margin), o->p_quality);
}

/* 1 where it does not save enough, or not surely. */
static int judge_saving(judged_workload *j, sc_option *o)
{
    const double monthly = o->saving.mean / j->a->months, today = sc_comparison_offer(j->c, 0)->mean.value;
    if (o->saving.mean == 0.0)
        o->reason = "costs the same";
    else if (o->saving.p < j->a->o.p_saves)
        o->reason = advise_text(j, "%s %s a month, P(saves) %s", monthly > 0.0 ? "saves" : "costs more by",
                                advise_usd(j, fabs(monthly)), advise_percent(j, o->saving.p));
    else if (o->saving.mean < j->a->o.min_saving * today)
        o->reason = advise_text(j, "saves %s a month, below %.3g %% of today's cost", advise_usd(j, monthly),
                                100.0 * j->a->o.min_saving);
    else
        return 0;
    o->status = SC_ADVICE_NOT_RECOMMENDED;
    return 1;
}

static void judge_model(judged_workload *j, sc_option *o)
{
    const sc_evidence_verdict v = sc_evidence_verdict_of(&o->quality, j->a->o.p_quality);
    if (v == SC_EVIDENCE_WORSE) {
        o->status = SC_ADVICE_NOT_RECOMMENDED;
        o->reason = advise_text(j, "worse: %s", advise_difference(j, &o->quality));
    } else if (v == SC_EVIDENCE_UNDECIDED) {
        need_evidence(j, o);
    } else {
        o->status = SC_ADVICE_RECOMMENDED;
        o->reason = advise_text(j, "%s: %s", sc_evidence_verdict_name(v), advise_difference(j, &o->quality));
    }
}

/* A longer lifetime than today's saves the writes of prefixes that were forgotten, and is paid for with all. */
static int rests_on_writes(const judged_workload *j, const sc_option *o)
{
    const sc_workload *w = j->w;
    return w->writes == SC_WRITES_UNKNOWN && w->ttl != SC_TTL_NONE && (o->offer.model->cache_ttls >> w->ttl & 1) != 0 &&
           sc_ttl_seconds(o->offer.ttl) > sc_ttl_seconds(w->ttl);
}

static void need_writes(sc_option *o)
{
    if (o->status != SC_ADVICE_RECOMMENDED && o->status != SC_ADVICE_NEEDS_EVIDENCE)
        return;
    o->status = SC_ADVICE_NEEDS_EVIDENCE;
    o->items_needed = 0;
    o->value_of_test = 0.0;
    o->reason = "what is written may be new turns, which a longer lifetime does not save: the scenario's 'writes' say";
}

void advise_judge(judged_workload *j, sc_option *o)
{
    const unsigned mixes = 1u << SC_LEVER_ROUTING | 1u << SC_LEVER_CASCADE;
    if (o->levers == 0) {
        o->status = SC_ADVICE_TODAY;
    } else if (advise_is_too_slow(j, o) || judge_saving(j, o)) {
        return;
    } else if (!o->changes_answers) {
        o->status = SC_ADVICE_RECOMMENDED;
        o->reason = advise_text(j, "same answers, P(saves) %s", advise_percent(j, o->saving.p));
    } else if ((o->levers & mixes) == 0) {
        judge_model(j, o);
    } else {
        o->status = o->p_quality >= j->a->o.p_quality ? SC_ADVICE_RECOMMENDED : SC_ADVICE_NEEDS_EVIDENCE;
    }
    if (rests_on_writes(j, o))
        need_writes(o);
    advise_judge_latency(j, o);
}
