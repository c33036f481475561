/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_writer.h - what a thread that adds to a ledger keeps to itself.
 *
 * A record passes through three places: it waits for the memory of its stream, is added to what is pending of the
 * stream's cell, and goes on to the ledger with all of that once a record of another cell comes. */
#ifndef SC_LEDGER_LEDGER_WRITER_H
#define SC_LEDGER_LEDGER_WRITER_H

#include "ledger/ledger_parts.h"

/* What a writer knows of the key of a tag. */
typedef struct tag_memo {
    sc_text key;
    uint32_t number;
    tag_mode mode;
    int too_many;  /* values */
    sc_text value; /* the last one */
    uint32_t value_number;
} tag_memo;

typedef struct text_memo {
    sc_text text;
    uint32_t number;
} text_memo;
#define MEMO_POWER 10 /* 1024 of a dim: usage alternates between few */

/* A stream that a writer has seen lately, and what the writer has still to add to a cell of it.  Usage mostly comes by
 * time, so that many records go into one cell, one after the other: only their sum is added to the ledger, where
 * writers wait for each other. */
#define RECENT_MOST 65536u /* then all are forgotten */
typedef struct recent_stream {
    stream_key key;
    uint32_t stream, quota; /* numbers; SC_NAME_NONE = not known yet */
    uint16_t is_large;      /* 1: it has had numbers that a few sums might overflow with: all goes on at once */
    uint16_t n_pending;
    cell pending;
} recent_stream;

/* Cells of one part that are complete, as far as the writer can tell. */
typedef struct finished_cells {
    size_t n;
    cell cell[SC_CELLS_AT_ONCE];
} finished_cells;

/* Records on their way into a cell.  Streams are many and lie far apart, so that each record waits while the next ones
 * are looked at and the memory of its stream comes. */
#define WAITING 8u
typedef struct waiting_record {
    stream_key key;
    uint32_t hash;
    cell_sums sums;
} waiting_record;

struct sc_ledger_writer {
    sc_ledger *l;
    sc_name_cache texts, tagsets, values;
    text_memo memo[SC_DIMS][1 << MEMO_POWER];
    tag_memo tags[SC_USAGE_TAGS_MAX];
    size_t n_tags;
    uint32_t many; /* number of SC_MANY_VALUES */
    int too_many_sessions;
    sc_dim kept[SC_DIMS]; /* dims but the session */
    size_t n_kept;
    int keeps_session;
    sc_map recent; /* recent_stream, by hashes of numbers */
    waiting_record waiting[WAITING];
    uint32_t n_waiting, next; /* the last ones before `next`, modulo WAITING */
    int any_large;            /* 1: a record was; nothing waits any more, so that the one too much is the one refused */
    finished_cells finished[SC_PARTS];
    ledger_rates rates;
    sc_map prints;
    print_entry *print; /* the last one */
    sc_arena arena;     /* of what is pending */
    sc_day day;         /* of the last record, and the second that it starts at */
    int64_t day_start;
};

/* The place of the next record, to be filled in. */
static inline waiting_record *sc_writer_record(sc_ledger_writer *w) { return &w->waiting[w->next % WAITING]; }
/* Adds that record, a little later. */
sc_code sc_writer_add(sc_ledger_writer *w);
/* Adds a record now, after all that wait, and tells its stream. */
sc_code sc_writer_add_now(sc_ledger_writer *w, waiting_record *x, recent_stream **stream);
/* All that is left goes to the ledger. */
sc_code sc_writer_hand_over(sc_ledger_writer *w);

#endif
