/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_rates_commitments.c - `spendcast rates commitments`: what the capacity that a customer owns costs, used or not,
 * and from which use on it is cheaper than on demand. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/rates_report.h"

#define HOURS_A_MONTH 730 /* a month as AWS states prices: 365 / 12 days */
#define TOKENS_A_TPM_HOUR (1000 * 60)

/* The meter of tokens that reserved capacity serves; -1 for capacity in model units, whose throughput AWS does not
 * publish. */
static int served_meter(sc_meter m)
{
    switch (m) {
    case SC_METER_RESERVED_INPUT_TPM_1MO:
    case SC_METER_RESERVED_INPUT_TPM_3MO: return SC_METER_INPUT;
    case SC_METER_RESERVED_OUTPUT_TPM_1MO:
    case SC_METER_RESERVED_OUTPUT_TPM_3MO: return SC_METER_OUTPUT;
    default: return -1;
    }
}

/* Dollars per 1,000,000 tokens when every reserved token of the hour is used, rounded to a femto-USD. */
static sc_money at_full_use(const sc_price_point *p)
{
    return sc_money_share(sc_money_times(p->price, 1000000), 1, TOKENS_A_TPM_HOUR);
}

static void usage_cells(sc_table *t, const sc_card *card, const sc_commitment *c, const sc_price_point *p, sc_day day)
{
    const int served = served_meter(c->meter);
    sc_buy standard = c->buy;
    standard.tier = SC_TIER_STANDARD;
    const sc_price_point *q = served >= 0 ? sc_card_find(card, &standard, (sc_meter)served, NULL, 0, day) : NULL;
    if (p == NULL || served < 0) {
        cells_empty(t, 4);
        return;
    }
    const sc_money full = at_full_use(p);
    sc_cell_count(t, c->quantity * TOKENS_A_TPM_HOUR * HOURS_A_MONTH);
    sc_cell_usd(t, sc_money_to_usd(full));
    if (q == NULL) {
        sc_cell_empty(t);
        sc_cell_empty(t);
        return;
    }
    const sc_money on_demand = sc_money_times(q->price, 1000000);
    sc_cell_money(t, on_demand);
    if (on_demand > 0)
        sc_cell_share(t, sc_money_to_usd(full) / sc_money_to_usd(on_demand));
    else
        sc_cell_empty(t);
}

/* Returns 0, or the exit code after printing why there is no price. */
static int commitment_row(sc_table *t, const sc_card *card, const sc_commitment *c, sc_day from, sc_day to,
                          sc_money *total)
{
    sc_errors errors = {0};
    sc_money list, discount;
    const sc_day first = from > c->from ? from : c->from;
    const sc_price_point *p = sc_card_find(card, &c->buy, c->meter, c->variant, 0, first);
    sc_code code = sc_card_commitment_cost(card, c, from, to, &list, &discount, &errors);
    print_errors(&errors);
    if (code != SC_OK)
        return exit_code(code);
    sc_table_row(t);
    sc_cell_text(t, c->id);
    sc_cell_text(t, c->buy.model->id);
    sc_cell_text(t, sc_card_region(card, (size_t)c->buy.region)->code);
    sc_cell_text(t, sc_scope_name(c->buy.scope));
    sc_cell_text(t, sc_tier_name(c->buy.tier));
    sc_cell_text(t, sc_meter_name(c->meter));
    sc_cell_count(t, c->quantity);
    cell_text_or_empty(t, c->project);
    sc_cell_date(t, c->from);
    sc_cell_date(t, c->to);
    if (p != NULL) {
        sc_cell_text(t, p->usd);
        sc_cell_money(t, sc_money_times(p->price, c->quantity * HOURS_A_MONTH));
    } else {
        sc_cell_empty(t);
        sc_cell_empty(t);
    }
    sc_cell_money(t, list);
    sc_cell_money(t, discount);
    sc_cell_money(t, list - discount);
    usage_cells(t, card, c, p, first);
    total[0] += list;
    total[1] += discount;
    return 0;
}

static int report_commitments(const rates_commitments_options *o, const sc_card *card, sc_day from, sc_day to)
{
    static const sc_column columns[] = {
        {"commitment", "commitment", SC_CELL_TEXT, 0, 0},
        {"model", "model", SC_CELL_TEXT, 0, 0},
        {"region", "region", SC_CELL_TEXT, 0, 7},
        {"scope", "scope", SC_CELL_TEXT, 0, 6},
        {"tier", "tier", SC_CELL_TEXT, 0, 8},
        {"meter", "meter", SC_CELL_TEXT, 0, 4},
        {"quantity", "units", SC_CELL_COUNT, 0, 0},
        {"project", "project", SC_CELL_TEXT, 0, 5},
        {"from", "from", SC_CELL_DATE, 0, 9},
        {"to", "to", SC_CELL_DATE, 0, 10},
        {"price_usd", "per unit\nand hour", SC_CELL_TEXT, 0, 3},
        {"month_usd", "list\na month", SC_CELL_MONEY, 0, 0},
        {"list_usd", "list", SC_CELL_MONEY, 0, 11},
        {"discount_usd", "off", SC_CELL_MONEY, 0, 12},
        {"cost_usd", "cost", SC_CELL_MONEY, 0, 0},
        {"tokens_a_month", "tokens a\nmonth", SC_CELL_COUNT, 0, 13},
        {"full_use_usd", "1M tokens\nat full use", SC_CELL_USD, -1, 2},
        {"on_demand_usd", "on demand", SC_CELL_MONEY, 0, 2},
        {"break_even_use", "pays off\nfrom use of", SC_CELL_SHARE, 0, 1},
    };
    char title[120], a[16], b[16];
    sc_money total[2] = {0};
    size_t n = 0;
    int status = 0;
    snprintf(title, sizeof title, "Owned capacity, %s to %s", sc_day_format(from, a), sc_day_format(to - 1, b));
    sc_report *r = sc_report_new("rates commitments", title);
    sc_table *t = sc_report_table(r, "commitments", NULL, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < sc_card_commitment_count(card) && status == 0; i++) {
        const sc_commitment *c = sc_card_commitment(card, i);
        if (c->from >= to || c->to <= from)
            continue;
        status = commitment_row(t, card, c, from, to, total);
        n++;
    }
    if (status != 0) {
        sc_report_free(r);
        return status;
    }
    sc_table_foot(t);
    sc_cell_text(t, "total");
    cells_empty(t, 11);
    sc_cell_money(t, total[0]);
    sc_cell_money(t, total[1]);
    sc_cell_money(t, total[0] - total[1]);
    sc_report_note(r,
                   "%zu of %zu commitments run in this time. Capacity is billed every hour, used or not; a month has "
                   "%d hours.",
                   n, sc_card_commitment_count(card), HOURS_A_MONTH);
    sc_report_note(r,
                   "Reserved capacity counts input and cache writes one to one and leaves cache reads out, so that it "
                   "pays off earlier where much is cached. How many tokens a model unit takes AWS does not publish.");
    add_card_provenance(r, card);
    sc_report_provenance(r, "from", "%s", a);
    sc_report_provenance(r, "to", "%s", b);
    return emit_report(&o->g, r, 0);
}

int cmd_rates_commitments(const command *c, const void *options, int argc, char **argv)
{
    const rates_commitments_options *o = options;
    const sc_day from = o->from != SC_DAY_MAX ? o->from : today(), to = o->to != SC_DAY_MAX ? o->to : from + 365;
    int status;
    (void)c, (void)argc, (void)argv;
    if (o->g.own_rates == NULL) {
        print_problem(NULL, "no commitments, expected --rates PATH with a table commitments.csv");
        return 2;
    }
    if (to <= from) {
        print_problem(NULL, "--to is not after --from");
        return 2;
    }
    sc_card *card = open_card(&o->g, &status);
    if (card == NULL)
        return status;
    status = report_commitments(o, card, from, to);
    sc_card_free(card);
    return status;
}
