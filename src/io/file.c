/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.c - whole files in, whole files out, and the names in a folder. */
#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "io/io_error.h"

/* read() that is not disturbed by signals. */
static ssize_t read_some(int fd, char *buf, size_t size)
{
    ssize_t n;
    do
        n = read(fd, buf, size);
    while (n < 0 && errno == EINTR);
    return n;
}

static sc_code read_all(int fd, const char *path, size_t max, char **text, size_t *size, sc_errors *errors)
{
    const sc_place place = {.file = path};
    struct stat status;
    size_t cap = 65536, len = 0;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
        if ((uintmax_t)status.st_size > max)
            return sc_errors_add(errors, SC_E_IO, &place, NULL, "the file has %jd bytes, expected at most %zu",
                                 (intmax_t)status.st_size, max);
        cap = (size_t)status.st_size + 1; /* one more, so that the end is seen without growing */
    }

    char *buf = sc_calloc(cap, 1);
    if (buf == NULL)
        return sc_io_out_of_memory(errors, path);
    for (;;) {
        ssize_t n = read_some(fd, buf + len, cap - len);
        if (n < 0) {
            int error = errno;
            sc_free(buf);
            return sc_io_error(errors, path, "read the file", error);
        }
        len += (size_t)n;
        if (len > max) {
            sc_free(buf);
            return sc_errors_add(errors, SC_E_IO, &place, NULL,
                                 "the file has more than %zu bytes, the most that is read", max);
        }
        if (n == 0)
            break;
        if (len == cap) {
            char *larger = cap <= SIZE_MAX / 2 ? sc_realloc(buf, cap, 2) : NULL;
            if (larger == NULL) {
                sc_free(buf);
                return sc_io_out_of_memory(errors, path);
            }
            buf = larger;
            cap *= 2;
        }
    }
    buf[len] = '\0'; /* the last read found room for at least one byte */
    *text = buf;
    *size = len;
    return SC_OK;
}

sc_code sc_file_read(const char *path, size_t max, char **text, size_t *size, sc_errors *errors)
{
    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, "<stdin>", max, text, size, errors);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return sc_io_error(errors, path, "read the file", errno);
    sc_code code = read_all(fd, path, max, text, size, errors);
    close(fd);
    return code;
}

/* 0, or an errno. */
static int write_all(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, text, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        text += n;
        size -= (size_t)n;
    }
    return 0;
}

/* Closes in any case; the first failure counts.  fsync does not apply to pipes and devices (EINVAL, EROFS). */
static int sync_and_close(int fd, int error)
{
    if (error == 0 && fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
        error = errno;
    if (close(fd) != 0 && error == 0 && errno != EINTR)
        error = errno;
    return error;
}

/* A device or a pipe cannot be replaced by renaming. */
static int write_directly(const char *path, const char *text, size_t size)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    return sync_and_close(fd, write_all(fd, text, size));
}

/* Opens a new file in the folder of `target`, with the permissions the umask gives, and puts its path into *temporary
 * (caller frees).  Returns the descriptor, or -1 with errno set. */
static int open_temporary(const char *target, char **temporary)
{
    const char *slash = strrchr(target, '/');
    int folder = slash != NULL ? (int)(slash - target) + 1 : 0;
    sc_strbuf path = {0};
    int fd = -1;
    errno = EEXIST;
    for (unsigned attempt = 0; fd < 0 && errno == EEXIST && attempt < 1000; attempt++) {
        path.len = 0;
        sc_strbuf_printf(&path, "%.*s.spendcast-%ld-%u.tmp", folder, target, (long)getpid(), attempt);
        if (path.failed) {
            errno = ENOMEM;
            break;
        }
        fd = open(path.text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    if (fd < 0) {
        int error = errno;
        sc_strbuf_release(&path);
        errno = error;
        return -1;
    }
    *temporary = path.text;
    return fd;
}

/* `mode` is the old file's, 0 if there is none. */
static int replace(const char *target, mode_t mode, const char *text, size_t size)
{
    char *temporary;
    int fd = open_temporary(target, &temporary);
    if (fd < 0)
        return errno;
    int error = write_all(fd, text, size);
    if (error == 0 && mode != 0 && fchmod(fd, mode) != 0)
        error = errno;
    error = sync_and_close(fd, error);
    if (error == 0 && rename(temporary, target) != 0)
        error = errno;
    if (error != 0)
        unlink(temporary);
    sc_free(temporary);
    return error;
}

sc_code sc_file_write(const char *path, const char *text, size_t size, sc_errors *errors)
{
    struct stat status;
    int exists = stat(path, &status) == 0;
    if (!exists && errno != ENOENT)
        return sc_io_error(errors, path, "write the file", errno);
    int error;
    if (exists && S_ISDIR(status.st_mode)) {
        error = EISDIR;
    } else if (exists && !S_ISREG(status.st_mode)) {
        error = write_directly(path, text, size);
    } else {
        /* Behind a symbolic link, the file is replaced and the link stays. */
        char *resolved = exists ? realpath(path, NULL) : NULL;
        error = replace(resolved != NULL ? resolved : path, exists ? status.st_mode & 07777 : 0, text, size);
        free(resolved);
    }
    return error == 0 ? SC_OK : sc_io_error(errors, path, "write the file", error);
}

static int ends_with(const char *text, const char *suffix)
{
    size_t len = strlen(text), n = strlen(suffix);
    return len >= n && strcmp(text + len - n, suffix) == 0;
}

/* Adds the wanted names, each with its terminator.  Returns 0 or an errno. */
static int gather_names(DIR *dir, const char *suffix, sc_strbuf *names, size_t *count)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (entry == NULL)
            return errno;
        struct stat status;
        if (entry->d_name[0] == '.' || !ends_with(entry->d_name, suffix) ||
            fstatat(dirfd(dir), entry->d_name, &status, 0) != 0 || !S_ISREG(status.st_mode))
            continue;
        sc_strbuf_add(names, entry->d_name, strlen(entry->d_name) + 1);
        if (names->failed)
            return ENOMEM;
        ++*count;
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* One block: the pointers, then the text they point to. */
static char **pack_names(const sc_strbuf *text, size_t count)
{
    size_t pointers, bytes;
    if (__builtin_mul_overflow(count, sizeof(char *), &pointers) || __builtin_add_overflow(pointers, text->len, &bytes))
        return NULL;
    char **names = sc_calloc(bytes, 1);
    if (names == NULL || count == 0)
        return names;
    char *at = (char *)names + pointers;
    memcpy(at, text->text, text->len);
    for (size_t i = 0; i < count; i++, at += strlen(at) + 1)
        names[i] = at;
    qsort(names, count, sizeof *names, compare_names);
    return names;
}

sc_code sc_file_list(const char *folder, const char *suffix, char ***names, size_t *count, sc_errors *errors)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return sc_io_error(errors, folder, "read the folder", errno);
    sc_strbuf text = {0};
    size_t found = 0;
    int error = gather_names(dir, suffix, &text, &found);
    closedir(dir);
    char **packed = error == 0 ? pack_names(&text, found) : NULL;
    sc_strbuf_release(&text);
    if (error != 0 && error != ENOMEM)
        return sc_io_error(errors, folder, "read the folder", error);
    if (packed == NULL)
        return sc_io_out_of_memory(errors, folder);
    *names = packed;
    *count = found;
    return SC_OK;
}
