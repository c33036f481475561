/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_json_cursor.c - the cursor accepts what json_doc.h accepts, and reads the same values; more only where it says
 * so; skipping and reading agree; what stands before a text makes no difference. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "fuzz_check.h"
#include "io/json_cursor.h"
#include "io/json_doc.h"
#include "spendcast/money.h"

static void check_text(sc_text raw, const char *expected)
{
    char buf[4096], cut[4];
    sc_text text = sc_json_unescape(raw, buf, sizeof buf), few = sc_json_unescape(raw, cut, sizeof cut);
    if (raw.len < sizeof buf)
        require(text.len == strlen(expected) && memcmp(text.at, expected, text.len) == 0);
    require(few.len <= text.len && memcmp(few.at, text.at, few.len) == 0);
    require(text.len < sizeof cut || few.len > sizeof cut - 4);
}

/* Reads a number in all ways.  Without an exponent, exact decimals are the oracle, else the double. */
static void check_number(sc_json_cursor *c, double expected)
{
    sc_json_cursor again = *c;
    sc_text text;
    int64_t n = 7, exact;
    require(sc_json_number(c, &text) == 1);
    int whole = sc_json_int(&again, &n);
    require(whole == (again.problem == NULL) && (whole || n == 7));
    if (memchr(text.at, 'e', text.len) == NULL && memchr(text.at, 'E', text.len) == NULL) {
        require(whole == (sc_decimal_parse(text.at, text.len, 0, &exact) == SC_OK));
        require(!whole || n == exact);
    } else if (whole) {
        require(fabs((double)n - expected) <= fabs(expected) * 1e-15);
    }
}

/* A key that was read, put as a guess to the cursor before it: the same is read, or nothing.  Another key is not. */
static void check_guess(const sc_json_cursor *before, const sc_json_cursor *after, sc_text key)
{
    char guess[SC_JSON_GUESS] = "\"";
    const size_t len = key.len + 3;
    if (len > sizeof guess || memchr(key.at, '\\', key.len) != NULL)
        return;
    memcpy(guess + 1, key.at, key.len);
    memcpy(guess + 1 + key.len, "\":", 2);
    sc_json_cursor c = *before;
    if (sc_json_key_is(&c, guess, len))
        require(c.at == after->at && c.fresh == after->fresh && c.depth == after->depth && c.problem == NULL);
    else
        require(memcmp(&c, before, sizeof c) == 0);
    guess[key.len] ^= 1;
    c = *before;
    require(!sc_json_key_is(&c, guess, len) && memcmp(&c, before, sizeof c) == 0);
}

static void check_value(sc_json_cursor *c, const cJSON *node)
{
    sc_json_cursor again = *c;
    sc_text text = {0}, raw;
    int truth = 7, escapes = 7;
    require(sc_json_raw(&again, &raw) == 1 && raw.len > 0);
    switch (sc_json_peek(c)) {
    case SC_JSON_NULL: require(cJSON_IsNull(node) && sc_json_number(c, &text) == 0 && text.at == NULL); break;
    case SC_JSON_BOOL:
        require(cJSON_IsBool(node) && sc_json_bool(c, &truth) == 1 && truth == cJSON_IsTrue(node));
        break;
    case SC_JSON_NUMBER:
        require(cJSON_IsNumber(node));
        check_number(c, node->valuedouble);
        break;
    case SC_JSON_STRING:
        require(cJSON_IsString(node) && sc_json_string(c, &text, &escapes) == 1);
        require(text.at != NULL && escapes == (memchr(text.at, '\\', text.len) != NULL));
        check_text(text, node->valuestring);
        break;
    case SC_JSON_ARRAY:
        require(cJSON_IsArray(node) && sc_json_array(c) == 1);
        for (const cJSON *child = node->child; child != NULL; child = child->next) {
            require(sc_json_element(c) == 1);
            check_value(c, child);
        }
        require(sc_json_element(c) == 0);
        break;
    case SC_JSON_OBJECT:
        require(cJSON_IsObject(node) && sc_json_object(c) == 1);
        for (const cJSON *child = node->child; child != NULL; child = child->next) {
            const sc_json_cursor before = *c;
            require(sc_json_key(c, &text) == 1);
            check_guess(&before, c, text);
            check_text(text, child->string);
            check_value(c, child);
        }
        require(sc_json_key(c, &text) == 0);
        break;
    default: require(0);
    }
    require(c->problem == NULL && c->at == raw.at + raw.len && again.at == c->at);
}

/* Reads a value of any kind by the calls for its parts. */
static void read_value(sc_json_cursor *c)
{
    sc_text text;
    switch (sc_json_peek(c)) {
    case SC_JSON_ARRAY:
        sc_json_array(c);
        while (sc_json_element(c))
            read_value(c);
        break;
    case SC_JSON_OBJECT:
        sc_json_object(c);
        while (sc_json_key(c, &text))
            read_value(c);
        break;
    default: sc_json_skip(c); break;
    }
}

/* What json_doc.h refuses beyond the grammar, or beyond the limits of the cursor. */
static int is_own_rule(const char *message)
{
    static const char *const rules[] = {"nested more", "UTF-8",        "surrogate",  "character NUL",
                                        "twice",       "is too large", "a number of"};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strstr(message, rules[i]) != NULL)
            return 1;
    return 0;
}

/* Skips the text behind n blanks, which moves it within the cursor's blocks. */
static void check_shifted(const char *text, size_t size, size_t n, const sc_json_cursor *expected)
{
    char *copy = malloc(size + n + 1);
    require(copy != NULL);
    memset(copy, ' ', n);
    if (text != NULL)
        memcpy(copy + n, text, size);
    sc_json_cursor c;
    sc_json_begin(&c, copy, size + n);
    sc_json_skip(&c);
    sc_json_end(&c);
    require(c.problem == expected->problem && c.at - copy - (ptrdiff_t)n == expected->at - expected->begin);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t whole = size, bom = sc_utf8_bom((const char *)data, size);
    const char *text = size > 0 ? (const char *)data + bom : NULL;
    size -= bom;

    sc_json_cursor skipped, read;
    sc_json_begin(&skipped, text, size);
    sc_json_skip(&skipped);
    int accepted = sc_json_end(&skipped);
    require(accepted == (skipped.problem == NULL));
    require(skipped.at >= skipped.begin && skipped.at <= skipped.end);
    sc_json_begin(&read, text, size);
    read_value(&read);
    require(sc_json_end(&read) == accepted && read.problem == skipped.problem && read.at == skipped.at);
    check_shifted(text, size, text != NULL && size > 0 ? (unsigned char)text[size - 1] % 64 : 1, &skipped);

    sc_errors errors = {0};
    sc_json_doc *doc;
    if (sc_json_parse("fuzz", (const char *)data, whole, &doc, &errors) == SC_OK) {
        require(accepted);
        sc_json_begin(&read, text, size);
        check_value(&read, sc_json_root(doc));
        require(sc_json_end(&read) == 1);
    } else if (accepted) {
        require(is_own_rule(errors.item[0].text));
    }
    sc_json_free(doc);
    return 0;
}
