/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_parts.h - what a bill is made of, for the files that group, cover and split. */
#ifndef SC_BILL_BILL_PARTS_H
#define SC_BILL_BILL_PARTS_H

#include "base/arena.h"
#include "bill/bill_keys.h"
#include "bill/bill_sums.h"
#include "ledger/map.h"
#include "ledger/names.h"

/* A group while items come in: numbers of its key texts. */
typedef struct group {
    uint32_t key[SC_BILL_LEVELS];
    sc_bill_sums sums;
} group;

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
    uint32_t key[SC_BILL_LEVELS]; /* with the pool as the project */
    int32_t rule;
    uint32_t reserved;
    sc_bill_sums sums;
} pooled;

struct sc_bill {
    sc_arena arena;
    sc_bill_row *rows;
    size_t n_rows;
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

/* What a run of grouping collects. */
typedef struct grouping {
    const sc_ledger *l;
    const sc_bill_options *o;
    sc_bill *b;
    bill_key key[SC_BILL_LEVELS];
    const char *last[SC_BILL_LEVELS]; /* the text that stands for ... */
    uint32_t number[SC_BILL_LEVELS];  /* ... this number, last time */
    sc_names texts;
    sc_map groups, pools, unpriced, coverage, unexplained;
    int splits; /* 1: some cost is shared, and projects are told apart */
    size_t cap_unpriced;
} grouping;

uint32_t bill_text(grouping *g, const char *text);
/* 0 when out of memory. */
int bill_note_unpriced(grouping *g, const sc_bill_item *item);
int bill_note_coverage(grouping *g, const sc_bill_item *item);
int bill_finish_unpriced(grouping *g);
int bill_finish_coverage(grouping *g);
int bill_has_splits(const grouping *g);
int bill_is_pooled(const grouping *g, const sc_bill_item *item);
/* Where a pool's item is summed; NULL when out of memory. */
sc_bill_sums *bill_pool(grouping *g, const sc_bill_item *item, const uint32_t *key);
/* Replaces the cost of pools by the parts of those that share it. */
int bill_split_shared(grouping *g);

#endif
