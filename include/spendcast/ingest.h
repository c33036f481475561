/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ingest.h - usage exports into a ledger: files, folders and streams, plain or gzip, each format recognised by its
 * content, on several threads.
 *
 * Every record ends in exactly one place: it is counted in the ledger, a duplicate, passed over for a known reason, or
 * rejected with its place and reason. */
#ifndef SPENDCAST_INGEST_H
#define SPENDCAST_INGEST_H

#include <stdint.h>

#include "spendcast/attribution.h"
#include "spendcast/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Called now and then, from one thread at a time: bytes read so far and in all (0 = not known), records so far. */
typedef void (*sc_ingest_progress)(void *context, uint64_t bytes, uint64_t total, uint64_t records);

typedef struct sc_ingest_options {
    int threads;                 /* 0 = one a processor */
    const char *tmp;             /* folder for request ids that do not fit into memory; NULL = they stay in memory */
    uint64_t max_ids;            /* request ids kept in memory; 0 = 64 million, a GiB */
    const char *rejects;         /* file for the text of rejected records, in the order of input; NULL = none */
    sc_attribution *attribution; /* project lists among the inputs are added to it; NULL = they are an error */
    sc_ingest_progress progress; /* NULL = none */
    void *progress_context;
} sc_ingest_options;

/* What became of one source (a file, or "-"). */
typedef struct sc_ingest_source {
    const char *path;
    const char *format; /* of the reader: "Bedrock model invocation log"; "spendcast ledger", "project list" */
    int kind;           /* sc_usage_kind; -1 = a ledger (several kinds) or a project list */
    uint64_t bytes;     /* as read from disk */
    uint64_t records;   /* read, duplicates included: the first in the order of the input is the one that counts */
    uint64_t skipped, rejected;
} sc_ingest_source;

typedef struct sc_ingest sc_ingest;

/* Reads all of paths[n] (files, folders with everything below, "-") into a ledger that is not sealed.  Ledger files are
 * merged in.  Errors, located: sources of no known format, unreadable ones; rejected records add the first errors of
 * the list (file:line:column and reason) but do not stop the reading: the result is SC_OK, and sc_ingest_rejected
 * tells. *out is NULL on failure; free with sc_ingest_free. */
SC_API sc_code sc_ingest_run(const char *const *paths, size_t n, const sc_card *card, sc_ledger *into,
                             const sc_ingest_options *o, sc_ingest **out, sc_errors *errors);
SC_API void sc_ingest_free(sc_ingest *i);

SC_API size_t sc_ingest_source_count(const sc_ingest *i);
SC_API const sc_ingest_source *sc_ingest_source_at(const sc_ingest *i, size_t k); /* in the order of paths */
SC_API uint64_t sc_ingest_records(const sc_ingest *i);                            /* that are counted */
SC_API uint64_t sc_ingest_rejected(const sc_ingest *i);
SC_API uint64_t sc_ingest_duplicates(const sc_ingest *i);
/* Duplicates whose contents differ from those of the record that counts. */
SC_API uint64_t sc_ingest_conflicts(const sc_ingest *i);
/* Reasons for which records were passed over, most frequent first. */
SC_API size_t sc_ingest_skip_count(const sc_ingest *i);
SC_API const char *sc_ingest_skip_at(const sc_ingest *i, size_t k, uint64_t *records);

#ifdef __cplusplus
}
#endif
#endif
