/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_scenario.c - an error has a place in the text; what is accepted reads the same again, and a small scenario
 * simulates without a NaN.
 *
 * Against the built-in card, so that changed prices change what an input reaches, but not whether it passes. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_check.h"
#include "scenario/model.h"
#include "spendcast/sim.h"

/* What is simulated: larger ones only take longer. */
#define MAX_DAYS 40
#define MAX_WORKLOADS 3
#define MAX_REQUESTS 1e5

static void check_same(const sc_scenario *a, const sc_scenario *b)
{
    require(strcmp(sc_scenario_hash(a), sc_scenario_hash(b)) == 0);
    require(sc_scenario_project_count(a) == sc_scenario_project_count(b));
    require(sc_scenario_workload_count(a) == sc_scenario_workload_count(b));
    require(sc_scenario_tag_key_count(a) == sc_scenario_tag_key_count(b));
    require(sc_scenario_setting_count(a) == sc_scenario_setting_count(b));
    for (size_t i = 0; i < sc_scenario_setting_count(a); i++) {
        const sc_setting *x = sc_scenario_setting(a, i), *y = sc_scenario_setting(b, i);
        require(strcmp(x->path, y->path) == 0 && strcmp(x->value, y->value) == 0 && strcmp(x->unit, y->unit) == 0);
        require(x->is_default == y->is_default);
    }
}

/* Ids are unique: each workload is found under its full name. */
static void check_names(const sc_scenario *s)
{
    for (size_t i = 0; i < sc_scenario_workload_count(s); i++) {
        char name[256], why[400];
        int len = snprintf(name, sizeof name, "%s/%s", sc_scenario_project_id(s, sc_scenario_workload_project(s, i)),
                           sc_scenario_workload_id(s, i));
        require(len > 0 && (size_t)len < sizeof name);
        require(sc_scenario_find_workload(s, name, why, sizeof why) == (int)i);
    }
}

static int is_small(const sc_scenario *s)
{
    if (s->end - s->start > MAX_DAYS || s->n_workloads > MAX_WORKLOADS)
        return 0;
    for (size_t i = 0; i < s->n_workloads; i++) {
        if (!(sc_dist_moment(&s->workloads[i].param[SC_PARAM_REQUESTS], 1) < MAX_REQUESTS))
            return 0;
    }
    return 1;
}

static int is_amount(double x) { return !isnan(x) && x >= 0.0; }
static int is_share(double x) { return x >= 0.0 && x <= 1.0; }

static void check_result(const sc_sim *r)
{
    size_t groups = sc_sim_group_count(r), periods = sc_sim_period_count(r), days = sc_sim_day_count(r);
    for (size_t g = 0; g <= groups; g++) {
        for (size_t p = 0; p <= periods; p++) {
            double low = sc_sim_quantile(r, g, p, 0.1).value, high = sc_sim_quantile(r, g, p, 0.9).value;
            require(is_amount(sc_sim_mean(r, g, p).value) && !isnan(sc_sim_mean(r, g, p).error));
            require(is_amount(low) && low <= high && is_amount(sc_sim_requests(r, g, p)));
            require(is_amount(sc_sim_contribution(r, g, p, 0.9)));
        }
    }
    for (size_t i = 0; i < sc_sim_budget_count(r); i++) {
        sc_budget_risk b;
        sc_sim_budget(r, i, 0.1, &b);
        require(is_share(b.probability.value) && is_share(b.cut.value) && is_amount(b.worst.value));
        require(b.first <= b.middle && b.middle <= b.last);
    }
    double fan[MAX_DAYS];
    require(days <= MAX_DAYS && sc_sim_fan(r, 0.5, fan) == SC_OK);
    for (size_t d = 0; d < days; d++)
        require(is_amount(fan[d]) && (d == 0 || fan[d - 1] <= fan[d]));
}

static void check_simulation(const sc_scenario *s, const sc_card *card)
{
    const sc_sim_options options = {.seed = 1, .trials = SC_TRIALS_MIN, .threads = 1, .as_of = SC_DAY_MAX, .fan = 1};
    sc_errors errors = {0};
    sc_sim *r;
    sc_code code = sc_simulate(s, card, &options, "workload", SC_PERIOD_MONTH, &r, &errors);
    if (code == SC_OK) {
        require(errors.errors == 0);
        check_result(r);
    } else { /* a workload without a price */
        require(code == SC_E_INPUT && r == NULL && errors.errors > 0);
    }
    sc_sim_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static sc_card *card; /* loaded once: the largest part of the work */
    const char *text = (const char *)data;
    sc_errors errors = {0};
    sc_scenario *s, *again;
    if (card == NULL)
        require(sc_card_load(NULL, NULL, &card, NULL) == SC_OK);
    sc_code code = sc_scenario_parse("fuzz", text, size, card, &s, &errors);
    if (code == SC_OK) {
        sc_day start, end;
        require(s != NULL && errors.errors == 0);
        sc_scenario_horizon(s, &start, &end);
        require(start < end && sc_scenario_workload_count(s) > 0);
        require(sc_scenario_parse("fuzz", text, size, card, &again, NULL) == SC_OK);
        check_same(s, again);
        check_names(s);
        sc_scenario_free(again);
        if (is_small(s))
            check_simulation(s, card);
    } else {
        require(code == SC_E_INPUT && s == NULL);
        check_places(&errors, text, size);
    }
    sc_scenario_free(s);
    return 0;
}
