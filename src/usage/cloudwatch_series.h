/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cloudwatch_series.h - series of CloudWatch metrics, joined into records.
 *
 * CloudWatch publishes the same usage several times, by other sets of dimensions (Bedrock user guide, monitoring,
 * 2026): by model; by model and project; by model and service tier; over all models.  Of such views only one is used,
 * never their sum. */
#ifndef SC_USAGE_CLOUDWATCH_SERIES_H
#define SC_USAGE_CLOUDWATCH_SERIES_H

#include "base/arena.h"
#include "usage/reader.h"

/* A point is the value of a token meter, or of this. */
#define SC_CW_REQUESTS SC_TOKEN_METERS
#define SC_CW_SLOTS (SC_TOKEN_METERS + 1)

typedef enum sc_cw_space { SC_CW_RUNTIME, SC_CW_MANTLE, SC_CW_SPACES } sc_cw_space;

/* One metric with one set of dimensions.  Texts "" = not stated. */
typedef struct sc_cw_series {
    sc_cw_space space;
    int slot;
    sc_text account, region, model, project, window;
    int tier;       /* -1 = not stated */
    int64_t period; /* seconds, 0 = not stated */
    sc_text source; /* for messages */
    size_t usage;   /* set by sc_cw_deliver: equal for series of the same usage */
    int unused;     /* likewise */
} sc_cw_series;

typedef struct sc_cw_point {
    size_t series;
    int64_t time, value;
    sc_text source;
} sc_cw_point;

typedef struct sc_cw_export {
    sc_usage_sink *sink;
    sc_arena texts;
    sc_cw_series *series;
    size_t n_series, cap_series;
    sc_cw_point *points;
    size_t n_points, cap_points;
    int more; /* 1: the last page that was read names a next one */
    int no_memory;
} sc_cw_export; /* zero-initialise but for the sink */

/* Adds a series, whose texts are copied (but for the source); the points that follow belong to it. */
void sc_cw_add_series(sc_cw_export *x, const sc_cw_series *s);
void sc_cw_add_point(sc_cw_export *x, int64_t time, int64_t value, sc_text source);

/* Delivers one record for each usage and time. */
void sc_cw_deliver(sc_cw_export *x);
void sc_cw_release(sc_cw_export *x);

#endif
