/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token_counts.h - token counts as the APIs state them, and the one meaning they get here.
 *
 * Converse and Anthropic Messages leave cached and written tokens out of the input count, Chat Completions and
 * Responses have them inside.  Which of the two an object means is told by its keys and confirmed by its total
 * (AWS Bedrock user guide, prompt caching, 2026; genai-prices 0.1.8). */
#ifndef SC_USAGE_TOKEN_COUNTS_H
#define SC_USAGE_TOKEN_COUNTS_H

#include "usage/json_fields.h"

/* The first ones are those of sc_meter. */
typedef enum sc_count {
    SC_COUNT_INPUT = SC_METER_INPUT,
    SC_COUNT_OUTPUT = SC_METER_OUTPUT,
    SC_COUNT_CACHE_READ = SC_METER_CACHE_READ,
    SC_COUNT_CACHE_WRITE = SC_METER_CACHE_WRITE, /* of all lifetimes */
    SC_COUNT_CACHE_WRITE_5M = SC_METER_CACHE_WRITE_5M,
    SC_COUNT_CACHE_WRITE_30M = SC_METER_CACHE_WRITE_30M,
    SC_COUNT_CACHE_WRITE_1H = SC_METER_CACHE_WRITE_1H,
    SC_COUNT_TOTAL,
    SC_COUNT_REASONING,
    SC_COUNT_INPUT_AUDIO,
    SC_COUNT_OUTPUT_AUDIO,
    SC_COUNT_WEB_SEARCHES,
    SC_COUNTS
} sc_count;

/* What the keys say on the meaning of the input count. */
enum { SC_CACHE_INSIDE = 1, SC_CACHE_APART = 2, SC_AUDIO_APART = 4 };

typedef struct sc_counts {
    int64_t n[SC_COUNTS]; /* -1 = not stated */
    unsigned says;        /* SC_CACHE_ and SC_AUDIO_ */
    int tier;             /* -1 = not stated */
    sc_text iterations;   /* raw array of Anthropic's sampling steps, "" = none */
} sc_counts;

void sc_counts_clear(sc_counts *k);
/* 1 if a count of input or output tokens is stated. */
int sc_counts_any(const sc_counts *k);
/* Reads a usage object of any of the APIs; a value of another type is skipped. */
void sc_counts_read(sc_fields *f, sc_json_cursor *c, sc_counts *k);
/* Reads the value if `key` is one of a usage object, else returns 0 and reads nothing. */
int sc_counts_member(sc_fields *f, sc_json_cursor *c, sc_text key, sc_counts *k);
/* Takes over what `later` states. */
void sc_counts_override(sc_counts *k, const sc_counts *later);

/* Sets the record's tokens; NULL, or the reason why the counts cannot be right (in f->reason or constant). */
const char *sc_counts_settle(sc_fields *f, const sc_counts *k, sc_usage_record *r);

/* A quantity of the same call that has a meter of its own. */
typedef struct sc_extra {
    sc_meter meter;
    const char *model, *variant; /* model NULL = the call's own */
    int64_t quantity;
} sc_extra;

#define SC_COUNT_EXTRAS_MAX 3
/* Quantities of `k` that are no token meters: audio tokens, web searches.  Returns how many. */
size_t sc_counts_extras(const sc_counts *k, sc_extra extras[SC_COUNT_EXTRAS_MAX]);

/* Gives the record to the sink, then one for each extra (requests 0, no tokens, the same request id), or rejects it if
 * it breaks a conservation law.  r is used up. */
void sc_counts_deliver(sc_fields *f, sc_usage_record *r, const sc_extra *extras, size_t n);

#endif
