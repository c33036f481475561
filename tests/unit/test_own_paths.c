/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_own_paths.c - what is remembered from row to row, and what waits from record to record, changes nothing: random
 * rows of usage are read and added as they are, and one by one in spellings that no short cut knows. */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash64.h"
#include "base/strbuf.h"
#include "csv_reads.h"
#include "expect.h"
#include "ledger_fixture.h"

#define HEADER "time,project,model,region,tier,scope,requests,input,output,cache_read,cache_write_1h,tag:owner,team\n"

static sc_card *card;

static int make_card(void) { return sc_card_load(NULL, NULL, &card, NULL) == SC_OK ? 0 : 1; }

static int free_card(void)
{
    sc_card_free(card);
    return 0;
}

/* The numbers 0 <= k < n, the same for the same seed. */
static unsigned next_random(uint64_t *seed, unsigned n)
{
    *seed = sc_hash_mix(*seed ^ SC_HASH_A, *seed + SC_HASH_B);
    return (unsigned)(*seed >> 32) % n;
}

/* One row in two spellings; where it is rejected both are the same, so that the reasons can be compared. */
typedef struct two_rows {
    sc_strbuf usual, odd;
} two_rows;

static void put_both(two_rows *rows, const char *usual, const char *odd)
{
    sc_strbuf_puts(&rows->usual, usual);
    sc_strbuf_puts(&rows->odd, odd);
}

/* Minutes that stay for a while and then change, also by the day or the year alone; every form of a time. */
static void put_time(two_rows *rows, uint64_t *seed, int i)
{
    static const char *const others[] = {"2026-01-15",
                                         "2026-01",
                                         "2026-01-15T12",
                                         "2026-01-15T12:34",
                                         "2026-01-15T12:34:56+02:00",
                                         "2026-01-15T12:34:56.7Z",
                                         "2026-02-30T12:34:56Z",
                                         "2026-01-15T12:34:5xZ",
                                         "2026-01-15T24:34:56Z",
                                         "1969-12-31T23:59:59Z",
                                         "2026-01-15t12:34:56Z",
                                         "",
                                         "x"};
    char usual[40], odd[40];
    if (next_random(seed, 8) == 0) {
        const char *other = others[next_random(seed, sizeof others / sizeof others[0])];
        put_both(rows, other, other);
        return;
    }
    const int minute = i / 5 % 60, day = 1 + i / 40 % 28, year = 2024 + i / 400 % 3;
    const int second = (int)next_random(seed, 60);
    (void)snprintf(usual, sizeof usual, "%d-02-%02dT%02d:%02d:%02dZ", year, day, i / 20 % 24, minute, second);
    (void)snprintf(odd, sizeof odd, "%d-02-%02d %02d:%02d:%02d UTC", year, day, i / 20 % 24, minute, second);
    put_both(rows, usual, odd);
}

/* A number of 1 to 20 digits, or what is none. */
static void put_count(two_rows *rows, uint64_t *seed, int is_small)
{
    static const char *const others[] = {"-1", "1.5", "12a45678", "99999999999999999999", "1 2", ":", "/", "NULL"};
    char usual[40] = ",", odd[60] = ",";
    const unsigned kind = next_random(seed, 60);
    if (kind == 0) {
        const char *other = others[next_random(seed, sizeof others / sizeof others[0])];
        (void)snprintf(usual, sizeof usual, ",%s", other);
        put_both(rows, usual, usual);
    } else if (kind == 1) {
        put_both(rows, ",", ",NULL");
    } else {
        int64_t n = 0, digits = 1 + next_random(seed, is_small ? 4 : 11);
        while (digits-- > 0)
            n = n * 10 + next_random(seed, 10);
        (void)snprintf(usual, sizeof usual, kind < 6 ? ",\"%lld\"" : ",%lld", (long long)n);
        (void)snprintf(odd, sizeof odd, ",%020lld", (long long)n);
        put_both(rows, usual, odd);
    }
}

static void put_one_of(two_rows *rows, uint64_t *seed, const char *const *texts, unsigned n)
{
    char usual[80], odd[80];
    const char *text = texts[next_random(seed, n)];
    (void)snprintf(usual, sizeof usual, ",%s", text);
    (void)snprintf(odd, sizeof odd, text[0] != '"' && text[0] != '\0' ? ",\"%s\"" : ",%s", text);
    put_both(rows, usual, odd);
}

static void put_row(two_rows *rows, uint64_t *seed, int i)
{
    static const char *const projects[] = {"web", "data", "null", "\"a,b\"", "\"say \"\"x\"\"\"", "Nile", ""};
    static const char *const models[] = {"anthropic.claude-3-haiku-20240307-v1:0", "amazon.nova-lite-v1:0", "unheard"};
    static const char *const regions[] = {"us-east-1", "us-west-2", ""};
    static const char *const tiers[] = {"standard", "batch", "flex", "priority", "", "standard", "batch", "stand"};
    static const char *const scopes[] = {"in_region", "global", "geo", ""};
    static const char *const tags[] = {"a", "b", "", "long text of a tag"};
    put_time(rows, seed, i);
    put_one_of(rows, seed, projects, 7);
    put_one_of(rows, seed, models, 3);
    put_one_of(rows, seed, regions, 3);
    put_one_of(rows, seed, tiers, next_random(seed, 9) == 0 ? 8 : 7);
    put_one_of(rows, seed, scopes, 4);
    put_count(rows, seed, 1);
    for (int m = 0; m < 4; m++)
        put_count(rows, seed, m != 0);
    put_one_of(rows, seed, tags, 4);
    put_one_of(rows, seed, tags, 4);
    put_both(rows, "\n", "\n");
}

/* ---- reading */

/* What is said of rows in two spellings, without the cell that a reason begins with where it is quoted. */
static void add_reads(sc_strbuf *all, const char *rows)
{
    sc_strbuf text = {0};
    sc_strbuf_puts(&text, HEADER);
    sc_strbuf_puts(&text, rows);
    char *got = csv_reads(&sc_reader_own, card, text.text);
    sc_strbuf_puts(all, got);
    free(got);
    sc_strbuf_release(&text);
}

static void reads_the_same(void)
{
    enum { N = 4000 };
    uint64_t seed = 7;
    sc_strbuf block = {0}, one_by_one = {0}, whole = {0};
    size_t rejects = 0;
    for (int i = 0; i < N; i++) {
        two_rows rows = {{0}, {0}};
        put_row(&rows, &seed, i);
        sc_strbuf_puts(&block, rows.usual.text);
        sc_strbuf line = {0};
        add_reads(&line, rows.usual.text);
        const int is_rejected = strncmp(line.text, "at '", 4) == 0;
        rejects += (size_t)is_rejected;
        /* Of a rejected row the usual spelling, so that the place is the same. */
        if (is_rejected)
            sc_strbuf_puts(&one_by_one, line.text);
        else
            add_reads(&one_by_one, rows.odd.text);
        sc_strbuf_release(&line);
        sc_strbuf_release(&rows.usual);
        sc_strbuf_release(&rows.odd);
    }
    add_reads(&whole, block.text);
    EXPECT_TRUE(rejects > N / 50 && rejects < N / 2);
    EXPECT_STR(whole.text, one_by_one.text);
    sc_strbuf_release(&block);
    sc_strbuf_release(&one_by_one);
    sc_strbuf_release(&whole);
}

/* Each number of digits, at the start of a block and behind other cells, and each byte that is no digit in each place.
 */
static void reads_digits(void)
{
    static const char *const headers[] = {"input,time", "time,input"};
    for (int first = 0; first < 2; first++) {
        for (size_t n = 1; n <= 10; n++) {
            for (size_t bad = 0; bad <= n; bad++) {
                char cell[16], row[80], text[120];
                for (size_t k = 0; k < n; k++)
                    cell[k] = (char)('1' + k % 9);
                cell[n] = '\0';
                if (bad < n)
                    cell[bad] = bad % 2 == 0 ? '/' : ':';
                (void)snprintf(row, sizeof row, first ? "2026-01-15,%s" : "%s,2026-01-15", cell);
                (void)snprintf(text, sizeof text, "%s\n%s\n", headers[first], row);
                char *got = csv_reads(&sc_reader_own, card, text), expected[120];
                if (bad < n)
                    (void)snprintf(expected, sizeof expected, "at '%s': input '%s' is no whole number\n", cell, cell);
                else
                    (void)snprintf(expected, sizeof expected, "2026-01-15 day usage input=%s\n", cell);
                EXPECT_STR(got, expected);
                free(got);
            }
        }
    }
}

/* ---- adding */

/* Through a writer for each record, which hands it over at once. */
static sc_ledger *one_by_one(const sc_ledger_options *o, const random_record *x, size_t n)
{
    sc_ledger *l = sc_ledger_new(o);
    for (size_t i = 0; i < n; i++) {
        sc_ledger_writer *w = sc_ledger_writer_new(l);
        EXPECT_I64(sc_ledger_add(w, x[i].kind, &x[i].record), SC_OK);
        sc_ledger_writer_free(w);
    }
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    return l;
}

static sc_ledger *through_one(const sc_ledger_options *o, const random_record *x, size_t n)
{
    sc_ledger *l = sc_ledger_new(o);
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    for (size_t i = 0; i < n; i++)
        EXPECT_I64(sc_ledger_add(w, x[i].kind, &x[i].record), SC_OK);
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    return l;
}

/* With and without sketches, prices and many dims; from the middle on some counts are so large that nothing waits. */
static void adds_the_same(void)
{
    enum { N = 600 };
    static random_record x[N];
    sc_card *small = ledger_card();
    const sc_rater rater = a_rater(small);
    for (int i = 0; i < N; i++) {
        random_record_at((uint64_t)i, &x[i]);
        if (i > N / 2 && i % 50 == 0 && x[i].record.meter < 0 && x[i].record.requests > 0)
            x[i].record.tokens[SC_METER_OUTPUT] = INT64_C(1) << 46;
    }
    for (unsigned way = 0; way < 8; way++) {
        sc_ledger_options o = sc_ledger_defaults(small);
        o.sketches = (int)(way & 1);
        o.rater = way & 2 ? &rater : NULL;
        o.keep_dims = way & 4 ? 1u << SC_DIM_MODEL | 1u << SC_DIM_SESSION : o.keep_dims;
        o.fold_service = (way & 4) != 0;
        o.max_values = way & 4 ? 3 : o.max_values;
        sc_ledger *a = through_one(&o, x, N), *b = one_by_one(&o, x, N);
        if (!expect_same_bytes(a, b))
            EXPECT_I64(way, -1);
        sc_ledger_free(a);
        sc_ledger_free(b);
    }
    sc_card_free(small);
}

/* More streams than a writer keeps: each comes back after it was forgotten. */
static void forgets_streams(void)
{
    enum { STREAMS = 70000, TIMES = 2 };
    sc_ledger_options o = sc_ledger_defaults(card);
    o.sketches = 0;
    sc_ledger *l = sc_ledger_new(&o);
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    for (int i = 0; i < TIMES * STREAMS; i++) {
        char project[16];
        sc_usage_record r;
        a_request(&r, i);
        (void)snprintf(project, sizeof project, "p%d", i % STREAMS);
        r.dim[SC_DIM_PROJECT] = sc_text_of(project);
        r.tokens[SC_METER_INPUT] = 1 + i % STREAMS;
        if (!EXPECT_I64(sc_ledger_add(w, SC_USAGE_OWN, &r), SC_OK))
            break;
    }
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    EXPECT_I64(sc_ledger_stream_count(l), STREAMS);
    size_t wrong = 0;
    int64_t sum = 0;
    for (size_t s = 0; s < sc_ledger_stream_count(l); s++) {
        const sc_ledger_stream *stream = sc_ledger_stream_at(l, s);
        const int64_t number = strtol(stream->dim[SC_DIM_PROJECT] + 1, NULL, 10);
        sc_ledger_cell c;
        int64_t records = 0;
        for (size_t i = stream->first; i < stream->first + stream->cells; i++) {
            sc_ledger_cell_at(l, i, &c);
            records += c.records;
            sum += c.tokens[SC_METER_INPUT];
            wrong += c.tokens[SC_METER_INPUT] != c.records * (1 + number);
        }
        wrong += records != TIMES;
    }
    EXPECT_I64(wrong, 0);
    EXPECT_I64(sum, (int64_t)TIMES * STREAMS * (STREAMS + 1) / 2);
    sc_ledger_free(l);
}

CU_ErrorCode test_own_paths_register(void)
{
    static CU_TestInfo tests[] = {
        {"rows read as one", reads_the_same},
        {"digits at once", reads_digits},
        {"records added as one", adds_the_same},
        {"more streams than are kept", forgets_streams},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"own_paths", make_card, free_card, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
