/* SPDX-License-Identifier: GPL-3.0-or-later */
/* break_even.c - at which worth of a success the premium pays, over trials. */
#include "justify/break_even.h"

#include "stats/elementary.h"
#include "stats/summary.h"

void break_even_of(const double *extra_cost, const double *extra_success, size_t n, double *memory, break_even *out)
{
    *out = (break_even){.n = n};
    out->from = &memory[0];
    out->until = &memory[n];
    for (size_t i = 0; i < n; i++) {
        const double cost = extra_cost[i], success = extra_success[i];
        if (success > 0.0)
            out->from[out->n_from++] = cost >= 0.0 ? cost / success : -1.0; /* -1: at a worth of 0 too */
        else if (success < 0.0 && cost < 0.0)
            out->until[out->n_until++] = cost / success;
        else
            out->n_always += cost < 0.0;
    }
    sc_sort(out->from, out->n_from);
    sc_sort(out->until, out->n_until);
}

/* Values below x, or up to it. */
static size_t count_below(const double *sorted, size_t n, double x, int inclusive)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (sorted[middle] < x || (inclusive && sorted[middle] == x))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double break_even_pays(const break_even *b, double worth)
{
    const size_t from = count_below(b->from, b->n_from, worth, 0);
    const size_t until = b->n_until - count_below(b->until, b->n_until, worth, 1);
    return (double)(from + until + b->n_always) / (double)b->n;
}

double break_even_at(const break_even *b, double share)
{
    const double needed = share * (double)b->n;
    size_t from = b->n_from, until = 0; /* that pay at a worth, which falls from infinity */
    if ((double)(from + b->n_always) < needed)
        return SC_INF;
    while (from > 0) {
        const double turn = b->from[from - 1];
        while (until < b->n_until && b->until[b->n_until - 1 - until] > turn)
            until++;
        from--;
        if ((double)(from + until + b->n_always) < needed)
            return turn > 0.0 ? turn : 0.0;
    }
    return 0.0;
}

static void widen(double share, double *least, double *most)
{
    *least = share < *least ? share : *least;
    *most = share > *most ? share : *most;
}

void break_even_range(const break_even *b, double worth, double *least, double *most)
{
    *least = *most = break_even_pays(b, worth);
    widen(break_even_pays(b, SC_INF), least, most);
    for (int k = 0; k < 2; k++) {
        const double *turns = k == 0 ? b->from : b->until;
        const size_t n = k == 0 ? b->n_from : b->n_until;
        for (size_t i = count_below(turns, n, worth, 1); i < n; i++) {
            widen(break_even_pays(b, turns[i]), least, most);
            widen(break_even_pays(b, turns[i] * (1.0 + DBL_EPSILON)), least, most);
        }
    }
}
