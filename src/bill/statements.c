/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statements.c - line items into statements, one for each of those who pay. */
#include "bill/statements.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bill/bill_sums.h"
#include "ledger/map.h"
#include "ledger/names.h"
#include "spendcast/split.h"

#define NO_KEY "(none)"

/* A row under way; texts by number.  model 0 = a shared cost, pool 0 = none. */
typedef struct line {
    struct {
        uint32_t statement, project, model, pool;
    } key;
    sc_bill_sums sums;
    sc_money cost, discount;
} line;

/* Shared cost of a rule. */
typedef struct shared_cost {
    int32_t rule;
    uint32_t reserved;
    sc_money cost, discount;
} shared_cost;

/* What a project spends on a statement; with the statement "" of all its statements. */
typedef struct spender {
    const char *project, *statement;
    sc_money cost;
    sc_int128 tokens;
} spender;

typedef struct making {
    const sc_ledger *l;
    const sc_bill_options *o;
    const char *by; /* NULL = team, else project */
    sc_names texts;
    sc_map lines, pools;
    spender *spenders; /* by project, then statement */
    size_t n_spenders;
    sc_statements *s;
} making;

/* ---- line items ---- */

static const char *payer(const making *m, const sc_bill_item *item, char buf[SC_BILL_KEY_TEXT])
{
    const char *value = sc_bill_item_key(m->l, m->o->attribution, item, m->by != NULL ? m->by : "team", buf);
    return value[0] != '\0' ? value : m->by != NULL ? NO_KEY : item->project;
}

static const char *what(const sc_bill_item *item)
{
    if (item->stream->charge != SC_CHARGE_USAGE)
        return sc_charge_name(item->stream->charge);
    if (item->model != NULL)
        return item->model->id;
    return item->stream->dim[SC_DIM_MODEL][0] != '\0'  ? item->stream->dim[SC_DIM_MODEL]
           : item->stream->dim[SC_DIM_ITEM][0] != '\0' ? item->stream->dim[SC_DIM_ITEM]
                                                       : NO_KEY;
}

static uint32_t text_number(making *m, const char *text) { return sc_names_add(&m->texts, text, strlen(text), NULL); }

static line *line_of(making *m, const char *statement, const char *project, const char *model, const char *pool)
{
    line key = {
        .key = {text_number(m, statement), text_number(m, project), text_number(m, model), text_number(m, pool)}};
    if (key.key.statement == SC_NAME_FAILED || key.key.project == SC_NAME_FAILED || key.key.model == SC_NAME_FAILED ||
        key.key.pool == SC_NAME_FAILED)
        return NULL;
    return sc_map_add(&m->lines, &key.key);
}

static sc_money stated_cost(const sc_bill_item *item)
{
    const sc_ledger_cell *c = item->cell;
    return !item->first ? 0 : (c->has_cost & SC_COST_EFFECTIVE) != 0 ? c->effective : c->billed;
}

static void note(making *m, const sc_bill_item *item, int is_bill)
{
    sc_statements_total *t = &m->s->total;
    const sc_day day = item->cell->local_day;
    t->first = day < t->first ? day : t->first;
    t->last = day > t->last ? day : t->last;
    t->has_bills |= is_bill;
    t->has_estimates |= !is_bill && item->cost != 0;
    if (!is_bill && bill_item_is_unpriced(item) && item->quantity > 0) {
        t->unpriced_items++;
        t->unpriced_tokens += bill_item_unpriced_tokens(item);
    }
}

static sc_code add_item(void *context, const sc_bill_item *item)
{
    making *m = context;
    char buf[SC_BILL_KEY_TEXT];
    const int is_bill = sc_usage_kind_is_bill(item->stream->kind);
    const sc_money cost = is_bill ? stated_cost(item) : item->cost;
    if (item->stream->charge == SC_CHARGE_OTHER) {
        m->s->total.other_services += cost;
        return SC_OK;
    }
    note(m, item, is_bill);
    const sc_attribution_rule *r =
        item->rule >= 0 ? sc_attribution_rule_at(m->o->attribution, (size_t)item->rule) : NULL;
    if (r != NULL && r->split != SC_SPLIT_NONE) {
        const shared_cost key = {.rule = item->rule};
        shared_cost *pool = sc_map_add(&m->pools, &key);
        if (pool == NULL)
            return SC_E_MEMORY;
        pool->cost += cost;
        pool->discount += is_bill ? 0 : item->discount;
        return SC_OK;
    }
    line *row = line_of(m, payer(m, item, buf), item->project, what(item), "");
    if (row == NULL)
        return SC_E_MEMORY;
    bill_sums_add_item(&row->sums, item);
    row->cost += cost;
    row->discount += is_bill ? 0 : item->discount;
    return SC_OK;
}

/* ---- shared costs ---- */

static int by_spender(const void *a, const void *b)
{
    const spender *x = a, *y = b;
    const int order = strcmp(x->project, y->project);
    return order != 0 ? order : strcmp(x->statement, y->statement);
}

static const char *name_at(const making *m, uint32_t number) { return sc_names_at(&m->texts, number).at; }

static int list_spenders(making *m)
{
    m->spenders = SC_NEW_ARRAY(spender, m->lines.count + 1);
    if (m->spenders == NULL)
        return 0;
    for (size_t i = 0; i < m->lines.count; i++) {
        const line *x = sc_map_at(&m->lines, i);
        spender *s = &m->spenders[i];
        *s = (spender){.project = name_at(m, x->key.project), .statement = name_at(m, x->key.statement)};
        s->cost = x->cost;
        for (int t = 0; t < SC_TOKEN_METERS; t++)
            s->tokens += x->sums.tokens[t];
    }
    qsort(m->spenders, m->lines.count, sizeof *m->spenders, by_spender);
    for (size_t i = 0; i < m->lines.count; i++) {
        spender *last = m->n_spenders > 0 ? &m->spenders[m->n_spenders - 1] : NULL;
        if (last != NULL && by_spender(last, &m->spenders[i]) == 0) {
            last->cost += m->spenders[i].cost;
            last->tokens += m->spenders[i].tokens;
        } else {
            m->spenders[m->n_spenders++] = m->spenders[i];
        }
    }
    return 1;
}

/* The first statement of a project and, in *n, how many there are. */
static const spender *spenders_of(const making *m, const char *project, size_t *n)
{
    size_t first = 0;
    while (first < m->n_spenders && strcmp(m->spenders[first].project, project) != 0)
        first++;
    for (*n = 0; first + *n < m->n_spenders && strcmp(m->spenders[first + *n].project, project) == 0;)
        ++*n;
    return &m->spenders[first];
}

/* The projects that share a rule's cost, by name; free with sc_free. */
static spender *sharers_of(const making *m, const sc_attribution_rule *r, size_t *n)
{
    spender *some = SC_NEW_ARRAY(spender, m->n_spenders + r->n_split_over + 1);
    *n = 0;
    for (size_t i = 0; some != NULL && r->n_split_over == 0 && i < m->n_spenders; i++) {
        const char *project = m->spenders[i].project;
        if ((*n == 0 || strcmp(some[*n - 1].project, project) != 0) && strcmp(project, SC_UNATTRIBUTED) != 0 &&
            strcmp(project, r->project) != 0)
            some[(*n)++] = (spender){.project = project, .statement = ""};
    }
    for (size_t i = 0; some != NULL && i < r->n_split_over; i++)
        some[(*n)++] = (spender){.project = r->split_over[i], .statement = ""};
    if (some != NULL && *n > 0)
        qsort(some, *n, sizeof *some, by_spender);
    for (size_t i = 0; some != NULL && i < *n; i++) {
        size_t parts;
        const spender *s = spenders_of(m, some[i].project, &parts);
        for (size_t k = 0; k < parts; k++) {
            some[i].cost += s[k].cost;
            some[i].tokens += s[k].tokens;
        }
    }
    return some;
}

static sc_int128 weight_of(sc_split by, const spender *s)
{
    if (by == SC_SPLIT_EVEN)
        return 1;
    return by == SC_SPLIT_TOKENS ? s->tokens : s->cost > 0 ? s->cost : 0;
}

/* Cost and discount of a pool over spenders[n]: parts[n] of each; 0 = failed. */
static int split_both(sc_split by, const spender *some, size_t n, sc_money cost, sc_money discount, sc_money *parts)
{
    sc_int128 *weights = SC_NEW_ARRAY(sc_int128, n + 1);
    for (size_t i = 0; weights != NULL && i < n; i++)
        weights[i] = weight_of(by, &some[i]);
    const int ok = weights != NULL && sc_split_money(cost, weights, n, parts) == SC_OK &&
                   sc_split_money(discount, weights, n, parts + n) == SC_OK;
    sc_free(weights);
    return ok;
}

static int add_shared(making *m, const char *statement, const char *project, const char *pool, sc_money cost,
                      sc_money discount)
{
    line *row = line_of(m, statement, project, "", pool);
    if (row == NULL)
        return 0;
    row->cost += cost;
    row->discount += discount;
    return 1;
}

/* A project's part goes to its statements by what each of them spends. */
static int hand_on(making *m, const char *project, const char *pool, sc_money cost, sc_money discount)
{
    size_t n;
    const spender *some = spenders_of(m, project, &n);
    if (n == 0)
        return add_shared(m, m->by != NULL ? NO_KEY : project, project, pool, cost, discount);
    sc_money *parts = SC_NEW_ARRAY(sc_money, 2 * n);
    int ok = parts != NULL && split_both(SC_SPLIT_SPEND, some, n, cost, discount, parts);
    for (size_t i = 0; ok && i < n; i++)
        ok = add_shared(m, some[i].statement, project, pool, parts[i], parts[n + i]);
    sc_free(parts);
    return ok;
}

/* Nobody to share with: the pool pays. */
static int split_pool(making *m, const shared_cost *pool)
{
    const sc_attribution_rule *r = sc_attribution_rule_at(m->o->attribution, (size_t)pool->rule);
    size_t n = 0;
    spender *some = sharers_of(m, r, &n);
    sc_money *parts = SC_NEW_ARRAY(sc_money, 2 * n + 1);
    int ok = some != NULL && parts != NULL;
    if (ok && n == 0)
        ok = add_shared(m, m->by != NULL ? NO_KEY : r->project, r->project, r->project, pool->cost, pool->discount);
    else if (ok)
        ok = split_both(r->split, some, n, pool->cost, pool->discount, parts);
    for (size_t i = 0; ok && i < n; i++)
        ok = hand_on(m, some[i].project, r->project, parts[i], parts[n + i]);
    sc_free(some);
    sc_free(parts);
    return ok;
}

static int split_pools(making *m)
{
    int ok = list_spenders(m);
    for (size_t i = 0; ok && i < m->pools.count; i++)
        ok = split_pool(m, sc_map_at(&m->pools, i));
    return ok;
}

/* ---- statements ---- */

/* A row and the statement that it is for. */
typedef struct named_row {
    const char *statement;
    sc_statement_row row;
} named_row;

static int by_statement(const void *a, const void *b)
{
    const named_row *x = a, *y = b;
    const int names = strcmp(x->statement, y->statement);
    if (names != 0)
        return names;
    if (x->row.money.cost != y->row.money.cost)
        return x->row.money.cost > y->row.money.cost ? -1 : 1;
    const int projects = strcmp(x->row.project, y->row.project), models = strcmp(x->row.model, y->row.model);
    return projects != 0 ? projects : models != 0 ? models : strcmp(x->row.shared, y->row.shared);
}

static named_row *sorted_rows(making *m)
{
    named_row *all = SC_NEW_ARRAY(named_row, m->lines.count + 1);
    for (size_t i = 0; all != NULL && i < m->lines.count; i++) {
        const line *x = sc_map_at(&m->lines, i);
        all[i].statement = name_at(m, x->key.statement);
        all[i].row = (sc_statement_row){.project = name_at(m, x->key.project),
                                        .model = name_at(m, x->key.model),
                                        .shared = name_at(m, x->key.pool),
                                        .sums = x->sums,
                                        .money = {.cost = x->cost, .discount = x->discount}};
    }
    if (all != NULL)
        qsort(all, m->lines.count, sizeof *all, by_statement);
    return all;
}

static int fill(making *m)
{
    sc_statements *s = m->s;
    named_row *all = sorted_rows(m);
    s->rows = SC_ARENA_ARRAY(&s->arena, sc_statement_row, m->lines.count + 1);
    s->at = SC_ARENA_ARRAY(&s->arena, sc_statement, m->lines.count + 1);
    const int ok = all != NULL && s->rows != NULL && s->at != NULL;
    for (size_t i = 0; ok && i < m->lines.count; i++) {
        if (i == 0 || strcmp(all[i].statement, all[i - 1].statement) != 0)
            s->at[s->n++] = (sc_statement){.name = all[i].statement, .rows = &s->rows[i]};
        sc_statement *t = &s->at[s->n - 1];
        s->rows[s->n_rows++] = all[i].row;
        t->n_rows++;
        bill_sums_add(&t->sums, &all[i].row.sums);
        t->money.cost += all[i].row.money.cost;
        t->money.discount += all[i].row.money.discount;
        s->total.money.cost += all[i].row.money.cost;
        s->total.money.discount += all[i].row.money.discount;
    }
    sc_free(all);
    return ok;
}

sc_code sc_statements_make(const sc_ledger *l, const sc_bill_options *o, const char *by, sc_statements **out,
                           sc_errors *errors)
{
    *out = NULL;
    making m = {.l = l, .o = o, .by = by, .s = SC_NEW(sc_statements)};
    if (m.s == NULL)
        return SC_E_MEMORY;
    m.s->total.first = SC_DAY_MAX;
    m.s->total.last = SC_DAY_MIN;
    sc_map_init(&m.lines, sizeof(line), sizeof((line){{0}, {0}, 0, 0}.key));
    sc_map_init(&m.pools, sizeof(shared_cost), offsetof(shared_cost, cost));
    sc_code code = sc_names_init(&m.texts);
    if (code == SC_OK)
        code = sc_bill_items(l, o, add_item, &m, errors);
    if (code == SC_OK && (!split_pools(&m) || !fill(&m) || !statements_round(m.s) || !statements_name_files(m.s)))
        code = SC_E_MEMORY;
    sc_arena_adopt(&m.s->arena, &m.texts.arena);
    sc_names_release(&m.texts);
    sc_map_release(&m.lines);
    sc_map_release(&m.pools);
    sc_free(m.spenders);
    if (code != SC_OK) {
        sc_statements_free(m.s);
        return code;
    }
    *out = m.s;
    return SC_OK;
}

void sc_statements_free(sc_statements *s)
{
    if (s == NULL)
        return;
    sc_arena_release(&s->arena);
    sc_free(s);
}

size_t sc_statement_count(const sc_statements *s) { return s->n; }
const sc_statement *sc_statement_at(const sc_statements *s, size_t i) { return &s->at[i]; }
const sc_statements_total *sc_statements_sum(const sc_statements *s) { return &s->total; }
