/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check_oracle.c - compares the library's simulator with the brute-force one over a table of workloads.
 *
 *     check_oracle [--quick] [PART-OF-A-CASE-NAME]
 *
 * P10, P50, P90 and the mean must agree within 3 standard errors of the difference + 0.3 % of the value, the standard
 * deviation within 3 standard errors + 3 %.  Cases of many requests a day have few brute-force trials, and so wider
 * errors; --quick has fewer trials everywhere.  Same seeds always: the outcome does not change from run to run. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"
#include "spendcast/sim.h"

#define SONNET "anthropic.claude-sonnet-4-6"
#define HAIKU "anthropic.claude-haiku-4-5-20251001-v1:0"
#define LUNA "openai.gpt-5.6-luna"
#define SOL "openai.gpt-5.6-sol"
#define NOVA "amazon.nova-lite-v1:0"
#define REGION "us-east-2"
#define SEED 20261207
#define MAX_DAYS 120
#define LIBRARY_QUICK 10000
#define LIBRARY_FULL 200000

/* ---- the table ---- */

typedef struct oracle_case {
    const char *name, *model, *start; /* start: a Monday */
    int days, quick, full;            /* trials of the oracle; quick = 0: only in the long run */
    sc_oracle_dist requests, growth, input_scale, output_scale, waiting, turns, retries;
    double loading[3]; /* of all uncertain parameters */
    double weekday[7]; /* all 0: flat */
    double day_cv, burstiness, swing_cv, half_life, wander;
    sc_oracle_dist input, output;
    double correlation, prefix, keys, per_key;
    const char *ttl;
    sc_oracle_dist turn_gap; /* with turns > 0: seconds between turns */
    double history_max;
} oracle_case;

/* clang-format off */
#define FIXED(x) {.kind = SC_ORACLE_FIXED, .v = {x}}
#define MEAN_CV(mean, cv, most) {.kind = SC_ORACLE_MEAN_CV, .v = {mean, cv}, .max = (most)}
#define P10_P90(p10, p90) {.kind = SC_ORACLE_P10_P90, .v = {p10, p90}}
#define P10_P90_MAX(p10, p90, most) {.kind = SC_ORACLE_P10_P90, .v = {p10, p90}, .max = (most)}
#define SHARE(p10, p90) {.kind = SC_ORACLE_SHARE, .v = {p10, p90}}
#define TRIANGLE(min, mode, most) {.kind = SC_ORACLE_TRIANGLE, .v = {min, mode, most}}
#define PLAIN .growth = FIXED(0), .input_scale = FIXED(1), .output_scale = FIXED(1), .waiting = FIXED(0)
#define MONDAY "2026-12-07"

static const oracle_case cases[] = {
    /* volumes and spreads */
    {"3 a day, cv 1", SONNET, MONDAY, 30, 40000, 400000, .requests = FIXED(3), PLAIN, .day_cv = 0.1, .burstiness = 1,
     .input = MEAN_CV(2000, 1, 900000), .output = MEAN_CV(500, 1, 64000)},
    {"3 a day, cv 4", SONNET, MONDAY, 30, 60000, 400000, .requests = FIXED(3), PLAIN, .day_cv = 0.1, .burstiness = 1,
     .input = MEAN_CV(5000, 4, 900000), .output = MEAN_CV(800, 4, 64000)},
    {"3 a day, cv 2, bursts 10", HAIKU, MONDAY, 30, 60000, 400000, .requests = FIXED(3), PLAIN, .day_cv = 0.1,
     .burstiness = 10, .input = MEAN_CV(5000, 2, 150000), .output = MEAN_CV(800, 2, 20000)},
    {"30 a day, cv 0.3, a week", HAIKU, MONDAY, 7, 40000, 400000, .requests = FIXED(30), PLAIN, .day_cv = 0.1,
     .burstiness = 3, .input = MEAN_CV(3000, 0.3, 150000), .output = MEAN_CV(400, 0.3, 64000)},
    {"30 a day, cv 2", SONNET, MONDAY, 30, 15000, 200000, .requests = FIXED(30), PLAIN, .day_cv = 0.1,
     .burstiness = 1, .input = MEAN_CV(4000, 2, 900000), .output = MEAN_CV(600, 2, 64000)},
    {"30 a day, cv 4, correlated", SONNET, MONDAY, 30, 3000, 100000, .requests = FIXED(30), PLAIN, .day_cv = 0.1,
     .burstiness = 1, .input = MEAN_CV(4000, 4, 900000), .output = MEAN_CV(600, 4, 64000), .correlation = 0.6},
    {"300 a day, cv 1", HAIKU, MONDAY, 30, 2000, 200000, .requests = FIXED(300), PLAIN, .day_cv = 0.05,
     .burstiness = 3, .input = MEAN_CV(2500, 1, 150000), .output = MEAN_CV(700, 1, 64000)},
    {"300 a day, cv 2, correlated", SONNET, MONDAY, 30, 800, 30000, .requests = FIXED(300), PLAIN, .day_cv = 0,
     .burstiness = 1, .input = MEAN_CV(4000, 2, 900000), .output = MEAN_CV(900, 2, 64000), .correlation = 0.6},
    {"300 a day, cv 2, opposed", SONNET, MONDAY, 30, 800, 30000, .requests = FIXED(300), PLAIN, .day_cv = 0,
     .burstiness = 1, .input = MEAN_CV(4000, 2, 900000), .output = MEAN_CV(900, 2, 64000), .correlation = -0.6},
    {"300 a day, cv 4, a week", SONNET, MONDAY, 7, 6000, 200000, .requests = FIXED(300), PLAIN, .day_cv = 0.1,
     .burstiness = 1, .input = MEAN_CV(6000, 4, 900000), .output = MEAN_CV(900, 4, 64000)},
    {"3,000 a day, cv 2, bursts 10", SONNET, MONDAY, 30, 160, 8000, .requests = FIXED(3000), PLAIN, .day_cv = 0,
     .burstiness = 10, .input = MEAN_CV(4000, 2, 900000), .output = MEAN_CV(600, 2, 64000)},
    {"3,000 a day, cv 4, a week", SONNET, MONDAY, 7, 600, 20000, .requests = FIXED(3000), PLAIN, .day_cv = 0,
     .burstiness = 1, .input = MEAN_CV(4000, 4, 900000), .output = MEAN_CV(600, 4, 64000)},
    {"30,000 a day, cv 1, a week", HAIKU, MONDAY, 7, 80, 3000, .requests = FIXED(30000), PLAIN, .day_cv = 0,
     .burstiness = 3, .input = MEAN_CV(2500, 1, 150000), .output = MEAN_CV(700, 1, 64000)},
    {"100,000 a day, cv 1, a week", HAIKU, MONDAY, 7, 32, 1000, .requests = FIXED(100000), PLAIN, .day_cv = 0,
     .burstiness = 10, .input = MEAN_CV(2500, 1, 150000), .output = MEAN_CV(700, 1, 64000)},
    /* shapes of request sizes */
    {"truncated hard", HAIKU, MONDAY, 30, 15000, 200000, .requests = FIXED(30), PLAIN, .day_cv = 0.1, .burstiness = 1,
     .input = MEAN_CV(600, 0.8, 2000), .output = P10_P90_MAX(50, 800, 1000)},
    {"a table and a triangle", HAIKU, MONDAY, 30, 15000, 200000, .requests = FIXED(30), PLAIN, .day_cv = 0.1,
     .burstiness = 3, .input = {.kind = SC_ORACLE_TABLE, .v = {200, 1500, 90000}, .weight = {6, 3, 1}, .n = 3},
     .output = TRIANGLE(20, 100, 3000)},
    {"a table and a triangle, correlated", HAIKU, MONDAY, 7, 3000, 50000, .requests = FIXED(300), PLAIN,
     .day_cv = 0.1, .burstiness = 1,
     .input = {.kind = SC_ORACLE_TABLE, .v = {200, 1500, 90000}, .weight = {6, 3, 1}, .n = 3},
     .output = TRIANGLE(20, 100, 3000), .correlation = 0.6},
    {"evenly spaced, within requests", HAIKU, MONDAY, 7, 60000, 400000, .requests = FIXED(4.4), PLAIN, .day_cv = 0,
     .burstiness = 0, .input = MEAN_CV(2500, 1, 150000), .output = MEAN_CV(700, 1, 64000)},
    {"bursts 10, a week", HAIKU, MONDAY, 7, 40000, 400000, .requests = FIXED(30), PLAIN, .day_cv = 0.3,
     .burstiness = 10, .input = MEAN_CV(2500, 1, 150000), .output = MEAN_CV(700, 1, 64000)},
    /* growth, weeks, what is not known */
    {"growth and weekdays", HAIKU, MONDAY, 90, 6000, 100000, .requests = FIXED(30), .growth = FIXED(0.25),
     .input_scale = FIXED(1), .output_scale = FIXED(1), .waiting = FIXED(0), .day_cv = 0.2, .burstiness = 1,
     .weekday = {1.2, 1.3, 1.4, 1.2, 1, 0.3, 0.1}, .input = MEAN_CV(2500, 1, 150000),
     .output = MEAN_CV(700, 1, 64000)},
    {"uncertain volume and sizes", SONNET, MONDAY, 30, 15000, 200000, .requests = P10_P90(15, 45),
     .growth = TRIANGLE(-0.1, 0.05, 0.3), .input_scale = P10_P90(0.8, 1.3), .output_scale = MEAN_CV(1.1, 0.25, 0),
     .waiting = FIXED(0), .loading = {0.5, 0.4, 0.3}, .day_cv = 0.1, .burstiness = 1,
     .input = MEAN_CV(4000, 1, 900000), .output = MEAN_CV(600, 1, 64000)},
    {"uncertain growth, opposed loadings", HAIKU, MONDAY, 90, 6000, 100000, .requests = TRIANGLE(10, 20, 60),
     .growth = P10_P90(-0.1, 0.2), .input_scale = FIXED(1), .output_scale = FIXED(1), .waiting = FIXED(0),
     .loading = {-0.6, 0, 0.7}, .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(4000, 1, 150000),
     .output = MEAN_CV(600, 1, 64000)},
    /* spells of days, a level that wanders */
    {"spells of days, 30 a day", HAIKU, MONDAY, 30, 15000, 200000, .requests = FIXED(30), PLAIN, .day_cv = 0.2,
     .burstiness = 1, .swing_cv = 0.8, .half_life = 5, .input = MEAN_CV(2500, 1, 150000),
     .output = MEAN_CV(700, 1, 64000)},
    {"a level that wanders, 30 a day", HAIKU, MONDAY, 90, 6000, 100000, .requests = FIXED(30), PLAIN, .day_cv = 0.1,
     .burstiness = 1, .wander = 0.4, .input = MEAN_CV(2500, 1, 150000), .output = MEAN_CV(700, 1, 64000)},
    {"spells, wandering, all uncertain, cached", SONNET, MONDAY, 30, 3000, 50000, .requests = P10_P90(50, 200),
     .growth = P10_P90(-0.1, 0.2), .input_scale = FIXED(1), .output_scale = FIXED(1), .waiting = FIXED(0),
     .loading = {0.3, 0.3, 0.3}, .day_cv = 0.3, .burstiness = 3, .swing_cv = 0.5, .half_life = 2, .wander = 0.3,
     .input = MEAN_CV(200, 1, 900000), .output = MEAN_CV(100, 1, 64000), .prefix = 20000, .keys = 2, .ttl = "5m"},
    /* requests that are sent and billed again */
    {"retries, 10 a day", SONNET, MONDAY, 30, 40000, 400000, .requests = FIXED(10), PLAIN, .retries = FIXED(0.25),
     .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(2000, 1, 900000), .output = MEAN_CV(500, 1, 64000)},
    {"retries of an uncertain share, 300 a day", HAIKU, MONDAY, 30, 2000, 50000, .requests = FIXED(300), PLAIN,
     .retries = SHARE(0.02, 0.3), .day_cv = 0.1, .burstiness = 3, .input = MEAN_CV(2500, 1, 150000),
     .output = MEAN_CV(700, 1, 64000)},
    {"retries, evenly spaced, cached at its edge", SONNET, MONDAY, 30, 2000, 50000, .requests = FIXED(260), PLAIN,
     .retries = FIXED(0.1), .day_cv = 0.1, .burstiness = 0, .input = MEAN_CV(200, 1, 900000),
     .output = MEAN_CV(100, 1, 64000), .prefix = 20000, .keys = 1, .ttl = "5m"},
    /* conversations, whose turns carry those before */
    {"turns 8, 10 a day", SONNET, MONDAY, 30, 8000, 300000, .requests = FIXED(10), PLAIN, .turns = FIXED(8),
     .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(800, 1, 900000), .output = MEAN_CV(500, 1, 64000),
     .turn_gap = FIXED(60)},
    {"turns 5, 300 a day", HAIKU, MONDAY, 30, 600, 50000, .requests = FIXED(300), PLAIN, .turns = FIXED(5),
     .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(800, 1, 150000), .output = MEAN_CV(500, 1, 64000),
     .correlation = 0.5, .turn_gap = FIXED(60)},
    {"turns 12, 300 a day, a week", SONNET, MONDAY, 7, 1500, 100000, .requests = FIXED(300), PLAIN,
     .turns = FIXED(12), .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(1500, 1, 900000),
     .output = MEAN_CV(700, 1, 64000), .turn_gap = FIXED(60)},
    {"turns 4, 3,000 a day, retries", HAIKU, MONDAY, 30, 80, 3000, .requests = FIXED(3000), PLAIN,
     .turns = FIXED(4), .retries = FIXED(0.2), .day_cv = 0, .burstiness = 1, .input = MEAN_CV(800, 1, 150000),
     .output = MEAN_CV(500, 1, 64000), .turn_gap = FIXED(60)},
    {"turns uncertain, scales uncertain, 100 a day", SONNET, MONDAY, 30, 1000, 50000, .requests = FIXED(100),
     .growth = FIXED(0), .input_scale = P10_P90(0.8, 1.3), .output_scale = P10_P90(0.7, 1.4), .waiting = FIXED(0),
     .turns = P10_P90(4, 9), .day_cv = 0.1, .burstiness = 3, .input = MEAN_CV(800, 1, 900000),
     .output = MEAN_CV(500, 1, 64000), .turn_gap = FIXED(60)},
    {"turns 30, cut to the history allowed", SONNET, MONDAY, 30, 0, 30000, .requests = FIXED(200), PLAIN,
     .turns = FIXED(30), .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(800, 1, 900000),
     .output = MEAN_CV(500, 1, 64000), .turn_gap = FIXED(60), .history_max = 40000},
    {"turns 30, 1,000 a day, band", LUNA, MONDAY, 30, 0, 8000, .requests = FIXED(1000), PLAIN,
     .turns = FIXED(30), .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(5000, 1, 900000),
     .output = MEAN_CV(1500, 1, 128000), .turn_gap = FIXED(60), .history_max = 700000},
    {"turns 10, 20 a day, band", LUNA, MONDAY, 30, 5000, 200000, .requests = FIXED(20), PLAIN,
     .turns = FIXED(10), .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(20000, 1, 900000),
     .output = MEAN_CV(2000, 1, 128000), .turn_gap = FIXED(60), .history_max = 700000},
    {"turns 10, 1,000 a day, band, scales uncertain", LUNA, MONDAY, 30, 0, 8000, .requests = FIXED(1000),
     .growth = FIXED(0), .input_scale = P10_P90(0.7, 1.4), .output_scale = P10_P90(0.7, 1.4), .waiting = FIXED(0),
     .turns = FIXED(10), .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(20000, 1, 900000),
     .output = MEAN_CV(5000, 1, 128000), .correlation = 0.4,
     .turn_gap = FIXED(60), .history_max = 700000},
    {"turns 8, cached 5m, 50 a day", SONNET, MONDAY, 30, 2000, 100000, .requests = FIXED(50), PLAIN,
     .turns = FIXED(8), .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(1500, 1, 900000),
     .output = MEAN_CV(700, 1, 64000), .prefix = 5000, .keys = 20, .ttl = "5m", .turn_gap = P10_P90(20, 900)},
    {"turns 8, cached 1h, 1,000 a day", HAIKU, MONDAY, 30, 160, 8000, .requests = FIXED(1000), PLAIN,
     .turns = FIXED(8), .day_cv = 0.1, .burstiness = 3, .input = MEAN_CV(1500, 1, 150000),
     .output = MEAN_CV(700, 1, 64000), .prefix = 5000, .keys = 1, .ttl = "1h", .turn_gap = P10_P90(20, 900)},
    {"turns 25, cached 30m, band and cut", LUNA, MONDAY, 30, 120, 10000, .requests = FIXED(600), PLAIN,
     .turns = FIXED(25), .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(12000, 1, 900000),
     .output = MEAN_CV(3000, 1, 128000), .prefix = 5000, .keys = 10, .ttl = "30m", .turn_gap = P10_P90(60, 6000),
     .history_max = 500000},
    /* prompts in the cache: the prefix is most of the cost */
    {"cached 5m, Poisson", SONNET, MONDAY, 30, 1600, 50000, .requests = FIXED(300), PLAIN, .day_cv = 0.1,
     .burstiness = 1, .input = MEAN_CV(200, 1, 900000), .output = MEAN_CV(100, 1, 64000), .prefix = 20000, .keys = 1,
     .ttl = "5m"},
    {"cached 5m, bursts 3, 4 keys", SONNET, MONDAY, 30, 1600, 50000, .requests = FIXED(300), PLAIN, .day_cv = 0.3,
     .burstiness = 3, .input = MEAN_CV(200, 1, 900000), .output = MEAN_CV(100, 1, 64000), .prefix = 20000, .keys = 4,
     .ttl = "5m"},
    {"cached 1h, bursts 3, 40 keys", SONNET, MONDAY, 7, 5000, 100000, .requests = FIXED(300), PLAIN, .day_cv = 0.3,
     .burstiness = 3, .input = MEAN_CV(300, 1, 900000), .output = MEAN_CV(100, 1, 64000), .prefix = 20000, .keys = 40,
     .ttl = "1h"},
    {"cached 5m, bursts 10, few requests", SONNET, MONDAY, 30, 15000, 200000, .requests = FIXED(30), PLAIN,
     .day_cv = 0.1, .burstiness = 10, .input = MEAN_CV(200, 1, 900000), .output = MEAN_CV(100, 1, 64000),
     .prefix = 20000, .keys = 1, .ttl = "5m"},
    {"cached 5m, evenly spaced at its edge", SONNET, MONDAY, 30, 2000, 50000, .requests = FIXED(290), PLAIN,
     .day_cv = 0.1, .burstiness = 0, .input = MEAN_CV(200, 1, 900000), .output = MEAN_CV(100, 1, 64000),
     .prefix = 20000, .keys = 1, .ttl = "5m"},
    {"cached 1h, 3 of 10 a day miss", SONNET, MONDAY, 30, 15000, 400000, .requests = FIXED(10), PLAIN, .day_cv = 0.1,
     .burstiness = 3, .input = FIXED(200), .output = FIXED(100), .prefix = 20000, .keys = 1, .ttl = "1h"},
    {"cached 1h, 2 of 100 a day miss", SONNET, MONDAY, 30, 8000, 200000, .requests = FIXED(100), PLAIN, .day_cv = 0,
     .burstiness = 1, .input = FIXED(200), .output = FIXED(100), .prefix = 20000, .keys = 1, .ttl = "1h"},
    {"cached 5m, 2 of 100 a day hit", NOVA, MONDAY, 30, 8000, 200000, .requests = FIXED(100), PLAIN, .day_cv = 0,
     .burstiness = 1, .input = FIXED(20), .output = FIXED(10), .prefix = 20000, .keys = 15, .ttl = "5m"},
    {"cached 5m, writes at the input price", NOVA, MONDAY, 30, 1600, 50000, .requests = FIXED(300), PLAIN,
     .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(500, 1, 200000), .output = MEAN_CV(100, 1, 8192),
     .prefix = 10000, .keys = 2, .ttl = "5m"},
    {"cached 5m, uncertain volume and growth", SONNET, MONDAY, 30, 1600, 50000, .requests = P10_P90(100, 600),
     .growth = P10_P90(-0.1, 0.4), .input_scale = FIXED(1), .output_scale = FIXED(1), .waiting = FIXED(0),
     .loading = {0.3, 0.3, 0.3}, .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(200, 1, 900000),
     .output = MEAN_CV(100, 1, 64000), .prefix = 20000, .keys = 1, .ttl = "5m"},
    {"cached 5m, keys that follow the volume", SONNET, MONDAY, 30, 1600, 50000, .requests = P10_P90(100, 600),
     .growth = P10_P90(-0.1, 0.4), .input_scale = FIXED(1), .output_scale = FIXED(1), .waiting = FIXED(0),
     .loading = {0.3, 0.3, 0.3}, .day_cv = 0.1, .burstiness = 3, .input = MEAN_CV(200, 1, 900000),
     .output = MEAN_CV(100, 1, 64000), .prefix = 20000, .keys = 1, .per_key = 300, .ttl = "5m"},
    {"cached 5m, 3,000 a day", HAIKU, MONDAY, 7, 600, 10000, .requests = FIXED(3000), PLAIN, .day_cv = 0.1,
     .burstiness = 3, .input = MEAN_CV(200, 1, 150000), .output = MEAN_CV(100, 1, 64000), .prefix = 20000, .keys = 30,
     .ttl = "5m"},
    {"not cached", SONNET, MONDAY, 30, 2000, 50000, .requests = FIXED(300), PLAIN, .day_cv = 0.1, .burstiness = 3,
     .input = MEAN_CV(200, 1, 900000), .output = MEAN_CV(100, 1, 64000), .prefix = 20000, .keys = 1},
    /* context bands */
    {"band, 3 a day", LUNA, MONDAY, 30, 40000, 400000, .requests = FIXED(3), PLAIN, .day_cv = 0.1, .burstiness = 1,
     .input = MEAN_CV(250000, 0.5, 900000), .output = MEAN_CV(4000, 1, 128000)},
    {"band, 30 a day, correlated", LUNA, MONDAY, 30, 2400, 200000, .requests = FIXED(30), PLAIN, .day_cv = 0.1,
     .burstiness = 1, .input = MEAN_CV(250000, 0.5, 900000), .output = MEAN_CV(20000, 1, 128000), .correlation = 0.6},
    {"band, 300 a day, heavy tail", LUNA, MONDAY, 7, 2400, 50000, .requests = FIXED(300), PLAIN, .day_cv = 0.1,
     .burstiness = 1, .input = MEAN_CV(60000, 2, 900000), .output = MEAN_CV(4000, 1, 128000), .correlation = -0.6},
    {"band, 1 of 80 reaches it, 30 a day", LUNA, MONDAY, 30, 15000, 200000, .requests = FIXED(30), PLAIN, .day_cv = 0,
     .burstiness = 1, .input = MEAN_CV(60000, 1, 900000), .output = FIXED(100)},
    {"band, 1 of 80 reaches it, 100 a day", LUNA, MONDAY, 30, 5000, 200000, .requests = FIXED(100), PLAIN,
     .day_cv = 0, .burstiness = 1, .input = MEAN_CV(60000, 1, 900000), .output = FIXED(100)},
    {"band, 1 of 300 reaches it, 300 a day", LUNA, MONDAY, 30, 1600, 50000, .requests = FIXED(300), PLAIN,
     .day_cv = 0, .burstiness = 1, .input = MEAN_CV(40000, 1, 900000), .output = FIXED(100)},
    {"band, all but 1 of 40 reach it", LUNA, MONDAY, 30, 15000, 200000, .requests = FIXED(30), PLAIN, .day_cv = 0,
     .burstiness = 1, .input = MEAN_CV(420000, 0.2, 900000), .output = FIXED(100)},
    {"band, cached 30m", LUNA, MONDAY, 30, 1600, 50000, .requests = FIXED(300), PLAIN, .day_cv = 0.1, .burstiness = 3,
     .input = MEAN_CV(120000, 1, 800000), .output = MEAN_CV(2000, 1, 128000), .prefix = 150000, .keys = 20,
     .ttl = "30m"},
    {"band, uncertain sizes", LUNA, MONDAY, 30, 2000, 50000, .requests = FIXED(300), .growth = FIXED(0),
     .input_scale = P10_P90(0.7, 1.5), .output_scale = P10_P90(0.8, 1.2), .waiting = FIXED(0),
     .loading = {0, 0.3, 0.6}, .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(220000, 0.4, 900000),
     .output = MEAN_CV(4000, 1, 128000)},
    {"band, prices change on the way", SOL, "2026-08-10", 30, 2400, 100000, .requests = FIXED(30), PLAIN,
     .day_cv = 0.1, .burstiness = 1, .input = MEAN_CV(200000, 1, 900000), .output = MEAN_CV(6000, 1, 128000),
     .correlation = 0.6},
    {"band, a table of sizes", LUNA, MONDAY, 30, 2400, 100000, .requests = FIXED(30), PLAIN, .day_cv = 0.1,
     .burstiness = 1,
     .input = {.kind = SC_ORACLE_TABLE, .v = {40000, 271999, 272000, 500000}, .weight = {5, 2, 2, 1}, .n = 4},
     .output = MEAN_CV(6000, 1, 128000), .correlation = 0.6},
    {"band, a value at its edge", LUNA, MONDAY, 30, 8000, 100000, .requests = FIXED(100), PLAIN, .day_cv = 0,
     .burstiness = 0, .input = {.kind = SC_ORACLE_TABLE, .v = {1000, 272000}, .weight = {68, 32}, .n = 2},
     .output = FIXED(100)},
    {"band, a fixed size and an uncertain scale", LUNA, MONDAY, 30, 15000, 100000, .requests = FIXED(30),
     .growth = FIXED(0), .input_scale = P10_P90(0.8, 1.3), .output_scale = FIXED(1), .waiting = FIXED(0), .day_cv = 0,
     .burstiness = 1, .input = FIXED(260000), .output = FIXED(100)},
    /* part of the requests waits for batch */
    {"batch for some", SONNET, MONDAY, 30, 4000, 100000, .requests = FIXED(100), .growth = FIXED(0),
     .input_scale = FIXED(1), .output_scale = FIXED(1), .waiting = SHARE(0.2, 0.7), .day_cv = 0.1, .burstiness = 1,
     .input = MEAN_CV(4000, 1, 900000), .output = MEAN_CV(600, 1, 64000)},
    {"batch for some, the rest cached", SONNET, MONDAY, 30, 1000, 30000, .requests = FIXED(500), .growth = FIXED(0),
     .input_scale = FIXED(1), .output_scale = FIXED(1), .waiting = SHARE(0.2, 0.7), .day_cv = 0.1, .burstiness = 1,
     .input = MEAN_CV(200, 1, 900000), .output = MEAN_CV(100, 1, 64000), .prefix = 20000, .keys = 1, .ttl = "5m"},
};
/* clang-format on */

/* ---- a case as the library reads it ---- */

static void write_dist(FILE *f, const char *key, const sc_oracle_dist *d)
{
    (void)fprintf(f, "\"%s\": ", key);
    switch (d->kind) {
    case SC_ORACLE_FIXED: (void)fprintf(f, "%.17g", d->v[0]); return;
    case SC_ORACLE_MEAN_CV: (void)fprintf(f, "{\"mean\": %.17g, \"cv\": %.17g", d->v[0], d->v[1]); break;
    case SC_ORACLE_P10_P90:
    case SC_ORACLE_SHARE: (void)fprintf(f, "{\"p10\": %.17g, \"p90\": %.17g", d->v[0], d->v[1]); break;
    case SC_ORACLE_TRIANGLE:
        (void)fprintf(f, "{\"min\": %.17g, \"mode\": %.17g, \"max\": %.17g}", d->v[0], d->v[1], d->v[2]);
        return;
    case SC_ORACLE_TABLE:
        (void)fprintf(f, "{\"values\": [");
        for (int i = 0; i < d->n; i++)
            (void)fprintf(f, "%s%.17g", i > 0 ? ", " : "", d->v[i]);
        (void)fprintf(f, "], \"weights\": [");
        for (int i = 0; i < d->n; i++)
            (void)fprintf(f, "%s%.17g", i > 0 ? ", " : "", d->weight[i]);
        (void)fprintf(f, "]}");
        return;
    }
    if (d->max > 0.0)
        (void)fprintf(f, ", \"max\": %.17g", d->max);
    (void)fprintf(f, "}");
}

static void write_scenario(FILE *f, const oracle_case *c)
{
    static const char *const params[] = {
        "requests_per_day", "growth_per_month", "input_scale", "output_scale", "batchable_share", "turns", "retries"};
    (void)fprintf(f, "{\"spendcast\": 1, \"horizon\": {\"start\": \"%s\", \"days\": %d}, \"loadings\": {", c->start,
                  c->days);
    for (int p = 0; p < SC_ORACLE_TURNS; p++)
        (void)fprintf(f, "%s\"%s\": {\"organisation\": %.17g, \"project\": %.17g, \"workload\": %.17g}",
                      p > 0 ? ", " : "", params[p], c->loading[0], c->loading[1], c->loading[2]);
    (void)fprintf(f,
                  "}, \"projects\": [{\"id\": \"p\", \"workloads\": [{\"id\": \"w\", \"offer\": {\"model\": \"%s\", "
                  "\"region\": \"" REGION "\"}, \"volume\": {",
                  c->model);
    write_dist(f, params[SC_ORACLE_REQUESTS], &c->requests);
    (void)fprintf(f, ", ");
    write_dist(f, params[SC_ORACLE_GROWTH], &c->growth);
    (void)fprintf(f, ", \"day_cv\": %.17g, \"burstiness\": %.17g, \"wander_per_month\": %.17g", c->day_cv,
                  c->burstiness, c->wander);
    if (c->swing_cv > 0.0)
        (void)fprintf(f, ", \"swings\": {\"cv\": %.17g, \"half_life\": %.17g}", c->swing_cv, c->half_life);
    for (int i = 0; i < 7 && c->weekday[0] > 0.0; i++)
        (void)fprintf(f, "%s%.17g%s", i == 0 ? ", \"weekday\": [" : ", ", c->weekday[i], i == 6 ? "]" : "");
    (void)fprintf(f, "}, \"tokens\": {");
    write_dist(f, "input", &c->input);
    (void)fprintf(f, ", ");
    write_dist(f, "output", &c->output);
    (void)fprintf(f, ", ");
    write_dist(f, params[SC_ORACLE_INPUT_SCALE], &c->input_scale);
    (void)fprintf(f, ", ");
    write_dist(f, params[SC_ORACLE_OUTPUT_SCALE], &c->output_scale);
    (void)fprintf(f, ", \"correlation\": %.17g}, ", c->correlation);
    write_dist(f, params[SC_ORACLE_WAITING], &c->waiting);
    (void)fprintf(f, ", ");
    write_dist(f, params[SC_ORACLE_RETRIES], &c->retries);
    if (c->turns.v[0] > 0.0) {
        (void)fprintf(f, ", \"conversation\": {");
        write_dist(f, params[SC_ORACLE_TURNS], &c->turns);
        (void)fprintf(f, ", ");
        write_dist(f, "gap_seconds", &c->turn_gap);
        if (c->history_max > 0.0)
            (void)fprintf(f, ", \"history_tokens\": %.17g", c->history_max);
        (void)fprintf(f, "}");
    }
    if (c->prefix > 0.0 || c->ttl != NULL)
        (void)fprintf(f, ", \"cache\": {\"prefix_tokens\": %.17g, \"%s\": %.17g, \"ttl\": \"%s\"}", c->prefix,
                      c->per_key > 0.0 ? "requests_per_key" : "keys", c->per_key > 0.0 ? c->per_key : c->keys,
                      c->ttl != NULL ? c->ttl : "none");
    (void)fprintf(f, "}]}]}\n");
}

static void print_errors(const sc_errors *errors)
{
    char text[SC_ERROR_TEXT_MAX];
    for (int i = 0; i < errors->count; i++) {
        sc_error_format(&errors->item[i], text, sizeof text);
        (void)fprintf(stderr, "%s\n", text);
    }
}

static sc_scenario *load_case(const oracle_case *c, const sc_card *card)
{
    char *text = NULL;
    size_t size = 0;
    sc_scenario *s = NULL;
    sc_errors errors = {0};
    FILE *f = open_memstream(&text, &size);
    if (f == NULL)
        return NULL;
    write_scenario(f, c);
    if (fclose(f) == 0 && sc_scenario_parse(c->name, text, size, card, &s, &errors) != SC_OK)
        print_errors(&errors);
    free(text);
    return s;
}

/* ---- a case as the oracle reads it ---- */

/* USD per 1M tokens, or NAN where nothing is sold. */
static double price(const sc_card *card, const sc_buy *buy, sc_meter meter, double context, sc_day day)
{
    const sc_price_point *p = sc_card_find(card, buy, meter, NULL, (int64_t)context, day);
    return p != NULL ? (double)p->price * 1e-9 : (double)NAN;
}

static void read_prices(const sc_card *card, const oracle_case *c, sc_day day, sc_oracle_prices *out)
{
    sc_model_ref ref;
    *out = (sc_oracle_prices){.band_from = 0.0};
    if (sc_card_resolve(card, c->model, &ref, NULL, 0) != SC_OK)
        return;
    sc_buy buy = {ref.model, sc_card_region_of(card, REGION), SC_SCOPE_IN_REGION, SC_TIER_STANDARD}, wait = buy;
    const sc_price_point *base = sc_card_find(card, &buy, SC_METER_INPUT, NULL, 0, day);
    if (base != NULL && base->context_to != INT64_MAX)
        out->band_from = (double)base->context_to;
    wait.tier = SC_TIER_BATCH;
    for (int band = 0; band < 2; band++) {
        double at = band ? out->band_from : 0.0;
        out->input[band] = price(card, &buy, SC_METER_INPUT, at, day);
        out->output[band] = price(card, &buy, SC_METER_OUTPUT, at, day);
        out->wait_input[band] = price(card, &wait, SC_METER_INPUT, at, day);
        out->wait_output[band] = price(card, &wait, SC_METER_OUTPUT, at, day);
        if (c->ttl == NULL)
            continue;
        out->read[band] = price(card, &buy, SC_METER_CACHE_READ, at, day);
        out->write[band] = price(card, &buy, sc_ttl_write_meter((sc_ttl)sc_ttl_of(c->ttl)), at, day);
        if (isnan(out->write[band])) /* models without a fee for writing */
            out->write[band] = out->input[band];
    }
}

static int make_workload(const oracle_case *c, const sc_card *card, const sc_scenario *s, sc_oracle_prices *prices,
                         sc_oracle_workload *w)
{
    sc_day start, end;
    int failed = 0;
    *w = (sc_oracle_workload){
        .days = c->days,
        .param = {c->requests, c->growth, c->input_scale, c->output_scale, c->waiting, c->turns, c->retries},
        .day_cv = c->day_cv,
        .burstiness = c->burstiness,
        .swing_cv = c->swing_cv,
        .half_life = c->half_life,
        .wander = c->wander,
        .input = c->input,
        .output = c->output,
        .correlation = c->correlation,
        .prefix = c->prefix,
        .keys = c->keys,
        .per_key = c->per_key,
        .talks = c->turns.v[0] > 0.0,
        .turn_gap = c->turn_gap,
        .history_max = c->history_max,
        .lifetime = c->ttl == NULL               ? 0.0
                    : strcmp(c->ttl, "5m") == 0  ? 300.0
                    : strcmp(c->ttl, "30m") == 0 ? 1800.0
                                                 : 3600.0,
        .waits = c->waiting.kind != SC_ORACLE_FIXED,
        .prices = prices};
    for (int p = 0; p < SC_ORACLE_PARAMS; p++) {
        if (p < SC_ORACLE_TURNS) /* those from there on move by themselves */
            memcpy(w->loading[p], c->loading, sizeof c->loading);
        failed |= sc_oracle_fit(&w->param[p], p == SC_ORACLE_GROWTH ? 1.0 : 0.0);
    }
    for (int i = 0; i < 7; i++)
        w->weekday[i] = c->weekday[0] > 0.0 ? c->weekday[i] : 1.0;
    failed |= sc_oracle_fit(&w->input, 0.0) | sc_oracle_fit(&w->output, 0.0) | sc_oracle_fit(&w->turn_gap, 0.0);
    sc_scenario_horizon(s, &start, &end);
    for (int d = 0; d < c->days; d++)
        read_prices(card, c, start + d, &prices[d]);
    return failed;
}

/* ---- figures ---- */

enum { P10, P50, P90, MEAN, SD, FIGURES };

typedef struct figures {
    double value[FIGURES], error[FIGURES];
    double kurtosis;
    double hit_share; /* NAN = not known */
} figures;

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Half of the distance between the order statistics one standard error to both sides. */
static double quantile_error(const double *sorted, size_t n, double p)
{
    double spread = sqrt((double)n * p * (1.0 - p)), low = p * (double)n - spread, high = p * (double)n + spread;
    size_t i = low > 0.0 ? (size_t)low : 0, j = high < (double)(n - 1) ? (size_t)ceil(high) : n - 1;
    return 0.5 * (sorted[j] - sorted[i]);
}

static void oracle_figures(double *cost, size_t n, figures *out)
{
    static const double levels[] = {0.1, 0.5, 0.9};
    double mean = 0.0, m2 = 0.0, m4 = 0.0;
    for (size_t t = 0; t < n; t++)
        mean += cost[t] / (double)n;
    for (size_t t = 0; t < n; t++) {
        double square = (cost[t] - mean) * (cost[t] - mean);
        m2 += square / (double)n;
        m4 += square * square / (double)n;
    }
    qsort(cost, n, sizeof *cost, by_value);
    for (int q = P10; q <= P90; q++) {
        double place = levels[q] * (double)(n - 1);
        size_t i = (size_t)place;
        out->value[q] = cost[i] + (place - (double)i) * (cost[i + 1] - cost[i]);
        out->error[q] = quantile_error(cost, n, levels[q]);
    }
    out->kurtosis = m2 > 0.0 ? m4 / (m2 * m2) : 3.0;
    out->value[MEAN] = mean;
    out->error[MEAN] = sqrt(m2 / (double)n);
    out->value[SD] = sqrt(m2);
}

/* Standard error of a standard deviation, for large n. */
static double sd_error(double sd, double kurtosis, double n) { return sd * sqrt((kurtosis - 1.0) / (4.0 * n)); }

static void put(figures *out, int q, sc_estimate e)
{
    out->value[q] = e.value;
    out->error[q] = e.error;
}

/* The current offer: sc_simulate. */
static int simulated(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, figures *out)
{
    static const double levels[] = {0.1, 0.5, 0.9};
    sc_sim *r;
    sc_errors errors = {0};
    if (sc_simulate(s, card, o, "total", SC_PERIOD_TOTAL, &r, &errors) != SC_OK) {
        print_errors(&errors);
        return -1;
    }
    for (int q = P10; q <= P90; q++)
        put(out, q, sc_sim_quantile(r, 1, 0, levels[q]));
    put(out, MEAN, sc_sim_mean(r, 1, 0));
    out->hit_share = (double)NAN;
    sc_sim_free(r);
    return 0;
}

/* The current offer with batch for requests that can wait: sc_compare. */
static int compared(const sc_scenario *s, const sc_card *card, const sc_sim_options *o, const char *ttl, figures *out)
{
    sc_comparison *c;
    sc_errors errors = {0};
    if (sc_compare(s, card, o, 0, &c, &errors) != SC_OK) {
        print_errors(&errors);
        return -1;
    }
    const sc_offer_result *now = sc_comparison_offer(c, 0), *found = NULL;
    for (size_t i = 1; i < sc_comparison_count(c); i++) {
        const sc_offer_result *r = sc_comparison_offer(c, i);
        if (r->model == now->model && r->scope == now->scope && r->wait_tier == SC_TIER_BATCH &&
            r->tier == SC_TIER_STANDARD && r->verdict == SC_OFFER_ALLOWED &&
            strcmp(sc_ttl_name(r->ttl), ttl != NULL ? ttl : "none") == 0)
            found = r;
    }
    if (found != NULL) {
        put(out, P10, found->p10);
        put(out, P50, found->p50);
        put(out, P90, found->p90);
        put(out, MEAN, found->mean);
        out->hit_share = found->hit_share;
    } else {
        (void)fprintf(stderr, "no offer with batch for some requests\n");
    }
    sc_comparison_free(c);
    return found != NULL ? 0 : -1;
}

/* ---- the comparison ---- */

typedef struct tally {
    int passed, failed;
} tally;

static void judge(const oracle_case *c, const figures *lib, const figures *oracle, tally *t)
{
    static const char *const names[] = {"P10", "P50", "P90", "mean", "sd"};
    for (int q = 0; q < FIGURES; q++) {
        double difference = lib->value[q] - oracle->value[q], scale = oracle->value[q] > 0.0 ? oracle->value[q] : 1.0;
        double allowed = 3.0 * hypot(lib->error[q], oracle->error[q]) + (q == SD ? 0.03 : 0.003) * oracle->value[q];
        int ok = fabs(difference) <= allowed; /* false for NaN */
        t->passed += ok;
        t->failed += !ok;
        (void)printf("%-42s %-4s %14.6f %14.6f %8.3f %8.3f  %s\n", c->name, names[q], lib->value[q], oracle->value[q],
                     100.0 * difference / scale, 100.0 * allowed / scale, ok ? "ok" : "FAILED");
    }
}

static int run_case(const oracle_case *c, const sc_card *card, int quick, tally *t)
{
    static sc_oracle_prices prices[MAX_DAYS];
    size_t trials = (size_t)(quick ? c->quick : c->full);
    sc_sim_options o = {.seed = SEED, .trials = quick ? LIBRARY_QUICK : LIBRARY_FULL, .as_of = SC_DAY_MAX};
    sc_oracle_workload w;
    figures lib = {.kurtosis = 3.0}, oracle = {.kurtosis = 3.0};
    sc_scenario *s = load_case(c, card);
    sc_oracle_result r = {.cost = calloc(trials, sizeof *r.cost)};
    int failed = s == NULL || r.cost == NULL || make_workload(c, card, s, prices, &w) != 0;
    if (!failed)
        failed = w.waits ? compared(s, card, &o, c->ttl, &lib) : simulated(s, card, &o, &lib);
    if (!failed)
        failed = sc_oracle_run(&w, SEED + (unsigned long)(c - cases), trials, &r);
    if (!failed) {
        oracle_figures(r.cost, trials, &oracle);
        lib.value[SD] = lib.error[MEAN] * sqrt((double)o.trials);
        lib.error[SD] = sd_error(lib.value[SD], oracle.kurtosis, (double)o.trials);
        oracle.error[SD] = sd_error(oracle.value[SD], oracle.kurtosis, (double)trials);
        judge(c, &lib, &oracle, t);
        if (w.lifetime > 0.0)
            (void)printf("%-42s      %.1f %% of requests read the cache\n", c->name, 100.0 * r.hit_share);
        (void)fflush(stdout);
    }
    sc_scenario_free(s);
    free(r.cost);
    return failed;
}

int main(int argc, char **argv)
{
    int quick = argc > 1 && strcmp(argv[1], "--quick") == 0, broken = 0;
    const char *part = argc > 1 + quick ? argv[1 + quick] : "";
    tally t = {0, 0};
    sc_card *card = NULL;
    sc_errors errors = {0};
    (void)gsl_set_error_handler_off(); /* a failed fit is reported as such */
    if (sc_card_load(NULL, NULL, &card, &errors) != SC_OK) {
        print_errors(&errors);
        return 1;
    }
    (void)printf("%-42s %-4s %14s %14s %8s %8s\n", "case", "", "library", "oracle", "diff %", "allowed %");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (strstr(cases[i].name, part) == NULL || (quick && cases[i].quick == 0))
            continue;
        if (run_case(&cases[i], card, quick, &t) != 0) {
            (void)printf("%-42s could not be run  FAILED\n", cases[i].name);
            broken++;
        }
    }
    sc_card_free(card);
    (void)printf("oracle: %d passed, %d failed\n", t.passed, t.failed + broken);
    return t.failed + broken != 0 || t.passed == 0;
}
