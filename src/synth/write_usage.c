/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write_usage.c - spendcast's own usage CSV, one row a request. */
#include "synth/write_usage.h"

#include <inttypes.h>

/* The token columns are the meters of rates.h, in their order. */
const char sc_usage_csv_header[] = "time,account,project,workload,model,region,scope,tier,requests,input,output,"
                                   "cache_read,cache_write,cache_write_5m,cache_write_30m,cache_write_1h\n";

void sc_usage_csv_source(sc_strbuf *source, const sc_card *card, const sc_future_work *work)
{
    const sc_buy *buy = &work->w->buy;
    sc_strbuf_puts(source, SC_SYNTH_ACCOUNT ",");
    sc_put_csv(source, work->project->id);
    sc_strbuf_putc(source, ',');
    sc_put_csv(source, work->w->id);
    sc_strbuf_putc(source, ',');
    sc_put_model_id(source, card, work);
    sc_strbuf_printf(source, ",%s,%s,%s,1", sc_card_region(card, (size_t)buy->region)->code, sc_scope_name(buy->scope),
                     sc_tier_name(buy->tier));
}

void sc_usage_csv_add(sc_strbuf *out, const sc_strbuf *source, const sc_synth_request *r,
                      const int64_t tokens[SC_SYNTH_METERS])
{
    sc_put_time(out, r->ms / 1000, "");
    sc_strbuf_printf(out, ",%s", source->text);
    for (int m = 0; m < SC_SYNTH_METERS; m++)
        sc_strbuf_printf(out, ",%" PRId64, tokens[m]);
    sc_strbuf_putc(out, '\n');
}
