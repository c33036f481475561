/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ids.h - request ids seen so far, as 128-bit hashes by day; days that no longer fit into memory go to a file.
 *
 * By chance alone two of n ids are taken for one with probability n^2 / 2^129: 10^10 ids, one in 10^19. */
#ifndef SC_INGEST_IDS_H
#define SC_INGEST_IDS_H

#include <stdint.h>

#include "spendcast/date.h"
#include "spendcast/error.h"
#include "spendcast/text.h"

typedef struct sc_ids sc_ids;

typedef enum sc_id_seen { SC_ID_NEW, SC_ID_SAME, SC_ID_CONFLICT, SC_ID_FAILED } sc_id_seen;

/* What a record says, apart from its id. */
typedef struct sc_id_content {
    uint32_t hash;   /* of all but its output */
    uint32_t output; /* tokens, as far as they fit */
} sc_id_content;

/* An id of a space of ids (a kind of records), and what stands under it. */
typedef struct sc_id {
    uint64_t a, b; /* never 0, 0, which mark an empty slot of a table */
    sc_id_content content;
} sc_id;

sc_id sc_id_of(uint64_t space, sc_text text, sc_id_content content);

/* At most `max` ids stay in memory, where there is a folder for the others (`tmp`); NULL = all stay.  The files there
 * have no names: nothing is left behind. */
sc_ids *sc_ids_new(uint64_t max, const char *tmp);
void sc_ids_free(sc_ids *s);
/* Notes an id.  SAME: it was noted before with this hash; *before is the most output that it was noted with, which
 * rises to this one's.  CONFLICT: noted with another hash.  SC_ID_FAILED: out of memory, or the file could not be
 * written. Safe from several threads. */
sc_id_seen sc_ids_add(sc_ids *s, sc_day day, const sc_id *id, uint32_t *before);

#endif
