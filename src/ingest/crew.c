/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crew.c - threads, the blocks they share, and the order in which records with ids are decided on. */
#include "ingest/crew.h"

#include <omp.h>
#include <sched.h>
#include <string.h>

#include "base/alloc.h"
#include "io/csv_cursor.h"

/* A thread reads ahead of the others by so many bytes of blocks and records. */
#define AHEAD ((size_t)16 << 20)

/* One thread. */
typedef struct worker {
    crew *x;
    collect *c;
    chunk *first, *last; /* those that wait for their turn, in order */
    size_t held;         /* their bytes */
    chunk *spare;
    sc_block block; /* of a chunk without records that wait */
} worker;

int crew_init(crew *x)
{
    return pthread_mutex_init(&x->lock, NULL) == 0 && pthread_mutex_init(&x->stream, NULL) == 0 &&
           pthread_cond_init(&x->moved, NULL) == 0;
}

void crew_release(crew *x)
{
    pthread_mutex_destroy(&x->lock);
    pthread_mutex_destroy(&x->stream);
    pthread_cond_destroy(&x->moved);
}

/* Also without the lock. */
static int has_failed(const crew *x) { return __atomic_load_n(&x->code, __ATOMIC_RELAXED) != SC_OK; }

/* Under the lock. */
static void set_code(crew *x, sc_code code)
{
    if (x->code != SC_OK || code == SC_OK)
        return;
    __atomic_store_n(&x->code, code, __ATOMIC_RELAXED);
    pthread_cond_broadcast(&x->moved);
}

static void fail(crew *x, sc_code code)
{
    pthread_mutex_lock(&x->lock);
    set_code(x, code);
    pthread_mutex_unlock(&x->lock);
}

/* ---- turns */

static source *next_of_kind(const crew *x, source *s, int kind)
{
    const source *end = x->sources + x->n_sources;
    while (s < end && s->kind != kind)
        s++;
    return s < end ? s : NULL;
}

/* Past sources all of whose blocks are decided on.  Under the lock. */
static void pass_sources(crew *x, int kind)
{
    crew_turn *t = &x->turn[kind];
    while (t->source != NULL && t->source->blocks == t->block) {
        t->source = next_of_kind(x, t->source + 1, kind);
        t->block = 0;
    }
    pthread_cond_broadcast(&x->moved);
}

/* The source has no block but those that were taken. */
static void end_source(crew *x, source *s)
{
    pthread_mutex_lock(&x->lock);
    s->blocks = s->taken;
    pass_sources(x, s->kind);
    pthread_mutex_unlock(&x->lock);
}

/* Whether it is the chunk's turn; not if something has failed. */
static int has_turn(crew *x, const chunk *k, int wait)
{
    const crew_turn *t = &x->turn[k->from->kind];
    pthread_mutex_lock(&x->lock);
    while (wait && x->code == SC_OK && (t->source != k->from || t->block != k->number))
        pthread_cond_wait(&x->moved, &x->lock);
    const int is_now = x->code == SC_OK && t->source == k->from && t->block == k->number;
    pthread_mutex_unlock(&x->lock);
    return is_now;
}

static void end_turn(crew *x, const chunk *k)
{
    pthread_mutex_lock(&x->lock);
    x->turn[k->from->kind].block++;
    x->turn[k->from->kind].uncounted++;
    pass_sources(x, k->from->kind);
    pthread_mutex_unlock(&x->lock);
}

/* Until all that comes before the chunk whose turn it is is in the ledger. */
static void wait_for_ledger(crew *x, const chunk *k)
{
    pthread_mutex_lock(&x->lock);
    while (x->code == SC_OK && x->turn[k->from->kind].uncounted > 0)
        pthread_cond_wait(&x->moved, &x->lock);
    pthread_mutex_unlock(&x->lock);
}

/* The chunk is done with. */
static void add_counts(crew *x, const chunk *k, sc_code code)
{
    sc_ingest_source *shown = &k->from->shown;
    pthread_mutex_lock(&x->lock);
    x->turn[k->from->kind].uncounted--;
    pthread_cond_broadcast(&x->moved);
    shown->records += k->counts[COUNTED] + k->counts[DUPLICATE];
    shown->skipped += k->counts[PASSED_OVER];
    shown->rejected += k->counts[REJECTED];
    x->records += k->counts[COUNTED];
    x->duplicates += k->counts[DUPLICATE];
    x->rejected += k->counts[REJECTED];
    x->bytes += k->raw;
    if (x->o->progress != NULL)
        x->o->progress(x->o->progress_context, x->bytes, x->total, x->records);
    set_code(x, code);
    pthread_mutex_unlock(&x->lock);
}

/* What a request has more than before goes into the ledger when all before it is there, and nothing after it. */
static void count_chunk(worker *w, chunk *k)
{
    int grows;
    const sc_code code = chunk_decide(k, w->x->ids, &grows);
    if (code != SC_OK)
        w->c->code = code;
    if (grows) {
        wait_for_ledger(w->x, k);
        collect_waiting(w->c, k);
        end_turn(w->x, k);
    } else {
        end_turn(w->x, k);
        collect_waiting(w->c, k);
    }
    add_counts(w->x, k, w->c->code);
}

/* ---- chunks of a thread */

/* Empty, with a block; NULL when out of memory. */
static chunk *take_chunk(worker *w)
{
    chunk *k = w->spare;
    if (k == NULL)
        k = SC_NEW(chunk);
    else
        w->spare = k->next;
    if (k == NULL)
        return NULL;
    chunk_clear(k);
    if (k->block.data == NULL) {
        k->block = w->block;
        w->block = (sc_block){0};
    }
    return k;
}

static void give_back(worker *w, chunk *k)
{
    k->next = w->spare;
    w->spare = k;
}

static size_t bytes_of(const chunk *k) { return k->used > 0 ? k->block.capacity + k->capacity : 0; }

/* The block of a chunk of which no record waits is free at once. */
static void append(worker *w, chunk *k)
{
    if (k->used == 0) {
        sc_block_release(&w->block);
        w->block = k->block;
        k->block = (sc_block){0};
    }
    k->next = NULL;
    *(w->first != NULL ? &w->last->next : &w->first) = k;
    w->last = k;
    w->held += bytes_of(k);
}

/* Counts the chunks whose turn it is; where too much is held, or `all`, it waits for it. */
static void settle(worker *w, int all)
{
    while (w->first != NULL && has_turn(w->x, w->first, all || w->held > AHEAD)) {
        chunk *k = w->first;
        w->first = k->next;
        w->held -= bytes_of(k);
        count_chunk(w, k);
        give_back(w, k);
    }
}

static void free_chunks(chunk *k)
{
    for (chunk *next; k != NULL; k = next) {
        next = k->next;
        chunk_free(k);
    }
}

/* ---- blocks */

/* The header of a CSV is the first row of the first block. */
static sc_code open_reader(crew *x, source *s, const char *header, size_t size)
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

static sc_code next_block(crew *x, const source *s, sc_block *b)
{
    static const sc_cut cuts[] = {
        [SC_SHAPE_LINES] = SC_CUT_LINES, [SC_SHAPE_CSV] = SC_CUT_CSV, [SC_SHAPE_DOCUMENT] = SC_CUT_NONE};
    sc_errors errors = {0};
    const sc_code code = sc_stream_block(s->stream, cuts[s->reader->shape], b, &errors);
    for (int i = 0; i < errors.count; i++) {
        pthread_mutex_lock(&x->lock);
        sc_errors_add(x->errors, errors.item[i].code, &(sc_place){.file = s->shown.path}, NULL, "%s",
                      errors.item[i].text);
        pthread_mutex_unlock(&x->lock);
    }
    return code;
}

/* The next block of a source whose calls are serialised by the caller; the reader is opened with the first. */
static sc_code fill_chunk(crew *x, source *s, chunk *k)
{
    sc_code code = next_block(x, s, &k->block);
    if (code != SC_OK || k->block.size == 0)
        return code;
    const size_t header = header_size(s, &k->block);
    const uint64_t raw = sc_stream_raw(s->stream);
    k->from = s;
    k->number = s->taken++;
    k->raw = raw - s->raw;
    k->data = k->block.data + header;
    k->line = (int)k->block.line;
    k->position = k->block.offset + header;
    s->raw = raw;
    for (const char *p = k->block.data; p < k->data && (p = memchr(p, '\n', (size_t)(k->data - p))) != NULL; p++)
        k->line++;
    return k->number == 0 ? open_reader(x, s, k->block.data, header) : SC_OK;
}

/* Reads one block of a source; 0 when it has no more, or after a failure. */
static int read_chunk(worker *w, source *s)
{
    crew *x = w->x;
    chunk *k = take_chunk(w);
    if (k == NULL) {
        fail(x, SC_E_MEMORY);
        return 0;
    }
    if (!s->alone)
        pthread_mutex_lock(&x->stream);
    const sc_code code = fill_chunk(x, s, k);
    if (!s->alone)
        pthread_mutex_unlock(&x->stream);
    if (code != SC_OK)
        fail(x, code);
    if (code != SC_OK || k->block.size == 0) {
        give_back(w, k);
        return 0;
    }
    collect_read(w->c, k);
    append(w, k);
    settle(w, 0);
    return !has_failed(x);
}

/* ---- threads */

/* Under the lock. */
static int open_again(crew *x, source *s)
{
    const sc_code code = s->stream == NULL ? source_open(s, x->errors) : SC_OK;
    set_code(x, code);
    return code == SC_OK;
}

/* Opens sources until one is to be shared, or is this thread's own.  Under the lock. */
static source *take_source(crew *x)
{
    while (x->shared == NULL && x->code == SC_OK && x->next < x->n_sources) {
        source *s = &x->sources[x->next++];
        if (s->kind < 0)
            continue;
        if (!open_again(x, s))
            return NULL;
        if (s->alone)
            return s;
        x->shared = s;
        x->ended = 0;
    }
    return x->shared;
}

static void leave_shared(crew *x, source *s)
{
    pthread_mutex_lock(&x->lock);
    x->ended = 1;
    x->readers--;
    if (x->readers == 0 && x->shared == s) {
        source_close(s);
        x->shared = NULL;
    }
    pthread_mutex_unlock(&x->lock);
}

static void read_source(worker *w, source *s, int shared)
{
    while (read_chunk(w, s))
        ;
    if (!has_failed(w->x))
        end_source(w->x, s);
    if (shared)
        leave_shared(w->x, s);
    else
        source_close(s);
}

static void work(crew *x, collect *c)
{
    worker w = {.x = x, .c = c};
    for (;;) {
        pthread_mutex_lock(&x->lock);
        const int is_ending = x->shared != NULL && x->ended;
        source *s = x->code != SC_OK || is_ending ? NULL : take_source(x);
        const int shared = s != NULL && s == x->shared;
        if (shared)
            x->readers++;
        const int over = x->code != SC_OK || (s == NULL && !is_ending);
        pthread_mutex_unlock(&x->lock);
        if (over)
            break;
        if (is_ending) {
            settle(&w, 0);
            sched_yield(); /* another thread is at the last block of the shared source */
        } else {
            read_source(&w, s, shared);
        }
    }
    settle(&w, 1);
    free_chunks(w.first);
    free_chunks(w.spare);
    sc_block_release(&w.block);
}

sc_code crew_run(crew *x, collect *c, int threads)
{
    for (int kind = 0; kind < SC_USAGE_KINDS; kind++)
        x->turn[kind].source = next_of_kind(x, x->sources, kind);
#pragma omp parallel num_threads(threads)
    work(x, &c[omp_get_thread_num()]);
    return x->code;
}
