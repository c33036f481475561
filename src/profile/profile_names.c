/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_names.c - ids of projects and workloads that a scenario takes: short, without '/', each once. */
#include <string.h>

#include "base/utf8.h"
#include "profile/profile_fit.h"

#define ID_MAX 100 /* bytes, as scenarios have it */

/* "claude-haiku-4-5" of "anthropic.claude-haiku-4-5-20251001-v1:0". */
static sc_text short_model(const char *id)
{
    const char *dot = strchr(id, '.'), *from = dot != NULL ? dot + 1 : id;
    sc_text t = sc_text_of(from);
    const char *version = strstr(from, "-v");
    if (version != NULL && version > from && strspn(version + 2, "0123456789:") == strlen(version + 2))
        t.len = (size_t)(version - from);
    if (t.len > 9 && t.at[t.len - 9] == '-') {
        size_t digits = 0;
        while (digits < 8 && t.at[t.len - 8 + digits] >= '0' && t.at[t.len - 8 + digits] <= '9')
            digits++;
        t.len -= digits == 8 ? 9 : 0;
    }
    return t;
}

/* What a scenario takes as an id: without '/', whole characters, at most ID_MAX bytes less `room`. */
static void put_id(sc_strbuf *b, sc_text name, size_t room)
{
    for (size_t i = 0; i < name.len && b->len < ID_MAX - room;) {
        const size_t step = sc_utf8_length(name.at + i, name.len - i);
        if (b->len + step > ID_MAX - room)
            break;
        if (step == 0 || name.at[i] == '/')
            sc_strbuf_putc(b, step == 0 ? '?' : '-');
        else
            sc_strbuf_add(b, name.at + i, step);
        i += step > 0 ? step : 1;
    }
    if (b->len == 0)
        sc_strbuf_puts(b, "-");
}

static int project_is_taken(const sc_profile *p, const char *id)
{
    for (size_t i = 0; i < p->n_projects; i++) {
        if (strcmp(p->projects[i].id, id) == 0)
            return 1;
    }
    return 0;
}

const char *profile_project_id(sc_profile *p, const char *name)
{
    sc_strbuf b = {0};
    put_id(&b, sc_text_of(name), 5);
    const size_t len = b.len;
    for (int k = 2; !b.failed && project_is_taken(p, b.text); k++) {
        b.len = len;
        sc_strbuf_printf(&b, " %d", k);
    }
    const char *id = b.failed ? NULL : sc_arena_strdup(&p->arena, b.text);
    sc_strbuf_release(&b);
    return id;
}

/* What tells a part from another of the same project and workload name. */
enum { BY_MODEL = 1, BY_REGION = 2, BY_SCOPE = 4, BY_TIER = 8, BY_COUNT = 16 };

static unsigned difference(const profile_part *a, const profile_part *b)
{
    if (strcmp(a->project, b->project) != 0 || strcmp(a->workload, b->workload) != 0)
        return 0;
    return a->buy.model != b->buy.model     ? (a->workload[0] != '\0' ? BY_MODEL : 0)
           : a->buy.region != b->buy.region ? BY_REGION
           : a->buy.scope != b->buy.scope   ? BY_SCOPE
           : a->buy.tier != b->buy.tier     ? BY_TIER
           : a->counted != b->counted       ? BY_COUNT
                                            : 0;
}

static unsigned differences(const profile_usage *u, size_t part)
{
    unsigned by = 0;
    for (size_t i = part; i-- > 0 && strcmp(u->parts[i].workload, u->parts[part].workload) == 0;)
        by |= difference(&u->parts[i], &u->parts[part]);
    for (size_t i = part; i < u->n_parts && strcmp(u->parts[i].workload, u->parts[part].workload) == 0; i++)
        by |= difference(&u->parts[i], &u->parts[part]);
    return by;
}

static int is_taken(const sc_profile *p, const char *project, const char *id)
{
    for (size_t i = p->n_workloads; i-- > 0 && strcmp(p->workloads[i].project, project) == 0;) {
        if (strcmp(p->workloads[i].workload, id) == 0)
            return 1;
    }
    return 0;
}

const char *profile_workload_id(sc_profile *p, const profile_usage *u, size_t part, const char *project,
                                const char *more)
{
    const profile_part *x = &u->parts[part];
    const unsigned by = differences(u, part);
    sc_strbuf b = {0}, tail = {0};
    const sc_text model = short_model(x->buy.model->id);
    if ((by & BY_MODEL) != 0) {
        sc_strbuf_putc(&tail, ' ');
        sc_strbuf_add(&tail, model.at, model.len < 60 ? model.len : 60);
    }
    if ((by & BY_REGION) != 0)
        sc_strbuf_printf(&tail, " %s", sc_card_region(u->o->rater->card, (size_t)x->buy.region)->code);
    if ((by & BY_SCOPE) != 0)
        sc_strbuf_printf(&tail, " %s", sc_scope_name(x->buy.scope));
    if ((by & BY_TIER) != 0)
        sc_strbuf_printf(&tail, " %s", sc_tier_name(x->buy.tier));
    if ((by & BY_COUNT) != 0 && !x->counted)
        sc_strbuf_puts(&tail, " uncounted");
    sc_strbuf_puts(&tail, more);
    const size_t room = tail.len < ID_MAX - 20 ? tail.len + 5 : ID_MAX - 15;
    put_id(&b, x->workload[0] != '\0' ? sc_text_of(x->workload) : model, room);
    if (!tail.failed)
        sc_strbuf_add(&b, tail.text, tail.len < ID_MAX - 20 ? tail.len : ID_MAX - 20);
    const size_t len = b.len;
    for (int k = 2; !b.failed && is_taken(p, project, b.text); k++) {
        b.len = len;
        sc_strbuf_printf(&b, " %d", k);
    }
    const char *id = b.failed || tail.failed ? NULL : sc_arena_strdup(&p->arena, b.text);
    sc_strbuf_release(&b);
    sc_strbuf_release(&tail);
    return id;
}
