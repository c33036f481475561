/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case_point.h - the benefit of the premium where everything is certain, for curves and what-ifs. */
#ifndef SC_JUSTIFY_CASE_POINT_H
#define SC_JUSTIFY_CASE_POINT_H

#include "justify/justify_parts.h"

typedef struct case_point {
    double attempts; /* a month */
    double value, failure_cost, person_usd, completes;
    double premium_cost, rival_cost; /* USD a try */
    double quality, difference;      /* of the rival; of the premium less the rival's */
    double per_pass, premium_repeats, rival_repeats;
    int retries;
} case_point;

/* All at their means. */
case_point case_point_of(const justify_work *j, const justify_pair *p);
/* USD a month. */
double case_point_benefit(const case_point *p);
/* The difference in quality at which it is 0; NAN where none within [0, 1] of both qualities is. */
double case_point_needed(const case_point *p);
/* USD a month that a difference of 1 in quality would bring, by the slope at the mean. */
double case_point_slope(const case_point *p);

#endif
