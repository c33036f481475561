/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crew.h - the threads that read all sources of usage.
 *
 * Blocks of a plain file, or of a large compressed one, are shared by all threads; a document or a small compressed
 * file belongs to one thread, so that several of them are read at once.  Nothing that comes out depends on which thread
 * reads what: the ledger adds integers, and records with request ids are decided on block by block in the order of the
 * input (chunk.h), for each kind of records by itself, as ids of different kinds are never the same. */
#ifndef SC_INGEST_CREW_H
#define SC_INGEST_CREW_H

#include <pthread.h>

#include "ingest/collect.h"

/* Whose block of a kind is decided on next. */
typedef struct crew_turn {
    source *source; /* NULL = none is left */
    uint64_t block;
    int uncounted; /* chunks that are decided on, with records that are not yet in the ledger */
} crew_turn;

typedef struct crew {
    source *sources;
    size_t n_sources;
    const sc_card *card;
    const sc_ingest_options *o;
    sc_errors *errors;
    sc_ids *ids;
    uint64_t total;         /* bytes, for progress */
    pthread_mutex_t lock;   /* of all below, and of what is shown of the sources */
    pthread_cond_t moved;   /* a turn, or the code */
    pthread_mutex_t stream; /* of the shared source */
    size_t next;            /* source to be opened */
    source *shared;         /* whose blocks all threads read; NULL = none */
    int readers;            /* threads at work on it */
    int ended;              /* it has no more blocks */
    crew_turn turn[SC_USAGE_KINDS];
    uint64_t bytes, records, rejected, duplicates;
    sc_code code; /* the first failure: everyone stops; set under the lock */
} crew;

/* 0 when there are no locks left; crew_release in any case. */
int crew_init(crew *x);
void crew_release(crew *x);
/* Reads all sources, which were looked at, on so many threads with a sink each. */
sc_code crew_run(crew *x, collect *c, int threads);

#endif
