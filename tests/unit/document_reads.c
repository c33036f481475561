/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document_reads.c - readers of whole documents, shown as text. */
#include "document_reads.h"

#include <stdlib.h>

#include "csv_reads.h"
#include "expect.h"

typedef struct text_sink {
    sc_usage_sink sink;
    sc_strbuf text;
    sc_text block;
} text_sink;

static void show_record(sc_usage_sink *s, const sc_usage_record *r, const char *at, size_t len)
{
    sc_strbuf *b = &((text_sink *)s)->text;
    const sc_text block = ((text_sink *)s)->block;
    EXPECT_TRUE(at >= block.at && len > 0 && at + len <= block.at + block.len);
    shown_record(b, r);
}

static void show_reject(sc_usage_sink *s, const char *at, size_t len, size_t offset, const char *reason)
{
    sc_strbuf *b = &((text_sink *)s)->text;
    const sc_text block = ((text_sink *)s)->block;
    const char *place = at + offset, *end = block.at + block.len;
    int line = 1, column = 1;
    if (!EXPECT_TRUE(at >= block.at && offset <= len && at + len <= end))
        return;
    for (const char *c = block.at; c < place; c++) {
        line += *c == '\n';
        column = *c == '\n' ? 1 : column + 1;
    }
    const int shown = (int)(end - place < 16 ? end - place : 16);
    sc_strbuf_printf(b, "%d:%d <%.*s> %s\n", line, column, shown, place, reason);
}

static void show_skip(sc_usage_sink *s, const char *reason)
{
    sc_strbuf_printf(&((text_sink *)s)->text, "skip: %s\n", reason);
}

char *document_reads(const sc_usage_reader *reader, const sc_card *card, const char *text)
{
    /* A copy of exactly that size, so that a sanitizer sees a read past its end. */
    const size_t size = strlen(text);
    char *block = malloc(size > 0 ? size : 1), why[400];
    text_sink s = {{show_record, show_reject, show_skip}, {0}, {block, size}};
    void *state;
    memcpy(block, text, size);
    if (EXPECT_I64(reader->open(card, NULL, 0, &state, why, sizeof why), SC_OK)) {
        reader->read(state, block, size, &s.sink);
        reader->close(state);
    }
    free(block);
    char *copy = strdup(s.text.text != NULL ? s.text.text : "");
    sc_strbuf_release(&s.text);
    return copy;
}
