/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - the report as data: items and tables in the order added, owned by one arena. */
#include "spendcast/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "report/render.h"

/* Keys of the JSON form that a figure or table must not take. */
static const char *const reserved_ids[] = {"schema_version", "report", "title", "provenance", "rows", "total", "notes"};

sc_report *sc_report_new(const char *command, const char *title)
{
    sc_report *r = SC_NEW(sc_report);
    if (r == NULL)
        return NULL;
    r->command = sc_arena_strdup(&r->arena, command);
    r->title = sc_arena_strdup(&r->arena, title);
    if (r->command != NULL && r->title != NULL)
        return r;
    sc_report_free(r);
    return NULL;
}

void sc_report_free(sc_report *r)
{
    if (r == NULL)
        return;
    for (sc_table *t = r->tables; t != NULL; t = t->next) {
        sc_free(t->cells);
        if (t->made != NULL)
            sc_arena_release(t->made->one->texts);
    }
    sc_arena_release(&r->arena);
    sc_free(r);
}

/* Keeps what the arena gave; NULL is remembered. */
static void *kept(sc_report *r, void *block)
{
    if (block == NULL)
        r->out_of_memory = 1;
    return block;
}

static void misused(sc_report *r, const char *how)
{
    if (r->misuse == NULL)
        r->misuse = how;
}

static const char *copied(sc_report *r, const char *text) { return kept(r, sc_arena_strdup(&r->arena, text)); }

static const char *formatted(sc_report *r, const char *format, va_list args, sc_arena *arena)
    __attribute__((format(printf, 2, 0)));

static const char *formatted(sc_report *r, const char *format, va_list args, sc_arena *arena)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) {
        misused(r, "a format cannot be printed");
        return "";
    }
    char *text = kept(r, sc_arena_alloc(arena, (size_t)len + 1, 1));
    if (text != NULL)
        vsnprintf(text, (size_t)len + 1, format, args);
    return text;
}

/* Appends an item; id and title are copied, the value's text is already the report's. */
static void add_item(sc_report *r, sc_item_list *list, const char *id, const char *title, sc_cell value)
{
    sc_item *item = kept(r, SC_ARENA_ARRAY(&r->arena, sc_item, 1));
    if (item == NULL)
        return;
    item->id = id != NULL ? copied(r, id) : NULL;
    item->title = title != NULL ? copied(r, title) : NULL;
    item->value = value;
    *(list->end != NULL ? list->end : &list->first) = item;
    list->end = &item->next;
}

static sc_cell text_cell(const char *text) { return (sc_cell){.type = SC_CELL_TEXT, .as.text = text}; }

void sc_report_provenance(sc_report *r, const char *key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_item(r, &r->provenance, key, NULL, text_cell(formatted(r, format, args, &r->arena)));
    va_end(args);
}

void sc_report_note(sc_report *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_item(r, &r->notes, NULL, NULL, text_cell(formatted(r, format, args, &r->arena)));
    va_end(args);
}

/* Figures and all tables but the first share one name space: the keys of the JSON object. */
static void claim_id(sc_report *r, const char *id)
{
    int taken = 0;
    for (size_t i = 0; i < sizeof reserved_ids / sizeof reserved_ids[0]; i++)
        taken |= strcmp(id, reserved_ids[i]) == 0;
    for (const sc_item *f = r->figures.first; f != NULL; f = f->next)
        taken |= f->id != NULL && strcmp(id, f->id) == 0;
    for (const sc_table *t = r->tables; t != NULL; t = t->next)
        taken |= strcmp(id, t->id) == 0;
    if (taken)
        misused(r, "an id is used twice");
}

void sc_report_figure_text(sc_report *r, const char *id, const char *title, const char *text)
{
    claim_id(r, id);
    add_item(r, &r->figures, id, title, text_cell(copied(r, text)));
}

void sc_report_figure_money(sc_report *r, const char *id, const char *title, sc_money m)
{
    claim_id(r, id);
    add_item(r, &r->figures, id, title, (sc_cell){.type = SC_CELL_MONEY, .as.money = m});
}

sc_table *sc_report_table(sc_report *r, const char *id, const char *title, const sc_column *columns, size_t n)
{
    claim_id(r, id);
    if (n == 0)
        misused(r, "a table has no columns");
    sc_table *t = kept(r, SC_ARENA_ARRAY(&r->arena, sc_table, 1));
    if (t == NULL || n == 0)
        return NULL;
    t->report = r;
    t->texts = &r->arena;
    t->id = copied(r, id);
    t->title = title != NULL ? copied(r, title) : NULL;
    t->columns = kept(r, SC_ARENA_ARRAY(&r->arena, sc_column, n));
    if (t->id == NULL || t->columns == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        t->columns[i] = columns[i];
        t->columns[i].id = copied(r, columns[i].id);
        t->columns[i].title = copied(r, columns[i].title);
    }
    t->column_count = n;

    sc_table **end = &r->tables;
    while (*end != NULL)
        end = &(*end)->next;
    *end = t;
    return t;
}

void sc_table_row(sc_table *t)
{
    if (t == NULL)
        return;
    if (t->made != NULL) {
        misused(t->report, "a table has rows of two kinds");
        return;
    }
    t->in_foot = 0;
    t->filled = t->column_count; /* no cell is taken unless the row exists */
    if (t->row_count == t->row_cap) {
        size_t cap = t->row_cap ? t->row_cap * 2 : 16;
        if (cap > SIZE_MAX / sizeof(sc_cell) / t->column_count) {
            t->report->out_of_memory = 1;
            return;
        }
        sc_cell *cells = kept(t->report, sc_realloc(t->cells, cap * t->column_count, sizeof(sc_cell)));
        if (cells == NULL)
            return;
        t->cells = cells;
        t->row_cap = cap;
    }
    memset(&t->cells[t->row_count * t->column_count], 0, t->column_count * sizeof(sc_cell));
    t->row_count++;
    t->filled = 0;
}

void sc_table_rows(sc_table *t, size_t n, void (*fill)(sc_table *t, size_t row, const void *context),
                   const void *context)
{
    if (t == NULL)
        return;
    sc_report *r = t->report;
    if (t->row_count > 0 || t->made != NULL)
        misused(r, "a table has rows of two kinds");
    sc_made_rows *made = kept(r, SC_ARENA_ARRAY(&r->arena, sc_made_rows, 1));
    sc_table *one = kept(r, SC_ARENA_ARRAY(&r->arena, sc_table, 1));
    sc_cell *cells = kept(r, SC_ARENA_ARRAY(&r->arena, sc_cell, t->column_count));
    sc_arena *texts = kept(r, SC_ARENA_ARRAY(&r->arena, sc_arena, 1));
    if (r->out_of_memory)
        return;
    *one = (sc_table){.report = r,
                      .column_count = t->column_count,
                      .cells = cells,
                      .row_count = 1,
                      .made = made, /* so that nobody begins another row */
                      .texts = texts};
    *made = (sc_made_rows){.fill = fill, .context = context, .one = one, .row = SIZE_MAX};
    t->made = made;
    t->row_count = n;
}

/* Texts are given back now and then, not with every row. */
#define ROWS_A_RELEASE 64

static const sc_cell *make_row(sc_made_rows *m, size_t row)
{
    sc_table *one = m->one;
    if (m->row == row)
        return one->cells;
    if (row % ROWS_A_RELEASE == 0)
        sc_arena_release(one->texts);
    memset(one->cells, 0, one->column_count * sizeof *one->cells);
    one->filled = 0;
    m->row = row;
    m->fill(one, row, m->context);
    return one->cells;
}

const sc_cell *sc_table_cells(const sc_table *t, size_t row)
{
    if (row == t->row_count)
        return t->foot;
    return t->made != NULL ? make_row(t->made, row) : &t->cells[row * t->column_count];
}

void sc_table_foot(sc_table *t)
{
    if (t == NULL)
        return;
    if (t->foot != NULL)
        misused(t->report, "a table has two foot rows");
    t->foot = kept(t->report, SC_ARENA_ARRAY(&t->report->arena, sc_cell, t->column_count));
    t->in_foot = 1;
    t->filled = t->foot != NULL ? 0 : t->column_count;
}

static void add_cell(sc_table *t, sc_cell cell)
{
    if (t == NULL || t->report->out_of_memory)
        return;
    if ((!t->in_foot && t->row_count == 0) || t->filled >= t->column_count) {
        misused(t->report, "a cell lies outside its row");
        return;
    }
    sc_cell *row = t->in_foot ? t->foot : &t->cells[(t->row_count - 1) * t->column_count];
    row[t->filled++] = cell;
}

void sc_cell_empty(sc_table *t) { add_cell(t, (sc_cell){.type = SC_CELL_EMPTY}); }

void sc_cell_text(sc_table *t, const char *text)
{
    if (t != NULL)
        add_cell(t, text != NULL ? text_cell(kept(t->report, sc_arena_strdup(t->texts, text)))
                                 : (sc_cell){.type = SC_CELL_EMPTY});
}

void sc_cell_textf(sc_table *t, const char *format, ...)
{
    if (t == NULL)
        return;
    va_list args;
    va_start(args, format);
    add_cell(t, text_cell(formatted(t->report, format, args, t->texts)));
    va_end(args);
}

void sc_cell_money(sc_table *t, sc_money m) { add_cell(t, (sc_cell){.type = SC_CELL_MONEY, .as.money = m}); }
void sc_cell_usd(sc_table *t, double usd) { add_cell(t, (sc_cell){.type = SC_CELL_USD, .as.real = usd}); }
void sc_cell_count(sc_table *t, int64_t n) { add_cell(t, (sc_cell){.type = SC_CELL_COUNT, .as.count = n}); }
void sc_cell_number(sc_table *t, double x) { add_cell(t, (sc_cell){.type = SC_CELL_NUMBER, .as.real = x}); }
void sc_cell_share(sc_table *t, double share) { add_cell(t, (sc_cell){.type = SC_CELL_SHARE, .as.real = share}); }
void sc_cell_date(sc_table *t, sc_day day) { add_cell(t, (sc_cell){.type = SC_CELL_DATE, .as.day = day}); }
void sc_cell_bool(sc_table *t, int yes) { add_cell(t, (sc_cell){.type = SC_CELL_BOOL, .as.yes = yes}); }

/* The table that CSV shows, or NULL with a message. */
static const sc_table *csv_table(const sc_report *r, const char *id, sc_errors *errors)
{
    if (r->tables == NULL) {
        sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "report '%s' has no table to write as csv", r->command);
        return NULL;
    }
    if (id == NULL)
        return r->tables;
    const char *names[32];
    size_t count = 0;
    for (const sc_table *t = r->tables; t != NULL; t = t->next) {
        if (strcmp(t->id, id) == 0)
            return t;
        if (count < sizeof names / sizeof names[0])
            names[count++] = t->id;
    }
    char hint[SC_NAME_HINT_MAX];
    sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "unknown table '%s' of report '%s'%s", id, r->command,
                  sc_name_hint(id, names, count, hint));
    return NULL;
}

/* Renders into `out`, which the caller releases. */
static sc_code render(const sc_report *r, const sc_render_options *o, sc_strbuf *out, sc_errors *errors)
{
    const sc_table *table = NULL;
    if (r->out_of_memory || r->misuse != NULL)
        return SC_OK;
    if (o->format == SC_FORMAT_CSV && (table = csv_table(r, o->table, errors)) == NULL)
        return SC_E_USAGE;
    switch (o->format) {
    case SC_FORMAT_TEXT: sc_render_text(r, o, out); break;
    case SC_FORMAT_JSON: sc_render_json(r, out); break;
    case SC_FORMAT_MD: sc_render_md(r, out); break;
    case SC_FORMAT_CSV: sc_render_csv(table, out); break;
    }
    return SC_OK;
}

/* What is wrong with the report, of which some rows may only now have been made. */
static sc_code check(const sc_report *r, const sc_strbuf *out, sc_errors *errors)
{
    if (r->out_of_memory || out->failed)
        return sc_errors_add(errors, SC_E_MEMORY, NULL, NULL, "out of memory in report '%s'", r->command);
    if (r->misuse != NULL)
        return sc_errors_add(errors, SC_E_INTERNAL, NULL, NULL, "report '%s': %s", r->command, r->misuse);
    return SC_OK;
}

sc_code sc_report_render(const sc_report *r, const sc_render_options *o, char **text, size_t *size, sc_errors *errors)
{
    sc_strbuf out = {0};
    *text = NULL;
    *size = 0;
    sc_code code = render(r, o, &out, errors);
    if (code == SC_OK)
        code = check(r, &out, errors);
    if (code == SC_OK) {
        *text = out.text;
        *size = out.len;
    } else {
        sc_strbuf_release(&out);
    }
    return code;
}

/* Who takes the text, and whether they still do. */
typedef struct taker {
    sc_code (*take)(void *context, const char *text, size_t size);
    void *context;
    sc_code code;
} taker;

static int give(void *context, const char *text, size_t size)
{
    taker *t = context;
    t->code = t->take(t->context, text, size);
    return t->code == SC_OK;
}

sc_code sc_report_write(const sc_report *r, const sc_render_options *o,
                        sc_code (*take)(void *context, const char *text, size_t size), void *context, sc_errors *errors)
{
    taker to = {.take = take, .context = context};
    sc_strbuf out = {.take = give, .context = &to};
    sc_code code = render(r, o, &out, errors);
    sc_strbuf_pass_on(&out);
    if (code == SC_OK)
        code = to.code != SC_OK ? to.code : check(r, &out, errors);
    sc_strbuf_release(&out);
    return code;
}

void sc_text_free(char *text) { sc_free(text); }
