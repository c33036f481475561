/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_document.h - what readers of whole JSON documents share: pages, members, and rejects at their place. */
#ifndef SC_USAGE_READ_DOCUMENT_H
#define SC_USAGE_READ_DOCUMENT_H

#include "io/json_doc.h"
#include "usage/reader.h"

/* An object of a document; holds until the function that got it returns. */
typedef struct sc_usage_page {
    const sc_json_doc *doc;
    const cJSON *root;
    sc_usage_sink *sink;
} sc_usage_page;

/* Calls read(page, context) for each page of a text: one JSON object, several one after another (as paged answers are
 * appended to a file), or arrays of them (as `jq -s` writes them).  What is no such thing is rejected with its place.
 */
void sc_usage_pages(const char *text, size_t size, sc_usage_sink *sink,
                    void (*read)(const sc_usage_page *page, void *context), void *context);

/* 1 if the first object of a text (or of the array that it starts with) has this key; the text may end early. */
int sc_usage_head_has(const char *head, size_t size, const char *key);

/* NULL if the node is no object, or has no such member, or the member is null. */
const cJSON *sc_usage_member(const cJSON *object, const char *key);
/* The text of a string; "" for all else. */
sc_text sc_usage_string(const cJSON *node);

/* A whole number, also one written 12.0 or 1.2e3; 0 if the node is none, or NULL. */
int sc_usage_whole(const sc_usage_page *page, const cJSON *node, int64_t *out);

/* Where a node stands in the text that was read. */
sc_text sc_usage_source(const sc_usage_page *page, const cJSON *node);
/* Rejects `record` because of `value`, which is inside it. */
void sc_usage_reject(const sc_usage_page *page, const cJSON *record, const cJSON *value, const char *format, ...)
    SC_PRINTF(4, 5);

int sc_usage_contains(sc_text t, const char *part);
/* For "%.*s": bytes of a text that a message shows, whole characters. */
int sc_usage_shown(sc_text t);

#endif
