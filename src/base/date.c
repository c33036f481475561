/* SPDX-License-Identifier: GPL-3.0-or-later */
/* date.c - civil dates and day numbers, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years
 * start in March, so that the leap day comes last, and are counted in eras of 400 years. */
#include "spendcast/date.h"

#include <stdio.h>
#include <string.h>

#define DAYS_PER_ERA 146097
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

sc_day sc_day_of(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2 ? 1 : 0);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (sc_day)(era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970);
}

void sc_day_split(sc_day day, int *year, int *month, int *dom)
{
    int64_t z = (int64_t)day + DAYS_TO_1970;
    int64_t era = floor_div(z, DAYS_PER_ERA);
    int64_t day_of_era = z - era * DAYS_PER_ERA;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t m = (5 * day_of_year + 2) / 153;
    *dom = (int)(day_of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2 ? 1 : 0));
}

int sc_day_weekday(sc_day day)
{
    int64_t from_monday = (int64_t)day + 3; /* 1970-01-01 was a Thursday */
    return (int)(from_monday - floor_div(from_monday, 7) * 7);
}

int sc_day_month(sc_day day)
{
    int year, month, dom;
    sc_day_split(day, &year, &month, &dom);
    return year * 12 + month - 1;
}

sc_day sc_month_start(int month_number)
{
    int year = (int)floor_div(month_number, 12);
    return sc_day_of(year, month_number - year * 12 + 1, 1);
}

static int is_leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static int days_in_month(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

sc_day sc_day_add_months(sc_day day, int months)
{
    if (day == SC_DAY_MIN || day == SC_DAY_MAX)
        return day;
    int year, month, dom;
    sc_day_split(day, &year, &month, &dom);
    int64_t number = (int64_t)year * 12 + month - 1 + months;
    year = (int)floor_div(number, 12);
    month = (int)(number - (int64_t)year * 12) + 1;
    int last = days_in_month(year, month);
    return sc_day_of(year, month, dom < last ? dom : last);
}

/* The number in text[0..n), -1 if it is not all digits. */
static int read_digits(const char *text, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        v = v * 10 + (text[i] - '0');
    }
    return v;
}

sc_code sc_day_parse(const char *text, size_t len, sc_day *out)
{
    if (len != 10 || text[4] != '-' || text[7] != '-')
        return SC_E_INPUT;
    int year = read_digits(text, 4), month = read_digits(text + 5, 2), dom = read_digits(text + 8, 2);
    if (year < 1970 || month < 1 || month > 12 || dom < 1 || dom > days_in_month(year, month))
        return SC_E_INPUT;
    *out = sc_day_of(year, month, dom);
    return SC_OK;
}

char *sc_day_format(sc_day day, char *buf)
{
    if (day == SC_DAY_MIN || day == SC_DAY_MAX) {
        memcpy(buf, "open", 5);
        return buf;
    }
    int year, month, dom;
    sc_day_split(day, &year, &month, &dom);
    /* The remainders change nothing: they tell the compiler how long the text can get. */
    snprintf(buf, 16, "%04d-%02u-%02u", year % 10000000, (unsigned)month % 100, (unsigned)dom % 100);
    return buf;
}
