/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench.c - from usage file to bill: speed and memory, beside DuckDB where it is installed (`make bench-deps`).
 *
 * Both read the same files and prices, each run in a process of its own, one after the other, and must agree on all
 * sums.  Times are of the reading, pricing and grouping alone, without start-up and the loading of prices.  Nothing
 * here fails for being slow.  From the environment: BENCH_ROWS (rows of the CSV; of the JSON lines three tenths),
 * BENCH_FULL (1: 10 million), BENCH_RUNS, BENCH_THREADS, BENCH_ONLY (csv, openai or bedrock), BENCH_DIR, BENCH_DUCKDB
 * (folder with node_modules, "" = leave DuckDB out). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench_data.h"
#include "spendcast/bill.h"
#include "spendcast/ingest.h"

#define RUNS_MAX 99

/* What a run finds out, and what it took. */
typedef struct answer {
    char version[40];
    long long groups, rows, input, output, read, write;
    char cost[48]; /* femto-USD */
    double seconds, cpu_seconds;
    double peak_mib;
} answer;

typedef struct bench {
    long rows;
    int runs, threads;
    const char *only, *dir, *duckdb; /* duckdb: NULL = not there */
    char prices[4096], usage[4096];
    bench_format format;
} bench;

static const char *const format_names[BENCH_FORMATS] = {"csv", "openai", "bedrock"};
static const char *const endings[BENCH_FORMATS] = {"csv", "jsonl", "jsonl"};

/* ---- spendcast */

static double now(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print_errors(const sc_errors *errors)
{
    for (int i = 0; i < errors->count; i++)
        fprintf(stderr, "bench: %s\n", errors->item[i].text);
}

/* As `spendcast bill --by project,model,day` does it. */
static sc_code run_bill(const bench *x, const sc_card *card, sc_bill **bill, sc_errors *errors)
{
    static const char *const tags[] = {"project", "workload", NULL};
    const sc_rater rater = {.card = card,
                            .as_of = SC_DAY_MAX,
                            .assume_region = -1,
                            .assume_scope = -1,
                            .reprice_scope = -1,
                            .reprice_tier = -1};
    const sc_bill_options by = {.rater = &rater,
                                .by = {"project", "model", "day"},
                                .n_by = 3,
                                .since = SC_DAY_MIN,
                                .until = SC_DAY_MAX,
                                .threads = x->threads};
    const sc_ingest_options ingest = {.threads = x->threads};
    const char *const paths[] = {x->usage};
    sc_ledger_options keep = sc_ledger_defaults(card);
    keep.keep_dims =
        1u << SC_DIM_ACCOUNT | 1u << SC_DIM_MODEL | 1u << SC_DIM_PROFILE | 1u << SC_DIM_PROJECT | 1u << SC_DIM_ITEM;
    keep.keep_tags = tags;
    keep.only_keep_tags = 1;
    keep.fold_service = 1;
    keep.is_alone = 1;
    keep.sketches = 0;
    keep.rater = &rater;
    sc_ingest *in = NULL;
    sc_ledger *ledger = sc_ledger_new(&keep);
    sc_code code = ledger != NULL ? sc_ingest_run(paths, 1, card, ledger, &ingest, &in, errors) : SC_E_MEMORY;
    if (code == SC_OK)
        code = sc_ledger_seal(ledger);
    if (code == SC_OK)
        code = sc_bill_run(ledger, &by, bill, errors);
    sc_ingest_free(in);
    sc_ledger_free(ledger);
    return code;
}

/* An amount of money as a whole number. */
static void print_money(sc_money m, char text[48])
{
    char digits[48];
    int n = 0;
    do
        digits[n++] = (char)('0' + (int)(m % 10));
    while ((m /= 10) > 0);
    for (int i = 0; i < n; i++)
        text[i] = digits[n - 1 - i];
    text[n] = '\0';
}

/* In the child: the answer as a line of text. */
static int answer_spendcast(const bench *x, FILE *out)
{
    sc_errors errors = {0};
    sc_card *card = NULL;
    sc_bill *bill = NULL;
    char cost[48];
    sc_code code = sc_card_load(NULL, NULL, &card, &errors);
    const double start = now();
    if (code == SC_OK)
        code = run_bill(x, card, &bill, &errors);
    const double seconds = now() - start;
    print_errors(&errors);
    if (code == SC_OK) {
        const sc_bill_sums *s = sc_bill_total(bill);
        print_money(s->cost, cost);
        fprintf(out, "own %.4f %zu %lld %lld %lld %lld %lld %s\n", seconds, sc_bill_row_count(bill),
                (long long)s->records, (long long)s->tokens[SC_METER_INPUT], (long long)s->tokens[SC_METER_OUTPUT],
                (long long)s->tokens[SC_METER_CACHE_READ], (long long)s->tokens[SC_METER_CACHE_WRITE], cost);
        if (s->unpriced_items > 0)
            fputs("bench: some usage has no price\n", stderr);
    }
    sc_bill_free(bill);
    sc_card_free(card);
    return code == SC_OK ? 0 : 1;
}

/* ---- runs in processes of their own */

static void in_child(const bench *x, int is_duckdb, int fd)
{
    char threads[16];
    snprintf(threads, sizeof threads, "%d", x->threads);
    if (is_duckdb) {
        dup2(fd, STDOUT_FILENO);
        execlp("node", "node", "tests/bench/duckdb.mjs", x->duckdb, format_names[x->format], x->usage, x->prices,
               threads, (char *)NULL);
        _exit(127);
    }
    FILE *out = fdopen(fd, "w");
    const int status = out != NULL ? answer_spendcast(x, out) : 1;
    if (out != NULL)
        fclose(out);
    _exit(status);
}

static double seconds_of(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

/* 0 when the run failed. */
static int run_once(const bench *x, int is_duckdb, answer *a)
{
    int fds[2], status = 1;
    struct rusage used = {0};
    fflush(NULL);
    if (pipe(fds) != 0)
        return 0;
    const pid_t child = fork();
    if (child == 0) {
        close(fds[0]);
        in_child(x, is_duckdb, fds[1]);
    }
    close(fds[1]);
    FILE *in = fdopen(fds[0], "r");
    /* what the child wrote itself; NOLINTNEXTLINE(cert-err34-c) */
    const int n = in != NULL ? fscanf(in, "%39s %lf %lld %lld %lld %lld %lld %lld %47s", a->version, &a->seconds,
                                      &a->groups, &a->rows, &a->input, &a->output, &a->read, &a->write, a->cost)
                             : 0;
    if (in != NULL)
        fclose(in);
    if (child < 0 || wait4(child, &status, 0, &used) != child || status != 0)
        return 0;
    a->cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    a->peak_mib = (double)used.ru_maxrss / 1024.0;
    return n == 9;
}

static int agree(const answer *a, const answer *b)
{
    return a->groups == b->groups && a->rows == b->rows && a->input == b->input && a->output == b->output &&
           a->read == b->read && a->write == b->write && strcmp(a->cost, b->cost) == 0;
}

static void print_sums(const char *who, const answer *a)
{
    printf("  %-10s %lld groups, %lld rows, tokens %lld %lld %lld %lld, cost %s fUSD\n", who, a->groups, a->rows,
           a->input, a->output, a->read, a->write, a->cost);
}

/* ---- the table */

static int by_seconds(const void *a, const void *b)
{
    const double x = ((const answer *)a)->seconds, y = ((const answer *)b)->seconds;
    return (x > y) - (x < y);
}

static double peak_of(const answer *a, int n)
{
    double most = 0.0;
    for (int i = 0; i < n; i++)
        most = a[i].peak_mib > most ? a[i].peak_mib : most;
    return most;
}

static void print_line(const bench *x, const char *who, const answer *a, int n, double bytes)
{
    printf("%-8s %-14s %7.3f %7.3f %7.2f %7.2f %7.0f %6.0f", format_names[x->format], who, a[0].seconds,
           a[n / 2].seconds, a[0].cpu_seconds, (double)a[0].rows / a[0].seconds / 1e6, bytes / a[0].seconds / 1e6,
           peak_of(a, n));
}

static void print_head(void)
{
    printf("%-8s %-14s %7s %7s %7s %7s %7s %6s   %s\n", "input", "by", "best s", "median", "CPU s", "M rows", "MB",
           "peak", "times as fast");
    printf("%-8s %-14s %7s %7s %7s %7s %7s %6s   %s\n", "", "", "", "s", "of best", "/ s", "/ s", "MiB",
           "(best, median)");
}

/* The runs of both, sorted by time. */
static void print_both(const bench *x, const answer *own, const answer *other, double bytes)
{
    char duckdb[64];
    print_line(x, "spendcast", own, x->runs, bytes);
    if (x->duckdb == NULL) {
        putchar('\n');
        return;
    }
    printf("   %.2f, %.2f\n", other[0].seconds / own[0].seconds, other[x->runs / 2].seconds / own[x->runs / 2].seconds);
    snprintf(duckdb, sizeof duckdb, "duckdb %.7s", other[0].version);
    print_line(x, duckdb, other, x->runs, bytes);
    putchar('\n');
}

/* 0 when a run failed or the two disagree. */
static int compare(const bench *x, double bytes)
{
    static answer own[RUNS_MAX], other[RUNS_MAX];
    for (int i = 0; i < x->runs; i++) {
        if (!run_once(x, 0, &own[i]) || (x->duckdb != NULL && !run_once(x, 1, &other[i]))) {
            fprintf(stderr, "bench: a run over %s failed\n", x->usage);
            return 0;
        }
        if (x->duckdb != NULL && !agree(&own[i], &other[i])) {
            printf("%s: the sums differ\n", format_names[x->format]);
            print_sums("spendcast", &own[i]);
            print_sums("duckdb", &other[i]);
            return 0;
        }
    }
    qsort(own, (size_t)x->runs, sizeof *own, by_seconds);
    qsort(other, (size_t)x->runs, sizeof *other, by_seconds);
    print_both(x, own, other, bytes);
    return 1;
}

/* ---- all */

static long number_or(const char *name, long otherwise, long most)
{
    const char *text = getenv(name);
    char *end;
    const long n = text != NULL && text[0] != '\0' ? strtol(text, &end, 10) : otherwise;
    return n < 0 ? 0 : n > most ? most : n;
}

static const char *text_or(const char *name, const char *otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? text : otherwise;
}

static int is_there(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, R_OK) == 0;
}

static void print_machine(const bench *x)
{
    char line[256];
    FILE *f = fopen("/proc/cpuinfo", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "model name", 10) == 0) {
            printf("%s", strchr(line, ':') != NULL ? strchr(line, ':') + 2 : line);
            break;
        }
    }
    if (f != NULL)
        fclose(f);
    printf("%ld processors; %d threads each, %d runs in turn\n", sysconf(_SC_NPROCESSORS_ONLN), x->threads, x->runs);
}

/* Data of another rate card have another name: their models may have no price in this one. */
static int make_data(bench *x, const sc_card *card, const bench_market *market, long rows)
{
    const char *name = format_names[x->format];
    snprintf(x->usage, sizeof x->usage, "%s/%s-%ld-%.8s.%s", x->dir, name, rows, sc_card_hash(card),
             endings[x->format]);
    if (access(x->usage, R_OK) == 0)
        return 1;
    fprintf(stderr, "bench: writing %s\n", x->usage);
    return bench_write_usage(market, x->format, rows, x->usage);
}

static int bench_format_of(bench *x, const sc_card *card, const bench_market *market)
{
    const long rows = x->format == BENCH_CSV ? x->rows : x->rows * 3 / 10;
    struct stat st;
    if (!make_data(x, card, market, rows) || stat(x->usage, &st) != 0)
        return 0;
    return compare(x, (double)st.st_size);
}

static int bench_all(bench *x, const sc_card *card, const bench_market *market)
{
    int ok = 1;
    snprintf(x->prices, sizeof x->prices, "%s/prices.csv", x->dir);
    if ((mkdir(x->dir, 0777) != 0 && errno != EEXIST) || !bench_write_prices(market, x->prices)) {
        fprintf(stderr, "bench: cannot write to %s\n", x->dir);
        return 0;
    }
    print_machine(x);
    print_head();
    for (int f = 0; f < BENCH_FORMATS; f++) {
        x->format = (bench_format)f;
        if (x->only[0] == '\0' || strcmp(x->only, format_names[f]) == 0)
            ok &= bench_format_of(x, card, market);
    }
    return ok;
}

int main(void)
{
    const long full = number_or("BENCH_FULL", 0, 1) > 0 ? 10000000 : 2000000;
    bench x = {.rows = number_or("BENCH_ROWS", full, 1000000000),
               .runs = (int)number_or("BENCH_RUNS", 5, RUNS_MAX),
               .threads = (int)number_or("BENCH_THREADS", 2, 1024),
               .only = text_or("BENCH_ONLY", ""),
               .dir = text_or("BENCH_DIR", "build/bench"),
               .duckdb = text_or("BENCH_DUCKDB", "build/bench")};
    sc_errors errors = {0};
    sc_card *card = NULL;
    static bench_market market;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!is_there(x.duckdb, "node_modules/@duckdb/node-api/package.json")) {
        fputs("bench: DuckDB is not installed in BENCH_DUCKDB (`make bench-deps`): spendcast alone\n", stderr);
        x.duckdb = NULL;
    }
    if (sc_card_load(NULL, NULL, &card, &errors) != SC_OK) {
        print_errors(&errors);
        return 1;
    }
    const int found = bench_market_of(card, &market);
    if (!found)
        fputs("bench: the rate card sells too few models in the regions of the benchmark\n", stderr);
    const int ok = found && bench_all(&x, card, &market);
    sc_card_free(card);
    return ok ? 0 : 1;
}
