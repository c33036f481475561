/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sources.c - what each input is, told by its first bytes. */
#include "ingest/sources.h"

#include <string.h>

#include "spendcast/ledger.h"

/* Small enough that what one pass over a block has read is still in the cache for the next one. */
#define BLOCK ((size_t)1 << 18)

/* Bytes of a compressed file whose blocks are shared: unpacked, about what a thread may read ahead. */
#define SHARED_GZIP ((uint64_t)1 << 20)

/* What every answer of the Projects API holds, and nothing else. */
#define PROJECT_MARK "\"organization.project\""

static int has(const char *text, size_t size, const char *mark)
{
    const size_t n = strlen(mark);
    for (size_t i = 0; n <= size && i <= size - n; i++) {
        if (text[i] == mark[0] && memcmp(text + i, mark, n) == 0)
            return 1;
    }
    return 0;
}

static int is_project_list(const char *head, size_t size)
{
    return size > 0 && (head[0] == '{' || head[0] == '[') && has(head, size, PROJECT_MARK);
}

static const sc_usage_reader *surest_reader(const char *head, size_t size)
{
    const sc_usage_reader *best = NULL;
    int surest = 0;
    for (const sc_usage_reader *const *r = sc_usage_readers; *r != NULL; r++) {
        const int sure = (*r)->detect(head, size);
        if (sure > surest) {
            surest = sure;
            best = *r;
        }
    }
    return best;
}

/* What a text that no reader takes looks like, and what it could be. */
static const char *what_else(const char *head, size_t size)
{
    const char *line_end = size > 0 ? memchr(head, '\n', size) : NULL;
    const size_t line = line_end != NULL ? (size_t)(line_end - head) : size;
    if (size == 0)
        return "the file is empty, expected usage";
    if (head[0] == '{' || head[0] == '[')
        return "JSON of no known usage format, expected invocation logs, OpenAI or Anthropic usage, OTLP spans, a list "
               "of projects, CloudWatch metrics or Cost Explorer results";
    if (memchr(head, ',', line) != NULL)
        return "a table of no known usage format, expected a header with line_item_usage_type (CUR), ChargePeriodStart "
               "(FOCUS), or time and input (spendcast's own)";
    return "no known usage format, expected JSON or CSV as the README lists them";
}

static sc_code unknown(const source *s, const char *head, size_t size, sc_errors *errors)
{
    const sc_place place = {.file = s->shown.path};
    const sc_foreign *f = sc_stream_foreign(head, size);
    if (f != NULL)
        return sc_errors_add(errors, SC_E_INPUT, &place, NULL, "%s is not read; %s", f->name, f->hint);
    return sc_errors_add(errors, SC_E_INPUT, &place, NULL, "%s", what_else(head, size));
}

/* A compressed file that one thread has to itself is unpacked while others unpack theirs; but where records wait for
 * those of the files before it, only a small one is read before they are through.  Bills have no request ids. */
static int is_for_one_thread(const source *s)
{
    if (s->reader->shape == SC_SHAPE_DOCUMENT)
        return 1;
    return sc_stream_is_gzip(s->stream) && (s->shown.bytes < SHARED_GZIP || sc_usage_kind_is_bill(s->reader->kind));
}

sc_code source_open(source *s, sc_errors *errors)
{
    const char *head;
    size_t size;
    sc_code code = sc_stream_open(s->shown.path, BLOCK, 0, &s->stream, errors);
    if (code == SC_OK)
        code = sc_stream_head(s->stream, &head, &size, errors);
    if (code != SC_OK)
        return code;
    s->shown.kind = -1;
    if (size >= strlen(SC_LEDGER_MAGIC) && memcmp(head, SC_LEDGER_MAGIC, strlen(SC_LEDGER_MAGIC)) == 0) {
        s->form = SOURCE_LEDGER;
        s->shown.format = "spendcast ledger";
        return SC_OK;
    }
    if (is_project_list(head, size)) {
        s->form = SOURCE_PROJECTS;
        s->shown.format = "project list";
        return SC_OK;
    }
    s->reader = size > 0 ? surest_reader(head, size) : NULL;
    if (s->reader == NULL)
        return unknown(s, head, size, errors);
    s->form = SOURCE_USAGE;
    s->shown.format = s->reader->name;
    s->shown.kind = (int)s->reader->kind;
    s->alone = is_for_one_thread(s);
    return SC_OK;
}

void source_close(source *s)
{
    if (s->state != NULL && s->reader->close != NULL)
        s->reader->close(s->state);
    s->state = NULL;
    sc_stream_close(s->stream);
    s->stream = NULL;
}
