/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule_index.c - finds the first rule that holds without looking at all: a rule is found in a hash table by the text of
 * one of its conditions, if that is exact, or by the last bytes of all that it matches, if it says so many; the others
 * are tried in order. */
#include <string.h>

#include "attribution/rules.h"
#include "base/alloc.h"

#define TAIL_BYTES 8

/* What a condition is found by; no text = by nothing. */
typedef struct handle {
    int key; /* SC_RULE_KEYS_MAX more for last bytes */
    sc_text text;
} handle;

static handle handle_of_tail(int key, sc_text t)
{
    if (t.len < TAIL_BYTES)
        return (handle){.key = key};
    return (handle){key + SC_RULE_KEYS_MAX, {t.at + t.len - TAIL_BYTES, TAIL_BYTES}};
}

static handle handle_of(const sc_when *w)
{
    return w->pattern.is_glob ? handle_of_tail(w->key, w->pattern.tail) : (handle){w->key, w->pattern.text};
}

/* FNV-1a (Fowler, Noll, Vo), with a last mix as its low bits alone are weak. */
static uint64_t hash_of(handle h)
{
    uint64_t hash = (UINT64_C(14695981039346656037) ^ (uint64_t)h.key) * UINT64_C(1099511628211);
    for (size_t i = 0; i < h.text.len; i++)
        hash = (hash ^ (unsigned char)h.text.at[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 29;
}

static int is_same(handle a, handle b)
{
    return a.key == b.key && a.text.len == b.text.len && memcmp(a.text.at, b.text.at, a.text.len) == 0;
}

/* The entry, or the free slot where it would be.  The table is never full. */
static sc_rule_entry *slot_of(const sc_rule_index *x, handle h)
{
    size_t i = (size_t)hash_of(h) & (x->n_slots - 1);
    while (x->entries[i].text.len > 0 && !is_same((handle){x->entries[i].key, x->entries[i].text}, h))
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
            *slot_of(&larger, (handle){x->entries[i].key, x->entries[i].text}) = x->entries[i];
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
        const handle h = handle_of(&r->when[i]);
        if (h.text.len == 0)
            continue;
        if (!grow(x))
            return 0;
        sc_rule_entry *e = slot_of(x, h);
        if (e->text.len == 0) {
            *e = (sc_rule_entry){.key = h.key, .text = h.text, .first = -1, .last = -1};
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
        const handle h = handle_of(&r->when[i]);
        sc_rule_entry *e = h.text.len > 0 ? slot_of(x, h) : NULL;
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
    x->is_indexed[rarest->key % SC_RULE_KEYS_MAX] = 1;
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
static int first_of_entry(const search *s, handle h, int best)
{
    int rule = h.text.len > 0 ? slot_of(&s->a->index, h)->first : -1;
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
        for (int i = 0; x->is_indexed[key] && i < s->forms[key].n; i++) {
            best = first_of_entry(s, (handle){key, s->forms[key].form[i]}, best);
            best = first_of_entry(s, handle_of_tail(key, s->forms[key].form[i]), best);
        }
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

/* What covers a condition is found as if usage stated what that one asks for: its text, or its last bytes. */
int sc_rule_index_cover(const sc_attribution *a, const sc_rule *rule)
{
    sc_forms forms[SC_RULE_KEYS_MAX] = {{.n = 0}};
    for (size_t i = 0; i < rule->n_when; i++) {
        const sc_when *w = &rule->when[i];
        if (!w->pattern.is_glob)
            forms[w->key] = sc_forms_of(sc_key_dim(w->key), w->pattern.text);
        else if (w->pattern.tail.len > 0)
            forms[w->key] = (sc_forms){{w->pattern.tail}, 1};
    }
    return first_found(&(search){.a = a, .forms = forms, .covered = rule});
}

void sc_rule_index_release(sc_rule_index *x)
{
    sc_free(x->entries);
    sc_free(x->open);
}
