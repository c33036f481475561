/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_bursts.c - the coefficient of variation of gaps, from counts by hour or from sessions. */
#include <math.h>

#include "profile/profile_fit.h"
#include "stats/elementary.h"

#define LEAST_HOURS 48     /* with requests */
#define LEAST_GAPS 200     /* within sessions */
#define LEAST_A_SESSION 10 /* requests of a session on average, so that its gaps say more than its length */
#define MOST 30.0          /* as scenarios have it */

static double in_range(double cv) { return cv < 1.0 ? 1.0 : cv > MOST ? MOST : cv; }

/* An hour has the day's requests x the hour's share; its variance is c^2 mean + v mean^2, where v is the rate that
 * moves beyond the pattern.  Both are fitted to the squared differences (least squares, each weighted as 1 / mean^2
 * would be for v alone), so that busy services whose rate drifts do not pass for bursty ones. */
double profile_bursts_of_hours(const profile_series *s)
{
    double share[24] = {0}, total = 0.0, n = 0.0, a = 0.0, b = 0.0, c = 0.0, x = 0.0, y = 0.0;
    for (size_t d = 0; d < s->n; d++) {
        for (int h = 0; h < 24; h++) {
            share[h] += (double)s->hours[d][h];
            total += (double)s->hours[d][h];
        }
    }
    if (s->n < 2 || !(total > 0.0))
        return 0.0;
    for (size_t d = 0; d < s->n; d++) {
        double day = 0.0;
        for (int h = 0; h < 24; h++)
            day += (double)s->hours[d][h];
        for (int h = 0; h < 24; h++) {
            const double mean = day * share[h] / total;
            if (!(mean > 0.0))
                continue;
            /* Shares of the day, and of all days, take their part of the variance. */
            const double left = (1.0 - share[h] / total) * (1.0 - 1.0 / (double)s->n);
            const double off = (double)s->hours[d][h] - mean, ratio = off * off / (mean * fmax(left, 0.05));
            const double weight = 1.0 / (1.0 + 0.05 * mean);
            n += 1.0;
            a += weight;
            b += weight * mean;
            c += weight * mean * mean;
            x += weight * ratio;
            y += weight * mean * ratio;
        }
    }
    if (n < LEAST_HOURS)
        return 0.0;
    const double det = a * c - b * b;
    double squared = det > 1e-9 * a * c ? (c * x - b * y) / det : x / a,
           moving = det > 0.0 ? (a * y - b * x) / det : 0.0;
    if (moving < 0.0)
        squared = x / a;
    return in_range(sqrt(fmax(squared, 1.0)));
}

double profile_bursts_of_sessions(const profile_usage *u, const profile_part *parts, size_t n, double *requests)
{
    double gaps = 0.0, sum = 0.0, squares = 0.0, sessions = 0.0;
    for (size_t i = 0; i < n; i++) {
        const sc_ledger_event *e;
        const size_t events = sc_ledger_events(u->l, parts[i].stream, &e);
        for (size_t k = 0; k < events; k++) {
            if (k == 0 || e[k].session != e[k - 1].session) {
                sessions += 1.0;
                continue;
            }
            const double gap = (double)(e[k].time - e[k - 1].time);
            gaps += 1.0;
            sum += gap;
            squares += gap * gap;
        }
    }
    *requests = sessions > 0.0 ? (sessions + gaps) / sessions : 0.0;
    if (gaps < LEAST_GAPS || gaps < LEAST_A_SESSION * sessions || !(sum > 0.0))
        return 0.0;
    const double mean = sum / gaps;
    return in_range(sqrt(fmax(squares / gaps / (mean * mean) - 1.0, 0.0)));
}

double profile_session_hits(const profile_usage *u, const profile_part *parts, size_t n, double seconds)
{
    double all = 0.0, hits = 0.0;
    for (size_t i = 0; i < n; i++) {
        const sc_ledger_event *e;
        const size_t events = sc_ledger_events(u->l, parts[i].stream, &e);
        for (size_t k = 0; k < events; k++) {
            all += 1.0;
            hits += k > 0 && e[k].session == e[k - 1].session && (double)(e[k].time - e[k - 1].time) <= seconds;
        }
    }
    return all > 0.0 ? hits / all : -1.0;
}
