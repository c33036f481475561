/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.c - SHA-256 through libmd, as lower-case hexadecimal digits. */
#include "base/hash.h"

#include <stdint.h>

void sc_sha256_init(sc_sha256 *h) { SHA256Init(&h->state); }

void sc_sha256_add(sc_sha256 *h, const void *data, size_t size)
{
    if (size > 0)
        SHA256Update(&h->state, data, size);
}

void sc_sha256_end(sc_sha256 *h, char hex[SC_SHA256_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256Final(digest, &h->state);
    for (size_t i = 0; i < sizeof digest; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * sizeof digest] = '\0';
}

void sc_sha256_hex(const void *data, size_t size, char hex[SC_SHA256_HEX_SIZE])
{
    sc_sha256 h;
    sc_sha256_init(&h);
    sc_sha256_add(&h, data, size);
    sc_sha256_end(&h, hex);
}
