/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case_terms.c - what a success and a failure are worth, from what is stated and from outcomes. */
#include <math.h>

#include "justify/justify_parts.h"
#include "stats/elementary.h"
#include "stats/philox.h"

double justify_worth(double value, double failure_cost, double person_usd, double completes)
{
    return value * (1.0 - completes) + failure_cost + person_usd;
}

/* ---- outcomes */

/* What outcomes say of the workload or, where they name no workload, of its project; rows = 0: nothing. */
static sc_outcome_sum outcomes_of(justify_work *j, const char **name)
{
    const char *project = j->result.project, *const names[] = {j->result.name, ""};
    sc_outcome_sum sum = {0};
    for (int i = 0; i < 2 && sum.rows == 0 && j->o.outcomes != NULL; i++) {
        const sc_code code = sc_outcomes_sum(j->o.outcomes, project, names[i], SC_DAY_MIN, SC_DAY_MAX, &sum);
        if (code != SC_OK)
            j->code = code;
        *name = names[i];
    }
    return sum;
}

/* Per success or per failure; not known where there are none. */
static sc_case_amount amount_each(int has, sc_money total, int64_t n)
{
    const double each = n > 0 ? justify_round(sc_money_to_usd(total) / (double)n) : 0.0;
    return (sc_case_amount){has && n > 0, each, each};
}

/* ---- amounts over the trials */

/* Draws of an amount, from a stream of its own. */
static void draw_amount(justify_work *j, justify_amount *a, const char *purpose)
{
    const sc_stream stream = sc_stream_of(j->o.sim.seed, j->result.project, j->result.name, purpose);
    sc_dist dist;
    a->trial = SC_ARENA_ARRAY(&j->arena, double, j->n);
    if (a->trial == NULL) {
        j->code = SC_E_MEMORY;
        return;
    }
    if (!a->amount.is_known || a->amount.high <= 0.0)
        return;
    if (sc_dist_lognormal_quantiles(&dist, 0.1, a->amount.low, 0.9, a->amount.high, SC_INF) != 0) {
        j->code = SC_E_USAGE;
        return;
    }
    for (size_t t = 0; t < j->n; t++) {
        uint32_t bits[4];
        sc_philox(&stream, (uint32_t)t, 0, 0, 0, bits);
        a->trial[t] = sc_dist_at(&dist, sc_normal_quantile(sc_u01_53(bits[0], bits[1])));
    }
    a->mean = justify_mean(j, a->trial);
}

static justify_amount amount_of(const sc_case_amount *stated, sc_case_amount seen)
{
    if (stated->is_known)
        return (justify_amount){.amount = *stated, .source = SC_CASE_STATED};
    return (justify_amount){.amount = seen, .source = seen.is_known ? SC_CASE_OUTCOMES : SC_CASE_NOT_STATED};
}

static justify_number number_of(double stated, double other, sc_case_source source)
{
    if (!isnan(stated))
        return (justify_number){stated, SC_CASE_STATED};
    return (justify_number){other, isnan(other) ? SC_CASE_NOT_STATED : source};
}

/* ---- successes for an answer that passes */

sc_quality justify_quality(justify_work *j, size_t model)
{
    sc_quality q = {0};
    const sc_code code = sc_evidence_quality(j->o.evidence, &j->query, model, 0.0, JUSTIFY_INTERVAL, &q);
    if (code != SC_OK)
        j->code = code;
    return q;
}

static double graded_quality(justify_work *j, const char *model)
{
    const sc_evidence *e = j->o.evidence;
    const int index = e != NULL ? sc_evidence_model_of(e, model) : -1;
    sc_quality q = {0};
    if (index >= 0)
        q = justify_quality(j, (size_t)index);
    return q.method != SC_EVIDENCE_NONE ? q.mean : SC_NAN;
}

/* Of today's model both are known: the share that passes, and the share that is a success in its work. */
static double seen_per_pass(justify_work *j, const sc_outcome_sum *sum)
{
    const double passes = graded_quality(j, j->w->ref.model->id);
    if (isnan(passes) || sum->attempts == 0 || !(passes > 0.0))
        return SC_NAN;
    const double k = (double)sum->successes / (double)sum->attempts / passes;
    return justify_round(k < 1.0 ? k : 1.0);
}

/* Requests a month over attempts a month; not below one. */
static double seen_per_attempt(justify_work *j, const char *name, const sc_outcome_sum *sum)
{
    double days = 0.0;
    if (sum->attempts == 0)
        return SC_NAN;
    const sc_code code = justify_days_covered(j->o.outcomes, j->result.project, name, SC_DAY_MIN, SC_DAY_MAX, &days);
    if (code != SC_OK)
        j->code = code;
    if (!(days > 0.0))
        return SC_NAN;
    const double attempts = (double)sum->attempts / days * JUSTIFY_MONTH, each = j->result.requests.mean / attempts;
    return justify_round(each > 1.0 ? each : 1.0);
}

void justify_read_terms(justify_work *j, sc_errors *errors)
{
    const char *name = "";
    const sc_outcome_sum sum = outcomes_of(j, &name);
    const int64_t failures = sum.attempts - sum.successes;
    const double minutes = sum.has_human_minutes && failures > 0
                               ? justify_round((double)sum.human_minutes_1000 / 1000.0 / (double)failures)
                               : SC_NAN;
    const double per_pass = seen_per_pass(j, &sum), per_attempt = seen_per_attempt(j, name, &sum);
    j->value = amount_of(&j->o.value, amount_each(sum.has_value, sum.value, sum.successes));
    j->failure_cost = amount_of(&j->o.failure_cost, amount_each(sum.has_failure_cost, sum.failure_cost, failures));
    draw_amount(j, &j->value, "value of a success");
    draw_amount(j, &j->failure_cost, "cost of a failure");
    j->minutes = number_of(j->o.person_minutes, minutes, SC_CASE_OUTCOMES);
    j->rate = number_of(j->o.person_usd_per_hour, SC_NAN, SC_CASE_NOT_STATED);
    j->has_people = !isnan(j->minutes.value) && !isnan(j->rate.value);
    j->person_usd = j->has_people ? j->minutes.value / 60.0 * j->rate.value : 0.0;
    j->completes = number_of(j->o.person_completes, j->has_people ? 1.0 : 0.0, SC_CASE_ASSUMED);
    j->per_pass = number_of(j->o.success_per_pass, isnan(per_pass) ? 1.0 : per_pass,
                            isnan(per_pass) ? SC_CASE_ASSUMED : SC_CASE_OUTCOMES);
    j->per_attempt = number_of(j->o.requests_per_attempt, isnan(per_attempt) ? 1.0 : per_attempt,
                               isnan(per_attempt) ? SC_CASE_ASSUMED : SC_CASE_OUTCOMES);
    j->worth = SC_ARENA_ARRAY(&j->arena, double, j->n);
    if (j->worth == NULL)
        j->code = SC_E_MEMORY;
    if (j->code == SC_E_USAGE)
        (void)sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "an amount of %g to %g, expected P10 and P90 above 0",
                            j->o.value.low, j->o.value.high);
    if (j->code != SC_OK)
        return;
    for (size_t t = 0; t < j->n; t++)
        j->worth[t] = justify_worth(j->value.trial[t], j->failure_cost.trial[t], j->person_usd, j->completes.value);
    j->knows_worth = j->value.amount.is_known || j->completes.value >= 1.0;
}
