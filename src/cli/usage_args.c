/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_args.c - from the inputs of a command line to a sealed ledger. */
#include "cli/usage_args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/rates_args.h"
#include "cli/zone_arg.h"

#define OVERLAPS_SHOWN 5

typedef struct usage_progress {
    double start, shown;
} usage_progress;

static double seconds_now(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void show_progress(void *context, uint64_t bytes, uint64_t total, uint64_t records)
{
    usage_progress *p = context;
    const double seconds = seconds_now() - p->start, rate = seconds > 0.0 ? (double)bytes / seconds : 0.0;
    if (seconds - p->shown < 0.2)
        return;
    p->shown = seconds;
    fprintf(stderr, "\rreading %5.1f %%  %.1fM records  %.0f MB/s",
            total > 0 ? 100.0 * (double)bytes / (double)total : 0.0, (double)records / 1e6, rate / 1e6);
    if (total > bytes && rate > 0.0)
        fprintf(stderr, "  %.0f s left ", (double)(total - bytes) / rate);
    fflush(stderr);
}

/* ---- opening ---- */

static int fail(usage *u, sc_code code, const sc_errors *errors)
{
    print_errors(errors);
    if (code == SC_E_MEMORY)
        print_problem(NULL, "out of memory");
    close_usage(u);
    return exit_code(code);
}

static sc_ledger_options what_to_keep(const usage_options *o, const usage_needs *needs, const usage *u,
                                      const sc_zone *zone)
{
    sc_ledger_options l = sc_ledger_defaults(u->card);
    l.keep_tags = needs->tags;
    l.sketches = needs->sketches;
    l.zone = zone;
    l.max_values = o->max_values;
    if (needs->only) {
        l.keep_dims = needs->dims;
        l.only_keep_tags = 1;
        l.fold_service = !needs->service;
        l.is_alone = 1;
        l.rater = &u->rater;
    }
    return l;
}

static int print_overlaps(const usage *u, unsigned kinds)
{
    sc_ledger_overlap found[OVERLAPS_SHOWN];
    const size_t n = sc_ledger_overlaps(u->ledger, u->card, kinds, found, OVERLAPS_SHOWN);
    for (size_t i = 0; i < n && i < OVERLAPS_SHOWN; i++) {
        char names[200] = "", day[16];
        for (int k = 0; k < SC_USAGE_KINDS; k++) {
            if ((found[i].kinds >> k & 1) != 0)
                snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", names[0] != '\0' ? ", " : "",
                         sc_usage_kind_name((sc_usage_kind)k));
        }
        print_problem(NULL, "%s of account '%s' on %s is covered by several kinds of records: %s", found[i].model,
                      found[i].account, sc_day_format(found[i].day, day), names);
    }
    if (n > OVERLAPS_SHOWN)
        print_problem(NULL, "and %zu more", n - OVERLAPS_SHOWN);
    if (n > 0)
        print_problem(NULL, "they would count twice: name the kind that counts with --primary KIND");
    return n > 0;
}

#define ALL_KINDS ((1u << SC_USAGE_KINDS) - 1)

static unsigned kinds_of_bills(void)
{
    unsigned kinds = 0;
    for (int k = 0; k < SC_USAGE_KINDS; k++)
        kinds |= sc_usage_kind_is_bill((sc_usage_kind)k) ? 1u << k : 0;
    return kinds;
}

/* The kinds that count: all, or the primary one where several cover the same.  Where bills are held against other
 * usage, each side has its own. */
static int choose_kinds(const usage_options *o, int both_sides, usage *u)
{
    unsigned side[] = {both_sides ? kinds_of_bills() : ALL_KINDS, both_sides ? ALL_KINDS & ~kinds_of_bills() : 0};
    const int kind = o->primary != NULL ? sc_usage_kind_of(o->primary) : -1;
    if (o->primary != NULL && kind < 0) {
        print_unknown(NULL, "kind", o->primary, sc_usage_kind_names(), SC_USAGE_KINDS);
        return 2;
    }
    u->kinds = 0;
    for (int i = 0; i < 2; i++) {
        if (kind >= 0 && (side[i] >> kind & 1) != 0)
            side[i] = 1u << kind;
        if (print_overlaps(u, side[i]))
            return 3;
        u->kinds |= side[i];
    }
    return 0;
}

static int check_timezone(const usage_options *o, const usage *u)
{
    if (sc_zone_is_utc(sc_ledger_zone(u->ledger)) || sc_ledger_grain(u->ledger) < SC_GRAIN_DAY)
        return 0;
    print_problem(NULL, "%s %s: some of the input tells whole UTC days only",
                  o->timezone != NULL ? "--timezone" : "days start by", sc_zone_name(sc_ledger_zone(u->ledger)));
    return 3;
}

/* The inputs together with the bills, each once; free with free(). */
static const char **list_inputs(const char *const *inputs, size_t given, const opt_list *bills, size_t *n)
{
    const char **paths = calloc(given + OPT_LIST_MAX, sizeof *paths);
    *n = 0;
    for (size_t i = 0; paths != NULL && i < given; i++)
        paths[(*n)++] = inputs[i];
    for (size_t i = 0; paths != NULL && bills != NULL && i < bills->n; i++) {
        int is_known = strcmp(bills->item[i], "auto") == 0;
        for (size_t k = 0; k < *n && !is_known; k++)
            is_known = strcmp(bills->item[i], paths[k]) == 0;
        if (!is_known)
            paths[(*n)++] = bills->item[i];
    }
    return paths;
}

static sc_code read_ledger(const globals *g, const usage_options *o, const sc_ledger_options *l,
                           const char *const *paths, size_t n, usage *u, sc_errors *errors)
{
    usage_progress progress = {.start = seconds_now()};
    const sc_ingest_options i = {
        .threads = (int)o->threads,
        .tmp = o->tmp,
        .rejects = o->rejects,
        .attribution = u->attribution,
        .progress = !g->quiet && isatty(STDERR_FILENO) ? show_progress : NULL,
        .progress_context = &progress,
    };
    u->ledger = sc_ledger_new(l);
    if (u->ledger == NULL || paths == NULL)
        return SC_E_MEMORY;
    const sc_code code = sc_ingest_run(paths, n, u->card, u->ledger, &i, &u->ingest, errors);
    if (i.progress != NULL)
        fprintf(stderr, "\r\033[K");
    const sc_code sealed = code == SC_OK ? sc_ledger_seal(u->ledger) : code;
    if (code == SC_OK && sealed == SC_E_INPUT)
        sc_errors_add(errors, sealed, NULL, NULL, "some counts add up to more than 9223372036854775807");
    return sealed;
}

int open_usage(const globals *g, const usage_options *o, const usage_needs *needs, const char *const *inputs, size_t n,
               usage *u)
{
    sc_errors errors = {0};
    sc_zone zone;
    *u = (usage){
        .rater = {
            .as_of = SC_DAY_MAX, .assume_region = -1, .assume_scope = -1, .reprice_scope = -1, .reprice_tier = -1}};
    if (read_zone(o->timezone, &zone) != 0)
        return 2;
    u->card = open_card(g, &u->status);
    if (u->card == NULL)
        return u->status;
    u->rater.card = u->card;
    if (region_option(u->card, o->assume_region, &u->rater.assume_region) != 0) {
        close_usage(u);
        return 2;
    }
    if (o->assume_scope < SC_SCOPES)
        u->rater.assume_scope = o->assume_scope;
    sc_code code = sc_attribution_load(o->projects, u->card, &u->attribution, &errors);
    const sc_ledger_options l = what_to_keep(o, needs, u, o->timezone != NULL ? &zone : NULL);
    size_t all;
    const char **paths = list_inputs(inputs, n, needs->bills, &all);
    if (code == SC_OK)
        code = read_ledger(g, o, &l, paths, all, u, &errors);
    free(paths);
    if (code != SC_OK)
        return fail(u, code, &errors);
    print_errors(&errors);
    int status = choose_kinds(o, needs->bills != NULL, u);
    if (status == 0)
        status = check_timezone(o, u);
    if (status != 0) {
        close_usage(u);
        return status;
    }
    if (sc_ingest_rejected(u->ingest) > 0 && !o->allow_rejects)
        u->status = 3;
    return 0;
}

void close_usage(usage *u)
{
    sc_ingest_free(u->ingest);
    sc_ledger_free(u->ledger);
    sc_attribution_free(u->attribution);
    sc_card_free(u->card);
    *u = (usage){0};
}

void add_usage_provenance(sc_report *r, const usage *u)
{
    add_card_provenance(r, u->card);
    add_input_provenance(r, u);
}

void add_input_provenance(sc_report *r, const usage *u)
{
    if (sc_attribution_hash(u->attribution)[0] != '\0')
        sc_report_provenance(r, "projects", "%.12s", sc_attribution_hash(u->attribution));
    for (size_t i = 0; i < sc_ingest_source_count(u->ingest); i++) {
        const sc_ingest_source *s = sc_ingest_source_at(u->ingest, i);
        const int counts = s->kind < 0 || (u->kinds >> s->kind & 1) != 0;
        sc_report_provenance(r, "input", "%s (%s, %llu records%s)", s->path, s->format, (unsigned long long)s->records,
                             counts ? "" : ", not counted");
    }
    if (!sc_zone_is_utc(sc_ledger_zone(u->ledger)))
        sc_report_provenance(r, "timezone", "%s", sc_zone_name(sc_ledger_zone(u->ledger)));
    if (sc_ingest_duplicates(u->ingest) > 0)
        sc_report_provenance(r, "duplicates", "%llu", (unsigned long long)sc_ingest_duplicates(u->ingest));
    if (sc_ingest_conflicts(u->ingest) > 0)
        sc_report_provenance(r, "conflicts", "%llu of the duplicates have other counts than the record that counts",
                             (unsigned long long)sc_ingest_conflicts(u->ingest));
    if (sc_ingest_rejected(u->ingest) > 0)
        sc_report_provenance(r, "rejected", "%llu", (unsigned long long)sc_ingest_rejected(u->ingest));
    for (size_t i = 0; i < sc_ingest_skip_count(u->ingest); i++) {
        uint64_t n;
        const char *why = sc_ingest_skip_at(u->ingest, i, &n);
        sc_report_provenance(r, "passed_over", "%llu (%s)", (unsigned long long)n, why);
    }
}
