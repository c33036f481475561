/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case_text.c - the case in words: the verdict to forward, what would change it, and what it assumes. */
#include <math.h>

#include "justify/justify_parts.h"
#include "stats/elementary.h"

#define MOST_CHANGES 8
#define MOST_ASSUMPTIONS 24
#define MARKED_REQUESTS 1.5 /* for an attempt: the same */
#define MARKED 0.05         /* share of attempts: a gap between graded and real success that is worth a word */

/* ---- words */

static const char *points(justify_work *j, double difference)
{
    const double p = 100.0 * difference;
    return justify_text(j, "%+.1f points", fabs(p) < 0.05 ? 0.0 : p);
}

/* Of trials: none and all of them are no 0 and 1. */
static const char *chance(justify_work *j, double p)
{
    return p < 0.01 ? "below 1 %" : p > 0.99 ? "above 99 %" : justify_percent(j, p);
}

static const char *usd_figure(justify_work *j, const sc_case_figure *f)
{
    if (f->low == f->high)
        return justify_usd(j, f->mean);
    return justify_text(j, "%s (%s to %s)", justify_usd(j, f->mean), justify_usd(j, f->low), justify_usd(j, f->high));
}

/* "costs $420 more a month" */
static const char *cost_words(justify_work *j, const sc_case_rival *r)
{
    const double more = r->extra_cost.mean;
    return justify_text(j, "costs %s %s a month", justify_usd(j, fabs(more)), more >= 0.0 ? "more" : "less");
}

/* "1,200 more successes a month" */
static const char *success_words(justify_work *j, const sc_case_rival *r)
{
    const double more = r->extra_successes.mean;
    return justify_text(j, "%s %s successes a month", justify_count(j, fabs(more)), more >= 0.0 ? "more" : "fewer");
}

/* "from $1.20 on (P 0.1: $0.80, P 0.9: never)" */
static const char *worth_limit(justify_work *j, double worth)
{
    return isfinite(worth) ? justify_usd(j, worth) : "never";
}

static const char *break_even_words(justify_work *j, const sc_case_rival *r)
{
    const double *b = r->break_even;
    if (!isfinite(b[1]))
        return "at no worth of a success is it more likely to pay than not";
    if (b[1] <= 0.0)
        return "it is more likely to pay than not whatever a success is worth";
    return justify_text(j,
                        "it is more likely to pay than not where a success in place of a failure is worth at least %s "
                        "(with P 0.1 from %s, with P 0.9 %s%s)",
                        justify_usd(j, b[1]), worth_limit(j, b[0]), isfinite(b[2]) ? "from " : "",
                        worth_limit(j, b[2]));
}

static const char *name_of(const sc_case_offer *o) { return o->offer.model->name; }

/* ---- reasons, one clause */

static const char *unknown_reason(justify_work *j, const sc_case_rival *r)
{
    if (r->quality.method == SC_EVIDENCE_NONE)
        return r->offer.graded == 0
                   ? "no graded answers of it for this workload"
                   : justify_text(j, "no graded answers of %s for this workload", j->premium->model->name);
    return "what a success is worth is not known, and it decides";
}

void justify_explain(justify_work *j, sc_case_rival *r)
{
    if (r->verdict == SC_CASE_UNKNOWN)
        r->reason = unknown_reason(j, r);
    else if (isnan(r->p_pays))
        r->reason = r->verdict == SC_CASE_FOR ? "pays whatever a success is worth" : "pays at no worth of a success";
    else
        r->reason = justify_text(j, "P(it pays) %.2f, benefit %s a month", r->p_pays, usd_figure(j, &r->benefit));
}

/* ---- the headline */

static const char *worth_words(justify_work *j)
{
    return justify_text(j, "each worth %s in place of a failure", usd_figure(j, &j->result.worth));
}

static const char *benefit_words(justify_work *j, const sc_case_rival *r)
{
    if (isnan(r->p_pays))
        return justify_text(j, "Whatever a success is worth, P(it pays) is %s %s.",
                            r->verdict == SC_CASE_FOR ? "at least" : "at most",
                            justify_percent(j, r->verdict == SC_CASE_FOR ? j->o.p_decides : 1.0 - j->o.p_decides));
    return justify_text(j, "That is a %s of %s a month (%s to %s in 8 of 10 cases); P(it pays) is %s.",
                        r->benefit.mean >= 0.0 ? "benefit" : "loss", justify_usd(j, fabs(r->benefit.mean)),
                        justify_usd(j, r->benefit.low), justify_usd(j, r->benefit.high), chance(j, r->p_pays));
}

/* "Against X, Y costs ... and brings ...": what the verdict rests on. */
static const char *balance_words(justify_work *j, const sc_case_rival *r)
{
    return justify_text(j, "Compared with %s, %s %s and brings %s%s%s.", name_of(&r->offer),
                        name_of(&j->result.premium), cost_words(j, r), success_words(j, r), j->knows_worth ? ", " : "",
                        j->knows_worth ? worth_words(j) : "");
}

static const char *grade_words(justify_work *j, const sc_case_rival *r)
{
    if (r->items_needed < 0)
        return "No number of graded answers would decide it: both are as good as each other.";
    return justify_text(j, "Grade about %s more answers by both: expected to be worth %s a month.",
                        justify_count(j, (double)r->test.items), justify_usd(j, r->test.evsi));
}

static const char *unknown_words(justify_work *j, const sc_case_rival *r)
{
    const char *premium = name_of(&j->result.premium), *rival = name_of(&r->offer);
    if (r->quality.method != SC_EVIDENCE_NONE)
        return justify_text(j, "%s What a success is worth is not known: %s.", balance_words(j, r),
                            break_even_words(j, r));
    if (!isnan(r->needed))
        return justify_text(j, "%s %s than %s, and whether it is better is not known: %s. It pays from %s on.", premium,
                            cost_words(j, r), rival, r->reason, points(j, r->needed));
    return justify_text(j, "%s %s than %s, and whether it is better is not known: %s.", premium, cost_words(j, r),
                        rival, r->reason);
}

static const char *headline(justify_work *j)
{
    const sc_case_rival *r = &j->result.rivals[0];
    const char *premium = j->premium->model->name;
    if (j->result.n_rivals == 0)
        return justify_text(j,
                            "Unknown: there is nothing to hold %s against, as no model that costs less has graded "
                            "answers for this workload.",
                            premium);
    switch (j->result.verdict) {
    case SC_CASE_FOR: return justify_text(j, "For %s. %s %s", premium, balance_words(j, r), benefit_words(j, r));
    case SC_CASE_AGAINST:
        return justify_text(j, "Against %s: take %s. %s %s", premium, name_of(&r->offer), balance_words(j, r),
                            benefit_words(j, r));
    case SC_CASE_NOT_DECIDED:
        return justify_text(j, "Not decided between %s and %s. %s %s %s", premium, name_of(&r->offer),
                            balance_words(j, r), benefit_words(j, r), grade_words(j, r));
    default: return justify_text(j, "Unknown. %s", unknown_words(j, r));
    }
}

/* ---- what would change the verdict */

static void add_change(justify_work *j, const char **list, const char *text)
{
    if (j->result.n_changes < MOST_CHANGES && text[0] != '\0' && j->code == SC_OK)
        list[j->result.n_changes++] = text;
}

static void quality_changes(justify_work *j, const sc_case_rival *r, const char **list)
{
    if (!isnan(r->needed) && r->quality.method != SC_EVIDENCE_NONE)
        add_change(j, list,
                   justify_text(j,
                                "quality: it pays on average from a difference of %s on; graded: %s (%+.1f to %+.1f)",
                                points(j, r->needed), points(j, r->extra_quality.mean), 100.0 * r->extra_quality.low,
                                100.0 * r->extra_quality.high));
    if (r->verdict == SC_CASE_NOT_DECIDED && r->items_needed > 0)
        add_change(j, list,
                   justify_text(j,
                                "evidence: %s more answers graded by both decide with a chance of %s; perfect "
                                "information on all that is uncertain would be worth %s a month",
                                justify_count(j, (double)r->test.items), justify_percent(j, r->test.p_decided),
                                justify_usd(j, r->perfect)));
}

/* The assumption that, by itself, turns a benefit into a loss or back. */
static void swing_changes(justify_work *j, const char **list)
{
    for (size_t i = 0; i < j->result.n_swings; i++) {
        const sc_case_swing *s = &j->result.swings[i];
        if ((s->low > 0.0) == (s->high > 0.0))
            continue;
        add_change(j, list,
                   justify_text(j, "%s decides: %s a month at %s, %s at %s", s->what, justify_usd(j, s->low), s->from,
                                justify_usd(j, s->high), s->to));
        return;
    }
    if (j->result.n_swings > 0)
        add_change(j, list, "no assumption of the table turns it within its range, taken by itself");
}

static void worth_changes(justify_work *j, const sc_case_rival *r, const char **list)
{
    if (r->quality.method == SC_EVIDENCE_NONE)
        return;
    add_change(j, list, justify_text(j, "value: %s", break_even_words(j, r)));
    swing_changes(j, list);
}

/* A premium may be the better of two ways to lose money. */
static void own_changes(justify_work *j, const char **list)
{
    const sc_case_offer *o = &j->result.premium;
    if (j->value.amount.is_known && o->graded > 0 && o->per_outcome.mean > j->value.mean)
        add_change(j, list,
                   justify_text(j,
                                "by itself: with %s an attempt that is done costs %s, all failures included, and "
                                "is worth %s, so that the work costs more than it brings",
                                name_of(o), justify_usd(j, o->per_outcome.mean), justify_usd(j, j->value.mean)));
}

/* The premium may be bought for less, and what holds in grading may not hold at work. */
static void other_changes(justify_work *j, const char **list)
{
    const sc_offer_result *least = j->premium;
    const double month = j->premium->mean.value / j->months;
    char how[80];
    for (size_t i = 0; i < sc_comparison_count(j->c); i++) {
        const sc_offer_result *o = sc_comparison_offer(j->c, i);
        if (o->model == j->premium->model && o->verdict != SC_OFFER_REFUSED && o->mean.value < least->mean.value)
            least = o;
    }
    if (least != j->premium)
        add_change(j, list,
                   justify_text(j, "price: bought as '%s', %s itself would cost %s less a month",
                                sc_offer_how(least, 1u << least->scope, how), least->model->name,
                                justify_usd(j, month - least->mean.value / j->months)));
    if (j->per_attempt.source == SC_CASE_OUTCOMES && j->per_attempt.value > MARKED_REQUESTS)
        add_change(
            j, list,
            justify_text(j,
                         "attempts: the scenario's requests over the attempts of the outcomes make %.4g requests "
                         "for an attempt; if that is not so, all figures of an attempt are wrong by as much",
                         j->per_attempt.value));
    if (j->per_pass.source == SC_CASE_OUTCOMES && j->per_pass.value < 1.0 - MARKED)
        add_change(
            j, list,
            justify_text(j,
                         "success: of today's answers that would pass grading only %s were successes at work, so "
                         "that a point of quality counts for less",
                         justify_percent(j, j->per_pass.value)));
}

static void list_changes(justify_work *j)
{
    const char **list = SC_ARENA_ARRAY(&j->arena, const char *, MOST_CHANGES);
    if (list == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    j->result.changes = list;
    if (j->result.n_rivals > 0) {
        quality_changes(j, &j->result.rivals[0], list);
        worth_changes(j, &j->result.rivals[0], list);
    }
    own_changes(j, list);
    other_changes(j, list);
}

/* ---- assumptions */

static void assume(justify_work *j, sc_case_assumption *list, const char *what, const char *value,
                   sc_case_source source)
{
    if (j->result.n_assumptions < MOST_ASSUMPTIONS)
        list[j->result.n_assumptions++] = (sc_case_assumption){what, value, source};
}

static void assume_amount(justify_work *j, sc_case_assumption *list, const char *what, const justify_amount *a,
                          const char *not_known)
{
    const char *value =
        !a->amount.is_known ? not_known
        : a->amount.low == a->amount.high
            ? justify_usd(j, a->amount.low)
            : justify_text(j, "%s to %s (P10 to P90)", justify_usd(j, a->amount.low), justify_usd(j, a->amount.high));
    assume(j, list, what, value, a->source);
}

static void assume_people(justify_work *j, sc_case_assumption *list)
{
    const char *minutes = isnan(j->minutes.value) ? "none counted" : justify_text(j, "%.4g minutes", j->minutes.value);
    assume(j, list, "people's time for a failure", minutes,
           isnan(j->minutes.value) ? SC_CASE_ASSUMED : j->minutes.source);
    if (j->has_people) {
        assume(j, list, "people's time, an hour", justify_usd(j, j->rate.value), j->rate.source);
        assume(j, list, "failures that people complete", justify_percent(j, j->completes.value), j->completes.source);
    } else if (!isnan(j->minutes.value)) {
        assume(j, list, "people's time, an hour", "not known, so that no cost is counted", SC_CASE_NOT_STATED);
    }
}

static void assume_offer(justify_work *j, sc_case_assumption *list, const sc_case_offer *o)
{
    assume(j, list, justify_text(j, "%s, 1,000 requests", o->offer.model->name),
           justify_text(j, "%s to %s (P10 to P90), bought as %s", justify_usd(j, 1000.0 * o->per_request.low),
                        justify_usd(j, 1000.0 * o->per_request.high), o->how),
           SC_CASE_SCENARIO);
    if (o->graded > 0)
        assume(j, list, justify_text(j, "%s, quality", o->offer.model->name),
               justify_text(j, "%s to %s (P10 to P90) from %s graded answers", justify_percent(j, o->quality.low),
                            justify_percent(j, o->quality.high), justify_count(j, (double)o->graded)),
               SC_CASE_EVIDENCE);
    else
        assume(j, list, justify_text(j, "%s, quality", o->offer.model->name), "no graded answers", SC_CASE_NOT_STATED);
}

static void list_assumptions(justify_work *j, const justify_pair *p)
{
    sc_case_assumption *list = SC_ARENA_ARRAY(&j->arena, sc_case_assumption, MOST_ASSUMPTIONS);
    if (list == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    j->result.assumptions = list;
    assume(j, list, "requests a month",
           justify_text(j, "%s (%s to %s)", justify_count(j, j->result.requests.mean),
                        justify_count(j, j->result.requests.low), justify_count(j, j->result.requests.high)),
           SC_CASE_SCENARIO);
    assume(j, list, "requests for an attempt",
           justify_text(j, "%.4g, that is %s attempts a month", j->per_attempt.value,
                        justify_count(j, j->result.attempts.mean)),
           j->per_attempt.source);
    assume_offer(j, list, &j->result.premium);
    if (j->result.n_rivals > 0)
        assume_offer(j, list, &j->result.rivals[0].offer);
    assume(j, list, "successes for an answer that passes", justify_percent(j, j->per_pass.value), j->per_pass.source);
    assume_amount(j, list, "value of a success", &j->value, "not known");
    if (j->failure_cost.amount.is_known)
        assume_amount(j, list, "cost of a failure, beside people", &j->failure_cost, "");
    else
        assume(j, list, "cost of a failure, beside people", "none counted", SC_CASE_ASSUMED);
    assume_people(j, list);
    assume(j, list, "retries of a failure", justify_text(j, "at most %d", j->o.retries),
           j->o.retries > 0 ? SC_CASE_STATED : SC_CASE_ASSUMED);
    if (j->o.retries > 0)
        assume(j, list, "failures that repeat however often tried", justify_percent(j, p->premium.repeats.value),
               p->premium.repeats.source);
}

void justify_describe(justify_work *j, const justify_pair *p)
{
    j->result.headline = headline(j);
    list_changes(j);
    list_assumptions(j, p);
}
