/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split.h - an amount split in proportion to weights, so that the parts sum to it exactly.
 *
 * Each share is rounded toward zero; what is left over, less than one unit for each part, goes to the largest weight,
 * of equal ones to the first.  Rounding toward zero, not half-even, because then no part can have the other sign: six
 * units over ten equal weights would else be nine parts of 1 and one of -3.  Give the parts in order of their names:
 * then a part does not depend on the order in which they were found.  Splitting -x gives the parts of x negated. */
#ifndef SPENDCAST_SPLIT_H
#define SPENDCAST_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/error.h"
#include "spendcast/money.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The sum of weights is below this. */
#define SC_SPLIT_WEIGHTS_LIMIT ((sc_int128)1 << 126)

/* 1 if the weights (NULL = none) say nothing, as all are 0 or there are none: such a split is even, which a report
 * should tell. */
SC_API int sc_split_is_even(const sc_int128 *weights, size_t n);

/* parts[n] of the amount by weights[n]; all NULL or 0 = even parts.  SC_E_USAGE for a negative weight, a sum of weights
 * that reaches the limit, or an amount other than 0 over no parts; parts are unchanged then. */
SC_API sc_code sc_split_money(sc_money amount, const sc_int128 *weights, size_t n, sc_money *parts);
/* The same of a number of tokens or requests. */
SC_API sc_code sc_split_count(int64_t amount, const sc_int128 *weights, size_t n, int64_t *parts);

#ifdef __cplusplus
}
#endif
#endif
