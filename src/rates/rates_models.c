/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_models.c - what can be priced: models with their limits, services, and their other spellings. */
#include <stdlib.h>
#include <string.h>

#include "rates/rates_tables.h"

/* A table of named ranges: "NAME,ratio_low,ratio_high,source,note". */
static void load_ratios(sc_loader *x, const char *file, const char *name, int required, sc_ratios *out)
{
    enum { ID, LOW, HIGH, SOURCE, NOTE, N };
    const sc_csv_column columns[N] = {{name, 1}, {"ratio_low", 1}, {"ratio_high", 1}, {"source", 1}, {"note", 1}};
    sc_rows rows;
    if (sc_loader_open_rows(x, file, required, columns, N, &rows)) {
        out->ids.id = sc_loader_array(x, rows.n, sizeof *out->ids.id);
        out->of = sc_loader_array(x, rows.n, sizeof *out->of);
    }
    for (size_t i = 0; out->ids.id != NULL && out->of != NULL && i < rows.n; i++) {
        sc_row r = sc_loader_row(&rows, i);
        sc_rate_cell id = sc_loader_cell(x, r, ID), low = sc_loader_cell(x, r, LOW), high = sc_loader_cell(x, r, HIGH),
                     source = sc_loader_cell(x, r, SOURCE);
        sc_ratio ratio = {sc_rate_cell_ratio(&low), sc_rate_cell_ratio(&high)};
        if (ratio.low > ratio.high && !low.bad && !high.bad)
            sc_rate_cell_error(&high, "'%s' is below ratio_low '%s'", high.text, low.text);
        (void)sc_loader_source(x, &source);
        if (i > 0 && strcmp(out->ids.id[out->ids.n - 1], id.text) > 0)
            sc_loader_note_order(x, r, file);
        out->of[sc_loader_put_id(&out->ids, sc_rate_cell_id(&id, name))] = ratio;
    }
    sc_loader_close_rows(&rows);
}

static int model_order(const void *a, const void *b)
{
    return strcmp(((const sc_model *)a)->id, ((const sc_model *)b)->id);
}

/* Adds a model, or replaces the one of its id. */
static void put_model(sc_loader *x, sc_row row, const char *file, const sc_model *m)
{
    sc_card *card = x->card;
    size_t at = 0;
    while (at < card->n_models && strcmp(card->models[at].id, m->id) != 0)
        at++;
    if (at == card->n_models && at > 0 && card->models[at - 1].is_service == m->is_service &&
        strcmp(card->models[at - 1].id, m->id) > 0)
        sc_loader_note_order(x, row, file);
    card->models[at] = *m;
    card->n_models += at == card->n_models;
}

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
    BURNDOWN,
    VERBOSITY,
    RELEASED,
    LIFECYCLE,
    LEGACY,
    EXTENDED,
    EOL,
    SOURCE,
    CHECKED,
    NOTE,
    MODEL_COLUMNS
};
static const sc_csv_column model_columns[MODEL_COLUMNS] = {{"model", 1},
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
                                                           {"output_burndown", 0},
                                                           {"verbosity", 0},
                                                           {"released", 1},
                                                           {"lifecycle", 1},
                                                           {"legacy_from", 1},
                                                           {"extended_access_from", 0},
                                                           {"end_of_life", 1},
                                                           {"source", 1},
                                                           {"checked", 1},
                                                           {"note", 1}};

static void load_models(sc_loader *x, const sc_rows *rows)
{
    static const char *const lifecycles[] = {"active", "legacy", "preview"};
    static const char *const lifetimes[] = {"5m", "30m", "1h"}; /* from SC_TTL_5M on */
    x->ctx.columns = model_columns;
    for (size_t i = 0; i < rows->n; i++) {
        sc_row r = sc_loader_row(rows, i);
        sc_rate_cell c[MODEL_COLUMNS];
        for (size_t k = 0; k < MODEL_COLUMNS; k++)
            c[k] = sc_loader_cell(x, r, k);
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
            .output_burndown = sc_rate_cell_tokens(&c[BURNDOWN], 0),
            .verbosity = "",
            .extended_from = sc_rate_cell_day(&c[EXTENDED], SC_DAY_MAX, 0),
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
        int tokenizer = sc_loader_ref(&c[TOKENIZER], "tokenizer", &x->tokenizers.ids);
        if (tokenizer >= 0) {
            m.tokenizer = x->tokenizers.ids.id[tokenizer];
            m.tokens_low = x->tokenizers.of[tokenizer].low;
            m.tokens_high = x->tokenizers.of[tokenizer].high;
        }
        int verbosity =
            c[VERBOSITY].text[0] != '\0' ? sc_loader_ref(&c[VERBOSITY], "verbosity", &x->verbosities.ids) : -1;
        if (verbosity >= 0) {
            m.verbosity = x->verbosities.ids.id[verbosity];
            m.verbosity_low = x->verbosities.of[verbosity].low;
            m.verbosity_high = x->verbosities.of[verbosity].high;
        }
        put_model(x, r, "models.csv", &m);
    }
}

enum { SERVICE, SERVICE_PROVIDER, SERVICE_NAME, SERVICE_SOURCE, SERVICE_CHECKED, SERVICE_NOTE, SERVICE_COLUMNS };
static const sc_csv_column service_columns[SERVICE_COLUMNS] = {{"service", 1}, {"provider", 1}, {"name", 1},
                                                               {"source", 1},  {"checked", 1},  {"note", 1}};

static void load_services(sc_loader *x, const sc_rows *rows)
{
    x->ctx.columns = service_columns;
    for (size_t i = 0; i < rows->n; i++) {
        sc_row r = sc_loader_row(rows, i);
        sc_rate_cell id = sc_loader_cell(x, r, SERVICE), provider = sc_loader_cell(x, r, SERVICE_PROVIDER),
                     name = sc_loader_cell(x, r, SERVICE_NAME), source = sc_loader_cell(x, r, SERVICE_SOURCE),
                     checked = sc_loader_cell(x, r, SERVICE_CHECKED), note = sc_loader_cell(x, r, SERVICE_NOTE);
        for (size_t k = 0; k < x->card->n_models; k++) {
            if (!x->card->models[k].is_service && strcmp(x->card->models[k].id, id.text) == 0)
                sc_rate_cell_error(&id, "'%s' is a model, expected another name", id.text);
        }
        put_model(x, r, "services.csv",
                  &(sc_model){.id = sc_rate_cell_id(&id, "service"),
                              .provider = sc_rate_cell_text(&provider, 1),
                              .name = sc_rate_cell_text(&name, 1),
                              .is_service = 1,
                              .tokenizer = "",
                              .tokens_low = 1.0,
                              .tokens_high = 1.0,
                              .verbosity = "",
                              .released = SC_DAY_MIN,
                              .legacy_from = SC_DAY_MAX,
                              .extended_from = SC_DAY_MAX,
                              .end_of_life = SC_DAY_MAX,
                              .lifecycle = "",
                              .source = sc_loader_source(x, &source),
                              .checked = sc_rate_cell_day(&checked, SC_DAY_MIN, 1),
                              .note = sc_rate_cell_text(&note, 0)});
    }
}

static int alias_order(const void *a, const void *b)
{
    return strcmp(((const sc_alias *)a)->alias, ((const sc_alias *)b)->alias);
}

static void load_aliases(sc_loader *x)
{
    enum { ALIAS, ALIAS_MODEL, ALIAS_KIND, ALIAS_NOTE, N };
    static const sc_csv_column columns[N] = {{"alias", 1}, {"model", 1}, {"kind", 0}, {"note", 1}};
    static const char *const kinds[] = {"id", "cur", "name"};
    sc_card *card = x->card;
    sc_rows rows;
    (void)sc_loader_open_rows(x, "aliases.csv", 1, columns, N, &rows);
    card->names = sc_loader_array(x, card->n_models + rows.n, sizeof *card->names);
    card->aliases = sc_loader_array(x, rows.n, sizeof *card->aliases);
    sc_ids ids = {.id = sc_loader_array(x, rows.n, sizeof *ids.id)};
    for (size_t i = 0; x->ctx.failed == SC_OK && i < card->n_models; i++)
        card->names[card->n_names++] = card->models[i].id;
    for (size_t i = 0; x->ctx.failed == SC_OK && i < rows.n; i++) {
        sc_row r = sc_loader_row(&rows, i);
        sc_rate_cell alias = sc_loader_cell(x, r, ALIAS), model = sc_loader_cell(x, r, ALIAS_MODEL),
                     kind = sc_loader_cell(x, r, ALIAS_KIND);
        if (sc_card_model_by_id(card, alias.text) != NULL)
            sc_rate_cell_error(&alias, "'%s' is a model of its own, expected another spelling", alias.text);
        const int is_cur = kind.text[0] != '\0' && sc_rate_cell_choice(&kind, "kind", kinds, 3) == 1;
        if (ids.n > 0 && strcmp(ids.id[ids.n - 1], alias.text) > 0)
            sc_loader_note_order(x, r, "aliases.csv");
        const char *text = sc_rate_cell_id(&alias, "alias");
        card->aliases[sc_loader_put_id(&ids, text)] = (sc_alias){text, sc_loader_model(x, &model), is_cur};
        card->n_aliases = ids.n;
    }
    if (card->aliases != NULL)
        qsort(card->aliases, card->n_aliases, sizeof *card->aliases, alias_order);
    for (size_t i = 0; card->names != NULL && card->aliases != NULL && i < card->n_aliases; i++)
        card->names[card->n_names++] = card->aliases[i].alias;
    sc_loader_close_rows(&rows);
}

void sc_loader_add_models(sc_loader *x)
{
    sc_card *card = x->card;
    load_ratios(x, "tokenizers.csv", "tokenizer", 1, &x->tokenizers);
    load_ratios(x, "verbosity.csv", "verbosity", 0, &x->verbosities);
    sc_rows models, services;
    if (sc_loader_open_rows(x, "models.csv", 1, model_columns, MODEL_COLUMNS, &models) &&
        sc_loader_open_rows(x, "services.csv", 0, service_columns, SERVICE_COLUMNS, &services)) {
        card->models = sc_loader_array(x, models.n + services.n, sizeof *card->models);
        if (card->models != NULL) {
            load_models(x, &models);
            load_services(x, &services);
            qsort(card->models, card->n_models, sizeof *card->models, model_order);
        }
        sc_loader_close_rows(&services);
    }
    sc_loader_close_rows(&models);
    load_aliases(x);
}
