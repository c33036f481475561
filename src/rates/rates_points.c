/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_points.c - the price tables of a rate card: rows to price points, and no two prices for one key. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "rates/rates_tables.h"

/* A unit holds a power of ten of base units, so that prices in decimals stay decimals per base unit. */
static const sc_unit units[] = {
    {"1M_tokens", 1000000, "token"},
    {"1K_tokens", 1000, "token"},
    {"image", 1, "image"},
    {"second", 1, "second"},
    {"hour", 1, "hour"},
    {"1K_requests", 1000, "request"},
    {"request", 1, "request"},
    {"1K_queries", 1000, "query"},
    {"1K_text_units", 1000, "text unit"},
    {"1K_TPM_hour", 1, "1K TPM-hour"},
    {"model_unit_hour", 1, "model unit-hour"},
    {"model_month", 1, "model-month"},
    {"CMU_minute", 1, "CMU-minute"},
    {"CMU_month", 1, "CMU-month"},
    {"GB_month", 1, "GB-month"},
    {"1K_retrievals", 1000, "retrieval"},
    {"vCPU_hour", 1, "vCPU-hour"},
    {"GB_hour", 1, "GB-hour"},
    {"1K_calls", 1000, "call"},
    {"100_tools_month", 100, "tool-month"},
    {"1K_events", 1000, "event"},
    {"1K_records_month", 1000, "record-month"},
    {"task", 1, "task"},
    {"1K_transitions", 1000, "transition"},
};
#define N_UNITS (sizeof units / sizeof units[0])

const sc_unit *sc_meter_unit(sc_meter m)
{
    for (size_t i = 0; i < N_UNITS; i++) {
        if (sc_meter_counts(m, units[i].base))
            return &units[i];
    }
    return &units[0];
}

/* One of the units that the meter is counted in, or any if the meter is not known; NULL if the cell is wrong. */
static const sc_unit *cell_unit(sc_rate_cell *c, const sc_rate_cell *meter_cell, sc_meter meter)
{
    const sc_unit *fitting[N_UNITS];
    const char *names[N_UNITS];
    char what[60] = "unit";
    size_t n = 0;
    if (!meter_cell->bad)
        snprintf(what, sizeof what, "unit of %s", sc_meter_name(meter));
    for (size_t i = 0; i < N_UNITS; i++) {
        if (!meter_cell->bad && !sc_meter_counts(meter, units[i].base))
            continue;
        fitting[n] = &units[i];
        names[n++] = units[i].name;
    }
    const sc_unit *unit = fitting[sc_rate_cell_choice(c, what, names, n)];
    return c->bad ? NULL : unit;
}

static int number_order(int64_t a, int64_t b) { return (a > b) - (a < b); }

/* Sets as lists of their members, by the first that differs. */
static int set_order(uint64_t a, uint64_t b)
{
    if (a == b)
        return 0;
    uint64_t first = (a ^ b) & -(a ^ b); /* the first member that only one of them has */
    uint64_t later = ~(first | (first - 1));
    if (a & first)
        return (b & later) != 0 ? -1 : 1; /* where the other list is over, it is the shorter one */
    return (a & later) != 0 ? 1 : -1;
}

/* The order of rows in a table that is easy to review: see pricing/README.md. */
static int canonical_order(const sc_price_point *p, const sc_price_point *q)
{
    int order = p->model != NULL && q->model != NULL ? strcmp(p->model->id, q->model->id) : 0;
    order = order != 0 ? order : (int)p->tier - (int)q->tier;
    order = order != 0 ? order : (int)p->meter - (int)q->meter;
    order = order != 0 ? order : strcmp(p->variant, q->variant);
    order = order != 0 ? order : set_order(p->scopes, q->scopes);
    order = order != 0 ? order : set_order(p->regions, q->regions);
    order = order != 0 ? order : number_order(p->context_from, q->context_from);
    return order != 0 ? order : number_order(p->from, q->from);
}

void sc_loader_add_prices(sc_loader *x, sc_set_kind set, const char *name)
{
    enum {
        MODEL,
        REGIONS,
        SCOPES,
        TIER,
        METER,
        VARIANT,
        CONTEXT_FROM,
        CONTEXT_TO,
        UNIT,
        USD,
        FROM,
        TO,
        SOURCE,
        CHECKED,
        POINTS,
        NOTE,
        N
    };
    static const sc_csv_column columns[N] = {{"model", 1},  {"regions", 1}, {"scopes", 1},       {"tier", 1},
                                             {"meter", 1},  {"variant", 1}, {"context_from", 1}, {"context_to", 1},
                                             {"unit", 1},   {"usd", 1},     {"from", 1},         {"to", 1},
                                             {"source", 1}, {"checked", 1}, {"page_points", 0},  {"note", 1}};
    sc_card *card = x->card;
    sc_csv_table *t = sc_loader_open(x, set, name, columns, N);
    if (t == NULL)
        return;
    const char *path = sc_loader_path(x, set, name), *codes[SC_MAX_REGIONS];
    const char *const *regions = sc_loader_region_codes(x, codes);
    for (size_t r = 0; r < sc_csv_rows(t); r++) {
        sc_rate_cell c[N];
        for (size_t i = 0; i < N; i++)
            c[i] = sc_rate_cell_at(&x->ctx, t, r, i);
        sc_meter meter = (sc_meter)sc_rate_cell_choice(&c[METER], "meter", sc_meter_names(), SC_METERS);
        const sc_unit *unit = cell_unit(&c[UNIT], &c[METER], meter);
        sc_price_point p = {
            .model = sc_loader_model(x, &c[MODEL]),
            .regions = sc_rate_cell_set(&c[REGIONS], "region", regions, card->n_regions, 1),
            .scopes = (unsigned)sc_rate_cell_set(&c[SCOPES], "scope", sc_scope_names(), SC_SCOPES, 1),
            .tier = (sc_tier)sc_rate_cell_choice(&c[TIER], "tier", sc_tier_names(), SC_TIERS),
            .meter = meter,
            .variant = sc_rate_cell_text(&c[VARIANT], 0),
            .context_from = sc_rate_cell_tokens(&c[CONTEXT_FROM], 0),
            .context_to = sc_rate_cell_tokens(&c[CONTEXT_TO], INT64_MAX),
            .unit = unit,
            .price = unit != NULL ? sc_rate_cell_price(&c[USD], unit) : 0,
            .usd = sc_rate_cell_text(&c[USD], 0),
            .from = sc_rate_cell_day(&c[FROM], SC_DAY_MIN, 0),
            .to = sc_rate_cell_day(&c[TO], SC_DAY_MAX, 0),
            .source = sc_loader_source(x, &c[SOURCE]),
            .note = sc_rate_cell_text(&c[NOTE], 0),
            .checked = sc_rate_cell_day(&c[CHECKED], SC_DAY_MIN, 1),
            .page_points = (int)sc_rate_cell_count(&c[POINTS], "points", 0),
            .is_own = set == SC_SET_OWN,
            .file = path,
            .line = sc_csv_line(t, r),
        };
        if (p.context_from >= p.context_to && !c[CONTEXT_FROM].bad && !c[CONTEXT_TO].bad)
            sc_rate_cell_error(&c[CONTEXT_TO], "'%s' is not above %s%" PRId64, c[CONTEXT_TO].text,
                               c[CONTEXT_FROM].text[0] != '\0' ? "context_from " : "", p.context_from);
        if (p.from >= p.to && !c[FROM].bad && !c[TO].bad)
            sc_rate_cell_error(&c[TO], "'%s' is not after from '%s'", c[TO].text, c[FROM].text);
        if (p.checked > card->checked)
            card->checked = p.checked;
        if (card->n_points == x->points_cap) {
            size_t cap = x->points_cap > 0 ? x->points_cap * 2 : 1024;
            sc_price_point *grown = sc_realloc(card->points, cap, sizeof *grown);
            if (grown == NULL) {
                x->ctx.failed = SC_E_MEMORY;
                break;
            }
            card->points = grown;
            x->points_cap = cap;
        }
        card->points[card->n_points++] = p;
        if (r > 0 && canonical_order(&card->points[card->n_points - 2], &p) > 0)
            sc_loader_note_order(x, (sc_row){set, t, r}, name);
    }
    sc_csv_free(t);
}

/* By model, the customer's own before the card's, then as in the tables: a stable order in which the first point that
 * fits is the one in force. */
static int point_order(const void *a, const void *b)
{
    const sc_price_point *p = a, *q = b;
    if (p->model != q->model)
        return p->model < q->model ? -1 : 1;
    if (p->is_own != q->is_own)
        return q->is_own - p->is_own;
    int files = strcmp(p->file, q->file);
    return files != 0 ? files : (p->line > q->line) - (p->line < q->line);
}

static int points_overlap(const sc_price_point *p, const sc_price_point *q)
{
    return p->is_own == q->is_own && p->tier == q->tier && p->meter == q->meter && (p->regions & q->regions) != 0 &&
           (p->scopes & q->scopes) != 0 && p->context_from < q->context_to && q->context_from < p->context_to &&
           p->from < q->to && q->from < p->to && strcmp(p->variant, q->variant) == 0;
}

/* Points at the whole row of q. */
static void report_overlap(const sc_loader *x, const sc_price_point *p, const sc_price_point *q)
{
    const sc_card_table *f = sc_loader_find(x, q->is_own ? SC_SET_OWN : SC_SET_CARD, strrchr(q->file, '/') + 1);
    sc_place place = {.file = q->file, .text = f->text, .size = f->size};
    for (int line = 1; line < q->line && place.offset < f->size;)
        line += f->text[place.offset++] == '\n';
    const char *start = f->text + place.offset, *end = memchr(start, '\n', f->size - place.offset);
    place.width = end != NULL ? (size_t)(end - start) : f->size - place.offset;
    int region = __builtin_ctzll(p->regions & q->regions), scope = __builtin_ctz(p->scopes & q->scopes);
    sc_errors_add(x->ctx.errors, SC_E_INPUT, &place, NULL,
                  "overlaps %s:%d in %s, %s: the same model, tier, meter, context and dates have two prices", p->file,
                  p->line, x->card->regions[region].code, sc_scope_name((sc_scope)scope));
}

void sc_loader_index_points(sc_loader *x)
{
    sc_card *card = x->card;
    qsort(card->points, card->n_points, sizeof *card->points, point_order);
    card->model_points = sc_loader_array(x, card->n_models, sizeof *card->model_points);
    if (card->model_points == NULL)
        return;
    for (size_t first = 0, end; first < card->n_points; first = end) {
        const sc_price_point *points = card->points;
        for (end = first + 1; end < card->n_points && points[end].model == points[first].model;)
            end++;
        card->model_points[points[first].model - card->models] = (sc_span){first, end - first};
        for (size_t k = first + 1; k < end; k++) {
            for (size_t j = first; j < k; j++) {
                if (points_overlap(&points[j], &points[k]))
                    report_overlap(x, &points[j], &points[k]);
            }
        }
    }
}
