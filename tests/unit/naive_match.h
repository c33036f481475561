/* SPDX-License-Identifier: GPL-3.0-or-later */
/* naive_match.h - which rule holds, by trying all in order: the oracle of matching, for tests and fuzzing.
 *
 * Works on rules as the table has them, and shares no code with the library.  Slow for patterns with many '*'. */
#ifndef SC_TEST_NAIVE_MATCH_H
#define SC_TEST_NAIVE_MATCH_H

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "spendcast/attribution.h"

enum { NAIVE_TEXT = 600 }; /* bytes of a pattern or value, at most */

/* '*' and '?' take whole characters; a malformed byte is one. */
static inline int naive_glob(const char *p, const char *v)
{
    const size_t step = *v != '\0' ? sc_utf8_step(v, strlen(v)) : 0;
    if (*p == '\0')
        return step == 0;
    if (*p == '*')
        return naive_glob(p + 1, v) || (step > 0 && naive_glob(p, v + step));
    if (step == 0)
        return 0;
    if (*p == '?')
        return naive_glob(p + 1, v + step);
    if (*p == '\\')
        p++;
    return *p == *v && naive_glob(p + 1, v + 1);
}

/* What follows the fifth colon, "" if there are fewer. */
static inline const char *naive_resource(const char *value)
{
    for (int i = 0; i < 5 && value != NULL; i++) {
        value = strchr(value, ':');
        value = value != NULL ? value + 1 : NULL;
    }
    return value != NULL ? value : "";
}

/* The value itself or, of an ARN, its resource, or what follows a slash in that. */
static inline int naive_either(const char *pattern, const char *value, int after_slash)
{
    const char *rest = strncmp(value, "arn:", 4) == 0 ? naive_resource(value) : "";
    if (after_slash)
        rest = strchr(rest, '/') != NULL ? strchr(rest, '/') + 1 : "";
    return naive_glob(pattern, value) || (*rest != '\0' && naive_glob(pattern, rest));
}

/* A pattern that is an ARN with an id of its own stands for the id. */
static inline int naive_id(const char *pattern, const char *value, const char *marker)
{
    const char *at = strncmp(pattern, "arn:", 4) == 0 ? strstr(pattern, marker) : NULL;
    const char *id = at != NULL ? strchr(at, '/') + 1 : "";
    return naive_either(*id != '\0' && strpbrk(id, "*?\\") == NULL ? id : pattern, value, 1);
}

/* Where a session starts in a pattern "...assumed-role/Role/session", NULL = none. */
static inline char *naive_asked_session(char *pattern)
{
    char *role = strstr(pattern, "assumed-role/");
    if (role == NULL || (role > pattern && role[-1] != ':'))
        return NULL;
    for (role += strlen("assumed-role/"); *role != '\0' && *role != '/'; role++)
        role += *role == '\\' && role[1] != '\0';
    return *role == '/' ? role + 1 : NULL;
}

/* The same in a principal that usage states. */
static inline char *naive_stated_session(char *principal)
{
    const size_t at = (size_t)(naive_resource(principal) - principal);
    if (*naive_resource(principal) == '\0' || strncmp(principal + at, "assumed-role/", 13) != 0)
        return NULL;
    char *slash = strchr(principal + at + 13, '/');
    return slash != NULL ? slash + 1 : NULL;
}

static inline int naive_principal(const char *pattern, const char *value, const char *session)
{
    char asked[NAIVE_TEXT], stated[NAIVE_TEXT];
    const char *role = strncmp(pattern, "role/", 5) == 0 ? pattern : NULL;
    if (role == NULL && strncmp(pattern, "arn:", 4) == 0 && strstr(pattern, ":role/") != NULL)
        role = strstr(pattern, ":role/") + 1;
    if (role != NULL) {
        snprintf(asked, sizeof asked, "%.*sassumed-role%s", (int)(role - pattern), pattern, strrchr(pattern, '/'));
        char *iam = strstr(asked, ":iam:");
        if (iam != NULL && iam < asked + (role - pattern))
            memcpy(iam, ":sts:", strlen(":sts:"));
    } else {
        snprintf(asked, sizeof asked, "%s", pattern);
    }
    snprintf(stated, sizeof stated, "%s", value);
    char *asked_session = naive_asked_session(asked);
    if (asked_session != NULL)
        asked_session[-1] = '\0';
    char *own = naive_stated_session(stated);
    if (own != NULL)
        own[-1] = '\0';
    if (!naive_either(asked, stated, 0))
        return 0;
    if (asked_session == NULL || *asked_session == '\0' || strcmp(asked_session, "*") == 0)
        return 1;
    if (*session == '\0')
        session = own != NULL ? own : "";
    return *session != '\0' && naive_glob(asked_session, session);
}

static inline const char *naive_text(const char *text) { return text != NULL ? text : ""; }

static inline int naive_condition(const sc_attribution_condition *c, const sc_attribution_keys *keys)
{
    const int dim = sc_dim_of(c->key);
    const char *value, *session = naive_text(keys->dim[SC_DIM_SESSION]);
    char principal[NAIVE_TEXT];
    if (dim >= 0)
        value = naive_text(keys->dim[dim]);
    else
        value =
            keys->tags.value != NULL ? naive_text(keys->tags.value(keys->tags.context, strchr(c->key, ':') + 1)) : "";
    if (dim == SC_DIM_SESSION && *value == '\0') {
        snprintf(principal, sizeof principal, "%s", naive_text(keys->dim[SC_DIM_PRINCIPAL]));
        char *own = naive_stated_session(principal);
        value = own != NULL ? own : "";
        return *value != '\0' && naive_glob(c->pattern, value);
    }
    if (*value == '\0')
        return 0;
    switch (dim) {
    case SC_DIM_PROJECT: return naive_id(c->pattern, value, ":project/proj_");
    case SC_DIM_PROFILE: return naive_id(c->pattern, value, ":application-inference-profile/");
    case SC_DIM_WORKSPACE:
    case SC_DIM_MODEL: return naive_either(c->pattern, value, 1);
    case SC_DIM_PRINCIPAL: return naive_principal(c->pattern, value, session);
    default: return naive_glob(c->pattern, value);
    }
}

static inline int naive_match(const sc_attribution *a, const sc_attribution_keys *keys)
{
    for (size_t i = 0; i < sc_attribution_rule_count(a); i++) {
        const sc_attribution_rule *r = sc_attribution_rule_at(a, i);
        int all = keys->day >= r->from && keys->day < r->to;
        for (size_t k = 0; k < r->n_when; k++)
            all = all && naive_condition(&r->when[k], keys);
        if (all)
            return (int)i;
    }
    return -1;
}

/* Usage as text: "key=value" separated by '|', "day=2026-01-01" for the day; tags without their "tag:". */
typedef struct naive_usage {
    char text[NAIVE_TEXT];
    const char *key[40], *value[40];
    size_t n;
    sc_attribution_keys keys;
} naive_usage;

static inline const char *naive_tag(const void *context, const char *key)
{
    const naive_usage *u = context;
    for (size_t i = 0; i < u->n; i++) {
        if (strcmp(u->key[i], key) == 0)
            return u->value[i];
    }
    return NULL;
}

static inline void naive_state(naive_usage *u, const char *text)
{
    memset(u, 0, sizeof *u);
    snprintf(u->text, sizeof u->text, "%s", text);
    u->keys.tags = (sc_tags){naive_tag, u};
    for (char *at = u->text, *end; at != NULL && u->n < 40; at = end) {
        end = strchr(at, '|');
        if (end != NULL)
            *end++ = '\0';
        char *equals = strchr(at, '=');
        if (equals == NULL)
            continue;
        *equals = '\0';
        if (strcmp(at, "day") == 0)
            (void)sc_day_parse(equals + 1, strlen(equals + 1), &u->keys.day);
        else if (sc_dim_of(at) >= 0)
            u->keys.dim[sc_dim_of(at)] = equals + 1;
        u->key[u->n] = at;
        u->value[u->n++] = equals + 1;
    }
}

#endif
