/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reconcile.c - what was logged, priced, against what was billed: the result. */
#include "spendcast/reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "reconcile/recon.h"

struct sc_recon {
    sc_arena texts;
    sc_recon_line *lines;
    size_t n;
    sc_recon_totals totals;
};

static const struct {
    const char *name, *title;
} causes[SC_RECON_CAUSES] = {
    [SC_RECON_NOT_LOGGED_MANTLE] = {"not_logged_mantle", "not logged: calls of bedrock-mantle"},
    [SC_RECON_NOT_LOGGED_BATCH] = {"not_logged_batch", "not logged: batch inference"},
    [SC_RECON_NOT_LOGGED_ACCOUNT] = {"not_logged_account", "not logged: accounts without logs"},
    [SC_RECON_NOT_LOGGED_REGION] = {"not_logged_region", "not logged: regions without logs"},
    [SC_RECON_NOT_LOGGED_DAYS] = {"not_logged_days", "not logged: days outside the logs"},
    [SC_RECON_NOT_LOGGED] = {"not_logged", "not logged: records are missing"},
    [SC_RECON_LATE_DAYS] = {"late_days", "late: days that the bill does not have yet"},
    [SC_RECON_NOT_BILLED] = {"not_billed", "logged, but not in the bill"},
    [SC_RECON_CACHE_LIFETIME] = {"cache_lifetime", "cache writes of another lifetime"},
    [SC_RECON_TIER] = {"tier", "another tier"},
    [SC_RECON_SCOPE] = {"scope", "another routing scope"},
    [SC_RECON_CONTEXT] = {"context", "another context band"},
    [SC_RECON_DATE] = {"date", "the price of another date"},
    [SC_RECON_DISCOUNT] = {"discount", "discounts"},
    [SC_RECON_CREDIT] = {"credit", "credits and refunds"},
    [SC_RECON_TAX] = {"tax", "taxes"},
    [SC_RECON_FEE] = {"fee", "purchases and fees"},
    [SC_RECON_ADJUSTMENT] = {"adjustment", "adjustments"},
    [SC_RECON_UNKNOWN] = {"unknown", "no known model, quantity or price"},
    [SC_RECON_ROUNDING] = {"rounding", "rounding"},
    [SC_RECON_PRICE] = {"price", "another price than the card's"},
};

const char *sc_recon_cause_name(sc_recon_cause c) { return causes[c].name; }
const char *sc_recon_cause_title(sc_recon_cause c) { return causes[c].title; }

/* ---- lines ---- */

static sc_recon_line line_of(const recon *x, const recon_entry *e)
{
    const recon_key *k = &e->key;
    sc_recon_line line = {.day = k->period,
                          .model = sc_names_at(&x->texts, k->model).at,
                          .region = sc_names_at(&x->texts, k->region).at,
                          .variant = sc_names_at(&x->texts, k->variant).at,
                          .is_global = k->is_global,
                          .tier = k->tier,
                          .meter = k->meter,
                          .context_from = k->context,
                          .charge = (sc_charge)k->charge,
                          .logged = e->logged,
                          .counted = e->counted,
                          .priced = e->priced,
                          .billed = e->billed};
    memcpy(line.cause, e->cause, sizeof line.cause);
    return line;
}

static int add_to_sum(sc_recon_line *sum, const sc_recon_line *line)
{
    const int is_tokens = line->meter >= 0 && line->meter < SC_TOKEN_METERS;
    if (is_tokens && (__builtin_add_overflow(sum->logged, line->logged, &sum->logged) ||
                      __builtin_add_overflow(sum->counted, line->counted, &sum->counted)))
        return 0;
    sum->priced += line->priced;
    sum->billed += line->billed;
    for (int c = 0; c < SC_RECON_CAUSES; c++)
        sum->cause[c] += line->cause[c];
    return 1;
}

static int by_residual(const void *a, const void *b)
{
    const sc_recon_line *x = a, *y = b;
    sc_money p = x->billed - x->priced, q = y->billed - y->priced;
    p = p < 0 ? -p : p;
    q = q < 0 ? -q : q;
    if (p != q)
        return p > q ? -1 : 1;
    const int texts[] = {strcmp(x->model, y->model), strcmp(x->region, y->region), strcmp(x->variant, y->variant)};
    const int64_t numbers[][2] = {{x->day, y->day},   {x->charge, y->charge},       {x->meter, y->meter},
                                  {x->tier, y->tier}, {x->is_global, y->is_global}, {x->context_from, y->context_from}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i] != 0)
            return texts[i];
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (numbers[i][0] != numbers[i][1])
            return numbers[i][0] < numbers[i][1] ? -1 : 1;
    }
    return 0;
}

static sc_code make_lines(const recon *x, sc_recon *r, sc_errors *errors)
{
    r->totals = x->totals;
    r->lines = SC_NEW_ARRAY(sc_recon_line, x->n + 1);
    if (r->lines == NULL)
        return SC_E_MEMORY;
    for (; r->n < x->n; r->n++) {
        r->lines[r->n] = line_of(x, x->order[r->n]);
        if (!add_to_sum(&r->totals.sum, &r->lines[r->n]))
            return sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "a quantity is too large to add up");
    }
    qsort(r->lines, r->n, sizeof *r->lines, by_residual);
    return SC_OK;
}

static sc_code list_entries(recon *x)
{
    x->n = x->entries.count;
    x->order = SC_NEW_ARRAY(recon_entry *, x->n + 1);
    for (size_t i = 0; x->order != NULL && i < x->n; i++)
        x->order[i] = sc_map_at(&x->entries, i);
    return x->order != NULL ? SC_OK : SC_E_MEMORY;
}

/* ---- all ---- */

static void release(recon *x)
{
    sc_names_release(&x->texts);
    sc_map_release(&x->entries);
    sc_map_release(&x->regions);
    sc_map_release(&x->accounts);
    sc_free(x->order);
}

sc_code sc_reconcile(const sc_ledger *l, const sc_bill_options *o, sc_recon **out, sc_errors *errors)
{
    recon x = {.l = l, .card = o->rater->card};
    *out = NULL;
    if (sc_ledger_is_priced(l))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                             "the ledger was priced while it was read: meters are not told apart");
    sc_recon *r = SC_NEW(sc_recon);
    if (r == NULL)
        return SC_E_MEMORY;
    sc_map_init(&x.entries, sizeof(recon_entry), sizeof(recon_key));
    sc_map_init(&x.regions, sizeof(uint32_t), sizeof(uint32_t));
    sc_map_init(&x.accounts, sizeof(uint32_t), sizeof(uint32_t));
    sc_code code = sc_names_init(&x.texts);
    if (code == SC_OK)
        code = recon_join(&x, o, errors);
    if (code == SC_OK)
        code = list_entries(&x);
    if (code == SC_OK) {
        recon_explain(&x);
        code = make_lines(&x, r, errors);
    }
    sc_arena_adopt(&r->texts, &x.texts.arena);
    release(&x);
    if (code != SC_OK) {
        sc_recon_free(r);
        return code;
    }
    *out = r;
    return SC_OK;
}

void sc_recon_free(sc_recon *r)
{
    if (r == NULL)
        return;
    sc_arena_release(&r->texts);
    sc_free(r->lines);
    sc_free(r);
}

const sc_recon_totals *sc_recon_total(const sc_recon *r) { return &r->totals; }
size_t sc_recon_line_count(const sc_recon *r) { return r->n; }
const sc_recon_line *sc_recon_line_at(const sc_recon *r, size_t i) { return &r->lines[i]; }

int sc_recon_main_cause(const sc_recon_line *line)
{
    int main = -1;
    sc_money most = 0;
    for (int c = 0; c < SC_RECON_CAUSES; c++) {
        const sc_money size = line->cause[c] < 0 ? -line->cause[c] : line->cause[c];
        if (size > most) {
            most = size;
            main = c;
        }
    }
    return main;
}
