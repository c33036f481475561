/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synth_text.h - what the written records share: quoting, times, and the names AWS would give. */
#ifndef SC_SYNTH_SYNTH_TEXT_H
#define SC_SYNTH_SYNTH_TEXT_H

#include <stdint.h>

#include "base/strbuf.h"
#include "io/csv_put.h"
#include "io/json_put.h"
#include "synth/future.h"

#define SC_SYNTH_ACCOUNT "123456789012" /* the account id of AWS's own examples */

/* Adds ,"key":"value" or, for `first`, without the comma. */
void sc_put_json_pair(sc_strbuf *b, const char *key, const char *value, int first);
/* Adds "2027-01-01T00:00:12Z"; `fraction` goes before the Z. */
void sc_put_time(sc_strbuf *b, int64_t seconds, const char *fraction);
/* Adds 32 hex digits of a draw, with a dash before digits 8, 12, 16 and 20 if `dashes`. */
void sc_put_id(sc_strbuf *b, const uint32_t bits[4], int dashes);

/* Adds the ARN of the project's role, with the workload as its session. */
void sc_put_principal(sc_strbuf *b, const sc_future_work *work);
/* Adds the model id with the prefix of the scope: "us.anthropic.claude-sonnet-4-6". */
void sc_put_model_id(sc_strbuf *b, const sc_card *card, const sc_future_work *work);

/* 1 for tags that would stand beside an id of the same name. */
int sc_synth_is_taken(const char *key);

#endif
