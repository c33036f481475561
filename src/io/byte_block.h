/* SPDX-License-Identifier: GPL-3.0-or-later */
/* byte_block.h - which of 64 bytes are of a kind, as bits: what the scanners of large inputs are built on.
 *
 * Comparisons are written with the vector types of gcc and clang, which every processor has or imitates; only the
 * gathering of the results into bits differs.
 *     sc_bytes64 x = sc_load64(at);
 *     uint64_t ends = sc_bits64(sc_either64(sc_is64(x, '"'), sc_below64(x, 0x20))); */
#ifndef SC_IO_BYTE_BLOCK_H
#define SC_IO_BYTE_BLOCK_H

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef uint8_t sc_bytes16 __attribute__((vector_size(16)));

/* 64 bytes, or what a comparison says of them: 0xFF = holds, 0 = does not. */
typedef struct sc_bytes64 {
    sc_bytes16 part[4];
} sc_bytes64;

/* Reads exactly the 64 bytes at `at`. */
static inline sc_bytes64 sc_load64(const char *at)
{
    sc_bytes64 x;
    for (int i = 0; i < 4; i++)
        memcpy(&x.part[i], at + i * 16, 16);
    return x;
}

static inline sc_bytes64 sc_is64(sc_bytes64 x, char b)
{
    for (int i = 0; i < 4; i++)
        x.part[i] = (sc_bytes16)(x.part[i] == (uint8_t)b);
    return x;
}

static inline sc_bytes64 sc_below64(sc_bytes64 x, uint8_t b)
{
    for (int i = 0; i < 4; i++)
        x.part[i] = (sc_bytes16)(x.part[i] < b);
    return x;
}

static inline sc_bytes64 sc_either64(sc_bytes64 x, sc_bytes64 y)
{
    for (int i = 0; i < 4; i++)
        x.part[i] |= y.part[i];
    return x;
}

/* Counts up each byte where a comparison holds. */
static inline sc_bytes64 sc_count64(sc_bytes64 counts, sc_bytes64 match)
{
    for (int i = 0; i < 4; i++)
        counts.part[i] -= match.part[i]; /* 0xFF is -1 */
    return counts;
}

/* Bit i = byte i of a comparison; the reference for the one below. */
static inline uint32_t sc_bits16_portable(sc_bytes16 match)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < 16; i++)
        bits |= (uint32_t)(match[i] & 1U) << i;
    return bits;
}

static inline uint32_t sc_bits16(sc_bytes16 match)
{
#ifdef __SSE2__
    return (uint32_t)_mm_movemask_epi8((__m128i)match);
#else
    return sc_bits16_portable(match);
#endif
}

static inline uint64_t sc_bits64(sc_bytes64 match)
{
    uint32_t low = sc_bits16(match.part[0]) | sc_bits16(match.part[1]) << 16;
    uint32_t high = sc_bits16(match.part[2]) | sc_bits16(match.part[3]) << 16;
    return low | (uint64_t)high << 32;
}

/* Index of the lowest bit that is set; bits != 0. */
static inline unsigned sc_lowest_bit(uint64_t bits) { return (unsigned)__builtin_ctzll(bits); }

#endif
