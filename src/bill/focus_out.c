/* SPDX-License-Identifier: GPL-3.0-or-later */
/* focus_out.c - line items into the rows of a FOCUS file. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bill/bill_sums.h"
#include "bill/focus.h"
#include "io/file_writer.h"
#include "io/json_put.h"
#include "usage/json_fields.h"

typedef struct collecting {
    const sc_ledger *l;
    const sc_bill_options *o;
    sc_names texts;
    sc_map rows;
    sc_focus_sums sums;
    const sc_ledger_stream *stream; /* whose tags ... */
    int rule;
    const char *project, *workload;
    uint32_t tags; /* ... these are */
} collecting;

/* ---- tags ---- */

static void put_tag(sc_strbuf *b, const char *key, const char *value)
{
    sc_strbuf_puts(b, b->len > 1 ? "," : "");
    sc_put_json(b, key);
    sc_strbuf_putc(b, ':');
    sc_put_json(b, value);
}

static int is_set_by_rule(const sc_attribution_rule *r, const char *key)
{
    for (size_t i = 0; r != NULL && i < r->n_tags; i++) {
        if (strcmp(r->tag_key[i], key) == 0)
            return 1;
    }
    return 0;
}

/* Project and workload, what the rule sets, then what the usage states.  Sessions are left out: each would have rows of
 * its own, and none has a budget. */
static void put_tags(sc_strbuf *b, const collecting *c, const sc_bill_item *item)
{
    const sc_attribution_rule *r =
        item->rule >= 0 ? sc_attribution_rule_at(c->o->attribution, (size_t)item->rule) : NULL;
    sc_strbuf_putc(b, '{');
    if (strcmp(item->project, SC_UNATTRIBUTED) != 0)
        put_tag(b, "project", item->project);
    if (item->workload[0] != '\0')
        put_tag(b, "workload", item->workload);
    for (size_t i = 0; r != NULL && i < r->n_tags; i++)
        put_tag(b, r->tag_key[i], r->tag_value[i]);
    for (size_t i = 0; i < sc_ledger_tag_count(c->l, item->stream->tagset); i++) {
        const char *key, *value;
        sc_ledger_tag_at(c->l, item->stream->tagset, i, &key, &value);
        const int is_said = strcmp(key, "project") == 0 || strcmp(key, "workload") == 0 || is_set_by_rule(r, key);
        if (!is_said && !sc_fields_names_session(sc_text_of(key)))
            put_tag(b, key, value);
    }
    sc_strbuf_putc(b, '}');
}

static uint32_t text_number(collecting *c, const char *text)
{
    return sc_names_add(&c->texts, text, strlen(text), NULL);
}

/* Items come stream by stream, and share their tags. */
static uint32_t tags_of(collecting *c, const sc_bill_item *item)
{
    if (c->stream == item->stream && c->rule == item->rule && c->project == item->project &&
        c->workload == item->workload)
        return c->tags;
    sc_strbuf b = {0};
    put_tags(&b, c, item);
    c->tags = b.failed ? SC_NAME_FAILED : text_number(c, b.len > 2 ? b.text : "");
    c->stream = item->stream;
    c->rule = item->rule;
    c->project = item->project;
    c->workload = item->workload;
    sc_strbuf_release(&b);
    return c->tags;
}

/* ---- rows ---- */

static int is_bill(const sc_bill_item *item) { return sc_usage_kind_is_bill(item->stream->kind); }

static const char *resource_of(const sc_ledger_stream *s)
{
    static const sc_dim dims[] = {SC_DIM_PROJECT, SC_DIM_PROFILE};
    for (size_t i = 0; i < sizeof dims / sizeof dims[0]; i++) {
        if (strncmp(s->dim[dims[i]], "arn:", 4) == 0)
            return s->dim[dims[i]];
    }
    return "";
}

static const char *region_of(const collecting *c, const sc_bill_item *item)
{
    if (item->stream->dim[SC_DIM_REGION][0] != '\0' || item->model == NULL || item->buy.region < 0)
        return item->stream->dim[SC_DIM_REGION];
    return sc_card_region(c->o->rater->card, (size_t)item->buy.region)->code;
}

static const char *provider_of(const collecting *c, const sc_bill_item *item)
{
    const char *tag =
        item->stream->charge == SC_CHARGE_OTHER ? sc_ledger_tag(c->l, item->stream->tagset, "provider") : NULL;
    return tag != NULL ? tag : "";
}

static int make_key(collecting *c, const sc_bill_item *item, focus_key *k)
{
    const sc_ledger_stream *s = item->stream;
    const sc_price_point *p = item->point;
    const char *const texts[FOCUS_TEXTS] = {[FOCUS_TEXT_ACCOUNT] = s->dim[SC_DIM_ACCOUNT],
                                            [FOCUS_TEXT_PROJECT] = item->project,
                                            [FOCUS_TEXT_WORKLOAD] = item->workload,
                                            [FOCUS_TEXT_MODEL] =
                                                item->model != NULL ? item->model->id : s->dim[SC_DIM_MODEL],
                                            [FOCUS_TEXT_ITEM] = s->dim[SC_DIM_ITEM],
                                            [FOCUS_TEXT_REGION] = region_of(c, item),
                                            [FOCUS_TEXT_RESOURCE] = resource_of(s),
                                            [FOCUS_TEXT_PROVIDER] = provider_of(c, item),
                                            [FOCUS_TEXT_UNIT] = p != NULL ? p->unit->base : "",
                                            [FOCUS_TEXT_VARIANT] = s->dim[SC_DIM_VARIANT],
                                            [FOCUS_TEXT_TAGS] = ""};
    *k = (focus_key){.price = p != NULL ? p->price : 0,
                     .context = p != NULL ? p->context_from : 0,
                     .day = item->cell->day,
                     .is_month = s->grain == SC_GRAIN_MONTH,
                     .meter = item->meter,
                     .priced_as = p != NULL ? (int32_t)p->meter : item->meter,
                     .tier = item->model != NULL ? (int32_t)item->buy.tier : s->tier,
                     .scope = item->model != NULL ? (int32_t)item->buy.scope : s->scope,
                     .charge = (int32_t)s->charge,
                     .is_billed = is_bill(item),
                     .has_discount = item->off != NULL};
    int ok = 1;
    for (int i = 0; i < FOCUS_TEXTS; i++) {
        k->text[i] = i == FOCUS_TEXT_TAGS ? tags_of(c, item) : text_number(c, texts[i]);
        ok &= k->text[i] != SC_NAME_FAILED;
    }
    return ok;
}

/* What a bill states of a cell; its list cost is the card's where it states none. */
static void add_billed(focus_row *row, const sc_bill_item *item)
{
    const sc_ledger_cell *c = item->cell;
    const int has_list = (c->has_cost & SC_COST_LIST) != 0, is_priced = item->point != NULL;
    if (!has_list && is_priced)
        row->list += item->list;
    if (!item->first)
        return;
    const sc_money effective = (c->has_cost & SC_COST_EFFECTIVE) != 0 ? c->effective : c->billed;
    row->billed += c->billed;
    row->effective += effective;
    row->contracted += item->stream->charge == SC_CHARGE_USAGE ? effective : c->billed;
    if (has_list)
        row->list += c->list;
    else if (!is_priced)
        row->list += item->stream->charge == SC_CHARGE_USAGE ? effective : c->billed;
}

static void add_priced(focus_row *row, const sc_bill_item *item)
{
    row->list += item->list;
    row->contracted += item->cost;
    row->effective += item->cost;
    row->billed += item->cost;
}

static sc_code add_item(void *context, const sc_bill_item *item)
{
    collecting *c = context;
    focus_key key;
    if (!is_bill(item) && item->point == NULL) { /* no price, or nothing used */
        if (bill_item_is_unpriced(item) && item->quantity > 0) {
            c->sums.unpriced_items++;
            c->sums.unpriced_tokens += bill_item_unpriced_tokens(item);
        }
        return SC_OK;
    }
    focus_row *row = make_key(c, item, &key) ? sc_map_add(&c->rows, &key) : NULL;
    if (row == NULL)
        return SC_E_MEMORY;
    row->model = item->model;
    row->quantity += item->quantity;
    if (is_bill(item))
        add_billed(row, item);
    else
        add_priced(row, item);
    return SC_OK;
}

/* ---- the file ---- */

/* By day, then texts, then the rest. */
static int by_row(const void *a, const void *b)
{
    const focus_row *x = *(const focus_row *const *)a, *y = *(const focus_row *const *)b;
    if (x->key.day != y->key.day)
        return x->key.day < y->key.day ? -1 : 1;
    for (int i = 0; i < FOCUS_TEXTS; i++) {
        const int order = strcmp(x->text[i], y->text[i]);
        if (order != 0)
            return order;
    }
    const int64_t rest[][2] = {{x->key.meter, y->key.meter},         {x->key.priced_as, y->key.priced_as},
                               {x->key.tier, y->key.tier},           {x->key.scope, y->key.scope},
                               {x->key.context, y->key.context},     {x->key.charge, y->key.charge},
                               {x->key.is_billed, y->key.is_billed}, {x->key.has_discount, y->key.has_discount},
                               {x->key.is_month, y->key.is_month},   {x->key.price, y->key.price}};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        if (rest[i][0] != rest[i][1])
            return rest[i][0] < rest[i][1] ? -1 : 1;
    }
    return 0;
}

static focus_row **sorted_rows(collecting *c)
{
    focus_row **rows = SC_NEW_ARRAY(focus_row *, c->rows.count + 1);
    for (size_t i = 0; rows != NULL && i < c->rows.count; i++) {
        focus_row *row = rows[i] = sc_map_at(&c->rows, i);
        for (int t = 0; t < FOCUS_TEXTS; t++)
            row->text[t] = sc_names_at(&c->texts, row->key.text[t]).at;
        c->sums.rows++;
        c->sums.billed += row->billed;
        c->sums.effective += row->effective;
        c->sums.list += row->list;
        c->sums.contracted += row->contracted;
    }
    if (rows != NULL)
        qsort(rows, c->rows.count, sizeof *rows, by_row);
    return rows;
}

static int is_gzip_name(const char *path)
{
    const size_t n = strlen(path);
    return n > 3 && strcmp(path + n - 3, ".gz") == 0;
}

static sc_code write_rows(const collecting *c, focus_row *const *rows, const char *path, sc_errors *errors)
{
    sc_file_writer *w = NULL;
    sc_strbuf b = {0};
    sc_code code = sc_file_writer_open(path, is_gzip_name(path), &w, errors);
    focus_put_header(&b);
    for (size_t i = 0; code == SC_OK && i < c->rows.count && !sc_file_writer_failed(w) && !b.failed; i++) {
        focus_put_row(&b, c->o->rater->card, rows[i]);
        if (b.len < 1u << 16)
            continue;
        sc_file_writer_add(w, b.text, b.len);
        b.len = 0;
    }
    if (code == SC_OK && b.failed)
        code = SC_E_MEMORY;
    if (code == SC_OK && b.len > 0)
        sc_file_writer_add(w, b.text, b.len);
    if (code == SC_OK)
        code = sc_file_writer_finish(w, errors);
    if (code == SC_OK)
        code = sc_file_writer_commit(w, errors);
    sc_file_writer_close(w);
    sc_strbuf_release(&b);
    return code;
}

sc_code sc_focus_write(const sc_ledger *l, const sc_bill_options *o, const char *path, sc_focus_sums *sums,
                       sc_errors *errors)
{
    if (sc_ledger_is_priced(l))
        return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                             "the ledger was priced while it was read: meters are not told apart");
    collecting c = {.l = l, .o = o};
    focus_row **rows = NULL;
    sc_map_init(&c.rows, sizeof(focus_row), sizeof(focus_key));
    sc_code code = sc_names_init(&c.texts);
    if (code == SC_OK)
        code = sc_bill_items(l, o, add_item, &c, errors);
    if (code == SC_OK && (rows = sorted_rows(&c)) == NULL)
        code = SC_E_MEMORY;
    if (code == SC_OK)
        code = write_rows(&c, rows, path, errors);
    if (code == SC_OK && sums != NULL)
        *sums = c.sums;
    sc_names_release(&c.texts);
    sc_map_release(&c.rows);
    sc_free(rows);
    return code;
}
