/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_terms.c - a customer's own terms: discounts on list prices, and capacity bought for a time. */
#include <string.h>

#include "rates/rates_tables.h"

/* A name out of a list, or -1 for an empty cell. */
static int cell_choice_or_any(sc_rate_cell *c, const char *what, const char *const *names, size_t n)
{
    return c->text[0] != '\0' ? sc_rate_cell_choice(c, what, names, n) : -1;
}

/* A provider of some model; "" for an empty cell. */
static const char *cell_provider(const sc_loader *x, sc_rate_cell *c)
{
    const sc_card *card = x->card;
    const char *names[64];
    size_t n = 0;
    if (c->text[0] == '\0')
        return "";
    for (size_t i = 0; i < card->n_models; i++) {
        size_t at = 0;
        while (at < n && strcmp(names[at], card->models[i].provider) != 0)
            at++;
        if (at == n && n < sizeof names / sizeof names[0])
            names[n++] = card->models[i].provider;
    }
    int i = sc_rate_cell_choice(c, "provider", n > 0 ? names : NULL, n);
    return n > 0 ? names[i] : "";
}

/* "key=value" split in two; both "" for an empty cell. */
static void cell_tag(sc_rate_cell *c, const char **key, const char **value)
{
    const char *text = sc_rate_cell_text(c, 0), *equals = strchr(text, '=');
    *key = *value = "";
    if (text[0] == '\0')
        return;
    if (equals == NULL || equals == text || equals[1] == '\0') {
        sc_rate_cell_error(c, "'%s' is not a tag, expected KEY=VALUE such as team=search", text);
        return;
    }
    *key = sc_arena_strndup(c->x->arena, text, (size_t)(equals - text));
    *value = equals + 1;
    if (*key == NULL) {
        *key = "";
        c->x->failed = SC_E_MEMORY;
    }
}

static void load_discounts(sc_loader *x)
{
    enum { ID, PERCENT, PROVIDER, MODEL, TIER, METER, TAG, FROM, TO, SOURCE, NOTE, N };
    static const sc_csv_column columns[N] = {{"discount", 1}, {"percent", 1}, {"provider", 1}, {"model", 1},
                                             {"tier", 1},     {"meter", 1},   {"tag", 1},      {"from", 1},
                                             {"to", 1},       {"source", 1},  {"note", 1}};
    sc_card *card = x->card;
    sc_rows rows;
    (void)sc_loader_open_rows(x, "discounts.csv", 0, columns, N, &rows);
    if (rows.n > 0)
        card->discounts = sc_loader_array(x, rows.n, sizeof *card->discounts);
    for (size_t i = 0; card->discounts != NULL && i < rows.n; i++) {
        sc_row r = sc_loader_row(&rows, i);
        sc_rate_cell c[N];
        for (size_t k = 0; k < N; k++)
            c[k] = sc_loader_cell(x, r, k);
        sc_discount d = {.id = sc_rate_cell_id(&c[ID], "discount"),
                         .share = sc_rate_cell_percent(&c[PERCENT]),
                         .percent = sc_rate_cell_text(&c[PERCENT], 0),
                         .provider = cell_provider(x, &c[PROVIDER]),
                         .model = c[MODEL].text[0] != '\0' ? sc_loader_model(x, &c[MODEL]) : NULL,
                         .tier = cell_choice_or_any(&c[TIER], "tier", sc_tier_names(), SC_TIERS),
                         .meter = cell_choice_or_any(&c[METER], "meter", sc_meter_names(), SC_METERS),
                         .source = sc_loader_source(x, &c[SOURCE]),
                         .note = sc_rate_cell_text(&c[NOTE], 0),
                         .file = sc_loader_path(x, r.set, "discounts.csv"),
                         .line = sc_csv_line(r.table, r.index)};
        if (d.model != NULL && d.provider[0] != '\0' && strcmp(d.model->provider, d.provider) != 0)
            sc_rate_cell_error(&c[MODEL], "'%s' is of the provider '%s', not of '%s'", d.model->id, d.model->provider,
                               d.provider);
        cell_tag(&c[TAG], &d.tag_key, &d.tag_value);
        sc_rate_cell_days(&c[FROM], &c[TO], &d.from, &d.to);
        card->discounts[card->n_discounts++] = d;
    }
    sc_loader_close_rows(&rows);
}

static void load_commitments(sc_loader *x)
{
    enum { ID, MODEL, REGION, SCOPE, TIER, METER, VARIANT, QUANTITY, FROM, TO, PROJECT, SOURCE, NOTE, N };
    static const sc_csv_column columns[N] = {
        {"commitment", 1}, {"model", 1}, {"region", 1}, {"scope", 1},   {"tier", 1},   {"meter", 1}, {"variant", 1},
        {"quantity", 1},   {"from", 1},  {"to", 1},     {"project", 1}, {"source", 1}, {"note", 1}};
    sc_card *card = x->card;
    const char *codes[SC_MAX_REGIONS];
    const char *const *regions = sc_loader_region_codes(x, codes);
    sc_rows rows;
    (void)sc_loader_open_rows(x, "commitments.csv", 0, columns, N, &rows);
    if (rows.n > 0)
        card->commitments = sc_loader_array(x, rows.n, sizeof *card->commitments);
    for (size_t i = 0; card->commitments != NULL && i < rows.n; i++) {
        sc_row r = sc_loader_row(&rows, i);
        sc_rate_cell c[N];
        for (size_t k = 0; k < N; k++)
            c[k] = sc_loader_cell(x, r, k);
        sc_commitment m = {.id = sc_rate_cell_id(&c[ID], "commitment"),
                           .buy = {sc_loader_model(x, &c[MODEL]),
                                   sc_rate_cell_choice(&c[REGION], "region", regions, card->n_regions),
                                   (sc_scope)sc_rate_cell_choice(&c[SCOPE], "scope", sc_scope_names(), SC_SCOPES),
                                   (sc_tier)sc_rate_cell_choice(&c[TIER], "tier", sc_tier_names(), SC_TIERS)},
                           .meter = (sc_meter)sc_rate_cell_choice(&c[METER], "meter", sc_meter_names(), SC_METERS),
                           .variant = sc_rate_cell_text(&c[VARIANT], 0),
                           .quantity = sc_rate_cell_count(&c[QUANTITY], "units", 0),
                           .project = sc_rate_cell_text(&c[PROJECT], 0),
                           .source = sc_loader_source(x, &c[SOURCE]),
                           .note = sc_rate_cell_text(&c[NOTE], 0),
                           .file = sc_loader_path(x, r.set, "commitments.csv"),
                           .line = sc_csv_line(r.table, r.index)};
        if (!c[METER].bad && !sc_meter_is_capacity(m.meter))
            sc_rate_cell_error(&c[METER], "'%s' is not billed by the hour, expected capacity such as '%s' or '%s'",
                               c[METER].text, sc_meter_name(SC_METER_RESERVED_INPUT_TPM_1MO),
                               sc_meter_name(SC_METER_MODEL_UNIT_HOUR_1MO));
        if (m.quantity == 0 && !c[QUANTITY].bad)
            sc_rate_cell_error(&c[QUANTITY], "'%s' is no capacity, expected at least 1 unit", c[QUANTITY].text);
        sc_rate_cell_days(&c[FROM], &c[TO], &m.from, &m.to);
        if (m.from == SC_DAY_MIN && !c[FROM].bad)
            (void)sc_rate_cell_is_empty(&c[FROM], "the day on which it begins");
        card->commitments[card->n_commitments++] = m;
    }
    sc_loader_close_rows(&rows);
}

void sc_loader_add_terms(sc_loader *x)
{
    load_discounts(x);
    load_commitments(x);
}
