/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ingest.c - all inputs into a ledger, on several threads.
 *
 * Plain files of records are read one after the other, their blocks shared by all threads; a compressed file or a
 * document belongs to one thread, so that several of them are read at once. Nothing that is counted depends on which
 * thread reads what: the ledger adds integers, and rejects are sorted by place at the end.
 *
 * Records that share an id are another matter: of them the one that is read first counts. Where they may differ (a
 * message is written down again as it grows, a call has spans of several instrumentations), all sources of the kind
 * belong to one thread, which reads them in their order. */
#include "spendcast/ingest.h"

#include <omp.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "ingest/collect.h"
#include "ingest/sources.h"
#include "io/csv_cursor.h"
#include "io/file_writer.h"
#include "io/source_list.h"
#include "spendcast/project_list.h"

#define IDS_IN_MEMORY (UINT64_C(64) << 20)
#define ERRORS_SHOWN 20

struct sc_ingest {
    sc_arena arena;
    source *sources;
    size_t n_sources;
    uint64_t records, rejected, duplicates, conflicts;
    skip skips[SKIPS_MAX];
    size_t n_skips;
};

typedef struct run {
    sc_ingest *in;
    const sc_card *card;
    sc_ledger *into;
    const sc_ingest_options *o;
    sc_errors *errors;
    sc_ids *ids;
    pthread_mutex_t lock;   /* of all below, and of in's counts */
    pthread_mutex_t stream; /* of the shared source */
    size_t next;            /* source to be opened */
    unsigned in_order;      /* kinds that a thread reads in order: bit 1u << sc_usage_kind */
    source *shared;         /* whose blocks all threads read; NULL = none */
    int readers;            /* threads at work on it */
    int ended;              /* it has no more blocks */
    uint64_t bytes, total;
    sc_code code; /* the first failure: everyone stops; set under the lock */
} run;

/* Also without the lock. */
static int has_failed(const run *x) { return __atomic_load_n(&x->code, __ATOMIC_RELAXED) != SC_OK; }

/* Under the lock. */
static void set_code(run *x, sc_code code)
{
    if (x->code == SC_OK && code != SC_OK)
        __atomic_store_n(&x->code, code, __ATOMIC_RELAXED);
}

static void fail(run *x, sc_code code)
{
    pthread_mutex_lock(&x->lock);
    set_code(x, code);
    pthread_mutex_unlock(&x->lock);
}

/* ---- blocks ---- */

static void add_counts(run *x, source *s, const collect *c, size_t bytes)
{
    pthread_mutex_lock(&x->lock);
    s->shown.records += c->counts[COUNTED] + c->counts[DUPLICATE];
    s->shown.skipped += c->counts[PASSED_OVER];
    s->shown.rejected += c->counts[REJECTED];
    x->in->records += c->counts[COUNTED];
    x->in->duplicates += c->counts[DUPLICATE];
    x->in->rejected += c->counts[REJECTED];
    x->bytes += bytes;
    if (x->o->progress != NULL)
        x->o->progress(x->o->progress_context, x->bytes, x->total, x->in->records);
    set_code(x, c->code);
    pthread_mutex_unlock(&x->lock);
}

/* The header of a CSV is the first row of the first block. */
static sc_code open_reader(run *x, source *s, const char *header, size_t size)
{
    char why[500] = "";
    const sc_code code =
        s->reader->open != NULL ? s->reader->open(x->card, header, size, &s->state, why, sizeof why) : SC_OK;
    if (code == SC_OK)
        return SC_OK;
    const sc_place place = {s->shown.path, header, size, 0, 1};
    pthread_mutex_lock(&x->lock);
    sc_errors_add(x->errors, code, &place, NULL, "%s", why);
    pthread_mutex_unlock(&x->lock);
    return code;
}

static size_t header_size(const source *s, const sc_block *b)
{
    if (s->reader->shape != SC_SHAPE_CSV || b->number > 0)
        return 0;
    sc_text cells[1];
    sc_csv_cursor c;
    sc_csv_begin(&c, b->data, b->size, cells, 1);
    if (!sc_csv_row(&c))
        return b->size;
    return (size_t)(c.at - b->data);
}

static void read_block(run *x, source *s, const sc_block *b, size_t skip_bytes, collect *c)
{
    const char *data = b->data + skip_bytes;
    int64_t line = b->line;
    for (const char *p = b->data; p < data && (p = memchr(p, '\n', (size_t)(data - p))) != NULL; p++)
        line++;
    collect_block(c, s->reader->kind, (uint32_t)(s - x->in->sources), data, (int)line, b->offset + skip_bytes);
    s->reader->read(s->state, data, b->size - skip_bytes, &c->sink);
    add_counts(x, s, c, b->size);
}

/* The next block of a source whose calls are serialised by the caller; the reader is opened with the first. */
static sc_code next_block(run *x, source *s, sc_block *b, size_t *skip_bytes)
{
    static const sc_cut cuts[] = {
        [SC_SHAPE_LINES] = SC_CUT_LINES, [SC_SHAPE_CSV] = SC_CUT_CSV, [SC_SHAPE_DOCUMENT] = SC_CUT_NONE};
    sc_errors errors = {0};
    sc_code code = sc_stream_block(s->stream, cuts[s->reader->shape], b, &errors);
    for (int i = 0; i < errors.count; i++) {
        pthread_mutex_lock(&x->lock);
        sc_errors_add(x->errors, errors.item[i].code, &(sc_place){.file = s->shown.path}, NULL, "%s",
                      errors.item[i].text);
        pthread_mutex_unlock(&x->lock);
    }
    *skip_bytes = 0;
    if (code != SC_OK || b->size == 0 || b->number > 0)
        return code;
    *skip_bytes = header_size(s, b);
    return open_reader(x, s, b->data, *skip_bytes);
}

/* ---- threads ---- */

#define KINDS_IN_ORDER (1u << SC_USAGE_OPENAI | 1u << SC_USAGE_ANTHROPIC | 1u << SC_USAGE_OTEL)

static unsigned kind_of(const source *s) { return s->form == SOURCE_USAGE ? 1u << s->reader->kind : 0; }

/* Under the lock. */
static int open_again(run *x, source *s)
{
    const sc_code code = s->stream == NULL ? source_open(s, x->errors) : SC_OK;
    set_code(x, code);
    return code == SC_OK;
}

static void read_alone(run *x, source *s, sc_block *b, collect *c)
{
    size_t skip_bytes;
    sc_code code;
    while ((code = next_block(x, s, b, &skip_bytes)) == SC_OK && b->size > 0 && !has_failed(x))
        read_block(x, s, b, skip_bytes, c);
    if (code != SC_OK)
        fail(x, code);
    source_close(s);
}

/* The next source of a kind from s on, open; NULL when there is none, or after a failure. */
static source *next_of_kind(run *x, source *s, unsigned kind)
{
    const source *end = x->in->sources + x->in->n_sources;
    pthread_mutex_lock(&x->lock); /* other threads open sources, which is when their kind is told */
    while (s < end && kind_of(s) != kind)
        s++;
    const int is_open = s < end && !has_failed(x) && open_again(x, s);
    pthread_mutex_unlock(&x->lock);
    return is_open ? s : NULL;
}

/* The first source of a kind and all others of it. */
static void read_in_order(run *x, source *first, sc_block *b, collect *c)
{
    const unsigned kind = kind_of(first);
    for (source *s = first; s != NULL; s = next_of_kind(x, s + 1, kind))
        read_alone(x, s, b, c);
}

/* Opens sources until one is to be shared, or is this thread's own.  Under the lock. */
static source *take_source(run *x)
{
    while (x->shared == NULL && x->code == SC_OK && x->next < x->in->n_sources) {
        source *s = &x->in->sources[x->next++];
        if (s->form != SOURCE_USAGE || (kind_of(s) & x->in_order) != 0)
            continue;
        if (!open_again(x, s))
            return NULL;
        x->in_order |= kind_of(s) & KINDS_IN_ORDER;
        if (s->alone || (kind_of(s) & KINDS_IN_ORDER) != 0)
            return s;
        x->shared = s;
        x->ended = 0;
    }
    return x->shared;
}

static void leave_shared(run *x, source *s, int ended)
{
    pthread_mutex_lock(&x->lock);
    x->ended |= ended;
    x->readers--;
    if (x->ended && x->readers == 0 && x->shared == s) {
        source_close(s);
        x->shared = NULL;
    }
    pthread_mutex_unlock(&x->lock);
}

/* One block of the shared source; 0 when it has no more. */
static int read_shared(run *x, source *s, sc_block *b, collect *c)
{
    size_t skip_bytes = 0;
    pthread_mutex_lock(&x->stream);
    const sc_code code = next_block(x, s, b, &skip_bytes);
    pthread_mutex_unlock(&x->stream);
    if (code != SC_OK)
        fail(x, code);
    if (code != SC_OK || b->size == 0)
        return 0;
    read_block(x, s, b, skip_bytes, c);
    return 1;
}

static void work(run *x, collect *c)
{
    sc_block b = {0};
    for (;;) {
        pthread_mutex_lock(&x->lock);
        const int waiting = x->shared != NULL && x->ended;
        source *s = x->code != SC_OK || waiting ? NULL : take_source(x);
        const int shared = s != NULL && s == x->shared;
        if (shared)
            x->readers++;
        const int over = x->code != SC_OK || (s == NULL && !waiting);
        pthread_mutex_unlock(&x->lock);
        if (over)
            break;
        if (waiting) {
            sched_yield(); /* another thread is at the last block of the shared source */
            continue;
        }
        if (!shared) {
            if ((kind_of(s) & KINDS_IN_ORDER) != 0)
                read_in_order(x, s, &b, c);
            else
                read_alone(x, s, &b, c);
            continue;
        }
        int more = 1;
        while (more && !has_failed(x))
            more = read_shared(x, s, &b, c);
        leave_shared(x, s, 1);
    }
    sc_block_release(&b);
}

/* ---- rejects ---- */

static int by_place(const void *a, const void *b)
{
    const reject *x = a, *y = b;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

static void add_error(run *x, const reject *r)
{
    const size_t len = strlen(r->excerpt);
    const sc_place place = {x->in->sources[r->source].shown.path, r->excerpt, len, r->column < len ? r->column : len,
                            r->width};
    const int before = x->errors->count;
    sc_errors_add(x->errors, SC_E_INPUT, &place, NULL, "%s", r->reason);
    if (x->errors->count > before) {
        x->errors->item[before].line = r->line;
        x->errors->item[before].column = (int)r->column + 1;
    }
}

static sc_code write_rejects(const run *x, const reject *all, size_t n)
{
    sc_file_writer *w = NULL;
    sc_code code = sc_file_writer_open(x->o->rejects, 0, &w, x->errors);
    for (size_t i = 0; code == SC_OK && i < n; i++) {
        sc_file_writer_add(w, all[i].text, all[i].size);
        if (all[i].size == 0 || all[i].text[all[i].size - 1] != '\n')
            sc_file_writer_add(w, "\n", 1);
    }
    if (code == SC_OK)
        code = sc_file_writer_finish(w, x->errors);
    if (code == SC_OK)
        code = sc_file_writer_commit(w, x->errors);
    sc_file_writer_close(w);
    return code;
}

static sc_code finish_rejects(run *x, collect *c, int threads)
{
    size_t n = 0;
    for (int i = 0; i < threads; i++)
        n += c[i].n_rejects;
    reject *all = SC_NEW_ARRAY(reject, n + 1);
    if (all == NULL)
        return SC_E_MEMORY;
    n = 0;
    for (int i = 0; i < threads; i++) {
        if (c[i].n_rejects > 0)
            memcpy(all + n, c[i].rejects, c[i].n_rejects * sizeof *all);
        n += c[i].n_rejects;
    }
    qsort(all, n, sizeof *all, by_place);
    for (size_t i = 0; i < n && i < ERRORS_SHOWN; i++)
        add_error(x, &all[i]);
    if (x->in->rejected > ERRORS_SHOWN)
        x->errors->dropped +=
            (int)(x->in->rejected - ERRORS_SHOWN > INT32_MAX ? INT32_MAX : x->in->rejected - ERRORS_SHOWN);
    const sc_code code = x->o->rejects != NULL ? write_rejects(x, all, n) : SC_OK;
    sc_free(all);
    return code;
}

static int by_count(const void *a, const void *b)
{
    const skip *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->reason, y->reason);
}

static void add_skips(sc_ingest *in, const collect *c)
{
    for (size_t i = 0; i < c->n_skips; i++) {
        size_t k = 0;
        while (k < in->n_skips && strcmp(in->skips[k].reason, c->skips[i].reason) != 0)
            k++;
        if (k == SKIPS_MAX)
            continue;
        if (k == in->n_skips)
            in->skips[in->n_skips++] = (skip){c->skips[i].reason, 0};
        in->skips[k].count += c->skips[i].count;
    }
}

/* ---- before the threads: what is no records ---- */

static sc_code merge_ledger(run *x, source *s)
{
    sc_ledger *l = NULL;
    sc_errors why = {0};
    sc_code code = sc_ledger_load(s->shown.path, &l, x->errors);
    if (code == SC_OK)
        code = sc_ledger_merge(x->into, l, &why);
    for (int i = 0; i < why.count; i++)
        sc_errors_add(x->errors, code, &(sc_place){.file = s->shown.path}, NULL, "%s", why.item[i].text);
    for (size_t i = 0; code == SC_OK && i < sc_ledger_cell_count(l); i++) {
        sc_ledger_cell cell;
        s->shown.records += (uint64_t)sc_ledger_cell_at(l, i, &cell)->records;
    }
    x->in->records += s->shown.records;
    sc_ledger_free(l);
    return code;
}

static sc_code add_projects(run *x, source *s)
{
    const sc_place place = {.file = s->shown.path};
    sc_project_list *list = NULL;
    if (x->o->attribution == NULL)
        return sc_errors_add(x->errors, SC_E_INPUT, &place, NULL, "a list of projects is of no use here");
    sc_code code = sc_project_list_load(s->shown.path, &list, x->errors);
    for (size_t i = 0; code == SC_OK && i < sc_project_list_count(list); i++) {
        const sc_listed_project *p = sc_project_list_item(list, i);
        code = sc_attribution_add_project(x->o->attribution, p->id, p->name, p->n_tags, p->tag_key, p->tag_value,
                                          x->errors);
        s->shown.records++;
    }
    sc_project_list_free(list);
    return code;
}

/* Looks at each source once.  All are looked at, so that one run names every file that cannot be read. */
static sc_code look_at_sources(run *x)
{
    sc_code code = SC_OK;
    for (size_t i = 0; i < x->in->n_sources; i++) {
        source *s = &x->in->sources[i];
        sc_code one = source_open(s, x->errors);
        const int is_stdin = strcmp(s->shown.path, "-") == 0;
        if (one != SC_OK || !is_stdin || s->form != SOURCE_USAGE)
            source_close(s);
        if (one == SC_OK && s->form == SOURCE_LEDGER)
            one = merge_ledger(x, s);
        else if (one == SC_OK && s->form == SOURCE_PROJECTS)
            one = add_projects(x, s);
        if (code == SC_OK)
            code = one;
    }
    return code;
}

/* For progress; 0 = not known. */
static uint64_t file_size(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

static sc_code list_sources(run *x, const char *const *paths, size_t n)
{
    sc_source_list list = {0};
    sc_code code = sc_source_list_make(paths, n, &list, x->errors);
    x->in->sources = SC_ARENA_ARRAY(&x->in->arena, source, list.count + 1);
    if (code == SC_OK && x->in->sources == NULL)
        code = SC_E_MEMORY;
    for (size_t i = 0; code == SC_OK && i < list.count; i++) {
        source *s = &x->in->sources[i];
        s->shown.path = sc_arena_strdup(&x->in->arena, list.path[i]);
        s->shown.bytes = file_size(list.path[i]);
        x->total += s->shown.bytes;
        if (s->shown.path == NULL)
            code = SC_E_MEMORY;
        x->in->n_sources = i + 1;
    }
    sc_source_list_release(&list);
    return code;
}

static sc_code run_threads(run *x)
{
    int threads = x->o->threads > 0 ? x->o->threads : omp_get_num_procs();
    collect *c = SC_NEW_ARRAY(collect, (size_t)threads);
    x->ids = sc_ids_new(x->o->max_ids > 0 ? x->o->max_ids : IDS_IN_MEMORY, x->o->tmp);
    sc_code code = c != NULL && x->ids != NULL ? SC_OK : SC_E_MEMORY;
    int ready = 0;
    for (; code == SC_OK && ready < threads; ready++) {
        sc_ledger_writer *w = sc_ledger_writer_new(x->into);
        if (w == NULL)
            code = SC_E_MEMORY;
        else
            collect_init(&c[ready], w, x->ids, x->o->rejects != NULL);
        if (w == NULL)
            break;
    }
    if (code == SC_OK) {
#pragma omp parallel num_threads(threads)
        work(x, &c[omp_get_thread_num()]);
        code = x->code;
    }
    if (code == SC_OK)
        code = finish_rejects(x, c, threads);
    for (int i = 0; i < ready; i++) {
        add_skips(x->in, &c[i]);
        x->in->conflicts += c[i].conflicts;
        sc_ledger_writer_free(c[i].writer);
        collect_release(&c[i]);
    }
    qsort(x->in->skips, x->in->n_skips, sizeof x->in->skips[0], by_count);
    sc_ids_free(x->ids);
    sc_free(c);
    return code;
}

sc_code sc_ingest_run(const char *const *paths, size_t n, const sc_card *card, sc_ledger *into,
                      const sc_ingest_options *o, sc_ingest **out, sc_errors *errors)
{
    sc_errors own = {0};
    run x = {.in = SC_NEW(sc_ingest), .card = card, .into = into, .o = o, .errors = errors != NULL ? errors : &own};
    *out = NULL;
    if (x.in == NULL || pthread_mutex_init(&x.lock, NULL) != 0 || pthread_mutex_init(&x.stream, NULL) != 0) {
        sc_free(x.in);
        return SC_E_MEMORY;
    }
    sc_code code = list_sources(&x, paths, n);
    if (code == SC_OK)
        code = look_at_sources(&x);
    if (code == SC_OK)
        code = run_threads(&x);
    pthread_mutex_destroy(&x.lock);
    pthread_mutex_destroy(&x.stream);
    if (code != SC_OK) {
        sc_ingest_free(x.in);
        return code;
    }
    *out = x.in;
    return SC_OK;
}

void sc_ingest_free(sc_ingest *in)
{
    if (in == NULL)
        return;
    for (size_t i = 0; i < in->n_sources; i++)
        source_close(&in->sources[i]);
    sc_arena_release(&in->arena);
    sc_free(in);
}

size_t sc_ingest_source_count(const sc_ingest *in) { return in->n_sources; }
const sc_ingest_source *sc_ingest_source_at(const sc_ingest *in, size_t k) { return &in->sources[k].shown; }
uint64_t sc_ingest_records(const sc_ingest *in) { return in->records; }
uint64_t sc_ingest_rejected(const sc_ingest *in) { return in->rejected; }
uint64_t sc_ingest_duplicates(const sc_ingest *in) { return in->duplicates; }
uint64_t sc_ingest_conflicts(const sc_ingest *in) { return in->conflicts; }
size_t sc_ingest_skip_count(const sc_ingest *in) { return in->n_skips; }

const char *sc_ingest_skip_at(const sc_ingest *in, size_t k, uint64_t *records)
{
    *records = in->skips[k].count;
    return in->skips[k].reason;
}
