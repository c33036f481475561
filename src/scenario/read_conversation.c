/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_conversation.c - requests that carry the turns before them, from a scenario's JSON. */
#include "scenario/read_conversation.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "scenario/read_value.h"
#include "stats/elementary.h"

#define SCORE_999 3.0902323061678132 /* normal score of 99.9 % */

/* Judgement: four of five turns come within 5 minutes, nearly all within an hour. */
#define GAP_P10 10.0
#define GAP_P90 600.0

static void read_gap(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_read_uncertain(r, node, f, target);
    if (node == NULL)
        (void)sc_dist_lognormal_quantiles(target, 0.1, GAP_P10, 0.9, GAP_P90, SC_INF);
}

/* What the window of today's model leaves beside the prefix and nearly every new input and answer. */
static double room_for_history(const sc_workload *w)
{
    const sc_model *m = w->ref.model;
    if (m == NULL || m->context_window == 0)
        return SC_INF;
    const double needed = w->prefix_tokens + sc_dist_at(&w->input, SCORE_999) + sc_dist_at(&w->output, SCORE_999);
    return fmax((double)m->context_window - needed, 0.0);
}

static void read_history(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    const double room = room_for_history(r->workload);
    double *most = target;
    *most = room;
    if (node == NULL) {
        sc_reader_record(r, f, f->fallback, 1);
        return;
    }
    sc_read_real(r, node, f, most);
    if (*most > room)
        READ_ERROR(r, node, SC_JSON_VALUE,
                   "%.15g is above %.0f, what prefix, input and output leave of the window of %s", *most, room,
                   r->workload->ref.model->id);
}

const sc_field sc_conversation_fields[] = {
    {"turns", "a number from 1 to 1000 or a distribution", REQUIRED, "requests a conversation",
     "mean length of conversations", sc_read_uncertain, offsetof(sc_workload, param[SC_PARAM_TURNS]), 0, 0, 1,
     SC_ROLE_TURNS},
    {"gap_seconds", "a positive number or distribution", "{\"p10\":10,\"p90\":600}", "seconds",
     "from one turn of a conversation to the next", read_gap, offsetof(sc_workload, turn_gap), 0, 0, 1,
     SC_ROLE_POSITIVE},
    {"history_tokens", "a number from 0 to 1e9", "what the window leaves", "tokens a request",
     "most history that a request carries; older turns are left out", read_history, offsetof(sc_workload, history_max),
     0, 1e9, 0, 0},
};
const size_t sc_conversation_n_fields = sizeof sc_conversation_fields / sizeof sc_conversation_fields[0];

void sc_read_conversation(sc_reader *r, const cJSON *node, const sc_field *f, void *target)
{
    sc_workload *w = target;
    (void)sc_dist_constant(&w->param[SC_PARAM_TURNS], 1.0);
    w->converses = node != NULL;
    if (node != NULL)
        sc_read_nested(r, node, f, "a conversation", sc_conversation_fields, sc_conversation_n_fields, w);
}
