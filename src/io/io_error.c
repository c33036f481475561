/* SPDX-License-Identifier: GPL-3.0-or-later */
/* io_error.c - how a failed system call is told to the user. */
#include "io/io_error.h"

#include <errno.h>

/* What went wrong, in the words of our messages.  Not strerror: its text depends on the locale and the C library. */
static const char *reason(int error)
{
    switch (error) {
    case ENOENT: return "no such file or folder";
    case EACCES:
    case EPERM: return "permission denied";
    case EISDIR: return "it is a folder";
    case ENOTDIR: return "a part of the path is not a folder";
    case ENOSPC:
    case EDQUOT: return "no space left";
    case EFBIG: return "the file would be too large";
    case EROFS: return "the file system is read-only";
    case ELOOP: return "too many symbolic links";
    case ENAMETOOLONG: return "the name is too long";
    case EMFILE:
    case ENFILE: return "too many open files";
    case EPIPE: return "the reader has closed the pipe";
    case EIO: return "the device reports an error";
    case ENOMEM: return "out of memory";
    default: return NULL;
    }
}

sc_code sc_io_error(sc_errors *errors, const char *path, const char *doing, int error)
{
    const sc_place place = {.file = path[0] != '\0' ? path : "''"};
    const char *why = reason(error);
    if (why != NULL)
        return sc_errors_add(errors, SC_E_IO, &place, NULL, "cannot %s: %s", doing, why);
    return sc_errors_add(errors, SC_E_IO, &place, NULL, "cannot %s: system error %d", doing, error);
}

sc_code sc_io_out_of_memory(sc_errors *errors, const char *path)
{
    const sc_place place = {.file = path};
    return sc_errors_add(errors, SC_E_MEMORY, &place, NULL, "out of memory");
}
