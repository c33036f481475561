/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect.c - the checks behind expect.h: compare, count through CUnit, show both values of the first failures. */
#include "expect.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_MAX = 20 }; /* a broken property over a million points must not bury the first failure */

/* The test program is single-threaded where it asserts; these two are the only state of the harness. */
static unsigned long shown;
static unsigned long skipped;

static int __attribute__((format(printf, 3, 4))) verdict(int holds, sc_expect_place place, const char *format, ...)
{
    /* CUnit keeps a copy of the text for each failure; past the limit one short word will do. */
    char message[1024] = "further failure, not shown";
    if (!holds && shown <= SHOWN_MAX) {
        va_list args;
        va_start(args, format);
        (void)vsnprintf(message, sizeof message, format, args);
        va_end(args);
        (void)fflush(stdout);
        if (shown < SHOWN_MAX)
            (void)fprintf(stderr, "%s:%u: %s: %s\n", place.file, place.line, place.expression, message);
        else
            (void)fprintf(stderr, "further failures are counted, not shown\n");
        shown++;
    }
    (void)CU_assertImplementation(holds ? CU_TRUE : CU_FALSE, place.line, holds ? place.expression : message,
                                  place.file, "", CU_FALSE);
    return holds;
}

static const char *int128_text(sc_expect_int128 value, char buf[48])
{
    char *p = buf + 47;
    *p = '\0';
    int negative = value < 0;
    do {
        int digit = (int)(value % 10); /* the sign follows the dividend, so that the most negative value prints too */
        *--p = (char)('0' + (digit < 0 ? -digit : digit));
        value /= 10;
    } while (value != 0);
    if (negative)
        *--p = '-';
    return p;
}

int sc_expect_true(int holds, sc_expect_place place) { return verdict(holds, place, "does not hold"); }

int sc_expect_i64(int64_t actual, int64_t expected, sc_expect_place place)
{
    return verdict(actual == expected, place, "got %lld, expected %lld", (long long)actual, (long long)expected);
}

int sc_expect_money(sc_expect_int128 actual, sc_expect_int128 expected, sc_expect_place place)
{
    char a[48], b[48];
    return verdict(actual == expected, place, "got %s, expected %s", int128_text(actual, a), int128_text(expected, b));
}

int sc_expect_str(const char *actual, const char *expected, sc_expect_place place)
{
    int holds = actual == NULL || expected == NULL ? actual == expected : strcmp(actual, expected) == 0;
    return verdict(holds, place, "got '%.450s', expected '%.450s'", actual ? actual : "(null)",
                   expected ? expected : "(null)");
}

int sc_expect_rel(double actual, double expected, double tolerance, sc_expect_place place)
{
    /* An infinite bound would let everything pass. */
    int holds = isinf(expected) ? actual == expected : fabs(actual - expected) <= tolerance * fabs(expected);
    return verdict(holds, place, "got %.17g, expected %.17g within %.3g relative (off by %.3g)", actual, expected,
                   tolerance, fabs(actual - expected) / fabs(expected));
}

int sc_expect_abs(double actual, double expected, double tolerance, sc_expect_place place)
{
    int holds = isinf(expected) ? actual == expected : fabs(actual - expected) <= tolerance;
    return verdict(holds, place, "got %.17g, expected %.17g within %.3g (off by %.3g)", actual, expected, tolerance,
                   fabs(actual - expected));
}

void sc_expect_skipped(unsigned long cases, const char *reason)
{
    skipped += cases;
    (void)fflush(stdout);
    (void)fprintf(stderr, "skipped %lu case%s: %s\n", cases, cases == 1 ? "" : "s", reason);
}

unsigned long sc_expect_skipped_total(void) { return skipped; }
