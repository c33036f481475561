/* SPDX-License-Identifier: GPL-3.0-or-later */
/* break_even.h - at which worth of a success the premium pays, over trials. */
#ifndef SC_JUSTIFY_BREAK_EVEN_H
#define SC_JUSTIFY_BREAK_EVEN_H

#include <stddef.h>

/* Trials sorted by where they turn.  A trial pays at worth D where D x (extra successes) > extra cost: with more
 * successes from some worth on, with fewer successes and less cost up to some worth. */
typedef struct break_even {
    size_t n;
    double *from, *until; /* sorted: pays above, pays below */
    size_t n_from, n_until, n_always;
} break_even;

/* from and until in memory[2 n], which must live as long. */
void break_even_of(const double *extra_cost, const double *extra_success, size_t n, double *memory, break_even *out);
/* Share of trials that pay at a worth; at INFINITY in the limit. */
double break_even_pays(const break_even *b, double worth);
/* The least worth from which on the share stays at or above `share`; INFINITY = none. */
double break_even_at(const break_even *b, double share);
/* The least and the largest share at any worth from `worth` on. */
void break_even_range(const break_even *b, double worth, double *least, double *most);

#endif
