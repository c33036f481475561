/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream.h - a source of usage records, plain or gzip, in blocks of whole records.
 *
 *     sc_stream *s;
 *     sc_block b = {0};
 *     sc_code code = sc_stream_open(path, 0, 0, &s, errors);
 *     while (code == SC_OK && (code = sc_stream_block(s, SC_CUT_LINES, &b, errors)) == SC_OK && b.size > 0)
 *         parse(b.data, b.size);
 *     sc_block_release(&b);
 *     sc_stream_close(s);
 *
 * The caller owns its blocks.  With one block a thread, several threads parse different blocks of a stream while
 * another one reads the next; only the calls on the stream itself must come one at a time.  Memory is a buffer for the
 * stream and one for each block, each of the block size, or of the largest record.  Blocks come in order and are
 * numbered, and where one ends depends on the bytes alone, not on how a pipe delivers them. */
#ifndef SC_IO_STREAM_H
#define SC_IO_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/error.h"

#define SC_STREAM_BLOCK ((size_t)1 << 18)  /* size of a block unless the caller wants another */
#define SC_STREAM_HEAD ((size_t)1 << 16)   /* what is looked at to detect the format */
#define SC_STREAM_RECORD ((size_t)1 << 28) /* the largest record, or document, that is read */

/* Where a block may end. */
typedef enum sc_cut {
    SC_CUT_LINES, /* after a line feed */
    SC_CUT_CSV,   /* after a line feed that ends a row as csv_cursor.h reads it, not one in a quoted cell */
    SC_CUT_NONE   /* at the end of the source only */
} sc_cut;

/* Zero-initialise; sc_stream_block fills it again and again. */
typedef struct sc_block {
    char *data;
    size_t size;     /* 0 = the source has ended */
    size_t capacity; /* of data */
    uint64_t number; /* 0, 1, 2 ... */
    int64_t line;    /* number of its first line, from 1 */
    uint64_t offset; /* of its first byte in the (unpacked) source */
} sc_block;

typedef struct sc_stream sc_stream;

/* Opens a path ("-" = stdin).  block_size 0 = SC_STREAM_BLOCK, max_record 0 = SC_STREAM_RECORD.  *out = NULL on
 * failure. Caller closes. */
sc_code sc_stream_open(const char *path, size_t block_size, size_t max_record, sc_stream **out, sc_errors *errors);
void sc_stream_close(sc_stream *s);

/* Whether it is compressed, once its head was looked at. */
int sc_stream_is_gzip(const sc_stream *s);

/* Bytes read from the file so far: fewer than were given out where it is compressed, more where some wait. */
uint64_t sc_stream_raw(const sc_stream *s);

/* The first bytes of the source (all of it, or at least SC_STREAM_HEAD) without a byte order mark, without taking them;
 * to be called before the first block.  *head holds until then. */
sc_code sc_stream_head(sc_stream *s, const char **head, size_t *size, sc_errors *errors);

/* Fills *b with the next whole records: about the block size, or one record that is larger.  The last record may lack
 * its line end.  A byte order mark at the start of the source is left out.  SC_E_INPUT for damaged gzip data and for a
 * record of more than max_record bytes; but a CSV row of that size, whose quote is then never closed, is cut
 * after its first line, so that the cursor reports it and goes on.  After a failure every call fails, without a new
 * error. */
sc_code sc_stream_block(sc_stream *s, sc_cut split, sc_block *b, sc_errors *errors);
void sc_block_release(sc_block *b);

/* Formats that are recognised and not read. */
typedef struct sc_foreign {
    const char *name; /* "Parquet" */
    const char *hint; /* what to do: "convert it to CSV, for example with ..." */
} sc_foreign;

/* What the first bytes of a source are, NULL if they are no such format. */
const sc_foreign *sc_stream_foreign(const char *head, size_t size);

#endif
