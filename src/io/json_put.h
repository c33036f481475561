/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_put.h - text as JSON strings. */
#ifndef SC_IO_JSON_PUT_H
#define SC_IO_JSON_PUT_H

#include "base/strbuf.h"

/* Adds a text as a JSON string, with its quotes. */
void sc_put_json(sc_strbuf *b, const char *text);

#endif
