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

const sc_card_table *sc_loader_find(const sc_loader *x, sc_set_kind set, const char *name)
{
    const sc_table_set *s = &x->sets[set];
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->tables[i].name, name) == 0)
            return &s->tables[i];
    }
    return NULL;
}

const char *sc_loader_path(sc_loader *x, sc_set_kind set, const char *name)
{
    const char *label = x->sets[set].label;
    size_t len = strlen(label) + strlen(name) + 2;
    char *path = sc_arena_alloc(&x->card->arena, len, 1);
    if (path == NULL) {
        x->ctx.failed = SC_E_MEMORY;
        return name;
    }
    snprintf(path, len, "%s/%s", label, name);
    return path;
}

sc_csv_table *sc_loader_open(sc_loader *x, sc_set_kind set, const char *name, const sc_csv_column *columns, size_t n)
{
    sc_csv_table *t = NULL;
    const sc_card_table *f = sc_loader_find(x, set, name);
    const char *path = sc_loader_path(x, set, name);
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

int sc_loader_open_rows(sc_loader *x, const char *name, int required, const sc_csv_column *columns, size_t n,
                        sc_rows *rows)
{
    *rows = (sc_rows){0};
    for (sc_set_kind set = SC_SET_CARD; set < SC_SETS; set++) {
        if ((set == SC_SET_OWN || !required) && sc_loader_find(x, set, name) == NULL)
            continue;
        rows->table[set] = sc_loader_open(x, set, name, columns, n);
        if (rows->table[set] == NULL && set == SC_SET_CARD)
            return 0;
        rows->n += rows->table[set] != NULL ? sc_csv_rows(rows->table[set]) : 0;
    }
    return 1;
}

void sc_loader_close_rows(sc_rows *rows)
{
    for (sc_set_kind set = SC_SET_CARD; set < SC_SETS; set++)
        sc_csv_free(rows->table[set]);
}

sc_row sc_loader_row(const sc_rows *rows, size_t i)
{
    size_t first = rows->table[SC_SET_CARD] != NULL ? sc_csv_rows(rows->table[SC_SET_CARD]) : 0;
    sc_set_kind set = i < first ? SC_SET_CARD : SC_SET_OWN;
    return (sc_row){set, rows->table[set], i < first ? i : i - first};
}

sc_rate_cell sc_loader_cell(sc_loader *x, sc_row row, size_t column)
{
    return sc_rate_cell_at(&x->ctx, row.table, row.index, column);
}

void *sc_loader_array(sc_loader *x, size_t n, size_t size)
{
    void *p = sc_arena_alloc(&x->card->arena, n > 0 ? n : 1, size);
    if (p == NULL)
        x->ctx.failed = SC_E_MEMORY;
    return p;
}

size_t sc_loader_put_id(sc_ids *ids, const char *id)
{
    size_t i = 0;
    if (ids->n > 0 && !ids->unordered && strcmp(ids->id[ids->n - 1], id) < 0)
        i = ids->n; /* after all of them */
    while (i < ids->n && strcmp(ids->id[i], id) != 0)
        i++;
    ids->unordered |= i == ids->n && i > 0 && strcmp(ids->id[i - 1], id) > 0;
    ids->id[i] = id;
    ids->n += i == ids->n;
    return i;
}

void sc_loader_note_order(sc_loader *x, sc_row row, const char *table)
{
    sc_card *card = x->card;
    if (row.set == SC_SET_CARD && card->n_misplaced < SC_MAX_MISPLACED)
        card->misplaced[card->n_misplaced++] =
            (sc_misplaced_row){sc_loader_path(x, row.set, table), sc_csv_line(row.table, row.index)};
}

/* ---- cells that refer to another table ---- */

int sc_loader_ref(sc_rate_cell *c, const char *what, const sc_ids *ids)
{
    int i = sc_rate_cell_choice(c, what, ids->id, ids->n);
    return ids->n > 0 && !c->bad ? i : -1;
}

const char *sc_loader_source(const sc_loader *x, sc_rate_cell *c)
{
    int i = sc_loader_ref(c, "source", &x->sources);
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

const char *const *sc_loader_region_codes(const sc_loader *x, const char **codes)
{
    for (size_t i = 0; i < x->card->n_regions; i++)
        codes[i] = x->card->regions[i].code;
    return x->card->regions != NULL ? codes : NULL;
}

/* ---- one table each ---- */

static void load_sources(sc_loader *x)
{
    enum { ID, TITLE, URL, DATE, N };
    static const sc_csv_column columns[N] = {{"source", 1}, {"title", 1}, {"url", 1}, {"date", 1}};
    sc_rows rows;
    if (sc_loader_open_rows(x, "sources.csv", 1, columns, N, &rows))
        x->sources.id = sc_loader_array(x, rows.n, sizeof *x->sources.id);
    for (size_t i = 0; x->sources.id != NULL && i < rows.n; i++) {
        sc_row r = sc_loader_row(&rows, i);
        sc_rate_cell id = sc_loader_cell(x, r, ID), title = sc_loader_cell(x, r, TITLE),
                     url = sc_loader_cell(x, r, URL), date = sc_loader_cell(x, r, DATE);
        if (i > 0 && strcmp(x->sources.id[x->sources.n - 1], id.text) > 0)
            sc_loader_note_order(x, r, "sources.csv");
        sc_loader_put_id(&x->sources, sc_rate_cell_id(&id, "source"));
        (void)sc_rate_cell_is_empty(&title, "a title");
        (void)sc_rate_cell_is_empty(&url, "an address");
        (void)sc_rate_cell_day(&date, SC_DAY_MIN, 0);
    }
    sc_loader_close_rows(&rows);
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
    sc_rows rows;
    if (sc_loader_open_rows(x, "regions.csv", 1, columns, N, &rows))
        card->regions = sc_loader_array(x, rows.n, sizeof *card->regions);
    for (size_t i = 0; card->regions != NULL && i < rows.n; i++) {
        sc_row r = sc_loader_row(&rows, i);
        sc_rate_cell code = sc_loader_cell(x, r, CODE), name = sc_loader_cell(x, r, NAME),
                     geo = sc_loader_cell(x, r, GEO), cur = sc_loader_cell(x, r, CUR);
        sc_region region = {sc_rate_cell_id(&code, "region"), sc_rate_cell_text(&name, 1), 0,
                            sc_rate_cell_text(&cur, 0)};
        while (sc_rate_cell_word(&geo)) {
            int g = cell_geo(x, &geo);
            if (g >= 0 && (region.geos >> g & 1))
                sc_rate_cell_error(&geo, "names '%s' twice", card->geos[g]);
            else if (g >= 0)
                region.geos |= UINT64_C(1) << g;
        }
        size_t at = 0;
        while (at < card->n_regions && strcmp(card->regions[at].code, region.code) != 0)
            at++;
        if (at == SC_MAX_REGIONS) {
            sc_rate_cell_error(&code, "is region number %d, expected at most %d", SC_MAX_REGIONS + 1, SC_MAX_REGIONS);
            break;
        }
        if (at == card->n_regions && at > 0 && strcmp(card->regions[at - 1].code, region.code) > 0)
            sc_loader_note_order(x, r, "regions.csv");
        card->regions[at] = region;
        card->n_regions += at == card->n_regions;
    }
    sc_loader_close_rows(&rows);
    if (card->regions != NULL)
        qsort(card->regions, card->n_regions, sizeof *card->regions, region_order);
    card->default_region = sc_card_region_of(card, "us-east-2");
    if (card->default_region < 0)
        card->default_region = 0;
}

static void load_unplaced(sc_loader *x)
{
    enum { MODEL, PROVIDER, METER, TIER, VARIANT, UNIT, USD, SOURCE, POINTS, REASON, N };
    static const sc_csv_column columns[N] = {{"model", 1},       {"provider", 1}, {"meter", 1}, {"tier", 1},
                                             {"variant", 1},     {"unit", 1},     {"usd", 1},   {"source", 1},
                                             {"page_points", 0}, {"reason", 1}};
    sc_rows rows; /* a customer's own card need not have it */
    (void)sc_loader_open_rows(x, "unplaced.csv", 0, columns, N, &rows);
    for (size_t i = 0; i < rows.n; i++) {
        sc_row r = sc_loader_row(&rows, i);
        sc_rate_cell source = sc_loader_cell(x, r, SOURCE), points = sc_loader_cell(x, r, POINTS),
                     reason = sc_loader_cell(x, r, REASON);
        (void)sc_loader_source(x, &source);
        (void)sc_rate_cell_is_empty(&reason, "why the row is not on the card");
        x->card->n_unplaced_page_points += (size_t)sc_rate_cell_count(&points, "points", 0);
    }
    x->card->n_unplaced = rows.n;
    sc_loader_close_rows(&rows);
}

/* SHA-256 over names, sizes and texts; embed.sh computes the same. */
static void hash_tables(const sc_table_set *set, char hex[65])
{
    sc_sha256 h;
    if (set->hash != NULL) {
        snprintf(hex, 65, "%s", set->hash);
        return;
    }
    sc_sha256_init(&h);
    for (size_t i = 0; i < set->n; i++) {
        const sc_card_table *t = &set->tables[i];
        char size[32];
        int len = snprintf(size, sizeof size, " %zu\n", t->size);
        sc_sha256_add(&h, t->name, strlen(t->name));
        sc_sha256_add(&h, size, (size_t)len);
        sc_sha256_add(&h, t->text, t->size);
    }
    sc_sha256_end(&h, hex);
}

static int is_price_table(const char *name) { return strncmp(name, "prices-", 7) == 0; }

/* Refuses a table whose name is not one of the format's: passed over, its part of the card would be missing without a
 * word. */
static void check_name(sc_loader *x, sc_set_kind set, const char *name)
{
    const char *names[] = {"aliases.csv",   "models.csv",      "regions.csv",  "services.csv",
                           "sources.csv",   "tokenizers.csv",  "unplaced.csv", "verbosity.csv",
                           "discounts.csv", "commitments.csv", "prices-*.csv"};
    enum { FIXED = sizeof names / sizeof *names - 1, TERMS = FIXED - 2 };
    char prices[280], text[480];
    sc_place place = {.file = x->sets[set].label};
    if (set == SC_SET_CARD && strcmp(name, "benchmark_priors.csv") == 0)
        return; /* facts beside the card, which sc_priors_load reads */
    for (size_t i = 0; i < FIXED; i++) {
        if (strcmp(name, names[i]) != 0)
            continue;
        if (i >= TERMS && set == SC_SET_CARD)
            sc_errors_add(x->ctx.errors, SC_E_INPUT, &place, NULL,
                          "'%s' is no part of a rate card, expected it among a customer's own rates (--rates)", name);
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
    sc_errors_add(x->ctx.errors, SC_E_INPUT, &place, NULL, "%s", text);
}

static void load_price_tables(sc_loader *x)
{
    sc_place place = {.file = x->sets[SC_SET_CARD].label};
    size_t found[SC_SETS] = {0};
    for (sc_set_kind set = SC_SET_CARD; set < SC_SETS; set++) {
        const sc_table_set *s = &x->sets[set];
        for (size_t i = 0; i < s->n && x->ctx.failed == SC_OK; i++) {
            if (is_price_table(s->tables[i].name)) {
                sc_loader_add_prices(x, set, s->tables[i].name);
                found[set]++;
            }
        }
    }
    if (found[SC_SET_CARD] == 0)
        sc_errors_add(x->ctx.errors, SC_E_INPUT, &place, NULL,
                      "holds no price table, expected files named prices-*.csv");
}

sc_code sc_card_load_tables(const sc_table_set *card_set, const sc_table_set *own, sc_card **out, sc_errors *errors)
{
    const sc_table_set sets[SC_SETS] = {*card_set, own != NULL ? *own : (sc_table_set){.label = ""}};
    sc_errors local = {0};
    if (errors == NULL)
        errors = &local;
    int errors_before = errors->errors;
    *out = NULL;
    sc_card *card = SC_NEW(sc_card);
    if (card == NULL)
        return SC_E_MEMORY;
    sc_loader x = {.ctx = {.arena = &card->arena, .errors = errors}, .card = card, .sets = sets};
    card->checked = SC_DAY_MIN;
    for (sc_set_kind set = SC_SET_CARD; set < SC_SETS; set++) {
        for (size_t i = 0; i < sets[set].n; i++)
            check_name(&x, set, sets[set].tables[i].name);
    }
    load_sources(&x);
    load_regions(&x);
    sc_loader_add_models(&x);
    load_price_tables(&x);
    load_unplaced(&x);
    sc_loader_add_terms(&x);
    if (x.ctx.failed == SC_OK && errors->errors == errors_before) {
        if (card->n_points > 0) {
            sc_loader_index_points(&x);
        } else {
            sc_place place = {.file = sets[SC_SET_CARD].label};
            sc_errors_add(errors, SC_E_INPUT, &place, NULL, "holds no price, expected rows in its price tables");
        }
    }
    hash_tables(&sets[SC_SET_CARD], card->hash);
    if (own != NULL)
        hash_tables(&sets[SC_SET_OWN], card->own_hash);
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
