/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_cache.c - prompt caching: the prefix, its lifetime, and the keys that give the hits that were observed. */
#include <math.h>

#include "profile/profile_fit.h"
#include "sim/arrivals.h"
#include "stats/elementary.h"

#define MOST_KEYS 1e9
#define SURELY_FIXED 2.0    /* by how much a fixed number of keys must fit better than one that follows the volume */
#define LEAST_PER_KEY 0.001 /* requests a day, as scenarios have it */
#define MOST_BURSTINESS 30.0

static const sc_meter write_meters[] = {SC_METER_CACHE_WRITE, SC_METER_CACHE_WRITE_5M, SC_METER_CACHE_WRITE_30M,
                                        SC_METER_CACHE_WRITE_1H};
#define N_WRITES (sizeof write_meters / sizeof write_meters[0])

/* The share of requests that find their key still cached (sim/kernels_body.h), on a day with so many a key. */
static double hits_at(double per_key, double seconds, double burstiness)
{
    const double shape = sc_weibull_shape(burstiness), factor = sc_weibull_mean_factor(shape);
    return 1.0 - sc_exp(-sc_pow(per_key * seconds / 86400.0 * factor, shape));
}

/* The same over the observed days, each at its own rate. */
static double modelled_hits(const profile_series *s, double keys, double seconds, double burstiness)
{
    double hits = 0.0, all = 0.0;
    for (size_t d = 0; d < s->n; d++) {
        const double n = (double)s->requests[d];
        if (n > 0.0)
            hits += n * hits_at(n / keys, seconds, burstiness);
        all += n;
    }
    return all > 0.0 ? hits / all : 0.0;
}

/* The lifetime of most written tokens; a write that does not say has the model's shortest, as pricing has it. */
static sc_ttl lifetime(const sc_model *m, const int64_t tokens[SC_TOKEN_METERS])
{
    int64_t most = 0;
    sc_ttl shortest = SC_TTL_NONE, best = SC_TTL_NONE;
    for (int t = SC_TTL_1H; t > SC_TTL_NONE; t--)
        shortest = (m->cache_ttls >> t & 1) != 0 ? (sc_ttl)t : shortest;
    for (int t = SC_TTL_5M; t < SC_TTLS; t++) {
        const int64_t n = tokens[sc_ttl_write_meter((sc_ttl)t)];
        if (n > most && (m->cache_ttls >> t & 1) != 0) {
            most = n;
            best = (sc_ttl)t;
        }
    }
    return most > tokens[SC_METER_CACHE_WRITE] ? best : shortest;
}

/* Solves modelled hits = wanted for the logarithm of the keys, which hits fall with; where even one key has too few
 * hits, for the burstiness, which gaps that are too long for one key speak for. */
static void solve_keys(const profile_series *s, double wanted, double seconds, sc_profile_workload *w)
{
    double low = 0.0, high = sc_log(MOST_KEYS);
    w->cache.keys = 1.0;
    if (modelled_hits(s, 1.0, seconds, w->volume.burstiness) >= wanted) {
        for (int i = 0; i < 100; i++) {
            const double mid = 0.5 * (low + high);
            if (modelled_hits(s, sc_exp(mid), seconds, w->volume.burstiness) > wanted)
                low = mid;
            else
                high = mid;
        }
        w->cache.keys = sc_significant(sc_exp(0.5 * (low + high)));
        return;
    }
    low = w->volume.burstiness;
    high = MOST_BURSTINESS;
    if (modelled_hits(s, 1.0, seconds, high) < wanted) {
        w->notes |= 1u << SC_PROFILE_HITS_OUT_OF_REACH;
        high = low;
    }
    for (int i = 0; i < 60 && high > low; i++) {
        const double mid = 0.5 * (low + high);
        if (modelled_hits(s, 1.0, seconds, mid) < wanted)
            low = mid;
        else
            high = mid;
    }
    w->volume.burstiness = sc_significant(high);
}

/* Requests a day of a key that give the wanted hits whatever the volume. */
static double solve_per_key(double wanted, double seconds, double burstiness)
{
    const double shape = sc_weibull_shape(burstiness), misses = fmax(1.0 - wanted, 1e-9);
    const double gaps = sc_pow(-sc_log(misses), 1.0 / shape) / sc_weibull_mean_factor(shape);
    return fmin(fmax(gaps * 86400.0 / seconds, LEAST_PER_KEY), MOST_KEYS);
}

/* 1 unless the daily share of hits is far nearer to what a fixed number of keys makes of each day's volume than to the
 * same share every day.  Sessions are keys that follow the volume: there are more of them on busy days. */
static int keys_follow_volume(const profile_series *s, double wanted, double seconds, const sc_profile_workload *w)
{
    double same = 0.0, fixed = 0.0;
    for (size_t d = 0; d < s->n; d++) {
        double reads = (double)s->tokens[d][SC_METER_CACHE_READ], cached = reads;
        for (size_t i = 0; i < N_WRITES; i++)
            cached += (double)s->tokens[d][write_meters[i]];
        if (!(cached > 0.0))
            continue;
        const double hits = hits_at((double)s->requests[d] / w->cache.keys, seconds, w->volume.burstiness);
        const double share = reads / cached;
        same += cached * (share - wanted) * (share - wanted);
        fixed += cached * (share - hits) * (share - hits);
    }
    return same < SURELY_FIXED * fixed;
}

/* Reads without writes (models that bill them as input): how many requests found their prefix is told by sessions; else
 * all are taken to share one.  The prefix of those that did not is input. */
static double hits_without_writes(const profile_usage *u, const profile_part *parts, size_t n, const profile_series *s,
                                  double seconds, sc_profile_workload *w)
{
    const double requests = (double)s->sum_requests, input = (double)s->sum[SC_METER_INPUT] / requests;
    double share = profile_session_hits(u, parts, n, seconds);
    w->notes |= 1u << SC_PROFILE_NO_WRITES;
    if (!(share > 0.0))
        share = modelled_hits(s, 1.0, seconds, w->volume.burstiness);
    const double prefix = share > 0.0 ? w->cache.prefix_tokens / share : 0.0;
    if (!(share > 0.0) || prefix * (1.0 - share) > 0.9 * input)
        return 1.0;
    w->cache.prefix_tokens = sc_significant(prefix);
    return share;
}

void profile_fit_cache(const profile_usage *u, const profile_part *parts, size_t n, const profile_series *s,
                       sc_profile_workload *w)
{
    const double requests = (double)s->sum_requests, reads = (double)s->sum[SC_METER_CACHE_READ];
    double writes = 0.0;
    for (size_t i = 0; i < N_WRITES; i++)
        writes += (double)s->sum[write_meters[i]];
    w->cache = (sc_profile_cache){.keys = 1.0, .observed = -1.0, .fitted = -1.0};
    if (!(reads + writes > 0.0))
        return;
    w->cache.prefix_tokens = sc_significant((reads + writes) / requests);
    w->cache.ttl = lifetime(w->buy.model, s->sum);
    if (w->cache.ttl == SC_TTL_NONE) {
        w->notes |= 1u << SC_PROFILE_NO_CACHING;
        return;
    }
    const double seconds = sc_ttl_seconds(w->cache.ttl);
    const double wanted = writes > 0.0 ? reads / (reads + writes) : hits_without_writes(u, parts, n, s, seconds, w);
    if (w->cache.prefix_tokens < (double)w->buy.model->cache_min_tokens)
        w->notes |= 1u << SC_PROFILE_PREFIX_SHORT;
    const unsigned notes = w->notes;
    const double burstiness = w->volume.burstiness;
    solve_keys(s, wanted, seconds, w);
    w->cache.observed = sc_significant(wanted);
    w->cache.fitted = sc_significant(modelled_hits(s, w->cache.keys, seconds, w->volume.burstiness));
    if (!(writes > 0.0) || keys_follow_volume(s, wanted, seconds, w)) {
        w->notes = notes;
        w->volume.burstiness = burstiness;
        w->cache.per_key = sc_significant(solve_per_key(wanted, seconds, burstiness));
        w->cache.fitted = sc_significant(hits_at(w->cache.per_key, seconds, burstiness));
    }
}
