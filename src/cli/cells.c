/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells.c - cells of a report that stay empty where a figure is not known. */
#include "cli/cells.h"

typedef void put_number(sc_table *t, double x);

static void put_if(sc_table *t, int known, double x, put_number *put)
{
    if (known)
        put(t, x);
    else
        sc_cell_empty(t);
}

void cell_number_if(sc_table *t, int known, double x) { put_if(t, known, x, sc_cell_number); }
void cell_share_if(sc_table *t, int known, double x) { put_if(t, known, x, sc_cell_share); }
void cell_usd_if(sc_table *t, int known, double x) { put_if(t, known, x, sc_cell_usd); }
