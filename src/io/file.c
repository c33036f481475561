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
#include "io/file_writer.h"
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

sc_code sc_file_write(const char *path, const char *text, size_t size, sc_errors *errors)
{
    sc_file_writer *w;
    sc_code code = sc_file_writer_open(path, 0, &w, errors);
    if (code != SC_OK)
        return code;
    sc_file_writer_add(w, text, size);
    code = sc_file_writer_finish(w, errors);
    if (code == SC_OK)
        code = sc_file_writer_commit(w, errors);
    sc_file_writer_close(w);
    return code;
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
