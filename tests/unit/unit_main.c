/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unit_main.c - runs the unit test suites: all of them, or those named on the command line.
 *
 * CUnit reports success even when assertions fail or when nothing ran, so that the exit status is decided here. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"

typedef struct suite_entry {
    const char *name;
    CU_ErrorCode (*enrol)(void);
} suite_entry;

static const suite_entry suites[] = {
#define SUITE(name) {#name, test_##name##_register},
#include "suites.h"
#undef SUITE
    {NULL, NULL},
};

static int wanted(const char *name, char *const names[], int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return 1;
    return count == 0;
}

static int known(const char *name)
{
    for (const suite_entry *s = suites; s->name != NULL; s++)
        if (strcmp(s->name, name) == 0)
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    int verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    char *const *names = argv + 1 + verbose;
    int count = argc - 1 - verbose;
    for (int i = 0; i < count; i++) {
        if (!known(names[i])) {
            (void)fprintf(stderr, "unknown suite '%s'; usage: unit [-v] [SUITE ...], with the suites\n", names[i]);
            for (const suite_entry *s = suites; s->name != NULL; s++)
                (void)fprintf(stderr, "  %s\n", s->name);
            return 2;
        }
    }

    if (CU_initialize_registry() != CUE_SUCCESS) {
        (void)fprintf(stderr, "cannot start CUnit: %s\n", CU_get_error_msg());
        return 70;
    }
    int broken = 0;
    for (const suite_entry *s = suites; s->name != NULL; s++) {
        if (wanted(s->name, names, count) && s->enrol() != CUE_SUCCESS) {
            (void)fprintf(stderr, "suite '%s' cannot be registered: %s\n", s->name, CU_get_error_msg());
            broken = 1;
        }
    }
    /* Failures were already shown with both values; CUnit's own list would repeat them. */
    CU_basic_set_mode(verbose ? CU_BRM_VERBOSE : CU_BRM_SILENT);
    broken |= CU_basic_run_tests() != CUE_SUCCESS;

    unsigned run = CU_get_number_of_tests_run();
    unsigned failed = CU_get_number_of_tests_failed() + CU_get_number_of_suites_failed();
    unsigned passed = run - CU_get_number_of_tests_failed();
    broken |= CU_get_number_of_failures() != 0 || CU_get_number_of_tests_inactive() != 0;
    CU_cleanup_registry();
    if (run == 0)
        (void)fprintf(stderr, "no unit test ran\n");
    if (broken && failed == 0)
        failed = 1;
    (void)printf("unit: %u passed, %u failed, %lu skipped\n", passed, failed, sc_expect_skipped_total());
    return failed != 0 || run == 0;
}
