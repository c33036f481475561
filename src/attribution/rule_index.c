/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_index.c - finds the first rule that holds without looking at all: rules with an exact condition are found by its
 * key and text in a hash table, the others are tried in order. */
#include <string.h>

#include "attribution/rules.h"
#include "base/alloc.h"

/* FNV-1a (Fowler, Noll, Vo), with a last mix as its low bits alone are weak. */
static uint64_t hash_of(int key, sc_text text)
{
    uint64_t h = (UINT64_C(14695981039346656037) ^ (uint64_t)key) * UINT64_C(1099511628211);
    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.at[i]) * UINT64_C(1099511628211);
    return h ^ h >> 29;
}

/* The entry, or the free slot where it would be.  The table is never full. */
static sc_rule_entry *slot_of(const sc_rule_index *x, int key, sc_text text)
{
    size_t i = (size_t)hash_of(key, text) & (x->n_slots - 1);
    while (x->entries[i].text.len > 0 && (x->entries[i].key != key || x->entries[i].text.len != text.len ||
                                          memcmp(x->entries[i].text.at, text.at, text.len) != 0))
        i = (i + 1) & (x->n_slots - 1);
    return &x->entries[i];
}

/* At most half of the slots are taken. */
static int grow(sc_rule_index *x)
{
    if (x->n_entries < x->n_slots / 2)
        return 1;
    sc_rule_index larger = {.n_slots = x->n_slots > 0 ? x->n_slots * 2 : 64};
    larger.entries = SC_NEW_ARRAY(sc_rule_entry, larger.n_slots);
    if (larger.entries == NULL)
        return 0;
    for (size_t i = 0; i < x->n_slots; i++) {
        if (x->entries[i].text.len > 0)
            *slot_of(&larger, x->entries[i].key, x->entries[i].text) = x->entries[i];
    }
    sc_free(x->entries);
    x->entries = larger.entries;
    x->n_slots = larger.n_slots;
    return 1;
}

int sc_rule_index_count(sc_attribution *a, int rule)
{
    sc_rule_index *x = &a->index;
    const sc_rule *r = &a->rules[rule];
    for (size_t i = 0; i < r->n_when; i++) {
        if (r->when[i].pattern.is_glob)
            continue;
        if (!grow(x))
            return 0;
        sc_rule_entry *e = slot_of(x, r->when[i].key, r->when[i].pattern.text);
        if (e->text.len == 0) {
            *e = (sc_rule_entry){.key = r->when[i].key, .text = r->when[i].pattern.text, .first = -1, .last = -1};
            x->n_entries++;
        }
        e->count++;
    }
    return 1;
}

static int enter_open(sc_rule_index *x, int rule)
{
    if (x->n_open == x->open_cap) {
        const size_t cap = x->open_cap > 0 ? x->open_cap * 2 : 16;
        int *open = sc_realloc(x->open, cap, sizeof *open);
        if (open == NULL)
            return 0;
        x->open = open;
        x->open_cap = cap;
    }
    x->open[x->n_open++] = rule;
    return 1;
}

int sc_rule_index_enter(sc_attribution *a, int rule)
{
    sc_rule_index *x = &a->index;
    sc_rule *r = &a->rules[rule];
    sc_rule_entry *rarest = NULL;
    r->next = -1;
    for (size_t i = 0; i < r->n_when; i++) {
        sc_rule_entry *e = r->when[i].pattern.is_glob ? NULL : slot_of(x, r->when[i].key, r->when[i].pattern.text);
        if (e != NULL && (rarest == NULL || e->count < rarest->count))
            rarest = e;
    }
    if (rarest == NULL)
        return enter_open(x, rule);
    if (rarest->last >= 0)
        a->rules[rarest->last].next = rule;
    else
        rarest->first = rule;
    rarest->last = rule;
    x->is_indexed[rarest->key] = 1;
    return 1;
}

/* ---- searching */

/* What is searched: usage with these forms on a day, or a rule that might be covered. */
typedef struct search {
    const sc_attribution *a;
    const sc_forms *forms; /* by key */
    sc_day day;
    const sc_rule *covered; /* NULL = usage */
} search;

static int holds(const search *s, const sc_rule *r)
{
    if (s->day < r->from || s->day >= r->to)
        return 0;
    for (size_t i = 0; i < r->n_when; i++) {
        if (!sc_pattern_matches(&r->when[i].pattern, &s->forms[r->when[i].key]))
            return 0;
    }
    return 1;
}

static int covers(const sc_rule *wide, const sc_rule *narrow)
{
    if (wide->from > narrow->from || wide->to < narrow->to)
        return 0;
    for (size_t i = 0; i < wide->n_when; i++) {
        const sc_when *w = &wide->when[i];
        size_t k = 0;
        while (k < narrow->n_when && (narrow->when[k].key != w->key ||
                                      !sc_pattern_covers(&w->pattern, &narrow->when[k].pattern, sc_key_dim(w->key))))
            k++;
        if (k == narrow->n_when)
            return 0;
    }
    return 1;
}

static int is_found(const search *s, int rule)
{
    const sc_rule *r = &s->a->rules[rule];
    return s->covered != NULL ? covers(r, s->covered) : holds(s, r);
}

/* The first rule of an entry that is found, before `best`; else best. */
static int first_of_entry(const search *s, int key, sc_text text, int best)
{
    int rule = slot_of(&s->a->index, key, text)->first;
    while (rule >= 0 && rule < best && !is_found(s, rule))
        rule = s->a->rules[rule].next;
    return rule >= 0 && rule < best ? rule : best;
}

static int first_found(const search *s)
{
    const sc_rule_index *x = &s->a->index;
    const int none = (int)s->a->n, n_keys = SC_DIMS + (int)s->a->tags.n;
    int best = none;
    for (int key = 0; key < n_keys; key++) {
        for (int i = 0; x->is_indexed[key] && i < s->forms[key].n; i++)
            best = first_of_entry(s, key, s->forms[key].form[i], best);
    }
    for (size_t i = 0; i < x->n_open && x->open[i] < best; i++) {
        if (is_found(s, x->open[i]))
            best = x->open[i];
    }
    return best < none ? best : -1;
}

int sc_rule_index_match(const sc_attribution *a, const sc_forms *forms, sc_day day)
{
    return first_found(&(search){.a = a, .forms = forms, .day = day});
}

/* An exact condition that covers one of the rule's is found as if usage stated what that one asks for. */
int sc_rule_index_cover(const sc_attribution *a, const sc_rule *rule)
{
    sc_forms forms[SC_RULE_KEYS_MAX] = {{.n = 0}};
    for (size_t i = 0; i < rule->n_when; i++) {
        if (!rule->when[i].pattern.is_glob)
            forms[rule->when[i].key] = sc_forms_of(sc_key_dim(rule->when[i].key), rule->when[i].pattern.text);
    }
    return first_found(&(search){.a = a, .forms = forms, .covered = rule});
}

void sc_rule_index_release(sc_rule_index *x)
{
    sc_free(x->entries);
    sc_free(x->open);
}
