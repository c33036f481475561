/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chunk.h - one block of a source, and those of its records that wait until the records before them are decided on.
 *
 * Of several records of one request the first one counts, in the order of the input.  Blocks are read by all threads in
 * any order, so that a record with a request id is put aside as it is read; once all blocks before its own are decided
 * on, the ids of the block are (chunk_decide), and only then do its records go into the ledger. */
#ifndef SC_INGEST_CHUNK_H
#define SC_INGEST_CHUNK_H

#include "base/arena.h"
#include "ingest/ids.h"
#include "ingest/sources.h"

enum what_became { COUNTED, DUPLICATE, PASSED_OVER, REJECTED };

/* What is to be done with a record that waited. */
typedef enum verdict {
    VERDICT_COUNTS, /* or it has no id: nothing like it was met before */
    VERDICT_GROWS,  /* it was met before with less output */
    VERDICT_DROPPED
} verdict;

typedef struct waiting {
    sc_id id; /* 0, 0 = none */
    sc_day day;
    int follows;        /* 1: it belongs to the record before it, which decides */
    verdict verdict;    /* by chunk_decide ... */
    uint32_t before;    /* ... and the output that was met, where it grows */
    const char *at;     /* the record's text in the block ... */
    size_t len, n_tags; /* ... and its tags, which are all that is kept of the record's many */
} waiting;

typedef struct chunk {
    struct chunk *next;
    sc_block block; /* holds what the records point to */
    source *from;
    uint64_t number;    /* of the block in its source */
    uint64_t raw;       /* bytes read from the file for it */
    const char *data;   /* its records: the block without a header ... */
    int line;           /* ... from this line on ... */
    uint64_t position;  /* ... and this byte of the source */
    uint64_t counts[4]; /* by what_became */
    uint64_t conflicts;
    char *records; /* waiting, then parts of a sc_usage_record, again and again */
    size_t used, capacity;
    size_t last;           /* of `records`: where the last one begins */
    sc_arena texts;        /* those that are not in the block */
    sc_text kept[SC_DIMS]; /* the last one of each dim there */
    const char *id_at;     /* id of the last one as it stands in the input: records of one request share it */
} chunk;

/* Empties it, but for what it has allocated. */
void chunk_clear(chunk *k);
void chunk_free(chunk *k);
/* Puts a record aside; 0 = out of memory. */
int chunk_add(chunk *k, const sc_usage_record *r, const char *at, size_t len);
/* Decides on all that wait, when everything before the chunk is decided on.  *grows: whether some grow. */
sc_code chunk_decide(chunk *k, sc_ids *ids, int *grows);
/* The next of the records that wait, from *at = 0 on; NULL after the last.  *r is set but for tags that it has not. */
const waiting *chunk_next(const chunk *k, size_t *at, sc_usage_record *r);

#endif
