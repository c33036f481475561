/* SPDX-License-Identifier: GPL-3.0-or-later */
/* synthesize.c - from a scenario to its files: draws day by day, writes logs, usage and bill, and adds up. */
#include "spendcast/synthesize.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "io/file_writer.h"
#include "synth/write_bill.h"
#include "synth/write_log.h"
#include "synth/write_usage.h"

#define FLUSH_SIZE ((size_t)1 << 16)

struct sc_synth {
    sc_synth_sum total;
    sc_synth_sum *projects;
    size_t n_projects;
    double expected;
    int64_t bill_lines;
    sc_day start, end, billed_end;
};

typedef enum output_kind { OUTPUT_LOGS, OUTPUT_BILL, OUTPUT_USAGE, OUTPUTS } output_kind;

/* A file on its way; without a writer nothing is wanted. */
typedef struct output {
    sc_file_writer *writer;
    sc_strbuf text; /* not written yet */
} output;

/* What is drawn and written for one workload. */
typedef struct source {
    sc_log_source log;
    sc_strbuf usage;
    sc_stream drops; /* counter (0, key, request) */
} source;

typedef struct synthesis {
    const sc_synth_options *o;
    sc_future future;
    sc_bill bill;
    source *sources; /* [n_works] */
    output outputs[OUTPUTS];
    sc_synth *result;
} synthesis;

/* ---- options ---- */

static sc_code wrong(sc_errors *errors, const char *text)
{
    return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "%s", text);
}

static sc_code check_options(const sc_synth_options *o, sc_errors *errors)
{
    const char *paths[OUTPUTS] = {o->logs, o->bill, o->usage};
    int named = 0;
    for (int i = 0; i < OUTPUTS; i++) {
        named += paths[i] != NULL;
        for (int k = 0; k < i; k++) {
            if (paths[i] != NULL && paths[k] != NULL && strcmp(paths[i], paths[k]) == 0)
                return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                                     "'%s' is named for two outputs, expected two files", paths[i]);
        }
    }
    if (named == 0)
        return wrong(errors, "no output is named, expected logs, bill or usage");
    if (!(o->scale > 0.0 && o->scale <= 1e6))
        return wrong(errors, "scale is out of range, expected above 0 and at most 1000000");
    if (!(o->drop >= 0.0 && o->drop <= 1.0))
        return wrong(errors, "drop is out of range, expected a share from 0 to 1");
    if (o->discount < 0 || o->discount > SC_DISCOUNT_WHOLE)
        return wrong(errors, "discount is out of range, expected a share from 0 to 1");
    if (o->days < 0 || o->late_days < 0 || o->max_requests < 0)
        return wrong(errors, "days, late days and the most requests cannot be negative");
    return SC_OK;
}

/* ---- files ---- */

static int is_gzip(const char *path)
{
    const size_t len = strlen(path);
    return len > 3 && strcmp(path + len - 3, ".gz") == 0;
}

static sc_code open_outputs(synthesis *x, sc_errors *errors)
{
    const char *paths[OUTPUTS] = {x->o->logs, x->o->bill, x->o->usage};
    const char *headers[OUTPUTS] = {"", sc_bill_header, sc_usage_csv_header};
    sc_code code = SC_OK;
    for (int i = 0; i < OUTPUTS && code == SC_OK; i++) {
        if (paths[i] == NULL)
            continue;
        code = sc_file_writer_open(paths[i], is_gzip(paths[i]), &x->outputs[i].writer, errors);
        sc_strbuf_puts(&x->outputs[i].text, headers[i]);
    }
    return code;
}

/* Hands text over once there is enough of it, or all of it. */
static sc_code flush(output *out, int all)
{
    if (out->text.failed)
        return SC_E_MEMORY;
    if (out->writer != NULL && (all || out->text.len >= FLUSH_SIZE)) {
        sc_file_writer_add(out->writer, out->text.text, out->text.len);
        out->text.len = 0;
    }
    return SC_OK;
}

/* All files are complete before the first one gets its name. */
static sc_code commit_outputs(synthesis *x, sc_errors *errors)
{
    sc_code code = SC_OK;
    for (int i = 0; i < OUTPUTS && code == SC_OK; i++) {
        code = flush(&x->outputs[i], 1);
        if (code == SC_OK && x->outputs[i].writer != NULL)
            code = sc_file_writer_finish(x->outputs[i].writer, errors);
    }
    for (int i = 0; i < OUTPUTS && code == SC_OK; i++) {
        if (x->outputs[i].writer != NULL)
            code = sc_file_writer_commit(x->outputs[i].writer, errors);
    }
    return code;
}

/* ---- requests ---- */

static sc_code open_sources(synthesis *x)
{
    const sc_future *f = &x->future;
    int failed = 0;
    x->sources = SC_NEW_ARRAY(source, f->n_works);
    for (size_t i = 0; x->sources != NULL && i < f->n_works; i++) {
        source *s = &x->sources[i];
        sc_log_source_init(&s->log, f->card, &f->works[i], x->o->seed);
        sc_usage_csv_source(&s->usage, f->card, &f->works[i]);
        s->drops = sc_future_stream(&f->works[i], x->o->seed, "synthetic drops");
        failed |= s->log.who.failed || s->log.model.failed || s->log.metadata.failed || s->usage.failed;
    }
    return x->sources != NULL && !failed ? SC_OK : SC_E_MEMORY;
}

static int is_dropped(const synthesis *x, const sc_synth_request *r)
{
    uint32_t bits[4];
    sc_philox(&x->sources[r->workload].drops, 0, r->key, r->index, 0, bits);
    return sc_u01_32(bits[0]) < x->o->drop;
}

static sc_code write_request(synthesis *x, const sc_synth_request *r)
{
    const sc_future_work *work = &x->future.works[r->workload];
    const source *s = &x->sources[r->workload];
    output *logs = &x->outputs[OUTPUT_LOGS], *usage = &x->outputs[OUTPUT_USAGE];
    sc_synth_sum *sum = &x->result->projects[work->w->project];
    int64_t tokens[SC_SYNTH_METERS];
    sc_future_tokens(&x->future, r, tokens);
    sum->requests++;
    for (int m = 0; m < SC_SYNTH_METERS; m++)
        sum->tokens[m] += tokens[m];
    if (!sc_log_has(work->w->buy.tier))
        sum->unlogged++;
    else if (is_dropped(x, r))
        sum->dropped++;
    else if (logs->writer != NULL)
        sc_log_add(&logs->text, &s->log, r, tokens);
    if (usage->writer != NULL)
        sc_usage_csv_add(&usage->text, &s->usage, r, tokens);
    sc_bill_add(&x->bill, r, tokens);
    const sc_code code = flush(logs, 0);
    return code == SC_OK ? flush(usage, 0) : code;
}

static sc_code write_day(synthesis *x, size_t day, sc_errors *errors)
{
    const sc_day date = x->future.s->start + (sc_day)day;
    output *bill = &x->outputs[OUTPUT_BILL];
    sc_code code = sc_future_day(&x->future, day);
    for (size_t i = 0; i < x->future.n_requests && code == SC_OK; i++)
        code = write_request(x, &x->future.requests[i]);
    if (code == SC_OK)
        code =
            sc_bill_day(&x->bill, day, date < x->result->billed_end ? &bill->text : NULL, x->result->projects, errors);
    if (code == SC_OK)
        code = flush(bill, 1);
    if (bill->writer == NULL)
        bill->text.len = 0;
    return code;
}

/* ---- the run ---- */

static sc_code open_result(synthesis *x)
{
    const sc_future *f = &x->future;
    sc_synth *r = x->result = SC_NEW(sc_synth);
    if (r == NULL)
        return SC_E_MEMORY;
    r->n_projects = f->s->n_projects;
    r->projects = SC_NEW_ARRAY(sc_synth_sum, r->n_projects);
    if (r->projects == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < r->n_projects; i++)
        r->projects[i].project = f->s->projects[i].id;
    r->expected = f->expected;
    r->start = f->s->start;
    r->end = f->s->start + (sc_day)f->n_days;
    r->billed_end = x->o->late_days < (int64_t)f->n_days ? r->end - (sc_day)x->o->late_days : r->start;
    return SC_OK;
}

static void add_up(synthesis *x)
{
    sc_synth *r = x->result;
    for (size_t i = 0; i < r->n_projects; i++) {
        const sc_synth_sum *p = &r->projects[i];
        r->total.requests += p->requests;
        r->total.unlogged += p->unlogged;
        r->total.dropped += p->dropped;
        for (int m = 0; m < SC_SYNTH_METERS; m++)
            r->total.tokens[m] += p->tokens[m];
        r->total.cost += p->cost;
        r->total.billed += p->billed;
    }
    r->bill_lines = x->bill.lines;
}

static int is_writing(const synthesis *x)
{
    for (int i = 0; i < OUTPUTS; i++) {
        if (x->outputs[i].writer != NULL && sc_file_writer_failed(x->outputs[i].writer))
            return 0;
    }
    return 1;
}

static sc_code run(synthesis *x, const sc_scenario *s, const sc_card *card, sc_errors *errors)
{
    const sc_synth_options *o = x->o;
    sc_code code = sc_future_init(&x->future, s, card, o, errors);
    if (code == SC_OK)
        code = open_result(x);
    if (code == SC_OK)
        code = sc_bill_init(&x->bill, &x->future, o);
    if (code == SC_OK)
        code = open_sources(x);
    if (code == SC_OK)
        code = open_outputs(x, errors);
    for (size_t d = 0; d < x->future.n_days && code == SC_OK && is_writing(x); d++) {
        code = write_day(x, d, errors);
        if (o->progress != NULL)
            o->progress(o->progress_context, (double)(d + 1) / (double)x->future.n_days);
    }
    if (code == SC_OK)
        code = commit_outputs(x, errors);
    if (code == SC_OK)
        add_up(x);
    return code;
}

static void release(synthesis *x)
{
    for (int i = 0; i < OUTPUTS; i++) {
        sc_file_writer_close(x->outputs[i].writer);
        sc_strbuf_release(&x->outputs[i].text);
    }
    for (size_t i = 0; x->sources != NULL && i < x->future.n_works; i++) {
        sc_log_source_release(&x->sources[i].log);
        sc_strbuf_release(&x->sources[i].usage);
    }
    sc_free(x->sources);
    sc_bill_release(&x->bill);
    sc_future_release(&x->future);
}

sc_code sc_synthesize(const sc_scenario *s, const sc_card *card, const sc_synth_options *o, sc_synth **out,
                      sc_errors *errors)
{
    synthesis x = {.o = o};
    *out = NULL;
    sc_code code = check_options(o, errors);
    if (code != SC_OK)
        return code;
    code = run(&x, s, card, errors);
    release(&x);
    if (code == SC_OK)
        *out = x.result;
    else
        sc_synth_free(x.result);
    return code != SC_E_MEMORY ? code : sc_errors_add(errors, code, NULL, NULL, "out of memory");
}

void sc_synth_free(sc_synth *r)
{
    if (r == NULL)
        return;
    sc_free(r->projects);
    sc_free(r);
}

size_t sc_synth_project_count(const sc_synth *r) { return r->n_projects; }
const sc_synth_sum *sc_synth_project(const sc_synth *r, size_t project) { return &r->projects[project]; }
const sc_synth_sum *sc_synth_total(const sc_synth *r) { return &r->total; }
double sc_synth_expected(const sc_synth *r) { return r->expected; }
int64_t sc_synth_bill_lines(const sc_synth *r) { return r->bill_lines; }

void sc_synth_period(const sc_synth *r, sc_day *start, sc_day *end, sc_day *billed_end)
{
    *start = r->start;
    *end = r->end;
    *billed_end = r->billed_end;
}
