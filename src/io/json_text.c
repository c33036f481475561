/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_text.c - what the raw text of a JSON number or string means. */
#include "base/utf8.h"
#include "io/json_cursor.h"

#define OUT_OF_RANGE "a number out of range; expected at most 9223372036854775807"

static int is_digit(char b) { return b >= '0' && b <= '9'; }

/* ---- numbers */

/* digits x 10^exponent as a whole number; NULL or the problem. */
static const char *scale_whole(uint64_t digits, int64_t exponent, int negative, int64_t *out)
{
    for (; exponent < 0 && digits != 0; exponent++, digits /= 10)
        if (digits % 10 != 0)
            return "a fraction; expected a whole number";
    for (; exponent > 0 && digits != 0; exponent--)
        if (__builtin_mul_overflow(digits, UINT64_C(10), &digits))
            return OUT_OF_RANGE;
    if (digits > (uint64_t)INT64_MAX + (negative ? 1U : 0U))
        return OUT_OF_RANGE;
    *out = negative ? (int64_t)(0 - digits) : (int64_t)digits;
    return NULL;
}

/* A number that the grammar has passed.  Digits after which only zeros come are taken together with an exponent, so
 * that 1.000000000000000000000e3 is whole and in range. */
static __attribute__((noinline)) const char *any_whole_number(sc_text t, int64_t *out)
{
    uint64_t digits = 0;
    int64_t exponent = 0, zeros = 0, written = 0;
    int negative = t.at[0] == '-', fraction = 0, negative_exponent = 0;
    size_t i = negative ? 1 : 0;
    for (; i < t.len && (is_digit(t.at[i]) || t.at[i] == '.'); i++) {
        if (t.at[i] == '.') {
            fraction = 1;
            continue;
        }
        exponent -= fraction;
        zeros++;
        if (t.at[i] == '0')
            continue;
        for (; zeros > 0 && digits != 0; zeros--)
            if (__builtin_mul_overflow(digits, UINT64_C(10), &digits))
                return OUT_OF_RANGE;
        zeros = 0;
        if (__builtin_add_overflow(digits, (uint64_t)(t.at[i] - '0'), &digits))
            return OUT_OF_RANGE;
    }
    if (i < t.len) {
        negative_exponent = t.at[++i] == '-';
        for (i += t.at[i] == '-' || t.at[i] == '+'; i < t.len; i++)
            written = written < INT32_MAX ? written * 10 + (t.at[i] - '0') : written;
    }
    exponent += zeros + (negative_exponent ? -written : written);
    return scale_whole(digits, exponent, negative, out);
}

/* Nearly always just digits. */
const char *sc_json_whole_number(sc_text t, int64_t *out)
{
    const char *at = t.at, *const end = t.at + (t.len < 18 ? t.len : 18);
    int64_t n = 0;
    for (; at < end && is_digit(*at); at++)
        n = n * 10 + (*at - '0');
    if (at != t.at + t.len)
        return any_whole_number(t, out);
    *out = n;
    return NULL;
}

/* ---- escapes */

static uint32_t hex4(const char *s)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value * 16 + (uint32_t)(is_digit(s[i]) ? s[i] - '0' : (s[i] | 0x20) - 'a' + 10);
    return value;
}

/* The character of the escape "\uXXXX" (or of a surrogate pair) at raw.at[*i], which is passed.  Half a pair and
 * U+0000, which would cut a C string, become U+FFFD. */
static uint32_t read_code_point(sc_text raw, size_t *i)
{
    uint32_t c = hex4(raw.at + *i + 2);
    *i += 6;
    if (c >= 0xD800 && c < 0xDC00 && raw.len - *i >= 6 && raw.at[*i] == '\\' && raw.at[*i + 1] == 'u') {
        uint32_t low = hex4(raw.at + *i + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            *i += 6;
            return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return c == 0 || (c >= 0xD800 && c < 0xE000) ? 0xFFFD : c;
}

static size_t encode(uint32_t c, char utf8[4])
{
    if (c < 0x80) {
        utf8[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        utf8[i] = (char)(0x80 | (c & 0x3F));
    utf8[0] = (char)((0xF00U >> n & 0xF0U) | c);
    return n;
}

static char plain_escape(char b)
{
    switch (b) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return b;
    }
}

sc_text sc_json_unescape(sc_text raw, char *buf, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < raw.len;) {
        char utf8[4];
        size_t len = 1;
        if (raw.at[i] != '\\') {
            len = sc_utf8_step(raw.at + i, raw.len - i);
            memcpy(utf8, raw.at + i, len);
            i += len;
        } else if (raw.at[i + 1] == 'u') {
            len = encode(read_code_point(raw, &i), utf8);
        } else {
            utf8[0] = plain_escape(raw.at[i + 1]);
            i += 2;
        }
        if (len > size - n)
            break;
        memcpy(buf + n, utf8, len);
        n += len;
    }
    return (sc_text){buf, n};
}
