/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kernels.h - the hot loops of the simulator, one table of functions per instruction set.
 *
 * Every set is compiled from the same body (kernels_body.h) and gives the same bits; the portable one is the reference.
 */
#ifndef SC_SIM_KERNELS_H
#define SC_SIM_KERNELS_H

#include "sim/plan.h"

typedef struct sc_kernels {
    const char *name;
    /* Moves the level of volume to a day, of trials [first, first + SC_LANES); days come in order from 0. */
    void (*move_level)(const sc_work_plan *p, uint32_t first, size_t day, sc_lane_params *params);
    /* Draws the usage of one day of a workload for trials [first, first + SC_LANES); days come in order from 0, as
     * conversations go on from one to the next. */
    void (*draw_day)(const sc_work_plan *p, uint32_t first, size_t day, sc_lane_params *in, sc_lane_usage *out);
    /* sum[i] += add[i] over every array that the plan uses. */
    void (*add_usage)(const sc_work_plan *p, const sc_lane_usage *add, sc_lane_usage *sum);
} sc_kernels;

extern const sc_kernels sc_kernels_generic;

/* The set to use on this machine. */
const sc_kernels *sc_kernels_best(void);

#endif
