/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_fixture.h - usage records and ledgers made by hand for tests. */
#ifndef SC_TEST_LEDGER_FIXTURE_H
#define SC_TEST_LEDGER_FIXTURE_H

#include "base/strbuf.h"
#include "spendcast/ledger.h"

/* Prices of acme.a and acme.b; context bands from 200,000 and 1,000,000 tokens.  NULL after a message. */
sc_card *ledger_card(void);
sc_rater a_rater(const sc_card *card);

/* A request of 100 input and 10 output tokens to acme.a in us-east-1 at a time (seconds). */
void a_request(sc_usage_record *r, int64_t time);
void set_tag(sc_usage_record *r, const char *key, const char *value);
/* Adds records through one writer and seals; NULL with a failed assertion where that fails. */
sc_ledger *ledger_of(const sc_ledger_options *o, const sc_usage_record *r, size_t n);
/* What a sealed ledger is saved as. */
sc_strbuf saved_bytes(const sc_ledger *l);
/* Both are saved as the same bytes. */
int expect_same_bytes(const sc_ledger *a, const sc_ledger *b);

/* Random records by number, the same for the same number: several kinds, accounts, models, sessions and tags. */
typedef struct random_record {
    sc_usage_kind kind;
    sc_usage_record record;
    char text[20][40]; /* what the record points to */
} random_record;
void random_record_at(uint64_t number, random_record *x);

#endif
