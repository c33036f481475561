/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_usage_lines.c - readers of JSON lines: a block gives what its lines give one by one, twice the same; records
 * keep the conservation laws, and what stands for them is inside the block.
 *
 * The first byte picks the reader: b, o, a or t; others are read by all. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_check.h"
#include "usage/reader.h"

/* What came out of a reader, as a sum that any change of order or content changes. */
typedef struct outcome {
    sc_usage_sink sink; /* first: the functions get it back as the outcome */
    const char *block;
    size_t size;
    uint64_t sum;
    size_t events;
} outcome;

static void mix(outcome *o, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        o->sum = (o->sum ^ bytes[i]) * UINT64_C(0x100000001b3);
    o->sum = (o->sum ^ size) * UINT64_C(0x100000001b3);
}

static void mix_text(outcome *o, sc_text t)
{
    require(t.len == 0 || t.at != NULL);
    mix(o, t.at, t.len);
}

static void take_record(sc_usage_sink *sink, const sc_usage_record *r, const char *at, size_t len)
{
    outcome *o = (outcome *)sink;
    require(at >= o->block && len <= o->size && at + len <= o->block + o->size);
    require(sc_usage_flaw(r) == NULL);
    require(r->time > 0 && r->n_tags <= SC_USAGE_TAGS_MAX);
    require(r->dim[SC_DIM_MODEL].len > 0 || r->dim[SC_DIM_PROFILE].len > 0);
    require(r->tier >= -1 && r->tier < SC_TIERS && r->meter >= -1 && r->meter < SC_METERS && r->grain < SC_GRAINS);
    /* A meter of its own comes without tokens, tokens without such a meter. */
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        require(r->meter < 0 || r->tokens[m] == 0);
    require((r->meter < 0) == (r->quantity == 0));
    mix(o, &r->time, sizeof r->time);
    mix(o, r->tokens, sizeof r->tokens);
    mix(o, &r->quantity, sizeof r->quantity);
    mix(o, &r->requests, sizeof r->requests);
    mix(o, &r->tier, sizeof r->tier);
    mix_text(o, r->request_id);
    mix_text(o, r->session_key);
    for (int d = 0; d < SC_DIMS; d++)
        mix_text(o, r->dim[d]);
    for (size_t i = 0; i < r->n_tags; i++) {
        mix_text(o, r->tag[i].key);
        mix_text(o, r->tag[i].value);
    }
    o->events++;
}

static void take_reject(sc_usage_sink *sink, const char *at, size_t len, size_t offset, const char *reason)
{
    outcome *o = (outcome *)sink;
    require(at >= o->block && len <= o->size && at + len <= o->block + o->size && offset <= len);
    require(reason != NULL && reason[0] != '\0' && strlen(reason) < 400);
    mix(o, &offset, sizeof offset);
    mix(o, reason, strlen(reason));
    o->events++;
}

static void take_skip(sc_usage_sink *sink, const char *reason)
{
    outcome *o = (outcome *)sink;
    mix(o, reason, strlen(reason));
    o->events++;
}

static outcome begin(const char *block, size_t size)
{
    return (outcome){.sink = {take_record, take_reject, take_skip}, .block = block, .size = size, .sum = 1};
}

/* A byte order mark is passed over at the start of a block only. */
static int has_late_mark(const char *at, size_t size)
{
    for (size_t i = 0; i + 4 <= size; i++) {
        if (memcmp(at + i, "\n\xEF\xBB\xBF", 4) == 0)
            return 1;
    }
    return 0;
}

static int is_blank(const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (at[i] != ' ' && at[i] != '\t' && at[i] != '\r')
            return 0;
    }
    return 1;
}

/* The lines one by one, each as if it were the first of a source. */
static void read_lines(const sc_usage_reader *reader, outcome *o)
{
    for (size_t at = 0; at < o->size;) {
        const char *feed = memchr(o->block + at, '\n', o->size - at);
        const size_t len = feed != NULL ? (size_t)(feed - o->block) - at : o->size - at;
        const size_t before = o->events;
        reader->read(NULL, o->block + at, len, &o->sink);
        require(!is_blank(o->block + at, len) || o->events == before);
        at += len + (feed != NULL);
    }
}

/* A block whose lines come again: their keys are guessed then, which changes nothing. */
static void check_twice(const sc_usage_reader *reader, const char *block, size_t size)
{
    char *twice = malloc(2 * size + 1);
    require(twice != NULL);
    memcpy(twice, block, size);
    twice[size] = '\n';
    memcpy(twice + size + 1, block, size);
    outcome whole = begin(twice, 2 * size + 1), lines = begin(twice, 2 * size + 1);
    reader->read(NULL, twice, 2 * size + 1, &whole.sink);
    read_lines(reader, &lines);
    if (!has_late_mark(twice, 2 * size + 1))
        require(whole.sum == lines.sum && whole.events == lines.events);
    free(twice);
}

static void check(const sc_usage_reader *reader, const char *block, size_t size)
{
    outcome whole = begin(block, size), again = begin(block, size), lines = begin(block, size);
    const int sure = reader->detect(block, size);
    require(sure >= 0 && sure <= 100 && reader->detect(block, size) == sure);
    reader->read(NULL, block, size, &whole.sink);
    reader->read(NULL, block, size, &again.sink);
    require(whole.sum == again.sum && whole.events == again.events);
    read_lines(reader, &lines);
    if (!has_late_mark(block, size))
        require(whole.sum == lines.sum && whole.events == lines.events);
    check_twice(reader, block, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const sc_usage_reader *const readers[] = {&sc_reader_bedrock_log, &sc_reader_openai, &sc_reader_anthropic,
                                                     &sc_reader_otel};
    static const char letters[] = "boat";
    if (size == 0)
        return 0;
    const char *letter = data[0] != '\0' ? strchr(letters, data[0]) : NULL;
    /* Exactly as long as the input, so that reading past it shows. */
    char *block = malloc(size > 1 ? size - 1 : 1);
    require(block != NULL);
    memcpy(block, data + 1, size - 1);
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (letter == NULL || (size_t)(letter - letters) == i)
            check(readers[i], block, size - 1);
    }
    free(block);
    return 0;
}
