/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blocks.c - what runs over blocks of trials share: options, threads, factors. */
#include "sim/blocks.h"

#include <inttypes.h>
#include <omp.h>

sc_code sc_blocks_check(const sc_sim_options *o, int *threads, size_t *blocks, sc_errors *errors)
{
    if (o->trials < SC_TRIALS_MIN || o->trials > SC_TRIALS_MAX)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "trials is %" PRId64 ", expected %d to %d", o->trials,
                             SC_TRIALS_MIN, SC_TRIALS_MAX);
    if (o->threads < 0 || o->threads > 1024)
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "threads is %d, expected 0 to 1024", o->threads);
    *threads = o->threads > 0 ? o->threads : omp_get_num_procs();
    *blocks = (size_t)((o->trials + SC_LANES - 1) / SC_LANES);
    return SC_OK;
}

sc_stream sc_organisation_stream(uint64_t seed) { return sc_stream_of(seed, "", "", "organisation"); }
sc_stream sc_project_stream(uint64_t seed, const char *project) { return sc_stream_of(seed, project, "", "project"); }

/* Counts finished blocks; safe from any thread, tells progress from one. */
static void tell_progress(const sc_sim_options *o, size_t *done, size_t blocks)
{
    size_t now;
#pragma omp atomic capture
    now = ++*done;
    if (o->progress != NULL && omp_get_thread_num() == 0)
        o->progress(o->progress_context, (double)now / (double)blocks);
}

void sc_blocks_run(const sc_sim_options *o, int threads, size_t blocks, sc_block_work work, const void *run,
                   void *scratch, size_t size)
{
    size_t done = 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (size_t b = 0; b < blocks; b++) {
        work(run, b, (char *)scratch + (size_t)omp_get_thread_num() * size);
        tell_progress(o, &done, blocks);
    }
}

const char *sc_kernel_name(void) { return sc_kernels_best()->name; }
