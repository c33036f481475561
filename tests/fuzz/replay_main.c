/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_main.c - runs a fuzz target over files and folders, so that every corpus is an ordinary test without
 * libFuzzer.
 *
 * Each input is copied to a block of exactly its size, so that a sanitizer sees a read past its end. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct replay {
    unsigned long inputs;
    const char *wrong; /* what could not be read, NULL = all well */
} replay;

static void replay_file(replay *r, const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size > 0 ? size : 1);
    if (file == NULL || data == NULL || fread(data, 1, size, file) != size) {
        (void)fprintf(stderr, "%s: cannot be read\n", path);
        r->wrong = "input";
    } else {
        /* Named before it runs: after a crash the last line is the culprit. */
        (void)fprintf(stderr, "%s\n", path);
        (void)LLVMFuzzerTestOneInput(data, size);
        r->inputs++;
    }
    free(data);
    if (file != NULL)
        (void)fclose(file);
}

static void replay_path(replay *r, const char *path);

static void replay_folder(replay *r, const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort);
    if (count < 0) {
        (void)fprintf(stderr, "%s: cannot be listed\n", path);
        r->wrong = "folder";
        return;
    }
    for (int i = 0; i < count; i++) {
        char child[4096];
        int length = snprintf(child, sizeof child, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && length < (int)sizeof child)
            replay_path(r, child);
        free(names[i]);
    }
    free(names);
}

static void replay_path(replay *r, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        (void)fprintf(stderr, "%s: cannot be found\n", path);
        r->wrong = "path";
    } else if (S_ISDIR(status.st_mode)) {
        replay_folder(r, path);
    } else {
        replay_file(r, path, (size_t)status.st_size);
    }
}

int main(int argc, char **argv)
{
    replay r = {0, NULL};
    for (int i = 1; i < argc; i++)
        replay_path(&r, argv[i]);
    (void)printf("%lu\n", r.inputs);
    return r.wrong != NULL || r.inputs == 0;
}
