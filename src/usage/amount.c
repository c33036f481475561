/* SPDX-License-Identifier: GPL-3.0-or-later */
/* amount.c - numbers of bills, exactly. */
#include "usage/amount.h"

__extension__ typedef unsigned __int128 uint128;

#define LIMIT (~(uint128)0 >> 1) /* the largest sc_int128 */
#define MAX_SCALE 38             /* 10^38 < 2^127 < 10^39 */
#define EXPONENT_MAX 9999

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* A number as it is written: digits x 10^-decimals; `more` if further decimals, not all 0, did not fit. */
typedef struct mantissa {
    uint128 digits;
    int decimals, more;
} mantissa;

/* Reads digits with or without a point; what follows them, or NULL if there are none or too many. */
static const char *read_mantissa(const char *at, const char *end, mantissa *m)
{
    int seen = 0, point = 0, full = 0;
    *m = (mantissa){0};
    for (; at < end && (is_digit(*at) || (*at == '.' && !point)); at++) {
        if (*at == '.') {
            point = 1;
            continue;
        }
        const unsigned digit = (unsigned)(*at - '0');
        seen = 1;
        full |= m->digits > (LIMIT - digit) / 10;
        if (full && !point)
            return NULL;
        if (full) {
            m->more |= digit != 0;
            continue;
        }
        m->digits = m->digits * 10 + digit;
        m->decimals += point;
    }
    return seen ? at : NULL;
}

/* Reads "e-7" or nothing up to the end; 0 if it is something else. */
static int read_exponent(const char *at, const char *end, int *exponent)
{
    int e = 0, negative = 0;
    *exponent = 0;
    if (at == end)
        return 1;
    if (*at != 'e' && *at != 'E')
        return 0;
    at++;
    if (at < end && (*at == '+' || *at == '-'))
        negative = *at++ == '-';
    if (at == end)
        return 0;
    for (; at < end && is_digit(*at); at++)
        e = e < EXPONENT_MAX ? e * 10 + (*at - '0') : EXPONENT_MAX;
    *exponent = negative ? -e : e;
    return at == end;
}

/* digits x 10^-places, rounded half-even. */
static uint128 divide_half_even(const mantissa *m, int places)
{
    uint128 p = 1;
    if (places > MAX_SCALE) /* less than 0.2 */
        return 0;
    for (int i = 0; i < places; i++)
        p *= 10;
    const uint128 q = m->digits / p, rest = m->digits % p;
    const int is_half = rest == p - rest;
    return q + (rest > p - rest || (is_half && (m->more || (q & 1) != 0)));
}

sc_code sc_amount_parse(sc_text t, int scale, sc_int128 *out)
{
    mantissa m;
    int exponent;
    if (t.len == 0)
        return SC_E_INPUT;
    const char *end = t.at + t.len;
    const int negative = t.at[0] == '-';
    const char *at = read_mantissa(t.at + negative, end, &m);
    if (at == NULL || !read_exponent(at, end, &exponent))
        return SC_E_INPUT;
    int shift = scale - m.decimals + exponent;
    if (shift < 0)
        m.digits = divide_half_even(&m, -shift);
    else if (m.more) /* digits that would count were left out */
        return SC_E_INPUT;
    for (; shift > 0 && m.digits != 0; shift--) {
        if (m.digits > LIMIT / 10)
            return SC_E_INPUT;
        m.digits *= 10;
    }
    *out = negative ? -(sc_int128)m.digits : (sc_int128)m.digits;
    return SC_OK;
}

/* Takes a word off the text if it starts with it, case ignored, and the blanks and dashes after it. */
static int take_word(sc_text *t, const char *word)
{
    size_t n = 0;
    for (; word[n] != '\0'; n++) {
        const char c = n < t->len ? t->at[n] : '\0';
        if ((c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c) != word[n])
            return 0;
    }
    while (n < t->len && (t->at[n] == ' ' || t->at[n] == '-'))
        n++;
    t->at += n;
    t->len -= n;
    return 1;
}

int64_t sc_amount_token_unit(sc_text unit)
{
    /* a word that starts with another one comes before it */
    static const struct {
        const char *word;
        int64_t times;
    } multiples[] = {{"1,000,000", 1000000}, {"1000000", 1000000}, {"1,000", 1000}, {"1000", 1000}, {"1", 1},
                     {"million", 1000000},   {"thousand", 1000},   {"m", 1000000},  {"k", 1000}};
    const size_t n = sizeof multiples / sizeof multiples[0];
    int64_t per = 1;
    (void)take_word(&unit, "per ");
    for (size_t i = 0; i < n && per < 1000000; i++) {
        if (take_word(&unit, multiples[i].word))
            per *= multiples[i].times;
    }
    const int is_tokens = take_word(&unit, "tokens") || take_word(&unit, "token");
    return is_tokens && unit.len == 0 && per <= 1000000 ? per : 0;
}
