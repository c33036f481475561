/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_report.c - the report model and its four forms; JSON is read back with cJSON and CSV with libcsv. */
#include <cjson/cJSON.h>
#include <csv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "expect.h"
#include "report/render.h"
#include "spendcast/report.h"

#define SIZE_OF(array) (sizeof(array) / sizeof((array)[0]))
#define USD(x) ((sc_money)(x)*SC_FEMTO_PER_USD)

/* Everything an attacker might call a project: terminal escapes (C0, C1 raw and encoded), a line separator, broken
 * UTF-8. */
#define HOSTILE "a\x1b[31m\x07\x7f\xc2\x9b\x9b\xe2\x80\xa8|`<b>\"\\\xff\xc0\xaf\xe2\x82\xac\xf0\x9f\xbf\xbe"
#define HOSTILE_SAFE "a?[31m?????|`<b>\"\\???\xe2\x82\xac?"

static const sc_column team_columns[] = {
    {"team", "Team", SC_CELL_TEXT, 0, 0},      {"requests", "Requests", SC_CELL_COUNT, 0, 3},
    {"cost_usd", "Cost", SC_CELL_MONEY, 0, 0}, {"p90_usd", "P90", SC_CELL_USD, 0, 1},
    {"share", "Share", SC_CELL_SHARE, 0, 2},   {"ratio", "P90 /\nbudget", SC_CELL_NUMBER, 2, 2},
    {"breach", "Breach", SC_CELL_DATE, 0, 2},  {"at_risk", "At risk", SC_CELL_BOOL, 0, 4},
};
static const sc_column model_columns[] = {
    {"model", "Model", SC_CELL_TEXT, 0, 0},
    {"unit_usd", "Per call", SC_CELL_USD, -1, 0},
};

static sc_report *sample_report(void)
{
    sc_report *r = sc_report_new("simulate", "Spend by team");
    if (r == NULL)
        return NULL;
    sc_report_provenance(r, "rate card", "%s of %s", "aws-bedrock", "2026-07-01");
    sc_report_provenance(r, "input", "a.json");
    sc_report_provenance(r, "seed", "%d", 42);
    sc_report_provenance(r, "input", "b.json");
    sc_report_figure_money(r, "total_usd", "Total", USD(41207));
    sc_report_figure_money(r, "open_usd", "Not attributed", 12300000000000);
    sc_report_figure_text(r, "verdict", "Verdict", "one team is at risk");

    sc_table *t = sc_report_table(r, "teams", NULL, team_columns, SIZE_OF(team_columns));
    sc_table_row(t);
    sc_cell_text(t, "search");
    sc_cell_count(t, 1234567);
    sc_cell_money(t, USD(40000) + 1);
    sc_cell_usd(t, 50123.456789123);
    sc_cell_share(t, 0.971);
    sc_cell_number(t, 1.005);
    sc_cell_date(t, sc_day_of(2026, 9, 14));
    sc_cell_bool(t, 1);
    sc_table_row(t);
    sc_cell_text(t, "support");
    sc_cell_empty(t);
    sc_cell_money(t, -USD(7) / 2);
    sc_cell_usd(t, HUGE_VAL);
    sc_cell_share(t, (double)NAN);
    sc_cell_empty(t);
    sc_cell_date(t, SC_DAY_MAX);
    sc_table_foot(t);
    sc_cell_textf(t, "%s", "total");
    sc_cell_count(t, 1234567);
    sc_cell_money(t, USD(41207));

    t = sc_report_table(r, "models", "By model", model_columns, SIZE_OF(model_columns));
    sc_table_row(t);
    sc_cell_text(t, "large-2");
    sc_cell_usd(t, 0.0123);
    sc_report_note(r, "Means add up; %s do not.", "quantiles");
    return r;
}

/* Renders and frees the report; NULL, with a failed assertion, if it cannot be rendered. */
static char *rendered(sc_report *r, sc_format format, int width, int colour, const char *table)
{
    sc_render_options o = {.format = format, .width = width, .colour = colour, .table = table};
    sc_errors errors = {0};
    char *text = NULL;
    size_t size = 0;
    EXPECT_TRUE(r != NULL);
    EXPECT_I64(sc_report_render(r, &o, &text, &size, &errors), SC_OK);
    EXPECT_I64(errors.count, 0);
    if (EXPECT_TRUE(text != NULL))
        EXPECT_I64(strlen(text), size);
    sc_report_free(r);
    return text;
}

static void expect_rendered(sc_report *r, sc_format format, int width, const char *expected)
{
    char *text = rendered(r, format, width, 0, NULL);
    EXPECT_STR(text, expected);
    sc_text_free(text);
}

static void text_wide(void)
{
    expect_rendered(sample_report(), SC_FORMAT_TEXT, 0,
                    "Spend by team\n"
                    "\n"
                    "Total           $41,207.00\n"
                    "Not attributed     $0.0123\n"
                    "Verdict         one team is at risk\n"
                    "\n"
                    "                                                               P90 /\n"
                    "Team      Requests                     Cost      P90   Share  budget      Breach  At risk\n"
                    "-------  ---------  -----------------------  -------  ------  ------  ----------  -------\n"
                    "search   1,234,567  $40,000.000000000000001  $50,123  97.1 %    1.00  2026-09-14  yes\n"
                    "support                              -$3.50      inf     n/a\n"
                    "-------  ---------  -----------------------  -------  ------  ------  ----------  -------\n"
                    "total    1,234,567               $41,207.00\n"
                    "\n"
                    "By model\n"
                    "Model    Per call\n"
                    "-------  --------\n"
                    "large-2   $0.0123\n"
                    "\n"
                    "Means add up; quantiles do not.\n"
                    "\n"
                    "-----------------------------------------------------------------------------------------\n"
                    "rate card: aws-bedrock of 2026-07-01\n"
                    "input: a.json\n"
                    "seed: 42\n"
                    "input: b.json\n");
}

/* The columns ranked last go first, of equals the rightmost; those left keep their order. */
static void text_narrow(void)
{
    expect_rendered(sample_report(), SC_FORMAT_TEXT, 40,
                    "Spend by team\n"
                    "\n"
                    "Total           $41,207.00\n"
                    "Not attributed     $0.0123\n"
                    "Verdict         one team is at risk\n"
                    "\n"
                    "Team                        Cost\n"
                    "-------  -----------------------\n"
                    "search   $40,000.000000000000001\n"
                    "support                   -$3.50\n"
                    "-------  -----------------------\n"
                    "total                 $41,207.00\n"
                    "(left out to fit the width: Requests,\n"
                    "P90, Share, P90 / budget, Breach, At\n"
                    "risk; --format json or csv has them)\n"
                    "\n"
                    "By model\n"
                    "Model    Per call\n"
                    "-------  --------\n"
                    "large-2   $0.0123\n"
                    "\n"
                    "Means add up; quantiles do not.\n"
                    "\n"
                    "--------------------------------\n"
                    "rate card: aws-bedrock of 2026-07-01\n"
                    "input: a.json\n"
                    "seed: 42\n"
                    "input: b.json\n");
}

/* Text is shortened when no column may go; numbers and the columns they need never are. */
static void text_shortened(void)
{
    static const sc_column columns[] = {
        {"name", "Name of the workload", SC_CELL_TEXT, 0, 0},
        {"cost_usd", "Cost", SC_CELL_MONEY, 0, 0},
        {"where", "Where", SC_CELL_TEXT, 0, 0},
    };
    static const struct {
        int width;
        const char *table;
    } cases[] = {
        {36, "Name of\xe2\x80\xa6             Cost  Where\n"
             "--------  ---------------  ---------\n"
             "r\xc3\xa9sum\xc3\xa9 \xe2\x80\xa6  $123,456,789.00  eu-west-1\n"},
        {20, "Name of\xe2\x80\xa6             Cost  Where\n"
             "--------  ---------------  --------\n"
             "r\xc3\xa9sum\xc3\xa9 \xe2\x80\xa6  $123,456,789.00  eu-west\xe2\x80\xa6\n"},
    };
    for (size_t i = 0; i < SIZE_OF(cases); i++) {
        sc_report *r = sc_report_new("x", "t");
        sc_table *t = sc_report_table(r, "t", NULL, columns, SIZE_OF(columns));
        sc_table_row(t);
        sc_cell_text(t, "r\xc3\xa9sum\xc3\xa9 of tickets");
        sc_cell_money(t, USD(123456789));
        sc_cell_text(t, "eu-west-1");
        char expected[256];
        (void)snprintf(expected, sizeof expected, "t\n\n%s", cases[i].table);
        expect_rendered(r, SC_FORMAT_TEXT, cases[i].width, expected);
    }
}

static void text_of_little(void)
{
    sc_report *r = sc_report_new("x", "Nothing");
    expect_rendered(r, SC_FORMAT_TEXT, 80, "Nothing\n");

    r = sc_report_new("x", "Nothing");
    sc_table *t = sc_report_table(r, "t", NULL, model_columns, SIZE_OF(model_columns));
    sc_report_provenance(r, "seed", "%s", "");
    EXPECT_TRUE(t != NULL);
    expect_rendered(r, SC_FORMAT_TEXT, 80,
                    "Nothing\n\n"
                    "Model  Per call\n"
                    "-----  --------\n"
                    "(no rows)\n\n"
                    "---------------\n"
                    "seed:\n");
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static sc_report *random_report(uint64_t *state)
{
    static const char *const words[] = {"a",    "total", "of \xe2\x82\xac", "workload",
                                        "x  y", "",      "\x1b]0;x\x07",    "12 %"};
    sc_column columns[10];
    size_t n = 1 + next_random(state) % SIZE_OF(columns);
    for (size_t i = 0; i < n; i++) {
        sc_cell_type type = (sc_cell_type)(1 + next_random(state) % 8);
        columns[i] = (sc_column){words[0], words[next_random(state) % 5], type, (int)(next_random(state) % 4), 1};
    }
    sc_report *r = sc_report_new("x", words[next_random(state) % SIZE_OF(words)]);
    sc_table *t = sc_report_table(r, "t", words[next_random(state) % SIZE_OF(words)], columns, n);
    for (uint64_t rows = next_random(state) % 6; rows > 0; rows--) {
        sc_table_row(t);
        for (size_t i = next_random(state) % (n + 1); i > 0; i--) {
            int64_t x = (int64_t)next_random(state) >> next_random(state) % 64;
            switch (next_random(state) % 6) {
            case 0: sc_cell_text(t, words[next_random(state) % SIZE_OF(words)]); break;
            case 1: sc_cell_money(t, x); break;
            case 2: sc_cell_usd(t, (double)x / 1024); break;
            case 3: sc_cell_count(t, x); break;
            case 4: sc_cell_share(t, (double)x / 1e18); break;
            default: sc_cell_empty(t);
            }
        }
    }
    for (int i = 0; i < 3; i++)
        sc_report_note(r, "%s %s", words[next_random(state) % SIZE_OF(words)],
                       words[next_random(state) % SIZE_OF(words)]);
    return r;
}

static size_t columns_of(const char *text, size_t len)
{
    size_t n = 0;
    for (const char *end = text + len; text < end; n++)
        text += sc_utf8_step(text, (size_t)(end - text));
    return n;
}

/* Every line fits (each column may go), none ends in a blank, colour adds escapes and nothing else, and no other
 * control character comes through. */
static void text_laws(void)
{
    uint64_t state = 5;
    for (int i = 0; i < 400; i++) {
        uint64_t same = state;
        int width = 20 + (int)(next_random(&state) % 100);
        next_random(&same);
        char *plain = rendered(random_report(&state), SC_FORMAT_TEXT, width, 0, NULL);
        char *coloured = rendered(random_report(&same), SC_FORMAT_TEXT, width, 1, NULL);
        if (plain == NULL || coloured == NULL)
            return;

        int too_wide = 0, blank_ends = 0, controls = 0;
        for (const char *line = plain; *line != '\0';) {
            size_t len = strcspn(line, "\n");
            too_wide += columns_of(line, len) > (size_t)width;
            blank_ends += len > 0 && line[len - 1] == ' ';
            for (size_t k = 0; k < len; k++)
                controls += (unsigned char)line[k] < 0x20;
            line += len + 1;
        }
        if (!EXPECT_I64(too_wide, 0) || !EXPECT_I64(blank_ends, 0) || !EXPECT_I64(controls, 0))
            (void)fprintf(stderr, "width %d:\n%s", width, plain);

        char *to = coloured;
        for (const char *from = coloured; *from != '\0';) {
            size_t escape = strncmp(from, "\033[1m", 4) == 0 || strncmp(from, "\033[0m", 4) == 0 ? 4 : 0;
            from += escape;
            if (escape == 0)
                *to++ = *from++;
        }
        *to = '\0';
        EXPECT_STR(coloured, plain);
        sc_text_free(plain);
        sc_text_free(coloured);
    }
}

static const char *string_at(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

static void json_values(void)
{
    char *text = rendered(sample_report(), SC_FORMAT_JSON, 0, 0, NULL);
    cJSON *root = cJSON_ParseWithOpts(text, NULL, 1);
    if (!EXPECT_TRUE(root != NULL))
        return;
    static const char *const keys[] = {"schema_version", "report", "title", "provenance", "total_usd", "open_usd",
                                       "verdict",        "rows",   "total", "models",     "notes"};
    EXPECT_I64(cJSON_GetArraySize(root), SIZE_OF(keys));
    for (size_t i = 0; i < SIZE_OF(keys); i++)
        EXPECT_STR(cJSON_GetArrayItem(root, (int)i)->string, keys[i]);
    EXPECT_I64(cJSON_GetObjectItemCaseSensitive(root, "schema_version")->valueint, 1);
    EXPECT_STR(string_at(root, "report"), "simulate");
    EXPECT_STR(string_at(root, "title"), "Spend by team");
    EXPECT_STR(string_at(root, "total_usd"), "41207.00");
    EXPECT_STR(string_at(root, "open_usd"), "0.0123");
    EXPECT_STR(string_at(root, "verdict"), "one team is at risk");

    const cJSON *provenance = cJSON_GetObjectItemCaseSensitive(root, "provenance");
    EXPECT_I64(cJSON_GetArraySize(provenance), 3);
    EXPECT_STR(string_at(provenance, "rate card"), "aws-bedrock of 2026-07-01");
    EXPECT_STR(string_at(provenance, "seed"), "42");
    const cJSON *inputs = cJSON_GetObjectItemCaseSensitive(provenance, "input");
    EXPECT_I64(cJSON_GetArraySize(inputs), 2);
    EXPECT_STR(cJSON_GetStringValue(cJSON_GetArrayItem(inputs, 1)), "b.json");

    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(root, "rows");
    EXPECT_I64(cJSON_GetArraySize(rows), 2);
    const cJSON *row = cJSON_GetArrayItem(rows, 0);
    EXPECT_I64(cJSON_GetArraySize(row), SIZE_OF(team_columns));
    EXPECT_STR(string_at(row, "team"), "search");
    EXPECT_ABS(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(row, "requests")), 1234567.0, 0.0);
    EXPECT_STR(string_at(row, "cost_usd"), "40000.000000000000001");
    EXPECT_STR(string_at(row, "p90_usd"), "50123.456789");
    EXPECT_ABS(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(row, "share")), 0.971, 0.0);
    EXPECT_ABS(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(row, "ratio")), 1.0, 0.0);
    EXPECT_STR(string_at(row, "breach"), "2026-09-14");
    EXPECT_TRUE(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "at_risk")));
    row = cJSON_GetArrayItem(rows, 1);
    EXPECT_STR(string_at(row, "cost_usd"), "-3.50");
    static const char *const nulls[] = {"requests", "p90_usd", "share", "ratio", "breach", "at_risk"};
    for (size_t i = 0; i < SIZE_OF(nulls); i++)
        EXPECT_TRUE(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(row, nulls[i])));

    EXPECT_STR(string_at(cJSON_GetObjectItemCaseSensitive(root, "total"), "cost_usd"), "41207.00");
    const cJSON *models = cJSON_GetObjectItemCaseSensitive(root, "models");
    EXPECT_TRUE(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(models, "total")));
    rows = cJSON_GetObjectItemCaseSensitive(models, "rows");
    EXPECT_STR(string_at(cJSON_GetArrayItem(rows, 0), "unit_usd"), "0.012300");
    const cJSON *notes = cJSON_GetObjectItemCaseSensitive(root, "notes");
    EXPECT_STR(cJSON_GetStringValue(cJSON_GetArrayItem(notes, 0)), "Means add up; quantiles do not.");
    cJSON_Delete(root);
    sc_text_free(text);
}

static void json_form(void)
{
    sc_report *r = sc_report_new("x", "t");
    expect_rendered(r, SC_FORMAT_JSON, 0,
                    "{\n  \"schema_version\": 1,\n  \"report\": \"x\",\n  \"title\": \"t\",\n  \"provenance\": {},\n"
                    "  \"rows\": [],\n  \"total\": null,\n  \"notes\": []\n}\n");
    r = sc_report_new("x", "t");
    sc_table *t = sc_report_table(r, "t", NULL, model_columns, SIZE_OF(model_columns));
    sc_table_row(t);
    sc_cell_text(t, "a\n\"b\"");
    expect_rendered(r, SC_FORMAT_JSON, 0,
                    "{\n  \"schema_version\": 1,\n  \"report\": \"x\",\n  \"title\": \"t\",\n  \"provenance\": {},\n"
                    "  \"rows\": [\n    {\n      \"model\": \"a\\n\\\"b\\\"\",\n      \"unit_usd\": null\n    }\n  ],\n"
                    "  \"total\": null,\n  \"notes\": []\n}\n");
}

static void characters(void)
{
    static const struct {
        int32_t code_point;
        int control;
    } cases[] = {
        {-1, 1},     {0x00, 1},   {0x1f, 1},   {' ', 0},    {'~', 0},    {0x7f, 1},   {0x80, 1},     {0x9f, 1},
        {0xa0, 0},   {0x61c, 1},  {0x200d, 0}, {0x200e, 1}, {0x2027, 0}, {0x2028, 1}, {0x202e, 1},   {0x202f, 0},
        {0x2065, 0}, {0x2066, 1}, {0x2069, 1}, {0x206a, 0}, {0xfffd, 0}, {0xfffe, 1}, {0x10ffff, 1}, {0x1f600, 0},
    };
    for (size_t i = 0; i < SIZE_OF(cases); i++) {
        if (!EXPECT_I64(sc_is_control(cases[i].code_point), cases[i].control))
            (void)fprintf(stderr, "code point %d\n", cases[i].code_point);
    }

    const char *text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xe2\x82"; /* the last one is cut short */
    EXPECT_I64(sc_text_width(text), 6);
    static const int32_t expected[] = {'a', 0xe9, 0x20ac, 0x1f600, -1, -1};
    for (size_t i = 0; i < SIZE_OF(expected); i++)
        EXPECT_I64(sc_next_char(&text), expected[i]);
    EXPECT_I64(*text, 0);
}

/* One hostile text in every place that takes text. */
static sc_report *hostile_report(const char *text)
{
    sc_report *r = sc_report_new("x", text);
    sc_report_provenance(r, "input", "%s", text);
    sc_report_figure_text(r, "figure", text, text);
    sc_column columns[] = {{"name", text, SC_CELL_TEXT, 0, 0}, {"cost_usd", "Cost", SC_CELL_MONEY, 0, 0}};
    sc_table *t = sc_report_table(r, "t", text, columns, SIZE_OF(columns));
    sc_table_row(t);
    sc_cell_text(t, text);
    sc_cell_text(t, text);
    sc_report_note(r, "%s", text);
    return r;
}

static void hostile_text(void)
{
    for (sc_format format = SC_FORMAT_TEXT; format <= SC_FORMAT_MD; format++) {
        for (int narrow = 0; narrow < 2; narrow++) {
            char *text = rendered(hostile_report(HOSTILE), format, narrow ? 20 : 0, 0, NULL);
            if (text == NULL)
                continue;
            size_t size = strlen(text), bad = 0;
            for (size_t i = 0, step; i < size; i += step) {
                const char *at = text + i;
                step = sc_utf8_step(at, size - i);
                unsigned char c = (unsigned char)*at;
                bad += sc_utf8_length(at, size - i) == 0 || (c < 0x20 && c != '\n') || c == 0x7f;
                bad += c == 0xc2 && (unsigned char)at[1] < 0xa0;
                bad += strncmp(at, "\xe2\x80\xa8", 3) == 0;
            }
            EXPECT_I64(bad, 0);
            sc_text_free(text);
        }
    }

    char *text = rendered(hostile_report(HOSTILE), SC_FORMAT_TEXT, 0, 0, NULL);
    EXPECT_TRUE(text != NULL && strncmp(text, HOSTILE_SAFE "\n", sizeof HOSTILE_SAFE) == 0);
    sc_text_free(text);

    text = rendered(hostile_report(HOSTILE), SC_FORMAT_JSON, 0, 0, NULL);
    cJSON *root = cJSON_ParseWithOpts(text, NULL, 1);
    EXPECT_STR(string_at(root, "title"),
               "a\x1b[31m\x07\x7f\xc2\x9b\xef\xbf\xbd\xe2\x80\xa8|`<b>\"\\\xef\xbf\xbd\xef\xbf\xbd"
               "\xef\xbf\xbd\xe2\x82\xac\xf0\x9f\xbf\xbe");
    cJSON_Delete(root);
    sc_text_free(text);
}

/* The fields of a CSV text in order, each record ended by a NULL. */
typedef struct csv_fields {
    char *field[64];
    size_t n;
} csv_fields;

static void on_field(void *text, size_t size, void *data)
{
    csv_fields *f = data;
    if (f->n < SIZE_OF(f->field))
        f->field[f->n++] = sc_strndup(text, size);
}

static void on_record(int end, void *data)
{
    (void)end;
    csv_fields *f = data;
    if (f->n < SIZE_OF(f->field))
        f->field[f->n++] = NULL;
}

static void csv_form(void)
{
    expect_rendered(sample_report(), SC_FORMAT_CSV, 0,
                    "team,requests,cost_usd,p90_usd,share,ratio,breach,at_risk\n"
                    "search,1234567,40000.000000000000001,50123.456789,0.971000,1.00,2026-09-14,true\n"
                    "support,,-3.50,,,,,\n");
    char *text = rendered(sample_report(), SC_FORMAT_CSV, 0, 0, "models");
    EXPECT_STR(text, "model,unit_usd\nlarge-2,0.012300\n");
    sc_text_free(text);
}

static void csv_read_back(void)
{
    static const struct {
        const char *text, *field;
    } cases[] = {
        {"plain", "plain"},
        {"a,b", "a,b"},
        {"say \"hi\"", "say \"hi\""},
        {"two\nlines\tand a tab", "two\nlines\tand a tab"},
        {"=1+1", "'=1+1"},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\tx", "'\tx"},
        {"\n=x", "'\n=x"},
        {"\r=x", "'?=x"},
        {"\"=x", "\"=x"},
        {"=\",\"", "'=\",\""},
        {"\xef\xbc\x9d"
         "1",
         "'\xef\xbc\x9d"
         "1"},
        {"a\rb\x1b", "a?b?"},
        {"", ""},
    };
    sc_report *r = sc_report_new("x", "t");
    sc_table *t = sc_report_table(r, "t", NULL, model_columns, SIZE_OF(model_columns));
    for (size_t i = 0; i < SIZE_OF(cases); i++) {
        sc_table_row(t);
        sc_cell_text(t, cases[i].text);
        sc_cell_usd(t, -0.5);
    }
    char *text = rendered(r, SC_FORMAT_CSV, 0, 0, NULL);
    struct csv_parser parser;
    csv_fields f = {.n = 0};
    if (text == NULL || !EXPECT_I64(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL), 0))
        return;
    EXPECT_I64(csv_parse(&parser, text, strlen(text), on_field, on_record, &f), strlen(text));
    EXPECT_I64(csv_fini(&parser, on_field, on_record, &f), 0);
    csv_free(&parser);
    EXPECT_I64(f.n, 3 * (SIZE_OF(cases) + 1));
    for (size_t i = 0; i < SIZE_OF(cases) && 3 * i + 5 < f.n; i++) {
        EXPECT_STR(f.field[3 * i + 3], cases[i].field);
        EXPECT_STR(f.field[3 * i + 4], "-0.500000");
    }
    for (size_t i = 0; i < f.n; i++)
        sc_free(f.field[i]);
    sc_text_free(text);
}

static void markdown_form(void)
{
    expect_rendered(sample_report(), SC_FORMAT_MD, 0,
                    "## Spend by team\n"
                    "\n"
                    "- Total: **$41,207.00**\n"
                    "- Not attributed: **$0.0123**\n"
                    "- Verdict: **one team is at risk**\n"
                    "\n"
                    "| Team | Requests | Cost | P90 | Share | P90 / budget | Breach | At risk |\n"
                    "| :--- | ---: | ---: | ---: | ---: | ---: | ---: | :--- |\n"
                    "| search | 1,234,567 | $40,000.000000000000001 | $50,123 | 97.1 % | 1.00 | 2026-09-14 | yes |\n"
                    "| support |  | -$3.50 | inf | n/a |  |  |  |\n"
                    "| **total** | **1,234,567** | **$41,207.00** |  |  |  |  |  |\n"
                    "\n"
                    "### By model\n"
                    "\n"
                    "| Model | Per call |\n"
                    "| :--- | ---: |\n"
                    "| large-2 | $0.0123 |\n"
                    "\n"
                    "Means add up; quantiles do not.\n"
                    "\n"
                    "---\n"
                    "\n"
                    "- rate card: aws-bedrock of 2026-07-01\n"
                    "- input: a.json\n"
                    "- seed: 42\n"
                    "- input: b.json\n");
}

static void markdown_escapes(void)
{
    static const struct {
        const char *text, *cell;
    } cases[] = {
        {"a|b", "a\\|b"},
        {"two\nlines", "two<br>lines"},
        {"<script>&", "&lt;script&gt;&amp;"},
        {"![x](http://a.example/)", "!\\[x\\](http://a.example/)"},
        {"*b* `c` ~d~ \\", "\\*b\\* \\`c\\` \\~d\\~ \\\\"},
        {"us_east_1 _x_", "us_east_1 \\_x\\_"},
        {"# a - b", "\\# a - b"},
        {"\x1b[1m", "?\\[1m"},
    };
    for (size_t i = 0; i < SIZE_OF(cases); i++) {
        sc_report *r = sc_report_new("x", "t");
        sc_table *t = sc_report_table(r, "t", NULL, model_columns, SIZE_OF(model_columns));
        sc_table_row(t);
        sc_cell_text(t, cases[i].text);
        char expected[256];
        (void)snprintf(expected, sizeof expected, "## t\n\n| Model | Per call |\n| :--- | ---: |\n| %s |  |\n",
                       cases[i].cell);
        expect_rendered(r, SC_FORMAT_MD, 0, expected);
    }
}

static void expect_refused(sc_report *r, sc_format format, const char *table, sc_code code, const char *message)
{
    sc_render_options o = {.format = format, .table = table};
    sc_errors errors = {0};
    char *text = NULL;
    size_t size = 0;
    EXPECT_I64(sc_report_render(r, &o, &text, &size, &errors), code);
    EXPECT_TRUE(text == NULL);
    EXPECT_STR(errors.item[0].text, message);
    sc_report_free(r);
}

static void misuse(void)
{
    expect_refused(sample_report(), SC_FORMAT_CSV, "model", SC_E_USAGE,
                   "unknown table 'model' of report 'simulate'; did you mean 'models'?");
    expect_refused(sample_report(), SC_FORMAT_CSV, "zzzzzzzz", SC_E_USAGE,
                   "unknown table 'zzzzzzzz' of report 'simulate', expected teams or models");
    expect_refused(sc_report_new("x", "t"), SC_FORMAT_CSV, NULL, SC_E_USAGE, "report 'x' has no table to write as csv");

    sc_report *r = sc_report_new("x", "t");
    sc_report_figure_text(r, "rows", "t", "t");
    expect_refused(r, SC_FORMAT_TEXT, NULL, SC_E_INTERNAL, "report 'x': an id is used twice");

    r = sc_report_new("x", "t");
    sc_table *t = sc_report_table(r, "t", NULL, model_columns, SIZE_OF(model_columns));
    sc_cell_text(t, "before any row");
    expect_refused(r, SC_FORMAT_TEXT, NULL, SC_E_INTERNAL, "report 'x': a cell lies outside its row");

    r = sc_report_new("x", "t");
    t = sc_report_table(r, "t", NULL, model_columns, SIZE_OF(model_columns));
    sc_table_row(t);
    for (size_t i = 0; i <= SIZE_OF(model_columns); i++)
        sc_cell_empty(t);
    expect_refused(r, SC_FORMAT_JSON, NULL, SC_E_INTERNAL, "report 'x': a cell lies outside its row");

    r = sc_report_new("x", "t");
    t = sc_report_table(r, "t", NULL, model_columns, 0);
    sc_table_row(t); /* a table that could not be made takes no cells, and does not crash */
    sc_cell_text(t, "x");
    expect_refused(r, SC_FORMAT_JSON, NULL, SC_E_INTERNAL, "report 'x': a table has no columns");
}

/* ---- rows made when they are asked for ---- */

#define MADE_ROWS 3000 /* of several pieces, in every format */

static void fill_model(sc_table *t, size_t row, const void *context)
{
    const int *cells = context;
    if (*cells > 0)
        sc_cell_textf(t, "model %zu, \"%s\"", row, row % 7 == 0 ? "a long name" : "b");
    if (*cells > 1)
        sc_cell_usd(t, (double)row / 7.0);
    for (int i = 2; i < *cells; i++)
        sc_cell_empty(t);
}

static sc_report *report_of_rows(int are_made, const int *cells)
{
    sc_report *r = sc_report_new("x", "t");
    sc_table *t = r != NULL ? sc_report_table(r, "t", NULL, model_columns, SIZE_OF(model_columns)) : NULL;
    if (are_made)
        sc_table_rows(t, MADE_ROWS, fill_model, cells);
    for (size_t i = 0; !are_made && i < MADE_ROWS; i++) {
        sc_table_row(t);
        fill_model(t, i, cells);
    }
    sc_table_foot(t);
    sc_cell_text(t, "total");
    return r;
}

typedef struct pieces {
    char *text;
    size_t size, count, most; /* most: pieces that are taken */
} pieces;

static sc_code take_piece(void *context, const char *text, size_t size)
{
    pieces *p = context;
    if (p->count == p->most)
        return SC_E_IO;
    char *larger = realloc(p->text, p->size + size + 1);
    if (larger == NULL)
        return SC_E_MEMORY;
    memcpy(larger + p->size, text, size);
    p->text = larger;
    p->size += size;
    p->text[p->size] = '\0';
    p->count++;
    return SC_OK;
}

/* Kept or made, in one piece or in several: the same bytes. */
static void rows_made(void)
{
    static const int cells = 2, too_many = 3;
    for (sc_format format = SC_FORMAT_TEXT; format <= SC_FORMAT_MD; format++) {
        const sc_render_options o = {.format = format};
        char *kept = rendered(report_of_rows(0, &cells), format, 0, 0, NULL);
        char *made = rendered(report_of_rows(1, &cells), format, 0, 0, NULL);
        sc_report *r = report_of_rows(1, &cells);
        pieces all = {.most = SIZE_MAX}, one = {.most = 1};
        EXPECT_STR(made, kept);
        EXPECT_I64(sc_report_write(r, &o, take_piece, &all, NULL), SC_OK);
        EXPECT_TRUE(all.count > 1);
        EXPECT_STR(all.text, kept);
        EXPECT_I64(sc_report_write(r, &o, take_piece, &one, NULL), SC_E_IO);
        sc_report_free(r);
        sc_text_free(kept);
        sc_text_free(made);
        free(all.text);
        free(one.text);
        expect_refused(report_of_rows(1, &too_many), format, NULL, SC_E_INTERNAL,
                       "report 'x': a cell lies outside its row");
    }
    sc_report *r = report_of_rows(1, &cells);
    sc_table *t = sc_report_table(r, "u", NULL, model_columns, SIZE_OF(model_columns));
    sc_table_rows(t, 1, fill_model, &cells);
    sc_table_row(t);
    expect_refused(r, SC_FORMAT_JSON, NULL, SC_E_INTERNAL, "report 'x': a table has rows of two kinds");
}

/* Whichever allocation fails, the report or its rendering says so and nothing leaks or crashes. */
static void out_of_memory(void)
{
    for (sc_format format = SC_FORMAT_TEXT; format <= SC_FORMAT_MD; format++) {
        int done = 0;
        for (uint64_t n = 1; !done && n < 1000; n++) {
            sc_render_options o = {.format = format, .width = 40};
            sc_errors errors = {0};
            char *text = NULL;
            size_t size = 0;
            (void)sc_alloc_fail_at(n);
            sc_report *r = sample_report();
            sc_code code = r != NULL ? sc_report_render(r, &o, &text, &size, &errors) : SC_E_MEMORY;
            done = sc_alloc_fail_at(0) < n;
            EXPECT_I64(code, done ? SC_OK : SC_E_MEMORY);
            EXPECT_I64(text != NULL, done);
            sc_text_free(text);
            sc_report_free(r);
        }
        EXPECT_TRUE(done);
    }
}

CU_ErrorCode test_report_register(void)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        {"text: wide", text_wide},
        {"text: columns left out", text_narrow},
        {"text: shortened", text_shortened},
        {"text: little to show", text_of_little},
        {"text: laws of the layout", text_laws},
        {"json: values", json_values},
        {"json: form", json_form},
        {"csv: form", csv_form},
        {"csv: read back", csv_read_back},
        {"markdown: form", markdown_form},
        {"markdown: escapes", markdown_escapes},
        {"characters", characters},
        {"hostile text", hostile_text},
        {"misuse", misuse},
        {"rows made", rows_made},
        {"out of memory", out_of_memory},
    };
    CU_pSuite suite = CU_add_suite("report", NULL, NULL);
    for (size_t i = 0; suite != NULL && i < SIZE_OF(tests); i++) {
        if (CU_add_test(suite, tests[i].name, tests[i].run) == NULL)
            break;
    }
    return CU_get_error();
}
