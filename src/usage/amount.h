/* SPDX-License-Identifier: GPL-3.0-or-later */
/* amount.h - numbers and units as bills write them. */
#ifndef SC_USAGE_AMOUNT_H
#define SC_USAGE_AMOUNT_H

#include "spendcast/money.h"
#include "spendcast/text.h"

/* Reads a decimal number with or without an exponent ("-12.50", "6.9E-7", ".5") as a count of 10^-scale units
 * (0 <= scale <= 38), rounded half-even where it has more decimals.  SC_E_INPUT if it is no such number or out of
 * range; *out is unchanged then.  Bills write more decimals than money.h's strict reader takes. */
sc_code sc_amount_parse(sc_text t, int scale, sc_int128 *out);

/* Tokens in one unit: "1K tokens", "1000 Tokens", "Million tokens", "per 1M-token", "Tokens" are 1,000, 1,000,000 and
 * 1.  0 = no unit of tokens, or another number of them. */
int64_t sc_amount_token_unit(sc_text unit);

#endif
