/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reader.h - what each usage format's reader provides.
 *
 * Line formats (JSON lines, CSV) get blocks of whole records and may run on several blocks at once; document formats
 * get the whole text once. A reader keeps no global state. */
#ifndef SC_USAGE_READER_H
#define SC_USAGE_READER_H

#include "spendcast/usage.h"

/* Where a reader delivers.  `at` is the first byte of the record's text (line, row, JSON value) in the block, `len` its
 * length; both are used for messages and the rejects file. */
typedef struct sc_usage_sink sc_usage_sink;
struct sc_usage_sink {
    void (*record)(sc_usage_sink *s, const sc_usage_record *r, const char *at, size_t len);
    /* A record that is not used: why (message law of error.h: "inputTokenCount is negative"), and the byte within the
     * record where the problem starts. */
    void (*reject)(sc_usage_sink *s, const char *at, size_t len, size_t offset, const char *reason);
    /* A record that says nothing on model usage and is passed over for a known reason ("other service", "no usage in
     * record"): counted by reason; `reason` is a string constant. */
    void (*skip)(sc_usage_sink *s, const char *reason);
};

typedef enum sc_shape { SC_SHAPE_LINES, SC_SHAPE_CSV, SC_SHAPE_DOCUMENT } sc_shape;

typedef struct sc_usage_reader {
    sc_usage_kind kind;
    const char *name; /* "Bedrock model invocation log" */
    sc_shape shape;
    /* How sure the reader is that a source is its own, from the first bytes (up to 64 KiB; may end within a record):
     * 0 = no, 100 = by a mark that no other format has.  The surest reader gets the source. */
    int (*detect)(const char *head, size_t size);
    /* Set-up for one source; CSV: `header` is the first record of the file (else NULL). *state is passed to read() and
     * is only read there.  SC_E_INPUT with the reason in why: the source cannot be read. */
    sc_code (*open)(const sc_card *card, const char *header, size_t size, void **state, char *why, size_t why_size);
    void (*close)(void *state);
    /* Reads all records of a block (SC_SHAPE_CSV: without the header), or the whole document. */
    void (*read)(const void *state, const char *block, size_t size, sc_usage_sink *sink);
} sc_usage_reader;

/* All readers, ended by NULL. */
extern const sc_usage_reader *const sc_usage_readers[];

extern const sc_usage_reader sc_reader_bedrock_log;   /* read_bedrock_log.c */
extern const sc_usage_reader sc_reader_openai;        /* read_openai.c */
extern const sc_usage_reader sc_reader_anthropic;     /* read_anthropic.c */
extern const sc_usage_reader sc_reader_otel;          /* read_otel.c */
extern const sc_usage_reader sc_reader_own;           /* read_own.c */
extern const sc_usage_reader sc_reader_cloudwatch;    /* read_cloudwatch.c */
extern const sc_usage_reader sc_reader_cur;           /* read_cur.c */
extern const sc_usage_reader sc_reader_focus;         /* read_focus.c */
extern const sc_usage_reader sc_reader_cost_explorer; /* read_cost_explorer.c */

/* ---- what readers share (usage.c) ---- */

/* A record with everything "not stated": zeros, -1 where that means so. */
void sc_usage_clear(sc_usage_record *r);
/* The same for readers that set the same dims in each record. */
void sc_usage_clear_but_dims(sc_usage_record *r);
/* "2026-01-15T12:00:00Z", with fraction, with offset "+02:00", without any ("2026-01-15 12:00:00" = UTC), or a date
 * alone (midnight).  SC_E_INPUT if it is no such time. */
sc_code sc_usage_time(sc_text t, int64_t *seconds);
/* Splits an assumed-role ARN into principal ("arn:aws:sts::1:assumed-role/Role") and session; other ARNs are all
 * principal. */
void sc_usage_principal(sc_text arn, sc_text *principal, sc_text *session);
/* Conservation checks that hold for records of every kind: no negative count, sums that fit into int64, requests not 0
 * while there are tokens.  NULL = fine, else the reason. */
const char *sc_usage_any_flaw(const sc_usage_record *r);
static inline const char *sc_usage_flaw(const sc_usage_record *r)
{
    uint64_t any = 0;
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        any |= (uint64_t)r->tokens[m];
    const int is_plain = any >> 60 == 0 && r->requests > 0 && r->quantity >= 0; /* nearly always */
    return is_plain ? NULL : sc_usage_any_flaw(r);
}

#endif
