/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_file.c - whole files, on a folder of its own that it removes. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/file.h"

static char folder[] = "/tmp/spendcast-test-XXXXXX";
static sc_errors errors;

static const char *in_folder(const char *name)
{
    static char path[2][320];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static int count_entries(void)
{
    int n = 0;
    DIR *dir = opendir(folder);
    for (const struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;)
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    if (dir != NULL)
        closedir(dir);
    return n;
}

static int make_folder(void) { return mkdtemp(folder) == NULL; }

static int remove_folder(void)
{
    DIR *dir = opendir(folder);
    for (const struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && unlink(in_folder(e->d_name)) != 0)
            rmdir(in_folder(e->d_name));
    if (dir != NULL)
        closedir(dir);
    return rmdir(folder);
}

static void start(void) { memset(&errors, 0, sizeof errors); }

static void expect_content(const char *path, const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    if (!EXPECT_I64(sc_file_read(path, 1 << 20, &text, &size, &errors), SC_OK))
        return;
    EXPECT_STR(text, expected);
    EXPECT_I64(size, strlen(expected));
    sc_free(text);
}

static void test_round_trip(void)
{
    start();
    const char *path = in_folder("a.txt");
    EXPECT_I64(sc_file_write(path, "one\n", 4, &errors), SC_OK);
    expect_content(path, "one\n");
    EXPECT_I64(sc_file_write(path, "", 0, &errors), SC_OK);
    expect_content(path, "");

    /* More than one buffer, with NUL bytes. */
    size_t n = 300001, size = 0;
    char *big = sc_calloc(n, 1), *text = NULL;
    for (size_t i = 0; i < n; i++)
        big[i] = (char)(i * 7 % 251);
    EXPECT_I64(sc_file_write(path, big, n, &errors), SC_OK);
    EXPECT_I64(sc_file_read(path, n, &text, &size, &errors), SC_OK);
    EXPECT_TRUE(size == n && memcmp(text, big, n) == 0 && text[n] == '\0');
    sc_free(text);
    sc_free(big);
    unlink(path);
    EXPECT_I64(count_entries(), 0);
}

static void test_too_large(void)
{
    start();
    const char *path = in_folder("a.txt");
    char *text;
    size_t size;
    sc_file_write(path, "12345", 5, &errors);
    EXPECT_I64(sc_file_read(path, 4, &text, &size, &errors), SC_E_IO);
    EXPECT_STR(errors.item[0].text, "the file has 5 bytes, expected at most 4");
    EXPECT_STR(errors.item[0].file, path);
    /* a device has no size to look at first */
    EXPECT_I64(sc_file_read("/dev/zero", 100000, &text, &size, &errors), SC_E_IO);
    EXPECT_STR(errors.item[1].text, "the file has more than 100000 bytes, the most that is read");
    unlink(path);
}

static void test_cannot_read(void)
{
    start();
    char *text;
    size_t size;
    EXPECT_I64(sc_file_read(in_folder("none"), 9, &text, &size, &errors), SC_E_IO);
    EXPECT_I64(sc_file_read(folder, 9, &text, &size, &errors), SC_E_IO);
    EXPECT_I64(sc_file_read("/dev/null/x", 9, &text, &size, &errors), SC_E_IO);
    EXPECT_STR(errors.item[0].text, "cannot read the file: no such file or folder");
    EXPECT_STR(errors.item[1].text, "cannot read the file: it is a folder");
    EXPECT_STR(errors.item[2].text, "cannot read the file: a part of the path is not a folder");
    EXPECT_I64(sc_file_read("/dev/null", 9, &text, &size, &errors), SC_OK);
    EXPECT_I64(size, 0);
    sc_free(text);
}

/* A pipe gives its bytes in pieces. */
static void test_standard_input(void)
{
    start();
    int ends[2], saved = dup(STDIN_FILENO);
    if (!EXPECT_I64(pipe(ends), 0))
        return;
    pid_t child = fork();
    if (child == 0) {
        int ok = 1;
        for (int i = 0; i < 100; i++)
            ok &= write(ends[1], "0123456789", 10) == 10;
        _exit(!ok);
    }
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    char *text = NULL;
    size_t size = 0;
    EXPECT_I64(sc_file_read("-", 1 << 20, &text, &size, &errors), SC_OK);
    EXPECT_I64(size, 1000);
    sc_free(text);
    if (saved >= 0)
        dup2(saved, STDIN_FILENO);
    close(saved);
    close(ends[0]);
    waitpid(child, NULL, 0);
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_mode & 07777 : 0;
}

static void test_permissions(void)
{
    start();
    const char *path = in_folder("m.txt");
    mode_t mask = umask(027);
    sc_file_write(path, "x", 1, &errors);
    EXPECT_I64(mode_of(path), 0640);
    chmod(path, 0604);
    sc_file_write(path, "y", 1, &errors);
    EXPECT_I64(mode_of(path), 0604);
    umask(mask);
    unlink(path);
}

static void test_symbolic_link(void)
{
    start();
    char path[320];
    snprintf(path, sizeof path, "%s", in_folder("real.txt"));
    const char *other = in_folder("link.txt");
    sc_file_write(path, "old", 3, &errors);
    EXPECT_I64(symlink("real.txt", other), 0);
    EXPECT_I64(sc_file_write(other, "new", 3, &errors), SC_OK);
    expect_content(path, "new");
    struct stat status;
    EXPECT_TRUE(lstat(other, &status) == 0 && S_ISLNK(status.st_mode));
    EXPECT_I64(count_entries(), 2);
    unlink(path);
    unlink(other);
}

static void test_cannot_write(void)
{
    start();
    EXPECT_I64(sc_file_write(in_folder("none/a.txt"), "x", 1, &errors), SC_E_IO);
    EXPECT_I64(sc_file_write(folder, "x", 1, &errors), SC_E_IO);
    EXPECT_I64(sc_file_write("/dev/full", "x", 1, &errors), SC_E_IO);
    EXPECT_I64(sc_file_write("/dev/null/x", "x", 1, &errors), SC_E_IO);
    EXPECT_I64(sc_file_write("/dev/null", "x", 1, &errors), SC_OK);
    EXPECT_STR(errors.item[0].text, "cannot write the file: no such file or folder");
    EXPECT_STR(errors.item[1].text, "cannot write the file: it is a folder");
    EXPECT_STR(errors.item[2].text, "cannot write the file: no space left");
    EXPECT_STR(errors.item[3].text, "cannot write the file: a part of the path is not a folder");
    EXPECT_I64(errors.count, 4);

    char name[300];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    EXPECT_I64(sc_file_write(path, "x", 1, &errors), SC_E_IO);
    EXPECT_STR(errors.item[4].text, "cannot write the file: the name is too long");
    EXPECT_I64(count_entries(), 0);
    EXPECT_I64(sc_file_write("", "x", 1, &errors), SC_E_IO);
}

/* The disk is full half-way: the old file stays, the temporary one goes. */
static void test_write_fails_half_way(void)
{
    start();
    const char *path = in_folder("a.txt");
    static const char text[10000];
    struct rlimit saved, small;
    sc_file_write(path, "old", 3, &errors);
    if (!EXPECT_I64(getrlimit(RLIMIT_FSIZE, &saved), 0))
        return;
    small = saved;
    small.rlim_cur = 4096;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    sc_code code = sc_file_write(path, text, sizeof text, &errors);
    setrlimit(RLIMIT_FSIZE, &saved);
    signal(SIGXFSZ, handler);
    EXPECT_I64(code, SC_E_IO);
    EXPECT_STR(errors.item[0].text, "cannot write the file: the file would be too large");
    expect_content(path, "old");
    EXPECT_I64(count_entries(), 1);
    unlink(path);
}

/* The temporary file of a killed run, or of another thread, is left alone. */
static void test_temporary_exists(void)
{
    start();
    char name[64], taken[320];
    snprintf(name, sizeof name, ".spendcast-%ld-0.tmp", (long)getpid());
    snprintf(taken, sizeof taken, "%s", in_folder(name));
    EXPECT_I64(sc_file_write(taken, "taken", 5, &errors), SC_OK);
    const char *path = in_folder("a.txt");
    EXPECT_I64(sc_file_write(path, "x", 1, &errors), SC_OK);
    expect_content(taken, "taken");
    EXPECT_I64(count_entries(), 2);
    unlink(path);
    unlink(taken);
}

static void test_out_of_memory(void)
{
    start();
    const char *path = in_folder("a.txt");
    char *text, **names;
    size_t size;
    sc_alloc_fail_at(1);
    EXPECT_I64(sc_file_write(path, "x", 1, &errors), SC_E_IO);
    sc_alloc_fail_at(0);
    EXPECT_STR(errors.item[0].text, "cannot write the file: out of memory");
    EXPECT_I64(sc_file_write(path, "x", 1, &errors), SC_OK);
    sc_alloc_fail_at(1);
    EXPECT_I64(sc_file_read(path, 9, &text, &size, &errors), SC_E_MEMORY);
    sc_alloc_fail_at(2);
    EXPECT_I64(sc_file_read("/dev/zero", 1 << 20, &text, &size, &errors), SC_E_MEMORY);
    for (uint64_t n = 1; n <= 2; n++) {
        sc_alloc_fail_at(n);
        EXPECT_I64(sc_file_list(folder, ".txt", &names, &size, &errors), SC_E_MEMORY);
    }
    sc_alloc_fail_at(0);
    unlink(path);
    EXPECT_I64(count_entries(), 0);
}

static void test_list(void)
{
    start();
    static const char *const files[] = {"b.csv", "a.csv", "B.csv", "a.csv.bak", ".#a.csv", "c.txt", "a-long-name.csv"};
    static const char *const listed[] = {"B.csv", "a-long-name.csv", "a.csv", "b.csv"};
    char **names = NULL;
    size_t count = 9;
    EXPECT_I64(sc_file_list(folder, ".csv", &names, &count, &errors), SC_OK);
    EXPECT_I64(count, 0);
    sc_free(names);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        sc_file_write(in_folder(files[i]), "x", 1, &errors);
    mkdir(in_folder("folder.csv"), 0700);
    EXPECT_I64(sc_file_list(folder, ".csv", &names, &count, &errors), SC_OK);
    if (EXPECT_I64(count, sizeof listed / sizeof *listed))
        for (size_t i = 0; i < count; i++)
            EXPECT_STR(names[i], listed[i]);
    sc_free(names);
    EXPECT_I64(sc_file_list(in_folder("none"), ".csv", &names, &count, &errors), SC_E_IO);
    EXPECT_STR(errors.item[0].text, "cannot read the folder: no such file or folder");
}

CU_ErrorCode test_file_register(void)
{
    static CU_TestInfo tests[] = {
        {"round trip", test_round_trip},
        {"too large", test_too_large},
        {"cannot read", test_cannot_read},
        {"standard input", test_standard_input},
        {"permissions", test_permissions},
        {"symbolic link", test_symbolic_link},
        {"cannot write", test_cannot_write},
        {"write fails half-way", test_write_fails_half_way},
        {"temporary name is taken", test_temporary_exists},
        {"out of memory", test_out_of_memory},
        {"list", test_list},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"file", make_folder, remove_folder, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
