/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_usage_csv.h - what readers of CSV exports must hold: every row is delivered once, records make sense, and it
 * makes no difference at which row end the text is split into blocks.  The first line is the header. */
#ifndef SC_FUZZ_USAGE_CSV_H
#define SC_FUZZ_USAGE_CSV_H

#include "fuzz_check.h"
#include "io/csv_cursor.h"
#include "usage/reader.h"

typedef struct check_sink {
    sc_usage_sink sink;
    const char *begin, *end; /* of the block */
    uint64_t hash;           /* over everything delivered, in order */
    size_t delivered;
} check_sink;

static inline void add_bytes(check_sink *s, const void *data, size_t size)
{
    const unsigned char *at = data;
    for (size_t i = 0; i < size; i++)
        s->hash = (s->hash ^ at[i]) * UINT64_C(1099511628211);
    s->hash = (s->hash ^ size) * UINT64_C(1099511628211);
}

static inline void add_text(check_sink *s, sc_text t) { add_bytes(s, t.at, t.len); }

static inline void check_record(sc_usage_sink *sink, const sc_usage_record *r, const char *at, size_t len)
{
    check_sink *s = (check_sink *)sink;
    require(at >= s->begin && len <= (size_t)(s->end - at));
    require(sc_usage_flaw(r) == NULL && r->time >= 0);
    require((unsigned)r->grain < SC_GRAINS && (unsigned)r->charge < SC_CHARGES);
    require(r->scope >= -1 && r->scope < SC_SCOPES && r->tier >= -1 && r->tier < SC_TIERS);
    require(r->meter == -1 || (r->meter >= SC_TOKEN_METERS && r->meter < SC_METERS));
    require(r->n_tags <= SC_USAGE_TAGS_MAX && r->has_cost < 8);
    for (int d = 0; d < SC_DIMS; d++)
        add_text(s, r->dim[d]);
    for (size_t i = 0; i < r->n_tags; i++) {
        require(r->tag[i].key.len > 0 && r->tag[i].value.len > 0);
        add_text(s, r->tag[i].key);
        add_text(s, r->tag[i].value);
    }
    add_text(s, r->request_id);
    add_text(s, r->session_key);
    add_bytes(s, &r->time, sizeof r->time);
    add_bytes(s, r->tokens, sizeof r->tokens);
    add_bytes(s, &r->quantity, sizeof r->quantity);
    add_bytes(s, &r->billed, sizeof r->billed);
    add_bytes(s, &r->list, sizeof r->list);
    add_bytes(s, &r->effective, sizeof r->effective);
    const int64_t rest[] = {(int64_t)r->grain, (int64_t)r->charge, r->scope,    r->tier,       r->requests,
                            r->context,        r->meter,           r->has_cost, r->late_tokens};
    add_bytes(s, rest, sizeof rest);
    s->delivered++;
}

static inline void check_reject(sc_usage_sink *sink, const char *at, size_t len, size_t offset, const char *reason)
{
    check_sink *s = (check_sink *)sink;
    require(at >= s->begin && len <= (size_t)(s->end - at) && offset <= len && reason[0] != '\0');
    add_bytes(s, &offset, sizeof offset);
    add_text(s, sc_text_of(reason));
    s->delivered++;
}

static inline void check_skip(sc_usage_sink *sink, const char *reason)
{
    check_sink *s = (check_sink *)sink;
    add_text(s, sc_text_of(reason));
    s->delivered++;
}

static inline void read_part(const sc_usage_reader *reader, const void *state, const char *at, const char *end,
                             check_sink *s)
{
    s->begin = at;
    s->end = end;
    reader->read(state, at, (size_t)(end - at), &s->sink);
}

static inline void check_reader(const sc_usage_reader *reader, const sc_card *card, const char *text, size_t size)
{
    static sc_text cells[2048];
    const check_sink empty = {{check_record, check_reject, check_skip}, NULL, NULL, 7, 0};
    const char *end = text + size, *lf = size > 0 ? memchr(text, '\n', size) : NULL;
    const char *body = lf != NULL ? lf + 1 : end;
    check_sink whole = empty, parts = empty;
    char why[300] = "";
    void *state;
    const int sure = reader->detect(text, size);
    require(sure >= 0 && sure <= 100);
    if (reader->open(card, text, (size_t)(body - text), &state, why, sizeof why) != SC_OK) {
        require(why[0] != '\0' && strlen(why) < sizeof why && state == NULL);
        return;
    }
    read_part(reader, state, body, end, &whole);

    /* A row without its closing quote runs to the end of its block: split no more from there on. */
    sc_csv_cursor c;
    const char *from = body;
    size_t rows = 0;
    int splits = 1;
    sc_csv_begin(&c, body, (size_t)(end - body), cells, 2048);
    while (sc_csv_row(&c)) {
        rows++;
        splits &= c.problem == NULL;
        if (splits) {
            read_part(reader, state, from, c.at, &parts);
            from = c.at;
        }
    }
    read_part(reader, state, from, end, &parts);
    require(whole.delivered == rows && parts.delivered == rows && whole.hash == parts.hash);
    reader->close(state);
}

/* The input in a block of its own size, so that a read past its end is seen. */
static inline int check_input(const sc_usage_reader *reader, const uint8_t *data, size_t size)
{
    static sc_card *card;
    if (card == NULL)
        require(sc_card_load(NULL, NULL, &card, NULL) == SC_OK);
    char *text = malloc(size > 0 ? size : 1);
    require(text != NULL);
    memcpy(text, data, size);
    check_reader(reader, card, text, size);
    free(text);
    return 0;
}

#endif
