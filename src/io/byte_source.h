/* SPDX-License-Identifier: GPL-3.0-or-later */
/* byte_source.h - the bytes of a file or of stdin, unpacked if they are gzip.
 *
 * gzip is known by its first two bytes, not by the name; a file of several members (what `cat a.gz b.gz` and log
 * shippers write) is read to its end. */
#ifndef SC_IO_BYTE_SOURCE_H
#define SC_IO_BYTE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/error.h"

typedef struct sc_byte_source sc_byte_source;

/* Opens a path ("-" = stdin).  *out = NULL on failure.  Caller closes. */
sc_code sc_byte_source_open(const char *path, sc_byte_source **out, sc_errors *errors);
void sc_byte_source_close(sc_byte_source *s);

/* The name for messages. */
const char *sc_byte_source_name(const sc_byte_source *s);

/* Whether it is unpacked; known once something was read. */
int sc_byte_source_is_gzip(const sc_byte_source *s);

/* Bytes read from the file so far, packed or not. */
uint64_t sc_byte_source_raw(const sc_byte_source *s);

/* Reads up to `size` bytes (not 0); *n = 0 at the end, and only there.  SC_E_INPUT for gzip data that are damaged or
 * cut off. */
sc_code sc_byte_source_read(sc_byte_source *s, char *buf, size_t size, size_t *n, sc_errors *errors);

#endif
