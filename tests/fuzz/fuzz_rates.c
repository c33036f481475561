/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_rates.c - an error has a place in its table; an accepted card gives each price point back under its own key.
 *
 * The input is laid over a small valid card: after a line "== NAME", what follows up to the next such line is the table
 * NAME, or after "== own NAME" the customer's own; text before the first is prices-acme.csv. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_check.h"
#include "rates/rates_load.h"

enum { MAX_NAME = 40, INPUT_TABLES = 3 };

#define PRICE_HEADER \
    "model,regions,scopes,tier,meter,variant,context_from,context_to,unit,usd,from,to,source,checked,note\n"

static const struct base_table {
    const char *name, *text;
} base[] = {
    {"aliases.csv", "alias,model,note\nacme-large,acme.large-v1:0,\n"},
    {"models.csv",
     "model,provider,name,context_window,max_output,input_modalities,output_modalities,features,tokenizer,"
     "cache_min_tokens,cache_ttls,released,lifecycle,legacy_from,end_of_life,source,checked,note\n"
     "acme.large-v1:0,Acme,Large,200000,8192,text image,text,tools,acme,1024,5m "
     "1h,2026-01-15,active,,,docs,2026-09-02,\n"
     "acme.small-v1:0,Acme,Small,,,,,,acme,,,,,,2026-12-31,docs,2026-09-02,\n"},
    {"prices-acme.csv", PRICE_HEADER
     "acme.large-v1:0,us-east-1 us-east-2,in_region geo,standard,input,,,,1M_tokens,3.00,,,docs,2026-09-01,\n"
     "acme.small-v1:0,eu-west-1,geo,batch,output,,,,1K_tokens,0.001,,,docs,2026-09-01,\n"},
    {"regions.csv",
     "region,name,geo,cur_code\nus-east-1,Virginia,us,USE1\nus-east-2,Ohio,us,USE2\neu-west-1,Ireland,eu,EU\n"},
    {"sources.csv", "source,title,url,date\ndocs,Docs,https://docs.example,2026-09-02\n"},
    {"tokenizers.csv", "tokenizer,ratio_low,ratio_high,source,note\nacme,0.95,1.20,docs,\n"},
};
enum { BASE_TABLES = sizeof base / sizeof *base, MAX_TABLES = BASE_TABLES + INPUT_TABLES + 1 };

static const char own_prefix[] = "own ";
enum { OWN_PREFIX = sizeof own_prefix - 1 };

typedef struct tables {
    sc_card_table table[MAX_TABLES];
    sc_card_table of_card[MAX_TABLES], own[MAX_TABLES];
    char name[MAX_TABLES][MAX_NAME + 1];
    char *text[MAX_TABLES]; /* a block of exactly its size, so that a sanitizer sees a read past its end */
    size_t n;
} tables;

/* Adds a table, or replaces the one of that name. */
static void put_table(tables *t, const char *name, size_t name_size, const char *text, size_t size)
{
    size_t i = 0;
    while (i < t->n && !(strlen(t->name[i]) == name_size && memcmp(t->name[i], name, name_size) == 0))
        i++;
    if (i == t->n)
        t->n++;
    else
        free(t->text[i]);
    memcpy(t->name[i], name, name_size);
    t->name[i][name_size] = '\0';
    t->text[i] = malloc(size > 0 ? size : 1);
    require(t->text[i] != NULL);
    memcpy(t->text[i], text, size);
    t->table[i] = (sc_card_table){t->name[i], t->text[i], size};
}

static void free_tables(tables *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->text[i]);
}

/* The end of the table that starts at `at`: the next line that begins with "== ", or the end of the input. */
static size_t table_end(const char *text, size_t size, size_t at)
{
    for (size_t i = at; i + 3 <= size; i++) {
        if ((i == at || text[i - 1] == '\n') && memcmp(text + i, "== ", 3) == 0)
            return i;
    }
    return size;
}

/* False for an input that is no set of tables: too many, or a name that no file can have. */
static int read_tables(tables *t, const char *text, size_t size)
{
    for (size_t i = 0; i < BASE_TABLES; i++)
        put_table(t, base[i].name, strlen(base[i].name), base[i].text, strlen(base[i].text));
    size_t end = table_end(text, size, 0);
    if (end > 0)
        put_table(t, "prices-acme.csv", strlen("prices-acme.csv"), text, end);
    for (int n = 0; end < size; n++) {
        const char *name = text + end + 3, *line_end = memchr(name, '\n', size - end - 3);
        size_t name_size = line_end != NULL ? (size_t)(line_end - name) : size - end - 3;
        if (n == INPUT_TABLES || name_size == 0 || name_size > MAX_NAME || memchr(name, '/', name_size) != NULL ||
            memchr(name, '\0', name_size) != NULL)
            return 0;
        size_t start = end + 3 + name_size + (line_end != NULL);
        end = table_end(text, size, start);
        put_table(t, name, name_size, text + start, end - start);
    }
    return 1;
}

/* Parts the tables into those of the card and the customer's own. */
static void part_tables(tables *t, sc_table_set *card, sc_table_set *own)
{
    *card = (sc_table_set){.label = "card", .tables = t->of_card};
    *own = (sc_table_set){.label = "own", .tables = t->own};
    for (size_t i = 0; i < t->n; i++) {
        sc_card_table table = t->table[i];
        if (strncmp(table.name, own_prefix, OWN_PREFIX) != 0) {
            t->of_card[card->n++] = table;
            continue;
        }
        table.name += OWN_PREFIX;
        t->own[own->n++] = table;
    }
}

static void check_errors(const sc_errors *errors, const tables *t)
{
    require(errors->errors > 0 && errors->count > 0);
    for (int i = 0; i < errors->count; i++) {
        const sc_error *e = &errors->item[i];
        char shown[SC_ERROR_TEXT_MAX];
        require(sc_error_format(e, shown, sizeof shown) < sizeof shown - 1);
        if (strcmp(e->file, "card") == 0 || strcmp(e->file, "own") == 0) {
            require(e->line == 0);
            continue;
        }
        char name[MAX_NAME + OWN_PREFIX + 1];
        int is_own = strncmp(e->file, "own/", 4) == 0;
        require(is_own || strncmp(e->file, "card/", 5) == 0);
        (void)snprintf(name, sizeof name, "%s%s", is_own ? own_prefix : "", strchr(e->file, '/') + 1);
        size_t k = 0;
        while (k < t->n && strcmp(t->name[k], name) != 0)
            k++;
        require(k < t->n);
        int lines = 1;
        for (size_t at = 0; at < t->table[k].size; at++)
            lines += t->text[k][at] == '\n';
        require(e->line >= 1 && e->line <= lines && e->column >= 1 && (size_t)e->column <= t->table[k].size + 1);
        require(e->caret >= 0 && (size_t)e->caret <= strlen(e->source) && e->width >= 1);
    }
}

/* Only a price of the customer's own may stand before one of the card. */
static void check_found(const sc_price_point *p, const sc_price_point *found, int holds)
{
    require((found == p) == holds || (holds && found != NULL && found->is_own && !p->is_own));
}

/* No row overlaps another of its set, so that each must be what its own key finds, from the first to the last day and
 * token. */
static void check_point(const sc_card *card, const sc_price_point *p)
{
    sc_int128 femto;
    require(p->model != NULL && p->regions != 0 && p->scopes != 0 && p->price >= 0);
    require(p->from < p->to && p->context_from < p->context_to && p->checked <= sc_card_checked(card));
    require(sc_decimal_parse128(p->usd, strlen(p->usd), 15, &femto) == SC_OK);
    require(femto == (sc_int128)p->price * p->unit->per);
    for (int r = 0; r < (int)sc_card_region_count(card); r++) {
        for (sc_scope s = SC_SCOPE_IN_REGION; s < SC_SCOPES; s++) {
            const sc_buy buy = {p->model, r, s, p->tier};
            int holds = (p->regions >> r & 1) != 0 && (p->scopes >> s & 1) != 0;
            char why[80];
            check_found(p, sc_card_find(card, &buy, p->meter, p->variant, p->context_from, p->from), holds);
            check_found(p, sc_card_find(card, &buy, p->meter, p->variant, p->context_to - 1, p->to - 1), holds);
            sc_card_explain(card, &buy, p->meter, p->variant, p->context_to, p->to, why, sizeof why);
            require(strlen(why) < sizeof why);
        }
    }
}

static void check_terms(const sc_card *card)
{
    for (size_t i = 0; i < sc_card_discount_count(card); i++) {
        const sc_discount *d = sc_card_discount(card, i);
        require(d->share > 0 && d->share <= SC_DISCOUNT_WHOLE && d->from < d->to);
    }
    for (size_t i = 0; i < sc_card_commitment_count(card); i++) {
        const sc_commitment *c = sc_card_commitment(card, i);
        sc_money list = 0, discount = 0;
        require(c->quantity > 0 && c->from < c->to);
        if (sc_card_commitment_cost(card, c, c->from, c->from + 2, &list, &discount, NULL) == SC_OK)
            require(list >= discount && discount >= 0);
    }
}

static void check_card(const sc_card *card)
{
    check_terms(card);
    size_t points = 0;
    require(strlen(sc_card_hash(card)) == 64);
    for (size_t i = 0; i < sc_card_model_count(card); i++) {
        const sc_model *m = sc_card_model(card, i);
        size_t first, n = sc_card_model_points(card, m, &first);
        require(i == 0 || strcmp(sc_card_model(card, i - 1)->id, m->id) < 0);
        require(m->tokens_low > 0 && m->tokens_low <= m->tokens_high);
        for (size_t k = first; k < first + n; k++)
            require(sc_card_point(card, k)->model == m);
        points += n;
    }
    require(points == sc_card_point_count(card));
    for (size_t i = 0; i < points && i < 100; i++)
        check_point(card, sc_card_point(card, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tables t = {.n = 0};
    if (read_tables(&t, (const char *)data, size)) {
        sc_errors errors = {0};
        sc_card *card, *again;
        sc_table_set card_set, own_set;
        part_tables(&t, &card_set, &own_set);
        const sc_table_set *own = own_set.n > 0 ? &own_set : NULL;
        sc_code code = sc_card_load_tables(&card_set, own, &card, &errors);
        if (code == SC_OK) {
            require(card != NULL && errors.errors == 0);
            check_card(card);
            require(sc_card_load_tables(&card_set, own, &again, NULL) == SC_OK);
            require(strcmp(sc_card_hash(card), sc_card_hash(again)) == 0);
            sc_card_free(again);
        } else {
            require(code == SC_E_INPUT && card == NULL);
            check_errors(&errors, &t);
        }
        sc_card_free(card);
    }
    free_tables(&t);
    return 0;
}
