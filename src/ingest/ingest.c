/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ingest.c - all inputs into a ledger, on several threads. */
#include "spendcast/ingest.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "ingest/crew.h"
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
    sc_ledger *into;
    const sc_ingest_options *o;
    sc_errors *errors;
    crew crew;
} run;

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
        else if (one == SC_OK)
            s->kind = (int)s->reader->kind;
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
        s->number = (uint32_t)i;
        s->kind = -1;
        s->blocks = UINT64_MAX;
        x->crew.total += s->shown.bytes;
        if (s->shown.path == NULL)
            code = SC_E_MEMORY;
        x->in->n_sources = i + 1;
    }
    sc_source_list_release(&list);
    return code;
}

/* Sinks with a writer each; *ready of them, also after a failure. */
static sc_code make_sinks(const run *x, collect *c, int threads, int *ready)
{
    for (; *ready < threads; ++*ready) {
        sc_ledger_writer *w = sc_ledger_writer_new(x->into);
        if (w == NULL)
            return SC_E_MEMORY;
        collect_init(&c[*ready], w, x->o->rejects != NULL);
    }
    return SC_OK;
}

static void take_counts(sc_ingest *in, const crew *w)
{
    in->records += w->records;
    in->rejected = w->rejected;
    in->duplicates = w->duplicates;
}

static sc_code run_threads(run *x)
{
    const int threads = x->o->threads > 0 ? x->o->threads : omp_get_num_procs();
    collect *c = SC_NEW_ARRAY(collect, (size_t)threads);
    x->crew.ids = sc_ids_new(x->o->max_ids > 0 ? x->o->max_ids : IDS_IN_MEMORY, x->o->tmp);
    int ready = 0;
    sc_code code = c != NULL && x->crew.ids != NULL ? make_sinks(x, c, threads, &ready) : SC_E_MEMORY;
    if (code == SC_OK)
        code = crew_run(&x->crew, c, threads);
    take_counts(x->in, &x->crew);
    if (code == SC_OK)
        code = finish_rejects(x, c, threads);
    for (int i = 0; i < ready; i++) {
        add_skips(x->in, &c[i]);
        x->in->conflicts += c[i].conflicts;
        sc_ledger_writer_free(c[i].writer);
        collect_release(&c[i]);
    }
    qsort(x->in->skips, x->in->n_skips, sizeof x->in->skips[0], by_count);
    sc_ids_free(x->crew.ids);
    sc_free(c);
    return code;
}

sc_code sc_ingest_run(const char *const *paths, size_t n, const sc_card *card, sc_ledger *into,
                      const sc_ingest_options *o, sc_ingest **out, sc_errors *errors)
{
    sc_errors own = {0};
    run x = {.in = SC_NEW(sc_ingest), .into = into, .o = o, .errors = errors != NULL ? errors : &own};
    *out = NULL;
    if (x.in == NULL)
        return SC_E_MEMORY;
    x.crew = (crew){.card = card, .o = o, .errors = x.errors};
    sc_code code = crew_init(&x.crew) ? list_sources(&x, paths, n) : SC_E_MEMORY;
    if (code == SC_OK)
        code = look_at_sources(&x);
    x.crew.sources = x.in->sources;
    x.crew.n_sources = x.in->n_sources;
    if (code == SC_OK)
        code = run_threads(&x);
    crew_release(&x.crew);
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
