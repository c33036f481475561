/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blocks.h - what runs over blocks of trials share: options, threads, factors, price segments. */
#ifndef SC_SIM_BLOCKS_H
#define SC_SIM_BLOCKS_H

#include "sim/kernels.h"
#include "sim/offers.h"

/* Checks trials and threads; *threads gets the number to use and *blocks the number of blocks. */
sc_code sc_blocks_check(const sc_sim_options *o, int *threads, size_t *blocks, sc_errors *errors);

/* Lanes of a block that are trials: SC_LANES, fewer in the last one. */
static inline int sc_block_lanes(int64_t trials, size_t block)
{
    int64_t left = trials - (int64_t)block * SC_LANES;
    return left < SC_LANES ? (int)left : SC_LANES;
}

/* The segment of the horizon's day d; *segment is the last answer, days are asked for in order. */
static inline size_t sc_segment_of(const sc_offer_list *list, sc_day day, size_t segment)
{
    while (segment + 1 < list->n_segments && day >= list->segment_start[segment + 1])
        segment++;
    return segment;
}

/* Draws the factors shared by an organisation or a project for a block. */
sc_stream sc_organisation_stream(uint64_t seed);
sc_stream sc_project_stream(uint64_t seed, const char *project);

/* Works on one block; `scratch` is the calling thread's. */
typedef void (*sc_block_work)(const void *run, size_t block, void *scratch);

/* Calls work(run, b, ...) for each block b on several threads, each with its own of the `threads` scratches of `size`
 * bytes, and tells progress from one of them. */
void sc_blocks_run(const sc_sim_options *o, int threads, size_t blocks, sc_block_work work, const void *run,
                   void *scratch, size_t size);

#endif
