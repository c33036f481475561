/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_turns.c - means of requests that carry the turns before them, against closed forms and conversations drawn turn
 * by turn. */
#include "sim/turns.h"

#include "expect.h"
#include "sim_fixture.h"
#include "stats/elementary.h"

static sc_card *card;

static int start_suite(void)
{
    card = sc_fixture_card();
    return card == NULL;
}

static int end_suite(void)
{
    sc_card_free(card);
    return 0;
}

typedef struct turns_case {
    const char *name, *input, *output, *more; /* as in a scenario */
    double turns, scale_x, scale_y, longer, from;
    double tolerance;
} turns_case;

/* Long histories, some cut, some in the band from 272,000 tokens on. */
static const turns_case cases[] = {
    {"plain", "{'mean': 800, 'cv': 1}", "{'mean': 500, 'cv': 1}", "", 6, 1, 1, 1, 5000, 0.004},
    {"one turn", "{'mean': 800, 'cv': 1}", "{'mean': 500, 'cv': 1}", "", 1, 1, 1, 1, 1000, 0.004},
    {"certain sizes", "800", "500", "", 12, 1, 1, 1.2, 9000, 0.01},
    {"cut and banded", "{'mean': 12000, 'cv': 1}", "{'mean': 3000, 'cv': 1}", ", 'history_tokens': 500000", 25, 1, 1, 1,
     267000, 0.004},
    {"scaled, longer answers", "{'mean': 5000, 'cv': 2}", "{'mean': 3000, 'cv': 1}", ", 'history_tokens': 300000", 10,
     1.3, 0.8, 1.7, 100000, 0.006},
    {"wide sizes", "{'mean': 4000, 'cv': 3}", "{'mean': 1000, 'cv': 2}", "", 8, 1, 1, 0.6, 100000, 0.015},
};

typedef struct drawn {
    sc_history all;
    sc_turn_band band;
} drawn;

static void add(sc_history *to, double x, double y, int whole, double last_y)
{
    to->x += x;
    to->y += y;
    to->kept_x += whole ? x : 0.0;
    to->kept_y += whole ? y - last_y : 0.0;
}

static drawn draw(const sc_work_plan *p, const turns_case *c, uint32_t n)
{
    const sc_workload *w = p->w;
    const double share = 1.0 / n;
    double x = 0.0, y = 0.0, last_y = 0.0;
    drawn d = {0};
    for (uint32_t k = 0; k < n; k++) {
        uint32_t bits[4];
        sc_philox(&p->request_stream, 1, 2, k, 3, bits);
        const double new_x = sc_dist_at(&w->input, sc_normal_quantile_32(sc_u01_32(bits[0])));
        const double new_y = sc_dist_at(&w->output, sc_normal_quantile_32(sc_u01_32(bits[1])));
        const double history = c->scale_x * x + c->scale_y * y;
        const int whole = history <= w->history_max;
        const double sent = whole ? 1.0 : w->history_max / history;
        add(&d.all, share * sent * x, share * sent * y, whole, share * last_y);
        if (c->scale_x * (new_x + sent * x) + c->longer * c->scale_y * sent * y >= c->from) {
            d.band.share += share;
            d.band.x += share * new_x;
            d.band.y += share * new_y;
            add(&d.band.history, share * sent * x, share * sent * y, whole, share * last_y);
        }
        const int goes_on = sc_u01_32(bits[2]) >= 1.0 / c->turns;
        x = goes_on ? x + new_x : 0.0;
        y = goes_on ? y + new_y : 0.0;
        last_y = goes_on ? new_y : 0.0;
    }
    return d;
}

static void compare(const char *name, const sc_history *mean, const sc_history *found, double all, double tolerance)
{
    const double of[4] = {mean->x, mean->y, mean->kept_x, mean->kept_y};
    const double in[4] = {found->x, found->y, found->kept_x, found->kept_y};
    for (int i = 0; i < 4; i++) {
        if (!EXPECT_ABS(of[i], in[i], tolerance * all))
            (void)fprintf(stderr, "    %s, %d\n", name, i);
    }
}

static void means_are_those_drawn(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const turns_case *c = &cases[i];
        sc_arena arena = {0};
        sc_work_plan p;
        sc_scenario *s = sc_fixture_scenario(
            card,
            "{'spendcast': 1, 'horizon': {'start': '2027-01-01', 'days': 30}, 'projects': [{'id': 'p', 'workloads': "
            "[{'id': 'w', 'offer': {'model': 'openai.gpt-5.6-luna', 'region': 'us-east-2'}, 'volume': "
            "{'requests_per_day': 100}, 'tokens': {'input': %s, 'output': %s}, 'conversation': {'turns': %.17g%s}}]}]}",
            c->input, c->output, c->turns, c->more);
        if (s == NULL)
            return;
        EXPECT_I64(sc_work_plan_init(&p, s, &s->workloads[0], 1, &arena), SC_OK);
        EXPECT_I64(sc_work_plan_band_slot(&p, &(sc_band_slot){.threshold = c->from, .ratio = -1, .hit_slot = -1}), 0);
        EXPECT_I64(sc_work_plan_tail(&p, &arena), SC_OK);
        const drawn d = draw(&p, c, 4000000);
        const sc_history all = sc_turns_mean(&p, c->turns, c->scale_x, c->scale_y);
        const sc_turn_band band = sc_turns_band(&p, c->turns, c->scale_x, c->scale_y, c->longer, c->from);
        const double input = p.x.mean + d.all.x + d.all.y;
        compare(c->name, &all, &d.all, input, c->tolerance);
        compare(c->name, &band.history, &d.band.history, input, c->tolerance);
        if (!EXPECT_ABS(band.share, d.band.share, c->tolerance) ||
            !EXPECT_ABS(band.x, d.band.x, c->tolerance * p.x.mean) ||
            !EXPECT_ABS(band.y, d.band.y, c->tolerance * p.y.mean))
            (void)fprintf(stderr, "    %s\n", c->name);
        sc_scenario_free(s);
        sc_arena_release(&arena);
    }
}

CU_ErrorCode test_turns_register(void)
{
    static CU_TestInfo tests[] = {
        {"means are those drawn", means_are_those_drawn},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"turns", start_suite, end_suite, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
