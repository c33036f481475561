/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect.h - the sink of one thread: records go into the ledger, everything else is counted with its place. */
#ifndef SC_INGEST_COLLECT_H
#define SC_INGEST_COLLECT_H

#include "base/strbuf.h"
#include "ingest/ids.h"
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
    sc_ids *ids;
    int keep_text;
    /* of the block at hand */
    sc_usage_kind kind;
    uint32_t source;
    const char *block;
    int first_line;
    uint64_t position;  /* of the block in the source */
    uint64_t counts[4]; /* of the block: by what_became */
    const char *line;   /* text of the last record that had an id, ... */
    const char *line_id;
    int line_counts; /* ... and whether its records count */
    /* over all blocks */
    reject *rejects;
    size_t n_rejects, cap_rejects;
    uint64_t conflicts;
    skip skips[SKIPS_MAX];
    size_t n_skips;
    sc_code code; /* SC_E_MEMORY once something failed */
} collect;

enum what_became { COUNTED, DUPLICATE, PASSED_OVER, REJECTED };

void collect_init(collect *c, sc_ledger_writer *w, sc_ids *ids, int keep_text);
void collect_release(collect *c);
/* Before a block is read. */
void collect_block(collect *c, sc_usage_kind kind, uint32_t source, const char *block, int first_line,
                   uint64_t position);

#endif
