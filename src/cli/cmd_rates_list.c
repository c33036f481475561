/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates_list.c - `spendcast rates list`: prices of all models side by side. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rates_args.h"

/* Dollars per 1,000,000 base units, for tables in which prices of tokens stand side by side. */
static sc_money per_million(const sc_price_point *p) { return (sc_money)p->price * 1000000; }

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
