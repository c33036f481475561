/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger.h - what a ledger is made of, for the files that add, merge, save and load. */
#ifndef SC_LEDGER_LEDGER_H
#define SC_LEDGER_LEDGER_H

#include <pthread.h>

#include "ledger/map.h"
#include "ledger/names.h"
#include "spendcast/ledger.h"

#define SC_PARTS 64
#define SC_BANDS_MAX 32

/* What a stream is keyed by: numbers of texts and tag sets.  No padding: its bytes are the key. */
typedef struct stream_key {
    int8_t kind, grain, charge, scope, tier, meter, reserved[2];
    uint32_t dim[SC_DIMS];
    uint32_t tagset;
} stream_key;

typedef struct cell_key {
    uint32_t stream;
    int32_t day;
    int32_t shift; /* local day - day */
    uint32_t band; /* index of bands[] */
} cell_key;

typedef struct costs {
    sc_money billed, list, effective;
} costs;

typedef struct cell {
    cell_key key;
    int64_t records, requests;
    int64_t tokens[SC_TOKEN_METERS];
    int64_t unpriced, assumed; /* tokens */
    sc_money cost;             /* as priced */
    costs *stated;             /* NULL = none */
    uint32_t has_cost, no_counts;
} cell;

typedef struct size_entry {
    uint32_t stream;
    uint16_t input, output;
    int64_t count;
} size_entry;

typedef struct context_entry {
    uint32_t stream, bin;
    int64_t count;
    int64_t tokens[SC_TOKEN_METERS];
} context_entry;

typedef struct hours_entry {
    uint32_t stream;
    int32_t day;
    uint32_t count[24];
} hours_entry;

typedef struct minute_entry {
    uint32_t quota; /* number of a stream_key with only what quotas are told apart by */
    int32_t minute;
    int64_t requests, input, output;
} minute_entry;

typedef struct event_entry {
    uint32_t stream;
    uint64_t session;
    int64_t time;
} event_entry;

/* Sum of the hashes of a day's records: the same records give the same sum in any order. */
typedef struct print_entry {
    uint32_t account; /* number of a text */
    int32_t kind, day;
    uint32_t reserved;
    uint64_t sum;
    int64_t records;
} print_entry;

/* Streams are spread over parts, each with its lock. */
typedef struct part {
    pthread_mutex_t lock;
    sc_map cells, sizes, contexts, hours, minutes;
    event_entry *events;
    size_t n_events, cap_events;
    sc_arena arena; /* costs */
} part;

typedef struct tag_pair {
    uint32_t key, value;
} tag_pair;

/* The tables of a sealed ledger, sorted. */
typedef struct sealed {
    sc_arena arena;
    sc_ledger_stream *streams;
    size_t n_streams;
    cell **cells; /* by stream, day, shift, band */
    size_t n_cells;
    uint32_t *number;   /* of a stream, by its name number */
    uint32_t *rank;     /* of a text, by its name number */
    uint32_t *set_rank; /* of a tag set, by its name number */
    const char **text;  /* by rank */
    sc_text *set;       /* by rank: tag_pair[] of ranks, sorted by key */
    size_t n_sets;
    sc_ledger_size *sizes;
    size_t *first_size; /* [n_streams + 1] */
    sc_ledger_context *contexts;
    size_t *first_context;
    hours_entry *hours; /* by stream, day; .stream is the index in `streams` */
    size_t n_hours;
    sc_ledger_event *events;
    size_t *first_event;
    sc_ledger_minute *minutes;
    size_t n_minutes;
} sealed;

struct sc_ledger {
    unsigned keep_dims;
    const char **keep_tags; /* ended by NULL */
    int only_keep_tags, sketches, utc_offset;
    int64_t max_values;
    const sc_rater *rater;
    int priced;
    int64_t bands[SC_BANDS_MAX]; /* lower ends, [0] = 0 */
    size_t n_bands;
    sc_names texts;   /* dims, keys and values of tags */
    sc_names tagsets; /* tag_pair[], sorted by key number */
    sc_names streams; /* stream_key */
    sc_names quotas;  /* stream_key with only what quotas are told apart by */
    sc_names values;  /* tag_pair: values of keys that may have too many */
    pthread_mutex_t values_lock;
    sc_map value_counts; /* value_count by key; under values_lock */
    part part[SC_PARTS];
    int any_folded, is_sealed;
    sc_map prints; /* under values_lock */
    sc_arena arena;
    sealed sealed;
};

/* How many values a key has, and whether they are too many.  Key 0 stands for sessions. */
typedef struct value_count {
    uint32_t key, too_many;
    int64_t values;
} value_count;

#define SESSION_KEY 0u

static inline part *sc_ledger_part(sc_ledger *l, uint32_t stream)
{
    return &l->part[(stream * UINT32_C(2654435761)) >> 26];
}

/* Index of the band that a context lies in. */
uint32_t sc_ledger_band(const sc_ledger *l, int64_t context);
/* Notes a value of a key; 1 = the key has too many values, -1 = out of memory. */
int sc_ledger_note_value(sc_ledger *l, sc_name_cache *values, uint32_t key, uint32_t value);
/* Whether every value of a tag is kept, and whether none is. */
int sc_ledger_keeps_tag(const sc_ledger *l, sc_text key);
/* The cell, size ... with this key, new or not; NULL when out of memory.  Under the part's lock. */
costs *sc_ledger_costs(part *p, cell *c);
int sc_ledger_add_event(part *p, event_entry e);
/* Empty one with the same settings. */
sc_ledger *sc_ledger_like(const sc_ledger *l);
/* Adds all of `from`, sealed or not, into `into`, without checks of whether they fit. */
sc_code sc_ledger_absorb(sc_ledger *into, const sc_ledger *from);

/* Whether a + b leaves int64. */
static inline int sc_sum_overflows(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum);
}

#endif
