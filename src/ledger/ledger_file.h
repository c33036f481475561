/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_file.h - what writing and reading ledger files have in common. */
#ifndef SC_LEDGER_LEDGER_FILE_H
#define SC_LEDGER_LEDGER_FILE_H

#include "base/strbuf.h"
#include "ledger/ledger_parts.h"

__extension__ typedef unsigned __int128 sc_uint128;

#define FILE_VERSION 1u
#define SC_VARINT_MAX 19 /* bytes of 128 bits */

enum { FILE_PRICED = 1, FILE_SKETCHES = 2, FILE_ONLY_KEEP_TAGS = 4, FILE_ZONE = 8 }; /* flags of the settings */
enum { FILE_NO_COUNTS = 8 };                                                         /* of a cell beside SC_COST_ */

/* The order in which a file has the counts of a cell. */
static const unsigned char sc_file_counts[COUNTS] = {
    COUNT_RECORDS,    COUNT_REQUESTS,   COUNT_UNPRICED,   COUNT_ASSUMED,    COUNT_TOKENS,    COUNT_TOKENS + 1,
    COUNT_TOKENS + 2, COUNT_TOKENS + 3, COUNT_TOKENS + 4, COUNT_TOKENS + 5, COUNT_TOKENS + 6};

/* The bytes of a sealed ledger. */
void sc_ledger_write(const sc_ledger *l, sc_strbuf *out);

#endif
