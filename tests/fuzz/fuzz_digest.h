/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_digest.h - a sink for readers of documents: checks what any record, reject and skip must hold, and keeps a
 * digest of the records. */
#ifndef SC_FUZZ_DIGEST_H
#define SC_FUZZ_DIGEST_H

#include "fuzz_check.h"
#include "io/json_doc.h"
#include "usage/reader.h"

typedef struct digest_sink {
    sc_usage_sink sink;
    const char *block;
    size_t size;
    uint64_t digest; /* of the records, in order */
    int64_t records, rejects, skips;
} digest_sink;

static inline void digest_add(digest_sink *d, const void *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        d->digest = (d->digest ^ ((const unsigned char *)data)[i]) * UINT64_C(1099511628211); /* FNV-1a */
}

static inline void digest_text(digest_sink *d, sc_text t)
{
    digest_add(d, &t.len, sizeof t.len);
    if (t.len > 0)
        digest_add(d, t.at, t.len);
}

static inline void digest_record(sc_usage_sink *s, const sc_usage_record *r, const char *at, size_t len)
{
    digest_sink *d = (digest_sink *)s;
    require(at >= d->block && len > 0 && len <= d->size && (size_t)(at - d->block) <= d->size - len);
    require(sc_usage_flaw(r) == NULL && r->n_tags <= SC_USAGE_TAGS_MAX);
    require(r->time >= 0 && r->time <= INT64_C(253402300799));
    require(r->grain < SC_GRAINS && r->charge < SC_CHARGES && r->scope < (int)SC_SCOPES && r->tier < (int)SC_TIERS);
    for (int i = 0; i < SC_DIMS; i++)
        digest_text(d, r->dim[i]);
    for (size_t i = 0; i < r->n_tags; i++) {
        digest_text(d, r->tag[i].key);
        digest_text(d, r->tag[i].value);
    }
    digest_add(d, &r->time, sizeof r->time);
    digest_add(d, &r->grain, sizeof r->grain);
    digest_add(d, &r->charge, sizeof r->charge);
    digest_add(d, &r->requests, sizeof r->requests);
    digest_add(d, r->tokens, sizeof r->tokens);
    digest_add(d, &r->quantity, sizeof r->quantity);
    digest_add(d, &r->billed, sizeof r->billed);
    digest_add(d, &r->effective, sizeof r->effective);
    d->records++;
}

static inline void digest_reject(sc_usage_sink *s, const char *at, size_t len, size_t offset, const char *reason)
{
    digest_sink *d = (digest_sink *)s;
    require(at >= d->block && len <= d->size && (size_t)(at - d->block) <= d->size - len && offset <= len);
    require(reason != NULL && reason[0] != '\0' && strlen(reason) < 480);
    d->rejects++;
}

static inline void digest_skip(sc_usage_sink *s, const char *reason)
{
    require(reason != NULL && reason[0] != '\0');
    ((digest_sink *)s)->skips++;
}

static inline digest_sink digest_of(const sc_usage_reader *reader, const sc_card *card, const char *text, size_t size)
{
    digest_sink d = {{digest_record, digest_reject, digest_skip}, text, size, UINT64_C(14695981039346656037), 0, 0, 0};
    char why[400];
    void *state;
    require(reader->open(card, NULL, 0, &state, why, sizeof why) == SC_OK);
    reader->read(state, text, size, &d.sink);
    reader->close(state);
    return d;
}

/* The text in brackets, or twice with a line feed between; free it. */
static inline char *digest_wrapped(const char *before, const char *text, size_t size, const char *between, int twice,
                                   const char *after, size_t *out)
{
    const size_t b = strlen(before), m = strlen(between), a = strlen(after);
    char *wrapped = malloc(b + size * 2 + m + a + 1), *at = wrapped;
    require(wrapped != NULL);
    memcpy(at, before, b);
    memcpy(at += b, text, size);
    at += size;
    if (twice) {
        memcpy(at, between, m);
        memcpy(at += m, text, size);
        at += size;
    }
    memcpy(at, after, a);
    *out = (size_t)(at - wrapped) + a;
    return wrapped;
}

/* 1 if the text is one object, also where it stands in an array. */
static inline int digest_is_page(const char *text, size_t size)
{
    size_t wrapped_size;
    sc_json_doc *doc;
    char *wrapped = digest_wrapped("[", text, size, "", 0, "]", &wrapped_size);
    int is_page = 0;
    if (sc_json_parse("fuzz", wrapped, wrapped_size, &doc, NULL) == SC_OK) {
        const cJSON *first = sc_json_root(doc)->child;
        is_page = cJSON_IsObject(first) && first->next == NULL;
        sc_json_free(doc);
    }
    free(wrapped);
    return is_page;
}

#endif
