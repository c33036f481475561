/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone_arg.c - the value of --timezone, looked up in the system's database of time zones.
 *
 * The C library knows the database and its rules; it is asked for the clock through the years, so that all that comes
 * after works on plain numbers. */
#include "cli/zone_arg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/output.h"
#include "spendcast/money.h"

#define DATABASE "/usr/share/zoneinfo/"
#define FROM INT64_C(946684800)   /* 2000-01-01 */
#define UNTIL INT64_C(4102444800) /* 2100-01-01 */
#define STEP INT64_C(604800)      /* a week: no clock is changed and changed back within one */
#define NAMES_MAX 1000

/* ---- offsets ---- */

static int read_offset(const char *text, sc_zone *out)
{
    const int sign = text[0] == '-' ? -1 : 1;
    int64_t hours, minutes;
    if (strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' ||
        sc_decimal_parse(text + 1, 2, 0, &hours) != SC_OK || sc_decimal_parse(text + 4, 2, 0, &minutes) != SC_OK ||
        hours < 0 || hours > 14 || minutes < 0 || minutes >= 60)
        return -1;
    sc_zone_fixed(sign * (int32_t)(hours * 3600 + minutes * 60), out);
    return 0;
}

/* ---- zones of the database ---- */

/* A relative name below the database whose file begins as zones do (RFC 8536). */
static int is_zone(const char *name)
{
    char path[128], magic[4] = "";
    if (strlen(name) >= sizeof((sc_zone *)NULL)->name || name[0] == '/' || strstr(name, "..") != NULL)
        return 0;
    snprintf(path, sizeof path, DATABASE "%s", name);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    const size_t n = fread(magic, 1, sizeof magic, f);
    (void)fclose(f);
    return n == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
}

static int32_t clock_at(int64_t time)
{
    const time_t t = (time_t)time;
    struct tm local = {0};
    (void)localtime_r(&t, &local);
    return (int32_t)local.tm_gmtoff;
}

/* The first second of (low, high] at which the clock is what it is at high. */
static int64_t find_change(int64_t low, int64_t high)
{
    const int32_t after = clock_at(high);
    while (high - low > 1) {
        const int64_t mid = low + (high - low) / 2;
        if (clock_at(mid) == after)
            high = mid;
        else
            low = mid;
    }
    return high;
}

static void read_changes(sc_zone *out)
{
    int32_t now = clock_at(FROM);
    out->offset = now;
    for (int64_t t = FROM; t < UNTIL && out->n < SC_ZONE_CHANGES; t += STEP) {
        if (clock_at(t + STEP) == now)
            continue;
        now = clock_at(t + STEP);
        out->change[out->n++] = (sc_zone_change){find_change(t, t + STEP), now};
    }
}

static void read_database(const char *name, sc_zone *out)
{
    const char *const before = getenv("TZ");
    char *const kept = before != NULL ? strdup(before) : NULL;
    *out = (sc_zone){.offset = 0};
    snprintf(out->name, sizeof out->name, "%s", name);
    setenv("TZ", name, 1);
    tzset();
    read_changes(out);
    if (kept != NULL)
        setenv("TZ", kept, 1);
    else
        unsetenv("TZ");
    tzset();
    free(kept);
}

/* ---- what is wrong ---- */

/* The names of zone.tab: country, place, name and comments between tabs, notes after #. */
static size_t list_zones(char *text, size_t size, const char **names)
{
    FILE *f = fopen(DATABASE "zone.tab", "rb");
    size_t n = 0;
    const size_t len = f != NULL ? fread(text, 1, size - 1, f) : 0;
    if (f != NULL)
        (void)fclose(f);
    text[len] = '\0';
    char *rest = text;
    for (char *line = strsep(&rest, "\n"); line != NULL && n < NAMES_MAX; line = strsep(&rest, "\n")) {
        const char *field = line[0] != '#' ? strsep(&line, "\t") : NULL;
        for (int i = 0; i < 2 && field != NULL; i++)
            field = strsep(&line, "\t");
        if (field != NULL)
            names[n++] = field;
    }
    return n;
}

static void print_unknown_zone(const char *name)
{
    static char text[65536];
    const char *names[NAMES_MAX];
    char hint[SC_NAME_HINT_MAX];
    const size_t n = list_zones(text, sizeof text, names);
    if (n == 0)
        print_problem(NULL,
                      "--timezone: found '%s', expected UTC or an offset such as +02:00 (zones such as "
                      "Europe/Berlin need the package tzdata)",
                      name);
    else if (strncmp(sc_name_hint(name, names, n, hint), "; did you mean", 14) == 0)
        print_problem(NULL, "--timezone: unknown zone '%s'%s", name, hint);
    else
        print_problem(NULL,
                      "--timezone: found '%s', expected UTC, an offset such as +02:00 or a zone such as Europe/Berlin",
                      name);
}

int read_zone(const char *text, sc_zone *out)
{
    *out = (sc_zone){.offset = 0};
    if (text == NULL || strcmp(text, "UTC") == 0 || strcmp(text, "Z") == 0)
        return 0;
    if (read_offset(text, out) == 0)
        return 0;
    if (!is_zone(text)) {
        print_unknown_zone(text);
        return -1;
    }
    read_database(text, out);
    return 0;
}
