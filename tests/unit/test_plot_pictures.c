/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_plot_pictures.c - frontier, waterfall, heatmap and curves: their data, hostile names, extremes and what they
 * refuse. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "expect.h"
#include "plot_fixture.h"
#include "spendcast/plot.h"

#define SIZE_OF(array) (sizeof(array) / sizeof((array)[0]))
#define UNKNOWN ((double)NAN)
#define ENDLESS ((double)INFINITY)

/* Any of the pictures, so that each is put to the same tests. */
typedef struct picture {
    const sc_frontier_plot *frontier;
    const sc_waterfall_plot *waterfall;
    const sc_heatmap_plot *heatmap;
    const sc_curves_plot *curves;
} picture;

static sc_code draw(picture p, const char *path, int keep, char *hint, size_t hint_size, sc_errors *errors)
{
    if (p.frontier != NULL)
        return sc_plot_frontier(p.frontier, path, keep, hint, hint_size, errors);
    if (p.waterfall != NULL)
        return sc_plot_waterfall(p.waterfall, path, keep, hint, hint_size, errors);
    if (p.curves != NULL)
        return sc_plot_curves(p.curves, path, keep, hint, hint_size, errors);
    return sc_plot_heatmap(p.heatmap, path, keep, hint, hint_size, errors);
}

/* What the data file holds below its two lines of texts. */
static void expect_data(picture p, const char *expected)
{
    char path[256], hint[512];
    sc_errors errors = {0};
    plot_fake_gnuplot(NULL);
    EXPECT_I64(draw(p, plot_path("a.svg", path), 0, hint, sizeof hint, &errors), SC_OK);
    plot_real_gnuplot();
    EXPECT_STR(errors.item[0].text, "");
    EXPECT_TRUE(strncmp(hint, "gnuplot -d -c ", 14) == 0);
    EXPECT_I64(plot_files(0), 2); /* data and script wait for gnuplot */
    size_t size;
    char *data = plot_content("a.svg.tsv", &size);
    const char *units = data != NULL ? strstr(data, "# units") : NULL;
    EXPECT_STR(units, expected);
    sc_free(data);
    plot_files(1);
}

static void expect_refused(picture p, const char *message)
{
    char path[256];
    sc_errors errors = {0};
    EXPECT_I64(draw(p, plot_path("a.svg", path), 0, NULL, 0, &errors), SC_E_USAGE);
    const char *at = strstr(errors.item[0].text, "a.svg'");
    EXPECT_STR(at, message);
    EXPECT_I64(plot_files(1), 0);
}

/* Both forms come out whole, alone, and with the same bytes again; texts are shown as they are. */
static void expect_drawn(picture p, const char *shown)
{
    static const char *const names[] = {"a.png", "b.png", "a.svg", "b.svg"};
    char path[256], hint[64] = "unset", *content[4];
    size_t size[4];
    if (!plot_can_draw())
        return;
    for (size_t i = 0; i < 4; i++) {
        sc_errors errors = {0};
        EXPECT_I64(draw(p, plot_path(names[i], path), 0, hint, sizeof hint, &errors), SC_OK);
        EXPECT_STR(errors.item[0].text, "");
        EXPECT_STR(hint, "");
        content[i] = plot_content(names[i], &size[i]);
    }
    EXPECT_I64(plot_files(1), 4); /* no trap went off, nothing else is left */
    for (size_t i = 0; i < 4; i += 2)
        EXPECT_TRUE(content[i] != NULL && content[i + 1] != NULL && size[i] == size[i + 1] && size[i] > 1000 &&
                    memcmp(content[i], content[i + 1], size[i]) == 0);
    EXPECT_TRUE(content[2] != NULL && strstr(content[2], shown) != NULL);
    EXPECT_TRUE(content[2] != NULL && strstr(content[2], "<script") == NULL);
    for (size_t i = 0; i < 4; i++)
        sc_free(content[i]);
}

/* The same of one picture, for what differs in the data only. */
static void expect_shown(picture p, const char *shown)
{
    char path[256], hint[64] = "unset";
    sc_errors errors = {0};
    size_t size;
    if (!plot_can_draw())
        return;
    EXPECT_I64(draw(p, plot_path("a.svg", path), 0, hint, sizeof hint, &errors), SC_OK);
    EXPECT_STR(errors.item[0].text, "");
    EXPECT_STR(hint, "");
    char *content = plot_content("a.svg", &size);
    EXPECT_I64(plot_files(1), 1);
    EXPECT_TRUE(content != NULL && strstr(content, shown) != NULL && strstr(content, "<script") == NULL);
    sc_free(content);
}

/* Whichever allocation fails: a message, no crash, no half picture. */
static void expect_safe_without_memory(picture p)
{
    static const char program[] = "#!/bin/sh\necho picture > \"$5\"\n";
    int done = 0;
    for (uint64_t n = 1; !done && n < 400; n++) {
        char path[256];
        sc_errors errors = {0};
        plot_fake_gnuplot(program);
        (void)sc_alloc_fail_at(n);
        sc_code code = draw(p, plot_path("a.svg", path), 0, NULL, 0, &errors);
        done = sc_alloc_fail_at(0) < n;
        plot_real_gnuplot();
        EXPECT_TRUE(done ? code == SC_OK : code == SC_E_MEMORY || code == SC_E_IO);
        EXPECT_TRUE((access(path, F_OK) == 0) == done);
        plot_files(1);
    }
    EXPECT_TRUE(done);
}

/* Would leave a file behind or break the script if any part of it were interpreted. */
static const char *hostile(char name[600])
{
    (void)snprintf(name, 600, "| %%n @ARG1 <script>]]>\t`touch %s/t`\".system(\"touch %s/t\").\"$(touch %s/t)\\n",
                   plot_folder, plot_folder, plot_folder);
    return name;
}

static void frontier_data(void)
{
    static const sc_plot_point points[] = {
        {"dear", SC_POINT_NOT_RECOMMENDED, 900, 1000, 1200, 0.80, 0.85, 0.90},
        {"now", SC_POINT_TODAY, 400, 500, 600, 0.88, 0.90, 0.92},
        {"say \"x\\y\"", SC_POINT_RECOMMENDED, 0.5, 1, 2, 0.60, 0.70, 0.80},
        {"untried", SC_POINT_NEEDS_EVIDENCE, 1, 2, 3, UNKNOWN, UNKNOWN, UNKNOWN},
    };
    const sc_frontier_plot f = {.count = SIZE_OF(points), .points = points, .margin = 0.02, .subtitle = "of July"};
    /* Sorted by cost; 1000 USD for less than 500 USD gives is not on the frontier and has no name. */
    expect_data((picture){.frontier = &f},
                "# units: USD, shares; places of names and lines are shares of the frame\n"
                "status\tname\tcost_low_usd\tcost_usd\tcost_high_usd\tquality_low\tquality\tquality_high\tfrontier\t"
                "name_x\tname_y\tline_x\tline_y\n"
                "recommended\tsay 'x/y'\t0.500000000\t1.000000000\t2.000000000\t"
                "0.600000\t0.700000\t0.800000\t0.700000\t0.1368\t0.2973\t0.0999\t0.2804\n"
                "today\tnow\t400.000000000\t500.000000000\t600.000000000\t"
                "0.880000\t0.900000\t0.920000\t0.900000\t0.8615\t0.7973\t0.8492\t0.7804\n"
                "not_recommended\tdear\t900.000000000\t1000.000000000\t1200.000000000\t"
                "0.800000\t0.850000\t0.900000\t0.900000\tNaN\tNaN\tNaN\tNaN\n"
                "needs_evidence\tuntried\t1.000000000\t2.000000000\t3.000000000\t"
                "NaN\tNaN\tNaN\tNaN\tNaN\tNaN\tNaN\tNaN\n");
    char path[256];
    sc_errors errors = {0};
    plot_fake_gnuplot(NULL);
    EXPECT_I64(sc_plot_frontier(&f, plot_path("a.svg", path), 0, NULL, 0, &errors), SC_OK);
    plot_real_gnuplot();
    size_t size;
    char *data = plot_content("a.svg.tsv", &size), *script = plot_content("a.svg.gp", &size);
    EXPECT_TRUE(data != NULL && strstr(data, "# subtitle: 1 of 4 not drawn: quality unknown; of July\n") != NULL);
    EXPECT_TRUE(script != NULL && strstr(script, "\nband = 0.880000000\n") != NULL);
    EXPECT_TRUE(script != NULL && strstr(script, "\nx_log = 1.000000000\n") != NULL); /* 0.5 to 1200 USD */
    sc_free(data);
    sc_free(script);
    plot_files(1);
}

static void frontier_draws(void)
{
    char name[600];
    static const double costs[][3] = {
        {0, 0, 0}, {0, 1e-12, 1e12}, {1e-13, 1e-13, 1e-13}, {5, 5, 5}, {1e12, 1e12, 1e12}};
    for (size_t i = 0; i < SIZE_OF(costs); i++) {
        const sc_plot_point point = {hostile(name), SC_POINT_TODAY, costs[i][0], costs[i][1], costs[i][2], 0, 0.5, 1};
        const sc_frontier_plot f = {
            .title = name, .subtitle = name, .cost_label = name, .count = 1, .points = &point, .margin = UNKNOWN};
        (i == 0 ? expect_drawn : expect_shown)((picture){.frontier = &f}, "efficient frontier");
        if (i == 0)
            expect_safe_without_memory((picture){.frontier = &f});
    }
}

static void frontier_refuses(void)
{
    static const struct {
        sc_plot_point point;
        double margin;
        const char *message;
    } cases[] = {
        {{"a", SC_POINT_TODAY, 1, UNKNOWN, 3, 0, 0.5, 1}, 0, "a.svg': the cost of 'a' is not three amounts in order"},
        {{"a", SC_POINT_TODAY, 3, 2, 1, 0, 0.5, 1}, 0, "a.svg': the cost of 'a' is not three amounts in order"},
        {{"a", SC_POINT_TODAY, -1, 2, 3, 0, 0.5, 1}, 0, "a.svg': the cost of 'a' is not three amounts in order"},
        {{"a", SC_POINT_TODAY, 1, 2, ENDLESS, 0, 0.5, 1}, 0, "a.svg': the cost of 'a' is not three amounts in order"},
        {{"a", SC_POINT_TODAY, 1, 2, 3, UNKNOWN, 0.5, 1},
         0,
         "a.svg': the quality of 'a' is not three shares in order, 0 to 1"},
        {{"a", SC_POINT_TODAY, 1, 2, 3, 0.5, 0.9, 1.1},
         0,
         "a.svg': the quality of 'a' is not three shares in order, 0 to 1"},
        {{"a", SC_POINT_TODAY, 1, 2, 3, 0, UNKNOWN, 1}, 0, "a.svg': none of 1 offers has a known quality"},
        {{"a", SC_POINT_TODAY, 1, 2, 3, 0, 0.5, 1}, 1.5, "a.svg': the margin is not a share, 0 to 1"},
    };
    for (size_t i = 0; i < SIZE_OF(cases); i++) {
        const sc_frontier_plot f = {.count = 1, .points = &cases[i].point, .margin = cases[i].margin};
        expect_refused((picture){.frontier = &f}, cases[i].message);
    }
    const sc_plot_point twice[] = {cases[7].point, cases[7].point};
    const sc_frontier_plot f = {.count = 2, .points = twice};
    expect_refused((picture){.frontier = &f}, "a.svg': 2 points are today's, 0 advised, at most one is of each");
    sc_plot_point both[] = {twice[0], twice[0]};
    both[0].status = both[1].status = SC_POINT_ADVISED;
    const sc_frontier_plot advised = {.count = 2, .points = both};
    expect_refused((picture){.frontier = &advised}, "a.svg': 0 points are today's, 2 advised, at most one is of each");
    const sc_frontier_plot none = {.count = 0};
    expect_refused((picture){.frontier = &none}, "a.svg': none of 0 offers has a known quality");
}

static void waterfall_data(void)
{
    static const sc_plot_lever levers[] = {{"batch", -400}, {"say \"x\\y\"", 50.25}};
    const sc_waterfall_plot w = {.start = 1000, .count = 2, .levers = levers, .end_name = "after both"};
    expect_data((picture){.waterfall = &w}, "# units: USD\n"
                                            "kind\tname\tfrom_usd\tto_usd\n"
                                            "total\ttoday\t0.000000000\t1000.000000000\n"
                                            "saves\tbatch\t1000.000000000\t600.000000000\n"
                                            "adds\tsay 'x/y'\t600.000000000\t650.250000000\n"
                                            "total\tafter both\t0.000000000\t650.250000000\n");
    expect_drawn((picture){.waterfall = &w}, ">$650 (-35 %)<");
    expect_shown((picture){.waterfall = &w}, "-$400");
    expect_shown((picture){.waterfall = &w}, "+$50.25");
}

static void waterfall_draws(void)
{
    char name[600];
    static const double amounts[][2] = {{0, 0}, {0, -5e11}, {1e-12, 1e-12}, {1e12, -1e12}, {1e-8, 9e11}, {-3, 1}};
    for (size_t i = 0; i < SIZE_OF(amounts); i++) {
        const sc_plot_lever lever = {hostile(name), amounts[i][1]};
        const sc_waterfall_plot w = {.title = name,
                                     .subtitle = name,
                                     .start_name = name,
                                     .usd_label = name,
                                     .start = amounts[i][0],
                                     .count = i > 0,
                                     .levers = &lever};
        expect_shown((picture){.waterfall = &w}, "after all");
        if (i == 1)
            expect_safe_without_memory((picture){.waterfall = &w});
    }
}

static void waterfall_refuses(void)
{
    static const double amounts[] = {UNKNOWN, ENDLESS, -ENDLESS, 2e12};
    for (size_t i = 0; i < SIZE_OF(amounts); i++) {
        const sc_plot_lever lever = {"a", amounts[i]};
        const sc_waterfall_plot start = {.start = amounts[i]}, change = {.count = 1, .levers = &lever};
        expect_refused((picture){.waterfall = &start}, "a.svg': the cost of 'today' is not an amount");
        expect_refused((picture){.waterfall = &change}, "a.svg': what 'a' does to the cost is not an amount");
    }
    const sc_plot_lever lever = {"a", 1};
    const sc_waterfall_plot sum = {.start = 1e12, .count = 1, .levers = &lever}, many = {.count = 201};
    expect_refused((picture){.waterfall = &sum}, "a.svg': what 'a' does to the cost is not an amount");
    expect_refused((picture){.waterfall = &many}, "a.svg': 201 levers, at most 200 can be drawn");
}

static void heatmap_data(void)
{
    static const char *const rows[] = {"search", "say \"x\\y\""}, *const columns[] = {"lite", "pro"};
    static const double value[] = {0.25, UNKNOWN, -0.5, 0.125};
    static const unsigned char out[] = {0, 0, 0, 1}, framed[] = {1, 0, 0, 1};
    const sc_heatmap_plot h = {.rows = 2,
                               .columns = 2,
                               .row_names = rows,
                               .column_names = columns,
                               .value = value,
                               .not_allowed = out,
                               .framed = framed,
                               .frame_label = "good enough"};
    expect_data((picture){.heatmap = &h}, "# units: shares\n"
                                          "row\tcolumn\trow_name\tcolumn_name\tstate\tshare\tframed\n"
                                          "0\t0\tsearch\tlite\tvalue\t0.250000\t1\n"
                                          "0\t1\tsearch\tpro\tunknown\tNaN\t0\n"
                                          "1\t0\tsay 'x/y'\tlite\tvalue\t-0.500000\t0\n"
                                          "1\t1\tsay 'x/y'\tpro\tnot_allowed\t0.125000\t1\n");
    expect_drawn((picture){.heatmap = &h}, ">25 %<");
    expect_shown((picture){.heatmap = &h}, "not allowed");
    expect_shown((picture){.heatmap = &h}, ">good enough<");
    expect_safe_without_memory((picture){.heatmap = &h});
}

static void heatmap_draws(void)
{
    char name[600];
    static const char *names[60];
    static double value[60 * 25];
    for (size_t i = 0; i < SIZE_OF(names); i++)
        names[i] = hostile(name);
    for (size_t i = 0; i < SIZE_OF(value); i++)
        value[i] = i % 7 == 0 ? UNKNOWN : i % 11 == 0 ? 1e300 : (double)(i % 200) / 100 - 1;
    const sc_heatmap_plot large = {.title = name,
                                   .value_label = name,
                                   .rows = 60,
                                   .columns = 25,
                                   .row_names = names,
                                   .column_names = names,
                                   .value = value};
    expect_drawn((picture){.heatmap = &large}, ">>999<");
    const sc_heatmap_plot one = {
        .rows = 1, .columns = 1, .row_names = names, .column_names = names, .value = value}; /* and unknown */
    expect_shown((picture){.heatmap = &one}, "unknown");
}

static void heatmap_refuses(void)
{
    static const char *const names[] = {"a"};
    static const double endless[] = {-ENDLESS};
    const sc_heatmap_plot h = {.rows = 1, .columns = 1, .row_names = names, .column_names = names, .value = endless};
    expect_refused((picture){.heatmap = &h}, "a.svg': the share of 'a', 'a' is infinite");
    static const size_t sizes[][2] = {{0, 1}, {1, 0}, {201, 1}, {1, 121}};
    for (size_t i = 0; i < SIZE_OF(sizes); i++) {
        char message[128];
        const sc_heatmap_plot wrong = {.rows = sizes[i][0], .columns = sizes[i][1]};
        (void)snprintf(message, sizeof message, "a.svg': %zu rows x %zu columns, 1 x 1 to 200 x 120 can be drawn",
                       sizes[i][0], sizes[i][1]);
        expect_refused((picture){.heatmap = &wrong}, message);
    }
}

static void curves_data(void)
{
    static const double x[] = {0.01, 1, 100}, y[] = {0, 0.5, 1}, low[] = {0, 0.25, 0.75}, high[] = {0.125, 0.75, 1};
    static const sc_plot_curve curves[] = {{"pro", y, low, high}, {"say \"x\\y\"", y, NULL, NULL}};
    /* The leftmost label is highest, the one at the right edge stands left, the last is outside. */
    static const sc_plot_marker markers[] = {{100, "most"}, {0.1, "break-even"}, {1000, "outside"}};
    const sc_curves_plot c = {.x_log = 1,
                              .y_unit = SC_PLOT_SHARE,
                              .points = SIZE_OF(x),
                              .x = x,
                              .count = SIZE_OF(curves),
                              .curves = curves,
                              .marker_count = SIZE_OF(markers),
                              .markers = markers};
    expect_data((picture){.curves = &c}, "# units: as the labels of the axes say\n"
                                         "kind\tnumber\tname\tx\ty\tlow\thigh\n"
                                         "curve\t1\tpro\t0.010000000\t0.000000000\t0.000000000\t0.125000000\n"
                                         "curve\t1\tpro\t1.000000000\t0.500000000\t0.250000000\t0.750000000\n"
                                         "curve\t1\tpro\t100.000000000\t1.000000000\t0.750000000\t1.000000000\n"
                                         "curve\t2\tsay 'x/y'\t0.010000000\t0.000000000\tNaN\tNaN\n"
                                         "curve\t2\tsay 'x/y'\t1.000000000\t0.500000000\tNaN\tNaN\n"
                                         "curve\t2\tsay 'x/y'\t100.000000000\t1.000000000\tNaN\tNaN\n"
                                         "marker\t1\tmost\t100.000000000\t1.000000000\tNaN\tNaN\n"
                                         "marker\t2\tbreak-even\t0.100000000\t0.000000000\tNaN\tNaN\n");
    expect_drawn((picture){.curves = &c}, ">$0.10<");
    expect_shown((picture){.curves = &c}, ">100 %<");
    expect_shown((picture){.curves = &c}, ">break-even<");
    expect_safe_without_memory((picture){.curves = &c});
}

static void curves_draw(void)
{
    char name[600];
    static const double pairs[][2] = {{0, 0}, {1e-12, 2e-12}, {5, 5}, {-1e12, 1e12}, {1e12, 1e12}, {-0.02, 0.1}};
    static const double first[] = {1e-6, 1, 1e12 - 1};
    for (size_t i = 0; i < SIZE_OF(pairs) * SIZE_OF(first) * 2; i++) {
        const double *y = pairs[i / 2 % SIZE_OF(pairs)], from = first[i / 2 / SIZE_OF(pairs)];
        const double x[] = {from, from + 1};
        const sc_plot_curve curve = {hostile(name), y, y, y};
        const sc_plot_curve curves[] = {curve, curve, curve, curve, curve, curve};
        const sc_plot_marker marker = {from, name}, markers[] = {marker, marker, marker, marker};
        const sc_curves_plot c = {.title = name,
                                  .subtitle = name,
                                  .x_label = name,
                                  .y_label = "net benefit",
                                  .x_unit = i % 3 == 0 ? SC_PLOT_NUMBER : SC_PLOT_USD,
                                  .x_log = i % 2 == 0,
                                  .points = 1 + i / 2 % 2,
                                  .x = x,
                                  .count = 6,
                                  .curves = curves,
                                  .marker_count = 4,
                                  .markers = markers};
        expect_shown((picture){.curves = &c}, "net benefit");
    }
}

static void curves_refuse(void)
{
    static const double one[] = {1, 2}, down[] = {2, 1}, zero[] = {0, 1}, unknown[] = {1, UNKNOWN}, far[] = {-2e12, 1};
    static const sc_plot_curve good = {"a", one, NULL, NULL};
    static const sc_plot_marker nowhere = {UNKNOWN, "m"};
    static const struct {
        const double *x;
        sc_plot_curve curve;
        const char *message;
        size_t points, count, markers;
        int x_log;
    } cases[] = {
        {one, {"a", unknown, NULL, NULL}, "a.svg': not a number within 1e12 of 0 in 'a'", 2, 1, 0, 0},
        {one, {"a", far, NULL, NULL}, "a.svg': not a number within 1e12 of 0 in 'a'", 2, 1, 0, 0},
        {one, {"a", one, one, NULL}, "a.svg': one side only of the band of 'a'", 2, 1, 0, 0},
        {one, {"a", one, down, one}, "a.svg': the band is not around the curve in 'a'", 2, 1, 0, 0},
        {one, {"a", one, one, unknown}, "a.svg': the band is not around the curve in 'a'", 2, 1, 0, 0},
        {down, {"a", one, NULL, NULL}, "a.svg': x is not increasing by 1e-9 and more", 2, 1, 0, 0},
        {unknown, {"a", one, NULL, NULL}, "a.svg': x is not increasing by 1e-9 and more", 2, 1, 0, 0},
        {zero, {"a", one, NULL, NULL}, "a.svg': x is below 1e-6, a logarithmic axis needs more", 2, 1, 0, 1},
        {one, {"a", one, NULL, NULL}, "a.svg': not a number within 1e12 of 0 for the marker 'm'", 2, 1, 1, 0},
        {one,
         {"a", one, NULL, NULL},
         "a.svg': 0 points, 1 curves, 0 markers, not at least 1, 1 to 6, 0 to 4",
         0,
         1,
         0,
         0},
    };
    for (size_t i = 0; i < SIZE_OF(cases); i++) {
        const sc_curves_plot c = {.x = cases[i].x,
                                  .curves = &cases[i].curve,
                                  .points = cases[i].points,
                                  .count = cases[i].count,
                                  .x_log = cases[i].x_log,
                                  .marker_count = cases[i].markers,
                                  .markers = &nowhere};
        expect_refused((picture){.curves = &c}, cases[i].message);
    }
    const sc_plot_curve seven[] = {good, good, good, good, good, good, good};
    const sc_curves_plot many = {.x = one, .points = 2, .count = 7, .curves = seven, .marker_count = 5};
    expect_refused((picture){.curves = &many}, "a.svg': 2 points, 7 curves, 5 markers, not at least 1, 1 to 6, 0 to 4");
}

CU_ErrorCode test_plot_pictures_register(void)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        {"frontier: data", frontier_data},       {"frontier: draws", frontier_draws},
        {"frontier: refuses", frontier_refuses}, {"waterfall: data", waterfall_data},
        {"waterfall: draws", waterfall_draws},   {"waterfall: refuses", waterfall_refuses},
        {"heatmap: data", heatmap_data},         {"heatmap: draws", heatmap_draws},
        {"heatmap: refuses", heatmap_refuses},   {"curves: data", curves_data},
        {"curves: draw", curves_draw},           {"curves: refuse", curves_refuse},
    };
    CU_pSuite suite = CU_add_suite("plot_pictures", plot_make_folder, plot_remove_folder);
    for (size_t i = 0; suite != NULL && i < SIZE_OF(tests); i++) {
        if (CU_add_test(suite, tests[i].name, tests[i].run) == NULL)
            break;
    }
    return CU_get_error();
}
