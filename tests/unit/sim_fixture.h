/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_fixture.h - the built-in rate card and scenarios written in place, for the suites that simulate. */
#ifndef SC_TEST_SIM_FIXTURE_H
#define SC_TEST_SIM_FIXTURE_H

#include "spendcast/sim.h"

/* The built-in card, or NULL after a failed assertion. */
sc_card *sc_fixture_card(void);

/* The scenario of a text in which ' stands for ".  NULL after a failed assertion that shows what was wrong. */
sc_scenario *sc_fixture_scenario(const sc_card *card, const char *format, ...) SC_PRINTF(2, 3);

/* Runs sc_simulate; NULL after a failed assertion. */
sc_sim *sc_fixture_simulate(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const char *by,
                            sc_period period);

/* Whether two groups have the same mean, error, requests and quantiles, bit for bit, over the whole horizon and in each
 * period. */
int sc_fixture_same(const sc_sim *a, size_t group_a, const sc_sim *b, size_t group_b);

#endif
