/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ingest.c - usage files into a ledger: any number of threads, duplicates, rejects and what is passed over.
 *
 * Files are made in a folder of their own, which is removed. */
#define _GNU_SOURCE /* nftw; NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#include "spendcast/ingest.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/file.h"
#include "io/file_writer.h"
#include "ledger_fixture.h"
#include "rates_fixture.h"

static char folder[] = "/tmp/spendcast-ingest-XXXXXX";
static sc_card *card;
static sc_errors card_errors; /* no assertion may fail before the first test runs */

#define PLACE "us-east-1,in_region,standard,"
static const char prices[] = "acme.a," PLACE "input,,,,1M_tokens,1,,,docs,2026-09-02,\n"
                             "acme.a," PLACE "output,,,,1M_tokens,5,,,docs,2026-09-02,\n";

static int set_up(void)
{
    card = small_card("acme.a", prices, NULL, 0, &card_errors);
    if (card == NULL)
        printf("    %s\n", card_errors.item[0].text);
    return mkdtemp(folder) == NULL || card == NULL;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status, (void)type, (void)where;
    return remove(path);
}

static int tear_down(void)
{
    sc_card_free(card);
    return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- files ---- */

static const char *in_folder(const char *name)
{
    static char path[32][120];
    static int turn;
    turn = (turn + 1) % 32;
    (void)snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

/* Compressed if the name ends in ".gz". */
static const char *put(const char *name, const sc_strbuf *text)
{
    const char *path = in_folder(name);
    const size_t n = strlen(name);
    sc_file_writer *w = NULL;
    EXPECT_I64(sc_file_writer_open(path, n > 3 && strcmp(name + n - 3, ".gz") == 0, &w, NULL), SC_OK);
    sc_file_writer_add(w, text->text, text->len);
    EXPECT_I64(sc_file_writer_finish(w, NULL), SC_OK);
    EXPECT_I64(sc_file_writer_commit(w, NULL), SC_OK);
    sc_file_writer_close(w);
    return path;
}

static const char *put_text(const char *name, const char *text)
{
    EXPECT_I64(sc_file_write(in_folder(name), text, strlen(text), NULL), SC_OK);
    return in_folder(name);
}

/* A line of a Bedrock log; the same id has the same content. */
static void log_line(sc_strbuf *to, int id)
{
    sc_strbuf_printf(to,
                     "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-10-%02dT%02d:%02d:%02dZ\","
                     "\"accountId\":\"%d\",\"region\":\"us-east-1\",\"requestId\":\"r-%d\",\"operation\":\"Converse\","
                     "\"modelId\":\"acme.a\",\"requestMetadata\":{\"team\":\"t%d\",\"session_id\":\"s%d\"},"
                     "\"input\":{\"inputTokenCount\":%d},\"output\":{\"outputTokenCount\":%d}}\n",
                     1 + id % 3, id / 3600 % 24, id / 60 % 60, id % 60, 1000 + id % 2, id, id % 7, id % 50,
                     10 + id % 900, 1 + id % 300);
}

/* A line of a transcript, whose message has so much output by now. */
static void message_line(sc_strbuf *to, int id, int second, int output)
{
    sc_strbuf_printf(
        to,
        "{\"type\":\"assistant\",\"timestamp\":\"2026-10-05T00:%02d:%02dZ\",\"sessionId\":\"s\",\"region\":"
        "\"us-east-1\",\"message\":{\"id\":\"m-%d\",\"model\":\"acme.a\",\"usage\":{\"input_tokens\":%d,"
        "\"cache_read_input_tokens\":0,\"output_tokens\":%d}}}\n",
        second / 60 % 60, second % 60, id, 100 + id % 10, output);
}

/* ---- a run, and all that it says ---- */

typedef struct run {
    sc_code code;
    sc_ledger *ledger; /* sealed; NULL on failure */
    sc_ingest *in;
    sc_strbuf bytes;  /* as saved */
    sc_strbuf report; /* counts, problems, sources, reasons */
    char *rejects;
    size_t rejects_size;
} run;

static void describe(run *r, const sc_errors *errors)
{
    sc_strbuf *out = &r->report;
    sc_strbuf_printf(out, "%llu counted, %llu duplicates, %llu conflicts, %llu rejected\n",
                     (unsigned long long)sc_ingest_records(r->in), (unsigned long long)sc_ingest_duplicates(r->in),
                     (unsigned long long)sc_ingest_conflicts(r->in), (unsigned long long)sc_ingest_rejected(r->in));
    for (size_t i = 0; i < sc_ingest_skip_count(r->in); i++) {
        uint64_t n;
        const char *why = sc_ingest_skip_at(r->in, i, &n);
        sc_strbuf_printf(out, "%llu %s\n", (unsigned long long)n, why);
    }
    for (size_t i = 0; i < sc_ingest_source_count(r->in); i++) {
        const sc_ingest_source *s = sc_ingest_source_at(r->in, i);
        sc_strbuf_printf(out, "%s %s: %llu %llu %llu\n", s->path + strlen(folder) + 1, s->format,
                         (unsigned long long)s->records, (unsigned long long)s->skipped,
                         (unsigned long long)s->rejected);
    }
    for (int i = 0; i < errors->count; i++)
        sc_strbuf_printf(out, "%s:%d:%d: %s\n", errors->item[i].file + strlen(folder) + 1, errors->item[i].line,
                         errors->item[i].column, errors->item[i].text);
    sc_strbuf_printf(out, "%d more\n", errors->dropped);
}

static run run_on(const char *const *paths, size_t n, const sc_ledger_options *l, sc_ingest_options o)
{
    static sc_errors errors;
    run r = {.ledger = sc_ledger_new(l)};
    o.rejects = in_folder("rejects.txt");
    memset(&errors, 0, sizeof errors);
    (void)remove(o.rejects);
    r.code = sc_ingest_run(paths, n, card, r.ledger, &o, &r.in, &errors);
    if (r.code == SC_OK)
        r.code = sc_ledger_seal(r.ledger);
    if (r.code != SC_OK) {
        for (int i = 0; i < errors.count; i++)
            sc_strbuf_printf(&r.report, "%s\n", errors.item[i].text);
        return r;
    }
    r.bytes = saved_bytes(r.ledger);
    describe(&r, &errors);
    EXPECT_I64(sc_file_read(o.rejects, 1u << 20, &r.rejects, &r.rejects_size, NULL), SC_OK);
    return r;
}

static run run_all(const char *const *paths, size_t n, int threads)
{
    const sc_ledger_options l = sc_ledger_defaults(card);
    return run_on(paths, n, &l, (sc_ingest_options){.threads = threads});
}

static void release(run *r)
{
    sc_ingest_free(r->in);
    sc_ledger_free(r->ledger);
    sc_strbuf_release(&r->bytes);
    sc_strbuf_release(&r->report);
    sc_free(r->rejects);
}

/* Both say the same, to the last byte. */
static void same_runs(const run *a, const run *b)
{
    EXPECT_I64(a->code, b->code);
    EXPECT_STR(b->report.text, a->report.text);
    EXPECT_STR(b->rejects, a->rejects);
    EXPECT_I64(a->bytes.len, b->bytes.len);
    EXPECT_TRUE(a->bytes.len == b->bytes.len && memcmp(a->bytes.text, b->bytes.text, a->bytes.len) == 0);
}

/* ---- any number of threads ---- */

/* 3 plain and 3 compressed logs of some blocks each, some of whose records are also in another one, with lines that are
 * rejected or passed over; transcripts whose messages grow from file to file; a document and a CSV. */
static size_t many_files(const char *paths[16])
{
    static const char *const names[] = {"log-0.jsonl",    "log-1.jsonl.gz", "log-2.jsonl",
                                        "log-3.jsonl.gz", "log-4.jsonl",    "log-5.jsonl.gz"};
    sc_strbuf text = {0};
    size_t n = 0;
    for (int f = 0; f < 6; f++) {
        text.len = 0;
        for (int i = 0; i < 6000; i++) {
            log_line(&text, f * 5000 + i);
            if (i % 1700 == 300)
                sc_strbuf_printf(&text, "{\"modelId\":\"acme.a\",\"timestamp\":%d}\n", f * 10000 + i);
            if (i % 900 == 100)
                sc_strbuf_puts(&text, "{\"modelId\":\"acme.a\",\"operation\":\"CountTokens\"}\n");
        }
        paths[n++] = put(names[f], &text);
    }
    for (int f = 0; f < 3; f++) {
        static const char *const transcripts[] = {"a.jsonl", "b.jsonl.gz", "c.jsonl"};
        text.len = 0;
        for (int i = 0; i < 9000; i++)
            message_line(&text, i * 7 % 5000, i / 5, 1 + (i + f * 4000) % 700);
        paths[n++] = put(transcripts[f], &text);
    }
    paths[n++] = put_text("own.csv", "time,account,model,region,input,output\n2026-10-06,9,acme.a,us-east-1,5,x\n"
                                     "2026-10-06,9,acme.a,us-east-1,5,6\n");
    sc_strbuf_release(&text);
    return n;
}

static void any_threads(void)
{
    const char *paths[16];
    const size_t n = many_files(paths);
    run first = run_all(paths, n, 1);
    EXPECT_I64(first.code, SC_OK);
    EXPECT_I64(sc_ingest_rejected(first.in), 6 * 4 + 1);
    EXPECT_I64(sc_ingest_records(first.in), 31000 + 5000 + 1);
    EXPECT_I64(sc_ingest_duplicates(first.in), 5000 + 3 * 9000 - 5000);
    for (int threads = 2; threads <= 7; threads += 5) {
        run other = run_all(paths, n, threads);
        same_runs(&first, &other);
        release(&other);
    }
    release(&first);
}

/* Ids that go to files tell the same duplicates. */
static void any_memory(void)
{
    const char *paths[16];
    const size_t n = many_files(paths);
    const sc_ledger_options l = sc_ledger_defaults(card);
    run in_memory = run_all(paths, n, 2);
    run spilled = run_on(paths, n, &l, (sc_ingest_options){.threads = 2, .tmp = folder, .max_ids = 4096});
    same_runs(&in_memory, &spilled);
    release(&spilled);
    release(&in_memory);

    sc_strbuf text = {0};
    for (int i = 0; i < 300; i++)
        message_line(&text, i % 60, i % 60, 1 + i);
    const char *few[] = {put("few.jsonl", &text)};
    run one = run_all(few, 1, 1);
    spilled = run_on(few, 1, &l, (sc_ingest_options){.tmp = folder, .max_ids = 1});
    same_runs(&one, &spilled);
    EXPECT_I64(sc_ingest_records(spilled.in), 60);
    release(&one);
    release(&spilled);
    sc_strbuf_release(&text);

    run lost = run_on(few, 1, &l, (sc_ingest_options){.tmp = in_folder("nowhere"), .max_ids = 1});
    EXPECT_I64(lost.code, SC_E_MEMORY);
    release(&lost);
}

/* ---- duplicates ---- */

static sc_ledger_cell sum_of(const sc_ledger *l)
{
    sc_ledger_cell sum = {0}, c;
    for (size_t i = 0; l != NULL && i < sc_ledger_cell_count(l); i++) {
        sc_ledger_cell_at(l, i, &c);
        sum.records += c.records;
        sum.requests += c.requests;
        for (int m = 0; m < SC_TOKEN_METERS; m++)
            sum.tokens[m] += c.tokens[m];
    }
    return sum;
}

/* The most output counts, whichever line or file it is in; all of it within one request. */
static void growing_output(void)
{
    static const int order[][3] = {{9, 200, 640}, {9, 640, 200}, {640, 9, 200}, {200, 640, 9}, {640, 640, 640}};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        sc_strbuf text = {0};
        const char *paths[2];
        message_line(&text, 1, 4, order[i][0]);
        message_line(&text, 1, 9, order[i][1]);
        paths[0] = put("first.jsonl", &text);
        text.len = 0;
        message_line(&text, 1, 30, order[i][2]);
        paths[1] = put("second.jsonl.gz", &text);
        run r = run_all(paths, 2, 2);
        const sc_ledger_cell sum = sum_of(r.ledger);
        EXPECT_I64(sum.tokens[SC_METER_OUTPUT], 640);
        EXPECT_I64(sum.tokens[SC_METER_INPUT], 101);
        EXPECT_I64(sum.requests, 1);
        EXPECT_I64(sum.records, 1);
        EXPECT_I64(sc_ingest_duplicates(r.in), 2);
        EXPECT_I64(sc_ingest_conflicts(r.in), 0);
        release(&r);
        sc_strbuf_release(&text);
    }
}

typedef struct duplicates_case {
    const char *a, *b; /* two files */
    int64_t records, input, output, duplicates, conflicts;
} duplicates_case;

#define CALL(id, in, out)                                                                               \
    "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-10-01T00:00:00Z\",\"requestId\":\"" id \
    "\",\"modelId\":\"acme.a\",\"input\":{\"inputTokenCount\":" #in "},\"output\":{\"outputTokenCount\":" #out "}}\n"
#define GUARDED                                                                                                        \
    "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-10-01T00:00:00Z\",\"requestId\":\"g\","               \
    "\"modelId\":\"acme.a\",\"input\":{\"inputTokenCount\":7},\"output\":{\"outputTokenCount\":8,"                     \
    "\"outputBodyJson\":{\"amazon-bedrock-trace\":{\"guardrail\":{\"input\":{\"x\":{\"invocationMetrics\":{\"usage\":" \
    "{\"contentPolicyUnits\":2,\"topicPolicyUnits\":1}}}}}}}}}\n"
#define STEPS                                                                                                     \
    "{\"type\":\"message\",\"id\":\"m\",\"model\":\"acme.a\",\"created_at\":\"2026-10-01T00:00:00Z\",\"usage\":{" \
    "\"input_tokens\":10,\"output_tokens\":2,\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":500,"      \
    "\"output_tokens\":50},{\"type\":\"message\",\"input_tokens\":10,\"output_tokens\":2}]}}\n"
#define SPAN(name)                                                                                        \
    "{\"traceId\":\"t\",\"spanId\":\"" name "\",\"start_time\":\"2026-10-01T00:00:00Z\",\"attributes\":{" \
    "\"gen_ai.response.id\":\"r\",\"gen_ai.request.model\":\"acme.a\",\"gen_ai.usage.input_tokens\":3,"   \
    "\"gen_ai.usage.output_tokens\":4}}\n"
#define OWN "time,request_id,model,meter,quantity,input,output\n"

static void duplicates(void)
{
    static const duplicates_case cases[] = {
        {CALL("a", 5, 6) CALL("b", 5, 6), CALL("a", 5, 6), 2, 10, 12, 1, 0},
        {CALL("a", 5, 6), CALL("a", 7, 6), 1, 5, 6, 1, 1}, /* the first one counts */
        {CALL("a", 5, 6) CALL("a", 9, 9), CALL("a", 5, 6), 1, 5, 6, 2, 1},
        {CALL("", 5, 6) CALL("", 5, 6), CALL("", 5, 6), 3, 15, 18, 0, 0}, /* nothing to tell them by */
        {GUARDED, CALL("b", 1, 1), 4, 8, 9, 0, 0},                        /* a call and two policies */
        {GUARDED, GUARDED, 3, 7, 8, 3, 0},
        {STEPS, STEPS, 2, 510, 52, 2, 0},
        {SPAN("1"), SPAN("2"), 1, 3, 4, 1, 0}, /* two instrumentations of one call */
        /* another kind has ids of its own */
        {CALL("r", 3, 4), SPAN("1"), 2, 6, 8, 0, 0},
        {OWN "2026-10-01T00:00:00Z,q,acme.a,text_unit,5,,\n2026-10-01T00:00:00Z,q,acme.a,,,1,2\n",
         OWN "2026-10-01T00:00:00Z,q,acme.a,text_unit,5,,\n", 2, 1, 2, 1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const duplicates_case *c = &cases[i];
        const char *const paths[] = {put_text("one", c->a), put_text("two", c->b)};
        run r = run_all(paths, 2, 1);
        const sc_ledger_cell sum = sum_of(r.ledger);
        int ok = EXPECT_I64(r.code, SC_OK) && EXPECT_I64(sum.records, c->records);
        ok = EXPECT_I64(sum.tokens[SC_METER_INPUT] % SC_QUANTITY_SCALE, c->input) && ok;
        ok = EXPECT_I64(sum.tokens[SC_METER_OUTPUT], c->output) && ok;
        ok = EXPECT_I64(sc_ingest_duplicates(r.in), c->duplicates) && ok;
        ok = EXPECT_I64(sc_ingest_conflicts(r.in), c->conflicts) && ok;
        if (!ok)
            printf("    case %zu\n", i);
        release(&r);
    }
}

/* Requests that are stated `times` times, differently each time, in blocks that several threads read; the size of a
 * line is that of its time.  Digits that do not compress make a compressed file large enough to be shared. */
static void stated_again(sc_strbuf *to, int requests, int times)
{
    uint64_t digits = 1;
    for (int time = 0; time < times; time++) {
        for (int i = 0; i < requests; i++) {
            digits = digits * UINT64_C(6364136223846793005) + 1442695040888963407u;
            sc_strbuf_printf(
                to,
                "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-10-%02dT00:00:00Z\","
                "\"requestId\":\"r-%d\",\"modelId\":\"acme.a\",\"requestMetadata\":{\"at\":\"%016llx%016llx\"},"
                "\"input\":{\"inputTokenCount\":%d},\"output\":{\"outputTokenCount\":1}}\n",
                1 + i % 5, i, (unsigned long long)digits, (unsigned long long)(digits ^ digits << 21), 1 + 100 * time);
        }
    }
}

/* Of records that contradict each other the first one counts, however many threads read. */
static void first_counts(void)
{
    enum { REQUESTS = 12000, TIMES = 4 };
    sc_strbuf log = {0}, rows = {0};
    stated_again(&log, REQUESTS, TIMES);
    sc_strbuf_puts(&rows, "time,request_id,model,note,input,output\n");
    for (int i = 0; i < REQUESTS * TIMES; i++)
        sc_strbuf_printf(&rows, "2026-10-0%d,r-%d,acme.a,%060d,%d,1\n", 1 + i % REQUESTS % 5, i % REQUESTS, i,
                         1 + i / REQUESTS);
    const char *const files[] = {put("again.jsonl", &log), put("again.jsonl.gz", &log), put("rows.csv", &rows)};
    struct stat packed;
    EXPECT_TRUE(stat(files[1], &packed) == 0 && packed.st_size > 1 << 20);
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        run one = run_all(&files[f], 1, 1);
        const sc_ledger_cell sum = sum_of(one.ledger);
        EXPECT_I64(sum.records, REQUESTS);
        EXPECT_I64(sum.tokens[SC_METER_INPUT], REQUESTS);
        EXPECT_I64(sc_ingest_conflicts(one.in), REQUESTS * (TIMES - 1));
        for (int i = 0; i < 4; i++) {
            run other = run_all(&files[f], 1, 2 + i);
            same_runs(&one, &other);
            release(&other);
        }
        release(&one);
    }
    run all = run_all(files, 2, 3), again = run_all(files, 2, 1);
    EXPECT_I64(sc_ingest_conflicts(all.in), REQUESTS * (2 * TIMES - 2));
    same_runs(&again, &all);
    release(&all);
    release(&again);
    sc_strbuf_release(&log);
    sc_strbuf_release(&rows);
}

/* A folder of small compressed logs, in which each request is stated in two files. */
static void first_of_files(void)
{
    const char *paths[24];
    for (int f = 0; f < 24; f++) {
        char name[32];
        sc_strbuf text = {0};
        (void)snprintf(name, sizeof name, "part-%02d.jsonl.gz", f);
        for (int i = 0; i < 300; i++)
            sc_strbuf_printf(
                &text,
                "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-10-01T00:00:00Z\",\"requestId\":"
                "\"r-%d\",\"modelId\":\"acme.a\",\"input\":{\"inputTokenCount\":%d},\"output\":{"
                "\"outputTokenCount\":1}}\n",
                f / 2 * 300 + i, 1 + f % 2 * 1000);
        paths[f] = put(name, &text);
        sc_strbuf_release(&text);
    }
    run one = run_all(paths, 24, 1);
    EXPECT_I64(sum_of(one.ledger).tokens[SC_METER_INPUT], 12 * 300);
    EXPECT_I64(sc_ingest_conflicts(one.in), 12 * 300);
    for (int i = 0; i < 6; i++) {
        run other = run_all(paths, 24, 2 + i);
        same_runs(&one, &other);
        release(&other);
    }
    release(&one);
}

/* ---- progress ---- */

static void note_progress(void *context, uint64_t bytes, uint64_t total, uint64_t records)
{
    uint64_t *last = context;
    EXPECT_TRUE(bytes >= last[0] && bytes <= total && records >= last[2]);
    last[0] = bytes;
    last[1] = total;
    last[2] = records;
}

static void reports_progress(void)
{
    const char *paths[16];
    const size_t n = many_files(paths);
    const sc_ledger_options l = sc_ledger_defaults(card);
    uint64_t last[3] = {0};
    run r =
        run_on(paths, n, &l, (sc_ingest_options){.threads = 2, .progress = note_progress, .progress_context = last});
    uint64_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += sc_ingest_source_at(r.in, i)->bytes;
    EXPECT_I64(last[0], bytes);
    EXPECT_I64(last[1], bytes);
    EXPECT_I64(last[2], sc_ingest_records(r.in));
    release(&r);
}

/* ---- what is not counted ---- */

static void rejects_and_skips(void)
{
    static const char bad[] = "{\"modelId\":\"acme.a\"}", worse[] = "{\"modelId\":";
    sc_strbuf text = {0};
    sc_strbuf_puts(&text, CALL("a", 5, 6));
    sc_strbuf_printf(&text, "%s\n", bad);
    sc_strbuf_puts(&text, "{\"modelId\":\"acme.a\",\"operation\":\"CountTokens\"}\n\n");
    sc_strbuf_puts(&text,
                   "{\"modelId\":\"acme.a\",\"errorCode\":\"x\"}\n{\"modelId\":\"acme.a\",\"errorCode\":\"y\"}\n");
    sc_strbuf_printf(&text, "%s", worse); /* the last line has no end */
    const char *const paths[] = {put("plain.jsonl", &text), put("packed.jsonl.gz", &text)};
    run r = run_all(paths, 2, 2);
    EXPECT_STR(r.rejects, "{\"modelId\":\"acme.a\"}\n{\"modelId\":\n{\"modelId\":\"acme.a\"}\n{\"modelId\":\n");
    EXPECT_STR(r.report.text, "1 counted, 1 duplicates, 0 conflicts, 4 rejected\n"
                              "4 failed call\n"
                              "2 tokens were only counted\n"
                              "packed.jsonl.gz Bedrock model invocation log: 1 3 2\n"
                              "plain.jsonl Bedrock model invocation log: 1 3 2\n"
                              "packed.jsonl.gz:2:1: no timestamp; expected one\n"
                              "packed.jsonl.gz:7:12: the text ends here; expected a value\n"
                              "plain.jsonl:2:1: no timestamp; expected one\n"
                              "plain.jsonl:7:12: the text ends here; expected a value\n"
                              "0 more\n");
    release(&r);
    sc_strbuf_release(&text);
}

/* More than can be shown are counted. */
static void many_rejects(void)
{
    sc_strbuf text = {0};
    sc_strbuf_puts(&text, CALL("a", 5, 6));
    for (int i = 0; i < 3000; i++)
        sc_strbuf_puts(&text, "{\"modelId\":\"acme.a\"}\n");
    const char *const paths[] = {put("many.jsonl", &text)};
    run r = run_all(paths, 1, 2);
    EXPECT_I64(sc_ingest_rejected(r.in), 3000);
    EXPECT_TRUE(strstr(r.report.text, "many.jsonl:21:1: no timestamp; expected one\n2980 more\n") != NULL);
    EXPECT_I64(r.rejects_size, 3000 * 21);
    release(&r);
    sc_strbuf_release(&text);
}

static void sources_that_fail(void)
{
    static const char *const cases[][2] = {
        {"", "the file is empty, expected usage\n"},
        {"PAR1....", "Parquet is not read; "},
        {"hello\n", "no known usage format, expected JSON or CSV as the README lists them\n"},
        {"{\"object\":\"organization.project\"}", "a list of projects is of no use here\n"},
        {"SCLEDGER", ""},
        {"ChargePeriodStart,x\n", "no column 'BilledCost'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *const paths[] = {put_text("bad", cases[i][0]), put_text("good", CALL("a", 5, 6))};
        run r = run_all(paths, 2, 2);
        EXPECT_I64(r.code, SC_E_INPUT);
        if (!EXPECT_TRUE(strstr(r.report.text != NULL ? r.report.text : "", cases[i][1]) != NULL))
            printf("    case %zu: %s\n", i, r.report.text);
        release(&r);
    }
}

/* ---- ledgers among the inputs ---- */

static void reads_ledgers(void)
{
    const sc_rater rater = {.card = card,
                            .as_of = SC_DAY_MAX,
                            .assume_region = -1,
                            .assume_scope = -1,
                            .reprice_scope = -1,
                            .reprice_tier = -1};
    sc_ledger_options priced = sc_ledger_defaults(card);
    priced.keep_dims = 1u << SC_DIM_ACCOUNT | 1u << SC_DIM_MODEL;
    priced.sketches = 0;
    priced.rater = &rater;
    sc_strbuf text = {0};
    for (int i = 0; i < 500; i++)
        log_line(&text, i);
    const char *logs = put("half.jsonl", &text), *ledger = in_folder("half.ledger");
    text.len = 0;
    for (int i = 500; i < 900; i++)
        log_line(&text, i * 3 + 1); /* other days than those of the ledger would be, too */
    const char *rest = put("rest.jsonl", &text);
    run saved = run_all(&logs, 1, 1);
    EXPECT_I64(sc_ledger_save(saved.ledger, ledger, NULL), SC_OK);
    const char *const direct[] = {logs, rest}, *const merged[] = {ledger, rest};
    run a = run_on(direct, 2, &priced, (sc_ingest_options){.threads = 2});
    run b = run_on(merged, 2, &priced, (sc_ingest_options){.threads = 2});
    EXPECT_I64(a.bytes.len, b.bytes.len);
    EXPECT_TRUE(a.bytes.len == b.bytes.len && memcmp(a.bytes.text, b.bytes.text, a.bytes.len) == 0);
    EXPECT_I64(sc_ingest_records(b.in), 900);
    EXPECT_STR(sc_ingest_source_at(b.in, 0)->format, "spendcast ledger");
    EXPECT_I64(sc_ingest_source_at(b.in, 0)->records, 500);
    /* the same ledger twice would count twice */
    const char *const twice[] = {ledger, put("copy.ledger", &saved.bytes)};
    run c = run_all(twice, 2, 1);
    EXPECT_I64(c.code, SC_E_INPUT);
    EXPECT_TRUE(c.report.text != NULL && strstr(c.report.text, "the same input would count twice") != NULL);
    release(&a);
    release(&b);
    release(&c);
    release(&saved);
    sc_strbuf_release(&text);
}

CU_ErrorCode test_ingest_register(void)
{
    static CU_TestInfo tests[] = {
        {"any number of threads", any_threads}, {"any memory", any_memory},
        {"growing output", growing_output},     {"duplicates", duplicates},
        {"the first one counts", first_counts}, {"the first one counts, in many files", first_of_files},
        {"progress", reports_progress},         {"rejects and skips", rejects_and_skips},
        {"many rejects", many_rejects},         {"sources that fail", sources_that_fail},
        {"reads ledgers", reads_ledgers},       CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"ingest", set_up, tear_down, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}
