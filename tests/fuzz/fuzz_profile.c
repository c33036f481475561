/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_profile.c - any usage that can be fitted gives a scenario that loads and simulates, the same one twice; all of
 * its requests are fitted or left out.  Records of RECORD bytes each, as `read_record` has them. */
#include <math.h>
#include <stdio.h>

#include "fuzz_check.h"
#include "spendcast/profile.h"
#include "spendcast/report.h"
#include "spendcast/sim.h"
#include "usage/reader.h"

enum { RECORD = 16, MOST_RECORDS = 200, DAYS = 60 };

static const sc_card *the_card(void)
{
    static sc_card *card;
    if (card == NULL)
        require(sc_card_load(NULL, NULL, &card, NULL) == SC_OK);
    return card;
}

/* 0, or a number of up to `bits` bits. */
static int64_t number(uint8_t exponent, uint8_t mantissa, int bits)
{
    return exponent == 0 ? 0 : (int64_t)(mantissa | 128) << exponent % bits >> 7;
}

static void read_record(const uint8_t *b, char text[3][8], sc_usage_record *r)
{
    const sc_card *card = the_card();
    sc_usage_clear(r);
    r->time = INT64_C(20600) * 86400 + b[0] % DAYS * INT64_C(86400) + (b[1] >> 4) * INT64_C(5000) + b[12];
    r->grain = (b[1] & 2) != 0 ? SC_GRAIN_REQUEST : SC_GRAIN_DAY;
    r->requests = (b[1] & 1) == 0 ? -1 : (b[1] & 2) != 0 ? 1 : 1 + number(b[5], b[12], 30);
    r->dim[SC_DIM_MODEL] = sc_text_of(sc_card_model(card, b[2] % sc_card_model_count(card))->id);
    if (b[3] != 255)
        r->dim[SC_DIM_REGION] = sc_text_of(sc_card_region(card, b[3] % sc_card_region_count(card))->code);
    r->scope = b[4] % 4 - 1;
    r->tier = b[4] / 4 % (SC_TIERS + 1) - 1;
    r->tokens[SC_METER_INPUT] = number(b[6], b[12], 40);
    r->tokens[SC_METER_OUTPUT] = number(b[7], b[12], 36);
    r->tokens[SC_METER_CACHE_READ] = number(b[8], b[12], 40);
    r->tokens[SC_METER_CACHE_WRITE_5M] = number(b[9], b[12], 36);
    r->tokens[SC_METER_CACHE_WRITE] = number(b[10], b[12], 36);
    r->tokens[SC_METER_CACHE_WRITE_1H] = number(b[11], b[12], 36);
    snprintf(text[0], sizeof text[0], "%c%c", "ab/\"\\ \x01z"[b[13] % 8], "a/"[b[13] / 8 % 2]);
    snprintf(text[1], sizeof text[1], "%.*s", b[14] % 4, "\xc3\xa9x");
    snprintf(text[2], sizeof text[2], "%d", b[15] % 8);
    r->dim[SC_DIM_PROJECT] = sc_text_of(text[0]);
    r->dim[SC_DIM_WORKLOAD] = sc_text_of(text[1]);
    if ((b[1] & 4) != 0)
        r->session_key = sc_text_of(text[2]);
    if ((b[1] & 8) != 0) {
        r->n_tags = 1;
        r->tag[0] = (sc_usage_tag){sc_text_of("team"), sc_text_of(text[2])};
    }
}

static sc_ledger *read_ledger(const uint8_t *data, size_t size, int64_t *requests)
{
    sc_ledger_options o = sc_ledger_defaults(the_card());
    o.sketches = 1;
    sc_ledger *l = sc_ledger_new(&o);
    sc_ledger_writer *w = l != NULL ? sc_ledger_writer_new(l) : NULL;
    require(w != NULL);
    *requests = 0;
    for (size_t i = 0; i < MOST_RECORDS && (i + 1) * RECORD <= size; i++) {
        char text[3][8];
        sc_usage_record r;
        read_record(data + i * RECORD, text, &r);
        require(sc_ledger_add(w, SC_USAGE_OWN, &r) == SC_OK);
        *requests += r.requests > 0 ? r.requests : 0;
    }
    sc_ledger_writer_free(w);
    require(sc_ledger_seal(l) == SC_OK);
    return l;
}

static void check_scenario(const char *text, size_t size)
{
    const sc_sim_options o = {.seed = 1, .trials = 100, .threads = 1, .as_of = SC_DAY_MAX};
    char message[SC_ERROR_TEXT_MAX];
    sc_errors errors = {0};
    sc_scenario *s = NULL;
    sc_sim *r = NULL;
    sc_code code = sc_scenario_parse("profile", text, size, the_card(), &s, &errors);
    if (code == SC_OK)
        code = sc_simulate(s, the_card(), &o, "workload", SC_PERIOD_TOTAL, &r, &errors);
    for (int i = 0; code != SC_OK && i < errors.count; i++) {
        sc_error_format(&errors.item[i], message, sizeof message);
        (void)fprintf(stderr, "%s\n", message);
    }
    require(code == SC_OK);
    require(isfinite(sc_sim_mean(r, sc_sim_group_count(r), sc_sim_period_count(r)).value));
    sc_sim_free(r);
    sc_scenario_free(s);
}

/* Where requests are counted, each is fitted or left out, but for those of days that are dropped as not whole. */
static void check_requests(const sc_profile *p, int64_t requests)
{
    int64_t sum = 0;
    for (size_t i = 0; i < sc_profile_count(p); i++) {
        const sc_profile_workload *w = sc_profile_at(p, i);
        sum += (w->notes >> SC_PROFILE_REQUESTS_MADE & 1) == 0 ? w->requests : 0;
        require(w->volume.per_day.p10 <= w->volume.per_day.p50 && w->volume.per_day.p50 <= w->volume.per_day.p90);
        require(w->volume.burstiness >= 1.0 && w->cache.keys >= 1.0);
    }
    for (size_t i = 0; i < sc_profile_left_out_count(p); i++)
        sum += sc_profile_left_out_at(p, i)->requests;
    require(sum <= requests + (int64_t)sc_profile_count(p)); /* parts of a workload are rounded */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sc_rater rater = {
        .card = the_card(), .as_of = SC_DAY_MAX, .assume_region = -1, .reprice_scope = -1, .reprice_tier = -1};
    const sc_profile_options o = {.rater = &rater,
                                  .since = SC_DAY_MIN,
                                  .until = SC_DAY_MAX,
                                  .start = SC_DAY_MAX,
                                  .days = 7,
                                  .tokens_per_request = size % 3 == 0 ? 0 : 1 << size % 20};
    int64_t requests;
    sc_ledger *l = read_ledger(data, size, &requests);
    sc_profile *p, *again;
    sc_errors errors = {0};
    const sc_code code = sc_profile_fit(l, &o, &p, &errors);
    if (code == SC_OK) {
        char *text, *same;
        size_t n, n_same;
        require(sc_profile_count(p) > 0);
        check_requests(p, requests);
        require(sc_profile_scenario_json(p, "fuzz", &text, &n) == SC_OK);
        require(sc_profile_fit(l, &o, &again, NULL) == SC_OK);
        require(sc_profile_scenario_json(again, "fuzz", &same, &n_same) == SC_OK);
        require(n == n_same && memcmp(text, same, n) == 0);
        check_scenario(text, n);
        sc_text_free(text);
        sc_text_free(same);
        sc_profile_free(again);
    } else {
        require(code == SC_E_INPUT && p == NULL && errors.errors == 1);
    }
    sc_profile_free(p);
    sc_ledger_free(l);
    return 0;
}
