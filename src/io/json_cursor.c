/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_cursor.c - a pull parser over one JSON text: strings by blocks, everything else by tokens. */
#include "io/json_cursor.h"

#include "io/byte_block.h"

static const char no_value[] = "what stands here is no value; expected a value";
static const char no_more[] = "the text ends here; expected a value";

/* What was found by sc_json_type, then what was expected. */
#define FOUND(expected)                                                                                        \
    {                                                                                                          \
        no_value, "null; expected " expected, "a boolean; expected " expected, "a number; expected " expected, \
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
        c->problem = problem == no_value && at == c->end ? no_more : problem;
        c->at = at;
    }
    return 0;
}

static int is_blank(char b) { return b == ' ' || b == '\t' || b == '\n' || b == '\r'; }

static int is_digit(char b) { return b >= '0' && b <= '9'; }

/* ---- blocks: where strings may end, 64 bytes at once, whether or not the bytes belong to a string */

/* Without branches: in escaped text, digits and letters come in no order that a processor could guess. */
static int is_hex(char b)
{
    unsigned digit = (unsigned char)b - (unsigned)'0', letter = ((unsigned char)b | 0x20U) - (unsigned)'a';
    return (digit < 10) | (letter < 6);
}

/* The byte after a backslash: 1 = a whole escape, 2 = an escape with four hexadecimal digits. */
static const uint8_t escape_kind[256] = {
    ['"'] = 1, ['\\'] = 1, ['/'] = 1, ['b'] = 1, ['f'] = 1, ['n'] = 1, ['r'] = 1, ['t'] = 1, ['u'] = 2};

static int is_hex4(const char *at, const char *end)
{
    return end - at >= 4 && (is_hex(at[0]) & is_hex(at[1]) & is_hex(at[2]) & is_hex(at[3]));
}

/* The bytes that a backslash before them escapes: every second one of those after a run of backslashes' first.  *carry:
 * 1 if the last byte of the block before, and then of this one, is a backslash that escapes the next byte.  Runs that
 * start at an odd place are added to themselves, so that their ends tell where they started (simdjson, 2019). */
static inline uint64_t escaped_bits(uint64_t backslashes, uint64_t *carry)
{
    const uint64_t even = UINT64_C(0x5555555555555555);
    const uint64_t starts = backslashes & ~*carry, after = starts << 1 | *carry;
    uint64_t ends;
    *carry = __builtin_add_overflow(starts & ~even & ~after, starts, &ends);
    return (even ^ ends << 1) & after;
}

/* Takes escaped quotes out of the block's stops, and puts in what follows a backslash and is no escape.  `bytes` are
 * the block's, with zeros past the end of the text.  Out of a string every backslash is an error when the cursor comes
 * to it, so that it does not matter what is made of it here. */
__attribute__((noinline)) static void resolve_escapes(sc_json_cursor *c, const char *bytes, uint64_t backslashes)
{
    const sc_bytes64 x = sc_load64(bytes);
    const uint64_t escaped = escaped_bits(backslashes, &c->in_escape);
    const uint64_t frequent = sc_bits64(sc_either64(sc_is64(x, '"'), sc_is64(x, 'n'))) | backslashes;
    uint64_t wrong = 0;
    for (uint64_t left = escaped & ~frequent; left != 0; left &= left - 1) {
        unsigned i = sc_lowest_bit(left);
        int kind = escape_kind[(unsigned char)bytes[i]];
        if (kind != 1 && (kind == 0 || !is_hex4(c->block + i + 1, c->end)))
            wrong |= UINT64_C(1) << i;
    }
    c->stops = (c->stops & ~escaped) | wrong;
}

/* Takes the 64 bytes at `bytes` for those from c->block on. */
static inline __attribute__((always_inline)) void take_block(sc_json_cursor *c, const char *bytes)
{
    const sc_bytes64 x = sc_load64(bytes);
    const uint64_t backslashes = sc_bits64(sc_is64(x, '\\'));
    c->slashes = backslashes;
    c->stops = sc_bits64(sc_either64(sc_is64(x, '"'), sc_below64(x, 0x20)));
    if ((backslashes | c->in_escape) != 0)
        resolve_escapes(c, bytes, backslashes);
}

/* What is past the end of the text stops, too. */
__attribute__((noinline)) static void load_last_block(sc_json_cursor *c)
{
    char rest[64] = {0};
    memcpy(rest, c->block, (size_t)(c->end - c->block));
    take_block(c, rest);
}

/* Looks at the 64 bytes from `at` on. */
static inline __attribute__((always_inline)) void load_block(sc_json_cursor *c, const char *at)
{
    c->block = at;
    if (c->end - at >= 64)
        take_block(c, at);
    else
        load_last_block(c);
}

/* string_end() past the block looked at last. */
__attribute__((noinline)) static const char *string_end_further(sc_json_cursor *c, const char *at)
{
    if (at - c->block > 64)
        c->in_escape = 0; /* no string is in the bytes between, which were not looked at */
    for (;; at += 64) {
        load_block(c, at);
        if (c->stops != 0)
            return at + sc_lowest_bit(c->stops);
    }
}

/* The first byte from `at` on that ends a string: its quote, a control character, no escape, the end of the text. */
static inline const char *string_end(sc_json_cursor *c, const char *at)
{
    size_t i = (size_t)(at - c->block);
    uint64_t stops = i < 64 ? c->stops >> i : 0;
    if (stops != 0)
        return at + sc_lowest_bit(stops);
    return string_end_further(c, i < 64 ? c->block + 64 : at);
}

/* ---- the whole text */

void sc_json_begin(sc_json_cursor *c, const char *text, size_t len)
{
    text = text != NULL ? text : ""; /* which {NULL, 0} may be */
    *c = (sc_json_cursor){.begin = text, .at = text, .end = text + len, .fresh = 1, .block = text};
    load_block(c, text);
}

/* The first byte from `at` on that is no blank. */
static inline const char *skip_blanks(const char *at, const char *end)
{
    if (end > at && *at > ' ') /* nearly always */
        return at;
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* The byte at `at`; 0, which is no token, at the end. */
static inline char byte_at(const char *at, const char *end) { return at < end ? *at : '\0'; }

/* The next byte that is no blank, which becomes the place of the cursor; 0 at the end. */
static inline char next(sc_json_cursor *c)
{
    c->at = skip_blanks(c->at, c->end);
    return byte_at(c->at, c->end);
}

int sc_json_end(sc_json_cursor *c)
{
    if (c->problem != NULL)
        return 0;
    next(c);
    if (c->depth > 0 || c->fresh)
        return fail(c, c->at, c->at < c->end ? "text that was not read" : no_more);
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

/* ---- tokens: each function reads the one that starts at `at` and returns what follows, NULL after a problem */

static const char *no_token(sc_json_cursor *c, const char *at, const char *problem)
{
    fail(c, at, problem);
    return NULL;
}

/* Why the string whose first byte is `first` does not end at `at`. */
static const char *no_string(sc_json_cursor *c, const char *first, const char *at)
{
    ptrdiff_t backslashes = 0;
    while (at - backslashes > first && at[-backslashes - 1] == '\\')
        backslashes++;
    if (at == c->end)
        return no_token(c, first - 1, "the string is never closed");
    if (backslashes % 2 == 0)
        return no_token(c, at, "a control character in a string; expected an escape");
    return no_token(c, at - 1,
                    *at == 'u' ? "'\\u' without four hexadecimal digits" : "a backslash that starts no escape");
}

static inline const char *read_string(sc_json_cursor *c, const char *at, sc_text *out)
{
    const char *first = at + 1;
    at = string_end(c, first);
    if (at == c->end || *at != '"')
        return no_string(c, first, at);
    *out = (sc_text){first, (size_t)(at - first)};
    return at + 1;
}

static inline const char *skip_digits(const char *at, const char *end)
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

static inline const char *read_number(sc_json_cursor *c, const char *at, sc_text *out)
{
    const char *problem, *end = number_end(at, c->end, &problem);
    if (end == NULL)
        return no_token(c, at, problem);
    *out = (sc_text){at, (size_t)(end - at)};
    return end;
}

static inline const char *read_word(sc_json_cursor *c, const char *at, const char *word, size_t len, sc_text *out)
{
    if ((size_t)(c->end - at) < len || memcmp(at, word, len) != 0)
        return no_token(c, at, no_value);
    *out = (sc_text){at, len};
    return at + len;
}

/* A value without parts, whose first byte is `b`. */
static inline const char *read_scalar(sc_json_cursor *c, const char *at, char b, sc_text *out)
{
    switch (b) {
    case '"': return read_string(c, at, out);
    case 'n': return read_word(c, at, "null", 4, out);
    case 't': return read_word(c, at, "true", 4, out);
    case 'f': return read_word(c, at, "false", 5, out);
    default: return b == '-' || is_digit(b) ? read_number(c, at, out) : no_token(c, at, no_value);
    }
}

/* A key, its colon and the blanks after it. */
static inline const char *read_key(sc_json_cursor *c, const char *at, sc_text *key)
{
    const char *end = c->end;
    if (byte_at(at, end) != '"')
        return no_token(c, at, "no key here; expected a key in double quotes");
    at = read_string(c, at, key);
    if (at == NULL)
        return NULL;
    at = skip_blanks(at, end);
    if (byte_at(at, end) != ':')
        return no_token(c, at, "no ':' after the key; expected one");
    return skip_blanks(at + 1, end);
}

/* A comma and the blanks after it, where `close` may not follow. */
static inline const char *read_comma(sc_json_cursor *c, const char *at, char close)
{
    const char *comma = at;
    if (byte_at(at, c->end) != ',')
        return no_token(c, at,
                        close == '}' ? "no ',' or '}' after the member; expected one"
                                     : "no ',' or ']' after the element; expected one");
    at = skip_blanks(at + 1, c->end);
    if (byte_at(at, c->end) == close)
        return no_token(c, comma,
                        close == '}' ? "a comma before '}'; expected none" : "a comma before ']'; expected none");
    return at;
}

/* ---- levels */

/* Opens an object or array at `at`; returns what follows the bracket. */
static inline const char *open_level(sc_json_cursor *c, const char *at)
{
    if (c->depth == SC_JSON_CURSOR_DEPTH)
        return no_token(c, at, "nested more than 64 levels deep");
    uint64_t bit = UINT64_C(1) << c->depth++;
    c->is_array = *at == '[' ? c->is_array | bit : c->is_array & ~bit;
    return at + 1;
}

/* What closes the innermost level. */
static inline char closing(const sc_json_cursor *c) { return (c->is_array >> (c->depth - 1) & 1) != 0 ? ']' : '}'; }

/* Goes to the next member or element of the innermost level: 1 with the cursor on its first byte; 0 at the end, which
 * is consumed, or after a problem. */
static inline int advance(sc_json_cursor *c, char close)
{
    if (c->problem != NULL || c->depth == 0)
        return 0;
    int fresh = c->fresh;
    c->fresh = 0;
    if (next(c) == close) {
        c->at++;
        c->depth--;
        return 0;
    }
    const char *at = fresh ? c->at : read_comma(c, c->at, close);
    if (at == NULL)
        return 0;
    c->at = at;
    return 1;
}

/* ---- values */

/* Skips the object or array at `at`, one value in it a turn, and closes what ends after it. */
static const char *skip_level(sc_json_cursor *c, const char *at)
{
    const char *end = c->end;
    const int outside = c->depth;
    sc_text text;
    for (;;) {
        char b = byte_at(at, end);
        int fresh = b == '{' || b == '[';
        at = fresh ? open_level(c, at) : read_scalar(c, at, b, &text);
        if (at == NULL)
            return NULL;
        at = skip_blanks(at, end);
        char close = closing(c);
        while (byte_at(at, end) == close) {
            if (--c->depth == outside)
                return at + 1;
            at = skip_blanks(at + 1, end);
            close = closing(c);
            fresh = 0;
        }
        if (!fresh)
            at = read_comma(c, at, close);
        if (at != NULL && close == '}')
            at = read_key(c, at, &text);
        if (at == NULL)
            return NULL;
    }
}

void sc_json_skip(sc_json_cursor *c)
{
    if (c->problem != NULL)
        return;
    sc_text text;
    char b = next(c);
    const char *at = b == '{' || b == '[' ? skip_level(c, c->at) : read_scalar(c, c->at, b, &text);
    c->fresh = 0;
    if (at != NULL)
        c->at = at;
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

/* Steps into the level that comes next, after its type was checked. */
static int step_into(sc_json_cursor *c)
{
    const char *at = open_level(c, c->at);
    c->fresh = 1;
    if (at != NULL)
        c->at = at;
    return at != NULL;
}

int sc_json_object(sc_json_cursor *c)
{
    sc_json_type type = sc_json_peek(c);
    return type == SC_JSON_OBJECT ? step_into(c) : fail(c, c->at, not_object[type]);
}

int sc_json_array(sc_json_cursor *c)
{
    sc_json_type type = sc_json_peek(c);
    return type == SC_JSON_ARRAY ? step_into(c) : fail(c, c->at, not_array[type]);
}

int sc_json_key(sc_json_cursor *c, sc_text *key)
{
    if (!advance(c, '}'))
        return 0;
    const char *at = read_key(c, c->at, key);
    if (at != NULL)
        c->at = at;
    return at != NULL;
}

int sc_json_key_is(sc_json_cursor *c, const char guess[SC_JSON_GUESS], size_t len)
{
    const char *at = c->at;
    if (c->problem != NULL || c->end - at < SC_JSON_GUESS + 2 || (!c->fresh && *at++ != ',') || at[len] <= ' ')
        return 0;
    uint64_t same = 0;
    for (int i = 0; i < SC_JSON_GUESS / 16; i++) {
        sc_bytes16 a, b;
        memcpy(&a, at + i * 16, 16);
        memcpy(&b, guess + i * 16, 16);
        same |= (uint64_t)sc_bits16((sc_bytes16)(a == b)) << i * 16;
    }
    if ((~same & ((UINT64_C(1) << len) - 1)) != 0)
        return 0;
    c->fresh = 0;
    c->at = at + len;
    return 1;
}

int sc_json_element(sc_json_cursor *c) { return advance(c, ']'); }

/* Reads a value without parts: 1 if it is of the type wanted; 0 for null, which stands for "absent"; 0 and the problem
 * that stands under its type for any other. */
static int take(sc_json_cursor *c, sc_json_type wanted, const char *const *problems, sc_text *out)
{
    sc_json_type type = sc_json_peek(c);
    c->fresh = 0;
    if (type != wanted && type != SC_JSON_NULL)
        return fail(c, c->at, problems[type]);
    const char *at = read_scalar(c, c->at, *c->at, out);
    if (at == NULL)
        return 0;
    c->at = at;
    return type == wanted;
}

/* What follows a number of up to 18 digits, and nothing else, at the cursor; NULL if it is written in any other way. */
static inline const char *plain_int(const sc_json_cursor *c, int64_t *out)
{
    const char *at = c->at, *const end = c->end - at > 18 ? at + 18 : c->end;
    int64_t n = 0;
    if (c->problem != NULL || at == c->end || (*at == '0' && c->end - at > 1 && is_digit(at[1])))
        return NULL;
    while (at < end && is_digit(*at))
        n = n * 10 + (*at++ - '0');
    if (at == c->at || at == c->end || (*at != ',' && *at != '}' && *at != ']'))
        return NULL;
    *out = n;
    return at;
}

int sc_json_int(sc_json_cursor *c, int64_t *out)
{
    sc_text text = {"", 0};
    const char *after = plain_int(c, out);
    if (after != NULL) { /* nearly always */
        c->at = after;
        c->fresh = 0;
        return 1;
    }
    if (!take(c, SC_JSON_NUMBER, not_whole, &text))
        return 0;
    const char *problem = sc_json_whole_number(text, out);
    return problem == NULL || fail(c, text.at, problem);
}

int sc_json_number(sc_json_cursor *c, sc_text *out)
{
    sc_text text = {"", 0};
    const char *problem;
    const sc_json_type type = sc_json_peek(c) == SC_JSON_STRING ? SC_JSON_STRING : SC_JSON_NUMBER;
    if (!take(c, type, not_number, &text))
        return 0;
    if (type == SC_JSON_STRING && number_end(text.at, text.at + text.len, &problem) != text.at + text.len)
        return fail(c, text.at - 1, not_number[SC_JSON_STRING]);
    *out = text;
    return 1;
}

int sc_json_bool(sc_json_cursor *c, int *out)
{
    sc_text text = {"", 0};
    if (!take(c, SC_JSON_BOOL, not_bool, &text))
        return 0;
    *out = text.at[0] == 't';
    return 1;
}

/* Whether a string that was read just now has a backslash. */
static inline int has_backslash(const sc_json_cursor *c, sc_text t)
{
    const size_t i = (size_t)(t.at - c->block);
    if (t.at < c->block || i + t.len > 64)
        return memchr(t.at, '\\', t.len) != NULL;
    return t.len > 0 && (c->slashes >> i << (64 - t.len)) != 0;
}

int sc_json_string(sc_json_cursor *c, sc_text *out, int *has_escapes)
{
    sc_text text = {"", 0};
    if (c->problem == NULL && c->at < c->end && *c->at == '"') { /* nearly always */
        const char *after = read_string(c, c->at, &text);
        c->fresh = 0;
        if (after == NULL)
            return 0;
        c->at = after;
    } else if (!take(c, SC_JSON_STRING, not_string, &text)) {
        return 0;
    }
    *out = text;
    if (has_escapes != NULL)
        *has_escapes = has_backslash(c, text);
    return 1;
}
