/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_plot.c - pictures through gnuplot: whole files, no leftovers, no text that is taken for code. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "expect.h"
#include "plot_fixture.h"
#include "spendcast/plot.h"

#define SIZE_OF(array) (sizeof(array) / sizeof((array)[0]))
#define DAYS 40

typedef struct fan_case {
    sc_day day[DAYS];
    double low[DAYS], median[DAYS], high[DAYS], budget[DAYS];
    sc_fan fan;
} fan_case;

static const sc_fan *make_fan(fan_case *c, const char *title, size_t days)
{
    for (size_t i = 0; i < days; i++) {
        double t = (double)(i + 1);
        c->day[i] = sc_day_of(2026, 7, 1) + (sc_day)i;
        c->low[i] = 800 * t;
        c->median[i] = 1000 * t;
        c->high[i] = 1000 * t + 20 * t * t;
        c->budget[i] = 1200 * t;
    }
    c->fan = (sc_fan){.title = title,
                      .subtitle = "rate card of 2026-07-01, seed 42, 10,000 trials",
                      .days = days,
                      .day = c->day,
                      .low = c->low,
                      .median = c->median,
                      .high = c->high,
                      .low_level = 0.1,
                      .high_level = 0.9,
                      .budget = c->budget};
    return &c->fan;
}

static void draws_both_forms(void)
{
    static const struct {
        const char *name, *signature;
        size_t days;
        int budget;
    } cases[] = {
        {"fan.png", "\x89PNG\r\n\x1a\n", DAYS, 1},
        {"fan.PNG", "\x89PNG\r\n\x1a\n", 2, 0},
        {"fan.svg", "<?xml version=\"1.0\"", DAYS, 1},
        {"odd 'name' $(touch x) `touch y`.svg", "<?xml version=\"1.0\"", 1, 1},
    };
    if (!plot_can_draw())
        return;
    for (size_t i = 0; i < SIZE_OF(cases); i++) {
        fan_case c;
        char path[256], hint[512] = "unset";
        sc_errors errors = {0};
        (void)make_fan(&c, "Spend", cases[i].days);
        if (!cases[i].budget)
            c.fan.budget = NULL;
        EXPECT_I64(sc_plot_fan(&c.fan, plot_path(cases[i].name, path), 0, hint, sizeof hint, &errors), SC_OK);
        EXPECT_STR(errors.item[0].text, "");
        EXPECT_STR(hint, "");
        size_t size;
        char *picture = plot_content(cases[i].name, &size);
        size_t length = strlen(cases[i].signature);
        EXPECT_TRUE(picture != NULL && size > 1000 && memcmp(picture, cases[i].signature, length) == 0);
        sc_free(picture);
        EXPECT_I64(plot_files(1), 1); /* the picture and nothing else */
    }
}

static void same_bytes(void)
{
    if (!plot_can_draw())
        return;
    fan_case c;
    char path[256];
    const sc_fan *fan = make_fan(&c, "Spend", DAYS);
    sc_errors errors = {0};
    EXPECT_I64(sc_plot_fan(fan, plot_path("a.svg", path), 0, NULL, 0, &errors), SC_OK);
    EXPECT_I64(sc_plot_fan(fan, plot_path("b.svg", path), 0, NULL, 0, &errors), SC_OK);
    size_t a_size, b_size;
    char *a = plot_content("a.svg", &a_size), *b = plot_content("b.svg", &b_size);
    EXPECT_TRUE(a != NULL && b != NULL && a_size == b_size && memcmp(a, b, a_size) == 0);
    EXPECT_TRUE(a != NULL && strstr(a, "Median by 09 Aug 2026: $40.0k") != NULL);
    EXPECT_TRUE(a != NULL && strstr(a, "P10 to P90: $32.0k to $72.0k") != NULL);
    EXPECT_TRUE(a != NULL && strstr(a, "Budget: $48.0k") != NULL);
    sc_free(a);
    sc_free(b);
    plot_files(1);
}

static void keeps_data(void)
{
    if (!plot_can_draw())
        return;
    fan_case c;
    char path[256];
    sc_errors errors = {0};
    (void)make_fan(&c, "Spend", 2);
    c.fan.low_level = 0.025;
    c.high[1] = (double)NAN;
    EXPECT_I64(sc_plot_fan(&c.fan, plot_path("a.svg", path), 1, NULL, 0, &errors), SC_OK);
    EXPECT_I64(plot_files(0), 3);
    size_t size;
    char *data = plot_content("a.svg.tsv", &size);
    EXPECT_STR(data, "# title: Spend\n"
                     "# subtitle: rate card of 2026-07-01, seed 42, 10,000 trials\n"
                     "# units: USD, cumulative since the start of the first day\n"
                     "day\tp2.5_usd\tp50_usd\tp90_usd\tbudget_usd\n"
                     "2026-07-01\t800.000000\t1000.000000\t1020.000000\t1200.000000\n"
                     "2026-07-02\t1600.000000\t2000.000000\tNaN\t2400.000000\n");
    sc_free(data);
    char *script = plot_content("a.svg.gp", &size);
    EXPECT_TRUE(script != NULL && strncmp(script, "# SPDX-License-Identifier: GPL-3.0-or-later\n", 44) == 0);
    sc_free(script);
    plot_files(1);
}

/* Each title would leave a file behind, break the script or the XML if any part of it were interpreted. */
static void hostile_titles(void)
{
    char trap[256], titles[10][600];
    if (!plot_can_draw())
        return;
    (void)plot_path("trap", trap);
    (void)snprintf(titles[0], sizeof titles[0], "`touch %s`", trap);
    (void)snprintf(titles[1], sizeof titles[1], "$(touch %s); touch %s", trap, trap);
    (void)snprintf(titles[2], sizeof titles[2], "\".system(\"touch %s\").\"", trap);
    (void)snprintf(titles[3], sizeof titles[3], "'; system('touch %s'); '", trap);
    (void)snprintf(titles[4], sizeof titles[4], "x\"\n!touch %s\n", trap);
    (void)snprintf(titles[5], sizeof titles[5], "@ARG1 $1 ${x} %%s %%n %%d \\n \\042 {/Bold x} a_b^c");
    (void)snprintf(titles[6], sizeof titles[6], "<script>alert(1)</script>&amp;]]>");
    (void)snprintf(titles[7], sizeof titles[7], "\x1b]0;x\x07 \xff\xfe");
    (void)snprintf(titles[8], sizeof titles[8], "| touch %s", trap);
    (void)snprintf(titles[9], sizeof titles[9], "< touch %s", trap);
    for (size_t i = 0; i < SIZE_OF(titles); i++) {
        fan_case c;
        char path[256];
        sc_errors errors = {0};
        (void)make_fan(&c, titles[i], 3);
        c.fan.subtitle = titles[i];
        EXPECT_I64(sc_plot_fan(&c.fan, plot_path("a.svg", path), 0, NULL, 0, &errors), SC_OK);
        EXPECT_STR(errors.item[0].text, "");
        EXPECT_I64(plot_files(0), 1);
        size_t size;
        char *svg = plot_content("a.svg", &size);
        EXPECT_TRUE(svg != NULL && strstr(svg, "<script") == NULL && strchr(svg, '\x1b') == NULL &&
                    strstr(svg, "]]>") == NULL);
        if (i == 5)
            EXPECT_TRUE(svg != NULL && strstr(svg, "@ARG1 $1 ${x} %s %n %d \\n \\042 {/Bold x} a_b^c<") != NULL);
        if (i == 6)
            EXPECT_TRUE(svg != NULL && strstr(svg, "&lt;script>alert(1)&lt;/script>&amp;amp;]] >") != NULL);
        sc_free(svg);
        plot_files(1);
    }
}

/* gnuplot would run a file name that starts with '<' or '|'. */
static void hostile_paths(void)
{
    if (!plot_can_draw())
        return;
    char before[1024];
    if (!EXPECT_TRUE(getcwd(before, sizeof before) != NULL) || !EXPECT_I64(chdir(plot_folder), 0))
        return;
    static const char *const paths[] = {"|touch trap;.svg", "< touch trap;.svg", "-e.svg", "~.svg"};
    for (size_t i = 0; i < SIZE_OF(paths); i++) {
        fan_case c;
        sc_errors errors = {0};
        EXPECT_I64(sc_plot_fan(make_fan(&c, "Spend", 3), paths[i], 0, NULL, 0, &errors), SC_OK);
        EXPECT_STR(errors.item[0].text, "");
        EXPECT_I64(access(paths[i], F_OK), 0);
        EXPECT_I64(plot_files(1), 1);
    }
    EXPECT_I64(chdir(before), 0);
}

static sc_code draw_with(const char *program, const sc_fan *fan, const char *name, char *hint, size_t hint_size,
                         sc_errors *errors)
{
    char path[256];
    plot_fake_gnuplot(program);
    sc_code code = sc_plot_fan(fan, plot_path(name, path), 0, hint, hint_size, errors);
    plot_real_gnuplot();
    return code;
}

static void without_gnuplot(void)
{
    fan_case c;
    char hint[512], expected[512];
    sc_errors errors = {0};
    const sc_fan *fan = make_fan(&c, "It's", 3);
    EXPECT_I64(draw_with(NULL, fan, "a b.svg", hint, sizeof hint, &errors), SC_OK);
    EXPECT_I64(errors.count, 0);
    (void)snprintf(expected, sizeof expected,
                   "gnuplot -d -c '%s/a b.svg.gp' '%s/a b.svg.tsv' '%s/a b.svg' svg 'It'\\''s' "
                   "'rate card of 2026-07-01, seed 42, 10,000 trials'",
                   plot_folder, plot_folder, plot_folder);
    EXPECT_STR(hint, expected);
    EXPECT_I64(plot_files(0), 2);
    if (plot_can_draw()) {           /* the hint does what it says */
        EXPECT_I64(system(hint), 0); /* NOLINT(cert-env33-c): that a shell reads it back is the point */
        EXPECT_I64(plot_files(0), 3);
    }
    plot_files(1);

    char little[160];
    EXPECT_I64(draw_with(NULL, fan, "a.png", little, sizeof little, &errors), SC_OK);
    (void)snprintf(expected, sizeof expected, "gnuplot -d -c %s/a.png.gp %s/a.png.tsv %s/a.png png", plot_folder,
                   plot_folder, plot_folder);
    EXPECT_STR(little, expected);
    EXPECT_I64(draw_with(NULL, fan, "a.png", little, 60, &errors), SC_OK);
    EXPECT_STR(little, "gnuplot -d -c PATH.gp PATH.tsv PATH svg|png");
    EXPECT_I64(draw_with(NULL, fan, "a.png", little, 4, &errors), SC_OK);
    EXPECT_STR(little, "");
    plot_files(1);
}

static void gnuplot_fails(void)
{
    static const struct {
        const char *program, *message;
    } cases[] = {
        {"#!/bin/sh\nprintf '\\nplot x y\\n       ^\\n\"a.gp\" line 3: odd \\033[31m thing\\n' >&2; exit 1\n",
         "gnuplot failed with status 1: \"a.gp\" line 3: odd ?[31m thing"},
        {"#!/bin/sh\necho 'no display' >&2; exit 7\n", "gnuplot failed with status 7: no display"},
        {"#!/bin/sh\nexit 2\n", "gnuplot failed with status 2"},
        {"#!/bin/sh\nkill -9 $$\n", "gnuplot was ended by signal 9"},
        {"#!/bin/sh\n: > \"$5\"\n", "gnuplot drew nothing"},
    };
    for (size_t i = 0; i < SIZE_OF(cases); i++) {
        fan_case c;
        char path[256];
        sc_errors errors = {0};
        EXPECT_I64(draw_with(cases[i].program, make_fan(&c, "Spend", 3), "a.svg", NULL, 0, &errors), SC_E_IO);
        EXPECT_STR(errors.item[0].text, cases[i].message);
        EXPECT_TRUE(access(plot_path("a.svg", path), F_OK) != 0);
        EXPECT_I64(plot_files(1), 2); /* data and script stay for a look at what went wrong */
    }
}

static void checks_names(void)
{
    static const struct {
        const char *path;
        sc_code code;
    } cases[] = {{"a.svg", SC_OK},     {"no/such/folder/a.PNG", SC_OK}, {"a.pdf", SC_E_USAGE},
                 {".svg", SC_E_USAGE}, {"a.svg.gz", SC_E_USAGE},        {"", SC_E_USAGE}};
    for (size_t i = 0; i < SIZE_OF(cases); i++) {
        sc_errors errors = {0};
        EXPECT_I64(sc_plot_check(cases[i].path, &errors), cases[i].code);
        EXPECT_I64(errors.count, cases[i].code != SC_OK);
    }
}

static void refuses(void)
{
    fan_case c;
    sc_errors errors = {0};
    (void)make_fan(&c, "Spend", 3);
    EXPECT_I64(sc_plot_fan(&c.fan, "spend.pdf", 0, NULL, 0, &errors), SC_E_USAGE);
    EXPECT_STR(errors.item[0].text, "cannot draw 'spend.pdf': its name must end in .svg or .png");
    EXPECT_I64(sc_plot_fan(&c.fan, ".svg", 0, NULL, 0, &errors), SC_E_USAGE);
    c.fan.days = 0;
    EXPECT_I64(sc_plot_fan(&c.fan, "spend.svg", 0, NULL, 0, &errors), SC_E_USAGE);
    EXPECT_STR(errors.item[2].text, "cannot draw 'spend.svg': there are no days");
    char path[256];
    c.fan.days = 3;
    EXPECT_I64(sc_plot_fan(&c.fan, plot_path("no/such/folder/a.svg", path), 0, NULL, 0, &errors), SC_E_IO);
    EXPECT_I64(plot_files(0), 0);
    EXPECT_I64(sc_plot_fan(&c.fan, "no/such/folder/a.svg", 0, NULL, 0, &errors), SC_E_IO);
    EXPECT_STR(errors.item[4].file, "no/such/folder/a.svg.tsv");
}

/* Whichever allocation fails: a message, no crash, no half picture. */
static void out_of_memory(void)
{
    static const char program[] = "#!/bin/sh\necho picture > \"$5\"\n";
    int done = 0;
    for (uint64_t n = 1; !done && n < 200; n++) {
        fan_case c;
        char path[256];
        sc_errors errors = {0};
        plot_fake_gnuplot(program);
        (void)sc_alloc_fail_at(n);
        sc_code code = sc_plot_fan(make_fan(&c, "Spend", 3), plot_path("a.svg", path), 0, NULL, 0, &errors);
        done = sc_alloc_fail_at(0) < n;
        plot_real_gnuplot();
        EXPECT_TRUE(done ? code == SC_OK : code == SC_E_MEMORY || code == SC_E_IO);
        EXPECT_TRUE((access(path, F_OK) == 0) == done);
        plot_files(1);
    }
    EXPECT_TRUE(done);
}

CU_ErrorCode test_plot_register(void)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        {"draws svg and png", draws_both_forms},
        {"same bytes every time", same_bytes},
        {"keeps the data when asked", keeps_data},
        {"hostile titles", hostile_titles},
        {"hostile paths", hostile_paths},
        {"without gnuplot", without_gnuplot},
        {"gnuplot fails", gnuplot_fails},
        {"refuses", refuses},
        {"checks names", checks_names},
        {"out of memory", out_of_memory},
    };
    CU_pSuite suite = CU_add_suite("plot", plot_make_folder, plot_remove_folder);
    for (size_t i = 0; suite != NULL && i < SIZE_OF(tests); i++) {
        if (CU_add_test(suite, tests[i].name, tests[i].run) == NULL)
            break;
    }
    return CU_get_error();
}
