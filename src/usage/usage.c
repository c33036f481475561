/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage.c - names of what usage records hold, and what all readers share. */
#include <stddef.h>
#include <string.h>

#include "usage/reader.h"

static const char *const kind_names[SC_USAGE_KINDS] = {
    [SC_USAGE_BEDROCK_LOG] = "bedrock_log",
    [SC_USAGE_OPENAI] = "openai",
    [SC_USAGE_ANTHROPIC] = "anthropic",
    [SC_USAGE_OTEL] = "otel",
    [SC_USAGE_OWN] = "own",
    [SC_USAGE_CLOUDWATCH] = "cloudwatch",
    [SC_USAGE_CUR] = "cur",
    [SC_USAGE_FOCUS] = "focus",
    [SC_USAGE_COST_EXPLORER] = "cost_explorer",
};
static const char *const grain_names[SC_GRAINS] = {"request", "minute", "hour", "day", "month"};
static const char *const charge_names[SC_CHARGES] = {"usage", "purchase",   "discount", "credit",
                                                     "tax",   "adjustment", "other"};
static const char *const dim_names[SC_DIMS] = {
    [SC_DIM_ACCOUNT] = "account",     [SC_DIM_PROJECT] = "project", [SC_DIM_WORKLOAD] = "workload",
    [SC_DIM_WORKSPACE] = "workspace", [SC_DIM_PROFILE] = "profile", [SC_DIM_PRINCIPAL] = "principal",
    [SC_DIM_SESSION] = "session",     [SC_DIM_MODEL] = "model",     [SC_DIM_REGION] = "region",
    [SC_DIM_ENDPOINT] = "endpoint",   [SC_DIM_ITEM] = "item",       [SC_DIM_VARIANT] = "variant",
};

static int index_of(const char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
    }
    return -1;
}

const char *sc_usage_kind_name(sc_usage_kind k) { return kind_names[k]; }
int sc_usage_kind_of(const char *name) { return index_of(kind_names, SC_USAGE_KINDS, name); }
const char *const *sc_usage_kind_names(void) { return kind_names; }

int sc_usage_kind_is_bill(sc_usage_kind k)
{
    return k == SC_USAGE_CUR || k == SC_USAGE_FOCUS || k == SC_USAGE_COST_EXPLORER;
}

const char *sc_grain_name(sc_grain g) { return grain_names[g]; }
const char *sc_charge_name(sc_charge c) { return charge_names[c]; }
const char *sc_dim_name(sc_dim d) { return dim_names[d]; }
int sc_dim_of(const char *name) { return index_of(dim_names, SC_DIMS, name); }
const char *const *sc_dim_names(void) { return dim_names; }

/* gcc 12 makes "rep stos" of a memset of a few hundred bytes, which takes longer to start than to clear them; of
 * smaller ones it makes plain stores. */
static inline void clear(void *at, size_t size)
{
    char *p = at;
    for (; size >= 64; size -= 64, p += 64)
        memset(p, 0, 64);
    for (; size >= 8; size -= 8, p += 8)
        memset(p, 0, 8);
    memset(p, 0, size);
}

/* The tags, most of a record's bytes, are left as they are: nobody reads past n_tags, and readers clear a record for
 * each line. */
void sc_usage_clear(sc_usage_record *r)
{
    clear(r->dim, sizeof r->dim);
    sc_usage_clear_but_dims(r);
}

void sc_usage_clear_but_dims(sc_usage_record *r)
{
    const size_t after_tags = offsetof(sc_usage_record, n_tags);
    clear((char *)r + after_tags, sizeof *r - after_tags);
    r->time = 0;
    r->grain = SC_GRAIN_REQUEST;
    r->charge = SC_CHARGE_USAGE;
    r->request_id = (sc_text){NULL, 0};
    r->session_key = (sc_text){NULL, 0};
    r->scope = r->tier = -1;
    r->requests = -1;
    r->context = -1;
    r->meter = -1;
}

/* ---- times */

#define SECONDS_PER_DAY 86400
#define LAST_SECOND INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* The number of two digits at `at`, moved past; -1 if there are not two or it is over `most`. */
static int two_digits(const char **at, const char *end, int most)
{
    const char *p = *at;
    if (end - p < 2 || !is_digit(p[0]) || !is_digit(p[1]))
        return -1;
    const int n = (p[0] - '0') * 10 + (p[1] - '0');
    *at = p + 2;
    return n <= most ? n : -1;
}

static int take(const char **at, const char *end, char c)
{
    if (*at == end || **at != c)
        return 0;
    ++*at;
    return 1;
}

/* "HH:MM[:SS[.fraction]]" as seconds, moved past; -1 if it is none.  Seconds since 1970 have no place for a leap
 * second: 60 is read as 59, so that it stays in its minute and day. */
static int time_of_day(const char **at, const char *end)
{
    const int hour = two_digits(at, end, 23);
    const int minute = hour >= 0 && take(at, end, ':') ? two_digits(at, end, 59) : -1;
    if (minute < 0)
        return -1;
    if (!take(at, end, ':'))
        return (hour * 60 + minute) * 60;
    int second = two_digits(at, end, 60);
    if (second < 0)
        return -1;
    if (second == 60)
        second = 59;
    if (take(at, end, '.')) {
        if (*at == end || !is_digit(**at))
            return -1;
        while (*at < end && is_digit(**at))
            ++*at;
    }
    return (hour * 60 + minute) * 60 + second;
}

/* What is left of a time after its seconds: nothing, "Z", " UTC" (as Athena writes), or an offset "+HH", "+HHMM",
 * "+HH:MM", in seconds to *offset; 0 if it is none of these. */
static int read_offset(const char *at, const char *end, int *offset)
{
    const sc_text rest = {at, (size_t)(end - at)};
    *offset = 0;
    if (rest.len == 0 || sc_text_is(rest, "Z") || sc_text_is(rest, "z") || sc_text_is(rest, " UTC"))
        return 1;
    const int sign = *at == '+' ? 1 : *at == '-' ? -1 : 0;
    if (sign == 0)
        return 0;
    at++;
    const int hours = two_digits(&at, end, 23);
    int minutes = 0;
    if (hours < 0)
        return 0;
    if (at < end) {
        (void)take(&at, end, ':');
        minutes = two_digits(&at, end, 59);
    }
    *offset = sign * (hours * 60 + minutes) * 60;
    return minutes >= 0 && at == end;
}

sc_code sc_usage_time(sc_text t, int64_t *seconds)
{
    const size_t date_len = 10;
    sc_day day;
    if (t.len < date_len || sc_day_parse(t.at, date_len, &day) != SC_OK)
        return SC_E_INPUT;
    int64_t time = (int64_t)day * SECONDS_PER_DAY;
    if (t.len > date_len) {
        const char *at = t.at + date_len + 1, *end = t.at + t.len;
        const char separator = at[-1];
        int offset;
        if (separator != 'T' && separator != ' ' && separator != 't')
            return SC_E_INPUT;
        const int of_day = time_of_day(&at, end);
        if (of_day < 0 || !read_offset(at, end, &offset))
            return SC_E_INPUT;
        time += of_day - offset;
    }
    if (time < 0 || time > LAST_SECOND)
        return SC_E_INPUT;
    *seconds = time;
    return SC_OK;
}

/* ---- principals */

/* What follows the n-th colon, NULL if there are fewer. */
static const char *after_colons(sc_text t, int n)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] == ':' && --n == 0)
            return t.at + i + 1;
    }
    return NULL;
}

/* "arn:aws:sts::123456789012:assumed-role/Role/session": neither role nor session name can hold a '/' (IAM user guide,
 * IAM identifiers, 2026). */
void sc_usage_principal(sc_text arn, sc_text *principal, sc_text *session)
{
    static const char kind[] = "assumed-role/";
    const char *resource = after_colons(arn, 5), *end = arn.at + arn.len;
    *principal = arn;
    *session = (sc_text){NULL, 0};
    if (resource == NULL || (size_t)(end - resource) < sizeof kind - 1 || memcmp(resource, kind, sizeof kind - 1) != 0)
        return;
    const char *role = resource + sizeof kind - 1;
    const char *slash = memchr(role, '/', (size_t)(end - role));
    if (slash == NULL)
        return;
    *principal = (sc_text){arn.at, (size_t)(slash - arn.at)};
    *session = (sc_text){slash + 1, (size_t)(end - slash) - 1};
}

/* ---- conservation */

static const char *const negative_tokens[SC_TOKEN_METERS] = {
    "the number of input tokens is negative",
    "the number of output tokens is negative",
    "the number of cache read tokens is negative",
    "the number of cache write tokens is negative",
    "the number of 5-minute cache write tokens is negative",
    "the number of 30-minute cache write tokens is negative",
    "the number of 1-hour cache write tokens is negative",
};

const char *sc_usage_any_flaw(const sc_usage_record *r)
{
    int64_t sum = 0;
    for (int m = 0; m < SC_TOKEN_METERS; m++) {
        if (r->tokens[m] < 0)
            return negative_tokens[m];
        if (__builtin_add_overflow(sum, r->tokens[m], &sum))
            return "the numbers of tokens add up to more than 9223372036854775807";
    }
    if (r->requests < -1)
        return "the number of requests is negative";
    if (r->requests == 0 && sum > 0)
        return "tokens without any request";
    if (r->quantity < 0)
        return "the quantity is negative";
    return NULL;
}
