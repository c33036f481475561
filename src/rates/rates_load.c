/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_load.c - the tables of pricing/ to a rate card, strictly: every cell is checked, every problem has its place.
 *
 * The format is documented in pricing/README.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "rates/rates_tables.h"
#include "rates/rates_why.h"

const sc_card_table *sc_loader_find(const sc_loader *x, const char *name)
{
    for (size_t i = 0; i < x->n_tables; i++) {
        if (strcmp(x->tables[i].name, name) == 0)
            return &x->tables[i];
    }
    return NULL;
}

const char *sc_loader_path(sc_loader *x, const char *name)
{
    size_t len = strlen(x->label) + strlen(name) + 2;
    char *path = sc_arena_alloc(&x->card->arena, len, 1);
    if (path == NULL) {
        x->ctx.failed = SC_E_MEMORY;
        return name;
    }
    snprintf(path, len, "%s/%s", x->label, name);
    return path;
}

sc_csv_table *sc_loader_open(sc_loader *x, const char *name, const sc_csv_column *columns, size_t n)
{
    sc_csv_table *t = NULL;
    const sc_card_table *f = sc_loader_find(x, name);
    const char *path = sc_loader_path(x, name);
    if (f == NULL) {
        sc_place place = {.file = path};
        sc_errors_add(x->ctx.errors, SC_E_INPUT, &place, NULL, "table is missing");
        return NULL;
    }
    sc_code code = sc_csv_parse(path, f->text, f->size, columns, n, &t, x->ctx.errors);
    if (code != SC_OK && code != SC_E_INPUT)
        x->ctx.failed = code;
    x->ctx.columns = columns;
    return t;
}

void *sc_loader_array(sc_loader *x, size_t n, size_t size)
{
    void *p = sc_arena_alloc(&x->card->arena, n > 0 ? n : 1, size);
    if (p == NULL)
        x->ctx.failed = SC_E_MEMORY;
    return p;
}

/* ---- cells that refer to another table ---- */

/* The index of the id that the cell refers to; -1 if there is none. */
static int cell_ref(sc_rate_cell *c, const char *what, const sc_ids *ids)
{
    int i = sc_rate_cell_choice(c, what, ids->id, ids->n);
    return ids->n > 0 && !c->bad ? i : -1;
}

const char *sc_loader_source(const sc_loader *x, sc_rate_cell *c)
{
    int i = cell_ref(c, "source", &x->sources);
    return i >= 0 ? x->sources.id[i] : "";
}

const sc_model *sc_loader_model(const sc_loader *x, sc_rate_cell *c)
{
    const sc_card *card = x->card;
    const sc_model *m = sc_card_model_by_id(card, c->text);
    if (m != NULL || sc_rate_cell_is_empty(c, "a model") || card->models == NULL)
        return m;
    for (size_t i = 0; i < card->n_aliases; i++) {
        const sc_alias *a = &card->aliases[i];
        if (a->model != NULL && strcmp(a->alias, c->text) == 0) {
            sc_rate_cell_error(c, "'%s' is an alias, expected the model '%s'", c->text, a->model->id);
            return NULL;
        }
    }
    sc_rate_cell_unknown(c, "model", card->names, card->n_models);
    return NULL;
}

/* ---- one table each ---- */

static void load_sources(sc_loader *x)
{
    enum { ID, TITLE, URL, DATE, N };
    static const sc_csv_column columns[N] = {{"source", 1}, {"title", 1}, {"url", 1}, {"date", 1}};
    sc_csv_table *t = sc_loader_open(x, "sources.csv", columns, N);
    if (t == NULL)
        return;
    x->sources.id = sc_loader_array(x, sc_csv_rows(t), sizeof *x->sources.id);
    for (size_t r = 0; x->sources.id != NULL && r < sc_csv_rows(t); r++) {
        sc_rate_cell id = sc_rate_cell_at(&x->ctx, t, r, ID), title = sc_rate_cell_at(&x->ctx, t, r, TITLE),
                     url = sc_rate_cell_at(&x->ctx, t, r, URL), date = sc_rate_cell_at(&x->ctx, t, r, DATE);
        x->sources.id[x->sources.n++] = sc_rate_cell_id(&id, "source");
        (void)sc_rate_cell_is_empty(&title, "a title");
        (void)sc_rate_cell_is_empty(&url, "an address");
        (void)sc_rate_cell_day(&date, SC_DAY_MIN, 0);
    }
    sc_csv_free(t);
}

static int region_order(const void *a, const void *b)
{
    return strcmp(((const sc_region *)a)->code, ((const sc_region *)b)->code);
}

/* The index of the group that is the cell's current word, which may be a new one; -1 if there is no room for it. */
static int cell_geo(sc_loader *x, sc_rate_cell *c)
{
    sc_card *card = x->card;
    const char *name = c->text + c->word;
    for (size_t g = 0; g < card->n_geos; g++) {
        if (strlen(card->geos[g]) == c->word_len && memcmp(card->geos[g], name, c->word_len) == 0)
            return (int)g;
    }
    if (card->n_geos == SC_MAX_GEOS) {
        sc_rate_cell_error(c, "is group number %d, expected at most %d", SC_MAX_GEOS + 1, SC_MAX_GEOS);
        return -1;
    }
    const char *copy = sc_arena_strndup(&card->arena, name, c->word_len);
    if (copy == NULL) {
        x->ctx.failed = SC_E_MEMORY;
        return -1;
    }
    card->geos[card->n_geos] = copy;
    return (int)card->n_geos++;
}

static void load_regions(sc_loader *x)
{
    enum { CODE, NAME, GEO, CUR, N };
    static const sc_csv_column columns[N] = {{"region", 1}, {"name", 1}, {"geo", 1}, {"cur_code", 1}};
    sc_card *card = x->card;
    sc_csv_table *t = sc_loader_open(x, "regions.csv", columns, N);
    if (t == NULL)
        return;
    card->regions = sc_loader_array(x, sc_csv_rows(t), sizeof *card->regions);
    for (size_t r = 0; card->regions != NULL && r < sc_csv_rows(t); r++) {
        sc_rate_cell code = sc_rate_cell_at(&x->ctx, t, r, CODE), name = sc_rate_cell_at(&x->ctx, t, r, NAME),
                     geo = sc_rate_cell_at(&x->ctx, t, r, GEO), cur = sc_rate_cell_at(&x->ctx, t, r, CUR);
        sc_region region = {sc_rate_cell_id(&code, "region"), sc_rate_cell_text(&name, 1), 0,
                            sc_rate_cell_text(&cur, 0)};
        while (sc_rate_cell_word(&geo)) {
            int g = cell_geo(x, &geo);
            if (g >= 0 && (region.geos >> g & 1))
                sc_rate_cell_error(&geo, "names '%s' twice", card->geos[g]);
            else if (g >= 0)
                region.geos |= UINT64_C(1) << g;
        }
        if (card->n_regions == SC_MAX_REGIONS) {
            sc_rate_cell_error(&code, "is region number %d, expected at most %d", SC_MAX_REGIONS + 1, SC_MAX_REGIONS);
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

static void load_tokenizers(sc_loader *x)
{
    enum { ID, LOW, HIGH, SOURCE, NOTE, N };
    static const sc_csv_column columns[N] = {
        {"tokenizer", 1}, {"ratio_low", 1}, {"ratio_high", 1}, {"source", 1}, {"note", 1}};
    sc_csv_table *t = sc_loader_open(x, "tokenizers.csv", columns, N);
    if (t == NULL)
        return;
    x->tokenizers.id = sc_loader_array(x, sc_csv_rows(t), sizeof *x->tokenizers.id);
    x->ratios = sc_loader_array(x, sc_csv_rows(t), sizeof *x->ratios);
    for (size_t r = 0; x->ctx.failed == SC_OK && r < sc_csv_rows(t); r++) {
        sc_rate_cell id = sc_rate_cell_at(&x->ctx, t, r, ID), low = sc_rate_cell_at(&x->ctx, t, r, LOW),
                     high = sc_rate_cell_at(&x->ctx, t, r, HIGH), source = sc_rate_cell_at(&x->ctx, t, r, SOURCE);
        sc_ratio ratio = {sc_rate_cell_ratio(&low), sc_rate_cell_ratio(&high)};
        if (ratio.low > ratio.high && !low.bad && !high.bad)
            sc_rate_cell_error(&high, "'%s' is below ratio_low '%s'", high.text, low.text);
        (void)sc_loader_source(x, &source);
        x->ratios[x->tokenizers.n] = ratio;
        x->tokenizers.id[x->tokenizers.n++] = sc_rate_cell_id(&id, "tokenizer");
    }
    sc_csv_free(t);
}

static int model_order(const void *a, const void *b)
{
    return strcmp(((const sc_model *)a)->id, ((const sc_model *)b)->id);
}

static void load_models(sc_loader *x)
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
    static const char *const lifecycles[] = {"active", "legacy", "preview"};
    static const char *const lifetimes[] = {"5m", "30m", "1h"}; /* from SC_TTL_5M on */
    sc_card *card = x->card;
    sc_csv_table *t = sc_loader_open(x, "models.csv", columns, N);
    if (t == NULL)
        return;
    card->models = sc_loader_array(x, sc_csv_rows(t), sizeof *card->models);
    for (size_t r = 0; card->models != NULL && r < sc_csv_rows(t); r++) {
        sc_rate_cell c[N];
        for (size_t i = 0; i < N; i++)
            c[i] = sc_rate_cell_at(&x->ctx, t, r, i);
        sc_model m = {
            .id = sc_rate_cell_id(&c[ID], "model"),
            .provider = sc_rate_cell_text(&c[PROVIDER], 1),
            .name = sc_rate_cell_text(&c[NAME], 1),
            .context_window = sc_rate_cell_tokens(&c[WINDOW], 0),
            .max_output = sc_rate_cell_tokens(&c[MAX_OUTPUT], 0),
            .input = (unsigned)sc_rate_cell_set(&c[INPUT], "modality", sc_flag_names(), 6, 0),
            .output = (unsigned)sc_rate_cell_set(&c[OUTPUT], "modality", sc_flag_names(), 6, 0),
            .features = (unsigned)sc_rate_cell_set(&c[FEATURES], "feature", sc_flag_names() + 6, SC_FLAG_COUNT - 6, 0)
                        << 6,
            .cache_min_tokens = sc_rate_cell_tokens(&c[CACHE_MIN], 0),
            .cache_ttls = (unsigned)sc_rate_cell_set(&c[CACHE_TTLS], "cache lifetime", lifetimes, 3, 0) << SC_TTL_5M,
            .released = sc_rate_cell_day(&c[RELEASED], SC_DAY_MIN, 0),
            .legacy_from = sc_rate_cell_day(&c[LEGACY], SC_DAY_MAX, 0),
            .end_of_life = sc_rate_cell_day(&c[EOL], SC_DAY_MAX, 0),
            .lifecycle = c[LIFECYCLE].text[0] == '\0'
                             ? ""
                             : lifecycles[sc_rate_cell_choice(&c[LIFECYCLE], "lifecycle", lifecycles, 3)],
            .source = sc_loader_source(x, &c[SOURCE]),
            .checked = sc_rate_cell_day(&c[CHECKED], SC_DAY_MIN, 1),
            .note = sc_rate_cell_text(&c[NOTE], 0),
        };
        int tokenizer = cell_ref(&c[TOKENIZER], "tokenizer", &x->tokenizers);
        if (tokenizer >= 0) {
            m.tokenizer = x->tokenizers.id[tokenizer];
            m.tokens_low = x->ratios[tokenizer].low;
            m.tokens_high = x->ratios[tokenizer].high;
        }
        card->models[card->n_models++] = m;
    }
    if (card->models != NULL)
        qsort(card->models, card->n_models, sizeof *card->models, model_order);
    sc_csv_free(t);
}

static int alias_order(const void *a, const void *b)
{
    return strcmp(((const sc_alias *)a)->alias, ((const sc_alias *)b)->alias);
}

static void load_aliases(sc_loader *x)
{
    enum { ALIAS, MODEL, NOTE, N };
    static const sc_csv_column columns[N] = {{"alias", 1}, {"model", 1}, {"note", 1}};
    sc_card *card = x->card;
    sc_csv_table *t = sc_loader_open(x, "aliases.csv", columns, N);
    size_t rows = t != NULL ? sc_csv_rows(t) : 0;
    card->names = sc_loader_array(x, card->n_models + rows, sizeof *card->names);
    card->aliases = sc_loader_array(x, rows, sizeof *card->aliases);
    if (card->names == NULL || card->aliases == NULL) {
        sc_csv_free(t);
        return;
    }
    for (size_t i = 0; i < card->n_models; i++)
        card->names[card->n_names++] = card->models[i].id;
    for (size_t r = 0; r < rows; r++) {
        sc_rate_cell alias = sc_rate_cell_at(&x->ctx, t, r, ALIAS), model = sc_rate_cell_at(&x->ctx, t, r, MODEL);
        if (sc_card_model_by_id(card, alias.text) != NULL)
            sc_rate_cell_error(&alias, "'%s' is a model of its own, expected another spelling", alias.text);
        card->aliases[card->n_aliases++] = (sc_alias){sc_rate_cell_id(&alias, "alias"), sc_loader_model(x, &model)};
    }
    qsort(card->aliases, card->n_aliases, sizeof *card->aliases, alias_order);
    for (size_t i = 0; i < card->n_aliases; i++)
        card->names[card->n_names++] = card->aliases[i].alias;
    sc_csv_free(t);
}

static void load_unplaced(sc_loader *x)
{
    enum { MODEL, PROVIDER, METER, TIER, VARIANT, UNIT, USD, SOURCE, REASON, N };
    static const sc_csv_column columns[N] = {{"model", 1}, {"provider", 1}, {"meter", 1},  {"tier", 1},  {"variant", 1},
                                             {"unit", 1},  {"usd", 1},      {"source", 1}, {"reason", 1}};
    if (sc_loader_find(x, "unplaced.csv") == NULL)
        return; /* a customer's own card need not have one */
    sc_csv_table *t = sc_loader_open(x, "unplaced.csv", columns, N);
    if (t == NULL)
        return;
    for (size_t r = 0; r < sc_csv_rows(t); r++) {
        sc_rate_cell source = sc_rate_cell_at(&x->ctx, t, r, SOURCE), reason = sc_rate_cell_at(&x->ctx, t, r, REASON);
        (void)sc_loader_source(x, &source);
        (void)sc_rate_cell_is_empty(&reason, "why the row is not on the card");
    }
    x->card->n_unplaced = sc_csv_rows(t);
    sc_csv_free(t);
}

/* SHA-256 over names, sizes and texts. */
static void hash_tables(const sc_card_table *tables, size_t n, char hex[65])
{
    sc_sha256 h;
    sc_sha256_init(&h);
    for (size_t i = 0; i < n; i++) {
        char size[32];
        int len = snprintf(size, sizeof size, " %zu\n", tables[i].size);
        sc_sha256_add(&h, tables[i].name, strlen(tables[i].name));
        sc_sha256_add(&h, size, (size_t)len);
        sc_sha256_add(&h, tables[i].text, tables[i].size);
    }
    sc_sha256_end(&h, hex);
}

static int is_price_table(const char *name) { return strncmp(name, "prices-", 7) == 0; }

/* Refuses a table whose name is not one of the format's: passed over, its part of the card would be missing without a
 * word. */
static void check_name(sc_loader *x, const char *name)
{
    const char *names[] = {"aliases.csv",    "models.csv",   "regions.csv", "sources.csv",
                           "tokenizers.csv", "unplaced.csv", "prices-*.csv"};
    enum { FIXED = sizeof names / sizeof *names - 1 };
    char prices[280], text[480];
    for (size_t i = 0; i < FIXED; i++) {
        if (strcmp(name, names[i]) == 0)
            return;
    }
    if (is_price_table(name))
        return;
    /* "price-acme.csv" is nearer to "prices-acme.csv" than to any other */
    const char *dash = strpbrk(name, "-_"), *const candidate = prices;
    snprintf(prices, sizeof prices, "prices-%s", dash != NULL ? dash + 1 : "");
    if (dash != NULL && sc_nearest_name(name, &candidate, 1) != NULL)
        names[FIXED] = prices;
    sc_why why = sc_why_start(text, sizeof text);
    sc_why_unknown(&why, "table", name, names, FIXED + 1);
    sc_place place = {.file = x->label};
    sc_errors_add(x->ctx.errors, SC_E_INPUT, &place, NULL, "%s", text);
}

static void load_price_tables(sc_loader *x)
{
    sc_place place = {.file = x->label};
    size_t found = 0;
    for (size_t i = 0; i < x->n_tables && x->ctx.failed == SC_OK; i++) {
        if (is_price_table(x->tables[i].name)) {
            sc_loader_add_prices(x, x->tables[i].name);
            found++;
        }
    }
    if (found == 0)
        sc_errors_add(x->ctx.errors, SC_E_INPUT, &place, NULL,
                      "holds no price table, expected files named prices-*.csv");
}

sc_code sc_card_load_tables(const char *label, const sc_card_table *tables, size_t n, sc_card **out, sc_errors *errors)
{
    sc_errors local = {0};
    if (errors == NULL)
        errors = &local;
    int errors_before = errors->errors;
    *out = NULL;
    sc_card *card = SC_NEW(sc_card);
    if (card == NULL)
        return SC_E_MEMORY;
    sc_loader x = {.ctx = {.arena = &card->arena, .errors = errors},
                   .card = card,
                   .label = label,
                   .tables = tables,
                   .n_tables = n};
    card->checked = SC_DAY_MIN;
    for (size_t i = 0; i < n; i++)
        check_name(&x, tables[i].name);
    load_sources(&x);
    load_regions(&x);
    load_tokenizers(&x);
    load_models(&x);
    load_aliases(&x);
    load_price_tables(&x);
    load_unplaced(&x);
    if (x.ctx.failed == SC_OK && errors->errors == errors_before) {
        if (card->n_points > 0) {
            sc_loader_index_points(&x);
        } else {
            sc_place place = {.file = label};
            sc_errors_add(errors, SC_E_INPUT, &place, NULL, "holds no price, expected rows in its price tables");
        }
    }
    hash_tables(tables, n, card->hash);
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
