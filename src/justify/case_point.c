/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case_point.c - the benefit of the premium where everything is certain, for curves and what-ifs. */
#include "justify/case_point.h"

#include "stats/elementary.h"

#define STEP 0.005  /* of quality, for slopes */
#define HALVINGS 60 /* of an interval of length 1: past the last bit */

/* Of a try, weighted by the attempts of the trial. */
static double mean_cost(const justify_work *j, const justify_side *side)
{
    double cost = 0.0, attempts = 0.0;
    for (size_t t = 0; t < j->n; t++) {
        cost += side->per_try[t] * j->attempts[t];
        attempts += j->attempts[t];
    }
    return attempts > 0.0 ? cost / attempts : 0.0;
}

case_point case_point_of(const justify_work *j, const justify_pair *p)
{
    const double quality = justify_mean(j, p->rival.quality);
    return (case_point){.attempts = justify_mean(j, j->attempts),
                        .value = j->value.mean,
                        .failure_cost = j->failure_cost.mean,
                        .person_usd = j->person_usd,
                        .completes = j->completes.value,
                        .premium_cost = mean_cost(j, &p->premium),
                        .rival_cost = mean_cost(j, &p->rival),
                        .quality = quality,
                        .difference = justify_mean(j, p->premium.quality) - quality,
                        .per_pass = j->per_pass.value,
                        .premium_repeats = p->premium.repeats.value,
                        .rival_repeats = p->rival.repeats.value,
                        .retries = j->o.retries};
}

static double as_share(double x) { return x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x; }

double case_point_benefit(const case_point *p)
{
    const double quality = as_share(p->quality + p->difference);
    const sc_tries a = sc_tries_of(p->per_pass * p->quality, p->retries, p->rival_repeats);
    const sc_tries b = sc_tries_of(p->per_pass * quality, p->retries, p->premium_repeats);
    const double worth = justify_worth(p->value, p->failure_cost, p->person_usd, p->completes);
    return p->attempts * (worth * (b.success - a.success) - (p->premium_cost * b.tries - p->rival_cost * a.tries));
}

static double benefit_at(const case_point *p, double difference)
{
    case_point q = *p;
    q.difference = difference;
    return case_point_benefit(&q);
}

double case_point_needed(const case_point *p)
{
    double low = -p->quality, high = 1.0 - p->quality; /* benefit rises with the difference */
    if (benefit_at(p, low) > 0.0 || benefit_at(p, high) < 0.0)
        return SC_NAN;
    for (int k = 0; k < HALVINGS; k++) {
        const double middle = 0.5 * (low + high);
        if (benefit_at(p, middle) < 0.0)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double case_point_slope(const case_point *p)
{
    const double low = as_share(p->quality + p->difference - STEP), high = as_share(p->quality + p->difference + STEP);
    return (benefit_at(p, high - p->quality) - benefit_at(p, low - p->quality)) / (high - low);
}
