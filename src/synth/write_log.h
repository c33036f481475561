/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write_log.h - records of Bedrock's model invocation log, one JSON object a line.
 *
 * Shaped as AWS writes them (Bedrock user guide, model invocation logging, 2026, and logs seen since 2024): half of the
 * records are those of Converse, half those of InvokeModel; bodies hold the usage and no text. */
#ifndef SC_SYNTH_WRITE_LOG_H
#define SC_SYNTH_WRITE_LOG_H

#include "synth/synth_text.h"

/* The parts of a workload's records that are always the same, as JSON text. */
typedef struct sc_log_source {
    sc_strbuf who;      /* account, identity, region */
    sc_strbuf model;    /* model id, in quotes */
    sc_strbuf metadata; /* request metadata, open at its end for the session */
    const char *provider;
    const char *tier;      /* NULL = standard */
    sc_stream ids, shapes; /* counter (0, key, request) */
} sc_log_source;

/* 1 if AWS logs calls of this tier: batch jobs are none of the logged operations. */
int sc_log_has(sc_tier tier);

/* The caller checks `failed` of the three texts. */
void sc_log_source_init(sc_log_source *l, const sc_card *card, const sc_future_work *work, uint64_t seed);
void sc_log_source_release(sc_log_source *l);

void sc_log_add(sc_strbuf *out, const sc_log_source *l, const sc_synth_request *r,
                const int64_t tokens[SC_SYNTH_METERS]);

#endif
