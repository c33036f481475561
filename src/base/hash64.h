/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash64.h - a fast hash for tables in memory.  Its values never reach an output: they only decide where things lie.
 *
 * Multiply-and-fold over words of eight bytes, after the construction of wyhash (Wang Yi, public domain, 2019). */
#ifndef SC_BASE_HASH64_H
#define SC_BASE_HASH64_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SC_HASH_A UINT64_C(0xa0761d6478bd642f)
#define SC_HASH_B UINT64_C(0xe7037ed1a0b428db)

static inline uint64_t sc_hash_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    const wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t sc_hash_word(const char *p, size_t n)
{
    uint64_t w = 0;
    memcpy(&w, p, n);
    return w;
}

static inline uint64_t sc_hash64(const void *data, size_t size, uint64_t seed)
{
    const char *p = data;
    uint64_t h = seed ^ SC_HASH_A ^ size;
    size_t left = size;
    for (; left > 16; left -= 16, p += 16)
        h = sc_hash_mix(sc_hash_word(p, 8) ^ SC_HASH_B, sc_hash_word(p + 8, 8) ^ h);
    if (left > 8)
        return sc_hash_mix(sc_hash_word(p, 8) ^ SC_HASH_B, sc_hash_word(p + left - 8, 8) ^ h ^ SC_HASH_A);
    return sc_hash_mix(sc_hash_word(p, left) ^ SC_HASH_B, h ^ SC_HASH_A);
}

#endif
