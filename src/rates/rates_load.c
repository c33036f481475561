/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_load.c - the tables of pricing/ to a rate card, strictly: every cell is checked, every problem has its place.
 *
 * The format is documented in pricing/README.md. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "rates/card.h"
#include "rates/rates_cells.h"
#include "rates/rates_load.h"

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
};
#define N_UNITS (sizeof units / sizeof units[0])

struct tokenizer {
    const char *id;
    double low, high;
};

typedef struct loader {
    sc_load_ctx ctx;
    sc_card *card;
    const char **sources; /* ids of sources.csv */
    size_t n_sources;
    struct tokenizer *tokenizers;
    size_t n_tokenizers;
    size_t points_cap;
} loader;

static const char *cell_source(const loader *x, sc_rate_cell *c)
{
    for (size_t i = 0; i < x->n_sources; i++) {
        if (strcmp(x->sources[i], c->text) == 0)
            return x->sources[i];
    }
    sc_rate_cell_unknown(c, "source", c->text, x->sources, x->n_sources);
    return "";
}

/* ---- one table each ---- */

typedef struct bundle {
    const char *label;
    const sc_card_table *tables;
    size_t n;
} bundle;

static const sc_card_table *bundle_find(const bundle *b, const char *name)
{
    for (size_t i = 0; i < b->n; i++) {
        if (strcmp(b->tables[i].name, name) == 0)
            return &b->tables[i];
    }
    return NULL;
}

static const char *path_of(loader *x, const bundle *b, const char *name)
{
    size_t len = strlen(b->label) + strlen(name) + 2;
    char *path = sc_arena_alloc(&x->card->arena, len, 1);
    if (path == NULL) {
        x->ctx.failed = SC_E_MEMORY;
        return name;
    }
    snprintf(path, len, "%s/%s", b->label, name);
    return path;
}

static sc_csv_table *open_table(loader *x, const bundle *b, const char *name, const sc_csv_column *columns, size_t n)
{
    sc_csv_table *t = NULL;
    const sc_card_table *f = bundle_find(b, name);
    const char *path = path_of(x, b, name);
    if (f == NULL) {
        sc_place place = {.file = path};
        sc_errors_add(x->ctx.errors, SC_E_INPUT, &place, NULL, "table is missing");
        return NULL;
    }
    sc_code code = sc_csv_parse(path, f->text, f->size, columns, n, &t, x->ctx.errors);
    if (code != SC_OK && code != SC_E_INPUT)
        x->ctx.failed = code;
    return t;
}

static void *load_array(loader *x, size_t n, size_t size)
{
    void *p = sc_arena_alloc(&x->card->arena, n > 0 ? n : 1, size);
    if (p == NULL)
        x->ctx.failed = SC_E_MEMORY;
    return p;
}

static void load_sources(loader *x, const bundle *b)
{
    enum { ID, TITLE, URL, DATE, N };
    static const sc_csv_column columns[N] = {{"source", 1}, {"title", 1}, {"url", 1}, {"date", 1}};
    sc_csv_table *t = open_table(x, b, "sources.csv", columns, N);
    if (t == NULL)
        return;
    x->sources = load_array(x, sc_csv_rows(t), sizeof *x->sources);
    for (size_t r = 0; x->sources != NULL && r < sc_csv_rows(t); r++) {
        sc_rate_cell id = sc_rate_cell_at(&x->ctx, t, r, ID), date = sc_rate_cell_at(&x->ctx, t, r, DATE);
        for (size_t i = 0; i < x->n_sources; i++) {
            if (strcmp(x->sources[i], id.text) == 0)
                SC_CELL_ERROR(&id, "source '%s' is listed twice", id.text);
        }
        (void)sc_rate_cell_day(&date, SC_DAY_MIN, 0);
        x->sources[x->n_sources++] = sc_rate_cell_text(&id, 1);
    }
    sc_csv_free(t);
}

static int region_order(const void *a, const void *b)
{
    return strcmp(((const sc_region *)a)->code, ((const sc_region *)b)->code);
}

static int geo_index(loader *x, sc_rate_cell *c, const char *name, size_t len)
{
    sc_card *card = x->card;
    for (size_t g = 0; g < card->n_geos; g++) {
        if (strlen(card->geos[g]) == len && memcmp(card->geos[g], name, len) == 0)
            return (int)g;
    }
    if (card->n_geos == SC_MAX_GEOS) {
        SC_CELL_ERROR(c, "names more than %d groups", SC_MAX_GEOS);
        return 0;
    }
    char *copy = sc_arena_strndup(&card->arena, name, len);
    if (copy == NULL) {
        x->ctx.failed = SC_E_MEMORY;
        return 0;
    }
    card->geos[card->n_geos] = copy;
    return (int)card->n_geos++;
}

static void load_regions(loader *x, const bundle *b)
{
    enum { CODE, NAME, GEO, CUR, N };
    static const sc_csv_column columns[N] = {{"region", 1}, {"name", 1}, {"geo", 1}, {"cur_code", 1}};
    sc_card *card = x->card;
    sc_csv_table *t = open_table(x, b, "regions.csv", columns, N);
    if (t == NULL)
        return;
    card->regions = load_array(x, sc_csv_rows(t), sizeof *card->regions);
    for (size_t r = 0; card->regions != NULL && r < sc_csv_rows(t); r++) {
        sc_rate_cell code = sc_rate_cell_at(&x->ctx, t, r, CODE), name = sc_rate_cell_at(&x->ctx, t, r, NAME),
                     geo = sc_rate_cell_at(&x->ctx, t, r, GEO), cur = sc_rate_cell_at(&x->ctx, t, r, CUR);
        sc_region region = {sc_rate_cell_text(&code, 1), sc_rate_cell_text(&name, 1), 0, sc_rate_cell_text(&cur, 0)};
        for (size_t i = 0; i < card->n_regions; i++) {
            if (strcmp(card->regions[i].code, code.text) == 0)
                SC_CELL_ERROR(&code, "region '%s' is listed twice", code.text);
        }
        for (const char *p = geo.text; *p != '\0';) {
            size_t len = strcspn(p, " ");
            if (len > 0)
                region.geos |= UINT64_C(1) << geo_index(x, &geo, p, len);
            p += len + (p[len] == ' ');
        }
        if (card->n_regions == SC_MAX_REGIONS) {
            SC_CELL_ERROR(&code, "is region number %d, expected at most %d", SC_MAX_REGIONS + 1, SC_MAX_REGIONS);
            break;
        }
        card->regions[card->n_regions++] = region;
    }
    sc_csv_free(t);
    if (card->regions != NULL)
        qsort(card->regions, card->n_regions, sizeof *card->regions, region_order);
    card->default_region = sc_card_region_of(card, "us-east-2");
    if (card->default_region < 0)
        card->default_region = 0;
}

static void load_tokenizers(loader *x, const bundle *b)
{
    enum { ID, LOW, HIGH, SOURCE, NOTE, N };
    static const sc_csv_column columns[N] = {
        {"tokenizer", 1}, {"ratio_low", 1}, {"ratio_high", 1}, {"source", 1}, {"note", 1}};
    sc_csv_table *t = open_table(x, b, "tokenizers.csv", columns, N);
    if (t == NULL)
        return;
    x->tokenizers = load_array(x, sc_csv_rows(t), sizeof *x->tokenizers);
    for (size_t r = 0; x->tokenizers != NULL && r < sc_csv_rows(t); r++) {
        sc_rate_cell id = sc_rate_cell_at(&x->ctx, t, r, ID), low = sc_rate_cell_at(&x->ctx, t, r, LOW),
                     high = sc_rate_cell_at(&x->ctx, t, r, HIGH), source = sc_rate_cell_at(&x->ctx, t, r, SOURCE);
        struct tokenizer k = {sc_rate_cell_text(&id, 1), sc_rate_cell_ratio(&low), sc_rate_cell_ratio(&high)};
        for (size_t i = 0; i < x->n_tokenizers; i++) {
            if (strcmp(x->tokenizers[i].id, id.text) == 0)
                SC_CELL_ERROR(&id, "tokenizer '%s' is listed twice", id.text);
        }
        if (k.low > k.high && !low.bad && !high.bad)
            SC_CELL_ERROR(&high, "'%s' is below ratio_low '%s'", high.text, low.text);
        (void)cell_source(x, &source);
        x->tokenizers[x->n_tokenizers++] = k;
    }
    sc_csv_free(t);
}

static int model_order(const void *a, const void *b)
{
    return strcmp(((const sc_model *)a)->id, ((const sc_model *)b)->id);
}

static void load_models(loader *x, const bundle *b)
{
    enum {
        ID,
        PROVIDER,
        NAME,
        WINDOW,
        MAX_OUTPUT,
        INPUT,
        OUTPUT,
        FEATURES,
        TOKENIZER,
        CACHE_MIN,
        CACHE_TTLS,
        RELEASED,
        LIFECYCLE,
        LEGACY,
        EOL,
        SOURCE,
        CHECKED,
        NOTE,
        N
    };
    static const sc_csv_column columns[N] = {{"model", 1},
                                             {"provider", 1},
                                             {"name", 1},
                                             {"context_window", 1},
                                             {"max_output", 1},
                                             {"input_modalities", 1},
                                             {"output_modalities", 1},
                                             {"features", 1},
                                             {"tokenizer", 1},
                                             {"cache_min_tokens", 1},
                                             {"cache_ttls", 1},
                                             {"released", 1},
                                             {"lifecycle", 1},
                                             {"legacy_from", 1},
                                             {"end_of_life", 1},
                                             {"source", 1},
                                             {"checked", 1},
                                             {"note", 1}};
    static const char *const lifecycles[] = {"", "active", "legacy", "preview"};
    static const char *const ttl_names[SC_TTLS] = {"none", "5m", "30m", "1h"};
    sc_card *card = x->card;
    sc_csv_table *t = open_table(x, b, "models.csv", columns, N);
    if (t == NULL)
        return;
    card->models = load_array(x, sc_csv_rows(t), sizeof *card->models);
    for (size_t r = 0; card->models != NULL && r < sc_csv_rows(t); r++) {
        sc_rate_cell c[N];
        for (size_t i = 0; i < N; i++)
            c[i] = sc_rate_cell_at(&x->ctx, t, r, i);
        sc_model m = {
            .id = sc_rate_cell_text(&c[ID], 1),
            .provider = sc_rate_cell_text(&c[PROVIDER], 1),
            .name = sc_rate_cell_text(&c[NAME], 1),
            .context_window = sc_rate_cell_tokens(&c[WINDOW], 0),
            .max_output = sc_rate_cell_tokens(&c[MAX_OUTPUT], 0),
            .input = (unsigned)sc_rate_cell_set(&c[INPUT], "modality", sc_flag_names(), 6, 0),
            .output = (unsigned)sc_rate_cell_set(&c[OUTPUT], "modality", sc_flag_names(), 6, 0),
            .features = (unsigned)sc_rate_cell_set(&c[FEATURES], "feature", sc_flag_names() + 6, SC_FLAG_COUNT - 6, 0)
                        << 6,
            .cache_min_tokens = sc_rate_cell_tokens(&c[CACHE_MIN], 0),
            .cache_ttls = (unsigned)sc_rate_cell_set(&c[CACHE_TTLS], "cache lifetime", ttl_names, SC_TTLS, 0),
            .released = sc_rate_cell_day(&c[RELEASED], SC_DAY_MIN, 0),
            .legacy_from = sc_rate_cell_day(&c[LEGACY], SC_DAY_MAX, 0),
            .end_of_life = sc_rate_cell_day(&c[EOL], SC_DAY_MAX, 0),
            .lifecycle = lifecycles[sc_rate_cell_choice(&c[LIFECYCLE], "lifecycle", lifecycles, 4)],
            .source = cell_source(x, &c[SOURCE]),
            .checked = sc_rate_cell_day(&c[CHECKED], SC_DAY_MIN, 1),
            .note = sc_rate_cell_text(&c[NOTE], 0),
        };
        const char *ids[64];
        size_t n_ids = 0;
        for (size_t i = 0; i < x->n_tokenizers; i++) {
            if (n_ids < 64)
                ids[n_ids++] = x->tokenizers[i].id;
            if (strcmp(x->tokenizers[i].id, c[TOKENIZER].text) == 0) {
                m.tokenizer = x->tokenizers[i].id;
                m.tokens_low = x->tokenizers[i].low;
                m.tokens_high = x->tokenizers[i].high;
            }
        }
        if (m.tokenizer == NULL)
            sc_rate_cell_unknown(&c[TOKENIZER], "tokenizer", c[TOKENIZER].text, ids, n_ids);
        card->models[card->n_models++] = m;
    }
    if (card->models != NULL) {
        qsort(card->models, card->n_models, sizeof *card->models, model_order);
        for (size_t i = 1; i < card->n_models; i++) {
            if (strcmp(card->models[i - 1].id, card->models[i].id) == 0) {
                for (size_t r = sc_csv_rows(t); r-- > 0;) { /* the last of the two rows is the one to name */
                    if (strcmp(sc_csv_cell(t, r, ID), card->models[i].id) == 0) {
                        (void)sc_csv_error(t, r, ID, x->ctx.errors, "model '%s' is listed twice", card->models[i].id);
                        break;
                    }
                }
            }
        }
    }
    sc_csv_free(t);
}

static int alias_order(const void *a, const void *b)
{
    return strcmp(((const sc_alias *)a)->alias, ((const sc_alias *)b)->alias);
}

static const sc_model *cell_model(const loader *x, sc_rate_cell *c)
{
    const sc_card *card = x->card;
    const sc_model *m = sc_card_model_by_id(card, c->text);
    if (m == NULL)
        sc_rate_cell_unknown(c, "model", c->text, card->names, card->n_models);
    return m;
}

static void load_aliases(loader *x, const bundle *b)
{
    enum { ALIAS, MODEL, NOTE, N };
    static const sc_csv_column columns[N] = {{"alias", 1}, {"model", 1}, {"note", 1}};
    sc_card *card = x->card;
    sc_csv_table *t = open_table(x, b, "aliases.csv", columns, N);
    size_t rows = t != NULL ? sc_csv_rows(t) : 0;
    card->names = load_array(x, card->n_models + rows, sizeof *card->names);
    card->aliases = load_array(x, rows, sizeof *card->aliases);
    if (card->names == NULL || card->aliases == NULL) {
        sc_csv_free(t);
        return;
    }
    for (size_t i = 0; i < card->n_models; i++)
        card->names[card->n_names++] = card->models[i].id;
    for (size_t r = 0; r < rows; r++) {
        sc_rate_cell alias = sc_rate_cell_at(&x->ctx, t, r, ALIAS), model = sc_rate_cell_at(&x->ctx, t, r, MODEL);
        if (sc_card_model_by_id(card, alias.text) != NULL)
            SC_CELL_ERROR(&alias, "'%s' is a model of its own, expected another spelling", alias.text);
        for (size_t i = 0; i < card->n_aliases; i++) {
            if (strcmp(card->aliases[i].alias, alias.text) == 0)
                SC_CELL_ERROR(&alias, "alias '%s' is listed twice", alias.text);
        }
        card->aliases[card->n_aliases++] = (sc_alias){sc_rate_cell_text(&alias, 1), cell_model(x, &model)};
    }
    qsort(card->aliases, card->n_aliases, sizeof *card->aliases, alias_order);
    for (size_t i = 0; i < card->n_aliases; i++)
        card->names[card->n_names++] = card->aliases[i].alias;
    sc_csv_free(t);
}

static void load_prices(loader *x, const bundle *b, const sc_card_table *file, const char *const *region_names)
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
        NOTE,
        N
    };
    static const sc_csv_column columns[N] = {{"model", 1},  {"regions", 1}, {"scopes", 1},       {"tier", 1},
                                             {"meter", 1},  {"variant", 1}, {"context_from", 1}, {"context_to", 1},
                                             {"unit", 1},   {"usd", 1},     {"from", 1},         {"to", 1},
                                             {"source", 1}, {"checked", 1}, {"note", 1}};
    sc_card *card = x->card;
    sc_csv_table *t = open_table(x, b, file->name, columns, N);
    if (t == NULL)
        return;
    const char *unit_names[N_UNITS];
    for (size_t i = 0; i < N_UNITS; i++)
        unit_names[i] = units[i].name;
    const char *path = path_of(x, b, file->name);
    for (size_t r = 0; r < sc_csv_rows(t); r++) {
        sc_rate_cell c[N];
        for (size_t i = 0; i < N; i++)
            c[i] = sc_rate_cell_at(&x->ctx, t, r, i);
        const sc_unit *unit = &units[sc_rate_cell_choice(&c[UNIT], "unit", unit_names, N_UNITS)];
        sc_price_point p = {
            .model = cell_model(x, &c[MODEL]),
            .regions = sc_rate_cell_set(&c[REGIONS], "region", region_names, card->n_regions, 1),
            .scopes = (unsigned)sc_rate_cell_set(&c[SCOPES], "scope", sc_scope_names(), SC_SCOPES, 1),
            .tier = (sc_tier)sc_rate_cell_choice(&c[TIER], "tier", sc_tier_names(), SC_TIERS),
            .meter = (sc_meter)sc_rate_cell_choice(&c[METER], "meter", sc_meter_names(), SC_METERS),
            .variant = sc_rate_cell_text(&c[VARIANT], 0),
            .context_from = sc_rate_cell_tokens(&c[CONTEXT_FROM], 0),
            .context_to = sc_rate_cell_tokens(&c[CONTEXT_TO], INT64_MAX),
            .unit = unit,
            .price = sc_rate_cell_price(&c[USD], unit),
            .usd = sc_rate_cell_text(&c[USD], 1),
            .from = sc_rate_cell_day(&c[FROM], SC_DAY_MIN, 0),
            .to = sc_rate_cell_day(&c[TO], SC_DAY_MAX, 0),
            .source = cell_source(x, &c[SOURCE]),
            .note = sc_rate_cell_text(&c[NOTE], 0),
            .checked = sc_rate_cell_day(&c[CHECKED], SC_DAY_MIN, 1),
            .file = path,
            .line = sc_csv_line(t, r),
        };
        if (p.context_from >= p.context_to && !c[CONTEXT_FROM].bad && !c[CONTEXT_TO].bad)
            SC_CELL_ERROR(&c[CONTEXT_TO], "'%s' is not above context_from '%s'", c[CONTEXT_TO].text,
                          c[CONTEXT_FROM].text);
        if (p.from >= p.to && !c[FROM].bad && !c[TO].bad)
            SC_CELL_ERROR(&c[TO], "'%s' is not after from '%s'", c[TO].text, c[FROM].text);
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
    }
    sc_csv_free(t);
}

/* By model, then as in the tables: a stable order that keeps each model's points together. */
static int point_order(const void *a, const void *b)
{
    const sc_price_point *p = a, *q = b;
    if (p->model != q->model)
        return p->model < q->model ? -1 : 1;
    int files = strcmp(p->file, q->file);
    return files != 0 ? files : (p->line > q->line) - (p->line < q->line);
}

static int points_overlap(const sc_price_point *p, const sc_price_point *q)
{
    return p->tier == q->tier && p->meter == q->meter && (p->regions & q->regions) != 0 &&
           (p->scopes & q->scopes) != 0 && p->context_from < q->context_to && q->context_from < p->context_to &&
           p->from < q->to && q->from < p->to && strcmp(p->variant, q->variant) == 0;
}

/* Points at the whole row of q. */
static void report_overlap(const loader *x, const bundle *b, const sc_price_point *p, const sc_price_point *q)
{
    const sc_card_table *f = bundle_find(b, strrchr(q->file, '/') + 1);
    sc_place place = {.file = q->file, .text = f->text, .size = f->size};
    for (int line = 1; line < q->line && place.offset < f->size;)
        line += f->text[place.offset++] == '\n';
    const char *start = f->text + place.offset, *end = memchr(start, '\n', f->size - place.offset);
    place.width = end != NULL ? (size_t)(end - start) : f->size - place.offset;
    sc_errors_add(x->ctx.errors, SC_E_INPUT, &place, NULL,
                  "overlaps %s:%d: the same model, tier, meter, region, scope, context and dates have two prices",
                  p->file, p->line);
}

static void index_points(loader *x, const bundle *b)
{
    sc_card *card = x->card;
    qsort(card->points, card->n_points, sizeof *card->points, point_order);
    card->model_points = load_array(x, card->n_models, sizeof *card->model_points);
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
                    report_overlap(x, b, &points[j], &points[k]);
            }
        }
    }
}

static void load_unplaced(loader *x, const bundle *b)
{
    enum { MODEL, PROVIDER, METER, TIER, VARIANT, UNIT, USD, SOURCE, REASON, N };
    static const sc_csv_column columns[N] = {{"model", 1}, {"provider", 1}, {"meter", 1},  {"tier", 1},  {"variant", 1},
                                             {"unit", 1},  {"usd", 1},      {"source", 1}, {"reason", 1}};
    if (bundle_find(b, "unplaced.csv") == NULL)
        return; /* a customer's own card need not have one */
    sc_csv_table *t = open_table(x, b, "unplaced.csv", columns, N);
    if (t == NULL)
        return;
    for (size_t r = 0; r < sc_csv_rows(t); r++) {
        sc_rate_cell source = sc_rate_cell_at(&x->ctx, t, r, SOURCE), reason = sc_rate_cell_at(&x->ctx, t, r, REASON);
        (void)cell_source(x, &source);
        if (reason.text[0] == '\0')
            SC_CELL_ERROR(&reason, "is empty, expected why the row is not on the card");
    }
    x->card->n_unplaced = sc_csv_rows(t);
    sc_csv_free(t);
}

static void hash_bundle(const bundle *b, char hex[65])
{
    sc_sha256 h;
    sc_sha256_init(&h);
    for (size_t i = 0; i < b->n; i++) {
        char size[32];
        int len = snprintf(size, sizeof size, " %zu\n", b->tables[i].size);
        sc_sha256_add(&h, b->tables[i].name, strlen(b->tables[i].name));
        sc_sha256_add(&h, size, (size_t)len);
        sc_sha256_add(&h, b->tables[i].text, b->tables[i].size);
    }
    sc_sha256_end(&h, hex);
}

static int is_price_table(const char *name) { return strncmp(name, "prices-", 7) == 0; }

sc_code sc_card_load_tables(const char *label, const sc_card_table *tables, size_t n, sc_card **out, sc_errors *errors)
{
    const bundle b = {label, tables, n};
    sc_errors local = {0};
    if (errors == NULL)
        errors = &local;
    int errors_before = errors->errors;
    *out = NULL;
    sc_card *card = SC_NEW(sc_card);
    if (card == NULL)
        return SC_E_MEMORY;
    loader x = {.card = card, .ctx = {.arena = &card->arena, .errors = errors}};
    card->checked = SC_DAY_MIN;
    load_sources(&x, &b);
    load_regions(&x, &b);
    load_tokenizers(&x, &b);
    load_models(&x, &b);
    load_aliases(&x, &b);
    const char *region_names[SC_MAX_REGIONS];
    for (size_t i = 0; i < card->n_regions; i++)
        region_names[i] = card->regions[i].code;
    size_t price_tables = 0;
    for (size_t i = 0; i < n && x.ctx.failed == SC_OK; i++) {
        if (is_price_table(tables[i].name)) {
            load_prices(&x, &b, &tables[i], region_names);
            price_tables++;
        }
    }
    if (price_tables == 0) {
        sc_place place = {.file = label};
        sc_errors_add(errors, SC_E_INPUT, &place, NULL, "holds no price table, expected files named prices-*.csv");
    }
    load_unplaced(&x, &b);
    if (x.ctx.failed == SC_OK && errors->errors == errors_before)
        index_points(&x, &b);
    hash_bundle(&b, card->hash);
    sc_code code = x.ctx.failed != SC_OK ? x.ctx.failed : errors->errors != errors_before ? SC_E_INPUT : SC_OK;
    if (code != SC_OK) {
        sc_card_free(card);
        return code;
    }
    *out = card;
    return SC_OK;
}

void sc_card_free(sc_card *card)
{
    if (card == NULL)
        return;
    sc_free(card->points);
    sc_arena_release(&card->arena);
    sc_free(card);
}
