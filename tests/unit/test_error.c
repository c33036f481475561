/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_error.c - the form of error messages, their places, and the nearest name. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "spendcast/error.h"

static const char *format(const sc_errors *list, int i)
{
    static char buf[SC_ERROR_TEXT_MAX];
    sc_error_format(&list->item[i], buf, sizeof buf);
    return buf;
}

/* An error at the first occurrence of `what` in the text. */
static void expect_format(const char *text, const char *what, const char *expected)
{
    sc_errors list = {0};
    const char *at = strstr(text, what);
    const sc_place place = {"f.csv", text, strlen(text), at != NULL ? (size_t)(at - text) : strlen(text), strlen(what)};
    EXPECT_I64(sc_errors_add(&list, SC_E_INPUT, &place, "usd", "bad"), SC_E_INPUT);
    EXPECT_STR(format(&list, 0), expected);
}

static void test_format(void)
{
    expect_format("head\nacme,0.40,1.5O,2026\nrest\n", "1.5O",
                  "f.csv:2:11: usd: bad\n    2 | acme,0.40,1.5O,2026\n      |           ^^^^");
    /* the first and the last line, no line feed at the end, an empty text */
    expect_format("a,b", "a", "f.csv:1:1: usd: bad\n    1 | a,b\n      | ^");
    expect_format("a\nb", "b", "f.csv:2:1: usd: bad\n    2 | b\n      | ^");
    expect_format("a\nb", "", "f.csv:1:1: usd: bad\n    1 | a\n      | ^");
    expect_format("", "zz", "f.csv:1:1: usd: bad\n    1 | \n      | ^");
    expect_format("a\n", "zz", "f.csv:2:1: usd: bad\n    2 | \n      | ^");
    /* columns are characters; CRLF and a byte order mark are no part of the line */
    expect_format("caf\xC3\xA9,\xE2\x82\xAC,x\r\n", "x",
                  "f.csv:1:8: usd: bad\n    1 | caf\xC3\xA9,\xE2\x82\xAC,x\n      |        ^");
    expect_format("\xEF\xBB\xBF"
                  "ab",
                  "b", "f.csv:1:2: usd: bad\n    1 | ab\n      |  ^");
    expect_format("\xEF\xBB\xBF"
                  "ab",
                  "\xEF", "f.csv:1:1: usd: bad\n    1 | ab\n      | ^");
    expect_format("x\xC3\xA9\xC3\xA9y", "\xC3\xA9\xC3\xA9",
                  "f.csv:1:2: usd: bad\n    1 | x\xC3\xA9\xC3\xA9y\n      |  ^^");
    /* a place that spans lines is underlined to the end of its first one; one at a line's end is shown there */
    expect_format("{ab\ncd}\n", "b\ncd}", "f.csv:1:3: usd: bad\n    1 | {ab\n      |   ^");
    expect_format("ab\r\ncd", "\n", "f.csv:1:3: usd: bad\n    1 | ab\n      |   ^");
}

static void test_nothing_acts_on_a_terminal(void)
{
    /* tab, ESC, DEL, C1, bidi override, line separator, stray continuation byte */
    expect_format("a\tb\x1B[1m\x7F\xC2\x9B\xE2\x80\xAE\xE2\x80\xA8\x80z", "z",
                  "f.csv:1:13: usd: bad\n    1 | a b?[1m?????z\n      |             ^");
    sc_errors list = {0};
    const sc_place place = {.file = "x\x1B]0;\n.csv"};
    sc_errors_add(&list, SC_E_INPUT, &place, "k\r", "'%s'", "\x1B[2J\n");
    EXPECT_STR(format(&list, 0), "x?]0;?.csv: k?: '?[2J?'");
}

static void test_nul_in_source(void)
{
    sc_errors list = {0};
    const sc_place place = {"f", "a\0b,c", 5, 4, 1};
    sc_errors_add(&list, SC_E_INPUT, &place, NULL, "bad");
    EXPECT_STR(format(&list, 0), "f:1:5: bad\n    1 | a?b,c\n      |     ^");
}

static void test_parts(void)
{
    sc_errors list = {0};
    const sc_place place = {.file = "a.json"}, nameless = {NULL, "xy", 2, 1, 1};
    sc_errors_add(&list, SC_E_IO, NULL, NULL, "lost %d", 7);
    sc_errors_add(&list, SC_E_IO, &place, NULL, "lost");
    sc_errors_add(&list, SC_E_INPUT, &nameless, "", "lost");
    sc_errors_warn(&list, &place, "/a", "old");
    EXPECT_STR(format(&list, 0), "lost 7");
    EXPECT_STR(format(&list, 1), "a.json: lost");
    EXPECT_STR(format(&list, 2), "lost\n    1 | xy\n      |  ^");
    EXPECT_STR(format(&list, 3), "a.json: /a: warning: old");
    EXPECT_I64(list.count, 4);
    EXPECT_I64(list.errors, 3);
    EXPECT_I64(list.item[3].warning, 1);
    EXPECT_I64(list.item[3].code, SC_OK);
    EXPECT_I64(sc_errors_add(NULL, SC_E_IO, &place, "k", "x"), SC_E_IO);
    sc_errors_warn(NULL, &place, "k", "x");
}

static void test_too_many(void)
{
    static sc_errors list;
    memset(&list, 0, sizeof list);
    for (int i = 0; i < SC_ERRORS_MAX + 5; i++)
        sc_errors_add(&list, SC_E_INPUT, NULL, NULL, "%d", i);
    sc_errors_warn(&list, NULL, NULL, "w");
    EXPECT_I64(list.count, SC_ERRORS_MAX);
    EXPECT_I64(list.errors, SC_ERRORS_MAX + 5);
    EXPECT_I64(list.dropped, 6);
    EXPECT_STR(list.item[SC_ERRORS_MAX - 1].text, "19");
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* For each place in a long line: the window is narrow enough and the caret stands under the right character. */
static void check_windows(const char *unit, size_t units)
{
    static char line[4096];
    size_t len = 0, step = strlen(unit);
    for (size_t i = 0; i < units; i++, len += step)
        memcpy(line + len, unit, step);
    for (size_t i = 0; i < units; i++) {
        sc_errors list = {0};
        const sc_place place = {"f", line, len, i * step, step};
        memcpy(line + i * step, "@@@@", step);
        sc_errors_add(&list, SC_E_INPUT, &place, NULL, "bad");
        memcpy(line + i * step, unit, step);
        const sc_error *e = &list.item[0];
        EXPECT_I64(e->column, i + 1);
        if (!EXPECT_TRUE(characters(e->source) <= 110) || !EXPECT_TRUE(e->source[e->caret] == '@') ||
            !EXPECT_I64(e->width, step))
            return;
        if (i + 25 < units) /* what follows is as much part of the excerpt as what stands before */
            EXPECT_TRUE(strlen(e->source + e->caret) > 25 * step);
        const char *text = format(&list, 0), *source = strchr(text, '|') + 2, *caret = strrchr(text, '|') + 2;
        const char *shown = strchr(source, '@');
        size_t before = 0;
        for (const char *p = source; p < shown; p++)
            before += ((unsigned char)*p & 0xC0) != 0x80;
        EXPECT_I64(strspn(caret, " "), before);
        EXPECT_I64(strspn(caret + before, "^"), step);
    }
}

static void test_window(void)
{
    check_windows("a", 109);
    check_windows("a", 110);
    check_windows("a", 111);
    check_windows("b", 1000);
    check_windows("\xC3\xA9", 300);
    check_windows("\xE2\x82\xAC", 300);
    check_windows("\xF0\x9F\x98\x80", 300);
    check_windows("\x80", 300);
}

static void test_cut(void)
{
    static char name[4000];
    sc_errors list = {0};
    const sc_place place = {.file = name};
    memset(name, 'x', sizeof name - 1);
    memcpy(name + sizeof name - 9, "tail.csv", 8);
    sc_errors_add(&list, SC_E_INPUT, &place, name, "%s", name);
    EXPECT_I64(strlen(list.item[0].file), sizeof list.item[0].file - 1);
    EXPECT_STR(list.item[0].file + sizeof list.item[0].file - 9, "tail.csv");
    EXPECT_TRUE(memcmp(list.item[0].key, "...x", 4) == 0);
    EXPECT_STR(list.item[0].text + sizeof list.item[0].text - 5, "x...");

    /* Multi-byte characters are not split, wherever the cut falls. */
    for (size_t shift = 0; shift < 2; shift++) {
        memset(name, 'x', 2);
        for (size_t i = shift; i + 2 < sizeof name; i += 2)
            memcpy(name + i, "\xC3\xA9", 2);
        name[sizeof name - 2 - shift] = '\0';
        memset(&list, 0, sizeof list);
        sc_errors_add(&list, SC_E_INPUT, &place, name, "%s", name);
        EXPECT_TRUE(strchr(format(&list, 0), '?') == NULL);
    }

    /* Any size of buffer is terminated and never overrun. */
    char whole[SC_ERROR_TEXT_MAX], part[SC_ERROR_TEXT_MAX];
    size_t len = sc_error_format(&list.item[0], whole, sizeof whole);
    EXPECT_I64(len, strlen(whole));
    for (size_t size = 1; size <= len + 1; size++) {
        memset(part, 'z', sizeof part);
        size_t n = sc_error_format(&list.item[0], part, size);
        if (n >= size || part[n] != '\0' || part[size] != 'z') {
            EXPECT_I64(n, size);
            return;
        }
    }
    EXPECT_STR(part, whole);
    EXPECT_I64(sc_error_format(&list.item[0], NULL, 0), 0);
}

static void test_nearest_name(void)
{
    static const char *const names[] = {"claude-haiku", "claude-sonnet", "claude-opus", "nova-lite", "nova-micro",
                                        "input",        "output",        "a",           "b"};
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"claude-hiaku", "claude-haiku"}, /* a swap counts once */
        {"Claude-Sonet", "claude-sonnet"},
        {"NOVA-LITE", "nova-lite"},
        {"nova-mcro", "nova-micro"},
        {"inptu", "input"},
        {"outputs", "output"},
        {"c", "a"}, /* a tie: the first */
        {"bb", "b"},
        {"nova", NULL},
        {"something-else", NULL},
        {"", NULL},
        {"in", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        EXPECT_STR(sc_nearest_name(cases[i].word, names, sizeof names / sizeof *names), cases[i].nearest);
    EXPECT_STR(sc_nearest_name("x", NULL, 0), NULL);

    static char word[200];
    memset(word, 'q', sizeof word - 1);
    const char *const long_names[] = {word};
    EXPECT_STR(sc_nearest_name(word, long_names, 1), NULL);
    EXPECT_STR(sc_nearest_name(word + sizeof word - 129, long_names, 1), NULL);
    const char *const longest[] = {word + sizeof word - 129};
    EXPECT_STR(sc_nearest_name(word + sizeof word - 100, longest, 1), longest[0]);
}

static void test_code_names(void)
{
    EXPECT_STR(sc_code_name(SC_OK), "ok");
    EXPECT_STR(sc_code_name(SC_E_USAGE), "usage");
    EXPECT_STR(sc_code_name(SC_E_INPUT), "input");
    EXPECT_STR(sc_code_name(SC_E_IO), "io");
    EXPECT_STR(sc_code_name(SC_E_MEMORY), "memory");
    EXPECT_STR(sc_code_name(SC_E_INTERNAL), "internal");
}

static void test_name_hints(void)
{
    static const char *const names[] = {"a", "bb", "ccc", "dd", "ee", "ff", "gg", "hh", "ii", "jj", "kk"};
    static const struct {
        const char *word;
        size_t n;
        const char *hint;
    } cases[] = {
        {"cccc", 11, "; did you mean 'ccc'?"}, /* the nearest, however many there are */
        {"zzzz", 0, ""},
        {"zzzz", 1, ", expected a"},
        {"zzzz", 2, ", expected a or bb"},
        {"", 3, ", expected a, bb or ccc"},
        {"zzzz", 10, ", expected a, bb, ccc, dd, ee, ff, gg, hh, ii or jj"},
        {"zzzz", 11, ", expected a, bb, ccc, dd, ee, ff or 5 more"},
    };
    char buf[SC_NAME_HINT_MAX], wide[SC_NAME_HINT_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        EXPECT_STR(sc_name_hint(cases[i].word, names, cases[i].n, buf), cases[i].hint);
    memset(wide, 'w', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    const char *const long_names[] = {wide, "b"};
    EXPECT_I64((int64_t)strlen(sc_name_hint("zzzz", long_names, 2, buf)), SC_NAME_HINT_MAX - 1); /* cut */
}

CU_ErrorCode test_error_register(void)
{
    static CU_TestInfo tests[] = {
        {"format", test_format},
        {"nothing acts on a terminal", test_nothing_acts_on_a_terminal},
        {"NUL in the source line", test_nul_in_source},
        {"parts left out", test_parts},
        {"too many errors", test_too_many},
        {"window of a long line", test_window},
        {"long texts are cut", test_cut},
        {"nearest name", test_nearest_name},
        {"name hints", test_name_hints},
        {"code names", test_code_names},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"error", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
