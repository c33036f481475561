/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_query.c - questions to a loaded scenario. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "scenario/model.h"

const char *sc_scenario_name(const sc_scenario *s) { return s->name; }
const char *sc_scenario_hash(const sc_scenario *s) { return s->hash; }
size_t sc_scenario_project_count(const sc_scenario *s) { return s->n_projects; }
const char *sc_scenario_project_id(const sc_scenario *s, size_t project) { return s->projects[project].id; }
size_t sc_scenario_workload_count(const sc_scenario *s) { return s->n_workloads; }
const char *sc_scenario_workload_id(const sc_scenario *s, size_t workload) { return s->workloads[workload].id; }
size_t sc_scenario_workload_project(const sc_scenario *s, size_t workload) { return s->workloads[workload].project; }
const char *sc_scenario_workload_model(const sc_scenario *s, size_t workload)
{
    return s->workloads[workload].model_text;
}
size_t sc_scenario_tag_key_count(const sc_scenario *s) { return s->n_tag_keys; }
const char *sc_scenario_tag_key(const sc_scenario *s, size_t i) { return s->tag_keys[i]; }
size_t sc_scenario_setting_count(const sc_scenario *s) { return s->n_settings; }
const sc_setting *sc_scenario_setting(const sc_scenario *s, size_t i) { return &s->settings[i]; }
double sc_scenario_effort_days(const sc_scenario *s, sc_lever lever) { return s->effort_days[lever]; }
double sc_scenario_day_usd(const sc_scenario *s) { return s->day_usd; }

const char *sc_lever_name(sc_lever lever)
{
    static const char *const names[SC_LEVERS] = {"scope", "tier",    "cache",   "wait",      "output",
                                                 "model", "routing", "cascade", "commitment"};
    return lever < SC_LEVERS ? names[lever] : "";
}

void sc_scenario_horizon(const sc_scenario *s, sc_day *start, sc_day *end)
{
    *start = s->start;
    *end = s->end;
}

static const char *tag_of(const sc_project *p, const char *key)
{
    for (size_t i = 0; i < p->n_tags; i++) {
        if (strcmp(p->tags[i].key, key) == 0)
            return p->tags[i].value;
    }
    return NULL;
}

const char *sc_scenario_tag(const sc_scenario *s, size_t project, const char *key)
{
    return tag_of(&s->projects[project], key);
}

const char *sc_project_tag(const void *project, const char *key)
{
    const sc_project *p = project;
    const char *value = tag_of(p, key);
    return value == NULL && strcmp(key, "project") == 0 ? p->id : value;
}

/* "PROJECT/WORKLOAD"; short of memory, the workload's id alone. */
static const char *full_name(const sc_scenario *s, size_t workload, sc_arena *arena)
{
    const sc_workload *w = &s->workloads[workload];
    const char *project = s->projects[w->project].id;
    size_t size = strlen(project) + strlen(w->id) + 2;
    char *text = SC_ARENA_ARRAY(arena, char, size);
    if (text == NULL)
        return w->id;
    snprintf(text, size, "%s/%s", project, w->id);
    return text;
}

int sc_scenario_find_workload(const sc_scenario *s, const char *name, char *why, size_t why_size)
{
    const char *slash = strchr(name, '/'), *id = slash != NULL ? slash + 1 : name;
    int found = -1, matches = 0;
    for (size_t i = 0; i < s->n_workloads; i++) {
        const sc_workload *w = &s->workloads[i];
        const char *project = s->projects[w->project].id;
        int same_project = slash == NULL ||
                           (strlen(project) == (size_t)(slash - name) && strncmp(project, name, strlen(project)) == 0);
        if (same_project && strcmp(w->id, id) == 0) {
            found = (int)i;
            matches++;
        }
    }
    if (matches == 1)
        return found;
    if (matches > 1) {
        snprintf(why, why_size, "workload '%s' stands in %d projects, expected PROJECT/WORKLOAD such as '%s/%s'", name,
                 matches, s->projects[s->workloads[found].project].id, id);
        return -1;
    }
    const char **names = SC_NEW_ARRAY(const char *, s->n_workloads);
    char hint[SC_NAME_HINT_MAX];
    sc_arena full_names = {0};
    /* A lone id is sought among ids; where none is near, or a project was named, all of PROJECT/WORKLOAD count. */
    const size_t n = names != NULL ? s->n_workloads : 0;
    for (int full = slash != NULL; full <= 1; full++) {
        for (size_t i = 0; i < n; i++)
            names[i] = full ? full_name(s, i, &full_names) : s->workloads[i].id;
        if (sc_nearest_name(name, names, n) != NULL)
            break;
    }
    snprintf(why, why_size, "unknown workload '%s'%s", name, sc_name_hint(name, names, n, hint));
    sc_arena_release(&full_names);
    sc_free(names);
    return -1;
}

static int is_named(const sc_name_list *list, const sc_model *m)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->names[i], m->provider) == 0 || strcmp(list->names[i], m->id) == 0)
            return 1;
    }
    return 0;
}

const char *sc_policy_refusal(const sc_policy *p, const sc_model *m)
{
    if (is_named(&p->deny, m))
        return "policy: denied";
    return p->allow.n > 0 && !is_named(&p->allow, m) ? "policy: not among those allowed" : NULL;
}
