/* SPDX-License-Identifier: GPL-3.0-or-later */
/* latency_gate.c - what measured latencies say of an option where the workload has a limit on them. */
#include <math.h>

#include "advise/advise_parts.h"
#include "advise/advise_text.h"

#define INTERVAL 0.90 /* of the P95 */

void advise_read_latency(judged_workload *j)
{
    const sc_evidence *e = j->a->o.evidence;
    const double limit = (double)j->w->needs.latency_ms;
    for (size_t i = 0; limit > 0.0 && i < sc_card_model_count(j->a->card) && j->code == SC_OK; i++) {
        const int index = e != NULL ? sc_evidence_model_of(e, sc_card_model(j->a->card, i)->id) : -1;
        j->quality[i].latency = (sc_latency){.limit = limit, .high = HUGE_VAL, .level = INTERVAL};
        if (index >= 0)
            j->code = sc_evidence_latency(e, &j->query, (size_t)index, -1, limit, INTERVAL, &j->quality[i].latency);
    }
}

static const char *milliseconds(judged_workload *j, double ms)
{
    char text[64];
    return advise_text(j, "%s", sc_format_fixed(ms, 0, 1, text));
}

/* "P95 812 ms (90 %: 760 to 901) of 400 answers" */
static const char *time_words(judged_workload *j, const sc_latency *l)
{
    const char *limit = milliseconds(j, l->limit);
    if (l->n == 0 && l->stated_n == 0)
        return advise_text(j, "must answer within %s ms, its latency is not known", limit);
    if (l->n == 0 || l->stated_p95 > l->limit)
        return advise_text(j, "P95 %s ms, stated for %s answers, where %s ms is the limit",
                           milliseconds(j, l->stated_p95), milliseconds(j, (double)l->stated_n), limit);
    const char *from = l->low > 0.0 ? milliseconds(j, l->low) : "not known";
    const char *to = l->high < HUGE_VAL ? milliseconds(j, l->high) : "not known";
    return advise_text(j, "P95 %s ms (%.0f %%: %s to %s) of %s answers, where %s ms is the limit",
                       milliseconds(j, l->p95), 100.0 * l->level, from, to, milliseconds(j, (double)l->n), limit);
}

/* With what else was said of the option. */
static void add_reason(judged_workload *j, sc_option *o, const char *text)
{
    o->reason =
        o->reason[0] != '\0' ? advise_text(j, "%s; latency: %s", o->reason, text) : advise_text(j, "latency: %s", text);
}

int advise_is_too_slow(judged_workload *j, sc_option *o)
{
    if (o->latency.limit <= 0.0 || sc_latency_verdict_of(&o->latency, j->a->o.p_quality) != SC_LATENCY_ABOVE)
        return 0;
    o->status = SC_ADVICE_NOT_ALLOWED;
    o->reason = "";
    add_reason(j, o, time_words(j, &o->latency));
    return 1;
}

void advise_judge_latency(judged_workload *j, sc_option *o)
{
    char items[64];
    if (o->latency.limit <= 0.0 || (o->status != SC_ADVICE_RECOMMENDED && o->status != SC_ADVICE_NEEDS_EVIDENCE))
        return;
    const char *text = time_words(j, &o->latency);
    if (sc_latency_verdict_of(&o->latency, j->a->o.p_quality) == SC_LATENCY_UNDECIDED) {
        const int64_t needed = advise_two_digits(sc_latency_answers_needed(&o->latency, j->a->o.p_quality));
        if (o->status == SC_ADVICE_RECOMMENDED)
            o->items_needed = needed;
        o->status = SC_ADVICE_NEEDS_EVIDENCE;
        if (needed > 0)
            text = advise_text(j, "%s; about %s timed answers more would decide", text,
                               sc_format_fixed((double)needed, 0, 1, items));
        else
            text = advise_text(j, "%s, too close to it for any test", text);
    }
    add_reason(j, o, text);
}

const char *advise_slow_today(judged_workload *j)
{
    const sc_latency *l = &advise_quality_of(j, j->w->ref.model)->latency;
    if (l->limit <= 0.0 || sc_latency_verdict_of(l, j->a->o.p_quality) != SC_LATENCY_ABOVE)
        return "";
    return advise_text(j, "latency: today's model is too slow already, %s", time_words(j, l));
}
