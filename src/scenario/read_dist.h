/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_dist.h - a number or distribution of a scenario, from its JSON. */
#ifndef SC_SCENARIO_READ_DIST_H
#define SC_SCENARIO_READ_DIST_H

#include "scenario/read_field.h"

/* The most that the tokens of one request can be, and what sets it ("the window of ..."). */
typedef struct sc_dist_limit {
    double value;
    const char *name;
} sc_dist_limit;

/* Reads a number or one of
 *     {"pA": x, "pB": y}   {"mean": m, "cv": c}   {"min": a, "mode": b, "max": c}   {"values": [...], "weights": [...]}
 * (pA, pB: any two of p1 .. p99; tokens may add "max" to the first two).  No number may be above `limit` (NULL = none),
 * which truncates where no "max" is given.  Value arrays live as long as the scenario.  Returns 1, or 0 after located
 * errors or a failed allocation. */
int sc_read_dist(sc_reader *r, const cJSON *node, sc_dist_role role, const sc_dist_limit *limit, sc_dist *out);

#endif
