/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pattern.c - patterns and the forms of values they are held against.
 *
 * Shapes of ARNs: IAM user guide, IAM identifiers (2026); project ids and ARNs: Amazon Bedrock user guide, projects
 * (2026-07). */
#include "attribution/pattern.h"

#include <string.h>

#include "base/utf8.h"
#include "usage/reader.h"

#define NOT_FOUND SIZE_MAX

static sc_text from(sc_text t, size_t at) { return (sc_text){t.at + at, t.len - at}; }
static sc_text until(sc_text t, size_t end) { return (sc_text){t.at, end}; }

static int starts_with(sc_text t, const char *start)
{
    const size_t len = strlen(start);
    return t.len >= len && memcmp(t.at, start, len) == 0;
}

static int is_same(sc_text a, sc_text b) { return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0); }

static size_t find(sc_text t, const char *what)
{
    for (size_t i = 0; i < t.len; i++) {
        if (starts_with(from(t, i), what))
            return i;
    }
    return NOT_FOUND;
}

static size_t find_last(sc_text t, char c)
{
    size_t i = t.len;
    while (i > 0 && t.at[i - 1] != c)
        i--;
    return i > 0 ? i - 1 : NOT_FOUND;
}

static int is_special(char c) { return c == '*' || c == '?' || c == '\\'; }

static int has_special(sc_text t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (is_special(t.at[i]))
            return 1;
    }
    return 0;
}

/* ---- escapes */

size_t sc_pattern_find(sc_text raw, char c)
{
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.at[i] == '\\')
            i++;
        else if (raw.at[i] == c)
            return i;
    }
    return raw.len;
}

int sc_pattern_unescape(sc_arena *arena, sc_text raw, sc_text *out)
{
    char *text = sc_arena_strndup(arena, raw.at, raw.len);
    size_t len = 0;
    if (text == NULL)
        return 0;
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.at[i] == '\\' && i + 1 < raw.len)
            i++;
        text[len++] = raw.at[i];
    }
    text[len] = '\0';
    *out = (sc_text){text, len};
    return 1;
}

const char *sc_pattern_flaw(sc_text raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.at[i] != '\\')
            continue;
        if (++i == raw.len || strchr("*?\\&=", raw.at[i]) == NULL)
            return "has a '\\' that escapes nothing, expected '\\*', '\\?', '\\&', '\\=' or '\\\\'";
    }
    return NULL;
}

/* ---- reading */

/* "arn:aws:iam::1:role/path/Name", or from "role/" on: where "role/" starts, NOT_FOUND in other texts. */
static size_t find_role(sc_text raw)
{
    if (starts_with(raw, "role/"))
        return 0;
    const size_t at = starts_with(raw, "arn:") ? find(raw, ":role/") : NOT_FOUND;
    return at != NOT_FOUND ? at + 1 : NOT_FOUND;
}

int sc_pattern_is_open_path(int dim, sc_text raw)
{
    const size_t role = dim == SC_DIM_PRINCIPAL ? find_role(raw) : NOT_FOUND;
    return role != NOT_FOUND && find_last(raw, '/') > role + strlen("role") &&
           has_special(from(raw, find_last(raw, '/')));
}

/* The role as principals of usage state it, without the path: role names are unique in an account. */
static int read_role(sc_arena *arena, sc_text *raw, size_t role)
{
    static const char iam[] = ":iam:", sts[] = ":sts:", assumed[] = "assumed-role";
    const sc_text name = from(*raw, find_last(*raw, '/')); /* with its '/' */
    const sc_text account = until(*raw, role);
    const size_t service = find(account, iam), len = role + strlen(assumed) + name.len;
    char *text = sc_arena_alloc(arena, len + 1, 1);
    if (text == NULL)
        return 0;
    if (role > 0)
        memcpy(text, account.at, role);
    if (service != NOT_FOUND)
        memcpy(text + service, sts, strlen(sts));
    memcpy(text + role, assumed, strlen(assumed));
    memcpy(text + role + strlen(assumed), name.at, name.len);
    *raw = (sc_text){text, len};
    return 1;
}

/* Cuts the session off "...assumed-role/Role/session". */
static void cut_session(sc_text *raw, sc_text *session)
{
    static const char assumed[] = "assumed-role/";
    const size_t at = find(*raw, assumed);
    if (at == NOT_FOUND || (at > 0 && raw->at[at - 1] != ':'))
        return;
    const size_t name = at + strlen(assumed), slash = name + sc_pattern_find(from(*raw, name), '/');
    if (slash >= raw->len)
        return;
    *session = from(*raw, slash + 1);
    *raw = until(*raw, slash);
}

/* Ids of projects and profiles are random, so that the id alone names the same as the ARN; `marker` is what stands
 * before such an id.  Not so "project/default", which every account has. */
static sc_text shortened(sc_text raw, const char *marker, size_t id)
{
    const size_t at = starts_with(raw, "arn:") ? find(raw, marker) : NOT_FOUND;
    return at == NOT_FOUND || at + id == raw.len || has_special(from(raw, at + id)) ? raw : from(raw, at + id);
}

static sc_text tail_of(sc_text raw)
{
    size_t at = raw.len;
    while (at > 0 && !is_special(raw.at[at - 1]))
        at--;
    return from(raw, at);
}

int sc_pattern_read(sc_arena *arena, int dim, sc_text raw, sc_pattern *out, sc_text *session)
{
    static const char project[] = ":project/", profile[] = ":application-inference-profile/";
    *session = (sc_text){NULL, 0};
    if (dim == SC_DIM_PRINCIPAL && find_role(raw) != NOT_FOUND && !read_role(arena, &raw, find_role(raw)))
        return 0;
    if (dim == SC_DIM_PRINCIPAL)
        cut_session(&raw, session);
    else if (dim == SC_DIM_PROJECT)
        raw = shortened(raw, ":project/proj_", strlen(project));
    else if (dim == SC_DIM_PROFILE)
        raw = shortened(raw, profile, strlen(profile));
    *out = (sc_pattern){.text = raw, .tail = tail_of(raw)};
    out->is_glob = sc_pattern_find(raw, '*') < raw.len || sc_pattern_find(raw, '?') < raw.len;
    return out->is_glob || sc_pattern_unescape(arena, raw, &out->text);
}

/* ---- matching */

/* What stands after the fifth colon of an ARN; no text in others. */
static sc_text resource_of(sc_text value)
{
    int colons = 0;
    for (size_t i = 0; starts_with(value, "arn:") && i < value.len; i++) {
        if (value.at[i] == ':' && ++colons == 5)
            return from(value, i + 1);
    }
    return (sc_text){NULL, 0};
}

static void add_form(sc_forms *forms, sc_text form)
{
    if (form.len > 0)
        forms->form[forms->n++] = form;
}

sc_forms sc_forms_of(int dim, sc_text value)
{
    sc_forms forms = {.n = 0};
    sc_text session;
    if (value.len == 0)
        return forms;
    if (dim == SC_DIM_PRINCIPAL) { /* arn:aws:iam::1:user/alice, user/alice */
        sc_usage_principal(value, &value, &session);
        add_form(&forms, value);
        add_form(&forms, resource_of(value));
        return forms;
    }
    add_form(&forms, value);
    if (dim == SC_DIM_PROJECT || dim == SC_DIM_WORKSPACE || dim == SC_DIM_PROFILE || dim == SC_DIM_MODEL) {
        const sc_text resource = resource_of(value); /* project/proj_1: proj_1 */
        const char *slash = resource.len > 0 ? memchr(resource.at, '/', resource.len) : NULL;
        if (slash != NULL)
            add_form(&forms, from(resource, (size_t)(slash - resource.at) + 1));
    }
    return forms;
}

/* Goes back to the last '*' only: what an earlier one could take more, the last one can. */
int sc_glob_matches(sc_text glob, sc_text value)
{
    size_t g = 0, v = 0, star = NOT_FOUND, from_star = 0;
    while (v < value.len) {
        const size_t literal = g < glob.len && glob.at[g] == '\\' ? g + 1 : g;
        if (g < glob.len && glob.at[g] == '*') {
            star = ++g;
            from_star = v;
        } else if (g < glob.len && glob.at[g] == '?') {
            g++;
            v += sc_utf8_step(value.at + v, value.len - v);
        } else if (literal < glob.len && glob.at[literal] == value.at[v]) {
            g = literal + 1;
            v++;
        } else if (star != NOT_FOUND) {
            from_star += sc_utf8_step(value.at + from_star, value.len - from_star);
            g = star;
            v = from_star;
        } else {
            return 0;
        }
    }
    while (g < glob.len && glob.at[g] == '*')
        g++;
    return g == glob.len;
}

static int matches_form(const sc_pattern *p, sc_text form)
{
    if (!p->is_glob)
        return is_same(p->text, form);
    return p->tail.len <= form.len && memcmp(from(form, form.len - p->tail.len).at, p->tail.at, p->tail.len) == 0 &&
           sc_glob_matches(p->text, form);
}

int sc_pattern_matches(const sc_pattern *p, const sc_forms *forms)
{
    return (forms->n > 0 && matches_form(p, forms->form[0])) || (forms->n > 1 && matches_form(p, forms->form[1]));
}

int sc_pattern_covers(const sc_pattern *wide, const sc_pattern *narrow, int dim)
{
    if (!narrow->is_glob) {
        const sc_forms forms = sc_forms_of(dim, narrow->text);
        return sc_pattern_matches(wide, &forms);
    }
    return wide->is_glob && (sc_text_is(wide->text, "*") || is_same(wide->text, narrow->text));
}
