/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_fixture.h - what a reader of usage delivers, as text and as sums. */
#ifndef SC_TEST_USAGE_FIXTURE_H
#define SC_TEST_USAGE_FIXTURE_H

#include "base/strbuf.h"
#include "usage/reader.h"

typedef struct usage_log {
    sc_usage_sink sink; /* first: the functions get it back as the log */
    sc_strbuf text;     /* a line for each record, reject and skip */
    const char *block;
    size_t size;
    size_t records, rejects, skips;
    sc_int128 tokens[SC_TOKEN_METERS], requests, quantity;
} usage_log;

/* Reads a block; the log is valid until usage_log_release.  Each record is
 *     TIME model=M region=R ... in=1 out=2 read=3 write=4 5m=5 30m=6 1h=7 requests=1
 * with what is stated only, each reject "reject 'PLACE': REASON" with the first bytes of its place, each skip "skip:
 * REASON". */
void usage_log_read(usage_log *log, const sc_usage_reader *reader, const char *block, size_t size);
void usage_log_release(usage_log *log);

/* One row of a table: what is read, and the lines that come out. */
typedef struct usage_case {
    const char *input, *expected;
} usage_case;
void usage_cases_hold(const sc_usage_reader *reader, const usage_case *cases, size_t n);

/* The text of a file of $SPENDCAST_TEST_DATA (free with sc_free); NULL after counting its cases as skipped. */
char *usage_data(const char *name, unsigned long cases, size_t *size);

#endif
