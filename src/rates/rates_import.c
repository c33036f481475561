/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_import.c - prices of a file held against a rate card. */
#include "spendcast/rates_import.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "io/file.h"
#include "rates/card.h"
#include "rates/import_read.h"

#define MAX_FILE_BYTES ((size_t)512 << 20)

struct sc_import {
    sc_arena arena;
    const char *format;
    sc_import_row *rows;
    size_t n, cap;
};

static const char *const kind_names[SC_IMPORT_KINDS] = {"changed", "missing", "unknown", "same"};

const char *sc_import_kind_name(sc_import_kind kind) { return kind_names[kind]; }
const char *sc_import_format(const sc_import *im) { return im->format; }
size_t sc_import_count(const sc_import *im) { return im->n; }
const sc_import_row *sc_import_at(const sc_import *im, size_t i) { return &im->rows[i]; }

void sc_import_free(sc_import *im)
{
    if (im == NULL)
        return;
    sc_free(im->rows);
    sc_arena_release(&im->arena);
    sc_free(im);
}

/* ---- rows ---- */

static const char *copied(sc_importer *x, const char *text)
{
    const char *copy = sc_arena_strdup(&x->im->arena, text);
    if (copy == NULL)
        x->failed = SC_E_MEMORY;
    return copy != NULL ? copy : "";
}

static void put_row(sc_importer *x, const sc_import_row *row)
{
    sc_import *im = x->im;
    if (im->n == im->cap) {
        size_t cap = im->cap > 0 ? im->cap * 2 : 256;
        sc_import_row *grown = sc_realloc(im->rows, cap, sizeof *grown);
        if (grown == NULL) {
            x->failed = SC_E_MEMORY;
            return;
        }
        im->rows = grown;
        im->cap = cap;
    }
    im->rows[im->n++] = *row;
}

void sc_importer_add_unknown(sc_importer *x, const char *name, const char *format, ...)
{
    char reason[300];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    put_row(x, &(sc_import_row){.kind = SC_IMPORT_UNKNOWN,
                                .name = copied(x, name),
                                .region = -1,
                                .variant = "",
                                .usd = "",
                                .unit = "",
                                .day = x->as_of,
                                .from = SC_DAY_MIN,
                                .reason = copied(x, reason)});
}

/* Writes the price in the unit of the card's price, or of its meter. */
static void write_usd(sc_importer *x, sc_import_row *row)
{
    char text[SC_DECIMAL_TEXT_MAX];
    const sc_unit *unit = row->point != NULL ? row->point->unit : sc_meter_unit(row->meter);
    row->unit = unit->name;
    row->usd = copied(x, sc_decimal_format_exact(sc_money_times(row->price, unit->per), 15, 2, text));
}

static int decimals_per(int64_t per)
{
    int n = 0;
    for (; per > 1; per /= 10)
        n++;
    return n;
}

void sc_importer_add(sc_importer *x, const sc_import_row *row, const char *usd, size_t usd_len, int64_t per)
{
    sc_import_row r = *row;
    char why[400] = "";
    r.price = 0;
    if (sc_decimal_parse(usd, usd_len, 15 - decimals_per(per), &r.price) != SC_OK || r.price < 0) {
        sc_importer_add_unknown(x, row->name, "'%.*s' is no price of 0 or more with at most %d decimals", (int)usd_len,
                                usd, 15 - decimals_per(per));
        return;
    }
    r.name = copied(x, row->name);
    r.variant = copied(x, row->variant);
    r.kind = SC_IMPORT_SAME;
    r.reason = "";
    for (sc_scope s = SC_SCOPE_IN_REGION; s < SC_SCOPES && r.kind == SC_IMPORT_SAME; s++) {
        const sc_buy buy = {r.model, r.region, s, r.tier};
        if ((r.scopes >> s & 1) == 0)
            continue;
        r.point = sc_card_find(x->card, &buy, r.meter, r.variant, r.context, r.day);
        if (r.point == NULL) {
            r.kind = SC_IMPORT_MISSING;
            sc_card_explain(x->card, &buy, r.meter, r.variant, r.context, r.day, why, sizeof why);
            r.reason = copied(x, why);
        } else if (r.point->price != r.price) {
            r.kind = SC_IMPORT_CHANGED;
            if (r.point->price > 0)
                r.ratio = (double)r.price / (double)r.point->price;
        }
    }
    write_usd(x, &r);
    put_row(x, &r);
}

/* ---- order ---- */

static double step_size(double ratio) { return ratio == 0.0 ? (double)INFINITY : ratio < 1.0 ? 1.0 / ratio : ratio; }

static int row_order(const void *a, const void *b)
{
    const sc_import_row *r = a, *q = b;
    if (r->kind != q->kind)
        return (int)r->kind - (int)q->kind;
    if (r->kind == SC_IMPORT_CHANGED && step_size(r->ratio) != step_size(q->ratio))
        return step_size(r->ratio) > step_size(q->ratio) ? -1 : 1;
    int order = r->model != NULL && q->model != NULL ? strcmp(r->model->id, q->model->id) : 0;
    order = order != 0 ? order : strcmp(r->name, q->name);
    order = order != 0 ? order : r->region - q->region;
    order = order != 0 ? order : (r->context > q->context) - (r->context < q->context);
    order = order != 0 ? order : (r->from > q->from) - (r->from < q->from);
    return order != 0 ? order : (r->price > q->price) - (r->price < q->price);
}

/* ---- the file ---- */

/* The provider "aws" of genai-prices data, or NULL. */
static const cJSON *aws_provider(const cJSON *root)
{
    const cJSON *element;
    if (cJSON_IsObject(root) && cJSON_GetObjectItemCaseSensitive(root, "models") != NULL)
        return root;
    if (!cJSON_IsArray(root))
        return NULL;
    cJSON_ArrayForEach(element, root)
    {
        const cJSON *id = cJSON_GetObjectItemCaseSensitive(element, "id");
        if (cJSON_IsString(id) && strcmp(id->valuestring, "aws") == 0)
            return element;
    }
    return NULL;
}

static void read_document(sc_importer *x, const sc_json_doc *doc)
{
    const cJSON *root = sc_json_root(doc), *provider = aws_provider(root);
    if (cJSON_GetObjectItemCaseSensitive(root, "products") != NULL ||
        cJSON_GetObjectItemCaseSensitive(root, "PriceList") != NULL) {
        x->im->format = "AWS Price List";
        sc_import_pricelist(x, doc);
    } else if (provider != NULL) {
        x->im->format = "genai-prices";
        sc_import_genai(x, doc, provider);
    } else {
        sc_json_error(doc, root, SC_JSON_VALUE, x->errors,
                      "is no price data, expected an AWS Price List ('products' or 'PriceList') or genai-prices "
                      "('models' of the provider 'aws')");
    }
}

sc_code sc_import_parse(const char *name, const char *text, size_t size, const sc_card *card, sc_day as_of,
                        sc_import **out, sc_errors *errors)
{
    sc_errors local = {0};
    sc_json_doc *doc = NULL;
    if (errors == NULL)
        errors = &local;
    const int before = errors->errors;
    *out = NULL;
    sc_code code = sc_json_parse(name, text, size, &doc, errors);
    if (code != SC_OK)
        return code;
    sc_import *im = SC_NEW(sc_import);
    sc_importer x = {.card = card, .as_of = as_of, .im = im, .errors = errors};
    if (im != NULL)
        read_document(&x, doc);
    else
        x.failed = SC_E_MEMORY;
    sc_json_free(doc);
    code = x.failed != SC_OK ? x.failed : errors->errors != before ? SC_E_INPUT : SC_OK;
    if (code != SC_OK) {
        sc_import_free(im);
        return code;
    }
    if (im->n > 0)
        qsort(im->rows, im->n, sizeof *im->rows, row_order);
    *out = im;
    return SC_OK;
}

sc_code sc_import_load(const char *path, const sc_card *card, sc_day as_of, sc_import **out, sc_errors *errors)
{
    char *text = NULL;
    size_t size = 0;
    *out = NULL;
    sc_code code = sc_file_read(path, MAX_FILE_BYTES, &text, &size, errors);
    if (code == SC_OK)
        code = sc_import_parse(strcmp(path, "-") == 0 ? "standard input" : path, text, size, card, as_of, out, errors);
    sc_free(text);
    return code;
}

/* ---- as rows of a price table ---- */

/* Two prices that differ in their regions only. */
static int one_table_row(const sc_import_row *r, const sc_import_row *q)
{
    return r->model == q->model && r->tier == q->tier && r->meter == q->meter && r->scopes == q->scopes &&
           r->context == q->context && r->price == q->price && r->from == q->from &&
           strcmp(r->variant, q->variant) == 0;
}

static int table_order(const void *a, const void *b)
{
    const sc_import_row *r = *(const sc_import_row *const *)a, *q = *(const sc_import_row *const *)b;
    int order = strcmp(r->model->id, q->model->id);
    order = order != 0 ? order : (int)r->tier - (int)q->tier;
    order = order != 0 ? order : (int)r->meter - (int)q->meter;
    order = order != 0 ? order : strcmp(r->variant, q->variant);
    order = order != 0 ? order : (int)r->scopes - (int)q->scopes;
    order = order != 0 ? order : (r->context > q->context) - (r->context < q->context);
    order = order != 0 ? order : (r->price > q->price) - (r->price < q->price);
    order = order != 0 ? order : (r->from > q->from) - (r->from < q->from);
    return order != 0 ? order : r->region - q->region;
}

static void add_list(sc_strbuf *out, uint64_t set, int regions, const sc_card *card)
{
    int n = 0;
    for (int i = 0; i < (regions ? (int)card->n_regions : (int)SC_SCOPES); i++) {
        if (set >> i & 1)
            sc_strbuf_printf(out, "%s%s", n++ > 0 ? " " : "",
                             regions ? card->regions[i].code : sc_scope_name((sc_scope)i));
    }
}

static void add_table_row(sc_strbuf *out, const sc_card *card, const sc_import_row *r, uint64_t regions,
                          const char *source, sc_day checked)
{
    char day[16];
    sc_strbuf_printf(out, "%s,", r->model->id);
    add_list(out, regions, 1, card);
    sc_strbuf_puts(out, ",");
    add_list(out, r->scopes, 0, card);
    sc_strbuf_printf(out, ",%s,%s,%s,", sc_tier_name(r->tier), sc_meter_name(r->meter), r->variant);
    if (r->context > 0)
        sc_strbuf_printf(out, "%lld", (long long)r->context);
    sc_strbuf_printf(out, ",,%s,%s,%s,,%s,", r->unit, r->usd, r->from != SC_DAY_MIN ? sc_day_format(r->from, day) : "",
                     source);
    sc_strbuf_printf(out, "%s,,%s\n", sc_day_format(checked, day),
                     r->kind == SC_IMPORT_CHANGED ? "the card has another price; close it on the day before" : "");
}

sc_code sc_import_rows_csv(const sc_import *im, const sc_card *card, const char *source, sc_day checked, char **text,
                           size_t *size)
{
    sc_strbuf out = {0};
    size_t n = 0;
    *text = NULL;
    *size = 0;
    const sc_import_row **rows = SC_NEW_ARRAY(const sc_import_row *, im->n + 1);
    if (rows == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < im->n; i++) {
        if (im->rows[i].kind == SC_IMPORT_CHANGED || im->rows[i].kind == SC_IMPORT_MISSING)
            rows[n++] = &im->rows[i];
    }
    if (n > 0)
        qsort(rows, n, sizeof *rows, table_order);
    sc_strbuf_puts(&out,
                   "model,regions,scopes,tier,meter,variant,context_from,context_to,unit,usd,from,to,source,checked,"
                   "page_points,note\n");
    for (size_t i = 0; i < n;) {
        uint64_t regions = 0;
        size_t k = i;
        for (; k < n && one_table_row(rows[i], rows[k]); k++)
            regions |= UINT64_C(1) << rows[k]->region;
        add_table_row(&out, card, rows[i], regions, source, checked);
        i = k;
    }
    sc_free(rows);
    if (out.failed) {
        sc_strbuf_release(&out);
        return SC_E_MEMORY;
    }
    *text = out.text;
    *size = out.len;
    return SC_OK;
}
