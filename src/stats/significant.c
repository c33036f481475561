/* SPDX-License-Identifier: GPL-3.0-or-later */
/* significant.c - numbers rounded to four significant digits, so that they do not depend on the last bits that
 * different machines compute differently. */
#include "stats/significant.h"

#include <math.h>

#include "spendcast/money.h"

#define DIGITS_LIMIT 9999.5
#define DIGITS_FIRST 999.95
#define MOST_DECIMALS 15

static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* |x| as mantissa / 10^decimals or, for decimals < 0, mantissa x 10^-decimals. */
static int64_t four_digits(double x, int *decimals)
{
    double size = fabs(x);
    *decimals = 0;
    if (!(size > 0.0) || !(size < 1e15))
        return 0;
    while (size * powers[*decimals] < DIGITS_FIRST && *decimals < MOST_DECIMALS)
        ++*decimals;
    if (*decimals > 0)
        return llround(size * powers[*decimals]);
    while (size / powers[-*decimals] >= DIGITS_LIMIT)
        --*decimals;
    return llround(size / powers[-*decimals]);
}

double sc_significant(double x)
{
    int decimals;
    const double digits = (double)four_digits(x, &decimals);
    const double size = decimals >= 0 ? digits / powers[decimals] : digits * powers[-decimals];
    return x < 0.0 ? -size : size;
}

void sc_put_significant(sc_strbuf *b, double x)
{
    char text[SC_DECIMAL_TEXT_MAX];
    int decimals;
    sc_int128 n = four_digits(x, &decimals);
    for (int i = decimals; i < 0; i++)
        n *= 10;
    sc_strbuf_puts(b, sc_decimal_format_exact(x < 0.0 ? -n : n, decimals > 0 ? decimals : 0, 0, text));
}
