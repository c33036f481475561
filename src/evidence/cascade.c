/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cascade.c - the weak model's answer where a check accepts it, else the strong model's. */
#include "base/alloc.h"
#include "evidence/posterior.h"
#include "stats/summary.h"

/* Counts over common items; `accepted` ones are kept, the others go on to the strong model. */
typedef struct cascade_counts {
    int64_t cell[2][2];     /* weak right, strong right */
    int64_t accepted[2][2]; /* of them */
} cascade_counts;

static sc_code count_items(const sc_evidence *e, const sc_evidence_query *q, size_t weak, size_t strong, int from_items,
                           cascade_counts *c)
{
    unsigned char *selected = ev_select(e, q);
    const ev_outcome *x, *y;
    size_t n_x, n_y;
    *c = (cascade_counts){0};
    if (selected == NULL)
        return SC_E_MEMORY;
    for (ev_pairs pairs = ev_pairs_of(e, selected, weak, strong); ev_pairs_next(&pairs, &x, &n_x, &y, &n_y);) {
        const int is_binary = (x->value == 0.0 || x->value == 1.0) && (y->value == 0.0 || y->value == 1.0);
        if (!is_binary || (from_items && x->accepted < 0))
            continue;
        c->cell[x->value > 0.0][y->value > 0.0]++;
        c->accepted[x->value > 0.0][y->value > 0.0] += x->accepted > 0;
    }
    sc_free(selected);
    return SC_OK;
}

/* Accepted of the answers that are right (or wrong), and how many there are. */
static int64_t accepted_of(const cascade_counts *c, int right) { return c->accepted[right][0] + c->accepted[right][1]; }
static int64_t answers_of(const cascade_counts *c, int right) { return c->cell[right][0] + c->cell[right][1]; }

static double share_of(int64_t part, int64_t whole) { return whole > 0 ? (double)part / (double)whole : 0.0; }

/* What happens in the sample: exactly, as the check did, or in expectation at the stated rates. */
static void of_sample(const cascade_counts *c, const sc_cascade_check *check, sc_cascade *out)
{
    const double n = (double)out->n, t = out->true_accept, f = out->false_accept;
    if (check->from_items) {
        const int64_t right =
            accepted_of(c, 1) + (c->cell[1][1] - c->accepted[1][1]) + (c->cell[0][1] - c->accepted[0][1]);
        out->quality = (double)right / n;
        out->escalated = (double)(out->n - accepted_of(c, 1) - accepted_of(c, 0)) / n;
        return;
    }
    const double both = (double)out->both, only_weak = (double)out->only_weak;
    const double only_strong = (double)out->only_strong, neither = (double)out->neither;
    out->quality = (both + t * only_weak + (1.0 - f) * only_strong) / n;
    out->escalated = ((1.0 - t) * (both + only_weak) + (1.0 - f) * (only_strong + neither)) / n;
}

/* A rate of the check: stated, or a draw given what was observed (Jeffreys). */
static double draw_check(const cascade_counts *c, int right, const sc_cascade_check *check, ev_random *r)
{
    if (!check->from_items)
        return right ? check->true_accept : check->false_accept;
    const double accepted = (double)accepted_of(c, right), all = (double)answers_of(c, right);
    return ev_beta(r, accepted + 0.5, all - accepted + 0.5);
}

/* Intervals, if the check depends on whether the weak answer is right alone. */
static sc_code of_posterior(const ev_posterior *p, const cascade_counts *c, const sc_cascade_check *check,
                            const sc_evidence_options *options, sc_cascade *out)
{
    const size_t n = options->draws > 0 ? options->draws : EV_DRAWS;
    const sc_stream stream = ev_stream(options->seed);
    double *quality = SC_NEW_ARRAY(double, n), *escalated = SC_NEW_ARRAY(double, n);
    size_t noninferior = 0;
    const double low = 0.5 - 0.5 * options->level, high = 0.5 + 0.5 * options->level;
    const sc_code code = quality != NULL && escalated != NULL ? SC_OK : SC_E_MEMORY;
    for (size_t i = 0; i < n && code == SC_OK; i++) {
        const ev_draw d = ev_draw_two(p, &stream, i);
        ev_random r = ev_random_of(&stream, i, EV_FOR_CHECK);
        const double t = draw_check(c, 1, check, &r), f = draw_check(c, 0, check, &r);
        quality[i] = d.both + t * d.only_a + (1.0 - f) * d.only_b;
        escalated[i] = (1.0 - t) * (d.both + d.only_a) + (1.0 - f) * (d.only_b + d.neither);
        noninferior += quality[i] >= d.b - options->margin;
    }
    if (code == SC_OK) {
        sc_sort(quality, n);
        sc_sort(escalated, n);
        out->quality_low = sc_quantile_sorted(quality, n, low);
        out->quality_high = sc_quantile_sorted(quality, n, high);
        out->escalated_low = sc_quantile_sorted(escalated, n, low);
        out->escalated_high = sc_quantile_sorted(escalated, n, high);
        out->p_noninferior = (double)noninferior / (double)n;
    }
    sc_free(quality);
    sc_free(escalated);
    return code;
}

static int is_rate(double x) { return x >= 0.0 && x <= 1.0; }

sc_code sc_evidence_cascade(const sc_evidence *e, const sc_evidence_query *q, size_t weak, size_t strong,
                            const sc_cascade_check *check, const sc_evidence_options *options, sc_cascade *out)
{
    const size_t models = sc_evidence_model_count(e);
    cascade_counts c;
    ev_posterior *p;
    *out = (sc_cascade){.quality_high = 1.0, .escalated_high = 1.0};
    if (weak >= models || strong >= models || weak == strong || !(options->level > 0.0 && options->level < 1.0) ||
        options->draws > UINT32_MAX ||
        (!check->from_items && !(is_rate(check->true_accept) && is_rate(check->false_accept))))
        return SC_E_USAGE;
    sc_code code = count_items(e, q, weak, strong, check->from_items, &c);
    if (code != SC_OK || answers_of(&c, 0) + answers_of(&c, 1) == 0)
        return code;
    out->n = answers_of(&c, 0) + answers_of(&c, 1);
    out->both = c.cell[1][1];
    out->only_weak = c.cell[1][0];
    out->only_strong = c.cell[0][1];
    out->neither = c.cell[0][0];
    out->weak = share_of(out->both + out->only_weak, out->n);
    out->strong = share_of(out->both + out->only_strong, out->n);
    out->true_accept = check->from_items ? share_of(accepted_of(&c, 1), answers_of(&c, 1)) : check->true_accept;
    out->false_accept = check->from_items ? share_of(accepted_of(&c, 0), answers_of(&c, 0)) : check->false_accept;
    of_sample(&c, check, out);
    code = ev_posterior_two(e, q, weak, strong, &p);
    if (code != SC_OK)
        return code;
    if (p->method == SC_EVIDENCE_PAIRED)
        code = of_posterior(p, &c, check, options, out);
    ev_posterior_free(p);
    return code;
}
