/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_put.h - text as CSV cells. */
#ifndef SC_IO_CSV_PUT_H
#define SC_IO_CSV_PUT_H

#include "base/strbuf.h"

/* Adds a text as a CSV cell, in quotes where it needs them. */
void sc_put_csv(sc_strbuf *b, const char *text);

#endif
