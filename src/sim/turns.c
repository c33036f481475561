/* SPDX-License-Identifier: GPL-3.0-or-later */
/* turns.c - means of requests that carry the turns of a conversation before them. */
#include "sim/turns.h"

#include <math.h>

#include "stats/elementary.h"

#define SCORE_FAR 6.3     /* beyond every score that requests draw */
#define LEAST_SHARE 1e-10 /* of requests: what more turns are before them than this many have is left out */
#define MOST_FOLDS 25.0   /* e-folds of the exponential tail of long histories: 1e-11 of requests are beyond */

/* The turns of conversations at a trial's parameters. */
typedef struct talk {
    const sc_work_plan *p;
    double go_on; /* q */
    double turns; /* 1 / (1 - q) */
    double scale_x, scale_y;
    double mean, variance; /* of the tokens of one turn, input and output */
    double slope_x;        /* covariance of its input, at scale 1, with its tokens */
    double third;          /* central moment of its tokens */
} talk;

/* Requests with about the same history. */
typedef struct history_node {
    double weight;       /* share of requests */
    double sum;          /* tokens, uncut */
    double x, y, last_y; /* inputs and outputs at scale 1, and the last output */
} history_node;

typedef void (*history_visit)(void *context, const talk *t, const history_node *n);

static double third_of(const sc_size_moments *m, double variance)
{
    return m->skewness * variance * sqrt(variance); /* the plan's sd may be that of history too */
}

static talk talk_of(const sc_work_plan *p, double turns, double scale_x, double scale_y)
{
    const sc_turn_moments *m = &p->turn;
    return (talk){.p = p,
                  .go_on = 1.0 - 1.0 / turns,
                  .turns = turns,
                  .scale_x = scale_x,
                  .scale_y = scale_y,
                  .mean = scale_x * p->x.mean + scale_y * p->y.mean,
                  .variance = scale_x * scale_x * m->xx + scale_y * scale_y * m->yy + 2.0 * scale_x * scale_y * m->xy,
                  .slope_x = scale_x * m->xx + scale_y * m->xy,
                  .third = scale_x * scale_x * scale_x * third_of(&p->x, m->xx) +
                           scale_y * scale_y * scale_y * third_of(&p->y, m->yy)};
}

/* A request that has `before` turns before it, give or take; `weight`: share of such requests. */
static void visit_stratum(const talk *t, double weight, double before, double before_variance, history_visit visit,
                          void *context)
{
    const double step = 0.25, far = 6.0;
    const double mean = before * t->mean, variance = before * t->variance + before_variance * t->mean * t->mean;
    const double x = before * t->p->x.mean;
    const double slope =
        variance > 0.0 ? (before * t->slope_x + before_variance * t->p->x.mean * t->mean) / variance : 0.0;
    const double sd = sqrt(variance), s = sd > 0.0 ? sc_shape_of_skewness(before * t->third / (variance * sd)) : 0.0;
    const double w = sc_exp(s * s), centre = sqrt(w), norm = s > 0.0 ? 1.0 / sqrt(w * (w - 1.0)) : 0.0;
    const double first = sd > 0.0 ? -far : 0.0, last = -first;
    double mass = 0.0;
    for (double z = first; z <= last; z += step)
        mass += sc_normal_hump(z);
    for (double z = first; z <= last; z += step) {
        history_node n = {.weight = weight * sc_normal_hump(z) / mass};
        n.sum = fmax(mean + sd * (s > 0.0 ? (sc_exp(s * z) - centre) * norm : z), 0.0);
        n.x = x + slope * (n.sum - mean);
        n.x = fmin(fmax(n.x, 0.0), n.sum / t->scale_x);
        n.y = fmax(n.sum - t->scale_x * n.x, 0.0) / t->scale_y;
        n.last_y = n.y / before;
        visit(context, t, &n);
    }
}

/* All requests that have turns before them: one by one up to 8, then in strata of an eighth. */
static void visit_histories(const talk *t, history_visit visit, void *context)
{
    double above = t->go_on; /* share of requests with at least `before` turns before them */
    const double log_go_on = t->go_on > 0.0 ? sc_log(t->go_on) : 0.0;
    for (double before = 1.0; above > LEAST_SHARE && t->mean > 0.0;) {
        const double width = floor(1.0 + before / 8.0), rest = above * sc_exp(width * log_go_on);
        const double weight = above - rest;
        /* Of a geometric number from `before` on, the mean is before + turns - 1. */
        const double mean = (above * (before + t->turns - 1.0) - rest * (before + width + t->turns - 1.0)) / weight;
        visit_stratum(t, weight, mean, (width * width - 1.0) / 12.0, visit, context);
        before += width;
        above = rest;
    }
}

/* ---- all requests ---- */

static void leave_out(void *context, const talk *t, const history_node *n)
{
    sc_history *h = context;
    const double most = t->p->w->history_max;
    if (n->sum <= most)
        return;
    const double lost = n->weight * (1.0 - most / n->sum);
    h->x -= lost * n->x;
    h->y -= lost * n->y;
    h->kept_x -= n->weight * n->x;
    h->kept_y -= n->weight * (n->y - n->last_y);
}

sc_history sc_turns_mean(const sc_work_plan *p, double turns, double scale_x, double scale_y)
{
    const talk t = talk_of(p, turns, scale_x, scale_y);
    const double before = turns - 1.0, x = before * p->x.mean, y = before * p->y.mean;
    sc_history h = {.x = x, .y = y, .kept_x = x, .kept_y = y - t.go_on * p->y.mean};
    if (p->w->history_max < SC_INF)
        visit_histories(&t, leave_out, &h);
    h.kept_x = fmax(h.kept_x, 0.0);
    h.kept_y = fmax(h.kept_y, 0.0);
    return h;
}

/* ---- those that reach a band ---- */

typedef struct band_sum {
    double longer, from;
    sc_turn_band band;
} band_sum;

static void add_band(void *context, const talk *t, const history_node *n)
{
    band_sum *s = context;
    sc_turn_band *b = &s->band;
    const double most = t->p->w->history_max, kept = n->sum > most ? most / n->sum : 1.0;
    const double history = kept * (t->scale_x * n->x + s->longer * t->scale_y * n->y);
    double share, x, xx, y;
    sc_tail_at(&t->p->tail, (s->from - history) / t->scale_x, &share, &x, &xx, &y);
    b->share += n->weight * share;
    b->x += n->weight * x;
    b->y += n->weight * y;
    b->history.x += n->weight * share * kept * n->x;
    b->history.y += n->weight * share * kept * n->y;
    if (n->sum <= most) {
        b->history.kept_x += n->weight * share * n->x;
        b->history.kept_y += n->weight * share * (n->y - n->last_y);
    }
}

sc_turn_band sc_turns_band(const sc_work_plan *p, double turns, double scale_x, double scale_y, double longer,
                           double from)
{
    const talk t = talk_of(p, turns, scale_x, scale_y);
    const history_node none = {.weight = 1.0 - t.go_on};
    band_sum s = {.longer = longer, .from = from};
    add_band(&s, &t, &none);
    visit_histories(&t, add_band, &s);
    return s.band;
}

/* ---- how far histories go ---- */

typedef struct beyond {
    double from, share;
} beyond;

static void add_beyond(void *context, const talk *t, const history_node *n)
{
    beyond *b = context;
    (void)t;
    b->share += n->sum > b->from ? n->weight : 0.0;
}

sc_history sc_turns_exceeded(const sc_work_plan *p, double share)
{
    const double turns = sc_turns_of(sc_dist_at(&p->w->param[SC_PARAM_TURNS], 0.0));
    const talk t = talk_of(p, turns, 1.0, 1.0);
    double low = 0.0, high = fmin(p->w->history_max, 4.0 * MOST_FOLDS * turns * t.mean);
    for (int i = 0; i < 40; i++) {
        beyond b = {0.5 * (low + high), 0.0};
        visit_histories(&t, add_beyond, &b);
        if (b.share > share)
            low = b.from;
        else
            high = b.from;
    }
    const double part = t.mean > 0.0 ? high / t.mean : 0.0;
    return (sc_history){.x = part * p->x.mean, .y = part * p->y.mean};
}

double sc_turns_most(const sc_work_plan *p, const sc_dist *longer)
{
    const sc_workload *w = p->w;
    const double scale_x = sc_dist_at(&w->param[SC_PARAM_INPUT_SCALE], SCORE_FAR);
    const double scale_y = sc_dist_at(&w->param[SC_PARAM_OUTPUT_SCALE], SCORE_FAR);
    const double most_longer = fmax(sc_dist_at(longer, SCORE_FAR), 1.0),
                 input = sc_dist_at(&w->input, SCORE_FAR) * scale_x;
    const talk t = talk_of(p, sc_turns_of(sc_dist_at(&w->param[SC_PARAM_TURNS], SCORE_FAR)), scale_x, scale_y);
    return input + most_longer * fmin(w->history_max, MOST_FOLDS * (t.turns * t.mean + sqrt(t.variance)));
}

/* ---- set-up ---- */

/* The part of a long conversation in a total is skewed: with tau turns a conversation on average, its history's sum
 * deviates by an exponential's square, of cv 1.4 and skewness 8 around what its length explains.  Were n requests a day
 * told from m that are drawn, P50 would move by 0.47 tau / m of a day at most, at n = 4 m; this keeps it below 0.3 % of
 * the horizon's total. */
double sc_turns_needed(const sc_work_plan *p)
{
    return 160.0 * sc_turns_of(sc_dist_at(&p->w->param[SC_PARAM_TURNS], 1.0));
}

void sc_turns_init(sc_work_plan *p)
{
    const double turns = sc_turns_of(sc_dist_at(&p->w->param[SC_PARAM_TURNS], 0.0));
    sc_turn_moments *m = &p->turn;
    m->xx = p->x.sd * p->x.sd;
    m->yy = p->y.sd * p->y.sd;
    m->xy = p->size_correlation * p->x.sd * p->y.sd;
    /* A request has turns - 1 before it on average, with variance turns (turns - 1). */
    const double mean = p->x.mean + p->y.mean, history = m->xx + m->yy + 2.0 * m->xy + turns * mean * mean;
    p->x.sd = sqrt(m->xx + (turns - 1.0) * history);
}
