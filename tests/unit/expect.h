/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect.h - assertions that show both values; CUnit counts them but would print only the expression.
 *
 * Every macro evaluates its arguments once and returns non-zero if it holds, so that a test can stop early:
 *     if (!EXPECT_TRUE(table != NULL)) return;
 * They are to be called from the main thread, inside a running CUnit test. */
#ifndef SC_TEST_EXPECT_H
#define SC_TEST_EXPECT_H

#include <CUnit/CUnit.h>
#include <stdint.h>

__extension__ typedef __int128 sc_expect_int128;

typedef struct sc_expect_place {
    const char *file;
    const char *expression;
    unsigned line;
} sc_expect_place;

/* clang-format off */
#define EXPECT_PLACE(what) (sc_expect_place){__FILE__, what, __LINE__}

/* The condition holds. */
#define EXPECT_TRUE(x) sc_expect_true((x) ? 1 : 0, EXPECT_PLACE("EXPECT_TRUE(" #x ")"))
/* Equal integers of any type that fits 64 bits. */
#define EXPECT_I64(actual, expected) \
    sc_expect_i64((int64_t)(actual), (int64_t)(expected), EXPECT_PLACE("EXPECT_I64(" #actual ")"))
/* Equal 128-bit integers, such as sums of money. */
#define EXPECT_MONEY(actual, expected) sc_expect_money((actual), (expected), EXPECT_PLACE("EXPECT_MONEY(" #actual ")"))
/* Equal texts; NULL equals only NULL. */
#define EXPECT_STR(actual, expected) sc_expect_str((actual), (expected), EXPECT_PLACE("EXPECT_STR(" #actual ")"))
/* |actual - expected| <= tolerance * |expected|; equal infinities hold, NaN never does.  The casts are for INFINITY and
 * NAN, which are floats. */
#define EXPECT_REL(actual, expected, tolerance) \
    sc_expect_rel((double)(actual), (double)(expected), (tolerance), EXPECT_PLACE("EXPECT_REL(" #actual ")"))
/* |actual - expected| <= tolerance. */
#define EXPECT_ABS(actual, expected, tolerance) \
    sc_expect_abs((double)(actual), (double)(expected), (tolerance), EXPECT_PLACE("EXPECT_ABS(" #actual ")"))
/* clang-format on */

int sc_expect_true(int holds, sc_expect_place place);
int sc_expect_i64(int64_t actual, int64_t expected, sc_expect_place place);
int sc_expect_money(sc_expect_int128 actual, sc_expect_int128 expected, sc_expect_place place);
int sc_expect_str(const char *actual, const char *expected, sc_expect_place place);
int sc_expect_rel(double actual, double expected, double tolerance, sc_expect_place place);
int sc_expect_abs(double actual, double expected, double tolerance, sc_expect_place place);

/* Tells the reader of a run that cases were left out, and why; the runner adds them up. */
void sc_expect_skipped(unsigned long cases, const char *reason);
unsigned long sc_expect_skipped_total(void);

/* Each suite's entry point, declared here so that a test file needs only this header. */
#define SUITE(name) CU_ErrorCode test_##name##_register(void);
#include "suites.h"
#undef SUITE

#endif
