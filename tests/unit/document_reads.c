/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document_reads.c - readers of whole documents, shown as text. */
#include "document_reads.h"

#include <stdlib.h>

#include "base/strbuf.h"
#include "expect.h"

typedef struct text_sink {
    sc_usage_sink sink;
    sc_strbuf text;
    sc_text block;
} text_sink;

static void put_dims(sc_strbuf *b, const sc_usage_record *r)
{
    for (int d = 0; d < SC_DIMS; d++) {
        if (r->dim[d].len > 0)
            sc_strbuf_printf(b, " %s=%.*s", sc_dim_name((sc_dim)d), (int)r->dim[d].len, r->dim[d].at);
    }
    for (size_t i = 0; i < r->n_tags; i++)
        sc_strbuf_printf(b, " tag:%.*s=%.*s", (int)r->tag[i].key.len, r->tag[i].key.at, (int)r->tag[i].value.len,
                         r->tag[i].value.at);
    if (r->scope >= 0)
        sc_strbuf_printf(b, " %s", sc_scope_name((sc_scope)r->scope));
    if (r->tier >= 0)
        sc_strbuf_printf(b, " %s", sc_tier_name((sc_tier)r->tier));
}

static void put_counts(sc_strbuf *b, const sc_usage_record *r)
{
    char text[SC_DECIMAL_TEXT_MAX];
    if (r->requests >= 0)
        sc_strbuf_printf(b, " requests=%lld", (long long)r->requests);
    for (int m = 0; m < SC_TOKEN_METERS; m++) {
        if (r->tokens[m] != 0)
            sc_strbuf_printf(b, " %s=%lld", sc_meter_name((sc_meter)m), (long long)r->tokens[m]);
    }
    if (r->context >= 0)
        sc_strbuf_printf(b, " context=%lld", (long long)r->context);
    if (r->meter >= 0)
        sc_strbuf_printf(b, " %s=%s", sc_meter_name((sc_meter)r->meter),
                         sc_decimal_format_exact(r->quantity, 6, 0, text));
    if (r->has_cost & SC_COST_BILLED)
        sc_strbuf_printf(b, " billed=%s", sc_decimal_format_exact(r->billed, 15, 0, text));
    if (r->has_cost & SC_COST_EFFECTIVE)
        sc_strbuf_printf(b, " effective=%s", sc_decimal_format_exact(r->effective, 15, 0, text));
    if (r->late_tokens)
        sc_strbuf_puts(b, " late");
}

static void show_record(sc_usage_sink *s, const sc_usage_record *r, const char *at, size_t len)
{
    sc_strbuf *b = &((text_sink *)s)->text;
    const sc_text block = ((text_sink *)s)->block;
    const int64_t of_day = r->time % 86400;
    char day[16];
    EXPECT_TRUE(at >= block.at && len > 0 && at + len <= block.at + block.len);
    sc_strbuf_puts(b, sc_day_format((sc_day)(r->time / 86400), day));
    if (of_day != 0)
        sc_strbuf_printf(b, "T%02d:%02d:%02d", (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60));
    sc_strbuf_printf(b, " %s %s", sc_grain_name(r->grain), sc_charge_name(r->charge));
    put_dims(b, r);
    put_counts(b, r);
    sc_strbuf_putc(b, '\n');
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
