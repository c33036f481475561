/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash64.h - a fast hash for tables in memory, and for keys and fingerprints in ledger files.
 *
 * Multiply-and-fold over words of eight bytes, after the construction of wyhash (Wang Yi, public domain, 2019).  Words
 * are read as little-endian on every machine.  Ledger files hold its values: a change of them is a new file version. */
#ifndef SC_BASE_HASH64_H
#define SC_BASE_HASH64_H

#include <endian.h>
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

static inline uint64_t sc_hash_word8(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return le64toh(w);
}

/* Up to eight bytes as a word, by loads of fixed sizes that overlap: a memcpy of n bytes would be a call. */
static inline uint64_t sc_hash_tail(const char *p, size_t n)
{
    if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, p, sizeof first);
        memcpy(&last, p + n - 4, sizeof last);
        return (uint64_t)le32toh(first) << 32 | le32toh(last);
    }
    if (n == 0)
        return 0;
    return (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[n / 2] << 8 | (unsigned char)p[n - 1];
}

/* Like memcmp, which is slow to start for the short texts and keys that tables hold. */
static inline int sc_same_bytes(const void *a, const void *b, size_t size)
{
    const char *p = a, *q = b;
    if (size > 16)
        return memcmp(p, q, size) == 0;
    if (size < 8)
        return sc_hash_tail(p, size) == sc_hash_tail(q, size);
    return ((sc_hash_word8(p) ^ sc_hash_word8(q)) | (sc_hash_word8(p + size - 8) ^ sc_hash_word8(q + size - 8))) == 0;
}

static inline uint64_t sc_hash64(const void *data, size_t size, uint64_t seed)
{
    const char *p = data;
    uint64_t h = seed ^ SC_HASH_A;
    size_t left = size;
    for (; left > 16; left -= 16, p += 16)
        h = sc_hash_mix(sc_hash_word8(p) ^ SC_HASH_B, sc_hash_word8(p + 8) ^ h);
    const uint64_t first = left > 8 ? sc_hash_word8(p) : sc_hash_tail(p, left);
    const uint64_t last = left > 8 ? sc_hash_word8(p + left - 8) : 0;
    /* Twice, so that short keys of small numbers spread over the low bits, which tables use. */
    return sc_hash_mix(size ^ SC_HASH_A, sc_hash_mix(first ^ SC_HASH_B, last ^ h));
}

#endif
