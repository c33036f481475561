/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone.c - how far a place's clock is from UTC at any time. */
#include "spendcast/zone.h"

#include <stdio.h>
#include <stdlib.h>

void sc_zone_fixed(int32_t offset, sc_zone *out)
{
    const int minutes = abs(offset) / 60;
    *out = (sc_zone){.offset = offset};
    if (offset != 0)
        (void)snprintf(out->name, sizeof out->name, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

const char *sc_zone_name(const sc_zone *z) { return z->name[0] != '\0' ? z->name : "UTC"; }

int sc_zone_is_utc(const sc_zone *z) { return z->n == 0 && z->offset == 0; }

int32_t sc_zone_offset(const sc_zone *z, int64_t time)
{
    size_t low = 0, high = z->n; /* changes that are past */
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (z->change[mid].from <= time)
            low = mid + 1;
        else
            high = mid;
    }
    return low > 0 ? z->change[low - 1].offset : z->offset;
}

int sc_zone_agree(const sc_zone *a, const sc_zone *b)
{
    int same = a->n == b->n && a->offset == b->offset;
    for (size_t i = 0; i < a->n && same; i++)
        same = a->change[i].from == b->change[i].from && a->change[i].offset == b->change[i].offset;
    return same;
}
