/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream.c - blocks of whole records.
 *
 * The stream fills its own buffer and finds the last record's end in it; then buffer and block change places, and the
 * bytes after that end are copied to the new buffer.  So each byte is moved once by read(), and only the beginning of
 * one record a block is copied. */
#include "io/stream.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "io/byte_block.h"
#include "io/byte_source.h"
#include "io/csv_cursor.h"
#include "io/io_error.h"

struct sc_stream {
    sc_byte_source *source;
    size_t block_size, max_record;
    char *buf; /* bytes that were read and not given out */
    size_t size, capacity;
    int has_ended; /* there is nothing more to read */
    int has_begun; /* the byte order mark was looked for */
    sc_code failed;
    uint64_t number; /* of the next block, as in sc_block */
    int64_t line;
    uint64_t offset;
};

sc_code sc_stream_open(const char *path, size_t block_size, size_t max_record, sc_stream **out, sc_errors *errors)
{
    sc_byte_source *source;
    *out = NULL;
    sc_code code = sc_byte_source_open(path, &source, errors);
    if (code != SC_OK)
        return code;
    sc_stream *s = SC_NEW(sc_stream);
    if (s == NULL) {
        sc_byte_source_close(source);
        return sc_io_out_of_memory(errors, path);
    }
    s->source = source;
    s->block_size = block_size > 0 ? block_size : SC_STREAM_BLOCK;
    s->max_record = max_record > 0 ? max_record : SC_STREAM_RECORD;
    s->line = 1;
    *out = s;
    return SC_OK;
}

void sc_stream_close(sc_stream *s)
{
    if (s == NULL)
        return;
    sc_byte_source_close(s->source);
    sc_free(s->buf);
    sc_free(s);
}

int sc_stream_is_gzip(const sc_stream *s) { return sc_byte_source_is_gzip(s->source); }
uint64_t sc_stream_raw(const sc_stream *s) { return sc_byte_source_raw(s->source); }

void sc_block_release(sc_block *b)
{
    sc_free(b->data);
    *b = (sc_block){0};
}

static sc_code reserve(sc_stream *s, char **buf, size_t *capacity, size_t wanted, sc_errors *errors)
{
    if (wanted <= *capacity)
        return SC_OK;
    char *larger = sc_realloc(*buf, wanted, 1);
    if (larger == NULL)
        return sc_io_out_of_memory(errors, sc_byte_source_name(s->source));
    *buf = larger;
    *capacity = wanted;
    return SC_OK;
}

static void drop_byte_order_mark(sc_stream *s)
{
    size_t bom = sc_utf8_bom(s->buf, s->size);
    s->has_begun = 1;
    s->size -= bom;
    s->offset += bom;
    memmove(s->buf, s->buf + bom, s->size);
}

/* Reads until the buffer has `wanted` bytes or the source ends. */
static sc_code fill(sc_stream *s, size_t wanted, sc_errors *errors)
{
    if (!s->has_begun && wanted < SC_UTF8_BOM_SIZE)
        wanted = SC_UTF8_BOM_SIZE;
    sc_code code = reserve(s, &s->buf, &s->capacity, wanted, errors);
    while (code == SC_OK && s->size < wanted && !s->has_ended) {
        size_t n;
        code = sc_byte_source_read(s->source, s->buf + s->size, wanted - s->size, &n, errors);
        if (code == SC_OK) {
            s->size += n;
            s->has_ended = n == 0;
        }
    }
    if (code == SC_OK && !s->has_begun)
        drop_byte_order_mark(s);
    s->failed = code;
    return code;
}

sc_code sc_stream_head(sc_stream *s, const char **head, size_t *size, sc_errors *errors)
{
    sc_code code = s->failed != SC_OK ? s->failed : fill(s, SC_STREAM_HEAD, errors);
    *head = code == SC_OK ? s->buf : NULL;
    *size = code == SC_OK ? s->size : 0;
    return code;
}

/* ---- where records end */

static int64_t count_lines(const char *text, size_t size)
{
    int64_t lines = 0;
    while (size >= 64) {
        sc_bytes64 counts = {0}; /* 64 counters, which hold up to 255 */
        for (int i = 0; i < 255 && size >= 64; i++, text += 64, size -= 64)
            counts = sc_count64(counts, sc_is64(sc_load64(text), '\n'));
        for (int i = 0; i < 64; i++)
            lines += counts.part[i / 16][i % 16];
    }
    while (size > 0)
        lines += text[--size] == '\n';
    return lines;
}

/* Bytes up to the end of the last whole line. */
static size_t whole_lines(const char *text, size_t size)
{
    while (size > 0 && text[size - 1] != '\n')
        size--;
    return size;
}

/* Bytes up to the end of the last row that is whole whatever follows.  Only quotes make rows differ from lines. */
static size_t whole_rows(const char *text, size_t size)
{
    if (size == 0 || memchr(text, '"', size) == NULL)
        return whole_lines(text, size);
    sc_csv_cursor c;
    sc_csv_begin(&c, text, size, NULL, 0);
    while (sc_csv_row(&c))
        if (c.is_cut)
            return (size_t)(c.row - text);
    return size;
}

static size_t first_line(const char *text, size_t size)
{
    const char *lf = memchr(text, '\n', size);
    return lf != NULL ? (size_t)(lf - text) + 1 : 0;
}

/* Bytes of the buffer that the next block takes; 0 = more must be read. */
static size_t whole_records(const sc_stream *s, sc_cut split)
{
    if (s->has_ended)
        return s->size;
    size_t size = split == SC_CUT_LINES ? whole_lines(s->buf, s->size)
                  : split == SC_CUT_CSV ? whole_rows(s->buf, s->size)
                                        : 0;
    if (size == 0 && split == SC_CUT_CSV && s->size >= s->max_record)
        size = first_line(s->buf, s->size);
    return size;
}

static sc_code too_large(sc_stream *s, sc_cut split, sc_errors *errors)
{
    const sc_place place = {.file = sc_byte_source_name(s->source)};
    if (split == SC_CUT_NONE)
        s->failed = sc_errors_add(errors, SC_E_INPUT, &place, NULL, "a document of more than %zu bytes; expected less",
                                  s->max_record);
    else
        s->failed = sc_errors_add(errors, SC_E_INPUT, &place, NULL,
                                  "line %lld has more than %zu bytes; expected lines of records", (long long)s->line,
                                  s->max_record);
    return s->failed;
}

/* Makes the first `size` bytes of the buffer the block. */
static sc_code give_out(sc_stream *s, size_t size, sc_block *b, sc_errors *errors)
{
    const size_t rest = s->size - size;
    s->failed = reserve(s, &b->data, &b->capacity, rest > s->block_size ? rest : s->block_size, errors);
    if (s->failed != SC_OK)
        return s->failed;
    const sc_block given = {s->buf, size, s->capacity, s->number++, s->line, s->offset};
    memcpy(b->data, s->buf + size, rest);
    s->buf = b->data;
    s->capacity = b->capacity;
    s->size = rest;
    s->line += count_lines(given.data, size);
    s->offset += size;
    *b = given;
    return SC_OK;
}

sc_code sc_stream_block(sc_stream *s, sc_cut split, sc_block *b, sc_errors *errors)
{
    size_t size = 0;
    b->size = 0;
    for (size_t wanted = s->block_size; s->failed == SC_OK; wanted *= 2) {
        if (wanted > s->max_record)
            wanted = s->max_record;
        if (fill(s, wanted, errors) != SC_OK)
            break;
        size = whole_records(s, split);
        if (size > 0 || s->has_ended)
            return give_out(s, size, b, errors);
        if (s->size >= s->max_record)
            return too_large(s, split, errors);
    }
    return s->failed;
}

/* ---- formats that are not read */

static const struct {
    const char *magic;
    size_t len;
    sc_foreign what;
} foreign[] = {
    {"PAR1", 4, {"Parquet", "convert it to CSV, for example with: duckdb -c \"COPY 'in.parquet' TO 'out.csv'\""}},
    {"ORC", 3, {"ORC", "export it as CSV or JSON lines"}},
    {"Obj\x01", 4, {"Avro", "export it as CSV or JSON lines"}},
    {"\x28\xB5\x2F\xFD", 4, {"zstd", "unpack it, for example with: zstd -d"}},
    {"BZh", 3, {"bzip2", "unpack it, for example with: bunzip2"}},
    {"\xFD"
     "7zXZ\0",
     6,
     {"xz", "unpack it, for example with: unxz"}},
    {"7z\xBC\xAF\x27\x1C", 6, {"7-Zip", "unpack it, for example with: 7z x"}},
    {"\xD0\xCF\x11\xE0", 4, {"Excel workbook", "save it as CSV (UTF-8)"}},
    {"\xFF\xFE", 2, {"UTF-16 text", "convert it, for example with: iconv -f UTF-16 -t UTF-8"}},
    {"\xFE\xFF", 2, {"UTF-16 text", "convert it, for example with: iconv -f UTF-16 -t UTF-8"}},
    {"%PDF", 4, {"PDF", "take the export of the same report as CSV or JSON"}},
};

/* An Excel workbook is a zip file whose first entries have these names. */
static const sc_foreign *zip_kind(const char *head, size_t size)
{
    static const sc_foreign workbook = {"Excel workbook", "save it as CSV (UTF-8)"};
    static const sc_foreign archive = {"zip", "unpack it, for example with: unzip"};
    static const char *const names[] = {"[Content_Types].xml", "xl/", "docProps/", "_rels/"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (size >= 30 + strlen(names[i]) && memcmp(head + 30, names[i], strlen(names[i])) == 0)
            return &workbook;
    return &archive;
}

const sc_foreign *sc_stream_foreign(const char *head, size_t size)
{
    if (size >= 4 && (memcmp(head, "PK\x03\x04", 4) == 0 || memcmp(head, "PK\x05\x06", 4) == 0))
        return zip_kind(head, size);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (size >= foreign[i].len && memcmp(head, foreign[i].magic, foreign[i].len) == 0)
            return &foreign[i].what;
    return NULL;
}
