/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_cells.c - single cells of the rate card's tables, checked. */
#include "rates/rates_cells.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rates/rates_why.h"

#define DIGITS "0123456789"

sc_rate_cell sc_rate_cell_at(sc_load_ctx *x, const sc_csv_table *t, size_t row, size_t column)
{
    return (sc_rate_cell){.x = x, .table = t, .row = row, .column = column, .text = sc_csv_cell(t, row, column)};
}

/* The place of the cell's current word, or of all of it. */
static sc_place cell_place(const sc_rate_cell *c)
{
    sc_place place = sc_csv_place(c->table, c->row, c->column);
    size_t extra = place.width - strlen(c->text); /* 2 = quotes around; more = quotes inside, which move the words */
    if (c->word_len > 0 && extra <= 2) {
        place.offset += extra / 2 + c->word;
        place.width = c->word_len;
    }
    return place;
}

void sc_rate_cell_error(sc_rate_cell *c, const char *format, ...)
{
    const sc_place place = cell_place(c);
    c->bad = 1;
    va_list args;
    va_start(args, format);
    sc_errors_addv(c->x->errors, SC_E_INPUT, &place, c->x->columns[c->column].name, format, args);
    va_end(args);
}

int sc_rate_cell_is_empty(sc_rate_cell *c, const char *what)
{
    if (c->text[0] != '\0')
        return 0;
    sc_rate_cell_error(c, "is empty, expected %s", what);
    return 1;
}

const char *sc_rate_cell_text(sc_rate_cell *c, int required)
{
    if (required)
        (void)sc_rate_cell_is_empty(c, "a value");
    const char *copy = sc_arena_strdup(c->x->arena, c->text);
    if (copy == NULL)
        c->x->failed = SC_E_MEMORY;
    return copy != NULL ? copy : "";
}

/* True if the id stands after all earlier ones of its table, which ascend: then it is none of them. */
static int ascends(sc_rate_cell *c)
{
    sc_load_ctx *x = c->x;
    if (c->row == 0)
        x->ascending.table = c->table;
    else if (x->ascending.table != c->table || x->ascending.rows != c->row ||
             strcmp(sc_csv_cell(c->table, c->row - 1, c->column), c->text) >= 0)
        return 0;
    x->ascending.rows = c->row + 1;
    return 1;
}

const char *sc_rate_cell_id(sc_rate_cell *c, const char *what)
{
    const int is_new = ascends(c);
    for (size_t r = 0; !is_new && r < c->row && c->text[0] != '\0'; r++) {
        if (strcmp(sc_csv_cell(c->table, r, c->column), c->text) != 0)
            continue;
        sc_rate_cell_error(c, "%s '%s' is listed twice, first on line %d", what, c->text, sc_csv_line(c->table, r));
        break;
    }
    return sc_rate_cell_text(c, 1);
}

int64_t sc_rate_cell_count(sc_rate_cell *c, const char *what, int64_t none)
{
    int64_t value = none;
    if (c->text[0] == '\0')
        return none;
    if (sc_decimal_parse(c->text, strlen(c->text), 0, &value) != SC_OK || value < 0) {
        sc_rate_cell_error(c, "'%s' is not a whole number of %s", c->text, what);
        return none;
    }
    return value;
}

int64_t sc_rate_cell_tokens(sc_rate_cell *c, int64_t none) { return sc_rate_cell_count(c, "tokens", none); }

sc_day sc_rate_cell_day(sc_rate_cell *c, sc_day none, int required)
{
    sc_day day = none;
    if (required ? sc_rate_cell_is_empty(c, "a date") : c->text[0] == '\0')
        return none;
    if (sc_day_parse(c->text, strlen(c->text), &day) != SC_OK)
        sc_rate_cell_error(c, "'%s' is not a date, expected YYYY-MM-DD", c->text);
    return day;
}

void sc_rate_cell_days(sc_rate_cell *from_cell, sc_rate_cell *to_cell, sc_day *from, sc_day *to)
{
    *from = sc_rate_cell_day(from_cell, SC_DAY_MIN, 0);
    *to = sc_rate_cell_day(to_cell, SC_DAY_MAX, 0);
    if (*from >= *to && !from_cell->bad && !to_cell->bad)
        sc_rate_cell_error(to_cell, "'%s' is not after from '%s'", to_cell->text, from_cell->text);
}

void sc_rate_cell_unknown(sc_rate_cell *c, const char *what, const char *const *names, size_t n)
{
    char word[200], hint[SC_NAME_HINT_MAX];
    size_t len = c->word_len > 0 ? c->word_len : strlen(c->text);
    snprintf(word, sizeof word, "%.*s", (int)(len < sizeof word ? len : sizeof word), c->text + c->word);
    sc_rate_cell_error(c, "unknown %s '%s'%s", what, word, sc_name_hint(word, names, n, hint));
}

int sc_rate_cell_choice(sc_rate_cell *c, const char *what, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], c->text) == 0)
            return (int)i;
    }
    char with_article[80];
    snprintf(with_article, sizeof with_article, "a %s", what);
    if (!sc_rate_cell_is_empty(c, with_article) && names != NULL)
        sc_rate_cell_unknown(c, what, names, n);
    return 0;
}

int sc_rate_cell_word(sc_rate_cell *c)
{
    size_t end = c->word + c->word_len, blanks = strspn(c->text + end, " ");
    size_t wanted = end > 0 && c->text[end + blanks] != '\0' ? 1 : 0;
    if (blanks > wanted) {
        c->word = end + wanted;
        c->word_len = blanks - wanted;
        sc_rate_cell_error(c, "has a blank too many, expected single blanks between names");
    }
    c->word = end + blanks;
    c->word_len = strcspn(c->text + c->word, " ");
    return c->word_len > 0;
}

uint64_t sc_rate_cell_set(sc_rate_cell *c, const char *what, const char *const *names, size_t n, int required)
{
    uint64_t set = 0;
    char at_least[60];
    if (required && c->text[0] == '\0') {
        snprintf(at_least, sizeof at_least, "at least one %s", what);
        (void)sc_rate_cell_is_empty(c, at_least);
    }
    while (sc_rate_cell_word(c)) {
        const char *word = c->text + c->word;
        size_t i = 0;
        if (names == NULL)
            continue;
        while (i < n && (strlen(names[i]) != c->word_len || memcmp(names[i], word, c->word_len) != 0))
            i++;
        if (i == n)
            sc_rate_cell_unknown(c, what, names, n);
        else if (set >> i & 1)
            sc_rate_cell_error(c, "names '%s' twice", names[i]);
        else
            set |= UINT64_C(1) << i;
    }
    return set;
}

double sc_rate_cell_ratio(sc_rate_cell *c)
{
    int64_t micro = 0;
    if (sc_decimal_parse(c->text, strlen(c->text), 6, &micro) != SC_OK || micro <= 0)
        sc_rate_cell_error(c, "'%s' is not a positive decimal number", c->text);
    return (double)micro / 1e6;
}

int64_t sc_rate_cell_percent(sc_rate_cell *c)
{
    int64_t share = 0;
    if (!sc_rate_cell_is_empty(c, "a percentage") &&
        (sc_decimal_parse(c->text, strlen(c->text), 6, &share) != SC_OK || share <= 0 || share > SC_DISCOUNT_WHOLE))
        sc_rate_cell_error(c, "'%s' is not a percentage, expected more than 0 to 100 with at most 6 decimals", c->text);
    return share;
}

/* How many decimals a decimal number has, zeros at its end not counted; -1 if the text is no such number. */
static int decimals_of(const char *text)
{
    if (*text == '-')
        text++;
    size_t whole = strspn(text, DIGITS), decimals = 0;
    if (whole > 0 && text[whole] == '\0')
        return 0;
    if (whole > 0 && text[whole] == '.')
        decimals = strspn(text + whole + 1, DIGITS);
    if (decimals == 0 || text[whole + 1 + decimals] != '\0')
        return -1;
    while (decimals > 0 && text[whole + decimals] == '0')
        decimals--;
    return (int)decimals;
}

sc_unit_price sc_rate_cell_price(sc_rate_cell *c, const sc_unit *unit)
{
    /* A price of 1 femto-USD per base unit has `most` decimals per unit. */
    int most = 15, decimals = decimals_of(c->text);
    for (int64_t per = unit->per; per > 1; per /= 10)
        most--;
    sc_unit_price price = 0;
    if (sc_rate_cell_is_empty(c, "a price"))
        return 0;
    if (decimals < 0)
        sc_rate_cell_error(c, "'%s' is not a decimal number", c->text);
    else if (c->text[0] == '-')
        sc_rate_cell_error(c, "'%s' is negative, expected a price of 0 or more", c->text);
    else if (decimals > most)
        sc_rate_cell_error(c, "'%s' has %d decimals, expected at most %d per %s", c->text, decimals, most, unit->name);
    else if (sc_decimal_parse(c->text, strlen(c->text), most, &price) != SC_OK)
        sc_rate_cell_error(c, "'%s' is too large, expected at most %" PRId64 " per %s", c->text,
                           INT64_MAX / (SC_FEMTO_PER_USD / unit->per), unit->name);
    return price;
}
