/* SPDX-License-Identifier: GPL-3.0-or-later */
/* philox.c - names to keys of the counter-based generator. */
#include "stats/philox.h"

#include <stddef.h>
#include <string.h>

/* D. Stafford's 13th variant of the 64-bit finaliser of MurmurHash3, as in SplitMix64 (Steele, Lea, Flood 2014): a
 * bijection. */
static uint64_t mix(uint64_t h)
{
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
    return h ^ (h >> 31);
}

/* FNV-1a (Fowler, Noll, Vo), one byte a step. */
static uint64_t fnv_byte(uint64_t h, unsigned char byte) { return (h ^ byte) * 0x100000001B3u; }

/* Byte by byte from the lowest, so that the order of bytes in memory does not matter. */
static uint64_t fnv_u64(uint64_t h, uint64_t value)
{
    for (int shift = 0; shift < 64; shift += 8)
        h = fnv_byte(h, (unsigned char)(value >> shift));
    return h;
}

/* The length goes first: no two lists of names run together to the same bytes. */
static uint64_t fnv_name(uint64_t h, const char *name)
{
    size_t length = strlen(name);
    h = fnv_u64(h, length);
    for (size_t i = 0; i < length; i++)
        h = fnv_byte(h, (unsigned char)name[i]);
    return mix(h);
}

sc_stream sc_stream_of(uint64_t seed, const char *project, const char *workload, const char *purpose)
{
    uint64_t h = mix(fnv_u64(0xCBF29CE484222325u, seed));
    h = fnv_name(h, project);
    h = fnv_name(h, workload);
    h = fnv_name(h, purpose);
    return (sc_stream){{(uint32_t)h, (uint32_t)(h >> 32)}};
}
