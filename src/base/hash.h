/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.h - SHA-256 of inputs, for the provenance line of a report. */
#ifndef SC_BASE_HASH_H
#define SC_BASE_HASH_H

#include <sha2.h>
#include <stddef.h>

#define SC_SHA256_HEX_SIZE 65 /* 64 digits and the terminator */

typedef struct sc_sha256 {
    SHA2_CTX state;
} sc_sha256;

/* Any number of sc_sha256_add between the two; splitting the data makes no difference. */
void sc_sha256_init(sc_sha256 *h);
void sc_sha256_add(sc_sha256 *h, const void *data, size_t size);
void sc_sha256_end(sc_sha256 *h, char hex[SC_SHA256_HEX_SIZE]);

/* All three at once. */
void sc_sha256_hex(const void *data, size_t size, char hex[SC_SHA256_HEX_SIZE]);

#endif
