/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_dist.h - a number or distribution of a scenario, from its JSON. */
#ifndef SC_SCENARIO_READ_DIST_H
#define SC_SCENARIO_READ_DIST_H

#include "base/arena.h"
#include "io/json_doc.h"
#include "stats/dist.h"

typedef enum sc_dist_role {
    SC_ROLE_POSITIVE, /* lognormal between quantiles; > 0 */
    SC_ROLE_SHARE,    /* logit-normal between quantiles; 0..1 */
    SC_ROLE_GROWTH,   /* g > -1 is held as 1 + g, lognormal between quantiles */
    SC_ROLE_TOKENS    /* as positive, truncated at `upper`, per request; 0 allowed */
} sc_dist_role;

/* Reads a number or one of
 *     {"pA": x, "pB": y}   {"mean": m, "cv": c}   {"min": a, "mode": b, "max": c}   {"values": [...], "weights": [...]}
 * (pA, pB: any two of p1 .. p99; tokens may add "max" to the first two).  `upper` truncates tokens where no "max" is
 * given. Value arrays go to the arena.  Returns SC_OK, or the code after reporting located errors. */
sc_code sc_read_dist(const sc_json_doc *doc, const cJSON *node, sc_dist_role role, double upper, sc_arena *arena,
                     sc_dist *out, sc_errors *errors);

#endif
