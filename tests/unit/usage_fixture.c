/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_fixture.c - what a reader of usage delivers, as text and as sums. */
#include "usage_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/file.h"

/* Bytes shown of the place of a reject. */
#define SHOWN ((size_t)8)
#define MAX_BYTES ((size_t)16 << 20)

static void add_number(usage_log *log, const char *name, int64_t n)
{
    if (n != 0)
        sc_strbuf_printf(&log->text, " %s=%" PRId64, name, n);
}

static void add_text(usage_log *log, const char *name, sc_text t)
{
    if (t.len > 0)
        sc_strbuf_printf(&log->text, " %s=%.*s", name, (int)t.len, t.at);
}

static void is_inside(const usage_log *log, const char *at, size_t len)
{
    EXPECT_TRUE(at >= log->block && at + len <= log->block + log->size);
}

static void take_record(sc_usage_sink *sink, const sc_usage_record *r, const char *at, size_t len)
{
    static const char *const tokens[SC_TOKEN_METERS] = {"in", "out", "read", "write", "5m", "30m", "1h"};
    usage_log *log = (usage_log *)sink;
    is_inside(log, at, len);
    EXPECT_STR(sc_usage_flaw(r), NULL);
    log->records++;
    log->requests += r->requests;
    log->quantity += r->quantity;
    sc_strbuf_printf(&log->text, "%" PRId64, r->time);
    if (r->grain != SC_GRAIN_REQUEST)
        sc_strbuf_printf(&log->text, " %s", sc_grain_name(r->grain));
    for (int d = 0; d < SC_DIMS; d++)
        add_text(log, sc_dim_name((sc_dim)d), r->dim[d]);
    add_text(log, "id", r->request_id);
    add_text(log, "share", r->session_key);
    for (size_t i = 0; i < r->n_tags; i++)
        sc_strbuf_printf(&log->text, " {%.*s=%.*s}", (int)r->tag[i].key.len, r->tag[i].key.at, (int)r->tag[i].value.len,
                         r->tag[i].value.at);
    if (r->tier >= 0)
        sc_strbuf_printf(&log->text, " tier=%s", sc_tier_name((sc_tier)r->tier));
    for (int m = 0; m < SC_TOKEN_METERS; m++) {
        add_number(log, tokens[m], r->tokens[m]);
        log->tokens[m] += r->tokens[m];
    }
    if (r->context >= 0)
        add_number(log, "context", r->context);
    if (r->meter >= 0)
        add_number(log, sc_meter_name((sc_meter)r->meter), r->quantity / SC_QUANTITY_SCALE);
    sc_strbuf_printf(&log->text, " requests=%" PRId64 "\n", r->requests);
}

static void take_reject(sc_usage_sink *sink, const char *at, size_t len, size_t offset, const char *reason)
{
    usage_log *log = (usage_log *)sink;
    is_inside(log, at, len);
    EXPECT_TRUE(offset <= len);
    log->rejects++;
    sc_strbuf_printf(&log->text, "reject '%.*s': %s\n", (int)(len - offset < SHOWN ? len - offset : SHOWN), at + offset,
                     reason);
}

static void take_skip(sc_usage_sink *sink, const char *reason)
{
    usage_log *log = (usage_log *)sink;
    log->skips++;
    sc_strbuf_printf(&log->text, "skip: %s\n", reason);
}

void usage_log_read(usage_log *log, const sc_usage_reader *reader, const char *block, size_t size)
{
    void *state = NULL;
    char why[200];
    *log = (usage_log){.sink = {take_record, take_reject, take_skip}, .block = block, .size = size};
    if (!EXPECT_I64(reader->open(NULL, NULL, 0, &state, why, sizeof why), SC_OK))
        return;
    reader->read(state, block, size, &log->sink);
    reader->close(state);
    sc_strbuf_puts(&log->text, "");
    EXPECT_TRUE(!log->text.failed);
}

void usage_log_release(usage_log *log) { sc_strbuf_release(&log->text); }

void usage_cases_hold(const sc_usage_reader *reader, const usage_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        usage_log log;
        /* Without the terminator, so that reading past the end shows. */
        const size_t size = strlen(cases[i].input);
        char *block = malloc(size > 0 ? size : 1);
        if (block == NULL) {
            EXPECT_TRUE(block != NULL);
            return;
        }
        memcpy(block, cases[i].input, size);
        usage_log_read(&log, reader, block, size);
        if (!EXPECT_STR(log.text.text, cases[i].expected))
            (void)printf("      of %s\n", cases[i].input);
        usage_log_release(&log);
        free(block);
    }
}

char *usage_data(const char *name, unsigned long cases, size_t *size)
{
    const char *folder = getenv("SPENDCAST_TEST_DATA");
    char path[1024], reason[1100], *text = NULL;
    (void)snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "", name);
    if (folder != NULL && folder[0] != '\0' && sc_file_read(path, MAX_BYTES, &text, size, NULL) == SC_OK)
        return text;
    (void)snprintf(reason, sizeof reason, "no data file %s in SPENDCAST_TEST_DATA", name);
    sc_expect_skipped(cases, reason);
    return NULL;
}
