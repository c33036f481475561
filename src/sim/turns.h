/* SPDX-License-Identifier: GPL-3.0-or-later */
/* turns.h - means of requests that carry the turns of a conversation before them.
 *
 * A conversation goes on after each turn with probability q = 1 - 1 / turns, so that its length is geometric and a
 * request has j turns before it with probability (1 - q) q^j.  Their tokens, the history, are taken as a shifted
 * lognormal with the mean, variance and skewness that j turns have; whatever depends on a threshold is summed over j
 * and this lognormal. */
#ifndef SC_SIM_TURNS_H
#define SC_SIM_TURNS_H

#include "sim/plan.h"

/* sd of the log of the shifted lognormal with this skewness, 0 = the normal. */
double sc_shape_of_skewness(double skewness);

/* Fills plan->turn, and gives plan->x the spread that a request has with its history. */
void sc_turns_init(sc_work_plan *p);

/* Requests over a horizon that are to be drawn one by one, for the shape of its total. */
double sc_turns_needed(const sc_work_plan *p);

/* History of one request on average. */
sc_history sc_turns_mean(const sc_work_plan *p, double turns, double scale_x, double scale_y);

/* Requests whose new input and history, the outputs in it `longer`, reach `from` tokens. */
sc_turn_band sc_turns_band(const sc_work_plan *p, double turns, double scale_x, double scale_y, double longer,
                           double from);

/* Tokens of history that are exceeded by a share of requests at median parameters, cut as they are sent. */
sc_history sc_turns_exceeded(const sc_work_plan *p, double share);

/* More tokens of input and history than any request has. */
double sc_turns_most(const sc_work_plan *p, const sc_dist *longer);

#endif
