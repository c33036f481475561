/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_cursor.c - a pull parser over one JSON text: strings by blocks, everything else by tokens. */
#include "io/json_cursor.h"

#include "base/utf8.h"

#define OUT_OF_RANGE "a number out of range; expected at most 9223372036854775807"
#define NO_VALUE "what stands here is no value; expected a value"

/* What was found by sc_json_type, then what was expected. */
#define FOUND(expected)                                                                                        \
    {                                                                                                          \
        NO_VALUE, "null; expected " expected, "a boolean; expected " expected, "a number; expected " expected, \
            "a string; expected " expected, "an array; expected " expected, "an object; expected " expected    \
    }
static const char *const not_bool[] = FOUND("true or false");
static const char *const not_number[] = FOUND("a number");
static const char *const not_whole[] = FOUND("a whole number");
static const char *const not_string[] = FOUND("a string");
static const char *const not_array[] = FOUND("an array");
static const char *const not_object[] = FOUND("an object");

/* The first problem stays. Always 0, for `return fail(...)`. */
static int fail(sc_json_cursor *c, const char *at, const char *problem)
{
    if (c->problem == NULL) {
        c->problem = problem;
        c->at = at;
    }
    return 0;
}

static int is_blank(char b) { return b == ' ' || b == '\t' || b == '\n' || b == '\r'; }

static int is_digit(char b) { return b >= '0' && b <= '9'; }

static int is_hex(char b) { return is_digit(b) || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F'); }

/* The next byte that is no blank, which becomes the place of the cursor; 0 at the end. */
static char next(sc_json_cursor *c)
{
    while (c->at < c->end && is_blank(*c->at))
        c->at++;
    return c->at < c->end ? *c->at : '\0';
}

void sc_json_begin(sc_json_cursor *c, const char *text, size_t len)
{
    *c = (sc_json_cursor){.begin = text, .at = text, .end = text + len, .fresh = 1};
}

int sc_json_end(sc_json_cursor *c)
{
    if (c->problem != NULL)
        return 0;
    next(c);
    if (c->depth > 0 || c->fresh)
        return fail(c, c->at, c->at < c->end ? "text that was not read" : "the text ends here; expected a value");
    return c->at == c->end || fail(c, c->at, "text after the value; expected the end");
}

sc_json_type sc_json_peek(sc_json_cursor *c)
{
    if (c->problem != NULL)
        return SC_JSON_NONE;
    char b = next(c);
    if (b == '-' || is_digit(b))
        return SC_JSON_NUMBER;
    switch (b) {
    case 'n': return SC_JSON_NULL;
    case 't':
    case 'f': return SC_JSON_BOOL;
    case '"': return SC_JSON_STRING;
    case '[': return SC_JSON_ARRAY;
    case '{': return SC_JSON_OBJECT;
    default: return SC_JSON_NONE;
    }
}

/* ---- tokens; each starts at c->at and leaves the cursor behind it */

/* After a backslash at `at`: the first byte after its escape, NULL if it is none. */
static const char *skip_escape(sc_json_cursor *c, const char *at)
{
    size_t left = (size_t)(c->end - at);
    if (left < 2) {
        fail(c, at, "the text ends within a string");
        return NULL;
    }
    switch (at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return at + 2;
    case 'u':
        if (left >= 6 && is_hex(at[2]) && is_hex(at[3]) && is_hex(at[4]) && is_hex(at[5]))
            return at + 6;
        fail(c, at, "'\\u' without four hexadecimal digits");
        return NULL;
    default: fail(c, at, "a backslash that starts no escape"); return NULL;
    }
}

/* The first byte in [at, end) that ends a string's plain text: a quote, a backslash or a control character. */
static const char *plain_end(const char *at, const char *end)
{
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
        at++;
    return at;
}

static int read_string(sc_json_cursor *c, sc_text *out, int *has_escapes)
{
    const char *first = c->at + 1, *at = first;
    int escapes = 0;
    for (;;) {
        at = plain_end(at, c->end);
        if (at == c->end)
            return fail(c, first - 1, "the string is never closed");
        if (*at == '"')
            break;
        if (*at != '\\')
            return fail(c, at, "a control character in a string; expected an escape");
        escapes = 1;
        at = skip_escape(c, at);
        if (at == NULL)
            return 0;
    }
    *out = (sc_text){first, (size_t)(at - first)};
    *has_escapes = escapes;
    c->at = at + 1;
    return 1;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

/* The end of the number at `at`, NULL and the problem if there is none. */
static const char *number_end(const char *at, const char *end, const char **problem)
{
    const char *digits = at < end && *at == '-' ? at + 1 : at;
    at = skip_digits(digits, end);
    *problem = "a number without digits; expected a digit";
    if (at == digits)
        return NULL;
    *problem = "a number with leading zeros; expected none";
    if (*digits == '0' && at - digits > 1)
        return NULL;
    if (at < end && *at == '.') {
        digits = at + 1;
        at = skip_digits(digits, end);
        *problem = "a decimal point without decimals; expected a digit";
        if (at == digits)
            return NULL;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        digits = at + 1;
        if (digits < end && (*digits == '+' || *digits == '-'))
            digits++;
        at = skip_digits(digits, end);
        *problem = "an exponent without digits; expected a digit";
        if (at == digits)
            return NULL;
    }
    return at;
}

static int read_number(sc_json_cursor *c, sc_text *out)
{
    const char *problem, *end = number_end(c->at, c->end, &problem);
    if (end == NULL)
        return fail(c, c->at, problem);
    *out = (sc_text){c->at, (size_t)(end - c->at)};
    c->at = end;
    return 1;
}

static int read_word(sc_json_cursor *c, const char *word, size_t len)
{
    if ((size_t)(c->end - c->at) < len || memcmp(c->at, word, len) != 0)
        return fail(c, c->at, NO_VALUE);
    c->at += len;
    return 1;
}

static int read_null(sc_json_cursor *c) { return read_word(c, "null", 4); }

/* Opens an object or array at c->at. */
static int open_level(sc_json_cursor *c, int is_array)
{
    if (c->depth == SC_JSON_CURSOR_DEPTH)
        return fail(c, c->at, "nested more than 64 levels deep");
    uint64_t bit = UINT64_C(1) << c->depth++;
    c->is_array = is_array ? c->is_array | bit : c->is_array & ~bit;
    c->fresh = 1;
    c->at++;
    return 1;
}

static int in_array(const sc_json_cursor *c) { return c->depth > 0 && (c->is_array >> (c->depth - 1) & 1) != 0; }

/* Goes to the next member or element of the innermost object or array: 1 with the cursor on its first byte; 0 at the
 * end, which is consumed, or after a problem. */
static int advance(sc_json_cursor *c, char close)
{
    char b = next(c);
    if (b == close) {
        c->at++;
        c->depth--;
        c->fresh = 0;
        return 0;
    }
    if (c->fresh) {
        c->fresh = 0;
        return 1;
    }
    if (b != ',')
        return fail(c, c->at,
                    close == '}' ? "no ',' or '}' after the member; expected one"
                                 : "no ',' or ']' after the element; expected one");
    const char *comma = c->at++;
    if (next(c) == close)
        return fail(c, comma, close == '}' ? "a comma before '}'; expected none" : "a comma before ']'; expected none");
    return 1;
}

static int read_key(sc_json_cursor *c, sc_text *key)
{
    int escapes;
    if (next(c) != '"')
        return fail(c, c->at, "no key here; expected a key in double quotes");
    if (!read_string(c, key, &escapes))
        return 0;
    if (next(c) != ':')
        return fail(c, c->at, "no ':' after the key; expected one");
    c->at++;
    return 1;
}

/* ---- values */

/* Reads a value that has no parts, or opens one that has. */
static int skip_token(sc_json_cursor *c)
{
    sc_text text;
    int escapes;
    switch (sc_json_peek(c)) {
    case SC_JSON_NULL: return read_null(c);
    case SC_JSON_BOOL: return *c->at == 't' ? read_word(c, "true", 4) : read_word(c, "false", 5);
    case SC_JSON_NUMBER: return read_number(c, &text);
    case SC_JSON_STRING: return read_string(c, &text, &escapes);
    case SC_JSON_ARRAY: return open_level(c, 1);
    case SC_JSON_OBJECT: return open_level(c, 0);
    default: return fail(c, c->at, NO_VALUE);
    }
}

void sc_json_skip(sc_json_cursor *c)
{
    sc_text key;
    int depth = c->depth;
    if (c->problem != NULL || !skip_token(c))
        return;
    while (c->depth > depth && c->problem == NULL)
        if (in_array(c) ? sc_json_element(c) : sc_json_key(c, &key))
            skip_token(c);
    c->fresh = 0;
}

int sc_json_raw(sc_json_cursor *c, sc_text *out)
{
    if (c->problem != NULL)
        return 0;
    next(c);
    const char *first = c->at;
    sc_json_skip(c);
    if (c->problem != NULL)
        return 0;
    *out = (sc_text){first, (size_t)(c->at - first)};
    return 1;
}

int sc_json_object(sc_json_cursor *c)
{
    sc_json_type type = sc_json_peek(c);
    return type == SC_JSON_OBJECT ? open_level(c, 0) : fail(c, c->at, not_object[type]);
}

int sc_json_array(sc_json_cursor *c)
{
    sc_json_type type = sc_json_peek(c);
    return type == SC_JSON_ARRAY ? open_level(c, 1) : fail(c, c->at, not_array[type]);
}

int sc_json_key(sc_json_cursor *c, sc_text *key)
{
    return c->problem == NULL && c->depth > 0 && advance(c, '}') && read_key(c, key);
}

int sc_json_element(sc_json_cursor *c) { return c->problem == NULL && c->depth > 0 && advance(c, ']'); }

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
static const char *whole_number(sc_text t, int64_t *out)
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

/* The type that comes next; a null is read, which the callers below take for "absent". */
static sc_json_type take_null(sc_json_cursor *c)
{
    sc_json_type type = sc_json_peek(c);
    c->fresh = 0;
    if (type == SC_JSON_NULL)
        read_null(c);
    return type;
}

int sc_json_int(sc_json_cursor *c, int64_t *out)
{
    sc_json_type type = take_null(c);
    sc_text text;
    if (type == SC_JSON_NULL)
        return 0;
    if (type != SC_JSON_NUMBER)
        return fail(c, c->at, not_whole[type]);
    if (!read_number(c, &text))
        return 0;
    const char *problem = whole_number(text, out);
    return problem == NULL || fail(c, text.at, problem);
}

int sc_json_number(sc_json_cursor *c, sc_text *out)
{
    sc_json_type type = take_null(c);
    const char *first = c->at, *problem;
    sc_text text;
    int escapes;
    if (type == SC_JSON_NULL)
        return 0;
    if (type == SC_JSON_NUMBER)
        return read_number(c, out);
    if (type != SC_JSON_STRING)
        return fail(c, c->at, not_number[type]);
    if (!read_string(c, &text, &escapes))
        return 0;
    if (number_end(text.at, text.at + text.len, &problem) != text.at + text.len)
        return fail(c, first, not_number[type]);
    *out = text;
    return 1;
}

int sc_json_bool(sc_json_cursor *c, int *out)
{
    sc_json_type type = take_null(c);
    if (type == SC_JSON_NULL)
        return 0;
    if (type != SC_JSON_BOOL)
        return fail(c, c->at, not_bool[type]);
    int value = *c->at == 't';
    if (!(value ? read_word(c, "true", 4) : read_word(c, "false", 5)))
        return 0;
    *out = value;
    return 1;
}

int sc_json_string(sc_json_cursor *c, sc_text *out, int *has_escapes)
{
    sc_json_type type = take_null(c);
    sc_text text;
    int escapes;
    if (type == SC_JSON_NULL)
        return 0;
    if (type != SC_JSON_STRING)
        return fail(c, c->at, not_string[type]);
    if (!read_string(c, &text, &escapes))
        return 0;
    *out = text;
    if (has_escapes != NULL)
        *has_escapes = escapes;
    return 1;
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
