/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synth_text.c - what the written records share: quoting, times, and the names AWS would give. */
#include "synth/synth_text.h"

#include <stdio.h>
#include <string.h>

#define SECONDS_A_DAY 86400
#define NAME_MAX_LENGTH 64 /* of a role and of a session: IAM and STS API references, 2026 */
#define HASH_LENGTH 9      /* a dash and 8 digits */

void sc_put_json_pair(sc_strbuf *b, const char *key, const char *value, int first)
{
    if (!first)
        sc_strbuf_putc(b, ',');
    sc_put_json(b, key);
    sc_strbuf_putc(b, ':');
    sc_put_json(b, value);
}

void sc_put_time(sc_strbuf *b, int64_t seconds, const char *fraction)
{
    char day[16];
    const int in_day = (int)(seconds % SECONDS_A_DAY);
    sc_strbuf_printf(b, "%sT%02d:%02d:%02d%sZ", sc_day_format((sc_day)(seconds / SECONDS_A_DAY), day), in_day / 3600,
                     in_day / 60 % 60, in_day % 60, fraction);
}

void sc_put_id(sc_strbuf *b, const uint32_t bits[4], int dashes)
{
    const char *dash = dashes ? "-" : "";
    sc_strbuf_printf(b, "%08x%s%04x%s%04x%s%04x%s%04x%08x", bits[0], dash, bits[1] >> 16, dash, bits[1] & 0xffff, dash,
                     bits[2] >> 16, dash, bits[2] & 0xffff, bits[3]);
}

static int is_allowed(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("_+=,.@-", c) != NULL);
}

/* A name as IAM allows it.  One that has to be changed gets a hash, so that no two become the same. */
static void put_name(sc_strbuf *b, const char *name)
{
    const size_t len = strlen(name);
    size_t allowed = 0;
    while (is_allowed(name[allowed]))
        allowed++;
    if (allowed == len && len >= 2 && len <= NAME_MAX_LENGTH) {
        sc_strbuf_puts(b, name);
        return;
    }
    for (size_t i = 0; i < len && i < NAME_MAX_LENGTH - HASH_LENGTH; i++)
        sc_strbuf_putc(b, is_allowed(name[i]) ? name[i] : '-');
    sc_strbuf_printf(b, "-%08x", sc_stream_of(0, name, "", "synthetic name").key[0]);
}

void sc_put_principal(sc_strbuf *b, const sc_future_work *work)
{
    sc_strbuf_puts(b, "arn:aws:sts::" SC_SYNTH_ACCOUNT ":assumed-role/");
    put_name(b, work->project->id);
    sc_strbuf_putc(b, '/');
    put_name(b, work->w->id);
}

void sc_put_model_id(sc_strbuf *b, const sc_card *card, const sc_future_work *work)
{
    const sc_buy *buy = &work->w->buy;
    const uint64_t groups = sc_card_region(card, (size_t)buy->region)->geos;
    const int geo = work->w->ref.geo >= 0 ? work->w->ref.geo : groups != 0 ? __builtin_ctzll(groups) : -1;
    if (buy->scope == SC_SCOPE_GLOBAL)
        sc_strbuf_puts(b, "global.");
    else if (buy->scope == SC_SCOPE_GEO && geo >= 0)
        sc_strbuf_printf(b, "%s.", sc_card_geo_name(card, geo));
    sc_strbuf_puts(b, buy->model->id);
}

int sc_synth_is_taken(const char *key)
{
    static const char *const taken[] = {"project", "workload", "session_id"};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        if (strcmp(key, taken[i]) == 0)
            return 1;
    }
    return 0;
}
