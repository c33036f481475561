/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario.h - projects and their workloads over a horizon, read from JSON (scenarios/README.md is the format).
 *
 * A scenario is immutable after loading and keeps pointers into the card it was loaded with: free it first. */
#ifndef SPENDCAST_SCENARIO_H
#define SPENDCAST_SCENARIO_H

#include <stddef.h>

#include "spendcast/date.h"
#include "spendcast/error.h"
#include "spendcast/rates.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sc_scenario sc_scenario;

/* Reads a file ("-" = stdin), or text[0..size) with `name` for messages.  Located errors for unknown and duplicate
 * keys, types, ranges, unknown models and regions; several per call.  *out is NULL on failure.  Free with
 * sc_scenario_free. */
SC_API sc_code sc_scenario_load(const char *path, const sc_card *card, sc_scenario **out, sc_errors *errors);
SC_API sc_code sc_scenario_parse(const char *name, const char *text, size_t size, const sc_card *card,
                                 sc_scenario **out, sc_errors *errors);
SC_API void sc_scenario_free(sc_scenario *s);

SC_API const char *sc_scenario_name(const sc_scenario *s);
SC_API const char *sc_scenario_hash(const sc_scenario *s); /* SHA-256 of the text, 64 hex digits */
SC_API void sc_scenario_horizon(const sc_scenario *s, sc_day *start, sc_day *end); /* [start, end) */
SC_API size_t sc_scenario_project_count(const sc_scenario *s);
SC_API const char *sc_scenario_project_id(const sc_scenario *s, size_t project);
SC_API size_t sc_scenario_workload_count(const sc_scenario *s); /* over all projects, in file order */
SC_API const char *sc_scenario_workload_id(const sc_scenario *s, size_t workload);
SC_API size_t sc_scenario_workload_project(const sc_scenario *s, size_t workload);
/* The model id of a workload's current offer as the scenario writes it. */
SC_API const char *sc_scenario_workload_model(const sc_scenario *s, size_t workload);
/* Finds "workload" (if its id is unique) or "project/workload"; -1 with a message (nearest name) in `why` otherwise. */
SC_API int sc_scenario_find_workload(const sc_scenario *s, const char *name, char *why, size_t why_size);
/* The value of a tag of a project, NULL = not set. */
SC_API const char *sc_scenario_tag(const sc_scenario *s, size_t project, const char *key);
/* Tag keys used anywhere, in order of first use. */
SC_API size_t sc_scenario_tag_key_count(const sc_scenario *s);
SC_API const char *sc_scenario_tag_key(const sc_scenario *s, size_t i);

/* What may change about how a workload is bought or served; the order is that of reports. */
typedef enum sc_lever {
    SC_LEVER_SCOPE,      /* source region or routing scope */
    SC_LEVER_TIER,       /* tier of all requests */
    SC_LEVER_CACHE,      /* prompt caching, or its lifetime */
    SC_LEVER_WAIT,       /* batch or flex for requests that can wait */
    SC_LEVER_OUTPUT,     /* shorter answers */
    SC_LEVER_MODEL,      /* another model for all requests */
    SC_LEVER_ROUTING,    /* another model for some segments */
    SC_LEVER_CASCADE,    /* another model first, today's where a check fails */
    SC_LEVER_COMMITMENT, /* reserved or provisioned capacity */
    SC_LEVERS
} sc_lever;
SC_API const char *sc_lever_name(sc_lever lever); /* "cache" ... as under "effort_days" */
/* Person-days that a change by the lever takes, and what one costs in USD (0 = the scenario does not say). */
SC_API double sc_scenario_effort_days(const sc_scenario *s, sc_lever lever);
SC_API double sc_scenario_day_usd(const sc_scenario *s);

/* One setting in force: where it stands, its value as text, and whether the scenario set it. */
typedef struct sc_setting {
    const char *path; /* "/projects/0/workloads/1/volume/burstiness" */
    const char *value;
    const char *unit; /* "requests a day", "" = none */
    int is_default;
} sc_setting;
SC_API size_t sc_scenario_setting_count(const sc_scenario *s);
SC_API const sc_setting *sc_scenario_setting(const sc_scenario *s, size_t i);

/* The keys of the format, for help and documentation. */
typedef struct sc_scenario_key {
    const char *object; /* "workload", "volume" ... */
    const char *key;
    const char *type;     /* "positive number or distribution" ... */
    const char *fallback; /* the default as text, "required", or "not set" */
    const char *unit;
    const char *help;
} sc_scenario_key;
/* Fills keys[0..max) and returns how many there are. */
SC_API size_t sc_scenario_keys(sc_scenario_key *keys, size_t max);

#ifdef __cplusplus
}
#endif
#endif
