/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates_show.c - `spendcast rates show`: everything the card knows of a model. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rates_args.h"
#include "cli/rates_report.h"

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
    if (m->is_service) {
        if (m->note[0] != '\0')
            fact(t, "note", m->note);
        fact(t, "source", m->source);
        return;
    }
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
    if (m->verbosity_high > 0.0) {
        snprintf(text, sizeof text, "%s: %.2f to %.2f output tokens for one of Claude Sonnet 4.5", m->verbosity,
                 m->verbosity_low, m->verbosity_high);
        fact(t, "verbosity", text);
    }
    if (m->output_burndown > 0) {
        snprintf(text, sizeof text, "an output token takes %" PRId64 " of the token quota on bedrock-runtime",
                 m->output_burndown);
        fact(t, "quota", text);
    }
    if (m->released != SC_DAY_MIN)
        fact(t, "released", sc_day_format(m->released, day));
    if (m->legacy_from != SC_DAY_MAX)
        fact(t, "legacy from", sc_day_format(m->legacy_from, day));
    if (m->extended_from != SC_DAY_MAX)
        fact(t, "extended access from", sc_day_format(m->extended_from, day));
    if (m->end_of_life != SC_DAY_MAX)
        fact(t, "end of life", sc_day_format(m->end_of_life, day));
    if (m->note[0] != '\0')
        fact(t, "note", m->note);
    fact(t, "source", m->source);
}

static int show_model(const rates_show_options *o, const sc_card *card, const sc_model *m, int region)
{
    static const sc_column columns[] = {
        {"meter", "meter", SC_CELL_TEXT, 0, 0},     {"usd", "usd", SC_CELL_TEXT, 0, 0},
        {"unit", "per", SC_CELL_TEXT, 0, 0},        {"tier", "tier", SC_CELL_TEXT, 0, 0},
        {"scopes", "scopes", SC_CELL_TEXT, 0, 0},   {"context_from", "context\nfrom", SC_CELL_COUNT, 0, 2},
        {"from", "from", SC_CELL_DATE, 0, 3},       {"to", "to", SC_CELL_DATE, 0, 3},
        {"variant", "variant", SC_CELL_TEXT, 0, 1}, {"source", "source", SC_CELL_TEXT, 0, 4},
        {"checked", "checked", SC_CELL_DATE, 0, 7}, {"regions", "regions", SC_CELL_TEXT, 0, 1},
        {"note", "note", SC_CELL_TEXT, 0, 8},
    };
    char title[200];
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
        cell_scopes(t, p->scopes);
        cell_count_or_empty(t, p->context_from);
        sc_cell_date(t, p->from);
        sc_cell_date(t, p->to);
        cell_text_or_empty(t, p->variant);
        sc_cell_text(t, p->source);
        sc_cell_date(t, p->checked);
        cell_regions(t, p->regions, card_region_code, card);
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
    else if (resolve_model(card, argv[0], &ref) != 0)
        status = 3;
    else
        status = show_model(o, card, ref.model, region);
    sc_card_free(card);
    return status;
}
