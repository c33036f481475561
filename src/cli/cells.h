/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells.h - cells of a report that stay empty where a figure is not known. */
#ifndef SC_CLI_CELLS_H
#define SC_CLI_CELLS_H

#include "spendcast/report.h"

void cell_number_if(sc_table *t, int known, double x);
void cell_share_if(sc_table *t, int known, double x);
void cell_usd_if(sc_table *t, int known, double x);

#endif
