/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file_writer.c - a file written piece by piece, whole or not at all. */
#define ZLIB_CONST /* input that is only read */
#include "io/file_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "io/io_error.h"

#define BUFFER_SIZE ((size_t)1 << 16)
#define GZIP_WINDOW (15 + 16) /* the largest window, with a header of gzip's: zlib.h, deflateInit2 */
#define GZIP_MEMORY 8         /* zlib's default */

struct sc_file_writer {
    const char *path;
    char *target;    /* what is replaced: the path, or the file behind a symbolic link; NULL = written in place */
    char *temporary; /* NULL = none, or it got its name */
    mode_t mode;     /* of the file that is replaced, 0 = there is none */
    int fd;          /* -1 = closed */
    int error;       /* the first errno, 0 = none */
    int compressed;
    z_stream deflate;
    char *buffer; /* bytes on their way to the file */
    size_t used;
};

/* Opens a new file in the folder of the target, with the permissions the umask gives.  0 or an errno. */
static int open_temporary(sc_file_writer *w)
{
    const char *slash = strrchr(w->target, '/');
    int folder = slash != NULL ? (int)(slash - w->target) + 1 : 0;
    sc_strbuf path = {0};
    int error = EEXIST;
    for (unsigned attempt = 0; error == EEXIST && attempt < 1000; attempt++) {
        path.len = 0;
        sc_strbuf_printf(&path, "%.*s.spendcast-%ld-%u.tmp", folder, w->target, (long)getpid(), attempt);
        if (path.failed) {
            error = ENOMEM;
            break;
        }
        w->fd = open(path.text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        error = w->fd < 0 ? errno : 0;
    }
    if (error == 0)
        w->temporary = path.text;
    else
        sc_strbuf_release(&path);
    return error;
}

/* 0 or an errno. */
static int open_target(sc_file_writer *w)
{
    struct stat status;
    const int exists = stat(w->path, &status) == 0;
    if (!exists && errno != ENOENT)
        return errno;
    if (exists && S_ISDIR(status.st_mode))
        return EISDIR;
    if (exists && !S_ISREG(status.st_mode)) { /* a device or a pipe cannot be replaced by renaming */
        w->fd = open(w->path, O_WRONLY | O_CLOEXEC);
        return w->fd < 0 ? errno : 0;
    }
    /* Behind a symbolic link, the file is replaced and the link stays. */
    char *resolved = exists ? realpath(w->path, NULL) : NULL;
    w->target = sc_strdup(resolved != NULL ? resolved : w->path);
    free(resolved);
    w->mode = exists ? status.st_mode & 07777 : 0;
    return w->target != NULL ? open_temporary(w) : ENOMEM;
}

static voidpf gzip_alloc(voidpf context, uInt count, uInt size)
{
    (void)context;
    return sc_calloc(count, size);
}

static void gzip_free(voidpf context, voidpf block)
{
    (void)context;
    sc_free(block);
}

/* 0 or an errno. */
static int set_up(sc_file_writer *w, int gzip)
{
    w->buffer = sc_calloc(BUFFER_SIZE, 1);
    if (w->buffer == NULL)
        return ENOMEM;
    if (gzip) {
        w->deflate.zalloc = gzip_alloc;
        w->deflate.zfree = gzip_free;
        if (deflateInit2(&w->deflate, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                         Z_DEFAULT_STRATEGY) != Z_OK)
            return ENOMEM;
        w->compressed = 1;
    }
    return open_target(w);
}

sc_code sc_file_writer_open(const char *path, int gzip, sc_file_writer **out, sc_errors *errors)
{
    *out = NULL;
    sc_file_writer *w = SC_NEW(sc_file_writer);
    if (w == NULL)
        return sc_io_error(errors, path, "write the file", ENOMEM);
    w->path = path;
    w->fd = -1;
    const int error = set_up(w, gzip);
    if (error != 0) {
        sc_file_writer_close(w);
        return sc_io_error(errors, path, "write the file", error);
    }
    *out = w;
    return SC_OK;
}

static void write_all(sc_file_writer *w, const char *text, size_t size)
{
    while (size > 0 && w->error == 0) {
        ssize_t n = write(w->fd, text, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            w->error = errno;
            return;
        }
        text += n;
        size -= (size_t)n;
    }
}

static void empty_buffer(sc_file_writer *w)
{
    write_all(w, w->buffer, w->used);
    w->used = 0;
}

static void add_plain(sc_file_writer *w, const char *text, size_t size)
{
    if (size > BUFFER_SIZE - w->used)
        empty_buffer(w);
    if (size > BUFFER_SIZE) {
        write_all(w, text, size);
        return;
    }
    memcpy(w->buffer + w->used, text, size);
    w->used += size;
}

/* Compresses up to 4 GiB; `flush` is zlib's, Z_FINISH ends the stream. */
static void add_compressed(sc_file_writer *w, const char *text, uInt size, int flush)
{
    int status = Z_OK;
    w->deflate.next_in = (const Bytef *)text;
    w->deflate.avail_in = size;
    while (w->error == 0 && (w->deflate.avail_in > 0 || (flush == Z_FINISH && status != Z_STREAM_END))) {
        w->deflate.next_out = (Bytef *)w->buffer + w->used;
        w->deflate.avail_out = (uInt)(BUFFER_SIZE - w->used);
        status = deflate(&w->deflate, flush);
        w->used = BUFFER_SIZE - w->deflate.avail_out;
        if (w->used == BUFFER_SIZE)
            empty_buffer(w);
    }
}

void sc_file_writer_add(sc_file_writer *w, const char *text, size_t size)
{
    const size_t most = (size_t)1 << 30;
    if (!w->compressed) {
        add_plain(w, text, size);
        return;
    }
    for (; size > 0; text += size < most ? size : most, size -= size < most ? size : most)
        add_compressed(w, text, (uInt)(size < most ? size : most), Z_NO_FLUSH);
}

int sc_file_writer_failed(const sc_file_writer *w) { return w->error != 0; }

sc_code sc_file_writer_finish(sc_file_writer *w, sc_errors *errors)
{
    if (w->compressed)
        add_compressed(w, "", 0, Z_FINISH);
    empty_buffer(w);
    if (w->error == 0 && w->temporary != NULL && w->mode != 0 && fchmod(w->fd, w->mode) != 0)
        w->error = errno;
    /* fsync does not apply to pipes and devices (EINVAL, EROFS). */
    if (w->error == 0 && fsync(w->fd) != 0 && errno != EINVAL && errno != EROFS)
        w->error = errno;
    if (close(w->fd) != 0 && w->error == 0 && errno != EINTR)
        w->error = errno;
    w->fd = -1;
    return w->error == 0 ? SC_OK : sc_io_error(errors, w->path, "write the file", w->error);
}

sc_code sc_file_writer_commit(sc_file_writer *w, sc_errors *errors)
{
    if (w->temporary == NULL)
        return SC_OK;
    if (rename(w->temporary, w->target) != 0)
        return sc_io_error(errors, w->path, "write the file", errno);
    sc_free(w->temporary);
    w->temporary = NULL;
    return SC_OK;
}

void sc_file_writer_close(sc_file_writer *w)
{
    if (w == NULL)
        return;
    if (w->compressed)
        (void)deflateEnd(&w->deflate);
    if (w->fd >= 0)
        (void)close(w->fd);
    if (w->temporary != NULL)
        (void)unlink(w->temporary);
    sc_free(w->temporary);
    sc_free(w->target);
    sc_free(w->buffer);
    sc_free(w);
}
