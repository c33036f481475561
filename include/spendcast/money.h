/* SPDX-License-Identifier: GPL-3.0-or-later */
/* money.h - exact money: int64 femto-USD per unit, __int128 totals, decimal text in and out.
 *
 * 1 USD = 10^15 femto-USD.  The smallest price point on the rate card is far above one femto-USD per token, so that
 * prices, products and sums are exact; rounding happens only when a value is printed.  No double on this path. */
#ifndef SPENDCAST_MONEY_H
#define SPENDCAST_MONEY_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/error.h"

#ifdef __cplusplus
extern "C" {
#endif

__extension__ typedef __int128 sc_int128;

typedef int64_t sc_unit_price; /* femto-USD per unit (token, image, query ...) */
typedef sc_int128 sc_money;    /* femto-USD */

#define SC_FEMTO_PER_USD INT64_C(1000000000000000)

/* Reads plain decimal text ("-12.50", "0.0875"; no exponent, no sign '+', no blanks, digits on both sides of a point)
 * as an integer count of 10^-scale units (0 <= scale <= 38): scale 15 reads USD as femto-USD.  SC_E_INPUT if the text
 * is not such a number, has more decimals than fit (trailing zeros are fine) or leaves the range of int64.  *out is
 * unchanged on failure. Never touches floating point or the locale. */
SC_API sc_code sc_decimal_parse(const char *text, size_t len, int scale, int64_t *out);

/* The same for 128-bit values. */
SC_API sc_code sc_decimal_parse128(const char *text, size_t len, int scale, sc_int128 *out);

/* A buffer of this size holds any number the two functions below write. */
#define SC_DECIMAL_TEXT_MAX 64

/* Writes value x 10^-scale with exactly `decimals` decimals, rounded half-even, grouped by thousands if group != 0;
 * what rounds to zero has no sign.  0 <= decimals <= scale <= 38; arguments outside are clamped.  Returns buf. */
SC_API char *sc_decimal_format(sc_int128 value, int scale, int decimals, int group, char *buf);

/* Writes value x 10^-scale exactly: as many decimals as it needs, at least min_decimals (<= scale). */
SC_API char *sc_decimal_format_exact(sc_int128 value, int scale, int min_decimals, char *buf);

/* price x quantity.  Exact: |quantity| < 2^63 and |price| < 2^63 always fit. */
static inline sc_money sc_money_times(sc_unit_price price, int64_t quantity) { return (sc_money)price * quantity; }

/* m x part / whole, rounded half-even to a femto-USD; 0 <= part <= whole, 0 < whole <= 2^62.  Exact otherwise. */
SC_API sc_money sc_money_share(sc_money m, int64_t part, int64_t whole);

/* The double nearest to a sum of money, in USD.  For the simulator and for ratios; never on the billing path. */
SC_API double sc_money_to_usd(sc_money m);

#ifdef __cplusplus
}
#endif
#endif
