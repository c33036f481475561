/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_stream.c - whatever the size of the blocks, plain or gzip: the blocks together are the source, their lines and
 * offsets are right, they end where records end, and the rows in them are those of the whole. Any bytes taken for gzip
 * data give an end or an error.
 *
 * The first byte chooses the size of the blocks and how the rest is packed. */
#define _GNU_SOURCE /* memfd_create; NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "base/strbuf.h"
#include "base/utf8.h"
#include "fuzz_check.h"
#include "io/csv_cursor.h"
#include "io/stream.h"

/* A file in memory, by the path that opens it again. */
static int write_file(const void *data, size_t size, char path[64])
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("fuzz_stream", 0);
    require(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    snprintf(path, 64, "/proc/self/fd/%d", fd);
    return fd;
}

/* Adds one gzip member. */
static void pack(sc_strbuf *out, const char *text, size_t size)
{
    char buf[65536];
    z_stream z = {0};
    require(deflateInit2(&z, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    unsigned char *copy = malloc(size + 1);
    require(copy != NULL);
    memcpy(copy, text, size);
    z.next_in = copy;
    z.avail_in = (unsigned)size;
    int status;
    do {
        z.next_out = (unsigned char *)buf;
        z.avail_out = sizeof buf;
        status = deflate(&z, Z_FINISH);
        sc_strbuf_add(out, buf, sizeof buf - z.avail_out);
    } while (status == Z_OK);
    require(status == Z_STREAM_END);
    deflateEnd(&z);
    free(copy);
}

/* The rows of a text, with their problems. */
static void write_rows(sc_strbuf *out, const char *text, size_t size)
{
    sc_text cells[8];
    sc_csv_cursor c;
    sc_csv_begin(&c, text, size, cells, 8);
    while (sc_csv_row(&c)) {
        sc_strbuf_printf(out, "%zu %zu %zu %s:", c.row_len, c.n, c.problem_at, c.problem != NULL ? c.problem : "-");
        sc_strbuf_add(out, c.row, c.row_len);
    }
}

static void check_blocks(const char *path, sc_cut split, size_t block_size, int peek, const char *text, size_t size)
{
    const size_t bom = sc_utf8_bom(text, size);
    sc_strbuf rows = {0}, expected = {0};
    sc_stream *s;
    sc_block b = {0};
    const char *head;
    size_t head_size;
    require(sc_stream_open(path, block_size, 0, &s, NULL) == SC_OK);
    if (peek) {
        require(sc_stream_head(s, &head, &head_size, NULL) == SC_OK && head_size <= size - bom);
        require(head_size == size - bom || head_size >= SC_STREAM_HEAD);
        require(head_size == 0 || memcmp(head, text + bom, head_size) == 0);
    }
    size_t at = bom;
    int64_t line = 1;
    for (uint64_t number = 0;; number++) {
        require(sc_stream_block(s, split, &b, NULL) == SC_OK);
        if (b.size == 0)
            break;
        require(b.number == number && b.offset == at && b.line == line);
        require(b.size <= size - at && memcmp(b.data, text + at, b.size) == 0);
        at += b.size;
        require(at == size || (split != SC_CUT_NONE && b.data[b.size - 1] == '\n'));
        for (size_t i = 0; i < b.size; i++)
            line += b.data[i] == '\n';
        write_rows(&rows, b.data, b.size);
    }
    require(at == size);
    if (split == SC_CUT_CSV) {
        write_rows(&expected, text + bom, size - bom);
        require(rows.len == expected.len && (rows.len == 0 || memcmp(rows.text, expected.text, rows.len) == 0));
    }
    sc_strbuf_release(&rows);
    sc_strbuf_release(&expected);
    sc_block_release(&b);
    sc_stream_close(s);
}

/* Bytes as they are, after the two that make them gzip. */
static void check_gzip(const char *path)
{
    sc_errors errors = {0};
    sc_stream *s;
    sc_block b = {0};
    sc_code code;
    require(sc_stream_open(path, 100, 0, &s, &errors) == SC_OK);
    while ((code = sc_stream_block(s, SC_CUT_LINES, &b, &errors)) == SC_OK && b.size > 0)
        ;
    require(code == SC_OK || (code == SC_E_INPUT && errors.count == 1));
    require(sc_stream_block(s, SC_CUT_LINES, &b, &errors) == code && b.size == 0 && errors.count <= 1);
    sc_block_release(&b);
    sc_stream_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t sizes[] = {1, 2, 7, 16, 63, 64, 65, 200};
    if (size == 0)
        return 0;
    const unsigned choice = data[0];
    const size_t block_size = sizes[choice % 8];
    const char *text = (const char *)data + 1;
    char path[64];
    size--;
    sc_stream_foreign(text, size);
    if (choice >= 224) {
        sc_strbuf raw = {0};
        sc_strbuf_puts(&raw, "\x1F\x8B\x08");
        sc_strbuf_add(&raw, text, size);
        write_file(raw.text, raw.len, path);
        check_gzip(path);
        sc_strbuf_release(&raw);
        return 0;
    }
    if (size >= 2 && text[0] == '\x1F' && text[1] == '\x8B')
        return 0;
    const sc_cut split = (sc_cut)(choice / 8 % 3);
    write_file(text, size, path);
    check_blocks(path, split, block_size, choice % 2 == 1, text, size);

    /* The same from two members, the second of which may be empty, and then cut off. */
    sc_strbuf packed = {0};
    const size_t first = size * (choice / 24 % 4) / 3;
    pack(&packed, text, first);
    pack(&packed, text + first, size - first);
    write_file(packed.text, packed.len, path);
    check_blocks(path, split, block_size, choice % 2 == 1, text, size);
    write_file(packed.text, packed.len - 1, path);
    check_gzip(path);
    sc_strbuf_release(&packed);
    return 0;
}
