/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statements_round.c - cents that add up, and names of files.
 *
 * Largest remainder (Hamilton's method): each part is rounded down, and the cents that are then missing go to the parts
 * that lost most, of equal ones to the first.  No part is off by a cent or more. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bill/statements.h"

#define FEMTO_PER_CENT (SC_FEMTO_PER_USD / 100)
#define FILE_NAME_MAX 60

/* ---- cents ---- */

static sc_money floor_cents(sc_money m) { return m / FEMTO_PER_CENT - (m % FEMTO_PER_CENT < 0); }

/* Half-even. */
static int64_t round_cents(sc_money m)
{
    const sc_money floor = floor_cents(m), rest = m - floor * FEMTO_PER_CENT;
    const int up = 2 * rest > FEMTO_PER_CENT || (2 * rest == FEMTO_PER_CENT && floor % 2 != 0);
    return (int64_t)(floor + up);
}

typedef struct part {
    sc_money exact, rest; /* rest: what rounding down takes away */
    int64_t cents;
    size_t index;
} part;

static int by_rest(const void *a, const void *b)
{
    const part *x = a, *y = b;
    if (x->rest != y->rest)
        return x->rest > y->rest ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static int by_index(const void *a, const void *b)
{
    const part *x = a, *y = b;
    return x->index < y->index ? -1 : 1;
}

/* Cents of parts[n] that add up to `whole`, which is their sum rounded in any way. */
static void apportion(part *parts, size_t n, int64_t whole)
{
    int64_t left = whole;
    for (size_t i = 0; i < n; i++) {
        const sc_money floor = floor_cents(parts[i].exact);
        parts[i].index = i;
        parts[i].cents = (int64_t)floor;
        parts[i].rest = parts[i].exact - floor * FEMTO_PER_CENT;
        left -= parts[i].cents;
    }
    qsort(parts, n, sizeof *parts, by_rest);
    for (size_t i = 0; i < n && left > 0; i++, left--)
        parts[i].cents++;
    qsort(parts, n, sizeof *parts, by_index);
}

static void round_statements(sc_statements *s, part *parts)
{
    sc_statement_money *total = &s->total.money;
    total->cost_cents = round_cents(total->cost);
    total->discount_cents = round_cents(total->discount);
    for (size_t i = 0; i < s->n; i++)
        parts[i].exact = s->at[i].money.cost;
    apportion(parts, s->n, total->cost_cents);
    for (size_t i = 0; i < s->n; i++) {
        s->at[i].money.cost_cents = parts[i].cents;
        parts[i].exact = s->at[i].money.discount;
    }
    apportion(parts, s->n, total->discount_cents);
    for (size_t i = 0; i < s->n; i++)
        s->at[i].money.discount_cents = parts[i].cents;
}

static void round_rows(const sc_statement *t, sc_statement_row *rows, part *parts)
{
    for (size_t i = 0; i < t->n_rows; i++)
        parts[i].exact = rows[i].money.cost;
    apportion(parts, t->n_rows, t->money.cost_cents);
    for (size_t i = 0; i < t->n_rows; i++) {
        rows[i].money.cost_cents = parts[i].cents;
        parts[i].exact = rows[i].money.discount;
    }
    apportion(parts, t->n_rows, t->money.discount_cents);
    for (size_t i = 0; i < t->n_rows; i++)
        rows[i].money.discount_cents = parts[i].cents;
}

int statements_round(sc_statements *s)
{
    part *parts = SC_NEW_ARRAY(part, s->n_rows + s->n + 1);
    if (parts == NULL)
        return 0;
    round_statements(s, parts);
    for (size_t i = 0, first = 0; i < s->n; first += s->at[i++].n_rows)
        round_rows(&s->at[i], s->rows + first, parts);
    sc_free(parts);
    return 1;
}

/* ---- names of files ---- */

/* Small letters, digits, '-', '_' and '.' within: safe on every file system, and no way out of the folder. */
static size_t safe_name(const char *name, char *out)
{
    size_t n = 0;
    for (const char *c = name; *c != '\0' && n < FILE_NAME_MAX; c++) {
        const char small = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        const int is_word = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9');
        if (is_word || (n > 0 && (small == '_' || small == '.')))
            out[n++] = small;
        else if (n > 0 && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n > 0 && (out[n - 1] == '-' || out[n - 1] == '.'))
        n--;
    out[n] = '\0';
    return n;
}

static int is_taken(const sc_statements *s, size_t n, const char *file)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(s->at[i].file, file) == 0)
            return 1;
    }
    return strcmp(file, "index") == 0;
}

int statements_name_files(sc_statements *s)
{
    for (size_t i = 0; i < s->n; i++) {
        char name[FILE_NAME_MAX + 1], file[FILE_NAME_MAX + 24];
        if (safe_name(s->at[i].name, name) == 0)
            snprintf(name, sizeof name, "statement");
        snprintf(file, sizeof file, "%s", name);
        for (size_t again = 2; is_taken(s, i, file); again++)
            snprintf(file, sizeof file, "%s-%zu", name, again);
        s->at[i].file = sc_arena_strdup(&s->arena, file);
        if (s->at[i].file == NULL)
            return 0;
    }
    return 1;
}
