/* SPDX-License-Identifier: GPL-3.0-or-later */
/* philox.h - Philox4x32-10, a counter-based generator: a pure function (key, counter) -> 128 random bits, so that
 * any draw can be made by any thread in any order and adding a project, day or model changes no other draw.
 *
 * J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11.
 * Known-answer vectors of the authors' Random123 are in the tests. */
#ifndef SC_STATS_PHILOX_H
#define SC_STATS_PHILOX_H

#include <stdint.h>

/* One independent family of draws: a 64-bit key. */
typedef struct sc_stream {
    uint32_t key[2];
} sc_stream;

/* The stream of (seed, project, workload, purpose).  Names may be "" but not NULL; ("a","bc") and ("ab","c")
 * differ.  The function is part of the output's contract: another one gives other draws. */
sc_stream sc_stream_of(uint64_t seed, const char *project, const char *workload, const char *purpose);

/* out = Philox4x32-10(counter, key). */
static inline void sc_philox(const sc_stream *s, uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t out[4])
{
    uint32_t k0 = s->key[0], k1 = s->key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
        uint32_t h0 = (uint32_t)(p0 >> 32), l0 = (uint32_t)p0;
        uint32_t h1 = (uint32_t)(p1 >> 32), l1 = (uint32_t)p1;
        c0 = h1 ^ c1 ^ k0;
        c1 = l1;
        c2 = h0 ^ c3 ^ k1;
        c3 = l0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* Random bits to the open interval (0, 1), symmetric about 1/2, exactly: odd multiples of 2^-33 and of 2^-53. */
static inline double sc_u01_32(uint32_t bits) { return ((double)bits + 0.5) * 0x1p-32; }
static inline double sc_u01_53(uint32_t hi, uint32_t lo)
{
    /* half a step added to 53 bits would round, up to 1 at the end; the lowest bit set is the half step of 52 */
    uint64_t bits = ((uint64_t)hi << 21) | (lo >> 11) | 1;
    return (double)(int64_t)bits * 0x1p-53;
}

#endif
