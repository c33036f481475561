/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_names.c - names to numbers by a hash table with open addressing. */
#include "evidence/evidence_names.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash64.h"

#define FIRST_SLOTS ((size_t)16)
#define MOST_NAMES ((size_t)UINT32_MAX / 4)

/* The slot that holds the name, or the free one where it belongs.  There is always a free one. */
static size_t slot_of(const ev_names *names, uint32_t space, const char *text)
{
    size_t at = (size_t)sc_hash64(text, strlen(text), space) & (names->n_slots - 1);
    while (names->slots[at] != 0) {
        const ev_name *item = &names->items[names->slots[at] - 1];
        if (item->space == space && strcmp(item->text, text) == 0)
            break;
        at = (at + 1) & (names->n_slots - 1);
    }
    return at;
}

static int grow_items(ev_names *names)
{
    const size_t cap = names->cap > 0 ? names->cap * 2 : FIRST_SLOTS;
    ev_name *items = sc_realloc(names->items, cap, sizeof *items);
    if (items == NULL)
        return 0;
    names->items = items;
    names->cap = cap;
    return 1;
}

/* At most half of the slots are in use. */
static int grow_slots(ev_names *names)
{
    const size_t n_slots = names->n_slots > 0 ? names->n_slots * 2 : FIRST_SLOTS;
    uint32_t *slots = SC_NEW_ARRAY(uint32_t, n_slots);
    if (slots == NULL)
        return 0;
    sc_free(names->slots);
    names->slots = slots;
    names->n_slots = n_slots;
    for (size_t i = 0; i < names->n; i++)
        slots[slot_of(names, names->items[i].space, names->items[i].text)] = (uint32_t)i + 1;
    return 1;
}

int64_t ev_names_find(const ev_names *names, uint32_t space, const char *text)
{
    if (names->n_slots == 0)
        return -1;
    return (int64_t)names->slots[slot_of(names, space, text)] - 1;
}

int64_t ev_names_add(ev_names *names, sc_arena *arena, uint32_t space, const char *text)
{
    const int64_t found = ev_names_find(names, space, text);
    if (found >= 0)
        return found;
    if (names->n >= MOST_NAMES || (names->n == names->cap && !grow_items(names)) ||
        (names->n * 2 >= names->n_slots && !grow_slots(names)))
        return -1;
    const char *copy = sc_arena_strdup(arena, text);
    if (copy == NULL)
        return -1;
    names->items[names->n] = (ev_name){space, copy};
    names->slots[slot_of(names, space, text)] = (uint32_t)names->n + 1;
    return (int64_t)names->n++;
}

void ev_names_release(ev_names *names)
{
    sc_free(names->items);
    sc_free(names->slots);
    *names = (ev_names){0};
}
