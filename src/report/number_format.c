/* SPDX-License-Identifier: GPL-3.0-or-later */
/* number_format.c - numbers as text: doubles rounded half-even from their exact binary value, without printf or locale.
 */
#include <string.h>

#include "spendcast/money.h"
#include "spendcast/report.h"

__extension__ typedef unsigned __int128 uint128;

/* Below this, |x| x 10^9 fits 128 bits with room to spare. */
#define FIXED_LIMIT 1e28

static const int64_t power_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

static char *set_text(char *buf, const char *text)
{
    memcpy(buf, text, strlen(text) + 1);
    return buf;
}

/* |x| x 10^decimals, rounded half-even.  |x| = m x 2^e with integer m < 2^53, so that m x 10^decimals < 2^83 is exact
 * and the binary exponent is a shift. */
static uint128 scaled_magnitude(double x, int decimals)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int biased = (int)((bits >> 52) & 0x7ff);
    uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
    int exponent = (biased ? biased : 1) - 1075;
    if (biased)
        mantissa |= UINT64_C(1) << 52;

    uint128 n = (uint128)mantissa * (uint64_t)power_of_ten[decimals];
    if (exponent >= 0)
        return n << exponent;
    if (exponent < -84)
        return 0; /* n < 2^83: less than half a unit */
    int shift = -exponent;
    uint128 half = (uint128)1 << (shift - 1);
    uint128 rest = n & (((uint128)1 << shift) - 1);
    uint128 whole = n >> shift;
    return whole + (rest > half || (rest == half && (whole & 1)));
}

char *sc_format_fixed(double x, int decimals, int group, char *buf)
{
    if (x != x)
        return set_text(buf, "nan");
    if (x >= FIXED_LIMIT)
        return set_text(buf, "inf");
    if (x <= -FIXED_LIMIT)
        return set_text(buf, "-inf");
    decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
    sc_int128 n = (sc_int128)scaled_magnitude(x, decimals);
    return sc_decimal_format(x < 0 ? -n : n, decimals, decimals, group, buf);
}

/* Turns a number with `decimals` decimals into dollars: "-0.0120" into "-$0.012".  Zeros that say nothing go, cents
 * stay. */
static char *dollars(char *buf, int decimals)
{
    size_t len = strlen(buf);
    for (; decimals > 2 && buf[len - 1] == '0'; decimals--)
        len--;
    size_t at = buf[0] == '-';
    memmove(buf + at + 1, buf + at, len - at);
    buf[at] = '$';
    buf[len + 1] = '\0';
    return buf;
}

char *sc_format_usd(double usd, char *buf)
{
    static const double one_in_ten_to_the[] = {1e0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7};
    double size = usd < 0 ? -usd : usd;
    if (!(size < FIXED_LIMIT))
        return sc_format_fixed(usd, 2, 1, buf);

    int decimals = 2;
    while (decimals < 9 && size != 0 && size < one_in_ten_to_the[decimals - 2])
        decimals++;
    return dollars(sc_format_fixed(usd, decimals, 1, buf), decimals);
}

char *sc_format_money(sc_money m, char *buf) { return dollars(sc_decimal_format(m, 15, 15, 1, buf), 15); }
