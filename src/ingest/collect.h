/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect.h - the sink of one thread: records go into the ledger, or wait in their chunk until they may; everything
 * else is counted with its place. */
#ifndef SC_INGEST_COLLECT_H
#define SC_INGEST_COLLECT_H

#include "base/strbuf.h"
#include "ingest/chunk.h"
#include "spendcast/ledger.h"
#include "usage/reader.h"

#define COLLECT_LINE_MAX 400 /* bytes kept of the line of a rejected record, around the problem */

/* A record that is not used, with the line that it, or its problem, stands on. */
typedef struct reject {
    uint32_t source;
    int line;
    size_t column; /* byte in `excerpt` */
    size_t width;
    uint64_t position; /* of the record's first byte in the source: the order of rejects */
    char reason[200];
    char excerpt[COLLECT_LINE_MAX + 1];
    char *text; /* the whole record, where a rejects file is wanted */
    size_t size;
} reject;

typedef struct skip {
    const char *reason; /* a constant of the reader */
    uint64_t count;
} skip;

#define SKIPS_MAX 64

typedef struct collect {
    sc_usage_sink sink; /* first: the readers' handle */
    sc_ledger_writer *writer;
    int keep_text;
    chunk *chunk; /* at hand: it is read, or its records are counted */
    /* over all chunks */
    reject *rejects;
    size_t n_rejects, cap_rejects;
    skip skips[SKIPS_MAX];
    size_t n_skips;
    uint64_t conflicts;
    sc_usage_record record; /* one that has waited */
    sc_code code;           /* SC_E_MEMORY once something failed */
} collect;

void collect_init(collect *c, sc_ledger_writer *w, int keep_text);
void collect_release(collect *c);
/* Reads a chunk, whose fields but for counts and records are set. */
void collect_read(collect *c, chunk *k);
/* Counts the records that have waited, after chunk_decide. */
void collect_waiting(collect *c, chunk *k);

#endif
