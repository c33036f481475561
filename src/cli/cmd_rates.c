/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates.c - `spendcast rates`: list, show, check, price. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"

#define MAX_LINES OPT_LIST_MAX

/* Dollars per 1,000,000 base units, for tables in which prices of tokens stand side by side. */
static sc_money per_million(const sc_price_point *p) { return (sc_money)p->price * 1000000; }

static int region_option(const sc_card *card, const char *code, int *region)
{
    const char *names[64];
    size_t n = sc_card_region_count(card);
    *region = -1;
    if (code == NULL)
        return 0;
    *region = sc_card_region_of(card, code);
    if (*region >= 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        names[i] = sc_card_region(card, i)->code;
    print_unknown(NULL, "region", code, names, n);
    return -1;
}

static int resolve(const sc_card *card, const char *id, sc_model_ref *ref)
{
    char why[500];
    if (sc_card_resolve(card, id, ref, why, sizeof why) == SC_OK)
        return 0;
    print_problem(NULL, "%s", why);
    return -1;
}

/* ---- list ---- */

static int check_provider(const sc_card *card, const char *provider)
{
    const char *names[64];
    size_t n = 0;
    if (provider == NULL)
        return 0;
    for (size_t i = 0; i < sc_card_model_count(card); i++) {
        const char *name = sc_card_model(card, i)->provider;
        size_t at = 0;
        if (strcmp(name, provider) == 0)
            return 0;
        while (at < n && strcmp(names[at], name) != 0)
            at++;
        if (at == n && n < sizeof names / sizeof names[0])
            names[n++] = name;
    }
    print_unknown(NULL, "provider", provider, names, n);
    return -1;
}

static void price_cell(sc_table *t, const sc_card *card, const sc_buy *buy, sc_meter meter, sc_day day)
{
    const sc_price_point *p = sc_card_find(card, buy, meter, NULL, 0, day);
    if (p != NULL && p->unit->per == 1000000)
        sc_cell_money(t, per_million(p));
    else
        sc_cell_empty(t);
}

static int list_models(const rates_list_options *o, const sc_card *card, int region, sc_day day)
{
    static const sc_column columns[] = {
        {"model", "model", SC_CELL_TEXT, 0, 0},
        {"scope", "scope", SC_CELL_TEXT, 0, 0},
        {"tier", "tier", SC_CELL_TEXT, 0, 2},
        {"context_window", "context", SC_CELL_COUNT, 0, 3},
        {"input_usd", "input", SC_CELL_MONEY, 0, 0},
        {"output_usd", "output", SC_CELL_MONEY, 0, 0},
        {"cache_read_usd", "cache\nread", SC_CELL_MONEY, 0, 1},
        {"cache_write_5m_usd", "write\n5m", SC_CELL_MONEY, 0, 4},
        {"cache_write_1h_usd", "write\n1h", SC_CELL_MONEY, 0, 5},
        {"cache_write_30m_usd", "write\n30m", SC_CELL_MONEY, 0, 6},
        {"end_of_life", "end of life", SC_CELL_DATE, 0, 7},
    };
    static const sc_meter cache_meters[] = {SC_METER_CACHE_READ, SC_METER_CACHE_WRITE_5M, SC_METER_CACHE_WRITE_1H,
                                            SC_METER_CACHE_WRITE_30M};
    char when[16];
    size_t rows = 0, elsewhere = 0;
    sc_report *r = sc_report_new("rates list", "Prices in USD per 1,000,000 tokens");
    sc_table *t = sc_report_table(r, "models", NULL, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < sc_card_model_count(card); i++) {
        const sc_model *m = sc_card_model(card, i);
        int shown = 0;
        if ((o->provider != NULL && strcmp(o->provider, m->provider) != 0) ||
            (o->match != NULL && strstr(m->id, o->match) == NULL))
            continue;
        for (sc_scope s = SC_SCOPE_IN_REGION; s < SC_SCOPES; s++) {
            for (sc_tier tier = SC_TIER_STANDARD; tier < SC_TIERS; tier++) {
                sc_buy buy = {m, region, s, tier};
                if ((o->scope < SC_SCOPES && (sc_scope)o->scope != s) ||
                    (o->tier < SC_TIERS && (sc_tier)o->tier != tier) ||
                    sc_card_find(card, &buy, SC_METER_INPUT, NULL, 0, day) == NULL)
                    continue;
                sc_table_row(t);
                sc_cell_text(t, m->id);
                sc_cell_text(t, sc_scope_name(s));
                sc_cell_text(t, sc_tier_name(tier));
                if (m->context_window > 0)
                    sc_cell_count(t, m->context_window);
                else
                    sc_cell_empty(t);
                price_cell(t, card, &buy, SC_METER_INPUT, day);
                price_cell(t, card, &buy, SC_METER_OUTPUT, day);
                for (size_t k = 0; k < 4; k++)
                    price_cell(t, card, &buy, cache_meters[k], day);
                sc_cell_date(t, m->end_of_life);
                shown = 1;
                rows++;
            }
        }
        elsewhere += !shown && sc_card_model_points(card, m, NULL) > 0;
    }
    sc_report_note(
        r,
        "%zu rows for %s on %s. %zu more models have prices for other regions, scopes, tiers, dates or meters: "
        "`spendcast rates show MODEL` has them all.",
        rows, sc_card_region(card, (size_t)region)->code, sc_day_format(day, when), elsewhere);
    add_card_provenance(r, card);
    return emit_report(&o->g, r, 0);
}

int cmd_rates_list(const command *c, const void *options, int argc, char **argv)
{
    const rates_list_options *o = options;
    int status, region;
    (void)c, (void)argc, (void)argv;
    sc_card *card = open_card(&o->g, &status);
    if (card == NULL)
        return status;
    status = 2;
    if (region_option(card, o->region, &region) == 0 && check_provider(card, o->provider) == 0)
        status = list_models(o, card, region >= 0 ? region : sc_card_default_region(card),
                             o->as_of != SC_DAY_MAX ? o->as_of : today());
    sc_card_free(card);
    return status;
}

/* ---- show ---- */

static void flag_list(char *buf, size_t size, unsigned flags)
{
    size_t len = 0;
    buf[0] = '\0';
    for (int i = 0; i < SC_FLAG_COUNT && len < size; i++) {
        if (flags >> i & 1)
            len += (size_t)snprintf(buf + len, size - len, "%s%s", len > 0 ? " " : "", sc_flag_names()[i]);
    }
    if (buf[0] == '\0')
        snprintf(buf, size, "not known");
}

static void fact(sc_table *t, const char *name, const char *value)
{
    sc_table_row(t);
    sc_cell_text(t, name);
    sc_cell_text(t, value);
}

static void fact_tokens(sc_table *t, const char *name, int64_t n)
{
    sc_table_row(t);
    sc_cell_text(t, name);
    if (n > 0)
        sc_cell_textf(t, "%" PRId64 " tokens", n);
    else
        sc_cell_text(t, "not known");
}

static void model_facts(sc_report *r, const sc_model *m)
{
    static const sc_column columns[] = {{"fact", "fact", SC_CELL_TEXT, 0, 0}, {"value", "value", SC_CELL_TEXT, 0, 0}};
    char text[300], day[16];
    sc_table *t = sc_report_table(r, "facts", NULL, columns, 2);
    fact(t, "name", m->name);
    fact(t, "provider", m->provider);
    fact_tokens(t, "context window", m->context_window);
    fact_tokens(t, "max output", m->max_output);
    flag_list(text, sizeof text, m->input);
    fact(t, "input", text);
    flag_list(text, sizeof text, m->output);
    fact(t, "output", text);
    flag_list(text, sizeof text, m->features);
    fact(t, "features", text);
    snprintf(text, sizeof text, "%s: %.2f to %.2f tokens for one of o200k", m->tokenizer, m->tokens_low,
             m->tokens_high);
    fact(t, "tokenizer", text);
    if (m->cache_ttls != 0) {
        size_t len = 0;
        for (sc_ttl k = SC_TTL_5M; k < SC_TTLS; k++) {
            if (m->cache_ttls >> k & 1)
                len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", len > 0 ? ", " : "", sc_ttl_name(k));
        }
        snprintf(text + len, sizeof text - len, "; from %" PRId64 " tokens", m->cache_min_tokens);
        fact(t, "prompt cache", text);
    }
    fact(t, "lifecycle", m->lifecycle[0] != '\0' ? m->lifecycle : "not known");
    if (m->released != SC_DAY_MIN)
        fact(t, "released", sc_day_format(m->released, day));
    if (m->legacy_from != SC_DAY_MAX)
        fact(t, "legacy from", sc_day_format(m->legacy_from, day));
    if (m->end_of_life != SC_DAY_MAX)
        fact(t, "end of life", sc_day_format(m->end_of_life, day));
    if (m->note[0] != '\0')
        fact(t, "note", m->note);
    fact(t, "source", m->source);
}

static void set_text(char *buf, size_t size, const sc_card *card, const sc_price_point *p, int regions)
{
    size_t len = 0;
    int n = regions ? (int)sc_card_region_count(card) : SC_SCOPES, more = 0;
    buf[0] = '\0';
    for (int i = 0; i < n && len < size; i++) {
        if ((regions ? p->regions >> i & 1 : (uint64_t)(p->scopes >> i & 1)) == 0)
            continue;
        len += (size_t)snprintf(buf + len, size - len, "%s%s", len > 0 ? " " : "",
                                regions ? sc_card_region(card, (size_t)i)->code : sc_scope_name((sc_scope)i));
        more++;
    }
}

static int show_model(const rates_show_options *o, const sc_card *card, const sc_model *m, int region)
{
    static const sc_column columns[] = {
        {"meter", "meter", SC_CELL_TEXT, 0, 0},     {"usd", "usd", SC_CELL_TEXT, 0, 0},
        {"unit", "per", SC_CELL_TEXT, 0, 0},        {"tier", "tier", SC_CELL_TEXT, 0, 0},
        {"scopes", "scopes", SC_CELL_TEXT, 0, 0},   {"context_from", "context\nfrom", SC_CELL_COUNT, 0, 2},
        {"from", "from", SC_CELL_DATE, 0, 3},       {"to", "to", SC_CELL_DATE, 0, 3},
        {"variant", "variant", SC_CELL_TEXT, 0, 6}, {"source", "source", SC_CELL_TEXT, 0, 4},
        {"checked", "checked", SC_CELL_DATE, 0, 7}, {"regions", "regions", SC_CELL_TEXT, 0, 1},
        {"note", "note", SC_CELL_TEXT, 0, 8},
    };
    char title[200], text[1200];
    snprintf(title, sizeof title, "%s", m->id);
    sc_report *r = sc_report_new("rates show", title);
    size_t first, n = sc_card_model_points(card, m, &first), shown = 0;
    sc_table *t = sc_report_table(r, "prices", "Price points", columns, sizeof columns / sizeof columns[0]);
    for (size_t i = first; i < first + n; i++) {
        const sc_price_point *p = sc_card_point(card, i);
        if ((o->as_of != SC_DAY_MAX && (o->as_of < p->from || o->as_of >= p->to)) ||
            (region >= 0 && (p->regions >> region & 1) == 0))
            continue;
        sc_table_row(t);
        sc_cell_text(t, sc_meter_name(p->meter));
        sc_cell_text(t, p->usd);
        sc_cell_text(t, p->unit->name);
        sc_cell_text(t, sc_tier_name(p->tier));
        set_text(text, sizeof text, card, p, 0);
        sc_cell_text(t, text);
        if (p->context_from > 0)
            sc_cell_count(t, p->context_from);
        else
            sc_cell_empty(t);
        sc_cell_date(t, p->from);
        sc_cell_date(t, p->to);
        sc_cell_text(t, p->variant);
        sc_cell_text(t, p->source);
        sc_cell_date(t, p->checked);
        set_text(text, sizeof text, card, p, 1);
        sc_cell_text(t, text);
        sc_cell_text(t, p->note);
        shown++;
    }
    model_facts(r, m);
    sc_report_note(r, "%zu of %zu rows of the price tables.", shown, n);
    add_card_provenance(r, card);
    return emit_report(&o->g, r, 0);
}

int cmd_rates_show(const command *c, const void *options, int argc, char **argv)
{
    const rates_show_options *o = options;
    sc_model_ref ref;
    int status, region;
    (void)c, (void)argc;
    sc_card *card = open_card(&o->g, &status);
    if (card == NULL)
        return status;
    if (region_option(card, o->region, &region) != 0)
        status = 2;
    else if (resolve(card, argv[0], &ref) != 0)
        status = 3;
    else
        status = show_model(o, card, ref.model, region);
    sc_card_free(card);
    return status;
}

/* ---- check ---- */

int cmd_rates_check(const command *c, const void *options, int argc, char **argv)
{
    static const sc_column columns[] = {{"what", "what", SC_CELL_TEXT, 0, 0}, {"count", "count", SC_CELL_COUNT, 0, 0}};
    const globals *g = options;
    int status;
    (void)c, (void)argc, (void)argv;
    sc_card *card = open_card(g, &status); /* loading is the check: every cell, reference, range and overlap */
    if (card == NULL)
        return status;
    size_t rows = sc_card_point_count(card), points = 0, unpriced = 0, no_window = 0;
    for (size_t i = 0; i < rows; i++) {
        const sc_price_point *p = sc_card_point(card, i);
        points += (size_t)(__builtin_popcountll(p->regions) * __builtin_popcount(p->scopes));
    }
    for (size_t i = 0; i < sc_card_model_count(card); i++) {
        const sc_model *m = sc_card_model(card, i);
        int priced = sc_card_model_points(card, m, NULL) > 0;
        unpriced += !priced;
        no_window += priced && m->context_window == 0;
    }
    const struct {
        const char *what;
        size_t count;
    } facts[] = {
        {"models", sc_card_model_count(card)},
        {"models without a price", unpriced},
        {"priced models without a known context window", no_window},
        {"regions", sc_card_region_count(card)},
        {"rows of the price tables", rows},
        {"price points (row x region x scope)", points},
        {"rows that could not be placed", sc_card_unplaced_count(card)},
    };
    sc_report *r = sc_report_new("rates check", "The rate card is consistent");
    sc_table *t = sc_report_table(r, "counts", NULL, columns, 2);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        sc_table_row(t);
        sc_cell_text(t, facts[i].what);
        sc_cell_count(t, (int64_t)facts[i].count);
    }
    sc_report_note(r, "Checked: columns, decimals, dates, known models, regions, scopes, tiers, meters, units and "
                      "sources, no model, alias "
                      "or region twice, no two prices for one key.");
    add_card_provenance(r, card);
    sc_card_free(card);
    return emit_report(g, r, 0);
}

/* ---- price ---- */

/* "input=12000" -> a usage line; -1 after printing what is wrong. */
static int read_meter(const char *text, const char *variant, sc_usage_line *line)
{
    char name[64];
    size_t len = strcspn(text, "=");
    snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), text);
    int meter = sc_meter_of(name);
    if (text[len] != '=') {
        print_problem(NULL, "--meter: found '%s', expected NAME=QUANTITY such as input=12000", text);
        return -1;
    }
    if (meter < 0) {
        print_unknown(NULL, "meter", name, sc_meter_names(), SC_METERS);
        return -1;
    }
    *line = (sc_usage_line){(sc_meter)meter, 0, variant};
    if (value_count(text + len + 1, &line->quantity) != 0 || line->quantity < 0) {
        print_problem(NULL, "--meter %s: found '%s', expected a whole number of 0 or more", name, text + len + 1);
        return -1;
    }
    return 0;
}

static int report_price(const rates_price_options *o, const sc_card *card, const sc_buy *buy, const sc_line_item *items,
                        size_t n, sc_money total, sc_day day, const char *id, int region_varies)
{
    static const sc_column columns[] = {
        {"meter", "meter", SC_CELL_TEXT, 0, 0},
        {"quantity", "quantity", SC_CELL_COUNT, 0, 0},
        {"price_usd", "price", SC_CELL_TEXT, 0, 0},
        {"unit", "per", SC_CELL_TEXT, 0, 0},
        {"cost_usd", "cost", SC_CELL_MONEY, 0, 0},
        {"context_from", "context\nfrom", SC_CELL_COUNT, 0, 3},
        {"from", "from", SC_CELL_DATE, 0, 4},
        {"to", "to", SC_CELL_DATE, 0, 5},
        {"source", "source", SC_CELL_TEXT, 0, 1},
        {"checked", "checked", SC_CELL_DATE, 0, 6},
        {"price_point", "price point", SC_CELL_TEXT, 0, 2},
        {"note", "note", SC_CELL_TEXT, 0, 7},
    };
    char title[300], when[16];
    snprintf(title, sizeof title, "%s, %s, %s, %s, prices of %s", buy->model->id,
             sc_card_region(card, (size_t)buy->region)->code, sc_scope_name(buy->scope), sc_tier_name(buy->tier),
             sc_day_format(day, when));
    sc_report *r = sc_report_new("rates price", title);
    sc_report_figure_money(r, "total_usd", "total", total);
    sc_table *t = sc_report_table(r, "items", NULL, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < n; i++) {
        const sc_price_point *p = items[i].point;
        sc_table_row(t);
        sc_cell_text(t, sc_meter_name(items[i].meter));
        sc_cell_count(t, items[i].quantity);
        sc_cell_text(t, p->usd);
        sc_cell_text(t, p->unit->name);
        sc_cell_money(t, items[i].cost);
        if (p->context_from > 0)
            sc_cell_count(t, p->context_from);
        else
            sc_cell_empty(t);
        sc_cell_date(t, p->from);
        sc_cell_date(t, p->to);
        sc_cell_text(t, p->source);
        sc_cell_date(t, p->checked);
        sc_cell_textf(t, "%s:%d", p->file, p->line);
        sc_cell_text(t, p->note);
    }
    sc_table_foot(t);
    sc_cell_text(t, "total");
    sc_cell_empty(t);
    sc_cell_empty(t);
    sc_cell_empty(t);
    sc_cell_money(t, total);
    if (region_varies)
        sc_report_note(
            r, "No region was stated and prices differ between regions; these are those of %s. --region names another.",
            sc_card_region(card, (size_t)buy->region)->code);
    add_card_provenance(r, card);
    sc_report_provenance(r, "model", "%s", id);
    sc_report_provenance(r, "region", "%s", sc_card_region(card, (size_t)buy->region)->code);
    sc_report_provenance(r, "scope", "%s", sc_scope_name(buy->scope));
    sc_report_provenance(r, "tier", "%s", sc_tier_name(buy->tier));
    sc_report_provenance(r, "as_of", "%s", sc_day_format(day, when));
    sc_report_provenance(r, "requests", "%" PRId64, o->requests);
    return emit_report(&o->g, r, 0);
}

static int price(const rates_price_options *o, const sc_card *card, const char *id)
{
    sc_errors errors = {0};
    sc_model_ref ref;
    sc_usage_line lines[MAX_LINES];
    sc_line_item items[MAX_LINES];
    sc_money total;
    int region, varies = 0;
    sc_day day = o->as_of != SC_DAY_MAX ? o->as_of : today();
    for (size_t i = 0; i < o->meters.n; i++) {
        if (read_meter(o->meters.item[i], o->variant, &lines[i]) != 0)
            return 2;
    }
    if (o->meters.n == 0) {
        print_problem(NULL, "no usage, expected at least one --meter NAME=QUANTITY");
        return 2;
    }
    if (region_option(card, o->region, &region) != 0)
        return 2;
    if (resolve(card, id, &ref) != 0)
        return 3;
    sc_scope scope = o->scope < SC_SCOPES ? (sc_scope)o->scope : ref.scope;
    sc_tier tier = (sc_tier)o->tier;
    sc_buy buy = {ref.model, sc_card_pick_region(card, &ref, scope, tier, region, day, &varies), scope, tier};
    if (!sc_card_region_serves(card, buy.region, ref.geo)) {
        int picked = sc_card_pick_region(card, &ref, scope, tier, -1, day, NULL);
        print_problem(NULL, "region '%s' is no source region of '%s.' profiles, expected one such as '%s'",
                      sc_card_region(card, (size_t)buy.region)->code, sc_card_geo_name(card, ref.geo),
                      sc_card_region(card, (size_t)picked)->code);
        return 3;
    }
    sc_code code = sc_card_price(card, &buy, lines, o->meters.n, o->requests, o->context, day, items, &total, &errors);
    print_errors(&errors);
    if (code != SC_OK)
        return exit_code(code);
    return report_price(o, card, &buy, items, o->meters.n, total, day, id, varies);
}

int cmd_rates_price(const command *c, const void *options, int argc, char **argv)
{
    const rates_price_options *o = options;
    int status;
    (void)c, (void)argc;
    sc_card *card = open_card(&o->g, &status);
    if (card == NULL)
        return status;
    status = price(o, card, argv[0]);
    sc_card_free(card);
    return status;
}
