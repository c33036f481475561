/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_policy.c - what an organisation allows, and what a change costs it, from a scenario's JSON. */
#include "scenario/read_policy.h"

#include <stddef.h>
#include <string.h>

static int is_provider(const sc_card *card, const char *name)
{
    for (size_t i = 0; i < sc_card_model_count(card); i++) {
        if (strcmp(sc_card_model(card, i)->provider, name) == 0)
            return 1;
    }
    return 0;
}

/* The provider of this name, or the id of the model that the text stands for; NULL after an error. */
static const char *rule_name(sc_reader *r, const cJSON *node, const sc_field *f)
{
    const char *text = sc_read_string(r, node, f);
    sc_model_ref ref;
    char why[400];
    if (text == NULL || is_provider(r->s->card, text))
        return text;
    if (sc_card_resolve(r->s->card, text, &ref, why, sizeof why) == SC_OK)
        return ref.model->id;
    READ_ERROR(r, node, SC_JSON_VALUE, "is neither a provider nor a model: %s", why);
    return NULL;
}

static void read_names(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_name_list *list = target;
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return;
    }
    if (!cJSON_IsArray(node) || node->child == NULL) {
        READ_ERROR(r, node, SC_JSON_VALUE, "is not %s", f->type);
        return;
    }
    list->names = sc_reader_keep_array(r, (size_t)cJSON_GetArraySize(node), sizeof *list->names);
    for (const cJSON *c = node->child; c != NULL && list->names != NULL; c = c->next) {
        const char *name = rule_name(r, c, f);
        if (name != NULL)
            list->names[list->n++] = sc_reader_keep(r, name);
    }
    sc_reader_record_node(r, f, node);
}

const sc_field sc_policy_fields[] = {
    {"allow", "a list of providers and models", NO_DEFAULT, "", "only these may be used", read_names,
     offsetof(sc_policy, allow), 0, 0, 0, 0},
    {"deny", "a list of providers and models", NO_DEFAULT, "", "these may not be used", read_names,
     offsetof(sc_policy, deny), 0, 0, 0, 0},
    {"provider_share_max", "a number from 0 to 1", "1", "share of spend",
     "most of all spend that may go to one provider", sc_read_real, offsetof(sc_policy, provider_share), 0, 1, 1, 0},
};
const size_t sc_policy_n_fields = sizeof sc_policy_fields / sizeof sc_policy_fields[0];

void sc_read_policy(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_read_nested(r, node, f, "a policy", sc_policy_fields, sc_policy_n_fields, target);
}

#define EFFORT(lever, key, init, help)                                                                               \
    {                                                                                                                \
        key, "a number from 0 to 10000", #init, "person-days", help, sc_read_real, (lever) * sizeof(double), 0, 1e4, \
            init, 0                                                                                                  \
    }
/* The defaults are judgement, to order what to do first; set your own where you know better. */
const sc_field sc_effort_fields[] = {
    EFFORT(SC_LEVER_SCOPE, "scope", 0.5, "another region or routing scope: a setting"),
    EFFORT(SC_LEVER_TIER, "tier", 0.5, "another tier for all requests: a setting"),
    EFFORT(SC_LEVER_CACHE, "cache", 2, "prompt caching, or another lifetime: prompts in another order"),
    EFFORT(SC_LEVER_WAIT, "wait", 5, "batch or flex for requests that can wait: a queue"),
    EFFORT(SC_LEVER_OUTPUT, "output", 2, "shorter answers: prompts and limits"),
    EFFORT(SC_LEVER_MODEL, "model", 5, "another model: prompts, tests, release"),
    EFFORT(SC_LEVER_ROUTING, "routing", 10, "a router by segment, kept up to date"),
    EFFORT(SC_LEVER_CASCADE, "cascade", 15, "a check of each answer and a second call"),
    EFFORT(SC_LEVER_COMMITMENT, "commitment", 1, "reserved or provisioned capacity: a purchase"),
};
const size_t sc_effort_n_fields = sizeof sc_effort_fields / sizeof sc_effort_fields[0];

void sc_read_effort(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_read_nested(r, node, f, "a set of efforts", sc_effort_fields, sc_effort_n_fields, target);
}
