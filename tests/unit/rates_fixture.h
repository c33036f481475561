/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_fixture.h - small rate cards for tests. */
#ifndef SC_TEST_RATES_FIXTURE_H
#define SC_TEST_RATES_FIXTURE_H

#include "spendcast/rates.h"

#define PRICE_HEADER \
    "model,regions,scopes,tier,meter,variant,context_from,context_to,unit,usd,from,to,source,checked,note\n"

/* A table of a customer's own rates. */
typedef struct own_table {
    const char *name, *text;
} own_table;

/* A card with the models of the list `models` (ids, single blanks; of the provider "Acme"), the regions eu-west-1
 * (group eu) and us-east-1 (us), the sources docs and own, and these rows of one price table; own[n] on top (NULL, 0 =
 * none). NULL, with a failed assertion, if it cannot be loaded.  errors may be NULL: then there must be none. */
sc_card *small_card(const char *models, const char *rows, const own_table *own, size_t n, sc_errors *errors);

sc_day day_of(const char *text);

#endif
