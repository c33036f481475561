/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary.c - sums over a fixed tree, an in-place sort, quantiles of sorted values. */
#include "stats/summary.h"

#include <math.h>
#include <stdbool.h>

enum {
    SUM_LANES = 8,        /* independent sums, for vector units of up to 512 bits */
    SUM_LEAF = 128,       /* values added in order, by lanes, before the tree begins */
    INSERTION_LIMIT = 24, /* values below which insertion sort wins */
    NINTHER_LIMIT = 128   /* values above which a better pivot pays */
};

/* The sum of (x - centre)^power, power 1 or 2.  Lanes and the tree are fixed by n alone. */
static inline __attribute__((always_inline)) double sum_leaf(const double *x, size_t n, double centre, bool squared)
{
    double lane[SUM_LANES] = {0.0};
    size_t i = 0;
    for (; i + SUM_LANES <= n; i += SUM_LANES) {
        for (size_t j = 0; j < SUM_LANES; j++) {
            double value = x[i + j] - centre;
            lane[j] += squared ? value * value : value;
        }
    }
    for (size_t j = 0; i + j < n; j++) {
        double value = x[i + j] - centre;
        lane[j] += squared ? value * value : value;
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* Error grows with log n, not n: N. J. Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14
 * (1993). */
static double sum_tree(const double *x, size_t n, double centre, bool squared)
{
    if (n <= SUM_LEAF)
        return squared ? sum_leaf(x, n, centre, true) : sum_leaf(x, n, centre, false);
    size_t leaves = (n + SUM_LEAF - 1) / SUM_LEAF;
    size_t left = leaves / 2 * SUM_LEAF;
    return sum_tree(x, left, centre, squared) + sum_tree(x + left, n - left, centre, squared);
}

double sc_sum(const double *x, size_t n) { return sum_tree(x, n, 0.0, false); }

sc_mean sc_mean_of(const double *x, size_t n)
{
    if (n == 0)
        return (sc_mean){0.0, 0.0};
    double count = (double)n;
    double mean = sc_sum(x, n) / count;
    if (n < 2)
        return (sc_mean){mean, 0.0};
    return (sc_mean){mean, sqrt(sum_tree(x, n, mean, true) / (count - 1.0) / count)};
}

static void swap(double *a, double *b)
{
    double t = *a;
    *a = *b;
    *b = t;
}

static void insertion_sort(double *x, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double value = x[i];
        size_t j = i;
        for (; j > 0 && value < x[j - 1]; j--)
            x[j] = x[j - 1];
        x[j] = value;
    }
}

static void sift_down(double *x, size_t root, size_t n)
{
    double value = x[root];
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && x[child] < x[child + 1])
            child++;
        if (!(value < x[child]))
            break;
        x[root] = x[child];
    }
    x[root] = value;
}

static void heap_sort(double *x, size_t n)
{
    for (size_t i = n / 2; i-- > 0;)
        sift_down(x, i, n);
    for (size_t end = n; end-- > 1;) {
        swap(&x[0], &x[end]);
        sift_down(x, 0, end);
    }
}

static void sort_three(double *a, double *b, double *c)
{
    if (*b < *a)
        swap(a, b);
    if (*c < *b)
        swap(b, c);
    if (*b < *a)
        swap(a, b);
}

/* Moves a pivot to x[0]: the median of three, or of three such medians. */
static void choose_pivot(double *x, size_t n)
{
    size_t mid = n / 2;
    if (n > NINTHER_LIMIT) {
        sort_three(&x[0], &x[mid], &x[n - 1]);
        sort_three(&x[1], &x[mid - 1], &x[n - 2]);
        sort_three(&x[2], &x[mid + 1], &x[n - 3]);
        sort_three(&x[mid - 1], &x[mid], &x[mid + 1]);
    } else {
        sort_three(&x[0], &x[mid], &x[n - 1]);
    }
    swap(&x[0], &x[mid]);
}

/* Values below `pivot` (or not above it) to the front; returns how many.  The swap is unconditional, as a branch on
 * random values is mispredicted every other time. */
static size_t partition(double *x, size_t n, double pivot, bool equal_to_front)
{
    size_t front = 0;
    for (size_t i = 0; i < n; i++) {
        double value = x[i];
        bool goes = equal_to_front ? value <= pivot : value < pivot;
        x[i] = x[front];
        x[front] = value;
        front += goes;
    }
    return front;
}

/* D. R. Musser, "Introspective sorting and selection algorithms", Software Practice and Experience 27 (1997):
 * quicksort that falls back to heap sort when the pivots are bad. */
static void intro_sort(double *x, size_t n, unsigned depth_left)
{
    while (n > INSERTION_LIMIT) {
        if (depth_left-- == 0) {
            heap_sort(x, n);
            return;
        }
        choose_pivot(x, n);
        double pivot = x[0];
        size_t below = partition(x + 1, n - 1, pivot, false);
        if (below == 0) {
            /* the pivot is the smallest: all its equals are in place at once, as samples with many zeros need */
            size_t done = 1 + partition(x + 1, n - 1, pivot, true);
            x += done;
            n -= done;
            continue;
        }
        swap(&x[0], &x[below]);
        size_t above = n - below - 1;
        if (below < above) {
            intro_sort(x, below, depth_left);
            x += below + 1;
            n = above;
        } else {
            intro_sort(x + below + 1, above, depth_left);
            n = below;
        }
    }
    insertion_sort(x, n);
}

void sc_sort(double *x, size_t n)
{
    unsigned depth = 2;
    for (size_t left = n; left > 1; left /= 2)
        depth += 2;
    for (size_t i = 0; i < n; i++)
        x[i] += 0.0; /* -0 becomes 0: equal values have equal bits, and the result depends on the set of values alone */
    intro_sort(x, n, depth);
}

/* The value at a place between two order statistics, 0 <= place <= n - 1. */
static double interpolate(const double *sorted, size_t n, double place)
{
    double whole = floor(place);
    size_t i = (size_t)whole;
    if (i + 1 >= n)
        return sorted[n - 1];
    double low = sorted[i], high = sorted[i + 1];
    if (!(low < high) || !(whole < place))
        return low; /* also keeps infinities from becoming NaN */
    double value = low + (place - whole) * (high - low);
    return value < high ? value : high;
}

static double clip(double x, double low, double high)
{
    if (!(x > low))
        return low;
    return x < high ? x : high;
}

double sc_quantile_sorted(const double *sorted, size_t n, double p)
{
    return interpolate(sorted, n, clip(p, 0.0, 1.0) * (double)(n - 1));
}

double sc_quantile_se_sorted(const double *sorted, size_t n, double p)
{
    double last = (double)(n - 1);
    double q = clip(p, 0.0, 1.0);
    double spread = sqrt((double)n * q * (1.0 - q));
    double low = interpolate(sorted, n, clip(last * q - spread, 0.0, last));
    double high = interpolate(sorted, n, clip(last * q + spread, 0.0, last));
    return low < high ? 0.5 * (high - low) : 0.0;
}
