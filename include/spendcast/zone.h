/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone.h - how far a place's clock is from UTC at any time: where its days start.
 *
 * A zone is plain data that the caller fills, so that nothing here depends on the environment or on a database of zones
 * that differs between machines.  {0} is UTC. */
#ifndef SPENDCAST_ZONE_H
#define SPENDCAST_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "spendcast/error.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SC_ZONE_CHANGES 256
#define SC_ZONE_OFFSET_MAX 64800 /* seconds: 18 hours, more than any place has had */

typedef struct sc_zone_change {
    int64_t from;   /* seconds since 1970-01-01 UTC */
    int32_t offset; /* seconds east of UTC from then on */
} sc_zone_change;

typedef struct sc_zone {
    char name[64];  /* "Europe/Berlin", "+02:00"; "" = UTC */
    int32_t offset; /* before the first change */
    uint32_t n;
    sc_zone_change change[SC_ZONE_CHANGES]; /* [n], ascending */
} sc_zone;

/* A clock that is always so many seconds east of UTC, at most SC_ZONE_OFFSET_MAX either way; its name is "+02:00". */
SC_API void sc_zone_fixed(int32_t offset, sc_zone *out);
SC_API const char *sc_zone_name(const sc_zone *z);
/* 1: the clock is that of UTC at all times. */
SC_API int sc_zone_is_utc(const sc_zone *z);
/* Seconds east of UTC. */
SC_API int32_t sc_zone_offset(const sc_zone *z, int64_t time);
/* Whether the clocks agree at all times, whatever the names. */
SC_API int sc_zone_agree(const sc_zone *a, const sc_zone *b);

#ifdef __cplusplus
}
#endif
#endif
