/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_token_counts.c - usage objects: no token is lost or counted twice when they get their one meaning. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fuzz_check.h"
#include "usage/token_counts.h"

static sc_int128 at_least_0(int64_t n) { return n > 0 ? n : 0; }

static void check_meaning(const sc_counts *k, const sc_usage_record *r)
{
    const sc_int128 audio_in = k->says & SC_AUDIO_APART ? 0 : at_least_0(k->n[SC_COUNT_INPUT_AUDIO]);
    const sc_int128 audio_out = k->says & SC_AUDIO_APART ? 0 : at_least_0(k->n[SC_COUNT_OUTPUT_AUDIO]);
    sc_int128 written = 0, known = 0;
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        require(r->tokens[m] >= 0);
    for (int m = SC_METER_CACHE_WRITE; m <= SC_METER_CACHE_WRITE_1H; m++)
        written += r->tokens[m];
    for (int m = SC_METER_CACHE_WRITE_5M; m <= SC_METER_CACHE_WRITE_1H; m++)
        known += at_least_0(k->n[m]);
    require(written == (k->n[SC_COUNT_CACHE_WRITE] >= 0 ? k->n[SC_COUNT_CACHE_WRITE] : known));
    require(r->tokens[SC_METER_CACHE_READ] == at_least_0(k->n[SC_COUNT_CACHE_READ]));
    const sc_int128 cached = written + r->tokens[SC_METER_CACHE_READ];
    /* The input count, with the cached tokens inside or beside it */
    const sc_int128 plain = r->tokens[SC_METER_INPUT] + audio_in, input = k->n[SC_COUNT_INPUT];
    require(plain == input || plain + cached == input);
    require((k->says & SC_CACHE_APART) == 0 || (k->says & SC_CACHE_INSIDE) != 0 || plain == input);
    const sc_int128 output = r->tokens[SC_METER_OUTPUT] + audio_out - at_least_0(k->n[SC_COUNT_OUTPUT]);
    require(output == 0 || (output == k->n[SC_COUNT_REASONING] && k->n[SC_COUNT_TOTAL] >= 0));
    /* The total is that of one of the readings. */
    const sc_int128 total = k->n[SC_COUNT_TOTAL], both = input + at_least_0(k->n[SC_COUNT_OUTPUT]) + output;
    require(total < 0 || total == both || total == both + cached);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sc_fields f = {.sink = NULL};
    sc_usage_record r, again;
    sc_json_cursor c;
    sc_counts k;
    char *text = malloc(size > 0 ? size : 1);
    require(text != NULL);
    memcpy(text, data, size);
    f.required = 2 * size;
    sc_usage_clear(&r);
    sc_usage_clear(&again);
    sc_counts_clear(&k);
    sc_json_begin(&c, text, size);
    sc_counts_read(&f, &c, &k);
    if (sc_json_end(&c)) {
        const char *why = sc_counts_settle(&f, &k, &r);
        if (why == NULL) {
            check_meaning(&k, &r);
            require(sc_counts_settle(&f, &k, &again) == NULL);
            require(memcmp(r.tokens, again.tokens, sizeof r.tokens) == 0);
        } else {
            require(why[0] != '\0' && strlen(why) < 400);
        }
    } else {
        require(c.problem != NULL && c.at >= text && c.at <= text + size);
    }
    sc_free(f.scratch);
    free(text);
    return 0;
}
