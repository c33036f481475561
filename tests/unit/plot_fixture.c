/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_fixture.c - a folder for pictures, and what stands for gnuplot in it. */
#include "plot_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "io/file.h"

#define FILE_MAX ((size_t)16 << 20)

char plot_folder[64];
static char path_before[4096];

int plot_make_folder(void)
{
    (void)snprintf(plot_folder, sizeof plot_folder, "/tmp/spendcast-plot-XXXXXX");
    return mkdtemp(plot_folder) == NULL;
}

int plot_files(int wipe)
{
    int n = 0;
    DIR *dir = opendir(plot_folder);
    for (const struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        n++;
        if (wipe)
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir != NULL)
        (void)closedir(dir);
    return n;
}

int plot_remove_folder(void)
{
    plot_files(1);
    return rmdir(plot_folder) != 0;
}

const char *plot_path(const char *name, char path[256])
{
    (void)snprintf(path, 256, "%s/%s", plot_folder, name);
    return path;
}

int plot_can_draw(void)
{
    static const char command[] = "gnuplot -e 'set terminal pngcairo' >/dev/null 2>&1";
    int found = system(command) == 0; /* NOLINT(cert-env33-c): a fixed command */
    if (!found)
        sc_expect_skipped(1, "gnuplot with its pngcairo terminal is not installed");
    return found;
}

char *plot_content(const char *name, size_t *size)
{
    char path[256], *text = NULL;
    sc_errors errors = {0};
    *size = 0;
    EXPECT_I64(sc_file_read(plot_path(name, path), FILE_MAX, &text, size, &errors), SC_OK);
    return text;
}

void plot_fake_gnuplot(const char *program)
{
    char bin[256], gnuplot[300];
    sc_errors errors = {0};
    (void)snprintf(path_before, sizeof path_before, "%s", getenv("PATH") != NULL ? getenv("PATH") : "");
    (void)snprintf(bin, sizeof bin, "%s.bin", plot_folder);
    (void)snprintf(gnuplot, sizeof gnuplot, "%s/gnuplot", bin);
    EXPECT_I64(mkdir(bin, 0700), 0);
    if (program != NULL) {
        EXPECT_I64(sc_file_write(gnuplot, program, strlen(program), &errors), SC_OK);
        EXPECT_I64(chmod(gnuplot, 0700), 0);
    }
    (void)setenv("PATH", bin, 1);
}

void plot_real_gnuplot(void)
{
    char bin[256], gnuplot[300];
    (void)setenv("PATH", path_before, 1);
    (void)snprintf(bin, sizeof bin, "%s.bin", plot_folder);
    (void)snprintf(gnuplot, sizeof gnuplot, "%s/gnuplot", bin);
    (void)unlink(gnuplot);
    EXPECT_I64(rmdir(bin), 0);
}
