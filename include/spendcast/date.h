/* SPDX-License-Identifier: GPL-3.0-or-later */
/* date.h - civil dates as day numbers (proleptic Gregorian, day 0 = 1970-01-01), no clock, no time zone. */
#ifndef SPENDCAST_DATE_H
#define SPENDCAST_DATE_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t sc_day;
#define SC_DAY_MIN INT32_MIN /* open start of a period */
#define SC_DAY_MAX INT32_MAX /* open end of a period */

/* 1 <= month <= 12; the day may run over the month's end (sc_day_of(2026, 1, 32) = 2026-02-01). */
SC_API sc_day sc_day_of(int year, int month, int day);
SC_API void sc_day_split(sc_day day, int *year, int *month, int *dom);

/* Monday = 0 ... Sunday = 6. */
SC_API int sc_day_weekday(sc_day day);

/* Months since year 0: year * 12 + month - 1.  Equal for days of one calendar month. */
SC_API int sc_day_month(sc_day day);
SC_API sc_day sc_month_start(int month_number);

/* Adds whole months, clipping the day of month (2026-01-31 + 1 month = 2026-02-28). */
SC_API sc_day sc_day_add_months(sc_day day, int months);

/* Reads exactly "YYYY-MM-DD", years 1970 to 9999; SC_E_INPUT if it is not a real date. */
SC_API sc_code sc_day_parse(const char *text, size_t len, sc_day *out);

/* Writes "YYYY-MM-DD" into buf[16]; "open" for SC_DAY_MIN and SC_DAY_MAX.  Returns buf. */
SC_API char *sc_day_format(sc_day day, char *buf);

#ifdef __cplusplus
}
#endif
#endif
