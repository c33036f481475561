/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synth_fixture.h - synthetic logs and bills read back and added up, from nothing but what stands in them. */
#ifndef SC_TEST_SYNTH_FIXTURE_H
#define SC_TEST_SYNTH_FIXTURE_H

#include <cjson/cJSON.h>

#include "spendcast/synthesize.h"

typedef struct sc_fixture_logs {
    int64_t records, tokens[SC_SYNTH_METERS], converse;
    sc_money cost; /* each record priced by itself */
} sc_fixture_logs;

typedef struct sc_fixture_bill {
    int64_t lines, tokens[SC_SYNTH_METERS];
    sc_money used, private_rate, edp;
    char first[32], last[32]; /* start of usage */
} sc_fixture_bill;

sc_fixture_logs sc_fixture_read_logs(const sc_card *card, const char *path);
/* Checks that each line costs its quantity at its rate, and that lines come in order of time. */
sc_fixture_bill sc_fixture_read_bill(const sc_card *card, const char *path);

/* The text of a file; free with sc_free.  NULL after a failed assertion. */
char *sc_fixture_text(const char *path);
/* The text of a key, "" = none. */
const char *sc_fixture_text_at(const cJSON *object, const char *key);

#endif
