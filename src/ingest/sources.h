/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sources.h - what each input is, told by its first bytes. */
#ifndef SC_INGEST_SOURCES_H
#define SC_INGEST_SOURCES_H

#include "io/stream.h"
#include "spendcast/ingest.h"
#include "usage/reader.h"

typedef enum source_form { SOURCE_USAGE, SOURCE_LEDGER, SOURCE_PROJECTS, SOURCE_UNKNOWN } source_form;

typedef struct source {
    sc_ingest_source shown;
    source_form form;
    const sc_usage_reader *reader; /* of usage */
    void *state;                   /* of the reader */
    int alone;                     /* 1: one thread reads it all: documents, and gzip unless it is large */
    sc_stream *stream;             /* open, or NULL */
    uint32_t number;               /* in the list of sources */
    int kind;                      /* sc_usage_kind when it was looked at first, -1 = no usage */
    uint64_t taken;                /* blocks so far ... */
    uint64_t blocks;               /* ... and in all; UINT64_MAX = not known yet */
    uint64_t raw;                  /* bytes of the file that were read so far */
} source;

/* Opens the source and looks at its first bytes.  SC_E_INPUT with an error naming the file: no known format. */
sc_code source_open(source *s, sc_errors *errors);
void source_close(source *s);

#endif
