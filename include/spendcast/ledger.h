/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger.h - usage added up into exact cells by every attribution dimension, with the sketches that profiles need.
 *
 * A stream is what usage has in common apart from its day: source kind, routing, tier, dims and tags.  A cell is the
 * usage of one stream on one day within one context band.  All sums are integers, so that any split of the input over
 * files, order or threads gives the same ledger, and the same bytes when it is saved.
 *
 * Life: sc_ledger_new, then adding (through writers, one a thread) and merging, then sc_ledger_seal, then reading. */
#ifndef SPENDCAST_LEDGER_H
#define SPENDCAST_LEDGER_H

#include <stdint.h>

#include "spendcast/rating.h"
#include "spendcast/usage.h"
#include "spendcast/zone.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sc_ledger sc_ledger;

/* What values beyond the most of a key read as. */
#define SC_MANY_VALUES "(many)"
#define SC_LEDGER_MAX_VALUES 1000

typedef struct sc_ledger_options {
    unsigned keep_dims;           /* bit 1u << sc_dim: dims to tell apart; others read as "" */
    const char *const *keep_tags; /* tags of which every value is kept, ended by NULL; NULL = none */
    int only_keep_tags;           /* 1: no other tags are kept at all */
    int fold_service;             /* 1: routing scopes and tiers are not told apart either: they read as not stated */
    int64_t max_values;    /* sessions, and other tags, with more distinct values than this read as SC_MANY_VALUES */
    int is_alone;          /* 1: nothing is merged in once records were added, and the ledger neither saved nor merged
                              into others: what finds the same input counted twice there is left out */
    int sketches;          /* 1: keep what sc_ledger_profile and band splits need */
    const sc_zone *zone;   /* where days start, for requests and hours; copied.  NULL = as in the first ledger that is
                              merged in before a writer is made, else UTC */
    const sc_card *card;   /* whose context bands cells are told apart by */
    const sc_rater *rater; /* not NULL: price usage as it comes, so that dims that only set the price need not be
                              kept; must outlive the adding */
} sc_ledger_options;

/* Everything kept, no pricing. */
SC_API sc_ledger_options sc_ledger_defaults(const sc_card *card);

/* NULL when out of memory. */
SC_API sc_ledger *sc_ledger_new(const sc_ledger_options *o);
SC_API void sc_ledger_free(sc_ledger *l);

/* One a thread; free it before the ledger is sealed. */
typedef struct sc_ledger_writer sc_ledger_writer;
SC_API sc_ledger_writer *sc_ledger_writer_new(sc_ledger *l);
SC_API void sc_ledger_writer_free(sc_ledger_writer *w);
/* Copies what it needs.  SC_E_MEMORY: the ledger is only good for freeing.  SC_E_INPUT when a count is negative, a time
 * lies more than 8000 years from 1970, or a sum leaves its range: nothing of the record is counted then. */
SC_API sc_code sc_ledger_add(sc_ledger_writer *w, sc_usage_kind kind, const sc_usage_record *r);

/* A request that was added with `before` output tokens has the output of r, all else unchanged: an answer that was
 * still being streamed.  What it has more is added; SC_E_INPUT also where it has less. */
SC_API sc_code sc_ledger_grow(sc_ledger_writer *w, sc_usage_kind kind, const sc_usage_record *r, int64_t before);

/* Sorts, and folds keys with too many values.  After it the ledger is only read (and merged from).  SC_E_INPUT when a
 * sum of folded cells, or of what several writers have added, leaves its range. */
SC_API sc_code sc_ledger_seal(sc_ledger *l);

/* Adds all of a sealed ledger to one that is not sealed, while nobody else adds to it.  What only one of the two tells
 * apart (dims, tags, sketches) is dropped once it is sealed; one with a rater prices what the other has not. SC_E_INPUT
 * with an error where the two do not fit: other day starts, other bands, one priced and one not, a day of an account
 * and kind whose records are the same in both (the same input read twice), or a sum that leaves its range; after the
 * last `into` is only good for freeing. */
SC_API sc_code sc_ledger_merge(sc_ledger *into, const sc_ledger *from, sc_errors *errors);

/* ---- reading a sealed ledger ---- */

typedef struct sc_ledger_stream {
    sc_usage_kind kind;
    sc_grain grain;
    sc_charge charge;
    int scope, tier;          /* -1 = not stated */
    int meter;                /* -1 = tokens; else the one meter that cells count in tokens[0], in millionths */
    const char *dim[SC_DIMS]; /* "" = not stated or not kept */
    size_t tagset;            /* for sc_ledger_tag_count and sc_ledger_tag */
    size_t first, cells;      /* its cells */
} sc_ledger_stream;

typedef struct sc_ledger_cell {
    size_t stream;
    sc_day day, local_day; /* UTC, which sets prices; and with the ledger's offset */
    int64_t context_from;  /* lower end of the context band, 0 = the first */
    int64_t records;
    int64_t requests; /* of records that have counts ... */
    int no_counts;    /* ... 1: some have none */
    int64_t tokens[SC_TOKEN_METERS];
    unsigned has_cost; /* SC_COST_ set */
    sc_money billed, list, effective;
    int priced;              /* 1: the ledger's rater has priced it */
    sc_money cost;           /* list cost as priced */
    int64_t unpriced_tokens; /* without a price (like tokens[0], millionths where the stream has a meter) */
    int64_t assumed_tokens;  /* at an assumed price */
} sc_ledger_cell;

SC_API size_t sc_ledger_stream_count(const sc_ledger *l);
SC_API const sc_ledger_stream *sc_ledger_stream_at(const sc_ledger *l, size_t i);
SC_API size_t sc_ledger_cell_count(const sc_ledger *l); /* by stream, then day and band */
SC_API const sc_ledger_cell *sc_ledger_cell_at(const sc_ledger *l, size_t i, sc_ledger_cell *out);
SC_API size_t sc_ledger_tag_count(const sc_ledger *l, size_t tagset);
SC_API void sc_ledger_tag_at(const sc_ledger *l, size_t tagset, size_t i, const char **key, const char **value);
/* NULL = not set. */
SC_API const char *sc_ledger_tag(const sc_ledger *l, size_t tagset, const char *key);
SC_API const sc_zone *sc_ledger_zone(const sc_ledger *l);
SC_API unsigned sc_ledger_dims(const sc_ledger *l); /* dims that were kept */
SC_API int sc_ledger_is_priced(const sc_ledger *l);
/* The coarsest grain of any record. */
SC_API sc_grain sc_ledger_grain(const sc_ledger *l);

/* A day of an account and model that records of several kinds cover. */
typedef struct sc_ledger_overlap {
    const char *account, *model;
    sc_day day;
    unsigned kinds; /* bit 1u << sc_usage_kind */
} sc_ledger_overlap;
/* The first overlaps (up to max) among kinds of the set, by account, day, model; returns how many there are.  Models
 * are compared as the card resolves them.  SIZE_MAX when out of memory. */
SC_API size_t sc_ledger_overlaps(const sc_ledger *l, const sc_card *card, unsigned kinds, sc_ledger_overlap *out,
                                 size_t max);

/* ---- sketches ---- */

/* Log-scale bins of token counts: exact below 16, then eight to a doubling; a value differs from its bin's middle by at
 * most 1/16. */
#define SC_BINS 512
SC_API int sc_bin_of(int64_t tokens);
SC_API int64_t sc_bin_low(int bin);  /* smallest value of the bin */
SC_API int64_t sc_bin_high(int bin); /* largest value of the bin */

/* Requests of a stream by size: input (without what was read from a cache or written to it) and output. */
typedef struct sc_ledger_size {
    int input_bin, output_bin;
    int64_t count;
} sc_ledger_size;
/* Requests of a stream by total context, and what they add up to. */
typedef struct sc_ledger_context {
    int bin;
    int64_t count;
    int64_t tokens[SC_TOKEN_METERS];
} sc_ledger_context;
SC_API size_t sc_ledger_sizes(const sc_ledger *l, size_t stream, const sc_ledger_size **out);       /* sorted by bins */
SC_API size_t sc_ledger_contexts(const sc_ledger *l, size_t stream, const sc_ledger_context **out); /* sorted by bin */
/* The requests of a stream below a context of `threshold` tokens and from it on, with their tokens; `bin` is -1.  All
 * bins but the one that the threshold cuts are told apart exactly; the requests of that one, *uncertain_requests, are
 * shared out evenly over its width.  The true counts differ from these by at most *uncertain_requests, and as a bin is
 * at most an eighth of its lowest value wide, only requests within an eighth of the threshold can be on the wrong
 * side.  Thresholds of the ledger's own rate card need no estimate: its bands are in the cells. */
SC_API void sc_ledger_split_context(const sc_ledger *l, size_t stream, int64_t threshold, sc_ledger_context *below,
                                    sc_ledger_context *above, int64_t *uncertain_requests);
/* Requests by UTC hour of a day of a stream, 24 counts; NULL = no times known. */
SC_API const uint32_t *sc_ledger_hours(const sc_ledger *l, size_t stream, sc_day day);
/* Times (UTC seconds) of requests by session key, sorted by key's hash, then time. */
typedef struct sc_ledger_event {
    uint64_t session;
    int64_t time;
} sc_ledger_event;
SC_API size_t sc_ledger_events(const sc_ledger *l, size_t stream, const sc_ledger_event **out);

/* Use of a quota (account, model, region, scope, tier, endpoint) in one minute. */
typedef struct sc_ledger_minute {
    size_t stream;                   /* one of the streams of the quota: its first */
    int64_t minute;                  /* since 1970 */
    int64_t requests, input, output; /* input: with cache writes, without cache reads */
} sc_ledger_minute;
/* All minutes with requests, by quota, then time. */
SC_API size_t sc_ledger_minutes(const sc_ledger *l, const sc_ledger_minute **out);

/* ---- files ---- */

/* Writes a sealed ledger, whole or not at all.  The same usage gives the same bytes. */
SC_API sc_code sc_ledger_save(const sc_ledger *l, const char *path, sc_errors *errors);
/* Reads one; it is sealed.  SC_E_INPUT for other files, other versions and damaged ones. */
SC_API sc_code sc_ledger_load(const char *path, sc_ledger **out, sc_errors *errors);
SC_API sc_code sc_ledger_parse(const char *name, const char *data, size_t size, sc_ledger **out, sc_errors *errors);
/* Writes a sealed ledger as spendcast's own CSV (README), a row a cell and all amounts exact: what is read back has the
 * same sums by day, under the kind `own` and without sketches.  Compressed if the name ends in ".gz". */
SC_API sc_code sc_ledger_export(const sc_ledger *l, const char *path, sc_errors *errors);
/* What a ledger file begins with. */
#define SC_LEDGER_MAGIC "SCLEDGER"

#ifdef __cplusplus
}
#endif
#endif
