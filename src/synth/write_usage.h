/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write_usage.h - spendcast's own usage CSV, one row a request. */
#ifndef SC_SYNTH_WRITE_USAGE_H
#define SC_SYNTH_WRITE_USAGE_H

#include "synth/synth_text.h"

extern const char sc_usage_csv_header[];

/* Adds the cells of a workload that are always the same, account to requests. */
void sc_usage_csv_source(sc_strbuf *source, const sc_card *card, const sc_future_work *work);
/* Adds the row of a request. */
void sc_usage_csv_add(sc_strbuf *out, const sc_strbuf *source, const sc_synth_request *r,
                      const int64_t tokens[SC_SYNTH_METERS]);

#endif
