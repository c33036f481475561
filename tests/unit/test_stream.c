/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_stream.c - blocks of whole records from plain and gzip files and pipes. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "expect.h"
#include "io/file.h"
#include "io/stream.h"

static char path[] = "/tmp/spendcast-stream-XXXXXX";
static sc_errors errors;

static int make_file(void)
{
    int fd = mkstemp(path);
    return fd < 0 || close(fd) != 0;
}

static int remove_file(void) { return unlink(path); }

static void write_text(const char *text, size_t size)
{
    memset(&errors, 0, sizeof errors);
    EXPECT_I64(sc_file_write(path, text, size, &errors), SC_OK);
}

/* Adds a text as one gzip member; `text` is not written to, which zlib's old interface does not say. */
static void add_member(sc_strbuf *out, const char *text, size_t size)
{
    unsigned char buf[4096];
    union {
        const char *in;
        unsigned char *z;
    } bytes = {text};
    z_stream z = {0};
    EXPECT_I64(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = bytes.z;
    z.avail_in = (unsigned)size;
    do {
        z.next_out = buf;
        z.avail_out = sizeof buf;
        deflate(&z, Z_FINISH);
        sc_strbuf_add(out, (const char *)buf, sizeof buf - z.avail_out);
    } while (z.avail_out == 0);
    deflateEnd(&z);
}

/* All blocks as "number@offset line L: text|", or the message of the failure. */
static void describe(sc_cut split, size_t block_size, char *out, size_t size)
{
    sc_stream *s = NULL;
    sc_block b = {0};
    size_t n = 0;
    out[0] = '\0';
    memset(&errors, 0, sizeof errors);
    if (!EXPECT_I64(sc_stream_open(path, block_size, 0, &s, &errors), SC_OK))
        return;
    while (sc_stream_block(s, split, &b, &errors) == SC_OK && b.size > 0)
        n += (size_t)snprintf(out + n, size - n, "%llu@%llu line %lld: %.*s|", (unsigned long long)b.number,
                              (unsigned long long)b.offset, (long long)b.line, (int)b.size, b.data);
    if (errors.count > 0)
        snprintf(out + n, size - n, "%s", errors.item[0].text);
    sc_block_release(&b);
    sc_stream_close(s);
}

static void test_blocks(void)
{
    static const struct {
        const char *text;
        sc_cut split;
        size_t block_size;
        const char *blocks;
    } cases[] = {
        {"", SC_CUT_LINES, 8, ""},
        {"\xEF\xBB\xBF", SC_CUT_LINES, 1, ""},
        {"a\nb\nc\n", SC_CUT_LINES, 4, "0@0 line 1: a\nb\n|1@4 line 3: c\n|"},
        {"a\nb\nc", SC_CUT_LINES, 3, "0@0 line 1: a\n|1@2 line 2: b\n|2@4 line 3: c|"},
        {"\xEF\xBB\xBFlonger than a block\nb\n", SC_CUT_LINES, 4, "0@3 line 1: longer than a block\nb\n|"},
        {"a,\"b\nc\"\nd,e\n", SC_CUT_LINES, 6, "0@0 line 1: a,\"b\n|1@5 line 2: c\"\n|2@8 line 3: d,e\n|"},
        {"a,\"b\nc\"\nd,e\n", SC_CUT_CSV, 10, "0@0 line 1: a,\"b\nc\"\n|1@8 line 3: d,e\n|"},
        {"a\"b\nc\nd\n", SC_CUT_CSV, 5, "0@0 line 1: a\"b\n|1@4 line 2: c\nd\n|"},
        {"a\nb\n", SC_CUT_NONE, 1, "0@0 line 1: a\nb\n|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[256];
        write_text(cases[i].text, strlen(cases[i].text));
        describe(cases[i].split, cases[i].block_size, got, sizeof got);
        EXPECT_STR(got, cases[i].blocks);
    }
}

/* gzip is known by its content; members follow each other, with padding. */
static void test_gzip(void)
{
    sc_strbuf raw = {0};
    char got[256];
    add_member(&raw, "one\ntw", 6);
    add_member(&raw, "", 0);
    add_member(&raw, "o\n", 2);
    sc_strbuf_add(&raw, "\0\0\0", 3);
    write_text(raw.text, raw.len);
    describe(SC_CUT_LINES, 5, got, sizeof got);
    EXPECT_STR(got, "0@0 line 1: one\n|1@4 line 2: two\n|");

    sc_strbuf_puts(&raw, "more");
    write_text(raw.text, raw.len);
    describe(SC_CUT_LINES, 100, got, sizeof got);
    EXPECT_STR(got, "the gzip data are followed by other data; expected the end or more gzip data");

    sc_strbuf one = {0};
    char expected[128];
    add_member(&one, "one\ntwo\nthree\n", 14);
    for (size_t cut = 2; cut < one.len; cut++) {
        write_text(one.text, cut);
        describe(SC_CUT_LINES, 100, got, sizeof got);
        snprintf(expected, sizeof expected,
                 "the gzip data end too early, after %zu bytes; the file seems to be cut off", cut);
        EXPECT_STR(got, expected);
    }
    one.text[one.len - 6] ^= 1; /* in the check value */
    write_text(one.text, one.len);
    describe(SC_CUT_LINES, 100, got, sizeof got);
    EXPECT_TRUE(strncmp(got, "the gzip data are damaged, near byte ", 37) == 0);
    EXPECT_I64(errors.item[0].code, SC_E_INPUT);
    EXPECT_STR(errors.item[0].file, path);
    sc_strbuf_release(&raw);
    sc_strbuf_release(&one);
}

/* The head is not taken, and a failure stays without a second message. */
static void test_head(void)
{
    enum { SIZE = 200000 };
    char *text = sc_calloc(SIZE, 1);
    const char *head = NULL;
    size_t size = 0;
    sc_stream *s = NULL;
    sc_block b = {0};
    memset(text, 'x', SIZE);
    memcpy(text, "\xEF\xBB\xBFid", 5);
    write_text(text, SIZE);
    EXPECT_I64(sc_stream_open(path, 0, 0, &s, &errors), SC_OK);
    EXPECT_I64(sc_stream_head(s, &head, &size, &errors), SC_OK);
    EXPECT_TRUE(size >= SC_STREAM_HEAD - 3 && head[0] == 'i');
    EXPECT_I64(sc_stream_block(s, SC_CUT_LINES, &b, &errors), SC_OK);
    EXPECT_TRUE(b.size == SIZE - 3 && b.offset == 3 && memcmp(b.data, text + 3, b.size) == 0);
    EXPECT_I64(sc_stream_block(s, SC_CUT_LINES, &b, &errors), SC_OK);
    EXPECT_I64(b.size, 0);
    sc_stream_close(s);
    sc_free(text);

    EXPECT_I64(sc_stream_open("/tmp", 0, 0, &s, &errors), SC_OK);
    EXPECT_I64(sc_stream_head(s, &head, &size, &errors), SC_E_IO);
    EXPECT_I64(sc_stream_block(s, SC_CUT_LINES, &b, &errors), SC_E_IO);
    EXPECT_I64(errors.count, 1);
    EXPECT_STR(errors.item[0].text, "cannot read the file: it is a folder");
    sc_stream_close(s);
    sc_block_release(&b);
    EXPECT_I64(sc_stream_open("/none/x", 0, 0, &s, &errors), SC_E_IO);
    EXPECT_TRUE(s == NULL);
    sc_stream_close(NULL);
}

/* Standard input in pieces, the first of which is half of gzip's magic number. */
static void test_pipe(void)
{
    sc_strbuf raw = {0};
    int ends[2], saved = dup(STDIN_FILENO);
    add_member(&raw, "one\ntwo\n", 8);
    memset(&errors, 0, sizeof errors);
    if (!EXPECT_I64(pipe(ends), 0))
        return;
    pid_t child = fork();
    if (child == 0) {
        int ok = write(ends[1], raw.text, 1) == 1 && usleep(20000) == 0;
        _exit(!ok || write(ends[1], raw.text + 1, raw.len - 1) < 0);
    }
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    sc_stream *s = NULL;
    sc_block b = {0};
    EXPECT_I64(sc_stream_open("-", 0, 0, &s, &errors), SC_OK);
    EXPECT_I64(sc_stream_block(s, SC_CUT_LINES, &b, &errors), SC_OK);
    EXPECT_TRUE(b.size == 8 && memcmp(b.data, "one\ntwo\n", 8) == 0);
    sc_stream_close(s);
    sc_block_release(&b);
    if (saved >= 0)
        dup2(saved, STDIN_FILENO);
    close(saved);
    close(ends[0]);
    waitpid(child, NULL, 0);
    sc_strbuf_release(&raw);
}

static void test_large_record(void)
{
    static const struct {
        const char *text;
        sc_cut split;
        const char *blocks; /* "size@line|", then the message */
    } cases[] = {
        {"a\n1234567\n", SC_CUT_LINES, "2@1|8@2|"},
        {"a\n12345678\n", SC_CUT_LINES, "2@1|line 2 has more than 8 bytes; expected lines of records"},
        {"a\n1234567\n", SC_CUT_NONE, "a document of more than 8 bytes; expected less"},
        /* an open quote costs its line, not the file */
        {"\"a\nb\ncd\ne\n", SC_CUT_CSV, "3@1|5@2|2@4|"},
        {"\"a\nb\ncd\"\n", SC_CUT_CSV, "3@1|2@2|4@3|"},
        {"a\n\"12345678", SC_CUT_CSV, "2@1|line 2 has more than 8 bytes; expected lines of records"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[256] = "";
        size_t n = 0;
        sc_stream *s = NULL;
        sc_block b = {0};
        write_text(cases[i].text, strlen(cases[i].text));
        EXPECT_I64(sc_stream_open(path, 4, 8, &s, &errors), SC_OK);
        while (sc_stream_block(s, cases[i].split, &b, &errors) == SC_OK && b.size > 0)
            n += (size_t)snprintf(got + n, sizeof got - n, "%zu@%lld|", b.size, (long long)b.line);
        snprintf(got + n, sizeof got - n, "%s", errors.count > 0 ? errors.item[0].text : "");
        EXPECT_STR(got, cases[i].blocks);
        sc_stream_close(s);
        sc_block_release(&b);
    }
}

/* Threads that take blocks in turn: every line is seen once. */
struct shared {
    pthread_mutex_t lock;
    sc_stream *stream;
    int64_t sum, lines;
};

static void *take_blocks(void *arg)
{
    struct shared *shared = arg;
    sc_block b = {0};
    int64_t sum = 0, lines = 0;
    for (;;) {
        pthread_mutex_lock(&shared->lock);
        sc_code code = sc_stream_block(shared->stream, SC_CUT_LINES, &b, NULL);
        pthread_mutex_unlock(&shared->lock);
        if (code != SC_OK || b.size == 0)
            break;
        int64_t value = 0;
        for (size_t i = 0; i < b.size; i++) {
            value = b.data[i] == '\n' ? value : value * 10 + (b.data[i] - '0');
            if (b.data[i] == '\n') {
                sum += value;
                lines++;
                value = 0;
            }
        }
    }
    sc_block_release(&b);
    pthread_mutex_lock(&shared->lock);
    shared->sum += sum;
    shared->lines += lines;
    pthread_mutex_unlock(&shared->lock);
    return NULL;
}

static void test_threads(void)
{
    enum { LINES = 20000, THREADS = 3 };
    sc_strbuf text = {0};
    struct shared shared = {.lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread[THREADS];
    for (int i = 1; i <= LINES; i++)
        sc_strbuf_printf(&text, "%d\n", i);
    write_text(text.text, text.len);
    EXPECT_I64(sc_stream_open(path, 1000, 0, &shared.stream, &errors), SC_OK);
    for (int i = 0; i < THREADS; i++)
        EXPECT_I64(pthread_create(&thread[i], NULL, take_blocks, &shared), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    EXPECT_I64(shared.lines, LINES);
    EXPECT_I64(shared.sum, (int64_t)LINES * (LINES + 1) / 2);
    sc_stream_close(shared.stream);
    sc_strbuf_release(&text);
}

static void test_foreign(void)
{
    static const struct {
        const char *head;
        size_t size;
        const char *name;
    } cases[] = {
        {"PAR1\x15", 5, "Parquet"},
        {"\x28\xB5\x2F\xFD", 4, "zstd"},
        {"BZh9", 4, "bzip2"},
        {"\xFD"
         "7zXZ\0\0",
         7, "xz"},
        {"PK\x03\x04 and so on", 14, "zip"},
        {"PK\x03\x04..........................[Content_Types].xml", 49, "Excel workbook"},
        {"\xFF\xFE{\0", 4, "UTF-16 text"},
        {"PAR", 3, NULL},
        {"{\"a\":1}", 7, NULL},
        {"", 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const sc_foreign *f = sc_stream_foreign(cases[i].head, cases[i].size);
        EXPECT_STR(f != NULL ? f->name : NULL, cases[i].name);
    }
}

static void test_out_of_memory(void)
{
    sc_strbuf raw = {0};
    add_member(&raw, "one\ntwo\n", 8);
    write_text(raw.text, raw.len);
    int done = 0;
    for (uint64_t n = 1; !done && n < 20; n++) {
        sc_stream *s = NULL;
        sc_block b = {0};
        sc_alloc_fail_at(n);
        sc_code code = sc_stream_open(path, 5, 0, &s, &errors);
        for (int i = 0; code == SC_OK && i < 3; i++)
            code = sc_stream_block(s, SC_CUT_LINES, &b, &errors);
        sc_alloc_fail_at(0);
        done = code == SC_OK;
        EXPECT_TRUE(done || code == SC_E_MEMORY);
        sc_block_release(&b);
        sc_stream_close(s);
    }
    EXPECT_TRUE(done);
    sc_strbuf_release(&raw);
}

CU_ErrorCode test_stream_register(void)
{
    static CU_TestInfo tests[] = {
        {"blocks", test_blocks},
        {"gzip", test_gzip},
        {"head", test_head},
        {"pipe", test_pipe},
        {"large record", test_large_record},
        {"threads", test_threads},
        {"foreign formats", test_foreign},
        {"out of memory", test_out_of_memory},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"stream", make_file, remove_file, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
