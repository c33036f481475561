/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fit_cache.c - prompt caching: the prefix, its lifetime, and the keys that give the hits that were observed. */
#include <math.h>

#include "profile/profile_fit.h"
#include "sim/arrivals.h"
#include "stats/elementary.h"

#define MOST_KEYS 1e9
#define MOST_BURSTINESS 30.0

static const sc_meter write_meters[] = {SC_METER_CACHE_WRITE, SC_METER_CACHE_WRITE_5M, SC_METER_CACHE_WRITE_30M,
                                        SC_METER_CACHE_WRITE_1H};
#define N_WRITES (sizeof write_meters / sizeof write_meters[0])

/* The share of requests that find their key still cached (sim/kernels_body.h) over the observed days, each at its own
 * rate. */
static double modelled_hits(const profile_series *s, double keys, double seconds, double burstiness)
{
    const double shape = sc_weibull_shape(burstiness), factor = sc_weibull_mean_factor(shape);
    double hits = 0.0, all = 0.0;
    for (size_t d = 0; d < s->n; d++) {
        const double n = (double)s->requests[d], gaps = seconds * n / (86400.0 * keys);
        if (n > 0.0)
            hits += n * (1.0 - sc_exp(-sc_pow(gaps * factor, shape)));
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
    solve_keys(s, wanted, seconds, w);
    w->cache.observed = sc_significant(wanted);
    w->cache.fitted = sc_significant(modelled_hits(s, w->cache.keys, seconds, w->volume.burstiness));
}
