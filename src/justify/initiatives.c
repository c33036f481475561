/* SPDX-License-Identifier: GPL-3.0-or-later */
/* initiatives.c - projects by what an outcome costs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "justify/justify_parts.h"
#include "stats/elementary.h"

#define Z_P90 1.2815515655446004

sc_code justify_days_covered(const sc_outcomes *o, const char *project, const char *workload, sc_day from, sc_day to,
                             double *days)
{
    *days = 0.0;
    for (size_t i = 0; i < sc_outcomes_count(o); i++) {
        const char *name = sc_outcomes_workload(o, i);
        sc_outcome_sum sum;
        if (strcmp(sc_outcomes_project(o, i), project) != 0 || (workload != NULL && strcmp(name, workload) != 0))
            continue;
        const sc_code code = sc_outcomes_sum(o, project, name, from, to, &sum);
        if (code != SC_OK)
            return code;
        const double n = (double)sum.rows, span = (double)(sum.last - sum.first);
        const double covered = sum.rows > 1 ? span * n / (n - 1.0) : 0.0;
        *days = covered > *days ? covered : *days;
    }
    return SC_OK;
}

/* Rows on the days of the spend or, where none are, all of them. */
static sc_code read_outcomes(const sc_initiative_spend *spend, const sc_outcomes *o, sc_initiative *x)
{
    sc_code code = SC_OK;
    double days;
    if (o == NULL)
        return SC_OK;
    x->from = spend->from;
    x->to = spend->to;
    code = sc_outcomes_sum(o, x->project, NULL, x->from, x->to, &x->outcome);
    if (code == SC_OK && x->outcome.rows == 0) {
        x->from = SC_DAY_MIN;
        x->to = SC_DAY_MAX;
        code = sc_outcomes_sum(o, x->project, NULL, x->from, x->to, &x->outcome);
    }
    if (code == SC_OK)
        code = justify_days_covered(o, x->project, NULL, x->from, x->to, &days);
    if (code != SC_OK || x->outcome.rows == 0)
        return code;
    x->months = days / JUSTIFY_MONTH;
    code = sc_outcomes_trend(o, x->project, NULL, x->from, x->to, &x->trend);
    double *const trend[] = {&x->trend.attempts, &x->trend.attempts_se, &x->trend.successes, &x->trend.successes_se};
    for (size_t i = 0; i < sizeof trend / sizeof trend[0]; i++)
        *trend[i] = justify_round(*trend[i]);
    if (x->outcome.attempts > 0)
        x->success_share = justify_round((double)x->outcome.successes / (double)x->outcome.attempts);
    return code;
}

/* Spend over successes, both a month.  The interval joins that of the spend with the chance in so few successes, on the
 * logarithm: a Poisson count n has a relative deviation of 1 / sqrt(n). */
static void price_outcomes(double usd_per_hour, sc_initiative *x)
{
    const double successes = (double)x->outcome.successes / x->months;
    const double failure_cost =
        x->outcome.has_failure_cost ? sc_money_to_usd(x->outcome.failure_cost) / x->months : 0.0;
    const double hours =
        x->outcome.has_human_minutes ? (double)x->outcome.human_minutes_1000 / 60000.0 / x->months : 0.0;
    const double people = isnan(usd_per_hour) ? 0.0 : hours * usd_per_hour;
    const double spend = x->spend.mean, all = spend + failure_cost + people,
                 chance = Z_P90 / sqrt((double)x->outcome.successes);
    const double down = x->spend.low > 0.0 ? sc_log(spend / x->spend.low) : 0.0;
    const double up = spend > 0.0 ? sc_log(x->spend.high / spend) : 0.0;
    x->per_outcome = (sc_case_figure){justify_round(spend / successes),
                                      justify_round(spend / successes * sc_exp(-sqrt(down * down + chance * chance))),
                                      justify_round(spend / successes * sc_exp(sqrt(up * up + chance * chance)))};
    if (x->outcome.has_failure_cost || (x->outcome.has_human_minutes && !isnan(usd_per_hour)))
        x->full_per_outcome = justify_round(all / successes);
    if (x->outcome.has_value) {
        x->value = justify_round(sc_money_to_usd(x->outcome.value) / x->months);
        x->net = justify_round(sc_money_to_usd(x->outcome.value) / x->months - all);
    }
}

/* Ranked ones by cost per outcome, then the others; ties and others by name. */
static int initiative_order(const void *a, const void *b)
{
    const sc_initiative *p = a, *q = b;
    const double x = p->per_outcome.mean, y = q->per_outcome.mean;
    if (isnan(x) != isnan(y))
        return isnan(x) ? 1 : -1;
    if (!isnan(x) && x != y)
        return x < y ? -1 : 1;
    return strcmp(p->project, q->project);
}

sc_code sc_initiatives(const sc_initiative_spend *spend, size_t n, const sc_outcomes *outcomes,
                       double person_usd_per_hour, sc_initiative **out, sc_errors *errors)
{
    sc_initiative *list = SC_NEW_ARRAY(sc_initiative, n + 1);
    sc_code code = list != NULL ? SC_OK : SC_E_MEMORY;
    *out = NULL;
    for (size_t i = 0; i < n && code == SC_OK; i++) {
        const double months = (double)(spend[i].to - spend[i].from) / JUSTIFY_MONTH;
        sc_initiative *x = &list[i];
        if (!(months > 0.0)) {
            code = sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "spend of '%s' over no days", spend[i].project);
            break;
        }
        *x = (sc_initiative){.project = spend[i].project,
                             .spend = {justify_round(spend[i].mean / months), justify_round(spend[i].low / months),
                                       justify_round(spend[i].high / months)},
                             .success_share = SC_NAN,
                             .per_outcome = {SC_NAN, SC_NAN, SC_NAN},
                             .full_per_outcome = SC_NAN,
                             .value = SC_NAN,
                             .net = SC_NAN};
        code = read_outcomes(&spend[i], outcomes, x);
        if (code == SC_OK && x->outcome.successes > 0 && x->months > 0.0 && !isnan(x->spend.mean))
            price_outcomes(person_usd_per_hour, x);
        if (code == SC_E_INPUT)
            (void)sc_errors_add(errors, code, NULL, NULL, "the outcomes of '%s' add up to more than can be held",
                                x->project);
    }
    if (code != SC_OK) {
        sc_free(list);
        return code;
    }
    qsort(list, n, sizeof *list, initiative_order);
    for (size_t i = 0; i < n && !isnan(list[i].per_outcome.mean); i++)
        list[i].rank = (int)i + 1;
    *out = list;
    return SC_OK;
}

void sc_initiatives_free(sc_initiative *list) { sc_free(list); }
