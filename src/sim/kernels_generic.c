/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kernels_generic.c - the portable kernels, and the choice of the set to use. */
#include "sim/kernels.h"
#include "sim/kernels_body.h"

static void move_level(const sc_work_plan *p, uint32_t first, size_t day, sc_lane_params *params)
{
    move_level_body(p, first, day, params);
}

static void draw_day(const sc_work_plan *p, uint32_t first, size_t day, sc_lane_params *in, sc_lane_usage *out)
{
    draw_day_body(p, first, day, in, out);
}

static void add_usage(const sc_work_plan *p, const sc_lane_usage *add, sc_lane_usage *sum)
{
    add_usage_body(p, add, sum);
}

const sc_kernels sc_kernels_generic = {"generic", move_level, draw_day, add_usage};

const sc_kernels *sc_kernels_best(void) { return &sc_kernels_generic; }
