/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_fixture.c - the built-in rate card and scenarios written in place, for the suites that simulate. */
#include "sim_fixture.h"

#include <stdio.h>
#include <string.h>

#include "expect.h"

static void show(const sc_errors *errors)
{
    char text[SC_ERROR_TEXT_MAX];
    for (int i = 0; i < errors->count; i++) {
        sc_error_format(&errors->item[i], text, sizeof text);
        (void)fprintf(stderr, "%s\n", text);
    }
}

sc_card *sc_fixture_card(void)
{
    sc_card *card = NULL;
    sc_errors errors = {0};
    /* no assertion: it is also called before the first test of a suite runs */
    if (sc_card_load(NULL, NULL, &card, &errors) != SC_OK)
        show(&errors);
    return card;
}

sc_scenario *sc_fixture_scenario(const sc_card *card, const char *format, ...)
{
    char text[8192];
    sc_scenario *s = NULL;
    sc_errors errors = {0};
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!EXPECT_TRUE(size > 0 && (size_t)size < sizeof text))
        return NULL;
    for (char *c = strchr(text, '\''); c != NULL; c = strchr(c, '\''))
        *c = '"';
    if (!EXPECT_I64(sc_scenario_parse("scenario", text, (size_t)size, card, &s, &errors), SC_OK))
        show(&errors);
    return s;
}

sc_sim *sc_fixture_simulate(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const char *by,
                            sc_period period)
{
    sc_sim *r = NULL;
    sc_errors errors = {0};
    if (!EXPECT_I64(sc_simulate(s, card, o, by, period, &r, &errors), SC_OK))
        show(&errors);
    return r;
}

static int same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

static int same_estimate(sc_estimate a, sc_estimate b)
{
    return same_bits(a.value, b.value) && same_bits(a.error, b.error);
}

int sc_fixture_same(const sc_sim *a, size_t group_a, const sc_sim *b, size_t group_b)
{
    int same = sc_sim_period_count(a) == sc_sim_period_count(b);
    for (size_t p = 0; same && p <= sc_sim_period_count(a); p++) {
        same = same_estimate(sc_sim_mean(a, group_a, p), sc_sim_mean(b, group_b, p)) &&
               same_bits(sc_sim_requests(a, group_a, p), sc_sim_requests(b, group_b, p));
        for (int q = 0; same && q <= 20; q++)
            same = same_estimate(sc_sim_quantile(a, group_a, p, q / 20.0), sc_sim_quantile(b, group_b, p, q / 20.0));
    }
    return same;
}
