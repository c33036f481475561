/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_names.h - names numbered in the order in which they come, each within a space.
 *
 * A space is the number of what the name belongs to (the project of a workload, the task of an item), so that equal
 * texts of different parents are different names. */
#ifndef SC_EVIDENCE_EVIDENCE_NAMES_H
#define SC_EVIDENCE_EVIDENCE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct ev_name {
    uint32_t space;
    const char *text;
} ev_name;

typedef struct ev_names {
    ev_name *items;
    size_t n, cap;
    uint32_t *slots; /* open addressing: index + 1, 0 = free */
    size_t n_slots;  /* a power of two */
} ev_names;          /* zero-initialise */

/* The number of a name, a new one if need be (its text is copied to the arena); -1 = out of memory. */
int64_t ev_names_add(ev_names *names, sc_arena *arena, uint32_t space, const char *text);
/* The number of a name, -1 = there is none. */
int64_t ev_names_find(const ev_names *names, uint32_t space, const char *text);
void ev_names_release(ev_names *names);

#endif
