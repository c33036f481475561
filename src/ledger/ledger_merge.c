/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_merge.c - ledgers of several inputs or machines added up, where they fit. */
#include <string.h>

#include "ledger/ledger_parts.h"

/* A day of an account and kind whose records are the same in both: the same input was read into both. */
static const print_entry *same_day(sc_ledger *into, const sc_ledger *from)
{
    for (size_t i = 0; i < from->prints.count; i++) {
        const print_entry *theirs = sc_map_at(&from->prints, i);
        const sc_text account = sc_names_at(&from->texts, theirs->account);
        print_entry key = *theirs;
        key.account = sc_names_find(&into->texts, account.at, account.len);
        const print_entry *ours = key.account != SC_NAME_FAILED ? sc_map_find(&into->prints, &key) : NULL;
        if (ours != NULL && ours->sum == theirs->sum && ours->records == theirs->records)
            return theirs;
    }
    return NULL;
}

static int has_tag(const detail *d, const char *key)
{
    for (const char *const *k = d->keep_tags; *k != NULL; k++) {
        if (strcmp(*k, key) == 0)
            return 1;
    }
    return 0;
}

/* Whether a ledger has the values of a tag as they were stated, or at least as far as it has not folded them. */
static int tells_tag(const detail *d, const char *key) { return !d->only_keep_tags || has_tag(d, key); }

static size_t count_tags(const detail *d)
{
    size_t n = 0;
    while (d->keep_tags[n] != NULL)
        n++;
    return n;
}

/* The kept tags of either that both have, sorted; NULL when out of memory. */
static const char **common_tags(sc_arena *arena, const detail *a, const detail *b)
{
    const char **both = SC_ARENA_ARRAY(arena, const char *, count_tags(a) + count_tags(b) + 1);
    size_t n = 0;
    const char *const *p = a->keep_tags, *const *q = b->keep_tags;
    while (both != NULL && (*p != NULL || *q != NULL)) {
        const int order = *p == NULL ? 1 : *q == NULL ? -1 : strcmp(*p, *q);
        const char *key = order <= 0 ? *p : *q;
        p += order <= 0;
        q += order >= 0;
        if (!tells_tag(a, key) || !tells_tag(b, key))
            continue;
        both[n] = sc_arena_strdup(arena, key);
        if (both[n++] == NULL)
            return NULL;
    }
    return both;
}

static int same_tags(const char *const *a, const char *const *b)
{
    while (*a != NULL && *b != NULL && strcmp(*a, *b) == 0)
        a++, b++;
    return *a == NULL && *b == NULL;
}

/* What both tell apart. */
static sc_code narrow(sc_ledger *into, const sc_ledger *from)
{
    detail *c = &into->common;
    const char **tags = common_tags(&into->arena, c, &from->common);
    if (tags == NULL)
        return SC_E_MEMORY;
    if (same_tags(tags, c->keep_tags))
        tags = c->keep_tags;
    *c = (detail){.dims = c->dims & from->common.dims,
                  .fold_service = c->fold_service || from->common.fold_service,
                  .sketches = c->sketches && from->common.sketches,
                  .only_keep_tags = c->only_keep_tags || from->common.only_keep_tags,
                  .keep_tags = tags};
    return SC_OK;
}

sc_code sc_ledger_merge(sc_ledger *into, const sc_ledger *from, sc_errors *errors)
{
    char day[16];
    if (into->is_sealed || !from->is_sealed)
        return sc_errors_add(errors, SC_E_INTERNAL, NULL, NULL,
                             "a ledger is added to before it is sealed, and added to others after it");
    if (into->takes_zone)
        sc_ledger_set_zone(into, &from->zone);
    else if (!sc_zone_agree(&into->zone, &from->zone))
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "days start by %s in this ledger and by %s in the other",
                             sc_zone_name(&from->zone), sc_zone_name(&into->zone));
    if (into->n_bands != from->n_bands || memcmp(into->bands, from->bands, from->n_bands * sizeof from->bands[0]) != 0)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                             "the ledgers tell other context bands apart: one of them was made with another rate card");
    if (from->priced != into->priced && into->rater == NULL)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "one of the ledgers is priced and the other is not");
    const print_entry *same = same_day(into, from);
    if (same != NULL)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                             "both ledgers hold the same %lld %s records of account '%s' on %s: the same input would "
                             "count twice",
                             (long long)same->records, sc_usage_kind_name((sc_usage_kind)same->kind),
                             sc_names_at(&from->texts, same->account).at, sc_day_format(same->day, day));
    sc_code code = narrow(into, from);
    if (code == SC_OK)
        code = sc_ledger_absorb(into, from);
    if (code == SC_E_INPUT)
        return sc_errors_add(errors, code, NULL, NULL, "a sum of both ledgers is more than %lld", (long long)INT64_MAX);
    return code != SC_OK ? sc_errors_add(errors, code, NULL, NULL, "out of memory") : SC_OK;
}
