/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_usage_time.c - a time that is read is within its years, reads the same when it is written anew, and is the one
 * that timegm knows; an offset moves it by just that much. */
#include <stdio.h>
#include <time.h>

#include "fuzz_check.h"
#include "usage/reader.h"

static int64_t parsed(const char *text)
{
    int64_t seconds = -1;
    require(sc_usage_time(sc_text_of(text), &seconds) == SC_OK);
    return seconds;
}

static int number(const char *text, int digits)
{
    int n = 0;
    for (int i = 0; i < digits; i++) {
        require(text[i] >= '0' && text[i] <= '9');
        n = n * 10 + (text[i] - '0');
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sc_text text = {(const char *)data, size};
    int64_t seconds = -1;
    if (sc_usage_time(text, &seconds) != SC_OK) {
        require(seconds == -1);
        return 0;
    }
    require(seconds >= 0 && seconds <= INT64_C(253402300799));

    /* timegm takes the fields as they stand; an offset is what is left between the two */
    const int has_time = size > 10, has_second = size > 16 && text.at[16] == ':';
    const int second = has_second ? number(text.at + 17, 2) : 0;
    char again[64];
    struct tm tm = {.tm_year = number(text.at, 4) - 1900,
                    .tm_mon = number(text.at + 5, 2) - 1,
                    .tm_mday = number(text.at + 8, 2),
                    .tm_hour = has_time ? number(text.at + 11, 2) : 0,
                    .tm_min = has_time ? number(text.at + 14, 2) : 0,
                    .tm_sec = second == 60 ? 59 : second};
    const int64_t offset = (int64_t)timegm(&tm) - seconds;
    require(offset > -86400 && offset < 86400 && offset % 60 == 0);

    const time_t t = (time_t)seconds;
    require(gmtime_r(&t, &tm) != NULL && strftime(again, sizeof again, "%Y-%m-%dT%H:%M:%SZ", &tm) == 20);
    require(parsed(again) == seconds);
    again[10] = ' ';
    again[19] = '\0';
    require(parsed(again) == seconds);
    if (seconds >= 3600) {
        (void)snprintf(again + 19, sizeof again - 19, "+01:00");
        require(parsed(again) == seconds - 3600);
    }
    return 0;
}
