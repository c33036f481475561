/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bins.c - log-scale bins of token counts, in integers only. */
#include "spendcast/ledger.h"

#define EXACT 16       /* values below have a bin of their own */
#define PER_DOUBLING 8 /* bins from 2^k to before 2^(k+1) */
#define FIRST_POWER 4  /* 2^4 = EXACT */

int sc_bin_of(int64_t tokens)
{
    if (tokens < EXACT)
        return tokens > 0 ? (int)tokens : 0;
    const int power = 63 - __builtin_clzll((unsigned long long)tokens);
    return EXACT + (power - FIRST_POWER) * PER_DOUBLING + (int)((tokens >> (power - 3)) & (PER_DOUBLING - 1));
}

int64_t sc_bin_low(int bin)
{
    if (bin < EXACT)
        return bin > 0 ? bin : 0;
    const int power = FIRST_POWER + (bin - EXACT) / PER_DOUBLING;
    if (power > 62)
        return INT64_MAX;
    return (INT64_C(1) << power) + ((int64_t)((bin - EXACT) % PER_DOUBLING) << (power - 3));
}

int64_t sc_bin_high(int bin)
{
    const int64_t next = sc_bin_low(bin + 1);
    return next == INT64_MAX ? next : next - 1;
}
