/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_date.c - day numbers against a calendar counted day by day and against timegm. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "expect.h"
#include "spendcast/date.h"

static int naive_days_in_month(int year, int month)
{
    if (month == 2)
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Every day from 1600 to 2800, one after the other: 0 = 1970-01-01, a Thursday. */
static void test_every_day(void)
{
    sc_day day = -135140; /* 1600-01-01, a Saturday */
    int weekday = 5, wrong = 0;
    for (int year = 1600; year <= 2800; year++)
        for (int month = 1; month <= 12; month++)
            for (int dom = 1; dom <= naive_days_in_month(year, month); dom++, day++, weekday = (weekday + 1) % 7) {
                int y, m, d;
                sc_day_split(day, &y, &m, &d);
                wrong += y != year || m != month || d != dom || sc_day_of(year, month, dom) != day ||
                         sc_day_weekday(day) != weekday || sc_day_month(day) != year * 12 + month - 1 ||
                         sc_month_start(sc_day_month(day)) != day - dom + 1;
            }
    EXPECT_I64(wrong, 0);
    EXPECT_I64(sc_day_of(1970, 1, 1), 0);
    EXPECT_I64(sc_day_of(2000, 3, 1), 11017);
}

static void test_against_timegm(void)
{
    for (int year = 1; year <= 9999; year += 37) {
        struct tm tm = {.tm_year = year - 1900, .tm_mon = year % 12, .tm_mday = year % 28 + 1};
        time_t seconds = timegm(&tm);
        sc_day day = sc_day_of(year, year % 12 + 1, year % 28 + 1);
        EXPECT_I64(day, seconds / 86400);
        EXPECT_I64(sc_day_weekday(day), (tm.tm_wday + 6) % 7);
    }
}

static void test_overrun(void)
{
    EXPECT_I64(sc_day_of(2026, 1, 32), sc_day_of(2026, 2, 1));
    EXPECT_I64(sc_day_of(2026, 3, 0), sc_day_of(2026, 2, 28));
    EXPECT_I64(sc_day_of(2024, 1, 366), sc_day_of(2024, 12, 31));
    int year, month, dom;
    sc_day_split(INT32_MAX, &year, &month, &dom);
    EXPECT_I64(year, 5881580);
    EXPECT_I64(sc_day_of(year, month, dom), INT32_MAX);
    sc_day_split(INT32_MIN, &year, &month, &dom);
    EXPECT_I64(sc_day_of(year, month, dom), INT32_MIN);
}

static void test_add_months(void)
{
    static const struct {
        const char *from;
        int months;
        const char *to;
    } cases[] = {
        {"2026-01-31", 1, "2026-02-28"},  {"2024-01-31", 1, "2024-02-29"},   {"2026-01-31", 2, "2026-03-31"},
        {"2026-03-31", -1, "2026-02-28"}, {"2026-12-15", 1, "2027-01-15"},   {"2026-01-15", -1, "2025-12-15"},
        {"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", -48, "2020-02-29"}, {"2026-07-04", 0, "2026-07-04"},
        {"2000-01-31", 1, "2000-02-29"},  {"2100-01-31", 1, "2100-02-28"},   {"2000-02-29", 1200, "2100-02-28"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_day day = 0;
        char buf[16];
        EXPECT_I64(sc_day_parse(cases[i].from, 10, &day), SC_OK);
        EXPECT_STR(sc_day_format(sc_day_add_months(day, cases[i].months), buf), cases[i].to);
    }
    EXPECT_I64(sc_day_add_months(SC_DAY_MAX, 3), SC_DAY_MAX);
    EXPECT_I64(sc_day_add_months(SC_DAY_MIN, -3), SC_DAY_MIN);
}

static void test_parse_refuses(void)
{
    static const char *const cases[] = {
        "",           "2026-1-01",   "2026-01-1",   "2026/01/01",           "20260101",
        "2026-13-01", "2026-00-10",  "2026-04-31",  "2026-02-29",           "1900-02-29",
        "2100-02-29", "1969-12-31",  "2026-01-00",  "2026-01-32",           "-026-01-01",
        "+026-01-01", "2026-01-01 ", " 2026-01-01", "2026-01-01T00:00:00Z", "2026-0a-01",
        "20 6-01-01",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_day day = 77;
        if (!EXPECT_I64(sc_day_parse(cases[i], strlen(cases[i]), &day), SC_E_INPUT) || !EXPECT_I64(day, 77))
            EXPECT_STR("", cases[i]);
    }
}

static void test_format(void)
{
    char buf[16];
    EXPECT_STR(sc_day_format(0, buf), "1970-01-01");
    EXPECT_STR(sc_day_format(sc_day_of(9999, 12, 31), buf), "9999-12-31");
    EXPECT_STR(sc_day_format(SC_DAY_MIN, buf), "open");
    EXPECT_STR(sc_day_format(SC_DAY_MAX, buf), "open");
    EXPECT_STR(sc_day_format(SC_DAY_MIN + 1, buf), "-5877641-06-24");
}

CU_ErrorCode test_date_register(void)
{
    static CU_TestInfo tests[] = {
        {"every day of 1201 years", test_every_day},
        {"against timegm", test_against_timegm},
        {"days past a month's end", test_overrun},
        {"add months", test_add_months},
        {"parse refuses", test_parse_refuses},
        {"format", test_format},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"date", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
