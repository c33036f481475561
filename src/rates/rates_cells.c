/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_cells.c - single cells of the rate card's tables, checked. */
#include "rates/rates_cells.h"

#include <stdio.h>
#include <string.h>

sc_rate_cell sc_rate_cell_at(sc_load_ctx *x, const sc_csv_table *t, size_t row, size_t column)
{
    return (sc_rate_cell){x, t, row, column, sc_csv_cell(t, row, column), 0};
}

const char *sc_rate_cell_text(sc_rate_cell *c, int required)
{
    if (required && c->text[0] == '\0')
        SC_CELL_ERROR(c, "is empty, expected a value");
    const char *copy = sc_arena_strdup(c->x->arena, c->text);
    if (copy == NULL)
        c->x->failed = SC_E_MEMORY;
    return copy != NULL ? copy : "";
}

/* A whole number of tokens; empty = none. */
int64_t sc_rate_cell_tokens(sc_rate_cell *c, int64_t none)
{
    int64_t value = none;
    if (c->text[0] == '\0')
        return none;
    if (sc_decimal_parse(c->text, strlen(c->text), 0, &value) != SC_OK || value < 0) {
        SC_CELL_ERROR(c, "'%s' is not a whole number of tokens", c->text);
        return none;
    }
    return value;
}

sc_day sc_rate_cell_day(sc_rate_cell *c, sc_day none, int required)
{
    sc_day day = none;
    if (c->text[0] == '\0' && !required)
        return none;
    if (sc_day_parse(c->text, strlen(c->text), &day) != SC_OK)
        SC_CELL_ERROR(c, "'%s' is not a date, expected YYYY-MM-DD", c->text);
    return day;
}

void sc_rate_cell_unknown(sc_rate_cell *c, const char *what, const char *word, const char *const *names, size_t n)
{
    const char *near = sc_nearest_name(word, names, n);
    if (near != NULL)
        SC_CELL_ERROR(c, "unknown %s '%s'; did you mean '%s'?", what, word, near);
    else
        SC_CELL_ERROR(c, "unknown %s '%s'", what, word);
}

int sc_rate_cell_choice(sc_rate_cell *c, const char *what, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], c->text) == 0)
            return (int)i;
    }
    sc_rate_cell_unknown(c, what, c->text, names, n);
    return 0;
}

/* A list separated by single spaces, as a bit set over names[]. */
uint64_t sc_rate_cell_set(sc_rate_cell *c, const char *what, const char *const *names, size_t n, int required)
{
    uint64_t set = 0;
    const char *p = c->text;
    if (*p == '\0' && required)
        SC_CELL_ERROR(c, "is empty, expected at least one %s", what);
    while (*p != '\0') {
        char word[64];
        size_t len = strcspn(p, " ");
        snprintf(word, sizeof word, "%.*s", (int)(len < sizeof word ? len : sizeof word - 1), p);
        size_t i = 0;
        while (i < n && strcmp(names[i], word) != 0)
            i++;
        if (len == 0)
            SC_CELL_ERROR(c, "has a blank too many, expected single blanks between names");
        else if (i == n)
            sc_rate_cell_unknown(c, what, word, names, n);
        else if (set >> i & 1)
            SC_CELL_ERROR(c, "names '%s' twice", word);
        else
            set |= UINT64_C(1) << i;
        p += len;
        if (*p == ' ' && *++p == '\0')
            SC_CELL_ERROR(c, "ends in a blank");
    }
    return set;
}

double sc_rate_cell_ratio(sc_rate_cell *c)
{
    int64_t micro = 0;
    if (sc_decimal_parse(c->text, strlen(c->text), 6, &micro) != SC_OK || micro <= 0)
        SC_CELL_ERROR(c, "'%s' is not a positive decimal number", c->text);
    return (double)micro / 1e6;
}

/* USD per unit to femto-USD per base unit, exactly. */
sc_unit_price sc_rate_cell_price(sc_rate_cell *c, const sc_unit *unit)
{
    sc_int128 femto = 0;
    if (sc_decimal_parse128(c->text, strlen(c->text), 15, &femto) != SC_OK)
        SC_CELL_ERROR(c, "'%s' is not a decimal number", c->text);
    else if (femto < 0)
        SC_CELL_ERROR(c, "'%s' is negative, expected a price of 0 or more", c->text);
    else if (femto % unit->per != 0 || femto / unit->per > INT64_MAX)
        SC_CELL_ERROR(c, "'%s' per %s is not a whole number of femto-USD per %s", c->text, unit->name, unit->base);
    return c->bad ? 0 : (sc_unit_price)(femto / unit->per);
}
