/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request_tries.c - how often an attempt is tried, and how often it succeeds in the end. */
#include "spendcast/justify.h"

sc_tries sc_tries_of(double success, int retries, double repeats)
{
    const double failure = 1.0 - success, again = failure * repeats, other = failure * (1.0 - repeats);
    double all_failed = 1.0, until_one = 0.0; /* of independent retries: f^k, and 1 + f + ... + f^(k - 1) */
    for (int k = 0; k < retries; k++) {
        until_one += all_failed;
        all_failed *= failure;
    }
    return (sc_tries){1.0 + again * (double)retries + other * until_one, success + other * (1.0 - all_failed)};
}
