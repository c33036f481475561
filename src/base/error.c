/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.c - collects errors with their place in the input and shows them with the source line and a caret. */
#include "spendcast/error.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define ELLIPSIS "..."
#define ELLIPSIS_SIZE (sizeof ELLIPSIS - 1)

/* The excerpt of a long line: characters shown in all, and how many of them may stand before the caret. */
#define WINDOW_CHARS 110
#define WINDOW_LEAD 50

static int is_continuation(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

/* Copies a string; one that is too long loses its head, since the tail of a path tells more. */
static void copy_tail(char *to, size_t size, const char *from)
{
    size_t len = strlen(from);
    if (len < size) {
        memcpy(to, from, len + 1);
        return;
    }
    const char *tail = from + len - (size - 1 - ELLIPSIS_SIZE);
    while (is_continuation(*tail))
        tail++;
    memcpy(to, ELLIPSIS, ELLIPSIS_SIZE);
    memcpy(to + ELLIPSIS_SIZE, tail, strlen(tail) + 1);
}

/* Marks a text that vsnprintf has cut, at a whole character. */
static void mark_cut(char *text, size_t size)
{
    size_t end = size - 1 - ELLIPSIS_SIZE;
    while (end > 0 && is_continuation(text[end]))
        end--;
    memcpy(text + end, ELLIPSIS, ELLIPSIS_SIZE + 1);
}

static size_t step_back(const char *line, size_t at)
{
    size_t from = at - 1;
    while (from > 0 && at - from < 4 && is_continuation(line[from]))
        from--;
    return from + sc_utf8_step(line + from, at - from) == at ? from : at - 1;
}

/* Fills source, caret and width from a line; a line that is too long is cut to a window around the caret. */
static void take_excerpt(sc_error *e, const char *line, size_t len, size_t caret, size_t width)
{
    const size_t room = sizeof e->source - 1 - 2 * ELLIPSIS_SIZE;
    const size_t most = WINDOW_CHARS - 2 * ELLIPSIS_SIZE;
    size_t first = caret, end = caret, chars = 0;

    while (first > 0 && chars < WINDOW_LEAD && caret - step_back(line, first) <= room / 2) {
        first = step_back(line, first);
        chars++;
    }
    while (end < len && chars < most && end + sc_utf8_step(line + end, len - end) - first <= room) {
        end += sc_utf8_step(line + end, len - end);
        chars++;
    }
    while (first > 0 && chars < most && end - step_back(line, first) <= room) {
        first = step_back(line, first);
        chars++;
    }

    size_t at = 0;
    if (first > 0) {
        memcpy(e->source, ELLIPSIS, ELLIPSIS_SIZE);
        at = ELLIPSIS_SIZE;
    }
    e->caret = (int)(at + caret - first);
    e->width = (int)(width <= end - caret ? width : end - caret);
    if (e->width == 0)
        e->width = 1;
    memcpy(e->source + at, line + first, end - first);
    at += end - first;
    if (end < len) {
        memcpy(e->source + at, ELLIPSIS, ELLIPSIS_SIZE);
        at += ELLIPSIS_SIZE;
    }
    e->source[at] = '\0';
    /* The excerpt is a C string: a NUL of the input would hide what follows it. */
    for (size_t i = 0; i < at; i++)
        if (e->source[i] == '\0')
            e->source[i] = '?';
}

static void locate(sc_error *e, const sc_place *place)
{
    const char *text = place->text;
    size_t offset = place->offset < place->size ? place->offset : place->size;
    size_t start = 0, line = 1;

    for (const char *lf; offset > start && (lf = memchr(text + start, '\n', offset - start)) != NULL; line++)
        start = (size_t)(lf - text) + 1;
    const char *lf = place->size > offset ? memchr(text + offset, '\n', place->size - offset) : NULL;
    size_t end = lf != NULL ? (size_t)(lf - text) : place->size;
    if (lf != NULL && end > start && text[end - 1] == '\r')
        end--;
    if (start == 0)
        start = sc_utf8_bom(text, end);
    if (offset < start)
        offset = start;
    if (offset > end)
        offset = end;

    size_t column = 1;
    for (size_t i = start; i < offset; i += sc_utf8_step(text + i, offset - i))
        column++;
    e->line = line < INT_MAX ? (int)line : INT_MAX;
    e->column = column < INT_MAX ? (int)column : INT_MAX;
    take_excerpt(e, text + start, end - start, offset - start, place->width);
}

/* The next free slot, cleared; NULL if there is none.  Counts the problem in any case. */
static sc_error *next_item(sc_errors *list, int warning)
{
    if (list == NULL)
        return NULL;
    if (!warning)
        list->errors++;
    if (list->count >= SC_ERRORS_MAX) {
        list->dropped++;
        return NULL;
    }
    sc_error *e = &list->item[list->count++];
    memset(e, 0, sizeof *e);
    e->warning = warning;
    e->caret = -1;
    e->width = 1;
    return e;
}

SC_PRINTF(4, 0)
static void fill_item(sc_error *e, const sc_place *place, const char *key, const char *format, va_list args)
{
    if (place != NULL && place->file != NULL)
        copy_tail(e->file, sizeof e->file, place->file);
    if (key != NULL)
        copy_tail(e->key, sizeof e->key, key);
    int n = vsnprintf(e->text, sizeof e->text, format, args);
    if (n >= (int)sizeof e->text)
        mark_cut(e->text, sizeof e->text);
    if (place != NULL && place->text != NULL)
        locate(e, place);
}

sc_code sc_errors_addv(sc_errors *list, sc_code code, const sc_place *place, const char *key, const char *format,
                       va_list args)
{
    sc_error *e = next_item(list, 0);
    if (e != NULL) {
        e->code = code;
        fill_item(e, place, key, format, args);
    }
    return code;
}

sc_code sc_errors_add(sc_errors *list, sc_code code, const sc_place *place, const char *key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    sc_errors_addv(list, code, place, key, format, args);
    va_end(args);
    return code;
}

void sc_errors_warn(sc_errors *list, const sc_place *place, const char *key, const char *format, ...)
{
    sc_error *e = next_item(list, 1);
    if (e == NULL)
        return;
    va_list args;
    va_start(args, format);
    fill_item(e, place, key, format, args);
    va_end(args);
}

/* A text buffer that drops what does not fit, whole characters at a time. */
struct sink {
    char *buf;
    size_t size, len;
};

static void put(struct sink *out, const char *text, size_t len)
{
    if (len >= out->size - out->len)
        return;
    memcpy(out->buf + out->len, text, len);
    out->len += len;
    out->buf[out->len] = '\0';
}

static void put_repeated(struct sink *out, char c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put(out, &c, 1);
}

SC_PRINTF(2, 3)
static void put_format(struct sink *out, const char *format, ...)
{
    char text[64];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put(out, text, n > 0 ? (size_t)n : 0);
}

/* Whether a character can act on a terminal instead of being shown: C0 and C1 controls, line and paragraph separators,
 * and the marks that change the direction of writing ("Trojan Source", CVE-2021-42574). */
static int acts(const char *text, size_t len)
{
    const unsigned char *s = (const unsigned char *)text;
    switch (len) {
    case 1: return s[0] < 0x20 || s[0] >= 0x7F;
    case 2: return (s[0] == 0xC2 && s[1] < 0xA0) || (s[0] == 0xD8 && s[1] == 0x9C);
    case 3:
        return s[0] == 0xE2 && ((s[1] == 0x80 && (s[2] == 0x8E || s[2] == 0x8F || (s[2] >= 0xA8 && s[2] <= 0xAE))) ||
                                (s[1] == 0x81 && s[2] >= 0xA6 && s[2] <= 0xA9));
    default: return 0;
    }
}

/* Returns the number of characters. */
static size_t put_clean(struct sink *out, const char *text, size_t len)
{
    size_t chars = 0;
    for (size_t i = 0, n; i < len; i += n, chars++) {
        n = sc_utf8_step(text + i, len - i);
        if (text[i] == '\t')
            put(out, " ", 1);
        else if (acts(text + i, n))
            put(out, "?", 1);
        else
            put(out, text + i, n);
    }
    return chars;
}

static size_t count_chars(const char *text, size_t len)
{
    size_t chars = 0;
    for (size_t i = 0; i < len; i += sc_utf8_step(text + i, len - i))
        chars++;
    return chars;
}

static void put_excerpt(struct sink *out, const sc_error *e)
{
    size_t len = strlen(e->source);
    size_t caret = (size_t)e->caret < len ? (size_t)e->caret : len;
    size_t width = (size_t)e->width < len - caret ? (size_t)e->width : len - caret;
    size_t under = count_chars(e->source + caret, width);
    char number[16];
    int digits = snprintf(number, sizeof number, "%5d", e->line);

    put_format(out, "\n%s | ", number);
    put_clean(out, e->source, len);
    put_format(out, "\n%*s | ", digits, "");
    put_repeated(out, ' ', count_chars(e->source, caret));
    put_repeated(out, '^', under > 0 ? under : 1);
}

size_t sc_error_format(const sc_error *e, char *buf, size_t size)
{
    if (size == 0)
        return 0;
    struct sink out = {buf, size, 0};
    buf[0] = '\0';
    if (e->file[0] != '\0') {
        put_clean(&out, e->file, strlen(e->file));
        if (e->line > 0)
            put_format(&out, ":%d", e->line);
        if (e->line > 0 && e->column > 0)
            put_format(&out, ":%d", e->column);
        put(&out, ": ", 2);
    }
    if (e->key[0] != '\0') {
        put_clean(&out, e->key, strlen(e->key));
        put(&out, ": ", 2);
    }
    if (e->warning)
        put_format(&out, "warning: ");
    put_clean(&out, e->text, strlen(e->text));
    if (e->line > 0 && e->caret >= 0)
        put_excerpt(&out, e);
    return out.len;
}

const char *sc_code_name(sc_code code)
{
    switch (code) {
    case SC_OK: return "ok";
    case SC_E_USAGE: return "usage";
    case SC_E_INPUT: return "input";
    case SC_E_IO: return "io";
    case SC_E_MEMORY: return "memory";
    case SC_E_INTERNAL: break;
    }
    return "internal";
}

#define NAME_MAX_BYTES 128 /* longer names are never suggested */

static char fold(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Optimal string alignment distance (Damerau-Levenshtein where no part is edited twice): insertions, deletions, changes
 * and swaps of neighbours.  Gives up with limit + 1 as soon as a whole row is above the limit. */
static size_t edit_distance(const char *a, size_t n, const char *b, size_t m, size_t limit)
{
    size_t rows[3][NAME_MAX_BYTES + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];

    if (n > m + limit || m > n + limit)
        return limit + 1;
    for (size_t j = 0; j <= m; j++)
        above[j] = before[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t best = row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            int same = fold(a[i - 1]) == fold(b[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
            best = least(best, row[j]);
        }
        if (best > limit)
            return limit + 1;
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[m];
}

const char *sc_nearest_name(const char *word, const char *const *names, size_t n)
{
    size_t len = strlen(word);
    if (len == 0 || len > NAME_MAX_BYTES)
        return NULL;
    size_t limit = len / 3 > 0 ? len / 3 : 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t m = strlen(names[i]);
        if (m > NAME_MAX_BYTES)
            continue;
        size_t d = edit_distance(word, len, names[i], m, limit);
        if (d > limit)
            continue;
        nearest = names[i];
        if (d == 0)
            break;
        limit = d - 1; /* only a nearer one replaces it */
    }
    return nearest;
}

char *sc_name_hint(const char *word, const char *const *names, size_t n, char *buf)
{
    enum { FEW = 10, FIRST = 6 }; /* so many are all listed; of more, so many */
    const char *near = sc_nearest_name(word, names, n);
    size_t shown = n <= FEW ? n : FIRST, len = 0;
    buf[0] = '\0';
    if (near != NULL) {
        snprintf(buf, SC_NAME_HINT_MAX, "; did you mean '%s'?", near);
        return buf;
    }
    for (size_t i = 0; i < shown && len < SC_NAME_HINT_MAX; i++) {
        const char *before = i == 0 ? ", expected " : i + 1 == n ? " or " : ", ";
        len += (size_t)snprintf(buf + len, SC_NAME_HINT_MAX - len, "%s%s", before, names[i]);
    }
    if (shown < n && len < SC_NAME_HINT_MAX)
        snprintf(buf + len, SC_NAME_HINT_MAX - len, " or %zu more", n - shown);
    return buf;
}
