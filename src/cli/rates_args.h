/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_args.h - arguments of the `rates` commands that name something on the card. */
#ifndef SC_CLI_RATES_ARGS_H
#define SC_CLI_RATES_ARGS_H

#include "spendcast/rates.h"

/* The index of a region's code, -1 for NULL.  Each returns 0, or -1 after printing what is wrong. */
int region_option(const sc_card *card, const char *code, int *region);
int resolve_model(const sc_card *card, const char *id, sc_model_ref *ref);
/* That some model of the card is of this provider; NULL is fine. */
int check_provider(const sc_card *card, const char *provider);

#endif
