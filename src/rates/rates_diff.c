/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_diff.c - two rate cards compared, price by price. */
#include "spendcast/rates_diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "rates/card.h"

struct sc_rates_diff {
    sc_price_change *changes;
    size_t n, cap;
    const char *regions[SC_MAX_REGIONS];
    size_t n_regions;
};

/* One side: a card on a day. */
typedef struct side {
    const sc_card *card;
    sc_day day;
    int region[SC_MAX_REGIONS]; /* of a region of the diff, the card's; -1 = the card has no such region */
    const sc_price_point **now; /* the model's points in force, in order of precedence */
    size_t n;
} side;

typedef struct differ {
    sc_rates_diff *d;
    side before, after;
    int64_t *edges; /* where context bands of the points compared begin and end */
    size_t n_edges;
    sc_code failed;
} differ;

static const char *const kind_names[SC_CHANGE_KINDS] = {"changed", "removed", "added"};

const char *sc_change_kind_name(sc_change_kind kind) { return kind_names[kind]; }

/* ---- regions of both cards ---- */

static sc_code add_regions(sc_rates_diff *d, side *s, sc_errors *errors)
{
    for (size_t i = 0; i < s->card->n_regions; i++) {
        size_t at = 0;
        while (at < d->n_regions && strcmp(d->regions[at], s->card->regions[i].code) != 0)
            at++;
        if (at == SC_MAX_REGIONS)
            return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                                 "the cards name more than %d regions together, the first too many is '%s'",
                                 SC_MAX_REGIONS, s->card->regions[i].code);
        if (at == d->n_regions)
            d->regions[d->n_regions++] = s->card->regions[i].code;
    }
    return SC_OK;
}

static int by_code(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static void map_regions(const sc_rates_diff *d, side *s)
{
    for (size_t i = 0; i < d->n_regions; i++)
        s->region[i] = sc_card_region_of(s->card, d->regions[i]);
}

/* ---- one model ---- */

static void list_points(side *s, const sc_model *m)
{
    s->n = 0;
    if (m == NULL)
        return;
    const sc_span span = s->card->model_points[m - s->card->models];
    for (size_t i = span.first; i < span.first + span.count; i++) {
        const sc_price_point *p = &s->card->points[i];
        if (p->from <= s->day && s->day < p->to)
            s->now[s->n++] = p;
    }
}

static int is_alike(const sc_price_point *p, const sc_price_point *q)
{
    return p->tier == q->tier && p->meter == q->meter && strcmp(p->variant, q->variant) == 0;
}

static int by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void add_edges(differ *x, const side *s, const sc_price_point *like)
{
    for (size_t i = 0; i < s->n; i++) {
        if (!is_alike(s->now[i], like))
            continue;
        x->edges[x->n_edges++] = s->now[i]->context_from;
        x->edges[x->n_edges++] = s->now[i]->context_to;
    }
}

static const sc_price_point *find_price(const side *s, const sc_price_point *like, size_t region, int scope,
                                        int64_t context)
{
    const int r = s->region[region];
    for (size_t i = 0; r >= 0 && i < s->n; i++) {
        const sc_price_point *p = s->now[i];
        if ((p->regions >> r & 1) != 0 && (p->scopes >> scope & 1) != 0 && context >= p->context_from &&
            context < p->context_to && is_alike(p, like))
            return p;
    }
    return NULL;
}

static int same_price(const sc_price_point *p, const sc_price_point *q)
{
    return p == NULL || q == NULL ? p == q : p->price == q->price && strcmp(p->unit->base, q->unit->base) == 0;
}

static sc_price_change *new_change(differ *x)
{
    sc_rates_diff *d = x->d;
    if (d->n == d->cap) {
        size_t cap = d->cap > 0 ? d->cap * 2 : 64;
        sc_price_change *grown = sc_realloc(d->changes, cap, sizeof *grown);
        if (grown == NULL) {
            x->failed = SC_E_MEMORY;
            return NULL;
        }
        d->changes = grown;
        d->cap = cap;
    }
    return &d->changes[d->n++];
}

/* Adds a change in one region and scope to the rows of its band, changes[first..n): to the row of the same prices.
 * Scopes stand in rows of their own until join_scopes. */
static void add_change(differ *x, size_t first, const sc_price_point *before, const sc_price_point *after,
                       size_t region, int scope, int64_t from, int64_t to)
{
    sc_rates_diff *d = x->d;
    for (size_t i = first; i < d->n; i++) {
        sc_price_change *c = &d->changes[i];
        if (c->scopes == 1u << scope && same_price(c->before, before) && same_price(c->after, after)) {
            c->regions |= UINT64_C(1) << region;
            return;
        }
    }
    sc_price_change *c = new_change(x);
    if (c == NULL)
        return;
    *c = (sc_price_change){.kind = before == NULL  ? SC_PRICE_ADDED
                                   : after == NULL ? SC_PRICE_REMOVED
                                                   : SC_PRICE_CHANGED,
                           .before = before,
                           .after = after,
                           .scopes = 1u << scope,
                           .regions = UINT64_C(1) << region,
                           .context_from = from,
                           .context_to = to};
    if (before != NULL && after != NULL && before->price > 0)
        c->ratio = (double)after->price / (double)before->price;
}

/* Joins rows of changes[first..n) that differ in their scopes only. */
static void join_scopes(sc_rates_diff *d, size_t first)
{
    for (size_t i = first; i < d->n; i++) {
        for (size_t k = i + 1; k < d->n;) {
            sc_price_change *c = &d->changes[i], *other = &d->changes[k];
            if (c->regions != other->regions || !same_price(c->before, other->before) ||
                !same_price(c->after, other->after)) {
                k++;
                continue;
            }
            c->scopes |= other->scopes;
            memmove(other, other + 1, (d->n - k - 1) * sizeof *other);
            d->n--;
        }
    }
}

/* Joins rows of the band that starts at changes[second] to those of the band below it, from changes[first], where
 * nothing but the band is another. */
static void join_bands(sc_rates_diff *d, size_t first, size_t second)
{
    for (size_t i = second; i < d->n;) {
        sc_price_change *c = &d->changes[i];
        size_t k = first;
        while (k < second && !(d->changes[k].context_to == c->context_from && d->changes[k].regions == c->regions &&
                               d->changes[k].scopes == c->scopes && same_price(d->changes[k].before, c->before) &&
                               same_price(d->changes[k].after, c->after)))
            k++;
        if (k == second) {
            i++;
            continue;
        }
        d->changes[k].context_to = c->context_to;
        memmove(c, c + 1, (d->n - i - 1) * sizeof *c);
        d->n--;
    }
}

/* All changes of points that are alike in tier, meter and variant. */
static void compare_alike(differ *x, const sc_price_point *like)
{
    sc_rates_diff *d = x->d;
    size_t group = d->n;
    x->n_edges = 0;
    add_edges(x, &x->before, like);
    add_edges(x, &x->after, like);
    qsort(x->edges, x->n_edges, sizeof *x->edges, by_number);
    for (size_t e = 0; e + 1 < x->n_edges; e++) {
        const int64_t from = x->edges[e], to = x->edges[e + 1];
        const size_t first = d->n;
        if (from == to)
            continue;
        for (size_t r = 0; r < d->n_regions; r++) {
            for (int s = 0; s < SC_SCOPES; s++) {
                const sc_price_point *before = find_price(&x->before, like, r, s, from);
                const sc_price_point *after = find_price(&x->after, like, r, s, from);
                if (!same_price(before, after))
                    add_change(x, first, before, after, r, s, from, to);
            }
        }
        join_scopes(d, first);
        join_bands(d, group, first);
    }
}

/* True if points[i] is like none before it, here or on the other side. */
static int is_new_kind(const side *s, size_t i, const side *other)
{
    for (size_t k = 0; k < i; k++) {
        if (is_alike(s->now[k], s->now[i]))
            return 0;
    }
    for (size_t k = 0; other != NULL && k < other->n; k++) {
        if (is_alike(other->now[k], s->now[i]))
            return 0;
    }
    return 1;
}

static void compare_model(differ *x, const sc_model *before, const sc_model *after)
{
    list_points(&x->before, before);
    list_points(&x->after, after);
    for (size_t i = 0; i < x->before.n; i++) {
        if (is_new_kind(&x->before, i, NULL))
            compare_alike(x, x->before.now[i]);
    }
    for (size_t i = 0; i < x->after.n; i++) {
        if (is_new_kind(&x->after, i, &x->before))
            compare_alike(x, x->after.now[i]);
    }
}

/* ---- all models ---- */

static const sc_price_point *point_of(const sc_price_change *c) { return c->after != NULL ? c->after : c->before; }

/* How large a step is, up or down: larger price over smaller, so that no logarithm is needed.  From or to 0 is the
 * largest. */
static double step_size(const sc_price_change *c)
{
    if (c->ratio == 0.0)
        return (double)INFINITY;
    return c->ratio < 1.0 ? 1.0 / c->ratio : c->ratio;
}

static int by_effect(const void *a, const void *b)
{
    const sc_price_change *c = a, *k = b;
    const sc_price_point *p = point_of(c), *q = point_of(k);
    if (c->kind != k->kind)
        return (int)c->kind - (int)k->kind;
    const double x = step_size(c), y = step_size(k);
    if (x != y)
        return x > y ? -1 : 1;
    int order = strcmp(p->model->id, q->model->id);
    order = order != 0 ? order : (int)p->tier - (int)q->tier;
    order = order != 0 ? order : (int)p->meter - (int)q->meter;
    order = order != 0 ? order : strcmp(p->variant, q->variant);
    order = order != 0 ? order : (c->context_from > k->context_from) - (c->context_from < k->context_from);
    order = order != 0 ? order : (int)c->scopes - (int)k->scopes;
    return order != 0 ? order : (c->regions > k->regions) - (c->regions < k->regions);
}

static void compare_all(differ *x)
{
    const sc_card *a = x->before.card, *b = x->after.card;
    size_t i = 0, k = 0;
    while (x->failed == SC_OK && (i < a->n_models || k < b->n_models)) {
        int order = i == a->n_models ? 1 : k == b->n_models ? -1 : strcmp(a->models[i].id, b->models[k].id);
        compare_model(x, order <= 0 ? &a->models[i] : NULL, order >= 0 ? &b->models[k] : NULL);
        i += order <= 0;
        k += order >= 0;
    }
    if (x->d->n > 0)
        qsort(x->d->changes, x->d->n, sizeof *x->d->changes, by_effect);
}

/* The most points that a model of the card has. */
static size_t most_points(const sc_card *card)
{
    size_t most = 0;
    for (size_t i = 0; i < card->n_models; i++)
        most = card->model_points[i].count > most ? card->model_points[i].count : most;
    return most;
}

sc_code sc_rates_diff_of(const sc_card *before, sc_day before_day, const sc_card *after, sc_day after_day,
                         sc_rates_diff **out, sc_errors *errors)
{
    *out = NULL;
    sc_rates_diff *d = SC_NEW(sc_rates_diff);
    if (d == NULL)
        return SC_E_MEMORY;
    differ x = {.d = d, .before = {.card = before, .day = before_day}, .after = {.card = after, .day = after_day}};
    const size_t n = most_points(before), m = most_points(after);
    x.failed = add_regions(d, &x.before, errors);
    if (x.failed == SC_OK)
        x.failed = add_regions(d, &x.after, errors);
    qsort(d->regions, d->n_regions, sizeof *d->regions, by_code);
    map_regions(d, &x.before);
    map_regions(d, &x.after);
    x.before.now = SC_NEW_ARRAY(const sc_price_point *, n + 1);
    x.after.now = SC_NEW_ARRAY(const sc_price_point *, m + 1);
    x.edges = SC_NEW_ARRAY(int64_t, 2 * (n + m) + 1);
    if (x.failed == SC_OK && (x.before.now == NULL || x.after.now == NULL || x.edges == NULL))
        x.failed = SC_E_MEMORY;
    if (x.failed == SC_OK)
        compare_all(&x);
    sc_free(x.before.now);
    sc_free(x.after.now);
    sc_free(x.edges);
    if (x.failed != SC_OK) {
        sc_rates_diff_free(d);
        return x.failed;
    }
    *out = d;
    return SC_OK;
}

void sc_rates_diff_free(sc_rates_diff *d)
{
    if (d == NULL)
        return;
    sc_free(d->changes);
    sc_free(d);
}

size_t sc_rates_diff_count(const sc_rates_diff *d) { return d->n; }
const sc_price_change *sc_rates_diff_change(const sc_rates_diff *d, size_t i) { return &d->changes[i]; }

const char *sc_rates_diff_region(const sc_rates_diff *d, size_t region)
{
    return region < d->n_regions ? d->regions[region] : NULL;
}
