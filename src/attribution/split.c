/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split.c - an amount split in proportion to weights, exactly. */
#include "spendcast/split.h"

__extension__ typedef unsigned __int128 uint128;

/* A split under way. */
typedef struct split {
    const sc_int128 *weights; /* NULL = even */
    uint128 amount;           /* without its sign */
    uint128 total;            /* of the weights */
    uint128 on_left;          /* what no part has yet */
    size_t largest;           /* gets the rest */
    int negative;
} split;

int sc_split_is_even(const sc_int128 *weights, size_t n)
{
    for (size_t i = 0; weights != NULL && i < n; i++) {
        if (weights[i] != 0)
            return 0;
    }
    return 1;
}

/* amount x weight / total toward zero, weight <= total < 2^126.  Bit by bit, as the product may need 253 bits: after
 * each bit `rest` is below total, so that twice it and a weight is below 2^128. */
static uint128 share_of(uint128 amount, uint128 weight, uint128 total)
{
    uint128 whole = 0, rest = 0;
    for (int bit = 127; bit >= 0; bit--) {
        whole <<= 1;
        rest = 2 * rest + (amount >> bit & 1 ? weight : 0);
        for (; rest >= total; rest -= total)
            whole++;
    }
    return whole;
}

static sc_code begin(sc_money amount, const sc_int128 *weights, size_t n, split *s)
{
    const uint128 limit = (uint128)SC_SPLIT_WEIGHTS_LIMIT;
    *s = (split){.amount = amount < 0 ? -(uint128)amount : (uint128)amount, .negative = amount < 0};
    s->on_left = s->amount;
    if (n == 0)
        return amount == 0 ? SC_OK : SC_E_USAGE;
    if (sc_split_is_even(weights, n)) {
        s->total = n;
        return SC_OK;
    }
    s->weights = weights;
    for (size_t i = 0; i < n; i++) {
        if (weights[i] < 0 || (uint128)weights[i] >= limit - s->total)
            return SC_E_USAGE;
        s->total += (uint128)weights[i];
        if (weights[i] > weights[s->largest])
            s->largest = i;
    }
    return SC_OK;
}

static sc_money take(split *s, uint128 part)
{
    s->on_left -= part;
    return (sc_money)(s->negative ? -part : part);
}

static sc_money take_share(split *s, size_t i)
{
    return take(s, share_of(s->amount, s->weights != NULL ? (uint128)s->weights[i] : 1, s->total));
}

static sc_money take_rest(split *s) { return take(s, s->on_left); }

sc_code sc_split_money(sc_money amount, const sc_int128 *weights, size_t n, sc_money *parts)
{
    split s;
    const sc_code code = begin(amount, weights, n, &s);
    if (code != SC_OK || n == 0)
        return code;
    for (size_t i = 0; i < n; i++)
        parts[i] = take_share(&s, i);
    parts[s.largest] += take_rest(&s);
    return SC_OK;
}

sc_code sc_split_count(int64_t amount, const sc_int128 *weights, size_t n, int64_t *parts)
{
    split s;
    const sc_code code = begin(amount, weights, n, &s);
    if (code != SC_OK || n == 0)
        return code;
    for (size_t i = 0; i < n; i++)
        parts[i] = (int64_t)take_share(&s, i);
    parts[s.largest] += (int64_t)take_rest(&s);
    return SC_OK;
}
