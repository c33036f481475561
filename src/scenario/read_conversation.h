/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_conversation.h - requests that carry the turns before them, from a scenario's JSON. */
#ifndef SC_SCENARIO_READ_CONVERSATION_H
#define SC_SCENARIO_READ_CONVERSATION_H

#include "scenario/read_field.h"

extern const sc_field sc_conversation_fields[];
extern const size_t sc_conversation_n_fields;

/* sc_workload; to be read after its tokens. */
void sc_read_conversation(sc_reader *r, const cJSON *node, const sc_field *f, void *target);

#endif
