/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_json.c - a profile as a scenario (scenarios/README.md is the format). */
#include <string.h>

#include "io/json_put.h"
#include "profile/profile_fit.h"

static void put_pair(sc_strbuf *b, const char *before, const char *key, const char *value)
{
    sc_strbuf_puts(b, before);
    sc_put_json(b, key);
    sc_strbuf_puts(b, ": ");
    sc_put_json(b, value);
}

static void put_number_pair(sc_strbuf *b, const char *before, const char *key, double value)
{
    sc_strbuf_printf(b, "%s\"%s\": ", before, key);
    sc_put_significant(b, value);
}

static void put_range(sc_strbuf *b, const char *before, const char *key, const sc_profile_range *r)
{
    sc_strbuf_printf(b, "%s\"%s\": {\"p10\": ", before, key);
    sc_put_significant(b, r->p10);
    sc_strbuf_puts(b, ", \"p90\": ");
    sc_put_significant(b, r->p90);
    sc_strbuf_putc(b, '}');
}

static void put_offer(sc_strbuf *b, const sc_card *card, const sc_buy *buy)
{
    put_pair(b, "          \"offer\": {", "model", buy->model->id);
    put_pair(b, ", ", "region", sc_card_region(card, (size_t)buy->region)->code);
    put_pair(b, ", ", "scope", sc_scope_name(buy->scope));
    put_pair(b, ", ", "tier", sc_tier_name(buy->tier));
    sc_strbuf_puts(b, "},\n");
}

static int is_flat(const double w[7])
{
    for (int k = 1; k < 7; k++) {
        if (w[k] != w[0])
            return 0;
    }
    return 1;
}

static void put_volume(sc_strbuf *b, const sc_profile_volume *v)
{
    sc_strbuf_puts(b, "          \"volume\": {\n");
    put_range(b, "            ", "requests_per_day", &v->per_day);
    put_range(b, ",\n            ", "growth_per_month", &v->growth);
    if (!is_flat(v->weekday)) {
        sc_strbuf_puts(b, ",\n            \"weekday\": [");
        for (int k = 0; k < 7; k++) {
            sc_strbuf_puts(b, k > 0 ? ", " : "");
            sc_put_significant(b, v->weekday[k]);
        }
        sc_strbuf_putc(b, ']');
    }
    put_number_pair(b, ",\n            ", "day_cv", v->day_cv);
    if (v->swing_cv > 0.0) {
        put_number_pair(b, ",\n            \"swings\": {", "cv", v->swing_cv);
        put_number_pair(b, ", ", "half_life", v->half_life);
        sc_strbuf_putc(b, '}');
    }
    put_number_pair(b, ",\n            ", "wander_per_month", v->wander);
    put_number_pair(b, ",\n            ", "burstiness", v->burstiness);
    sc_strbuf_puts(b, "\n          },\n");
}

static void put_cache(sc_strbuf *b, const sc_profile_cache *c)
{
    if (!(c->prefix_tokens > 0.0))
        return;
    put_number_pair(b, "          \"cache\": {", "prefix_tokens", c->prefix_tokens);
    if (c->per_key > 0.0)
        put_number_pair(b, ", ", "requests_per_key", c->per_key);
    else
        put_number_pair(b, ", ", "keys", c->keys);
    put_pair(b, ", ", "ttl", sc_ttl_name(c->ttl));
    if (c->ttl != SC_TTL_NONE) /* bills and logs do not say whether a prefix was new or forgotten */
        put_pair(b, ", ", "writes", "unknown");
    sc_strbuf_puts(b, "},\n");
}

static void put_values(sc_strbuf *b, const sc_profile_tokens *t)
{
    sc_strbuf_puts(b, "{\"values\": [");
    for (size_t i = 0; i < t->n_values; i++) {
        sc_strbuf_puts(b, i > 0 ? ", " : "");
        sc_put_significant(b, t->values[i]);
    }
    sc_strbuf_puts(b, "],\n              \"weights\": [");
    for (size_t i = 0; i < t->n_values; i++)
        sc_strbuf_printf(b, "%s%lld", i > 0 ? ", " : "", (long long)t->weights[i]);
    sc_strbuf_puts(b, "]}");
}

static void put_size(sc_strbuf *b, const char *before, const char *key, const sc_profile_tokens *t)
{
    sc_strbuf_printf(b, "%s\"%s\": ", before, key);
    if (t->form == SC_PROFILE_VALUES) {
        put_values(b, t);
    } else if (t->form == SC_PROFILE_LOGNORMAL) {
        put_number_pair(b, "{", "mean", t->mean);
        put_number_pair(b, ", ", "cv", t->cv);
        if (t->max > 0.0)
            put_number_pair(b, ", ", "max", t->max);
        sc_strbuf_putc(b, '}');
    } else {
        sc_put_significant(b, t->mean);
    }
}

static void put_scale(sc_strbuf *b, const char *key, double cv)
{
    sc_strbuf_printf(b, ",\n            \"%s\": {\"mean\": 1, \"cv\": ", key);
    sc_put_significant(b, cv);
    sc_strbuf_putc(b, '}');
}

static void put_tokens(sc_strbuf *b, const sc_profile_workload *w)
{
    sc_strbuf_puts(b, "          \"tokens\": {\n");
    put_size(b, "            ", "input", &w->input);
    put_size(b, ",\n            ", "output", &w->output);
    if (w->correlation != 0.0)
        put_number_pair(b, ",\n            ", "correlation", w->correlation);
    put_scale(b, "input_scale", w->input.scale_cv);
    put_scale(b, "output_scale", w->output.scale_cv);
    sc_strbuf_puts(b, "\n          }\n");
}

static void put_workload(sc_strbuf *b, const sc_card *card, const sc_profile_workload *w, int first)
{
    sc_strbuf_puts(b, first ? "        {\n" : ",\n        {\n");
    put_pair(b, "          ", "id", w->workload);
    sc_strbuf_puts(b, ",\n");
    put_offer(b, card, &w->buy);
    put_volume(b, &w->volume);
    put_cache(b, &w->cache);
    put_tokens(b, w);
    sc_strbuf_puts(b, "        }");
}

static void put_tags(sc_strbuf *b, const profile_project *p)
{
    const char *before = "      \"tags\": {";
    for (size_t i = 0; i < p->n_tags; i++) {
        if (p->tags[i].value == NULL)
            continue;
        put_pair(b, before, p->tags[i].key, p->tags[i].value);
        before = ", ";
    }
    if (before[0] == ',')
        sc_strbuf_puts(b, "},\n");
}

/* A project without a workload that was fitted does not appear. */
static size_t put_project(sc_strbuf *b, const sc_profile *p, const profile_project *project, size_t next)
{
    const size_t first = next;
    while (next < p->n_workloads && strcmp(p->workloads[next].project, project->id) == 0) {
        if (next == first) {
            sc_strbuf_puts(b, first > 0 ? ",\n    {\n" : "    {\n");
            put_pair(b, "      ", "id", project->id);
            sc_strbuf_puts(b, ",\n");
            put_tags(b, project);
            sc_strbuf_puts(b, "      \"workloads\": [\n");
        }
        put_workload(b, p->card, &p->workloads[next], next == first);
        next++;
    }
    if (next > first)
        sc_strbuf_puts(b, "\n      ]\n    }");
    return next;
}

sc_code sc_profile_scenario_json(const sc_profile *p, const char *name, char **text, size_t *size)
{
    char start[16];
    sc_strbuf b = {0};
    size_t next = 0;
    sc_strbuf_puts(&b, "{\n  \"spendcast\": 1,\n");
    if (name != NULL && name[0] != '\0') {
        put_pair(&b, "  ", "name", name);
        sc_strbuf_puts(&b, ",\n");
    }
    sc_strbuf_printf(&b, "  \"horizon\": {\"start\": \"%s\", \"%s\": %d},\n  \"projects\": [\n",
                     sc_day_format(p->start, start), p->days > 0 ? "days" : "months",
                     p->days > 0 ? p->days : p->months);
    for (size_t i = 0; i < p->n_projects; i++)
        next = put_project(&b, p, &p->projects[i], next);
    sc_strbuf_puts(&b, "\n  ]\n}\n");
    *text = NULL;
    *size = 0;
    if (b.failed) {
        sc_strbuf_release(&b);
        return SC_E_MEMORY;
    }
    *text = b.text;
    *size = b.len;
    return SC_OK;
}
