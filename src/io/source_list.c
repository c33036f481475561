/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source_list.c - walks folders in the order of their names, so that the same tree gives the same list everywhere. */
#include "io/source_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "io/io_error.h"

/* Device and number are the same for all paths to a file. */
struct entry {
    const char *path;
    dev_t device;
    ino_t inode;
    int is_folder;
    const char *same_as; /* the first path to the same file, NULL if this is it */
};

struct entries {
    struct entry *at;
    size_t count, capacity;
};

struct walk {
    sc_arena strings;
    struct entries files, folders; /* found so far; each folder is in the list once, whatever links lead to it */
    sc_errors *errors;
    sc_code code; /* the first failure, or SC_E_MEMORY, which ends the walk */
};

static void failed(struct walk *w, sc_code code)
{
    if (w->code == SC_OK || code == SC_E_MEMORY)
        w->code = code;
}

static void out_of_memory(struct walk *w, const char *path) { failed(w, sc_io_out_of_memory(w->errors, path)); }

static void add_entry(struct walk *w, struct entries *to, struct entry e)
{
    if (to->count == to->capacity) {
        size_t capacity = to->capacity > 0 ? to->capacity * 2 : 64;
        struct entry *at = sc_realloc(to->at, capacity, sizeof *at);
        if (at == NULL) {
            out_of_memory(w, e.path);
            return;
        }
        to->at = at;
        to->capacity = capacity;
    }
    to->at[to->count++] = e;
}

/* Sorts a file or a folder into the right list.  The walk over known folders is short beside reading them. */
static void add_found(struct walk *w, struct entry e)
{
    for (size_t i = 0; e.is_folder && i < w->folders.count; i++)
        if (w->folders.at[i].inode == e.inode && w->folders.at[i].device == e.device)
            return;
    add_entry(w, e.is_folder ? &w->folders : &w->files, e);
}

/* "folder/name" */
static const char *join(struct walk *w, const char *folder, const char *name)
{
    size_t a = strlen(folder), b = strlen(name), slash = a > 0 && folder[a - 1] == '/' ? 0 : 1;
    char *path = sc_arena_alloc(&w->strings, a + slash + b + 1, 1);
    if (path == NULL) {
        out_of_memory(w, folder);
        return NULL;
    }
    memcpy(path, folder, a);
    memcpy(path + a, "/", slash);
    memcpy(path + a + slash, name, b);
    return path;
}

/* The entry for a path; 0 if it cannot be looked at, which is reported. */
static int look_at(struct walk *w, const char *path, struct stat *status, struct entry *e)
{
    if (stat(path, status) != 0) {
        failed(w, sc_io_error(w->errors, path, "read the file", errno));
        return 0;
    }
    *e = (struct entry){path, status->st_dev, status->st_ino, S_ISDIR(status->st_mode), NULL};
    return 1;
}

/* The files and folders in a folder, in no order. */
static void read_folder(struct walk *w, const char *folder, struct entries *found)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        failed(w, sc_io_error(w->errors, folder, "read the folder", errno));
        return;
    }
    while (w->code != SC_E_MEMORY) {
        struct stat status;
        struct entry e;
        errno = 0;
        const struct dirent *d = readdir(dir);
        if (d == NULL && errno != 0)
            failed(w, sc_io_error(w->errors, folder, "read the folder", errno));
        if (d == NULL)
            break;
        const char *path = d->d_name[0] != '.' ? join(w, folder, d->d_name) : NULL;
        if (path != NULL && look_at(w, path, &status, &e) && (e.is_folder || S_ISREG(status.st_mode)))
            add_entry(w, found, e);
    }
    closedir(dir);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

/* Paths to one file next to each other, in order. */
static int by_file(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    return x->inode != y->inode ? (x->inode < y->inode ? -1 : 1) : strcmp(x->path, y->path);
}

static void sort(struct entries *e, int (*compare)(const void *, const void *))
{
    if (e->count > 0)
        qsort(e->at, e->count, sizeof *e->at, compare);
}

/* Reads the folders from the i-th on, and those found in them. */
static void walk_folders(struct walk *w, size_t i)
{
    for (; i < w->folders.count && w->code != SC_E_MEMORY; i++) {
        struct entries found = {0};
        read_folder(w, w->folders.at[i].path, &found);
        sort(&found, by_path);
        for (size_t k = 0; k < found.count; k++)
            add_found(w, found.at[k]);
        sc_free(found.at);
    }
}

static void add_argument(struct walk *w, const char *arg)
{
    struct stat status;
    struct entry e;
    const char *path = sc_arena_strdup(&w->strings, arg);
    if (path == NULL) {
        out_of_memory(w, arg);
    } else if (strcmp(path, "-") == 0) {
        add_found(w, (struct entry){.path = path});
    } else if (look_at(w, path, &status, &e)) {
        const size_t folders = w->folders.count, files = w->files.count;
        const sc_code before = w->code;
        add_found(w, e);
        walk_folders(w, folders);
        if (w->folders.count > folders && w->files.count == files && w->code == before) {
            const sc_place place = {.file = path};
            failed(w,
                   sc_errors_add(w->errors, SC_E_INPUT, &place, NULL, "a folder without files; expected usage data"));
        }
    }
}

/* Leaves one path to each file, the first. */
static void drop_repeated(struct walk *w)
{
    struct entry *at = w->files.at;
    size_t kept = 0;
    sort(&w->files, by_file);
    for (size_t i = 1; i < w->files.count; i++)
        if (at[i].device == at[i - 1].device && at[i].inode == at[i - 1].inode)
            at[i].same_as = at[i - 1].same_as != NULL ? at[i - 1].same_as : at[i - 1].path;
    sort(&w->files, by_path);
    for (size_t i = 0; i < w->files.count; i++) {
        const sc_place place = {.file = at[i].path};
        if (at[i].same_as == NULL)
            at[kept++] = at[i];
        else
            sc_errors_warn(w->errors, &place, NULL, "the same file as '%s'; it is read once", at[i].same_as);
    }
    w->files.count = kept;
}

sc_code sc_source_list_make(const char *const *args, size_t n, sc_source_list *out, sc_errors *errors)
{
    struct walk w = {.errors = errors};
    *out = (sc_source_list){0};
    for (size_t i = 0; i < n && w.code != SC_E_MEMORY; i++)
        add_argument(&w, args[i]);
    if (w.code == SC_OK) {
        drop_repeated(&w);
        out->path = SC_NEW_ARRAY(const char *, w.files.count);
        if (out->path == NULL)
            out_of_memory(&w, n > 0 ? args[0] : "");
    }
    for (size_t i = 0; w.code == SC_OK && i < w.files.count; i++)
        out->path[out->count++] = w.files.at[i].path;
    out->strings = w.strings;
    sc_free(w.files.at);
    sc_free(w.folders.at);
    return w.code;
}

void sc_source_list_release(sc_source_list *l)
{
    sc_free(l->path);
    sc_arena_release(&l->strings);
    *l = (sc_source_list){0};
}
