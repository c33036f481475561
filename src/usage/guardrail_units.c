/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guardrail_units.c - units of guardrail policies in the trace of a model call. */
#include "usage/guardrail_units.h"

/* Variants are those of pricing/prices-amazon-bedrock.csv; image units and automated reasoning have no price there and
 * show as unpriced. */
static const struct {
    const char *key;
    sc_meter meter;
    const char *variant;
} policies[SC_GUARDRAIL_UNITS] = {
    {"contentPolicyUnits", SC_METER_TEXT_UNIT, "content filter"},
    {"topicPolicyUnits", SC_METER_TEXT_UNIT, "denied topics"},
    {"wordPolicyUnits", SC_METER_TEXT_UNIT, "word filter"},
    {"sensitiveInformationPolicyUnits", SC_METER_TEXT_UNIT, "sensitive information"},
    {"sensitiveInformationPolicyFreeUnits", SC_METER_TEXT_UNIT, "sensitive information regex"},
    {"contextualGroundingPolicyUnits", SC_METER_TEXT_UNIT, "contextual grounding"},
    {"automatedReasoningPolicyUnits", SC_METER_TEXT_UNIT, "automated reasoning"},
    {"contentPolicyImageUnits", SC_METER_INPUT_IMAGE, "content filter"},
};

static int usage_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    sc_guardrail_units *u = to;
    const char *at = c->at;
    int64_t n = -1;
    size_t i = 0;
    while (i < SC_GUARDRAIL_UNITS && !sc_text_is(key, policies[i].key))
        i++;
    if (i == SC_GUARDRAIL_UNITS)
        return 0;
    if (sc_fields_count(f, c, key, &n) && __builtin_add_overflow(u->n[i], n, &u->n[i]))
        sc_fields_fail(f, c, at, "%s add up to more than 9223372036854775807", policies[i].key);
    return 1;
}

static int metrics_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    return sc_text_is(key, "usage") ? sc_fields_each(f, c, usage_member, to), 1 : 0;
}

static int assessment_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    return sc_text_is(key, "invocationMetrics") ? sc_fields_each(f, c, metrics_member, to), 1 : 0;
}

static int id_member(sc_fields *f, sc_json_cursor *c, sc_text id, void *to)
{
    (void)id;
    sc_fields_each(f, c, assessment_member, to);
    return 1;
}

static int guardrail_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    if (!sc_text_is(key, "input") && !sc_text_is(key, "outputs") && !sc_text_is(key, "inputAssessment") &&
        !sc_text_is(key, "outputAssessments"))
        return 0;
    sc_fields_each(f, c, id_member, to);
    return 1;
}

static int trace_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    return sc_text_is(key, "guardrail") ? sc_fields_each(f, c, guardrail_member, to), 1 : 0;
}

void sc_guardrail_read(sc_fields *f, sc_json_cursor *c, sc_guardrail_units *u)
{
    sc_fields_each(f, c, trace_member, u);
}

size_t sc_guardrail_extras(const sc_guardrail_units *u, sc_extra extras[SC_GUARDRAIL_UNITS])
{
    size_t n = 0;
    for (size_t i = 0; i < SC_GUARDRAIL_UNITS; i++) {
        if (u->n[i] > 0)
            extras[n++] = (sc_extra){policies[i].meter, "bedrock.guardrails", policies[i].variant, u->n[i]};
    }
    return n;
}
