/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_effect.h - what the prices of two days or cards make a scenario, or given usage, cost. */
#ifndef SC_CLI_RATES_EFFECT_H
#define SC_CLI_RATES_EFFECT_H

#include "cli/usage_args.h"

/* Simulated spend, or exact cost. */
typedef struct amount {
    double usd;
    sc_money exact; /* of usage only */
    int unknown;    /* 1: some of the usage has no price */
} amount;

/* Spend by name; the names are those of the simulation or bill. */
typedef struct spend {
    const char **name;
    amount *of;
    size_t n;
    amount total;
} spend;

/* One of the two that are compared. */
typedef struct side {
    sc_card *card;
    sc_day day;
    const char *name; /* the card's, as given; NULL = the one in use */
    sc_scenario *scenario;
    sc_sim *sim[2];
    sc_bill *bill[2];
    spend by_project, by_model;
    int64_t unpriced_tokens, unpriced_items; /* of usage */
} side;

void free_side(side *s);
/* Fill in the spend of a side: mean simulated spend of the scenario, or what the usage costs, each priced as on the
 * side's day.  An exit code, after printing what is wrong. */
int simulate_side(const rates_diff_options *o, side *s);
int price_side(const usage *u, side *s);

/* The difference on a model; 0 if neither side has it, unknown if usage of it has no price on one. */
amount effect_on(const side *before, const side *after, const char *model);
/* A simulated or an exact amount, for columns of amount_type; blank where it is not known. */
void amount_cell(sc_table *t, int exact, amount a);
sc_cell_type amount_type(int exact);
/* Projects by the size of the effect, the largest first. */
void effect_table(sc_report *r, const side *before, const side *after, int exact, int only_affected);

#endif
