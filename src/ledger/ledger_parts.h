/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_parts.h - what a ledger is made of, for the files that add, merge, save and load. */
#ifndef SC_LEDGER_LEDGER_PARTS_H
#define SC_LEDGER_LEDGER_PARTS_H

#include <pthread.h>

#include "base/hash64.h"
#include "ledger/map.h"
#include "ledger/names.h"
#include "spendcast/ledger.h"

#define SC_PARTS 64
#define SC_BANDS_MAX 32
#define SC_DAY_SECONDS 86400
/* Times lie within this many seconds of 1970: to the end of the year 9999. */
#define SC_TIME_MOST INT64_C(253402300799)

/* What a stream is keyed by: numbers of texts and tag sets.  No padding: its bytes are the key. */
typedef struct stream_key {
    int8_t kind, grain, charge, scope, tier, meter, reserved[2];
    uint32_t dim[SC_DIMS];
    uint32_t tagset;
} stream_key;

typedef struct cell_key {
    uint32_t stream;
    int32_t day;
    int16_t shift; /* local day - day */
    uint16_t band; /* index of bands[] */
} cell_key;

typedef struct costs {
    sc_money billed, list, effective;
} costs;

/* What a cell counts, what most cells have first. */
enum {
    COUNT_RECORDS,
    COUNT_REQUESTS,
    COUNT_UNPRICED, /* tokens */
    COUNT_ASSUMED,  /* tokens */
    COUNT_TOKENS,   /* by meter */
    COUNTS_USUAL = COUNT_TOKENS + SC_METER_CACHE_WRITE + 1,
    COUNTS = COUNT_TOKENS + SC_TOKEN_METERS
};

/* What is added to a cell, and what all of it adds up to. */
typedef struct cell_sums {
    cell_key key;
    uint16_t has_cost, no_counts;
    int64_t count[COUNTS];
    sc_money cost; /* as priced */
    costs stated;
} cell_sums;

/* Whether it counts what few cells have. */
static inline int sc_ledger_has_unusual(const cell_sums *c)
{
    int64_t any = 0;
    for (int i = COUNTS_USUAL; i < COUNTS; i++)
        any |= c->count[i];
    return any != 0;
}

/* What few cells have. */
typedef struct cell_rest {
    int64_t count[COUNTS - COUNTS_USUAL];
    costs stated;
} cell_rest;

/* A cell as it is kept: a ledger may have many. */
typedef struct cell {
    cell_key key;
    uint16_t has_cost, no_counts;
    int64_t count[COUNTS_USUAL];
    cell_rest *rest; /* NULL = all 0 */
    sc_money cost;
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
    int64_t minute;
    uint32_t quota; /* number of a stream_key with only what quotas are told apart by */
    uint32_t reserved;
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
    sc_arena arena; /* cell_rest */
} part;

typedef struct tag_pair {
    uint32_t key, value;
} tag_pair;

/* The tables of a sealed ledger, sorted.  They hold only what cells, prints and folded keys use. */
typedef struct sealed {
    sc_arena arena;
    sc_ledger_stream *streams;
    stream_key *keys; /* of the streams, in ranks */
    size_t n_streams;
    cell **cells; /* by stream, day, shift, band */
    size_t n_cells;
    uint32_t *number;   /* of a stream, by its name number */
    uint32_t *rank;     /* of a text, by its name number; the empty one has 0 */
    uint32_t *set_rank; /* of a tag set, by its name number; the empty one has 0 */
    sc_text *text;      /* by rank */
    uint32_t n_texts;
    sc_text *set; /* by rank: tag_pair[] of ranks, sorted by key */
    uint32_t n_sets;
    sc_ledger_size *sizes;
    size_t *first_size; /* [n_streams + 1] */
    sc_ledger_context *contexts;
    size_t *first_context;
    hours_entry *hours; /* by stream, day; .stream is the index in `streams` */
    size_t n_hours, *first_hours;
    sc_ledger_event *events;
    size_t *first_event;
    sc_ledger_minute *minutes;
    size_t n_minutes;
    uint32_t *folded; /* ranks of keys with too many values */
    uint32_t n_folded;
    print_entry *prints; /* by account (its rank), kind, day */
    size_t n_prints;
} sealed;

/* What a ledger tells apart. */
typedef struct detail {
    unsigned dims;
    int fold_service;
    int sketches, only_keep_tags;
    const char **keep_tags; /* sorted, ended by NULL */
} detail;

struct sc_ledger {
    detail detail; /* of what is added */
    detail common; /* what is left of it at the end: ledgers that were merged in may tell less apart */
    sc_zone zone;
    int has_zone;   /* 1: it is not UTC */
    int takes_zone; /* 1: that of the first ledger merged in will be taken */
    int64_t max_values;
    const sc_rater *rater;
    int priced, is_alone;
    int writers;                 /* there are now; under values_lock */
    int threads;                 /* most writers that there were at a time, at least 1: so many threads seal it */
    int64_t bands[SC_BANDS_MAX]; /* lower ends, [0] = 0 */
    size_t n_bands;
    sc_day *changes; /* days on which some price of the rater changes, sorted */
    size_t n_changes;
    sc_names texts;   /* dims, keys and values of tags */
    sc_names tagsets; /* tag_pair[], sorted by key number */
    sc_names streams; /* stream_key */
    sc_names quotas;  /* stream_key with only what quotas are told apart by */
    sc_names values;  /* tag_pair: values of keys that may have too many */
    pthread_mutex_t values_lock;
    sc_map value_counts; /* value_count by key; under values_lock */
    sc_map prints;       /* under values_lock */
    /* Under values_lock; the last two: memory ran out, or a sum left its range, where no caller could be told. */
    int any_folded, is_incomplete, is_out_of_range;
    int is_sealed;
    sc_map_memory *memory; /* of the parts' maps */
    part part[SC_PARTS];
    sc_arena arena;
    sealed sealed;
};

/* How many values a key has, and whether they are too many.  Key 0 stands for sessions. */
typedef struct value_count {
    uint32_t key, too_many;
    int64_t values;
} value_count;

#define SESSION_KEY SC_NAME_NONE

static inline part *sc_ledger_part(sc_ledger *l, uint32_t stream)
{
    return &l->part[(stream * UINT32_C(2654435761)) >> 26];
}

/* Index of the band that a context lies in. */
static inline uint32_t sc_ledger_band(const sc_ledger *l, int64_t context)
{
    uint32_t band = 0;
    while (band + 1 < l->n_bands && l->bands[band + 1] <= context)
        band++;
    return band;
}
/* How many changes of prices there were until a day: all of them are the same on days that have the same number. */
uint32_t sc_ledger_changes_until(const sc_ledger *l, sc_day day);
/* Whether a tag of this key is kept, and whether its values are counted. */
typedef enum tag_mode { TAG_DROPPED, TAG_COUNTED, TAG_KEPT } tag_mode;
tag_mode sc_ledger_tag_mode(const sc_ledger *l, sc_text key);
/* Counts a value of a key; 1 = the key has too many values, -1 = out of memory. */
int sc_ledger_note_value(sc_ledger *l, sc_name_cache *values, uint32_t key, uint32_t value);
/* From now on the key has too many values; 0 = out of memory. */
int sc_ledger_fold_key(sc_ledger *l, uint32_t key);
void sc_ledger_set_zone(sc_ledger *l, const sc_zone *zone);

/* What quotas are told apart by. */
stream_key sc_ledger_quota(const stream_key *k);
/* Whether records of a stream count in minutes. */
static inline int sc_ledger_has_minutes(const stream_key *k)
{
    return k->grain <= SC_GRAIN_MINUTE && k->meter < 0 && k->charge == SC_CHARGE_USAGE;
}

/* What sets the price of a cell's usage, apart from its day and band.  The numbers tell models and regions apart where
 * ratings are kept. */
typedef struct usage_priced {
    sc_text model, region, variant;
    uint32_t model_number, region_number;
    int charge, scope, tier, meter;
} usage_priced;

/* Prices that sc_ledger_price has needed so far. */
typedef struct ledger_rates {
    sc_map known; /* by hashes of its own */
    sc_day day;   /* that was last asked for, and how many changes there were until then */
    uint32_t changes;
} ledger_rates;
void sc_ledger_rates_init(ledger_rates *rates);
void sc_ledger_rates_release(ledger_rates *rates);
/* Sets the cost of a cell whose counts and key are filled in, by the ledger's rater; 0 = out of memory. */
int sc_ledger_price(const sc_ledger *l, ledger_rates *rates, const usage_priced *u, cell_sums *c);

/* A quick hash of a few small numbers, each with a factor of its own. */
static inline uint32_t sc_numbers_hash(uint64_t sum) { return (uint32_t)(sum * SC_HASH_A >> 32); }

/* Adding to a part, which must be locked or nobody else's.  SC_E_INPUT when a sum leaves its range: nothing is added
 * then.  Sums of sketches stay at their largest value instead.  The void pointers are to what the maps hold:
 * size_entry, context_entry, hours_entry. */
sc_code sc_ledger_add_cell(part *p, const cell_sums *c);
/* All of a few cells; one whose sum leaves its range does not keep the others from being added. */
#define SC_CELLS_AT_ONCE 16
sc_code sc_ledger_add_cells(part *p, const cell *cells, size_t n);
/* What a cell adds up to. */
void sc_ledger_cell_sums(const cell *c, cell_sums *out);
sc_code sc_ledger_add_size(part *p, const void *entry);
sc_code sc_ledger_add_context(part *p, const void *entry);
sc_code sc_ledger_add_hours(part *p, const void *entry);
sc_code sc_ledger_add_minute(part *p, const minute_entry *e);
sc_code sc_ledger_add_event(part *p, const event_entry *e);
sc_code sc_ledger_add_print(sc_map *prints, const print_entry *e);
/* The same where the entry is known. */
sc_code sc_ledger_raise_cell(sc_arena *arena, cell *to, const cell_sums *c); /* the arena is for cell_rest */
/* The same for sums that are known to stay in their range. */
sc_code sc_ledger_raise_pending(sc_arena *arena, cell *to, const cell_sums *c);
void sc_ledger_raise_print(print_entry *to, const print_entry *e);

/* Adds all of `from`, sealed or not, into `into`, without checks of whether they fit. */
sc_code sc_ledger_absorb(sc_ledger *into, const sc_ledger *from);

static inline int sc_same_text(sc_text a, sc_text b) { return a.len == b.len && sc_same_bytes(a.at, b.at, a.len); }

/* Adds to a sum that stays at the end of its range. */
static inline void sc_raise(int64_t *sum, int64_t n)
{
    if (__builtin_add_overflow(*sum, n, sum))
        *sum = INT64_MAX;
}

static inline int64_t sc_floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

#endif
