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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sc_text text = {(const char *)data, size};
    int64_t seconds = -1;
    if (sc_usage_time(text, &seconds) != SC_OK) {
        require(seconds == -1);
        return 0;
    }
    require(seconds >= 0 && seconds <= INT64_C(253402300799));

    /* timegm reads the fields; an offset is what is left between the two */
    char start[20], again[64];
    struct tm tm = {0};
    (void)snprintf(start, sizeof start, "%.*s", (int)(size < 19 ? size : 19), text.at);
    if (size > 10)
        start[10] = 'T';
    const int n = sscanf(start, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
                         &tm.tm_min, &tm.tm_sec);
    require(n == 3 || n == 5 || n == 6);
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    if (n == 5)
        tm.tm_sec = 0;
    if (tm.tm_sec == 60)
        tm.tm_sec = 59;
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
