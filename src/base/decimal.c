/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decimal.c - exact decimal numbers: text to scaled integers and back, half-even where digits are cut. */
#include <string.h>

#include "spendcast/money.h"

__extension__ typedef unsigned __int128 uint128;

#define MAX_SCALE 38  /* 10^38 < 2^127 */
#define MAX_DIGITS 39 /* of 2^127 */

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* *v = *v * 10 + digit; false if that leaves the limit. */
static int push_digit(uint128 *v, unsigned digit, uint128 limit)
{
    if (*v > (limit - digit) / 10)
        return 0;
    *v = *v * 10 + digit;
    return 1;
}

/* The magnitude of the number, at most `limit`. */
static sc_code parse_magnitude(const char *text, size_t len, int scale, uint128 limit, uint128 *out)
{
    uint128 v = 0;
    size_t i = 0;
    for (; i < len && is_digit(text[i]); i++)
        if (!push_digit(&v, (unsigned)(text[i] - '0'), limit))
            return SC_E_INPUT;
    if (i == 0)
        return SC_E_INPUT;

    int decimals = 0;
    if (i < len) {
        if (text[i] != '.' || i + 1 == len)
            return SC_E_INPUT;
        for (i++; i < len && is_digit(text[i]); i++) {
            if (decimals == scale) {
                if (text[i] != '0')
                    return SC_E_INPUT;
                continue;
            }
            if (!push_digit(&v, (unsigned)(text[i] - '0'), limit))
                return SC_E_INPUT;
            decimals++;
        }
        if (i < len)
            return SC_E_INPUT;
    }
    for (; decimals < scale; decimals++)
        if (!push_digit(&v, 0, limit))
            return SC_E_INPUT;
    *out = v;
    return SC_OK;
}

/* A value of `bits` bits, sign included. */
static sc_code parse_signed(const char *text, size_t len, int scale, unsigned bits, sc_int128 *out)
{
    if (scale < 0 || scale > MAX_SCALE)
        return SC_E_USAGE;
    int negative = len > 0 && text[0] == '-';
    uint128 limit = ((uint128)1 << (bits - 1)) - (negative ? 0 : 1);
    uint128 v;
    sc_code code = parse_magnitude(text + negative, len - (size_t)negative, scale, limit, &v);
    if (code != SC_OK)
        return code;
    /* 2^127 has no positive counterpart: negate by complement. */
    *out = negative ? (sc_int128)(~v + 1) : (sc_int128)v;
    return SC_OK;
}

sc_code sc_decimal_parse(const char *text, size_t len, int scale, int64_t *out)
{
    sc_int128 v;
    sc_code code = parse_signed(text, len, scale, 64, &v);
    if (code == SC_OK)
        *out = (int64_t)v;
    return code;
}

sc_code sc_decimal_parse128(const char *text, size_t len, int scale, sc_int128 *out)
{
    return parse_signed(text, len, scale, 128, out);
}

static uint128 power_of_ten(int exponent)
{
    uint128 p = 1;
    for (int i = 0; i < exponent; i++)
        p *= 10;
    return p;
}

static int clamp(int value, int lowest, int highest)
{
    return value < lowest ? lowest : value > highest ? highest : value;
}

static uint128 magnitude(sc_int128 value) { return value < 0 ? ~(uint128)value + 1 : (uint128)value; }

/* Writes v x 10^-decimals. */
static char *write_decimal(int negative, uint128 v, int decimals, int group, char *buf)
{
    char digits[MAX_DIGITS + 1] = {0}; /* lowest first */
    int n = 0;
    for (; v != 0 || n <= decimals; v /= 10)
        digits[n++] = (char)('0' + (int)(v % 10));

    char *p = buf;
    if (negative)
        *p++ = '-';
    for (int i = n - 1; i >= decimals; i--) {
        *p++ = digits[i];
        if (group && i > decimals && (i - decimals) % 3 == 0)
            *p++ = ',';
    }
    if (decimals > 0)
        *p++ = '.';
    for (int i = decimals - 1; i >= 0; i--)
        *p++ = digits[i];
    *p = '\0';
    return buf;
}

char *sc_decimal_format(sc_int128 value, int scale, int decimals, int group, char *buf)
{
    scale = clamp(scale, 0, MAX_SCALE);
    decimals = clamp(decimals, 0, scale);
    uint128 unit = power_of_ten(scale - decimals);
    uint128 v = magnitude(value);
    uint128 quotient = v / unit, rest = v % unit;
    if (rest > unit - rest || (rest == unit - rest && (quotient & 1) != 0))
        quotient++;
    return write_decimal(value < 0 && quotient != 0, quotient, decimals, group, buf);
}

char *sc_decimal_format_exact(sc_int128 value, int scale, int min_decimals, char *buf)
{
    int decimals = clamp(scale, 0, MAX_SCALE);
    min_decimals = clamp(min_decimals, 0, decimals);
    uint128 v = magnitude(value);
    for (; decimals > min_decimals && v % 10 == 0; decimals--)
        v /= 10;
    return write_decimal(value < 0, v, decimals, 0, buf);
}

sc_money sc_money_share(sc_money m, int64_t part, int64_t whole)
{
    /* m = q x whole + r: the product of q cannot overflow, and r x part has at most 124 bits. */
    const uint128 size = magnitude(m), n = (uint128)(uint64_t)whole;
    const uint128 product = size % n * (uint128)(uint64_t)part, rest = product % n;
    uint128 share = size / n * (uint128)(uint64_t)part + product / n;
    if (rest * 2 > n || (rest * 2 == n && (share & 1) != 0))
        share++;
    return m < 0 ? -(sc_money)share : (sc_money)share;
}

double sc_money_to_usd(sc_money m)
{
    if (m == 0)
        return 0.0;
    /* Shift the dividend to the top, so that the quotient has 78 bits or more; what is cut off only has to be non-zero
     * in the last bit for the conversion to round as the exact quotient would. */
    uint128 v = magnitude(m);
    unsigned shift = 0;
    for (; v >> 127 == 0; shift++)
        v <<= 1;
    uint128 quotient = v / (uint128)SC_FEMTO_PER_USD;
    if (v % (uint128)SC_FEMTO_PER_USD != 0)
        quotient |= 1;
    uint64_t bits = (uint64_t)(1023 - shift) << 52;
    double scale; /* 2^-shift */
    memcpy(&scale, &bits, sizeof scale);
    double usd = (double)quotient * scale;
    return m < 0 ? -usd : usd;
}
