/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_parts.h - what a bill is made of, for the files that group, cover and split. */
#ifndef SC_BILL_BILL_PARTS_H
#define SC_BILL_BILL_PARTS_H

#include "base/arena.h"
#include "bill/bill_keys.h"
#include "bill/bill_sums.h"
#include "ledger/map.h"
#include "ledger/names.h"

/* Numbers of a group's key texts, and its sums: those that nearly every group has, and `rest`, NULL = none, for what
 * has more to it.  A bill may have hundreds of thousands. */
#define GROUP_TOKENS (SC_METER_CACHE_WRITE + 1) /* cache writes of stated lifetimes are not among them */
typedef struct group {
    uint32_t key[SC_BILL_LEVELS];
    int64_t records, requests, tokens[GROUP_TOKENS], assumed_tokens;
    sc_bill_sums *rest;
    sc_money cost; /* at list prices */
} group;

/* Sums on their way into a group: groups lie far apart, so that each waits while the memory of its group comes. */
#define GROUPS_WAITING 4u
typedef struct waiting_sums {
    uint32_t key[SC_BILL_LEVELS], hash;
    sc_bill_sums sums;
} waiting_sums;

/* Why usage has no price, by where its texts stand. */
typedef struct unpriced_entry {
    struct {
        const char *model, *region, *item;
        int64_t context;
        int32_t meter, scope, tier, day;
    } key;
    size_t index; /* of the unpriced list + 1 */
} unpriced_entry;

typedef struct covered {
    int32_t rule;
    uint32_t reserved;
    sc_bill_sums sums;
} covered;

typedef struct unexplained {
    uint32_t key, value; /* numbers of texts */
    sc_bill_sums sums;
} unexplained;

/* Shared cost of a rule, group by group, before it is split. */
typedef struct pooled {
    uint32_t key[SC_BILL_LEVELS]; /* with the pool as the project, and its tags */
    int32_t rule;
    uint32_t reserved;
    sc_bill_sums sums;
} pooled;

/* What a project has used by itself, under tags of one value each. */
typedef struct user {
    uint32_t project, tag[SC_BILL_LEVELS]; /* numbers of texts; 0 at levels that are no tags */
    uint32_t reserved[3];
    sc_bill_sums sums;
} user;

struct sc_bill {
    struct sc_bill *more; /* with groups that another thread has made, and nothing else */
    sc_arena arena;
    sc_names texts;        /* of keys; empty in a bill that is `more` of another */
    sc_map_memory *memory; /* of the groups */
    sc_map groups;
    waiting_sums waiting[GROUPS_WAITING];
    uint32_t n_waiting, next; /* the last ones before `next`, modulo GROUPS_WAITING */
    const group **rows;       /* of this bill and `more` */
    size_t n_rows;
    sc_bill_row *others; /* the last row where groups were merged into one, else NULL */
    sc_bill_sums total;
    size_t n_by;
    int by_time[SC_BILL_LEVELS];
    sc_bill_unpriced *unpriced;
    size_t n_unpriced;
    sc_bill_coverage *coverage;
    size_t n_coverage;
    sc_bill_unexplained *unexplained;
    size_t n_unexplained;
};

/* The number of a time's text. */
#define DAYS_KNOWN 128
typedef struct day_memo {
    sc_day day;
    uint32_t number; /* 0 = not known */
} day_memo;

/* What a run of grouping collects. */
typedef struct grouping {
    const sc_ledger *l;
    const sc_bill_options *o;
    sc_bill *b;
    sc_names *texts; /* of the first bill */
    bill_key key[SC_BILL_LEVELS];
    const char *last[SC_BILL_LEVELS]; /* the text that stands for ... */
    uint32_t number[SC_BILL_LEVELS];  /* ... this number, last time */
    day_memo days[SC_BILL_LEVELS][DAYS_KNOWN];
    sc_map pools, users, unpriced, coverage, unexplained;
    int splits; /* 1: some cost is shared, and projects or tags are told apart */
    size_t cap_unpriced;
    size_t thread, threads; /* streams are taken by this one of so many */
} grouping;

/* As sc_bill_items, but for those streams alone that `takes` says 1 to, of a first item whose model is known; NULL =
 * all.
 */
sc_code bill_some_items(const sc_ledger *l, const sc_bill_options *o,
                        int (*takes)(void *context, const sc_bill_item *item),
                        sc_code (*each)(void *context, const sc_bill_item *item), void *context, sc_errors *errors);
/* Whether some rule holds for a time only, so that the items of a stream may belong to several projects. */
int bill_has_dated_rules(const sc_attribution *a);

uint32_t bill_text(grouping *g, const char *text);
/* Adds to a group, now or with bill_settle_groups; 0 when out of memory. */
int bill_settle_groups(sc_bill *b);
int bill_add_group(sc_bill *b, const uint32_t key[SC_BILL_LEVELS], const sc_bill_sums *s);
void bill_group_sums(const group *row, sc_bill_sums *out);
int bill_order_rows(sc_bill *b);
int bill_note_unpriced(grouping *g, const sc_bill_item *item);
/* Adds what another thread has noted; 0 when out of memory. */
int bill_join_unpriced(grouping *g, const sc_bill *other);
int bill_note_coverage(grouping *g, const sc_bill_item *item);
int bill_finish_unpriced(grouping *g);
int bill_finish_coverage(grouping *g);
int bill_has_splits(const grouping *g);
/* Adds an item where cost is shared: to a pool, or to its group and to what its project has used. */
int bill_add_shared(grouping *g, const sc_bill_item *item, const uint32_t *key, const sc_bill_sums *s);
/* Replaces the cost of pools by the parts of those that share it. */
int bill_split_shared(grouping *g);

#endif
