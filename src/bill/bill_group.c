/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_group.c - line items into rows. */
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash64.h"
#include "bill/bill_parts.h"

uint32_t bill_text(grouping *g, const char *text) { return sc_names_add(g->texts, text, strlen(text), NULL); }

static uint32_t time_number(grouping *g, size_t level, const sc_bill_item *item)
{
    char buf[SC_BILL_KEY_TEXT];
    const sc_day day = item->cell->local_day;
    day_memo *memo = &g->days[level][(uint32_t)day % DAYS_KNOWN];
    if (memo->number == 0 || memo->day != day)
        *memo = (day_memo){day, bill_text(g, bill_key_value(g->l, g->o->attribution, item, &g->key[level], buf))};
    return memo->number;
}

/* Texts that stand still have their number from the last item; those written into a buffer do not. */
static uint32_t key_number(grouping *g, size_t level, const sc_bill_item *item)
{
    char buf[SC_BILL_KEY_TEXT];
    if (g->b->by_time[level])
        return time_number(g, level, item);
    const char *text = bill_key_value(g->l, g->o->attribution, item, &g->key[level], buf);
    if (text == g->last[level])
        return g->number[level];
    g->last[level] = text != buf ? text : NULL;
    g->number[level] = bill_text(g, text);
    return g->number[level];
}

/* ---- groups ---- */

/* Whether the sums have only what every group has room for. */
static int is_plain(const sc_bill_sums *s)
{
    int64_t other_tokens = s->unpriced_tokens;
    for (int m = GROUP_TOKENS; m < SC_TOKEN_METERS; m++)
        other_tokens |= s->tokens[m];
    return other_tokens == 0 && s->unpriced_items == 0 && s->no_counts == 0 && s->has_cost == 0 && s->discount == 0 &&
           s->billed == 0 && s->stated_list == 0 && s->effective == 0 && s->cost == s->list;
}

static int settle_group(sc_bill *b, const waiting_sums *w)
{
    const sc_bill_sums *s = &w->sums;
    group *row = sc_map_get(&b->groups, w->key, sizeof w->key, w->hash);
    if (row == NULL)
        row = sc_map_put(&b->groups, w->key, w->hash);
    if (row == NULL)
        return 0;
    if (!is_plain(s)) {
        if (row->rest == NULL)
            row->rest = SC_ARENA_ARRAY(&b->arena, sc_bill_sums, 1);
        if (row->rest != NULL)
            bill_sums_add(row->rest, s);
        return row->rest != NULL;
    }
    row->records += s->records;
    row->requests += s->requests;
    for (int m = 0; m < GROUP_TOKENS; m++)
        row->tokens[m] += s->tokens[m];
    row->assumed_tokens += s->assumed_tokens;
    row->cost += s->cost;
    return 1;
}

/* The sums that have waited longest. */
static int settle_next(sc_bill *b) { return settle_group(b, &b->waiting[(b->next - b->n_waiting--) % GROUPS_WAITING]); }

int bill_settle_groups(sc_bill *b)
{
    int ok = 1;
    while (b->n_waiting > 0)
        ok = settle_next(b) && ok;
    return ok;
}

int bill_add_group(sc_bill *b, const uint32_t key[SC_BILL_LEVELS], const sc_bill_sums *s)
{
    waiting_sums *w = &b->waiting[b->next % GROUPS_WAITING];
    memcpy(w->key, key, sizeof w->key);
    w->hash = sc_map_hash(&b->groups, key);
    w->sums = *s;
    sc_map_prefetch_slot(&b->groups, w->hash);
    if (b->n_waiting > 0) /* the one before knows its slot by now */
        sc_map_prefetch(&b->groups, b->waiting[(b->next - 1) % GROUPS_WAITING].hash);
    b->next++;
    return ++b->n_waiting < GROUPS_WAITING || settle_next(b);
}

void bill_group_sums(const group *row, sc_bill_sums *out)
{
    *out = (sc_bill_sums){.records = row->records,
                          .requests = row->requests,
                          .list = row->cost,
                          .cost = row->cost,
                          .assumed_tokens = row->assumed_tokens};
    memcpy(out->tokens, row->tokens, sizeof row->tokens);
    if (row->rest != NULL)
        bill_sums_add(out, row->rest);
}

static sc_code add_item(void *context, const sc_bill_item *item)
{
    grouping *g = context;
    uint32_t key[SC_BILL_LEVELS] = {0};
    sc_bill_sums sums = {0};
    for (size_t i = 0; i < g->o->n_by; i++) {
        key[i] = key_number(g, i, item);
        if (key[i] == SC_NAME_FAILED)
            return SC_E_MEMORY;
    }
    bill_sums_add_item(&sums, item);
    bill_sums_add(&g->b->total, &sums);
    if (!(g->splits ? bill_add_shared(g, item, key, &sums) : bill_add_group(g->b, key, &sums)))
        return SC_E_MEMORY;
    if (bill_item_is_unpriced(item) && !bill_note_unpriced(g, item))
        return SC_E_MEMORY;
    return g->o->keep_parts && !bill_note_coverage(g, item) ? SC_E_MEMORY : SC_OK;
}

/* ---- start and end ---- */

static sc_code check_keys(const sc_ledger *l, const sc_bill_options *o, sc_errors *errors)
{
    for (size_t i = 0; i < o->n_by; i++) {
        int is_tag;
        const unsigned dims = sc_bill_key_dims(o->by[i], &is_tag);
        if (strcmp(o->by[i], "meter") == 0 && sc_ledger_is_priced(l))
            return sc_errors_add(errors, SC_E_INPUT, NULL, NULL,
                                 "the ledger was priced while it was read: meters are not told apart");
        if ((dims & ~sc_ledger_dims(l)) != 0)
            return sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "the ledger has not kept '%s'", o->by[i]);
    }
    return SC_OK;
}

/* A grouping with a bill of its own; the texts are those of the first one. */
static sc_code start(grouping *g, const sc_ledger *l, const sc_bill_options *o, const grouping *first)
{
    *g = (grouping){.l = l, .o = o, .b = SC_NEW(sc_bill)};
    sc_map_init(&g->pools, sizeof(pooled), offsetof(pooled, sums));
    sc_map_init(&g->users, sizeof(user), offsetof(user, sums));
    sc_map_init(&g->unpriced, sizeof(unpriced_entry), sizeof((unpriced_entry){0}.key));
    sc_map_init(&g->coverage, sizeof(covered), offsetof(covered, sums));
    sc_map_init(&g->unexplained, sizeof(unexplained), offsetof(unexplained, sums));
    sc_bill *b = g->b;
    if (b == NULL)
        return SC_E_MEMORY;
    g->texts = first != NULL ? first->texts : &b->texts;
    b->memory = sc_map_memory_new();
    sc_map_init_in(&b->groups, b->memory, sizeof(group), offsetof(group, records));
    b->n_by = o->n_by;
    for (size_t i = 0; i < o->n_by; i++) {
        g->key[i] = bill_key_of(o->by[i]);
        b->by_time[i] = bill_key_is_time(&g->key[i]);
    }
    g->splits = bill_has_splits(g);
    if (b->memory == NULL)
        return SC_E_MEMORY;
    return first == NULL ? sc_names_init(&b->texts) : SC_OK;
}

static void release(grouping *g)
{
    sc_map_release(&g->pools);
    sc_map_release(&g->users);
    sc_map_release(&g->unpriced);
    sc_map_release(&g->coverage);
    sc_map_release(&g->unexplained);
    sc_bill_free(g->b);
}

/* ---- threads ---- */

/* Items of one group, whatever their streams, go to one thread: they are told by what all items of a stream have in
 * common. */
static int takes(void *context, const sc_bill_item *item)
{
    const grouping *g = context;
    uint64_t hash = 0;
    for (size_t i = 0; i < g->o->n_by; i++) {
        char buf[SC_BILL_KEY_TEXT];
        if (!bill_key_stands(&g->key[i]))
            continue;
        const char *text = bill_key_value(g->l, g->o->attribution, item, &g->key[i], buf);
        hash = sc_hash64(text, strlen(text), hash);
    }
    return hash % g->threads == g->thread;
}

/* One where groups cannot be told by streams, or where more than groups is kept. */
static size_t threads_for(const grouping *g)
{
    int stands = 0;
    for (size_t i = 0; i < g->o->n_by; i++)
        stands |= bill_key_stands(&g->key[i]);
    if (!stands || g->splits || g->o->keep_parts || bill_has_dated_rules(g->o->attribution))
        return 1;
    return (size_t)(g->o->threads > 0 ? g->o->threads : omp_get_num_procs());
}

/* All groups that belong to a thread. */
static sc_code group_some(grouping *g, sc_errors *errors)
{
    const sc_code code = bill_some_items(g->l, g->o, g->threads > 1 ? takes : NULL, add_item, g, errors);
    return code == SC_OK && !bill_settle_groups(g->b) ? SC_E_MEMORY : code;
}

/* Takes over what another thread has grouped. */
static sc_code join(grouping *g, grouping *other)
{
    bill_sums_add(&g->b->total, &other->b->total);
    if (!bill_join_unpriced(g, other->b))
        return SC_E_MEMORY;
    other->b->more = g->b->more;
    g->b->more = other->b;
    other->b = NULL;
    return SC_OK;
}

/* The first thread's grouping is g, into which those of the others are joined.  What is wrong with the options is wrong
 * for all: the first thread tells. */
static sc_code group_all(grouping *g, sc_errors *errors)
{
    const size_t n = threads_for(g);
    grouping *others = SC_NEW_ARRAY(grouping, n);
    sc_code *codes = SC_NEW_ARRAY(sc_code, n);
    sc_code code = others != NULL && codes != NULL ? SC_OK : SC_E_MEMORY;
    g->threads = n;
    for (size_t i = 1; code == SC_OK && i < n; i++) {
        code = start(&others[i], g->l, g->o, g);
        others[i].thread = i;
        others[i].threads = n;
    }
    if (code == SC_OK) {
#pragma omp parallel for num_threads(n) schedule(static, 1) if (n > 1)
        for (size_t i = 0; i < n; i++)
            codes[i] = group_some(i > 0 ? &others[i] : g, i > 0 ? NULL : errors);
    }
    for (size_t i = 0; code == SC_OK && i < n; i++)
        code = codes[i];
    for (size_t i = 1; code == SC_OK && i < n; i++)
        code = join(g, &others[i]);
    for (size_t i = 1; others != NULL && i < n; i++)
        release(&others[i]);
    sc_free(others);
    sc_free(codes);
    return code;
}

/* ---- all ---- */

sc_code sc_bill_run(const sc_ledger *l, const sc_bill_options *o, sc_bill **out, sc_errors *errors)
{
    *out = NULL;
    sc_code code = o->n_by <= SC_BILL_LEVELS && o->n_where <= SC_BILL_FILTERS ? check_keys(l, o, errors) : SC_E_USAGE;
    if (code != SC_OK)
        return code;
    grouping *g = SC_NEW(grouping);
    if (g == NULL)
        return SC_E_MEMORY;
    code = start(g, l, o, NULL);
    if (code == SC_OK)
        code = group_all(g, errors);
    if (code == SC_OK && (!bill_split_shared(g) || !bill_settle_groups(g->b) || !bill_order_rows(g->b) ||
                          !bill_finish_unpriced(g) || !bill_finish_coverage(g)))
        code = SC_E_MEMORY;
    if (code == SC_OK) {
        *out = g->b;
        g->b = NULL;
    }
    release(g);
    sc_free(g);
    return code;
}

void sc_bill_free(sc_bill *b)
{
    for (sc_bill *more; b != NULL; b = more) {
        more = b->more;
        sc_names_release(&b->texts);
        sc_map_release(&b->groups);
        sc_map_memory_free(b->memory);
        sc_arena_release(&b->arena);
        sc_free(b->rows);
        sc_free(b->unpriced);
        sc_free(b);
    }
}
