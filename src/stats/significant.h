/* SPDX-License-Identifier: GPL-3.0-or-later */
/* significant.h - numbers rounded to four significant digits, so that they do not depend on the last bits that
 * different machines compute differently. */
#ifndef SC_STATS_SIGNIFICANT_H
#define SC_STATS_SIGNIFICANT_H

#include "base/strbuf.h"

/* Rounded to four significant digits, as the nearest double to that decimal. */
double sc_significant(double x);
/* The same as JSON text. */
void sc_put_significant(sc_strbuf *b, double x);

#endif
