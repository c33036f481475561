/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_outcomes.c - an error has a place in the input; the sums of all projects and workloads add up to the sum of
 * everything, and a trend is finite. */
#include <math.h>

#include "fuzz_check.h"
#include "spendcast/evidence.h"

static void check_sums(const sc_outcomes *o)
{
    sc_outcome_sum all, part;
    sc_money value = 0;
    int64_t rows = 0, attempts = 0;
    require(sc_outcomes_sum(o, NULL, NULL, SC_DAY_MIN, SC_DAY_MAX, &all) == SC_OK);
    for (size_t i = 0; i < sc_outcomes_count(o); i++) {
        require(sc_outcomes_sum(o, sc_outcomes_project(o, i), sc_outcomes_workload(o, i), SC_DAY_MIN, SC_DAY_MAX,
                                &part) == SC_OK);
        require(part.rows > 0 && part.successes <= part.attempts && part.first <= part.last);
        rows += part.rows;
        attempts += part.attempts;
        value += part.value;
    }
    require(rows == all.rows && attempts == all.attempts && value == all.value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    sc_errors errors = {0};
    sc_outcomes *o;
    sc_outcome_trend trend;
    if (sc_outcomes_parse("fuzz", text, size, &o, &errors) != SC_OK) {
        require(o == NULL);
        check_places(&errors, text, size);
        return 0;
    }
    require(errors.count == 0);
    check_sums(o);
    require(sc_outcomes_trend(o, NULL, NULL, SC_DAY_MIN, SC_DAY_MAX, &trend) == SC_OK);
    require(isfinite(trend.attempts) && isfinite(trend.attempts_se) && trend.successes_se >= 0.0);
    sc_outcomes_free(o);
    return 0;
}
