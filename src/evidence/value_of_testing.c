/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value_of_testing.c - what further graded items would decide, and what that is worth, before they are graded.
 *
 * Preposterior analysis (H. Raiffa, R. Schlaifer, "Applied Statistical Decision Theory", 1961, chapter 5): the
 * difference is N(m, s^2) now; n items with variance v each would leave s_n^2 = 1 / (1 / s^2 + n / v), and the mean
 * they would give is N(m, s^2 - s_n^2) as seen today. */
#include <math.h>

#include "spendcast/evidence.h"
#include "stats/elementary.h"

/* What the posterior would be after n items. */
typedef struct outlook {
    double lead;  /* mean of the difference plus the margin, today */
    double after; /* standard deviation that remains */
    double moved; /* standard deviation of the mean, as seen today */
} outlook;

static outlook outlook_of(const sc_evidence_comparison *c, int64_t items)
{
    const double now = c->sd > 0.0 ? c->sd : 1e-9, one = c->item_variance > 0.0 ? c->item_variance : 1e-9;
    const double after = 1.0 / (1.0 / (now * now) + (double)items / one);
    const double moved = now * now - after;
    return (outlook){c->difference + c->margin, sqrt(after), sqrt(moved > 0.0 ? moved : 0.0)};
}

/* P(the mean would be at least `bound`). */
static double p_above(const outlook *o, double mean, double bound)
{
    if (!(o->moved > 0.0))
        return mean >= bound ? 1.0 : 0.0;
    return sc_normal_cdf((mean - bound) / o->moved);
}

static double p_switch(const outlook *o, double threshold)
{
    return p_above(o, o->lead, sc_normal_quantile(threshold) * o->after);
}

static double p_decided(const outlook *o, double threshold)
{
    return p_switch(o, threshold) + p_above(o, -o->lead, sc_normal_quantile(threshold) * o->after);
}

static int is_decided(const sc_evidence_comparison *c, double threshold)
{
    return c->method != SC_EVIDENCE_NONE && (c->p_noninferior >= threshold || 1.0 - c->p_noninferior >= threshold);
}

int64_t sc_evidence_items_needed(const sc_evidence_comparison *c, double threshold, double power)
{
    int64_t low = 0, high = 1;
    if (is_decided(c, threshold))
        return 0;
    for (; high <= SC_EVIDENCE_ITEMS_MAX; low = high, high *= 2) {
        const outlook o = outlook_of(c, high);
        if (p_decided(&o, threshold) >= power)
            break;
    }
    if (high > SC_EVIDENCE_ITEMS_MAX)
        return -1;
    while (high - low > 1) {
        const int64_t mid = low + (high - low) / 2;
        const outlook o = outlook_of(c, mid);
        if (p_decided(&o, threshold) >= power)
            high = mid;
        else
            low = mid;
    }
    return high;
}

/* E max(0, x), x ~ N(mean, sd^2): the unit normal loss integral. */
static double expected_gain(double mean, double sd)
{
    if (!(sd > 0.0))
        return mean > 0.0 ? mean : 0.0;
    const double z = mean / sd, density = 0.3989422804014327 * sc_exp(-0.5 * z * z);
    return mean * sc_normal_cdf(z) + sd * density;
}

sc_evidence_value sc_evidence_value_of_items(const sc_evidence_comparison *c, int64_t items, double threshold,
                                             double saving, double value_of_quality)
{
    const outlook o = outlook_of(c, items > 0 ? items : 0);
    const int is_allowed = c->method != SC_EVIDENCE_NONE && c->p_noninferior >= threshold;
    sc_evidence_value v = {.items = items > 0 ? items : 0,
                           .p_decided = is_decided(c, threshold) ? 1.0 : p_decided(&o, threshold),
                           .p_switch = is_allowed ? 1.0 : p_switch(&o, threshold)};
    v.unlocked = is_allowed || saving <= 0.0 ? 0.0 : saving * v.p_switch;
    v.evsi = v.unlocked;
    if (value_of_quality > 0.0) {
        const double mean = saving + value_of_quality * c->difference;
        v.evsi = expected_gain(mean, value_of_quality * o.moved) - (mean > 0.0 ? mean : 0.0);
    }
    return v;
}
