/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_check.c - prices that contradict each other, and prices that are missing. */
#include "spendcast/rates_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "rates/card.h"

#define MAX_FAMILY 64

struct sc_findings {
    sc_finding *items;
    size_t n, cap;
    sc_code failed;
};

typedef struct checker {
    const sc_card *card;
    sc_day today;
    sc_findings *found;
} checker;

static const char *const kind_names[SC_FINDING_KINDS] = {"order",  "batch", "global", "cache",   "gap",
                                                         "family", "stale", "limits", "unpriced"};

const char *sc_finding_kind_name(sc_finding_kind kind) { return kind_names[kind]; }
const char *const *sc_finding_kind_names(void) { return kind_names; }
int sc_finding_is_contradiction(sc_finding_kind kind) { return kind <= SC_FIND_CACHE; }

static void add(checker *x, sc_finding_kind kind, const sc_model *m, const char *file, int line, const char *format,
                ...) SC_PRINTF(6, 7);
static void add(checker *x, sc_finding_kind kind, const sc_model *m, const char *file, int line, const char *format,
                ...)
{
    sc_findings *f = x->found;
    if (f->n == f->cap) {
        size_t cap = f->cap > 0 ? f->cap * 2 : 64;
        sc_finding *grown = sc_realloc(f->items, cap, sizeof *grown);
        if (grown == NULL) {
            f->failed = SC_E_MEMORY;
            return;
        }
        f->items = grown;
        f->cap = cap;
    }
    sc_finding *item = &f->items[f->n++];
    *item = (sc_finding){.kind = kind, .model = m, .file = file, .line = line};
    va_list args;
    va_start(args, format);
    vsnprintf(item->text, sizeof item->text, format, args);
    va_end(args);
}

/* ---- one price point against others of its model ---- */

static int in_force(const checker *x, const sc_price_point *p) { return p->from <= x->today && x->today < p->to; }

/* What a point is compared with, in one region and scope. */
typedef const sc_price_point *(*counterpart)(const checker *x, const sc_price_point *p, const sc_buy *buy, sc_day day);
/* True if the counterpart, which may be NULL, makes a finding. */
typedef int (*verdict)(const sc_price_point *p, const sc_price_point *other);

/* In how many regions and scopes of the point the verdict holds; *other is one such counterpart. */
static int count_places(const checker *x, const sc_price_point *p, counterpart find, verdict bad, sc_day day,
                        const sc_price_point **other)
{
    int places = 0;
    for (int r = 0; r < (int)x->card->n_regions; r++) {
        for (sc_scope s = SC_SCOPE_IN_REGION; s < SC_SCOPES; s++) {
            const sc_buy buy = {p->model, r, s, p->tier};
            if ((p->regions >> r & 1) == 0 || (p->scopes >> s & 1) == 0)
                continue;
            const sc_price_point *q = find(x, p, &buy, day);
            if (!bad(p, q))
                continue;
            if (places++ == 0)
                *other = q;
        }
    }
    return places;
}

static const sc_price_point *of_meter(const checker *x, const sc_price_point *p, const sc_buy *buy, sc_meter meter,
                                      sc_day day)
{
    return sc_card_find(x->card, buy, meter, p->variant, p->context_from, day);
}

static const sc_price_point *standard_tier(const checker *x, const sc_price_point *p, const sc_buy *buy, sc_day day)
{
    sc_buy standard = *buy;
    standard.tier = SC_TIER_STANDARD;
    return of_meter(x, p, &standard, p->meter, day);
}

static const sc_price_point *global_scope(const checker *x, const sc_price_point *p, const sc_buy *buy, sc_day day)
{
    sc_buy global = *buy;
    global.scope = SC_SCOPE_GLOBAL;
    return buy->scope == SC_SCOPE_GLOBAL ? NULL : of_meter(x, p, &global, p->meter, day);
}

static const sc_price_point *input_beside(const checker *x, const sc_price_point *p, const sc_buy *buy, sc_day day)
{
    return of_meter(x, p, buy, SC_METER_INPUT, day);
}

static const sc_price_point *output_beside(const checker *x, const sc_price_point *p, const sc_buy *buy, sc_day day)
{
    return of_meter(x, p, buy, SC_METER_OUTPUT, day);
}

static const sc_price_point *read_beside(const checker *x, const sc_price_point *p, const sc_buy *buy, sc_day day)
{
    return of_meter(x, p, buy, SC_METER_CACHE_READ, day);
}

static const sc_price_point *band_above(const checker *x, const sc_price_point *p, const sc_buy *buy, sc_day day)
{
    return sc_card_find(x->card, buy, p->meter, p->variant, p->context_to, day);
}

static const sc_price_point *day_after(const checker *x, const sc_price_point *p, const sc_buy *buy, sc_day day)
{
    (void)day;
    const sc_price_point *next = of_meter(x, p, buy, p->meter, p->to);
    if (next != NULL)
        return next;
    /* a price that comes back only later leaves a gap; one that never does has ended */
    size_t first, n = sc_card_model_points(x->card, p->model, &first);
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *q = &x->card->points[i];
        if (q->tier == p->tier && q->meter == p->meter && (q->regions >> buy->region & 1) != 0 &&
            (q->scopes >> buy->scope & 1) != 0 && strcmp(q->variant, p->variant) == 0 && q->from > p->to)
            return NULL;
    }
    return p;
}

static int is_cheaper(const sc_price_point *p, const sc_price_point *other)
{
    return other != NULL && p->price < other->price;
}

static int is_dearer(const sc_price_point *p, const sc_price_point *other)
{
    return other != NULL && p->price > other->price;
}

static int is_missing(const sc_price_point *p, const sc_price_point *other) { return (void)p, other == NULL; }

static const char *plural(int n) { return n == 1 ? "place" : "places"; }

static void check_prices(checker *x, const sc_price_point *p)
{
    const sc_price_point *q = NULL;
    int n;
    if (p->tier == SC_TIER_BATCH || p->tier == SC_TIER_FLEX) {
        n = count_places(x, p, standard_tier, is_dearer, x->today, &q);
        if (n > 0)
            add(x, SC_FIND_BATCH, p->model, p->file, p->line, "%s %s costs %s, standard %s (%d %s)",
                sc_tier_name(p->tier), sc_meter_name(p->meter), p->usd, q->usd, n, plural(n));
    }
    n = count_places(x, p, global_scope, is_cheaper, x->today, &q);
    if (n > 0)
        add(x, SC_FIND_GLOBAL, p->model, p->file, p->line, "%s costs %s, through the global profile %s (%d %s)",
            sc_meter_name(p->meter), p->usd, q->usd, n, plural(n));
    if (p->meter == SC_METER_CACHE_READ) {
        n = count_places(x, p, input_beside, is_dearer, x->today, &q);
        if (n > 0)
            add(x, SC_FIND_CACHE, p->model, p->file, p->line, "a cache read costs %s, input %s (%d %s)", p->usd, q->usd,
                n, plural(n));
    }
}

static void add_gap(checker *x, const sc_price_point *p, counterpart find, const char *what)
{
    const sc_price_point *q = NULL;
    int n = count_places(x, p, find, is_missing, x->today, &q);
    if (n > 0)
        add(x, SC_FIND_GAP, p->model, p->file, p->line, "no %s beside %s %s (%d %s)", what, sc_tier_name(p->tier),
            sc_meter_name(p->meter), n, plural(n));
}

static void check_gaps(checker *x, const sc_price_point *p)
{
    const sc_model *m = p->model;
    const sc_price_point *q = NULL;
    int n;
    if (p->meter == SC_METER_INPUT && (m->output & SC_TEXT) != 0)
        add_gap(x, p, output_beside, "output price");
    if (p->meter == SC_METER_OUTPUT && (m->input & SC_TEXT) != 0 && (m->input & SC_VIDEO) == 0)
        add_gap(x, p, input_beside, "input price");
    if (p->meter == SC_METER_CACHE_WRITE_5M || p->meter == SC_METER_CACHE_WRITE_30M ||
        p->meter == SC_METER_CACHE_WRITE_1H || p->meter == SC_METER_CACHE_WRITE)
        add_gap(x, p, read_beside, "cache read price");
    if (p->context_to != INT64_MAX) {
        n = count_places(x, p, band_above, is_missing, x->today, &q);
        if (n > 0)
            add(x, SC_FIND_GAP, m, p->file, p->line, "no %s price from %lld tokens of context on (%d %s)",
                sc_meter_name(p->meter), (long long)p->context_to, n, plural(n));
    }
}

static void check_days(checker *x, const sc_price_point *p)
{
    const sc_price_point *q = NULL;
    char day[16];
    int n = p->to != SC_DAY_MAX ? count_places(x, p, day_after, is_missing, x->today, &q) : 0;
    if (n > 0)
        add(x, SC_FIND_GAP, p->model, p->file, p->line, "no %s price on %s, but later again (%d %s)",
            sc_meter_name(p->meter), sc_day_format(p->to, day), n, plural(n));
}

/* ---- models and families ---- */

static void check_limits(checker *x, const sc_model *m, int priced)
{
    if (!priced) {
        add(x, SC_FIND_UNPRICED, m, "", 0, "has no price");
        return;
    }
    const int text = m->output == 0 || (m->output & SC_TEXT) != 0;
    if (m->is_service || !text || (m->context_window > 0 && m->max_output > 0))
        return;
    add(x, SC_FIND_LIMITS, m, "", 0, "%s not known",
        m->context_window > 0 ? "longest output"
        : m->max_output > 0   ? "context window"
                              : "context window and longest output");
}

/* Tiers, scopes and cache meters that a model is sold with today. */
static unsigned ways_of(const checker *x, const sc_model *m)
{
    size_t first, n = sc_card_model_points(x->card, m, &first);
    unsigned ways = 0;
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *p = &x->card->points[i];
        if (!in_force(x, p))
            continue;
        if (p->meter == SC_METER_INPUT)
            ways |= 1u << p->tier | p->scopes << SC_TIERS;
        if (p->meter == SC_METER_CACHE_READ)
            ways |= 1u << (SC_TIERS + SC_SCOPES);
    }
    return ways;
}

static const char *way_name(int bit)
{
    if (bit < SC_TIERS)
        return sc_tier_name((sc_tier)bit);
    return bit < SC_TIERS + SC_SCOPES ? sc_scope_name((sc_scope)(bit - SC_TIERS)) : "cache_read";
}

/* The part of an id that a family shares: up to the first digit ("anthropic.claude-sonnet-"). */
static size_t family_length(const char *id) { return strcspn(id, "0123456789"); }

/* Models of the family that starts at models[first]; returns where the next one starts. */
static size_t check_family(checker *x, size_t first)
{
    const sc_card *card = x->card;
    const char *id = card->models[first].id;
    const size_t len = family_length(id);
    const sc_model *members[MAX_FAMILY];
    unsigned ways[MAX_FAMILY];
    size_t n = 0, i = first;
    for (; i < card->n_models && family_length(card->models[i].id) == len && strncmp(card->models[i].id, id, len) == 0;
         i++) {
        const sc_model *m = &card->models[i];
        const unsigned w = ways_of(x, m);
        if (w == 0 || m->is_service || m->end_of_life <= x->today || n == MAX_FAMILY)
            continue;
        members[n] = m;
        ways[n++] = w;
    }
    for (int bit = 0; n >= 4 && bit <= SC_TIERS + SC_SCOPES; bit++) {
        size_t having = 0;
        for (size_t k = 0; k < n; k++)
            having += ways[k] >> bit & 1;
        for (size_t k = 0; k < n && having < n && having * 4 >= n * 3; k++) {
            if ((ways[k] >> bit & 1) == 0)
                add(x, SC_FIND_FAMILY, members[k], "", 0,
                    "has no %s price; %zu of the %zu models named '%.*s...' have one", way_name(bit), having, n,
                    (int)len, id);
        }
    }
    return i;
}

/* ---- tables ---- */

/* Without its folder. */
static const char *table_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash != NULL ? slash + 1 : file;
}

static void check_age(checker *x, int max_age)
{
    const sc_card *card = x->card;
    for (size_t i = 0; i < card->n_points; i++) {
        const char *file = card->points[i].file;
        sc_day newest = SC_DAY_MIN;
        char day[16];
        size_t k = 0;
        if (i > 0 && card->points[i - 1].file == file)
            continue; /* the table was looked at with its first row */
        while (k < i && card->points[k].file != file)
            k++;
        if (k < i)
            continue;
        for (k = i; k < card->n_points; k++) {
            if (card->points[k].file == file && card->points[k].checked > newest)
                newest = card->points[k].checked;
        }
        if (x->today - newest > max_age)
            add(x, SC_FIND_STALE, NULL, file, 0, "%s: %d days old (%s)", table_name(file), (int)(x->today - newest),
                sc_day_format(newest, day));
    }
}

static int finding_order(const void *a, const void *b)
{
    const sc_finding *f = a, *g = b;
    int order = (int)f->kind - (int)g->kind;
    if (order == 0 && f->model != NULL && g->model != NULL)
        order = strcmp(f->model->id, g->model->id);
    order = order != 0 ? order : strcmp(f->file, g->file);
    order = order != 0 ? order : f->line - g->line;
    return order != 0 ? order : strcmp(f->text, g->text);
}

sc_code sc_card_check(const sc_card *card, sc_day today, int max_age, sc_findings **out)
{
    sc_findings *f = SC_NEW(sc_findings);
    *out = NULL;
    if (f == NULL)
        return SC_E_MEMORY;
    checker x = {card, today, f};
    for (size_t i = 0; i < card->n_misplaced; i++) {
        const sc_misplaced_row *row = &card->misplaced[i];
        add(&x, SC_FIND_ORDER, NULL, row->file, row->line, "%s:%d stands after a row that should follow it",
            table_name(row->file), row->line);
    }
    for (size_t i = 0; i < card->n_points; i++) {
        const sc_price_point *p = &card->points[i];
        check_days(&x, p);
        if (!in_force(&x, p))
            continue;
        check_prices(&x, p);
        check_gaps(&x, p);
    }
    for (size_t i = 0; i < card->n_models; i++)
        check_limits(&x, &card->models[i], card->model_points[i].count > 0);
    for (size_t i = 0; i < card->n_models;)
        i = check_family(&x, i);
    check_age(&x, max_age);
    if (f->n > 0)
        qsort(f->items, f->n, sizeof *f->items, finding_order);
    sc_code code = f->failed;
    if (code != SC_OK) {
        sc_findings_free(f);
        return code;
    }
    *out = f;
    return SC_OK;
}

void sc_findings_free(sc_findings *f)
{
    if (f == NULL)
        return;
    sc_free(f->items);
    sc_free(f);
}

size_t sc_findings_count(const sc_findings *f) { return f->n; }
const sc_finding *sc_findings_at(const sc_findings *f, size_t i) { return &f->items[i]; }
