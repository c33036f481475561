/* SPDX-License-Identifier: GPL-3.0-or-later */
/* render_text.c - the report for a terminal or a mail: tables that fit the width, wrapped notes, provenance last.
 *
 * Numbers are never cut.  A table that is too wide first loses the columns its author ranked last, and says so; then
 * its text columns are shortened.  Colour wraps finished lines and so never changes the layout. */
#include <string.h>

#include "base/alloc.h"
#include "report/render.h"

#define GAP 2          /* blanks between columns */
#define TEXT_MIN 8     /* a text column is not made narrower than this */
#define LEAST_WIDTH 20 /* a terminal narrower than this is treated as this wide */
#define RULE_WITHOUT_TABLE 40
#define ELLIPSIS "\xe2\x80\xa6" /* one column wide */
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

typedef struct text_writer {
    sc_strbuf *out;
    size_t width; /* SIZE_MAX = no limit */
    int colour;
    size_t widest; /* of the tables written so far */
} text_writer;

/* How one table is laid out. */
typedef struct layout {
    size_t *width;  /* [column_count]; 0 = the column is left out ... */
    size_t *widest; /* ... and what its cells need; 0 = no row has anything to show */
    size_t total;
} layout;

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

/* Ends a line, without the blanks at its end. */
static void end_line(sc_strbuf *out)
{
    while (!out->failed && out->len && out->text[out->len - 1] == ' ')
        out->text[--out->len] = '\0';
    sc_strbuf_putc(out, '\n');
}

/* Bytes of the first word; a percent sign stays with its number. */
static size_t word_length(const char *text)
{
    const size_t len = strcspn(text, " \t\n");
    return len > 0 && text[len] == ' ' && text[len + 1] == '%' ? len + 1 + strcspn(text + len + 1, " \t\n") : len;
}

/* Adds `text` as lines of words that fit the width.  The first line goes on at column `at`, the others are indented. */
static void add_wrapped(text_writer *w, const char *text, size_t at, size_t indent)
{
    int first_word = 1;
    for (;;) {
        text += strspn(text, " \t\n");
        const size_t len = word_length(text);
        if (len == 0)
            break;
        size_t columns = 0;
        for (const char *p = text; p < text + len; columns++)
            sc_next_char(&p);
        if (!first_word && at + 1 + columns > w->width) {
            end_line(w->out);
            sc_strbuf_repeat(w->out, ' ', indent);
            at = indent;
        } else if (!first_word) {
            sc_strbuf_putc(w->out, ' ');
            at++;
        }
        sc_add_safe(w->out, text, len);
        at += columns;
        text += len;
        first_word = 0;
    }
    end_line(w->out);
}

static void begin_bold(text_writer *w)
{
    if (w->colour)
        sc_strbuf_puts(w->out, BOLD);
}

/* Ends it before the line feed just written, so that the next line starts plain. */
static void end_bold(text_writer *w)
{
    sc_strbuf *out = w->out;
    if (!w->colour || out->failed)
        return;
    out->text[--out->len] = '\0';
    sc_strbuf_puts(out, PLAIN "\n");
}

static void add_heading(text_writer *w, const char *text)
{
    begin_bold(w);
    add_wrapped(w, text, 0, 0);
    end_bold(w);
}

/* Adds text[0..len) in a field of `width` columns, shortened if it must be. */
static void add_field(sc_strbuf *out, const char *text, size_t len, size_t width, int right)
{
    size_t columns = 0;
    const char *cut = text; /* where width - 1 characters end */
    for (const char *p = text; p < text + len; columns++) {
        if (columns + 1 == width)
            cut = p;
        sc_next_char(&p);
    }
    size_t blanks = columns < width ? width - columns : 0;
    if (right)
        sc_strbuf_repeat(out, ' ', blanks);
    if (columns > width) {
        sc_add_safe(out, text, (size_t)(cut - text));
        sc_strbuf_puts(out, ELLIPSIS);
    } else {
        sc_add_safe(out, text, len);
    }
    if (!right)
        sc_strbuf_repeat(out, ' ', blanks);
}

/* The given line (0 or 1) of a column title; a title of one line stands on the lower of two. */
static const char *title_line(const char *title, int line, int lines, size_t *len)
{
    const char *split = strchr(title, '\n');
    if (lines == 1 || split == NULL) {
        *len = line == lines - 1 ? strlen(title) : 0;
        return title;
    }
    *len = line == 0 ? (size_t)(split - title) : strlen(split + 1);
    return line == 0 ? title : split + 1;
}

static size_t title_width(const char *title)
{
    size_t widest = 0;
    for (int line = 0; line < 2; line++) {
        size_t len, columns = 0;
        const char *text = title_line(title, line, 2, &len);
        for (const char *p = text; p < text + len; columns++)
            sc_next_char(&p);
        widest = larger(widest, columns);
    }
    return widest;
}

static size_t table_width(const sc_table *t, const size_t *width)
{
    size_t total = 0;
    for (size_t c = 0; c < t->column_count; c++) {
        if (width[c])
            total += (total ? GAP : 0) + width[c];
    }
    return total;
}

/* The column to leave out next: the one ranked last, of equals the rightmost; column_count when none may go. */
static size_t least_wanted(const sc_table *t, const size_t *width)
{
    size_t found = t->column_count;
    int priority = 1;
    for (size_t c = 0; c < t->column_count; c++) {
        if (width[c] && t->columns[c].priority >= priority) {
            priority = t->columns[c].priority;
            found = c;
        }
    }
    return found;
}

/* The widest text column that may still be made narrower; column_count when there is none. */
static size_t widest_text(const sc_table *t, const size_t *width)
{
    size_t found = t->column_count;
    for (size_t c = 0; c < t->column_count; c++) {
        if (t->columns[c].type == SC_CELL_TEXT && width[c] > TEXT_MIN &&
            (found == t->column_count || width[c] > width[found]))
            found = c;
    }
    return found;
}

/* True for a column that may be left out and in which no row has anything to show. */
static int says_nothing(const sc_table *t, const layout *l, size_t c)
{
    return t->columns[c].priority > 0 && t->row_count > 0 && l->widest[c] == 0;
}

static void measure(const sc_table *t, layout *l)
{
    for (size_t row = 0; row < t->row_count + (t->foot != NULL); row++) {
        const sc_cell *cells = sc_table_cells(t, row);
        for (size_t c = 0; c < t->column_count; c++) {
            char buf[64];
            l->widest[c] = larger(l->widest[c], sc_text_width(sc_cell_shown(&cells[c], &t->columns[c], buf)));
        }
    }
}

static void lay_out(const text_writer *w, const sc_table *t, layout *l)
{
    size_t c;
    measure(t, l);
    for (c = 0; c < t->column_count; c++) {
        const size_t least = larger(1, title_width(t->columns[c].title));
        l->width[c] = says_nothing(t, l, c) ? 0 : larger(least, l->widest[c]);
    }
    while ((l->total = table_width(t, l->width)) > w->width && (c = least_wanted(t, l->width)) < t->column_count)
        l->width[c] = 0;
    while ((l->total = table_width(t, l->width)) > w->width && (c = widest_text(t, l->width)) < t->column_count)
        l->width[c]--;
}

static void add_row(text_writer *w, const sc_table *t, const layout *l, size_t row)
{
    size_t start = w->out->len;
    const sc_cell *cells = sc_table_cells(t, row);
    for (size_t c = 0; c < t->column_count; c++) {
        if (!l->width[c])
            continue;
        char buf[64];
        const char *shown = sc_cell_shown(&cells[c], &t->columns[c], buf);
        if (w->out->len > start)
            sc_strbuf_repeat(w->out, ' ', GAP);
        add_field(w->out, shown, strlen(shown), l->width[c], sc_column_is_right(&t->columns[c]));
    }
    end_line(w->out);
}

static void add_header(text_writer *w, const sc_table *t, const layout *l)
{
    int lines = 1;
    for (size_t c = 0; c < t->column_count; c++) {
        if (l->width[c] && strchr(t->columns[c].title, '\n') != NULL)
            lines = 2;
    }
    for (int line = 0; line < lines; line++) {
        begin_bold(w);
        size_t start = w->out->len;
        for (size_t c = 0; c < t->column_count; c++) {
            if (!l->width[c])
                continue;
            size_t len;
            const char *text = title_line(t->columns[c].title, line, lines, &len);
            if (w->out->len > start)
                sc_strbuf_repeat(w->out, ' ', GAP);
            add_field(w->out, text, len, l->width[c], sc_column_is_right(&t->columns[c]));
        }
        end_line(w->out);
        end_bold(w);
    }
}

static void add_rule(text_writer *w, const sc_table *t, const layout *l)
{
    size_t start = w->out->len;
    for (size_t c = 0; c < t->column_count; c++) {
        if (!l->width[c])
            continue;
        if (w->out->len > start)
            sc_strbuf_repeat(w->out, ' ', GAP);
        sc_strbuf_repeat(w->out, '-', l->width[c]);
    }
    sc_strbuf_putc(w->out, '\n');
}

static void add_left_out(text_writer *w, const sc_report *r, const sc_table *t, const layout *l)
{
    sc_strbuf note = {0};
    for (size_t c = 0; c < t->column_count; c++) {
        if (l->width[c] || says_nothing(t, l, c))
            continue;
        sc_strbuf_puts(&note, note.len ? ", " : "(left out to fit the width: ");
        sc_strbuf_puts(&note, t->columns[c].title);
    }
    if (note.len) {
        sc_strbuf_puts(&note, t == r->tables ? "; --format json or csv has them)" : "; --format json has them)");
        if (!note.failed)
            add_wrapped(w, note.text, 0, 0);
    }
    w->out->failed |= note.failed;
    sc_strbuf_release(&note);
}

static void add_table(text_writer *w, const sc_report *r, const sc_table *t)
{
    layout l = {.width = SC_NEW_ARRAY(size_t, 2 * t->column_count)};
    if (l.width == NULL) {
        w->out->failed = 1;
        return;
    }
    l.widest = l.width + t->column_count;
    lay_out(w, t, &l);
    sc_strbuf_putc(w->out, '\n');
    if (t->title != NULL)
        add_heading(w, t->title);
    add_header(w, t, &l);
    add_rule(w, t, &l);
    for (size_t row = 0; row < t->row_count; row++) {
        add_row(w, t, &l, row);
        sc_end_row(w->out);
    }
    if (t->row_count == 0)
        sc_strbuf_puts(w->out, "(no rows)\n");
    if (t->foot != NULL) {
        add_rule(w, t, &l);
        add_row(w, t, &l, t->row_count);
    }
    add_left_out(w, r, t, &l);
    w->widest = larger(w->widest, l.total);
    sc_free(l.width);
}

/* "title  value" lines; amounts line up at their right ends. */
static void add_figures(text_writer *w, const sc_item *first)
{
    static const sc_column column = {.type = SC_CELL_MONEY};
    char buf[64];
    size_t title = 0, money = 0;
    for (const sc_item *f = first; f != NULL; f = f->next) {
        title = larger(title, sc_text_width(f->title));
        if (f->value.type == SC_CELL_MONEY)
            money = larger(money, sc_text_width(sc_cell_shown(&f->value, &column, buf)));
    }
    if (first != NULL)
        sc_strbuf_putc(w->out, '\n');
    for (const sc_item *f = first; f != NULL; f = f->next) {
        const char *shown = sc_cell_shown(&f->value, &column, buf);
        add_field(w->out, f->title, strlen(f->title), title, 0);
        sc_strbuf_repeat(w->out, ' ', GAP);
        if (f->value.type == SC_CELL_MONEY) {
            add_field(w->out, shown, strlen(shown), money, 1);
            sc_strbuf_putc(w->out, '\n');
        } else {
            add_wrapped(w, shown, title + GAP, title + GAP);
        }
    }
}

void sc_render_text(const sc_report *r, const sc_render_options *o, sc_strbuf *out)
{
    text_writer w = {.out = out, .width = SIZE_MAX, .colour = o->colour};
    if (o->width > 0)
        w.width = o->width < LEAST_WIDTH ? LEAST_WIDTH : (size_t)o->width;

    add_heading(&w, r->title);
    add_figures(&w, r->figures.first);
    for (const sc_table *t = r->tables; t != NULL; t = t->next)
        add_table(&w, r, t);
    for (const sc_item *n = r->notes.first; n != NULL; n = n->next) {
        sc_strbuf_putc(out, '\n');
        add_wrapped(&w, n->value.as.text, 0, 0);
    }
    if (r->provenance.first == NULL)
        return;
    size_t rule = w.widest ? w.widest : RULE_WITHOUT_TABLE;
    sc_strbuf_putc(out, '\n');
    sc_strbuf_repeat(out, '-', rule < w.width ? rule : w.width);
    sc_strbuf_putc(out, '\n');
    for (const sc_item *p = r->provenance.first; p != NULL; p = p->next) {
        sc_add_safe(out, p->id, strlen(p->id));
        sc_strbuf_puts(out, ": ");
        add_wrapped(&w, p->value.as.text, sc_text_width(p->id) + 2, 2);
    }
}
