/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_group.c - line items into rows. */
#include <string.h>

#include "base/alloc.h"
#include "bill/bill_parts.h"

uint32_t bill_text(grouping *g, const char *text) { return sc_names_add(&g->b->texts, text, strlen(text), NULL); }

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

int bill_add_group(sc_bill *b, const uint32_t key[SC_BILL_LEVELS], const sc_bill_sums *s)
{
    group *row = sc_map_add(&b->groups, key);
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

/* ---- all ---- */

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

static sc_code start(grouping *g, const sc_ledger *l, const sc_bill_options *o, sc_bill *b)
{
    *g = (grouping){.l = l, .o = o, .b = b};
    sc_map_init(&b->groups, sizeof(group), offsetof(group, records));
    sc_map_init(&g->pools, sizeof(pooled), offsetof(pooled, sums));
    sc_map_init(&g->users, sizeof(user), offsetof(user, sums));
    sc_map_init(&g->unpriced, sizeof(unpriced_entry), sizeof((unpriced_entry){0}.key));
    sc_map_init(&g->coverage, sizeof(covered), offsetof(covered, sums));
    sc_map_init(&g->unexplained, sizeof(unexplained), offsetof(unexplained, sums));
    b->n_by = o->n_by;
    for (size_t i = 0; i < o->n_by; i++) {
        g->key[i] = bill_key_of(o->by[i]);
        b->by_time[i] = bill_key_is_time(&g->key[i]);
    }
    g->splits = bill_has_splits(g);
    return sc_names_init(&b->texts);
}

static void release(grouping *g)
{
    sc_map_release(&g->pools);
    sc_map_release(&g->users);
    sc_map_release(&g->unpriced);
    sc_map_release(&g->coverage);
    sc_map_release(&g->unexplained);
}

sc_code sc_bill_run(const sc_ledger *l, const sc_bill_options *o, sc_bill **out, sc_errors *errors)
{
    *out = NULL;
    sc_code code = o->n_by <= SC_BILL_LEVELS && o->n_where <= SC_BILL_FILTERS ? check_keys(l, o, errors) : SC_E_USAGE;
    if (code != SC_OK)
        return code;
    sc_bill *b = SC_NEW(sc_bill);
    grouping *g = SC_NEW(grouping);
    if (b == NULL || g == NULL) {
        sc_free(b);
        sc_free(g);
        return SC_E_MEMORY;
    }
    code = start(g, l, o, b);
    if (code == SC_OK)
        code = sc_bill_items(l, o, add_item, g, errors);
    if (code == SC_OK &&
        (!bill_split_shared(g) || !bill_order_rows(b) || !bill_finish_unpriced(g) || !bill_finish_coverage(g)))
        code = SC_E_MEMORY;
    release(g);
    sc_free(g);
    if (code != SC_OK) {
        sc_bill_free(b);
        return code;
    }
    *out = b;
    return SC_OK;
}

void sc_bill_free(sc_bill *b)
{
    if (b == NULL)
        return;
    sc_names_release(&b->texts);
    sc_map_release(&b->groups);
    sc_arena_release(&b->arena);
    sc_free(b->rows);
    sc_free(b->unpriced);
    sc_free(b);
}
