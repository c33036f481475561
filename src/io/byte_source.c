/* SPDX-License-Identifier: GPL-3.0-or-later */
/* byte_source.c - read(2), and zlib for gzip. */
#include "io/byte_source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "io/io_error.h"

#define RAW_SIZE 131072

struct sc_byte_source {
    char *name;
    int fd;
    int started;             /* the first bytes were looked at */
    int at_end;              /* read() has seen the end */
    int is_gzip, in_member;  /* between its header and its check value */
    unsigned long long read; /* bytes from the file */
    z_stream z;              /* next_in, avail_in: raw bytes not yet used, of plain files too */
    unsigned char raw[RAW_SIZE];
};

/* ---- opening */

static void *z_allocate(void *user, unsigned count, unsigned size)
{
    (void)user;
    return sc_calloc(count, size);
}

static void z_release(void *user, void *block)
{
    (void)user;
    sc_free(block);
}

sc_code sc_byte_source_open(const char *path, sc_byte_source **out, sc_errors *errors)
{
    int is_stdin = strcmp(path, "-") == 0;
    *out = NULL;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return sc_io_error(errors, path, "read the file", errno);
    sc_byte_source *s = SC_NEW(sc_byte_source);
    char *name = sc_strdup(is_stdin ? "<stdin>" : path);
    if (s == NULL || name == NULL) {
        if (!is_stdin)
            close(fd);
        sc_free(s);
        sc_free(name);
        return sc_io_out_of_memory(errors, path);
    }
    s->name = name;
    s->fd = fd;
    *out = s;
    return SC_OK;
}

void sc_byte_source_close(sc_byte_source *s)
{
    if (s == NULL)
        return;
    if (s->is_gzip)
        inflateEnd(&s->z);
    if (s->fd != STDIN_FILENO)
        close(s->fd);
    sc_free(s->name);
    sc_free(s);
}

int sc_byte_source_is_gzip(const sc_byte_source *s) { return s->is_gzip; }
uint64_t sc_byte_source_raw(const sc_byte_source *s) { return s->read; }
const char *sc_byte_source_name(const sc_byte_source *s) { return s->name; }

/* ---- reading */

/* read() that is not disturbed by signals; 0 bytes = the end. */
static sc_code read_raw(sc_byte_source *s, void *buf, size_t size, size_t *n, sc_errors *errors)
{
    ssize_t got;
    do
        got = read(s->fd, buf, size);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return sc_io_error(errors, s->name, "read the file", errno);
    *n = (size_t)got;
    s->at_end = got == 0;
    s->read += (size_t)got;
    return SC_OK;
}

/* Adds raw bytes behind those that are left, which stand at the start of the buffer or are none. */
static sc_code refill(sc_byte_source *s, sc_errors *errors)
{
    size_t n = 0, left = s->z.avail_in;
    s->z.next_in = s->raw;
    sc_code code = read_raw(s, s->raw + left, RAW_SIZE - left, &n, errors);
    if (code == SC_OK)
        s->z.avail_in = (unsigned)(left + n);
    return code;
}

SC_PRINTF(3, 4)
static sc_code damaged(const sc_byte_source *s, sc_errors *errors, const char *format, ...)
{
    const sc_place place = {.file = s->name};
    va_list args;
    va_start(args, format);
    sc_errors_addv(errors, SC_E_INPUT, &place, NULL, format, args);
    va_end(args);
    return SC_E_INPUT;
}

/* Looks at the first two bytes, which a pipe may give one by one. */
static sc_code start(sc_byte_source *s, sc_errors *errors)
{
    s->started = 1;
    while (s->z.avail_in < 2 && !s->at_end) {
        sc_code code = refill(s, errors);
        if (code != SC_OK)
            return code;
    }
    if (s->z.avail_in < 2 || s->raw[0] != 0x1F || s->raw[1] != 0x8B)
        return SC_OK;
    s->z.zalloc = z_allocate;
    s->z.zfree = z_release;
    if (inflateInit2(&s->z, 16 + MAX_WBITS) != Z_OK) /* 16: gzip only */
        return sc_io_out_of_memory(errors, s->name);
    s->is_gzip = s->in_member = 1;
    return SC_OK;
}

static sc_code read_plain(sc_byte_source *s, char *buf, size_t size, size_t *n, sc_errors *errors)
{
    if (s->z.avail_in == 0)
        return s->at_end ? SC_OK : read_raw(s, buf, size, n, errors);
    *n = size < s->z.avail_in ? size : s->z.avail_in;
    memcpy(buf, s->z.next_in, *n);
    s->z.next_in += *n;
    s->z.avail_in -= (unsigned)*n;
    return SC_OK;
}

/* Between two members: zeros are padding, as for gzip(1); anything else must be another member. */
static sc_code next_member(sc_byte_source *s, sc_errors *errors)
{
    while (s->z.avail_in > 0 && *s->z.next_in == 0) {
        s->z.next_in++;
        s->z.avail_in--;
    }
    if (s->z.avail_in == 0)
        return SC_OK;
    if (*s->z.next_in != 0x1F)
        return damaged(s, errors, "the gzip data are followed by other data; expected the end or more gzip data");
    s->in_member = 1;
    return inflateReset(&s->z) == Z_OK ? SC_OK : sc_io_out_of_memory(errors, s->name);
}

/* Unpacks what is there, once. */
static sc_code inflate_member(sc_byte_source *s, sc_errors *errors)
{
    const unsigned room = s->z.avail_out;
    switch (inflate(&s->z, Z_NO_FLUSH)) {
    case Z_STREAM_END: s->in_member = 0; return SC_OK;
    case Z_OK:
    case Z_BUF_ERROR: break;
    case Z_MEM_ERROR: return sc_io_out_of_memory(errors, s->name);
    default:
        return damaged(s, errors, "the gzip data are damaged, near byte %llu of the file", s->read - s->z.avail_in);
    }
    if (s->at_end && s->z.avail_in == 0 && s->z.avail_out == room)
        return damaged(s, errors, "the gzip data end too early, after %llu bytes; the file seems to be cut off",
                       s->read);
    return SC_OK;
}

static sc_code read_gzip(sc_byte_source *s, char *buf, size_t size, size_t *n, sc_errors *errors)
{
    const unsigned room = size < UINT_MAX ? (unsigned)size : UINT_MAX;
    s->z.next_out = (unsigned char *)buf;
    s->z.avail_out = room;
    while (s->z.avail_out > 0) {
        sc_code code = s->z.avail_in == 0 && !s->at_end ? refill(s, errors) : SC_OK;
        if (code == SC_OK)
            code = s->in_member ? inflate_member(s, errors) : next_member(s, errors);
        if (code != SC_OK)
            return code;
        if (!s->in_member && s->at_end && s->z.avail_in == 0)
            break;
    }
    *n = room - s->z.avail_out;
    return SC_OK;
}

sc_code sc_byte_source_read(sc_byte_source *s, char *buf, size_t size, size_t *n, sc_errors *errors)
{
    *n = 0;
    sc_code code = s->started ? SC_OK : start(s, errors);
    if (code != SC_OK)
        return code;
    return s->is_gzip ? read_gzip(s, buf, size, n, errors) : read_plain(s, buf, size, n, errors);
}
