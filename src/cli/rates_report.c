/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_report.c - cells that the tables of the `rates` commands share. */
#include "cli/rates_report.h"

#include <stdio.h>
#include <string.h>

void cell_text_or_empty(sc_table *t, const char *text)
{
    if (text != NULL && text[0] != '\0')
        sc_cell_text(t, text);
    else
        sc_cell_empty(t);
}

void cell_count_or_empty(sc_table *t, int64_t n)
{
    if (n > 0 && n != INT64_MAX)
        sc_cell_count(t, n);
    else
        sc_cell_empty(t);
}

void cells_empty(sc_table *t, int n)
{
    while (n-- > 0)
        sc_cell_empty(t);
}

static void add_word(char *text, size_t size, const char *word)
{
    size_t len = strlen(text);
    snprintf(text + len, size - len, "%s%s", len > 0 ? " " : "", word);
}

void cell_scopes(sc_table *t, unsigned scopes)
{
    char text[40] = "";
    for (int s = 0; s < SC_SCOPES; s++) {
        if (scopes >> s & 1)
            add_word(text, sizeof text, sc_scope_name((sc_scope)s));
    }
    sc_cell_text(t, text);
}

void cell_regions(sc_table *t, uint64_t regions, const char *(*code)(const void *context, size_t i),
                  const void *context)
{
    char text[1600] = "";
    for (size_t r = 0; r < 64 && code(context, r) != NULL; r++) {
        if (regions >> r & 1)
            add_word(text, sizeof text, code(context, r));
    }
    sc_cell_text(t, text);
}

const char *card_region_code(const void *card, size_t i)
{
    return i < sc_card_region_count(card) ? sc_card_region(card, i)->code : NULL;
}
