/* SPDX-License-Identifier: GPL-3.0-or-later */
/* latency.c - whether 95 of 100 answers of a model come within a limit, from measured latencies. */
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "base/alloc.h"
#include "evidence/evidence_sample.h"
#include "stats/elementary.h"
#include "stats/summary.h"

#define SHARE 0.95 /* of the answers that must come in time */

/* Confidence that at most 1 - SHARE of all answers are above a limit that `above` of n are above; 0 <= above <= n need
 * not be whole. */
static double p_at_most(double n, double above)
{
    return above < n ? gsl_cdf_beta_P(1.0 - SHARE, above + 1.0, n - above) : 0.0;
}

/* Confidence that more are. */
static double p_more(double n, double above)
{
    return above > 0.0 ? gsl_cdf_beta_Q(1.0 - SHARE, above, n - above + 1.0) : 0.0;
}

/* The most confidence that n answers can give: all of them are in time. */
static double most_confidence(int64_t n) { return 1.0 - sc_pow(SHARE, (double)n); }

/* The first rank from 1 to n + 1 at which the P95 is no longer above the order statistic of that rank with a
 * probability of more than p. */
static int64_t rank_at(int64_t n, double p)
{
    int64_t low = 1, high = n + 1;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (gsl_cdf_binomial_P((unsigned)(middle - 1), SHARE, (unsigned)n) >= p)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void describe(double *ms, int64_t n, sc_latency *out)
{
    out->n = n;
    if (n == 0)
        return;
    sc_sort(ms, (size_t)n);
    for (int64_t i = 0; i < n; i++)
        out->above += ms[i] > out->limit;
    const double tail = 0.5 * (1.0 - out->level);
    const int64_t middle = (int64_t)ceil(SHARE * (double)n - 1e-9);
    const int64_t low = rank_at(n, tail) - 1, high = rank_at(n, 1.0 - tail);
    out->p95 = ms[middle - 1];
    out->low = low > 0 ? ms[low - 1] : 0.0;
    out->high = high <= n ? ms[high - 1] : HUGE_VAL;
    out->p_within = p_at_most((double)n, (double)out->above);
    out->p_above = p_more((double)n, (double)out->above);
}

/* The P95s that rows of counts state, beside what single answers say. */
static void add_stated(const sc_evidence *e, const unsigned char *selected, size_t model, sc_latency *out)
{
    for (size_t i = e->first_count[model]; i < e->first_count[model + 1]; i++) {
        const ev_count *c = &e->counts[i];
        if (!selected[c->subject] || c->latency < 0.0)
            continue;
        out->stated_n += c->n;
        out->stated_p95 = fmax(out->stated_p95, c->latency);
    }
    const double p = most_confidence(out->stated_n);
    if (out->stated_p95 <= out->limit) {
        out->p_within = fmax(out->p_within, p);
    } else {
        out->p_within = 0.0;
        out->p_above = fmax(out->p_above, p);
    }
}

static int64_t times_of_one(const sc_evidence *e, const unsigned char *selected, size_t model, double *ms)
{
    int64_t n = 0;
    for (size_t i = e->first_outcome[model]; i < e->first_outcome[model + 1]; i++) {
        const ev_outcome *o = &e->outcomes[i];
        if (selected[e->item[o->item].subject] && o->latency >= 0.0)
            ms[n++] = o->latency;
    }
    return n;
}

static int64_t times_of_both(const sc_evidence *e, const unsigned char *selected, size_t first, size_t then, double *ms)
{
    ev_pairs pairs = ev_pairs_of(e, selected, first, then);
    const ev_outcome *x, *y;
    size_t n_x, n_y;
    int64_t n = 0;
    while (ev_pairs_next(&pairs, &x, &n_x, &y, &n_y)) {
        for (size_t i = 0; i < n_x && i < n_y; i++) {
            if (x[i].latency >= 0.0 && y[i].latency >= 0.0)
                ms[n++] = x[i].latency + y[i].latency;
        }
    }
    return n;
}

sc_code sc_evidence_latency(const sc_evidence *e, const sc_evidence_query *q, size_t model, int then, double limit_ms,
                            double level, sc_latency *out)
{
    *out = (sc_latency){.limit = limit_ms, .high = HUGE_VAL, .level = level};
    if (model >= sc_evidence_model_count(e) || then < -1 || then >= (int)sc_evidence_model_count(e) ||
        then == (int)model || !(limit_ms > 0.0) || !(level > 0.0 && level < 1.0))
        return SC_E_USAGE;
    unsigned char *selected = ev_select(e, q);
    double *ms = SC_NEW_ARRAY(double, e->first_outcome[model + 1] - e->first_outcome[model] + 1);
    const sc_code code = selected != NULL && ms != NULL ? SC_OK : SC_E_MEMORY;
    if (code == SC_OK && then < 0) {
        describe(ms, times_of_one(e, selected, model, ms), out);
        add_stated(e, selected, model, out);
    } else if (code == SC_OK) {
        describe(ms, times_of_both(e, selected, model, (size_t)then, ms), out);
    }
    sc_free(ms);
    sc_free(selected);
    return code;
}

sc_latency_verdict sc_latency_verdict_of(const sc_latency *l, double threshold)
{
    if (l->p_above >= threshold)
        return SC_LATENCY_ABOVE;
    return l->p_within >= threshold ? SC_LATENCY_WITHIN : SC_LATENCY_UNDECIDED;
}

/* Whether `more` answers like those so far decide. */
static int would_decide(const sc_latency *l, int64_t more, double threshold)
{
    const double n = (double)(l->n + more), above = l->n > 0 ? (double)l->above / (double)l->n * n : 0.0;
    return fmax(p_at_most(n, above), p_more(n, above)) >= threshold;
}

int64_t sc_latency_answers_needed(const sc_latency *l, double threshold)
{
    int64_t low = 0, high = 1; /* high decides, low does not */
    if (sc_latency_verdict_of(l, threshold) != SC_LATENCY_UNDECIDED)
        return 0;
    while (!would_decide(l, high, threshold)) {
        if (high >= SC_EVIDENCE_ITEMS_MAX)
            return -1;
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (would_decide(l, middle, threshold))
            high = middle;
        else
            low = middle;
    }
    return high;
}
